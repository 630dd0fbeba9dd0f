// SPDX-License-Identifier: MIT
/*
 * References that CPUs count for themselves. Contract: linux/percpu-refcount.h.
 *
 * In percpu mode the common count has a bias that all CPUs' sums together do not reach,
 * so that a put which comes to it too early, after the mode has changed and before the sum
 * was added, never finds 0.
 */
#include <linux/percpu-refcount.h>

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define PERCPU_COUNT_BIAS (1L << 62)

/* For who switches, kills or revives: one at a time. */
static DEFINE_SPINLOCK_RANK(switch_lock, LOCK_RANK_LEAF);

static unsigned long __percpu *counts_of(struct percpu_ref *ref)
{
	return (unsigned long __percpu *)(ref->percpu_count_ptr &
					  ~(unsigned long)__PERCPU_REF_ATOMIC_DEAD);
}

int percpu_ref_init(struct percpu_ref *ref, percpu_ref_func_t *release, unsigned int flags,
		    gfp_t gfp)
{
	bool atomic = flags & (PERCPU_REF_INIT_ATOMIC | PERCPU_REF_INIT_DEAD);
	unsigned long __percpu *counts = __alloc_percpu_gfp(sizeof(long), sizeof(long), gfp);
	struct percpu_ref_data *data = counts ? kzalloc(sizeof(*data), gfp) : NULL;
	long count = flags & PERCPU_REF_INIT_DEAD ? 0 : 1;

	if (!data) {
		free_percpu(counts);
		return -ENOMEM;
	}
	data->force_atomic = flags & PERCPU_REF_INIT_ATOMIC;
	data->allow_reinit =
		flags & (PERCPU_REF_ALLOW_REINIT | PERCPU_REF_INIT_ATOMIC | PERCPU_REF_INIT_DEAD);
	data->release = release;
	data->ref = ref;
	atomic_long_set(&data->count, atomic ? count : count + PERCPU_COUNT_BIAS);
	ref->data = data;
	ref->percpu_count_ptr = (unsigned long)counts | (atomic ? __PERCPU_REF_ATOMIC : 0) |
				(flags & PERCPU_REF_INIT_DEAD ? __PERCPU_REF_DEAD : 0);
	return 0;
}

void percpu_ref_exit(struct percpu_ref *ref)
{
	if (ref->data && WARN_ON(ref->data->confirm_switch))
		return;
	free_percpu(counts_of(ref));
	kfree(ref->data);
	ref->percpu_count_ptr = __PERCPU_REF_ATOMIC_DEAD;
	ref->data = NULL;
}

/* ---- Switching ------------------------------------------------------------------------ */

static void nothing(struct percpu_ref *ref)
{
	(void)ref;
}

/* The grace period is over: no CPU counts for itself any more. */
static void all_have_seen(struct rcu_head *rcu)
{
	struct percpu_ref_data *data = container_of(rcu, struct percpu_ref_data, rcu);
	struct percpu_ref *ref = data->ref;
	unsigned long __percpu *counts = counts_of(ref);
	percpu_ref_func_t *confirm = data->confirm_switch;
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu (cpu)
		sum += *per_cpu_ptr(counts, cpu);
	WARN_ON(atomic_long_read(&data->count) + (long)sum - PERCPU_COUNT_BIAS < 0);
	atomic_long_add((long)sum - PERCPU_COUNT_BIAS, &data->count);
	if (!data->allow_reinit) {
		ref->percpu_count_ptr =
			__PERCPU_REF_ATOMIC | (ref->percpu_count_ptr & __PERCPU_REF_DEAD);
		free_percpu(counts);
	}
	confirm(ref);
	__atomic_store_n(&data->confirm_switch, NULL, __ATOMIC_RELEASE);
	percpu_ref_put(ref); /* of begin_atomic() */
}

/* With switch_lock held. No switch goes on. */
static void begin_atomic(struct percpu_ref *ref, percpu_ref_func_t *confirm)
{
	if (ref->percpu_count_ptr & __PERCPU_REF_ATOMIC) {
		if (confirm)
			confirm(ref);
		return;
	}
	__atomic_fetch_or(&ref->percpu_count_ptr, __PERCPU_REF_ATOMIC, __ATOMIC_SEQ_CST);
	ref->data->confirm_switch = confirm ?: nothing;
	percpu_ref_get(ref); /* until all_have_seen() */
	call_rcu(&ref->data->rcu, all_have_seen);
}

