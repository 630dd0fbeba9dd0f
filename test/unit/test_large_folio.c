/* SPDX-License-Identifier: MIT */
/*
 * Folios of several pages in a mapping: at all of their indices, one in all else. What is found,
 * locked, dirty, written, cleared, dropped and counted.
 */
#include "cache_machine.h"

#include <linux/fs.h>
#include <linux/migrate.h>
#include <linux/pagevec.h>
#include <linux/writeback.h>

static struct test_file file;
static struct inode inode;

static int open_file(void **state)
{
	cache_machine(state);
	test_file_open(&file);
	inode_init_once(&inode);
	inode.i_mapping = &file.mapping;
	i_size_write(&inode, FILE_PAGES * PAGE_SIZE);
	file.mapping.host = &inode;
	return 0;
}

static int close_file(void **state)
{
	assert_int_equal(mapping_verify(&file.mapping), 0);
	test_file_close(&file);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), 0);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 0);
	assert_int_equal(global_node_page_state(NR_WRITEBACK), 0);
	return cache_machine_end(state);
}

/* One at @index, up to date, and locked, with a reference. */
static struct folio *add_folio(pgoff_t index, unsigned int order)
{
	struct folio *folio = filemap_alloc_folio(GFP_KERNEL, order);

	assert_non_null(folio);
	assert_int_equal(filemap_add_folio(&file.mapping, folio, index, GFP_KERNEL), 0);
	for (long i = 0; i < folio_nr_pages(folio); i++)
		fill_test_page(folio_page(folio, i), file.stored[index + (pgoff_t)i]);
	folio_mark_uptodate(folio);
	return folio;
}

static void let_go(struct folio *folio)
{
	folio_unlock(folio);
	folio_put(folio);
}

static void assert_page(pgoff_t index, u64 word)
{
	struct page *page = find_get_page(&file.mapping, index);

	assert_non_null(page);
	assert_int_equal(page_index(page), index);
	assert_test_page(page, word);
	put_page(page);
}

/* ---- Places -------------------------------------------------------------------------------- */

static void a_folio_is_at_each_of_its_indices(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order++) {
		pgoff_t nr = 1UL << order, index = 3 * nr;
		struct folio *folio = add_folio(index, order);

		assert_int_equal(file.mapping.nrpages, nr);
		assert_int_equal(global_node_page_state(NR_FILE_PAGES), nr);
		assert_int_equal(global_node_page_state(NR_INACTIVE_FILE), nr);
		assert_int_equal(folio_ref_count(folio), 1 + nr);
		assert_int_equal(folio_expected_ref_count(folio), nr);
		assert_int_equal(folio_index(folio), index);
		assert_int_equal(folio_next_index(folio), index + nr);
		assert_int_equal(folio_pos(folio), index * PAGE_SIZE);
		assert_false(folio_contains(folio, index - 1) || folio_contains(folio, index + nr));
		for (pgoff_t i = index; i < index + nr; i++) {
			struct page *page = find_get_page(&file.mapping, i);

			assert_ptr_equal(page, folio_page(folio, i - index));
			assert_ptr_equal(page, folio_file_page(folio, i));
			assert_true(folio_contains(folio, i));
			assert_ptr_equal(page_mapping(page), &file.mapping);
			assert_int_equal(page_index(page), i);
			assert_int_equal(page_offset(page), i * PAGE_SIZE);
			put_page(page);
		}
		assert_null(find_get_page(&file.mapping, index - 1));
		assert_null(find_get_page(&file.mapping, index + nr));
		assert_int_equal(mapping_verify(&file.mapping), 0);
		filemap_remove_folio(folio);
		assert_int_equal(folio_ref_count(folio), 1);
		assert_int_equal(file.mapping.nrpages, 0);
		assert_true(mapping_empty(&file.mapping));
		let_go(folio);
	}
}

