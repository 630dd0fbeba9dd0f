/* SPDX-License-Identifier: MIT */
/*
 * Lines to facts: one table of patterns, each with the kernels that print it, and
 * a short function for each.
 */
#include "log_facts.h"

#include <stdlib.h>
#include <string.h>

#include "log_read.h"

#define PAGE_BYTES 4096ULL

/* Nodes that Linux on this architecture can have. */
#define MAX_NODES 1024

/* Nodes in a pasted table of distances, which would be too wide to paste otherwise. */
#define MAX_COLUMNS 256

const char *const fact_zone_names[FACT_ZONES] = {"DMA", "DMA32", "Normal", "Movable", "Device"};

/* Under which heading the lines are, for those that say too little by themselves. */
enum section { SECTION_NONE, SECTION_ZONES, SECTION_MOVABLE, SECTION_NODES, SECTION_DISTANCES };

struct parse {
	struct log_facts *facts;
	enum section section;
	bool zoneinfo; /* the last zoneinfo is the one that lines speak of */
	bool done;     /* another boot starts */
	bool no_memory;
	unsigned int columns[MAX_COLUMNS]; /* nodes in the heading of a distance table */
	unsigned int nr_columns;
};

/* A zeroed element more at the end of @list, or NULL. */
static void *grow(struct parse *parse, void **at, size_t *nr, size_t *max, size_t size)
{
	if (*nr == *max) {
		size_t more = *max ? 2 * *max : 16;
		void *bigger = realloc(*at, more * size);

		if (!bigger) {
			parse->no_memory = true;
			return NULL;
		}
		*at = bigger;
		*max = more;
	}
	return memset((char *)*at + size * (*nr)++, 0, size);
}

#define LIST_ADD(parse, list, ...)                                                             \
	({                                                                                     \
		__typeof__((list)->at) new_ = grow((parse), (void **)&(list)->at, &(list)->nr, \
						   &(list)->max, sizeof(*(list)->at));         \
		if (new_)                                                                      \
			*new_ = (__typeof__(*new_)){__VA_ARGS__};                              \
		new_ != NULL;                                                                  \
	})

/* ---- Words --------------------------------------------------------------------------- */

uint32_t fact_e820_type(const char *word, size_t len)
{
	static const struct {
		const char *name;
		uint32_t type;
	} types[] = {
		{"usable", 1},
		{"System RAM", 1}, /* 7.0 on */
		{"ACPI data", 3},
		{"ACPI NVS", 4},
		{"ACPI non-volatile storage", 4},
		{"unusable", 5},
		{"persistent (type %d", 7}, /* or 12: the number */
		{"persistent RAM (type %d", 7},
		{"persistent memory (type %d", 7},
		{"soft reserved", 0xefffffff},
		{"Soft Reserved", 0xefffffff},
		{"device reserved", 2}, /* 7.0 on */
		{"reserved", 2},
		{"Reserved", 2},
		{"type %d", 0}, /* the number */
	};
	struct log_match match;

	(void)len;
	if (*word == '(')
		word++;
	if (*word >= '0' && *word <= '9' && log_match(word, "%d %w %s", &match))
		word = match.word; /* "639 KB System RAM" */
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (log_match(word, types[i].name, &match))
			return match.nr ? (uint32_t)match.value[0] : types[i].type;
	return 0;
}

/* The first place in @text that matches @pattern. */
static bool find_text(const char *text, const char *pattern, struct log_match *match)
{
	for (; *text; text++)
		if (log_match(text, pattern, match))
			return true;
	return false;
}

static int zone_number(const char *word, size_t len)
{
	for (int i = 0; i < FACT_ZONES; i++)
		if (strlen(fact_zone_names[i]) == len && memcmp(word, fact_zone_names[i], len) == 0)
			return i;
	return -1;
}

/* A copy with blanks made one, none at the ends; a break may have been a blank. */
static char *tidy_copy(struct parse *parse, const char *word, size_t len)
{
	char *copy = malloc(len + 1), *to = copy;

	if (!copy) {
		parse->no_memory = true;
		return NULL;
	}
	for (size_t i = 0; i < len; i++) {
		bool blank = word[i] == ' ' || word[i] == '\t' || word[i] == LOG_WRAP;

		if (word[i] == LOG_GLUE)
			continue;
		if (!blank)
			*to++ = word[i];
		else if (to > copy && to[-1] != ' ')
			*to++ = ' ';
	}
	while (to > copy && to[-1] == ' ')
		to--;
	*to = '\0';
	return copy;
}

