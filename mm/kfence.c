// SPDX-License-Identifier: MIT
/*
 * Guarded objects: the pool, and how they are taken from it and given back. Contract:
 * linux/kfence.h.
 *
 *   alloc   first of the free list ─► its page mapped ─► canary around the object
 *   free    canary looked at ─► page unmapped ─► end of the free list
 *
 * An object that is free is the last of all to be handed out again, so that a use after
 * free meets an unmapped page for as long as can be.
 */
#include "kfence.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/percpu-defs.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <baremm/arch.h>

#undef pr_fmt
#define pr_fmt(fmt) "kfence: " fmt

unsigned long kfence_sample_interval;
unsigned long kfence_num_objects = KFENCE_NUM_OBJECTS_DEFAULT;
char *__kfence_pool;

struct kfence_metadata *kfence_metadata;
struct list_head kfence_freelist = LIST_HEAD_INIT(kfence_freelist);
spinlock_t kfence_freelist_lock;

static atomic_long_t counters[KFENCE_COUNTER_COUNT];
static DEFINE_PER_CPU(unsigned long, allocations); /* since the last guarded one */

unsigned long kfence_counter(enum kfence_counter_id id)
{
	return (unsigned long)atomic_long_read(&counters[id]);
}

/* ---- Pages -------------------------------------------------------------------------- */

/*
 * Without a word to other CPUs: an object may be freed with interrupts off, by several at
 * once, and then nobody answers. What they remember leads to the page's own memory.
 */
static void protect(unsigned long page)
{
	int err = arch_unmap_noflush(page, PAGE_SIZE);

	if (err)
		pr_err("the page at 0x%lx stays mapped, error %d\n", page, err);
	else
		arch_flush_tlb_local(page, PAGE_SIZE);
}

/* It may be mapped already, from a bad access on. False: it could not be. */
static bool unprotect(unsigned long page)
{
	int err = arch_map(page, __pa(page), PAGE_SIZE, ARCH_MAP_WRITE);

	return !err || err == -EEXIST;
}

struct kfence_metadata *kfence_addr_to_metadata(unsigned long addr)
{
	unsigned long page = (addr - (unsigned long)__kfence_pool) / PAGE_SIZE;

	if (!is_kfence_address((void *)addr) || page < 2 || page % 2)
		return NULL;
	return &kfence_metadata[page / 2 - 1];
}

/* The page is of @s from now on, for those who look at its page struct. */
static void set_slab(struct kfence_metadata *meta, struct kmem_cache *s)
{
	struct page *page = virt_to_page(kfence_page(meta));

	meta->slab = (struct slab){.cache = s, .page = page, .base = kfence_page(meta)};
	page->slab = &meta->slab;
	__SetPageSlab(page);
}

static void clear_slab(struct kfence_metadata *meta)
{
	struct page *page = virt_to_page(kfence_page(meta));

	meta->slab.cache = NULL;
	__ClearPageSlab(page);
	page->priv32 = 0;
	atomic_set(&page->_refcount, 1);
}

/* ---- Canary bytes ----------------------------------------------------------------------- */

static void set_canary(unsigned long start, unsigned long end)
{
	for (; start < end; start++)
		*(u8 *)start = KFENCE_CANARY_PATTERN(start);
}

static void check_canary(const struct kfence_metadata *meta, unsigned long start, unsigned long end)
{
	for (; start < end; start++) {
		if (*(u8 *)start == KFENCE_CANARY_PATTERN(start))
			continue;
		atomic_long_inc(&counters[KFENCE_COUNTER_BUGS]);
		kfence_report_error(start, false, NULL, meta, KFENCE_ERROR_CORRUPTION);
		return;
	}
}

/* ---- Allocation ------------------------------------------------------------------------- */

static void set_track(struct kfence_track *track)
{
	track->cpu = smp_processor_id();
	track->ts_nsec = arch_clock_ns();
	track->nr = stack_trace_save(track->entries, KFENCE_STACK_DEPTH, 1);
}

static struct kfence_metadata *take_free(void)
{
	struct kfence_metadata *meta;
	unsigned long flags;

	spin_lock_irqsave(&kfence_freelist_lock, flags);
	do {
		meta = list_first_entry_or_null(&kfence_freelist, struct kfence_metadata, list);
		if (meta)
			list_del_init(&meta->list);
		/* A bad one is nobody's from now on. */
	} while (meta && PageHWPoison(virt_to_page(kfence_page(meta))));
	spin_unlock_irqrestore(&kfence_freelist_lock, flags);
	return meta;
}

