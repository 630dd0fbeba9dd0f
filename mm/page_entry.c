// SPDX-License-Identifier: MIT
/* What does not fit into a page struct. Contracts: page_entry.h, linux/mm_types.h. */
#include "page_entry.h"

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include <baremm/panic.h>

#include "page_alloc.h"

/* Entries by key: the lowest are those that are kept, a word of them for each use. Key 0: none. */
enum kept_for { KEPT_FOR_OWNERS, KEPT_FOR_ISOLATION, NR_KEPT_FOR };
#define NR_KEPT_ENTRIES (NR_KEPT_FOR * BITS_PER_LONG)
static struct page_entry kept[NR_KEPT_ENTRIES]; /* key 1 and up */
static unsigned long kept_in_use[NR_KEPT_FOR];	/* a bit for each, under entry_lock */
static struct xarray page_entries = {.xa_lock = __SPIN_LOCK_UNLOCKED_RANK(LOCK_RANK_PAGE_ENTRY),
				     .xa_flags = XA_FLAGS_ALLOC1};
static struct kmem_cache *entry_cache;

/* Changes of priv32's meaning; odd while there is one, so that readers look again. */
static DEFINE_SPINLOCK_RANK(entry_lock, LOCK_RANK_LEAF);
static unsigned int changes;

static void lock_entries(void)
{
	spin_lock(&entry_lock);
	WRITE_ONCE(changes, changes + 1);
	smp_wmb();
}

static void unlock_entries(void)
{
	smp_store_release(&changes, changes + 1);
	spin_unlock(&entry_lock);
}

/* ---- Entries and their memory ----------------------------------------------------------- */

/*
 * The entry becomes @page's, in no mapping. Who looks for another page's may read it at the same
 * time, from an entry, too, that was freed.
 */
static void set_entry(struct page_entry *entry, struct page *page, unsigned long private)
{
	data_race_write(entry->mapping, NULL);
	data_race_write(entry->index, 0);
	WRITE_ONCE(entry->private, private);
	WRITE_ONCE(entry->page, page);
}

/* A new one with a key, which is nobody's. */
static struct page_entry *alloc_entry(gfp_t gfp)
{
	struct page_entry *entry = kmem_cache_alloc(entry_cache, gfp);
	u32 key;

	if (!entry)
		return NULL;
	set_entry(entry, NULL, 0);
	if (xa_alloc(&page_entries, &key, entry, XA_LIMIT(NR_KEPT_ENTRIES + 1, UINT_MAX), gfp)) {
		kmem_cache_free(entry_cache, entry);
		return NULL;
	}
	WRITE_ONCE(entry->private, key);
	return entry;
}

/* The same of those that are kept. */
static struct page_entry *take_kept(enum kept_for use)
{
	struct page_entry *entry = NULL;

	spin_lock(&entry_lock);
	if (~kept_in_use[use]) {
		unsigned long free = ffz(kept_in_use[use]), key = use * BITS_PER_LONG + free + 1;

		kept_in_use[use] |= BIT(free);
		entry = &kept[key - 1];
		set_entry(entry, NULL, key);
	}
	spin_unlock(&entry_lock);
	return entry;
}

/* Of an entry that is nobody's any more; or NULL. */
static void put_entry(struct page_entry *entry)
{
	if (!entry)
		return;
	if (entry->private > NR_KEPT_ENTRIES) {
		xa_erase(&page_entries, entry->private);
		kmem_cache_free(entry_cache, entry);
		return;
	}
	spin_lock(&entry_lock);
	__clear_bit(entry->private - 1, kept_in_use);
	spin_unlock(&entry_lock);
}

/* For who cannot wait, and can be told: what is kept is for others, too, but comes back soon. */
static struct page_entry *get_entry_now(void)
{
	return alloc_entry(GFP_NOWAIT | __GFP_NOWARN) ?: take_kept(KEPT_FOR_OWNERS);
}

