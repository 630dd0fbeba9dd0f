/* SPDX-License-Identifier: MIT */
/*
 * Memory pressure: what reclaim takes and in which order, what it leaves, who may make
 * it run, and what becomes of an allocation when there is nothing left to take.
 */
#include "pressure_machine.h"

#include <linux/pagevec.h>
#include <linux/shrinker.h>
#include <pthread.h>

/* As many pages of the file as there is room for, and then some: @dirty of 10 changed. */
static unsigned long fill_cache(unsigned int dirty)
{
	unsigned long pages = all_free_pages() + 1000;

	for (u64 i = 0; i < pages; i++) {
		if (i % 10 < dirty)
			test_file_write(&file, i, i * 3 + 1);
		else
			test_file_read(&file, i);
	}
	return pages;
}

static u64 cached_word(u64 i, unsigned int dirty)
{
	return i % 10 < dirty ? i * 3 + 1 : i;
}

/* ---- All remaining memory ------------------------------------------------------------- */

static void all_memory_can_be_had_while_the_cache_holds_it_and_no_content_is_lost(void **state)
{
	unsigned long before, pages, taken;
	LIST_HEAD(first);
	LIST_HEAD(list);

	(void)state;
	/* What can be had of this machine when nothing is cached. */
	taken = take_all(&first, QUIET);
	free_all(&first);
	before = all_free_pages();

	pages = fill_cache(3);
	assert_true(global_node_page_state(NR_FILE_PAGES) > taken / 2);
	assert_true(vm_event(PGSTEAL_KSWAPD) + vm_event(PGSTEAL_DIRECT) > 500);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	assert_int_equal(verify_caches(), 0);

	assert_in_range(take_all(&list, QUIET), taken - taken / 100, taken + taken / 100);
	assert_in_range(file.mapping.nrpages, 0, 32);
	assert_int_equal(verify_caches(), 0);
	free_all(&list);

	for (u64 i = 0; i < pages; i++) {
		struct page *page = read_mapping_page(&file.mapping, i, NULL);

		assert_false(IS_ERR(page));
		assert_int_equal(*(u64 *)page_address(page), cached_word(i, 3));
		put_page(page);
	}
	truncate_inode_pages(&file.mapping, 0);
	kmem_cache_shrink_all();
	assert_int_equal(all_free_pages(), before);
}

static void without_anything_to_reclaim_it_is_null_with_a_report_and_nothing_is_lost(void **state)
{
	unsigned long before, failed;
	LIST_HEAD(list);

	(void)state;
	take_all(&list, QUIET);
	free_all(&list);
	before = all_free_pages();
	take_all(&list, QUIET);
	host_log_clear();
	failed = page_alloc_stats.failed;
	for (int i = 0; i < 3; i++)
		assert_null(alloc_page(GFP_KERNEL));
	assert_int_equal(page_alloc_stats.failed, failed + 3);
	assert_true(host_log_contains("baremm: page allocation failure: order:0, "
				      "mode:0xcc0(GFP_KERNEL), nodemask=(null)\n"));
	assert_true(host_log_contains("Mem-Info:\n"));
	assert_int_equal(verify_caches(), 0);
	free_all(&list);
	assert_int_equal(all_free_pages(), before);
}

/* ---- Which pages --------------------------------------------------------------------------- */

static void pages_not_used_of_late_go_first(void **state)
{
	(void)state;
	for (u64 i = 0; i < 1000; i++)
		test_file_read(&file, i);
	/* A second use makes the first hundred active. */
	for (u64 i = 0; i < 100; i++)
		test_file_read(&file, i);
	assert_int_equal(global_node_page_state(NR_ACTIVE_FILE), 100);
	while (global_node_page_state(NR_FILE_PAGES) > 500)
		assert_true(reclaim(GFP_KERNEL, 0) > 0);
	for (u64 i = 0; i < 100; i++) {
		struct page *page = find_get_page(&file.mapping, i);

		assert_non_null(page);
		put_page(page);
	}
	for (u64 i = 100; i < 500; i++)
		assert_null(find_get_page(&file.mapping, i));
	assert_int_equal(vm_event(PGREFILL), 0);
}

