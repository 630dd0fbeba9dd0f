/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU page lists: what is at hand, in which order, how much of it, and that all of
 * it comes back; and pages taken and freed in bulk.
 */
#include "page_model.h"

#include <linux/seq_file.h>
#include <linux/string.h>
#include <pthread.h>

#include "../../mm/buddy.h"

/* 256 MB with the usual hole below 1 MB, and 128 MB above 4 GB. */
static const struct ram ram[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_256M, 0}, {SZ_4G, SZ_4G + SZ_128M, 0}, {0, 0, 0}};

#define CPUS 4

static int machine(void **state)
{
	(void)state;
	nr_cpu_ids = CPUS;
	machine_up(ram);
	memmap_make_all();
	/* Room for two huge pages, too. */
	zone_of(0, ZONE_NORMAL)->pageset_high = 2500;
	return 0;
}

static int machine_end(void **state)
{
	host_set_cpu(0);
	assert_int_equal(verify_all(), 0);
	nr_cpu_ids = 1;
	return machine_down(state);
}

static const gfp_t types[] = {GFP_KERNEL, GFP_KERNEL | __GFP_MOVABLE,
			      GFP_KERNEL | __GFP_RECLAIMABLE};
static const unsigned int orders[] = {0, 1, 2, 3, 9};

static struct zone *normal(void)
{
	return zone_of(0, ZONE_NORMAL);
}

/* ---- Which page comes next --------------------------------------------------------- */

static void what_was_freed_last_is_handed_out_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
			struct page *a, *b;

			drain_all_pages(NULL);
			a = alloc_pages(types[t], orders[i]);
			b = alloc_pages(types[t], orders[i]);
			__free_pages(a, orders[i]);
			__free_pages(b, orders[i]);
			assert_ptr_equal(alloc_pages(types[t], orders[i]), b);
			__free_pages(b, orders[i]);
		}
}

static void each_type_and_order_has_a_list_of_its_own(void **state)
{
	struct page *freed[ARRAY_SIZE(types)][ARRAY_SIZE(orders)];

	(void)state;
	for (size_t t = 0; t < ARRAY_SIZE(types); t++)
		for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
			freed[t][i] = alloc_pages(types[t], orders[i]);
	for (size_t t = 0; t < ARRAY_SIZE(types); t++)
		for (size_t i = 0; i < ARRAY_SIZE(orders) - 1; i++)
			__free_pages(freed[t][i], orders[i]);
	for (size_t t = 0; t < ARRAY_SIZE(types); t++)
		for (size_t i = 0; i < ARRAY_SIZE(orders) - 1; i++)
			assert_ptr_equal(alloc_pages(types[t], orders[i]), freed[t][i]);
}

static void new_pages_come_up_in_addresses(void **state)
{
	struct page *first, *page;

	(void)state;
	drain_all_pages(NULL);
	first = alloc_page(GFP_KERNEL);
	for (int i = 1; i < normal()->pageset_batch; i++) {
		page = alloc_page(GFP_KERNEL);
		assert_ptr_equal(page, first + i);
	}
}

static void cold_pages_are_handed_out_last(void **state)
{
	struct page *cold, *hot, *page;
	unsigned long others;

	(void)state;
	drain_all_pages(NULL);
	cold = alloc_page(GFP_KERNEL);
	hot = alloc_page(GFP_KERNEL);
	others = pcp_count(normal(), 0);
	free_hot_cold_page(cold, true);
	free_hot_cold_page(hot, false);
	assert_ptr_equal(alloc_page(GFP_KERNEL), hot);
	for (unsigned long i = 0; i < others; i++)
		assert_ptr_not_equal(alloc_page(GFP_KERNEL), cold);
	page = alloc_page(GFP_KERNEL);
	assert_ptr_equal(page, cold);
}

