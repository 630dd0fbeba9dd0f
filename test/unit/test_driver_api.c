/* SPDX-License-Identifier: MIT */
/* Small things that drivers call: limits on messages, memory in numbers, what goes with a device. */
#include "cache_machine.h"
#include "percpu_machine.h"

#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/page_ext.h>
#include <linux/percpu.h>
#include <linux/ratelimit.h>
#include <linux/shrinker.h>
#include <linux/string.h>
#include <linux/sysinfo.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

static int make(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 1);
	pagecache_init();
	vmalloc_init();
	return 0;
}

static int end(void **state)
{
	vmalloc_reset();
	return percpu_machine_end(state);
}

/* ---- Messages ------------------------------------------------------------------------------ */

static u64 now_ns;

static u64 stopped_clock(void)
{
	return now_ns;
}

static void only_a_burst_passes_in_an_interval(void **state)
{
	static DEFINE_RATELIMIT_STATE(rs, 5 * HZ, 3);
	unsigned int passed = 0;

	(void)state;
	now_ns = 1000000000;
	host_clock = stopped_clock;
	for (int i = 0; i < 10; i++)
		passed += (unsigned int)__ratelimit(&rs);
	assert_int_equal(passed, 3);
	host_log_clear();
	now_ns += 5000000000;
	assert_false(__ratelimit(&rs));
	now_ns += 1000000;
	assert_true(__ratelimit(&rs));
	assert_true(
		host_log_contains("only_a_burst_passes_in_an_interval: 8 callbacks suppressed"));
	for (int i = 0; i < 20; i++)
		pr_info_ratelimited("line %d\n", i);
	assert_true(host_log_contains("line 9\n"));
	assert_false(host_log_contains("line 10\n"));
	ratelimit_state_init(&rs, 0, 0);
	assert_true(__ratelimit(&rs));
	ratelimit_state_init(&rs, HZ, 0);
	ratelimit_set_flags(&rs, RATELIMIT_MSG_ON_RELEASE);
	assert_false(__ratelimit(&rs));
	host_log_clear();
	ratelimit_state_exit(&rs);
	assert_true(host_log_contains("1 callbacks suppressed"));
	host_clock = NULL;
}

