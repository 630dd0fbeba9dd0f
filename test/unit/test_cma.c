/* SPDX-License-Identifier: MIT */
/*
 * CMA areas: where options and callers get them, how their pages are lent and taken
 * back, and what becomes of areas that cannot be had.
 */
#include "movable_owner.h"

#include <linux/cma.h>
#include <linux/dma-map-ops.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "../../mm/cma.h"
#include "../../mm/meminfo.h"

/* 1 GB, a hole to 4 GB, and 2 GB. */
static const struct ram plain[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_1G, 0}, {SZ_4G, SZ_4G + SZ_2G, 0}, {0, 0, 0}};
/* 512 MB, a node each. */
static const struct ram halves[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_256M, 0}, {SZ_256M, SZ_512M, 1}, {0, 0, 0}};
/* One section. */
static const struct ram small[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_64M, 0}, {0, 0, 0}};

/* The options stand before the nodes are known, areas of the test's own after that. */
static void machine_before_nodes(const struct ram *ram, const char *cma)
{
	machine_ram(ram);
	if (cma) {
		char value[64];

		strcpy(value, cma);
		assert_int_equal(cma_parse_option(value), 0);
	}
}

static void machine_rest(void)
{
	mem_init();
	kmem_cache_init();
	cma_init_reserved_areas();
	assert_int_equal(verify_all() + cma_verify(), 0);
}

static void machine_cma(const struct ram *ram, const char *cma)
{
	machine_before_nodes(ram, cma);
	machine_zones();
	machine_rest();
}

static struct cma *area(void)
{
	assert_int_equal(cma_area_count, 1);
	return &cma_areas[0];
}

/* ---- Options ------------------------------------------------------------------------ */

