/* SPDX-License-Identifier: MIT */
/*
 * Files over the page cache: errors that each is told of once, writes of what is dirty, ends
 * that move, data and holes.
 */
#include "cache_machine.h"

#include <linux/errseq.h>
#include <linux/fs.h>
#include <linux/wait.h>
#include <linux/writeback.h>

static struct test_file file;
static struct inode inode;

static int open_file(void **state)
{
	cache_machine(state);
	test_file_open(&file);
	inode_init_once(&inode);
	inode.i_mapping = &file.mapping;
	file.mapping.host = &inode;
	return 0;
}

static int close_file(void **state)
{
	assert_int_equal(mapping_verify(&file.mapping), 0);
	test_file_close(&file);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 0);
	assert_int_equal(global_node_page_state(NR_WRITEBACK), 0);
	return cache_machine_end(state);
}

/* ---- Errors ------------------------------------------------------------------------------ */

static void each_watcher_is_told_of_an_error_once(void **state)
{
	errseq_t eseq = 0, early = errseq_sample(&eseq), second = early, late;

	(void)state;
	assert_int_equal(errseq_check(&eseq, early), 0);
	errseq_set(&eseq, -EIO);
	errseq_set(&eseq, -ENOSPC);
	assert_int_equal(errseq_check(&eseq, early), -ENOSPC);
	assert_int_equal(errseq_check(&eseq, early), -ENOSPC);
	/* Nobody has seen it: who comes now is told, too. */
	late = errseq_sample(&eseq);
	assert_int_equal(late, 0);
	assert_int_equal(errseq_check_and_advance(&eseq, &early), -ENOSPC);
	assert_int_equal(errseq_check_and_advance(&eseq, &early), 0);
	assert_int_equal(errseq_check_and_advance(&eseq, &second), -ENOSPC);
	assert_int_equal(errseq_check_and_advance(&eseq, &late), -ENOSPC);
	late = errseq_sample(&eseq);
	assert_int_equal(errseq_check(&eseq, late), 0);
	/* The same error again is another one. */
	assert_int_equal(errseq_set(&eseq, -ENOSPC), late);
	assert_int_equal(errseq_check(&eseq, late), -ENOSPC);
	assert_int_equal(errseq_check_and_advance(&eseq, &early), -ENOSPC);
}

static void what_is_no_error_is_not_noted(void **state)
{
	errseq_t eseq = 0;

	(void)state;
	assert_int_equal(errseq_set(&eseq, EIO), 0);
	assert_int_equal(errseq_set(&eseq, -MAX_ERRNO - 1), 0);
	assert_int_equal(eseq, 0);
	assert_int_equal(errseq_set(&eseq, -MAX_ERRNO), 0);
	assert_int_equal(errseq_set(&eseq, -EIO), MAX_ERRNO);
	assert_int_equal(eseq, EIO);
}

static void a_write_that_fails_is_told_to_each_file(void **state)
{
	struct file one = {.f_mapping = &file.mapping}, two = one;
	errseq_t mark = filemap_sample_wb_err(&file.mapping);

	(void)state;
	test_file_write(&file, 1, 11);
	file.write_error = -EIO;
	assert_int_equal(filemap_fdatawrite(&file.mapping), -EIO);
	file.write_error = 0;
	assert_int_equal(filemap_check_wb_err(&file.mapping, mark), -EIO);
	assert_int_equal(file_write_and_wait_range(&one, 0, LLONG_MAX), -EIO);
	assert_int_equal(file.stored[1], 11);
	assert_int_equal(file_write_and_wait_range(&one, 0, LLONG_MAX), 0);
	assert_int_equal(file_fdatawait_range(&two, 0, LLONG_MAX), -EIO);
	assert_int_equal(file_check_and_advance_wb_err(&two), 0);
	assert_int_equal(filemap_check_errors(&file.mapping), 0);
}

static void an_end_of_io_says_how_it_went(void **state)
{
	struct page *page = find_or_create_page(&file.mapping, 4, GFP_KERNEL);

	(void)state;
	page_endio(page, false, -EIO);
	assert_true(PageError(page) && !PageUptodate(page) && !PageLocked(page));
	ClearPageError(page);
	lock_page(page);
	page_endio(page, false, 0);
	assert_true(PageUptodate(page) && !PageError(page) && !PageLocked(page));
	lock_page(page);
	set_page_writeback(page);
	unlock_page(page);
	page_endio(page, true, -ENOSPC);
	assert_true(PageError(page) && !PageWriteback(page));
	assert_int_equal(filemap_check_errors(&file.mapping), -ENOSPC);
	ClearPageError(page);
	put_page(page);
}