static void a_list_of_pages_is_freed_hot_or_cold(void **state)
{
	struct picture before = take_picture();
	LIST_HEAD(list);

	(void)state;
	for (int cold = 0; cold < 2; cold++) {
		for (int i = 0; i < 200; i++)
			list_add(&alloc_page(GFP_KERNEL)->lru, &list);
		free_hot_cold_page_list(&list, cold);
		assert_true(list_empty(&list));
		assert_int_equal(verify_all(), 0);
	}
	assert_same_picture(before);
}

/* ---- How much is at hand ------------------------------------------------------------ */

static void a_refill_is_a_batch(void **state)
{
	(void)state;
	drain_all_pages(NULL);
	assert_int_equal(pcp_count(normal(), 0), 0);
	alloc_page(GFP_KERNEL);
	assert_int_equal(pcp_count(normal(), 0), normal()->pageset_batch - 1);
}

static void lists_never_hold_more_than_high(void **state)
{
	struct page *page, *next;
	unsigned long high, most = 0;
	LIST_HEAD(list);

	(void)state;
	for (int i = 0; i < 3000; i++) {
		page = alloc_pages(types[i % 3], (unsigned int)i % 4);
		if (page) {
			page->priv32 = (u32)i % 4;
			list_add(&page->lru, &list);
		}
	}
	list_for_each_entry_safe (page, next, &list, lru) {
		struct zone *zone = page_zone(page);
		unsigned int order = page->priv32;

		high = (unsigned long)zone->pageset_high;
		__free_pages(page, order);
		assert_true(pcp_count(zone, 0) <= high);
		most = max(most, pcp_count(normal(), 0));
	}
	high = (unsigned long)normal()->pageset_high;
	assert_true(most > high - 2 * (unsigned long)normal()->pageset_batch);
}

/* Takes @nr pages straight from the zone, and frees them: what the lists gave back, each time. */
static unsigned int free_only(unsigned int nr, unsigned long *gave, unsigned int max)
{
	unsigned long held = pcp_count(normal(), 0);
	unsigned int times = 0;
	LIST_HEAD(pages);
	struct page *page;

	for (unsigned int i = 0; i < nr; i++)
		list_add(&zone_alloc_pages(normal(), 0, GFP_KERNEL)->lru, &pages);
	while (!list_empty(&pages)) {
		unsigned long now;

		page = list_first_entry(&pages, struct page, lru);
		list_del(&page->lru);
		__free_page(page);
		now = pcp_count(normal(), 0);
		if (now <= held && times < max)
			gave[times++] = held + 1 - now;
		held = now;
	}
	return times;
}

static void a_cpu_that_only_frees_gives_back_more_each_time(void **state)
{
	unsigned long batch = (unsigned long)normal()->pageset_batch, gave[8];

	(void)state;
	drain_all_pages(NULL);
	normal()->pageset_high = (int)(10 * batch);
	assert_true(free_only(60 * (unsigned int)batch, gave, ARRAY_SIZE(gave)) >= 6);
	/* As many as it comes to in whole batches, which chunks are; but for one batch. */
	for (unsigned int i = 0; i < 6; i++)
		assert_int_equal(gave[i], min(batch << i, 9 * batch));
}

static void each_page_taken_halves_what_is_given_back(void **state)
{
	unsigned long batch = (unsigned long)normal()->pageset_batch, gave[8];

	(void)state;
	drain_all_pages(NULL);
	normal()->pageset_high = (int)(10 * batch);
	free_only(30 * (unsigned int)batch, gave, ARRAY_SIZE(gave));
	for (int i = 0; i < 8; i++)
		__free_page(alloc_page(GFP_KERNEL));
	assert_true(free_only(30 * (unsigned int)batch, gave, ARRAY_SIZE(gave)) >= 2);
	assert_int_equal(gave[0], batch);
	assert_int_equal(gave[1], 2 * batch);
}

