// SPDX-License-Identifier: MIT
/*
 * Pages that turn out to be bad when memory is in use. Contract: linux/mm.h.
 *
 *   free, in a block      taken out of its middle; the parts left are free; not in the
 *                         direct map any more if the error is a real one
 *   in a waiting section  the section is made now, without using the page, then as above
 *   owned                 PG_hwpoison; when its block is freed, it is split around it
 *   cached, and clean     the cache drops it, and can read it again
 *   slab                  PG_hwpoison; the slab hands out nothing any more (slab_bad.c)
 *   reserved, ...         PG_hwpoison, and that is all that can be done
 *
 * A page that nobody has is PG_hwpoison | PG_reserved, with TAKEN_OFF in private, which
 * tells it from a page that was bad at boot: that one never was a zone's.
 *
 * A machine check interrupts anything, the allocator with its lock held among it. Its
 * handler queues the page, and the next one who allocates or frees does the work first. He
 * may be a slab cache about its slabs, which therefore wait for the CPU's next poll.
 */
#include "memory_failure.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <baremm/arch.h>

#include "badpage.h"
#include "buddy.h"
#include "internal.h"
#include "page_alloc.h"
#include "slab_bad.h"

#undef pr_fmt
#define pr_fmt(fmt) "Memory failure: " fmt

#define TAKEN_OFF 0x48575053 /* "HWPS" */

/* Linux's results, and the kinds of pages that there are here. */
enum mf_result { MF_IGNORED, MF_FAILED, MF_DELAYED, MF_RECOVERED };
enum mf_action_page_type {
	MF_MSG_KERNEL,
	MF_MSG_KERNEL_HIGH_ORDER,
	MF_MSG_SLAB,
	MF_MSG_DIRTY_LRU,
	MF_MSG_CLEAN_LRU,
	MF_MSG_BUDDY,
	MF_MSG_UNKNOWN,
};

static const char *const action_name[] = {
	[MF_IGNORED] = "Ignored",
	[MF_FAILED] = "Failed",
	[MF_DELAYED] = "Delayed",
	[MF_RECOVERED] = "Recovered",
};

static const char *const action_page_types[] = {
	[MF_MSG_KERNEL] = "reserved kernel page",
	[MF_MSG_KERNEL_HIGH_ORDER] = "high-order kernel page",
	[MF_MSG_SLAB] = "kernel slab page",
	[MF_MSG_DIRTY_LRU] = "dirty LRU page",
	[MF_MSG_CLEAN_LRU] = "clean LRU page",
	[MF_MSG_BUDDY] = "free buddy page",
	[MF_MSG_UNKNOWN] = "unknown page",
};

static DEFINE_SPINLOCK_RANK(mf_lock, LOCK_RANK_MEMORY_FAILURE);
static unsigned long nr_owned; /* bad pages that somebody may free one day */
static bool hw_memory_failure; /* there was a real one */

/* Filled by exceptions, emptied by whoever holds mf_lock. Positions only grow. */
#define QUEUE_SIZE 64
static struct {
	unsigned long pfn;
	int flags;
} queue[QUEUE_SIZE];
static unsigned int queue_head, queue_tail;

/* Pages of slabs that are still in use as before; under mf_lock. */
static unsigned long slab_pfns[QUEUE_SIZE];
static unsigned int nr_slab_pfns;

static bool queue_is_empty(void)
{
	return __atomic_load_n(&queue_head, __ATOMIC_ACQUIRE) == queue_tail;
}

/* An exception may queue a page at any point of this. */
static void update_hook(void)
{
	__atomic_fetch_and(&page_hooks, ~(unsigned int)PAGE_HOOK_HWPOISON, __ATOMIC_SEQ_CST);
	if (nr_owned || !queue_is_empty())
		__atomic_fetch_or(&page_hooks, PAGE_HOOK_HWPOISON, __ATOMIC_SEQ_CST);
}

void __init memory_failure_reset(void)
{
	nr_owned = 0;
	nr_slab_pfns = 0;
	hw_memory_failure = false;
	queue_head = queue_tail = 0;
}

/* ---- Pages that nobody has --------------------------------------------------------- */

