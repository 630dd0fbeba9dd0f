// SPDX-License-Identifier: MIT
/*
 * The early memory test. Contract: mm/memtest.h.
 *
 * One test writes a pattern to a whole free range, then reads the range back, so that
 * a cell has time to lose it:
 *
 *   free range   |=================================|
 *   write        |----------- pattern ------------>|
 *   read         |-------------x---------xxx------>|     x: 8 bytes that differ
 *   reserved                 |page|     |page|
 *
 * Runs of bad words are noted in a table while the range is read, and reserved
 * after: reserving may need a larger array of regions, which must not be taken from
 * memory that holds the pattern. If the table is full, the rest of the range
 * is tested as a range of its own.
 *
 * What it cannot find: a range smaller than the CPU's caches is read back from these, as
 * on Linux; and memory that is in use already, by the program or its page tables, is
 * not tested.
 *
 * Memory past the direct map is tested page by page, through kmap_local_page().
 *
 * Linux reserves the bad words alone, and what allocates less than a page could get
 * their neighbours; here whole pages are reserved. The lines of the log are Linux's.
 */
#include "memtest.h"

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/memblock.h>
#include <linux/sizes.h>
#include <baremm/arch.h>

#include "badpage.h"
#include "highmem.h"
#include "internal.h"

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

#define WORD		  sizeof(u64)
#define PROGRESS_STEP	  SZ_16M	/* bytes between looks at the clock */
#define PROGRESS_INTERVAL 1000000000ULL /* ns */

/* Runs of bad words, found and not reserved yet. */
#define MAX_FOUND 32

static unsigned int nr_tests;

static struct {
	unsigned int test; /* from 1 */
	phys_addr_t size;  /* of the free memory, when it began */
	phys_addr_t done;  /* of it, written and read, by this test */
	phys_addr_t bad;   /* bytes reserved */
	u64 said;	   /* when the last line about it came */
	unsigned int nr_found;
	struct {
		phys_addr_t start, end;
	} found[MAX_FOUND];
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

/* ---- One range ------------------------------------------------------------------ */

/* The pattern as its bytes lie in memory. */
static u64 shown(u64 pattern)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(pattern) : pattern;
}

/* A line a second. @half: bytes of this range, written or read. */
static void __init progress(const char *what, phys_addr_t half)
{
	u64 now = arch_clock_ns();

	if (now - run.said < PROGRESS_INTERVAL)
		return;
	run.said = now;
	pr_info("early_memtest: test %u of %u: %lluM of %lluM %s\n", run.test, nr_tests,
		(run.done + half) >> 20, run.size >> 20, what);
}

/* Memory that has an address as a whole: megabytes of the direct map, or a page past it. */
static phys_addr_t __init piece_end(phys_addr_t pos, phys_addr_t end)
{
	if (pos < direct_map_end())
		return min3(end, pos + PROGRESS_STEP, direct_map_end());
	return min(end, ALIGN_DOWN(pos, PAGE_SIZE) + PAGE_SIZE);
}

static volatile u64 *__init map_piece(phys_addr_t pos)
{
	if (pos < direct_map_end())
		return phys_to_virt(pos);
	return (u64 *)kmap_local_page(phys_to_page(pos)) + offset_in_page(pos) / WORD;
}

static void __init unmap_piece(phys_addr_t pos, volatile u64 *words)
{
	if (pos >= direct_map_end())
		kunmap_local((void *)ALIGN_DOWN((unsigned long)words, PAGE_SIZE));
}

static void __init write_pattern(u64 pattern, phys_addr_t start, phys_addr_t end)
{
	for (phys_addr_t pos = start; pos < end;) {
		phys_addr_t stop = piece_end(pos, end);
		volatile u64 *words = map_piece(pos);
		size_t n = (stop - pos) / WORD;

		for (size_t i = 0; i < n; i++)
			words[i] = pattern;
		unmap_piece(pos, words);
		pos = stop;
		progress("written", pos - start);
	}
}

