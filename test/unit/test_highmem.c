/* SPDX-License-Identifier: MIT */
/*
 * High memory: which RAM it is, who gets it, and what the counts, marks and dumps make
 * of it.
 */
#include "highmem_machine.h"

#include <linux/list.h>
#include <linux/seq_file.h>

#include <string.h>

static unsigned long high_pages_of(unsigned long (*count)(const struct zone *))
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_populated_zone (zone)
		if (is_highmem(zone))
			pages += count(zone);
	return pages;
}

static unsigned long present(const struct zone *zone)
{
	return zone->present_pages;
}

static unsigned long free_of(const struct zone *zone)
{
	return zone_page_state(zone, NR_FREE_PAGES);
}

/* ---- Which memory is high -------------------------------------------------------- */

static void memory_past_the_limit_is_a_zone_of_its_own(void **state)
{
	const struct zone *zone = zone_of(0, ZONE_HIGHMEM);

	(void)state;
	assert_int_equal(highstart_pfn, PHYS_PFN(SZ_1G));
	assert_int_equal(zone->zone_start_pfn, PHYS_PFN(SZ_1G));
	assert_int_equal(zone_end_pfn(zone), PHYS_PFN(SZ_4G + SZ_2G));
	assert_int_equal(zone->present_pages, PHYS_PFN(SZ_1G + SZ_2G));
	assert_int_equal(zone_end_pfn(zone_of(0, ZONE_DMA32)), PHYS_PFN(SZ_1G));
	assert_int_equal(zone_of(0, ZONE_NORMAL)->spanned_pages, 0);
	assert_int_equal(policy_zone, ZONE_HIGHMEM);
	assert_int_equal(movable_zone, ZONE_HIGHMEM);
	assert_true(node_state(0, N_NORMAL_MEMORY) && node_state(0, N_HIGH_MEMORY));
}

static void the_log_says_what_32_bit_linux_would(void **state)
{
	char memory[64];

	(void)state;
	assert_true(host_log_contains("] 5120MB HIGHMEM available.\n"));
	assert_true(host_log_contains("] 1024MB LOWMEM available.\n"));
	assert_true(host_log_contains("  DMA32    [mem 0x0000000001000000-0x000000003fffffff]\n"
				      "[    0.000000]   Normal   empty\n"
				      "[    0.000000]   HighMem  "
				      "[mem 0x0000000040000000-0x000000017fffffff]\n") ||
		    host_log_contains("  HighMem  [mem 0x0000000040000000-0x000000017fffffff]\n"));
	snprintf(memory, sizeof(memory), "K cma-reserved, %luK highmem)\n",
		 pages_to_kb(totalhigh_pages()));
	assert_true(host_log_contains(memory));
	assert_true(host_log_contains("Policy zone: HighMem\n"));
}

static void without_high_memory_its_zone_is_shown_nowhere(void **state)
{
	static char text[32768];
	struct seq_file m;
	struct seq_text sb;

	(void)state;
	boot(SZ_4G, "");
	assert_false(have_highmem());
	assert_int_equal(totalhigh_pages(), 0);
	assert_int_equal(nr_free_highpages(), 0);
	assert_false(host_log_contains("HighMem"));
	assert_false(host_log_contains("HIGHMEM"));
	assert_false(host_log_contains("highmem"));
	seq_text_init(&m, &sb, text, sizeof(text));
	zoneinfo_show(&m);
	assert_int_equal(sb.dropped, 0);
	assert_null(strstr(text, "HighMem"));
	assert_int_equal(gfp_zone(GFP_HIGHUSER), ZONE_HIGHMEM);
	assert_ptr_equal(page_zone(alloc_page(GFP_HIGHUSER)), zone_of(0, ZONE_NORMAL));
}

/* A column for HighMem between Normal's and Movable's, and a zone. */
static void zoneinfo_shows_the_zone_where_there_is_one(void **state)
{
	static char text[32768];
	char line[80];
	struct seq_file m;
	struct seq_text sb;
	const struct zone *dma = zone_of(0, ZONE_DMA);

	(void)state;
	seq_text_init(&m, &sb, text, sizeof(text));
	zoneinfo_show(&m);
	assert_int_equal(sb.dropped, 0);
	assert_non_null(strstr(text, "Node 0, zone  HighMem"));
	snprintf(line, sizeof(line), "protection: (0, %ld, %ld, %ld, %ld, %ld)",
		 dma->lowmem_reserve[ZONE_DMA32], dma->lowmem_reserve[ZONE_NORMAL],
		 dma->lowmem_reserve[ZONE_HIGHMEM], dma->lowmem_reserve[ZONE_MOVABLE],
		 dma->lowmem_reserve[ZONE_DEVICE]);
	assert_non_null(strstr(text, line));
	assert_true(dma->lowmem_reserve[ZONE_HIGHMEM] > dma->lowmem_reserve[ZONE_NORMAL]);
}

