/* SPDX-License-Identifier: MIT */
/*
 * Contiguous ranges: fresh memory whose page structs must lie elsewhere, ranges with
 * movable pages in them, refusals that change nothing, and a model under random calls.
 */
#include "movable_owner.h"

#include "../../mm/buddy.h"
#include "../../mm/section_range.h"
#include "../../mm/zone_extents.h"

#define GB_PAGES PHYS_PFN(SZ_1G)

/* 2 GB, a hole to 4 GB, and 2 GB: all but two sections wait. */
static const struct ram plain[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_2G, 0}, {SZ_4G, SZ_4G + SZ_2G, 0}, {0, 0, 0}};
/* One section, made. */
static const struct ram small[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_64M, 0}, {0, 0, 0}};

static int plain_machine(void **state)
{
	(void)state;
	machine_up(plain);
	no_pages_at_hand();
	return 0;
}

static int small_machine(void **state)
{
	(void)state;
	machine_up(small);
	no_pages_at_hand();
	return 0;
}

static struct zone *normal(void)
{
	return zone_of(0, ZONE_NORMAL);
}

static void assert_taken(unsigned long start, unsigned long nr)
{
	for (unsigned long pfn = start; pfn < start + nr; pfn++) {
		assert_int_equal(page_ref_count(pfn_to_page(pfn)), 1);
		assert_false(PageBuddy(pfn_to_page(pfn)) || PageReserved(pfn_to_page(pfn)));
	}
}

/* Not in [start, end): nowhere in it lies a page struct. */
static void assert_memmap_outside(unsigned long start, unsigned long end)
{
	for (unsigned long nr = pfn_to_section_nr(start); nr < pfn_to_section_nr(end); nr++) {
		unsigned long pfn = __nr_to_section(nr)->memmap_pfn;

		assert_true(pfn + SECTION_MEMMAP_PAGES <= start || pfn >= end);
	}
}

/* ---- Fresh memory ------------------------------------------------------------------- */

static void a_gigabyte_of_fresh_memory_comes_in_one_piece(void **state)
{
	unsigned long free = nr_free_pages(), managed = totalram_pages(), pfn;
	struct page *page = alloc_contig_pages(GB_PAGES, GFP_KERNEL, 0, NULL);

	(void)state;
	assert_non_null(page);
	pfn = page_to_pfn(page);
	assert_int_equal(pfn, PHYS_PFN(SZ_4G));
	assert_taken(pfn, GB_PAGES);
	assert_memmap_outside(pfn, pfn + GB_PAGES);
	/* Page structs of eight sections and of that which these lie in, and a table for each. */
	assert_in_range(free - nr_free_pages() - GB_PAGES, 9 * SECTION_MEMMAP_PAGES,
			9 * (SECTION_MEMMAP_PAGES + 1));
	assert_int_equal(managed - totalram_pages(), free - nr_free_pages() - GB_PAGES);
	assert_int_equal(verify_all(), 0);
	for (unsigned long i = 0; i < GB_PAGES; i += PAGES_PER_SECTION / 2)
		memset(page_address(page + i), 0x5a, PAGE_SIZE);
	assert_int_equal(verify_all(), 0);
	free_contig_range(pfn, GB_PAGES);
	assert_int_equal(nr_free_pages(), totalram_pages() - (managed - free));
	assert_int_equal(verify_all(), 0);
}

static void what_was_freed_comes_again_without_new_page_structs(void **state)
{
	struct page *page = alloc_contig_pages(GB_PAGES, GFP_KERNEL, 0, NULL);
	unsigned long managed = totalram_pages();

	(void)state;
	free_contig_range(page_to_pfn(page), GB_PAGES);
	assert_ptr_equal(alloc_contig_pages(GB_PAGES, GFP_KERNEL, 0, NULL), page);
	assert_int_equal(totalram_pages(), managed);
	assert_int_equal(verify_all(), 0);
}

