/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of the slab allocator, and of memory pools, on the machine's own RAM.
 */
#include "selftest.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

#include "internal.h"
#include "slab.h"

/* Objects of one size that are held at once: enough for several slabs, bounded. */
#define OBJECTS_BYTES SZ_1M
#define OBJECTS_MAX   4096

static void **objects; /* while a test runs */

static size_t objects_of(size_t size)
{
	return clamp(OBJECTS_BYTES / size, (size_t)2, (size_t)OBJECTS_MAX);
}

static int check_object(const void *object, size_t size, u64 seed)
{
	if (!pattern_check(object, size, seed))
		return 0;
	selftest_note("%zu-byte object at %p lost what was written to it", size, object);
	return 1;
}

/* Takes objects of @size, marks each, checks each before it is freed, in disorder. */
static int object_size_pass(size_t size, u64 *random)
{
	size_t nr = objects_of(size), held = 0;
	u64 seed = *random;
	int faults = 0;

	for (; held < nr; held++) {
		objects[held] = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);
		if (!objects[held])
			break;
		if (ksize(objects[held]) < size) {
			selftest_note("kmalloc(%zu) gave %zu bytes", size, ksize(objects[held]));
			faults++;
		}
		pattern_fill(objects[held], size, seed);
	}
	while (held) {
		size_t i = selftest_random(random) % held;

		faults += check_object(objects[i], size, seed);
		kfree(objects[i]);
		objects[i] = objects[--held];
		objects[held] = NULL;
	}
	return faults;
}

/* Every size class, its neighbours, and up to the largest block. */
static int object_sizes_pass(u64 *random)
{
	int faults = 0;

	for (size_t size = 8; size <= KMALLOC_MAX_SIZE; size += size / 2 >= 8 ? size / 2 : 8) {
		faults += object_size_pass(size, random);
		faults += object_size_pass(size - 1, random);
		if (size < KMALLOC_MAX_SIZE)
			faults += object_size_pass(size + 1, random);
	}
	return faults;
}

/* Gives back every empty slab, so that what is left in use is what is held. */
static void shrink_all(void)
{
	struct kmem_cache *s;

	list_for_each_entry (s, &slab_caches, list)
		kmem_cache_shrink(s);
}

/* Runs @pass twice: slabs made for the first are there for the second. */
static int objects_come_back(int (*pass)(u64 *random))
{
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	size_t bytes = OBJECTS_MAX * sizeof(*objects);
	u64 random = selftest_seed;
	int faults;

	objects = alloc_pages_exact(bytes, GFP_KERNEL | __GFP_NOWARN);
	if (before && after && objects) {
		faults = pass(&random);
		shrink_all();
		free_snapshot_take(before);
		faults += pass(&random);
		shrink_all();
		free_snapshot_take(after);
		faults += free_snapshot_came_back(before, after);
	} else {
		faults = selftest_no_memory("the test's own tables");
	}
	if (objects)
		free_pages_exact(objects, bytes);
	free_snapshot_free(before);
	free_snapshot_free(after);
	return faults;
}

static int test_slab_sizes(void)
{
	return objects_come_back(object_sizes_pass);
}

/* ---- Caches ------------------------------------------------------------------ */

#define CTOR_MARK 0x6d6d65726162ULL

static void mark_object(void *object)
{
	*(u64 *)object = CTOR_MARK;
}

/* A constructed object is in its constructed state each time it is handed out. */
static int cache_pass(u64 *random)
{
	struct kmem_cache *cache = kmem_cache_create("selftest", 200, 64, 0, mark_object);
	size_t held = 0;
	int faults = 0;

	if (!cache)
		return selftest_no_memory("a cache");
	for (; held < OBJECTS_MAX; held++) {
		objects[held] = kmem_cache_alloc(cache, GFP_KERNEL);
		if (!objects[held])
			break;
		if (*(u64 *)objects[held] != CTOR_MARK || !IS_ALIGNED((size_t)objects[held], 64)) {
			selftest_note("object at %p: not constructed, or misaligned",
				      objects[held]);
			faults++;
		}
	}
	while (held) {
		size_t i = selftest_random(random) % held;

		kmem_cache_free(cache, objects[i]);
		objects[i] = objects[--held];
		objects[held] = NULL;
	}
	kmem_cache_destroy(cache);
	return faults;
}

