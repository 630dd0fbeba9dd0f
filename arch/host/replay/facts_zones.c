/* SPDX-License-Identifier: MIT */
/* Lines of zones and their pages, zonelists and totals, and /proc/zoneinfo. */
#include "facts_parse.h"

/* ---- Zones and ranges ---------------------------------------------------------------------- */

static bool take_zones_header(struct parse *parse, const struct log_match *m)
{
	(void)m;
	parse->section = SECTION_ZONES;
	return true;
}

/* Of a zone range's line: which, in a log that has just said "Zone ranges:". */
static struct fact_zone_range *zone_range(struct parse *parse, const struct log_match *m)
{
	int zone = parse_zone(m->word, m->word_len);

	if (parse->section == SECTION_ZONES && zone == FACT_HIGHMEM)
		parse->facts->low_memory = !parse->facts->version.baremm;
	return parse->section == SECTION_ZONES && zone >= 0 ? &parse->facts->zones[zone] : NULL;
}

static bool set_zone_range(struct parse *parse, const struct log_match *m, uint64_t start,
			   uint64_t end)
{
	struct fact_zone_range *range = zone_range(parse, m);

	if (!range)
		return false;
	*range = (struct fact_zone_range){true, start >= end && end, start, end};
	return true;
}

static bool take_zone_range(struct parse *parse, const struct log_match *m)
{
	return set_zone_range(parse, m, m->value[0], m->value[1] + 1);
}

static bool take_old_zone_range(struct parse *parse, const struct log_match *m)
{
	return set_zone_range(parse, m, m->value[0] * PAGE_BYTES, m->value[1] * PAGE_BYTES);
}

static bool take_zone_empty(struct parse *parse, const struct log_match *m)
{
	struct fact_zone_range *range = zone_range(parse, m);

	if (!range)
		return false;
	*range = (struct fact_zone_range){.known = true, .empty = true};
	return true;
}

static bool take_low_memory(struct parse *parse, const struct log_match *m)
{
	(void)m;
	parse->facts->low_memory = true;
	return true;
}

static bool take_movable_header(struct parse *parse, const struct log_match *m)
{
	(void)m;
	parse->section = SECTION_MOVABLE;
	parse->facts->movable_header = true;
	return true;
}

static bool take_movable(struct parse *parse, const struct log_match *m)
{
	return parse->section == SECTION_MOVABLE && valid_node(m->value[0]) &&
	       LIST_ADD(parse, &parse->facts->movable, (unsigned int)m->value[0], m->value[1]);
}

static bool take_old_movable(struct parse *parse, const struct log_match *m)
{
	return parse->section == SECTION_MOVABLE && valid_node(m->value[0]) &&
	       LIST_ADD(parse, &parse->facts->movable, (unsigned int)m->value[0],
			m->value[1] * PAGE_BYTES);
}

static bool take_ranges_header(struct parse *parse, const struct log_match *m)
{
	(void)m;
	parse->section = SECTION_NODES;
	return true;
}

static bool take_node_range(struct parse *parse, const struct log_match *m)
{
	return valid_node(m->value[0]) &&
	       LIST_ADD(parse, &parse->facts->node_ranges, (unsigned int)m->value[0], m->value[1],
			m->value[2] + 1);
}

static bool take_old_node_range(struct parse *parse, const struct log_match *m)
{
	return parse->section == SECTION_NODES && valid_node(m->value[0]) &&
	       LIST_ADD(parse, &parse->facts->node_ranges, (unsigned int)m->value[0],
			m->value[1] * PAGE_BYTES, m->value[2] * PAGE_BYTES);
}

/* Up to 5.16 a node without memory was printed as the range from 0 to 0. */
static bool take_initmem(struct parse *parse, const struct log_match *m)
{
	bool none = m->value[1] == 0 && m->value[2] == 0;

	return valid_node(m->value[0]) &&
	       LIST_ADD(parse, &parse->facts->initmem, (unsigned int)m->value[0], none, m->value[1],
			none ? 0 : m->value[2] + 1);
}

static bool take_memoryless(struct parse *parse, const struct log_match *m)
{
	return valid_node(m->value[0]) &&
	       LIST_ADD(parse, &parse->facts->initmem, (unsigned int)m->value[0], true, 0, 0);
}

static bool take_totalpages(struct parse *parse, const struct log_match *m)
{
	return valid_node(m->value[0]) &&
	       LIST_ADD(parse, &parse->facts->totalpages, (unsigned int)m->value[0], m->value[1]);
}

static bool add_zone_line(struct parse *parse, const struct log_match *m, enum zone_line kind)
{
	int zone = parse_zone(m->word, m->word_len);

	return zone >= 0 && LIST_ADD(parse, &parse->facts->zone_lines, kind, zone, m->value[0],
				     (unsigned int)(kind == ZONE_LINE_PAGES ? m->value[1] : 0));
}

