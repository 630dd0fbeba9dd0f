/* SPDX-License-Identifier: MIT */
/* The page below 1 MB that other CPUs start in: the firmware's, or one that is borrowed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/sizes.h>
#include <asm/page.h>
#include <baremm/boot_info.h>

#include "../../arch/x86_64/trampoline.h"

#define RAM	 E820_TYPE_RAM
#define RESERVED E820_TYPE_RESERVED

static struct e820_entry map[8];
static struct boot_range ranges[4];
static struct boot_info info;

static void add(u64 start, u64 end, enum e820_type type)
{
	map[info.nr_e820++] = (struct e820_entry){.addr = start, .size = end - start, .type = type};
}

static void own(u64 start, u64 end, enum boot_range_type type)
{
	ranges[info.nr_ranges++] = (struct boot_range){start, end, type};
}

/*   0         0x9f000  0xa0000   1M            8M
 *   |-- RAM --|- data -|         |-- RAM, with the record in it --|
 */
static int machine(void **state)
{
	(void)state;
	info = (struct boot_info){
		.e820 = map, .ranges = ranges, .self = SZ_4M, .self_size = SZ_512K};
	add(0, 0x9f000, RAM);
	add(SZ_1M, SZ_8M, RAM);
	return 0;
}

static void the_firmwares_page_is_taken(void **state)
{
	(void)state;
	info.trampoline = 0x87000;
	assert_int_equal(trampoline_page(&info), 0x87000);
}

static void page_that_cannot_be_one_is_none(void **state)
{
	static const phys_addr_t wrong[] = {0, 0x87800, SZ_1M, SZ_4M};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		info.trampoline = wrong[i];
		assert_int_equal(trampoline_page(&info), 0);
	}
	info.trampoline = 0x87000;
	own(0x86000, 0x87001, BOOT_RANGE_BOOT_SERVICES);
	assert_int_equal(trampoline_page(&info), 0);
	info.nr_ranges = 0;
	info.self = 0x80000;
	info.self_size = 0x8000;
	assert_int_equal(trampoline_page(&info), 0);
}

static void highest_memory_below_1_mb_is_borrowed(void **state)
{
	(void)state;
	assert_int_equal(trampoline_borrow(&info), 0x9e000);
	own(0x90000, 0x9f000, BOOT_RANGE_TEXT);
	assert_int_equal(trampoline_borrow(&info), 0x8f000);
	info.self = 0x8f800;
	assert_int_equal(trampoline_borrow(&info), 0x8e000);
}

static void boot_services_memory_is_borrowed(void **state)
{
	(void)state;
	own(0x1000, 0x9f000, BOOT_RANGE_BOOT_SERVICES);
	assert_int_equal(trampoline_borrow(&info), 0x9e000);
}

static void page_that_only_half_is_memory_is_not_borrowed(void **state)
{
	(void)state;
	add(0x9d800, 0x9f000, RESERVED);
	add(0x50000, 0x50010, E820_TYPE_NVS);
	assert_int_equal(trampoline_borrow(&info), 0x9c000);
	map[0].size = 0x50fff;
	assert_int_equal(trampoline_borrow(&info), 0x4f000);
}

static void page_0_is_never_borrowed(void **state)
{
	(void)state;
	map[0].size = 0x1000;
	assert_int_equal(trampoline_borrow(&info), 0);
	map[0].size = 0x2000;
	assert_int_equal(trampoline_borrow(&info), 0x1000);
	info.nr_e820 = 0;
	assert_int_equal(trampoline_borrow(&info), 0);
}

static void what_was_in_the_page_comes_back(void **state)
{
	static u8 page[PAGE_SIZE] __aligned(PAGE_SIZE), before[PAGE_SIZE];
	phys_addr_t pa = (phys_addr_t)(uintptr_t)page;

	(void)state;
	for (size_t i = 0; i < sizeof(page); i++)
		page[i] = before[i] = (u8)(i * 31 >> 3);
	trampoline_save(pa);
	memset(page, 0xcc, TRAMPOLINE_SIZE);
	trampoline_restore(pa);
	assert_memory_equal(page, before, sizeof(page));
}

#define TEST(name) cmocka_unit_test_setup(name, machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_firmwares_page_is_taken),
		TEST(page_that_cannot_be_one_is_none),
		TEST(highest_memory_below_1_mb_is_borrowed),
		TEST(boot_services_memory_is_borrowed),
		TEST(page_that_only_half_is_memory_is_not_borrowed),
		TEST(page_0_is_never_borrowed),
		TEST(what_was_in_the_page_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
