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
	unsigned long small;
};

/* Objects that are free and on no list, and those that CPUs hold as such; on any node. */
static unsigned long seen_back, held_back;

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

/* Do the words that a free looks at say the same in each of a slab's pages? */
static bool page_says_slab(const struct page *page, const struct slab *slab)
{
	return page->slab_owner == slab_owner(slab) &&
	       page->slab_place.base == (u32)slab_address(slab) &&
	       page->slab_place.reciprocal == slab->cache->reciprocal &&
	       compound_head(page) == slab->page;
}

/* What must be true of any slab of @s on @nid. */
static int verify_page(struct kmem_cache *s, struct slab *slab, int nid, bool frozen)
{
	struct slab_shape shape = slab_order(slab) == s->oo.order ? s->oo : s->min;
	unsigned long base = slab_address(slab);
	int faults = 0;

	for (unsigned long i = 0; i < 1UL << slab_order(slab); i++)
		if (slab_of_page(slab->page + i) != slab)
			return slab_fault(s, "page 0x%lx on a list is no slab",
					  base + i * PAGE_SIZE);
	if (slab->cache != s)
		return slab_fault(s, "slab 0x%lx is another cache's", base);
	for (unsigned long i = 0; i < 1UL << slab_order(slab); i++)
		if (!page_says_slab(slab->page + i, slab))
			return slab_fault(s, "page 0x%lx of slab 0x%lx has another owner or place",
					  base + i * PAGE_SIZE, base);
	if (nid != NUMA_NO_NODE && slab_nid(slab) != nid)
		faults += slab_fault(s, "slab 0x%lx of node %d is on the list of node %d", base,
				     slab_nid(slab), nid);
	if (slab_order(slab) != shape.order || slab->objects != shape.objects)
		return slab_fault(s, "slab 0x%lx has order %u and %u objects, not %u and %u", base,
				  slab_order(slab), slab->objects, shape.order, shape.objects);
	if (s->rest && slab_object_is_out(slab, slab->objects))
		faults += slab_fault(s, "slab 0x%lx has an object behind its last", base);
	if (slab->inuse > slab->objects)
		return slab_fault(s, "slab 0x%lx has %u of %u objects in use", base, slab->inuse,
				  slab->objects);
	if (slab->frozen != frozen)
		faults += slab_fault(s, "slab 0x%lx is %sfrozen", base, frozen ? "not " : "");
	return faults;
}

/* What the objects of a slab are, by their own account. */
struct slab_states {
	unsigned int linked, back, out;
};

static struct slab_states count_states(const struct slab *slab)
{
	struct slab_states states = {0};

	for (unsigned int i = 0; i < slab->objects; i++) {
		states.linked += !(slab->next[i] & SLAB_STATE);
		states.back += slab->next[i] >> 8 == SLAB_BACK || slab->next[i] >> 8 == SLAB_FREED;
		states.out += slab_object_is_out(slab, i);
	}
	return states;
}

/* A fresh slab has no list, and nothing in use. */
static int verify_fresh(struct kmem_cache *s, struct slab *slab)
{
	struct slab_states states = count_states(slab);
	unsigned int out = states.out;

	if (states.back == slab->objects && !slab->inuse && slab->listless)
		return 0;
	return slab_fault(s, "fresh slab 0x%lx has %u objects in use, and %u that are out",
			  slab_address(slab), slab->inuse, out);
}

/*
 * The slab's own list holds what inuse leaves, and all that are free are on it or on a
 * CPU's that begins with @head.
 */
