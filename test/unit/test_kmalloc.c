/* SPDX-License-Identifier: MIT */
/* kmalloc and its family: size classes, alignment, zeroing, large blocks, krealloc. */
#include "slab_machine.h"
#include "mm/slab.h"

#include <stdio.h>
#include <stdlib.h>

/* The compiler knows these calls' results; tests want what the program returns. */
static size_t opaque(size_t size)
{
	__asm__ volatile("" : "+r"(size));
	return size;
}

static const char *cache_name_of(const void *object)
{
	return kmem_cache_name(virt_to_page(object)->slab->cache);
}

/* ---- Size classes ------------------------------------------------------------ */

static const unsigned int classes[] = {8,   16,	 32,   64,   96,   128, 192,
				       256, 512, 1024, 2048, 4096, 8192};

static void every_size_gets_the_smallest_class_that_holds_it(void **state)
{
	unsigned int class = 0;

	(void)state;
	for (size_t size = 1; size <= 8192; size++) {
		void *object = kmalloc(opaque(size), GFP_KERNEL);

		if (size > classes[class])
			class ++;
		assert_non_null(object);
		assert_int_equal(ksize(object), classes[class]);
		assert_int_equal(kmalloc_size_roundup(size), classes[class]);
		kfree(object);
	}
	assert_int_equal(class, ARRAY_SIZE(classes) - 1);
}

static void class_names_are_linux_names(void **state)
{
	static const struct {
		size_t size;
		gfp_t flags;
		const char *name;
	} cases[] = {
		{8, 0, "kmalloc-8"},
		{65, 0, "kmalloc-96"},
		{129, 0, "kmalloc-192"},
		{1000, 0, "kmalloc-1k"},
		{8192, 0, "kmalloc-8k"},
		{100, __GFP_RECLAIMABLE, "kmalloc-rcl-128"},
		{2000, __GFP_RECLAIMABLE, "kmalloc-rcl-2k"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		void *object = kmalloc(opaque(cases[i].size), GFP_KERNEL | cases[i].flags);

		assert_string_equal(cache_name_of(object), cases[i].name);
		kfree(object);
	}
}

static void dma_objects_come_from_the_dma_zone(void **state)
{
	void *object = kmalloc(opaque(100), GFP_KERNEL | GFP_DMA);

	(void)state;
	assert_non_null(object);
	assert_string_equal(cache_name_of(object), "dma-kmalloc-128");
	assert_true(virt_to_phys(object) < SZ_16M);
	kfree(object);
}

static void powers_of_two_are_aligned_to_their_size(void **state)
{
	void *objects[64];

	(void)state;
	for (size_t size = 8; size <= SZ_128K; size *= 2) {
		for (int i = 0; i < 64; i++) {
			objects[i] = kmalloc(opaque(size), GFP_KERNEL);
			assert_non_null(objects[i]);
			assert_true(IS_ALIGNED((unsigned long)objects[i], size));
		}
		for (int i = 0; i < 64; i++)
			kfree(objects[i]);
	}
}

static void every_class_is_aligned_to_eight(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		void *a = kmalloc(opaque(classes[i] - 1), GFP_KERNEL);
		void *b = kmalloc(opaque(classes[i] - 1), GFP_KERNEL);

		assert_true(IS_ALIGNED((unsigned long)a, ARCH_KMALLOC_MINALIGN));
		assert_true(IS_ALIGNED((unsigned long)b, ARCH_KMALLOC_MINALIGN));
		kfree(a);
		kfree(b);
	}
}

static void no_bytes_give_zero_size_ptr(void **state)
{
	(void)state;
	assert_ptr_equal(kmalloc(opaque(0), GFP_KERNEL), ZERO_SIZE_PTR);
	assert_ptr_equal(kzalloc(opaque(0), GFP_KERNEL | GFP_DMA), ZERO_SIZE_PTR);
	assert_ptr_equal(kcalloc(opaque(0), 8, GFP_KERNEL), ZERO_SIZE_PTR);
	assert_int_equal(ksize(ZERO_SIZE_PTR), 0);
	assert_int_equal(ksize(NULL), 0);
	assert_int_equal(kmalloc_size_roundup(0), 0);
	kfree(ZERO_SIZE_PTR);
	kfree(NULL);
	assert_int_equal(host_log_count("BUG"), 0);
}

/* ---- Large blocks ---------------------------------------------------------------- */

static void large_sizes_come_as_whole_pages(void **state)
{
	unsigned long before = all_free_pages();
	void *object = kmalloc(opaque(8193), GFP_KERNEL);

	(void)state;
	assert_non_null(object);
	assert_true(PageKmallocLarge(virt_to_page(object)));
	assert_int_equal(ksize(object), SZ_16K);
	assert_int_equal(kmalloc_size_roundup(8193), SZ_16K);
	memset(object, 0x11, SZ_16K);
	assert_int_equal(kmem_cache_verify_all(), 0);
	kfree(object);
	assert_int_equal(all_free_pages(), before);
}

