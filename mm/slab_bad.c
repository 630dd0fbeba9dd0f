// SPDX-License-Identifier: MIT
/*
 * Slabs that a page has gone bad of. Contract: mm/slab_bad.h.
 *
 *   slab   | o . o | . X . | o . . |     o in use, . free, X the bad page
 *
 *   on a list of its node      it goes to that of full slabs, at once
 *   held by a CPU              marked; the CPU gives up all it holds of the cache at its next
 *                              poll, and where a slab finds its place then this one rests
 *   free objects in stashes    go back to their slabs by that, too
 *
 * It rests as a full slab does: nothing looks for free objects there. One that is freed
 * passes where full slabs find another place; there it goes back to rest, or, if it was the
 * last one, to the page allocator. So nobody else has to ask whether a slab is bad.
 *
 * What page->slab leads to may be given back at any time, so nothing that it says is believed
 * before it is found again: the cache on the list of caches, and the slab, under the node's
 * lock, on a list, or frozen with all else as it must be. A record that was given back is not
 * frozen, and one that was taken again is another page's.
 */
#include "slab_bad.h"

#include "slab.h"

/* ---- The cache, which is to stay for a while ------------------------------------------ */

/* The cache that @page says it is of; NULL: none. With slab_mutex held. */
static struct kmem_cache *find_cache(const struct page *page)
{
	const struct slab *slab = slab_of_page(page);
	const struct kmem_cache *said = slab ? data_race(slab->cache) : NULL;
	struct kmem_cache *s;

	list_for_each_entry (s, &slab_caches, list)
		if (s == said)
			return s;
	return NULL;
}

static void pin_cache(struct kmem_cache *s)
{
	if (s && s->refcount > 0)
		s->refcount++;
}

/* Its user may have ended it meanwhile. */
static void unpin_cache(struct kmem_cache *s)
{
	bool last;

	spin_lock(&slab_mutex);
	last = s->refcount == 1;
	if (s->refcount > 1)
		s->refcount--;
	spin_unlock(&slab_mutex);
	if (last)
		kmem_cache_destroy(s);
}

/* ---- The slab --------------------------------------------------------------------------- */

bool slab_rest_bad(struct slab *slab)
{
	slab->frozen = 0;
	slab->freelist = SLAB_END;
	slab_set_owner(slab, SLAB_NOBODY);
	if (!slab->inuse)
		return true;
	list_add(&slab->list, &slab->node->full);
	return false;
}

static void mark_bad(struct slab *slab)
{
	WRITE_ONCE(slab->bad, true);
	slab_set_owner(slab, SLAB_NOBODY);
}

static bool is_on_list(const struct slab *slab, const struct list_head *list)
{
	const struct slab *each;

	list_for_each_entry (each, list, list)
		if (each == slab)
			return true;
	return false;
}

/* Held by a CPU: what it says of itself is so, as CPUs let go of slabs under the lock. */
static bool is_held(const struct kmem_cache *s, const struct slab *slab, const struct page *page)
{
	return slab->frozen && slab->cache == s && page >= slab->page &&
	       page < slab->page + (1UL << s->oo.order);
}

enum retired { RETIRED_NOT_FOUND, RETIRED, RETIRED_EMPTY };

/* Under the node's lock. */
static enum retired retire_locked(struct kmem_cache *s, struct kmem_cache_node *n,
				  const struct page *page)
{
	struct slab *slab = slab_of_page(page);

	if (!slab)
		return RETIRED_NOT_FOUND;
	if (is_on_list(slab, &n->partial)) {
		mark_bad(slab);
		slab_remove_partial(n, slab);
		return slab_rest_bad(slab) ? RETIRED_EMPTY : RETIRED;
	}
	if (!is_on_list(slab, &n->full) && !is_held(s, slab, page))
		return RETIRED_NOT_FOUND;
	mark_bad(slab);
	return RETIRED;
}

/* False: it is on its way from the page allocator to a list, or back. */
static bool retire_on_node(struct kmem_cache *s, struct page *page)
{
	struct kmem_cache_node *n = get_node(s, page_to_nid(page));
	enum retired done;

	if (!n)
		return false;
	spin_lock(&n->list_lock);
	done = retire_locked(s, n, page);
	spin_unlock(&n->list_lock);
	if (done == RETIRED_EMPTY)
		slab_discard(s, page->slab);
	return done != RETIRED_NOT_FOUND;
}

bool slab_retire(struct page *page, bool wait)
{
	struct kmem_cache *s;
	bool found;

	if (wait)
		spin_lock(&slab_mutex);
	else if (!spin_trylock(&slab_mutex))
		return false;
	s = find_cache(page);
	pin_cache(s);
	spin_unlock(&slab_mutex);
	if (!s)
		return true;
	/* A poll later, what was on its way is there, or gone. */
	found = retire_on_node(s, page);
	slab_flush_all(s);
	if (!found && retire_on_node(s, page))
		slab_flush_all(s);
	unpin_cache(s);
	return true;
}
