/* SPDX-License-Identifier: MIT */
/* Linked lists, and sorting of arrays. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/sort.h>

struct item {
	int value;
	struct list_head node;
};

/* The values of a list, forwards and then backwards, as text. */
static const char *shape(struct list_head *head)
{
	static char text[100];
	struct item *item;

	text[0] = '\0';
	list_for_each_entry (item, head, node)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d", item->value);
	strcat(text, "|");
	list_for_each_entry_reverse (item, head, node)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d", item->value);
	return text;
}

static void fill(struct list_head *head, struct item *items, int first, int nr)
{
	INIT_LIST_HEAD(head);
	for (int i = 0; i < nr; i++) {
		items[i].value = first + i;
		list_add_tail(&items[i].node, head);
	}
}

static void add_puts_first_and_add_tail_last(void **state)
{
	struct item items[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
	LIST_HEAD(list);

	(void)state;
	assert_true(list_empty(&list));
	assert_null(list_first_entry_or_null(&list, struct item, node));
	list_add(&items[0].node, &list);
	assert_true(list_is_singular(&list));
	list_add(&items[1].node, &list);
	list_add_tail(&items[2].node, &list);
	assert_string_equal(shape(&list), "213|312");
	assert_ptr_equal(list_first_entry(&list, struct item, node), &items[1]);
	assert_ptr_equal(list_last_entry(&list, struct item, node), &items[2]);
	assert_true(list_is_first(&items[1].node, &list));
	assert_true(list_is_last(&items[2].node, &list));
}

static void del_poisons_and_del_init_does_not(void **state)
{
	struct item items[3];
	struct list_head list;

	(void)state;
	fill(&list, items, 1, 3);
	list_del(&items[1].node);
	assert_string_equal(shape(&list), "13|31");
	assert_ptr_equal(items[1].node.next, LIST_POISON1);
	assert_ptr_equal(items[1].node.prev, LIST_POISON2);
	list_del_init(&items[0].node);
	assert_true(list_empty(&items[0].node));
	assert_string_equal(shape(&list), "3|3");
}

static void moves_and_replacements_keep_the_rest(void **state)
{
	struct item items[4], other = {.value = 9};
	struct list_head list;

	(void)state;
	fill(&list, items, 1, 4);
	list_move(&items[2].node, &list);
	assert_string_equal(shape(&list), "3124|4213");
	list_move_tail(&items[0].node, &list);
	assert_string_equal(shape(&list), "3241|1423");
	list_replace(&items[1].node, &other.node);
	assert_string_equal(shape(&list), "3941|1493");
}

static void splices_join_lists(void **state)
{
	struct item a[2], b[2], c[1];
	struct list_head list, front, back;

	(void)state;
	fill(&list, a, 1, 2);
	fill(&front, b, 3, 2);
	fill(&back, c, 5, 1);
	list_splice_init(&front, &list);
	assert_true(list_empty(&front));
	list_splice_tail_init(&back, &list);
	assert_true(list_empty(&back));
	assert_string_equal(shape(&list), "34125|52143");
	list_splice(&front, &list);
	list_splice_tail(&back, &list);
	assert_string_equal(shape(&list), "34125|52143");
}

static void entries_may_go_during_a_safe_walk(void **state)
{
	struct item items[6], *item, *next;
	struct list_head list;

	(void)state;
	fill(&list, items, 1, 6);
	list_for_each_entry_safe (item, next, &list, node)
		if (item->value % 2)
			list_del(&item->node);
	assert_string_equal(shape(&list), "246|642");
}

static size_t comparisons;

static int compare_ints(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	comparisons++;
	return (x > y) - (x < y);
}

static void sort_orders_random_arrays(void **state)
{
	int array[200], want[200];

	(void)state;
	host_test_seed("sort_orders_random_arrays");
	for (int round = 0; round < 2000; round++) {
		size_t n = arch_random() % 201;
		int range = 1 + (int)(arch_random() % 400);

		for (size_t i = 0; i < n; i++)
			array[i] = want[i] = (int)(arch_random() % range);
		sort(array, n, sizeof(int), compare_ints, NULL);
		qsort(want, n, sizeof(int), compare_ints);
		assert_memory_equal(array, want, n * sizeof(int));
	}
}

struct record {
	char key;
	char text[6];
};

static int compare_records(const void *a, const void *b)
{
	return ((const struct record *)a)->key - ((const struct record *)b)->key;
}

static void sort_moves_elements_of_any_size_whole(void **state)
{
	struct record records[] = {{'c', "third"}, {'a', "first"}, {'b', "secnd"}};

	(void)state;
	sort(records, 3, sizeof(records[0]), compare_records, NULL);
	assert_string_equal(records[0].text, "first");
	assert_string_equal(records[1].text, "secnd");
	assert_string_equal(records[2].text, "third");
}

static int swaps;

static void swap_ints(void *a, void *b, int size)
{
	int value = *(int *)a;

	assert_int_equal(size, sizeof(int));
	*(int *)a = *(int *)b;
	*(int *)b = value;
	swaps++;
}

static void sort_uses_the_swap_it_is_given(void **state)
{
	int array[] = {3, 1, 2};

	(void)state;
	sort(array, 3, sizeof(int), compare_ints, swap_ints);
	assert_true(swaps > 0);
	assert_int_equal(array[0], 1);
	assert_int_equal(array[2], 3);
}

/* Ascending, descending, and all the same: no order makes it quadratic. */
static void sort_of_many_takes_n_log_n_comparisons(void **state)
{
	enum { N = 1 << 16 };
	int *array = malloc(N * sizeof(int));

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		for (int i = 0; i < N; i++)
			array[i] = kind == 0 ? i : kind == 1 ? N - i : 7;
		comparisons = 0;
		sort(array, N, sizeof(int), compare_ints, NULL);
		assert_true(comparisons < 2UL * N * 17);
		for (int i = 1; i < N; i++)
			assert_true(array[i - 1] <= array[i]);
	}
	free(array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add_puts_first_and_add_tail_last),
		cmocka_unit_test(del_poisons_and_del_init_does_not),
		cmocka_unit_test(moves_and_replacements_keep_the_rest),
		cmocka_unit_test(splices_join_lists),
		cmocka_unit_test(entries_may_go_during_a_safe_walk),
		cmocka_unit_test(sort_orders_random_arrays),
		cmocka_unit_test(sort_moves_elements_of_any_size_whole),
		cmocka_unit_test(sort_uses_the_swap_it_is_given),
		cmocka_unit_test(sort_of_many_takes_n_log_n_comparisons),
	};

	return cmocka_run_group_tests_name("list_sort", tests, NULL, NULL);
}
