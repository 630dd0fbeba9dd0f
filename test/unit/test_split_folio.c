/* SPDX-License-Identifier: MIT */
/*
 * Folios of several pages where they become single ones, or are dropped: splits and what is in
 * their way, reclaim, memory that is bad, reads ahead that make them.
 */
#include "pressure_machine.h"

#include <linux/fs.h>
#include <linux/uio.h>

static struct inode inode;

static int open_inode(void **state)
{
	open_file(state);
	inode_init_once(&inode);
	inode.i_mapping = &file.mapping;
	i_size_write(&inode, FILE_PAGES * PAGE_SIZE);
	file.mapping.host = &inode;
	return 0;
}

/* One at @index, as its file has it, locked, with a reference. */
static struct folio *add_folio(pgoff_t index, unsigned int order)
{
	struct folio *folio = filemap_alloc_folio(GFP_KERNEL, order);

	assert_non_null(folio);
	assert_int_equal(filemap_add_folio(&file.mapping, folio, index, GFP_KERNEL), 0);
	test_read_folio(NULL, folio);
	folio_lock(folio);
	return folio;
}

static void let_go(struct folio *folio)
{
	folio_unlock(folio);
	folio_put(folio);
}

/* ---- Splits ------------------------------------------------------------------------------------ */

static void all_orders_can_be_split(void **state)
{
	(void)state;
	for (unsigned int order = 1; order <= MAX_PAGE_ORDER; order++) {
		pgoff_t nr = 1UL << order;
		struct folio *folio = add_folio(nr, order);
		struct page *named = folio_page(folio, nr - 1);

		assert_int_equal(split_huge_page(named), 0);
		assert_int_equal(file.mapping.nrpages, nr);
		assert_int_equal(global_node_page_state(NR_INACTIVE_FILE), nr);
		assert_int_equal(lruvec_verify(NODE_DATA(0)), 0);
		assert_int_equal(mapping_verify(&file.mapping), 0);
		assert_int_equal(pagecache_verify(), 0);
		for (pgoff_t i = 0; i < nr; i++) {
			struct page *page = folio_page(folio, i);

			assert_false(PageCompound(page));
			assert_int_equal(PageLocked(page), page == named);
			assert_int_equal(page_ref_count(page), 1 + (page == named));
			assert_true(PageUptodate(page) && PageLRU(page) && !PageDirty(page));
			assert_int_equal(page_index(page), nr + i);
			assert_int_equal(page_private(page), 0);
			assert_test_page(page, nr + i);
		}
		unlock_page(named);
		put_page(named);
		truncate_inode_pages(&file.mapping, 0);
	}
}

static void each_page_has_the_flags_and_marks(void **state)
{
	struct folio *folio = add_folio(16, 2);

	(void)state;
	folio_mark_dirty(folio);
	folio_mark_accessed(folio);
	folio_mark_accessed(folio);
	folio_mark_accessed(folio);
	tag_pages_for_writeback(&file.mapping, 0, ULONG_MAX);
	assert_int_equal(split_folio(folio), 0);
	for (int i = 0; i < 4; i++) {
		struct page *page = folio_page(folio, i);

		assert_true(PageDirty(page) && PageActive(page) && PageReferenced(page));
		assert_true(xa_get_mark(&file.mapping.i_pages, 16 + i, PAGECACHE_TAG_DIRTY) &&
			    xa_get_mark(&file.mapping.i_pages, 16 + i, PAGECACHE_TAG_TOWRITE));
	}
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 4);
	assert_int_equal(global_node_page_state(NR_ACTIVE_FILE), 4);
	let_go(folio);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(file.writes, 4);
}

static bool keep_private(struct folio *folio, gfp_t gfp)
{
	(void)folio, (void)gfp;
	return false;
}

static const struct address_space_operations keeping_aops = {
	.read_folio = test_read_folio, .writepage = test_writepage, .release_folio = keep_private};

static void what_is_in_use_is_not_split(void **state)
{
	struct folio *folio = add_folio(16, 2);
	int pins = 0;

	(void)state;
	folio_get(folio);
	assert_false(can_split_folio(folio, &pins));
	assert_int_equal(pins, 4);
	assert_int_equal(split_folio(folio), -EAGAIN);
	folio_put(folio);
	assert_true(can_split_folio(folio, NULL));
	folio_start_writeback(folio);
	assert_int_equal(split_folio(folio), -EBUSY);
	folio_end_writeback(folio);
	file.mapping.a_ops = &keeping_aops;
	folio_attach_private(folio, &pins);
	assert_int_equal(split_folio(folio), -EBUSY);
	assert_ptr_equal(folio_detach_private(folio), &pins);
	assert_int_equal(folio_order(folio), 2);
	assert_int_equal(page_private(&folio->page), 0);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	assert_int_equal(pagecache_verify(), 0);
	filemap_remove_folio(folio);
	assert_int_equal(split_folio(folio), -EBUSY);
	let_go(folio);
	file.mapping.a_ops = &test_aops;
}