static void blocks_of_a_cpu_that_only_frees_go_back_to_merge(void **state)
{
	unsigned long batch = (unsigned long)normal()->pageset_batch, gave[8];
	struct page *block[64];

	(void)state;
	drain_all_pages(NULL);
	normal()->pageset_high = (int)(10 * batch);
	for (size_t i = 0; i < ARRAY_SIZE(block); i++)
		block[i] = zone_alloc_pages(normal(), 3, GFP_KERNEL);
	free_only(30 * (unsigned int)batch, gave, ARRAY_SIZE(gave));
	for (size_t i = 0; i < ARRAY_SIZE(block); i++)
		__free_pages(block[i], 3);
	/* Of all kinds no more than a batch of blocks is at hand. */
	assert_true(pcp_count(normal(), 0) <= batch + (2UL << 3));
}

static void while_kswapd_reclaims_four_batches_are_at_hand(void **state)
{
	unsigned long batch = (unsigned long)normal()->pageset_batch, gave[8];

	(void)state;
	set_bit(ZONE_RECLAIM_ACTIVE, &normal()->flags);
	free_only(30 * (unsigned int)batch, gave, ARRAY_SIZE(gave));
	assert_true(pcp_count(normal(), 0) <= 4 * batch);
	clear_bit(ZONE_RECLAIM_ACTIVE, &normal()->flags);
}

static void blocks_of_other_orders_pass_the_lists_by(void **state)
{
	(void)state;
	drain_all_pages(NULL);
	for (unsigned int order = 4; order <= MAX_PAGE_ORDER; order++) {
		unsigned long free = nr_free_pages();

		if (order == HUGETLB_PAGE_ORDER)
			continue;
		__free_pages(alloc_pages(GFP_KERNEL, order), order);
		assert_int_equal(nr_free_pages(), free);
	}
}

static void zoneinfo_counts_what_is_at_hand(void **state)
{
	static char text[32768];
	struct seq_file m;
	struct seq_text sb;

	(void)state;
	drain_all_pages(NULL);
	alloc_page(GFP_KERNEL);
	seq_text_init(&m, &sb, text, sizeof(text));
	zoneinfo_show(&m);
	assert_int_equal(sb.dropped, 0);
	snprintf(text + sizeof(text) - 256, 256, "cpu: 0\n              count: %d\n",
		 normal()->pageset_batch - 1);
	assert_non_null(strstr(text, text + sizeof(text) - 256));
	assert_non_null(strstr(text, "cpu: 3\n              count: 0\n"));
}

/* ---- Giving back --------------------------------------------------------------------- */

static void a_drain_gives_all_back(void **state)
{
	struct picture before = take_picture();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		for (size_t t = 0; t < ARRAY_SIZE(types); t++)
			__free_pages(alloc_pages(types[t], orders[i]), orders[i]);
	assert_true(nr_free_pages() < before.free);
	drain_local_pages(normal());
	assert_int_equal(nr_free_pages(), before.free);
	assert_same_picture(before);
}

static void other_cpus_lists_are_drained_too(void **state)
{
	unsigned long free;

	(void)state;
	drain_all_pages(NULL);
	free = nr_free_pages();
	for (int cpu = 0; cpu < CPUS; cpu++) {
		host_set_cpu(cpu);
		__free_page(alloc_page(GFP_KERNEL));
		assert_true(pcp_count(normal(), (unsigned int)cpu) > 0);
	}
	drain_local_pages(NULL);
	assert_int_equal(pcp_count(normal(), CPUS - 1), 0);
	assert_true(pcp_count(normal(), 0) > 0);
	drain_all_pages(normal());
	assert_int_equal(nr_free_pages(), free);
}

static void a_cpu_without_lists_is_served_by_the_free_areas(void **state)
{
	unsigned long free;
	struct page *page;

	(void)state;
	drain_all_pages(NULL);
	free = nr_free_pages();
	host_set_cpu(CPUS);
	page = alloc_page(GFP_KERNEL);
	assert_int_equal(nr_free_pages(), free - 1);
	__free_page(page);
	assert_int_equal(nr_free_pages(), free);
}

