/* SPDX-License-Identifier: MIT */
/*
 * Slabs with a bad page: none of their free objects is handed out any more.
 *
 * Owns:       slab->bad.
 * Invariants: a bad slab that no CPU holds is on its node's list of full slabs, whatever of it
 *             is free; it has no owner, so that no stash takes what is freed of it.
 * Lifetime:   from kmem_cache_init() on.
 * Locking:    slab_retire() with no lock held, where a CPU may poll; the others under the
 *             node's lock.
 * Units:      none.
 * Failure:    none: see slab_retire().
 */
#ifndef _MM_SLAB_BAD_H
#define _MM_SLAB_BAD_H

#include <linux/mm_types.h>

struct slab;

/*
 * @page, a slab's, is bad. When it returns true no CPU hands out free objects of that slab
 * any more. Those in use stay their users', and with the last one the slab goes back to the
 * page allocator, which keeps the page out. False: caches are being made or destroyed, and
 * nothing was done; never with @wait.
 */
bool slab_retire(struct page *page, bool wait);

/*
 * @slab is bad, and on no list; no CPU holds it any more. True where it is to be given
 * back: nothing of it is in use.
 */
bool slab_rest_bad(struct slab *slab);

#endif /* _MM_SLAB_BAD_H */
