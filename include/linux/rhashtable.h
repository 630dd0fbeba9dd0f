/* SPDX-License-Identifier: MIT */
/*
 * Hash tables that grow and shrink while they are used. Lookups take no lock; changes lock a bucket.
 *
 *   tbl ─► [0] ─► a ─► b ─► end of 0              while it is resized: objects are moved one by one,
 *          [1] ─► end of 1      future_tbl ─► ...  the last of a chain first; new ones go there
 *
 * Owns:       the buckets; objects are their users', with a struct rhash_head in each.
 * Invariants: a chain ends in its bucket's address | 1, so that a reader whose object was moved under
 *             it sees that it went astray. Bit 0 of a bucket is its lock. An object is in the next
 *             table before it is gone from the last. There are two tables only while one holds the
 *             mutex and moves objects.
 * Lifetime:   from rhashtable_init() to rhashtable_destroy() or rhashtable_free_and_destroy().
 *             What was removed may be freed after a grace period (linux/rcupdate.h).
 * Locking:    lookups within rcu_read_lock(), those called _fast take it. Changes in any context
 *             but an interrupt, several at once; init and destroy sleep.
 * Units:      sizes count buckets, a power of two; nelems counts keys.
 * Resizing:   above 75 % a work item doubles it (linux/workqueue.h); above 100 % the insert itself
 *             does, as no CPU had time for the work. Below 30 % the work item shrinks it, where
 *             automatic_shrinking is set. A chain of RHT_ELASTICITY keys is hashed anew.
 * Failure:    -E2BIG with max_elems keys: twice max_size, or 2^31. -EBUSY: the chain is too long, and
 *             somebody else resizes: to be tried again. -ENOMEM: it is, and there is no memory.
 *             Nothing changed.
 * Source:     Linux 6.1's rhashtable.h. @params of a call are those of the table, most often a
 *             constant, as there.
 * Weakness:   buckets lie in one block; without memory for a larger one chains grow. Chains of a
 *             hash function that heeds no seed grow, too, and every RHT_ELASTICITY keys all is moved.
 */
#ifndef _LINUX_RHASHTABLE_H
#define _LINUX_RHASHTABLE_H

#include <linux/bit_spinlock.h>
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/jhash.h>
#include <linux/list_nulls.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <linux/string.h>
#include <linux/workqueue.h>

/* Keys of a chain that are no reason to worry. */
#define RHT_ELASTICITY 16u

/* A bucket's pointer, with the lock in it. */
struct rhash_lock_head {
};

struct bucket_table {
	unsigned int size;
	u32 hash_rnd;	  /* the seed of its hashes */
	unsigned long nr; /* one more than that of the table before it */
	struct rcu_head rcu;
	struct bucket_table __rcu *future_tbl; /* where objects are moved to; never NULL again */
	struct rhash_lock_head __rcu *buckets[];
};

/* ---- Buckets and chains ------------------------------------------------------------------- */

/* The end of the chain of the bucket at @ptr. */
#define RHT_NULLS_MARKER(ptr)	 ((void *)NULLS_MARKER((unsigned long)(ptr) >> 1))
#define INIT_RHT_NULLS_HEAD(ptr) ((ptr) = NULL)

/* The holder of the mutex, or of the bucket's lock, reads what nobody else writes. */
#define rht_dereference(p, ht)			 rcu_dereference_protected(p, 1)
#define rht_dereference_rcu(p, ht)		 rcu_dereference(p)
#define rht_dereference_bucket(p, tbl, hash)	 rcu_dereference_protected(p, 1)
#define rht_dereference_bucket_rcu(p, tbl, hash) rcu_dereference(p)

/* Is that the end of a chain, and no object? */
static inline bool rht_is_a_nulls(const struct rhash_head *ptr)
{
	return (unsigned long)ptr & 1;
}

static inline void *rht_obj(const struct rhashtable *ht, const struct rhash_head *he)
{
	return (void *)((unsigned long)he - ht->p.head_offset);
}

