// SPDX-License-Identifier: MIT
/*
 * What memblock prints: the dump, the lines of memblock=debug, and the faults
 * that memblock_verify() finds in tables that were broken on purpose.
 */
#include "memblock_test.h"

static void log_has(const char *text)
{
	if (!host_log_contains(text))
		print_error("not in the log: %s\n%s", text, host_log());
	assert_true(host_log_contains(text));
}

static void dump_has_the_form_of_linux(void **state)
{
	(void)state;
	assert_int_equal(memblock_add(0x1000, 0x9f000), 0);
	assert_int_equal(memblock_add_node(0x100000000, 0x80000000, 1, MEMBLOCK_HOTPLUG), 0);
	assert_int_equal(memblock_reserve(0x7e044518, 0x430), 0);
	host_log_clear();
	__memblock_dump_all();
	log_has("MEMBLOCK configuration:\n");
	log_has(" memory size = 0x000000008009f000 reserved size = 0x0000000000000430\n");
	log_has(" memory.cnt  = 0x2\n");
	log_has(" memory[0x0]\t[0x0000000000001000-0x000000000009ffff], 0x000000000009f000 bytes "
		"flags: 0x0\n");
	log_has(" memory[0x1]\t[0x0000000100000000-0x000000017fffffff], 0x0000000080000000 bytes "
		"on node 1 flags: 0x1\n");
	log_has(" reserved.cnt  = 0x1\n");
	log_has(" reserved[0x0]\t[0x000000007e044518-0x000000007e044947], 0x0000000000000430 bytes "
		"flags: 0x0\n");
	assert_int_equal(host_log_count("\n"), 7);
}

static void dump_all_is_silent_without_memblock_debug(void **state)
{
	(void)state;
	add(0, MB(1));
	memblock_dump_all();
	assert_string_equal(host_log(), "");
	memblock_debug = true;
	memblock_dump_all();
	log_has("MEMBLOCK configuration:\n");
}

static void option_takes_debug_and_nothing_else(void **state)
{
	char debug[] = "debug", other[] = "verbose";

	(void)state;
	assert_int_equal(memblock_parse_option(NULL), -EINVAL);
	assert_int_equal(memblock_parse_option(other), -EINVAL);
	assert_false(memblock_debug);
	assert_int_equal(memblock_parse_option(debug), 0);
	assert_true(memblock_debug);
}

static void nothing_is_logged_without_memblock_debug(void **state)
{
	(void)state;
	add(0, MB(1));
	reserve(0, KB(4));
	memblock_free(memblock_alloc(64, 64), 64);
	assert_string_equal(host_log(), "");
}

static void debug_logs_changes_with_range_and_caller(void **state)
{
	(void)state;
	memblock_debug = true;
	memblock_add(0x1000, 0x9f000);
	log_has("memblock_add: [0x0000000000001000-0x000000000009ffff] ");
	memblock_add_node(0x100000, 0x1000, 3, MEMBLOCK_HOTPLUG);
	log_has("memblock_add_node: [0x0000000000100000-0x0000000000100fff] nid=3 flags=1 ");
	memblock_reserve(0x2000, 0x10);
	log_has("memblock_reserve: [0x0000000000002000-0x000000000000200f] ");
	memblock_phys_free(0x2000, 0x10);
	log_has("memblock_phys_free: [0x0000000000002000-0x000000000000200f] ");
	memblock_remove(0x1000, 0x1000);
	log_has("memblock_remove: [0x0000000000001000-0x0000000000001fff] ");
	/* The caller is this function. */
	assert_int_equal(host_log_count("debug_logs_changes_with_range_and_caller+0x"), 5);
}

static void debug_logs_requests_with_all_their_wishes(void **state)
{
	(void)state;
	add_node(0, MB(8), 0);
	memblock_debug = true;
	assert_non_null(memblock_alloc_try_nid(KB(8), 64, 0x2000, MEMBLOCK_ALLOC_ACCESSIBLE, 0));
	log_has("memblock_alloc_try_nid: 8192 bytes align=0x40 nid=0 from=0x0000000000002000 "
		"max_addr=0x0000000000000000 debug_logs_requests_with_all_their_wishes+0x");
	log_has("memblock_reserve: [0x");
	log_has(" memblock_alloc_range_nid+0x");
	assert_non_null(memblock_alloc_try_nid_raw(10, 1, 0, MEMBLOCK_ALLOC_ANYWHERE, -1));
	log_has("memblock_alloc_try_nid_raw: 10 bytes align=0x1 nid=-1 from=0x0000000000000000 "
		"max_addr=0xffffffffffffffff ");
	assert_non_null(memblock_alloc_exact_nid_raw(10, 1, 0, MEMBLOCK_ALLOC_ACCESSIBLE, 0));
	log_has("memblock_alloc_exact_nid_raw: 10 bytes align=0x1 nid=0 from=0x0000000000000000 ");
	assert_int_not_equal(memblock_phys_alloc_range(KB(4), KB(4), 0, SZ_4G), 0);
	log_has("memblock_phys_alloc_range: 4096 bytes align=0x1000 from=0x0000000000000000 "
		"max_addr=0x0000000100000000 ");
}

