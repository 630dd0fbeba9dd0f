/* SPDX-License-Identifier: MIT */
/*
 * build/replay [OPTIONS] LOG: brings up the machine that a boot log describes, on
 * this host, with the same mm/ as the program, and prints what it would print
 * there, or with --compare, what of it differs from what the log says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <baremm/e820.h>
#include <host/machine.h>

#include "compare.h"
#include "log_facts.h"
#include "machine.h"

/* Exit status */
enum { SAME = 0, DIFFERS = 1, NOT_RUN = 2 };

/* A log larger than that is not one of a boot. */
#define LOG_SIZE_MAX (256UL << 20)

struct arguments {
	bool compare, json;
	const char *log;
	struct machine_options machine;
	char options[4096];
};

static void print_usage(FILE *out)
{
	fprintf(out,
		"usage: replay [--compare] [--json] [--no-log-options] [OPTIONS] LOG\n"
		"\n"
		"LOG is a boot log of Linux or of this program, or - for standard input.\n"
		"OPTIONS are the program's own, such as kernelcore=1G. mem=, memmap=, numa=,\n"
		"kernelcore=, movablecore= and movable_node of the log's command line come first.\n"
		"\n"
		"  --compare         hold the result against what the log says; exit status 1\n"
		"                    if anything differs\n"
		"  --json            the comparison for programs\n"
		"  --no-log-options  leave out the options of the log's command line\n");
}

static bool parse_arguments(struct arguments *args, int argc, char **argv)
{
	size_t used = 0;

	*args = (struct arguments){0};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--compare") == 0)
			args->compare = true;
		else if (strcmp(argv[i], "--json") == 0)
			args->compare = args->json = true;
		else if (strcmp(argv[i], "--no-log-options") == 0)
			args->machine.ignore_log = true;
		else if (strncmp(argv[i], "--", 2) == 0)
			return false;
		else if (i == argc - 1)
			args->log = argv[i];
		else
			used += (size_t)snprintf(args->options + used, sizeof(args->options) - used,
						 "%s ", argv[i]);
		if (used >= sizeof(args->options))
			return false;
	}
	args->machine.options = args->options;
	args->machine.trace = args->compare;
	return args->log != NULL;
}

/* The whole file, to be freed; NULL after a message. */
static char *read_file(const char *name, size_t *len)
{
	FILE *opened = strcmp(name, "-") == 0 ? NULL : fopen(name, "rb");
	FILE *f = strcmp(name, "-") == 0 ? stdin : opened;
	size_t max = 1 << 16, n = 1;
	char *bytes = malloc(max), *more;

	if (!f || !bytes) {
		fprintf(stderr, "replay: cannot open %s: %s\n", name, strerror(errno));
		if (opened)
			fclose(opened);
		free(bytes);
		return NULL;
	}
	for (*len = 0; n && *len < LOG_SIZE_MAX; *len += n) {
		more = *len == max ? realloc(bytes, max *= 2) : bytes;
		if (!more)
			break;
		bytes = more;
		n = fread(bytes + *len, 1, max - *len, f);
	}
	if (n || ferror(f) || *len >= LOG_SIZE_MAX) {
		fprintf(stderr, "replay: cannot read %s, or it is larger than %lu MB\n", name,
			LOG_SIZE_MAX >> 20);
		free(bytes);
		bytes = NULL;
	}
	if (opened)
		fclose(opened);
	return bytes;
}

/* Says what a machine cannot be built without. */
static bool has_map(const struct log_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->bios.nr; i++)
		if (facts->bios.at[i].type == 1)
			return true;
	fprintf(stderr,
		"replay: %s: %lu lines, and none says \"BIOS-e820: [mem 0x…-0x…] usable\": the "
		"firmware's memory map is missing. It is in the first lines of `dmesg`, as long "
		"as they were not overwritten: try `journalctl -k -b` or /var/log/dmesg.\n",
		name, facts->nr_lines);
	return false;
}

static bool has_results(const struct log_facts *facts, const char *name)
{
	if (facts->zones[0].known || facts->node_ranges.nr || facts->last_pfns.nr)
		return true;
	fprintf(stderr,
		"replay: %s: there is nothing to compare with: the lines from \"last_pfn\", \"Zone "
		"ranges:\" and \"Early memory node ranges\" on are missing.\n",
		name);
	return false;
}

static int compare_log(const struct arguments *args, const struct log_facts *facts,
		       const struct machine *machine)
{
	struct log_facts *ours = log_facts_read(host_log(), strlen(host_log()));
	struct comparison c;
	int status;

	if (!ours)
		return NOT_RUN;
	compare_facts(&c, facts, ours, machine);
	if (args->json)
		comparison_print_json(&c, facts, args->log, stdout);
	else
		comparison_print(&c, facts, stdout);
	status = c.count[FACT_DIFFERENT] ? DIFFERS : SAME;
	comparison_free(&c);
	log_facts_free(ours);
	return status;
}

static int run(const struct arguments *args, const struct log_facts *facts)
{
	struct machine machine;
	const char *failure = machine_bring_up(&machine, facts, &args->machine);

	if (failure) {
		fprintf(stderr, "%s", host_log());
		fprintf(stderr, "replay: %s: the machine did not come up: %s\n", args->log,
			failure);
		return NOT_RUN;
	}
	if (args->compare)
		e820__end_of_low_ram_pfn(); /* Linux prints it, the program does not */
	else
		fputs(host_log(), stdout);
	if (machine.faults) {
		fprintf(stderr, "replay: %s: %d faults in what was built\n", args->log,
			machine.faults);
		return NOT_RUN;
	}
	return args->compare ? compare_log(args, facts, &machine) : SAME;
}

int main(int argc, char **argv)
{
	static struct arguments args;
	struct log_facts *facts;
	size_t len;
	char *bytes;
	int status = NOT_RUN;

	if (!parse_arguments(&args, argc, argv)) {
		print_usage(stderr);
		return NOT_RUN;
	}
	bytes = read_file(args.log, &len);
	if (!bytes)
		return NOT_RUN;
	facts = log_facts_read(bytes, len);
	free(bytes);
	if (!facts)
		fprintf(stderr, "replay: %s: no memory to read it\n", args.log);
	else if (has_map(facts, args.log) && (!args.compare || has_results(facts, args.log)))
		status = run(&args, facts);
	log_facts_free(facts);
	return status;
}
