// SPDX-License-Identifier: MIT
/*
 * Pages that turn out to be bad when memory is in use. Contract: linux/mm.h.
 *
 *   free, in a block      taken out of its middle; the parts left are free; not in the
 *                         direct map any more if the error is a real one
 *   in a waiting section  the section is made now, without using the page, then as above
 *   owned                 PG_hwpoison; when its block is freed, it is split around it
 *   held for others       the same, and who hands out parts of it ceases to (bad_use.h)
 *   reserved              PG_hwpoison, and that is all that can be done
 *
 * A page that nobody has is PG_hwpoison | PG_reserved, with TAKEN_OFF in priv32, which
 * tells it from a page that was bad at boot: that one never was a zone's.
 *
 * A machine check interrupts anything, the allocator with its lock held among it. Its
 * handler queues the page, and the next one who allocates or frees does the work first. He
 * may be a slab cache about its slabs, or have whatever lock: what bad_use.h says waits for
 * the CPU's next poll.
 */
#include "memory_failure.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <baremm/arch.h>

#include "bad_use.h"
#include "badpage.h"
#include "buddy.h"
#include "internal.h"
#include "migrate.h"
#include "page_alloc.h"

#undef pr_fmt
#define pr_fmt(fmt) "Memory failure: " fmt

#define TAKEN_OFF 0x48575053 /* "HWPS" */

/* Linux's results, and the kinds of pages that there are here. */
enum mf_result { MF_IGNORED, MF_FAILED, MF_DELAYED, MF_RECOVERED };
enum mf_action_page_type {
	MF_MSG_KERNEL,
	MF_MSG_KERNEL_HIGH_ORDER,
	MF_MSG_SLAB,
	MF_MSG_HUGE,
	MF_MSG_FREE_HUGE,
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
	[MF_MSG_HUGE] = "huge page",
	[MF_MSG_FREE_HUGE] = "free huge page",
	[MF_MSG_DIRTY_LRU] = "dirty LRU page",
	[MF_MSG_CLEAN_LRU] = "clean LRU page",
	[MF_MSG_BUDDY] = "free buddy page",
	[MF_MSG_UNKNOWN] = "unknown page",
};

static DEFINE_SPINLOCK_RANK(mf_lock, LOCK_RANK_MEMORY_FAILURE);
static atomic_long_t nr_owned; /* bad pages that somebody may free one day */
static bool hw_memory_failure; /* there was a real one */

/*
 * Filled by exceptions, of several CPUs at once, and emptied by whoever holds mf_lock.
 * Positions only grow; one that is taken has its pfn a moment later.
 */
#define QUEUE_SIZE 64
static struct {
	unsigned long pfn_plus_1; /* 0: none yet */
	int flags;
} queue[QUEUE_SIZE];
static unsigned int queue_head, queue_tail;

/* Pages whose use is to end at a poll; under mf_lock. */
static unsigned long noted_pfns[QUEUE_SIZE];
static unsigned int nr_noted;

static bool queue_is_empty(void)
{
	return __atomic_load_n(&queue_head, __ATOMIC_ACQUIRE) ==
	       __atomic_load_n(&queue_tail, __ATOMIC_RELAXED);
}

static bool hook_is_needed(void)
{
	return atomic_long_read(&nr_owned) || !queue_is_empty();
}

/* With mf_lock held. An exception may queue a page at any point of this. */
static void update_hook(void)
{
	if (!hook_is_needed())
		page_hook_disable(PAGE_HOOK_HWPOISON);
	if (hook_is_needed())
		page_hook_enable(PAGE_HOOK_HWPOISON);
}

static void unlock_failures(void)
{
	update_hook();
	spin_unlock(&mf_lock);
}

bool memory_failure_was_real(void)
{
	return hw_memory_failure;
}

void __init memory_failure_reset(void)
{
	atomic_long_set(&nr_owned, 0);
	memset(queue, 0, sizeof(queue));
	nr_noted = 0;
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
	page->priv32 = TAKEN_OFF;
}

static bool is_taken_off(const struct page *page)
{
	return PageReserved(page) && page->priv32 == TAKEN_OFF;
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
		atomic_long_dec(&nr_owned);
		memory_failure_work();
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
		atomic_long_inc(&nr_owned);
	update_hook();
}

static enum mf_action_page_type page_type(const struct page *page)
{
	const struct page *head = compound_head(page);

