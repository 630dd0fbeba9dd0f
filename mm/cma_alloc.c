// SPDX-License-Identifier: MIT
/*
 * Taking parts of a CMA area, and giving them back. Contract: linux/cma.h.
 *
 * The bitmap tells what the owner has; what of the rest is free, and what is lent to
 * movable pages, only alloc_contig_range() finds out. A range that cannot be emptied is
 * passed over, and the next one tried.
 */
#define pr_fmt(fmt) "cma: " fmt

#include <linux/cma.h>

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "cma.h"
#include "internal.h"

/* Ranges are emptied one at a time, so that two do not take each other's target pages. */
static DEFINE_SPINLOCK_RANK(cma_range_lock, LOCK_RANK_CMA_RANGE);

/* Bits that @pages come to, rounded up. */
static unsigned long pages_to_bits(const struct cma *cma, unsigned long pages)
{
	return ALIGN(pages, 1UL << cma->order_per_bit) >> cma->order_per_bit;
}

/* For ranges aligned to 1 << @align pages: bit numbers plus the offset have these bits clear. */
static unsigned long aligned_mask(const struct cma *cma, unsigned int align)
{
	return align <= cma->order_per_bit ? 0 : (1UL << (align - cma->order_per_bit)) - 1;
}

static unsigned long aligned_offset(const struct cma *cma, unsigned int align)
{
	return (cma->base_pfn & ((1UL << align) - 1)) >> cma->order_per_bit;
}

static void clear_range(struct cma *cma, unsigned long pfn, unsigned long count)
{
	unsigned long bit = (pfn - cma->base_pfn) >> cma->order_per_bit, flags;

	spin_lock_irqsave(&cma->lock, flags);
	bitmap_clear(cma->bitmap, (unsigned int)bit, (unsigned int)pages_to_bits(cma, count));
	spin_unlock_irqrestore(&cma->lock, flags);
}

/* It is out, as one block. */
static void mark_block(struct cma *cma, unsigned long pfn, unsigned long count)
{
	unsigned long bit = (pfn - cma->base_pfn) >> cma->order_per_bit, flags;

	spin_lock_irqsave(&cma->lock, flags);
	__set_bit(bit, cma->starts);
	__set_bit(bit + pages_to_bits(cma, count) - 1, cma->ends);
	spin_unlock_irqrestore(&cma->lock, flags);
}

/*
 * Ends the hold of whoever has bits @first to @last, which must be a block that is out, or
 * lie in one without @whole: then the rest of it stays out. Under the lock; the pages stay
 * taken.
 */
static bool end_block(struct cma *cma, unsigned long first, unsigned long last, bool whole)
{
	unsigned long bits = cma_bitmap_maxno(cma), start, end;

	start = find_last_bit(cma->starts, first + 1);
	end = find_next_bit(cma->ends, bits, start);
	if (start > first || end == bits || end < last || (whole && (start < first || last < end)))
		return false;
	__clear_bit(start, cma->starts);
	__clear_bit(end, cma->ends);
	if (start < first) {
		__set_bit(start, cma->starts);
		__set_bit(first - 1, cma->ends);
	}
	if (last < end) {
		__set_bit(last + 1, cma->starts);
		__set_bit(end, cma->ends);
	}
	return true;
}

/* The first range at bit *@start or above that nobody has: taken. False: there is none. */
static bool set_range(struct cma *cma, unsigned long *start, unsigned long count,
		      unsigned int align)
{
	unsigned long bits = cma_bitmap_maxno(cma), nr = pages_to_bits(cma, count), bit, flags;

	spin_lock_irqsave(&cma->lock, flags);
	bit = bitmap_find_next_zero_area_off(cma->bitmap, bits, *start, (unsigned int)nr,
					     aligned_mask(cma, align), aligned_offset(cma, align));
	if (bit < bits)
		bitmap_set(cma->bitmap, (unsigned int)bit, (unsigned int)nr);
	spin_unlock_irqrestore(&cma->lock, flags);
	*start = bit;
	return bit < bits;
}