static inline struct rhash_lock_head __rcu *const *rht_bucket(const struct bucket_table *tbl,
							      unsigned int hash)
{
	return &tbl->buckets[hash];
}

/* The first of a bucket's chain: for readers, with its lock, and where nobody else is. */
static inline struct rhash_head *rht_ptr_rcu(struct rhash_lock_head __rcu *const *bkt)
{
	unsigned long first = (unsigned long)rcu_dereference(*bkt) & ~1UL;

	return first ? (struct rhash_head *)first : (struct rhash_head *)RHT_NULLS_MARKER(bkt);
}
#define rht_ptr(bkt, tbl, hash) rht_ptr_rcu(bkt)
#define rht_ptr_exclusive(bkt)	rht_ptr_rcu(bkt)

/* ---- Hashes --------------------------------------------------------------------------------- */

static inline unsigned int rht_bucket_index(const struct bucket_table *tbl, unsigned int hash)
{
	return hash & (tbl->size - 1);
}

static inline unsigned int rht_key_get_hash(struct rhashtable *ht, const void *key,
					    const struct rhashtable_params params,
					    unsigned int hash_rnd)
{
	u32 len = params.key_len ? params.key_len : ht->p.key_len;

	if (params.hashfn)
		return params.hashfn(key, len, hash_rnd);
	if (len % sizeof(u32))
		return jhash(key, len, hash_rnd);
	return jhash2((const u32 *)key, len / sizeof(u32), hash_rnd);
}

/* The bucket of a key, and of an object. */
static inline unsigned int rht_key_hashfn(struct rhashtable *ht, const struct bucket_table *tbl,
					  const void *key, const struct rhashtable_params params)
{
	return rht_bucket_index(tbl, rht_key_get_hash(ht, key, params, tbl->hash_rnd));
}

static inline unsigned int rht_head_get_hash(struct rhashtable *ht, const struct rhash_head *he,
					     const struct rhashtable_params params,
					     unsigned int hash_rnd)
{
	const char *obj = (const char *)rht_obj(ht, he);
	u32 len = params.key_len ? params.key_len : ht->p.key_len;

	if (params.obj_hashfn)
		return params.obj_hashfn(obj, len, hash_rnd);
	return rht_key_get_hash(ht, obj + params.key_offset, params, hash_rnd);
}

static inline unsigned int rht_head_hashfn(struct rhashtable *ht, const struct bucket_table *tbl,
					   const struct rhash_head *he,
					   const struct rhashtable_params params)
{
	return rht_bucket_index(tbl, rht_head_get_hash(ht, he, params, tbl->hash_rnd));
}

/* ---- When it is resized ----------------------------------------------------------------------- */

static inline bool __rht_may_grow(const struct rhashtable *ht, const struct bucket_table *tbl)
{
	return tbl->size < 1U << 31 && (!ht->p.max_size || tbl->size < ht->p.max_size);
}

/* Are there more keys than this share of the buckets, and may there be more buckets? */
static inline bool rht_grow_above_75(const struct rhashtable *ht, const struct bucket_table *tbl)
{
	return (unsigned int)atomic_read(&ht->nelems) > tbl->size / 4 * 3 &&
	       __rht_may_grow(ht, tbl);
}

static inline bool rht_grow_above_100(const struct rhashtable *ht, const struct bucket_table *tbl)
{
	return (unsigned int)atomic_read(&ht->nelems) > tbl->size && __rht_may_grow(ht, tbl);
}

/* Are there fewer, and may there be fewer buckets? */
static inline bool rht_shrink_below_30(const struct rhashtable *ht, const struct bucket_table *tbl)
{
	return (unsigned int)atomic_read(&ht->nelems) < tbl->size * 3ULL / 10 &&
	       tbl->size > ht->p.min_size;
}

/* Are there as many keys as there may be? */
static inline bool rht_grow_above_max(const struct rhashtable *ht, const struct bucket_table *tbl)
{
	(void)tbl;
	return (unsigned int)atomic_read(&ht->nelems) >= ht->max_elems;
}

