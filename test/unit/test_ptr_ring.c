/* SPDX-License-Identifier: MIT */
/* Queues of pointers in a ring. */
#include "slab_machine.h"

#include <pthread.h>
#include <sched.h>

#include <linux/ptr_ring.h>

/* Entries are numbers from 1 on. */
static void *entry(long n)
{
	return (void *)n;
}

static long destroyed, nr_destroyed;

static void destroy(void *ptr)
{
	destroyed = destroyed * 10 + (long)ptr;
	nr_destroyed++;
}

/* A ring of @size with the entries @first to @last. */
static void make_ring(struct ptr_ring *r, int size, long first, long last)
{
	assert_int_equal(ptr_ring_init(r, size, GFP_KERNEL), 0);
	for (long n = first; n <= last; n++)
		assert_int_equal(ptr_ring_produce(r, entry(n)), 0);
	destroyed = nr_destroyed = 0;
}

/* All that is in it, as digits. */
static long drain(struct ptr_ring *r)
{
	long all = 0;

	for (void *ptr; (ptr = ptr_ring_consume(r));)
		all = all * 10 + (long)ptr;
	return all;
}

static void entries_come_out_in_their_order(void **state)
{
	struct ptr_ring r;
	long in = 0, out = 0;

	(void)state;
	make_ring(&r, 100, 1, 0);
	assert_true(ptr_ring_empty(&r));
	for (int round = 0; round < 3000; round++) {
		int nr = (int)(arch_random() % 120);

		if (arch_random() % 2)
			while (nr-- && !ptr_ring_produce(&r, entry(in + 1)))
				in++;
		else
			while (nr-- && !ptr_ring_empty(&r))
				assert_ptr_equal(ptr_ring_consume(&r), entry(++out));
		assert_in_range(in - out, 0, 100);
		assert_int_equal(ptr_ring_empty(&r), in == out);
		/* 16 pointers are two cache lines: less than that may be waiting to be NULL. */
		if (ptr_ring_full(&r))
			assert_in_range(in - out, 100 - 15, 100);
		else
			assert_true(in - out < 100);
	}
	assert_true(out > 1000);
	ptr_ring_cleanup(&r, NULL);
}

static void a_full_ring_takes_no_more(void **state)
{
	struct ptr_ring r;

	(void)state;
	make_ring(&r, 3, 1, 3);
	assert_true(ptr_ring_full(&r));
	assert_int_equal(ptr_ring_produce(&r, entry(4)), -ENOSPC);
	assert_ptr_equal(ptr_ring_consume(&r), entry(1));
	assert_false(ptr_ring_full(&r));
	assert_int_equal(ptr_ring_produce(&r, entry(4)), 0);
	assert_int_equal(drain(&r), 234);
	assert_null(ptr_ring_consume(&r));
	ptr_ring_cleanup(&r, destroy);
	assert_int_equal(nr_destroyed, 0);
}

static void a_ring_without_entries_takes_none(void **state)
{
	struct ptr_ring r;

	(void)state;
	make_ring(&r, 0, 1, 0);
	assert_int_equal(ptr_ring_produce(&r, entry(1)), -ENOSPC);
	assert_true(ptr_ring_empty(&r));
	assert_null(ptr_ring_consume(&r));
	ptr_ring_unconsume(&r, (void *[]){entry(1), entry(2)}, 2, destroy);
	assert_int_equal(destroyed, 21);
	ptr_ring_cleanup(&r, NULL);
	assert_int_equal(ptr_ring_init(&r, -1, GFP_KERNEL), -ENOMEM);
	assert_int_equal(ptr_ring_init(&r, INT_MAX, GFP_KERNEL), -ENOMEM);
}

static bool is_second(void *ptr)
{
	return ptr == entry(2);
}

static void each_form_of_call_does_the_same(void **state)
{
	struct ptr_ring r;
	void *array[4] = {NULL};

	(void)state;
	make_ring(&r, 4, 1, 0);
	assert_false(PTR_RING_PEEK_CALL(&r, is_second));
	assert_int_equal(ptr_ring_produce_irq(&r, entry(2)), 0);
	assert_int_equal(ptr_ring_produce_any(&r, entry(3)), 0);
	assert_int_equal(ptr_ring_produce_bh(&r, entry(4)), 0);
	assert_false(ptr_ring_full_irq(&r) || ptr_ring_full_any(&r) || ptr_ring_full_bh(&r));
	assert_false(ptr_ring_empty_irq(&r) || ptr_ring_empty_any(&r) || ptr_ring_empty_bh(&r));
	assert_true(PTR_RING_PEEK_CALL(&r, is_second) && PTR_RING_PEEK_CALL_IRQ(&r, is_second));
	assert_true(PTR_RING_PEEK_CALL_BH(&r, is_second) && PTR_RING_PEEK_CALL_ANY(&r, is_second));
	assert_ptr_equal(ptr_ring_consume_irq(&r), entry(2));
	assert_ptr_equal(ptr_ring_consume_any(&r), entry(3));
	assert_ptr_equal(ptr_ring_consume_bh(&r), entry(4));
	for (long n = 1; n <= 4; n++)
		assert_int_equal(ptr_ring_produce(&r, entry(n)), 0);
	assert_int_equal(ptr_ring_consume_batched(&r, array, 1), 1);
	assert_ptr_equal(array[0], entry(1));
	assert_int_equal(ptr_ring_consume_batched_irq(&r, array, 1), 1);
	assert_int_equal(ptr_ring_consume_batched_any(&r, array, 0), 0);
	assert_int_equal(ptr_ring_consume_batched_bh(&r, array, 4), 2);
	assert_ptr_equal(array[1], entry(4));
	assert_false(spin_is_locked(&r.producer_lock) || spin_is_locked(&r.consumer_lock));
	ptr_ring_cleanup(&r, NULL);
}