/* Runs of free bits, as Linux's "number of available pages: 5@0+3@9=> 8 free of 16 total". */
static void show_area(struct cma *cma)
{
	unsigned long bits = cma_bitmap_maxno(cma), total = 0, at = 0, flags;

	spin_lock_irqsave(&cma->lock, flags);
	pr_info("number of available pages: ");
	while ((at = find_next_zero_bit(cma->bitmap, bits, at)) < bits) {
		unsigned long end = find_next_bit(cma->bitmap, bits, at);
		unsigned long pages = (end - at) << cma->order_per_bit;

		pr_cont("%s%lu@%lu", total ? "+" : "", pages, at);
		total += pages;
		at = end;
	}
	pr_cont("=> %lu free of %lu total pages\n", total, cma->count);
	spin_unlock_irqrestore(&cma->lock, flags);
}

static int take_range(unsigned long pfn, unsigned long count, bool no_warn)
{
	gfp_t gfp = GFP_KERNEL | (no_warn ? __GFP_NOWARN : 0);
	int err;

	spin_lock(&cma_range_lock);
	err = alloc_contig_range(pfn, pfn + count, MIGRATE_CMA, gfp);
	spin_unlock(&cma_range_lock);
	return err;
}

/* No range, no memory: -ENOMEM; else what the last range that was tried gave. */
static int alloc_from(struct cma *cma, unsigned long count, unsigned int align, bool no_warn,
		      unsigned long *pfn)
{
	unsigned long start = 0;
	int err = -ENOMEM;

	while (set_range(cma, &start, count, align)) {
		*pfn = cma->base_pfn + (start << cma->order_per_bit);
		err = take_range(*pfn, count, no_warn);
		if (!err) {
			mark_block(cma, *pfn, count);
			return 0;
		}
		clear_range(cma, *pfn, count);
		if (err != -EBUSY)
			return err;
		start += aligned_mask(cma, align) + 1;
	}
	return err;
}

struct page *cma_alloc(struct cma *cma, unsigned long count, unsigned int align, bool no_warn)
{
	unsigned long pfn;
	int err;

	if (!cma || !cma->count || !cma->bitmap || !count || count > cma->count ||
	    align >= BITS_PER_LONG || pages_to_bits(cma, count) > cma_bitmap_maxno(cma))
		return NULL;
	err = alloc_from(cma, count, align, no_warn, &pfn);
	if (!err)
		return pfn_to_page(pfn);
	if (!no_warn) {
		pr_err("%s: %s: alloc failed, req-size: %lu pages, ret: %d\n", __func__, cma->name,
		       count, err);
		show_area(cma);
	}
	return NULL;
}

bool cma_pages_valid(struct cma *cma, const struct page *pages, unsigned long count)
{
	unsigned long pfn;

	if (!cma || !pages)
		return false;
	pfn = page_to_pfn(pages);
	return pfn >= cma->base_pfn && pfn < cma->base_pfn + cma->count &&
	       count <= cma->base_pfn + cma->count - pfn;
}

/* With @whole nothing but a block as it was allocated. */
static enum cma_released release(struct cma *cma, const struct page *pages, unsigned long count,
				 bool whole)
{
	unsigned long pfn, first, flags;
	bool ended = false;

	if (!cma_pages_valid(cma, pages, count))
		return CMA_NOT_ITS_OWN;
	pfn = page_to_pfn(pages);
	first = pfn - cma->base_pfn;
	if (cma->bitmap && count && IS_ALIGNED(first, 1UL << cma->order_per_bit)) {
		first >>= cma->order_per_bit;
		spin_lock_irqsave(&cma->lock, flags);
		ended = end_block(cma, first, first + pages_to_bits(cma, count) - 1, whole);
		spin_unlock_irqrestore(&cma->lock, flags);
	}
	if (!ended)
		return CMA_REFUSED;
	free_contig_range(pfn, count);
	clear_range(cma, pfn, count);
	return CMA_RELEASED;
}

enum cma_released cma_release_block(struct cma *cma, const struct page *pages, unsigned long count)
{
	return release(cma, pages, count, true);
}

bool cma_release(struct cma *cma, const struct page *pages, unsigned long count)
{
	enum cma_released result = release(cma, pages, count, cma && cma->order_per_bit);

	if (result == CMA_REFUSED) {
		count_event(&cma_misused);
		pr_err("%s: %s: %lu pages at pfn 0x%lx are not out as they are released\n",
		       __func__, cma->name, count, page_to_pfn(pages));
	}
	return result != CMA_NOT_ITS_OWN;
}
