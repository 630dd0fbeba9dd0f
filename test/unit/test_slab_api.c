/* SPDX-License-Identifier: MIT */
/* What stands on kmalloc() and caches: copies, arrays, bulk calls, checks of copies to users. */
#include "slab_machine.h"
#include "mm/slab.h"

#include <linux/errno.h>

/* The compiler knows these calls' results; tests want what the program returns. */
static size_t opaque(size_t size)
{
	__asm__ volatile("" : "+r"(size));
	return size;
}

/* ---- Copies and arrays --------------------------------------------------------------- */

static void strings_and_bytes_are_copied(void **state)
{
	char *copy = kstrdup("page", GFP_KERNEL), *cut = kstrndup("pageblock", 4, GFP_KERNEL);
	char *whole = kstrndup("pcp", 9, GFP_KERNEL),
	     *part = kmemdup_nul("zonelist", 4, GFP_KERNEL);
	u8 bytes[300], *same;

	(void)state;
	assert_string_equal(copy, "page");
	assert_string_equal(cut, "page");
	assert_string_equal(whole, "pcp");
	assert_string_equal(part, "zone");
	memset(bytes, 7, sizeof(bytes));
	same = kmemdup(bytes, sizeof(bytes), GFP_KERNEL);
	assert_memory_equal(same, bytes, sizeof(bytes));
	assert_null(kstrdup(NULL, GFP_KERNEL));
	assert_null(kstrndup(NULL, 3, GFP_KERNEL));
	kfree(copy);
	kfree(cut);
	kfree(whole);
	kfree(part);
	kfree(same);
}

static void a_large_block_is_whole_pages_whatever_its_size(void **state)
{
	char *small = kmalloc_large(opaque(100), GFP_KERNEL | __GFP_ZERO),
	     *near = kmalloc_large_node(opaque(SZ_8K + 1), GFP_KERNEL, 1);

	(void)state;
	assert_true(PAGE_ALIGNED(small) && PAGE_ALIGNED(near));
	assert_int_equal(ksize(small), PAGE_SIZE);
	assert_int_equal(ksize(near), SZ_16K);
	assert_null(memchr_inv(small, 0, 100));
	assert_int_equal(page_to_nid(virt_to_page(near)), 1);
	assert_int_equal(kmem_cache_verify_all(), 0);
	assert_null(kmalloc_large(opaque(KMALLOC_MAX_SIZE + 1), GFP_KERNEL | __GFP_NOWARN));
	kfree(small);
	kfree(near);
	assert_int_equal(kmem_cache_verify_all(), 0);
}

static void arrays_that_fit_no_size_are_refused(void **state)
{
	size_t half = opaque((size_t)1 << 63);
	u64 *array = kmalloc_array_node(opaque(10), sizeof(u64), GFP_KERNEL, 1);

	(void)state;
	assert_int_equal(page_to_nid(virt_to_page(array)), 1);
	array[0] = 9;
	array = krealloc_array(array, opaque(1000), sizeof(u64), GFP_KERNEL);
	assert_int_equal(array[0], 9);
	assert_null(krealloc_array(array, half, 2, GFP_KERNEL));
	assert_null(kmalloc_array_node(half, 2, GFP_KERNEL, 0));
	assert_null(kcalloc_node(half, 2, GFP_KERNEL, 0));
	assert_null(kvmalloc_array(half, 2, GFP_KERNEL));
	kfree(array);
	array = kcalloc_node(opaque(10), sizeof(u64), GFP_KERNEL, 1);
	assert_null(memchr_inv(array, 0, 80));
	kfree(array);
}

static void kvmalloc_is_quiet_where_the_largest_blocks_lack(void **state)
{
	u8 *p = kvzalloc(opaque(SZ_1M), GFP_KERNEL);

	(void)state;
	assert_null(memchr_inv(p, 0, SZ_1M));
	p[5] = 5;
	p = kvrealloc(p, SZ_1M, opaque(SZ_2M), GFP_KERNEL);
	assert_int_equal(p[5], 5);
	host_log_clear();
	assert_null(kvmalloc(opaque(2 * KMALLOC_MAX_SIZE), GFP_NOWAIT));
	assert_string_equal(host_log(), "");
	kvfree_sensitive(p, SZ_2M);
	kvfree(NULL);
}

static void nothing_is_left_of_what_is_sensitive(void **state)
{
	u8 *p = kmalloc(opaque(200), GFP_KERNEL);

	(void)state;
	memset(p, 0x5c, 200);
	kfree_sensitive(p);
	kfree_sensitive(NULL);
	kfree_sensitive(ZERO_SIZE_PTR);
	assert_null(memchr_inv(p, 0, 200));
}

