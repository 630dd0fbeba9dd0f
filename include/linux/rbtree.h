/* SPDX-License-Identifier: MIT */
/*
 * Red-black trees: balanced search trees whose nodes lie in what they sort.
 *
 * Owns:       nothing; nodes are their owners'. A tree holds pointers to them.
 * Invariants: the root is black, no red node has a red child, and every way from the
 *             root down passes as many black nodes: so the longest is at most twice
 *             the shortest, and a tree of n nodes at most 2 * log2(n + 1) deep.
 * Lifetime:   any.
 * Locking:    the caller's.
 * Units:      none.
 * Failure:    none: the caller looks for the place himself, and links the node there.
 * Source:     Linux's Documentation/core-api/rbtree.rst: the same names and meaning.
 */
#ifndef _LINUX_RBTREE_H
#define _LINUX_RBTREE_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/types.h>

struct rb_node {
	unsigned long __rb_parent_color; /* the parent's address; bit 0: black */
	struct rb_node *rb_right;
	struct rb_node *rb_left;
} __attribute__((__aligned__(sizeof(long))));

struct rb_root {
	struct rb_node *rb_node;
};

/* A tree that knows its first node. */
struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

/* clang-format off */
#define RB_ROOT        (struct rb_root){NULL}
#define RB_ROOT_CACHED (struct rb_root_cached){{NULL}, NULL}
/* clang-format on */

#define rb_parent(r)		    ((struct rb_node *)((r)->__rb_parent_color & ~3UL))
#define rb_entry(ptr, type, member) container_of(ptr, type, member)
#define rb_entry_safe(ptr, type, member)                            \
	({                                                          \
		struct rb_node *__rb_ptr = (ptr);                   \
		__rb_ptr ? rb_entry(__rb_ptr, type, member) : NULL; \
	})

#define RB_EMPTY_ROOT(root) (READ_ONCE((root)->rb_node) == NULL)

/* A node that is in no tree, once cleared, is its own parent. */
#define RB_EMPTY_NODE(node) ((node)->__rb_parent_color == (unsigned long)(node))
#define RB_CLEAR_NODE(node) ((node)->__rb_parent_color = (unsigned long)(node))

/* Puts @node, a leaf now, where its caller found *@link empty, below @parent. */
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = node->rb_right = NULL;
	*link = node;
}

/* The same where others search the tree meanwhile: they see all of the node or none of it. */
static inline void rb_link_node_rcu(struct rb_node *node, struct rb_node *parent,
				    struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = node->rb_right = NULL;
	__atomic_store_n(link, node, __ATOMIC_RELEASE);
}

/* Restores the balance after rb_link_node(). */
void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);

/* @new takes @victim's place; both sort alike. */
void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root);

/* In the order of the tree; NULL past its ends. */
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

/* Children before their parents, so that each may be freed when it was seen. */
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);

#define rbtree_postorder_for_each_entry_safe(pos, n, root, field)                                \
	for (pos = rb_entry_safe(rb_first_postorder(root), __typeof__(*pos), field);             \
	     pos && ({                                                                           \
		     n = rb_entry_safe(rb_next_postorder(&pos->field), __typeof__(*pos), field); \
		     1;                                                                          \
	     });                                                                                 \
	     pos = n)

/* ---- Trees that know their first node ------------------------------------------- */

#define rb_first_cached(root) (root)->rb_leftmost

static inline void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *root,
					  bool leftmost)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_color(node, &root->rb_root);
}

/* Returns the first node where that has changed, else NULL. */
static inline struct rb_node *rb_erase_cached(struct rb_node *node, struct rb_root_cached *root)
{
	struct rb_node *leftmost = NULL;

	if (root->rb_leftmost == node)
		leftmost = root->rb_leftmost = rb_next(node);
	rb_erase(node, &root->rb_root);
	return leftmost;
}

static inline void rb_replace_node_cached(struct rb_node *victim, struct rb_node *new,
					  struct rb_root_cached *root)
{
	if (root->rb_leftmost == victim)
		root->rb_leftmost = new;
	rb_replace_node(victim, new, &root->rb_root);
}

/* ---- Adding and finding by a function that compares ------------------------------- */

/* Behind those that sort alike. */
static inline void rb_add(struct rb_node *node, struct rb_root *tree,
			  bool (*less)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &tree->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = less(node, parent) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(node, parent, link);
	rb_insert_color(node, tree);
}

/* @node where it is the first now, else NULL. */
static inline struct rb_node *rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
					    bool (*less)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &tree->rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (less(node, parent)) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(node, parent, link);
	rb_insert_color_cached(node, tree, leftmost);
	return leftmost ? node : NULL;
}

/* The node that sorts as @node does, which then is not added; else NULL. */
static inline struct rb_node *rb_find_add(struct rb_node *node, struct rb_root *tree,
					  int (*cmp)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &tree->rb_node, *parent = NULL;

	while (*link) {
		int order;

		parent = *link;
		order = cmp(node, parent);
		if (!order)
			return parent;
		link = order < 0 ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(node, parent, link);
	rb_insert_color(node, tree);
	return NULL;
}

static inline struct rb_node *rb_find(const void *key, const struct rb_root *tree,
				      int (*cmp)(const void *key, const struct rb_node *))
{
	struct rb_node *node = tree->rb_node;

	while (node) {
		int order = cmp(key, node);

		if (!order)
			break;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return node;
}

/* The first of those that sort as @key does, and the one after @node. */
static inline struct rb_node *rb_find_first(const void *key, const struct rb_root *tree,
					    int (*cmp)(const void *key, const struct rb_node *))
{
	struct rb_node *node = tree->rb_node, *match = NULL;

	while (node) {
		int order = cmp(key, node);

		if (!order)
			match = node;
		node = order <= 0 ? node->rb_left : node->rb_right;
	}
	return match;
}

static inline struct rb_node *rb_next_match(const void *key, struct rb_node *node,
					    int (*cmp)(const void *key, const struct rb_node *))
{
	node = rb_next(node);
	return node && !cmp(key, node) ? node : NULL;
}

#define rb_for_each(node, key, tree, cmp)                          \
	for ((node) = rb_find_first((key), (tree), (cmp)); (node); \
	     (node) = rb_next_match((key), (node), (cmp)))

/* For trees that readers walk without a lock: @new is whole before it is in the tree. */
static inline void rb_replace_node_rcu(struct rb_node *victim, struct rb_node *new,
				       struct rb_root *root)
{
	*new = *victim;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	rb_replace_node(victim, new, root);
}

/* What comes with this header on Linux. */
#include <linux/rcupdate.h>

#endif /* _LINUX_RBTREE_H */
