/* SPDX-License-Identifier: MIT */
/*
 * Wait queues and page waiters: who is woken, by whom, in which order, that no wake-up
 * is lost among threads as CPUs, and what happens where nobody is left to wake one.
 */
#include "cache_machine.h"

#include <linux/wait.h>
#include <pthread.h>

#define CPUS   6
#define ROUNDS 2000

/* One CPU more than threads: the test itself. */
static int cpus(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, CPUS + 1);
	return 0;
}

static void run_cpus(void *(*fn)(void *), unsigned long nr)
{
	pthread_t thread[CPUS];

	for (unsigned long i = 0; i < nr; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, fn, (void *)(i + 1)), 0);
	for (unsigned long i = 0; i < nr; i++)
		pthread_join(thread[i], NULL);
}

/* ---- Wait queues ------------------------------------------------------------------- */

static unsigned int called[4];
static struct wait_queue_entry entries[4];

static int note_call(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	(void)mode, (void)flags, (void)key;
	called[entry - entries]++;
	return 1;
}

static void a_wake_up_reaches_all_shared_entries_and_so_many_exclusive_ones(void **state)
{
	DECLARE_WAIT_QUEUE_HEAD(wq);

	(void)state;
	memset(called, 0, sizeof(called));
	assert_false(waitqueue_active(&wq));
	for (int i = 0; i < 4; i++) {
		init_waitqueue_func_entry(&entries[i], note_call);
		if (i < 2)
			add_wait_queue_exclusive(&wq, &entries[i]);
		else
			add_wait_queue(&wq, &entries[i]);
	}
	assert_true(waitqueue_active(&wq));
	assert_int_equal(wake_up(&wq), 1);
	assert_int_equal(called[0] + called[1] * 10 + called[2] * 100 + called[3] * 1000, 1101);
	assert_int_equal(wake_up_nr(&wq, 2), 2);
	assert_int_equal(called[0] + called[1] * 10 + called[2] * 100 + called[3] * 1000, 2212);
	assert_int_equal(wake_up_nr(&wq, 5), 2);
	assert_int_equal(wake_up_all(&wq), 2);
	assert_int_equal(called[0] + called[1] * 10 + called[2] * 100 + called[3] * 1000, 4434);
	for (int i = 0; i < 4; i++)
		remove_wait_queue(&wq, &entries[i]);
	assert_false(waitqueue_active(&wq));
}

static DECLARE_WAIT_QUEUE_HEAD(events);
static unsigned long event; /* the number of the CPU whose turn it is */

static void *take_turns(void *arg)
{
	unsigned long cpu = (unsigned long)arg;

	host_set_cpu((int)cpu);
	for (int i = 0; i < ROUNDS; i++) {
		wait_event(events, __atomic_load_n(&event, __ATOMIC_ACQUIRE) == cpu);
		__atomic_store_n(&event, cpu % CPUS + 1, __ATOMIC_RELEASE);
		wake_up_all(&events);
	}
	return NULL;
}

static void cpus_that_wait_for_their_turn_are_all_woken(void **state)
{
	(void)state;
	event = 1;
	run_cpus(take_turns, CPUS);
	assert_int_equal(event, 1);
	assert_false(waitqueue_active(&events));
}

/* ---- The page lock ------------------------------------------------------------------- */

static struct page *shared_page;
static unsigned long locked_counter; /* changed under the page lock alone */

static void a_locked_page_is_not_locked_again(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	assert_true(trylock_page(page));
	assert_false(trylock_page(page));
	unlock_page(page);
	lock_page(page);
	assert_true(PageLocked(page));
	unlock_page(page);
	wait_on_page_locked(page);
	wait_on_page_writeback(page);
	assert_false(PageWaiters(page));
	__free_page(page);
}

static void tail_pages_lock_their_head(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	(void)state;
	lock_page(page + 3);
	assert_true(PageLocked(page));
	unlock_page(page + 1);
	assert_false(PageLocked(page));
	__free_pages(page, 2);
}

static void *count_under_lock(void *arg)
{
	unsigned long cpu = (unsigned long)arg;

	host_set_cpu((int)cpu);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned long seen;

		lock_page(shared_page);
		seen = READ_ONCE(locked_counter);
		if (i % 16 == 0)
			cpu_relax();
		WRITE_ONCE(locked_counter, seen + 1);
		unlock_page(shared_page);
		if (cpu == 1)
			wait_on_page_locked(shared_page);
	}
	return NULL;
}

static void many_cpus_lock_a_page_and_no_wake_up_is_lost(void **state)
{
	(void)state;
	shared_page = alloc_page(GFP_KERNEL);
	locked_counter = 0;
	run_cpus(count_under_lock, CPUS);
	assert_int_equal(locked_counter, CPUS * ROUNDS);
	/* Whoever was the last may have left the mark: it is gone after one more wake-up. */
	lock_page(shared_page);
	unlock_page(shared_page);
	assert_false(PageWaiters(shared_page));
	__free_page(shared_page);
}

/* Pages that share a queue, as more pages than queues must. */
#define MANY_PAGES 1024
static struct page *many_pages;
static unsigned long many_counters[MANY_PAGES];

static void *count_in_many_pages(void *arg)
{
	unsigned long cpu = (unsigned long)arg;

	host_set_cpu((int)cpu);
	for (unsigned int i = 0; i < 20 * MANY_PAGES; i++) {
		/* All CPUs go the same way, so that they meet. */
		unsigned int nr = i / 5 % MANY_PAGES;

		lock_page(many_pages + nr);
		many_counters[nr]++;
		unlock_page(many_pages + nr);
	}
	return NULL;
}