/* Sections that were made as usual have page structs in them, and cannot serve. */
static void made_sections_do_not_serve_for_more_than_their_rest(void **state)
{
	(void)state;
	memmap_make_all();
	assert_null(alloc_contig_pages(GB_PAGES, GFP_KERNEL, 0, NULL));
	assert_non_null(alloc_contig_pages(PHYS_PFN(SZ_64M), GFP_KERNEL, 0, NULL));
	assert_int_equal(verify_all(), 0);
}

static void every_gigabyte_that_can_be_had_is_found(void **state)
{
	int got = 0;

	(void)state;
	while (alloc_contig_pages(GB_PAGES, GFP_KERNEL, 0, NULL))
		got++;
	/* Of four, two have a section in them that was made at boot. */
	assert_int_equal(got, 2);
	assert_int_equal(verify_all(), 0);
}

static void zones_and_nodes_are_kept_to(void **state)
{
	const nodemask_t none = {};
	struct page *page;

	(void)state;
	page = alloc_contig_pages(PHYS_PFN(SZ_16M), GFP_KERNEL | GFP_DMA32, 0, NULL);
	assert_ptr_equal(page_zone(page), zone_of(0, ZONE_DMA32));
	assert_null(alloc_contig_pages(PHYS_PFN(SZ_64M), GFP_KERNEL | GFP_DMA, 0, NULL));
	assert_null(alloc_contig_pages(GB_PAGES, GFP_KERNEL, 0, &none));
	assert_null(alloc_contig_pages(GB_PAGES, GFP_KERNEL, 3, NULL));
	assert_null(alloc_contig_pages(0, GFP_KERNEL, 0, NULL));
	assert_null(alloc_contig_pages(1, GFP_DMA | GFP_DMA32, 0, NULL));
	assert_int_equal(verify_all(), 0);
}

static void a_range_is_cut_out_of_sections_that_wait(void **state)
{
	unsigned long start = PHYS_PFN(SZ_4G + SZ_256M) + 5, nr = 3 * PAGES_PER_SECTION + 77;

	(void)state;
	assert_int_equal(alloc_contig_range(start, start + nr, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	assert_taken(start, nr);
	assert_memmap_outside(start, start + nr);
	assert_false(section_made(pfn_to_section_nr(start) - 1));
	assert_int_equal(normal()->nr_isolate_pageblocks, 0);
	/* What the sections have besides is free. */
	assert_true(pfn_to_page(start - 1)->priv32 || PageBuddy(pfn_to_page(start - 1)));
	assert_int_equal(verify_all(), 0);
	free_contig_range(start, nr);
	assert_int_equal(verify_all(), 0);
}

/* Each range parts an extent in two: more of them than bring-up's table has room for. */
static void the_table_of_extents_grows(void **state)
{
	static const struct ram large[] = {
		{0x1000, 0xa0000, 0}, {SZ_1M, SZ_2G, 0}, {SZ_4G, 200ULL * SZ_1G, 0}, {0, 0, 0}};
	struct zone *zone;

	(void)state;
	machine_up(large);
	zone = normal();
	for (unsigned long nr = 34; nr < 1400; nr += 2) {
		unsigned long pfn = section_nr_to_pfn(nr);

		assert_int_equal(alloc_contig_range(pfn, pfn + 1, MIGRATE_MOVABLE, GFP_KERNEL), 0);
		assert_false(pages_wait(zone, pfn, pfn + 1));
		assert_true(pages_wait(zone, pfn + PAGES_PER_SECTION, pfn + 2 * PAGES_PER_SECTION));
	}
	assert_true(zone->nr_extents > 600 && zone->max_extents >= zone->nr_extents);
	assert_int_equal(verify_all(), 0);
}

/* No pages for page structs: all of it stays free memory. */
static void without_room_for_page_structs_sections_are_made_as_usual(void **state)
{
	static const struct ram ram[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_1G, 0}, {0, 0, 0}};
	struct zone *zone;
	unsigned long waiting, start;

	(void)state;
	machine_up(ram);
	zone = zone_of(0, ZONE_DMA32);
	waiting = zone->nr_extent_pages;
	start = section_nr_to_pfn(zone->extents[0].start);
	assert_int_equal(zone->nr_extents, 2);
	while (zone_alloc_pages(zone_of(0, ZONE_DMA), 0, GFP_KERNEL))
		;
	for (int type = 0; type < MIGRATE_PCPTYPES; type++)
		while (__rmqueue_smallest(zone, 0, (enum migratetype)type))
			;
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), waiting);
	assert_int_equal(zone->nr_extent_pages, waiting);

	assert_int_equal(alloc_contig_range(start, max_pfn, MIGRATE_MOVABLE, GFP_KERNEL), -ENOMEM);
	assert_int_equal(zone->nr_extent_pages + zone->nr_growing_pages, 0);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES),
			 waiting - DIV_ROUND_UP(waiting, PAGES_PER_SECTION) * SECTION_MEMMAP_PAGES);
	assert_int_equal(verify_all(), 0);
}

