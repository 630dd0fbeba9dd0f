/* SPDX-License-Identifier: MIT */
/*
 * Guarded objects: what of them is caught, how it is reported, and that they do all that
 * other objects do.
 */
#define _GNU_SOURCE
#include "kfence_machine.h"

#include <linux/seq_file.h>
#include <stdio.h>

static char text[1 << 16];

static int make_guarded(void **state)
{
	(void)state;
	kfence_machine_make(1, 1, 1);
	return 0;
}

static int make_two_guarded_nodes(void **state)
{
	(void)state;
	kfence_machine_make(2, 1, 1);
	return 0;
}

static int make_sampled(void **state)
{
	(void)state;
	kfence_machine_make(1, 2, 10);
	return 0;
}

enum side { LEFT, RIGHT };

/* An object of @size bytes at that end of its page. */
static noinline u8 *object_at(enum side side, size_t size)
{
	for (int i = 0; i < 1000; i++) {
		u8 *object = kmalloc(size, GFP_KERNEL);

		assert_true(is_kfence_address(object));
		if ((offset_in_page(object) == 0) == (side == LEFT))
			return object;
		kfree(object);
	}
	fail();
	return NULL;
}

/* ---- Caught at the instruction ---------------------------------------------------------- */

static void a_read_left_of_an_object_is_caught(void **state)
{
	u8 *object = object_at(LEFT, 32);

	(void)state;
	read_byte(hidden(object - 1));
	assert_int_equal(bugs(), 1);
	assert_true(host_log_contains("BUG: KFENCE: out-of-bounds read in read_byte+0x"));
	assert_true(logged("Out-of-bounds read at 0x%016lx (1B left of kfence-#%ld):",
			   (unsigned long)object - 1, number_of(object)));
	assert_true(logged("kfence-#%ld: 0x%016lx-0x%016lx, size=32, cache=kmalloc-32",
			   number_of(object), (unsigned long)object, (unsigned long)object + 31));
	assert_true(host_log_contains("allocated by task 0 on cpu 0 at "));
	assert_true(host_log_contains(" object_at+0x"));
	kfree(object);
}

static void a_write_right_of_an_object_is_caught(void **state)
{
	u8 *object = object_at(RIGHT, 64);

	(void)state;
	write_byte(hidden(object + 64), 1);
	assert_int_equal(bugs(), 1);
	assert_true(host_log_contains("BUG: KFENCE: out-of-bounds write in write_byte+0x"));
	assert_true(logged("Out-of-bounds write at 0x%016lx (64B right of kfence-#%ld):",
			   (unsigned long)object + 64, number_of(object)));
	kfree(object);
}

static void a_guard_page_that_was_hit_is_closed_when_the_object_goes(void **state)
{
	u8 *object = object_at(RIGHT, 64);

	(void)state;
	write_byte(hidden(object + 64), 0x77);
	/* Mapped now, as execution has to go on. */
	assert_int_equal(read_byte(hidden(object + 64)), 0x77);
	assert_int_equal(bugs(), 1);
	kfree(object);
	object = object_at(RIGHT, 64);
	/* Nothing of what was written stays to be read. */
	assert_int_equal(read_byte(hidden(object + 64)), 0);
	assert_int_equal(bugs(), 2);
	kfree(object);
}

static void a_use_after_free_is_caught_with_both_callers(void **state)
{
	static const char *const access[] = {"read", "write"};
	char line[64];

	(void)state;
	for (unsigned int write = 0; write < 2; write++) {
		u8 *object = object_at(LEFT, 100);

		kfree(object);
		host_log_clear();
		if (write)
			write_byte(hidden(object + 5), 1);
		else
			read_byte(hidden(object + 5));
		assert_int_equal(bugs(), write + 1);
		snprintf(line, sizeof(line), "BUG: KFENCE: use-after-free %s in %s_byte+0x",
			 access[write], access[write]);
		assert_true(host_log_contains(line));
		assert_true(logged("Use-after-free %s at 0x%016lx (in kfence-#%ld):", access[write],
				   (unsigned long)object + 5, number_of(object)));
		assert_true(host_log_contains("\nallocated by task 0") ||
			    host_log_contains("] allocated by task 0"));
		assert_true(host_log_contains("freed by task 0 on cpu 0 at "));
		assert_true(host_log_contains(" a_use_after_free_is_caught_with_both_callers+0x"));
	}
}

