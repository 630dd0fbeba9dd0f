/* SPDX-License-Identifier: MIT */
/*
 * The whole of mm/ on simulated machines: bring-up, verify functions, dumps and
 * the self-tests, as the program runs them.
 */
#include "whole_machine.h"

#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../mm/node_daemon.h"

/* A PC with @ram bytes, brought up with @options. */
static struct boot_info *bring_up(u64 ram, const char *options)
{
	return whole_machine(host_machine_pc(ram, options));
}

static void self_tests_pass_on_small_and_middling_machines(void **state)
{
	static const u64 sizes[] = {SZ_64M, SZ_256M, SZ_1G, SZ_4G + SZ_512M};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		bring_up(sizes[i], "selftest=accounting,memmap,direct_map,mappings,page_placement,"
				   "slab_cache,slab_exhaust,mempool,idr,genalloc,no_misuse");
		assert_int_equal(mm_verify_all(), 0);
		assert_int_equal(mm_selftest(), 0);
		host_machine_exit();
	}
}

static unsigned long made_sections(void)
{
	unsigned long count = 0;

	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1))
		count++;
	return count;
}

static void checks_and_dumps_make_no_section(void **state)
{
	unsigned long made;

	(void)state;
	bring_up(SZ_4G + SZ_512M, NULL);
	made = made_sections();
	assert_in_range(made, 1, 8);
	assert_int_equal(mm_verify_all(), 0);
	assert_int_equal(made_sections(), made);
	mm_dump_all(&seq_console);
	assert_int_equal(made_sections(), made);
	mm_report();
	assert_int_equal(made_sections(), made);
	host_machine_exit();
}

static void all_memory_is_written_and_comes_back(void **state)
{
	(void)state;
	bring_up(SZ_128M, "selftest=full");
	assert_int_equal(mm_selftest(), 0);
	assert_true(host_log_contains("ok 1 accounting"));
	assert_false(host_log_contains("not ok"));
	host_machine_exit();
}

static void eager_and_lazy_end_with_the_same_counts(void **state)
{
	unsigned long lazy, eager;

	(void)state;
	bring_up(SZ_2G, NULL);
	memmap_make_all();
	lazy = nr_free_pages();
	host_machine_exit();
	bring_up(SZ_2G, "memmap_init=eager");
	eager = nr_free_pages();
	assert_int_equal(mm_verify_all(), 0);
	host_machine_exit();
	assert_int_equal(lazy, eager);
}

static void terabytes_cost_no_more_memory_than_a_gigabyte(void **state)
{
	u64 small, large;

	(void)state;
	bring_up(SZ_1G, NULL);
	small = host_ram_used();
	host_machine_exit();
	bring_up(16ULL << 40, NULL);
	large = host_ram_used();
	assert_int_equal(mm_verify_all(), 0);
	host_machine_exit();
	assert_true(large < small + SZ_4M);
}

/* More ranges than memblock's first tables hold, each the firmware's for a while. */
static void hundreds_of_ranges_leave_no_hole_in_what_is_reserved(void **state)
{
	enum { RANGES = 1000 };
	static struct e820_entry map[RANGES + 1];
	static struct boot_range ranges[RANGES];
	struct boot_info *info;

	(void)state;
	for (u32 i = 0; i < RANGES; i++) {
		u64 start = SZ_16M + (u64)i * SZ_64K;

		map[i] = (struct e820_entry){.addr = start, .size = SZ_32K, .type = E820_TYPE_RAM};
		ranges[i] =
			(struct boot_range){start + SZ_4K, start + SZ_8K, BOOT_RANGE_BOOT_SERVICES};
	}
	map[RANGES] = (struct e820_entry){.addr = SZ_128M, .size = SZ_128M, .type = E820_TYPE_RAM};
	info = host_machine_init(map, RANGES + 1, NULL);
	info->ranges = ranges;
	info->nr_ranges = RANGES;
	mm_reset();
	mm_bring_up(info);
	assert_int_equal(mm_verify_all(), 0);
	assert_false(host_log_contains("table full"));
	assert_true(host_log_contains("Freeing 4000K of boot services memory"));
	for (u32 i = 0; i < RANGES; i++)
		assert_false(memblock_is_reserved(ranges[i].start));
	host_machine_exit();
}

static char text[SZ_64K];

static void dumps_come_under_their_names(void **state)
{
	static const char *const names[] = {
		"=== zoneinfo\n",      "=== buddyinfo\n",     "=== pagetypeinfo\n",
		"=== fragmentation\n", "=== extfrag_index\n", "=== unusable_index\n",
		"=== vmstat\n",	       "=== slabinfo\n",      "=== iomem\n"};
	struct seq_file m;
	struct seq_text sb;
	const char *at = text;

	(void)state;
	bring_up(SZ_1G, NULL);
	seq_text_init(&m, &sb, text, sizeof(text));
	mm_dump_all(&m);
	assert_int_equal(sb.dropped, 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		at = strstr(at, names[i]);
		assert_non_null(at);
	}
	host_machine_exit();
}

