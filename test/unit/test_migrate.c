/* SPDX-License-Identifier: MIT */
/*
 * Movable pages: how they are taken from their owner, moved, put back, and what
 * becomes of their references, locks and contents on every way.
 */
#include "movable_owner.h"

#include <linux/vmstat.h>

static const struct ram ram[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_256M, 0}, {0, 0, 0}};

#define HANDLES 200

static unsigned long free_at_start;

static int machine(void **state)
{
	(void)state;
	machine_up(ram);
	memmap_make_all();
	free_at_start = all_free_pages();
	owner_init(HANDLES);
	for (unsigned long i = 0; i < HANDLES; i++)
		owner_add(alloc_page(GFP_HIGHUSER_MOVABLE), i);
	return 0;
}

/* Nothing may be lost, whatever the test did. */
static int machine_end(void **state)
{
	owner_check_all();
	owner_exit();
	assert_int_equal(all_free_pages(), free_at_start);
	assert_int_equal(verify_all(), 0);
	return machine_down(state);
}

static struct page *new_page(struct page *page, unsigned long private)
{
	(void)page;
	(void)private;
	return alloc_page(GFP_HIGHUSER_MOVABLE);
}

static int migrate(struct page **pages, unsigned int nr, unsigned int *succeeded)
{
	return migrate_pages(pages, nr, new_page, NULL, 0, MIGRATE_SYNC, MR_SYSCALL, succeeded);
}

/* Where the allocator's slow path, which would compact, is of no help. */
static struct page *new_block_of_zone(struct page *page, unsigned long private)
{
	(void)private;
	return zone_alloc_pages(zone_of(0, ZONE_DMA32), page_alloc_order(page),
				GFP_HIGHUSER_MOVABLE | (PageHead(page) ? __GFP_COMP : 0));
}

static void isolate_all(struct page **pages)
{
	for (unsigned long i = 0; i < HANDLES; i++) {
		pages[i] = owner.page[i];
		assert_int_equal(isolate_movable_page(pages[i], 0), 0);
	}
}

/* ---- Isolation --------------------------------------------------------------------- */

static void an_isolated_page_has_a_reference_more_and_its_owner_knows(void **state)
{
	struct page *page = owner.page[3];

	(void)state;
	assert_int_equal(isolate_movable_page(page, 0), 0);
	assert_int_equal(page_ref_count(page), 2);
	assert_true(PageIsolated(page));
	assert_false(PageLocked(page));
	assert_int_equal(owner.isolated, 1);
	putback_movable_page(page);
	assert_int_equal(owner.put_back, 1);
}

static void what_cannot_be_isolated_stays_as_it_is(void **state)
{
	struct page *plain = alloc_page(GFP_KERNEL), *page = owner.page[3];

	(void)state;
	assert_int_equal(isolate_movable_page(plain, 0), -EBUSY);
	__free_page(plain);
	assert_int_equal(isolate_movable_page(plain, 0), -EBUSY);
	assert_int_equal(isolate_movable_page(pfn_to_page(0xa0), 0), -EBUSY);
	assert_true(trylock_page(page));
	assert_int_equal(isolate_movable_page(page, 0), -EBUSY);
	unlock_page(page);
	owner.refuse = true;
	assert_int_equal(isolate_movable_page(page, 0), -EBUSY);
	owner.refuse = false;
	assert_int_equal(isolate_movable_page(page, 0), 0);
	assert_int_equal(isolate_movable_page(page, 0), -EBUSY);
	putback_movable_pages(&page, 1);
	assert_null(page);
}

static void an_isolated_page_that_its_owner_lets_go_is_freed_by_the_isolation(void **state)
{
	struct page *pages[] = {owner.page[3], owner.page[4]}, *put[] = {owner.page[5]};
	struct page *held = pages[1];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(isolate_movable_page(pages[i], 0), 0);
	assert_int_equal(isolate_movable_page(put[0], 0), 0);
	for (unsigned long i = 3; i < 6; i++)
		owner_drop(i);
	/* One of them with a reference that somebody else holds. */
	get_page(held);
	assert_int_equal(migrate(pages, 2, NULL), 0);
	putback_movable_pages(put, 1);
	assert_int_equal(owner.moved + owner.put_back, 0);
	put_page(held);
}

