/* SPDX-License-Identifier: MIT */
/*
 * Stack traces as arrays of return addresses, under Linux's names.
 *
 * Owns:       nothing; arrays are the caller's.
 * Locking:    none; any context but an exception's, whose frames lead elsewhere.
 * Failure:    none: where the chain of frame pointers breaks off, the trace ends.
 */
#ifndef _LINUX_STACKTRACE_H
#define _LINUX_STACKTRACE_H

#include <linux/types.h>
#include <baremm/arch.h>

struct seq_file;

/*
 * Stores at most @size return addresses, innermost first, without the first
 * @skipnr. @store[0] lies in the function that says this. Returns how many.
 */
#define stack_trace_save(store, size, skipnr) arch_stack_save(store, size, skipnr)

/* The same of what an exception interrupted; the first is its instruction. 64 are looked at. */
unsigned int stack_trace_save_regs(const struct pt_regs *regs, unsigned long *store,
				   unsigned int size, unsigned int skipnr);

/* A line each: @spaces and one more blank, and the address as %pB prints it. */
void stack_trace_print(const unsigned long *entries, unsigned int nr_entries, int spaces);

/*
 * The same into @buf, of @size bytes. Where that is full the line is cut, and the last: what it
 * returns, the characters of all lines begun, is @size or more then.
 */
int stack_trace_snprint(char *buf, size_t size, const unsigned long *entries,
			unsigned int nr_entries, int spaces);
void stack_trace_seq(struct seq_file *m, const unsigned long *entries, unsigned int nr_entries,
		     int spaces);

/* How many entries an interrupt's own are: all, as a trace ends where the interrupt entered. */
static inline unsigned int filter_irq_stacks(unsigned long *entries, unsigned int nr_entries)
{
	(void)entries;
	return nr_entries;
}

#endif /* _LINUX_STACKTRACE_H */
