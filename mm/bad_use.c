// SPDX-License-Identifier: MIT
/* Bad pages that somebody holds for others. Contract: bad_use.h. */
#include "bad_use.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "filemap.h"
#include "hugetlb.h"
#include "percpu.h"
#include "slab_bad.h"

/* The locked page out of its mapping, as that likes. */
static void drop_cached(struct address_space *mapping, struct page *page)
{
	if (PageDirty(page))
		mapping_set_error(mapping, -EIO);
	if (mapping->a_ops && mapping->a_ops->error_remove_page)
		mapping->a_ops->error_remove_page(mapping, page);
	else
		truncate_locked_folio(page_folio(page));
}

/* Locked, with a reference of ours. */
static enum bad_cached drop_locked(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (!mapping)
		return BAD_CACHED_KEPT;
	if (PageWriteback(page))
		return BAD_CACHED_BUSY;
	/* What of a folio is good stays. */
	if (PageCompound(page) && split_huge_page(page))
		return BAD_CACHED_BUSY;
	drop_cached(mapping, page);
	if (page_mapping(page))
		return BAD_CACHED_KEPT;
	return page_ref_count(page) == 1 ? BAD_CACHED_FREE : BAD_CACHED_OUT;
}

enum bad_cached bad_cached_drop(struct page *page)
{
	enum bad_cached ret = BAD_CACHED_BUSY;

	if (!get_page_unless_zero(compound_head(page)))
		return BAD_CACHED_FREE;
	if (trylock_page(page)) {
		ret = drop_locked(page);
		unlock_page(page);
	}
	put_page(page);
	return ret;
}

bool bad_use_end(struct page *page, bool wait)
{
	struct page *head = compound_head(page);

	if (PageSlab(page))
		return slab_retire(page, wait);
	if (PageLRU(page))
		return bad_cached_drop(page) != BAD_CACHED_BUSY;
	if (PageHuge(head))
		hugetlb_retire(head);
	else
		pcpu_retire(page);
	return true;
}
