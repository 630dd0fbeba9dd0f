// SPDX-License-Identifier: MIT
/*
 * Walks over all objects of a hash table. Contract: linux/rhashtable.h.
 *
 * A table that is resized is walked to its end, and then the next one from its start: what was moved
 * before the walk got to it is there.
 */
#include <linux/rhashtable.h>

#include <linux/rcupdate.h>

void rhashtable_walk_enter(struct rhashtable *ht, struct rhashtable_iter *iter)
{
	*iter = (struct rhashtable_iter){.ht = ht};
	rcu_read_lock();
	iter->tbl = rcu_dereference(ht->tbl);
	iter->nr = iter->tbl->nr;
	rcu_read_unlock();
}

/* It holds nothing between start and stop, and nothing behind. */
void rhashtable_walk_exit(struct rhashtable_iter *iter)
{
	iter->tbl = NULL;
}

static void restart(struct rhashtable_iter *iter, struct bucket_table *tbl)
{
	iter->tbl = tbl;
	iter->nr = tbl->nr;
	iter->slot = iter->skip = 0;
	iter->p = NULL;
}

/* ---- Objects of a slot --------------------------------------------------------------------- */

/* The one behind: an older one of the same key, or the next key's. False: the chain's end. */
static bool step(struct rhashtable_iter *iter)
{
	struct rhlist_head *older = NULL;

	if (iter->ht->rhlist)
		older = rcu_dereference(iter->list->next);
	if (!older) {
		iter->p = rcu_dereference(iter->p->next);
		if (rht_is_a_nulls(iter->p))
			return false;
		older = container_of(iter->p, struct rhlist_head, rhead);
	}
	iter->list = older;
	return true;
}

static bool first_of_slot(struct rhashtable_iter *iter)
{
	iter->p = rht_ptr_rcu(rht_bucket(iter->tbl, iter->slot));
	if (rht_is_a_nulls(iter->p))
		return false;
	iter->list = container_of(iter->p, struct rhlist_head, rhead);
	return true;
}

/* The object behind the first @skip ones of the slot. */
static bool skip_to(struct rhashtable_iter *iter, unsigned int skip)
{
	bool any = first_of_slot(iter);

	while (any && skip--)
		any = step(iter);
	return any;
}

/* The last object is looked for again: where it is now, or it is gone, and skip has to do. */
static void find_again(struct rhashtable_iter *iter)
{
	const struct rhlist_head *last = iter->list;
	unsigned int seen = 0;
	bool any = first_of_slot(iter);

	for (; any; any = step(iter)) {
		seen++;
		if (iter->list == last) {
			iter->skip = seen;
			return;
		}
	}
	iter->p = NULL;
}

/* ---- The walk ---------------------------------------------------------------------------------- */

/* A table that was replaced may be freed: its number says whether it is still there. */
static bool table_is_there(const struct rhashtable_iter *iter)
{
	const struct bucket_table *tbl = rcu_dereference(iter->ht->tbl);

	if (tbl->nr == iter->nr)
		return true;
	tbl = rcu_dereference(tbl->future_tbl);
	return tbl && tbl->nr == iter->nr;
}

int rhashtable_walk_start_check(struct rhashtable_iter *iter)
{
	rcu_read_lock();
	if (iter->end_of_table)
		return 0;
	if (!table_is_there(iter)) {
		restart(iter, rcu_dereference(iter->ht->tbl));
		return -EAGAIN;
	}
	if (iter->p)
		find_again(iter);
	return 0;
}

void rhashtable_walk_stop(struct rhashtable_iter *iter)
{
	(void)iter;
	rcu_read_unlock();
}

static void *current_object(const struct rhashtable_iter *iter)
{
	return rht_obj(iter->ht, &iter->list->rhead);
}

static void *end_table(struct rhashtable_iter *iter)
{
	struct bucket_table *next;

	smp_rmb(); /* what is gone from this table is seen in the next */
	next = rcu_dereference(iter->tbl->future_tbl);
	if (next) {
		restart(iter, next);
		return ERR_PTR(-EAGAIN);
	}
	iter->p = NULL;
	iter->end_of_table = true;
	return NULL;
}

/* The first object from slot and skip on. */
static void *find_next(struct rhashtable_iter *iter)
{
	if (iter->end_of_table)
		return NULL;
	for (; iter->slot < iter->tbl->size; iter->slot++, iter->skip = 0) {
		if (skip_to(iter, iter->skip)) {
			iter->skip++;
			return current_object(iter);
		}
	}
	return end_table(iter);
}

void *rhashtable_walk_next(struct rhashtable_iter *iter)
{
	if (!iter->p)
		return find_next(iter);
	if (step(iter)) {
		iter->skip++;
		return current_object(iter);
	}
	iter->slot++;
	iter->skip = 0;
	return find_next(iter);
}

/* Where the last one is gone, the one at its place. */
void *rhashtable_walk_peek(struct rhashtable_iter *iter)
{
	if (iter->p)
		return current_object(iter);
	if (iter->skip)
		iter->skip--;
	return find_next(iter);
}