/* The page is in no list, and nobody refers to it: it will stay so. */
static void keep_out(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	init_unused_pages(pfn, pfn + 1, page_zone(page));
	set_pages_reserved(pfn, pfn + 1, 1UL << PG_hwpoison);
	page->private = TAKEN_OFF;
}

static bool is_taken_off(const struct page *page)
{
	return PageReserved(page) && page->private == TAKEN_OFF;
}

/*
 * A CPU may read ahead of need whatever is mapped, and find the error once more. Nobody
 * has the page any more, and it will stay so: it needs no address. (Linux's set_mce_nospec().)
 */
static void unmap_bad_page(unsigned long pfn)
{
	unsigned long va = (unsigned long)__va(PFN_PHYS(pfn));
	int err;

	if (pfn >= highstart_pfn)
		return;
	err = arch_unmap(va, PAGE_SIZE);
	if (err)
		pr_err("%#lx: stays in the direct map (error %d)\n", pfn, err);
	else
		flush_tlb_kernel_range(va, va + PAGE_SIZE);
}

/* Takes the page out of its free block. False: it is in none. */
static bool take_listed_page(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&zone->lock, flags);
	taken = take_page_off_buddy(zone, page_to_pfn(page));
	if (taken)
		keep_out(page);
	spin_unlock_irqrestore(&zone->lock, flags);
	return taken;
}

/* The same for one that a CPU may have at hand. False: it is not free. */
static bool take_free_page(struct page *page)
{
	if (take_listed_page(page))
		return true;
	if (page_ref_count(page))
		return false;
	drain_all_pages(page_zone(page));
	return take_listed_page(page);
}

static void put_back(struct page *page)
{
	unsigned long pfn = page_to_pfn(page), flags;
	struct zone *zone = page_zone(page);

	init_unused_pages(pfn, pfn + 1, zone);
	if (data_race(page_hooks))
		release_hook(pfn, pfn + 1);
	spin_lock_irqsave(&zone->lock, flags);
	free_pages_range(zone, pfn, pfn + 1);
	spin_unlock_irqrestore(&zone->lock, flags);
}

bool block_is_bad(const struct page *page, unsigned int order)
{
	if (!(data_race(page_hooks) & PAGE_HOOK_HWPOISON))
		return false;
	for (unsigned long i = 0; i < 1UL << order; i++)
		if (PageHWPoison(page + i))
			return true;
	return false;
}

bool free_around_bad_pages(struct page *page, unsigned int order)
{
	if (!block_is_bad(page, order))
		return false;
	if (order) {
		order--;
		free_block(page, order);
		free_block(page + (1UL << order), order);
	} else {
		keep_out(page);
		nr_owned--;
		update_hook();
		if (hw_memory_failure)
			unmap_bad_page(page_to_pfn(page));
	}
	return true;
}

/* ---- Pages in use -------------------------------------------------------------------- */

static void mark_owned(struct page *page)
{
	SetPageHWPoison(page);
	if (!PageReserved(page))
		nr_owned++;
	update_hook();
}

static enum mf_action_page_type page_type(const struct page *page)
{
	const struct page *head = compound_head(page);

	if (PageReserved(page))
		return MF_MSG_KERNEL;
	if (PageSlab(head))
		return MF_MSG_SLAB;
	if (PageLRU(head))
		return PageDirty(head) ? MF_MSG_DIRTY_LRU : MF_MSG_CLEAN_LRU;
	if (PageTail(page) || page_alloc_order(page) || !page_ref_count(page))
		return MF_MSG_KERNEL_HIGH_ORDER;
	return MF_MSG_UNKNOWN;
}

/* Will its owner free it, as far as one can tell? */
static enum mf_result owned_result(const struct page *page, enum mf_action_page_type type)
{
	if (type == MF_MSG_KERNEL || PageTable(compound_head(page)))
		return MF_IGNORED;
	return MF_DELAYED;
}

/* A cached page that is clean can be read again: the cache lets it go, unless it is in use. */
static bool drop_cached_page(struct page *page)
{
	struct address_space *mapping;
	bool dropped = false;

	if (!get_page_unless_zero(page))
		return false;
	if (trylock_page(page)) {
		mapping = page_mapping(page);
		dropped = mapping && remove_mapping(mapping, page);
		unlock_page(page);
	}
	put_page(page);
	return dropped;
}

