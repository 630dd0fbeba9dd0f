/* SPDX-License-Identifier: MIT */
/* Shrinkers: who is asked, for how much, and what is left for the next time. */
#include "cache_machine.h"

#include "cpus.h"

#include <linux/shrinker.h>

#include "../../mm/shrinker.h"

/* What a shrinker has, and what it was asked. */
static struct test_shrinker {
	struct shrinker shrinker;
	unsigned long objects[2];
	unsigned long scanned, calls, batch;
	bool stop;
} one, two;

static struct test_shrinker *of(struct shrinker *shrinker)
{
	return container_of(shrinker, struct test_shrinker, shrinker);
}

static unsigned long count(struct shrinker *shrinker, struct shrink_control *sc)
{
	return of(shrinker)->objects[sc->nid];
}

static unsigned long scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct test_shrinker *t = of(shrinker);
	unsigned long freed = min(sc->nr_to_scan, t->objects[sc->nid]);

	if (t->stop)
		return SHRINK_STOP;
	assert_int_equal(sc->nr_to_scan, sc->nr_scanned);
	t->calls++;
	t->batch = max(t->batch, sc->nr_to_scan);
	t->scanned += sc->nr_to_scan;
	t->objects[sc->nid] -= freed;
	return freed;
}

static struct test_shrinker shrinker_with(unsigned long objects, int seeks)
{
	return (struct test_shrinker){
		.shrinker = {.count_objects = count, .scan_objects = scan, .seeks = seeks},
		.objects = {objects, objects},
	};
}

static void bad_shrinkers_are_refused_and_good_ones_registered_once(void **state)
{
	struct shrinker empty = {.seeks = DEFAULT_SEEKS};

	(void)state;
	assert_int_equal(register_shrinker(&empty, "empty"), -EINVAL);
	one = shrinker_with(10, DEFAULT_SEEKS);
	assert_int_equal(register_shrinker(&one.shrinker, "one:%d", 1), 0);
	assert_string_equal(one.shrinker.name, "one:1");
	assert_int_equal(register_shrinker(&one.shrinker, "one"), -EEXIST);
	unregister_shrinker(&one.shrinker);
	unregister_shrinker(&one.shrinker);
	assert_int_equal(shrink_slab(GFP_KERNEL, 0, 0), 0);
	assert_int_equal(one.calls, 0);
}

/* What Linux's arithmetic comes to, for 10000 objects that are never freed. */
static void priority_seeks_and_batch_say_how_much_is_scanned(void **state)
{
	static const struct {
		int seeks, priority;
		long batch;
		unsigned long scanned, deferred;
	} want[] = {
		{2, 12, 0, 0, 4},	 {2, 4, 0, 1152, 98}, {2, 0, 0, 19968, 32},
		{1, 4, 0, 2432, 68},	 {0, 12, 0, 4992, 8}, {2, 4, 1000, 1000, 250},
		{2, 0, 20000, 20000, 0}, {16, 6, 0, 0, 39},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		one = shrinker_with(10000, want[i].seeks);
		one.shrinker.batch = want[i].batch;
		assert_int_equal(register_shrinker(&one.shrinker, "one"), 0);
		/* Nothing is freed while objects are counted anew each time: scan() frees them. */
		shrink_slab(GFP_KERNEL, 0, want[i].priority);
		assert_int_equal(one.scanned, want[i].scanned);
		assert_int_equal(atomic_long_read(&one.shrinker.nr_deferred[0]), want[i].deferred);
		unregister_shrinker(&one.shrinker);
	}
}

static void what_was_deferred_is_scanned_when_there_is_enough(void **state)
{
	(void)state;
	one = shrinker_with(10000, DEFAULT_SEEKS);
	register_shrinker(&one.shrinker, "one");
	atomic_long_set(&one.shrinker.nr_deferred[0], 5000);
	shrink_slab(GFP_KERNEL, 0, 3);
	/* 5000 / 8 + 10000 / 8 * 2 = 3125, and 5000 + 2500 less 24 batches. */
	assert_int_equal(one.scanned, 24 * 128);
	assert_int_equal(atomic_long_read(&one.shrinker.nr_deferred[0]), 7500 - 24 * 128);
	assert_int_equal(vm_event(SLABS_SCANNED), 24 * 128);
	unregister_shrinker(&one.shrinker);
}