/* ---- Writing ------------------------------------------------------------------------------ */

static int skip_odd(struct page *page, struct writeback_control *wbc, void *data)
{
	(*(int *)data)++;
	if (page_index(page) % 2 == 0)
		return test_writepage(page, wbc);
	assert_true(redirty_page_for_writepage(wbc, page));
	unlock_page(page);
	return 0;
}

static void pages_that_their_writer_skips_are_dirty_and_counted_once(void **state)
{
	struct writeback_control wbc = {
		.nr_to_write = 100, .range_end = LLONG_MAX, .sync_mode = WB_SYNC_ALL};
	int calls = 0;

	(void)state;
	for (pgoff_t i = 0; i < 10; i++)
		test_file_write(&file, i, i + 50);
	assert_int_equal(global_node_page_state(NR_DIRTIED), 10);
	assert_int_equal(write_cache_pages(&file.mapping, &wbc, skip_odd, &calls), 0);
	assert_int_equal(calls, 10);
	assert_int_equal(wbc.pages_skipped, 5);
	assert_int_equal(wbc.nr_to_write, 90);
	assert_int_equal(file.writes, 5);
	assert_int_equal(global_node_page_state(NR_DIRTIED), 10);
	account_page_redirty((struct page *)xa_load(&file.mapping.i_pages, 1));
	assert_int_equal(global_node_page_state(NR_DIRTIED), 9);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 5);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(file.writes, 10);
	assert_false(mapping_tagged(&file.mapping, PAGECACHE_TAG_TOWRITE));
}

static void writing_in_turns_goes_on_where_it_ended(void **state)
{
	struct writeback_control wbc = {.nr_to_write = 4, .range_cyclic = 1};

	(void)state;
	for (pgoff_t i = 0; i < 10; i++)
		test_file_write(&file, i, i + 50);
	assert_int_equal(filemap_fdatawrite_wbc(&file.mapping, &wbc), 0);
	assert_int_equal(file.writes, 4);
	test_file_write(&file, 0, 99);
	wbc.nr_to_write = 7;
	assert_int_equal(filemap_fdatawrite_wbc(&file.mapping, &wbc), 0);
	assert_int_equal(file.writes, 10);
	assert_int_equal(file.stored[0], 50);
	assert_int_equal(filemap_fdatawrite_wbc(&file.mapping, &wbc), 0);
	assert_int_equal(file.stored[0], 99);
}

static void an_error_ends_a_write_that_nobody_waits_for(void **state)
{
	(void)state;
	for (pgoff_t i = 0; i < 10; i++)
		test_file_write(&file, i, i + 50);
	file.write_error = -EIO;
	assert_int_equal(filemap_flush(&file.mapping), -EIO);
	assert_int_equal(file.mapping.wb_err, EIO);
	file.write_error = 0;
	assert_int_equal(filemap_flush(&file.mapping), 0);
	assert_int_equal(file.writes, 10);
	assert_int_equal(filemap_check_errors(&file.mapping), -EIO);
}

static void who_dirties_too_much_writes(void **state)
{
	unsigned long most = nr_free_pages() / 100 * VM_DIRTY_RATIO, writes;

	(void)state;
	for (pgoff_t i = 0; i < most - 100; i++)
		test_file_write(&file, i, i + 1);
	balance_dirty_pages_ratelimited(&file.mapping);
	assert_int_equal(file.writes, 0);
	for (pgoff_t i = most - 100; i < most + 500; i++) {
		test_file_write(&file, i, i + 1);
		balance_dirty_pages_ratelimited(&file.mapping);
	}
	assert_in_range(file.writes, 400, 600);
	assert_in_range(global_node_page_state(NR_FILE_DIRTY), most - 100, most + 100);
	/* Or says that it would have to. */
	for (pgoff_t i = 0; i < 600; i++)
		test_file_write(&file, i, i + 2);
	writes = file.writes;
	assert_int_equal(balance_dirty_pages_ratelimited_flags(&file.mapping, BDP_ASYNC), -EAGAIN);
	assert_int_equal(file.writes, writes);
	assert_int_equal(balance_dirty_pages_ratelimited_flags(&file.mapping, 0), 0);
	assert_true(file.writes > writes);
	assert_int_equal(balance_dirty_pages_ratelimited_flags(&file.mapping, BDP_ASYNC), 0);
}