static void put_free(struct kfence_metadata *meta)
{
	unsigned long flags;

	spin_lock_irqsave(&kfence_freelist_lock, flags);
	list_add_tail(&meta->list, &kfence_freelist);
	spin_unlock_irqrestore(&kfence_freelist_lock, flags);
}

/* At the left end of the page, or as far right as its alignment permits. */
static unsigned long place(unsigned long page, size_t size, unsigned int align)
{
	if (arch_random() & 1)
		return page;
	return ALIGN_DOWN(page + PAGE_SIZE - size, max(align, 1U));
}

static void *guarded_alloc(struct kfence_metadata *meta, struct kmem_cache *s, size_t size)
{
	unsigned long page = kfence_page(meta), flags;

	spin_lock_irqsave(&meta->lock, flags);
	if (!unprotect(page)) {
		spin_unlock_irqrestore(&meta->lock, flags);
		return NULL;
	}
	meta->addr = place(page, size, s->align);
	meta->size = size;
	meta->state = KFENCE_OBJECT_ALLOCATED;
	set_track(&meta->alloc_track);
	set_slab(meta, s);
	spin_unlock_irqrestore(&meta->lock, flags);

	set_canary(page, meta->addr);
	set_canary(meta->addr + size, page + PAGE_SIZE);
	return (void *)meta->addr;
}

/* The pool lies on one node: who insists on another cannot have what it has. */
static bool is_of_node(int node)
{
	if (node == NUMA_NO_NODE)
		node = numa_mem_id();
	return node == page_to_nid(virt_to_page(__kfence_pool));
}

/* Zones but the ordinary one are not the pool's to choose, nor where its pages lie. */
static bool is_compatible(const struct kmem_cache *s, size_t size, gfp_t flags, int node)
{
	return size <= PAGE_SIZE && s->align <= PAGE_SIZE && !(flags & GFP_ZONEMASK) &&
	       !(s->flags & (SLAB_CACHE_DMA | SLAB_CACHE_DMA32 | SLAB_SKIP_KFENCE)) &&
	       (!(flags & __GFP_THISNODE) || is_of_node(node));
}

/* Has the calling CPU come to the allocation that is guarded? */
static bool its_turn(void)
{
	if (this_cpu_inc_return(allocations) < kfence_sample_interval)
		return false;
	this_cpu_write(allocations, 0);
	return true;
}

void *__kfence_alloc_node(struct kmem_cache *s, size_t size, gfp_t flags, int node)
{
	struct kfence_metadata *meta;
	void *object;

	if (!its_turn())
		return NULL;
	if (!is_compatible(s, size, flags, node)) {
		atomic_long_inc(&counters[KFENCE_COUNTER_SKIP_INCOMPAT]);
		return NULL;
	}
	meta = take_free();
	if (!meta) {
		atomic_long_inc(&counters[KFENCE_COUNTER_SKIP_CAPACITY]);
		return NULL;
	}
	object = guarded_alloc(meta, s, size);
	if (!object) {
		put_free(meta);
		return NULL;
	}
	atomic_long_inc(&counters[KFENCE_COUNTER_ALLOCATED]);
	atomic_long_inc(&counters[KFENCE_COUNTER_ALLOCS]);
	if (s->ctor)
		s->ctor(object);
	else if ((flags | s->zero_flags) & __GFP_ZERO)
		memset(object, 0, size);
	return object;
}

/* ---- Free --------------------------------------------------------------------------------- */

/* What a bad access left in a guard page is nobody's to find. */
static void close_guard(unsigned long page)
{
	struct arch_mapping map;

	if (arch_query(page, &map))
		return;
	memset((void *)page, 0, PAGE_SIZE);
	protect(page);
}

/* With the record's lock held. */
static void end_object(struct kfence_metadata *meta)
{
	unsigned long page = kfence_page(meta);

	if (meta->guard_open) {
		close_guard(page - PAGE_SIZE);
		close_guard(page + PAGE_SIZE);
		meta->guard_open = false;
	}
	check_canary(meta, page, meta->addr);
	check_canary(meta, meta->addr + meta->size, page + PAGE_SIZE);
	if (meta->slab.cache->clear_on_free)
		memset((void *)meta->addr, 0, meta->size);
	meta->state = KFENCE_OBJECT_FREED;
	protect(page);
}

