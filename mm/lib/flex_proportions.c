// SPDX-License-Identifier: MIT
/* Which part of all events is of one kind. Contract: linux/flex_proportions.h. */
#include <linux/flex_proportions.h>

#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>

/* The first event is one that nobody had, so that there is no period without any. */
int fprop_global_init(struct fprop_global *p, gfp_t gfp)
{
	p->period = 0;
	seqcount_init(&p->sequence);
	return percpu_counter_init(&p->events, 1, gfp);
}

void fprop_global_destroy(struct fprop_global *p)
{
	percpu_counter_destroy(&p->events);
}

/* What is left of @events after @periods: nothing of 63 bits after 63. */
static s64 aged(s64 events, unsigned int periods)
{
	return periods < BITS_PER_LONG - 1 ? events >> periods : 0;
}

/*
 * What aging takes is subtracted, so that events that come meanwhile are not lost. From 64 periods
 * on all goes, as on Linux: also the event that nobody had.
 */
bool fprop_new_period(struct fprop_global *p, int periods)
{
	s64 events = percpu_counter_sum(&p->events);
	unsigned long flags;

	if (events <= 1)
		return false;
	local_irq_save(flags);
	write_seqcount_begin(&p->sequence);
	percpu_counter_add(&p->events, aged(events, periods) - events);
	p->period += periods;
	write_seqcount_end(&p->sequence);
	local_irq_restore(flags);
	return true;
}

/* Counters of CPUs may be off: a part is no more than all, and all are not 0. */
static void set_fraction(s64 part, s64 all, unsigned long *numerator, unsigned long *denominator)
{
	*numerator = part;
	*denominator = max3(part, all, (s64)1);
}

/*
 * How many periods a kind is behind, whose counted ones are up to *@period: its lock is held then,
 * until end_aging(). 0: none, and it is not held.
 */
static unsigned int begin_aging(const struct fprop_global *p, const unsigned int *period,
				raw_spinlock_t *lock, unsigned long *flags)
{
	unsigned int now = READ_ONCE(p->period);

	if (READ_ONCE(*period) == now)
		return 0;
	raw_spin_lock_irqsave(lock, *flags);
	if (*period < now)
		return now - *period;
	raw_spin_unlock_irqrestore(lock, *flags);
	return 0;
}

static void end_aging(unsigned int *period, unsigned int behind, raw_spinlock_t *lock,
		      unsigned long flags)
{
	WRITE_ONCE(*period, *period + behind);
	raw_spin_unlock_irqrestore(lock, flags);
}

/* ---- Those of a kind, counted by one CPU at a time ------------------------------------- */

int fprop_local_init_single(struct fprop_local_single *pl)
{
	*pl = (struct fprop_local_single)INIT_FPROP_LOCAL_SINGLE((*pl));
	return 0;
}

void fprop_local_destroy_single(struct fprop_local_single *pl)
{
	(void)pl; /* it holds nothing */
}

static void age_single(struct fprop_global *p, struct fprop_local_single *pl)
{
	unsigned long flags;
	unsigned int behind = begin_aging(p, &pl->period, &pl->lock, &flags);

	if (!behind)
		return;
	pl->events = aged(pl->events, behind);
	end_aging(&pl->period, behind, &pl->lock, flags);
}

void __fprop_inc_single(struct fprop_global *p, struct fprop_local_single *pl)
{
	age_single(p, pl);
	pl->events++;
	percpu_counter_add(&p->events, 1);
}

void fprop_fraction_single(struct fprop_global *p, struct fprop_local_single *pl,
			   unsigned long *numerator, unsigned long *denominator)
{
	unsigned int seq;
	s64 part, all;

	do {
		seq = read_seqcount_begin(&p->sequence);
		age_single(p, pl);
		part = pl->events;
		all = percpu_counter_read_positive(&p->events);
	} while (read_seqcount_retry(&p->sequence, seq));
	set_fraction(part, all, numerator, denominator);
}

/* ---- Those of a kind, counted by all CPUs ---------------------------------------------- */

/* Small, as a kind's count is small. */
static s32 batch(void)
{
	return 8 * (1 + ilog2(nr_cpu_ids));
}

int fprop_local_init_percpu(struct fprop_local_percpu *pl, gfp_t gfp)
{
	pl->period = 0;
	raw_spin_lock_init(&pl->lock);
	return percpu_counter_init(&pl->events, 0, gfp);
}

void fprop_local_destroy_percpu(struct fprop_local_percpu *pl)
{
	percpu_counter_destroy(&pl->events);
}

/* Where what the CPUs have for themselves may be a large part, it is summed up. */
static void age_counter(struct percpu_counter *events, unsigned int periods)
{
	s64 count = percpu_counter_read(events);

	if (periods >= BITS_PER_LONG) {
		percpu_counter_set(events, 0);
		return;
	}
	if (count < (s64)nr_cpu_ids * batch())
		count = percpu_counter_sum(events);
	percpu_counter_add_batch(events, aged(count, periods) - count, batch());
}

static void age_percpu(struct fprop_global *p, struct fprop_local_percpu *pl)
{
	unsigned long flags;
	unsigned int behind = begin_aging(p, &pl->period, &pl->lock, &flags);

	if (!behind)
		return;
	age_counter(&pl->events, behind);
	end_aging(&pl->period, behind, &pl->lock, flags);
}

void __fprop_add_percpu(struct fprop_global *p, struct fprop_local_percpu *pl, long nr)
{
	age_percpu(p, pl);
	percpu_counter_add_batch(&pl->events, nr, batch());
	percpu_counter_add(&p->events, nr);
}

void fprop_fraction_percpu(struct fprop_global *p, struct fprop_local_percpu *pl,
			   unsigned long *numerator, unsigned long *denominator)
{
	unsigned int seq;
	s64 part, all;

	do {
		seq = read_seqcount_begin(&p->sequence);
		age_percpu(p, pl);
		part = percpu_counter_read_positive(&pl->events);
		all = percpu_counter_read_positive(&p->events);
	} while (read_seqcount_retry(&p->sequence, seq));
	set_fraction(part, all, numerator, denominator);
}

/* With x more, part + x is at most max_frac of all + x: x is room / (FPROP_FRAC_BASE - max_frac). */
void __fprop_add_percpu_max(struct fprop_global *p, struct fprop_local_percpu *pl, int max_frac,
			    long nr)
{
	long others = (long)FPROP_FRAC_BASE - max_frac;
	unsigned long part, all;

	if (others > 0) {
		s64 room;

		fprop_fraction_percpu(p, pl, &part, &all);
		room = (s64)(all * max_frac - (part << FPROP_FRAC_SHIFT));
		if (room < 0)
			return;
		nr = min_t(s64, nr, DIV_ROUND_UP(room, others));
	}
	__fprop_add_percpu(p, pl, nr);
}
