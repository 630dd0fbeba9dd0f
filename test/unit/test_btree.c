/* SPDX-License-Identifier: MIT */
/* B+ trees: what is found, in which order, against a plain array, and without memory. */
#include "slab_machine.h"

#include <linux/btree.h>
#include <linux/errno.h>
#include <stdlib.h>

/* ---- Nodes that are counted, and run out -------------------------------------------------- */

static long nodes_out, nodes_left;

static void *counted_alloc(gfp_t gfp, void *pool_data)
{
	void *node = nodes_left ? btree_alloc(gfp, pool_data) : NULL;

	if (!node)
		return NULL;
	nodes_left--;
	nodes_out++;
	return node;
}

static void counted_free(void *node, void *pool_data)
{
	nodes_out--;
	btree_free(node, pool_data);
}

static mempool_t *counted_pool(void)
{
	nodes_out = 0;
	nodes_left = -1;
	return mempool_create(0, counted_alloc, counted_free, NULL);
}

static void *value_of(unsigned long key)
{
	return (void *)(key * 8 + 1);
}

/* ---- Keys of one word, in any order --------------------------------------------------------- */

#define NR 5000UL

/* A permutation of 0 to NR - 1. */
static unsigned long scattered(unsigned long i)
{
	return i * 1777 % NR;
}

static void fill_tree(struct btree_headl *tree)
{
	for (unsigned long i = 0; i < NR; i++)
		assert_int_equal(
			btree_insertl(tree, scattered(i), value_of(scattered(i)), GFP_KERNEL), 0);
}

static void an_empty_tree_has_nothing(void **state)
{
	struct btree_headl tree;
	unsigned long key = 17;

	(void)state;
	assert_int_equal(btree_initl(&tree), 0);
	assert_null(btree_lookupl(&tree, 0));
	assert_null(btree_removel(&tree, 0));
	assert_null(btree_lastl(&tree, &key));
	assert_null(btree_get_prevl(&tree, &key));
	assert_int_equal(key, 17);
	assert_int_equal(btree_updatel(&tree, 17, &tree), -ENOENT);
	assert_int_equal(btree_visitorl(&tree, 0, NULL), 0);
	assert_int_equal(btree_grim_visitorl(&tree, 0, NULL), 0);
	btree_destroyl(&tree);
	assert_null(tree.h.mempool);
}

static void what_was_inserted_is_found_until_it_is_removed(void **state)
{
	struct btree_headl tree;

	(void)state;
	btree_init_mempooll(&tree, counted_pool());
	fill_tree(&tree);
	assert_true(tree.h.height > 2);
	for (unsigned long key = 0; key < NR; key++)
		assert_ptr_equal(btree_lookupl(&tree, key), value_of(key));
	assert_null(btree_lookupl(&tree, NR));
	assert_null(btree_lookupl(&tree, ULONG_MAX));
	for (unsigned long i = 0; i < NR; i++) {
		unsigned long key = scattered(NR - 1 - i);

		assert_ptr_equal(btree_removel(&tree, key), value_of(key));
		assert_null(btree_removel(&tree, key));
		assert_null(btree_lookupl(&tree, key));
	}
	assert_null(tree.h.node);
	assert_int_equal(tree.h.height, 0);
	assert_int_equal(nodes_out, 0);
	mempool_destroy(tree.h.mempool);
}

static void the_least_and_greatest_keys_are_keys_as_others(void **state)
{
	struct btree_head64 tree;
	u64 key = 0;

	(void)state;
	assert_int_equal(btree_init64(&tree), 0);
	assert_int_equal(btree_insert64(&tree, U64_MAX, &tree, GFP_KERNEL), 0);
	assert_null(btree_lookup64(&tree, 0));
	assert_int_equal(btree_update64(&tree, 0, &key), -ENOENT);
	assert_int_equal(btree_insert64(&tree, 0, &key, GFP_KERNEL), 0);
	assert_ptr_equal(btree_last64(&tree, &key), &tree);
	assert_int_equal(key, U64_MAX);
	assert_ptr_equal(btree_get_prev64(&tree, &key), &key);
	assert_int_equal(key, 0);
	assert_null(btree_get_prev64(&tree, &key));
	assert_int_equal(btree_update64(&tree, 0, state), 0);
	assert_ptr_equal(btree_remove64(&tree, 0), state);
	assert_ptr_equal(btree_remove64(&tree, U64_MAX), &tree);
	btree_destroy64(&tree);
}

