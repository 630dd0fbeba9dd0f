/* SPDX-License-Identifier: MIT */
/*
 * The comparison, one function for each kind of fact. Both sides are brought to the
 * same text; where kernels differ in what they print of the same thing, ours is
 * first turned into what the log's kernel would print (kernel_rules.h).
 */
#define _GNU_SOURCE
#include "compare.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES    4096ULL
#define SECTION_PAGES 32768ULL
#define DMA_END_PFN   4096ULL
#define LIMIT_4G      0x100000000ULL

/* Bytes of a struct page: as most are configured, and the smallest that is common. */
#define STRUCT_PAGE	    64
#define SMALLER_STRUCT_PAGE 56
#define OWN_STRUCT_PAGE	    32

struct compare {
	struct comparison *c;
	const struct log_facts *log, *ours;
	const struct machine *machine;
	struct kernel_rules rules;
	bool distances_unknown;	  /* and there are nodes enough for them to matter */
	unsigned int struct_page; /* bytes; 0: not known yet */
};

/* ---- Results ------------------------------------------------------------------------------ */

static char *__attribute__((__format__(__printf__, 1, 2))) text(const char *fmt, ...)
{
	va_list args;
	char *s;

	va_start(args, fmt);
	if (vasprintf(&s, fmt, args) < 0)
		abort();
	va_end(args);
	return s;
}

/* The texts are the result's from here on. */
static void add(struct compare *k, enum fact_status status, const char *group, char *what,
		char *linux_says, char *here, const char *note)
{
	struct comparison *c = k->c;

	if (c->nr == c->max) {
		c->max = c->max ? 2 * c->max : 64;
		c->at = realloc(c->at, c->max * sizeof(*c->at));
		if (!c->at)
			abort();
	}
	c->at[c->nr++] = (struct fact_result){status, group, what, linux_says, here, note};
	c->count[status]++;
}

static void check_note(struct compare *k, const char *group, char *what, char *linux_says,
		       char *here, const char *note)
{
	add(k, strcmp(linux_says, here) == 0 ? FACT_EQUAL : FACT_DIFFERENT, group, what, linux_says,
	    here, note);
}

static void check(struct compare *k, const char *group, char *what, char *linux_says, char *here)
{
	check_note(k, group, what, linux_says, here, NULL);
}

static void skip(struct compare *k, const char *group, char *what, char *linux_says, char *here,
		 const char *why)
{
	add(k, FACT_NOT_COMPARABLE, group, what, linux_says, here, why);
}

static char *number(uint64_t n)
{
	return text("%" PRIu64, n);
}

static char *span(uint64_t start, uint64_t end)
{
	return text("[mem %#018" PRIx64 "-%#018" PRIx64 "]", start, end - 1);
}

/* ---- e820 ----------------------------------------------------------------------------------- */

static char *type_word(uint32_t type)
{
	switch (type) {
	case 1:
		return text("usable");
	case 2:
		return text("reserved");
	case 3:
		return text("ACPI data");
	case 4:
		return text("ACPI NVS");
	case 5:
		return text("unusable");
	case 7:
	case 12:
		return text("persistent (type %u)", type);
	case 0xefffffff:
		return text("soft reserved");
	}
	return text("type %u", type);
}

static char *range_text(const struct fact_range *r)
{
	char *where = span(r->start, r->end), *type = type_word(r->type);
	char *s = text("%s %s", where, type);

	free(where);
	free(type);
	return s;
}

/* The range of @ranges that starts where @like does and was not used, or NULL. */
static const struct fact_range *take_range(const struct fact_ranges *ranges, bool *used,
					   const struct fact_range *like)
{
	for (size_t i = 0; i < ranges->nr; i++)
		if (!used[i] && ranges->at[i].start == like->start) {
			used[i] = true;
			return &ranges->at[i];
		}
	return NULL;
}

static void compare_tables(struct compare *k, const char *group, const struct fact_ranges *log,
			   const struct fact_ranges *ours)
{
	bool *used = calloc(ours->nr + 1, sizeof(*used));

	if (!used)
		abort();
	for (size_t i = 0; i < log->nr; i++) {
		const struct fact_range *same = take_range(ours, used, &log->at[i]);

		check(k, group, text("range %zu", i), range_text(&log->at[i]),
		      same ? range_text(same) : text("%s", ""));
	}
	for (size_t i = 0; i < ours->nr; i++)
		if (!used[i])
			check(k, group, text("one more"), text("%s", ""), range_text(&ours->at[i]));
	free(used);
}

