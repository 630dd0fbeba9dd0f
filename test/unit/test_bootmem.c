/* SPDX-License-Identifier: MIT */
/* bootmem: what its calls promise, and random ones against a model of one flag a page. */
#include "bootmem_machine.h"

#include <linux/errno.h>
#include <stdlib.h>
#include <string.h>

#define RAM_END         \
	{               \
		0, 0, 0 \
	}
#define MB(n) ((u64)(n) << 20)

/*
 * Node 0 up to 64 MB and node 1 up to 96 MB, with a hole of 1 MB in the second:
 *
 *   |4K - 640K|  |1M ------- 64M|64M --- 80M|  |81M --- 96M|
 */
static const struct ram two_ram[] = {
	{0x1000, 0xa0000, 0}, {MB(1), MB(80), 0}, {MB(81), MB(96), 0}, RAM_END};
static const struct ram two_nodes[] = {{0, MB(64), 0}, {MB(64), MB(96), 1}, RAM_END};

static bootmem_data_t *b0, *b1;

static void two(void)
{
	machine_with_nodes(two_ram, two_nodes, true);
	initmem_init();
	b0 = NODE_DATA(0)->bdata;
	b1 = NODE_DATA(1)->bdata;
	assert_int_equal(bootmem_verify(), 0);
}

static unsigned long free_pages_of(const bootmem_data_t *bdata)
{
	unsigned long count = 0;

	for (unsigned long pfn = bdata->node_min_pfn; pfn < bdata->node_low_pfn; pfn++)
		count += !bit_of(bdata, pfn);
	return count;
}

/* The bitmaps of both nodes, to see that nothing changed. */
static unsigned long before[2][1024];

static void remember(void)
{
	memcpy(before[0], b0->node_bootmem_map, (b0->node_low_pfn - b0->node_min_pfn) / 8);
	memcpy(before[1], b1->node_bootmem_map, (b1->node_low_pfn - b1->node_min_pfn) / 8);
}

static void nothing_changed(void)
{
	assert_memory_equal(before[0], b0->node_bootmem_map,
			    (b0->node_low_pfn - b0->node_min_pfn) / 8);
	assert_memory_equal(before[1], b1->node_bootmem_map,
			    (b1->node_low_pfn - b1->node_min_pfn) / 8);
	assert_int_equal(bootmem_verify(), 0);
}

/* ---- Setting up -------------------------------------------------------------------- */

static void a_bitmap_takes_a_byte_for_eight_pages(void **state)
{
	(void)state;
	assert_int_equal(bootmem_bootmap_pages(1), 1);
	assert_int_equal(bootmem_bootmap_pages(32768), 1);
	assert_int_equal(bootmem_bootmap_pages(32769), 2);
}

static void a_new_bitmap_has_all_pages_taken(void **state)
{
	(void)state;
	machine_with_nodes(two_ram, NULL, false);
	initmem_init();
	assert_int_equal(init_bootmem_node(NODE_DATA(0), 0x1000, 0x100, 0x4000), 0x3f00 / 8);
	b0 = NODE_DATA(0)->bdata;
	assert_int_equal(free_pages_of(b0), 0);
	assert_null(__alloc_bootmem_nopanic(1, 1, 0));
	assert_int_equal(init_bootmem_node(NODE_DATA(0), 0x1000, 0x100, 0x4000), 0);
	assert_int_equal(bootmem_refusals, 1);
	assert_int_equal(b0->node_min_pfn, 0x100);
	assert_int_equal(b0->node_low_pfn, 0x4000);
}

static void init_bootmem_is_node_0_from_page_0(void **state)
{
	(void)state;
	machine_with_nodes(two_ram, NULL, false);
	initmem_init();
	assert_int_equal(init_bootmem(0x1000, 0x6000), 0x6000 / 8);
	assert_int_equal(min_low_pfn, 0x1000);
	assert_int_equal(max_low_pfn, 0x6000);
	free_bootmem_with_active_regions(0, 0x4000);
	assert_int_equal(free_pages_of(NODE_DATA(0)->bdata), 0x9f + 0x3f00);
}

static void an_empty_range_gets_no_bitmap(void **state)
{
	(void)state;
	machine_with_nodes(two_ram, NULL, false);
	initmem_init();
	assert_int_equal(init_bootmem_node(NODE_DATA(0), 0x1000, 5, 5), 0);
	assert_false(bootmem_active());
}

