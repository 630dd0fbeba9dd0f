/* SPDX-License-Identifier: MIT */
/*
 * What a file system keeps with its pages: it counts as a reference, and its owner is asked, or
 * told, when a page is to be cleared, dropped, moved or reclaimed.
 */
#include "pressure_machine.h"

#include <linux/migrate.h>

/* Data as a file system has them: memory of its own. */
struct data {
	pgoff_t index;
	bool held; /* it will not let them go */
};

static struct {
	unsigned int releases, refused, invalidations, frees, moves;
	gfp_t gfp;	       /* of the last release */
	size_t offset, length; /* of the last invalidation */
	struct folio *freed;
} seen;

static void attach(struct folio *folio)
{
	struct data *data = kmalloc(sizeof(*data), GFP_KERNEL);

	*data = (struct data){.index = folio_index(folio)};
	folio_attach_private(folio, data);
}

static bool release(struct folio *folio, gfp_t gfp)
{
	struct data *data = folio_get_private(folio);

	assert_true(folio_test_locked(folio) && folio_mapping(folio) == &file.mapping);
	seen.gfp = gfp;
	seen.releases++;
	if (data && data->held) {
		seen.refused++;
		return false;
	}
	kfree(folio_detach_private(folio));
	return true;
}

static void invalidate(struct folio *folio, size_t offset, size_t length)
{
	const struct data *data = folio_get_private(folio);
	const u8 *contents = folio_address(folio);

	assert_true(folio_test_locked(folio) && folio_mapping(folio) == &file.mapping);
	assert_false(folio_test_writeback(folio));
	seen.invalidations++;
	seen.offset = offset;
	seen.length = length;
	if (length < folio_size(folio))
		assert_true(contents[offset] == 0 && contents[offset + length - 1] == 0);
	else if (data && !data->held)
		kfree(folio_detach_private(folio));
}

static void count_freed(struct folio *folio)
{
	assert_true(folio_test_locked(folio) && !folio_mapping(folio));
	seen.frees++;
	seen.freed = folio;
}

static const struct address_space_operations releasing = {.read_folio = test_read_folio,
							  .writepage = test_writepage,
							  .release_folio = release,
							  .invalidate_folio = invalidate,
							  .free_folio = count_freed};

static int setup(void **state)
{
	open_file(state);
	file.mapping.a_ops = &releasing;
	memset(&seen, 0, sizeof(seen));
	return 0;
}

static int setup_two_nodes(void **state)
{
	open_file_two_nodes(state);
	file.mapping.a_ops = &releasing;
	memset(&seen, 0, sizeof(seen));
	return 0;
}

/* The page at @index, read, with data of ours and a reference. */
static struct folio *folio_with_data(pgoff_t index)
{
	struct folio *folio;

	test_file_read(&file, index);
	folio = filemap_lock_folio(&file.mapping, index);
	attach(folio);
	folio_unlock(folio);
	return folio;
}

static struct data *hold(struct folio *folio, bool held)
{
	struct data *data = folio_get_private(folio);

	data->held = held;
	return data;
}

/* ---- Data ----------------------------------------------------------------------------- */

static void attached_data_are_a_reference_until_they_are_detached(void **state)
{
	struct folio *folio = folio_with_data(5);
	struct data *data = folio_get_private(folio), other;

	(void)state;
	assert_int_equal(data->index, 5);
	assert_int_equal(folio_ref_count(folio), 3);
	assert_int_equal(folio_expected_ref_count(folio), 2);
	assert_true(PagePrivate(&folio->page) && page_has_private(&folio->page));
	assert_int_equal(page_private(&folio->page), (unsigned long)data);
	assert_ptr_equal(folio_change_private(folio, &other), data);
	assert_ptr_equal(folio_get_private(folio), &other);
	assert_int_equal(folio_ref_count(folio), 3);
	assert_ptr_equal(detach_page_private(&folio->page), &other);
	assert_false(folio_has_private(folio));
	assert_int_equal(folio_ref_count(folio), 2);
	assert_int_equal(folio_expected_ref_count(folio), 1);
	assert_null(folio_detach_private(folio));
	assert_null(folio_get_private(folio));
	assert_ptr_equal(folio_mapping(folio), &file.mapping);
	assert_int_equal(folio_index(folio), 5);
	attach_page_private(&folio->page, data);
	folio_put(folio);
}