static void where_a_page_is_there_is_no_room(void **state)
{
	struct folio *large = filemap_alloc_folio(GFP_KERNEL, 3), *small;

	(void)state;
	for (pgoff_t i = 8; i < 16; i++) {
		small = add_folio(i, 0);
		assert_int_equal(filemap_add_folio(&file.mapping, large, 8, GFP_KERNEL), -EEXIST);
		assert_false(folio_test_locked(large) || folio_test_lru(large));
		assert_null(folio_mapping(large));
		assert_int_equal(folio_ref_count(large), 1);
		assert_int_equal(file.mapping.nrpages, 1);
		assert_int_equal(global_node_page_state(NR_FILE_PAGES), 1);
		filemap_remove_folio(small);
		let_go(small);
	}
	assert_int_equal(filemap_add_folio(&file.mapping, large, 8, GFP_KERNEL), 0);
	small = filemap_alloc_folio(GFP_KERNEL, 0);
	for (pgoff_t i = 8; i < 16; i++)
		assert_int_equal(filemap_add_folio(&file.mapping, small, i, GFP_KERNEL), -EEXIST);
	folio_put(small);
	/* Neither does a larger one that it would be within. */
	small = filemap_alloc_folio(GFP_KERNEL, 5);
	assert_int_equal(filemap_add_folio(&file.mapping, small, 0, GFP_KERNEL), -EEXIST);
	folio_put(small);
	assert_int_equal(file.mapping.nrpages, 8);
	let_go(large);
}

static void add_where_it_is_not_aligned(void *folio)
{
	folio_set_locked(folio);
	__filemap_add_folio(&file.mapping, folio, 6, GFP_KERNEL, NULL);
}

static void an_index_is_aligned_to_the_size(void **state)
{
	struct folio *folio = filemap_alloc_folio(GFP_KERNEL, 2);

	(void)state;
	assert_non_null(host_expect_panic(add_where_it_is_not_aligned, folio));
	folio_unlock(folio);
	folio_put(folio);
}

static void support_is_said_by_the_mapping(void **state)
{
	(void)state;
	assert_false(mapping_large_folio_support(&file.mapping));
	assert_int_equal(mapping_max_folio_size(&file.mapping), PAGE_SIZE);
	mapping_set_large_folios(&file.mapping);
	assert_true(mapping_large_folio_support(&file.mapping));
	assert_int_equal(mapping_max_folio_size(&file.mapping), SZ_2M);
	assert_int_equal(MAX_PAGECACHE_ORDER, HPAGE_PMD_ORDER);
}

/* ---- Finding: | 4 .. 7 | 8 | - | 10 | - | 16 .. 31 | ---------------------------------------- */

static struct folio *mixed[4];

static void add_mixed(void)
{
	static const struct {
		pgoff_t index;
		unsigned int order;
	} at[] = {{4, 2}, {8, 0}, {10, 0}, {16, 4}};

	for (int i = 0; i < 4; i++) {
		mixed[i] = add_folio(at[i].index, at[i].order);
		folio_unlock(mixed[i]);
	}
}

static void put_mixed(void)
{
	for (int i = 0; i < 4; i++)
		folio_put(mixed[i]);
}

static void handfuls_have_each_folio_once(void **state)
{
	struct folio_batch fbatch;
	pgoff_t start = 6;

	(void)state;
	add_mixed();
	folio_batch_init(&fbatch);
	assert_int_equal(filemap_get_folios(&file.mapping, &start, 20, &fbatch), 4);
	assert_memory_equal(fbatch.folios, mixed, sizeof(mixed));
	assert_int_equal(start, 21);
	assert_int_equal(folio_ref_count(mixed[3]), 18);
	folio_batch_release(&fbatch);
	assert_int_equal(folio_ref_count(mixed[3]), 17);

	start = 5;
	assert_int_equal(filemap_get_folios_contig(&file.mapping, &start, 31, &fbatch), 2);
	assert_int_equal(start, 9);
	folio_batch_release(&fbatch);
	start = 17;
	assert_int_equal(filemap_get_folios_contig(&file.mapping, &start, 17, &fbatch), 1);
	assert_ptr_equal(fbatch.folios[0], mixed[3]);
	assert_int_equal(start, 32);
	folio_batch_release(&fbatch);
	put_mixed();
}

static void tags_are_the_folios(void **state)
{
	struct folio_batch fbatch;
	struct page *pages[4];
	struct pagevec pvec;
	pgoff_t index = 5;

	(void)state;
	add_mixed();
	set_page_dirty_lock(folio_page(mixed[0], 3));
	set_page_dirty_lock(folio_page(mixed[3], 9));
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 20);
	assert_int_equal(zone_page_state(folio_zone(mixed[0]), NR_ZONE_WRITE_PENDING), 20);
	assert_int_equal(find_get_pages_tag(&file.mapping, &index, PAGECACHE_TAG_DIRTY, 4, pages),
			 2);
	assert_ptr_equal(pages[0], &mixed[0]->page);
	assert_ptr_equal(pages[1], &mixed[3]->page);
	release_pages(pages, 2);
	assert_int_equal(index, ULONG_MAX);
	index = 6;
	assert_int_equal(
		find_get_pages_range_tag(&file.mapping, &index, 40, PAGECACHE_TAG_DIRTY, 1, pages),
		1);
	assert_int_equal(index, 8);
	put_page(pages[0]);
	index = 30;
	folio_batch_init(&fbatch);
	assert_int_equal(
		filemap_get_folios_tag(&file.mapping, &index, 40, PAGECACHE_TAG_DIRTY, &fbatch), 1);
	assert_int_equal(index, 41);
	folio_batch_release(&fbatch);
	index = 0;
	pagevec_init(&pvec);
	assert_int_equal(pagevec_lookup_tag(&pvec, &file.mapping, &index, PAGECACHE_TAG_DIRTY), 2);
	pagevec_release(&pvec);
	put_mixed();
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
}