static void bitmaps_take_over_memory_and_reservations_of_memblock(void **state)
{
	(void)state;
	machine_with_nodes(two_ram, two_nodes, true);
	memblock_reserve(MB(2) + 4095, 2);
	memblock_reserve(MB(80) - 1, MB(1) + 2);
	initmem_init();
	b0 = NODE_DATA(0)->bdata;
	b1 = NODE_DATA(1)->bdata;
	assert_int_equal(b0->node_min_pfn, 1);
	assert_int_equal(b1->node_low_pfn, 0x6000);
	assert_true(bit_of(b0, 0xa0) && bit_of(b0, 0xff) && !bit_of(b0, 0x100));
	assert_true(bit_of(b0, 0x200) && bit_of(b0, 0x201) && !bit_of(b0, 0x202));
	assert_true(bit_of(b1, 0x4fff) && bit_of(b1, 0x5050) && bit_of(b1, 0x5100));
	assert_false(bit_of(b1, 0x4ffe) || bit_of(b1, 0x5101));
	assert_int_equal(memblock_phys_alloc(1, 1), 0); /* memblock is closed */
	assert_int_equal(bootmem_verify(), 0);
}

static void bitmaps_lie_on_their_own_nodes_above_zone_dma(void **state)
{
	(void)state;
	two();
	assert_int_equal(bootmem_map_pfn(b0), PHYS_PFN(MB(16)));
	assert_int_equal(bootmem_map_pfn(b1), PHYS_PFN(MB(64)));
	assert_true(bit_of(b0, PHYS_PFN(MB(16))) && bit_of(b1, PHYS_PFN(MB(64))));
}

/* ---- Allocating -------------------------------------------------------------------- */

static void small_allocations_share_a_page(void **state)
{
	char *a, *b, *c;
	unsigned long was;

	(void)state;
	two();
	was = free_pages_of(b0);
	a = alloc_bootmem_node(NODE_DATA(0), 100);
	b = alloc_bootmem_node(NODE_DATA(0), 100);
	assert_ptr_equal(b, a + 128);
	assert_int_equal(free_pages_of(b0), was - 1);
	/* One that is larger than the rest goes on in the next page. */
	c = __alloc_bootmem_node(NODE_DATA(0), 5000, 8, BOOTMEM_LOW_LIMIT);
	assert_ptr_equal(c, b + 104);
	assert_int_equal(free_pages_of(b0), was - 2);
	assert_int_equal(bootmem_verify(), 0);
}

static void memory_is_cleared(void **state)
{
	char *a, *b;

	(void)state;
	two();
	memset(__va(BOOTMEM_LOW_LIMIT + PAGE_SIZE), 0xee, 4 * PAGE_SIZE);
	a = alloc_bootmem_pages_node(NODE_DATA(0), 2 * PAGE_SIZE);
	assert_ptr_equal(a, __va(BOOTMEM_LOW_LIMIT + PAGE_SIZE));
	b = alloc_bootmem_node(NODE_DATA(0), 64);
	assert_true(!a[0] && !a[2 * PAGE_SIZE - 1] && !b[0] && !b[63]);
}

static void a_page_given_back_is_not_shared_any_more(void **state)
{
	char *a, *b;

	(void)state;
	two();
	a = __alloc_bootmem(100, 64, MB(20));
	free_bootmem(__pa(a), PAGE_SIZE);
	assert_false(bit_of(b0, PHYS_PFN(__pa(a))));
	b = __alloc_bootmem(100, 64, __pa(a) + PAGE_SIZE);
	assert_ptr_equal(b, a + PAGE_SIZE);
	assert_int_equal(bootmem_verify(), 0);
}

static void addresses_are_aligned_as_asked(void **state)
{
	(void)state;
	two();
	for (unsigned long align = 1; align <= MB(8); align *= 2) {
		void *a = __alloc_bootmem(24, align, 0);

		assert_int_equal(__pa(a) % align, 0);
		assert_int_equal(bootmem_verify(), 0);
	}
	assert_int_equal(__pa(__alloc_bootmem(1, 0, 0)) % SMP_CACHE_BYTES, 0);
}

