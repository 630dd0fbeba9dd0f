/* SPDX-License-Identifier: MIT */
/* The page allocator: what is handed out, what comes back, and what is refused. */
#include "page_model.h"

#include "../../mm/page_isolation.h"

#include <linux/errno.h>

/* ---- Handing out ------------------------------------------------------------------ */

static void blocks_are_aligned_clean_and_referenced_once(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order++) {
		struct page *page = alloc_pages(GFP_KERNEL, order);

		assert_non_null(page);
		assert_int_equal(page_to_pfn(page) & ((1UL << order) - 1), 0);
		assert_int_equal(page_ref_count(page), 1);
		assert_int_equal(page_alloc_order(page), order);
		assert_int_equal((u32)page->flags, 0);
		assert_null(page->lru.next);
		assert_int_equal(page->priv32, 0);
		for (unsigned long i = 1; i < 1UL << order; i++)
			assert_int_equal(page_ref_count(page + i), 0);
		__free_pages(page, order);
	}
	assert_int_equal(verify_all(), 0);
}

static void zone_flags_choose_the_zone(void **state)
{
	static const struct {
		gfp_t gfp;
		enum zone_type zone;
	} want[] = {
		{GFP_KERNEL | GFP_DMA, ZONE_DMA},
		{GFP_KERNEL | GFP_DMA32, ZONE_DMA32},
		{GFP_KERNEL, ZONE_NORMAL},
		{GFP_HIGHUSER, ZONE_NORMAL},
		{GFP_HIGHUSER_MOVABLE, ZONE_NORMAL},
		{GFP_KERNEL | __GFP_MOVABLE | GFP_DMA32, ZONE_DMA32},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct page *page = alloc_page(want[i].gfp);

		assert_ptr_equal(page_zone(page), zone_of(0, want[i].zone));
		__free_page(page);
	}
	assert_int_equal(gfp_zone(GFP_HIGHUSER_MOVABLE), ZONE_MOVABLE);
	assert_int_equal(gfp_zone(__GFP_MOVABLE | __GFP_DMA), ZONE_DMA);
}

static void zone_flags_that_exclude_each_other_are_refused_and_counted(void **state)
{
	unsigned int bad = 0;

	(void)state;
	for (gfp_t zones = 0; zones <= GFP_ZONEMASK; zones++) {
		/* At most one of DMA, HIGHMEM and DMA32; MOVABLE goes with each. */
		unsigned int set = hweight_long(zones & ~__GFP_MOVABLE);
		struct page *page = alloc_page(GFP_KERNEL | zones);

		assert_int_equal(gfp_zone_bad(zones), set > 1);
		assert_int_equal(!page, set > 1);
		bad += set > 1;
		if (page)
			__free_page(page);
	}
	assert_int_equal(page_alloc_stats.bad_gfp, bad);
	assert_int_equal(host_log_count("zone or mobility flags exclude each other"), bad);
	assert_null(alloc_page(GFP_KERNEL | __GFP_MOVABLE | __GFP_RECLAIMABLE | __GFP_NOWARN));
	assert_int_equal(page_alloc_stats.bad_gfp, bad + 1);
	assert_int_equal(verify_all(), 0);
}

static void orders_and_nodes_out_of_range_are_refused_and_counted(void **state)
{
	(void)state;
	assert_null(alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER + 1));
	assert_null(alloc_pages(GFP_KERNEL, ~0U));
	assert_int_equal(page_alloc_stats.bad_order, 2);
	assert_null(alloc_pages_node(1, GFP_KERNEL, 0));
	assert_null(alloc_pages_node(-2, GFP_KERNEL, 0));
	assert_null(alloc_pages_node(MAX_NUMNODES, GFP_KERNEL, 0));
	assert_int_equal(page_alloc_stats.bad_node, 3);
	assert_int_equal(__get_free_pages(GFP_KERNEL, 11), 0);
	assert_int_equal(verify_all(), 0);
}

