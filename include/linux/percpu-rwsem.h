/* SPDX-License-Identifier: MIT */
/*
 * Locks for very many readers and hardly ever a writer: each CPU counts its readers for itself,
 * so that readers share no cache line that anybody writes.
 *
 *   reader:  count of this CPU + 1  ─ barrier ─  is there a writer?
 *   writer:  block = 1              ─ barrier ─  is the sum of all counts 0?
 *
 * Owns:       the counts, from alloc_percpu() or of the definition.
 * Invariants: readers may leave on another CPU than they came on: it is the sum that counts. One
 *             of a reader and a writer that come at once sees the other; a reader that sees a
 *             writer takes its count back and waits.
 * Lifetime:   DEFINE_PERCPU_RWSEM(), from setup_per_cpu_areas() on; percpu_init_rwsem() to
 *             percpu_free_rwsem(), with nobody inside.
 * Context:    no spinlock held, and not in an exception; percpu_down_read_trylock() and
 *             percpu_up_read() anywhere but in exceptions.
 * Failure:    -ENOMEM from percpu_init_rwsem(), no counts. When every CPU waits: panic()
 *             (linux/wait.h). percpu_up_write() of what nobody writes is warned of and not done.
 * Source:     Linux 6.1's percpu-rwsem.h. There readers need no barrier while no writer is
 *             near, and a writer waits for a grace period of RCU first.
 * Weakness:   percpu_up_read() of what nobody reads is not seen.
 */
#ifndef _LINUX_PERCPU_RWSEM_H
#define _LINUX_PERCPU_RWSEM_H

#include <linux/atomic.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/wait.h>

struct percpu_rw_semaphore {
	unsigned int __percpu *read_count; /* only the sum says anything; it wraps */
	struct wait_queue_head waiters;	   /* readers, and writers of both steps */
	atomic_t block;			   /* 1: a writer is inside, or waits for the last reader */
};

#define __DEFINE_PERCPU_RWSEM(name, is_static)                            \
	static DEFINE_PER_CPU(unsigned int, __percpu_rwsem_rc_##name);    \
	is_static struct percpu_rw_semaphore name = {                     \
		.read_count = &__percpu_rwsem_rc_##name,                  \
		.waiters = __WAIT_QUEUE_HEAD_INITIALIZER((name).waiters), \
		.block = ATOMIC_INIT(0),                                  \
	}
#define DEFINE_PERCPU_RWSEM(name)	 __DEFINE_PERCPU_RWSEM(name, )
#define DEFINE_STATIC_PERCPU_RWSEM(name) __DEFINE_PERCPU_RWSEM(name, static)

/* 0, or -ENOMEM. Sleeps. */
int percpu_init_rwsem(struct percpu_rw_semaphore *sem);

/* Also after percpu_init_rwsem() has failed, and once more. */
void percpu_free_rwsem(struct percpu_rw_semaphore *sem);

/* ---- Readers --------------------------------------------------------------------------------- */

void percpu_down_read(struct percpu_rw_semaphore *sem);

/* Without waiting: is it got? */
bool percpu_down_read_trylock(struct percpu_rw_semaphore *sem);

void percpu_up_read(struct percpu_rw_semaphore *sem);

/* ---- Writers --------------------------------------------------------------------------------- */

/* New readers wait from here on; returns when the last one has left. */
void percpu_down_write(struct percpu_rw_semaphore *sem);
void percpu_up_write(struct percpu_rw_semaphore *sem);

/* ---- Who is inside ---------------------------------------------------------------------------- */

/* Looks at all CPUs' counts. Of use where nobody comes or leaves meanwhile. */
bool percpu_is_read_locked(struct percpu_rw_semaphore *sem);

/* Also while the writer waits for the last reader. */
static inline bool percpu_is_write_locked(struct percpu_rw_semaphore *sem)
{
	return atomic_read(&sem->block) != 0;
}

#define percpu_rwsem_is_held(sem)     lockdep_is_held(sem)
#define percpu_rwsem_assert_held(sem) lockdep_assert_held(sem)

/* For lockdep, where a lock goes from one task to another. */
#define percpu_rwsem_release(sem, read, ip) ((void)(sem))
#define percpu_rwsem_acquire(sem, read, ip) ((void)(sem))

#endif /* _LINUX_PERCPU_RWSEM_H */