static void goals_are_met_or_given_up(void **state)
{
	(void)state;
	two();
	assert_int_equal(__pa(__alloc_bootmem(PAGE_SIZE, PAGE_SIZE, MB(40))), MB(40));
	/* Taken: the next above. */
	assert_int_equal(__pa(__alloc_bootmem(PAGE_SIZE, PAGE_SIZE, MB(40))), MB(40) + PAGE_SIZE);
	/* A goal in another node; and one in a hole is met above it. */
	assert_int_equal(__pa(__alloc_bootmem(PAGE_SIZE, PAGE_SIZE, MB(70))), MB(70));
	assert_int_equal(__pa(__alloc_bootmem(PAGE_SIZE, PAGE_SIZE, MB(80))), MB(81));
	/* Nothing there is, and nothing above: anywhere. */
	assert_non_null(__alloc_bootmem_nopanic(PAGE_SIZE, PAGE_SIZE, MB(4096)));
	assert_int_equal(__pa(__alloc_bootmem(MB(12), PAGE_SIZE, MB(95))), MB(40) + 3 * PAGE_SIZE);
}

static void searches_go_on_where_the_last_one_ended_and_start_over(void **state)
{
	(void)state;
	two();
	assert_int_equal(__pa(__alloc_bootmem(PAGE_SIZE, PAGE_SIZE, MB(40))), MB(40));
	assert_int_equal(__pa(__alloc_bootmem(PAGE_SIZE, PAGE_SIZE, 0)), MB(40) + PAGE_SIZE);
	/* 14 MB are left in no other piece above, so it is the first fit from below. */
	assert_int_equal(__pa(__alloc_bootmem(MB(13), PAGE_SIZE, 0)), MB(40) + 2 * PAGE_SIZE);
	assert_int_equal(__pa(__alloc_bootmem(MB(14), PAGE_SIZE, 0)), MB(1));
	/* What is freed below is found again. */
	free_bootmem(MB(1), PAGE_SIZE);
	assert_int_equal(__pa(__alloc_bootmem(PAGE_SIZE, PAGE_SIZE, 0)), MB(1));
}

static void a_node_is_preferred_and_others_help_out(void **state)
{
	(void)state;
	two();
	assert_true(__pa(alloc_bootmem_node(NODE_DATA(1), 100)) >= MB(64));
	assert_true(__pa(alloc_bootmem_node(NODE_DATA(0), 100)) < MB(64));
	/* Node 1 has no 20 MB in one piece. */
	assert_true(__pa(alloc_bootmem_pages_node(NODE_DATA(1), MB(20))) < MB(64));
	assert_null(alloc_bootmem_pages_node_nopanic(NODE_DATA(1), MB(60)));
	assert_int_equal(bootmem_verify(), 0);
}

static void no_memory_is_null_or_a_panic(void **state)
{
	(void)state;
	two();
	remember();
	assert_null(alloc_bootmem_nopanic(MB(128)));
	assert_null(alloc_bootmem_pages_nopanic(~0UL));
	assert_null(alloc_bootmem_node_nopanic(NODE_DATA(0), ~0UL - 4096));
	nothing_changed();
}

static void ask_too_much(void *arg)
{
	(void)arg;
	alloc_bootmem(MB(128));
}

static void ask_too_much_low(void *arg)
{
	(void)arg;
	alloc_bootmem_low_pages(PAGE_SIZE);
}

static void without_nopanic_it_panics(void **state)
{
	(void)state;
	two();
	assert_non_null(host_expect_panic(ask_too_much, NULL));
	assert_true(host_log_contains("bootmem alloc of 134217728 bytes failed!"));
	assert_true(host_log_contains("Out of memory"));
}

/* 16 MB below 4 GB, and more above. */
static const struct ram high_ram[] = {
	{0x1000, 0xa0000, 0}, {MB(1), MB(16), 0}, {SZ_4G, SZ_4G + MB(64), 0}, RAM_END};

static void limits_are_never_given_up(void **state)
{
	(void)state;
	machine_with_nodes(high_ram, NULL, true);
	initmem_init();
	assert_true(__pa(alloc_bootmem(PAGE_SIZE)) >= SZ_4G);
	assert_true(__pa(alloc_bootmem_low(PAGE_SIZE)) < SZ_4G);
	assert_true(__pa(__alloc_bootmem_low_node(NODE_DATA(0), 1, 1, SZ_4G)) < SZ_4G);
	assert_int_equal(reserve_bootmem(0x1000, 0x9f000, BOOTMEM_DEFAULT), 0);
	assert_int_equal(reserve_bootmem(MB(1), MB(15), BOOTMEM_DEFAULT), 0);
	assert_non_null(host_expect_panic(ask_too_much_low, NULL));
	assert_non_null(alloc_bootmem_nopanic(PAGE_SIZE));
}

