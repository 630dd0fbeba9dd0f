/* SPDX-License-Identifier: MIT */
/* Iterators over memory in pieces, beside a flat list of where each of their bytes lies. */
#include "cache_machine.h"

#include <linux/bvec.h>
#include <linux/fs.h>
#include <linux/uio.h>

#define MAX_SEGS   8
#define MAX_BYTES  (MAX_SEGS * 4 * PAGE_SIZE)
#define MAX_PAGES  (MAX_SEGS * 5)
#define BVEC_ORDER 2

/*
 *   pieces:   |--- 0 ---|  |-- 1 --|  |----- 2 -----|
 *   flat:      0 1 2 3 ...  pos ...            total      where[]: the address of each byte
 */
static struct model {
	struct iov_iter iter;
	size_t total, pos;
	u8 *where[MAX_BYTES];
	u8 holds[MAX_BYTES]; /* what the memory should be */
	u8 seg[MAX_BYTES];
	u64 start[MAX_SEGS]; /* of a piece, as iov_iter_alignment() has it */
	unsigned long nr_segs;
	struct kvec kvec[MAX_SEGS];
	struct bio_vec bvec[MAX_SEGS];
	struct address_space mapping;
} m;

static unsigned int random_below(unsigned long n)
{
	return (unsigned int)(arch_random() % n);
}

static void add_bytes(u8 *from, size_t len, unsigned long seg)
{
	for (size_t k = 0; k < len; k++) {
		m.where[m.total] = from + k;
		m.seg[m.total] = (u8)seg;
		m.holds[m.total++] = from[k] = (u8)arch_random();
	}
}

static void make_kvec(void)
{
	m.nr_segs = 1 + random_below(MAX_SEGS);
	for (unsigned long s = 0; s < m.nr_segs; s++) {
		size_t len = random_below(4) ? random_below(3 * PAGE_SIZE) : random_below(3);

		/* Of just this size, so that a byte too much is seen. */
		m.kvec[s] = (struct kvec){.iov_base = malloc(len), .iov_len = len};
		m.start[s] = (u64)(uintptr_t)m.kvec[s].iov_base;
		add_bytes(m.kvec[s].iov_base, len, s);
	}
	iov_iter_kvec(&m.iter, ITER_SOURCE, m.kvec, m.nr_segs, m.total);
}

/* In blocks of four pages, from any of their bytes on. */
static void make_bvec(void)
{
	const unsigned int size = PAGE_SIZE << BVEC_ORDER;

	m.nr_segs = 1 + random_below(MAX_SEGS);
	for (unsigned long s = 0; s < m.nr_segs; s++) {
		unsigned int offset = random_below(size);
		unsigned int len = random_below(4) ? random_below(size - offset + 1) : 0;
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, BVEC_ORDER);

		assert_non_null(page);
		bvec_set_page(&m.bvec[s], page, len, offset);
		m.start[s] = offset;
		add_bytes((u8 *)page_address(page) + offset, len, s);
	}
	iov_iter_bvec(&m.iter, ITER_SOURCE, m.bvec, m.nr_segs, m.total);
}

static void make_xarray(void)
{
	size_t len = 1 + random_below(6 * PAGE_SIZE);
	loff_t start = random_below(10 * PAGE_SIZE);

	m.nr_segs = 0;
	address_space_init_once(&m.mapping);
	for (loff_t pos = start; pos < start + (loff_t)len; pos = (pos | ~PAGE_MASK) + 1) {
		struct page *page =
			find_or_create_page(&m.mapping, (pgoff_t)pos >> PAGE_SHIFT, GFP_KERNEL);
		size_t offset = offset_in_page(pos);

		assert_non_null(page);
		add_bytes((u8 *)page_address(page) + offset,
			  min(PAGE_SIZE - offset, (size_t)(start + (loff_t)len - pos)), 0);
		SetPageUptodate(page);
		unlock_page(page);
		put_page(page);
	}
	m.start[0] = (u64)start;
	iov_iter_xarray(&m.iter, ITER_SOURCE, &m.mapping.i_pages, start, len);
}

static void unmake(void)
{
	for (unsigned long s = 0; s < m.nr_segs; s++)
		if (iov_iter_is_bvec(&m.iter))
			__free_pages(m.bvec[s].bv_page, BVEC_ORDER);
		else
			free(m.kvec[s].iov_base);
	if (iov_iter_is_xarray(&m.iter))
		truncate_inode_pages(&m.mapping, 0);
	m.total = m.pos = 0;
}

