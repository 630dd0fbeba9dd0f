// SPDX-License-Identifier: MIT
/*
 * zone_verify(): recounts a zone from its free areas, extents, pageblocks and page
 * structs, and compares. Contract: linux/mmzone.h.
 *
 * Cost: the free blocks, and the page structs of the sections made; extents are
 * only looked at as ranges.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

#include "buddy.h"
#include "internal.h"
#include "pcp.h"
#include "section_free.h"
#include "zone_extents.h"

struct verify {
	const struct zone *zone;
	int faults;
	unsigned long free_pages; /* on the lists, isolated ones among them */
	unsigned long by_type[MIGRATE_TYPES];
	unsigned long blocks[MIGRATE_TYPES]; /* pageblocks that begin in the zone */
	unsigned long marked_pages;	     /* in blocks whose first page is PG_buddy */
};

#define fault(v, fmt, ...)                                                         \
	do {                                                                       \
		pr_err("zone_verify: node %d zone %s: " fmt "\n", (v)->zone->node, \
		       (v)->zone->name, ##__VA_ARGS__);                            \
		(v)->faults++;                                                     \
	} while (0)

/* ---- Free blocks ----------------------------------------------------------------- */

/* Two free buddies of one order should have been merged, unless their types do not mix. */
static void verify_unmerged(struct verify *v, const struct page *page, unsigned long pfn,
			    unsigned int order)
{
	unsigned long buddy_pfn = pfn ^ (1UL << order);
	const struct page *buddy = pfn_to_page(buddy_pfn);

	if (order >= MAX_PAGE_ORDER || buddy_pfn < pfn || !PageBuddy(buddy) ||
	    buddy->priv32 != order || page_zone(buddy) != page_zone(page))
		return;
	if (order >= pageblock_order &&
	    !migratetypes_merge(get_pfnblock_migratetype(pfn), get_pfnblock_migratetype(buddy_pfn)))
		return;
	fault(v, "free buddies at pfn 0x%lx and 0x%lx, order %u, are not merged", pfn, buddy_pfn,
	      order);
}

/* What counts apart is on lists of its own: kept for atomic callers, CMA areas', isolated. */
static void verify_list_type(struct verify *v, unsigned long pfn, unsigned int order,
			     enum migratetype type)
{
	for (unsigned long end = pfn + (1UL << order); pfn < end; pfn += pageblock_nr_pages) {
		enum migratetype block = get_pfnblock_migratetype(pfn);

		if ((block >= MIGRATE_HIGHATOMIC || type >= MIGRATE_HIGHATOMIC) && block != type)
			fault(v, "pfn 0x%lx is on a list of %s, in a pageblock of %s", pfn,
			      migratetype_names[type],
			      block < MIGRATE_TYPES ? migratetype_names[block] : "no type");
	}
}

static void verify_free_block(struct verify *v, const struct page *page, unsigned int order,
			      enum migratetype type)
{
	unsigned long pfn = page_to_pfn(page);

	if (pfn & ((1UL << order) - 1))
		fault(v, "free block at pfn 0x%lx is not aligned to order %u", pfn, order);
	if (!PageBuddy(page))
		fault(v, "pfn 0x%lx is on the list of order %u, but not marked free", pfn, order);
	if (page->priv32 != order)
		fault(v, "pfn 0x%lx says order %u, on the list of order %u", pfn,
		      (unsigned int)page->priv32, order);
	if (PageHWPoison(page))
		fault(v, "pfn 0x%lx is bad memory, but free", pfn);
	if (page_ref_count(page))
		fault(v, "free pfn 0x%lx has refcount %d", pfn, page_ref_count(page));
	if (page_zone(page) != v->zone || !zone_spans_pfn(v->zone, pfn))
		fault(v, "pfn 0x%lx is on the list of a zone that it is not in", pfn);
	verify_unmerged(v, page, pfn, order);
	verify_list_type(v, pfn, order, type);
	v->free_pages += 1UL << order;
	v->by_type[type] += 1UL << order;
}

/* Stops at a link that does not lead back, or where there are more than could be. */
static unsigned long verify_free_list(struct verify *v, unsigned int order, enum migratetype type,
				      unsigned long most)
{
	const struct list_head *list = &v->zone->free_area[order].free_list[type];
	const struct list_head *prev = list, *node;
	unsigned long nr = 0;

	for (node = list->next; node != list; prev = node, node = node->next) {
		const struct page *page = list_entry(node, struct page, buddy_list);

		if (!node || (unsigned long)page % sizeof(*page) ||
		    !section_made(pfn_to_section_nr(page_to_pfn(page)))) {
			fault(v, "list of order %u leads to %px, which is no page", order,
			      (const void *)node);
			break;
		}
		if (node->prev != prev) {
			fault(v, "list of order %u is broken at pfn 0x%lx", order,
			      page_to_pfn(page));
			break;
		}
		if (nr++ > most) {
			fault(v, "list of order %u does not end", order);
			break;
		}
		verify_free_block(v, page, order, type);
	}
	return nr;
}

static void verify_free_areas(struct verify *v)
{
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		const struct free_area *area = &v->zone->free_area[order];
		unsigned long nr = 0, most = v->zone->spanned_pages >> order;

		for (int type = 0; type < MIGRATE_TYPES; type++)
			nr += verify_free_list(v, order, (enum migratetype)type, most);
		if (nr != area->nr_free)
			fault(v, "order %u counts %lu free blocks, the lists hold %lu", order,
			      area->nr_free, nr);
	}
}