static void active_pages_sink_when_they_are_more_than_the_others(void **state)
{
	(void)state;
	for (u64 i = 0; i < 2000; i++)
		test_file_read(&file, i % 1000);
	assert_int_equal(global_node_page_state(NR_ACTIVE_FILE), 1000);
	while (global_node_page_state(NR_FILE_PAGES))
		assert_true(reclaim(GFP_KERNEL, 0) > 0);
	assert_true(vm_event(PGREFILL) >= 900);
	assert_true(vm_event(PGDEACTIVATE) >= 900);
}

static void pages_in_use_stay(void **state)
{
	struct page *locked, *held, *written;

	(void)state;
	for (u64 i = 0; i < 100; i++)
		test_file_read(&file, i);
	locked = find_lock_page(&file.mapping, 1);
	held = find_get_page(&file.mapping, 2);
	file.writes_last = true;
	test_file_write(&file, 3, 33);
	written = find_get_page(&file.mapping, 3);
	put_page(written);
	while (reclaim(GFP_KERNEL, 0))
		;
	assert_int_equal(file.mapping.nrpages, 3);
	/* Page 3 was written, and goes as soon as the write has ended. */
	assert_int_equal(file.writes, 1);
	assert_int_equal(vm_event(PGROTATED), 0);
	end_page_writeback(written);
	assert_int_equal(vm_event(PGROTATED), 1);
	file.writes_last = false;
	while (reclaim(GFP_KERNEL, 0))
		;
	assert_int_equal(file.mapping.nrpages, 2);
	unlock_page(locked);
	put_page(locked);
	put_page(held);
	while (reclaim(GFP_KERNEL, 0))
		;
	assert_int_equal(file.mapping.nrpages, 0);
}

static void dirty_pages_are_written_only_for_those_who_may_wait_for_it(void **state)
{
	(void)state;
	for (u64 i = 0; i < 64; i++)
		test_file_write(&file, i, i + 7);
	reclaim(GFP_NOFS, 0);
	reclaim(GFP_NOIO, 0);
	assert_int_equal(file.writes, 0);
	assert_int_equal(file.mapping.nrpages, 64);
	file.write_error = -EIO;
	reclaim(GFP_KERNEL, 0);
	assert_int_equal(file.mapping.nrpages, 64);
	file.write_error = AOP_WRITEPAGE_ACTIVATE;
	reclaim(GFP_KERNEL, 0);
	assert_int_equal(file.mapping.nrpages, 64);
	assert_true(global_node_page_state(NR_ACTIVE_FILE) > 0);
	file.write_error = 0;
	while (reclaim(GFP_KERNEL, 0))
		;
	assert_int_equal(file.mapping.nrpages, 0);
	assert_int_equal(file.writes, 64);
	/* Those that failed count, too. */
	assert_true(node_page_state(NODE_DATA(0), NR_VMSCAN_WRITE) > 64);
	for (u64 i = 0; i < 64; i++)
		assert_int_equal(file.stored[i], i + 7);
}

static void pages_of_higher_zones_are_left_where_they_do_not_help(void **state)
{
	unsigned long higher;

	(void)state;
	fill_cache(0);
	higher = zone_page_state(zone_of(0, ZONE_DMA32), NR_ZONE_INACTIVE_FILE);
	while (reclaim(GFP_KERNEL | GFP_DMA, 0))
		;
	assert_int_equal(zone_page_state(zone_of(0, ZONE_DMA), NR_ZONE_INACTIVE_FILE), 0);
	assert_int_equal(zone_page_state(zone_of(0, ZONE_DMA32), NR_ZONE_INACTIVE_FILE), higher);
}

static void other_nodes_keep_what_they_have(void **state)
{
	unsigned long before;

	(void)state;
	for (int nid = 0; nid < 2; nid++) {
		file.mapping.gfp_mask = GFP_KERNEL;
		for (u64 i = 0; i < 200; i++) {
			struct page *page = alloc_pages_node(nid, GFP_KERNEL | __GFP_THISNODE, 0);

			assert_int_equal(add_to_page_cache_lru(page, &file.mapping,
							       1000U * (unsigned int)nid + i,
							       GFP_KERNEL),
					 0);
			unlock_page(page);
			put_page(page);
		}
	}
	before = node_page_state(NODE_DATA(0), NR_FILE_PAGES);
	while (reclaim(GFP_KERNEL, 1))
		;
	assert_int_equal(node_page_state(NODE_DATA(0), NR_FILE_PAGES), before);
	assert_int_equal(node_page_state(NODE_DATA(1), NR_FILE_PAGES), 0);
}

