/* SPDX-License-Identifier: MIT */
/* Lists: cutting and turning, sorting, one-pointer heads, lists without locks; searches. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/bsearch.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/llist.h>
#include <linux/sort.h>

#define ITEMS 200

struct item {
	int value, order;
	union {
		struct list_head node;
		struct hlist_node hnode;
		struct llist_node lnode;
	};
};

static struct item items[ITEMS];

/* The values of a list, forwards; the links back are looked at, too. */
static const char *shape(struct list_head *head)
{
	static char text[ITEMS * 4];
	struct item *item;
	size_t len = 0;

	text[0] = '\0';
	list_for_each_entry (item, head, node) {
		assert_ptr_equal(item->node.prev->next, &item->node);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%d", item->value);
	}
	assert_ptr_equal(head->next->prev, head);
	return text;
}

static void fill(struct list_head *head, int nr)
{
	INIT_LIST_HEAD(head);
	for (int i = 0; i < nr; i++) {
		items[i].value = i;
		list_add_tail(&items[i].node, head);
	}
}

/* ---- Lists with two ends ---------------------------------------------------------------- */

static void lists_are_cut_and_turned(void **state)
{
	struct list_head list, part;

	(void)state;
	fill(&list, 6);
	list_cut_position(&part, &list, &items[1].node);
	assert_string_equal(shape(&part), "01");
	assert_string_equal(shape(&list), "2345");
	list_cut_before(&part, &list, &items[4].node);
	assert_string_equal(shape(&part), "23");
	list_cut_before(&part, &list, &items[4].node);
	assert_string_equal(shape(&part), "");
	list_cut_position(&part, &list, &list);
	assert_true(list_empty(&part));
	fill(&list, 5);
	list_rotate_left(&list);
	assert_string_equal(shape(&list), "12340");
	list_rotate_to_front(&items[3].node, &list);
	assert_string_equal(shape(&list), "34012");
	list_bulk_move_tail(&list, &items[4].node, &items[0].node);
	assert_string_equal(shape(&list), "31240");
	assert_int_equal(list_count_nodes(&list), 5);
	assert_true(list_is_head(&list, &list));
	list_del_init_careful(&items[0].node);
	assert_true(list_empty_careful(&items[0].node));
	assert_false(list_empty_careful(&list));
	INIT_LIST_HEAD(&part);
	list_replace_init(&items[3].node, &items[0].node);
	assert_string_equal(shape(&list), "0124");
	assert_true(list_empty(&items[3].node));
}

static void walks_begin_anywhere_and_bear_removal(void **state)
{
	struct item *pos, *next;
	struct list_head list;
	int seen = 0;

	(void)state;
	fill(&list, 6);
	pos = &items[2];
	list_for_each_entry_continue (pos, &list, node)
		seen = seen * 10 + pos->value;
	assert_int_equal(seen, 345);
	pos = &items[2];
	list_for_each_entry_continue_reverse (pos, &list, node)
		seen = seen * 10 + pos->value;
	assert_int_equal(seen, 34510);
	pos = &items[4];
	list_for_each_entry_from (pos, &list, node)
		seen += pos->value;
	pos = &items[1];
	list_for_each_entry_from_reverse (pos, &list, node)
		seen += pos->value;
	assert_int_equal(seen, 34520);
	pos = NULL;
	/* cppcheck-suppress nullPointer */
	pos = list_prepare_entry(pos, &list, node);
	list_for_each_entry_safe_continue (pos, next, &list, node)
		if (pos->value % 2)
			list_del(&pos->node);
	assert_string_equal(shape(&list), "024");
	pos = &items[2];
	list_for_each_entry_safe_from (pos, next, &list, node)
		list_del(&pos->node);
	assert_string_equal(shape(&list), "0");
	fill(&list, 4);
	list_for_each_entry_safe_reverse (pos, next, &list, node)
		if (pos->value < 2)
			list_del(&pos->node);
	assert_string_equal(shape(&list), "23");
	assert_ptr_equal(list_next_entry_circular(&items[3], &list, node), &items[2]);
	assert_ptr_equal(list_prev_entry_circular(&items[2], &list, node), &items[3]);
}

static int by_value(void *priv, const struct list_head *a, const struct list_head *b)
{
	const struct item *x = list_entry(a, struct item, node);
	const struct item *y = list_entry(b, struct item, node);

	++*(int *)priv;
	return x->value > y->value;
}

static void random_lists_are_sorted_stably(void **state)
{
	(void)state;
	host_test_seed("random_lists_are_sorted_stably");
	for (int round = 0; round < 300; round++) {
		int nr = (int)(arch_random() % (ITEMS + 1)), compared = 0, seen = 0;
		struct item *item, *last = NULL;
		LIST_HEAD(list);

		for (int i = 0; i < nr; i++) {
			items[i].value = (int)(arch_random() % 50);
			items[i].order = i;
			list_add_tail(&items[i].node, &list);
		}
		list_sort(&compared, &list, by_value);
		list_for_each_entry (item, &list, node) {
			assert_true(!last || last->value < item->value ||
				    (last->value == item->value && last->order < item->order));
			assert_ptr_equal(item->node.prev, last ? &last->node : &list);
			last = item;
			seen++;
		}
		assert_int_equal(seen, nr);
		assert_ptr_equal(list.prev, last ? &last->node : &list);
		assert_true(compared <= nr * 9);
	}
}

/* ---- Heads of one pointer ------------------------------------------------------------------ */