/* ---- Page structs ------------------------------------------------------------------- */

static void verify_in_free_block(struct verify *v, unsigned long pfn, unsigned long end)
{
	for (; pfn < end; pfn++) {
		const struct page *page = pfn_to_page(pfn);

		if (PageBuddy(page) || PageReserved(page) || PageHWPoison(page) ||
		    page_zone(page) != v->zone)
			fault(v, "pfn 0x%lx lies in a free block, but has flags %#lx", pfn,
			      page->flags);
	}
}

static void verify_section(struct verify *v, unsigned long nr)
{
	unsigned long pfn = max(section_nr_to_pfn(nr), v->zone->zone_start_pfn);
	unsigned long end = min(section_nr_to_pfn(nr + 1), zone_end_pfn(v->zone));

	while (pfn < end) {
		const struct page *page = pfn_to_page(pfn);
		unsigned long next = pfn + 1;

		if (PageBuddy(page) && page_zone(page) == v->zone &&
		    page->priv32 <= MAX_PAGE_ORDER) {
			next = pfn + (1UL << page->priv32);
			v->marked_pages += next - pfn;
			verify_in_free_block(v, pfn + 1, min(next, end));
		}
		pfn = next;
	}
}

static void verify_pageblocks(struct verify *v, unsigned long nr)
{
	unsigned long pfn = section_nr_to_pfn(nr);

	for (unsigned long end = pfn + PAGES_PER_SECTION; pfn < end; pfn += pageblock_nr_pages) {
		enum migratetype type = get_pfnblock_migratetype(pfn);

		if (type >= MIGRATE_TYPES)
			fault(v, "pageblock at pfn 0x%lx has type %d", pfn, (int)type);
		else if (page_zone(pfn_to_page(pfn)) == v->zone)
			v->blocks[type]++;
	}
}

/* In the section itself, or in any other that is made. */
static void verify_memmap(struct verify *v, unsigned long nr)
{
	const struct mem_section *ms = __nr_to_section(nr);
	unsigned long pfn = ms ? ms->memmap_pfn : 0;
	unsigned long ends[] = {pfn, pfn + SECTION_MEMMAP_PAGES - 1};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const struct page *page = pfn_to_online_page(ends[i]);

		if (!page || !PageReserved(page) || !PageMemmap(page))
			fault(v,
			      "page structs of section %lu lie at pfn 0x%lx, which is not theirs",
			      nr, ends[i]);
	}
}

static void verify_sections(struct verify *v)
{
	unsigned long nr = pfn_to_section_nr(v->zone->zone_start_pfn);

	for (nr = next_made_section(nr);
	     nr != ULONG_MAX && section_nr_to_pfn(nr) < zone_end_pfn(v->zone);
	     nr = next_made_section(nr + 1)) {
		verify_section(v, nr);
		verify_pageblocks(v, nr);
		verify_memmap(v, nr);
	}
	if (v->marked_pages != v->free_pages)
		fault(v, "%lu pages are marked free, the lists hold %lu", v->marked_pages,
		      v->free_pages);
}

/* ---- Extents and counts ----------------------------------------------------------------- */

