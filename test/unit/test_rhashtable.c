/* SPDX-License-Identifier: MIT */
/* Hash tables that resize themselves: each call, each error, a model. */
#include "rhashtable_objects.h"

/* Keys without a length, which objects hash and compare themselves: their tens. */
static u32 hash_tens(const void *data, u32 len, u32 seed)
{
	(void)len;
	return jhash_1word(((const struct object *)data)->key / 10, seed);
}

static u32 hash_ten(const void *key, u32 len, u32 seed)
{
	(void)len;
	return jhash_1word(*(const u32 *)key, seed);
}

static int compare_tens(struct rhashtable_compare_arg *arg, const void *obj)
{
	return ((const struct object *)obj)->key / 10 != *(const u32 *)arg->key;
}

static const struct rhashtable_params by_tens = {
	.head_offset = offsetof(struct object, node),
	.hashfn = hash_ten,
	.obj_hashfn = hash_tens,
	.obj_cmpfn = compare_tens,
};

/* ---- Tables -------------------------------------------------------------------------------------- */

static void parameters_say_the_first_size_and_the_bounds(void **state)
{
	static const struct {
		u16 hint, min_size;
		unsigned int max_size, size, min, max, max_elems;
	} cases[] = {
		{0, 0, 0, 64, 4, 0, 1U << 31},	  {3, 0, 0, 4, 4, 0, 1U << 31},
		{1, 0, 0, 4, 4, 0, 1U << 31},	  {48, 0, 0, 64, 4, 0, 1U << 31},
		{49, 0, 0, 128, 4, 0, 1U << 31},  {0, 100, 0, 128, 128, 0, 1U << 31},
		{10, 20, 0, 32, 32, 0, 1U << 31}, {0, 40000, 0, 32768, 32768, 0, 1U << 31},
		{3, 0, 100, 4, 4, 64, 128},	  {3, 0, 1U << 31, 4, 4, 1U << 31, 1U << 31},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rhashtable_params params = by_key;

		params.nelem_hint = cases[i].hint;
		params.min_size = cases[i].min_size;
		params.max_size = cases[i].max_size;
		make(params);
		assert_int_equal(size_of(&ht), cases[i].size);
		assert_int_equal(ht.p.min_size, cases[i].min);
		assert_int_equal(ht.p.max_size, cases[i].max);
		assert_int_equal(ht.max_elems, cases[i].max_elems);
		rhashtable_destroy(&ht);
	}
}

static void parameters_that_say_no_key_are_refused(void **state)
{
	struct rhashtable_params params = {.head_offset = offsetof(struct object, node)};

	(void)state;
	assert_int_equal(rhashtable_init(&ht, &params), -EINVAL);
	assert_int_equal(rhltable_init(&hlt, &params), -EINVAL);
	params.obj_hashfn = hash_tens;
	assert_int_equal(rhashtable_init(&ht, &params), -EINVAL);
	params.key_len = sizeof(u32);
	assert_int_equal(rhashtable_init(&ht, &params), -EINVAL);
}

static void a_table_without_memory_is_not_made(void **state)
{
	LIST_HEAD(taken);
	struct rhashtable_params large = by_key;

	(void)state;
	large.nelem_hint = 40000;
	large.min_size = 32768;
	take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	assert_int_equal(rhashtable_init(&ht, &large), -ENOMEM);
	give_back_pages(&taken);
	make(large);
	rhashtable_destroy(&ht);
}

/* ---- Calls --------------------------------------------------------------------------------------- */

static void an_object_is_found_from_its_insert_to_its_removal(void **state)
{
	(void)state;
	make(by_key);
	assert_null(find(5));
	insert(0, 10);
	assert_ptr_equal(find(5), &objects[5]);
	rcu_read_lock();
	assert_ptr_equal(rhashtable_lookup(&ht, &objects[9].key, by_key), &objects[9]);
	rcu_read_unlock();
	remove_some(5, 6);
	assert_null(find(5));
	assert_ptr_equal(find(4), &objects[4]);
	assert_int_equal(rhashtable_remove_fast(&ht, &objects[5].node, by_key), -ENOENT);
	assert_int_equal(count_sound(&ht, by_key), 9);
	rhashtable_destroy(&ht);
}

