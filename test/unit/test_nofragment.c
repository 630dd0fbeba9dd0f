/* SPDX-License-Identifier: MIT */
/*
 * Where an allocation goes that would have to mix types in a pageblock of ZONE_NORMAL:
 * to ZONE_DMA32, but to no other node.
 */
#include "zones_machine.h"

/*
 *           node 0                       node 1
 *   | DMA | DMA32 | ... | Normal |      | Normal |
 *         16 M   128 M  4 G   +128 M   +128 M  +256 M
 */
static int one_node(void **state)
{
	static const struct ram ram[] = {
		{0x1000, SZ_128M, 0}, {SZ_4G, SZ_4G + SZ_128M, 0}, {0, 0, 0}};

	(void)state;
	machine_up(ram);
	memmap_make_all();
	no_pages_at_hand();
	return 0;
}

/* The second node is there or not; the first has ZONE_DMA32 or not. */
static u64 dma32_end;

static int declare_two_nodes(void)
{
	numa_add_memblk(0, 0x1000, dma32_end);
	numa_add_memblk(0, SZ_4G, SZ_4G + SZ_128M);
	numa_add_memblk(1, SZ_4G + SZ_128M, SZ_4G + SZ_256M);
	return 0;
}

static void two_nodes(u64 low_end)
{
	static struct numa_source source = {.name = "test", .init = declare_two_nodes};
	const struct ram ram[] = {{0x1000, low_end, 0}, {SZ_4G, SZ_4G + SZ_256M, 0}, {0, 0, 0}};

	dma32_end = low_end;
	machine_ram(ram);
	numa_register_source(&source);
	machine_zones();
	mem_init();
	memmap_make_all();
	no_pages_at_hand();
}

/*
 * All of @zone is taken as movable pages, and one half of every pageblock is freed: what
 * is free is far above the marks, and no pageblock is whole.
 */
static void mix_zone(struct zone *zone)
{
	unsigned long halves = 0;
	struct page *page;
	LIST_HEAD(taken);

	while ((page = zone_alloc_pages(zone, pageblock_order, GFP_HIGHUSER_MOVABLE)))
		list_add(&page->lru, &taken);
	while (!list_empty(&taken)) {
		page = list_first_entry(&taken, struct page, lru);
		list_del(&page->lru);
		split_page(page, pageblock_order);
		for (unsigned long i = 0; i < pageblock_nr_pages / 2; i++)
			__free_page(page + i);
		halves++;
	}
	assert_true(halves > 16);
}

static unsigned long blocks_of(const struct zone *zone, enum migratetype type)
{
	unsigned long nr = 0, pfn = ALIGN(zone->zone_start_pfn, pageblock_nr_pages);

	for (; pfn < zone_end_pfn(zone); pfn += pageblock_nr_pages)
		nr += get_pfnblock_migratetype(pfn) == type;
	return nr;
}

static void a_lower_zone_comes_before_a_mixed_pageblock(void **state)
{
	struct zone *normal = zone_of(0, ZONE_NORMAL), *dma32 = zone_of(0, ZONE_DMA32);
	unsigned long unmovable = blocks_of(normal, MIGRATE_UNMOVABLE);
	struct page *page;

	(void)state;
	mix_zone(normal);
	/* What fits is taken as always. */
	assert_ptr_equal(page_zone(alloc_page(GFP_HIGHUSER_MOVABLE)), normal);
	for (unsigned int order = 0; order <= PAGE_ALLOC_COSTLY_ORDER; order++) {
		page = alloc_pages(GFP_KERNEL, order);
		assert_ptr_equal(page_zone(page), dma32);
		page = alloc_pages(GFP_KERNEL | __GFP_RECLAIMABLE, order);
		assert_ptr_equal(page_zone(page), dma32);
	}
	assert_int_equal(normal->watermark_boost, 0);
	assert_int_equal(blocks_of(normal, MIGRATE_UNMOVABLE), unmovable);
	assert_int_equal(verify_all(), 0);
}

static void orders_without_lists_go_there_too(void **state)
{
	struct zone *normal = zone_of(0, ZONE_NORMAL);

	(void)state;
	mix_zone(normal);
	assert_ptr_equal(page_zone(alloc_pages(GFP_KERNEL, 5)), zone_of(0, ZONE_DMA32));
	assert_int_equal(normal->watermark_boost, 0);
}

static void a_whole_pageblock_of_another_type_is_taken_first(void **state)
{
	struct zone *normal = zone_of(0, ZONE_NORMAL);
	struct page *whole = zone_alloc_pages(normal, pageblock_order, GFP_HIGHUSER_MOVABLE);

	(void)state;
	mix_zone(normal);
	__free_pages(whole, pageblock_order);
	assert_ptr_equal(alloc_page(GFP_KERNEL), whole);
	assert_int_equal(get_pfnblock_migratetype(page_to_pfn(whole)), MIGRATE_UNMOVABLE);
	assert_int_equal(normal->watermark_boost, 0);
}

static void types_mix_once_the_lower_zones_have_no_more(void **state)
{
	struct zone *normal = zone_of(0, ZONE_NORMAL);

	(void)state;
	mix_zone(normal);
	for (int i = ZONE_DMA32; i >= 0; i--)
		while (zone_alloc_pages(zone_of(0, (enum zone_type)i), 0, GFP_KERNEL) ||
		       zone_alloc_pages(zone_of(0, (enum zone_type)i), 0, GFP_HIGHUSER_MOVABLE))
			;
	assert_ptr_equal(page_zone(alloc_page(GFP_KERNEL)), normal);
	assert_int_equal(normal->watermark_boost, pageblock_nr_pages);
	assert_int_equal(verify_all(), 0);
}

static void types_mix_before_another_node_is_asked(void **state)
{
	(void)state;
	two_nodes(SZ_128M);
	mix_zone(zone_of(0, ZONE_NORMAL));
	assert_ptr_equal(page_zone(alloc_page(GFP_KERNEL)), zone_of(0, ZONE_DMA32));
	for (int i = ZONE_DMA32; i >= 0; i--)
		while (zone_alloc_pages(zone_of(0, (enum zone_type)i), 0, GFP_KERNEL) ||
		       zone_alloc_pages(zone_of(0, (enum zone_type)i), 0, GFP_HIGHUSER_MOVABLE))
			;
	assert_ptr_equal(page_zone(alloc_page(GFP_KERNEL)), zone_of(0, ZONE_NORMAL));
	assert_true(zone_of(0, ZONE_NORMAL)->watermark_boost);
}

/* ZONE_DMA is too small to spare anything. */
static void types_mix_where_a_node_has_no_dma32(void **state)
{
	(void)state;
	two_nodes(SZ_16M);
	mix_zone(zone_of(0, ZONE_NORMAL));
	assert_ptr_equal(page_zone(alloc_page(GFP_KERNEL)), zone_of(0, ZONE_NORMAL));
	assert_true(zone_of(0, ZONE_NORMAL)->watermark_boost);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, one_node, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(a_lower_zone_comes_before_a_mixed_pageblock),
		TEST(orders_without_lists_go_there_too),
		TEST(a_whole_pageblock_of_another_type_is_taken_first),
		TEST(types_mix_once_the_lower_zones_have_no_more),
		cmocka_unit_test_teardown(types_mix_before_another_node_is_asked, machine_down),
		cmocka_unit_test_teardown(types_mix_where_a_node_has_no_dma32, machine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
