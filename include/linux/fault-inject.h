/* SPDX-License-Identifier: MIT */
/*
 * Fault injection: allocations that fail because somebody asked for it, to see what
 * their callers make of it.
 *
 * Owns:       the attributes of each place where a fault can be had, and the sequence
 *             of random numbers that decides.
 * Invariants: __GFP_NOFAIL never fails. The same seed and the same calls give the same
 *             faults.
 * Lifetime:   attributes from the options on; faults only between fault_inject_arm(),
 *             which ends bring-up, and fault_inject_disarm().
 * Locking:    none; counts are atomic. Any context.
 * Units:      probability in percent; space in what is asked for: pages, or bytes.
 * Failure:    an attribute that cannot be read is refused, and changes nothing.
 * Source:     Linux's Documentation/fault-injection/fault-injection.rst.
 *
 *   fail_page_alloc=INTERVAL,PROBABILITY,SPACE,TIMES   pages
 *   failslab=INTERVAL,PROBABILITY,SPACE,TIMES          slab objects
 *   fail-nth=N                                         the N-th of either that no
 *                                                      filter below spares
 *   fail_page_alloc.min-order= .ignore-gfp-wait= .ignore-gfp-highmem=
 *   failslab.ignore-gfp-wait= .cache-filter=
 */
#ifndef _LINUX_FAULT_INJECT_H
#define _LINUX_FAULT_INJECT_H

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/types.h>

struct fault_attr {
	const char *name;
	unsigned long probability; /* percent; 0: never */
	unsigned long interval;	   /* only each so many-th time counts */
	atomic_t times;		   /* faults at most; -1: any number */
	atomic_t space;		   /* so much is given before the first fault */
	unsigned long verbose;	   /* 0 says nothing, 1 a line, 2 a backtrace, too */
	atomic_long_t count;	   /* times asked, for the interval */
	atomic_long_t faults;	   /* had so far */
};

#define __FAULT_ATTR(attr_name)                                                      \
	{                                                                            \
		.name = attr_name, .interval = 1, .times = ATOMIC_INIT(1),           \
		.space = ATOMIC_INIT(0), .verbose = 2, .count = ATOMIC_LONG_INIT(0), \
		.faults = ATOMIC_LONG_INIT(0),                                       \
	}

/* One without a name, which the log writes as (null), and one whose name is the variable's. */
#define FAULT_ATTR_INITIALIZER	 __FAULT_ATTR(NULL)
#define DECLARE_FAULT_ATTR(name) struct fault_attr name = __FAULT_ATTR(#name)

/* Takes "interval,probability,space,times". 1, or 0 with a message as Linux's. */
int setup_fault_attr(struct fault_attr *attr, const char *str);

/* Shall this attempt at @size fail? If so it is said in the log, and counted. */
bool should_fail(struct fault_attr *attr, long size);

/* The same; with FAULT_NOWARN nothing is said. */
enum fault_flags { FAULT_NOWARN = 1 << 0 };
bool should_fail_ex(struct fault_attr *attr, ssize_t size, int flags);

/* Files to set it by: there are none, options are there instead. */
struct dentry;
static inline struct dentry *fault_create_debugfs_attr(const char *name, struct dentry *parent,
						       struct fault_attr *attr)
{
	(void)name, (void)parent, (void)attr;
	return ERR_PTR(-ENODEV);
}

/*
 * The @nth attempt from now on fails, and only that one, of whatever kind it is: of
 * those that the filters of each kind do not spare, and whatever else is asked for. 0: none
 * does. Asks how many are left; 0: it has failed.
 */
void fault_inject_set_nth(unsigned long nth);
unsigned long fault_inject_nth_left(void);

/* Faults of all kinds since the start. */
unsigned long fault_inject_count(void);

/* The sequence of random numbers begins anew. */
void fault_inject_seed(u64 seed);

/*
 * Begins to inject what the options ask for, and says so with the seed; and ends it.
 * Between them fault_inject_armed is true, if any was asked for.
 */
void fault_inject_arm(void);
void fault_inject_disarm(void);
extern bool fault_inject_armed;

/* fail-nth= begins to count anew. */
void fault_inject_restart_nth(void);

/* ---- Pages ------------------------------------------------------------------------ */

/* Before a block is looked for: shall there be none? */
bool should_fail_alloc_page(gfp_t gfp, unsigned int order);

/* ---- Slab objects ---------------------------------------------------------------- */

struct kmem_cache;

/* Shall this allocation of an object fail? */
bool __should_failslab(struct kmem_cache *s, gfp_t gfp);
static inline int should_failslab(struct kmem_cache *s, gfp_t gfp)
{
	return fault_inject_armed && __should_failslab(s, gfp) ? -ENOMEM : 0;
}

/* What comes with this header on Linux. */
#include <linux/ratelimit.h>

#endif /* _LINUX_FAULT_INJECT_H */
