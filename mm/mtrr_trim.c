// SPDX-License-Identifier: MIT
/* Setting uncached RAM aside. Contract: mm/mtrr_trim.h. */
#include "mtrr_trim.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <baremm/arch.h>
#include <baremm/e820.h>

#include "mtrr.h"

static bool disabled;

int __init disable_mtrr_trim_parse_option(char *value)
{
	if (value)
		return -EINVAL;
	disabled = true;
	return 0;
}

void __init mtrr_trim_reset(void)
{
	disabled = false;
}

/* The first range of @type in RAM from 1 MB on. False: there is none. */
static bool __init find_ram(const struct arch_mtrrs *mtrrs, unsigned int type, u64 *start, u64 *end)
{
	for (u32 i = 0; i < e820_table->nr_entries; i++) {
		const struct e820_entry *entry = &e820_table->entries[i];
		u64 pos = max_t(u64, entry->addr, SZ_1M), last = entry->addr + entry->size, next;

		for (; entry->type == E820_TYPE_RAM && pos < last; pos = next) {
			next = last;
			if (mtrr_type_at(mtrrs, pos, &next) != type)
				continue;
			*start = pos;
			*end = next;
			return true;
		}
	}
	return false;
}

bool __init mtrr_trim_uncached_memory(void)
{
	struct arch_mtrrs mtrrs;
	u64 start, end, lost = 0;

	if (disabled || !arch_read_mtrrs(&mtrrs) || !mtrrs.enabled ||
	    !find_ram(&mtrrs, ARCH_MTRR_UC, &start, &end))
		return false;
	if (!find_ram(&mtrrs, ARCH_MTRR_WB, &start, &end)) {
		pr_warn("MTRRs: strange, no RAM is write-back; they are not believed\n");
		return false;
	}
	while (find_ram(&mtrrs, ARCH_MTRR_UC, &start, &end)) {
		lost += e820__range_update(start, end - start, E820_TYPE_RAM, E820_TYPE_RESERVED);
		e820__update_table(e820_table);
	}
	pr_warn("WARNING: BIOS bug: CPU MTRRs don't cover all of memory, losing %lluMB of RAM.\n",
		lost >> 20);
	return true;
}
