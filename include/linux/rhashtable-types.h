/* SPDX-License-Identifier: MIT */
/*
 * The structures of linux/rhashtable.h, for headers that have a table in a structure of theirs.
 * Locking, failure: said there. Source: Linux 6.1's rhashtable-types.h.
 */
#ifndef _LINUX_RHASHTABLE_TYPES_H
#define _LINUX_RHASHTABLE_TYPES_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/* In an object of a table. */
struct rhash_head {
	struct rhash_head __rcu *next; /* odd: the end of a chain */
};

/* In an object of a list table. */
struct rhlist_head {
	struct rhash_head rhead;	/* in the chain: the newest object of its key alone */
	struct rhlist_head __rcu *next; /* an older one of the same key */
};

struct bucket_table;
struct rhashtable;

/* What obj_cmpfn is asked: has an object this key? */
struct rhashtable_compare_arg {
	struct rhashtable *ht;
	const void *key;
};

/* Hashes of a key of @len bytes, and of an object. */
typedef u32 (*rht_hashfn_t)(const void *data, u32 len, u32 seed);
typedef u32 (*rht_obj_hashfn_t)(const void *data, u32 len, u32 seed);

/* 0: @obj has the key. */
typedef int (*rht_obj_cmpfn_t)(struct rhashtable_compare_arg *arg, const void *obj);

struct rhashtable_params {
	u16 nelem_hint;		     /* objects to begin with: they fill 75 % */
	u16 key_len;		     /* bytes; 0: obj_hashfn says */
	u16 key_offset;		     /* bytes, of the key in an object */
	u16 head_offset;	     /* bytes, of its struct rhash_head or rhlist_head */
	unsigned int max_size;	     /* buckets that it does not grow beyond; 0: no bound */
	u16 min_size;		     /* buckets that it does not shrink below */
	bool automatic_shrinking;    /* at less than 30 % */
	rht_hashfn_t hashfn;	     /* NULL: jhash2() or jhash() */
	rht_obj_hashfn_t obj_hashfn; /* NULL: the hash of the key in the object */
	rht_obj_cmpfn_t obj_cmpfn;   /* NULL: the keys' bytes */
};

struct rhashtable {
	struct bucket_table __rcu *tbl;
	unsigned int max_elems;	    /* keys, at the most */
	struct rhashtable_params p; /* min_size and max_size as powers of two */
	bool rhlist;		    /* of an rhltable */
	struct work_struct run_work;
	struct mutex mutex; /* who holds it may replace tbl; nobody else does */
	atomic_t nelems;    /* keys */
};

/* A table in which objects may have the same key. */
struct rhltable {
	struct rhashtable ht;
};

/* A walk: where it stands. Its fields are the walk's own. */
struct rhashtable_iter {
	struct rhashtable *ht;
	struct rhash_head *p; /* the chain's head of the last object; NULL: look by slot, skip */
	struct rhlist_head *list; /* the last object */
	struct bucket_table *tbl;
	unsigned long nr; /* the table's */
	unsigned int slot;
	unsigned int skip; /* objects of the slot that were seen */
	bool end_of_table;
};

/*
 * An empty table. 0; -EINVAL where there is neither key_len nor obj_hashfn, or obj_hashfn without
 * obj_cmpfn; -ENOMEM. Sleeps.
 */
int rhashtable_init(struct rhashtable *ht, const struct rhashtable_params *params);
int rhltable_init(struct rhltable *hlt, const struct rhashtable_params *params);

#endif /* _LINUX_RHASHTABLE_TYPES_H */
