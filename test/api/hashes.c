// SPDX-License-Identifier: MIT
/* Things by their keys: flows by addresses, names by strings, and several waiters for one lock. */
#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/string.h>

struct flow {
	struct flow_key {
		u32 from, to;
		u16 ports[2];
	} key;
	atomic_t packets;
	struct rhash_head node;
	struct rcu_head rcu;
};

static const struct rhashtable_params flow_params = {
	.nelem_hint = 512,
	.key_len = sizeof_field(struct flow, key),
	.key_offset = offsetof(struct flow, key),
	.head_offset = offsetof(struct flow, node),
	.max_size = 1 << 16,
	.min_size = 64,
	.automatic_shrinking = true,
};

struct flows {
	struct rhashtable table;
};

struct flow *flow_get(struct flows *flows, const struct flow_key *key);
struct flow *flow_get(struct flows *flows, const struct flow_key *key)
{
	struct flow *flow, *old;

	flow = rhashtable_lookup_fast(&flows->table, key, flow_params);
	if (flow)
		return flow;
	flow = kzalloc(sizeof(*flow), GFP_KERNEL);
	if (!flow)
		return ERR_PTR(-ENOMEM);
	flow->key = *key;
	old = rhashtable_lookup_get_insert_fast(&flows->table, &flow->node, flow_params);
	if (!old)
		return flow;
	kfree(flow);
	return old;
}

int flow_renew(struct flows *flows, struct flow *old, struct flow *flow);
int flow_renew(struct flows *flows, struct flow *old, struct flow *flow)
{
	int err = rhashtable_replace_fast(&flows->table, &old->node, &flow->node, flow_params);

	if (!err)
		kfree_rcu(old, rcu);
	return err;
}

unsigned int flows_expire(struct flows *flows);
unsigned int flows_expire(struct flows *flows)
{
	struct rhashtable_iter iter;
	unsigned int nr = 0;
	struct flow *flow;

	rhashtable_walk_enter(&flows->table, &iter);
	rhashtable_walk_start(&iter);
	while ((flow = rhashtable_walk_next(&iter)) != NULL) {
		if (IS_ERR(flow)) {
			if (PTR_ERR(flow) == -EAGAIN)
				continue;
			break;
		}
		if (atomic_read(&flow->packets))
			continue;
		if (rhashtable_remove_fast(&flows->table, &flow->node, flow_params))
			continue;
		kfree_rcu(flow, rcu);
		nr++;
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return nr;
}

static void flow_free(void *ptr, void *arg)
{
	(void)arg;
	kfree(ptr);
}

int flows_renew(struct flows *flows);
int flows_renew(struct flows *flows)
{
	rhashtable_free_and_destroy(&flows->table, flow_free, NULL);
	return rhashtable_init(&flows->table, &flow_params);
}

/* Keys that lie elsewhere. */
struct name {
	const char *text;
	struct rhash_head head;
};

static u32 name_hash(const void *data, u32 len, u32 seed)
{
	(void)len;
	return jhash(data, (u32)strlen(data), seed);
}

static u32 name_obj_hash(const void *data, u32 len, u32 seed)
{
	return name_hash(((const struct name *)data)->text, len, seed);
}

static int name_compare(struct rhashtable_compare_arg *arg, const void *obj)
{
	return strcmp(((const struct name *)obj)->text, arg->key);
}

static const struct rhashtable_params name_params = {
	.head_offset = offsetof(struct name, head),
	.hashfn = name_hash,
	.obj_hashfn = name_obj_hash,
	.obj_cmpfn = name_compare,
};

int name_add(struct rhashtable *names, struct name *name);
int name_add(struct rhashtable *names, struct name *name)
{
	return rhashtable_lookup_insert_key(names, name->text, &name->head, name_params);
}

/* Several objects of one key. */
struct waiter {
	unsigned long lock;
	struct rhlist_head node;
};

static const struct rhashtable_params waiter_params = {
	.key_len = sizeof(unsigned long),
	.key_offset = offsetof(struct waiter, lock),
	.head_offset = offsetof(struct waiter, node),
};

unsigned int waiters_count(struct rhltable *waiters, unsigned long lock);
unsigned int waiters_count(struct rhltable *waiters, unsigned long lock)
{
	struct rhlist_head *list, *pos;
	struct waiter *waiter;
	unsigned int nr = 0;

	rcu_read_lock();
	list = rhltable_lookup(waiters, &lock, waiter_params);
	rhl_for_each_entry_rcu(waiter, pos, list, node) nr += waiter->lock == lock;
	rcu_read_unlock();
	return nr;
}

int waiter_move(struct rhltable *waiters, struct waiter *waiter, unsigned long lock);
int waiter_move(struct rhltable *waiters, struct waiter *waiter, unsigned long lock)
{
	int err = rhltable_remove(waiters, &waiter->node, waiter_params);

	if (err)
		return err;
	synchronize_rcu();
	waiter->lock = lock;
	return rhltable_insert(waiters, &waiter->node, waiter_params);
}
