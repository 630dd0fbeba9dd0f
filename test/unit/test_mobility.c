/* SPDX-License-Identifier: MIT */
/*
 * Migratetypes: who takes from whom, when a pageblock changes hands, what is kept for
 * atomic callers and for CMA areas, and what isolation takes out of circulation.
 */
#include "zones_machine.h"

#include <linux/errno.h>
#include <linux/seq_file.h>
#include <stdlib.h>
#include <string.h>

#include "../../mm/buddy.h"
#include "../../mm/page_isolation.h"

/* One section: 16 MB of DMA, 48 MB of DMA32. */
static const struct ram ram[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_64M, 0}, {0, 0, 0}};

static struct zone *zone;

/* All of DMA32 is taken; the order-10 blocks, for the tests to free parts of. */
#define MAX_BLOCKS 16
static struct page *block[MAX_BLOCKS];
static unsigned int nr_blocks;

static int full_zone(void **state)
{
	struct page *page;

	(void)state;
	machine_up(ram);
	memmap_make_all();
	zone = zone_of(0, ZONE_DMA32);
	no_pages_at_hand();
	for (nr_blocks = 0; nr_blocks < MAX_BLOCKS; nr_blocks++) {
		block[nr_blocks] = zone_alloc_pages(zone, MAX_PAGE_ORDER, GFP_HIGHUSER_MOVABLE);
		if (!block[nr_blocks])
			break;
		split_page(block[nr_blocks], MAX_PAGE_ORDER);
	}
	assert_true(nr_blocks >= 8 && nr_blocks < MAX_BLOCKS);
	do
		page = zone_alloc_pages(zone, 0, GFP_HIGHUSER_MOVABLE);
	while (page);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), 0);
	return 0;
}

static void set_type(struct page *page, enum migratetype type)
{
	set_pfnblock_migratetype(page_to_pfn(page), type);
}

static enum migratetype type_of(const struct page *page)
{
	return get_pfnblock_migratetype(page_to_pfn(page));
}

/* Pages [0, @nr) of @page are freed, in a pageblock that is @type's. */
static void give(struct page *page, enum migratetype type, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i += pageblock_nr_pages)
		set_type(page + i, type);
	for (unsigned long i = 0; i < nr; i++)
		__free_page(page + i);
}

static struct page *take(unsigned int order, enum migratetype type, unsigned int alloc_flags)
{
	struct page *page;

	spin_lock(&zone->lock);
	page = __rmqueue(zone, order, type, alloc_flags);
	spin_unlock(&zone->lock);
	return page;
}

/* ---- Who takes from whom ------------------------------------------------------------- */

static void types_take_from_others_in_linuxs_order(void **state)
{
	static const enum migratetype order[][3] = {
		{MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE},
		{MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE},
		{MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE, MIGRATE_MOVABLE},
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++) {
		struct page *worse = block[2 * i], *better = block[2 * i + 1];

		give(worse, order[i][2], MAX_ORDER_NR_PAGES);
		give(better, order[i][1], MAX_ORDER_NR_PAGES);
		assert_ptr_equal(take(MAX_PAGE_ORDER, order[i][0], 0), better);
		assert_ptr_equal(take(MAX_PAGE_ORDER, order[i][0], 0), worse);
		assert_null(take(0, order[i][0], 0));
	}
}

static void whole_pageblocks_change_hands_with_the_block(void **state)
{
	struct page *page = block[0];

	(void)state;
	give(page, MIGRATE_MOVABLE, MAX_ORDER_NR_PAGES);
	assert_ptr_equal(take(0, MIGRATE_UNMOVABLE, 0), page);
	assert_int_equal(type_of(page), MIGRATE_UNMOVABLE);
	assert_int_equal(type_of(page + pageblock_nr_pages), MIGRATE_UNMOVABLE);
	assert_int_equal(zone_verify(zone), 0);
}

