// SPDX-License-Identifier: MIT
/*
 * The page cache: pages in mappings, and reading them. Contract: linux/pagemap.h.
 * Writing them is page_writeback.c's, dropping them truncate.c's.
 */
#include "filemap.h"

#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "page_wait.h"

void __init pagecache_reset(void)
{
	page_wait_reset();
	page_entries_reset();
}

void __init pagecache_init(void)
{
	page_wait_reset();
	xarray_init();
	page_entries_init();
}

void address_space_init_once(struct address_space *mapping)
{
	*mapping = (struct address_space){.gfp_mask = GFP_HIGHUSER_MOVABLE};
	xa_init(&mapping->i_pages);
	init_rwsem(&mapping->invalidate_lock);
}

/* ---- From a page to its place ------------------------------------------------------- */

const struct page_entry *page_cache_entry(const struct page *page)
{
	const struct page_entry *entry = page_entry(page);

	return entry && entry->mapping ? entry : NULL;
}

struct address_space *page_mapping(struct page *page)
{
	const struct page_entry *entry = page_cache_entry(page);

	return entry ? entry->mapping : NULL;
}

pgoff_t page_index(struct page *page)
{
	const struct page_entry *entry = page_cache_entry(page);

	return entry ? entry->index : 0;
}

/* ---- Finding ------------------------------------------------------------------------------ */

struct page *page_cache_alloc(const struct address_space *mapping)
{
	return alloc_page(mapping_gfp_mask(mapping));
}

struct page *find_get_next_page(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				xa_mark_t tag)
{
	struct page *page;

	xa_lock(&mapping->i_pages);
	page = xa_find(&mapping->i_pages, index, end, tag);
	if (page)
		get_page(page);
	xa_unlock(&mapping->i_pages);
	return page;
}

struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	return find_get_next_page(mapping, &index, index, XA_PRESENT);
}

struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	for (;;) {
		struct page *page = find_get_page(mapping, index);

		if (!page)
			return NULL;
		lock_page(page);
		if (page_mapping(page) == mapping && page_index(page) == index)
			return page;
		unlock_page(page);
		put_page(page);
	}
}

struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	for (;;) {
		struct page *page = find_lock_page(mapping, index);
		int err;

		if (page)
			return page;
		page = alloc_page(gfp);
		if (!page)
			return NULL;
		err = add_to_page_cache_lru(page, mapping, index, gfp);
		if (!err)
			return page;
		put_page(page);
		if (err != -EEXIST)
			return NULL;
	}
}

/* ---- Adding ---------------------------------------------------------------------------------- */

int add_to_page_cache_locked(struct page *page, struct address_space *mapping, pgoff_t index,
			     gfp_t gfp)
{
	int err;

	VM_BUG_ON(!PageLocked(page) || page_mapping(page) || PageCompound(page));
	gfp &= GFP_RECLAIM_MASK;
	err = page_entry_make(page, gfp);
	if (err)
		return err;
	get_page(page);
	page_entry_map(page, mapping, index);
	xa_lock(&mapping->i_pages);
	err = __xa_insert(&mapping->i_pages, index, page, gfp);
	if (!err) {
		mapping->nrpages++;
		mod_node_page_state(page_zone(page)->zone_pgdat, NR_FILE_PAGES, 1);
	}
	xa_unlock(&mapping->i_pages);
	if (!err)
		return 0;
	page_entry_unmap(page);
	put_page(page);
	return err == -EBUSY ? -EEXIST : err;
}

int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index,
			  gfp_t gfp)
{
	int err;

	SetPageLocked(page);
	err = add_to_page_cache_locked(page, mapping, index, gfp);
	if (err)
		ClearPageLocked(page);
	else
		lru_cache_add(page);
	return err;
}

/* ---- Taking out -------------------------------------------------------------------------------- */

/* With the lock of the mapping held; the entry and the cache's reference are left. */
static void unlink_page(struct address_space *mapping, struct page *page, pgoff_t index)
{
	__xa_erase(&mapping->i_pages, index);
	mapping->nrpages--;
	mod_node_page_state(page_zone(page)->zone_pgdat, NR_FILE_PAGES, -1);
}

/* The page has left @mapping, and nobody finds it there any more. */
static void page_is_out(struct address_space *mapping, struct page *page)
{
	page_entry_unmap(page);
	if (mapping->a_ops && mapping->a_ops->free_folio)
		mapping->a_ops->free_folio(page_folio(page));
}

void delete_from_page_cache(struct page *page)
{
	const struct page_entry *entry = page_cache_entry(page);
	struct address_space *mapping;

	VM_BUG_ON(!PageLocked(page) || !entry);
	mapping = entry->mapping;
	cancel_dirty_page(page);
	xa_lock(&mapping->i_pages);
	unlink_page(mapping, page, entry->index);
	xa_unlock(&mapping->i_pages);
	page_is_out(mapping, page);
	put_page(page);
}

