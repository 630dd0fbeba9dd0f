/* SPDX-License-Identifier: MIT */
/*
 * The early memory test on several CPUs, which are threads: who tests what, what is found, and
 * CPUs that do not come or do not stay. Simulated RAM has cells that lose bits, and words of
 * which the access fails. Built twice: the second time ThreadSanitizer looks on.
 */
#include "acpi_machine.h"
#include "badpage_pages.h"
#include "tsan.h"

#include <stdio.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/smp.h>
#include <linux/topology.h>

#include "../../mm/memtest_cpus.h"

#define NODE_SIZE  ((phys_addr_t)SZ_16M)
#define MAX_NODES  4
#define RAM_END	   (MAX_NODES * NODE_SIZE)
#define RAM_PAGES  (RAM_END / PAGE_SIZE)
#define NR_CELLS   700
#define NO_MEMORY  0xff
#define MAX_TESTER 8

/* ---- RAM ------------------------------------------------------------------------------- */

struct cell {
	phys_addr_t addr;
	enum { LOSES_A_BIT, FAULTS, FAULTS_WHEN_WRITTEN } kind;
};

static struct cell cells[NR_CELLS];
static size_t nr_cells;

static u8 reader[RAM_PAGES]; /* CPU + 1 of each page's */

/* The CPU that is to halt, and what of it; where it reads, behind a cell that it just found. */
static struct {
	int cpu;
	enum host_access at;
	int fault;
} halts;
static u64 (*clock_to_use)(void);

static void note_reader(phys_addr_t start, phys_addr_t end)
{
	u8 cpu = (u8)(smp_processor_id() + 1);

	for (phys_addr_t pos = ALIGN_DOWN(start, PAGE_SIZE); pos < end; pos += PAGE_SIZE)
		if (pos < RAM_END)
			__atomic_store_n(&reader[pos / PAGE_SIZE], cpu, __ATOMIC_RELAXED);
}

static bool is_cell(phys_addr_t addr)
{
	for (size_t i = 0; i < nr_cells; i++)
		if (cells[i].addr == addr)
			return true;
	return false;
}

static size_t access_words(u64 *words, size_t nr, enum host_access access)
{
	phys_addr_t start = (phys_addr_t)(unsigned long)words - host_ram_base;
	phys_addr_t end = start + nr * sizeof(u64), reached = end;

	if (smp_processor_id() == halts.cpu && access == halts.at &&
	    (access != HOST_BEFORE_READ || is_cell(start - sizeof(u64))))
		host_early_cpu_halt(halts.fault);
	if (access == HOST_BEFORE_READ)
		note_reader(start, end);
	for (size_t i = 0; i < nr_cells; i++) {
		u64 *word = (u64 *)(host_ram_base + cells[i].addr);

		if (cells[i].addr < start || cells[i].addr >= end)
			continue;
		if (cells[i].kind == LOSES_A_BIT && access == HOST_AFTER_WRITE)
			*word ^= 1;
		if (cells[i].kind == FAULTS && access != HOST_AFTER_WRITE)
			reached = min(reached, cells[i].addr);
		if (cells[i].kind == FAULTS_WHEN_WRITTEN && access == HOST_BEFORE_WRITE)
			reached = min(reached, cells[i].addr);
	}
	return (reached - start) / sizeof(u64);
}

static void add_cell(phys_addr_t addr, int kind)
{
	assert_true(nr_cells < NR_CELLS);
	cells[nr_cells++] = (struct cell){addr, kind};
}

/* ---- Machines ---------------------------------------------------------------------------- */

/* By number: the nodes of CPUs, and of each 16 MB of RAM. */
struct spec {
	u8 cpus[MAX_TESTER];
	unsigned int nr_cpus;
	u8 memory[MAX_NODES];
	const u8 *distances; /* of nr_nodes, if there are some */
	unsigned int nr_nodes;
};

static const struct spec two_nodes = {.cpus = {0, 1, 0, 1}, .nr_cpus = 4, .memory = {0, 0, 1, 1}};

static struct bytes table;

static void make_tables(const struct spec *s, struct firmware *fw)
{
	begin_srat(&table, 1);
	for (u8 id = 0; id < s->nr_cpus; id++)
		srat_cpu(&table, s->cpus[id], id, ENABLED);
	for (u8 i = 0; i < MAX_NODES; i++)
		srat_memory(&table, s->memory[i], i * NODE_SIZE, (i + 1) * NODE_SIZE, ENABLED);
	end_table(&table);
	place(fw, &table);
	begin_madt(&table);
	for (u8 id = 0; id < s->nr_cpus; id++)
		madt_cpu(&table, id, id, ENABLED);
	end_table(&table);
	place(fw, &table);
	if (s->distances) {
		make_slit(&table, s->distances, s->nr_nodes);
		place(fw, &table);
	}
}