/* In a pageblock with one free block: does it change hands with a single page? */
static void a_pageblock_changes_hands_if_half_of_it_suits(void **state)
{
	static const struct {
		enum migratetype type, old;
		unsigned long free, movable;
		bool claimed;
	} cases[] = {
		/* Half of it free. */
		{MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, 256, 256, true},
		{MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE, 256, 0, true},
		{MIGRATE_MOVABLE, MIGRATE_UNMOVABLE, 256, 0, true},
		/* What is in use and cannot move suits types that do not move. */
		{MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, 128, 256, true},
		{MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, 128, 257, false},
		{MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE, 1, 256, true},
		{MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE, 1, 257, false},
		/* But nobody knows of which of the two it is. */
		{MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE, 128, 0, false},
		{MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE, 128, 0, false},
		/* Movable pages suit movable ones. */
		{MIGRATE_MOVABLE, MIGRATE_UNMOVABLE, 128, 128, true},
		{MIGRATE_MOVABLE, MIGRATE_UNMOVABLE, 128, 127, false},
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct page *page = block[i / 2] + i % 2 * pageblock_nr_pages;
		struct page *in_use = page + cases[i].free;

		for (unsigned long n = 0; n < cases[i].movable; n++)
			in_use[n].flags |= 1UL << PG_movable;
		give(page, cases[i].old, cases[i].free);
		assert_ptr_equal(take(0, cases[i].type, 0), page);
		assert_int_equal(type_of(page), cases[i].claimed ? cases[i].type : cases[i].old);
		assert_int_equal(zone_verify(zone), 0);
		/* The rest of the block is the new type's in any case. */
		for (unsigned long n = 1; n < cases[i].free; n++)
			assert_non_null(__rmqueue_smallest(zone, 0, cases[i].type));
		assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), 0);
	}
}

static void a_movable_page_takes_the_smallest_block_of_small_ones(void **state)
{
	struct page *small = block[0], *large = block[1];

	(void)state;
	give(large, MIGRATE_UNMOVABLE, 8);
	give(small, MIGRATE_UNMOVABLE, 2);
	assert_ptr_equal(take(0, MIGRATE_MOVABLE, 0), small);
	assert_int_equal(type_of(small), MIGRATE_UNMOVABLE);
	assert_true(PageBuddy(large) && buddy_order(large) == 3);
	/* Types that do not move take the largest. */
	assert_ptr_equal(take(0, MIGRATE_RECLAIMABLE, 0), large);
	assert_int_equal(zone_verify(zone), 0);
}

static void without_fragmenting_only_whole_pageblocks_are_taken(void **state)
{
	(void)state;
	give(block[0], MIGRATE_MOVABLE, pageblock_nr_pages / 2);
	assert_null(take(0, MIGRATE_UNMOVABLE, ALLOC_NOFRAGMENT));
	give(block[1], MIGRATE_MOVABLE, pageblock_nr_pages);
	assert_ptr_equal(take(0, MIGRATE_UNMOVABLE, ALLOC_NOFRAGMENT), block[1]);
}

static void nobody_takes_what_is_kept_apart(void **state)
{
	static const enum migratetype kept[] = {MIGRATE_HIGHATOMIC, MIGRATE_CMA, MIGRATE_ISOLATE};

	(void)state;
	zone->nr_isolate_pageblocks = 2;
	for (unsigned int i = 0; i < ARRAY_SIZE(kept); i++)
		give(block[i], kept[i], MAX_ORDER_NR_PAGES);
	for (int type = 0; type < MIGRATE_PCPTYPES; type++)
		assert_null(take(0, (enum migratetype)type, 0));
	assert_int_equal(zone_verify(zone), 0);
	/* Nor do free pages of one of them merge with others'. */
	give(block[3] + pageblock_nr_pages, MIGRATE_CMA, pageblock_nr_pages);
	give(block[3], MIGRATE_MOVABLE, pageblock_nr_pages);
	assert_true(PageBuddy(block[3]) && buddy_order(block[3]) == pageblock_order);
	assert_int_equal(zone_verify(zone), 0);
}

static void without_grouping_all_pages_are_one_type(void **state)
{
	(void)state;
	page_group_by_mobility_disabled = true;
	give(block[0], MIGRATE_RECLAIMABLE, 2);
	assert_ptr_equal(take(0, gfp_migratetype(GFP_HIGHUSER_MOVABLE), 0), block[0]);
	assert_int_equal(type_of(block[0]), MIGRATE_UNMOVABLE);
	page_group_by_mobility_disabled = false;
}

/* ---- Marks that rise ------------------------------------------------------------------- */