static void zeroed_memory_is_zero_when_asked_for_or_by_option(void **state)
{
	char on[] = "1";

	(void)state;
	for (int i = 0; i < 3; i++) {
		unsigned long addr = __get_free_pages(GFP_KERNEL, 4);
		const char *p;

		memset((void *)addr, 0x5a, PAGE_SIZE << 4);
		free_pages(addr, 4);
		if (i == 2)
			assert_int_equal(init_on_alloc_parse_option(on), 0);
		p = (void *)__get_free_pages(GFP_KERNEL | (i == 1 ? __GFP_ZERO : 0), 4);
		for (size_t at = 0; at < PAGE_SIZE << 4; at += 509)
			assert_int_equal(p[at], i ? 0 : 0x5a);
		free_pages((unsigned long)p, 4);
	}
	page_hooks_reset();
	free_page(get_zeroed_page(GFP_KERNEL));
	free_page(0);
	assert_int_equal(verify_all(), 0);
}

static void init_on_free_leaves_nothing_of_the_last_owner(void **state)
{
	char on[] = "1";
	struct page *page;
	const char *p;

	(void)state;
	assert_int_equal(init_on_free_parse_option(NULL), -EINVAL);
	assert_int_equal(init_on_free_parse_option(on), 0);
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
	p = page_address(page);
	memset(page_address(page), 0x5a, PAGE_SIZE << 2);
	__free_pages(page, 2);
	for (size_t at = 0; at < PAGE_SIZE << 2; at++)
		assert_int_equal(p[at], 0);
	page_hooks_reset();
}

/* ---- Compound pages, parts of blocks, references ----------------------------------- */

static void a_compound_pages_tails_lead_to_its_head(void **state)
{
	struct picture before = take_picture();
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 3);

	(void)state;
	assert_true(PageHead(page));
	assert_int_equal(compound_order(page), 3);
	assert_int_equal(compound_nr(page), 8);
	assert_int_equal(page_size(page), 8 * PAGE_SIZE);
	for (int i = 1; i < 8; i++) {
		assert_true(PageTail(page + i));
		assert_ptr_equal(compound_head(page + i), page);
	}
	assert_ptr_equal(virt_to_head_page((char *)page_address(page) + 5 * PAGE_SIZE + 7), page);
	/* A reference to a tail is one to the head. */
	get_page(page + 5);
	assert_int_equal(page_count(page + 2), 2);
	put_page(page + 6);
	assert_int_equal(page_ref_count(page), 1);
	put_page(page);
	assert_false(PageCompound(page + 3));
	assert_int_equal(verify_all(), 0);
	assert_same_picture(before);
}

static void a_single_page_is_no_compound_page(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_COMP);

	(void)state;
	assert_false(PageCompound(page));
	assert_int_equal(compound_order(page), 0);
	__free_page(page);
}

static void exact_sizes_give_the_rest_back(void **state)
{
	const size_t sizes[] = {1, PAGE_SIZE, PAGE_SIZE + 1, 5 * PAGE_SIZE, 100 * PAGE_SIZE - 3};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct picture before = take_picture();
		void *p = alloc_pages_exact(sizes[i], GFP_KERNEL);

		assert_non_null(p);
		assert_int_equal(before.free - all_free_pages(), PFN_UP(sizes[i]));
		memset(p, 1, sizes[i]);
		assert_int_equal(verify_all(), 0);
		free_pages_exact(p, sizes[i]);
		assert_same_picture(before);
	}
	assert_null(alloc_pages_exact(0, GFP_KERNEL));
	assert_null(alloc_pages_exact(SZ_8M, GFP_KERNEL));
	free_pages_exact(NULL, SZ_4K);
	assert_int_equal(verify_all(), 0);
}

static void split_pages_are_freed_one_by_one(void **state)
{
	struct picture before = take_picture();
	struct page *page = alloc_pages(GFP_KERNEL, 4);

	(void)state;
	split_page(page, 4);
	for (int i = 0; i < 16; i++)
		assert_int_equal(page_ref_count(page + i), 1);
	for (int i = 0; i < 16; i++)
		__free_page(page + (i * 7) % 16);
	assert_int_equal(page_alloc_stats.free_order, 0);
	assert_same_picture(before);
}

/* As on Linux: the rest of the block is free at once, the first page when it is let go. */
static void a_block_freed_while_referenced_keeps_its_first_page(void **state)
{
	struct picture before = take_picture();
	struct page *page = alloc_pages(GFP_KERNEL, 3);

	(void)state;
	get_page(page);
	__free_pages(page, 3);
	assert_int_equal(before.free - all_free_pages(), 1);
	assert_int_equal(page_ref_count(page), 1);
	assert_false(get_page_unless_zero(page + 1));
	assert_int_equal(verify_all(), 0);
	put_page(page);
	assert_same_picture(before);
}

