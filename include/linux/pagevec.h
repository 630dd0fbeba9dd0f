/* SPDX-License-Identifier: MIT */
/*
 * A handful of pages, or of folios, on the stack: for what is cheaper done to several.
 *
 * Owns:    nothing but the pointers; a caller who fills one with references gives these
 *          back with pagevec_release() or folio_batch_release().
 * Failure: none; who adds looks at the space that is left.
 * Source:  Linux's include/linux/pagevec.h: the same names and meaning.
 */
#ifndef _LINUX_PAGEVEC_H
#define _LINUX_PAGEVEC_H

#include <linux/build_bug.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/xarray.h>

/* With its head a power of two many words. */
#define PAGEVEC_SIZE 15

struct pagevec {
	unsigned char nr;
	bool percpu_pvec_drained;
	struct page *pages[PAGEVEC_SIZE];
};

struct folio_batch {
	unsigned char nr;
	bool percpu_pvec_drained;
	struct folio *folios[PAGEVEC_SIZE];
};
static_assert(sizeof(struct pagevec) == sizeof(struct folio_batch));

static inline void pagevec_init(struct pagevec *pvec)
{
	pvec->nr = 0;
	pvec->percpu_pvec_drained = false;
}

static inline void pagevec_reinit(struct pagevec *pvec)
{
	pvec->nr = 0;
}

static inline unsigned int pagevec_count(struct pagevec *pvec)
{
	return pvec->nr;
}

static inline unsigned int pagevec_space(struct pagevec *pvec)
{
	return PAGEVEC_SIZE - pvec->nr;
}

/* Returns the space that is left: 0 where it is full now. */
static inline unsigned int pagevec_add(struct pagevec *pvec, struct page *page)
{
	pvec->pages[pvec->nr++] = page;
	return pagevec_space(pvec);
}

/* Gives back the references; the first form is for one that is not empty. */
static inline void __pagevec_release(struct pagevec *pvec)
{
	release_pages(pvec->pages, (int)pagevec_count(pvec));
	pagevec_reinit(pvec);
}

static inline void pagevec_release(struct pagevec *pvec)
{
	if (pagevec_count(pvec))
		__pagevec_release(pvec);
}

/*
 * Pages of @mapping with the mark @tag, from *@index to @end, with a reference each: how
 * many. *@index is where to go on.
 */
unsigned int pagevec_lookup_range_tag(struct pagevec *pvec, struct address_space *mapping,
				      pgoff_t *index, pgoff_t end, xa_mark_t tag);

static inline unsigned int pagevec_lookup_tag(struct pagevec *pvec, struct address_space *mapping,
					      pgoff_t *index, xa_mark_t tag)
{
	return pagevec_lookup_range_tag(pvec, mapping, index, (pgoff_t)-1, tag);
}

/* ---- The same of folios ----------------------------------------------------------------- */

static inline void folio_batch_init(struct folio_batch *fbatch)
{
	fbatch->nr = 0;
	fbatch->percpu_pvec_drained = false;
}

static inline void folio_batch_reinit(struct folio_batch *fbatch)
{
	fbatch->nr = 0;
}

static inline unsigned int folio_batch_count(struct folio_batch *fbatch)
{
	return fbatch->nr;
}

static inline unsigned int fbatch_space(struct folio_batch *fbatch)
{
	return PAGEVEC_SIZE - fbatch->nr;
}

static inline unsigned int folio_batch_add(struct folio_batch *fbatch, struct folio *folio)
{
	fbatch->folios[fbatch->nr++] = folio;
	return fbatch_space(fbatch);
}

static inline void folio_batch_release(struct folio_batch *fbatch)
{
	pagevec_release((struct pagevec *)fbatch);
}

/* Takes out what is a value of an xarray's, not a folio. */
static inline void folio_batch_remove_exceptionals(struct folio_batch *fbatch)
{
	unsigned char nr = 0;

	for (unsigned int i = 0; i < folio_batch_count(fbatch); i++)
		if (!xa_is_value(fbatch->folios[i]))
			fbatch->folios[nr++] = fbatch->folios[i];
	fbatch->nr = nr;
}

#endif /* _LINUX_PAGEVEC_H */
