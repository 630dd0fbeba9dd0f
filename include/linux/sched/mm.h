/* SPDX-License-Identifier: MIT */
/*
 * Scopes: what a CPU's allocations may not do, or may take, between a save and its restore,
 * whatever gfp flags those pass whom it calls meanwhile.
 *
 *   flags = memalloc_nofs_save();
 *   ... kmalloc(GFP_KERNEL) here is kmalloc(GFP_NOFS) ...
 *   memalloc_nofs_restore(flags);
 *
 *   noio       neither __GFP_IO nor __GFP_FS
 *   nofs       no __GFP_FS
 *   noreclaim  no reclaim, and the reserves may be used up (Linux's PF_MEMALLOC)
 *   pin        no __GFP_MOVABLE: the pages will stay where they are for long
 *
 * Invariants: scopes nest, restored in the reverse order of their saves.
 * Locking:    none: a scope is the calling CPU's, which is Linux's task here. Work that the
 *             CPU does for others meanwhile, at its polls, is bound by it, too.
 * Failure:    none.
 * Source:     Linux's include/linux/sched/mm.h. What is about processes' memory there
 *             (mm_struct, memory cgroups) is not here: there are none.
 */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/types.h>

/* Linux's bits of a task's flags; values are no interface. */
#define PF_MEMALLOC	 0x00000800
#define PF_KSWAPD	 0x00020000
#define PF_MEMALLOC_NOFS 0x00040000
#define PF_MEMALLOC_NOIO 0x00080000
#define PF_MEMALLOC_PIN	 0x10000000

unsigned int memalloc_noio_save(void);
void memalloc_noio_restore(unsigned int flags);
unsigned int memalloc_nofs_save(void);
void memalloc_nofs_restore(unsigned int flags);
unsigned int memalloc_noreclaim_save(void);
void memalloc_noreclaim_restore(unsigned int flags);
unsigned int memalloc_pin_save(void);
void memalloc_pin_restore(unsigned int flags);

/* @flags as the calling CPU's scopes let them be. */
gfp_t current_gfp_context(gfp_t flags);

/* Could an allocation with @gfp_mask wait here? Then it must be permitted to. */
static inline void might_alloc(gfp_t gfp_mask)
{
	might_sleep_if(gfpflags_allow_blocking(gfp_mask));
}

/* After an allocation that failed, and before it is tried again. */
static inline void memalloc_retry_wait(gfp_t gfp_flags)
{
	if (gfpflags_allow_blocking(current_gfp_context(gfp_flags)))
		cond_resched();
}

/* For lockdep, which is not here: debug_locks=1 knows reclaim's locks by their ranks. */
static inline void fs_reclaim_acquire(gfp_t gfp_mask)
{
	(void)gfp_mask;
}

static inline void fs_reclaim_release(gfp_t gfp_mask)
{
	(void)gfp_mask;
}

struct mem_cgroup;

/* Whose account allocations are put on from now on: nobody keeps any. The one before: none. */
static inline struct mem_cgroup *set_active_memcg(struct mem_cgroup *memcg)
{
	(void)memcg;
	return NULL;
}

#endif /* _LINUX_SCHED_MM_H */