/* For who cannot be told that there is none. */
static struct page_entry *must_get_entry(const struct page *page)
{
	struct page_entry *entry =
		alloc_entry(GFP_ATOMIC | __GFP_NOWARN) ?: take_kept(KEPT_FOR_OWNERS);

	if (!entry)
		entry = alloc_entry(GFP_ATOMIC | __GFP_MEMALLOC | __GFP_NOFAIL | __GFP_NOWARN);
	if (!entry)
		panic("page_private: no memory for more than 32 bits of pfn 0x%lx, and the %d "
		      "entries kept for this are in use",
		      page_to_pfn(page), BITS_PER_LONG);
	return entry;
}

struct page_entry *page_entry(const struct page *page)
{
	struct page_entry *entry;
	u32 key;

	if (!PageEntry(page))
		return NULL;
	key = READ_ONCE(page->priv32);
	entry = key - 1 < NR_KEPT_ENTRIES ? &kept[key - 1] : xa_load(&page_entries, key);
	return entry && READ_ONCE(entry->page) == page ? entry : NULL;
}

/* That of a page that has one, and keeps it meanwhile. */
static struct page_entry *own_entry(const struct page *page)
{
	struct page_entry *entry = page_entry(page);

	VM_BUG_ON(!entry);
	return entry;
}

/* ---- A page gets one, and loses it: with the lock ------------------------------------------- */

static void attach(struct page *page, struct page_entry *entry)
{
	u32 key = (u32)entry->private;

	set_entry(entry, page, page->priv32);
	WRITE_ONCE(page->priv32, key);
	SetPageEntry(page);
}

/* The entry is nobody's then. What of private does not fit is lost. */
static struct page_entry *detach(struct page *page)
{
	struct page_entry *entry = own_entry(page);
	u32 key = page->priv32;

	ClearPageEntry(page);
	WRITE_ONCE(page->priv32, (u32)entry->private);
	set_entry(entry, NULL, key);
	return entry;
}

/* The entry, if it need not be: see the invariants. */
static struct page_entry *detach_needless(struct page *page)
{
	const struct page_entry *entry = own_entry(page);

	if (entry->mapping || entry->private > UINT_MAX || page_alloc_order(page) ||
	    PageIsolated(page))
		return NULL;
	return detach(page);
}

/* With @entry, which may be NULL. What is not needed. */
static struct page_entry *attach_if_none(struct page *page, struct page_entry *entry)
{
	lock_entries();
	if (entry && !PageEntry(page)) {
		attach(page, entry);
		entry = NULL;
	}
	unlock_entries();
	return entry;
}

int page_entry_make(struct page *page, gfp_t gfp)
{
	if (!PageEntry(page))
		put_entry(attach_if_none(page, alloc_entry(gfp)));
	return PageEntry(page) ? 0 : -ENOMEM;
}

int page_entry_make_now(struct page *page)
{
	if (!PageEntry(page))
		put_entry(attach_if_none(page, get_entry_now()));
	return PageEntry(page) ? 0 : -ENOMEM;
}

void page_entry_must_make(struct page *page)
{
	if (!PageEntry(page))
		put_entry(attach_if_none(page, must_get_entry(page)));
}

/* ---- Places in mappings ------------------------------------------------------------------------ */

void page_entry_map(struct page *page, struct address_space *mapping, pgoff_t index)
{
	struct page_entry *entry = own_entry(page);

	spin_lock(&entry_lock);
	data_race_write(entry->mapping, mapping);
	data_race_write(entry->index, index);
	spin_unlock(&entry_lock);
}

void page_entry_unmap(struct page *page)
{
	struct page_entry *entry = own_entry(page);

	lock_entries();
	data_race_write(entry->mapping, NULL);
	data_race_write(entry->index, 0);
	entry = detach_needless(page);
	unlock_entries();
	put_entry(entry);
}

