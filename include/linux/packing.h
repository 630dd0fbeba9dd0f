/* SPDX-License-Identifier: MIT */
/*
 * Fields of numbers in buffers whose bytes and bits are laid out in a foreign way.
 *
 * A buffer of @pbuflen bytes is one large number; its highest byte comes first, but for the
 * quirks, which add up:
 *   QUIRK_MSB_ON_THE_RIGHT  in each byte bit 0 is the highest
 *   QUIRK_LITTLE_ENDIAN     in each group of four bytes the lowest comes first
 *   QUIRK_LSW32_IS_FIRST    of these groups the lowest comes first
 * Groups are counted from the number's low end, so that only the highest may be shorter.
 *
 * Locking: the user's.
 * Units:   bits of the number, counted from its lowest as 0.
 * Source:  Linux's Documentation/core-api/packing.rst. Where @pbuflen is no multiple of four
 *          this is what is written there; the code of 6.1 leaves the buffer then.
 */
#ifndef _LINUX_PACKING_H
#define _LINUX_PACKING_H

#include <linux/bits.h>
#include <linux/types.h>

#define QUIRK_MSB_ON_THE_RIGHT BIT(0)
#define QUIRK_LITTLE_ENDIAN    BIT(1)
#define QUIRK_LSW32_IS_FIRST   BIT(2)

enum packing_op {
	PACK,
	UNPACK,
};

/*
 * Writes *@uval to the bits from @startbit down to @endbit, or reads it from them; what else is
 * in the buffer stays. 0; -EINVAL: there are no such bits; -ERANGE: more than 64 of them, or
 * *@uval does not fit.
 */
int packing(void *pbuf, u64 *uval, int startbit, int endbit, size_t pbuflen, enum packing_op op,
	    u8 quirks);

/* What comes with this header on Linux. */
#include <linux/bitops.h>

#endif /* _LINUX_PACKING_H */
