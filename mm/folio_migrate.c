// SPDX-License-Identifier: MIT
/*
 * A folio of n pages of a mapping becomes another one. Contract: linux/migrate.h.
 *
 *   references    isolated   mapping moved   private moved   done
 *   src           n + 1 + p       1 + p            1           0    p: 1 with PG_private
 *   dst           1               n + 1        n + 1 + p    n + p
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

/* The mark of what is counted as dirty stays at the index. */
static void move_dirty(struct xarray *pages, pgoff_t index, struct folio *from, struct folio *to)
{
	long nr = folio_nr_pages(from);

	if (!folio_test_clear_dirty(from))
		return;
	folio_set_dirty(to);
	if (!xa_get_mark(pages, index, PAGECACHE_TAG_DIRTY))
		return;
	mod_node_page_state(folio_pgdat(from), NR_FILE_DIRTY, -nr);
	mod_node_page_state(folio_pgdat(to), NR_FILE_DIRTY, nr);
	mod_zone_page_state(folio_zone(from), NR_ZONE_WRITE_PENDING, -nr);
	mod_zone_page_state(folio_zone(to), NR_ZONE_WRITE_PENDING, nr);
}

/* Under the mapping's lock: @src's references are frozen. */
static void move_place(struct xarray *pages, struct folio *dst, struct folio *src)
{
	pgoff_t index = folio_index(src);

	folio_ref_add(dst, (int)folio_nr_pages(src));
	if (folio_test_swapbacked(src))
		__folio_set_swapbacked(dst);
	__xa_replace(pages, index, dst);
	page_entry_move(&src->page, &dst->page);
	folio_count_cached(src, -1);
	folio_count_cached(dst, 1);
	move_dirty(pages, index, src, dst);
}

int folio_migrate_mapping(struct address_space *mapping, struct folio *newfolio,
			  struct folio *folio, int extra_count)
{
	int expected = 1 + folio_expected_ref_count(folio) + extra_count;
	bool moved, had_entry = PageEntry(&newfolio->page);

	VM_BUG_ON(!folio_test_locked(folio) || !folio_test_locked(newfolio) ||
		  folio_mapping(folio) != mapping);
	VM_BUG_ON(folio_nr_pages(folio) != folio_nr_pages(newfolio));
	if (!mapping) {
		if (folio_ref_count(folio) != expected)
			return -EAGAIN;
		if (folio_test_swapbacked(folio))
			__folio_set_swapbacked(newfolio);
		return 0;
	}
	/* A block's first page keeps its entry, as does what has a wide private value. */
	if ((folio_test_large(folio) || page_private(&folio->page) > UINT_MAX) &&
	    page_entry_make_now(&newfolio->page))
		return -EAGAIN;
	xa_lock(&mapping->i_pages);
	moved = !folio_test_writeback(folio) && folio_ref_freeze(folio, expected);
	if (moved) {
		move_place(&mapping->i_pages, newfolio, folio);
		folio_ref_unfreeze(folio, expected - (int)folio_nr_pages(folio));
	}
	xa_unlock(&mapping->i_pages);
	if (moved)
		return 0;
	/* As it came, to whoever gets it back. */
	if (!had_entry)
		page_entries_forget(&newfolio->page, 0);
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