static void pages_past_the_end_leave_the_cache(void **state)
{
	struct folio *folio = add_folio(16, 3);
	unsigned long free;

	(void)state;
	folio_mark_dirty(folio);
	i_size_write(&inode, 18 * PAGE_SIZE + 1);
	free = nr_free_pages();
	assert_int_equal(split_folio(folio), 0);
	assert_int_equal(file.mapping.nrpages, 3);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 3);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), 3);
	assert_in_range(nr_free_pages(), free, free + 5);
	assert_null(find_get_page(&file.mapping, 19));
	let_go(folio);
}

static void pages_of_an_isolated_folio_come_on_a_list(void **state)
{
	struct folio *folio = add_folio(16, 2);
	struct page *page, *next;
	LIST_HEAD(list);
	int nr = 0;

	(void)state;
	assert_int_equal(isolate_lru_page(folio_page(folio, 2)), -EBUSY);
	assert_int_equal(isolate_lru_page(&folio->page), 0);
	folio_put(folio);
	assert_int_equal(global_node_page_state(NR_INACTIVE_FILE), 0);
	assert_int_equal(split_folio_to_list(folio, &list), 0);
	list_for_each_entry_safe (page, next, &list, lru) {
		assert_int_equal(page_ref_count(page), 2);
		assert_false(PageLRU(page) || PageLocked(page));
		list_del(&page->lru);
		putback_lru_page(page);
		nr++;
	}
	assert_int_equal(nr, 3);
	folio_unlock(folio);
	putback_lru_page(&folio->page);
	assert_int_equal(global_node_page_state(NR_INACTIVE_FILE), 4);
	assert_int_equal(lruvec_verify(NODE_DATA(0)), 0);
}

static void without_memory_it_stays_as_it_is(void **state)
{
	struct folio *folio = add_folio(1024, 9);
	LIST_HEAD(list);
	int err;

	(void)state;
	mapping_set_gfp_mask(&file.mapping, GFP_NOWAIT | __GFP_NOWARN);
	take_all(&list, GFP_NOWAIT | __GFP_NOWARN);
	err = split_folio(folio);
	free_all(&list);
	assert_int_equal(err, -ENOMEM);
	assert_int_equal(folio_order(folio), 9);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	assert_int_equal(pagecache_verify(), 0);
	assert_int_equal(split_folio(folio), 0);
	let_go(folio);
}

/* ---- Reclaim ------------------------------------------------------------------------------------ */

static void reclaim_counts_pages(void **state)
{
	struct folio *folio;

	(void)state;
	for (pgoff_t i = 0; i < 10; i++)
		let_go(add_folio(i * 64, 6));
	folio = filemap_get_folio(&file.mapping, 100);
	assert_int_equal(global_node_page_state(NR_INACTIVE_FILE), 640);
	while (reclaim(GFP_KERNEL, 0))
		;
	assert_int_equal(file.mapping.nrpages, 64);
	assert_int_equal(vm_event(PGSTEAL_DIRECT) + vm_event(PGSTEAL_KSWAPD), 576);
	assert_int_equal(vm_event(PGSTEAL_FILE), 576);
	assert_true(vm_event(PGSCAN_FILE) >= 640);
	assert_int_equal(global_node_page_state(NR_ISOLATED_FILE), 0);
	assert_int_equal(global_node_page_state(NR_INACTIVE_FILE) +
				 global_node_page_state(NR_ACTIVE_FILE),
			 64);
	folio_put(folio);
}

static void what_is_dirty_is_written_before_it_is_dropped(void **state)
{
	struct folio *folio = add_folio(64, 5);

	(void)state;
	fill_test_page(folio_page(folio, 9), 4711);
	folio_mark_dirty(folio);
	let_go(folio);
	while (reclaim(GFP_KERNEL, 0))
		;
	assert_int_equal(file.mapping.nrpages, 0);
	assert_int_equal(file.writes, 1);
	assert_int_equal(file.stored[73], 4711);
	assert_int_equal(global_node_page_state(NR_VMSCAN_WRITE), 32);
}

