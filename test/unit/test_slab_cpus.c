/* SPDX-License-Identifier: MIT */
/*
 * Objects allocated on one CPU and freed on another, while all allocate. Built twice: the
 * second time ThreadSanitizer says where two CPUs reach the same word without an order
 * between them.
 */
#include "slab_machine.h"

#include "cpus.h"
#include "tsan.h"

#include <linux/sort.h>

#ifndef ROUNDS
#define ROUNDS 3000
#endif

#define CPUS   4
#define SHARED 512
#define BULK   80

/* Whoever takes one out frees it. Its first words say how long it is, and who made it. */
static struct object {
	u32 bytes;
	u8 cpu, fill;
	u16 cache; /* 1: of the cache below */
	u8 rest[];
} * shared[SHARED];

static struct kmem_cache *cache, *own[CPUS][ROUNDS / 1024 + 1];
static u64 base_seed;

static u64 next_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static struct object *make_object(int cpu, u64 r)
{
	u32 bytes = (u32)sizeof(struct object) + ((u32)(r >> 8) & ((8U << (r & 7)) - 1));
	struct object *o;

	if (r >> 32 & 1)
		bytes = kmem_cache_size(cache);
	o = r >> 32 & 1 ? kmem_cache_alloc(cache, GFP_KERNEL) : kmalloc(bytes, GFP_KERNEL);
	if (o) {
		*o = (struct object){bytes, (u8)cpu, (u8)(r >> 40), r >> 32 & 1};
		memset(o->rest, o->fill, bytes - sizeof(*o));
	}
	return o;
}

/* False where somebody else wrote to it. */
static bool free_object(struct object *o)
{
	bool whole = !memchr_inv(o->rest, o->fill, o->bytes - sizeof(*o));

	if (o->cache)
		kmem_cache_free(cache, o);
	else
		kfree(o);
	return whole;
}

static bool exchange(int cpu, u64 r)
{
	struct object *o = make_object(cpu, r);

	o = __atomic_exchange_n(&shared[r >> 20 & (SHARED - 1)], o, __ATOMIC_ACQ_REL);
	return !o || free_object(o);
}

/* All in a row, which makes the CPU's lists pass over whole slabs. */
static bool take_many(u64 r)
{
	size_t nr = 1 + r % BULK;
	void *many[BULK];

	if (!kmem_cache_alloc_bulk(cache, GFP_KERNEL, nr, many))
		return false;
	for (size_t i = 0; i < nr; i++)
		*(void **)many[i] = &many[i];
	for (size_t i = 0; i < nr; i++)
		if (*(void **)many[i] != &many[i])
			return false;
	if (r >> 50 & 1)
		kmem_cache_free_bulk(cache, nr, many);
	else
		for (size_t i = 0; i < nr; i++)
			kmem_cache_free(cache, many[i]);
	return true;
}

/* A cache more, while the others allocate. */
static bool use_own_cache(int cpu, int i)
{
	struct kmem_cache *s = kmem_cache_create("own", 72, 0, SLAB_NO_MERGE, NULL);
	void *object = s ? kmem_cache_alloc(s, GFP_KERNEL) : NULL;

	own[cpu][i] = s;
	if (!object)
		return false;
	kmem_cache_free(s, object);
	return true;
}

static const char *work(int cpu)
{
	u64 random = base_seed + (u64)cpu * 0x9e3779b97f4a7c15ULL;

	for (int i = 0; i < ROUNDS; i++) {
		u64 r = next_random(&random);

		if (!exchange(cpu, r))
			return "an object has another's contents";
		if (i % 64 == 0 && !take_many(r))
			return "no memory, or an object was handed out twice";
		if (i % 512 == cpu * 100)
			kmem_cache_shrink_all();
		if (i % 1024 == cpu * 200 && !use_own_cache(cpu, i / 1024))
			return "no memory for a cache";
	}
	return NULL;
}

static void objects_of_many_cpus_keep_apart(void **state)
{
	(void)state;
	base_seed = host_test_seed(__func__) | 1;
	cache = kmem_cache_create("shared", 200, 0, SLAB_NO_MERGE, NULL);
	assert_non_null(cache);
	run_on_cpus(0, CPUS, work);
	assert_int_equal(kmem_cache_verify_all(), 0);
	for (int i = 0; i < SHARED; i++) {
		assert_true(!shared[i] || free_object(shared[i]));
		shared[i] = NULL;
	}
	assert_int_equal(kmem_cache_verify_all(), 0);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0][0]); i++)
		kmem_cache_destroy(own[i / ARRAY_SIZE(own[0])][i % ARRAY_SIZE(own[0])]);
	memset(own, 0, sizeof(own));
	kmem_cache_shrink(cache);
	assert_int_equal(atomic_long_read(&get_node(cache, 0)->nr_slabs), 0);
	kmem_cache_destroy(cache);
	assert_int_equal(slab_stats.double_free + slab_stats.bad_freelist + slab_stats.no_slab, 0);
}

