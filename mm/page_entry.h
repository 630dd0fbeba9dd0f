/* SPDX-License-Identifier: MIT */
/*
 * What of a page does not fit into its page struct: its place in a mapping, a private value of
 * more than 32 bits, and its index while page->lru is on a list of who has isolated it.
 *
 *                 PG_entry   priv32                              page_private()
 *   page          -          private                             priv32
 *   of a mapping  set        key ─► entry: mapping, index, private     entry->private
 *   wide private  set        key ─► entry: NULL, 0, private            entry->private
 *   PG_isolated   set        key ─► entry: NULL, index, private        entry->private
 *
 * Owns:       PG_entry, priv32 of pages that have it, and the entries. Some are kept for who
 *             cannot be told that there is no memory.
 * Invariants: an entry is one page's. Where a page of a block that is handed out as one has an
 *             entry, the block's first page has one, too: by its flags a free looks closer.
 *             A single page has none that is in no mapping, not PG_isolated, and has a private
 *             value that fits.
 * Lifetime:   from page_entries_init() on; before, as many pages can be isolated as entries are
 *             set aside for.
 * Locking:    a lock of its own, the last of all, for a page's entry to come, to go and to
 *             change; memory comes and goes without it. A page's mapping and index are for who
 *             has the page lock; its private value others may read at any time.
 * Units:      pages, indices.
 * Failure:    -ENOMEM, nothing changed. set_page_private() cannot fail: it takes what is kept,
 *             then from the allocator's reserves, then panic().
 */
#ifndef _MM_PAGE_ENTRY_H
#define _MM_PAGE_ENTRY_H

#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm_types.h>

struct page_entry {
	struct page *page;	       /* NULL: nobody's yet, or any more */
	struct address_space *mapping; /* NULL: in none */
	pgoff_t index;
	unsigned long private; /* of nobody's: its key */
};

/* The page's, or NULL. Without the page lock it may come or go at any time. */
struct page_entry *page_entry(const struct page *page);

/*
 * @page has an entry from now on. 0 or -ENOMEM; the second form does not wait, and takes what
 * is kept, too; the third takes what set_page_private() takes.
 */
int page_entry_make(struct page *page, gfp_t gfp);
int page_entry_make_now(struct page *page);
void page_entry_must_make(struct page *page);

/* The locked page, which has an entry, is in @mapping, or in none: then the entry may go. */
void page_entry_map(struct page *page, struct address_space *mapping, pgoff_t index);
void page_entry_unmap(struct page *page);

/*
 * The place of @from is that of @to: both locked. Each keeps its private value. If @to has no
 * entry it gets that of @from, whose private value must fit then, and which is a single page.
 */
void page_entry_move(struct page *from, struct page *to);

/*
 * The page is PG_isolated: from now on what it has in the place of page->lru is of no use to its
 * owner, but for page->index, which is kept. -ENOMEM: some are set aside for this, and there is
 * no memory for more. Does not wait.
 */
int page_entry_isolate(struct page *page);

/* The isolated page, locked, is on no list now: page->index is as its owner had it. */
void page_entry_restore(struct page *page);

/* It is PG_isolated no more, or nobody's but the caller's: the entry may go. */
void page_entry_unisolate(struct page *page);

/* Nobody has the block of @order any more, or yet: entries of its pages go. */
void page_entries_forget(struct page *page, unsigned int order);

/* The first page of the block stays, as a single one; the others' entries go. */
void page_entries_split(struct page *page, unsigned int order);

/* A single page's entry goes if it need not be. */
void page_entry_trim(struct page *page);

/* Checks all, and that their folios in mappings have @mapped pages. Number of faults. */
int page_entries_verify(unsigned long mapped);

/* The cache of entries. panic() without memory. */
void page_entries_init(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void page_entries_reset(void);

#endif /* _MM_PAGE_ENTRY_H */
