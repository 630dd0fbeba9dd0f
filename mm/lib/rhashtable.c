// SPDX-License-Identifier: MIT
/* Tables of buckets: made, resized, freed. Contract: linux/rhashtable.h. */
#include "rhashtable.h"

#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/smp.h>
#include <linux/slab.h>

#define MIN_SIZE     4U
#define DEFAULT_SIZE 64U
#define MAX_KEYS     (1U << 31)
#define MAX_MIN_SIZE (1U << 15) /* what u16 holds */

static struct bucket_table *make_table(unsigned int size, unsigned long nr, gfp_t gfp)
{
	struct bucket_table *tbl;

	tbl = kvzalloc(struct_size(tbl, buckets, size), gfp | __GFP_NOWARN);
	if (!tbl)
		return NULL;
	tbl->size = size;
	tbl->nr = nr;
	tbl->hash_rnd = get_random_u32();
	return tbl;
}

/* ---- Resizing, with the mutex held -------------------------------------------------------- */

/* Puts @he first into its chain of @tbl. */
static void move_to(struct rhashtable *ht, struct bucket_table *tbl, struct rhash_head *he)
{
	rht_bucket_t *bkt = &tbl->buckets[rht_head_hashfn(ht, tbl, he, ht->p)];

	rht_lock(bkt);
	rcu_assign_pointer(he->next, rht_ptr_rcu(bkt));
	rht_link(bkt, NULL, he);
	rht_unlock(bkt);
}

/*
 * The last object first: a reader that stands on it goes astray behind all that are left in the
 * chain, and misses none of them.
 */
static void move_chain(struct rhashtable *ht, struct bucket_table *tbl, rht_bucket_t *bkt)
{
	struct rhash_head *he;

	rht_lock(bkt);
	while (!rht_is_a_nulls(he = rht_ptr_rcu(bkt))) {
		struct rhash_head *prev = NULL;

		for (; !rht_is_a_nulls(he->next); he = he->next)
			prev = he;
		move_to(ht, tbl, he);
		rht_link(bkt, prev, (struct rhash_head *)RHT_NULLS_MARKER(bkt));
	}
	rht_unlock(bkt);
}

/* From a look at the next table on, with its lock held, nobody inserts into a bucket of the last. */
static int resize(struct rhashtable *ht, unsigned int size, gfp_t gfp)
{
	struct bucket_table *old = rht_dereference(ht->tbl, ht);
	struct bucket_table *tbl = make_table(size, old->nr + 1, gfp);

	if (!tbl)
		return -ENOMEM;
	rcu_assign_pointer(old->future_tbl, tbl);
	for (unsigned int i = 0; i < old->size; i++) {
		move_chain(ht, tbl, &old->buckets[i]);
		smp_call_poll();
	}
	rcu_assign_pointer(ht->tbl, tbl);
	kvfree_rcu(old, rcu);
	return 0;
}

/* The smallest that does not make it grow again at once. */
static unsigned int shrunk_size(const struct rhashtable *ht)
{
	unsigned int nelems = (unsigned int)atomic_read(&ht->nelems);
	unsigned int size = nelems ? (unsigned int)roundup_pow_of_two(nelems * 3UL / 2) : 0;

	return max(size, (unsigned int)ht->p.min_size);
}

static unsigned int wanted_size(const struct rhashtable *ht)
{
	const struct bucket_table *tbl = rht_dereference(ht->tbl, ht);

	if (rht_grow_above_75(ht, tbl))
		return tbl->size * 2;
	if (ht->p.automatic_shrinking && rht_shrink_below_30(ht, tbl))
		return min(tbl->size, shrunk_size(ht));
	return tbl->size;
}

/* Where another has the mutex, or there is no memory, the next change gives the work again. */
static void resize_work(struct work_struct *work)
{
	struct rhashtable *ht = container_of(work, struct rhashtable, run_work);
	unsigned int size;

	if (!mutex_trylock(&ht->mutex))
		return;
	while ((size = wanted_size(ht)) != rht_dereference(ht->tbl, ht)->size)
		if (resize(ht, size, GFP_KERNEL))
			break;
	mutex_unlock(&ht->mutex);
}

