/* SPDX-License-Identifier: MIT */
/*
 * Ticket spinlocks with Linux's names.
 *
 * Invariant: the lock is held by the CPU whose ticket equals @owner; it is free
 *            when @owner equals @next. Waiters get it in the order they came.
 * Context:   the _irqsave forms also turn this CPU's interrupts off, and must be
 *            used for any lock that an exception handler may take.
 * Order:     memblock is used by the boot CPU alone and takes none. After it, from the
 *            outside in:
 *
 *              mf_lock            memory_failure(); tried only, where an allocation ends
 *              cma_range_lock     one range of CMA at a time
 *              PG_locked          page locks; reclaim and compaction only try them
 *              slab_mutex         the list of caches
 *              xa_lock            a mapping's i_pages, and any other xarray's
 *              list_lock          of a cache on a node
 *              pcp lists          each the word that says where it begins (mm/pcp.h)
 *              zone->lock
 *              pkmap_lock, pcpu_lock
 *              a guarded object's (mm/kfence.h)
 *              mmu_lock           of arch/; pages for tables are taken before it
 *              the log's
 *
 *            lru_lock, kswapd.wait and other wait queues' locks, and shrinker_lock take
 *            the place of xa_lock, and nest neither in it nor in each other.
 *            compact_lock, a zone's, is tried only: who has it compacts, with no spinlock
 *            held. With these held no lock but the log's is taken: cma->lock,
 *            depot_lock, hugetlb_lock, kfence_freelist_lock, kmemleak_lock, memtype_lock,
 *            rcu_lock, section_root_lock, vmap_lock, a mempool's lock, a stash's, and
 *            that of a pool of slab records.
 *            Memory that may reclaim (__GFP_DIRECT_RECLAIM) is allocated with page
 *            locks, the two locks outside of them, or slab_mutex held at the most.
 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/arch.h>

typedef struct {
	u16 owner;
	u16 next;
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name) \
	{                          \
		0, 0               \
	}
#define DEFINE_SPINLOCK(name) spinlock_t name = __SPIN_LOCK_UNLOCKED(name)

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->owner = 0;
	lock->next = 0;
}

/* Waits for the turn of @ticket. Answers other CPUs' calls meanwhile (linux/smp.h). */
void spin_lock_wait(const spinlock_t *lock, u16 ticket);

static inline void spin_lock(spinlock_t *lock)
{
	u16 ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

	if (unlikely(__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket))
		spin_lock_wait(lock, ticket);
}

static inline bool spin_trylock(spinlock_t *lock)
{
	/* What the last owner did is what this one finds: his is the store to owner. */
	u16 owner = __atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE);

	return __atomic_compare_exchange_n(&lock->next, &owner, (u16)(owner + 1), false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void spin_unlock(spinlock_t *lock)
{
	__atomic_store_n(&lock->owner, (u16)(lock->owner + 1), __ATOMIC_RELEASE);
}

static inline bool spin_is_locked(const spinlock_t *lock)
{
	return READ_ONCE(lock->owner) != READ_ONCE(lock->next);
}

#define spin_lock_irqsave(lock, flags)           \
	do {                                     \
		(flags) = arch_local_irq_save(); \
		spin_lock(lock);                 \
	} while (0)
#define spin_unlock_irqrestore(lock, flags)    \
	do {                                   \
		spin_unlock(lock);             \
		arch_local_irq_restore(flags); \
	} while (0)

#endif /* _LINUX_SPINLOCK_H */