static void keys_of_any_length_are_hashed(void **state)
{
	static const u16 lengths[] = {1, 2, 3, 4, 5, 8, 11, 12, 16};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct {
			u32 key[4];
			struct rhash_head node;
		} each = {.key = {1, 2, 3, 4}};
		struct rhashtable_params params = {
			.key_len = lengths[i],
			.head_offset = offsetof(__typeof__(each), node),
		};
		u8 other[16];

		make(params);
		assert_int_equal(rhashtable_lookup_insert_fast(&ht, &each.node, params), 0);
		memcpy(other, each.key, sizeof(other));
		assert_ptr_equal(rhashtable_lookup_fast(&ht, other, params), &each);
		other[lengths[i] - 1] ^= 1;
		assert_null(rhashtable_lookup_fast(&ht, other, params));
		assert_int_equal(rhashtable_remove_fast(&ht, &each.node, params), 0);
		rhashtable_destroy(&ht);
	}
}

static void an_insert_that_looks_finds_who_has_the_key(void **state)
{
	struct object twin = {.key = 3};

	(void)state;
	make(by_key);
	assert_int_equal(rhashtable_lookup_insert_fast(&ht, &objects[3].node, by_key), 0);
	assert_int_equal(rhashtable_lookup_insert_fast(&ht, &twin.node, by_key), -EEXIST);
	assert_ptr_equal(rhashtable_lookup_get_insert_fast(&ht, &twin.node, by_key), &objects[3]);
	assert_null(rhashtable_lookup_get_insert_fast(&ht, &objects[4].node, by_key));
	assert_int_equal(atomic_read(&ht.nelems), 2);
	/* One that does not look does not mind. */
	assert_int_equal(rhashtable_insert_fast(&ht, &twin.node, by_key), 0);
	assert_int_equal(rhashtable_remove_fast(&ht, &twin.node, by_key), 0);
	assert_ptr_equal(find(3), &objects[3]);
	rhashtable_destroy(&ht);
}

static void objects_may_hash_and_compare_themselves(void **state)
{
	u32 ten = 1;

	(void)state;
	make(by_tens);
	assert_int_equal(rhashtable_lookup_insert_key(&ht, &ten, &objects[15].node, by_tens), 0);
	assert_int_equal(rhashtable_lookup_insert_key(&ht, &ten, &objects[16].node, by_tens),
			 -EEXIST);
	assert_ptr_equal(rhashtable_lookup_get_insert_key(&ht, &ten, &objects[16].node, by_tens),
			 &objects[15]);
	ten = 2;
	assert_null(rhashtable_lookup_get_insert_key(&ht, &ten, &objects[20].node, by_tens));
	assert_ptr_equal(rhashtable_lookup_fast(&ht, &ten, by_tens), &objects[20]);
	ten = 3;
	assert_null(rhashtable_lookup_fast(&ht, &ten, by_tens));
	for (u32 i = 30; i < MANY; i += 10)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, by_tens), 0);
	assert_int_equal(count_sound(&ht, by_tens), MANY / 10 - 1);
	rhashtable_destroy(&ht);
}

