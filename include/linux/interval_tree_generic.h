/* SPDX-License-Identifier: MIT */
/*
 * Red-black trees of intervals, for a structure of the caller's: finds those that overlap
 * [start, last] in O(log n) for each.
 *
 *             [10..30] largest end below: 90
 *             /                  \
 *    [5..12] 12                [20..90] 90      [40, 50]: left ends at 12, so go right
 *
 * Invariants: nodes are sorted by their starts; each knows the largest end in its subtree.
 * Locking:    the caller's.
 * Units:      whatever @ITTYPE is; both ends are inclusive.
 * Failure:    none.
 * Source:     Linux's interval_tree_generic.h.
 */
#ifndef _LINUX_INTERVAL_TREE_GENERIC_H
#define _LINUX_INTERVAL_TREE_GENERIC_H

#include <linux/rbtree_augmented.h>

/*
 * Defines @ITPREFIX_insert(), _remove(), _iter_first() and _iter_next() for @ITSTRUCT, with
 * the struct rb_node @ITRB, the largest end of type @ITTYPE in @ITSUBTREE, and the ends of a
 * node as @ITSTART(node) and @ITLAST(node). @ITSTATIC: static, or nothing.
 */
#define INTERVAL_TREE_DEFINE(ITSTRUCT, ITRB, ITTYPE, ITSUBTREE, ITSTART, ITLAST, ITSTATIC,      \
			     ITPREFIX)                                                          \
	RB_DECLARE_CALLBACKS_MAX(static, ITPREFIX##_augment, ITSTRUCT, ITRB, ITTYPE, ITSUBTREE, \
				 ITLAST)                                                        \
                                                                                                \
	ITSTATIC void ITPREFIX##_insert(ITSTRUCT *node, struct rb_root_cached *root)            \
	{                                                                                       \
		struct rb_node **link = &root->rb_root.rb_node, *parent = NULL;                 \
		ITTYPE start = ITSTART(node), last = ITLAST(node);                              \
		bool leftmost = true;                                                           \
                                                                                                \
		while (*link) {                                                                 \
			ITSTRUCT *at = rb_entry(*link, ITSTRUCT, ITRB);                         \
                                                                                                \
			parent = *link;                                                         \
			if (at->ITSUBTREE < last)                                               \
				at->ITSUBTREE = last;                                           \
			if (start < ITSTART(at)) {                                              \
				link = &parent->rb_left;                                        \
			} else {                                                                \
				link = &parent->rb_right;                                       \
				leftmost = false;                                               \
			}                                                                       \
		}                                                                               \
		node->ITSUBTREE = last;                                                         \
		rb_link_node(&node->ITRB, parent, link);                                        \
		rb_insert_augmented_cached(&node->ITRB, root, leftmost, &ITPREFIX##_augment);   \
	}                                                                                       \
                                                                                                \
	ITSTATIC void ITPREFIX##_remove(ITSTRUCT *node, struct rb_root_cached *root)            \
	{                                                                                       \
		rb_erase_augmented_cached(&node->ITRB, root, &ITPREFIX##_augment);              \
	}                                                                                       \
                                                                                                \
	/* The leftmost below @node that overlaps; some end below is not before @start. */      \
	static inline ITSTRUCT *ITPREFIX##_subtree_search(ITSTRUCT *node, ITTYPE start,         \
							  ITTYPE last)                          \
	{                                                                                       \
		for (;;) {                                                                      \
			struct rb_node *left = node->ITRB.rb_left;                              \
                                                                                                \
			if (left && rb_entry(left, ITSTRUCT, ITRB)->ITSUBTREE >= start) {       \
				node = rb_entry(left, ITSTRUCT, ITRB);                          \
				continue;                                                       \
			}                                                                       \
			if (ITSTART(node) > last)                                               \
				return NULL;                                                    \
			if (ITLAST(node) >= start)                                              \
				return node;                                                    \
			/* Neither it nor what is left of it ends late enough. */               \
			node = rb_entry(node->ITRB.rb_right, ITSTRUCT, ITRB);                   \
		}                                                                               \
	}                                                                                       \
                                                                                                \
	/* The first interval that has something of [@start, @last]; NULL: none has. */         \
	ITSTATIC ITSTRUCT *ITPREFIX##_iter_first(struct rb_root_cached *root, ITTYPE start,     \
						 ITTYPE last)                                   \
	{                                                                                       \
		struct rb_node *top = root->rb_root.rb_node;                                    \
                                                                                                \
		if (!top || rb_entry(top, ITSTRUCT, ITRB)->ITSUBTREE < start)                   \
			return NULL;                                                            \
		return ITPREFIX##_subtree_search(rb_entry(top, ITSTRUCT, ITRB), start, last);   \
	}                                                                                       \
                                                                                                \
	/* The next behind @node. */                                                            \
	ITSTATIC ITSTRUCT *ITPREFIX##_iter_next(ITSTRUCT *node, ITTYPE start, ITTYPE last)      \
	{                                                                                       \
		struct rb_node *rb = node->ITRB.rb_right, *below;                               \
                                                                                                \
		for (;;) {                                                                      \
			if (rb && rb_entry(rb, ITSTRUCT, ITRB)->ITSUBTREE >= start)             \
				return ITPREFIX##_subtree_search(rb_entry(rb, ITSTRUCT, ITRB),  \
								 start, last);                  \
			/* Up to the first of which it is on the left. */                       \
			do {                                                                    \
				below = &node->ITRB;                                            \
				rb = rb_parent(below);                                          \
				if (!rb)                                                        \
					return NULL;                                            \
				node = rb_entry(rb, ITSTRUCT, ITRB);                            \
				rb = node->ITRB.rb_right;                                       \
			} while (below == rb);                                                  \
			if (ITSTART(node) > last)                                               \
				return NULL;                                                    \
			if (ITLAST(node) >= start)                                              \
				return node;                                                    \
		}                                                                               \
	}

#endif /* _LINUX_INTERVAL_TREE_GENERIC_H */
