/* SPDX-License-Identifier: MIT */
/*
 * Pointers by index, with tags: the older names of linux/xarray.h.
 *
 * Owns:       its nodes; never what the items are.
 * Invariants: those of an xarray. Items are pointers, or xa_mk_value().
 * Lifetime:   from RADIX_TREE() or INIT_RADIX_TREE() until the last item is deleted.
 * Locking:    the user's, for changes; calls that only look need none. A slot is its item's
 *             until the item is deleted.
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

#define radix_tree_node xa_node

struct radix_tree_root {
	struct xarray xa;
	gfp_t gfp_mask; /* for nodes */
};

#define RADIX_TREE_INIT(name, mask)                                        \
	{                                                                  \
		.xa = XARRAY_INIT((name).xa, 0), .gfp_mask = (gfp_t)(mask) \
	}
#define RADIX_TREE(name, mask) struct radix_tree_root name = RADIX_TREE_INIT(name, mask)
#define INIT_RADIX_TREE(root, mask)        \
	do {                               \
		xa_init(&(root)->xa);      \
		(root)->gfp_mask = (mask); \
	} while (0)

static inline bool radix_tree_empty(const struct radix_tree_root *root)
{
	return xa_empty(&root->xa);
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
	return xa_load((struct xarray *)(uintptr_t)&root->xa, index);
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
	return unlikely((unsigned long)arg & 3);
}

/* ---- Tags ------------------------------------------------------------------------------------ */

/* Of the item at @index, which is returned, or NULL. */
void *radix_tree_tag_set(struct radix_tree_root *root, unsigned long index, unsigned int tag);
void *radix_tree_tag_clear(struct radix_tree_root *root, unsigned long index, unsigned int tag);

static inline int radix_tree_tag_get(const struct radix_tree_root *root, unsigned long index,
				     unsigned int tag)
{
	return xa_get_mark((struct xarray *)(uintptr_t)&root->xa, index, tag);
}

static inline int radix_tree_tagged(const struct radix_tree_root *root, unsigned int tag)
{
	return xa_marked(&root->xa, tag);
}

/* ---- Walks ------------------------------------------------------------------------------------ */

struct radix_tree_iter {
	unsigned long index; /* of the slot that the walk is at */
	unsigned long next;  /* where it goes on; 0: nowhere any more */
	bool started;
};

/* From @start on. The first slot comes with the first step. */
static inline void __rcu **radix_tree_iter_init(struct radix_tree_iter *iter, unsigned long start)
{
	*iter = (struct radix_tree_iter){.next = start};
	return NULL;
}

/*
 * The slot of the next item that @filter is true of: XA_PRESENT or a tag; with @contig only if
 * no index lies between. NULL: there is none.
 */
void __rcu **__radix_tree_iter_next(const struct radix_tree_root *root,
				    struct radix_tree_iter *iter, unsigned int filter, bool contig);

/* Where the walk is is looked at again. For an item that is to be retried. */
static inline __must_check void __rcu **radix_tree_iter_retry(struct radix_tree_iter *iter)
{
	iter->next = iter->index;
	iter->started = false;
	return NULL;
}

/* The user lets go of his lock: the walk goes on behind where it is. */
static inline __must_check void __rcu **radix_tree_iter_resume(void __rcu **slot,
							       struct radix_tree_iter *iter)
{
	(void)slot, (void)iter;
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

#define __radix_tree_for_each(slot, root, iter, start, filter, contig) \
	for (slot = radix_tree_iter_init(iter, start);                 \
	     (slot = __radix_tree_iter_next(root, iter, filter, contig)) != NULL;)
#define radix_tree_for_each_slot(slot, root, iter, start) \
	__radix_tree_for_each(slot, root, iter, start, XA_PRESENT, false)
#define radix_tree_for_each_contig(slot, root, iter, start) \
	__radix_tree_for_each(slot, root, iter, start, XA_PRESENT, true)
#define radix_tree_for_each_tagged(slot, root, iter, start, tag) \
	__radix_tree_for_each(slot, root, iter, start, tag, false)

/* What comes with this header on Linux. */
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#endif /* _LINUX_RADIX_TREE_H */
