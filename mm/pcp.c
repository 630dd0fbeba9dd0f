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

#include "internal.h"
#include "page_alloc.h"

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

		page_set_flags(page, page->flags & PAGE_FLAGS_KEPT);
		for (page = page->pcp_next; page; page = page->pcp_next) {
			unsigned long pfn = page_to_pfn(page);

			if (pfn + nr == start && same_pageblock(pfn, start))
				start = pfn;
			else if (pfn == end && same_pageblock(pfn, start))
				end = pfn + nr;
			else
				break;
			page_set_flags(page, page->flags & PAGE_FLAGS_KEPT);
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
		hot->priv32 = nr;
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
		set_blocks(list, list->nr_chunked - hot->priv32, (int)hot->priv32, 0);
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
	set_blocks(list, list->nr_chunked - page->priv32, list->size, list->room);
	return page;
}

/* ---- Room ------------------------------------------------------------------------- */

/* Most pages of a CPU and zone. While kswapd looks for some, few: as on Linux four batches. */
static int pcp_high(const struct zone *zone)
{
	int high = READ_ONCE(zone->pageset_high);

	if (likely(!READ_ONCE(zone->flags)))
		return high;
	if (test_bit(ZONE_PCP_DISABLED, &zone->flags))
		return 0;
	return min(high, READ_ONCE(zone->pageset_batch) << 2);
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
		nr = stack->priv32;
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

static unsigned long nr_taken(struct per_cpu_pages *pcp)
{
	unsigned long nr = 0;
	struct pcp_list *list;

	for_each_pcp_list(list, pcp) nr += list->nr_taken;
	return nr;
}

/* Each block that was taken since the lists last gave some back halves what they give next. */
static void update_free_factor(struct per_cpu_pages *pcp)
{
	unsigned long taken = nr_taken(pcp), since = taken - pcp->taken_before;

	pcp->free_factor = since < 32 ? pcp->free_factor >> since : 0;
	pcp->taken_before = taken;
}

/*
 * Who only frees fills the lists with pages that this CPU has no use for: twice as many
 * go back each time, but for one batch.
 */
static long pages_to_give_back(struct pcp_list *list)
{
	struct per_cpu_pages *pcp = list_pcp(list);
	long batch = list->zone->pageset_batch, most = max(pcp_high(list->zone) - batch, batch);
	long pages = batch << pcp->free_factor;

	if (pages < most)
		pcp->free_factor++;
	return min(pages, most);
}

/* Blocks of several pages that somebody only frees: on a list they keep others from merging. */
static bool must_not_stay(struct pcp_list *list)
{
	if (!list->order || list->order > PAGE_ALLOC_COSTLY_ORDER)
		return false;
	if (!list_pcp(list)->free_factor) /* nothing to halve, so nothing to count */
		return false;
	update_free_factor(list_pcp(list));
	return list_pcp(list)->free_factor > 0;
}

/* Has another of the CPU's lists blocks, or room for some? */
static bool others_have_any(struct pcp_list *list)
{
	long own = (long)list->nr_chunked + list->size;

	return __atomic_load_n(&list_pcp(list)->granted, __ATOMIC_RELAXED) != own << list->order;
}

/*
 * Makes room for @list, which is locked and has only chunks, by @pages: the others go
 * first, one after the other, for they are not in use now.
 */
static void shrink(struct pcp_list *list, long pages)
{
	struct pcp_list *other = others_have_any(list) ? next_list(list) : list;

	for (; other != list && pages > 0; other = next_list(other)) {
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
	if (must_not_stay(list))
		shrink(list, LONG_MAX);
	room = grant(list, want);
	if (room < 1 && pcp_high(list->zone) >> list->order) {
		update_free_factor(list_pcp(list));
		shrink(list, pages_to_give_back(list));
		room = grant(list, want);
	}
	if (room > 0) {
		set_blocks(list, list->nr_chunked, room, room - 1);
		data_race_write(page->pcp_next, NULL);
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
		data_race_write(page->pcp_next, NULL);
		page->pcp_chunk = NULL;
		page->priv32 = 1;
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
	data_race_write(page->pcp_next, hot);
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
		page_set_flags(page, page_block_flags(page, list->order, list->type));
		data_race_write(*link, page);
		link = &page->pcp_next;
	}
	data_race_write(*link, NULL);
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
