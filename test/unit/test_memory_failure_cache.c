/* SPDX-License-Identifier: MIT */
/* Memory that turns out to be bad under pages of the page cache. */
#include "cache_machine.h"

#include <linux/errno.h>
#include <linux/sched.h>

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

/* What was written is lost, and whoever waits for it to be stored is told, once. */
static void a_dirty_page_is_dropped_and_its_writer_told(void **state)
{
	unsigned long pfn;

	(void)state;
	test_file_write(&file, 7, 42);
	pfn = cached_pfn(7);
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_true(host_log_contains("recovery action for dirty LRU page: Recovered\n"));
	assert_true(is_out(pfn));
	assert_null(find_get_page(&file.mapping, 7));
	assert_int_equal(filemap_write_and_wait(&file.mapping), -EIO);
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_not_equal(file.stored[7], 42);
	assert_int_equal(verify_caches(), 0);
}

/* Nobody finds it any more; who has it already may read on. */
static void a_page_somebody_reads_goes_when_he_puts_it(void **state)
{
	struct page *page = find_get_page(&file.mapping, 9);
	unsigned long pfn = page_to_pfn(page), reads = file.reads;

	(void)state;
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_true(host_log_contains("recovery action for clean LRU page: Delayed\n"));
	assert_null(find_get_page(&file.mapping, 9));
	test_file_read(&file, 9);
	assert_int_equal(file.reads, reads + 1);
	assert_int_not_equal(cached_pfn(9), pfn);
	assert_false(is_out(pfn));
	put_page(page);
	assert_true(is_out(pfn));
	assert_int_equal(filemap_write_and_wait(&file.mapping), 0);
	assert_int_equal(verify_caches(), 0);
}

/* Until then it is found; the CPU's next poll tries again. */
static void a_page_that_is_locked_goes_when_it_is_not(void **state)
{
	struct page *page = find_lock_page(&file.mapping, 11);
	unsigned long pfn = page_to_pfn(page);

	(void)state;
	assert_int_equal(memory_failure(pfn, 0), 0);
	cond_resched();
	assert_int_equal(cached_pfn(11), pfn);
	unlock_page(page);
	cond_resched();
	assert_null(find_get_page(&file.mapping, 11));
	put_page(page);
	assert_true(is_out(pfn));
	cond_resched();
	assert_int_equal(verify_caches(), 0);
}

/* An exception may come to whoever has the mapping's lock: the cache is asked at a poll. */
static void a_queued_page_is_dropped_at_the_next_poll(void **state)
{
	unsigned long pfn = cached_pfn(13);

	(void)state;
	memory_failure_queue(pfn, 0);
	__free_page(alloc_page(GFP_KERNEL));
	assert_true(PageHWPoison(pfn_to_page(pfn)));
	assert_int_equal(cached_pfn(13), pfn);
	cond_resched();
	assert_null(find_get_page(&file.mapping, 13));
	assert_true(is_out(pfn));
	assert_int_equal(verify_caches(), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clean_page_is_dropped_and_read_again_elsewhere),
		TEST(a_dirty_page_is_dropped_and_its_writer_told),
		TEST(a_page_somebody_reads_goes_when_he_puts_it),
		TEST(a_page_that_is_locked_goes_when_it_is_not),
		TEST(a_queued_page_is_dropped_at_the_next_poll),
	};

	return cmocka_run_group_tests_name("memory_failure_cache", tests, NULL, NULL);
}