static void the_largest_block_is_kmalloc_max_size(void **state)
{
	void *object = kmalloc(opaque(KMALLOC_MAX_SIZE), GFP_KERNEL);

	(void)state;
	assert_int_equal(KMALLOC_MAX_SIZE, SZ_4M);
	assert_non_null(object);
	assert_int_equal(ksize(object), SZ_4M);
	kfree(object);
	assert_null(kmalloc(opaque(KMALLOC_MAX_SIZE + 1), GFP_KERNEL));
	assert_int_equal(host_log_count("kmalloc: 4194305 bytes asked for"), 1);
	assert_null(kmalloc(opaque(SIZE_MAX), GFP_QUIET));
}

static void large_blocks_are_counted(void **state)
{
	long before = atomic_long_read(&NODE_DATA(0)->vm_stat[NR_SLAB_UNRECLAIMABLE]);
	void *object = kmalloc(opaque(SZ_1M), GFP_KERNEL);

	(void)state;
	assert_int_equal(atomic_long_read(&NODE_DATA(0)->vm_stat[NR_SLAB_UNRECLAIMABLE]),
			 before + 256);
	kfree(object);
	assert_int_equal(atomic_long_read(&NODE_DATA(0)->vm_stat[NR_SLAB_UNRECLAIMABLE]), before);
}

/* ---- Contents ------------------------------------------------------------------------ */

static void zeroing_calls_zero_what_was_used(void **state)
{
	static const size_t sizes[] = {8, 24, 96, 500, 4096, 8192, 20000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes) * 10; i++) {
		size_t size = opaque(sizes[i % ARRAY_SIZE(sizes)]);
		u8 *object = i & 1 ? kzalloc(size, GFP_KERNEL) : kcalloc(size / 4, 4, GFP_KERNEL);

		assert_null(memchr_inv(object, 0, size));
		memset(object, 0xee, ksize(object));
		kfree(object);
	}
}

static void arrays_whose_size_overflows_are_refused(void **state)
{
	(void)state;
	assert_null(kmalloc_array(opaque(SIZE_MAX / 2), 3, GFP_KERNEL));
	assert_null(kcalloc(opaque(1UL << 32), 1UL << 32, GFP_KERNEL));
	assert_int_equal(host_log_count("kmalloc"), 0);
}

static void node_forms_take_the_node_asked_for(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		u8 *object = kzalloc_node(opaque(i % 4 ? 200 : 30000), GFP_KERNEL, i % 2);

		assert_int_equal(page_to_nid(virt_to_head_page(object)), i % 2);
		assert_null(memchr_inv(object, 0, 200));
		memset(object, 0xff, 200);
		kfree(object);
	}
}

/* ---- krealloc ---------------------------------------------------------------------------- */

static void krealloc_stays_while_the_class_is_large_enough(void **state)
{
	char *p = kmalloc(opaque(100), GFP_KERNEL);

	(void)state;
	assert_ptr_equal(krealloc(p, 128, GFP_KERNEL), p);
	assert_ptr_equal(krealloc(p, 1, GFP_KERNEL), p);
	kfree(p);
}

static void krealloc_moves_and_keeps_the_contents(void **state)
{
	u8 *p = kmalloc(opaque(100), GFP_KERNEL);

	(void)state;
	memset(p, 0x3c, 128);
	for (size_t size = 200; size <= SZ_1M; size *= 3) {
		p = krealloc(p, opaque(size), GFP_KERNEL);
		assert_non_null(p);
		assert_true(ksize(p) >= size);
		assert_null(memchr_inv(p, 0x3c, 128));
	}
	kfree(p);
}

static void krealloc_of_null_allocates_and_to_nothing_frees(void **state)
{
	void *p = krealloc(NULL, opaque(40), GFP_KERNEL);

	(void)state;
	assert_int_equal(ksize(p), 64);
	assert_ptr_equal(krealloc(p, opaque(0), GFP_KERNEL), ZERO_SIZE_PTR);
	assert_ptr_equal(krealloc(NULL, opaque(0), GFP_KERNEL), ZERO_SIZE_PTR);
	p = krealloc(ZERO_SIZE_PTR, opaque(8), GFP_KERNEL | __GFP_ZERO);
	assert_null(memchr_inv(p, 0, 8));
	kfree(p);
	assert_int_equal(host_log_count("BUG"), 0);
}

static void krealloc_that_fails_leaves_the_old_block(void **state)
{
	u8 *p = kmalloc(opaque(64), GFP_KERNEL);

	(void)state;
	memset(p, 0x42, 64);
	assert_null(krealloc(p, opaque(KMALLOC_MAX_SIZE + 1), GFP_QUIET));
	assert_int_equal(ksize(p), 64);
	assert_null(memchr_inv(p, 0x42, 64));
	kfree(p);
}

/* ---- Against a model ------------------------------------------------------------------------ */

#define MODEL_BLOCKS 1500

static struct model_block {
	u8 *block;
	size_t size;
	u8 mark;
} model[MODEL_BLOCKS];

