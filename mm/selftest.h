/* SPDX-License-Identifier: MIT */
/*
 * Self-tests: what they share.
 *
 * A test takes memory from the running allocators, proves that it is what was
 * asked for, gives all of it back, and leaves the free areas as they were.
 *
 * Locking: none; boot CPU, nothing else running but what a test gives other CPUs to do.
 * Failure: a test returns the number of faults it found and has reported each
 *          with selftest_note(); memory that it could not check is a fault or,
 *          where a bound says so, a note. Any allocation may fail, as faults may be
 *          injected (linux/fault-inject.h): a test that cannot go on then gives back
 *          what it has, and returns selftest_no_memory().
 */
#ifndef _MM_SELFTEST_H
#define _MM_SELFTEST_H

#include <linux/mmzone.h>
#include <linux/types.h>

struct selftest {
	const char *name;
	int (*run)(void);
};

extern const struct selftest memmap_selftests[], highmem_selftests[], contig_selftests[],
	page_selftests[], compact_selftests[], reclaim_selftests[], dma_selftests[],
	object_selftests[], array_selftests[], percpu_selftests[], vmalloc_selftests[],
	smp_selftests[], leak_selftests[], badpage_selftests[];

/* The tests in the order in which they run; NULL past the last one. */
const struct selftest *selftest_get(unsigned int i);

/* selftest=full: no bound on the memory that is taken. */
extern bool selftest_full;

/* A KTAP diagnostic line. */
void selftest_note(const char *fmt, ...) __printf(1, 2);

/*
 * @what found no memory. If faults were injected since the test began it is skipped,
 * unless it found a fault: 0. If none were, that is one: 1.
 */
int selftest_no_memory(const char *what);
bool selftest_faults_injected(void);

/* A pseudo-random sequence, repeatable from selftest_seed. */
u64 selftest_random(u64 *state);
extern u64 selftest_seed;

/*
 * The free areas of all zones: for each zone and order the number of blocks and
 * a hash over their set (a sum, so that the order in a list does not count).
 */
struct free_snapshot;
struct free_snapshot *free_snapshot_alloc(void);
void free_snapshot_take(struct free_snapshot *snap);
/* Is every zone's every free block the same? */
bool free_snapshot_equal(const struct free_snapshot *before, const struct free_snapshot *after);
/* Reports each zone and order that differs; returns how many do. */
int free_snapshot_compare(const struct free_snapshot *before, const struct free_snapshot *after);
/*
 * The same, but a zone may have made sections between the two if faults were injected:
 * it then has as many pages in use as before.
 */
int free_snapshot_came_back(const struct free_snapshot *before, const struct free_snapshot *after);
/* How many zones have not as many pages in use as before; each is told if @report. */
int free_snapshot_left(const struct free_snapshot *before, const struct free_snapshot *after,
		       bool report);
/* Pages in use, of all zones together. */
unsigned long free_snapshot_used(const struct free_snapshot *snap);
/* Did a zone make sections between the two? Then they cannot be equal. */
bool free_snapshot_grown(const struct free_snapshot *before, const struct free_snapshot *after);
void free_snapshot_free(struct free_snapshot *snap);

/* Fills [start, end) with values that follow from address and seed; checks them. */
void pattern_fill(void *start, size_t size, u64 seed);
int pattern_check(const void *start, size_t size, u64 seed);

/* The same for a block of whole pages, wherever it lies; and is all of it zero? */
void page_pattern_fill(struct page *page, size_t size, u64 seed);
int page_pattern_check(struct page *page, size_t size, u64 seed);
bool page_is_zero(struct page *page, size_t size);

#endif /* _MM_SELFTEST_H */
