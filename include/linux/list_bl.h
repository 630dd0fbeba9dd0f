/* SPDX-License-Identifier: MIT */
/*
 * hlists whose head is its own lock: bit 0 of the pointer to the first node. For tables of very
 * many short lists, each with a lock that takes no room.
 *
 *   first | 1 ─► a ─► b ─► NULL        locked
 *   first     ─► a ─► b ─► NULL        not
 *
 * Invariants: nodes lie at even addresses. Whoever adds or takes out holds the lock; what changes
 *             the first pointer keeps its bit.
 * Locking:    hlist_bl_lock(), a bit spinlock (linux/bit_spinlock.h). hlist_bl_empty() may be asked
 *             without.
 * Failure:    none. A head that is changed unlocked ends in BUG_ON().
 * Source:     Linux's list_bl.h.
 */
#ifndef _LINUX_LIST_BL_H
#define _LINUX_LIST_BL_H

#include <linux/bit_spinlock.h>
#include <linux/bug.h>
#include <linux/list.h>

#define LIST_BL_LOCKMASK 1UL

struct hlist_bl_head {
	struct hlist_bl_node *first; /* and the lock */
};

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

#define INIT_HLIST_BL_HEAD(ptr) ((ptr)->first = NULL)

static inline void INIT_HLIST_BL_NODE(struct hlist_bl_node *h)
{
	*h = (struct hlist_bl_node){NULL, NULL};
}

#define hlist_bl_entry(ptr, type, member) container_of(ptr, type, member)

static inline void hlist_bl_lock(struct hlist_bl_head *b)
{
	bit_spin_lock(0, (unsigned long *)b);
}

static inline void hlist_bl_unlock(struct hlist_bl_head *b)
{
	__bit_spin_unlock(0, (unsigned long *)b);
}

static inline bool hlist_bl_is_locked(struct hlist_bl_head *b)
{
	return bit_spin_is_locked(0, (unsigned long *)b);
}

/* Is it on no list? Nodes that hlist_bl_del() removed are not asked. */
static inline bool hlist_bl_unhashed(const struct hlist_bl_node *h)
{
	return !h->pprev;
}

static inline struct hlist_bl_node *hlist_bl_first(struct hlist_bl_head *h)
{
	return (struct hlist_bl_node *)((unsigned long)READ_ONCE(h->first) & ~LIST_BL_LOCKMASK);
}

static inline bool hlist_bl_empty(const struct hlist_bl_head *h)
{
	return !((unsigned long)READ_ONCE(h->first) & ~LIST_BL_LOCKMASK);
}

/* Puts @n where @link leads, and leaves the bit there as it is: @link may be a head's. */
static inline void __hlist_bl_set(struct hlist_bl_node **link, struct hlist_bl_node *n)
{
	unsigned long lock = (unsigned long)*link & LIST_BL_LOCKMASK;

	WRITE_ONCE(*link, (struct hlist_bl_node *)((unsigned long)n | lock));
}

static inline void hlist_bl_set_first(struct hlist_bl_head *h, struct hlist_bl_node *n)
{
	BUG_ON((unsigned long)n & LIST_BL_LOCKMASK || !hlist_bl_is_locked(h));
	__hlist_bl_set(&h->first, n);
}

static inline void hlist_bl_add_head(struct hlist_bl_node *n, struct hlist_bl_head *h)
{
	n->next = hlist_bl_first(h);
	n->pprev = &h->first;
	if (n->next)
		n->next->pprev = &n->next;
	hlist_bl_set_first(h, n);
}

static inline void hlist_bl_add_before(struct hlist_bl_node *n, struct hlist_bl_node *next)
{
	n->next = next;
	n->pprev = next->pprev;
	next->pprev = &n->next;
	__hlist_bl_set(n->pprev, n);
}

static inline void hlist_bl_add_behind(struct hlist_bl_node *n, struct hlist_bl_node *prev)
{
	n->next = prev->next;
	n->pprev = &prev->next;
	if (n->next)
		n->next->pprev = &n->next;
	prev->next = n;
}

static inline void __hlist_bl_del(struct hlist_bl_node *n)
{
	__hlist_bl_set(n->pprev, n->next);
	if (n->next)
		n->next->pprev = n->pprev;
}

static inline void hlist_bl_del(struct hlist_bl_node *n)
{
	__hlist_bl_del(n);
	n->next = LIST_POISON1;
	n->pprev = LIST_POISON2;
}

/* Nothing happens to one that is on no list. */
static inline void hlist_bl_del_init(struct hlist_bl_node *n)
{
	if (!hlist_bl_unhashed(n)) {
		__hlist_bl_del(n);
		INIT_HLIST_BL_NODE(n);
	}
}

/* ---- Walks: @tpos is the entry, @pos its node ----------------------------------------- */

#define __hlist_bl_at(tpos, pos, member) \
	((pos) && ((tpos) = hlist_bl_entry(pos, __typeof__(*(tpos)), member), 1))

#define hlist_bl_for_each_entry(tpos, pos, head, member) \
	for (pos = hlist_bl_first(head); __hlist_bl_at(tpos, pos, member); pos = (pos)->next)

/* The entry may be taken out and freed. */
#define hlist_bl_for_each_entry_safe(tpos, pos, n, head, member) \
	for (pos = hlist_bl_first(head);                         \
	     __hlist_bl_at(tpos, pos, member) && ((n) = (pos)->next, 1); pos = (n))

#endif /* _LINUX_LIST_BL_H */
