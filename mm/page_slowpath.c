// SPDX-License-Identifier: MIT
/*
 * The slow path of page allocation: no zone has a block above its low mark. A walk
 * goes down to the min marks, or below for callers with a claim to the reserves.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <baremm/panic.h>

#include "internal.h"
#include "page_alloc.h"

/* How far @gfp may go when the low marks are reached. */
static unsigned int gfp_to_alloc_flags(gfp_t gfp)
{
	unsigned int alloc_flags = ALLOC_WMARK_MIN | cma_alloc_flag(gfp_migratetype(gfp));

	if (gfp & __GFP_KSWAPD_RECLAIM)
		alloc_flags |= ALLOC_KSWAPD;

	if ((gfp & __GFP_MEMALLOC) && !(gfp & __GFP_NOMEMALLOC))
		return ALLOC_NO_WATERMARKS | cma_alloc_flag(gfp_migratetype(gfp));
	if (gfp & __GFP_HIGH)
		alloc_flags |= ALLOC_HIGH;
	if ((gfp & __GFP_ATOMIC) && !(gfp & __GFP_NOMEMALLOC))
		alloc_flags |= ALLOC_HARDER;
	return alloc_flags;
}

/* There is nothing to reclaim: what the reserves do not give is not there. */
struct page *alloc_pages_slowpath(gfp_t gfp, unsigned int order, const struct alloc_context *ac)
{
	struct page *page;

	if (gfp & __GFP_KSWAPD_RECLAIM)
		end_watermark_boosts(ac);
	page = get_page_from_freelist(order, gfp_to_alloc_flags(gfp), ac);
	if (page)
		return page;
	if (gfp & __GFP_NOFAIL) {
		page = get_page_from_freelist(order, ALLOC_NO_WATERMARKS, ac);
		if (!page)
			panic("page allocation: order:%u, mode:%#x may not fail, but no memory is "
			      "left",
			      order, gfp);
		return page;
	}
	count_event(&page_alloc_stats.failed);
	warn_alloc(gfp, order, ac->nodemask);
	return NULL;
}
