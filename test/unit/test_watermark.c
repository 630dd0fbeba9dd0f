/* SPDX-License-Identifier: MIT */
/*
 * Watermarks, reserves and per-CPU list sizes against what Linux 6.1 computed on
 * virtual machines.
 */
#include "zones_machine.h"

#include <linux/math.h>

/*
 * /proc/zoneinfo of one node: managed pages, marks, the reserve kept from callers
 * that could use each zone, and pageset high and batch.
 */
struct row {
	enum zone_type zone;
	unsigned long managed, min, low, high;
	long protection[MAX_NR_ZONES];
	unsigned long pcp_high, pcp_batch;
};

struct machine {
	const char *name;
	unsigned long min_free_kbytes;
	unsigned int cpus;
	struct row rows[3];
};

/*
 * Linux set the marks before it gave back its own initialisation code, which lies
 * in ZONE_DMA32: these pages are in the managed count that it shows, but were not
 * in the one that it computed with.
 */
#define FREED_INIT_PAGES 2088

static const struct machine machines[] = {
	{"128 MB",
	 939,
	 1,
	 {{ZONE_DMA, 3840, 65, 81, 97, {0, 38, 38, 38, 38}, 81, 1},
	  {ZONE_DMA32, 12032, 168, 210, 252, {0, 0, 0, 0, 0}, 210, 1}}},
	{"1 GB",
	 45056,
	 1,
	 {{ZONE_DMA, 3840, 180, 225, 270, {0, 919, 919, 919, 919}, 225, 1},
	  {ZONE_DMA32, 237487, 11083, 13853, 16623, {0, 0, 0, 0, 0}, 13853, 63}}},
	{"3 GB",
	 45056,
	 1,
	 {{ZONE_DMA, 3840, 57, 71, 85, {0, 2931, 2931, 2931, 2931}, 71, 1},
	  {ZONE_DMA32, 752431, 11206, 14007, 16808, {0, 0, 0, 0, 0}, 14007, 63}}},
	{"64 GB",
	 67584,
	 2,
	 {{ZONE_DMA, 3840, 3, 6, 9, {0, 1915, 64263, 64263, 64263}, 4, 1},
	  {ZONE_DMA32, 492457, 503, 993, 1483, {0, 0, 62348, 62348, 62348}, 496, 63},
	  {ZONE_NORMAL, 15961161, 16388, 32349, 48310, {0}, 16174, 63}}},
	{"8 GB, kernelcore=7M",
	 45056,
	 1,
	 {{ZONE_DMA, 3840, 21, 26, 31, {0, 1915, 1915, 7900, 7900}, 26, 1},
	  {ZONE_DMA32, 492457, 2725, 3406, 4087, {0, 0, 0, 5984, 5984}, 3406, 63},
	  {ZONE_MOVABLE, 1532099, 8516, 10645, 12774, {0}, 10645, 63}}},
	{"4 GB, numa=off",
	 67584,
	 2,
	 {{ZONE_DMA, 3840, 65, 81, 97, {0, 1915, 3874, 3874, 3874}, 40, 1},
	  {ZONE_DMA32, 492457, 8321, 10401, 12481, {0, 0, 1958, 1958, 1958}, 5200, 63},
	  {ZONE_NORMAL, 501381, 8508, 10635, 12762, {0}, 5317, 63}}},
	{"8 GB, mem=3G",
	 67584,
	 1,
	 {{ZONE_DMA, 3840, 87, 108, 129, {0, 1915, 2866, 2866, 2866}, 108, 1},
	  {ZONE_DMA32, 492457, 11232, 14040, 16848, {0, 0, 950, 950, 950}, 14040, 63},
	  {ZONE_NORMAL, 243396, 5575, 6968, 8361, {0}, 6968, 63}}},
	{"600 MB",
	 26232,
	 1,
	 {{ZONE_DMA, 3840, 190, 237, 284, {0, 501, 501, 501, 501}, 237, 1},
	  {ZONE_DMA32, 130512, 6367, 7958, 9549, {0}, 7958, 31}}},
	{"512 MB, holes",
	 2818,
	 1,
	 {{ZONE_DMA, 3840, 21, 26, 31, {0, 469, 469, 469, 469}, 26, 1},
	  {ZONE_DMA32, 122335, 682, 852, 1022, {0}, 852, 31}}},
	{"4 GB, UEFI",
	 67584,
	 1,
	 {{ZONE_DMA, 1799, 30, 37, 44, {0, 1875, 3834, 3834, 3834}, 37, 1},
	  {ZONE_DMA32, 482218, 8249, 10311, 12373, {0, 0, 1958, 1958, 1958}, 10311, 63},
	  {ZONE_NORMAL, 501441, 8615, 10768, 12921, {0}, 10768, 63}}},
};

