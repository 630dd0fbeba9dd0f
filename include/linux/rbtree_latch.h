/* SPDX-License-Identifier: MIT */
/*
 * Search trees that are read without a lock, also from what interrupts their writer.
 *
 * Each element is in two trees. The writer changes one after the other, and says each time which
 * of them readers are to take: there is always one that nobody changes.
 *
 *   sequence even: readers take tree 0       odd: tree 1
 *
 * Owns:       nothing; nodes lie in their elements. A root is zeroed before its first use.
 * Invariants: between changes both trees hold the same.
 * Locking:    writers: the user's lock, one at a time. latch_tree_find(): any context, within
 *             rcu_read_lock() or what else keeps elements from being freed: one that was taken out
 *             may be found until a grace period is over.
 * Failure:    none; NULL where nothing is found. A search looks again where the tree that it took
 *             was changed meanwhile.
 * Source:     Linux 6.1's rbtree_latch.h.
 */
#ifndef RB_TREE_LATCH_H
#define RB_TREE_LATCH_H

#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>

struct latch_tree_node {
	struct rb_node node[2];
};

struct latch_tree_root {
	seqcount_latch_t seq;
	struct rb_root tree[2];
};

/*
 * The order: is @a before @b? Where is @key: before @b (below 0), there (0), behind it? comp() is 0
 * for just those of which neither is less; of several any is found.
 */
struct latch_tree_ops {
	bool (*less)(struct latch_tree_node *a, struct latch_tree_node *b);
	int (*comp)(void *key, struct latch_tree_node *b);
};

static __always_inline struct latch_tree_node *__lt_from_rb(struct rb_node *node, int idx)
{
	return container_of(node, struct latch_tree_node, node[idx]);
}

static __always_inline void
__lt_insert(struct latch_tree_node *ltn, struct latch_tree_root *ltr, int idx,
	    bool (*less)(struct latch_tree_node *a, struct latch_tree_node *b))
{
	struct rb_node **link = &ltr->tree[idx].rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = less(ltn, __lt_from_rb(parent, idx)) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node_rcu(&ltn->node[idx], parent, link);
	rb_insert_color(&ltn->node[idx], &ltr->tree[idx]);
}

static __always_inline void __lt_erase(struct latch_tree_node *ltn, struct latch_tree_root *ltr,
				       int idx)
{
	rb_erase(&ltn->node[idx], &ltr->tree[idx]);
}

static __always_inline struct latch_tree_node *
__lt_find(void *key, struct latch_tree_root *ltr, int idx,
	  int (*comp)(void *key, struct latch_tree_node *node))
{
	struct rb_node *node = rcu_dereference_raw(ltr->tree[idx].rb_node);

	while (node) {
		struct latch_tree_node *ltn = __lt_from_rb(node, idx);
		int where = comp(key, ltn);

		if (!where)
			return ltn;
		node = where < 0 ? rcu_dereference_raw(node->rb_left)
				 : rcu_dereference_raw(node->rb_right);
	}
	return NULL;
}

static __always_inline void latch_tree_insert(struct latch_tree_node *node,
					      struct latch_tree_root *root,
					      const struct latch_tree_ops *ops)
{
	raw_write_seqcount_latch(&root->seq);
	__lt_insert(node, root, 0, ops->less);
	raw_write_seqcount_latch(&root->seq);
	__lt_insert(node, root, 1, ops->less);
}

static __always_inline void latch_tree_erase(struct latch_tree_node *node,
					     struct latch_tree_root *root,
					     const struct latch_tree_ops *ops)
{
	(void)ops;
	raw_write_seqcount_latch(&root->seq);
	__lt_erase(node, root, 0);
	raw_write_seqcount_latch(&root->seq);
	__lt_erase(node, root, 1);
}

static __always_inline struct latch_tree_node *
latch_tree_find(void *key, struct latch_tree_root *root, const struct latch_tree_ops *ops)
{
	struct latch_tree_node *node;
	unsigned int seq;

	do {
		seq = raw_read_seqcount_latch(&root->seq);
		node = __lt_find(key, root, seq & 1, ops->comp);
	} while (raw_read_seqcount_latch_retry(&root->seq, seq));
	return node;
}

#endif /* RB_TREE_LATCH_H */
