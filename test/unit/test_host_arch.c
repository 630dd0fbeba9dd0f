/* SPDX-License-Identifier: MIT */
/* The simulated machine: RAM, mappings, memmap, log, and the end that a test catches. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <host/machine.h>
#include <baremm/arch.h>
#include <baremm/panic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

static int make_machine(void **state)
{
	*state = host_machine_pc(4ULL * SZ_1G, "loglevel=8");
	host_log_clear();
	return 0;
}

static int end_machine(void **state)
{
	(void)state;
	host_machine_exit();
	return 0;
}

static void record_carries_map_and_options(void **state)
{
	const struct boot_info *info = *state;

	assert_int_equal(info->version, BOOT_INFO_VERSION);
	assert_int_equal(info->nr_e820, 3);
	assert_int_equal(info->e820[2].addr, SZ_4G);
	assert_int_equal(info->e820[2].size, SZ_2G);
	assert_string_equal(info->options, "loglevel=8");
}

static void ram_is_found_at_its_physical_address(void **state)
{
	u64 *p = phys_to_virt(SZ_4G + 0x1238);

	(void)state;
	assert_int_equal(*p, 0);
	*p = 42;
	assert_int_equal(virt_to_phys(p), SZ_4G + 0x1238);
	assert_int_equal((unsigned long)phys_to_virt(0) % SZ_1G, 0);
}

static void a_machine_of_terabytes_costs_what_is_touched(void **state)
{
	const struct e820_entry map[] = {{.addr = 0, .size = 16 * SZ_1T, .type = E820_TYPE_RAM}};

	(void)state;
	host_machine_init(map, 1, NULL);
	for (u64 pa = 0; pa < 16 * SZ_1T; pa += SZ_1T)
		memset(phys_to_virt(pa), 1, 100);
	assert_int_equal(host_ram_used(), 16 * PAGE_SIZE);
	host_machine_exit();
}

static void a_new_machine_has_fresh_memory(void **state)
{
	(void)state;
	memset(phys_to_virt(SZ_1M), 0xff, SZ_1M);
	host_machine_exit();
	host_machine_pc(SZ_1G, NULL);
	assert_int_equal(*(u64 *)phys_to_virt(SZ_1M), 0);
	assert_int_equal(host_ram_used() <= PAGE_SIZE, 1);
}

static void mapping_shows_the_ram_behind_it(void **state)
{
	struct arch_mapping mapping;
	unsigned long va = HOST_MAP_START + SZ_2M;

	(void)state;
	assert_int_equal(arch_map(va, SZ_16M, SZ_64K, ARCH_MAP_WRITE), 0);
	*(int *)(va + 0x1004) = 7;
	assert_int_equal(*(int *)phys_to_virt(SZ_16M + 0x1004), 7);
	assert_int_equal(arch_query(va + 0x1004, &mapping), 0);
	assert_int_equal(mapping.phys, SZ_16M + 0x1004);
	assert_int_equal(mapping.prot, ARCH_MAP_WRITE);
	assert_int_equal(pgtable_verify(), 0);
}

static void map_refuses_what_the_contract_forbids(void **state)
{
	unsigned long va = HOST_MAP_START;

	(void)state;
	assert_int_equal(arch_map(va + 1, 0, PAGE_SIZE, 0), -EINVAL);
	assert_int_equal(arch_map(va, 1, PAGE_SIZE, 0), -EINVAL);
	assert_int_equal(arch_map(va, 0, PAGE_SIZE + 1, 0), -EINVAL);
	assert_int_equal(arch_map(va, 0, 0, 0), -EINVAL);
	assert_int_equal(arch_map(va, 0, PAGE_SIZE, ARCH_MAP_WRITE | ARCH_MAP_EXEC), -EINVAL);
	assert_int_equal(arch_map(va + HOST_MAP_SIZE, 0, PAGE_SIZE, 0), -EINVAL);
	assert_int_equal(arch_map(0UL - PAGE_SIZE, 0, 2 * PAGE_SIZE, 0), -EINVAL);
	assert_int_equal(arch_map(va, SZ_64K, SZ_64K, 0), 0);
	assert_int_equal(arch_map(va + SZ_64K - PAGE_SIZE, 0, 2 * PAGE_SIZE, 0), -EEXIST);
	assert_int_equal(arch_map(va + SZ_64K, 0, PAGE_SIZE, 0), 0);
}

/*
 *   before  |---------- RW ----------|
 *   after   |-- RW --|  none  |- ro -|
 */
static int note_run(unsigned long start, unsigned long end, phys_addr_t phys, size_t page_size,
		    unsigned int prot, void *arg)
{
	char *text = arg;

	(void)page_size;
	snprintf(text + strlen(text), 200 - strlen(text), "%lx-%lx>%llx:%u ",
		 start - HOST_MAP_START, end - HOST_MAP_START, phys, prot);
	return 0;
}

static void unmap_and_protect_split_a_mapping(void **state)
{
	unsigned long va = HOST_MAP_START;
	struct arch_mapping mapping;
	char text[200] = "";

	(void)state;
	assert_int_equal(arch_map(va, SZ_1M, 0x8000, ARCH_MAP_WRITE), 0);
	assert_int_equal(arch_unmap(va + 0x3000, 0x2000), 0);
	assert_int_equal(arch_protect(va + 0x5000, 0x3000, ARCH_MAP_READ), 0);
	assert_int_equal(arch_query(va + 0x4fff, &mapping), -ENOENT);
	assert_int_equal(arch_walk(va, va + SZ_1M, note_run, text), 0);
	assert_string_equal(text, "0-3000>100000:1 5000-8000>105000:0 ");
	assert_int_equal(pgtable_verify(), 0);
}

