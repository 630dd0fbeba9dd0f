/* SPDX-License-Identifier: MIT */
/* Memory that turns out to be bad under pages of the page cache. */
#include "cache_machine.h"

#define PAGES 64

static struct test_file file;

static int setup(void **state)
{
	cache_machine(state);
	test_file_open(&file);
	for (pgoff_t i = 0; i < PAGES; i++)
		test_file_read(&file, i);
	host_log_clear();
	return 0;
}

static int teardown(void **state)
{
	test_file_close(&file);
	return cache_machine_end(state);
}

static unsigned long cached_pfn(pgoff_t index)
{
	struct page *page = find_get_page(&file.mapping, index);
	unsigned long pfn = page_to_pfn(page);

	put_page(page);
	return pfn;
}

static bool is_out(unsigned long pfn)
{
	const struct page *page = pfn_to_page(pfn);

	return PageHWPoison(page) && PageReserved(page) && !PageLRU(page);
}

static void a_clean_page_is_dropped_and_read_again_elsewhere(void **state)
{
	unsigned long pfn = cached_pfn(5), reads = file.reads;

	(void)state;
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_true(host_log_contains("recovery action for clean LRU page: Recovered\n"));
	assert_true(is_out(pfn));
	assert_int_equal(file.mapping.nrpages, PAGES - 1);
	test_file_read(&file, 5);
	assert_int_equal(file.reads, reads + 1);
	assert_int_not_equal(cached_pfn(5), pfn);
	assert_int_equal(page_hooks, 0);
	assert_int_equal(verify_caches(), 0);
}

/* What is in it is all there is of it: it stays until it has been written. */
static void a_dirty_page_goes_when_the_cache_drops_it(void **state)
{
	unsigned long pfn;

	(void)state;
	test_file_write(&file, 7, 42);
	pfn = cached_pfn(7);
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_true(host_log_contains("recovery action for dirty LRU page: Delayed\n"));
	assert_int_equal(cached_pfn(7), pfn);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(file.stored[7], 42);
	assert_int_equal(invalidate_mapping_pages(&file.mapping, 7, 7), 1);
	assert_true(is_out(pfn));
	assert_int_equal(verify_caches(), 0);
}

static void a_page_somebody_reads_goes_when_he_puts_it(void **state)
{
	struct page *page = find_get_page(&file.mapping, 9);
	unsigned long pfn = page_to_pfn(page);

	(void)state;
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_true(host_log_contains("recovery action for clean LRU page: Delayed\n"));
	put_page(page);
	assert_int_equal(cached_pfn(9), pfn);
	truncate_inode_pages(&file.mapping, 9 * PAGE_SIZE);
	assert_true(is_out(pfn));
	assert_int_equal(verify_caches(), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clean_page_is_dropped_and_read_again_elsewhere),
		TEST(a_dirty_page_goes_when_the_cache_drops_it),
		TEST(a_page_somebody_reads_goes_when_he_puts_it),
	};

	return cmocka_run_group_tests_name("memory_failure_cache", tests, NULL, NULL);
}
