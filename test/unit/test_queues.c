/* SPDX-License-Identifier: MIT */
/* Queues in rings, heaps in arrays, radix trees, divisors: what drivers keep things in. */
#include "slab_machine.h"

#include <linux/errno.h>
#include <linux/gcd.h>
#include <linux/kfifo.h>
#include <linux/lcm.h>
#include <linux/min_heap.h>
#include <linux/radix-tree.h>
#include <linux/scatterlist.h>
#include <linux/jiffies.h>
#include <linux/string.h>
#include <linux/swab.h>
#include <linux/util_macros.h>
#include <pthread.h>
#include <stdlib.h>

static int machine(void **state)
{
	(void)state;
	slab_machine_make(SZ_64M, 1);
	xarray_init();
	return 0;
}

/* ---- Numbers ------------------------------------------------------------------------------ */

static void divisors_and_multiples_are_the_greatest_and_the_least(void **state)
{
	(void)state;
	assert_int_equal(gcd(12, 18), 6);
	assert_int_equal(gcd(18, 12), 6);
	assert_int_equal(gcd(17, 13), 1);
	assert_int_equal(gcd(0, 7), 7);
	assert_int_equal(gcd(7, 0), 7);
	assert_int_equal(gcd(0, 0), 0);
	assert_true(gcd(1UL << 63, 3UL << 62) == 1UL << 62);
	assert_int_equal(lcm(4, 6), 12);
	assert_int_equal(lcm(0, 6), 0);
	assert_int_equal(lcm_not_zero(0, 6), 6);
	assert_int_equal(lcm_not_zero(6, 0), 6);
	assert_int_equal(lcm_not_zero(4, 6), 12);
	assert_true(lcm(1UL << 63, 1UL << 62) == 1UL << 63);
}

static void copies_of_text_follow_each_other(void **state)
{
	static const char *const words[] = {"one", "", "two"};
	char text[8], *end = text;

	(void)state;
	for (int i = 0; i < 3; i++)
		end = stpcpy(end, words[i]);
	assert_string_equal(text, "onetwo");
	assert_ptr_equal(end, text + 6);
}

static void the_nearest_number_is_found(void **state)
{
	static const int up[] = {10, 20, 40, 80}, down[] = {80, 40, 20, 10};
	static const int places[][3] = {{-5, 0, 3}, {15, 0, 2}, {16, 1, 2}, {29, 1, 2},
					{31, 2, 1}, {60, 2, 0}, {61, 3, 0}, {999, 3, 0}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		assert_int_equal(find_closest(places[i][0], up, 4), places[i][1]);
		assert_int_equal(find_closest_descending(places[i][0], down, 4), places[i][2]);
	}
	assert_true(is_insidevar(&up[3], up) && !is_insidevar(&up[4], up));
}

static void halves_and_bytes_are_exchanged_in_place(void **state)
{
	u32 word = 0x11223344;
	u64 words[2] = {0x1122334455667788, 1};

	(void)state;
	swahw32s(&word);
	assert_int_equal(word, 0x33441122);
	swahb32s(&word);
	assert_int_equal(word, 0x44332211);
	assert_int_equal(swahw32p(&word), 0x22114433);
	assert_int_equal(swahb32p(&word), 0x33441122);
	swab64_array(words, 2);
	assert_true(words[0] == 0x8877665544332211 && words[1] == 1ULL << 56);
}

static void times_of_64_bits_are_compared_around_their_end(void **state)
{
	u64 before = ~0ULL - 5, after = 5;

	(void)state;
	assert_true(time_after64(after, before) && time_before64(before, after));
	assert_true(time_after_eq64(after, after) && !time_after64(after, after));
	assert_true(time_in_range64(after, before, after) &&
		    !time_in_range64(before, after, after));
	assert_int_equal(nsecs_to_jiffies64(jiffies64_to_nsecs(7)), 7);
	assert_int_equal(jiffies64_to_msecs(7), 7 * 1000 / HZ);
	assert_int_equal(jiffies_delta_to_msecs(-3), 0);
	assert_int_equal(jiffies_delta_to_msecs(3), 3 * 1000 / HZ);
}

