/* SPDX-License-Identifier: MIT */
/*
 * High memory: which RAM it is, who gets it, and the addresses that it is lent. On the
 * host nothing past the direct map can be touched but through kmap(), so whatever of
 * mm/ ran here did not.
 */
#include "zones_machine.h"

#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <baremm/bringup.h>
#include <baremm/options.h>

#include <string.h>

#define MB_PAGES(n) ((unsigned long)(n) << (20 - PAGE_SHIFT))

static bool is_up;

static int down(void **state)
{
	(void)state;
	if (is_up)
		host_machine_exit();
	is_up = false;
	return 0;
}

/* A PC with @ram bytes whose architecture's direct map has room for @room; ended by down(). */
static struct boot_info *new_machine(u64 ram, u64 room, const char *options)
{
	struct boot_info *info;

	down(NULL);
	mm_reset();
	bad_options = 0;
	host_log_clear();
	info = host_machine_pc(ram, options);
	host_direct_map_size = room;
	is_up = true;
	return info;
}

static void start(struct boot_info *info)
{
	mm_register_options();
	parse_options(info->options);
	mm_bring_up(info);
	assert_int_equal(mm_verify_all(), 0);
}

static void boot_with_room(u64 ram, u64 room, const char *options)
{
	start(new_machine(ram, room, options));
}

static void boot(u64 ram, const char *options)
{
	boot_with_room(ram, ~0ULL, options);
}

/* 1 GB low, 3 GB high: 1 GB below the hole, 2 GB above 4 GB. */
static int up(void **state)
{
	(void)state;
	boot(SZ_4G, "directmap=1G");
	return 0;
}

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
	struct seq_buf sb;

	(void)state;
	boot(SZ_4G, "");
	assert_false(have_highmem());
	assert_int_equal(totalhigh_pages(), 0);
	assert_int_equal(nr_free_highpages(), 0);
	assert_false(host_log_contains("HighMem"));
	assert_false(host_log_contains("HIGHMEM"));
	assert_false(host_log_contains("highmem"));
	seq_buf_init(&m, &sb, text, sizeof(text));
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
	struct seq_buf sb;
	const struct zone *dma = zone_of(0, ZONE_DMA);

	(void)state;
	seq_buf_init(&m, &sb, text, sizeof(text));
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

static unsigned long take_until_null(struct list_head *taken, gfp_t gfp)
{
	unsigned long nr = 0;
	struct page *page;

	for (int order = MAX_PAGE_ORDER; order >= 0; order--)
		while ((page = alloc_pages(gfp | __GFP_NOWARN, (unsigned int)order))) {
			page->private = (u32)order;
			list_add(&page->lru, taken);
			nr += 1UL << order;
		}
	return nr;
}

static void give_back(struct list_head *taken)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, taken, lru) {
		unsigned int order = page->private;

		list_del(&page->lru);
		page->private = 0;
		__free_pages(page, order);
	}
}

