/* SPDX-License-Identifier: MIT */
/*
 * What callers may do with the page allocator, and what they may not: each operation is
 * done to the real one and to the model, and chooses by model_random() alone.
 */
#ifndef _TEST_ALLOC_OPS_H
#define _TEST_ALLOC_OPS_H

#include "alloc_model.h"

#include <linux/cma.h>
#include <linux/dma-map-ops.h>
#include <linux/compaction.h>
#include <linux/fault-inject.h>

#include "../../mm/cma.h"
#include "../../mm/page_isolation.h"

static const gfp_t model_gfps[] = {
	GFP_KERNEL,
	GFP_HIGHUSER_MOVABLE,
	GFP_KERNEL | __GFP_RECLAIMABLE,
	GFP_KERNEL | GFP_DMA,
	GFP_KERNEL | GFP_DMA32,
	GFP_ATOMIC,
	GFP_NOWAIT,
	GFP_KERNEL | __GFP_ZERO,
	GFP_KERNEL | __GFP_MEMALLOC,
	GFP_KERNEL | __GFP_NORETRY | __GFP_THISNODE,
	GFP_KERNEL | __GFP_HIGH | __GFP_NOMEMALLOC,
	GFP_HIGHUSER_MOVABLE | __GFP_RETRY_MAYFAIL | __GFP_ZERO,
};

static gfp_t some_gfp(void)
{
	return model_gfps[model_random(ARRAY_SIZE(model_gfps))] | __GFP_NOWARN;
}

#define MODEL_BULK 64 /* pages of a bulk call, at most */

/* Mostly small ones. */
static unsigned int some_order(void)
{
	return model_random(8) ? model_random(4) : model_random(NR_PAGE_ORDERS);
}

/* A holding of one of the kinds in @kinds, near a random number; model.nr: none near. */
static unsigned int some_holding(unsigned int kinds)
{
	unsigned int i = model.nr ? model_random(model.nr) : 0;

	for (unsigned int tries = 0; tries < 16 && i < model.nr; tries++, i++)
		if (kinds >> model.holding[i].kind & 1)
			return i;
	return model.nr;
}

#define KIND(kind) (1u << (kind))
#define ANY_KIND   (~0u)

static void model_step(void);

/* ---- Allocating ------------------------------------------------------------------------ */

/*
 * A single page is refused only if no zone that permits it has more than its min mark and
 * what it keeps for others. Faults that were asked for are another matter.
 */
static void check_refusal(gfp_t gfp)
{
	struct zone *zone;

	for_each_populated_zone (zone) {
		unsigned long kept = min_wmark_pages(zone) + zone->nr_reserved_highatomic +
				     (unsigned long)zone->lowmem_reserve[gfp_zone(gfp)];

		if (!(gfp & __GFP_MOVABLE))
			kept += zone_page_state(zone, NR_FREE_CMA_PAGES);
		if (zone_idx(zone) <= (int)gfp_zone(gfp))
			assert_true(zone_page_state(zone, NR_FREE_PAGES) <= kept);
	}
}

static void check_zeroed(const struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i += 1 + (1UL << order) / 8) {
		const u64 *words = model_words(page_to_pfn(page) + i);

		assert_int_equal(words[0] | words[LAST_WORD] | words[LAST_WORD / 2], 0);
	}
}

static void op_alloc(void)
{
	gfp_t gfp = some_gfp() | (model_random(4) ? 0 : __GFP_COMP);
	unsigned int order = some_order();
	unsigned long faults = fault_inject_count();
	struct page *page = alloc_pages(gfp, order);

	if (!page) {
		if (!order && fault_inject_count() == faults && !(gfp & __GFP_THISNODE))
			check_refusal(gfp);
		return;
	}
	assert_true(zone_idx(page_zone(page)) <= (int)gfp_zone(gfp));
	assert_int_equal(page_to_pfn(page) & ((1UL << order) - 1), 0);
	if (gfp & __GFP_ZERO)
		check_zeroed(page, order);
	model_take(gfp & __GFP_COMP ? HELD_COMPOUND : HELD_BLOCK, page, 1UL << order, order);
}

