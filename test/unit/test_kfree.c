/* SPDX-License-Identifier: MIT */
/*
 * kfree(): which way it goes after which habits, that each way refuses what is no object, and
 * what a CPU knows of sections.
 */
#include "slab_machine.h"
#include "mm/kfree.h"

#include <stdlib.h>

#define NR 1024

static void *objects[NR];

static struct kmem_cache_cpu *cpu_slab_64(void)
{
	return this_cpu_slab(kmalloc_caches[KMALLOC_NORMAL][6]);
}

static void allocate_and_free(size_t size, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		void *object = kmalloc(size, GFP_KERNEL);

		assert_non_null(object);
		kfree(object);
	}
}

static void take(size_t size, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		assert_non_null(objects[i] = kmalloc(size, GFP_KERNEL));
}

static void give(unsigned int from, unsigned int to)
{
	for (; from < to; from++)
		kfree(objects[from]);
}

/* ---- Ways ---------------------------------------------------------------------------- */

static bool goes(void (*way)(const void *), const struct kmem_cache_cpu *c)
{
	return this_cpu_ptr(&kfree_way)->free == way && this_cpu_ptr(&kfree_way)->c == c;
}

/* Each leads to a way, with objects[] taken of kmalloc(64). */
static void free_at_random(void)
{
	take(64, NR);
	for (unsigned int i = 0; i < NR; i += 5)
		kfree(objects[i]);
	for (unsigned int i = 0; i < NR; i += 5)
		objects[i] = kmalloc(64, GFP_KERNEL);
	assert_true(goes(kfree_rest, NULL));
}

static void free_the_last(void)
{
	allocate_and_free(64, 1000);
	take(64, NR);
	allocate_and_free(64, 1000);
	assert_true(goes(kfree_last, cpu_slab_64()));
}

static void free_slab_by_slab(void)
{
	/* What other habits left at hand is no slab's. */
	kmem_cache_shrink(kmalloc_caches[KMALLOC_NORMAL][6]);
	take(64, NR);
	give(0, NR);
	take(64, NR);
	give(0, NR - 100);
	for (unsigned int i = 0; i < NR - 100; i++)
		objects[i] = NULL;
	assert_true(goes(kfree_to_window, cpu_slab_64()));
}

static void pairs_lead_to_the_object_allocated_last(void **state)
{
	struct kmem_cache_cpu *c = cpu_slab_64();
	unsigned long stashed;
	void *object;

	(void)state;
	free_the_last();
	object = kmalloc(64, GFP_KERNEL);
	stashed = slab_nr_stashed(c);
	kfree(object);
	assert_int_equal(slab_nr_stashed(c), stashed + 1);
	give(0, NR);
}

static void frees_slab_by_slab_lead_to_the_window(void **state)
{
	struct kmem_cache_cpu *c = cpu_slab_64();
	unsigned long freed;

	(void)state;
	free_slab_by_slab();
	freed = c->freed.nr;
	assert_int_not_equal(freed, c->freed.objects);
	kfree(objects[NR - 100]);
	assert_int_equal(c->freed.nr, freed + 1);
	/* An allocation for which there is nothing else ends that. */
	take(64, NR - 99);
	assert_true(goes(kfree_rest, NULL));
	give(0, NR);
}

static void other_habits_lead_back(void **state)
{
	(void)state;
	free_the_last();
	give(0, NR);
	free_at_random();
	give(0, NR);
	assert_int_equal(kmem_cache_verify_all(), 0);
}

static void caches_that_may_go_lead_nowhere(void **state)
{
	struct kmem_cache *s = kmem_cache_create("goes", 64, 0, SLAB_NO_MERGE, NULL);

	(void)state;
	for (int i = 0; i < 1000; i++)
		kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
	fill(s, objects, NR);
	empty(s, objects, NR);
	fill(s, objects, NR);
	empty(s, objects, NR / 2);
	assert_true(goes(kfree_rest, NULL));
	empty(s, objects + NR / 2, NR / 2);
	kmem_cache_destroy(s);
}

/* The compiler would see through the misuse. */
static void *hidden(const void *p, long bytes)
{
	unsigned long addr = (unsigned long)p + (unsigned long)bytes;

	__asm__ volatile("" : "+r"(addr));
	return (void *)addr;
}

