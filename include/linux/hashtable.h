/* SPDX-License-Identifier: MIT */
/*
 * Hash tables of 2^bits lists, as many as the array that they are says.
 *
 *   DEFINE_HASHTABLE(users, 6);
 *   hash_add(users, &user->node, user->id);
 *   hash_for_each_possible (users, user, node, id) ...   those of id's bucket: compare
 *
 * Locking:    the caller's; readers of the _rcu forms: rcu_read_lock().
 * Failure:    none.
 * Source:     Linux's hashtable.h. hash_* take the array itself, not a pointer to it.
 */
#ifndef _LINUX_HASHTABLE_H
#define _LINUX_HASHTABLE_H

#include <linux/array_size.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/rculist.h>
#include <linux/types.h>

/* clang-format off */
#define DEFINE_HASHTABLE(name, bits) \
	struct hlist_head name[1 << (bits)] = {[0 ...((1 << (bits)) - 1)] = HLIST_HEAD_INIT}
/* clang-format on */
#define DEFINE_READ_MOSTLY_HASHTABLE(name, bits) DEFINE_HASHTABLE(name, bits)
#define DECLARE_HASHTABLE(name, bits)		 struct hlist_head name[1 << (bits)]

#define HASH_SIZE(name) ARRAY_SIZE(name)
#define HASH_BITS(name) ilog2(HASH_SIZE(name))

/* By the width of the key, as cheap as may be. */
#define hash_min(val, bits) (sizeof(val) <= 4 ? hash_32(val, bits) : hash_long(val, bits))

#define __hash_bucket(table, key) (&(table)[hash_min(key, HASH_BITS(table))])

static inline void __hash_init(struct hlist_head *table, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		INIT_HLIST_HEAD(&table[i]);
}

static inline bool __hash_empty(struct hlist_head *table, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		if (!hlist_empty(&table[i]))
			return false;
	return true;
}

#define hash_init(table)  __hash_init(table, HASH_SIZE(table))
#define hash_empty(table) __hash_empty(table, HASH_SIZE(table))

#define hash_add(table, node, key)     hlist_add_head(node, __hash_bucket(table, key))
#define hash_add_rcu(table, node, key) hlist_add_head_rcu(node, __hash_bucket(table, key))

static inline bool hash_hashed(struct hlist_node *node)
{
	return !hlist_unhashed(node);
}

static inline void hash_del(struct hlist_node *node)
{
	hlist_del_init(node);
}

static inline void hash_del_rcu(struct hlist_node *node)
{
	hlist_del_init_rcu(node);
}

/* All elements, @bkt counting the buckets: break leaves one, and so ends the walk. */
#define __hash_buckets(table, bkt, obj) \
	for ((bkt) = 0, obj = NULL; obj == NULL && (size_t)(bkt) < HASH_SIZE(table); (bkt)++)
#define hash_for_each(table, bkt, obj, member) \
	__hash_buckets(table, bkt, obj) hlist_for_each_entry (obj, &(table)[bkt], member)
#define hash_for_each_rcu(table, bkt, obj, member) \
	__hash_buckets(table, bkt, obj) hlist_for_each_entry_rcu(obj, &(table)[bkt], member)
#define hash_for_each_safe(table, bkt, tmp, obj, member) \
	__hash_buckets(table, bkt, obj) hlist_for_each_entry_safe (obj, tmp, &(table)[bkt], member)

/* The elements of @key's bucket. */
#define hash_for_each_possible(table, obj, member, key) \
	hlist_for_each_entry (obj, __hash_bucket(table, key), member)
#define hash_for_each_possible_rcu(table, obj, member, key, ...) \
	hlist_for_each_entry_rcu(obj, __hash_bucket(table, key), member)
#define hash_for_each_possible_rcu_notrace(table, obj, member, key) \
	hash_for_each_possible_rcu(table, obj, member, key)
#define hash_for_each_possible_safe(table, obj, tmp, member, key) \
	hlist_for_each_entry_safe (obj, tmp, __hash_bucket(table, key), member)

#endif /* _LINUX_HASHTABLE_H */
