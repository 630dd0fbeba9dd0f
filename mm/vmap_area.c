// SPDX-License-Identifier: MIT
/* Which addresses are free, and which are whose. Contract: vmap.h. */
#include "vmap.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <baremm/panic.h>

#include "internal.h"

/* Linux's measure: 32 MB for each doubling of the CPUs. */
#define LAZY_PAGES_EACH (32UL * 1024 * 1024 / PAGE_SIZE)

DEFINE_SPINLOCK(vmap_lock);
struct rb_root vmap_free_root, vmap_busy_root;
LIST_HEAD(vmap_lazy_list);
unsigned long vmap_lazy_pages;
bool vmap_initialized;

static struct kmem_cache *vmap_area_cache;

/* Without a wish for a node there is a shorter way. */
static struct vmap_area *alloc_record(gfp_t gfp, int node)
{
	return node == NUMA_NO_NODE ? kmem_cache_alloc(vmap_area_cache, gfp)
				    : kmem_cache_alloc_node(vmap_area_cache, gfp, node);
}

RB_DECLARE_CALLBACKS_MAX(static, free_augment, struct vmap_area, rb_node, unsigned long,
			 subtree_max_size, va_size);

/* ---- The free tree --------------------------------------------------------------------- */

static unsigned long subtree_max(const struct rb_node *node)
{
	return node ? va_of(node)->subtree_max_size : 0;
}

static void free_changed(struct vmap_area *va)
{
	free_augment.propagate(&va->rb_node, NULL);
}

static void free_erase(struct vmap_area *va)
{
	rb_erase_augmented(&va->rb_node, &vmap_free_root, &free_augment);
}

static void free_link(struct vmap_area *va, struct rb_node *parent, struct rb_node **link)
{
	rb_link_node(&va->rb_node, parent, link);
	va->subtree_max_size = 0;
	free_changed(va);
	rb_insert_augmented(&va->rb_node, &vmap_free_root, &free_augment);
}

/*
 * Adds @va, merged with the ranges that it touches. Returns the structs that are left
 * over, chained to @unused.
 */
static void free_insert(struct vmap_area *va, struct list_head *unused)
{
	struct rb_node **link = &vmap_free_root.rb_node, *parent = NULL;
	struct vmap_area *below = NULL, *above = NULL;

	while (*link) {
		parent = *link;
		if (va->va_start < va_of(parent)->va_start) {
			above = va_of(parent);
			link = &parent->rb_left;
		} else {
			below = va_of(parent);
			link = &parent->rb_right;
		}
	}
	if (above && above->va_start != va->va_end)
		above = NULL;
	if (below && below->va_end != va->va_start)
		below = NULL;
	if (!below && !above) {
		free_link(va, parent, link);
		return;
	}
	list_add(&va->list, unused);
	if (!below) {
		above->va_start = va->va_start;
		free_changed(above);
		return;
	}
	below->va_end = va->va_end;
	if (above) {
		below->va_end = above->va_end;
		free_erase(above);
		list_add(&above->list, unused);
	}
	free_changed(below);
}

/* ---- Finding room ---------------------------------------------------------------------- */

/* Where @size bytes lie in @va; 0: they do not fit. */
static unsigned long place_in(const struct vmap_area *va, unsigned long size, unsigned long align,
			      unsigned long start)
{
	unsigned long addr = ALIGN(max(va->va_start, start), align);

	return addr >= va->va_start && addr < va->va_end && va->va_end - addr >= size ? addr : 0;
}

/*
 * The lowest range from @start on that has room, in the subtree of @node. A subtree that
 * has nothing of @length bytes is passed over; one of whose ranges has them, and
 * which lies behind @start, has room for sure. So one way leads down, and one more along @start.
 */
