/* SPDX-License-Identifier: MIT */
/* Lines of the SRAT, of nodes without one, and a pasted table of distances. */
#include "facts_parse.h"

/* ---- Nodes ----------------------------------------------------------------------------- */

static bool add_srat_memory(struct parse *parse, const struct log_match *m, uint64_t end)
{
	struct log_match found;
	bool hotplug = parse_find(m->word, "hotplug", &found);
	bool nv = parse_find(m->word, "non-volatile", &found);
	bool none = end && end == m->value[2]; /* no memory, but the domain gets its node */

	if (!valid_node(m->value[0]) || m->value[1] > UINT32_MAX ||
	    (!none && !valid_range(m->value[2], end)))
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

/* ---- The table ------------------------------------------------------------------------------- */

const struct pattern node_patterns[] = {
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

	{"node distances:", take_distances, NULL},
	{"node %d %s", take_distance_columns, NULL},
	{"%d: %s", take_distance_row, NULL},
	{NULL, NULL, NULL},
};
