/* SPDX-License-Identifier: MIT */
/* Zones: their limits, and the pages in them and between them. */
#include "compare_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SECTION_PAGES 32768ULL
#define DMA_END_PFN   4096ULL
#define LIMIT_4G      0x100000000ULL

/* Bytes of a struct page as most are configured, and ours. */
#define STRUCT_PAGE	64
#define OWN_STRUCT_PAGE 32

/* ---- Zones ---------------------------------------------------------------------------------------- */

static char *zone_range_text(const struct fact_zone_range *range)
{
	return range->empty ? fact_text("empty") : fact_span(range->start, range->end);
}

static void compare_zone_ranges(struct compare *k)
{
	for (int i = 0; i < FACT_ZONES; i++) {
		struct fact_zone_range ours = k->ours->zones[i];
		char *what, *theirs, *here;

		if (!k->log->zones[i].known || i == FACT_DEVICE)
			continue;
		if (i == 1 && k->rules.dma32_to_4g && ours.known && !ours.empty &&
		    !(k->rules.dma32_maybe && k->log->zones[i].end == ours.end))
			ours.end = LIMIT_4G;
		what = fact_text("%s", fact_zone_names[i]);
		theirs = zone_range_text(&k->log->zones[i]);
		here = ours.known ? zone_range_text(&ours) : fact_text("%s", "");
		if (k->log->low_memory)
			fact_skip(k, "zone", what, theirs, here, "a 32-bit kernel has other zones");
		else
			fact_check(k, "zone", what, theirs, here);
	}
}

static const struct fact_node_number *find_number(const struct fact_node_numbers *list,
						  unsigned int nid)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->at[i].nid == nid)
			return &list->at[i];
	return NULL;
}

static char *start_text(const struct fact_node_number *start)
{
	return start ? fact_text("%#" PRIx64, start->number) : fact_text("no Movable zone");
}

static void compare_movable(struct compare *k)
{
	const struct fact_node_numbers *log = &k->log->movable, *ours = &k->ours->movable;

	if (!k->log->movable_header)
		return;
	if (k->machine->nodes_from_ranges && log->nr && !ours->nr) {
		fact_skip(k, "movable", fact_text("all nodes"), fact_text("%zu starts", log->nr),
			  start_text(NULL), "which memory is hot-pluggable is not in the log");
		return;
	}
	for (size_t i = 0; i < log->nr; i++)
		fact_check(k, "movable", fact_text("node %u", log->at[i].nid),
			   start_text(&log->at[i]), start_text(find_number(ours, log->at[i].nid)));
	for (size_t i = 0; i < ours->nr; i++)
		if (!find_number(log, ours->at[i].nid))
			fact_check(k, "movable", fact_text("node %u", ours->at[i].nid),
				   start_text(NULL), start_text(&ours->at[i]));
	if (!log->nr && !ours->nr)
		fact_check(k, "movable", fact_text("all nodes"), start_text(NULL),
			   start_text(NULL));
}

const struct fact_node_span *find_span(const struct fact_node_spans *list, unsigned int nid)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->at[i].nid == nid)
			return &list->at[i];
	return NULL;
}

static char *node_span_text(const struct fact_node_span *s)
{
	if (!s)
		return fact_text("%s", "");
	return s->memoryless ? fact_text("memoryless") : fact_span(s->start, s->end);
}

static bool is_around(const struct fact_node_span *outer, const struct fact_node_span *inner)
{
	return inner && !outer->memoryless &&
	       (inner->memoryless || (outer->start <= inner->start && outer->end >= inner->end));
}

static void compare_initmem(struct compare *k)
{
	const struct fact_node_spans *log = &k->log->initmem, *ours = &k->ours->initmem;

	for (size_t i = 0; i < log->nr; i++) {
		char *theirs = node_span_text(&log->at[i]);
		char *here = node_span_text(find_span(ours, log->at[i].nid));
		char *what = fact_text("node %u", log->at[i].nid);

		if (k->rules.initmem_of_node && strcmp(theirs, here) != 0 &&
		    is_around(&log->at[i], find_span(ours, log->at[i].nid)))
			fact_skip(k, "initmem", what, theirs, here,
				  "old kernels print the firmware's range of the node, RAM or not");
		else
			fact_check(k, "initmem", what, theirs, here);
	}
	for (size_t i = 0; log->nr && i < ours->nr; i++)
		if (!find_span(log, ours->at[i].nid) &&
		    !(ours->at[i].memoryless && k->rules.memoryless_silent))
			fact_check(k, "initmem", fact_text("node %u", ours->at[i].nid),
				   fact_text("%s", ""), node_span_text(&ours->at[i]));
}

