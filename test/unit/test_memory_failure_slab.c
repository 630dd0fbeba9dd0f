/* SPDX-License-Identifier: MIT */
/*
 * Slabs with a bad page: what is free in them is handed out no more, by whichever CPU and
 * wherever it was; what is in use stays, and only the page is lost in the end.
 */
#include "percpu_machine.h"

#include <linux/cpumask.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "../../mm/wait.h"

#define CPUS	4
#define OBJECTS 600

static struct kmem_cache *cache;
static void *objects[OBJECTS];

/* One thread that is each CPU in turn. */
static int machine(void **state)
{
	(void)state;
	nr_cpu_ids = CPUS;
	slab_machine_make(SZ_64M, 1);
	memmap_make_all();
	host_log_clear();
	return 0;
}

/* A thread for each. */
static int machine_with_threads(void **state)
{
	(void)state;
	nr_cpu_ids = CPUS;
	percpu_machine_make(SZ_64M, 1, CPUS);
	wait_reset();
	smp_init();
	assert_int_equal(num_online_cpus(), CPUS);
	return 0;
}

static int machine_end(void **state)
{
	(void)state;
	host_cpus_stop();
	host_set_cpu(0);
	assert_int_equal(kmem_cache_verify_all(), 0);
	assert_int_equal(verify_all(), 0);
	percpu_reset();
	slab_machine_end();
	return 0;
}

static unsigned long page_of(const void *object)
{
	return page_to_pfn(virt_to_page(object));
}

static bool is_out(unsigned long pfn)
{
	const struct page *page = pfn_to_page(pfn);

	return PageHWPoison(page) && PageReserved(page) && !PageBuddy(page) && !PageSlab(page);
}

static unsigned long slab_bytes(const struct slab *slab)
{
	return PAGE_SIZE << slab_order(slab);
}

static bool lies_in(const void *object, unsigned long base, unsigned long bytes)
{
	return (unsigned long)object - base < bytes;
}

/* ---- One slab ------------------------------------------------------------------------ */

static void use_cache(slab_flags_t flags)
{
	cache = kmem_cache_create("bad", 200, 0, SLAB_NO_MERGE | flags, NULL);
	assert_non_null(cache);
}

static void take_objects(size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		assert_non_null(objects[i] = kmem_cache_alloc(cache, GFP_KERNEL));
}

/* Gives back those from @first on. */
static void give_objects(size_t first, size_t nr)
{
	for (size_t i = first; i < nr; i++)
		kmem_cache_free(cache, objects[i]);
}

/* None of many objects lies there. */
static void assert_not_handed_out(unsigned long base, unsigned long bytes)
{
	void *many[OBJECTS];

	for (size_t i = 0; i < OBJECTS; i++) {
		many[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		assert_false(lies_in(many[i], base, bytes));
	}
	for (size_t i = 0; i < OBJECTS; i++)
		kmem_cache_free(cache, many[i]);
}

/* Of the slab of objects[0] some are in use. */
static void retire_and_give_back(size_t nr_in_use)
{
	unsigned long pfn = page_of(objects[0]), base, bytes;
	struct slab *slab = slab_at((unsigned long)objects[0]);

	base = slab_address(slab);
	bytes = slab_bytes(slab);
	memset(objects[0], 0x42, 200);
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_true(host_log_contains("recovery action for kernel slab page: Delayed\n"));
	assert_int_equal(kmem_cache_verify(cache), 0);
	assert_not_handed_out(base, bytes);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(((u8 *)objects[0])[i], 0x42);
	give_objects(0, nr_in_use);
	if (cache->flags & SLAB_TYPESAFE_BY_RCU)
		rcu_barrier();
	assert_true(is_out(pfn));
	for (unsigned long p = base; p < base + bytes; p += PAGE_SIZE)
		assert_true(page_of((void *)p) == pfn || !PageHWPoison(virt_to_page((void *)p)));
	assert_int_equal(kmem_cache_verify(cache), 0);
	assert_int_equal(kmem_cache_shrink(cache), 0);
	kmem_cache_destroy(cache);
	assert_false(host_log_contains("still has objects"));
}

static const slab_flags_t kinds[] = {0, SLAB_TYPESAFE_BY_RCU, SLAB_HWCACHE_ALIGN,
				     SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER};

/* The CPU allocates from it. */
static void the_slab_that_a_cpu_allocates_from_is_given_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		use_cache(kinds[i]);
		take_objects(1);
		retire_and_give_back(1);
	}
}

