// SPDX-License-Identifier: MIT
/* A cache of buffers that are given back when nobody wanted them for a second. */
#include <linux/debugfs.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

struct buffer {
	struct list_head list;
	unsigned long used; /* jiffies */
	char data[];
};

static LIST_HEAD(unused);
static DEFINE_MUTEX(unused_lock);
static unsigned long nr_unused, ticks;
static struct dentry *dir;

static void give_back(struct work_struct *work);
static DECLARE_DELAYED_WORK(giving_back, give_back);

static void give_back(struct work_struct *work)
{
	struct buffer *b, *next;

	mutex_lock(&unused_lock);
	list_for_each_entry_safe (b, next, &unused, list) {
		if (time_before(jiffies, b->used + HZ))
			break;
		list_del(&b->list);
		nr_unused--;
		kfree(b);
	}
	if (!list_empty(&unused))
		queue_delayed_work(system_wq, to_delayed_work(work), round_jiffies_relative(HZ));
	mutex_unlock(&unused_lock);
}

static void tick(struct timer_list *t);
static DEFINE_TIMER(ticker, tick);

static void tick(struct timer_list *t)
{
	ticks++;
	mod_timer(t, jiffies + HZ);
}

static int buffers_show(struct seq_file *m, void *v)
{
	(void)v;
	seq_printf(m, "%lu unused, %lu s\n", nr_unused, ticks);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(buffers);

static int ticks_get(void *data, u64 *val)
{
	(void)data;
	*val = ticks;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(ticks_fops, ticks_get, NULL, "%llu\n");

static void put_buffer(struct buffer *b)
{
	guard(mutex)(&unused_lock);
	b->used = jiffies;
	list_add_tail(&b->list, &unused);
	nr_unused++;
	mod_delayed_work(system_wq, &giving_back, HZ);
}

static int __init later_init(void)
{
	struct buffer *b = kmalloc(struct_size(b, data, 100), GFP_KERNEL);

	if (!b)
		return -ENOMEM;
	dir = debugfs_create_dir("buffers", NULL);
	debugfs_create_file("all", 0444, dir, NULL, &buffers_fops);
	debugfs_create_file_unsafe("ticks", 0444, dir, NULL, &ticks_fops);
	debugfs_create_ulong("unused", 0444, dir, &nr_unused);
	timer_setup(&ticker, tick, TIMER_DEFERRABLE);
	mod_timer(&ticker, jiffies + HZ);
	put_buffer(b);
	return 0;
}

static void __exit later_exit(void)
{
	debugfs_remove_recursive(dir);
	del_timer_sync(&ticker);
	flush_delayed_work(&giving_back);
	cancel_delayed_work_sync(&giving_back);
	while (!list_empty(&unused)) {
		struct buffer *b = list_first_entry(&unused, struct buffer, list);

		list_del(&b->list);
		kfree(b);
	}
}

module_init(later_init);
module_exit(later_exit);
MODULE_LICENSE("GPL");
