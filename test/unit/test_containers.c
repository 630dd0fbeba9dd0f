/* SPDX-License-Identifier: MIT */
/* Hash tables, lists for readers without locks, trees of intervals. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <host/machine.h>
#include <linux/hashtable.h>
#include <linux/interval_tree.h>
#include <linux/interval_tree_generic.h>
#include <linux/kernel.h>
#include <linux/rculist.h>
#include <baremm/arch.h>

struct entry {
	int value;
	struct list_head node;
	struct hlist_node hash;
};

#define ENTRIES 100
static struct entry entries[ENTRIES];

static int reset(void **state)
{
	(void)state;
	memset(entries, 0, sizeof(entries));
	for (int i = 0; i < ENTRIES; i++)
		entries[i].value = i;
	return 0;
}

/* ---- Hash tables ------------------------------------------------------------------------ */

static void entries_are_found_in_the_bucket_of_their_key(void **state)
{
	DEFINE_HASHTABLE(table, 4);
	unsigned int found = 0, bucket, all = 0;
	struct hlist_node *tmp;
	struct entry *e;

	(void)state;
	assert_true(hash_empty(table));
	assert_int_equal(HASH_SIZE(table), 16);
	for (int i = 0; i < ENTRIES; i++)
		hash_add(table, &entries[i].hash, entries[i].value);
	for (int i = 0; i < ENTRIES; i++) {
		hash_for_each_possible(table, e, hash, i) found += e->value == i;
		hash_for_each_possible_rcu(table, e, hash, i) found += e->value == i;
	}
	assert_int_equal(found, 2 * ENTRIES);
	hash_for_each(table, bucket, e, hash) all++;
	assert_int_equal(all, ENTRIES);
	hash_for_each_safe(table, bucket, tmp, e, hash)
	{
		hash_del(&e->hash);
		assert_false(hash_hashed(&e->hash));
		all--;
	}
	assert_int_equal(all, 0);
	assert_true(hash_empty(table));
}

static void a_walk_of_all_buckets_ends_at_a_break(void **state)
{
	DECLARE_HASHTABLE(table, 3);
	unsigned int bucket, seen = 0;
	struct entry *e;

	(void)state;
	hash_init(table);
	for (int i = 0; i < ENTRIES; i++)
		hash_add_rcu(table, &entries[i].hash, (u64)i << 32);
	hash_for_each_rcu(table, bucket, e, hash) if (++seen == 7) break;
	assert_int_equal(seen, 7);
	hash_del_rcu(&e->hash);
	assert_true(hlist_unhashed(&e->hash));
}

/* Neighbours are spread: no bucket has more than twice its share. */
static void hashes_spread_what_is_near(void **state)
{
	static const unsigned int steps[] = {1, 8, 64, 4096};
	unsigned int nr[32];

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(steps); s++) {
		memset(nr, 0, sizeof(nr));
		for (unsigned int i = 0; i < 1024; i++) {
			u32 bucket = hash_64((u64)i * steps[s], 5);

			assert_true(bucket < 32);
			assert_true(hash_32(i * steps[s], 5) < 32);
			nr[bucket]++;
		}
		for (int i = 0; i < 32; i++)
			assert_in_range(nr[i], 1, 64);
	}
	assert_int_equal(hash32_ptr((void *)0x123456789abcdef0), 0x12345678 ^ 0x9abcdef0);
}

/* ---- Lists for readers without locks -------------------------------------------------------- */

static const char *rcu_shape(struct list_head *head)
{
	static char text[ENTRIES * 4];
	struct entry *e;
	size_t len = 0;

	text[0] = '\0';
	list_for_each_entry_rcu(e, head, node) len += (size_t)sprintf(text + len, "%d", e->value);
	return text;
}

static unsigned int syncs;

static void sync(void)
{
	syncs++;
}

static void lists_change_under_readers_that_go_on(void **state)
{
	LIST_HEAD(head);
	LIST_HEAD(other);
	struct entry *e;

	(void)state;
	for (int i = 1; i < 5; i++)
		list_add_tail_rcu(&entries[i].node, &head);
	list_add_rcu(&entries[0].node, &head);
	assert_string_equal(rcu_shape(&head), "01234");
	/* Who stands on an entry that goes still finds the way on. */
	e = list_first_or_null_rcu(&head, struct entry, node);
	list_del_rcu(&e->node);
	assert_ptr_equal(list_next_or_null_rcu(&head, &e->node, struct entry, node), &entries[1]);
	list_replace_rcu(&entries[2].node, &entries[7].node);
	assert_string_equal(rcu_shape(&head), "1734");
	e = &entries[7];
	list_for_each_entry_continue_rcu(e, &head, node) if (e->value == 4) break;
	assert_ptr_equal(e, &entries[4]);
	list_add_rcu(&entries[9].node, &other);
	syncs = 0;
	list_splice_init_rcu(&head, &other, sync);
	list_splice_tail_init_rcu(&head, &other, sync);
	assert_int_equal(syncs, 1);
	assert_true(list_empty(&head));
	assert_string_equal(rcu_shape(&other), "17349");
	list_splice_rcu(&head, &other);
	list_add(&entries[5].node, &head);
	list_add(&entries[6].node, &head);
	list_splice_rcu(&head, &other);
	assert_string_equal(rcu_shape(&other), "6517349");
	INIT_LIST_HEAD_RCU(&head);
	assert_null(list_first_or_null_rcu(&head, struct entry, node));
}

