/* SPDX-License-Identifier: MIT */
/* Memory pools: what is kept back, and who gets it when there is no more. */
#include "slab_machine.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/mempool.h>
#include <linux/seq_file.h>
#include <pthread.h>
#include <unistd.h>

/* Elements come from here as long as there are any. */
static int left, out;

static void *counted_alloc(gfp_t gfp, void *data)
{
	if (!left)
		return NULL;
	left--;
	out++;
	return kmalloc((size_t)data, gfp);
}

static void counted_free(void *element, void *data)
{
	(void)data;
	left++;
	out--;
	kfree(element);
}

static mempool_t *make_pool(int min_nr, int elements)
{
	left = elements;
	out = 0;
	return mempool_create(min_nr, counted_alloc, counted_free, (void *)100UL);
}

static void a_pool_serves_when_nothing_else_does(void **state)
{
	mempool_t *pool = make_pool(4, 4);
	void *elements[4];

	(void)state;
	assert_int_equal(left, 0);
	for (int i = 0; i < 4; i++) {
		elements[i] = mempool_alloc(pool, GFP_NOWAIT);
		assert_non_null(elements[i]);
		memset(elements[i], i, 100);
	}
	assert_null(mempool_alloc(pool, GFP_NOWAIT));
	for (int i = 0; i < 4; i++)
		mempool_free(elements[i], pool);
	mempool_free(NULL, pool);
	assert_true(mempool_is_saturated(pool));
	mempool_destroy(pool);
	mempool_destroy(NULL);
	assert_int_equal(out, 0);
}

static void the_pool_is_touched_last_and_filled_first(void **state)
{
	mempool_t *pool = make_pool(2, 3);
	void *a = mempool_alloc(pool, GFP_KERNEL), *b;

	(void)state;
	assert_int_equal(pool->curr_nr, 2);
	b = mempool_alloc(pool, GFP_KERNEL);
	assert_int_equal(pool->curr_nr, 1);
	mempool_free(a, pool);
	assert_int_equal(pool->curr_nr, 2);
	assert_int_equal(left, 0);
	mempool_free(b, pool);
	assert_int_equal(left, 1);
	mempool_destroy(pool);
}

static void creation_without_memory_gives_all_back(void **state)
{
	(void)state;
	assert_null(make_pool(5, 4));
	assert_int_equal(left, 4);
}

/* As when there is no other. */
static void *take_kept(mempool_t *pool)
{
	return pool->elements[--pool->curr_nr];
}

/* They never come out of the pool, twice or at all. */
static void what_is_no_element_is_not_kept(void **state)
{
	struct kmem_cache *mine = make_cache("mine", 104), *others = make_cache("others", 200);
	mempool_t *pool = mempool_create_slab_pool(3, mine), *blocks;
	void *elements[3], *stranger = kmem_cache_alloc(others, GFP_KERNEL);

	(void)state;
	mempool_refusals = 0;
	for (int i = 0; i < 3; i++)
		elements[i] = take_kept(pool);
	mempool_free(elements[0], pool);
	mempool_free(elements[0], pool);
	assert_int_equal(mempool_refusals, 1);
	assert_true(host_log_contains("was freed to it already"));
	mempool_free(stranger, pool);
	mempool_free((char *)elements[1] + 8, pool);
	assert_int_equal(slab_stats.wrong_cache, 1);
	assert_int_equal(slab_stats.misaligned_free, 1);
	assert_int_equal(pool->curr_nr, 1);
	mempool_free(elements[1], pool);
	mempool_free(elements[2], pool);
	assert_int_equal(mempool_verify(pool), 0);
	kmem_cache_free(others, stranger);
	mempool_destroy(pool);

	blocks = mempool_create_kmalloc_pool(2, SZ_64K);
	elements[0] = take_kept(blocks);
	mempool_free(elements, blocks);
	mempool_free(elements[0], blocks);
	mempool_free(elements[0], blocks);
	assert_int_equal(slab_stats.no_slab, 1);
	assert_int_equal(mempool_refusals, 1);
	kfree(elements[0]);
	mempool_destroy(blocks);
	mempool_destroy(blocks);
	assert_int_equal(mempool_refusals, 2);
	kmem_cache_destroy(mine);
	kmem_cache_destroy(others);
}

static void *kmalloc_while_there_is(gfp_t gfp, void *data)
{
	return left-- > 0 ? kmalloc((size_t)data, gfp) : NULL;
}

