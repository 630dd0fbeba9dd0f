/* SPDX-License-Identifier: MIT */
/* badpage=: what the user knows to be faulty is reserved, marked, counted. */
#include "badpage_machine.h"

#define RAM SZ_64M

static void pages_named_by_option_never_reach_a_caller(void **state)
{
	static const unsigned long pfns[] = {0x2345, 0x2400, 0x2401, 0x2402, 0x3fff, 0x3000};

	(void)state;
	bring_up(RAM, "badpage=0x2345678,0x2400800-0x2402fff,65535K badpage=48M");
	for (size_t i = 0; i < ARRAY_SIZE(pfns); i++)
		assert_true(PageHWPoison(pfn_to_page(pfns[i])));
	assert_int_equal(nr_poisoned(), ARRAY_SIZE(pfns));
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
		assert_true(all_pages_handed_out_are_good(order));
	assert_int_equal(mm_verify_all(), 0);
}

static void addresses_that_are_no_memory_count_nothing(void **state)
{
	(void)state;
	bring_up(RAM, "badpage=0xa0000,0x40000000,0x100000000000-0xffffffffffffffff");
	assert_int_equal(nr_poisoned(), 0);
	assert_int_equal(mm_verify_all(), 0);
}

static void a_page_in_use_already_is_named(void **state)
{
	(void)state;
	bring_up(RAM, "badpage=0x9f000,0x2000000");
	assert_true(host_log_contains(
		"badpage: [mem 0x000000000009f000-0x000000000009ffff] is in use already\n"));
	assert_int_equal(host_log_count("in use already"), 1);
	assert_int_equal(nr_poisoned(), 1);
}

static void lists_that_are_none_are_refused_as_a_whole(void **state)
{
	static const char *const bad[] = {"badpage",	 "badpage=",	  "badpage=x",
					  "badpage=4K,", "badpage=4K;8K", "badpage=8K-4K",
					  "badpage=4K-", "badpage=1-2-3"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		bring_up(SZ_16M, bad[i]);
		assert_true(host_log_contains("Malformed option 'badpage"));
		assert_int_equal(nr_poisoned(), 0);
		host_machine_exit();
	}
}

static void more_ranges_than_there_is_room_for_are_refused(void **state)
{
	char *text = calloc(1, 8192);

	(void)state;
	for (int i = 0; i < 2; i++) {
		strcat(text, i ? " badpage=0x2000000" : "badpage=0x1000000");
		for (int n = 0; n < 299; n++)
			strcat(text, ",0x2001000");
	}
	bring_up(RAM, text);
	assert_true(host_log_contains("badpage: no room for more than 512 ranges\n"));
	assert_int_equal(nr_poisoned(), 2);
	free(text);
}

/* A whole section is not memory for page structs, nor for anything else. */
static void a_section_without_a_good_page_is_nobodys(void **state)
{
	(void)state;
	bring_up(SZ_512M, "badpage=0x10000000-0x17ffffff");
	assert_int_equal(nr_poisoned(), SZ_128M / SZ_4K);
	assert_true(host_log_contains("HardwareCorrupted: 131072K\n"));
	assert_true(all_pages_handed_out_are_good(0));
	assert_int_equal(mm_verify_all(), 0);
}

#define TEST(f) cmocka_unit_test_teardown(f, machine_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages_named_by_option_never_reach_a_caller),
		TEST(addresses_that_are_no_memory_count_nothing),
		TEST(a_page_in_use_already_is_named),
		TEST(lists_that_are_none_are_refused_as_a_whole),
		TEST(more_ranges_than_there_is_room_for_are_refused),
		TEST(a_section_without_a_good_page_is_nobodys),
	};

	return cmocka_run_group_tests_name("badpage", tests, NULL, NULL);
}