/* ---- Heaps --------------------------------------------------------------------------------- */

static bool int_less(const void *lhs, const void *rhs)
{
	return *(const int *)lhs < *(const int *)rhs;
}

static void int_swp(void *lhs, void *rhs)
{
	int was = *(int *)lhs;

	*(int *)lhs = *(int *)rhs;
	*(int *)rhs = was;
}

static const struct min_heap_callbacks ints = {sizeof(int), int_less, int_swp};

/* Takes all out, which come in order. */
static void assert_ascending(struct min_heap *heap)
{
	const int *first = heap->data;

	for (int last = first[0]; heap->nr; min_heap_pop(heap, &ints)) {
		assert_true(last <= first[0]);
		last = first[0];
	}
}

static void the_least_of_a_heap_comes_first(void **state)
{
	int data[100], extra = 50;
	struct min_heap heap = {data, 0, 100};

	(void)state;
	for (int i = 0; i < 100; i++) {
		int value = i * 37 % 101;

		min_heap_push(&heap, &value, &ints);
	}
	assert_int_equal(heap.nr, 100);
	assert_int_equal(data[0], 0);
	min_heap_push(&heap, &extra, &ints);
	assert_int_equal(heap.nr, 100);
	extra = 200;
	min_heap_pop_push(&heap, &extra, &ints);
	assert_int_equal(data[0], 1);
	assert_ascending(&heap);
	min_heap_pop(&heap, &ints);
	min_heap_pop_push(&heap, &extra, &ints);
	assert_int_equal(heap.nr, 0);
}

static void elements_in_any_order_become_a_heap(void **state)
{
	int data[64];
	struct min_heap heap = {data, 0, 64};

	(void)state;
	for (int nr = 0; nr <= 64; nr++) {
		for (int i = 0; i < nr; i++)
			data[i] = (nr - i) * 29 % 67;
		heap.nr = nr;
		min_heapify_all(&heap, &ints);
		assert_ascending(&heap);
	}
}

/* ---- Queues -------------------------------------------------------------------------------- */

struct event {
	u32 number;
	char kind[3];
};

static void elements_come_out_as_they_went_in(void **state)
{
	DECLARE_KFIFO(fifo, struct event, 8);
	struct event out, many[8];
	u32 put = 0, taken = 0;

	(void)state;
	INIT_KFIFO(fifo);
	assert_int_equal(kfifo_size(&fifo), 8);
	assert_int_equal(kfifo_esize(&fifo), sizeof(struct event));
	assert_int_equal(kfifo_get(&fifo, &out), 0);
	assert_int_equal(kfifo_peek_len(&fifo), 0);
	for (int round = 0; round < 50; round++) {
		while (kfifo_put(&fifo, ((struct event){put, "ab"})))
			put++;
		assert_true(kfifo_is_full(&fifo) && kfifo_avail(&fifo) == 0);
		assert_int_equal(kfifo_peek(&fifo, &out), 1);
		assert_int_equal(out.number, taken);
		/* Over the ring's end. */
		assert_int_equal(kfifo_out(&fifo, many, 5), 5);
		for (int i = 0; i < 5; i++)
			assert_int_equal(many[i].number, taken++);
		assert_int_equal(kfifo_in(&fifo, many, 0), 0);
		kfifo_skip(&fifo);
		taken++;
		assert_int_equal(kfifo_len(&fifo), 2);
	}
	kfifo_reset_out(&fifo);
	assert_true(kfifo_is_empty(&fifo));
	kfifo_skip(&fifo);
	assert_true(kfifo_is_empty(&fifo));
	kfifo_reset(&fifo);
	assert_int_equal(kfifo_in(&fifo, many, 8), 8);
	assert_int_equal(kfifo_in(&fifo, many, 8), 0);
}

