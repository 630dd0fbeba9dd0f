/* SPDX-License-Identifier: MIT */
/*
 * Shuffled free lists: the same blocks, in an order that chance made.
 */
#include "page_model.h"

#include <linux/errno.h>
#include <linux/list.h>

#include "../../mm/shuffle.h"

static const struct ram ram[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_1G, 0}, {0, 0, 0}};

#define BLOCKS_MAX (SZ_1G / (PAGE_SIZE << MAX_PAGE_ORDER))

/* The free blocks of the largest order, as their list has them. */
struct order_of_blocks {
	unsigned long pfn[BLOCKS_MAX];
	size_t nr;
};

static void take_order(struct order_of_blocks *o, enum migratetype type)
{
	struct page *page;

	o->nr = 0;
	list_for_each_entry (page,
			     &zone_of(0, ZONE_DMA32)->free_area[MAX_PAGE_ORDER].free_list[type],
			     buddy_list)
		o->pfn[o->nr++] = page_to_pfn(page);
}

static void machine_shuffled(const char *value, bool eager, u64 seed)
{
	char text[8];

	strcpy(text, value);
	machine_ram(ram);
	assert_int_equal(shuffle_parse_option(text), 0);
	memmap_init_eager = eager;
	host_srandom(seed);
	machine_zones();
	mem_init();
}

static int machine_end(void **state)
{
	page_hooks_reset();
	return machine_down(state);
}

/* Blocks whose successor in the list is their neighbour in memory. */
static size_t in_sequence(const struct order_of_blocks *o)
{
	size_t n = 0;

	for (size_t i = 1; i < o->nr; i++)
		n += o->pfn[i] == o->pfn[i - 1] + MAX_ORDER_NR_PAGES;
	return n;
}

static int compare_pfns(const void *a, const void *b)
{
	const unsigned long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void assert_same_blocks(struct order_of_blocks a, struct order_of_blocks b)
{
	assert_int_equal(a.nr, b.nr);
	qsort(a.pfn, a.nr, sizeof(a.pfn[0]), compare_pfns);
	qsort(b.pfn, b.nr, sizeof(b.pfn[0]), compare_pfns);
	assert_memory_equal(a.pfn, b.pfn, a.nr * sizeof(a.pfn[0]));
}

static void blocks_come_in_another_order_and_all_of_them(void **state)
{
	struct order_of_blocks plain, shuffled;
	unsigned long free;

	(void)state;
	machine_shuffled("0", true, 1);
	take_order(&plain, MIGRATE_MOVABLE);
	free = nr_free_pages();
	assert_true(plain.nr > 200);
	assert_true(in_sequence(&plain) > plain.nr * 3 / 4);
	host_machine_exit();
	machine_shuffled("1", true, 1);
	take_order(&shuffled, MIGRATE_MOVABLE);
	assert_same_blocks(plain, shuffled);
	assert_true(in_sequence(&shuffled) < shuffled.nr / 10);
	assert_int_equal(nr_free_pages(), free);
	assert_int_equal(verify_all(), 0);
}

static void chance_decides_and_the_same_chance_the_same(void **state)
{
	struct order_of_blocks first, again, other;
	size_t same = 0;

	(void)state;
	machine_shuffled("on", true, 5);
	take_order(&first, MIGRATE_MOVABLE);
	host_machine_exit();
	machine_shuffled("on", true, 5);
	take_order(&again, MIGRATE_MOVABLE);
	host_machine_exit();
	machine_shuffled("on", true, 6);
	take_order(&other, MIGRATE_MOVABLE);
	assert_memory_equal(first.pfn, again.pfn, first.nr * sizeof(first.pfn[0]));
	for (size_t i = 0; i < first.nr; i++)
		same += first.pfn[i] == other.pfn[i];
	assert_true(same < first.nr / 10);
}

/* Few sections of many are made: chance must find their blocks all the same. */
static void what_the_boot_made_is_shuffled_though_the_rest_waits(void **state)
{
	struct order_of_blocks o;

	(void)state;
	machine_shuffled("1", false, 3);
	take_order(&o, MIGRATE_MOVABLE);
	assert_true(zone_of(0, ZONE_DMA32)->nr_extent_pages > SZ_512M / PAGE_SIZE);
	assert_true(o.nr > 10);
	assert_true(in_sequence(&o) < o.nr / 2);
	assert_int_equal(verify_all(), 0);
}

static void a_section_is_shuffled_when_it_is_made(void **state)
{
	struct zone *zone;
	struct order_of_blocks o;

	(void)state;
	machine_shuffled("1", false, 4);
	zone = zone_of(0, ZONE_DMA32);
	while (alloc_pages(GFP_KERNEL | __GFP_MOVABLE, MAX_PAGE_ORDER) &&
	       !list_empty(&zone->free_area[MAX_PAGE_ORDER].free_list[MIGRATE_MOVABLE]))
		;
	assert_int_equal(zone_grow(zone), 0);
	take_order(&o, MIGRATE_MOVABLE);
	assert_in_range(o.nr, 28, 33);
	assert_true(in_sequence(&o) < 10);
	for (size_t i = 0; i < o.nr; i++)
		assert_int_equal(pfn_to_section_nr(o.pfn[i]), pfn_to_section_nr(o.pfn[0]));
	assert_int_equal(verify_all(), 0);
}

static void large_blocks_are_freed_to_either_end_of_their_list(void **state)
{
	struct zone *zone;
	struct list_head *list;
	unsigned int to_tail = 0;

	(void)state;
	machine_shuffled("1", true, 7);
	zone = zone_of(0, ZONE_DMA32);
	list = &zone->free_area[MAX_PAGE_ORDER].free_list[MIGRATE_MOVABLE];
	for (int i = 0; i < 1000; i++) {
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_MOVABLE, MAX_PAGE_ORDER);

		__free_pages(page, MAX_PAGE_ORDER);
		to_tail += list->prev == &page->buddy_list;
		assert_true(list->prev == &page->buddy_list || list->next == &page->buddy_list);
	}
	assert_in_range(to_tail, 400, 600);
	assert_int_equal(verify_all(), 0);
}

