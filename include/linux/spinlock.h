/* SPDX-License-Identifier: MIT */
/*
 * Ticket spinlocks with Linux's names.
 *
 * Invariant: the lock is held by the CPU whose ticket equals @owner; it is free
 *            when @owner equals @next. Waiters get it in the order they came.
 * Debugging: the option debug_locks=1 notes which locks each CPU holds, and where it took
 *            them. A lock that its owner takes once more, or somebody else gives back, is
 *            a panic; one that is taken inside of a lock of its own rank or a later one,
 *            a warning. Ranks are the order below; a lock without one is never wrong.
 * Failure:   who waits for SMP_CALL_SECONDS (linux/smp.h) names the holder, where that is
 *            noted, and ends the run: panic().
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
	u16 rank; /* enum lock_rank */
} spinlock_t;

/* From the outside in. */
enum lock_rank {
	LOCK_UNRANKED,
	LOCK_RANK_MEMORY_FAILURE,
	LOCK_RANK_CMA_RANGE,
	LOCK_RANK_SLAB_MUTEX,
	LOCK_RANK_LRU,
	LOCK_RANK_SLAB_LIST,
	LOCK_RANK_ZONE,
	LOCK_RANK_MAPS,
	LOCK_RANK_MMU,
	LOCK_RANK_LEAF, /* with it held no lock but the log's is taken */
};

#define __SPIN_LOCK_UNLOCKED(name) \
	{                          \
		0, 0, 0            \
	}
#define DEFINE_SPINLOCK(name)	      spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_SPINLOCK_RANK(name, r) spinlock_t name = {.rank = (r)}

static inline void spin_lock_init_rank(spinlock_t *lock, enum lock_rank rank)
{
	lock->owner = 0;
	lock->next = 0;
	lock->rank = (u16)rank;
}

static inline void spin_lock_init(spinlock_t *lock)
{
	spin_lock_init_rank(lock, LOCK_UNRANKED);
}

/* debug_locks=: what follows is called before a lock is taken, once it is, before it goes. */
extern bool debug_locks;
void spin_debug_before(const spinlock_t *lock);
void spin_debug_taken(const spinlock_t *lock);
void spin_debug_unlock(const spinlock_t *lock);
int debug_locks_parse_option(char *value);
void debug_locks_reset(void);

/* Waits for the turn of @ticket. Answers other CPUs' calls meanwhile (linux/smp.h). */
void spin_lock_wait(const spinlock_t *lock, u16 ticket);

static inline void spin_lock(spinlock_t *lock)
{
	u16 ticket;

	if (unlikely(debug_locks))
		spin_debug_before(lock);
	ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);
	if (unlikely(__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket))
		spin_lock_wait(lock, ticket);
	if (unlikely(debug_locks))
		spin_debug_taken(lock);
}

static inline bool spin_trylock(spinlock_t *lock)
{
	/* What the last owner did is what this one finds: his is the store to owner. */
	u16 owner = __atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE);
	bool taken = __atomic_compare_exchange_n(&lock->next, &owner, (u16)(owner + 1), false,
						 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);

	if (unlikely(debug_locks) && taken)
		spin_debug_taken(lock);
	return taken;
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (unlikely(debug_locks))
		spin_debug_unlock(lock);
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