/* A section that is not free throughout is an extent alone, and need not be the zone's throughout. */
static void verify_used(struct verify *v, const struct zone_extent *e)
{
	unsigned long start = section_nr_to_pfn(e->start), end = section_nr_to_pfn(e->end);
	unsigned long used = end - start - count_free_pages(start, end);

	if (e->end - e->start != 1 || end <= v->zone->zone_start_pfn ||
	    start >= zone_end_pfn(v->zone))
		fault(v, "extent of sections [%lu, %lu) with pages in use is not one, or outside",
		      e->start, e->end);
	if (used != e->used)
		fault(v, "extent of section %lu has %lu pages in use, counted are %lu", e->start,
		      used, e->used);
}

static void verify_extents(struct verify *v)
{
	const struct zone *zone = v->zone;
	unsigned long pages = 0, last = 0;

	if (zone->nr_extents > zone->max_extents)
		fault(v, "%u extents in a table of %u", zone->nr_extents, zone->max_extents);
	for (unsigned int i = 0; i < min(zone->nr_extents, zone->max_extents); i++) {
		const struct zone_extent *e = &zone->extents[i];

		if (e->used)
			verify_used(v, e);
		else if (e->start >= e->end || e->start < last ||
			 section_nr_to_pfn(e->start) < zone->zone_start_pfn ||
			 section_nr_to_pfn(e->end) > zone_end_pfn(zone))
			fault(v, "extent of sections [%lu, %lu) is empty, out of order or outside",
			      e->start, e->end);
		if (next_made_section(e->start) < e->end)
			fault(v, "section %lu is made, but in an extent",
			      next_made_section(e->start));
		pages += extent_pages(e);
		last = e->end;
	}
	if (pages != zone->nr_extent_pages)
		fault(v, "extents hold %lu pages, counted are %lu", pages, zone->nr_extent_pages);
}

static void verify_counts(struct verify *v)
{
	const struct zone *zone = v->zone;
	unsigned long free = v->free_pages - v->by_type[MIGRATE_ISOLATE] + zone_waiting_pages(zone);

	if (zone_page_state(zone, NR_FREE_PAGES) != free)
		fault(v, "nr_free_pages is %lu, lists and extents hold %lu",
		      zone_page_state(zone, NR_FREE_PAGES), free);
	if (zone_page_state(zone, NR_FREE_CMA_PAGES) != v->by_type[MIGRATE_CMA])
		fault(v, "nr_free_cma is %lu, the lists hold %lu",
		      zone_page_state(zone, NR_FREE_CMA_PAGES), v->by_type[MIGRATE_CMA]);
	if (zone->nr_isolate_pageblocks != v->blocks[MIGRATE_ISOLATE])
		fault(v, "%lu pageblocks are isolated, counted are %lu", v->blocks[MIGRATE_ISOLATE],
		      zone->nr_isolate_pageblocks);
	if (zone->nr_reserved_highatomic != v->blocks[MIGRATE_HIGHATOMIC] * pageblock_nr_pages)
		fault(v, "%lu pageblocks are kept for atomic callers, counted are %lu pages",
		      v->blocks[MIGRATE_HIGHATOMIC], zone->nr_reserved_highatomic);
	if (free > zone_managed_pages(zone) || zone_managed_pages(zone) > zone->present_pages ||
	    zone->present_pages > zone->spanned_pages)
		fault(v, "free %lu, managed %lu, present %lu, spanned %lu are out of order", free,
		      zone_managed_pages(zone), zone->present_pages, zone->spanned_pages);
	if (zone->low_margin != zone_low_margin(zone))
		fault(v, "low margin is %ld, free pages are %ld above the low mark",
		      zone->low_margin, zone_low_margin(zone));
	if (zone->_watermark[WMARK_MIN] > zone->_watermark[WMARK_LOW] ||
	    zone->_watermark[WMARK_LOW] > zone->_watermark[WMARK_HIGH])
		fault(v, "watermarks %lu, %lu, %lu are out of order", zone->_watermark[WMARK_MIN],
		      zone->_watermark[WMARK_LOW], zone->_watermark[WMARK_HIGH]);
}

int zone_verify(struct zone *zone)
{
	struct verify v = {.zone = zone, .faults = pcp_verify(zone)};
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	verify_free_areas(&v);
	verify_sections(&v);
	verify_extents(&v);
	verify_counts(&v);
	spin_unlock_irqrestore(&zone->lock, flags);
	return v.faults;
}