/* ---- What it says of itself ------------------------------------------------------------------- */

static bool begins(size_t k)
{
	return k == m.pos || m.seg[k] != m.seg[k - 1];
}

static size_t left_of_seg(size_t k)
{
	size_t n = 0;

	while (k + n < m.total && m.seg[k + n] == m.seg[k])
		n++;
	return n;
}

static size_t before_in_seg(size_t k)
{
	size_t n = 0;

	while (n < k && m.seg[k - n - 1] == m.seg[k])
		n++;
	return n;
}

static void check_itself(void)
{
	unsigned long bits = 0;
	int npages = 0;

	assert_int_equal(iov_iter_count(&m.iter), m.total - m.pos);
	for (size_t k = m.pos; k < m.total; k++) {
		if (begins(k) && m.nr_segs)
			bits |= (m.start[m.seg[k]] + before_in_seg(k)) | left_of_seg(k);
		npages += begins(k) || offset_in_page(m.where[k]) == 0;
	}
	if (!m.nr_segs)
		bits = (m.start[0] + m.pos) | (m.total - m.pos);
	assert_int_equal(iov_iter_alignment(&m.iter), bits);
	for (unsigned int mask = 1; mask < 4096; mask = mask * 2 + 1)
		assert_int_equal(iov_iter_is_aligned(&m.iter, mask, mask), !(bits & mask));
	assert_int_equal(iov_iter_npages(&m.iter, INT_MAX), npages);
	assert_int_equal(iov_iter_npages(&m.iter, 3), min(npages, 3));
	assert_int_equal(iov_iter_npages_cap(&m.iter, INT_MAX, SIZE_MAX), npages);
	assert_int_equal(fault_in_iov_iter_readable(&m.iter, m.total), 0);
	iov_iter_advance(&m.iter, 0);
	if (m.pos < m.total)
		assert_int_equal(iov_iter_single_seg_count(&m.iter), left_of_seg(m.pos));
}

static void check_memory(void)
{
	for (size_t k = 0; k < m.total; k++)
		if (*m.where[k] != m.holds[k])
			fail_msg("byte %zu of %zu is %x, not %x", k, m.total, *m.where[k],
				 m.holds[k]);
}

/* ---- What is done with it ------------------------------------------------------------------------ */

static u8 flat[MAX_BYTES + PAGE_SIZE];

static size_t some_bytes(void)
{
	return random_below(3) ? random_below(2 * PAGE_SIZE) : random_below(m.total + 100);
}

static void copy_to(size_t n)
{
	size_t moved = min(n, m.total - m.pos);

	for (size_t k = 0; k < n; k++)
		flat[k] = (u8)arch_random();
	memcpy(m.holds + m.pos, flat, moved);
	m.iter.data_source = false;
	assert_int_equal(copy_to_iter(flat, n, &m.iter), moved);
	m.pos += moved;
}

static void copy_from(size_t n)
{
	size_t moved = min(n, m.total - m.pos);
	bool all = random_below(2);

	m.iter.data_source = true;
	if (all) {
		assert_int_equal(copy_from_iter_full(flat, n, &m.iter), moved == n);
	} else {
		assert_int_equal(copy_from_iter(flat, n, &m.iter), moved);
	}
	assert_memory_equal(flat, m.holds + m.pos, moved);
	if (!all || moved == n)
		m.pos += moved;
}

static void zero(size_t n)
{
	size_t moved = min(n, m.total - m.pos);

	memset(m.holds + m.pos, 0, moved);
	assert_int_equal(iov_iter_zero(n, &m.iter), moved);
	m.pos += moved;
}

/* With a block of four pages, at any place of it. */
static void copy_page(size_t n)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, BVEC_ORDER);
	size_t offset = random_below(PAGE_SIZE << BVEC_ORDER), moved;
	u8 *data = (u8 *)page_address(page) + offset;

	n = min(n, (PAGE_SIZE << BVEC_ORDER) - offset);
	moved = min(n, m.total - m.pos);
	m.iter.data_source = random_below(2);
	if (!m.iter.data_source) {
		for (size_t k = 0; k < n; k++)
			data[k] = (u8)arch_random();
		memcpy(m.holds + m.pos, data, moved);
		assert_int_equal(copy_page_to_iter(page, offset, n, &m.iter), moved);
	} else {
		assert_int_equal(random_below(2) ? copy_page_from_iter(page, offset, n, &m.iter)
						 : copy_page_from_iter_atomic(
							   page, (unsigned int)offset, n, &m.iter),
				 moved);
		assert_memory_equal(data, m.holds + m.pos, moved);
	}
	m.pos += moved;
	__free_pages(page, BVEC_ORDER);
}

