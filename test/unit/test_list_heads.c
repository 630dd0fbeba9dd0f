/* SPDX-License-Identifier: MIT */
/* Lists whose ends or orders are others: a lock in the head, numbers at the end, priorities. */
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
#include <linux/kernel.h>
#include <linux/list_bl.h>
#include <linux/list_nulls.h>
#include <linux/plist.h>
#include <linux/rculist_bl.h>
#include <linux/rculist_nulls.h>

struct item {
	int value;
	struct hlist_bl_node bl;
	struct hlist_nulls_node nulls;
};

static char text[200];

static void write_value(int value)
{
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d ", value);
}

/* ---- A lock in the head ------------------------------------------------------------------- */

static const char *bl_values(struct hlist_bl_head *head)
{
	struct hlist_bl_node *pos;
	struct item *item;

	text[0] = '\0';
	hlist_bl_for_each_entry(item, pos, head, bl)
	{
		assert_ptr_equal(pos, &item->bl);
		write_value(item->value);
	}
	return text;
}

/* 1 2 3, the head locked. */
static void bl_fill(struct hlist_bl_head *head, struct item *items)
{
	INIT_HLIST_BL_HEAD(head);
	hlist_bl_lock(head);
	for (int i = 2; i >= 0; i--) {
		items[i].value = i + 1;
		INIT_HLIST_BL_NODE(&items[i].bl);
		hlist_bl_add_head(&items[i].bl, head);
	}
}

static void the_lock_survives_what_is_done_to_the_list(void **state)
{
	struct item items[5] = {[3] = {.value = 4}, [4] = {.value = 5}};
	struct hlist_bl_head head;

	(void)state;
	bl_fill(&head, items);
	assert_string_equal(bl_values(&head), "1 2 3 ");
	hlist_bl_add_before(&items[3].bl, &items[0].bl);
	assert_true(hlist_bl_is_locked(&head));
	hlist_bl_add_behind(&items[4].bl, &items[0].bl);
	assert_string_equal(bl_values(&head), "4 1 5 2 3 ");
	hlist_bl_del(&items[3].bl);
	assert_true(hlist_bl_is_locked(&head));
	assert_ptr_equal(items[3].bl.next, LIST_POISON1);
	assert_ptr_equal(items[3].bl.pprev, LIST_POISON2);
	hlist_bl_del_init(&items[2].bl);
	assert_true(hlist_bl_unhashed(&items[2].bl));
	hlist_bl_del_init(&items[2].bl);
	hlist_bl_add_behind(&items[2].bl, &items[1].bl);
	hlist_bl_add_before(&items[3].bl, &items[2].bl);
	assert_string_equal(bl_values(&head), "1 5 2 4 3 ");
	hlist_bl_unlock(&head);
	assert_false(hlist_bl_is_locked(&head));
	assert_string_equal(bl_values(&head), "1 5 2 4 3 ");
	assert_ptr_equal(hlist_bl_first(&head), &items[0].bl);
}

static void a_locked_head_without_nodes_is_empty(void **state)
{
	struct item items[3];
	struct hlist_bl_node *pos, *n;
	struct hlist_bl_head head;
	struct item *item;

	(void)state;
	bl_fill(&head, items);
	assert_false(hlist_bl_empty(&head));
	hlist_bl_for_each_entry_safe(item, pos, n, &head, bl)
	{
		hlist_bl_del(pos);
		memset(item, 0x5a, sizeof(*item));
	}
	assert_true(hlist_bl_empty(&head));
	assert_null(hlist_bl_first(&head));
	assert_true(hlist_bl_is_locked(&head));
	hlist_bl_unlock(&head);
	assert_true(hlist_bl_empty(&head));
	assert_null(head.first);
}

static void readers_go_on_from_what_is_taken_out(void **state)
{
	struct hlist_bl_head head;
	struct hlist_bl_node *pos;
	struct item items[3], *item;

	(void)state;
	INIT_HLIST_BL_HEAD(&head);
	hlist_bl_lock(&head);
	for (int i = 2; i >= 0; i--) {
		items[i].value = i + 1;
		hlist_bl_add_head_rcu(&items[i].bl, &head);
		assert_true(hlist_bl_is_locked(&head));
	}
	assert_ptr_equal(hlist_bl_first_rcu(&head), &items[0].bl);
	text[0] = '\0';
	rcu_read_lock();
	hlist_bl_for_each_entry_rcu(item, pos, &head, bl)
	{
		write_value(item->value);
		if (item->value == 1)
			hlist_bl_del_rcu(pos);
		if (item->value == 2)
			hlist_bl_del_init_rcu(pos);
	}
	rcu_read_unlock();
	assert_string_equal(text, "1 2 3 ");
	assert_ptr_equal(items[0].bl.pprev, LIST_POISON2);
	assert_true(hlist_bl_unhashed(&items[1].bl));
	hlist_bl_del_init_rcu(&items[1].bl);
	assert_string_equal(bl_values(&head), "3 ");
	hlist_bl_unlock(&head);
}

