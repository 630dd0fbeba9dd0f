/* SPDX-License-Identifier: MIT */
/*
 * Migratetypes: who takes from whom, when a pageblock changes hands, what is kept for
 * atomic callers and for CMA areas.
 */
#include "mobility_machine.h"

#include <linux/seq_file.h>

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
	zone->nr_reserved_highatomic = MAX_ORDER_NR_PAGES;
	zone_update_margin(zone);
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
	assert_non_null(take(0, MIGRATE_UNMOVABLE, 0));
	assert_int_equal(zone->watermark_boost, min(pageblock_nr_pages, most));
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
	assert_non_null(take(0, MIGRATE_UNMOVABLE, 0));
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
	give(block[0], MIGRATE_MOVABLE, min_t(unsigned long, MAX_ORDER_NR_PAGES, min + 8));
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
	give(block[4], MIGRATE_UNMOVABLE, min_t(unsigned long, MAX_ORDER_NR_PAGES, low + 8));
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
	reserve_highatomic_pageblock(block[7], 3, zone);
	assert_int_equal(zone->nr_reserved_highatomic, 0);
	for (unsigned int i = 0; i < 7; i++)
		reserve_highatomic_pageblock(block[i], 3, zone);
	assert_int_equal(zone->nr_reserved_highatomic, ALIGN(most, pageblock_nr_pages));
	reserve_highatomic_pageblock(block[0], 3, zone);
	assert_int_equal(zone->nr_reserved_highatomic, ALIGN(most, pageblock_nr_pages));
}

/* Else its second half would stay on a list that is nobody's when the first goes back. */
static void a_block_of_two_pageblocks_is_kept_and_goes_back_as_a_whole(void **state)
{
	struct alloc_context ac = context(MIGRATE_MOVABLE);

	(void)state;
	reserve_highatomic_pageblock(block[0], MAX_PAGE_ORDER, zone);
	assert_int_equal(zone->nr_reserved_highatomic, 2 * pageblock_nr_pages);
	assert_int_equal(type_of(block[0] + pageblock_nr_pages), MIGRATE_HIGHATOMIC);
	give(block[0], MIGRATE_HIGHATOMIC, MAX_ORDER_NR_PAGES);
	assert_int_equal(zone_verify(zone), 0);
	assert_true(unreserve_highatomic_pageblock(&ac, true));
	assert_int_equal(zone->nr_reserved_highatomic, 0);
	assert_int_equal(type_of(block[0] + pageblock_nr_pages), MIGRATE_MOVABLE);
	assert_ptr_equal(__rmqueue_smallest(zone, MAX_PAGE_ORDER, MIGRATE_MOVABLE), block[0]);
	assert_int_equal(zone_verify(zone), 0);
}

static void isolation_ends_what_a_pageblock_was_kept_for(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]), end = pfn + pageblock_nr_pages;

	(void)state;
	reserve_highatomic_pageblock(block[0], 3, zone);
	give(block[0], MIGRATE_HIGHATOMIC, pageblock_nr_pages);
	assert_int_equal(start_isolate_page_range(pfn, end, MIGRATE_MOVABLE), 0);
	assert_int_equal(zone->nr_reserved_highatomic, 0);
	undo_isolate_page_range(pfn, end, MIGRATE_MOVABLE);
	assert_int_equal(type_of(block[0]), MIGRATE_MOVABLE);
	assert_int_equal(zone_verify(zone), 0);
}

static void verify_counts_what_is_kept_for_atomic_callers(void **state)
{
	(void)state;
	reserve_highatomic_pageblock(block[0], 3, zone);
	assert_int_equal(zone_verify(zone), 0);
	host_log_clear();
	zone->nr_reserved_highatomic += pageblock_nr_pages;
	zone_update_margin(zone);
	assert_int_equal(zone_verify(zone), 1);
	assert_true(host_log_contains("1 pageblocks are kept for atomic callers, counted are"));
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
	struct seq_text sb;
	struct seq_file m;

	seq_text_init(&m, &sb, text, sizeof(text));
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

#define NODE_HEAD(nid, name, type)                                                             \
	"Page block order: 9\nPages per block:  512\n\n"                                       \
	"Free pages count per migrate type at order       0      1      2      3      4      " \
	"5      6      7      8      9     10 \nNode    " nid ", zone " name ", type " type

static int say_nodes(void)
{
	numa_add_memblk(0, 0, SZ_256M);
	return numa_add_memblk(1, SZ_256M, SZ_512M);
}

/* Each node has the heads, too. */
static void pagetypeinfo_is_by_nodes(void **state)
{
	static struct numa_source source = {.name = "nodes", .init = say_nodes};
	static const struct ram nodes[] = {
		{0x1000, 0xa0000, 0}, {SZ_1M, SZ_256M, 0}, {SZ_256M, SZ_512M, 1}, {0, 0, 0}};
	const char *text, *second;

	machine_down(state);
	machine_ram(nodes);
	numa_register_source(&source);
	machine_zones();
	mem_init();
	text = pagetypeinfo();
	second = strstr(text + 1, NODE_HEAD("1", "   DMA32", "   Unmovable"));
	assert_ptr_equal(text, strstr(text, NODE_HEAD("0", "     DMA", "   Unmovable")));
	assert_non_null(second);
	assert_int_equal(strncmp(second - 88, "Node 0, zone    DMA32 ", 22), 0);
	assert_null(strstr(second + 1, "Node    0"));
	assert_non_null(strstr(second, "\nNumber of blocks type "));
	assert_null(strstr(text, "mixed"));
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
		TEST(a_block_of_two_pageblocks_is_kept_and_goes_back_as_a_whole),
		TEST(isolation_ends_what_a_pageblock_was_kept_for),
		TEST(verify_counts_what_is_kept_for_atomic_callers),
		TEST(short_of_memory_pageblocks_kept_for_atomic_callers_go_back),
		TEST(verify_finds_pages_on_lists_that_count_apart),
		TEST(pagetypeinfo_is_linuxs),
		TEST(pagetypeinfo_is_by_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