static void an_area_lies_where_the_option_says(void **state)
{
	static const struct {
		const char *option;
		phys_addr_t base, size; /* 0: there is none */
	} cases[] = {
		/* From 4 GB upward, where there is room; else from the top. */
		{"64M", SZ_4G, SZ_64M},
		{"0", 0, 0},
		{"3M", SZ_4G, SZ_4M},
		{"64M@256M", SZ_256M, SZ_64M},
		{"64M@5G", 5ULL * SZ_1G, SZ_64M},
		{"64M@0-512M", SZ_512M - SZ_64M, SZ_64M},
		{"64M@256M-512M", SZ_512M - SZ_64M, SZ_64M},
		{"512M@5G", 5ULL * SZ_1G, SZ_512M},
		/* Not aligned, too large, in a hole, past the end. */
		{"64M@1M", 0, 0},
		{"3G", 0, 0},
		{"64M@2G", 0, 0},
		{"64M@6G", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_cma(plain, cases[i].option);
		if (cma_area_count != (cases[i].size != 0))
			fail_msg("%s: %u areas\n%s", cases[i].option, cma_area_count, host_log());
		assert_int_equal(totalcma_pages, PHYS_PFN(cases[i].size));
		if (cases[i].size) {
			assert_int_equal(cma_get_base(area()), cases[i].base);
			assert_int_equal(cma_get_size(area()), cases[i].size);
			assert_string_equal(cma_get_name(area()), "reserved");
			assert_ptr_equal(dma_contiguous_default_area, area());
		} else if (strcmp(cases[i].option, "0")) {
			assert_true(host_log_contains("cma: Failed to reserve "));
		}
		host_machine_exit();
	}
	machine_cma(plain, NULL);
}

static void words_that_are_no_areas_are_refused(void **state)
{
	static const char *const bad[] = {"",	     "x",	 "64Mx",	"64M@",
					  "64M@1G-", "64M@1G-x", "64M@1G-512M", "@1G"};

	(void)state;
	machine_ram(plain);
	for (size_t i = 1; i < ARRAY_SIZE(bad); i++) {
		char value[32];

		strcpy(value, bad[i]);
		assert_int_equal(cma_parse_option(value), -EINVAL);
	}
	assert_int_equal(cma_parse_option(NULL), -EINVAL);
	assert_int_equal(cma_pernuma_parse_option((char[]){"1x"}), -EINVAL);
	assert_int_equal(cma_pernuma_parse_option(NULL), -EINVAL);
	machine_zones();
	assert_int_equal(cma_area_count, 0);
}

static int say_halves(void)
{
	numa_add_memblk(0, 0, SZ_256M);
	numa_add_memblk(1, SZ_256M, SZ_512M);
	return 0;
}

static void each_node_gets_an_area_of_its_own(void **state)
{
	static struct numa_source source = {.name = "halves", .init = say_halves};

	(void)state;
	machine_ram(halves);
	assert_int_equal(cma_pernuma_parse_option((char[]){"32M"}), 0);
	numa_register_source(&source);
	machine_zones();
	machine_rest();
	assert_int_equal(cma_area_count, 2);
	for (int nid = 0; nid < 2; nid++) {
		struct cma *cma = dma_contiguous_pernuma_area[nid];
		char name[] = {'p', 'e', 'r', 'n', 'u', 'm', 'a', (char)('0' + nid), 0};

		assert_string_equal(cma_get_name(cma), name);
		assert_int_equal(pfn_to_nid(PHYS_PFN(cma_get_base(cma))), nid);
		assert_int_equal(zone_of(nid, ZONE_DMA32)->cma_pages, PHYS_PFN(SZ_32M));
	}
}

/* ---- Counts -------------------------------------------------------------------------- */

static const char *dump(void (*show)(struct seq_file *m))
{
	static char text[16384];
	struct seq_text sb;
	struct seq_file m;

	seq_text_init(&m, &sb, text, sizeof(text));
	show(&m);
	assert_int_equal(sb.dropped, 0);
	return text;
}

static void an_area_counts_as_linux_counts_it(void **state)
{
	unsigned long present;

	(void)state;
	machine_before_nodes(plain, "64M");
	machine_zones();
	mem_init();
	present = get_num_physpages();
	assert_true(host_log_contains("cma: Reserved 64 MiB at 0x0000000100000000\n"));
	/* Not free and not reserved, when the line is written. */
	assert_true(host_log_contains("K reserved, 65536K cma-reserved)"));
	assert_int_equal(nr_free_pages(), totalram_pages());
	assert_true(present - totalram_pages() >= PHYS_PFN(SZ_64M));
	kmem_cache_init();
	present = nr_free_pages();
	cma_init_reserved_areas();
	assert_in_range(nr_free_pages() - present, PHYS_PFN(SZ_64M) - 8, PHYS_PFN(SZ_64M));
	assert_int_equal(zone_page_state(zone_of(0, ZONE_NORMAL), NR_FREE_CMA_PAGES),
			 PHYS_PFN(SZ_64M));
	assert_non_null(strstr(dump(zoneinfo_show), "\n        cma      16384"));
	assert_non_null(strstr(dump(zoneinfo_show), "\n      nr_free_cma  16384"));
	assert_non_null(
		strstr(dump(pagetypeinfo_show),
		       "zone   Normal, type          CMA      0      0      0      0      0 "
		       "     0      0      0      0      0     16 \n"));
	assert_non_null(strstr(dump(meminfo_show), "CmaTotal:          65536 kB\n"
						   "CmaFree:           65536 kB\n"));
	assert_non_null(cma_alloc(area(), 1, 0, false));
	assert_non_null(strstr(dump(meminfo_show), "CmaFree:           65532 kB\n"));
	assert_int_equal(verify_all() + cma_verify(), 0);
}

/* Both early allocators reserve the same range, and the rest comes to the same counts. */
static void bootmem_hands_over_the_same_area(void **state)
{
	unsigned long free[2];

	(void)state;
	for (int bootmem = 0; bootmem < 2; bootmem++) {
		machine_before_nodes(plain, "128M");
		if (bootmem)
			assert_int_equal(early_parse_option((char[]){"bootmem"}), 0);
		machine_zones();
		machine_rest();
		assert_int_equal(cma_get_base(area()), SZ_4G);
		free[bootmem] = nr_free_pages();
		assert_non_null(cma_alloc(area(), PHYS_PFN(SZ_128M), 0, false));
		if (!bootmem)
			host_machine_exit();
	}
	assert_int_equal(free[0], free[1]);
}

static void a_gigabyte_is_one_piece_with_its_page_structs_elsewhere(void **state)
{
	struct page *page;

	(void)state;
	machine_cma(plain, "1G");
	page = cma_alloc(area(), PHYS_PFN(SZ_1G), 0, false);
	assert_int_equal(page_to_phys(page), SZ_4G);
	assert_int_equal(page_to_phys(page + PHYS_PFN(SZ_1G) - 1), SZ_4G + SZ_1G - PAGE_SIZE);
	assert_int_equal(verify_all() + cma_verify(), 0);
	assert_true(cma_release(area(), page, PHYS_PFN(SZ_1G)));
	assert_int_equal(verify_all() + cma_verify(), 0);
}

static void without_areas_nothing_is_made_for_them(void **state)
{
	(void)state;
	machine_cma(plain, NULL);
	assert_int_equal(totalcma_pages, 0);
	assert_false(section_made(pfn_to_section_nr(PHYS_PFN(SZ_4G))));
	assert_null(cma_alloc(NULL, 1, 0, false));
	assert_false(cma_release(NULL, pfn_to_page(1), 1));
}

/* ---- Declaring ----------------------------------------------------------------------- */

/* Areas are declared between the ranges and the zones. */
static int declare(phys_addr_t base, phys_addr_t size, phys_addr_t limit, unsigned int order,
		   bool fixed, struct cma **cma)
{
	return cma_declare_contiguous(base, size, limit, 0, order, fixed, NULL, cma);
}

static void what_cannot_be_reserved_is_refused(void **state)
{
	static const struct {
		phys_addr_t base, size, limit, alignment;
		unsigned int order;
		bool fixed;
		int err;
		const char *why;
	} cases[] = {
		{0, 0, 0, 0, 0, false, -EINVAL, "Failed to reserve 0 MiB"},
		{0, SZ_4M, 0, 3, 0, false, -EINVAL, "Failed to reserve 4 MiB"},
		{0, SZ_2M, 0, 0, 10, false, -EINVAL, "Failed to reserve 2 MiB"},
		{SZ_1M, SZ_2M, 0, 0, 0, true, -EINVAL,
		 "Region at 0x0000000000100000 must be aligned to 0x0000000000200000 bytes"},
		{SZ_512M, SZ_512M, SZ_512M, 0, 0, false, -EINVAL,
		 "Size (0x0000000020000000) of region at 0x0000000020000000 exceeds limit "
		 "(0x0000000020000000)"},
		{SZ_64M, SZ_4M, 0, 0, 0, true, -EBUSY, "Failed to reserve 4 MiB"},
		{SZ_2G, SZ_4M, 0, 0, 0, true, -EBUSY, "Failed to reserve 4 MiB"},
		{0, SZ_2G, SZ_4G + SZ_512M, 0, 0, false, -ENOMEM, "Failed to reserve 2048 MiB"},
	};
	unsigned long reserved;
	struct cma *cma = NULL;

	(void)state;
	machine_ram(plain);
	memblock_reserve(SZ_64M + SZ_1M, PAGE_SIZE);
	reserved = memblock_reserved_size();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		host_log_clear();
		assert_int_equal(cma_declare_contiguous(cases[i].base, cases[i].size,
							cases[i].limit, cases[i].alignment,
							cases[i].order, cases[i].fixed, NULL, &cma),
				 cases[i].err);
		if (!host_log_contains(cases[i].why))
			fail_msg("case %zu did not say: %s", i, cases[i].why);
		assert_int_equal(memblock_reserved_size(), reserved);
	}
	assert_null(cma);
	assert_int_equal(cma_area_count, 0);
}

