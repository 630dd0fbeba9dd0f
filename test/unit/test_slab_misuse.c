/* SPDX-License-Identifier: MIT */
/*
 * What callers must not do to the slab allocator, and memory that was overwritten
 * on purpose: each is reported as just that, counted, and harmless.
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

/* Nothing that was refused may have changed a list. */
static int end_verified(void **state)
{
	(void)state;
	assert_int_equal(kmem_cache_verify_all(), 0);
	slab_machine_end();
	return 0;
}

/* For tests that leave something broken. */
static int end_broken(void **state)
{
	(void)state;
	slab_machine_end();
	return 0;
}

static void fill(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		assert_non_null(objects[i] = kmem_cache_alloc(cache, GFP_KERNEL));
}

static void empty(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		kmem_cache_free(cache, objects[i]);
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
	fill(2);
	assert_ptr_not_equal(objects[0], objects[1]);
	empty(2);
}

static void a_second_free_is_found_after_other_frees(void **state)
{
	(void)state;
	fill(400);
	empty(400);
	/* In this CPU's slab, in its partial slabs, and in the node's. */
	for (unsigned int i = 0; i < 400; i += 7)
		if (PageSlab(virt_to_head_page(objects[i])))
			kmem_cache_free(cache, hidden(objects[i]));
	assert_true(slab_stats.double_free > 40);
	fill(400);
	for (unsigned int i = 0; i < 400; i++)
		memset(objects[i], (int)i, 104);
	for (unsigned int i = 0; i < 400; i++)
		assert_null(memchr_inv(objects[i], (int)(i & 0xff), 104));
	empty(400);
}

static void a_second_free_by_another_cpu_is_refused(void **state)
{
	(void)state;
	fill(10);
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
	before = nr_free_pages();
	kfree(hidden(p));
	assert_int_equal(slab_stats.no_slab, 1);
	assert_int_equal(nr_free_pages(), before);
}

