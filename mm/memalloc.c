// SPDX-License-Identifier: MIT
/* Scopes of a CPU's allocations. Contract: linux/sched/mm.h. */
#include <linux/sched/mm.h>

#include <linux/smp.h>
#include <linux/swap.h>

#include "page_alloc.h"
#include "vmscan.h"

static unsigned int scopes[NR_CPUS]; /* PF_MEMALLOC*, PF_KSWAPD */

/* CPUs in a pin scope: fast paths of the page allocator are not taken while there are any. */
static long pinning;

/* Adds @flag to this CPU's; which of it there was before. */
static unsigned int begin(unsigned int flag)
{
	unsigned int *mine = &scopes[smp_processor_id()], was = *mine & flag;

	*mine |= flag;
	return was;
}

static void end(unsigned int flag, unsigned int was)
{
	unsigned int *mine = &scopes[smp_processor_id()];

	*mine = (*mine & ~flag) | (was & flag);
}

unsigned int begin_kswapd(void)
{
	return begin(PF_MEMALLOC | PF_KSWAPD);
}

void end_kswapd(unsigned int was)
{
	end(PF_MEMALLOC | PF_KSWAPD, was);
}

int current_is_kswapd(void)
{
	return !!(scopes[smp_processor_id()] & PF_KSWAPD);
}

bool current_is_reclaiming(void)
{
	return scopes[smp_processor_id()] & PF_MEMALLOC;
}

unsigned int memalloc_noio_save(void)
{
	return begin(PF_MEMALLOC_NOIO);
}

void memalloc_noio_restore(unsigned int flags)
{
	end(PF_MEMALLOC_NOIO, flags);
}

unsigned int memalloc_nofs_save(void)
{
	return begin(PF_MEMALLOC_NOFS);
}

void memalloc_nofs_restore(unsigned int flags)
{
	end(PF_MEMALLOC_NOFS, flags);
}

unsigned int memalloc_noreclaim_save(void)
{
	return begin(PF_MEMALLOC);
}

void memalloc_noreclaim_restore(unsigned int flags)
{
	end(PF_MEMALLOC, flags);
}

unsigned int memalloc_pin_save(void)
{
	unsigned int was = begin(PF_MEMALLOC_PIN);

	if (!was)
		page_hook_count(PAGE_HOOK_PIN, &pinning, 1);
	return was;
}

void memalloc_pin_restore(unsigned int flags)
{
	end(PF_MEMALLOC_PIN, flags);
	if (!(flags & PF_MEMALLOC_PIN))
		page_hook_count(PAGE_HOOK_PIN, &pinning, -1);
}

gfp_t current_gfp_context(gfp_t flags)
{
	unsigned int scope = scopes[smp_processor_id()];

	if (likely(!scope))
		return flags;
	if (scope & PF_MEMALLOC_NOIO)
		flags &= ~(__GFP_IO | __GFP_FS);
	else if (scope & PF_MEMALLOC_NOFS)
		flags &= ~__GFP_FS;
	if (scope & PF_MEMALLOC_PIN)
		flags &= ~__GFP_MOVABLE;
	return flags;
}

void __init memalloc_reset(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		scopes[cpu] = 0;
	pinning = 0;
}
