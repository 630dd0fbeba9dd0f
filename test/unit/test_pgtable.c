/* SPDX-License-Identifier: MIT */
/*
 * Page tables in simulated memory: what is mapped how, split, refused, walked; once more where
 * memory is encrypted.
 */
#include "pgtable_machine.h"

/* ---- Largest pages ------------------------------------------------------------ */

/* 0       4K      2M         1G         2G    2G+2M  +4K
 * | hole  | 4K... | 2M...    | 1G       | 2M  | 4K   | hole */
static void map_uses_the_largest_pages_that_fit(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_4K, SZ_4K, SZ_2G + SZ_2M, ARCH_MAP_WRITE), 0);
	assert_unmapped(0);
	assert_maps(SZ_4K, SZ_4K, SZ_4K, ARCH_MAP_WRITE);
	assert_maps(SZ_2M - 1, SZ_2M - 1, SZ_4K, ARCH_MAP_WRITE);
	assert_maps(SZ_2M, SZ_2M, SZ_2M, ARCH_MAP_WRITE);
	assert_maps(SZ_1G + 123, SZ_1G + 123, SZ_1G, ARCH_MAP_WRITE);
	assert_maps(SZ_2G, SZ_2G, SZ_2M, ARCH_MAP_WRITE);
	assert_maps(SZ_2G + SZ_2M, SZ_2G + SZ_2M, SZ_4K, ARCH_MAP_WRITE);
	assert_unmapped(SZ_2G + SZ_2M + SZ_4K);
}

static void map_without_1g_pages_uses_2m_pages(void **state)
{
	(void)state;
	make_tables(4, 2);
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_2G, ARCH_MAP_WRITE), 0);
	assert_maps(SZ_1G, SZ_1G, SZ_2M, ARCH_MAP_WRITE);
	assert_maps(3UL * SZ_1G - 1, 3UL * SZ_1G - 1, SZ_2M, ARCH_MAP_WRITE);
	/* Root, one pud, two pmds. */
	assert_int_equal(pages_given, 4);
}

static void map_of_misaligned_physical_address_uses_small_pages(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_2M, SZ_2M + SZ_4K, SZ_2M, ARCH_MAP_READ), 0);
	assert_maps(SZ_2M, SZ_2M + SZ_4K, SZ_4K, ARCH_MAP_READ);
}

static void map_of_16tb_takes_one_table_for_512gb(void **state)
{
	unsigned long base = 0xffff888000000000;

	(void)state;
	assert_int_equal(map(base, 0, 16UL << 40, ARCH_MAP_WRITE), 0);
	assert_int_equal(pages_given, 1 + 32);
	assert_int_equal(pool.nr, 0);
	assert_maps(base + (16UL << 40) - 1, (16UL << 40) - 1, SZ_1G, ARCH_MAP_WRITE);
	assert_unmapped(base + (16UL << 40));
}

static void map_with_five_levels_reaches_the_five_level_layout(void **state)
{
	(void)state;
	make_tables(5, 3);
	assert_int_equal(map(0xff11000000000000, 0, SZ_4G, ARCH_MAP_WRITE), 0);
	assert_maps(0xff11000000000000 + SZ_2G, SZ_2G, SZ_1G, ARCH_MAP_WRITE);
	make_tables(4, 3);
	assert_int_equal(map(0xff11000000000000, 0, SZ_4G, ARCH_MAP_WRITE), -EINVAL);
}

static void base_pages_are_what_is_mapped_where_that_is_asked_for(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_2M, ARCH_MAP_WRITE | ARCH_MAP_BASE_PAGES), 0);
	assert_maps(SZ_1G, SZ_1G, SZ_4K, ARCH_MAP_WRITE);
	assert_maps(SZ_1G + SZ_2M - SZ_4K, SZ_1G + SZ_2M - SZ_4K, SZ_4K, ARCH_MAP_WRITE);
	assert_int_equal(map(SZ_1G + SZ_2M, SZ_1G + SZ_2M, SZ_2M, ARCH_MAP_WRITE), 0);
	assert_maps(SZ_1G + SZ_2M, SZ_1G + SZ_2M, SZ_2M, ARCH_MAP_WRITE);
}

/* ---- Protection ---------------------------------------------------------------- */