/* A part of a page is written: the rest comes to its writer with the next walk. */
static void what_is_kept_to_be_written_keeps_its_tag(void **state)
{
	struct page *page;

	(void)state;
	test_file_write(&file, 2, 1);
	tag_pages_for_writeback(&file.mapping, 0, (pgoff_t)-1);
	page = find_lock_page(&file.mapping, 2);
	assert_false(set_page_writeback_keepwrite(page));
	assert_true(mapping_tagged(&file.mapping, PAGECACHE_TAG_TOWRITE));
	assert_true(set_page_writeback(page));
	end_page_writeback(page);
	assert_false(folio_start_writeback(page_folio(page)));
	assert_false(mapping_tagged(&file.mapping, PAGECACHE_TAG_TOWRITE));
	end_page_writeback(page);
	unlock_page(page);
	put_page(page);
}

static unsigned long writepages_calls, dirtied;

static int write_nothing(struct address_space *mapping, struct writeback_control *wbc)
{
	writepages_calls++;
	assert_int_equal(wbc->sync_mode, WB_SYNC_ALL);
	return generic_writepages(mapping, wbc);
}

static bool count_dirtied(struct address_space *mapping, struct folio *folio)
{
	dirtied++;
	return filemap_dirty_folio(mapping, folio);
}

static void a_mapping_s_own_operations_are_called(void **state)
{
	static const struct address_space_operations ops = {.read_folio = test_read_folio,
							    .writepage = test_writepage,
							    .writepages = write_nothing,
							    .dirty_folio = count_dirtied};

	(void)state;
	file.mapping.a_ops = &ops;
	writepages_calls = dirtied = 0;
	test_file_write(&file, 3, 33);
	assert_int_equal(dirtied, 1);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(writepages_calls, 1);
	assert_int_equal(file.stored[3], 33);
}

static void one_page_is_written_and_waited_for(void **state)
{
	struct page *page;

	(void)state;
	test_file_write(&file, 3, 33);
	assert_true(filemap_range_needs_writeback(&file.mapping, 0, 4 * PAGE_SIZE));
	assert_false(filemap_range_needs_writeback(&file.mapping, 4 * PAGE_SIZE, LLONG_MAX));
	page = find_lock_page(&file.mapping, 3);
	assert_int_equal(write_one_page(page), 0);
	assert_int_equal(file.stored[3], 33);
	assert_false(PageLocked(page) || PageDirty(page));
	lock_page(page);
	assert_int_equal(write_one_page(page), 0);
	assert_int_equal(file.writes, 1);
	assert_false(filemap_range_needs_writeback(&file.mapping, 0, LLONG_MAX));
	lock_page(page);
	assert_int_equal(__set_page_dirty_nobuffers(page), 1);
	cancel_dirty_page(page);
	assert_false(PageDirty(page) || mapping_tagged(&file.mapping, PAGECACHE_TAG_DIRTY));
	unlock_page(page);
	SetPagePrivate2(page);
	folio_end_private_2(page_folio(page));
	folio_wait_private_2(page_folio(page));
}

/* ---- Ends ---------------------------------------------------------------------------------- */

/*
 *  index  0  1  2  3  4  ...  9
 *         x  x  x  |            i_size 2.5 pages
 */
static void a_file_that_ends_earlier_has_fewer_pages(void **state)
{
	struct page *page, *next;
	const u8 *data;

	(void)state;
	for (pgoff_t i = 0; i < 10; i++)
		test_file_read(&file, i);
	page = find_lock_page(&file.mapping, 2);
	next = find_lock_page(&file.mapping, 3);
	truncate_inode_pages_final(&inode.i_data);
	assert_true(mapping_exiting(&inode.i_data));
	unlock_page(next);
	unlock_page(page);
	truncate_setsize(&inode, 5 * PAGE_SIZE / 2);
	assert_int_equal(i_size_read(&inode), 5 * PAGE_SIZE / 2);
	assert_int_equal(dir_pages(&inode), 3);
	assert_int_equal(file.mapping.nrpages, 3);
	data = page_address(page);
	assert_int_equal(data[PAGE_SIZE / 2 - 8], 2);
	assert_int_equal(data[PAGE_SIZE / 2], 0);
	lock_page(page);
	assert_ptr_equal(folio_inode(page_folio(page)), &inode);
	assert_int_equal(page_mkwrite_check_truncate(page, &inode), PAGE_SIZE / 2);
	i_size_write(&inode, 2 * PAGE_SIZE);
	assert_int_equal(page_mkwrite_check_truncate(page, &inode), -EFAULT);
	inode.i_blkbits = 9;
	assert_int_equal(i_blocks_per_page(&inode, page), 8);
	assert_int_equal(i_blocksize(&inode), 512);
	assert_int_equal(generic_error_remove_page(&inode.i_data, page), -EIO);
	assert_int_equal(generic_error_remove_page(&file.mapping, page), 0);
	assert_null(page_mapping(page));
	unlock_page(page);
	put_page(page);
	put_page(next);
	truncate_pagecache_range(&inode, 0, PAGE_SIZE - 1);
	assert_int_equal(file.mapping.nrpages, 1);
	invalidate_remote_inode(&inode);
	assert_int_equal(file.mapping.nrpages, 0);
}

