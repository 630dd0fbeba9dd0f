/* SPDX-License-Identifier: MIT */
/*
 * Lists that many CPUs add to without a lock: single links, the newest first.
 *
 * Locking: any number of llist_add() and llist_del_all() at once; llist_del_first() by one
 *          CPU at a time, and not beside llist_del_all().
 * Failure: none.
 * Source:  Linux 6.1's llist.h.
 */
#ifndef _LINUX_LLIST_H
#define _LINUX_LLIST_H

#include <linux/container_of.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct llist_head {
	struct llist_node *first;
};

struct llist_node {
	struct llist_node *next;
};

/* clang-format off */
#define LLIST_HEAD_INIT(name) {NULL}
#define LLIST_HEAD(name) struct llist_head name = LLIST_HEAD_INIT(name)
/* clang-format on */

static inline void init_llist_head(struct llist_head *list)
{
	list->first = NULL;
}

static inline bool llist_empty(const struct llist_head *head)
{
	return READ_ONCE(head->first) == NULL;
}

static inline struct llist_node *llist_next(struct llist_node *node)
{
	return node->next;
}

/* Nodes @new_first to @new_last, linked already. True: the list was empty. */
bool llist_add_batch(struct llist_node *new_first, struct llist_node *new_last,
		     struct llist_head *head);

/* The same where nobody else is at it. */
static inline bool __llist_add_batch(struct llist_node *new_first, struct llist_node *new_last,
				     struct llist_head *head)
{
	new_last->next = head->first;
	head->first = new_first;
	return new_last->next == NULL;
}

static inline bool llist_add(struct llist_node *node, struct llist_head *head)
{
	return llist_add_batch(node, node, head);
}

static inline bool __llist_add(struct llist_node *node, struct llist_head *head)
{
	return __llist_add_batch(node, node, head);
}

/* Takes all of them: the newest. NULL: there are none. */
static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	return __atomic_exchange_n(&head->first, NULL, __ATOMIC_SEQ_CST);
}

static inline struct llist_node *__llist_del_all(struct llist_head *head)
{
	struct llist_node *first = head->first;

	head->first = NULL;
	return first;
}

struct llist_node *llist_del_first(struct llist_head *head);

/* The oldest first; of nodes that were taken. */
struct llist_node *llist_reverse_order(struct llist_node *head);

#define llist_entry(ptr, type, member) container_of(ptr, type, member)
/* Where the node of @ptr, which may have come of a NULL, is none. */
#define member_address_is_nonnull(ptr, member) \
	((uintptr_t)(ptr) + offsetof(__typeof__(*(ptr)), member) != 0)

#define llist_for_each(pos, node) for ((pos) = (node); pos; (pos) = (pos)->next)
#define llist_for_each_safe(pos, n, node) \
	for ((pos) = (node); (pos) && ((n) = (pos)->next, true); (pos) = (n))
#define llist_for_each_entry(pos, node, member)                       \
	for ((pos) = llist_entry((node), __typeof__(*(pos)), member); \
	     member_address_is_nonnull(pos, member);                  \
	     (pos) = llist_entry((pos)->member.next, __typeof__(*(pos)), member))
#define llist_for_each_entry_safe(pos, n, node, member)                             \
	for ((pos) = llist_entry((node), __typeof__(*(pos)), member);               \
	     member_address_is_nonnull(pos, member) &&                              \
	     (n = llist_entry((pos)->member.next, __typeof__(*(n)), member), true); \
	     (pos) = (n))

/* What comes with this header on Linux. */
#include <linux/atomic.h>
#include <linux/stddef.h>

#endif /* _LINUX_LLIST_H */
