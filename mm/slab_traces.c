// SPDX-License-Identifier: MIT
/*
 * slub_debug=U: the objects of a cache by who allocated them, or who freed them before that, in
 * the form of Linux's /sys/kernel/debug/slab/CACHE/alloc_traces and free_traces. Contract:
 * linux/slab.h.
 */
#include "page_alloc.h"
#include "slab_debug.h"

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/nodemask.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

/* Objects that came the same way, with the same bytes that nobody asked for. */
struct place {
	unsigned long addr;
	unsigned long waste; /* bytes of each */
	unsigned long count;
	u64 sum_age;
	unsigned long min_age, max_age;
	long min_pid, max_pid;
	u32 stack;
	cpumask_t cpus;
	nodemask_t nodes;
};

/* In the order of compare_places(). */
struct places {
	struct place *table;
	size_t nr, max;
	unsigned long now;
	bool full; /* there are more */
};

static int compare(unsigned long a, unsigned long b)
{
	return a < b ? -1 : a > b;
}

static int compare_places(const struct place *a, const struct place *b)
{
	return compare(a->addr, b->addr)
		       ?: compare(a->stack, b->stack) ?: compare(a->waste, b->waste);
}

/* The one that is as @like; NULL: there is no room for it. */
static struct place *find_place(struct places *places, const struct place *like)
{
	size_t from = 0, end = places->nr;

	while (from < end) {
		size_t middle = from + (end - from) / 2;
		int order = compare_places(like, &places->table[middle]);

		if (!order)
			return &places->table[middle];
		if (order < 0)
			end = middle;
		else
			from = middle + 1;
	}
	if (places->nr == places->max) {
		places->full = true;
		return NULL;
	}
	memmove(&places->table[from + 1], &places->table[from],
		(places->nr - from) * sizeof(*places->table));
	places->nr++;
	places->table[from] = *like;
	return &places->table[from];
}

static void add_object(struct places *places, struct kmem_cache *s, unsigned long object,
		       enum slab_track_kind kind)
{
	const struct slab_track *track = slab_get_track(s, object, kind);
	unsigned long age = track->addr ? places->now - track->when : 0;
	struct place like = {.addr = track->addr,
			     .stack = track->stack,
			     .min_age = age,
			     .max_age = age,
			     .min_pid = track->pid,
			     .max_pid = track->pid};
	struct place *place;

	if (kind == TRACK_ALLOC && slab_keeps_size(s))
		like.waste = s->object_size - slab_asked(s, object);
	place = find_place(places, &like);
	if (!place)
		return;
	place->count++;
	place->sum_age += age;
	place->min_age = min(place->min_age, age);
	place->max_age = max(place->max_age, age);
	place->min_pid = min_t(long, place->min_pid, track->pid);
	place->max_pid = max_t(long, place->max_pid, track->pid);
	cpumask_set_cpu((unsigned int)track->cpu, &place->cpus);
	node_set(page_to_nid(virt_to_page((const void *)object)), place->nodes);
}

/* The objects of @slabs that are out. */
static void add_slabs(struct places *places, struct kmem_cache *s, const struct list_head *slabs,
		      enum slab_track_kind kind)
{
	const struct slab *slab;

	list_for_each_entry (slab, slabs, list)
		for (unsigned int i = 0; i < slab->objects; i++)
			if (slab_object_is_out(slab, i))
				add_object(places, s, slab_object(s, slab, i), kind);
}

static void add_cache(struct places *places, struct kmem_cache *s, enum slab_track_kind kind)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_kmem_cache_node (s, nid, n) {
		spin_lock(&n->list_lock);
		add_slabs(places, s, &n->partial, kind);
		add_slabs(places, s, &n->full, kind);
		spin_unlock(&n->list_lock);
	}
}

static void free_table(const struct places *places)
{
	free_pages_exact(places->table, places->max * sizeof(*places->table));
}

/* Pages, so that it is no object itself; no section is made for it where others have room. */
static bool alloc_table(struct places *places, size_t max)
{
	made_sections_first = true;
	*places = (struct places){
		.table = alloc_pages_exact(max * sizeof(*places->table), GFP_KERNEL | __GFP_NOWARN),
		.max = max,
		.now = slab_track_now(),
	};
	made_sections_first = false;
	return places->table;
}

/* All places; the table is the caller's. False without memory. */
static bool collect(struct places *places, struct kmem_cache *s, enum slab_track_kind kind)
{
	for (size_t max = 32; alloc_table(places, max); max *= 2) {
		add_cache(places, s, kind);
		if (!places->full)
			return true;
		free_table(places);
	}
	return false;
}

/* ---- Showing ---------------------------------------------------------------------------- */

static int most_first(const void *a, const void *b)
{
	return compare(((const struct place *)b)->count, ((const struct place *)a)->count);
}

static void show_place(struct seq_file *m, const struct place *place)
{
	unsigned long *entries;
	unsigned int nr;

	seq_printf(m, "%7ld ", place->count);
	if (place->addr)
		seq_printf(m, "%pS", (void *)place->addr);
	else
		seq_puts(m, "<not-available>");
	if (place->waste)
		seq_printf(m, " waste=%lu/%lu", place->count * place->waste, place->waste);
	if (place->min_age == place->max_age)
		seq_printf(m, " age=%lu", place->min_age);
	else
		seq_printf(m, " age=%lu/%llu/%lu", place->min_age,
			   div_u64(place->sum_age, (u32)place->count), place->max_age);
	if (place->min_pid == place->max_pid)
		seq_printf(m, " pid=%ld", place->min_pid);
	else
		seq_printf(m, " pid=%ld-%ld", place->min_pid, place->max_pid);
	if (num_online_cpus() > 1)
		seq_printf(m, " cpus=%*pbl", cpumask_pr_args(&place->cpus));
	if (num_online_nodes() > 1)
		seq_printf(m, " nodes=%*pbl", nodemask_pr_args(&place->nodes));
	seq_putc(m, '\n');
	nr = stack_depot_fetch(place->stack, &entries);
	stack_trace_seq(m, entries, nr, 7);
	seq_putc(m, '\n');
}

static void show_traces(struct seq_file *m, struct kmem_cache *s, enum slab_track_kind kind)
{
	struct places places;

	if (!(s->flags & SLAB_STORE_USER)) {
		seq_puts(m, "No data\n");
		return;
	}
	if (!collect(&places, s, kind)) {
		seq_puts(m, "no memory to sort them\n");
		return;
	}
	sort(places.table, places.nr, sizeof(*places.table), most_first, NULL);
	for (size_t i = 0; i < places.nr; i++)
		show_place(m, &places.table[i]);
	if (!places.nr)
		seq_puts(m, "No data\n");
	free_table(&places);
}

void slab_alloc_traces_show(struct seq_file *m, struct kmem_cache *s)
{
	show_traces(m, s, TRACK_ALLOC);
}

void slab_free_traces_show(struct seq_file *m, struct kmem_cache *s)
{
	show_traces(m, s, TRACK_FREE);
}

static bool has_slabs(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_kmem_cache_node (s, nid, n)
		if (atomic_long_read(&n->nr_slabs))
			return true;
	return false;
}

void slab_owners_show(struct seq_file *m)
{
	struct kmem_cache *s;

	spin_lock(&slab_mutex);
	list_for_each_entry (s, &slab_caches, list) {
		if (!(s->flags & SLAB_STORE_USER) || !has_slabs(s))
			continue;
		seq_printf(m, "=== slab/%s/alloc_traces\n", s->name);
		slab_alloc_traces_show(m, s);
	}
	spin_unlock(&slab_mutex);
}
