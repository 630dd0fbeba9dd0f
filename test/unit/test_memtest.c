/* SPDX-License-Identifier: MIT */
/*
 * The early memory test on RAM with faults. A fault is a word of simulated RAM of
 * which some bits do not keep what was written: whenever the test says that it has
 * written, the bits take the value they are stuck at. The machine's clock runs so fast
 * that the test has something to say after every step.
 */
#include "badpage_machine.h"

#include <baremm/console.h>
#include <linux/memory_hotplug.h>

#include "../../mm/memtest.h"

#define RAM SZ_64M

struct fault {
	phys_addr_t addr;
	u64 ones; /* bits that are always 1 */
	u64 zeros;
};

#define MAX_FAULTS 1024

static struct fault faults[MAX_FAULTS];
static size_t nr_faults;

static u64 *word_at(phys_addr_t addr)
{
	return (u64 *)(host_ram_base + addr);
}

static void lose_bits(struct console *con, const char *text, size_t len)
{
	static const char end[] = "M written";

	(void)con;
	if (len < strlen(end) || strncmp(text + len - strlen(end), end, strlen(end)))
		return;
	for (size_t i = 0; i < nr_faults; i++) {
		u64 *word = word_at(faults[i].addr);

		*word = (*word | faults[i].ones) & ~faults[i].zeros;
	}
}

static struct console faulty_ram = {.name = "faults", .write = lose_bits};
static u64 now;

static u64 fast_clock(void)
{
	return now += 2000000000ULL;
}

static u64 slow_clock(void)
{
	return now += 1000;
}

static void add_fault(phys_addr_t addr, u64 ones, u64 zeros)
{
	assert_true(nr_faults < MAX_FAULTS);
	faults[nr_faults++] = (struct fault){addr, ones, zeros};
}

static int setup(void **state)
{
	(void)state;
	nr_faults = 0;
	now = 0;
	register_console(&faulty_ram);
	return 0;
}

static int teardown(void **state)
{
	unregister_console(&faulty_ram);
	return machine_down(state);
}

static void bring_up_faulty(u64 ram, const char *options)
{
	struct boot_info *info = machine_options(ram, options);

	host_clock = fast_clock;
	mm_bring_up(info);
}

/* ---- What is written ---------------------------------------------------------------- */

static void without_the_option_no_memory_is_tested(void **state)
{
	(void)state;
	add_fault(SZ_32M, 1, 0);
	bring_up_faulty(RAM, "");
	assert_false(host_log_contains("memtest"));
	assert_int_equal(nr_poisoned(), 0);
}

/* The last of N patterns comes first, as on Linux. */
static void patterns_come_in_linuxs_order(void **state)
{
	static const char *const order[] = {
		"4c494e555872",	    "eeeeeeeeeeeeeeee", "dddddddddddddddd", "bbbbbbbbbbbbbbbb",
		"7777777777777777", "cccccccccccccccc", "9999999999999999", "6666666666666666",
		"3333333333333333", "8888888888888888", "4444444444444444", "2222222222222222",
		"1111111111111111", "aaaaaaaaaaaaaaaa", "5555555555555555", "ffffffffffffffff",
		"0000000000000000"};
	const char *at;

	(void)state;
	bring_up(SZ_16M, "memtest");
	at = strstr(host_log(), "early_memtest: # of tests: 17\n");
	assert_non_null(at);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		char text[64];

		snprintf(text, sizeof(text), " pattern %s", order[i]);
		at = strstr(at, text);
		assert_non_null(at);
		at++;
	}
}

static void more_tests_than_patterns_begin_anew(void **state)
{
	const char *first, *second;

	(void)state;
	bring_up(SZ_16M, "memtest=18");
	first = strstr(host_log(), " pattern ");
	second = strstr(host_log(), " pattern 4c494e5558726c7a");
	assert_int_equal(strncmp(first, " pattern 0000000000000000", 25), 0);
	assert_true(first < second);
}

static void no_test_is_made_for_zero(void **state)
{
	(void)state;
	bring_up(SZ_16M, "memtest=0");
	assert_false(host_log_contains("early_memtest"));
}

static void values_that_are_no_number_are_refused(void **state)
{
	static char words[][16] = {"x", "-1", "4294967296", ""};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_int_equal(memtest_parse_option(words[i]), -EINVAL);
	memtest_reset();
}

