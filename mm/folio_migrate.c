// SPDX-License-Identifier: MIT
/*
 * A page of a mapping becomes another page. Contract: linux/migrate.h.
 *
 *   references    isolated   mapping moved   private moved   done
 *   src           1 + 1 + p       1 + p            1           0    p: 1 with PG_private
 *   dst           1               1 + 1        1 + 1 + p    1 + p
 */
#include <linux/migrate.h>

#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/vmstat.h>

#include "filemap.h"

/* Flags that say something of the contents, or of their use. */
#define MIGRATED_FLAGS                                                                        \
	(1UL << PG_error | 1UL << PG_referenced | 1UL << PG_uptodate | 1UL << PG_active |     \
	 1UL << PG_unevictable | 1UL << PG_workingset | 1UL << PG_checked | 1UL << PG_dirty | \
	 1UL << PG_mappedtodisk | 1UL << PG_readahead)

int folio_expected_ref_count(struct folio *folio)
{
	return (folio_mapping(folio) ? (int)folio_nr_pages(folio) : 0) + folio_test_private(folio);
}

static void count_move(struct page *from, struct page *to, enum node_stat_item item)
{
	mod_node_page_state(page_zone(from)->zone_pgdat, item, -1);
	mod_node_page_state(page_zone(to)->zone_pgdat, item, 1);
}

/* The mark of what is counted as dirty stays at the index. */
static void move_dirty(struct xarray *pages, pgoff_t index, struct page *from, struct page *to)
{
	if (!TestClearPageDirty(from))
		return;
	SetPageDirty(to);
	if (!xa_get_mark(pages, index, PAGECACHE_TAG_DIRTY))
		return;
	count_move(from, to, NR_FILE_DIRTY);
	mod_zone_page_state(page_zone(from), NR_ZONE_WRITE_PENDING, -1);
	mod_zone_page_state(page_zone(to), NR_ZONE_WRITE_PENDING, 1);
}

/* Under the mapping's lock: @src's references are frozen. */
static void move_place(struct xarray *pages, struct page *dst, struct page *src)
{
	pgoff_t index = page_index(src);

	get_page(dst);
	if (PageSwapBacked(src))
		__SetPageSwapBacked(dst);
	__xa_replace(pages, index, dst);
	page_entry_move(src, dst);
	count_move(src, dst, NR_FILE_PAGES);
	move_dirty(pages, index, src, dst);
}

int folio_migrate_mapping(struct address_space *mapping, struct folio *newfolio,
			  struct folio *folio, int extra_count)
{
	struct page *dst = &newfolio->page, *src = &folio->page;
	int expected = 1 + folio_expected_ref_count(folio) + extra_count;
	bool moved;

	VM_BUG_ON(!PageLocked(src) || !PageLocked(dst) || page_mapping(src) != mapping);
	if (!mapping) {
		if (page_ref_count(src) != expected)
			return -EAGAIN;
		if (PageSwapBacked(src))
			__SetPageSwapBacked(dst);
		return 0;
	}
	/* What does not fit into @src stays in its entry. */
	if (page_private(src) > UINT_MAX && page_entry_make_now(dst))
		return -EAGAIN;
	xa_lock(&mapping->i_pages);
	moved = !PageWriteback(src) && page_ref_freeze(src, expected);
	if (moved) {
		move_place(&mapping->i_pages, dst, src);
		page_ref_unfreeze(src, expected - 1);
	}
	xa_unlock(&mapping->i_pages);
	if (moved)
		return 0;
	if (PageEntry(dst))
		page_entry_unmap(dst);
	return -EAGAIN;
}

void folio_migrate_flags(struct folio *newfolio, struct folio *folio)
{
	unsigned long flags = READ_ONCE(folio->flags) & MIGRATED_FLAGS;

	/* Who finds it up to date finds its contents, too. */
	smp_wmb();
	__atomic_fetch_or(&newfolio->flags, flags, __ATOMIC_SEQ_CST);
	folio_clear_active(folio);
	folio_clear_private(folio);
	set_page_private(&folio->page, 0);
}

void folio_migrate_copy(struct folio *newfolio, struct folio *folio)
{
	folio_copy(newfolio, folio);
	folio_migrate_flags(newfolio, folio);
}

static void copy_or_flags(struct folio *dst, struct folio *src, enum migrate_mode mode)
{
	if (mode == MIGRATE_SYNC_NO_COPY)
		folio_migrate_flags(dst, src);
	else
		folio_migrate_copy(dst, src);
}

int migrate_folio_extra(struct address_space *mapping, struct folio *dst, struct folio *src,
			enum migrate_mode mode, int extra_count)
{
	int err;

	VM_BUG_ON(folio_test_writeback(src));
	err = folio_migrate_mapping(mapping, dst, src, extra_count);
	if (!err)
		copy_or_flags(dst, src, mode);
	return err;
}

int migrate_folio(struct address_space *mapping, struct folio *dst, struct folio *src,
		  enum migrate_mode mode)
{
	return migrate_folio_extra(mapping, dst, src, mode, 0);
}

int filemap_migrate_folio(struct address_space *mapping, struct folio *dst, struct folio *src,
			  enum migrate_mode mode)
{
	int err = folio_migrate_mapping(mapping, dst, src, 0);

	if (err)
		return err;
	if (folio_test_private(src))
		folio_attach_private(dst, folio_detach_private(src));
	copy_or_flags(dst, src, mode);
	return 0;
}