static void an_object_that_was_only_read_may_be_freed(void **state)
{
	(void)state;
	/* It was free a moment ago, and nobody wrote to it since. */
	for (int round = 0; round < 3; round++) {
		fill(200);
		empty(200);
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

/* ---- What is no object ------------------------------------------------------------- */

static void the_middle_of_an_object_is_refused(void **state)
{
	(void)state;
	fill(400);
	for (unsigned int i = 0; i < 400; i += 100) {
		kmem_cache_free(cache, hidden((char *)objects[i] + 8));
		kmem_cache_free(cache, hidden((char *)objects[i] + 1));
		kfree(hidden((char *)objects[i] + 103));
	}
	assert_int_equal(slab_stats.misaligned_free, 12);
	assert_true(reported("BUG misused: Invalid object pointer", (char *)objects[0] + 8));
	empty(400);
}

static void the_rest_behind_the_last_object_is_refused(void **state)
{
	unsigned long base;

	(void)state;
	fill(1);
	base = slab_address(virt_to_head_page(objects[0]));
	assert_int_equal(cache->oo.objects, 39);
	kmem_cache_free(cache, hidden((void *)(base + 39 * 104)));
	assert_int_equal(slab_stats.misaligned_free, 1);
	empty(1);
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
	fill(100);
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
	(void)state;
	assert_int_equal(ksize(hidden((void *)0x1234)), 0);
	assert_int_equal(slab_stats.no_slab, 1);
}

static void flags_that_name_another_zone_are_reported_and_ignored(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_HIGHMEM);
	assert_int_equal(slab_stats.bad_flags, 2);
	assert_true(host_log_contains("slab: unexpected gfp flags 0x2 for misused"));
	empty(40);
}

/* ---- Memory that was overwritten ------------------------------------------------------- */

/* This CPU's free list begins with objects[2], [1], [0]. One object stays out. */
static void free_three(void)
{
	fill(4);
	empty(3);
}

static void an_overwritten_link_is_noticed_before_it_is_followed(void **state)
{
	unsigned long *link;
	void *last;

	(void)state;
	free_three();
	last = objects[2];
	link = slab_link(cache, (unsigned long)last);
	memset(link, 0x41, sizeof(*link));
	assert_int_equal(kmem_cache_verify(cache), 1);

	/* It and what came behind it are lost, nothing else. */
	fill(200);
	for (int i = 0; i < 200; i++)
		assert_ptr_not_equal(objects[i], last);
	assert_int_equal(slab_stats.bad_freelist, 1);
	assert_true(host_log_contains("BUG misused: Freepointer corrupt: the free object"));
	empty(200);
	assert_int_equal(slab_stats.bad_freelist, 1);
}

/* A circle is noticed when an object that is out comes up again. */
static void no_object_of_a_circle_is_handed_out_twice(void **state)
{
	void *first;

	(void)state;
	free_three();
	first = objects[2];
	slab_set_link(cache, (unsigned long)objects[0], (unsigned long)objects[2]);
	fill(300);
	assert_ptr_equal(objects[0], first);
	for (int i = 1; i < 300; i++)
		assert_ptr_not_equal(objects[i], first);
	assert_int_equal(slab_stats.bad_freelist, 1);
	empty(300);
}

static void any_changed_bit_of_a_link_is_noticed(void **state)
{
	unsigned long *link, good;

	(void)state;
	free_three();
	link = slab_link(cache, (unsigned long)objects[2]);
	good = *link;
	for (unsigned int bit = 0; bit < 64; bit++) {
		*link = good ^ 1UL << bit;
		/* Another object of the slab is what a link may lead to. */
		if (slab_link_ok(cache, slab_address(virt_to_head_page(link)), cache->oo.objects,
				 slab_get_link(cache, (unsigned long)objects[2])))
			continue;
		assert_int_equal(kmem_cache_verify(cache), 1);
	}
	*link = good;
}

static void a_link_to_the_middle_of_an_object_is_noticed(void **state)
{
	(void)state;
	free_three();
	slab_set_link(cache, (unsigned long)objects[2], (unsigned long)objects[1] + 8);
	assert_ptr_not_equal(kmem_cache_alloc(cache, GFP_KERNEL), objects[2]);
	assert_int_equal(slab_stats.bad_freelist, 1);
}

static void a_link_cut_short_is_noticed(void **state)
{
	(void)state;
	free_three();
	slab_set_link(cache, (unsigned long)objects[2], (unsigned long)objects[1] + 1);
	fill(2);
	assert_int_equal(slab_stats.bad_freelist, 1);
}

static void a_broken_list_given_back_by_a_cpu_is_cut(void **state)
{
	(void)state;
	fill(10);
	empty(10);
	*slab_link(cache, (unsigned long)objects[5]) ^= 1UL << 60;
	kmem_cache_shrink(cache);
	assert_int_equal(slab_stats.bad_freelist, 1);
	/* Those freed after it are still found, each once. */
	fill(5);
	empty(5);
}

static void a_circle_given_back_by_a_cpu_is_cut(void **state)
{
	(void)state;
	free_three();
	slab_set_link(cache, (unsigned long)objects[0], (unsigned long)objects[2]);
	kmem_cache_shrink(cache);
	assert_int_equal(slab_stats.bad_freelist, 1);
	/* Its objects are lost; the one that is out still has its slab. */
	assert_true(PageSlab(virt_to_head_page(objects[3])));
	kmem_cache_free(cache, objects[3]);
	assert_int_equal(kmem_cache_verify(cache), 0);
}

/* ---- Verify finds what was broken on purpose ------------------------------------------------ */

/* A slab with free objects on the node's list. */
static struct page *make_partial_slab(void)
{
	fill(39);
	for (int i = 0; i < 20; i++)
		kmem_cache_free(cache, objects[i]);
	kmem_cache_shrink(cache);
	assert_int_equal(get_node(cache, 0)->nr_partial, 1);
	assert_int_equal(kmem_cache_verify(cache), 0);
	return virt_to_head_page(objects[30]);
}

static void verify_finds_a_wrong_inuse(void **state)
{
	struct page *page = make_partial_slab();

	(void)state;
	page->slab.inuse++;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("is longer than its 19 free objects"));
	page->slab.inuse -= 2;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("has 18 objects in use of 39, but 20 free"));
	page->slab.inuse = 40;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("has 40 of 39 objects in use"));
}

static void verify_finds_a_broken_link_in_a_partial_slab(void **state)
{
	struct page *page = make_partial_slab();
	unsigned long first = slab_object(cache, slab_address(page), page->slab.freelist);
	char line[96];

	(void)state;
	*slab_link(cache, first) ^= 0x10UL << 40;
	assert_int_equal(kmem_cache_verify(cache), 1);
	snprintf(line, sizeof(line), "link in the free object 0x%lx of slab 0x%lx is broken", first,
		 slab_address(page));
	assert_true(host_log_contains(line));
}

static void verify_finds_a_circle(void **state)
{
	struct page *page = make_partial_slab();
	unsigned long first = slab_object(cache, slab_address(page), page->slab.freelist);

	(void)state;
	slab_set_link(cache, first, first);
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("is longer than its 20 free objects"));
}

static void verify_finds_a_wrong_first_object(void **state)
{
	struct page *page = make_partial_slab();

	(void)state;
	page->slab.freelist = 39;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("has the first free object 39 of 39"));
}

static void verify_finds_a_frozen_slab_on_a_nodes_list(void **state)
{
	struct page *page = make_partial_slab();

	(void)state;
	page->slab.frozen = 1;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains(" is frozen"));
}

static void verify_finds_a_slab_of_another_cache(void **state)
{
	struct page *page = make_partial_slab();

	(void)state;
	page->slab.cache_id = kmem_cache->id;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("has the cache id"));
}

