/* SPDX-License-Identifier: MIT */
/*
 * Doubly linked lists with the node inside the element. Names and contracts are those of
 * Linux's list.h.
 *
 *   list_head    ┌► head ◄─► a ◄─► b ◄┐    circular, a head that is a node itself
 *                └────────────────────┘
 *   hlist_head   head ─► a ─► b ─► NULL    half the head: for tables of many short lists
 *
 * Locking: the caller's.
 * Failure: none; a node that is removed by list_del() points at poison, so
 *          that a second removal faults or is found by list verification.
 */
#ifndef _LINUX_LIST_H
#define _LINUX_LIST_H

#include <linux/kernel.h>
#include <linux/poison.h>
#include <linux/types.h>

#define LIST_HEAD_INIT(name)     \
	{                        \
		&(name), &(name) \
	}
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	data_race_write(list->next, list);
	data_race_write(list->prev, list);
}

static inline void __list_add(struct list_head *node, struct list_head *prev,
			      struct list_head *next)
{
	data_race_write(next->prev, node);
	data_race_write(node->next, next);
	data_race_write(node->prev, prev);
	data_race_write(prev->next, node);
}

/* Adds @node right after @head: a stack. */
static inline void list_add(struct list_head *node, struct list_head *head)
{
	__list_add(node, head, head->next);
}

/* Adds @node right before @head: a queue. */
static inline void list_add_tail(struct list_head *node, struct list_head *head)
{
	__list_add(node, head->prev, head);
}

static inline void __list_del(struct list_head *prev, struct list_head *next)
{
	data_race_write(next->prev, prev);
	data_race_write(prev->next, next);
}

static inline void __list_del_entry(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
}

static inline void list_del(struct list_head *entry)
{
	__list_del_entry(entry);
	data_race_write(entry->next, LIST_POISON1);
	data_race_write(entry->prev, LIST_POISON2);
}

static inline void list_del_init(struct list_head *entry)
{
	__list_del_entry(entry);
	INIT_LIST_HEAD(entry);
}

/* list_del() for lists whose removed entries are asked, without a lock, whether they are. */
static inline void __list_del_clearprev(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	entry->prev = NULL;
}

static inline void list_replace(struct list_head *old, struct list_head *node)
{
	data_race_write(node->next, old->next);
	data_race_write(node->next->prev, node);
	data_race_write(node->prev, old->prev);
	data_race_write(node->prev->next, node);
}

static inline void list_replace_init(struct list_head *old, struct list_head *node)
{
	list_replace(old, node);
	INIT_LIST_HEAD(old);
}

static inline void list_move(struct list_head *list, struct list_head *head)
{
	__list_del_entry(list);
	list_add(list, head);
}

static inline void list_move_tail(struct list_head *list, struct list_head *head)
{
	__list_del_entry(list);
	list_add_tail(list, head);
}

/* Entries @first to @last, side by side in some list, go to the end of @head. */
static inline void list_bulk_move_tail(struct list_head *head, struct list_head *first,
				       struct list_head *last)
{
	__list_del(first->prev, last->next);
	data_race_write(head->prev->next, first);
	data_race_write(first->prev, head->prev);
	data_race_write(last->next, head);
	data_race_write(head->prev, last);
}

/* Two entries, of one list or of two, change places. */
static inline void list_swap(struct list_head *a, struct list_head *b)
{
	struct list_head place_of_a;

	list_add(&place_of_a, a);
	list_move(a, b);
	list_move_tail(b, &place_of_a);
	list_del(&place_of_a);
}

static inline int list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

/*
 * Both ends are looked at, for a list that another CPU empties with list_del_init_careful():
 * what that CPU did before is seen then.
 */
static inline int list_empty_careful(const struct list_head *head)
{
	struct list_head *next = __atomic_load_n(&head->next, __ATOMIC_ACQUIRE);

	return next == head && next == READ_ONCE(head->prev);
}

static inline void list_del_init_careful(struct list_head *entry)
{
	__list_del_entry(entry);
	WRITE_ONCE(entry->prev, entry);
	__atomic_store_n(&entry->next, entry, __ATOMIC_RELEASE);
}

