// SPDX-License-Identifier: MIT
/*
 * Self-tests of vmalloc on the machine's own RAM: large areas, scattered pages, and that
 * addresses, pages and page tables come back.
 */
#include "selftest.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <baremm/arch.h>

#include "internal.h"

/* Of each area, and held at once, unless all memory is to be used. */
#define AREA_BYTES  SZ_4M
#define AREAS	    64
#define AREA_ROUNDS 512

static void *areas[AREAS];
static size_t area_bytes[AREAS];

static bool is_mapped(const void *addr)
{
	struct arch_mapping mapping;

	return !arch_query((unsigned long)addr, &mapping);
}

/* From its first byte to its last, and no further. */
static int check_area(const void *area, size_t size, u64 seed)
{
	const char *end = (const char *)area + get_vm_area_size(find_vm_area(area));

	if (!pattern_check(area, size, seed) && is_mapped(end - 1) && !is_mapped(end))
		return 0;
	selftest_note("area %px of %zu bytes lost contents, or its guard page", area, size);
	return 1;
}

static void *make_area(size_t size, u64 choice)
{
	return choice & 1 ? vmalloc_huge(size, GFP_KERNEL | __GFP_NOWARN)
			  : __vmalloc(size, GFP_KERNEL | __GFP_NOWARN);
}

/* Largest that a quarter of free memory has; with selftest=full three quarters. */
static size_t large_bytes(void)
{
	size_t quarter = nr_free_pages() / 4 * PAGE_SIZE;

	return selftest_full ? 3 * quarter : min_t(size_t, quarter, SZ_64M);
}

static int test_large_area(void)
{
	size_t size = large_bytes();
	int faults = 0;

	for (u64 choice = 0; choice < 2; choice++) {
		void *area = make_area(size, choice);

		if (!area)
			return faults + selftest_no_memory("a large area");
		pattern_fill(area, size, selftest_seed);
		faults += check_area(area, size, selftest_seed);
		vfree(area);
		if (is_mapped(area)) {
			selftest_note("%px is mapped after vfree()", area);
			faults++;
		}
	}
	vm_unmap_aliases();
	return faults;
}

/* Areas of all sizes are made and given back in disorder; each keeps its contents. */
static int test_areas(void)
{
	size_t limit = nr_free_pages() / 2 * PAGE_SIZE, held = 0;
	u64 random = selftest_seed, seed = random;
	int faults = 0, refused = 0;

	for (unsigned int round = 0; round < AREA_ROUNDS + AREAS; round++) {
		unsigned int i = round < AREA_ROUNDS ? selftest_random(&random) % AREAS
						     : round - AREA_ROUNDS;
		u64 choice = selftest_random(&random);

		if (areas[i]) {
			faults += check_area(areas[i], area_bytes[i], seed);
			vfree(areas[i]);
			areas[i] = NULL;
			held -= ALIGN(area_bytes[i], SZ_2M);
		} else if (round < AREA_ROUNDS) {
			area_bytes[i] = 1 + choice % (choice >> 32 & 7 ? SZ_64K : AREA_BYTES);
			if (held + ALIGN(area_bytes[i], SZ_2M) > limit)
				continue;
			areas[i] = make_area(area_bytes[i], choice >> 40);
			refused += !areas[i];
			if (!areas[i])
				continue;
			held += ALIGN(area_bytes[i], SZ_2M);
			pattern_fill(areas[i], area_bytes[i], seed);
		}
	}
	vm_unmap_aliases();
	return refused ? faults + selftest_no_memory("areas") : faults;
}

static unsigned long table_pages(void)
{
	return global_node_page_state(NR_PAGETABLE);
}

/* Empty page tables go back with the areas that they were for. */
static int test_area_tables(void)
{
	unsigned long before, with, after;
	void *area;

	vm_unmap_aliases();
	before = table_pages();
	area = __vmalloc(SZ_8M, GFP_KERNEL | __GFP_NOWARN);
	if (!area)
		return selftest_no_memory("an area");
	with = table_pages();
	vfree(area);
	vm_unmap_aliases();
	after = table_pages();
	if (after == before && with >= before)
		return 0;
	selftest_note("%lu page tables, %lu with an area, %lu after it", before, with, after);
	return 1;
}

const struct selftest vmalloc_selftests[] = {
	{"vmalloc_large", test_large_area},
	{"vmalloc_areas", test_areas},
	{"vmalloc_tables", test_area_tables},
	{NULL, NULL},
};