static void an_access_to_no_object_is_invalid(void **state)
{
	(void)state;
	read_byte((u8 *)__kfence_pool);
	assert_true(host_log_contains("BUG: KFENCE: invalid read in read_byte+0x"));
	assert_true(logged("Invalid read at 0x%016lx:", (unsigned long)__kfence_pool));
	/* The page of an object that was never handed out. */
	write_byte((u8 *)kfence_page(&kfence_metadata[NR_OBJECTS - 1]) + 3, 1);
	assert_true(host_log_contains("BUG: KFENCE: invalid write in write_byte+0x"));
	assert_int_equal(bugs(), 2);
}

static void a_fault_elsewhere_is_not_the_pools(void **state)
{
	struct pt_regs regs = {};

	(void)state;
	assert_false(kfence_handle_page_fault((unsigned long)__kfence_pool - 1, false, &regs));
	assert_false(kfence_handle_page_fault((unsigned long)__kfence_pool + KFENCE_POOL_SIZE,
					      false, &regs));
	assert_int_equal(bugs(), 0);
}

/* ---- Caught when freed ---------------------------------------------------------------------- */

static void bytes_written_beside_an_object_are_seen_when_it_is_freed(void **state)
{
	u8 *object = object_at(LEFT, 73);

	(void)state;
	object[73] = 0xac;
	assert_int_equal(bugs(), 0);
	kfree(object);
	assert_int_equal(bugs(), 1);
	assert_true(host_log_contains("BUG: KFENCE: memory corruption in bytes_written_beside"));
	assert_true(
		logged("Corrupted memory at 0x%016lx [ 0xac . . . . . . . . . . . . . . . ] (in "
		       "kfence-#%ld):",
		       (unsigned long)object + 73, number_of(object)));
}

static void bytes_before_an_object_are_shown_up_to_it_only(void **state)
{
	u8 *object = object_at(RIGHT, 64);

	(void)state;
	object[-2] = 0;
	kfree(object);
	assert_true(logged("Corrupted memory at 0x%016lx [ 0x00 . ] (in kfence-#%ld):",
			   (unsigned long)object - 2, number_of(object)));
}

static void a_second_free_is_invalid_and_harmless(void **state)
{
	u8 *object = object_at(LEFT, 40);

	(void)state;
	kfree(object);
	kfree(hidden(object));
	assert_int_equal(bugs(), 1);
	assert_true(host_log_contains("BUG: KFENCE: invalid free in a_second_free_is_invalid"));
	assert_true(logged("Invalid free of 0x%016lx (in kfence-#%ld):", (unsigned long)object,
			   number_of(object)));
	assert_int_equal(kfence_counter(KFENCE_COUNTER_FREES),
			 kfence_counter(KFENCE_COUNTER_ALLOCS));
}

static void frees_of_what_is_no_object_are_invalid_and_harmless(void **state)
{
	u8 *object = object_at(LEFT, 40);

	(void)state;
	kfree(hidden(object + 8));
	kfree(hidden(object - PAGE_SIZE));
	kfree((void *)kfence_page(&kfence_metadata[NR_OBJECTS - 1]));
	assert_int_equal(bugs(), 3);
	assert_int_equal(host_log_count("BUG: KFENCE: invalid free in frees_of_what"), 3);
	memset(object, 1, 40);
	kfree(object);
	assert_int_equal(bugs(), 3);
}

static void a_free_to_another_cache_is_refused(void **state)
{
	struct kmem_cache *a = kmem_cache_create("a", 40, 0, SLAB_NO_MERGE, NULL);
	struct kmem_cache *b = kmem_cache_create("b", 40, 0, SLAB_NO_MERGE, NULL);
	void *object = kmem_cache_alloc(a, GFP_KERNEL);

	(void)state;
	kmem_cache_free(b, object);
	assert_int_equal(slab_stats.wrong_cache, 1);
	kmem_cache_free(a, object);
	kmem_cache_destroy(a);
	kmem_cache_destroy(b);
}

/* ---- Which allocations ------------------------------------------------------------------------ */

