/* SPDX-License-Identifier: MIT */
/* Waiting for a lock. Contract: linux/spinlock.h. */
#include <linux/spinlock.h>

#include <linux/smp.h>

void spin_lock_wait(const spinlock_t *lock, u16 ticket)
{
	while (__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket) {
		cpu_relax();
		smp_call_poll();
	}
}
