/* SPDX-License-Identifier: MIT */
/* The memory of slab caches: which node it comes from, and that all of it comes back. */
#include "slab_machine.h"
#include "mm/slab.h"

#include <linux/ratelimit.h>
#include <linux/topology.h>
#include <pthread.h>

static int make_four_cpus(void **state)
{
	(void)state;
	nr_cpu_ids = 4;
	slab_machine_make(SZ_64M, 1);
	return 0;
}

/* ---- Where memory comes from and goes to ---------------------------------------- */

static void destroy_gives_all_pages_back(void **state)
{
	unsigned long before = all_free_pages();
	struct kmem_cache *s = make_cache("short-lived", 500);
	void *objects[1000];

	(void)state;
	fill(s, objects, 1000);
	assert_true(all_free_pages() < before - 100);
	empty(s, objects, 1000);
	kmem_cache_destroy(s);
	kmem_cache_shrink_all();
	assert_true(all_free_pages() + 2 >= before);
	assert_int_equal(host_log_count("BUG"), 0);
}

static void slab_pages_are_counted_by_kind(void **state)
{
	atomic_long_t *stat = NODE_DATA(0)->vm_stat;
	long reclaimable = atomic_long_read(&stat[NR_SLAB_RECLAIMABLE]);
	struct kmem_cache *s = kmem_cache_create("inodes", 1024, 0, SLAB_RECLAIM_ACCOUNT, NULL);
	void *objects[80];

	(void)state;
	fill(s, objects, 80);
	assert_int_equal(atomic_long_read(&stat[NR_SLAB_RECLAIMABLE]), reclaimable + 20);
	assert_true(atomic_long_read(&stat[NR_SLAB_UNRECLAIMABLE]) > 0);
	empty(s, objects, 80);
	kmem_cache_destroy(s);
	assert_int_equal(atomic_long_read(&stat[NR_SLAB_RECLAIMABLE]), reclaimable);
}

/* Allocates objects until there are no more, linked through their first word. */
static unsigned long allocate_all(struct kmem_cache *s, void **chain)
{
	unsigned long count = 0;
	void **object;

	while ((object = kmem_cache_alloc(s, GFP_QUIET))) {
		*object = *chain;
		*chain = object;
		count++;
	}
	return count;
}

static void free_all(struct kmem_cache *s, void *chain)
{
	while (chain) {
		void *next = *(void **)chain;

		kmem_cache_free(s, chain);
		chain = next;
	}
}

static void exhaustion_gives_null_and_all_comes_back(void **state)
{
	unsigned long before = 0, count[2];
	struct kmem_cache *s = make_cache("greedy", 1000);

	(void)state;
	/* The first round makes what the page allocator makes on demand. */
	for (int round = 0; round < 2; round++) {
		void *chain = NULL;

		before = all_free_pages();
		count[round] = allocate_all(s, &chain);
		assert_true(count[round] > 10000);
		assert_null(kmem_cache_alloc(s, GFP_QUIET));
		assert_int_equal(kmem_cache_verify(s), 0);
		free_all(s, chain);
		kmem_cache_shrink(s);
	}
	assert_int_equal(all_free_pages(), before);
	assert_int_equal(count[0], count[1]);
	kmem_cache_destroy(s);
}

static void an_object_that_cannot_be_had_is_said(void **state)
{
	struct kmem_cache *s = make_cache("greedy", 1000);
	void *chain = NULL;

	(void)state;
	allocate_all(s, &chain);
	assert_int_equal(host_log_count("SLUB: Unable"), 0);
	assert_null(kmem_cache_alloc_node(s, GFP_KERNEL, 0));
	assert_int_equal(
		host_log_count("SLUB: Unable to allocate memory on node 0, gfp=0xcc0(GFP_KERNEL)"),
		1);
	assert_int_equal(host_log_count("  cache: greedy, object size: 1000, buffer size: 1000, "
					"default order: 1, min order: 0"),
			 1);
	assert_int_equal(host_log_count("  node 0: slabs: "), 1);
	for (int i = 0; i < 20; i++)
		assert_null(kmem_cache_alloc(s, GFP_KERNEL));
	assert_int_equal(host_log_count("SLUB: Unable"), DEFAULT_RATELIMIT_BURST);
	free_all(s, chain);
	kmem_cache_destroy(s);
}

