/* SPDX-License-Identifier: MIT */
/*
 * A balloon: its pages by one and by list, what they are while they are in it, and that they
 * are moved when compaction, or somebody who wants their range, asks.
 */
#include "cache_machine.h"

#include "cpus.h"

#include <linux/balloon_compaction.h>

#include "../../mm/page_isolation.h"

static struct balloon_dev_info balloon;
static unsigned long refused; /* so many moves are not made */

/* What a driver for a hypervisor does, and tells that of the two pages. */
static int move(struct balloon_dev_info *b, struct page *newpage, struct page *page,
		enum migrate_mode mode)
{
	unsigned long flags;

	(void)mode;
	assert_ptr_equal(b, &balloon);
	assert_true(PageLocked(newpage) && PageLocked(page) && PageIsolated(page));
	if (refused) {
		refused--;
		return -EAGAIN;
	}
	get_page(newpage);
	spin_lock_irqsave(&b->pages_lock, flags);
	balloon_page_insert(b, newpage);
	b->isolated_pages--;
	count_vm_event(BALLOON_MIGRATE);
	spin_unlock_irqrestore(&b->pages_lock, flags);
	balloon_page_finalize(page);
	put_page(page);
	return MIGRATEPAGE_SUCCESS;
}

static unsigned long free_at_start;

static int setup(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, 3);
	memmap_make_all();
	balloon_devinfo_init(&balloon);
	balloon.migratepage = move;
	refused = 0;
	kmem_cache_shrink_all();
	free_at_start = all_free_pages();
	return 0;
}

static unsigned long pages_in_balloon(void)
{
	struct page *page;
	unsigned long nr = 0;

	list_for_each_entry (page, &balloon.pages, lru) {
		assert_true(PageOffline(page) && PageMovable(page));
		assert_false(PageIsolated(page));
		assert_int_equal(page_ref_count(page), 1);
		assert_ptr_equal(balloon_page_device(page), &balloon);
		nr++;
	}
	return nr;
}

/* Nothing is left of a page's time in it. */
static void deflate(void)
{
	LIST_HEAD(pages);
	struct page *page;

	balloon_page_list_dequeue(&balloon, &pages, ULONG_MAX);
	while ((page = balloon_page_pop(&pages))) {
		assert_false(PageOffline(page) || PageMovable(page) || PageEntry(page));
		put_page(page);
	}
}

static int teardown(void **state)
{
	deflate();
	assert_int_equal(pages_in_balloon() + balloon.isolated_pages, 0);
	assert_int_equal(vm_event(BALLOON_INFLATE) - vm_event(BALLOON_DEFLATE), 0);
	kmem_cache_shrink_all();
	assert_int_equal(all_free_pages(), free_at_start);
	assert_int_equal(page_alloc_stats.free_flags, 0);
	return cache_machine_end(state);
}

/* @nr pages, half of them by a list. */
static void inflate(unsigned long nr)
{
	LIST_HEAD(pages);

	for (unsigned long i = 0; i < nr; i++) {
		struct page *page = balloon_page_alloc();

		assert_non_null(page);
		if (i % 2)
			balloon_page_push(&pages, page);
		else
			balloon_page_enqueue(&balloon, page);
	}
	assert_int_equal(balloon_page_list_enqueue(&balloon, &pages), nr / 2);
	assert_true(list_empty(&pages));
}

static void pages_go_in_and_come_out_by_one_and_by_list(void **state)
{
	LIST_HEAD(pages);
	struct page *page;

	(void)state;
	inflate(20);
	assert_int_equal(pages_in_balloon(), 20);
	assert_int_equal(vm_event(BALLOON_INFLATE), 20);
	page = balloon_page_dequeue(&balloon);
	assert_false(PageOffline(page) || PageMovable(page));
	put_page(page);
	assert_int_equal(balloon_page_list_dequeue(&balloon, &pages, 5), 5);
	assert_int_equal(list_count_nodes(&pages), 5);
	assert_int_equal(pages_in_balloon(), 14);
	assert_int_equal(vm_event(BALLOON_DEFLATE), 6);
	put_pages_list(&pages);
}

static void pages_that_are_locked_or_isolated_stay(void **state)
{
	LIST_HEAD(isolated);
	LIST_HEAD(pages);
	struct page *page, *locked;

	(void)state;
	inflate(3);
	page = list_first_entry(&balloon.pages, struct page, lru);
	locked = list_next_entry(page, lru);
	assert_int_equal(isolate_movable_page(page, 0), 0);
	list_add(&page->lru, &isolated);
	assert_int_equal(balloon.isolated_pages, 1);
	lock_page(locked);
	assert_int_equal(balloon_page_list_dequeue(&balloon, &pages, 3), 1);
	assert_null(balloon_page_dequeue(&balloon));
	unlock_page(locked);
	put_page(balloon_page_pop(&pages));
	put_page(balloon_page_dequeue(&balloon));
	/* It is empty, but a page will come back. */
	assert_null(balloon_page_dequeue(&balloon));
	putback_movable_pages(&isolated);
	assert_int_equal(balloon.isolated_pages, 0);
	assert_int_equal(pages_in_balloon(), 1);
}