static struct hlist_bl_head shared;

#define ROUNDS 2000

/* Both CPUs put their node in and take it out. */
static void *in_and_out(void *arg)
{
	struct item *item = arg;

	for (int i = 0; i < ROUNDS; i++) {
		hlist_bl_lock(&shared);
		if (hlist_bl_unhashed(&item->bl))
			hlist_bl_add_head(&item->bl, &shared);
		else
			hlist_bl_del_init(&item->bl);
		hlist_bl_unlock(&shared);
	}
	return NULL;
}

static void two_cpus_exclude_each_other(void **state)
{
	struct item items[2] = {{.value = 1}, {.value = 2}};
	pthread_t other;

	(void)state;
	INIT_HLIST_BL_HEAD(&shared);
	assert_int_equal(pthread_create(&other, NULL, in_and_out, &items[0]), 0);
	in_and_out(&items[1]);
	assert_int_equal(pthread_join(other, NULL), 0);
	assert_true(hlist_bl_empty(&shared));
	assert_true(hlist_bl_unhashed(&items[0].bl) && hlist_bl_unhashed(&items[1].bl));
}

/* ---- Numbers at the end ------------------------------------------------------------------- */

static const char *nulls_values(struct hlist_nulls_head *head)
{
	struct hlist_nulls_node *pos;
	struct item *item;

	text[0] = '\0';
	hlist_nulls_for_each_entry(item, pos, head, nulls) write_value(item->value);
	snprintf(text + strlen(text), 30, "(%lu)", get_nulls_value(pos));
	return text;
}

