/* SPDX-License-Identifier: MIT */
/*
 * Compaction: zones fragmented on purpose, what becomes of their free blocks and of the
 * pages that were moved, when it is not tried, and how fragmentation is measured.
 */
#include "fragment_machine.h"

#include <linux/seq_file.h>
#include <linux/swap.h>

static struct compact_control whole_zone(struct zone *zone)
{
	return (struct compact_control){
		.zone = zone,
		.order = -1,
		.gfp_mask = GFP_KERNEL,
		.mode = MIGRATE_SYNC,
		.whole_zone = true,
		.ignore_skip_hint = true,
	};
}

static enum compact_result compact_all_of(struct zone *zone)
{
	struct compact_control cc = whole_zone(zone);

	return compact_zone(&cc);
}

static enum compact_result compact_for(struct zone *zone, unsigned int order,
				       enum compact_priority prio)
{
	return compact_zone_order(zone, order, GFP_HIGHUSER_MOVABLE, prio, ALLOC_WMARK_MIN,
				  zone_idx(zone));
}

static long event(enum vm_event_item item)
{
	return atomic_long_read(&vm_events[item]);
}

/* ---- What it gives ------------------------------------------------------------------ */

/* Movable blocks up to @order lie in all of it. */
static void assert_compaction_gives_huge_blocks(struct zone *zone, unsigned int order)
{
	unsigned long free;

	fragment_zone_in_blocks(zone, order);
	free = zone_page_state(zone, NR_FREE_PAGES);
	assert_int_equal(blocks_of(zone, 9), 0);
	assert_true(fragmentation_index(zone, 9) > 900);
	assert_int_equal(compact_all_of(zone), COMPACT_COMPLETE);
	/* All but the first pageblock, and the one where the scanners met. */
	assert_true(blocks_of(zone, 9) + 2 >= free / pageblock_nr_pages);
	assert_true(blocks_of(zone, 9) > 0);
	assert_int_equal(fragmentation_index(zone, 9), -1000);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), free);
	assert_true(owner.moved > owner.nr / 5);
	owner_check_all();
	assert_int_equal(verify_all(), 0);
	owner_exit();
}

static void a_fragmented_zone_gives_order_9_blocks_again(void **state)
{
	static const enum zone_type zones[] = {ZONE_DMA, ZONE_DMA32, ZONE_NORMAL};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		for (unsigned int order = 0; order <= 3; order++)
			assert_compaction_gives_huge_blocks(zone_of(0, zones[i]), order);
}

static void a_run_for_one_block_ends_when_it_is_there(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);

	(void)state;
	for (unsigned int order = 4; order <= MAX_PAGE_ORDER; order++) {
		struct page *page;

		fragment_zone(zone);
		assert_int_equal(
			compaction_suitable(zone, (int)order, ALLOC_WMARK_MIN, ZONE_NORMAL),
			blocks_of(zone, order) ? COMPACT_SUCCESS : COMPACT_CONTINUE);
		assert_int_equal(compact_for(zone, order, COMPACT_PRIO_SYNC_FULL), COMPACT_SUCCESS);
		assert_true(owner.moved <= 8UL << order);
		page = zone_alloc_pages(zone, order, GFP_HIGHUSER_MOVABLE);
		assert_non_null(page);
		__free_pages(page, order);
		owner_exit();
	}
}

/* Movable pages go to the end of the zone: the free half is at its start. */
static void moved_pages_lie_above_the_free_blocks(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);
	unsigned long middle = zone->zone_start_pfn + zone->spanned_pages / 2, below = 0;

	(void)state;
	fragment_zone(zone);
	compact_all_of(zone);
	for (unsigned long i = 0; i < owner.nr; i++)
		below += owner.page[i] && page_to_pfn(owner.page[i]) < middle;
	assert_true(below < 2 * pageblock_nr_pages);
}

