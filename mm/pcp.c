// SPDX-License-Identifier: MIT
/*
 * Per-CPU page lists when they are empty or full, and giving all they hold back.
 * Contract: mm/pcp.h.
 *
 * A list may hold as many blocks as it was granted: `size` for its hot stack, and those in
 * chunks. Grants come in batches, when a list runs out of room, and all lists of a CPU and
 * zone together are never granted more than zone->pageset_high pages. So the fast path
 * only counts down, and counts of all lists are added up once in a batch.
 */
#include "pcp.h"

#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <baremm/panic.h>

#include "internal.h"
#include "page_alloc.h"

#define for_each_pcp_list(list, pcp)     \
	for (list = &(pcp)->lists[0][0]; \
	     list < &(pcp)->lists[0][0] + MIGRATE_PCPTYPES * NR_PCP_ORDERS; list++)

/* CPUs that have lists: the first ones. */
static unsigned int nr_pcp_cpus;

/* Other CPUs may drain it. */
static struct page *pcp_lock(struct pcp_list *list)
{
	struct page *hot;

	while ((hot = pcp_trylock(list)) == PCP_LOCKED)
		cpu_relax();
	return hot;
}

static struct per_cpu_pages *list_pcp(const struct pcp_list *list)
{
	return &list->zone->per_cpu_pageset[list->cpu];
}

struct pcp_list *pcp_list_of(struct zone *zone, enum migratetype type, unsigned int order)
{
	unsigned int i = pcp_order_index(order), cpu = (unsigned int)smp_processor_id();

	if (i == NR_PCP_ORDERS || cpu >= nr_pcp_cpus || !zone->per_cpu_pageset)
		return NULL;
	return &zone->per_cpu_pageset[cpu].lists[type][i];
}

/* ---- Back to the zone ------------------------------------------------------------- */

/* Blocks side by side in one pageblock are freed as the largest they come to. */
static void free_run(struct zone *zone, unsigned long start, unsigned long end)
{
	enum migratetype type = get_pfnblock_migratetype(start);

	while (start < end) {
		unsigned int order = (unsigned int)__ffs(start | MAX_ORDER_NR_PAGES);

		while (1UL << order > end - start)
			order--;
		__free_one_page(zone, start, order, type, false);
		start += 1UL << order;
	}
}

static bool same_pageblock(unsigned long pfn, unsigned long other)
{
	return !((pfn ^ other) >> pageblock_order);
}

