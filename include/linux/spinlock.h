/* SPDX-License-Identifier: MIT */
/*
 * Ticket spinlocks with Linux's names.
 *
 * Invariant: the lock is held by the CPU whose ticket equals @owner; it is free
 *            when @owner equals @next. Waiters get it in the order they came.
 * Debugging: the option debug_locks=1 notes which locks each CPU holds, and where it took
 *            them. A lock that its owner takes once more, or somebody else gives back, is
 *            a panic, as is a circle of CPUs of which each waits for what the next one
 *            holds; one that is taken inside of a lock of its own rank or a later one,
 *            a warning, once for each two ranks. Ranks are the order below; a lock without
 *            one is never wrong, nor is one that is only tried.
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
 *              compact_lock       a zone's; tried only: who has it compacts
 *              pools_lock         the list of DMA pools; then a pool's own
 *              xa_lock            a mapping's i_pages, and any other xarray's
 *              a guarded object's (mm/kfence.h); pages for tables are taken inside of it
 *              list_lock          of a cache on a node
 *              pcp lists          each the word that says where it begins (mm/pcp.h)
 *              zone->lock
 *              pkmap_lock, pcpu_lock
 *              vmap_lock          addresses of vmalloc
 *              mmu_lock           of arch/; pages for tables are taken before it
 *              the log's
 *
 *            lru_lock, wait queues' locks, and shrinker_lock take the place of xa_lock,
 *            and nest neither in it nor in each other. With these held no lock but the
 *            log's is taken: cma->lock, depot_lock, hugetlb_lock, kfence_freelist_lock,
 *            kmemleak_lock, memtype_lock, rcu_lock, section_root_lock, and the locks of a
 *            mempool, a stash, a pool of slab records, an area of swiotlb, a CPU's block
 *            of vmalloc addresses, a CPU's list of work.
 *            Memory that may reclaim (__GFP_DIRECT_RECLAIM) is allocated with page
 *            locks, the two locks outside of them, or slab_mutex held at the most.
 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/cleanup.h>
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
	LOCK_UNRANKED, /* of who embeds mm/: every lock of its own has a rank */
	LOCK_RANK_MEMORY_FAILURE,
	LOCK_RANK_CMA_RANGE,
	LOCK_RANK_SLAB_MUTEX,
	LOCK_RANK_COMPACT,
	LOCK_RANK_POOLS,
	LOCK_RANK_POOL,
	LOCK_RANK_LRU, /* xarrays, wait queues, shrinkers, users' LRU lists */
	LOCK_RANK_LRUVEC,
	LOCK_RANK_PAGE_ENTRY,
	LOCK_RANK_OBJECT,
	LOCK_RANK_SLAB_LIST,
	LOCK_RANK_ZONE,
	LOCK_RANK_MAPS,
	LOCK_RANK_VMAP,
	LOCK_RANK_MMU,
	LOCK_RANK_LEAF, /* with it held no lock but the log's is taken */
	NR_LOCK_RANKS
};

#define __SPIN_LOCK_UNLOCKED(name) \
	{                          \
		0, 0, 0            \
	}
#define __SPIN_LOCK_UNLOCKED_RANK(r) \
	{                            \
		.rank = (r)          \
	}
#define DEFINE_SPINLOCK(name)	      spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_SPINLOCK_RANK(name, r) spinlock_t name = __SPIN_LOCK_UNLOCKED_RANK(r)

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

/*
 * What locks' users are watched for, by SPIN_WATCH_* bits. While there is one, no ticket is
 * what the fast paths compare it with, so that all goes the slow way: else none pays for it.
 */
extern u16 spin_watch;
#define SPIN_WATCH_DEBUG 0x8000 /* debug_locks=1 */
#define SPIN_WATCH_COUNT 0x4000 /* spin_counts() */
void spin_watch_set(u16 bit, bool on);

int debug_locks_parse_option(char *value);
void debug_locks_reset(void);

