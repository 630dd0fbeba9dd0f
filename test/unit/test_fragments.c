/* SPDX-License-Identifier: MIT */
/* Pieces of memory: fragments of pages, lists that are divided, tables that grow. */
#include "slab_machine.h"

#include <linux/errno.h>
#include <linux/scatterlist.h>

/* ---- Fragments of pages ----------------------------------------------------------------- */

static void fragments_share_a_block_until_the_last_is_freed(void **state)
{
	unsigned long before = all_free_pages();
	struct page_frag_cache nc = {0};
	char *a, *b, *c;

	(void)state;
	a = page_frag_alloc(&nc, 100, GFP_KERNEL);
	b = page_frag_alloc(&nc, 28, GFP_KERNEL);
	c = page_frag_alloc_align(&nc, 10, GFP_KERNEL, ~63U);
	assert_ptr_equal(virt_to_head_page(a), virt_to_head_page(c));
	assert_ptr_equal(a - 28, b);
	assert_int_equal((unsigned long)c % 64, 0);
	assert_true(c + 10 <= b);
	assert_int_equal(before - all_free_pages(), 1 << PAGE_FRAG_CACHE_MAX_ORDER);
	assert_null(page_frag_alloc(&nc, PAGE_SIZE + 1, GFP_KERNEL));
	page_frag_cache_drain(&nc);
	page_frag_cache_drain(&nc);
	page_frag_free(a);
	page_frag_free(c);
	assert_true(all_free_pages() < before);
	page_frag_free(b);
	assert_int_equal(all_free_pages(), before);
}

static void a_block_that_all_gave_back_is_used_again(void **state)
{
	unsigned long before = all_free_pages();
	struct page_frag_cache nc = {0};
	void *first = NULL;

	(void)state;
	/* More often than a block has references. */
	for (int i = 0; i < 3 * PAGE_FRAG_CACHE_MAX_SIZE; i++) {
		void *frag = page_frag_alloc(&nc, 1000, GFP_KERNEL);

		if (!first)
			first = virt_to_head_page(frag);
		assert_ptr_equal(i < 1000 ? virt_to_head_page(frag) : first, first);
		page_frag_free(frag);
	}
	page_frag_cache_drain(&nc);
	assert_int_equal(all_free_pages(), before);
}

/* Each fragment keeps its bytes while others come and go; in the end nothing is out. */
static void random_fragments_keep_their_bytes(void **state)
{
	unsigned long before = all_free_pages();
	struct page_frag_cache nc = {0};
	u8 *frags[64] = {NULL}, mark[64];
	unsigned int size[64];

	(void)state;
	host_test_seed("fragments");
	for (int step = 0; step < 20000; step++) {
		unsigned int i = (unsigned int)(arch_random() % 64);

		if (frags[i]) {
			assert_null(memchr_inv(frags[i], mark[i], size[i]));
			page_frag_free(frags[i]);
			frags[i] = NULL;
			continue;
		}
		size[i] = 1 + (unsigned int)(arch_random() % PAGE_SIZE);
		mark[i] = (u8)step;
		frags[i] = page_frag_alloc(&nc, size[i], GFP_KERNEL);
		memset(frags[i], mark[i], size[i]);
	}
	for (int i = 0; i < 64; i++)
		if (frags[i])
			page_frag_free(frags[i]);
	page_frag_cache_drain(&nc);
	assert_int_equal(all_free_pages(), before);
}

static void without_large_blocks_a_page_will_do(void **state)
{
	struct page_frag_cache nc = {0};
	LIST_HEAD(taken);
	struct page *page;
	void *frag;

	(void)state;
	take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	assert_null(page_frag_alloc(&nc, 8, GFP_QUIET | __GFP_MEMALLOC));
	page = list_first_entry(&taken, struct page, lru);
	list_del(&page->lru);
	__free_pages(page, page->priv32 ? page->priv32 : 0);
	frag = page_frag_alloc(&nc, 8, GFP_QUIET | __GFP_MEMALLOC);
	assert_non_null(frag);
	assert_int_equal(nc.size, PAGE_SIZE);
	page_frag_free(frag);
	page_frag_cache_drain(&nc);
	give_back_pages(&taken);
}

/* ---- Lists that are divided --------------------------------------------------------------- */

#define PIECES 5
static struct page *block;

/* Five pieces of 1000 bytes in as many pages; for a device three, of 2000, 2000 and 1000. */
static void make_list(struct scatterlist *sgl)
{
	block = alloc_pages(GFP_KERNEL, 3);
	assert_non_null(block);
	sg_init_table(sgl, PIECES);
	for (unsigned int i = 0; i < PIECES; i++)
		sg_set_page(&sgl[i], block + i, 1000, 100);
	for (unsigned int i = 0; i < 3; i++) {
		sg_dma_address(&sgl[i]) = 0x10000 * (i + 1);
		sg_dma_len(&sgl[i]) = i < 2 ? 2000 : 1000;
	}
}

