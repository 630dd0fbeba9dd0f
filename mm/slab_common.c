// SPDX-License-Identifier: MIT
/*
 * The life of caches: bootstrap, creation, shrinking, destruction.
 *
 * A cache is itself an object of the cache "kmem_cache", and its per-node parts
 * are objects of "kmem_cache_node". These two start in static memory, serve each
 * other's first objects, and then move into objects of their own:
 *
 *   kmem_cache_node: static ── its node structs are its own slab's first objects
 *   kmem_cache:      static ── node structs from kmem_cache_node
 *   both copied into objects of kmem_cache; then kmalloc's caches, UP
 *
 * Source: Linux 6.1's kmem_cache_init() and kmem_cache_create() tell the order
 * and the contracts.
 */
#include "slab.h"

#include <baremm/arch.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/string.h>

#define SLUB_MIN_ORDER	 0
#define SLUB_MAX_ORDER	 3
#define SLUB_MIN_OBJECTS 0 /* by the number of CPUs */

#define SLAB_FLAGS_PERMITTED                                                             \
	(SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA | SLAB_CACHE_DMA32 | SLAB_RECLAIM_ACCOUNT | \
	 SLAB_PANIC | SLAB_ACCOUNT | SLAB_FAILSLAB)

enum slab_state slab_state;
LIST_HEAD(slab_caches);
DEFINE_SPINLOCK(slab_mutex);
struct kmem_cache *slab_cache_table[SLAB_MAX_CACHES];
struct kmem_cache *kmem_cache;
struct kmem_cache *kmem_cache_node;

/* Room for a cache with all CPUs and nodes there can be. */
static union boot_cache {
	struct kmem_cache s;
	u8 room[sizeof(struct kmem_cache) + NR_CPUS * sizeof(struct kmem_cache_cpu) +
		MAX_NUMNODES * sizeof(struct kmem_cache_node *)];
} boot_kmem_cache __aligned(L1_CACHE_BYTES), boot_kmem_cache_node __aligned(L1_CACHE_BYTES);

bool slab_is_available(void)
{
	return slab_state >= UP;
}

unsigned int kmem_cache_size(struct kmem_cache *s)
{
	return s->object_size;
}

const char *kmem_cache_name(struct kmem_cache *s)
{
	return s->name;
}

/* ---- Making a cache ---------------------------------------------------------------- */

/* The bytes of a struct kmem_cache with its tables by CPU and by node. */
static unsigned int kmem_cache_bytes(void)
{
	return (unsigned int)(sizeof(struct kmem_cache) +
			      nr_cpu_ids * sizeof(struct kmem_cache_cpu) +
			      nr_node_ids * sizeof(struct kmem_cache_node *));
}

/* The lowest free id, or 0. */
static u16 find_cache_id(void)
{
	unsigned int id;

	for (id = 1; id < SLAB_MAX_CACHES; id++)
		if (!slab_cache_table[id])
			return (u16)id;
	return 0;
}

/* What depends on where @s lies: its tables. Forgets what CPUs hold. */
static void place_tables(struct kmem_cache *s)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		slab_cpu_init(s, &s->cpu_slab[cpu]);
	s->node = (struct kmem_cache_node **)&s->cpu_slab[nr_cpu_ids];
}

static gfp_t cache_alloc_flags(const struct kmem_cache *s)
{
	gfp_t flags = __GFP_COMP;

	if (s->flags & SLAB_CACHE_DMA)
		flags |= GFP_DMA;
	if (s->flags & SLAB_CACHE_DMA32)
		flags |= GFP_DMA32;
	if (s->flags & SLAB_RECLAIM_ACCOUNT)
		flags |= __GFP_RECLAIMABLE;
	return flags;
}