static void lists_move_a_folio_as_a_whole(void **state)
{
	struct folio *folio = add_folio(64, 5);

	(void)state;
	activate_page(folio_page(folio, 7));
	assert_int_equal(global_node_page_state(NR_ACTIVE_FILE), 32);
	assert_int_equal(vm_event(PGACTIVATE), 32);
	deactivate_page(folio_page(folio, 8));
	assert_int_equal(global_node_page_state(NR_INACTIVE_FILE), 32);
	mapping_set_unevictable(&file.mapping);
	let_go(folio);
	reclaim(GFP_KERNEL, 0);
	while (!PageUnevictable(&folio->page))
		reclaim(GFP_KERNEL, 0);
	assert_int_equal(global_node_page_state(NR_UNEVICTABLE), 32);
	folio_lock(folio);
	folio_get(folio);
	assert_int_equal(split_folio(folio), 0);
	assert_int_equal(global_node_page_state(NR_UNEVICTABLE), 32);
	assert_int_equal(lruvec_verify(NODE_DATA(0)), 0);
	let_go(folio);
}

/* ---- Bad memory -------------------------------------------------------------------------------- */

static void of_a_folio_only_the_bad_page_is_dropped(void **state)
{
	struct folio *folio = add_folio(32, 4);
	unsigned long pfn = folio_pfn(folio);

	(void)state;
	let_go(folio);
	assert_int_equal(memory_failure(pfn + 5, 0), 0);
	assert_true(host_log_contains("recovery action for clean LRU page: Recovered\n"));
	assert_true(PageHWPoison(pfn_to_page(pfn + 5)) && PageReserved(pfn_to_page(pfn + 5)));
	assert_int_equal(file.mapping.nrpages, 15);
	assert_null(find_get_page(&file.mapping, 37));
	assert_false(PageHWPoison(pfn_to_page(pfn + 4)) || PageCompound(pfn_to_page(pfn + 4)));
	test_file_read(&file, 37);
}

static unsigned int nr_removed;
static int remove_error;

static int note_removed(struct address_space *mapping, struct page *page)
{
	nr_removed++;
	return remove_error ?: generic_error_remove_page(mapping, page);
}

static sector_t map_block(struct address_space *mapping, sector_t block)
{
	assert_ptr_equal(mapping, &file.mapping);
	return block + 1000;
}

static const struct address_space_operations removing_aops = {.read_folio = test_read_folio,
							      .writepage = test_writepage,
							      .error_remove_page = note_removed,
							      .bmap = map_block};

static void a_mapping_is_asked_about_bad_pages(void **state)
{
	struct folio *folio = add_folio(32, 0);
	unsigned long pfn = folio_pfn(folio);

	(void)state;
	let_go(folio);
	nr_removed = 0;
	remove_error = -EIO;
	file.mapping.a_ops = &removing_aops;
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_int_equal(nr_removed, 2);
	assert_int_equal(file.mapping.nrpages, 1);
	remove_error = 0;
	truncate_inode_pages(&file.mapping, 0);
	test_file_read(&file, 33);
	folio = filemap_get_folio(&file.mapping, 33);
	pfn = folio_pfn(folio);
	folio_put(folio);
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_int_equal(nr_removed, 3);
	assert_int_equal(file.mapping.nrpages, 0);
	file.mapping.a_ops = &test_aops;
}

static void blocks_are_told_by_the_mapping(void **state)
{
	sector_t block = 5;

	(void)state;
	assert_int_equal(bmap(&inode, &block), -EINVAL);
	assert_int_equal(block, 5);
	file.mapping.a_ops = &removing_aops;
	assert_int_equal(bmap(&inode, &block), 0);
	assert_int_equal(block, 1005);
	file.mapping.a_ops = &test_aops;
}

/* ---- Reading ahead ------------------------------------------------------------------------------- */

static unsigned int orders[1024], nr_folios, nr_marked;

static void note_and_read(struct readahead_control *rac)
{
	struct folio *folio;

	while ((folio = readahead_folio(rac))) {
		assert_int_equal(readahead_batch_length(rac), folio_size(folio));
		assert_true(IS_ALIGNED(folio_index(folio), (pgoff_t)folio_nr_pages(folio)));
		nr_marked += folio_test_readahead(folio);
		orders[nr_folios++] = folio_order(folio);
		assert_int_equal(test_read_folio(rac->file, folio), 0);
	}
}

static const struct address_space_operations ahead_aops = {
	.read_folio = test_read_folio, .writepage = test_writepage, .readahead = note_and_read};

static struct file open_reader(loff_t size)
{
	struct file reader = {.f_mapping = &file.mapping, .f_inode = &inode, .f_mode = FMODE_READ};

	i_size_write(&inode, size);
	file.mapping.a_ops = &ahead_aops;
	file_ra_state_init(&reader.f_ra, &file.mapping);
	nr_folios = nr_marked = 0;
	return reader;
}

