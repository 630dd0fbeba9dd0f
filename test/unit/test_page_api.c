/* SPDX-License-Identifier: MIT */
/* What file systems and drivers ask of pages beyond what the program itself does. */
#include "cache_machine.h"

#include <linux/array_size.h>
#include <linux/compaction.h>
#include <linux/errno.h>
#include <linux/mm_inline.h>
#include <linux/pagevec.h>
#include <linux/seq_file.h>
#include <linux/sched/mm.h>
#include <linux/topology.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

static struct test_file file;

static int open_file(void **state)
{
	cache_machine_make(SZ_64M, 1, 2);
	test_file_open(&file);
	return state == NULL;
}

static int close_file(void **state)
{
	assert_int_equal(mapping_verify(&file.mapping), 0);
	test_file_close(&file);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), 0);
	return cache_machine_end(state);
}

static struct page *get(pgoff_t index, int flags)
{
	return pagecache_get_page(&file.mapping, index, flags, GFP_KERNEL);
}

/* ---- The page cache ----------------------------------------------------------------------- */

static void a_page_is_found_as_its_flags_say(void **state)
{
	struct page *page, *same;

	(void)state;
	assert_null(get(5, FGP_LOCK));
	assert_null(filemap_get_folio(&file.mapping, 5));
	assert_true(mapping_shrinkable(&file.mapping));
	page = get(5, FGP_LOCK | FGP_CREAT);
	assert_false(mapping_shrinkable(&file.mapping));
	assert_true(PageLocked(page));
	assert_int_equal(page_offset(page), 5 * PAGE_SIZE);
	assert_int_equal(folio_next_index(page_folio(page)), 6);
	assert_true(folio_contains(page_folio(page), 5));
	assert_false(folio_contains(page_folio(page), 6));
	assert_null(get(5, FGP_LOCK | FGP_NOWAIT));
	same = get(5, FGP_ACCESSED);
	assert_ptr_equal(same, page);
	assert_true(PageReferenced(page));
	unlock_page(page);
	put_page(same);
	put_page(page);
	page = get(6, FGP_CREAT | FGP_FOR_MMAP);
	assert_false(PageLocked(page));
	put_page(page);
	page = &filemap_lock_folio(&file.mapping, 6)->page;
	assert_true(PageLocked(page));
	unlock_page(page);
	put_page(page);
	page = grab_cache_page_nowait(&file.mapping, 7);
	assert_true(PageLocked(page));
	unlock_page(page);
	put_page(page);
}

static void folios_come_in_handfuls(void **state)
{
	struct folio_batch batch;
	pgoff_t start = 0;

	(void)state;
	for (pgoff_t i = 0; i < 30; i++)
		if (i != 10)
			test_file_read(&file, i);
	test_file_write(&file, 3, 1);
	test_file_write(&file, 20, 1);
	folio_batch_init(&batch);
	assert_int_equal(filemap_get_folios(&file.mapping, &start, 99, &batch), PAGEVEC_SIZE);
	assert_int_equal(start, 16);
	folio_batch_release(&batch);
	assert_int_equal(filemap_get_folios(&file.mapping, &start, 99, &batch), 14);
	assert_int_equal(start, 100);
	folio_batch_release(&batch);
	start = 2;
	assert_int_equal(filemap_get_folios_contig(&file.mapping, &start, 99, &batch), 8);
	assert_int_equal(start, 10);
	folio_batch_release(&batch);
	start = 0;
	assert_int_equal(filemap_get_folios_tag(&file.mapping, &start, (pgoff_t)-1,
						PAGECACHE_TAG_DIRTY, &batch),
			 2);
	assert_int_equal(folio_index(batch.folios[1]), 20);
	assert_int_equal(start, (pgoff_t)-1);
	folio_batch_release(&batch);
}