static int hshape(struct hlist_head *head)
{
	struct item *item;
	int seen = 0;

	hlist_for_each_entry (item, head, hnode) {
		assert_ptr_equal(*item->hnode.pprev, &item->hnode);
		seen = seen * 10 + item->value;
	}
	return seen;
}

static void one_pointer_lists_are_changed_anywhere(void **state)
{
	struct item *item;
	struct hlist_node *next;
	HLIST_HEAD(list);
	HLIST_HEAD(other);

	(void)state;
	for (int i = 0; i < 6; i++)
		items[i].value = i;
	assert_true(hlist_empty(&list));
	hlist_add_head(&items[1].hnode, &list);
	assert_true(hlist_is_singular_node(&items[1].hnode, &list));
	hlist_add_before(&items[2].hnode, &items[1].hnode);
	hlist_add_behind(&items[3].hnode, &items[1].hnode);
	assert_int_equal(hshape(&list), 213);
	hlist_del_init(&items[1].hnode);
	hlist_del_init(&items[1].hnode);
	assert_true(hlist_unhashed(&items[1].hnode));
	hlist_move_list(&list, &other);
	assert_true(hlist_empty(&list) && hshape(&other) == 23);
	hlist_add_head(&items[4].hnode, &list);
	hlist_splice_init(&other, &items[3].hnode, &list);
	assert_int_equal(hshape(&list), 234);
	hlist_for_each_entry_safe (item, next, &list, hnode)
		if (item->value == 3)
			hlist_del(&item->hnode);
	assert_int_equal(hshape(&list), 24);
	item = &items[2];
	hlist_for_each_entry_continue (item, hnode)
		assert_int_equal(item->value, 4);
	INIT_HLIST_NODE(&items[5].hnode);
	hlist_add_fake(&items[5].hnode);
	assert_true(hlist_fake(&items[5].hnode));
	hlist_del(&items[5].hnode);
}

/* ---- Lists without locks --------------------------------------------------------------------- */

static LLIST_HEAD(shared);

static void *add_half(void *arg)
{
	size_t half = (size_t)(uintptr_t)arg;

	for (size_t i = half; i < ITEMS; i += 2)
		llist_add(&items[i].lnode, &shared);
	return NULL;
}

static void two_cpus_add_while_a_third_takes(void **state)
{
	struct item *item, *next;
	pthread_t adders[2];
	int seen = 0;

	(void)state;
	for (int i = 0; i < ITEMS; i++)
		items[i].value = i;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&adders[i], NULL, add_half, (void *)i), 0);
	while (seen < ITEMS) {
		struct llist_node *taken = llist_reverse_order(llist_del_all(&shared));

		llist_for_each_entry_safe (item, next, taken, lnode) {
			assert_int_not_equal(item->value, -1);
			item->value = -1;
			seen++;
		}
		arch_local_irq_restore(0);
	}
	for (size_t i = 0; i < 2; i++)
		pthread_join(adders[i], NULL);
	assert_true(llist_empty(&shared));
	assert_true(llist_add(&items[0].lnode, &shared));
	assert_false(llist_add(&items[1].lnode, &shared));
	assert_ptr_equal(llist_del_first(&shared), &items[1].lnode);
	assert_ptr_equal(__llist_del_all(&shared), &items[0].lnode);
	assert_null(llist_del_first(&shared));
}

/* ---- Arrays -------------------------------------------------------------------------------------- */

static int compare_ints(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void every_element_of_a_sorted_array_is_found(void **state)
{
	int array[ITEMS], key;

	(void)state;
	for (int i = 0; i < ITEMS; i++)
		array[i] = 2 * i;
	for (size_t nr = 0; nr <= ITEMS; nr++) {
		for (size_t i = 0; i < nr; i++)
			assert_ptr_equal(bsearch(&array[i], array, nr, sizeof(int), compare_ints),
					 &array[i]);
		key = (int)nr - 1 + !(nr % 2) * 2;
		assert_null(bsearch(&(int){2 * (int)nr}, array, nr, sizeof(int), compare_ints));
		if (key % 2)
			assert_null(bsearch(&key, array, nr, sizeof(int), compare_ints));
	}
}

static int compare_by_key(const void *a, const void *b, const void *priv)
{
	const int *keys = priv;

	return keys[*(const int *)a] - keys[*(const int *)b];
}

static void swap_by_key(void *a, void *b, int size, const void *priv)
{
	assert_non_null(priv);
	assert_int_equal(size, sizeof(int));
	swap(*(int *)a, *(int *)b);
}

static void sorting_is_told_who_asks(void **state)
{
	int keys[ITEMS], indices[ITEMS];

	(void)state;
	host_test_seed("sorting_is_told_who_asks");
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < ITEMS; i++) {
			keys[i] = (int)(arch_random() % 1000);
			indices[i] = i;
		}
		sort_r(indices, ITEMS, sizeof(int), compare_by_key, round % 2 ? swap_by_key : NULL,
		       keys);
		for (int i = 1; i < ITEMS; i++)
			assert_true(keys[indices[i - 1]] <= keys[indices[i]]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_cut_and_turned),
		cmocka_unit_test(walks_begin_anywhere_and_bear_removal),
		cmocka_unit_test(random_lists_are_sorted_stably),
		cmocka_unit_test(one_pointer_lists_are_changed_anywhere),
		cmocka_unit_test(two_cpus_add_while_a_third_takes),
		cmocka_unit_test(every_element_of_a_sorted_array_is_found),
		cmocka_unit_test(sorting_is_told_who_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
