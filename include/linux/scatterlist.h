/* SPDX-License-Identifier: MIT */
/*
 * Scatterlists: memory in pieces, for one transfer.
 *
 *   |piece|piece|..|chain|──►|piece|piece|..|chain|──►|piece|piece END|
 *
 * Owns:       the tables that sg_alloc_table() and its like made, and the pages that
 *             sgl_alloc() did; else nothing.
 * Invariants: low bits of page_link say that an entry is a chain, or the last. A chain is
 *             no piece: sg_next() steps over it. The pieces as the CPU has them are
 *             orig_nents, as the device has them nents.
 * Lifetime:   tables from sg_alloc_table() to sg_free_table().
 * Locking:    the caller's.
 * Units:      bytes, entries.
 * Failure:    -errno or NULL, nothing changed.
 * Source:     Linux 6.1's scatterlist.h. Not here: the pools of chained tables, which
 *             Linux has for block devices alone.
 */
#ifndef _LINUX_SCATTERLIST_H
#define _LINUX_SCATTERLIST_H

#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/types.h>

struct scatterlist {
	unsigned long page_link; /* struct page * or the next table, and two bits */
	unsigned int offset;
	unsigned int length;
	dma_addr_t dma_address; /* where the device finds it, once mapped */
	unsigned int dma_length;
	unsigned int dma_flags;
};

struct sg_table {
	struct scatterlist *sgl;
	unsigned int nents;	 /* of the device */
	unsigned int orig_nents; /* of the CPU */
};

#define sg_dma_address(sg) ((sg)->dma_address)
#define sg_dma_len(sg)	   ((sg)->dma_length)

#define SG_CHAIN	  0x01UL
#define SG_END		  0x02UL
#define SG_PAGE_LINK_MASK (SG_CHAIN | SG_END)

#define SG_DMA_BUS_ADDRESS (1 << 0)

/* A table of one allocation is one page. */
#define SG_MAX_SINGLE_ALLOC (PAGE_SIZE / sizeof(struct scatterlist))
#define SG_CHUNK_SIZE	    128
#define SG_MAX_SEGMENTS	    2048

/* ---- Entries ---------------------------------------------------------------------------- */

static inline bool sg_is_chain(const struct scatterlist *sg)
{
	return sg->page_link & SG_CHAIN;
}

static inline bool sg_is_last(const struct scatterlist *sg)
{
	return sg->page_link & SG_END;
}

static inline struct scatterlist *sg_chain_ptr(const struct scatterlist *sg)
{
	return (struct scatterlist *)(sg->page_link & ~SG_PAGE_LINK_MASK);
}

static inline struct page *sg_page(const struct scatterlist *sg)
{
	return (struct page *)(sg->page_link & ~SG_PAGE_LINK_MASK);
}

static inline void sg_assign_page(struct scatterlist *sg, struct page *page)
{
	BUG_ON((unsigned long)page & SG_PAGE_LINK_MASK);
	sg->page_link = (sg->page_link & SG_PAGE_LINK_MASK) | (unsigned long)page;
}

/* @len bytes from @offset in @page on, which may go on in the pages behind it. */
static inline void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int len,
			       unsigned int offset)
{
	sg_assign_page(sg, page);
	sg->offset = offset;
	sg->length = len;
}

/* The same for an address of the direct map. */
static inline void sg_set_buf(struct scatterlist *sg, const void *buf, unsigned int buflen)
{
	sg_set_page(sg, virt_to_page(buf), buflen, (unsigned int)offset_in_page(buf));
}

static inline dma_addr_t sg_phys(const struct scatterlist *sg)
{
	return page_to_phys(sg_page(sg)) + sg->offset;
}

static inline void *sg_virt(const struct scatterlist *sg)
{
	return (char *)page_address(sg_page(sg)) + sg->offset;
}

static inline void sg_mark_end(struct scatterlist *sg)
{
	sg->page_link = (sg->page_link | SG_END) & ~SG_CHAIN;
}

static inline void sg_unmark_end(struct scatterlist *sg)
{
	sg->page_link &= ~SG_END;
}

static inline bool sg_is_dma_bus_address(const struct scatterlist *sg)
{
	return sg->dma_flags & SG_DMA_BUS_ADDRESS;
}

static inline void sg_dma_mark_bus_address(struct scatterlist *sg)
{
	sg->dma_flags |= SG_DMA_BUS_ADDRESS;
}

static inline void sg_dma_unmark_bus_address(struct scatterlist *sg)
{
	sg->dma_flags &= ~(unsigned int)SG_DMA_BUS_ADDRESS;
}

/* ---- Lists -------------------------------------------------------------------------------- */

/* The piece behind @sg; NULL behind the last. */
static inline struct scatterlist *sg_next(struct scatterlist *sg)
{
	if (sg_is_last(sg))
		return NULL;
	sg++;
	return unlikely(sg_is_chain(sg)) ? sg_chain_ptr(sg) : sg;
}

