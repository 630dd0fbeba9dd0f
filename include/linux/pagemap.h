/* SPDX-License-Identifier: MIT */
/*
 * The page cache: folios that hold what lies elsewhere, so that they can be dropped
 * under memory pressure and read again; and waiting for them.
 *
 *   address_space ─ i_pages ─ [index] ─► folio ─ priv32: key ─► entry ─► mapping, index, private
 *                             [of all its pages]
 *
 * A folio on an LRU list has no room for its mapping and index: an entry has both, and its
 * private value (linux/pagemap_private.h).
 *
 * Owns:       a folio in it has a reference of the cache's for each of its pages. A mapping is
 *             its user's, who truncates it before it goes.
 * Invariants: a folio is at most in one mapping. Its index is aligned to its size, and its pages
 *             are at that index and those that follow. It is locked, up to date, dirty, written
 *             and dropped as a whole, whichever page of it a call is for. One that is dirty is in
 *             a mapping, and is written by a_ops->writepage before it is dropped.
 * Lifetime:   from pagecache_init() on.
 * Locking:    the page lock keeps a page in its mapping, and its contents; the mapping's
 *             xa_lock is taken here. Waiting for a page needs another CPU that will
 *             unlock it: see linux/wait.h for what happens where there is none.
 * Units:      indices count pages; lstart and lend bytes, lend is the last one,
 *             -1 for all there are.
 * Failure:    -errno, NULL or an ERR_PTR(), nothing changed.
 * Source:     Linux 6.1's include/linux/pagemap.h, and what it still has of before folios.
 */
#ifndef _LINUX_PAGEMAP_H
#define _LINUX_PAGEMAP_H

#include <linux/errno.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/pagemap_mapping.h>
#include <linux/xarray.h>

/* ---- Page waiters ------------------------------------------------------------------ */

/* The page lock, one bit: the folio's, whichever of its pages is meant. */
bool trylock_page(struct page *page);
void lock_page(struct page *page);
void unlock_page(struct page *page);

/* Until the bit is clear; the caller has a reference. Somebody else may set it again. */
void wait_on_page_bit(struct page *page, int bit);
void wait_on_page_locked(struct page *page);
void wait_on_page_writeback(struct page *page);

/* ---- Mappings ----------------------------------------------------------------------- */

/* writepage() did not want to: the page is still locked, and stays dirty. */
#define AOP_WRITEPAGE_ACTIVATE 0x80000

/* read_folio() unlocked a page that may not be its mapping's any more: to be looked for again. */
#define AOP_TRUNCATED_PAGE 0x80001

/* An empty mapping without operations, whose pages may lie anywhere and can be moved. */
void address_space_init_once(struct address_space *mapping);

/* Where a page is that the caller has locked; NULL and 0 where it is in no mapping. */
struct address_space *page_mapping(struct page *page);

/* The same for who is asked about files alone: no page is swap's. */
static inline struct address_space *page_mapping_file(struct page *page)
{
	return page_mapping(page);
}

/* ---- Pages of a mapping ----------------------------------------------------------------- */

/* A new page, in no mapping yet. */
struct page *page_cache_alloc(const struct address_space *mapping);

/* The page at @index with a reference, or NULL; the second form locks it. */
struct page *find_get_page(struct address_space *mapping, pgoff_t index);
struct page *find_lock_page(struct address_space *mapping, pgoff_t index);

/*
 * The same as find_lock_page(), but makes the page where there is none: not up to date. It counts
 * as used.
 */
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp);

/*
 * Puts the locked @folio, of any order that a block can have, at @index, which must be aligned
 * to its size; filemap_add_folio() locks a new one, and puts it on the inactive list. -EEXIST:
 * there is something where one of its pages would be; -ENOMEM. *@shadowp stays as it is: nothing
 * is kept of what was dropped.
 */
int __filemap_add_folio(struct address_space *mapping, struct folio *folio, pgoff_t index,
			gfp_t gfp, void **shadowp);