static void there_are_no_more_areas_than_the_table_has(void **state)
{
	struct cma *cma = NULL;
	unsigned long reserved;

	(void)state;
	machine_ram(plain);
	for (int i = 0; i < MAX_CMA_AREAS; i++)
		assert_int_equal(declare(0, SZ_2M, 0, 0, false, &cma), 0);
	assert_string_equal(cma_get_name(cma), "cma19");
	reserved = memblock_reserved_size();
	assert_int_equal(declare(0, SZ_2M, 0, 0, false, &cma), -ENOSPC);
	assert_int_equal(cma_init_reserved_mem(0, SZ_2M, 0, NULL, &cma), -ENOSPC);
	assert_int_equal(memblock_reserved_size(), reserved);
	assert_int_equal(totalcma_pages, MAX_CMA_AREAS * PHYS_PFN(SZ_2M));
	machine_zones();
	machine_rest();
	assert_int_equal(zone_of(0, ZONE_NORMAL)->cma_pages, totalcma_pages);
}

static void memory_of_the_callers_own_becomes_an_area(void **state)
{
	struct cma *cma = NULL;

	(void)state;
	machine_ram(plain);
	assert_int_equal(cma_init_reserved_mem(SZ_256M, SZ_4M, 0, "mine", &cma), -EINVAL);
	memblock_reserve(SZ_256M, SZ_4M);
	assert_int_equal(cma_init_reserved_mem(SZ_256M + SZ_1M, SZ_2M, 0, "mine", &cma), -EINVAL);
	assert_int_equal(cma_init_reserved_mem(SZ_256M, SZ_1M, 0, "mine", &cma), -EINVAL);
	assert_int_equal(cma_init_reserved_mem(SZ_256M, SZ_4M, 0, "mine", &cma), 0);
	machine_zones();
	machine_rest();
	assert_int_equal(page_to_phys(cma_alloc(cma, 1024, 0, false)), SZ_256M);
	assert_string_equal(cma_get_name(cma), "mine");
}