/* ---- Bulk ----------------------------------------------------------------------------- */

#define BULK 1000
static void *objects[BULK];

static void bulk_calls_take_and_give_all(void **state)
{
	struct kmem_cache *s = kmem_cache_create("bulk", 128, 0, SLAB_NO_MERGE, NULL);

	(void)state;
	for (int round = 0; round < 3; round++) {
		assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, BULK, objects), BULK);
		for (int i = 0; i < BULK; i++)
			memset(objects[i], i, 128);
		for (int i = 0; i < BULK; i++)
			assert_null(memchr_inv(objects[i], i & 0xff, 128));
		assert_int_equal(kmem_cache_verify(s), 0);
		kmem_cache_free_bulk(s, BULK, objects);
		assert_int_equal(kmem_cache_verify(s), 0);
	}
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL | __GFP_ZERO, BULK, objects), BULK);
	for (int i = 0; i < BULK; i++)
		assert_null(memchr_inv(objects[i], 0, 128));
	kmem_cache_free_bulk(s, BULK, objects);
	kmem_cache_destroy(s);
	assert_int_equal(host_log_count("still has objects"), 0);
}

static void a_bulk_takes_whole_slabs_in_a_random_order(void **state)
{
	struct kmem_cache *s = kmem_cache_create("whole", 128, 0, SLAB_NO_MERGE, NULL);
	unsigned int nr = s->oo.objects, ascending = 0;

	(void)state;
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 10 * nr + 5, objects), 10 * nr + 5);
	for (unsigned int i = 0; i < 10 * nr; i++) {
		assert_ptr_equal(virt_to_page(objects[i])->slab,
				 virt_to_page(objects[i - i % nr])->slab);
		ascending += i % nr && objects[i] > objects[i - 1];
	}
	assert_true(ascending < 9 * nr);
	assert_int_equal(virt_to_page(objects[0])->slab->inuse, nr);
	assert_int_equal(atomic_long_read(&get_node(s, 0)->nr_slabs), 11);
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_free_bulk(s, 10 * nr + 5, objects);
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_destroy(s);
}

static void a_bulk_that_memory_does_not_suffice_for_takes_nothing(void **state)
{
	static void *many[20000];
	struct kmem_cache *s = kmem_cache_create("greedy", 4096, 0, SLAB_NO_MERGE, NULL);

	(void)state;
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_QUIET, 20000, many), 0);
	assert_int_equal(kmem_cache_verify(s), 0);
	assert_int_equal(kmem_cache_shrink(s), 0);
	kmem_cache_destroy(s);
}

static void kfree_bulk_takes_objects_of_all_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < BULK; i++)
		objects[i] = i % 10 ? kmalloc(opaque(i * 12), GFP_KERNEL) : NULL;
	kfree_bulk(BULK, objects);
	assert_int_equal(host_log_count("BUG"), 0);
}

static void mistakes_in_a_bulk_are_refused_one_by_one(void **state)
{
	struct kmem_cache *s = kmem_cache_create("bulk", 128, 0, SLAB_NO_MERGE, NULL);
	struct kmem_cache *other = kmem_cache_create("other", 128, 0, SLAB_NO_MERGE, NULL);
	void *mixed[5], *mine[2], *alien = kmem_cache_alloc(other, GFP_KERNEL);

	(void)state;
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 2, mine), 2);
	mixed[0] = mine[0];
	mixed[1] = (char *)mine[1] + 8;
	mixed[2] = alien;
	mixed[3] = mine[0];
	mixed[4] = mine[1];
	kmem_cache_free_bulk(s, 5, mixed);
	assert_int_equal(slab_stats.misaligned_free, 1);
	assert_int_equal(slab_stats.wrong_cache, 1);
	assert_int_equal(slab_stats.double_free, 1);
	kmem_cache_free(other, alien);
	kmem_cache_destroy(other);
	kmem_cache_destroy(s);
	assert_int_equal(host_log_count("still has objects"), 0);
}

/* ---- What users may touch ---------------------------------------------------------------- */

