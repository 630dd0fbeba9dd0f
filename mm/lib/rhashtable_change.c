// SPDX-License-Identifier: MIT
/* Objects of a hash table: inserted, removed, replaced. Contract: linux/rhashtable.h. */
#include "rhashtable.h"

#include <linux/rcupdate.h>

/* In a chain whose lock is held: @he, behind @prev, or the first. */
struct place {
	struct rhash_head *prev, *he;
	unsigned int before; /* so many */
};

static rht_bucket_t *bucket_of(struct rhashtable *ht, struct bucket_table *tbl,
			       const struct rhash_head *he)
{
	return &tbl->buckets[rht_head_hashfn(ht, tbl, he, ht->p)];
}

/* The next place of the chain; false: the end. */
static bool step(struct place *at)
{
	at->prev = at->he;
	at->he = at->he->next;
	at->before++;
	return !rht_is_a_nulls(at->he);
}

/* ---- Inserting ------------------------------------------------------------------------------- */

/* What an insert puts up with rather than fail. */
enum patience { NOTHING, FULL_TABLE, LONG_CHAIN };

static bool has_key(struct rhashtable *ht, const void *key, const struct rhash_head *he)
{
	struct rhashtable_compare_arg arg = {ht, key};
	const void *obj = rht_obj(ht, he);

	return !(ht->p.obj_cmpfn ? ht->p.obj_cmpfn(&arg, obj) : rhashtable_compare(&arg, obj));
}

/* @at is where @key is; false: at the end. NULL is nowhere. */
static bool find_key(struct rhashtable *ht, const void *key, struct place *at)
{
	if (rht_is_a_nulls(at->he))
		return false;
	do {
		if (key && has_key(ht, key, at->he))
			return true;
	} while (step(at));
	return false;
}

/* @obj takes the place of the newest of its key, which is the second then. */
static void put_before(rht_bucket_t *bkt, const struct place *at, struct rhash_head *obj)
{
	struct rhlist_head *list = container_of(obj, struct rhlist_head, rhead);

	RCU_INIT_POINTER(list->next, container_of(at->he, struct rhlist_head, rhead));
	RCU_INIT_POINTER(obj->next, at->he->next);
	rht_link(bkt, at->prev, obj);
}

/* A new key, into a chain with @others. */
static int put_first(struct rhashtable *ht, struct bucket_table *tbl, rht_bucket_t *bkt,
		     unsigned int others, struct rhash_head *obj, enum patience patience)
{
	if (rht_grow_above_max(ht, tbl))
		return -E2BIG;
	if (others && others % RHT_ELASTICITY == 0 && patience < LONG_CHAIN)
		return -EAGAIN;
	if (rht_grow_above_100(ht, tbl) && patience < FULL_TABLE)
		return -EAGAIN;
	RCU_INIT_POINTER(obj->next, rht_ptr_rcu(bkt));
	if (ht->rhlist)
		RCU_INIT_POINTER(container_of(obj, struct rhlist_head, rhead)->next, NULL);
	rht_link(bkt, NULL, obj);
	atomic_inc(&ht->nelems);
	if (rht_grow_above_75(ht, tbl))
		schedule_work(&ht->run_work);
	return 0;
}

/* In one table. *@next: the one to try, which there was while the bucket was locked; NULL: done. */
static void *insert_into(struct rhashtable *ht, struct bucket_table *tbl, const void *key,
			 struct rhash_head *obj, enum patience patience, struct bucket_table **next)
{
	rht_bucket_t *bkt = bucket_of(ht, tbl, obj);
	struct place at = {};
	void *found = NULL;

	*next = NULL;
	rht_lock(bkt);
	at.he = rht_ptr_rcu(bkt);
	if (find_key(ht, key, &at)) {
		if (ht->rhlist)
			put_before(bkt, &at, obj);
		else
			found = rht_obj(ht, at.he);
	} else {
		*next = rcu_dereference(tbl->future_tbl);
		if (!*next)
			found = ERR_PTR(put_first(ht, tbl, bkt, at.before, obj, patience));
	}
	rht_unlock(bkt);
	return found;
}

static void *try_insert(struct rhashtable *ht, const void *key, struct rhash_head *obj,
			enum patience patience)
{
	struct bucket_table *next = rcu_dereference(ht->tbl);
	void *found;

	do {
		found = insert_into(ht, next, key, obj, patience, &next);
	} while (next);
	return found;
}

