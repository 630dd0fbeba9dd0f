/* SPDX-License-Identifier: MIT */
/* Hash tables that resize themselves: walks, and what is done in the middle of a resize. */
#include "rhashtable_objects.h"

/* ---- Chains --------------------------------------------------------------------------------------- */

static void a_chain_is_walked_in_each_way(void **state)
{
	struct bucket_table *tbl;
	struct rhash_head *pos, *next;
	struct object *obj;
	unsigned int sum = 0;

	(void)state;
	make(one_chain);
	for (u32 i = 1; i < 4; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, one_chain), 0);
	tbl = rht_dereference(ht.tbl, &ht);
	rht_for_each_entry(obj, pos, tbl, 7, node) sum = sum * 10 + obj->key;
	rcu_read_lock();
	rht_for_each_rcu(pos, tbl, 7) sum = sum * 10 + ((struct object *)rht_obj(&ht, pos))->key;
	rht_for_each_entry_rcu(obj, pos, tbl, 7, node) sum = sum * 10 + obj->key;
	rcu_read_unlock();
	assert_int_equal(sum, 321321321);
	sum = 0;
	rht_for_each_entry_safe(obj, pos, next, tbl, 7, node)
	{
		assert_int_equal(rhashtable_remove_fast(&ht, pos, one_chain), 0);
		sum = sum * 10 + obj->key;
		memset(obj, 0xff, sizeof(*obj));
	}
	assert_int_equal(sum, 321);
	assert_int_equal(count_sound(&ht, one_chain), 0);
	rhashtable_destroy(&ht);
}

/* ---- Walks ------------------------------------------------------------------------------------------ */

/* Marks what it sees up to the end, or up to @nr objects; how often it was sent back. */
static unsigned int walk(struct rhashtable_iter *iter, unsigned int nr)
{
	struct object *obj;
	unsigned int restarts = 0;

	while (nr && (obj = rhashtable_walk_next(iter))) {
		if (IS_ERR(obj)) {
			assert_int_equal(PTR_ERR(obj), -EAGAIN);
			restarts++;
			continue;
		}
		obj->seen++;
		nr--;
	}
	return restarts;
}

static void assert_seen(u32 first, u32 end, unsigned int at_least, unsigned int at_most)
{
	for (u32 i = first; i < end; i++) {
		assert_in_range(objects[i].seen, at_least, at_most);
		objects[i].seen = 0;
	}
}

static void a_walk_sees_each_object_once(void **state)
{
	struct rhashtable_iter iter;

	(void)state;
	make(by_key);
	insert(0, MANY);
	rhashtable_walk_enter(&ht, &iter);
	assert_int_equal(rhashtable_walk_start_check(&iter), 0);
	assert_int_equal(walk(&iter, UINT_MAX), 0);
	assert_null(rhashtable_walk_next(&iter));
	assert_null(rhashtable_walk_peek(&iter));
	rhashtable_walk_stop(&iter);
	assert_int_equal(rhashtable_walk_start_check(&iter), 0);
	assert_null(rhashtable_walk_next(&iter));
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	assert_seen(0, MANY, 1, 1);
	rhashtable_destroy(&ht);
}

static void a_walk_of_a_list_table_sees_all_of_each_key(void **state)
{
	struct rhashtable_iter iter;

	(void)state;
	assert_int_equal(rhltable_init(&hlt, &by_key), 0);
	for (u32 i = 0; i < MANY; i++) {
		objects[i].key = i / 3;
		assert_int_equal(rhltable_insert(&hlt, &objects[i].list, by_key), 0);
	}
	rhltable_walk_enter(&hlt, &iter);
	for (u32 i = 0; i < MANY; i++) {
		rhashtable_walk_start(&iter);
		assert_int_equal(walk(&iter, 1), 0);
		rhashtable_walk_stop(&iter);
	}
	rhashtable_walk_start(&iter);
	assert_null(rhashtable_walk_next(&iter));
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	assert_seen(0, MANY, 1, 1);
	rhltable_destroy(&hlt);
}

static void a_peek_does_not_move_the_walk(void **state)
{
	struct rhashtable_iter iter;
	struct object *first, *second;

	(void)state;
	make(one_chain);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, one_chain), 0);
	rhashtable_walk_enter(&ht, &iter);
	rhashtable_walk_start(&iter);
	assert_ptr_equal(rhashtable_walk_peek(&iter), &objects[2]);
	first = rhashtable_walk_peek(&iter);
	assert_ptr_equal(first, &objects[2]);
	second = rhashtable_walk_next(&iter);
	assert_ptr_equal(second, &objects[1]);
	rhashtable_walk_stop(&iter);
	/* The one where it stood is gone: what came to its place is next. */
	assert_int_equal(rhashtable_remove_fast(&ht, &objects[1].node, one_chain), 0);
	rhashtable_walk_start(&iter);
	assert_ptr_equal(rhashtable_walk_peek(&iter), &objects[0]);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	rhashtable_destroy(&ht);
}