static void an_object_is_replaced_by_one_of_the_same_hash(void **state)
{
	struct object twin = {.key = 3};

	(void)state;
	make(one_chain);
	for (u32 i = 2; i < 5; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, one_chain), 0);
	assert_int_equal(rhashtable_replace_fast(&ht, &objects[3].node, &twin.node, one_chain), 0);
	assert_ptr_equal(rhashtable_lookup_fast(&ht, &twin.key, one_chain), &twin);
	assert_int_equal(rhashtable_replace_fast(&ht, &objects[3].node, &twin.node, one_chain),
			 -ENOENT);
	twin.key = 4;
	assert_int_equal(
		rhashtable_replace_fast(&ht, &objects[4].node, &objects[3].node, one_chain), 0);
	assert_int_equal(count_sound(&ht, one_chain), 3);
	rhashtable_destroy(&ht);
	make(by_key);
	insert(3, 4);
	assert_int_equal(rhashtable_replace_fast(&ht, &objects[3].node, &objects[4].node, by_key),
			 -EINVAL);
	assert_ptr_equal(find(3), &objects[3]);
	rhashtable_destroy(&ht);
}

static void lookup_insert_fast_in_this(void *table)
{
	(void)rhashtable_lookup_insert_fast(table, &objects[0].node, by_tens);
}

static void lookup_insert_key_in_this(void *table)
{
	(void)rhashtable_lookup_insert_key(table, &objects[0].key, &objects[0].node, by_key);
}

static void inserts_of_the_wrong_kind_are_bugs(void **state)
{
	(void)state;
	make(by_tens);
	assert_non_null(host_expect_panic(lookup_insert_fast_in_this, &ht));
	rhashtable_destroy(&ht);
	make(by_key);
	assert_non_null(host_expect_panic(lookup_insert_key_in_this, &ht));
	rhashtable_destroy(&ht);
	host_log_clear();
}

/* ---- Resizing -------------------------------------------------------------------------------------- */

static void a_table_grows_above_75_percent_where_a_cpu_has_time(void **state)
{
	(void)state;
	make(by_key);
	insert(0, 48);
	assert_false(work_pending(&ht.run_work));
	insert(48, 49);
	assert_true(work_pending(&ht.run_work));
	assert_true(rht_grow_above_75(&ht, ht.tbl));
	assert_int_equal(size_of(&ht), 64);
	flush_work(&ht.run_work);
	assert_int_equal(size_of(&ht), 128);
	assert_int_equal(count_sound(&ht, by_key), 49);
	rhashtable_destroy(&ht);
}

static void a_table_grows_above_100_percent_in_any_case(void **state)
{
	(void)state;
	make(by_key);
	insert(0, 65);
	assert_int_equal(size_of(&ht), 64);
	assert_true(rht_grow_above_100(&ht, ht.tbl));
	insert(65, 66);
	assert_int_equal(size_of(&ht), 128);
	insert(66, MANY);
	assert_int_equal(size_of(&ht), 1024);
	assert_int_equal(count_sound(&ht, by_key), MANY);
	for (u32 i = 0; i < MANY; i++)
		assert_ptr_equal(find(i), &objects[i]);
	rhashtable_destroy(&ht);
}

static void a_table_shrinks_below_30_percent_where_it_may(void **state)
{
	struct rhashtable_params stays = by_key, bounded = by_key;

	(void)state;
	make(by_key);
	insert(0, MANY);
	remove_some(307, MANY); /* of 1024: 307.2 */
	assert_false(rht_shrink_below_30(&ht, ht.tbl) && work_pending(&ht.run_work));
	flush_work(&ht.run_work);
	assert_int_equal(size_of(&ht), 1024);
	remove_some(306, 307);
	flush_work(&ht.run_work);
	assert_int_equal(size_of(&ht), 512);
	remove_some(0, 306);
	flush_work(&ht.run_work);
	assert_int_equal(size_of(&ht), 4);
	rhashtable_destroy(&ht);

	bounded.min_size = 128;
	make(bounded);
	insert(0, MANY);
	remove_some(0, MANY);
	flush_work(&ht.run_work);
	assert_int_equal(size_of(&ht), 128);
	rhashtable_destroy(&ht);

	stays.automatic_shrinking = false;
	make(stays);
	insert(0, MANY);
	remove_some(0, MANY);
	flush_work(&ht.run_work);
	assert_int_equal(size_of(&ht), 1024);
	rhashtable_destroy(&ht);
}

