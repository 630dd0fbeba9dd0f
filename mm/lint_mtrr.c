// SPDX-License-Identifier: MIT
/*
 * Lint of the memory type range registers: is RAM cached? Contract: baremm/lint.h. Below
 * 1 MB other registers rule, which are not judged.
 */
#include "lint.h"

#include <baremm/e820.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "mtrr.h"

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

		if (r->type == E820_TYPE_RAM)
			judge_ram(mtrrs, max_t(u64, r->start, SZ_1M), lint_end(r->start, r->size));
	}
}
