// SPDX-License-Identifier: MIT
/* A pool as one writes it that tells all of Linux's tools what it does, and has switches. */
#include <linux/hardirq.h>
#include <linux/instrumented.h>
#include <linux/irqflags.h>
#include <linux/jump_label.h>
#include <linux/kasan.h>
#include <linux/kcsan-checks.h>
#include <linux/kmsan.h>
#include <linux/kmsan-checks.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/memcontrol.h>
#include <linux/once.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/static_key.h>

static DEFINE_STATIC_KEY_FALSE(counted);
DECLARE_STATIC_KEY_TRUE(checked);
DEFINE_STATIC_KEY_TRUE(checked);

struct pool {
	spinlock_t lock;
	struct lock_class_key key;
	struct lockdep_map map;
	struct kmem_cache *cache;
	struct list_head objects;
	unsigned long taken;
};

struct object {
	struct list_head list;
	char data[100];
};

int pool_init(struct pool *pool);
int pool_init(struct pool *pool)
{
	spin_lock_init(&pool->lock);
	lockdep_register_key(&pool->key);
	lockdep_set_class(&pool->lock, &pool->key);
	lockdep_init_map(&pool->map, "pool", &pool->key, 0);
	INIT_LIST_HEAD(&pool->objects);
	pool->cache = KMEM_CACHE(object, SLAB_ACCOUNT);
	if (!mem_cgroup_disabled())
		DO_ONCE(pr_info, "pool: objects are charged\n");
	return pool->cache ? 0 : -1;
}

struct object *pool_take(struct pool *pool, gfp_t gfp);
struct object *pool_take(struct pool *pool, gfp_t gfp)
{
	struct object *object;
	unsigned long flags;

	might_lock(&pool->lock);
	lock_map_acquire(&pool->map);
	local_irq_save(flags);
	spin_lock(&pool->lock);
	lockdep_assert_held(&pool->lock);
	object = list_first_entry_or_null(&pool->objects, struct object, list);
	if (object)
		list_del(&object->list);
	if (static_branch_unlikely(&counted))
		pool->taken++;
	ASSERT_EXCLUSIVE_WRITER(pool->taken);
	spin_unlock(&pool->lock);
	local_irq_restore(flags);
	lock_map_release(&pool->map);
	if (!object && !in_interrupt() && !irqs_disabled())
		object = kmem_cache_alloc(pool->cache, gfp);
	if (object) {
		kasan_unpoison_object_data(pool->cache, object);
		kmsan_unpoison_memory(object->data, sizeof(object->data));
		object = kasan_init_slab_obj(pool->cache, object);
	}
	return object;
}

void pool_give(struct pool *pool, struct object *object);
void pool_give(struct pool *pool, struct object *object)
{
	unsigned long flags;

	if (static_branch_likely(&checked) && !kasan_check_byte(object))
		return;
	instrument_write(object, sizeof(*object));
	kasan_poison_object_data(pool->cache, object);
	kmsan_poison_memory(object->data, sizeof(object->data), GFP_KERNEL);
	spin_lock_irqsave(&pool->lock, flags);
	list_add(&object->list, &pool->objects);
	spin_unlock_irqrestore(&pool->lock, flags);
}

void pool_count(bool on);
void pool_count(bool on)
{
	if (on)
		static_branch_enable(&counted);
	else
		static_branch_disable(&counted);
	if (static_key_slow_inc(&checked.key))
		static_key_slow_dec(&checked.key);
	static_branch_inc(&checked);
	static_branch_dec(&checked);
}

long pool_pages(struct folio *folio);
long pool_pages(struct folio *folio)
{
	struct lruvec *lruvec = folio_lruvec_lock_irq(folio);
	long pages = (long)lruvec_page_state(lruvec, NR_INACTIVE_FILE);

	unlock_page_lruvec_irq(lruvec);
	return folio_memcg(folio) || mem_cgroup_charge(folio, NULL, GFP_KERNEL) ? 0 : pages;
}