static inline int list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

static inline int list_is_last(const struct list_head *list, const struct list_head *head)
{
	return list->next == head;
}

static inline int list_is_first(const struct list_head *list, const struct list_head *head)
{
	return list->prev == head;
}

static inline int list_is_head(const struct list_head *list, const struct list_head *head)
{
	return list == head;
}

/* The first entry becomes the last; @list becomes the first. */
static inline void list_rotate_left(struct list_head *head)
{
	if (!list_empty(head))
		list_move_tail(head->next, head);
}

static inline void list_rotate_to_front(struct list_head *list, struct list_head *head)
{
	list_move_tail(head, list);
}

static inline size_t list_count_nodes(const struct list_head *head)
{
	size_t count = 0;

	for (const struct list_head *pos = head->next; pos != head; pos = pos->next)
		count++;
	return count;
}

/* Moves the entries before @end to @list, which held nothing of use; @end is its bound. */
static inline void list_cut_before(struct list_head *list, struct list_head *head,
				   struct list_head *end)
{
	if (head->next == end) {
		INIT_LIST_HEAD(list);
		return;
	}
	data_race_write(list->next, head->next);
	data_race_write(list->next->prev, list);
	data_race_write(list->prev, end->prev);
	data_race_write(list->prev->next, list);
	data_race_write(head->next, end);
	data_race_write(end->prev, head);
}

/* The same up to and with @entry, one of @head's; with @head itself nothing is moved. */
static inline void list_cut_position(struct list_head *list, struct list_head *head,
				     struct list_head *entry)
{
	if (list_empty(head))
		return;
	if (entry == head)
		INIT_LIST_HEAD(list);
	else
		list_cut_before(list, head, entry->next);
}

static inline void __list_splice(const struct list_head *list, struct list_head *prev,
				 struct list_head *next)
{
	struct list_head *first = list->next;
	struct list_head *last = list->prev;

	data_race_write(first->prev, prev);
	data_race_write(prev->next, first);
	data_race_write(last->next, next);
	data_race_write(next->prev, last);
}

/* Moves all of @list to the front of @head; @list itself is left as it was. */
static inline void list_splice(const struct list_head *list, struct list_head *head)
{
	if (!list_empty(list))
		__list_splice(list, head, head->next);
}

static inline void list_splice_tail(struct list_head *list, struct list_head *head)
{
	if (!list_empty(list))
		__list_splice(list, head->prev, head);
}

static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	list_splice(list, head);
	INIT_LIST_HEAD(list);
}

static inline void list_splice_tail_init(struct list_head *list, struct list_head *head)
{
	list_splice_tail(list, head);
	INIT_LIST_HEAD(list);
}

#define list_entry(ptr, type, member)	      container_of(ptr, type, member)
#define list_first_entry(ptr, type, member)   list_entry((ptr)->next, type, member)
#define list_last_entry(ptr, type, member)    list_entry((ptr)->prev, type, member)
#define list_next_entry(pos, member)	      list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_prev_entry(pos, member)	      list_entry((pos)->member.prev, __typeof__(*(pos)), member)
#define list_entry_is_head(pos, head, member) (&(pos)->member == (head))

/* NULL where the list is empty. */
#define list_first_entry_or_null(ptr, type, member)                           \
	({                                                                    \
		struct list_head *__head = (ptr);                             \
		struct list_head *__first = READ_ONCE(__head->next);          \
		__first != __head ? list_entry(__first, type, member) : NULL; \
	})

/* The last one's next is the first. */
#define list_next_entry_circular(pos, head, member)                                              \
	(list_is_last(&(pos)->member, head) ? list_first_entry(head, __typeof__(*(pos)), member) \
					    : list_next_entry(pos, member))
#define list_prev_entry_circular(pos, head, member)                                              \
	(list_is_first(&(pos)->member, head) ? list_last_entry(head, __typeof__(*(pos)), member) \
					     : list_prev_entry(pos, member))