static void page_0_is_never_handed_out(void **state)
{
	static const struct ram ram[] = {{0, MB(8), 0}, RAM_END};

	(void)state;
	machine_with_nodes(ram, NULL, true);
	initmem_init();
	assert_int_equal(NODE_DATA(0)->bdata->node_min_pfn, 0);
	assert_int_equal(__pa(__alloc_bootmem(1, 1, 0)), PAGE_SIZE);
}

static void broken_requests_are_refused_and_counted(void **state)
{
	(void)state;
	two();
	remember();
	assert_null(__alloc_bootmem_nopanic(0, 1, 0));
	assert_null(__alloc_bootmem_nopanic(1, 3, 0));
	assert_int_equal(bootmem_refusals, 2);
	nothing_changed();
}

/* ---- Ranges -------------------------------------------------------------------------- */

static void reserving_widens_and_freeing_narrows(void **state)
{
	(void)state;
	two();
	assert_int_equal(reserve_bootmem(MB(30) + 4095, 2, BOOTMEM_DEFAULT), 0);
	assert_true(bit_of(b0, 0x1e00) && bit_of(b0, 0x1e01) && !bit_of(b0, 0x1e02));
	free_bootmem(MB(30) + 1, 2 * PAGE_SIZE - 1);
	assert_true(bit_of(b0, 0x1e00) && !bit_of(b0, 0x1e01));
	free_bootmem_node(NODE_DATA(0), MB(30) + 1, PAGE_SIZE);
	assert_true(bit_of(b0, 0x1e00));
	assert_int_equal(bootmem_refusals, 0);
}

static void exclusive_reservations_that_conflict_change_nothing(void **state)
{
	(void)state;
	two();
	assert_int_equal(reserve_bootmem(MB(66), PAGE_SIZE, BOOTMEM_EXCLUSIVE), 0);
	remember();
	assert_int_equal(reserve_bootmem(MB(62), MB(8), BOOTMEM_EXCLUSIVE), -EBUSY);
	assert_int_equal(reserve_bootmem_node(NODE_DATA(1), MB(66), 1, BOOTMEM_EXCLUSIVE), -EBUSY);
	nothing_changed();
	/* Without the flag it is no conflict. */
	assert_int_equal(reserve_bootmem(MB(62), MB(8), BOOTMEM_DEFAULT), 0);
}

static void freeing_what_is_free_is_refused_as_a_whole(void **state)
{
	(void)state;
	two();
	assert_int_equal(reserve_bootmem(MB(63), MB(2), BOOTMEM_DEFAULT), 0);
	remember();
	free_bootmem(MB(63), MB(2) + PAGE_SIZE);
	assert_int_equal(bootmem_refusals, 1);
	assert_true(host_log_contains("bootmem: cannot free pages 0x4000-0x4101 of node 1: some"));
	nothing_changed();
	free_bootmem(MB(63), MB(2));
	assert_int_equal(bootmem_refusals, 1);
}

static void ranges_may_cross_nodes(void **state)
{
	(void)state;
	two();
	assert_int_equal(reserve_bootmem(MB(63), MB(2), BOOTMEM_DEFAULT), 0);
	assert_true(bit_of(b0, 0x3f00) && bit_of(b0, 0x3fff));
	assert_true(bit_of(b1, 0x4000) && bit_of(b1, 0x40ff) && !bit_of(b1, 0x4100));
	free_bootmem(MB(63), MB(2));
	assert_false(bit_of(b0, 0x3fff) || bit_of(b1, 0x4000) || bit_of(b1, 0x40ff));
}

static void ranges_outside_the_bitmaps_are_refused(void **state)
{
	(void)state;
	two();
	remember();
	assert_int_equal(reserve_bootmem(MB(95), MB(2), BOOTMEM_DEFAULT), -EINVAL);
	assert_int_equal(reserve_bootmem(MB(4096), 1, BOOTMEM_DEFAULT), -EINVAL);
	assert_int_equal(reserve_bootmem_node(NODE_DATA(0), MB(63), MB(2), BOOTMEM_DEFAULT),
			 -EINVAL);
	free_bootmem(MB(200), MB(1));
	free_bootmem_node(NODE_DATA(1), MB(10), MB(1));
	assert_int_equal(bootmem_refusals, 5);
	nothing_changed();
}

