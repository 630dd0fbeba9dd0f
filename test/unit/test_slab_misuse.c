/* SPDX-License-Identifier: MIT */
/*
 * What callers must not do to the slab allocator: each is reported as just that,
 * counted, and harmless. Nothing that was refused may have changed a list.
 */
#include "slab_machine.h"
#include "mm/slab.h"

#include <stdio.h>
#include <stdlib.h>

static struct kmem_cache *cache;
static void *objects[400];

static int make_machine_and_cache(void **state)
{
	(void)state;
	slab_machine_make(SZ_64M, 1);
	cache = kmem_cache_create("misused", 104, 0, 0, NULL);
	return cache ? 0 : -1;
}

static int make_four_cpus(void **state)
{
	nr_cpu_ids = 4;
	return make_machine_and_cache(state);
}

/* The compiler would see through the misuse. */
static void *hidden(const void *p)
{
	unsigned long addr = (unsigned long)p;

	__asm__ volatile("" : "+r"(addr));
	return (void *)addr;
}

static bool reported(const char *what, const void *object)
{
	char line[128];

	snprintf(line, sizeof(line), "%s 0x%lx", what, (unsigned long)object);
	return host_log_contains(line);
}

/* ---- Double free ---------------------------------------------------------------- */

static void a_second_free_is_refused(void **state)
{
	void *a = kmem_cache_alloc(cache, GFP_KERNEL);

	(void)state;
	kmem_cache_free(cache, a);
	kmem_cache_free(cache, hidden(a));
	assert_int_equal(slab_stats.double_free, 1);
	assert_true(reported("BUG misused: Object already free:", a));

	/* It is handed out once. */
	fill(cache, objects, 2);
	assert_ptr_not_equal(objects[0], objects[1]);
	empty(cache, objects, 2);
}

static void a_second_free_is_found_after_other_frees(void **state)
{
	(void)state;
	fill(cache, objects, 400);
	empty(cache, objects, 400);
	/* In this CPU's slab, in its partial slabs, and in the node's. */
	for (unsigned int i = 0; i < 400; i += 7)
		if (PageSlab(virt_to_head_page(objects[i])))
			kmem_cache_free(cache, hidden(objects[i]));
	assert_true(slab_stats.double_free > 40);
	fill(cache, objects, 400);
	for (unsigned int i = 0; i < 400; i++)
		memset(objects[i], (int)i, 104);
	for (unsigned int i = 0; i < 400; i++)
		assert_null(memchr_inv(objects[i], (int)(i & 0xff), 104));
	empty(cache, objects, 400);
}

static void a_second_free_by_another_cpu_is_refused(void **state)
{
	(void)state;
	fill(cache, objects, 10);
	kmem_cache_free(cache, objects[4]);
	host_set_cpu(2);
	kmem_cache_free(cache, hidden(objects[4]));
	assert_int_equal(slab_stats.double_free, 1);
	kmem_cache_free(cache, objects[5]);
	host_set_cpu(0);
	kmem_cache_free(cache, hidden(objects[5]));
	assert_int_equal(slab_stats.double_free, 2);
}

static void the_last_object_of_a_cpu_is_refused_when_another_frees_it_too(void **state)
{
	void *a = kmem_cache_alloc(cache, GFP_KERNEL);

	(void)state;
	/* Back on CPU 0, then freed by CPU 2. */
	kmem_cache_free(cache, a);
	host_set_cpu(2);
	kmem_cache_free(cache, hidden(a));
	assert_int_equal(slab_stats.double_free, 1);
	assert_int_equal(kmem_cache_verify(cache), 0);

	/* The other way round. */
	host_set_cpu(0);
	a = kmem_cache_alloc(cache, GFP_KERNEL);
	host_set_cpu(2);
	kmem_cache_free(cache, a);
	host_set_cpu(0);
	kmem_cache_free(cache, hidden(a));
	assert_int_equal(slab_stats.double_free, 2);
	assert_int_equal(kmem_cache_verify(cache), 0);
}