static unsigned long managed_then(const struct row *row)
{
	return row->managed - (row->zone == ZONE_DMA32 ? FREED_INIT_PAGES : 0);
}

static void marks_are_linuxs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		unsigned long lowmem = 0;

		for (int z = 0; z < 3; z++)
			if (machines[i].rows[z].managed)
				lowmem += managed_then(&machines[i].rows[z]);
		for (int z = 0; z < 3 && machines[i].rows[z].managed; z++) {
			const struct row *row = &machines[i].rows[z];
			struct zone_marks marks = calc_zone_marks(machines[i].min_free_kbytes,
								  managed_then(row), lowmem);

			if (marks.min != row->min || marks.low != row->low ||
			    marks.high != row->high)
				fail_msg("%s zone %d: %lu %lu %lu", machines[i].name, row->zone,
					 marks.min, marks.low, marks.high);
		}
	}
}

static void lowmem_reserves_are_linuxs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		unsigned long managed[MAX_NR_ZONES] = {0};
		long reserve[MAX_NR_ZONES][MAX_NR_ZONES];

		for (int z = 0; z < 3; z++)
			if (machines[i].rows[z].managed)
				managed[machines[i].rows[z].zone] =
					managed_then(&machines[i].rows[z]);
		calc_lowmem_reserve(managed, reserve);
		for (int z = 0; z < 3 && machines[i].rows[z].managed; z++) {
			const struct row *row = &machines[i].rows[z];

			for (int j = 0; j < MAX_NR_ZONES; j++)
				assert_int_equal(reserve[row->zone][j], row->protection[j]);
		}
	}
}

static void pagesets_are_linuxs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		for (int z = 0; z < 3 && machines[i].rows[z].managed; z++) {
			const struct row *row = &machines[i].rows[z];
			unsigned long batch = calc_pageset_batch(row->managed);

			assert_int_equal(batch, row->pcp_batch);
			assert_int_equal(calc_pageset_high(row->low, batch, machines[i].cpus),
					 row->pcp_high);
		}
	}
}

static void min_free_kbytes_grows_with_the_root(void **state)
{
	(void)state;
	assert_int_equal(calc_min_free_kbytes(0), 128);
	assert_int_equal(calc_min_free_kbytes(1024), 128);
	assert_int_equal(calc_min_free_kbytes(1UL << 20), 4096);
	assert_int_equal(calc_min_free_kbytes(4UL << 20), 8192);
	assert_int_equal(calc_min_free_kbytes(64UL << 20), 32768);
	assert_int_equal(calc_min_free_kbytes(16UL << 30), 262144);
}

static void int_sqrt_rounds_down(void **state)
{
	(void)state;
	for (unsigned long n = 0; n < 2000; n++) {
		unsigned long root = int_sqrt(n);

		assert_true(root * root <= n && (root + 1) * (root + 1) > n);
	}
	assert_int_equal(int_sqrt(~0UL), 0xffffffff);
	assert_int_equal(int_sqrt(1UL << 62), 1UL << 31);
	assert_int_equal(int_sqrt((1UL << 62) - 1), (1UL << 31) - 1);
}