/* From a node by its number: from no other, if it says so. */
static void op_node(void)
{
	int nid = (int)model_random((u32)nr_node_ids);
	gfp_t gfp = some_gfp() | (model_random(2) ? __GFP_THISNODE : 0);
	unsigned int order = some_order();
	struct page *page = node_online(nid) ? alloc_pages_node(nid, gfp, order) : NULL;

	if (!page)
		return;
	assert_true(!(gfp & __GFP_THISNODE) || page_to_nid(page) == nid);
	model_take(HELD_BLOCK, page, 1UL << order, order);
	model.seen[SEEN_OTHER_NODE] += page_to_nid(page) != numa_mem_id();
}

/* While there is memory for it: marks and faults that were asked for do not count. */
static void op_nofail(void)
{
	const struct zone *zone = &NODE_DATA(0)->node_zones[ZONE_NORMAL];
	unsigned long kept =
		zone_page_state(zone, NR_FREE_CMA_PAGES) + zone->nr_reserved_highatomic;
	struct page *page;

	if (zone_page_state(zone, NR_FREE_PAGES) < kept + 512)
		return;
	page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	assert_non_null(page);
	model_take(HELD_BLOCK, page, 1, 0);
}

/* Some places of the array are filled already, and stay as they are. */
static void bulk_into_array(gfp_t gfp, unsigned long nr, struct page **pages)
{
	struct page *before[MODEL_BULK];
	unsigned long filled;

	for (unsigned long i = 0; i < nr; i++)
		before[i] = pages[i] = model_random(8) ? NULL : alloc_page(gfp);
	filled = alloc_pages_bulk_array(gfp, nr, pages);
	assert_true(filled <= nr);
	for (unsigned long i = 0; i < nr; i++) {
		assert_true(!before[i] || pages[i] == before[i]);
		assert_true(i >= filled || pages[i]);
	}
}

static void bulk_onto_list(gfp_t gfp, unsigned long nr, struct page **pages)
{
	struct page *page, *next;
	LIST_HEAD(list);
	unsigned long filled = alloc_pages_bulk_list(gfp, nr, &list), i = 0;

	assert_true(filled <= nr);
	list_for_each_entry_safe (page, next, &list, lru) {
		list_del(&page->lru);
		pages[i++] = page;
	}
	assert_int_equal(i, filled);
}

static void op_bulk(void)
{
	struct page *pages[MODEL_BULK] = {NULL};
	unsigned long nr = model_random(MODEL_BULK + 1);
	gfp_t gfp = some_gfp();

	if (!model_has_room(MODEL_BULK))
		return;
	if (model_random(2))
		bulk_into_array(gfp, nr, pages);
	else
		bulk_onto_list(gfp, nr, pages);
	for (unsigned long i = 0; i < nr; i++) {
		if (!pages[i])
			continue;
		assert_true(zone_idx(page_zone(pages[i])) <= (int)gfp_zone(gfp));
		if (gfp & __GFP_ZERO)
			check_zeroed(pages[i], 0);
		model_take(HELD_BLOCK, pages[i], 1, 0);
		model.seen[SEEN_BULK_ALLOC]++;
	}
}

static unsigned long reserved_for_atomic(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_populated_zone (zone)
		pages += zone->nr_reserved_highatomic;
	return pages;
}

/* Who cannot wait, and wants more than one page: until no more is to be had, now and then. */
static void op_atomic(void)
{
	unsigned int order = 1 + model_random(4);
	u32 nr = 1 + (model_random(8) ? model_random(8) : model_random(1000));
	unsigned long reserved;

	for (; nr && model_has_room(1); nr--) {
		struct page *page = alloc_pages(GFP_ATOMIC | __GFP_NOWARN, order);

		if (!page)
			break;
		model_take(HELD_BLOCK, page, 1UL << order, order);
	}
	reserved = reserved_for_atomic();
	model.seen[SEEN_RESERVED] += reserved > model.reserved;
	model.seen[SEEN_UNRESERVED] += reserved < model.reserved;
	model.reserved = reserved;
}

static void op_exact(void)
{
	size_t pages = 1 + model_random(40);
	void *p = alloc_pages_exact(pages * PAGE_SIZE - model_random(100), some_gfp());

	if (p)
		model_take(HELD_PAGES, virt_to_page(p), pages, 0);
}

static void op_split(void)
{
	unsigned int order = model_random(6);
	struct page *page = alloc_pages(some_gfp(), order);

	if (!page)
		return;
	if (order)
		split_page(page, order);
	model_take(HELD_PAGES, page, 1UL << order, 0);
}

