/* SPDX-License-Identifier: MIT */
/*
 * slab_geometry() against what Linux 6.1's SLUB chose on real machines (slab_rows.h), and
 * the options that change what it chooses.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <linux/errno.h>
#include "mm/slab.h"
#include "slab_rows.h"

/* Linux's debug kernels have more in an object, and keep no slabs for a CPU. */
static bool is_debug_row(const struct row *r)
{
	return r->cpu_partial == 0;
}

static void every_shape_is_the_one_linux_chose(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(linux_rows); i++) {
		const struct row *r = &linux_rows[i];
		unsigned int size = is_debug_row(r) ? r->slab_size : r->object_size;
		unsigned int align = is_debug_row(r) ? 8 : r->align;
		struct slab_geometry g;

		assert_int_equal(slab_geometry(&g, size, align, 0, r->ctor, r->cpus), 0);
		assert_int_equal(g.size, r->slab_size);
		assert_int_equal(g.oo.order, r->order);
		assert_int_equal(g.oo.objects, r->objects);
		assert_int_equal(g.min_partial, r->min_partial);
		if (!is_debug_row(r))
			assert_int_equal(g.cpu_partial, r->cpu_partial);
	}
}

static void objects_never_reach_past_their_slab(void **state)
{
	struct slab_geometry g;

	(void)state;
	for (unsigned int size = 1; size <= 70000; size += 1 + size / 97) {
		for (unsigned int cpus = 1; cpus <= 64; cpus *= 2) {
			assert_int_equal(slab_geometry(&g, size, 0, 0, false, cpus), 0);
			assert_true(g.oo.objects >= 1 && g.min.objects >= 1);
			assert_true((u64)g.oo.objects * g.size <= PAGE_SIZE << g.oo.order);
			assert_true((u64)g.min.objects * g.size <= PAGE_SIZE << g.min.order);
			assert_true(g.min.order <= g.oo.order);
			assert_true(g.offset + sizeof(void *) <= g.size);
			assert_true(g.offset % sizeof(void *) == 0);
		}
	}
}

static void at_most_a_quarter_is_lost_where_order_3_can_help(void **state)
{
	struct slab_geometry g;

	(void)state;
	for (unsigned int size = 8; size <= 8192; size += 8) {
		assert_int_equal(slab_geometry(&g, size, 0, 0, false, 1), 0);
		if (g.oo.objects > 1 && g.oo.order < 3)
			assert_true((PAGE_SIZE << g.oo.order) % size <=
				    (PAGE_SIZE << g.oo.order) / 4);
	}
}

static void the_link_lies_in_the_middle_or_behind_what_a_constructor_wrote(void **state)
{
	struct slab_geometry g;

	(void)state;
	slab_geometry(&g, 100, 0, 0, false, 1);
	assert_int_equal(g.offset, 48);
	assert_int_equal(g.size, 104);
	slab_geometry(&g, 100, 0, 0, true, 1);
	assert_int_equal(g.offset, 104);
	assert_int_equal(g.size, 112);
}

static void hwcache_align_gives_small_objects_a_part_of_a_line(void **state)
{
	struct slab_geometry g;

	(void)state;
	slab_geometry(&g, 10, 0, SLAB_HWCACHE_ALIGN, false, 1);
	assert_int_equal(g.size, 16);
	slab_geometry(&g, 24, 0, SLAB_HWCACHE_ALIGN, false, 1);
	assert_int_equal(g.size, 32);
	slab_geometry(&g, 33, 0, SLAB_HWCACHE_ALIGN, false, 1);
	assert_int_equal(g.size, 64);
	slab_geometry(&g, 65, 128, SLAB_HWCACHE_ALIGN, false, 1);
	assert_int_equal(g.size, 128);
}

static void the_largest_object_fills_a_block_and_a_larger_one_is_refused(void **state)
{
	struct slab_geometry g;

	(void)state;
	assert_int_equal(slab_geometry(&g, KMALLOC_MAX_SIZE, 0, 0, false, 1), 0);
	assert_int_equal(g.oo.order, MAX_PAGE_ORDER);
	assert_int_equal(g.oo.objects, 1);
	assert_int_equal(slab_geometry(&g, KMALLOC_MAX_SIZE + 1, 0, 0, false, 1), -E2BIG);
	assert_int_equal(slab_geometry(&g, KMALLOC_MAX_SIZE, 0, 0, true, 1), -E2BIG);
}

/* ---- Options ------------------------------------------------------------------- */

static int no_options(void **state)
{
	(void)state;
	slab_geometry_reset();
	return 0;
}

static void give(int (*option)(char *value), const char *value, int result)
{
	char copy[16];

	strscpy(copy, value, sizeof(copy));
	assert_int_equal(option(copy), result);
}

static void orders_and_objects_may_be_asked_for(void **state)
{
	(void)state;
	assert_int_equal(slab_calculate_order(64, 1), 0);
	give(slub_min_order_parse_option, "2", 0);
	assert_int_equal(slab_calculate_order(64, 1), 2);
	give(slub_min_order_parse_option, "0", 0);
	assert_int_equal(slab_calculate_order(4096, 1), 3);
	give(slub_max_order_parse_option, "1", 0);
	assert_int_equal(slab_calculate_order(4096, 1), 1);
	/* What order 1 cannot hold has the order that it needs. */
	assert_int_equal(slab_calculate_order(10000, 1), 2);
	give(slub_max_order_parse_option, "3", 0);
	give(slub_min_objects_parse_option, "100", 0);
	assert_int_equal(slab_calculate_order(64, 1), 1);
	assert_int_equal(slab_calculate_order(256, 1), 3);
}

static void orders_past_the_page_allocators_are_its_largest(void **state)
{
	(void)state;
	give(slub_max_order_parse_option, "77", 0);
	assert_int_equal(slub_max_order, MAX_PAGE_ORDER);
	/* Still no more objects than the counters hold. */
	give(slub_min_order_parse_option, "10", 0);
	assert_true((PAGE_SIZE << slab_calculate_order(8, 1)) / 8 <= MAX_OBJS_PER_PAGE);
}

static void what_is_no_number_is_refused(void **state)
{
	(void)state;
	give(slub_min_order_parse_option, "x", -EINVAL);
	give(slub_max_order_parse_option, "-1", -EINVAL);
	give(slub_min_objects_parse_option, "", -EINVAL);
	assert_int_equal(slub_min_objects_parse_option(NULL), -EINVAL);
	assert_int_equal(slub_max_order, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_is_the_one_linux_chose),
		cmocka_unit_test(objects_never_reach_past_their_slab),
		cmocka_unit_test(at_most_a_quarter_is_lost_where_order_3_can_help),
		cmocka_unit_test(the_link_lies_in_the_middle_or_behind_what_a_constructor_wrote),
		cmocka_unit_test(hwcache_align_gives_small_objects_a_part_of_a_line),
		cmocka_unit_test(the_largest_object_fills_a_block_and_a_larger_one_is_refused),
		cmocka_unit_test_teardown(orders_and_objects_may_be_asked_for, no_options),
		cmocka_unit_test_teardown(orders_past_the_page_allocators_are_its_largest,
					  no_options),
		cmocka_unit_test(what_is_no_number_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