static void they_are_there_for_pages_of_no_mapping_too(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	int data;

	(void)state;
	attach_page_private(page, &data);
	assert_int_equal(page_ref_count(page), 2);
	assert_int_equal(folio_expected_ref_count(page_folio(page)), 1);
	assert_ptr_equal(detach_page_private(page), &data);
	put_page(page);
}

/* ---- Truncation --------------------------------------------------------------------------- */

static void truncation_tells_of_whole_pages_and_of_parts(void **state)
{
	struct folio *folio[3];

	(void)state;
	for (unsigned int i = 0; i < 3; i++)
		folio[i] = folio_with_data(i);
	test_file_read(&file, 3);
	truncate_inode_pages_range(&file.mapping, PAGE_SIZE + 100, PAGE_SIZE + 299);
	assert_int_equal(seen.invalidations, 1);
	assert_true(seen.offset == 100 && seen.length == 200);
	truncate_inode_pages_range(&file.mapping, 10, PAGE_SIZE - 1);
	assert_true(seen.offset == 10 && seen.length == PAGE_SIZE - 10);
	assert_int_equal(seen.invalidations, 2);
	assert_int_equal(file.mapping.nrpages, 4);
	truncate_inode_pages(&file.mapping, PAGE_SIZE);
	assert_true(seen.offset == 0 && seen.length == PAGE_SIZE);
	/* Nothing is said of the page without data but that it is out. */
	assert_int_equal(seen.invalidations, 4);
	assert_int_equal(seen.frees, 3);
	assert_int_equal(seen.releases, 0);
	assert_true(folio_test_private(folio[0]) && !folio_test_private(folio[1]));
	assert_int_equal(folio_ref_count(folio[1]), 1);
	for (unsigned int i = 0; i < 3; i++)
		folio_put(folio[i]);
}

static void data_that_stay_keep_the_page_though_it_is_in_no_mapping(void **state)
{
	struct folio *folio = folio_with_data(7);
	struct data *data = hold(folio, true);

	(void)state;
	truncate_inode_pages(&file.mapping, 0);
	assert_int_equal(file.mapping.nrpages, 0);
	assert_null(folio_mapping(folio));
	assert_ptr_equal(folio_get_private(folio), data);
	folio_put(folio);
	assert_int_equal(folio_ref_count(folio), 1);
	/* There is nobody left to ask: reclaim keeps it as well. */
	for (int i = 0; i < 10; i++)
		reclaim(GFP_KERNEL, 0);
	assert_int_equal(folio_ref_count(folio), 1);
	assert_int_equal(seen.releases, 0);
	kfree(folio_detach_private(folio));
}

static void a_bad_page_is_taken_from_its_file(void **state)
{
	struct folio *folio = folio_with_data(7);
	unsigned long pfn = page_to_pfn(&folio->page);

	(void)state;
	folio_put(folio);
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_int_equal(seen.invalidations, 1);
	assert_int_equal(seen.length, PAGE_SIZE);
	assert_true(PageReserved(pfn_to_page(pfn)));
	folio = folio_with_data(8);
	folio_lock(folio);
	assert_int_equal(generic_error_remove_page(&file.mapping, &folio->page), 0);
	assert_int_equal(seen.invalidations, 2);
	folio_unlock(folio);
	folio_put(folio);
}

/* ---- Invalidation ---------------------------------------------------------------------------- */