/* ---- Memory in use ------------------------------------------------------------------- */

/* All free memory becomes the owner's, in blocks of @order, every other one compound. */
static void fill_with_movable_blocks(unsigned int order)
{
	struct zone *zone = zone_of(0, ZONE_DMA32);
	struct page *page;

	owner_init(PHYS_PFN(SZ_64M));
	for (unsigned long i = 0;; i++) {
		page = zone_alloc_pages(zone, order,
					GFP_HIGHUSER_MOVABLE | (order && i % 2 ? __GFP_COMP : 0));
		if (!page)
			break;
		owner_add(page, i);
	}
}

static void fill_with_movable_pages(void)
{
	fill_with_movable_blocks(0);
}

/* One in @n goes back, so that there is somewhere to move the others. */
static void drop_each(unsigned long n)
{
	for (unsigned long i = 0; i < owner.nr; i += n)
		if (owner.page[i])
			owner_drop(i);
}

static void movable_pages_make_way(void **state)
{
	const unsigned long start = PHYS_PFN(SZ_32M) + 3, nr = 2000;

	(void)state;
	fill_with_movable_pages();
	drop_each(3);
	assert_int_equal(alloc_contig_range(start, start + nr, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	assert_taken(start, nr);
	assert_true(owner.moved > nr / 2);
	owner_check_all();
	assert_int_equal(verify_all(), 0);
	free_contig_range(start, nr);
	owner_exit();
	assert_int_equal(verify_all(), 0);
}

/* A block that lies across an edge of the range goes, and its rest is free. */
static void movable_blocks_make_way_whole(void **state)
{
	const unsigned long start = PHYS_PFN(SZ_32M) + 3, nr = 2000;

	(void)state;
	for (unsigned int order = 1; order <= 4; order++) {
		unsigned long free;

		fill_with_movable_blocks(order);
		drop_each(3);
		free = all_free_pages();
		assert_int_equal(alloc_contig_range(start, start + nr, MIGRATE_MOVABLE, GFP_KERNEL),
				 0);
		assert_taken(start, nr);
		assert_int_equal(all_free_pages(), free - nr);
		assert_true(owner.moved_pages > nr / 2);
		assert_int_equal(owner.moved_pages, owner.moved << order);
		owner_check_all();
		assert_int_equal(verify_all(), 0);
		free_contig_range(start, nr);
		owner_exit();
	}
}

static void an_owner_who_is_busy_is_asked_again(void **state)
{
	const unsigned long start = PHYS_PFN(SZ_32M), nr = 600;

	(void)state;
	fill_with_movable_pages();
	drop_each(2);
	owner.again = owner.again_for = 3;
	assert_int_equal(alloc_contig_range(start, start + nr, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	owner_check_all();
	free_contig_range(start, nr);
	owner_exit();
	assert_int_equal(verify_all(), 0);
}

/* The owner says no; there is nowhere to move pages to. What was moved stays moved. */
static void a_range_that_cannot_be_emptied_is_given_up(void **state)
{
	const unsigned long start = PHYS_PFN(SZ_32M), nr = 600;
	unsigned long free;

	(void)state;
	fill_with_movable_pages();
	for (int round = 0; round < 3; round++) {
		owner.refuse = round == 0;
		owner.error = round == 1 ? -EINVAL : 0;
		if (round < 2)
			drop_each(7);
		while (round == 2 && zone_alloc_pages(zone_of(0, ZONE_DMA32), 0, GFP_KERNEL))
			;
		while (round == 2 && zone_alloc_pages(zone_of(0, ZONE_DMA), 0, GFP_KERNEL))
			;
		free = nr_free_pages();
		assert_int_equal(alloc_contig_range(start, start + nr, MIGRATE_MOVABLE, GFP_KERNEL),
				 -EBUSY);
		assert_int_equal(nr_free_pages(), free);
		assert_int_equal(zone_of(0, ZONE_DMA32)->nr_isolate_pageblocks, 0);
		owner_check_all();
		assert_int_equal(verify_all(), 0);
	}
	owner_exit();
}

static void a_page_that_nobody_can_move_refuses_the_range(void **state)
{
	struct page *page = zone_alloc_pages(zone_of(0, ZONE_DMA32), 3, GFP_KERNEL);
	unsigned long pfn = page_to_pfn(page), free = nr_free_pages();

	(void)state;
	assert_int_equal(alloc_contig_range(pfn, pfn + 20, MIGRATE_MOVABLE, 0), -EBUSY);
	/* Also where only the rest of its block lies inside. */
	assert_int_equal(alloc_contig_range(pfn + 4, pfn + 16, MIGRATE_MOVABLE, 0), -EBUSY);
	assert_int_equal(alloc_contig_range(0xa0, 0xb0, MIGRATE_MOVABLE, 0), -EBUSY);
	assert_int_equal(alloc_contig_range(pfn, pfn, MIGRATE_MOVABLE, 0), -EINVAL);
	assert_int_equal(alloc_contig_range(MAX_DMA_PFN - 1, MAX_DMA_PFN + 1, MIGRATE_MOVABLE, 0),
			 -EINVAL);
	assert_int_equal(
		alloc_contig_range(PHYS_PFN(SZ_1G), PHYS_PFN(SZ_1G) + 1, MIGRATE_MOVABLE, 0),
		-EINVAL);
	assert_int_equal(nr_free_pages(), free);
	assert_int_equal(verify_all(), 0);
	/* What lies beside it can be had. */
	assert_int_equal(alloc_contig_range(pfn + 8, pfn + 32, MIGRATE_MOVABLE, 0), 0);
	assert_int_equal(verify_all(), 0);
}

static void pages_come_zeroed_where_that_is_asked(void **state)
{
	struct page *page = alloc_contig_pages(64, GFP_KERNEL, 0, NULL);

	(void)state;
	memset(page_address(page), 0xff, 64 * PAGE_SIZE);
	free_contig_range(page_to_pfn(page), 64);
	assert_ptr_equal(alloc_contig_pages(64, GFP_KERNEL | __GFP_ZERO, 0, NULL), page);
	for (size_t i = 0; i < 64 * PAGE_SIZE; i += 509)
		assert_int_equal(((u8 *)page_address(page))[i], 0);
}

static void pages_still_in_use_are_reported(void **state)
{
	struct page *page = alloc_contig_pages(8, GFP_KERNEL, 0, NULL);

	(void)state;
	get_page(page + 5);
	free_contig_range(page_to_pfn(page), 8);
	assert_true(host_log_contains("1 pages are still in use!"));
	assert_int_equal(page_ref_count(page + 5), 1);
	__free_page(page + 5);
	assert_int_equal(verify_all(), 0);
}

/* ---- A model ---------------------------------------------------------------------------- */

#define MODEL_RANGES 64

struct contig_model {
	unsigned char *owned; /* a byte a page */
	struct {
		unsigned long pfn, nr;
		bool contig;
	} range[MODEL_RANGES];
	unsigned int nr;
	unsigned long pages;
};

static u64 next_random(u64 *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

static void contig_model_add(struct contig_model *m, unsigned long pfn, unsigned long nr,
			     bool contig)
{
	for (unsigned long i = pfn; i < pfn + nr; i++) {
		assert_int_equal(m->owned[i], 0);
		m->owned[i] = 1;
	}
	m->range[m->nr].pfn = pfn;
	m->range[m->nr].nr = nr;
	m->range[m->nr++].contig = contig;
	m->pages += nr;
}

static void contig_model_drop(struct contig_model *m, unsigned int i)
{
	unsigned long pfn = m->range[i].pfn, nr = m->range[i].nr;

	memset(m->owned + pfn, 0, nr);
	m->pages -= nr;
	if (m->range[i].contig)
		free_contig_range(pfn, nr);
	else
		__free_pages(pfn_to_page(pfn), (unsigned int)__ffs(nr));
	m->range[i] = m->range[--m->nr];
}

/* Nobody else has anything: a range is to be had just where the model says nobody owns it. */
static void contig_model_take(struct contig_model *m, u64 r)
{
	unsigned long first = PHYS_PFN(SZ_16M), all = PHYS_PFN(SZ_32M);
	unsigned long pfn = first + (r >> 8) % all, nr = 1 + (r >> 40) % 3000;
	bool taken;

	nr = min(nr, first + all - pfn);
	taken = memchr(m->owned + pfn, 1, nr) != NULL;
	assert_int_equal(alloc_contig_range(pfn, pfn + nr, MIGRATE_MOVABLE, GFP_KERNEL),
			 taken ? -EBUSY : 0);
	if (!taken)
		contig_model_add(m, pfn, nr, true);
}

static void random_ranges_agree_with_a_model(void **state)
{
	u64 random = host_test_seed(__func__) | 1;
	struct contig_model *m = calloc(1, sizeof(*m));
	unsigned long free_at_start = nr_free_pages();

	(void)state;
	m->owned = calloc(PHYS_PFN(SZ_64M), 1);
	for (int step = 0; step < 4000; step++) {
		u64 r = next_random(&random);
		struct page *page;

		if (r % 8 < 3 && m->nr < MODEL_RANGES) {
			contig_model_take(m, r);
		} else if (r % 8 == 3 && m->nr < MODEL_RANGES &&
			   (page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, (r >> 8) % 11))) {
			contig_model_add(m, page_to_pfn(page), 1UL << (r >> 8) % 11, false);
		} else if (m->nr) {
			contig_model_drop(m, (unsigned int)(r >> 8) % m->nr);
		}
		assert_int_equal(nr_free_pages(), free_at_start - m->pages);
		if (step % 64 == 0)
			assert_int_equal(verify_all(), 0);
	}
	while (m->nr)
		contig_model_drop(m, 0);
	assert_int_equal(nr_free_pages(), free_at_start);
	assert_int_equal(verify_all(), 0);
	free(m->owned);
	free(m);
}

int main(void)
{
#define TEST(name)	 cmocka_unit_test_setup_teardown(name, plain_machine, machine_down)
#define TEST_SMALL(name) cmocka_unit_test_setup_teardown(name, small_machine, machine_down)
#define TEST_OWN(name)	 cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(a_gigabyte_of_fresh_memory_comes_in_one_piece),
		TEST(what_was_freed_comes_again_without_new_page_structs),
		TEST(made_sections_do_not_serve_for_more_than_their_rest),
		TEST(every_gigabyte_that_can_be_had_is_found),
		TEST(zones_and_nodes_are_kept_to),
		TEST(a_range_is_cut_out_of_sections_that_wait),
		TEST_OWN(the_table_of_extents_grows),
		TEST_OWN(without_room_for_page_structs_sections_are_made_as_usual),
		TEST_SMALL(movable_pages_make_way),
		TEST_SMALL(movable_blocks_make_way_whole),
		TEST_SMALL(an_owner_who_is_busy_is_asked_again),
		TEST_SMALL(a_range_that_cannot_be_emptied_is_given_up),
		TEST_SMALL(a_page_that_nobody_can_move_refuses_the_range),
		TEST_SMALL(pages_come_zeroed_where_that_is_asked),
		TEST_SMALL(pages_still_in_use_are_reported),
		TEST_SMALL(random_ranges_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