static void up(const struct spec *s, const char *options)
{
	static const struct e820_entry map[] = {
		{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
		{.addr = SZ_1M, .size = SZ_1M, .type = E820_TYPE_ACPI},
		{.addr = SZ_2M, .size = RAM_END - SZ_2M, .type = E820_TYPE_RAM},
	};
	struct firmware fw = {.next = SZ_1M};
	struct boot_info *info;

	mm_reset();
	info = acpi_machine(map, ARRAY_SIZE(map), options);
	make_tables(s, &fw);
	info->rsdp = place_xsdt_and_rsdp(&fw);
	host_test_words = access_words;
	host_clock = clock_to_use;
	bring_up(info);
}

static int setup(void **state)
{
	(void)state;
	nr_cells = 0;
	memset(reader, 0, sizeof(reader));
	halts.cpu = -1;
	clock_to_use = NULL;
	return 0;
}

static int down(void **state)
{
	(void)state;
	memset(host_cpu_start_error, 0, NR_CPUS * sizeof(*host_cpu_start_error));
	mm_reset();
	host_machine_exit();
	return 0;
}

/* ---- Questions ----------------------------------------------------------------------------- */

/* The CPUs that read some of the n-th 16 MB; bit 0 is CPU 0. */
static unsigned int readers_of(unsigned int n)
{
	unsigned int mask = 0;

	for (size_t i = n * (NODE_SIZE / PAGE_SIZE); i < (n + 1) * (NODE_SIZE / PAGE_SIZE); i++)
		if (reader[i])
			mask |= 1u << (reader[i] - 1);
	return mask;
}

static bool is_faulty(unsigned long pfn)
{
	for (size_t i = 0; i < nr_cells; i++)
		if (PHYS_PFN(cells[i].addr) == pfn)
			return true;
	return false;
}

/* The pages with faulty cells are marked, no other is, and each cell is in the log once. */
static void assert_just_the_cells_are_found(void)
{
	unsigned long nr = 0;

	for (unsigned long pfn = PHYS_PFN(SZ_2M); pfn < RAM_PAGES; pfn++) {
		bool faulty = is_faulty(pfn);

		nr += faulty;
		if (PageHWPoison(pfn_to_page(pfn)) != faulty)
			fail_msg("page %#lx: %s", pfn, faulty ? "not found" : "found");
	}
	assert_int_equal(nr_poisoned(), nr);
	assert_int_equal(host_log_count("bad mem addr"), nr_cells);
	assert_true(all_pages_handed_out_are_good(0));
	assert_int_equal(mm_verify_all(), 0);
}

/* What it says that it tested of all memory, in KB. */
static unsigned long tested(void)
{
	static const char start[] = "early_memtest: 0K of ";
	const char *line = strstr(host_log(), start);

	assert_non_null(line);
	return strtoul(line + strlen(start), NULL, 10);
}

/* ---- Who tests what -------------------------------------------------------------------------- */

static void each_cpu_tests_its_own_nodes_memory(void **state)
{
	(void)state;
	up(&two_nodes, "memtest=2");
	assert_int_equal(readers_of(0) | readers_of(1), 0x5);
	assert_int_equal(readers_of(2) | readers_of(3), 0xa);
	assert_in_log("early_memtest: 4 CPUs\n");
	assert_int_equal(host_log_count("K of its own memory, 0K of others'\n"),
			 host_log_count("K of its own memory"));
	assert_int_equal(mm_verify_all(), 0);
}

static void a_node_without_cpus_is_tested_from_the_nearest(void **state)
{
	static const u8 distances[] = {10, 20, 40, 20, 10, 30, 40, 30, 10};
	static const struct spec spec = {.cpus = {0, 1},
					 .nr_cpus = 2,
					 .memory = {0, 1, 2, 2},
					 .distances = distances,
					 .nr_nodes = 3};

	(void)state;
	up(&spec, "memtest=1");
	assert_int_equal(readers_of(0), 1);
	assert_int_equal(readers_of(1), 2);
	assert_int_equal(readers_of(2), 2);
	assert_int_equal(readers_of(3), 2);
	assert_in_log("K of its own memory, 0K of others'\n");
	assert_in_log("early_memtest: CPU 1 (node 1): 16384K of its own memory, 3");
}

static void a_node_without_cpus_is_shared_by_those_at_one_distance(void **state)
{
	static const struct spec spec = {.cpus = {0, 1}, .nr_cpus = 2, .memory = {0, 1, 2, 2}};

	(void)state;
	up(&spec, "memtest=1");
	assert_int_equal(readers_of(0), 1);
	assert_int_equal(readers_of(1), 2);
	assert_int_equal(readers_of(2) & ~3u, 0);
	assert_true(readers_of(2) && readers_of(3));
}

static void a_cpu_whose_node_has_no_memory_tests_the_nearest(void **state)
{
	static const u8 distances[] = {10, 20, 40, 20, 10, 30, 40, 30, 10};
	static const struct spec spec = {.cpus = {0, 1, 2},
					 .nr_cpus = 3,
					 .memory = {0, 0, 1, 1},
					 .distances = distances,
					 .nr_nodes = 3};

	(void)state;
	up(&spec, "memtest=4");
	assert_int_equal(readers_of(0) | readers_of(1), 1);
	assert_int_equal(readers_of(2) | readers_of(3), 6);
}

static void without_nodes_all_cpus_test_all_memory(void **state)
{
	(void)state;
	add_cell(SZ_32M, LOSES_A_BIT);
	up(&two_nodes, "memtest=1 numa=off");
	assert_int_equal(num_online_nodes(), 1);
	assert_in_log("early_memtest: 4 CPUs\n");
	assert_just_the_cells_are_found();
}

static void options_that_leave_cpus_out_do_it_here_too(void **state)
{
	static const struct {
		const char *options;
		unsigned int cpus; /* a bit for each that tests */
	} rows[] = {{"memtest=1 nosmp", 1},
		    {"memtest=1 maxcpus=2", 3},
		    {"memtest=1 nr_cpus=3", 7},
		    {"memtest=1 maxcpus=0", 1}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned int mask = 0;

		setup(state);
		up(&two_nodes, rows[i].options);
		for (unsigned int n = 0; n < MAX_NODES; n++)
			mask |= readers_of(n);
		assert_int_equal(mask, rows[i].cpus);
		down(state);
	}
}

/* The memory that the others ran on as well. */
static void as_much_is_tested_as_by_one_cpu(void **state)
{
	unsigned long alone;

	(void)state;
	up(&two_nodes, "memtest=1 nosmp");
	alone = tested();
	down(state);
	up(&two_nodes, "memtest=1");
	assert_in_log("early_memtest: 4 CPUs\n");
	assert_int_equal(tested(), alone);
}

static void no_cpu_is_started_without_the_option(void **state)
{
	(void)state;
	up(&two_nodes, "");
	assert_not_in_log("early_memtest");
	for (unsigned int n = 0; n < MAX_NODES; n++)
		assert_int_equal(readers_of(n), 0);
}

static void cpus_start_as_ever_after_the_test(void **state)
{
	(void)state;
	up(&two_nodes, "memtest=1");
	smp_init();
	assert_int_equal(num_online_cpus(), 4);
	assert_in_log("smp: Brought up 2 nodes, 4 CPUs\n");
	host_cpus_stop();
}

/* ---- What is found ------------------------------------------------------------------------------ */

/* Each in a page of its own: what a page has is in the log once. */
static void add_random_cells(size_t nr, int kinds)
{
	while (nr_cells < nr) {
		phys_addr_t addr = SZ_2M + arch_random() % (RAM_END - SZ_4M);

		if (!is_faulty(PHYS_PFN(addr)))
			add_cell(ALIGN_DOWN(addr, sizeof(u64)), (int)(arch_random() % (u64)kinds));
	}
}

static void faulty_cells_are_found_by_whoever_tests_them(void **state)
{
	(void)state;
	host_test_seed(__func__);
	add_random_cells(40, 1);
	up(&two_nodes, "memtest=3");
	assert_just_the_cells_are_found();
}

static void an_access_that_fails_is_a_faulty_cell(void **state)
{
	(void)state;
	host_test_seed(__func__);
	add_random_cells(20, 3);
	add_cell(SZ_32M + SZ_8M, FAULTS);
	add_cell(SZ_32M + SZ_4M, FAULTS_WHEN_WRITTEN); /* and holds the last pattern, 0 */
	up(&two_nodes, "memtest=1");
	assert_just_the_cells_are_found();
}

/* All CPUs stop, and begin anew. */
static void more_can_be_found_than_there_is_room_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_CELLS; i++)
		add_cell(SZ_32M - SZ_2M + 2 * PAGE_SIZE * i + 8 * (i % 512), (int)(i % 3));
	up(&two_nodes, "memtest=2");
	assert_true(nr_cells > 2 * TESTER_MAX_FOUND);
	assert_just_the_cells_are_found();
}

