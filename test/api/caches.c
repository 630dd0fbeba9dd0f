// SPDX-License-Identifier: MIT
/* A cache of inodes as a file system keeps one: lists for its shrinker, locks that sleep, counts. */
#include <linux/completion.h>
#include <linux/generic-radix-tree.h>
#include <linux/ioport.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/list_lru.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pagevec.h>
#include <linux/percpu-refcount.h>
#include <linux/percpu_counter.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/scatterlist.h>
#include <linux/sched/mm.h>
#include <linux/semaphore.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct record {
	struct list_head lru;
	struct rcu_head rcu;
	unsigned long ino;
};

struct volume {
	struct mutex lock;
	struct rw_semaphore layout;
	struct list_lru unused;
	struct percpu_counter used;
	struct percpu_ref users;
	struct completion gone;
	wait_queue_head_t idle;
	raw_spinlock_t stats;
	GENRADIX(u64) sizes;
	u32 salt;
};

static struct kmem_cache *inodes;
static DEFINE_SEMAPHORE(scrubbers);
static DECLARE_WAIT_QUEUE_HEAD(scrub);

static void volume_unused(struct percpu_ref *ref)
{
	complete(&container_of(ref, struct volume, users)->gone);
}

int volume_open(struct volume *v);
int volume_open(struct volume *v)
{
	int err;

	mutex_init(&v->lock);
	init_rwsem(&v->layout);
	init_completion(&v->gone);
	init_waitqueue_head(&v->idle);
	raw_spin_lock_init(&v->stats);
	genradix_init(&v->sizes);
	err = list_lru_init(&v->unused);
	if (err)
		return err;
	err = percpu_counter_init(&v->used, 0, GFP_KERNEL);
	if (err)
		goto no_counter;
	err = percpu_ref_init(&v->users, volume_unused, PERCPU_REF_ALLOW_REINIT, GFP_KERNEL);
	if (!err)
		return 0;
	percpu_counter_destroy(&v->used);
no_counter:
	list_lru_destroy(&v->unused);
	return err;
}

void volume_close(struct volume *v);
void volume_close(struct volume *v)
{
	percpu_ref_kill(&v->users);
	if (!wait_for_completion_timeout(&v->gone, msecs_to_jiffies(500)))
		wait_for_completion(&v->gone);
	percpu_ref_exit(&v->users);
	percpu_counter_destroy(&v->used);
	list_lru_destroy(&v->unused);
	genradix_free(&v->sizes);
	mutex_destroy(&v->lock);
}

struct record *inode_get(struct volume *v, unsigned long ino);
struct record *inode_get(struct volume *v, unsigned long ino)
{
	unsigned int nofs = memalloc_nofs_save();
	struct record *inode = NULL;
	unsigned long flags;
	u64 *size;

	if (!percpu_ref_tryget_live(&v->users))
		goto out;
	if (mutex_lock_interruptible(&v->lock))
		goto out;
	inode = kmem_cache_alloc_lru(inodes, &v->unused, GFP_KERNEL);
	size = genradix_ptr_alloc(&v->sizes, ino, GFP_KERNEL);
	if (inode && size) {
		INIT_LIST_HEAD(&inode->lru);
		inode->ino = jhash_2words((u32)ino, (u32)(ino >> 32), v->salt);
		raw_spin_lock_irqsave(&v->stats, flags);
		*size = 0;
		raw_spin_unlock_irqrestore(&v->stats, flags);
		percpu_counter_inc(&v->used);
	}
	mutex_unlock(&v->lock);
out:
	memalloc_nofs_restore(nofs);
	return inode;
}

static enum lru_status inode_isolate(struct list_head *item, struct list_lru_one *list,
				     spinlock_t *lru_lock, void *arg)
{
	struct record *inode = container_of(item, struct record, lru);

	if (inode->ino & 1 || !spin_is_locked(lru_lock))
		return LRU_ROTATE;
	list_lru_isolate_move(list, item, arg);
	return LRU_REMOVED;
}

unsigned long volume_shrink(struct volume *v, struct shrink_control *sc);
unsigned long volume_shrink(struct volume *v, struct shrink_control *sc)
{
	struct record *inode, *next;
	unsigned long freed;
	LIST_HEAD(dispose);

	if (!down_write_trylock(&v->layout))
		return SHRINK_STOP;
	freed = list_lru_shrink_walk(&v->unused, sc, inode_isolate, &dispose);
	list_for_each_entry_safe (inode, next, &dispose, lru) {
		list_del(&inode->lru);
		kfree_rcu(inode, rcu);
	}
	downgrade_write(&v->layout);
	up_read(&v->layout);
	wake_up(&v->idle);
	return freed;
}

int volume_wait(struct volume *v, struct seq_buf *why);
int volume_wait(struct volume *v, struct seq_buf *why)
{
	unsigned long cookie = get_state_synchronize_rcu(), end = jiffies + HZ;
	struct genradix_iter iter;
	u64 *size, sum = 0;

	wait_event(v->idle, list_lru_count(&v->unused) == 0);
	if (!wait_event_timeout(scrub, time_after(jiffies, end), HZ))
		seq_buf_printf(why, "timed out after %u ms\n", jiffies_to_msecs(HZ));
	if (down_interruptible(&scrubbers))
		return -1;
	genradix_for_each(&v->sizes, iter, size) sum += *size;
	up(&scrubbers);
	cond_synchronize_rcu(cookie);
	return sum > 0 && percpu_counter_compare(&v->used, 100) < 0 && !seq_buf_has_overflowed(why);
}

struct resource *bar_claim(struct folio_batch *fbatch, struct sg_table *table, void *object);
struct resource *bar_claim(struct folio_batch *fbatch, struct sg_table *table, void *object)
{
	struct resource *res = request_mem_region(0xfe000000, 0x1000, "bar");
	struct scatterlist first[4];
	int cpu;

	for_each_possible_cpu (cpu)
		mem_dump_obj(object);
	if (!sg_alloc_table_chained(table, 10, first, ARRAY_SIZE(first)))
		sg_free_table_chained(table, ARRAY_SIZE(first));
	folio_batch_init(fbatch);
	if (!folio_batch_add(fbatch, folio_alloc(GFP_KERNEL, 0)))
		folio_batch_release(fbatch);
	release_mem_region(0xfe000000, 0x1000);
	return res;
}