/* Fills the zeroed @s, which then lacks only its node structs. -errno, and no id taken. */
static int init_cache(struct kmem_cache *s, const char *name, unsigned int size, unsigned int align,
		      slab_flags_t flags, void (*ctor)(void *))
{
	struct slab_geometry g;
	int err = slab_geometry(&g, size, align, flags, ctor != NULL, nr_cpu_ids);

	if (err)
		return err;
	s->id = find_cache_id();
	if (!s->id)
		return -ENOSPC;

	s->name = name;
	s->object_size = size;
	s->size = g.size;
	s->recip = ~0ULL / g.size + 1;
	s->inuse = g.inuse;
	s->offset = g.offset;
	s->align = g.align;
	s->oo = g.oo;
	s->min = g.min;
	s->min_partial = g.min_partial;
	s->cpu_partial = g.cpu_partial;
	s->cpu_partial_slabs = g.cpu_partial_slabs;
	s->flags = flags;
	s->ctor = ctor;
	s->allocflags = cache_alloc_flags(s);
	s->zero_flags = want_init_on_alloc(0) && !ctor ? __GFP_ZERO : 0;
	s->random = (unsigned long)arch_random();
	/* Even and not canonical: neither an object nor one that came back. */
	s->slot_empty = ((unsigned long)arch_random() | 1UL << 63) & ~(1UL << 62 | 1UL);
	s->random_state = arch_random() | 1;
	s->refcount = 1;
	INIT_LIST_HEAD(&s->list);
	place_tables(s);
	slab_cache_table[s->id] = s;
	return 0;
}

static void free_node_structs(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_kmem_cache_node (s, nid, n) {
		s->node[nid] = NULL;
		kmem_cache_free(kmem_cache_node, n);
	}
}

static int alloc_node_structs(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_node_state (nid, N_NORMAL_MEMORY) {
		n = kmem_cache_alloc_node(kmem_cache_node, GFP_KERNEL, nid);
		if (!n) {
			free_node_structs(s);
			return -ENOMEM;
		}
		slab_node_init(n);
		s->node[nid] = n;
	}
	return 0;
}

/* Undoes init_cache(). */
static void forget_cache(struct kmem_cache *s)
{
	slab_cache_table[s->id] = NULL;
	kfree(s->random_seq);
	if (s->refcount >= 0)
		kfree(s->name);
}

/* ---- Bootstrap --------------------------------------------------------------------------- */

/*
 * A node struct of kmem_cache_node for @nid out of that cache's own first slab
 * there. False without memory on that node.
 */
static bool early_node_struct(int nid)
{
	struct kmem_cache *s = kmem_cache_node;
	struct page *page = slab_page_new(s, GFP_NOWAIT | __GFP_THISNODE | __GFP_NOWARN, nid);
	struct kmem_cache_node *n;
	unsigned long object;

	if (!page)
		return false;
	object = slab_object(s, slab_address(page), page->slab.freelist);
	page->slab.freelist = (u16)slab_index(s, slab_get_link(s, object) - slab_address(page));
	page->slab.inuse = 1;

	n = (struct kmem_cache_node *)object;
	slab_node_init(n);
	s->node[nid] = n;
	atomic_long_set(&n->nr_slabs, 1);
	atomic_long_set(&n->total_objects, page->slab.objects);
	atomic_long_set(&n->nr_pages, 1L << slab_order(page));
	slab_add_partial(n, page);
	return true;
}

/* Nodes that have no free page get their struct from another. */
static void early_node_structs(void)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_node_state (nid, N_NORMAL_MEMORY)
		if (!early_node_struct(nid))
			pr_err("SLUB: Unable to allocate memory from node %d\n", nid);

	for_each_node_state (nid, N_NORMAL_MEMORY) {
		if (get_node(kmem_cache_node, nid))
			continue;
		n = kmem_cache_alloc(kmem_cache_node, GFP_NOWAIT);
		if (!n)
			panic("SLUB: no page for the first slab of kmem_cache_node");
		slab_node_init(n);
		kmem_cache_node->node[nid] = n;
	}
}

/* Starts @boot, in static memory, as a cache that lives for ever. */
static struct kmem_cache *start_boot_cache(union boot_cache *boot, const char *name,
					   unsigned int size)
{
	struct kmem_cache *s = &boot->s;
	int err;

	memset(boot, 0, kmem_cache_bytes());
	err = init_cache(s, name, size, ARCH_KMALLOC_MINALIGN, SLAB_HWCACHE_ALIGN, NULL);
	if (err)
		panic("Creation of slab cache %s size=%u failed. Reason %d", name, size, err);
	s->refcount = -1;
	return s;
}

/* Moves a static cache into an object of kmem_cache. */
static struct kmem_cache *move_boot_cache(struct kmem_cache *boot)
{
	struct kmem_cache *s = kmem_cache_zalloc(kmem_cache, GFP_NOWAIT);

	if (!s)
		panic("SLUB: no memory to move the cache %s", boot->name);
	slab_flush_cpu(boot, this_cpu_slab(boot));
	memcpy(s, boot, kmem_cache_bytes());
	place_tables(s);
	slab_cache_table[s->id] = s;
	INIT_LIST_HEAD(&s->list);
	list_add(&s->list, &slab_caches);
	return s;
}