/* ---- The kernel ------------------------------------------------------------------------ */

/* More than 999 is no version's. */
static int version_part(const char *text, char **end)
{
	unsigned long part = strtoul(text, end, 10);

	return part > 999 ? 999 : (int)part;
}

static bool take_version(struct parse *parse, const struct log_match *m)
{
	struct log_facts *f = parse->facts;
	size_t len = strcspn(m->word, " \x1f\x1e");
	char *end;

	if (f->version.text[0] && f->bios.nr && f->zones[0].known) {
		parse->done = f->second_boot = true;
		return true;
	}
	if (m->word[0] < '0' || m->word[0] > '9')
		return false;
	f->version = (struct kernel_version){0};
	len = len < sizeof(f->version.text) ? len : sizeof(f->version.text) - 1;
	memcpy(f->version.text, m->word, len);
	f->version.major = version_part(f->version.text, &end);
	if (*end == '.')
		f->version.minor = version_part(end + 1, &end);
	if (*end == '.')
		f->version.patch = version_part(end + 1, &end);
	return true;
}

static bool take_own_version(struct parse *parse, const struct log_match *m)
{
	struct kernel_version *version = &parse->facts->version;
	size_t len = strcspn(m->word, " \x1f\x1e");

	*version = (struct kernel_version){.major = 6, .minor = 1, .baremm = true};
	len = len < sizeof(version->text) ? len : sizeof(version->text) - 1;
	memcpy(version->text, m->word, len);
	return true;
}

static bool take_command_line(struct parse *parse, const struct log_match *m)
{
	if (!parse->facts->command_line)
		parse->facts->command_line = tidy_copy(parse, m->word, m->word_len);
	return true;
}

/* ---- e820 ------------------------------------------------------------------------------ */

/* An end of 0 is 2^64; all of the address space is no range. */
static bool valid_range(uint64_t start, uint64_t end)
{
	return end ? end > start : start > 0;
}

/* [start, last] of new kernels. A type that is no word of ours makes the line incomplete. */
static bool add_range(struct parse *parse, struct fact_ranges *ranges, const struct log_match *m,
		      uint64_t end)
{
	uint32_t type = fact_e820_type(m->word, m->word_len);

	if (!type || !valid_range(m->value[0], end))
		return false;
	return LIST_ADD(parse, ranges, m->value[0], end, type);
}

static bool take_bios(struct parse *parse, const struct log_match *m)
{
	return add_range(parse, &parse->facts->bios, m, m->value[1] + 1);
}

static bool take_old_bios(struct parse *parse, const struct log_match *m)
{
	return add_range(parse, &parse->facts->bios, m, m->value[1]);
}

static bool take_user(struct parse *parse, const struct log_match *m)
{
	return add_range(parse, &parse->facts->user, m, m->value[1] + 1);
}

static bool take_old_user(struct parse *parse, const struct log_match *m)
{
	return add_range(parse, &parse->facts->user, m, m->value[1]);
}

static bool take_setup_data(struct parse *parse, const struct log_match *m)
{
	return add_range(parse, &parse->facts->setup_data, m, m->value[1] + 1);
}

static bool take_modified(struct parse *parse, const struct log_match *m)
{
	return add_range(parse, &parse->facts->modified, m, m->value[1] + 1);
}

static bool take_old_modified(struct parse *parse, const struct log_match *m)
{
	return add_range(parse, &parse->facts->modified, m, m->value[1]);
}

/* A serial log has the first lines twice where an early console was replaced. */
static bool take_map_header(struct parse *parse, const struct log_match *m)
{
	struct log_facts *f = parse->facts;

	(void)m;
	if (f->bios.nr && f->zones[0].known)
		parse->done = f->second_boot = true;
	else
		f->bios.nr = 0;
	return true;
}

static bool take_nothing(struct parse *parse, const struct log_match *m)
{
	(void)parse;
	(void)m;
	return true;
}

static bool add_change(struct parse *parse, const struct log_match *m, bool remove, uint64_t end)
{
	struct log_facts *f = parse->facts;
	uint32_t from = fact_e820_type(m->word, m->word_len), to = 0;
	struct log_match after;

	if (find_text(m->word, "==> %s", &after))
		to = fact_e820_type(after.word, after.word_len);
	if (!valid_range(m->value[0], end))
		return false;
	if (remove ? !from && m->word_len : !from || !to)
		return false;
	return LIST_ADD(parse, &f->changes, remove, m->value[0], end, from, to,
			f->last_pfns.nr > 0);
}

