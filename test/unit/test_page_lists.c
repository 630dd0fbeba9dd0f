/* SPDX-License-Identifier: MIT */
/*
 * Lists of isolated pages: of an owner who has its pages on a list itself, of more pages than
 * there are records set aside for, of blocks; and pages that are reclaimed by a list.
 */
#include "cache_machine.h"

#include <linux/compaction.h>
#include <linux/migrate.h>
#include <linux/spinlock.h>

#define WIDE 0xffff888012345000UL

static struct test_file file;

/* ---- An owner with a list -------------------------------------------------------------- */

/*
 * page->lru of its pages is on this list, or on that of who has isolated the page. A page's
 * private value is what its first word says.
 */
static struct {
	spinlock_t lock;
	struct list_head pages;
	unsigned long nr;
	int error; /* of migrate_page, unless it is 0 */
} depot;

static bool depot_isolate(struct page *page, isolate_mode_t mode)
{
	(void)mode;
	spin_lock(&depot.lock);
	list_del(&page->lru);
	depot.nr--;
	spin_unlock(&depot.lock);
	return true;
}

static void depot_list(struct page *page)
{
	spin_lock(&depot.lock);
	list_add(&page->lru, &depot.pages);
	depot.nr++;
	spin_unlock(&depot.lock);
}

static int depot_migrate(struct page *dst, struct page *src, enum migrate_mode mode);

static const struct movable_operations depot_ops = {
	.isolate_page = depot_isolate,
	.migrate_page = depot_migrate,
	.putback_page = depot_list,
};

static int depot_migrate(struct page *dst, struct page *src, enum migrate_mode mode)
{
	(void)mode;
	if (depot.error)
		return depot.error;
	get_page(dst);
	__SetPageMovable(dst, &depot_ops);
	set_page_private(dst, page_private(src));
	depot_list(dst);
	memcpy(page_address(dst), page_address(src), PAGE_SIZE);
	__ClearPageMovable(src);
	set_page_private(src, 0);
	put_page(src);
	return MIGRATEPAGE_SUCCESS;
}

static struct page *depot_add(unsigned int order, gfp_t gfp, u64 private)
{
	struct page *page = alloc_pages(GFP_HIGHUSER_MOVABLE | gfp, order);

	*(u64 *)page_address(page) = private;
	lock_page(page);
	__SetPageMovable(page, &depot_ops);
	set_page_private(page, private);
	depot_list(page);
	unlock_page(page);
	return page;
}

static void depot_fill(unsigned long nr)
{
	for (u64 i = 0; i < nr; i++)
		depot_add(0, 0, i % 5 ? i : WIDE + i);
}

/* Nobody has isolated one of them. Those with narrow values have no record any more. */
static void depot_check(unsigned long nr)
{
	u64 sum = 0, want = 0;
	struct page *page;

	assert_int_equal(list_count_nodes(&depot.pages), nr);
	assert_int_equal(depot.nr, nr);
	list_for_each_entry (page, &depot.pages, lru) {
		u64 word = *(u64 *)page_address(page);

		assert_int_equal(page_private(page), word);
		assert_int_equal(PageEntry(page), word >= WIDE);
		assert_ptr_equal(page_movable_ops(page), &depot_ops);
		sum += word;
	}
	for (u64 i = 0; i < nr; i++)
		want += i % 5 ? i : WIDE + i;
	assert_int_equal(sum, want);
}

static void depot_drop(struct page *page)
{
	list_del(&page->lru);
	depot.nr--;
	lock_page(page);
	__ClearPageMovable(page);
	set_page_private(page, 0);
	unlock_page(page);
	put_page(page);
}

static void depot_empty(void)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, &depot.pages, lru)
		depot_drop(page);
}

static void isolate_depot(struct list_head *pages)
{
	while (!list_empty(&depot.pages)) {
		struct page *page = list_first_entry(&depot.pages, struct page, lru);

		assert_int_equal(isolate_movable_page(page, 0), 0);
		list_add_tail(&page->lru, pages);
		assert_int_equal(page_private(page), *(u64 *)page_address(page));
	}
	assert_int_equal(depot.nr, 0);
}

static int setup(void **state)
{
	cache_machine(state);
	memmap_make_all();
	test_file_open(&file);
	spin_lock_init(&depot.lock);
	depot.error = 0;
	INIT_LIST_HEAD(&depot.pages);
	return 0;
}

static int teardown(void **state)
{
	depot_empty();
	assert_int_equal(depot.nr, 0);
	assert_int_equal(page_alloc_stats.free_flags, 0);
	assert_int_equal(global_node_page_state(NR_ISOLATED_FILE), 0);
	assert_int_equal(mapping_verify(&file.mapping), 0);
	test_file_close(&file);
	return cache_machine_end(state);
}

/* ---- Its pages isolated ------------------------------------------------------------------ */

static int migrate(struct list_head *pages)
{
	static const struct migration_target_control mtc = {.nid = NUMA_NO_NODE,
							    .gfp_mask = GFP_HIGHUSER_MOVABLE};

	return migrate_pages(pages, alloc_migration_target, NULL, (unsigned long)&mtc, MIGRATE_SYNC,
			     MR_SYSCALL, NULL);
}