/* The last of @nents. */
struct scatterlist *sg_last(struct scatterlist *sgl, unsigned int nents);

/* Pieces up to the end; and as many as hold @len bytes, -EINVAL where they do not. */
int sg_nents(struct scatterlist *sg);
int sg_nents_for_len(struct scatterlist *sg, u64 len);

static inline void sg_init_marker(struct scatterlist *sgl, unsigned int nents)
{
	sg_mark_end(&sgl[nents - 1]);
}

/* @nents empty pieces in an array of the caller's. */
void sg_init_table(struct scatterlist *sgl, unsigned int nents);
void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int buflen);

static inline void __sg_chain(struct scatterlist *chain_sg, struct scatterlist *sgl)
{
	chain_sg->offset = 0;
	chain_sg->length = 0;
	chain_sg->page_link = ((unsigned long)sgl | SG_CHAIN) & ~SG_END;
}

/* The last of @prv's @prv_nents entries becomes a chain to @sgl. */
static inline void sg_chain(struct scatterlist *prv, unsigned int prv_nents,
			    struct scatterlist *sgl)
{
	__sg_chain(&prv[prv_nents - 1], sgl);
}

#define for_each_sg(sglist, sg, nr, __i) \
	for (__i = 0, sg = (sglist); __i < (nr); __i++, sg = sg_next(sg))
#define for_each_sgtable_sg(sgt, sg, i)	    for_each_sg ((sgt)->sgl, sg, (sgt)->orig_nents, i)
#define for_each_sgtable_dma_sg(sgt, sg, i) for_each_sg ((sgt)->sgl, sg, (sgt)->nents, i)

/* ---- Tables ---------------------------------------------------------------------------------- */

/* @nents empty pieces, in as many tables as that takes. 0, -EINVAL (none) or -ENOMEM. */
int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp_mask);
void sg_free_table(struct sg_table *table);

/*
 * The same by the caller's functions, in tables of at most @max_ents entries behind @first_chunk,
 * which has @nents_first_chunk, or none with NULL and 0. Where memory ends -ENOMEM, and what there
 * is stays. In either case the second frees @num_ents pieces, which are @table->orig_nents; it
 * tells how many entries a table has.
 */
typedef struct scatterlist *(sg_alloc_fn)(unsigned int nents, gfp_t gfp_mask);
typedef void(sg_free_fn)(struct scatterlist *sgl, unsigned int nents);
int __sg_alloc_table(struct sg_table *table, unsigned int nents, unsigned int max_ents,
		     struct scatterlist *first_chunk, unsigned int nents_first_chunk,
		     gfp_t gfp_mask, sg_alloc_fn *alloc_fn);
void __sg_free_table(struct sg_table *table, unsigned int max_ents, unsigned int nents_first_chunk,
		     sg_free_fn *free_fn, unsigned int num_ents);

/*
 * The same without waiting. The first @nents_first_chunk entries are @first_chunk, the caller's,
 * who gives the same number to free them; with 0 all are made here, in pieces of SG_CHUNK_SIZE.
 * One entry, which has no room for a chain, is used for one piece alone.
 */
#define SG_CHUNK_SIZE 128
int sg_alloc_table_chained(struct sg_table *table, int nents, struct scatterlist *first_chunk,
			   unsigned int nents_first_chunk);
void sg_free_table_chained(struct sg_table *table, unsigned int nents_first_chunk);

/*
 * @size bytes from @offset in @pages[0] on. Pages side by side become one piece, of at most
 * @max_segment bytes, a multiple of the page size.
 */
int sg_alloc_table_from_pages_segment(struct sg_table *sgt, struct page **pages,
				      unsigned int n_pages, unsigned int offset, unsigned long size,
				      unsigned int max_segment, gfp_t gfp_mask);

static inline int sg_alloc_table_from_pages(struct sg_table *sgt, struct page **pages,
					    unsigned int n_pages, unsigned int offset,
					    unsigned long size, gfp_t gfp_mask)
{
	return sg_alloc_table_from_pages_segment(sgt, pages, n_pages, offset, size,
						 UINT_MAX & PAGE_MASK, gfp_mask);
}

/* New pages of @order, @length bytes of them; the number of pieces in *@nent_p. */
struct scatterlist *sgl_alloc_order(unsigned long long length, unsigned int order, bool chainable,
				    gfp_t gfp, unsigned int *nent_p);
struct scatterlist *sgl_alloc(unsigned long long length, gfp_t gfp, unsigned int *nent_p);
void sgl_free_n_order(struct scatterlist *sgl, int nents, int order);
void sgl_free_order(struct scatterlist *sgl, int order);
void sgl_free(struct scatterlist *sgl);

/* ---- Copies: the bytes copied, fewer where the list ends ------------------------------------------ */