static int verify_lists(struct kmem_cache *s, struct slab *slab, unsigned int head)
{
	unsigned int free = slab->objects - slab->inuse, count, held;
	struct slab_states states = count_states(slab);
	unsigned long base = slab_address(slab);
	int faults;

	if (slab->freelist == SLAB_FRESH)
		return verify_fresh(s, slab);
	seen_back += states.back;
	faults = walk_freelist(s, slab, slab->freelist, free, &count);
	if (!faults && count != free)
		faults = slab_fault(s, "slab 0x%lx has %u objects in use of %u, but %u free", base,
				    slab->inuse, slab->objects, count);
	faults += walk_freelist(s, slab, head, slab->inuse, &held);
	if (!faults && states.linked != count + held + slab->lost)
		faults = slab_fault(s,
				    "slab 0x%lx has %u free objects, %u of them on its list, %u on "
				    "a CPU's, and %u lost",
				    base, states.linked, count, held, slab->lost);
	return faults;
}

/* One that rests says only what is in use. */
static int verify_bad(struct kmem_cache *s, struct slab *slab)
{
	unsigned int out = count_states(slab).out;

	if (out + slab->lost >= slab->inuse && slab->inuse >= out &&
	    slab_owner(slab) == SLAB_NOBODY)
		return 0;
	return slab_fault(s, "bad slab 0x%lx has %u objects in use, and %u that are out",
			  slab_address(slab), slab->inuse, out);
}

static int verify_slab(struct kmem_cache *s, struct slab *slab, int nid, unsigned int head,
		       bool frozen, struct slab_census *seen)
{
	int faults = verify_page(s, slab, nid, frozen);

	seen->slabs++;
	if (faults)
		return faults;
	seen->small += slab_order(slab) != s->oo.order;
	return slab->bad && !slab->frozen ? verify_bad(s, slab) : verify_lists(s, slab, head);
}

static int verify_partial(struct kmem_cache *s, struct kmem_cache_node *n, int nid,
			  struct slab_census *seen)
{
	unsigned long count = 0;
	struct slab *slab;
	int faults = 0;

