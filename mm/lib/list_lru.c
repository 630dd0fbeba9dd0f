// SPDX-License-Identifier: MIT
/* Lists for shrinkers. Contract: linux/list_lru.h. */
#include <linux/list_lru.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

int list_lru_init(struct list_lru *lru)
{
	struct list_lru_node *node = kcalloc((size_t)nr_node_ids, sizeof(*node), GFP_KERNEL);

	if (!node)
		return -ENOMEM;
	for (unsigned int nid = 0; nid < (unsigned int)nr_node_ids; nid++) {
		spin_lock_init_rank(&node[nid].lock, LOCK_RANK_LRU);
		INIT_LIST_HEAD(&node[nid].lru.list);
	}
	lru->node = node;
	return 0;
}

void list_lru_destroy(struct list_lru *lru)
{
	kfree(lru->node);
	lru->node = NULL;
}

static struct list_lru_node *node_of(struct list_lru *lru, const struct list_head *item)
{
	return &lru->node[page_to_nid(virt_to_page(item))];
}

bool list_lru_add(struct list_lru *lru, struct list_head *item)
{
	struct list_lru_node *node = node_of(lru, item);
	bool added;

	spin_lock(&node->lock);
	added = list_empty(item);
	if (added) {
		list_add_tail(item, &node->lru.list);
		WRITE_ONCE(node->lru.nr_items, node->lru.nr_items + 1);
	}
	spin_unlock(&node->lock);
	return added;
}

bool list_lru_del(struct list_lru *lru, struct list_head *item)
{
	struct list_lru_node *node = node_of(lru, item);
	bool listed;

	spin_lock(&node->lock);
	listed = !list_empty(item);
	if (listed)
		list_lru_isolate(&node->lru, item);
	spin_unlock(&node->lock);
	return listed;
}

unsigned long list_lru_count_one(struct list_lru *lru, int nid, struct mem_cgroup *memcg)
{
	return memcg ? 0 : list_lru_count_node(lru, nid);
}

unsigned long list_lru_count_node(struct list_lru *lru, int nid)
{
	return (unsigned long)READ_ONCE(lru->node[nid].lru.nr_items);
}

/* ---- Walks ---------------------------------------------------------------------------- */

void list_lru_isolate(struct list_lru_one *list, struct list_head *item)
{
	list_del_init(item);
	WRITE_ONCE(list->nr_items, list->nr_items - 1);
}

void list_lru_isolate_move(struct list_lru_one *list, struct list_head *item,
			   struct list_head *head)
{
	list_move(item, head);
	WRITE_ONCE(list->nr_items, list->nr_items - 1);
}

/* With the lock held. */
static unsigned long walk(struct list_lru_node *node, list_lru_walk_cb isolate, void *cb_arg,
			  unsigned long *nr_to_walk)
{
	struct list_lru_one *list = &node->lru;
	unsigned long isolated = 0;
	struct list_head *item = list->list.next, *next;

	while (item != &list->list && *nr_to_walk) {
		enum lru_status status;

		next = item->next;
		--*nr_to_walk;
		status = isolate(item, list, &node->lock, cb_arg);
		if (status == LRU_REMOVED || status == LRU_REMOVED_RETRY)
			isolated++;
		if (status == LRU_ROTATE)
			list_move_tail(item, &list->list);
		/* Where the lock was not held, the next one may be anywhere by now. */
		if (status == LRU_REMOVED_RETRY || status == LRU_RETRY)
			next = list->list.next;
		item = next;
	}
	return isolated;
}

unsigned long list_lru_walk_one(struct list_lru *lru, int nid, struct mem_cgroup *memcg,
				list_lru_walk_cb isolate, void *cb_arg, unsigned long *nr_to_walk)
{
	unsigned long isolated;

	if (memcg)
		return 0;
	spin_lock(&lru->node[nid].lock);
	isolated = walk(&lru->node[nid], isolate, cb_arg, nr_to_walk);
	spin_unlock(&lru->node[nid].lock);
	return isolated;
}

unsigned long list_lru_walk_one_irq(struct list_lru *lru, int nid, struct mem_cgroup *memcg,
				    list_lru_walk_cb isolate, void *cb_arg,
				    unsigned long *nr_to_walk)
{
	unsigned long isolated;

	if (memcg)
		return 0;
	spin_lock_irq(&lru->node[nid].lock);
	isolated = walk(&lru->node[nid], isolate, cb_arg, nr_to_walk);
	spin_unlock_irq(&lru->node[nid].lock);
	return isolated;
}

/* ---- Checks --------------------------------------------------------------------------- */

static int verify_node(struct list_lru *lru, int nid)
{
	struct list_lru_one *list = &lru->node[nid].lru;
	const struct list_head *item;
	long nr = 0;
	int faults = 0;

	list_for_each (item, &list->list) {
		nr++;
		if (page_to_nid(virt_to_page(item)) == nid)
			continue;
		pr_err("list_lru: %px is on node %d's list, but not of its memory\n",
		       (const void *)item, nid);
		faults++;
	}
	if (nr == list->nr_items)
		return faults;
	pr_err("list_lru: node %d has %ld objects, and counts %ld\n", nid, nr, list->nr_items);
	return faults + 1;
}

int list_lru_verify(struct list_lru *lru)
{
	int faults = 0;

	for (int nid = 0; nid < (int)nr_node_ids; nid++) {
		spin_lock(&lru->node[nid].lock);
		faults += verify_node(lru, nid);
		spin_unlock(&lru->node[nid].lock);
	}
	return faults;
}