void compare_zone_limits(struct compare *k)
{
	compare_zone_ranges(k);
	compare_movable(k);
	if (k->log->node_ranges.nr)
		compare_node_lists(k, "node_range", &k->log->node_ranges, &k->ours->node_ranges,
				   !k->machine->nodes_from_ranges);
	compare_initmem(k);
}

/* ---- Pages ---------------------------------------------------------------------------------------- */

static uint64_t node_present(const struct log_facts *facts, unsigned int nid)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < facts->zoneinfo.nr; i++)
		if (facts->zoneinfo.at[i].nid == nid)
			pages += facts->zoneinfo.at[i].present;
	return pages;
}

uint64_t all_present(const struct log_facts *facts)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < facts->zoneinfo.nr; i++)
		pages += facts->zoneinfo.at[i].present;
	return pages;
}

static void compare_totalpages(struct compare *k)
{
	for (size_t i = 0; i < k->log->totalpages.nr; i++) {
		const struct fact_node_number *n = &k->log->totalpages.at[i];

		fact_check(k, "totalpages", fact_text("node %u", n->nid), fact_number(n->number),
			   fact_number(node_present(k->ours, n->nid)));
	}
}

const struct fact_zoneinfo *nth_zone(const struct log_facts *facts, int zone, size_t nth)
{
	for (size_t i = 0; i < facts->zoneinfo.nr; i++) {
		const struct fact_zoneinfo *z = &facts->zoneinfo.at[i];

		if (z->zone == zone && z->present && nth-- == 0)
			return z;
	}
	return NULL;
}

/* The line's place among those of its kind and zone. */
static size_t line_rank(const struct log_facts *log, size_t at)
{
	size_t rank = 0;

	for (size_t i = 0; i < at; i++)
		rank += log->zone_lines.at[i].kind == log->zone_lines.at[at].kind &&
			log->zone_lines.at[i].zone == log->zone_lines.at[at].zone;
	return rank;
}

/* The largest line of @kind, and the zone that it is of; NULL where there is none. */
static const struct fact_zoneinfo *largest_line(const struct compare *k, enum zone_line kind,
						uint64_t *pages)
{
	const struct fact_zoneinfo *zone = NULL;

	*pages = 0;
	for (size_t i = 0; i < k->log->zone_lines.nr; i++) {
		const struct fact_zone_line *line = &k->log->zone_lines.at[i];

		if (line->kind != kind || line->pages < *pages)
			continue;
		*pages = line->pages;
		zone = nth_zone(k->ours, line->zone, line_rank(k->log, i));
	}
	return zone;
}

/*
 * Bytes of a struct page, which the kernel's configuration decides: the size that
 * makes the log's largest zone's line right. The other lines then test it.
 */
static void find_struct_page(struct compare *k)
{
	static const unsigned int sizes[] = {64,  56,  72,  80, 88, 96, 104,
					     112, 120, 128, 48, 40, 32};
	uint64_t memmap, pages;
	const struct fact_zoneinfo *zone = largest_line(k, ZONE_LINE_MEMMAP, &memmap);

	if (!zone && k->rules.pages_are_free) {
		zone = largest_line(k, ZONE_LINE_PAGES, &pages);
		memmap = zone && zone->present > pages ? zone->present - pages : 0;
	}
	for (size_t i = 0; zone && !k->struct_page && i < sizeof(sizes) / sizeof(*sizes); i++)
		if (kernel_memmap_pages(&k->rules, zone->spanned, zone->present, sizes[i]) ==
		    memmap)
			k->struct_page = sizes[i];
	if (!k->struct_page)
		k->struct_page = k->log->version.baremm ? OWN_STRUCT_PAGE : STRUCT_PAGE;
}

static uint64_t memmap_pages(const struct compare *k, const struct fact_zoneinfo *zone)
{
	return kernel_memmap_pages(&k->rules, zone->spanned, zone->present, k->struct_page);
}

