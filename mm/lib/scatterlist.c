// SPDX-License-Identifier: MIT
/* Scatterlists and their tables. Contract: linux/scatterlist.h. */
#include <linux/scatterlist.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

/* ---- Lists -------------------------------------------------------------------------------- */

struct scatterlist *sg_last(struct scatterlist *sgl, unsigned int nents)
{
	while (--nents)
		sgl = sg_next(sgl);
	return sgl;
}

int sg_nents(struct scatterlist *sg)
{
	int nents = 0;

	for (; sg; sg = sg_next(sg))
		nents++;
	return nents;
}

int sg_nents_for_len(struct scatterlist *sg, u64 len)
{
	u64 total = 0;
	int nents = 0;

	if (!len)
		return 0;
	for (; sg; sg = sg_next(sg)) {
		nents++;
		total += sg->length;
		if (total >= len)
			return nents;
	}
	return -EINVAL;
}

void sg_init_table(struct scatterlist *sgl, unsigned int nents)
{
	memset(sgl, 0, sizeof(*sgl) * nents);
	sg_init_marker(sgl, nents);
}

void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int buflen)
{
	sg_init_table(sg, 1);
	sg_set_buf(sg, buf, buflen);
}

/* ---- Tables --------------------------------------------------------------------------------- */

/* The entries of a table of at most @max for the next of @left pieces, and how many it takes. */
static unsigned int table_entries(unsigned int left, unsigned int max, unsigned int *pieces)
{
	bool chained = left > max;

	*pieces = chained ? max - 1 : left;
	return *pieces + chained;
}

void __sg_free_table(struct sg_table *table, unsigned int max_ents, unsigned int nents_first_chunk,
		     sg_free_fn *free_fn, unsigned int num_ents)
{
	unsigned int left = num_ents, max = nents_first_chunk ?: max_ents, pieces;
	struct scatterlist *sgl = table->sgl, *next;
	bool own = !nents_first_chunk;

	for (; sgl && left; sgl = next) {
		unsigned int entries = table_entries(left, max, &pieces);

		next = entries > pieces ? sg_chain_ptr(&sgl[pieces]) : NULL;
		left -= pieces;
		if (own)
			free_fn(sgl, entries);
		own = true;
		max = max_ents;
	}
	table->sgl = NULL;
}

/* Tables are linked as they come, so that what there is can be freed at any time. */
int __sg_alloc_table(struct sg_table *table, unsigned int nents, unsigned int max_ents,
		     struct scatterlist *first_chunk, unsigned int nents_first_chunk,
		     gfp_t gfp_mask, sg_alloc_fn *alloc_fn)
{
	unsigned int max = nents_first_chunk ?: max_ents, pieces;
	struct scatterlist *sgl = first_chunk, *last = NULL; /* waits for the next table */

	*table = (struct sg_table){0};
	if (!nents)
		return -EINVAL;
	for (unsigned int left = nents; left; left -= pieces) {
		unsigned int entries = table_entries(left, max, &pieces);

		if (!sgl)
			sgl = alloc_fn(entries, gfp_mask);
		if (!sgl) {
			/* Where it would have been linked counts: so the tables keep their sizes. */
			table->orig_nents += last != NULL;
			table->nents = table->orig_nents;
			return -ENOMEM;
		}
		sg_init_table(sgl, entries);
		if (last)
			__sg_chain(last, sgl);
		else
			table->sgl = sgl;
		last = &sgl[entries - 1];
		table->orig_nents += pieces;
		sgl = NULL;
		max = max_ents;
	}
	table->nents = nents;
	return 0;
}

static struct scatterlist *sg_kmalloc(unsigned int nents, gfp_t gfp_mask)
{
	return kmalloc_array(nents, sizeof(struct scatterlist), gfp_mask);
}

static void sg_kfree(struct scatterlist *sgl, unsigned int nents)
{
	(void)nents;
	kfree(sgl);
}

