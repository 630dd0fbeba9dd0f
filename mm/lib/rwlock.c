// SPDX-License-Identifier: MIT
/* Spinlocks for many readers or one writer. Contract: linux/rwlock.h. */
#include <linux/rwlock.h>

#include <linux/smp.h>
#include <asm/arch.h>

int read_trylock(rwlock_t *lock)
{
	int count = atomic_read(&lock->count);

	while (count != RWLOCK_WRITER)
		if (atomic_try_cmpxchg_acquire(&lock->count, &count, count + 1))
			return 1;
	return 0;
}

int write_trylock(rwlock_t *lock)
{
	int nobody = 0;

	return atomic_try_cmpxchg_acquire(&lock->count, &nobody, RWLOCK_WRITER);
}

void read_lock(rwlock_t *lock)
{
	while (!read_trylock(lock)) {
		smp_call_poll();
		cpu_relax();
	}
}

void write_lock(rwlock_t *lock)
{
	while (!write_trylock(lock)) {
		smp_call_poll();
		cpu_relax();
	}
}