static void the_last_reference_frees_the_whole_block(void **state)
{
	struct picture before = take_picture();
	struct page *page = alloc_pages(GFP_KERNEL, 5);

	(void)state;
	put_page(page);
	assert_same_picture(before);
}

/* ---- Misuse of free --------------------------------------------------------------- */

/* A single page that begins no block of two. */
static struct page *odd_page(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 1);

	split_page(page, 1);
	__free_page(page);
	return page + 1;
}

static void misuse_of_free_is_named_counted_and_harmless(void **state)
{
	struct page *pair = alloc_pages(GFP_KERNEL, 1);
	struct page *odd = odd_page();
	struct page *block = alloc_pages(GFP_KERNEL, 3);
	struct page *compound = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
	struct picture before = take_picture();
	const struct page_alloc_stats *stats = &page_alloc_stats;

	(void)state;
	/* An order that there is not. */
	__free_pages(pair, 20);
	assert_int_equal(stats->free_order, 1);
	assert_true(host_log_contains(": order over MAX_PAGE_ORDER ("));
	/* Another order than it was allocated with, smaller and larger; aligned to it or not. */
	__free_pages(block, 2);
	__free_pages(block, 0);
	__free_pages(compound, 1);
	__free_pages(pair, 0);
	__free_pages(pair, 10);
	__free_pages(odd, 1);
	assert_int_equal(stats->free_order, 7);
	assert_true(host_log_contains(": allocated with another order ("));
	/* Not the first page. */
	__free_page(block + 3);
	__free_pages(block + 1, 1);
	__free_page(compound + 1);
	assert_int_equal(stats->free_tail, 3);
	assert_true(host_log_contains(": not the first page of its block ("));
	assert_true(host_log_contains(": tail of a compound page ("));
	/* Reserved: page structs, and a hole. */
	__free_page(pfn_to_page(0xa0));
	put_page(pfn_to_page(__nr_to_section(0)->memmap_pfn));
	assert_int_equal(stats->free_reserved, 2);
	assert_true(host_log_contains(": page is reserved ("));
	/* No page at all. */
	free_pages((unsigned long)__va(SZ_2G), 0);
	__free_page(pfn_to_page(MAX_ARCH_PFN - 1));
	__free_page((struct page *)((unsigned long)block + 8));
	assert_int_equal(stats->free_wild, 3);
	assert_true(host_log_contains(": no such page"));
	/* Still its owner's. */
	__SetPageSlab(pair);
	__free_pages(pair, 1);
	assert_int_equal(stats->free_flags, 1);
	__ClearPageSlab(pair);

	assert_int_equal(host_log_count("BUG: Bad page state in free of order"), 16);
	bad_frees_report();
	assert_true(host_log_contains("baremm: frees refused: 7 of another order, 2 of reserved "
				      "pages, 3 of tail pages, 1 of pages in use, 3 of "
				      "no page\n"));
	assert_int_equal(verify_all(), 0);
	assert_same_picture(before);
	__free_pages(pair, 1);
	__free_pages(block, 3);
	__free_pages(compound, 2);
	__free_page(odd);
	assert_int_equal(verify_all(), 0);
}

static void a_double_free_is_found_whatever_became_of_the_block(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL), *block = alloc_pages(GFP_KERNEL, 4);
	struct picture before;

	(void)state;
	__free_page(page);
	__free_pages(block, 4);
	before = take_picture();
	/* It may head a free block, or lie inside a larger one. */
	__free_page(page);
	__free_pages(block, 4);
	__free_page(block + 9);
	put_page(block);
	assert_int_equal(page_alloc_stats.free_double, 4);
	assert_int_equal(verify_all(), 0);
	assert_same_picture(before);
}

static void reports_end_but_counts_go_on(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	__free_page(page);
	for (int i = 0; i < 200; i++)
		__free_page(page);
	assert_int_equal(page_alloc_stats.free_double, 200);
	assert_true(host_log_count("BUG: Bad page state") <= 64);
}

/* ---- Reserves --------------------------------------------------------------------- */

