/* SPDX-License-Identifier: MIT */
/* Lists that are walked while nodes come and go: on one CPU, and on several at once. */
#include "percpu_machine.h"

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/klist.h>

#include "../../mm/wait.h"
#include "cpus.h"

#define CPUS   4
#define MANY   8
#define ROUNDS 300

struct item {
	struct klist_node node;
	int number;
	atomic_t refs; /* what the list's users hold of it */
};
static struct item items[CPUS][MANY];

static void item_get(struct klist_node *node)
{
	atomic_inc(&container_of(node, struct item, node)->refs);
}

static void item_put(struct klist_node *node)
{
	atomic_dec(&container_of(node, struct item, node)->refs);
}

static DEFINE_KLIST(list, item_get, item_put);

static int machine(void **state)
{
	(void)state;
	nr_cpu_ids = CPUS;
	percpu_machine_make(SZ_64M, 1, CPUS);
	wait_reset();
	atomic_set(&__num_online_cpus, CPUS);
	klist_init(&list, item_get, item_put);
	for (int cpu = 0; cpu < CPUS; cpu++)
		for (int n = 0; n < MANY; n++)
			items[cpu][n] = (struct item){.number = cpu * MANY + n};
	return 0;
}

static int machine_end(void **state)
{
	(void)state;
	percpu_reset();
	slab_machine_end();
	return 0;
}

static struct klist_node *node(int n)
{
	return &items[0][n].node;
}

static int number_of(struct klist_node *n)
{
	return n ? container_of(n, struct item, node)->number : -1;
}

static void all_are(const int *numbers, int count)
{
	struct klist_iter i;

	klist_iter_init(&list, &i);
	for (int n = 0; n < count; n++)
		assert_int_equal(number_of(klist_next(&i)), numbers[n]);
	assert_null(klist_next(&i));
	for (int n = count - 1; n >= 0; n--)
		assert_int_equal(number_of(klist_prev(&i)), numbers[n]);
	assert_null(klist_prev(&i));
	klist_iter_exit(&i);
}

static void nodes_go_where_they_are_told(void **state)
{
	(void)state;
	all_are(NULL, 0);
	klist_add_tail(node(1), &list);
	klist_add_head(node(0), &list);
	klist_add_behind(node(3), node(1));
	klist_add_before(node(2), node(3));
	all_are((const int[]){0, 1, 2, 3}, 4);
	klist_remove(node(2));
	assert_false(klist_node_attached(node(2)));
	assert_true(klist_node_attached(node(3)));
	all_are((const int[]){0, 1, 3}, 3);
	for (int n = 0; n < 4; n++)
		assert_int_equal(atomic_read(&items[0][n].refs), n != 2);
}

static void a_walk_keeps_its_place(void **state)
{
	struct klist_iter i, other;

	(void)state;
	for (int n = 0; n < 4; n++)
		klist_add_tail(node(n), &list);
	klist_iter_init_node(&list, &i, node(1));
	klist_del(node(1));
	klist_del(node(2));
	assert_true(klist_node_attached(node(1)));
	assert_int_equal(atomic_read(&items[0][1].refs), 1);
	assert_false(klist_node_attached(node(2)));
	all_are((const int[]){0, 3}, 2);
	assert_int_equal(number_of(klist_next(&i)), 3);
	assert_false(klist_node_attached(node(1)));
	assert_int_equal(atomic_read(&items[0][1].refs), 0);
	/* From a node that is gone a walk begins anew. */
	klist_iter_init_node(&list, &other, node(1));
	assert_int_equal(number_of(klist_next(&other)), 0);
	klist_iter_exit(&other);
	klist_del(node(3));
	klist_iter_exit(&i);
	klist_iter_exit(&i);
	assert_false(klist_node_attached(node(3)));
	all_are((const int[]){0}, 1);
}

/* Each CPU puts its own nodes in and waits for them to go, and walks over all. */
static const char *come_and_go(int cpu)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct item *mine = &items[cpu][round % MANY];
		struct klist_iter i;
		struct klist_node *n;
		int steps = 0;

		if (round & 1)
			klist_add_head(&mine->node, &list);
		else
			klist_add_tail(&mine->node, &list);
		klist_iter_init(&list, &i);
		while (steps++ < MANY && (n = klist_next(&i)))
			if (atomic_read(&container_of(n, struct item, node)->refs) != 1)
				return "a node that nobody holds";
		klist_iter_exit(&i);
		klist_remove(&mine->node);
		if (klist_node_attached(&mine->node))
			return "a node that was removed is on the list";
		/* put() comes after the remover was told, as on Linux. */
		while (atomic_read(&mine->refs))
			cpu_relax();
	}
	return NULL;
}

static void cpus_walk_while_nodes_go(void **state)
{
	(void)state;
	run_on_cpus(0, CPUS, come_and_go);
	all_are(NULL, 0);
}

#define on(fn) cmocka_unit_test_setup_teardown(fn, machine, machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on(nodes_go_where_they_are_told),
		on(a_walk_keeps_its_place),
		on(cpus_walk_while_nodes_go),
	};

	return cmocka_run_group_tests_name("klist", tests, NULL, NULL);
}