static void runs_are_joined_where_pieces_end(void **state)
{
	const phys_addr_t size = RAM_END - SZ_2M, piece = ALIGN(size / 32, SZ_1M);
	const phys_addr_t edge = SZ_32M + piece;

	(void)state;
	for (phys_addr_t addr = edge - 16; addr < edge + 16; addr += sizeof(u64))
		add_cell(addr, LOSES_A_BIT);
	up(&two_nodes, "memtest=1");
	assert_int_equal(host_log_count("bad mem addr"), 1);
	assert_int_equal(nr_poisoned(), 2);
}

/* ---- CPUs that are lost ---------------------------------------------------------------------------- */

static void a_cpu_that_does_not_come_is_named_and_left_out(void **state)
{
	(void)state;
	host_test_seed(__func__);
	add_random_cells(10, 1);
	host_cpu_start_error[1] = host_cpu_start_error[3] = -ETIMEDOUT;
	up(&two_nodes, "memtest=1");
	assert_in_log("early_memtest: CPU 1 (APIC id 0x1) does not come, it is left out\n");
	assert_in_log("early_memtest: CPU 3 (APIC id 0x3) does not come, it is left out\n");
	assert_in_log("early_memtest: 2 CPUs\n");
	assert_int_equal(readers_of(0) | readers_of(1), 5);
	assert_int_equal((readers_of(2) | readers_of(3)) & ~5u, 0);
	assert_just_the_cells_are_found();
}

