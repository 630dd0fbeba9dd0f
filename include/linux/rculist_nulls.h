/* SPDX-License-Identifier: MIT */
/*
 * linux/list_nulls.h's lists, read without a lock while one writer at a time changes them. Where
 * nodes are used again before a grace period is over (SLAB_TYPESAFE_BY_RCU) a reader takes a
 * reference, asks again whether it is the one that was looked for, and compares the end's number
 * with its list's: another one, and it starts anew.
 *
 * Invariants: as linux/rculist.h's.
 * Locking:    writers exclude each other by a lock of their own; readers are between
 *             rcu_read_lock() and rcu_read_unlock().
 * Failure:    none.
 * Source:     Linux's rculist_nulls.h and Documentation/RCU/rculist_nulls.rst.
 */
#ifndef _LINUX_RCULIST_NULLS_H
#define _LINUX_RCULIST_NULLS_H

#include <linux/list_nulls.h>
#include <linux/rcupdate.h>

#define hlist_nulls_first_rcu(head) ((head)->first)
#define hlist_nulls_next_rcu(node)  ((node)->next)
#define hlist_nulls_pprev_rcu(node) (*(node)->pprev)

/* Readers that stand on @n go on from it. hlist_nulls_unhashed() is true of it. */
static inline void hlist_nulls_del_init_rcu(struct hlist_nulls_node *n)
{
	if (!hlist_nulls_unhashed(n)) {
		__hlist_nulls_del(n);
		WRITE_ONCE(n->pprev, NULL);
	}
}

/* The same; it is false. */
static inline void hlist_nulls_del_rcu(struct hlist_nulls_node *n)
{
	hlist_nulls_del(n);
}

/* Puts @n where @link leads. What @n holds is seen before @n is. */
static inline void __hlist_nulls_add_rcu(struct hlist_nulls_node *n, struct hlist_nulls_node **link)
{
	struct hlist_nulls_node *next = *link;

	WRITE_ONCE(n->next, next);
	WRITE_ONCE(n->pprev, link);
	rcu_assign_pointer(*link, n);
	if (!is_a_nulls(next))
		WRITE_ONCE(next->pprev, &n->next);
}

static inline void hlist_nulls_add_head_rcu(struct hlist_nulls_node *n, struct hlist_nulls_head *h)
{
	__hlist_nulls_add_rcu(n, &h->first);
}

/* Goes over the whole list. */
static inline void hlist_nulls_add_tail_rcu(struct hlist_nulls_node *n, struct hlist_nulls_head *h)
{
	struct hlist_nulls_node **link = &h->first;

	while (!is_a_nulls(*link))
		link = &(*link)->next;
	__hlist_nulls_add_rcu(n, link);
}

/* On a list of its own without a head: hlist_nulls_del() works. */
static inline void hlist_nulls_add_fake(struct hlist_nulls_node *n)
{
	n->pprev = &n->next;
	n->next = (struct hlist_nulls_node *)NULLS_MARKER(0);
}

/* A reader sees @old or @new. */
static inline void hlist_nulls_replace_rcu(struct hlist_nulls_node *old,
					   struct hlist_nulls_node *new)
{
	WRITE_ONCE(new->next, old->next);
	WRITE_ONCE(new->pprev, old->pprev);
	rcu_assign_pointer(*new->pprev, new);
	if (!is_a_nulls(new->next))
		WRITE_ONCE(new->next->pprev, &new->next);
}

/* The same; hlist_nulls_unhashed() is true of @old, which is on a list. */
static inline void hlist_nulls_replace_init_rcu(struct hlist_nulls_node *old,
						struct hlist_nulls_node *new)
{
	hlist_nulls_replace_rcu(old, new);
	WRITE_ONCE(old->pprev, NULL);
}

#define hlist_nulls_for_each_entry_rcu(tpos, pos, head, member)                             \
	for (pos = rcu_dereference_raw((head)->first); __hlist_nulls_at(tpos, pos, member); \
	     pos = rcu_dereference_raw((pos)->next))

/* The entry may be taken out and freed: @pos is the next one's node already. */
#define hlist_nulls_for_each_entry_safe(tpos, pos, head, member) \
	for (pos = rcu_dereference_raw((head)->first);           \
	     __hlist_nulls_at(tpos, pos, member) && (pos = rcu_dereference_raw((pos)->next), 1);)

#endif /* _LINUX_RCULIST_NULLS_H */
