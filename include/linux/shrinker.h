/* SPDX-License-Identifier: MIT */
/*
 * Shrinkers: whoever keeps objects that can be given up tells how many there are, and
 * gives some up when memory is short.
 *
 * Owns:       the list of shrinkers, and while one is on it its list, nr_deferred and
 *             name.
 * Invariants: no callback runs once unregister_shrinker() has returned.
 * Lifetime:   from kmem_cache_init() on.
 * Locking:    callbacks run on any CPU, several at once, with no lock of mm/'s held.
 *             They may free memory, register nothing, and must not wait for locks that
 *             are held across allocations which may reclaim.
 * Units:      objects.
 * Failure:    -errno, nothing changed.
 * Source:     Linux 6.1's include/linux/shrinker.h; the name is kept here, not a pointer.
 */
#ifndef _LINUX_SHRINKER_H
#define _LINUX_SHRINKER_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/types.h>

/* What a shrinker is asked. */
struct shrink_control {
	gfp_t gfp_mask;		  /* of the allocation that needs memory */
	int nid;		  /* with SHRINKER_NUMA_AWARE; else 0 */
	unsigned long nr_to_scan; /* objects to look at */
	unsigned long nr_scanned; /* in: the same; out: what it came to */
};

#define SHRINK_STOP  (~0UL)
#define SHRINK_EMPTY (~0UL - 1)

#define DEFAULT_SEEKS 2 /* what it costs to make an object anew; 0: nothing */

/* The last two say something about memory cgroups alone, of which there are none. */
enum {
	SHRINKER_REGISTERED = 1 << 0,
	SHRINKER_NUMA_AWARE = 1 << 1,
	SHRINKER_MEMCG_AWARE = 1 << 2,
	SHRINKER_NONSLAB = 1 << 3,
};

struct shrinker {
	/* Objects that could be freed; 0: none now; SHRINK_EMPTY: none at all. */
	unsigned long (*count_objects)(struct shrinker *shrinker, struct shrink_control *sc);

	/* Looks at sc->nr_to_scan of them; how many were freed, or SHRINK_STOP. */
	unsigned long (*scan_objects)(struct shrinker *shrinker, struct shrink_control *sc);

	long batch; /* objects at a time; 0: SHRINK_BATCH */
	int seeks;
	unsigned int flags;

	/* The list's. */
	struct list_head list;
	unsigned int users;	    /* CPUs that call it now */
	atomic_long_t *nr_deferred; /* by node: what should have been looked at, and was not */
	char name[32];
};

/* -ENOMEM; -EINVAL without callbacks; -EEXIST. */
int register_shrinker(struct shrinker *shrinker, const char *fmt, ...) __printf(2, 3);

/*
 * The same in two steps: what may fail, and what does not. free_prealloced_shrinker() undoes
 * the first.
 */
int prealloc_shrinker(struct shrinker *shrinker, const char *fmt, ...) __printf(2, 3);
void register_shrinker_prepared(struct shrinker *shrinker);
void free_prealloced_shrinker(struct shrinker *shrinker);

/* Returns when no callback that runs now does any more. Not from a shrinker's own. */
void synchronize_shrinkers(void);

/* Waits for callbacks that run on other CPUs; not from the shrinker's own. */
void unregister_shrinker(struct shrinker *shrinker);

/* What Linux has without SHRINKER_DEBUG: there is no file of a shrinker's to name. */
static inline int shrinker_debugfs_add(struct shrinker *shrinker)
{
	(void)shrinker;
	return 0;
}

static inline struct dentry *shrinker_debugfs_remove(struct shrinker *shrinker)
{
	(void)shrinker;
	return NULL;
}

static inline __printf(2, 3) int shrinker_debugfs_rename(struct shrinker *shrinker, const char *fmt,
							 ...)
{
	(void)shrinker;
	(void)fmt;
	return 0;
}

#endif /* _LINUX_SHRINKER_H */
