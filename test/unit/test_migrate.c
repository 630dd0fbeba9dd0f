/* SPDX-License-Identifier: MIT */
/*
 * Movable pages: how they are taken from their owner, moved, put back, and what
 * becomes of their references, locks and contents on every way.
 */
#include "movable_owner.h"

#include <linux/vmstat.h>

static const struct ram ram[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_256M, 0}, {0, 0, 0}};

/* So many can be isolated at once while there is no slab allocator; and one more. */
#define LISTED	64
#define HANDLES (LISTED + 1)

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

static int migrate(struct list_head *pages, unsigned int *succeeded)
{
	return migrate_pages(pages, new_page, NULL, 0, MIGRATE_SYNC, MR_SYSCALL, succeeded);
}

/* Where the allocator's slow path, which would compact, is of no help. */
static struct page *new_block_of_zone(struct page *page, unsigned long private)
{
	(void)private;
	return zone_alloc_pages(zone_of(0, ZONE_DMA32), page_alloc_order(page),
				GFP_HIGHUSER_MOVABLE | (PageHead(page) ? __GFP_COMP : 0));
}

static void isolate(struct page *page, struct list_head *pages)
{
	assert_int_equal(isolate_movable_page(page, 0), 0);
	list_add_tail(&page->lru, pages);
}

/* All but the first. */
static void isolate_all(struct list_head *pages)
{
	for (unsigned long i = 1; i < HANDLES; i++)
		isolate(owner.page[i], pages);
}

/* ---- Isolation --------------------------------------------------------------------- */

static void an_isolated_page_has_a_reference_more_and_its_owner_knows(void **state)
{
	struct page *page = owner.page[3];
	LIST_HEAD(pages);

	(void)state;
	assert_true(__PageMovable(page));
	page_mapcount_reset(page);
	assert_int_equal(page_mapcount(page), 0);
	isolate(page, &pages);
	assert_int_equal(page_ref_count(page), 2);
	assert_true(PageIsolated(page));
	assert_false(PageLocked(page));
	assert_int_equal(owner.isolated, 1);
	putback_movable_pages(&pages);
	assert_true(list_empty(&pages));
	assert_int_equal(owner.put_back, 1);
}

static void what_cannot_be_isolated_stays_as_it_is(void **state)
{
	struct page *plain = alloc_page(GFP_KERNEL), *page = owner.page[3];
	LIST_HEAD(pages);

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
	isolate(page, &pages);
	assert_int_equal(isolate_movable_page(page, 0), -EBUSY);
	putback_movable_pages(&pages);
}

static void an_isolated_page_that_its_owner_lets_go_is_freed_by_the_isolation(void **state)
{
	struct page *held = owner.page[4];
	LIST_HEAD(pages);
	LIST_HEAD(put);

	(void)state;
	isolate(owner.page[3], &pages);
	isolate(held, &pages);
	isolate(owner.page[5], &put);
	for (unsigned long i = 3; i < 6; i++)
		owner_drop(i);
	/* One of them with a reference that somebody else holds. */
	get_page(held);
	assert_int_equal(migrate(&pages, NULL), 0);
	assert_true(list_empty(&pages));
	putback_movable_pages(&put);
	assert_int_equal(owner.moved + owner.put_back, 0);
	put_page(held);
}

/* The owner of one page too many has it back at once. */
static void without_memory_to_remember_a_page_it_is_not_isolated(void **state)
{
	LIST_HEAD(pages);

	(void)state;
	isolate_all(&pages);
	assert_int_equal(isolate_movable_page(owner.page[0], 0), -EBUSY);
	assert_int_equal(owner.put_back, 1);
	owner_check(0);
	assert_int_equal(migrate(&pages, NULL), 0);
	isolate(owner.page[0], &pages);
	putback_movable_pages(&pages);
}

/* In any order, and on any list. */
static void pages_on_lists_keep_index_and_private_value(void **state)
{
	LIST_HEAD(pages);
	LIST_HEAD(others);

	(void)state;
	for (unsigned long i = 1; i < HANDLES; i++)
		set_page_private(owner.page[i], i);
	isolate_all(&pages);
	for (unsigned long i = 1; i < HANDLES; i++) {
		assert_int_equal(page_private(owner.page[i]), i);
		assert_true(PageEntry(owner.page[i]));
		set_page_private(owner.page[i], i + 1);
	}
	for (unsigned long i = 2; i < HANDLES; i += 2)
		list_move(&owner.page[i]->lru, &others);
	list_splice_tail_init(&others, &pages);
	putback_movable_pages(&pages);
	assert_int_equal(owner.put_back, LISTED);
	owner_check_all();
	for (unsigned long i = 1; i < HANDLES; i++) {
		assert_int_equal(page_private(owner.page[i]), i + 1);
		assert_false(PageEntry(owner.page[i]));
	}
}