/* The second free finds the pool full, so that its allocator has the element again. */
static void what_was_freed_again_to_a_full_pool_is_not_handed_out(void **state)
{
	mempool_t *pool;
	void *element, *other;

	(void)state;
	left = 2;
	pool = mempool_create(2, kmalloc_while_there_is, mempool_kfree, (void *)104);
	element = mempool_alloc(pool, GFP_ATOMIC);
	other = pool->elements[0];
	mempool_refusals = 0;
	mempool_free(element, pool);
	mempool_free(element, pool);
	assert_int_equal(pool->curr_nr, 2);
	assert_int_equal(mempool_refusals, 0);
	assert_ptr_equal(mempool_alloc(pool, GFP_ATOMIC), other);
	assert_int_equal(mempool_refusals, 1);
	assert_true(host_log_contains("was freed while it was in the pool, not used"));
	assert_null(mempool_alloc(pool, GFP_ATOMIC));
	mempool_free(other, pool);
	mempool_destroy(pool);
	assert_int_equal(slab_stats.double_free, 0);
}

static void a_pool_grows_and_shrinks(void **state)
{
	mempool_t *pool = make_pool(2, 10);

	(void)state;
	assert_int_equal(mempool_resize(pool, 6), 0);
	assert_int_equal(pool->curr_nr, 6);
	assert_int_equal(mempool_resize(pool, 3), 0);
	assert_int_equal(pool->curr_nr, 3);
	assert_int_equal(out, 3);
	/* More than there are: those that can be had. */
	assert_int_equal(mempool_resize(pool, 20), 0);
	assert_int_equal(pool->curr_nr, 10);
	assert_int_equal(pool->min_nr, 20);
	mempool_destroy(pool);
	assert_int_equal(out, 0);
}

static void a_pool_may_lie_in_memory_of_the_callers(void **state)
{
	mempool_t pool;

	(void)state;
	assert_int_equal(mempool_init_kmalloc_pool(&pool, 3, 64), 0);
	assert_true(mempool_initialized(&pool));
	mempool_exit(&pool);
	assert_false(mempool_initialized(&pool));
	mempool_exit(&pool);
}

static void elements_come_from_caches_and_pages_too(void **state)
{
	struct kmem_cache *s = kmem_cache_create("pooled", 300, 0, 0, NULL);
	mempool_t *slabs = mempool_create_slab_pool(3, s);
	mempool_t *pages = mempool_create_page_pool(3, 1);
	void *object = mempool_alloc(slabs, GFP_KERNEL);
	struct page *page = mempool_alloc(pages, GFP_KERNEL);

	(void)state;
	assert_true(PageSlab(virt_to_head_page(object)));
	memset(page_address(page), 1, 2 * PAGE_SIZE);
	mempool_free(object, slabs);
	mempool_free(page, pages);
	mempool_destroy(slabs);
	mempool_destroy(pages);
	kmem_cache_destroy(s);
}

static void pools_of_the_callers_have_elements_of_all_kinds(void **state)
{
	struct kmem_cache *s = make_cache("pooled", 300);
	mempool_t slabs, pages, counted;
	struct page *page;
	void *object;

	(void)state;
	assert_int_equal(mempool_init_slab_pool(&slabs, 3, s), 0);
	assert_int_equal(mempool_init_page_pool(&pages, 3, 2), 0);
	left = 5;
	out = 0;
	assert_int_equal(mempool_init(&counted, 4, counted_alloc, counted_free, (void *)100UL), 0);
	assert_int_equal(left, 1);
	object = mempool_alloc(&slabs, GFP_KERNEL);
	assert_ptr_equal(virt_to_page(object)->slab->cache, s);
	page = mempool_alloc(&pages, GFP_KERNEL);
	memset(page_address(page), 1, 4 * PAGE_SIZE);
	mempool_free(object, &slabs);
	mempool_free(page, &pages);
	mempool_exit(&slabs);
	mempool_exit(&pages);
	mempool_exit(&counted);
	assert_int_equal(left, 5);
	kmem_cache_destroy(s);
	/* Elements that cannot be had leave no pool behind. */
	assert_int_equal(mempool_init(&counted, 6, counted_alloc, counted_free, (void *)100UL),
			 -ENOMEM);
	assert_false(mempool_initialized(&counted));
	assert_int_equal(left, 5);
}

/* What the ready-made pools are made of may be called for itself, and in pools of others. */
static void ready_made_elements_are_what_they_say(void **state)
{
	struct kmem_cache *s = make_cache("elements", 300);
	void *bytes = mempool_kmalloc(GFP_KERNEL, (void *)200UL);
	void *object = mempool_alloc_slab(GFP_KERNEL | __GFP_ZERO, s);
	struct page *page = mempool_alloc_pages(GFP_KERNEL, (void *)1UL);
	mempool_t *pool = mempool_create(2, mempool_kmalloc, mempool_kfree, (void *)1000UL);

	(void)state;
	assert_int_equal(ksize(bytes), kmalloc_size_roundup(200));
	assert_null(memchr_inv(object, 0, 300));
	assert_ptr_equal(virt_to_page(object)->slab->cache, s);
	memset(page_address(page), 1, 2 * PAGE_SIZE);
	mempool_kfree(bytes, (void *)200UL);
	mempool_free_slab(object, s);
	mempool_free_pages(page, (void *)1UL);
	bytes = mempool_alloc(pool, GFP_KERNEL);
	assert_int_equal(ksize(bytes), kmalloc_size_roundup(1000));
	mempool_free(bytes, pool);
	mempool_destroy(pool);
	kmem_cache_destroy(s);
}

