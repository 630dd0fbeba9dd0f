// SPDX-License-Identifier: MIT
/*
 * The caches in the format of Linux's /proc/slabinfo, version 2.1; and one that has no memory, in
 * the words of Linux's slab_out_of_memory().
 */
#include "slab.h"

#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/seq_file.h>

/* Objects on the lists of @n's partial slabs. */
static unsigned long count_free(struct kmem_cache_node *n)
{
	unsigned long free = 0;
	struct slab *slab;

	spin_lock(&n->list_lock);
	list_for_each_entry (slab, &n->partial, list)
		free += slab->objects - slab->inuse;
	spin_unlock(&n->list_lock);
	return free;
}

/* As on Linux, what CPUs hold counts as active. */
static void show_cache(struct seq_file *m, struct kmem_cache *s)
{
	unsigned long slabs = 0, objects = 0, free = 0;
	struct kmem_cache_node *n;
	int nid;

	for_each_kmem_cache_node (s, nid, n) {
		slabs += (unsigned long)atomic_long_read(&n->nr_slabs);
		objects += slab_node_objects(s, n);
		free += count_free(n);
	}
	seq_printf(m, "%-17s %6lu %6lu %6u %4u %4d", s->name, objects - free, objects,
		   (unsigned int)s->size, s->oo.objects, 1 << s->oo.order);
	seq_printf(m, " : tunables %4u %4u %4u", 0u, 0u, 0u);
	seq_printf(m, " : slabdata %6lu %6lu %6lu\n", slabs, slabs, 0ul);
}

void slabinfo_show(struct seq_file *m)
{
	struct kmem_cache *s;

	seq_puts(m, "slabinfo - version: 2.1\n");
	seq_puts(m,
		 "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
		 " : tunables <limit> <batchcount> <sharedfactor>"
		 " : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	list_for_each_entry (s, &slab_caches, list)
		show_cache(m, s);
}

noinline __cold void slab_out_of_memory(struct kmem_cache *s, gfp_t flags, int node)
{
	static DEFINE_RATELIMIT_STATE(limit, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);
	struct kmem_cache_node *n;
	int nid;

	if ((flags & __GFP_NOWARN) || !__ratelimit(&limit))
		return;
	pr_warn("SLUB: Unable to allocate memory on node %d, gfp=%#x(%pGg)\n", node, flags,
		(const void *)&flags);
	pr_warn("  cache: %s, object size: %u, buffer size: %u, default order: %u, min order: %u\n",
		s->name, s->object_size, (unsigned int)s->size, s->oo.order, s->min.order);
	if (s->min.order > get_order(s->object_size))
		pr_warn("  %s debugging increased min order, use slub_debug=O to disable.\n",
			s->name);
	for_each_kmem_cache_node (s, nid, n)
		pr_warn("  node %d: slabs: %lu, objs: %lu, free: %lu\n", nid,
			(unsigned long)atomic_long_read(&n->nr_slabs), slab_node_objects(s, n),
			count_free(n));
}