/* Neighbours that touch and are equal become one, as before Linux split off setup data. */
static struct fact_ranges merged(const struct fact_ranges *ranges)
{
	struct fact_ranges out = {.at = calloc(ranges->nr + 1, sizeof(*out.at))};

	if (!out.at)
		abort();
	for (size_t i = 0; i < ranges->nr; i++) {
		struct fact_range *last = out.nr ? &out.at[out.nr - 1] : NULL;

		if (last && last->end == ranges->at[i].start && last->type == ranges->at[i].type)
			last->end = ranges->at[i].end;
		else
			out.at[out.nr++] = ranges->at[i];
	}
	return out;
}

/* Without debug messages the log does not say where the table was split. */
static void compare_setup_data(struct compare *k)
{
	bool splits_known = false;
	struct fact_ranges log, ours;

	if (!k->log->setup_data.nr)
		return;
	for (size_t i = 0; i < k->log->changes.nr; i++)
		splits_known |= k->log->changes.at[i].from == k->log->changes.at[i].to;
	if (splits_known) {
		compare_tables(k, "setup_data", &k->log->setup_data, &k->machine->setup_data);
		return;
	}
	log = merged(&k->log->setup_data);
	ours = merged(&k->machine->setup_data);
	compare_tables(k, "setup_data", &log, &ours);
	free(log.at);
	free(ours.at);
}

static char *change_text(const struct fact_change *c)
{
	char *where = span(c->start, c->end), *from = type_word(c->from), *to = type_word(c->to),
	     *s;

	if (c->remove)
		s = text("remove %s %s", where, c->from ? from : "");
	else
		s = text("update %s %s ==> %s", where, from, to);
	free(where);
	free(from);
	free(to);
	return s;
}

static bool same_change(const struct fact_change *a, const struct fact_change *b)
{
	return a->remove == b->remove && a->start == b->start && a->end == b->end &&
	       a->from == b->from && a->to == b->to;
}

/* What the replay itself changed, because the log's results show it. */
static bool is_assumption(const struct compare *k, const struct fact_change *c)
{
	return (k->machine->low_64k_assumed && c->start == 0 && c->end == 0x10000) ||
	       (k->machine->page_0_assumed && c->start == 0 && c->from == 2);
}

static void compare_changes(struct compare *k)
{
	const struct fact_changes *log = &k->log->changes, *ours = &k->ours->changes;
	bool *used = calloc(ours->nr + 1, sizeof(*used));

	if (!used)
		abort();
	for (size_t i = 0; i < log->nr; i++) {
		const struct fact_change *c = &log->at[i];
		size_t j = 0;

		if (change_is_kernels_own(k->log, c)) {
			skip(k, "change", text("change %zu", i), change_text(c), text("%s", ""),
			     "Linux's own, of firmware tables in RAM: no memory is lost");
			continue;
		}
		while (j < ours->nr && (used[j] || !same_change(c, &ours->at[j])))
			j++;
		used[j < ours->nr ? j : ours->nr] = true;
		check(k, "change", text("change %zu", i), change_text(c),
		      j < ours->nr ? change_text(&ours->at[j]) : text("%s", ""));
	}
	for (size_t j = 0; j < ours->nr; j++)
		if (!used[j] && log->nr && !is_assumption(k, &ours->at[j]))
			check(k, "change", text("one more"), text("%s", ""),
			      change_text(&ours->at[j]));
	free(used);
}

static bool is_last_pfn(const struct compare *k, uint64_t pfn)
{
	for (size_t i = 0; i < k->ours->last_pfns.nr; i++)
		if (k->ours->last_pfns.at[i] == pfn)
			return true;
	return pfn == k->machine->first_pfns[0] || pfn == k->machine->first_pfns[1];
}

static uint64_t highest(const struct fact_numbers *numbers)
{
	uint64_t most = 0;

	for (size_t i = 0; i < numbers->nr; i++)
		most = numbers->at[i] > most ? numbers->at[i] : most;
	return most;
}

