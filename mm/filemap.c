// SPDX-License-Identifier: MIT
/*
 * The page cache: folios in mappings, and reading them. Contract: linux/pagemap.h.
 * Writing them is page_writeback.c's, dropping them truncate.c's.
 */
#include "filemap.h"

#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/pagevec.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "page_wait.h"
#include "xarray.h"

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
	const struct page_entry *entry = page_entry(compound_head(page));

	return entry && data_race(entry->mapping) ? entry : NULL;
}

struct address_space *page_mapping(struct page *page)
{
	const struct page_entry *entry = page_cache_entry(page);

	return entry ? data_race(entry->mapping) : NULL;
}

pgoff_t page_index(struct page *page)
{
	const struct page_entry *entry = page_cache_entry(page);

	return entry ? data_race(entry->index) + (pgoff_t)(page - compound_head(page)) : 0;
}

/* ---- Finding ------------------------------------------------------------------------------ */

struct page *page_cache_alloc(const struct address_space *mapping)
{
	return alloc_page(mapping_gfp_mask(mapping));
}

/* *@index is then one of its own. */
static struct folio *find_get_folio(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				    xa_mark_t tag)
{
	struct folio *folio;

	xa_lock(&mapping->i_pages);
	folio = xa_find(&mapping->i_pages, index, end, tag);
	if (folio)
		folio_get(folio);
	xa_unlock(&mapping->i_pages);
	return folio;
}

/* A folio's index is aligned to its size; what has a reference keeps its size. */
struct folio *find_get_next_folio(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				  xa_mark_t tag)
{
	struct folio *folio = find_get_folio(mapping, index, end, tag);

	if (folio)
		*index = (*index | ((pgoff_t)folio_nr_pages(folio) - 1)) + 1;
	return folio;
}

struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio = find_get_folio(mapping, &index, index, XA_PRESENT);

	return folio ? folio_file_page(folio, index) : NULL;
}

struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	return pagecache_get_page(mapping, index, FGP_LOCK, 0);
}

struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	return pagecache_get_page(mapping, index, FGP_LOCK | FGP_ACCESSED | FGP_CREAT, gfp);
}

/* ---- Adding ---------------------------------------------------------------------------------- */

void folio_count_cached(struct folio *folio, long sign)
{
	long delta = sign * folio_nr_pages(folio);

	mod_node_page_state(folio_pgdat(folio), NR_FILE_PAGES, delta);
	if (folio_test_pmd_mappable(folio))
		mod_node_page_state(folio_pgdat(folio), NR_FILE_THPS, delta);
}

/* One entry for all indices of the folio, with the lock, which may be let go. */
static int insert_large(struct xarray *pages, struct folio *folio, pgoff_t index, gfp_t gfp)
{
	XA_STATE_ORDER(xas, pages, index, folio_order(folio));
	int err;

	do {
		err = xas_find_conflict(&xas) ? -EBUSY : xas_ready(&xas, gfp);
	} while (err == -EAGAIN);
	if (!err)
		xas_put(&xas, folio);
	xas_destroy(&xas);
	return err;
}

static int insert_folio(struct address_space *mapping, struct folio *folio, pgoff_t index,
			gfp_t gfp)
{
	int err;

	xa_lock(&mapping->i_pages);
	if (folio_test_large(folio))
		err = insert_large(&mapping->i_pages, folio, index, gfp);
	else
		err = __xa_insert(&mapping->i_pages, index, folio, gfp);
	if (!err) {
		mapping->nrpages += (unsigned long)folio_nr_pages(folio);
		folio_count_cached(folio, 1);
	}
	xa_unlock(&mapping->i_pages);
	return err == -EBUSY ? -EEXIST : err;
}

int __filemap_add_folio(struct address_space *mapping, struct folio *folio, pgoff_t index,
			gfp_t gfp, void **shadowp)
{
	int nr = (int)folio_nr_pages(folio), err;

	VM_BUG_ON(!folio_test_locked(folio) || folio_mapping(folio) ||
		  folio_test_swapbacked(folio));
	VM_BUG_ON(index & ((pgoff_t)nr - 1));
	(void)shadowp;
	gfp &= GFP_RECLAIM_MASK;
	err = page_entry_make(&folio->page, gfp);
	if (err)
		return err;
	folio_ref_add(folio, nr);
	page_entry_map(&folio->page, mapping, index);
	err = insert_folio(mapping, folio, index, gfp);
	if (!err)
		return 0;
	page_entry_unmap(&folio->page);
	folio_put_refs(folio, nr);
	return err;
}