/* ---- Walks of a chain: @pos is the head, @tpos the object. Some objects may be elsewhere ------ */

#define rht_entry(tpos, pos, member) ((tpos) = container_of(pos, __typeof__(*(tpos)), member), 1)

/* With the bucket's lock, or where nobody changes anything; also from @head on, not the first. */
#define rht_for_each_from(pos, head, tbl, hash)  \
	for (pos = (head); !rht_is_a_nulls(pos); \
	     pos = rht_dereference_bucket((pos)->next, tbl, hash))
#define rht_for_each(pos, tbl, hash) \
	rht_for_each_from(pos, rht_ptr(rht_bucket(tbl, hash), tbl, hash), tbl, hash)
#define rht_for_each_entry_from(tpos, pos, head, tbl, hash, member)              \
	for (pos = (head); !rht_is_a_nulls(pos) && rht_entry(tpos, pos, member); \
	     pos = rht_dereference_bucket((pos)->next, tbl, hash))
#define rht_for_each_entry(tpos, pos, tbl, hash, member)                                         \
	rht_for_each_entry_from(tpos, pos, rht_ptr(rht_bucket(tbl, hash), tbl, hash), tbl, hash, \
				member)

/* The object may be freed. */
#define rht_for_each_entry_safe(tpos, pos, next_, tbl, hash, member)                            \
	for (pos = rht_ptr(rht_bucket(tbl, hash), tbl, hash);                                   \
	     !rht_is_a_nulls(pos) && ((next_) = rht_dereference_bucket((pos)->next, tbl, hash), \
				     rht_entry(tpos, pos, member));                             \
	     pos = (next_))

/* Within rcu_read_lock(). */
#define rht_for_each_rcu_from(pos, head, tbl, hash) \
	for (pos = (head); !rht_is_a_nulls(pos); pos = rcu_dereference((pos)->next))
#define rht_for_each_rcu(pos, tbl, hash) \
	rht_for_each_rcu_from(pos, rht_ptr_rcu(rht_bucket(tbl, hash)), tbl, hash)
#define rht_for_each_entry_rcu_from(tpos, pos, head, tbl, hash, member)          \
	for (pos = (head); !rht_is_a_nulls(pos) && rht_entry(tpos, pos, member); \
	     pos = rcu_dereference((pos)->next))
#define rht_for_each_entry_rcu(tpos, pos, tbl, hash, member)                                  \
	rht_for_each_entry_rcu_from(tpos, pos, rht_ptr_rcu(rht_bucket(tbl, hash)), tbl, hash, \
				    member)

/* All of one key: from what rhltable_lookup() found, the newest first. */
#define rhl_for_each_rcu(pos, list) for (pos = (list); pos; pos = rcu_dereference((pos)->next))
#define rhl_for_each_entry_rcu(tpos, pos, list, member) \
	for (pos = (list); pos && rht_entry(tpos, pos, member); pos = rcu_dereference((pos)->next))

/* ---- Lookups ------------------------------------------------------------------------------------ */

/* 0: @obj has the bytes of the key. */
static inline int rhashtable_compare(struct rhashtable_compare_arg *arg, const void *obj)
{
	return memcmp((const char *)obj + arg->ht->p.key_offset, arg->key, arg->ht->p.key_len);
}

static inline struct rhash_head *__rhashtable_lookup(struct rhashtable *ht, const void *key,
						     const struct rhashtable_params params)
{
	struct rhashtable_compare_arg arg = {ht, key};
	struct bucket_table *tbl = rcu_dereference(ht->tbl);

	for (; tbl; tbl = rcu_dereference(tbl->future_tbl)) {
		struct rhash_lock_head __rcu *const *bkt =
			rht_bucket(tbl, rht_key_hashfn(ht, tbl, key, params));
		struct rhash_head *he;

		/* Again, where a chain that was moved led to another one's end. */
		do {
			rht_for_each_rcu_from(he, rht_ptr_rcu(bkt), tbl, hash)
			{
				if (!(params.obj_cmpfn ? params.obj_cmpfn(&arg, rht_obj(ht, he))
						       : rhashtable_compare(&arg, rht_obj(ht, he))))
					return he;
			}
		} while (he != RHT_NULLS_MARKER(bkt));
		smp_rmb(); /* what is gone from this table is seen in the next */
	}
	return NULL;
}