static void data_and_holes_are_found(void **state)
{
	const loff_t end = 10 * PAGE_SIZE;
	struct address_space *m = &file.mapping;

	(void)state;
	test_file_read(&file, 2);
	test_file_read(&file, 3);
	/* Not up to date: a hole. */
	put_page(read_cache_page_gfp(m, 7, GFP_NOFS));
	ClearPageUptodate((struct page *)xa_load(&m->i_pages, 7));
	assert_int_equal(mapping_seek_hole_data(m, 0, end, SEEK_DATA), 2 * PAGE_SIZE);
	assert_int_equal(mapping_seek_hole_data(m, 0, end, SEEK_HOLE), 0);
	assert_int_equal(mapping_seek_hole_data(m, 2 * PAGE_SIZE + 5, end, SEEK_DATA),
			 2 * PAGE_SIZE + 5);
	assert_int_equal(mapping_seek_hole_data(m, 2 * PAGE_SIZE + 5, end, SEEK_HOLE),
			 4 * PAGE_SIZE);
	assert_int_equal(mapping_seek_hole_data(m, 4 * PAGE_SIZE, end, SEEK_DATA), -ENXIO);
	assert_int_equal(mapping_seek_hole_data(m, 0, 2 * PAGE_SIZE, SEEK_DATA), -ENXIO);
	assert_int_equal(mapping_seek_hole_data(m, 2 * PAGE_SIZE, 3 * PAGE_SIZE, SEEK_HOLE),
			 3 * PAGE_SIZE);
	assert_int_equal(mapping_seek_hole_data(m, end, end, SEEK_DATA), -ENXIO);
}

static void pages_are_found_by_tag_in_handfuls(void **state)
{
	struct page *pages[4];
	pgoff_t index = 0;

	(void)state;
	for (pgoff_t i = 0; i < 6; i++)
		test_file_write(&file, 10 * i, i);
	test_file_read(&file, 5);
	assert_int_equal(find_get_pages_tag(&file.mapping, &index, PAGECACHE_TAG_DIRTY, 4, pages),
			 4);
	assert_int_equal(index, 31);
	release_pages(pages, 4);
	assert_int_equal(
		find_get_pages_range_tag(&file.mapping, &index, 45, PAGECACHE_TAG_DIRTY, 4, pages),
		1);
	assert_int_equal(index, 46);
	assert_int_equal(page_index(pages[0]), 40);
	put_page(pages[0]);
}

/* ---- Pages that go and are exchanged -------------------------------------------------- */

static void a_page_that_nobody_uses_is_invalidated(void **state)
{
	struct page *page;

	(void)state;
	test_file_write(&file, 1, 5);
	page = find_lock_page(&file.mapping, 1);
	assert_int_equal(invalidate_inode_page(page), 0);
	assert_int_equal(write_one_page(page), 0);
	lock_page(page);
	get_page(page);
	assert_int_equal(invalidate_inode_page(page), 0);
	put_page(page);
	assert_int_equal(invalidate_inode_page(page), 1);
	assert_int_equal(file.mapping.nrpages, 0);
	assert_int_equal(invalidate_inode_page(page), 0);
	unlock_page(page);
	put_page(page);
}