int rht_make_room(struct rhashtable *ht)
{
	const struct bucket_table *tbl;
	int err;

	if (!mutex_trylock(&ht->mutex))
		return -EBUSY;
	tbl = rht_dereference(ht->tbl, ht);
	err = resize(ht, rht_grow_above_75(ht, tbl) ? tbl->size * 2 : tbl->size, GFP_ATOMIC);
	mutex_unlock(&ht->mutex);
	if (err)
		schedule_work(&ht->run_work);
	return err;
}

/* ---- Its life ------------------------------------------------------------------------------- */

static void set_bounds(struct rhashtable *ht, const struct rhashtable_params *params)
{
	unsigned long min_size = params->min_size ? roundup_pow_of_two(params->min_size) : 0;

	ht->p = *params;
	ht->p.min_size = (u16)clamp_t(unsigned long, min_size, MIN_SIZE, MAX_MIN_SIZE);
	ht->max_elems = MAX_KEYS;
	if (!params->max_size)
		return;
	ht->p.max_size = (unsigned int)rounddown_pow_of_two(params->max_size);
	if (ht->p.max_size < MAX_KEYS / 2)
		ht->max_elems = ht->p.max_size * 2;
}

static unsigned int first_size(const struct rhashtable_params *p)
{
	unsigned long size = DEFAULT_SIZE;

	if (p->nelem_hint)
		size = roundup_pow_of_two(p->nelem_hint * 4UL / 3);
	return max((unsigned int)size, (unsigned int)p->min_size);
}

int rhashtable_init(struct rhashtable *ht, const struct rhashtable_params *params)
{
	struct bucket_table *tbl;

	if ((!params->key_len && !params->obj_hashfn) || (params->obj_hashfn && !params->obj_cmpfn))
		return -EINVAL;
	*ht = (struct rhashtable){};
	set_bounds(ht, params);
	mutex_init(&ht->mutex);
	INIT_WORK(&ht->run_work, resize_work);
	tbl = make_table(first_size(&ht->p), 0, GFP_KERNEL);
	if (!tbl)
		tbl = make_table(ht->p.min_size, 0, GFP_KERNEL);
	RCU_INIT_POINTER(ht->tbl, tbl);
	return tbl ? 0 : -ENOMEM;
}

int rhltable_init(struct rhltable *hlt, const struct rhashtable_params *params)
{
	int err = rhashtable_init(&hlt->ht, params);

	if (!err)
		hlt->ht.rhlist = true;
	return err;
}

/* The object at @he, and all of its key. */
static void free_key(const struct rhashtable *ht, struct rhash_head *he,
		     void (*free_fn)(void *ptr, void *arg), void *arg)
{
	struct rhlist_head *list = container_of(he, struct rhlist_head, rhead);

	while (list) {
		struct rhlist_head *next = ht->rhlist ? list->next : NULL;

		free_fn(rht_obj(ht, &list->rhead), arg);
		list = next;
	}
}

static void free_chain(const struct rhashtable *ht, struct rhash_head *he,
		       void (*free_fn)(void *ptr, void *arg), void *arg)
{
	while (!rht_is_a_nulls(he)) {
		struct rhash_head *next = he->next;

		free_key(ht, he, free_fn, arg);
		he = next;
	}
}

void rhashtable_free_and_destroy(struct rhashtable *ht, void (*free_fn)(void *ptr, void *arg),
				 void *arg)
{
	struct bucket_table *tbl;

	cancel_work_sync(&ht->run_work);
	mutex_lock(&ht->mutex);
	tbl = rht_dereference(ht->tbl, ht);
	for (unsigned int i = 0; free_fn && i < tbl->size; i++) {
		cond_resched();
		free_chain(ht, rht_ptr_exclusive(rht_bucket(tbl, i)), free_fn, arg);
	}
	kvfree(tbl);
	mutex_unlock(&ht->mutex);
}

void rhashtable_destroy(struct rhashtable *ht)
{
	rhashtable_free_and_destroy(ht, NULL, NULL);
}
