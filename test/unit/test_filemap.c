/* SPDX-License-Identifier: MIT */
/*
 * The page cache: pages are found where they were put, read once, written when they
 * are dirty, dropped when nobody uses them, and moved with all that belongs to them.
 */
#include "cache_machine.h"

#include <linux/migrate.h>

#include "cpus.h"

static struct test_file file;

static int open_file(void **state)
{
	cache_machine(state);
	test_file_open(&file);
	return 0;
}

static int open_file_two_nodes(void **state)
{
	cache_machine_two_nodes(state);
	test_file_open(&file);
	return 0;
}

static int close_file(void **state)
{
	assert_int_equal(mapping_verify(&file.mapping), 0);
	test_file_close(&file);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), 0);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 0);
	assert_int_equal(global_node_page_state(NR_WRITEBACK), 0);
	assert_int_equal(global_zone_page_state(NR_ZONE_WRITE_PENDING), 0);
	return cache_machine_end(state);
}

static void a_page_is_read_once_and_found_from_then_on(void **state)
{
	struct page *page, *again;

	(void)state;
	assert_null(find_get_page(&file.mapping, 5));
	page = read_mapping_page(&file.mapping, 5, NULL);
	assert_test_page(page, 5);
	assert_int_equal(file.reads, 1);
	assert_int_equal(page_ref_count(page), 2);
	assert_true(PageLRU(page) && PageUptodate(page));
	assert_ptr_equal(page_mapping(page), &file.mapping);
	assert_int_equal(page_index(page), 5);
	again = find_lock_page(&file.mapping, 5);
	assert_ptr_equal(again, page);
	unlock_page(page);
	put_page(page);
	put_page(page);
	test_file_read(&file, 5);
	assert_int_equal(file.reads, 1);
	assert_int_equal(file.mapping.nrpages, 1);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), 1);
}

static void a_read_that_fails_leaves_a_page_that_is_read_again(void **state)
{
	(void)state;
	file.read_error = -EIO;
	assert_int_equal(PTR_ERR(read_mapping_page(&file.mapping, 9, NULL)), -EIO);
	file.read_error = 0;
	test_file_read(&file, 9);
	assert_int_equal(file.reads, 2);
}

static int unlock_alone(struct file *unused, struct folio *folio)
{
	(void)unused;
	folio_unlock(folio);
	return 0;
}

static void a_filler_that_leaves_the_page_not_up_to_date_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(PTR_ERR(read_cache_page(&file.mapping, 9, unlock_alone, NULL)), -EIO);
}

static void an_index_is_taken_once(void **state)
{
	struct page *page = page_cache_alloc(&file.mapping);

	(void)state;
	test_file_read(&file, 3);
	assert_int_equal(add_to_page_cache_lru(page, &file.mapping, 3, GFP_KERNEL), -EEXIST);
	assert_false(PageLocked(page) || PageLRU(page) || PagePrivate(page));
	assert_int_equal(page_ref_count(page), 1);
	assert_null(page_mapping(page));
	put_page(page);
	assert_int_equal(pagecache_verify(), 0);
}

static void dirty_pages_are_counted_and_written_once(void **state)
{
	struct zone *zone;
	struct page *page;

	(void)state;
	for (u64 i = 0; i < 300; i++)
		test_file_write(&file, i * 7, i ^ 0xabcd);
	page = find_lock_page(&file.mapping, 7);
	zone = page_zone(page);
	assert_false(set_page_dirty(page));
	unlock_page(page);
	put_page(page);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 300);
	assert_int_equal(zone_page_state(zone, NR_ZONE_WRITE_PENDING), 300);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(file.writes, 300);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 0);
	assert_int_equal(global_node_page_state(NR_WRITTEN), 300);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(file.writes, 300);
	for (u64 i = 0; i < 300; i++)
		assert_int_equal(file.stored[i * 7], i ^ 0xabcd);
}