static void clean_pages_are_dropped_if_their_data_are_released(void **state)
{
	struct folio *folio[4];

	(void)state;
	for (unsigned int i = 0; i < 4; i++)
		folio[i] = folio_with_data(i);
	hold(folio[1], true);
	test_file_write(&file, 2, 9);
	for (unsigned int i = 0; i < 3; i++)
		folio_put(folio[i]);
	/* One is held, one is dirty, and of one the test has a reference. */
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 0, 3), 1);
	assert_null(find_get_page(&file.mapping, 0));
	assert_int_equal(seen.releases, 2);
	assert_int_equal(seen.gfp, 0);
	assert_int_equal(seen.frees, 1);
	folio_put(folio[3]);
	hold(folio[1], false);
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 0, 3), 2);
	assert_int_equal(seen.invalidations, 0);
	assert_int_equal(file.mapping.nrpages, 1);
}

static void all_pages_are_dropped_whoever_uses_them_if_their_data_are_released(void **state)
{
	struct folio *folio[2];

	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		folio[i] = folio_with_data(i);
	hold(folio[1], true);
	assert_int_equal(invalidate_inode_pages2(&file.mapping), -EBUSY);
	assert_int_equal(seen.releases, 2);
	assert_int_equal(seen.gfp, GFP_KERNEL);
	assert_null(folio_mapping(folio[0]));
	assert_ptr_equal(folio_mapping(folio[1]), &file.mapping);
	hold(folio[1], false);
	assert_int_equal(invalidate_inode_pages2(&file.mapping), 0);
	assert_true(mapping_empty(&file.mapping) && mapping_shrinkable(&file.mapping));
	for (unsigned int i = 0; i < 2; i++)
		folio_put(folio[i]);
}

static void release_is_asked_of_clean_locked_pages_with_data(void **state)
{
	static const struct address_space_operations silent = {.read_folio = test_read_folio};
	struct folio *folio = folio_with_data(1), *plain;

	(void)state;
	test_file_read(&file, 2);
	plain = filemap_lock_folio(&file.mapping, 2);
	assert_true(filemap_release_folio(plain, GFP_KERNEL));
	assert_int_equal(seen.releases, 0);
	mapping_set_release_always(&file.mapping);
	assert_true(filemap_release_folio(plain, GFP_NOFS));
	assert_int_equal(seen.releases, 1);
	assert_int_equal(seen.gfp, GFP_NOFS);
	mapping_clear_release_always(&file.mapping);
	assert_false(mapping_release_always(&file.mapping));
	folio_unlock(plain);
	folio_put(plain);

	folio_lock(folio);
	folio_start_writeback(folio);
	assert_false(filemap_release_folio(folio, GFP_KERNEL));
	assert_int_equal(seen.releases, 1);
	folio_end_writeback(folio);
	file.mapping.a_ops = &silent;
	assert_int_equal(try_to_release_page(&folio->page, GFP_KERNEL), 0);
	file.mapping.a_ops = &releasing;
	assert_int_equal(try_to_release_page(&folio->page, GFP_KERNEL), 1);
	assert_false(folio_has_private(folio));
	folio_unlock(folio);
	folio_put(folio);
}

/* ---- Reclaim ------------------------------------------------------------------------------------ */

static void reclaim_takes_what_is_released_and_keeps_the_rest(void **state)
{
	struct folio *folio[100];

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		folio[i] = folio_with_data(i);
		hold(folio[i], i % 2);
		folio_put(folio[i]);
	}
	for (int i = 0; i < 40; i++)
		reclaim(GFP_KERNEL, 0);
	assert_int_equal(file.mapping.nrpages, 50);
	assert_int_equal(seen.frees, 50);
	assert_true(seen.refused >= 50);
	assert_true(seen.gfp & __GFP_FS);
	for (unsigned int i = 1; i < 100; i += 2) {
		assert_int_equal(hold(folio[i], false)->index, i);
		assert_int_equal(folio_ref_count(folio[i]), 2);
	}
	while (file.mapping.nrpages)
		assert_true(reclaim(GFP_KERNEL, 0) > 0);
}

