/* SPDX-License-Identifier: MIT */
/*
 * Pages that turn out to be bad while they are on their way between lists, or are held for
 * others: whatever becomes of them, nobody gets them again.
 */
#include "badpage_machine.h"
#include "cpus.h"
#include "percpu_machine.h"

#include <linux/cma.h>
#include <linux/dma-map-ops.h>
#include <linux/hugetlb.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "../../mm/buddy.h"
#include "../../mm/cma.h"
#include "../../mm/compaction.h"
#include "../../mm/percpu.h"

#define RAM SZ_128M

static int machine(void **state)
{
	(void)state;
	bring_up(RAM, "hugepages=4 cma=16M");
	host_log_clear();
	return 0;
}

static int machine_end(void **state)
{
	assert_int_equal(mm_verify_all(), 0);
	return machine_down(state);
}

static void assert_nobody_gets_it(unsigned long pfn)
{
	assert_true(is_out(pfn));
	assert_true(all_pages_handed_out_are_good(0));
	assert_true(is_out(pfn));
}

/* ---- Between lists --------------------------------------------------------------------- */

static void a_page_at_a_cpus_hand_is_found_there(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= 3; order++) {
		struct page *page = alloc_pages(GFP_KERNEL, order);
		unsigned long pfn = page_to_pfn(page) + (1UL << order) - 1;

		__free_pages(page, order);
		assert_false(PageBuddy(page));
		assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
		assert_nobody_gets_it(pfn);
	}
	assert_true(host_log_contains("recovery action for free buddy page: Recovered\n"));
}

/* It was on no list when it was looked for. */
static void a_page_on_its_way_is_kept_out_where_it_comes_up(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA32);
	struct page *page = __rmqueue(zone, 3, MIGRATE_MOVABLE, 0);
	unsigned long pfn = page_to_pfn(page) + 5;

	(void)state;
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_false(is_out(pfn));
	__free_one_page(zone, page_to_pfn(page), 3, MIGRATE_MOVABLE, false);
	assert_true(all_pages_handed_out_are_good(2));
	assert_nobody_gets_it(pfn);
	assert_int_equal(page_hooks, 0);
}

static void a_page_that_compaction_has_in_hand_is_kept_out(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA32);
	struct compact_control cc = {.zone = zone};
	struct page *page = __rmqueue(zone, 3, MIGRATE_MOVABLE, 0);
	unsigned long pfn = page_to_pfn(page) + 5, taken = 0;

	(void)state;
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
		INIT_LIST_HEAD(&cc.freepages[order]);
	add_freepage(&cc, page, 3);
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	while ((page = take_freepage(&cc, 0))) {
		assert_false(PageHWPoison(page));
		prep_new_page(page, 0, GFP_HIGHUSER_MOVABLE);
		__free_page(page);
		taken++;
	}
	assert_int_equal(taken, 7);
	assert_int_equal(cc.nr_freepages, 0);
	assert_nobody_gets_it(pfn);
}

/* ---- Huge pages -------------------------------------------------------------------------- */

static struct page *huge_page(void)
{
	return alloc_huge_page_nodemask(&default_hstate, 0, NULL, GFP_HIGHUSER);
}

static unsigned long free_huge_pfn(void)
{
	struct page *page = huge_page();

	free_huge_page(page);
	return page_to_pfn(page);
}

static void a_free_huge_page_gives_way_to_another(void **state)
{
	unsigned long pfn = free_huge_pfn() + 77, free = all_free_pages();

	(void)state;
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_true(host_log_contains("recovery action for free huge page: Delayed\n"));
	assert_int_equal(default_hstate.nr_huge_pages, 4);
	assert_int_equal(default_hstate.free_huge_pages, 4);
	assert_int_equal(all_free_pages(), free - 1);
	assert_nobody_gets_it(pfn);
}

