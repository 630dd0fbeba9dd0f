/* SPDX-License-Identifier: MIT */
/* What the self-test on all CPUs stands on: little memory on any machine, and a seed. */
#include "slab_machine.h"
#include "whole_machine.h"

#include <linux/list.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <stdio.h>

#include "../../mm/selftest_pressure.h"
#include "../../mm/wait.h"

#define ZONES_MAX 8

struct marks {
	unsigned long of[ZONES_MAX][NR_WMARK];
	unsigned int nr;
};

static void up(u64 ram, const char *options)
{
	wait_reset();
	whole_machine(host_machine_pc(ram, options));
	assert_int_equal(bad_options, 0);
	smp_init();
}

static int machine_end(void **state)
{
	(void)state;
	host_cpus_stop();
	mm_reset();
	host_machine_exit();
	return 0;
}

/* ---- Little memory ----------------------------------------------------------------- */

static struct marks marks_now(void)
{
	struct marks marks = {};
	struct zone *zone;

	for_each_populated_zone (zone) {
		assert_in_range(marks.nr, 0, ZONES_MAX - 1);
		memcpy(marks.of[marks.nr++], zone->_watermark, sizeof(zone->_watermark));
	}
	return marks;
}

/* Pages that who may not reclaim gets, up to @most. */
static unsigned long pages_to_be_had(gfp_t gfp, unsigned long most)
{
	struct page *page, *next;
	unsigned long nr = 0;
	LIST_HEAD(taken);

	for (; nr < most; nr++) {
		page = alloc_page(gfp & ~__GFP_RECLAIM);
		if (!page)
			break;
		list_add(&page->lru, &taken);
	}
	list_for_each_entry_safe (page, next, &taken, lru)
		__free_page(page);
	drain_all_pages(NULL);
	return nr;
}

static unsigned long free_now(void)
{
	kmem_cache_shrink_all();
	drain_all_pages(NULL);
	return nr_free_pages();
}

static unsigned long free_cma_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_populated_zone (zone)
		pages += zone_page_state(zone, NR_FREE_CMA_PAGES);
	return pages;
}

/*
 * The usual marks are below what blocks leave, and lists of a CPU's own have some. Movable pages
 * may be in CMA areas, too.
 */
static void take_what_is_left(const struct marks *marks, bool blocks)
{
	unsigned long cma = free_cma_pages(), left = pressure_begin();

	assert_in_range(left, 1, marks->nr * (SZ_8M >> PAGE_SHIFT) + SZ_4M / PAGE_SIZE);
	assert_in_range(pages_to_be_had(GFP_KERNEL, ~0UL), blocks ? 0 : left / 8, left + left / 4);
	assert_in_range(pages_to_be_had(GFP_HIGHUSER_MOVABLE, ~0UL), blocks ? 0 : left / 8,
			left + left / 4 + cma);
	pressure_end();
}

/* The first time, page structs are made for what is taken. */
static void little_memory_is_left_and_all_comes_back(u64 ram, const char *options)
{
	struct marks before, after;
	unsigned long free;

	up(ram, options);
	before = marks_now();
	take_what_is_left(&before, ram < SZ_2G);
	free = free_now();
	take_what_is_left(&before, ram < SZ_2G);
	assert_int_equal(free_now(), free);
	after = marks_now();
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(pages_to_be_had(GFP_KERNEL, SZ_64M >> PAGE_SHIFT), SZ_64M >> PAGE_SHIFT);
	assert_int_equal(mm_verify_all(), 0);
	machine_end(NULL);
}

static void little_memory_is_left_on_a_machine_of_any_size(void **state)
{
	static const struct {
		u64 ram;
		const char *options;
	} rows[] = {
		{SZ_256M, ""}, {SZ_1G, ""},	  {SZ_2G + SZ_128M, ""},     {SZ_8G, "numa=fake=3"},
		{SZ_64G, ""},  {SZ_4G, "cma=1G"}, {SZ_4G, "movablecore=1G"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		little_memory_is_left_and_all_comes_back(rows[i].ram, rows[i].options);
}

/* ---- Seeds ------------------------------------------------------------------------- */

/* What a run on one CPU, whose schedule is always the same, says of itself. */
static void run_with_seed(const char *seed, char *told, size_t size)
{
	char options[80];
	const char *at;

	snprintf(options, sizeof(options), "selftest=smp_stress selftest_seed=%s", seed);
	host_srandom(1);
	up(SZ_128M, options);
	assert_int_equal(mm_selftest(), 0);
	at = strstr(host_log(), "# 1 CPUs:");
	assert_non_null(at);
	snprintf(told, size, "%.*s", (int)(strstr(at, "\nok ") - at), at);
	machine_end(NULL);
}

static void the_same_seed_is_the_same_run(void **state)
{
	char first[300], again[300], other[300];

	(void)state;
	run_with_seed("0x1234", first, sizeof(first));
	run_with_seed("0x1234", again, sizeof(again));
	run_with_seed("0x1235", other, sizeof(other));
	assert_string_equal(first, again);
	assert_string_not_equal(first, other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(little_memory_is_left_on_a_machine_of_any_size),
		cmocka_unit_test(the_same_seed_is_the_same_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
