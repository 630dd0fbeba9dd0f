/* SPDX-License-Identifier: MIT */
/*
 * Memory that only the start needs: given back once, where it is memory.
 *
 *   0x1ffe0000 text | 0x1fff0000 init text | 0x20000000 data | 0x20010000 init data
 */
#include "zones_machine.h"

#include <linux/init.h>
#include <baremm/boot_info.h>

#include "../../mm/badpage.h"

#define TEXT	  0x1ffe0000ULL
#define INIT_TEXT 0x1fff0000ULL
#define DATA	  0x20000000ULL
#define INIT_DATA 0x20010000ULL
#define OWN_END	  0x20018000ULL

#define INIT_PAGES (PHYS_PFN(DATA - INIT_TEXT) + PHYS_PFN(OWN_END - INIT_DATA))

static const struct boot_range own[] = {
	{TEXT, INIT_TEXT, BOOT_RANGE_TEXT},
	{INIT_TEXT, DATA, BOOT_RANGE_INIT_TEXT},
	{DATA, INIT_DATA, BOOT_RANGE_DATA},
	{INIT_DATA, OWN_END, BOOT_RANGE_INIT_DATA},
};
static const struct boot_info info = {.ranges = own, .nr_ranges = ARRAY_SIZE(own)};

/* RAM that ends at @end, with the program in it; @two_nodes part where init data starts. */
static void machine(u64 end, bool two_nodes)
{
	struct ram ram[4] = {{SZ_1M, min(end, INIT_DATA), 0}, {INIT_DATA, end, two_nodes}};

	if (end <= INIT_DATA)
		ram[1] = (struct ram){0};
	machine_ram(ram);
	initmem_reset();
	memblock_reserve(TEXT, OWN_END - TEXT);
	machine_zones();
	mem_init();
}

static void init_memory_becomes_free_and_no_more(void **state)
{
	(void)state;
	for (int two_nodes = 0; two_nodes < 2; two_nodes++) {
		unsigned long before, managed;

		machine(SZ_1G, two_nodes);
		before = all_free_pages();
		managed = totalram_pages();
		initmem_free(&info);
		assert_int_equal(all_free_pages(), before + INIT_PAGES);
		assert_int_equal(totalram_pages(), managed + INIT_PAGES);
		assert_int_equal(initmem_freed(), INIT_PAGES << PAGE_SHIFT);
		for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
			assert_int_equal(initmem_is_free(&own[i]), i & 1);
			assert_int_equal(PageReserved(pfn_to_page(PHYS_PFN(own[i].start))),
					 !(i & 1));
		}
		assert_true(
			host_log_contains("Freeing unused kernel image (initmem) memory: 96K\n"));
		assert_int_equal(verify_all(), 0);
		machine_down(state);
	}
}

static void init_memory_is_freed_once(void **state)
{
	unsigned long free;

	(void)state;
	machine(SZ_1G, false);
	initmem_free(&info);
	free = all_free_pages();
	initmem_free(&info);
	assert_int_equal(all_free_pages(), free);
	assert_int_equal(initmem_freed(), INIT_PAGES << PAGE_SHIFT);
}

/* mem= may end below the program, or inside of it. */
static void init_ranges_that_are_not_memory_as_a_whole_stay(void **state)
{
	static const struct {
		u64 end;
		bool text;
	} cases[] = {{SZ_256M, false},
		     {INIT_TEXT + SZ_4K, false},
		     {INIT_DATA, true},
		     {INIT_DATA + SZ_4K, true}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned long before;

		machine(cases[i].end, false);
		before = all_free_pages();
		initmem_free(&info);
		assert_int_equal(initmem_is_free(&own[1]), cases[i].text);
		assert_false(initmem_is_free(&own[3]));
		assert_int_equal(all_free_pages() - before,
				 cases[i].text ? PHYS_PFN(DATA - INIT_TEXT) : 0);
		assert_int_equal(verify_all(), 0);
		machine_down(state);
	}
}

static void bad_page_of_init_memory_stays_out(void **state)
{
	unsigned long before;
	struct page *page;

	(void)state;
	machine(SZ_1G, false);
	page = pfn_to_page(PHYS_PFN(INIT_DATA) + 1);
	SetPageHWPoison(page);
	before = all_free_pages();
	initmem_free(&info);
	assert_int_equal(all_free_pages(), before + INIT_PAGES - 1);
	assert_true(PageReserved(page));
	assert_int_equal(verify_all(), 0);
}

static void machine_without_init_ranges_says_nothing(void **state)
{
	static const struct boot_info none = {.ranges = own, .nr_ranges = 1};

	(void)state;
	machine(SZ_1G, false);
	host_log_clear();
	initmem_free(&none);
	assert_int_equal(initmem_freed(), 0);
	assert_false(host_log_contains("Freeing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init_memory_becomes_free_and_no_more),
		cmocka_unit_test_teardown(init_memory_is_freed_once, machine_down),
		cmocka_unit_test(init_ranges_that_are_not_memory_as_a_whole_stay),
		cmocka_unit_test_teardown(bad_page_of_init_memory_stays_out, machine_down),
		cmocka_unit_test_teardown(machine_without_init_ranges_says_nothing, machine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
