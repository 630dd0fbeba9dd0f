/* SPDX-License-Identifier: MIT */
/*
 * Isolation: what it takes out of circulation, what it leaves alone, and a model of free
 * pages under random calls.
 */
#include "mobility_machine.h"

/* ---- Isolation ------------------------------------------------------------------------- */

static void isolated_pages_are_not_free_until_they_are_put_back(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]), free;

	(void)state;
	give(block[0], MIGRATE_UNMOVABLE, MAX_ORDER_NR_PAGES);
	free = zone_page_state(zone, NR_FREE_PAGES);
	/* Half of a free block of order 10. */
	assert_int_equal(start_isolate_page_range(pfn + 5, pfn + 6, MIGRATE_MOVABLE), 0);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), free - pageblock_nr_pages);
	assert_int_equal(zone->nr_isolate_pageblocks, 1);
	assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages), 0);
	assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages + 1), -EBUSY);
	assert_int_equal(zone_verify(zone), 0);
	while (take(0, MIGRATE_UNMOVABLE, 0))
		free--;
	assert_int_equal(free, pageblock_nr_pages);
	undo_isolate_page_range(pfn + 5, pfn + 6, MIGRATE_MOVABLE);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), pageblock_nr_pages);
	assert_int_equal(type_of(block[0]), MIGRATE_MOVABLE);
	assert_int_equal(zone_verify(zone), 0);
}

static void halves_put_back_one_by_one_are_one_block_again(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]), half = pfn + pageblock_nr_pages;

	(void)state;
	give(block[0], MIGRATE_MOVABLE, MAX_ORDER_NR_PAGES);
	assert_int_equal(start_isolate_page_range(pfn, pfn + MAX_ORDER_NR_PAGES, MIGRATE_MOVABLE),
			 0);
	assert_int_equal(start_isolate_page_range(half, half + 1, MIGRATE_MOVABLE), -EBUSY);
	assert_true(PageBuddy(block[0]) && buddy_order(block[0]) == MAX_PAGE_ORDER);
	undo_isolate_page_range(half, half + 1, MIGRATE_MOVABLE);
	assert_int_equal(zone_verify(zone), 0);
	undo_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE);
	assert_true(PageBuddy(block[0]) && buddy_order(block[0]) == MAX_PAGE_ORDER);
	assert_int_equal(zone_verify(zone), 0);
}

static void pages_freed_in_an_isolated_pageblock_stay_there(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]);

	(void)state;
	for (unsigned long i = 0; i < pageblock_nr_pages; i++)
		block[0][i].flags |= 1UL << PG_movable;
	assert_int_equal(start_isolate_page_range(pfn, pfn + pageblock_nr_pages, MIGRATE_MOVABLE),
			 0);
	for (unsigned long i = 0; i < pageblock_nr_pages; i++) {
		block[0][i].flags &= ~(1UL << PG_movable);
		assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages), -EBUSY);
		__free_page(block[0] + i);
	}
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), 0);
	assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages), 0);
	assert_int_equal(zone_verify(zone), 0);
}

/* A block handed out before half of it was isolated. */
static void a_block_is_freed_in_parts_where_its_pageblocks_differ(void **state)
{
	struct page *page;
	unsigned long pfn;

	(void)state;
	give(block[0], MIGRATE_MOVABLE, MAX_ORDER_NR_PAGES);
	page = zone_alloc_pages(zone, MAX_PAGE_ORDER, GFP_HIGHUSER_MOVABLE);
	pfn = page_to_pfn(page) + pageblock_nr_pages;
	assert_int_equal(start_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE), 0);
	__free_pages(page, MAX_PAGE_ORDER);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), pageblock_nr_pages);
	assert_int_equal(test_pages_isolated(pfn, pfn + pageblock_nr_pages), 0);
	assert_int_equal(zone_verify(zone), 0);
}

static void a_range_with_a_page_that_cannot_move_is_left_alone(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]);

	(void)state;
	give(block[0], MIGRATE_MOVABLE, MAX_ORDER_NR_PAGES - 1);
	assert_ptr_equal(has_unmovable_pages(pfn, pfn + MAX_ORDER_NR_PAGES, MIGRATE_MOVABLE),
			 block[0] + MAX_ORDER_NR_PAGES - 1);
	assert_int_equal(start_isolate_page_range(pfn, pfn + MAX_ORDER_NR_PAGES, MIGRATE_MOVABLE),
			 -EBUSY);
	assert_int_equal(zone->nr_isolate_pageblocks, 0);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), MAX_ORDER_NR_PAGES - 1);
	assert_int_equal(zone_verify(zone), 0);
	/* The pageblock's other pages are nobody's concern. */
	assert_int_equal(
		start_isolate_page_range(pfn, pfn + MAX_ORDER_NR_PAGES - 1, MIGRATE_MOVABLE), 0);
	assert_int_equal(zone_verify(zone), 0);
}