static void pages_that_nobody_can_move_stay_and_cost_their_pageblock(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);
	unsigned long free, pinned = 0;

	(void)state;
	fragment_zone(zone);
	free = zone_page_state(zone, NR_FREE_PAGES);
	/* In the lower half, in every fourth pageblock. */
	for (unsigned long i = 0; i < owner.nr; i++) {
		struct page *page = owner.page[i];

		if (page && page_to_pfn(page) % (4 * pageblock_nr_pages) < 2) {
			get_page(page);
			pinned++;
		}
	}
	assert_int_equal(compact_all_of(zone), COMPACT_COMPLETE);
	assert_true(event(PGMIGRATE_FAIL) > 0);
	assert_true(blocks_of(zone, 9) >= free / pageblock_nr_pages * 3 / 4 - 2);
	assert_true(blocks_of(zone, 9) < free / pageblock_nr_pages);
	for (unsigned long i = 0; i < owner.nr; i++)
		if (owner.page[i] && page_ref_count(owner.page[i]) == 2) {
			put_page(owner.page[i]);
			pinned--;
		}
	assert_int_equal(pinned, 0);
}

static void an_owner_who_says_no_keeps_all_pages_where_they_are(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);
	unsigned long free;

	(void)state;
	fragment_zone(zone);
	free = zone_page_state(zone, NR_FREE_PAGES);
	owner.refuse = true;
	assert_int_equal(compact_all_of(zone), COMPACT_COMPLETE);
	owner.refuse = false;
	owner.error = -EBUSY;
	assert_int_equal(compact_all_of(zone), COMPACT_COMPLETE);
	assert_int_equal(owner.moved, 0);
	assert_int_equal(owner.put_back, owner.isolated);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), free);
	assert_int_equal(blocks_of(zone, 9), 0);
}

static void each_isolated_and_scanned_page_is_counted(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);

	(void)state;
	fragment_zone(zone);
	compact_all_of(zone);
	assert_int_equal(event(PGMIGRATE_SUCCESS), owner.moved);
	/* The last ones when the scanners met: one had nowhere to go, others were not tried. */
	assert_in_range(event(PGMIGRATE_FAIL), owner.put_back / COMPACT_CLUSTER_MAX,
			owner.put_back);
	/* What was moved, and what it was moved to; and the rest of the last free block. */
	assert_in_range(event(COMPACTISOLATED), owner.moved * 2,
			owner.moved * 2 + pageblock_nr_pages);
	assert_in_range(event(COMPACTMIGRATE_SCANNED) + event(COMPACTFREE_SCANNED), owner.moved * 2,
			zone->spanned_pages);
}

/* ---- When it is not tried ------------------------------------------------------------- */

static void sections_not_made_are_free_blocks_and_stay_so(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);
	unsigned long waiting = zone->nr_extent_pages;
	struct page *page[1000];

	(void)state;
	assert_true(waiting > 0);
	assert_int_equal(fragmentation_index(zone, 10), -1000);
	owner_init(ARRAY_SIZE(page));
	for (size_t i = 0; i < ARRAY_SIZE(page); i++)
		owner_add(page[i] = zone_alloc_pages(zone, 0, GFP_HIGHUSER_MOVABLE), i);
	waiting = zone->nr_extent_pages;
	assert_true(waiting > 0);
	for (size_t i = 0; i < ARRAY_SIZE(page); i += 2)
		owner_drop(i);
	for (unsigned int order = 1; order <= MAX_PAGE_ORDER; order++)
		assert_int_equal(compact_for(zone, order, COMPACT_PRIO_SYNC_FULL), COMPACT_SUCCESS);
	assert_int_equal(owner.moved, 0);
	/* Nor does a run over all nodes make one: the pages move within those made. */
	compact_nodes();
	assert_int_equal(zone->nr_extent_pages, waiting);
	assert_true(owner.moved > 0);
}

static void too_little_free_memory_is_no_fragmentation(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);

	(void)state;
	take_zone(zone);
	/* Up to the mark: nothing to be had, whatever is moved. */
	for (unsigned long i = 0; i < low_wmark_pages(zone); i++)
		owner_drop(i);
	assert_int_equal(compact_for(zone, 9, COMPACT_PRIO_SYNC_FULL), COMPACT_SKIPPED);
	/* Few free pages, but enough for the order that is asked for. */
	for (unsigned long i = low_wmark_pages(zone); i < low_wmark_pages(zone) + 2000; i++)
		owner_drop(i);
	sysctl_extfrag_threshold = 1000;
	assert_int_equal(compact_for(zone, 9, COMPACT_PRIO_SYNC_FULL),
			 blocks_of(zone, 9) ? COMPACT_SUCCESS : COMPACT_SKIPPED);
	assert_int_equal(owner.moved, 0);
}

