// SPDX-License-Identifier: MIT
/*
 * Lint of the memory type range registers: is RAM cached? Contract: baremm/lint.h. Below
 * 1 MB the fixed ranges rule, where they are on.
 */
#include "lint.h"

#include <baremm/e820.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "mtrr.h"

#define MTRR_PAGE (SZ_1M / ARCH_MTRR_LOW_PAGES)

static unsigned int low_type_at(const struct arch_mtrrs *mtrrs, u64 addr, u64 *next)
{
	u64 page = addr / MTRR_PAGE;
	u8 type = mtrrs->low[page];

	while (page < ARCH_MTRR_LOW_PAGES && mtrrs->low[page] == type)
		page++;
	*next = min(*next, page * MTRR_PAGE);
	return type;
}

static void judge_low_ram(const struct arch_mtrrs *mtrrs, u64 start, u64 end)
{
	u64 next;

	for (end = min_t(u64, end, SZ_1M); mtrrs->fixed && start < end; start = next) {
		unsigned int type;

		next = end;
		type = low_type_at(mtrrs, start, &next);
		if (type != ARCH_MTRR_WB)
			lint_find(LINT_MTRR_LOW_NOT_WB,
				  "usable [mem %#018llx-%#018llx] has type %u, not write-back",
				  start, next - 1, type);
	}
}

static void judge_ram(const struct arch_mtrrs *mtrrs, u64 start, u64 end)
{
	u64 next;

	for (; start < end; start = next) {
		unsigned int type;

		next = end;
		type = mtrr_type_at(mtrrs, start, &next);
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
		if (!mtrr_is_contiguous(&mtrrs->var[i]))
			lint_find(LINT_MTRR_MASK, "register %u, base 0x%llx, has mask 0x%llx", i,
				  mtrrs->var[i].base, mtrrs->var[i].mask);
	for (size_t i = 0; i < facts->nr_map; i++) {
		const struct lint_range *r = &facts->map[i];

		if (r->type != E820_TYPE_RAM)
			continue;
		judge_low_ram(mtrrs, r->start, lint_end(r->start, r->size));
		judge_ram(mtrrs, max_t(u64, r->start, mtrrs->fixed ? SZ_1M : 0),
			  lint_end(r->start, r->size));
	}
}
