/* SPDX-License-Identifier: MIT */
/*
 * The addresses from VMALLOC_START to VMALLOC_END: which are free, which are whose.
 *
 *   free ──alloc_vmap_area()──► busy ──unlink_vmap_area()──► caller's, to unmap
 *    ▲  ▲                         ▲                              │
 *    │  └────── a purge ──────  pools, by size                   │
 *    │                            ▲                              │ ▲
 *    └── purge_vmap_areas(), after one flush for all ◄── lazy ◄──┘ └── waiting: vfree_atomic()
 *                                                        free_vmap_area_lazy()
 *
 * Owns:       a struct vmap_area for each range, in a tree of those that are free, in
 *             one of those that are busy, in a pool, or on the list of the lazy ones or of
 *             those that wait.
 * Invariants: between them the ranges have all addresses, once. Two in the free tree
 *             never touch; there each node knows the largest range below it, so that
 *             the lowest that fits is found on one way down.
 * Locking:    vmap_lock guards all of it; nothing is allocated, freed or flushed under
 *             it, and interrupt handlers do not take it.
 * Failure:    NULL and nothing changed.
 */
#ifndef _MM_VMAP_H
#define _MM_VMAP_H

#include <linux/list.h>
#include <linux/rbtree_augmented.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

/* vm_struct.flags beside those of linux/vmalloc.h: its physical range has a memtype. */
#define VM_MEMTYPE 0x80000000ul

struct vmap_area {
	unsigned long va_start;
	unsigned long va_end; /* exclusive */
	struct rb_node rb_node;
	union {
		struct list_head list;	  /* lazy ones, those that wait, and in pools */
		struct vmap_block *block; /* busy: vm_map_ram()'s; NULL: one mapping, or none */
	};
	union {
		unsigned long subtree_max_size; /* free: the largest of it and those below */
		struct vm_struct *vm;		/* busy: NULL for vm_map_ram() */
	};
};

extern spinlock_t vmap_lock;
extern struct rb_root vmap_free_root, vmap_busy_root;
extern struct list_head vmap_lazy_list;
extern struct list_head vmap_waiting_list; /* unlinked, still mapped, with their vm_structs */
extern unsigned long vmap_lazy_pages;
extern bool vmap_initialized;

/* Ranges of 1 page, 2 pages and so on, the guard page among them, that no CPU knows. */
#define VMAP_POOL_PAGES 17
extern struct list_head vmap_pools[VMAP_POOL_PAGES];

static inline struct list_head *vmap_pool(unsigned long size)
{
	return &vmap_pools[(size >> PAGE_SHIFT) - 1];
}

static inline unsigned long va_size(const struct vmap_area *va)
{
	return va->va_end - va->va_start;
}

/* Without the guard page. */
static inline unsigned long va_usable_end(const struct vmap_area *va)
{
	return va->vm ? va->va_start + get_vm_area_size(va->vm) : va->va_end;
}

static inline struct vmap_area *va_of(const struct rb_node *node)
{
	return rb_entry((struct rb_node *)(unsigned long)node, struct vmap_area, rb_node);
}

#define for_each_vmap_area(va, root)                                                       \
	for (struct rb_node *__node = rb_first(root); __node && ((va) = va_of(__node), 1); \
	     __node = rb_next(__node))

struct vmap_room {
	unsigned long size, align, start, end; /* in [start, end) */
};

/*
 * A free range like @room, @vm's now: one that waits in a pool, else the lowest. @node and
 * @gfp are for what is to be known of it.
 */
struct vmap_area *alloc_vmap_area(const struct vmap_room *room, int node, gfp_t gfp,
				  struct vm_struct *vm);

/* The busy range that @addr lies in, or NULL. Under vmap_lock. */
struct vmap_area *find_vmap_area(unsigned long addr);

/*
 * Takes the range that starts at @addr out of the busy tree, if @match says so. Nobody
 * else has it then.
 */
struct vmap_area *unlink_vmap_area(unsigned long addr,
				   bool (*match)(const struct vmap_area *va, unsigned long arg),
				   unsigned long arg);

/* The same for what has a vm_struct with any of @flags. */
struct vmap_area *unlink_vm_area(unsigned long addr, unsigned long flags);

/* The same with vmap_lock held. */
struct vmap_area *unlink_vm_area_locked(unsigned long addr, unsigned long flags);

/* @va is unmapped, but CPUs may not know. */
void free_vmap_area_lazy(struct vmap_area *va);

/*
 * Makes the lazy ranges free, and what waits in pools since the last time; all of these
 * with @empty_pools. False where there was neither.
 */
bool purge_vmap_areas(bool empty_pools);

/* ---- mm/vmap_tree.c ------------------------------------------------------------------ */

/*
 * Adds @va to the free tree, merged with the ranges that it touches. Structs that are
 * left over are chained to @unused. Under vmap_lock, as the next one.
 */
void vmap_free_insert(struct vmap_area *va, struct list_head *unused);

/*
 * Makes @va the lowest room that there is. 0; -ENOSPC; -EAGAIN: @spare, another struct,
 * is needed. Those that are left over, @spare among them, are chained to @unused.
 */
int vmap_take_room(const struct vmap_room *room, struct vmap_area *va, struct vmap_area *spare,
		   struct list_head *unused);

/* Nodes that all searches for room have looked at, for tests of their cost. */
extern unsigned long vmap_search_steps;

/* ---- mm/vmalloc.c -------------------------------------------------------------------- */

struct vm_struct *__get_vm_area_node(unsigned long size, unsigned long align, unsigned long flags,
				     unsigned long start, unsigned long end, int node, gfp_t gfp,
				     const void *caller);

/*
 * Takes back the area at @addr, unmapped, if it has any of @flags; who calls it has the
 * struct then. NULL, with a message that names @call: it is none.
 */
struct vm_struct *take_vm_area(const void *addr, unsigned long flags, const char *call);

/* Counts and logs that @call was told to give back what is no area of its kind. */
void refuse_vm_area(const void *addr, const char *call);

/* Unmaps and frees an area with its pages and its struct; it was unlinked. */
void free_unlinked_vm_area(struct vmap_area *va);

/* No pages, no refusals, no options. */
void vm_area_reset(void);

/* Options nohugevmalloc, nohugeiomap: base pages alone. 0 or -EINVAL. */
int nohugevmalloc_parse_option(char *value);
int nohugeiomap_parse_option(char *value);
extern bool nohugeiomap;

void ioremap_reset(void);

/* ---- mm/vfree_atomic.c --------------------------------------------------------------- */

/* There may be areas that wait. */
extern bool vmap_waiting;

/* Frees them. */
void vfree_waiting(void);

void vfree_atomic_reset(void);

#endif /* _MM_VMAP_H */