static void lists_can_be_put_out_of_use(void **state)
{
	unsigned long free;

	(void)state;
	__free_page(alloc_page(GFP_KERNEL));
	zone_pcp_disable(normal());
	assert_int_equal(pcp_count(normal(), 0), 0);
	free = nr_free_pages();
	__free_page(alloc_page(GFP_KERNEL));
	assert_int_equal(nr_free_pages(), free);
	zone_pcp_enable(normal());
	__free_page(alloc_page(GFP_KERNEL));
	assert_true(nr_free_pages() < free);
}

static void pages_of_isolated_pageblocks_pass_the_lists_by(void **state)
{
	struct page *block = alloc_pages(GFP_KERNEL, pageblock_order);
	unsigned long pfn = page_to_pfn(block);
	enum migratetype type = get_pfnblock_migratetype(pfn);

	(void)state;
	split_page(block, pageblock_order);
	set_pfnblock_migratetype(pfn, MIGRATE_ISOLATE);
	__free_page(block);
	assert_true(PageBuddy(block));
	del_free_block(normal(), block, MIGRATE_ISOLATE);
	set_pfnblock_migratetype(pfn, type);
	assert_int_equal(page_hooks, 0);
	prep_new_page(block, 0, GFP_KERNEL);
	for (unsigned long i = 0; i < pageblock_nr_pages; i++)
		__free_page(block + i);
	assert_false(PageBuddy(block + pageblock_nr_pages - 1));
}

/* ---- Rules that lists must not weaken -------------------------------------------------- */

static void pages_at_hand_are_not_for_those_who_are_held_back_by_the_mark(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA);
	const gfp_t gfp = GFP_DMA | __GFP_NOWARN;
	unsigned long marks[NR_WMARK];

	(void)state;
	zone->pageset_high = 100;
	zone->pageset_batch = 20;
	__free_page(alloc_page(gfp));
	assert_true(pcp_count(zone, 0) > 0);
	memcpy(marks, zone->_watermark, sizeof(marks));
	for (int i = 0; i < NR_WMARK; i++)
		zone->_watermark[i] = zone_page_state(zone, NR_FREE_PAGES);
	zone_update_margin(zone);
	assert_null(alloc_page(gfp));
	assert_null(alloc_pages(gfp, 1));
	memcpy(zone->_watermark, marks, sizeof(marks));
	zone_update_margin(zone);
	__free_page(alloc_page(gfp));
}

static void a_page_at_hand_is_not_freed_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		unsigned long found = page_alloc_stats.free_double;
		struct page *page = alloc_pages(GFP_KERNEL, orders[i]);

		__free_pages(page, orders[i]);
		host_log_clear();
		__free_pages(page, orders[i]);
		put_page(page);
		assert_int_equal(page_alloc_stats.free_double, found + 2);
		assert_int_equal(host_log_count("double free"), 2);
		assert_int_equal(verify_all(), 0);
	}
}

static void allocations_are_counted_as_hits_of_the_cpus_node(void **state)
{
	unsigned long hits = zone_numa_event_state(normal(), NUMA_HIT);
	unsigned long local = zone_numa_event_state(normal(), NUMA_LOCAL);

	(void)state;
	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order++)
		for (int i = 0; i < 10; i++)
			__free_pages(alloc_pages(GFP_KERNEL, order), order);
	assert_int_equal(zone_numa_event_state(normal(), NUMA_HIT) - hits, 110);
	assert_int_equal(zone_numa_event_state(normal(), NUMA_LOCAL) - local, 110);
	assert_int_equal(zone_numa_event_state(normal(), NUMA_MISS), 0);
}

