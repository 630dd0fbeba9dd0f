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

/* Entries by key. Key 0 is nobody's. */
static DEFINE_XARRAY_ALLOC(cache_entries);
static struct kmem_cache *entry_cache;

void __init pagecache_reset(void)
{
	page_wait_reset();
	xa_init_flags(&cache_entries, XA_FLAGS_ALLOC);
}

void __init pagecache_init(void)
{
	page_wait_reset();
	xarray_init();
	entry_cache = kmem_cache_create("page_cache_entry", sizeof(struct cache_entry), 0,
					SLAB_PANIC | SLAB_RECLAIM_ACCOUNT, NULL);
}

void address_space_init_once(struct address_space *mapping)
{
	*mapping = (struct address_space){.gfp_mask = GFP_HIGHUSER_MOVABLE};
	xa_init(&mapping->i_pages);
	init_rwsem(&mapping->invalidate_lock);
}

/* ---- From a page to its place ------------------------------------------------------- */

struct cache_entry *page_cache_entry(const struct page *page)
{
	return PagePrivate(page) ? xa_load(&cache_entries, page->private) : NULL;
}

struct address_space *page_mapping(struct page *page)
{
	const struct cache_entry *entry = page_cache_entry(page);

	return entry ? entry->mapping : NULL;
}

pgoff_t page_index(struct page *page)
{
	const struct cache_entry *entry = page_cache_entry(page);

	return entry ? entry->index : 0;
}

static void set_page_key(struct page *page, u32 key)
{
	page->private = key;
	SetPagePrivate(page);
}

static void clear_page_key(struct page *page)
{
	ClearPagePrivate(page);
	page->private = 0;
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

/* An entry with a key, in no mapping yet. 0 or -ENOMEM. */
static int make_entry(struct page *page, struct address_space *mapping, pgoff_t index, gfp_t gfp,
		      u32 *key)
{
	struct cache_entry *entry = kmem_cache_alloc(entry_cache, gfp);
	int err;

	if (!entry)
		return -ENOMEM;
	*entry = (struct cache_entry){mapping, index, page};
	err = xa_alloc(&cache_entries, key, entry, XA_LIMIT(1, UINT_MAX), gfp);
	if (err)
		kmem_cache_free(entry_cache, entry);
	return err;
}

static void free_entry(u32 key)
{
	kmem_cache_free(entry_cache, xa_erase(&cache_entries, key));
}

int add_to_page_cache_locked(struct page *page, struct address_space *mapping, pgoff_t index,
			     gfp_t gfp)
{
	u32 key;
	int err;

	VM_BUG_ON(!PageLocked(page) || PagePrivate(page) || PageCompound(page));
	gfp &= GFP_RECLAIM_MASK;
	err = make_entry(page, mapping, index, gfp, &key);
	if (err)
		return err;
	get_page(page);
	set_page_key(page, key);
	xa_lock(&mapping->i_pages);
	err = __xa_insert(&mapping->i_pages, index, page, gfp);
	if (!err) {
		mapping->nrpages++;
		mod_node_page_state(page_zone(page)->zone_pgdat, NR_FILE_PAGES, 1);
	}
	xa_unlock(&mapping->i_pages);
	if (!err)
		return 0;
	clear_page_key(page);
	free_entry(key);
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

void delete_from_page_cache(struct page *page)
{
	const struct cache_entry *entry = page_cache_entry(page);
	struct address_space *mapping;
	u32 key = page->private;

	VM_BUG_ON(!PageLocked(page) || !entry);
	mapping = entry->mapping;
	cancel_dirty_page(page);
	xa_lock(&mapping->i_pages);
	unlink_page(mapping, page, entry->index);
	xa_unlock(&mapping->i_pages);
	clear_page_key(page);
	free_entry(key);
	put_page(page);
}

long remove_mapping(struct address_space *mapping, struct folio *folio)
{
	struct page *page = &folio->page;
	const struct cache_entry *entry = page_cache_entry(page);
	u32 key = page->private;
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
	clear_page_key(page);
	free_entry(key);
	page_ref_unfreeze(page, 1);
	return 1;
}

/* ---- Moving to another page ------------------------------------------------------------------------ */

/* Flags that say something of the contents, or of their use. */
#define MIGRATED_FLAGS                                                                         \
	(1UL << PG_referenced | 1UL << PG_uptodate | 1UL << PG_active | 1UL << PG_swapbacked | \
	 1UL << PG_unevictable | 1UL << PG_private)

static void copy_page_state(struct page *new_page, struct page *old)
{
	unsigned long flags = READ_ONCE(old->flags) & MIGRATED_FLAGS;

	copy_highpage(new_page, old);
	__atomic_fetch_or(&new_page->flags, flags, __ATOMIC_SEQ_CST);
	new_page->private = old->private;
}

static void count_move(struct page *from, struct page *to, enum node_stat_item item,
		       enum zone_stat_item zone_item)
{
	mod_node_page_state(page_zone(from)->zone_pgdat, item, -1);
	mod_node_page_state(page_zone(to)->zone_pgdat, item, 1);
	if (zone_item == NR_FREE_PAGES)
		return;
	mod_zone_page_state(page_zone(from), zone_item, -1);
	mod_zone_page_state(page_zone(to), zone_item, 1);
}

int filemap_migrate_page(struct page *new_page, struct page *old)
{
	struct cache_entry *entry = page_cache_entry(old);
	struct address_space *mapping;

	VM_BUG_ON(!PageLocked(old) || !PageLocked(new_page) || PageLRU(old) || !entry);
	mapping = entry->mapping;
	xa_lock(&mapping->i_pages);
	/* The cache's reference, and that of who isolated it. */
	if (PageWriteback(old) || !page_ref_freeze(old, 2)) {
		xa_unlock(&mapping->i_pages);
		return -EAGAIN;
	}
	copy_page_state(new_page, old);
	get_page(new_page);
	__xa_replace(&mapping->i_pages, entry->index, new_page);
	entry->page = new_page;
	count_move(old, new_page, NR_FILE_PAGES, NR_FREE_PAGES);
	if (TestClearPageDirty(old)) {
		SetPageDirty(new_page);
		if (xa_get_mark(&mapping->i_pages, entry->index, PAGECACHE_TAG_DIRTY))
			count_move(old, new_page, NR_FILE_DIRTY, NR_ZONE_WRITE_PENDING);
	}
	xa_unlock(&mapping->i_pages);
	clear_page_key(old);
	ClearPageActive(old);
	page_ref_unfreeze(old, 1);
	return 0;
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
	const struct cache_entry *entry = page_cache_entry(page);

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
	int faults = xa_verify(&cache_entries, "page cache entries");
	unsigned long key, pages = 0, counted = global_node_page_state(NR_FILE_PAGES);
	const struct cache_entry *entry;

	if (faults)
		return faults;
	xa_for_each(&cache_entries, key, entry)
	{
		pages++;
		if (!PagePrivate(entry->page) || entry->page->private != key)
			faults += cache_fault("entry %lu is of pfn 0x%lx, which has key %u", key,
					      page_to_pfn(entry->page), entry->page->private);
	}
	if (pages != counted)
		faults += cache_fault("%lu pages are counted, there are entries for %lu", counted,
				      pages);
	return faults;
}