/* Three of six objects of a chain were met, three more came before them, and the walk goes on. */
static void walk_half_way(struct rhashtable_iter *iter)
{
	make(one_chain);
	for (u32 i = 0; i < 6; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, one_chain), 0);
	rhashtable_walk_enter(&ht, iter);
	rhashtable_walk_start(iter);
	assert_int_equal(walk(iter, 3), 0);
	rhashtable_walk_stop(iter);
	for (u32 i = 6; i < 9; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &objects[i].node, one_chain), 0);
	rhashtable_walk_start(iter);
}

static void a_walk_goes_on_behind_an_object_that_was_moved_back(void **state)
{
	struct rhashtable_iter iter;

	(void)state;
	walk_half_way(&iter);
	assert_int_equal(walk(&iter, UINT_MAX), 0);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	assert_seen(0, 6, 1, 1);
	assert_seen(6, 9, 0, 0);
	rhashtable_destroy(&ht);
}

static void a_walk_whose_object_is_gone_goes_on_by_its_place(void **state)
{
	struct rhashtable_iter iter;

	(void)state;
	walk_half_way(&iter);
	rhashtable_walk_stop(&iter);
	assert_int_equal(rhashtable_remove_fast(&ht, &objects[3].node, one_chain), 0);
	rhashtable_walk_start(&iter);
	assert_ptr_equal(rhashtable_walk_peek(&iter), &objects[2]);
	assert_int_equal(walk(&iter, UINT_MAX), 0);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	assert_seen(0, 2, 1, 1);
	assert_seen(3, 6, 1, 1);
	assert_seen(6, 9, 0, 0);
	rhashtable_destroy(&ht);
}

static void a_walk_across_resizes_sees_each_object_that_stays(void **state)
{
	struct rhashtable_iter iter;
	unsigned int restarts = 0;

	(void)state;
	make(by_key);
	insert(0, 60);
	rhashtable_walk_enter(&ht, &iter);
	for (u32 i = 0; i < 20; i++) {
		int err = rhashtable_walk_start_check(&iter);

		assert_true(!err || err == -EAGAIN);
		restarts += err == -EAGAIN;
		restarts += walk(&iter, 5);
		rhashtable_walk_stop(&iter);
		insert(60 + i * 40, 60 + (i + 1) * 40);
		flush_work(&ht.run_work);
	}
	rhashtable_walk_start(&iter);
	walk(&iter, UINT_MAX);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	assert_true(restarts >= 4);
	assert_seen(0, 60, 1, restarts + 2);
	rhashtable_destroy(&ht);
}

static void a_walk_in_a_section_goes_on_in_the_next_table(void **state)
{
	struct rhashtable_iter iter;

	(void)state;
	make(by_key);
	insert(0, 65);
	rhashtable_walk_enter(&ht, &iter);
	rhashtable_walk_start(&iter);
	assert_int_equal(walk(&iter, 10), 0);
	insert(65, 66); /* resizes */
	assert_int_equal(size_of(&ht), 128);
	assert_int_equal(walk(&iter, UINT_MAX), 1);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	/* In the last table, behind an object that was moved, and in the next. */
	assert_seen(0, 66, 1, 3);
	rhashtable_destroy(&ht);
}

static void a_walk_that_was_entered_before_a_resize_begins_anew(void **state)
{
	struct rhashtable_iter iter;

	(void)state;
	make(by_key);
	insert(0, 65);
	rhashtable_walk_enter(&ht, &iter);
	insert(65, 66);
	assert_int_equal(rhashtable_walk_start_check(&iter), -EAGAIN);
	assert_int_equal(walk(&iter, UINT_MAX), 0);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	assert_seen(0, 66, 1, 1);
	rhashtable_destroy(&ht);
}

/* ---- In the middle ---------------------------------------------------------------------------- */

/* Called once, by the hash of an object that is moved, when half of the table is. */
static void (*in_the_middle)(void);

static u32 hash_is_key(const void *data, u32 len, u32 seed)
{
	static unsigned int moved;
	void (*call)(void) = in_the_middle;

	(void)len;
	(void)seed;
	if (!call || !ht.tbl || !ht.tbl->future_tbl)
		moved = 0;
	else if (++moved == 32) {
		in_the_middle = NULL;
		call();
	}
	return *(const u32 *)data;
}

static const struct rhashtable_params by_hash = {
	.key_len = sizeof(u32),
	.key_offset = offsetof(struct object, key),
	.head_offset = offsetof(struct object, node),
	.hashfn = hash_is_key,
};

