/* SPDX-License-Identifier: MIT */
/*
 * Lists that are read without a lock, between rcu_read_lock() and rcu_read_unlock(), while
 * one writer at a time changes them.
 *
 *   writer   list_del_rcu(&a->node) ──► synchronize_rcu() ──► kfree(a)
 *   reader   ... a ─► b ...             a's next still leads on
 *
 * Invariants: a reader sees each entry as it was before or after a change, and whole; one
 *             that it stands on leads on, even where it was taken out. The way back
 *             (prev) is not for readers.
 * Locking:    writers exclude each other by a lock of their own. What was taken out stays
 *             until a grace period is over (linux/rcupdate.h).
 * Failure:    none.
 * Source:     Linux's rculist.h and Documentation/RCU/listRCU.rst.
 */
#ifndef _LINUX_RCULIST_H
#define _LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

/* ---- Lists with two ends: writing ---------------------------------------------------- */

#define list_next_rcu(list) ((list)->next)
#define list_tail_rcu(head) ((head)->prev)

static inline void INIT_LIST_HEAD_RCU(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

/* What @new holds is seen before @new is. */
static inline void __list_add_rcu(struct list_head *new, struct list_head *prev,
				  struct list_head *next)
{
	new->next = next;
	new->prev = prev;
	rcu_assign_pointer(prev->next, new);
	next->prev = new;
}

static inline void list_add_rcu(struct list_head *new, struct list_head *head)
{
	__list_add_rcu(new, head, head->next);
}

static inline void list_add_tail_rcu(struct list_head *new, struct list_head *head)
{
	__list_add_rcu(new, head->prev, head);
}

static inline void list_del_rcu(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	WRITE_ONCE(entry->prev->next, entry->next);
	entry->prev = LIST_POISON2;
}

static inline void list_replace_rcu(struct list_head *old, struct list_head *new)
{
	new->next = old->next;
	new->prev = old->prev;
	rcu_assign_pointer(new->prev->next, new);
	new->next->prev = new;
	old->prev = LIST_POISON2;
}

/*
 * Moves all of @list between @prev and @next. Its readers must have gone before its end
 * leads elsewhere: @sync waits for that.
 */
static inline void __list_splice_init_rcu(struct list_head *list, struct list_head *prev,
					  struct list_head *next, void (*sync)(void))
{
	struct list_head *first = list->next, *last = list->prev;

	INIT_LIST_HEAD_RCU(list);
	sync();
	last->next = next;
	rcu_assign_pointer(prev->next, first);
	first->prev = prev;
	next->prev = last;
}

/* The same of a @list that has no readers yet, to which nothing is added any more. */
static inline void list_splice_rcu(struct list_head *list, struct list_head *head)
{
	struct list_head *first = list->next, *last = list->prev, *next = head->next;

	if (list_empty(list))
		return;
	last->next = next;
	rcu_assign_pointer(head->next, first);
	first->prev = head;
	next->prev = last;
}

static inline void list_splice_init_rcu(struct list_head *list, struct list_head *head,
					void (*sync)(void))
{
	if (!list_empty(list))
		__list_splice_init_rcu(list, head, head->next, sync);
}

static inline void list_splice_tail_init_rcu(struct list_head *list, struct list_head *head,
					     void (*sync)(void))
{
	if (!list_empty(list))
		__list_splice_init_rcu(list, head->prev, head, sync);
}

/* ---- Reading ----------------------------------------------------------------------------- */

#define list_entry_rcu(ptr, type, member)      container_of(READ_ONCE(ptr), type, member)
#define list_entry_lockless(ptr, type, member) list_entry_rcu(ptr, type, member)

#define list_first_or_null_rcu(ptr, type, member)                                           \
	({                                                                                  \
		struct list_head *__head = (ptr), *__first = rcu_dereference(__head->next); \
		__first != __head ? list_entry(__first, type, member) : NULL;               \
	})
#define list_next_or_null_rcu(head, ptr, type, member)                                     \
	({                                                                                 \
		struct list_head *__from = (ptr), *__next = rcu_dereference(__from->next); \
		__next != (head) ? list_entry(__next, type, member) : NULL;                \
	})

#define __list_next_entry_rcu(pos, member) \
	list_entry(rcu_dereference((pos)->member.next), __typeof__(*(pos)), member)

/* What follows @member, a condition under which no section is needed, is not looked at. */
#define list_for_each_entry_rcu(pos, head, member, ...)                                 \
	for (pos = list_entry(rcu_dereference((head)->next), __typeof__(*pos), member); \
	     !list_entry_is_head(pos, head, member); pos = __list_next_entry_rcu(pos, member))
#define list_for_each_entry_srcu(pos, head, member, cond) list_for_each_entry_rcu(pos, head, member)
#define list_for_each_entry_lockless(pos, head, member)	  list_for_each_entry_rcu(pos, head, member)
#define list_for_each_entry_continue_rcu(pos, head, member)                                    \
	for (pos = __list_next_entry_rcu(pos, member); !list_entry_is_head(pos, head, member); \
	     pos = __list_next_entry_rcu(pos, member))
#define list_for_each_entry_from_rcu(pos, head, member) \
	for (; !list_entry_is_head(pos, head, member); pos = __list_next_entry_rcu(pos, member))

/* ---- Lists with a head of one pointer ------------------------------------------------------- */

#define hlist_first_rcu(head) ((head)->first)
#define hlist_next_rcu(node)  ((node)->next)
#define hlist_pprev_rcu(node) (*(node)->pprev)

static inline void hlist_del_rcu(struct hlist_node *n)
{
	__hlist_del(n);
	WRITE_ONCE(n->pprev, LIST_POISON2);
}

static inline void hlist_del_init_rcu(struct hlist_node *n)
{
	if (!hlist_unhashed(n)) {
		__hlist_del(n);
		WRITE_ONCE(n->pprev, NULL);
	}
}

/* Puts @n where *@link points. */
static inline void __hlist_add_rcu(struct hlist_node *n, struct hlist_node **link)
{
	n->next = *link;
	WRITE_ONCE(n->pprev, link);
	rcu_assign_pointer(*link, n);
	if (n->next)
		WRITE_ONCE(n->next->pprev, &n->next);
}

static inline void hlist_add_head_rcu(struct hlist_node *n, struct hlist_head *h)
{
	__hlist_add_rcu(n, &h->first);
}

static inline void hlist_add_before_rcu(struct hlist_node *n, struct hlist_node *next)
{
	__hlist_add_rcu(n, next->pprev);
}

static inline void hlist_add_behind_rcu(struct hlist_node *n, struct hlist_node *prev)
{
	__hlist_add_rcu(n, &prev->next);
}

static inline void hlist_add_tail_rcu(struct hlist_node *n, struct hlist_head *h)
{
	struct hlist_node **link = &h->first;

	while (*link)
		link = &(*link)->next;
	__hlist_add_rcu(n, link);
}

static inline void hlist_replace_rcu(struct hlist_node *old, struct hlist_node *new)
{
	new->next = old->next;
	WRITE_ONCE(new->pprev, old->pprev);
	rcu_assign_pointer(*new->pprev, new);
	if (new->next)
		WRITE_ONCE(new->next->pprev, &new->next);
	WRITE_ONCE(old->pprev, LIST_POISON2);
}

static inline void hlists_swap_heads_rcu(struct hlist_head *left, struct hlist_head *right)
{
	struct hlist_node *a = left->first, *b = right->first;

	rcu_assign_pointer(left->first, b);
	rcu_assign_pointer(right->first, a);
	if (b)
		WRITE_ONCE(b->pprev, &left->first);
	if (a)
		WRITE_ONCE(a->pprev, &right->first);
}

#define __hlist_for_each_rcu(pos, head) \
	for (pos = rcu_dereference((head)->first); pos; pos = rcu_dereference(pos->next))

#define __hlist_entry_rcu(ptr, pos, member) \
	hlist_entry_safe(rcu_dereference(ptr), __typeof__(*(pos)), member)

#define hlist_for_each_entry_rcu(pos, head, member, ...)               \
	for (pos = __hlist_entry_rcu((head)->first, pos, member); pos; \
	     pos = __hlist_entry_rcu((pos)->member.next, pos, member))
#define hlist_for_each_entry_srcu(pos, head, member, cond) \
	hlist_for_each_entry_rcu(pos, head, member)
#define hlist_for_each_entry_rcu_notrace(pos, head, member) \
	hlist_for_each_entry_rcu(pos, head, member)
#define hlist_for_each_entry_rcu_bh(pos, head, member) hlist_for_each_entry_rcu(pos, head, member)
#define hlist_for_each_entry_continue_rcu(pos, member)                      \
	for (pos = __hlist_entry_rcu((pos)->member.next, pos, member); pos; \
	     pos = __hlist_entry_rcu((pos)->member.next, pos, member))
#define hlist_for_each_entry_continue_rcu_bh(pos, member) \
	hlist_for_each_entry_continue_rcu(pos, member)
#define hlist_for_each_entry_from_rcu(pos, member) \
	for (; pos; pos = __hlist_entry_rcu((pos)->member.next, pos, member))

#endif /* _LINUX_RCULIST_H */