/* Node 1 lies in a hole of node 0: each page counts in the bitmap of its own node. */
static void nodes_may_lie_in_each_others_holes(void **state)
{
	static const struct ram nodes[] = {
		{0, MB(32), 0}, {MB(32), MB(64), 1}, {MB(64), MB(96), 0}, RAM_END};

	(void)state;
	machine_with_nodes(two_ram, nodes, true);
	initmem_init();
	b0 = NODE_DATA(0)->bdata;
	b1 = NODE_DATA(1)->bdata;
	assert_true(bit_of(b0, PHYS_PFN(MB(40))));
	assert_int_equal(reserve_bootmem(MB(40), PAGE_SIZE, BOOTMEM_EXCLUSIVE), 0);
	assert_true(bit_of(b1, PHYS_PFN(MB(40))));
	assert_int_equal(reserve_bootmem(MB(31), MB(34), BOOTMEM_DEFAULT), 0);
	assert_true(bit_of(b0, PHYS_PFN(MB(31))) && bit_of(b0, PHYS_PFN(MB(65)) - 1));
	assert_true(bit_of(b1, PHYS_PFN(MB(64)) - 1));
	assert_int_equal(free_pages_of(b1), 0);
	assert_int_equal(bootmem_verify(), 0);
}

/* ---- Handing over -------------------------------------------------------------------- */

static void zones_up(void)
{
	const unsigned long max_zone_pfns[MAX_NR_ZONES] = {MAX_DMA_PFN, max_pfn, max_pfn};

	free_area_init(max_zone_pfns);
	build_all_zonelists(NULL);
}

static void pages_are_freed_in_the_largest_blocks(void **state)
{
	unsigned long given;

	(void)state;
	two();
	reserve_bootmem(MB(40) + 3 * PAGE_SIZE, 1, BOOTMEM_DEFAULT);
	zones_up();
	given = free_all_bootmem_node(NODE_DATA(1));
	assert_int_equal(given, zone_managed_pages(zone_of(1, ZONE_DMA32)));
	given += free_all_bootmem();
	assert_int_equal(given, totalram_pages());
	assert_int_equal(verify_all(), 0); /* no two free buddies are apart */
	assert_true(PageReserved(pfn_to_page(0x2803)));
	assert_int_equal(free_all_bootmem(), 0);
	assert_int_equal(free_all_bootmem_node(NODE_DATA(0)), 0);
}

/* Its neighbours stay taken, so it can be told apart in the list of single pages. */
static void a_bitmaps_own_pages_are_freed_last(void **state)
{
	struct list_head *list;
	struct page *map;

	(void)state;
	two();
	map = pfn_to_page(bootmem_map_pfn(b1));
	reserve_bootmem(page_to_phys(map + 1), 1, BOOTMEM_DEFAULT);
	reserve_bootmem(MB(70), 1, BOOTMEM_DEFAULT);
	zones_up();
	free_all_bootmem();
	list = &zone_of(1, ZONE_DMA32)->free_area[0].free_list[MIGRATE_MOVABLE];
	assert_false(list_is_singular(list));
	assert_ptr_equal(list_last_entry(list, struct page, lru), map);
	assert_int_equal(verify_all(), 0);
}

static void nothing_is_handed_out_after_the_hand_over(void **state)
{
	(void)state;
	two();
	zones_up();
	free_all_bootmem_node(NODE_DATA(1));
	assert_null(alloc_bootmem_nopanic(1));
	assert_int_equal(reserve_bootmem(MB(40), 1, BOOTMEM_DEFAULT), -EINVAL);
	free_bootmem(MB(40), PAGE_SIZE);
	assert_null(early_alloc(1, 0));
	assert_true(bootmem_refusals >= 4);
	free_all_bootmem();
	assert_null(alloc_bootmem_nopanic(1));
	assert_int_equal(verify_all(), 0);
}

