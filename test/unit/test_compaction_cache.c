/* SPDX-License-Identifier: MIT */
/*
 * Compaction of memory that the page cache holds: its pages are moved with all that
 * belongs to them, or stay for good reasons.
 */
#include "cache_machine.h"

#include "../../mm/compaction.h"
#include "../../mm/migrate.h"

static struct test_file file;
static struct zone *zone;

/* Reads pages into the zone until it is nearly full, then drops about half of them. */
static int fragment_cache(void **state)
{
	cache_machine(state);
	test_file_open(&file);
	zone = zone_of(0, ZONE_DMA32);
	srand(1);
	memmap_make_all();
	for (pgoff_t i = 0; zone_page_state(zone, NR_FREE_PAGES) > high_wmark_pages(zone); i++)
		test_file_read(&file, i);
	for (pgoff_t i = 0; i < FILE_PAGES; i++) {
		struct page *page = rand() >> 12 & 1 ? find_lock_page(&file.mapping, i) : NULL;

		if (!page)
			continue;
		delete_from_page_cache(page);
		unlock_page(page);
		put_page(page);
	}
	drain_all_pages(NULL);
	return 0;
}

static int close_file(void **state)
{
	for (pgoff_t i = 0; i < FILE_PAGES; i++) {
		struct page *page = find_get_page(&file.mapping, i);

		if (!page)
			continue;
		assert_test_page(page, file.stored[i]);
		assert_true(PageLRU(page) && !PageLocked(page));
		assert_int_equal(page_ref_count(page), 2);
		put_page(page);
	}
	assert_int_equal(mapping_verify(&file.mapping), 0);
	test_file_close(&file);
	return cache_machine_end(state);
}

static unsigned long huge_blocks(void)
{
	return zone->free_area[9].nr_free + 2 * zone->free_area[10].nr_free;
}

static void compact(void)
{
	compact_node(0);
}

static void cached_pages_are_moved_and_leave_large_blocks(void **state)
{
	unsigned long cached = file.mapping.nrpages, free = zone_page_state(zone, NR_FREE_PAGES);
	unsigned long reads = file.reads;

	(void)state;
	assert_true(fragmentation_index(zone, 9) > 800);
	compact();
	assert_true(huge_blocks() >= free / pageblock_nr_pages - 3);
	assert_true(atomic_long_read(&vm_events[PGMIGRATE_SUCCESS]) > (long)cached / 4);
	assert_int_equal(file.mapping.nrpages, cached);
	assert_int_equal(file.reads, reads);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), free);
}

/* With a reference, and low enough that it will be moved if it can. */
static struct page *first_cached(pgoff_t *index)
{
	for (;;) {
		struct page *page = find_get_page(&file.mapping, (*index)++);

		if (page && page_to_pfn(page) < zone->zone_start_pfn + zone->spanned_pages / 4)
			return page;
		if (page)
			put_page(page);
	}
}

/* Of many pages some: one that is used, one that is locked, one that is being written. */
static void pages_in_use_locked_or_written_stay_where_they_are(void **state)
{
	struct page *used, *locked, *written;
	pgoff_t index = 0, at[3];

	(void)state;
	used = first_cached(&index);
	at[0] = index - 1;
	locked = first_cached(&index);
	at[1] = index - 1;
	lock_page(locked);
	put_page(locked);
	written = first_cached(&index);
	at[2] = index - 1;
	lock_page(written);
	set_page_writeback(written);
	unlock_page(written);
	put_page(written);
	compact();
	assert_ptr_equal(find_get_page(&file.mapping, at[0]), used);
	assert_ptr_equal(find_get_page(&file.mapping, at[1]), locked);
	assert_ptr_equal(find_get_page(&file.mapping, at[2]), written);
	assert_true(atomic_long_read(&vm_events[PGMIGRATE_FAIL]) >= 3);
	put_page(used);
	put_page(used);
	unlock_page(locked);
	put_page(locked);
	end_page_writeback(written);
	put_page(written);
}

static void a_dirty_page_is_written_from_where_it_was_moved_to(void **state)
{
	pgoff_t index = 0;
	struct page *page = first_cached(&index), *moved;

	(void)state;
	put_page(page);
	test_file_write(&file, index - 1, 4242);
	compact();
	moved = find_get_page(&file.mapping, index - 1);
	assert_ptr_not_equal(moved, page);
	assert_true(PageDirty(moved));
	put_page(moved);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(file.stored[index - 1], 4242);
}

static void an_isolated_page_that_leaves_the_cache_is_freed(void **state)
{
	pgoff_t index = 0;
	struct page *page = first_cached(&index);
	LIST_HEAD(pages);

	(void)state;
	assert_int_equal(isolate_migratable_page(page, 0, &pages), 0);
	assert_int_equal(isolate_migratable_page(page, 0, &pages), -EBUSY);
	assert_true(list_is_singular(&pages));
	assert_int_equal(global_node_page_state(NR_ISOLATED_FILE), 1);
	lock_page(page);
	delete_from_page_cache(page);
	unlock_page(page);
	put_page(page);
	assert_int_equal(migrate_pages(&pages, alloc_migration_target, NULL, 0, MIGRATE_SYNC,
				       MR_CONTIG_RANGE, NULL),
			 0);
	assert_true(list_empty(&pages));
	assert_int_equal(global_node_page_state(NR_ISOLATED_FILE), 0);
	assert_int_equal(page_alloc_stats.free_flags, 0);
}

static unsigned int given_back;

static void count_given_back(struct page *page, unsigned long private)
{
	(void)private;
	given_back++;
	put_page(page);
}

static int move_and_drop(struct address_space *mapping, struct folio *dst, struct folio *src,
			 enum migrate_mode mode)
{
	int err = migrate_folio(mapping, dst, src, mode);