static void a_table_at_its_largest_takes_twice_as_many(void **state)
{
	struct rhashtable_params bounded = by_key;

	(void)state;
	bounded.max_size = 70;
	make(bounded);
	insert(0, 128);
	assert_int_equal(size_of(&ht), 64);
	assert_true(rht_grow_above_max(&ht, ht.tbl));
	assert_int_equal(rhashtable_insert_fast(&ht, &objects[128].node, bounded), -E2BIG);
	assert_int_equal(rhashtable_lookup_insert_fast(&ht, &objects[128].node, bounded), -E2BIG);
	assert_int_equal(
		PTR_ERR(rhashtable_lookup_get_insert_fast(&ht, &objects[128].node, bounded)),
		-E2BIG);
	/* One that is there already is told all the same. */
	assert_int_equal(rhashtable_lookup_insert_fast(&ht, &objects[5].node, bounded), -EEXIST);
	remove_some(5, 6);
	insert(128, 129);
	assert_int_equal(count_sound(&ht, bounded), 128);
	rhashtable_destroy(&ht);
}

static void a_chain_that_is_too_long_is_hashed_anew(void **state)
{
	u32 seed;

	(void)state;
	make(one_chain);
	seed = rht_dereference(ht.tbl, &ht)->nr;
	for (u32 i = 0; i < RHT_ELASTICITY; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, one_chain), 0);
	assert_int_equal(rht_dereference(ht.tbl, &ht)->nr, seed);
	assert_int_equal(rhashtable_insert_fast(&ht, &objects[RHT_ELASTICITY].node, one_chain), 0);
	assert_int_equal(rht_dereference(ht.tbl, &ht)->nr, seed + 1);
	assert_int_equal(size_of(&ht), 64);
	/* Where that is of no use, it is not done for each. */
	for (u32 i = RHT_ELASTICITY + 1; i < 2 * RHT_ELASTICITY; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, one_chain), 0);
	assert_int_equal(rht_dereference(ht.tbl, &ht)->nr, seed + 1);
	assert_int_equal(count_sound(&ht, one_chain), 2 * RHT_ELASTICITY);
	rhashtable_destroy(&ht);
}

static void a_chain_that_is_too_long_waits_for_who_resizes(void **state)
{
	(void)state;
	make(one_chain);
	for (u32 i = 0; i < RHT_ELASTICITY; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, one_chain), 0);
	mutex_lock(&ht.mutex);
	assert_int_equal(rhashtable_insert_fast(&ht, &objects[20].node, one_chain), -EBUSY);
	assert_int_equal(atomic_read(&ht.nelems), RHT_ELASTICITY);
	mutex_unlock(&ht.mutex);
	assert_int_equal(rhashtable_insert_fast(&ht, &objects[20].node, one_chain), 0);
	rhashtable_destroy(&ht);
}

static void a_full_table_takes_more_while_another_resizes(void **state)
{
	(void)state;
	make(by_key);
	insert(0, 65);
	mutex_lock(&ht.mutex);
	insert(65, 80);
	assert_int_equal(size_of(&ht), 64);
	mutex_unlock(&ht.mutex);
	insert(80, 81);
	assert_int_equal(size_of(&ht), 128);
	assert_int_equal(count_sound(&ht, by_key), 81);
	rhashtable_destroy(&ht);
}

static void without_memory_chains_grow_up_to_their_bound(void **state)
{
	LIST_HEAD(taken);
	struct rhashtable_params large = one_chain;

	(void)state;
	large.nelem_hint = 40000; /* too large for what is left of a slab */
	make(large);
	for (u32 i = 0; i < RHT_ELASTICITY; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, large), 0);
	take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	assert_int_equal(rhashtable_insert_fast(&ht, &objects[20].node, large), -ENOMEM);
	assert_int_equal(atomic_read(&ht.nelems), RHT_ELASTICITY);
	give_back_pages(&taken);
	assert_int_equal(rhashtable_insert_fast(&ht, &objects[20].node, large), 0);
	assert_int_equal(count_sound(&ht, large), RHT_ELASTICITY + 1);
	rhashtable_destroy(&ht);
}

