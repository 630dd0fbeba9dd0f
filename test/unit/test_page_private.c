/* SPDX-License-Identifier: MIT */
/*
 * A page's private value: all of its 64 bits, whoever has the page, and gone when it is freed.
 * That no entry is left of a page that is free, verify_caches() finds at each test's end.
 */
#include "cache_machine.h"

#include "cpus.h"

#include <linux/mmdebug.h>

#define WIDE   0xffff888012345678UL
#define NARROW 0xfffffff0UL

static struct test_file file;

static int setup(void **state)
{
	cache_machine(state);
	memmap_make_all();
	test_file_open(&file);
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(mapping_verify(&file.mapping), 0);
	test_file_close(&file);
	return cache_machine_end(state);
}

static void assert_keeps(struct page *page, unsigned long private)
{
	set_page_private(page, private);
	assert_int_equal(page_private(page), private);
	assert_ptr_equal(folio_get_private((struct folio *)page), (void *)private);
}

static void values_of_any_width_are_kept(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL), *next = alloc_page(GFP_KERNEL);

	(void)state;
	assert_int_equal(page_private(page), 0);
	set_page_private(next, WIDE + 1);
	assert_keeps(page, NARROW);
	assert_false(PageEntry(page));
	assert_keeps(page, WIDE);
	assert_keeps(page, ~0UL);
	assert_keeps(page, 1UL << 32);
	assert_true(PageEntry(page));
	assert_keeps(page, UINT_MAX);
	assert_false(PageEntry(page) || PagePrivate(page));
	assert_keeps(page, WIDE);
	assert_keeps(page, 0);
	assert_int_equal(page_private(next), WIDE + 1);
	__free_page(page);
	put_page(next);
}

static void a_page_that_is_freed_has_none_any_more(void **state)
{
	unsigned long free;

	(void)state;
	set_page_private(alloc_page(GFP_KERNEL), WIDE);
	free = nr_free_pages();
	for (int i = 0; i < 1000; i++) {
		struct page *page = alloc_page(GFP_KERNEL);

		assert_int_equal(page_private(page), 0);
		assert_false(PageEntry(page));
		set_page_private(page, WIDE + (unsigned long)i);
		if (i % 2)
			put_page(page);
		else
			__free_page(page);
	}
	assert_in_range(nr_free_pages(), free - 1, free + 1);
	assert_int_equal(page_alloc_stats.free_flags, 0);
	assert_int_equal(pagecache_verify(), 0);
}

/* ---- Blocks ------------------------------------------------------------------------------- */

static void each_page_of_a_block_has_its_own(void **state)
{
	static const gfp_t gfp[] = {GFP_KERNEL, GFP_KERNEL | __GFP_COMP};

	(void)state;
	for (unsigned int i = 0; i < 2 * 11; i++) {
		unsigned int order = i / 2;
		struct page *page = alloc_pages(gfp[i % 2] & ~(order ? 0 : __GFP_COMP), order);

		for (unsigned long n = 0; n < 1UL << order; n++)
			set_page_private(page + n, n % 3 ? WIDE + n : n);
		assert_keeps(page, NARROW);
		for (unsigned long n = 1; n < 1UL << order; n++)
			assert_int_equal(page_private(page + n), n % 3 ? WIDE + n : n);
		__free_pages(page, order);
		assert_int_equal(pagecache_verify(), 0);
		for (unsigned long n = 0; n < 1UL << order; n++)
			assert_false(PageEntry(page + n));
	}
	assert_int_equal(page_alloc_stats.free_flags, 0);
}

static void the_last_page_alone_is_found_when_its_block_is_freed(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 4);

	(void)state;
	set_page_private(page, 7);
	set_page_private(page + 15, WIDE);
	assert_int_equal(page_private(page), 7);
	__free_pages(page, 4);
	assert_false(PageEntry(page) || PageEntry(page + 15));
}

static void a_block_that_is_split_takes_them_along(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	(void)state;
	for (unsigned long n = 0; n < 4; n++)
		set_page_private(page + n, n == 1 ? WIDE : n);
	split_page(page, 2);
	for (unsigned long n = 0; n < 4; n++)
		assert_int_equal(page_private(page + n), n == 1 ? WIDE : n);
	for (int n = 3; n >= 0; n--)
		__free_page(page + n);
}

