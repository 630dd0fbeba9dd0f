/* SPDX-License-Identifier: MIT */
/*
 * The program's memory for its start goes to the page allocator. Contract: linux/init.h.
 *
 *                at its own address        direct map
 *   init text    R  X  ->  not mapped      R  NX  ->  RW NX, free
 *   init data    RW NX ->  not mapped      RW NX      free
 *
 * All that refers to these sections does so at the first of the two addresses, and so what
 * comes late faults there, whoever has the memory by then: nothing has to be poisoned.
 */
#include <linux/init.h>

#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>

#include "internal.h"

/* Ranges that stayed are not free; there are two at the most, one of each type. */
static bool text_freed, data_freed;
static unsigned long bytes_freed;

static bool *freed_flag(enum boot_range_type type)
{
	return type == BOOT_RANGE_INIT_TEXT   ? &text_freed
	       : type == BOOT_RANGE_INIT_DATA ? &data_freed
					      : NULL;
}

bool initmem_is_free(const struct boot_range *range)
{
	const bool *freed = freed_flag(range->type);

	return freed && *freed;
}

unsigned long initmem_freed(void)
{
	return bytes_freed;
}

static void free_range(const struct boot_range *range)
{
	size_t size = range->end - range->start;
	bool *freed = freed_flag(range->type);
	int err;

	/* With mem= below the program it is nobody's memory. */
	if (!freed || *freed || !size || !memblock_is_region_memory(range->start, size))
		return;
	err = arch_release_range(range->start, range->end);
	if (err) {
		pr_err("init: [mem %#018llx-%#018llx] stays, it cannot be unmapped (error %d)\n",
		       range->start, range->end - 1, err);
		return;
	}
	*freed = true;
	bytes_freed += size;
	release_reserved_pages(PHYS_PFN(range->start), PHYS_PFN(range->end));
}

void initmem_free(const struct boot_info *info)
{
	for (u32 i = 0; i < info->nr_ranges; i++)
		free_range(&info->ranges[i]);
	if (bytes_freed)
		pr_info("Freeing unused kernel image (initmem) memory: %luK\n", bytes_freed >> 10);
}

void __init initmem_reset(void)
{
	text_freed = false;
	data_freed = false;
	bytes_freed = 0;
}