/* The CPU has freed to it just now, one after the other. */
static void the_slab_that_a_cpu_frees_to_is_given_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		use_cache(kinds[i]);
		take_objects(OBJECTS);
		give_objects(3, OBJECTS);
		retire_and_give_back(3);
	}
}

/* Its free objects came back on another CPU, and wait there. */
static void objects_in_stashes_of_other_cpus_are_given_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		use_cache(kinds[i]);
		for (int cpu = 0; cpu < CPUS; cpu++) {
			host_set_cpu(cpu);
			take_objects(OBJECTS);
			give_objects(cpu < CPUS - 1 ? 0 : 2, OBJECTS);
		}
		host_set_cpu(0);
		retire_and_give_back(2);
	}
}

static void a_full_slab_goes_with_its_last_object(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		use_cache(kinds[i]);
		take_objects(OBJECTS);
		retire_and_give_back(OBJECTS);
	}
}

/* Nothing of it is in use: it goes at once. */
static void an_empty_slab_goes_at_once(void **state)
{
	unsigned long pfn;

	(void)state;
	use_cache(0);
	take_objects(OBJECTS);
	pfn = page_of(objects[OBJECTS / 2]);
	give_objects(0, OBJECTS);
	assert_true(PageSlab(pfn_to_page(pfn)));
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_true(is_out(pfn));
	kmem_cache_destroy(cache);
}

static void a_bad_slabs_object_that_is_freed_twice_is_named(void **state)
{
	unsigned long before;

	(void)state;
	use_cache(0);
	take_objects(2);
	memory_failure(page_of(objects[0]), MF_SW_SIMULATED);
	kmem_cache_free(cache, objects[0]);
	before = slab_stats.double_free;
	kmem_cache_free(cache, objects[0]);
	assert_int_equal(slab_stats.double_free, before + 1);
	kmem_cache_free(cache, objects[1]);
	kmem_cache_destroy(cache);
}

/* An exception came between two instructions of somebody who allocates. */
static void a_queued_page_of_a_slab_is_given_up_at_the_next_poll(void **state)
{
	unsigned long pfn, base, bytes;
	struct slab *slab;

	(void)state;
	use_cache(0);
	take_objects(3);
	slab = slab_at((unsigned long)objects[0]);
	base = slab_address(slab);
	bytes = slab_bytes(slab);
	pfn = page_of(objects[0]);
	memory_failure_queue(pfn, 0);
	assert_false(PageHWPoison(pfn_to_page(pfn)));
	cond_resched();
	assert_true(PageHWPoison(pfn_to_page(pfn)));
	assert_not_handed_out(base, bytes);
	give_objects(0, 3);
	assert_true(is_out(pfn));
	kmem_cache_destroy(cache);
}

/* The next page that is allocated may be for a slab: its cache is left alone until a poll. */
static void an_allocation_leaves_slabs_to_the_next_poll(void **state)
{
	unsigned long pfn;
	struct slab *slab;

	(void)state;
	use_cache(0);
	take_objects(1);
	slab = slab_at((unsigned long)objects[0]);
	pfn = page_of(objects[0]);
	memory_failure_queue(pfn, 0);
	__free_page(alloc_page(GFP_KERNEL));
	assert_true(PageHWPoison(pfn_to_page(pfn)));
	assert_ptr_equal(this_cpu_slab(cache)->active.slab, slab);
	cond_resched();
	assert_null(this_cpu_slab(cache)->active.slab);
	give_objects(0, 1);
	assert_true(is_out(pfn));
	kmem_cache_destroy(cache);
}

/* While somebody makes or ends a cache it waits. */
static void a_poll_while_caches_change_is_tried_again(void **state)
{
	unsigned long pfn;

	(void)state;
	use_cache(0);
	take_objects(1);
	pfn = page_of(objects[0]);
	memory_failure_queue(pfn, 0);
	assert_true(spin_trylock(&slab_mutex));
	cond_resched();
	assert_non_null(this_cpu_slab(cache)->active.slab);
	spin_unlock(&slab_mutex);
	cond_resched();
	assert_null(this_cpu_slab(cache)->active.slab);
	give_objects(0, 1);
	kmem_cache_destroy(cache);
}

