/* SPDX-License-Identifier: MIT */
/* Pages that a machine check found bad are not mapped once nobody has them. */
#include "badpage_machine.h"

static int setup(void **state)
{
	(void)state;
	bring_up(SZ_64M, "");
	no_pages_at_hand();
	return 0;
}

static bool is_mapped(unsigned long pfn)
{
	struct arch_mapping map;
	int err = arch_query((unsigned long)__va(PFN_PHYS(pfn)), &map);

	assert_true(!err || err == -ENOENT);
	assert_true(err || map.phys == PFN_PHYS(pfn));
	return !err;
}

static void assert_only_this_is_unmapped(unsigned long pfn)
{
	assert_false(is_mapped(pfn));
	assert_true(is_mapped(pfn - 1));
	assert_true(is_mapped(pfn + 1));
	assert_int_equal(verify_all(), 0);
	assert_true(all_pages_handed_out_are_good(0));
}

static void a_free_page_leaves_the_direct_map(void **state)
{
	struct page *block = alloc_pages(GFP_KERNEL, 5);
	unsigned long pfn = page_to_pfn(block) + 11;

	(void)state;
	__free_pages(block, 5);
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_only_this_is_unmapped(pfn);
}

static void so_does_one_that_an_exception_reported(void **state)
{
	struct page *block = alloc_pages(GFP_KERNEL, 5);
	unsigned long pfn = page_to_pfn(block) + 11;

	(void)state;
	__free_pages(block, 5);
	memory_failure_queue(pfn, 0);
	assert_true(is_mapped(pfn));
	memory_failure_work();
	assert_only_this_is_unmapped(pfn);
}

/* Who has it may be able to use the rest of it, or to find out what is lost. */
static void an_owned_page_leaves_it_when_it_is_freed(void **state)
{
	struct page *block = alloc_pages(GFP_KERNEL, 3);
	unsigned long pfn = page_to_pfn(block) + 5;

	(void)state;
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_true(is_mapped(pfn));
	__free_pages(block, 3);
	assert_only_this_is_unmapped(pfn);
}

static void a_page_that_is_bad_for_a_test_stays_mapped(void **state)
{
	struct page *block = alloc_pages(GFP_KERNEL, 5);
	unsigned long pfn = page_to_pfn(block) + 11;

	(void)state;
	__free_pages(block, 5);
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_true(is_mapped(pfn));
	assert_int_equal(unpoison_memory(pfn), 0);
	assert_true(all_pages_handed_out_are_good(0));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(a_free_page_leaves_the_direct_map),
		TEST(so_does_one_that_an_exception_reported),
		TEST(an_owned_page_leaves_it_when_it_is_freed),
		TEST(a_page_that_is_bad_for_a_test_stays_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