/* The zone's edge at 16 MB lies in the middle. */
static void an_area_in_two_zones_is_ordinary_or_nobodys_memory(void **state)
{
	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		struct cma *cma = NULL;

		machine_ram(small);
		assert_int_equal(declare(SZ_16M - SZ_2M, SZ_4M, 0, 0, true, &cma), 0);
		if (keep)
			cma_reserve_pages_on_error(cma);
		machine_zones();
		machine_rest();
		assert_true(host_log_contains("cma: CMA area cma0 could not be activated"));
		assert_int_equal(cma_get_size(cma), 0);
		assert_int_equal(totalcma_pages, 0);
		assert_null(cma_alloc(cma, 1, 0, false));
		assert_int_equal(PageReserved(pfn_to_page(PHYS_PFN(SZ_16M))), keep);
		if (!keep)
			host_machine_exit();
	}
}

/* ---- Taking and giving back ----------------------------------------------------------- */

static void ranges_are_aligned_apart_and_the_areas_own(void **state)
{
	struct page *a, *b, *c;

	(void)state;
	machine_cma(small, "8M");
	a = cma_alloc(area(), 3, 0, false);
	b = cma_alloc(area(), 5, 3, false);
	c = cma_alloc(area(), 1, 9, false);
	assert_int_equal(page_to_phys(a), cma_get_base(area()));
	assert_ptr_equal(b, a + 8);
	assert_ptr_equal(c, a + 512);
	/* What was passed over serves small ranges. */
	assert_ptr_equal(cma_alloc(area(), 5, 0, false), a + 3);
	assert_int_equal(page_ref_count(a + 2), 1);
	assert_true(cma_pages_valid(area(), a, 2048));
	assert_false(cma_pages_valid(area(), a, 2049));
	assert_false(cma_pages_valid(area(), a - 1, 1));
	assert_false(cma_release(area(), a + 2047, 2));
	assert_false(cma_release(area(), NULL, 1));
	assert_true(cma_release(area(), a, 3));
	assert_ptr_equal(cma_alloc(area(), 3, 0, false), a);
	assert_int_equal(verify_all() + cma_verify(), 0);
}

