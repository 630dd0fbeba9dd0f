/* SPDX-License-Identifier: MIT */
/*
 * Cosine and sine without floating point: a vector turned by ever smaller known angles.
 *
 * Units:   angles in degrees; results in 1/65536, right to about 1/4096.
 * Locking: none; any context.
 * Failure: none.
 * Source:  Linux 6.1's cordic.h.
 */
#ifndef _LINUX_CORDIC_H
#define _LINUX_CORDIC_H

#include <linux/types.h>

/* What all the turns make the vector longer by is taken off its length at first: 0.60725. */
#define CORDIC_ANGLE_GEN       39797
#define CORDIC_PRECISION_SHIFT 16
#define CORDIC_NUM_ITER	       (CORDIC_PRECISION_SHIFT + 2)

/* A whole number in 1/65536, and such a one rounded to a whole one, halves away from 0. */
#define CORDIC_FIXED(x) ((s32)((u32)(x) << CORDIC_PRECISION_SHIFT))
#define CORDIC_FLOAT(x)                                                \
	((x) >= 0 ? ((((x) >> (CORDIC_PRECISION_SHIFT - 1)) + 1) >> 1) \
		  : -((((-(x)) >> (CORDIC_PRECISION_SHIFT - 1)) + 1) >> 1))

struct cordic_iq {
	s32 i; /* cosine */
	s32 q; /* sine */
};

/* Of any @theta from -32768 to 32767. */
struct cordic_iq cordic_calc_iq(s32 theta);

#endif /* _LINUX_CORDIC_H */