static void pages_are_found_by_what_is_asked_for(void **state)
{
	struct page *page;

	(void)state;
	add_mixed();
	page = pagecache_get_page(&file.mapping, 21, FGP_HEAD, 0);
	assert_ptr_equal(page, &mixed[3]->page);
	put_page(page);
	page = pagecache_get_page(&file.mapping, 21, FGP_LOCK | FGP_ACCESSED, 0);
	assert_ptr_equal(page, folio_page(mixed[3], 5));
	assert_true(folio_test_locked(mixed[3]) && folio_test_referenced(mixed[3]));
	assert_null(pagecache_get_page(&file.mapping, 22, FGP_LOCK | FGP_NOWAIT, 0));
	unlock_page(page);
	put_page(page);
	page = grab_cache_page(&file.mapping, 6);
	assert_ptr_equal(page, folio_page(mixed[0], 2));
	unlock_page(page);
	put_page(page);
	page = (struct page *)filemap_lock_folio(&file.mapping, 6);
	assert_ptr_equal(page, &mixed[0]->page);
	unlock_page(page);
	put_page(page);
	assert_int_equal(page_cache_next_miss(&file.mapping, 5, 100), 9);
	assert_int_equal(page_cache_next_miss(&file.mapping, 20, 100), 32);
	assert_int_equal(page_cache_prev_miss(&file.mapping, 20, 100), 15);
	assert_int_equal(page_cache_prev_miss(&file.mapping, 20, 3), 17);
	put_mixed();
}

static void what_is_read_is_the_folio(void **state)
{
	struct folio *folio = filemap_alloc_folio(GFP_KERNEL, 3);
	struct page *page;

	(void)state;
	assert_int_equal(filemap_add_folio(&file.mapping, folio, 24, GFP_KERNEL), 0);
	let_go(folio);
	page = read_mapping_page(&file.mapping, 29, NULL);
	assert_ptr_equal(page, folio_page(folio, 5));
	assert_ptr_equal(read_mapping_folio(&file.mapping, 30, NULL), folio);
	assert_int_equal(file.reads, 1);
	for (pgoff_t i = 24; i < 32; i++)
		assert_page(i, i);
	put_page(page);
	put_page(page);
}

/* ---- Writing --------------------------------------------------------------------------------- */

static struct folio *written[4];
static unsigned int nr_written;

static int note_written(struct page *page, struct writeback_control *wbc, void *data)
{
	(void)data;
	written[nr_written++] = page_folio(page);
	assert_true(PageLocked(page) && !PageDirty(page));
	return test_writepage(page, wbc);
}

static void each_folio_is_written_once(void **state)
{
	struct writeback_control wbc = {
		.nr_to_write = 10, .range_start = 18 * PAGE_SIZE, .range_end = LLONG_MAX};
	struct folio *folio = add_folio(16, 4), *other = add_folio(32, 1);

	(void)state;
	nr_written = 0;
	fill_test_page(folio_page(folio, 7), 77);
	assert_true(folio_mark_dirty(folio));
	assert_false(set_page_dirty(folio_page(folio, 3)));
	assert_true(folio_mark_dirty(other));
	let_go(other);
	folio_unlock(folio);
	assert_int_equal(global_node_page_state(NR_DIRTIED), 18);
	file.writes_last = true;
	wbc.sync_mode = WB_SYNC_ALL;
	assert_int_equal(write_cache_pages(&file.mapping, &wbc, note_written, NULL), 0);
	assert_int_equal(nr_written, 2);
	assert_ptr_equal(written[0], folio);
	assert_ptr_equal(written[1], other);
	assert_int_equal(wbc.nr_to_write, 8);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 0);
	assert_int_equal(global_node_page_state(NR_WRITEBACK), 18);
	assert_true(PageWriteback(folio_page(folio, 9)));
	assert_true(filemap_range_has_writeback(&file.mapping, 20 * PAGE_SIZE, 20 * PAGE_SIZE));
	end_page_writeback(folio_page(folio, 5));
	folio_end_writeback(other);
	assert_int_equal(global_node_page_state(NR_WRITTEN), 18);
	assert_false(mapping_tagged(&file.mapping, PAGECACHE_TAG_TOWRITE) ||
		     mapping_tagged(&file.mapping, PAGECACHE_TAG_WRITEBACK));
	assert_int_equal(file.stored[23], 77);
	folio_put(folio);
}