static void places_are_a_power_of_two(void **state)
{
	DECLARE_KFIFO_PTR(fifo, u32);
	struct kfifo bytes;
	u32 memory[7], value = 0;
	char text[16];

	(void)state;
	INIT_KFIFO(fifo);
	assert_false(kfifo_initialized(&fifo));
	assert_int_equal(kfifo_put(&fifo, 1), 0);
	assert_int_equal(kfifo_alloc(&fifo, 1, GFP_KERNEL), -EINVAL);
	assert_int_equal(kfifo_alloc(&fifo, 1U << 31, GFP_KERNEL | __GFP_NOWARN), -ENOMEM);
	assert_int_equal(kfifo_alloc(&fifo, (1U << 31) + 1, GFP_KERNEL), -EINVAL);
	assert_int_equal(kfifo_in(&fifo, "a", 1), 0);
	assert_int_equal(kfifo_alloc(&fifo, 100, GFP_KERNEL), 0);
	assert_true(kfifo_initialized(&fifo));
	assert_int_equal(kfifo_size(&fifo), 128);
	assert_int_equal(ksize(fifo.kfifo.data), 512);
	kfifo_free(&fifo);
	assert_false(kfifo_initialized(&fifo));
	assert_int_equal(kfifo_init(&fifo, memory, 7), -EINVAL);
	assert_int_equal(kfifo_init(&fifo, memory, sizeof(memory)), 0);
	assert_int_equal(kfifo_size(&fifo), 4);
	for (u32 i = 0; i < 7; i++)
		assert_int_equal(kfifo_put(&fifo, i), i < 4);
	assert_int_equal(kfifo_get(&fifo, &value), 1);
	assert_int_equal(kfifo_get(&fifo, &value), 1);
	assert_int_equal(value, 1);
	assert_int_equal(kfifo_alloc(&bytes, 16, GFP_KERNEL), 0);
	assert_int_equal(kfifo_in(&bytes, "eleven", 7), 7);
	assert_int_equal(kfifo_out(&bytes, text, 16), 7);
	assert_string_equal(text, "eleven");
	kfifo_free(&bytes);
}

#define MESSAGES 200000u

static DECLARE_KFIFO(channel, u32, 64);

static void *put_all(void *unused)
{
	(void)unused;
	for (u32 i = 0; i < MESSAGES;)
		i += kfifo_put(&channel, i);
	return NULL;
}

static void one_puts_and_one_takes_without_a_lock(void **state)
{
	pthread_t thread;
	u32 next = 0;

	(void)state;
	INIT_KFIFO(channel);
	assert_int_equal(pthread_create(&thread, NULL, put_all, NULL), 0);
	while (next < MESSAGES) {
		u32 some[16];
		unsigned int n = kfifo_out(&channel, some, 16);

		for (unsigned int i = 0; i < n; i++)
			assert_int_equal(some[i], next++);
	}
	pthread_join(thread, NULL);
	assert_true(kfifo_is_empty(&channel));
}

static void a_queue_of_many_has_a_lock(void **state)
{
	DEFINE_SPINLOCK(lock);
	DECLARE_KFIFO(fifo, u32, 4);
	u32 some[4] = {1, 2, 3, 4};

	(void)state;
	INIT_KFIFO(fifo);
	assert_int_equal(kfifo_in_spinlocked(&fifo, some, 3, &lock), 3);
	assert_int_equal(kfifo_in_spinlocked_noirqsave(&fifo, some, 3, &lock), 1);
	assert_false(kfifo_is_empty_spinlocked(&fifo, &lock));
	assert_int_equal(kfifo_out_spinlocked(&fifo, some, 1, &lock), 1);
	assert_int_equal(kfifo_out_spinlocked_noirqsave(&fifo, some, 4, &lock), 3);
	assert_int_equal(some[2], 1);
	assert_false(spin_is_locked(&lock));
}

/* ---- Records ----------------------------------------------------------------------------------- */

static DEFINE_KFIFO(defined, u16, 4);

static void a_queue_may_be_defined_ready(void **state)
{
	u16 value;

	(void)state;
	assert_int_equal(kfifo_size(&defined), 4);
	assert_int_equal(kfifo_put(&defined, 7), 1);
	assert_int_equal(kfifo_put(&defined, 8), 1);
	assert_int_equal(kfifo_recsize(&defined), 0);
	assert_int_equal(kfifo_peek_len(&defined), 2 * sizeof(u16));
	assert_true(kfifo_get(&defined, &value) && value == 7);
	kfifo_reset(&defined);
}