static void parts_of_a_mapping_are_written(void **state)
{
	(void)state;
	for (pgoff_t i = 0; i < 10; i++)
		test_file_write(&file, i, 100 + i);
	/* From the last byte of page 2 to the first of page 4. */
	assert_int_equal(
		filemap_write_and_wait_range(&file.mapping, 3 * PAGE_SIZE - 1, 4 * PAGE_SIZE), 0);
	assert_int_equal(file.writes, 3);
	assert_int_equal(file.stored[2], 102);
	assert_int_equal(file.stored[5], 5);
	assert_true(filemap_range_has_page(&file.mapping, 9 * PAGE_SIZE, 9 * PAGE_SIZE));
	assert_false(filemap_range_has_page(&file.mapping, 10 * PAGE_SIZE, LLONG_MAX));
	file.write_error = -EIO;
	assert_int_equal(filemap_fdatawrite(&file.mapping), -EIO);
	file.write_error = 0;
	assert_int_equal(filemap_fdatawrite(&file.mapping), 0);
	assert_int_equal(filemap_fdatawait(&file.mapping), -EIO);
	assert_int_equal(filemap_fdatawait(&file.mapping), 0);
	assert_int_equal(file.writes, 10);
	/* What went wrong at the end of a write is told once, or kept. */
	mapping_set_error(&file.mapping, -EIO);
	assert_int_equal(filemap_fdatawait_keep_errors(&file.mapping), -EIO);
	assert_int_equal(filemap_write_and_wait_range(&file.mapping, 0, 1), -EIO);
	assert_int_equal(filemap_fdatawait_keep_errors(&file.mapping), 0);
	mapping_set_error(&file.mapping, -ENOSPC);
	assert_int_equal(filemap_fdatawait_keep_errors(&file.mapping), -ENOSPC);
	assert_int_equal(filemap_fdatawait_range(&file.mapping, 0, 1), -ENOSPC);
	assert_int_equal(filemap_fdatawait_range(&file.mapping, 0, 1), 0);
}

/*
 *  index  0  1  2  3  4  ...  -2  -1
 *  page   x     x  x              x
 */
static void gaps_between_cached_pages_are_found(void **state)
{
	static const pgoff_t cached[] = {0, 2, 3, ULONG_MAX};
	struct folio *folio;
	struct page *page;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cached); i++) {
		page = find_or_create_page(&file.mapping, cached[i], GFP_KERNEL);

		unlock_page(page);
		put_page(page);
	}
	assert_int_equal(page_cache_next_miss(&file.mapping, 0, 10), 1);
	assert_int_equal(page_cache_next_miss(&file.mapping, 1, 10), 1);
	assert_int_equal(page_cache_next_miss(&file.mapping, 2, 10), 4);
	assert_int_equal(page_cache_next_miss(&file.mapping, 2, 2), 4);
	assert_int_equal(page_cache_next_miss(&file.mapping, 2, 1), 3);
	assert_int_equal(page_cache_next_miss(&file.mapping, ULONG_MAX, 2), 0);
	assert_int_equal(page_cache_prev_miss(&file.mapping, 3, 10), 1);
	assert_int_equal(page_cache_prev_miss(&file.mapping, 3, 1), 2);
	assert_int_equal(page_cache_prev_miss(&file.mapping, 0, 2), ULONG_MAX);
	assert_int_equal(page_cache_prev_miss(&file.mapping, ULONG_MAX, 9), ULONG_MAX - 1);
	folio = read_cache_folio(&file.mapping, 2, NULL, NULL);
	assert_int_equal(page_to_index(&folio->page), 2);
	assert_int_equal(set_page_dirty_lock(&folio->page), 1);
	assert_int_equal(set_page_dirty_lock(&folio->page), 0);
	assert_true(folio_test_dirty(folio) && !folio_test_locked(folio));
	assert_false(PageAnon(&folio->page) || folio_test_anon(folio));
	folio_put(folio);
	/* No byte of a file is as far as that. */
	page = find_lock_page(&file.mapping, ULONG_MAX);
	delete_from_page_cache(page);
	unlock_page(page);
	put_page(page);
	truncate_inode_pages_final(&file.mapping);
	assert_true(mapping_empty(&file.mapping));
}

/* Writes a folio that stays locked. */
static int launder(struct folio *folio)
{
	struct writeback_control wbc = {.nr_to_write = 1};

	folio_clear_dirty_for_io(folio);
	test_writepage(&folio->page, &wbc);
	folio_lock(folio);
	return 0;
}