/*
 * The end of RAM, and that of RAM below 4 GB, in whichever order the kernel looks, and
 * once more where MTRRs made it lower.
 */
static void compare_last_pfns(struct compare *k)
{
	uint64_t max_pfn = highest(&k->ours->last_pfns);

	for (size_t i = 0; i < k->log->last_pfns.nr; i++) {
		uint64_t pfn = k->log->last_pfns.at[i];

		check(k, "last_pfn", text("line %zu", i), text("%#" PRIx64, pfn),
		      text("%#" PRIx64, is_last_pfn(k, pfn) ? pfn : max_pfn));
	}
}

/* ---- Nodes ------------------------------------------------------------------------------------ */

static char *node_of_cpu(const struct log_facts *facts, const struct fact_srat_cpu *like)
{
	for (size_t i = 0; i < facts->srat_cpus.nr; i++) {
		const struct fact_srat_cpu *cpu = &facts->srat_cpus.at[i];

		if (cpu->pxm == like->pxm && cpu->apic == like->apic)
			return text("Node %u", cpu->nid);
	}
	return text("%s", "");
}

static char *node_of_memory(const struct log_facts *facts, const struct fact_srat_memory *like)
{
	for (size_t i = 0; i < facts->srat_memory.nr; i++) {
		const struct fact_srat_memory *m = &facts->srat_memory.at[i];

		if (m->pxm == like->pxm && m->start == like->start && m->end == like->end)
			return text("Node %u%s%s", m->nid, m->hotplug ? " hotplug" : "",
				    m->non_volatile ? " non-volatile" : "");
	}
	return text("%s", "");
}

static void compare_srat(struct compare *k)
{
	const struct log_facts *log = k->log;

	for (size_t i = 0; i < log->srat_cpus.nr; i++) {
		const struct fact_srat_cpu *cpu = &log->srat_cpus.at[i];

		check(k, "srat", text("PXM %u -> APIC 0x%x", cpu->pxm, cpu->apic),
		      node_of_cpu(log, cpu), node_of_cpu(k->ours, cpu));
	}
	for (size_t i = 0; i < log->srat_memory.nr; i++) {
		const struct fact_srat_memory *m = &log->srat_memory.at[i];
		char *where = span(m->start, m->end);

		check(k, "srat", text("PXM %u %s", m->pxm, where), node_of_memory(log, m),
		      node_of_memory(k->ours, m));
		free(where);
	}
}

static void compare_dummy(struct compare *k)
{
	const struct log_facts *log = k->log, *ours = k->ours;

	if (k->machine->dummy_from_ram)
		return; /* the comparison of fake nodes tells whether it was right */
	if (log->no_numa)
		check(k, "numa", text("configuration"), text("none"),
		      text("%s", ours->no_numa ? "none" : "nodes of the SRAT"));
	else if (log->srat_memory.nr && !log->dummy_end)
		check(k, "numa", text("configuration"), text("nodes of the SRAT"),
		      text("%s", ours->no_numa ? "none" : "nodes of the SRAT"));
	if (log->dummy_end)
		check(k, "numa", text("dummy node"), span(0, log->dummy_end),
		      ours->dummy_end ? span(0, ours->dummy_end) : text("%s", ""));
}

static void compare_node_lists(struct compare *k, const char *group,
			       const struct fact_node_ranges *log,
			       const struct fact_node_ranges *ours, bool nodes_known)
{
	size_t nr = log->nr > ours->nr ? log->nr : ours->nr;

	for (size_t i = 0; i < nr; i++) {
		char *a = i < log->nr ? span(log->at[i].start, log->at[i].end) : text("%s", "");
		char *b = i < ours->nr ? span(ours->at[i].start, ours->at[i].end) : text("%s", "");

		if (nodes_known) {
			char *x = a, *y = b;

			a = i < log->nr ? text("node %u %s", log->at[i].nid, x) : text("%s", x);
			b = i < ours->nr ? text("node %u %s", ours->at[i].nid, y) : text("%s", y);
			free(x);
			free(y);
		}
		check(k, group, text("range %zu", i), a, b);
	}
}