static void reserved_pages_can_be_given_later(void **state)
{
	unsigned long total;

	(void)state;
	two();
	reserve_bootmem(MB(40), MB(1), BOOTMEM_DEFAULT);
	zones_up();
	free_all_bootmem();
	total = totalram_pages();
	free_bootmem_late(MB(40) + 1, MB(1) - 2);
	assert_int_equal(totalram_pages(), total + 254);
	memblock_free_late(MB(40) + PAGE_SIZE, PAGE_SIZE); /* again: refused */
	assert_int_equal(totalram_pages(), total + 254);
	assert_true(host_log_contains("page 0x2801 is not reserved memory"));
	assert_int_equal(verify_all(), 0);
}

/* ---- Looking at it ---------------------------------------------------------------------- */

static void verify_reports_what_is_broken(void **state)
{
	(void)state;
	two();
	b0->hint_idx = b0->node_low_pfn;
	b1->last_end_off = PFN_PHYS(100) + 5;
	assert_int_equal(bootmem_verify(), 2);
	assert_true(host_log_contains("hint_idx past the end"));
	assert_true(host_log_contains("last_end_off in a free page"));
	b0->hint_idx = b1->last_end_off = 0;
	__clear_bit(0, b1->node_bootmem_map);
	assert_int_equal(bootmem_verify(), 1);
	assert_true(host_log_contains("page of its bitmap is free (0x4000)"));
	__set_bit(0, b1->node_bootmem_map);
	list_move(&b1->list, &bdata_list);
	assert_int_equal(bootmem_verify(), 1);
}

static void bootmem_debug_logs_each_step_as_linux_does(void **state)
{
	char value[] = "1";

	(void)state;
	assert_int_equal(bootmem_debug_parse_option(value), -EINVAL);
	machine_with_nodes(two_ram, two_nodes, true);
	assert_int_equal(bootmem_debug_parse_option(NULL), 0);
	initmem_init();
	__alloc_bootmem(0x3000, 64, MB(40));
	assert_true(host_log_contains(
		"bootmem::init_bootmem_core nid=0 start=1 map=1000 end=4000 mapsize=800"));
	assert_true(host_log_contains("bootmem::alloc_bootmem_core nid=0 size=3000 [3 pages] "
				      "align=40 goal=2800000 limit=0"));
	assert_true(host_log_contains(
		"bootmem::mark_bootmem_node nid=0 start=2800 end=2803 reserve=1 flags=1"));
}

static void early_takes_the_names_of_the_allocators(void **state)
{
	char memblock_name[] = "memblock", bootmem_name[] = "bootmem", other[] = "slab";

	(void)state;
	machine_ram(two_ram);
	assert_int_equal(early_parse_option(bootmem_name), 0);
	assert_true(early_bootmem);
	assert_int_equal(early_parse_option(memblock_name), 0);
	assert_false(early_bootmem);
	assert_int_equal(early_parse_option(other), -EINVAL);
	assert_int_equal(early_parse_option(NULL), -EINVAL);
}

/* ---- Random ------------------------------------------------------------------------------ */

#define LAST_PFN PHYS_PFN(MB(96))
static bool taken[LAST_PFN];

static u64 below(u64 limit)
{
	return arch_random() % limit;
}

static void model_compare(void)
{
	for (unsigned long pfn = 1; pfn < LAST_PFN; pfn++)
		assert_int_equal(bit_of(pfn < b1->node_min_pfn ? b0 : b1, pfn), taken[pfn]);
	assert_int_equal(bootmem_verify(), 0);
}

/* Is the flag of all, or of none, of the pages as given? */
static bool all_are(unsigned long pfn, unsigned long end, bool flag)
{
	for (; pfn < end; pfn++)
		if (taken[pfn] != flag)
			return false;
	return true;
}

static void set_taken(unsigned long pfn, unsigned long end, bool flag)
{
	for (; pfn < end; pfn++)
		taken[pfn] = flag;
}

static void random_reserve(void)
{
	u64 start = PAGE_SIZE + below(MB(96) - 2 * PAGE_SIZE), size = below(MB(1)) + 1;
	unsigned long pfn, end;
	int flags = below(2) ? BOOTMEM_EXCLUSIVE : BOOTMEM_DEFAULT, err;

	size = min(size, MB(96) - start);
	pfn = PFN_DOWN(start);
	end = PFN_UP(start + size);
	err = reserve_bootmem(start, size, flags);
	if (flags && !all_are(pfn, end, false)) {
		assert_int_equal(err, -EBUSY);
		return;
	}
	assert_int_equal(err, 0);
	set_taken(pfn, end, true);
}

