/* SPDX-License-Identifier: MIT */
/* Per-CPU memory: every CPU's own copy of variables and areas, on its node. */
#include "percpu_machine.h"

#include <stdio.h>

#define UNIT pcpu_unit_size

static DEFINE_PER_CPU(int, counter) = 7;
static DEFINE_PER_CPU(u8, byte);
static DEFINE_PER_CPU(u16, half);
static DEFINE_PER_CPU(u64, word);
/* Its address alone is used, of which clang would keep nothing but the alignment. */
static __used DEFINE_PER_CPU_PAGE_ALIGNED(char, page_of_bytes[100]);
DECLARE_PER_CPU(struct pair, pair);
struct pair {
	u64 a, b;
};
DEFINE_PER_CPU_SHARED_ALIGNED(struct pair, pair);

/* ---- Static variables ----------------------------------------------------------------- */

static void each_cpu_starts_with_its_own_copy_of_what_the_image_has(void **state)
{
	(void)state;
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		assert_int_equal(per_cpu(counter, cpu), 7);
		per_cpu(counter, cpu) = 100 + (int)cpu;
	}
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		host_set_cpu((int)cpu);
		assert_int_equal(this_cpu_read(counter), 100 + (int)cpu);
		assert_ptr_equal(this_cpu_ptr(&counter), &per_cpu(counter, cpu));
		assert_int_equal((unsigned long)this_cpu_ptr(&page_of_bytes) % PAGE_SIZE, 0);
		assert_int_equal((unsigned long)this_cpu_ptr(&pair) % L1_CACHE_BYTES, 0);
	}
	assert_int_equal(counter, 7);
}

static void before_the_boot_sets_them_up_the_image_has_the_only_copy(void **state)
{
	(void)state;
	percpu_machine_end(state);
	assert_ptr_equal(this_cpu_ptr(&counter), &counter);
	assert_false(is_kernel_percpu_address(0x1000));
	assert_null(__alloc_percpu_gfp(8, 8, GFP_QUIET));
	this_cpu_write(counter, 8);
	percpu_machine_make(SZ_64M, 1, 2);
	assert_int_equal(per_cpu(counter, 1), 8);
	counter = 7;
}

static void addresses_of_static_variables_are_known_as_such(void **state)
{
	unsigned long canonical = 0, addr = (unsigned long)&per_cpu(word, 2);
	void __percpu *dynamic = __alloc_percpu(8, 8);

	(void)state;
	assert_true(is_kernel_percpu_address(addr));
	assert_true(__is_kernel_percpu_address(addr, &canonical));
	assert_int_equal(canonical, (unsigned long)&per_cpu(word, 0));
	assert_false(is_kernel_percpu_address((unsigned long)addr_of(dynamic, 2)));
	free_percpu(dynamic);
}