/* ---- Dropping -------------------------------------------------------------------------------- */

/*
 *   |16      19|20 ...                          31|
 *                  |20.5 ..        24.5|            cleared; pages 21 to 23 are gone
 */
static void a_truncation_within_a_folio_splits_it(void **state)
{
	struct folio *folio = add_folio(16, 4);
	const u8 *at = folio_address(folio);
	unsigned long free;

	(void)state;
	folio_mark_dirty(folio);
	let_go(folio);
	free = nr_free_pages();
	truncate_inode_pages_range(&file.mapping, 20 * PAGE_SIZE + 2048, 24 * PAGE_SIZE + 2047);
	assert_int_equal(file.mapping.nrpages, 13);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 13);
	assert_in_range(nr_free_pages(), free - 8, free + 3);
	for (pgoff_t i = 16; i < 32; i++) {
		struct page *page = find_get_page(&file.mapping, i);

		assert_int_equal(!page, i >= 21 && i <= 23);
		if (!page)
			continue;
		assert_false(PageCompound(page) || PageLocked(page));
		assert_true(PageDirty(page) && PageLRU(page) && PageUptodate(page));
		assert_int_equal(page_ref_count(page), 2);
		put_page(page);
	}
	assert_true(at[4 * PAGE_SIZE] == 20 && at[4 * PAGE_SIZE + 2048] == 0);
	assert_true(at[8 * PAGE_SIZE] == 0 && at[8 * PAGE_SIZE + 2048] == 24);
	assert_page(19, 19);
	assert_page(25, 25);
}

static void what_cannot_be_split_goes_if_it_is_clean(void **state)
{
	struct folio *clean = add_folio(16, 4), *dirty = add_folio(32, 4);

	(void)state;
	folio_mark_dirty(dirty);
	folio_unlock(clean);
	folio_unlock(dirty);
	/* Our references are in the way. */
	truncate_inode_pages_range(&file.mapping, 20 * PAGE_SIZE, 40 * PAGE_SIZE - 1);
	assert_null(folio_mapping(clean));
	assert_int_equal(folio_ref_count(clean), 1);
	assert_ptr_equal(folio_mapping(dirty), &file.mapping);
	assert_int_equal(folio_order(dirty), 4);
	assert_int_equal(file.mapping.nrpages, 16);
	assert_page(32, 0);
	assert_page(39, 0);
	assert_page(40, 40);
	assert_page(47, 47);
	/* Within it alone. */
	truncate_inode_pages_range(&file.mapping, 42 * PAGE_SIZE, 44 * PAGE_SIZE - 1);
	assert_int_equal(file.mapping.nrpages, 16);
	assert_page(41, 41);
	assert_page(42, 0);
	assert_page(43, 0);
	assert_page(44, 44);
	folio_put(clean);
	folio_put(dirty);
	truncate_inode_pages(&file.mapping, 40 * PAGE_SIZE);
	assert_int_equal(file.mapping.nrpages, 8);
}

static void an_end_at_the_edge_of_a_folio_leaves_the_next_as_it_is(void **state)
{
	struct folio *one = add_folio(8, 3), *two = add_folio(16, 3);

	(void)state;
	let_go(one);
	let_go(two);
	truncate_inode_pages_range(&file.mapping, 8 * PAGE_SIZE, 16 * PAGE_SIZE - 1);
	assert_int_equal(file.mapping.nrpages, 8);
	assert_int_equal(folio_order(two), 3);
	truncate_inode_pages(&file.mapping, 24 * PAGE_SIZE);
	assert_int_equal(folio_order(two), 3);
	assert_int_equal(file.mapping.nrpages, 8);
}

