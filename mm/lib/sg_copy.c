// SPDX-License-Identifier: MIT
/* Walks over what scatterlists hold, and copies. Contract: linux/scatterlist.h. */
#include <linux/scatterlist.h>

#include <linux/highmem.h>
#include <linux/kernel.h>

/* ---- Page by page ------------------------------------------------------------------------- */

void __sg_page_iter_start(struct sg_page_iter *piter, struct scatterlist *sglist,
			  unsigned int nents, unsigned long pgoffset)
{
	*piter = (struct sg_page_iter){
		.sg = sglist, .sg_pgoffset = (unsigned int)pgoffset, .__nents = nents};
}

/* To the next page, of a piece that may begin in one and whose length @len says. */
static bool next_page(struct sg_page_iter *piter, u64 (*len)(const struct scatterlist *sg))
{
	if (!piter->__nents || !piter->sg)
		return false;
	piter->sg_pgoffset += (unsigned int)piter->__pg_advance;
	piter->__pg_advance = 1;
	while (piter->sg_pgoffset >= PFN_UP(len(piter->sg))) {
		piter->sg_pgoffset -= (unsigned int)PFN_UP(len(piter->sg));
		piter->sg = sg_next(piter->sg);
		if (!--piter->__nents || !piter->sg)
			return false;
	}
	return true;
}

static u64 piece_length(const struct scatterlist *sg)
{
	return (u64)sg->offset + sg->length;
}

static u64 piece_dma_length(const struct scatterlist *sg)
{
	return (u64)sg->offset + sg_dma_len(sg);
}

bool __sg_page_iter_next(struct sg_page_iter *piter)
{
	return next_page(piter, piece_length);
}

bool __sg_page_iter_dma_next(struct sg_dma_page_iter *dma_iter)
{
	return next_page(&dma_iter->base, piece_dma_length);
}

/* ---- With the contents mapped ---------------------------------------------------------------- */

void sg_miter_start(struct sg_mapping_iter *miter, struct scatterlist *sgl, unsigned int nents,
		    unsigned int flags)
{
	*miter = (struct sg_mapping_iter){.__flags = flags};
	__sg_page_iter_start(&miter->piter, sgl, nents, 0);
	WARN_ON(!(flags & (SG_MITER_TO_SG | SG_MITER_FROM_SG)));
}

/* Makes __offset and __remaining say what of a page is at hand. */
static bool miter_next_page(struct sg_mapping_iter *miter)
{
	struct sg_page_iter *piter = &miter->piter;
	struct scatterlist *sg;
	u64 start;

	if (miter->__remaining)
		return true;
	if (!__sg_page_iter_next(piter))
		return false;
	sg = piter->sg;
	start = (u64)piter->sg_pgoffset << PAGE_SHIFT;
	miter->__offset = piter->sg_pgoffset ? 0 : sg->offset;
	if (start + miter->__offset < sg->offset)
		miter->__offset = (unsigned int)min_t(u64, sg->offset - start, PAGE_SIZE);
	miter->__remaining =
		(unsigned int)(min_t(u64, piece_length(sg), start + PAGE_SIZE) - start);
	miter->__remaining -= min(miter->__remaining, miter->__offset);
	return true;
}

bool sg_miter_skip(struct sg_mapping_iter *miter, off_t offset)
{
	sg_miter_stop(miter);
	while (offset) {
		off_t part;

		if (!miter_next_page(miter))
			return false;
		part = min_t(off_t, offset, miter->__remaining);
		miter->__offset += (unsigned int)part;
		miter->__remaining -= (unsigned int)part;
		offset -= part;
	}
	return true;
}

bool sg_miter_next(struct sg_mapping_iter *miter)
{
	sg_miter_stop(miter);
	do {
		if (!miter_next_page(miter))
			return false;
	} while (!miter->__remaining);
	miter->page = sg_page_iter_page(&miter->piter);
	miter->length = miter->consumed = miter->__remaining;
	miter->addr = (char *)kmap_local_page(miter->page) + miter->__offset;
	return true;
}

void sg_miter_stop(struct sg_mapping_iter *miter)
{
	if (!miter->addr)
		return;
	miter->__offset += (unsigned int)miter->consumed;
	miter->__remaining -= (unsigned int)miter->consumed;
	kunmap_local(miter->addr);
	miter->page = NULL;
	miter->addr = NULL;
	miter->length = miter->consumed = 0;
}

/* ---- Copies ------------------------------------------------------------------------------------ */

/* To the list, from it, or zeroes into it where @buf is NULL. */
static size_t copy(struct scatterlist *sgl, unsigned int nents, char *buf, size_t buflen,
		   off_t skip, bool to_buffer)
{
	struct sg_mapping_iter miter;
	size_t done = 0;

	sg_miter_start(&miter, sgl, nents, to_buffer ? SG_MITER_FROM_SG : SG_MITER_TO_SG);
	if (!sg_miter_skip(&miter, skip))
		return 0;
	while (done < buflen && sg_miter_next(&miter)) {
		size_t part = min(miter.length, buflen - done);

		if (!buf)
			memset(miter.addr, 0, part);
		else if (to_buffer)
			memcpy(buf + done, miter.addr, part);
		else
			memcpy(miter.addr, buf + done, part);
		done += part;
	}
	sg_miter_stop(&miter);
	return done;
}

size_t sg_copy_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen,
		      off_t skip, bool to_buffer)
{
	return copy(sgl, nents, buf, buflen, skip, to_buffer);
}

size_t sg_pcopy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			    size_t buflen, off_t skip)
{
	return copy(sgl, nents, (char *)(uintptr_t)buf, buflen, skip, false);
}

size_t sg_pcopy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen,
			  off_t skip)
{
	return copy(sgl, nents, buf, buflen, skip, true);
}

size_t sg_copy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			   size_t buflen)
{
	return sg_pcopy_from_buffer(sgl, nents, buf, buflen, 0);
}

size_t sg_copy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen)
{
	return copy(sgl, nents, buf, buflen, 0, true);
}

size_t sg_zero_buffer(struct scatterlist *sgl, unsigned int nents, size_t buflen, off_t skip)
{
	return copy(sgl, nents, NULL, buflen, skip, false);
}