static void verify_finds_a_bad_slab_that_counts_wrongly(void **state)
{
	struct slab *slab;

	(void)state;
	use_cache(0);
	take_objects(5);
	slab = slab_at((unsigned long)objects[0]);
	memory_failure(page_of(objects[0]), MF_SW_SIMULATED);
	assert_int_equal(kmem_cache_verify(cache), 0);
	slab->inuse--;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("objects in use, and 5 that are out\n"));
	slab->inuse++;
	give_objects(0, 5);
	kmem_cache_destroy(cache);
}

/* ---- CPUs that run --------------------------------------------------------------------- */

static unsigned long bad_base, bad_bytes;

static long take_and_give_back(void *arg)
{
	void *taken[100];
	long in_bad = 0;

	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		taken[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		in_bad += lies_in(taken[i], bad_base, bad_bytes);
	}
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		kmem_cache_free(cache, taken[i]);
	return in_bad;
}

static long take_one(void *arg)
{
	*(void **)arg = kmem_cache_alloc(cache, GFP_KERNEL);
	return 0;
}

static void cpus_that_run_give_up_what_they_hold(void **state)
{
	(void)state;
	for (int owner = 0; owner < CPUS; owner++) {
		struct slab *slab;
		unsigned long pfn;
		void *object;

		use_cache(0);
		bad_base = bad_bytes = 0;
		for (int cpu = 0; cpu < CPUS; cpu++)
			work_on_cpu(cpu, take_and_give_back, NULL);
		work_on_cpu(owner, take_one, &object);
		slab = slab_at((unsigned long)object);
		pfn = page_of(object);
		bad_base = slab_address(slab);
		bad_bytes = slab_bytes(slab);
		assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
		for (int cpu = 0; cpu < CPUS; cpu++)
			assert_int_equal(work_on_cpu(cpu, take_and_give_back, NULL), 0);
		kmem_cache_free(cache, object);
		assert_true(is_out(pfn));
		kmem_cache_destroy(cache);
	}
}

/* ---- At random --------------------------------------------------------------------------- */

#define MAX_BAD 64

static struct bad_slab {
	unsigned long base, bytes;
	unsigned long pfn[MAX_BAD];
	unsigned int nr_pfns;
	unsigned int in_use; /* objects that are out; 0: there is none such */
} bad_slabs[MAX_BAD];

static struct held {
	u8 *object;
	u8 fill;
} held[OBJECTS];

static unsigned int nr_bad;
static u64 random_state;

static u32 random_below(u32 n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)(random_state >> 20) % n;
}

static struct bad_slab *bad_slab_of(const void *object)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_slabs); i++)
		if (bad_slabs[i].in_use && lies_in(object, bad_slabs[i].base, bad_slabs[i].bytes))
			return &bad_slabs[i];
	return NULL;
}

static void hold(struct held *h, void *object)
{
	unsigned int size = kmem_cache_size(cache);

	if (!object)
		return;
	assert_null(bad_slab_of(object));
	assert_false(PageHWPoison(virt_to_page(object)));
	assert_false(PageHWPoison(virt_to_page((u8 *)object + size - 1)));
	h->object = object;
	h->fill = (u8)random_below(256);
	memset(object, h->fill, size);
}

/* The object goes; with the last one of a bad slab its pages, too. */
static void let_go(struct held *h)
{
	struct bad_slab *b = bad_slab_of(h->object);

	assert_null(memchr_inv(h->object, h->fill, kmem_cache_size(cache)));
	kmem_cache_free(cache, h->object);
	h->object = NULL;
	if (!b || --b->in_use)
		return;
	rcu_barrier();
	for (unsigned int i = 0; i < b->nr_pfns; i++)
		assert_true(is_out(b->pfn[i]));
}

static void let_page_fail(const void *object)
{
	struct slab *slab = slab_at((unsigned long)object);
	struct bad_slab *b = bad_slab_of(object), *none = bad_slabs;
	unsigned long pfn;

	if (!slab || slab->cache != cache || nr_bad == MAX_BAD)
		return;
	pfn = page_to_pfn(slab->page) + random_below(1U << slab_order(slab));
	if (PageHWPoison(pfn_to_page(pfn)))
		return;
	if (!b) {
		for (b = none; b->in_use; b++)
			;
		*b = (struct bad_slab){.base = slab_address(slab), .bytes = slab_bytes(slab)};
		for (size_t i = 0; i < OBJECTS; i++)
			b->in_use += held[i].object && lies_in(held[i].object, b->base, b->bytes);
	}
	b->pfn[b->nr_pfns++] = pfn;
	nr_bad++;
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	rcu_barrier();
	assert_true(b->in_use || is_out(pfn));
}

