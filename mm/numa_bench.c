/* SPDX-License-Identifier: MIT */
/* Latency and bandwidth of each node's memory, measured. Contract: numa_bench.h. */
#include "numa_bench.h"

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/node.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/workqueue.h>
#include <baremm/arch.h>

#define SET_BYTES   SZ_64M  /* of a node at the most */
#define SETS_BYTES  SZ_256M /* of all nodes */
#define BLOCK_BYTES (PAGE_SIZE << MAX_PAGE_ORDER)
#define BLOCKS_MAX  (SET_BYTES / BLOCK_BYTES)

#define LINE_BYTES  64UL
#define BLOCK_LINES (BLOCK_BYTES / LINE_BYTES)

/* Of the time for all, for one pair and one figure; and what is done between looks at it. */
#define ALL_NS	    400000000ULL
#define PAIR_NS_MAX 10000000ULL
#define PIECE_LOADS 256
#define PIECE_BYTES SZ_32K

/* A node's memory that is measured. */
struct memory_set {
	struct page *blocks[BLOCKS_MAX];
	unsigned int nr; /* a power of two, or 0 */
};

/* A pair of nodes. */
struct measurement {
	const struct memory_set *set;
	u64 share_ns;
	u64 latency;	/* of one CPU, tenths of ns */
	u64 bandwidth;	/* of the node's CPUs together, MB/s */
	atomic_t begun; /* CPUs that are about to read */
	unsigned int readers;
};

/* A CPU that reads beside the others of its node. */
struct reader {
	struct work_struct work;
	struct measurement *m;
	unsigned int nr;
	u64 bandwidth;
};

static bool wanted;
static volatile u64 sink; /* so that what is read is needed */

int numa_bench_parse_option(char *value)
{
	if (!value || (strcmp(value, "on") && strcmp(value, "off")))
		return -EINVAL;
	wanted = !strcmp(value, "on");
	hmat_keep_pairs = wanted;
	return 0;
}

void numa_bench_reset(void)
{
	wanted = hmat_keep_pairs = false;
}

/* ---- Sets of memory ------------------------------------------------------------------ */

static void **line_of(const struct memory_set *set, unsigned long i)
{
	char *block = page_address(set->blocks[i / BLOCK_LINES]);

	return (void **)(block + i % BLOCK_LINES * LINE_BYTES);
}

/*
 * Each line holds the address of the next one: a cycle through all of them, as 5 is 1 more
 * than a multiple of 4 and the number of lines a power of two; so is each multiplier here.
 */
static void link_lines(const struct memory_set *set)
{
	unsigned long mask = set->nr * BLOCK_LINES - 1;

	for (unsigned long i = 0; i <= mask; i++)
		*line_of(set, i) = line_of(set, (i * 0x915f77f5UL + 0x3c6ef35fUL) & mask);
}

static void free_set(struct memory_set *set, unsigned int keep)
{
	while (set->nr > keep)
		__free_pages(set->blocks[--set->nr], MAX_PAGE_ORDER);
}

/* As many blocks as the node has to spare, @most at the most. */
static void take_set(struct memory_set *set, int nid, unsigned int most)
{
	const gfp_t gfp = (GFP_KERNEL & ~__GFP_RECLAIM) | __GFP_THISNODE | __GFP_NOWARN;

	for (set->nr = 0; set->nr < most; set->nr++) {
		set->blocks[set->nr] = alloc_pages_node(nid, gfp, MAX_PAGE_ORDER);
		if (!set->blocks[set->nr])
			break;
	}
	if (!set->nr)
		return;
	free_set(set, (unsigned int)rounddown_pow_of_two(set->nr));
	link_lines(set);
}

/* ---- Measuring ------------------------------------------------------------------------- */

static void measure_latency(struct measurement *m)
{
	u64 start = arch_clock_ns(), ns, loads = 0, most = m->set->nr * BLOCK_LINES;
	void **line = line_of(m->set, 0);

	do {
		for (unsigned int i = 0; i < PIECE_LOADS; i++)
			line = READ_ONCE(*line);
		loads += PIECE_LOADS;
		ns = arch_clock_ns() - start;
	} while (ns < m->share_ns && loads < most);
	sink = (u64)(uintptr_t)line;
	m->latency = ns * 10 / loads;
}

static u64 read_bytes(const char *from, size_t size)
{
	const volatile u64 *word = (const volatile u64 *)from;
	u64 sum = 0;

	for (size_t i = 0; i < size / sizeof(*word); i++)
		sum += word[i];
	return sum;
}