/* ---- Moving ------------------------------------------------------------------------- */

static void moved_pages_keep_handle_and_contents_and_old_ones_are_free(void **state)
{
	struct page *pages[HANDLES], *old[HANDLES];
	unsigned int succeeded;

	(void)state;
	isolate_all(pages);
	memcpy(old, pages, sizeof(old));
	assert_int_equal(migrate(pages, HANDLES, &succeeded), 0);
	assert_int_equal(succeeded, HANDLES);
	assert_int_equal(owner.moved, HANDLES);
	for (unsigned long i = 0; i < HANDLES; i++) {
		assert_null(pages[i]);
		assert_ptr_not_equal(owner.page[i], old[i]);
	}
	assert_int_equal(all_free_pages(), free_at_start - HANDLES);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_SUCCESS]), HANDLES);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_FAIL]), 0);
}

/* Each of ten passes asks once. */
static void pages_that_may_work_in_a_moment_are_tried_ten_times(void **state)
{
	struct page *page = owner.page[3];

	(void)state;
	assert_int_equal(isolate_movable_page(page, 0), 0);
	owner.again_for = 9;
	assert_int_equal(migrate(&page, 1, NULL), 0);
	assert_null(page);
	page = owner.page[3];
	assert_int_equal(isolate_movable_page(page, 0), 0);
	owner.again_for = 10;
	assert_int_equal(migrate(&page, 1, NULL), 1);
	assert_int_equal(owner.again_for, 0);
	assert_ptr_equal(page, owner.page[3]);
	putback_movable_pages(&page, 1);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_FAIL]), 1);
}

static void pages_that_cannot_be_moved_are_asked_once_and_stay(void **state)
{
	struct page *pages[HANDLES];
	unsigned int succeeded;

	(void)state;
	isolate_all(pages);
	owner.error = -EBUSY;
	assert_int_equal(migrate(pages, HANDLES, &succeeded), HANDLES);
	assert_int_equal(succeeded, 0);
	owner.error = 0;
	for (unsigned long i = 0; i < HANDLES; i++)
		assert_ptr_equal(pages[i], owner.page[i]);
	putback_movable_pages(pages, HANDLES);
	assert_int_equal(owner.put_back, HANDLES);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_FAIL]), HANDLES);
}

static void a_page_that_somebody_else_holds_or_locks_is_not_moved(void **state)
{
	struct page *pages[] = {owner.page[3], owner.page[4], owner.page[5]};

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(isolate_movable_page(pages[i], 0), 0);
	get_page(pages[0]);
	assert_true(trylock_page(pages[1]));
	assert_int_equal(migrate(pages, 3, NULL), 2);
	assert_null(pages[2]);
	put_page(pages[0]);
	unlock_page(pages[1]);
	assert_int_equal(migrate(pages, 3, NULL), 0);
}

static unsigned int targets_left, targets_back;

static struct page *few_pages(struct page *page, unsigned long private)
{
	assert_int_equal(private, 42);
	return targets_left-- ? new_page(page, 0) : NULL;
}

static void count_back(struct page *page, unsigned long private)
{
	assert_int_equal(private, 42);
	targets_back++;
	__free_page(page);
}

static void without_new_pages_it_ends_and_what_was_moved_is_told(void **state)
{
	struct page *pages[HANDLES];
	unsigned int succeeded;

	(void)state;
	isolate_all(pages);
	targets_left = 150;
	targets_back = 0;
	assert_int_equal(migrate_pages(pages, HANDLES, few_pages, count_back, 42, MIGRATE_ASYNC,
				       MR_SYSCALL, &succeeded),
			 -ENOMEM);
	assert_int_equal(succeeded, 150);
	assert_int_equal(targets_back, 0);
	putback_movable_pages(pages, HANDLES);
	assert_int_equal(owner.put_back, HANDLES - 150);
}

