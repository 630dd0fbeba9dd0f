/* SPDX-License-Identifier: MIT */
/*
 * linux/list_bl.h's lists, read without their lock between rcu_read_lock() and rcu_read_unlock().
 * Writers hold the head's lock; what was taken out stays until a grace period is over.
 * Source: Linux's rculist_bl.h.
 */
#ifndef _LINUX_RCULIST_BL_H
#define _LINUX_RCULIST_BL_H

#include <linux/list_bl.h>
#include <linux/rcupdate.h>

/* The first node, of a head whose lock is held; what @n holds is seen before @n is. */
static inline void hlist_bl_set_first_rcu(struct hlist_bl_head *h, struct hlist_bl_node *n)
{
	BUG_ON((unsigned long)n & LIST_BL_LOCKMASK || !hlist_bl_is_locked(h));
	rcu_assign_pointer(h->first, (struct hlist_bl_node *)((unsigned long)n | LIST_BL_LOCKMASK));
}

static inline struct hlist_bl_node *hlist_bl_first_rcu(struct hlist_bl_head *h)
{
	return (struct hlist_bl_node *)((unsigned long)rcu_dereference(h->first) &
					~LIST_BL_LOCKMASK);
}

/* Readers that stand on @n go on from it. */
static inline void hlist_bl_del_rcu(struct hlist_bl_node *n)
{
	__hlist_bl_del(n);
	n->pprev = LIST_POISON2;
}

/* The same, and hlist_bl_unhashed() is true. */
static inline void hlist_bl_del_init_rcu(struct hlist_bl_node *n)
{
	if (!hlist_bl_unhashed(n)) {
		__hlist_bl_del(n);
		n->pprev = NULL;
	}
}

static inline void hlist_bl_add_head_rcu(struct hlist_bl_node *n, struct hlist_bl_head *h)
{
	n->next = hlist_bl_first(h);
	n->pprev = &h->first;
	if (n->next)
		n->next->pprev = &n->next;
	hlist_bl_set_first_rcu(h, n);
}

#define hlist_bl_for_each_entry_rcu(tpos, pos, head, member)                   \
	for (pos = hlist_bl_first_rcu(head); __hlist_bl_at(tpos, pos, member); \
	     pos = rcu_dereference((pos)->next))

#endif /* _LINUX_RCULIST_BL_H */