static void the_free_scanner_leaves_the_min_mark(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);

	(void)state;
	fragment_zone(zone);
	zone->_watermark[WMARK_MIN] = zone_page_state(zone, NR_FREE_PAGES) - 1;
	assert_int_equal(compact_all_of(zone), COMPACT_CONTENDED);
	assert_int_equal(owner.moved, 0);
	/* A little room will do, since every page that is moved leaves one. */
	zone->_watermark[WMARK_MIN] -= MAX_ORDER_NR_PAGES;
	assert_int_equal(compact_all_of(zone), COMPACT_COMPLETE);
	assert_true(owner.moved > 0);
	init_per_zone_wmark_min();
}

static void an_owner_who_allocates_does_not_compact_while_it_moves(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);

	(void)state;
	fragment_zone(zone);
	assert_true(spin_trylock(&zone->compact_lock));
	assert_int_equal(compact_all_of(zone), COMPACT_CONTENDED);
	spin_unlock(&zone->compact_lock);
	assert_int_equal(owner.isolated, 0);
}

/* ---- Direct compaction and deferral ------------------------------------------------------ */

static struct alloc_context context(gfp_t gfp)
{
	struct alloc_context ac = {.highest_zoneidx = gfp_zone(gfp), .type = gfp_migratetype(gfp)};

	ac.preferred_zoneref =
		first_zones_zonelist(node_zonelist(0, gfp), ac.highest_zoneidx, NULL);
	return ac;
}

static struct page *direct(gfp_t gfp, unsigned int order, enum compact_priority prio,
			   enum compact_result *result)
{
	struct alloc_context ac = context(gfp);

	return alloc_pages_direct_compact(gfp, order, ALLOC_WMARK_MIN, &ac, prio, result);
}

#define DMA_MOVABLE (GFP_KERNEL | GFP_DMA | __GFP_MOVABLE)

static void an_allocation_gets_the_block_that_compaction_made(void **state)
{
	const struct alloc_context ac = context(DMA_MOVABLE);
	enum compact_result result;
	struct page *page, *block;

	(void)state;
	fragment_zone(zone_of(0, ZONE_DMA));
	assert_null(direct(GFP_NOWAIT | GFP_DMA, 9, COMPACT_PRIO_SYNC_LIGHT, &result));
	assert_int_equal(result, COMPACT_SKIPPED);
	assert_null(direct(DMA_MOVABLE, 0, COMPACT_PRIO_SYNC_LIGHT, &result));
	page = block = direct(DMA_MOVABLE, 9, COMPACT_PRIO_SYNC_LIGHT, &result);
	assert_non_null(block);
	assert_int_equal(result, COMPACT_SUCCESS);
	assert_int_equal(event(COMPACTSTALL), 1);
	assert_int_equal(event(COMPACTSUCCESS), 1);
	assert_int_equal(event(COMPACTFAIL), 0);
	/* Nobody has the block before its zone does. */
	assert_true(try_to_compact_pages(DMA_MOVABLE, 9, ALLOC_WMARK_MIN, &ac,
					 COMPACT_PRIO_SYNC_LIGHT, &page) > COMPACT_SKIPPED);
	assert_null(page);
	__free_pages(block, 9);
}

/* 2, 4, ... 64 tries from one to the next; then always 64. */
static void failures_put_it_off_twice_as_long_each_time(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA);
	enum compact_result result;

	(void)state;
	fragment_zone(zone);
	owner.refuse = true;
	for (unsigned int fails = 0; fails < 8; fails++) {
		unsigned int tries = fails ? 1U << min(fails, 6U) : 1;

		for (unsigned int i = 1; i < tries; i++) {
			assert_null(direct(DMA_MOVABLE, 9, COMPACT_PRIO_SYNC_LIGHT, &result));
			assert_int_equal(result, COMPACT_DEFERRED);
		}
		assert_null(direct(DMA_MOVABLE, 9, COMPACT_PRIO_SYNC_LIGHT, &result));
		assert_in_range(result, COMPACT_COMPLETE, COMPACT_PARTIAL_SKIPPED);
	}
	assert_int_equal(event(COMPACTSTALL), 8);
	assert_int_equal(event(COMPACTFAIL), 8);
	/* Who must have it does not wait, and what was given is another matter from then on. */
	assert_int_equal(zone->compact_order_failed, 0);
	owner.refuse = false;
	assert_non_null(direct(DMA_MOVABLE, 9, COMPACT_PRIO_SYNC_FULL, &result));
	assert_int_equal(zone->compact_defer_shift, 0);
	assert_int_equal(zone->compact_order_failed, 10);
}