static void cut_and_mend(size_t n)
{
	size_t count = iov_iter_count(&m.iter);

	iov_iter_truncate(&m.iter, n);
	assert_int_equal(iov_iter_count(&m.iter), min(n, count));
	m.iter.data_source = true;
	assert_int_equal(copy_from_iter(flat, sizeof(flat), &m.iter), min(n, count));
	assert_memory_equal(flat, m.holds + m.pos, min(n, count));
	m.pos += min(n, count);
	iov_iter_reexpand(&m.iter, count - min(n, count));
}

static void go_and_return(size_t n)
{
	struct iov_iter_state at;

	if (!m.nr_segs)
		return;
	iov_iter_save_state(&m.iter, &at);
	iov_iter_advance(&m.iter, n);
	iov_iter_restore(&m.iter, &at);
}

static void copy_of_it(void)
{
	struct iov_iter other;
	const void *array;

	m.iter.data_source = true;
	array = dup_iter(&other, &m.iter, GFP_KERNEL);
	assert_int_equal(array != NULL, m.nr_segs != 0);
	assert_int_equal(copy_from_iter(flat, sizeof(flat), &other), m.total - m.pos);
	assert_memory_equal(flat, m.holds + m.pos, m.total - m.pos);
	kfree(array);
}

static void take_pages(size_t n)
{
	struct page *array[MAX_PAGES], **pages = array;
	unsigned int maxpages = 1 + random_below(6);
	bool own = random_below(2);
	size_t start, k = 0;
	ssize_t len;

	len = own ? iov_iter_get_pages_alloc2(&m.iter, &pages, n, &start)
		  : iov_iter_get_pages2(&m.iter, pages, n, maxpages, &start);
	if (iov_iter_is_kvec(&m.iter) && n && m.pos < m.total) {
		assert_int_equal(len, -EFAULT);
		return;
	}
	assert_true(len >= 0 && (size_t)len <= n && (size_t)len <= m.total - m.pos);
	assert_int_equal(len == 0, !n || m.pos == m.total);
	if (len && m.nr_segs)
		n = min(n, left_of_seg(m.pos));
	if (len && (own || start + n <= maxpages * PAGE_SIZE))
		assert_int_equal(len, min(n, m.total - m.pos));
	for (; k < (size_t)len; k++) {
		struct page *page = pages[(start + k) / PAGE_SIZE];

		assert_ptr_equal((u8 *)page_address(page) + offset_in_page(start + k),
				 m.where[m.pos + k]);
	}
	for (size_t p = 0; len && p <= (start + (size_t)len - 1) / PAGE_SIZE; p++)
		put_page(pages[p]);
	m.pos += (size_t)len;
	if (own)
		kvfree(pages);
}

static void step(void)
{
	size_t n = some_bytes();

	switch (random_below(10)) {
	case 0:
		return copy_to(n);
	case 1:
		return copy_from(n);
	case 2:
		return zero(n);
	case 3:
		return copy_page(n);
	case 4:
		return cut_and_mend(n);
	case 5:
		return go_and_return(n);
	case 6:
		return copy_of_it();
	case 7:
		return take_pages(n);
	case 8:
		iov_iter_advance(&m.iter, n);
		m.pos += min(n, m.total - m.pos);
		return;
	default:
		n = min(n, m.pos);
		iov_iter_revert(&m.iter, n);
		m.pos -= n;
	}
}

static void iterators_agree_with_flat_memory(void **state)
{
	static void (*const make[])(void) = {make_kvec, make_bvec, make_xarray};

	(void)state;
	host_test_seed("iterators_agree_with_flat_memory");
	for (int round = 0; round < 60; round++) {
		make[round % 3]();
		for (int i = 0; i < 40; i++) {
			step();
			check_itself();
			/* Back where it began, all of it can be read again. */
			if (i % 8 == 0 && m.pos == m.total) {
				iov_iter_revert(&m.iter, m.pos);
				m.pos = 0;
			}
		}
		check_memory();
		unmake();
	}
}