static void good_memory_is_zero_and_free_after_the_test(void **state)
{
	unsigned long untested, free;
	struct page *page;

	(void)state;
	bring_up(RAM, "");
	untested = nr_free_pages();
	host_machine_exit();
	bring_up(RAM, "memtest=2");
	free = nr_free_pages();
	page = alloc_pages(GFP_KERNEL, 9);
	for (size_t i = 0; i < SZ_2M / sizeof(u64); i++)
		assert_int_equal(((u64 *)page_address(page))[i], 0);
	assert_int_equal(free, untested);
	assert_true(host_log_contains("early_memtest: 0K of "));
	assert_false(host_log_contains("HardwareCorrupted"));
	assert_int_equal(mm_verify_all(), 0);
}

static void reserved_memory_is_not_written(void **state)
{
	struct boot_info *info = machine_options(RAM, "memtest=1 memmap=4K$0x2000000");

	(void)state;
	*word_at(0x2000000) = 42;
	mm_bring_up(info);
	assert_int_equal(*word_at(0x2000000), 42);
}

static void memory_that_can_be_unplugged_is_tested_too(void **state)
{
	static const struct ram ram[] = {{SZ_1M, SZ_32M, 0}, {SZ_32M, SZ_64M, 0}, {0, 0, 0}};
	char tests[] = "1";

	(void)state;
	machine_ram(ram);
	movable_node_enabled = true;
	assert_int_equal(memblock_mark_hotplug(SZ_32M, SZ_32M), 0);
	*word_at(SZ_32M) = 42;
	memtest_parse_option(tests);
	early_memtest(0, PHYS_ADDR_MAX);
	assert_int_equal(*word_at(SZ_32M), 0);
	mm_reset();
}

/* ---- What is found -------------------------------------------------------------------- */

/* The lines of bad words, and the pages that are marked, are just these. */
static void found_is(const char *lines[], size_t nr_lines, const unsigned long *pfns, size_t nr)
{
	assert_int_equal(host_log_count("bad mem addr"), nr_lines);
	for (size_t i = 0; i < nr_lines; i++)
		assert_true(host_log_contains(lines[i]));
	assert_int_equal(nr_poisoned(), nr);
	for (size_t i = 0; i < nr; i++) {
		assert_true(PageHWPoison(pfn_to_page(pfns[i])));
		assert_true(PageReserved(pfn_to_page(pfns[i])));
		assert_true(memblock_is_reserved(PFN_PHYS(pfns[i])));
	}
}

static void a_stuck_bit_costs_its_page(void **state)
{
	static const char *line[] = {"  0000000000000000 bad mem addr 0x0000000002345678 - "
				     "0x0000000002345680 reserved\n"};
	static const unsigned long pfn[] = {0x2345};

	(void)state;
	add_fault(0x2345678, 1ULL << 63, 0);
	bring_up_faulty(RAM, "memtest=2");
	found_is(line, 1, pfn, 1);
	assert_true(host_log_contains("early_memtest: 4K of "));
	assert_true(host_log_contains("HardwareCorrupted: 4K\n"));
	assert_true(all_pages_handed_out_are_good(0));
	assert_int_equal(mm_verify_all(), 0);
}

static void words_side_by_side_are_one_run(void **state)
{
	static const char *lines[] = {
		"bad mem addr 0x0000000002000ff0 - 0x0000000002001010 reserved\n",
		"bad mem addr 0x0000000002001100 - 0x0000000002001108 reserved\n"};
	static const unsigned long pfns[] = {0x2000, 0x2001};

	(void)state;
	for (phys_addr_t addr = 0x2000ff0; addr < 0x2001010; addr += 8)
		add_fault(addr, 1, 0);
	add_fault(0x2001100, 1, 0);
	bring_up_faulty(RAM, "memtest=1");
	found_is(lines, 2, pfns, 2);
}

/* Ones come first, then zeros. */
static void each_pattern_finds_the_faults_that_others_do_not(void **state)
{
	static const char *lines[] = {
		"  ffffffffffffffff bad mem addr 0x0000000002000000 - 0x0000000002000008 ",
		"  0000000000000000 bad mem addr 0x0000000003000000 - 0x0000000003000008 "};
	static const unsigned long pfns[] = {0x2000, 0x3000};

	(void)state;
	add_fault(0x2000000, 0, 1);
	add_fault(0x3000000, 2, 0);
	bring_up_faulty(RAM, "memtest=2");
	found_is(lines, 2, pfns, 2);
	assert_ptr_equal(strstr(host_log(), "bad mem addr"),
			 strstr(host_log(), "bad mem addr 0x0000000002000000"));
}

