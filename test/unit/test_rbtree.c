/* SPDX-License-Identifier: MIT */
/* Red-black trees, plain and augmented, against a sorted array. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

#include <host/machine.h>
#include <baremm/arch.h>
#include <linux/rbtree_augmented.h>

#define MAX_NODES 300

struct item {
	struct rb_node rb;
	unsigned int key;
	unsigned int weight;
	unsigned int largest; /* weight in the subtree */
};

#define item_weight(item) ((item)->weight)
RB_DECLARE_CALLBACKS_MAX(static, by_weight, struct item, rb, unsigned int, largest, item_weight)

static struct item items[MAX_NODES];

static struct item *item_of(const struct rb_node *node)
{
	return node ? rb_entry((struct rb_node *)(uintptr_t)node, struct item, rb) : NULL;
}

static bool item_less(struct rb_node *a, const struct rb_node *b)
{
	return item_of(a)->key < item_of(b)->key;
}

static int item_cmp(struct rb_node *a, const struct rb_node *b)
{
	return (int)item_of(a)->key - (int)item_of(b)->key;
}

static int key_cmp(const void *key, const struct rb_node *b)
{
	return (int)*(const unsigned int *)key - (int)item_of(b)->key;
}

/* Black nodes on each way down; asserts what a red-black tree promises. */
static int check_subtree(const struct rb_node *node, const struct rb_node *parent, bool augmented)
{
	unsigned int largest;
	int left, right;
	bool black;

	if (!node)
		return 0;
	black = node->__rb_parent_color & 1;
	assert_ptr_equal(rb_parent(node), parent);
	assert_true(black || (parent && (parent->__rb_parent_color & 1)));
	left = check_subtree(node->rb_left, node, augmented);
	right = check_subtree(node->rb_right, node, augmented);
	assert_int_equal(left, right);
	largest = item_of(node)->weight;
	if (node->rb_left)
		largest = max(largest, item_of(node->rb_left)->largest);
	if (node->rb_right)
		largest = max(largest, item_of(node->rb_right)->largest);
	if (augmented)
		assert_int_equal(item_of(node)->largest, largest);
	return left + black;
}

/* The tree holds the nodes marked in @in, in order, forward and backward. */
static void check_tree(const struct rb_root *root, const bool *in, bool augmented)
{
	struct rb_node *node = rb_first(root), *last = NULL;

	check_subtree(root->rb_node, NULL, augmented);
	for (unsigned int i = 0; i < MAX_NODES; i++) {
		if (!in[i])
			continue;
		assert_ptr_equal(node, &items[i].rb);
		assert_ptr_equal(rb_prev(node), last);
		last = node;
		node = rb_next(node);
	}
	assert_null(node);
	assert_ptr_equal(rb_last(root), last);
}

static void add_augmented(struct rb_root *root, struct item *item)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	item->largest = item->weight;
	while (*link) {
		parent = *link;
		item_of(parent)->largest = max(item_of(parent)->largest, item->weight);
		link = item->key < item_of(parent)->key ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&item->rb, parent, link);
	rb_insert_augmented(&item->rb, root, &by_weight);
}

static void random_changes(bool augmented)
{
	struct rb_root root = RB_ROOT;
	bool in[MAX_NODES] = {};

	for (unsigned int i = 0; i < MAX_NODES; i++)
		items[i] = (struct item){.key = i};
	for (int step = 0; step < 20000; step++) {
		unsigned int i = arch_random() % MAX_NODES;

		/* Filled and emptied in turn, so that all sizes are met. */
		if (in[i] && (step / 2000 % 2 || arch_random() % 4 == 0)) {
			if (augmented)
				rb_erase_augmented(&items[i].rb, &root, &by_weight);
			else
				rb_erase(&items[i].rb, &root);
			in[i] = false;
		} else if (!in[i] && (step / 2000 % 2 == 0 || arch_random() % 4 == 0)) {
			items[i].weight = arch_random() % 1000;
			if (augmented)
				add_augmented(&root, &items[i]);
			else
				rb_add(&items[i].rb, &root, item_less);
			in[i] = true;
		}
		if (step % 16 == 0)
			check_tree(&root, in, augmented);
	}
}

static void random_changes_keep_order_and_balance(void **state)
{
	(void)state;
	host_test_seed("rbtree");
	random_changes(false);
}

static void random_changes_keep_the_augmented_values(void **state)
{
	(void)state;
	host_test_seed("rbtree augmented");
	random_changes(true);
}