int filemap_add_folio(struct address_space *mapping, struct folio *folio, pgoff_t index, gfp_t gfp)
{
	int err;

	folio_set_locked(folio);
	err = __filemap_add_folio(mapping, folio, index, gfp, NULL);
	if (err)
		folio_clear_locked(folio);
	else
		folio_add_lru(folio);
	return err;
}

/* ---- Taking out -------------------------------------------------------------------------------- */

/* With the lock of the mapping held; the entry and the cache's references are left. */
static void unlink_folio(struct address_space *mapping, struct folio *folio, pgoff_t index)
{
	__xa_erase(&mapping->i_pages, index);
	mapping->nrpages -= (unsigned long)folio_nr_pages(folio);
	folio_count_cached(folio, -1);
}

/* The folio has left @mapping, and nobody finds it there any more. */
static void folio_is_out(struct address_space *mapping, struct folio *folio)
{
	page_entry_unmap(&folio->page);
	if (mapping->a_ops && mapping->a_ops->free_folio)
		mapping->a_ops->free_folio(folio);
}

void filemap_remove_folio(struct folio *folio)
{
	const struct page_entry *entry = page_cache_entry(&folio->page);
	struct address_space *mapping;

	VM_BUG_ON(!folio_test_locked(folio) || !entry);
	mapping = entry->mapping;
	folio_cancel_dirty(folio);
	xa_lock(&mapping->i_pages);
	unlink_folio(mapping, folio, entry->index);
	xa_unlock(&mapping->i_pages);
	folio_is_out(mapping, folio);
	folio_put_refs(folio, (int)folio_nr_pages(folio));
}

void delete_from_page_cache_batch(struct address_space *mapping, struct folio_batch *fbatch)
{
	for (unsigned int i = 0; i < folio_batch_count(fbatch); i++) {
		VM_BUG_ON(folio_mapping(fbatch->folios[i]) != mapping);
		filemap_remove_folio(fbatch->folios[i]);
	}
}

long remove_mapping(struct address_space *mapping, struct folio *folio)
{
	const struct page_entry *entry = page_cache_entry(&folio->page);
	long nr = folio_nr_pages(folio);
	bool removed = false;

	VM_BUG_ON(!folio_test_locked(folio) || !entry || entry->mapping != mapping);
	xa_lock(&mapping->i_pages);
	if (!folio_test_dirty(folio) && !folio_test_writeback(folio) &&
	    folio_ref_freeze(folio, 1 + (int)nr)) {
		unlink_folio(mapping, folio, entry->index);
		removed = true;
	}
	xa_unlock(&mapping->i_pages);
	if (!removed)
		return 0;
	folio_is_out(mapping, folio);
	folio_ref_unfreeze(folio, 1);
	return nr;
}

/* ---- Reading -------------------------------------------------------------------------------------------- */

/* A new folio at @index, locked. ERR_PTR(): -EEXIST, there is one. */
static struct folio *add_new_folio(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio = filemap_alloc_folio(mapping_gfp_mask(mapping), 0);
	int err;

	if (!folio)
		return ERR_PTR(-ENOMEM);
	err = filemap_add_folio(mapping, folio, index, mapping_gfp_mask(mapping));
	if (!err)
		return folio;
	folio_put(folio);
	return ERR_PTR(err);
}

/* That of @index, locked and not up to date if it has to be read. ERR_PTR() without memory. */
static struct folio *get_folio_to_read(struct address_space *mapping, pgoff_t index)
{
	for (;;) {
		struct folio *folio = filemap_get_folio(mapping, index);

		if (folio && folio_test_uptodate(folio))
			return folio;
		if (folio) {
			folio_put(folio);
			folio = filemap_lock_folio(mapping, index);
			if (folio && folio_test_uptodate(folio))
				folio_unlock(folio);
			if (folio)
				return folio;
			continue;
		}
		folio = add_new_folio(mapping, index);
		if (folio != ERR_PTR(-EEXIST))
			return folio;
	}
}