/* Once there is room, or hashing anew was of no use, it is inserted in any case. */
void *rhashtable_insert_slow(struct rhashtable *ht, const void *key, struct rhash_head *obj)
{
	void *found;

	rcu_read_lock();
	found = try_insert(ht, key, obj, NOTHING);
	if (found == ERR_PTR(-EAGAIN)) {
		int err = rht_make_room(ht);

		found = try_insert(ht, key, obj, err ? FULL_TABLE : LONG_CHAIN);
		if (found == ERR_PTR(-EAGAIN))
			found = ERR_PTR(err);
	}
	rcu_read_unlock();
	return found;
}

/* ---- Removing -------------------------------------------------------------------------------- */

/* Takes @obj out of those of one key, of which it is not the newest; false: it is none of them. */
static bool remove_older(struct rhash_head *newest, const struct rhash_head *obj)
{
	struct rhlist_head *list = container_of(newest, struct rhlist_head, rhead);

	for (; list->next; list = list->next) {
		if (&list->next->rhead != obj)
			continue;
		rcu_assign_pointer(list->next, list->next->next);
		return true;
	}
	return false;
}

/* Takes the object at @at out of the chain; the next older one of its key stands there then. */
static void remove_newest(struct rhashtable *ht, rht_bucket_t *bkt, const struct place *at)
{
	struct rhlist_head *list = container_of(at->he, struct rhlist_head, rhead);
	struct rhash_head *heir = at->he->next;

	if (ht->rhlist && list->next) {
		heir = &list->next->rhead;
		rcu_assign_pointer(heir->next, at->he->next);
	} else {
		atomic_dec(&ht->nelems);
	}
	rht_link(bkt, at->prev, heir);
}

static bool remove_at(struct rhashtable *ht, rht_bucket_t *bkt, const struct place *at,
		      struct rhash_head *obj)
{
	if (at->he != obj)
		return ht->rhlist && remove_older(at->he, obj);
	remove_newest(ht, bkt, at);
	return true;
}

static int remove_from(struct rhashtable *ht, struct bucket_table *tbl, struct rhash_head *obj)
{
	rht_bucket_t *bkt = bucket_of(ht, tbl, obj);
	struct place at = {};
	int err = -ENOENT;

	rht_lock(bkt);
	at.he = rht_ptr_rcu(bkt);
	if (!rht_is_a_nulls(at.he)) {
		do {
			if (remove_at(ht, bkt, &at, obj))
				err = 0;
		} while (err && step(&at));
	}
	rht_unlock(bkt);
	if (!err && ht->p.automatic_shrinking && rht_shrink_below_30(ht, tbl))
		schedule_work(&ht->run_work);
	return err;
}

/* What was not found in a bucket has been moved to the next table, which is seen then. */
int __rhashtable_remove(struct rhashtable *ht, struct rhash_head *obj)
{
	struct bucket_table *tbl;
	int err = -ENOENT;

	rcu_read_lock();
	for (tbl = rcu_dereference(ht->tbl); tbl && err; tbl = rcu_dereference(tbl->future_tbl))
		err = remove_from(ht, tbl, obj);
	rcu_read_unlock();
	return err;
}

/* ---- Replacing ------------------------------------------------------------------------------- */

static int replace_in(struct rhashtable *ht, struct bucket_table *tbl, struct rhash_head *old,
		      struct rhash_head *obj)
{
	rht_bucket_t *bkt = bucket_of(ht, tbl, old);
	struct place at = {};

	rht_lock(bkt);
	at.he = rht_ptr_rcu(bkt);
	while (at.he != old && !rht_is_a_nulls(at.he))
		step(&at);
	if (at.he == old) {
		RCU_INIT_POINTER(obj->next, old->next);
		rht_link(bkt, at.prev, obj);
	}
	rht_unlock(bkt);
	return at.he == old ? 0 : -ENOENT;
}

int __rhashtable_replace(struct rhashtable *ht, struct rhash_head *obj_old,
			 struct rhash_head *obj_new)
{
	struct bucket_table *tbl;
	int err = -ENOENT;

	rcu_read_lock();
	tbl = rcu_dereference(ht->tbl);
	if (rht_head_get_hash(ht, obj_old, ht->p, tbl->hash_rnd) !=
	    rht_head_get_hash(ht, obj_new, ht->p, tbl->hash_rnd))
		err = -EINVAL;
	for (; tbl && err == -ENOENT; tbl = rcu_dereference(tbl->future_tbl))
		err = replace_in(ht, tbl, obj_old, obj_new);
	rcu_read_unlock();
	return err;
}