static void the_architectures_limit_counts_without_an_option(void **state)
{
	(void)state;
	boot_with_room(SZ_4G, SZ_4G + SZ_1G, "");
	assert_int_equal(highstart_pfn, PHYS_PFN(SZ_4G + SZ_1G));
	assert_int_equal(zone_of(0, ZONE_NORMAL)->present_pages, PHYS_PFN(SZ_1G));
	assert_int_equal(zone_of(0, ZONE_HIGHMEM)->present_pages, PHYS_PFN(SZ_1G));
	boot_with_room(SZ_4G, SZ_4G, "directmap=8G");
	assert_int_equal(highstart_pfn, PHYS_PFN(SZ_4G));
}

/* ---- The option ------------------------------------------------------------------- */

static void limits_are_taken_in_whole_sections(void **state)
{
	(void)state;
	boot(SZ_4G, "directmap=1151M");
	assert_int_equal(highstart_pfn, MB_PAGES(1024));
	boot(SZ_4G, "directmap=0x48000000");
	assert_int_equal(highstart_pfn, MB_PAGES(1152));
}

static void a_limit_past_all_memory_leaves_none_high(void **state)
{
	(void)state;
	boot(SZ_4G, "directmap=64G");
	assert_false(have_highmem());
	assert_int_equal(zone_of(0, ZONE_HIGHMEM)->spanned_pages, 0);
}

static void values_that_are_no_size_are_refused(void **state)
{
	static const char *const values[] = {"directmap",      "directmap=",	"directmap=0",
					     "directmap=much", "directmap=1Gx", "directmap=-1"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values) - 1; i++) {
		boot(SZ_1G, values[i]);
		assert_int_equal(bad_options, 1);
		assert_true(host_log_contains("Malformed option 'directmap"));
		assert_false(have_highmem());
	}
}

/* The low megabyte is not free, so that 128 MB lie below the second section's end. */
static void a_limit_too_small_to_boot_is_raised(void **state)
{
	static const char *const values[] = {"directmap=1", "directmap=64M", "directmap=128M"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		boot(SZ_1G, values[i]);
		assert_true(host_log_contains("has less than 128M of free memory, using 262144K"));
		assert_int_equal(highstart_pfn, MB_PAGES(256));
	}
	boot(SZ_1G, "directmap=256M");
	assert_false(host_log_contains("of free memory, using"));
	boot(SZ_64M, "directmap=32M");
	assert_true(host_log_contains("of free memory, using 65536K"));
	assert_false(have_highmem());
}

/* ---- Who gets it ------------------------------------------------------------------- */

static void only_callers_that_permit_it_get_high_memory(void **state)
{
	static const struct {
		gfp_t gfp;
		enum zone_type zone;
	} want[] = {
		{GFP_KERNEL, ZONE_DMA32},
		{GFP_ATOMIC, ZONE_DMA32},
		{GFP_USER, ZONE_DMA32},
		{GFP_USER | __GFP_MOVABLE, ZONE_DMA32},
		{GFP_KERNEL | GFP_DMA32, ZONE_DMA32},
		{GFP_KERNEL | GFP_DMA, ZONE_DMA},
		{GFP_HIGHUSER, ZONE_HIGHMEM},
		{GFP_HIGHUSER_MOVABLE, ZONE_HIGHMEM},
		{GFP_NOWAIT | __GFP_HIGHMEM, ZONE_HIGHMEM},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct page *page = alloc_page(want[i].gfp);

		assert_int_equal(page_zonenum(page), want[i].zone);
		assert_int_equal(PageHighMem(page), want[i].zone == ZONE_HIGHMEM);
		assert_int_equal(page_is_direct(page), want[i].zone != ZONE_HIGHMEM);
		__free_page(page);
	}
}

static void others_get_none_when_low_memory_is_used_up(void **state)
{
	unsigned long high = nr_free_highpages();
	struct page *page;
	LIST_HEAD(taken);

	(void)state;
	take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	list_for_each_entry (page, &taken, lru)
		assert_true(page_is_direct(page));
	assert_int_equal(nr_free_highpages(), high);
	assert_int_equal(__get_free_pages(GFP_HIGHUSER | __GFP_NOWARN, 0), 0);
	assert_null(alloc_pages_exact(PAGE_SIZE, GFP_HIGHUSER | __GFP_NOWARN));
	give_back_pages(&taken);
	assert_int_equal(mm_verify_all(), 0);
}