int filemap_add_folio(struct address_space *mapping, struct folio *folio, pgoff_t index, gfp_t gfp);

static inline int add_to_page_cache_locked(struct page *page, struct address_space *mapping,
					   pgoff_t index, gfp_t gfp)
{
	return __filemap_add_folio(mapping, page_folio(page), index, gfp, NULL);
}

static inline int add_to_page_cache_lru(struct page *page, struct address_space *mapping,
					pgoff_t index, gfp_t gfp)
{
	return filemap_add_folio(mapping, page_folio(page), index, gfp);
}

/*
 * Takes the locked folio out of its mapping, and drops the cache's references; the second form
 * those of a handful, all of @mapping and locked.
 */
void filemap_remove_folio(struct folio *folio);

struct folio_batch;
void delete_from_page_cache_batch(struct address_space *mapping, struct folio_batch *fbatch);

static inline void delete_from_page_cache(struct page *page)
{
	filemap_remove_folio(page_folio(page));
}

/*
 * The same if nobody but cache and caller has a reference, its private data neither, and it
 * is not dirty. The caller's reference is then the last. Returns its pages, or 0.
 */
long remove_mapping(struct address_space *mapping, struct folio *folio);

/* ---- Contents ----------------------------------------------------------------------------- */

typedef int filler_t(struct file *file, struct folio *folio);

/*
 * The page at @index, up to date, with a reference: read by @filler, or by the mapping's
 * read_folio(), if need be. ERR_PTR(): -ENOMEM, -EIO or the filler's.
 */
struct page *read_cache_page(struct address_space *mapping, pgoff_t index, filler_t *filler,
			     struct file *file);
struct page *read_mapping_page(struct address_space *mapping, pgoff_t index, struct file *file);

/* The same, with memory of @gfp. */
struct page *read_cache_page_gfp(struct address_space *mapping, pgoff_t index, gfp_t gfp);

/* What folio_mark_dirty() noted is taken back, for a write that comes now; true if it was dirty. */
bool folio_clear_dirty_for_io(struct folio *folio);

static inline bool clear_page_dirty_for_io(struct page *page)
{
	return folio_clear_dirty_for_io(page_folio(page));
}

/*
 * The locked page is being written from now on; true if it was. With @keep_write who writes all
 * that was dirty (linux/writeback.h) comes to it again: only a part is being written.
 */
bool __folio_start_writeback(struct folio *folio, bool keep_write);

static inline bool set_page_writeback(struct page *page)
{
	return __folio_start_writeback(page_folio(page), false);
}

static inline bool set_page_writeback_keepwrite(struct page *page)
{
	return __folio_start_writeback(page_folio(page), true);
}

static inline bool test_set_page_writeback(struct page *page)
{
	return set_page_writeback(page);
}

/* It was written, or could not be. */
void folio_end_writeback(struct folio *folio);

static inline void end_page_writeback(struct page *page)
{
	folio_end_writeback(page_folio(page));
}

/* Writes all dirty pages, and waits for the end. 0, or the first error. */
int filemap_write_and_wait(struct address_space *mapping);

/*
 * Drops the folios with all pages from @start to @end that nobody uses and that are clean, and
 * whose private data release_folio() lets go. Returns how many pages.
 */
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end);

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