static void verify_finds_what_was_written_to_a_page_at_hand(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	__free_page(page);
	assert_int_equal(zone_verify(normal()), 0);
	__SetPageDirty(page);
	assert_int_equal(zone_verify(normal()), 1);
	assert_true(host_log_contains("list of cpu 0, type 0, order 0: pfn 0x"));
	__ClearPageDirty(page);
	set_page_count(page, 1);
	assert_int_equal(zone_verify(normal()), 1);
	assert_true(host_log_contains("has refcount 1"));
	set_page_count(page, 0);
}

/* ---- In bulk ---------------------------------------------------------------------------- */

static void an_array_is_filled_where_it_is_empty(void **state)
{
	struct page *pages[300] = {}, *mine = alloc_page(GFP_KERNEL);

	(void)state;
	pages[0] = pages[7] = pages[299] = mine;
	assert_int_equal(alloc_pages_bulk_array(GFP_KERNEL, 300, pages), 300);
	for (int i = 0; i < 300; i++) {
		assert_non_null(pages[i]);
		assert_int_equal(page_ref_count(pages[i]), 1);
		assert_int_equal(pages[i] == mine, i == 0 || i == 7 || i == 299);
		if (pages[i] != mine)
			__free_page(pages[i]);
	}
	assert_int_equal(alloc_pages_bulk_array(GFP_KERNEL, 0, pages), 0);
	__free_page(mine);
}

static void a_list_gets_as_many_pages_as_asked_for(void **state)
{
	struct page *page, *next;
	LIST_HEAD(list);
	int nr = 0;

	(void)state;
	assert_int_equal(alloc_pages_bulk_list(GFP_KERNEL, 100, &list), 100);
	list_for_each_entry_safe (page, next, &list, lru) {
		nr++;
		__free_page(page);
	}
	assert_int_equal(nr, 100);
}

static void bulk_pages_are_of_the_node_and_zone_asked_for(void **state)
{
	struct page *pages[64] = {};

	(void)state;
	assert_int_equal(
		alloc_pages_bulk_array_node(GFP_KERNEL | GFP_DMA32 | __GFP_ZERO, 0, 64, pages), 64);
	for (int i = 0; i < 64; i++) {
		assert_ptr_equal(page_zone(pages[i]), zone_of(0, ZONE_DMA32));
		assert_null(memchr_inv(page_address(pages[i]), 0, PAGE_SIZE));
		__free_page(pages[i]);
	}
	memset(pages, 0, sizeof(pages));
	assert_int_equal(alloc_pages_bulk_array_node(GFP_KERNEL | __GFP_NOWARN, 5, 64, pages), 0);
	assert_null(pages[0]);
}

static void bulk_ends_where_memory_does(void **state)
{
	static struct page *pages[200000];
	unsigned long nr, got = 0, free = all_free_pages();

	(void)state;
	memset(pages, 0, sizeof(pages));
	do {
		nr = alloc_pages_bulk_array(GFP_KERNEL | __GFP_NOWARN, ARRAY_SIZE(pages) - got,
					    pages + got);
		got += nr;
	} while (nr);
	assert_true(got > free * 9 / 10);
	assert_true(zone_page_state(normal(), NR_FREE_PAGES) + 1 >= min_wmark_pages(normal()) / 2);
	while (got)
		__free_page(pages[--got]);
	assert_int_equal(all_free_pages(), free);
}

static void blocks_freed_in_bulk_are_merged_at_once(void **state)
{
	struct picture before = take_picture();
	struct page *page;
	LIST_HEAD(list);

	(void)state;
	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order++) {
		for (int i = 0; i < 20; i++)
			list_add(&alloc_pages(GFP_KERNEL, order)->lru, &list);
		assert_int_equal(free_pages_bulk(normal(), 15, &list, (int)order), 15);
		assert_int_equal(free_pages_bulk(normal(), 15, &list, (int)order), 5);
		assert_true(list_empty(&list));
	}
	assert_same_picture(before);
	/* One that has another owner stays his. */
	page = alloc_page(GFP_KERNEL);
	get_page(page);
	list_add(&page->lru, &list);
	assert_int_equal(free_pages_bulk(normal(), 1, &list, 0), 1);
	assert_int_equal(page_ref_count(page), 1);
	__free_page(page);
}

