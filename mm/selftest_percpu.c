/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of per-CPU memory on the machine's own RAM.
 */
#include "selftest.h"

#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sizes.h>
#include <baremm/arch.h>

#include "percpu.h"

#define START_VALUE 0x5eed
#define AREAS_MAX   512
#define AREAS_BYTES SZ_2M /* on all CPUs; without selftest=full */

static DEFINE_PER_CPU(u64, static_counter) = START_VALUE;
static void __percpu *areas[AREAS_MAX];

/* ---- Static variables ---------------------------------------------------------------- */

static int check_value(const char *what, u64 value, u64 expected)
{
	if (value == expected)
		return 0;
	selftest_note("%s gave 0x%llx, not 0x%llx", what, value, expected);
	return 1;
}

static int test_percpu_static(void)
{
	unsigned long addr = (unsigned long)this_cpu_ptr(&static_counter);
	u64 start = this_cpu_read(static_counter);
	struct arch_mapping map = {};
	int faults = 0;

	faults += check_value("the variable in the image", static_counter, START_VALUE);
	this_cpu_add(static_counter, 5);
	faults += check_value("this_cpu_add", raw_cpu_read(static_counter), start + 5);
	faults += check_value("this_cpu_sub_return", this_cpu_sub_return(static_counter, 4),
			      start + 1);
	faults += check_value("this_cpu_xchg", this_cpu_xchg(static_counter, start), start + 1);
	faults += check_value("this_cpu_cmpxchg",
			      this_cpu_cmpxchg(static_counter, start, START_VALUE), start);
	faults += check_value("this_cpu_read", this_cpu_read(static_counter), START_VALUE);
	faults += check_value("the image again", static_counter, START_VALUE);
	faults += check_value("is_kernel_percpu_address", is_kernel_percpu_address(addr), true);
	faults += check_value("arch_query", (u64)arch_query(addr, &map), 0);
	faults += check_value("per_cpu_ptr_to_phys", per_cpu_ptr_to_phys((void *)addr), map.phys);
	return faults;
}

/* ---- Areas ------------------------------------------------------------------------------ */

/* The direct map shows the first and the last byte where per_cpu_ptr_to_phys() says. */
static int check_phys(const char *bytes, size_t size)
{
	for (size_t i = 0; i<size; i += size> 1 ? size - 1 : 1) {
		phys_addr_t phys = per_cpu_ptr_to_phys((void *)(unsigned long)(bytes + i));

		if (phys && *(const char *)__va(phys) == bytes[i])
			continue;
		selftest_note("area at %px is not at %#llx", bytes + i, phys);
		return 1;
	}
	return 0;
}

static int check_area(void __percpu *area, size_t size, u64 seed, bool zeroed)
{
	int faults = 0;

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		const char *bytes = per_cpu_ptr(area, cpu);

		for (size_t i = 0; zeroed && i < size; i++)
			if (bytes[i]) {
				selftest_note("new area at %px is not zeroed at %zu", bytes, i);
				faults++;
				break;
			}
		if (!zeroed && pattern_check(bytes, size, seed + cpu)) {
			selftest_note("area at %px lost what was written to it", bytes);
			faults++;
		}
		faults += zeroed ? 0 : check_phys(bytes, size);
	}
	return faults;
}

/* Sizes of 8, 16, ... bytes, so that areas of all kinds share chunks. */
static size_t area_size(unsigned int i)
{
	return 8UL << i % 12;
}

static int take_areas(unsigned int *nr, u64 seed)
{
	size_t bytes = 0;
	int faults = 0;

	for (*nr = 0; *nr < AREAS_MAX; ++*nr) {
		size_t size = area_size(*nr);

		bytes += size * nr_cpu_ids;
		if (!selftest_full && bytes > AREAS_BYTES)
			break;
		areas[*nr] = __alloc_percpu_gfp(size, 8, GFP_KERNEL | __GFP_NOWARN);
		if (!areas[*nr])
			return faults + selftest_no_memory("per-CPU areas");
		faults += check_area(areas[*nr], size, 0, true);
		for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
			pattern_fill(per_cpu_ptr(areas[*nr], cpu), size, seed + *nr + cpu);
	}
	return faults;
}

static int test_percpu_areas(void)
{
	u64 seed = selftest_seed, before = pcpu_stats.nr_cur_alloc;
	unsigned int nr;
	int faults = take_areas(&nr, seed) + percpu_verify();

	for (unsigned int i = 0; i < nr; i++)
		faults += check_area(areas[i], area_size(i), seed + i, false);
	if (nr && nr_cpu_ids > 1)
		selftest_note("%u chunks with %lu pages, from %#lx on", pcpu_stats.nr_chunks,
			      pcpu_nr_pages(), PERCPU_BASE);
	while (nr)
		free_percpu(areas[--nr]);
	pcpu_free_unused();
	faults += check_value("areas in use", pcpu_stats.nr_cur_alloc, before);
	return faults + check_value("wrong frees", pcpu_stats.bad_free, 0);
}

const struct selftest percpu_selftests[] = {
	{"percpu_static", test_percpu_static},
	{"percpu_areas", test_percpu_areas},
	{NULL, NULL},
};
