/* SPDX-License-Identifier: MIT */
/*
 * Counters that many CPUs change and few read: each CPU counts for itself, and what it
 * has counted goes to the common count in batches.
 *
 * Owns:       the CPUs' counts, from alloc_percpu().
 * Invariants: the value is the common count and all CPUs' together. The common count alone
 *             is off by less than a batch for each CPU.
 * Lifetime:   percpu_counter_init() to percpu_counter_destroy().
 * Locking:    changes in any context but exception handlers; percpu_counter_set() is for
 *             when nobody else changes it. The counter's own lock is taken here.
 * Failure:    -ENOMEM from percpu_counter_init(), nothing changed.
 * Source:     Linux's include/linux/percpu_counter.h: the same names and meaning.
 */
#ifndef _LINUX_PERCPU_COUNTER_H
#define _LINUX_PERCPU_COUNTER_H

#include <linux/gfp_types.h>
#include <linux/limits.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct percpu_counter {
	raw_spinlock_t lock;
	s64 count;
	s32 __percpu *counters; /* NULL: not initialised */
};

/* A batch by default: larger with more CPUs. */
int percpu_counter_batch_size(void);
#define percpu_counter_batch percpu_counter_batch_size()

/* For counts that are summed up whenever they are read. */
#define PERCPU_COUNTER_LOCAL_BATCH INT_MAX

int percpu_counter_init(struct percpu_counter *fbc, s64 amount, gfp_t gfp);
void percpu_counter_destroy(struct percpu_counter *fbc);

static inline bool percpu_counter_initialized(struct percpu_counter *fbc)
{
	return fbc->counters != NULL;
}

/* ---- Changing ---------------------------------------------------------------------- */

void percpu_counter_set(struct percpu_counter *fbc, s64 amount);
void percpu_counter_add_batch(struct percpu_counter *fbc, s64 amount, s32 batch);

/* What this CPU has counted goes to the common count. */
void percpu_counter_sync(struct percpu_counter *fbc);

static inline void percpu_counter_add(struct percpu_counter *fbc, s64 amount)
{
	percpu_counter_add_batch(fbc, amount, percpu_counter_batch);
}

static inline void percpu_counter_add_local(struct percpu_counter *fbc, s64 amount)
{
	percpu_counter_add_batch(fbc, amount, PERCPU_COUNTER_LOCAL_BATCH);
}

static inline void percpu_counter_inc(struct percpu_counter *fbc)
{
	percpu_counter_add(fbc, 1);
}

static inline void percpu_counter_dec(struct percpu_counter *fbc)
{
	percpu_counter_add(fbc, -1);
}

static inline void percpu_counter_sub(struct percpu_counter *fbc, s64 amount)
{
	percpu_counter_add(fbc, -amount);
}

static inline void percpu_counter_sub_local(struct percpu_counter *fbc, s64 amount)
{
	percpu_counter_add_local(fbc, -amount);
}

/* ---- Reading ------------------------------------------------------------------------ */

/* The value: looks at all CPUs' counts. */
s64 __percpu_counter_sum(struct percpu_counter *fbc);

static inline s64 percpu_counter_sum(struct percpu_counter *fbc)
{
	return __percpu_counter_sum(fbc);
}

static inline s64 percpu_counter_sum_positive(struct percpu_counter *fbc)
{
	s64 sum = __percpu_counter_sum(fbc);

	return sum < 0 ? 0 : sum;
}

/* The common count alone: cheap, and off by up to a batch for each CPU. */
static inline s64 percpu_counter_read(struct percpu_counter *fbc)
{
	return READ_ONCE(fbc->count);
}

static inline s64 percpu_counter_read_positive(struct percpu_counter *fbc)
{
	s64 count = percpu_counter_read(fbc);

	return count < 0 ? 0 : count;
}

/* Below, at or above @rhs: -1, 0 or 1. Looks at all CPUs only where it is near. */
int __percpu_counter_compare(struct percpu_counter *fbc, s64 rhs, s32 batch);

static inline int percpu_counter_compare(struct percpu_counter *fbc, s64 rhs)
{
	return __percpu_counter_compare(fbc, rhs, percpu_counter_batch);
}

#endif /* _LINUX_PERCPU_COUNTER_H */
