/* SPDX-License-Identifier: MIT */
/*
 * What a log says Linux computed, fact by fact, beside what mm/ computed.
 *
 * Owns:       its results and their texts.
 * Invariants: every fact of the log is one result; a fact that only one side has is
 *             different. What the log does not let us know is "not comparable", with
 *             the reason, and never counted as equal.
 * Locking:    none.
 * Failure:    abort() where memory is short: half a comparison is none.
 */
#ifndef _REPLAY_COMPARE_H
#define _REPLAY_COMPARE_H

#include <stdio.h>

#include "kernel_rules.h"
#include "log_facts.h"
#include "machine.h"

enum fact_status { FACT_EQUAL, FACT_DIFFERENT, FACT_NOT_COMPARABLE };

struct fact_result {
	enum fact_status status;
	const char *group; /* "e820", "zone" */
	char *what;	   /* which of the group */
	char *linux_says;  /* "" where the log has none */
	char *here;	   /* "" where the program has none */
	const char *note;  /* why not comparable, or how closely; NULL: none */
};

struct comparison {
	struct fact_result *at;
	size_t nr, max;
	size_t count[3]; /* by status */
	char *missing;	 /* groups that the log has no line of, with commas */
	char *notes;	 /* lines: what was assumed, for the log does not say */
};

/* @ours are the facts of what the program printed for @machine. */
void compare_facts(struct comparison *c, const struct log_facts *log, const struct log_facts *ours,
		   const struct machine *machine);
void comparison_free(struct comparison *c);

/* Line by line, then the counts. */
void comparison_print(const struct comparison *c, const struct log_facts *log, FILE *out);
void comparison_print_json(const struct comparison *c, const struct log_facts *log,
			   const char *name, FILE *out);

#endif /* _REPLAY_COMPARE_H */