struct kmem_cache *slab_create_permanent(const char *name, unsigned int size, slab_flags_t flags)
{
	unsigned int align = is_power_of_2(size) ? max_t(unsigned int, size, ARCH_KMALLOC_MINALIGN)
						 : ARCH_KMALLOC_MINALIGN;
	struct kmem_cache *s = kmem_cache_zalloc(kmem_cache, GFP_NOWAIT);
	int err = s ? init_cache(s, name, size, align, flags, NULL) : -ENOMEM;

	if (!err)
		err = alloc_node_structs(s);
	if (err)
		panic("Creation of slab cache %s size=%u failed. Reason %d", name, size, err);
	s->refcount = -1;
	list_add(&s->list, &slab_caches);
	return s;
}

static void forget_everything(void)
{
	slab_state = DOWN;
	slab_known_section = ~0UL;
	INIT_LIST_HEAD(&slab_caches);
	spin_lock_init(&slab_mutex);
	memset(slab_cache_table, 0, sizeof(slab_cache_table));
	memset(&slab_stats, 0, sizeof(slab_stats));
	kmalloc_reset();
}

void kmem_cache_init(void)
{
	struct kmem_cache *s;

	forget_everything();
	kmem_cache_node = start_boot_cache(&boot_kmem_cache_node, "kmem_cache_node",
					   sizeof(struct kmem_cache_node));
	early_node_structs();
	slab_state = PARTIAL;

	kmem_cache = start_boot_cache(&boot_kmem_cache, "kmem_cache", kmem_cache_bytes());
	if (alloc_node_structs(kmem_cache))
		panic("SLUB: no memory for the node structs of kmem_cache");
	kmem_cache = move_boot_cache(kmem_cache);
	kmem_cache_node = move_boot_cache(kmem_cache_node);

	create_kmalloc_caches();
	slab_state = UP;
	list_for_each_entry_reverse (s, &slab_caches, list)
		slab_init_random_seq(s);
	slab_state = FULL;

	pr_info("SLUB: HWalign=%d, Order=%u-%u, MinObjects=%u, CPUs=%u, Nodes=%u\n", L1_CACHE_BYTES,
		SLUB_MIN_ORDER, SLUB_MAX_ORDER, SLUB_MIN_OBJECTS, nr_cpu_ids, nr_node_ids);
}

/* ---- Create ------------------------------------------------------------------------------- */

static bool sane_arguments(const char *name, unsigned int size, unsigned int align,
			   slab_flags_t flags)
{
	return name && *name && size && size <= KMALLOC_MAX_SIZE &&
	       (align == 0 || is_power_of_2(align)) && align <= KMALLOC_MAX_SIZE &&
	       !(flags & ~SLAB_FLAGS_PERMITTED) &&
	       (flags & (SLAB_CACHE_DMA | SLAB_CACHE_DMA32)) != (SLAB_CACHE_DMA | SLAB_CACHE_DMA32);
}

static char *copy_name(const char *name)
{
	size_t size = strlen(name) + 1;
	char *copy = kmalloc(size, GFP_KERNEL);

	if (copy)
		memcpy(copy, name, size);
	return copy;
}

/* Under slab_mutex. */
static int create_cache(struct kmem_cache *s, const char *name, unsigned int size,
			unsigned int align, slab_flags_t flags, void (*ctor)(void *))
{
	int err = init_cache(s, name, size, align, flags, ctor);

	if (err)
		return err;
	err = alloc_node_structs(s);
	if (err) {
		slab_cache_table[s->id] = NULL;
		return err;
	}
	slab_init_random_seq(s);
	list_add(&s->list, &slab_caches);
	return 0;
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *s = NULL;
	char *copy = NULL;
	int err = -EINVAL;

	if (slab_is_available() && sane_arguments(name, size, align, flags)) {
		err = -ENOMEM;
		copy = copy_name(name);
		s = kmem_cache_zalloc(kmem_cache, GFP_KERNEL);
		if (copy && s) {
			spin_lock(&slab_mutex);
			err = create_cache(s, copy, size, align, flags, ctor);
			spin_unlock(&slab_mutex);
		}
	}
	if (!err)
		return s;

	if (s)
		kmem_cache_free(kmem_cache, s);
	kfree(copy);
	if (flags & SLAB_PANIC)
		panic("kmem_cache_create: Failed to create slab '%s'. Error %d",
		      name ? name : "(null)", err);
	pr_warn("kmem_cache_create(%s) failed with error %d: size %u, align %u, flags 0x%x\n",
		name ? name : "(null)", err, size, align, flags);
	return NULL;
}