/* As without entries: only the first page is left, which keeps its own value. */
static void the_rest_of_a_block_is_freed_while_somebody_has_its_first_page(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3), *rest;

	(void)state;
	set_page_private(page, 7);
	for (int i = 1; i < 8; i++)
		set_page_private(page + i, WIDE + (unsigned long)i);
	get_page(page);
	__free_pages(page, 3);
	assert_int_equal(page_ref_count(page), 1);
	assert_int_equal(page_private(page), 7);
	for (int i = 0; i < 8; i++)
		assert_false(PageEntry(page + i));
	rest = alloc_pages(GFP_KERNEL, 2);
	assert_ptr_equal(rest, page + 4);
	__free_pages(rest, 2);
	__free_page(page);
	assert_int_equal(page_alloc_stats.free_double + page_alloc_stats.free_order, 0);
	assert_int_equal(pagecache_verify(), 0);
	rest = alloc_pages(GFP_KERNEL, 1);
	assert_ptr_equal(rest, page + 2);
	__free_pages(rest, 1);
	rest = alloc_page(GFP_KERNEL);
	assert_ptr_equal(rest, page);
	__free_page(rest);
}

static void the_first_page_keeps_a_wide_value_when_the_rest_is_freed(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	(void)state;
	set_page_private(page, WIDE);
	set_page_private(page + 3, WIDE + 3);
	get_page(page);
	__free_pages(page, 2);
	assert_int_equal(page_private(page), WIDE);
	assert_false(PageEntry(page + 3));
	put_page(page);
	assert_false(PageEntry(page));
}

static void the_first_of_split_pages_has_no_entry_for_the_others(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 1);

	(void)state;
	set_page_private(page + 1, WIDE);
	assert_true(PageEntry(page));
	split_page(page, 1);
	assert_false(PageEntry(page));
	assert_int_equal(page_private(page + 1), WIDE);
	__free_page(page);
	__free_page(page + 1);
}

static void a_free_that_is_refused_leaves_it(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 1);

	(void)state;
	set_page_private(page, WIDE);
	__free_pages(page, 0);
	assert_int_equal(page_alloc_stats.free_order, 1);
	SetPagePrivate(page);
	__free_pages(page, 1);
	assert_int_equal(page_alloc_stats.free_flags, 1);
	assert_int_equal(page_private(page), WIDE);
	assert_int_equal(page_ref_count(page), 1);
	ClearPagePrivate(page);
	__free_pages(page, 1);
}

/* ---- Pages of mappings ------------------------------------------------------------------------ */

static void it_stays_while_the_page_comes_into_a_mapping_and_goes(void **state)
{
	static const unsigned long values[] = {0, 5, NARROW, WIDE};

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct page *page = page_cache_alloc(&file.mapping);

		set_page_private(page, values[i]);
		assert_int_equal(add_to_page_cache_lru(page, &file.mapping, 9, GFP_KERNEL), 0);
		assert_int_equal(page_private(page), values[i]);
		assert_int_equal(page_index(page), 9);
		assert_false(PagePrivate(page));
		assert_keeps(page, WIDE + i);
		assert_keeps(page, values[i]);
		assert_int_equal(mapping_verify(&file.mapping), 0);
		delete_from_page_cache(page);
		assert_null(page_mapping(page));
		assert_int_equal(page_private(page), values[i]);
		assert_int_equal(PageEntry(page), values[i] > UINT_MAX);
		unlock_page(page);
		put_page(page);
	}
}

static void it_stays_where_the_index_is_taken(void **state)
{
	(void)state;
	test_file_read(&file, 3);
	for (int wide = 0; wide < 2; wide++) {
		struct page *page = alloc_page(GFP_KERNEL);

		set_page_private(page, wide ? WIDE : 5);
		assert_int_equal(add_to_page_cache_lru(page, &file.mapping, 3, GFP_KERNEL),
				 -EEXIST);
		assert_null(page_mapping(page));
		assert_int_equal(page_private(page), wide ? WIDE : 5);
		put_page(page);
	}
}

static void pages_that_take_anothers_place_keep_their_own(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		unsigned long value[2] = {i & 1 ? WIDE : 1, i & 2 ? WIDE + 1 : 2};
		struct page *old, *page = alloc_page(GFP_HIGHUSER_MOVABLE);

		test_file_read(&file, 4);
		old = find_lock_page(&file.mapping, 4);
		lock_page(page);
		set_page_private(old, value[0]);
		set_page_private(page, value[1]);
		replace_page_cache_page(old, page);
		assert_ptr_equal(page_mapping(page), &file.mapping);
		assert_null(page_mapping(old));
		assert_int_equal(page_private(old), value[0]);
		assert_int_equal(page_private(page), value[1]);
		assert_int_equal(mapping_verify(&file.mapping) + pagecache_verify(), 0);
		unlock_page(old);
		put_page(old);
		unlock_page(page);
		put_page(page);
		truncate_inode_pages(&file.mapping, 0);
	}
}

/* ---- Without memory ------------------------------------------------------------------------------ */

static unsigned long nr_set;

static void set_them_all(void *arg)
{
	struct list_head *pages = arg;
	struct page *page;

	list_for_each_entry (page, pages, lru) {
		set_page_private(page, WIDE + nr_set);
		nr_set++;
	}
}