static void an_owner_may_have_its_movable_pages_on_a_list(void **state)
{
	LIST_HEAD(pages);

	(void)state;
	depot_fill(500);
	depot_check(500);
	isolate_depot(&pages);
	putback_movable_pages(&pages);
	depot_check(500);
	isolate_depot(&pages);
	depot.error = -EBUSY;
	assert_int_equal(migrate(&pages), 500);
	assert_int_equal(depot.nr, 0);
	assert_int_equal(list_count_nodes(&pages), 500);
	depot.error = 0;
	assert_int_equal(migrate(&pages), 0);
	assert_true(list_empty(&pages));
	depot_check(500);
}

static void compaction_asks_an_owner_with_a_list(void **state)
{
	struct page *page, *next;

	(void)state;
	depot_fill(4000);
	/* Every other page of what it has becomes free. */
	list_for_each_entry_safe (page, next, &depot.pages, lru)
		if (page_to_pfn(page) & 1)
			depot_drop(page);
	compact_nodes();
	assert_true(atomic_long_read(&vm_events[PGMIGRATE_SUCCESS]) > 100);
	list_for_each_entry (page, &depot.pages, lru)
		assert_int_equal(page_private(page), *(u64 *)page_address(page));
}

/* Put back, it needs no record any more, unless one of its other pages has one. */
static void a_block_that_was_isolated_keeps_what_its_pages_have(void **state)
{
	LIST_HEAD(pages);

	(void)state;
	for (int compound = 0; compound < 2; compound++) {
		struct page *page = depot_add(3, compound ? __GFP_COMP : 0, 7);

		isolate_depot(&pages);
		assert_true(PageEntry(page));
		putback_movable_pages(&pages);
		assert_false(PageEntry(page));
		set_page_private(page + 5, WIDE);
		isolate_depot(&pages);
		set_page_private(page + 6, WIDE + 6);
		putback_movable_pages(&pages);
		assert_true(PageEntry(page));
		assert_int_equal(page_private(page), 7);
		assert_int_equal(page_private(page + 5), WIDE);
		assert_int_equal(page_private(page + 6), WIDE + 6);
		depot_empty();
	}
}

/* ---- Reclaim ------------------------------------------------------------------------------ */

static struct page *isolate_cached(pgoff_t index, struct list_head *pages)
{
	struct folio *folio = filemap_get_folio(&file.mapping, index);

	for (pgoff_t n = 0; n < index % 4; n++)
		folio_mark_accessed(folio);
	assert_int_equal(folio_isolate_lru(folio), 0);
	assert_int_equal(folio_isolate_lru(folio), -EBUSY);
	list_add_tail(&folio->lru, pages);
	folio_put(folio);
	return &folio->page;
}

static void pages_on_a_list_are_reclaimed_however_they_were_used(void **state)
{
	LIST_HEAD(pages);

	(void)state;
	assert_int_equal(reclaim_pages(&pages), 0);
	for (pgoff_t i = 0; i < 300; i++) {
		test_file_read(&file, i);
		if (i % 3 == 1)
			test_file_write(&file, i, i + 42);
		isolate_cached(i, &pages);
	}
	assert_int_equal(reclaim_pages(&pages), 300);
	assert_true(list_empty(&pages));
	assert_int_equal(file.mapping.nrpages, 0);
	for (pgoff_t i = 1; i < 300; i += 3)
		assert_int_equal(file.stored[i], i + 42);
}

static void pages_that_cannot_be_reclaimed_are_back_on_their_lists(void **state)
{
	struct page *held, *locked, *again;
	LIST_HEAD(pages);

	(void)state;
	for (pgoff_t i = 0; i < 5; i++)
		test_file_read(&file, i);
	held = isolate_cached(0, &pages);
	isolate_cached(1, &pages);
	locked = isolate_cached(2, &pages);
	again = isolate_cached(3, &pages);
	get_page(held);
	lock_page(locked);
	list_del(&again->lru);
	folio_putback_lru(page_folio(again));
	assert_int_equal(reclaim_pages(&pages), 1);
	assert_true(list_empty(&pages));
	assert_true(PageLRU(held) && PageLRU(locked) && PageLRU(again));
	unlock_page(locked);
	put_page(held);
	assert_int_equal(file.mapping.nrpages, 4);
}

/* ---- Operations --------------------------------------------------------------------------- */

static void set_movable(void *arg)
{
	static const struct movable_operations one_more;

	__SetPageMovable(arg, &one_more);
}

/* Last: numbers that are taken stay so. */
static void pages_may_have_256_different_operations(void **state)
{
	static const struct movable_operations ops[255];
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);

	(void)state;
	lock_page(page);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
			__SetPageMovable(page, &ops[i]);
			assert_ptr_equal(page_movable_ops(page), &ops[i]);
		}
		__ClearPageMovable(page);
		assert_false(__PageMovable(page));
		__SetPageMovable(page, &depot_ops);
		assert_ptr_equal(page_movable_ops(page), &depot_ops);
	}
	assert_non_null(host_expect_panic(set_movable, page));
	__ClearPageMovable(page);
	unlock_page(page);
	__free_page(page);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_owner_may_have_its_movable_pages_on_a_list),
		TEST(compaction_asks_an_owner_with_a_list),
		TEST(a_block_that_was_isolated_keeps_what_its_pages_have),
		TEST(pages_on_a_list_are_reclaimed_however_they_were_used),
		TEST(pages_that_cannot_be_reclaimed_are_back_on_their_lists),
		TEST(pages_may_have_256_different_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
