// SPDX-License-Identifier: MIT
/* A table of entries: its locks end with their blocks, entries with their last reference. */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/list.h>
#include <linux/local_lock.h>
#include <linux/lockref.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rbtree_latch.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#define ENTRY_LOADING 0
#define REG_STATUS    0x04
#define STATUS_READY  BIT(0)

struct entry {
	struct lockref ref;
	unsigned long flags, key;
	struct latch_tree_node node;
	struct list_head list;
	struct rcu_head rcu;
};

struct table_stats {
	local_lock_t lock;
	unsigned long hits;
};

static DEFINE_MUTEX(table_mutex);
static DEFINE_SPINLOCK(list_lock);
static LIST_HEAD(entries);
static struct latch_tree_root by_key;
static DEFINE_PER_CPU(struct table_stats, stats) = {.lock = INIT_LOCAL_LOCK(lock)};
static DECLARE_WAIT_QUEUE_HEAD(changed);
static atomic_t loading = ATOMIC_INIT(0);

static bool entry_less(struct latch_tree_node *a, struct latch_tree_node *b)
{
	return container_of(a, struct entry, node)->key < container_of(b, struct entry, node)->key;
}

static int entry_comp(void *key, struct latch_tree_node *b)
{
	unsigned long k = *(unsigned long *)key, other = container_of(b, struct entry, node)->key;

	return k < other ? -1 : k > other;
}

static const struct latch_tree_ops entry_ops = {.less = entry_less, .comp = entry_comp};

static struct entry *entry_create(unsigned long key)
{
	struct entry *e __free(kfree) = kzalloc(sizeof(*e), GFP_KERNEL);

	if (!e)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&e->ref.lock);
	e->ref.count = 1;
	e->key = key;
	set_bit(ENTRY_LOADING, &e->flags);
	atomic_inc(&loading);
	guard(mutex)(&table_mutex);
	if (latch_tree_find(&key, &by_key, &entry_ops))
		return ERR_PTR(-EEXIST);
	latch_tree_insert(&e->node, &by_key, &entry_ops);
	scoped_guard(spinlock_irqsave, &list_lock) list_add(&e->list, &entries);
	return_ptr(e);
}

static void entry_loaded(struct entry *e)
{
	clear_and_wake_up_bit(ENTRY_LOADING, &e->flags);
	atomic_dec_and_wake_up(&loading);
	wake_up_interruptible_all(&changed);
}

static struct entry *entry_get(unsigned long key)
{
	struct latch_tree_node *node;
	unsigned long flags;

	guard(rcu)();
	node = latch_tree_find(&key, &by_key, &entry_ops);
	if (!node || !lockref_get_not_dead(&container_of(node, struct entry, node)->ref))
		return NULL;
	local_bh_disable();
	local_lock_irqsave(&stats.lock, flags);
	__this_cpu_inc(stats.hits);
	local_unlock_irqrestore(&stats.lock, flags);
	local_bh_enable();
	return container_of(node, struct entry, node);
}

static void entry_put(struct entry *e)
{
	if (lockref_put_or_lock(&e->ref))
		return;
	lockref_mark_dead(&e->ref);
	spin_unlock(&e->ref.lock);
	scoped_guard(mutex, &table_mutex) latch_tree_erase(&e->node, &by_key, &entry_ops);
	kfree_rcu(e, rcu);
}

int api_locking(u8 __iomem *regs);
int api_locking(u8 __iomem *regs)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	struct entry *e = entry_create(1);
	long left = HZ;
	u32 status;

	if (IS_ERR(e))
		return PTR_ERR(e);
	if (readl_poll_timeout(regs + REG_STATUS, status, status & STATUS_READY, 10, 1000))
		return -ETIMEDOUT;
	entry_loaded(e);
	if (entry_get(1) != e)
		return -ENOENT;
	add_wait_queue(&changed, &wait);
	while (test_bit(ENTRY_LOADING, &e->flags) && left)
		left = wait_woken(&wait, TASK_INTERRUPTIBLE, left);
	remove_wait_queue(&changed, &wait);
	wait_var_event(&loading, !atomic_read(&loading));
	if (wait_on_bit_timeout(&e->flags, ENTRY_LOADING, TASK_KILLABLE, HZ))
		return -ETIMEDOUT;
	entry_put(e);
	entry_put(e);
	return wait_event_interruptible_hrtimeout(changed, list_empty(&entries), NSEC_PER_MSEC);
}