/* ---- A cache that ends while its objects come back ---------------------------------------- */

static void *last_objects[3 * CPUS];
static struct kmem_cache *ending;

/* All but one come back, so it is too early. */
static const char *end_or_free(int cpu)
{
	if (!cpu)
		kmem_cache_destroy(ending);
	for (int i = cpu; cpu && i < 3 * CPUS; i += CPUS - 1)
		kmem_cache_free(ending, last_objects[i]);
	return NULL;
}

static bool cache_lives(const struct kmem_cache *s)
{
	const struct kmem_cache *other;

	list_for_each_entry (other, &slab_caches, list)
		if (other == s)
			return true;
	return false;
}

static void a_cache_stays_until_all_its_objects_are_back(void **state)
{
	(void)state;
	for (int round = 0; round < 100; round++) {
		ending = kmem_cache_create("ending", 1000, 0, SLAB_NO_MERGE, NULL);
		for (int i = 0; i < 3 * CPUS; i++)
			assert_non_null(last_objects[i] = kmem_cache_alloc(ending, GFP_KERNEL));
		run_on_cpus(0, CPUS, end_or_free);
		assert_int_equal(kmem_cache_verify_all(), 0);
		assert_true(cache_lives(ending));
		kmem_cache_free(ending, last_objects[0]);
		kmem_cache_destroy(ending);
		assert_false(cache_lives(ending));
		host_log_clear();
	}
	assert_int_equal(slab_stats.double_free + slab_stats.no_slab + slab_stats.wrong_cache, 0);
}

/* ---- Slabs of one CPU, freed to by two ------------------------------------------------ */

#define RUN 7

/* Every other object of CPU 0's, which CPU 1 frees; 0 of them: it is CPU 0's turn. */
static void *others[SHARED];
static size_t nr_others;

static int by_address(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return x < y ? -1 : x > y;
}

/* CPU 0 frees more objects than it keeps, in the order of their slabs or in none. */
static bool free_half(bool sorted)
{
	void *all[SHARED];
	size_t nr = 0;

	if (!kmem_cache_alloc_bulk(cache, GFP_KERNEL, SHARED, all))
		return false;
	if (sorted)
		sort(all, SHARED, sizeof(all[0]), by_address, NULL);
	for (size_t i = 1; i < SHARED; i += 2)
		others[nr++] = all[i];
	__atomic_store_n(&nr_others, nr, __ATOMIC_RELEASE);
	for (size_t i = 0; i < SHARED; i += 2)
		kmem_cache_free(cache, all[i]);
	while (__atomic_load_n(&nr_others, __ATOMIC_ACQUIRE))
		cpu_relax();
	return true;
}

/* And so that CPU 1 has room for slabs each time, it lets go of those that it holds. */
static void free_others(void)
{
	size_t nr;

	while (!(nr = __atomic_load_n(&nr_others, __ATOMIC_ACQUIRE)))
		cpu_relax();
	for (size_t i = 0; i < nr; i += RUN)
		kmem_cache_free_bulk(cache, min(nr - i, (size_t)RUN), others + i);
	kmem_cache_shrink_all();
	__atomic_store_n(&nr_others, 0, __ATOMIC_RELEASE);
}

static const char *free_to_the_same_slabs(int cpu)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (cpu)
			free_others();
		else if (!free_half(i & 1))
			return "no memory";
	}
	return NULL;
}

static void two_cpus_free_to_slabs_of_one(void **state)
{
	(void)state;
	cache = kmem_cache_create("shared", 200, 0, SLAB_NO_MERGE, NULL);
	assert_non_null(cache);
	run_on_cpus(0, 2, free_to_the_same_slabs);
	assert_int_equal(kmem_cache_verify_all(), 0);
	kmem_cache_shrink(cache);
	assert_int_equal(atomic_long_read(&get_node(cache, 0)->nr_slabs), 0);
	kmem_cache_destroy(cache);
}

static int make_cpus(void **state)
{
	nr_cpu_ids = CPUS;
	make_machine(state);
	memmap_make_all();
	return 0;
}

static int make_cpus_two_nodes(void **state)
{
	nr_cpu_ids = CPUS;
	make_two_nodes(state);
	memmap_make_all();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_cache_stays_until_all_its_objects_are_back,
						make_cpus, end_machine),
		cmocka_unit_test_setup_teardown(objects_of_many_cpus_keep_apart, make_cpus,
						end_machine),
		cmocka_unit_test_setup_teardown(objects_of_many_cpus_keep_apart,
						make_cpus_two_nodes, end_machine),
		cmocka_unit_test_setup_teardown(two_cpus_free_to_slabs_of_one, make_cpus,
						end_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