/* ---- Walks: _safe ones bear the removal of @pos, _continue begin behind it, _from at it ---- */

#define list_for_each(pos, head) for (pos = (head)->next; pos != (head); pos = pos->next)
/* Linux has this one here, too; who walks so has linux/rcupdate.h. */
#define list_for_each_rcu(pos, head) \
	for (pos = rcu_dereference((head)->next); pos != (head); pos = rcu_dereference(pos->next))
#define list_for_each_prev(pos, head) for (pos = (head)->prev; pos != (head); pos = pos->prev)
#define list_for_each_continue(pos, head) \
	for (pos = pos->next; !list_is_head(pos, (head)); pos = pos->next)
#define list_for_each_safe(pos, n, head) \
	for (pos = (head)->next, n = pos->next; pos != (head); pos = n, n = pos->next)
#define list_for_each_prev_safe(pos, n, head) \
	for (pos = (head)->prev, n = pos->prev; !list_is_head(pos, (head)); pos = n, n = pos->prev)

/* What follows "for (start;". */
#define __list_up(pos, head, member)            \
	!list_entry_is_head(pos, head, member); \
	pos = list_next_entry(pos, member)
#define __list_down(pos, head, member)          \
	!list_entry_is_head(pos, head, member); \
	pos = list_prev_entry(pos, member)

#define list_for_each_entry(pos, head, member) \
	for (pos = list_first_entry(head, __typeof__(*pos), member); __list_up(pos, head, member))
#define list_for_each_entry_reverse(pos, head, member) \
	for (pos = list_last_entry(head, __typeof__(*pos), member); __list_down(pos, head, member))
#define list_for_each_entry_continue(pos, head, member) \
	for (pos = list_next_entry(pos, member); __list_up(pos, head, member))
#define list_for_each_entry_continue_reverse(pos, head, member) \
	for (pos = list_prev_entry(pos, member); __list_down(pos, head, member))
#define list_for_each_entry_from(pos, head, member)	    for (; __list_up(pos, head, member))
#define list_for_each_entry_from_reverse(pos, head, member) for (; __list_down(pos, head, member))

/* For a walk that goes on where one ended; the head where there was none. */
#define list_prepare_entry(pos, head, member) ((pos) ?: list_entry(head, __typeof__(*pos), member))

#define __list_up_safe(pos, n, head, member)    \
	!list_entry_is_head(pos, head, member); \
	pos = n, n = list_next_entry(n, member)
#define list_for_each_entry_safe(pos, n, head, member)               \
	for (pos = list_first_entry(head, __typeof__(*pos), member), \
	    n = list_next_entry(pos, member);                        \
	     __list_up_safe(pos, n, head, member))
#define list_for_each_entry_safe_continue(pos, n, head, member)                    \
	for (pos = list_next_entry(pos, member), n = list_next_entry(pos, member); \
	     __list_up_safe(pos, n, head, member))
#define list_for_each_entry_safe_from(pos, n, head, member) \
	for (n = list_next_entry(pos, member); __list_up_safe(pos, n, head, member))
#define list_for_each_entry_safe_reverse(pos, n, head, member)      \
	for (pos = list_last_entry(head, __typeof__(*pos), member), \
	    n = list_prev_entry(pos, member);                       \
	     !list_entry_is_head(pos, head, member); pos = n, n = list_prev_entry(n, member))

/* In a safe walk whose lock was let go: what comes next is asked again. */
#define list_safe_reset_next(pos, n, member) n = list_next_entry(pos, member)

/* ---- Lists whose head is one pointer ------------------------------------------------------ */

/* clang-format off */
#define HLIST_HEAD_INIT {.first = NULL}
#define HLIST_HEAD(name) struct hlist_head name = HLIST_HEAD_INIT
#define INIT_HLIST_HEAD(ptr) ((ptr)->first = NULL)
/* clang-format on */

static inline void INIT_HLIST_NODE(struct hlist_node *h)
{
	h->next = NULL;
	h->pprev = NULL;
}