static void a_cpu_is_lost(enum host_access at, int fault, const char *line)
{
	static const struct spec spec = {.cpus = {0, 1}, .nr_cpus = 2, .memory = {0, 0, 1, 1}};

	nr_cells = 0;
	add_cell(SZ_32M + SZ_1M, LOSES_A_BIT);
	add_random_cells(30, 1);
	halts.cpu = 1;
	halts.at = at;
	halts.fault = fault;
	up(&spec, "memtest=2");
	assert_in_log(line);
	assert_in_log("early_memtest: 2 CPUs\n");
	assert_int_equal(readers_of(2) | readers_of(3), 1);
	assert_just_the_cells_are_found();
}

static void another_takes_over_from_a_cpu_with_an_exception(void **state)
{
	static const enum host_access places[] = {HOST_BEFORE_WRITE, HOST_AFTER_WRITE,
						  HOST_BEFORE_READ};

	host_test_seed(__func__);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		a_cpu_is_lost(places[i], 13,
			      "early_memtest: CPU 1 (APIC id 0x1) had exception 13, it is left "
			      "out\n");
		down(state);
	}
}

/* Stands until the CPU has halted: from then on only the boot CPU runs, and waits for it. */
static u64 clock_of_who_waits(void)
{
	static u64 now;

	return host_early_cpu_halted(1) ? now += 1000000000 : now;
}

static void another_takes_over_from_a_cpu_that_hangs(void **state)
{
	(void)state;
	host_test_seed(__func__);
	clock_to_use = clock_of_who_waits;
	a_cpu_is_lost(HOST_BEFORE_READ, -1,
		      "early_memtest: CPU 1 (APIC id 0x1) does not go on, it is left out\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_cpu_tests_its_own_nodes_memory),
		TEST(a_node_without_cpus_is_tested_from_the_nearest),
		TEST(a_node_without_cpus_is_shared_by_those_at_one_distance),
		TEST(a_cpu_whose_node_has_no_memory_tests_the_nearest),
		TEST(without_nodes_all_cpus_test_all_memory),
		TEST(options_that_leave_cpus_out_do_it_here_too),
		TEST(as_much_is_tested_as_by_one_cpu),
		TEST(no_cpu_is_started_without_the_option),
		TEST(cpus_start_as_ever_after_the_test),
		TEST(faulty_cells_are_found_by_whoever_tests_them),
		TEST(an_access_that_fails_is_a_faulty_cell),
		TEST(more_can_be_found_than_there_is_room_for),
		TEST(runs_are_joined_where_pieces_end),
		TEST(a_cpu_that_does_not_come_is_named_and_left_out),
		TEST(another_takes_over_from_a_cpu_with_an_exception),
		TEST(another_takes_over_from_a_cpu_that_hangs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
