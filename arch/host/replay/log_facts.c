/* SPDX-License-Identifier: MIT */
/*
 * Lines to facts: each line goes by the tables of patterns, and is joined to the
 * next where it is only the start of one that matters.
 */
#include "log_facts.h"

#include "facts_parse.h"

const char *const fact_zone_names[FACT_ZONES] = {"DMA",	    "DMA32",  "Normal",
						 "Movable", "Device", "HighMem"};

/* Their order counts: what the first takes the next do not see. */
static const struct pattern *const tables[] = {map_patterns, mtrr_patterns, node_patterns,
					       zone_patterns};
#define NR_TABLES (sizeof(tables) / sizeof(*tables))

#define for_each_pattern(p)                       \
	for (size_t t_ = 0; t_ < NR_TABLES; t_++) \
		for (const struct pattern *p = tables[t_]; p->text; p++)

/* ---- What the tables' functions use ------------------------------------------------ */

void *parse_grow(struct parse *parse, void **at, size_t *nr, size_t *max, size_t size)
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

bool parse_find(const char *text, const char *pattern, struct log_match *match)
{
	for (; *text; text++)
		if (log_match(text, pattern, match))
			return true;
	return false;
}

int parse_zone(const char *word, size_t len)
{
	for (int i = 0; i < FACT_ZONES; i++)
		if (strlen(fact_zone_names[i]) == len && memcmp(word, fact_zone_names[i], len) == 0)
			return i;
	return -1;
}

char *parse_copy(struct parse *parse, const char *word, size_t len)
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

/* ---- Lines ------------------------------------------------------------------------- */

/* Passes by most patterns at once. */
static bool may_match(const char *line, const char *pattern)
{
	return *pattern == '%' || *line == *pattern;
}

/*
 * The first pattern that matches and whose function takes the line has it. A line
 * that is not taken may be the first part of one.
 */
static bool take_line(struct parse *parse, const char *line)
{
	struct log_match match;

	for_each_pattern (p)
		if (may_match(line, p->text) && log_match(line, p->text, &match) &&
		    p->take(parse, &match))
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

	for_each_pattern (p) {
		const char *text = p->text;

		if (*text == '%' || *line != *text || strlen(line) < 12 || !p->kernels)
			continue;
		if (log_match_start(line, text) || log_match(line, text, &match))
			return true;
	}
	return false;
}

static bool is_whole_fact(const char *line)
{
	struct log_match match;

	for_each_pattern (p)
		if (*p->text != '%' && log_match(line, p->text, &match))
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