static void records_are_taken_as_a_whole(void **state)
{
	STRUCT_KFIFO_REC_1(16) fifo;
	char text[16] = "";

	(void)state;
	INIT_KFIFO(fifo);
	assert_int_equal(kfifo_recsize(&fifo), 1);
	assert_int_equal(kfifo_avail(&fifo), 15);
	assert_int_equal(kfifo_peek_len(&fifo), 0);
	/* Round the ring's end at every place. */
	for (int round = 0; round < 40; round++) {
		assert_int_equal(kfifo_in(&fifo, "three", 6), 6);
		assert_int_equal(kfifo_in(&fifo, "six", 4), 4);
		assert_int_equal(kfifo_len(&fifo), 12);
		assert_int_equal(kfifo_avail(&fifo), 3);
		assert_int_equal(kfifo_in(&fifo, "more", 4), 0);
		assert_int_equal(kfifo_peek_len(&fifo), 6);
		assert_int_equal(kfifo_out_peek(&fifo, text, 16), 6);
		assert_string_equal(text, "three");
		/* What does not fit is lost. */
		assert_int_equal(kfifo_out(&fifo, text, 2), 2);
		assert_int_equal(kfifo_out(&fifo, text, 16), 4);
		assert_string_equal(text, "six");
		assert_int_equal(kfifo_out(&fifo, text, 16), 0);
		assert_int_equal(kfifo_put(&fifo, 'x'), 1);
		kfifo_skip(&fifo);
		kfifo_skip(&fifo);
		assert_true(kfifo_is_empty(&fifo));
	}
	assert_int_equal(kfifo_in(&fifo, text, 15), 15);
	assert_true(kfifo_is_full(&fifo));
	assert_int_equal(kfifo_avail(&fifo), 0);
}

static void a_length_has_one_byte_or_two(void **state)
{
	struct kfifo_rec_ptr_1 one;
	struct kfifo_rec_ptr_2 two;
	static u8 bytes[1000], back[1000];

	(void)state;
	assert_int_equal(kfifo_in(&(struct kfifo_rec_ptr_1){}, bytes, 1), 0);
	assert_int_equal(kfifo_alloc(&one, 1024, GFP_KERNEL), 0);
	assert_int_equal(kfifo_alloc(&two, 1024, GFP_KERNEL), 0);
	memset(bytes, 0x5a, sizeof(bytes));
	assert_int_equal(kfifo_avail(&one), 255);
	assert_int_equal(kfifo_in(&one, bytes, 256), 0);
	assert_int_equal(kfifo_in(&one, bytes, 255), 255);
	assert_int_equal(kfifo_avail(&two), 1022);
	assert_int_equal(kfifo_in(&two, bytes, 1000), 1000);
	assert_int_equal(kfifo_peek_len(&two), 1000);
	assert_int_equal(kfifo_avail(&two), 20);
	assert_int_equal(kfifo_out(&two, back, 1000), 1000);
	assert_memory_equal(back, bytes, 1000);
	kfifo_free(&one);
	kfifo_free(&two);
}

