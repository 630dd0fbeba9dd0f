/* SPDX-License-Identifier: MIT */
/*
 * Stack depot: each stack trace is kept once, and known by a handle of 32 bits.
 *
 * Owns:       a hash table and pools of pages, which grow while traces are new. No
 *             trace is ever given back.
 * Invariants: equal traces have equal handles; a handle is never 0.
 * Lifetime:   from stack_depot_init() on, which needs the page allocator.
 * Locking:    finding takes none; adding takes a lock of the depot's own, which is
 *             not held while pages are taken. Any context in which @gfp_flags may be
 *             used. No trace is kept of the depot's own allocations: called from
 *             within them it returns 0.
 * Failure:    -ENOMEM, or handle 0; then stack_depot_stats counts what was lost.
 * Source:     Linux 6.1's lib/stackdepot.c, whose contracts these functions keep.
 */
#ifndef _LINUX_STACKDEPOT_H
#define _LINUX_STACKDEPOT_H

#include <linux/types.h>

typedef u32 depot_stack_handle_t;

/* Longer traces are cut: the outermost callers are lost. */
#define STACK_DEPOT_MAX_ENTRIES 64

/* Takes the table and a first pool. May be called more than once. 0 or -ENOMEM. */
int stack_depot_init(void);

/*
 * The handle of the trace. A new one needs memory now and then: pages are asked for
 * with what of @gfp_flags says how hard to try, wherever they lie.
 */
depot_stack_handle_t stack_depot_save(const unsigned long *entries, unsigned int nr_entries,
				      gfp_t gfp_flags);

/* The number of entries; *@entries is set to them, which nobody may change. 0 for 0 and what is no handle. */
unsigned int stack_depot_fetch(depot_stack_handle_t handle, unsigned long **entries);

/* The trace to the log, a line each entry. */
void stack_depot_print(depot_stack_handle_t handle);

/* The same into @buf, as stack_trace_snprint() (linux/stacktrace.h). */
int stack_depot_snprint(depot_stack_handle_t handle, char *buf, size_t size, int spaces);

/* It begins by itself: nobody has to ask before memory is there. */
#define stack_depot_want_early_init() ((void)0)
#define stack_depot_early_init()      0

struct stack_depot_stats {
	unsigned long stacks; /* traces kept */
	unsigned long pages;  /* taken for pools and the table */
	unsigned long lost;   /* new traces that found no memory */
};
extern struct stack_depot_stats stack_depot_stats;

/* Forgets all, memory included, for hosts that bring up several machines. */
void stack_depot_reset(void);

/* The option stack_depot_disable=: nothing is saved then, and all handles are 0. */
int stack_depot_disable_parse_option(char *value);

/* What comes with this header on Linux. */
#include <linux/gfp.h>

#endif /* _LINUX_STACKDEPOT_H */