static void what_is_kept_and_the_reserves_are_used_up_before_it_ends(void **state)
{
	gfp_t gfp = GFP_ATOMIC | __GFP_MEMALLOC | __GFP_NOWARN;
	struct page *page, *next;
	unsigned long n = 0;
	const char *why;
	LIST_HEAD(pages);

	(void)state;
	while ((page = alloc_page(gfp)))
		list_add_tail(&page->lru, &pages);
	nr_set = 0;
	why = host_expect_panic(set_them_all, &pages);
	assert_non_null(why);
	assert_non_null(strstr(why, "page_private: no memory for more than 32 bits of pfn 0x"));
	assert_in_range(nr_set, 64, 300);
	list_for_each_entry (page, &pages, lru) {
		assert_int_equal(page_private(page), n < nr_set ? WIDE + n : 0);
		n++;
	}
	list_for_each_entry_safe (page, next, &pages, lru)
		__free_page(page);
}

static void entries_come_from_the_reserves_when_other_memory_is_gone(void **state)
{
	struct page *page, *next;
	LIST_HEAD(pages);

	(void)state;
	while ((page = alloc_page(GFP_KERNEL | __GFP_NOWARN)))
		list_add_tail(&page->lru, &pages);
	nr_set = 0;
	assert_null(host_expect_panic(set_them_all, &pages));
	list_for_each_entry_safe (page, next, &pages, lru) {
		assert_true(page_private(page) >= WIDE);
		__free_page(page);
	}
}

/* ---- Several CPUs ----------------------------------------------------------------------------------- */

#define CPUS 4

static struct page *shared[2], *block;

static int setup_many_cpus(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, CPUS + 1);
	test_file_open(&file);
	return 0;
}

/* Two pages come into the mapping and go; whoever looks sees the value that they have. */
static const char *use_private(int cpu)
{
	unsigned long mine = WIDE + (unsigned long)cpu;

	for (unsigned long i = 0; i < 5000; i++) {
		if (cpu == 1) {
			struct page *page = shared[i % 2];

			if (add_to_page_cache_lru(page, &file.mapping, i, GFP_KERNEL))
				return "a page could not be added";
			delete_from_page_cache(page);
			unlock_page(page);
			if (isolate_lru_page(page))
				return "a page is not on its list";
			put_page(page);
			ClearPageLRUIsolated(page);
		}
		if (page_private(shared[0]) != 77 || page_private(shared[1]) != WIDE)
			return "another's value was seen";
		set_page_private(block + cpu, i % 2 ? i : mine);
		if (page_private(block + cpu) != (i % 2 ? i : mine))
			return "a value was lost";
	}
	return NULL;
}

static void who_reads_sees_the_value_while_other_pages_change(void **state)
{
	(void)state;
	block = alloc_pages(GFP_KERNEL, 3);
	for (int i = 0; i < 2; i++) {
		shared[i] = alloc_page(GFP_KERNEL);
		set_page_private(shared[i], i ? WIDE : 77);
	}
	run_on_cpus(1, CPUS + 1, use_private);
	for (int i = 0; i < 2; i++)
		put_page(shared[i]);
	__free_pages(block, 3);
}

/* ---- Checks ----------------------------------------------------------------------------------------- */

static void it_is_shown_with_the_page(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	set_page_private(page, WIDE);
	dump_page(page, "of a test");
	assert_true(host_log_contains("private:0xffff888012345678\n"));
	assert_true(host_log_contains("(entry|node=0|"));
	__free_page(page);
}

static void an_entry_that_nobody_has_is_found(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	set_page_private(page, WIDE);
	ClearPageEntry(page);
	assert_int_equal(pagecache_verify(), 1);
	SetPageEntry(page);
	assert_int_equal(pagecache_verify(), 0);
	__free_page(page);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		test(values_of_any_width_are_kept),
		test(a_page_that_is_freed_has_none_any_more),
		test(each_page_of_a_block_has_its_own),
		test(the_last_page_alone_is_found_when_its_block_is_freed),
		test(a_block_that_is_split_takes_them_along),
		test(the_rest_of_a_block_is_freed_while_somebody_has_its_first_page),
		test(the_first_page_keeps_a_wide_value_when_the_rest_is_freed),
		test(the_first_of_split_pages_has_no_entry_for_the_others),
		test(a_free_that_is_refused_leaves_it),
		test(it_stays_while_the_page_comes_into_a_mapping_and_goes),
		test(it_stays_where_the_index_is_taken),
		test(pages_that_take_anothers_place_keep_their_own),
		test(what_is_kept_and_the_reserves_are_used_up_before_it_ends),
		test(entries_come_from_the_reserves_when_other_memory_is_gone),
		cmocka_unit_test_setup_teardown(who_reads_sees_the_value_while_other_pages_change,
						setup_many_cpus, teardown),
		test(it_is_shown_with_the_page),
		test(an_entry_that_nobody_has_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