static void every_protection_reads_back_at_every_size(void **state)
{
	static const unsigned int prots[] = {ARCH_MAP_READ,
					     ARCH_MAP_WRITE,
					     ARCH_MAP_EXEC,
					     ARCH_MAP_WRITE | ARCH_MAP_WC,
					     ARCH_MAP_WRITE | ARCH_MAP_UC,
					     ARCH_MAP_WRITE | ARCH_MAP_UC_MINUS,
					     ARCH_MAP_WRITE | ARCH_MAP_WT,
					     ARCH_MAP_WC,
					     ARCH_MAP_UC,
					     ARCH_MAP_UC_MINUS,
					     ARCH_MAP_WT};
	static const size_t sizes[] = {SZ_4K, SZ_2M, SZ_1G};
	unsigned long va = SZ_1G;

	(void)state;
	for (size_t i = 0; i < sizeof(prots) / sizeof(prots[0]); i++) {
		for (size_t s = 0; s < 3; s++, va += SZ_1G) {
			assert_int_equal(map(va, va, sizes[s], prots[i]), 0);
			assert_maps(va, va, sizes[s], prots[i]);
		}
	}
}

static void writable_and_executable_is_refused(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_WRITE | ARCH_MAP_EXEC), -EINVAL);
	assert_int_equal(map(SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_WC | ARCH_MAP_UC), -EINVAL);
	assert_int_equal(map(SZ_2M, SZ_2M, SZ_4K, 1U << 10), -EINVAL);
	assert_unmapped(SZ_2M);
	assert_int_equal(map(SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_WRITE), 0);
	assert_int_equal(protect(SZ_2M, SZ_4K, ARCH_MAP_WRITE | ARCH_MAP_EXEC), -EINVAL);
	assert_maps(SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_WRITE);
}

/* 1G                                 2G
 * | 2M ... | 4K.. [ro 4K] 4K.. | 2M... | */
static void protect_splits_a_1g_page_only_at_its_edges(void **state)
{
	unsigned long page = SZ_1G + SZ_16M + SZ_8K;

	(void)state;
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_1G, ARCH_MAP_WRITE), 0);
	assert_int_equal(protect(page, SZ_4K, ARCH_MAP_EXEC), 0);
	assert_maps(page, page, SZ_4K, ARCH_MAP_EXEC);
	assert_maps(page - 1, page - 1, SZ_4K, ARCH_MAP_WRITE);
	assert_maps(page + SZ_4K, page + SZ_4K, SZ_4K, ARCH_MAP_WRITE);
	assert_maps(SZ_1G, SZ_1G, SZ_2M, ARCH_MAP_WRITE);
	assert_maps(SZ_2G - 1, SZ_2G - 1, SZ_2M, ARCH_MAP_WRITE);
	/* Root and pud, then one pmd and one pte. */
	assert_int_equal(pages_given, 4);
	assert_int_equal(pool.nr, 0);
}

static void protect_of_a_whole_large_page_splits_nothing(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_2G, ARCH_MAP_WRITE), 0);
	assert_int_equal(protect(SZ_1G, SZ_1G, ARCH_MAP_READ), 0);
	assert_maps(SZ_1G, SZ_1G, SZ_1G, ARCH_MAP_READ);
	assert_maps(SZ_2G, SZ_2G, SZ_1G, ARCH_MAP_WRITE);
}

static void split_keeps_write_combining(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_1G, ARCH_MAP_WRITE | ARCH_MAP_WC), 0);
	assert_int_equal(unmap(SZ_1G + SZ_4K, SZ_4K), 0);
	assert_maps(SZ_1G, SZ_1G, SZ_4K, ARCH_MAP_WRITE | ARCH_MAP_WC);
	assert_unmapped(SZ_1G + SZ_4K);
	assert_maps(SZ_1G + SZ_2M, SZ_1G + SZ_2M, SZ_2M, ARCH_MAP_WRITE | ARCH_MAP_WC);
}