static void all_ways_refuse_what_is_no_object(void **state)
{
	static void (*const prepare[])(void) = {free_at_random, free_the_last, free_slab_by_slab};

	(void)state;
	for (unsigned long i = 0; i < ARRAY_SIZE(prepare); i++) {
		void *last, *other;

		prepare[i]();
		last = kmalloc(64, GFP_KERNEL);
		other = kmalloc(96, GFP_KERNEL);
		kfree(hidden(last, 8));
		kfree(hidden(objects[NR - 1], 32));
		kfree(hidden(other, 64));
		assert_int_equal(slab_stats.misaligned_free, 3 * (i + 1));
		kfree(hidden(&last, 0));
		assert_int_equal(slab_stats.no_slab, i + 1);
		kfree(NULL);
		kfree(ZERO_SIZE_PTR);
		kfree(last);
		kfree(hidden(last, 0));
		kfree(hidden(last, 0));
		kfree(objects[NR - 1]);
		kfree(hidden(objects[NR - 1], 0));
		kfree(other);
		kfree(hidden(other, 0));
		assert_int_equal(slab_stats.double_free, 4 * (i + 1));
		assert_int_equal(kmem_cache_verify_all(), 0);
		give(0, NR - 1);
	}
}

/* ---- Sections -------------------------------------------------------------------------- */

#define SECTION (1UL << SECTION_SIZE_BITS)

static int make_two_sections(void **state)
{
	(void)state;
	nr_cpu_ids = 2;
	slab_machine_make(5 * SECTION, 1);
	/* Who looks for page structs finds those of sections that are in use. */
	for (int i = 0; i < 150; i++)
		if (!alloc_pages(GFP_KERNEL, 10))
			return -1;
	return 0;
}

static void a_cpu_knows_sections_side_by_side(void **state)
{
	struct slab_span *known = this_cpu_ptr(&slab_known);
	unsigned long base = PAGE_OFFSET;

	(void)state;
	known->bytes = 0;
	assert_true(slab_check_section(base + 2 * SECTION + 123));
	assert_int_equal(known->start, base + 2 * SECTION);
	assert_int_equal(known->bytes, SECTION);
	assert_true(slab_check_section(base + 4 * SECTION - 1));
	assert_int_equal(known->bytes, 2 * SECTION);
	assert_true(slab_check_section(base + SECTION + 5));
	assert_int_equal(known->start, base + SECTION);
	assert_int_equal(known->bytes, 3 * SECTION);
	for (unsigned long at = base + SECTION; at < base + 4 * SECTION; at += SECTION / 8) {
		assert_true(slab_span_has(slab_known, at + 77));
		assert_ptr_equal(slab_span_page(slab_known, at + 77), virt_to_page((void *)at));
	}
	assert_false(slab_span_has(slab_known, base + SECTION - 1));
	assert_false(slab_span_has(slab_known, base + 4 * SECTION));
	/* Nothing is known of what is no RAM, and it changes nothing. */
	assert_false(slab_check_section(base + 16 * SECTION));
	assert_false(slab_check_section(0));
	assert_int_equal(known->bytes, 3 * SECTION);
	/* What is not beside them takes their place. */
	known->start += 2 * SECTION;
	known->bytes = SECTION;
	assert_true(slab_check_section(base + SECTION));
	assert_int_equal(known->start, base + SECTION);
	assert_int_equal(known->bytes, SECTION);
}

static void each_cpu_knows_its_own_sections(void **state)
{
	void *object = kmalloc(64, GFP_KERNEL);

	(void)state;
	kfree(object);
	assert_int_not_equal(this_cpu_ptr(&slab_known)->bytes, 0);
	host_set_cpu(1);
	assert_int_equal(this_cpu_ptr(&slab_known)->bytes, 0);
	kfree(kmalloc(64, GFP_KERNEL));
	assert_int_equal(this_cpu_ptr(&slab_known)->bytes, SECTION);
	host_set_cpu(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		slab_test(pairs_lead_to_the_object_allocated_last),
		slab_test(frees_slab_by_slab_lead_to_the_window),
		slab_test(other_habits_lead_back),
		slab_test(caches_that_may_go_lead_nowhere),
		slab_test(all_ways_refuse_what_is_no_object),
		slab_test_on(make_two_sections, a_cpu_knows_sections_side_by_side),
		slab_test_on(make_two_sections, each_cpu_knows_its_own_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