bool dma_reserve(const struct compare *k, uint64_t *pages)
{
	for (size_t i = 0; i < k->log->zone_lines.nr; i++)
		if (k->log->zone_lines.at[i].kind == ZONE_LINE_RESERVED) {
			*pages = k->log->zone_lines.at[i].pages;
			return true;
		}
	*pages = 0;
	return false;
}

/* The lowest zone of all, which the reserve is taken from. */
static bool is_first_zone(const struct compare *k, const struct fact_zoneinfo *zone)
{
	return zone->zone == 0 && nth_zone(k->ours, 0, 0) == zone;
}

uint64_t zone_free_pages(const struct compare *k, const struct fact_zoneinfo *zone)
{
	uint64_t memmap = memmap_pages(k, zone), reserve = 0, pages = zone->present;

	if (pages >= memmap && zone->zone != FACT_HIGHMEM) /* that one's lie below it */
		pages -= memmap;
	if (is_first_zone(k, zone) && dma_reserve(k, &reserve) && pages > reserve)
		pages -= reserve;
	return pages;
}

static void compare_zone_pages(struct compare *k, const struct fact_zone_line *line, char *what,
			       const struct fact_zoneinfo *zone)
{
	uint64_t reserve,
		pages = k->rules.pages_are_free ? zone_free_pages(k, zone) : zone->present;
	bool kernels_own =
		k->rules.pages_are_free && is_first_zone(k, zone) && !dma_reserve(k, &reserve);
	char *theirs = fact_text("%" PRIu64 " pages, LIFO batch:%u", line->pages, line->batch);
	char *here = fact_text("%" PRIu64 " pages, LIFO batch:%u", pages,
			       kernel_batch(&k->rules, zone_free_pages(k, zone)));

	if (kernels_own)
		fact_skip(k, "pages", what, theirs, here,
			  "the pages that the kernel keeps of DMA are not in the log");
	else
		fact_check(k, "pages", what, theirs, here);
}

static void compare_zone_lines(struct compare *k)
{
	for (size_t i = 0; i < k->log->zone_lines.nr; i++) {
		const struct fact_zone_line *line = &k->log->zone_lines.at[i];
		size_t rank = line_rank(k->log, i);
		const struct fact_zoneinfo *zone = nth_zone(k->ours, line->zone, rank);
		char *what = fact_text("%s %zu", fact_zone_names[line->zone], rank);

		if (line->kind == ZONE_LINE_RESERVED)
			fact_skip(k, "pages", what,
				  fact_text("%" PRIu64 " pages reserved", line->pages),
				  fact_text("%s", ""), "what the kernel itself keeps of DMA");
		else if (!zone)
			fact_check(k, "pages", what, fact_text("%" PRIu64 " pages", line->pages),
				   fact_text("%s", "no such zone"));
		else if (line->kind == ZONE_LINE_MEMMAP)
			fact_check(k, "memmap", what, fact_number(line->pages),
				   fact_number(memmap_pages(k, zone)));
		else
			compare_zone_pages(k, line, what, zone);
	}
}

/* ---- Pages in unavailable ranges -------------------------------------------------------------------- */

static uint64_t align_up(uint64_t pfn, uint64_t to)
{
	return (pfn + to - 1) / to * to;
}

/* Pages of the hole [start, end) in sections that have memory at its edges. */
static uint64_t hole_pages(uint64_t start, uint64_t end)
{
	uint64_t low = align_up(start, SECTION_PAGES), high = end / SECTION_PAGES * SECTION_PAGES;

	if (start >= end)
		return 0;
	return low > high ? end - start : low - start + (end - high);
}

/* 5.14 on: one line for each hole. Both sides have the lines in the same order. */
static void compare_holes(struct compare *k)
{
	const struct fact_holes *log = &k->log->holes, *ours = &k->ours->holes;
	size_t nr = log->nr > ours->nr ? log->nr : ours->nr;

	for (size_t i = 0; log->nr && i < nr; i++) {
		const struct fact_hole *a = i < log->nr ? &log->at[i] : NULL;
		const struct fact_hole *b = i < ours->nr ? &ours->at[i] : NULL;

		fact_check(k, "unavailable", fact_text("hole %zu", i),
			   a ? fact_text("node %u, zone %s: %" PRIu64, a->nid,
					 fact_zone_names[a->zone], a->pages)
			     : fact_text("%s", ""),
			   b ? fact_text("node %u, zone %s: %" PRIu64, b->nid,
					 fact_zone_names[b->zone], b->pages)
			     : fact_text("%s", ""));
	}
}