static void begin_percpu(struct percpu_ref *ref)
{
	unsigned long __percpu *counts = counts_of(ref);
	int cpu;

	if (!(ref->percpu_count_ptr & __PERCPU_REF_ATOMIC))
		return;
	if (WARN_ON(!counts))
		return;
	atomic_long_add(PERCPU_COUNT_BIAS, &ref->data->count);
	for_each_possible_cpu (cpu)
		*per_cpu_ptr(counts, cpu) = 0;
	/* Who sees the mode sees the counts at 0. */
	__atomic_fetch_and(&ref->percpu_count_ptr, ~(unsigned long)__PERCPU_REF_ATOMIC,
			   __ATOMIC_SEQ_CST);
}

static bool is_switching(struct percpu_ref *ref)
{
	return __atomic_load_n(&ref->data->confirm_switch, __ATOMIC_ACQUIRE) != NULL;
}

/* Takes switch_lock when no switch of @ref goes on; where one does it is waited for. */
static void lock_switch(struct percpu_ref *ref)
{
	for (;;) {
		spin_lock(&switch_lock);
		if (!is_switching(ref))
			return;
		spin_unlock(&switch_lock);
		rcu_barrier();
		cond_resched();
	}
}

/* The mode that flags and wishes ask for. */
static void switch_mode(struct percpu_ref *ref, percpu_ref_func_t *confirm)
{
	if (ref->data->force_atomic || percpu_ref_is_dying(ref))
		begin_atomic(ref, confirm);
	else
		begin_percpu(ref);
}

static void set_atomic(struct percpu_ref *ref, bool on, percpu_ref_func_t *confirm)
{
	lock_switch(ref);
	ref->data->force_atomic = on;
	switch_mode(ref, confirm);
	spin_unlock(&switch_lock);
}

void percpu_ref_switch_to_atomic(struct percpu_ref *ref, percpu_ref_func_t *confirm_switch)
{
	set_atomic(ref, true, confirm_switch);
}

void percpu_ref_switch_to_atomic_sync(struct percpu_ref *ref)
{
	percpu_ref_switch_to_atomic(ref, NULL);
	while (is_switching(ref)) {
		rcu_barrier();
		cond_resched();
	}
}

void percpu_ref_switch_to_percpu(struct percpu_ref *ref)
{
	set_atomic(ref, false, NULL);
}

void percpu_ref_kill_and_confirm(struct percpu_ref *ref, percpu_ref_func_t *confirm_kill)
{
	bool dying;

	lock_switch(ref);
	dying = percpu_ref_is_dying(ref);
	if (!dying) {
		__atomic_fetch_or(&ref->percpu_count_ptr, __PERCPU_REF_DEAD, __ATOMIC_SEQ_CST);
		switch_mode(ref, confirm_kill);
	}
	spin_unlock(&switch_lock);
	if (WARN_ONCE(dying, "percpu_ref_kill() of a reference that is dying: %px\n", (void *)ref))
		return;
	percpu_ref_put(ref);
}

void percpu_ref_resurrect(struct percpu_ref *ref)
{
	bool dying;

	lock_switch(ref);
	dying = percpu_ref_is_dying(ref);
	if (dying && counts_of(ref)) {
		__atomic_fetch_and(&ref->percpu_count_ptr, ~(unsigned long)__PERCPU_REF_DEAD,
				   __ATOMIC_SEQ_CST);
		percpu_ref_get(ref);
		switch_mode(ref, NULL);
	}
	spin_unlock(&switch_lock);
	WARN_ON(!dying);
}

void percpu_ref_reinit(struct percpu_ref *ref)
{
	if (WARN_ON(!percpu_ref_is_zero(ref)))
		return;
	percpu_ref_resurrect(ref);
}

bool percpu_ref_is_zero(struct percpu_ref *ref)
{
	unsigned long __percpu *counts;

	if (__ref_is_percpu(ref, &counts))
		return false;
	/* After percpu_ref_exit() there is nothing to count. */
	return !ref->data || atomic_long_read(&ref->data->count) == 0;
}