static void end_object_rcu(struct rcu_head *head)
{
	struct kfence_metadata *meta = container_of(head, struct kfence_metadata, rcu_head);
	unsigned long flags;

	spin_lock_irqsave(&meta->lock, flags);
	end_object(meta);
	spin_unlock_irqrestore(&meta->lock, flags);
	put_free(meta);
}

/* With the record's lock held. What has to wait for a grace period is not free yet. */
static enum kfence_object_state free_locked(struct kfence_metadata *meta)
{
	set_track(&meta->free_track);
	if (meta->slab.cache->flags & SLAB_TYPESAFE_BY_RCU)
		meta->state = KFENCE_OBJECT_RCU;
	else
		end_object(meta);
	return meta->state;
}

static void report_invalid_free(unsigned long addr, const struct kfence_metadata *meta)
{
	atomic_long_inc(&counters[KFENCE_COUNTER_BUGS]);
	kfence_report_error(addr, false, NULL, meta, KFENCE_ERROR_INVALID_FREE);
}

void __kfence_free(void *object)
{
	struct kfence_metadata *meta = kfence_addr_to_metadata((unsigned long)object);
	enum kfence_object_state state = KFENCE_OBJECT_UNUSED;
	unsigned long flags;

	if (!meta) {
		report_invalid_free((unsigned long)object, NULL);
		return;
	}
	spin_lock_irqsave(&meta->lock, flags);
	if (meta->state == KFENCE_OBJECT_ALLOCATED && meta->addr == (unsigned long)object)
		state = free_locked(meta);
	else
		report_invalid_free((unsigned long)object, meta);
	spin_unlock_irqrestore(&meta->lock, flags);

	if (state == KFENCE_OBJECT_UNUSED)
		return;
	atomic_long_dec(&counters[KFENCE_COUNTER_ALLOCATED]);
	atomic_long_inc(&counters[KFENCE_COUNTER_FREES]);
	if (state == KFENCE_OBJECT_RCU)
		call_rcu(&meta->rcu_head, end_object_rcu);
	else
		put_free(meta);
}

/* ---- Bad accesses ------------------------------------------------------------------------- */

/* The object that is out and next to the guard page at @addr; the nearer one of two. */
static struct kfence_metadata *nearest_object(unsigned long addr)
{
	struct kfence_metadata *left = kfence_addr_to_metadata(addr - PAGE_SIZE);
	struct kfence_metadata *right = kfence_addr_to_metadata(addr + PAGE_SIZE);

	if (left && left->state != KFENCE_OBJECT_ALLOCATED)
		left = NULL;
	if (right && right->state != KFENCE_OBJECT_ALLOCATED)
		right = NULL;
	if (!left || !right)
		return left ?: right;
	return addr - (left->addr + left->size) <= right->addr - addr ? left : right;
}

bool kfence_handle_page_fault(unsigned long addr, bool is_write, struct pt_regs *regs)
{
	struct kfence_metadata *meta = kfence_addr_to_metadata(addr);
	enum kfence_error_type type = KFENCE_ERROR_UAF;
	unsigned long flags = 0;

	if (!is_kfence_address((void *)addr))
		return false;
	atomic_long_inc(&counters[KFENCE_COUNTER_BUGS]);
	if (!meta) {
		meta = nearest_object(addr);
		type = KFENCE_ERROR_OOB;
	}
	if (meta && meta->state == KFENCE_OBJECT_UNUSED)
		meta = NULL;
	if (meta)
		spin_lock_irqsave(&meta->lock, flags);
	if (meta && type == KFENCE_ERROR_OOB)
		meta->guard_open = true;
	kfence_report_error(addr, is_write, regs, meta, meta ? type : KFENCE_ERROR_INVALID);
	if (meta)
		spin_unlock_irqrestore(&meta->lock, flags);
	return unprotect(addr & PAGE_MASK);
}

/* ---- Sizes, and the end of a cache ----------------------------------------------------------- */

size_t kfence_ksize(const void *addr)
{
	const struct kfence_metadata *meta = kfence_addr_to_metadata((unsigned long)addr);

	return meta && READ_ONCE(meta->state) == KFENCE_OBJECT_ALLOCATED ? meta->size : 0;
}

