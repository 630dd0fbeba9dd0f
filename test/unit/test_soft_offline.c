/* SPDX-License-Identifier: MIT */
/* Pages that go offline before they fail: moved, if their owner can be asked; and good again. */
#include "badpage_machine.h"

#include <linux/migrate.h>
#include <linux/pagemap.h>

#define RAM SZ_64M

static int setup(void **state)
{
	(void)state;
	bring_up(RAM, "");
	no_pages_at_hand();
	return 0;
}

/* ---- Soft offline ------------------------------------------------------------------------------ */

static struct page *moved_to;

static bool may_isolate(struct page *page, isolate_mode_t mode)
{
	(void)page;
	(void)mode;
	return true;
}

static void no_putback(struct page *page)
{
	(void)page;
}

static const struct movable_operations movable_ops;

static int move_contents(struct page *dst, struct page *src, enum migrate_mode mode)
{
	(void)mode;
	memcpy(page_address(dst), page_address(src), PAGE_SIZE << page_alloc_order(src));
	__SetPageMovable(dst, &movable_ops);
	get_page(dst);
	__ClearPageMovable(src);
	put_page(src);
	moved_to = dst;
	return 0;
}

static int stay(struct page *dst, struct page *src, enum migrate_mode mode)
{
	(void)dst;
	(void)src;
	(void)mode;
	return -EBUSY;
}

static const struct movable_operations movable_ops = {may_isolate, move_contents, no_putback};
static const struct movable_operations staying_ops = {may_isolate, stay, no_putback};

static struct page *movable_block(const struct movable_operations *ops, unsigned int order,
				  bool compound)
{
	struct page *page = alloc_pages(GFP_HIGHUSER_MOVABLE | (compound ? __GFP_COMP : 0), order);

	assert_true(trylock_page(page));
	__SetPageMovable(page, ops);
	unlock_page(page);
	return page;
}

static struct page *movable_page(const struct movable_operations *ops)
{
	return movable_block(ops, 0, false);
}

static void free_movable_page(struct page *page)
{
	assert_true(trylock_page(page));
	__ClearPageMovable(page);
	unlock_page(page);
	put_page(page);
}

static void a_movable_page_is_moved_off_its_frame(void **state)
{
	struct page *page = movable_page(&movable_ops);

	(void)state;
	memset(page_address(page), 0x42, PAGE_SIZE);
	assert_int_equal(soft_offline_page(page_to_pfn(page), 0), 0);
	assert_true(is_out(page_to_pfn(page)));
	assert_int_equal(((char *)page_address(moved_to))[PAGE_SIZE - 1], 0x42);
	assert_int_equal(nr_poisoned(), 1);
	free_movable_page(moved_to);
	assert_int_equal(page_hooks, 0);
	assert_int_equal(verify_all(), 0);
}

static void a_block_is_moved_off_its_bad_frame_and_the_rest_is_free(void **state)
{
	unsigned long free = all_free_pages();

	(void)state;
	for (unsigned long bad = 0; bad < 8; bad++)
		for (int compound = 0; compound < 2; compound++) {
			struct page *page = movable_block(&movable_ops, 3, compound);
			unsigned long pfn = page_to_pfn(page) + bad;

			memset(page_address(page), 0x42, 8 * PAGE_SIZE);
			assert_int_equal(soft_offline_page(pfn, 0), 0);
			assert_true(is_out(pfn));
			assert_ptr_not_equal(moved_to, page);
			assert_int_equal(PageHead(moved_to), compound);
			assert_int_equal(((char *)page_address(moved_to))[8 * PAGE_SIZE - 1], 0x42);
			assert_int_equal(page_hooks, 0);
			free_movable_page(moved_to);
			assert_int_equal(all_free_pages(), --free);
		}
	assert_int_equal(nr_poisoned(), 16);
	assert_int_equal(verify_all(), 0);
}

static void a_page_that_cannot_be_moved_stays(void **state)
{
	struct page *fixed = alloc_page(GFP_KERNEL), *staying = movable_page(&staying_ops);

	(void)state;
	assert_int_equal(soft_offline_page(page_to_pfn(fixed), 0), -EBUSY);
	assert_true(host_log_contains("page isolation failed, page count 1"));
	assert_int_equal(soft_offline_page(page_to_pfn(staying), 0), -EBUSY);
	assert_true(host_log_contains("page migration failed"));
	assert_int_equal(nr_poisoned(), 0);
	__free_page(fixed);
	free_movable_page(staying);
	assert_int_equal(verify_all(), 0);
}

static void a_free_page_goes_offline_and_comes_back(void **state)
{
	unsigned long pfn = free_block_pfn(4) + 5, before = all_free_pages();

	(void)state;
	assert_int_equal(soft_offline_page(pfn, 0), 0);
	assert_int_equal(soft_offline_page(pfn, 0), 0);
	assert_true(host_log_contains("page already poisoned\n"));
	assert_true(is_out(pfn));
	assert_int_equal(unpoison_memory(pfn), 0);
	assert_int_equal(all_free_pages(), before);
	assert_int_equal(soft_offline_page(PHYS_PFN(SZ_2G), 0), -ENXIO);
	assert_int_equal(verify_all(), 0);
}

/* ---- Unpoison -------------------------------------------------------------------------------- */

static void a_page_in_use_is_good_again(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long before = all_free_pages();

	(void)state;
	memory_failure(page_to_pfn(page), MF_SW_SIMULATED);
	assert_int_equal(unpoison_memory(page_to_pfn(page)), 0);
	assert_int_equal(unpoison_memory(page_to_pfn(page)), 0);
	assert_true(host_log_contains("Unpoison: Page was already unpoisoned"));
	assert_int_equal(page_hooks, 0);
	__free_page(page);
	assert_int_equal(all_free_pages(), before + 1);
	assert_int_equal(verify_all(), 0);
}

static void real_errors_are_for_ever(void **state)
{
	unsigned long pfn = free_block_pfn(0);

	(void)state;
	memory_failure(pfn, 0);
	assert_int_equal(unpoison_memory(pfn), -EOPNOTSUPP);
	assert_true(is_out(pfn));
	host_machine_exit();
	bring_up(RAM, "badpage=0x2000000");
	assert_int_equal(memory_failure(0x2000, 0), -EHWPOISON);
	assert_int_equal(unpoison_memory(0x2000), -EOPNOTSUPP);
	assert_int_equal(unpoison_memory(PHYS_PFN(SZ_2G)), -ENXIO);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(a_movable_page_is_moved_off_its_frame),
		TEST(a_block_is_moved_off_its_bad_frame_and_the_rest_is_free),
		TEST(a_page_that_cannot_be_moved_stays),
		TEST(a_free_page_goes_offline_and_comes_back),
		TEST(a_page_in_use_is_good_again),
		TEST(real_errors_are_for_ever),
	};

	return cmocka_run_group_tests_name("soft_offline", tests, NULL, NULL);
}