static void a_machine_gets_marks_from_what_it_manages(void **state)
{
	static const struct ram ram[] = {
		{0x1000, 0xa0000, 0}, {SZ_1M, SZ_2G, 0}, {SZ_4G, SZ_4G + SZ_2G, 0}, {0, 0, 0}};
	unsigned long lowmem = 0, min_sum = 0;
	struct zone *zone;

	(void)state;
	machine_up(ram);
	for_each_zone (zone) {
		lowmem += zone_managed_pages(zone);
		min_sum += min_wmark_pages(zone);
	}
	assert_int_equal(min_free_kbytes, int_sqrt(lowmem * 4 * 16));
	assert_in_range(min_sum, min_free_kbytes / 4 - 3, min_free_kbytes / 4);
	assert_int_equal(zone_of(0, ZONE_DMA)->lowmem_reserve[ZONE_DMA32],
			 zone_managed_pages(zone_of(0, ZONE_DMA32)) / 256);
	assert_int_equal(zone_of(0, ZONE_NORMAL)->pageset_batch, 63);
	assert_true(totalreserve_pages > min_sum);
	assert_int_equal(NODE_DATA(0)->totalreserve_pages, totalreserve_pages);
	assert_in_range(NODE_DATA(0)->min_slab_pages, lowmem / 20 - 3, lowmem / 20);
	assert_in_range(NODE_DATA(0)->min_unmapped_pages, lowmem / 100 - 3, lowmem / 100);
}

/* A zone with 1000 free pages in one block of order 9 and some of order 3. */
static void marks_are_compared_as_linux_does(void **state)
{
	static struct zone zone;

	(void)state;
	for (int order = 0; order < NR_PAGE_ORDERS; order++)
		for (int type = 0; type < MIGRATE_TYPES; type++)
			INIT_LIST_HEAD(&zone.free_area[order].free_list[type]);
	atomic_long_set(&zone.vm_stat[NR_FREE_PAGES], 1000);
	zone.lowmem_reserve[ZONE_NORMAL] = 100;
	/* Free must be more than mark and reserve. */
	assert_true(zone_watermark_ok(&zone, 0, 899, ZONE_NORMAL, 0));
	assert_false(zone_watermark_ok(&zone, 0, 900, ZONE_NORMAL, 0));
	assert_true(zone_watermark_ok(&zone, 0, 999, ZONE_DMA32, 0));
	assert_false(zone_watermark_ok(&zone, 0, 1000, ZONE_DMA32, 0));
	/* __GFP_HIGH: half of the mark; atomic: three quarters of that. */
	assert_true(zone_watermark_ok(&zone, 0, 1998, ZONE_DMA32, ALLOC_HIGH));
	assert_false(zone_watermark_ok(&zone, 0, 2000, ZONE_DMA32, ALLOC_HIGH));
	assert_true(zone_watermark_ok(&zone, 0, 1332, ZONE_DMA32, ALLOC_HARDER));
	assert_false(zone_watermark_ok(&zone, 0, 1336, ZONE_DMA32, ALLOC_HARDER));
	assert_true(zone_watermark_ok(&zone, 0, 2660, ZONE_DMA32, ALLOC_HIGH | ALLOC_HARDER));
	/* Pages kept for atomic callers count for these alone. */
	zone.nr_reserved_highatomic = 512;
	assert_false(zone_watermark_ok(&zone, 0, 500, ZONE_DMA32, 0));
	assert_true(zone_watermark_ok(&zone, 0, 500, ZONE_DMA32, ALLOC_HARDER));
	zone.nr_reserved_highatomic = 0;
	/* Larger blocks must be there, unless sections wait. */
	assert_false(zone_watermark_ok(&zone, 3, 100, ZONE_DMA32, 0));
	zone.nr_extent_pages = PAGES_PER_SECTION;
	assert_true(zone_watermark_ok(&zone, 3, 100, ZONE_DMA32, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_are_linuxs),
		cmocka_unit_test(lowmem_reserves_are_linuxs),
		cmocka_unit_test(pagesets_are_linuxs),
		cmocka_unit_test(min_free_kbytes_grows_with_the_root),
		cmocka_unit_test(int_sqrt_rounds_down),
		cmocka_unit_test(marks_are_compared_as_linux_does),
		cmocka_unit_test_teardown(a_machine_gets_marks_from_what_it_manages, machine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