/* ---- Shrink ---------------------------------------------------------------------------------- */

/* Slabs with up to so many free objects are sorted, the others only follow them. */
#define SHRINK_PROMOTE_MAX 32

/* Empty slabs of @n move to @empty; the rest is sorted, fullest first. */
static void sort_partial(struct kmem_cache_node *n, struct list_head *empty)
{
	struct list_head promote[SHRINK_PROMOTE_MAX];
	struct page *page, *next;
	int i, free;

	for (i = 0; i < SHRINK_PROMOTE_MAX; i++)
		INIT_LIST_HEAD(&promote[i]);

	list_for_each_entry_safe (page, next, &n->partial, slab_list) {
		free = page->slab.objects - page->slab.inuse;
		if (page->slab.inuse == 0) {
			slab_remove_partial(n, page);
			list_add(&page->slab_list, empty);
		} else if (free <= SHRINK_PROMOTE_MAX) {
			list_move(&page->slab_list, &promote[free - 1]);
		}
	}
	for (i = SHRINK_PROMOTE_MAX - 1; i >= 0; i--)
		list_splice(&promote[i], &n->partial);
}

static void shrink_node(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct page *page, *next;
	LIST_HEAD(empty);

	spin_lock(&n->list_lock);
	sort_partial(n, &empty);
	spin_unlock(&n->list_lock);

	list_for_each_entry_safe (page, next, &empty, slab_list)
		slab_page_discard(s, page);
}

int kmem_cache_shrink(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid, left = 0;

	slab_flush_cpu(s, this_cpu_slab(s));
	for_each_kmem_cache_node (s, nid, n) {
		shrink_node(s, n);
		left |= atomic_long_read(&n->nr_slabs) != 0;
	}
	return left;
}

/* ---- Destroy ------------------------------------------------------------------------------------- */

/* A free object holds a link. */
static bool is_on_freelist(struct kmem_cache *s, struct page *page, unsigned long object)
{
	return slab_link_ok(s, slab_address(page), page->slab.objects, slab_get_link(s, object));
}

/* Names the objects that are out in slabs with free objects; full slabs are only counted. */
static void report_left_objects(struct kmem_cache *s, struct kmem_cache_node *n)
{
	unsigned long base, object;
	struct page *page;
	unsigned int i;

	list_for_each_entry (page, &n->partial, slab_list) {
		base = slab_address(page);
		pr_err("Slab 0x%lx objects=%u used=%u\n", base, page->slab.objects,
		       page->slab.inuse);
		for (i = 0; i < page->slab.objects; i++) {
			object = slab_object(s, base, i);
			if (!is_on_freelist(s, page, object))
				pr_err("Object 0x%lx @offset=%lu\n", object, object - base);
		}
	}
}

/* 0, or -EBUSY with a report where objects are out. */
static int give_back_slabs(struct kmem_cache *s, unsigned long caller)
{
	struct kmem_cache_node *n;
	unsigned int cpu;
	int nid, err = 0;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		slab_flush_cpu(s, &s->cpu_slab[cpu]);
	for_each_kmem_cache_node (s, nid, n) {
		shrink_node(s, n);
		if (atomic_long_read(&n->nr_slabs) == 0)
			continue;
		pr_err("kmem_cache_destroy %s: Slab cache still has objects when called from %pS: "
		       "node %d has %ld slabs, %lu of them with free objects\n",
		       s->name, (void *)caller, nid, atomic_long_read(&n->nr_slabs), n->nr_partial);
		report_left_objects(s, n);
		err = -EBUSY;
	}
	return err;
}

void kmem_cache_destroy(struct kmem_cache *s)
{
	if (!s)
		return;
	if (s->refcount < 0) {
		pr_err("kmem_cache_destroy %s: this cache is needed by all others, kept\n",
		       s->name);
		return;
	}
	spin_lock(&slab_mutex);
	if (give_back_slabs(s, _RET_IP_)) {
		spin_unlock(&slab_mutex);
		return;
	}
	list_del(&s->list);
	free_node_structs(s);
	forget_cache(s);
	spin_unlock(&slab_mutex);
	kmem_cache_free(kmem_cache, s);
}
