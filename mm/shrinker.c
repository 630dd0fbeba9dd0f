// SPDX-License-Identifier: MIT
/*
 * Shrinkers: their list, and how much each is asked for. Contract: linux/shrinker.h.
 *
 *   asked for = deferred / 2^priority + freeable / 2^priority * 4 / seeks
 *
 * in batches; what does not fill one is deferred to the next time. For 10000 objects
 * of 2 seeks at priority 12: 10000 / 4096 * 4 / 2 = 4, none is scanned, 4 are deferred;
 * at priority 4: 1250, so nine batches of 128, and 98 and the 4 are deferred.
 */
#include "shrinker.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmstat.h>

#define SHRINK_BATCH 128

static LIST_HEAD(shrinker_list);
/* The list, and users of those on it. */
static DEFINE_SPINLOCK_RANK(shrinker_lock, LOCK_RANK_LRU);

/* ---- The list ------------------------------------------------------------------------ */

static __printf(2, 0) int prepare(struct shrinker *shrinker, const char *fmt, va_list args)
{
	size_t nodes = shrinker->flags & SHRINKER_NUMA_AWARE ? nr_node_ids : 1;

	if (!shrinker->count_objects || !shrinker->scan_objects)
		return -EINVAL;
	if (shrinker->flags & SHRINKER_REGISTERED)
		return -EEXIST;
	shrinker->nr_deferred = kcalloc(nodes, sizeof(*shrinker->nr_deferred), GFP_KERNEL);
	if (!shrinker->nr_deferred)
		return -ENOMEM;
	vscnprintf(shrinker->name, sizeof(shrinker->name), fmt, args);
	shrinker->users = 0;
	return 0;
}

int prealloc_shrinker(struct shrinker *shrinker, const char *fmt, ...)
{
	va_list args;
	int err;

	va_start(args, fmt);
	err = prepare(shrinker, fmt, args);
	va_end(args);
	return err;
}

void free_prealloced_shrinker(struct shrinker *shrinker)
{
	if (shrinker->flags & SHRINKER_REGISTERED)
		return;
	kfree(shrinker->nr_deferred);
	shrinker->nr_deferred = NULL;
}

void register_shrinker_prepared(struct shrinker *shrinker)
{
	unsigned long flags;

	spin_lock_irqsave(&shrinker_lock, flags);
	shrinker->flags |= SHRINKER_REGISTERED;
	list_add_tail(&shrinker->list, &shrinker_list);
	spin_unlock_irqrestore(&shrinker_lock, flags);
}

int register_shrinker(struct shrinker *shrinker, const char *fmt, ...)
{
	va_list args;
	int err;

	va_start(args, fmt);
	err = prepare(shrinker, fmt, args);
	va_end(args);
	if (!err)
		register_shrinker_prepared(shrinker);
	return err;
}

void unregister_shrinker(struct shrinker *shrinker)
{
	unsigned long flags;

	if (!(shrinker->flags & SHRINKER_REGISTERED))
		return;
	spin_lock_irqsave(&shrinker_lock, flags);
	while (shrinker->users) {
		spin_unlock_irqrestore(&shrinker_lock, flags);
		cpu_relax();
		spin_lock_irqsave(&shrinker_lock, flags);
	}
	list_del(&shrinker->list);
	shrinker->flags &= ~(unsigned int)SHRINKER_REGISTERED;
	spin_unlock_irqrestore(&shrinker_lock, flags);
	kfree(shrinker->nr_deferred);
	shrinker->nr_deferred = NULL;
}

/* Does one run now? With shrinker_lock held. */
static bool shrinkers_run(void)
{
	const struct shrinker *shrinker;

	list_for_each_entry (shrinker, &shrinker_list, list)
		if (shrinker->users)
			return true;
	return false;
}

void synchronize_shrinkers(void)
{
	unsigned long flags;

	spin_lock_irqsave(&shrinker_lock, flags);
	while (shrinkers_run()) {
		spin_unlock_irqrestore(&shrinker_lock, flags);
		cpu_relax();
		spin_lock_irqsave(&shrinker_lock, flags);
	}
	spin_unlock_irqrestore(&shrinker_lock, flags);
}

