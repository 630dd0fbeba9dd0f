/* SPDX-License-Identifier: MIT */
/*
 * Memory that the firmware's map promises and the machine does not have. On the host a word is
 * there unless it lies in one of some ranges.
 */
#include "badpage_machine.h"

#include <linux/memblock.h>

#include "../../mm/ram_probe.h"

#define RAM ((u64)SZ_1G)

static struct {
	phys_addr_t start, end;
} missing[4];
static size_t nr_missing, nr_probes;

static bool word_is_there(const void *addr)
{
	phys_addr_t pa = virt_to_phys(addr);

	nr_probes++;
	for (size_t i = 0; i < nr_missing; i++)
		if (pa >= missing[i].start && pa < missing[i].end)
			return false;
	return true;
}

static void lose(phys_addr_t start, phys_addr_t end)
{
	missing[nr_missing].start = start;
	missing[nr_missing++].end = end;
}

static int setup(void **state)
{
	(void)state;
	nr_missing = nr_probes = 0;
	return 0;
}

static void bring_up_machine(u64 ram, const char *options)
{
	struct boot_info *info = machine_options(ram, options);

	host_probe_word = word_is_there;
	mm_bring_up(info);
	assert_int_equal(mm_verify_all(), 0);
}

/* ---- At bring-up ---------------------------------------------------------------------- */

static void memory_that_is_there_stays(void **state)
{
	(void)state;
	bring_up_machine(RAM, "");
	assert_false(host_log_contains("does not keep"));
	assert_in_range(nr_probes, RAM / RAM_PROBE_BLOCK, RAM / RAM_PROBE_BLOCK + 64);
}

static void memory_that_is_missing_is_taken_out(void **state)
{
	(void)state;
	lose(SZ_256M, SZ_512M);
	bring_up_machine(RAM, "");
	assert_true(host_log_contains("[mem 0x0000000010000000-0x000000001fffffff] does not keep"));
	assert_true(host_log_contains("e820: update [mem 0x10000000-0x1fffffff] usable ==> "
				      "unusable"));
	assert_false(memblock_is_memory(SZ_256M) || memblock_is_memory(SZ_512M - 1));
	assert_true(memblock_is_memory(SZ_256M - 1) && memblock_is_memory(SZ_512M));
}

static void holes_are_taken_out_by_blocks(void **state)
{
	(void)state;
	lose(SZ_128M, SZ_128M + 8);
	lose(SZ_256M - SZ_4M, SZ_256M + SZ_4M);
	bring_up_machine(RAM, "");
	assert_false(memblock_is_memory(SZ_128M) || memblock_is_memory(SZ_128M + SZ_2M - 1));
	assert_true(memblock_is_memory(SZ_128M - 1) && memblock_is_memory(SZ_128M + SZ_2M));
	assert_false(memblock_is_memory(SZ_256M - SZ_4M) ||
		     memblock_is_memory(SZ_256M + SZ_4M - 1));
	assert_true(memblock_is_memory(SZ_256M - SZ_4M - 1) && memblock_is_memory(SZ_256M + SZ_4M));
}

static void range_that_ends_too_late_is_cut(void **state)
{
	(void)state;
	lose(RAM - SZ_1M, RAM);
	bring_up_machine(RAM, "");
	assert_int_equal(memblock_end_of_DRAM(), RAM - SZ_2M);
}

static void probes_are_few_whatever_the_ram(void **state)
{
	(void)state;
	bring_up_machine(1024ULL * SZ_1G, "");
	assert_in_range(nr_probes, RAM_PROBES_MAX / 2, RAM_PROBES_MAX + 64);
}

/* ---- When a zone grows ------------------------------------------------------------------ */

static void section_that_is_missing_is_given_up(void **state)
{
	unsigned long before;

	(void)state;
	bring_up_machine(16ULL * SZ_1G, "");
	before = nr_free_pages();
	/* Between the words that bring-up looks at. */
	lose(8ULL * SZ_1G + RAM_PROBE_BLOCK, 8ULL * SZ_1G + RAM_PROBE_BLOCK + SZ_2M);
	memmap_make_all();
	assert_true(host_log_contains("nothing keeps what is written to [mem "
				      "0x0000000200000000-0x0000000207ffffff] (error -5)"));
	assert_in_range(before - nr_free_pages(), PAGES_PER_SECTION, 2 * PAGES_PER_SECTION);
	assert_int_equal(mm_verify_all(), 0);
	assert_true(all_pages_handed_out_are_good(MAX_PAGE_ORDER));
}

static void section_that_is_missing_is_no_part_of_a_range(void **state)
{
	const unsigned long pfn = PHYS_PFN(8ULL * SZ_1G), nr = PHYS_PFN(SZ_1G);
	struct page *page;

	(void)state;
	bring_up_machine(16ULL * SZ_1G, "");
	lose(8ULL * SZ_1G + RAM_PROBE_BLOCK, 8ULL * SZ_1G + RAM_PROBE_BLOCK + SZ_2M);
	assert_int_equal(alloc_contig_range(pfn, pfn + nr, MIGRATE_MOVABLE, GFP_KERNEL), -EIO);
	assert_true(host_log_contains("nothing keeps what is written to [mem "
				      "0x0000000200000000-0x0000000207ffffff] (error -5)"));
	assert_null(pfn_to_online_page(pfn));
	page = alloc_contig_pages(nr, GFP_KERNEL, 0, NULL);
	assert_non_null(page);
	assert_false(page_to_pfn(page) <= pfn && pfn < page_to_pfn(page) + nr);
	free_contig_range(page_to_pfn(page), nr);
	assert_int_equal(mm_verify_all(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, machine_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(memory_that_is_there_stays),
		TEST(memory_that_is_missing_is_taken_out),
		TEST(holes_are_taken_out_by_blocks),
		TEST(range_that_ends_too_late_is_cut),
		TEST(probes_are_few_whatever_the_ram),
		TEST(section_that_is_missing_is_given_up),
		TEST(section_that_is_missing_is_no_part_of_a_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
