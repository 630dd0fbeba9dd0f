/* SPDX-License-Identifier: MIT */
/*
 * Finding pages of a mapping, with all that Linux can be asked for. The usual calls are in
 * linux/pagemap.h, which includes this.
 *
 * Owns:       nothing; who is given a page has a reference to it.
 * Invariants: what is found was in the mapping; one that is locked is in it still.
 * Lifetime:   from pagecache_init() on.
 * Locking:    none held; pages are found under RCU, and locked where that is asked for.
 * Units:      indices count pages.
 * Failure:    NULL, 0 pages, or an ERR_PTR() of what was to be read.
 * Source:     Linux 6.1's pagemap.h and filemap.c.
 */
#ifndef _LINUX_PAGEMAP_FIND_H
#define _LINUX_PAGEMAP_FIND_H

#include <linux/pagemap.h>

#define FGP_ACCESSED 0x00000001 /* it counts as used */
#define FGP_LOCK     0x00000002
#define FGP_CREAT    0x00000004 /* made where there is none, locked unless FGP_FOR_MMAP */
#define FGP_WRITE    0x00000008 /* it will be written to */
#define FGP_NOFS     0x00000010
#define FGP_NOWAIT   0x00000020 /* NULL where it is locked */
#define FGP_FOR_MMAP 0x00000040
#define FGP_HEAD     0x00000080 /* the folio's first page, not the one at the index */
#define FGP_ENTRY    0x00000100 /* without meaning: there is nothing but pages */
#define FGP_STABLE   0x00000200

/* The page at @index with a reference, as @fgp_flags say; NULL: none, or no memory for one. */
struct page *pagecache_get_page(struct address_space *mapping, pgoff_t index, int fgp_flags,
				gfp_t gfp);

/* Its folio. One that is made has one page. */
struct folio *__filemap_get_folio(struct address_space *mapping, pgoff_t index, int fgp_flags,
				  gfp_t gfp);

static inline struct folio *filemap_get_folio(struct address_space *mapping, pgoff_t index)
{
	return __filemap_get_folio(mapping, index, 0, 0);
}

static inline struct folio *filemap_lock_folio(struct address_space *mapping, pgoff_t index)
{
	return __filemap_get_folio(mapping, index, FGP_LOCK, 0);
}

static inline struct page *find_get_page_flags(struct address_space *mapping, pgoff_t offset,
					       int fgp_flags)
{
	return pagecache_get_page(mapping, offset, fgp_flags, 0);
}

static inline struct page *grab_cache_page(struct address_space *mapping, pgoff_t index)
{
	return find_or_create_page(mapping, index, mapping_gfp_mask(mapping));
}

static inline struct page *grab_cache_page_nowait(struct address_space *mapping, pgoff_t index)
{
	return pagecache_get_page(mapping, index, FGP_LOCK | FGP_CREAT | FGP_NOFS | FGP_NOWAIT,
				  mapping_gfp_mask(mapping));
}

static inline struct page *grab_cache_page_write_begin(struct address_space *mapping, pgoff_t index)
{
	return pagecache_get_page(mapping, index, FGP_LOCK | FGP_WRITE | FGP_CREAT | FGP_STABLE,
				  mapping_gfp_mask(mapping));
}

struct folio_batch;

/*
 * Up to a handful that have pages from *@start to @end, with a reference each; *@start is where to
 * go on.
 */
unsigned int filemap_get_folios(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				struct folio_batch *fbatch);
/* Up to the first that is missing; those with @tag. */
unsigned int filemap_get_folios_contig(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				       struct folio_batch *fbatch);
unsigned int filemap_get_folios_tag(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				    xa_mark_t tag, struct folio_batch *fbatch);

/* Up to @nr_pages folios with @tag, with references, by their heads; *@index is where to go on. */
unsigned int find_get_pages_range_tag(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				      xa_mark_t tag, unsigned int nr_pages, struct page **pages);

static inline unsigned int find_get_pages_tag(struct address_space *mapping, pgoff_t *index,
					      xa_mark_t tag, unsigned int nr_pages,
					      struct page **pages)
{
	return find_get_pages_range_tag(mapping, index, (pgoff_t)-1, tag, nr_pages, pages);
}

/* read_cache_page() and its like for folios. */
struct folio *read_cache_folio(struct address_space *mapping, pgoff_t index, filler_t *filler,
			       struct file *file);

static inline struct folio *read_mapping_folio(struct address_space *mapping, pgoff_t index,
					       struct file *file)
{
	return read_cache_folio(mapping, index, NULL, file);
}

/*
 * The first index from @index up, or down, without a page, of at most @max_scan; one past
 * those where all have one. 0 or ULONG_MAX where the indices end before.
 */
pgoff_t page_cache_next_miss(struct address_space *mapping, pgoff_t index, unsigned long max_scan);
pgoff_t page_cache_prev_miss(struct address_space *mapping, pgoff_t index, unsigned long max_scan);

#define page_to_index(page) page_index(page)

/* The page at @index of the block that begins with @head; of a huge page of a pool its first. */
static inline struct page *find_subpage(struct page *head, pgoff_t index)
{
	return PageHuge(head) ? head : head + (index & (compound_nr(head) - 1));
}

#endif /* _LINUX_PAGEMAP_FIND_H */
