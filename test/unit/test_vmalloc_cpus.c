/* SPDX-License-Identifier: MIT */
/* Areas made and given back on several CPUs at once. */
#include "vmalloc_machine.h"

#include "cpus.h"

#define CPUS   4
#define ROUNDS 1500
#define HELD   16
#define SHARED 8

/* Mappings that one CPU makes and any gives back. */
static void *shared[SHARED];
static struct page *pages[CPUS][HELD];

static u32 next(u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (u32)(*state >> 33);
}

/* Its first and last word say whose it is. */
static u64 *make_area(unsigned int nr_pages, u64 mark)
{
	u64 *area = vmalloc(nr_pages * PAGE_SIZE);

	if (area)
		area[0] = area[nr_pages * PAGE_SIZE / sizeof(u64) - 1] = mark;
	return area;
}

static bool is_whole(const u64 *area, unsigned int nr_pages, u64 mark)
{
	return area[0] == mark && area[nr_pages * PAGE_SIZE / sizeof(u64) - 1] == mark;
}

/* Puts a mapping of its own where others take it, and gives back what was there. */
static const char *exchange_mapping(int cpu, unsigned int slot, unsigned int count)
{
	void *mapping = vm_map_ram(pages[cpu], count, NUMA_NO_NODE), *old;

	if (!mapping)
		return "no mapping";
	for (unsigned int i = 0; i < count; i++)
		if (vmalloc_to_page((char *)mapping + i * PAGE_SIZE) != pages[cpu][i])
			return "a mapping shows another's pages";
	old = __atomic_exchange_n(&shared[slot], mapping, __ATOMIC_ACQ_REL);
	if (old)
		vm_unmap_ram(old, slot % HELD + 1);
	return NULL;
}

static const char *make_and_free(int cpu)
{
	u64 *areas[HELD] = {}, random = 77 + (u64)cpu;
	const char *fault = NULL;

	for (unsigned int round = 0; round < ROUNDS && !fault; round++) {
		unsigned int i = next(&random) % HELD, slot = next(&random) % SHARED;
		u64 mark = (u64)cpu << 32 | i;

		if (areas[i] && !is_whole(areas[i], i + 1, mark))
			fault = "an area has lost its contents";
		if (areas[i])
			vfree(areas[i]);
		areas[i] = make_area(i + 1, mark);
		if (!areas[i])
			fault = "no area";
		if (!fault)
			fault = exchange_mapping(cpu, slot, slot % HELD + 1);
		if (round % 128 == (unsigned int)cpu)
			vm_unmap_aliases();
	}
	for (unsigned int i = 0; i < HELD; i++)
		vfree(areas[i]);
	return fault;
}

static void areas_of_many_cpus_keep_apart(void **state)
{
	(void)state;
	memset(shared, 0, sizeof(shared));
	for (unsigned int i = 0; i < CPUS * HELD; i++)
		pages[i / HELD][i % HELD] = alloc_page(GFP_KERNEL);
	run_on_cpus(0, CPUS, make_and_free);
	for (unsigned int slot = 0; slot < SHARED; slot++)
		vm_unmap_ram(shared[slot], slot % HELD + 1);
	for (unsigned int i = 0; i < CPUS * HELD; i++)
		__free_page(pages[i / HELD][i % HELD]);
	assert_int_equal(vmalloc_stats.bad_free, 0);
}

static int setup(void **state)
{
	nr_cpu_ids = CPUS;
	return make_vmalloc_machine(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
		areas_of_many_cpus_keep_apart, setup, end_vmalloc_machine)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
