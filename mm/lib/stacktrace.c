// SPDX-License-Identifier: MIT
/* Stack traces as text. Contract: linux/stacktrace.h. */
#include <linux/stacktrace.h>

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/seq_file.h>

int kernel_text_address(unsigned long addr)
{
	unsigned long offset, size;

	return arch_symbol(addr, &offset, &size) != NULL;
}

int core_kernel_text(unsigned long addr)
{
	return kernel_text_address(addr);
}

int __kernel_text_address(unsigned long addr)
{
	return kernel_text_address(addr);
}

int func_ptr_is_kernel_text(void *ptr)
{
	return kernel_text_address((unsigned long)ptr);
}

unsigned int stack_trace_save_regs(const struct pt_regs *regs, unsigned long *store,
				   unsigned int size, unsigned int skipnr)
{
	unsigned long all[64];
	unsigned int nr = arch_stack_save_regs(regs, all, ARRAY_SIZE(all));

	if (nr <= skipnr)
		return 0;
	nr = min(nr - skipnr, size);
	memcpy(store, all + skipnr, nr * sizeof(*store));
	return nr;
}

void stack_trace_print(const unsigned long *entries, unsigned int nr_entries, int spaces)
{
	for (unsigned int i = 0; i < nr_entries; i++)
		printk("%*c%pB\n", 1 + spaces, ' ', (void *)entries[i]);
}

int stack_trace_snprint(char *buf, size_t size, const unsigned long *entries,
			unsigned int nr_entries, int spaces)
{
	size_t len = 0;

	for (unsigned int i = 0; i < nr_entries && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%*c%pB\n", 1 + spaces, ' ',
					(void *)entries[i]);
	return (int)len;
}

void stack_trace_seq(struct seq_file *m, const unsigned long *entries, unsigned int nr_entries,
		     int spaces)
{
	for (unsigned int i = 0; i < nr_entries; i++)
		seq_printf(m, "%*c%pB\n", 1 + spaces, ' ', (void *)entries[i]);
}