static void addresses_are_never_those_of_high_pages(void **state)
{
	unsigned long addr = __get_free_pages(GFP_HIGHUSER, 3);

	(void)state;
	assert_true(page_is_direct(virt_to_page(addr)));
	memset((void *)addr, 0xa5, PAGE_SIZE << 3);
	free_pages(addr, 3);
}

/* Page tables and entries of sections need addresses: without low memory no section is made. */
static void no_section_is_made_without_low_memory(void **state)
{
	unsigned long free, waiting = zone_of(0, ZONE_HIGHMEM)->nr_extent_pages;
	struct page *page;
	LIST_HEAD(low);
	LIST_HEAD(high);

	(void)state;
	take_all_pages(&low, GFP_KERNEL | __GFP_MEMALLOC);
	free = take_all_pages(&high, GFP_HIGHUSER | __GFP_MEMALLOC);
	assert_int_equal(zone_of(0, ZONE_HIGHMEM)->nr_extent_pages, waiting);
	assert_true(waiting && free < waiting);
	memmap_make_all();
	assert_true(host_log_contains("wait for low memory for page tables"));
	give_back_pages(&low);
	page = alloc_page(GFP_HIGHUSER);
	assert_non_null(page);
	assert_true(zone_of(0, ZONE_HIGHMEM)->nr_extent_pages < waiting);
	__free_page(page);
	give_back_pages(&high);
	assert_int_equal(mm_verify_all(), 0);
}

/* ---- Counts --------------------------------------------------------------------------- */

static void counts_of_high_pages_are_those_of_its_zones(void **state)
{
	(void)state;
	assert_int_equal(totalhigh_pages(), high_pages_of(zone_managed_pages));
	assert_int_equal(nr_free_highpages(), high_pages_of(free_of));
	memmap_make_all();
	assert_int_equal(totalhigh_pages(), high_pages_of(zone_managed_pages));
	assert_int_equal(totalhigh_pages(), high_pages_of(present) - 3 * 8 * SECTION_MEMMAP_PAGES);
	assert_true(totalram_pages() > totalhigh_pages());
}

static void a_reserved_page_that_is_freed_counts(void **state)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	unsigned long ram = totalram_pages(), high = totalhigh_pages(), free = nr_free_highpages();

	(void)state;
	adjust_managed_page_count(page, -1);
	__SetPageReserved(page);
	assert_int_equal(totalram_pages(), ram - 1);
	assert_int_equal(totalhigh_pages(), high - 1);
	free_highmem_page(page);
	assert_int_equal(totalram_pages(), ram);
	assert_int_equal(totalhigh_pages(), high);
	assert_int_equal(zone_managed_pages(zone_of(0, ZONE_HIGHMEM)), high);
	assert_int_equal(nr_free_highpages(), free + 1);
	assert_int_equal(mm_verify_all(), 0);
}

/* Free pages of all zones: the boot's slabs lie where a section was made first. */
struct totals {
	unsigned long managed[MAX_NR_ZONES], free, ram, high;
};

static struct totals take_totals(void)
{
	struct totals t = {.ram = totalram_pages(), .high = totalhigh_pages()};
	struct zone *zone;

	drain_all_pages(NULL);
	for_each_populated_zone (zone) {
		t.managed[zone_idx(zone)] += zone_managed_pages(zone);
		t.free += zone_page_state(zone, NR_FREE_PAGES);
	}
	return t;
}

static const char *const machines[] = {
	"directmap=1G",
	"directmap=256M",
	"directmap=1G numa=fake=2",
	"directmap=3G numa=fake=4",
	"directmap=1G kernelcore=2G",
	"directmap=1G kernelcore=512M numa=fake=2",
	"directmap=5G movablecore=256M",
	"directmap=1G memmap=3M$1500M memmap=5M$4200M",
	"directmap=4G mem=5G",
};

static void eager_and_lazy_page_structs_end_in_the_same_counts(void **state)
{
	char eager[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct totals a, b;

		boot(SZ_4G, machines[i]);
		memmap_make_all();
		a = take_totals();
		assert_int_equal(mm_verify_all(), 0);
		snprintf(eager, sizeof(eager), "%s memmap_init=eager", machines[i]);
		boot(SZ_4G, eager);
		b = take_totals();
		if (memcmp(&a, &b, sizeof(a)))
			fail_msg("%s", machines[i]);
	}
}

