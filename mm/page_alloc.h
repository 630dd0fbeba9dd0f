/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the page allocator share: an allocation on its way, from the
 * fast path (page_alloc.c) to the slow one (page_slowpath.c), and what is done to
 * pages between owners (page_hooks.c).
 */
#ifndef _MM_PAGE_ALLOC_H
#define _MM_PAGE_ALLOC_H

#include <linux/gfp.h>
#include <linux/mmzone.h>
#include <linux/types.h>

#include "internal.h"

/* What stays of a page's flags from one owner to the next. */
#define PAGE_FLAGS_KEPT (~0UL << ZONES_PGSHIFT | 1UL << PG_hwpoison)

struct alloc_context {
	const nodemask_t *nodemask;
	enum zone_type highest_zoneidx;
	enum migratetype type;
	struct zoneref *preferred_zoneref; /* where walks start: the first that may be used */
};

/*
 * A block of the first zone of @ac's walk that has one above the mark @alloc_flags
 * names; not prepared for its owner yet. NULL: there is none.
 */
struct page *get_page_from_freelist(unsigned int order, unsigned int alloc_flags,
				    const struct alloc_context *ac);

/*
 * While the allocators that stay are set up: a block comes from sections that are made, of
 * a lower zone or another node if need be, before another section is made for it.
 */
extern bool made_sections_first;

/* Meanwhile: @nid if that can be so on it, else NUMA_NO_NODE; and @nid at other times. */
int made_node(int nid);

/* Only what can be moved may lie in CMA areas. */
static inline unsigned int cma_alloc_flag(enum migratetype type)
{
	return type == MIGRATE_MOVABLE ? ALLOC_CMA : 0;
}

/*
 * HighAtomic (highatomic.c). After an atomic allocation of several pages, keeps the
 * pageblock of @page for others like it. Gives back one pageblock of the zones of @ac to
 * callers like @ac's; unless @force each zone keeps its last one. True: there was one.
 */
void reserve_highatomic_pageblock(struct page *page, unsigned int order, struct zone *zone);
bool unreserve_highatomic_pageblock(const struct alloc_context *ac, bool force);

/* Ends the boosts of the zones of @ac's walk: kswapd's last step, whatever it reclaimed. */
void end_watermark_boosts(const struct alloc_context *ac);

/*
 * The first page of the block in use that @page is part of; @page where there is none.
 * Nothing holds the block: it may be another one a moment later.
 */
struct page *page_block_head(struct page *page);

/* split_page() of a block to which nothing was written: private values are 0. */
void split_new_page(struct page *page, unsigned int order);

/* Makes a block that is on no list any more its owner's: page structs, contents. */
void prep_new_page(struct page *page, unsigned int order, gfp_t gfp);

/* The same when the fast path had nothing; NULL with a line in the log, and counted. */
struct page *alloc_pages_slowpath(gfp_t gfp, unsigned int order, const struct alloc_context *ac);

/* ---- Between owners --------------------------------------------------------------- */

/*
 * What options ask to be done to every block that is handed out or freed. No bit is
 * set by default, so that the fast paths test one word.
 */
enum page_hook {
	PAGE_HOOK_INIT_ON_ALLOC = 1 << 0,
	PAGE_HOOK_INIT_ON_FREE = 1 << 1,
	PAGE_HOOK_FAIL_ALLOC = 1 << 2,
	PAGE_HOOK_POISON = 1 << 3,
	PAGE_HOOK_OWNER = 1 << 4,
	PAGE_HOOK_HWPOISON = 1 << 5,
	PAGE_HOOK_SHUFFLE = 1 << 6, /* calls nothing: see shuffle.h */
	PAGE_HOOK_ISOLATE = 1 << 7, /* a pageblock is isolated: frees look for it */
	PAGE_HOOK_PIN = 1 << 8,	    /* a CPU is in a scope of memalloc_pin_save() */
};
extern unsigned int page_hooks; /* of enum page_hook */

/* Any CPU may change one while others change others. */
static inline void page_hook_enable(enum page_hook hook)
{
	__atomic_fetch_or(&page_hooks, (unsigned int)hook, __ATOMIC_SEQ_CST);
}

static inline void page_hook_disable(enum page_hook hook)
{
	__atomic_fetch_and(&page_hooks, ~(unsigned int)hook, __ATOMIC_SEQ_CST);
}

/* Adds @change to @users, for whom @hook is set while there are any. */
void page_hook_count(enum page_hook hook, long *users, long change);

/* A set of zone flags that mean nothing together, or two mobilities. */
static inline bool gfp_is_bad(gfp_t gfp)
{
	const gfp_t mobility = __GFP_MOVABLE | __GFP_RECLAIMABLE;

	return gfp_zone_bad(gfp) || (gfp & mobility) == mobility;
}

/* For blocks handed out, if a hook is set or @gfp has __GFP_ZERO: the page struct is set up. */
void post_alloc_hook(struct page *page, unsigned int order, gfp_t gfp);

/* Before a block is looked for, if a hook is set. False: there shall be none. */
bool pre_alloc_hook(gfp_t gfp, unsigned int order);

/*
 * For blocks freed, if a hook is set: nobody holds a reference, no lock is held, flags
 * are as the owner left them. False: bad pages were in it, and the rest of it is free.
 */
bool free_hook(struct page *page, unsigned int order);

/*
 * What is done to a block, which nobody refers to, before it is on a list: it is compound
 * no more, and hooks have run. False: bad pages were in it, and the rest of it is free.
 */
bool free_pages_prepare(struct page *page, unsigned int order);

/* Frees a block that nobody refers to. */
void free_block(struct page *page, unsigned int order);

/* For blocks in use whose pages are owned one by one from now on, if a hook is set. */
void split_hook(struct page *page, unsigned int order);

/*
 * For pages [start, end) that become the allocator's without ever having been handed
 * out, before they enter the free areas, if a hook is set: no lock is held.
 */
void release_hook(unsigned long start, unsigned long end);

/* Settles what the options that set hooks mean together, before pages are released. */
void init_mem_debugging_and_hardening(void);

/* A yes or no in @value to *@on and to @hook. 0 or -EINVAL. */
int page_hook_parse(const char *value, bool *on, enum page_hook hook);

/* Handlers of init_on_alloc= and init_on_free=. 0 or -EINVAL. */
int init_on_alloc_parse_option(char *value);
int init_on_free_parse_option(char *value);

/* Back to the state at program start, for hosts that bring up several machines. */
void page_hooks_reset(void);

#endif /* _MM_PAGE_ALLOC_H */