/* ---- Not only pages ------------------------------------------------------------------------------ */

static LIST_HEAD(hoard);
static unsigned long hoarded;

static unsigned long count_hoard(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker, (void)sc;
	return hoarded;
}

static unsigned long scan_hoard(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long freed;

	(void)shrinker;
	for (freed = 0; freed < sc->nr_to_scan && hoarded; freed++, hoarded--) {
		struct page *page = list_first_entry(&hoard, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
	}
	return freed;
}

static void what_shrinkers_hold_can_be_had(void **state)
{
	struct shrinker shrinker = {
		.count_objects = count_hoard, .scan_objects = scan_hoard, .seeks = DEFAULT_SEEKS};
	unsigned long all;
	LIST_HEAD(list);

	(void)state;
	all = take_all(&list, QUIET);
	free_all(&list);
	assert_int_equal(register_shrinker(&shrinker, "hoard"), 0);
	hoarded = 0;
	while (hoarded < all - 100) {
		struct page *page = alloc_page(QUIET);

		assert_non_null(page);
		list_add(&page->lru, &hoard);
		hoarded++;
	}
	assert_in_range(take_all(&list, QUIET), all - all / 50, all);
	assert_int_equal(hoarded, 0);
	free_all(&list);
	unregister_shrinker(&shrinker);
}

static void empty_slabs_are_given_back(void **state)
{
	static void *objects[2000];
	unsigned long all, got;
	LIST_HEAD(list);

	(void)state;
	all = take_all(&list, QUIET);
	free_all(&list);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmalloc(2048, GFP_KERNEL);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		kfree(objects[i]);
	got = take_all(&list, QUIET);
	assert_in_range(got, all - 40, all + 40);
	free_all(&list);
}

static void reclaim_leaves_an_unevictable_mapping_alone(void **state)
{
	struct folio_batch fbatch;
	pgoff_t start = 0;

	(void)state;
	for (pgoff_t i = 0; i < 8; i++)
		test_file_read(&file, i);
	mapping_set_unevictable(&file.mapping);
	assert_true(mapping_unevictable(&file.mapping));
	assert_false(mapping_unevictable(NULL));
	while (reclaim(GFP_KERNEL, 0))
		;
	assert_int_equal(file.mapping.nrpages, 8);
	assert_int_equal(global_node_page_state(NR_UNEVICTABLE), 8);
	assert_int_equal(verify_caches(), 0);
	folio_batch_init(&fbatch);
	assert_int_equal(filemap_get_folios(&file.mapping, &start, 7, &fbatch), 8);
	check_move_unevictable_folios(&fbatch);
	assert_int_equal(global_node_page_state(NR_UNEVICTABLE), 8);
	mapping_clear_unevictable(&file.mapping);
	check_move_unevictable_folios(&fbatch);
	assert_int_equal(global_node_page_state(NR_UNEVICTABLE), 0);
	assert_int_equal(verify_caches(), 0);
	folio_batch_release(&fbatch);
	while (reclaim(GFP_KERNEL, 0))
		;
	assert_int_equal(file.mapping.nrpages, 0);
}

/* As one that reclaim has in its hands, and has still to put back. */
static void a_page_that_is_off_its_list_is_let_go_too(void **state)
{
	struct page *page = read_mapping_page(&file.mapping, 3, NULL);
	struct pagevec pvec;

	(void)state;
	pagevec_init(&pvec);
	pagevec_add(&pvec, page);
	assert_int_equal(isolate_lru_page(page), 0);
	SetPageUnevictable(page);
	check_move_unevictable_pages(&pvec);
	assert_false(PageUnevictable(page) || PageLRU(page));
	putback_lru_page(page);
	assert_true(PageLRU(page));
	assert_int_equal(global_node_page_state(NR_UNEVICTABLE), 0);
	pagevec_release(&pvec);
}

/* ---- Who may reclaim ------------------------------------------------------------------------------- */

/* All memory down to the min marks is in the cache, or taken. */
static void exhaust(struct list_head *list)
{
	fill_cache(0);
	while (1) {
		struct page *page = alloc_page(GFP_NOWAIT | __GFP_NOWARN);

		if (!page)
			return;
		list_add(&page->lru, list);
	}
}

static void callers_who_cannot_wait_do_not_reclaim_but_wake_kswapd(void **state)
{
	unsigned long scanned;
	LIST_HEAD(list);

	(void)state;
	exhaust(&list);
	scanned = vm_event(PGSCAN_DIRECT) + vm_event(PGSCAN_KSWAPD);
	assert_null(alloc_page(GFP_NOWAIT | __GFP_NOWARN));
	assert_true(NODE_DATA(0)->kswapd.wanted);
	assert_int_equal(vm_event(PGSCAN_DIRECT) + vm_event(PGSCAN_KSWAPD), scanned);
	kswapd_poll();
	assert_false(NODE_DATA(0)->kswapd.wanted);
	assert_true(vm_event(PGSCAN_KSWAPD) > 0);
	/* Now there is some, for them as well. */
	for (int i = 0; i < 50; i++) {
		struct page *page = alloc_page(GFP_NOWAIT);

		assert_non_null(page);
		list_add(&page->lru, &list);
	}
	free_all(&list);
}

static struct page *allocated_by_write;
static bool saw_reclaiming;

static int write_that_allocates(struct page *page, struct writeback_control *wbc)
{
	saw_reclaiming |= current_is_reclaiming();
	if (!allocated_by_write)
		allocated_by_write = alloc_page(QUIET);
	return test_writepage(page, wbc);
}

static void a_writer_that_allocates_gets_from_the_reserves_and_does_not_recurse(void **state)
{
	static const struct address_space_operations aops = {.read_folio = test_read_folio,
							     .writepage = write_that_allocates};
	unsigned long stalls;
	struct page *page;
	LIST_HEAD(list);

	(void)state;
	file.mapping.a_ops = &aops;
	for (u64 i = 0; i < 200; i++)
		test_file_write(&file, i, i);
	take_all(&list, GFP_NOWAIT | __GFP_NOWARN);
	allocated_by_write = NULL;
	saw_reclaiming = false;
	stalls = vm_event(ALLOCSTALL_NORMAL);
	page = alloc_page(GFP_KERNEL);
	assert_non_null(page);
	__free_page(page);
	assert_true(saw_reclaiming);
	assert_non_null(allocated_by_write);
	assert_int_equal(vm_event(ALLOCSTALL_NORMAL), stalls + 1);
	assert_false(current_is_reclaiming());
	__free_page(allocated_by_write);
	free_all(&list);
}

static void who_must_not_retry_reclaims_once(void **state)
{
	struct page *held[64];
	unsigned long stalls;
	LIST_HEAD(list);

	(void)state;
	/* Pages that look reclaimable, and are not. */
	for (u64 i = 0; i < ARRAY_SIZE(held); i++) {
		test_file_read(&file, i);
		held[i] = find_get_page(&file.mapping, i);
	}
	take_all(&list, QUIET);
	stalls = vm_event(ALLOCSTALL_NORMAL);
	assert_null(alloc_page(QUIET | __GFP_NORETRY));
	assert_int_equal(vm_event(ALLOCSTALL_NORMAL), stalls + 1);
	assert_null(alloc_pages(QUIET, 5));
	assert_int_equal(vm_event(ALLOCSTALL_NORMAL), stalls + 2);
	/* Others go on while that could help: at most sixteen times without a page. */
	assert_null(alloc_page(QUIET));
	assert_in_range(vm_event(ALLOCSTALL_NORMAL), stalls + 3, stalls + 3 + 17);
	for (size_t i = 0; i < ARRAY_SIZE(held); i++)
		put_page(held[i]);
	free_all(&list);
}

static void allocate_without_fail(void *arg)
{
	struct list_head *list = arg;

	for (;;) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);

		list_add(&page->lru, list);
	}
}