/* 65 objects in 64 buckets, and one more: it is resized, and @call is called. */
static void resize_and(void (*call)(void))
{
	make(by_hash);
	insert(0, 65);
	in_the_middle = call;
	insert(65, 66);
	assert_null(in_the_middle);
	assert_int_equal(size_of(&ht), 128);
}

static struct object *find_by_hash(u32 key)
{
	return rhashtable_lookup_fast(&ht, &key, by_hash);
}

static struct object twins[2];

/* Objects up to 20 are in the next table, those from 40 on in the last. */
static void change_in_the_middle(void)
{
	assert_false(rht_is_a_nulls(rht_ptr_rcu(rht_bucket(ht.tbl, 40))));
	assert_true(rht_is_a_nulls(rht_ptr_rcu(rht_bucket(ht.tbl, 20))));
	for (u32 i = 0; i < 65; i++)
		assert_ptr_equal(find_by_hash(i), &objects[i]);
	for (u32 i = 0; i < 2; i++) {
		u32 key = i ? 50 : 10;

		twins[i].key = key;
		assert_ptr_equal(rhashtable_lookup_get_insert_fast(&ht, &twins[i].node, by_hash),
				 &objects[key]);
		assert_int_equal(
			rhashtable_replace_fast(&ht, &objects[key].node, &twins[i].node, by_hash),
			0);
		assert_int_equal(rhashtable_remove_fast(&ht, &objects[key + 2].node, by_hash), 0);
		assert_null(find_by_hash(key + 2));
	}
	/* Of a bucket whose objects are not moved yet. */
	assert_int_equal(rhashtable_lookup_insert_fast(&ht, &objects[64 + 45].node, by_hash), 0);
	assert_ptr_equal(find_by_hash(64 + 45), &objects[64 + 45]);
}

static void all_can_be_done_while_a_table_is_resized(void **state)
{
	(void)state;
	resize_and(change_in_the_middle);
	for (u32 i = 0; i < 2; i++) {
		u32 key = i ? 50 : 10;

		assert_ptr_equal(find_by_hash(key), &twins[i]);
		assert_null(find_by_hash(key + 2));
	}
	assert_int_equal(count_sound(&ht, by_hash), 66 - 2 + 1);
	rhashtable_destroy(&ht);
}

static unsigned int restarts_in_the_middle;

static void walk_in_the_middle(void)
{
	struct rhashtable_iter iter;

	rhashtable_walk_enter(&ht, &iter);
	assert_int_equal(rhashtable_walk_start_check(&iter), 0);
	restarts_in_the_middle = walk(&iter, UINT_MAX);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

static void a_walk_while_a_table_is_resized_sees_both(void **state)
{
	(void)state;
	resize_and(walk_in_the_middle);
	assert_int_equal(restarts_in_the_middle, 1);
	assert_seen(0, 65, 1, 2);
	rhashtable_destroy(&ht);
}

/* ---- Readers that go astray ------------------------------------------------------------------ */

static bool astray;

/* The first that is asked goes to another chain meanwhile, as one of a cache whose objects may. */
static int compare_and_move(struct rhashtable_compare_arg *arg, const void *obj)
{
	struct object *other = &objects[1];

	if (!astray && obj == other) {
		astray = true;
		assert_int_equal(rhashtable_remove_fast(&ht, &other->node, by_hash), 0);
		other->key = 2;
		assert_int_equal(rhashtable_insert_fast(&ht, &other->node, by_hash), 0);
	}
	return rhashtable_compare(arg, obj);
}

static void a_reader_that_went_astray_looks_again(void **state)
{
	struct rhashtable_params moving = by_hash;
	u32 key = 65;

	(void)state;
	moving.obj_cmpfn = compare_and_move;
	astray = false;
	make(by_hash);
	insert(65, 66);
	insert(1, 2); /* before it, in the same chain */
	assert_ptr_equal(rhashtable_lookup_fast(&ht, &key, moving), &objects[65]);
	assert_true(astray);
	rhashtable_destroy(&ht);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		table_test(a_chain_is_walked_in_each_way),
		table_test(a_walk_sees_each_object_once),
		table_test(a_walk_of_a_list_table_sees_all_of_each_key),
		table_test(a_peek_does_not_move_the_walk),
		table_test(a_walk_goes_on_behind_an_object_that_was_moved_back),
		table_test(a_walk_whose_object_is_gone_goes_on_by_its_place),
		table_test(a_walk_across_resizes_sees_each_object_that_stays),
		table_test(a_walk_in_a_section_goes_on_in_the_next_table),
		table_test(a_walk_that_was_entered_before_a_resize_begins_anew),
		table_test(all_can_be_done_while_a_table_is_resized),
		table_test(a_walk_while_a_table_is_resized_sees_both),
		table_test(a_reader_that_went_astray_looks_again),
	};

	host_test_seed("test_rhashtable_walk");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