	if (PageReserved(page))
		return MF_MSG_KERNEL;
	if (PageSlab(head))
		return MF_MSG_SLAB;
	if (PageHuge(head))
		return page_ref_count(head) ? MF_MSG_HUGE : MF_MSG_FREE_HUGE;
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

/* ---- Use that is to end ---------------------------------------------------------------- */

static void report_overflow(unsigned long pfn)
{
	pr_err("buffer overflow when queuing memory failure at %#lx\n", pfn);
}

/* With mf_lock held. */
static void note_use(unsigned long pfn)
{
	if (nr_noted == QUEUE_SIZE) {
		report_overflow(pfn);
		return;
	}
	noted_pfns[nr_noted] = pfn;
	data_race_write(nr_noted, nr_noted + 1);
	smp_poll_soon();
}

/* All that is noted moves to @pfns; how many these are. */
static unsigned int take_noted(unsigned long pfns[QUEUE_SIZE])
{
	unsigned int nr;

	spin_lock(&mf_lock);
	nr = nr_noted;
	memcpy(pfns, noted_pfns, nr * sizeof(*pfns));
	data_race_write(nr_noted, 0);
	spin_unlock(&mf_lock);
	return nr;
}

/* With no lock held. Without @wait some may have to wait until the next poll. */
static void end_uses(bool wait)
{
	unsigned long pfns[QUEUE_SIZE];
	unsigned int nr = data_race(nr_noted) ? take_noted(pfns) : 0;

	for (unsigned int i = 0; i < nr; i++) {
		if (bad_use_end(pfn_to_page(pfns[i]), wait))
			continue;
		spin_lock(&mf_lock);
		note_use(pfns[i]);
		spin_unlock(&mf_lock);
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

/* With mf_lock held. @alone: with no other lock, and not in the middle of an allocator's work. */
static int handle_failure(unsigned long pfn, int flags, bool alone)
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
	if (alone && PageLRU(page) && bad_cached_drop(page) == BAD_CACHED_FREE)
		return action_result(pfn, type, MF_RECOVERED);
	note_use(pfn);
	return action_result(pfn, type, owned_result(page, type));
}

int memory_failure(unsigned long pfn, int flags)
{
	int ret;

	spin_lock(&mf_lock);
	ret = handle_failure(pfn, flags, true);
	unlock_failures();
	end_uses(true);
	if ((flags & MF_COUNT_INCREASED) && ret != -ENXIO)
		put_page(pfn_to_page(pfn));
	return ret;
}

/* ---- The queue --------------------------------------------------------------------------- */

void memory_failure_queue(unsigned long pfn, int flags)
{
	unsigned int head = __atomic_load_n(&queue_head, __ATOMIC_RELAXED);

	do {
		if (head - __atomic_load_n(&queue_tail, __ATOMIC_ACQUIRE) >= QUEUE_SIZE) {
			report_overflow(pfn);
			return;
		}
	} while (!__atomic_compare_exchange_n(&queue_head, &head, head + 1, false, __ATOMIC_ACQ_REL,
					      __ATOMIC_RELAXED));
	queue[head % QUEUE_SIZE].flags = flags;
	__atomic_store_n(&queue[head % QUEUE_SIZE].pfn_plus_1, pfn + 1, __ATOMIC_RELEASE);
	page_hook_enable(PAGE_HOOK_HWPOISON);
	smp_poll_soon();
}

/* The first in the queue; false: none is there yet. With mf_lock held. */
static bool take_queued(unsigned long *pfn, int *flags)
{
	unsigned int at = queue_tail % QUEUE_SIZE;
	unsigned long pfn_plus_1 = __atomic_load_n(&queue[at].pfn_plus_1, __ATOMIC_ACQUIRE);

	if (queue_is_empty() || !pfn_plus_1)
		return false;
	*pfn = pfn_plus_1 - 1;
	*flags = queue[at].flags;
	queue[at].pfn_plus_1 = 0;
	__atomic_store_n(&queue_tail, queue_tail + 1, __ATOMIC_RELEASE);
	return true;
}

/*
 * Handling one may allocate, which leads here again: then the lock is held. With nothing to
 * be done the hook goes, which brings many here.
 */
static void empty_queue(bool alone)
{
	unsigned long pfn;
	int flags;

	if ((queue_is_empty() && atomic_long_read(&nr_owned)) || !spin_trylock(&mf_lock))
		return;
	while (take_queued(&pfn, &flags))
		handle_failure(pfn, flags, alone);
	unlock_failures();
}

void memory_failure_work(void)
{
	empty_queue(false);
}

void memory_failure_poll(void)
{
	if (!queue_is_empty())
		empty_queue(true);
	end_uses(false);
}

/* ---- Soft offlining ------------------------------------------------------------------------ */

/* Its contents go elsewhere; what is left is bad, and freed with the last reference. */
static int offline_in_use(struct page *page)
{
	static const struct migration_target_control mtc = {
		.nid = NUMA_NO_NODE, .gfp_mask = GFP_USER | __GFP_MOVABLE | __GFP_RETRY_MAYFAIL};
	struct page *head = page_block_head(page);
	unsigned long pfn = page_to_pfn(page);
	LIST_HEAD(pages);
	int ret;

	if (isolate_migratable_page(head, 0, &pages)) {
		pr_info("soft offline: %#lx: page isolation failed, page count %d, type %#lx\n",
			pfn, page_count(page), page->flags);
		return -EBUSY;
	}
	ret = migrate_pages(&pages, alloc_migration_target, NULL, (unsigned long)&mtc, MIGRATE_SYNC,
			    MR_MEMORY_FAILURE, NULL);
	if (ret) {
		putback_movable_pages(&pages);
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
	unlock_failures();
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
		if (!PageReserved(page))
			atomic_long_dec(&nr_owned);
	}
	pr_info("Unpoison: Software-unpoisoned page %#lx\n", pfn);
	return 0;
}

int unpoison_memory(unsigned long pfn)
{
	int ret;

	spin_lock(&mf_lock);
	ret = handle_unpoison(pfn);
	unlock_failures();
	return ret;
}
