/* SPDX-License-Identifier: MIT */
/* The map and the nodes: what firmware said, and what Linux made of it at first. */
#include "compare_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- e820 ----------------------------------------------------------------------------------- */

static char *type_word(uint32_t type)
{
	switch (type) {
	case 1:
		return fact_text("usable");
	case 2:
		return fact_text("reserved");
	case 3:
		return fact_text("ACPI data");
	case 4:
		return fact_text("ACPI NVS");
	case 5:
		return fact_text("unusable");
	case 7:
	case 12:
		return fact_text("persistent (type %u)", type);
	case 0xefffffff:
		return fact_text("soft reserved");
	}
	return fact_text("type %u", type);
}

static char *range_text(const struct fact_range *r)
{
	char *where = fact_span(r->start, r->end), *type = type_word(r->type);
	char *s = fact_text("%s %s", where, type);

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

		fact_check(k, group, fact_text("range %zu", i), range_text(&log->at[i]),
			   same ? range_text(same) : fact_text("%s", ""));
	}
	for (size_t i = 0; i < ours->nr; i++)
		if (!used[i])
			fact_check(k, group, fact_text("one more"), fact_text("%s", ""),
				   range_text(&ours->at[i]));
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
	if (k->log->user.nr) {
		fact_skip(k, "setup_data", fact_text("table"),
			  fact_text("%zu ranges", k->log->setup_data.nr), fact_text("%s", ""),
			  "the changes that led to it are not in the log");
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
	char *where = fact_span(c->start, c->end), *from = type_word(c->from),
	     *to = type_word(c->to), *s;

	if (c->remove)
		s = fact_text("remove %s %s", where, c->from ? from : "");
	else
		s = fact_text("update %s %s ==> %s", where, from, to);
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
			fact_skip(k, "change", fact_text("change %zu", i), change_text(c),
				  fact_text("%s", ""),
				  "Linux's own, of firmware tables in RAM: no memory is lost");
			continue;
		}
		while (j < ours->nr && (used[j] || !same_change(c, &ours->at[j])))
			j++;
		used[j < ours->nr ? j : ours->nr] = true;
		fact_check(k, "change", fact_text("change %zu", i), change_text(c),
			   j < ours->nr ? change_text(&ours->at[j]) : fact_text("%s", ""));
	}
	for (size_t j = 0; j < ours->nr; j++)
		if (!used[j] && log->nr && !is_assumption(k, &ours->at[j]))
			fact_check(k, "change", fact_text("one more"), fact_text("%s", ""),
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

/*
 * The end of RAM, and that of RAM below 4 GB, in whichever order the kernel looks, and
 * once more where MTRRs made it lower.
 */
static void compare_last_pfns(struct compare *k)
{
	uint64_t max_pfn = fact_highest(&k->ours->last_pfns);

	for (size_t i = 0; i < k->log->last_pfns.nr; i++) {
		uint64_t pfn = k->log->last_pfns.at[i];

		fact_check(k, "last_pfn", fact_text("line %zu", i), fact_text("%#" PRIx64, pfn),
			   fact_text("%#" PRIx64, is_last_pfn(k, pfn) ? pfn : max_pfn));
	}
}

void compare_map(struct compare *k)
{
	const struct log_facts *log = k->log, *ours = k->ours;

	if (!k->machine->map_is_later) {
		compare_tables(k, "e820", &log->bios, &ours->bios);
		compare_tables(k, "user", &log->user, &ours->user);
	}
	compare_setup_data(k);
	if (log->modified.nr && log->changes.nr)
		compare_tables(k, "modified", &log->modified, &k->machine->modified);
	else if (log->modified.nr)
		fact_skip(k, "modified", fact_text("table"),
			  fact_text("%zu ranges", log->modified.nr), fact_text("%s", ""),
			  "the changes that led to it are not in the log");
	compare_changes(k);
	compare_last_pfns(k);
}

/* ---- Nodes ------------------------------------------------------------------------------------ */

static char *node_of_cpu(const struct log_facts *facts, const struct fact_srat_cpu *like)
{
	for (size_t i = 0; i < facts->srat_cpus.nr; i++) {
		const struct fact_srat_cpu *cpu = &facts->srat_cpus.at[i];

		if (cpu->pxm == like->pxm && cpu->apic == like->apic)
			return fact_text("Node %u", cpu->nid);
	}
	return fact_text("%s", "");
}

static char *node_of_memory(const struct log_facts *facts, const struct fact_srat_memory *like)
{
	for (size_t i = 0; i < facts->srat_memory.nr; i++) {
		const struct fact_srat_memory *m = &facts->srat_memory.at[i];

		if (m->pxm == like->pxm && m->start == like->start && m->end == like->end)
			return fact_text("Node %u%s%s", m->nid, m->hotplug ? " hotplug" : "",
					 m->non_volatile ? " non-volatile" : "");
	}
	return fact_text("%s", "");
}

static void compare_srat(struct compare *k)
{
	const struct log_facts *log = k->log;

	for (size_t i = 0; i < log->srat_cpus.nr; i++) {
		const struct fact_srat_cpu *cpu = &log->srat_cpus.at[i];

		fact_check(k, "srat", fact_text("PXM %u -> APIC 0x%x", cpu->pxm, cpu->apic),
			   node_of_cpu(log, cpu), node_of_cpu(k->ours, cpu));
	}
	for (size_t i = 0; i < log->srat_memory.nr; i++) {
		const struct fact_srat_memory *m = &log->srat_memory.at[i];
		char *where = fact_span(m->start, m->end);

		fact_check(k, "srat", fact_text("PXM %u %s", m->pxm, where), node_of_memory(log, m),
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
		fact_check(k, "numa", fact_text("configuration"), fact_text("none"),
			   fact_text("%s", ours->no_numa ? "none" : "nodes of the SRAT"));
	else if (log->srat_memory.nr && !log->dummy_end)
		fact_check(k, "numa", fact_text("configuration"), fact_text("nodes of the SRAT"),
			   fact_text("%s", ours->no_numa ? "none" : "nodes of the SRAT"));
	if (log->dummy_end)
		fact_check(k, "numa", fact_text("dummy node"), fact_span(0, log->dummy_end),
			   ours->dummy_end ? fact_span(0, ours->dummy_end) : fact_text("%s", ""));
}

void compare_node_lists(struct compare *k, const char *group, const struct fact_node_ranges *log,
			const struct fact_node_ranges *ours, bool nodes_known)
{
	size_t nr = log->nr > ours->nr ? log->nr : ours->nr;

	for (size_t i = 0; i < nr; i++) {
		char *a = i < log->nr ? fact_span(log->at[i].start, log->at[i].end)
				      : fact_text("%s", "");
		char *b = i < ours->nr ? fact_span(ours->at[i].start, ours->at[i].end)
				       : fact_text("%s", "");

		if (nodes_known) {
			char *x = a, *y = b;

			a = i < log->nr ? fact_text("node %u %s", log->at[i].nid, x)
					: fact_text("%s", x);
			b = i < ours->nr ? fact_text("node %u %s", ours->at[i].nid, y)
					 : fact_text("%s", y);
			free(x);
			free(y);
		}
		fact_check(k, group, fact_text("range %zu", i), a, b);
	}
}

void compare_nodes(struct compare *k)
{
	if (k->machine->nodes_from_ranges)
		return;
	compare_srat(k);
	compare_dummy(k);
	compare_node_lists(k, "fake", &k->log->fake_nodes, &k->ours->fake_nodes, true);
}