static void bring_up_panics(void *info)
{
	mm_bring_up(info);
}

static void no_ram_is_a_panic_that_says_so(void **state)
{
	static const struct e820_entry map[] = {
		{.addr = SZ_1M, .size = SZ_1M, .type = E820_TYPE_RESERVED}};
	struct boot_info *info = host_machine_init(map, ARRAY_SIZE(map), NULL);
	const char *why;

	(void)state;
	mm_reset();
	why = host_expect_panic(bring_up_panics, info);
	assert_non_null(why);
	assert_non_null(strstr(why, "no usable memory"));
	host_machine_exit();
}

/* A table that grew before our page tables are live might lie where firmware maps nothing. */
static void many_soft_reserved_ranges_do_not_make_memblock_grow_early(void **state)
{
	enum { RANGES = 400 };
	static struct e820_entry map[RANGES + 1];

	(void)state;
	map[0] = (struct e820_entry){.addr = 0, .size = SZ_128M, .type = E820_TYPE_RAM};
	for (u32 i = 1; i <= RANGES; i++)
		map[i] = (struct e820_entry){.addr = SZ_128M + (u64)i * SZ_64K,
					     .size = SZ_32K,
					     .type = E820_TYPE_SOFT_RESERVED};
	whole_machine(host_machine_init(map, RANGES + 1, "memblock=debug"));
	assert_false(host_log_contains("memblock: reserved is doubled"));
	assert_true(memblock_is_region_reserved(map[RANGES].addr, SZ_32K));
	assert_int_equal(mm_verify_all(), 0);
	host_machine_exit();
}

static void what_nodes_do_in_the_background_ends_before_all_is_verified(void **state)
{
	struct node_daemon *kswapd;

	(void)state;
	bring_up(SZ_64M, "");
	kswapd = &NODE_DATA(0)->kswapd;
	node_daemon_ask(kswapd);
	assert_int_equal(mm_verify_all(), 0);
	assert_false(kswapd->wanted);
	host_machine_exit();
}

static void unknown_self_test_is_named_and_ignored(void **state)
{
	(void)state;
	bring_up(SZ_64M, "selftest=accounting,nothing_of_the_kind");
	assert_true(
		host_log_contains("Malformed option 'selftest=accounting,nothing_of_the_kind'"));
	host_machine_exit();
}

/* What the stress prints that it did. */
static void pieces_of_a_run(const char *seed, char line[80])
{
	char options[64];
	const char *at;

	snprintf(options, sizeof(options), "selftest=smp_stress selftest_seed=%s", seed);
	bring_up(SZ_64M, options);
	assert_int_equal(mm_selftest(), 0);
	at = strstr(host_log(), "# 1 CPUs: ");
	assert_non_null(at);
	at = strchr(at, '\n') + 1; /* what was reclaimed, and moved */
	snprintf(line, 80, "%.*s", (int)strcspn(at, "\n"), at);
	host_machine_exit();
}

static void a_seed_repeats_what_self_tests_do(void **state)
{
	char one[80], other[80], again[80];

	(void)state;
	pieces_of_a_run("0x1234567", one);
	assert_true(host_log_contains("# seed 0x1234567\n"));
	pieces_of_a_run("42", other);
	pieces_of_a_run("0x1234567", again);
	assert_string_equal(one, again);
	assert_string_not_equal(one, other);
}

static void a_seed_that_is_no_number_is_named(void **state)
{
	static const char *const bad[] = {"", "x", "0", "-1"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char options[32], line[64];

		snprintf(options, sizeof(options), "selftest_seed=%s", bad[i]);
		snprintf(line, sizeof(line), "Malformed option '%s'", options);
		bring_up(SZ_64M, options);
		assert_true(host_log_contains(line));
		host_machine_exit();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(self_tests_pass_on_small_and_middling_machines),
		cmocka_unit_test(checks_and_dumps_make_no_section),
		cmocka_unit_test(all_memory_is_written_and_comes_back),
		cmocka_unit_test(eager_and_lazy_end_with_the_same_counts),
		cmocka_unit_test(terabytes_cost_no_more_memory_than_a_gigabyte),
		cmocka_unit_test(hundreds_of_ranges_leave_no_hole_in_what_is_reserved),
		cmocka_unit_test(dumps_come_under_their_names),
		cmocka_unit_test(no_ram_is_a_panic_that_says_so),
		cmocka_unit_test(many_soft_reserved_ranges_do_not_make_memblock_grow_early),
		cmocka_unit_test(what_nodes_do_in_the_background_ends_before_all_is_verified),
		cmocka_unit_test(unknown_self_test_is_named_and_ignored),
		cmocka_unit_test(a_seed_repeats_what_self_tests_do),
		cmocka_unit_test(a_seed_that_is_no_number_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