static unsigned int guarded_of(unsigned int nr)
{
	unsigned int guarded = 0;

	for (unsigned int i = 0; i < nr; i++) {
		void *object = kmalloc(32, GFP_KERNEL);

		guarded += is_kfence_address(object);
		kfree(object);
	}
	return guarded;
}

static void each_nth_allocation_of_a_cpu_is_guarded(void **state)
{
	(void)state;
	assert_int_equal(guarded_of(1000), 100);
	/* Seven of one CPU and seven of another are not ten. */
	guarded_of(7);
	host_set_cpu(1);
	assert_int_equal(guarded_of(9), 0);
	assert_int_equal(guarded_of(1), 1);
	host_set_cpu(0);
	assert_int_equal(guarded_of(3), 1);
}

static void an_allocator_may_ask_for_its_turn_itself(void **state)
{
	struct kmem_cache *s = make_cache("asks", 100);
	void *object = NULL;

	(void)state;
	for (int i = 0; i < 10 && !object; i++)
		object = kfence_alloc(s, 100, GFP_KERNEL | __GFP_ZERO);
	assert_true(is_kfence_address(object));
	assert_null(memchr_inv(object, 0, 100));
	assert_true(kfence_free(object));
	kmem_cache_destroy(s);
}

static void a_full_pool_leaves_allocations_to_the_slabs(void **state)
{
	void *objects[NR_OBJECTS + 20];
	unsigned int guarded = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		objects[i] = kmalloc(64, GFP_KERNEL);
		guarded += is_kfence_address(objects[i]);
	}
	assert_true(guarded <= NR_OBJECTS && guarded > 0);
	assert_int_equal(kfence_counter(KFENCE_COUNTER_ALLOCATED), NR_OBJECTS);
	assert_true(kfence_counter(KFENCE_COUNTER_SKIP_CAPACITY) >= 20);
	kfree_bulk(ARRAY_SIZE(objects), objects);
	assert_int_equal(kfence_counter(KFENCE_COUNTER_ALLOCATED), NR_OBJECTS - guarded);
}

/* Its owner keeps it; what is freed of a bad page is nobody's any more. */
static void a_bad_page_is_guarded_no_more(void **state)
{
	void *objects[NR_OBJECTS], *bad = kmalloc(64, GFP_KERNEL);
	unsigned int guarded = 0;

	(void)state;
	assert_true(is_kfence_address(bad));
	assert_int_equal(memory_failure(page_to_pfn(virt_to_page(bad)), MF_SW_SIMULATED), 0);
	kfree(bad);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		objects[i] = kmalloc(64, GFP_KERNEL);
		assert_ptr_not_equal(PTR_ALIGN_DOWN(objects[i], PAGE_SIZE),
				     PTR_ALIGN_DOWN(bad, PAGE_SIZE));
		guarded += is_kfence_address(objects[i]);
	}
	assert_true(guarded > 0 && guarded < NR_OBJECTS);
	kfree_bulk(ARRAY_SIZE(objects), objects);
}

