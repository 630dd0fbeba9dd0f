// SPDX-License-Identifier: MIT
/*
 * Do the free lists say what the counters say? Every slab that a list holds is
 * walked; full slabs are on no list, and are checked as the rest of the counts.
 *
 *   nr_slabs = slabs on the node's list + slabs of CPUs + full slabs
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

/*
 * Counts a free list from @object on. A list longer than @limit runs in a circle,
 * or through an object twice.
 */
static int walk_freelist(struct kmem_cache *s, struct page *page, unsigned long object,
			 unsigned int limit, unsigned int *count)
{
	unsigned long base = slab_address(page), next;

	for (*count = 0; !slab_link_is_end(object); object = next) {
		if (!slab_is_object(s, base, page->slab.objects, object))
			return slab_fault(s, "free list of slab 0x%lx leads to 0x%lx, no object",
					  base, object);
		if (++*count > limit)
			return slab_fault(
				s, "free list of slab 0x%lx is longer than its %u free objects",
				base, limit);
		next = slab_get_link(s, object);
		if (!slab_link_ok(s, base, page->slab.objects, next))
			return slab_fault(s,
					  "link in the free object 0x%lx of slab 0x%lx is broken",
					  object, base);
	}
	return 0;
}

/* What must be true of the page struct of any slab of @s on @nid. */
static int verify_page(struct kmem_cache *s, struct page *page, int nid, bool frozen)
{
	struct slab_shape shape = slab_order(page) == s->oo.order ? s->oo : s->min;
	unsigned long base = slab_address(page);
	int faults = 0;

	if (!PageSlab(page))
		return slab_fault(s, "page 0x%lx on a list is no slab", base);
	if (page->slab.cache_id != s->id)
		return slab_fault(s, "slab 0x%lx has the cache id %u, not %u", base,
				  page->slab.cache_id, s->id);
	if (nid != NUMA_NO_NODE && page_to_nid(page) != nid)
		faults += slab_fault(s, "slab 0x%lx of node %d is on the list of node %d", base,
				     page_to_nid(page), nid);
	if (slab_order(page) != shape.order || page->slab.objects != shape.objects)
		return slab_fault(s, "slab 0x%lx has order %u and %u objects, not %u and %u", base,
				  slab_order(page), page->slab.objects, shape.order, shape.objects);
	if (page->slab.inuse > page->slab.objects)
		return slab_fault(s, "slab 0x%lx has %u of %u objects in use", base,
				  page->slab.inuse, page->slab.objects);
	if (page->slab.frozen != frozen)
		faults += slab_fault(s, "slab 0x%lx is %sfrozen", base, frozen ? "not " : "");
	return faults;
}

/* The slab's own free list holds what inuse leaves. */
static int verify_own_list(struct kmem_cache *s, struct page *page)
{
	unsigned long base = slab_address(page);
	unsigned int free = page->slab.objects - page->slab.inuse;
	unsigned int count;
	int faults;

	if (page->slab.freelist != SLAB_END_OF_LIST && page->slab.freelist >= page->slab.objects)
		return slab_fault(s, "slab 0x%lx has the first free object %u of %u", base,
				  page->slab.freelist, page->slab.objects);
	faults = walk_freelist(s, page, slab_object(s, base, page->slab.freelist), free, &count);
	if (!faults && count != free)
		faults = slab_fault(s, "slab 0x%lx has %u objects in use of %u, but %u free", base,
				    page->slab.inuse, page->slab.objects, count);
	return faults;
}

static int verify_slab(struct kmem_cache *s, struct page *page, int nid, bool frozen,
		       struct slab_census *seen)
{
	int faults = verify_page(s, page, nid, frozen);

	seen->slabs++;
	if (faults)
		return faults;
	seen->objects += page->slab.objects;
	seen->pages += 1UL << slab_order(page);
	return verify_own_list(s, page);
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
		faults += verify_slab(s, page, nid, false, seen);
		if (page->slab.freelist == SLAB_END_OF_LIST)
			faults += slab_fault(s, "slab 0x%lx on node %d's list is full",
					     slab_address(page), nid);
	}
	if (count != n->nr_partial)
		faults +=
			slab_fault(s, "node %d has %s%lu slabs on its list, %lu counted", nid,
				   count > n->nr_partial ? "at least " : "", count, n->nr_partial);
	return faults;
}

/* The slot's object, out or back, is one of the CPU's slab, and on no list. */
static int verify_slot(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	unsigned long slot = READ_ONCE(c->slot);
	unsigned long object = slot & 1 ? ~slot : slot;
	unsigned int objects = c->page ? c->page->slab.objects : 0;

	if (slot == s->slot_empty)
		return 0;
	if (!slab_is_object(s, c->base, objects, object))
		return slab_fault(s, "0x%lx in the slot of a CPU is no object of its slab 0x%lx",
				  object, c->base);
	if (slab_link_ok(s, c->base, objects, slab_get_link(s, object)))
		return slab_fault(s, "the object 0x%lx is in the slot of a CPU and on a free list",
				  object);
	return 0;
}