#define check_ops(var, kind)                                       \
	do {                                                       \
		kind##_write(var, 10);                             \
		kind##_add(var, 5);                                \
		kind##_sub(var, 2);                                \
		kind##_inc(var);                                   \
		kind##_dec(var);                                   \
		assert_int_equal(kind##_read(var), 13);            \
		kind##_and(var, 12);                               \
		kind##_or(var, 3);                                 \
		assert_int_equal(kind##_add_return(var, 5), 20);   \
		assert_int_equal(kind##_sub_return(var, 1), 19);   \
		assert_int_equal(kind##_inc_return(var), 20);      \
		assert_int_equal(kind##_dec_return(var), 19);      \
		assert_int_equal(kind##_xchg(var, 30), 19);        \
		assert_int_equal(kind##_cmpxchg(var, 31, 40), 30); \
		assert_int_equal(kind##_read(var), 30);            \
		assert_int_equal(kind##_cmpxchg(var, 30, 40), 30); \
		assert_int_equal(kind##_read(var), 40);            \
	} while (0)

#define check_all_ops(var)                  \
	do {                                \
		check_ops(var, this_cpu);   \
		check_ops(var, __this_cpu); \
		check_ops(var, raw_cpu);    \
	} while (0)

static void operations_change_the_calling_cpus_copy_alone(void **state)
{
	(void)state;
	host_set_cpu(2);
	check_all_ops(byte);
	check_all_ops(half);
	check_all_ops(counter);
	check_all_ops(word);
	assert_int_equal(per_cpu(word, 2), 40);
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		if (cpu != 2) {
			assert_int_equal(per_cpu(word, cpu), 0);
			assert_int_equal(per_cpu(byte, cpu), 0);
			assert_int_equal(per_cpu(half, cpu), 0);
			assert_int_equal(per_cpu(counter, cpu), 7);
		}
}

static void both_of_a_pair_are_exchanged_or_none(void **state)
{
	(void)state;
	this_cpu_write(pair.a, 1);
	this_cpu_write(pair.b, 2);
	assert_false(this_cpu_cmpxchg_double(pair.a, pair.b, 1, 3, 8, 9));
	assert_int_equal(this_cpu_read(pair.a), 1);
	assert_true(this_cpu_cmpxchg_double(pair.a, pair.b, 1, 2, 8, 9));
	assert_int_equal(this_cpu_read(pair.a), 8);
	assert_int_equal(this_cpu_read(pair.b), 9);
}

static void get_and_put_give_the_calling_cpus_copy(void **state)
{
	/* cppcheck-suppress AssignmentIntegerToAddress */
	int __percpu *ptr = alloc_percpu(int);

	(void)state;
	host_set_cpu(3);
	get_cpu_var(counter) += 5;
	put_cpu_var(counter);
	*get_cpu_ptr(ptr) = 6;
	put_cpu_ptr(ptr);
	assert_int_equal(per_cpu(counter, 3), 12);
	assert_int_equal(*per_cpu_ptr(ptr, 3), 6);
	assert_int_equal(*per_cpu_ptr(ptr, 0), 0);
	free_percpu(ptr);
}

/* ---- Boot --------------------------------------------------------------------------------- */

static void boot_says_what_linux_says(void **state)
{
	char line[200];

	(void)state;
	snprintf(line, sizeof(line), "percpu: Embedded %zu pages/cpu s%zu r0 d%zu u%zu\n",
		 UNIT / PAGE_SIZE, pcpu_info.static_size, UNIT - pcpu_info.static_size, UNIT);
	assert_true(host_log_contains(line));
	snprintf(line, sizeof(line), "pcpu-alloc: s%zu r0 d%zu u%zu alloc=%zu*4096\n",
		 pcpu_info.static_size, pcpu_info.dyn_size, UNIT, UNIT / PAGE_SIZE);
	assert_true(host_log_contains(line));
	assert_true(host_log_contains(
		"setup_percpu: NR_CPUS:64 nr_cpumask_bits:4 nr_cpu_ids:4 nr_node_ids:2\n"));
	assert_true(host_log_contains("pcpu-alloc: [0] 0 [0] 2 [1] 1 [1] 3 \n"));
	assert_true(pcpu_info.dyn_size >= PERCPU_DYNAMIC_RESERVE);
}

/* Of a unit that is embedded all pages lie side by side, of these not one. */
static void the_first_chunk_may_be_of_single_pages(void **state)
{
	char line[200];

	(void)state;
	percpu_machine_end(state);
	assert_int_equal(percpu_alloc_parse_option((char[]){"page"}), 0);
	percpu_machine_make(SZ_128M, 2, 4);
	snprintf(line, sizeof(line), "percpu: %zu 4K pages/cpu s%zu r0 d%zu\n", UNIT / PAGE_SIZE,
		 pcpu_info.static_size, pcpu_info.dyn_size);
	assert_true(host_log_contains(line));
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		char *unit = (char *)__per_cpu_start + per_cpu_offset(cpu);

		assert_int_equal(per_cpu(word, cpu), word);
		for (size_t at = 0; at < UNIT; at += PAGE_SIZE) {
			phys_addr_t pa = per_cpu_ptr_to_phys(unit + at);

			assert_int_equal(pa / SZ_64M, cpu_to_node((int)cpu));
			if (at)
				assert_true(pa !=
					    per_cpu_ptr_to_phys(unit + at - PAGE_SIZE) + PAGE_SIZE);
		}
	}
	percpu_machine_end(state);
	/* One CPU's unit is where it is seen. */
	percpu_machine_make(SZ_64M, 1, 1);
	assert_true(host_log_contains("percpu: Embedded "));
	percpu_forget_options();
}

static void cpus_that_do_not_fit_on_a_line_go_on_the_next(void **state)
{
	(void)state;
	percpu_machine_end(state);
	percpu_machine_make(SZ_64M, 1, 10);
	assert_true(host_log_contains("pcpu-alloc: [0] 00 [0] 01 [0] 02 [0] 03 [0] 04 [0] 05 "
				      "[0] 06 [0] 07 \n"));
	assert_true(host_log_contains("pcpu-alloc: [0] 08 [0] 09 \n"));
}

/* Page by page: they are side by side where the CPU sees them, and nowhere else. */
static void check_lies_on_node(const char *at, size_t size, int nid)
{
	const char *end = at + size, *stop;

	for (; at < end; at = stop) {
		phys_addr_t pa = per_cpu_ptr_to_phys((void *)(uintptr_t)at);

		stop = at + min((size_t)(end - at), PAGE_SIZE - offset_in_page(at));
		assert_int_equal(pa / SZ_64M, nid);
		assert_memory_equal(__va(pa), at, (size_t)(stop - at));
	}
}

static void each_unit_of_every_chunk_lies_on_its_cpus_node(void **state)
{
	void __percpu *areas[6];

	(void)state;
	for (int i = 0; i < 6; i++) {
		areas[i] = __alloc_percpu(20000, 4);
		assert_non_null(areas[i]);
		mark(areas[i], 20000, (u8)(10 * i));
		for (unsigned int cpu = 0; cpu < 4; cpu++)
			check_lies_on_node(addr_of(areas[i], cpu), 20000, cpu_to_node((int)cpu));
	}
	assert_true(pcpu_stats.nr_chunks > 1);
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		assert_int_equal(per_cpu_ptr_to_phys(&per_cpu(word, cpu)) / SZ_64M,
				 cpu_to_node((int)cpu));
	for (int i = 0; i < 6; i++)
		free_percpu(areas[i]);
}

static void early_areas_outlive_the_move_to_slab(void **state)
{
	void __percpu *early[20];
	struct pcpu_chunk *maps;
	unsigned long managed;

	percpu_machine_end(state);
	percpu_machine_early(SZ_64M, 1, 2);
	for (int i = 0; i < 20; i++) {
		early[i] = __alloc_percpu(40, 8);
		mark(early[i], 40, (u8)i);
	}
	/* The first chunk is all there is. */
	assert_null(__alloc_percpu_gfp(PCPU_MIN_UNIT_SIZE, 4, GFP_QUIET));
	free_percpu(early[3]);
	mem_init();
	kmem_cache_init();
	maps = pcpu_first_chunk;
	managed = totalram_pages();
	percpu_init_late();
	percpu_init_late();
	assert_ptr_not_equal(maps, pcpu_first_chunk);
	assert_true(PageSlab(virt_to_head_page(pcpu_first_chunk)) ||
		    PageHead(virt_to_head_page(pcpu_first_chunk)));
	assert_true(totalram_pages() > managed);
	assert_int_equal(percpu_verify(), 0);
	for (int i = 0; i < 20; i++)
		if (i != 3) {
			check_mark(early[i], 40, (u8)i);
			free_percpu(early[i]);
		}
	assert_int_equal(pcpu_stats.nr_cur_alloc, 0);
}

/* ---- Areas ----------------------------------------------------------------------------------- */

static void areas_are_zeroed_aligned_and_apart(void **state)
{
	static const size_t aligns[] = {1, 4, 8, 64, 256, 4096};
	void __percpu *areas[ARRAY_SIZE(aligns)][8];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t a = 0; a < ARRAY_SIZE(aligns); a++)
			for (size_t i = 0; i < 8; i++) {
				void __percpu *ptr = __alloc_percpu(3 + 100 * i, aligns[a]);

				assert_non_null(ptr);
				assert_true(is_zero(ptr, 3 + 100 * i));
				for (unsigned int cpu = 0; cpu < 4; cpu++)
					assert_int_equal((unsigned long)addr_of(ptr, cpu) %
								 max(aligns[a], (size_t)4),
							 0);
				assert_int_equal(pcpu_alloc_size(ptr), ALIGN(3 + 100 * i, 4));
				mark(ptr, 3 + 100 * i, (u8)(a * 8 + i));
				areas[a][i] = ptr;
			}
		for (size_t a = 0; a < ARRAY_SIZE(aligns); a++)
			for (size_t i = 0; i < 8; i++) {
				check_mark(areas[a][i], 3 + 100 * i, (u8)(a * 8 + i));
				free_percpu(areas[a][i]);
			}
	}
}

static void what_no_chunk_could_hold_is_refused(void **state)
{
	static const struct {
		size_t size, align;
	} bad[] = {{0, 4}, {PCPU_MIN_UNIT_SIZE + 1, 4}, {8, 2 * PAGE_SIZE}, {8, 24}};
	unsigned int warned = warn_count;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_null(__alloc_percpu(bad[i].size, bad[i].align));
		assert_null(__alloc_percpu_gfp(bad[i].size, bad[i].align, GFP_QUIET));
	}
	assert_int_equal(warn_count, warned + ARRAY_SIZE(bad));
	assert_true(host_log_contains("illegal size (8) or align (24) for percpu allocation"));
	assert_int_equal(pcpu_stats.nr_alloc, 0);
	assert_int_equal(pcpu_stats.nr_chunks, 1);
}

static void a_wrong_free_is_reported_and_changes_nothing(void **state)
{
	char __percpu *ptr = __alloc_percpu(64, 8), *freed = __alloc_percpu(64, 8);
	unsigned int warned = warn_count;
	int local;

	(void)state;
	mark(ptr, 64, 9);
	free_percpu(freed);
	free_percpu(freed);
	free_percpu(ptr + 4);
	free_percpu(ptr + 1);
	free_percpu(&counter);
	free_percpu(&local);
	free_percpu(NULL);
	assert_int_equal(warn_count, warned + 5);
	assert_int_equal(pcpu_stats.bad_free, 5);
	assert_true(host_log_contains("which is no allocation"));
	check_mark(ptr, 64, 9);
	free_percpu(ptr);
	assert_int_equal(pcpu_stats.nr_cur_alloc, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_on(four_cpus, each_cpu_starts_with_its_own_copy_of_what_the_image_has),
		test_on(one_cpu, before_the_boot_sets_them_up_the_image_has_the_only_copy),
		test_on(four_cpus, addresses_of_static_variables_are_known_as_such),
		test_on(four_cpus, operations_change_the_calling_cpus_copy_alone),
		test_on(one_cpu, both_of_a_pair_are_exchanged_or_none),
		test_on(four_cpus, get_and_put_give_the_calling_cpus_copy),
		test_on(four_cpus_two_nodes, boot_says_what_linux_says),
		test_on(one_cpu, the_first_chunk_may_be_of_single_pages),
		test_on(one_cpu, cpus_that_do_not_fit_on_a_line_go_on_the_next),
		test_on(four_cpus_two_nodes, each_unit_of_every_chunk_lies_on_its_cpus_node),
		test_on(one_cpu, early_areas_outlive_the_move_to_slab),
		test_on(four_cpus, areas_are_zeroed_aligned_and_apart),
		test_on(one_cpu, what_no_chunk_could_hold_is_refused),
		test_on(four_cpus, a_wrong_free_is_reported_and_changes_nothing),
		test_on(one_cpu, a_wrong_free_is_reported_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