static void what_the_pool_cannot_give_is_not_guarded(void **state)
{
	struct kmem_cache *dma = kmem_cache_create("dma", 64, 0, SLAB_CACHE_DMA, NULL);
	struct kmem_cache *skipped = kmem_cache_create("skip", 64, 0, SLAB_SKIP_KFENCE, NULL);
	struct kmem_cache *aligned = kmem_cache_create("aligned", 64, 2 * PAGE_SIZE, 0, NULL);
	void *objects[] = {
		kmalloc(PAGE_SIZE + 1, GFP_KERNEL),    kmalloc(64, GFP_KERNEL | GFP_DMA),
		kmem_cache_alloc(dma, GFP_KERNEL),     kmem_cache_alloc(skipped, GFP_KERNEL),
		kmem_cache_alloc(aligned, GFP_KERNEL),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		assert_false(is_kfence_address(objects[i]));
	kfree(objects[0]);
	kfree(objects[1]);
	kmem_cache_free(dma, objects[2]);
	kmem_cache_free(skipped, objects[3]);
	assert_true(IS_ALIGNED((unsigned long)objects[4], 2 * PAGE_SIZE));
	kmem_cache_free(aligned, objects[4]);
	kmem_cache_destroy(dma);
	kmem_cache_destroy(skipped);
	kmem_cache_destroy(aligned);
	objects[0] = kmalloc(PAGE_SIZE, GFP_KERNEL);
	assert_true(is_kfence_address(objects[0]));
	kfree(objects[0]);
}

/* A wish for a node is not kept from being guarded; who insists on another has no guard. */
static void objects_of_a_node_are_guarded_unless_it_must_be_another(void **state)
{
	int here = page_to_nid(virt_to_page(__kfence_pool)), other = 1 - here;
	struct kmem_cache *s = make_cache("nodes", 96);
	void *object;

	(void)state;
	for (int nid = 0; nid < 2; nid++) {
		object = kmalloc_node(64, GFP_KERNEL, nid);
		assert_true(is_kfence_address(object));
		kfree(object);
		object = kmem_cache_alloc_node(s, GFP_KERNEL, nid);
		assert_true(is_kfence_address(object));
		kmem_cache_free(s, object);
	}
	object = kmalloc_node(64, GFP_KERNEL | __GFP_THISNODE, here);
	assert_true(is_kfence_address(object));
	kfree(object);
	object = kmem_cache_alloc_node(s, GFP_KERNEL | __GFP_THISNODE, other);
	assert_false(is_kfence_address(object));
	assert_int_equal(page_to_nid(virt_to_page(object)), other);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

static void free_objects_are_handed_out_oldest_first(void **state)
{
	u8 *first = object_at(LEFT, 16);

	(void)state;
	kfree(first);
	for (unsigned int i = 0; kfence_counter(KFENCE_COUNTER_ALLOCATED) + i < NR_OBJECTS; i++) {
		u8 *object = kmalloc(16, GFP_KERNEL);
		bool same = number_of(object) == number_of(first);

		kfree(object);
		assert_true(!same ||
			    i + kfence_counter(KFENCE_COUNTER_ALLOCATED) + 1 == NR_OBJECTS);
	}
}

static void without_the_option_nothing_is_guarded(void **state)
{
	void *object;

	(void)state;
	kfence_init();
	object = kmalloc(64, GFP_KERNEL);
	assert_null(__kfence_pool);
	assert_false(is_kfence_address(object));
	assert_false(is_kfence_address(NULL));
	kfree(object);
}

static void a_pool_without_memory_is_said_and_no_harm(void **state)
{
	(void)state;
	kfence_sample_interval = 1;
	kfence_num_objects = KFENCE_NUM_OBJECTS_MAX;
	kfence_init();
	assert_true(host_log_contains("kfence: no memory for 65535 objects, 536870912 bytes"));
	assert_null(__kfence_pool);
	kfree(kmalloc(64, GFP_KERNEL));
	kfence_reset();
}

/* ---- As other objects ----------------------------------------------------------------------------- */

static void sizes_are_those_asked_for(void **state)
{
	u8 *object = kmalloc(65, GFP_KERNEL);

	(void)state;
	assert_int_equal(ksize(object), 65);
	memset(object, 0x5a, 65);
	/* Moves, as there is no more room. */
	object = krealloc(object, 80, GFP_KERNEL);
	assert_int_equal(ksize(object), 80);
	assert_null(memchr_inv(object, 0x5a, 65));
	assert_ptr_equal(krealloc(object, 70, GFP_KERNEL), object);
	assert_true(__check_heap_object(object, 80, true));
	assert_false(__check_heap_object(object, 81, true));
	assert_false(__check_heap_object(object + 60, 40, true));
	kfree_sensitive(object);
	assert_int_equal(bugs(), 0);
}

static void objects_are_aligned_as_their_caches_are(void **state)
{
	struct kmem_cache *cache = kmem_cache_create("aligned", 200, 128, 0, NULL);

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		size_t size = 1UL << (3 + i % 10);
		void *object = kmalloc(size, GFP_KERNEL);
		void *aligned = kmem_cache_alloc(cache, GFP_KERNEL);

		assert_true(IS_ALIGNED((unsigned long)object, size));
		assert_true(IS_ALIGNED((unsigned long)aligned, 128UL));
		kfree(object);
		kmem_cache_free(cache, aligned);
	}
	kmem_cache_destroy(cache);
}

static void zeroes_and_constructors_are_had(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3 * NR_OBJECTS; i++) {
		u8 *object = kzalloc(333, GFP_KERNEL);

		assert_null(memchr_inv(object, 0, 333));
		memset(object, 0xff, 333);
		kfree(object);
	}
	assert_int_equal(bugs(), 0);
}