static void only_the_part_for_users_may_be_copied(void **state)
{
	struct kmem_cache *s = kmem_cache_create_usercopy("part", 100, 0, 0, 16, 32, NULL);
	char *object = kmem_cache_alloc(s, GFP_KERNEL);

	(void)state;
	assert_true(__check_heap_object(object + 16, 32, true));
	assert_true(__check_heap_object(object + 47, 1, false));
	assert_true(__check_heap_object(object + 90, 0, false));
	assert_false(__check_heap_object(object + 15, 2, true));
	assert_false(__check_heap_object(object + 40, 9, false));
	assert_false(__check_heap_object(object + 60, 1, true));
	assert_int_equal(slab_stats.bad_usercopy, 3);
	assert_true(host_log_contains("usercopy: Kernel memory exposure attempt detected from SLUB "
				      "object 'part' (offset 15, size 2)!"));
	assert_true(host_log_contains("usercopy: Kernel memory overwrite attempt detected to SLUB "
				      "object 'part' (offset 40, size 9)!"));
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

static void no_copy_passes_the_end_of_a_block(void **state)
{
	char *small = kmalloc(opaque(100), GFP_KERNEL), *large = kmalloc(opaque(20000), GFP_KERNEL);
	struct kmem_cache *s = kmem_cache_create("private", 100, 0, 0, NULL);
	char *object = kmem_cache_alloc(s, GFP_KERNEL);
	int on_the_stack = 0;

	(void)state;
	assert_true(__check_heap_object(small, 128, true));
	assert_false(__check_heap_object(small + 100, 29, true));
	assert_true(__check_heap_object(large + 1, 32767, true));
	assert_false(__check_heap_object(large + 1, 32768, true));
	assert_false(__check_heap_object(object, 1, true));
	assert_true(__check_heap_object(&on_the_stack, 4, true));
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
	kfree(small);
	kfree(large);
}

static void copy_too_much(void *object)
{
	check_object_size(object, 9, true);
}

static void a_copy_that_is_not_permitted_ends_in_panic(void **state)
{
	void *object = kmalloc(opaque(8), GFP_KERNEL);

	(void)state;
	check_object_size(object, 8, true);
	assert_non_null(host_expect_panic(copy_too_much, object));
	kfree(object);
}

static void a_part_for_users_outside_the_object_is_none(void **state)
{
	unsigned int before = warn_count;
	struct kmem_cache *s = kmem_cache_create_usercopy("outside", 64, 0, 0, 60, 8, NULL);

	(void)state;
	assert_non_null(s);
	assert_int_equal(s->usersize, 0);
	assert_int_equal(warn_count, before + 1);
	kmem_cache_destroy(s);
}

static void a_pointer_is_said_what_it_points_to(void **state)
{
	struct kmem_cache *s = kmem_cache_create("named", 100, 0, SLAB_NO_MERGE, NULL);
	char *object = kmem_cache_alloc_lru(s, NULL, GFP_KERNEL),
	     *large = kmalloc(SZ_32K, GFP_KERNEL);
	struct page *page = alloc_page(GFP_KERNEL);
	const struct {
		void *at;
		const char *said;
	} cases[] = {
		{object + 30, " slab named start "},
		{object + 30, " pointer offset 30 size 100\n"},
		{large + 5000, " pointer offset 5000 size 32768\n"},
		{page_address(page), " non-slab/vmalloc memory.\n"},
		{NULL, " NULL pointer.\n"},
		{ZERO_SIZE_PTR, " zero-size pointer.\n"},
		{&s, " non-paged memory.\n"},
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		host_log_clear();
		pr_info("it is");
		mem_dump_obj(cases[i].at);
		if (!strstr(host_log(), cases[i].said))
			fail_msg("%s not in %s", cases[i].said, host_log());
	}
	assert_true(kmem_valid_obj(object));
	assert_false(kmem_dump_obj(page_address(page)));
	__free_page(page);
	kfree(large);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

#define api_test(f) cmocka_unit_test_setup_teardown(f, make_machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(strings_and_bytes_are_copied),
		cmocka_unit_test_setup_teardown(arrays_that_fit_no_size_are_refused, make_two_nodes,
						end_machine),
		api_test(kvmalloc_is_quiet_where_the_largest_blocks_lack),
		api_test(nothing_is_left_of_what_is_sensitive),
		api_test(bulk_calls_take_and_give_all),
		api_test(a_bulk_takes_whole_slabs_in_a_random_order),
		api_test(a_bulk_that_memory_does_not_suffice_for_takes_nothing),
		api_test(kfree_bulk_takes_objects_of_all_sizes),
		api_test(mistakes_in_a_bulk_are_refused_one_by_one),
		api_test(only_the_part_for_users_may_be_copied),
		slab_test_on(make_two_nodes, a_large_block_is_whole_pages_whatever_its_size),
		api_test(no_copy_passes_the_end_of_a_block),
		api_test(a_copy_that_is_not_permitted_ends_in_panic),
		api_test(a_part_for_users_outside_the_object_is_none),
		api_test(a_pointer_is_said_what_it_points_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
