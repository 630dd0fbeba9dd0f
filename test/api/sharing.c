// SPDX-License-Identifier: MIT
/* What several CPUs share: counters, references, pointers that are exchanged, lists for readers. */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/interval_tree.h>
#include <linux/interval_tree_generic.h>
#include <linux/kref.h>
#include <linux/percpu-rwsem.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/stringify.h>
#include <linux/swab.h>
#include <linux/typecheck.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <asm/unaligned.h>

struct user {
	u64 id;
	struct kref kref;
	refcount_t holds;
	struct hlist_node hash;
	struct list_head node;
	struct rcu_head rcu;
};

struct block {
	struct rb_node rb;
	u64 first, last, subtree_last;
};

#define BLOCK_FIRST(b) ((b)->first)
#define BLOCK_LAST(b)  ((b)->last)
INTERVAL_TREE_DEFINE(struct block, rb, u64, subtree_last, BLOCK_FIRST, BLOCK_LAST, static inline,
		     blocks)

static DEFINE_HASHTABLE(users, 6);
static LIST_HEAD(order);
static DEFINE_SPINLOCK(users_lock);
static struct user __rcu *favourite;
static atomic_t generation = ATOMIC_INIT(1);
static atomic64_t bytes = ATOMIC64_INIT(0);
static atomic_long_t calls = ATOMIC_LONG_INIT(0);

static void user_release(struct kref *kref)
{
	struct user *user = container_of(kref, struct user, kref);

	hash_del_rcu(&user->hash);
	list_del_rcu(&user->node);
	kfree_rcu(user, rcu);
}

struct user *user_add(u64 id);
struct user *user_add(u64 id)
{
	struct user *user = kzalloc(sizeof(*user), GFP_KERNEL), *was;

	if (!user)
		return NULL;
	user->id = id;
	kref_init(&user->kref);
	refcount_set(&user->holds, 1);
	spin_lock(&users_lock);
	hash_add_rcu(users, &user->hash, id);
	list_add_tail_rcu(&user->node, &order);
	was = rcu_replace_pointer(favourite, user, spin_is_locked(&users_lock));
	spin_unlock(&users_lock);
	if (was && kref_put(&was->kref, user_release))
		atomic_inc(&generation);
	return user;
}

u64 user_find(u64 id);
u64 user_find(u64 id)
{
	struct user *user;
	u64 found = 0;

	rcu_read_lock();
	hash_for_each_possible_rcu(users, user, hash,
				   id) if (user->id == id && kref_get_unless_zero(&user->kref))
		found++;
	list_for_each_entry_rcu(user, &order, node) found += refcount_inc_not_zero(&user->holds);
	user = rcu_dereference(favourite);
	found += user && rcu_access_pointer(favourite) == user;
	rcu_read_unlock();
	return found + hash_min(id, 4) + hash_ptr(user, 8);
}

void user_forget(struct user *user, void *plain);
void user_forget(struct user *user, void *plain)
{
	if (refcount_dec_and_test(&user->holds))
		kvfree_rcu(user, rcu);
	if (refcount_dec_and_lock(&user->holds, &users_lock))
		spin_unlock(&users_lock);
	kfree_rcu_mightsleep(plain);
	synchronize_rcu_expedited();
}

long counters_use(unsigned long *word, const void *wire);
long counters_use(unsigned long *word, const void *wire)
{
	unsigned long old = READ_ONCE(*word);
	int seen = atomic_read_acquire(&generation);
	long sum = typecheck(long, 1L);

	while (!try_cmpxchg(word, &old, old | 1))
		;
	if (atomic_try_cmpxchg(&generation, &seen, seen + 1))
		smp_mb__after_atomic();
	smp_store_release(word, 5);
	sum += atomic64_fetch_add(3, &bytes) + atomic_long_inc_return(&calls) +
	       atomic_fetch_or(6, &generation) + atomic_long_fetch_andnot(1, &calls) +
	       atomic_add_unless(&generation, 1, 0) + atomic64_dec_if_positive(&bytes) +
	       atomic_xchg_relaxed(&generation, 2) + atomic_dec_and_test(&generation);
	sum += (long)xchg(word, 3) + (long)cmpxchg(word, 3, 4) + (long)smp_load_acquire(word);
	smp_mb();
	smp_wmb();
	return sum + be32_to_cpu(*(const __be32 *)wire) + get_unaligned_le16(wire) +
	       (long)get_unaligned((const u64 *)wire) + (long)swab64(old) + cpu_to_le16(7);
}

u64 blocks_in(struct rb_root_cached *root, struct block *block, u64 first, u64 last);
u64 blocks_in(struct rb_root_cached *root, struct block *block, u64 first, u64 last)
{
	struct rb_root_cached spans = RB_ROOT_CACHED;
	struct interval_tree_node span = {.start = 1, .last = 5};
	u64 nr = 0;

	blocks_insert(block, root);
	for (struct block *b = blocks_iter_first(root, first, last); b;
	     b = blocks_iter_next(b, first, last))
		nr++;
	blocks_remove(block, root);
	interval_tree_insert(&span, &spans);
	nr += interval_tree_iter_first(&spans, first, last) &&
	      interval_tree_iter_next(&span, first, last);
	interval_tree_remove(&span, &spans);
	return nr;
}

DEFINE_STATIC_SRCU(settings_srcu);
static struct settings {
	int speed;
	struct rcu_head rcu;
} __rcu *settings;
static DEFINE_MUTEX(settings_lock);

int settings_speed(void);
int settings_speed(void)
{
	int idx = srcu_read_lock(&settings_srcu);
	const struct settings *now = srcu_dereference(settings, &settings_srcu);
	int speed;

	mutex_lock(&settings_lock);
	speed = now ? now->speed : 0;
	mutex_unlock(&settings_lock);
	srcu_read_unlock(&settings_srcu, idx);
	smp_mb__after_srcu_read_unlock();
	return speed;
}

void settings_replace(struct settings *next);
void settings_replace(struct settings *next)
{
	struct settings *old = settings;

	rcu_assign_pointer(settings, next);
	synchronize_srcu(&settings_srcu);
	kfree(old);
}

static void settings_free(struct rcu_head *head)
{
	kfree(container_of(head, struct settings, rcu));
}

void settings_retire(struct settings *next);
void settings_retire(struct settings *next)
{
	struct settings *old = settings;

	rcu_assign_pointer(settings, next);
	if (old)
		call_srcu(&settings_srcu, &old->rcu, settings_free);
	if (!next)
		srcu_barrier(&settings_srcu);
}

DEFINE_STATIC_PERCPU_RWSEM(mount_sem);
struct volume {
	struct percpu_rw_semaphore frozen;
	unsigned long writes;
};

int volume_write(struct volume *volume, bool wait);
int volume_write(struct volume *volume, bool wait)
{
	if (!percpu_down_read_trylock(&volume->frozen)) {
		if (!wait)
			return -1;
		percpu_down_read(&volume->frozen);
	}
	percpu_rwsem_assert_held(&volume->frozen);
	volume->writes++;
	percpu_up_read(&volume->frozen);
	return 0;
}

int volume_mount(struct volume *volume);
int volume_mount(struct volume *volume)
{
	int err = percpu_init_rwsem(&volume->frozen);

	if (err)
		return err;
	percpu_down_write(&mount_sem);
	volume->writes = 0;
	percpu_up_write(&mount_sem);
	if (percpu_is_write_locked(&volume->frozen) || percpu_is_read_locked(&volume->frozen))
		percpu_free_rwsem(&volume->frozen);
	return 0;
}