static void new_pages_that_are_not_needed_go_back_to_their_giver(void **state)
{
	struct page *page = owner.page[3];

	(void)state;
	assert_int_equal(isolate_movable_page(page, 0), 0);
	targets_left = ~0U;
	targets_back = 0;
	owner.error = -ENOSYS;
	assert_int_equal(
		migrate_pages(&page, 1, few_pages, count_back, 42, MIGRATE_SYNC, MR_SYSCALL, NULL),
		1);
	assert_int_equal(targets_back, 1);
	putback_movable_pages(&page, 1);
}

/* Whoever found its memory bad decides what becomes of the page. */
static void a_page_moved_off_bad_memory_stays_its_callers(void **state)
{
	struct page *page = owner.page[3], *old = page;

	(void)state;
	assert_int_equal(isolate_movable_page(page, 0), 0);
	assert_int_equal(
		migrate_pages(&page, 1, new_page, NULL, 0, MIGRATE_SYNC, MR_MEMORY_FAILURE, NULL),
		0);
	assert_int_equal(page_ref_count(old), 1);
	assert_ptr_not_equal(owner.page[3], old);
	put_page(old);
}

static void the_usual_target_is_a_page_of_the_same_node(void **state)
{
	struct migration_target_control mtc = {.nid = NUMA_NO_NODE,
					       .gfp_mask = GFP_HIGHUSER_MOVABLE};
	struct page *page = owner.page[3];

	(void)state;
	assert_int_equal(isolate_movable_page(page, 0), 0);
	assert_int_equal(migrate_pages(&page, 1, alloc_migration_target, NULL, (unsigned long)&mtc,
				       MIGRATE_SYNC, MR_CONTIG_RANGE, NULL),
			 0);
	assert_int_equal(page_to_nid(owner.page[3]), 0);
	assert_int_equal(owner.moved, 1);
}

/* A page is its owner's own, single, and locked while its owner changes that. */
static void set_movable(void *arg)
{
	__SetPageMovable(arg, &owner_ops);
}

static void clear_movable(void *arg)
{
	__ClearPageMovable(arg);
}

static void only_locked_first_pages_become_movable(void **state)
{
	(void)state;
	assert_non_null(host_expect_panic(set_movable, owner.page[3]));
	assert_non_null(host_expect_panic(clear_movable, owner.page[3]));
	for (int compound = 0; compound < 2; compound++) {
		struct page *pair = alloc_pages(GFP_KERNEL | (compound ? __GFP_COMP : 0), 1);

		assert_true(trylock_page(pair));
		assert_true(compound || trylock_page(pair + 1));
		assert_non_null(host_expect_panic(set_movable, pair + 1));
		if (!compound)
			unlock_page(pair + 1);
		unlock_page(pair);
		__free_pages(pair, 1);
	}
}

/* ---- Blocks of several pages -------------------------------------------------------- */

static const struct migration_target_control anywhere = {
	.nid = NUMA_NO_NODE, .gfp_mask = GFP_HIGHUSER_MOVABLE | __GFP_NOWARN};

static int migrate_anywhere(struct page **pages, unsigned int nr, unsigned int *succeeded)
{
	return migrate_pages(pages, nr, alloc_migration_target, NULL, (unsigned long)&anywhere,
			     MIGRATE_SYNC, MR_CONTIG_RANGE, succeeded);
}

/* Handle @handle's page gives way to a block. */
static struct page *owner_add_block(unsigned long handle, unsigned int order, bool compound)
{
	gfp_t gfp = GFP_HIGHUSER_MOVABLE | (compound ? __GFP_COMP : 0);

	owner_drop(handle);
	owner_add(alloc_pages(gfp, order), handle);
	return owner.page[handle];
}

