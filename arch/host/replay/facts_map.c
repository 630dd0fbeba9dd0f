/* SPDX-License-Identifier: MIT */
/* Lines of the kernel itself, of the firmware's map, and of what became of it. */
#include "facts_parse.h"

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
		parse->facts->command_line = parse_copy(parse, m->word, m->word_len);
	return true;
}

/* ---- e820 ------------------------------------------------------------------------------ */

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

	if (parse_find(m->word, "==> %s", &after))
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

/* ---- The table ------------------------------------------------------------------------------- */

const struct pattern map_patterns[] = {
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
	{NULL, NULL, NULL},
};