/* ---- Edges ----------------------------------------------------------------------------------------- */

static void what_is_discarded_is_only_counted(void **state)
{
	struct iov_iter iter;
	size_t start;

	(void)state;
	iov_iter_discard(&iter, ITER_DEST, 1000);
	assert_true(iov_iter_is_discard(&iter));
	assert_int_equal(iov_iter_rw(&iter), READ);
	assert_int_equal(copy_to_iter(flat, 300, &iter), 300);
	assert_int_equal(iov_iter_zero(300, &iter), 300);
	iov_iter_revert(&iter, 200);
	iov_iter_advance(&iter, 100);
	assert_int_equal(iov_iter_count(&iter), 500);
	/* By more than could have been read at once. */
	iov_iter_revert(&iter, SIZE_MAX);
	assert_int_equal(iov_iter_count(&iter), 500);
	assert_int_equal(iov_iter_single_seg_count(&iter), 500);
	assert_int_equal(iov_iter_npages(&iter, 10), 0);
	assert_int_equal(iov_iter_alignment(&iter), 0);
	assert_true(iov_iter_is_aligned(&iter, 7, 7));
	assert_int_equal(iov_iter_get_pages2(&iter, (struct page *[1]){NULL}, 10, 1, &start),
			 -EFAULT);
	assert_int_equal(copy_to_iter(flat, 501, &iter), 500);
}

static void nothing_is_copied_the_wrong_way(void **state)
{
	u8 bytes[8] = {1, 2, 3}, other[8] = {9};
	struct kvec vec = {bytes, sizeof(bytes)};
	struct page *page = alloc_page(GFP_KERNEL);
	struct iov_iter iter;

	(void)state;
	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, sizeof(bytes));
	assert_int_equal(iov_iter_rw(&iter), WRITE);
	assert_int_equal(_copy_to_iter(other, 4, &iter), 0);
	assert_int_equal(copy_page_to_iter(page, 0, 4, &iter), 0);
	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, sizeof(bytes));
	assert_int_equal(_copy_from_iter(other, 4, &iter), 0);
	assert_int_equal(copy_page_from_iter(page, 0, 4, &iter), 0);
	assert_int_equal(iov_iter_count(&iter), sizeof(bytes));
	assert_int_equal(bytes[1], 2);
	assert_int_equal(other[0], 9);
	__free_page(page);
}

static void no_page_but_the_block_s_is_copied(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);
	struct kvec vec = {flat, sizeof(flat)};
	struct iov_iter iter;

	(void)state;
	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, sizeof(flat));
	assert_int_equal(copy_page_from_iter(page, 1, 2 * PAGE_SIZE, &iter), 0);
	assert_int_equal(copy_page_from_iter(page + 1, 0, PAGE_SIZE + 1, &iter), 0);
	assert_int_equal(copy_page_from_iter(page, 3 * PAGE_SIZE, 1, &iter), 0);
	assert_int_equal(copy_page_from_iter(page, 1, SIZE_MAX, &iter), 0);
	assert_int_equal(iov_iter_count(&iter), sizeof(flat));
	assert_int_equal(copy_page_from_iter(page + 1, 5, PAGE_SIZE - 5, &iter), PAGE_SIZE - 5);
	__free_pages(page, 1);
}

/* index 0 and 1 are there, 2 is not */
static void a_copy_ends_where_a_page_is_missing(void **state)
{
	struct address_space mapping;
	struct page *pages[4];
	struct iov_iter iter;
	size_t start;

	(void)state;
	address_space_init_once(&mapping);
	for (pgoff_t i = 0; i < 2; i++) {
		struct page *page = grab_cache_page(&mapping, i);

		unlock_page(page);
		put_page(page);
	}
	iov_iter_xarray(&iter, ITER_DEST, &mapping.i_pages, 100, 3 * PAGE_SIZE);
	assert_true(iov_iter_is_xarray(&iter));
	assert_int_equal(copy_to_iter(flat, 3 * PAGE_SIZE, &iter), 2 * PAGE_SIZE - 100);
	assert_int_equal(iov_iter_count(&iter), PAGE_SIZE + 100);
	iov_iter_revert(&iter, PAGE_SIZE);
	assert_int_equal(iov_iter_get_pages2(&iter, pages, SIZE_MAX, 4, &start), PAGE_SIZE);
	assert_int_equal(start, 0);
	assert_int_equal(page_index(pages[0]), 1);
	put_page(pages[0]);
	assert_int_equal(iov_iter_get_pages2(&iter, pages, SIZE_MAX, 4, &start), 0);
	truncate_inode_pages(&mapping, 0);
}