static int test_slab_cache(void)
{
	return objects_come_back(cache_pass);
}

/* ---- Nodes ------------------------------------------------------------------- */

static int check_node(const char *what, const struct page *page, int nid)
{
	if (page_to_nid(page) == nid)
		return 0;
	selftest_note("%s on node %d alone gave memory of node %d", what, nid, page_to_nid(page));
	return 1;
}

/* KFENCE's pool is where it is. 0 also where there is no memory. */
static int check_object_node(const char *what, const void *object, int nid)
{
	if (!object || is_kfence_address(object))
		return 0;
	return check_node(what, virt_to_page(object), nid);
}

/* It may be high memory. */
static int check_area(const char *area, size_t bytes, int nid)
{
	int faults = 0;

	for (size_t at = 0; area && at < bytes; at += PAGE_SIZE)
		faults += check_node("vmalloc", vmalloc_to_page(area + at), nid);
	return faults;
}

static int area_pass(int nid)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN | __GFP_NORETRY;
	void *area = __vmalloc_node(3 * PAGE_SIZE, 1, gfp, nid, NULL);
	int faults = check_area(area, 3 * PAGE_SIZE, nid);

	vfree(area);
	return faults;
}

static int object_pass(struct kmem_cache *cache, int nid)
{
	static const size_t sizes[] = {8, SZ_1K, SZ_8K, SZ_64K};
	const gfp_t gfp = GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN | __GFP_NORETRY;
	void *object;
	int faults = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		object = kmalloc_node(sizes[i], gfp, nid);
		faults += check_object_node("kmalloc", object, nid);
		kfree(object);
	}
	object = kmem_cache_alloc_node(cache, gfp, nid);
	faults += check_object_node("kmem_cache_alloc", object, nid);
	if (object)
		kmem_cache_free(cache, object);
	return faults;
}

/*
 * What is asked of one node lies there: of each, from this CPU's. Objects of a node that has
 * but high memory come from another, as on Linux.
 */
static int nodes_pass(u64 *random)
{
	struct kmem_cache *cache = kmem_cache_create("selftest_nodes", 200, 0, SLAB_NO_MERGE, NULL);
	int nid, faults = 0;

	(void)random;
	if (!cache)
		return selftest_no_memory("a cache");
	for_each_node_state (nid, N_NORMAL_MEMORY)
		faults += object_pass(cache, nid);
	for_each_node_state (nid, N_MEMORY)
		faults += area_pass(nid);
	kmem_cache_destroy(cache);
	vm_unmap_aliases();
	return faults;
}

static int test_slab_nodes(void)
{
	return objects_come_back(nodes_pass);
}

/* ---- No memory --------------------------------------------------------------- */

/* Objects below 16 MB until there are none; chained through their first word. */
static void **take_low_objects(void)
{
	void **head = NULL, **object;

	while ((object = kmalloc(SZ_4K, GFP_KERNEL | GFP_DMA | __GFP_NOWARN))) {
		*object = head;
		head = object;
	}
	return head;
}

/* How many there were. */
static size_t give_low_objects(void **head)
{
	size_t nr = 0;

	for (void **next; head; head = next, nr++) {
		next = *head;
		kfree(head);
	}
	return nr;
}

static int exhaust_objects_pass(u64 *random)
{
	(void)random;
	selftest_note("%zu objects taken until NULL", give_low_objects(take_low_objects()));
	return 0;
}

static int test_slab_exhaust(void)
{
	return objects_come_back(exhaust_objects_pass);
}

/* ---- Memory pools -------------------------------------------------------------- */

#define POOL_ELEMENTS 32
#define POOL_ORDER    1
#define POOL_BYTES    200

/*
 * Nobody has memory below 16 MB, but slabs some objects and the pool its elements: all of
 * these can be had, chained through their first word, and the pool fills up again.
 */