static void without_another_the_pool_is_smaller(void **state)
{
	unsigned long pfn = free_huge_pfn();
	LIST_HEAD(taken);
	struct page *page;

	(void)state;
	while ((page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, HUGETLB_PAGE_ORDER)))
		list_add(&page->lru, &taken);
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_int_equal(default_hstate.nr_huge_pages, 3);
	assert_int_equal(default_hstate.free_huge_pages, 3);
	while (!list_empty(&taken)) {
		page = list_first_entry(&taken, struct page, lru);
		list_del(&page->lru);
		__free_pages(page, HUGETLB_PAGE_ORDER);
	}
	assert_nobody_gets_it(pfn);
}

static void a_huge_page_in_use_leaves_the_pool_when_it_is_freed(void **state)
{
	struct page *page = huge_page();
	unsigned long pfn = page_to_pfn(page) + 511, free = all_free_pages();

	(void)state;
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_true(host_log_contains("recovery action for huge page: Delayed\n"));
	assert_true(PageHuge(page));
	free_huge_page(page);
	assert_int_equal(default_hstate.nr_huge_pages, 3);
	assert_int_equal(all_free_pages(), free + 511);
	assert_nobody_gets_it(pfn);
}

/* Its pool learns of it at the next poll. */
static void a_queued_huge_page_is_given_to_nobody_meanwhile(void **state)
{
	unsigned long pfn = free_huge_pfn() + 3;
	struct page *pages[4];

	(void)state;
	memory_failure_queue(pfn, 0);
	__free_page(alloc_page(GFP_KERNEL));
	assert_true(PageHWPoison(pfn_to_page(pfn)));
	for (int i = 0; i < 3; i++) {
		pages[i] = huge_page();
		assert_non_null(pages[i]);
		assert_ptr_not_equal(pages[i], compound_head(pfn_to_page(pfn)));
	}
	assert_null(huge_page());
	cond_resched();
	assert_non_null(pages[3] = huge_page());
	for (int i = 0; i < 4; i++)
		free_huge_page(pages[i]);
	assert_nobody_gets_it(pfn);
}

/* ---- Owners ------------------------------------------------------------------------------ */

static void a_vmalloced_page_goes_with_its_area(void **state)
{
	void *area = vmalloc(10 * PAGE_SIZE);
	unsigned long pfn = vmalloc_to_pfn((char *)area + 4 * PAGE_SIZE);

	(void)state;
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_true(host_log_contains("recovery action for unknown page: Delayed\n"));
	vfree(area);
	assert_nobody_gets_it(pfn);
}

static void a_cma_page_in_use_goes_when_it_is_released(void **state)
{
	struct cma *area = dma_contiguous_default_area;
	struct page *page = cma_alloc(area, 64, 0, false), *each[100];
	unsigned long pfn = page_to_pfn(page) + 9;
	size_t nr = 0;

	(void)state;
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_true(cma_release(area, page, 64));
	assert_true(is_out(pfn));
	page = cma_alloc(area, 64, 0, true);
	assert_non_null(page);
	assert_false(pfn - page_to_pfn(page) < 64);
	assert_true(cma_release(area, page, 64));
	while (nr < ARRAY_SIZE(each) && (each[nr] = cma_alloc(area, 1, 0, true)))
		assert_int_not_equal(page_to_pfn(each[nr++]), pfn);
	while (nr)
		assert_true(cma_release(area, each[--nr], 1));
	assert_nobody_gets_it(pfn);
}

static void a_page_table_is_marked_and_goes_when_it_is_freed(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long pfn = page_to_pfn(page);

	(void)state;
	__SetPageTable(page);
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), -EBUSY);
	assert_true(host_log_contains("recovery action for unknown page: Ignored\n"));
	__ClearPageTable(page);
	__free_page(page);
	assert_nobody_gets_it(pfn);
}

