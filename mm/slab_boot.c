// SPDX-License-Identifier: MIT
/*
 * The first caches.
 *
 * A cache is itself an object of the cache "kmem_cache", and its per-node parts
 * are objects of "kmem_cache_node". These two start in static memory, serve each
 * other's first objects, and then move into objects of their own:
 *
 *   kmem_cache_node: static ── its node structs are its own slab's first objects
 *   kmem_cache:      static ── node structs from kmem_cache_node
 *   both copied into objects of kmem_cache; then kmalloc's caches, UP
 *
 * Source: Linux 6.1's kmem_cache_init() tells the order and the contracts.
 */
#include "slab_debug.h"

#include <baremm/arch.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "internal.h"
#include "kfree.h"
#include "page_alloc.h"

/* Room for a cache with all CPUs and nodes there can be. */
static union boot_cache {
	struct kmem_cache s;
	u8 room[sizeof(struct kmem_cache) + NR_CPUS * sizeof(struct kmem_cache_cpu) +
		MAX_NUMNODES * sizeof(struct kmem_cache_node *)];
} boot_kmem_cache __initbss __aligned(L1_CACHE_BYTES), boot_kmem_cache_node __initbss
	__aligned(L1_CACHE_BYTES);

/*
 * A node struct of kmem_cache_node for @nid out of that cache's own first slab
 * there. False without memory on that node.
 */
static bool early_node_struct(int nid)
{
	struct kmem_cache *s = kmem_cache_node;
	struct slab *slab = slab_new(s, GFP_NOWAIT | __GFP_THISNODE | __GFP_NOWARN, nid);
	struct kmem_cache_node *n;

	if (!slab)
		return false;
	if (slab_has_debug(s))
		slab_debug_alloc(s, slab, slab->freelist, _RET_IP_);
	n = (struct kmem_cache_node *)slab_object(s, slab, slab_take_first(s, slab));
	slab_node_init(n);
	s->node[nid] = n;
	slab->node = n;
	atomic_long_set(&n->nr_slabs, 1);
	atomic_long_set(&n->nr_small, slab_order(slab) != s->oo.order);
	slab_add_partial(n, slab);
	return true;
}

/* Nodes that have no free page, or none without a section made for it, get theirs from another. */
static void early_node_structs(void)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_node_state (nid, N_NORMAL_MEMORY)
		if (made_node(nid) == nid && !early_node_struct(nid))
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
static struct kmem_cache *__init start_boot_cache(union boot_cache *boot, const char *name,
						  unsigned int size)
{
	struct kmem_cache *s = &boot->s;
	const struct slab_spec spec = {
		.name = name,
		.size = size,
		.align = ARCH_KMALLOC_MINALIGN,
		.flags = SLAB_HWCACHE_ALIGN,
	};
	int err;

	memset(boot, 0, kmem_cache_bytes());
	err = slab_init_cache(s, &spec);
	if (err)
		panic("Creation of slab cache %s size=%u failed. Reason %d", name, size, err);
	s->refcount = -1;
	return s;
}

static void tell_slab(struct kmem_cache *s, struct slab *slab)
{
	slab->cache = s;
	slab_set_owner(slab, SLAB_NOBODY);
}

/* The slabs of a cache that moved, all on nodes' lists. */
static void tell_slabs(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	struct slab *slab;
	int nid;

	for_each_kmem_cache_node (s, nid, n) {
		list_for_each_entry (slab, &n->partial, list)
			tell_slab(s, slab);
		list_for_each_entry (slab, &n->full, list)
			tell_slab(s, slab);
	}
}

/* Moves a static cache into an object of kmem_cache. */
static struct kmem_cache *__init move_boot_cache(struct kmem_cache *boot)
{
	struct kmem_cache *s = kmem_cache_zalloc(kmem_cache, GFP_NOWAIT);

	if (!s)
		panic("SLUB: no memory to move the cache %s", boot->name);
	slab_flush_cpu(boot, this_cpu_slab(boot));
	memcpy(s, boot, kmem_cache_bytes());
	slab_place_tables(s);
	tell_slabs(s);
	INIT_LIST_HEAD(&s->list);
	INIT_LIST_HEAD(&s->aliases);
	list_add(&s->list, &slab_caches);
	return s;
}

struct kmem_cache *__init slab_create_permanent(const char *name, unsigned int size,
						slab_flags_t flags)
{
	const struct slab_spec spec = {
		.name = name,
		.size = size,
		.align = is_power_of_2(size) ? max_t(unsigned int, size, ARCH_KMALLOC_MINALIGN)
					     : ARCH_KMALLOC_MINALIGN,
		.flags = flags,
		.usersize = size,
	};
	struct kmem_cache *s = kmem_cache_zalloc(kmem_cache, GFP_NOWAIT);
	int err = s ? slab_init_cache(s, &spec) : -ENOMEM;

	if (!err)
		err = slab_alloc_node_structs(s);
	if (err)
		panic("Creation of slab cache %s size=%u failed. Reason %d", name, size, err);
	s->refcount = -1;
	list_add(&s->list, &slab_caches);
	return s;
}

DEFINE_PER_CPU(unsigned long, slab_cpu_offset);
DEFINE_PER_CPU(struct slab_key, slab_key);

static void place_cpus(void)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		per_cpu(slab_cpu_offset, cpu) = cpu * sizeof(struct kmem_cache_cpu);
		per_cpu(slab_key, cpu) = (struct slab_key){
			.cpu = slab_cpu_key(cpu),
			.top = PAGE_OFFSET >> SLAB_OWNER_SHIFT,
		};
	}
}

void __init slab_reset(void)
{
	slab_state = DOWN;
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		per_cpu(slab_cpu_offset, cpu) = 0;
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		per_cpu(slab_known, cpu) = (struct slab_span){.bytes = 0};
	INIT_LIST_HEAD(&slab_caches);
	spin_lock_init_rank(&slab_mutex, LOCK_RANK_SLAB_MUTEX);
	slab_record_reset();
	slab_bug_reset();
	slab_single_reset();
	memset(&slab_stats, 0, sizeof(slab_stats));
	kmalloc_reset();
	kfree_reset();
	rcu_reset();
}

void __init kmem_cache_init(void)
{
	struct kmem_cache *s;

	slab_reset();
	place_cpus();
	slab_record_init();
	kmem_cache_node = start_boot_cache(&boot_kmem_cache_node, "kmem_cache_node",
					   sizeof(struct kmem_cache_node));
	early_node_structs();
	slab_state = PARTIAL;

	kmem_cache = start_boot_cache(&boot_kmem_cache, "kmem_cache", kmem_cache_bytes());
	if (slab_alloc_node_structs(kmem_cache))
		panic("SLUB: no memory for the node structs of kmem_cache");
	kmem_cache = move_boot_cache(kmem_cache);
	kmem_cache_node = move_boot_cache(kmem_cache_node);

	create_kmalloc_caches();
	slab_state = UP;
	list_for_each_entry_reverse (s, &slab_caches, list)
		slab_init_order(s);
	slab_state = FULL;

	pr_info("SLUB: HWalign=%d, Order=%u-%u, MinObjects=%u, CPUs=%u, Nodes=%u\n", L1_CACHE_BYTES,
		slub_min_order, slub_max_order, slub_min_objects, nr_cpu_ids, nr_node_ids);
}