/* A key that is not there has one before it, too; and so has one whose leaf begins with it. */
static void walks_go_down_and_allow_removals(void **state)
{
	struct btree_headl tree;
	unsigned long key, left = NR;
	void *val;

	(void)state;
	btree_init_mempooll(&tree, counted_pool());
	for (key = 0; key < NR; key++)
		assert_int_equal(btree_insertl(&tree, key * 10, value_of(key), GFP_KERNEL), 0);
	for (unsigned long at = 1; at < NR * 10; at += 7) {
		key = at;
		assert_ptr_equal(btree_get_prevl(&tree, &key), value_of((at - 1) / 10));
		assert_int_equal(key, (at - 1) / 10 * 10);
	}
	btree_for_each_safel(&tree, key, val)
	{
		left--;
		assert_int_equal(key, left * 10);
		if (left % 3)
			assert_ptr_equal(btree_removel(&tree, key), val);
	}
	assert_int_equal(left, 0);
	assert_int_equal(btree_visitorl(&tree, 0, NULL), (NR + 2) / 3);
	btree_grim_visitorl(&tree, 0, NULL);
	assert_int_equal(nodes_out, 0);
	mempool_destroy(tree.h.mempool);
}

/* Each node but the root at least half full: 5000 keys of one word take at most 5000 / 7 leaves. */
static void nodes_are_half_full_after_removals(void **state)
{
	struct btree_headl tree;

	(void)state;
	btree_init_mempooll(&tree, counted_pool());
	fill_tree(&tree);
	assert_true(nodes_out <= (long)NR / 7 + (long)NR / 49 + (long)NR / 343 + 2);
	for (unsigned long key = 0; key < NR; key++)
		if (key % 10)
			btree_removel(&tree, key);
	assert_true(nodes_out <= (long)NR / 70 + (long)NR / 490 + 2);
	btree_grim_visitorl(&tree, 0, NULL);
	mempool_destroy(tree.h.mempool);
}

/* ---- Visits --------------------------------------------------------------------------------- */

static size_t visits;

static void visit32(void *elem, unsigned long opaque, u32 key, size_t index)
{
	assert_int_equal(opaque, 42);
	assert_int_equal(index, visits++);
	assert_int_equal(key, NR - 1 - index);
	assert_ptr_equal(elem, value_of(key));
}

static void visits_are_told_key_and_index(void **state)
{
	struct btree_head32 tree;

	(void)state;
	btree_init_mempool32(&tree, counted_pool());
	for (u32 key = 0; key < NR; key++)
		assert_int_equal(btree_insert32(&tree, key, value_of(key), GFP_KERNEL), 0);
	visits = 0;
	assert_int_equal(btree_visitor32(&tree, 42, visit32), NR);
	assert_int_equal(visits, NR);
	visits = 0;
	assert_int_equal(btree_grim_visitor32(&tree, 42, visit32), NR);
	assert_int_equal(visits, NR);
	assert_int_equal(nodes_out, 0);
	assert_null(btree_lookup32(&tree, 5));
	assert_int_equal(btree_insert32(&tree, 5, &tree, GFP_KERNEL), 0);
	assert_ptr_equal(btree_remove32(&tree, 5), &tree);
	mempool_destroy(tree.h.mempool);
}

static void visit64(void *elem, unsigned long opaque, u64 key, size_t index)
{
	(void)opaque;
	assert_int_equal(key, index ? 1 : 1ULL << 40);
	assert_ptr_equal(elem, value_of(key));
}

static void visit128(void *elem, unsigned long opaque, u64 key1, u64 key2, size_t index)
{
	assert_int_equal(key1 * opaque + key2, NR - 1 - index);
	assert_ptr_equal(elem, value_of(key1 * opaque + key2));
}