static void who_must_not_fail_gets_all_of_the_reserves_then_a_panic_with_a_report(void **state)
{
	const char *why;
	LIST_HEAD(list);

	(void)state;
	fill_cache(1);
	host_log_clear();
	why = host_expect_panic(allocate_without_fail, &list);
	assert_non_null(strstr(why, "order:0, mode:0x8cc0 may not fail, but no memory is left"));
	assert_true(host_log_contains("mode:0x8cc0(GFP_KERNEL|__GFP_NOFAIL)"));
	assert_true(host_log_contains("Mem-Info:"));
	assert_in_range(all_free_pages(), 0, 4);
	assert_int_equal(file.mapping.nrpages, 0);
	free_all(&list);
	panic_reset();
}

static void *free_one_later(void *arg)
{
	host_set_cpu(1);
	for (int i = 0; i < 1000; i++)
		cpu_relax();
	__free_page(arg);
	return NULL;
}

static void who_must_not_fail_waits_for_what_other_cpus_free(void **state)
{
	struct page *last, *page;
	pthread_t thread;
	LIST_HEAD(list);

	(void)state;
	take_all(&list, QUIET | __GFP_MEMALLOC);
	last = list_first_entry(&list, struct page, lru);
	list_del(&last->lru);
	atomic_set(&__num_online_cpus, 2);
	pthread_create(&thread, NULL, free_one_later, last);
	/* Only other callers' reserves are below half a mark: the page is not enough. */
	page = alloc_page(GFP_KERNEL | __GFP_NOFAIL | __GFP_MEMALLOC | __GFP_NOWARN);
	assert_non_null(page);
	pthread_join(thread, NULL);
	__free_page(page);
	free_all(&list);
}