static void a_large_object_goes_as_a_block_does(void **state)
{
	void *object = kmalloc(5 * KMALLOC_MAX_CACHE_SIZE, GFP_KERNEL);
	unsigned long pfn = page_to_pfn(virt_to_page(object)) + 6;

	(void)state;
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_true(host_log_contains("recovery action for high-order kernel page: Delayed\n"));
	kfree(object);
	assert_nobody_gets_it(pfn);
}

/* ---- Per-CPU memory ------------------------------------------------------------------------ */

static unsigned long percpu_pfn(void __percpu *area, int cpu)
{
	return PHYS_PFN(per_cpu_ptr_to_phys(per_cpu_ptr(area, cpu)));
}

/* No new area lies in the chunk that has the page. */
static void assert_no_area_near(unsigned long pfn)
{
	void __percpu *areas[100];

	for (size_t i = 0; i < ARRAY_SIZE(areas); i++) {
		assert_non_null(areas[i] = __alloc_percpu(64, 64));
		for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
			assert_int_not_equal(percpu_pfn(areas[i], (int)cpu), pfn);
	}
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		free_percpu(areas[i]);
}

static int one_percpu_unit(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 1);
	memmap_make_all();
	return 0;
}

static int four_percpu_units(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 4);
	memmap_make_all();
	return 0;
}

#define HALF_UNIT   (PCPU_MIN_UNIT_SIZE / 2)
#define MOST_HALVES 16

/* Areas until one is in another chunk than the first: the last. Returns how many. */
static int leave_first_chunk(void __percpu *areas[MOST_HALVES])
{
	for (int nr = 0; nr < MOST_HALVES; nr++) {
		areas[nr] = __alloc_percpu(HALF_UNIT, PAGE_SIZE);
		assert_non_null(areas[nr]);
		if (!PageReserved(pfn_to_page(percpu_pfn(areas[nr], 0))))
			return nr + 1;
	}
	fail();
	return 0;
}

static void per_cpu_memory_hands_out_no_area_of_a_bad_chunk(void **state)
{
	(void)state;
	for (int cpu = 0; cpu < (int)nr_cpu_ids; cpu++) {
		void __percpu *areas[MOST_HALVES], *beside;
		int nr = leave_first_chunk(areas);
		unsigned long pfn = percpu_pfn(areas[nr - 1], cpu);

		beside = __alloc_percpu(HALF_UNIT - PAGE_SIZE, PAGE_SIZE);
		*(u64 *)per_cpu_ptr(beside, cpu) = 42;
		assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
		assert_int_equal(percpu_verify(), 0);
		assert_no_area_near(pfn);
		while (nr > 1)
			free_percpu(areas[--nr]);
		free_percpu(areas[0]);
		/* Its area is free, and there is room all over; but not there. */
		assert_no_area_near(pfn);
		assert_int_equal(*(u64 *)per_cpu_ptr(beside, cpu), 42);
		free_percpu(beside);
		assert_true(is_out(pfn));
		assert_int_equal(percpu_verify(), 0);
	}
}

/* It has what is there for ever, and stays; but it hands out nothing any more. */
static void the_first_chunk_may_be_the_bad_one(void **state)
{
	void __percpu *area = __alloc_percpu(64, 64);
	unsigned long pfn = percpu_pfn(area, (int)nr_cpu_ids - 1);

	(void)state;
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), -EBUSY);
	assert_int_equal(percpu_verify(), 0);
	assert_no_area_near(pfn);
	free_percpu(area);
	assert_no_area_near(pfn);
	assert_int_equal(percpu_verify(), 0);
}

/* With one unit its pages are there as long as it is. */
static void a_chunk_that_nothing_is_in_goes_at_once(void **state)
{
	void __percpu *area = __alloc_percpu(PCPU_MIN_UNIT_SIZE, PAGE_SIZE);
	unsigned long pfn = percpu_pfn(area, 0);

	(void)state;
	free_percpu(area);
	assert_int_equal(pcpu_stats.nr_chunks, 2);
	assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
	assert_int_equal(pcpu_stats.nr_chunks, 1);
	assert_true(is_out(pfn));
	assert_int_equal(percpu_verify(), 0);
}

