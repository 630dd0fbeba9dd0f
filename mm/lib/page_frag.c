// SPDX-License-Identifier: MIT
/*
 * Fragments of pages. Contract: linux/gfp.h.
 *
 *   block   |free            |frag 3|frag 2 |frag 1|     the next ends where the last began
 *           va               offset
 *
 * Of the references that a new block gets at once each fragment takes one, which costs no
 * atomic operation; what the cache has left goes when the block is used up.
 */
#include <linux/gfp.h>
#include <linux/mm.h>

static struct page *alloc_block(gfp_t gfp, unsigned int *order)
{
	gfp_t easy = gfp | __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC;
	struct page *page = alloc_pages(easy & ~__GFP_DIRECT_RECLAIM, PAGE_FRAG_CACHE_MAX_ORDER);

	*order = PAGE_FRAG_CACHE_MAX_ORDER;
	if (page)
		return page;
	*order = 0;
	return alloc_pages(gfp & ~__GFP_COMP, 0);
}

static bool refill(struct page_frag_cache *nc, gfp_t gfp)
{
	unsigned int order;
	struct page *page = alloc_block(gfp & ~__GFP_HIGHMEM, &order);

	if (!page)
		return false;
	nc->va = page_address(page);
	nc->size = (u16)(PAGE_SIZE << order);
	nc->offset = nc->size;
	nc->pagecnt_bias = PAGE_FRAG_CACHE_MAX_SIZE;
	nc->pfmemalloc = false;
	page_ref_add(page, PAGE_FRAG_CACHE_MAX_SIZE - 1);
	return true;
}

/* Has nobody a fragment of the block any more? Then it is as new; else it is let go. */
static void renew(struct page_frag_cache *nc)
{
	struct page *page = virt_to_page(nc->va);

	if (page_ref_count(page) == (int)nc->pagecnt_bias)
		nc->offset = nc->size;
	else
		page_frag_cache_drain(nc);
}

void *page_frag_alloc_align(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp,
			    unsigned int align_mask)
{
	if (fragsz > PAGE_SIZE)
		return NULL;
	/* The last reference goes with the block. */
	if (nc->va && (nc->offset < fragsz || nc->pagecnt_bias == 1))
		renew(nc);
	if (nc->va && nc->pagecnt_bias == 1)
		page_frag_cache_drain(nc);
	if (!nc->va && !refill(nc, gfp))
		return NULL;
	nc->offset = (u16)((nc->offset - fragsz) & align_mask);
	nc->pagecnt_bias--;
	return (char *)nc->va + nc->offset;
}

void page_frag_free(void *addr)
{
	put_page(virt_to_head_page(addr));
}

void __page_frag_cache_drain(struct page *page, unsigned int count)
{
	page_ref_sub(page, (int)count - 1);
	put_page(page);
}

void page_frag_cache_drain(struct page_frag_cache *nc)
{
	if (nc->va)
		__page_frag_cache_drain(virt_to_page(nc->va), nc->pagecnt_bias);
	*nc = (struct page_frag_cache){0};
}