/* Fills the locked folio. 0, and up to date, or -errno. */
static int fill_folio(struct folio *folio, filler_t *filler, struct file *file)
{
	int err = filler(file, folio);

	if (err)
		return err;
	folio_wait_locked(folio);
	return folio_test_uptodate(folio) ? 0 : -EIO;
}

struct folio *read_cache_folio(struct address_space *mapping, pgoff_t index, filler_t *filler,
			       struct file *file)
{
	struct folio *folio;
	int err;

	do {
		folio = get_folio_to_read(mapping, index);
		if (IS_ERR(folio))
			return folio;
		err = 0;
		if (!folio_test_uptodate(folio))
			err = fill_folio(folio, filler ? filler : mapping->a_ops->read_folio, file);
		if (err)
			folio_put(folio);
	} while (err == AOP_TRUNCATED_PAGE);
	if (err)
		return ERR_PTR(err);
	folio_mark_accessed(folio);
	return folio;
}

struct page *read_cache_page(struct address_space *mapping, pgoff_t index, filler_t *filler,
			     struct file *file)
{
	struct folio *folio = read_cache_folio(mapping, index, filler, file);

	return IS_ERR(folio) ? (struct page *)folio : folio_file_page(folio, index);
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

static int verify_cached_folio(struct address_space *mapping, pgoff_t index, struct folio *folio)
{
	const struct page_entry *entry = page_cache_entry(&folio->page);
	unsigned long pfn = folio_pfn(folio);

	if (!entry || entry->page != &folio->page)
		return cache_fault("pfn 0x%lx in mapping %px at %lu has the key of another", pfn,
				   (const void *)mapping, index);
	if (entry->mapping != mapping || entry->index != index)
		return cache_fault("pfn 0x%lx in mapping %px at %lu says it is in %px at %lu", pfn,
				   (const void *)mapping, index, (const void *)entry->mapping,
				   entry->index);
	if (folio_ref_count(folio) < 1 || PageBuddy(&folio->page) || PageTail(&folio->page))
		return cache_fault("pfn 0x%lx in mapping %px at %lu is not in use", pfn,
				   (const void *)mapping, index);
	/* Whoever writes it has it locked, and changes one after the other. */
	if (!folio_test_locked(folio) &&
	    !(mapping->a_ops && mapping->a_ops->dirty_folio == noop_dirty_folio) &&
	    xa_get_mark(&mapping->i_pages, index, PAGECACHE_TAG_DIRTY) != folio_test_dirty(folio))
		return cache_fault("pfn 0x%lx in mapping %px at %lu is %sdirty, its mark says no",
				   pfn, (const void *)mapping, index,
				   folio_test_dirty(folio) ? "" : "not ");
	return 0;
}

/* Is the folio that is found at @index at all of its indices, and at no other? */
static int verify_extent(struct address_space *mapping, pgoff_t index, struct folio *folio)
{
	XA_STATE(xas, &mapping->i_pages, index);

	xas_load(&xas);
	if (xas_get_order(&xas) == (int)folio_order(folio) &&
	    IS_ALIGNED(index, (pgoff_t)folio_nr_pages(folio)))
		return 0;
	return cache_fault("pfn 0x%lx in mapping %px at %lu has %ld pages, its place is one of %lu",
			   folio_pfn(folio), (const void *)mapping, index, folio_nr_pages(folio),
			   1UL << xas_get_order(&xas));
}

int mapping_verify(struct address_space *mapping)
{
	int faults = xa_verify(&mapping->i_pages, "mapping");
	unsigned long index, pages = 0;
	struct folio *folio;

	if (faults)
		return faults;
	/* Other CPUs may reclaim. */
	xa_lock(&mapping->i_pages);
	xa_for_each(&mapping->i_pages, index, folio)
	{
		faults += verify_cached_folio(mapping, index, folio);
		faults += verify_extent(mapping, index, folio);
		pages += (unsigned long)folio_nr_pages(folio);
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