static void a_second_kfree_is_refused(void **state)
{
	static const size_t sizes[] = {8, 96, 1000, 8192};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *p = kmalloc(sizes[i], GFP_KERNEL);

		kfree(p);
		kfree(hidden(p));
		assert_int_equal(slab_stats.double_free, i + 1);
	}
}

static void a_second_kfree_of_a_large_block_is_refused(void **state)
{
	void *p = kmalloc(SZ_64K, GFP_KERNEL);
	unsigned long before;

	(void)state;
	kfree(p);
	before = all_free_pages();
	kfree(hidden(p));
	assert_int_equal(slab_stats.no_slab, 1);
	assert_int_equal(all_free_pages(), before);
}

static void an_object_that_was_only_read_may_be_freed(void **state)
{
	(void)state;
	/* It was free a moment ago, and nobody wrote to it since. */
	for (int round = 0; round < 3; round++) {
		fill(cache, objects, 200);
		empty(cache, objects, 200);
	}
	assert_int_equal(slab_stats.double_free, 0);
}

static void a_copy_of_a_free_object_may_be_freed(void **state)
{
	u8 *a = kmem_cache_alloc(cache, GFP_KERNEL);
	u8 *b = kmem_cache_alloc(cache, GFP_KERNEL);

	(void)state;
	kmem_cache_free(cache, a);
	memcpy(b, hidden(a), 104);
	kmem_cache_free(cache, b);
	assert_int_equal(slab_stats.double_free, 0);
}

/* Whatever is written to a free object: its state lies elsewhere. */
static void a_second_free_is_found_although_the_object_was_overwritten(void **state)
{
	static const int fills[] = {0, 0xff, 0x6b};

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(fills); f++) {
		unsigned long before = slab_stats.double_free, refused = 0;

		fill(cache, objects, 400);
		empty(cache, objects, 400);
		for (unsigned int i = 0; i < 400; i++) {
			if (!PageSlab(virt_to_head_page(objects[i])))
				continue;
			memset(hidden(objects[i]), fills[f], 104);
			kmem_cache_free(cache, hidden(objects[i]));
			kfree(hidden(objects[i]));
			refused += 2;
		}
		assert_true(refused > 400);
		assert_int_equal(slab_stats.double_free, before + refused);
		assert_int_equal(kmem_cache_verify(cache), 0);
	}
}

static void what_is_written_to_free_objects_bends_no_list(void **state)
{
	(void)state;
	fill(cache, objects, 400);
	empty(cache, objects, 400);
	for (unsigned int i = 0; i < 400; i++)
		if (PageSlab(virt_to_head_page(objects[i])))
			memset(hidden(objects[i]), 0x41, 104);
	fill(cache, objects, 400);
	for (unsigned int i = 0; i < 400; i++)
		memset(objects[i], (int)i, 104);
	for (unsigned int i = 0; i < 400; i++)
		assert_null(memchr_inv(objects[i], (int)(i & 0xff), 104));
	empty(cache, objects, 400);
	assert_int_equal(host_log_count("BUG"), 0);
}

/* ---- What is no object ------------------------------------------------------------- */

static void the_middle_of_an_object_is_refused(void **state)
{
	(void)state;
	fill(cache, objects, 400);
	for (unsigned int i = 0; i < 400; i += 100) {
		kmem_cache_free(cache, hidden((char *)objects[i] + 8));
		kmem_cache_free(cache, hidden((char *)objects[i] + 1));
		kfree(hidden((char *)objects[i] + 103));
	}
	assert_int_equal(slab_stats.misaligned_free, 12);
	assert_true(reported("BUG misused: Invalid object pointer", (char *)objects[0] + 8));
	empty(cache, objects, 400);
}

static void the_rest_behind_the_last_object_is_refused(void **state)
{
	unsigned long base;

	(void)state;
	fill(cache, objects, 1);
	base = slab_address(virt_to_head_page(objects[0])->slab);
	assert_int_equal(cache->oo.objects, 39);
	kmem_cache_free(cache, hidden((void *)(base + 39 * 104)));
	assert_int_equal(slab_stats.misaligned_free, 1);
	empty(cache, objects, 1);
}