static void construct(void *object)
{
	memset(object, 0x6b, 48);
}

static void constructed_objects_are_constructed(void **state)
{
	struct kmem_cache *cache = kmem_cache_create("constructed", 48, 0, 0, construct);

	(void)state;
	for (unsigned int i = 0; i < 3 * NR_OBJECTS; i++) {
		u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

		assert_null(memchr_inv(object, 0x6b, 48));
		kmem_cache_free(cache, object);
	}
	kmem_cache_destroy(cache);
}

static void bulks_hold_guarded_objects_too(void **state)
{
	struct kmem_cache *cache = kmem_cache_create("bulk", 96, 0, SLAB_NO_MERGE, NULL);
	void *objects[2 * NR_OBJECTS];

	(void)state;
	assert_int_equal(
		kmem_cache_alloc_bulk(cache, GFP_KERNEL | __GFP_ZERO, ARRAY_SIZE(objects), objects),
		ARRAY_SIZE(objects));
	assert_true(is_kfence_address(objects[0]));
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		assert_null(memchr_inv(objects[i], 0, 96));
	kmem_cache_free_bulk(cache, ARRAY_SIZE(objects), objects);
	assert_int_equal(kmem_cache_shrink(cache), 0);
	kmem_cache_destroy(cache);
	assert_int_equal(bugs(), 0);
}

static void a_typesafe_object_stays_until_the_grace_period_ends(void **state)
{
	struct kmem_cache *cache = kmem_cache_create("typesafe", 48, 0, SLAB_TYPESAFE_BY_RCU, NULL);
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	(void)state;
	object[0] = 7;
	rcu_read_lock();
	kmem_cache_free(cache, object);
	rcu_poll();
	assert_int_equal(read_byte(hidden(object)), 7);
	assert_int_equal(bugs(), 0);
	kmem_cache_free(cache, hidden(object));
	assert_int_equal(bugs(), 1);
	rcu_read_unlock();
	rcu_barrier();
	read_byte(hidden(object));
	assert_int_equal(bugs(), 2);
	kmem_cache_destroy(cache);
}

static void a_cache_with_a_guarded_object_out_is_not_destroyed(void **state)
{
	struct kmem_cache *cache = kmem_cache_create("left", 48, 0, SLAB_NO_MERGE, NULL);
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	(void)state;
	kmem_cache_destroy(cache);
	assert_true(host_log_contains("kmem_cache_destroy left: 1 guarded objects are out"));
	assert_true(host_log_contains("size=48, cache=left"));
	assert_true(host_log_contains(" a_cache_with_a_guarded_object_out_is_not_destroyed+0x"));
	kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);

	/* What is done to it after its cache is gone is reported without the cache's name. */
	host_log_clear();
	read_byte(hidden(object));
	assert_true(host_log_contains("size=48, cache=<destroyed>"));
	kfree(hidden(object));
	assert_int_equal(bugs(), 2);
}

static void freed_objects_are_cleared_where_that_is_asked_for(void **state)
{
	struct kmem_cache *cache;
	u8 *object;

	(void)state;
	init_on_free = true;
	cache = kmem_cache_create("cleared", 48, 0, SLAB_NO_MERGE, NULL);
	init_on_free = false;
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	memset(object, 0x11, 48);
	kmem_cache_free(cache, object);
	assert_int_equal(read_byte(hidden(object)), 0);
	kmem_cache_destroy(cache);
}

/* ---- Dumps and verify -------------------------------------------------------------------------------- */