static void op_movable(void)
{
	for (u32 nr = 1 + model_random(8); nr && model_has_room(1); nr--) {
		unsigned int order = model_random(2) ? 0 : model_random(5);
		gfp_t compound = order && model_random(2) ? __GFP_COMP : 0;
		struct page *page =
			alloc_pages(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN | compound, order);

		if (!page)
			return;
		assert_true(trylock_page(page));
		__SetPageMovable(page, &model_movable_ops);
		page->index = model_take(HELD_MOVABLE, page, 1UL << order, order)->tag;
		unlock_page(page);
	}
}

static void op_contig(void)
{
	unsigned long nr = 1 + model_random(model_random(4) ? 600 : 3000);
	struct page *page = alloc_contig_pages(nr, GFP_KERNEL | __GFP_NOWARN, 0, NULL);

	if (page)
		model_take(HELD_RANGE, page, nr, 0);
}

/* Somewhere, free or not: mostly something is there that cannot be moved. */
static void op_contig_range(void)
{
	unsigned long nr = 1 + model_random(1500), pfn = model_random((u32)max_pfn - 4000);

	if (model_random(2))
		pfn = model.nr ? model.holding[model_random(model.nr)].pfn : pfn;
	if (!alloc_contig_range(pfn, pfn + nr, MIGRATE_MOVABLE, GFP_KERNEL | __GFP_NOWARN))
		model_take(HELD_RANGE, pfn_to_page(pfn), nr, 0);
}

/*
 * Where the machine has an area: of its pages, unless they are in use and stay. Coarsely
 * aligned: each place is tried, and in each all that can be moved is, or memory reclaimed for it.
 */
static void op_cma(void)
{
	struct cma *cma = dma_contiguous_default_area;
	unsigned long nr = 1 + model_random(500);
	struct page *page = cma ? cma_alloc(cma, nr, 5 + model_random(4), true) : NULL;

	if (!page)
		return;
	assert_true(cma_pages_valid(cma, page, nr));
	model_take(HELD_CMA, page, nr, 0);
}

/* Where the machine has a pool: of its pages, and now and then it becomes another size. */
static void op_huge(void)
{
	struct hstate *h = size_to_hstate(SZ_2M);
	struct page *page;

	if (!h)
		return;
	if (!model_random(4))
		set_max_huge_pages(h, model_random(12), NUMA_NO_NODE, NULL);
	page = alloc_huge_page_nodemask(h, NUMA_NO_NODE, NULL, GFP_HIGHUSER);
	if (page)
		model_take(HELD_HUGE, page, pages_per_huge_page(h), h->order);
}

/* ---- Freeing ------------------------------------------------------------------------------ */

static void free_movable(struct page *page)
{
	assert_true(trylock_page(page));
	__ClearPageMovable(page);
	unlock_page(page);
	put_page(page);
}

/* @how: one of the ways that the kind permits. */
static void give_back(const struct holding *h, u32 how)
{
	struct page *page = pfn_to_page(h->pfn);

	switch (h->kind) {
	case HELD_BLOCK:
	case HELD_COMPOUND:
		if (how & 1)
			put_page(page);
		else
			__free_pages(page, h->order);
		break;
	case HELD_PAGES:
		for (unsigned long i = 0; i < h->pages; i++)
			__free_page(page + (how & 1 ? i : h->pages - 1 - i));
		break;
	case HELD_RANGE:
		free_contig_range(h->pfn, h->pages);
		break;
	case HELD_CMA:
		assert_true(cma_release(dma_contiguous_default_area, page, h->pages));
		break;
	case HELD_MOVABLE:
		free_movable(page);
		break;
	case HELD_HUGE:
		free_huge_page(page);
		break;
	case HELD_SHRINKABLE:
		__free_page(page);
		break;
	}
}

static void free_one(void)
{
	unsigned int i = some_holding(ANY_KIND);
	struct holding h;

	if (i == model.nr)
		return;
	h = model_forget(i);
	give_back(&h, model_random(4));
}

/* Callers want more and more for a while, and then less: memory runs out, and comes back. */
static void op_free(void)
{
	if (!model_random(4000))
		model.greed = model_random(4);
	if (!model_random(1 + model.greed))
		free_one();
}

/* Many of one kind, so that large blocks come back now and then. */
static void op_free_many(void)
{
	for (u32 nr = model_random(200); nr; nr--)
		free_one();
}