/* ---- Moving ------------------------------------------------------------------------- */

static void moved_pages_keep_handle_and_contents_and_old_ones_are_free(void **state)
{
	struct page *old[HANDLES];
	unsigned int succeeded;
	LIST_HEAD(pages);

	(void)state;
	memcpy(old, owner.page, sizeof(old));
	isolate_all(&pages);
	assert_int_equal(migrate(&pages, &succeeded), 0);
	assert_true(list_empty(&pages));
	assert_int_equal(succeeded, LISTED);
	assert_int_equal(owner.moved, LISTED);
	for (unsigned long i = 1; i < HANDLES; i++)
		assert_ptr_not_equal(owner.page[i], old[i]);
	assert_int_equal(all_free_pages(), free_at_start - HANDLES);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_SUCCESS]), LISTED);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_FAIL]), 0);
}

/* Each of ten passes asks once. */
static void pages_that_may_work_in_a_moment_are_tried_ten_times(void **state)
{
	LIST_HEAD(pages);

	(void)state;
	isolate(owner.page[3], &pages);
	owner.again_for = 9;
	assert_int_equal(migrate(&pages, NULL), 0);
	assert_true(list_empty(&pages));
	isolate(owner.page[3], &pages);
	owner.again_for = 10;
	assert_int_equal(migrate(&pages, NULL), 1);
	assert_int_equal(owner.again_for, 0);
	assert_true(list_is_singular(&pages));
	assert_ptr_equal(lru_to_page(&pages), owner.page[3]);
	putback_movable_pages(&pages);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_FAIL]), 1);
}

static void pages_that_cannot_be_moved_are_asked_once_and_stay(void **state)
{
	unsigned int succeeded;
	unsigned long i = 1;
	struct page *page;
	LIST_HEAD(pages);

	(void)state;
	isolate_all(&pages);
	owner.error = -EBUSY;
	assert_int_equal(migrate(&pages, &succeeded), LISTED);
	assert_int_equal(succeeded, 0);
	owner.error = 0;
	list_for_each_entry (page, &pages, lru)
		assert_ptr_equal(page, owner.page[i++]);
	assert_int_equal(i, HANDLES);
	putback_movable_pages(&pages);
	assert_int_equal(owner.put_back, LISTED);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_FAIL]), LISTED);
}

static void a_page_that_somebody_else_holds_or_locks_is_not_moved(void **state)
{
	struct page *held = owner.page[3], *locked = owner.page[4];
	LIST_HEAD(pages);

	(void)state;
	for (unsigned long i = 3; i < 6; i++)
		isolate(owner.page[i], &pages);
	get_page(held);
	assert_true(trylock_page(locked));
	assert_int_equal(migrate(&pages, NULL), 2);
	assert_ptr_equal(list_first_entry(&pages, struct page, lru), held);
	assert_ptr_equal(list_last_entry(&pages, struct page, lru), locked);
	assert_ptr_equal(list_next_entry(held, lru), locked);
	put_page(held);
	unlock_page(locked);
	assert_int_equal(migrate(&pages, NULL), 0);
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
	unsigned int succeeded;
	LIST_HEAD(pages);

	(void)state;
	isolate_all(&pages);
	targets_left = 40;
	targets_back = 0;
	assert_int_equal(migrate_pages(&pages, few_pages, count_back, 42, MIGRATE_ASYNC, MR_SYSCALL,
				       &succeeded),
			 -ENOMEM);
	assert_int_equal(succeeded, 40);
	assert_int_equal(targets_back, 0);
	assert_int_equal(list_count_nodes(&pages), LISTED - 40);
	putback_movable_pages(&pages);
	assert_int_equal(owner.put_back, LISTED - 40);
}