static void who_may_wait_alone_is_told_that_it_would_be_for_ever(void **state)
{
	mempool_t *pool = make_pool(1, 1);
	void *element = mempool_alloc(pool, GFP_KERNEL);

	(void)state;
	assert_null(mempool_alloc(pool, GFP_KERNEL));
	assert_true(host_log_contains("mempool: all 1 elements are out"));
	mempool_free(element, pool);
	mempool_destroy(pool);
}

static mempool_t *shared;
static void *lent;

static void *give_back(void *arg)
{
	host_set_cpu(1);
	set_this_cpu_online();
	/* Whoever waits has looked by then, mostly. */
	usleep(1000);
	mempool_free(lent, shared);
	return arg;
}

static void who_may_wait_gets_what_another_cpu_frees(void **state)
{
	pthread_t thread;
	void *element;

	(void)state;
	shared = make_pool(1, 1);
	lent = mempool_alloc(shared, GFP_KERNEL);
	assert_int_equal(pthread_create(&thread, NULL, give_back, NULL), 0);
	while (num_online_cpus() == 1)
		cpu_relax();
	element = mempool_alloc(shared, GFP_KERNEL);
	assert_non_null(element);
	pthread_join(thread, NULL);
	smp_reset();
	mempool_free(element, shared);
	mempool_destroy(shared);
}

/* How many steps: the pool's elements, and where they come from, against plain counts. */
static void random_use_agrees_with_counts(void **state)
{
	mempool_t *pool = make_pool(6, 12);
	void *mine[20] = {NULL};
	int kept = 6, nr = 0;

	(void)state;
	host_test_seed("mempool");
	for (int step = 0; step < 20000; step++) {
		unsigned int i = (unsigned int)(arch_random() % ARRAY_SIZE(mine));

		if (mine[i]) {
			mempool_free(mine[i], pool);
			mine[i] = NULL;
			nr--;
			kept = min(kept + 1, 6);
		} else {
			bool fresh = left > 0;

			mine[i] = mempool_alloc(pool, GFP_NOWAIT);
			assert_int_equal(mine[i] != NULL, fresh || kept);
			kept -= !fresh && kept;
			nr += mine[i] != NULL;
		}
		assert_int_equal(pool->curr_nr, kept);
		assert_int_equal(out, nr + kept);
		assert_int_equal(mempool_verify(pool), 0);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(mine); i++)
		mempool_free(mine[i], pool);
	mempool_destroy(pool);
	assert_int_equal(out, 0);
}

static void verify_finds_elements_that_are_wrong(void **state)
{
	mempool_t *pool = mempool_create_kmalloc_pool(3, 64);
	struct seq_text sb;
	struct seq_file m;
	void *second = pool->elements[1];
	char text[128];

	(void)state;
	assert_int_equal(mempool_verify(pool), 0);
	seq_text_init(&m, &sb, text, sizeof(text));
	mempool_show(&m, pool);
	assert_true(strstr(text, "mempool: min_nr 3 curr_nr 3 alloc ") == text);
	assert_non_null(strstr(text, " pool_data 0x40\n"));
	host_log_clear();
	pool->elements[1] = pool->elements[0];
	assert_int_equal(mempool_verify(pool), 1);
	assert_true(host_log_contains("is nothing, or is there twice"));
	pool->elements[1] = NULL;
	assert_int_equal(mempool_verify(pool), 1);
	pool->elements[1] = second;
	pool->curr_nr = 4;
	assert_int_equal(mempool_verify(pool), 1);
	assert_true(host_log_contains("4 elements in a pool of 3"));
	pool->curr_nr = 3;
	mempool_destroy(pool);
}

static int make_two_cpus(void **state)
{
	nr_cpu_ids = 2;
	return make_machine(state);
}

#define pool_test(f) cmocka_unit_test_setup_teardown(f, make_machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		pool_test(a_pool_serves_when_nothing_else_does),
		pool_test(the_pool_is_touched_last_and_filled_first),
		pool_test(creation_without_memory_gives_all_back),
		pool_test(what_is_no_element_is_not_kept),
		pool_test(what_was_freed_again_to_a_full_pool_is_not_handed_out),
		pool_test(a_pool_grows_and_shrinks),
		pool_test(a_pool_may_lie_in_memory_of_the_callers),
		pool_test(elements_come_from_caches_and_pages_too),
		pool_test(pools_of_the_callers_have_elements_of_all_kinds),
		pool_test(ready_made_elements_are_what_they_say),
		pool_test(random_use_agrees_with_counts),
		pool_test(verify_finds_elements_that_are_wrong),
		pool_test(who_may_wait_alone_is_told_that_it_would_be_for_ever),
		cmocka_unit_test_setup_teardown(who_may_wait_gets_what_another_cpu_frees,
						make_two_cpus, end_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