/* Blocks of one zone and order, all at once; some of the list may stay for a second call. */
static void op_free_bulk(void)
{
	unsigned int i = some_holding(KIND(HELD_BLOCK) | KIND(HELD_COMPOUND)), order;
	int count = 0, first;
	struct zone *zone;
	LIST_HEAD(list);

	if (i == model.nr)
		return;
	order = model.holding[i].order;
	zone = page_zone(pfn_to_page(model.holding[i].pfn));
	for (int tries = 0; tries < MODEL_BULK && i < model.nr; tries++) {
		struct page *page = pfn_to_page(model.holding[i].pfn);

		if (model.holding[i].kind <= HELD_COMPOUND && model.holding[i].order == order &&
		    page_zone(page) == zone) {
			model_forget(i);
			list_add(&page->lru, &list);
			count++;
		} else {
			i++;
		}
	}
	first = (int)model_random((u32)count + 2);
	assert_int_equal(free_pages_bulk(zone, first, &list, (int)order), min(first, count));
	assert_int_equal(free_pages_bulk(zone, INT_MAX, &list, (int)order), max(count - first, 0));
	assert_true(list_empty(&list));
	model.seen[SEEN_BULK_FREE]++;
}

/* A reference more, the block freed by its owner, then that reference let go. */
static void op_free_referenced(void)
{
	unsigned int i = some_holding(KIND(HELD_BLOCK) | KIND(HELD_COMPOUND));
	struct holding h;

	if (i == model.nr)
		return;
	h = model_forget(i);
	get_page(pfn_to_page(h.pfn));
	give_back(&h, model_random(2));
	put_page(pfn_to_page(h.pfn));
}

/* What nobody may do: it is refused, and changes nothing. */
static void op_misuse(void)
{
	unsigned int i = some_holding(KIND(HELD_BLOCK) | KIND(HELD_COMPOUND));
	struct page *page;
	struct holding h;

	if (i == model.nr)
		return;
	page = pfn_to_page(model.holding[i].pfn);
	switch (model_random(4)) {
	case 0:
		__free_pages(page, (model.holding[i].order + 1 + model_random(MAX_PAGE_ORDER)) %
					   NR_PAGE_ORDERS);
		break;
	case 1:
		if (model.holding[i].order)
			__free_pages(page + 1, 0);
		break;
	case 2:
		h = model_forget(i);
		give_back(&h, 0);
		__free_pages(page, h.order);
		break;
	case 3:
		__free_pages(pfn_to_page(0xa0), 0);
		alloc_pages(GFP_KERNEL | __GFP_NOWARN, NR_PAGE_ORDERS + model_random(8));
		break;
	}
}

/* ---- Moving ----------------------------------------------------------------------------------- */

static void choose_answers(void)
{
	model.refusals = model_random(4) ? 0 : model_random(50);
	model.retries = model_random(4) ? 0 : model_random(50);
	model.failures = model_random(4) ? 0 : model_random(50);
}

static void op_compact(void)
{
	choose_answers();
	compact_nodes();
	model.refusals = model.retries = model.failures = 0;
}

/* Some pages are taken from their owner, and moved or put back. */
static void op_migrate(void)
{
	struct migration_target_control mtc = {.nid = NUMA_NO_NODE,
					       .gfp_mask = GFP_HIGHUSER_MOVABLE | __GFP_NOWARN};
	LIST_HEAD(pages);

	choose_answers();
	for (int i = 0; i < 40; i++) {
		unsigned int number = some_holding(KIND(HELD_MOVABLE));
		struct page *page = pfn_to_page(model.holding[number].pfn);

		if (number < model.nr && !isolate_movable_page(page, 0))
			list_add(&page->lru, &pages);
	}
	if (model_random(4))
		migrate_pages(&pages, alloc_migration_target, NULL, (unsigned long)&mtc,
			      (enum migrate_mode)model_random(3), MR_SYSCALL, NULL);
	putback_movable_pages(&pages);
	model.refusals = model.retries = model.failures = 0;
}