static void others_get_none_when_low_memory_is_used_up(void **state)
{
	unsigned long high = nr_free_highpages();
	struct page *page;
	LIST_HEAD(taken);

	(void)state;
	take_until_null(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	list_for_each_entry (page, &taken, lru)
		assert_true(page_is_direct(page));
	assert_int_equal(nr_free_highpages(), high);
	assert_int_equal(__get_free_pages(GFP_HIGHUSER | __GFP_NOWARN, 0), 0);
	assert_null(alloc_pages_exact(PAGE_SIZE, GFP_HIGHUSER | __GFP_NOWARN));
	give_back(&taken);
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
	take_until_null(&low, GFP_KERNEL | __GFP_MEMALLOC);
	free = take_until_null(&high, GFP_HIGHUSER | __GFP_MEMALLOC);
	assert_int_equal(zone_of(0, ZONE_HIGHMEM)->nr_extent_pages, waiting);
	assert_true(waiting && free < waiting);
	memmap_make_all();
	assert_true(host_log_contains("wait for low memory for page tables"));
	give_back(&low);
	page = alloc_page(GFP_HIGHUSER);
	assert_non_null(page);
	assert_true(zone_of(0, ZONE_HIGHMEM)->nr_extent_pages < waiting);
	__free_page(page);
	give_back(&high);
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

struct totals {
	unsigned long managed[MAX_NR_ZONES], free[MAX_NR_ZONES], ram, high;
};

static struct totals take_totals(void)
{
	struct totals t = {.ram = totalram_pages(), .high = totalhigh_pages()};
	struct zone *zone;

	drain_all_pages(NULL);
	for_each_populated_zone (zone) {
		t.managed[zone_idx(zone)] += zone_managed_pages(zone);
		t.free[zone_idx(zone)] += zone_page_state(zone, NR_FREE_PAGES);
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

/* ---- Addresses for everybody ---------------------------------------------------------------- */

static void a_high_page_has_an_address_while_it_is_mapped(void **state)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	u64 *first, *second;

	(void)state;
	assert_null(page_address(page));
	first = kmap(page);
	second = kmap(page);
	assert_ptr_equal(first, second);
	assert_ptr_equal(page_address(page), first);
	assert_ptr_equal(kmap_to_page(first), page);
	assert_true(is_kmap_addr(first));
	*first = 0x600d;
	kunmap(page);
	kmap_flush_unused();
	assert_int_equal(*second, 0x600d);
	kunmap(page);
	assert_ptr_equal(page_address(page), first); /* until somebody needs the slot */
	kmap_flush_unused();
	assert_null(page_address(page));
	assert_int_equal(*(u64 *)kmap(page), 0x600d);
	kunmap(page);
	assert_int_equal(kmap_verify(), 0);
	assert_int_equal(kmap_refusals, 0);
}

static void low_pages_keep_their_address(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	assert_ptr_equal(kmap(page), __va(page_to_phys(page)));
	assert_ptr_equal(kmap_local_page(page), page_address(page));
	assert_ptr_equal(kmap_atomic(page), page_to_virt(page));
	assert_false(is_kmap_addr(page_address(page)));
	assert_ptr_equal(kmap_to_page(page_address(page)), page);
	kunmap_atomic(page_address(page));
	kunmap_local(page_address(page));
	kunmap(page);
	kunmap(page);
	assert_int_equal(kmap_refusals, 0);
}

/* @nr pages from the zone of high memory. */
static void take_pages(struct page **pages, int nr)
{
	for (int i = 0; i < nr; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER);
		assert_true(pages[i] && !page_is_direct(pages[i]));
	}
}

static void one_mapping_too_many_is_refused(void **state)
{
	static struct page *pages[LAST_PKMAP + 1];

	(void)state;
	take_pages(pages, LAST_PKMAP + 1);
	for (int i = 0; i < LAST_PKMAP; i++)
		*(int *)kmap(pages[i]) = i;
	assert_null(kmap(pages[LAST_PKMAP]));
	assert_int_equal(kmap_refusals, 1);
	assert_true(host_log_contains("all 512 are in use"));
	for (int i = 0; i < LAST_PKMAP; i++)
		assert_int_equal(*(int *)page_address(pages[i]), i);
	kunmap(pages[7]);
	assert_non_null(kmap(pages[LAST_PKMAP]));
	assert_null(page_address(pages[7]));
	assert_int_equal(mm_verify_all(), 0);
}

/* Slots whose users went are taken again, oldest first, with none unmapped before it must be. */
static void unused_mappings_stay_until_all_slots_are_used(void **state)
{
	static struct page *pages[LAST_PKMAP + 64];
	int mapped = 0;

	(void)state;
	take_pages(pages, LAST_PKMAP + 64);
	for (int i = 0; i < LAST_PKMAP - 1; i++) {
		assert_non_null(kmap(pages[i]));
		kunmap(pages[i]);
	}
	for (int i = 0; i < LAST_PKMAP - 1; i++)
		mapped += page_address(pages[i]) != NULL;
	assert_int_equal(mapped, LAST_PKMAP - 1);
	for (int i = 0; i < LAST_PKMAP + 64; i++) {
		assert_non_null(kmap(pages[i]));
		kunmap(pages[i]);
		assert_non_null(page_address(pages[i]));
	}
	assert_int_equal(kmap_refusals, 0);
	assert_int_equal(kmap_verify(), 0);
}

static void unmapping_what_nobody_mapped_is_refused(void **state)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	(void)state;
	kunmap(page);
	assert_int_equal(kmap_refusals, 1);
	kmap(page);
	kunmap(page);
	kunmap(page);
	assert_int_equal(kmap_refusals, 2);
	assert_int_equal(host_log_count("is not mapped by anybody"), 2);
	assert_int_equal(mm_verify_all(), 0);
}

/* The model: how many users each page has. */
static void random_users_agree_with_a_model(void **state)
{
	enum { PAGES = 700 };
	static struct page *pages[PAGES];
	static unsigned int users[PAGES];
	unsigned int used = 0, refused = 0;

	(void)state;
	host_test_seed(__func__);
	take_pages(pages, PAGES);
	for (int i = 0; i < 20000; i++) {
		size_t n = arch_random() % PAGES;
		bool more = arch_random() % 1000 < 520;

		if (arch_random() % 500 == 0)
			kmap_flush_unused();
		if (more) {
			u64 *word = kmap(pages[n]);

			assert_int_equal(!word, !users[n] && used == LAST_PKMAP);
			refused += !word;
			used += word && !users[n];
			users[n] += !!word;
			if (word && users[n] == 1)
				*word = n;
		} else {
			refused += !users[n];
			kunmap(pages[n]);
			used -= users[n] == 1;
			users[n] -= users[n] != 0;
		}
		if (users[n])
			assert_int_equal(*(u64 *)page_address(pages[n]), n);
		assert_int_equal(kmap_refusals, refused);
	}
	assert_int_equal(kmap_verify(), 0);
}

/* ---- A CPU's own addresses ---------------------------------------------------------------------- */

static void local_mappings_nest(void **state)
{
	struct page *pages[KM_MAX_IDX + 1];
	u64 *word[KM_MAX_IDX];

	(void)state;
	take_pages(pages, KM_MAX_IDX + 1);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < KM_MAX_IDX; i++) {
			word[i] = kmap_local_page(pages[(i + round) % KM_MAX_IDX]);
			*word[i] = (u64)i;
		}
		assert_int_equal(kmap_verify(), 0);
		for (int i = KM_MAX_IDX; i-- > 0;) {
			assert_int_equal(*word[i], i);
			kunmap_local(word[i]);
		}
	}
	assert_int_equal(kmap_refusals, 0);
	assert_int_equal(mm_verify_all(), 0);
}

