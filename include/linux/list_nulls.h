/* SPDX-License-Identifier: MIT */
/*
 * hlists that end in a number instead of NULL, most often that of their bucket: a reader without a
 * lock, whose node was moved to another list under it, sees by the end that it went astray.
 *
 *   first ─► a ─► b ─► (7 << 1 | 1)        the list of number 7
 *
 * Invariants: nodes lie at even addresses; what is odd is an end.
 * Locking:    the caller's. hlist_nulls_empty() may be asked without.
 * Units:      an end has 63 bits of number.
 * Failure:    none.
 * Source:     Linux's list_nulls.h and Documentation/RCU/rculist_nulls.rst.
 */
#ifndef _LINUX_LIST_NULLS_H
#define _LINUX_LIST_NULLS_H

#include <linux/compiler.h>
#include <linux/const.h>
#include <linux/container_of.h>
#include <linux/poison.h>
#include <linux/types.h>

struct hlist_nulls_head {
	struct hlist_nulls_node *first;
};

struct hlist_nulls_node {
	struct hlist_nulls_node *next, **pprev;
};

#define NULLS_MARKER(value) (1UL | (unsigned long)(value) << 1)
#define INIT_HLIST_NULLS_HEAD(ptr, nulls) \
	((ptr)->first = (struct hlist_nulls_node *)NULLS_MARKER(nulls))

/* Is that an end, and no node? */
static inline int is_a_nulls(const struct hlist_nulls_node *ptr)
{
	return (unsigned long)ptr & 1;
}

/* The number of an end. */
static inline unsigned long get_nulls_value(const struct hlist_nulls_node *ptr)
{
	return (unsigned long)ptr >> 1;
}

#define hlist_nulls_entry(ptr, type, member) container_of(ptr, type, member)
#define hlist_nulls_entry_safe(ptr, type, member)                                      \
	({                                                                             \
		__typeof__(ptr) __nulls = (ptr);                                       \
		is_a_nulls(__nulls) ? NULL : hlist_nulls_entry(__nulls, type, member); \
	})

/* Is it on no list? Nodes that hlist_nulls_del() removed are not asked. */
static inline int hlist_nulls_unhashed(const struct hlist_nulls_node *h)
{
	return !h->pprev;
}

static inline int hlist_nulls_unhashed_lockless(const struct hlist_nulls_node *h)
{
	return !READ_ONCE(h->pprev);
}

static inline int hlist_nulls_empty(const struct hlist_nulls_head *h)
{
	return is_a_nulls(READ_ONCE(h->first));
}

static inline void hlist_nulls_add_head(struct hlist_nulls_node *n, struct hlist_nulls_head *h)
{
	n->next = h->first;
	WRITE_ONCE(n->pprev, &h->first);
	if (!is_a_nulls(n->next))
		WRITE_ONCE(n->next->pprev, &n->next);
	h->first = n;
}

static inline void __hlist_nulls_del(struct hlist_nulls_node *n)
{
	WRITE_ONCE(*n->pprev, n->next);
	if (!is_a_nulls(n->next))
		WRITE_ONCE(n->next->pprev, n->pprev);
}

static inline void hlist_nulls_del(struct hlist_nulls_node *n)
{
	__hlist_nulls_del(n);
	WRITE_ONCE(n->pprev, LIST_POISON2);
}

/* ---- Walks: @tpos is the entry, @pos its node; behind the last one @pos is the end ----- */

#define __hlist_nulls_at(tpos, pos, member) \
	(!is_a_nulls(pos) && ((tpos) = hlist_nulls_entry(pos, __typeof__(*(tpos)), member), 1))

#define hlist_nulls_for_each_entry(tpos, pos, head, member) \
	for (pos = (head)->first; __hlist_nulls_at(tpos, pos, member); pos = (pos)->next)

/* From @pos on. */
#define hlist_nulls_for_each_entry_from(tpos, pos, member) \
	for (; __hlist_nulls_at(tpos, pos, member); pos = (pos)->next)

#endif /* _LINUX_LIST_NULLS_H */