/* ---- Zones ---------------------------------------------------------------------------------------- */

static char *zone_range_text(const struct fact_zone_range *range)
{
	return range->empty ? text("empty") : span(range->start, range->end);
}

static void compare_zone_ranges(struct compare *k)
{
	for (int i = 0; i < 4; i++) {
		struct fact_zone_range ours = k->ours->zones[i];

		if (!k->log->zones[i].known)
			continue;
		if (i == 1 && k->rules.dma32_to_4g && ours.known && !ours.empty &&
		    !(k->rules.dma32_maybe && k->log->zones[i].end == ours.end))
			ours.end = LIMIT_4G;
		check(k, "zone", text("%s", fact_zone_names[i]), zone_range_text(&k->log->zones[i]),
		      ours.known ? zone_range_text(&ours) : text("%s", ""));
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
	return start ? text("%#" PRIx64, start->number) : text("no Movable zone");
}

static void compare_movable(struct compare *k)
{
	const struct fact_node_numbers *log = &k->log->movable, *ours = &k->ours->movable;

	if (!k->log->movable_header)
		return;
	for (size_t i = 0; i < log->nr; i++)
		check(k, "movable", text("node %u", log->at[i].nid), start_text(&log->at[i]),
		      start_text(find_number(ours, log->at[i].nid)));
	for (size_t i = 0; i < ours->nr; i++)
		if (!find_number(log, ours->at[i].nid))
			check(k, "movable", text("node %u", ours->at[i].nid), start_text(NULL),
			      start_text(&ours->at[i]));
	if (!log->nr && !ours->nr)
		check(k, "movable", text("all nodes"), start_text(NULL), start_text(NULL));
}

static const struct fact_node_span *find_span(const struct fact_node_spans *list, unsigned int nid)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->at[i].nid == nid)
			return &list->at[i];
	return NULL;
}

static char *node_span_text(const struct fact_node_span *s)
{
	if (!s)
		return text("%s", "");
	return s->memoryless ? text("memoryless") : span(s->start, s->end);
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
		char *what = text("node %u", log->at[i].nid);

		if (k->rules.initmem_of_node && strcmp(theirs, here) != 0 &&
		    is_around(&log->at[i], find_span(ours, log->at[i].nid)))
			skip(k, "initmem", what, theirs, here,
			     "old kernels print the firmware's range of the node, RAM or not");
		else
			check(k, "initmem", what, theirs, here);
	}
	for (size_t i = 0; log->nr && i < ours->nr; i++)
		if (!find_span(log, ours->at[i].nid) &&
		    !(ours->at[i].memoryless && k->rules.memoryless_silent))
			check(k, "initmem", text("node %u", ours->at[i].nid), text("%s", ""),
			      node_span_text(&ours->at[i]));
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

static uint64_t all_present(const struct log_facts *facts)
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

		check(k, "totalpages", text("node %u", n->nid), number(n->number),
		      number(node_present(k->ours, n->nid)));
	}
}

/* The @nth zone of that kind that has pages, in the order of nodes; NULL where there is none. */
static const struct fact_zoneinfo *nth_zone(const struct log_facts *facts, int zone, size_t nth)
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

/*
 * Bytes of a struct page, which the kernel's configuration decides: the size that
 * makes the log's largest zone's line right. The other lines then test it.
 */
static void find_struct_page(struct compare *k)
{
	static const unsigned int sizes[] = {64,  56,  72,  80, 88, 96, 104,
					     112, 120, 128, 48, 40, 32};
	const struct fact_zoneinfo *zone = NULL;
	uint64_t pages = 0;

	for (size_t i = 0; i < k->log->zone_lines.nr; i++) {
		const struct fact_zone_line *line = &k->log->zone_lines.at[i];

		if (line->kind != ZONE_LINE_MEMMAP || line->pages < pages)
			continue;
		pages = line->pages;
		zone = nth_zone(k->ours, line->zone, line_rank(k->log, i));
	}
	for (size_t i = 0; zone && !k->struct_page && i < sizeof(sizes) / sizeof(*sizes); i++)
		if (kernel_memmap_pages(&k->rules, zone->spanned, zone->present, sizes[i]) == pages)
			k->struct_page = sizes[i];
	if (!k->struct_page)
		k->struct_page = k->log->version.baremm ? OWN_STRUCT_PAGE : STRUCT_PAGE;
}

