// SPDX-License-Identifier: MIT
/* A debugger's stub: memory at addresses that somebody typed, and a list that may be broken. */
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/printk.h>
#include <linux/uaccess.h>

struct task {
	struct list_head list;
	const char *name;
};

long peeks_word(unsigned long addr, unsigned long *word);
long peeks_word(unsigned long addr, unsigned long *word)
{
	if (!copy_from_kernel_nofault_allowed((const void *)addr, sizeof(*word)))
		return -ERANGE;
	return copy_from_kernel_nofault(word, (const void *)addr, sizeof(*word));
}

long peeks_patch(void *addr, const u8 *insn, size_t len);
long peeks_patch(void *addr, const u8 *insn, size_t len)
{
	long err = copy_to_kernel_nofault(addr, insn, len);

	if (err)
		pr_warn("cannot patch %px: %ld\n", addr, err);
	return err;
}

int peeks_tasks(struct list_head *tasks);
int peeks_tasks(struct list_head *tasks)
{
	struct list_head *entry = tasks;
	char name[32];
	int nr = 0;

	while (!get_kernel_nofault(entry, &entry->next) && entry != tasks) {
		const struct task *task = list_entry(entry, struct task, list);
		const char *text;

		if (get_kernel_nofault(text, &task->name) ||
		    strncpy_from_kernel_nofault(name, text, sizeof(name)) < 0)
			return -EFAULT;
		pr_info("%d: %s\n", nr++, name);
	}
	return nr;
}