void free_page_stack(struct zone *zone, unsigned int order, struct page *page)
{
	unsigned long nr = 1UL << order, flags;

	spin_lock_irqsave(&zone->lock, flags);
	while (page) {
		unsigned long start = page_to_pfn(page), end = start + nr;

		page->flags &= PAGE_FLAGS_KEPT;
		for (page = page->pcp_next; page; page = page->pcp_next) {
			unsigned long pfn = page_to_pfn(page);

			if (pfn + nr == start && same_pageblock(pfn, start))
				start = pfn;
			else if (pfn == end && same_pageblock(pfn, start))
				end = pfn + nr;
			else
				break;
			page->flags &= PAGE_FLAGS_KEPT;
		}
		free_run(zone, start, end);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

static void free_stack(const struct pcp_list *list, struct page *page)
{
	free_page_stack(list->zone, list->order, page);
}

/* ---- Chunks ----------------------------------------------------------------------- */

/* What the list holds in chunks, in its hot stack, and may take there. */
static void set_blocks(struct pcp_list *list, unsigned int chunked, int size, int room)
{
	long more = (long)chunked - list->nr_chunked + size - list->size;

	list->nr_chunked = chunked;
	list->size = size;
	list->room = room;
	if (more)
		__atomic_fetch_add(&list->zone->per_cpu_pageset[list->cpu].granted,
				   more * (1L << list->order), __ATOMIC_RELAXED);
}

/* What is hot becomes the first chunk. No room is left. */
static void cut_chunk(struct pcp_list *list, struct page *hot)
{
	unsigned int nr = (unsigned int)(list->size - list->room);

	if (hot) {
		hot->private = nr;
		hot->pcp_chunk = list->chunks;
		list->chunks = hot;
	}
	set_blocks(list, list->nr_chunked + nr, 0, 0);
}

/* The first chunk, to be the hot stack; NULL: there is none. */
static struct page *first_chunk(struct pcp_list *list)
{
	struct page *hot = list->chunks;

	if (hot) {
		list->chunks = hot->pcp_chunk;
		set_blocks(list, list->nr_chunked - hot->private, (int)hot->private, 0);
	}
	return hot;
}

/* The last chunk, which was hot longest ago. The list has one. */
static struct page *last_chunk(struct pcp_list *list)
{
	struct page **link = &list->chunks, *page;

	while ((*link)->pcp_chunk)
		link = &(*link)->pcp_chunk;
	page = *link;
	*link = NULL;
	set_blocks(list, list->nr_chunked - page->private, list->size, list->room);
	return page;
}

/* ---- Room ------------------------------------------------------------------------- */

/* Most pages of a CPU and zone. */
static int pcp_high(const struct zone *zone)
{
	return test_bit(ZONE_PCP_DISABLED, &zone->flags) ? 0 : READ_ONCE(zone->pageset_high);
}

/* Blocks that are moved at once. */
static int batch_blocks(const struct pcp_list *list)
{
	int batch = pcp_high(list->zone) ? READ_ONCE(list->zone->pageset_batch) : 1;

	return batch > 1 ? max(batch >> list->order, 2) : 1;
}

static long grantable_pages(const struct pcp_list *list)
{
	const struct per_cpu_pages *pcp = &list->zone->per_cpu_pageset[list->cpu];

	return pcp_high(list->zone) - __atomic_load_n(&pcp->granted, __ATOMIC_RELAXED);
}

/* Takes back the room that lists other than @list do not use. */
static void revoke_room(struct pcp_list *list)
{
	struct per_cpu_pages *pcp = list_pcp(list);
	struct pcp_list *other;

	for_each_pcp_list(other, pcp)
	{
		struct page *hot;

		if (other == list)
			continue;
		hot = pcp_trylock(other);
		if (hot == PCP_LOCKED)
			continue;
		if (other->room > 0)
			set_blocks(other, other->nr_chunked, other->size - other->room, 0);
		pcp_unlock(other, hot);
	}
}

/* How many more blocks the list may hold, @want at most. */
static int grant(struct pcp_list *list, int want)
{
	long pages = grantable_pages(list);

	if (pages < (long)want << list->order) {
		revoke_room(list);
		pages = max(grantable_pages(list), 0L);
	}
	return (int)min((long)want, pages >> list->order);
}

/* Frees a chunk of a list that is locked, or what is hot. Pages that are free now. */
static long shrink_locked(struct pcp_list *list, struct page **hot)
{
	struct page *stack = *hot;
	long nr = list->size - list->room;

	if (list->chunks) {
		stack = last_chunk(list);
		nr = stack->private;
	} else {
		set_blocks(list, list->nr_chunked, 0, 0);
		*hot = NULL;
	}
	if (stack)
		free_stack(list, stack);
	return nr << list->order;
}

/* The list after @list of the same CPU and zone, and after the last one the first. */
static struct pcp_list *next_list(const struct pcp_list *list)
{
	struct per_cpu_pages *pcp = list_pcp(list);
	size_t i = (size_t)(list - &pcp->lists[0][0]);

	return &pcp->lists[0][0] + (i + 1) % (MIGRATE_PCPTYPES * NR_PCP_ORDERS);
}

/*
 * Makes room for a batch of @list, which is locked and has only chunks: the others go
 * first, one after the other, for they are not in use now.
 */
static void shrink(struct pcp_list *list)
{
	long pages = list->zone->pageset_batch;
	struct pcp_list *other;

	for (other = next_list(list); other != list && pages > 0; other = next_list(other)) {
		struct page *hot = pcp_trylock(other);

		if (hot == PCP_LOCKED)
			continue;
		pages -= shrink_locked(other, &hot);
		pcp_unlock(other, hot);
	}
	while (pages > 0 && list->chunks) {
		struct page *none = NULL;

		pages -= shrink_locked(list, &none);
	}
}

/* ---- Freeing ---------------------------------------------------------------------- */

bool pcp_free_full(struct pcp_list *list, struct page *hot, struct page *page)
{
	int room, want = batch_blocks(list);

	cut_chunk(list, hot);
	room = grant(list, want);
	if (room < 1 && pcp_high(list->zone) >> list->order) {
		shrink(list);
		room = grant(list, want);
	}
	if (room > 0) {
		set_blocks(list, list->nr_chunked, room, room - 1);
		page->pcp_next = NULL;
	}
	pcp_unlock(list, room > 0 ? page : NULL);
	return room > 0;
}

/* As a chunk of its own behind all others. */
static bool free_cold(struct pcp_list *list, struct page *hot, struct page *page)
{
	bool room = grant(list, 1) > 0;
	struct page **link;

	for (link = &list->chunks; *link;)
		link = &(*link)->pcp_chunk;
	if (room) {
		*link = page;
		page->pcp_next = page->pcp_chunk = NULL;
		page->private = 1;
		set_blocks(list, list->nr_chunked + 1, list->size, list->room);
	}
	pcp_unlock(list, hot);
	return room;
}

bool pcp_free(struct pcp_list *list, struct page *page, bool cold)
{
	struct page *hot = pcp_trylock(list);

	if (hot == PCP_LOCKED)
		return false;
	if (unlikely(cold))
		return free_cold(list, hot, page);
	if (unlikely(list->room <= 0))
		return pcp_free_full(list, hot, page);
	list->room--;
	page->pcp_next = hot;
	pcp_unlock(list, page);
	return true;
}

/* ---- Taking ----------------------------------------------------------------------- */

/* A stack of up to @nr blocks, in the order in which they are taken from the free areas. */
static struct page *rmqueue_bulk(const struct pcp_list *list, int *nr, unsigned int alloc_flags)
{
	struct zone *zone = list->zone;
	struct page *first = NULL, **link = &first;
	unsigned long flags;
	int taken;

	spin_lock_irqsave(&zone->lock, flags);
	for (taken = 0; taken < *nr; taken++) {
		struct page *page = __rmqueue(zone, list->order, list->type, alloc_flags);

		if (!page)
			break;
		page->flags = page_block_flags(page, list->order, list->type);
		*link = page;
		link = &page->pcp_next;
	}
	*link = NULL;
	spin_unlock_irqrestore(&zone->lock, flags);
	*nr = taken;
	return first;
}

/* One block is taken even where the list may hold none: it is not for the list. */
static struct page *refill(struct pcp_list *list, long most, unsigned int alloc_flags)
{
	int want = (int)clamp(most >> list->order, 1L, (long)batch_blocks(list));
	int granted = 0, nr = 1;
	struct page *hot;

	set_blocks(list, list->nr_chunked, 0, 0);
	if (want > 1) {
		granted = grant(list, want);
		nr = max(granted, 1);
	}
	hot = rmqueue_bulk(list, &nr, alloc_flags);
	granted = min(granted, nr);
	if (hot)
		set_blocks(list, list->nr_chunked, granted, granted - nr);
	return hot;
}

struct page *pcp_take(struct pcp_list *list, long most, unsigned int alloc_flags)
{
	struct page *page = pcp_trylock(list);

	if (page == PCP_LOCKED)
		return NULL;
	if (!page)
		page = first_chunk(list);
	if (!page)
		page = refill(list, most, alloc_flags);
	if (!page) {
		pcp_unlock(list, NULL);
		return NULL;
	}
	list->room++;
	list->nr_taken++;
	pcp_unlock(list, page->pcp_next);
	page_set_owned(page);
	return page;
}

unsigned long pcp_take_array(struct pcp_list *list, unsigned long nr, struct page **pages,
			     long most, unsigned int alloc_flags)
{
	struct page *hot = pcp_trylock(list), **end = pages + nr, **pos = pages;

	if (hot == PCP_LOCKED)
		return 0;
	while (pos < end) {
		struct page **start = pos;

		if (!hot)
			hot = first_chunk(list);
		if (!hot)
			hot = refill(list, most, alloc_flags);
		if (!hot)
			break;
		while (pos < end && hot) {
			struct page *page = hot;

			hot = page->pcp_next;
			page_set_owned(page);
			*pos++ = page;
		}
		list->room += (int)(pos - start);
	}
	list->nr_taken += (unsigned long)(pos - pages);
	pcp_unlock(list, hot);
	return (unsigned long)(pos - pages);
}

/* ---- Draining --------------------------------------------------------------------- */

static void drain_list(struct pcp_list *list)
{
	struct page *hot = pcp_lock(list), *chunk = list->chunks;

	list->chunks = NULL;
	set_blocks(list, 0, 0, 0);
	pcp_unlock(list, NULL);
	if (hot)
		free_stack(list, hot);
	while (chunk) {
		struct page *next = chunk->pcp_chunk;

		free_stack(list, chunk);
		chunk = next;
	}
}

static void drain_zone(struct zone *zone, unsigned int cpu)
{
	struct pcp_list *list;

	if (!zone->per_cpu_pageset || cpu >= nr_pcp_cpus)
		return;
	for_each_pcp_list(list, &zone->per_cpu_pageset[cpu]) drain_list(list);
}

static void drain_cpu(struct zone *only, unsigned int cpu)
{
	struct zone *zone;

	for_each_populated_zone (zone)
		if (!only || zone == only)
			drain_zone(zone, cpu);
}

void drain_local_pages(struct zone *zone)
{
	drain_cpu(zone, (unsigned int)smp_processor_id());
}

void drain_all_pages(struct zone *zone)
{
	for (unsigned int cpu = 0; cpu < nr_pcp_cpus; cpu++)
		drain_cpu(zone, cpu);
}

void zone_pcp_disable(struct zone *zone)
{
	set_bit(ZONE_PCP_DISABLED, &zone->flags);
	drain_all_pages(zone);
}

void zone_pcp_enable(struct zone *zone)
{
	clear_bit(ZONE_PCP_DISABLED, &zone->flags);
}

/* ---- Looking at them -------------------------------------------------------------- */

/* Calls @fn for each block of a list that is locked; 0, or what @fn returned and why it ended. */
static int for_each_block(const struct pcp_list *list, struct page *hot,
			  int (*fn)(const struct pcp_list *list, const struct page *page,
				    void *arg),
			  void *arg)
{
	struct page *stack = hot ? hot : list->chunks;
	int ret = 0;

	while (stack && !ret) {
		for (struct page *page = stack; page && !ret; page = page->pcp_next)
			ret = fn(list, page, arg);
		stack = stack == hot ? list->chunks : stack->pcp_chunk;
	}
	return ret;
}

static int is_block(const struct pcp_list *list, const struct page *page, void *arg)
{
	const struct page *wanted = arg;

	return wanted >= page && wanted < page + (1UL << list->order);
}

static bool cpu_holds(struct per_cpu_pages *pcp, const struct page *page)
{
	bool found = false;
	struct pcp_list *list;

	for_each_pcp_list(list, pcp)
	{
		struct page *hot = pcp_lock(list);

		found |= for_each_block(list, hot, is_block, (void *)(unsigned long)page) != 0;
		pcp_unlock(list, hot);
	}
	return found;
}

bool pcp_holds(const struct page *page)
{
	const struct zone *zone = page_zone(page);

	for (unsigned int cpu = 0; zone->per_cpu_pageset && cpu < nr_pcp_cpus; cpu++)
		if (cpu_holds(&zone->per_cpu_pageset[cpu], page))
			return true;
	return false;
}

unsigned long pcp_count(const struct zone *zone, unsigned int cpu)
{
	unsigned long pages = 0;
	struct pcp_list *list;

	if (!zone->per_cpu_pageset || cpu >= nr_pcp_cpus)
		return 0;
	for_each_pcp_list(list, &zone->per_cpu_pageset[cpu])
	{
		struct page *hot = pcp_lock(list);

		pages += ((unsigned long)(list->size - list->room) + list->nr_chunked)
			 << list->order;
		pcp_unlock(list, hot);
	}
	return pages;
}

unsigned long pcp_nr_taken(const struct zone *zone, bool by_local_cpus)
{
	unsigned long nr = 0;

	for (unsigned int cpu = 0; zone->per_cpu_pageset && cpu < nr_pcp_cpus; cpu++) {
		struct pcp_list *list;

		if ((cpu_to_node((int)cpu) == zone->node) != by_local_cpus)
			continue;
		for_each_pcp_list(list, &zone->per_cpu_pageset[cpu])
		{
			struct page *hot = pcp_lock(list);

			nr += list->nr_taken;
			pcp_unlock(list, hot);
		}
	}
	return nr;
}

/* ---- Verifying -------------------------------------------------------------------- */

struct pcp_verify {
	unsigned int cpu;
	unsigned long nr;
	unsigned long most; /* blocks that could be there */
	int faults;
};

#define fault(v, list, fmt, ...)                                                               \
	do {                                                                                   \
		pr_err("zone_verify: node %d zone %s: list of cpu %u, type %u, order %u: " fmt \
		       "\n",                                                                   \
		       (list)->zone->node, (list)->zone->name, (v)->cpu, (list)->type,         \
		       (list)->order, ##__VA_ARGS__);                                          \
		(v)->faults++;                                                                 \
	} while (0)

static int verify_block(const struct pcp_list *list, const struct page *page, void *arg)
{
	struct pcp_verify *v = arg;

	if ((unsigned long)page % sizeof(*page) ||
	    !section_made(pfn_to_section_nr(page_to_pfn(page)))) {
		fault(v, list, "leads to %px, which is no page", (const void *)page);
		return 1;
	}
	if (v->nr++ > v->most) {
		fault(v, list, "does not end");
		return 1;
	}
	if (page_zone(page) != list->zone ||
	    page->flags != page_block_flags(page, list->order, list->type))
		fault(v, list, "pfn 0x%lx has flags %#lx", page_to_pfn(page), page->flags);
	if (page_ref_count(page))
		fault(v, list, "pfn 0x%lx has refcount %d", page_to_pfn(page),
		      page_ref_count(page));
	if (page_to_pfn(page) & ((1UL << list->order) - 1))
		fault(v, list, "pfn 0x%lx is not aligned", page_to_pfn(page));
	return 0;
}

static void verify_list(struct pcp_verify *v, struct pcp_list *list)
{
	struct page *hot = pcp_lock(list);

	v->nr = 0;
	if (!for_each_block(list, hot, verify_block, v) &&
	    v->nr != (unsigned int)(list->size - list->room) + list->nr_chunked)
		fault(v, list, "counts %d and %u blocks, holds %lu", list->size - list->room,
		      list->nr_chunked, v->nr);
	pcp_unlock(list, hot);
}

int pcp_verify(struct zone *zone)
{
	struct pcp_verify v = {.most = zone->spanned_pages};

	for (; zone->per_cpu_pageset && v.cpu < nr_pcp_cpus; v.cpu++) {
		struct pcp_list *list;

		for_each_pcp_list(list, &zone->per_cpu_pageset[v.cpu]) verify_list(&v, list);
	}
	return v.faults;
}

/* ---- Setting up -------------------------------------------------------------------- */

/* Where there is no list: always locked, and its zone is below its mark. */
static struct zone no_zone;
static struct pcp_list no_list[NR_PCP_ORDERS] = {
	[0 ... NR_PCP_ORDERS - 1] = {.hot = PCP_LOCKED, .zone = &no_zone},
};
static struct pcp_list *const no_lists[NR_PCP_GFP] = {[0 ... NR_PCP_GFP - 1] = no_list};

/* No page is known, so free_lists is not looked at. */
DEFINE_PER_CPU(struct page_cpu, page_cpu) = {.alloc_lists = no_lists};

static void __init init_pageset(struct zone *zone, struct per_cpu_pages *pcp, unsigned int cpu)
{
	for (unsigned int type = 0; type < MIGRATE_PCPTYPES; type++)
		for (unsigned int i = 0; i < NR_PCP_ORDERS; i++)
			pcp->lists[type][i] = (struct pcp_list){
				.zone = zone,
				.order = (u8)(i == PCP_HUGE ? HUGETLB_PAGE_ORDER : i),
				.type = (u8)type,
				.cpu = (u16)cpu,
			};
}

static void *__init alloc_lists(size_t size, int nid)
{
	void *mem = early_alloc(size, nid);

	if (!mem)
		panic("pcp: no memory for %lu bytes of per-CPU lists on node %d", size, nid);
	return mem;
}

/* All zones of a node in one piece. */
static void __init alloc_pagesets(pg_data_t *pgdat)
{
	struct per_cpu_pages *pcp;
	unsigned int zones = 0;

	for (int i = 0; i < MAX_NR_ZONES; i++)
		zones += populated_zone(&pgdat->node_zones[i]);
	if (!zones)
		return;
	pcp = alloc_lists(zones * nr_pcp_cpus * sizeof(*pcp), pgdat->node_id);
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!populated_zone(zone))
			continue;
		zone->per_cpu_pageset = pcp;
		for (unsigned int cpu = 0; cpu < nr_pcp_cpus; cpu++)
			init_pageset(zone, pcp++, cpu);
	}
}

/* The first zone's of the walk: it keeps nothing from callers with these flags. */
static struct pcp_list *__init alloc_list(int nid, unsigned int cpu, gfp_t gfp)
{
	struct zone *zone;

	if (gfp_is_bad(gfp) || (gfp & __GFP_ZERO))
		return no_list;
	zone = zonelist_zone(first_zones_zonelist(node_zonelist(nid, gfp), gfp_zone(gfp), NULL));
	if (!zone || zone->node != nid)
		return no_list;
	return zone->per_cpu_pageset[cpu].lists[gfp_migratetype(gfp)];
}

static void __init init_page_cpu(unsigned int cpu, int nid)
{
	const unsigned int types = 1U << (ZONES_PGSHIFT - PAGE_PCPTYPE_PGSHIFT);
	const size_t nr_free = (size_t)nr_node_ids << (NODES_PGSHIFT - PAGE_PCPTYPE_PGSHIFT);
	struct pcp_list **table = alloc_lists((NR_PCP_GFP + nr_free) * sizeof(*table), nid);
	struct pcp_list **free_lists = table + NR_PCP_GFP;
	struct zone *zone;

	for (gfp_t gfp = 0; gfp < NR_PCP_GFP; gfp++)
		table[gfp] = alloc_list(nid, cpu, gfp);
	for (size_t i = 0; i < nr_free; i++)
		free_lists[i] = no_list;
	for_each_populated_zone (zone)
		for (unsigned int type = 0; type < MIGRATE_PCPTYPES; type++)
			free_lists[((unsigned int)zone->node << ZONES_SHIFT |
				    (unsigned int)zone_idx(zone)) *
					   types +
				   type] = zone->per_cpu_pageset[cpu].lists[type];
	per_cpu(page_cpu, cpu) =
		(struct page_cpu){.alloc_lists = table, .free_lists = free_lists, .nid = nid};
}

void __init setup_per_cpu_pageset(void)
{
	pg_data_t *pgdat;

	nr_pcp_cpus = min(nr_cpu_ids, NR_CPUS + 0U);
	for_each_online_pgdat (pgdat)
		alloc_pagesets(pgdat);
	for (unsigned int cpu = 0; cpu < nr_pcp_cpus; cpu++) {
		int nid = cpu_to_node((int)cpu);

		if (NODE_DATA(nid))
			init_page_cpu(cpu, nid);
	}
}

void pcp_reset(void)
{
	nr_pcp_cpus = 0;
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		per_cpu(page_cpu, cpu) = (struct page_cpu){.alloc_lists = no_lists};
}