static bool take_update(struct parse *parse, const struct log_match *m)
{
	return add_change(parse, m, false, m->value[1] + 1);
}

static bool take_remove(struct parse *parse, const struct log_match *m)
{
	return add_change(parse, m, true, m->value[1] + 1);
}

static bool take_old_update(struct parse *parse, const struct log_match *m)
{
	return add_change(parse, m, false, m->value[1]);
}

static bool take_old_remove(struct parse *parse, const struct log_match *m)
{
	return add_change(parse, m, true, m->value[1]);
}

static bool take_last_pfn(struct parse *parse, const struct log_match *m)
{
	struct log_facts *f = parse->facts;

	for (size_t i = 0; i < f->changes.nr; i++)
		f->changes.at[i].after_last_pfn = false;
	return LIST_ADD(parse, &f->last_pfns, m->value[0]);
}

/* ---- Nodes ----------------------------------------------------------------------------- */

static bool valid_node(unsigned long long nid)
{
	return nid < MAX_NODES;
}

static bool add_srat_memory(struct parse *parse, const struct log_match *m, uint64_t end)
{
	struct log_match found;
	bool hotplug = find_text(m->word, "hotplug", &found);
	bool nv = find_text(m->word, "non-volatile", &found);

	if (!valid_node(m->value[0]) || m->value[1] > UINT32_MAX || !valid_range(m->value[2], end))
		return false;
	return LIST_ADD(parse, &parse->facts->srat_memory, (unsigned int)m->value[0],
			(unsigned int)m->value[1], m->value[2], end, hotplug, nv);
}

static bool take_srat_memory(struct parse *parse, const struct log_match *m)
{
	return add_srat_memory(parse, m, m->value[3] + 1);
}

static bool take_old_srat_memory(struct parse *parse, const struct log_match *m)
{
	return add_srat_memory(parse, m, m->value[3]);
}

static bool take_srat_cpu(struct parse *parse, const struct log_match *m)
{
	if (!valid_node(m->value[2]) || m->value[0] > UINT32_MAX || m->value[1] > UINT32_MAX)
		return false;
	return LIST_ADD(parse, &parse->facts->srat_cpus, (unsigned int)m->value[2],
			(unsigned int)m->value[0], (unsigned int)m->value[1]);
}

static bool take_no_numa(struct parse *parse, const struct log_match *m)
{
	(void)m;
	parse->facts->no_numa = true;
	return true;
}

static bool take_dummy_node(struct parse *parse, const struct log_match *m)
{
	parse->facts->dummy_end = m->value[1] + 1;
	return true;
}

static bool take_old_dummy_node(struct parse *parse, const struct log_match *m)
{
	parse->facts->dummy_end = m->value[1];
	return true;
}

static bool take_fake_node(struct parse *parse, const struct log_match *m)
{
	return valid_node(m->value[0]) &&
	       LIST_ADD(parse, &parse->facts->fake_nodes, (unsigned int)m->value[0], m->value[1],
			m->value[2] + 1);
}

/* ---- `numactl --hardware` ---------------------------------------------------------------- */

static bool take_distances(struct parse *parse, const struct log_match *m)
{
	(void)m;
	parse->section = parse->facts->nr_distances ? SECTION_NONE : SECTION_DISTANCES;
	return true;
}

/* "node   0   1": the heading of the table; the first one counts. */
static bool take_distance_columns(struct parse *parse, const struct log_match *m)
{
	struct log_facts *f = parse->facts;
	const char *p = m->word;
	unsigned int most = (unsigned int)m->value[0];

	if (parse->section != SECTION_DISTANCES || parse->nr_columns || m->value[0] >= MAX_COLUMNS)
		return false;
	parse->columns[parse->nr_columns++] = most;
	while (parse->nr_columns < MAX_COLUMNS) {
		char *end;
		unsigned long nid = strtoul(p, &end, 10);

		if (end == p || nid >= MAX_COLUMNS)
			break;
		parse->columns[parse->nr_columns++] = (unsigned int)nid;
		most = nid > most ? (unsigned int)nid : most;
		p = end;
	}
	f->nr_distances = most + 1;
	for (unsigned int i = 0; i < f->nr_distances * f->nr_distances; i++)
		if (!LIST_ADD(parse, &f->distances, 0))
			return false;
	return true;
}