static bool take_memmap_pages(struct parse *parse, const struct log_match *m)
{
	return add_zone_line(parse, m, ZONE_LINE_MEMMAP);
}

static bool take_reserved_pages(struct parse *parse, const struct log_match *m)
{
	return add_zone_line(parse, m, ZONE_LINE_RESERVED);
}

static bool take_zone_pages(struct parse *parse, const struct log_match *m)
{
	return add_zone_line(parse, m, ZONE_LINE_PAGES);
}

/* The kernels that print these print no other line of the node. */
static bool take_zone_hole(struct parse *parse, const struct log_match *m)
{
	int zone = parse_zone(m->word, m->word_len);

	return zone >= 0 && LIST_ADD(parse, &parse->facts->holes, 0, zone, m->value[0]);
}

static bool take_hole(struct parse *parse, const struct log_match *m)
{
	int zone = parse_zone(m->word, m->word_len);

	return valid_node(m->value[0]) && zone >= 0 &&
	       LIST_ADD(parse, &parse->facts->holes, (unsigned int)m->value[0], zone, m->value[1]);
}

static bool take_zeroed(struct parse *parse, const struct log_match *m)
{
	parse->facts->zeroed_pages = (int64_t)m->value[0];
	return true;
}

static bool take_reserved_unavailable(struct parse *parse, const struct log_match *m)
{
	parse->facts->reserved_unavailable = (int64_t)m->value[0];
	return true;
}

/* ---- Zonelists and totals ------------------------------------------------------------------- */

static bool add_order(struct parse *parse, struct fact_orders *orders, const char *what,
		      size_t what_len, const char *order)
{
	char *name = parse_copy(parse, what, what_len);
	char *text = parse_copy(parse, order, strlen(order));

	if (name && text && LIST_ADD(parse, orders, name, text))
		return true;
	free(name);
	free(text);
	return false;
}

static bool take_fallback(struct parse *parse, const struct log_match *m)
{
	const char *colon = strchr(m->word, ':');

	return colon && m->word[0] >= '0' && m->word[0] <= '9' &&
	       add_order(parse, &parse->facts->fallback, m->word, (size_t)(colon - m->word),
			 colon + 1);
}

static bool take_zonelist(struct parse *parse, const struct log_match *m)
{
	const char *equal = strstr(m->word, " = ");

	return equal && add_order(parse, &parse->facts->zonelists, m->word,
				  (size_t)(equal - m->word), equal + 3);
}

static bool take_built(struct parse *parse, const struct log_match *m)
{
	struct log_facts *f = parse->facts;

	if (f->nr_zonelists >= 0)
		return true; /* memory that came later builds them again */
	f->nr_zonelists = (int64_t)m->value[0];
	f->mobility = m->word_len == 2; /* "on" */
	f->total_pages = m->value[1];
	return true;
}

/* "in Zone order, " and "in Node order, " stand in it up to 4.13. */
static bool take_built_order(struct parse *parse, const struct log_match *m)
{
	const char *comma = strchr(m->word, ',');
	struct log_match rest;
	unsigned long long nr = m->value[0];

	if (!comma || !log_match(comma, ", mobility grouping %w. Total pages: %d", &rest))
		return false;
	rest.value[1] = rest.value[0];
	rest.value[0] = nr;
	return take_built(parse, &rest);
}

static bool take_policy_zone(struct parse *parse, const struct log_match *m)
{
	char *name = parse->facts->policy_zone;

	if (m->word_len >= sizeof(parse->facts->policy_zone))
		return false;
	if (*name)
		return true;
	memcpy(name, m->word, m->word_len);
	name[m->word_len] = '\0';
	return true;
}

static bool take_memory(struct parse *parse, const struct log_match *m)
{
	struct log_facts *f = parse->facts;
	struct log_match found;

	f->has_memory_line = true;
	f->memory_available = m->value[0];
	f->memory_total = m->value[1];
	f->memory_of_pages = parse_find(m->word, "rwdata", &found);
	f->memory_absent = -1;
	if (parse_find(m->word, "%dk absent", &found) || parse_find(m->word, "%dK absent", &found))
		f->memory_absent = (int64_t)found.value[0];
	return true;
}

/* ---- /proc/zoneinfo ----------------------------------------------------------------------- */

/* Lines of buddyinfo and pagetypeinfo start alike, but go on. */
static bool take_zoneinfo(struct parse *parse, const struct log_match *m)
{
	int zone = parse_zone(m->word, m->word_len);

	parse->zoneinfo = zone >= 0 && valid_node(m->value[0]) &&
			  LIST_ADD(parse, &parse->facts->zoneinfo, .nid = (unsigned int)m->value[0],
				   .zone = zone);
	return true;
}