static void a_list_ends_in_its_number(void **state)
{
	struct item items[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
	struct hlist_nulls_head head;

	(void)state;
	INIT_HLIST_NULLS_HEAD(&head, 7);
	assert_true(hlist_nulls_empty(&head));
	assert_string_equal(nulls_values(&head), "(7)");
	assert_null(hlist_nulls_entry_safe(head.first, struct item, nulls));
	for (int i = 2; i >= 0; i--)
		hlist_nulls_add_head(&items[i].nulls, &head);
	assert_string_equal(nulls_values(&head), "1 2 3 (7)");
	assert_ptr_equal(hlist_nulls_entry_safe(head.first, struct item, nulls), &items[0]);
	hlist_nulls_del(&items[0].nulls);
	assert_ptr_equal(items[0].nulls.pprev, LIST_POISON2);
	hlist_nulls_del(&items[2].nulls);
	assert_string_equal(nulls_values(&head), "2 (7)");
	hlist_nulls_del(&items[1].nulls);
	assert_string_equal(nulls_values(&head), "(7)");
	INIT_HLIST_NULLS_HEAD(&head, LONG_MAX);
	assert_int_equal(get_nulls_value(head.first), LONG_MAX);
}

static void nodes_are_added_and_replaced_under_readers(void **state)
{
	struct item items[5] = {
		{.value = 1}, {.value = 2}, {.value = 3}, {.value = 4}, {.value = 5}};
	struct hlist_nulls_head head;
	struct hlist_nulls_node *pos;
	struct item *item;

	(void)state;
	INIT_HLIST_NULLS_HEAD(&head, 3);
	hlist_nulls_add_tail_rcu(&items[1].nulls, &head);
	hlist_nulls_add_tail_rcu(&items[2].nulls, &head);
	hlist_nulls_add_head_rcu(&items[0].nulls, &head);
	assert_string_equal(nulls_values(&head), "1 2 3 (3)");
	hlist_nulls_replace_rcu(&items[0].nulls, &items[3].nulls);
	assert_false(hlist_nulls_unhashed(&items[0].nulls));
	hlist_nulls_replace_init_rcu(&items[2].nulls, &items[4].nulls);
	assert_true(hlist_nulls_unhashed_lockless(&items[2].nulls));
	assert_string_equal(nulls_values(&head), "4 2 5 (3)");
	text[0] = '\0';
	rcu_read_lock();
	hlist_nulls_for_each_entry_rcu(item, pos, &head, nulls)
	{
		write_value(item->value);
		if (item->value == 4)
			hlist_nulls_del_rcu(pos);
		if (item->value == 2)
			hlist_nulls_del_init_rcu(pos);
	}
	rcu_read_unlock();
	assert_string_equal(text, "4 2 5 ");
	assert_int_equal(get_nulls_value(pos), 3);
	assert_ptr_equal(items[3].nulls.pprev, LIST_POISON2);
	assert_true(hlist_nulls_unhashed(&items[1].nulls));
	hlist_nulls_del_init_rcu(&items[1].nulls);
	assert_string_equal(nulls_values(&head), "5 (3)");
}

/* Moved under a reader to the list of another number, whose end the reader comes to. */
static void who_went_astray_sees_it_by_the_end(void **state)
{
	struct item items[2] = {{.value = 1}, {.value = 2}};
	struct hlist_nulls_head here, there;
	struct hlist_nulls_node *pos;
	struct item *item;

	(void)state;
	INIT_HLIST_NULLS_HEAD(&here, 1);
	INIT_HLIST_NULLS_HEAD(&there, 2);
	hlist_nulls_add_head_rcu(&items[1].nulls, &here);
	hlist_nulls_add_head_rcu(&items[0].nulls, &here);
	rcu_read_lock();
	hlist_nulls_for_each_entry_rcu(item, pos, &here, nulls)
	{
		assert_int_equal(item->value, 1);
		hlist_nulls_del_rcu(pos);
		hlist_nulls_add_head_rcu(pos, &there);
	}
	rcu_read_unlock();
	assert_int_equal(get_nulls_value(pos), 2);
	assert_string_equal(nulls_values(&here), "2 (1)");
	assert_string_equal(nulls_values(&there), "1 (2)");
}

static void nodes_may_go_while_a_list_is_walked(void **state)
{
	struct item items[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
	struct hlist_nulls_head head;
	struct hlist_nulls_node *pos;
	struct item *item;

	(void)state;
	INIT_HLIST_NULLS_HEAD(&head, 0);
	for (int i = 2; i >= 0; i--)
		hlist_nulls_add_head(&items[i].nulls, &head);
	text[0] = '\0';
	pos = items[1].nulls.next;
	hlist_nulls_for_each_entry_from(item, pos, nulls) write_value(item->value);
	hlist_nulls_for_each_entry_safe(item, pos, &head, nulls)
	{
		write_value(item->value);
		hlist_nulls_del(&item->nulls);
		memset(item, 0x5a, sizeof(*item));
	}
	assert_string_equal(text, "3 1 2 3 ");
	assert_true(hlist_nulls_empty(&head));
	hlist_nulls_add_fake(&items[0].nulls);
	assert_false(hlist_nulls_unhashed(&items[0].nulls));
	hlist_nulls_del(&items[0].nulls);
}

/* ---- Priorities ------------------------------------------------------------------------------ */

struct task {
	char name;
	struct plist_node node;
};

static const char *names(struct plist_head *head)
{
	struct task *task;
	size_t n = 0;

	plist_for_each_entry(task, head, node) text[n++] = task->name;
	text[n] = '\0';
	return text;
}

/* What the header's picture says of the two lists. */
static void verify_plist(struct plist_head *head)
{
	struct plist_node *node, *oldest = NULL;

	plist_for_each(node, head)
	{
		if (oldest && oldest->prio == node->prio) {
			assert_true(list_empty(&node->prio_list));
			continue;
		}
		if (oldest) {
			assert_true(oldest->prio < node->prio);
			assert_ptr_equal(oldest->prio_list.next, &node->prio_list);
			assert_ptr_equal(node->prio_list.prev, &oldest->prio_list);
		}
		oldest = node;
	}
	if (oldest)
		assert_ptr_equal(oldest->prio_list.next, &plist_first(head)->prio_list);
}

static void fill(struct plist_head *head, struct task *tasks, const int *prios, int nr)
{
	plist_head_init(head);
	for (int i = 0; i < nr; i++) {
		tasks[i].name = (char)('a' + i);
		plist_node_init(&tasks[i].node, prios[i]);
		plist_add(&tasks[i].node, head);
		verify_plist(head);
	}
}

static void the_least_number_comes_first_and_equals_by_age(void **state)
{
	struct task tasks[7];
	struct plist_head head;

	(void)state;
	fill(&head, tasks, (int[]){21, 40, 10, 21, INT_MIN, 21, INT_MAX}, 7);
	assert_string_equal(names(&head), "ecadfbg");
	assert_ptr_equal(plist_first_entry(&head, struct task, node), &tasks[4]);
	assert_ptr_equal(plist_last_entry(&head, struct task, node), &tasks[6]);
	assert_ptr_equal(plist_next(plist_first(&head)), &tasks[2].node);
	assert_ptr_equal(plist_prev(plist_last(&head)), &tasks[1].node);
}

static void a_requeued_node_goes_behind_its_equals(void **state)
{
	struct task tasks[5];
	struct plist_head head;

	(void)state;
	fill(&head, tasks, (int[]){2, 2, 2, 3, 1}, 5);
	assert_string_equal(names(&head), "eabcd");
	plist_requeue(&tasks[0].node, &head);
	verify_plist(&head);
	assert_string_equal(names(&head), "ebcad");
	plist_requeue(&tasks[2].node, &head);
	assert_string_equal(names(&head), "ebacd");
	plist_requeue(&tasks[3].node, &head);
	plist_requeue(&tasks[4].node, &head);
	verify_plist(&head);
	assert_string_equal(names(&head), "ebacd");
}

static void walks_go_on_and_allow_to_take_out(void **state)
{
	struct task tasks[4], *task, *next;
	struct plist_node *pos, *n;
	struct plist_head head;
	int nr = 0;

	(void)state;
	fill(&head, tasks, (int[]){1, 1, 2, 2}, 4);
	pos = &tasks[1].node;
	plist_for_each_continue(pos, &head) nr++;
	task = &tasks[2];
	plist_for_each_entry_continue(task, &head, node) nr += 10;
	assert_int_equal(nr, 12);
	plist_for_each_safe(pos, n, &head) if (pos->prio == 1) plist_del(pos, &head);
	assert_string_equal(names(&head), "cd");
	plist_for_each_entry_safe(task, next, &head, node)
	{
		plist_del(&task->node, &head);
		verify_plist(&head);
	}
	assert_true(plist_head_empty(&head));
}

static void a_node_that_is_on_a_list_is_not_added(void **state)
{
	struct task tasks[2];
	struct plist_head head;
	PLIST_HEAD(other);
	struct plist_node alone = PLIST_NODE_INIT(alone, 5);
	typeof(warn_count) warned;

	(void)state;
	fill(&head, tasks, (int[]){1, 2}, 2);
	assert_true(plist_node_empty(&alone));
	plist_add(&alone, &other);
	assert_int_equal(plist_first(&other)->prio, 5);
	warned = warn_count;
	plist_add(&alone, &head);
	assert_int_equal(warn_count, warned + 1);
	assert_string_equal(names(&head), "ab");
	plist_del(&alone, &other);
	assert_true(plist_head_empty(&other) && plist_node_empty(&alone));
	plist_del(&alone, &other);
	assert_true(plist_node_empty(&alone));
}

#define TASKS 40

/* Beside an order that is sought anew each time. */
static void random_orders_agree_with_a_search(void **state)
{
	struct task tasks[TASKS];
	unsigned int age[TASKS] = {0}, now = 0;
	PLIST_HEAD(head);

	(void)state;
	for (int i = 0; i < TASKS; i++)
		plist_node_init(&tasks[i].node, 0);
	for (int round = 0; round < 3000; round++) {
		int i = (int)(arch_random() % TASKS), nr = 0, prev = -1;
		struct plist_node *node = &tasks[i].node, *pos;

		if (plist_node_empty(node)) {
			node->prio = (int)(arch_random() % 9) - 4;
			plist_add(node, &head);
			age[i] = ++now;
		} else if (arch_random() % 2) {
			plist_requeue(node, &head);
			age[i] = ++now;
		} else {
			plist_del(node, &head);
			age[i] = 0;
		}
		verify_plist(&head);
		plist_for_each(pos, &head)
		{
			int at = (int)(container_of(pos, struct task, node) - tasks);

			assert_true(age[at]);
			assert_true(prev < 0 || tasks[prev].node.prio < pos->prio ||
				    age[prev] < age[at]);
			prev = at;
			nr++;
		}
		for (int j = 0; j < TASKS; j++)
			nr -= !!age[j];
		assert_int_equal(nr, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lock_survives_what_is_done_to_the_list),
		cmocka_unit_test(a_locked_head_without_nodes_is_empty),
		cmocka_unit_test(readers_go_on_from_what_is_taken_out),
		cmocka_unit_test(two_cpus_exclude_each_other),
		cmocka_unit_test(a_list_ends_in_its_number),
		cmocka_unit_test(nodes_are_added_and_replaced_under_readers),
		cmocka_unit_test(who_went_astray_sees_it_by_the_end),
		cmocka_unit_test(nodes_may_go_while_a_list_is_walked),
		cmocka_unit_test(the_least_number_comes_first_and_equals_by_age),
		cmocka_unit_test(a_requeued_node_goes_behind_its_equals),
		cmocka_unit_test(walks_go_on_and_allow_to_take_out),
		cmocka_unit_test(a_node_that_is_on_a_list_is_not_added),
		cmocka_unit_test(random_orders_agree_with_a_search),
	};

	host_test_seed("test_list_heads");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
