/* SPDX-License-Identifier: MIT */
/* Per-CPU memory: every CPU's own, on its node, and all of it comes back. */
#include "percpu_machine.h"

#include <baremm/arch.h>
#include <linux/seq_file.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define GFP_QUIET (GFP_KERNEL | __GFP_NOWARN)
#define UNIT	  pcpu_unit_size

static DEFINE_PER_CPU(int, counter) = 7;
static DEFINE_PER_CPU(u8, byte);
static DEFINE_PER_CPU(u16, half);
static DEFINE_PER_CPU(u64, word);
static DEFINE_PER_CPU_PAGE_ALIGNED(char, page_of_bytes[100]);
DECLARE_PER_CPU(struct pair, pair);
struct pair {
	u64 a, b;
};
DEFINE_PER_CPU_SHARED_ALIGNED(struct pair, pair);

static int one_cpu(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 1);
	return 0;
}

static int four_cpus(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 4);
	return 0;
}

static int four_cpus_two_nodes(void **state)
{
	(void)state;
	percpu_machine_make(SZ_128M, 2, 4);
	return 0;
}

static void *addr_of(void __percpu *ptr, unsigned int cpu)
{
	return per_cpu_ptr(ptr, cpu);
}

static bool is_zero(void __percpu *ptr, size_t size)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		for (size_t i = 0; i < size; i++)
			if (((char *)addr_of(ptr, cpu))[i])
				return false;
	return true;
}

static void mark(void __percpu *ptr, size_t size, u8 value)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		memset(addr_of(ptr, cpu), value + (int)cpu, size);
}

static void check_mark(void __percpu *ptr, size_t size, u8 value)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		for (size_t i = 0; i < size; i++)
			assert_int_equal(((u8 *)addr_of(ptr, cpu))[i], (u8)(value + cpu));
}

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
	assert_true(pcpu_nr_pages() < 4 * 2 * UNIT / PAGE_SIZE + before);
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
	struct seq_buf sb;

	(void)state;
	for (int i = 0; i < 3; i++)
		areas[i] = __alloc_percpu(16 << i, 4);
	free_percpu(areas[0]);
	seq_buf_init(&m, &sb, buf, sizeof(buf));
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

#define test_on(machine, f) cmocka_unit_test_setup_teardown(f, machine, percpu_machine_end)

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
		test_on(one_cpu, cpus_that_do_not_fit_on_a_line_go_on_the_next),
		test_on(four_cpus_two_nodes, each_unit_of_every_chunk_lies_on_its_cpus_node),
		test_on(one_cpu, early_areas_outlive_the_move_to_slab),
		test_on(four_cpus, areas_are_zeroed_aligned_and_apart),
		test_on(one_cpu, what_no_chunk_could_hold_is_refused),
		test_on(four_cpus, a_wrong_free_is_reported_and_changes_nothing),
		test_on(one_cpu, a_wrong_free_is_reported_and_changes_nothing),
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