static struct vmap_area *find_lowest(const struct rb_node *node, unsigned long length,
				     unsigned long size, unsigned long align, unsigned long start)
{
	while (subtree_max(node) >= length) {
		struct vmap_area *va = va_of(node);

		if (start < va->va_start && subtree_max(node->rb_left) >= length) {
			struct vmap_area *lower =
				find_lowest(node->rb_left, length, size, align, start);

			if (lower)
				return lower;
		}
		if (place_in(va, size, align, start))
			return va;
		node = node->rb_right;
	}
	return NULL;
}

/*
 * Alignment may cost up to a page less than @align: a range that is that much larger
 * surely has room. Where there is none, those that happen to be aligned are tried.
 */
static struct vmap_area *find_room(unsigned long size, unsigned long align, unsigned long start)
{
	const struct rb_node *root = vmap_free_root.rb_node;
	struct vmap_area *va = find_lowest(root, size + align - PAGE_SIZE, size, align, start);

	if (!va && align > PAGE_SIZE)
		va = find_lowest(root, size, size, align, start);
	return va;
}

/*
 * Takes [addr, addr + size) out of the free range @free:
 *
 *   |--- free ---|##########|--- free ---|     @spare becomes the upper part, where
 *   va_start    addr   addr + size  va_end     there are two
 *
 * Structs that are left over are chained to @unused. False: a spare one is needed.
 */
static bool carve(struct vmap_area *free, unsigned long addr, unsigned long size,
		  struct vmap_area *spare, struct list_head *unused)
{
	unsigned long end = addr + size, free_end = free->va_end;

	if (addr > free->va_start && end < free_end) {
		if (!spare)
			return false;
		free->va_end = addr;
		free_changed(free);
		spare->va_start = end;
		spare->va_end = free_end;
		free_insert(spare, unused);
		return true;
	}
	if (unlikely(spare))
		list_add(&spare->list, unused);
	if (free->va_start == addr && free_end == end) {
		free_erase(free);
		list_add(&free->list, unused);
		return true;
	}
	if (free->va_start == addr)
		free->va_start = end;
	else
		free->va_end = addr;
	free_changed(free);
	return true;
}

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

struct room {
	unsigned long size, align, start, end;
};

/* Makes @va the lowest room that there is. 0; -ENOSPC; -EAGAIN: a spare struct is needed. */
static int take_room(const struct room *room, struct vmap_area *va, struct vmap_area *spare,
		     struct list_head *unused)
{
	struct vmap_area *free = find_room(room->size, room->align, room->start);
	unsigned long addr = free ? place_in(free, room->size, room->align, room->start) : 0;

	if (!free || addr >= room->end || room->end - addr < room->size)
		return -ENOSPC;
	if (!carve(free, addr, room->size, spare, unused))
		return -EAGAIN;
	va->va_start = addr;
	va->va_end = addr + room->size;
	busy_insert(va);
	return 0;
}

static void free_unused(struct list_head *unused)
{
	struct vmap_area *va, *next;

	list_for_each_entry_safe (va, next, unused, list)
		kmem_cache_free(vmap_area_cache, va);
}

/* As take_room(), with all that it may need; -ENOMEM. */
static int find_and_take(const struct room *room, struct vmap_area *va, int node, gfp_t gfp)
{
	struct vmap_area *spare = NULL;
	LIST_HEAD(unused);
	int err;

	for (bool purged = false;;) {
		unsigned long flags;

		spin_lock_irqsave(&vmap_lock, flags);
		err = take_room(room, va, spare, &unused);
		spin_unlock_irqrestore(&vmap_lock, flags);
		if (likely(!err))
			break;
		if (err == -EAGAIN) {
			spare = alloc_record(gfp, node);
			if (spare)
				continue;
			return -ENOMEM;
		}
		if (purged || !purge_vmap_areas())
			break;
		purged = true;
	}
	if (err && spare)
		kmem_cache_free(vmap_area_cache, spare);
	if (unlikely(!list_empty(&unused)))
		free_unused(&unused);
	return err;
}

