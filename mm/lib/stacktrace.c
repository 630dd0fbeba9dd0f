// SPDX-License-Identifier: MIT
/* Stack traces as text. Contract: linux/stacktrace.h. */
#include <linux/stacktrace.h>

#include <linux/kernel.h>
#include <linux/seq_file.h>

void stack_trace_print(const unsigned long *entries, unsigned int nr_entries, int spaces)
{
	for (unsigned int i = 0; i < nr_entries; i++)
		printk("%*c%pB\n", 1 + spaces, ' ', (void *)entries[i]);
}

void stack_trace_seq(struct seq_file *m, const unsigned long *entries, unsigned int nr_entries,
		     int spaces)
{
	for (unsigned int i = 0; i < nr_entries; i++)
		seq_printf(m, "%*c%pB\n", 1 + spaces, ' ', (void *)entries[i]);
}
