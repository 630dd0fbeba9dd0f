/* SPDX-License-Identifier: MIT */
/*
 * Pointers by index, with tags: the older names of linux/xarray.h.
 *
 * Owns:       its nodes; never what the items are.
 * Invariants: those of an xarray. Items are pointers, or xa_mk_value().
 * Lifetime:   from RADIX_TREE() or INIT_RADIX_TREE() until the last item is deleted.
 * Locking:    the user's, for changes: xa_lock() or any other, none is taken here. Calls that
 *             only look need none, nor does xa_load(); xa_store() and its like take xa_lock,
 *             and are for those whose lock that is. A slot is its item's until the item is
 *             deleted.
 * Units:      indices.
 * Failure:    -errno, NULL or 0; nothing changed.
 * Source:     Linux 6.1's radix-tree.h. Nodes are not for users.
 */
#ifndef _LINUX_RADIX_TREE_H
#define _LINUX_RADIX_TREE_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/xarray.h>

#define RADIX_TREE_MAP_SHIFT  XA_CHUNK_SHIFT
#define RADIX_TREE_MAP_SIZE   (1UL << RADIX_TREE_MAP_SHIFT)
#define RADIX_TREE_MAP_MASK   (RADIX_TREE_MAP_SIZE - 1)
#define RADIX_TREE_MAX_TAGS   XA_MAX_MARKS
#define RADIX_TREE_INDEX_BITS (8 * sizeof(unsigned long))
#define RADIX_TREE_MAX_PATH   DIV_ROUND_UP(RADIX_TREE_INDEX_BITS, RADIX_TREE_MAP_SHIFT)

#define radix_tree_node xa_node

/* What the low bits of a slot say: 0 a pointer, 2 the tree's own, 1 and 3 a number. */
#define RADIX_TREE_ENTRY_MASK	 3UL
#define RADIX_TREE_INTERNAL_NODE 2UL

static inline bool radix_tree_is_internal_node(const void *ptr)
{
	return ((unsigned long)ptr & RADIX_TREE_ENTRY_MASK) == RADIX_TREE_INTERNAL_NODE;
}

/* As on Linux these are xarrays, of which the flags say how nodes are allocated. */
#define radix_tree_root xarray

#define RADIX_TREE_FLAGS(mask)	    (XA_FLAGS_OTHER_LOCK | ((unsigned int)(mask) & ~GFP_ZONEMASK))
#define RADIX_TREE_INIT(name, mask) XARRAY_INIT(name, RADIX_TREE_FLAGS(mask))
#define RADIX_TREE(name, mask)	    struct radix_tree_root name = RADIX_TREE_INIT(name, mask)
#define INIT_RADIX_TREE(root, mask) xa_init_flags(root, RADIX_TREE_FLAGS(mask))

static inline bool radix_tree_empty(const struct radix_tree_root *root)
{
	return xa_empty(root);
}

/* ---- Items --------------------------------------------------------------------------------- */

/* -EEXIST: there is one at @index; -ENOMEM. */
int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *item);

/* Linux keeps nodes back for what follows; here an insertion finds what it needs, or fails. */
static inline int radix_tree_preload(gfp_t gfp_mask)
{
	(void)gfp_mask;
	return 0;
}
#define radix_tree_maybe_preload(gfp_mask) radix_tree_preload(gfp_mask)

static inline void radix_tree_preload_end(void)
{
}

/* NULL: there is none. */
static inline void *radix_tree_lookup(const struct radix_tree_root *root, unsigned long index)
{
	return xa_load((struct xarray *)(uintptr_t)root, index);
}

/* Takes it out, and returns it; the first form only if it is @item, unless that is NULL. */
void *radix_tree_delete_item(struct radix_tree_root *root, unsigned long index, void *item);

static inline void *radix_tree_delete(struct radix_tree_root *root, unsigned long index)
{
	return radix_tree_delete_item(root, index, NULL);
}

/* Up to @max_items from @first_index on, in order; with @tag. How many. */
unsigned int radix_tree_gang_lookup(const struct radix_tree_root *root, void **results,
				    unsigned long first_index, unsigned int max_items);
unsigned int radix_tree_gang_lookup_tag(const struct radix_tree_root *root, void **results,
					unsigned long first_index, unsigned int max_items,
					unsigned int tag);

/* ---- Slots ---------------------------------------------------------------------------------- */

/* Where the item at @index is, or NULL. Up to @max_items of them, of items with @tag. */
void __rcu **radix_tree_lookup_slot(const struct radix_tree_root *root, unsigned long index);
unsigned int radix_tree_gang_lookup_tag_slot(const struct radix_tree_root *root,
					     void __rcu ***results, unsigned long first_index,
					     unsigned int max_items, unsigned int tag);

/* Puts another item, not NULL, into a slot that has one; tags stay. */
void radix_tree_replace_slot(struct radix_tree_root *root, void __rcu **slot, void *entry);

static inline void *radix_tree_deref_slot(void __rcu **slot)
{
	return READ_ONCE(*slot);
}

static inline void *radix_tree_deref_slot_protected(void __rcu **slot, spinlock_t *treelock)
{
	(void)treelock;
	return radix_tree_deref_slot(slot);
}

/* Is it to be looked up again? Never: see the locking. Is it no pointer? */
static inline int radix_tree_deref_retry(const void *arg)
{
	return unlikely(xa_is_retry(arg));
}

