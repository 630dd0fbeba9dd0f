/* SPDX-License-Identifier: MIT */
/*
 * Machines for the tests of page cache and reclaim: those of the slab allocator's
 * tests with a page cache, and a file whose contents lie in the host's memory.
 */
#ifndef _TEST_CACHE_MACHINE_H
#define _TEST_CACHE_MACHINE_H

#include "slab_machine.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <stdlib.h>
#include <string.h>

#define FILE_PAGES 32768

/* What a_ops read from and write to: a word for each page, repeated in it. */
struct test_file {
	struct address_space mapping; /* first, for file_of() */
	u64 *stored;
	unsigned long reads, writes;
	int read_error, write_error; /* what the next ones return */
	bool writes_last;	     /* the end of a write is the test's to come */
};

static struct test_file *file_of(struct page *page)
{
	return (struct test_file *)page_mapping(page);
}

static inline void fill_test_page(struct page *page, u64 word)
{
	u64 *data = page_address(page);

	for (size_t i = 0; i < PAGE_SIZE / sizeof(*data); i++)
		data[i] = word;
}

static inline void assert_test_page(struct page *page, u64 word)
{
	const u64 *data = page_address(page);

	for (size_t i = 0; i < PAGE_SIZE / sizeof(*data); i++)
		assert_int_equal(data[i], word);
}

static int test_read_folio(struct file *unused, struct folio *folio)
{
	struct test_file *file = file_of(&folio->page);

	(void)unused;
	__atomic_fetch_add(&file->reads, 1, __ATOMIC_RELAXED);
	if (!file->read_error) {
		for (long i = 0; i < folio_nr_pages(folio); i++)
			fill_test_page(folio_page(folio, i),
				       file->stored[page_index(folio_page(folio, i))]);
		folio_mark_uptodate(folio);
	}
	folio_unlock(folio);
	return file->read_error;
}

static int test_writepage(struct page *page, struct writeback_control *wbc)
{
	struct test_file *file = file_of(page);

	(void)wbc;
	if (file->write_error == AOP_WRITEPAGE_ACTIVATE)
		return AOP_WRITEPAGE_ACTIVATE;
	if (file->write_error) {
		set_page_dirty(page);
		unlock_page(page);
		return file->write_error;
	}
	__atomic_fetch_add(&file->writes, 1, __ATOMIC_RELAXED);
	for (struct page *p = page; p < page + compound_nr(page); p++)
		file->stored[page_index(p)] = *(u64 *)page_address(p);
	set_page_writeback(page);
	unlock_page(page);
	if (!file->writes_last)
		end_page_writeback(page);
	return 0;
}

static const struct address_space_operations test_aops = {.read_folio = test_read_folio,
							  .writepage = test_writepage};

/* All words are their index at first. */
static inline void test_file_open(struct test_file *file)
{
	*file = (struct test_file){.stored = calloc(FILE_PAGES, sizeof(u64))};
	address_space_init_once(&file->mapping);
	file->mapping.a_ops = &test_aops;
	for (u64 i = 0; i < FILE_PAGES; i++)
		file->stored[i] = i;
}

static inline void test_file_close(struct test_file *file)
{
	truncate_inode_pages(&file->mapping, 0);
	assert_int_equal(file->mapping.nrpages, 0);
	assert_true(xa_empty(&file->mapping.i_pages));
	free(file->stored);
}

/* Reads the page at @index, and puts it. */
static inline void test_file_read(struct test_file *file, pgoff_t index)
{
	struct page *page = read_mapping_page(&file->mapping, index, NULL);

	assert_false(IS_ERR(page));
	assert_test_page(page, file->stored[index]);
	put_page(page);
}

/* Writes @word to it, in the cache only. It does not count as used. */
static inline void test_file_write(struct test_file *file, pgoff_t index, u64 word)
{
	struct page *page = pagecache_get_page(&file->mapping, index, FGP_LOCK | FGP_CREAT,
					       file->mapping.gfp_mask);

	assert_non_null(page);
	fill_test_page(page, word);
	SetPageUptodate(page);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
}

static inline int verify_caches(void)
{
	int faults = verify_all() + pagecache_verify() + kmem_cache_verify_all();
	pg_data_t *pgdat;

	for_each_online_pgdat (pgdat)
		faults += lruvec_verify(pgdat);
	return faults;
}

static inline void cache_machine_make(u64 size, int nodes, unsigned int cpus)
{
	nr_cpu_ids = cpus;
	slab_machine_make(size, nodes);
	pagecache_init();
	atomic_set(&__num_online_cpus, (int)cpus);
}

static inline int cache_machine(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, 1);
	return 0;
}

static inline int cache_machine_two_nodes(void **state)
{
	(void)state;
	cache_machine_make(SZ_128M, 2, 1);
	return 0;
}

static inline int cache_machine_end(void **state)
{
	(void)state;
	assert_int_equal(verify_caches(), 0);
	slab_machine_end();
	return 0;
}

#endif /* _TEST_CACHE_MACHINE_H */