static void pages_need_an_array(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL), **pages = NULL;
	struct bio_vec vec;
	struct iov_iter iter;
	size_t start;

	(void)state;
	bvec_set_page(&vec, page, 100, 20);
	iov_iter_bvec(&iter, ITER_DEST, &vec, 1, 100);
	assert_int_equal(iov_iter_get_pages2(&iter, NULL, 100, 0, &start), 0);
	assert_int_equal(iov_iter_get_pages_alloc2(&iter, &pages, 0, &start), 0);
	assert_null(pages);
	assert_int_equal(iov_iter_get_pages_alloc2(&iter, &pages, 60, &start), 60);
	assert_int_equal(start, 20);
	assert_int_equal(page_ref_count(page), 2);
	put_page(pages[0]);
	kvfree(pages);
	assert_int_equal(iov_iter_count(&iter), 40);
	__free_page(page);
}

/* ---- Parts of pages ---------------------------------------------------------------------------------- */

/*
 *  page     0      1      2      3
 *        |   ▓▓▓|▓▓▓▓▓▓|▓▓    |      |     and 10 bytes of the last
 */
static void parts_are_walked_page_by_page(void **state)
{
	struct page *block = alloc_pages(GFP_KERNEL | __GFP_COMP, BVEC_ORDER);
	struct bio_vec vec[2], bv,
		want[] = {{block, PAGE_SIZE - 100, 100},
			  {block + 1, PAGE_SIZE, 0},
			  {block + 2, 200, 0},
			  {block + 3, 10, 5}};
	struct bvec_iter iter, start = {.bi_size = 2 * PAGE_SIZE + 110};
	struct bvec_iter_all all;
	unsigned int n = 0;

	(void)state;
	bvec_set_page(&vec[0], block, 2 * PAGE_SIZE + 100, 100);
	bvec_set_page(&vec[1], block, 10, 3 * PAGE_SIZE + 5);
	for_each_bvec(bv, vec, iter, start) assert_memory_equal(&bv, &want[n++], sizeof(bv));
	assert_int_equal(n, 4);
	assert_int_equal(iter.bi_idx, 2);
	iter = start;
	assert_int_equal(mp_bvec_iter_len(vec, iter), 2 * PAGE_SIZE + 100);
	assert_true(bvec_iter_advance(vec, &iter, 2 * PAGE_SIZE + 103));
	bv = mp_bvec_iter_bvec(vec, iter);
	assert_ptr_equal(bv.bv_page, block);
	assert_int_equal(bv.bv_offset, 3 * PAGE_SIZE + 8);
	assert_int_equal(bv.bv_len, 7);
	assert_false(bvec_iter_advance(vec, &iter, 8));
	assert_int_equal(iter.bi_size, 0);
	n = 0;
	for (bvec_init_iter_all(&all); all.idx < 2;) {
		bvec_advance(&vec[all.idx], &all);
		assert_memory_equal(&all.bv, &want[n++], sizeof(bv));
	}
	assert_int_equal(n, 4);
	__free_pages(block, BVEC_ORDER);
}

static void a_part_is_written_and_read(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct bio_vec bv;
	char out[4] = "";

	(void)state;
	bvec_set_page(&bv, page, 4, 9);
	memcpy_to_bvec(&bv, "abc");
	memcpy_from_bvec(out, &bv);
	assert_string_equal(out, "abc");
	assert_string_equal((char *)page_address(page) + 9, "abc");
	assert_string_equal(bvec_virt(&bv), "abc");
	kunmap_local(bvec_kmap_local(&bv));
	memzero_bvec(&bv);
	assert_int_equal(*(char *)bvec_virt(&bv), 0);
	__free_page(page);
}

#define test(name) cmocka_unit_test_setup_teardown(name, cache_machine, cache_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(iterators_agree_with_flat_memory),	   test(what_is_discarded_is_only_counted),
		test(nothing_is_copied_the_wrong_way),	   test(no_page_but_the_block_s_is_copied),
		test(a_copy_ends_where_a_page_is_missing), test(pages_need_an_array),
		test(parts_are_walked_page_by_page),	   test(a_part_is_written_and_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