static void invalidation_drops_what_is_clean(void **state)
{
	static const struct address_space_operations laundering = {.read_folio = test_read_folio,
								   .writepage = test_writepage,
								   .launder_folio = launder};
	struct page *page;

	(void)state;
	test_file_write(&file, 1, 7);
	test_file_read(&file, 2);
	page = read_mapping_page(&file.mapping, 3, NULL);
	assert_int_equal(invalidate_inode_pages2(&file.mapping), -EBUSY);
	assert_int_equal(file.mapping.nrpages, 1);
	assert_int_equal(invalidate_inode_pages2_range(&file.mapping, 1, 1), -EBUSY);
	assert_int_equal(file.writes, 0);
	/* Who uses a page has it alone then. */
	assert_true(!page_mapping(page) && page_ref_count(page) == 1);
	put_page(page);
	file.mapping.a_ops = &laundering;
	assert_int_equal(invalidate_inode_pages2_range(&file.mapping, 0, 2), 0);
	assert_int_equal(file.stored[1], 7);
	assert_true(mapping_empty(&file.mapping));
}

/* ---- Pageblocks ------------------------------------------------------------------------------ */

static void a_pageblock_s_bits_change_apart(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL), *next;
	unsigned long pfn = page_to_pfn(page), type = get_pageblock_migratetype(page);

	(void)state;
	next = pfn_to_page(pageblock_end_pfn(pfn));
	assert_true(pageblock_aligned(page_to_pfn(next)) && !pageblock_aligned(pfn | 1));
	assert_int_equal(pageblock_align(pageblock_start_pfn(pfn) + 1), page_to_pfn(next));
	__free_page(page);
	drain_all_pages(NULL);
	set_pageblock_skip(page);
	assert_int_equal(get_pfnblock_flags_mask(page, pfn, MIGRATETYPE_MASK), type);
	assert_true(get_pageblock_skip(page) && !get_pageblock_skip(next));
	set_pfnblock_flags_mask(page, MIGRATE_CMA, pfn, MIGRATETYPE_MASK);
	assert_int_equal(get_pageblock_migratetype(page), MIGRATE_CMA);
	assert_true(get_pageblock_skip(page));
	set_pfnblock_flags_mask(page, type, pfn, ~0UL);
	assert_int_equal(get_pfnblock_flags_mask(page, pfn, ~0UL), type);
}

/* ---- Pages ----------------------------------------------------------------------------------- */

static void owners_flags_are_theirs_and_gone_with_the_page(void **state)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 1);

	(void)state;
	folio_mark_uptodate(folio);
	folio_set_error(folio);
	folio_set_checked(folio);
	folio_set_private_2(folio);
	SetPageMappedToDisk(&folio->page);
	assert_true(folio_test_uptodate(folio) && PageError(&folio->page));
	assert_true(folio_has_private(folio) && PageOwnerPriv1(&folio->page));
	assert_false(PageSwapCache(&folio->page) || PageMlocked(&folio->page));
	folio_clear_checked(folio);
	assert_false(PageOwnerPriv1(&folio->page));
	assert_int_equal(folio_mapcount(folio), 0);
	assert_int_equal(folio_ref_inc_return(folio), 2);
	assert_true(folio_ref_add_unless(folio, 1, 5));
	assert_false(folio_ref_add_unless(folio, 1, 3));
	assert_int_equal(folio_ref_sub_return(folio, 2), 1);
	assert_true(folio_try_get_rcu(folio));
	folio_put(folio);
	folio_put(folio);
	folio = folio_alloc(GFP_KERNEL, 1);
	assert_false(folio_test_error(folio) || folio_test_private_2(folio));
	folios_put(&folio, 1);
}

static LIST_HEAD(taken);