static uint64_t memmap_pages(const struct compare *k, const struct fact_zoneinfo *zone)
{
	return kernel_memmap_pages(&k->rules, zone->spanned, zone->present, k->struct_page);
}

/* What the kernel says it holds back in ZONE_DMA; false where it does not say. */
static bool dma_reserve(const struct compare *k, uint64_t *pages)
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

/* What the zone has for the allocator before anything is taken. */
static uint64_t free_pages(const struct compare *k, const struct fact_zoneinfo *zone)
{
	uint64_t memmap = memmap_pages(k, zone), reserve = 0, pages = zone->present;

	if (pages >= memmap)
		pages -= memmap;
	if (is_first_zone(k, zone) && dma_reserve(k, &reserve) && pages > reserve)
		pages -= reserve;
	return pages;
}

static void compare_zone_pages(struct compare *k, const struct fact_zone_line *line, char *what,
			       const struct fact_zoneinfo *zone)
{
	uint64_t reserve, pages = k->rules.pages_are_free ? free_pages(k, zone) : zone->present;
	bool kernels_own =
		k->rules.pages_are_free && is_first_zone(k, zone) && !dma_reserve(k, &reserve);
	char *theirs = text("%" PRIu64 " pages, LIFO batch:%u", line->pages, line->batch);
	char *here = text("%" PRIu64 " pages, LIFO batch:%u", pages,
			  kernel_batch(&k->rules, free_pages(k, zone)));

	if (kernels_own)
		skip(k, "pages", what, theirs, here,
		     "the pages that the kernel keeps of DMA are not in the log");
	else
		check(k, "pages", what, theirs, here);
}

static void compare_zone_lines(struct compare *k)
{
	for (size_t i = 0; i < k->log->zone_lines.nr; i++) {
		const struct fact_zone_line *line = &k->log->zone_lines.at[i];
		size_t rank = line_rank(k->log, i);
		const struct fact_zoneinfo *zone = nth_zone(k->ours, line->zone, rank);
		char *what = text("%s %zu", fact_zone_names[line->zone], rank);

		if (line->kind == ZONE_LINE_RESERVED)
			skip(k, "pages", what, text("%" PRIu64 " pages reserved", line->pages),
			     text("%s", ""), "what the kernel itself keeps of DMA");
		else if (!zone)
			check(k, "pages", what, text("%" PRIu64 " pages", line->pages),
			      text("%s", "no such zone"));
		else if (line->kind == ZONE_LINE_MEMMAP)
			check(k, "memmap", what, number(line->pages),
			      number(memmap_pages(k, zone)));
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

		check(k, "unavailable", text("hole %zu", i),
		      a ? text("node %u, zone %s: %" PRIu64, a->nid, fact_zone_names[a->zone],
			       a->pages)
			: text("%s", ""),
		      b ? text("node %u, zone %s: %" PRIu64, b->nid, fact_zone_names[b->zone],
			       b->pages)
			: text("%s", ""));
	}
}

/* To 5.11: one sum, up to max_pfn or to the end of its section. */
static uint64_t zeroed_pages(const struct compare *k, bool to_section)
{
	const struct fact_node_ranges *ranges = &k->ours->node_ranges;
	uint64_t hole = 0, sum = 0, max_pfn = highest(&k->ours->last_pfns);

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
	check(k, "unavailable", text("all zones"), number(log), number(sum));
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
		check(k, "unavailable", text("node %u, zone %s", z->nid, fact_zone_names[z->zone]),
		      theirs ? number(theirs->pages) : text("%s", ""), number(sum));
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
		skip(k, "unavailable", text("reserved"),
		     number((uint64_t)k->log->reserved_unavailable), text("%s", ""),
		     "what the kernel itself has reserved outside of memory");
}

/* ---- Orders ------------------------------------------------------------------------------------------ */

static const char *find_order(const struct fact_orders *list, const char *what)
{
	for (size_t i = 0; i < list->nr; i++)
		if (strcmp(list->at[i].what, what) == 0)
			return list->at[i].order;
	return "";
}

