// SPDX-License-Identifier: MIT
/*
 * Do the free lists say what the counters say, and the objects' states the same?
 *
 *   nr_slabs = slabs on the node's two lists + slabs of CPUs
 *
 * Reports each fault by cache and address, changes nothing.
 */
#include "slab.h"

/* What was seen of a cache on one node. */
struct slab_census {
	unsigned long slabs;
	unsigned long objects;
	unsigned long pages;
};

#define slab_fault(s, fmt, ...)                                                 \
	({                                                                      \
		pr_err("slab: verify %s: " fmt "\n", (s)->name, ##__VA_ARGS__); \
		1;                                                              \
	})

/* Counts a free list from @index on. A list longer than @limit runs in a circle. */
static int walk_freelist(struct kmem_cache *s, struct slab *slab, unsigned int index,
			 unsigned int limit, unsigned int *count)
{
	unsigned long base = slab_address(slab);

	for (*count = 0; index != SLAB_END; index = slab_get_link(s, slab->next, index)) {
		if (index >= slab->objects)
			return slab_fault(s, "free list of slab 0x%lx leads to %u of %u objects",
					  base, index, slab->objects);
		if (slab->next[index] & SLAB_STATE)
			return slab_fault(s, "free list of slab 0x%lx leads to object %u, not free",
					  base, index);
		if (++*count > limit)
			return slab_fault(
				s, "free list of slab 0x%lx is longer than its %u free objects",
				base, limit);
	}
	return 0;
}

/* What must be true of any slab of @s on @nid. */
static int verify_page(struct kmem_cache *s, struct slab *slab, int nid, bool frozen)
{
	struct slab_shape shape = slab_order(slab) == s->oo.order ? s->oo : s->min;
	unsigned long base = slab_address(slab);
	int faults = 0;

	if (!PageSlab(slab->page) || slab->page->slab != slab)
		return slab_fault(s, "page 0x%lx on a list is no slab", base);
	if (slab->cache != s)
		return slab_fault(s, "slab 0x%lx is another cache's", base);
	if (nid != NUMA_NO_NODE && slab_nid(slab) != nid)
		faults += slab_fault(s, "slab 0x%lx of node %d is on the list of node %d", base,
				     slab_nid(slab), nid);
	if (slab_order(slab) != shape.order || slab->objects != shape.objects)
		return slab_fault(s, "slab 0x%lx has order %u and %u objects, not %u and %u", base,
				  slab_order(slab), slab->objects, shape.order, shape.objects);
	if (slab->inuse > slab->objects)
		return slab_fault(s, "slab 0x%lx has %u of %u objects in use", base, slab->inuse,
				  slab->objects);
	if (slab->frozen != frozen)
		faults += slab_fault(s, "slab 0x%lx is %sfrozen", base, frozen ? "not " : "");
	return faults;
}

/* Objects that are on a list, by their own account. */
static unsigned int count_linked(const struct slab *slab)
{
	unsigned int linked = 0;

	for (unsigned int i = 0; i < slab->objects; i++)
		linked += !(slab->next[i] & SLAB_STATE);
	return linked;
}

/*
 * The slab's own list holds what inuse leaves, and all that are free are on it or on
 * @window's, which may be NULL.
 */
static int verify_lists(struct kmem_cache *s, struct slab *slab, const struct slab_window *window)
{
	unsigned int free = slab->objects - slab->inuse, count, held = 0, linked;
	unsigned long base = slab_address(slab);
	int faults = walk_freelist(s, slab, slab->freelist, free, &count);

	if (!faults && count != free)
		faults = slab_fault(s, "slab 0x%lx has %u objects in use of %u, but %u free", base,
				    slab->inuse, slab->objects, count);
	if (window)
		faults += walk_freelist(s, slab, window->head, slab->inuse, &held);
	linked = count_linked(slab);
	if (!faults && linked != count + held + slab->lost)
		faults = slab_fault(s,
				    "slab 0x%lx has %u free objects, %u of them on its list, %u on "
				    "a CPU's, and %u lost",
				    base, linked, count, held, slab->lost);
	return faults;
}

static int verify_slab(struct kmem_cache *s, struct slab *slab, int nid,
		       const struct slab_window *window, bool frozen, struct slab_census *seen)
{
	int faults = verify_page(s, slab, nid, frozen);

	seen->slabs++;
	if (faults)
		return faults;
	seen->objects += slab->objects;
	seen->pages += 1UL << slab_order(slab);
	return verify_lists(s, slab, window);
}

static int verify_partial(struct kmem_cache *s, struct kmem_cache_node *n, int nid,
			  struct slab_census *seen)
{
	unsigned long count = 0;
	struct page *page;
	int faults = 0;

	list_for_each_entry (page, &n->partial, slab_list) {
		if (++count > n->nr_partial)
			break;
		faults += verify_slab(s, page->slab, nid, NULL, false, seen);
		if (page->slab->freelist == SLAB_END)
			faults += slab_fault(s, "slab 0x%lx on node %d's list is full",
					     slab_address(page->slab), nid);
	}
	if (count != n->nr_partial)
		faults +=
			slab_fault(s, "node %d has %s%lu slabs on its list, %lu counted", nid,
				   count > n->nr_partial ? "at least " : "", count, n->nr_partial);
	return faults;
}

static int verify_full(struct kmem_cache *s, struct kmem_cache_node *n, int nid,
		       struct slab_census *seen)
{
	unsigned long limit = (unsigned long)atomic_long_read(&n->nr_slabs), count = 0;
	struct page *page;
	int faults = 0;

	list_for_each_entry (page, &n->full, slab_list) {
		if (count++ > limit)
			return slab_fault(s, "node %d has more full slabs than %lu", nid, limit);
		faults += verify_slab(s, page->slab, nid, NULL, false, seen);
		if (page->slab->freelist != SLAB_END)
			faults += slab_fault(s, "slab 0x%lx with free objects is among the full",
					     slab_address(page->slab));
	}
	return faults;
}

/* The slot's object, out or back, is one of the CPU's slab, and on no list. */
static int verify_slot(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	unsigned long slot = READ_ONCE(c->slot);
	unsigned long object = slot & 1 ? ~slot : slot;
	struct slab *slab = c->active.slab;
	unsigned int state = slot & 1 ? SLAB_BACK : SLAB_OUT;

	if (slot == s->slot_empty)
		return 0;
	if (!slab || !slab_is_object(s, slab, object))
		return slab_fault(s, "0x%lx in the slot of a CPU is no object of its slab 0x%lx",
				  object, c->active.base);
	if (c->slot_next != &slab->next[slab_index(s, object - c->active.base)] ||
	    *c->slot_next != state)
		return slab_fault(
			s, "the object 0x%lx is %s the slot of a CPU, but has the state 0x%x",
			object, slot & 1 ? "in" : "out of", *c->slot_next);
	return 0;
}

/* Does a window show just the objects of its slab? */
static int verify_window(struct kmem_cache *s, const struct slab_window *w)
{
	if (w->base == slab_address(w->slab) && w->objects == w->slab->objects &&
	    w->next == w->slab->next)
		return 0;
	return slab_fault(s, "CPU slab 0x%lx with %u objects is held as 0x%lx with %lu",
			  slab_address(w->slab), w->slab->objects, w->base, w->objects);
}

/* The slab that a CPU allocates from: its own list, and the CPU's. */
static int verify_active(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab_census *seen)
{
	struct slab_window *w = &c->active;
	int faults;

	if (!w->slab)
		return w->head == SLAB_END && !w->objects && c->slot == s->slot_empty
			       ? 0
			       : slab_fault(s,
					    "a CPU without a slab has the free objects %u, 0x%lx",
					    w->head, c->slot);
	faults = verify_window(s, w);
	if (faults)
		return faults;
	faults = verify_slab(s, w->slab, NUMA_NO_NODE, w, true, &seen[slab_nid(w->slab)]);
	return faults + verify_slot(s, c);
}

/* The slab that a CPU frees to: its counters know nothing of what it freed. */
static int verify_freed(struct kmem_cache *s, const struct slab_window *w, struct slab_census *seen)
{
	unsigned int count;
	int faults;

	if (!w->slab)
		return w->objects ? slab_fault(s, "a CPU frees to no slab, but 0x%lx", w->base) : 0;
	faults = verify_window(s, w);
	if (faults)
		return faults;
	faults = verify_slab(s, w->slab, NUMA_NO_NODE, w, true, &seen[slab_nid(w->slab)]);
	if (faults)
		return faults;
	faults = walk_freelist(s, w->slab, w->head, w->slab->inuse, &count);
	if (!faults && count != w->nr)
		faults = slab_fault(
			s, "%u objects of slab 0x%lx were freed by a CPU, %u are on its list",
			w->nr, w->base, count);
	return faults;
}

static int verify_cpu(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab_census *seen)
{
	unsigned int count = 0;
	struct page *page;
	int faults = verify_active(s, c, seen) + verify_freed(s, &c->freed, seen);

	list_for_each_entry (page, &c->partial, slab_list) {
		if (++count > c->nr_partial)
			break;
		faults += verify_slab(s, page->slab, NUMA_NO_NODE, NULL, true,
				      &seen[page_to_nid(page)]);
	}
	if (count != c->nr_partial)
		faults +=
			slab_fault(s, "a CPU holds %s%u partial slabs, %u counted",
				   count > c->nr_partial ? "at least " : "", count, c->nr_partial);
	return faults;
}

/* Every slab is on a list, but for those that wait for the end of a grace period. */
static int verify_counts(struct kmem_cache *s, struct kmem_cache_node *n, int nid,
			 const struct slab_census *seen)
{
	long slabs = atomic_long_read(&n->nr_slabs) - (long)seen->slabs;
	long objects = atomic_long_read(&n->total_objects) - (long)seen->objects;
	long pages = atomic_long_read(&n->nr_pages) - (long)seen->pages;
	bool may_wait = s->flags & SLAB_TYPESAFE_BY_RCU && slabs > 0;

	if ((!slabs && !objects && !pages) || may_wait)
		return 0;
	return slab_fault(
		s,
		"node %d counts %ld slabs, %ld objects, %ld pages; on lists are %lu, %lu, "
		"%lu",
		nid, atomic_long_read(&n->nr_slabs), atomic_long_read(&n->total_objects),
		atomic_long_read(&n->nr_pages), seen->slabs, seen->objects, seen->pages);
}

/* Nodes seen at once; a machine may have more than a stack can hold a census of. */
static struct slab_census census[MAX_NUMNODES];

int kmem_cache_verify(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	unsigned int cpu;
	int nid, faults = 0;

	for (nid = 0; nid < (int)nr_node_ids; nid++)
		census[nid] = (struct slab_census){0};
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		faults += verify_cpu(s, &s->cpu_slab[cpu], census);
	for_each_kmem_cache_node (s, nid, n) {
		faults += verify_partial(s, n, nid, &census[nid]);
		faults += verify_full(s, n, nid, &census[nid]);
		/* Slabs that could not be read are missing in the census. */
		if (!faults)
			faults += verify_counts(s, n, nid, &census[nid]);
	}
	return faults;
}

/* The machine's count of slab pages against what caches and large blocks hold. */
static int verify_page_counts(void)
{
	long counted = 0,
	     held = atomic_long_read(&kmalloc_large_pages) + atomic_long_read(&slab_record_pages);
	struct kmem_cache_node *n;
	struct kmem_cache *s;
	int nid;

	list_for_each_entry (s, &slab_caches, list)
		for_each_kmem_cache_node (s, nid, n)
			held += atomic_long_read(&n->nr_pages);
	for_each_node_state (nid, N_NORMAL_MEMORY)
		counted += atomic_long_read(&NODE_DATA(nid)->vm_stat[NR_SLAB_RECLAIMABLE]) +
			   atomic_long_read(&NODE_DATA(nid)->vm_stat[NR_SLAB_UNRECLAIMABLE]);
	if (counted == held)
		return 0;
	pr_err("slab: verify: nodes count %ld slab pages, caches and large blocks hold %ld\n",
	       counted, held);
	return 1;
}

int kmem_cache_verify_all(void)
{
	struct kmem_cache *s;
	int faults = 0;

	list_for_each_entry (s, &slab_caches, list)
		faults += kmem_cache_verify(s);
	return faults + slab_record_verify() + verify_page_counts();
}