void page_entry_move(struct page *from, struct page *to)
{
	struct page_entry *entry = own_entry(from), *needless = NULL;
	struct address_space *mapping = entry->mapping;
	pgoff_t index = entry->index;

	lock_entries();
	data_race_write(entry->mapping, NULL);
	data_race_write(entry->index, 0);
	needless = detach_needless(from);
	if (!PageEntry(to)) {
		VM_BUG_ON(!needless);
		attach(to, needless);
		needless = NULL;
	}
	entry = own_entry(to);
	data_race_write(entry->mapping, mapping);
	data_race_write(entry->index, index);
	unlock_entries();
	put_entry(needless);
}

/* ---- Isolated pages ------------------------------------------------------------------------------ */

/* False: there is no entry. With the lock, as others may just be about to take one away. */
static bool keep_index(struct page *page)
{
	bool has;

	spin_lock(&entry_lock);
	has = PageEntry(page);
	if (has)
		own_entry(page)->index = page->index;
	spin_unlock(&entry_lock);
	return has;
}

/* Those set aside come first: who compacts has no memory to give away. */
int page_entry_isolate(struct page *page)
{
	struct page_entry *entry;

	if (keep_index(page))
		return 0;
	entry = take_kept(KEPT_FOR_ISOLATION);
	if (!entry && entry_cache)
		entry = alloc_entry(GFP_NOWAIT | __GFP_NOWARN);
	put_entry(attach_if_none(page, entry));
	return keep_index(page) ? 0 : -ENOMEM;
}

void page_entry_restore(struct page *page)
{
	data_race_write(page->mapping, NULL);
	page->index = own_entry(page)->index;
}

/* Of a block's first page: nor has one of the others an entry. */
static bool block_needs_entry(const struct page *page)
{
	for (unsigned long i = 1; i < 1UL << page_alloc_order(page); i++)
		if (PageEntry(page + i))
			return true;
	return false;
}

void page_entry_unisolate(struct page *page)
{
	struct page_entry *entry = NULL;

	lock_entries();
	if (PageEntry(page)) {
		entry = own_entry(page);
		data_race_write(entry->index, 0);
		entry = entry->private > UINT_MAX || block_needs_entry(page) ? NULL : detach(page);
	}
	unlock_entries();
	put_entry(entry);
}

/* ---- Private values ------------------------------------------------------------------------------ */

unsigned long page_private(const struct page *page)
{
	const struct page_entry *entry;
	unsigned long private;
	unsigned int seq;

	for (;;) {
		seq = smp_load_acquire(&changes);
		rcu_read_lock();
		entry = page_entry(page);
		private = entry ? READ_ONCE(entry->private) : READ_ONCE(page->priv32);
		rcu_read_unlock();
		smp_rmb();
		if (!(seq & 1) && READ_ONCE(changes) == seq)
			return private;
		cpu_relax();
	}
}

/* The first page of the block that @page was handed out in. */
static struct page *first_of_block(struct page *page)
{
	struct page *head = compound_head(page);

	return head != page ? head : page_block_head(page);
}

/* With the lock. What is not needed of an entry that @page has. */
static struct page_entry *set_private(struct page *page, unsigned long private)
{
	if (!PageEntry(page)) {
		WRITE_ONCE(page->priv32, (u32) private);
		return NULL;
	}
	WRITE_ONCE(own_entry(page)->private, private);
	return detach_needless(page);
}