struct vmap_area *alloc_vmap_area(unsigned long size, unsigned long align, unsigned long start,
				  unsigned long end, int node, gfp_t gfp, struct vm_struct *vm)
{
	const struct room room = {size, align, start, end};
	gfp_t reclaim = gfp & GFP_RECLAIM_MASK;
	struct vmap_area *va = alloc_record(reclaim, node);
	int err;

	if (!va)
		return NULL;
	va->vm = vm;
	err = find_and_take(&room, va, node, reclaim);
	if (!err)
		return va;
	kmem_cache_free(vmap_area_cache, va);
	if (err == -ENOSPC && !(gfp & __GFP_NOWARN))
		pr_warn("vmap allocation for size %lu failed: no room in 0x%lx-0x%lx\n", size,
			start, end - 1);
	return NULL;
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

struct vmap_area *unlink_vmap_area(unsigned long addr,
				   bool (*match)(const struct vmap_area *va, unsigned long arg),
				   unsigned long arg)
{
	struct vmap_area *va;
	unsigned long flags;

	spin_lock_irqsave(&vmap_lock, flags);
	va = find_vmap_area(addr);
	if (va && (va->va_start != addr || !match(va, arg)))
		va = NULL;
	if (va)
		rb_erase(&va->rb_node, &vmap_busy_root);
	spin_unlock_irqrestore(&vmap_lock, flags);
	return va;
}

/* ---- Lazy ranges ------------------------------------------------------------------------- */

static unsigned long lazy_max_pages(void)
{
	return (ilog2(num_online_cpus()) + 1UL) * LAZY_PAGES_EACH;
}

void free_vmap_area_lazy(struct vmap_area *va)
{
	unsigned long flags, lazy;

	spin_lock_irqsave(&vmap_lock, flags);
	list_add_tail(&va->list, &vmap_lazy_list);
	lazy = vmap_lazy_pages += va_size(va) >> PAGE_SHIFT;
	spin_unlock_irqrestore(&vmap_lock, flags);
	if (unlikely(lazy > lazy_max_pages()))
		purge_vmap_areas();
}

/* Takes all lazy ranges; they lie in [*start, *end). */
static void take_lazy(struct list_head *lazy, unsigned long *start, unsigned long *end)
{
	struct vmap_area *va;
	unsigned long flags;

	spin_lock_irqsave(&vmap_lock, flags);
	list_splice_init(&vmap_lazy_list, lazy);
	vmap_lazy_pages = 0;
	spin_unlock_irqrestore(&vmap_lock, flags);
	*start = ~0UL;
	*end = 0;
	list_for_each_entry (va, lazy, list) {
		*start = min(*start, va->va_start);
		*end = max(*end, va->va_end);
	}
}

bool purge_vmap_areas(void)
{
	struct vmap_area *va, *next;
	unsigned long start, end, flags;
	LIST_HEAD(lazy);
	LIST_HEAD(unused);

	take_lazy(&lazy, &start, &end);
	if (list_empty(&lazy))
		return false;
	arch_free_tables(start, end);
	spin_lock_irqsave(&vmap_lock, flags);
	list_for_each_entry_safe (va, next, &lazy, list)
		free_insert(va, &unused);
	spin_unlock_irqrestore(&vmap_lock, flags);
	free_unused(&unused);
	return true;
}

/* ---- Bring-up ---------------------------------------------------------------------------- */

void vmalloc_reset(void)
{
	vmap_initialized = false;
	vmap_free_root = vmap_busy_root = RB_ROOT;
	INIT_LIST_HEAD(&vmap_lazy_list);
	vmap_lazy_pages = 0;
	vm_area_reset();
}

void vmalloc_init(void)
{
	struct vmap_area *all;
	LIST_HEAD(unused);

	vmalloc_reset();
	vmap_area_cache = KMEM_CACHE(vmap_area, SLAB_PANIC);
	all = kmem_cache_alloc(vmap_area_cache, GFP_NOWAIT);
	if (!all)
		panic("vmalloc: no memory for the first of its %zu-byte records", sizeof(*all));
	all->va_start = VMALLOC_START;
	all->va_end = VMALLOC_END + 1;
	free_insert(all, &unused);
	vmap_initialized = true;
}