static void verify_finds_wrong_counts_of_slabs(void **state)
{
	(void)state;
	make_partial_slab();
	get_node(cache, 0)->nr_partial++;
	assert_int_equal(kmem_cache_verify(cache), 1);
	get_node(cache, 0)->nr_partial -= 2;
	assert_int_equal(kmem_cache_verify(cache), 1);
	get_node(cache, 0)->nr_partial++;
	atomic_long_dec(&get_node(cache, 0)->nr_slabs);
	assert_int_equal(kmem_cache_verify(cache), 1);
	atomic_long_inc(&get_node(cache, 0)->nr_slabs);
	atomic_long_add(7, &get_node(cache, 0)->total_objects);
	assert_int_equal(kmem_cache_verify(cache), 1);
	atomic_long_add(-7, &get_node(cache, 0)->total_objects);
	assert_int_equal(kmem_cache_verify(cache), 0);
}

static void verify_finds_a_wrong_slot(void **state)
{
	struct kmem_cache_cpu *c = this_cpu_slab(cache);

	(void)state;
	fill(3);
	kmem_cache_free(cache, objects[0]);
	assert_int_equal(kmem_cache_verify(cache), 0);
	c->slot = (unsigned long)objects[0];
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("is in the slot of a CPU and on a free list"));
	c->slot = ~((unsigned long)objects[1] + 8);
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("in the slot of a CPU is no object of its slab"));
}

static void verify_finds_a_wrong_count_of_freed_objects(void **state)
{
	struct kmem_cache_cpu *c = this_cpu_slab(cache);

	(void)state;
	fill(100);
	empty(20);
	assert_ptr_equal(c->freed.page, virt_to_head_page(objects[0]));
	assert_int_equal(c->freed.nr, 20);
	assert_int_equal(kmem_cache_verify(cache), 0);
	c->freed.nr++;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("were freed by a CPU, 20 are on its list"));
	c->freed.nr--;
	c->freed.span++;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("is freed to as"));
}

static void verify_finds_a_wrong_count_of_slab_pages(void **state)
{
	(void)state;
	assert_int_equal(kmem_cache_verify_all(), 0);
	atomic_long_inc(&NODE_DATA(0)->vm_stat[NR_SLAB_UNRECLAIMABLE]);
	assert_int_equal(kmem_cache_verify_all(), 1);
	assert_true(host_log_contains("slab pages, caches and large blocks hold"));
}

#define misuse_test(f)	 cmocka_unit_test_setup_teardown(f, make_machine_and_cache, end_verified)
#define breaking_test(f) cmocka_unit_test_setup_teardown(f, make_machine_and_cache, end_broken)

int main(void)
{
	const struct CMUnitTest tests[] = {
		misuse_test(a_second_free_is_refused),
		misuse_test(a_second_free_is_found_after_other_frees),
		cmocka_unit_test_setup_teardown(a_second_free_by_another_cpu_is_refused,
						make_four_cpus, end_verified),
		cmocka_unit_test_setup_teardown(
			the_last_object_of_a_cpu_is_refused_when_another_frees_it_too,
			make_four_cpus, end_verified),
		misuse_test(a_second_kfree_is_refused),
		misuse_test(a_second_kfree_of_a_large_block_is_refused),
		misuse_test(an_object_that_was_only_read_may_be_freed),
		misuse_test(a_copy_of_a_free_object_may_be_freed),
		misuse_test(the_middle_of_an_object_is_refused),
		misuse_test(the_rest_behind_the_last_object_is_refused),
		misuse_test(an_object_of_another_cache_is_refused),
		misuse_test(kfree_takes_objects_of_any_cache),
		misuse_test(addresses_that_are_no_objects_are_refused),
		misuse_test(the_middle_of_a_large_block_is_refused),
		misuse_test(ksize_of_no_object_is_reported),
		misuse_test(flags_that_name_another_zone_are_reported_and_ignored),
		misuse_test(an_overwritten_link_is_noticed_before_it_is_followed),
		misuse_test(no_object_of_a_circle_is_handed_out_twice),
		misuse_test(any_changed_bit_of_a_link_is_noticed),
		misuse_test(a_link_to_the_middle_of_an_object_is_noticed),
		misuse_test(a_link_cut_short_is_noticed),
		misuse_test(a_broken_list_given_back_by_a_cpu_is_cut),
		breaking_test(a_circle_given_back_by_a_cpu_is_cut),
		breaking_test(verify_finds_a_wrong_inuse),
		breaking_test(verify_finds_a_broken_link_in_a_partial_slab),
		breaking_test(verify_finds_a_circle),
		breaking_test(verify_finds_a_wrong_first_object),
		breaking_test(verify_finds_a_frozen_slab_on_a_nodes_list),
		breaking_test(verify_finds_a_slab_of_another_cache),
		breaking_test(verify_finds_wrong_counts_of_slabs),
		breaking_test(verify_finds_a_wrong_slot),
		breaking_test(verify_finds_a_wrong_count_of_freed_objects),
		breaking_test(verify_finds_a_wrong_count_of_slab_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