static void pages_of_the_reserves_are_known_as_such(void **state)
{
	struct page *page, *next;
	unsigned int flags;

	(void)state;
	page = alloc_page(GFP_KERNEL);
	assert_false(page_is_pfmemalloc(page));
	list_add(&page->lru, &taken);
	while ((page = alloc_page(GFP_KERNEL | __GFP_NOWARN)))
		list_add(&page->lru, &taken);
	assert_false(gfp_pfmemalloc_allowed(GFP_KERNEL));
	assert_true(gfp_pfmemalloc_allowed(GFP_KERNEL | __GFP_MEMALLOC));
	flags = memalloc_noreclaim_save();
	assert_true(gfp_pfmemalloc_allowed(GFP_KERNEL));
	assert_false(gfp_pfmemalloc_allowed(GFP_KERNEL | __GFP_NOMEMALLOC));
	page = alloc_page(GFP_KERNEL);
	memalloc_noreclaim_restore(flags);
	assert_true(page_is_pfmemalloc(page));
	clear_page_pfmemalloc(page);
	assert_false(page_is_pfmemalloc(page));
	__free_page(page);
	list_for_each_entry_safe (page, next, &taken, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
}

static void pages_are_compared_by_their_contents(void **state)
{
	struct page *a = alloc_page(GFP_KERNEL | __GFP_ZERO), *b = alloc_page(GFP_KERNEL);

	(void)state;
	memset(page_address(b), 0, PAGE_SIZE);
	assert_true(pages_identical(a, b));
	((u8 *)page_address(b))[4095] = 1;
	assert_true(memcmp_pages(a, b) < 0 && memcmp_pages(b, a) > 0);
	__free_page(a);
	__free_page(b);
}

static void reserved_areas_are_given_to_the_allocator(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);
	char *area = page_address(page);
	unsigned long managed = zone_managed_pages(page_zone(page));

	(void)state;
	split_page(page, 2);
	for (int i = 0; i < 4; i++) {
		mark_page_reserved(page + i);
		set_page_count(page + i, 1);
	}
	assert_int_equal(zone_managed_pages(page_zone(page)), managed - 4);
	host_log_clear();
	assert_int_equal(free_reserved_area(area, area + 4 * PAGE_SIZE, 0xcc, "test"), 4);
	assert_true(host_log_contains("Freeing test memory: 16K"));
	assert_int_equal(zone_managed_pages(page_zone(page)), managed);
	assert_int_equal((u8)area[100], 0xcc);
}

static void counts_have_linuxs_names(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct zone *zone = page_zone(page);

	(void)state;
	inc_zone_page_state(page, NR_BOUNCE);
	__mod_zone_page_state(zone, NR_BOUNCE, 2);
	assert_int_equal(zone_page_state_snapshot(zone, NR_BOUNCE), 3);
	assert_int_equal(sum_zone_node_page_state(0, NR_BOUNCE), 3);
	mod_zone_page_state(zone, NR_BOUNCE, -3);
	inc_lruvec_page_state(page, NR_DIRTIED);
	assert_int_equal(node_page_state_pages(zone->zone_pgdat, NR_DIRTIED), 1);
	dec_node_page_state(page, NR_DIRTIED);
	assert_string_equal(zone_stat_name(NR_FREE_PAGES), "nr_free_pages");
	assert_ptr_equal(lruvec_pgdat(&zone->zone_pgdat->__lruvec), zone->zone_pgdat);
	assert_int_equal(get_pageblock_migratetype(page), MIGRATE_UNMOVABLE);
	assert_true(is_longterm_pinnable_page(page));
	assert_int_equal(nr_cpus_node(0), 2);
	assert_true(cpumask_test_cpu(1, cpumask_of_node(0)));
	assert_int_equal(node_present_pages(0), NODE_DATA(0)->node_present_pages);
	__free_page(page);
}

static void lists_have_linuxs_names(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct lruvec *lruvec = page_lruvec(page);

	(void)state;
	assert_true(folio_is_file_lru(page_folio(page)));
	assert_int_equal(folio_lru_list(page_folio(page)), LRU_INACTIVE_FILE);
	assert_string_equal(lru_list_name(LRU_ACTIVE_ANON), "active_anon");
	SetPageLRU(page);
	spin_lock(&lruvec->lru_lock);
	lruvec_add_folio(lruvec, page_folio(page));
	assert_int_equal(node_page_state(NODE_DATA(0), NR_INACTIVE_FILE), 1);
	lruvec_del_folio(lruvec, page_folio(page));
	lruvec_add_folio_tail(lruvec, page_folio(page));
	del_page_from_lru_list(page, lruvec);
	spin_unlock(&lruvec->lru_lock);
	assert_int_equal(node_page_state(NODE_DATA(0), NR_INACTIVE_FILE), 0);
	ClearPageLRU(page);
	put_page(page);
}