static void a_caller_waits_for_its_own_time(void **state)
{
	unsigned long last = 0;
	int passed = 0;

	(void)state;
	now_ns = 20000000000;
	host_clock = stopped_clock;
	assert_true(printk_timed_ratelimit(&last, 100));
	now_ns += 100000000;
	assert_false(printk_timed_ratelimit(&last, 100));
	now_ns += 1000000;
	assert_true(printk_timed_ratelimit(&last, 100));
	assert_false(printk_timed_ratelimit(&last, 100));
	for (int i = 0; i < 20; i++)
		passed += printk_ratelimit();
	assert_int_equal(passed, DEFAULT_RATELIMIT_BURST);
	host_clock = NULL;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static void numbers_are_compared_and_counted(void **state)
{
	static const int values[] = {3, -7, 12, 5};
	int small = 5;

	(void)state;
	assert_int_equal(umin(small, 7UL), 5);
	assert_int_equal(umax(3u, 9ULL), 9);
	assert_int_equal(min_array(values, 4), -7);
	assert_int_equal(max_array(values, 4), 12);
	assert_int_equal(max_array(values, 1), 3);
	assert_int_equal(MIN(3, 4) + MAX_T(u8, 300, 5), 3 + 44);
	assert_int_equal(COUNT_ARGS(), 0);
	assert_int_equal(COUNT_ARGS(a, b, c), 3);
	assert_int_equal(CONCATENATE(1, COUNT_ARGS(x, y)), 12);
}

static void bytes_are_read_from_a_place_in_a_buffer(void **state)
{
	char to[8] = {0};
	loff_t pos = 2;

	(void)state;
	assert_int_equal(memory_read_from_buffer(to, 3, &pos, "abcdefg", 7), 3);
	assert_string_equal(to, "cde");
	assert_int_equal(pos, 5);
	assert_int_equal(memory_read_from_buffer(to, 8, &pos, "abcdefg", 7), 2);
	assert_int_equal(memory_read_from_buffer(to, 8, &pos, "abcdefg", 7), 0);
	pos = -1;
	assert_int_equal(memory_read_from_buffer(to, 8, &pos, "abcdefg", 7), -EINVAL);
}

static void a_hash_table_is_linear_or_in_vmallocs_area(void **state)
{
	unsigned int shift = 4, mask;
	u64 *table;

	(void)state;
	host_log_clear();
	table = alloc_large_system_hash("Linear", 8, 0, 14, HASH_ZERO, NULL, &mask, 0, 0);
	assert_int_equal(mask, roundup_pow_of_two(ALIGN(totalram_pages(), 256) / 4) - 1);
	assert_false(is_vmalloc_addr(table));
	assert_null(memchr_inv(table, 0, (mask + 1) * 8UL));
	free_pages_exact(table, (mask + 1) * 8UL);
	/* Sixteen buckets though there is room for a page of them. */
	table = alloc_large_system_hash("Small", 8, 0, 40, HASH_SMALL, &shift, &mask, 0, 0);
	assert_int_equal(shift, 4);
	free_pages_exact(table, 128);
	table = alloc_large_system_hash("Large", 8, 1 << 20, 0, 0, &shift, &mask, 0, 1 << 20);
	assert_int_equal(shift, 20);
	assert_true(is_vmalloc_addr(table));
	assert_true(host_log_contains(
		"Large hash table entries: 1048576 (order: 11, 8388608 bytes, vmalloc)\n"));
	vfree(table);
}

static int two_nodes(void **state)
{
	(void)state;
	percpu_machine_make(SZ_128M, 2, 4);
	pagecache_init();
	vmalloc_init();
	return 0;
}

/* How many of the table's pages lie on @nid. */
static unsigned long pages_on(const void *table, unsigned long size, int nid)
{
	unsigned long nr = 0;

	for (unsigned long at = 0; at < size; at += PAGE_SIZE)
		nr += page_to_nid(vmalloc_to_page((const char *)table + at)) == nid;
	return nr;
}

static void a_hash_table_of_several_nodes_begins_on_the_cpus_own(void **state)
{
	unsigned long free_there;
	unsigned int mask;
	u64 *table;

	(void)state;
	host_set_cpu(3);
	assert_int_equal(numa_node_id(), 1);
	/* That of one node would be linear. */
	table = alloc_large_system_hash("Near", 8, 0, 14, HASH_ZERO, NULL, &mask, 0, 0);
	assert_true(is_vmalloc_addr(table));
	assert_null(memchr_inv(table, 0, (mask + 1) * 8UL));
	assert_int_equal(pages_on(table, (mask + 1) * 8UL, 1), (mask + 1) * 8UL / PAGE_SIZE);
	vfree(table);
	/* More than the node has: the rest is the other's. */
	free_there = sum_zone_node_page_state(1, NR_FREE_PAGES);
	assert_true(free_there < SZ_64M / PAGE_SIZE);
	table = alloc_large_system_hash("Both", 8, SZ_64M / 8, 0, HASH_ZERO, NULL, &mask, 0,
					SZ_64M / 8);
	assert_int_equal(mask, SZ_64M / 8 - 1);
	assert_null(memchr_inv(table, 0, SZ_64M));
	assert_in_range(pages_on(table, SZ_64M, 1), free_there * 9 / 10, free_there);
	assert_int_equal(pages_on(table, SZ_64M, 0) + pages_on(table, SZ_64M, 1),
			 SZ_64M / PAGE_SIZE);
	vfree(table);
	host_set_cpu(0);
}

static void memory_is_told_in_numbers(void **state)
{
	struct sysinfo all = {.procs = 7}, node = {0};
	struct test_file file;
	long before, reserve;

	(void)state;
	si_meminfo(&all);
	si_meminfo_node(&node, 0);
	assert_int_equal(all.totalram, totalram_pages());
	assert_int_equal(node.totalram, all.totalram);
	assert_int_equal(all.freeram, nr_free_pages());
	assert_int_equal(node.freeram, all.freeram);
	assert_int_equal(all.procs, 7);
	assert_int_equal(all.mem_unit, PAGE_SIZE);
	before = si_mem_available();
	reserve = (long)nr_free_pages() - before;
	assert_true(before > 0 && reserve > 0);
	/* Pages of the cache are still half available, or all but the low marks. */
	test_file_open(&file);
	for (pgoff_t i = 0; i < 64; i++)
		test_file_read(&file, i);
	assert_in_range(si_mem_available(), (unsigned long)before - 64, (unsigned long)before - 1);
	test_file_close(&file);
}

static void masks_are_printed_in_parts(void **state)
{
	struct cpumask mask = {{0}};
	char text[16] = {0};

	(void)state;
	nr_cpu_ids = 8;
	cpumask_set_cpu(0, &mask);
	cpumask_set_cpu(3, &mask);
	assert_int_equal(cpumap_print_list_to_buf(text, &mask, 0, sizeof(text)), 4);
	assert_memory_equal(text, "0,3\n", 4);
	assert_int_equal(cpumap_print_bitmask_to_buf(text, &mask, 0, sizeof(text)), 3);
	assert_memory_equal(text, "09\n", 3);
	nr_cpu_ids = 1;
}

/* ---- With a device ------------------------------------------------------------------------------ */

static void what_is_had_for_a_device_goes_with_it(void **state)
{
	struct device dev = {.init_name = "dev"};
	unsigned long free;
	u64 __percpu *counts;

	(void)state;
	dev_set_drvdata(&dev, &free);
	assert_ptr_equal(dev_get_drvdata(&dev), &free);
	counts = devm_alloc_percpu(&dev, u64);
	assert_non_null(counts);
	*per_cpu_ptr(counts, 0) = 5;
	devm_free_percpu(&dev, counts);
	assert_non_null(devm_alloc_percpu(&dev, u32));
	assert_true(bitmap_empty(devm_bitmap_zalloc(&dev, 100, GFP_KERNEL), 100));
	assert_int_equal(devres_release_all(&dev), 2);
	assert_int_equal(percpu_verify(), 0);
}

/* ---- Shrinkers in two steps ---------------------------------------------------------------------- */

static unsigned long no_objects(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker, (void)sc;
	return SHRINK_EMPTY;
}

static void a_shrinker_is_prepared_and_then_registered(void **state)
{
	struct shrinker s = {.count_objects = no_objects, .scan_objects = no_objects, .seeks = 2};

	(void)state;
	assert_int_equal(prealloc_shrinker(&(struct shrinker){}, "none"), -EINVAL);
	assert_int_equal(prealloc_shrinker(&s, "cache-%d", 5), 0);
	assert_non_null(s.nr_deferred);
	assert_false(s.flags & SHRINKER_REGISTERED);
	free_prealloced_shrinker(&s);
	assert_null(s.nr_deferred);
	assert_int_equal(prealloc_shrinker(&s, "cache-%d", 6), 0);
	register_shrinker_prepared(&s);
	assert_true(s.flags & SHRINKER_REGISTERED);
	assert_string_equal(s.name, "cache-6");
	synchronize_shrinkers();
	unregister_shrinker(&s);
	assert_false(is_vm_area_hugepages(&s));
}

#define driver_test(f) cmocka_unit_test_setup_teardown(f, make, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		driver_test(only_a_burst_passes_in_an_interval),
		driver_test(a_caller_waits_for_its_own_time),
		cmocka_unit_test(numbers_are_compared_and_counted),
		cmocka_unit_test(bytes_are_read_from_a_place_in_a_buffer),
		driver_test(a_hash_table_is_linear_or_in_vmallocs_area),
		cmocka_unit_test_setup_teardown(
			a_hash_table_of_several_nodes_begins_on_the_cpus_own, two_nodes, end),
		driver_test(memory_is_told_in_numbers),
		driver_test(masks_are_printed_in_parts),
		driver_test(what_is_had_for_a_device_goes_with_it),
		driver_test(a_shrinker_is_prepared_and_then_registered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
