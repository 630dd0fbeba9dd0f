// SPDX-License-Identifier: MIT
/*
 * Which addresses are whose: busy ranges, lazy ones, and pools of those that were given
 * back. Contract: vmap.h.
 *
 * Areas of a few pages come and go most, and in the same sizes. So what a purge has made
 * free in such a size waits in that size's pool, ready to be taken without a search. What
 * is still there at the next purge nobody needed, and the free tree gets it.
 */
#include "vmap.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/log2.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <baremm/panic.h>

#include "internal.h"
#include "memtype.h"
#include "vmap_block.h"

/* Linux's measure: 32 MB for each doubling of the CPUs. */
#define LAZY_PAGES_EACH (32UL * 1024 * 1024 / PAGE_SIZE)

DEFINE_SPINLOCK_RANK(vmap_lock, LOCK_RANK_VMAP);
struct rb_root vmap_busy_root;
LIST_HEAD(vmap_lazy_list);
unsigned long vmap_lazy_pages;
struct list_head vmap_pools[VMAP_POOL_PAGES];
bool vmap_initialized;

static struct kmem_cache *vmap_area_cache;

/* Without a wish for a node there is a shorter way. */
static struct vmap_area *alloc_record(gfp_t gfp, int node)
{
	struct vmap_area *va = node == NUMA_NO_NODE
				       ? kmem_cache_alloc(vmap_area_cache, gfp)
				       : kmem_cache_alloc_node(vmap_area_cache, gfp, node);

	/* That a range is known is no use of it. */
	if (likely(va))
		kmemleak_scan_area(&va->rb_node, sizeof(*va) - offsetof(struct vmap_area, rb_node),
				   gfp);
	return va;
}

/* ---- Making an area ---------------------------------------------------------------------- */

static void busy_insert(struct vmap_area *va)
{
	struct rb_node **link = &vmap_busy_root.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = va->va_start < va_of(parent)->va_start ? &parent->rb_left
							      : &parent->rb_right;
	}
	rb_link_node(&va->rb_node, parent, link);
	rb_insert_color(&va->rb_node, &vmap_busy_root);
}

/* From the pool for its size, where @room may lie anywhere. */
static struct vmap_area *take_pooled(const struct vmap_room *room, struct vm_struct *vm)
{
	struct vmap_area *va;

	if (room->size > VMAP_POOL_PAGES * PAGE_SIZE || room->align > PAGE_SIZE ||
	    room->start > VMALLOC_START || room->end <= VMALLOC_END)
		return NULL;
	spin_lock(&vmap_lock);
	va = list_first_entry_or_null(vmap_pool(room->size), struct vmap_area, list);
	if (likely(va)) {
		list_del(&va->list);
		va->vm = vm;
		va->block = NULL;
		busy_insert(va);
	}
	spin_unlock(&vmap_lock);
	return va;
}

static BLOCKING_NOTIFIER_HEAD(vmap_notify_list);

int register_vmap_purge_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&vmap_notify_list, nb);
}

int unregister_vmap_purge_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&vmap_notify_list, nb);
}

/* Has anybody given areas back? */
static bool ask_for_areas(gfp_t gfp)
{
	unsigned long freed = 0;

	if (gfpflags_allow_blocking(gfp))
		blocking_notifier_call_chain(&vmap_notify_list, 0, &freed);
	return freed > 0;
}

static void free_unused(struct list_head *unused)
{
	struct vmap_area *va, *next;

	list_for_each_entry_safe (va, next, unused, list)
		kmem_cache_free(vmap_area_cache, va);
}

/* As vmap_take_room(), with all that it may need; -ENOMEM. */
static int find_and_take(const struct vmap_room *room, struct vmap_area *va, int node, gfp_t gfp)
{
	struct vmap_area *spare = NULL;
	LIST_HEAD(unused);
	int err;

	for (bool purged = false;;) {
		spin_lock(&vmap_lock);
		err = vmap_take_room(room, va, spare, &unused);
		if (likely(!err))
			busy_insert(va);
		spin_unlock(&vmap_lock);
		if (likely(!err))
			break;
		if (err == -EAGAIN) {
			spare = alloc_record(gfp, node);
			if (spare)
				continue;
			return -ENOMEM;
		}
		if ((purged || !purge_vmap_areas(true)) && !ask_for_areas(gfp))
			break;
		purged = true;
	}
	if (err && spare)
		kmem_cache_free(vmap_area_cache, spare);
	if (unlikely(!list_empty(&unused)))
		free_unused(&unused);
	return err;
}

static noinline struct vmap_area *search_vmap_area(const struct vmap_room *room, int node,
						   gfp_t gfp, struct vm_struct *vm)
{
	gfp_t reclaim = gfp & GFP_RECLAIM_MASK;
	struct vmap_area *va = alloc_record(reclaim, node);
	int err;

	if (!va)
		return NULL;
	va->vm = vm;
	va->block = NULL;
	err = find_and_take(room, va, node, reclaim);
	if (!err)
		return va;
	kmem_cache_free(vmap_area_cache, va);
	if (err == -ENOSPC && !(gfp & __GFP_NOWARN))
		pr_warn("vmap allocation for size %lu failed: no room in 0x%lx-0x%lx\n", room->size,
			room->start, room->end - 1);
	return NULL;
}

struct vmap_area *alloc_vmap_area(const struct vmap_room *room, int node, gfp_t gfp,
				  struct vm_struct *vm)
{
	struct vmap_area *va = take_pooled(room, vm);

	return likely(va) ? va : search_vmap_area(room, node, gfp, vm);
}

/* ---- Busy ranges ------------------------------------------------------------------------- */