static void marks_rise_by_a_pageblock_when_types_mix(void **state)
{
	unsigned long high = zone->_watermark[WMARK_HIGH];
	unsigned long most = max(high + high / 2, pageblock_nr_pages);

	(void)state;
	assert_int_equal(zone->watermark_boost, 0);
	give(block[0], MIGRATE_MOVABLE, 4);
	assert_non_null(take(0, MIGRATE_UNMOVABLE, ALLOC_KSWAPD));
	assert_int_equal(zone->watermark_boost, min(pageblock_nr_pages, most));
	assert_true(test_bit(ZONE_BOOSTED_WATERMARK, &zone->flags));
	for (int i = 0; i < 100; i++)
		assert_true(boost_watermark(zone));
	assert_int_equal(zone->watermark_boost, most);
	assert_int_equal(low_wmark_pages(zone), zone->_watermark[WMARK_LOW] + most);
}

/* Else what is free would stay out of reach once there is nothing to reclaim. */
static void a_boost_ends_when_an_allocation_could_wake_kswapd(void **state)
{
	(void)state;
	while (zone_alloc_pages(zone_of(0, ZONE_DMA), 0, GFP_KERNEL))
		;
	give(block[0], MIGRATE_UNMOVABLE, min_wmark_pages(zone) + 8);
	zone->watermark_boost = pageblock_nr_pages;
	assert_null(alloc_page(GFP_DMA32 | __GFP_NOWARN));
	assert_int_equal(zone->watermark_boost, pageblock_nr_pages);
	assert_non_null(alloc_page(GFP_DMA32 | GFP_KERNEL));
	assert_int_equal(zone->watermark_boost, 0);
}

static void marks_stay_where_whole_pageblocks_are_taken_or_the_option_says_so(void **state)
{
	struct zone small = {.name = "small"};

	(void)state;
	give(block[0], MIGRATE_MOVABLE, pageblock_nr_pages);
	assert_non_null(take(0, MIGRATE_UNMOVABLE, ALLOC_KSWAPD));
	assert_int_equal(zone->watermark_boost, 0);
	atomic_long_set(&small.managed_pages, 4 * pageblock_nr_pages - 1);
	small._watermark[WMARK_HIGH] = 100;
	assert_false(boost_watermark(&small));
	atomic_long_set(&small.managed_pages, 4 * pageblock_nr_pages);
	assert_true(boost_watermark(&small));
	small._watermark[WMARK_HIGH] = 0;
	assert_false(boost_watermark(&small));
	assert_int_equal(watermark_boost_factor_parse_option((char[]){"0"}), 0);
	assert_false(boost_watermark(zone));
	assert_int_equal(watermark_boost_factor_parse_option((char[]){"-1"}), -EINVAL);
	assert_int_equal(watermark_boost_factor_parse_option((char[]){"x"}), -EINVAL);
	assert_int_equal(watermark_boost_factor_parse_option(NULL), -EINVAL);
}

/* The mark that an atomic single page meets is the plain one. */
static void a_boost_does_not_keep_atomic_callers_out(void **state)
{
	unsigned long min = zone->_watermark[WMARK_MIN];

	(void)state;
	give(block[0], MIGRATE_MOVABLE, min(MAX_ORDER_NR_PAGES, min + 8));
	zone->watermark_boost = 10 * min;
	assert_false(zone_watermark_fast(zone, 0, min_wmark_pages(zone), ZONE_DMA32, 0));
	assert_true(zone_watermark_fast(zone, 0, min_wmark_pages(zone), ZONE_DMA32, ALLOC_HARDER));
	assert_false(zone_watermark_fast(zone, 0, low_wmark_pages(zone), ZONE_DMA32,
					 ALLOC_WMARK_LOW | ALLOC_HARDER));
}

/* ---- CMA's free pages ------------------------------------------------------------------ */

static void movable_pages_use_cma_once_it_is_most_of_what_is_free(void **state)
{
	(void)state;
	give(block[0], MIGRATE_CMA, 32);
	give(block[1], MIGRATE_MOVABLE, 32);
	assert_int_equal(zone_page_state(zone, NR_FREE_CMA_PAGES), 32);
	/* Half is not most. */
	assert_ptr_equal(take(0, MIGRATE_MOVABLE, ALLOC_CMA), block[1]);
	/* 32 of 63 is. */
	assert_ptr_equal(take(0, MIGRATE_MOVABLE, ALLOC_CMA), block[0]);
	assert_int_equal(zone_page_state(zone, NR_FREE_CMA_PAGES), 31);
	assert_int_equal(type_of(block[0]), MIGRATE_CMA);
	assert_int_equal(zone_verify(zone), 0);
}

