/* SPDX-License-Identifier: MIT */
/* kswapd between the marks, and several CPUs that reclaim and use the same pages. */
#include "pressure_machine.h"

#include "cpus.h"
#include "daemon_cpus.h"

/* ---- kswapd ------------------------------------------------------------------------------------------- */

/* A boost of the mark asks for a round of kswapd, not for so many free pages. */
static long free_over_high(enum zone_type type)
{
	const struct zone *zone = zone_of(0, type);

	return (long)zone_page_state(zone, NR_FREE_PAGES) - (long)zone->_watermark[WMARK_HIGH] -
	       zone->lowmem_reserve[ZONE_MOVABLE];
}

static void kswapd_reclaims_up_to_the_high_mark_and_no_further(void **state)
{
	unsigned long low_ends = 0;

	(void)state;
	for (u64 i = 0; i < 30000; i++) {
		unsigned long runs = vm_event(PAGEOUTRUN);

		test_file_read(&file, i);
		if (vm_event(PAGEOUTRUN) == runs)
			continue;
		low_ends++;
		/* One zone that would do is enough; no zone has much more. */
		assert_true(free_over_high(ZONE_DMA) > -100 || free_over_high(ZONE_DMA32) > -100);
		assert_true(free_over_high(ZONE_DMA32) < 1500);
	}
	assert_true(low_ends > 10);
	assert_true(vm_event(PGSTEAL_KSWAPD) > 10000);
	/* Ahead of need: nobody had to wait. */
	assert_int_equal(vm_event(PGSTEAL_DIRECT), 0);
	assert_int_equal(vm_event(ALLOCSTALL_MOVABLE) + vm_event(ALLOCSTALL_NORMAL), 0);
}

static unsigned long by_kswapd, by_others;

static unsigned long count_callers(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker, (void)sc;
	*(current_is_kswapd() ? &by_kswapd : &by_others) += 1;
	return SHRINK_EMPTY;
}

static unsigned long none_freed(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker, (void)sc;
	return SHRINK_STOP;
}

static void a_shrinker_knows_kswapd_from_an_allocation_that_reclaims(void **state)
{
	struct shrinker s = {
		.count_objects = count_callers, .scan_objects = none_freed, .seeks = DEFAULT_SEEKS};
	LIST_HEAD(taken);

	(void)state;
	by_kswapd = by_others = 0;
	assert_int_equal(register_shrinker(&s, "callers"), 0);
	for (u64 i = 0; i < 20000; i++)
		test_file_read(&file, i);
	assert_int_not_equal(by_kswapd, 0);
	assert_int_equal(by_others, 0);
	assert_false(current_is_kswapd());

	take_all(&taken, QUIET);
	assert_int_not_equal(by_others, 0);
	assert_false(current_is_kswapd());
	free_all(&taken);
	unregister_shrinker(&s);
}

static void a_node_where_nothing_can_be_had_is_given_up_until_something_can(void **state)
{
	pg_data_t *node = NODE_DATA(0);
	struct page *page;
	LIST_HEAD(list);

	(void)state;
	no_pages_at_hand();
	kmem_cache_shrink_all();
	take_all(&list, GFP_NOWAIT | __GFP_NOWARN);
	for (int i = 0; i < 2 * MAX_RECLAIM_RETRIES; i++) {
		assert_null(alloc_page(GFP_NOWAIT | __GFP_NOWARN));
		kswapd_poll();
	}
	assert_int_equal(node->kswapd_failures, MAX_RECLAIM_RETRIES);
	assert_false(node->kswapd.wanted);
	for (int i = 0; i < 200; i++) {
		page = list_first_entry(&list, struct page, lru);
		list_del(&page->lru);
		__free_page(page);
	}
	for (u64 i = 0; i < 150; i++)
		test_file_read(&file, i);
	take_all(&list, QUIET);
	assert_true(node->kswapd_failures < MAX_RECLAIM_RETRIES);
	assert_true(vm_event(PGSTEAL_KSWAPD) + vm_event(PGSTEAL_DIRECT) >= 150);
	free_all(&list);
}

