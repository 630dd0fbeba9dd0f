/* SPDX-License-Identifier: MIT */
/*
 * Mutexes: locks that may be held while other CPUs are waited for. Who finds one taken does
 * meanwhile what others ask of its CPU.
 *
 * Invariants: a CPU is here what a task is on Linux: one holds it, and gives it back.
 * Context:    no spinlock held, and not in an exception.
 * Failure:    a CPU that takes one that it holds, and CPUs that all wait, would do so for
 *             ever: panic(), with the mutex's address. Giving back what another CPU holds
 *             is warned of and not done.
 * Source:     Linux's include/linux/mutex.h. There are no signals, so the interruptible and
 *             killable forms always return 0; lockdep's subclasses are ignored.
 */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/types.h>
#include <linux/wait.h>

struct mutex {
	atomic_t owner; /* CPU + 1; 0: free */
	struct wait_queue_head wait;
};

#define __MUTEX_INITIALIZER(name)                                                           \
	{                                                                                   \
		.owner = ATOMIC_INIT(0), .wait = __WAIT_QUEUE_HEAD_INITIALIZER((name).wait) \
	}
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

static inline void mutex_init(struct mutex *lock)
{
	atomic_set(&lock->owner, 0);
	init_waitqueue_head(&lock->wait);
}

static inline void mutex_destroy(struct mutex *lock)
{
	(void)lock;
}

static inline bool mutex_is_locked(struct mutex *lock)
{
	return atomic_read(&lock->owner) != 0;
}

void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

/* 1 where it is got, 0 where somebody has it. */
int mutex_trylock(struct mutex *lock);

static inline int __must_check mutex_lock_interruptible(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}

static inline int __must_check mutex_lock_killable(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}

#define mutex_lock_io(lock)				mutex_lock(lock)
#define mutex_lock_nested(lock, subclass)		mutex_lock(lock)
#define mutex_lock_nest_lock(lock, nest)		mutex_lock(lock)
#define mutex_lock_io_nested(lock, subclass)		mutex_lock(lock)
#define mutex_lock_interruptible_nested(lock, subclass) mutex_lock_interruptible(lock)
#define mutex_lock_killable_nested(lock, subclass)	mutex_lock_killable(lock)

/* *@cnt less by one. Where that is 0: 1, with @lock held; only then is it taken. */
int atomic_dec_and_mutex_lock(atomic_t *cnt, struct mutex *lock);

/* Until the end of a block: linux/cleanup.h. */
DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
DEFINE_FREE(mutex, struct mutex *, if (_T) mutex_unlock(_T))

#define __mutex_init(lock, name, key) ((void)(name), (void)(key), mutex_init(lock))

/* What comes with this header on Linux. */
#include <linux/lockdep.h>

#endif /* _LINUX_MUTEX_H */