/* ---- Several CPUs -------------------------------------------------------------------------- */

#define QUEUED 10

static unsigned long queued[4][QUEUED];

static const char *queue_some(int cpu)
{
	for (int i = 0; i < QUEUED; i++)
		memory_failure_queue(queued[cpu][i], MF_SW_SIMULATED);
	return NULL;
}

static void errors_of_several_cpus_at_once_are_all_queued(void **state)
{
	(void)state;
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 4 * QUEUED; i++)
			queued[i % 4][i / 4] = page_to_pfn(alloc_page(GFP_KERNEL));
		run_on_cpus(0, 4, queue_some);
		memory_failure_poll();
		for (int i = 0; i < 4 * QUEUED; i++) {
			assert_true(PageHWPoison(pfn_to_page(queued[i % 4][i / 4])));
			__free_page(pfn_to_page(queued[i % 4][i / 4]));
			assert_true(is_out(queued[i % 4][i / 4]));
		}
		assert_int_equal(page_hooks, 0);
	}
}

static const char *fail_and_free(int cpu)
{
	(void)cpu;
	for (int i = 0; i < 200; i++) {
		struct page *page = alloc_page(GFP_KERNEL);
		unsigned long pfn;

		if (!page)
			return "no memory";
		if (PageHWPoison(page))
			return "a bad page was handed out";
		pfn = page_to_pfn(page);
		memory_failure(pfn, MF_SW_SIMULATED);
		__free_page(page);
		if (!is_out(pfn))
			return "a bad page is free";
	}
	return NULL;
}

static void pages_that_fail_on_several_cpus_are_all_counted(void **state)
{
	unsigned long bad = nr_poisoned();

	(void)state;
	run_on_cpus(0, 4, fail_and_free);
	assert_int_equal(nr_poisoned(), bad + 4 * 200);
	/* The hook goes with the next allocation at the latest. */
	__free_page(alloc_page(GFP_KERNEL));
	assert_int_equal(page_hooks, 0);
	assert_true(all_pages_handed_out_are_good(0));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, machine, machine_end)
#define TEST_PERCPU(f)                                                           \
	cmocka_unit_test_setup_teardown(f, one_percpu_unit, percpu_machine_end), \
		cmocka_unit_test_setup_teardown(f, four_percpu_units, percpu_machine_end)
	const struct CMUnitTest tests[] = {
		TEST(a_page_at_a_cpus_hand_is_found_there),
		TEST(a_page_on_its_way_is_kept_out_where_it_comes_up),
		TEST(a_page_that_compaction_has_in_hand_is_kept_out),
		TEST(a_free_huge_page_gives_way_to_another),
		TEST(without_another_the_pool_is_smaller),
		TEST(a_huge_page_in_use_leaves_the_pool_when_it_is_freed),
		TEST(a_queued_huge_page_is_given_to_nobody_meanwhile),
		TEST(a_vmalloced_page_goes_with_its_area),
		TEST(a_cma_page_in_use_goes_when_it_is_released),
		TEST(a_page_table_is_marked_and_goes_when_it_is_freed),
		TEST(a_large_object_goes_as_a_block_does),
		TEST_PERCPU(per_cpu_memory_hands_out_no_area_of_a_bad_chunk),
		TEST_PERCPU(the_first_chunk_may_be_the_bad_one),
		cmocka_unit_test_setup_teardown(errors_of_several_cpus_at_once_are_all_queued,
						four_percpu_units, percpu_machine_end),
		cmocka_unit_test_setup_teardown(pages_that_fail_on_several_cpus_are_all_counted,
						four_percpu_units, percpu_machine_end),
		cmocka_unit_test_setup_teardown(a_chunk_that_nothing_is_in_goes_at_once,
						one_percpu_unit, percpu_machine_end),
	};

	return cmocka_run_group_tests_name("memory_failure_use", tests, NULL, NULL);
}