static void dequeue(void *arg)
{
	balloon_page_dequeue(arg);
}

static void who_wants_more_than_there_is_has_lost_count(void **state)
{
	(void)state;
	assert_non_null(host_expect_panic(dequeue, &balloon));
	spin_lock_init(&balloon.pages_lock);
}

static void enqueue(void *arg)
{
	balloon_page_enqueue(&balloon, arg);
}

static void a_page_that_somebody_has_locked_is_refused(void **state)
{
	struct page *page = balloon_page_alloc();

	(void)state;
	lock_page(page);
	assert_non_null(host_expect_panic(enqueue, page));
	spin_lock_init(&balloon.pages_lock);
	unlock_page(page);
	put_page(page);
}

/* The balloon's pages in a pageblock. */
static unsigned long pages_inside(unsigned long pfn)
{
	unsigned long inside = 0;
	struct page *page;

	list_for_each_entry (page, &balloon.pages, lru)
		inside += page_to_pfn(page) - pfn < pageblock_nr_pages;
	return inside;
}

/* A pageblock with pages of the balloon, and nothing else that is in use. */
static unsigned long pageblock_of_balloon(void)
{
	struct page *page;

	list_for_each_entry (page, &balloon.pages, lru) {
		unsigned long pfn = ALIGN_DOWN(page_to_pfn(page), pageblock_nr_pages);

		if (pages_inside(pfn) > 100 &&
		    !has_unmovable_pages(pfn, pfn + pageblock_nr_pages, MIGRATE_MOVABLE))
			return pfn;
	}
	fail_msg("the balloon is everywhere beside others");
	return 0;
}

static void a_range_with_balloon_pages_can_be_had(void **state)
{
	unsigned long pfn, inside;

	(void)state;
	inflate(1000);
	pfn = pageblock_of_balloon();
	inside = pages_inside(pfn);
	refused = 7;
	assert_int_equal(
		alloc_contig_range(pfn, pfn + pageblock_nr_pages, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	assert_int_equal(refused, 0);
	assert_int_equal(vm_event(BALLOON_MIGRATE), inside);
	assert_int_equal(pages_in_balloon(), 1000);
	assert_int_equal(pages_inside(pfn), 0);
	free_contig_range(pfn, pageblock_nr_pages);
}

/* The outside copies: nobody here can do without. */
static void a_move_without_contents_is_refused(void **state)
{
	static const struct migration_target_control mtc = {.nid = 0,
							    .gfp_mask = GFP_HIGHUSER_MOVABLE};
	LIST_HEAD(pages);
	struct page *page;

	(void)state;
	inflate(2);
	page = lru_to_page(&balloon.pages);
	assert_int_equal(isolate_movable_page(page, 0), 0);
	list_add(&page->lru, &pages);
	assert_int_equal(migrate_pages(&pages, alloc_migration_target, NULL, (unsigned long)&mtc,
				       MIGRATE_SYNC_NO_COPY, MR_SYSCALL, NULL),
			 1);
	putback_movable_pages(&pages);
	assert_int_equal(pages_in_balloon(), 2);
}

static atomic_t reading, changing;

/* CPU 0 is the driver, the others read. */
static const char *use_pages(int cpu)
{
	const char *fault = NULL;

	for (int i = 0; i < 2000 && !fault; i++) {
		atomic_t *mine = cpu ? &reading : &changing, *others = cpu ? &changing : &reading;

		if (cpu)
			page_offline_freeze();
		else
			page_offline_begin();
		atomic_inc(mine);
		if (atomic_read(others) || (!cpu && atomic_read(mine) != 1))
			fault = "pages are read while they are made offline";
		atomic_dec(mine);
		if (cpu)
			page_offline_thaw();
		else
			page_offline_end();
	}
	return fault;
}

static void drivers_and_readers_of_all_pages_wait_for_each_other(void **state)
{
	(void)state;
	/* Readers do not wait for readers. */
	page_offline_freeze();
	page_offline_freeze();
	page_offline_thaw();
	page_offline_thaw();
	run_on_cpus(0, 3, use_pages);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(pages_go_in_and_come_out_by_one_and_by_list),
		TEST(pages_that_are_locked_or_isolated_stay),
		TEST(who_wants_more_than_there_is_has_lost_count),
		TEST(a_page_that_somebody_has_locked_is_refused),
		TEST(a_range_with_balloon_pages_can_be_had),
		TEST(a_move_without_contents_is_refused),
		TEST(drivers_and_readers_of_all_pages_wait_for_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