static int use_pool(mempool_t *pool, size_t size, bool of_pages, u64 seed)
{
	void *element, **head = NULL, **at;
	int faults;

	while ((element = mempool_alloc(pool, GFP_NOWAIT | GFP_DMA))) {
		at = of_pages ? page_address(element) : element;
		*at = head;
		head = at;
		pattern_fill(at + 1, size - sizeof(*at), seed);
	}
	faults = (pool->curr_nr != 0) + mempool_verify(pool);
	while (head) {
		at = head;
		head = *at;
		faults += check_object(at + 1, size - sizeof(*at), seed);
		mempool_free(of_pages ? virt_to_page(at) : (void *)at, pool);
	}
	if (!faults && mempool_is_saturated(pool))
		return mempool_verify(pool);
	selftest_note("pool of %d elements of %zu bytes: %d faults, %d elements at the end",
		      pool->min_nr, size, faults, pool->curr_nr);
	return faults + 1;
}

/* A pool grows as far as there is memory, and shrinks to what it was. */
static int resize_pool(mempool_t *pool)
{
	if (mempool_resize(pool, 2 * POOL_ELEMENTS))
		return selftest_no_memory("a larger pool");
	return mempool_verify(pool) + (mempool_resize(pool, POOL_ELEMENTS) != 0) +
	       (pool->curr_nr != POOL_ELEMENTS) + mempool_verify(pool);
}

static int mempool_pass(u64 *random)
{
	mempool_t bytes = {}, pages = {};
	void **low;
	int faults;

	if (mempool_init_kmalloc_pool(&bytes, POOL_ELEMENTS, POOL_BYTES) ||
	    mempool_init_page_pool(&pages, POOL_ELEMENTS, POOL_ORDER)) {
		faults = selftest_no_memory("memory pools");
	} else {
		low = take_low_objects();
		faults = use_pool(&bytes, POOL_BYTES, false, *random);
		faults += use_pool(&pages, PAGE_SIZE << POOL_ORDER, true, *random);
		give_low_objects(low);
		faults += resize_pool(&bytes) + resize_pool(&pages);
	}
	mempool_exit(&bytes);
	mempool_exit(&pages);
	return faults;
}

static int test_mempool(void)
{
	return objects_come_back(mempool_pass);
}

/* ---- Nobody misused anything ---------------------------------------------------- */

static int check_count(const char *what, unsigned long count)
{
	if (count)
		selftest_note("%lu x %s", count, what);
	return count != 0;
}

/* Frees that were refused, and lists found broken, since the start: there are none. */
static int test_no_misuse(void)
{
	const struct page_alloc_stats *pages = &page_alloc_stats;
	const struct slab_stats *slab = &slab_stats;
	struct kmem_cache *s;

	/* With slub_debug=, what surrounds objects as well. */
	list_for_each_entry (s, &slab_caches, list)
		validate_slab_cache(s);
	return check_count("page flags that exclude each other", pages->bad_gfp) +
	       check_count("free of no page", pages->free_wild) +
	       check_count("second free of a page", pages->free_double) +
	       check_count("free of a reserved page", pages->free_reserved) +
	       check_count("free of a tail page", pages->free_tail) +
	       check_count("free with a wrong order", pages->free_order) +
	       check_count("free of a page in use", pages->free_flags) +
	       check_count("second free of an object", slab->double_free) +
	       check_count("free inside an object", slab->misaligned_free) +
	       check_count("free to a wrong cache", slab->wrong_cache) +
	       check_count("free of no object", slab->no_slab) +
	       check_count("broken free list", slab->bad_freelist) +
	       check_count("write outside of an object", slab->overwritten) +
	       check_count("bug that KFENCE found", kfence_counter(KFENCE_COUNTER_BUGS));
}

const struct selftest object_selftests[] = {
	{"slab_sizes", test_slab_sizes},
	{"slab_cache", test_slab_cache},
	{"slab_nodes", test_slab_nodes},
	{"slab_exhaust", test_slab_exhaust},
	{"mempool", test_mempool},
	{"no_misuse", test_no_misuse},
	{NULL, NULL},
};