static void unmap_with_both_edges_in_one_large_page_takes_three_tables(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_1G, ARCH_MAP_WRITE), 0);
	assert_int_equal(pgtable_unmap(&pgt, SZ_1G + SZ_4K, SZ_16M, &pool), -ENOMEM);
	assert_int_equal(pool.needed, 3);
	assert_int_equal(unmap(SZ_1G + SZ_4K, SZ_16M), 0);
	assert_int_equal(pool.nr, 0);
	assert_maps(SZ_1G, SZ_1G, SZ_4K, ARCH_MAP_WRITE);
	assert_unmapped(SZ_1G + SZ_4K);
	assert_unmapped(SZ_1G + SZ_16M);
	assert_maps(SZ_1G + SZ_16M + SZ_4K, SZ_1G + SZ_16M + SZ_4K, SZ_4K, ARCH_MAP_WRITE);
}

/* ---- Refusals ------------------------------------------------------------------ */

static void misaligned_and_wrapping_ranges_are_refused(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_4K + 1, SZ_4K, SZ_4K, 0), -EINVAL);
	assert_int_equal(map(SZ_4K, SZ_4K + 8, SZ_4K, 0), -EINVAL);
	assert_int_equal(map(SZ_4K, SZ_4K, 100, 0), -EINVAL);
	assert_int_equal(map(SZ_4K, SZ_4K, 0, 0), -EINVAL);
	assert_int_equal(map(0 - SZ_8K, 0, SZ_16K, 0), -EINVAL);
	assert_int_equal(map(0 - SZ_4K, 0, SZ_4K, 0), -EINVAL);
	assert_int_equal(map(SZ_4K, (1ULL << 52) - SZ_4K, SZ_8K, 0), -EINVAL);
	assert_int_equal(map(SZ_4K, 0 - SZ_4K, SZ_4K, 0), -EINVAL);
	assert_int_equal(unmap(SZ_4K + 1, SZ_4K), -EINVAL);
	assert_int_equal(protect(0 - SZ_8K, SZ_16K, 0), -EINVAL);
	assert_int_equal(pages_given, 1);
}

static void ranges_in_or_across_the_canonical_hole_are_refused(void **state)
{
	unsigned long top = 1UL << 47;

	(void)state;
	assert_int_equal(map(top - SZ_4K, 0, SZ_4K, 0), 0);
	assert_maps(top - SZ_4K, 0, SZ_4K, ARCH_MAP_READ);
	assert_int_equal(map(top - SZ_4K, 0, SZ_8K, 0), -EINVAL);
	assert_int_equal(map(top, 0, SZ_4K, 0), -EINVAL);
	assert_int_equal(map(0 - top - SZ_4K, 0, SZ_8K, 0), -EINVAL);
	assert_int_equal(map(top - SZ_4K, 0, 0 - top - top + SZ_8K, 0), -EINVAL);
	assert_int_equal(map(0 - top, 0, SZ_4K, 0), 0);
	assert_maps(0 - top, 0, SZ_4K, ARCH_MAP_READ);
	assert_unmapped(top);
}

static void the_page_before_the_topmost_can_be_mapped(void **state)
{
	(void)state;
	assert_int_equal(map(0 - SZ_2M, SZ_2M, SZ_2M - SZ_4K, ARCH_MAP_WRITE), 0);
	assert_maps(0 - SZ_8K, SZ_4M - SZ_8K, SZ_4K, ARCH_MAP_WRITE);
	assert_int_equal(unmap(0 - SZ_8K, SZ_4K), 0);
	assert_unmapped(0 - SZ_8K);
}

/* Every table page given so far, to compare before and after. */
static u8 *snapshot(void)
{
	u8 *copy = malloc((pages_given + 1) * PAGE_SIZE);

	assert_non_null(copy);
	memcpy(copy, ram, (pages_given + 1) * PAGE_SIZE);
	return copy;
}

static void assert_unchanged(u8 *copy)
{
	assert_memory_equal(copy + PAGE_SIZE, ram + PAGE_SIZE, pages_given * PAGE_SIZE);
	free(copy);
}

static void map_over_an_existing_page_changes_nothing(void **state)
{
	u8 *before;

	(void)state;
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_4K, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(SZ_4G, SZ_4G, SZ_1G, ARCH_MAP_WRITE), 0);
	before = snapshot();
	assert_int_equal(map(0, 0, SZ_2G, ARCH_MAP_READ), -EEXIST);
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_4K, ARCH_MAP_WRITE), -EEXIST);
	assert_int_equal(map(SZ_4G + SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_WRITE), -EEXIST);
	assert_unchanged(before);
}

