/* SPDX-License-Identifier: MIT */
/* Counters that change at once, reference counts that stick, and numbers in either byte order. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include <baremm/panic.h>
#include <host/machine.h>
#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/refcount.h>
#include <asm/byteorder.h>
#include <asm/unaligned.h>

/* ---- Counters ------------------------------------------------------------------------ */

/* What each call returns, and leaves behind, from 12 on. */
#define check_op(op, i, returned, left)                               \
	do {                                                          \
		atomic_set(&v, 12);                                   \
		atomic64_set(&q, 12);                                 \
		atomic_long_set(&l, 12);                              \
		assert_int_equal(atomic_##op(i, &v), returned);       \
		assert_int_equal(atomic64_##op(i, &q), returned);     \
		assert_int_equal(atomic_long_##op(i, &l), returned);  \
		assert_int_equal(atomic_read(&v), left);              \
		assert_int_equal(atomic64_read(&q), left);            \
		assert_int_equal(atomic_long_read_acquire(&l), left); \
	} while (0)

static void each_operation_returns_the_old_or_the_new_value(void **state)
{
	atomic_long_t l;
	atomic64_t q;
	atomic_t v;

	(void)state;
	check_op(add_return, 5, 17, 17);
	check_op(sub_return_relaxed, 5, 7, 7);
	check_op(fetch_add, 5, 12, 17);
	check_op(fetch_sub_release, 5, 12, 7);
	check_op(fetch_and, 6, 12, 4);
	check_op(fetch_or_acquire, 3, 12, 15);
	check_op(fetch_xor, 6, 12, 10);
	check_op(fetch_andnot_relaxed, 8, 12, 4);
	check_op(sub_and_test, 12, true, 0);
	check_op(sub_and_test, 11, false, 1);
	check_op(add_negative, -13, true, -1);
	check_op(add_negative, -12, false, 0);
}

static void what_returns_nothing_changes_the_counter(void **state)
{
	atomic_t v = ATOMIC_INIT(12);

	(void)state;
	atomic_or(3, &v);
	atomic_andnot(8, &v);
	atomic_xor(1, &v);
	assert_int_equal(atomic_read(&v), 6);
	atomic_and(2, &v);
	atomic_inc(&v);
	atomic_dec(&v);
	atomic_dec(&v);
	atomic_set_release(&v, atomic_read(&v) + 1);
	assert_int_equal(atomic_xchg(&v, 40), 2);
	assert_int_equal(atomic_fetch_inc(&v), 40);
	assert_int_equal(atomic_fetch_dec(&v), 41);
	assert_int_equal(atomic_inc_return(&v) + atomic_dec_return_acquire(&v), 81);
	assert_false(atomic_inc_and_test(&v));
}

static void a_compare_that_fails_tells_what_it_found(void **state)
{
	atomic64_t q = ATOMIC64_INIT(1LL << 40);
	void *pointer = NULL, *expected = &q;
	s64 old = 3;
	u8 byte = 7;

	(void)state;
	assert_int_equal(atomic64_cmpxchg(&q, 3, 4), 1LL << 40);
	assert_false(atomic64_try_cmpxchg(&q, &old, 4));
	assert_int_equal(old, 1LL << 40);
	assert_true(atomic64_try_cmpxchg_release(&q, &old, 4));
	assert_int_equal(atomic64_read(&q), 4);
	assert_false(try_cmpxchg(&pointer, &expected, &q));
	assert_null(expected);
	assert_null(cmpxchg(&pointer, NULL, &q));
	assert_ptr_equal(xchg(&pointer, NULL), &q);
	assert_int_equal(cmpxchg_relaxed(&byte, 7, 9), 7);
	assert_int_equal(xchg_acquire(&byte, 200), 9);
	assert_int_equal(byte, 200);
}

static void conditions_leave_the_counter_alone(void **state)
{
	static const int most = 0x7fffffff;
	atomic_t v = ATOMIC_INIT(0);

	(void)state;
	assert_false(atomic_inc_not_zero(&v));
	assert_true(atomic_dec_unless_positive(&v));
	assert_false(atomic_inc_unless_negative(&v));
	assert_int_equal(atomic_dec_if_positive(&v), -2);
	assert_int_equal(atomic_read(&v), -1);
	atomic_set(&v, 1);
	assert_int_equal(atomic_dec_if_positive(&v), 0);
	assert_true(atomic_add_unless(&v, 5, 4));
	assert_int_equal(atomic_fetch_add_unless(&v, 5, 5), 5);
	assert_int_equal(atomic_read(&v), 5);
	atomic_set(&v, most);
	assert_true(atomic_inc_unless_negative(&v)); /* wraps */
	assert_int_equal(atomic_read(&v), -most - 1);
	assert_int_equal(atomic_cond_read_acquire(&v, VAL < 0), -most - 1);
}

/* ---- Reference counts ------------------------------------------------------------------- */

static void references_are_counted_to_the_last(void **state)
{
	refcount_t r = REFCOUNT_INIT(1);
	int old;

	(void)state;
	refcount_inc(&r);
	refcount_add(3, &r);
	assert_true(refcount_inc_not_zero(&r));
	__refcount_add(1, &r, &old);
	assert_int_equal(old, 6);
	refcount_dec(&r);
	assert_int_equal(refcount_read(&r), 6);
	assert_false(refcount_sub_and_test(4, &r));
	assert_false(refcount_dec_if_one(&r));
	assert_true(refcount_dec_not_one(&r));
	assert_false(refcount_dec_not_one(&r));
	assert_true(refcount_dec_and_test(&r));
	assert_false(refcount_inc_not_zero(&r));
	assert_int_equal(refcount_read(&r), 0);
	refcount_set(&r, 1);
	assert_true(refcount_dec_if_one(&r));
	assert_int_equal(warn_count, 0);
}

/* In the order in which a count goes wrong first; each warns once in a program's life. */
static void a_count_that_goes_wrong_sticks_and_is_named_once(void **state)
{
	static const struct {
		int start;
		void (*op)(refcount_t *r);
		const char *words;
	} wrong[] = {
		{0, refcount_inc, "addition on 0; use-after-free."},
		{REFCOUNT_MAX, refcount_inc, "saturated; leaking memory."},
		{1, refcount_dec, "decrement hit 0; leaking memory."},
	};
	refcount_t r;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		host_log_clear();
		warn_count = 0;
		for (int again = 0; again < 2; again++) {
			refcount_set(&r, wrong[i].start);
			wrong[i].op(&r);
			assert_int_equal(refcount_read(&r), (unsigned int)REFCOUNT_SATURATED);
		}
		assert_int_equal(warn_count, 1);
		assert_non_null(strstr(host_log(), wrong[i].words));
	}
	/* Stuck it stays, whatever is done to it. */
	assert_false(refcount_sub_and_test(5, &r));
	assert_true(refcount_inc_not_zero(&r));
	assert_true(refcount_dec_not_one(&r));
	assert_int_equal(refcount_read(&r), (unsigned int)REFCOUNT_SATURATED);
	warn_count = 0;
}

static void the_last_reference_is_given_back_with_the_lock_held(void **state)
{
	refcount_t r = REFCOUNT_INIT(2);
	DEFINE_SPINLOCK(lock);
	unsigned long flags;

	(void)state;
	assert_false(refcount_dec_and_lock(&r, &lock));
	assert_false(spin_is_locked(&lock));
	assert_true(refcount_dec_and_lock(&r, &lock));
	assert_true(spin_is_locked(&lock));
	spin_unlock(&lock);
	refcount_set(&r, 1);
	assert_true(refcount_dec_and_lock_irqsave(&r, &lock, &flags));
	spin_unlock_irqrestore(&lock, flags);
}

static unsigned int released;

static void release(struct kref *kref)
{
	assert_int_equal(kref_read(kref), 0);
	released++;
}

static void a_kref_calls_its_function_once(void **state)
{
	struct kref kref = KREF_INIT(7);

	(void)state;
	released = 0;
	kref_init(&kref);
	kref_get(&kref);
	assert_int_equal(kref_put(&kref, release), 0);
	assert_int_equal(kref_put(&kref, release), 1);
	assert_int_equal(released, 1);
	assert_int_equal(kref_get_unless_zero(&kref), 0);
}

/* ---- Many threads ------------------------------------------------------------------------- */

#define THREADS 4
#define ROUNDS	20000

static struct {
	refcount_t count;
	atomic_t once, sum;
	long plain;
} shared;

static void *take_and_give(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		long seen = READ_ONCE(shared.plain);

		refcount_inc(&shared.count);
		while (!try_cmpxchg(&shared.plain, &seen, seen + 1))
			;
		atomic_add_unless(&shared.once, 1, 1);
		atomic_fetch_add_relaxed(2, &shared.sum);
		refcount_dec(&shared.count);
	}
	return arg;
}

static void threads_lose_no_change(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	memset(&shared, 0, sizeof(shared));
	refcount_set(&shared.count, 1);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(refcount_read(&shared.count), 1);
	assert_int_equal(shared.plain, THREADS * ROUNDS);
	assert_int_equal(atomic_read(&shared.sum), 2 * THREADS * ROUNDS);
	assert_int_equal(atomic_read(&shared.once), 1);
}

/* ---- Bytes ---------------------------------------------------------------------------------- */

static void numbers_lie_in_the_order_that_is_asked_for(void **state)
{
	u8 bytes[16] = {0};
	u32 word = 0x01020304;
	__be32 big = cpu_to_be32(word);

	(void)state;
	for (size_t at = 0; at < 8; at++) {
		put_unaligned_be64(0x0102030405060708, bytes + at);
		assert_int_equal(bytes[at], 1);
		assert_int_equal(bytes[at + 7], 8);
		assert_int_equal(get_unaligned_le64(bytes + at), 0x0807060504030201);
		assert_int_equal(get_unaligned_be32(bytes + at + 1), 0x02030405);
		assert_int_equal(get_unaligned_le16(bytes + at + 1), 0x0302);
		assert_int_equal(get_unaligned_be24(bytes + at), 0x010203);
		assert_int_equal(get_unaligned_le24(bytes + at), 0x030201);
		assert_int_equal(get_unaligned_be48(bytes + at), 0x010203040506);
		put_unaligned_le24(0xabcdef, bytes + at);
		assert_int_equal(get_unaligned_le32(bytes + at), 0x04abcdef);
		put_unaligned_be48(0xa1a2a3a4a5a6, bytes + at);
		assert_int_equal(get_unaligned_be64(bytes + at), 0xa1a2a3a4a5a60708);
		put_unaligned_be24(0x112233, bytes + at);
		assert_int_equal(get_unaligned((u16 *)(bytes + at)),
				 get_unaligned_le16(bytes + at));
	}
	assert_int_equal(*(u8 *)&big, 1);
	assert_int_equal(be32_to_cpup(&big), word);
	be32_add_cpu(&big, 1);
	assert_int_equal(be32_to_cpu(big), word + 1);
	assert_int_equal(swab32(word), 0x04030201);
	assert_int_equal(swahw32(word), 0x03040102);
	assert_int_equal(swahb32(word), 0x02010403);
	cpu_to_be32s(&word);
	swab32s(&word);
	assert_int_equal(word, 0x01020304);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_operation_returns_the_old_or_the_new_value),
		cmocka_unit_test(what_returns_nothing_changes_the_counter),
		cmocka_unit_test(a_compare_that_fails_tells_what_it_found),
		cmocka_unit_test(conditions_leave_the_counter_alone),
		cmocka_unit_test(references_are_counted_to_the_last),
		cmocka_unit_test(a_count_that_goes_wrong_sticks_and_is_named_once),
		cmocka_unit_test(the_last_reference_is_given_back_with_the_lock_held),
		cmocka_unit_test(a_kref_calls_its_function_once),
		cmocka_unit_test(threads_lose_no_change),
		cmocka_unit_test(numbers_lie_in_the_order_that_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