/* All at once; one that does not come is not waited for long. */
static void meet(struct measurement *m)
{
	u64 end = arch_clock_ns() + m->share_ns;

	atomic_inc(&m->begun);
	while ((unsigned int)atomic_read(&m->begun) < m->readers && arch_clock_ns() < end) {
		cond_resched();
		cpu_relax();
	}
}

/* Each begins at another place, and goes round. */
static void read_set(struct work_struct *work)
{
	struct reader *reader = container_of(work, struct reader, work);
	struct measurement *m = reader->m;
	u64 size = (u64)m->set->nr * BLOCK_BYTES, bytes = 0, start, ns, at;

	at = ALIGN_DOWN(size / m->readers * reader->nr, PIECE_BYTES);
	meet(m);
	start = arch_clock_ns();
	do {
		char *block = page_address(m->set->blocks[at / BLOCK_BYTES]);

		sink = read_bytes(block + at % BLOCK_BYTES, PIECE_BYTES);
		at = (at + PIECE_BYTES) % size;
		bytes += PIECE_BYTES;
		ns = arch_clock_ns() - start;
	} while (ns < m->share_ns && bytes < size);
	reader->bandwidth = bytes * 1000 / max(ns, 1ULL);
}

/* Is @cpu one of those that measure for @nid? */
static bool reads_for(unsigned int cpu, int nid)
{
	return cpu_to_node((int)cpu) == nid;
}

static void measure_bandwidth(struct measurement *m, int nid, struct reader *readers)
{
	unsigned int cpu, nr = 0;

	m->readers = m->bandwidth = 0;
	atomic_set(&m->begun, 0);
	for_each_online_cpu (cpu)
		m->readers += reads_for(cpu, nid);
	for_each_online_cpu (cpu) {
		if (!reads_for(cpu, nid))
			continue;
		readers[nr] = (struct reader){.m = m, .nr = nr};
		INIT_WORK(&readers[nr].work, read_set);
		schedule_work_on((int)cpu, &readers[nr++].work);
	}
	while (nr--) {
		flush_work(&readers[nr].work);
		m->bandwidth += readers[nr].bandwidth;
	}
}

static long measure_here(void *arg)
{
	measure_latency(arg);
	return 0;
}

/* ---- The matrix ------------------------------------------------------------------------ */

/* Rows and columns: nodes in their order. */
struct matrix {
	int rows[MAX_NUMNODES], cpus[MAX_NUMNODES], columns[MAX_NUMNODES];
	unsigned int nr_rows, nr_columns;
	struct memory_set *sets;     /* by column */
	struct measurement *results; /* row by row */
	struct reader *readers;
};

static struct measurement *result_of(const struct matrix *matrix, unsigned int row,
				     unsigned int column)
{
	return &matrix->results[row * matrix->nr_columns + column];
}

static void find_rows(struct matrix *matrix)
{
	unsigned int cpu, nr = 0;
	nodemask_t seen = {};

	for_each_online_cpu (cpu) {
		int nid = cpu_to_node((int)cpu);

		if (node_isset(nid, seen))
			continue;
		node_set(nid, seen);
		matrix->rows[nr] = nid;
		matrix->cpus[nr++] = (int)cpu;
	}
	matrix->nr_rows = nr;
}

static void find_columns(struct matrix *matrix)
{
	unsigned int most, nodes = (unsigned int)num_node_state(N_MEMORY);
	int nid;

	most = clamp_t(unsigned int, SETS_BYTES / BLOCK_BYTES / max(nodes, 1U), 1, BLOCKS_MAX);
	for_each_node_state (nid, N_MEMORY) {
		struct memory_set *set = &matrix->sets[matrix->nr_columns];

		take_set(set, nid, most);
		if (set->nr)
			matrix->columns[matrix->nr_columns++] = nid;
		else
			pr_info("numa_bench: node %d has no block of %lu KB to spare\n", nid,
				BLOCK_BYTES / SZ_1K);
	}
}

static void measure_pair(const struct matrix *matrix, unsigned int row, unsigned int column)
{
	u64 pairs = (u64)matrix->nr_rows * matrix->nr_columns;
	struct measurement *m = result_of(matrix, row, column);

	m->set = &matrix->sets[column];
	m->share_ns = min(ALL_NS / 2 / pairs, PAIR_NS_MAX);
	work_on_cpu(matrix->cpus[row], measure_here, m);
	measure_bandwidth(m, matrix->rows[row], matrix->readers);
}