static void blocks_of_all_orders_are_moved_whole(void **state)
{
	unsigned int pages = 0, succeeded;
	struct page *old;

	(void)state;
	for (unsigned int order = 1; order <= MAX_PAGE_ORDER; order++)
		for (int compound = 0; compound < 2; compound++) {
			struct page *page = owner_add_block(order, order, compound);
			unsigned long free = all_free_pages();

			old = page;
			for (unsigned long i = 1; i < 1UL << order; i++)
				assert_int_equal(isolate_movable_page(page + i, 0), -EBUSY);
			assert_int_equal(isolate_movable_page(page, 0), 0);
			assert_int_equal(migrate_anywhere(&page, 1, &succeeded), 0);
			assert_int_equal(succeeded, 1U << order);
			assert_ptr_not_equal(owner.page[order], old);
			assert_int_equal(all_free_pages(), free);
			owner_check(order);
			pages += succeeded;
		}
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_SUCCESS]), pages);
	assert_int_equal(owner.moved_pages, pages);
}

/* There are single pages, but not two side by side. */
static void without_a_block_for_one_the_others_are_moved_still(void **state)
{
	struct page *pages[] = {owner_add_block(0, 3, true), owner.page[1], owner.page[2]};
	struct page *taken = NULL, *page;
	unsigned int succeeded;

	(void)state;
	while ((page = zone_alloc_pages(zone_of(0, ZONE_DMA32), 0, GFP_KERNEL)) ||
	       (page = zone_alloc_pages(zone_of(0, ZONE_DMA), 0, GFP_KERNEL))) {
		page->mapping = taken;
		taken = page;
	}
	for (unsigned long i = 150; i < 154; i++)
		owner_drop(i);
	for (int i = 0; i < 3; i++)
		assert_int_equal(isolate_movable_page(pages[i], 0), 0);
	assert_int_equal(migrate_pages(pages, 3, new_block_of_zone, NULL, 0, MIGRATE_SYNC,
				       MR_SYSCALL, &succeeded),
			 1);
	assert_int_equal(succeeded, 2);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_FAIL]), 8);
	assert_ptr_equal(pages[0], owner.page[0]);
	putback_movable_pages(pages, 3);
	assert_int_equal(owner.put_back, 1);
	for (; taken; taken = page) {
		page = taken->mapping;
		taken->mapping = NULL;
		__free_page(taken);
	}
}

/* Its contents are lost: copying them would meet the error again. */
static void a_block_with_a_bad_page_stays_with_its_owner(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= 3; order++)
		for (int compound = 0; compound < 2; compound++) {
			struct page *page = owner_add_block(3, order, order && compound);
			unsigned long bad = page_to_pfn(page) + (1UL << order) - 1;

			assert_int_equal(memory_failure(bad, MF_SW_SIMULATED), 0);
			assert_int_equal(isolate_movable_page(page, 0), 0);
			assert_int_equal(migrate_anywhere(&page, 1, NULL), 1);
			putback_movable_pages(&page, 1);
			assert_int_equal(unpoison_memory(bad), 0);
		}
	assert_int_equal(owner.moved, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, machine, machine_end)
	const struct CMUnitTest tests[] = {
		TEST(an_isolated_page_has_a_reference_more_and_its_owner_knows),
		TEST(what_cannot_be_isolated_stays_as_it_is),
		TEST(an_isolated_page_that_its_owner_lets_go_is_freed_by_the_isolation),
		TEST(moved_pages_keep_handle_and_contents_and_old_ones_are_free),
		TEST(pages_that_may_work_in_a_moment_are_tried_ten_times),
		TEST(pages_that_cannot_be_moved_are_asked_once_and_stay),
		TEST(a_page_that_somebody_else_holds_or_locks_is_not_moved),
		TEST(without_new_pages_it_ends_and_what_was_moved_is_told),
		TEST(new_pages_that_are_not_needed_go_back_to_their_giver),
		TEST(a_page_moved_off_bad_memory_stays_its_callers),
		TEST(the_usual_target_is_a_page_of_the_same_node),
		TEST(only_locked_first_pages_become_movable),
		TEST(blocks_of_all_orders_are_moved_whole),
		TEST(without_a_block_for_one_the_others_are_moved_still),
		TEST(a_block_with_a_bad_page_stays_with_its_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