/* The object of @key, or NULL. */
static inline void *rhashtable_lookup(struct rhashtable *ht, const void *key,
				      const struct rhashtable_params params)
{
	struct rhash_head *he = __rhashtable_lookup(ht, key, params);

	return he ? rht_obj(ht, he) : NULL;
}

/* The same, in a section of its own: who uses the object sees to it that it stays. */
static inline void *rhashtable_lookup_fast(struct rhashtable *ht, const void *key,
					   const struct rhashtable_params params)
{
	void *obj;

	rcu_read_lock();
	obj = rhashtable_lookup(ht, key, params);
	rcu_read_unlock();
	return obj;
}

/* The newest object of @key, for rhl_for_each_*(); or NULL. */
static inline struct rhlist_head *rhltable_lookup(struct rhltable *hlt, const void *key,
						  const struct rhashtable_params params)
{
	struct rhash_head *he = __rhashtable_lookup(&hlt->ht, key, params);

	return he ? container_of(he, struct rhlist_head, rhead) : NULL;
}

/* ---- Inserts: 0, -E2BIG, -EBUSY, -ENOMEM ---------------------------------------------------------- */

/*
 * What all of them do. NULL: inserted; the object that has @key already, which a list table never
 * says, nor any where @key is NULL; or an error.
 */
void *rhashtable_insert_slow(struct rhashtable *ht, const void *key, struct rhash_head *obj);

static inline int __rhashtable_insert(struct rhashtable *ht, const void *key,
				      struct rhash_head *obj)
{
	void *found = rhashtable_insert_slow(ht, key, obj);

	return IS_ERR(found) ? (int)PTR_ERR(found) : found ? -EEXIST : 0;
}

/* Whatever has the same key already. */
static inline int rhashtable_insert_fast(struct rhashtable *ht, struct rhash_head *obj,
					 const struct rhashtable_params params)
{
	(void)params;
	return __rhashtable_insert(ht, NULL, obj);
}

/* With those of the same key, if any. @key: where it is not in the object at key_offset. */
static inline int rhltable_insert_key(struct rhltable *hlt, const void *key,
				      struct rhlist_head *list,
				      const struct rhashtable_params params)
{
	(void)params;
	return __rhashtable_insert(&hlt->ht, key, &list->rhead);
}

static inline int rhltable_insert(struct rhltable *hlt, struct rhlist_head *list,
				  const struct rhashtable_params params)
{
	const char *obj = (const char *)rht_obj(&hlt->ht, &list->rhead);

	return rhltable_insert_key(hlt, obj + params.key_offset, list, params);
}

/*
 * -EEXIST where an object has the same key; the _get_ forms return that, NULL where @obj was
 * inserted, or an error. The first two are for tables whose key lies in the object, the _key forms
 * for those with obj_hashfn: others end in BUG().
 */
static inline void *rhashtable_lookup_get_insert_fast(struct rhashtable *ht, struct rhash_head *obj,
						      const struct rhashtable_params params)
{
	(void)params;
	BUG_ON(ht->p.obj_hashfn);
	return rhashtable_insert_slow(ht, (const char *)rht_obj(ht, obj) + ht->p.key_offset, obj);
}

static inline int rhashtable_lookup_insert_fast(struct rhashtable *ht, struct rhash_head *obj,
						const struct rhashtable_params params)
{
	(void)params;
	BUG_ON(ht->p.obj_hashfn);
	return __rhashtable_insert(ht, (const char *)rht_obj(ht, obj) + ht->p.key_offset, obj);
}