static void movable_pages_use_cma_before_other_types(void **state)
{
	(void)state;
	give(block[0], MIGRATE_CMA, 1);
	give(block[1], MIGRATE_UNMOVABLE, 512);
	assert_ptr_equal(take(0, MIGRATE_MOVABLE, ALLOC_CMA), block[0]);
	assert_ptr_equal(take(0, MIGRATE_MOVABLE, ALLOC_CMA), block[1]);
}

static void free_cma_pages_do_not_count_for_who_cannot_have_them(void **state)
{
	unsigned long low = low_wmark_pages(zone);

	(void)state;
	for (unsigned int i = 0; i < 4; i++)
		give(block[i], MIGRATE_CMA, MAX_ORDER_NR_PAGES);
	assert_false(zone_watermark_ok(zone, 0, low, ZONE_DMA32, 0));
	assert_true(zone_watermark_ok(zone, 0, low, ZONE_DMA32, ALLOC_CMA));
	assert_false(zone_watermark_fast(zone, 0, low, ZONE_DMA32, 0));
	assert_true(zone_watermark_fast(zone, 0, low, ZONE_DMA32, ALLOC_CMA));
	assert_true(zone_watermark_ok(zone, 10, low, ZONE_DMA32, ALLOC_CMA));
	give(block[4], MIGRATE_UNMOVABLE, min(MAX_ORDER_NR_PAGES, low + 8));
	assert_true(zone_watermark_ok(zone, 0, low, ZONE_DMA32, 0));
	assert_false(zone_watermark_ok(zone, 10, 0, ZONE_DMA32, 0));
	/* And callers are served by these rules. */
	assert_int_equal(type_of(alloc_page(GFP_DMA32 | __GFP_MOVABLE | GFP_KERNEL)), MIGRATE_CMA);
	assert_int_not_equal(type_of(alloc_page(GFP_DMA32 | GFP_KERNEL)), MIGRATE_CMA);
	assert_int_equal(zone_verify(zone), 0);
}

/* ---- HighAtomic ------------------------------------------------------------------------ */

static struct alloc_context context(enum migratetype type)
{
	struct alloc_context ac = {.highest_zoneidx = ZONE_DMA32, .type = type};

	ac.preferred_zoneref = first_zones_zonelist(node_zonelist(0, 0), ZONE_DMA32, NULL);
	return ac;
}

/* Below the low mark, so that atomic callers come to the slow path. */
static void give_up_to_the_low_mark(void)
{
	unsigned long nr = (low_wmark_pages(zone) - 8) & ~7UL;

	assert_true(nr > min_wmark_pages(zone) && nr < MAX_ORDER_NR_PAGES);
	give(block[0], MIGRATE_UNMOVABLE, nr);
}

static void atomic_blocks_keep_their_pageblock_for_their_like(void **state)
{
	struct page *page, *single;

	(void)state;
	while (zone_alloc_pages(zone_of(0, ZONE_DMA), 0, GFP_KERNEL))
		;
	give_up_to_the_low_mark();
	page = alloc_pages(GFP_ATOMIC | GFP_DMA32, 3);
	assert_ptr_equal(page_zone(page), zone);
	assert_int_equal(type_of(page), MIGRATE_HIGHATOMIC);
	assert_int_equal(zone->nr_reserved_highatomic, pageblock_nr_pages);
	/* Single pages and others do not get its free pages, the next atomic block does. */
	single = take(0, MIGRATE_UNMOVABLE, ALLOC_HARDER);
	assert_true(!single || type_of(single) != MIGRATE_HIGHATOMIC);
	page = alloc_pages(GFP_ATOMIC | GFP_DMA32, 2);
	assert_int_equal(type_of(page), MIGRATE_HIGHATOMIC);
	assert_int_equal(zone->nr_reserved_highatomic, pageblock_nr_pages);
	assert_int_equal(zone_verify(zone), 0);
}