static u32 below(u32 n)
{
	return (u32)(arch_random() >> 16) % n;
}

/* Mostly small; a large block now and then. */
static size_t random_size(void)
{
	return 1 + below(below(50) ? 1u << below(13) : SZ_64K);
}

static void check_mark(const struct model_block *m)
{
	assert_null(memchr_inv(m->block, m->mark, m->size));
}

static void mark_block(struct model_block *m)
{
	m->mark = (u8)arch_random();
	memset(m->block, m->mark, m->size);
}

static void step_block(struct model_block *m)
{
	size_t size = random_size();
	u8 *moved;

	if (!m->block) {
		m->block = kmalloc(size, GFP_QUIET | (below(8) ? 0 : __GFP_RECLAIMABLE));
		m->size = size;
		if (m->block)
			mark_block(m);
		return;
	}
	check_mark(m);
	if (below(3)) {
		kfree(m->block);
		m->block = NULL;
		return;
	}
	moved = krealloc(m->block, size, GFP_QUIET);
	if (!moved)
		return;
	assert_null(memchr_inv(moved, m->mark, min(size, m->size)));
	m->block = moved;
	m->size = size;
	mark_block(m);
}

/* What the last kmalloc() took from says nothing of what is freed next. */
static void sizes_may_be_freed_in_turns(void **state)
{
	enum { NR = 400 };
	static void *a[NR], *b[NR];

	(void)state;
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < NR; i++) {
			assert_non_null(a[i] = kmalloc(512, GFP_KERNEL));
			assert_non_null(b[i] = kmalloc(64, GFP_KERNEL));
		}
		for (unsigned int i = 0; i < NR; i++) {
			kfree(a[i]);
			kfree(b[i]);
		}
		assert_int_equal(kmem_cache_verify_all(), 0);
		/* The same with all of one last, and another size at hand. */
		for (unsigned int i = 0; i < NR; i++)
			assert_non_null(a[i] = kmalloc(512, GFP_KERNEL));
		kfree(kmalloc(64, GFP_KERNEL));
		for (unsigned int i = 0; i < NR; i++)
			kfree(a[i]);
		assert_int_equal(kmem_cache_verify_all(), 0);
	}
}

static void random_sizes_keep_every_mark(void **state)
{
	(void)state;
	host_test_seed(__func__);
	memset(model, 0, sizeof(model));
	for (unsigned int step = 0; step < 150000; step++) {
		step_block(&model[below(MODEL_BLOCKS)]);
		if (step % 20000 == 0)
			assert_int_equal(kmem_cache_verify_all(), 0);
	}
	for (unsigned int i = 0; i < MODEL_BLOCKS; i++)
		kfree(model[i].block);
	assert_int_equal(host_log_count("BUG"), 0);
}

static void all_memory_as_kmalloc_blocks_comes_back(void **state)
{
	unsigned long before = 0;

	(void)state;
	for (int round = 0; round < 2; round++) {
		void **chain = NULL, **block;
		size_t size = KMALLOC_MAX_SIZE;

		before = all_free_pages();
		while (size >= SZ_16K) {
			block = kmalloc(opaque(size), GFP_QUIET);
			if (!block) {
				size /= 2;
				continue;
			}
			*block = chain;
			chain = block;
		}
		assert_true(all_free_pages() < before / 8);
		while ((block = chain)) {
			chain = *block;
			kfree(block);
		}
	}
	assert_int_equal(all_free_pages(), before);
}

#define kmalloc_test(f)		    cmocka_unit_test_setup_teardown(f, make_machine, end_machine)
#define kmalloc_test_on(machine, f) cmocka_unit_test_setup_teardown(f, machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		kmalloc_test(every_size_gets_the_smallest_class_that_holds_it),
		kmalloc_test(class_names_are_linux_names),
		kmalloc_test(dma_objects_come_from_the_dma_zone),
		kmalloc_test(powers_of_two_are_aligned_to_their_size),
		kmalloc_test(every_class_is_aligned_to_eight),
		kmalloc_test(no_bytes_give_zero_size_ptr),
		kmalloc_test(large_sizes_come_as_whole_pages),
		kmalloc_test(the_largest_block_is_kmalloc_max_size),
		kmalloc_test(large_blocks_are_counted),
		kmalloc_test(zeroing_calls_zero_what_was_used),
		kmalloc_test(arrays_whose_size_overflows_are_refused),
		kmalloc_test_on(make_two_nodes, node_forms_take_the_node_asked_for),
		kmalloc_test(krealloc_stays_while_the_class_is_large_enough),
		kmalloc_test(krealloc_moves_and_keeps_the_contents),
		kmalloc_test(krealloc_of_null_allocates_and_to_nothing_frees),
		kmalloc_test(krealloc_that_fails_leaves_the_old_block),
		kmalloc_test(sizes_may_be_freed_in_turns),
		kmalloc_test(random_sizes_keep_every_mark),
		kmalloc_test(all_memory_as_kmalloc_blocks_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
