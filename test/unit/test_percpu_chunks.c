/* SPDX-License-Identifier: MIT */
/*
 * Chunks of per-CPU memory: they and their pages come when needed and all go again,
 * their dump and verify, and areas of random sizes against a model.
 */
#include "percpu_machine.h"

#include <baremm/arch.h>
#include <linux/seq_file.h>
#include <pthread.h>
#include <stdlib.h>

/* ---- Chunks ------------------------------------------------------------------------------------ */

static void chunks_grow_and_all_but_one_spare_go(void **state)
{
	void __percpu *areas[100];
	unsigned long pages = pcpu_nr_pages(), free = 0;

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 100; i++)
			assert_non_null(areas[i] = __alloc_percpu(PCPU_MIN_UNIT_SIZE, PAGE_SIZE));
		assert_true(pcpu_stats.nr_chunks >= 100);
		assert_int_equal(pcpu_nr_pages(),
				 pages + 100 * 4UL * PCPU_MIN_UNIT_SIZE / PAGE_SIZE);
		for (int i = 0; i < 100; i++)
			free_percpu(areas[i]);
		assert_int_equal(pcpu_stats.nr_chunks, 2);
		/* The first chunk has enough empty pages for the reserve. */
		assert_int_equal(pcpu_nr_pages(), pages);
		/* Chunks' own structs left their slabs in use or empty. */
		kmem_cache_shrink_all();
		if (round)
			assert_int_equal(all_free_pages(), free);
		free = all_free_pages();
	}
	pcpu_free_unused();
	assert_int_equal(pcpu_stats.nr_chunks, 1);
	assert_int_equal(pcpu_nr_pages(), pages);
	assert_true(pcpu_stats.nr_max_chunks >= 100);
}

static void a_gap_between_chunks_is_used_again(void **state)
{
	void __percpu *areas[5], *again;

	(void)state;
	for (int i = 0; i < 5; i++)
		areas[i] = __alloc_percpu(PCPU_MIN_UNIT_SIZE, PAGE_SIZE);
	free_percpu(areas[4]);
	free_percpu(areas[2]); /* the second unused chunk goes */
	areas[4] = __alloc_percpu(PCPU_MIN_UNIT_SIZE, PAGE_SIZE);
	again = __alloc_percpu(PCPU_MIN_UNIT_SIZE, PAGE_SIZE);
	assert_ptr_equal(again, areas[2]);
	free_percpu(again);
	for (int i = 0; i < 5; i++)
		if (i != 2)
			free_percpu(areas[i]);
}