/* Is it on no list? Nodes that hlist_del() removed are not asked. */
static inline int hlist_unhashed(const struct hlist_node *h)
{
	return !h->pprev;
}

static inline int hlist_unhashed_lockless(const struct hlist_node *h)
{
	return !READ_ONCE(h->pprev);
}

static inline int hlist_empty(const struct hlist_head *h)
{
	return !READ_ONCE(h->first);
}

static inline void __hlist_del(struct hlist_node *n)
{
	WRITE_ONCE(*n->pprev, n->next);
	if (n->next)
		WRITE_ONCE(n->next->pprev, n->pprev);
}

static inline void hlist_del(struct hlist_node *n)
{
	__hlist_del(n);
	n->next = LIST_POISON1;
	n->pprev = LIST_POISON2;
}

static inline void hlist_del_init(struct hlist_node *n)
{
	if (!hlist_unhashed(n)) {
		__hlist_del(n);
		INIT_HLIST_NODE(n);
	}
}

/* Puts @n where *@link points. */
static inline void __hlist_add(struct hlist_node *n, struct hlist_node **link)
{
	n->next = *link;
	if (n->next)
		WRITE_ONCE(n->next->pprev, &n->next);
	WRITE_ONCE(n->pprev, link);
	WRITE_ONCE(*link, n);
}

static inline void hlist_add_head(struct hlist_node *n, struct hlist_head *h)
{
	__hlist_add(n, &h->first);
}

static inline void hlist_add_before(struct hlist_node *n, struct hlist_node *next)
{
	__hlist_add(n, next->pprev);
}

static inline void hlist_add_behind(struct hlist_node *n, struct hlist_node *prev)
{
	__hlist_add(n, &prev->next);
}

/* On a list of its own without a head: hlist_del() works. */
static inline void hlist_add_fake(struct hlist_node *n)
{
	n->pprev = &n->next;
}

static inline bool hlist_fake(struct hlist_node *h)
{
	return h->pprev == &h->next;
}

static inline bool hlist_is_singular_node(struct hlist_node *n, struct hlist_head *h)
{
	return !n->next && n->pprev == &h->first;
}

static inline void hlist_move_list(struct hlist_head *old, struct hlist_head *node)
{
	node->first = old->first;
	if (node->first)
		node->first->pprev = &node->first;
	old->first = NULL;
}

/* Moves all of @from, whose last node is @last, to the front of @to. */
static inline void hlist_splice_init(struct hlist_head *from, struct hlist_node *last,
				     struct hlist_head *to)
{
	if (to->first)
		to->first->pprev = &last->next;
	last->next = to->first;
	to->first = from->first;
	from->first->pprev = &to->first;
	from->first = NULL;
}

#define hlist_entry(ptr, type, member) container_of(ptr, type, member)
#define hlist_entry_safe(ptr, type, member)                        \
	({                                                         \
		__typeof__(ptr) __node = (ptr);                    \
		__node ? hlist_entry(__node, type, member) : NULL; \
	})

#define hlist_for_each(pos, head) for (pos = (head)->first; pos; pos = pos->next)
#define hlist_for_each_safe(pos, n, head) \
	for (pos = (head)->first; pos && (n = pos->next, 1); pos = n)
#define hlist_for_each_entry(pos, head, member)                                      \
	for (pos = hlist_entry_safe((head)->first, __typeof__(*(pos)), member); pos; \
	     pos = hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member))
#define hlist_for_each_entry_continue(pos, member)                                        \
	for (pos = hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member); pos; \
	     pos = hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member))
#define hlist_for_each_entry_from(pos, member) \
	for (; pos; pos = hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member))
#define hlist_for_each_entry_safe(pos, n, head, member)                       \
	for (pos = hlist_entry_safe((head)->first, __typeof__(*pos), member); \
	     pos && (n = pos->member.next, 1);                                \
	     pos = hlist_entry_safe(n, __typeof__(*pos), member))

/* What comes with this header on Linux. */
#include <asm/barrier.h>

#endif /* _LINUX_LIST_H */