static void a_page_takes_the_place_of_another(void **state)
{
	struct page *old = read_mapping_page(&file.mapping, 6, NULL), *next;
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	lock_page(old);
	lock_page(page);
	fill_test_page(page, 77);
	replace_page_cache_folio(page_folio(old), page_folio(page));
	assert_null(page_mapping(old));
	assert_int_equal(page_ref_count(old), 1);
	assert_int_equal(page_ref_count(page), 2);
	assert_ptr_equal(page_mapping(page), &file.mapping);
	assert_int_equal(page_index(page), 6);
	unlock_page(old);
	unlock_page(page);
	next = find_get_page(&file.mapping, 6);
	assert_ptr_equal(next, page);
	assert_test_page(next, 77);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	assert_int_equal(verify_caches(), 0);
	put_page(next);
	put_page(page);
	put_page(old);
	assert_int_equal(file.mapping.nrpages, 1);
}

static int matches, others;

static int note_bit(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	(void)mode, (void)flags;
	if (!wake_page_match(container_of(entry, struct wait_page_queue, wait), key)) {
		others++;
		return 0;
	}
	matches++;
	list_del_init(&entry->entry);
	return 1;
}

static void a_function_is_called_when_a_bit_is_cleared(void **state)
{
	struct page *page = find_or_create_page(&file.mapping, 2, GFP_KERNEL);
	struct wait_page_queue waiter = {.folio = page_folio(page), .bit_nr = PG_writeback};

	(void)state;
	matches = others = 0;
	init_waitqueue_func_entry(&waiter.wait, note_bit);
	set_page_writeback(page);
	folio_add_wait_queue(page_folio(page), &waiter.wait);
	assert_true(PageWaiters(page));
	unlock_page(page);
	assert_int_equal(matches, 0);
	assert_int_equal(others, 1);
	end_page_writeback(page);
	assert_int_equal(matches, 1);
	assert_true(list_empty(&waiter.wait.entry));
	lock_page(page);
	unlock_page(page);
	assert_int_equal(matches + others, 2);
	assert_false(PageWaiters(page));
	put_page(page);
}

static void a_page_that_is_wanted_as_used_counts_as_such(void **state)
{
	struct page *page = find_or_create_page(&file.mapping, 2, GFP_KERNEL);

	(void)state;
	assert_true(PageReferenced(page));
	unlock_page(page);
	put_page(page);
	assert_ptr_equal(find_or_create_page(&file.mapping, 2, GFP_KERNEL), page);
	lru_add_drain_all();
	assert_true(PageActive(page));
	unlock_page(page);
	put_page(page);
}

static void a_page_that_is_read_counts_as_used_once(void **state)
{
	struct page *page = read_cache_page_gfp(&file.mapping, 3, GFP_KERNEL);

	(void)state;
	lru_add_drain_all();
	assert_true(PageReferenced(page) && !PageActive(page));
	put_page(page);
}

static void contents_need_not_stay_unless_the_mapping_says_so(void **state)
{
	struct page *page = find_or_create_page(&file.mapping, 2, GFP_KERNEL);

	(void)state;
	set_page_writeback(page);
	wait_for_stable_page(page);
	assert_true(PageWriteback(page));
	end_page_writeback(page);
	mapping_set_stable_writes(&file.mapping);
	assert_true(mapping_stable_writes(&file.mapping));
	wait_for_stable_page(page);
	mapping_clear_stable_writes(&file.mapping);
	assert_false(mapping_stable_writes(&file.mapping));
	unlock_page(page);
	put_page(page);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_file, close_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(each_watcher_is_told_of_an_error_once),
		test(what_is_no_error_is_not_noted),
		test(a_write_that_fails_is_told_to_each_file),
		test(an_end_of_io_says_how_it_went),
		test(pages_that_their_writer_skips_are_dirty_and_counted_once),
		test(writing_in_turns_goes_on_where_it_ended),
		test(an_error_ends_a_write_that_nobody_waits_for),
		test(who_dirties_too_much_writes),
		test(what_is_kept_to_be_written_keeps_its_tag),
		test(a_mapping_s_own_operations_are_called),
		test(one_page_is_written_and_waited_for),
		test(a_file_that_ends_earlier_has_fewer_pages),
		test(data_and_holes_are_found),
		test(pages_are_found_by_tag_in_handfuls),
		test(a_page_that_nobody_uses_is_invalidated),
		test(a_page_takes_the_place_of_another),
		test(a_function_is_called_when_a_bit_is_cleared),
		test(a_page_that_is_wanted_as_used_counts_as_such),
		test(a_page_that_is_read_counts_as_used_once),
		test(contents_need_not_stay_unless_the_mapping_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