static void atomic_callers_may_make_chunks(void **state)
{
	void __percpu *areas[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_non_null(areas[i] = __alloc_percpu_gfp(PCPU_MIN_UNIT_SIZE, 4, GFP_ATOMIC));
	for (int i = 0; i < 4; i++)
		free_percpu(areas[i]);
}

/* ---- Pages of chunks ---------------------------------------------------------------------------- */

/* Areas of a page each until the first chunk has no room for another. Their number. */
static unsigned int fill_first_chunk(void __percpu **areas)
{
	unsigned int nr = 0;

	while (pcpu_first_chunk->contig_hint >= 2 * PCPU_BITS_PER_BLOCK)
		areas[nr++] = __alloc_percpu(PAGE_SIZE, PAGE_SIZE);
	return nr;
}

static void free_areas(void __percpu **areas, unsigned int nr)
{
	while (nr)
		free_percpu(areas[--nr]);
}

static void pages_come_when_an_area_needs_them(void **state)
{
	void __percpu *areas[100], *pages[3];
	unsigned int nr = fill_first_chunk(areas);
	unsigned long before;

	(void)state;
	pages[0] = __alloc_percpu(6 * PAGE_SIZE, PAGE_SIZE);
	assert_int_equal(pcpu_stats.nr_chunks, 2);
	before = pcpu_nr_pages();
	pages[1] = __alloc_percpu(PAGE_SIZE, PAGE_SIZE);
	/* It may lie in one of the reserve, which is filled again below two. */
	assert_true(pcpu_nr_pages() <= before + 4 * PCPU_EMPTY_POP_PAGES_HIGH);
	assert_true(pcpu_nr_pages() < 4 * 2 * pcpu_unit_size / PAGE_SIZE + before);
	assert_int_equal(percpu_verify(), 0);
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		assert_int_equal(per_cpu_ptr_to_phys(addr_of(pages[0], cpu)) % PAGE_SIZE, 0);
	free_areas(pages, 2);
	free_areas(areas, nr);
}

static void a_reserve_is_there_for_those_who_may_not_wait(void **state)
{
	void __percpu *areas[100], *atomic;
	unsigned int nr = fill_first_chunk(areas);
	unsigned long pages;

	(void)state;
	areas[nr++] = __alloc_percpu(PAGE_SIZE, PAGE_SIZE);
	areas[nr++] = __alloc_percpu(PAGE_SIZE, PAGE_SIZE);
	areas[nr++] = __alloc_percpu(PAGE_SIZE, PAGE_SIZE);
	assert_true(pcpu_pages.empty >= PCPU_EMPTY_POP_PAGES_LOW);
	assert_true(pcpu_pages.empty <= PCPU_EMPTY_POP_PAGES_HIGH);
	pages = pcpu_nr_pages();
	atomic = __alloc_percpu_gfp(PAGE_SIZE, PAGE_SIZE, GFP_ATOMIC);
	assert_non_null(atomic);
	assert_int_equal(pcpu_nr_pages(), pages);
	free_percpu(atomic);
	free_areas(areas, nr);
	assert_int_equal(percpu_verify(), 0);
}

static void empty_pages_above_the_reserve_go(void **state)
{
	void __percpu *areas[100], *small[2];
	unsigned int nr = fill_first_chunk(areas);

	(void)state;
	/* One that stays in the chunk, and one that takes six of its pages. */
	small[0] = __alloc_percpu(PAGE_SIZE, PAGE_SIZE);
	small[1] = __alloc_percpu(6 * PAGE_SIZE, PAGE_SIZE);
	free_percpu(small[1]);
	assert_true(pcpu_pages.empty <= PCPU_EMPTY_POP_PAGES_HIGH);
	assert_int_equal(percpu_verify(), 0);
	free_percpu(small[0]);
	free_areas(areas, nr);
}

static void verify_finds_a_page_that_is_missing(void **state)
{
	void __percpu *areas[100];
	unsigned int nr = fill_first_chunk(areas);
	struct pcpu_chunk *chunk;

	(void)state;
	areas[nr++] = __alloc_percpu(PCPU_MIN_UNIT_SIZE, PAGE_SIZE);
	chunk = list_last_entry(&pcpu_chunks, struct pcpu_chunk, addr_list);
	__clear_bit(0, chunk->populated);
	assert_true(percpu_verify() >= 2);
	assert_true(host_log_contains("an area lies in page 0, which is not there\n"));
	__set_bit(0, chunk->populated);
	chunk->counts.empty++;
	assert_true(percpu_verify() >= 1);
	chunk->counts.empty--;
	assert_int_equal(percpu_verify(), 0);
	free_areas(areas, nr);
}

static void without_memory_an_allocation_fails_and_nothing_is_lost(void **state)
{
	static void __percpu *areas[4096];
	unsigned int nr = 0;

	(void)state;
	while (nr < 4096 && (areas[nr] = __alloc_percpu(PCPU_MIN_UNIT_SIZE, 4)))
		nr++;
	assert_true(nr > 100 && nr < 4096);
	assert_true(host_log_contains("percpu: allocation failed, size=32768 align=4 atomic=0, "
				      "failed to allocate new chunk\n"));
	assert_int_equal(percpu_verify(), 0);
	while (nr)
		free_percpu(areas[--nr]);
	assert_int_equal(pcpu_stats.nr_chunks, 2);
}

static void the_dump_has_the_form_of_linuxs_percpu_stats(void **state)
{
	void __percpu *areas[3];
	char buf[4096];
	struct seq_file m;
	struct seq_text sb;

	(void)state;
	for (int i = 0; i < 3; i++)
		areas[i] = __alloc_percpu(16 << i, 4);
	free_percpu(areas[0]);
	seq_text_init(&m, &sb, buf, sizeof(buf));
	percpu_stats_show(&m);
	assert_non_null(strstr(buf, "Percpu Memory Statistics\nAllocation Info:\n"
				    "----------------------------------------\n"
				    "  unit_size           : "));
	assert_non_null(strstr(buf, "  nr_alloc            :            3\n"
				    "  nr_dealloc          :            1\n"
				    "  nr_cur_alloc        :            2\n"
				    "  nr_max_alloc        :            3\n"
				    "  nr_chunks           :            1\n"
				    "  nr_max_chunks       :            1\n"
				    "  min_alloc_size      :           16\n"
				    "  max_alloc_size      :           64\n"));
	assert_non_null(strstr(buf, "Per Chunk Stats:\n"
				    "----------------------------------------\n"
				    "Chunk: <- First Chunk\n"
				    "  nr_alloc            :            2\n"
				    "  max_alloc_size      :           64\n"));
	assert_non_null(strstr(buf, "  sum_frag            :           16\n"
				    "  max_frag            :           16\n"
				    "  cur_min_alloc       :           32\n"
				    "  cur_med_alloc       :           32\n"
				    "  cur_max_alloc       :           64\n\n"));
	free_percpu(areas[1]);
	free_percpu(areas[2]);
}

static void verify_reports_what_is_broken(void **state)
{
	void __percpu *ptr = __alloc_percpu(64, 8);
	struct pcpu_chunk *chunk = pcpu_first_chunk;

	(void)state;
	chunk->md[chunk->nr_blocks - 1].contig_hint--;
	assert_int_not_equal(percpu_verify(), 0);
	assert_true(host_log_contains("longest 1023"));
	chunk->md[chunk->nr_blocks - 1].contig_hint++;
	chunk->free_bits++;
	assert_int_equal(percpu_verify(), 1);
	assert_true(host_log_contains("free bits"));
	chunk->free_bits--;
	chunk->bound_map[chunk->fixed_bits / 64 + 3] ^= 2;
	assert_int_not_equal(percpu_verify(), 0);
	assert_true(host_log_contains("bound map wrong at bit"));
	chunk->bound_map[chunk->fixed_bits / 64 + 3] ^= 2;
	__per_cpu_offset[1] += 64;
	assert_int_equal(percpu_verify(), 1);
	assert_true(host_log_contains("of CPU 1 does not lead to"));
	__per_cpu_offset[1] -= 64;
	pcpu_stats.nr_cur_alloc++;
	assert_int_equal(percpu_verify(), 1);
	pcpu_stats.nr_cur_alloc--;
	assert_int_equal(percpu_verify(), 0);
	free_percpu(ptr);
}

/* ---- Random ------------------------------------------------------------------------------------- */

struct area {
	void __percpu *ptr;
	size_t size;
	u8 value;
};

static unsigned int below(unsigned int n)
{
	return (unsigned int)(arch_random() >> 16) % n;
}

static size_t random_size(void)
{
	return below(20) ? 1 + below(1U << below(11)) : 1 + below(PCPU_MIN_UNIT_SIZE);
}

static void change_area(struct area *area)
{
	if (area->ptr) {
		check_mark(area->ptr, area->size, area->value);
		free_percpu(area->ptr);
		area->ptr = NULL;
		return;
	}
	area->size = random_size();
	area->value = (u8)below(256);
	area->ptr = __alloc_percpu_gfp(area->size, 1UL << below(13), GFP_QUIET);
	assert_non_null(area->ptr);
	assert_true(is_zero(area->ptr, area->size));
	mark(area->ptr, area->size, area->value);
}

static void random_operations_agree_with_a_model(void **state)
{
	static struct area areas[400];

	(void)state;
	host_test_seed(__func__);
	memset(areas, 0, sizeof(areas));
	for (unsigned int step = 0; step < 20000; step++) {
		change_area(&areas[below(ARRAY_SIZE(areas))]);
		if (step % 500 == 0)
			assert_int_equal(percpu_verify(), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		if (areas[i].ptr)
			change_area(&areas[i]);
	assert_int_equal(pcpu_stats.nr_cur_alloc, 0);
	assert_true(pcpu_stats.nr_chunks <= 2);
	assert_int_equal(pcpu_stats.bad_free, 0);
}

/* The lowest area that fits is taken: a bit map alone tells which. */
static long lowest_fit(const struct pcpu_chunk *chunk, unsigned int bits, unsigned int align)
{
	unsigned int end = pcpu_map_bits(chunk), run = 0;

	for (unsigned int start = 0; start + bits <= end; start += align) {
		for (run = 0; run < bits; run++)
			if (chunk->alloc_map[(start + run) / 64] >> (start + run) % 64 & 1)
				break;
		if (run == bits)
			return start;
	}
	return -1;
}

static void a_chunk_finds_an_area_wherever_there_is_one(void **state)
{
	const unsigned int blocks = 3;
	struct pcpu_chunk *chunk = calloc(1, pcpu_chunk_struct_size(1, blocks));
	unsigned int used[600], nr = 0;

	(void)state;
	host_test_seed(__func__);
	pcpu_chunk_init(chunk, 1, blocks, 100);
	for (unsigned int step = 0; step < 20000; step++) {
		unsigned int bits = 1 + below(1U << below(11)), align = 1U << below(11);

		if (nr == ARRAY_SIZE(used) || (nr && below(2))) {
			unsigned int i = below(nr);

			assert_int_not_equal(pcpu_area_free(chunk, used[i]), 0);
			used[i] = used[--nr];
		} else {
			bool fits = lowest_fit(chunk, bits, align) >= 0;
			long bit = pcpu_area_alloc(chunk, bits, align, false);

			assert_int_equal(bit >= 0, fits);
			if (fits) {
				assert_int_equal(bit % align, 0);
				assert_int_equal(pcpu_area_bits(chunk, (unsigned int)bit), bits);
				used[nr++] = (unsigned int)bit;
			}
		}
		if (step % 16 == 0)
			assert_int_equal(pcpu_chunk_verify(chunk), 0);
	}
	free(chunk);
}

#define THREADS 4

static u64 __percpu *shared;

static void *run_cpu(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg + 1;
	void __percpu *areas[64] = {NULL};

	host_set_cpu((int)(size_t)arg);
	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int r = (unsigned int)rand_r(&seed);
		void __percpu **area = &areas[r % 64];

		this_cpu_inc(*shared);
		if (*area) {
			if (*(size_t *)this_cpu_ptr(*area) != (size_t)area)
				abort();
			free_percpu(*area);
			*area = NULL;
		} else if ((*area = __alloc_percpu_gfp(8 + r / 64 % 2000, 8, GFP_QUIET))) {
			*(size_t *)this_cpu_ptr(*area) = (size_t)area;
		}
	}
	for (int i = 0; i < 64; i++)
		free_percpu(areas[i]);
	return NULL;
}

static void cpus_allocate_and_free_at_once(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	shared = alloc_percpu(u64);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_cpu, (void *)i), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned int cpu = 0; cpu < THREADS; cpu++)
		assert_int_equal(*per_cpu_ptr(shared, cpu), 20000);
	free_percpu(shared);
	assert_int_equal(pcpu_stats.nr_cur_alloc, 0);
	assert_int_equal(pcpu_stats.bad_free, 0);
}

