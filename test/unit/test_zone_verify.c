/* SPDX-License-Identifier: MIT */
/* zone_verify() on zones that were broken on purpose: it reports each fault as just that. */
#include "page_model.h"

static struct zone *broken_zone(void)
{
	memmap_make_all();
	assert_int_equal(verify_all(), 0);
	host_log_clear();
	return zone_of(0, ZONE_NORMAL);
}

static void assert_verify_says(struct zone *zone, const char *what)
{
	assert_true(zone_verify(zone) > 0);
	if (!host_log_contains(what))
		fail_msg("zone_verify did not say: %s", what);
}

/* A free block of @order, of whatever type. */
static struct page *some_free_block(struct zone *zone, unsigned int order)
{
	for (int type = 0; type < MIGRATE_TYPES; type++)
		if (!list_empty(&zone->free_area[order].free_list[type]))
			return list_first_entry(&zone->free_area[order].free_list[type],
						struct page, buddy_list);
	fail();
	return NULL;
}

static void verify_finds_a_wrong_free_count(void **state)
{
	struct zone *zone = broken_zone();

	(void)state;
	__mod_zone_freepage_state(zone, 1, MIGRATE_MOVABLE);
	assert_verify_says(zone, "nr_free_pages is ");
	assert_int_equal(zone_verify(zone), 1);
}

static void verify_finds_a_wrong_block_count(void **state)
{
	struct zone *zone = broken_zone();

	(void)state;
	zone->free_area[3].nr_free++;
	assert_verify_says(zone, "order 3 counts ");
	assert_int_equal(zone_verify(zone), 1);
}

static void verify_finds_a_free_page_with_a_reference(void **state)
{
	struct zone *zone = broken_zone();

	(void)state;
	get_page(some_free_block(zone, 10));
	assert_verify_says(zone, "has refcount 1");
	assert_int_equal(zone_verify(zone), 1);
}

static void verify_finds_a_wrong_order(void **state)
{
	struct zone *zone = broken_zone();

	(void)state;
	some_free_block(zone, 10)->priv32 = 9;
	assert_verify_says(zone, "says order 9, on the list of order 10");
}

static void verify_finds_a_block_that_lost_its_mark(void **state)
{
	struct zone *zone = broken_zone();

	(void)state;
	__ClearPageBuddy(some_free_block(zone, 10));
	assert_verify_says(zone, "is on the list of order 10, but not marked free");
}

static void verify_finds_a_block_that_is_on_no_list(void **state)
{
	struct zone *zone = broken_zone();
	struct page *page = some_free_block(zone, 10);

	(void)state;
	list_del(&page->buddy_list);
	assert_verify_says(zone, "pages are marked free, the lists hold ");
}

static void verify_finds_a_link_that_does_not_lead_back(void **state)
{
	struct zone *zone = broken_zone();
	struct page *page = some_free_block(zone, 10);

	(void)state;
	page->buddy_list.prev = &page->buddy_list;
	assert_verify_says(zone, "list of order 10 is broken at pfn 0x");
}

static void verify_finds_buddies_that_should_be_one(void **state)
{
	struct zone *zone = broken_zone();
	struct page *page = zone_alloc_pages(zone, 5, GFP_KERNEL);
	struct free_area *area = &zone->free_area[4];

	(void)state;
	for (int half = 0; half < 2; half++, page += 16) {
		page->flags &= ~PAGE_ORDER_MASK;
		page->slab_word = 4;
		__SetPageBuddy(page);
		list_add(&page->buddy_list, &area->free_list[MIGRATE_UNMOVABLE]);
		area->nr_free++;
	}
	__mod_zone_freepage_state(zone, 32, MIGRATE_MOVABLE);
	assert_verify_says(zone, "order 4, are not merged");
	assert_int_equal(zone_verify(zone), 1);
}

static void verify_finds_a_made_section_in_an_extent(void **state)
{
	static struct zone_extent extent;
	struct zone *zone = broken_zone();

	(void)state;
	extent = (struct zone_extent){32, 33, 0};
	zone->extents = &extent;
	zone->nr_extents = zone->max_extents = 1;
	assert_verify_says(zone, "section 32 is made, but in an extent");
	assert_verify_says(zone, "extents hold 32768 pages, counted are 0");
}

static void verify_finds_counts_out_of_order(void **state)
{
	struct zone *zone = broken_zone();

	(void)state;
	atomic_long_set(&zone->managed_pages, (long)zone->present_pages + 1);
	zone->_watermark[WMARK_LOW] = 0;
	zone_update_margin(zone);
	assert_verify_says(zone, "are out of order");
	assert_int_equal(zone_verify(zone), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pc_machine, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(verify_finds_a_wrong_free_count),
		TEST(verify_finds_a_wrong_block_count),
		TEST(verify_finds_a_free_page_with_a_reference),
		TEST(verify_finds_a_wrong_order),
		TEST(verify_finds_a_block_that_lost_its_mark),
		TEST(verify_finds_a_block_that_is_on_no_list),
		TEST(verify_finds_a_link_that_does_not_lead_back),
		TEST(verify_finds_buddies_that_should_be_one),
		TEST(verify_finds_a_made_section_in_an_extent),
		TEST(verify_finds_counts_out_of_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