static void a_call_without_enough_tables_changes_nothing(void **state)
{
	u8 *before;

	(void)state;
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_1G, ARCH_MAP_WRITE), 0);
	fill_pool(1);
	before = snapshot();
	assert_int_equal(pgtable_unmap(&pgt, SZ_1G + SZ_4K, SZ_4K, &pool), -ENOMEM);
	assert_int_equal(pool.needed, 2);
	assert_int_equal(pgtable_protect(&pgt, SZ_1G + SZ_4K, SZ_4K, 0, &pool), -ENOMEM);
	assert_int_equal(pgtable_map(&pgt, 1UL << 40, 0, SZ_4K, 0, &pool), -ENOMEM);
	assert_int_equal(pool.needed, 3);
	assert_int_equal(pool.nr, 1);
	assert_unchanged(before);
}

static void holes_are_no_error_to_unmap_and_protect(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_WRITE), 0);
	assert_int_equal(protect(0, SZ_4G, ARCH_MAP_READ), 0);
	assert_maps(SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_READ);
	assert_int_equal(unmap(0, SZ_4G), 0);
	assert_unmapped(SZ_2M);
	assert_int_equal(unmap(0, SZ_4G), 0);
}

/* ---- Walk ---------------------------------------------------------------------- */

struct run {
	unsigned long start, end;
	phys_addr_t phys;
	size_t page_size;
	unsigned int prot;
};

struct runs {
	struct run run[64];
	int nr, stop_at;
};

static int note_run(unsigned long start, unsigned long end, phys_addr_t phys, size_t page_size,
		    unsigned int prot, void *arg)
{
	struct runs *runs = arg;

	runs->run[runs->nr++] = (struct run){start, end, phys, page_size, prot};
	return runs->nr == runs->stop_at ? 77 : 0;
}

static void assert_run(const struct run *r, unsigned long start, unsigned long end,
		       phys_addr_t phys, size_t page_size, unsigned int prot)
{
	assert_int_equal(r->start, start);
	assert_int_equal(r->end, end);
	assert_int_equal(r->phys, phys);
	assert_int_equal(r->page_size, page_size);
	assert_int_equal(r->prot, prot);
}

