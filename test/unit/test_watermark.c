/* SPDX-License-Identifier: MIT */
/*
 * Watermarks, reserves and per-CPU list sizes against what Linux 6.1 computed on
 * virtual machines.
 */
#include "zones_machine.h"

#include <errno.h>
#include <string.h>
#include <linux/math.h>
#include <baremm/options.h>

/*
 * A zone in /proc/zoneinfo, and what it was computed from. The managed pages shown are
 * not those at that time: Linux gave back memory of its own later, 2003 pages where it
 * lies and 88 at the end of memory below 4 GB, in all these machines; and gigantic
 * pages taken at boot joined the managed count after the reserves were set.
 */
struct row {
	const char *machine;
	unsigned long min_free_kbytes;
	unsigned int cpus; /* of the node */
	int node;
	enum zone_type zone;
	unsigned long managed, later, gigantic;
	unsigned long min, low, high;
	long protection[5]; /* from callers up to DMA, DMA32, Normal, Movable, Device */
	unsigned long pcp_high, pcp_batch;
};

/* Zones as Linux x86-64 numbers them. */
static const enum zone_type linux_zones[] = {ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, ZONE_MOVABLE,
					     ZONE_DEVICE};

static const struct row rows[] = {
#include "watermark_rows.inc"
};

#define for_each_row(r) for (const struct row *r = rows; r < rows + ARRAY_SIZE(rows); r++)

static bool same_machine(const struct row *a, const struct row *b)
{
	return !strcmp(a->machine, b->machine);
}

/* When the marks were set. */
static unsigned long managed_then(const struct row *row)
{
	return row->managed - row->later;
}

static void marks_are_linuxs(void **state)
{
	(void)state;
	for_each_row(row)
	{
		struct zone_marks marks;
		unsigned long lowmem = 0;

		for_each_row(other) lowmem += same_machine(row, other) ? managed_then(other) : 0;
		marks = calc_zone_marks(row->min_free_kbytes, managed_then(row), lowmem);
		if (marks.min != row->min || marks.low != row->low || marks.high != row->high)
			fail_msg("%s node %d zone %d: %lu %lu %lu", row->machine, row->node,
				 row->zone, marks.min, marks.low, marks.high);
	}
}

static void lowmem_reserves_are_linuxs(void **state)
{
	(void)state;
	for_each_row(row)
	{
		unsigned long managed[MAX_NR_ZONES] = {0};
		long reserve[MAX_NR_ZONES][MAX_NR_ZONES];

		for_each_row(other) if (same_machine(row, other) && row->node == other->node)
			managed[other->zone] = managed_then(other) - other->gigantic;
		calc_lowmem_reserve(managed, reserve);
		for (size_t j = 0; j < ARRAY_SIZE(linux_zones); j++) {
			long kept = reserve[row->zone][linux_zones[j]];

			if (kept != row->protection[j])
				fail_msg("%s node %d zone %d: %ld kept from zone %zu", row->machine,
					 row->node, row->zone, kept, j);
		}
		assert_int_equal(reserve[row->zone][ZONE_HIGHMEM], reserve[row->zone][ZONE_NORMAL]);
	}
}

static void pagesets_are_linuxs(void **state)
{
	(void)state;
	for_each_row(row)
	{
		unsigned long batch = calc_pageset_batch(row->managed);

		assert_int_equal(batch, row->pcp_batch);
		assert_int_equal(calc_pageset_high(row->low, batch, row->cpus), row->pcp_high);
	}
	assert_int_equal(ARRAY_SIZE(rows), 173);
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

static const struct ram pc_ram[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_2G, 0}, {SZ_4G, SZ_4G + SZ_2G, 0}, {0, 0, 0}};

static void a_machine_gets_marks_from_what_it_manages(void **state)
{
	unsigned long lowmem = 0, min_sum = 0;
	struct zone *zone;

	(void)state;
	machine_up(pc_ram);
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

/* The sum of all min marks, in KB; each zone's is rounded down to pages. */
static unsigned long min_kbytes(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += min_wmark_pages(zone) + populated_zone(zone);
	return pages_to_kb(pages);
}

static void options_up(const char *options)
{
	machine_ram(pc_ram);
	mm_register_options();
	bad_options = 0;
	assert_int_equal(parse_options(options), 0);
	machine_zones();
	mem_init();
}

static void an_option_sets_min_free_kbytes(void **state)
{
	static const char *const forms[] = {"min_free_kbytes=20000", "vm.min_free_kbytes=20000",
					    "sysctl.vm.min_free_kbytes=20000"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		options_up(forms[i]);
		assert_int_equal(min_free_kbytes, 20000);
		assert_in_range(min_kbytes(), 20000, 20000 + 12);
		assert_int_equal(verify_all(), 0);
		host_machine_exit();
	}
	options_up("min_free_kbytes=0");
	assert_int_equal(min_wmark_pages(zone_of(0, ZONE_NORMAL)), 0);
	host_machine_exit();
}

static void no_more_than_half_of_memory_is_kept_free(void **state)
{
	(void)state;
	options_up("min_free_kbytes=2147483647");
	assert_in_range(min_free_kbytes, 2000000, 2 * SZ_1M);
	assert_true(host_log_contains("min_free_kbytes=2147483647 is over half of all"));
	assert_non_null(alloc_page(GFP_KERNEL));
}

static void an_option_sets_the_distance_of_the_marks(void **state)
{
	const struct zone *zone;
	unsigned long step;

	(void)state;
	options_up("watermark_scale_factor=1000");
	zone = zone_of(0, ZONE_NORMAL);
	step = zone_managed_pages(zone) / 10;
	assert_in_range(low_wmark_pages(zone) - min_wmark_pages(zone), step - 1, step);
	assert_in_range(high_wmark_pages(zone) - min_wmark_pages(zone), 2 * step - 2, 2 * step);
}

static void values_out_of_range_are_refused(void **state)
{
	static const char *const bad[] = {"", "-1", "2147483648", "1G", "x"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char value[16];

		strcpy(value, bad[i]);
		assert_int_equal(min_free_kbytes_parse_option(value), -EINVAL);
		assert_int_equal(watermark_scale_factor_parse_option(value), -EINVAL);
	}
	assert_int_equal(watermark_scale_factor_parse_option((char[]){"0"}), -EINVAL);
	assert_int_equal(watermark_scale_factor_parse_option((char[]){"3001"}), -EINVAL);
	assert_int_equal(min_free_kbytes_parse_option(NULL), -EINVAL);
	assert_int_equal(watermark_scale_factor_parse_option(NULL), -EINVAL);
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
		cmocka_unit_test(an_option_sets_min_free_kbytes),
		cmocka_unit_test_teardown(no_more_than_half_of_memory_is_kept_free, machine_down),
		cmocka_unit_test_teardown(an_option_sets_the_distance_of_the_marks, machine_down),
		cmocka_unit_test(values_out_of_range_are_refused),
		cmocka_unit_test_teardown(a_machine_gets_marks_from_what_it_manages, machine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