void *kfence_object_start(const void *addr)
{
	const struct kfence_metadata *meta = kfence_addr_to_metadata((unsigned long)addr);

	return meta ? (void *)meta->addr : NULL;
}

unsigned int kfence_report_left(struct kmem_cache *s)
{
	unsigned int left = 0;
	unsigned long flags;

	for (unsigned long i = 0; __kfence_pool && i < kfence_num_objects; i++) {
		struct kfence_metadata *meta = &kfence_metadata[i];

		spin_lock_irqsave(&meta->lock, flags);
		if (meta->slab.cache == s && meta->state == KFENCE_OBJECT_ALLOCATED) {
			kfence_print_object(NULL, meta);
			left++;
		}
		spin_unlock_irqrestore(&meta->lock, flags);
	}
	return left;
}

/* What was free a moment ago may be another cache's by now: hence the lock. */
void kfence_shutdown_cache(struct kmem_cache *s)
{
	unsigned long flags;

	for (unsigned long i = 0; __kfence_pool && i < kfence_num_objects; i++) {
		struct kfence_metadata *meta = &kfence_metadata[i];

		spin_lock_irqsave(&meta->lock, flags);
		if (meta->slab.cache == s)
			clear_slab(meta);
		spin_unlock_irqrestore(&meta->lock, flags);
	}
}

/* ---- Bring-up -------------------------------------------------------------------------------- */

static void __init init_metadata(void)
{
	spin_lock_init_rank(&kfence_freelist_lock, LOCK_RANK_LEAF);
	for (unsigned long i = 0; i < kfence_num_objects; i++) {
		struct kfence_metadata *meta = &kfence_metadata[i];

		spin_lock_init_rank(&meta->lock, LOCK_RANK_OBJECT);
		meta->addr = kfence_page(meta);
		list_add_tail(&meta->list, &kfence_freelist);
	}
}

/* The records, then the pool's pages, all of them unmapped. -ENOMEM. */
static int __init make_pool(void)
{
	size_t bytes = kfence_num_objects * sizeof(*kfence_metadata);
	unsigned long nr_pages = KFENCE_POOL_SIZE / PAGE_SIZE;
	struct page *page;

	kfence_metadata = alloc_pages_exact(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (!kfence_metadata)
		return -ENOMEM;
	page = alloc_contig_pages(nr_pages, GFP_KERNEL | __GFP_NOWARN, NUMA_NO_NODE, NULL);
	if (!page || arch_unmap((unsigned long)page_address(page), KFENCE_POOL_SIZE)) {
		if (page)
			free_contig_range(page_to_pfn(page), nr_pages);
		free_pages_exact(kfence_metadata, bytes);
		return -ENOMEM;
	}
	__kfence_pool = page_address(page);
	return 0;
}

void __init kfence_init(void)
{
	if (!kfence_sample_interval)
		return;
	if (make_pool()) {
		pr_err("no memory for %lu objects, %lu bytes; none is guarded "
		       "(kfence.num_objects=)\n",
		       kfence_num_objects, KFENCE_POOL_SIZE);
		return;
	}
	init_metadata();
	slab_set_all_single(SLAB_SINGLE_KFENCE, true);
	pr_info("initialized - using %lu bytes for %lu objects at 0x%px-0x%px\n", KFENCE_POOL_SIZE,
		kfence_num_objects, __kfence_pool, __kfence_pool + KFENCE_POOL_SIZE);
}

void __init kfence_reset(void)
{
	kfence_sample_interval = 0;
	kfence_num_objects = KFENCE_NUM_OBJECTS_DEFAULT;
	__kfence_pool = NULL;
	kfence_metadata = NULL;
	INIT_LIST_HEAD(&kfence_freelist);
	for (unsigned int i = 0; i < KFENCE_COUNTER_COUNT; i++)
		atomic_long_set(&counters[i], 0);
}

int __init kfence_sample_interval_parse_option(char *value)
{
	unsigned long interval;

	if (!value || kstrtoul(value, 0, &interval))
		return -EINVAL;
	kfence_sample_interval = interval;
	return 0;
}

int __init kfence_num_objects_parse_option(char *value)
{
	unsigned long nr;

	if (!value || kstrtoul(value, 0, &nr) || !nr || nr > KFENCE_NUM_OBJECTS_MAX)
		return -EINVAL;
	kfence_num_objects = nr;
	return 0;
}
