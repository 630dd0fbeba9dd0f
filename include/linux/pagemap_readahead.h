/* SPDX-License-Identifier: MIT */
/*
 * Reading ahead: folios that will probably be wanted are asked for before they are.
 *
 *   ra:   | ra->size pages, asked for at once             |
 *         start                  | async_size            |
 *                                ^ PG_readahead: who reads it asks for the next window
 *
 * A window grows, up to ra_pages, as long as a file is read in order; reads here and there ask
 * for what they want alone. Where the mapping has mapping_set_large_folios() the folios grow with
 * it, each time by two orders, up to MAX_PAGECACHE_ORDER; else they are single pages.
 *
 * Owns:       pages on their way: locked, with a reference of readahead's until
 *             readahead_folio() gives them.
 * Invariants: nothing is read past the end of the mapping's inode, where it has one.
 * Lifetime:   from pagecache_init() on.
 * Locking:    none held: pages are made, and the mapping's operations called. A ra is one
 *             reader's at a time.
 * Units:      pages; readahead_pos() and its like: bytes.
 * Failure:    fewer pages, or none: the read that wants them will try itself.
 * Source:     Linux 6.1's pagemap.h and readahead.c. There is no device that says how much it
 *             likes: file_ra_state_init() takes VM_READAHEAD_PAGES.
 */
#ifndef _LINUX_PAGEMAP_READAHEAD_H
#define _LINUX_PAGEMAP_READAHEAD_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#define VM_READAHEAD_PAGES (SZ_128K / PAGE_SIZE)

/* What a_ops->readahead() is given. */
struct readahead_control {
	struct file *file; /* may be NULL */
	struct address_space *mapping;
	struct file_ra_state *ra;
	pgoff_t _index;		   /* of the batch given last */
	unsigned int _nr_pages;	   /* from there on */
	unsigned int _batch_count; /* pages of that batch */
};

#define DEFINE_READAHEAD(ractl, f, r, m, i) \
	struct readahead_control ractl = {.file = f, .mapping = m, .ra = r, ._index = i}

static inline void file_ra_state_init(struct file_ra_state *ra, struct address_space *mapping)
{
	(void)mapping;
	*ra = (struct file_ra_state){.ra_pages = VM_READAHEAD_PAGES, .prev_pos = -1};
}

/* ---- For readers ------------------------------------------------------------------------------ */

/*
 * @nr_to_read single pages from the control's index on that are not there yet; a mark @lookahead
 * before.
 */
void page_cache_ra_unbounded(struct readahead_control *ractl, unsigned long nr_to_read,
			     unsigned long lookahead_size);

/* A read of @req_count pages did not find the first; or found it, @folio, marked. */
void page_cache_sync_ra(struct readahead_control *ractl, unsigned long req_count);
void page_cache_async_ra(struct readahead_control *ractl, struct folio *folio,
			 unsigned long req_count);

static inline void page_cache_sync_readahead(struct address_space *mapping,
					     struct file_ra_state *ra, struct file *file,
					     pgoff_t index, unsigned long req_count)
{
	DEFINE_READAHEAD(ractl, file, ra, mapping, index);

	page_cache_sync_ra(&ractl, req_count);
}

static inline void page_cache_async_readahead(struct address_space *mapping,
					      struct file_ra_state *ra, struct file *file,
					      struct folio *folio, pgoff_t index,
					      unsigned long req_count)
{
	DEFINE_READAHEAD(ractl, file, ra, mapping, index);

	page_cache_async_ra(&ractl, folio, req_count);
}

/* ---- For a_ops->readahead() ---------------------------------------------------------------------- */

/* The next one, locked: NULL after the last. The caller puts the page, its head; not so the folio. */
struct page *readahead_page(struct readahead_control *rac);
struct folio *readahead_folio(struct readahead_control *rac);

/* The heads of the next @array_sz folios, or what is left, each to be put. How many. */
unsigned int __readahead_batch(struct readahead_control *rac, struct page **array,
			       unsigned int array_sz);
#define readahead_page_batch(rac, array) __readahead_batch(rac, array, ARRAY_SIZE(array))

/*
 * Pages from @new_start to @new_start + @new_len (bytes) as well, as far as they lie side by side
 * with the others and are not there: look at readahead_pos() and readahead_length() after it.
 */
void readahead_expand(struct readahead_control *ractl, loff_t new_start, size_t new_len);

static inline loff_t readahead_pos(struct readahead_control *rac)
{
	return (loff_t)rac->_index * (loff_t)PAGE_SIZE;
}

static inline size_t readahead_length(struct readahead_control *rac)
{
	return rac->_nr_pages * PAGE_SIZE;
}

static inline pgoff_t readahead_index(struct readahead_control *rac)
{
	return rac->_index;
}

static inline unsigned int readahead_count(struct readahead_control *rac)
{
	return rac->_nr_pages;
}

static inline size_t readahead_batch_length(struct readahead_control *rac)
{
	return rac->_batch_count * PAGE_SIZE;
}

#endif /* _LINUX_PAGEMAP_READAHEAD_H */
