// SPDX-License-Identifier: MIT
/*
 * The LRU lists that a node starts with: empty. Contract: linux/mmzone.h.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mmzone.h>
#include <linux/poison.h>

#include "internal.h"

void __init lruvec_init(struct lruvec *lruvec)
{
	int lru;

	*lruvec = (struct lruvec){.anon_cost = 0};
	spin_lock_init(&lruvec->lru_lock);
	for_each_lru(lru) INIT_LIST_HEAD(&lruvec->lists[lru]);
	list_del(&lruvec->lists[LRU_UNEVICTABLE]);
}

int lruvec_verify(const pg_data_t *pgdat)
{
	const struct list_head *lists = pgdat->__lruvec.lists;
	int faults = 0, lru;

	for_each_evictable_lru(lru)
	{
		long pages = atomic_long_read(&pgdat->vm_stat[NR_LRU_BASE + lru]);
		const struct list_head *head = &lists[lru];

		if (!head->next || !head->prev || head->next->prev != head ||
		    head->prev->next != head) {
			pr_err("lruvec_verify: node %d list %d is broken at its head\n",
			       pgdat->node_id, lru);
			faults++;
		} else if (list_empty(head) != !pages) {
			pr_err("lruvec_verify: node %d list %d is %sempty, but counts %ld pages\n",
			       pgdat->node_id, lru, list_empty(head) ? "" : "not ", pages);
			faults++;
		}
	}
	if (lists[LRU_UNEVICTABLE].next != LIST_POISON1) {
		pr_err("lruvec_verify: node %d has a list of unevictable pages\n", pgdat->node_id);
		faults++;
	}
	return faults;
}