/* Only its CPU does it here: nobody polls. */
static void the_nodes_cpu_does_kswapds_work(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA32);
	pg_data_t *node = NODE_DATA(0);

	(void)state;
	for (u64 i = 0; i < 15000 && zone_page_state(zone, NR_FREE_PAGES) > low_wmark_pages(zone);
	     i++)
		test_file_read(&file, i);
	start_daemon_cpu(1);
	assert_true(host_log_contains("kswapd0, kcompactd0: on CPU#1\n"));
	while (alloc_page(GFP_NOWAIT | __GFP_NOWARN))
		;
	flush_work(&node->kswapd.work);
	flush_work(&node->kcompactd.work);
	assert_false(node->kswapd.wanted);
	host_cpus_stop();
	assert_true(vm_event(PGSTEAL_KSWAPD) > 0);
	assert_int_equal(vm_event(PGSTEAL_DIRECT), 0);
}

/* ---- Everybody at once ------------------------------------------------------------------------------------ */

#define CPUS 4

static int open_file_many_cpus(void **state)
{
	(void)state;
	cache_machine_make(SZ_32M, 1, CPUS + 1);
	memmap_make_all();
	test_file_open(&file);
	return 0;
}

/* Reads, writes and holds pages of a file three times as large as memory. */
static const char *press(int cpu)
{
	unsigned long random = (unsigned long)cpu;
	struct page *held[64] = {};

	for (int i = 0; i < 20000; i++) {
		unsigned int slot;
		pgoff_t index;
		struct page *page;

		random = random * 6364136223846793005UL + 1442695040888963407UL;
		index = (random >> 33) % 24000;
		slot = random >> 60 & 63;
		page = read_mapping_page(&file.mapping, index, NULL);
		if (IS_ERR(page))
			continue;
		if (*(u64 *)page_address(page) % 24000 != index)
			return "a page has another's contents";
		if (random >> 50 & 1) {
			lock_page(page);
			if (page_mapping(page)) {
				fill_test_page(page, index + 24000);
				set_page_dirty(page);
			}
			unlock_page(page);
		}
		put_page(page);
		if (held[slot])
			__free_page(held[slot]);
		held[slot] = alloc_page(QUIET);
	}
	for (size_t i = 0; i < ARRAY_SIZE(held); i++)
		if (held[i])
			__free_page(held[i]);
	return NULL;
}

static void many_cpus_under_pressure_find_each_page_as_it_was_written(void **state)
{
	(void)state;
	run_on_cpus(1, CPUS + 1, press);
	assert_true(vm_event(PGSTEAL_KSWAPD) + vm_event(PGSTEAL_DIRECT) > 1000);
	assert_int_equal(verify_caches(), 0);
}

/* Few pages, so that owners and reclaim meet: whoever lets go last frees the page. */
static const char *drop_at_once(int cpu)
{
	for (int i = 0; i < 4000; i++) {
		pgoff_t index = (pgoff_t)i % 40;
		struct page *page;

		if (cpu == 1) {
			truncate_inode_pages(&file.mapping, 0);
		} else if (cpu == 2) {
			reclaim(GFP_KERNEL, 0);
		} else {
			page = read_mapping_page(&file.mapping, index, NULL);
			if (IS_ERR(page) || *(u64 *)page_address(page) != index)
				return "a page has another's contents, or none";
			mark_page_accessed(page);
			put_page(page);
		}
	}
	return NULL;
}

static void pages_that_owner_and_reclaim_drop_at_once_are_freed_once(void **state)
{
	(void)state;
	run_on_cpus(1, CPUS + 1, drop_at_once);
	truncate_inode_pages(&file.mapping, 0);
	assert_int_equal(page_alloc_stats.free_flags, 0);
	for (int nr = LRU_INACTIVE_ANON; nr <= LRU_ACTIVE_FILE; nr++)
		assert_int_equal(
			node_page_state(NODE_DATA(0), (enum node_stat_item)(NR_LRU_BASE + nr)), 0);
}

int main(void)
{
#define with(name, setup) cmocka_unit_test_setup_teardown(name, setup, close_file)
#define test(name)	  with(name, open_file)
	const struct CMUnitTest tests[] = {
		test(kswapd_reclaims_up_to_the_high_mark_and_no_further),
		test(a_shrinker_knows_kswapd_from_an_allocation_that_reclaims),
		test(a_node_where_nothing_can_be_had_is_given_up_until_something_can),
		with(the_nodes_cpu_does_kswapds_work, open_file_two_cpus),
		with(many_cpus_under_pressure_find_each_page_as_it_was_written,
		     open_file_many_cpus),
		with(pages_that_owner_and_reclaim_drop_at_once_are_freed_once, open_file_many_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
