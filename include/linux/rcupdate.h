/* SPDX-License-Identifier: MIT */
/*
 * Read-copy-update: readers that take no lock, and writers that wait until those who
 * may still see what was taken out of reach have gone.
 *
 *   reader   rcu_read_lock ── p = rcu_dereference(x) ... ── rcu_read_unlock
 *   writer   rcu_assign_pointer(x, new) ──► call_rcu(&old->head, free_it)
 *                                              └ after each CPU was outside once
 *
 * Owns:       a count for each CPU of the sections it began and ended, and the callbacks
 *             that wait.
 * Invariants: a callback runs only after every section that had begun when it was
 *             queued has ended. A CPU that is in none at the time holds up nothing:
 *             on one CPU a grace period is over as soon as one looks.
 * Lifetime:   always.
 * Locking:    call_rcu() anywhere, also in a section; callbacks run at defined points
 *             only, and with no lock held: in rcu_poll(), which new slabs call,
 *             synchronize_rcu() and rcu_barrier().
 * Failure:    waiting inside a section, which would wait for itself, is warned of and not
 *             done. A CPU that stays in one for SMP_CALL_SECONDS (linux/smp.h) while another
 *             waits is named, and ends the run: panic().
 * Source:     Linux's Documentation/RCU and include/linux/rcupdate.h: the same names
 *             and meaning.
 */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

typedef void (*rcu_callback_t)(struct rcu_head *head);

/* Sections nest. */
void rcu_read_lock(void);
void rcu_read_unlock(void);
bool rcu_read_lock_held(void);

/* Runs @func(@head) after a grace period. @head lies in what is to be freed. */
void call_rcu(struct rcu_head *head, rcu_callback_t func);

/* Returns when a grace period that began now is over. */
void synchronize_rcu(void);

/* Returns when all that was queued on any CPU before has run. Not from a callback. */
void rcu_barrier(void);

/* Ends the grace period if it may end, and runs what waited for it. */
void rcu_poll(void);

/* Nothing waits, nobody reads. */
void rcu_reset(void);

#define rcu_dereference(p)		__atomic_load_n(&(p), __ATOMIC_CONSUME)
#define rcu_access_pointer(p)		READ_ONCE(p)
#define rcu_assign_pointer(p, v)	__atomic_store_n(&(p), (v), __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v)		WRITE_ONCE(p, v)
#define rcu_dereference_protected(p, c) (p)

/* kvfree()s @ptr, whose struct rcu_head is the member @field, after a grace period. */
#define KFREE_RCU_OFFSET_MAX 4096
#define kfree_rcu(ptr, field)                                                             \
	do {                                                                              \
		static_assert(__builtin_offsetof(__typeof__(*(ptr)), field) <             \
			      KFREE_RCU_OFFSET_MAX);                                      \
		call_rcu(&(ptr)->field,                                                   \
			 (rcu_callback_t) __builtin_offsetof(__typeof__(*(ptr)), field)); \
	} while (0)

#endif /* _LINUX_RCUPDATE_H */
