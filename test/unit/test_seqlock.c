/* SPDX-License-Identifier: MIT */
/* Locks for many readers: with a count of them, with a sequence, and in a bit. */
#include "slab_machine.h"

#include <linux/bit_spinlock.h>
#include <linux/rwlock.h>
#include <linux/seqlock.h>

#include "cpus.h"

#define CPUS   4
#define ROUNDS 4000

static int make_cpus(void **state)
{
	nr_cpu_ids = CPUS;
	return make_machine(state);
}

static void readers_share_and_a_writer_does_not(void **state)
{
	DEFINE_RWLOCK(lock);
	unsigned long flags;

	(void)state;
	read_lock(&lock);
	assert_int_equal(read_trylock(&lock), 1);
	assert_int_equal(write_trylock(&lock), 0);
	read_unlock(&lock);
	assert_int_equal(write_trylock(&lock), 0);
	read_unlock(&lock);
	assert_int_equal(write_trylock(&lock), 1);
	assert_int_equal(read_trylock(&lock), 0);
	assert_int_equal(write_trylock(&lock), 0);
	write_unlock(&lock);
	write_lock_irqsave(&lock, flags);
	assert_true(irqs_disabled());
	write_unlock_irqrestore(&lock, flags);
	read_lock_irq(&lock);
	assert_int_equal(write_trylock_irqsave(&lock, flags), 0);
	assert_true(irqs_disabled());
	read_unlock_irq(&lock);
	assert_int_equal(write_trylock_irqsave(&lock, flags), 1);
	write_unlock_irqrestore(&lock, flags);
	assert_false(irqs_disabled());
}

static void a_reader_knows_that_somebody_wrote(void **state)
{
	seqcount_t s = SEQCNT_ZERO(s);
	unsigned int seq;

	(void)state;
	seq = read_seqcount_begin(&s);
	assert_false(read_seqcount_retry(&s, seq));
	write_seqcount_begin(&s);
	assert_true(read_seqcount_retry(&s, seq));
	assert_int_equal(raw_read_seqcount(&s) & 1, 1);
	/* Who begins now fails in any case. */
	seq = raw_seqcount_begin(&s);
	assert_true(read_seqcount_retry(&s, seq));
	write_seqcount_end(&s);
	assert_true(read_seqcount_retry(&s, seq));
	seq = read_seqcount_begin(&s);
	write_seqcount_invalidate(&s);
	assert_true(read_seqcount_retry(&s, seq));
	seq = read_seqcount_begin(&s);
	raw_write_seqcount_barrier(&s);
	assert_true(read_seqcount_retry(&s, seq));
	assert_int_equal(read_seqcount_begin(&s) & 1, 0);
}

static void a_second_try_may_take_the_lock(void **state)
{
	DEFINE_SEQLOCK(sl);
	int seq = 0;

	(void)state;
	read_seqbegin_or_lock(&sl, &seq);
	assert_false(spin_is_locked(&sl.lock));
	write_seqlock(&sl);
	write_sequnlock(&sl);
	assert_true(need_seqretry(&sl, seq));
	seq = 1;
	read_seqbegin_or_lock(&sl, &seq);
	assert_true(spin_is_locked(&sl.lock));
	assert_false(need_seqretry(&sl, seq));
	done_seqretry(&sl, seq);
	assert_false(spin_is_locked(&sl.lock));
}

static void the_lock_of_a_second_try_keeps_interrupts_off(void **state)
{
	DEFINE_SEQLOCK(sl);
	unsigned long flags;
	int seq = 0;

	(void)state;
	flags = read_seqbegin_or_lock_irqsave(&sl, &seq);
	assert_false(spin_is_locked(&sl.lock));
	assert_false(irqs_disabled());
	write_seqlock(&sl);
	write_sequnlock(&sl);
	assert_true(need_seqretry(&sl, seq));
	done_seqretry_irqrestore(&sl, seq, flags);
	seq = 1;
	flags = read_seqbegin_or_lock_irqsave(&sl, &seq);
	assert_true(spin_is_locked(&sl.lock));
	assert_true(irqs_disabled());
	done_seqretry_irqrestore(&sl, seq, flags);
	assert_false(spin_is_locked(&sl.lock));
	assert_false(irqs_disabled());
}

static void a_latch_has_one_copy_that_nobody_writes(void **state)
{
	seqcount_latch_t latch = SEQCNT_LATCH_ZERO(latch);
	unsigned int seq = raw_read_seqcount_latch(&latch);

	(void)state;
	assert_int_equal(seq & 1, 0);
	raw_write_seqcount_latch(&latch);
	/* The first copy is being written: the second is read. */
	assert_int_equal(raw_read_seqcount_latch(&latch) & 1, 1);
	assert_true(read_seqcount_latch_retry(&latch, seq));
	raw_write_seqcount_latch(&latch);
	assert_int_equal(raw_read_seqcount_latch(&latch) & 1, 0);
}

static struct {
	rwlock_t lock;
	seqlock_t seq;
	unsigned long bits, a, b, torn;
	unsigned long by_lock, by_bit;
} shared;

static void *work(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		unsigned long a, b;
		unsigned int seq;

		write_lock(&shared.lock);
		shared.by_lock++;
		write_unlock(&shared.lock);
		read_lock(&shared.lock);
		a = shared.by_lock;
		b = shared.by_lock;
		read_unlock(&shared.lock);
		bit_spin_lock(5, &shared.bits);
		shared.by_bit += a == b;
		bit_spin_unlock(5, &shared.bits);
		write_seqlock(&shared.seq);
		WRITE_ONCE(shared.a, shared.a + 1);
		WRITE_ONCE(shared.b, shared.b + 1);
		write_sequnlock(&shared.seq);
		do {
			seq = read_seqbegin(&shared.seq);
			a = READ_ONCE(shared.a);
			b = READ_ONCE(shared.b);
		} while (read_seqretry(&shared.seq, seq));
		if (a != b)
			__atomic_fetch_add(&shared.torn, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void cpus_keep_each_other_out(void **state)
{
	(void)state;
	for (int cpu = 1; cpu < CPUS; cpu++)
		host_cpu_start(cpu, work, NULL);
	work(NULL);
	for (int cpu = 1; cpu < CPUS; cpu++)
		host_cpu_join(cpu);
	assert_int_equal(shared.by_lock, CPUS * ROUNDS);
	assert_int_equal(shared.by_bit, CPUS * ROUNDS);
	assert_int_equal(shared.a, CPUS * ROUNDS);
	assert_int_equal(shared.torn, 0);
	assert_int_equal(shared.bits, 0);
}

static void bits_are_locks(void **state)
{
	unsigned long word = 2;

	(void)state;
	assert_int_equal(bit_spin_trylock(0, &word), 1);
	assert_int_equal(bit_spin_trylock(0, &word), 0);
	assert_int_equal(bit_spin_trylock(1, &word), 0);
	assert_true(bit_spin_is_locked(0, &word));
	bit_spin_unlock(0, &word);
	assert_int_equal(word, 2);
	__bit_spin_unlock(1, &word);
	assert_int_equal(word, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_share_and_a_writer_does_not),
		cmocka_unit_test(a_reader_knows_that_somebody_wrote),
		cmocka_unit_test(a_second_try_may_take_the_lock),
		cmocka_unit_test(the_lock_of_a_second_try_keeps_interrupts_off),
		cmocka_unit_test(a_latch_has_one_copy_that_nobody_writes),
		cmocka_unit_test(bits_are_locks),
		cmocka_unit_test_setup_teardown(cpus_keep_each_other_out, make_cpus, end_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