static void what_cannot_be_isolated_is_refused(void **state)
{
	unsigned long pfn = page_to_pfn(block[0]);

	(void)state;
	assert_int_equal(start_isolate_page_range(pfn, pfn, MIGRATE_MOVABLE), -EINVAL);
	/* Two zones, no memory. */
	assert_int_equal(
		start_isolate_page_range(MAX_DMA_PFN - 1, MAX_DMA_PFN + 1, MIGRATE_MOVABLE),
		-EINVAL);
	assert_int_equal(
		start_isolate_page_range(PHYS_PFN(SZ_4G), PHYS_PFN(SZ_4G) + 1, MIGRATE_MOVABLE),
		-EINVAL);
	/* Reserved; somebody's CMA area. */
	assert_int_equal(start_isolate_page_range(0xa0, 0xa1, MIGRATE_MOVABLE), -EBUSY);
	set_type(block[0], MIGRATE_CMA);
	assert_int_equal(start_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE), -EBUSY);
	assert_int_equal(start_isolate_page_range(pfn, pfn + 1, MIGRATE_CMA), 0);
	undo_isolate_page_range(pfn, pfn + 1, MIGRATE_CMA);
	assert_int_equal(type_of(block[0]), MIGRATE_CMA);
	assert_int_equal(zone->nr_isolate_pageblocks, 0);
}

/* ---- Random ----------------------------------------------------------------------------------- */

static u64 next_random(u64 *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

/* The model: which pages are the callers', which pageblocks are isolated, and so what is free. */
#define MODEL_PAGES 4096
struct model {
	struct page *page[MODEL_PAGES];
	unsigned char order[MODEL_PAGES];
	unsigned int nr;
	bool isolated[2 * MAX_BLOCKS]; /* by pageblock from block[0]'s on, as far as it is ours */
	unsigned long total;
};

static struct page *model_pageblock(unsigned int i)
{
	return block[i / 2] + i % 2 * pageblock_nr_pages;
}

static bool model_isolated(const struct model *m, const struct page *page)
{
	unsigned long pfn = ALIGN_DOWN(page_to_pfn(page), pageblock_nr_pages);

	for (unsigned int i = 0; i < 2 * nr_blocks; i++)
		if (m->isolated[i] && page_to_pfn(model_pageblock(i)) == pfn)
			return true;
	return false;
}

/* What is neither a caller's nor in an isolated pageblock is free, and nothing else. */
static unsigned long model_free(const struct model *m)
{
	unsigned long free = m->total;

	for (unsigned int i = 0; i < 2 * nr_blocks; i++)
		free -= m->isolated[i] ? pageblock_nr_pages : 0;
	for (unsigned int i = 0; i < m->nr; i++)
		for (unsigned long p = 0; p < 1UL << m->order[i]; p++)
			free -= !model_isolated(m, m->page[i] + p);
	return free;
}

static bool model_unmovable(const struct model *m, const struct page *first)
{
	for (unsigned int i = 0; i < m->nr; i++)
		if (m->page[i] >= first && m->page[i] < first + pageblock_nr_pages)
			return true;
	return false;
}

static void model_step(struct model *m, u64 r)
{
	unsigned int i = (unsigned int)(r >> 8) % (2 * nr_blocks);
	unsigned long pfn = page_to_pfn(model_pageblock(i));

	if (r % 8 == 0 && m->isolated[i]) {
		undo_isolate_page_range(pfn, pfn + 1, MIGRATE_MOVABLE);
		m->isolated[i] = false;
	} else if (r % 8 == 0) {
		int err = start_isolate_page_range(pfn, pfn + pageblock_nr_pages, MIGRATE_MOVABLE);

		assert_int_equal(err, model_unmovable(m, model_pageblock(i)) ? -EBUSY : 0);
		m->isolated[i] = !err;
	} else if (r % 8 < 5 && m->nr < MODEL_PAGES) {
		static const gfp_t gfps[] = {GFP_KERNEL, GFP_KERNEL | __GFP_MOVABLE,
					     GFP_KERNEL | __GFP_RECLAIMABLE};
		unsigned int order = min((unsigned int)__ffs(r >> 16 | 1UL << 10), 10U);
		struct page *page = zone_alloc_pages(zone, order, gfps[(r >> 32) % 3]);

		if (!page)
			return;
		assert_false(model_isolated(m, page));
		m->page[m->nr] = page;
		m->order[m->nr++] = (unsigned char)order;
	} else if (m->nr) {
		unsigned int n = (unsigned int)(r >> 16) % m->nr;

		__free_pages(m->page[n], m->order[n]);
		m->page[n] = m->page[--m->nr];
		m->order[n] = m->order[m->nr];
	}
}

static void random_calls_and_isolation_agree_with_a_model(void **state)
{
	u64 random = host_test_seed(__func__) | 1;
	struct model *m = calloc(1, sizeof(*m));

	(void)state;
	for (unsigned int i = 0; i < nr_blocks; i++)
		give(block[i], MIGRATE_MOVABLE, MAX_ORDER_NR_PAGES);
	m->total = zone_page_state(zone, NR_FREE_PAGES);
	for (int step = 0; step < 20000; step++) {
		model_step(m, next_random(&random));
		if (step % 256)
			continue;
		assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), model_free(m));
		assert_int_equal(zone_verify(zone), 0);
	}
	free(m);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, full_zone, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(isolated_pages_are_not_free_until_they_are_put_back),
		TEST(halves_put_back_one_by_one_are_one_block_again),
		TEST(pages_freed_in_an_isolated_pageblock_stay_there),
		TEST(a_block_is_freed_in_parts_where_its_pageblocks_differ),
		TEST(a_range_with_a_page_that_cannot_move_is_left_alone),
		TEST(what_cannot_be_isolated_is_refused),
		TEST(random_calls_and_isolation_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