static void devices_put_and_take_themselves(void **state)
{
	struct kfifo_rec_ptr_2 records;
	struct scatterlist sg[3];
	struct kfifo fifo;
	char text[16];

	(void)state;
	sg_init_table(sg, 3);
	assert_int_equal(kfifo_alloc(&fifo, 16, GFP_KERNEL), 0);
	assert_int_equal(kfifo_dma_out_prepare(&fifo, sg, 3, 16), 0);
	assert_int_equal(kfifo_dma_in_prepare(&fifo, sg, 3, 100), 1);
	assert_int_equal(sg[0].length, 16);
	memcpy(sg_virt(&sg[0]), "0123456789", 10);
	kfifo_dma_in_finish(&fifo, 10);
	assert_int_equal(kfifo_out(&fifo, text, 8), 8);
	/* Free places are on both sides of the ring's end. */
	assert_int_equal(kfifo_dma_in_prepare(&fifo, sg, 3, 12), 2);
	assert_int_equal(sg[0].length, 6);
	assert_int_equal(sg[1].length, 6);
	assert_ptr_equal(sg_virt(&sg[0]), (char *)fifo.kfifo.data + 10);
	assert_ptr_equal(sg_virt(&sg[1]), fifo.kfifo.data);
	assert_int_equal(kfifo_dma_in_prepare(&fifo, sg, 1, 12), 1);
	assert_int_equal(kfifo_dma_in_prepare(&fifo, sg, 0, 12), 0);
	assert_int_equal(kfifo_dma_out_prepare(&fifo, sg, 3, 16), 1);
	assert_memory_equal(sg_virt(&sg[0]), "89", 2);
	kfifo_dma_out_finish(&fifo, 2);
	assert_true(kfifo_is_empty(&fifo));
	kfifo_free(&fifo);

	assert_int_equal(kfifo_alloc(&records, 16, GFP_KERNEL), 0);
	assert_int_equal(kfifo_dma_in_prepare(&records, sg, 3, 15), 0);
	assert_int_equal(kfifo_dma_in_prepare(&records, sg, 3, 5), 1);
	memcpy(sg_virt(&sg[0]), "five", 5);
	kfifo_dma_in_finish(&records, 5);
	assert_int_equal(kfifo_peek_len(&records), 5);
	assert_int_equal(kfifo_dma_out_prepare(&records, sg, 3, 16), 1);
	assert_int_equal(sg[0].length, 5);
	assert_string_equal(sg_virt(&sg[0]), "five");
	kfifo_dma_out_finish(&records, 5);
	assert_true(kfifo_is_empty(&records));
	kfifo_free(&records);
}

/* ---- Radix trees ----------------------------------------------------------------------------- */

static int items[200];

static void items_are_found_by_index_and_by_tag(void **state)
{
	RADIX_TREE(tree, GFP_KERNEL);
	void *found[10];
	void __rcu **slots[10];

	(void)state;
	assert_true(radix_tree_empty(&tree));
	assert_int_equal(radix_tree_preload(GFP_KERNEL), 0);
	for (unsigned long i = 0; i < 200; i++)
		assert_int_equal(radix_tree_insert(&tree, i * i, &items[i]), 0);
	radix_tree_preload_end();
	assert_int_equal(radix_tree_insert(&tree, 9, &items[0]), -EEXIST);
	assert_ptr_equal(radix_tree_lookup(&tree, 25), &items[5]);
	assert_null(radix_tree_lookup(&tree, 26));
	assert_null(radix_tree_lookup_slot(&tree, 26));
	assert_null(radix_tree_lookup_slot(&tree, ULONG_MAX));
	assert_int_equal(radix_tree_gang_lookup(&tree, found, 26, 10), 10);
	assert_ptr_equal(found[0], &items[6]);
	assert_false(radix_tree_tagged(&tree, 1));
	for (unsigned long i = 0; i < 200; i += 50)
		assert_ptr_equal(radix_tree_tag_set(&tree, i * i, 1), &items[i]);
	assert_null(radix_tree_tag_set(&tree, 26, 1));
	assert_true(radix_tree_tag_get(&tree, 2500, 1) && !radix_tree_tag_get(&tree, 2500, 0));
	assert_int_equal(radix_tree_gang_lookup_tag(&tree, found, 1, 10, 1), 3);
	assert_ptr_equal(found[2], &items[150]);
	assert_int_equal(radix_tree_gang_lookup_tag_slot(&tree, slots, 0, 2, 1), 2);
	assert_ptr_equal(radix_tree_deref_slot(slots[1]), &items[50]);
	radix_tree_replace_slot(&tree, slots[1], &items[51]);
	assert_ptr_equal(radix_tree_lookup(&tree, 2500), &items[51]);
	assert_true(radix_tree_tag_get(&tree, 2500, 1));
	radix_tree_replace_slot(&tree, slots[1], NULL);
	assert_ptr_equal(radix_tree_tag_clear(&tree, 2500, 1), &items[51]);
	assert_null(radix_tree_delete_item(&tree, 2500, &items[50]));
	assert_ptr_equal(radix_tree_delete_item(&tree, 2500, &items[51]), &items[51]);
	assert_int_equal(xa_verify(&tree, "tree"), 0);
	for (unsigned long i = 0; i < 200; i++)
		assert_ptr_equal(radix_tree_delete(&tree, i * i), i == 50 ? NULL : &items[i]);
	assert_true(radix_tree_empty(&tree));
}