struct vmap_area *find_vmap_area(unsigned long addr)
{
	const struct rb_node *node = vmap_busy_root.rb_node;

	while (node) {
		struct vmap_area *va = va_of(node);

		if (addr < va->va_start)
			node = node->rb_left;
		else if (addr >= va->va_end)
			node = node->rb_right;
		else
			return va;
	}
	return NULL;
}

/* In functions that know what they look for. */
static __always_inline struct vmap_area *
unlink_locked(unsigned long addr, bool (*match)(const struct vmap_area *va, unsigned long arg),
	      unsigned long arg)
{
	struct vmap_area *va = find_vmap_area(addr);

	if (va && (va->va_start != addr || !match(va, arg)))
		va = NULL;
	if (va)
		rb_erase(&va->rb_node, &vmap_busy_root);
	return va;
}

static __always_inline struct vmap_area *
unlink_matching(unsigned long addr, bool (*match)(const struct vmap_area *va, unsigned long arg),
		unsigned long arg)
{
	struct vmap_area *va;

	spin_lock(&vmap_lock);
	va = unlink_locked(addr, match, arg);
	spin_unlock(&vmap_lock);
	return va;
}

struct vmap_area *unlink_vmap_area(unsigned long addr,
				   bool (*match)(const struct vmap_area *va, unsigned long arg),
				   unsigned long arg)
{
	return unlink_matching(addr, match, arg);
}

static bool has_flag(const struct vmap_area *va, unsigned long flags)
{
	return va->vm && (va->vm->flags & flags);
}

struct vmap_area *unlink_vm_area(unsigned long addr, unsigned long flags)
{
	return unlink_matching(addr, has_flag, flags);
}

struct vmap_area *unlink_vm_area_locked(unsigned long addr, unsigned long flags)
{
	return unlink_locked(addr, has_flag, flags);
}

/* ---- Lazy ranges ------------------------------------------------------------------------- */

static unsigned long lazy_max_pages(void)
{
	return (ilog2(num_online_cpus()) + 1UL) * LAZY_PAGES_EACH;
}

void free_vmap_area_lazy(struct vmap_area *va)
{
	unsigned long lazy;

	spin_lock(&vmap_lock);
	list_add_tail(&va->list, &vmap_lazy_list);
	lazy = vmap_lazy_pages += va_size(va) >> PAGE_SHIFT;
	spin_unlock(&vmap_lock);
	if (unlikely(lazy > lazy_max_pages()))
		purge_vmap_areas(false);
}

/* Takes all lazy ranges, and what the pools hold. */
static void take_lazy(struct list_head *lazy, struct list_head *pooled)
{
	spin_lock(&vmap_lock);
	list_splice_init(&vmap_lazy_list, lazy);
	vmap_lazy_pages = 0;
	for (unsigned int i = 0; i < VMAP_POOL_PAGES; i++)
		list_splice_init(&vmap_pools[i], pooled);
	spin_unlock(&vmap_lock);
}

/* One flush for all, and for what is dirty in blocks. */
static void flush_lazy(const struct list_head *lazy)
{
	unsigned long start = ~0UL, end = 0;
	const struct vmap_area *va;

	vmap_blocks_take_dirty(&start, &end);
	list_for_each_entry (va, lazy, list) {
		start = min(start, va->va_start);
		end = max(end, va->va_end);
	}
	if (start < end)
		arch_free_tables(start, end);
}

static bool fits_pool(const struct vmap_area *va)
{
	return va_size(va) <= VMAP_POOL_PAGES * PAGE_SIZE;
}

bool purge_vmap_areas(bool empty_pools)
{
	struct vmap_area *va, *next;
	LIST_HEAD(lazy);
	LIST_HEAD(pooled);
	LIST_HEAD(unused);

	if (empty_pools)
		vmap_blocks_release_empty();
	take_lazy(&lazy, &pooled);
	flush_lazy(&lazy);
	if (list_empty(&lazy) && list_empty(&pooled))
		return false;
	spin_lock(&vmap_lock);
	list_for_each_entry_safe (va, next, &pooled, list)
		vmap_free_insert(va, &unused);
	list_for_each_entry_safe (va, next, &lazy, list) {
		if (!empty_pools && fits_pool(va))
			list_add_tail(&va->list, vmap_pool(va_size(va)));
		else
			vmap_free_insert(va, &unused);
	}
	spin_unlock(&vmap_lock);
	free_unused(&unused);
	return true;
}

/* ---- Bring-up ---------------------------------------------------------------------------- */

void __init vmalloc_reset(void)
{
	vmap_initialized = false;
	vmap_free_root = vmap_busy_root = RB_ROOT;
	INIT_LIST_HEAD(&vmap_lazy_list);
	vmap_lazy_pages = vmap_search_steps = 0;
	for (unsigned int i = 0; i < VMAP_POOL_PAGES; i++)
		INIT_LIST_HEAD(&vmap_pools[i]);
	vm_area_reset();
	ioremap_reset();
	vfree_atomic_reset();
	memtype_reset();
	vmap_block_reset();
}

void __init vmalloc_init(void)
{
	struct vmap_area *all;
	LIST_HEAD(unused);

	vmalloc_reset();
	vmap_area_cache = KMEM_CACHE(vmap_area, SLAB_PANIC);
	all = alloc_record(GFP_NOWAIT, NUMA_NO_NODE);
	if (!all)
		panic("vmalloc: no memory for the first of its %zu-byte records", sizeof(*all));
	all->va_start = VMALLOC_START;
	all->va_end = VMALLOC_END + 1;
	vmap_free_insert(all, &unused);
	vmap_initialized = true;
	memtype_init();
}
