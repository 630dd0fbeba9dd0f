/* SPDX-License-Identifier: MIT */
/* Folios: what they are made of, what holds them, what is done to all of one. */
#include "slab_machine.h"

#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/pagemap.h>

static void a_folio_is_its_head_and_knows_its_size(void **state)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 3);

	(void)state;
	assert_int_equal(folio_order(folio), 3);
	assert_int_equal(folio_nr_pages(folio), 8);
	assert_int_equal(folio_size(folio), SZ_32K);
	assert_int_equal(folio_shift(folio), 15);
	assert_true(folio_test_large(folio));
	for (long i = 0; i < 8; i++) {
		assert_ptr_equal(page_folio(folio_page(folio, i)), folio);
		assert_int_equal(folio_page_idx(folio, folio_page(folio, i)), i);
	}
	assert_ptr_equal(virt_to_folio((char *)folio_address(folio) + 5000), folio);
	assert_ptr_equal(pfn_folio(folio_pfn(folio) + 7), folio);
	assert_int_equal(folio_pfn(folio_next(folio)), folio_pfn(folio) + 8);
	assert_int_equal(offset_in_folio(folio, (char *)folio_address(folio) + 5000), 5000);
	assert_ptr_equal(folio_zone(folio), page_zone(&folio->page));
	assert_int_equal(folio_nid(folio), 0);
	folio_put(folio);
	folio = folio_alloc(GFP_KERNEL, 0);
	assert_false(folio_test_large(folio));
	assert_int_equal(folio_nr_pages(folio), 1);
	folio_put(folio);
}

static void the_last_reference_frees_it(void **state)
{
	unsigned long free = nr_free_pages();
	struct folio *folio = folio_alloc(GFP_KERNEL, 4);

	(void)state;
	folio_get(folio);
	assert_true(folio_try_get(folio));
	assert_int_equal(folio_ref_count(folio), 3);
	folio_put_refs(folio, 2);
	assert_int_equal(nr_free_pages(), free - 16);
	assert_true(folio_ref_freeze(folio, 1));
	assert_false(folio_try_get(folio));
	folio_ref_unfreeze(folio, 1);
	folio_put(folio);
	assert_int_equal(nr_free_pages(), free);
	assert_int_equal(folio_ref_count(folio), 0);
	assert_false(folio_try_get(folio));
}

static void flags_are_those_of_the_head(void **state)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 1);

	(void)state;
	folio_set_dirty(folio);
	assert_true(PageDirty(&folio->page) && folio_test_dirty(folio));
	assert_true(PageDirty(folio_page(folio, 1)));
	ClearPageDirty(folio_page(folio, 1));
	assert_false(folio_test_clear_dirty(folio));
	SetPageUptodate(folio_page(folio, 1));
	assert_true(folio_test_uptodate(folio) && PageUptodate(&folio->page));
	assert_true(PageTransHuge(&folio->page) && !PageTransHuge(folio_page(folio, 1)));
	assert_true(PageTransTail(folio_page(folio, 1)) && PageTransCompound(&folio->page));
	/* Those by which an owner tells the pages apart are each one's. */
	SetPagePrivate2(folio_page(folio, 1));
	assert_false(folio_test_private_2(folio));
	ClearPagePrivate2(folio_page(folio, 1));
	assert_false(folio_test_set_referenced(folio));
	assert_true(folio_test_referenced(folio));
	folio_clear_referenced(folio);
	assert_true(folio_trylock(folio));
	assert_false(folio_trylock(folio));
	assert_true(PageLocked(folio_page(folio, 1)));
	unlock_page(folio_page(folio, 1));
	assert_false(folio_test_locked(folio));
	folio_put(folio);
}

static void parts_are_zeroed_across_pages(void **state)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 2), *copy = folio_alloc(GFP_KERNEL, 2);
	u8 *at = folio_address(folio);

	(void)state;
	memset(at, 0xff, SZ_16K);
	folio_zero_segments(folio, 4000, 9000, 16383, 16384);
	for (size_t i = 0; i < SZ_16K; i++)
		assert_int_equal(at[i], (i >= 4000 && i < 9000) || i == 16383 ? 0 : 0xff);
	folio_copy(copy, folio);
	assert_memory_equal(folio_address(copy), at, SZ_16K);
	zero_user(&folio->page, 10, 5);
	assert_true(mem_is_zero(at + 10, 5) && at[9] == 0xff && at[15] == 0xff);
	folio_zero_range(folio, 0, folio_size(folio));
	assert_true(mem_is_zero(at, SZ_16K));
	folio_put(folio);
	folio_put(copy);
}

static void many_are_put_at_once(void **state)
{
	unsigned long free = all_free_pages();
	struct page *pages[5];
	LIST_HEAD(list);

	(void)state;
	for (unsigned int i = 0; i < 5; i++)
		pages[i] = alloc_pages(GFP_KERNEL | __GFP_COMP, i % 3);
	release_pages(pages, 5);
	assert_int_equal(all_free_pages(), free);
	for (unsigned int i = 0; i < 5; i++)
		list_add(&alloc_page(GFP_KERNEL)->lru, &list);
	put_pages_list(&list);
	assert_true(list_empty(&list));
	assert_int_equal(all_free_pages(), free);
}

static void references_are_added_unless_there_are_as_many(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	assert_false(page_ref_add_unless(page, 1, 1));
	assert_true(page_ref_add_unless(page, 2, 5));
	assert_int_equal(page_ref_inc_return(page), 4);
	assert_int_equal(page_ref_dec_return(page), 3);
	assert_int_equal(page_ref_sub_return(page, 1), 2);
	assert_true(try_get_page(page));
	assert_false(page_ref_sub_and_test(page, 1));
	put_page(page);
	put_page(page);
}

#define folio_test(f) cmocka_unit_test_setup_teardown(f, make_machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		folio_test(a_folio_is_its_head_and_knows_its_size),
		folio_test(the_last_reference_frees_it),
		folio_test(flags_are_those_of_the_head),
		folio_test(parts_are_zeroed_across_pages),
		folio_test(many_are_put_at_once),
		folio_test(references_are_added_unless_there_are_as_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