/*
 *  index  3  4  5  ...  100  ...  ULONG_MAX
 *         x  x  x        x          x
 */
static void walks_meet_each_item_once(void **state)
{
	static const unsigned long index[] = {3, 4, 5, 100, ULONG_MAX};
	struct radix_tree_root tree;
	struct radix_tree_iter iter;
	void __rcu **slot;
	int met = 0, retries = 0;

	(void)state;
	INIT_RADIX_TREE(&tree, GFP_NOWAIT);
	for (int i = 0; i < 5; i++)
		assert_int_equal(radix_tree_insert(&tree, index[i], &items[i]), 0);
	radix_tree_for_each_slot(slot, &tree, &iter, 0)
	{
		assert_int_equal(iter.index, index[met]);
		assert_ptr_equal(radix_tree_deref_slot(slot), &items[met]);
		if (met == 1 && !retries++) {
			slot = radix_tree_iter_retry(&iter);
			continue;
		}
		slot = radix_tree_iter_resume(slot, &iter);
		met++;
	}
	assert_int_equal(met, 5);
	met = 0;
	radix_tree_for_each_contig(slot, &tree, &iter, 3) met++;
	assert_int_equal(met, 3);
	radix_tree_tag_set(&tree, 4, 0);
	radix_tree_tag_set(&tree, 100, 0);
	radix_tree_for_each_tagged(slot, &tree, &iter, 0, 0)
	{
		radix_tree_iter_tag_clear(&tree, &iter, 0);
		radix_tree_iter_replace(&tree, &iter, slot, &items[9]);
	}
	assert_false(radix_tree_tagged(&tree, 0));
	assert_ptr_equal(radix_tree_lookup(&tree, 100), &items[9]);
	radix_tree_for_each_slot(slot, &tree, &iter, 0) radix_tree_iter_delete(&tree, &iter, slot);
	assert_true(radix_tree_empty(&tree));
}

/*
 *  index  0  62  63  64  65  ...  5000  ...  ULONG_MAX     62 to 65: over a node's end
 *         x   x   x   x   x          x           x
 *  tag 2          x   x                          x
 *
 * A walk as a user writes it that wants more than the macros do.
 */
static void walks_go_by_chunks_and_slots(void **state)
{
	static const unsigned long index[] = {0, 62, 63, 64, 65, 5000, ULONG_MAX};
	unsigned int flags = RADIX_TREE_ITER_TAGGED | 2;
	RADIX_TREE(tree, GFP_KERNEL);
	struct radix_tree_iter iter;
	void __rcu **slot;
	int met = 0;

	(void)state;
	for (int i = 0; i < 7; i++)
		assert_int_equal(radix_tree_insert(&tree, index[i], &items[i]), 0);
	slot = radix_tree_iter_init(&iter, 0);
	assert_null(slot);
	while ((slot = radix_tree_next_chunk(&tree, &iter, 0))) {
		for (; slot; slot = radix_tree_next_slot(slot, &iter, 0), met++) {
			assert_int_equal(iter.index, index[met]);
			assert_ptr_equal(radix_tree_deref_slot(slot), &items[met]);
			assert_true(radix_tree_chunk_size(&iter) >= 1);
		}
	}
	assert_int_equal(met, 7);
	/* Behind the last index there is nothing, however often one asks. */
	assert_null(radix_tree_next_chunk(&tree, &iter, 0));
	slot = radix_tree_iter_resume(slot, &iter);
	assert_null(radix_tree_next_chunk(&tree, &iter, 0));
	met = 0;
	for (slot = radix_tree_iter_init(&iter, 62);
	     slot || (slot = radix_tree_next_chunk(&tree, &iter, RADIX_TREE_ITER_CONTIG));
	     slot = radix_tree_next_slot(slot, &iter, RADIX_TREE_ITER_CONTIG))
		met++;
	assert_int_equal(met, 4);
	radix_tree_tag_set(&tree, 63, 2);
	radix_tree_tag_set(&tree, 64, 2);
	radix_tree_tag_set(&tree, ULONG_MAX, 2);
	met = 0;
	for (slot = radix_tree_iter_init(&iter, 1);
	     slot || (slot = radix_tree_next_chunk(&tree, &iter, flags));
	     slot = radix_tree_next_slot(slot, &iter, flags))
		met += radix_tree_deref_slot(slot) == &items[met == 2 ? 6 : met + 2];
	assert_int_equal(met, 3);
	radix_tree_iter_init(&iter, 63);
	flags |= RADIX_TREE_ITER_CONTIG;
	assert_non_null(radix_tree_next_chunk(&tree, &iter, flags));
	assert_non_null(radix_tree_next_chunk(&tree, &iter, flags));
	assert_null(radix_tree_next_chunk(&tree, &iter, flags));
	for (int i = 0; i < 7; i++)
		radix_tree_delete(&tree, index[i]);
	assert_true(radix_tree_empty(&tree));
	assert_null(radix_tree_next_chunk(&tree, &iter, 0));
}

