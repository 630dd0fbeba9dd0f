/* SPDX-License-Identifier: MIT */
/*
 * Which part of all events is of one kind, where what is long ago counts less: at each new period
 * all counts are halved. A kind's own count is halved when it is next looked at.
 *
 * Owns:       the counters, from the *_init_*() to the *_destroy_*() of the same name.
 * Invariants: a fraction is between 0 and 1, and its denominator is not 0.
 * Locking:    events and fractions in any context but exception handlers; __fprop_*() with
 *             interrupts off. Of fprop_new_period() one call at a time.
 * Failure:    -ENOMEM where counters are made, and nothing is held then.
 * Source:     Linux 6.1's flex_proportions.h.
 */
#ifndef _LINUX_FLEX_PROPORTIONS_H
#define _LINUX_FLEX_PROPORTIONS_H

#include <linux/gfp.h>
#include <linux/percpu_counter.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>

/* In what a largest fraction is given. */
#define FPROP_FRAC_SHIFT 10
#define FPROP_FRAC_BASE	 (1UL << FPROP_FRAC_SHIFT)

/* ---- All events ------------------------------------------------------------------------ */

struct fprop_global {
	struct percpu_counter events; /* one more than there were */
	unsigned int period;
	seqcount_t sequence; /* of changes of the period */
};

int fprop_global_init(struct fprop_global *p, gfp_t gfp);
void fprop_global_destroy(struct fprop_global *p);

/* @periods are over. False: nothing is left to halve, and it is the period that it was. */
bool fprop_new_period(struct fprop_global *p, int periods);

/* ---- Those of a kind, counted by one CPU at a time ------------------------------------- */

struct fprop_local_single {
	unsigned long events;
	unsigned int period; /* up to which they are halved */
	raw_spinlock_t lock;
};

#define INIT_FPROP_LOCAL_SINGLE(name)                        \
	{                                                    \
		.lock = __RAW_SPIN_LOCK_UNLOCKED(name.lock), \
	}

int fprop_local_init_single(struct fprop_local_single *pl);
void fprop_local_destroy_single(struct fprop_local_single *pl);
void __fprop_inc_single(struct fprop_global *p, struct fprop_local_single *pl);
void fprop_fraction_single(struct fprop_global *p, struct fprop_local_single *pl,
			   unsigned long *numerator, unsigned long *denominator);

static inline void fprop_inc_single(struct fprop_global *p, struct fprop_local_single *pl)
{
	unsigned long flags;

	local_irq_save(flags);
	__fprop_inc_single(p, pl);
	local_irq_restore(flags);
}

/* ---- Those of a kind, counted by all CPUs ---------------------------------------------- */

struct fprop_local_percpu {
	struct percpu_counter events;
	unsigned int period;
	raw_spinlock_t lock;
};

int fprop_local_init_percpu(struct fprop_local_percpu *pl, gfp_t gfp);
void fprop_local_destroy_percpu(struct fprop_local_percpu *pl);
void __fprop_add_percpu(struct fprop_global *p, struct fprop_local_percpu *pl, long nr);

/* As many of @nr as keep the fraction at @max_frac/FPROP_FRAC_BASE or just above. */
void __fprop_add_percpu_max(struct fprop_global *p, struct fprop_local_percpu *pl, int max_frac,
			    long nr);
void fprop_fraction_percpu(struct fprop_global *p, struct fprop_local_percpu *pl,
			   unsigned long *numerator, unsigned long *denominator);

static inline void fprop_inc_percpu(struct fprop_global *p, struct fprop_local_percpu *pl)
{
	unsigned long flags;

	local_irq_save(flags);
	__fprop_add_percpu(p, pl, 1);
	local_irq_restore(flags);
}

#endif /* _LINUX_FLEX_PROPORTIONS_H */