/* ---- Duplicates ---------------------------------------------------------------------------------- */

/* Objects of @key, as a number of their places in decimal digits, the newest first. */
static unsigned long all_of(u32 key)
{
	struct rhlist_head *pos;
	struct object *obj;
	unsigned long all = 0;

	rcu_read_lock();
	rhl_for_each_entry_rcu(obj, pos, rhltable_lookup(&hlt, &key, by_key), list) all =
		all * 10 + (unsigned long)(obj - objects);
	rcu_read_unlock();
	return all;
}

static void a_list_table_keeps_all_of_a_key(void **state)
{
	(void)state;
	assert_int_equal(rhltable_init(&hlt, &by_key), 0);
	for (u32 i = 1; i < 6; i++) {
		objects[i].key = 77;
		assert_int_equal(rhltable_insert(&hlt, &objects[i].list, by_key), 0);
	}
	objects[7].key = 78;
	assert_int_equal(rhltable_insert_key(&hlt, &objects[7].key, &objects[7].list, by_key), 0);
	assert_int_equal(atomic_read(&hlt.ht.nelems), 2);
	assert_int_equal(all_of(77), 54321);
	assert_int_equal(all_of(78), 7);
	assert_int_equal(all_of(79), 0);
	assert_int_equal(rhltable_remove(&hlt, &objects[3].list, by_key), 0);
	assert_int_equal(all_of(77), 5421);
	assert_int_equal(rhltable_remove(&hlt, &objects[3].list, by_key), -ENOENT);
	assert_int_equal(rhltable_remove(&hlt, &objects[5].list, by_key), 0);
	assert_int_equal(rhltable_remove(&hlt, &objects[1].list, by_key), 0);
	assert_int_equal(all_of(77), 42);
	assert_int_equal(atomic_read(&hlt.ht.nelems), 2);
	assert_int_equal(rhltable_remove(&hlt, &objects[4].list, by_key), 0);
	assert_int_equal(rhltable_remove(&hlt, &objects[2].list, by_key), 0);
	assert_int_equal(all_of(77), 0);
	assert_int_equal(count_sound(&hlt.ht, by_key), 1);
	rhltable_destroy(&hlt);
}

static void an_older_object_of_a_key_takes_the_place_of_the_newest(void **state)
{
	static const u32 keys[] = {5, 8, 8};

	(void)state;
	assert_int_equal(rhltable_init(&hlt, &one_chain), 0);
	for (u32 i = 0; i < ARRAY_SIZE(keys); i++) {
		objects[i].key = keys[i];
		assert_int_equal(rhltable_insert(&hlt, &objects[i].list, one_chain), 0);
	}
	/* What came behind it in the chain is gone by then. */
	assert_int_equal(rhltable_remove(&hlt, &objects[0].list, one_chain), 0);
	assert_int_equal(rhltable_remove(&hlt, &objects[2].list, one_chain), 0);
	assert_int_equal(count_sound(&hlt.ht, one_chain), 1);
	rhltable_destroy(&hlt);
}

static void count_freed(void *obj, void *sum)
{
	*(unsigned long *)sum += (unsigned long)((struct object *)obj - objects);
}

static void all_of_a_key_stay_together_and_are_freed(void **state)
{
	unsigned long sum = 0;

	(void)state;
	assert_int_equal(rhltable_init(&hlt, &by_key), 0);
	for (u32 i = 0; i < MANY; i++) {
		objects[i].key = i / 5;
		assert_int_equal(rhltable_insert(&hlt, &objects[i].list, by_key), 0);
	}
	assert_int_equal(count_sound(&hlt.ht, by_key), MANY / 5);
	assert_int_equal(size_of(&hlt.ht), 256);
	assert_int_equal(all_of(1), 98765);
	rhltable_free_and_destroy(&hlt, count_freed, &sum);
	assert_int_equal(sum, MANY * (MANY - 1) / 2);
}