static void dumps_have_linuxs_form(void **state)
{
	struct seq_text sb;
	struct seq_file m;
	u8 *object = object_at(LEFT, 24);
	char line[96];

	(void)state;
	seq_text_init(&m, &sb, text, sizeof(text));
	kfence_stats_show(&m);
	assert_non_null(strstr(text, "enabled: 1\ncurrently allocated: "));
	assert_non_null(strstr(text, "\ntotal bugs: 0\nskipped allocations (incompatible): "));
	kfence_objects_show(&m);
	snprintf(line, sizeof(line),
		 "kfence-#%ld: 0x%016lx-0x%016lx, size=24, cache=kmalloc-32\n\n", number_of(object),
		 (unsigned long)object, (unsigned long)object + 23);
	assert_non_null(strstr(text, line));
	assert_non_null(strstr(text, "---------------------------------\nkfence-#"));
	snprintf(line, sizeof(line), "kfence-#%d unused\n", NR_OBJECTS - 1);
	assert_non_null(strstr(text, line));
	kfree(object);
}

static void verify_sees_broken_records(void **state)
{
	struct kfence_metadata *meta;
	u8 *object = object_at(LEFT, 24);

	(void)state;
	meta = kfence_addr_to_metadata((unsigned long)object);
	meta->state = KFENCE_OBJECT_FREED;
	assert_int_equal(kfence_verify(), 2);
	meta->state = KFENCE_OBJECT_ALLOCATED;
	meta->addr += PAGE_SIZE;
	assert_int_equal(kfence_verify(), 1);
	meta->addr -= PAGE_SIZE;
	__ClearPageSlab(virt_to_page(object));
	assert_int_equal(kfence_verify(), 1);
	__SetPageSlab(virt_to_page(object));
	assert_int_equal(kfence_verify(), 0);
	assert_int_equal(arch_map(kfence_page(meta) + PAGE_SIZE,
				  __pa(kfence_page(meta) + PAGE_SIZE), PAGE_SIZE, ARCH_MAP_WRITE),
			 0);
	assert_int_equal(kfence_verify(), 1);
	assert_int_equal(arch_unmap(kfence_page(meta) + PAGE_SIZE, PAGE_SIZE), 0);
	kfree(object);
}

#define GUARDED(test)	    cmocka_unit_test_setup_teardown(test, make_guarded, kfence_machine_end)
#define WITH(test, machine) cmocka_unit_test_setup_teardown(test, machine, kfence_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(a_read_left_of_an_object_is_caught),
		GUARDED(a_write_right_of_an_object_is_caught),
		GUARDED(a_guard_page_that_was_hit_is_closed_when_the_object_goes),
		GUARDED(a_use_after_free_is_caught_with_both_callers),
		GUARDED(an_access_to_no_object_is_invalid),
		GUARDED(a_fault_elsewhere_is_not_the_pools),
		GUARDED(bytes_written_beside_an_object_are_seen_when_it_is_freed),
		GUARDED(bytes_before_an_object_are_shown_up_to_it_only),
		GUARDED(a_second_free_is_invalid_and_harmless),
		GUARDED(frees_of_what_is_no_object_are_invalid_and_harmless),
		GUARDED(a_free_to_another_cache_is_refused),
		WITH(each_nth_allocation_of_a_cpu_is_guarded, make_sampled),
		WITH(an_allocator_may_ask_for_its_turn_itself, make_sampled),
		GUARDED(a_full_pool_leaves_allocations_to_the_slabs),
		GUARDED(a_bad_page_is_guarded_no_more),
		GUARDED(what_the_pool_cannot_give_is_not_guarded),
		WITH(objects_of_a_node_are_guarded_unless_it_must_be_another,
		     make_two_guarded_nodes),
		GUARDED(free_objects_are_handed_out_oldest_first),
		WITH(without_the_option_nothing_is_guarded, make_machine),
		WITH(a_pool_without_memory_is_said_and_no_harm, make_machine),
		GUARDED(sizes_are_those_asked_for),
		GUARDED(objects_are_aligned_as_their_caches_are),
		GUARDED(zeroes_and_constructors_are_had),
		GUARDED(constructed_objects_are_constructed),
		GUARDED(bulks_hold_guarded_objects_too),
		GUARDED(a_typesafe_object_stays_until_the_grace_period_ends),
		GUARDED(a_cache_with_a_guarded_object_out_is_not_destroyed),
		GUARDED(freed_objects_are_cleared_where_that_is_asked_for),
		GUARDED(dumps_have_linuxs_form),
		GUARDED(verify_sees_broken_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