size_t sg_copy_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen,
		      off_t skip, bool to_buffer);
size_t sg_copy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			   size_t buflen);
size_t sg_copy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen);
size_t sg_pcopy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			    size_t buflen, off_t skip);
size_t sg_pcopy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen,
			  off_t skip);
size_t sg_zero_buffer(struct scatterlist *sgl, unsigned int nents, size_t buflen, off_t skip);

/*
 * Divides @in, after @skip bytes, into @nb_splits lists of @split_sizes bytes each, in new
 * memory: @out[i] is kfree()d, and has sg_nents() entries. With @in_mapped_nents, which is not
 * 0, as the device has them, too; how many of those go to @out_mapped_nents[i]. -EINVAL:
 * @in is too short; -ENOMEM.
 */
int sg_split(struct scatterlist *in, int in_mapped_nents, off_t skip, int nb_splits,
	     const size_t *split_sizes, struct scatterlist **out, int *out_mapped_nents,
	     gfp_t gfp_mask);

/* ---- Tables that grow ----------------------------------------------------------------------------- */

struct sg_append_table {
	struct sg_table sgt;	  /* what there is */
	struct scatterlist *prv;  /* its last piece */
	unsigned int total_nents; /* pieces */
};

/*
 * @n_pages more pages behind what @append, all 0 at first, has; as
 * sg_alloc_table_from_pages_segment(). A piece that goes on is not begun anew.
 * @left_pages more are to come.
 */
int sg_alloc_append_table_from_pages(struct sg_append_table *append, struct page **pages,
				     unsigned int n_pages, unsigned int offset, unsigned long size,
				     unsigned int max_segment, unsigned int left_pages,
				     gfp_t gfp_mask);
void sg_free_append_table(struct sg_append_table *append);

/* ---- Page by page ------------------------------------------------------------------------------------ */

struct sg_page_iter {
	struct scatterlist *sg;
	unsigned int sg_pgoffset; /* pages into the piece */
	unsigned int __nents;	  /* pieces left */
	int __pg_advance;	  /* 0 before the first page */
};

/* The same for pages as the device has them. */
struct sg_dma_page_iter {
	struct sg_page_iter base;
};

void __sg_page_iter_start(struct sg_page_iter *piter, struct scatterlist *sglist,
			  unsigned int nents, unsigned long pgoffset);
bool __sg_page_iter_next(struct sg_page_iter *piter);
bool __sg_page_iter_dma_next(struct sg_dma_page_iter *dma_iter);

static inline struct page *sg_page_iter_page(struct sg_page_iter *piter)
{
	return nth_page(sg_page(piter->sg), piter->sg_pgoffset);
}

static inline dma_addr_t sg_page_iter_dma_address(struct sg_dma_page_iter *dma_iter)
{
	return sg_dma_address(dma_iter->base.sg) +
	       ((dma_addr_t)dma_iter->base.sg_pgoffset << PAGE_SHIFT);
}

#define for_each_sg_page(sglist, piter, nents, pgoffset)                   \
	for (__sg_page_iter_start((piter), (sglist), (nents), (pgoffset)); \
	     __sg_page_iter_next(piter);)
#define for_each_sg_dma_page(sglist, dma_iter, dma_nents, pgoffset)                      \
	for (__sg_page_iter_start(&(dma_iter)->base, (sglist), (dma_nents), (pgoffset)); \
	     __sg_page_iter_dma_next(dma_iter);)
#define for_each_sgtable_page(sgt, piter, pgoffset) \
	for_each_sg_page ((sgt)->sgl, piter, (sgt)->orig_nents, pgoffset)
#define for_each_sgtable_dma_page(sgt, dma_iter, pgoffset) \
	for_each_sg_dma_page ((sgt)->sgl, dma_iter, (sgt)->nents, pgoffset)

/* ---- With the contents mapped --------------------------------------------------------------------------- */

/* What the walk is for; one of the latter two. */
#define SG_MITER_ATOMIC	 (1 << 0)
#define SG_MITER_TO_SG	 (1 << 1)
#define SG_MITER_FROM_SG (1 << 2)

struct sg_mapping_iter {
	/* The page at hand, in part: */
	struct page *page;
	void *addr;
	size_t length;
	size_t consumed; /* what of it was used: less than length, and the rest comes again */
	struct sg_page_iter piter;
	unsigned int __offset, __remaining; /* in the piece */
	unsigned int __flags;
};

void sg_miter_start(struct sg_mapping_iter *miter, struct scatterlist *sgl, unsigned int nents,
		    unsigned int flags);
bool sg_miter_skip(struct sg_mapping_iter *miter, off_t offset);
bool sg_miter_next(struct sg_mapping_iter *miter);
void sg_miter_stop(struct sg_mapping_iter *miter);

#endif /* _LINUX_SCATTERLIST_H */