static bool take_distance_row(struct parse *parse, const struct log_match *m)
{
	struct log_facts *f = parse->facts;
	const char *p = m->word;

	if (parse->section != SECTION_DISTANCES || m->value[0] >= f->nr_distances)
		return false;
	for (unsigned int i = 0; i < parse->nr_columns; i++) {
		char *end;
		unsigned long distance = strtoul(p, &end, 10);

		if (end == p || distance > 255)
			return false;
		f->distances.at[m->value[0] * f->nr_distances + parse->columns[i]] = distance;
		p = end;
	}
	return true;
}

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
	int zone = zone_number(m->word, m->word_len);

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
	int zone = zone_number(m->word, m->word_len);

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
	int zone = zone_number(m->word, m->word_len);

	return zone >= 0 && LIST_ADD(parse, &parse->facts->holes, 0, zone, m->value[0]);
}

static bool take_hole(struct parse *parse, const struct log_match *m)
{
	int zone = zone_number(m->word, m->word_len);

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
	char *name = tidy_copy(parse, what, what_len);
	char *text = tidy_copy(parse, order, strlen(order));

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
	f->memory_of_pages = find_text(m->word, "rwdata", &found);
	f->memory_absent = -1;
	if (find_text(m->word, "%dk absent", &found) || find_text(m->word, "%dK absent", &found))
		f->memory_absent = (int64_t)found.value[0];
	return true;
}

/* ---- /proc/zoneinfo ----------------------------------------------------------------------- */