static void a_full_area_gives_null_and_says_what_is_left(void **state)
{
	struct page *page;

	(void)state;
	machine_cma(small, "4M");
	page = cma_alloc(area(), 1024, 0, false);
	assert_non_null(page);
	assert_true(cma_release(area(), page + 5, 3));
	assert_true(cma_release(area(), page + 100, 10));
	host_log_clear();
	assert_null(cma_alloc(area(), 11, 0, true));
	assert_false(host_log_contains("alloc failed"));
	assert_null(cma_alloc(area(), 11, 0, false));
	assert_true(host_log_contains(
		"cma: cma_alloc: reserved: alloc failed, req-size: 11 pages, ret: -12\n"));
	assert_true(host_log_contains(
		"number of available pages: 3@5+10@100=> 13 free of 1024 total pages\n"));
	assert_null(cma_alloc(area(), 1025, 0, false));
	assert_null(cma_alloc(area(), 0, 0, false));
	assert_null(cma_alloc(area(), 1, 64, false));
	assert_non_null(cma_alloc(area(), 10, 0, false));
	assert_int_equal(verify_all() + cma_verify(), 0);
}

static void a_bit_may_stand_for_many_pages(void **state)
{
	struct cma *cma = NULL;
	struct page *a, *b;

	(void)state;
	machine_ram(small);
	assert_int_equal(declare(0, SZ_4M, 0, 6, false, &cma), 0);
	machine_zones();
	machine_rest();
	a = cma_alloc(cma, 1, 0, false);
	b = cma_alloc(cma, 65, 0, false);
	assert_ptr_equal(b, a + 64);
	assert_ptr_equal(cma_alloc(cma, 64, 8, false), a + 256);
	/* Two bits: parts of neither go back. */
	assert_true(cma_release(cma, b, 64));
	assert_true(cma_release(cma, b + 1, 64));
	assert_int_equal(cma_misused, 2);
	assert_true(cma_release(cma, b, 65));
	assert_ptr_equal(cma_alloc(cma, 128, 0, false), b);
	assert_int_equal(verify_all() + cma_verify(), 0);
}

/* |aaaaa|bbb|    |cccc|, of which nothing but blocks that are out, or parts of one, goes back. */
static void what_is_not_out_as_it_is_released_stays(void **state)
{
	struct page *a, *b, *c;
	unsigned long free;

	(void)state;
	machine_cma(small, "16M");
	a = cma_alloc(area(), 5, 0, false);
	b = cma_alloc(area(), 3, 0, false);
	c = cma_alloc(area(), 4, 4, false);
	assert_ptr_equal(b, a + 5);
	free = zone_page_state(page_zone(a), NR_FREE_PAGES);
	assert_true(cma_release(area(), a, 8));
	assert_true(cma_release(area(), b, 4));
	assert_true(cma_release(area(), b + 3, 1));
	assert_true(cma_release(area(), c - 1, 2));
	assert_true(cma_release(area(), a, 0));
	assert_int_equal(cma_misused, 5);
	assert_true(host_log_contains("8 pages at pfn"));
	assert_int_equal(zone_page_state(page_zone(a), NR_FREE_PAGES), free);
	/* Parts: both ends stay out, and go back by themselves. */
	assert_true(cma_release(area(), a + 1, 2));
	assert_true(cma_release(area(), a + 1, 2));
	assert_true(cma_release(area(), a, 5));
	assert_int_equal(cma_misused, 7);
	assert_int_equal(cma_verify(), 0);
	assert_ptr_equal(cma_alloc(area(), 2, 0, false), a + 1);
	assert_true(cma_release(area(), a + 1, 2));
	assert_true(cma_release(area(), a + 3, 2));
	assert_true(cma_release(area(), a, 1));
	assert_true(cma_release(area(), b, 3));
	assert_true(cma_release(area(), b, 3));
	assert_int_equal(cma_misused, 8);
	assert_int_equal(cma_release_block(area(), c, 3), CMA_REFUSED);
	assert_int_equal(cma_release_block(area(), c + 1, 3), CMA_REFUSED);
	assert_int_equal(cma_release_block(area(), c, 4), CMA_RELEASED);
	assert_int_equal(verify_all() + cma_verify(), 0);
	drain_all_pages(NULL);
	assert_int_equal(zone_page_state(page_zone(a), NR_FREE_PAGES), free + 12);
	__set_bit(1, area()->starts);
	assert_int_equal(cma_verify(), 1);
	__clear_bit(1, area()->starts);
}