static void of_two_words_the_first_decides(void **state)
{
	struct btree_head128 tree;
	struct btree_head64 other;
	unsigned long left = NR;
	u64 k1 = 3, k2 = 4;
	void *val;

	(void)state;
	assert_int_equal(btree_init128(&tree), 0);
	assert_null(btree_last128(&tree, &k1, &k2));
	assert_int_equal(k1 * 10 + k2, 34);
	for (unsigned long i = 0; i < NR; i++) {
		unsigned long n = scattered(i);

		assert_int_equal(btree_insert128(&tree, n / 70, n % 70, value_of(n), GFP_KERNEL),
				 0);
	}
	assert_ptr_equal(btree_lookup128(&tree, 1, 2), value_of(72));
	assert_null(btree_lookup128(&tree, 2, 70));
	assert_int_equal(btree_visitor128(&tree, 70, visit128), NR);
	btree_for_each_safe128(&tree, k1, k2, val)
	{
		assert_int_equal(k1 * 70 + k2, --left);
		assert_ptr_equal(val, value_of(left));
		assert_int_equal(btree_update128(&tree, k1, k2, &tree), 0);
		assert_ptr_equal(btree_remove128(&tree, k1, k2), &tree);
	}
	assert_int_equal(left, 0);
	assert_int_equal(btree_update128(&tree, 1, 2, &tree), -ENOENT);
	btree_destroy128(&tree);

	assert_int_equal(btree_init64(&other), 0);
	assert_int_equal(btree_insert64(&other, 1, value_of(1), GFP_KERNEL), 0);
	assert_int_equal(btree_insert64(&other, 1ULL << 40, value_of(1UL << 40), GFP_KERNEL), 0);
	assert_int_equal(btree_visitor64(&other, 0, visit64), 2);
	btree_destroy64(&other);
}

/* ---- Two trees ------------------------------------------------------------------------------ */

static void merged_trees_are_one(void **state)
{
	struct btree_headl even, odd;

	(void)state;
	assert_int_equal(btree_initl(&even), 0);
	assert_int_equal(btree_initl(&odd), 0);
	for (unsigned long key = 0; key < NR; key++)
		assert_int_equal(
			btree_insertl(key % 2 ? &odd : &even, key, value_of(key), GFP_KERNEL), 0);
	assert_int_equal(btree_mergel(&even, &odd, GFP_KERNEL), 0);
	assert_int_equal(btree_visitorl(&odd, 0, NULL), 0);
	for (unsigned long key = 0; key < NR; key++)
		assert_ptr_equal(btree_lookupl(&even, key), value_of(key));
	/* And into an empty one. */
	assert_int_equal(btree_mergel(&odd, &even, GFP_KERNEL), 0);
	assert_int_equal(btree_visitorl(&odd, 0, NULL), NR);
	btree_destroyl(&even);
	btree_destroyl(&odd);
}

static void a_merge_that_ends_without_memory_loses_nothing(void **state)
{
	struct btree_headl target, victim;
	size_t there, left;

	(void)state;
	btree_init_mempooll(&target, counted_pool());
	assert_int_equal(btree_initl(&victim), 0);
	fill_tree(&victim);
	nodes_left = 20;
	assert_int_equal(btree_mergel(&target, &victim, GFP_NOWAIT), -ENOMEM);
	there = btree_visitorl(&target, 0, NULL);
	left = btree_visitorl(&victim, 0, NULL);
	assert_true(there && left);
	assert_int_equal(there + left, NR);
	nodes_left = -1;
	assert_int_equal(btree_mergel(&target, &victim, GFP_NOWAIT), 0);
	assert_int_equal(btree_grim_visitorl(&target, 0, NULL), NR);
	mempool_destroy(target.h.mempool);
	btree_destroyl(&victim);
}

/* ---- Without memory ------------------------------------------------------------------------- */

/* The nodes that an insertion needs are none, one, or one a level and a root. */
static void an_insertion_without_memory_changes_nothing(void **state)
{
	unsigned long key = 0, refused = 0;
	struct btree_headl tree;

	(void)state;
	btree_init_mempooll(&tree, counted_pool());
	for (int left = 0; key < NR; left = 0) {
		for (nodes_left = 0; btree_insertl(&tree, key, value_of(key), GFP_NOWAIT);
		     nodes_left = ++left) {
			long out = nodes_out;

			refused++;
			assert_int_equal(btree_visitorl(&tree, 0, NULL), key);
			assert_null(btree_lookupl(&tree, key));
			assert_int_equal(nodes_out, out);
		}
		key++;
		assert_int_equal(nodes_left, 0);
	}
	assert_true(refused >= (unsigned long)nodes_out);
	btree_grim_visitorl(&tree, 0, NULL);
	assert_int_equal(nodes_out, 0);
	mempool_destroy(tree.h.mempool);
}