static void at_most_a_hundredth_and_a_pageblock_is_kept(void **state)
{
	unsigned long most = zone_managed_pages(zone) / 100 + pageblock_nr_pages;

	(void)state;
	set_type(block[7], MIGRATE_CMA);
	reserve_highatomic_pageblock(block[7], zone);
	assert_int_equal(zone->nr_reserved_highatomic, 0);
	for (unsigned int i = 0; i < 7; i++)
		reserve_highatomic_pageblock(block[i], zone);
	assert_int_equal(zone->nr_reserved_highatomic, ALIGN(most, pageblock_nr_pages));
	reserve_highatomic_pageblock(block[0], zone);
	assert_int_equal(zone->nr_reserved_highatomic, ALIGN(most, pageblock_nr_pages));
}

static void short_of_memory_pageblocks_kept_for_atomic_callers_go_back(void **state)
{
	struct alloc_context ac = context(MIGRATE_MOVABLE);

	(void)state;
	zone->nr_reserved_highatomic = 2 * pageblock_nr_pages;
	give(block[0], MIGRATE_HIGHATOMIC, 64);
	give(block[1], MIGRATE_HIGHATOMIC, 64);
	assert_true(unreserve_highatomic_pageblock(&ac, false));
	assert_int_equal(zone->nr_reserved_highatomic, pageblock_nr_pages);
	/* The last one, only when it must be. */
	assert_false(unreserve_highatomic_pageblock(&ac, false));
	assert_true(unreserve_highatomic_pageblock(&ac, true));
	assert_int_equal(zone->nr_reserved_highatomic, 0);
	assert_int_equal(type_of(block[0]), MIGRATE_MOVABLE);
	assert_int_equal(type_of(block[1]), MIGRATE_MOVABLE);
	assert_false(unreserve_highatomic_pageblock(&ac, true));
	for (unsigned int i = 0; i < 128; i++)
		assert_non_null(__rmqueue_smallest(zone, 0, MIGRATE_MOVABLE));
	assert_int_equal(zone_verify(zone), 0);
}

/* ---- Isolation ------------------------------------------------------------------------- */

static void isolated_pages_are_not_free_until_they_are_put_back(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]), free;

	(void)state;
	give(block[0], MIGRATE_UNMOVABLE, MAX_ORDER_NR_PAGES);
	free = zone_page_state(zone, NR_FREE_PAGES);
	/* Half of a free block of order 10. */
	assert_int_equal(start_isolate_page_range(pfn + 5, pfn + 6, MIGRATE_MOVABLE), 0);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), free - pageblock_nr_pages);
	assert_int_equal(zone->nr_isolate_pageblocks, 1);
	assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages), 0);
	assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages + 1), -EBUSY);
	assert_int_equal(zone_verify(zone), 0);
	while (take(0, MIGRATE_UNMOVABLE, 0))
		free--;
	assert_int_equal(free, pageblock_nr_pages);
	undo_isolate_page_range(pfn + 5, pfn + 6, MIGRATE_MOVABLE);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), pageblock_nr_pages);
	assert_int_equal(type_of(block[0]), MIGRATE_MOVABLE);
	assert_int_equal(zone_verify(zone), 0);
}

static void halves_put_back_one_by_one_are_one_block_again(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]), half = pfn + pageblock_nr_pages;

	(void)state;
	give(block[0], MIGRATE_MOVABLE, MAX_ORDER_NR_PAGES);
	assert_int_equal(start_isolate_page_range(pfn, pfn + MAX_ORDER_NR_PAGES, MIGRATE_MOVABLE),
			 0);
	assert_int_equal(start_isolate_page_range(half, half + 1, MIGRATE_MOVABLE), -EBUSY);
	assert_true(PageBuddy(block[0]) && buddy_order(block[0]) == MAX_PAGE_ORDER);
	undo_isolate_page_range(half, half + 1, MIGRATE_MOVABLE);
	assert_int_equal(zone_verify(zone), 0);
	undo_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE);
	assert_true(PageBuddy(block[0]) && buddy_order(block[0]) == MAX_PAGE_ORDER);
	assert_int_equal(zone_verify(zone), 0);
}