static void what_is_left_is_destroyed_oldest_first(void **state)
{
	struct ptr_ring r;

	(void)state;
	make_ring(&r, 8, 1, 5);
	ptr_ring_consume(&r);
	ptr_ring_cleanup(&r, destroy);
	assert_int_equal(destroyed, 2345);
}

static void resizing_keeps_the_oldest(void **state)
{
	struct ptr_ring r;

	(void)state;
	make_ring(&r, 8, 1, 6);
	ptr_ring_consume(&r);
	assert_int_equal(ptr_ring_resize(&r, 3, GFP_KERNEL, destroy), 0);
	assert_int_equal(destroyed, 56);
	assert_true(ptr_ring_full(&r));
	assert_int_equal(ptr_ring_resize(&r, 40, GFP_KERNEL, destroy), 0);
	assert_int_equal(ptr_ring_produce(&r, entry(7)), 0);
	assert_int_equal(ptr_ring_resize(&r, INT_MAX, GFP_KERNEL, destroy), -ENOMEM);
	assert_int_equal(ptr_ring_resize(&r, 4, GFP_KERNEL, NULL), 0);
	assert_int_equal(nr_destroyed, 2);
	assert_int_equal(drain(&r), 2347);
	ptr_ring_cleanup(&r, NULL);
}

static void all_rings_are_resized_or_none(void **state)
{
	struct ptr_ring r[2], *rings[2] = {&r[0], &r[1]};

	(void)state;
	make_ring(&r[0], 4, 1, 4);
	make_ring(&r[1], 4, 5, 8);
	assert_int_equal(ptr_ring_resize_multiple(rings, 2, INT_MAX, GFP_KERNEL, destroy), -ENOMEM);
	assert_int_equal(r[1].size, 4);
	assert_int_equal(ptr_ring_resize_multiple(rings, 2, 3, GFP_KERNEL, destroy), 0);
	assert_int_equal(destroyed, 48);
	assert_int_equal(drain(&r[0]), 123);
	assert_int_equal(drain(&r[1]), 567);
	ptr_ring_cleanup(&r[0], NULL);
	ptr_ring_cleanup(&r[1], NULL);
}

static void what_was_taken_can_be_put_back(void **state)
{
	struct ptr_ring r;
	void *batch[4];

	(void)state;
	make_ring(&r, 40, 1, 6);
	assert_int_equal(ptr_ring_consume_batched(&r, batch, 4), 4);
	ptr_ring_unconsume(&r, batch + 2, 2, destroy);
	assert_int_equal(drain(&r), 3456);
	ptr_ring_unconsume(&r, batch, 4, destroy);
	assert_int_equal(drain(&r), 1234);
	assert_int_equal(nr_destroyed, 0);
	ptr_ring_cleanup(&r, NULL);

	make_ring(&r, 4, 1, 4);
	assert_int_equal(ptr_ring_consume_batched(&r, batch, 3), 3);
	assert_int_equal(ptr_ring_produce(&r, entry(5)), 0);
	ptr_ring_unconsume(&r, batch, 3, destroy);
	assert_int_equal(destroyed, 1);
	assert_int_equal(drain(&r), 2345);
	ptr_ring_cleanup(&r, NULL);
}

#define MANY 20000

static void *produce(void *arg)
{
	struct ptr_ring *r = arg;

	for (long n = 1; n <= MANY; n++)
		while (ptr_ring_produce(r, entry(n)))
			sched_yield();
	return NULL;
}

static void a_producer_and_a_consumer_at_once(void **state)
{
	struct ptr_ring r;
	pthread_t other;

	(void)state;
	make_ring(&r, 64, 1, 0);
	assert_int_equal(pthread_create(&other, NULL, produce, &r), 0);
	for (long n = 1; n <= MANY; n++) {
		while (__ptr_ring_empty(&r))
			sched_yield();
		assert_ptr_equal(ptr_ring_consume(&r), entry(n));
	}
	assert_int_equal(pthread_join(other, NULL), 0);
	assert_true(ptr_ring_empty(&r));
	ptr_ring_cleanup(&r, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		slab_test(entries_come_out_in_their_order),
		slab_test(a_full_ring_takes_no_more),
		slab_test(a_ring_without_entries_takes_none),
		slab_test(each_form_of_call_does_the_same),
		slab_test(what_is_left_is_destroyed_oldest_first),
		slab_test(resizing_keeps_the_oldest),
		slab_test(all_rings_are_resized_or_none),
		slab_test(what_was_taken_can_be_put_back),
		slab_test(a_producer_and_a_consumer_at_once),
	};

	host_test_seed("test_ptr_ring");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