static void pages_that_cannot_be_written_stay_dirty(void **state)
{
	static const int error[] = {-EIO, AOP_WRITEPAGE_ACTIVATE};

	(void)state;
	test_file_write(&file, 1, 11);
	for (int i = 0; i < 2; i++) {
		file.write_error = error[i];
		assert_int_equal(filemap_write_and_wait(&file.mapping), i ? 0 : -EIO);
		assert_int_equal(invalidate_mapping_pages(&file.mapping, 0, ULONG_MAX), 0);
		assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 1);
		assert_int_equal(mapping_verify(&file.mapping), 0);
	}
	file.write_error = 0;
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(file.stored[1], 11);
}

static void clean_pages_that_nobody_uses_are_dropped(void **state)
{
	struct page *used, *locked;

	(void)state;
	for (u64 i = 0; i < 100; i++)
		test_file_read(&file, i);
	test_file_write(&file, 10, 1);
	used = find_get_page(&file.mapping, 20);
	locked = find_lock_page(&file.mapping, 30);
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 50, 59), 10);
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 0, ULONG_MAX), 87);
	assert_int_equal(file.mapping.nrpages, 3);
	put_page(used);
	unlock_page(locked);
	put_page(locked);
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 0, ULONG_MAX), 2);
	test_file_read(&file, 20);
	assert_int_equal(file.reads, 101);
}

static void truncation_drops_whole_pages_and_clears_parts(void **state)
{
	const char *data;
	struct page *page;

	(void)state;
	for (u64 i = 0; i < 10; i++)
		test_file_write(&file, i, ~0ULL);
	truncate_inode_pages_range(&file.mapping, 2 * PAGE_SIZE + 100, 5 * PAGE_SIZE + 199);
	assert_int_equal(file.mapping.nrpages, 8);
	for (u64 i = 0; i < 10; i++) {
		page = find_get_page(&file.mapping, i);
		assert_int_equal(!page, i == 3 || i == 4);
		if (!page)
			continue;
		data = page_address(page);
		assert_int_equal(data[99] != 0 && data[150] != 0, i != 2 && i != 5);
		assert_int_equal(data[200] == 0, i == 2);
		put_page(page);
	}
	/* Inside one page. */
	truncate_inode_pages_range(&file.mapping, 8 * PAGE_SIZE + 10, 8 * PAGE_SIZE + 19);
	page = find_get_page(&file.mapping, 8);
	data = page_address(page);
	assert_true(data[9] && !data[10] && !data[19] && data[20]);
	/* A reader keeps what it holds. */
	truncate_inode_pages(&file.mapping, 0);
	assert_int_equal(file.mapping.nrpages, 0);
	assert_int_equal(page_ref_count(page), 1);
	assert_null(page_mapping(page));
	assert_true(data[9] != 0);
	put_page(page);
	assert_int_equal(file.writes, 0);
}

static int migrate_to(struct page *copy, struct page *old)
{
	return migrate_folio(&file.mapping, page_folio(copy), page_folio(old), MIGRATE_SYNC);
}

static void a_migrated_page_takes_all_of_it_along(void **state)
{
	struct page *old, *copy = alloc_pages_node(1, GFP_KERNEL | __GFP_THISNODE, 0);

	(void)state;
	test_file_write(&file, 77, 4242);
	old = find_lock_page(&file.mapping, 77);
	assert_int_equal(page_to_nid(old), 0);
	activate_page(old);
	assert_int_equal(isolate_lru_page(old), 0);
	lock_page(copy);
	/* Somebody has one reference more: the test, from find_lock_page(). */
	assert_int_equal(migrate_to(copy, old), -EAGAIN);
	put_page(old);
	assert_int_equal(migrate_to(copy, old), 0);
	unlock_page(old);
	assert_int_equal(page_ref_count(old), 1);
	put_page(old);
	unlock_page(copy);
	putback_lru_page(copy);
	assert_test_page(copy, 4242);
	assert_true(PageDirty(copy) && PageActive(copy) && PageUptodate(copy));
	assert_int_equal(page_ref_count(copy), 1);
	assert_int_equal(node_page_state(NODE_DATA(1), NR_FILE_PAGES), 1);
	assert_int_equal(node_page_state(NODE_DATA(0), NR_FILE_DIRTY), 0);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(file.stored[77], 4242);
	assert_int_equal(page_alloc_stats.free_flags, 0);
}

