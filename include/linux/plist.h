/* SPDX-License-Identifier: MIT */
/*
 * Lists in the order of a priority, least number first, and among equals by age. The oldest of each
 * priority are on a list of their own, so that adding looks at each priority once, at no node of
 * the same twice.
 *
 *   node_list   head ─► 10 ─► 21 ─► 21 ─► 21 ─► 40 ─► head
 *   prio_list           10 ─► 21 ─────────────► 40 ─► 10      without a head
 *
 * Invariants: a node's prio stays while it is on a list; prio_list of one that is not the oldest of
 *             its priority, and of one on no list, is empty.
 * Locking:    the caller's.
 * Cost:       adding and requeueing grow with the number of priorities; taking out does not.
 * Failure:    none. A node that is on a list already is warned of when it is added.
 * Source:     Linux's plist.h.
 */
#ifndef _LINUX_PLIST_H_
#define _LINUX_PLIST_H_

#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/list.h>
#include <linux/types.h>

struct plist_head {
	struct list_head node_list;
};

struct plist_node {
	int prio; /* INT_MIN comes first, INT_MAX last */
	struct list_head prio_list;
	struct list_head node_list;
};

#define PLIST_HEAD_INIT(head)                                 \
	{                                                     \
		.node_list = LIST_HEAD_INIT((head).node_list) \
	}
#define PLIST_HEAD(head) struct plist_head head = PLIST_HEAD_INIT(head)
#define PLIST_NODE_INIT(node, __prio)                                            \
	{                                                                        \
		.prio = (__prio), .prio_list = LIST_HEAD_INIT((node).prio_list), \
		.node_list = LIST_HEAD_INIT((node).node_list)                    \
	}

static inline void plist_head_init(struct plist_head *head)
{
	INIT_LIST_HEAD(&head->node_list);
}

static inline void plist_node_init(struct plist_node *node, int prio)
{
	node->prio = prio;
	INIT_LIST_HEAD(&node->prio_list);
	INIT_LIST_HEAD(&node->node_list);
}

/* Behind all of its priority. */
void plist_add(struct plist_node *node, struct plist_head *head);

/* Afterwards plist_node_empty() is true. One that is on no list stays so. */
void plist_del(struct plist_node *node, struct plist_head *head);

/* Moves a node that is on @head's list behind all of its priority. */
void plist_requeue(struct plist_node *node, struct plist_head *head);

static inline int plist_head_empty(const struct plist_head *head)
{
	return list_empty(&head->node_list);
}

/* Is the node on no list? */
static inline int plist_node_empty(const struct plist_node *node)
{
	return list_empty(&node->node_list);
}

/* ---- Ends and neighbours, of lists that are not empty ---------------------------------- */

static inline struct plist_node *plist_first(const struct plist_head *head)
{
	return list_entry(head->node_list.next, struct plist_node, node_list);
}

static inline struct plist_node *plist_last(const struct plist_head *head)
{
	return list_entry(head->node_list.prev, struct plist_node, node_list);
}

#define plist_first_entry(head, type, member) container_of(plist_first(head), type, member)
#define plist_last_entry(head, type, member)  container_of(plist_last(head), type, member)
#define plist_next(pos)			      list_next_entry(pos, node_list)
#define plist_prev(pos)			      list_prev_entry(pos, node_list)

/* ---- Walks, from the least number on; _safe where @pos may be taken out ---------------- */

#define plist_for_each(pos, head) list_for_each_entry (pos, &(head)->node_list, node_list)
#define plist_for_each_continue(pos, head) \
	list_for_each_entry_continue (pos, &(head)->node_list, node_list)
#define plist_for_each_safe(pos, n, head) \
	list_for_each_entry_safe (pos, n, &(head)->node_list, node_list)
#define plist_for_each_entry(pos, head, mem) \
	list_for_each_entry (pos, &(head)->node_list, mem.node_list)
#define plist_for_each_entry_continue(pos, head, m) \
	list_for_each_entry_continue (pos, &(head)->node_list, m.node_list)
#define plist_for_each_entry_safe(pos, n, head, m) \
	list_for_each_entry_safe (pos, n, &(head)->node_list, m.node_list)

#endif /* _LINUX_PLIST_H_ */