void sg_free_table(struct sg_table *table)
{
	__sg_free_table(table, SG_MAX_SINGLE_ALLOC, 0, sg_kfree, table->orig_nents);
	table->nents = table->orig_nents = 0;
}

int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp_mask)
{
	int err =
		__sg_alloc_table(table, nents, SG_MAX_SINGLE_ALLOC, NULL, 0, gfp_mask, sg_kmalloc);

	if (err)
		sg_free_table(table);
	return err;
}

/* How many of the pages from @i on make one piece of @max bytes at most. */
static unsigned int pages_of_piece(struct page **pages, unsigned int i, unsigned int n_pages,
				   unsigned int max)
{
	unsigned int end = i + 1;

	while (end < n_pages && (end - i + 1) * PAGE_SIZE <= max &&
	       page_to_pfn(pages[end]) == page_to_pfn(pages[end - 1]) + 1)
		end++;
	return end - i;
}

int sg_alloc_table_from_pages_segment(struct sg_table *sgt, struct page **pages,
				      unsigned int n_pages, unsigned int offset, unsigned long size,
				      unsigned int max_segment, gfp_t gfp_mask)
{
	unsigned int nents = 0, i;
	struct scatterlist *sg;
	int err;

	max_segment = (unsigned int)ALIGN_DOWN(max_segment, PAGE_SIZE);
	if (!max_segment || !n_pages)
		return -EINVAL;
	for (i = 0; i < n_pages; i += pages_of_piece(pages, i, n_pages, max_segment))
		nents++;
	err = sg_alloc_table(sgt, nents, gfp_mask);
	if (err)
		return err;
	sg = sgt->sgl;
	for (i = 0; i < n_pages; sg = sg_next(sg)) {
		unsigned int nr = pages_of_piece(pages, i, n_pages, max_segment);
		unsigned long bytes = min(nr * PAGE_SIZE - offset, size);

		sg_set_page(sg, pages[i], (unsigned int)bytes, offset);
		size -= bytes;
		offset = 0;
		i += nr;
	}
	return 0;
}

/* ---- Lists with pages of their own ------------------------------------------------------------- */

void sgl_free_n_order(struct scatterlist *sgl, int nents, int order)
{
	struct scatterlist *sg;
	int i;

	for_each_sg (sgl, sg, nents, i) {
		if (!sg)
			break;
		if (sg_page(sg))
			__free_pages(sg_page(sg), (unsigned int)order);
	}
	kfree(sgl);
}

void sgl_free_order(struct scatterlist *sgl, int order)
{
	sgl_free_n_order(sgl, INT_MAX, order);
}

void sgl_free(struct scatterlist *sgl)
{
	sgl_free_order(sgl, 0);
}

struct scatterlist *sgl_alloc_order(unsigned long long length, unsigned int order, bool chainable,
				    gfp_t gfp, unsigned int *nent_p)
{
	u64 piece = PAGE_SIZE << order, nents = DIV_ROUND_UP_ULL(length, piece);
	struct scatterlist *sgl, *sg;

	/* One more is for the chain to what the caller puts behind. */
	if (!nents || nents >= INT_MAX)
		return NULL;
	sgl = kmalloc_array(nents + chainable, sizeof(*sgl), gfp & ~GFP_DMA);
	if (!sgl)
		return NULL;
	sg_init_table(sgl, (unsigned int)nents + chainable);
	for (sg = sgl; length; length -= sg->length, sg++) {
		struct page *page = alloc_pages(gfp, order);

		if (!page) {
			sgl_free_order(sgl, (int)order);
			return NULL;
		}
		sg_set_page(sg, page, (unsigned int)min_t(u64, length, piece), 0);
	}
	if (nent_p)
		*nent_p = (unsigned int)nents;
	return sgl;
}

struct scatterlist *sgl_alloc(unsigned long long length, gfp_t gfp, unsigned int *nent_p)
{
	return sgl_alloc_order(length, 0, false, gfp, nent_p);
}