/* The one behind @prev (NULL: the first), which cannot leave the list until the next call. */
static struct shrinker *next_shrinker(struct shrinker *prev)
{
	struct list_head *node = &shrinker_list;
	struct shrinker *next = NULL;
	unsigned long flags;

	spin_lock_irqsave(&shrinker_lock, flags);
	if (prev) {
		node = &prev->list;
		prev->users--;
	}
	if (node->next != &shrinker_list) {
		next = list_entry(node->next, struct shrinker, list);
		next->users++;
	}
	spin_unlock_irqrestore(&shrinker_lock, flags);
	return next;
}

/* ---- One shrinker ----------------------------------------------------------------------- */

static long take_deferred(struct shrinker *shrinker, int nid)
{
	return (long)__atomic_exchange_n(&shrinker->nr_deferred[nid].counter, 0, __ATOMIC_SEQ_CST);
}

/* What priority and cost of the objects ask for. */
static unsigned long scan_share(const struct shrinker *shrinker, unsigned long freeable,
				int priority)
{
	/* Those that cost nothing to make anew are given up quickly. */
	if (!shrinker->seeks)
		return freeable / 2;
	return (freeable >> priority) * 4 / (unsigned long)shrinker->seeks;
}

/* Scans up to @total objects in batches. *@scanned: how many; returns the freed ones. */
static unsigned long scan_batches(struct shrinker *shrinker, struct shrink_control *sc,
				  unsigned long freeable, unsigned long total,
				  unsigned long *scanned)
{
	unsigned long batch = shrinker->batch ? (unsigned long)shrinker->batch : SHRINK_BATCH;
	unsigned long freed = 0;

	while (total >= batch || (total && total >= freeable)) {
		unsigned long got;

		sc->nr_to_scan = min(batch, total);
		sc->nr_scanned = sc->nr_to_scan;
		got = shrinker->scan_objects(shrinker, sc);
		if (got == SHRINK_STOP || !sc->nr_scanned)
			break;
		freed += got;
		count_vm_events(SLABS_SCANNED, (long)sc->nr_scanned);
		total -= min(total, sc->nr_scanned);
		*scanned += sc->nr_scanned;
	}
	return freed;
}

static unsigned long do_shrink_slab(struct shrinker *shrinker, gfp_t gfp, int nid, int priority)
{
	bool numa = shrinker->flags & SHRINKER_NUMA_AWARE;
	struct shrink_control sc = {.gfp_mask = gfp, .nid = numa ? nid : 0};
	unsigned long freeable = shrinker->count_objects(shrinker, &sc);
	unsigned long share, total, scanned = 0, freed;
	long deferred, left;

	if (!freeable || freeable == SHRINK_EMPTY)
		return 0;
	deferred = take_deferred(shrinker, sc.nid);
	share = scan_share(shrinker, freeable, priority);
	total = min(((unsigned long)deferred >> priority) + share, 2 * freeable);
	freed = scan_batches(shrinker, &sc, freeable, total, &scanned);
	left = max(deferred + (long)share - (long)scanned, 0L);
	atomic_long_add(min(left, 2 * (long)freeable), &shrinker->nr_deferred[sc.nid]);
	return freed;
}

unsigned long shrink_slab(gfp_t gfp, int nid, int priority)
{
	struct shrinker *shrinker = NULL;
	unsigned long freed = 0;

	/* Those that know no nodes are asked for each, as on Linux. */
	while ((shrinker = next_shrinker(shrinker)))
		freed += do_shrink_slab(shrinker, gfp, nid, priority);
	return freed;
}

void __init shrinker_reset(void)
{
	INIT_LIST_HEAD(&shrinker_list);
	spin_lock_init_rank(&shrinker_lock, LOCK_RANK_LRU);
}

/* As long as it is worth a round: twice as much each time. */
void drop_slab(void)
{
	unsigned long freed;
	int shift = 0, nid;

	do {
		freed = 0;
		for_each_online_node (nid)
			freed += shrink_slab(GFP_KERNEL, nid, 0);
	} while (freed >> shift++ > 1);
}