static void exhaustion_gives_null_and_all_comes_back(void **state)
{
	LIST_HEAD(taken);
	struct picture before;

	(void)state;
	memmap_make_all();
	before = take_picture();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC), before.free);
		assert_int_equal(nr_free_pages(), 0);
		assert_null(alloc_page(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOWARN));
		assert_int_equal(verify_all(), 0);
		give_back_pages(&taken);
	}
	assert_int_equal(verify_all(), 0);
	assert_same_picture(before);
}

static void sections_that_wait_are_taken_before_null(void **state)
{
	LIST_HEAD(taken);
	struct zone *zone;

	(void)state;
	assert_true(zone_of(0, ZONE_DMA32)->nr_extents > 0);
	take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	assert_int_equal(nr_free_pages(), 0);
	for_each_zone (zone)
		assert_int_equal(zone->nr_extents, 0);
	give_back_pages(&taken);
	assert_int_equal(verify_all(), 0);
}

static void callers_reach_as_deep_as_linux_lets_them(void **state)
{
	LIST_HEAD(normal);
	LIST_HEAD(high);
	LIST_HEAD(atomic);
	LIST_HEAD(last);
	const struct zone *zone;
	unsigned long mark;

	(void)state;
	/* Marks that stay where they are while types mix. */
	assert_int_equal(watermark_boost_factor_parse_option((char[]){"0"}), 0);
	memmap_make_all();
	zone = zone_of(0, ZONE_NORMAL);
	mark = min_wmark_pages(zone);
	take_all_pages(&normal, GFP_KERNEL);
	assert_in_range(zone_page_state(zone, NR_FREE_PAGES), mark, mark + 1);
	/* The zones below keep what they keep from callers who could use this one. */
	assert_true(zone_page_state(zone_of(0, ZONE_DMA), NR_FREE_PAGES) >
		    (unsigned long)zone_of(0, ZONE_DMA)->lowmem_reserve[ZONE_NORMAL]);
	take_all_pages(&high, __GFP_HIGH);
	assert_in_range(zone_page_state(zone, NR_FREE_PAGES), mark / 2, mark / 2 + 1);
	/* Atomic callers do not wait: who says both gets no more than those who say high. */
	assert_null(alloc_page(GFP_ATOMIC | __GFP_DIRECT_RECLAIM | __GFP_NOWARN));
	take_all_pages(&atomic, GFP_ATOMIC);
	assert_in_range(zone_page_state(zone, NR_FREE_PAGES), mark * 3 / 8, mark * 3 / 8 + 1);
	assert_null(alloc_page(GFP_ATOMIC | __GFP_NOWARN));
	assert_null(alloc_page(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOMEMALLOC | __GFP_NOWARN));
	assert_non_null(list_empty(&last) ? alloc_page(GFP_KERNEL | __GFP_NOFAIL) : NULL);
	give_back_pages(&normal);
	give_back_pages(&high);
	give_back_pages(&atomic);
	assert_int_equal(verify_all(), 0);
}

static void nofail(void *arg)
{
	(void)arg;
	alloc_page(GFP_KERNEL | __GFP_NOFAIL);
}

static void an_allocation_that_may_not_fail_panics_when_nothing_is_left(void **state)
{
	LIST_HEAD(taken);
	const char *why;

	(void)state;
	take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	why = host_expect_panic(nofail, NULL);
	assert_non_null(why);
	assert_non_null(strstr(why, "may not fail"));
}

static void failures_are_reported_ten_times_and_counted_always(void **state)
{
	LIST_HEAD(taken);
	unsigned long failed;

	(void)state;
	take_all_pages(&taken, GFP_KERNEL);
	failed = page_alloc_stats.failed;
	host_log_clear();
	for (int i = 0; i < 50; i++)
		assert_null(alloc_pages(GFP_KERNEL, 2));
	assert_int_equal(page_alloc_stats.failed - failed, 50);
	assert_in_range(host_log_count("page allocation failure: order:2, mode:"), 1, 10);
	host_log_clear();
	assert_null(alloc_pages(GFP_KERNEL | __GFP_NOWARN, 2));
	assert_false(host_log_contains("page allocation failure"));
}

/* ---- Mobility ------------------------------------------------------------------------ */