static const char *rcu_hlist_shape(struct hlist_head *head)
{
	static char text[64];
	struct entry *e;
	size_t len = 0;

	text[0] = '\0';
	hlist_for_each_entry_rcu(e, head, hash) len += (size_t)sprintf(text + len, "%d", e->value);
	return text;
}

static void hlists_change_under_readers_that_go_on(void **state)
{
	HLIST_HEAD(a);
	HLIST_HEAD(b);

	(void)state;
	hlist_add_head_rcu(&entries[3].hash, &a);
	hlist_add_before_rcu(&entries[2].hash, &entries[3].hash);
	hlist_add_behind_rcu(&entries[4].hash, &entries[3].hash);
	hlist_add_tail_rcu(&entries[5].hash, &a);
	hlist_add_tail_rcu(&entries[8].hash, &b);
	assert_string_equal(rcu_hlist_shape(&a), "2345");
	hlist_replace_rcu(&entries[3].hash, &entries[6].hash);
	assert_string_equal(rcu_hlist_shape(&a), "2645");
	hlist_del_rcu(&entries[4].hash);
	assert_ptr_equal(entries[4].hash.next, &entries[5].hash);
	hlists_swap_heads_rcu(&a, &b);
	assert_string_equal(rcu_hlist_shape(&b), "265");
	assert_string_equal(rcu_hlist_shape(&a), "8");
	assert_ptr_equal(hlist_entry(*entries[8].hash.pprev, struct entry, hash), &entries[8]);
	hlist_del_init_rcu(&entries[8].hash);
	assert_true(hlist_empty(&a));
}

/* ---- Intervals -------------------------------------------------------------------------------- */

#define INTERVALS 60
static struct interval_tree_node intervals[INTERVALS];
static bool in_tree[INTERVALS];

static bool overlaps(const struct interval_tree_node *n, unsigned long start, unsigned long last)
{
	return n->start <= last && start <= n->last;
}

/* The tree finds exactly those that overlap, by their starts. */
static void check_overlaps(struct rb_root_cached *root, unsigned long start, unsigned long last)
{
	struct interval_tree_node *n = interval_tree_iter_first(root, start, last);
	unsigned long before = 0, found = 0, expected = 0;

	for (int i = 0; i < INTERVALS; i++)
		expected += in_tree[i] && overlaps(&intervals[i], start, last);
	for (; n; n = interval_tree_iter_next(n, start, last)) {
		assert_true(overlaps(n, start, last) && n->start >= before);
		before = n->start;
		found++;
	}
	assert_int_equal(found, expected);
}

static void random_intervals_are_found_where_they_overlap(void **state)
{
	struct rb_root_cached root = RB_ROOT_CACHED;

	(void)state;
	host_test_seed("intervals");
	memset(in_tree, 0, sizeof(in_tree));
	for (int step = 0; step < 6000; step++) {
		unsigned int i = (unsigned int)(arch_random() % INTERVALS);
		unsigned long start = (unsigned long)(arch_random() % 1000);

		if (in_tree[i]) {
			interval_tree_remove(&intervals[i], &root);
		} else {
			intervals[i].start = start;
			intervals[i].last = start + (unsigned long)(arch_random() % 90);
			interval_tree_insert(&intervals[i], &root);
		}
		in_tree[i] = !in_tree[i];
		start = (unsigned long)(arch_random() % 1100);
		check_overlaps(&root, start, start + (unsigned long)(arch_random() % 60));
	}
	check_overlaps(&root, 0, ~0UL);
}

/* A structure of one's own, with ends that are computed. */
struct region {
	struct rb_node rb;
	u16 at, pages, most;
};
#define REGION_START(r) ((r)->at)
#define REGION_LAST(r)	((u16)((r)->at + (r)->pages - 1))
INTERVAL_TREE_DEFINE(struct region, rb, u16, most, REGION_START, REGION_LAST, static, region)

static void a_tree_may_be_of_any_structure(void **state)
{
	struct region a = {.at = 10, .pages = 5}, b = {.at = 12, .pages = 20},
		      c = {.at = 40, .pages = 1};
	struct rb_root_cached root = RB_ROOT_CACHED;

	(void)state;
	region_insert(&c, &root);
	region_insert(&a, &root);
	region_insert(&b, &root);
	assert_ptr_equal(region_iter_first(&root, 14, 40), &a);
	assert_ptr_equal(region_iter_next(&a, 14, 40), &b);
	assert_ptr_equal(region_iter_next(&b, 14, 40), &c);
	assert_null(region_iter_next(&c, 14, 40));
	assert_null(region_iter_first(&root, 32, 39));
	region_remove(&b, &root);
	assert_null(region_iter_first(&root, 15, 39));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(entries_are_found_in_the_bucket_of_their_key, reset),
		cmocka_unit_test_setup(a_walk_of_all_buckets_ends_at_a_break, reset),
		cmocka_unit_test(hashes_spread_what_is_near),
		cmocka_unit_test_setup(lists_change_under_readers_that_go_on, reset),
		cmocka_unit_test_setup(hlists_change_under_readers_that_go_on, reset),
		cmocka_unit_test(random_intervals_are_found_where_they_overlap),
		cmocka_unit_test(a_tree_may_be_of_any_structure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