static void pages_that_share_a_queue_do_not_take_each_others_wake_ups(void **state)
{
	unsigned long sum = 0;

	(void)state;
	memset(many_counters, 0, sizeof(many_counters));
	many_pages = alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER);
	run_cpus(count_in_many_pages, CPUS);
	for (int i = 0; i < MANY_PAGES; i++)
		sum += many_counters[i];
	assert_int_equal(sum, CPUS * 20 * MANY_PAGES);
	__free_pages(many_pages, MAX_PAGE_ORDER);
}

/* ---- Writeback ------------------------------------------------------------------------ */

static unsigned long finished;

static void *wait_for_write(void *arg)
{
	host_set_cpu((int)(unsigned long)arg);
	wait_on_page_writeback(shared_page);
	__atomic_fetch_add(&finished, PageWriteback(shared_page) ? 100 : 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void the_end_of_a_write_wakes_all_who_wait_for_it_and_nobody_before(void **state)
{
	pthread_t thread[CPUS];
	struct test_file file;

	(void)state;
	test_file_open(&file);
	file.writes_last = true;
	test_file_write(&file, 7, 42);
	shared_page = find_get_page(&file.mapping, 7);
	finished = 0;
	lock_page(shared_page);
	assert_true(clear_page_dirty_for_io(shared_page));
	assert_int_equal(test_writepage(shared_page, NULL), 0);
	for (unsigned long i = 0; i < CPUS; i++)
		pthread_create(&thread[i], NULL, wait_for_write, (void *)(i + 1));
	while (!PageWaiters(shared_page))
		cpu_relax();
	/* The lock's wake-ups are not theirs. */
	lock_page(shared_page);
	unlock_page(shared_page);
	assert_int_equal(__atomic_load_n(&finished, __ATOMIC_SEQ_CST), 0);
	end_page_writeback(shared_page);
	for (unsigned long i = 0; i < CPUS; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(finished, CPUS);
	put_page(shared_page);
	test_file_close(&file);
}

/* ---- Nobody left ------------------------------------------------------------------------ */

static void lock_twice(void *arg)
{
	lock_page(arg);
	lock_page(arg);
}

static void wait_for_own_lock(void *arg)
{
	lock_page(arg);
	wait_on_page_locked(arg);
}

static void a_cpu_that_waits_for_itself_panics_and_says_for_which_page(void **state)
{
	static void (*const deadlock[])(void *) = {lock_twice, wait_for_own_lock};
	char pfn[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(deadlock); i++) {
		struct page *page = alloc_page(GFP_KERNEL);
		const char *why = host_expect_panic(deadlock[i], page);

		assert_non_null(why);
		assert_non_null(strstr(why, "deadlock: CPU 0 waits"));
		snprintf(pfn, sizeof(pfn), "pfn:0x%lx", page_to_pfn(page));
		assert_true(host_log_contains("page_wait: waiting for the lock of page:"));
		assert_true(host_log_contains(pfn));
		page_alloc_reset();
		machine_down(NULL);
		cache_machine_make(SZ_64M, 1, 1);
		panic_reset();
	}
}

static struct page *abba[2];
static const char *abba_why[2];
static pthread_barrier_t both_locked;

static void lock_other(void *arg)
{
	lock_page(arg);
}

static void *lock_crosswise(void *arg)
{
	unsigned long me = (unsigned long)arg;

	host_set_cpu((int)me);
	lock_page(abba[me]);
	pthread_barrier_wait(&both_locked);
	abba_why[me] = host_expect_panic(lock_other, abba[!me]);
	/* The other one still waits: it gets what it waits for. */
	unlock_page(abba[me]);
	return NULL;
}

static void cpus_that_wait_for_each_other_are_found_by_the_last_of_them(void **state)
{
	pthread_t thread[2];

	(void)state;
	atomic_set(&__num_online_cpus, 2);
	abba[0] = alloc_page(GFP_KERNEL);
	abba[1] = alloc_page(GFP_KERNEL);
	pthread_barrier_init(&both_locked, NULL, 2);
	for (unsigned long i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, lock_crosswise, (void *)i);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	pthread_barrier_destroy(&both_locked);
	assert_int_equal(!abba_why[0] + !abba_why[1], 1);
	assert_non_null(strstr(abba_why[0] ? abba_why[0] : abba_why[1], "all 2 CPUs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wake_up_reaches_all_shared_entries_and_so_many_exclusive_ones),
		cmocka_unit_test_setup_teardown(cpus_that_wait_for_their_turn_are_all_woken, cpus,
						cache_machine_end),
		cmocka_unit_test_setup_teardown(a_locked_page_is_not_locked_again, cache_machine,
						cache_machine_end),
		cmocka_unit_test_setup_teardown(tail_pages_lock_their_head, cache_machine,
						cache_machine_end),
		cmocka_unit_test_setup_teardown(many_cpus_lock_a_page_and_no_wake_up_is_lost, cpus,
						cache_machine_end),
		cmocka_unit_test_setup_teardown(
			pages_that_share_a_queue_do_not_take_each_others_wake_ups, cpus,
			cache_machine_end),
		cmocka_unit_test_setup_teardown(
			the_end_of_a_write_wakes_all_who_wait_for_it_and_nobody_before, cpus,
			cache_machine_end),
		cmocka_unit_test_setup_teardown(
			a_cpu_that_waits_for_itself_panics_and_says_for_which_page, cache_machine,
			cache_machine_end),
		cmocka_unit_test_setup_teardown(
			cpus_that_wait_for_each_other_are_found_by_the_last_of_them, cpus,
			machine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
