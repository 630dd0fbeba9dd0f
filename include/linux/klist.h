/* SPDX-License-Identifier: MIT */
/*
 * Lists that are walked while nodes come and go. A node stays linked while somebody's walk stands
 * on it, so that the walk can go on; one that was deleted is not shown to walks that come later.
 *
 * Owns:       the links; each node has a reference of its list's and one of each walk on it.
 * Lifetime:   a node is its list's from klist_add_*() until its last reference goes; @get is
 *             called for it at first, @put at the end, so that a node can lie in an object with
 *             references. @put is called without the lock, and may free it.
 * Locking:    the list's own. Adding, deleting and klist_iter_exit() leave interrupts as they
 *             are, so a list that interrupts walk is not for these. klist_remove() may sleep.
 * Failure:    none. A node that is deleted twice is warned about.
 * Source:     Linux 6.1's klist.h.
 */
#ifndef _LINUX_KLIST_H
#define _LINUX_KLIST_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>

struct klist_node;
struct klist {
	spinlock_t k_lock;
	struct list_head k_list;
	void (*get)(struct klist_node *node); /* NULL: nothing to do */
	void (*put)(struct klist_node *node);
} __aligned(sizeof(void *));

struct klist_node {
	void *n_klist; /* the list; bit 0: deleted. NULL: on none. Not for users */
	struct list_head n_node;
	struct kref n_ref;
};

struct klist_iter {
	struct klist *i_klist;
	struct klist_node
		*i_cur; /* where the walk stands; NULL: before the first, or past the end */
};

#define KLIST_INIT(name, get_fn, put_fn)                                             \
	{                                                                            \
		.k_lock = __SPIN_LOCK_UNLOCKED(name.k_lock),                         \
		.k_list = LIST_HEAD_INIT(name.k_list), .get = get_fn, .put = put_fn, \
	}
#define DEFINE_KLIST(name, get_fn, put_fn) struct klist name = KLIST_INIT(name, get_fn, put_fn)

void klist_init(struct klist *k, void (*get)(struct klist_node *node),
		void (*put)(struct klist_node *node));

/* ---- Nodes: @n is new to all lists, @pos is on one ------------------------------------- */

void klist_add_tail(struct klist_node *n, struct klist *k);
void klist_add_head(struct klist_node *n, struct klist *k);
void klist_add_behind(struct klist_node *n, struct klist_node *pos);
void klist_add_before(struct klist_node *n, struct klist_node *pos);

/* From now on no walk comes to it; the second returns when none stands on it any more. */
void klist_del(struct klist_node *n);
void klist_remove(struct klist_node *n);

/* Is it on a list? Also where it was deleted, and a walk stands on it. */
int klist_node_attached(struct klist_node *n);

/* ---- Walks ----------------------------------------------------------------------------- */

/* From the list's beginning (its end, for klist_prev()); from behind (before) @n. */
void klist_iter_init(struct klist *k, struct klist_iter *i);
void klist_iter_init_node(struct klist *k, struct klist_iter *i, struct klist_node *n);

/* Ends a walk, wherever it stands. */
void klist_iter_exit(struct klist_iter *i);

/* The next that was not deleted; NULL: there is none, and the walk would begin anew. */
struct klist_node *klist_prev(struct klist_iter *i);
struct klist_node *klist_next(struct klist_iter *i);

#endif /* _LINUX_KLIST_H */