/* test_early.c compares them page by page. */
static void either_early_allocator_ends_in_the_same_counts(void **state)
{
	char bootmem[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct totals a, b;

		boot(SZ_4G, machines[i]);
		a = take_totals();
		snprintf(bootmem, sizeof(bootmem), "%s early=bootmem", machines[i]);
		boot(SZ_4G, bootmem);
		b = take_totals();
		if (memcmp(&a, &b, sizeof(a)))
			fail_msg("%s", machines[i]);
	}
}

/* No page of RAM is in two zones, or in none. */
static void every_page_is_in_one_zone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		boot(SZ_4G, machines[i]);
		assert_int_equal(get_num_physpages(), memblock_phys_mem_size() >> PAGE_SHIFT);
	}
}

static void terabytes_of_high_memory_cost_no_more_than_gigabytes(void **state)
{
	u64 used;

	(void)state;
	boot(SZ_4G, "directmap=1G");
	used = host_ram_used();
	boot(16ULL << 40, "directmap=1G");
	assert_true(host_ram_used() < used + SZ_1M);
	assert_in_range(nr_free_highpages(), PHYS_PFN(16ULL << 40) - MB_PAGES(1100),
			PHYS_PFN(16ULL << 40));
}

/* ---- Marks ------------------------------------------------------------------------------ */

static void high_memory_keeps_little_and_others_nothing_for_it(void **state)
{
	const struct zone *high = zone_of(0, ZONE_HIGHMEM), *low = zone_of(0, ZONE_DMA32);
	unsigned long lowmem = zone_managed_pages(low) + zone_managed_pages(zone_of(0, ZONE_DMA));

	(void)state;
	assert_int_equal(min_wmark_pages(high), 128);
	assert_in_range(min_wmark_pages(low) + min_wmark_pages(zone_of(0, ZONE_DMA)),
			min_free_kbytes / 4 - 2, min_free_kbytes / 4);
	assert_in_range(min_free_kbytes, 4080, 4096); /* of 1 GB, not of 4 GB: 8192 */
	assert_in_range(low->lowmem_reserve[ZONE_HIGHMEM], totalhigh_pages() / 256 - 64,
			totalhigh_pages() / 256 + 64);
	assert_int_equal(low->lowmem_reserve[ZONE_NORMAL], 0);
	assert_true(nr_free_buffer_pages() < lowmem);
}

/* Linux's: min between 32 and 128 pages, and the distance of the share it would have had. */
static void marks_of_high_memory_are_linuxs(void **state)
{
	const struct zone_marks big = calc_highmem_marks(4096, MB_PAGES(3072), MB_PAGES(1024));
	const struct zone_marks mid = calc_highmem_marks(4096, 65536, MB_PAGES(1024));
	const struct zone_marks small = calc_highmem_marks(4096, 1000, MB_PAGES(1024));

	(void)state;
	assert_int_equal(big.min, 128);
	assert_int_equal(big.low, 128 + 786);
	assert_int_equal(big.high, 128 + 2 * 786);
	assert_int_equal(calc_highmem_marks(4096, MB_PAGES(64), MB_PAGES(4)).low, 32 + 16384 / 4);
	assert_int_equal(mid.min, 64);
	assert_int_equal(mid.low, 64 + 65);
	assert_int_equal(small.min, 32);
	assert_int_equal(small.high, 32 + 2);
}

/* ---- Movable memory ------------------------------------------------------------------------ */

/* kernelcore is used up by low memory first, and Movable starts where the highest zone does. */
static void movable_memory_is_taken_from_high_memory(void **state)
{
	(void)state;
	boot(SZ_4G, "directmap=1G kernelcore=512M");
	assert_int_equal(zone_movable_pfn[0], PHYS_PFN(SZ_1G));
	assert_int_equal(zone_of(0, ZONE_HIGHMEM)->present_pages, 0);
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->present_pages, PHYS_PFN(SZ_1G + SZ_2G));
	assert_true(is_highmem(zone_of(0, ZONE_MOVABLE)));
	assert_int_equal(totalhigh_pages(), zone_managed_pages(zone_of(0, ZONE_MOVABLE)));
	assert_int_equal(page_zonenum(alloc_page(GFP_HIGHUSER_MOVABLE)), ZONE_MOVABLE);
	assert_int_equal(page_zonenum(alloc_page(GFP_HIGHUSER)), ZONE_DMA32);

	boot(SZ_4G, "directmap=1G kernelcore=2G");
	assert_true(zone_movable_pfn[0] > PHYS_PFN(SZ_1G));
	assert_int_equal(page_zonenum(alloc_page(GFP_HIGHUSER_MOVABLE)), ZONE_MOVABLE);
	assert_int_equal(page_zonenum(alloc_page(GFP_HIGHUSER)), ZONE_HIGHMEM);
	assert_int_equal(min_wmark_pages(zone_of(0, ZONE_MOVABLE)), 128);
}

