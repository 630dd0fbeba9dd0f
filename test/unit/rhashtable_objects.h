/* SPDX-License-Identifier: MIT */
/* Objects for the tests of hash tables, and what must be true of a table; on one CPU. */
#ifndef _TEST_RHASHTABLE_OBJECTS_H
#define _TEST_RHASHTABLE_OBJECTS_H

#include "percpu_machine.h"

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>

#include "../../mm/wait.h"

#define MANY 1000

struct object {
	u32 key;
	unsigned int seen;
	union {
		struct rhash_head node;
		struct rhlist_head list;
	};
};
static struct object objects[MANY];

static const struct rhashtable_params by_key = {
	.key_len = sizeof(u32),
	.key_offset = offsetof(struct object, key),
	.head_offset = offsetof(struct object, node),
	.automatic_shrinking = true,
};

/* All in one chain, whatever the seed. */
static inline u32 hash_to_7(const void *data, u32 len, u32 seed)
{
	(void)data;
	(void)len;
	(void)seed;
	return 7;
}

static __maybe_unused const struct rhashtable_params one_chain = {
	.key_len = sizeof(u32),
	.key_offset = offsetof(struct object, key),
	.head_offset = offsetof(struct object, node),
	.hashfn = hash_to_7,
};

static struct rhashtable ht;
static __maybe_unused struct rhltable hlt;

static inline int machine(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 1);
	wait_reset();
	host_log_clear();
	for (u32 i = 0; i < MANY; i++)
		objects[i] = (struct object){.key = i};
	return 0;
}

static inline int machine_end(void **state)
{
	rcu_barrier();
	return percpu_machine_end(state);
}

/* ---- What a table must be --------------------------------------------------------------------- */

static inline unsigned int size_of(struct rhashtable *table)
{
	return rht_dereference(table->tbl, table)->size;
}

/* Each in the chain of its hash; their number. */
static inline unsigned int count_sound(struct rhashtable *table,
				       const struct rhashtable_params params)
{
	struct bucket_table *tbl = rht_dereference(table->tbl, table);
	unsigned int nr = 0;

	assert_null(tbl->future_tbl);
	for (unsigned int i = 0; i < tbl->size; i++) {
		struct rhash_head *pos;

		rht_for_each(pos, tbl, i)
		{
			assert_int_equal(rht_head_hashfn(table, tbl, pos, params), i);
			nr++;
		}
		assert_ptr_equal(pos, RHT_NULLS_MARKER(rht_bucket(tbl, i)));
	}
	assert_int_equal(atomic_read(&table->nelems), nr);
	return nr;
}

static inline struct object *find(u32 key)
{
	return rhashtable_lookup_fast(&ht, &key, by_key);
}

static inline void insert(u32 first, u32 end)
{
	for (u32 i = first; i < end; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, by_key), 0);
}

static inline void remove_some(u32 first, u32 end)
{
	for (u32 i = first; i < end; i++)
		assert_int_equal(rhashtable_remove_fast(&ht, &objects[i].node, by_key), 0);
}

static inline void make(struct rhashtable_params params)
{
	assert_int_equal(rhashtable_init(&ht, &params), 0);
}

#define table_test(name) cmocka_unit_test_setup_teardown(name, machine, machine_end)

#endif /* _TEST_RHASHTABLE_OBJECTS_H */
