// SPDX-License-Identifier: MIT
/* The types of memory by range registers. Contract: mtrr.h. */
#include "mtrr.h"

#include <linux/kernel.h>
#include <linux/log2.h>

/* The bytes of a range: the mask's lowest bit, where no bit above it is clear. */
static u64 size_of(const struct arch_mtrr *mtrr)
{
	return mtrr->mask & -mtrr->mask;
}

bool mtrr_is_contiguous(const struct arch_mtrr *mtrr)
{
	u64 past = mtrr->mask + size_of(mtrr);

	return mtrr->mask && (!past || is_power_of_2(past));
}

static unsigned int meet(unsigned int a, unsigned int b)
{
	if (a == b)
		return a;
	if (a == ARCH_MTRR_UC || b == ARCH_MTRR_UC)
		return ARCH_MTRR_UC;
	return ARCH_MTRR_WT;
}

unsigned int mtrr_type_at(const struct arch_mtrrs *mtrrs, u64 addr, u64 *next)
{
	unsigned int type = 0;
	bool found = false;

	for (unsigned int i = 0; i < mtrrs->nr; i++) {
		const struct arch_mtrr *mtrr = &mtrrs->var[i];
		u64 start = mtrr->base & mtrr->mask, end = start + size_of(mtrr);

		if (!mtrr_is_contiguous(mtrr))
			continue;
		if (addr < start) {
			*next = min(*next, start);
		} else if (addr < end) {
			type = found ? meet(type, mtrr->type) : mtrr->type;
			found = true;
			*next = min(*next, end);
		}
	}
	return found ? type : mtrrs->default_type;
}

bool mtrr_is_type(const struct arch_mtrrs *mtrrs, u64 start, u64 end, unsigned int type)
{
	for (u64 next; start < end; start = next) {
		next = end;
		if (mtrr_type_at(mtrrs, start, &next) != type)
			return false;
	}
	return true;
}