/* For who has seen that it is locked. */
static inline void __folio_lock(struct folio *folio)
{
	folio_lock(folio);
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

static inline bool folio_start_writeback(struct folio *folio)
{
	return __folio_start_writeback(folio, false);
}

static inline bool folio_start_writeback_keepwrite(struct folio *folio)
{
	return __folio_start_writeback(folio, true);
}

/* There are no signals to be killed by: 0 always. */
static inline int folio_wait_bit_killable(struct folio *folio, int bit_nr)
{
	folio_wait_bit(folio, bit_nr);
	return 0;
}

static inline int lock_page_killable(struct page *page)
{
	lock_page(page);
	return 0;
}

static inline int folio_lock_killable(struct folio *folio)
{
	folio_lock(folio);
	return 0;
}

static inline int wait_on_page_locked_killable(struct page *page)
{
	wait_on_page_locked(page);
	return 0;
}

/* A bit of the user's own, with which he waits for something: its end drops his reference. */
void folio_end_private_2(struct folio *folio);

static inline void folio_wait_private_2(struct folio *folio)
{
	folio_wait_bit(folio, PG_private_2);
}

static inline int folio_wait_private_2_killable(struct folio *folio)
{
	folio_wait_private_2(folio);
	return 0;
}

static inline int folio_wait_locked_killable(struct folio *folio)
{
	folio_wait_locked(folio);
	return 0;
}

static inline int folio_wait_writeback_killable(struct folio *folio)
{
	folio_wait_writeback(folio);
	return 0;
}

/* Waits for the writing of a page, locked and in a mapping, if its contents must stay. */
static inline void folio_wait_stable(struct folio *folio)
{
	if (mapping_stable_writes(folio_mapping(folio)))
		folio_wait_writeback(folio);
}

static inline void wait_for_stable_page(struct page *page)
{
	folio_wait_stable(page_folio(page));
}

/* ---- Places ----------------------------------------------------------------------------------- */

static inline loff_t page_offset(struct page *page)
{
	return (loff_t)page_index(page) << PAGE_SHIFT;
}

static inline pgoff_t page_to_pgoff(struct page *page)
{
	return page_index(page);
}

static inline loff_t folio_pos(struct folio *folio)
{
	return page_offset(&folio->page);
}

static inline pgoff_t folio_pgoff(struct folio *folio)
{
	return folio_index(folio);
}

static inline pgoff_t folio_next_index(struct folio *folio)
{
	return folio_index(folio) + (pgoff_t)folio_nr_pages(folio);
}

static inline bool folio_contains(struct folio *folio, pgoff_t index)
{
	return index - folio_index(folio) < (pgoff_t)folio_nr_pages(folio);
}

static inline struct page *folio_file_page(struct folio *folio, pgoff_t index)
{
	return folio_page(folio, index & ((pgoff_t)folio_nr_pages(folio) - 1));
}

#define page_file_mapping(page)	  page_mapping(page)
#define page_file_offset(page)	  page_offset(page)
#define folio_file_mapping(folio) folio_mapping(folio)
#define folio_file_pos(folio)	  folio_pos(folio)

/* ---- Adding and removing ------------------------------------------------------------------------ */

static inline struct folio *filemap_alloc_folio(gfp_t gfp, unsigned int order)
{
	return folio_alloc(gfp, order);
}

static inline struct page *__page_cache_alloc(gfp_t gfp)
{
	return alloc_page(gfp);
}

/*
 * @new_folio, of the same order, takes the place of @old, with its own contents: both locked, @old
 * clean and not being written, @new_folio in no mapping and, as before, on no LRU list. @old is in
 * none from then on, and the cache's references to it are dropped. Each keeps its private data.
 */
void replace_page_cache_folio(struct folio *old, struct folio *new_folio);

static inline void replace_page_cache_page(struct page *old, struct page *new_page)
{
	replace_page_cache_folio(page_folio(old), page_folio(new_page));
}

/* ---- Writing parts ------------------------------------------------------------------------------- */

/* Writes what is dirty from @start to @end (bytes), and does not wait for the end of it. */
int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end);

/*
 * Waits for what is being written of that. 0, or the error that a write of the mapping ended
 * with since somebody was told last; the second form, and the third, tell it another time.
 */
int filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end);
int filemap_fdatawait_range_keep_errors(struct address_space *mapping, loff_t start_byte,
					loff_t end_byte);

static inline int filemap_fdatawait_keep_errors(struct address_space *mapping)
{
	return filemap_fdatawait_range_keep_errors(mapping, 0, LLONG_MAX);
}

/* Both. The first error. */
int filemap_write_and_wait_range(struct address_space *mapping, loff_t lstart, loff_t lend);

/* Is there a page in the range? */
bool filemap_range_has_page(struct address_space *mapping, loff_t start, loff_t end);

