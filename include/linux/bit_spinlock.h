/* SPDX-License-Identifier: MIT */
/*
 * A bit of a word as a spinlock, for locks by the thousand. Not fair; while it waits a CPU answers
 * other CPUs' calls. debug_locks=1 does not watch them. Source: Linux's bit_spinlock.h.
 */
#ifndef _LINUX_BIT_SPINLOCK_H
#define _LINUX_BIT_SPINLOCK_H

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/smp.h>
#include <linux/types.h>
#include <asm/arch.h>

/* 1 where it is got, 0 where not. */
static inline int bit_spin_trylock(int bitnum, unsigned long *addr)
{
	return !test_and_set_bit_lock((unsigned int)bitnum, addr);
}

static inline void bit_spin_lock(int bitnum, unsigned long *addr)
{
	while (!bit_spin_trylock(bitnum, addr)) {
		smp_call_poll();
		cpu_relax();
	}
}

static inline int bit_spin_is_locked(int bitnum, unsigned long *addr)
{
	return test_bit((unsigned int)bitnum, addr);
}

static inline void bit_spin_unlock(int bitnum, unsigned long *addr)
{
	BUG_ON(!bit_spin_is_locked(bitnum, addr));
	clear_bit_unlock((unsigned int)bitnum, addr);
}

/* Where nobody changes the word's other bits meanwhile. */
static inline void __bit_spin_unlock(int bitnum, unsigned long *addr)
{
	bit_spin_unlock(bitnum, addr);
}

#endif /* _LINUX_BIT_SPINLOCK_H */