static void a_changed_value_propagates_to_the_root(void **state)
{
	struct rb_root root = RB_ROOT;

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		items[i] = (struct item){.key = i, .weight = i};
		add_augmented(&root, &items[i]);
	}
	items[3].weight = 5000;
	by_weight.propagate(&items[3].rb, NULL);
	assert_int_equal(item_of(root.rb_node)->largest, 5000);
	items[3].weight = 0;
	by_weight.propagate(&items[3].rb, NULL);
	assert_int_equal(item_of(root.rb_node)->largest, 99);
	check_subtree(root.rb_node, NULL, true);
}

static void a_key_that_is_there_is_found_and_not_added(void **state)
{
	struct item twin = {.key = 7};
	struct rb_root root = RB_ROOT;
	unsigned int key = 7, none = 100;

	(void)state;
	for (unsigned int i = 0; i < 20; i++) {
		items[i] = (struct item){.key = i};
		assert_null(rb_find_add(&items[i].rb, &root, item_cmp));
	}
	assert_ptr_equal(rb_find_add(&twin.rb, &root, item_cmp), &items[7].rb);
	assert_ptr_equal(rb_find(&key, &root, key_cmp), &items[7].rb);
	assert_null(rb_find(&none, &root, key_cmp));
}

static void equal_keys_stay_in_the_order_they_came(void **state)
{
	struct rb_root root = RB_ROOT;
	struct rb_node *node;
	unsigned int key = 5, next = 5;

	(void)state;
	for (unsigned int i = 0; i < 15; i++) {
		items[i] = (struct item){.key = i < 5 ? 1 : i < 10 ? 5 : 9};
		rb_add(&items[i].rb, &root, item_less);
	}
	rb_for_each(node, &key, &root, key_cmp) assert_ptr_equal(node, &items[next++].rb);
	assert_int_equal(next, 10);
}

static void a_cached_tree_knows_its_first_node(void **state)
{
	struct rb_root_cached root = RB_ROOT_CACHED;
	struct item twin = {.key = 10};

	(void)state;
	for (unsigned int i = 20; i-- > 10;) {
		items[i] = (struct item){.key = i};
		assert_ptr_equal(rb_add_cached(&items[i].rb, &root, item_less), &items[i].rb);
		assert_ptr_equal(rb_first_cached(&root), &items[i].rb);
	}
	rb_replace_node_cached(&items[10].rb, &twin.rb, &root);
	assert_ptr_equal(rb_first_cached(&root), &twin.rb);
	assert_ptr_equal(rb_next(&twin.rb), &items[11].rb);
	check_subtree(root.rb_root.rb_node, NULL, false);
	assert_null(rb_erase_cached(&items[15].rb, &root));
	assert_ptr_equal(rb_erase_cached(&twin.rb, &root), &items[11].rb);
	assert_ptr_equal(rb_first_cached(&root), rb_first(&root.rb_root));
}

static void postorder_visits_children_first(void **state)
{
	struct rb_root root = RB_ROOT;
	struct item *pos, *n;
	bool seen[MAX_NODES] = {};
	unsigned int nr = 0;

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		items[i] = (struct item){.key = i};
		rb_add(&items[i].rb, &root, item_less);
	}
	rbtree_postorder_for_each_entry_safe(pos, n, &root, rb)
	{
		assert_true(!pos->rb.rb_left || seen[item_of(pos->rb.rb_left)->key]);
		assert_true(!pos->rb.rb_right || seen[item_of(pos->rb.rb_right)->key]);
		seen[pos->key] = true;
		nr++;
	}
	assert_int_equal(nr, 100);
}

static void a_cleared_node_is_in_no_tree(void **state)
{
	struct rb_root root = RB_ROOT;

	(void)state;
	items[0] = (struct item){.key = 0};
	RB_CLEAR_NODE(&items[0].rb);
	assert_true(RB_EMPTY_NODE(&items[0].rb));
	assert_null(rb_next(&items[0].rb));
	assert_true(RB_EMPTY_ROOT(&root));
	assert_null(rb_first(&root));
	assert_null(rb_first_postorder(&root));
	rb_add(&items[0].rb, &root, item_less);
	assert_false(RB_EMPTY_NODE(&items[0].rb));
	assert_false(RB_EMPTY_ROOT(&root));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_changes_keep_order_and_balance),
		cmocka_unit_test(random_changes_keep_the_augmented_values),
		cmocka_unit_test(a_changed_value_propagates_to_the_root),
		cmocka_unit_test(a_key_that_is_there_is_found_and_not_added),
		cmocka_unit_test(equal_keys_stay_in_the_order_they_came),
		cmocka_unit_test(a_cached_tree_knows_its_first_node),
		cmocka_unit_test(postorder_visits_children_first),
		cmocka_unit_test(a_cleared_node_is_in_no_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