/* Creation without memory leaves nothing behind. */
static void create_without_memory_gives_null(void **state)
{
	struct kmem_cache *greedy = make_cache("greedy", 8192);
	struct kmem_cache *made[2000];
	unsigned int nr = 0;
	void *chain = NULL;

	(void)state;
	allocate_all(greedy, &chain);
	while (nr < 2000 && (made[nr] = kmem_cache_create("late", 64, 0, SLAB_NO_MERGE, NULL)))
		nr++;
	assert_true(nr < 2000);
	assert_int_equal(host_log_count("kmem_cache_create(late) failed with error -12"), 1);
	assert_int_equal(kmem_cache_verify_all(), 0);
	free_all(greedy, chain);
	while (nr)
		kmem_cache_destroy(made[--nr]);
	kmem_cache_destroy(greedy);
}

static void a_small_slab_serves_where_no_large_block_is_free(void **state)
{
	struct kmem_cache *s = make_cache("two pages", 1024);
	struct page *page, *kept = NULL;
	LIST_HEAD(pages);
	void *object;

	(void)state;
	assert_int_equal(s->oo.order, 1);
	assert_int_equal(s->min.order, 0);
	while ((page = alloc_pages_node(NUMA_NO_NODE, GFP_QUIET, 0)))
		list_add(&page->lru, &pages);
	kept = list_first_entry(&pages, struct page, lru);
	list_del(&kept->lru);
	__free_pages(kept, 0);

	object = kmem_cache_alloc(s, GFP_QUIET);
	assert_non_null(object);
	assert_ptr_equal(virt_to_head_page(object), kept);
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_shrink(s), 0);
	while (!list_empty(&pages)) {
		page = list_first_entry(&pages, struct page, lru);
		list_del(&page->lru);
		__free_pages(page, 0);
	}
	kmem_cache_destroy(s);
}

static void shrink_gives_back_empty_slabs_and_sorts_the_others(void **state)
{
	struct kmem_cache *s = make_cache("sorted", 512);
	unsigned int per_slab = s->oo.objects, i, last = 0;
	void *objects[40 * 8];
	struct slab *slab;

	(void)state;
	fill(s, objects, 40 * per_slab);
	/* Slab i keeps i % 8 objects, and the empty ones go. */
	for (i = 0; i < 40 * per_slab; i++)
		if (i % per_slab >= i / per_slab % 8)
			kmem_cache_free(s, objects[i]);
	assert_int_equal(kmem_cache_shrink(s), 1);
	assert_int_equal(atomic_long_read(&get_node(s, 0)->nr_slabs), 35);

	last = per_slab;
	list_for_each_entry (slab, &get_node(s, 0)->partial, list) {
		assert_true(slab->inuse <= last && slab->inuse > 0);
		last = slab->inuse;
	}
	for (i = 0; i < 40 * per_slab; i++)
		if (i % per_slab < i / per_slab % 8)
			kmem_cache_free(s, objects[i]);
	assert_int_equal(kmem_cache_shrink(s), 0);
	kmem_cache_destroy(s);
}

/* ---- Nodes and CPUs -------------------------------------------------------------- */

static void an_object_comes_from_the_node_asked_for(void **state)
{
	struct kmem_cache *s = make_cache("near", 256);
	void *objects[100];

	(void)state;
	for (int i = 0; i < 100; i++) {
		objects[i] = kmem_cache_alloc_node(s, GFP_KERNEL, i % 2);
		assert_int_equal(page_to_nid(virt_to_head_page(objects[i])), i % 2);
	}
	assert_int_equal(kmem_cache_verify(s), 0);
	empty(s, objects, 100);
	/* No such node: any other. */
	objects[0] = kmem_cache_alloc_node(s, GFP_KERNEL, 77);
	assert_non_null(objects[0]);
	kmem_cache_free(s, objects[0]);
	kmem_cache_destroy(s);
}