static void measure_all(struct matrix *matrix)
{
	for (unsigned int row = 0; row < matrix->nr_rows; row++) {
		for (unsigned int column = 0; column < matrix->nr_columns; column++)
			measure_pair(matrix, row, column);
		if (matrix->nr_columns)
			pr_info("numa_bench: node %d: CPU#%d measured latency, %u CPUs bandwidth "
				"(%u of %u nodes)\n",
				matrix->rows[row], matrix->cpus[row],
				result_of(matrix, row, 0)->readers, row + 1, matrix->nr_rows);
	}
}

/* ---- The log ------------------------------------------------------------------------- */

static void log_cell(const struct matrix *matrix, unsigned int row, unsigned int column,
		     bool latency)
{
	int from = matrix->rows[row], to = matrix->columns[column];
	const struct measurement *m = result_of(matrix, row, column);
	struct node_hmem_attrs claim = {};
	unsigned int claimed;
	char cell[48];
	int n;

	node_get_pair_attrs(from, to, &claim);
	claimed = latency ? claim.read_latency : claim.read_bandwidth;
	if (latency)
		n = scnprintf(cell, sizeof(cell), "%llu.%llu (%d)", m->latency / 10,
			      m->latency % 10, node_distance(from, to));
	else
		n = scnprintf(cell, sizeof(cell), "%llu", m->bandwidth);
	if (claimed)
		scnprintf(cell + n, sizeof(cell) - (size_t)n, " [%u]", claimed);
	else
		scnprintf(cell + n, sizeof(cell) - (size_t)n, " [-]");
	pr_cont(" %20s", cell);
}

static void log_table(const struct matrix *matrix, bool latency)
{
	pr_info("numa_bench: %s\n", latency ? "latency in ns (SLIT's distance) [HMAT's ns]"
					    : "bandwidth in MB/s [HMAT's MB/s]");
	pr_info("numa_bench: node");
	for (unsigned int column = 0; column < matrix->nr_columns; column++)
		pr_cont(" %20d", matrix->columns[column]);
	pr_cont("\n");
	for (unsigned int row = 0; row < matrix->nr_rows; row++) {
		pr_info("numa_bench: %4d", matrix->rows[row]);
		for (unsigned int column = 0; column < matrix->nr_columns; column++)
			log_cell(matrix, row, column, latency);
		pr_cont("\n");
	}
}

static void log_sets(const struct matrix *matrix)
{
	for (unsigned int column = 0; column < matrix->nr_columns; column++)
		pr_info("numa_bench: %lu MB of node %d's memory are read\n",
			matrix->sets[column].nr * BLOCK_BYTES / SZ_1M, matrix->columns[column]);
}

static bool measure_and_log(struct matrix *matrix)
{
	find_rows(matrix);
	matrix->sets = kcalloc((size_t)num_node_state(N_MEMORY), sizeof(*matrix->sets), GFP_KERNEL);
	matrix->readers = kcalloc(num_online_cpus(), sizeof(*matrix->readers), GFP_KERNEL);
	if (!matrix->sets || !matrix->readers)
		return false;
	pr_info("numa_bench: preparing up to %d MB of each of %d nodes\n", SET_BYTES / SZ_1M,
		num_node_state(N_MEMORY));
	find_columns(matrix);
	matrix->results = kcalloc((size_t)matrix->nr_rows * max(matrix->nr_columns, 1U),
				  sizeof(*matrix->results), GFP_KERNEL);
	if (matrix->results) {
		measure_all(matrix);
		log_sets(matrix);
		log_table(matrix, true);
		log_table(matrix, false);
	}
	for (unsigned int column = 0; column < matrix->nr_columns; column++)
		free_set(&matrix->sets[column], 0);
	return matrix->results;
}

void numa_bench(void)
{
	struct matrix *matrix;

	if (!wanted)
		return;
	matrix = kzalloc(sizeof(*matrix), GFP_KERNEL);
	if (!matrix || !measure_and_log(matrix))
		pr_err("numa_bench: no memory for tables of %d nodes\n", num_node_state(N_MEMORY));
	if (matrix) {
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): kzalloc() cleared it. */
		kfree(matrix->results);
		kfree(matrix->readers);
		kfree(matrix->sets);
	}
	kfree(matrix);
}