/* Of a CPU, while locks are counted: those that it took, its looks at those it waited for. */
struct spin_counts {
	u64 taken, spins;
};
const struct spin_counts *spin_counts(void); /* the calling CPU's */

/*
 * The slow ways, for @ip. spin_lock_wait() waits for the turn of @ticket; it answers other
 * CPUs' calls meanwhile (linux/smp.h). The others are called while something is watched.
 */
void spin_lock_wait(spinlock_t *lock, u16 ticket, unsigned long ip);
bool spin_trylock_watched(spinlock_t *lock);
void spin_unlock_watched(spinlock_t *lock, u16 ticket, unsigned long ip);

static inline void spin_lock(spinlock_t *lock)
{
	u16 ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

	if (unlikely((__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) ^ ticket) != spin_watch))
		arch_rare_call(spin_lock_wait, lock, ticket);
}

static inline int spin_trylock(spinlock_t *lock)
{
	/* What the last owner did is what this one finds: his is the store to owner. */
	u16 free = __atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) ^ spin_watch;

	if (likely(__atomic_compare_exchange_n(&lock->next, &free, (u16)(free + 1), false,
					       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
		return true;
	return spin_watch && spin_trylock_watched(lock);
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (unlikely(spin_watch))
		arch_rare_call(spin_unlock_watched, lock, lock->owner);
	arch_inc_release(&lock->owner);
}

static inline int spin_is_locked(const spinlock_t *lock)
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

/* Where interrupts are known to be on. There are no softirqs, so the _bh forms keep off none. */
static inline void spin_lock_irq(spinlock_t *lock)
{
	(void)arch_local_irq_save();
	spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	spin_unlock(lock);
	arch_local_irq_enable();
}

#define spin_lock_bh(lock)			   spin_lock(lock)
#define spin_unlock_bh(lock)			   spin_unlock(lock)
#define spin_trylock_bh(lock)			   spin_trylock(lock)
#define spin_lock_nested(lock, sub)		   spin_lock(lock)
#define spin_lock_nest_lock(lock, nest)		   spin_lock(lock)
#define spin_lock_irqsave_nested(lock, flags, sub) spin_lock_irqsave(lock, flags)

/* With interrupts off where it succeeds, and as they were where not. */
static inline int spin_trylock_irq(spinlock_t *lock)
{
	unsigned long flags = arch_local_irq_save();

	if (spin_trylock(lock))
		return true;
	arch_local_irq_restore(flags);
	return false;
}

#define spin_trylock_irqsave(lock, flags)              \
	({                                             \
		bool __got;                            \
		(flags) = arch_local_irq_save();       \
		__got = spin_trylock(lock);            \
		if (!__got)                            \
			arch_local_irq_restore(flags); \
		__got;                                 \
	})

static inline int spin_is_contended(const spinlock_t *lock)
{
	return (u16)(READ_ONCE(lock->next) - READ_ONCE(lock->owner)) > 1;
}

#define assert_spin_locked(lock) BUG_ON(!spin_is_locked(lock))

/* What came before the lock, and what is inside it, for who looks without it. */
#define smp_mb__after_spinlock() __atomic_thread_fence(__ATOMIC_SEQ_CST)

/* ---- The same by other names: nothing sleeps with a lock held on any configuration ------- */

typedef spinlock_t raw_spinlock_t;

#define __RAW_SPIN_LOCK_UNLOCKED(name)		       __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RAW_SPINLOCK(name)		       DEFINE_SPINLOCK(name)
#define raw_spin_lock_init(lock)		       spin_lock_init(lock)
#define raw_spin_lock(lock)			       spin_lock(lock)
#define raw_spin_trylock(lock)			       spin_trylock(lock)
#define raw_spin_unlock(lock)			       spin_unlock(lock)
#define raw_spin_is_locked(lock)		       spin_is_locked(lock)
#define raw_spin_is_contended(lock)		       spin_is_contended(lock)
#define raw_spin_lock_nested(lock, sub)		       spin_lock(lock)
#define raw_spin_lock_nest_lock(lock, nest)	       spin_lock(lock)
#define raw_spin_lock_irq(lock)			       spin_lock_irq(lock)
#define raw_spin_unlock_irq(lock)		       spin_unlock_irq(lock)
#define raw_spin_trylock_irq(lock)		       spin_trylock_irq(lock)
#define raw_spin_lock_irqsave(lock, flags)	       spin_lock_irqsave(lock, flags)
#define raw_spin_lock_irqsave_nested(lock, flags, sub) spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags)	       spin_unlock_irqrestore(lock, flags)
#define raw_spin_trylock_irqsave(lock, flags)	       spin_trylock_irqsave(lock, flags)
#define raw_spin_lock_bh(lock)			       spin_lock_bh(lock)
#define raw_spin_unlock_bh(lock)		       spin_unlock_bh(lock)
#define raw_spin_trylock_bh(lock)		       spin_trylock_bh(lock)

/* ---- Counters that are guarded by a lock where they come to 0 ---------------------------- */

/* *@v less by one. Where that is 0: true, with @lock held; only then is it taken. */
#define atomic_dec_and_lock(v, lock) \
	(atomic_add_unless(v, -1, 1) ? false : __atomic_dec_and_lock(v, lock))
#define atomic_dec_and_lock_irqsave(v, lock, flags)              \
	({                                                       \
		bool __zero = false;                             \
		if (!atomic_add_unless(v, -1, 1)) {              \
			(flags) = arch_local_irq_save();         \
			__zero = __atomic_dec_and_lock(v, lock); \
			if (!__zero)                             \
				arch_local_irq_restore(flags);   \
		}                                                \
		__zero;                                          \
	})

static inline bool __atomic_dec_and_lock(atomic_t *v, spinlock_t *lock)
{
	spin_lock(lock);
	if (atomic_dec_and_test(v))
		return true;
	spin_unlock(lock);
	return false;
}

/* ---- Until the end of a block (linux/cleanup.h) -------------------------------------------- */

DEFINE_LOCK_GUARD_1(spinlock, spinlock_t, spin_lock(_T->lock), spin_unlock(_T->lock))
DEFINE_LOCK_GUARD_1(spinlock_irq, spinlock_t, spin_lock_irq(_T->lock), spin_unlock_irq(_T->lock))
DEFINE_LOCK_GUARD_1(spinlock_irqsave, spinlock_t, spin_lock_irqsave(_T->lock, _T->flags),
		    spin_unlock_irqrestore(_T->lock, _T->flags), unsigned long flags)
DEFINE_LOCK_GUARD_1(raw_spinlock, raw_spinlock_t, spin_lock(_T->lock), spin_unlock(_T->lock))
DEFINE_LOCK_GUARD_1(raw_spinlock_nested, raw_spinlock_t, spin_lock(_T->lock), spin_unlock(_T->lock))
DEFINE_LOCK_GUARD_1(raw_spinlock_irq, raw_spinlock_t, spin_lock_irq(_T->lock),
		    spin_unlock_irq(_T->lock))
DEFINE_LOCK_GUARD_1(raw_spinlock_irqsave, raw_spinlock_t, spin_lock_irqsave(_T->lock, _T->flags),
		    spin_unlock_irqrestore(_T->lock, _T->flags), unsigned long flags)

#define __lockfunc
#define spinlock_check(lock)	     (lock)
#define assert_raw_spin_locked(lock) assert_spin_locked(lock)
#define do_raw_spin_lock(lock)	     spin_lock(lock)
#define do_raw_spin_trylock(lock)    spin_trylock(lock)
#define do_raw_spin_unlock(lock)     spin_unlock(lock)
#define __raw_spin_lock_init(lock, name, key, inner) \
	((void)(name), (void)(key), (void)(inner), spin_lock_init(lock))

/* What comes with this header on Linux. */
#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/rwlock.h>
#include <linux/stringify.h>
#include <linux/typecheck.h>

#endif /* _LINUX_SPINLOCK_H */