/* ---- Large blocks --------------------------------------------------------------------- */

static void large_blocks_are_made_of_cached_pages_by_moving_and_dropping_them(void **state)
{
	struct page *block[8];
	unsigned long cached;

	(void)state;
	fill_cache(2);
	/* Every other page goes: memory enough, and no two free pages side by side. */
	for (u64 i = 0; i < FILE_PAGES; i += 2)
		invalidate_mapping_pages(&file.mapping, i, i);
	cached = file.mapping.nrpages;
	for (size_t i = 0; i < ARRAY_SIZE(block); i++) {
		block[i] = alloc_pages(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN, HUGETLB_PAGE_ORDER);
		assert_non_null(block[i]);
	}
	assert_true(vm_event(COMPACTSUCCESS) > 0);
	assert_true(vm_event(PGMIGRATE_SUCCESS) > 0);
	/* Moving is enough where there is so much room. */
	assert_true(file.mapping.nrpages > cached * 3 / 4);
	for (u64 i = 0; i < 10000; i++) {
		struct page *page = read_mapping_page(&file.mapping, i, NULL);

		assert_false(IS_ERR(page));
		assert_int_equal(*(u64 *)page_address(page), cached_word(i, 2));
		put_page(page);
	}
	for (size_t i = 0; i < ARRAY_SIZE(block); i++)
		__free_pages(block[i], HUGETLB_PAGE_ORDER);
}

int main(void)
{
#define with(name, setup) cmocka_unit_test_setup_teardown(name, setup, close_file)
#define test(name)	  with(name, open_file)
	const struct CMUnitTest tests[] = {
		test(all_memory_can_be_had_while_the_cache_holds_it_and_no_content_is_lost),
		test(without_anything_to_reclaim_it_is_null_with_a_report_and_nothing_is_lost),
		test(pages_not_used_of_late_go_first),
		test(active_pages_sink_when_they_are_more_than_the_others),
		test(pages_in_use_stay),
		test(dirty_pages_are_written_only_for_those_who_may_wait_for_it),
		test(pages_of_higher_zones_are_left_where_they_do_not_help),
		with(other_nodes_keep_what_they_have, open_file_two_nodes),
		test(reclaim_leaves_an_unevictable_mapping_alone),
		test(a_page_that_is_off_its_list_is_let_go_too),
		test(what_shrinkers_hold_can_be_had),
		test(empty_slabs_are_given_back),
		test(callers_who_cannot_wait_do_not_reclaim_but_wake_kswapd),
		test(a_writer_that_allocates_gets_from_the_reserves_and_does_not_recurse),
		test(who_must_not_retry_reclaims_once),
		test(who_must_not_fail_gets_all_of_the_reserves_then_a_panic_with_a_report),
		with(who_must_not_fail_waits_for_what_other_cpus_free, open_file_two_cpus),
		test(large_blocks_are_made_of_cached_pages_by_moving_and_dropping_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