	list_for_each_entry (slab, &n->partial, list) {
		if (++count > n->nr_partial)
			break;
		faults += verify_slab(s, slab, nid, SLAB_END, false, seen);
		if (slab->freelist == SLAB_END)
			faults += slab_fault(s, "slab 0x%lx on node %d's list is full",
					     slab_address(slab), nid);
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
	struct slab *slab;
	int faults = 0;

	list_for_each_entry (slab, &n->full, list) {
		if (count++ > limit)
			return slab_fault(s, "node %d has more full slabs than %lu", nid, limit);
		faults += verify_slab(s, slab, nid, SLAB_END, false, seen);
		if (slab->freelist != SLAB_END)
			faults += slab_fault(s, "slab 0x%lx with free objects is among the full",
					     slab_address(slab));
	}
	return faults;
}

/* Does a CPU hold a slab as what it is? */
static int verify_held(struct kmem_cache *s, struct slab *slab, unsigned long base)
{
	if (base == slab_address(slab))
		return 0;
	return slab_fault(s, "CPU slab 0x%lx is held as 0x%lx", slab_address(slab), base);
}

/* The slab that a CPU allocates from: its own list, and the CPU's. */
static int verify_active(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab_census *seen)
{
	struct slab_active *a = &c->active;
	int faults;

	if (!a->slab)
		return a->head == SLAB_END && a->fresh == a->fresh_end
			       ? 0
			       : slab_fault(s, "a CPU without a slab has the free objects %u",
					    a->head);
	faults = verify_held(s, a->slab, a->base);
	if (faults)
		return faults;
	held_back += (unsigned long)(a->fresh_end - a->fresh);
	return verify_slab(s, a->slab, NUMA_NO_NODE, a->head, true, &seen[slab_nid(a->slab)]);
}

/* The slab that a CPU frees to: its counters know nothing of what it freed. */
static int verify_freed(struct kmem_cache *s, const struct slab_window *w, struct slab_census *seen)
{
	unsigned int count = 0;
	int faults;

	if (!w->slab)
		return w->objects ? slab_fault(s, "a CPU frees to no slab, but 0x%lx", w->base) : 0;
	faults = verify_held(s, w->slab, w->base);
	if (!faults && w->objects != w->slab->objects)
		faults = slab_fault(s, "CPU slab 0x%lx with %u objects is held as of %lu", w->base,
				    w->slab->objects, w->objects);
	if (faults)
		return faults;
	for (unsigned int i = 0; i < w->objects; i++)
		count += slab_states(w->slab)[2 * i] == SLAB_FREED;
	if (count != w->nr)
		faults = slab_fault(
			s, "%lu objects of slab 0x%lx were freed by a CPU, %u are marked so", w->nr,
			w->base, count);
	held_back += w->nr;
	return faults +
	       verify_slab(s, w->slab, NUMA_NO_NODE, SLAB_END, true, &seen[slab_nid(w->slab)]);
}

/* An object at hand is free, and its entry its own. */
static int verify_stashed(struct kmem_cache *s, const struct slab_stashed *stashed)
{
	struct slab *slab = slab_at(stashed->object);
	unsigned long index;

	if (!slab || slab->cache != s)
		return slab_fault(s, "0x%lx in the stash of a CPU is no object of it",
				  stashed->object);
	index = slab_object_index(s, slab, stashed->object);
	if (index >= slab->objects || stashed->state != &slab_states(slab)[2 * index])
		return slab_fault(s, "0x%lx in the stash of a CPU has another's entry, or none",
				  stashed->object);
	if (*stashed->state != SLAB_BACK)
		return slab_fault(s,
				  "the object 0x%lx is in the stash of a CPU, but has the state "
				  "0x%x",
				  stashed->object, *stashed->state);
	return 0;
}

static int verify_stash(struct kmem_cache *s, const struct slab_stashed *first,
			const struct slab_stashed *end, unsigned int room)
{
	const struct slab_stashed *each;
	int faults = 0;

	if (end < first || end > first + room || first[-1].object)
		return slab_fault(s, "a CPU's stash of %u objects begins with 0x%lx and has %ld",
				  room, first[-1].object, (long)(end - first));
	for (each = first; each < end; each++)
		faults += verify_stashed(s, each);
	held_back += (unsigned long)(end - first);
	return faults;
}

static int verify_stashes(struct kmem_cache *s, const struct kmem_cache_cpu *c)
{
	return verify_stash(s, c->stash + 1, c->top, c->capacity) +
	       verify_stash(s, c->back_stash + 1, c->back, c->capacity);
}

static int verify_cpu(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab_census *seen)
{
	unsigned int count = 0;
	struct slab *slab;
	int faults =
		verify_stashes(s, c) + verify_active(s, c, seen) + verify_freed(s, &c->freed, seen);

	list_for_each_entry (slab, &c->partial, list) {
		if (++count > c->nr_partial)
			break;
		faults += verify_slab(s, slab, NUMA_NO_NODE, SLAB_END, true, &seen[slab_nid(slab)]);
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
	long small = atomic_long_read(&n->nr_small) - (long)seen->small;
	bool may_wait = s->flags & SLAB_TYPESAFE_BY_RCU && slabs > 0;

	if ((!slabs && !small) || may_wait)
		return 0;
	return slab_fault(s, "node %d counts %ld slabs, %ld of them small; on lists are %lu, %lu",
			  nid, atomic_long_read(&n->nr_slabs), atomic_long_read(&n->nr_small),
			  seen->slabs, seen->small);
}

/* Nodes seen at once; a machine may have more than a stack can hold a census of. */
static struct slab_census census[MAX_NUMNODES];

int kmem_cache_verify(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	unsigned int cpu;
	int nid, faults = 0;

	seen_back = held_back = 0;
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
	if (!faults && seen_back != held_back)
		faults = slab_fault(s, "%lu objects are free and on no list, CPUs hold %lu",
				    seen_back, held_back);
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
			held += (long)slab_node_pages(s, n);
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
