/* SPDX-License-Identifier: MIT */
/*
 * Memory that the firmware's map calls hot-pluggable. The machine has 6 GB:
 *
 *   0 |=======| 2 GB      4 GB |===============| 8 GB
 */
#include "whole_machine.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <baremm/boot_info.h>

#include "../../mm/internal.h"

#define GB(n) ((u64)((n) * (double)SZ_1G))

static struct zone *zone_of(int nid, enum zone_type type)
{
	return &NODE_DATA(nid)->node_zones[type];
}

static void boot(const char *options, const struct boot_range *ranges, u32 nr)
{
	struct boot_info *info = host_machine_pc(6ULL * SZ_1G, options);

	info->hotplug = ranges;
	info->nr_hotplug = nr;
	whole_machine(info);
	assert_int_equal(bad_options, 0);
}

/* No page that cannot move is past @start, and all that is there can be had by who can. */
static void assert_movable_from(int nid, u64 start, u64 bytes)
{
	const struct zone *zone = zone_of(nid, ZONE_MOVABLE);
	struct page *page;

	assert_int_equal(zone_movable_pfn[nid], PHYS_PFN(start));
	assert_int_equal(zone->zone_start_pfn, PHYS_PFN(start));
	assert_int_equal(zone->present_pages, PHYS_PFN(bytes));
	assert_int_equal(zone_managed_pages(zone), PHYS_PFN(bytes));
	for (int i = 0; i < 5000; i++) {
		page = alloc_pages_node(nid, GFP_KERNEL | __GFP_THISNODE, 0);
		if (page)
			assert_true(page_to_phys(page) < start);
	}
	page = alloc_pages_node(nid, GFP_HIGHUSER_MOVABLE, 0);
	assert_true(page_to_phys(page) >= start);
}

static void with_movable_node_it_is_for_movable_pages_alone(void **state)
{
	static const struct boot_range hotplug[] = {{GB(5), GB(8), BOOT_RANGE_HOTPLUG}};
	static const char *const options[] = {"movable_node", "movable_node early=bootmem"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		boot(options[i], hotplug, 1);
		assert_movable_from(0, GB(5), GB(3));
		assert_true(host_log_contains("efi: Memory: 3072M/6143M hot-pluggable memory\n"));
		assert_int_equal(mm_verify_all(), 0);
		host_machine_exit();
	}
}

/* As on Linux, which leaves the choice to its user. */
static void without_movable_node_it_is_like_any_other(void **state)
{
	static const struct boot_range hotplug[] = {{GB(5), GB(8), BOOT_RANGE_HOTPLUG}};
	unsigned long normal;

	(void)state;
	boot("", NULL, 0);
	normal = zone_managed_pages(zone_of(0, ZONE_NORMAL));
	host_machine_exit();
	boot("", hotplug, 1);
	assert_int_equal(zone_movable_pfn[0], 0);
	assert_int_equal(zone_managed_pages(zone_of(0, ZONE_NORMAL)), normal);
	assert_true(host_log_contains("efi: Memory: 3072M/6143M hot-pluggable memory\n"));
	assert_int_equal(mm_verify_all(), 0);
}

/*
 *   4 GB   |  |HP  | x |   |HP  | 8 GB     x: reserved
 *             4.5  6        7
 */
static void what_has_reserved_memory_above_it_stays_plugged(void **state)
{
	static const struct boot_range hotplug[] = {{GB(4.5), GB(5.5), BOOT_RANGE_HOTPLUG},
						    {GB(7), GB(8), BOOT_RANGE_HOTPLUG}};

	(void)state;
	boot("movable_node badpage=0x180000000", hotplug, 2);
	assert_movable_from(0, GB(7), GB(1));
	assert_true(host_log_contains("efi: 1024M of it have reserved memory in or above them"));
	assert_int_equal(mm_verify_all(), 0);
}

static void what_has_reserved_memory_in_it_stays_plugged(void **state)
{
	static const struct boot_range hotplug[] = {{GB(7), GB(8), BOOT_RANGE_HOTPLUG}};

	(void)state;
	boot("movable_node badpage=0x1d0000000", hotplug, 1);
	assert_int_equal(zone_movable_pfn[0], 0);
	assert_int_equal(mm_verify_all(), 0);
}

static void where_nothing_else_would_be_left_it_is_like_any_other(void **state)
{
	static const struct boot_range hotplug[] = {{GB(0), GB(8), BOOT_RANGE_HOTPLUG}};

	(void)state;
	boot("movable_node", hotplug, 1);
	assert_int_equal(zone_movable_pfn[0], 0);
	assert_true(host_log_contains("efi: less than 128M would be left beside it"));
	assert_int_equal(mm_verify_all(), 0);
}

/* 3 GB each: node 0 ends at 5 GB. */
static void each_node_has_its_own(void **state)
{
	static const struct boot_range hotplug[] = {{GB(4.5), GB(5), BOOT_RANGE_HOTPLUG},
						    {GB(6), GB(8), BOOT_RANGE_HOTPLUG}};

	(void)state;
	boot("movable_node numa=fake=2", hotplug, 2);
	assert_int_equal(num_online_nodes(), 2);
	assert_movable_from(0, GB(4.5), GB(0.5));
	assert_movable_from(1, GB(6), GB(2));
	assert_int_equal(mm_verify_all(), 0);
}

/* What the map says of addresses without memory sizes nothing. */
static void a_range_without_memory_makes_no_page_structs(void **state)
{
	static const struct boot_range hotplug[] = {{GB(8), GB(1024), BOOT_RANGE_HOTPLUG},
						    {GB(7), GB(9), BOOT_RANGE_HOTPLUG}};

	(void)state;
	boot("movable_node", hotplug, 2);
	assert_int_equal(max_pfn, PHYS_PFN(GB(8)));
	assert_movable_from(0, GB(7), GB(1));
	assert_int_equal(mm_verify_all(), 0);
}

static int machine_down(void **state)
{
	(void)state;
	host_machine_exit();
	return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	static const struct CMUnitTest tests[] = {
		TEST(with_movable_node_it_is_for_movable_pages_alone),
		TEST(without_movable_node_it_is_like_any_other),
		TEST(what_has_reserved_memory_above_it_stays_plugged),
		TEST(what_has_reserved_memory_in_it_stays_plugged),
		TEST(where_nothing_else_would_be_left_it_is_like_any_other),
		TEST(each_node_has_its_own),
		TEST(a_range_without_memory_makes_no_page_structs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
