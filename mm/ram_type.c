// SPDX-License-Identifier: MIT
/*
 * What owners of RAM have made of its pages in the direct map. Contract: memtype.h.
 * An entry for each such page, by pfn: its cache type, or that it is not mapped.
 */
#include "memtype.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/set_memory.h>
#include <linux/xarray.h>

#define RAM_TYPE_MASK 7UL
#define RAM_ABSENT    8UL

static DEFINE_XARRAY(ram_pages);

static unsigned long load(unsigned long pfn)
{
	void *entry = xa_load(&ram_pages, pfn);

	return entry ? xa_to_value(entry) : _PAGE_CACHE_MODE_WB;
}

static int store(unsigned long pfn, unsigned long value)
{
	if (value == _PAGE_CACHE_MODE_WB) {
		xa_erase(&ram_pages, pfn);
		return 0;
	}
	return xa_err(xa_store(&ram_pages, pfn, xa_mk_value(value), GFP_ATOMIC));
}

enum page_cache_mode ram_type(unsigned long pfn)
{
	return (enum page_cache_mode)(load(pfn) & RAM_TYPE_MASK);
}

int ram_type_reserve(unsigned long pfn, unsigned long nr, enum page_cache_mode type)
{
	int err = 0;

	for (unsigned long i = 0; i < nr; i++) {
		enum page_cache_mode had = ram_type(pfn + i);

		if (had == _PAGE_CACHE_MODE_WB)
			continue;
		pr_info("reserve_ram_pages_type failed [mem %#010llx-%#010llx], track 0x%x, "
			"req 0x%x\n",
			(u64)PFN_PHYS(pfn), (u64)PFN_PHYS(pfn + nr) - 1, had, type);
		return -EBUSY;
	}
	for (unsigned long i = 0; i < nr; i++) {
		err = store(pfn + i, load(pfn + i) | type);
		if (err) {
			ram_type_free(pfn, i);
			break;
		}
	}
	return err;
}

void ram_type_free(unsigned long pfn, unsigned long nr)
{
	/* What there is an entry for needs no memory to change. */
	for (unsigned long i = 0; i < nr; i++)
		store(pfn + i, load(pfn + i) & ~RAM_TYPE_MASK);
}

bool is_direct_map_absent(unsigned long pfn)
{
	return load(pfn) & RAM_ABSENT;
}

int ram_set_absent(unsigned long pfn, bool absent)
{
	unsigned long had = load(pfn), wanted = absent ? had | RAM_ABSENT : had & ~RAM_ABSENT;

	return had == wanted ? 0 : store(pfn, wanted);
}

bool ram_types_are_used(void)
{
	return !xa_empty(&ram_pages);
}

void ram_types_reset(void)
{
	xa_init(&ram_pages);
}