static inline int radix_tree_exception(const void *arg)
{
	return unlikely((unsigned long)arg & RADIX_TREE_ENTRY_MASK);
}

/* ---- Tags ------------------------------------------------------------------------------------ */

/* Of the item at @index, which is returned, or NULL. */
void *radix_tree_tag_set(struct radix_tree_root *root, unsigned long index, unsigned int tag);
void *radix_tree_tag_clear(struct radix_tree_root *root, unsigned long index, unsigned int tag);

static inline int radix_tree_tag_get(const struct radix_tree_root *root, unsigned long index,
				     unsigned int tag)
{
	return xa_get_mark((struct xarray *)(uintptr_t)root, index, tag);
}

static inline int radix_tree_tagged(const struct radix_tree_root *root, unsigned int tag)
{
	return xa_marked(root, tag);
}

/* ---- Walks ------------------------------------------------------------------------------------ */

/*
 * Linux's walks go over chunks, slots side by side in one node. A chunk is one slot here, so that
 * an item that goes away in the middle of a walk takes nothing along.
 */
struct radix_tree_iter {
	unsigned long index;	  /* of the slot that the walk is at */
	unsigned long next_index; /* where the next chunk is looked for; 0 behind the last index */
	unsigned long tags;	  /* bit 0: the slot that the walk is at, bit 1: the next; ... */
};

enum {
	RADIX_TREE_ITER_TAG_MASK = 0x0f,
	RADIX_TREE_ITER_TAGGED = 0x10, /* items with the tag in RADIX_TREE_ITER_TAG_MASK */
	RADIX_TREE_ITER_CONTIG = 0x20, /* up to the first index without such an item */
};

/* From @start on. The first slot comes with the first chunk. */
static inline void __rcu **radix_tree_iter_init(struct radix_tree_iter *iter, unsigned long start)
{
	*iter = (struct radix_tree_iter){.next_index = start};
	return NULL;
}

/*
 * The first slot of the next chunk, which @iter then tells of, by @flags of RADIX_TREE_ITER_*.
 * NULL: there is none.
 */
void __rcu **radix_tree_next_chunk(const struct radix_tree_root *root, struct radix_tree_iter *iter,
				   unsigned int flags);

/* Indices from where the walk is to the chunk's end: 1, or 0 after radix_tree_iter_retry(). */
static inline long radix_tree_chunk_size(struct radix_tree_iter *iter)
{
	return (long)(iter->next_index - iter->index);
}

/* The next slot of the chunk that the walk is at. NULL: there is no more in it. */
static inline void __rcu **radix_tree_next_slot(void __rcu **slot, struct radix_tree_iter *iter,
						unsigned int flags)
{
	(void)slot, (void)flags;
	iter->tags = 0;
	return NULL;
}

/* The slot at @index, to which @iter goes. NULL: there is no item. */
static inline void __rcu **radix_tree_iter_lookup(const struct radix_tree_root *root,
						  struct radix_tree_iter *iter, unsigned long index)
{
	radix_tree_iter_init(iter, index);
	return radix_tree_next_chunk(root, iter, RADIX_TREE_ITER_CONTIG);
}

/* Where the walk is is looked at again. For an item that is to be retried. */
static inline __must_check void __rcu **radix_tree_iter_retry(struct radix_tree_iter *iter)
{
	iter->next_index = iter->index;
	iter->tags = 0;
	return NULL;
}

/* The user lets go of his lock: the walk goes on behind where it is. */
static inline __must_check void __rcu **radix_tree_iter_resume(void __rcu **slot,
							       struct radix_tree_iter *iter)
{
	(void)slot;
	iter->next_index = iter->index + 1;
	iter->tags = 0;
	return NULL;
}

/* Deletes, replaces or untags the item that the walk is at. */
static inline void radix_tree_iter_delete(struct radix_tree_root *root,
					  struct radix_tree_iter *iter, void __rcu **slot)
{
	(void)slot;
	radix_tree_delete(root, iter->index);
}

static inline void radix_tree_iter_replace(struct radix_tree_root *root,
					   const struct radix_tree_iter *iter, void __rcu **slot,
					   void *entry)
{
	(void)iter;
	radix_tree_replace_slot(root, slot, entry);
}

static inline void radix_tree_iter_tag_clear(struct radix_tree_root *root,
					     const struct radix_tree_iter *iter, unsigned int tag)
{
	radix_tree_tag_clear(root, iter->index, tag);
}

#define __radix_tree_for_each(slot, root, iter, start, flags)           \
	for (slot = radix_tree_iter_init(iter, start);                  \
	     slot || (slot = radix_tree_next_chunk(root, iter, flags)); \
	     slot = radix_tree_next_slot(slot, iter, flags))
#define radix_tree_for_each_slot(slot, root, iter, start) \
	__radix_tree_for_each(slot, root, iter, start, 0)
#define radix_tree_for_each_contig(slot, root, iter, start) \
	__radix_tree_for_each(slot, root, iter, start, RADIX_TREE_ITER_CONTIG)
#define radix_tree_for_each_tagged(slot, root, iter, start, tag) \
	__radix_tree_for_each(slot, root, iter, start, RADIX_TREE_ITER_TAGGED | (tag))

/* What comes with this header on Linux. */
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#endif /* _LINUX_RADIX_TREE_H */
