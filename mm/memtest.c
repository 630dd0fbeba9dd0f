// SPDX-License-Identifier: MIT
/*
 * The early memory test. Contract: mm/memtest.h.
 *
 * One test writes a pattern to all free memory, as much of it as memtest_plan.h makes a
 * window of, then reads it back, so that a cell has time to lose it:
 *
 *   free ranges  |=================================|    |==================|
 *   write        |----- CPU 0 ---->|--- CPU 1 ---->|    |----- CPU 2 ----->|
 *   read         |-------x-------->|---------xxx-->|    |----------------->|    x: 8 bytes
 *   reserved           |page|             |page|                                that differ
 *
 * Runs of bad words are noted in a table while memory is read, and reserved
 * after: reserving may need a larger array of regions, which must not be taken from
 * memory that holds the pattern. If the table is full, what was not read
 * is tested in a window of its own.
 *
 * What it cannot find: a window smaller than the CPUs' caches is read back from these; and
 * memory that is in use already, by the program, its page tables and what says which memory is
 * whose, is not tested. The memory that the other CPUs ran on is, once they are gone.
 *
 * Memory past the direct map is tested page by page, through kmap_local_page().
 *
 * Linux tests on one CPU, and before it knows of nodes. It reserves the bad words alone, and
 * what allocates less than a page could get their neighbours; here whole pages are reserved.
 * The lines of the log are Linux's.
 */
#include "memtest.h"

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/memblock.h>
#include <baremm/arch.h>
#include <baremm/console.h>

#include "badpage.h"
#include "internal.h"
#include "memtest_cpus.h"

/* In Linux's order, of which the last is applied first. */
static const u64 patterns[MEMTEST_PATTERNS] = {
	0,
	0xffffffffffffffffULL,
	0x5555555555555555ULL,
	0xaaaaaaaaaaaaaaaaULL,
	0x1111111111111111ULL,
	0x2222222222222222ULL,
	0x4444444444444444ULL,
	0x8888888888888888ULL,
	0x3333333333333333ULL,
	0x6666666666666666ULL,
	0x9999999999999999ULL,
	0xccccccccccccccccULL,
	0x7777777777777777ULL,
	0xbbbbbbbbbbbbbbbbULL,
	0xddddddddddddddddULL,
	0xeeeeeeeeeeeeeeeeULL,
	0x7a6c7258554e494cULL, /* "LINUXrlz" in memory */
};

#define PROGRESS_INTERVAL 1000000000ULL /* ns */
#define LEAST_ROOM	  32		/* for bad memory, found and not reserved yet */

static unsigned int nr_tests;

static struct memtest_plan plan __initbss;
static u64 pattern __initdata; /* of this test */

static struct {
	unsigned int test; /* from 1 */
	phys_addr_t done;  /* written and read, by this test, in earlier windows */
	phys_addr_t bad;   /* bytes reserved */
	u64 said;	   /* when the last line about it came */
} run __initdata;

int __init memtest_parse_option(char *value)
{
	unsigned long long nr = MEMTEST_PATTERNS;
	int err = value ? kstrtoull(value, 0, &nr) : 0;

	if (err || nr > UINT_MAX)
		return -EINVAL;
	nr_tests = (unsigned int)nr;
	return 0;
}

void __init memtest_reset(void)
{
	nr_tests = 0;
}

/* ---- One window ----------------------------------------------------------------- */

/* As its bytes lie in memory. */
static u64 __init shown(void)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(pattern) : pattern;
}

static void __init say_range(phys_addr_t start, phys_addr_t end)
{
	pr_info("  %pa - %pa pattern %016llx\n", &start, &end, shown());
}

/* A line a second. */
static void __init progress(enum tester_phase phase)
{
	u64 now = arch_clock_ns();

	if (now - run.said < PROGRESS_INTERVAL)
		return;
	run.said = now;
	pr_info("early_memtest: test %u of %u: %lluM of %lluM %s\n", run.test, nr_tests,
		min(run.done + testers_done(), plan.size) >> 20, plan.size >> 20,
		phase == TEST_WRITE ? "written" : "read");
}

/* False: some of it is not, and would be found for ever. *@all: this was all there is. */
static bool __init reserve_found(bool *all)
{
	struct tester_found *found;
	unsigned int nr = testers_found(&found, all);
	bool reserved = true;

	for (unsigned int i = 0; i < nr; i++) {
		phys_addr_t before = memblock.reserved.total_size;

		if (WARN_ON(bad_memory_reserve(found[i].start, found[i].end))) {
			reserved = false;
			continue;
		}
		run.bad += memblock.reserved.total_size - before;
		pr_info("  %016llx bad mem addr %pa - %pa reserved\n", shown(), &found[i].start,
			&found[i].end);
	}
	return reserved;
}

/*
 * So that reserving what a window is found to have of bad memory takes no other memory: the
 * array grows until there is room for @nr regions more. Returns for how many there is.
 */
static unsigned int __init make_room(unsigned int nr)
{
	const struct memblock_type *type = &memblock.reserved;

	while (type->max - type->cnt < nr + 1 && !memblock_double_array(&memblock.reserved, 0, 0))
		;
	return (unsigned int)min_t(unsigned long, type->max - type->cnt - 1, TESTER_MAX_FOUND);
}

/* ---- All memory ------------------------------------------------------------------- */

/* Memory of which much is bad is done sooner with more room: a window that stops begins anew. */
static void __init do_one_pass(void)
{
	struct tester_job job = {.plan = &plan, .pattern = pattern, .progress = progress};
	bool all = true, reserved = true;
	unsigned int round;

	run.done = 0;
	memtest_plan_rewind(&plan);
	for (;;) {
		job.max_found = make_room(all ? LEAST_ROOM : TESTER_MAX_FOUND);
		if (!reserved || !memtest_plan_window(&plan, say_range))
			return;
		testers_run(&job, TEST_WRITE);
		round = testers_run(&job, TEST_READ);
		reserved = reserve_found(&all);
		run.done += memtest_plan_advance(&plan, round);
	}
}

static void __init do_all_passes(phys_addr_t start, phys_addr_t end)
{
	memtest_plan_make(&plan, start, end, testers_count());
	for (unsigned int left = nr_tests; left-- > 0;) {
		run.test = nr_tests - left;
		pattern = patterns[left % MEMTEST_PATTERNS];
		do_one_pass();
	}
}

void __init early_memtest(phys_addr_t start, phys_addr_t end)
{
	u64 began = arch_clock_ns();
	phys_addr_t size;

	if (!nr_tests)
		return;
	console_stage("memory test");
	run.said = began;
	run.bad = 0;
	pr_info("early_memtest: # of tests: %u\n", nr_tests);
	testers_start();
	do_all_passes(start, end);
	size = plan.size;
	if (testers_retire(&start, &end)) {
		do_all_passes(start, end);
		size += plan.size;
	}
	testers_stop();
	pr_info("early_memtest: %lluK of %lluK bad, %llu ms\n", run.bad >> 10, size >> 10,
		(arch_clock_ns() - began) / 1000000);
	console_stage("nodes and zones");
}