/* ---- Slabs --------------------------------------------------------------------------- */

static void report_overflow(unsigned long pfn)
{
	pr_err("buffer overflow when queuing memory failure at %#lx\n", pfn);
}

/* With mf_lock held. */
static void note_slab(unsigned long pfn)
{
	if (nr_slab_pfns == QUEUE_SIZE) {
		report_overflow(pfn);
		return;
	}
	data_race_write(slab_pfns[nr_slab_pfns], pfn);
	data_race_write(nr_slab_pfns, nr_slab_pfns + 1);
	smp_poll_soon();
}

static bool take_noted_slab(unsigned long *pfn)
{
	bool taken;

	if (!data_race(nr_slab_pfns))
		return false;
	spin_lock(&mf_lock);
	taken = nr_slab_pfns;
	if (taken)
		*pfn = slab_pfns[--nr_slab_pfns];
	spin_unlock(&mf_lock);
	return taken;
}

/* With no lock held. Without @wait some may have to wait until the next poll. */
static void retire_slabs(bool wait)
{
	unsigned long pfn;

	while (take_noted_slab(&pfn)) {
		if (slab_retire(pfn_to_page(pfn), wait))
			continue;
		spin_lock(&mf_lock);
		note_slab(pfn);
		spin_unlock(&mf_lock);
		return;
	}
}

/* ---- One failure ----------------------------------------------------------------------- */

static int action_result(unsigned long pfn, enum mf_action_page_type type, enum mf_result result)
{
	pr_err("%#lx: recovery action for %s: %s\n", pfn, action_page_types[type],
	       action_name[result]);
	return result == MF_RECOVERED || result == MF_DELAYED ? 0 : -EBUSY;
}

/* The page struct of @pfn, for which its section is made if need be; NULL: no memory of ours. */
static struct page *online_page(unsigned long pfn)
{
	if (pfn >= MAX_ARCH_PFN)
		return NULL;
	if (!section_made(pfn_to_section_nr(pfn)))
		section_make_without(pfn);
	return pfn_to_online_page(pfn);
}

/* With mf_lock held. */
static int handle_failure(unsigned long pfn, int flags)
{
	struct page *page = online_page(pfn);
	enum mf_action_page_type type;

	if (!page) {
		pr_err("%#lx: memory outside kernel control\n", pfn);
		return -ENXIO;
	}
	if (PageHWPoison(page)) {
		pr_err("%#lx: already hardware poisoned\n", pfn);
		return -EHWPOISON;
	}
	if (!(flags & MF_SW_SIMULATED))
		hw_memory_failure = true;
	atomic_long_inc(&num_poisoned_pages);
	if (take_free_page(page)) {
		if (!(flags & MF_SW_SIMULATED))
			unmap_bad_page(pfn);
		return action_result(pfn, MF_MSG_BUDDY, MF_RECOVERED);
	}
	type = page_type(page);
	mark_owned(page);
	if (type == MF_MSG_SLAB)
		note_slab(pfn);
	if (type == MF_MSG_CLEAN_LRU && drop_cached_page(page))
		return action_result(pfn, type, MF_RECOVERED);
	return action_result(pfn, type, owned_result(page, type));
}

int memory_failure(unsigned long pfn, int flags)
{
	int ret;

	spin_lock(&mf_lock);
	ret = handle_failure(pfn, flags);
	spin_unlock(&mf_lock);
	retire_slabs(true);
	if ((flags & MF_COUNT_INCREASED) && ret != -ENXIO)
		put_page(pfn_to_page(pfn));
	return ret;
}

/* ---- The queue --------------------------------------------------------------------------- */

void memory_failure_queue(unsigned long pfn, int flags)
{
	unsigned int head = queue_head;

	if (head - queue_tail == QUEUE_SIZE) {
		report_overflow(pfn);
		return;
	}
	queue[head % QUEUE_SIZE].pfn = pfn;
	queue[head % QUEUE_SIZE].flags = flags;
	__atomic_store_n(&queue_head, head + 1, __ATOMIC_RELEASE);
	__atomic_fetch_or(&page_hooks, PAGE_HOOK_HWPOISON, __ATOMIC_SEQ_CST);
	smp_poll_soon();
}

