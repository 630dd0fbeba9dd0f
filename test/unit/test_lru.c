/* SPDX-License-Identifier: MIT */
/*
 * The LRU lists: where pages are added, how use moves them, how they leave, and that
 * counts of node and zone follow.
 */
#include "cache_machine.h"

static pg_data_t *node;

static int machine(void **state)
{
	cache_machine(state);
	node = NODE_DATA(0);
	return 0;
}

static unsigned long on_list(enum lru_list lru)
{
	unsigned long pages = node_page_state(node, (enum node_stat_item)(NR_LRU_BASE + lru));
	unsigned long zones = 0;

	for (int zid = 0; zid < MAX_NR_ZONES; zid++)
		zones += zone_page_state(zone_of(0, (enum zone_type)zid),
					 (enum zone_stat_item)(NR_ZONE_LRU_BASE + lru));
	assert_int_equal(zones, pages);
	return pages;
}

static void new_pages_go_to_the_front_of_the_list_that_their_flags_say(void **state)
{
	static const struct {
		unsigned long flags;
		enum lru_list lru;
	} want[] = {
		{0, LRU_INACTIVE_FILE},
		{1UL << PG_active, LRU_ACTIVE_FILE},
		{1UL << PG_swapbacked, LRU_INACTIVE_ANON},
		{1UL << PG_swapbacked | 1UL << PG_active, LRU_ACTIVE_ANON},
		{1UL << PG_unevictable, LRU_UNEVICTABLE},
	};
	struct page *page[ARRAY_SIZE(want)];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		page[i] = alloc_page(i % 2 ? GFP_KERNEL : GFP_KERNEL | GFP_DMA);
		page[i]->flags |= want[i].flags;
		lru_cache_add(page[i]);
		assert_int_equal(page_lru(page[i]), want[i].lru);
		assert_int_equal(on_list(want[i].lru), 1);
		if (want[i].lru != LRU_UNEVICTABLE)
			assert_ptr_equal(node->__lruvec.lists[want[i].lru].next, &page[i]->lru);
	}
	assert_int_equal(lruvec_verify(node), 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		put_page(page[i]);
		assert_int_equal(on_list(want[i].lru), 0);
	}
	assert_int_equal(page_alloc_stats.free_flags, 0);
}

static void a_page_becomes_active_when_it_is_used_twice(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	lru_cache_add(page);
	mark_page_accessed(page);
	assert_true(PageReferenced(page) && !PageActive(page));
	mark_page_accessed(page);
	assert_true(!PageReferenced(page) && PageActive(page));
	assert_int_equal(on_list(LRU_ACTIVE_FILE), 1);
	assert_int_equal(vm_event(PGACTIVATE), 1);
	mark_page_accessed(page);
	assert_true(PageReferenced(page) && PageActive(page));
	mark_page_accessed(page);
	assert_true(PageReferenced(page) && PageActive(page));
	deactivate_page(page);
	assert_true(!PageReferenced(page) && !PageActive(page));
	assert_int_equal(on_list(LRU_INACTIVE_FILE), 1);
	assert_int_equal(vm_event(PGDEACTIVATE), 1);
	put_page(page);
}

static void pages_that_cannot_be_evicted_stay_where_they_are(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	SetPageUnevictable(page);
	lru_cache_add(page);
	for (int i = 0; i < 3; i++)
		mark_page_accessed(page);
	activate_page(page);
	rotate_reclaimable_page(page);
	assert_false(PageActive(page));
	assert_int_equal(on_list(LRU_UNEVICTABLE), 1);
	put_page(page);
	assert_int_equal(on_list(LRU_UNEVICTABLE), 0);
}

static void a_written_page_is_the_next_to_be_reclaimed(void **state)
{
	struct page *page[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		page[i] = alloc_page(GFP_KERNEL);
		lru_cache_add(page[i]);
	}
	activate_page(page[2]);
	rotate_reclaimable_page(page[2]);
	assert_ptr_equal(node->__lruvec.lists[LRU_INACTIVE_FILE].prev, &page[2]->lru);
	assert_int_equal(vm_event(PGROTATED), 1);
	for (int i = 0; i < 3; i++)
		put_page(page[i]);
}

static void an_isolated_page_is_on_no_list_until_it_is_put_back(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	assert_int_equal(isolate_lru_page(page), -EBUSY);
	lru_cache_add(page);
	activate_page(page);
	assert_int_equal(isolate_lru_page(page), 0);
	assert_int_equal(isolate_lru_page(page), -EBUSY);
	assert_int_equal(page_ref_count(page), 2);
	assert_int_equal(on_list(LRU_ACTIVE_FILE), 0);
	mark_page_accessed(page);
	putback_lru_page(page);
	assert_int_equal(page_ref_count(page), 1);
	assert_int_equal(on_list(LRU_ACTIVE_FILE), 1);
	/* Its owner lets go while it is isolated: it ends when it is put back. */
	assert_int_equal(isolate_lru_page(page), 0);
	put_page(page);
	putback_lru_page(page);
	assert_int_equal(page_ref_count(page), 0);
	assert_int_equal(on_list(LRU_ACTIVE_FILE), 0);
}

static void a_locked_page_is_not_freed_by_its_last_reference(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	lock_page(page);
	get_page(page);
	put_page(page);
	put_page(page);
	assert_int_equal(page_alloc_stats.free_flags, 1);
	assert_int_equal(page_ref_count(page), 1);
	unlock_page(page);
	put_page(page);
	assert_int_equal(page_ref_count(page), 0);
}

static void verify_names_pages_and_counts_that_are_wrong(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct list_head *prev;

	(void)state;
	lru_cache_add(page);
	assert_int_equal(lruvec_verify(node), 0);
	SetPageActive(page);
	/* The page is on another list, and so missing on this one. */
	assert_int_equal(lruvec_verify(node), 2);
	assert_true(host_log_contains("list 2 holds pfn"));
	ClearPageActive(page);
	atomic_long_inc(&node->vm_stat[NR_INACTIVE_FILE]);
	assert_int_equal(lruvec_verify(node), 1);
	assert_true(host_log_contains("list 2 counts 2 pages, its zones 1"));
	atomic_long_dec(&node->vm_stat[NR_INACTIVE_FILE]);
	prev = page->lru.prev;
	page->lru.prev = NULL;
	assert_int_equal(lruvec_verify(node), 2);
	page->lru.prev = prev;
	assert_int_equal(lruvec_verify(node), 0);
	put_page(page);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, machine, cache_machine_end)
	const struct CMUnitTest tests[] = {
		test(new_pages_go_to_the_front_of_the_list_that_their_flags_say),
		test(a_page_becomes_active_when_it_is_used_twice),
		test(pages_that_cannot_be_evicted_stay_where_they_are),
		test(a_written_page_is_the_next_to_be_reclaimed),
		test(an_isolated_page_is_on_no_list_until_it_is_put_back),
		test(a_locked_page_is_not_freed_by_its_last_reference),
		test(verify_names_pages_and_counts_that_are_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
