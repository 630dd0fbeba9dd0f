/* SPDX-License-Identifier: MIT */
/* Read-write semaphores whose readers each CPU counts for itself: on one CPU, and on several. */
#include "percpu_machine.h"

#include <linux/errno.h>
#include <linux/percpu-rwsem.h>

#include "cpus.h"

#define CPUS   4
#define ROUNDS 20000

DEFINE_STATIC_PERCPU_RWSEM(fixed);
static struct percpu_rw_semaphore sem;
static unsigned long count, copy;

static int make_cpus(void **state)
{
	four_cpus(state);
	atomic_set(&__num_online_cpus, CPUS);
	memset(&sem, 0, sizeof(sem));
	assert_int_equal(percpu_init_rwsem(&sem), 0);
	count = copy = 0;
	return 0;
}

static int end_cpus(void **state)
{
	host_set_cpu(0);
	assert_false(percpu_is_read_locked(&sem) || percpu_is_write_locked(&sem));
	percpu_free_rwsem(&sem);
	percpu_free_rwsem(&sem);
	assert_null(sem.read_count);
	return percpu_machine_end(state);
}

/* ---- One CPU ---------------------------------------------------------------------------- */

static void read_and_write(struct percpu_rw_semaphore *lock)
{
	percpu_down_read(lock);
	assert_true(percpu_down_read_trylock(lock));
	assert_true(percpu_is_read_locked(lock));
	assert_false(percpu_is_write_locked(lock));
	percpu_up_read(lock);
	assert_true(percpu_is_read_locked(lock));
	/* Who came on this CPU leaves on another. */
	host_set_cpu(3);
	percpu_up_read(lock);
	assert_false(percpu_is_read_locked(lock));
	percpu_down_write(lock);
	percpu_rwsem_assert_held(lock);
	assert_true(percpu_is_write_locked(lock));
	assert_false(percpu_is_read_locked(lock));
	assert_false(percpu_down_read_trylock(lock));
	host_set_cpu(0);
	assert_false(percpu_down_read_trylock(lock));
	percpu_up_write(lock);
	assert_false(percpu_is_write_locked(lock));
	assert_true(percpu_down_read_trylock(lock));
	percpu_up_read(lock);
}

static void readers_share_and_a_writer_does_not(void **state)
{
	(void)state;
	read_and_write(&sem);
	read_and_write(&fixed);
}

/* Nobody is left to let the reader out: what waits says so. */
static void write_beside_a_reader(void *lock)
{
	percpu_down_write(lock);
}

static void a_writer_waits_for_the_last_reader(void **state)
{
	(void)state;
	atomic_set(&__num_online_cpus, 1);
	percpu_down_read(&sem);
	assert_non_null(host_expect_panic(write_beside_a_reader, &sem));
	/* It keeps others out from then on. */
	assert_true(percpu_is_write_locked(&sem));
	assert_false(percpu_down_read_trylock(&sem));
	percpu_free_rwsem(&sem);
	assert_int_equal(percpu_init_rwsem(&sem), 0);
}

static void a_wrong_up_write_is_warned_of(void **state)
{
	(void)state;
	host_log_clear();
	percpu_up_write(&sem);
	assert_true(host_log_contains("percpu_rwsem: up_write() of"));
	assert_false(percpu_is_write_locked(&sem));
}

static void without_memory_there_is_none(void **state)
{
	struct percpu_rw_semaphore none;

	(void)state;
	for (size_t size = PCPU_MIN_UNIT_SIZE; size; size /= 2)
		while (__alloc_percpu_gfp(size, size < 8 ? size : 8, GFP_QUIET))
			;
	assert_int_equal(percpu_init_rwsem(&none), -ENOMEM);
	assert_null(none.read_count);
	percpu_free_rwsem(&none);
}

/* ---- Several ------------------------------------------------------------------------------ */

static const char *read_or_write(int cpu)
{
	for (int i = 0; i < ROUNDS; i++) {
		bool ok;

		if ((i + cpu) % 8 == 0) {
			percpu_down_write(&sem);
			ok = READ_ONCE(count) == READ_ONCE(copy);
			WRITE_ONCE(count, count + 1);
			WRITE_ONCE(copy, copy + 1);
			percpu_up_write(&sem);
		} else if (i % 3 || percpu_down_read_trylock(&sem)) {
			if (i % 3)
				percpu_down_read(&sem);
			ok = READ_ONCE(count) == READ_ONCE(copy);
			percpu_up_read(&sem);
		} else {
			ok = true;
		}
		if (!ok)
			return "a writer was not alone";
	}
	return NULL;
}

static void cpus_read_and_write(void **state)
{
	(void)state;
	run_on_cpus(0, CPUS, read_or_write);
	assert_int_equal(count, CPUS * ROUNDS / 8);
	assert_int_equal(copy, count);
}

#define cpus_test(f) cmocka_unit_test_setup_teardown(f, make_cpus, end_cpus)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cpus_test(readers_share_and_a_writer_does_not),
		cpus_test(a_wrong_up_write_is_warned_of),
		cpus_test(without_memory_there_is_none),
		cpus_test(cpus_read_and_write),
		cpus_test(a_writer_waits_for_the_last_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
