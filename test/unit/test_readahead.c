/* SPDX-License-Identifier: MIT */
/*
 * Reading ahead: what a reader asks for comes with more behind it, the more the longer he reads
 * in order, and never what is cached, or past the end.
 */
#include "cache_machine.h"

#include <linux/array_size.h>

static struct test_file file;
static struct inode inode;
static struct file reader;

/* What readahead() was asked for, as it came. */
static struct {
	pgoff_t index;
	unsigned int nr;
} asked[32];
static unsigned int nr_asked;

static void note_and_read(struct readahead_control *rac)
{
	struct folio *folio;

	assert_true(nr_asked < ARRAY_SIZE(asked));
	asked[nr_asked].index = readahead_index(rac);
	asked[nr_asked++].nr = readahead_count(rac);
	assert_int_equal(readahead_pos(rac), readahead_index(rac) * PAGE_SIZE);
	while ((folio = readahead_folio(rac)))
		assert_int_equal(test_read_folio(rac->file, folio), 0);
}

static const struct address_space_operations ahead_aops = {
	.read_folio = test_read_folio, .writepage = test_writepage, .readahead = note_and_read};

static int open_file(void **state)
{
	cache_machine(state);
	test_file_open(&file);
	inode_init_once(&inode);
	inode.i_mapping = &file.mapping;
	i_size_write(&inode, 1000 * PAGE_SIZE);
	file.mapping.host = &inode;
	file.mapping.a_ops = &ahead_aops;
	reader = (struct file){.f_mapping = &file.mapping, .f_inode = &inode};
	file_ra_state_init(&reader.f_ra, &file.mapping);
	nr_asked = 0;
	return 0;
}

static int close_file(void **state)
{
	assert_int_equal(mapping_verify(&file.mapping), 0);
	test_file_close(&file);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), 0);
	return cache_machine_end(state);
}

/* As a read of @nr pages at @index does it. */
static void read_pages_at(pgoff_t index, unsigned long nr)
{
	for (pgoff_t i = index; i < index + nr; i++) {
		struct page *page = find_get_page(&file.mapping, i);

		if (!page) {
			page_cache_sync_readahead(&file.mapping, &reader.f_ra, &reader, i,
						  index + nr - i);
			page = find_get_page(&file.mapping, i);
		}
		assert_non_null(page);
		if (PageReadahead(page))
			page_cache_async_readahead(&file.mapping, &reader.f_ra, &reader,
						   page_folio(page), i, index + nr - i);
		assert_true(PageUptodate(page) && !PageLocked(page));
		assert_int_equal(page_ref_count(page), 2);
		assert_test_page(page, i);
		put_page(page);
		reader.f_ra.prev_pos = (loff_t)(i * PAGE_SIZE);
	}
}

static void assert_asked(unsigned int n, pgoff_t index, unsigned int nr)
{
	assert_true(n < nr_asked);
	assert_int_equal(asked[n].index, index);
	assert_int_equal(asked[n].nr, nr);
}

/*
 *  window  0..3  4..11  12..27  28..59  60..91
 *           ^m    ^m                              marks: 1, 4, 12, ...
 */
static void windows_grow_while_a_file_is_read_in_order(void **state)
{
	(void)state;
	for (pgoff_t i = 0; i < 150; i++)
		read_pages_at(i, 1);
	assert_asked(0, 0, 4);
	assert_asked(1, 4, 8);
	assert_asked(2, 12, 16);
	assert_asked(3, 28, 32);
	assert_asked(4, 60, 32);
	assert_asked(5, 92, 32);
	assert_int_equal(file.reads, file.mapping.nrpages);
	assert_in_range(file.reads, 150, 150 + 2 * VM_READAHEAD_PAGES);
}

static void what_is_read_here_and_there_comes_alone(void **state)
{
	static const pgoff_t places[] = {500, 17, 900, 301};

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		read_pages_at(places[i], 2);
		assert_asked(i, places[i], 2);
	}
	assert_int_equal(nr_asked, 4);
}

static void nothing_is_read_past_the_end(void **state)
{
	(void)state;
	i_size_write(&inode, 5 * PAGE_SIZE / 2);
	read_pages_at(0, 1);
	assert_asked(0, 0, 3);
	page_cache_sync_readahead(&file.mapping, &reader.f_ra, &reader, 3, 1);
	assert_int_equal(nr_asked, 1);
	i_size_write(&inode, 0);
	page_cache_sync_readahead(&file.mapping, &reader.f_ra, &reader, 0, 1);
	assert_int_equal(nr_asked, 1);
}

static void what_is_cached_is_not_asked_for(void **state)
{
	DEFINE_READAHEAD(ractl, &reader, &reader.f_ra, &file.mapping, 10);

	(void)state;
	test_file_read(&file, 12);
	test_file_read(&file, 13);
	page_cache_ra_unbounded(&ractl, 8, 3);
	assert_int_equal(nr_asked, 2);
	assert_asked(0, 10, 2);
	assert_asked(1, 14, 4);
	assert_true(PageReadahead((struct page *)xa_load(&file.mapping.i_pages, 15)));
	assert_false(PageReadahead((struct page *)xa_load(&file.mapping.i_pages, 14)));
}