/* To 5.11: one sum, up to max_pfn or to the end of its section. */
static uint64_t zeroed_pages(const struct compare *k, bool to_section)
{
	const struct fact_node_ranges *ranges = &k->ours->node_ranges;
	uint64_t hole = 0, sum = 0, max_pfn = fact_highest(&k->ours->last_pfns);

	for (size_t i = 0; i < ranges->nr; i++) {
		sum += hole_pages(hole, ranges->at[i].start / PAGE_BYTES);
		hole = ranges->at[i].end / PAGE_BYTES;
	}
	return sum + hole_pages(hole, to_section ? align_up(max_pfn, SECTION_PAGES) : max_pfn);
}

static void compare_zeroed(struct compare *k)
{
	uint64_t log = (uint64_t)k->log->zeroed_pages, sum = zeroed_pages(k, true);

	if (k->log->zeroed_pages < 0)
		return;
	if (k->rules.zeroed_to_max_pfn && sum != log)
		sum = zeroed_pages(k, false);
	fact_check(k, "unavailable", fact_text("all zones"), fact_number(log), fact_number(sum));
}

/* Pages of holes before the zone's ranges. *@hole goes on from one zone to the next. */
static uint64_t pages_before_ranges(const struct compare *k, const struct fact_zoneinfo *z,
				    uint64_t *hole)
{
	const struct fact_node_ranges *ranges = &k->ours->node_ranges;
	uint64_t sum = 0, zone_end = z->start_pfn + z->spanned;

	for (size_t i = 0; i < ranges->nr; i++) {
		uint64_t start = ranges->at[i].start / PAGE_BYTES;
		uint64_t end = ranges->at[i].end / PAGE_BYTES;

		start = start > z->start_pfn ? start : z->start_pfn;
		end = end < zone_end ? end : zone_end;
		if (start >= end || ranges->at[i].nid != z->nid)
			continue;
		sum += hole_pages(*hole, start);
		*hole = end;
	}
	return sum;
}

/*
 * 5.12, 5.13 and stable kernels of their time: a sum for each zone, holes before its
 * ranges and then what is left of the zone's last section.
 */
static void compare_zone_holes(struct compare *k)
{
	uint64_t hole = 0;
	size_t line = 0;

	for (size_t i = 0; i < k->ours->zoneinfo.nr; i++) {
		const struct fact_zoneinfo *z = &k->ours->zoneinfo.at[i];
		uint64_t sum, zone_end = z->start_pfn + z->spanned;
		const struct fact_hole *theirs;

		if (!z->present)
			continue;
		sum = pages_before_ranges(k, z, &hole);
		sum += hole_pages(hole, align_up(zone_end, SECTION_PAGES));
		hole = align_up(zone_end, SECTION_PAGES);
		if (!sum)
			continue;
		theirs = line < k->log->holes.nr ? &k->log->holes.at[line++] : NULL;
		fact_check(k, "unavailable",
			   fact_text("node %u, zone %s", z->nid, fact_zone_names[z->zone]),
			   theirs ? fact_number(theirs->pages) : fact_text("%s", ""),
			   fact_number(sum));
	}
}

/* No hole in ZONE_DMA is larger than the zone, unless it counts its last section too. */
static bool holes_are_zones(const struct compare *k)
{
	for (size_t i = 0; i < k->log->holes.nr; i++)
		if (k->log->holes.at[i].zone == 0 && k->log->holes.at[i].pages > DMA_END_PFN)
			return true;
	return false;
}

static void compare_unavailable(struct compare *k)
{
	if (holes_are_zones(k))
		compare_zone_holes(k);
	else
		compare_holes(k);
	compare_zeroed(k);
	if (k->log->reserved_unavailable >= 0)
		fact_skip(k, "unavailable", fact_text("reserved"),
			  fact_number((uint64_t)k->log->reserved_unavailable), fact_text("%s", ""),
			  "what the kernel itself has reserved outside of memory");
}

void compare_pages(struct compare *k)
{
	find_struct_page(k);
	compare_totalpages(k);
	compare_zone_lines(k);
	compare_unavailable(k);
}