/* The slab that a CPU allocates from: its own list, and the CPU's. */
static int verify_cpu_page(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab_census *seen)
{
	struct page *page = c->page;
	struct slab_census *where = &seen[page_to_nid(page)];
	unsigned int count;
	int faults = verify_slab(s, page, NUMA_NO_NODE, true, where);

	if (faults)
		return faults;
	if (c->base != slab_address(page) || c->span != (unsigned long)page->slab.objects * s->size)
		return slab_fault(s, "CPU slab 0x%lx is held as [0x%lx, 0x%lx)", slab_address(page),
				  c->base, c->base + c->span);
	faults = verify_slot(s, c);
	return faults + walk_freelist(s, page, c->freelist, page->slab.inuse, &count);
}

/* The slab that a CPU frees to: its counters know nothing of what it freed. */
static int verify_freed(struct kmem_cache *s, const struct slab_freed *freed,
			struct slab_census *seen)
{
	struct page *page = freed->page;
	unsigned int count;
	int faults;

	if (!page)
		return freed->span ? slab_fault(s, "a CPU frees to no slab, but 0x%lx", freed->base)
				   : 0;
	faults = verify_slab(s, page, NUMA_NO_NODE, true, &seen[page_to_nid(page)]);
	if (faults)
		return faults;
	if (freed->base != slab_address(page) ||
	    freed->span != (unsigned long)page->slab.objects * s->size)
		return slab_fault(s, "slab 0x%lx is freed to as [0x%lx, 0x%lx)", slab_address(page),
				  freed->base, freed->base + freed->span);
	faults = walk_freelist(s, page, freed->list, page->slab.inuse, &count);
	if (!faults && count != freed->nr)
		faults = slab_fault(
			s, "%lu objects of slab 0x%lx were freed by a CPU, %u are on its list",
			freed->nr, freed->base, count);
	return faults;
}

static int verify_cpu(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab_census *seen)
{
	unsigned int count = 0;
	struct page *page;
	int faults = 0;

	if (c->page)
		faults += verify_cpu_page(s, c, seen);
	else if (c->freelist != 1 || c->span || c->slot != s->slot_empty)
		faults += slab_fault(s, "a CPU without a slab has the free objects 0x%lx, 0x%lx",
				     c->freelist, c->slot);

	faults += verify_freed(s, &c->freed, seen);
	list_for_each_entry (page, &c->partial, slab_list) {
		if (++count > c->nr_partial)
			break;
		faults += verify_slab(s, page, NUMA_NO_NODE, true, &seen[page_to_nid(page)]);
	}
	if (count != c->nr_partial)
		faults +=
			slab_fault(s, "a CPU holds %s%u partial slabs, %u counted",
				   count > c->nr_partial ? "at least " : "", count, c->nr_partial);
	return faults;
}

/* What was not seen must be full slabs, of one of the two sizes there are. */
static int verify_counts(struct kmem_cache *s, struct kmem_cache_node *n, int nid,
			 const struct slab_census *seen)
{
	long slabs = atomic_long_read(&n->nr_slabs) - (long)seen->slabs;
	long objects = atomic_long_read(&n->total_objects) - (long)seen->objects;
	long pages = atomic_long_read(&n->nr_pages) - (long)seen->pages;

	if (slabs < 0 || objects > slabs * s->oo.objects || objects < slabs * s->min.objects ||
	    pages > slabs << s->oo.order || pages < slabs << s->min.order)
		return slab_fault(
			s,
			"node %d counts %ld slabs, %ld objects, %ld pages; on lists are %lu, %lu, "
			"%lu",
			nid, atomic_long_read(&n->nr_slabs), atomic_long_read(&n->total_objects),
			atomic_long_read(&n->nr_pages), seen->slabs, seen->objects, seen->pages);
	return 0;
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
		/* Slabs that could not be read are missing in the census. */
		if (!faults)
			faults += verify_counts(s, n, nid, &census[nid]);
	}
	return faults;
}

/* The machine's count of slab pages against what caches and large blocks hold. */
static int verify_page_counts(void)
{
	long counted = 0, held = atomic_long_read(&kmalloc_large_pages);
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

	list_for_each_entry (s, &slab_caches, list) {
		faults += kmem_cache_verify(s);
		if (slab_cache_table[s->id] != s)
			faults += slab_fault(s, "id %u belongs to another cache", s->id);
	}
	return faults + verify_page_counts();
}