	if (!err)
		filemap_remove_folio(dst);
	return err;
}

/* Its giver counts on pages that nobody had. */
static void a_new_page_that_was_the_caches_does_not_go_back(void **state)
{
	struct migration_target_control mtc = {.nid = 0, .gfp_mask = GFP_HIGHUSER_MOVABLE};
	const struct address_space_operations *aops = file.mapping.a_ops;
	struct address_space_operations dropping = *aops;
	pgoff_t index = 0;
	struct page *page = first_cached(&index);
	LIST_HEAD(pages);

	(void)state;
	dropping.migrate_folio = move_and_drop;
	file.mapping.a_ops = &dropping;
	given_back = 0;
	assert_int_equal(isolate_migratable_page(page, 0, &pages), 0);
	put_page(page);
	assert_int_equal(migrate_pages(&pages, alloc_migration_target, count_given_back,
				       (unsigned long)&mtc, MIGRATE_SYNC, MR_CONTIG_RANGE, NULL),
			 0);
	file.mapping.a_ops = aops;
	assert_null(find_get_page(&file.mapping, index - 1));
	assert_int_equal(given_back, 0);
	assert_int_equal(page_alloc_stats.free_flags, 0);
}

static void a_listed_page_of_no_mapping_stays(void **state)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);
	struct migration_target_control mtc = {.nid = 0, .gfp_mask = GFP_HIGHUSER_MOVABLE};
	LIST_HEAD(pages);

	(void)state;
	lru_cache_add(page);
	assert_int_equal(isolate_migratable_page(page, 0, &pages), 0);
	assert_int_equal(migrate_pages(&pages, alloc_migration_target, NULL, (unsigned long)&mtc,
				       MIGRATE_SYNC, MR_CONTIG_RANGE, NULL),
			 1);
	assert_int_equal(global_node_page_state(NR_ISOLATED_FILE), 1);
	putback_movable_pages(&pages);
	assert_int_equal(global_node_page_state(NR_ISOLATED_FILE), 0);
	assert_true(PageLRU(page));
	assert_int_equal(page_ref_count(page), 1);
	put_page(page);
}

/* Each list has its own count, whatever the page is moved to. */
static void who_isolates_counts_and_who_moves_ceases_to(void **state)
{
	struct migration_target_control mtc = {.nid = 0, .gfp_mask = GFP_HIGHUSER_MOVABLE};
	enum node_stat_item item;
	struct page *page;
	pgoff_t index = 0;
	LIST_HEAD(pages);

	(void)state;
	for (int anon = 0; anon < 2; anon++)
		for (int demoted = 0; demoted < 2; demoted++) {
			page = first_cached(&index);
			put_page(page);
			assert_int_equal(isolate_lru_page(page), 0);
			if (anon)
				SetPageSwapBacked(page);
			list_add(&page->lru, &pages);
			item = NR_ISOLATED_ANON + page_is_file_lru(page);
			inc_node_page_state(page, item);
			assert_int_equal(migrate_pages(&pages, alloc_migration_target, NULL,
						       (unsigned long)&mtc, MIGRATE_SYNC,
						       demoted ? MR_DEMOTION : MR_SYSCALL, NULL),
					 0);
			assert_int_equal(global_node_page_state(item), demoted);
			mod_node_page_state(NODE_DATA(0), item, -demoted);
			assert_int_equal(global_node_page_state(NR_ISOLATED_ANON) +
						 global_node_page_state(NR_ISOLATED_FILE),
					 0);
			index++;
		}
}

/* The first of @nr pages, a multiple of it, with nothing in them but cached and free ones. */
static unsigned long movable_range(unsigned long nr)
{
	unsigned long start = ALIGN(zone->zone_start_pfn, nr), pfn;

	for (pfn = start; pfn < start + nr; pfn++) {
		const struct page *page = pfn_to_page(pfn);

		if (PageBuddy(page))
			pfn += (1UL << page->priv32) - 1;
		else if (!PageLRU(page))
			pfn = (start += nr) - 1;
	}
	return start;
}

static void a_range_full_of_cached_pages_can_be_had(void **state)
{
	unsigned long start = movable_range(pageblock_nr_pages), end = start + pageblock_nr_pages;
	unsigned long cached = file.mapping.nrpages;

	(void)state;
	assert_int_equal(alloc_contig_range(start, end, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	assert_int_equal(file.mapping.nrpages, cached);
	for (unsigned long pfn = start; pfn < end; pfn++)
		assert_false(PageLRU(pfn_to_page(pfn)));
	free_contig_range(start, end - start);
}

static void a_cached_page_can_be_taken_off_its_memory(void **state)
{
	pgoff_t index = 0;
	struct page *page = first_cached(&index);
	unsigned long pfn = page_to_pfn(page);

	(void)state;
	put_page(page);
	assert_int_equal(soft_offline_page(pfn, 0), 0);
	page = find_get_page(&file.mapping, index - 1);
	assert_int_not_equal(page_to_pfn(page), pfn);
	put_page(page);
	assert_true(PageHWPoison(pfn_to_page(pfn)));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fragment_cache, close_file)
	const struct CMUnitTest tests[] = {
		TEST(cached_pages_are_moved_and_leave_large_blocks),
		TEST(pages_in_use_locked_or_written_stay_where_they_are),
		TEST(a_dirty_page_is_written_from_where_it_was_moved_to),
		TEST(an_isolated_page_that_leaves_the_cache_is_freed),
		TEST(a_new_page_that_was_the_caches_does_not_go_back),
		TEST(a_listed_page_of_no_mapping_stays),
		TEST(who_isolates_counts_and_who_moves_ceases_to),
		TEST(a_range_full_of_cached_pages_can_be_had),
		TEST(a_cached_page_can_be_taken_off_its_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
