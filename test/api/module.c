// SPDX-License-Identifier: MIT
/* A module as one begins it: parameters, its begin and end, what it exports, and waiting. */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timex.h>

static unsigned int rings = 4;
module_param(rings, uint, 0444);
MODULE_PARM_DESC(rings, "Number of rings");

static char *name = "ring";
module_param_named(label, name, charp, 0644);

static int sizes[4] = {64, 128};
static int nr_sizes;
module_param_array(sizes, int, &nr_sizes, 0444);

/* What a user sees of it. */
struct entry {
	const char *name;
	unsigned short mode;
};
static const struct entry entries[] = {
	{"rings", VERIFY_OCTAL_PERMISSIONS(0444)},
	{"label", VERIFY_OCTAL_PERMISSIONS(0644)},
};

static void **table;

void *ring_of(unsigned int nr);
void *ring_of(unsigned int nr)
{
	return nr < rings ? table[nr] : NULL;
}
EXPORT_SYMBOL_GPL(ring_of);

static void rings_exit(void)
{
	for (unsigned int i = 0; i < rings; i++) {
		kfree(table[i]);
		cond_resched_tasks_rcu_qs();
	}
	kfree(table);
}

static int rings_init(void)
{
	cycles_t cycles = get_cycles();
	ktime_t start = ktime_get();

	table = kcalloc(rings, sizeof(*table), GFP_KERNEL);
	if (!table || !try_module_get(THIS_MODULE))
		return -ENOMEM;
	for (unsigned int i = 0; i < rings; i++)
		table[i] = kzalloc((size_t)sizes[i % 2], GFP_KERNEL);
	if (!core_kernel_text((unsigned long)&rings_exit))
		return -EINVAL;
	for (unsigned int i = 0; i < ARRAY_SIZE(entries); i++)
		pr_info("%s: mode %04o\n", entries[i].name, entries[i].mode);
	udelay(1);
	usleep_range(10, 20);
	pr_info("%s: %u rings in %lld us, %llu cycles\n", name, rings,
		ktime_us_delta(ktime_get(), start), get_cycles() - cycles);
	module_put(THIS_MODULE);
	return 0;
}

/* clang-format off */
module_init(rings_init)
module_exit(rings_exit)

MODULE_AUTHOR("nobody");
MODULE_DESCRIPTION("Rings");
MODULE_LICENSE("Dual MIT/GPL");