/* Nothing is handed out of the range while it is isolated, whatever else happens. */
static void op_isolate(void)
{
	unsigned long nr = 1 + model_random(3 * (u32)pageblock_nr_pages);
	unsigned long pfn = model_random((u32)max_pfn - 4000);

	if (model.isolated_end)
		return;
	if (model_random(4) && model.nr)
		pfn = model.holding[model_random(model.nr)].pfn;
	if (start_isolate_page_range(pfn, pfn + nr, MIGRATE_MOVABLE))
		return;
	drain_all_pages(NULL);
	model.isolated_start = ALIGN_DOWN(pfn, pageblock_nr_pages);
	model.isolated_end = ALIGN(pfn + nr, pageblock_nr_pages);
	for (u32 steps = model_random(60); steps; steps--)
		model_step();
	model.isolated_start = model.isolated_end = 0;
	undo_isolate_page_range(pfn, pfn + nr, MIGRATE_MOVABLE);
	model.seen[SEEN_ISOLATED]++;
}

#include "reclaim_ops.h"

/* ---- All else ----------------------------------------------------------------------------------------- */

static void op_cpu(void)
{
	host_set_cpu((int)model_random(nr_cpu_ids));
}

static void op_drain(void)
{
	if (model_random(4))
		drain_local_pages(NULL);
	else
		drain_all_pages(NULL);
}

/*
 * A page turns out to be bad, though it is free or somebody's: it is kept out of use from
 * now on, or once it is freed. What lies in it stays readable here.
 */
static void op_bad_page(void)
{
	unsigned long pfn = model_random((u32)max_pfn);
	const struct page *page;

	if (model_random(4) && model.nr) {
		const struct holding *h = &model.holding[model_random(model.nr)];

		pfn = h->pfn + model_random((u32)h->pages);
	}
	page = pfn_to_online_page(pfn);
	if (!page || PageReserved(page) || PageSlab(page) || PageLRU(page) || PageHuge(page) ||
	    model.bad[pfn])
		return;
	if (model_random(2)) {
		if (soft_offline_page(pfn, 0))
			return;
	} else if (memory_failure(pfn, MF_SW_SIMULATED)) {
		return;
	}
	model.bad[pfn] = true;
	model.lost += !model.holder[pfn];
}

/* One of the next allocations fails, whoever asks for it. */
static void op_fault(void)
{
	fault_inject_set_nth(1 + model_random(20));
}

/* ---- Which, and how often -------------------------------------------------------------------------------- */

static const struct model_op {
	void (*run)(void);
	unsigned int weight;
	bool takes; /* needs room for a holding */
} model_ops[] = {
	{op_alloc, 300, true},
	{op_bulk, 3, true},
	{op_atomic, 3, true},
	{op_exact, 20, true},
	{op_split, 20, true},
	{op_movable, 60, true},
	{op_contig, 1, true},
	{op_contig_range, 2, true},
	{op_cma, 2, true},
	{op_huge, 2, true},
	{op_node, 30, true},
	{op_nofail, 10, true},
	{op_object, 40, false},
	{op_shrinkable, 20, true},
	{op_shrink_slabs, 1, false},
	{op_free, 330, false},
	{op_free_many, 1, false},
	{op_free_bulk, 3, false},
	{op_free_referenced, 20, false},
	{op_misuse, 5, false},
	{op_compact, 1, false},
	{op_migrate, 3, false},
	{op_isolate, 1, false},
	{op_read, 10, false},
	{op_write, 20, false},
	{op_sync, 1, false},
	{op_truncate, 1, false},
	{op_cpu, 10, false},
	{op_drain, 5, false},
	{op_fault, 2, false},
	{op_bad_page, 1, false},
};

static void model_step(void)
{
	const struct model_op *op = model_ops;
	u32 all = 0, at;

	for (size_t i = 0; i < ARRAY_SIZE(model_ops); i++)
		all += model_ops[i].weight;
	at = model_random(all);
	while (at >= op->weight)
		at -= op++->weight;
	if (op->takes && !model_has_room(1))
		return;
	op->run();
}

/* All that the model has is given back, and nothing is in use but what was at the start. */
static void model_give_all_back(void)
{
	fault_inject_set_nth(0);
	while (model.nr) {
		struct holding h = model_forget(model.nr - 1);

		give_back(&h, 0);
	}
	truncate_inode_pages(&model.file, 0);
	memcpy(model.cached, model.stored, sizeof(model.cached));
	model_free_objects();
	model_audit();
	assert_int_equal(model.pages, 0);
}

#endif /* _TEST_ALLOC_OPS_H */
