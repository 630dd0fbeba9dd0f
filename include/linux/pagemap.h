/* SPDX-License-Identifier: MIT */
/*
 * The page cache: pages that hold what lies elsewhere, so that they can be dropped
 * under memory pressure and read again; and waiting for pages.
 *
 *   address_space ─ i_pages ─ [index] ─► page ─ private: key ─► entry ─► mapping, index
 *
 * A page on an LRU list has no room for its mapping and index: private is the key of
 * an entry that has both, and PG_private says so.
 *
 * Owns:       each page in it has one reference of the cache's. A mapping is its user's,
 *             who truncates it before it goes.
 * Invariants: a page is at most in one mapping, at one index. One that is dirty is in a
 *             mapping, and is written by a_ops->writepage before it is dropped.
 * Lifetime:   from pagecache_init() on.
 * Locking:    the page lock keeps a page in its mapping, and its contents; the mapping's
 *             xa_lock is taken here. Waiting for a page needs another CPU that will
 *             unlock it: see linux/wait.h for what happens where there is none.
 * Units:      indices count pages; lstart and lend (loff_t on Linux) bytes, lend is the last one,
 *             -1 for all there are.
 * Failure:    -errno, NULL or an ERR_PTR(), nothing changed.
 * Source:     Linux's include/linux/pagemap.h and fs.h as of 5.17, before folios.
 */
#ifndef _LINUX_PAGEMAP_H
#define _LINUX_PAGEMAP_H

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/xarray.h>

typedef unsigned long pgoff_t;

struct file; /* whatever a mapping's user makes it */
struct address_space;

/* ---- Page waiters ------------------------------------------------------------------ */

/* The page lock, one bit. On compound pages it is the head's. */
bool trylock_page(struct page *page);
void lock_page(struct page *page);
void unlock_page(struct page *page);

/* Until the bit is clear; the caller has a reference. Somebody else may set it again. */
void wait_on_page_bit(struct page *page, int bit);
void wait_on_page_locked(struct page *page);
void wait_on_page_writeback(struct page *page);

/* ---- Mappings ----------------------------------------------------------------------- */

/* writepage() did not want to: the page is still locked, and becomes active. */
#define AOP_WRITEPAGE_ACTIVATE 0x80000

struct writeback_control {
	long nr_to_write;
	bool for_reclaim; /* memory is short: what it allocates comes out of the reserves */
	bool wait;	  /* the caller will wait for the end of it */
};

struct address_space_operations {
	/*
	 * Fills the locked page from where its contents lie, sets PG_uptodate if that
	 * went well, and unlocks it, now or later. 0 or -errno.
	 */
	int (*readpage)(struct file *file, struct page *page);

	/*
	 * Writes the locked page, which was dirty until now, and unlocks it. If the write
	 * goes on after that, between set_page_writeback() before and end_page_writeback()
	 * at its end. 0, -errno, or AOP_WRITEPAGE_ACTIVATE; contents not written are made
	 * dirty again first.
	 */
	int (*writepage)(struct page *page, struct writeback_control *wbc);
};

struct address_space {
	struct xarray i_pages;
	unsigned long nrpages; /* under i_pages' lock */
	const struct address_space_operations *a_ops;
	gfp_t gfp_mask; /* for its pages */
	void *private_data;
};

/* Marks in i_pages. */
#define PAGECACHE_TAG_DIRTY	XA_MARK_0
#define PAGECACHE_TAG_WRITEBACK XA_MARK_1

/* An empty mapping without operations, whose pages may lie anywhere and can be moved. */
void address_space_init_once(struct address_space *mapping);

static inline gfp_t mapping_gfp_mask(const struct address_space *mapping)
{
	return mapping->gfp_mask;
}

/* Where a page is that the caller has locked; NULL and 0 where it is in no mapping. */
struct address_space *page_mapping(struct page *page);
pgoff_t page_index(struct page *page);

/* ---- Pages of a mapping ----------------------------------------------------------------- */

/* A new page, in no mapping yet. */
struct page *page_cache_alloc(const struct address_space *mapping);

/* The page at @index with a reference, or NULL; the second form locks it. */
struct page *find_get_page(struct address_space *mapping, pgoff_t index);
struct page *find_lock_page(struct address_space *mapping, pgoff_t index);

