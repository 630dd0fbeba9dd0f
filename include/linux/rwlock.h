/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks for many readers or one writer. A CPU that reads may begin to read once more; writers
 * wait for as long as there is any reader, so they may starve.
 *
 * Invariants: count is the number of readers, or RWLOCK_WRITER.
 * Context:    any; the _irq forms also turn this CPU's interrupts off. What waits answers other
 *             CPUs' calls, as spin_lock() does; debug_locks=1 does not watch them.
 * Failure:    none: who takes one for writing that he holds waits for ever.
 * Source:     Linux's rwlock.h.
 */
#ifndef _LINUX_RWLOCK_H
#define _LINUX_RWLOCK_H

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/types.h>

#define RWLOCK_WRITER (-1)

typedef struct {
	atomic_t count;
} rwlock_t;

/* clang-format off */
#define __RW_LOCK_UNLOCKED(name) {.count = ATOMIC_INIT(0)}
/* clang-format on */
#define DEFINE_RWLOCK(name) rwlock_t name = __RW_LOCK_UNLOCKED(name)
#define rwlock_init(lock)   atomic_set(&(lock)->count, 0)

void read_lock(rwlock_t *lock);
void write_lock(rwlock_t *lock);

/* 1 where it is got, 0 where not. */
int read_trylock(rwlock_t *lock);
int write_trylock(rwlock_t *lock);

static inline void read_unlock(rwlock_t *lock)
{
	atomic_dec_return_release(&lock->count);
}

static inline void write_unlock(rwlock_t *lock)
{
	atomic_set_release(&lock->count, 0);
}

#define write_lock_nested(lock, subclass) write_lock(lock)
#define read_lock_bh(lock)		  read_lock(lock)
#define read_unlock_bh(lock)		  read_unlock(lock)
#define write_lock_bh(lock)		  write_lock(lock)
#define write_unlock_bh(lock)		  write_unlock(lock)

#define read_lock_irq(lock)    (local_irq_disable(), read_lock(lock))
#define read_unlock_irq(lock)  (read_unlock(lock), local_irq_enable())
#define write_lock_irq(lock)   (local_irq_disable(), write_lock(lock))
#define write_unlock_irq(lock) (write_unlock(lock), local_irq_enable())

#define read_lock_irqsave(lock, flags)	     (local_irq_save(flags), read_lock(lock))
#define read_unlock_irqrestore(lock, flags)  (read_unlock(lock), local_irq_restore(flags))
#define write_lock_irqsave(lock, flags)	     (local_irq_save(flags), write_lock(lock))
#define write_unlock_irqrestore(lock, flags) (write_unlock(lock), local_irq_restore(flags))
#define write_trylock_irqsave(lock, flags)                               \
	({                                                               \
		local_irq_save(flags);                                   \
		write_trylock(lock) ? 1 : (local_irq_restore(flags), 0); \
	})

static inline bool rwlock_is_contended(const rwlock_t *lock)
{
	(void)lock;
	return false;
}

#endif /* _LINUX_RWLOCK_H */