/* ---- Several CPUs --------------------------------------------------------------------- */

#define HELD 100

static void *use_lists(void *arg)
{
	struct page *held[HELD] = {};
	u64 random = (u64)(uintptr_t)arg * 0x9e3779b97f4a7c15ULL + 1;

	host_set_cpu((int)(uintptr_t)arg);
	for (int round = 0; round < 20000; round++) {
		unsigned int i;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		i = (unsigned int)(random % HELD);
		if (held[i]) {
			/* Where a page was freed says nothing of where it came from. */
			if (*(u64 *)page_address(held[i]) != (u64)(uintptr_t)held[i])
				return "a page was handed out twice";
			__free_pages(held[i], i % 4);
			held[i] = NULL;
			continue;
		}
		held[i] = alloc_pages(types[random >> 32 & 1], i % 4);
		if (!held[i])
			return "no page";
		*(u64 *)page_address(held[i]) = (u64)(uintptr_t)held[i];
	}
	for (unsigned int i = 0; i < HELD; i++)
		if (held[i])
			__free_pages(held[i], i % 4);
	return NULL;
}

static void lists_in_use_are_drained_by_others(void **state)
{
	unsigned long free = all_free_pages();
	pthread_t threads[CPUS];

	(void)state;
	for (uintptr_t i = 1; i < CPUS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_lists, (void *)i), 0);
	for (int i = 0; i < 200; i++)
		drain_all_pages(i % 2 ? NULL : normal());
	for (int i = 1; i < CPUS; i++) {
		void *fault;

		pthread_join(threads[i], &fault);
		if (fault)
			fail_msg("%s", (char *)fault);
	}
	assert_int_equal(all_free_pages(), free);
	drain_all_pages(NULL);
	assert_int_equal(nr_free_pages(), free);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, machine, machine_end)
	const struct CMUnitTest tests[] = {
		TEST(what_was_freed_last_is_handed_out_first),
		TEST(each_type_and_order_has_a_list_of_its_own),
		TEST(new_pages_come_up_in_addresses),
		TEST(cold_pages_are_handed_out_last),
		TEST(a_list_of_pages_is_freed_hot_or_cold),
		TEST(a_refill_is_a_batch),
		TEST(lists_never_hold_more_than_high),
		TEST(a_cpu_that_only_frees_gives_back_more_each_time),
		TEST(each_page_taken_halves_what_is_given_back),
		TEST(blocks_of_a_cpu_that_only_frees_go_back_to_merge),
		TEST(while_kswapd_reclaims_four_batches_are_at_hand),
		TEST(blocks_of_other_orders_pass_the_lists_by),
		TEST(zoneinfo_counts_what_is_at_hand),
		TEST(a_drain_gives_all_back),
		TEST(other_cpus_lists_are_drained_too),
		TEST(a_cpu_without_lists_is_served_by_the_free_areas),
		TEST(lists_can_be_put_out_of_use),
		TEST(pages_of_isolated_pageblocks_pass_the_lists_by),
		TEST(pages_at_hand_are_not_for_those_who_are_held_back_by_the_mark),
		TEST(a_page_at_hand_is_not_freed_twice),
		TEST(allocations_are_counted_as_hits_of_the_cpus_node),
		TEST(verify_finds_what_was_written_to_a_page_at_hand),
		TEST(an_array_is_filled_where_it_is_empty),
		TEST(a_list_gets_as_many_pages_as_asked_for),
		TEST(bulk_pages_are_of_the_node_and_zone_asked_for),
		TEST(bulk_ends_where_memory_does),
		TEST(blocks_freed_in_bulk_are_merged_at_once),
		TEST(lists_in_use_are_drained_by_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