static void few_objects_are_scanned_all_at_once(void **state)
{
	(void)state;
	one = shrinker_with(5, 0);
	two = shrinker_with(0, DEFAULT_SEEKS);
	register_shrinker(&one.shrinker, "one");
	register_shrinker(&two.shrinker, "two");
	assert_int_equal(shrink_slab(GFP_KERNEL, 0, 0), 0);
	one.shrinker.seeks = 1;
	/* At priority 0 all of them, four times over, but at most twice. */
	assert_int_equal(shrink_slab(GFP_KERNEL, 0, 0), 5);
	assert_int_equal(one.scanned, 10);
	assert_int_equal(two.calls, 0);
	two.objects[0] = SHRINK_EMPTY;
	assert_int_equal(shrink_slab(GFP_KERNEL, 0, 0), 0);
	unregister_shrinker(&two.shrinker);
	unregister_shrinker(&one.shrinker);
}

static void a_shrinker_that_says_stop_is_asked_again_next_time(void **state)
{
	(void)state;
	one = shrinker_with(1000, DEFAULT_SEEKS);
	register_shrinker(&one.shrinker, "one");
	one.stop = true;
	assert_int_equal(shrink_slab(GFP_KERNEL, 0, 0), 0);
	assert_int_equal(atomic_long_read(&one.shrinker.nr_deferred[0]), 2000);
	one.stop = false;
	assert_int_equal(shrink_slab(GFP_KERNEL, 0, 0), 1000);
	unregister_shrinker(&one.shrinker);
}

static void shrinkers_that_know_nodes_are_asked_for_the_node(void **state)
{
	(void)state;
	one = shrinker_with(1000, DEFAULT_SEEKS);
	one.shrinker.flags = SHRINKER_NUMA_AWARE;
	two = shrinker_with(1000, DEFAULT_SEEKS);
	register_shrinker(&one.shrinker, "one");
	register_shrinker(&two.shrinker, "two");
	shrink_slab(GFP_KERNEL, 1, 1);
	assert_int_equal(one.objects[0], 1000);
	assert_true(one.objects[1] < 1000);
	assert_true(two.objects[0] < 1000);
	assert_int_equal(two.objects[1], 1000);
	unregister_shrinker(&one.shrinker);
	unregister_shrinker(&two.shrinker);
}

/* ---- Registering while others shrink ------------------------------------------------------ */

#define CPUS 3

static int cpus(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, CPUS + 1);
	return 0;
}

static struct shared_shrinker {
	struct shrinker shrinker;
	bool alive;
} shared[CPUS];

static unsigned long touch(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)sc;
	/* After unregister_shrinker() this would be seen to be false. */
	return container_of(shrinker, struct shared_shrinker, shrinker)->alive ? 1000 : 0;
}

static unsigned long touch_and_stop(struct shrinker *shrinker, struct shrink_control *sc)
{
	return touch(shrinker, sc) ? SHRINK_STOP : 1;
}

static const char *come_and_go(int cpu)
{
	struct shared_shrinker *mine = &shared[cpu - 1];

	for (int i = 0; i < 500; i++) {
		mine->shrinker = (struct shrinker){
			.count_objects = touch, .scan_objects = touch_and_stop, .seeks = 1};
		mine->alive = true;
		if (register_shrinker(&mine->shrinker, "mine"))
			return "a shrinker was refused";
		shrink_slab(GFP_KERNEL, 0, 0);
		unregister_shrinker(&mine->shrinker);
		mine->alive = false;
	}
	return NULL;
}

static void no_callback_runs_once_a_shrinker_is_unregistered(void **state)
{
	(void)state;
	run_on_cpus(1, CPUS + 1, come_and_go);
	assert_int_equal(vm_event(SLABS_SCANNED), 0);
}

static void all_that_can_be_shrunk_goes_at_once(void **state)
{
	(void)state;
	one = shrinker_with(5000, DEFAULT_SEEKS);
	two = shrinker_with(100, 0);
	assert_int_equal(register_shrinker(&one.shrinker, "one"), 0);
	assert_int_equal(register_shrinker(&two.shrinker, "two"), 0);
	drop_slab();
	assert_true(one.objects[0] < 128 && two.objects[0] < 128);
	assert_int_equal(two.objects[1], 100);
	unregister_shrinker(&one.shrinker);
	unregister_shrinker(&two.shrinker);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, cache_machine_two_nodes, cache_machine_end)
	const struct CMUnitTest tests[] = {
		test(bad_shrinkers_are_refused_and_good_ones_registered_once),
		test(all_that_can_be_shrunk_goes_at_once),
		test(priority_seeks_and_batch_say_how_much_is_scanned),
		test(what_was_deferred_is_scanned_when_there_is_enough),
		test(few_objects_are_scanned_all_at_once),
		test(a_shrinker_that_says_stop_is_asked_again_next_time),
		test(shrinkers_that_know_nodes_are_asked_for_the_node),
		cmocka_unit_test_setup_teardown(no_callback_runs_once_a_shrinker_is_unregistered,
						cpus, cache_machine_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