static void memory_that_data_keep_comes_back_with_them(void **state)
{
	unsigned long pages = all_free_pages() + 1000;

	(void)state;
	for (pgoff_t i = 0; i < pages; i++)
		folio_put(folio_with_data(i));
	assert_true(seen.releases > 900 && seen.refused == 0);
	assert_int_equal(mapping_verify(&file.mapping) + verify_caches(), 0);
	assert_int_equal(file.mapping.nrpages + seen.frees, pages);
}

/* ---- Moving ----------------------------------------------------------------------------------------- */

static int move(struct folio *folio, enum migrate_mode mode)
{
	const struct migration_target_control mtc = {
		.nid = 1, .gfp_mask = GFP_HIGHUSER_MOVABLE | __GFP_THISNODE};
	LIST_HEAD(pages);
	int left;

	assert_int_equal(folio_isolate_lru(folio), 0);
	list_add(&folio->lru, &pages);
	node_stat_add_folio(folio, NR_ISOLATED_FILE);
	left = migrate_pages(&pages, alloc_migration_target, NULL, (unsigned long)&mtc, mode,
			     MR_SYSCALL, NULL);
	assert_int_equal(left, !list_empty(&pages));
	if (left)
		putback_movable_pages(&pages);
	assert_int_equal(global_node_page_state(NR_ISOLATED_FILE), 0);
	return left;
}

/* Where it is now, with a reference. */
static struct folio *moved_folio(pgoff_t index)
{
	struct folio *folio = filemap_get_folio(&file.mapping, index);

	assert_int_equal(page_to_nid(&folio->page), 1);
	assert_test_page(&folio->page, file.stored[index]);
	assert_true(folio_test_uptodate(folio));
	return folio;
}

static void without_an_operation_a_page_is_moved_when_its_data_are_released(void **state)
{
	struct folio *folio = folio_with_data(3);

	(void)state;
	hold(folio, true);
	folio_put(folio);
	assert_int_equal(move(folio, MIGRATE_ASYNC), 1);
	assert_int_equal(seen.refused, 1);
	/* It may be possible in a moment, and there is time. */
	assert_int_equal(move(folio, MIGRATE_SYNC), 1);
	assert_int_equal(seen.refused, 11);
	hold(folio, false);
	assert_int_equal(move(folio, MIGRATE_ASYNC), 0);
	folio = moved_folio(3);
	assert_false(folio_has_private(folio));
	assert_int_equal(folio_ref_count(folio), 2);
	folio_put(folio);
	assert_int_equal(seen.frees, 0);
}

static void filemap_migrate_folio_takes_the_data_along(void **state)
{
	static const struct address_space_operations moving = {.read_folio = test_read_folio,
							       .writepage = test_writepage,
							       .release_folio = release,
							       .invalidate_folio = invalidate,
							       .migrate_folio =
								       filemap_migrate_folio};
	struct folio *folio;

	(void)state;
	file.mapping.a_ops = &moving;
	for (pgoff_t i = 0; i < 3; i++) {
		struct folio *old = folio_with_data(i);
		void *data = folio_get_private(old);

		if (i == 1)
			folio_change_private(old, data = (void *)77);
		if (i == 2)
			test_file_write(&file, 2, file.stored[2]);
		/* The test's own reference is one too many. */
		assert_int_equal(move(old, MIGRATE_SYNC), 1);
		assert_ptr_equal(folio_get_private(old), data);
		folio_put(old);
		assert_int_equal(move(old, MIGRATE_SYNC), 0);
		folio = moved_folio(i);
		assert_ptr_equal(folio_get_private(folio), data);
		assert_int_equal(folio_ref_count(folio), 3);
		assert_int_equal(folio_test_dirty(folio), i == 2);
		assert_int_equal(mapping_verify(&file.mapping) + verify_caches(), 0);
		if (i == 1)
			folio_detach_private(folio);
		folio_put(folio);
	}
	assert_int_equal(seen.releases + seen.invalidations, 0);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(file.writes, 1);
}