/* Linux would find it once more with each pattern; a reserved page is not tested again. */
static void a_page_is_found_once(void **state)
{
	(void)state;
	add_fault(0x2000000, 1, 0);
	add_fault(0x2000800, 0, 1);
	bring_up_faulty(RAM, "memtest=17");
	assert_int_equal(host_log_count("bad mem addr"), 1);
	assert_int_equal(nr_poisoned(), 1);
}

/* More runs than one reading notes, and more regions than the first array holds. */
static void every_other_page_of_megabytes_can_be_bad(void **state)
{
	const unsigned long first = 0x2000, nr = 600;

	(void)state;
	for (unsigned long i = 0; i < nr; i++)
		add_fault(PFN_PHYS(first + 2 * i) + 8 * (i % 512), 1, 0);
	bring_up_faulty(RAM, "memtest=3");
	assert_int_equal(nr_poisoned(), nr);
	for (unsigned long i = 0; i < nr; i++) {
		assert_true(PageHWPoison(pfn_to_page(first + 2 * i)));
		assert_false(PageHWPoison(pfn_to_page(first + 2 * i + 1)));
	}
	assert_int_equal(host_log_count("bad mem addr"), nr);
	assert_true(all_pages_handed_out_are_good(0));
	assert_int_equal(mm_verify_all(), 0);
}

static void bootmems_bitmaps_keep_bad_pages_too(void **state)
{
	(void)state;
	add_fault(0x2345678, 1, 0);
	add_fault(0x3ffff00, 1, 0); /* the last page, where allocations begin */
	bring_up_faulty(RAM, "memtest=1 early=bootmem");
	assert_int_equal(nr_poisoned(), 2);
	assert_true(PageHWPoison(pfn_to_page(0x2345)));
	assert_true(PageHWPoison(pfn_to_page(0x3fff)));
	assert_true(all_pages_handed_out_are_good(0));
	assert_int_equal(mm_verify_all(), 0);
}

static void memory_past_the_direct_map_is_tested_too(void **state)
{
	(void)state;
	add_fault(0x7fffff8, 1, 0);
	add_fault(0x8000000, 1, 0);
	add_fault(0x8ff5ff8, 1, 0);
	bring_up_faulty(SZ_128M + SZ_32M, "memtest=1 directmap=128M");
	assert_int_equal(host_log_count("bad mem addr"), 2);
	assert_true(host_log_contains("bad mem addr 0x0000000007fffff8 - 0x0000000008000008 "));
	assert_true(host_log_contains("bad mem addr 0x0000000008ff5ff8 - 0x0000000008ff6000 "));
	assert_int_equal(nr_poisoned(), 3);
	assert_true(all_pages_handed_out_are_good(0));
	assert_int_equal(mm_verify_all(), 0);
}

/* ---- Progress ---------------------------------------------------------------------------- */

static void a_test_of_seconds_says_how_far_it_is(void **state)
{
	(void)state;
	bring_up_faulty(RAM, "memtest=2");
	assert_true(host_log_contains("early_memtest: test 1 of 2: 16M of 63M written\n"));
	assert_true(host_log_contains("early_memtest: test 1 of 2: 63M of 63M read\n"));
	assert_true(host_log_contains("early_memtest: test 2 of 2: 48M of 63M read\n"));
}

static void a_test_of_milliseconds_does_not(void **state)
{
	struct boot_info *info = machine_options(RAM, "memtest=2");

	(void)state;
	host_clock = slow_clock;
	mm_bring_up(info);
	assert_int_equal(host_log_count("early_memtest: "), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_the_option_no_memory_is_tested),
		TEST(patterns_come_in_linuxs_order),
		TEST(more_tests_than_patterns_begin_anew),
		TEST(no_test_is_made_for_zero),
		TEST(values_that_are_no_number_are_refused),
		TEST(good_memory_is_zero_and_free_after_the_test),
		TEST(reserved_memory_is_not_written),
		TEST(memory_that_can_be_unplugged_is_tested_too),
		TEST(a_stuck_bit_costs_its_page),
		TEST(words_side_by_side_are_one_run),
		TEST(each_pattern_finds_the_faults_that_others_do_not),
		TEST(a_page_is_found_once),
		TEST(every_other_page_of_megabytes_can_be_bad),
		TEST(bootmems_bitmaps_keep_bad_pages_too),
		TEST(memory_past_the_direct_map_is_tested_too),
		TEST(a_test_of_seconds_says_how_far_it_is),
		TEST(a_test_of_milliseconds_does_not),
	};

	return cmocka_run_group_tests_name("memtest", tests, NULL, NULL);
}