/* ---- Misuse --------------------------------------------------------------------------------- */

static void insert_twice(void *tree)
{
	int err = btree_insertl(tree, 7, tree, GFP_KERNEL);

	(void)err;
}

static void insert_nothing(void *tree)
{
	int err = btree_insertl(tree, 8, NULL, GFP_KERNEL);

	(void)err;
}

static void a_key_twice_and_a_value_of_null_are_bugs(void **state)
{
	struct btree_headl tree;

	(void)state;
	assert_int_equal(btree_initl(&tree), 0);
	assert_int_equal(btree_insertl(&tree, 7, state, GFP_KERNEL), 0);
	assert_non_null(host_expect_panic(insert_twice, &tree));
	assert_non_null(host_expect_panic(insert_nothing, &tree));
	assert_ptr_equal(btree_lookupl(&tree, 7), state);
	assert_int_equal(btree_visitorl(&tree, 0, NULL), 1);
	btree_destroyl(&tree);
}

/* ---- Against a plain array ------------------------------------------------------------------ */

#define MODEL 2048

static void *model[MODEL];

static unsigned long before(unsigned long at)
{
	while (at && !model[at - 1])
		at--;
	return at;
}

/* A change, or a look, at @at. */
static void one_step(struct btree_head128 *tree, unsigned long at, bool grow)
{
	u64 k1 = at / 64, k2 = at % 64;

	if (arch_random() % 4 == 0) {
		unsigned long found = before(at);
		void *val = btree_get_prev128(tree, &k1, &k2);

		assert_ptr_equal(val, found ? model[found - 1] : NULL);
		assert_int_equal(k1 * 64 + k2, val ? found - 1 : at);
	} else if (arch_random() % 8 == 0) {
		assert_int_equal(btree_update128(tree, k1, k2, &model[arch_random() % MODEL]),
				 model[at] ? 0 : -ENOENT);
		model[at] = btree_lookup128(tree, k1, k2);
	} else if (grow && !model[at]) {
		model[at] = &model[arch_random() % MODEL];
		assert_int_equal(btree_insert128(tree, k1, k2, model[at], GFP_KERNEL), 0);
	} else if (!grow) {
		assert_ptr_equal(btree_remove128(tree, k1, k2), model[at]);
		model[at] = NULL;
	}
	assert_ptr_equal(btree_lookup128(tree, at / 64, at % 64), model[at]);
}

static void random_changes_agree_with_a_plain_array(void **state)
{
	struct btree_head128 tree;
	u64 k1, k2;
	void *val;

	(void)state;
	host_test_seed("btree");
	memset(model, 0, sizeof(model));
	btree_init_mempool128(&tree, counted_pool());
	for (unsigned long step = 0; step < 100000; step++)
		one_step(&tree, arch_random() % MODEL, (step / 5000 + arch_random() % 2) % 3);
	btree_for_each_safe128(&tree, k1, k2, val)
	{
		assert_ptr_equal(model[k1 * 64 + k2], val);
		model[k1 * 64 + k2] = NULL;
	}
	for (int i = 0; i < MODEL; i++)
		assert_null(model[i]);
	btree_grim_visitor128(&tree, 0, NULL);
	assert_int_equal(nodes_out, 0);
	mempool_destroy(tree.h.mempool);
}

#define slab_test(f) cmocka_unit_test_setup_teardown(f, make_machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		slab_test(an_empty_tree_has_nothing),
		slab_test(what_was_inserted_is_found_until_it_is_removed),
		slab_test(the_least_and_greatest_keys_are_keys_as_others),
		slab_test(walks_go_down_and_allow_removals),
		slab_test(nodes_are_half_full_after_removals),
		slab_test(visits_are_told_key_and_index),
		slab_test(of_two_words_the_first_decides),
		slab_test(merged_trees_are_one),
		slab_test(a_merge_that_ends_without_memory_loses_nothing),
		slab_test(an_insertion_without_memory_changes_nothing),
		slab_test(a_key_twice_and_a_value_of_null_are_bugs),
		slab_test(random_changes_agree_with_a_plain_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