static void walk_gives_maximal_runs_in_order(void **state)
{
	struct runs runs = {};

	(void)state;
	/* Two calls that touch, across a table's end, make one run. */
	assert_int_equal(map(SZ_1G - SZ_2M, SZ_1G - SZ_2M, SZ_2M, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_4M, ARCH_MAP_WRITE), 0);
	/* Not consecutive in physical memory: another run. */
	assert_int_equal(map(SZ_1G + SZ_4M, 0, SZ_2M, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(0xffff888000000000, 0, SZ_2G, ARCH_MAP_READ), 0);
	assert_int_equal(pgtable_walk(&pgt, 0, ~0UL, note_run, &runs), 0);
	assert_int_equal(runs.nr, 3);
	assert_run(&runs.run[0], SZ_1G - SZ_2M, SZ_1G + SZ_4M, SZ_1G - SZ_2M, SZ_2M,
		   ARCH_MAP_WRITE);
	assert_run(&runs.run[1], SZ_1G + SZ_4M, SZ_1G + SZ_4M + SZ_2M, 0, SZ_2M, ARCH_MAP_WRITE);
	assert_run(&runs.run[2], 0xffff888000000000, 0xffff888000000000 + SZ_2G, 0, SZ_1G,
		   ARCH_MAP_READ);
}

static void walk_cuts_runs_at_its_bounds(void **state)
{
	struct runs runs = {};

	(void)state;
	assert_int_equal(map(0, 0, SZ_4G, ARCH_MAP_WRITE), 0);
	assert_int_equal(pgtable_walk(&pgt, SZ_4K, SZ_2G + SZ_8K, note_run, &runs), 0);
	assert_int_equal(runs.nr, 1);
	assert_run(&runs.run[0], SZ_4K, SZ_2G + SZ_8K, SZ_4K, SZ_1G, ARCH_MAP_WRITE);
	runs.nr = 0;
	assert_int_equal(pgtable_walk(&pgt, SZ_4G, SZ_4G + SZ_4G, note_run, &runs), 0);
	assert_int_equal(pgtable_walk(&pgt, SZ_4K, SZ_4K, note_run, &runs), 0);
	assert_int_equal(runs.nr, 0);
}

static void walk_stops_where_the_callback_says_so(void **state)
{
	struct runs runs = {.stop_at = 1};

	(void)state;
	assert_int_equal(map(SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(SZ_4M, SZ_4M, SZ_4K, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(SZ_8M, SZ_8M, SZ_4K, ARCH_MAP_WRITE), 0);
	assert_int_equal(pgtable_walk(&pgt, 0, ~0UL, note_run, &runs), 77);
	assert_int_equal(runs.nr, 1);
}

/* Firmware's tables may forbid above the leaf what the leaf permits. */
static void query_and_walk_respect_restrictions_above_the_leaf(void **state)
{
	struct runs runs = {};
	u64 *root;

	(void)state;
	assert_int_equal(map(SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(SZ_4M, SZ_4M, SZ_4K, ARCH_MAP_EXEC), 0);
	root = pgtable_at(&pgt, pgt.root);
	root[0] = (root[0] & ~_PAGE_RW) | _PAGE_NX;
	assert_maps(SZ_2M, SZ_2M, SZ_4K, ARCH_MAP_READ);
	assert_maps(SZ_4M, SZ_4M, SZ_4K, ARCH_MAP_READ);
	assert_int_equal(pgtable_walk(&pgt, 0, ~0UL, note_run, &runs), 0);
	assert_int_equal(runs.run[0].prot, ARCH_MAP_READ);
	assert_int_equal(runs.run[1].prot, ARCH_MAP_READ);
}

/* ---- Pages one by one, and tables that are empty ----------------------------------- */

/* Pages that lie in no order; the prot's other forms are pgtable_map()'s. */
static void scattered_pages_are_mapped_one_by_one(void **state)
{
	struct page *pages[600];
	unsigned long va = 0xffffc90000000000UL;

	(void)state;
	for (unsigned long i = 0; i < 600; i++)
		pages[i] = pfn_to_page(1000 + i * 7 % 600);
	assert_int_equal(pgtable_map_pages(&pgt, va, pages, 600, ARCH_MAP_WRITE, &pool), -ENOMEM);
	fill_pool(pool.needed);
	assert_int_equal(pool.nr, 4);
	assert_int_equal(pgtable_map_pages(&pgt, va, pages, 600, ARCH_MAP_WRITE, &pool), 0);
	for (unsigned long i = 0; i < 600; i++)
		assert_maps(va + i * PAGE_SIZE, (1000 + i * 7 % 600) * PAGE_SIZE, PAGE_SIZE,
			    ARCH_MAP_WRITE);
	assert_int_equal(pgtable_map_pages(&pgt, va + 599 * PAGE_SIZE, pages, 2, 0, &pool),
			 -EEXIST);
	assert_int_equal(pgtable_map_pages(&pgt, va + 600 * PAGE_SIZE, pages, 2,
					   ARCH_MAP_WRITE | ARCH_MAP_EXEC, &pool),
			 -EINVAL);
	assert_int_equal(pgtable_map_pages(&pgt, va, pages, 0, 0, &pool), -EINVAL);
	assert_int_equal(pgtable_map_pages(&pgt, va, pages, ~0UL, 0, &pool), -EINVAL);
	assert_int_equal(pgtable_map_pages(&pgt, va + 600 * PAGE_SIZE, pages, 2, 0, &pool), 0);
	assert_maps(va + 601 * PAGE_SIZE, 1007 * PAGE_SIZE, PAGE_SIZE, 0);
}

/* What is simple is done in one step; all else is left to the calls above, and untouched. */
static void few_pages_in_a_table_that_is_there_are_mapped_at_once(void **state)
{
	unsigned long va = 0xffffc90000000000UL, last = va + SZ_2M - 2 * PAGE_SIZE;
	struct page *pages[600];

	(void)state;
	for (unsigned long i = 0; i < 600; i++)
		pages[i] = pfn_to_page(1000 + i * 7 % 600);
	assert_false(pgtable_map_few(&pgt, va, pages, 4, ARCH_MAP_WRITE));
	assert_false(pgtable_unmap_few(&pgt, va, SZ_4K));
	assert_int_equal(map(va + SZ_64K, 0, SZ_4K, 0), 0);
	assert_true(pgtable_map_few(&pgt, va, pages, 4, ARCH_MAP_WRITE));
	assert_true(pgtable_map_few(&pgt, last, pages + 5, 2, 0));
	for (unsigned long i = 0; i < 4; i++)
		assert_maps(va + i * PAGE_SIZE, page_to_phys(pages[i]), SZ_4K, ARCH_MAP_WRITE);
	assert_maps(last + SZ_4K, page_to_phys(pages[6]), SZ_4K, 0);
	/* Taken in part, past the table, more than a table, a type, and no range. */
	assert_false(pgtable_map_few(&pgt, va + 3 * PAGE_SIZE, pages, 2, ARCH_MAP_WRITE));
	assert_unmapped(va + 4 * PAGE_SIZE);
	assert_false(pgtable_map_few(&pgt, last - SZ_4K, pages, 4, 0));
	assert_unmapped(last - SZ_4K);
	assert_false(pgtable_map_few(&pgt, va + SZ_1M, pages, 600, 0));
	assert_false(pgtable_map_few(&pgt, va + SZ_1M, pages, ~0UL, 0));
	assert_false(pgtable_map_few(&pgt, va + SZ_1M, pages, 1, ARCH_MAP_UC));
	assert_false(pgtable_map_few(&pgt, va + SZ_1M, pages, 0, 0));
	assert_false(pgtable_map_few(&pgt, va + SZ_1M + 1, pages, 1, 0));
	assert_false(pgtable_map_few(&pgt, 1UL << 50, pages, 1, 0));
	assert_unmapped(va + SZ_1M);
	assert_true(pgtable_unmap_few(&pgt, va + SZ_4K, SZ_8K));
	assert_unmapped(va + SZ_4K);
	assert_unmapped(va + SZ_8K);
	assert_maps(va, page_to_phys(pages[0]), SZ_4K, ARCH_MAP_WRITE);
	assert_maps(va + 3 * PAGE_SIZE, page_to_phys(pages[3]), SZ_4K, ARCH_MAP_WRITE);
	assert_false(pgtable_unmap_few(&pgt, last, SZ_16K));
	assert_maps(last, page_to_phys(pages[5]), SZ_4K, 0);
}

/* A large page is no table of base pages. */
static void a_large_page_is_not_unmapped_in_part_at_once(void **state)
{
	(void)state;
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_2M, 0), 0);
	assert_false(pgtable_unmap_few(&pgt, SZ_1G, SZ_4K));
	assert_maps(SZ_1G, SZ_1G, SZ_2M, 0);
}

static void empty_tables_go_back_and_no_others(void **state)
{
	unsigned long va = 0xffffc90000000000UL;
	struct arch_mapping m;

	(void)state;
	assert_int_equal(map(va, SZ_1G, SZ_16K, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(va + SZ_2M, SZ_1G, SZ_16K, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(va + SZ_1G, SZ_1G, SZ_4K, ARCH_MAP_WRITE), 0);
	assert_int_equal(pool.nr, 0);
	pgtable_prune(&pgt, va, va + 2UL * SZ_1G, &pool);
	assert_int_equal(pool.nr, 0);
	/* One table of pages; then that and the one above, and the other half stays. */
	assert_int_equal(unmap(va, SZ_16K), 0);
	pgtable_prune(&pgt, va, va + SZ_4K, &pool);
	assert_int_equal(pool.nr, 1);
	assert_int_equal(unmap(va + SZ_2M, SZ_16K), 0);
	pgtable_prune(&pgt, va, va + 2UL * SZ_1G, &pool);
	assert_int_equal(pool.nr, 3);
	assert_int_equal(pgtable_query(&pgt, va + SZ_2M, &m), -ENOENT);
	assert_maps(va + SZ_1G, SZ_1G, SZ_4K, ARCH_MAP_WRITE);
	assert_int_equal(unmap(va + SZ_1G, SZ_4K), 0);
	pgtable_prune(&pgt, va, va + 2UL * SZ_1G, &pool);
	assert_int_equal(pool.nr, 6);
	assert_int_equal(map(va, SZ_1G, SZ_4K, ARCH_MAP_WT), 0);
	assert_int_equal(pool.nr, 3);
	assert_maps(va, SZ_1G, SZ_4K, ARCH_MAP_WT);
}

/* ---- Encrypted memory ---------------------------------------------------------------- */

/* What is no device's, and all tables, have the bit; splits and other protections keep it. */
static void only_a_devices_pages_are_not_encrypted(void **state)
{
	const unsigned int device = ARCH_MAP_WRITE | ARCH_MAP_UC | ARCH_MAP_IO;
	unsigned int shown = c_bit ? ARCH_MAP_IO : 0;
	struct runs runs = {};

	(void)state;
	assert_int_equal(map(SZ_1G, SZ_1G, SZ_1G, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(SZ_2G, 0xfee00000, SZ_8K, device), 0);
	assert_maps(SZ_2G + SZ_4K, 0xfee01000, SZ_4K, ARCH_MAP_WRITE | ARCH_MAP_UC | shown);
	if (c_bit)
		assert_int_equal(plain_entries(pgtable_at(&pgt, pgt.root), 4), 2);
	assert_int_equal(protect(SZ_2G, SZ_4K, ARCH_MAP_READ), 0);
	assert_maps(SZ_2G, 0xfee00000, SZ_4K, ARCH_MAP_READ | shown);
	assert_int_equal(protect(SZ_1G + SZ_4K, SZ_4K, ARCH_MAP_EXEC), 0);
	assert_maps(SZ_1G + SZ_4K, SZ_1G + SZ_4K, SZ_4K, ARCH_MAP_EXEC);
	assert_maps(SZ_1G + SZ_2M, SZ_1G + SZ_2M, SZ_2M, ARCH_MAP_WRITE);
	if (c_bit)
		assert_int_equal(plain_entries(pgtable_at(&pgt, pgt.root), 4), 2);
	assert_int_equal(pgtable_walk(&pgt, SZ_1G, 3UL * SZ_1G, note_run, &runs), 0);
	assert_int_equal(runs.run[runs.nr - 1].prot, ARCH_MAP_WRITE | ARCH_MAP_UC | shown);
	assert_int_equal(unmap(SZ_1G, 2UL * SZ_1G), 0);
	pgtable_prune(&pgt, 0, 3UL * SZ_1G, &pool);
	assert_int_equal(pool.nr, pages_given - 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(map_uses_the_largest_pages_that_fit),
		TEST(map_without_1g_pages_uses_2m_pages),
		TEST(map_of_misaligned_physical_address_uses_small_pages),
		TEST(map_of_16tb_takes_one_table_for_512gb),
		TEST(map_with_five_levels_reaches_the_five_level_layout),
		TEST(base_pages_are_what_is_mapped_where_that_is_asked_for),
		TEST(every_protection_reads_back_at_every_size),
		TEST(writable_and_executable_is_refused),
		TEST(protect_splits_a_1g_page_only_at_its_edges),
		TEST(protect_of_a_whole_large_page_splits_nothing),
		TEST(split_keeps_write_combining),
		TEST(unmap_with_both_edges_in_one_large_page_takes_three_tables),
		TEST(misaligned_and_wrapping_ranges_are_refused),
		TEST(ranges_in_or_across_the_canonical_hole_are_refused),
		TEST(the_page_before_the_topmost_can_be_mapped),
		TEST(map_over_an_existing_page_changes_nothing),
		TEST(a_call_without_enough_tables_changes_nothing),
		TEST(holes_are_no_error_to_unmap_and_protect),
		TEST(walk_gives_maximal_runs_in_order),
		TEST(walk_cuts_runs_at_its_bounds),
		TEST(walk_stops_where_the_callback_says_so),
		TEST(query_and_walk_respect_restrictions_above_the_leaf),
		TEST(scattered_pages_are_mapped_one_by_one),
		TEST(few_pages_in_a_table_that_is_there_are_mapped_at_once),
		TEST(a_large_page_is_not_unmapped_in_part_at_once),
		TEST(empty_tables_go_back_and_no_others),
		TEST(only_a_devices_pages_are_not_encrypted),
	};
	int failed = cmocka_run_group_tests_name("plain", tests, NULL, NULL);

	c_bit = 1ULL << 47;
	return failed + cmocka_run_group_tests_name("encrypted", tests, NULL, NULL);
}
