/* SPDX-License-Identifier: MIT */
/*
 * What a file system keeps with a page of its own: private data, and how the page cache asks
 * for them when a page is to go.
 *
 *   attach   folio_attach_private(): a reference, the value, PG_private
 *   go       folio_invalidate(): part or all of the contents are to be forgotten
 *            filemap_release_folio(): the page is clean, and would be dropped
 *            a_ops->migrate_folio(): another page takes its place
 *   detach   folio_detach_private(): in these, or when its owner likes
 *
 * Owns:       nothing; the data are their user's.
 * Invariants: a page with PG_private has a reference for it, and is neither dropped nor freed;
 *             one that leaves its mapping with it keeps both, and its value.
 * Lifetime:   of data: until they are detached, before the page is freed.
 * Locking:    the page lock, for all but asking.
 * Units:      offset, length: bytes of the folio.
 * Failure:    false: the data stay, and with them the page.
 * Source:     Linux 6.1's pagemap.h, vfs.rst and locking.rst; AS_RELEASE_ALWAYS is of 6.1.y.
 */
#ifndef _LINUX_PAGEMAP_PRIVATE_H
#define _LINUX_PAGEMAP_PRIVATE_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/page-flags.h>

/* @data are the folio's, which has none. */
static inline void folio_attach_private(struct folio *folio, void *data)
{
	folio_get(folio);
	set_page_private(&folio->page, (unsigned long)data);
	folio_set_private(folio);
}

/* Others in place of those that it has, which are returned. */
static inline void *folio_change_private(struct folio *folio, void *data)
{
	void *old = folio_get_private(folio);

	set_page_private(&folio->page, (unsigned long)data);
	return old;
}

/* What it had, and no more has; NULL: nothing. */
static inline void *folio_detach_private(struct folio *folio)
{
	void *data = folio_get_private(folio);

	if (!folio_test_private(folio))
		return NULL;
	folio_clear_private(folio);
	set_page_private(&folio->page, 0);
	folio_put(folio);
	return data;
}

static inline void attach_page_private(struct page *page, void *data)
{
	folio_attach_private(page_folio(page), data);
}

static inline void *detach_page_private(struct page *page)
{
	return folio_detach_private(page_folio(page));
}

/*
 * The locked folio's private data are to go, if it has any: a_ops->release_folio() is asked.
 * False: they stay, because it says so, or there is no such operation, or the folio is being
 * written. @gfp: for what it allocates; whether it may wait, and for what.
 */
bool filemap_release_folio(struct folio *folio, gfp_t gfp);

static inline int try_to_release_page(struct page *page, gfp_t gfp)
{
	return filemap_release_folio(page_folio(page), gfp);
}

/* @length bytes from @offset on of the locked folio, which is in a mapping, are no more. */
void folio_invalidate(struct folio *folio, size_t offset, size_t length);

/* A migrate_folio() that attaches the private data, as they are, to @dst. */
int filemap_migrate_folio(struct address_space *mapping, struct folio *dst, struct folio *src,
			  enum migrate_mode mode);

#endif /* _LINUX_PAGEMAP_PRIVATE_H */