/* Movable pages fill all there is; others had nothing of the area. */
static void lend_all_to_movable_pages(void)
{
	struct page *page;

	owner_init(PHYS_PFN(SZ_64M));
	for (unsigned long i = 0; (page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN)); i++)
		owner_add(page, i);
	assert_true(zone_page_state(zone_of(0, ZONE_DMA32), NR_FREE_CMA_PAGES) < 64);
}

static bool in_area(const struct page *page)
{
	return cma_pages_valid(area(), page, 1);
}

static void lent_pages_are_moved_out_of_the_way(void **state)
{
	struct page *page;

	(void)state;
	machine_cma(small, "16M");
	lend_all_to_movable_pages();
	/* A third of what lies elsewhere goes back: there is room for what is in the way. */
	for (unsigned long i = 0, n = 0; i < owner.nr; i++)
		if (owner.page[i] && !in_area(owner.page[i]) && n++ % 3 == 0)
			owner_drop(i);
	page = cma_alloc(area(), 2000, 0, false);
	assert_non_null(page);
	assert_true(owner.moved >= 1900);
	owner_check_all();
	assert_int_equal(verify_all() + cma_verify(), 0);
	assert_true(cma_release(area(), page, 2000));
	owner_exit();
	assert_int_equal(verify_all() + cma_verify(), 0);
}

static void take_one_that_may_not_fail(void *page)
{
	*(struct page **)page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
}

static void pages_that_cannot_move_are_never_in_an_area(void **state)
{
	static const gfp_t gfps[] = {GFP_KERNEL, GFP_ATOMIC, GFP_KERNEL | __GFP_RECLAIMABLE,
				     GFP_KERNEL | __GFP_MEMALLOC};
	struct page *page;

	(void)state;
	machine_cma(small, "16M");
	for (size_t i = 0; i < ARRAY_SIZE(gfps); i++)
		while ((page = alloc_page(gfps[i] | __GFP_NOWARN)))
			assert_false(in_area(page));
	assert_non_null(host_expect_panic(take_one_that_may_not_fail, &page));
	assert_int_equal(zone_page_state(zone_of(0, ZONE_DMA32), NR_FREE_CMA_PAGES),
			 PHYS_PFN(SZ_16M));
	/* Movable ones are, now that nothing else is left. */
	assert_true(in_area(alloc_page(GFP_HIGHUSER_MOVABLE)));
	assert_int_equal(verify_all() + cma_verify(), 0);
}

/* Somebody holds a page lent out of the first range: the next one is taken. */
static void a_range_that_cannot_be_emptied_is_passed_over(void **state)
{
	struct page *first, *page;

	(void)state;
	machine_cma(small, "8M");
	first = pfn_to_page(PHYS_PFN(cma_get_base(area())));
	lend_all_to_movable_pages();
	get_page(first + 7);
	for (unsigned long i = 0; i < owner.nr; i++)
		if (owner.page[i] && owner.page[i] != first + 7)
			owner_drop(i);
	page = cma_alloc(area(), 64, 6, false);
	assert_ptr_equal(page, first + 64);
	assert_null(cma_alloc(area(), 2048, 0, true));
	put_page(first + 7);
	owner_exit();
	assert_ptr_equal(cma_alloc(area(), 64, 6, false), first);
	assert_int_equal(verify_all() + cma_verify(), 0);
}

