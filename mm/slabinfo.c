// SPDX-License-Identifier: MIT
/* The caches in the format of Linux's /proc/slabinfo, version 2.1. */
#include "slab.h"

#include <linux/seq_file.h>

/* Objects on the lists of @n's partial slabs. */
static unsigned long count_free(struct kmem_cache_node *n)
{
	unsigned long free = 0;
	struct page *page;

	spin_lock(&n->list_lock);
	list_for_each_entry (page, &n->partial, slab_list)
		free += page->slab->objects - page->slab->inuse;
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
