/* SPDX-License-Identifier: MIT */
/*
 * page_ext: room for what debugging features keep of each page, beside struct page, and
 * only on machines whose options ask for such a feature.
 *
 * Owns:       page_ext_section_pages pages of each made section, right behind its page
 *             structs: they come and stay with them. High memory's (linux/highmem.h) lie
 *             in low memory.
 * Invariants: all of it is 0 when the section is made; a page's place never changes.
 * Lifetime:   sizes are fixed by page_ext_prepare(), before the page allocator gets its
 *             first page; a page's from the time its section is made.
 * Locking:    none; a page's belongs to the page's owner.
 * Units:      sizes in bytes for a page.
 * Failure:    NULL where nobody needs it, or the page's section is not made.
 * Source:     Linux 6.1's mm/page_ext.c.
 *
 *   section   | page structs | page_ext of each page | page tables | ...
 *                              flags | client | client
 */
#ifndef _LINUX_PAGE_EXT_H
#define _LINUX_PAGE_EXT_H

#include <linux/mmzone.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct page_ext_operations {
	size_t offset;	    /* of the client's part; set by page_ext_prepare() */
	size_t size;	    /* of it */
	bool (*need)(void); /* do the options ask for this client? */
};

enum page_ext_flags {
	PAGE_EXT_OWNER,		  /* was handed out at least once */
	PAGE_EXT_OWNER_ALLOCATED, /* is handed out now */
};

struct page_ext {
	unsigned long flags;
};

/* Asks the clients. Not to be called again before page_ext_reset(). */
void page_ext_prepare(void);

/* Says what it takes, if anything, as Linux says it. */
void page_ext_init(void);

/* Pages that each section made from now on gives for it; 0: nobody needs it. */
extern unsigned long page_ext_section_pages;

/* The section's pages for it begin at @pfn: nothing is known of its pages. */
void page_ext_section_made(unsigned long pfn);

/* Bytes taken by all sections made so far. */
unsigned long page_ext_bytes(void);

struct page_ext *lookup_page_ext(const struct page *page);

/* The next page's of the same section, and a client's part. */
struct page_ext *page_ext_next(struct page_ext *page_ext);
static inline void *page_ext_data(struct page_ext *page_ext, const struct page_ext_operations *ops)
{
	return (char *)page_ext + ops->offset;
}

/* Back to the state at program start, for hosts that bring up several machines. */
void page_ext_reset(void);

/* The same in an RCU section, as Linux since 6.1; NULL where there is none. */
static inline struct page_ext *page_ext_get(struct page *page)
{
	struct page_ext *page_ext;

	rcu_read_lock();
	page_ext = lookup_page_ext(page);
	if (!page_ext)
		rcu_read_unlock();
	return page_ext;
}

static inline void page_ext_put(struct page_ext *page_ext)
{
	if (page_ext)
		rcu_read_unlock();
}

/* What comes with this header on Linux. */
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>

#endif /* _LINUX_PAGE_EXT_H */
