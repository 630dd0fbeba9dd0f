/* SPDX-License-Identifier: MIT */
/*
 * Reference counts that cost each CPU an addition of its own, until the object is to go.
 *
 *   percpu mode   each CPU counts for itself; nobody knows whether the sum is 0
 *        │ percpu_ref_kill(): a grace period, then the sum
 *   atomic mode   one count; @release is called when it comes to 0
 *
 * Owns:       the CPUs' counts and what switching needs.
 * Invariants: in percpu mode a reference more than there are is kept, so that the count
 *             cannot come to 0. It is dropped by percpu_ref_kill().
 * Lifetime:   percpu_ref_init() to percpu_ref_exit(), at which nobody has a reference.
 * Locking:    get and put in any context but exception handlers. Kill, switch, resurrect
 *             and reinit may be called at once; the _sync form waits, and so does what
 *             follows a switch that goes on.
 * Failure:    -ENOMEM from percpu_ref_init(). Killing what is dying, or reviving what is
 *             not, is warned of and not done.
 * Source:     Linux's include/linux/percpu-refcount.h: the same names and meaning.
 */
#ifndef _LINUX_PERCPU_REFCOUNT_H
#define _LINUX_PERCPU_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/gfp_types.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct percpu_ref;
typedef void(percpu_ref_func_t)(struct percpu_ref *ref);

/* In the low bits of the counts' address: as long as one is set, they are not used. */
enum {
	__PERCPU_REF_ATOMIC = 1 << 0,
	__PERCPU_REF_DEAD = 1 << 1,
	__PERCPU_REF_ATOMIC_DEAD = __PERCPU_REF_ATOMIC | __PERCPU_REF_DEAD,
	__PERCPU_REF_FLAG_BITS = 2,
};

enum {
	PERCPU_REF_INIT_ATOMIC = 1 << 0,  /* atomic mode; count 1 */
	PERCPU_REF_INIT_DEAD = 1 << 1,	  /* atomic mode, dying, count 0: for percpu_ref_reinit() */
	PERCPU_REF_ALLOW_REINIT = 1 << 2, /* the counts stay after percpu_ref_kill() */
};

struct percpu_ref_data {
	atomic_long_t count;
	percpu_ref_func_t *release;
	percpu_ref_func_t *confirm_switch; /* not NULL: a switch goes on */
	bool force_atomic : 1;
	bool allow_reinit : 1;
	struct rcu_head rcu;
	struct percpu_ref *ref;
};

struct percpu_ref {
	unsigned long percpu_count_ptr; /* unsigned long __percpu *, and the bits above */
	struct percpu_ref_data *data;
};

/* @release is called once, by who drops the last reference; @flags: PERCPU_REF_*. */
int percpu_ref_init(struct percpu_ref *ref, percpu_ref_func_t *release, unsigned int flags,
		    gfp_t gfp);
void percpu_ref_exit(struct percpu_ref *ref);

/*
 * One count from now on: @confirm_switch, where not NULL, is called after all CPUs have
 * seen it. Back to CPUs' own, unless it is dying.
 */
void percpu_ref_switch_to_atomic(struct percpu_ref *ref, percpu_ref_func_t *confirm_switch);
void percpu_ref_switch_to_atomic_sync(struct percpu_ref *ref);
void percpu_ref_switch_to_percpu(struct percpu_ref *ref);

/* Drops the first reference: no tryget_live succeeds once @confirm_kill was called. */
void percpu_ref_kill_and_confirm(struct percpu_ref *ref, percpu_ref_func_t *confirm_kill);

/* Undoes that: with references left, or (reinit) when all are gone. */
void percpu_ref_resurrect(struct percpu_ref *ref);
void percpu_ref_reinit(struct percpu_ref *ref);

bool percpu_ref_is_zero(struct percpu_ref *ref);

static inline void percpu_ref_kill(struct percpu_ref *ref)
{
	percpu_ref_kill_and_confirm(ref, NULL);
}

/* Is it in percpu mode? *@counts is where the CPUs count then. In an RCU section. */
static inline bool __ref_is_percpu(struct percpu_ref *ref, unsigned long __percpu **counts)
{
	unsigned long ptr = __atomic_load_n(&ref->percpu_count_ptr, __ATOMIC_ACQUIRE);

	if (unlikely(ptr & __PERCPU_REF_ATOMIC_DEAD))
		return false;
	*counts = (unsigned long __percpu *)ptr;
	return true;
}

/* ---- References ---------------------------------------------------------------------- */

static inline void percpu_ref_get_many(struct percpu_ref *ref, unsigned long nr)
{
	unsigned long __percpu *counts;

	rcu_read_lock();
	if (__ref_is_percpu(ref, &counts))
		this_cpu_add(*counts, nr);
	else
		atomic_long_add((long)nr, &ref->data->count);
	rcu_read_unlock();
}

static inline void percpu_ref_get(struct percpu_ref *ref)
{
	percpu_ref_get_many(ref, 1);
}

/* False where none are left. */
static inline bool percpu_ref_tryget_many(struct percpu_ref *ref, unsigned long nr)
{
	unsigned long __percpu *counts;
	bool got = true;

	rcu_read_lock();
	if (__ref_is_percpu(ref, &counts))
		this_cpu_add(*counts, nr);
	else
		got = atomic_long_add_unless(&ref->data->count, (long)nr, 0);
	rcu_read_unlock();
	return got;
}

static inline bool percpu_ref_tryget(struct percpu_ref *ref)
{
	return percpu_ref_tryget_many(ref, 1);
}

/* False where it is dying, too. The first form is for who is in an RCU section. */
static inline bool percpu_ref_tryget_live_rcu(struct percpu_ref *ref)
{
	unsigned long __percpu *counts;

	if (likely(__ref_is_percpu(ref, &counts))) {
		this_cpu_inc(*counts);
		return true;
	}
	if (READ_ONCE(ref->percpu_count_ptr) & __PERCPU_REF_DEAD)
		return false;
	return atomic_long_inc_not_zero(&ref->data->count);
}

static inline bool percpu_ref_tryget_live(struct percpu_ref *ref)
{
	bool got;

	rcu_read_lock();
	got = percpu_ref_tryget_live_rcu(ref);
	rcu_read_unlock();
	return got;
}

static inline void percpu_ref_put_many(struct percpu_ref *ref, unsigned long nr)
{
	unsigned long __percpu *counts;

	rcu_read_lock();
	if (__ref_is_percpu(ref, &counts))
		this_cpu_sub(*counts, nr);
	else if (unlikely(atomic_long_sub_and_test((long)nr, &ref->data->count)))
		ref->data->release(ref);
	rcu_read_unlock();
}

static inline void percpu_ref_put(struct percpu_ref *ref)
{
	percpu_ref_put_many(ref, 1);
}

/* Was it killed? */
static inline bool percpu_ref_is_dying(struct percpu_ref *ref)
{
	return READ_ONCE(ref->percpu_count_ptr) & __PERCPU_REF_DEAD;
}

#endif /* _LINUX_PERCPU_REFCOUNT_H */
