/* SPDX-License-Identifier: MIT */
/*
 * Locks for many readers or one writer, held while others may be waited for. A writer that
 * waits keeps new readers out.
 *
 * Invariants: count is the number of readers, or RWSEM_WRITER.
 * Context:    no spinlock held, and not in an exception.
 * Failure:    when every CPU waits: panic() (linux/wait.h). Giving back what nobody holds
 *             is warned of and not done.
 * Source:     Linux's include/linux/rwsem.h. There are no signals, so the interruptible and
 *             killable forms always return 0; lockdep's subclasses are ignored.
 */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/types.h>
#include <linux/wait.h>

#define RWSEM_WRITER (-1)

struct rw_semaphore {
	atomic_t count;
	atomic_t writers_waiting;
	struct wait_queue_head wait;
};

#define __RWSEM_INITIALIZER(name)                                           \
	{                                                                   \
		.count = ATOMIC_INIT(0), .writers_waiting = ATOMIC_INIT(0), \
		.wait = __WAIT_QUEUE_HEAD_INITIALIZER((name).wait)          \
	}
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

static inline void init_rwsem(struct rw_semaphore *sem)
{
	atomic_set(&sem->count, 0);
	atomic_set(&sem->writers_waiting, 0);
	init_waitqueue_head(&sem->wait);
}

static inline int rwsem_is_locked(struct rw_semaphore *sem)
{
	return atomic_read(&sem->count) != 0;
}

static inline int rwsem_is_contended(struct rw_semaphore *sem)
{
	return waitqueue_active(&sem->wait);
}

void down_read(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);

/* 1 where it is got, 0 where not. */
int down_read_trylock(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);

void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);

/* The writer is a reader from now on. */
void downgrade_write(struct rw_semaphore *sem);

static inline int __must_check down_read_killable(struct rw_semaphore *sem)
{
	down_read(sem);
	return 0;
}

static inline int __must_check down_read_interruptible(struct rw_semaphore *sem)
{
	down_read(sem);
	return 0;
}

static inline int __must_check down_write_killable(struct rw_semaphore *sem)
{
	down_write(sem);
	return 0;
}

#define down_read_nested(sem, subclass)		 down_read(sem)
#define down_read_killable_nested(sem, subclass) down_read_killable(sem)
#define down_write_nested(sem, subclass)	 down_write(sem)
#define down_write_killable_nested(sem, sub)	 down_write_killable(sem)
#define down_write_nest_lock(sem, nest)		 down_write(sem)
#define down_read_non_owner(sem)		 down_read(sem)
#define up_read_non_owner(sem)			 up_read(sem)

#define __init_rwsem(sem, name, key) ((void)(name), (void)(key), init_rwsem(sem))
#define RWSEM_UNLOCKED_VALUE	     0L

/* What comes with this header on Linux. */
#include <linux/err.h>

/* Until the end of a block: linux/cleanup.h. */
DEFINE_GUARD(rwsem_read, struct rw_semaphore *, down_read(_T), up_read(_T))
DEFINE_GUARD(rwsem_write, struct rw_semaphore *, down_write(_T), up_write(_T))
DEFINE_FREE(up_read, struct rw_semaphore *, if (_T) up_read(_T))
DEFINE_FREE(up_write, struct rw_semaphore *, if (_T) up_write(_T))

#endif /* _LINUX_RWSEM_H */