static void pages_freed_in_an_isolated_pageblock_stay_there(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]);

	(void)state;
	for (unsigned long i = 0; i < pageblock_nr_pages; i++)
		block[0][i].flags |= 1UL << PG_movable;
	assert_int_equal(start_isolate_page_range(pfn, pfn + pageblock_nr_pages, MIGRATE_MOVABLE),
			 0);
	for (unsigned long i = 0; i < pageblock_nr_pages; i++) {
		block[0][i].flags &= ~(1UL << PG_movable);
		assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages), -EBUSY);
		__free_page(block[0] + i);
	}
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), 0);
	assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages), 0);
	assert_int_equal(zone_verify(zone), 0);
}

/* A block handed out before half of it was isolated. */
static void a_block_is_freed_in_parts_where_its_pageblocks_differ(void **state)
{
	struct page *page;
	unsigned long pfn;

	(void)state;
	give(block[0], MIGRATE_MOVABLE, MAX_ORDER_NR_PAGES);
	page = zone_alloc_pages(zone, MAX_PAGE_ORDER, GFP_HIGHUSER_MOVABLE);
	pfn = page_to_pfn(page) + pageblock_nr_pages;
	assert_int_equal(start_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE), 0);
	__free_pages(page, MAX_PAGE_ORDER);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), pageblock_nr_pages);
	assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages), 0);
	assert_int_equal(zone_verify(zone), 0);
}

static void a_range_with_a_page_that_cannot_move_is_left_alone(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]);

	(void)state;
	give(block[0], MIGRATE_MOVABLE, MAX_ORDER_NR_PAGES - 1);
	assert_ptr_equal(has_unmovable_pages(pfn, pfn + MAX_ORDER_NR_PAGES, MIGRATE_MOVABLE),
			 block[0] + MAX_ORDER_NR_PAGES - 1);
	assert_int_equal(start_isolate_page_range(pfn, pfn + MAX_ORDER_NR_PAGES, MIGRATE_MOVABLE),
			 -EBUSY);
	assert_int_equal(zone->nr_isolate_pageblocks, 0);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), MAX_ORDER_NR_PAGES - 1);
	assert_int_equal(zone_verify(zone), 0);
	/* The pageblock's other pages are nobody's concern. */
	assert_int_equal(
		start_isolate_page_range(pfn, pfn + MAX_ORDER_NR_PAGES - 1, MIGRATE_MOVABLE), 0);
	assert_int_equal(zone_verify(zone), 0);
}

static void what_cannot_be_isolated_is_refused(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]);

	(void)state;
	assert_int_equal(start_isolate_page_range(pfn, pfn, MIGRATE_MOVABLE), -EINVAL);
	/* Two zones, no memory. */
	assert_int_equal(
		start_isolate_page_range(MAX_DMA_PFN - 1, MAX_DMA_PFN + 1, MIGRATE_MOVABLE),
		-EINVAL);
	assert_int_equal(
		start_isolate_page_range(PHYS_PFN(SZ_4G), PHYS_PFN(SZ_4G) + 1, MIGRATE_MOVABLE),
		-EINVAL);
	/* Reserved; somebody's CMA area. */
	assert_int_equal(start_isolate_page_range(0xa0, 0xa1, MIGRATE_MOVABLE), -EBUSY);
	set_type(block[0], MIGRATE_CMA);
	assert_int_equal(start_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE), -EBUSY);
	assert_int_equal(start_isolate_page_range(pfn, pfn + 1, MIGRATE_CMA), 0);
	undo_isolate_page_range(pfn, pfn + 1, MIGRATE_CMA);
	assert_int_equal(type_of(block[0]), MIGRATE_CMA);
	assert_int_equal(zone->nr_isolate_pageblocks, 0);
}

/* ---- Verify and dump ----------------------------------------------------------------------- */

static void verify_finds_pages_on_lists_that_count_apart(void **state)
{
	(void)state;
	give(block[0], MIGRATE_MOVABLE, 1);
	give(block[1], MIGRATE_CMA, 1);
	assert_int_equal(zone_verify(zone), 0);
	host_log_clear();
	set_type(block[0], MIGRATE_CMA);
	assert_int_equal(zone_verify(zone), 1);
	assert_true(host_log_contains("is on a list of Movable, in a pageblock of CMA"));
	set_type(block[0], MIGRATE_MOVABLE);
	atomic_long_set(&zone->vm_stat[NR_FREE_CMA_PAGES], 7);
	zone_update_margin(zone);
	assert_int_equal(zone_verify(zone), 1);
	assert_true(host_log_contains("nr_free_cma is 7, the lists hold 1"));
	atomic_long_set(&zone->vm_stat[NR_FREE_CMA_PAGES], 1);
	zone_update_margin(zone);
	zone->nr_isolate_pageblocks++;
	assert_int_equal(zone_verify(zone), 1);
	assert_true(host_log_contains("0 pageblocks are isolated, counted are 1"));
}

