/* SPDX-License-Identifier: MIT */
/* The comparison for people, and as JSON. */
#include "compare.h"

#include <string.h>

static const char *const status_words[] = {"equal", "DIFFERENT", "not comparable"};
static const char *const status_names[] = {"equal", "different", "not comparable"};

static void print_result(const struct fact_result *r, FILE *out)
{
	fprintf(out, "%-14s %-11s %s: ", status_words[r->status], r->group, r->what);
	if (r->status == FACT_EQUAL)
		fprintf(out, "%s", r->here);
	else
		fprintf(out, "Linux %s, here %s", *r->linux_says ? r->linux_says : "nothing",
			*r->here ? r->here : "nothing");
	fprintf(out, r->note ? " (%s)\n" : "\n", r->note);
}

/* Each reason once, with how many facts it holds for. */
static void print_reasons(const struct comparison *c, FILE *out)
{
	for (size_t i = 0; i < c->nr; i++) {
		size_t same = 0, before = 0;

		if (c->at[i].status != FACT_NOT_COMPARABLE)
			continue;
		for (size_t j = 0; j < c->nr; j++) {
			if (c->at[j].status != FACT_NOT_COMPARABLE ||
			    strcmp(c->at[j].note, c->at[i].note) != 0)
				continue;
			same++;
			before += j < i;
		}
		if (!before)
			fprintf(out, "  %zu not comparable: %s (%s)\n", same, c->at[i].note,
				c->at[i].group);
	}
}

static size_t compared(const struct comparison *c)
{
	return c->count[FACT_EQUAL] + c->count[FACT_DIFFERENT];
}

void comparison_print(const struct comparison *c, const struct log_facts *log, FILE *out)
{
	for (size_t i = 0; i < c->nr; i++)
		print_result(&c->at[i], out);
	fprintf(out,
		"kernel %s: %zu facts compared, %zu equal, %zu different, %zu not comparable\n",
		*log->version.text ? log->version.text : "not known", compared(c),
		c->count[FACT_EQUAL], c->count[FACT_DIFFERENT], c->count[FACT_NOT_COMPARABLE]);
	print_reasons(c, out);
	fputs(c->notes, out);
	if (*c->missing)
		fprintf(out, "  not in the log: %s\n", c->missing);
	if (log->nr_garbled)
		fprintf(out, "  %lu lines start like facts, but cannot be understood\n",
			log->nr_garbled);
	if (log->second_boot)
		fprintf(out, "  another boot follows in the log, not read\n");
}

static void print_string(const char *s, FILE *out)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
			fprintf(out, "\\u%04x", (unsigned char)*s);
		else
			fputc(*s, out);
	}
	fputc('"', out);
}

static void print_member(const char *name, const char *value, FILE *out)
{
	fprintf(out, ", \"%s\": ", name);
	print_string(value, out);
}

void comparison_print_json(const struct comparison *c, const struct log_facts *log,
			   const char *name, FILE *out)
{
	fprintf(out, "{\"log\": ");
	print_string(name, out);
	print_member("kernel", log->version.text, out);
	fprintf(out,
		", \"compared\": %zu, \"equal\": %zu, \"different\": %zu, \"not_comparable\": %zu",
		compared(c), c->count[FACT_EQUAL], c->count[FACT_DIFFERENT],
		c->count[FACT_NOT_COMPARABLE]);
	print_member("missing", c->missing, out);
	print_member("notes", c->notes, out);
	fprintf(out, ", \"garbled_lines\": %lu, \"facts\": [", log->nr_garbled);
	for (size_t i = 0; i < c->nr; i++) {
		const struct fact_result *r = &c->at[i];

		fprintf(out, "%s\n{\"group\": \"%s\"", i ? "," : "", r->group);
		print_member("what", r->what, out);
		print_member("status", status_names[r->status], out);
		print_member("linux", r->linux_says, out);
		print_member("here", r->here, out);
		if (r->note)
			print_member("note", r->note, out);
		fprintf(out, "}");
	}
	fprintf(out, "\n]}\n");
}
