/* SPDX-License-Identifier: MIT */
/*
 * Red-black trees whose nodes carry a value computed from their subtree, such as the
 * largest size in it, and keep it right as the tree changes.
 *
 * Invariants: as linux/rbtree.h; and each node's value is what its own and its
 *             children's make.
 * Locking:    the caller's.
 * Failure:    none.
 * Source:     Linux's Documentation/core-api/rbtree.rst, "Support for Augmented
 *             rbtrees": who inserts a node updates the values on the way from the root
 *             down to it first, and sets the new node's own.
 */
#ifndef _LINUX_RBTREE_AUGMENTED_H
#define _LINUX_RBTREE_AUGMENTED_H

#include <linux/rbtree.h>

/*
 *   propagate(node, stop)  recomputes from @node up to below @stop, until one is unchanged
 *   copy(old, new)         @new has @old's place and value now
 *   rotate(old, new)       @new was below @old, and has its place now: @new's value is
 *                          @old's, and that is recomputed
 */
struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	void (*copy)(struct rb_node *old, struct rb_node *new);
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);

static inline void rb_insert_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					      bool leftmost,
					      const struct rb_augment_callbacks *augment)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_augmented(node, &root->rb_root, augment);
}

static inline void rb_erase_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					     const struct rb_augment_callbacks *augment)
{
	if (root->rb_leftmost == node)
		root->rb_leftmost = rb_next(node);
	rb_erase_augmented(node, &root->rb_root, augment);
}

/*
 * The three callbacks for a value in field @RBAUGMENTED, and @RBNAME for all of them.
 * @RBCOMPUTE(node, exit) sets the field anew; with @exit it may return true where it
 * had that value already.
 */
#define RB_DECLARE_CALLBACKS(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBAUGMENTED, RBCOMPUTE)     \
	static void RBNAME##_propagate(struct rb_node *rb, struct rb_node *stop)              \
	{                                                                                     \
		while (rb != stop) {                                                          \
			if (RBCOMPUTE(rb_entry(rb, RBSTRUCT, RBFIELD), true))                 \
				break;                                                        \
			rb = rb_parent(rb);                                                   \
		}                                                                             \
	}                                                                                     \
	static void RBNAME##_copy(struct rb_node *rb_old, struct rb_node *rb_new)             \
	{                                                                                     \
		rb_entry(rb_new, RBSTRUCT, RBFIELD)->RBAUGMENTED =                            \
			rb_entry(rb_old, RBSTRUCT, RBFIELD)->RBAUGMENTED;                     \
	}                                                                                     \
	static void RBNAME##_rotate(struct rb_node *rb_old, struct rb_node *rb_new)           \
	{                                                                                     \
		RBNAME##_copy(rb_old, rb_new);                                                \
		RBCOMPUTE(rb_entry(rb_old, RBSTRUCT, RBFIELD), false);                        \
	}                                                                                     \
	RBSTATIC const struct rb_augment_callbacks RBNAME = {.propagate = RBNAME##_propagate, \
							     .copy = RBNAME##_copy,           \
							     .rotate = RBNAME##_rotate};

/* The same for the largest of what @RBCOMPUTE(node) gives, in the node's subtree. */
#define RB_DECLARE_CALLBACKS_MAX(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBTYPE, RBAUGMENTED,     \
				 RBCOMPUTE)                                                    \
	static inline bool RBNAME##_compute_max(RBSTRUCT *node, bool exit)                     \
	{                                                                                      \
		struct rb_node *left = node->RBFIELD.rb_left, *right = node->RBFIELD.rb_right; \
		RBTYPE largest = RBCOMPUTE(node);                                              \
                                                                                               \
		if (left && rb_entry(left, RBSTRUCT, RBFIELD)->RBAUGMENTED > largest)          \
			largest = rb_entry(left, RBSTRUCT, RBFIELD)->RBAUGMENTED;              \
		if (right && rb_entry(right, RBSTRUCT, RBFIELD)->RBAUGMENTED > largest)        \
			largest = rb_entry(right, RBSTRUCT, RBFIELD)->RBAUGMENTED;             \
		if (exit && node->RBAUGMENTED == largest)                                      \
			return true;                                                           \
		node->RBAUGMENTED = largest;                                                   \
		return false;                                                                  \
	}                                                                                      \
	RB_DECLARE_CALLBACKS(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBAUGMENTED, RBNAME##_compute_max)

/* What comes with this header on Linux. */
#include <linux/rcupdate.h>

#endif /* _LINUX_RBTREE_AUGMENTED_H */