static void verify_names_entries_and_marks_that_are_wrong(void **state)
{
	struct page *page[2];
	u32 key;

	(void)state;
	for (u64 i = 0; i < 2; i++) {
		test_file_read(&file, i);
		page[i] = find_lock_page(&file.mapping, i);
	}
	key = page[0]->priv32;
	page[0]->priv32 = page[1]->priv32;
	assert_int_equal(mapping_verify(&file.mapping), 1);
	assert_int_equal(pagecache_verify(), 1);
	page[0]->priv32 = key;
	/* Of a page that is locked the mark may be about to follow. */
	SetPageDirty(page[1]);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	unlock_page(page[1]);
	assert_int_equal(mapping_verify(&file.mapping), 1);
	lock_page(page[1]);
	ClearPageDirty(page[1]);
	file.mapping.nrpages++;
	assert_int_equal(mapping_verify(&file.mapping), 1);
	file.mapping.nrpages--;
	for (int i = 0; i < 2; i++) {
		unlock_page(page[i]);
		put_page(page[i]);
	}
}

/* ---- Several CPUs ------------------------------------------------------------------------ */

#define CPUS 4

static int open_file_many_cpus(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, CPUS + 1);
	test_file_open(&file);
	return 0;
}

static unsigned long thread_random(unsigned long *state)
{
	*state = *state * 6364136223846793005UL + 1442695040888963407UL;
	return *state >> 33;
}

/* Each page's word is the number of increments: none may be lost. */
static const char *use_file(int cpu)
{
	unsigned long random = (unsigned long)cpu;

	for (int i = 0; i < 4000; i++) {
		pgoff_t index = thread_random(&random) % 50;
		struct page *page;

		if (i % 50 == 0) {
			invalidate_mapping_pages(&file.mapping, 0, 49);
			filemap_write_and_wait(&file.mapping);
		}
		page = read_mapping_page(&file.mapping, index, NULL);
		if (IS_ERR(page))
			return "a page could not be read";
		lock_page(page);
		if (page_mapping(page) == &file.mapping) {
			fill_test_page(page, *(u64 *)page_address(page) + 1);
			set_page_dirty(page);
		} else {
			i--;
		}
		unlock_page(page);
		put_page(page);
	}
	return NULL;
}

static void increments_of_many_cpus_survive_dropping_and_writing(void **state)
{
	u64 sum = 0, first = 0;

	(void)state;
	run_on_cpus(1, CPUS + 1, use_file);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	for (u64 i = 0; i < 50; i++) {
		first += i;
		sum += file.stored[i];
	}
	assert_int_equal(sum - first, CPUS * 4000);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, open_file, close_file)
	const struct CMUnitTest tests[] = {
		test(a_page_is_read_once_and_found_from_then_on),
		test(a_read_that_fails_leaves_a_page_that_is_read_again),
		test(a_filler_that_leaves_the_page_not_up_to_date_is_an_error),
		test(an_index_is_taken_once),
		test(dirty_pages_are_counted_and_written_once),
		test(pages_that_cannot_be_written_stay_dirty),
		test(clean_pages_that_nobody_uses_are_dropped),
		test(truncation_drops_whole_pages_and_clears_parts),
		cmocka_unit_test_setup_teardown(a_migrated_page_takes_all_of_it_along,
						open_file_two_nodes, close_file),
		test(verify_names_entries_and_marks_that_are_wrong),
		cmocka_unit_test_setup_teardown(
			increments_of_many_cpus_survive_dropping_and_writing, open_file_many_cpus,
			close_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