/* ---- A model ---------------------------------------------------------------------------- */

#define MODEL_PAGES  2048
#define MODEL_RANGES 100

static void random_ranges_agree_with_a_model(void **state)
{
	u64 random = host_test_seed(__func__) | 1;
	unsigned char owned[MODEL_PAGES] = {};
	struct {
		unsigned long at, nr;
	} range[MODEL_RANGES];
	unsigned int nr = 0;
	struct page *first;

	(void)state;
	machine_cma(small, "8M");
	first = pfn_to_page(PHYS_PFN(cma_get_base(area())));
	for (int step = 0; step < 3000; step++) {
		u64 r = random ^= random << 13;
		unsigned long want = 1 + (r >> 20) % 200, at = 0;
		unsigned int align = (unsigned int)(r >> 40) % 8;

		random ^= random >> 7;
		random ^= random << 17;
		if (nr && (r % 2 || nr == MODEL_RANGES)) {
			unsigned int i = (unsigned int)(r >> 8) % nr;

			assert_true(cma_release(area(), first + range[i].at, range[i].nr));
			memset(owned + range[i].at, 0, range[i].nr);
			range[i] = range[--nr];
		} else {
			struct page *page = cma_alloc(area(), want, align, true);

			/* The lowest place that suits. */
			while (at + want <= MODEL_PAGES && memchr(owned + at, 1, want))
				at += 1UL << align;
			assert_ptr_equal(page, at + want <= MODEL_PAGES ? first + at : NULL);
			if (!page)
				continue;
			memset(owned + at, 1, want);
			range[nr].at = at;
			range[nr++].nr = want;
		}
		if (step % 100 == 0)
			assert_int_equal(verify_all() + cma_verify(), 0);
	}
}

static void verify_finds_what_is_taken_and_free(void **state)
{
	(void)state;
	machine_cma(small, "2M");
	bitmap_set(area()->bitmap, 0, 1);
	assert_int_equal(cma_verify(), 1);
	assert_true(host_log_contains("is taken and free"));
	bitmap_clear(area()->bitmap, 0, 1);
	set_pfnblock_migratetype(area()->base_pfn, MIGRATE_MOVABLE);
	assert_int_equal(cma_verify(), 1);
	assert_true(host_log_contains("has type 1"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(an_area_lies_where_the_option_says),
		TEST(words_that_are_no_areas_are_refused),
		TEST(each_node_gets_an_area_of_its_own),
		TEST(an_area_counts_as_linux_counts_it),
		TEST(bootmem_hands_over_the_same_area),
		TEST(a_gigabyte_is_one_piece_with_its_page_structs_elsewhere),
		TEST(without_areas_nothing_is_made_for_them),
		TEST(what_cannot_be_reserved_is_refused),
		TEST(there_are_no_more_areas_than_the_table_has),
		TEST(memory_of_the_callers_own_becomes_an_area),
		TEST(an_area_in_two_zones_is_ordinary_or_nobodys_memory),
		TEST(ranges_are_aligned_apart_and_the_areas_own),
		TEST(a_full_area_gives_null_and_says_what_is_left),
		TEST(a_bit_may_stand_for_many_pages),
		TEST(what_is_not_out_as_it_is_released_stays),
		TEST(lent_pages_are_moved_out_of_the_way),
		TEST(pages_that_cannot_move_are_never_in_an_area),
		TEST(a_range_that_cannot_be_emptied_is_passed_over),
		TEST(random_ranges_agree_with_a_model),
		TEST(verify_finds_what_is_taken_and_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