long remove_mapping(struct address_space *mapping, struct folio *folio)
{
	struct page *page = &folio->page;
	const struct page_entry *entry = page_cache_entry(page);
	bool removed = false;

	VM_BUG_ON(!PageLocked(page) || !entry || entry->mapping != mapping);
	xa_lock(&mapping->i_pages);
	if (!PageDirty(page) && !PageWriteback(page) && page_ref_freeze(page, 2)) {
		unlink_page(mapping, page, entry->index);
		removed = true;
	}
	xa_unlock(&mapping->i_pages);
	if (!removed)
		return 0;
	page_is_out(mapping, page);
	page_ref_unfreeze(page, 1);
	return 1;
}

/* ---- Reading -------------------------------------------------------------------------------------------- */

/* The page at @index, locked and not up to date if it has to be read. ERR_PTR() without memory. */
static struct page *get_page_to_read(struct address_space *mapping, pgoff_t index)
{
	for (;;) {
		struct page *page = find_get_page(mapping, index);
		int err;

		if (page && PageUptodate(page))
			return page;
		if (page) {
			put_page(page);
			page = find_lock_page(mapping, index);
			if (page && PageUptodate(page))
				unlock_page(page);
			if (page)
				return page;
			continue;
		}
		page = page_cache_alloc(mapping);
		if (!page)
			return ERR_PTR(-ENOMEM);
		err = add_to_page_cache_lru(page, mapping, index, mapping_gfp_mask(mapping));
		if (!err)
			return page;
		put_page(page);
		if (err != -EEXIST)
			return ERR_PTR(err);
	}
}

/* Fills the locked page. 0, and up to date, or -errno. */
static int fill_page(struct page *page, filler_t *filler, struct file *file)
{
	int err = filler(file, page_folio(page));

	if (err)
		return err;
	wait_on_page_locked(page);
	return PageUptodate(page) ? 0 : -EIO;
}

struct page *read_cache_page(struct address_space *mapping, pgoff_t index, filler_t *filler,
			     struct file *file)
{
	struct page *page;
	int err;

	do {
		page = get_page_to_read(mapping, index);
		if (IS_ERR(page))
			return page;
		err = 0;
		if (!PageUptodate(page))
			err = fill_page(page, filler ? filler : mapping->a_ops->read_folio, file);
		if (err)
			put_page(page);
	} while (err == AOP_TRUNCATED_PAGE);
	if (err)
		return ERR_PTR(err);
	mark_page_accessed(page);
	return page;
}

struct page *read_mapping_page(struct address_space *mapping, pgoff_t index, struct file *file)
{
	return read_cache_page(mapping, index, NULL, file);
}

/* ---- Checking ---------------------------------------------------------------------------------------------- */

#define cache_fault(fmt, ...)                                         \
	({                                                            \
		pr_err("pagecache_verify: " fmt "\n", ##__VA_ARGS__); \
		1;                                                    \
	})

static int verify_cached_page(struct address_space *mapping, pgoff_t index, struct page *page)
{
	const struct page_entry *entry = page_cache_entry(page);

	if (!entry || entry->page != page)
		return cache_fault("pfn 0x%lx in mapping %px at %lu has the key of another",
				   page_to_pfn(page), (const void *)mapping, index);
	if (entry->mapping != mapping || entry->index != index)
		return cache_fault("pfn 0x%lx in mapping %px at %lu says it is in %px at %lu",
				   page_to_pfn(page), (const void *)mapping, index,
				   (const void *)entry->mapping, entry->index);
	if (page_ref_count(page) < 1 || PageBuddy(page))
		return cache_fault("pfn 0x%lx in mapping %px at %lu is not in use",
				   page_to_pfn(page), (const void *)mapping, index);
	/* Whoever writes it has it locked, and changes one after the other. */
	if (!PageLocked(page) &&
	    !(mapping->a_ops && mapping->a_ops->dirty_folio == noop_dirty_folio) &&
	    xa_get_mark(&mapping->i_pages, index, PAGECACHE_TAG_DIRTY) != PageDirty(page))
		return cache_fault("pfn 0x%lx in mapping %px at %lu is %sdirty, its mark says no",
				   page_to_pfn(page), (const void *)mapping, index,
				   PageDirty(page) ? "" : "not ");
	return 0;
}

int mapping_verify(struct address_space *mapping)
{
	int faults = xa_verify(&mapping->i_pages, "mapping");
	unsigned long index, pages = 0;
	struct page *page;

	if (faults)
		return faults;
	/* Other CPUs may reclaim. */
	xa_lock(&mapping->i_pages);
	xa_for_each(&mapping->i_pages, index, page)
	{
		faults += verify_cached_page(mapping, index, page);
		pages++;
	}
	if (pages != mapping->nrpages)
		faults += cache_fault("mapping %px counts %lu pages, its index holds %lu",
				      (const void *)mapping, mapping->nrpages, pages);
	xa_unlock(&mapping->i_pages);
	return faults;
}

int pagecache_verify(void)
{
	return page_entries_verify(global_node_page_state(NR_FILE_PAGES));
}
