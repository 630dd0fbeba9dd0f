// SPDX-License-Identifier: MIT
/* Cosine and sine without floating point. Contract: linux/cordic.h. */
#include <linux/cordic.h>

/* The angles whose tangents are 1, 1/2, 1/4, ..., in 1/65536 degree. */
static const s32 turns[CORDIC_NUM_ITER] = {
	2949120, 1740967, 919879, 466945, 234379, 117304, 58666, 29335, 14668,
	7334,	 3667,	  1833,	  917,	  458,	  229,	  115,	 57,	29,
};

/* The same angle, in 1/65536 degree, from -180 to 180 degrees. */
static s32 within_a_turn(s32 theta)
{
	s32 angle = CORDIC_FIXED(theta);
	s32 half = angle < 0 ? CORDIC_FIXED(-180) : CORDIC_FIXED(180);

	return (s32)((u32)angle + (u32)half) % CORDIC_FIXED(360) - half;
}

/* What turns reach is right of the axis; the other half is that one, seen from behind. */
struct cordic_iq cordic_calc_iq(s32 theta)
{
	struct cordic_iq at = {.i = CORDIC_ANGLE_GEN, .q = 0};
	s32 left = within_a_turn(theta);
	int sign = 1;

	if (left > CORDIC_FIXED(90) || left < CORDIC_FIXED(-90)) {
		left += left > 0 ? CORDIC_FIXED(-180) : CORDIC_FIXED(180);
		sign = -1;
	}
	for (int n = 0; n < CORDIC_NUM_ITER; n++) {
		int way = left > 0 ? 1 : -1;
		struct cordic_iq was = at;

		at.i -= way * (was.q >> n);
		at.q += way * (was.i >> n);
		left -= way * turns[n];
	}
	return (struct cordic_iq){.i = sign * at.i, .q = sign * at.q};
}