static bool is_general(const char *what)
{
	return strncmp(what, "general", strlen("general")) == 0;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The words of an order, sorted: what of it does not hang on distances. */
static char *sorted_words(const char *order)
{
	char *copy = text("%s", order), *s = text("%s", ""), *save = NULL;
	char **words = calloc(strlen(order) + 1, sizeof(*words));
	size_t nr = 0;

	if (!words)
		abort();
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		words[nr++] = w;
	if (nr > 1)
		qsort(words + 1, nr - 1, sizeof(*words), compare_words);
	for (size_t i = 0; i < nr; i++) {
		char *longer = text("%s%s%s", s, i ? " " : "", words[i]);

		free(s);
		s = longer;
	}
	free(words);
	free(copy);
	return s;
}

/* Why the order of nodes cannot be held against the log's; NULL: it can. */
static const char *order_unknown(const struct compare *k)
{
	size_t nodes = k->ours->initmem.nr;

	if (nodes > 2 && !k->log->nr_distances)
		return "the order hangs on node distances, which are not in the log";
	if (nodes > 2 && k->rules.ties_by_last_load)
		return "before 5.16 nodes at equal distances came in another order";
	if (nodes > 1 && k->rules.zone_order)
		return "up to 4.13 the order may be by zone";
	return NULL;
}

/* The first word of an order is the node itself, and all words are known, whatever the rest. */
static void compare_order(struct compare *k, const char *group, const struct fact_order *log,
			  const char *ours, bool by_distance)
{
	const char *why = by_distance ? order_unknown(k) : NULL;

	if (!why || strcmp(log->order, ours) == 0) {
		check(k, group, text("%s", log->what), text("%s", log->order), text("%s", ours));
		return;
	}
	check_note(k, group, text("%s", log->what), sorted_words(log->order), sorted_words(ours),
		   "as a set");
	skip(k, group, text("%s", log->what), text("%s", log->order), text("%s", ours), why);
}

/* A node without memory that older kernels do not bring up has no list there. */
static bool has_no_list(const struct compare *k, const char *what)
{
	char *end;
	unsigned int nid = (unsigned int)strtoul(what, &end, 10);
	const struct fact_node_span *span = find_span(&k->ours->initmem, nid);

	return end > what && k->rules.memoryless_silent && span && span->memoryless;
}

static void compare_orders(struct compare *k, const char *group, const struct fact_orders *log,
			   const struct fact_orders *ours, bool all_by_distance)
{
	for (size_t i = 0; i < log->nr; i++)
		compare_order(k, group, &log->at[i], find_order(ours, log->at[i].what),
			      all_by_distance || is_general(log->at[i].what));
	for (size_t i = 0; log->nr && i < ours->nr; i++)
		if (!*find_order(log, ours->at[i].what) && !has_no_list(k, ours->at[i].what))
			check(k, group, text("%s", ours->at[i].what), text("%s", ""),
			      text("%s", ours->at[i].order));
}

/* ---- Totals ---------------------------------------------------------------------------------------------- */

static uint64_t total_pages(const struct compare *k)
{
	uint64_t total = 0;

	for (size_t i = 0; i < k->ours->zoneinfo.nr; i++) {
		const struct fact_zoneinfo *z = &k->ours->zoneinfo.at[i];

		total += k->rules.total_is_present ? z->present : free_pages(k, z);
	}
	return total;
}

/*
 * Up to 6.9 without page structs and what the kernel holds of DMA. Where the log does
 * not say that, the difference must be a number of pages that DMA has, with page
 * structs of one size or another.
 */
static void compare_total_pages(struct compare *k)
{
	uint64_t total = total_pages(k), reserve = 0, log = k->log->total_pages;
	const struct fact_zoneinfo *dma = nth_zone(k->ours, 0, 0);
	bool known = dma_reserve(k, &reserve) || k->rules.total_is_present || !dma;

	if (!known && total < log) {
		k->struct_page = SMALLER_STRUCT_PAGE;
		total = total_pages(k);
	}
	if (!known && total >= log && total - log <= dma->present)
		check_note(k, "built", text("total pages"), number(log), number(log),
			   "but for the pages of DMA that the kernel keeps, which it does not say");
	else
		check(k, "built", text("total pages"), number(log), number(total));
}

/* Nodes that the log's kernel has online. */
static uint64_t online_nodes(const struct compare *k)
{
	uint64_t nr = 0;

	if (!k->rules.memoryless_off)
		return (uint64_t)k->ours->nr_zonelists;
	for (size_t i = 0; i < k->ours->initmem.nr; i++)
		nr += !k->ours->initmem.at[i].memoryless;
	return nr;
}

/* A node that has neither memory nor CPUs is not online: the log must name the CPUs. */
static bool online_known(const struct compare *k)
{
	bool all_have_memory = true;

	for (size_t i = 0; i < k->ours->initmem.nr; i++)
		all_have_memory &= !k->ours->initmem.at[i].memoryless;
	return all_have_memory || k->log->srat_cpus.nr;
}

static void compare_built(struct compare *k)
{
	char *theirs;

	if (k->log->nr_zonelists < 0)
		return;
	theirs = number((uint64_t)k->log->nr_zonelists);
	if (online_known(k))
		check(k, "built", text("zonelists"), theirs, number(online_nodes(k)));
	else
		skip(k, "built", text("zonelists"), theirs, number(online_nodes(k)),
		     "which nodes without memory have CPUs is not in the log");
	check(k, "built", text("mobility grouping"), text("%s", k->log->mobility ? "on" : "off"),
	      text("%s", k->ours->mobility ? "on" : "off"));
	compare_total_pages(k);
}

static void compare_policy(struct compare *k)
{
	if (k->log->policy_zone[0])
		check(k, "policy", text("zone"), text("%s", k->log->policy_zone),
		      text("%s", k->ours->policy_zone));
}

static void compare_memory(struct compare *k)
{
	const struct log_facts *log = k->log;
	uint64_t max_pfn = highest(&k->ours->last_pfns), present = all_present(k->ours);
	bool spans = k->rules.total_of_max_pfn && !log->memory_of_pages;

	if (!log->has_memory_line)
		return;
	check(k, "memory", text("total"), text("%" PRIu64 "K", log->memory_total),
	      text("%" PRIu64 "K", 4 * (spans ? max_pfn : present)));
	if (log->memory_absent >= 0)
		check(k, "memory", text("absent"), text("%" PRId64 "K", log->memory_absent),
		      text("%" PRIu64 "K", 4 * (max_pfn - present)));
	skip(k, "memory", text("available"), text("%" PRIu64 "K", log->memory_available),
	     text("%" PRIu64 "K", k->ours->memory_available),
	     "what the kernel keeps for itself, and has not initialised yet, is not in it");
}

static const struct fact_zoneinfo *find_zoneinfo(const struct log_facts *facts,
						 const struct fact_zoneinfo *like)
{
	for (size_t i = 0; i < facts->zoneinfo.nr; i++)
		if (facts->zoneinfo.at[i].nid == like->nid &&
		    facts->zoneinfo.at[i].zone == like->zone)
			return &facts->zoneinfo.at[i];
	return NULL;
}

static void compare_zoneinfo(struct compare *k)
{
	for (size_t i = 0; i < k->log->zoneinfo.nr; i++) {
		const struct fact_zoneinfo *z = &k->log->zoneinfo.at[i];
		const struct fact_zoneinfo *ours = find_zoneinfo(k->ours, z);
		const char *name = fact_zone_names[z->zone];

		if (z->has_spanned)
			check(k, "zoneinfo", text("%u:%s spanned", z->nid, name),
			      number(z->spanned), number(ours ? ours->spanned : 0));
		if (z->has_present)
			check(k, "zoneinfo", text("%u:%s present", z->nid, name),
			      number(z->present), number(ours ? ours->present : 0));
		if (z->has_start && z->present)
			check(k, "zoneinfo", text("%u:%s start_pfn", z->nid, name),
			      number(z->start_pfn), number(ours ? ours->start_pfn : 0));
		if (z->managed)
			skip(k, "zoneinfo", text("%u:%s managed", z->nid, name), number(z->managed),
			     number(ours ? ours->managed : 0),
			     "what the kernel keeps for itself is not in it");
	}
}

/* ---- All of it ------------------------------------------------------------------------------------------- */

static void add_note(struct comparison *c, const char *note)
{
	char *longer = text("%s  %s\n", c->notes ? c->notes : "", note);

	free(c->notes);
	c->notes = longer;
}

/* What the log does not say, and its results tell. */
static void note_assumptions(struct compare *k)
{
	const struct machine *m = k->machine;

	k->c->notes = text("%s", "");
	if (m->low_64k_assumed)
		add_note(k->c, "assumed: the kernel left out the low 64 KB");
	if (m->page_0_assumed)
		add_note(k->c, "assumed: the kernel kept page 0");
	if (m->nodes_from_ranges)
		add_note(k->c,
			 "assumed: nodes as in Early memory node ranges, for the log has no SRAT");
	if (m->map_from_user)
		add_note(k->c, "assumed: the user's map, for the log has no option that makes it");
}

static void note_missing(struct compare *k)
{
	const struct log_facts *f = k->log;
	const struct {
		bool there;
		const char *name;
	} kinds[] = {
		{f->changes.nr, "e820 changes"},
		{f->last_pfns.nr, "last_pfn"},
		{f->srat_memory.nr || f->no_numa || f->dummy_end || f->fake_nodes.nr, "SRAT"},
		{f->zones[0].known, "Zone ranges"},
		{f->movable_header, "Movable zone start"},
		{f->node_ranges.nr, "Early memory node ranges"},
		{f->initmem.nr, "Initmem setup node"},
		{f->holes.nr || f->zeroed_pages >= 0 || f->zone_lines.nr, "unavailable ranges"},
		{f->fallback.nr, "Fallback order"},
		{f->zonelists.nr, "zonelists (mminit_loglevel=4)"},
		{f->nr_zonelists >= 0, "Built N zonelists"},
		{f->policy_zone[0], "Policy zone"},
		{f->has_memory_line, "Memory:"},
		{f->zoneinfo.nr, "zoneinfo"},
	};
	char *list = text("%s", "");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		char *longer;

		if (kinds[i].there)
			continue;
		longer = text("%s%s%s", list, *list ? ", " : "", kinds[i].name);
		free(list);
		list = longer;
	}
	k->c->missing = list;
}