static const char *pagetypeinfo(void)
{
	static char text[16384];
	struct seq_buf sb;
	struct seq_file m;

	seq_buf_init(&m, &sb, text, sizeof(text));
	pagetypeinfo_show(&m);
	assert_int_equal(sb.dropped, 0);
	return text;
}

#define FREE_HEAD                                                                              \
	"Page block order: 9\nPages per block:  512\n\n"                                       \
	"Free pages count per migrate type at order       0      1      2      3      4      " \
	"5      6      7      8      9     10 \n"
#define FREE_ROW(type, counts) "Node    0, zone    DMA32, type " type " " counts " \n"
#define NONE		       "     0      0      0      0      0      0      0      0      0      0      0"
#define FREE_ROWS                                                                                \
	FREE_ROW("   Unmovable", NONE)                                                           \
	FREE_ROW("     Movable",                                                                 \
		 "     0      0      1      0      0      0      0      0      0      0      0") \
	FREE_ROW(" Reclaimable", NONE)                                                           \
	FREE_ROW("  HighAtomic", NONE)

/* As Debian's kernel prints it, which has no CMA; and as one that has it does. */
static void pagetypeinfo_is_linuxs(void **state)
{
	const char *text;

	(void)state;
	give(block[0], MIGRATE_MOVABLE, 4);
	text = pagetypeinfo();
	assert_memory_equal(text, FREE_HEAD, strlen(FREE_HEAD));
	assert_non_null(strstr(text, FREE_ROWS FREE_ROW("     Isolate", NONE) "\nNumber of"));
	assert_non_null(strstr(text, "\nNumber of blocks type     Unmovable      Movable  "
				     "Reclaimable   HighAtomic      Isolate \n"
				     "Node 0, zone      DMA "));
	assert_null(strstr(text, "CMA"));
	zone->cma_pages = pageblock_nr_pages;
	set_type(block[1], MIGRATE_CMA);
	text = pagetypeinfo();
	assert_non_null(strstr(text, FREE_ROWS FREE_ROW("         CMA", NONE)
					     FREE_ROW("     Isolate", NONE) "\nNumber of"));
	assert_non_null(strstr(text, "\nNumber of blocks type     Unmovable      Movable  "
				     "Reclaimable   HighAtomic          CMA      Isolate \n"));
	assert_non_null(strstr(text, "            0            1            0 \n"));
}

/* ---- Random ----------------------------------------------------------------------------------- */

