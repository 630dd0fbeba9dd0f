/* SPDX-License-Identifier: MIT */
/*
 * Trees of intervals of unsigned long, both ends inclusive.
 *
 *   for (n = interval_tree_iter_first(&root, 40, 50); n; n = interval_tree_iter_next(n, 40, 50))
 *
 * Owns:       nothing: nodes are their owners', in one tree at a time.
 * Locking:    the caller's.
 * Failure:    none.
 * Source:     Linux's interval_tree.h; see linux/interval_tree_generic.h.
 */
#ifndef _LINUX_INTERVAL_TREE_H
#define _LINUX_INTERVAL_TREE_H

#include <linux/rbtree.h>

struct interval_tree_node {
	struct rb_node rb;
	unsigned long start; /* the first */
	unsigned long last;  /* and the last that belong to it */
	unsigned long __subtree_last;
};

void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root);
void interval_tree_remove(struct interval_tree_node *node, struct rb_root_cached *root);

/* Those that overlap [@start, @last], by their starts; NULL behind the last. */
struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root,
						    unsigned long start, unsigned long last);
struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node,
						   unsigned long start, unsigned long last);

#endif /* _LINUX_INTERVAL_TREE_H */