static void without_the_option_large_blocks_are_freed_to_the_front(void **state)
{
	(void)state;
	machine_shuffled("0", true, 7);
	assert_int_equal(page_hooks, 0);
	for (int i = 0; i < 100; i++) {
		struct page *page = alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER);

		__free_pages(page, MAX_PAGE_ORDER);
		assert_ptr_equal(alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER), page);
		__free_pages(page, MAX_PAGE_ORDER);
	}
}

/* Blocks of another type, and of pages in use, stay where they are. */
static void blocks_stay_on_the_lists_of_their_type(void **state)
{
	struct zone *zone;
	struct order_of_blocks movable, unmovable, after;
	unsigned long flags;

	(void)state;
	machine_shuffled("1", true, 8);
	zone = zone_of(0, ZONE_DMA32);
	/* One pageblock of several becomes Unmovable, and its rest is freed again. */
	for (int i = 0; i < 5; i++)
		__free_pages(alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER), MAX_PAGE_ORDER);
	take_order(&movable, MIGRATE_MOVABLE);
	take_order(&unmovable, MIGRATE_UNMOVABLE);
	assert_true(unmovable.nr != 0);
	for (int i = 0; i < 20; i++) {
		spin_lock_irqsave(&zone->lock, flags);
		shuffle_range(zone, zone->zone_start_pfn, zone_end_pfn(zone));
		spin_unlock_irqrestore(&zone->lock, flags);
	}
	take_order(&after, MIGRATE_MOVABLE);
	assert_same_blocks(movable, after);
	take_order(&after, MIGRATE_UNMOVABLE);
	assert_same_blocks(unmovable, after);
	assert_int_equal(verify_all(), 0);
}

static void entries_of_a_list_change_places_wherever_they_are(void **state)
{
	struct list_head node[4], head;

	(void)state;
	for (int a = 0; a < 4; a++)
		for (int b = 0; b < 4; b++) {
			int want[4] = {0, 1, 2, 3}, i = 0;
			struct list_head *p;

			if (a == b)
				continue;
			INIT_LIST_HEAD(&head);
			for (int n = 0; n < 4; n++)
				list_add_tail(&node[n], &head);
			swap(want[a], want[b]);
			list_swap(&node[a], &node[b]);
			for (p = head.next; p != &head; p = p->next, i++) {
				assert_ptr_equal(p, &node[want[i]]);
				assert_ptr_equal(p->next->prev, p);
			}
			assert_int_equal(i, 4);
		}
}

static void a_bad_value_is_refused(void **state)
{
	char bad[] = "x";

	(void)state;
	assert_int_equal(shuffle_parse_option(bad), -EINVAL);
	assert_int_equal(shuffle_parse_option(NULL), -EINVAL);
	assert_int_equal(page_hooks, 0);
}

#define ON_NONE(test) cmocka_unit_test_teardown(test, machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_NONE(blocks_come_in_another_order_and_all_of_them),
		ON_NONE(chance_decides_and_the_same_chance_the_same),
		ON_NONE(what_the_boot_made_is_shuffled_though_the_rest_waits),
		ON_NONE(a_section_is_shuffled_when_it_is_made),
		ON_NONE(large_blocks_are_freed_to_either_end_of_their_list),
		ON_NONE(without_the_option_large_blocks_are_freed_to_the_front),
		ON_NONE(blocks_stay_on_the_lists_of_their_type),
		cmocka_unit_test(entries_of_a_list_change_places_wherever_they_are),
		cmocka_unit_test(a_bad_value_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
