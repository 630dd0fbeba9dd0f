// SPDX-License-Identifier: MIT
/*
 * Faulty memory that is known before there are page structs. Contract: mm/badpage.h.
 *
 *   badpage=0x12345678,0x20000000-0x20003fff
 *
 *   memory     |==================================================|
 *   reserved        |##|        |B|                 |BBBB|     |##|
 *   pages      ....................^ PG_reserved, PG_hwpoison
 *
 * Keeping such pages out needs nothing but to reserve them before anybody takes them.
 * The flag of the region tells later what it was reserved for.
 */
#include "badpage.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "internal.h"

/* More than the longest word of options has room for. */
#define MAX_RANGES 512

static struct {
	phys_addr_t start;
	phys_addr_t last;
} ranges[MAX_RANGES];
static unsigned int nr_ranges;

atomic_long_t num_poisoned_pages;

/* ---- The option ------------------------------------------------------------------ */

/* ADDR or ADDR-ADDR; NULL where the text is neither. */
static const char *parse_range(const char *p, phys_addr_t *start, phys_addr_t *last)
{
	char *end;

	*start = *last = memparse(p, &end);
	if (end == p)
		return NULL;
	if (*end == '-') {
		p = end + 1;
		*last = memparse(p, &end);
		if (end == p)
			return NULL;
	}
	*last = min(*last, PHYS_ADDR_MAX - PAGE_SIZE);
	return *start <= *last && (!*end || *end == ',') ? end : NULL;
}

int __init badpage_parse_option(char *value)
{
	unsigned int nr = nr_ranges;
	const char *p = value;

	if (!value || !*value)
		return -EINVAL;
	for (;; p++) {
		if (nr == MAX_RANGES) {
			pr_err("badpage: no room for more than %d ranges\n", MAX_RANGES);
			return -ENOSPC;
		}
		p = parse_range(p, &ranges[nr].start, &ranges[nr].last);
		if (!p)
			return -EINVAL;
		nr++;
		if (!*p)
			break;
	}
	nr_ranges = nr;
	return 0;
}

unsigned int __init badpage_count(void)
{
	return nr_ranges;
}

void __init badpage_reset(void)
{
	nr_ranges = 0;
	atomic_long_set(&num_poisoned_pages, 0);
}

/* ---- Reserving -------------------------------------------------------------------- */

static int reserve_pages(unsigned long start, unsigned long end)
{
	return memblock_add_range(&memblock.reserved, PFN_PHYS(start), PFN_PHYS(end - start),
				  MAX_NUMNODES, MEMBLOCK_HWPOISON);
}

bool bad_memory_known(unsigned long pfn)
{
	long i = memblock_search(&memblock.reserved, PFN_PHYS(pfn));

	return i >= 0 && memblock.reserved.regions[i].flags & MEMBLOCK_HWPOISON;
}

/* What is reserved already keeps its flag: Linux's table has room for one. */
int __init bad_memory_reserve(phys_addr_t start, phys_addr_t end)
{
	unsigned long pos = PFN_DOWN(start), stop = PFN_UP(end);
	struct pfn_run used;
	int err = 0;

	while (!err && memblock_next_used(pos, stop, &used)) {
		err = reserve_pages(pos, used.start);
		pos = used.end;
	}
	return err || pos >= stop ? err : reserve_pages(pos, stop);
}

static void say_what_is_taken(unsigned long pos, unsigned long end)
{
	struct pfn_run used;

	for (; memblock_next_used(pos, end, &used); pos = used.end)
		if (!bad_memory_known(used.start))
			pr_warn("badpage: [mem %#018llx-%#018llx] is in use already\n",
				PFN_PHYS(used.start), PFN_PHYS(used.end) - 1);
}

void __init badpage_reserve(bool say)
{
	for (unsigned int i = 0; i < nr_ranges; i++) {
		phys_addr_t start = ranges[i].start, last = ranges[i].last;

		if (say)
			say_what_is_taken(PFN_DOWN(start), PFN_DOWN(last) + 1);
		if (bad_memory_reserve(start, last + 1))
			pr_err("badpage: no room to reserve [mem %#018llx-%#018llx]\n", start,
			       last);
	}
}

/* ---- Page structs ------------------------------------------------------------------- */

/* What of [start, end) is memory. */
static unsigned long mark_run(unsigned long start, unsigned long end)
{
	unsigned long first, last, nr = 0;
	int i;

	for_each_mem_pfn_range (i, MAX_NUMNODES, &first, &last, NULL) {
		for (unsigned long pfn = max(first, start); pfn < min(last, end); pfn++) {
			struct page *page = pfn_to_online_page(pfn);

			if (!page)
				continue;
			SetPageHWPoison(page);
			nr++;
		}
	}
	return nr;
}

void __init bad_memory_mark_pages(void)
{
	const struct memblock_region *region;
	unsigned long nr = 0;

	for_each_reserved_mem_region (region)
		if (region->flags & MEMBLOCK_HWPOISON)
			nr += mark_run(memblock_region_reserved_base_pfn(region),
				       memblock_region_reserved_end_pfn(region));
	atomic_long_add((long)nr, &num_poisoned_pages);
}