static void pageblocks_without_anything_are_skipped_until_hints_are_reset(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);
	unsigned long skipped = 0, pfn = zone->zone_start_pfn;
	long scanned;

	(void)state;
	fragment_zone(zone);
	owner.refuse = true;
	compact_for(zone, 9, COMPACT_PRIO_SYNC_LIGHT);
	for (; pfn < zone_end_pfn(zone); pfn += pageblock_nr_pages) {
		skipped += get_pfnblock_skip(pfn);
		assert_int_equal(get_pfnblock_migratetype(pfn), MIGRATE_MOVABLE);
	}
	assert_true(skipped + 1 >= zone->spanned_pages / pageblock_nr_pages);
	assert_true(zone->compact_blockskip_flush);
	owner.refuse = false;
	scanned = event(COMPACTMIGRATE_SCANNED);
	compact_for(zone, 9, COMPACT_PRIO_SYNC_LIGHT);
	assert_in_range(event(COMPACTMIGRATE_SCANNED) - scanned, 0, pageblock_nr_pages);
	reset_isolation_suitable(NODE_DATA(0));
	assert_false(get_pfnblock_skip(zone->zone_start_pfn));
	set_pageblock_skip(pfn_to_page(zone->zone_start_pfn));
	assert_true(get_pfnblock_skip(zone->zone_start_pfn));
	assert_false(get_pfnblock_skip(zone->zone_start_pfn + pageblock_nr_pages));
	clear_pageblock_skip(pfn_to_page(zone->zone_start_pfn));
	assert_false(get_pageblock_skip(pfn_to_page(zone->zone_start_pfn)));
	assert_int_equal(compact_for(zone, 9, COMPACT_PRIO_SYNC_LIGHT), COMPACT_SUCCESS);
}

static void a_run_goes_on_where_the_last_one_ended(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);
	unsigned long first, migrate;

	(void)state;
	fragment_zone(zone);
	assert_int_equal(compact_for(zone, 9, COMPACT_PRIO_SYNC_LIGHT), COMPACT_SUCCESS);
	migrate = zone->compact_cached_migrate_pfn[1];
	assert_true(migrate > zone->zone_start_pfn);
	first = page_to_pfn(zone_alloc_pages(zone, 9, GFP_HIGHUSER_MOVABLE));
	assert_int_equal(compact_for(zone, 9, COMPACT_PRIO_SYNC_LIGHT), COMPACT_SUCCESS);
	assert_true(zone->compact_cached_migrate_pfn[1] > migrate);
	__free_pages(pfn_to_page(first), 9);
}

static void a_range_is_searched_for_movable_pages(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);
	struct compact_control cc = {.zone = zone, .order = -1, .mode = MIGRATE_SYNC};
	unsigned long pfn, found = 0, end;

	(void)state;
	INIT_LIST_HEAD(&cc.migratepages);
	take_zone(zone);
	pfn = page_to_pfn(owner.page[owner.nr / 2]);
	for (end = pfn + 100; pfn < end; pfn = cc.migrate_pfn) {
		isolate_migratepages_range(&cc, pfn, end);
		found += cc.nr_migratepages;
		assert_true(cc.migrate_pfn > pfn && cc.migrate_pfn <= end);
		putback_movable_pages(&cc.migratepages);
		cc.nr_migratepages = 0;
	}
	assert_int_equal(found, 100);
	assert_int_equal(owner.put_back, 100);
}

/* ---- How fragmented? ------------------------------------------------------------------------ */