static inline void *rhashtable_lookup_get_insert_key(struct rhashtable *ht, const void *key,
						     struct rhash_head *obj,
						     const struct rhashtable_params params)
{
	(void)params;
	BUG_ON(!ht->p.obj_hashfn || !key);
	return rhashtable_insert_slow(ht, key, obj);
}

static inline int rhashtable_lookup_insert_key(struct rhashtable *ht, const void *key,
					       struct rhash_head *obj,
					       const struct rhashtable_params params)
{
	(void)params;
	BUG_ON(!ht->p.obj_hashfn || !key);
	return __rhashtable_insert(ht, key, obj);
}

/* ---- Other changes ---------------------------------------------------------------------------------- */

/* 0, or -ENOENT where @obj is not in the table. Readers may have it for a grace period. */
int __rhashtable_remove(struct rhashtable *ht, struct rhash_head *obj);

static inline int rhashtable_remove_fast(struct rhashtable *ht, struct rhash_head *obj,
					 const struct rhashtable_params params)
{
	(void)params;
	return __rhashtable_remove(ht, obj);
}

static inline int rhltable_remove(struct rhltable *hlt, struct rhlist_head *list,
				  const struct rhashtable_params params)
{
	(void)params;
	return __rhashtable_remove(&hlt->ht, &list->rhead);
}

/*
 * @obj_new stands where @obj_old stood: readers find the one or the other. 0, -ENOENT, or -EINVAL
 * where their hashes differ. No list table.
 */
int __rhashtable_replace(struct rhashtable *ht, struct rhash_head *obj_old,
			 struct rhash_head *obj_new);

static inline int rhashtable_replace_fast(struct rhashtable *ht, struct rhash_head *obj_old,
					  struct rhash_head *obj_new,
					  const struct rhashtable_params params)
{
	(void)params;
	return __rhashtable_replace(ht, obj_old, obj_new);
}

/* ---- Walks over all: enter, start, next ..., stop, exit ------------------------------------------- */

/*
 * Each object that stays is seen, some more than once where the table was resized meanwhile: then
 * next and peek return ERR_PTR(-EAGAIN) once, and go on from the start of the new table. start and stop
 * enclose an RCU section, and a walk may have several: what was inserted or removed between two may
 * be seen twice, or make others of its chain be missed.
 */
void rhashtable_walk_enter(struct rhashtable *ht, struct rhashtable_iter *iter);
void rhashtable_walk_exit(struct rhashtable_iter *iter);

/* 0, or -EAGAIN: resized since, and from the start. Either way it has begun. */
int rhashtable_walk_start_check(struct rhashtable_iter *iter);
void rhashtable_walk_stop(struct rhashtable_iter *iter);

static inline void rhashtable_walk_start(struct rhashtable_iter *iter)
{
	(void)rhashtable_walk_start_check(iter);
}

static inline void rhltable_walk_enter(struct rhltable *hlt, struct rhashtable_iter *iter)
{
	rhashtable_walk_enter(&hlt->ht, iter);
}

/* The next object; NULL behind the last. peek: the one that next returned, or will return. */
void *rhashtable_walk_next(struct rhashtable_iter *iter);
void *rhashtable_walk_peek(struct rhashtable_iter *iter);

/* ---- Its end ------------------------------------------------------------------------------------------ */

/* Waits for the resize, calls @free_fn(object, @arg) unless it is NULL, frees the buckets. No users. */
void rhashtable_free_and_destroy(struct rhashtable *ht, void (*free_fn)(void *ptr, void *arg),
				 void *arg);
void rhashtable_destroy(struct rhashtable *ht);

static inline void rhltable_free_and_destroy(struct rhltable *hlt,
					     void (*free_fn)(void *ptr, void *arg), void *arg)
{
	rhashtable_free_and_destroy(&hlt->ht, free_fn, arg);
}

static inline void rhltable_destroy(struct rhltable *hlt)
{
	rhashtable_destroy(&hlt->ht);
}

#endif /* _LINUX_RHASHTABLE_H */