static u64 next_random(u64 *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

/* The model: which pages are the callers', which pageblocks are isolated, and so what is free. */
#define MODEL_PAGES 4096
struct model {
	struct page *page[MODEL_PAGES];
	unsigned char order[MODEL_PAGES];
	unsigned int nr;
	bool isolated[2 * MAX_BLOCKS]; /* by pageblock from block[0]'s on, as far as it is ours */
	unsigned long total;
};

static struct page *model_pageblock(unsigned int i)
{
	return block[i / 2] + i % 2 * pageblock_nr_pages;
}

static bool model_isolated(const struct model *m, const struct page *page)
{
	unsigned long pfn = ALIGN_DOWN(page_to_pfn(page), pageblock_nr_pages);

	for (unsigned int i = 0; i < 2 * nr_blocks; i++)
		if (m->isolated[i] && page_to_pfn(model_pageblock(i)) == pfn)
			return true;
	return false;
}

/* What is neither a caller's nor in an isolated pageblock is free, and nothing else. */
static unsigned long model_free(const struct model *m)
{
	unsigned long free = m->total;

	for (unsigned int i = 0; i < 2 * nr_blocks; i++)
		free -= m->isolated[i] ? pageblock_nr_pages : 0;
	for (unsigned int i = 0; i < m->nr; i++)
		for (unsigned long p = 0; p < 1UL << m->order[i]; p++)
			free -= !model_isolated(m, m->page[i] + p);
	return free;
}

static bool model_unmovable(const struct model *m, const struct page *first)
{
	for (unsigned int i = 0; i < m->nr; i++)
		if (m->page[i] >= first && m->page[i] < first + pageblock_nr_pages)
			return true;
	return false;
}

static void model_step(struct model *m, u64 r)
{
	unsigned int i = (unsigned int)(r >> 8) % (2 * nr_blocks);
	unsigned long pfn = page_to_pfn(model_pageblock(i));

	if (r % 8 == 0 && m->isolated[i]) {
		undo_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE);
		m->isolated[i] = false;
	} else if (r % 8 == 0) {
		int err = start_isolate_page_range(pfn, pfn + pageblock_nr_pages, MIGRATE_MOVABLE);

		assert_int_equal(err, model_unmovable(m, model_pageblock(i)) ? -EBUSY : 0);
		m->isolated[i] = !err;
	} else if (r % 8 < 5 && m->nr < MODEL_PAGES) {
		static const gfp_t gfps[] = {GFP_KERNEL, GFP_KERNEL | __GFP_MOVABLE,
					     GFP_KERNEL | __GFP_RECLAIMABLE};
		unsigned int order = min((unsigned int)__ffs(r >> 16 | 1UL << 10), 10U);
		struct page *page = zone_alloc_pages(zone, order, gfps[(r >> 32) % 3]);

		if (!page)
			return;
		assert_false(model_isolated(m, page));
		m->page[m->nr] = page;
		m->order[m->nr++] = (unsigned char)order;
	} else if (m->nr) {
		unsigned int n = (unsigned int)(r >> 16) % m->nr;

		__free_pages(m->page[n], m->order[n]);
		m->page[n] = m->page[--m->nr];
		m->order[n] = m->order[m->nr];
	}
}

static void random_calls_and_isolation_agree_with_a_model(void **state)
{
	u64 random = host_test_seed(__func__) | 1;
	struct model *m = calloc(1, sizeof(*m));

	(void)state;
	for (unsigned int i = 0; i < nr_blocks; i++)
		give(block[i], MIGRATE_MOVABLE, MAX_ORDER_NR_PAGES);
	m->total = zone_page_state(zone, NR_FREE_PAGES);
	for (int step = 0; step < 20000; step++) {
		model_step(m, next_random(&random));
		if (step % 256)
			continue;
		assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), model_free(m));
		assert_int_equal(zone_verify(zone), 0);
	}
	free(m);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, full_zone, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(types_take_from_others_in_linuxs_order),
		TEST(whole_pageblocks_change_hands_with_the_block),
		TEST(a_pageblock_changes_hands_if_half_of_it_suits),
		TEST(a_movable_page_takes_the_smallest_block_of_small_ones),
		TEST(without_fragmenting_only_whole_pageblocks_are_taken),
		TEST(nobody_takes_what_is_kept_apart),
		TEST(without_grouping_all_pages_are_one_type),
		TEST(marks_rise_by_a_pageblock_when_types_mix),
		TEST(marks_stay_where_whole_pageblocks_are_taken_or_the_option_says_so),
		TEST(a_boost_ends_when_an_allocation_could_wake_kswapd),
		TEST(a_boost_does_not_keep_atomic_callers_out),
		TEST(movable_pages_use_cma_once_it_is_most_of_what_is_free),
		TEST(movable_pages_use_cma_before_other_types),
		TEST(free_cma_pages_do_not_count_for_who_cannot_have_them),
		TEST(atomic_blocks_keep_their_pageblock_for_their_like),
		TEST(at_most_a_hundredth_and_a_pageblock_is_kept),
		TEST(short_of_memory_pageblocks_kept_for_atomic_callers_go_back),
		TEST(isolated_pages_are_not_free_until_they_are_put_back),
		TEST(halves_put_back_one_by_one_are_one_block_again),
		TEST(pages_freed_in_an_isolated_pageblock_stay_there),
		TEST(a_block_is_freed_in_parts_where_its_pageblocks_differ),
		TEST(a_range_with_a_page_that_cannot_move_is_left_alone),
		TEST(what_cannot_be_isolated_is_refused),
		TEST(verify_finds_pages_on_lists_that_count_apart),
		TEST(pagetypeinfo_is_linuxs),
		TEST(random_calls_and_isolation_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