static void random_step(void)
{
	struct held *h = &held[random_below(OBJECTS)];
	u8 *object = h->object;

	host_set_cpu((int)random_below(CPUS));
	if (!random_below(400)) {
		if (object && random_below(2))
			let_go(h);
		if (object)
			let_page_fail(object);
	} else if (!object) {
		hold(h, kmem_cache_alloc(cache, GFP_KERNEL));
	} else {
		let_go(h);
	}
}

/* Many at once: what CPUs hold as windows and whole slabs comes of this. */
static void random_run(void)
{
	unsigned int first = random_below(OBJECTS - 200), nr = 1 + random_below(200);
	bool take = random_below(2);

	host_set_cpu((int)random_below(CPUS));
	for (unsigned int i = first; i < first + nr; i++) {
		if (take && !held[i].object)
			hold(&held[i], kmem_cache_alloc(cache, GFP_KERNEL));
		else if (!take && held[i].object)
			let_go(&held[i]);
	}
}

static void construct(void *object)
{
	memset(object, 0, 8);
}

static void random_failures_of(unsigned int size, slab_flags_t flags, void (*ctor)(void *))
{
	cache = kmem_cache_create("bad", size, 0, SLAB_NO_MERGE | flags, ctor);
	assert_non_null(cache);
	nr_bad = 0;
	for (int i = 0; i < 8000; i++) {
		if (random_below(100))
			random_step();
		else
			random_run();
		if (i % 1000 == 0)
			assert_int_equal(kmem_cache_verify(cache), 0);
	}
	host_set_cpu(0);
	for (size_t i = 0; i < OBJECTS; i++)
		if (held[i].object)
			let_go(&held[i]);
	assert_int_equal(kmem_cache_verify(cache), 0);
	kmem_cache_destroy(cache);
	assert_false(host_log_contains("still has objects"));
}

static void whatever_fails_no_object_of_a_bad_slab_is_handed_out(void **state)
{
	static const struct {
		unsigned int size;
		slab_flags_t flags;
		void (*ctor)(void *);
	} rows[] = {
		{64, 0, NULL},
		{200, SLAB_HWCACHE_ALIGN, NULL},
		{96, 0, construct},
		{1000, 0, NULL},
		{4096, 0, NULL},
		{72, SLAB_TYPESAFE_BY_RCU, NULL},
		{128, SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER, NULL},
	};
	long out = atomic_long_read(&num_poisoned_pages);

	(void)state;
	random_state = host_test_seed(__func__) | 1;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		random_failures_of(rows[i].size, rows[i].flags, rows[i].ctor);
		out += nr_bad;
		assert_true(nr_bad > 0);
	}
	assert_int_equal(atomic_long_read(&num_poisoned_pages), out);
	assert_int_equal(page_hooks, 0);
}

int main(void)
{
#define TEST(f)		cmocka_unit_test_setup_teardown(f, machine, machine_end)
#define TEST_THREADS(f) cmocka_unit_test_setup_teardown(f, machine_with_threads, machine_end)
	const struct CMUnitTest tests[] = {
		TEST(the_slab_that_a_cpu_allocates_from_is_given_up),
		TEST(the_slab_that_a_cpu_frees_to_is_given_up),
		TEST(objects_in_stashes_of_other_cpus_are_given_up),
		TEST(a_full_slab_goes_with_its_last_object),
		TEST(an_empty_slab_goes_at_once),
		TEST(a_bad_slabs_object_that_is_freed_twice_is_named),
		TEST(a_queued_page_of_a_slab_is_given_up_at_the_next_poll),
		TEST(an_allocation_leaves_slabs_to_the_next_poll),
		TEST(a_poll_while_caches_change_is_tried_again),
		TEST(verify_finds_a_bad_slab_that_counts_wrongly),
		TEST_THREADS(cpus_that_run_give_up_what_they_hold),
		TEST(whatever_fails_no_object_of_a_bad_slab_is_handed_out),
	};

	return cmocka_run_group_tests_name("memory_failure_slab", tests, NULL, NULL);
}
