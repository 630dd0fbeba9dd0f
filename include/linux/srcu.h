/* SPDX-License-Identifier: MIT */
/*
 * Read-copy-update whose readers may wait: each domain has its own.
 *
 *   reader   idx = srcu_read_lock(&s) ── may take mutexes ── srcu_read_unlock(&s, idx)
 *   writer   rcu_assign_pointer(x, new) ── synchronize_srcu(&s) ── frees the old one
 *            rcu_assign_pointer(x, new) ── call_srcu(&s, &old->head, free_it)
 *
 * Owns:       for each of two halves the number of readers in it, and the callbacks that wait.
 * Invariants: readers begin in one half, while a writer waits until the other has none. A
 *             callback runs only after every section that had begun when it was queued has ended.
 * Lifetime:   from DEFINE_SRCU() or init_srcu_struct() to cleanup_srcu_struct().
 * Locking:    readers: any context. Writers: no spinlock held, and not in a section of the
 *             same domain, which would wait for itself: panic() as linux/wait.h has it.
 *             call_srcu() anywhere, also in a section. Callbacks run in synchronize_srcu() and
 *             srcu_barrier() only, whoever calls these, and call neither.
 * Units:      none.
 * Failure:    none.
 * Source:     Linux's include/linux/srcu.h. A reader takes a lock for a moment, so sections of one
 *             domain are for who reads now and then; nothing runs by itself, so callbacks wait
 *             until somebody does.
 */
#ifndef _LINUX_SRCU_H
#define _LINUX_SRCU_H

#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/wait.h>

struct srcu_struct {
	struct mutex writers;
	struct wait_queue_head wait; /* its lock is the halves', too */
	unsigned long readers[2];
	int half;			 /* where readers begin */
	struct rcu_head *waiting, *last; /* callbacks; the last of them */
	struct rcu_head *running;	 /* those that the writer whose turn it is has yet to run */
};

#define __SRCU_STRUCT_INIT(name)                                    \
	{                                                           \
		.writers = __MUTEX_INITIALIZER((name).writers),     \
		.wait = __WAIT_QUEUE_HEAD_INITIALIZER((name).wait), \
	}
#define DEFINE_SRCU(name)	 struct srcu_struct name = __SRCU_STRUCT_INIT(name)
#define DEFINE_STATIC_SRCU(name) static DEFINE_SRCU(name)

/* 0. */
int init_srcu_struct(struct srcu_struct *ssp);

/* Warns where somebody reads, or callbacks wait: srcu_barrier() comes first. */
void cleanup_srcu_struct(struct srcu_struct *ssp);

/* What it returns is for its end, on whatever CPU. Sections nest. */
int __must_check srcu_read_lock(struct srcu_struct *ssp);
void srcu_read_unlock(struct srcu_struct *ssp, int idx);

/* Does anybody read? */
int srcu_read_lock_held(const struct srcu_struct *ssp);

/* Returns when each section that had begun has ended. */
void synchronize_srcu(struct srcu_struct *ssp);

static inline void synchronize_srcu_expedited(struct srcu_struct *ssp)
{
	synchronize_srcu(ssp);
}

/*
 * @func is called with @head when each section that has begun has ended: see above. One that
 * waits already is told, counted in rcu_double_calls, and runs once.
 */
void call_srcu(struct srcu_struct *ssp, struct rcu_head *head, rcu_callback_t func);

/* Returns when all callbacks that were queued have run. */
static inline void srcu_barrier(struct srcu_struct *ssp)
{
	synchronize_srcu(ssp);
}

#define srcu_dereference_check(p, ssp, c) rcu_dereference(p)
#define srcu_dereference(p, ssp)	  rcu_dereference(p)
#define srcu_dereference_notrace(p, ssp)  rcu_dereference(p)
#define smp_mb__after_srcu_read_unlock()  ((void)0)

/* Until the end of a block: linux/cleanup.h. */
DEFINE_LOCK_GUARD_1(srcu, struct srcu_struct, _T->idx = srcu_read_lock(_T->lock),
		    srcu_read_unlock(_T->lock, _T->idx), int idx)

/* What comes with this header on Linux. */
#include <linux/workqueue.h>

#endif /* _LINUX_SRCU_H */
