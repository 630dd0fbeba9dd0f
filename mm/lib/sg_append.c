// SPDX-License-Identifier: MIT
/*
 * Scatterlist tables that grow. Contract: linux/scatterlist.h.
 *
 *   |piece|piece|chain|──►|piece|piece|piece|chain|──►|piece END|spare|
 *
 * Each table that is added has an entry more than pieces, for the chain to the next.
 */
#include <linux/scatterlist.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

/* Pages that one piece of @max bytes may have: those from @i on that lie side by side. */
static unsigned int run_of(struct page **pages, unsigned int i, unsigned int n_pages,
			   unsigned long max)
{
	unsigned int end = i + 1;

	while (end < n_pages && (end - i + 1) * PAGE_SIZE <= max &&
	       page_to_pfn(pages[end]) == page_to_pfn(pages[end - 1]) + 1)
		end++;
	return end - i;
}

/* How many of the pages lengthen the last piece. */
static unsigned int pages_that_go_on(const struct sg_append_table *append, struct page **pages,
				     unsigned int n_pages, unsigned int max)
{
	const struct scatterlist *prv = append->prv;
	u64 end = prv ? (u64)sg_phys(prv) + prv->length : 0;
	unsigned int room;

	if (!prv || end % PAGE_SIZE || page_to_phys(pages[0]) != end)
		return 0;
	room = max > prv->offset + prv->length ? max - prv->offset - prv->length : 0;
	return room < PAGE_SIZE ? 0 : run_of(pages, 0, n_pages, room);
}

static void free_tables(struct scatterlist *sgl)
{
	while (sgl) {
		struct scatterlist *sg = sgl, *table = sgl;

		while (!sg_is_chain(sg) && !sg_is_last(sg))
			sg++;
		sgl = sg_is_chain(sg) ? sg_chain_ptr(sg) : NULL;
		kfree(table);
	}
}

/* Tables for @nents pieces, one behind the other; NULL without memory. */
static struct scatterlist *alloc_tables(unsigned int nents, gfp_t gfp)
{
	struct scatterlist *first = NULL, *chain = NULL;

	while (nents) {
		unsigned int nr = min_t(unsigned int, nents, SG_MAX_SINGLE_ALLOC - 1);
		struct scatterlist *sgl = kcalloc(nr + 1, sizeof(*sgl), gfp);

		if (!sgl) {
			free_tables(first);
			return NULL;
		}
		sg_mark_end(&sgl[nr - 1]);
		if (chain) {
			sg_unmark_end(chain - 1);
			__sg_chain(chain, sgl);
		} else {
			first = sgl;
		}
		chain = &sgl[nr];
		nents -= nr;
	}
	return first;
}

int sg_alloc_append_table_from_pages(struct sg_append_table *append, struct page **pages,
				     unsigned int n_pages, unsigned int offset, unsigned long size,
				     unsigned int max_segment, unsigned int left_pages,
				     gfp_t gfp_mask)
{
	struct scatterlist *sgl = NULL, *sg;
	unsigned int more, nents = 0, i;

	(void)left_pages;
	max_segment = (unsigned int)ALIGN_DOWN(max_segment, PAGE_SIZE);
	if (!max_segment || !n_pages || (append->prv && offset))
		return -EINVAL;
	more = pages_that_go_on(append, pages, n_pages, max_segment);
	for (i = more; i < n_pages; i += run_of(pages, i, n_pages, max_segment))
		nents++;
	if (nents)
		sgl = alloc_tables(nents, gfp_mask);
	if (nents && !sgl)
		return -ENOMEM;
	if (more) {
		unsigned long bytes = min(more * PAGE_SIZE, size);

		append->prv->length += (unsigned int)bytes;
		size -= bytes;
	}
	if (sgl && append->prv) {
		sg_unmark_end(append->prv);
		__sg_chain(append->prv + 1, sgl);
	} else if (sgl) {
		append->sgt.sgl = sgl;
	}
	for (i = more, sg = sgl; i < n_pages; sg = sg_next(sg)) {
		unsigned int nr = run_of(pages, i, n_pages, max_segment);
		unsigned long bytes = min(nr * PAGE_SIZE - offset, size);

		sg_set_page(sg, pages[i], (unsigned int)bytes, offset);
		append->prv = sg;
		size -= bytes;
		offset = 0;
		i += nr;
	}
	append->total_nents += nents;
	append->sgt.nents = append->sgt.orig_nents = append->total_nents;
	return 0;
}

void sg_free_append_table(struct sg_append_table *append)
{
	free_tables(append->sgt.sgl);
	*append = (struct sg_append_table){0};
}