static void a_table_frees_its_objects(void **state)
{
	unsigned long sum = 0;

	(void)state;
	make(by_key);
	insert(1, 100);
	rhashtable_free_and_destroy(&ht, count_freed, &sum);
	assert_int_equal(sum, 99 * 50);
}

/* ---- A model ------------------------------------------------------------------------------------------ */

#define STEPS 30000

static bool is_in[MANY];

/* One change of the object @i, as the model has it. */
static void change(u32 i)
{
	int err;

	if (arch_random() % 2) {
		err = rhashtable_lookup_insert_fast(&ht, &objects[i].node, by_key);
		assert_int_equal(err, is_in[i] ? -EEXIST : 0);
		is_in[i] = true;
	} else {
		err = rhashtable_remove_fast(&ht, &objects[i].node, by_key);
		assert_int_equal(err, is_in[i] ? 0 : -ENOENT);
		is_in[i] = false;
	}
}

/* The range of keys changes, so that the table grows and shrinks. */
static void it_does_what_a_model_does(void **state)
{
	u32 range = MANY, nr = 0;

	(void)state;
	memset(is_in, 0, sizeof(is_in));
	make(by_key);
	for (unsigned int i = 0; i < STEPS; i++) {
		u32 asked = (u32)(arch_random() % MANY);

		change((u32)(arch_random() % range));
		assert_ptr_equal(find(asked), is_in[asked] ? &objects[asked] : NULL);
		if (i % 4000 == 3999) {
			range = range == MANY ? 20 : MANY;
			for (u32 k = range; k < MANY; k++) {
				assert_int_equal(
					rhashtable_remove_fast(&ht, &objects[k].node, by_key),
					is_in[k] ? 0 : -ENOENT);
				is_in[k] = false;
			}
		}
		if (arch_random() % 16 == 0)
			flush_work(&ht.run_work);
	}
	for (u32 i = 0; i < MANY; i++)
		nr += is_in[i];
	assert_int_equal(count_sound(&ht, by_key), nr);
	rhashtable_destroy(&ht);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		table_test(parameters_say_the_first_size_and_the_bounds),
		table_test(parameters_that_say_no_key_are_refused),
		table_test(a_table_without_memory_is_not_made),
		table_test(an_object_is_found_from_its_insert_to_its_removal),
		table_test(keys_of_any_length_are_hashed),
		table_test(an_insert_that_looks_finds_who_has_the_key),
		table_test(objects_may_hash_and_compare_themselves),
		table_test(an_object_is_replaced_by_one_of_the_same_hash),
		table_test(inserts_of_the_wrong_kind_are_bugs),
		table_test(a_table_grows_above_75_percent_where_a_cpu_has_time),
		table_test(a_table_grows_above_100_percent_in_any_case),
		table_test(a_table_shrinks_below_30_percent_where_it_may),
		table_test(a_table_at_its_largest_takes_twice_as_many),
		table_test(a_chain_that_is_too_long_is_hashed_anew),
		table_test(a_chain_that_is_too_long_waits_for_who_resizes),
		table_test(a_full_table_takes_more_while_another_resizes),
		table_test(without_memory_chains_grow_up_to_their_bound),
		table_test(a_list_table_keeps_all_of_a_key),
		table_test(an_older_object_of_a_key_takes_the_place_of_the_newest),
		table_test(all_of_a_key_stay_together_and_are_freed),
		table_test(a_table_frees_its_objects),
		table_test(it_does_what_a_model_does),
	};

	host_test_seed("test_rhashtable");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