/* Lines of buddyinfo and pagetypeinfo start alike, but go on. */
static bool take_zoneinfo(struct parse *parse, const struct log_match *m)
{
	int zone = zone_number(m->word, m->word_len);

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

/* Not lines of the log, but pasted below it. */
static const char dumps[] = "dumps";

/*
 * The first pattern that matches and whose function takes the line has it. A line
 * that is not taken may be the first part of one.
 */
static const struct pattern {
	const char *text;
	bool (*take)(struct parse *parse, const struct log_match *match);
	const char *kernels;
} patterns[] = {
	{"Linux version %s", take_version, "all"},
	{"baremm version %s", take_own_version, "ours"},
	{"Command line: %s", take_command_line, "all"},
	{"Kernel command line: %s", take_command_line, "all"},

	{"BIOS-provided physical RAM map:", take_map_header, "all"},
	{"Xen: [mem %x-%x] %s", take_bios, "3.5 on, Xen's PV guests"},
	{"BIOS-e820: [mem %x-%x] %s", take_bios, "3.5 on"},
	{"BIOS-e820: [gap %x-%x]", take_nothing, "7.0 on"},
	{"BIOS-e820: %x - %x %s", take_old_bios, "to 3.4"},
	{"user: [mem %x-%x] %s", take_user, "3.5 on"},
	{"user: [gap %x-%x]", take_nothing, "7.0 on"},
	{"user: %x - %x %s", take_old_user, "to 3.4"},
	{"reserve setup_data: [mem %x-%x] %s", take_setup_data, "3.5 on"},
	{"modified: [mem %x-%x] %s", take_modified, "3.5 on"},
	{"modified: %x - %x %s", take_old_modified, "to 3.4"},
	{"e820: update [mem %x-%x] %s", take_update, "3.5 on"},
	{"e820: remove [mem %x-%x] %s", take_remove, "3.5 on"},
	{"e820 update range: %x - %x %s", take_old_update, "to 3.4"},
	{"e820 remove range: %x - %x %s", take_old_remove, "to 3.4"},
	{"e820: last_pfn = %x max_arch_pfn = %x", take_last_pfn, "3.5 on"},
	{"last_pfn = %x max_arch_pfn = %x", take_last_pfn, "to 3.4"},

	{"ACPI: SRAT: Node %d PXM %d [mem %x-%x] %s", take_srat_memory, "4.6 on"},
	{"SRAT: Node %d PXM %d [mem %x-%x] %s", take_srat_memory, "3.5 to 4.5"},
	{"SRAT: Node %d PXM %d [%x,%x) %s", take_old_srat_memory, "3.1 to 3.4"},
	{"SRAT: Node %d PXM %d %x-%x %s", take_old_srat_memory, "to 3.0"},
	{"ACPI: SRAT: PXM %d -> APIC %x -> Node %d", take_srat_cpu, "some"},
	{"SRAT: PXM %d -> APIC %x -> Node %d", take_srat_cpu, "all"},
	{"No NUMA configuration found", take_no_numa, "all"},
	{"Faking a node at [mem %x-%x]", take_dummy_node, "3.5 on"},
	{"Faking a node at %x-%x", take_old_dummy_node, "to 3.4"},
	{"Faking node %d at [mem %x-%x]", take_fake_node, "3.5 on"},

	{"node distances:", take_distances, dumps},
	{"node %d %s", take_distance_columns, dumps},
	{"%d: %s", take_distance_row, dumps},

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

	{"===", take_section, dumps},
	{"Node %d, zone %s", take_zoneinfo, dumps},
	{"spanned %d", take_spanned, dumps},
	{"present %d", take_present, dumps},
	{"managed %d", take_managed, dumps},
	{"start_pfn: %d", take_start_pfn, dumps},
};

#define NR_PATTERNS (sizeof(patterns) / sizeof(*patterns))

/* The first two characters that a pattern's line starts with, to pass by most at once. */
static bool may_match(const char *line, const char *pattern)
{
	return *pattern == '%' || *line == *pattern;
}

static bool take_line(struct parse *parse, const char *line)
{
	struct log_match match;

	for (size_t i = 0; i < NR_PATTERNS; i++)
		if (may_match(line, patterns[i].text) &&
		    log_match(line, patterns[i].text, &match) && !match.overflow &&
		    patterns[i].take(parse, &match))
			return true;
	return false;
}

/*
 * The line says the start of something that matters, and maybe no more: "Node" or a
 * number alone say nothing yet.
 */
static bool starts_like_fact(const char *line)
{
	struct log_match match;

	for (size_t i = 0; i < NR_PATTERNS; i++) {
		const char *text = patterns[i].text;

		if (*text == '%' || *line != *text || strlen(line) < 12 ||
		    patterns[i].kernels == dumps)
			continue;
		if (log_match_start(line, text) || log_match(line, text, &match))
			return true;
	}
	return false;
}

static bool is_whole_fact(const char *line)
{
	struct log_match match;

	for (size_t i = 0; i < NR_PATTERNS; i++)
		if (*patterns[i].text != '%' && log_match(line, patterns[i].text, &match))
			return true;
	return false;
}

/* Joins lines to one that is not complete, as long as they are nothing by themselves. */
static bool take_joined(struct parse *parse, struct log_reader *reader)
{
	for (int i = 0; i < 3; i++) {
		const char *ahead = log_reader_peek(reader);

		if (!ahead || starts_like_fact(ahead) || is_whole_fact(ahead))
			return false;
		log_reader_join(reader);
		if (take_line(parse, reader->line.text))
			return true;
	}
	return false;
}

static void read_lines(struct parse *parse, struct log_reader *reader)
{
	struct log_facts *f = parse->facts;
	const char *line;

	while (!parse->done && !parse->no_memory && (line = log_reader_next(reader))) {
		f->nr_lines++;
		if (take_line(parse, line) || !starts_like_fact(line))
			continue;
		if (!take_joined(parse, reader))
			f->nr_garbled++;
	}
	f->nr_joined = reader->nr_joined;
}

struct log_facts *log_facts_read(const char *text, size_t len)
{
	struct parse *parse = calloc(1, sizeof(*parse));
	struct log_facts *facts = calloc(1, sizeof(*facts));
	struct log_reader reader;

	if (!parse || !facts || !log_reader_init(&reader, text, len)) {
		free(parse);
		free(facts);
		return NULL;
	}
	facts->zeroed_pages = facts->reserved_unavailable = -1;
	facts->nr_zonelists = facts->memory_absent = -1;
	parse->facts = facts;
	read_lines(parse, &reader);
	log_reader_exit(&reader);
	if (parse->no_memory) {
		log_facts_free(facts);
		facts = NULL;
	}
	free(parse);
	return facts;
}

static void free_orders(struct fact_order *orders, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(orders[i].what);
		free(orders[i].order);
	}
	free(orders);
}

void log_facts_free(struct log_facts *f)
{
	if (!f)
		return;
	free(f->command_line);
	free(f->bios.at);
	free(f->user.at);
	free(f->setup_data.at);
	free(f->modified.at);
	free(f->changes.at);
	free(f->last_pfns.at);
	free(f->srat_memory.at);
	free(f->srat_cpus.at);
	free(f->fake_nodes.at);
	free(f->distances.at);
	free(f->movable.at);
	free(f->node_ranges.at);
	free(f->initmem.at);
	free(f->totalpages.at);
	free(f->zone_lines.at);
	free(f->holes.at);
	free_orders(f->fallback.at, f->fallback.nr);
	free_orders(f->zonelists.at, f->zonelists.nr);
	free(f->zoneinfo.at);
	free(f);
}
