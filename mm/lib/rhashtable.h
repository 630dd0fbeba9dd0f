/* SPDX-License-Identifier: MIT */
/*
 * Buckets of a hash table with their locks, for those who change chains. Contract:
 * linux/rhashtable.h.
 */
#ifndef MM_LIB_RHASHTABLE_H
#define MM_LIB_RHASHTABLE_H

#include <linux/rhashtable.h>

typedef struct rhash_lock_head __rcu *rht_bucket_t;

static inline void rht_lock(rht_bucket_t *bkt)
{
	bit_spin_lock(0, (unsigned long *)bkt);
}

static inline void rht_unlock(rht_bucket_t *bkt)
{
	bit_spin_unlock(0, (unsigned long *)bkt);
}

/* @he, an object or the end, comes behind @prev; NULL: is the bucket's first. It stays locked. */
static inline void rht_link(rht_bucket_t *bkt, struct rhash_head *prev, struct rhash_head *he)
{
	unsigned long first = rht_is_a_nulls(he) ? 0 : (unsigned long)he;

	if (prev)
		rcu_assign_pointer(prev->next, he);
	else
		rcu_assign_pointer(*bkt, (struct rhash_lock_head *)(first | 1));
}

/*
 * A larger table, or one of the same size with another seed where it need not be larger. 0; -EBUSY:
 * somebody else is at it; -ENOMEM. Any context but an interrupt.
 */
int rht_make_room(struct rhashtable *ht);

#endif /* MM_LIB_RHASHTABLE_H */