static void new_pages_that_are_not_needed_go_back_to_their_giver(void **state)
{
	LIST_HEAD(pages);

	(void)state;
	isolate(owner.page[3], &pages);
	targets_left = ~0U;
	targets_back = 0;
	owner.error = -ENOSYS;
	assert_int_equal(
		migrate_pages(&pages, few_pages, count_back, 42, MIGRATE_SYNC, MR_SYSCALL, NULL),
		1);
	assert_int_equal(targets_back, 1);
	putback_movable_pages(&pages);
}

/* Whoever found its memory bad decides what becomes of the page. */
static void a_page_moved_off_bad_memory_stays_its_callers(void **state)
{
	struct page *old = owner.page[3], *dropped = owner.page[4];
	LIST_HEAD(pages);

	(void)state;
	isolate(old, &pages);
	isolate(dropped, &pages);
	owner_drop(4);
	assert_int_equal(
		migrate_pages(&pages, new_page, NULL, 0, MIGRATE_SYNC, MR_MEMORY_FAILURE, NULL), 0);
	assert_true(list_empty(&pages));
	assert_int_equal(page_ref_count(old), 1);
	assert_ptr_not_equal(owner.page[3], old);
	put_page(old);
	assert_int_equal(page_ref_count(dropped), 1);
	put_page(dropped);
}

static void the_usual_target_is_a_page_of_the_same_node(void **state)
{
	struct migration_target_control mtc = {.nid = NUMA_NO_NODE,
					       .gfp_mask = GFP_HIGHUSER_MOVABLE};
	LIST_HEAD(pages);

	(void)state;
	isolate(owner.page[3], &pages);
	assert_int_equal(migrate_pages(&pages, alloc_migration_target, NULL, (unsigned long)&mtc,
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

static int migrate_anywhere(struct list_head *pages, unsigned int *succeeded)
{
	return migrate_pages(pages, alloc_migration_target, NULL, (unsigned long)&anywhere,
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
	unsigned int moved = 0, succeeded;
	LIST_HEAD(pages);

	(void)state;
	for (unsigned int order = 1; order <= MAX_PAGE_ORDER; order++)
		for (int compound = 0; compound < 2; compound++) {
			struct page *page = owner_add_block(order, order, compound);
			unsigned long free = all_free_pages();

			for (unsigned long i = 1; i < 1UL << order; i++)
				assert_int_equal(isolate_movable_page(page + i, 0), -EBUSY);
			isolate(page, &pages);
			assert_int_equal(migrate_anywhere(&pages, &succeeded), 0);
			assert_int_equal(succeeded, 1U << order);
			assert_ptr_not_equal(owner.page[order], page);
			assert_int_equal(all_free_pages(), free);
			owner_check(order);
			moved += succeeded;
		}
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_SUCCESS]), moved);
	assert_int_equal(owner.moved_pages, moved);
}

/* There are single pages, but not two side by side. */
static void without_a_block_for_one_the_others_are_moved_still(void **state)
{
	struct page *taken = NULL, *page;
	unsigned int succeeded;
	LIST_HEAD(pages);

	(void)state;
	owner_add_block(0, 3, true);
	while ((page = zone_alloc_pages(zone_of(0, ZONE_DMA32), 0, GFP_KERNEL)) ||
	       (page = zone_alloc_pages(zone_of(0, ZONE_DMA), 0, GFP_KERNEL))) {
		page->mapping = taken;
		taken = page;
	}
	for (unsigned long i = 50; i < 54; i++)
		owner_drop(i);
	for (unsigned long i = 0; i < 3; i++)
		isolate(owner.page[i], &pages);
	assert_int_equal(migrate_pages(&pages, new_block_of_zone, NULL, 0, MIGRATE_SYNC, MR_SYSCALL,
				       &succeeded),
			 1);
	assert_int_equal(succeeded, 2);
	assert_int_equal(atomic_long_read(&vm_events[PGMIGRATE_FAIL]), 8);
	assert_true(list_is_singular(&pages));
	assert_ptr_equal(lru_to_page(&pages), owner.page[0]);
	putback_movable_pages(&pages);
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
			LIST_HEAD(pages);

			assert_int_equal(memory_failure(bad, MF_SW_SIMULATED), 0);
			isolate(page, &pages);
			assert_int_equal(migrate_anywhere(&pages, NULL), 1);
			putback_movable_pages(&pages);
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
		TEST(without_memory_to_remember_a_page_it_is_not_isolated),
		TEST(pages_on_lists_keep_index_and_private_value),
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