static struct fact_zoneinfo *current_zoneinfo(struct parse *parse)
{
	return parse->zoneinfo ? &parse->facts->zoneinfo.at[parse->facts->zoneinfo.nr - 1] : NULL;
}

static bool take_spanned(struct parse *parse, const struct log_match *m)
{
	struct fact_zoneinfo *zone = current_zoneinfo(parse);

	if (zone && !zone->has_spanned) {
		zone->spanned = m->value[0];
		zone->has_spanned = true;
	}
	return true;
}

static bool take_present(struct parse *parse, const struct log_match *m)
{
	struct fact_zoneinfo *zone = current_zoneinfo(parse);

	if (zone && !zone->has_present) {
		zone->present = m->value[0];
		zone->has_present = true;
	}
	return true;
}

static bool take_managed(struct parse *parse, const struct log_match *m)
{
	struct fact_zoneinfo *zone = current_zoneinfo(parse);

	if (zone && !zone->managed)
		zone->managed = m->value[0];
	return true;
}

static bool take_start_pfn(struct parse *parse, const struct log_match *m)
{
	struct fact_zoneinfo *zone = current_zoneinfo(parse);

	if (zone && !zone->has_start) {
		zone->start_pfn = m->value[0];
		zone->has_start = true;
	}
	return true;
}

static bool take_section(struct parse *parse, const struct log_match *m)
{
	(void)m;
	parse->zoneinfo = false;
	parse->section = SECTION_NONE;
	return true;
}

/* ---- The table ------------------------------------------------------------------------------- */

const struct pattern zone_patterns[] = {
	{"%dMB LOWMEM available.", take_low_memory, NULL},
	{"Zone ranges:", take_zones_header, "3.5 on"},
	{"Zone PFN ranges:", take_zones_header, "to 3.4"},
	{"%w [mem %x-%x]", take_zone_range, "3.5 on"},
	{"%w %x -> %x", take_old_zone_range, "to 3.4"},
	{"%w empty", take_zone_empty, "all"},
	{"Movable zone start for each node", take_movable_header, "3.5 on"},
	{"Movable zone start PFN for each node", take_movable_header, "to 3.4"},
	{"Node %d: 0x%x", take_movable, "3.5 on"},
	{"Node %d: %d", take_old_movable, "to 3.4"},
	{"Early memory node ranges", take_ranges_header, "3.5 on"},
	{"Early memory PFN ranges", take_ranges_header, "3.2 to 3.4"},
	{"early_node_map[%d] active PFN ranges", take_ranges_header, "to 3.1"},
	{"node %d: [mem %x-%x]", take_node_range, "3.5 on"},
	{"%d: %x -> %x", take_old_node_range, "to 3.4"},
	{"Initmem setup node %d [mem %x-%x]", take_initmem, "3.5 on"},
	{"Initmem setup node %d as memoryless", take_memoryless, "5.17 on"},
	{"On node %d totalpages: %d", take_totalpages, "to 5.13"},
	{"%w zone: %d pages used for memmap", take_memmap_pages, "2.6.29 to 5.13"},
	{"%w zone: %d pages reserved", take_reserved_pages, "2.6.29 to 5.13"},
	{"%w zone: %d pages, LIFO batch:%d", take_zone_pages, "to 5.13"},
	{"%w zone: %d pages in unavailable ranges", take_zone_hole, "5.12 and 5.13"},
	{"On node %d, zone %w: %d pages in unavailable ranges", take_hole, "5.14 on"},
	{"Zeroed struct page in unavailable ranges: %d pages", take_zeroed, "4.18 to 5.11"},
	{"Reserved but unavailable: %d pages", take_reserved_unavailable, "4.15 to 4.19"},

	{"Fallback order for Node %s", take_fallback, "5.15 on"},
	{"mminit::zonelist %s", take_zonelist, "all with mminit_loglevel="},
	{"Built %d zonelists, mobility grouping %w. Total pages: %d", take_built, "4.14 on"},
	{"Built %d zonelists in %s", take_built_order, "to 4.13"},
	{"Policy zone: %w", take_policy_zone, "all"},
	{"Memory: %dK/%dK available (%s", take_memory, "3.9 on"},
	{"Memory: %dk/%dk available (%s", take_memory, "to 3.10"},

	{"===", take_section, NULL},
	{"Node %d, zone %s", take_zoneinfo, NULL},
	{"spanned %d", take_spanned, NULL},
	{"present %d", take_present, NULL},
	{"managed %d", take_managed, NULL},
	{"start_pfn: %d", take_start_pfn, NULL},
	{NULL, NULL, NULL},
};
