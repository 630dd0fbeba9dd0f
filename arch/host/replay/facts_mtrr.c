/* SPDX-License-Identifier: MIT */
/*
 * The memory type range registers, which Linux lists one below the other:
 *
 *	MTRR default type: uncachable
 *	MTRR fixed ranges enabled:
 *	  00000-9FFFF write-back
 *	MTRR variable ranges enabled:
 *	  0 base 000000000 mask F80000000 write-back
 *	  1 disabled
 */
#include "facts_parse.h"

#define LOW_END 0x100000

/* -1: no word of Linux's. */
static int type_of(const char *word, size_t len)
{
	static const struct {
		const char *name;
		int type;
	} types[] = {{"uncachable", 0},
		     {"write-combining", 1},
		     {"write-through", 4},
		     {"write-protect", 5},
		     {"write-back", 6}};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (len == strlen(types[i].name) && !memcmp(word, types[i].name, len))
			return types[i].type;
	return -1;
}

static bool take_default(struct parse *parse, const struct log_match *m)
{
	int type = type_of(m->word, m->word_len);

	parse->facts->mtrrs = (struct fact_mtrrs){.default_type = (uint8_t)type};
	parse->section = SECTION_MTRRS;
	return type >= 0;
}

static bool take_fixed_on(struct parse *parse, const struct log_match *m)
{
	(void)m;
	parse->facts->mtrrs.fixed = parse->section == SECTION_MTRRS;
	return parse->facts->mtrrs.fixed;
}

static bool take_fixed_off(struct parse *parse, const struct log_match *m)
{
	(void)m;
	return parse->section == SECTION_MTRRS;
}

static bool take_fixed(struct parse *parse, const struct log_match *m)
{
	int type = type_of(m->word, m->word_len);

	if (parse->section != SECTION_MTRRS || type < 0 || m->value[0] >= m->value[1] ||
	    m->value[1] >= LOW_END)
		return false;
	for (uint64_t page = m->value[0] / PAGE_BYTES; page <= m->value[1] / PAGE_BYTES; page++)
		parse->facts->mtrrs.low[page] = (uint8_t)type;
	return true;
}

static bool take_variable_on(struct parse *parse, const struct log_match *m)
{
	(void)m;
	parse->facts->mtrrs.known = parse->section == SECTION_MTRRS;
	return parse->facts->mtrrs.known;
}

static bool take_variable(struct parse *parse, const struct log_match *m)
{
	struct fact_mtrrs *mtrrs = &parse->facts->mtrrs;
	int type = type_of(m->word, m->word_len);

	if (parse->section != SECTION_MTRRS || type < 0 || mtrrs->nr == FACT_MTRRS)
		return false;
	mtrrs->var[mtrrs->nr++] = (struct fact_mtrr){m->value[1], m->value[2], (uint8_t)type};
	return true;
}

const struct pattern mtrr_patterns[] = {
	{"MTRR default type: %w", take_default, "to 6.4; 6.5 on with mtrr=debug"},
	{"MTRR fixed ranges enabled:", take_fixed_on, "the same"},
	{"MTRR fixed ranges disabled:", take_fixed_off, "the same"},
	{"MTRR variable ranges enabled:", take_variable_on, "the same"},
	{"%d base %x mask %x %w", take_variable, "the same"},
	{"%d disabled", take_fixed_off, "the same"},
	{"%x-%x %w", take_fixed, "the same"},
	{NULL, NULL, NULL},
};