static inline int filemap_fdatawrite(struct address_space *mapping)
{
	return filemap_fdatawrite_range(mapping, 0, LLONG_MAX);
}

/* Begins to write what can be written now. */
int filemap_flush(struct address_space *mapping);

/* Is something of the range dirty, locked or being written? And is its mapping dirty at all? */
bool filemap_range_has_writeback(struct address_space *mapping, loff_t start_byte, loff_t end_byte);

static inline bool filemap_range_needs_writeback(struct address_space *mapping, loff_t start_byte,
						 loff_t end_byte)
{
	if (!mapping->nrpages || (!mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) &&
				  !mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK)))
		return false;
	return filemap_range_has_writeback(mapping, start_byte, end_byte);
}

/* Writes the locked folio, if it is dirty, waits for the end, and unlocks it. */
int __must_check folio_write_one(struct folio *folio);

static inline int __must_check write_one_page(struct page *page)
{
	return folio_write_one(page_folio(page));
}

/* The end of a read or a write of @page with @err, or 0: flags, the mapping's error, lock. */
void page_endio(struct page *page, bool is_write, int err);

/* filemap_dirty_folio() of a locked page in a mapping. */
int __set_page_dirty_nobuffers(struct page *page);

/* a_ops->dirty_folio() of who has nowhere to write to: a flag, no count and no tag. */
bool noop_dirty_folio(struct address_space *mapping, struct folio *folio);

/* Begins to write as @wbc (linux/writeback.h) says. */
int filemap_fdatawrite_wbc(struct address_space *mapping, struct writeback_control *wbc);

static inline int filemap_fdatawait(struct address_space *mapping)
{
	return filemap_fdatawait_range(mapping, 0, LLONG_MAX);
}

/*
 * Drops pages @start to @end, waiting for those that are being written; what is dirty is given
 * to a_ops->launder_folio(). Who uses one keeps it, in no mapping. -EBUSY: some are dirty still,
 * or release_folio() keeps their private data.
 */
int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end);

static inline int invalidate_inode_pages2(struct address_space *mapping)
{
	return invalidate_inode_pages2_range(mapping, 0, (pgoff_t)-1);
}

static inline void invalidate_remote_inode(struct inode *inode)
{
	invalidate_mapping_pages(inode->i_mapping, 0, (pgoff_t)-1);
}

/* ---- Places of a file: linux/fs.h --------------------------------------------------------------- */

/*
 * The first byte from @start on, and before @end, that is cached and up to date (SEEK_DATA), or
 * is not (SEEK_HOLE). -ENXIO: there is no data; @end: no hole.
 */
loff_t mapping_seek_hole_data(struct address_space *mapping, loff_t start, loff_t end, int whence);

static inline struct inode *folio_inode(struct folio *folio)
{
	return folio_mapping(folio)->host;
}

/* The pages that its contents take. */
static inline unsigned long dir_pages(struct inode *inode)
{
	return (unsigned long)(inode->i_size + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static inline unsigned int i_blocks_per_folio(struct inode *inode, struct folio *folio)
{
	return (unsigned int)(folio_size(folio) >> inode->i_blkbits);
}

static inline unsigned int i_blocks_per_page(struct inode *inode, struct page *page)
{
	return i_blocks_per_folio(inode, page_folio(page));
}

/* How many bytes of the locked folio are its inode's; -EFAULT: it was truncated. */
ssize_t folio_mkwrite_check_truncate(struct folio *folio, struct inode *inode);

static inline int page_mkwrite_check_truncate(struct page *page, struct inode *inode)
{
	return (int)folio_mkwrite_check_truncate(page_folio(page), inode);
}

#include <linux/pagemap_find.h>
#include <linux/pagemap_private.h>
#include <linux/pagemap_readahead.h>
#include <linux/pagemap_wait.h>

/* What comes with this header on Linux. */
#include <linux/hardirq.h>
#include <linux/highmem.h>
#include <linux/huge_mm.h>

#endif /* _LINUX_PAGEMAP_H */
