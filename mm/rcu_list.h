/* SPDX-License-Identifier: MIT */
/*
 * Lists of callbacks: of call_rcu() and of call_srcu().
 *
 * Owns:       rcu_head.next of what is on one: the next one's address, in a form that depends
 *             on where it is written.
 * Invariants: nothing else is likely to stand there: addresses are multiples of 8, and what
 *             is no link mostly is one or is 0, but a link's form is neither. So who queues a
 *             head whose link does not look so need not search the lists for it.
 * Lifetime:   none of its own.
 * Locking:    the list's.
 * Units:      none.
 * Failure:    none.
 */
#ifndef _MM_RCU_LIST_H
#define _MM_RCU_LIST_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>

static inline struct rcu_head *rcu_encode(const struct rcu_head *head, const struct rcu_head *next)
{
	return (struct rcu_head *)((unsigned long)next ^ ~(unsigned long)head);
}

static inline struct rcu_head *rcu_next(const struct rcu_head *head)
{
	return rcu_encode(head, head->next);
}

/* May it be on a list? Mostly it is, then. */
static inline bool rcu_looks_listed(const struct rcu_head *head)
{
	return (unsigned long)rcu_next(head) % sizeof(long) == 0;
}

static inline bool rcu_list_has(const struct rcu_head *list, const struct rcu_head *head)
{
	while (list && list != head)
		list = rcu_next(list);
	return list;
}

/* @head becomes the last of the list that begins at *@first; *@last is its last if it has any. */
static inline void rcu_add_last(struct rcu_head **first, struct rcu_head **last,
				struct rcu_head *head, rcu_callback_t func)
{
	head->next = rcu_encode(head, NULL);
	head->func = func;
	if (*first)
		(*last)->next = rcu_encode(*last, head);
	else
		WRITE_ONCE(*first, head);
	*last = head;
}

/* The first one of the list, which is on none then; NULL: it has none. */
static inline struct rcu_head *rcu_take_first(struct rcu_head **first)
{
	struct rcu_head *head = *first;

	if (head) {
		*first = rcu_next(head);
		head->next = NULL;
	}
	return head;
}

#endif /* _MM_RCU_LIST_H */