static void other_types_take_whole_pageblocks(void **state)
{
	struct page *unmovable, *movable;

	(void)state;
	movable = alloc_page(GFP_HIGHUSER_MOVABLE);
	unmovable = alloc_page(GFP_KERNEL);
	assert_int_equal(get_pfnblock_migratetype(page_to_pfn(movable)), MIGRATE_MOVABLE);
	assert_int_equal(get_pfnblock_migratetype(page_to_pfn(unmovable)), MIGRATE_UNMOVABLE);
	/* The next one comes from the same pageblock. */
	for (int i = 0; i < 100; i++)
		assert_int_equal(page_to_pfn(alloc_page(GFP_KERNEL)) >> MAX_PAGE_ORDER,
				 page_to_pfn(unmovable) >> MAX_PAGE_ORDER);
	assert_int_equal(
		get_pfnblock_migratetype(page_to_pfn(alloc_page(GFP_KERNEL | __GFP_RECLAIMABLE))),
		MIGRATE_RECLAIMABLE);
	assert_int_equal(verify_all(), 0);
}

/* With every pageblock partly used, types share rather than fail. */
static void a_full_zone_is_shared_by_all_types(void **state)
{
	static const gfp_t types[] = {GFP_KERNEL, GFP_HIGHUSER_MOVABLE,
				      GFP_KERNEL | __GFP_RECLAIMABLE};
	unsigned long expected, taken = 0;
	LIST_HEAD(pages);
	struct picture before;
	struct page *page, *next;

	(void)state;
	memmap_make_all();
	before = take_picture();
	expected = before.free;
	while ((page = zone_alloc_pages(zone_of(0, ZONE_NORMAL), 0, types[taken % 3])) ||
	       (page = zone_alloc_pages(zone_of(0, ZONE_DMA32), 0, types[taken % 3])) ||
	       (page = zone_alloc_pages(zone_of(0, ZONE_DMA), 0, types[taken % 3]))) {
		list_add(&page->lru, &pages);
		taken++;
	}
	assert_int_equal(taken, expected);
	assert_int_equal(verify_all(), 0);
	list_for_each_entry_safe (page, next, &pages, lru)
		__free_page(page);
	assert_int_equal(verify_all(), 0);
	assert_same_picture(before);
}

static void a_block_does_not_merge_with_an_isolated_pageblock(void **state)
{
	struct page *page;
	unsigned long pfn;

	(void)state;
	memmap_make_all();
	page = zone_alloc_pages(zone_of(0, ZONE_NORMAL), MAX_PAGE_ORDER, GFP_HIGHUSER_MOVABLE);
	pfn = page_to_pfn(page);
	split_page(page, MAX_PAGE_ORDER);
	page->flags |= 1UL << PG_movable;
	assert_int_equal(start_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE), 0);
	page->flags &= ~(1UL << PG_movable);
	for (unsigned long i = 0; i < MAX_ORDER_NR_PAGES; i++)
		__free_page(page + i);
	assert_true(PageBuddy(page) && page->priv32 == pageblock_order);
	assert_true(PageBuddy(page + pageblock_nr_pages));
	assert_int_equal(verify_all(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pc_machine, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(blocks_are_aligned_clean_and_referenced_once),
		TEST(zone_flags_choose_the_zone),
		TEST(zone_flags_that_exclude_each_other_are_refused_and_counted),
		TEST(orders_and_nodes_out_of_range_are_refused_and_counted),
		TEST(zeroed_memory_is_zero_when_asked_for_or_by_option),
		TEST(init_on_free_leaves_nothing_of_the_last_owner),
		TEST(a_compound_pages_tails_lead_to_its_head),
		TEST(a_single_page_is_no_compound_page),
		TEST(exact_sizes_give_the_rest_back),
		TEST(split_pages_are_freed_one_by_one),
		TEST(a_block_freed_while_referenced_keeps_its_first_page),
		TEST(the_last_reference_frees_the_whole_block),
		TEST(misuse_of_free_is_named_counted_and_harmless),
		TEST(a_double_free_is_found_whatever_became_of_the_block),
		TEST(reports_end_but_counts_go_on),
		TEST(exhaustion_gives_null_and_all_comes_back),
		TEST(sections_that_wait_are_taken_before_null),
		TEST(callers_reach_as_deep_as_linux_lets_them),
		TEST(an_allocation_that_may_not_fail_panics_when_nothing_is_left),
		TEST(failures_are_reported_ten_times_and_counted_always),
		TEST(other_types_take_whole_pageblocks),
		TEST(a_full_zone_is_shared_by_all_types),
		TEST(a_block_does_not_merge_with_an_isolated_pageblock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