#define ROUNDS 500

static void __percpu *contended[ROUNDS];
static pthread_barrier_t barrier;

static void *free_all(void *arg)
{
	host_set_cpu((int)(size_t)arg);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&barrier);
		free_percpu(contended[i]);
	}
	return NULL;
}

/* Each is a chunk of its own, or near it: with it the chunk goes. */
static void an_area_that_cpus_free_at_once_is_freed_once(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < ROUNDS; i++)
		assert_non_null(contended[i] = __alloc_percpu_gfp(SZ_16K, 8, GFP_QUIET));
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, free_all, (void *)i), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&barrier);
	assert_int_equal(pcpu_stats.nr_cur_alloc, 0);
	assert_int_equal(pcpu_stats.bad_free, ROUNDS * (THREADS - 1));
	assert_true(pcpu_stats.nr_chunks <= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_on(four_cpus, chunks_grow_and_all_but_one_spare_go),
		test_on(four_cpus, a_gap_between_chunks_is_used_again),
		test_on(one_cpu, atomic_callers_may_make_chunks),
		test_on(four_cpus, pages_come_when_an_area_needs_them),
		test_on(four_cpus, a_reserve_is_there_for_those_who_may_not_wait),
		test_on(four_cpus, empty_pages_above_the_reserve_go),
		test_on(four_cpus, verify_finds_a_page_that_is_missing),
		test_on(four_cpus, without_memory_an_allocation_fails_and_nothing_is_lost),
		test_on(one_cpu, the_dump_has_the_form_of_linuxs_percpu_stats),
		test_on(four_cpus, verify_reports_what_is_broken),
		test_on(one_cpu, random_operations_agree_with_a_model),
		test_on(four_cpus_two_nodes, random_operations_agree_with_a_model),
		test_on(one_cpu, a_chunk_finds_an_area_wherever_there_is_one),
		test_on(four_cpus_two_nodes, cpus_allocate_and_free_at_once),
		test_on(four_cpus_two_nodes, an_area_that_cpus_free_at_once_is_freed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