static void a_list_is_divided_where_sizes_end(void **state)
{
	const size_t sizes[] = {500, 2000, 1};
	struct scatterlist sgl[PIECES], *out[3];
	int mapped[3];

	(void)state;
	make_list(sgl);
	assert_int_equal(sg_split(sgl, 3, 700, 3, sizes, out, mapped, GFP_KERNEL), 0);
	assert_int_equal(sg_nents(out[0]), 2); /* 300 of piece 0, 200 of piece 1 */
	assert_int_equal(out[0][0].offset, 800);
	assert_int_equal(out[0][0].length, 300);
	assert_ptr_equal(sg_page(&out[0][1]), block + 1);
	assert_int_equal(out[0][1].length, 200);
	assert_int_equal(mapped[0], 1);
	assert_int_equal(sg_dma_address(&out[0][0]), 0x10000 + 700);
	assert_int_equal(sg_dma_len(&out[0][0]), 500);
	assert_int_equal(sg_nents(out[1]), 3); /* 800, 1000, 200 */
	assert_int_equal(out[1][0].offset, 300);
	assert_int_equal(out[1][2].length, 200);
	assert_int_equal(mapped[1], 2);
	assert_int_equal(sg_dma_len(&out[1][0]), 800);
	assert_int_equal(sg_dma_address(&out[1][1]), 0x20000);
	assert_int_equal(sg_dma_len(&out[1][1]), 1200);
	assert_int_equal(sg_nents(out[2]), 1);
	assert_int_equal(out[2][0].length, 1);
	assert_int_equal(sg_dma_address(&out[2][0]), 0x20000 + 1200);
	for (int i = 0; i < 3; i++)
		kfree(out[i]);
	__free_pages(block, 3);
}

static void a_list_that_is_too_short_is_not_divided(void **state)
{
	const size_t sizes[] = {4000, 1001};
	struct scatterlist sgl[PIECES], *out[2];

	(void)state;
	make_list(sgl);
	assert_int_equal(sg_split(sgl, 0, 0, 2, sizes, out, NULL, GFP_KERNEL), -EINVAL);
	assert_int_equal(sg_split(sgl, 0, 5001, 1, sizes, out, NULL, GFP_KERNEL), -EINVAL);
	assert_int_equal(sg_split(sgl, 2, 0, 1, &(size_t){4500}, out, NULL, GFP_KERNEL), -EINVAL);
	assert_int_equal(sg_split(sgl, 0, 0, 1, sizes, out, NULL, GFP_KERNEL), 0);
	assert_int_equal(sg_nents(out[0]), 4);
	kfree(out[0]);
	__free_pages(block, 3);
}

/* ---- Tables that grow ------------------------------------------------------------------------ */

static void a_table_grows_and_its_last_piece_with_it(void **state)
{
	struct sg_append_table append = {0};
	struct page *pages[8], *many[300];
	struct scatterlist *sg;
	u64 bytes = 0;
	unsigned int i;

	(void)state;
	block = alloc_pages(GFP_KERNEL, 3);
	for (i = 0; i < 8; i++)
		pages[i] = block + i;
	for (i = 0; i < 300; i++)
		many[i] = block + (i * 3) % 8; /* never side by side */
	assert_int_equal(sg_alloc_append_table_from_pages(&append, pages, 2, 512,
							  2 * PAGE_SIZE - 512, UINT_MAX, 6,
							  GFP_KERNEL),
			 0);
	assert_int_equal(append.total_nents, 1);
	/* What goes on is not begun anew, but where a piece would be too long. */
	assert_int_equal(sg_alloc_append_table_from_pages(&append, pages + 2, 3, 0, 3 * PAGE_SIZE,
							  4 * PAGE_SIZE, 3, GFP_KERNEL),
			 0);
	assert_int_equal(append.total_nents, 2);
	assert_int_equal(append.sgt.sgl->length, 4 * PAGE_SIZE - 512);
	assert_ptr_equal(sg_page(append.prv), pages[4]);
	assert_int_equal(sg_alloc_append_table_from_pages(&append, many, 300, 0, 300 * PAGE_SIZE,
							  UINT_MAX, 0, GFP_KERNEL),
			 0);
	assert_int_equal(sg_nents(append.sgt.sgl), 302);
	for_each_sgtable_sg (&append.sgt, sg, i)
		bytes += sg->length;
	assert_int_equal(bytes, 305 * PAGE_SIZE - 512);
	assert_true(sg_is_last(append.prv));
	assert_int_equal(sg_alloc_append_table_from_pages(&append, pages, 1, 512, 8, UINT_MAX, 0,
							  GFP_KERNEL),
			 -EINVAL);
	sg_free_append_table(&append);
	assert_null(append.sgt.sgl);
	__free_pages(block, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		slab_test(fragments_share_a_block_until_the_last_is_freed),
		slab_test(a_block_that_all_gave_back_is_used_again),
		slab_test(random_fragments_keep_their_bytes),
		slab_test(without_large_blocks_a_page_will_do),
		slab_test(a_list_is_divided_where_sizes_end),
		slab_test(a_list_that_is_too_short_is_not_divided),
		slab_test(a_table_grows_and_its_last_piece_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