static void invalidation_takes_folios_that_are_wholly_meant(void **state)
{
	(void)state;
	add_mixed();
	put_mixed();
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 5, 30), 2);
	assert_int_equal(file.mapping.nrpages, 20);
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 4, 31), 20);
	add_mixed();
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 0, ULONG_MAX), 0);
	/* What is told to go by any of its pages goes. */
	assert_int_equal(invalidate_inode_pages2_range(&file.mapping, 7, 17), 0);
	assert_int_equal(file.mapping.nrpages, 0);
	put_mixed();
	add_mixed();
	set_page_dirty_lock(folio_page(mixed[3], 1));
	assert_int_equal(invalidate_inode_pages2(&file.mapping), -EBUSY);
	assert_int_equal(file.mapping.nrpages, 16);
	put_mixed();
}

static void a_handful_is_taken_out_at_once(void **state)
{
	struct folio_batch fbatch;
	pgoff_t start = 0;

	(void)state;
	add_mixed();
	folio_batch_init(&fbatch);
	filemap_get_folios(&file.mapping, &start, ULONG_MAX, &fbatch);
	for (int i = 0; i < 4; i++)
		folio_lock(mixed[i]);
	delete_from_page_cache_batch(&file.mapping, &fbatch);
	for (int i = 0; i < 4; i++)
		folio_unlock(mixed[i]);
	assert_int_equal(file.mapping.nrpages, 0);
	folio_batch_release(&fbatch);
	assert_int_equal(folio_ref_count(mixed[3]), 1);
	put_mixed();
}

/* ---- Others in its place ------------------------------------------------------------------------ */

static void another_folio_takes_its_place(void **state)
{
	struct folio *old = add_folio(16, 4), *next = filemap_alloc_folio(GFP_KERNEL, 4);

	(void)state;
	folio_lock(next);
	replace_page_cache_folio(old, next);
	assert_null(folio_mapping(old));
	assert_int_equal(folio_ref_count(old), 1);
	assert_int_equal(folio_ref_count(next), 17);
	assert_int_equal(page_index(folio_page(next, 6)), 22);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), 16);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	let_go(old);
	let_go(next);
}

static void a_folio_is_migrated_as_a_whole(void **state)
{
	struct folio *src = add_folio(16, 4), *dst = filemap_alloc_folio(GFP_KERNEL, 4);

	(void)state;
	folio_mark_dirty(src);
	folio_lock(dst);
	folio_get(src);
	assert_int_equal(migrate_folio(&file.mapping, dst, src, MIGRATE_SYNC), -EAGAIN);
	folio_put(src);
	assert_ptr_equal(folio_mapping(src), &file.mapping);
	assert_null(folio_mapping(dst));
	assert_false(PageEntry(&dst->page));
	assert_int_equal(migrate_folio(&file.mapping, dst, src, MIGRATE_SYNC), 0);
	assert_true(folio_test_dirty(dst) && folio_test_uptodate(dst) && !folio_test_dirty(src));
	assert_int_equal(folio_ref_count(src), 1);
	assert_int_equal(folio_ref_count(dst), 17);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 16);
	for (pgoff_t i = 16; i < 32; i++)
		assert_page(i, i);
	let_go(src);
	let_go(dst);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
}

/* All the way, by who wants the memory that it is in. */
static void its_memory_can_be_had(void **state)
{
	struct folio *folio = add_folio(512, 9);
	unsigned long pfn = folio_pfn(folio);

	(void)state;
	let_go(folio);
	assert_int_equal(alloc_contig_range(pfn, pfn + 512, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	assert_int_equal(file.mapping.nrpages, 512);
	folio = filemap_get_folio(&file.mapping, 600);
	assert_int_equal(folio_order(folio), 9);
	assert_int_not_equal(folio_pfn(folio), pfn);
	assert_true(folio_test_lru(folio));
	folio_put(folio);
	for (pgoff_t i = 512; i < 1024; i++)
		assert_page(i, i);
	free_contig_range(pfn, 512);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_file, close_file)
	const struct CMUnitTest tests[] = {
		T(a_folio_is_at_each_of_its_indices),
		T(where_a_page_is_there_is_no_room),
		T(an_index_is_aligned_to_the_size),
		T(support_is_said_by_the_mapping),
		T(handfuls_have_each_folio_once),
		T(tags_are_the_folios),
		T(pages_are_found_by_what_is_asked_for),
		T(what_is_read_is_the_folio),
		T(each_folio_is_written_once),
		T(a_truncation_within_a_folio_splits_it),
		T(what_cannot_be_split_goes_if_it_is_clean),
		T(an_end_at_the_edge_of_a_folio_leaves_the_next_as_it_is),
		T(invalidation_takes_folios_that_are_wholly_meant),
		T(a_handful_is_taken_out_at_once),
		T(another_folio_takes_its_place),
		T(a_folio_is_migrated_as_a_whole),
		T(its_memory_can_be_had),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
