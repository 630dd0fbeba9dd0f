/* SPDX-License-Identifier: MIT */
/* Sets of numbers that CPUs take and give back at once. */
#include "percpu_machine.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/sbitmap.h>
#include <linux/seq_file.h>

#include "cpus.h"

#define CPUS   4
#define DEPTH  37
#define ROUNDS 4000

static struct sbitmap sb;
static int owner[DEPTH]; /* CPU + 1 */

static int make_cpus(void **state)
{
	four_cpus(state);
	atomic_set(&__num_online_cpus, CPUS);
	memset(owner, 0, sizeof(owner));
	return 0;
}

static void make(unsigned int depth, int shift, bool round_robin, bool hint)
{
	assert_int_equal(
		sbitmap_init_node(&sb, depth, shift, GFP_KERNEL, NUMA_NO_NODE, round_robin, hint),
		0);
}

static void words_are_as_many_as_numbers_need(void **state)
{
	(void)state;
	make(DEPTH, -1, false, false);
	assert_int_equal(sb.shift, 3);
	assert_int_equal(sb.map_nr, 5);
	assert_int_equal(__map_depth(&sb, 3), 8);
	assert_int_equal(__map_depth(&sb, 4), 5);
	sbitmap_free(&sb);
	assert_int_equal(sbitmap_calculate_shift(3), 6);
	assert_int_equal(sbitmap_calculate_shift(1000), 6);
	assert_int_equal(sbitmap_calculate_shift(4), 0);
	assert_int_equal(sbitmap_init_node(&sb, DEPTH, 7, GFP_KERNEL, 0, false, false), -EINVAL);
	make(0, -1, false, true);
	assert_int_equal(sbitmap_get(&sb), -1);
	assert_false(sbitmap_any_bit_set(&sb));
	sbitmap_free(&sb);
}

static void each_number_is_given_once(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		unsigned long seen = 0;

		make(DEPTH, kind & 1 ? -1 : 2, kind & 2, true);
		for (int i = 0; i < DEPTH; i++) {
			int nr = sbitmap_get(&sb);

			assert_in_range(nr, 0, DEPTH - 1);
			assert_false(test_and_set_bit((unsigned long)nr, &seen));
			assert_int_equal(sbitmap_weight(&sb), i + 1);
		}
		assert_int_equal(sbitmap_get(&sb), -1);
		sbitmap_put(&sb, 20);
		assert_int_equal(sbitmap_weight(&sb), DEPTH - 1);
		assert_int_equal(sbitmap_test_bit(&sb, 20), 1);
		assert_int_equal(sbitmap_get(&sb), 20);
		assert_int_equal(sbitmap_get(&sb), -1);
		sbitmap_free(&sb);
		assert_null(sb.map);
	}
}

/* Else the one given back last is the next. */
static void round_robin_goes_on(void **state)
{
	(void)state;
	make(DEPTH, 3, true, true);
	for (int i = 0; i < 3 * DEPTH; i++) {
		assert_int_equal(sbitmap_get(&sb), i % DEPTH);
		sbitmap_put(&sb, (unsigned int)(i % DEPTH));
	}
	sbitmap_free(&sb);
	make(DEPTH, 3, false, true);
	this_cpu_write(*sb.alloc_hint, 9);
	assert_int_equal(sbitmap_get(&sb), 9);
	assert_int_equal(sbitmap_get(&sb), 10);
	sbitmap_clear_bit(&sb, 9);
	sbitmap_deferred_clear_bit(&sb, 10);
	sbitmap_set_bit(&sb, 30);
	sbitmap_put(&sb, 30);
	this_cpu_write(*sb.alloc_hint, 9);
	assert_int_equal(sbitmap_get(&sb), 9);
	sbitmap_free(&sb);
}

static void shallow_users_leave_room(void **state)
{
	(void)state;
	make(16, 2, false, false);
	for (int i = 0; i < 8; i++)
		assert_int_equal(sbitmap_get_shallow(&sb, 2) % 4 / 2, 0);
	assert_int_equal(sbitmap_get_shallow(&sb, 2), -1);
	assert_int_equal(sbitmap_get(&sb), 2);
	sbitmap_put(&sb, 5);
	assert_int_equal(sbitmap_get_shallow(&sb, 2), 5);
	sbitmap_put(&sb, 13);
	sbitmap_put(&sb, 12);
	sbitmap_put(&sb, 9);
	sbitmap_put(&sb, 8);
	sbitmap_resize(&sb, 8);
	assert_int_equal(sb.map_nr, 2);
	for (int i = 0; i < 3; i++)
		assert_in_range(sbitmap_get(&sb), 0, 7);
	assert_int_equal(sbitmap_get(&sb), -1);
	sbitmap_resize(&sb, 16);
	assert_in_range(sbitmap_get(&sb), 8, 15);
	sbitmap_free(&sb);
}