/* The first one from *@index to @end; *@index is then its own. */
struct page *find_get_next_page(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				xa_mark_t tag);

/* The same as find_lock_page(), but makes the page where there is none: not up to date. */
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp);

/*
 * Puts the locked @page at @index; the second form locks a new page, and puts it on
 * the inactive list. -EEXIST: there is one; -ENOMEM.
 */
int add_to_page_cache_locked(struct page *page, struct address_space *mapping, pgoff_t index,
			     gfp_t gfp);
int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index,
			  gfp_t gfp);

/* Takes the locked @page out of its mapping, and drops the cache's reference. */
void delete_from_page_cache(struct page *page);

/*
 * The same if nobody but cache and caller has a reference, and it is not dirty. The
 * caller's reference is then the last.
 */
bool remove_mapping(struct address_space *mapping, struct page *page);

/*
 * @new takes the place of @old: both locked, @old isolated from its LRU list and free of
 * writeback, @new on none. The contents are copied. -EAGAIN: somebody else uses @old.
 * From then on the cache's reference is to @new.
 */
int filemap_migrate_page(struct page *new_page, struct page *old);

/* ---- Contents ----------------------------------------------------------------------------- */

typedef int filler_t(struct file *file, struct page *page);

/*
 * The page at @index, up to date, with a reference: read by @filler, or by the mapping's
 * readpage(), if need be. ERR_PTR(): -ENOMEM, -EIO or the filler's.
 */
struct page *read_cache_page(struct address_space *mapping, pgoff_t index, filler_t *filler,
			     struct file *file);
struct page *read_mapping_page(struct address_space *mapping, pgoff_t index, struct file *file);

/* Notes that the locked @page, in a mapping, was written to; true if it was clean. */
bool set_page_dirty(struct page *page);

/* Takes that back, for a write that comes now; true if it was dirty. */
bool clear_page_dirty_for_io(struct page *page);

void set_page_writeback(struct page *page);
void end_page_writeback(struct page *page);

/* Writes all dirty pages, and waits for the end. 0, or the first error. */
int filemap_write_and_wait(struct address_space *mapping);

/*
 * Drops the pages from @start to @end that nobody uses and that are clean. Returns how
 * many.
 */
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end);

/* Drops the pages of the range, dirty or not; of pages at its edges, clears that part. */
void truncate_inode_pages_range(struct address_space *mapping, s64 lstart, s64 lend);
void truncate_inode_pages(struct address_space *mapping, s64 lstart);

/* ---- Bring-up and checks ---------------------------------------------------------------------- */

/* Empty wait table and caches of entries and nodes. panic() without memory. */
void pagecache_init(void);

/* Checks index, entries, marks and count of a mapping; of all entries. Number of faults. */
int mapping_verify(struct address_space *mapping);
int pagecache_verify(void);

/* ---- The same for folios ---------------------------------------------------------------- */

static inline bool folio_trylock(struct folio *folio)
{
	return trylock_page(&folio->page);
}

static inline void folio_lock(struct folio *folio)
{
	lock_page(&folio->page);
}

static inline void folio_unlock(struct folio *folio)
{
	unlock_page(&folio->page);
}

static inline void folio_wait_bit(struct folio *folio, int bit_nr)
{
	wait_on_page_bit(&folio->page, bit_nr);
}

static inline void folio_wait_locked(struct folio *folio)
{
	wait_on_page_locked(&folio->page);
}

static inline void folio_wait_writeback(struct folio *folio)
{
	wait_on_page_writeback(&folio->page);
}

static inline struct address_space *folio_mapping(struct folio *folio)
{
	return page_mapping(&folio->page);
}

static inline pgoff_t folio_index(struct folio *folio)
{
	return page_index(&folio->page);
}

static inline bool folio_mark_dirty(struct folio *folio)
{
	return set_page_dirty(&folio->page);
}

static inline bool folio_clear_dirty_for_io(struct folio *folio)
{
	return clear_page_dirty_for_io(&folio->page);
}

static inline void folio_start_writeback(struct folio *folio)
{
	set_page_writeback(&folio->page);
}

static inline void folio_end_writeback(struct folio *folio)
{
	end_page_writeback(&folio->page);
}

#endif /* _LINUX_PAGEMAP_H */