static void debug_logs_where_a_table_moves(void **state)
{
	(void)state;
	add(0, MB(1));
	memblock_allow_resize();
	memblock_debug = true;
	for (int i = 0; i < 129; i++)
		reserve(MB(8) + KB(8) * i, KB(4));
	log_has("memblock: reserved is doubled to 256 at [0x");
}

/* ---- memblock_verify() ---- */

static struct memblock_region *rgn;

/* Three regions of memory that are in order. */
static void make_three(void)
{
	memblock_reset();
	host_log_clear();
	for (int i = 0; i < 3; i++)
		add_node(MB(4 * i), MB(2), i);
	assert_int_equal(memblock_verify(), 0);
	rgn = memblock.memory.regions;
}

static void one_fault(const char *text)
{
	assert_int_equal(memblock_verify(), 1);
	assert_int_equal(host_log_count("memblock: verify: "), 1);
	log_has(text);
}

static void verify_finds_a_region_out_of_order(void **state)
{
	(void)state;
	make_three();
	swap(rgn[1], rgn[2]);
	one_fault("memory[0x2]");
	log_has("lies below the one before");
}

static void verify_finds_an_overlap(void **state)
{
	(void)state;
	make_three();
	rgn[0].size = MB(5);
	memblock.memory.total_size += MB(3);
	one_fault("overlaps the one before");
}

static void verify_finds_neighbours_that_should_be_one(void **state)
{
	(void)state;
	make_three();
	rgn[0].size = MB(4);
	memblock.memory.total_size += MB(2);
	assert_int_equal(memblock_verify(), 0);
	rgn[1].nid = 0;
	one_fault("should be merged with the one before");
}

static void verify_finds_a_wrong_total(void **state)
{
	(void)state;
	make_three();
	memblock.memory.total_size++;
	one_fault("sum up to 0x0000000000600000, total_size is 0x0000000000600001");
}

static void verify_finds_an_empty_region(void **state)
{
	(void)state;
	make_three();
	rgn[1].size = 0;
	memblock.memory.total_size -= MB(2);
	one_fault("is empty");
}

static void verify_finds_a_region_that_wraps(void **state)
{
	(void)state;
	make_three();
	memblock.memory.total_size -= rgn[2].size;
	rgn[2].size = PHYS_ADDR_MAX - rgn[2].base + 1;
	memblock.memory.total_size += rgn[2].size;
	one_fault("wraps");
}

static void verify_finds_unknown_flags_and_nodes(void **state)
{
	(void)state;
	make_three();
	rgn[1].flags = (enum memblock_flags)0x40;
	one_fault("has unknown flags");
	make_three();
	rgn[1].nid = MAX_NUMNODES + 1;
	one_fault("has no possible node");
}

static void verify_finds_counts_out_of_bounds(void **state)
{
	(void)state;
	make_three();
	memblock.memory.cnt = 129;
	one_fault("memory has 129 regions, not 1 to 128");
	make_three();
	memblock.reserved.cnt = 0;
	one_fault("reserved has 0 regions");
}

static void verify_finds_an_empty_table_with_a_total(void **state)
{
	(void)state;
	make_three();
	memblock.reserved.total_size = 1;
	one_fault("reserved regions sum up to 0x0000000000000000");
}

static void verify_reports_every_fault(void **state)
{
	(void)state;
	make_three();
	rgn[0].nid = -2;
	rgn[1].flags = (enum memblock_flags)0x100;
	memblock.memory.total_size = 0;
	assert_int_equal(memblock_verify(), 3);
	assert_int_equal(host_log_count("memblock: verify: "), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ANYWHERE(dump_has_the_form_of_linux),
		ANYWHERE(dump_all_is_silent_without_memblock_debug),
		ANYWHERE(option_takes_debug_and_nothing_else),
		ANYWHERE(nothing_is_logged_without_memblock_debug),
		ANYWHERE(debug_logs_changes_with_range_and_caller),
		ANYWHERE(debug_logs_requests_with_all_their_wishes),
		ANYWHERE(debug_logs_where_a_table_moves),
		ANYWHERE(verify_finds_a_region_out_of_order),
		ANYWHERE(verify_finds_an_overlap),
		ANYWHERE(verify_finds_neighbours_that_should_be_one),
		ANYWHERE(verify_finds_a_wrong_total),
		ANYWHERE(verify_finds_an_empty_region),
		ANYWHERE(verify_finds_a_region_that_wraps),
		ANYWHERE(verify_finds_unknown_flags_and_nodes),
		ANYWHERE(verify_finds_counts_out_of_bounds),
		ANYWHERE(verify_finds_an_empty_table_with_a_total),
		ANYWHERE(verify_reports_every_fault),
	};

	return cmocka_run_group_tests_name("memblock: dump, debug and verify", tests, NULL, NULL);
}