static ssize_t read_at(struct file *reader, pgoff_t index, size_t pages)
{
	static u64 buf[64 * PAGE_SIZE / sizeof(u64)];
	struct kvec vec = {.iov_base = buf, .iov_len = pages * PAGE_SIZE};
	struct iov_iter iter;
	struct kiocb kiocb;
	ssize_t done;

	init_sync_kiocb(&kiocb, reader);
	kiocb.ki_pos = (loff_t)(index * PAGE_SIZE);
	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, vec.iov_len);
	done = generic_file_read_iter(&kiocb, &iter);
	for (ssize_t i = 0; i < done / (ssize_t)sizeof(u64); i++)
		assert_int_equal(buf[i], index + (pgoff_t)i / (PAGE_SIZE / sizeof(u64)));
	return done;
}

/*
 *   0 .. 3  4 .. 27              28 .. 59                60 .. 91
 *   2m      2 2 2m 2 2 2         2m 4 (32) 3 (48) 2      2m 4 3 2      orders; m: the mark
 */
static void reads_in_order_make_folios_that_grow(void **state)
{
	static const unsigned int want[] = {2, 2, 2, 2, 2, 2, 2, 2, 4, 3, 2, 2, 4, 3, 2};
	struct file reader = open_reader(1024 * PAGE_SIZE);

	(void)state;
	mapping_set_large_folios(&file.mapping);
	for (pgoff_t i = 0; i < 1000; i += 2)
		assert_int_equal(read_at(&reader, i, 2), 2 * PAGE_SIZE);
	assert_memory_equal(orders, want, sizeof(want));
	assert_in_range(nr_folios, 100, 150);
	assert_in_range(nr_marked, 30, 40);
	assert_int_equal(file.reads, nr_folios);
	assert_int_equal(mapping_verify(&file.mapping), 0);
}

static void no_folio_reaches_past_the_end(void **state)
{
	struct file reader = open_reader(23 * PAGE_SIZE + 5);

	(void)state;
	mapping_set_large_folios(&file.mapping);
	assert_int_equal(read_at(&reader, 0, 16), 16 * PAGE_SIZE);
	assert_int_equal(read_at(&reader, 16, 7), 7 * PAGE_SIZE);
	assert_int_equal(file.mapping.nrpages, 24);
	assert_null(find_get_page(&file.mapping, 24));
	assert_true(orders[0] >= 2);
}

static void who_does_not_say_so_gets_single_pages(void **state)
{
	struct file reader = open_reader(64 * PAGE_SIZE);

	(void)state;
	for (pgoff_t i = 0; i < 32; i += 8)
		assert_int_equal(read_at(&reader, i, 8), 8 * PAGE_SIZE);
	for (unsigned int i = 0; i < nr_folios; i++)
		assert_int_equal(orders[i], 0);
}

/* What others cached lies in the way. */
static void gaps_are_filled_one_by_one(void **state)
{
	struct file reader = open_reader(64 * PAGE_SIZE);
	struct page *pages[2];

	(void)state;
	test_file_read(&file, 9);
	mapping_set_large_folios(&file.mapping);
	assert_int_equal(read_at(&reader, 0, 32), 32 * PAGE_SIZE);
	for (pgoff_t i = 0; i < 32; i++) {
		struct page *page = find_get_page(&file.mapping, i);

		assert_non_null(page);
		put_page(page);
	}
	DEFINE_READAHEAD(rac, &reader, &reader.f_ra, &file.mapping, 64);
	folio_unlock(add_folio(64, 1));
	folio_unlock(add_folio(66, 1));
	rac._nr_pages = 4;
	assert_int_equal(readahead_page_batch(&rac, pages), 2);
	assert_int_equal(readahead_batch_length(&rac), 4 * PAGE_SIZE);
	assert_int_equal(page_index(pages[1]), 66);
	put_page(pages[0]);
	put_page(pages[1]);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_inode, close_file)
	const struct CMUnitTest tests[] = {
		T(all_orders_can_be_split),
		T(each_page_has_the_flags_and_marks),
		T(what_is_in_use_is_not_split),
		T(pages_past_the_end_leave_the_cache),
		T(pages_of_an_isolated_folio_come_on_a_list),
		T(without_memory_it_stays_as_it_is),
		T(reclaim_counts_pages),
		T(what_is_dirty_is_written_before_it_is_dropped),
		T(lists_move_a_folio_as_a_whole),
		T(of_a_folio_only_the_bad_page_is_dropped),
		T(a_mapping_is_asked_about_bad_pages),
		T(blocks_are_told_by_the_mapping),
		T(reads_in_order_make_folios_that_grow),
		T(no_folio_reaches_past_the_end),
		T(who_does_not_say_so_gets_single_pages),
		T(gaps_are_filled_one_by_one),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