static void an_object_of_another_cache_is_refused(void **state)
{
	struct kmem_cache *other = kmem_cache_create("other", 104, 0, SLAB_NO_MERGE, NULL);
	void *object = kmem_cache_alloc(other, GFP_KERNEL);

	(void)state;
	kmem_cache_free(cache, hidden(object));
	assert_int_equal(slab_stats.wrong_cache, 1);
	assert_true(host_log_contains("BUG misused: Wrong slab cache: object"));
	assert_true(host_log_contains("is from other, not freed"));
	kmem_cache_free(other, object);
	kmem_cache_destroy(other);
}

static void kfree_takes_objects_of_any_cache(void **state)
{
	(void)state;
	fill(cache, objects, 100);
	for (int i = 0; i < 100; i++)
		kfree(objects[i]);
	assert_int_equal(host_log_count("BUG"), 0);
}

static void addresses_that_are_no_objects_are_refused(void **state)
{
	static int in_static_data;
	int on_the_stack;
	struct page *page = alloc_pages_node(NUMA_NO_NODE, GFP_KERNEL, 0);
	const void *addresses[] = {
		(void *)0x1234,
		(void *)17,
		(void *)~0UL,
		(void *)0x8000000000000000UL,
		(void *)PAGE_OFFSET,
		(void *)(PAGE_OFFSET - 8),
		&on_the_stack,
		&in_static_data,
		page_address(page),
		(void *)((unsigned long)phys_to_virt(1UL << 45)),
		(void *)0xdead000000000100UL,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		kfree(hidden(addresses[i]));
		kmem_cache_free(cache, hidden(addresses[i]));
		assert_int_equal(slab_stats.no_slab, 2 * (i + 1));
	}
	assert_true(reported("BUG kfree:", (void *)0x1234));
	assert_true(reported("BUG kmem_cache_free:", (void *)0x1234));
	__free_pages(page, 0);
}

/* But who took a reference may put it before and after. */
static void a_large_block_is_no_page_to_be_freed(void **state)
{
	char *block = kmalloc(SZ_64K, GFP_KERNEL);
	struct page *page = virt_to_page(block);

	(void)state;
	get_page(page);
	put_page(page);
	assert_int_equal(host_log_count("BUG"), 0);
	free_pages((unsigned long)block, 4);
	put_page(page);
	assert_int_equal(host_log_count("flags of its owner are set"), 2);
	assert_int_equal(ksize(block), SZ_64K);
	get_page(page);
	kfree(block);
	assert_int_equal(atomic_long_read(&kmalloc_large_pages), 0);
	assert_int_equal(page_ref_count(page), 1);
	put_page(page);
	assert_int_equal(page_ref_count(page), 0);
	assert_int_equal(host_log_count("BUG"), 2);
}

static void the_middle_of_a_large_block_is_refused(void **state)
{
	char *p = kmalloc(SZ_64K, GFP_KERNEL);

	(void)state;
	kfree(hidden(p + 8));
	kfree(hidden(p + PAGE_SIZE));
	assert_int_equal(slab_stats.misaligned_free, 2);
	assert_int_equal(ksize(p), SZ_64K);
	kfree(p);
}

static void ksize_of_no_object_is_reported(void **state)
{
	char *small = kmalloc(64, GFP_KERNEL), *large = kmalloc(SZ_64K, GFP_KERNEL);

	(void)state;
	assert_int_equal(ksize(hidden((void *)0x1234)), 0);
	assert_int_equal(ksize(hidden(small + 8)), 0);
	assert_int_equal(ksize(hidden(large + PAGE_SIZE)), 0);
	assert_int_equal(slab_stats.no_slab, 3);
	assert_int_equal(ksize(small), 64);
	assert_int_equal(ksize(large), SZ_64K);
	kfree(small);
	kfree(large);
}

static void what_begins_at_no_object_is_neither_cleared_nor_moved(void **state)
{
	char *blocks[80];

	(void)state;
	for (int i = 0; i < 80; i++) {
		blocks[i] = kmalloc(i < 64 ? 64 : SZ_16K, GFP_KERNEL);
		memset(blocks[i], 0x5a, ksize(blocks[i]));
	}
	for (int i = 0; i < 80; i++) {
		kfree_sensitive(hidden(blocks[i] + 8));
		assert_null(krealloc(hidden(blocks[i] + 16), 128, GFP_KERNEL));
	}
	assert_int_equal(slab_stats.misaligned_free, 80);
	assert_int_equal(slab_stats.no_slab, 160);
	for (int i = 0; i < 80; i++) {
		assert_null(memchr_inv(blocks[i], 0x5a, ksize(blocks[i])));
		kfree(blocks[i]);
	}
}

