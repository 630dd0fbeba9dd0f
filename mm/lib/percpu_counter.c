// SPDX-License-Identifier: MIT
/* Counters in batches. Contract: linux/percpu_counter.h. */
#include <linux/percpu_counter.h>

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/smp.h>

#define LEAST_BATCH 32

int percpu_counter_batch_size(void)
{
	return max(LEAST_BATCH, (int)num_online_cpus() * 2);
}

int percpu_counter_init(struct percpu_counter *fbc, s64 amount, gfp_t gfp)
{
	s32 __percpu *counters = __alloc_percpu_gfp(sizeof(s32), __alignof__(s32), gfp);

	if (!counters)
		return -ENOMEM;
	raw_spin_lock_init(&fbc->lock);
	fbc->count = amount;
	fbc->counters = counters;
	return 0;
}

void percpu_counter_destroy(struct percpu_counter *fbc)
{
	free_percpu(fbc->counters);
	fbc->counters = NULL;
}

void percpu_counter_set(struct percpu_counter *fbc, s64 amount)
{
	unsigned long flags;
	int cpu;

	raw_spin_lock_irqsave(&fbc->lock, flags);
	for_each_possible_cpu (cpu)
		WRITE_ONCE(*per_cpu_ptr(fbc->counters, cpu), 0);
	WRITE_ONCE(fbc->count, amount);
	raw_spin_unlock_irqrestore(&fbc->lock, flags);
}

/* Interrupts come between no two steps here: what they call does not count. */
void percpu_counter_add_batch(struct percpu_counter *fbc, s64 amount, s32 batch)
{
	s32 *mine = this_cpu_ptr(fbc->counters);
	s64 count = *mine + amount;
	unsigned long flags;

	if (count < batch && count > -batch) {
		WRITE_ONCE(*mine, (s32)count);
		return;
	}
	raw_spin_lock_irqsave(&fbc->lock, flags);
	WRITE_ONCE(fbc->count, fbc->count + count);
	WRITE_ONCE(*mine, 0);
	raw_spin_unlock_irqrestore(&fbc->lock, flags);
}

void percpu_counter_sync(struct percpu_counter *fbc)
{
	s32 *mine = this_cpu_ptr(fbc->counters);
	unsigned long flags;

	raw_spin_lock_irqsave(&fbc->lock, flags);
	WRITE_ONCE(fbc->count, fbc->count + *mine);
	WRITE_ONCE(*mine, 0);
	raw_spin_unlock_irqrestore(&fbc->lock, flags);
}

s64 __percpu_counter_sum(struct percpu_counter *fbc)
{
	unsigned long flags;
	s64 sum;
	int cpu;

	raw_spin_lock_irqsave(&fbc->lock, flags);
	sum = fbc->count;
	for_each_possible_cpu (cpu)
		sum += READ_ONCE(*per_cpu_ptr(fbc->counters, cpu));
	raw_spin_unlock_irqrestore(&fbc->lock, flags);
	return sum;
}

int __percpu_counter_compare(struct percpu_counter *fbc, s64 rhs, s32 batch)
{
	s64 count = percpu_counter_read(fbc);
	s64 near = (s64)batch * num_possible_cpus();

	if (count - rhs <= near && rhs - count <= near)
		count = percpu_counter_sum(fbc);
	return count > rhs ? 1 : count < rhs ? -1 : 0;
}
