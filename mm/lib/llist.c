// SPDX-License-Identifier: MIT
/* Lists without locks. Contract: linux/llist.h. */
#include <linux/llist.h>

bool llist_add_batch(struct llist_node *new_first, struct llist_node *new_last,
		     struct llist_head *head)
{
	struct llist_node *first = READ_ONCE(head->first);

	do {
		new_last->next = first;
	} while (!__atomic_compare_exchange_n(&head->first, &first, new_first, false,
					      __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	return !first;
}

struct llist_node *llist_del_first(struct llist_head *head)
{
	struct llist_node *first = __atomic_load_n(&head->first, __ATOMIC_ACQUIRE);

	/* The next one stays the next: nobody else takes nodes out. */
	while (first && !__atomic_compare_exchange_n(&head->first, &first, READ_ONCE(first->next),
						     false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE))
		;
	return first;
}

struct llist_node *llist_reverse_order(struct llist_node *head)
{
	struct llist_node *reversed = NULL;

	while (head) {
		struct llist_node *next = head->next;

		head->next = reversed;
		reversed = head;
		head = next;
	}
	return reversed;
}
