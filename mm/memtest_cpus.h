/* SPDX-License-Identifier: MIT */
/*
 * The CPUs that test memory, each its own node's.
 *
 *   boot CPU    plan ─ write ── write ─── wait ─ read ── read ── wait ─ reserve ─ plan ...
 *   the others         write ─── write ─|        read ─── read ─|
 *
 * A CPU takes pieces of its node's share until there are none, one for certain. The share of a node without
 * CPUs is served by those of the nearest node that has some, and a CPU whose node has no
 * memory tests the nearest node's that has.
 *
 * Owns:       the CPUs' states, and what they found.
 * Invariants: a phase ends when all pieces of the window went through it, whoever of the CPUs
 *             is lost on the way; a CPU that is lost touches no memory any more.
 * Lifetime:   from testers_start() to testers_stop(), with nothing allocated or freed
 *             between the begin of a phase and its end.
 * Locking:    the boot CPU calls these. The others take pieces, and room for what they
 *             found, by atomic counters.
 * Units:      bytes and physical addresses.
 * Failure:    a CPU that does not come, does not go on or has an exception is named and left out.
 */
#ifndef _MM_MEMTEST_CPUS_H
#define _MM_MEMTEST_CPUS_H

#include <linux/types.h>

#include "memtest_plan.h"

enum tester_phase { TEST_WRITE, TEST_READ, TEST_END };

/* Bad memory, whole words. */
struct tester_found {
	phys_addr_t start, end;
};

/* Room for what is found in a window. */
#define TESTER_MAX_FOUND 256U

/* Starts all CPUs that there are numbers for. */
void testers_start(void);

/* How many of them test. */
unsigned int testers_count(void);

struct tester_job {
	struct memtest_plan *plan;
	u64 pattern;
	/* Called by the boot CPU every now and then. */
	void (*progress)(enum tester_phase phase);
	/* With so many runs of bad words found all stop: TESTER_MAX_FOUND at the most. */
	unsigned int max_found;
};

/* Puts the window through a phase. Returns its round. */
unsigned int testers_run(const struct tester_job *job, enum tester_phase phase);

/* Bytes that went through the phase that runs. */
phys_addr_t testers_done(void);

/*
 * What was found since the last TEST_WRITE began, by address, runs joined. Returns how many there
 * are; *@all: none was left out because there were too many.
 */
unsigned int testers_found(struct tester_found **found, bool *all);

/*
 * Ends all but the boot CPU, and says who tested how much. True: they ran on memory which is free
 * now, and is in [*start, *end); it was not tested.
 */
bool testers_retire(phys_addr_t *start, phys_addr_t *end);

/* The boot CPU is done, too. */
void testers_stop(void);

#endif /* _MM_MEMTEST_CPUS_H */