static void one_local_mapping_too_many_is_refused(void **state)
{
	struct page *pages[KM_MAX_IDX + 1];
	void *addr[KM_MAX_IDX];

	(void)state;
	take_pages(pages, KM_MAX_IDX + 1);
	for (int i = 0; i < KM_MAX_IDX; i++)
		addr[i] = kmap_local_page(pages[i]);
	assert_null(kmap_local_page(pages[KM_MAX_IDX]));
	assert_int_equal(kmap_refusals, 1);
	assert_int_equal(kmap_verify(), 0);
	for (int i = KM_MAX_IDX; i-- > 0;)
		kunmap_local(addr[i]);
	assert_int_equal(mm_verify_all(), 0);
}

static void only_the_newest_local_mapping_can_go(void **state)
{
	struct page *pages[2];
	void *first, *second;

	(void)state;
	take_pages(pages, 2);
	first = kmap_local_page(pages[0]);
	second = kmap_local_page(pages[1]);
	kunmap_local(first);
	assert_int_equal(kmap_refusals, 1);
	assert_true(host_log_contains("is not the newest of CPU 0's 2 local mappings"));
	memset(first, 1, PAGE_SIZE); /* still there */
	kunmap_local((char *)second + 100);
	kunmap_local(first);
	kunmap_local(first);
	assert_int_equal(kmap_refusals, 2);
	assert_int_equal(mm_verify_all(), 0);
}

static void each_cpu_has_its_own_local_mappings(void **state)
{
	struct page *pages[2];
	int *here, *there;

	(void)state;
	take_pages(pages, 2);
	here = kmap_local_page(pages[0]);
	host_set_cpu(NR_CPUS - 1);
	there = kmap_local_page(pages[1]);
	assert_ptr_not_equal(here, there);
	*here = 1;
	*there = 2;
	kunmap_local(here);
	assert_int_equal(kmap_refusals, 1);
	kunmap_local(there);
	host_set_cpu(0);
	assert_int_equal(*here, 1);
	kunmap_local(here);
	assert_int_equal(mm_verify_all(), 0);
}

/* ---- Contents --------------------------------------------------------------------------------------- */

static bool block_is(struct page *page, unsigned int order, u8 value)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		const u8 *byte = kmap_local_page(page + i);
		bool same = !memcmp(byte, byte + 1, PAGE_SIZE - 1) && *byte == value;

		kunmap_local(byte);
		if (!same)
			return false;
	}
	return true;
}

static void dirty_block(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i++)
		memset_page(page + i, 0, 0xee, PAGE_SIZE);
}

static void blocks_are_zeroed_through_lent_addresses(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order += 5) {
		struct page *page = alloc_pages(GFP_HIGHUSER, order);

		dirty_block(page, order);
		assert_true(block_is(page, order, 0xee));
		__free_pages(page, order);
		page = alloc_pages(GFP_HIGHUSER | __GFP_ZERO, order);
		assert_false(page_is_direct(page));
		assert_true(block_is(page, order, 0));
		__free_pages(page, order);
	}
	assert_int_equal(mm_verify_all(), 0);
}

