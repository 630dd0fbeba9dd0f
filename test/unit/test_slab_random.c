/* SPDX-License-Identifier: MIT */
/* Slab caches under random use, against a list of what is out and the mark it carries. */
#include "slab_machine.h"
#include "mm/slab_debug.h"

#include <stdio.h>
#include <stdlib.h>

#define MODEL_CACHES  12
#define MODEL_OBJECTS 3000

struct model_object {
	u8 *object;
	unsigned int cache;
	u8 mark;
};

static struct model_object model[MODEL_OBJECTS];
static struct kmem_cache *model_cache[MODEL_CACHES];

static u32 below(u32 n)
{
	return (u32)(arch_random() >> 16) % n;
}

static void model_add(struct model_object *m)
{
	struct kmem_cache *s;

	m->cache = below(MODEL_CACHES);
	m->mark = (u8)arch_random();
	s = model_cache[m->cache];
	m->object = kmem_cache_alloc_node(s, GFP_QUIET, (int)below(3) - 1);
	if (m->object)
		memset(m->object, m->mark, kmem_cache_size(s));
}

static void model_remove(struct model_object *m)
{
	struct kmem_cache *s = model_cache[m->cache];

	assert_null(memchr_inv(m->object, m->mark, kmem_cache_size(s)));
	kmem_cache_free(s, m->object);
	m->object = NULL;
}

static void make_model_caches(void)
{
	char name[16];

	for (unsigned int i = 0; i < MODEL_CACHES; i++) {
		snprintf(name, sizeof(name), "model-%u", i);
		model_cache[i] = kmem_cache_create(name, 1 + below(1u << (4 + i)), 1u << below(9),
						   below(2) ? SLAB_HWCACHE_ALIGN : 0, NULL);
		assert_non_null(model_cache[i]);
	}
}

/* @steps allocations and frees, by four CPUs, from two nodes. */
static void use_at_random(unsigned int steps)
{
	memset(model, 0, sizeof(model));
	make_model_caches();
	for (unsigned int step = 0; step < steps; step++) {
		struct model_object *m = &model[below(MODEL_OBJECTS)];

		host_set_cpu((int)below(4));
		if (m->object)
			model_remove(m);
		else
			model_add(m);
		if (step % 10000 == 0)
			assert_int_equal(kmem_cache_verify_all(), 0);
		if (step % 7000 == 0)
			kmem_cache_shrink(model_cache[below(MODEL_CACHES)]);
	}
	for (unsigned int i = 0; i < MODEL_OBJECTS; i++)
		if (model[i].object)
			model_remove(&model[i]);
	for (unsigned int i = 0; i < MODEL_CACHES; i++)
		kmem_cache_destroy(model_cache[i]);
	assert_int_equal(host_log_count("BUG"), 0);
	assert_int_equal(host_log_count("still has objects"), 0);
}

static void random_use_of_many_caches_keeps_every_mark(void **state)
{
	(void)state;
	host_test_seed(__func__);
	use_at_random(150000);
}

/* The caches are made for the option, and not merged. */
static void so_it_does_with_all_checks_on(void **state)
{
	char all[] = "FZPU";

	(void)state;
	host_test_seed(__func__);
	slub_debug_parse_option(all);
	use_at_random(30000);
	assert_int_equal(slab_stats.overwritten, 0);
}

static void so_it_does_with_objects_cleared_when_freed(void **state)
{
	char on[] = "1";

	(void)state;
	host_test_seed(__func__);
	init_on_free_parse_option(on);
	use_at_random(30000);
}

#define BULK_MAX 300

/* Bulk calls, of lengths and in an order that come as they come, beside a count. */
static void random_bulks_take_and_give_what_they_say(void **state)
{
	static void *held[8 * BULK_MAX];
	size_t nr = 0, size;
	struct kmem_cache *s;

	(void)state;
	host_test_seed(__func__);
	s = kmem_cache_create("bulk", 120, 0, SLAB_NO_MERGE, NULL);
	for (unsigned int step = 0; step < 4000; step++) {
		size = below(BULK_MAX);
		host_set_cpu((int)below(4));
		if (below(2) && nr + size <= ARRAY_SIZE(held)) {
			assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, size, held + nr),
					 size);
			for (size_t i = nr; i < nr + size; i++)
				*(void **)held[i] = held[i];
			nr += size;
		} else if (size <= nr) {
			size_t from = below((u32)(nr - size + 1));

			for (size_t i = from; i < from + size; i++)
				assert_ptr_equal(*(void **)held[i], held[i]);
			kmem_cache_free_bulk(s, size, held + from);
			nr -= size;
			memmove(held + from, held + from + size, (nr - from) * sizeof(void *));
		}
		if (step % 200 == 0)
			assert_int_equal(kmem_cache_verify(s), 0);
	}
	kmem_cache_free_bulk(s, nr, held);
	kmem_cache_destroy(s);
	assert_int_equal(host_log_count("still has objects"), 0);
	assert_int_equal(host_log_count("BUG"), 0);
}

static int make_four_cpus_two_nodes(void **state)
{
	(void)state;
	nr_cpu_ids = 4;
	slab_machine_make(SZ_64M, 2);
	return 0;
}

#define random_test(f) cmocka_unit_test_setup_teardown(f, make_four_cpus_two_nodes, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		random_test(random_use_of_many_caches_keeps_every_mark),
		random_test(so_it_does_with_all_checks_on),
		random_test(so_it_does_with_objects_cleared_when_freed),
		random_test(random_bulks_take_and_give_what_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