/* As a file system does it whose data know where they are. */
static int move_by_hand(struct address_space *mapping, struct folio *dst, struct folio *src,
			enum migrate_mode mode)
{
	struct data *data = folio_get_private(src);
	int err = folio_migrate_mapping(mapping, dst, src, 0);

	if (err)
		return err;
	assert_ptr_equal(folio_get_private(src), data);
	assert_null(folio_get_private(dst));
	assert_ptr_equal(folio_mapping(dst), mapping);
	assert_null(folio_mapping(src));
	folio_attach_private(dst, folio_detach_private(src));
	assert_int_equal(mode, MIGRATE_SYNC_LIGHT);
	folio_migrate_copy(dst, src);
	seen.moves++;
	return 0;
}

static void an_owner_moves_its_page_in_steps(void **state)
{
	static const struct address_space_operations by_hand = {.read_folio = test_read_folio,
								.invalidate_folio = invalidate,
								.migrate_folio = move_by_hand};
	struct folio *folio = folio_with_data(6);
	const struct data *data = folio_get_private(folio);

	(void)state;
	file.mapping.a_ops = &by_hand;
	assert_int_equal(move(folio, MIGRATE_SYNC_LIGHT), 1);
	assert_int_equal(seen.moves, 0);
	folio_put(folio);
	assert_int_equal(move(folio, MIGRATE_SYNC_LIGHT), 0);
	assert_int_equal(seen.moves, 1);
	folio = moved_folio(6);
	assert_ptr_equal(folio_get_private(folio), data);
	folio_put(folio);
}

/* ---- Dirty, and never written ------------------------------------------------------------------------ */

static void noop_dirty_folio_sets_a_flag_that_nobody_counts(void **state)
{
	static const struct address_space_operations ram = {.read_folio = test_read_folio,
							    .dirty_folio = noop_dirty_folio};
	struct folio *folio;

	(void)state;
	file.mapping.a_ops = &ram;
	test_file_write(&file, 1, 1);
	folio = filemap_lock_folio(&file.mapping, 1);
	assert_true(folio_test_dirty(folio));
	assert_false(folio_mark_dirty(folio));
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 0);
	assert_false(mapping_tagged(&file.mapping, PAGECACHE_TAG_DIRTY));
	folio_unlock(folio);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	folio_put(folio);
	assert_int_equal(move(folio, MIGRATE_SYNC), 0);
	folio = moved_folio(1);
	assert_true(folio_test_dirty(folio));
	folio_put(folio);
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 0, ~0UL), 0);
	truncate_inode_pages(&file.mapping, 0);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 0);
	assert_int_equal(global_zone_page_state(NR_ZONE_WRITE_PENDING), 0);
}

int main(void)
{
#define test(name)	     cmocka_unit_test_setup_teardown(name, setup, close_file)
#define test_two_nodes(name) cmocka_unit_test_setup_teardown(name, setup_two_nodes, close_file)
	const struct CMUnitTest tests[] = {
		test(attached_data_are_a_reference_until_they_are_detached),
		test(they_are_there_for_pages_of_no_mapping_too),
		test(truncation_tells_of_whole_pages_and_of_parts),
		test(data_that_stay_keep_the_page_though_it_is_in_no_mapping),
		test(a_bad_page_is_taken_from_its_file),
		test(clean_pages_are_dropped_if_their_data_are_released),
		test(all_pages_are_dropped_whoever_uses_them_if_their_data_are_released),
		test(release_is_asked_of_clean_locked_pages_with_data),
		test(reclaim_takes_what_is_released_and_keeps_the_rest),
		test(memory_that_data_keep_comes_back_with_them),
		test_two_nodes(without_an_operation_a_page_is_moved_when_its_data_are_released),
		test_two_nodes(filemap_migrate_folio_takes_the_data_along),
		test_two_nodes(an_owner_moves_its_page_in_steps),
		test_two_nodes(noop_dirty_folio_sets_a_flag_that_nobody_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
