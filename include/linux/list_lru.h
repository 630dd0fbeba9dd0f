/* SPDX-License-Identifier: MIT */
/*
 * Lists of objects in the order in which they were put there, one for each node, for
 * caches that shrink: who has an object no more in use lists it, a shrinker takes the oldest.
 *
 *   add ─► tail ... head ◄─ walk: the oldest first
 *
 * Owns:       each node's list and count. The objects are their owner's, and lie in memory
 *             of the direct map: the page tells the node.
 * Invariants: an object is on at most one list; one that is on none points at itself.
 * Lifetime:   list_lru_init() to list_lru_destroy(), at which all lists are empty.
 * Locking:    each node's lock, taken here, and held when a walk's callback is called.
 * Units:      objects.
 * Failure:    -ENOMEM from list_lru_init(), nothing changed.
 * Source:     Linux's include/linux/list_lru.h. There are no memory cgroups: @memcg is NULL.
 */
#ifndef _LINUX_LIST_LRU_H
#define _LINUX_LIST_LRU_H

#include <linux/list.h>
#include <linux/nodemask.h>
#include <linux/shrinker.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct mem_cgroup;

/* What became of an object that a walk showed to its callback. */
enum lru_status {
	LRU_REMOVED,	   /* it was taken off its list */
	LRU_REMOVED_RETRY, /* it was, and the lock was let go of meanwhile, and is held again */
	LRU_ROTATE,	   /* it is in use: last of all from now on */
	LRU_SKIP,	   /* it stays where it is */
	LRU_RETRY,	   /* the lock was let go of, and is held again: the walk begins anew */
};

struct list_lru_one {
	struct list_head list;
	long nr_items;
};

struct list_lru_node {
	spinlock_t lock;
	struct list_lru_one lru;
} __aligned(L1_CACHE_BYTES);

struct list_lru {
	struct list_lru_node *node; /* by number; NULL: not initialised */
};

int list_lru_init(struct list_lru *lru);
void list_lru_destroy(struct list_lru *lru);
#define list_lru_init_key(lru, key)	   list_lru_init(lru)
#define list_lru_init_memcg(lru, shrinker) list_lru_init(lru)

/* False, and nothing done, where it is on a list already; where it is on none. */
bool list_lru_add(struct list_lru *lru, struct list_head *item);
bool list_lru_del(struct list_lru *lru, struct list_head *item);

/* ---- Counts: without the lock, a guess -------------------------------------------------- */

unsigned long list_lru_count_one(struct list_lru *lru, int nid, struct mem_cgroup *memcg);
unsigned long list_lru_count_node(struct list_lru *lru, int nid);

static inline unsigned long list_lru_shrink_count(struct list_lru *lru, struct shrink_control *sc)
{
	return list_lru_count_one(lru, sc->nid, NULL);
}

static inline unsigned long list_lru_count(struct list_lru *lru)
{
	unsigned long count = 0;
	int nid;

	for_each_node_state (nid, N_NORMAL_MEMORY)
		count += list_lru_count_node(lru, nid);
	return count;
}

/* ---- Walks -------------------------------------------------------------------------------- */

/* For callbacks: takes @item off; the second form puts it onto @head, the caller's. */
void list_lru_isolate(struct list_lru_one *list, struct list_head *item);
void list_lru_isolate_move(struct list_lru_one *list, struct list_head *item,
			   struct list_head *head);

typedef enum lru_status (*list_lru_walk_cb)(struct list_head *item, struct list_lru_one *list,
					    spinlock_t *lock, void *cb_arg);

/*
 * Shows up to *@nr_to_walk objects of a node to @isolate, and takes from that what it showed.
 * Returns how many were removed. The _irq form keeps interrupts off where it has the lock.
 */
unsigned long list_lru_walk_one(struct list_lru *lru, int nid, struct mem_cgroup *memcg,
				list_lru_walk_cb isolate, void *cb_arg, unsigned long *nr_to_walk);
unsigned long list_lru_walk_one_irq(struct list_lru *lru, int nid, struct mem_cgroup *memcg,
				    list_lru_walk_cb isolate, void *cb_arg,
				    unsigned long *nr_to_walk);
#define list_lru_walk_node(lru, nid, isolate, cb_arg, nr_to_walk) \
	list_lru_walk_one(lru, nid, NULL, isolate, cb_arg, nr_to_walk)

static inline unsigned long list_lru_shrink_walk(struct list_lru *lru, struct shrink_control *sc,
						 list_lru_walk_cb isolate, void *cb_arg)
{
	return list_lru_walk_one(lru, sc->nid, NULL, isolate, cb_arg, &sc->nr_to_scan);
}

static inline unsigned long list_lru_shrink_walk_irq(struct list_lru *lru,
						     struct shrink_control *sc,
						     list_lru_walk_cb isolate, void *cb_arg)
{
	return list_lru_walk_one_irq(lru, sc->nid, NULL, isolate, cb_arg, &sc->nr_to_scan);
}

/* All nodes, one after the other, @nr_to_walk objects in all. */
static inline unsigned long list_lru_walk(struct list_lru *lru, list_lru_walk_cb isolate,
					  void *cb_arg, unsigned long nr_to_walk)
{
	unsigned long isolated = 0;
	int nid;

	for_each_node_state (nid, N_NORMAL_MEMORY) {
		isolated += list_lru_walk_node(lru, nid, isolate, cb_arg, &nr_to_walk);
		if (!nr_to_walk)
			break;
	}
	return isolated;
}

/* Recounts the lists; logs each fault, returns their number. */
int list_lru_verify(struct list_lru *lru);

/* What comes with this header on Linux. */
#include <linux/xarray.h>

#endif /* _LINUX_LIST_LRU_H */