static void a_full_node_is_helped_by_another_unless_thisnode(void **state)
{
	struct kmem_cache *s = make_cache("far", 4096);
	void *chain = NULL, **object;

	(void)state;
	while ((object = kmem_cache_alloc_node(s, GFP_QUIET | __GFP_THISNODE, 1))) {
		assert_int_equal(page_to_nid(virt_to_head_page(object)), 1);
		*object = chain;
		chain = object;
	}
	object = kmem_cache_alloc_node(s, GFP_QUIET, 1);
	assert_non_null(object);
	assert_int_equal(page_to_nid(virt_to_head_page(object)), 0);
	kmem_cache_free(s, object);
	free_all(s, chain);
	kmem_cache_destroy(s);
}

static void other_cpus_free_into_the_slab_that_a_cpu_uses(void **state)
{
	struct kmem_cache *s = make_cache("remote", 64);
	void *objects[64];

	(void)state;
	fill(s, objects, 40);
	host_set_cpu(1);
	empty(s, objects, 30);
	assert_int_equal(kmem_cache_verify(s), 0);
	host_set_cpu(0);
	empty(s, objects + 30, 10);

	/* CPU 0 finds again what CPU 1 freed, before it takes another slab. */
	fill(s, objects, 64);
	assert_int_equal(atomic_long_read(&get_node(s, 0)->nr_slabs), 1);
	empty(s, objects, 64);
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_destroy(s);
}

#define RING_SLOTS 256
static void *ring[RING_SLOTS];
static struct kmem_cache *shared;

/* Puts new objects into slots that all share, and frees what was there. */
static void *exchange_objects(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg * 7919 + 1;
	u64 *object;

	host_set_cpu((int)(uintptr_t)arg);
	for (int i = 0; i < 20000; i++) {
		object = kmem_cache_alloc(shared, GFP_KERNEL);
		if (!object)
			return arg;
		object[0] = object[7] = (unsigned long)object;
		seed = seed * 1103515245 + 12345;
		object = __atomic_exchange_n(&ring[seed >> 16 & (RING_SLOTS - 1)], object,
					     __ATOMIC_ACQ_REL);
		if (object && (object[0] != (unsigned long)object || object[7] != object[0]))
			return arg;
		kmem_cache_free(shared, object);
	}
	return NULL;
}

static void four_cpus_allocate_and_free_each_others_objects(void **state)
{
	pthread_t thread[4];
	void *failed;

	(void)state;
	shared = make_cache("shared", 64);
	memset(ring, 0, sizeof(ring));
	for (uintptr_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, exchange_objects, (void *)i), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(kmem_cache_verify(shared), 0);
	empty(shared, ring, RING_SLOTS);
	kmem_cache_destroy(shared);
	assert_int_equal(host_log_count("BUG"), 0);
	assert_int_equal(host_log_count("still has objects"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		slab_test(destroy_gives_all_pages_back),
		slab_test(slab_pages_are_counted_by_kind),
		slab_test(exhaustion_gives_null_and_all_comes_back),
		slab_test(an_object_that_cannot_be_had_is_said),
		slab_test(create_without_memory_gives_null),
		slab_test(a_small_slab_serves_where_no_large_block_is_free),
		slab_test(shrink_gives_back_empty_slabs_and_sorts_the_others),
		slab_test_on(make_two_nodes, an_object_comes_from_the_node_asked_for),
		slab_test_on(make_two_nodes, a_full_node_is_helped_by_another_unless_thisnode),
		slab_test_on(make_four_cpus, other_cpus_free_into_the_slab_that_a_cpu_uses),
		slab_test_on(make_four_cpus, four_cpus_allocate_and_free_each_others_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
