/* SPDX-License-Identifier: MIT */
/*
 * The types that memory type range registers give to addresses from 1 MB on; below, other
 * registers rule.
 *
 * Several ranges may have one address: uncached wins, then write-through; what else
 * meets is undefined (Intel SDM volume 3A, section 12.11.4.1).
 *
 * Owns:    nothing; registers are given.
 * Units:   bytes, inclusive start, exclusive end; types are ARCH_MTRR_*.
 * Failure: none: a register whose mask makes no range is passed over.
 */
#ifndef _MM_MTRR_H
#define _MM_MTRR_H

#include <baremm/arch.h>
#include <linux/types.h>

/* Does the mask make one range of addresses? */
bool mtrr_is_contiguous(const struct arch_mtrr *mtrr);

/* The type at @addr; *@next is lowered to where it may become another. */
unsigned int mtrr_type_at(const struct arch_mtrrs *mtrrs, u64 addr, u64 *next);

/* Has all of [@start, @end) @type? */
bool mtrr_is_type(const struct arch_mtrrs *mtrrs, u64 start, u64 end, unsigned int type);

#endif /* _MM_MTRR_H */