/* It does not fit, or the page has an entry, or is the first of those that may have one. */
static noinline void set_page_private_locked(struct page *page, unsigned long private)
{
	bool wide = private > UINT_MAX, set = false;
	struct page *pages[2] = {page, wide ? first_of_block(page) : page};
	int nr = !wide ? 0 : pages[1] == page ? 1 : 2;
	struct page_entry *entry[2] = {}, *needless = NULL;

	while (!set) {
		for (int i = 0; i < nr; i++)
			if (!entry[i] && !PageEntry(pages[i]))
				entry[i] = must_get_entry(page);
		set = true;
		lock_entries();
		for (int i = 0; i < nr; i++) {
			if (entry[i] && !PageEntry(pages[i])) {
				attach(pages[i], entry[i]);
				entry[i] = NULL;
			}
			/* It may have left its mapping, and lost its entry, meanwhile. */
			set = set && PageEntry(pages[i]);
		}
		if (set)
			needless = set_private(page, private);
		unlock_entries();
	}
	put_entry(entry[0]);
	put_entry(entry[1]);
	put_entry(needless);
}

void set_page_private(struct page *page, unsigned long private)
{
	if (private <= UINT_MAX && !PageEntry(page) && !page_alloc_order(page))
		WRITE_ONCE(page->priv32, (u32) private);
	else
		set_page_private_locked(page, private);
}

static void forget(struct page *page, const struct page *end)
{
	for (; page < end; page++) {
		struct page_entry *entry;

		if (!PageEntry(page))
			continue;
		lock_entries();
		entry = detach(page);
		unlock_entries();
		put_entry(entry);
	}
}

void page_entries_forget(struct page *page, unsigned int order)
{
	if (PageEntry(page))
		forget(page, page + (1UL << order));
}

void page_entry_trim(struct page *page)
{
	struct page_entry *entry = NULL;

	lock_entries();
	if (PageEntry(page))
		entry = detach_needless(page);
	unlock_entries();
	put_entry(entry);
}

void page_entries_split(struct page *page, unsigned int order)
{
	if (!PageEntry(page))
		return;
	forget(page + 1, page + (1UL << order));
	page_entry_trim(page);
}

/* ---- Bring-up and checks ----------------------------------------------------------------------------- */

void __init page_entries_reset(void)
{
	xa_init_flags(&page_entries, XA_FLAGS_ALLOC1);
	page_entries.xa_lock.rank = LOCK_RANK_PAGE_ENTRY;
	entry_cache = NULL;
	memset(kept, 0, sizeof(kept));
	memset(kept_in_use, 0, sizeof(kept_in_use));
}

void __init page_entries_init(void)
{
	entry_cache =
		kmem_cache_create("page_entry", sizeof(struct page_entry), 0,
				  SLAB_PANIC | SLAB_RECLAIM_ACCOUNT | SLAB_TYPESAFE_BY_RCU, NULL);
}

#define entry_fault(fmt, ...)                                         \
	({                                                            \
		pr_err("pagecache_verify: " fmt "\n", ##__VA_ARGS__); \
		1;                                                    \
	})

static int verify_entry(const struct page_entry *entry, unsigned long key)
{
	/* One that is made just now has no page yet. */
	if (!entry->page || (PageEntry(entry->page) && entry->page->priv32 == key))
		return 0;
	return entry_fault("entry %lu is of pfn 0x%lx, which has key %u", key,
			   page_to_pfn(entry->page), entry->page->priv32);
}

/* That are in a mapping by this entry. */
static unsigned long mapped_pages(const struct page_entry *entry)
{
	return entry->mapping ? compound_nr(entry->page) : 0;
}

int page_entries_verify(unsigned long mapped)
{
	int faults = xa_verify(&page_entries, "page entries");
	unsigned long key, pages = 0;
	const struct page_entry *entry;

	if (faults)
		return faults;
	for (key = 1; key <= NR_KEPT_ENTRIES; key++) {
		entry = &kept[key - 1];
		if (!test_bit(key - 1, kept_in_use))
			continue;
		pages += mapped_pages(entry);
		faults += verify_entry(entry, key);
	}
	xa_for_each(&page_entries, key, entry)
	{
		pages += mapped_pages(entry);
		faults += verify_entry(entry, key);
	}
	if (pages != mapped)
		faults += entry_fault("%lu pages are counted, there are entries for %lu", mapped,
				      pages);
	return faults;
}