static void walk_joins_what_continues(void **state)
{
	unsigned long va = HOST_MAP_START;
	char text[200] = "";

	(void)state;
	assert_int_equal(arch_map(va, SZ_1M, 0x2000, ARCH_MAP_WRITE), 0);
	assert_int_equal(arch_map(va + 0x2000, SZ_1M + 0x2000, 0x2000, ARCH_MAP_WRITE), 0);
	assert_int_equal(arch_map(va + 0x4000, SZ_1M, 0x1000, ARCH_MAP_WRITE), 0);
	assert_int_equal(arch_walk(va + 0x1000, va + SZ_1M, note_run, text), 0);
	assert_string_equal(text, "1000-4000>101000:1 4000-5000>100000:1 ");
}

static void memmap_lies_in_simulated_ram(void **state)
{
	(void)state;
	assert_int_equal(arch_map_memmap(VMEMMAP_START + SZ_1M, SZ_16M, SZ_1M, NULL, 0), 0);
	memset((void *)(VMEMMAP_START + SZ_1M), 0x77, SZ_1M);
	assert_int_equal(*(u8 *)phys_to_virt(SZ_16M + SZ_1M - 1), 0x77);
	assert_int_equal(arch_map_memmap(VMEMMAP_START + SZ_1M, 0, SZ_1M, NULL, 0), -EINVAL);
	assert_int_equal(arch_map_memmap(VMEMMAP_START + 1, SZ_16M, SZ_1M, NULL, 0), -EINVAL);
	assert_int_equal(arch_map_memmap(VMEMMAP_START - SZ_1M, SZ_16M, SZ_1M, NULL, 0), -EINVAL);
}

static void direct_map_is_queried_after_it_was_made(void **state)
{
	struct arch_mapping mapping;
	unsigned long va = (unsigned long)phys_to_virt(SZ_4G);

	assert_int_equal(arch_query(va, &mapping), -ENOENT);
	arch_init_mem_mapping(*state);
	assert_int_equal(arch_query(va, &mapping), 0);
	assert_int_equal(mapping.phys, SZ_4G);
	assert_int_equal(pgtable_verify(), 0);
}

static void do_panic(void *arg)
{
	panic("out of %s", (const char *)arg);
}

static void do_finish(void *arg)
{
	finish(arg);
}

static void do_nothing(void *arg)
{
	(void)arg;
}

static void panic_is_caught_with_its_reason(void **state)
{
	char cheese[] = "cheese";

	(void)state;
	assert_string_equal(host_expect_panic(do_panic, cheese), "out of cheese");
	assert_true(host_log_contains("Kernel panic - not syncing: out of cheese\n"));
	assert_true(host_log_contains("do_panic+0x"));
	assert_string_equal(host_expect_panic(do_panic, cheese), "out of cheese");
}

static void finish_tells_pass_from_fail(void **state)
{
	char reason[] = "3 tests failed";

	(void)state;
	assert_string_equal(host_expect_panic(do_finish, NULL), "");
	assert_true(host_log_contains("\nbaremm: verdict: PASS\n") ||
		    strcmp(host_log(), "baremm: verdict: PASS\n") == 0);
	assert_string_equal(host_expect_panic(do_finish, reason), "3 tests failed");
	assert_null(host_expect_panic(do_nothing, NULL));
}

static void a_warning_makes_the_verdict_fail(void **state)
{
	(void)state;
	warn_slowpath("file.c", 12, "%d is odd", 3);
	assert_true(host_log_contains("WARNING: CPU: 0 at file.c:12 a_warning_makes"));
	assert_true(host_log_contains("] 3 is odd\n"));
	assert_string_equal(host_expect_panic(do_finish, NULL), "1 warning");
	warn_count = 0;
}

static void random_numbers_follow_from_the_seed(void **state)
{
	u64 first;

	(void)state;
	host_srandom(5);
	first = arch_random();
	assert_true(arch_random() != first);
	host_srandom(5);
	assert_true(arch_random() == first);
}

static void threads_of_cpus_have_their_numbers(void **state)
{
	(void)state;
	assert_int_equal(smp_processor_id(), 0);
	host_set_cpu(3);
	assert_int_equal(smp_processor_id(), 3);
	host_set_cpu(0);
}

static void clock_does_not_go_back(void **state)
{
	u64 before = arch_clock_ns();

	(void)state;
	assert_true(arch_clock_ns() >= before);
}

#define test(f) cmocka_unit_test_setup_teardown(f, make_machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(record_carries_map_and_options),
		test(ram_is_found_at_its_physical_address),
		cmocka_unit_test(a_machine_of_terabytes_costs_what_is_touched),
		test(a_new_machine_has_fresh_memory),
		test(mapping_shows_the_ram_behind_it),
		test(map_refuses_what_the_contract_forbids),
		test(unmap_and_protect_split_a_mapping),
		test(walk_joins_what_continues),
		test(memmap_lies_in_simulated_ram),
		test(direct_map_is_queried_after_it_was_made),
		test(panic_is_caught_with_its_reason),
		test(finish_tells_pass_from_fail),
		test(a_warning_makes_the_verdict_fail),
		test(random_numbers_follow_from_the_seed),
		test(threads_of_cpus_have_their_numbers),
		test(clock_does_not_go_back),
	};

	return cmocka_run_group_tests_name("host_arch", tests, NULL, NULL);
}