/* Linux's formula by hand: 1000 - (1000 + free * 1000 / requested) / blocks. */
static void the_index_tells_want_of_memory_from_fragmentation(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);

	(void)state;
	take_zone(zone);
	assert_int_equal(fragmentation_index(zone, 0), 0);
	assert_int_equal(extfrag_for_order(zone, 9), 0);
	owner_drop(100);
	/* One page for one of 512: 1000 - (1000 + 1) / 1. */
	assert_int_equal(fragmentation_index(zone, 9), -1);
	assert_int_equal(fragmentation_index(zone, 0), -1000);
	assert_int_equal(extfrag_for_order(zone, 9), 100);
	owner_add(zone_alloc_pages(zone, 0, GFP_HIGHUSER_MOVABLE), 100);
	for (unsigned long i = 0; i < 2000; i++)
		if (page_to_pfn(owner.page[i]) % 2)
			owner_drop(i);
	assert_int_equal(blocks_of(zone, 1), 0);
	assert_int_equal(fragmentation_index(zone, 9),
			 1000 - (1000 + blocks_of(zone, 0) * 1000 / 512) / blocks_of(zone, 0));
	assert_int_equal(fragmentation_index(zone, MAX_PAGE_ORDER + 1), 0);
}

static void show(void (*dump)(struct seq_file *m), char *text, size_t size)
{
	struct seq_file m;
	struct seq_text sb;

	seq_text_init(&m, &sb, text, size);
	dump(&m);
	assert_int_equal(sb.dropped, 0);
}

static void dumps_have_linuxs_form(void **state)
{
	static char text[SZ_4K];
	struct zone *zone = zone_of(0, ZONE_NORMAL);

	(void)state;
	take_zone(zone);
	owner_drop(100);
	show(extfrag_index_show, text, sizeof(text));
	assert_non_null(strstr(text, "Node 0, zone   Normal -1.000  0.-500 "));
	show(unusable_index_show, text, sizeof(text));
	assert_non_null(strstr(text, "Node 0, zone   Normal 0.000 1.000 1.000 "));
	show(fragmentation_show, text, sizeof(text));
	assert_non_null(strstr(text, "Node 0, zone Normal\n  order             0          1"));
	assert_non_null(strstr(text, "\n  usable            1          0"));
}

static void the_threshold_is_an_option(void **state)
{
	char good[] = "700", high[] = "1001", word[] = "x";

	(void)state;
	assert_int_equal(sysctl_extfrag_threshold, 500);
	assert_int_equal(extfrag_threshold_parse_option(good), 0);
	assert_int_equal(sysctl_extfrag_threshold, 700);
	assert_int_equal(extfrag_threshold_parse_option(high), -EINVAL);
	assert_int_equal(extfrag_threshold_parse_option(word), -EINVAL);
	assert_int_equal(extfrag_threshold_parse_option(NULL), -EINVAL);
	assert_int_equal(sysctl_extfrag_threshold, 700);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, machine, machine_end)
	const struct CMUnitTest tests[] = {
		TEST(a_fragmented_zone_gives_order_9_blocks_again),
		TEST(a_run_for_one_block_ends_when_it_is_there),
		TEST(moved_pages_lie_above_the_free_blocks),
		TEST(pages_that_nobody_can_move_stay_and_cost_their_pageblock),
		TEST(an_owner_who_says_no_keeps_all_pages_where_they_are),
		TEST(each_isolated_and_scanned_page_is_counted),
		TEST(sections_not_made_are_free_blocks_and_stay_so),
		TEST(too_little_free_memory_is_no_fragmentation),
		TEST(the_free_scanner_leaves_the_min_mark),
		TEST(an_owner_who_allocates_does_not_compact_while_it_moves),
		TEST(an_allocation_gets_the_block_that_compaction_made),
		TEST(failures_put_it_off_twice_as_long_each_time),
		TEST(pageblocks_without_anything_are_skipped_until_hints_are_reset),
		TEST(a_run_goes_on_where_the_last_one_ended),
		TEST(a_range_is_searched_for_movable_pages),
		TEST(the_index_tells_want_of_memory_from_fragmentation),
		TEST(dumps_have_linuxs_form),
		TEST(the_threshold_is_an_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
