/* SPDX-License-Identifier: MIT */
/* The comparison: how results are made, and the order in which facts are looked at. */
#define _GNU_SOURCE
#include "compare_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- Results ------------------------------------------------------------------------------ */

char *fact_text(const char *fmt, ...)
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

/*
 * Does the log have anything that a boot prints after the lines of @group? If not, it may
 * have been cut off in the midst of them.
 */
static bool goes_on_after(const struct compare *k, const char *group)
{
	const struct log_facts *f = k->log;
	bool lists = f->has_memory_line || f->zoneinfo.nr;
	bool pages = lists || f->zonelists.nr || f->nr_zonelists >= 0;
	bool nodes = pages || f->fallback.nr || f->zeroed_pages >= 0;

	if (strcmp(group, "zonelist") == 0)
		return lists;
	if (strcmp(group, "fallback") == 0)
		return pages;
	if (strcmp(group, "initmem") == 0 || strcmp(group, "unavailable") == 0)
		return nodes;
	return strcmp(group, "node_range") != 0 || nodes || f->initmem.nr || f->holes.nr ||
	       f->totalpages.nr || f->zone_lines.nr;
}

void fact_check_note(struct compare *k, const char *group, char *what, char *linux_says, char *here,
		     const char *note)
{
	if (!*linux_says && !goes_on_after(k, group))
		fact_skip(k, group, what, linux_says, here, "the log ends in the midst of these");
	else
		add(k, strcmp(linux_says, here) == 0 ? FACT_EQUAL : FACT_DIFFERENT, group, what,
		    linux_says, here, note);
}

void fact_check(struct compare *k, const char *group, char *what, char *linux_says, char *here)
{
	fact_check_note(k, group, what, linux_says, here, NULL);
}

void fact_skip(struct compare *k, const char *group, char *what, char *linux_says, char *here,
	       const char *why)
{
	add(k, FACT_NOT_COMPARABLE, group, what, linux_says, here, why);
}

char *fact_number(uint64_t n)
{
	return fact_text("%" PRIu64, n);
}

char *fact_span(uint64_t start, uint64_t end)
{
	return fact_text("[mem 0x%016" PRIx64 "-0x%016" PRIx64 "]", start, end - 1);
}

uint64_t fact_highest(const struct fact_numbers *numbers)
{
	uint64_t most = 0;

	for (size_t i = 0; i < numbers->nr; i++)
		most = numbers->at[i] > most ? numbers->at[i] : most;
	return most;
}

/* ---- All of it ------------------------------------------------------------------------------------------- */

static void add_note(struct comparison *c, const char *note)
{
	char *longer = fact_text("%s  %s\n", c->notes ? c->notes : "", note);

	free(c->notes);
	c->notes = longer;
}

/* What the log does not say, and its results tell. */
static void note_assumptions(struct compare *k)
{
	const struct machine *m = k->machine;

	k->c->notes = fact_text("%s", "");
	if (m->low_64k_assumed)
		add_note(k->c, "assumed: the kernel left out the low 64 KB");
	if (m->page_0_assumed)
		add_note(k->c, "assumed: the kernel kept page 0");
	if (m->nodes_from_ranges)
		add_note(k->c,
			 "assumed: nodes as in Early memory node ranges, for the log has no SRAT");
	if (k->log->low_memory)
		add_note(k->c, "a 32-bit kernel: pages of its zones, zonelists and totals are not "
			       "compared");
	if (m->map_is_later)
		add_note(k->c,
			 "assumed: the later map in the log, for it does not say how it was made");
}

static void note_missing(struct compare *k)
{
	const struct log_facts *f = k->log;
	const struct {
		bool there;
		const char *name;
	} kinds[] = {
		{f->version.text[0], "Linux version"},
		{f->command_line, "Command line (options)"},
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
	char *list = fact_text("%s", "");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		char *longer;

		if (kinds[i].there)
			continue;
		longer = fact_text("%s%s%s", list, *list ? ", " : "", kinds[i].name);
		free(list);
		list = longer;
	}
	k->c->missing = list;
}

static void compare_as(struct comparison *c, const struct log_facts *log,
		       const struct log_facts *ours, const struct machine *machine,
		       const struct kernel_version *version)
{
	struct compare k = {.c = c, .log = log, .ours = ours, .machine = machine};

	*c = (struct comparison){0};
	k.rules = kernel_rules(version);
	compare_map(&k);
	compare_nodes(&k);
	compare_zone_limits(&k);
	if (!log->low_memory) {
		compare_pages(&k);
		compare_lists(&k);
		compare_totals(&k);
	}
	note_missing(&k);
	note_assumptions(&k);
}

/* A log without the kernel's version follows those rules that fit it best. */
static void compare_as_best(struct comparison *best, const struct log_facts *log,
			    const struct log_facts *ours, const struct machine *machine)
{
	static const struct kernel_version versions[] = {
		{6, 1, 0, "6.1", false},     {6, 12, 0, "6.12", false}, {5, 4, 0, "5.4", false},
		{4, 19, 0, "4.19", false},   {4, 12, 0, "4.12", false}, {4, 0, 0, "4.0", false},
		{3, 14, 0, "3.14", false},   {3, 10, 0, "3.10", false}, {3, 8, 0, "3.8", false},
		{2, 6, 32, "2.6.32", false},
	};
	const char *like = versions[0].text;
	char *note;

	compare_as(best, log, ours, machine, &versions[0]);
	for (size_t i = 1; i < sizeof(versions) / sizeof(*versions); i++) {
		struct comparison c;

		compare_as(&c, log, ours, machine, &versions[i]);
		if (c.count[FACT_DIFFERENT] < best->count[FACT_DIFFERENT]) {
			comparison_free(best);
			*best = c;
			like = versions[i].text;
		} else {
			comparison_free(&c);
		}
	}
	note = fact_text("assumed: a kernel like %s, whose rules fit best", like);
	add_note(best, note);
	free(note);
}

void compare_facts(struct comparison *c, const struct log_facts *log, const struct log_facts *ours,
		   const struct machine *machine)
{
	if (log->version.text[0])
		compare_as(c, log, ours, machine, &log->version);
	else
		compare_as_best(c, log, ours, machine);
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