/* False: no room to note it. */
static bool __init note_bad_word(phys_addr_t pos)
{
	if (run.nr_found && run.found[run.nr_found - 1].end == pos) {
		run.found[run.nr_found - 1].end += WORD;
		return true;
	}
	if (run.nr_found == MAX_FOUND)
		return false;
	run.found[run.nr_found].start = pos;
	run.found[run.nr_found++].end = pos + WORD;
	return true;
}

/* How many of the words at @pos keep the pattern, or were noted not to. */
static size_t __init read_piece(u64 pattern, phys_addr_t pos, size_t n)
{
	volatile u64 *words = map_piece(pos);
	size_t i = 0;

	while (i < n && (likely(words[i] == pattern) || note_bad_word(pos + i * WORD)))
		i++;
	unmap_piece(pos, words);
	return i;
}

/* Returns where it stopped: at @end, or at a bad word that there was no room to note. */
static phys_addr_t __init read_pattern(u64 pattern, phys_addr_t start, phys_addr_t end)
{
	for (phys_addr_t pos = start; pos < end;) {
		phys_addr_t stop = piece_end(pos, end);
		size_t n = (stop - pos) / WORD, good = read_piece(pattern, pos, n);

		if (good < n)
			return pos + good * WORD;
		pos = stop;
		progress("read", pos - start);
	}
	return end;
}

static void __init reserve_found(u64 pattern)
{
	for (unsigned int i = 0; i < run.nr_found; i++) {
		phys_addr_t start = run.found[i].start, end = run.found[i].end;
		phys_addr_t before = memblock.reserved.total_size;

		if (WARN_ON(bad_memory_reserve(start, end)))
			continue;
		run.bad += memblock.reserved.total_size - before;
		pr_info("  %016llx bad mem addr %pa - %pa reserved\n", shown(pattern), &start,
			&end);
	}
	run.nr_found = 0;
}

/* Returns where the next range is to be looked for. */
static phys_addr_t __init test_range(u64 pattern, phys_addr_t start, phys_addr_t end)
{
	phys_addr_t first = ALIGN(start, WORD), last = ALIGN_DOWN(end, WORD), stop;

	pr_info("  %pa - %pa pattern %016llx\n", &start, &end, shown(pattern));
	if (first >= last)
		return end;
	write_pattern(pattern, first, last);
	stop = read_pattern(pattern, first, last);
	reserve_found(pattern);
	run.done += stop - first;
	return stop == last ? end : stop;
}

/* ---- All ranges ------------------------------------------------------------------- */

/* The first free range at @pos or above, cut at @limit; false where there is none. */
static bool __init next_free(phys_addr_t pos, phys_addr_t limit, phys_addr_t *start,
			     phys_addr_t *end)
{
	u64 i;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, start, end, NULL) {
		*start = max(*start, pos);
		*end = min(*end, limit);
		if (*start < *end)
			return true;
	}
	return false;
}

/* So that reserving what a range is found to have of bad memory takes no other memory. */
static void __init make_room(void)
{
	const struct memblock_type *type = &memblock.reserved;

	while (type->max - type->cnt < MAX_FOUND + 1 &&
	       !memblock_double_array(&memblock.reserved, 0, 0))
		;
}

static void __init do_one_pass(u64 pattern, phys_addr_t start, phys_addr_t end)
{
	phys_addr_t range_start, range_end;

	run.done = 0;
	for (make_room(); next_free(start, end, &range_start, &range_end); make_room())
		start = test_range(pattern, range_start, range_end);
}

static phys_addr_t __init free_size(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t size = 0, range_start, range_end;

	for (; next_free(start, end, &range_start, &range_end); start = range_end)
		size += range_end - range_start;
	return size;
}

void __init early_memtest(phys_addr_t start, phys_addr_t end)
{
	u64 began = arch_clock_ns();

	if (!nr_tests)
		return;
	run.size = free_size(start, end);
	run.said = began;
	run.bad = 0;
	pr_info("early_memtest: # of tests: %u\n", nr_tests);
	for (unsigned int left = nr_tests; left-- > 0;) {
		run.test = nr_tests - left;
		do_one_pass(patterns[left % MEMTEST_PATTERNS], start, end);
	}
	pr_info("early_memtest: %lluK of %lluK bad, %llu ms\n", run.bad >> 10, run.size >> 10,
		(arch_clock_ns() - began) / 1000000);
}