/*
 *   mirrored |========|   4.5 |    |=| 5.25 to 5.5 GB
 *   zones     ..Normal|-Movable----| |-Movable-|        HighMem where mirrored
 *   direct map                | up to 5 GB
 */
static void mirrored_memory_is_not_movable_on_either_side(void **state)
{
	static const struct boot_range mirrored[] = {
		{0, SZ_4G + SZ_512M, BOOT_RANGE_MIRRORED},
		{SZ_4G + SZ_1G + SZ_256M, SZ_4G + SZ_1G + SZ_512M, BOOT_RANGE_MIRRORED},
	};
	struct boot_info *info = new_machine(SZ_4G, ~0ULL, "kernelcore=mirror directmap=5G");
	struct page *page;
	LIST_HEAD(taken);

	(void)state;
	info->mirrored = mirrored;
	info->nr_mirrored = ARRAY_SIZE(mirrored);
	start(info);
	assert_int_equal(zone_of(0, ZONE_NORMAL)->present_pages, PHYS_PFN(SZ_512M));
	assert_int_equal(zone_of(0, ZONE_HIGHMEM)->present_pages, PHYS_PFN(SZ_256M));
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->present_pages, PHYS_PFN(SZ_1G + SZ_256M));
	while ((page = zone_alloc_pages(zone_of(0, ZONE_MOVABLE), MAX_PAGE_ORDER, GFP_KERNEL)))
		list_add(&page->lru, &taken);
	list_for_each_entry (page, &taken, lru) {
		assert_true(PageHighMem(page));
		assert_int_equal(!page_address(page), !page_is_direct(page));
		clear_highpage(page);
	}
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->nr_extent_pages, 0);
	assert_int_equal(mm_verify_all(), 0);
}

static void movable_memory_of_low_zones_is_not_high(void **state)
{
	(void)state;
	boot(SZ_4G, "kernelcore=1G");
	assert_false(is_highmem(zone_of(0, ZONE_MOVABLE)));
	assert_false(PageHighMem(alloc_page(GFP_HIGHUSER_MOVABLE)));
}

/* ---- All of it ----------------------------------------------------------------------------- */

static void self_tests_reach_all_of_it(void **state)
{
	(void)state;
	boot(SZ_512M, "directmap=256M selftest=full");
	assert_true(have_highmem());
	assert_int_equal(mm_selftest(), 0);
	assert_true(host_log_contains("ok 6 kmap"));
	assert_true(host_log_contains("64 of 64 pages past the direct map"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(memory_past_the_limit_is_a_zone_of_its_own, up),
		cmocka_unit_test_setup(the_log_says_what_32_bit_linux_would, up),
		cmocka_unit_test(without_high_memory_its_zone_is_shown_nowhere),
		cmocka_unit_test_setup(zoneinfo_shows_the_zone_where_there_is_one, up),
		cmocka_unit_test(the_architectures_limit_counts_without_an_option),
		cmocka_unit_test(limits_are_taken_in_whole_sections),
		cmocka_unit_test(a_limit_past_all_memory_leaves_none_high),
		cmocka_unit_test(values_that_are_no_size_are_refused),
		cmocka_unit_test(a_limit_too_small_to_boot_is_raised),
		cmocka_unit_test_setup(only_callers_that_permit_it_get_high_memory, up),
		cmocka_unit_test_setup(others_get_none_when_low_memory_is_used_up, up),
		cmocka_unit_test_setup(addresses_are_never_those_of_high_pages, up),
		cmocka_unit_test_setup(no_section_is_made_without_low_memory, up),
		cmocka_unit_test_setup(counts_of_high_pages_are_those_of_its_zones, up),
		cmocka_unit_test_setup(a_reserved_page_that_is_freed_counts, up),
		cmocka_unit_test(eager_and_lazy_page_structs_end_in_the_same_counts),
		cmocka_unit_test(either_early_allocator_ends_in_the_same_counts),
		cmocka_unit_test(every_page_is_in_one_zone),
		cmocka_unit_test(terabytes_of_high_memory_cost_no_more_than_gigabytes),
		cmocka_unit_test_setup(high_memory_keeps_little_and_others_nothing_for_it, up),
		cmocka_unit_test(marks_of_high_memory_are_linuxs),
		cmocka_unit_test(movable_memory_is_taken_from_high_memory),
		cmocka_unit_test(mirrored_memory_is_not_movable_on_either_side),
		cmocka_unit_test(movable_memory_of_low_zones_is_not_high),
		cmocka_unit_test(self_tests_reach_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, down);
}