struct walk {
	unsigned int nr[8], seen, most;
};

static bool note(struct sbitmap *map, unsigned int nr, void *data)
{
	struct walk *walk = data;

	assert_ptr_equal(map, &sb);
	walk->nr[walk->seen++] = nr;
	return walk->seen < walk->most;
}

static void walks_go_around(void **state)
{
	const unsigned int taken[] = {1, 9, 10, 12, 33, 36};
	struct walk walk = {.most = 8}, two = {.most = 2}, from = {.most = 8};

	(void)state;
	make(DEPTH, 3, false, false);
	for (unsigned int i = 0; i < ARRAY_SIZE(taken); i++)
		sbitmap_set_bit(&sb, taken[i]);
	sbitmap_set_bit(&sb, 11);
	sbitmap_deferred_clear_bit(&sb, 11);
	sbitmap_for_each_set(&sb, note, &walk);
	assert_int_equal(walk.seen, 6);
	assert_memory_equal(walk.nr, taken, sizeof(taken));
	sbitmap_for_each_set(&sb, note, &two);
	assert_int_equal(two.seen, 2);
	__sbitmap_for_each_set(&sb, 10, note, &from);
	assert_int_equal(from.seen, 6);
	for (unsigned int i = 0; i < 6; i++)
		assert_int_equal(from.nr[i], taken[(i + 2) % 6]);
	sbitmap_free(&sb);
}

static void it_shows_itself(void **state)
{
	char text[200];
	struct seq_text sink;
	struct seq_file m;

	(void)state;
	make(DEPTH, 2, false, false);
	sbitmap_set_bit(&sb, 0);
	sbitmap_set_bit(&sb, 9);
	sbitmap_set_bit(&sb, 35);
	sbitmap_set_bit(&sb, 36);
	sbitmap_deferred_clear_bit(&sb, 36);
	seq_text_init(&m, &sink, text, sizeof(text));
	sbitmap_show(&sb, &m);
	sbitmap_bitmap_show(&sb, &m);
	assert_string_equal(text, "depth=37\nbusy=3\ncleared=1\nbits_per_word=4\nmap_nr=10\n"
				  "00000000: 0102 0000 08\n");
	sbitmap_free(&sb);
}

static const char *take_and_give(int cpu)
{
	for (int round = 0; round < ROUNDS; round++) {
		int mine[DEPTH / CPUS];

		/* There are as many for everybody. */
		for (int i = 0; i < DEPTH / CPUS; i++) {
			/* What others take and give meanwhile may hide the free ones. */
			do
				mine[i] = sbitmap_get(&sb);
			while (mine[i] < 0);
			if (__atomic_exchange_n(&owner[mine[i]], cpu + 1, __ATOMIC_RELAXED))
				return "somebody has it";
		}
		for (int i = 0; i < DEPTH / CPUS; i++) {
			if (__atomic_exchange_n(&owner[mine[i]], 0, __ATOMIC_RELAXED) != cpu + 1)
				return "somebody else got it";
			sbitmap_put(&sb, (unsigned int)mine[i]);
		}
	}
	return NULL;
}

static void cpus_never_have_the_same(void **state)
{
	(void)state;
	make(DEPTH, 6, false, true);
	run_on_cpus(0, CPUS, take_and_give);
	assert_false(sbitmap_any_bit_set(&sb));
	assert_int_equal(sbitmap_weight(&sb), 0);
	sbitmap_free(&sb);
}

#define sbitmap_test(fn) cmocka_unit_test_setup_teardown(fn, make_cpus, percpu_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sbitmap_test(words_are_as_many_as_numbers_need),
		sbitmap_test(each_number_is_given_once),
		sbitmap_test(round_robin_goes_on),
		sbitmap_test(shallow_users_leave_room),
		sbitmap_test(walks_go_around),
		sbitmap_test(it_shows_itself),
		sbitmap_test(cpus_never_have_the_same),
	};

	return cmocka_run_group_tests_name("sbitmap", tests, NULL, NULL);
}