static void options_zero_high_memory_too(void **state)
{
	struct page *page;

	(void)state;
	boot(SZ_4G, "directmap=1G init_on_alloc=1 init_on_free=1");
	page = alloc_pages(GFP_HIGHUSER, 2);
	assert_false(page_is_direct(page));
	assert_true(block_is(page, 2, 0));
	dirty_block(page, 2);
	__free_pages(page, 2);
	assert_true(block_is(page, 2, 0));
}

static void contents_are_copied_between_any_pages(void **state)
{
	struct page *high[2], *low = alloc_page(GFP_KERNEL);
	char text[16] = "";

	(void)state;
	take_pages(high, 2);
	clear_highpage(low);
	memcpy_to_page(low, 4090, "abcdef", 6);
	copy_highpage(high[0], low);
	copy_highpage(high[1], high[0]);
	memcpy_from_page(text, high[1], 4090, 6);
	assert_string_equal(text, "abcdef");
	memzero_page(high[1], 4092, 4);
	memcpy_from_page(text, high[1], 4090, 6);
	assert_memory_equal(text, "ab\0\0\0\0", 6);
	clear_highpage(high[1]);
	assert_true(block_is(high[1], 0, 0));
}

/* ---- The checks check -------------------------------------------------------------------------------- */

static void verify_finds_what_is_broken(void **state)
{
	struct page *pages[2];
	void *pooled, *local;

	(void)state;
	take_pages(pages, 2);
	pooled = kmap(pages[0]);
	local = kmap_local_page(pages[1]);
	assert_int_equal(kmap_verify(), 0);
	arch_unmap((unsigned long)pooled, PAGE_SIZE);
	assert_int_equal(kmap_verify(), 1);
	arch_map((unsigned long)pooled, page_to_phys(pages[1]), PAGE_SIZE, ARCH_MAP_WRITE);
	assert_int_equal(kmap_verify(), 1);
	arch_unmap((unsigned long)local, PAGE_SIZE);
	assert_int_equal(kmap_verify(), 2);
	arch_unmap((unsigned long)pooled, PAGE_SIZE);
	arch_map((unsigned long)pooled, page_to_phys(pages[0]), PAGE_SIZE, ARCH_MAP_WRITE);
	arch_map((unsigned long)local, page_to_phys(pages[1]), PAGE_SIZE, ARCH_MAP_WRITE);
	assert_int_equal(kmap_verify(), 0);
	arch_map((unsigned long)local + PAGE_SIZE, page_to_phys(pages[1]), PAGE_SIZE, 0);
	assert_int_equal(kmap_verify(), 1);
	arch_unmap((unsigned long)local + PAGE_SIZE, PAGE_SIZE);
	kunmap_local(local);
	kunmap(pages[0]);
	assert_int_equal(mm_verify_all(), 0);
}

static void self_tests_reach_all_of_it(void **state)
{
	(void)state;
	boot(SZ_512M, "directmap=256M selftest=full");
	assert_true(have_highmem());
	assert_int_equal(mm_selftest(), 0);
	assert_true(host_log_contains("ok 5 kmap"));
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
		cmocka_unit_test_setup(a_high_page_has_an_address_while_it_is_mapped, up),
		cmocka_unit_test_setup(low_pages_keep_their_address, up),
		cmocka_unit_test_setup(one_mapping_too_many_is_refused, up),
		cmocka_unit_test_setup(unused_mappings_stay_until_all_slots_are_used, up),
		cmocka_unit_test_setup(unmapping_what_nobody_mapped_is_refused, up),
		cmocka_unit_test_setup(random_users_agree_with_a_model, up),
		cmocka_unit_test_setup(local_mappings_nest, up),
		cmocka_unit_test_setup(one_local_mapping_too_many_is_refused, up),
		cmocka_unit_test_setup(only_the_newest_local_mapping_can_go, up),
		cmocka_unit_test_setup(each_cpu_has_its_own_local_mappings, up),
		cmocka_unit_test_setup(blocks_are_zeroed_through_lent_addresses, up),
		cmocka_unit_test(options_zero_high_memory_too),
		cmocka_unit_test_setup(contents_are_copied_between_any_pages, up),
		cmocka_unit_test_setup(verify_finds_what_is_broken, up),
		cmocka_unit_test(self_tests_reach_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, down);
}
