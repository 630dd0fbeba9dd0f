// SPDX-License-Identifier: MIT
/*
 * Lint of the memory type range registers: is RAM cached? Contract: baremm/lint.h.
 *
 * Several ranges may have one address: uncached wins, then write-through; what else
 * meets is undefined (Intel SDM volume 3A, section 12.11.4.1). Below 1 MB other registers
 * rule, which are not judged.
 */
#include "lint.h"

#include <baremm/e820.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/sizes.h>

/* The bytes of a range: the mask's lowest bit, where no bit above it is clear. */
static u64 size_of(const struct arch_mtrr *mtrr)
{
	return mtrr->mask & -mtrr->mask;
}

static bool is_contiguous(const struct arch_mtrr *mtrr)
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

/* The type at @addr; *@next is lowered to where it may become another. */
static unsigned int type_at(const struct arch_mtrrs *mtrrs, u64 addr, u64 *next)
{
	unsigned int type = 0;
	bool found = false;

	for (unsigned int i = 0; i < mtrrs->nr; i++) {
		const struct arch_mtrr *mtrr = &mtrrs->var[i];
		u64 start = mtrr->base & mtrr->mask, end = start + size_of(mtrr);

		if (!is_contiguous(mtrr))
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

static void judge_ram(const struct arch_mtrrs *mtrrs, u64 start, u64 end)
{
	u64 next;

	for (; start < end; start = next) {
		unsigned int type;

		next = end;
		type = type_at(mtrrs, start, &next);
		if (type != ARCH_MTRR_WB)
			lint_find(LINT_MTRR_RAM_NOT_WB,
				  "usable [mem %#018llx-%#018llx] has type %u, not write-back",
				  start, next - 1, type);
	}
}

void lint_mtrrs(const struct lint_facts *facts)
{
	const struct arch_mtrrs *mtrrs = facts->mtrrs;

	if (!mtrrs)
		return;
	if (!mtrrs->enabled) {
		lint_find(LINT_MTRR_OFF, "the CPU has MTRRs, and the firmware left them off");
		return;
	}
	for (unsigned int i = 0; i < mtrrs->nr; i++)
		if (!is_contiguous(&mtrrs->var[i]))
			lint_find(LINT_MTRR_MASK, "register %u, base 0x%llx, has mask 0x%llx", i,
				  mtrrs->var[i].base, mtrrs->var[i].mask);
	for (size_t i = 0; i < facts->nr_map; i++) {
		const struct lint_range *r = &facts->map[i];

		if (r->type == E820_TYPE_RAM)
			judge_ram(mtrrs, max_t(u64, r->start, SZ_1M), lint_end(r->start, r->size));
	}
}
