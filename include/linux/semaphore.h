/* SPDX-License-Identifier: MIT */
/*
 * Counting semaphores: so many may be in at once.
 *
 * Context: down() with no spinlock held, and not in an exception; up() anywhere, by anybody.
 * Failure: when every CPU waits: panic() (linux/wait.h).
 * Source:  Linux's include/linux/semaphore.h. There are no signals, so the interruptible and
 *          killable forms always return 0.
 */
#ifndef _LINUX_SEMAPHORE_H
#define _LINUX_SEMAPHORE_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/wait.h>

struct semaphore {
	atomic_t count; /* who may still go in */
	struct wait_queue_head wait;
};

#define __SEMAPHORE_INITIALIZER(name, n)                                                    \
	{                                                                                   \
		.count = ATOMIC_INIT(n), .wait = __WAIT_QUEUE_HEAD_INITIALIZER((name).wait) \
	}
#define DEFINE_SEMAPHORE(name) struct semaphore name = __SEMAPHORE_INITIALIZER(name, 1)

static inline void sema_init(struct semaphore *sem, int val)
{
	atomic_set(&sem->count, val);
	init_waitqueue_head(&sem->wait);
}

/* 0 where it is got, 1 where not: other than mutex_trylock(). */
static inline int __must_check down_trylock(struct semaphore *sem)
{
	return atomic_add_unless(&sem->count, -1, 0) ? 0 : 1;
}

static inline void down(struct semaphore *sem)
{
	wait_event_exclusive_cmd(sem->wait, !down_trylock(sem), , );
}

static inline int __must_check down_interruptible(struct semaphore *sem)
{
	down(sem);
	return 0;
}

static inline int __must_check down_killable(struct semaphore *sem)
{
	down(sem);
	return 0;
}

/* -ETIME where @timeout jiffies were not enough. */
static inline int __must_check down_timeout(struct semaphore *sem, long timeout)
{
	return wait_event_timeout(sem->wait, !down_trylock(sem), timeout) ? 0 : -ETIME;
}

static inline void up(struct semaphore *sem)
{
	atomic_inc(&sem->count);
	if (wq_has_sleeper(&sem->wait))
		wake_up(&sem->wait);
}

#endif /* _LINUX_SEMAPHORE_H */