static void results_of_compaction_have_linuxs_meanings(void **state)
{
	static const struct {
		enum compact_result result;
		bool progress, failed, reclaim, withdrawn;
	} rows[] = {
		{COMPACT_SUCCESS, true, false, false, false},
		{COMPACT_COMPLETE, false, true, false, false},
		{COMPACT_SKIPPED, false, false, true, false},
		{COMPACT_DEFERRED, false, false, false, true},
		{COMPACT_CONTENDED, false, false, false, true},
		{COMPACT_PARTIAL_SKIPPED, false, false, false, true},
		{COMPACT_CONTINUE, false, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(compaction_made_progress(rows[i].result), rows[i].progress);
		assert_int_equal(compaction_failed(rows[i].result), rows[i].failed);
		assert_int_equal(compaction_needs_reclaim(rows[i].result), rows[i].reclaim);
		assert_int_equal(compaction_withdrawn(rows[i].result), rows[i].withdrawn);
	}
}

#define file_test(f) cmocka_unit_test_setup_teardown(f, open_file, close_file)

/* A page of the middle as one of the start; none that a CPU has at hand. */
static void a_free_page_is_known_in_whichever_block_it_lies(void **state)
{
	struct zone *zone;
	struct page *block;

	(void)state;
	block = alloc_pages(GFP_KERNEL, 4);
	assert_non_null(block);
	zone = page_zone(block);
	for (int i = 0; i < 16; i++)
		assert_false(is_free_buddy_page(block + i));
	__free_pages(block, 4);
	drain_all_pages(zone);
	for (int i = 0; i < 16; i++)
		assert_true(is_free_buddy_page(block + i));

	block = alloc_page(GFP_KERNEL);
	__free_page(block);
	assert_false(is_free_buddy_page(block));
	drain_all_pages(zone);
	assert_true(is_free_buddy_page(block));
}

/* Linux 6.1's per-node items in its order, processes' among them, which are 0. */
static void vmstat_names_what_linux_names(void **state)
{
	static const char *const in_order[] = {"\nnuma_other ",
					       "\nnr_inactive_anon ",
					       "\nnr_isolated_file ",
					       "\nworkingset_nodes 0\n",
					       "\nworkingset_refault_file 0\n",
					       "\nworkingset_nodereclaim 0\n",
					       "\nnr_anon_pages 0\n",
					       "\nnr_mapped 0\n",
					       "\nnr_file_pages ",
					       "\nnr_writeback_temp 0\n",
					       "\nnr_shmem 0\n",
					       "\nnr_anon_transparent_hugepages 0\n",
					       "\nnr_vmscan_immediate_reclaim 0\n",
					       "\nnr_kernel_misc_reclaimable 0\n",
					       "\nnr_kernel_stack 0\n",
					       "\nnr_page_table_pages ",
					       "\nnr_sec_page_table_pages 0\n",
					       "\npgactivate "};
	static char text[8192];
	const char *at = text;
	struct seq_file m;
	struct seq_text sb;

	(void)state;
	seq_text_init(&m, &sb, text, sizeof(text));
	vmstat_show(&m);
	for (size_t i = 0; i < ARRAY_SIZE(in_order); i++) {
		at = strstr(at, in_order[i]);
		assert_non_null(at);
	}
	assert_null(strstr(text, "memmap"));
	assert_string_equal(node_stat_name(NR_FILE_MAPPED), "nr_mapped");
	assert_int_equal(global_node_page_state(NR_SHMEM), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		file_test(a_page_is_found_as_its_flags_say),
		file_test(folios_come_in_handfuls),
		file_test(parts_of_a_mapping_are_written),
		file_test(gaps_between_cached_pages_are_found),
		file_test(invalidation_drops_what_is_clean),
		file_test(a_pageblock_s_bits_change_apart),
		file_test(owners_flags_are_theirs_and_gone_with_the_page),
		file_test(pages_of_the_reserves_are_known_as_such),
		file_test(pages_are_compared_by_their_contents),
		file_test(reserved_areas_are_given_to_the_allocator),
		file_test(a_free_page_is_known_in_whichever_block_it_lies),
		file_test(counts_have_linuxs_names),
		file_test(vmstat_names_what_linux_names),
		file_test(lists_have_linuxs_names),
		file_test(results_of_compaction_have_linuxs_meanings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