void compare_facts(struct comparison *c, const struct log_facts *log, const struct log_facts *ours,
		   const struct machine *machine)
{
	struct compare k = {.c = c, .log = log, .ours = ours, .machine = machine};
	bool nodes_known = !machine->nodes_from_ranges;

	*c = (struct comparison){0};
	k.rules = kernel_rules(&log->version);
	find_struct_page(&k);
	if (!machine->map_from_user)
		compare_tables(&k, "e820", &log->bios, &ours->bios);
	if (!machine->map_from_user && (log->user.nr || ours->user.nr))
		compare_tables(&k, "user", &log->user, &ours->user);
	compare_setup_data(&k);
	if (log->modified.nr)
		compare_tables(&k, "modified", &log->modified, &machine->modified);
	compare_changes(&k);
	compare_last_pfns(&k);
	compare_srat(&k);
	if (nodes_known)
		compare_dummy(&k);
	if (nodes_known)
		compare_node_lists(&k, "fake", &log->fake_nodes, &ours->fake_nodes, true);
	compare_zone_ranges(&k);
	compare_movable(&k);
	if (log->node_ranges.nr)
		compare_node_lists(&k, "node_range", &log->node_ranges, &ours->node_ranges,
				   nodes_known);
	compare_initmem(&k);
	compare_totalpages(&k);
	compare_zone_lines(&k);
	compare_unavailable(&k);
	compare_orders(&k, "fallback", &log->fallback, &ours->fallback, true);
	compare_orders(&k, "zonelist", &log->zonelists, &ours->zonelists, false);
	compare_built(&k);
	compare_policy(&k);
	compare_memory(&k);
	compare_zoneinfo(&k);
	note_missing(&k);
	note_assumptions(&k);
}

void comparison_free(struct comparison *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		free(c->at[i].what);
		free(c->at[i].linux_says);
		free(c->at[i].here);
	}
	free(c->at);
	free(c->missing);
	free(c->notes);
}