static void what_was_read_before_says_how_much(void **state)
{
	(void)state;
	for (pgoff_t i = 40; i < 48; i++)
		test_file_read(&file, i);
	read_pages_at(48, 1);
	assert_asked(0, 48, 9);
	assert_int_equal(reader.f_ra.async_size, 1);
}

/* Another reader's mark, with all cached up to index 30. */
static void a_mark_is_followed_by_what_is_not_cached(void **state)
{
	struct page *page;

	(void)state;
	for (pgoff_t i = 20; i < 30; i++)
		test_file_read(&file, i);
	page = find_get_page(&file.mapping, 22);
	SetPageReadahead(page);
	page_cache_async_readahead(&file.mapping, &reader.f_ra, &reader, page_folio(page), 22, 1);
	assert_false(PageReadahead(page));
	put_page(page);
	assert_asked(0, 30, 18);
	assert_int_equal(reader.f_ra.start, 30);
	assert_true(ra_has_index(&reader.f_ra, 47) && !ra_has_index(&reader.f_ra, 48));
}

static void who_wants_none_ahead_gets_one_page(void **state)
{
	struct page *page;

	(void)state;
	reader.f_ra.ra_pages = 0;
	read_pages_at(7, 3);
	assert_int_equal(nr_asked, 3);
	assert_asked(2, 9, 1);
	page = find_get_page(&file.mapping, 7);
	page_cache_async_readahead(&file.mapping, &reader.f_ra, &reader, page_folio(page), 7, 1);
	page_cache_sync_readahead(&file.mapping, &reader.f_ra, NULL, 10, 1);
	assert_int_equal(nr_asked, 3);
	put_page(page);
}

static void read_expanded(struct readahead_control *rac)
{
	struct page *batch[4], *page;
	unsigned int n, total = 0;

	readahead_expand(rac, (loff_t)(8 * PAGE_SIZE) + 1, 6 * PAGE_SIZE);
	assert_int_equal(readahead_index(rac), 8);
	assert_int_equal(readahead_length(rac), 7 * PAGE_SIZE);
	while ((n = readahead_page_batch(rac, batch))) {
		assert_int_equal(readahead_batch_length(rac), n * PAGE_SIZE);
		total += n;
		for (unsigned int i = 0; i < n; i++) {
			test_read_folio(rac->file, page_folio(batch[i]));
			put_page(batch[i]);
		}
		page = total == 4 ? readahead_page(rac) : NULL;
		if (page) {
			test_read_folio(rac->file, page_folio(page));
			put_page(page);
		}
	}
	assert_int_equal(total, 6);
}

static void a_mapping_may_ask_for_more(void **state)
{
	static const struct address_space_operations aops = {.read_folio = test_read_folio,
							     .writepage = test_writepage,
							     .readahead = read_expanded};
	DEFINE_READAHEAD(ractl, &reader, NULL, &file.mapping, 10);

	(void)state;
	file.mapping.a_ops = &aops;
	page_cache_ra_unbounded(&ractl, 2, 0);
	assert_int_equal(file.mapping.nrpages, 7);
	for (pgoff_t i = 8; i < 15; i++)
		test_file_read(&file, i);
	assert_int_equal(file.reads, 7);
}

static void read_two(struct readahead_control *rac)
{
	for (int i = 0; i < 2; i++)
		test_read_folio(rac->file, readahead_folio(rac));
}

static void what_a_mapping_does_not_read_is_not_cached(void **state)
{
	static const struct address_space_operations aops = {
		.read_folio = test_read_folio, .writepage = test_writepage, .readahead = read_two};
	struct file_ra_state *ra = &reader.f_ra;

	(void)state;
	file.mapping.a_ops = &aops;
	page_cache_sync_readahead(&file.mapping, ra, &reader, 0, 1);
	assert_int_equal(file.mapping.nrpages, 2);
	assert_int_equal(file.reads, 2);
	assert_int_equal(ra->size, 2);
	assert_int_equal(ra->async_size, 1);
}

static void without_readahead_each_page_is_read(void **state)
{
	(void)state;
	file.mapping.a_ops = &test_aops;
	read_pages_at(0, 1);
	assert_int_equal(file.reads, 4);
	assert_int_equal(file.mapping.nrpages, 4);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_file, close_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(windows_grow_while_a_file_is_read_in_order),
		test(what_is_read_here_and_there_comes_alone),
		test(nothing_is_read_past_the_end),
		test(what_is_cached_is_not_asked_for),
		test(what_was_read_before_says_how_much),
		test(a_mark_is_followed_by_what_is_not_cached),
		test(who_wants_none_ahead_gets_one_page),
		test(a_mapping_may_ask_for_more),
		test(what_a_mapping_does_not_read_is_not_cached),
		test(without_readahead_each_page_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