/* Handling one may allocate, which leads here again: then the lock is held. */
void memory_failure_work(void)
{
	if (queue_is_empty() || !spin_trylock(&mf_lock))
		return;
	while (!queue_is_empty()) {
		unsigned long pfn = queue[queue_tail % QUEUE_SIZE].pfn;
		int flags = queue[queue_tail % QUEUE_SIZE].flags;

		__atomic_store_n(&queue_tail, queue_tail + 1, __ATOMIC_RELEASE);
		handle_failure(pfn, flags);
	}
	update_hook();
	spin_unlock(&mf_lock);
}

void memory_failure_poll(void)
{
	memory_failure_work();
	retire_slabs(false);
}

/* ---- Soft offlining ------------------------------------------------------------------------ */

/* Its contents go elsewhere; what is left is bad, and freed with the last reference. */
static int offline_in_use(struct page *page)
{
	static const struct migration_target_control mtc = {
		.nid = NUMA_NO_NODE, .gfp_mask = GFP_USER | __GFP_MOVABLE | __GFP_RETRY_MAYFAIL};
	struct page *head = page_block_head(page), *moving = head;
	unsigned long pfn = page_to_pfn(page);
	int ret;

	if (isolate_migratable_page(head, 0)) {
		pr_info("soft offline: %#lx: page isolation failed, page count %d, type %#lx\n",
			pfn, page_count(page), page->flags);
		return -EBUSY;
	}
	ret = migrate_pages(&moving, 1, alloc_migration_target, NULL, (unsigned long)&mtc,
			    MIGRATE_SYNC, MR_MEMORY_FAILURE, NULL);
	if (moving) {
		putback_movable_page(head);
		pr_info("soft offline: %#lx: page migration failed %d, type %#lx\n", pfn, ret,
			page->flags);
		return -EBUSY;
	}
	mark_owned(page);
	put_page(head);
	return 0;
}

/* With mf_lock held. */
static int handle_offline(unsigned long pfn)
{
	struct page *page = online_page(pfn);
	int ret = 0;

	if (!page)
		return pfn_valid(pfn) ? -EIO : -ENXIO;
	if (PageHWPoison(page)) {
		pr_info("soft_offline_page: %#lx page already poisoned\n", pfn);
		return 0;
	}
	if (!take_free_page(page))
		ret = offline_in_use(page);
	if (!ret)
		atomic_long_inc(&num_poisoned_pages);
	return ret;
}

int soft_offline_page(unsigned long pfn, int flags)
{
	int ret;

	spin_lock(&mf_lock);
	ret = handle_offline(pfn);
	spin_unlock(&mf_lock);
	if ((flags & MF_COUNT_INCREASED) && ret != -ENXIO && ret != -EIO)
		put_page(pfn_to_page(pfn));
	return ret;
}

/* ---- Good again -------------------------------------------------------------------------- */

/* With mf_lock held. */
static int handle_unpoison(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);

	if (!page)
		return -ENXIO;
	if (hw_memory_failure || bad_memory_known(pfn)) {
		pr_info("Unpoison: Disabled after HW memory failure %#lx\n", pfn);
		return -EOPNOTSUPP;
	}
	if (!PageHWPoison(page)) {
		pr_info("Unpoison: Page was already unpoisoned %#lx\n", pfn);
		return 0;
	}
	atomic_long_dec(&num_poisoned_pages);
	if (is_taken_off(page)) {
		put_back(page);
	} else {
		ClearPageHWPoison(page);
		nr_owned -= !PageReserved(page);
		update_hook();
	}
	pr_info("Unpoison: Software-unpoisoned page %#lx\n", pfn);
	return 0;
}

int unpoison_memory(unsigned long pfn)
{
	int ret;

	spin_lock(&mf_lock);
	ret = handle_unpoison(pfn);
	spin_unlock(&mf_lock);
	return ret;
}
