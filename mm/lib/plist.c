// SPDX-License-Identifier: MIT
/* Lists in the order of a priority. Contract: linux/plist.h. */
#include <linux/plist.h>

void plist_add(struct plist_node *node, struct plist_head *head)
{
	struct plist_node *oldest = NULL; /* of its priority, or of the one before */
	struct list_head *before = &head->node_list;

	if (WARN_ON(!plist_node_empty(node)))
		return;
	if (!plist_head_empty(head)) {
		struct plist_node *first = plist_first(head), *at = first;

		do {
			if (node->prio < at->prio) {
				before = &at->node_list;
				break;
			}
			oldest = at;
			at = list_next_entry(at, prio_list);
		} while (at != first);
		if (!oldest || oldest->prio != node->prio)
			list_add_tail(&node->prio_list, &at->prio_list);
	}
	list_add_tail(&node->node_list, before);
}

void plist_del(struct plist_node *node, struct plist_head *head)
{
	struct plist_node *next = plist_next(node);

	/* The next oldest of its priority takes its place among the priorities. */
	if (!list_empty(&node->prio_list)) {
		if (&next->node_list != &head->node_list && next->prio == node->prio)
			list_add(&next->prio_list, &node->prio_list);
		list_del_init(&node->prio_list);
	}
	list_del_init(&node->node_list);
}

void plist_requeue(struct plist_node *node, struct plist_head *head)
{
	BUG_ON(plist_node_empty(node));
	plist_del(node, head);
	plist_add(node, head);
}
