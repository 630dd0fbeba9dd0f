/* SPDX-License-Identifier: MIT */
/*
 * The machine that a log describes, brought up in this process by mm/ itself.
 *
 *   firmware's table, user's table --> boot record --> mm_bring_up() --> its log
 *   options of the command line -----> parse_options()      ^
 *   changes that Linux made besides ------------------------|
 *   nodes, distances --> ACPI tables in the machine's memory|
 *
 * Lifetime: one machine in a process.
 * Locking:  none.
 * Failure:  a text that says why, for a person.
 */
#ifndef _REPLAY_MACHINE_H
#define _REPLAY_MACHINE_H

#include "log_facts.h"

struct machine_options {
	const char *options; /* given by the user, after the log's own */
	bool ignore_log;     /* the log's command line does not count */
	bool trace;	     /* all that can be compared is printed */
};

struct machine {
	char *options;		       /* what the program was given */
	struct fact_ranges setup_data; /* the table with setup data split off */
	struct fact_ranges modified;   /* with all changes that shrink memory */
	bool low_64k_assumed;	       /* Linux left it out without a word */
	bool page_0_assumed;	       /* Linux kept it, without a word */
	uint64_t first_pfns[2];	       /* end of RAM, and of that below 4 GB, before MTRRs */
	bool nodes_from_ranges;	       /* the log has no SRAT: nodes are its ranges' */
	bool map_is_later;	       /* not the firmware's, but one that came of it */
	bool dummy_from_ram;	       /* the dummy node starts at the first RAM */
	int faults;		       /* that mm_verify_all() found */
	const char *output;	       /* what the program printed, dumps behind it */
};

/* Whether a change is one that Linux makes for its own tables once memory is set up. */
bool change_is_kernels_own(const struct log_facts *facts, const struct fact_change *change);

/* NULL, or why the machine could not be brought up. */
const char *machine_bring_up(struct machine *machine, const struct log_facts *facts,
			     const struct machine_options *options);

#endif /* _REPLAY_MACHINE_H */
