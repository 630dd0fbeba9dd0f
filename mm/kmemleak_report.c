// SPDX-License-Identifier: MIT
/* kmemleak's blocks as text, and whether its records are sound. Contract: linux/kmemleak.h. */
#include "kmemleak.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <baremm/arch.h>

#define HEX_ROW	  16
#define HEX_LINES 2
#define NS_PER_MS 1000000

/* To @m, or to the log where that is NULL. */
#define print(m, ...) seq_or_log_printf(m, KERN_INFO, __VA_ARGS__)

static void print_row(struct seq_file *m, const u8 *row, size_t len)
{
	char hex[HEX_ROW * 3 + 1] = "", text[HEX_ROW + 1] = "";

	for (size_t i = 0; i < len; i++) {
		snprintf(hex + 3 * i, 4, "%02x ", row[i]);
		text[i] = row[i] >= 0x20 && row[i] < 0x7f ? (char)row[i] : '.';
	}
	print(m, "    %-*s %s\n", HEX_ROW * 3, hex, text);
}

static void print_contents(struct seq_file *m, const struct kmemleak_object *object)
{
	size_t len = min_t(size_t, object->size, HEX_ROW * HEX_LINES);
	const u8 *start = (const u8 *)kmemleak_start(object);

	print(m, "  hex dump (first %zu bytes):\n", len);
	for (size_t at = 0; at < len; at += HEX_ROW)
		print_row(m, start + at, min_t(size_t, len - at, HEX_ROW));
}

void kmemleak_print(struct seq_file *m, const struct kmemleak_object *object)
{
	u64 age = (arch_clock_ns() - object->ns) / NS_PER_MS;

	print(m, "unreferenced object 0x%08lx (size %zu):\n", object->pointer, object->size);
	print(m, "  comm \"baremm\", pid 0, jiffies %llu (age %llu.%03llus)\n",
	      object->ns / NS_PER_MS, age / 1000, age % 1000);
	print_contents(m, object);
	print(m, "  backtrace:\n");
	for (unsigned int i = 0; i < object->nr_trace; i++)
		print(m, "    [<%px>] %pB\n", (void *)object->trace[i], (void *)object->trace[i]);
}

void kmemleak_show(struct seq_file *m)
{
	struct kmemleak_object *object;
	unsigned long flags;

	spin_lock_irqsave(&kmemleak_lock, flags);
	list_for_each_entry (object, &kmemleak_objects, object_list)
		if (object->reported && kmemleak_white(object))
			kmemleak_print(m, object);
	spin_unlock_irqrestore(&kmemleak_lock, flags);
}

void kmemleak_clear(void)
{
	struct kmemleak_object *object;
	unsigned long flags;

	spin_lock_irqsave(&kmemleak_lock, flags);
	list_for_each_entry (object, &kmemleak_objects, object_list)
		if (object->reported && kmemleak_white(object))
			object->min_count = KMEMLEAK_GREY;
	spin_unlock_irqrestore(&kmemleak_lock, flags);
}

void kmemleak_summary(void)
{
	if (kmemleak_enabled)
		pr_info("baremm: kmemleak: %lu blocks watched, %luK of records, %lu leaks\n",
			kmemleak_stats.blocks, pages_to_kb(kmemleak_stats.pages),
			kmemleak_stats.leaks);
}

/* ---- Verify ------------------------------------------------------------------------------- */

static int fault(const char *what, unsigned long a, unsigned long b)
{
	pr_err("kmemleak: verify: %s (0x%lx, 0x%lx)\n", what, a, b);
	return 1;
}

/* In the order of addresses, without overlap. */
static int verify_tree(const struct rb_root *root, bool phys, unsigned long *nr)
{
	unsigned long end = 0;
	int faults = 0;

	for (struct rb_node *node = rb_first(root); node; node = rb_next(node)) {
		struct kmemleak_object *object = rb_entry(node, struct kmemleak_object, rb_node);

		if (object->pointer < end)
			faults += fault("blocks overlap", end, object->pointer);
		if (object->phys != phys || !object->size)
			faults += fault("a block is in the wrong tree, or empty", object->pointer,
					object->size);
		end = object->pointer + object->size;
		++*nr;
	}
	return faults;
}

int kmemleak_verify(void)
{
	unsigned long in_trees = 0, listed = 0, flags;
	struct kmemleak_object *object;
	int faults;

	if (!kmemleak_enabled)
		return 0;
	spin_lock_irqsave(&kmemleak_lock, flags);
	faults = verify_tree(&kmemleak_tree, false, &in_trees);
	faults += verify_tree(&kmemleak_phys_tree, true, &in_trees);
	list_for_each_entry (object, &kmemleak_objects, object_list)
		listed++;
	if (in_trees != listed)
		faults += fault("blocks in the trees are not those listed", in_trees, listed);
	if (listed != kmemleak_stats.blocks)
		faults +=
			fault("blocks listed are not those counted", listed, kmemleak_stats.blocks);
	spin_unlock_irqrestore(&kmemleak_lock, flags);
	return faults;
}
