/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of the slab allocator on the machine's own RAM.
 */
#include "selftest.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/slab.h>
#include <linux/sizes.h>

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

/* Objects below 16 MB until there are none; chained through their first word. */
static int exhaust_objects_pass(u64 *random)
{
	void **head = NULL, **object;
	size_t nr = 0;

	(void)random;
	while ((object = kmalloc(SZ_4K, GFP_KERNEL | GFP_DMA | __GFP_NOWARN))) {
		*object = head;
		head = object;
		nr++;
	}
	for (; head; head = object) {
		object = *head;
		kfree(head);
	}
	selftest_note("%zu objects taken until NULL", nr);
	return 0;
}

static int test_slab_exhaust(void)
{
	return objects_come_back(exhaust_objects_pass);
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
	{"slab_exhaust", test_slab_exhaust},
	{"no_misuse", test_no_misuse},
	{NULL, NULL},
};