static void a_free_object_is_neither_measured_nor_moved(void **state)
{
	void *object = kmalloc(100, GFP_KERNEL), *large = kmalloc(SZ_64K, GFP_KERNEL);

	(void)state;
	kfree(object);
	kfree(large);
	assert_int_equal(ksize(hidden(object)), 0);
	assert_null(krealloc(hidden(object), 50, GFP_KERNEL));
	assert_null(krealloc(hidden(object), 500, GFP_KERNEL));
	assert_int_equal(slab_stats.double_free, 3);
	assert_true(host_log_contains("BUG kmalloc-128: Object already free: 0x"));
	assert_true(host_log_contains(", asked for by ksize\n"));
	assert_null(krealloc(hidden(large), 50, GFP_KERNEL));
	assert_int_equal(slab_stats.no_slab, 1);
}

static void a_cache_is_destroyed_once(void **state)
{
	struct kmem_cache *s = make_cache("short", 300), *other;
	void *object;

	(void)state;
	kmem_cache_destroy(s);
	kmem_cache_destroy(hidden(s));
	other = make_cache("other", 400);
	object = kmem_cache_alloc(other, GFP_KERNEL);
	kmem_cache_destroy(hidden(object));
	assert_int_equal(slab_stats.wrong_cache, 2);
	assert_true(host_log_contains("BUG kmem_cache_destroy: 0x"));
	kmem_cache_free(other, object);
	kmem_cache_destroy(other);
}

static void flags_that_name_another_zone_are_reported_and_ignored(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_HIGHMEM);
	assert_int_equal(slab_stats.bad_flags, 2);
	assert_true(host_log_contains("slab: unexpected gfp flags 0x2 for misused"));
	empty(cache, objects, 40);

	objects[0] = kmalloc(SZ_16K, GFP_KERNEL | __GFP_DMA32);
	assert_int_equal(slab_stats.bad_flags, 3);
	assert_true(host_log_contains("slab: unexpected gfp flags 0x4 for kmalloc"));
	kfree(objects[0]);
}

#define misuse_test(f) cmocka_unit_test_setup_teardown(f, make_machine_and_cache, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		misuse_test(a_second_free_is_refused),
		misuse_test(a_second_free_is_found_after_other_frees),
		cmocka_unit_test_setup_teardown(a_second_free_by_another_cpu_is_refused,
						make_four_cpus, end_machine),
		cmocka_unit_test_setup_teardown(
			the_last_object_of_a_cpu_is_refused_when_another_frees_it_too,
			make_four_cpus, end_machine),
		misuse_test(a_second_free_is_found_although_the_object_was_overwritten),
		misuse_test(what_is_written_to_free_objects_bends_no_list),
		misuse_test(a_second_kfree_is_refused),
		misuse_test(a_second_kfree_of_a_large_block_is_refused),
		misuse_test(an_object_that_was_only_read_may_be_freed),
		misuse_test(a_copy_of_a_free_object_may_be_freed),
		misuse_test(the_middle_of_an_object_is_refused),
		misuse_test(the_rest_behind_the_last_object_is_refused),
		misuse_test(an_object_of_another_cache_is_refused),
		misuse_test(kfree_takes_objects_of_any_cache),
		misuse_test(addresses_that_are_no_objects_are_refused),
		misuse_test(a_large_block_is_no_page_to_be_freed),
		misuse_test(the_middle_of_a_large_block_is_refused),
		misuse_test(ksize_of_no_object_is_reported),
		misuse_test(what_begins_at_no_object_is_neither_cleared_nor_moved),
		misuse_test(a_free_object_is_neither_measured_nor_moved),
		misuse_test(a_cache_is_destroyed_once),
		misuse_test(flags_that_name_another_zone_are_reported_and_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