static void an_iterator_goes_to_one_index(void **state)
{
	RADIX_TREE(tree, GFP_KERNEL);
	struct radix_tree_iter iter;
	void __rcu **slot;

	(void)state;
	assert_null(radix_tree_iter_lookup(&tree, &iter, 7));
	assert_int_equal(radix_tree_insert(&tree, 7, &items[0]), 0);
	assert_int_equal(radix_tree_insert(&tree, 8, xa_mk_value(5)), 0);
	assert_null(radix_tree_iter_lookup(&tree, &iter, 6));
	slot = radix_tree_iter_lookup(&tree, &iter, 7);
	assert_ptr_equal(slot, radix_tree_lookup_slot(&tree, 7));
	assert_int_equal(iter.index, 7);
	radix_tree_iter_delete(&tree, &iter, slot);
	assert_null(radix_tree_iter_lookup(&tree, &iter, 7));
	slot = radix_tree_iter_lookup(&tree, &iter, 8);
	assert_true(radix_tree_exception(radix_tree_deref_slot(slot)));
	assert_false(radix_tree_is_internal_node(radix_tree_deref_slot(slot)));
	assert_true(radix_tree_is_internal_node(XA_ZERO_ENTRY));
	assert_int_equal(RADIX_TREE_MAX_PATH, 11);
	radix_tree_iter_delete(&tree, &iter, slot);
	assert_true(radix_tree_empty(&tree));
}

#define machine_test(name) cmocka_unit_test_setup_teardown(name, machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(divisors_and_multiples_are_the_greatest_and_the_least),
		cmocka_unit_test(copies_of_text_follow_each_other),
		cmocka_unit_test(the_nearest_number_is_found),
		cmocka_unit_test(halves_and_bytes_are_exchanged_in_place),
		cmocka_unit_test(times_of_64_bits_are_compared_around_their_end),
		cmocka_unit_test(the_least_of_a_heap_comes_first),
		cmocka_unit_test(elements_in_any_order_become_a_heap),
		machine_test(elements_come_out_as_they_went_in),
		machine_test(places_are_a_power_of_two),
		machine_test(one_puts_and_one_takes_without_a_lock),
		machine_test(a_queue_of_many_has_a_lock),
		cmocka_unit_test(a_queue_may_be_defined_ready),
		cmocka_unit_test(records_are_taken_as_a_whole),
		machine_test(a_length_has_one_byte_or_two),
		machine_test(devices_put_and_take_themselves),
		machine_test(items_are_found_by_index_and_by_tag),
		machine_test(walks_meet_each_item_once),
		machine_test(walks_go_by_chunks_and_slots),
		machine_test(an_iterator_goes_to_one_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