static void random_free(const bool *keep)
{
	unsigned long pfn = 1 + below(LAST_PFN - 64), end = pfn + below(64);
	unsigned int refused = bootmem_refusals;

	for (unsigned long i = pfn; i < end; i++)
		if (keep[i])
			return;
	free_bootmem(PFN_PHYS(pfn), PFN_PHYS(end - pfn));
	if (all_are(pfn, end, true))
		set_taken(pfn, end, false);
	else
		assert_int_equal(bootmem_refusals, refused + 1);
}

/* Free pages were taken for it; or it shares the page where the last one ended. */
static void random_alloc(phys_addr_t *last)
{
	unsigned long size = 1 + below(below(4) ? 300 : 50000), align = 1UL << below(16);
	char *a = __alloc_bootmem_nopanic(size, align, below(2) ? below(MB(100)) : 0);
	unsigned long pfn, end;

	if (!a)
		return;
	pfn = PFN_DOWN(__pa(a));
	end = PFN_UP(__pa(a) + size);
	assert_int_equal(__pa(a) % align, 0);
	for (unsigned long i = 0; i < size; i++)
		assert_int_equal(a[i], 0);
	memset(a, 0xaa, size);
	if (taken[pfn]) {
		assert_true(PFN_DOWN(last[pfn >= b1->node_min_pfn]) == pfn);
		assert_true(__pa(a) >= last[pfn >= b1->node_min_pfn]);
		pfn++;
	}
	assert_true(all_are(pfn, end, false));
	set_taken(pfn, end, true);
	last[end > b1->node_min_pfn] = __pa(a) + size;
}

static void random_calls_agree_with_a_flag_a_page(void **state)
{
	static bool keep[LAST_PFN];
	phys_addr_t last[2] = {0, 0};

	(void)state;
	host_test_seed(__func__);
	two();
	for (unsigned long pfn = 1; pfn < LAST_PFN; pfn++)
		keep[pfn] = taken[pfn] = bit_of(pfn < b1->node_min_pfn ? b0 : b1, pfn);
	for (int i = 0; i < 3000; i++) {
		u64 what = below(8);

		if (what < 2)
			random_reserve();
		else if (what < 5)
			random_free(keep);
		else
			random_alloc(last);
		if (i % 100 == 0)
			model_compare();
	}
	model_compare();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bitmap_takes_a_byte_for_eight_pages),
		TEST(a_new_bitmap_has_all_pages_taken),
		TEST(init_bootmem_is_node_0_from_page_0),
		TEST(an_empty_range_gets_no_bitmap),
		TEST(bitmaps_take_over_memory_and_reservations_of_memblock),
		TEST(bitmaps_lie_on_their_own_nodes_above_zone_dma),
		TEST(small_allocations_share_a_page),
		TEST(memory_is_cleared),
		TEST(a_page_given_back_is_not_shared_any_more),
		TEST(addresses_are_aligned_as_asked),
		TEST(goals_are_met_or_given_up),
		TEST(searches_go_on_where_the_last_one_ended_and_start_over),
		TEST(a_node_is_preferred_and_others_help_out),
		TEST(no_memory_is_null_or_a_panic),
		TEST(without_nopanic_it_panics),
		TEST(limits_are_never_given_up),
		TEST(page_0_is_never_handed_out),
		TEST(broken_requests_are_refused_and_counted),
		TEST(reserving_widens_and_freeing_narrows),
		TEST(exclusive_reservations_that_conflict_change_nothing),
		TEST(freeing_what_is_free_is_refused_as_a_whole),
		TEST(ranges_may_cross_nodes),
		TEST(ranges_outside_the_bitmaps_are_refused),
		TEST(nodes_may_lie_in_each_others_holes),
		TEST(pages_are_freed_in_the_largest_blocks),
		TEST(a_bitmaps_own_pages_are_freed_last),
		TEST(nothing_is_handed_out_after_the_hand_over),
		TEST(reserved_pages_can_be_given_later),
		TEST(verify_reports_what_is_broken),
		TEST(bootmem_debug_logs_each_step_as_linux_does),
		TEST(early_takes_the_names_of_the_allocators),
		TEST(random_calls_agree_with_a_flag_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
