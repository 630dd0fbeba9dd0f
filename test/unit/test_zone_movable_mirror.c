/* SPDX-License-Identifier: MIT */
/* kernelcore=mirror: memory that firmware does not mirror is movable, and none is lost. */
#include "zone_movable_machine.h"

static void mirror_start(void)
{
	machine_start(pc_ram, no_nodes, "kernelcore=mirror");
	assert_int_equal(memblock_mark_mirror(0, SZ_2G), 0);
}

static void unmirrored_memory_above_4_gb_is_movable(void **state)
{
	(void)state;
	mirror_start();
	assert_int_equal(memblock_mark_mirror(SZ_4G, SZ_2G), 0);
	machine_zones();
	mem_init();
	assert_int_equal(zone_movable_pfn[0], PHYS_PFN(SZ_4G + SZ_2G));
	assert_int_equal(zone_of(0, ZONE_NORMAL)->spanned_pages, PHYS_PFN(SZ_4G));
	assert_int_equal(zone_of(0, ZONE_NORMAL)->present_pages, PHYS_PFN(SZ_2G));
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->spanned_pages, PHYS_PFN(SZ_2G));
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->present_pages, PHYS_PFN(SZ_2G));
	assert_false(host_log_contains("unmirrored kernel memory"));
	assert_int_equal(verify_all(), 0);
}

/*
 *   4 GB                          8 GB
 *   |unmirrored|mirrored|unmirrored|     cut inside sections and blocks
 */
static void mirrored_memory_among_other_is_not_movable_and_not_lost(void **state)
{
	const u64 start = SZ_4G + SZ_1G + 3 * PAGE_SIZE, end = SZ_4G + SZ_2G + 5 * PAGE_SIZE;
	unsigned long pages;

	(void)state;
	mirror_start();
	assert_int_equal(memblock_mark_mirror(start, end - start), 0);
	machine_zones();
	pages = PHYS_PFN(memblock_phys_mem_size());
	mem_init();
	assert_int_equal(zone_movable_pfn[0], PHYS_PFN(SZ_4G));
	assert_int_equal(zone_of(0, ZONE_NORMAL)->present_pages, PHYS_PFN(end - start));
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->present_pages, PHYS_PFN(SZ_4G - (end - start)));
	assert_int_equal(get_num_physpages(), pages);
	memmap_make_all();
	for (int i = 0; i < 20000; i++) {
		struct page *page = alloc_page(GFP_KERNEL);

		assert_in_range(page_to_phys(page), start, end - PAGE_SIZE);
		page = alloc_page(GFP_HIGHUSER_MOVABLE);
		assert_false(page_to_phys(page) >= start && page_to_phys(page) < end);
	}
	assert_int_equal(verify_all(), 0);
}

/* Movable starts at a multiple of 4 MB; what lies before it stays Normal. */
static void unmirrored_memory_before_the_rounded_start_is_not_lost(void **state)
{
	const u64 mirrored = SZ_1G + SZ_1M;

	(void)state;
	mirror_start();
	assert_int_equal(memblock_mark_mirror(SZ_4G, mirrored), 0);
	machine_zones();
	mem_init();
	assert_int_equal(zone_movable_pfn[0], PHYS_PFN(SZ_4G + SZ_1G + SZ_4M));
	assert_int_equal(zone_of(0, ZONE_NORMAL)->present_pages, PHYS_PFN(SZ_1G + SZ_4M));
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->present_pages, PHYS_PFN(3UL * SZ_1G - SZ_4M));
	assert_int_equal(verify_all(), 0);
}

static void unmirrored_memory_below_4_gb_is_warned_of(void **state)
{
	(void)state;
	machine_start(pc_ram, no_nodes, "kernelcore=mirror");
	machine_zones();
	assert_true(host_log_contains("This configuration results in unmirrored kernel memory.\n"));
	assert_int_equal(zone_movable_pfn[0], PHYS_PFN(SZ_4G));
	mem_init();
	assert_int_equal(verify_all(), 0);
}

/* From the boot record, through the whole bring-up. */
static void firmwares_mirrored_ranges_decide_when_asked_to(void **state)
{
	static const struct boot_range mirrored[] = {{0, SZ_2G, BOOT_RANGE_MIRRORED},
						     {SZ_4G, SZ_4G + SZ_1G, BOOT_RANGE_MIRRORED}};
	static const char *const options[] = {"", "kernelcore=mirror"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		struct boot_info *info = host_machine_pc(6UL * SZ_1G, options[i]);

		memblock_reset();
		page_alloc_reset();
		info->mirrored = mirrored;
		info->nr_mirrored = ARRAY_SIZE(mirrored);
		info->efi.bytes = 6UL * SZ_1G;
		mm_register_options();
		parse_options(info->options);
		mm_bring_up(info);
		assert_true(host_log_contains("efi: Memory: 3072M/6144M mirrored memory\n"));
		assert_int_equal(zone_movable_pfn[0], i ? PHYS_PFN(SZ_4G + SZ_1G) : 0);
		assert_int_equal(mm_verify_all(), 0);
		host_machine_exit();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(unmirrored_memory_above_4_gb_is_movable, machine_down),
		cmocka_unit_test_teardown(mirrored_memory_among_other_is_not_movable_and_not_lost,
					  machine_down),
		cmocka_unit_test_teardown(unmirrored_memory_before_the_rounded_start_is_not_lost,
					  machine_down),
		cmocka_unit_test_teardown(unmirrored_memory_below_4_gb_is_warned_of, machine_down),
		cmocka_unit_test(firmwares_mirrored_ranges_decide_when_asked_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
