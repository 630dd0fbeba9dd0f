/* SPDX-License-Identifier: MIT */
/* Pages that turn out to be bad while they are free, owned, reserved, or not made yet. */
#include "badpage_machine.h"

#include <linux/cma.h>
#include <linux/slab.h>

#define RAM SZ_64M

static int setup(void **state)
{
	(void)state;
	bring_up(RAM, "");
	no_pages_at_hand();
	return 0;
}

/* With nothing left that reclaim could find, now or later. */
static unsigned long free_when_reclaimed(void)
{
	memmap_make_all();
	assert_true(all_pages_handed_out_are_good(0));
	return all_free_pages();
}

/* ---- Free pages ----------------------------------------------------------------------- */

static void a_free_block_is_split_around_the_page(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order++) {
		const unsigned long inside[] = {0, (1UL << order) / 3, (1UL << order) - 1};

		for (size_t i = 0; i < ARRAY_SIZE(inside); i++) {
			unsigned long block = free_block_pfn(order), pfn = block + inside[i];
			unsigned long before = all_free_pages();

			if (is_out(pfn))
				continue;
			assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
			assert_true(is_out(pfn));
			assert_int_equal(all_free_pages(), before - 1);
			for (unsigned int o = 0; o < order; o++) {
				unsigned long buddy = ALIGN_DOWN(pfn, 1UL << o) ^ 1UL << o;

				assert_true(PageBuddy(pfn_to_page(buddy)));
				assert_int_equal(pfn_to_page(buddy)->priv32, o);
			}
			assert_int_equal(verify_all(), 0);
			assert_int_equal(unpoison_memory(pfn), 0);
			assert_int_equal(all_free_pages(), before);
			assert_int_equal(verify_all(), 0);
		}
	}
	assert_true(host_log_contains("recovery action for free buddy page: Recovered\n"));
	assert_int_equal(nr_poisoned(), 0);
}

static void a_bad_page_never_reaches_a_caller(void **state)
{
	unsigned long block = free_block_pfn(MAX_PAGE_ORDER);

	(void)state;
	for (unsigned long i = 1; i < 1024; i *= 3)
		assert_int_equal(memory_failure(block + i, 0), 0);
	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order++)
		assert_true(all_pages_handed_out_are_good(order));
	assert_int_equal(verify_all(), 0);
	assert_int_equal(nr_poisoned(), 7);
	mm_report();
	assert_true(host_log_contains("baremm: HardwareCorrupted: 28K\n"));
}

static void a_free_of_a_bad_page_is_refused(void **state)
{
	unsigned long pfn = free_block_pfn(0);

	(void)state;
	memory_failure(pfn, 0);
	__free_page(pfn_to_page(pfn));
	assert_int_equal(page_alloc_stats.free_reserved, 1);
	memblock_free_late(PFN_PHYS(pfn), PAGE_SIZE);
	assert_true(is_out(pfn));
	assert_int_equal(verify_all(), 0);
}

/* ---- Pages in use ------------------------------------------------------------------------ */

static void an_owned_page_stays_out_when_it_is_freed(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long before = all_free_pages();

	(void)state;
	assert_int_equal(memory_failure(page_to_pfn(page), 0), 0);
	assert_true(host_log_contains("recovery action for unknown page: Delayed\n"));
	assert_true(page_hooks & PAGE_HOOK_HWPOISON);
	memset(page_address(page), 1, PAGE_SIZE);
	__free_page(page);
	assert_true(is_out(page_to_pfn(page)));
	assert_int_equal(all_free_pages(), before);
	assert_int_equal(page_hooks, 0);
	assert_int_equal(verify_all(), 0);
}

static void the_rest_of_a_block_is_free_whatever_way_it_is_freed(void **state)
{
	(void)state;
	for (int compound = 0; compound < 2; compound++) {
		gfp_t gfp = GFP_KERNEL | (compound ? __GFP_COMP : 0);
		struct page *page = alloc_pages(gfp, 5);
		unsigned long pfn = page_to_pfn(page), before = all_free_pages();

		memory_failure(pfn + 3, MF_SW_SIMULATED);
		memory_failure(pfn + 4, MF_SW_SIMULATED);
		memory_failure(pfn + 31, MF_SW_SIMULATED);
		if (compound)
			put_page(page);
		else
			__free_pages(page, 5);
		assert_int_equal(all_free_pages(), before + 29);
		assert_true(is_out(pfn + 3) && is_out(pfn + 4) && is_out(pfn + 31));
		assert_true(PageBuddy(pfn_to_page(pfn + 8)));
		assert_int_equal(verify_all(), 0);
		unpoison_memory(pfn + 3);
		unpoison_memory(pfn + 4);
		unpoison_memory(pfn + 31);
		assert_int_equal(all_free_pages(), before + 32);
	}
	assert_int_equal(host_log_count("for high-order kernel page: Delayed"), 6);
}

static void pages_of_a_split_block_stay_bad(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);
	unsigned long before = all_free_pages();

	(void)state;
	memory_failure(page_to_pfn(page + 5), 0);
	split_page(page, 3);
	for (int i = 0; i < 8; i++)
		__free_page(page + i);
	assert_true(is_out(page_to_pfn(page + 5)));
	assert_int_equal(all_free_pages(), before + 7);
	assert_int_equal(verify_all(), 0);
}

static void a_reference_of_the_callers_is_given_up(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	get_page(page);
	memory_failure(page_to_pfn(page), MF_COUNT_INCREASED);
	assert_int_equal(page_ref_count(page), 1);
	__free_page(page);
	assert_true(is_out(page_to_pfn(page)));
}

static void what_is_freed_bad_is_not_cleared(void **state)
{
	struct page *page;
	char *bytes;

	(void)state;
	host_machine_exit();
	bring_up(RAM, "init_on_free=1");
	page = alloc_pages(GFP_KERNEL, 1);
	bytes = page_address(page);
	memset(bytes, 7, 2 * PAGE_SIZE);
	memory_failure(page_to_pfn(page), MF_SW_SIMULATED);
	__free_pages(page, 1);
	assert_int_equal(bytes[0], 7);
	assert_int_equal(bytes[PAGE_SIZE], 0);
	assert_int_equal(verify_all(), 0);
}

static void a_section_made_for_a_bad_page_does_not_touch_it(void **state)
{
	u64 *word;

	(void)state;
	host_machine_exit();
	bring_up(SZ_2G, "init_on_free=1");
	word = (u64 *)(host_ram_base + SZ_1G + SZ_1M / 2);
	word[-1] = word[0] = 42;
	assert_int_equal(memory_failure(PHYS_PFN(SZ_1G + SZ_1M / 2), MF_SW_SIMULATED), 0);
	assert_int_equal(word[0], 42);
	assert_int_equal(word[-1], 0);
}

static void a_reserved_page_is_marked_alone(void **state)
{
	unsigned long memmap_pfn = __nr_to_section(0)->memmap_pfn;

	(void)state;
	assert_int_equal(memory_failure(memmap_pfn, 0), -EBUSY);
	assert_true(host_log_contains("recovery action for reserved kernel page: Ignored\n"));
	assert_true(PageHWPoison(pfn_to_page(memmap_pfn)));
	assert_int_equal(nr_poisoned(), 1);
	assert_int_equal(mm_verify_all(), 0);
}

static void what_is_no_memory_or_known_is_said_so(void **state)
{
	unsigned long pfn = free_block_pfn(0);

	(void)state;
	assert_int_equal(memory_failure(PHYS_PFN(SZ_2G), 0), -ENXIO);
	assert_int_equal(memory_failure(~0UL, 0), -ENXIO);
	assert_true(host_log_contains("0x80000: memory outside kernel control\n"));
	assert_int_equal(memory_failure(pfn, 0), 0);
	assert_int_equal(memory_failure(pfn, 0), -EHWPOISON);
	assert_true(host_log_contains(": already hardware poisoned\n"));
	assert_int_equal(nr_poisoned(), 1);
}

/* ---- Ranges ----------------------------------------------------------------------------- */

static void a_contiguous_range_has_no_bad_page(void **state)
{
	const unsigned long nr = 4096; /* 16 MB: of 64 there are two such ranges left, at most */
	unsigned long block = free_block_pfn(MAX_PAGE_ORDER);
	struct page *range;

	(void)state;
	memory_failure(block + 77, 0);
	while ((range = alloc_contig_pages(nr, GFP_KERNEL | __GFP_NOWARN, 0, NULL)))
		for (unsigned long i = 0; i < nr; i++)
			assert_false(PageHWPoison(range + i));
	assert_int_equal(alloc_contig_range(block, block + 1024, MIGRATE_MOVABLE, GFP_KERNEL),
			 -EBUSY);
	assert_true(is_out(block + 77));
	assert_int_equal(verify_all(), 0);
}

static int note_area(struct cma *cma, void *data)
{
	*(struct cma **)data = cma;
	return 1;
}

static void a_cma_area_goes_on_without_the_page(void **state)
{
	unsigned long base, got = 0;
	struct cma *cma = NULL;
	struct page *pages;

	(void)state;
	host_machine_exit();
	bring_up(SZ_256M, "cma=16M");
	cma_for_each_area(note_area, &cma);
	base = PHYS_PFN(cma_get_base(cma));
	assert_int_equal(memory_failure(base + 700, 0), 0);
	assert_true(is_out(base + 700));
	for (; (pages = cma_alloc(cma, 512, 9, true)); got += 512)
		for (unsigned long i = 0; i < 512; i++)
			assert_false(PageHWPoison(pages + i));
	assert_int_equal(got, PHYS_PFN(SZ_16M) - 512);
	assert_int_equal(mm_verify_all(), 0);
}

/* ---- Sections that wait --------------------------------------------------------------------- */

/* Just one section is made, and it has its page structs elsewhere where need be. */
static void a_section_that_waits_is_made_without_the_page(void **state)
{
	static const unsigned long inside[] = {0, 1, 255, 256, 260, 261, 20000, 32767};
	unsigned long nr = pfn_to_section_nr(PHYS_PFN(SZ_1G));

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(inside); i++) {
		unsigned long pfn = section_nr_to_pfn(nr) + inside[i], waiting;
		struct zone *zone;

		host_machine_exit();
		bring_up(SZ_2G, "");
		zone = zone_of(0, ZONE_DMA32);
		waiting = zone->nr_extent_pages;
		assert_false(section_made(nr));
		assert_int_equal(memory_failure(pfn, 0), 0);
		assert_true(section_made(nr));
		assert_int_equal(zone->nr_extent_pages, waiting - PAGES_PER_SECTION);
		assert_true(is_out(pfn));
		assert_int_equal(mm_verify_all(), 0);
		memmap_make_all();
		assert_true(all_pages_handed_out_are_good(3));
		assert_int_equal(mm_verify_all(), 0);
	}
}

/* Every other one: the extents are more than their first table has room for. */
static void any_number_of_sections_can_be_made_early(void **state)
{
	struct zone *zone;

	(void)state;
	host_machine_exit();
	bring_up(SZ_16G, "");
	zone = zone_of(0, ZONE_NORMAL);
	for (phys_addr_t addr = SZ_4G + SZ_128M; addr < SZ_16G; addr += 2 * SZ_128M)
		assert_int_equal(memory_failure(PHYS_PFN(addr), 0), 0);
	assert_true(zone->nr_extents > 40);
	assert_int_equal(nr_poisoned(), 48);
	assert_int_equal(mm_verify_all(), 0);
	memmap_make_all();
	assert_int_equal(zone->nr_extents, 0);
	assert_int_equal(mm_verify_all(), 0);
}

static void both_ends_of_an_extent_can_be_taken(void **state)
{
	const struct zone_extent *extent;
	struct zone_extent whole;
	struct zone *zone;

	(void)state;
	host_machine_exit();
	bring_up(SZ_16G, "");
	zone = zone_of(0, ZONE_NORMAL);
	extent = &zone->extents[0];
	whole = *extent;
	memory_failure(section_nr_to_pfn(whole.start), 0);
	memory_failure(section_nr_to_pfn(whole.end) - 1, 0);
	assert_int_equal(extent->start, whole.start + 1);
	assert_int_equal(extent->end, whole.end - 1);
	assert_int_equal(mm_verify_all(), 0);
}

/* ---- The queue ------------------------------------------------------------------------------- */

static void a_queued_page_is_taken_before_the_next_allocation(void **state)
{
	unsigned long pfn = free_block_pfn(0);
	struct page *page;

	(void)state;
	memory_failure_queue(pfn, 0);
	assert_false(PageHWPoison(pfn_to_page(pfn)));
	page = alloc_page(GFP_KERNEL);
	assert_int_not_equal(page_to_pfn(page), pfn);
	assert_true(is_out(pfn));
	assert_int_equal(page_hooks, 0);
	__free_page(page);
	assert_int_equal(verify_all(), 0);
}

static void a_queued_page_that_is_freed_first_stays_out(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	memory_failure_queue(page_to_pfn(page), 0);
	__free_page(page);
	assert_true(is_out(page_to_pfn(page)));
	assert_int_equal(verify_all(), 0);
}

static void a_queue_that_is_full_says_what_it_loses(void **state)
{
	unsigned long block = free_block_pfn(7);

	(void)state;
	for (unsigned long i = 0; i < 65; i++)
		memory_failure_queue(block + i, 0);
	assert_int_equal(host_log_count("buffer overflow when queuing memory failure at"), 1);
	memory_failure_work();
	assert_int_equal(nr_poisoned(), 64);
	assert_false(PageHWPoison(pfn_to_page(block + 64)));
	assert_int_equal(verify_all(), 0);
}

/* ---- Checks ------------------------------------------------------------------------------------ */

static void verify_finds_bad_pages_that_are_free(void **state)
{
	unsigned long pfn = free_block_pfn(5);

	(void)state;
	SetPageHWPoison(pfn_to_page(pfn));
	assert_true(verify_all() > 0);
	ClearPageHWPoison(pfn_to_page(pfn));
	SetPageHWPoison(pfn_to_page(pfn + 1));
	assert_true(verify_all() > 0);
	ClearPageHWPoison(pfn_to_page(pfn + 1));
	assert_int_equal(verify_all(), 0);
}

/* ---- At random ---------------------------------------------------------------------------------- */

#define BLOCKS 256

struct owned {
	struct page *page;
	unsigned int order;
};

/* Which pages are free, by pfn; others are somebody's whom the test does not know. */
static bool *free_pages_now(unsigned long nr_pfns)
{
	bool *is_free = calloc(nr_pfns, sizeof(*is_free));

	for (unsigned long pfn = 0; pfn < nr_pfns; pfn++)
		if (PageBuddy(pfn_to_page(pfn)))
			memset(is_free + pfn, 1, 1UL << pfn_to_page(pfn)->priv32);
	return is_free;
}

/*
 * Blocks come and go, pages go bad and good again at random. The model knows nothing but
 * which pages are bad and which are in a block, and so how many must be free.
 */
static void fail_at_random(void)
{
	const unsigned long nr_pfns = PHYS_PFN(RAM);
	struct owned owned[BLOCKS] = {};
	bool *bad = calloc(nr_pfns, sizeof(*bad));
	unsigned long free_at_first = free_when_reclaimed(), nr_bad = 0, hooks = page_hooks;
	bool *ours = free_pages_now(nr_pfns);

	host_test_seed("random_failures");
	for (int i = 0; i < 20000; i++) {
		struct owned *block = &owned[arch_random() % BLOCKS];
		unsigned long pfn = arch_random() % nr_pfns;

		switch (arch_random() % 4) {
		case 0:
			if (!ours[pfn] || bad[pfn])
				break;
			assert_int_equal(memory_failure(pfn, MF_SW_SIMULATED), 0);
			bad[pfn] = true;
			break;
		case 1:
			if (bad[pfn])
				assert_int_equal(unpoison_memory(pfn), 0);
			bad[pfn] = false;
			break;
		case 2:
			if (block->page)
				break;
			block->order = (unsigned int)(arch_random() % 6);
			block->page = alloc_pages(GFP_KERNEL | __GFP_NOWARN |
							  (arch_random() & 1 ? __GFP_COMP : 0),
						  block->order);
			for (unsigned long n = 0; block->page && n < 1UL << block->order; n++)
				assert_false(bad[page_to_pfn(block->page) + n]);
			break;
		case 3:
			if (block->page)
				__free_pages(block->page, block->order);
			block->page = NULL;
			break;
		}
		if (i % 2000 == 0)
			assert_int_equal(verify_all(), 0);
	}
	for (int i = 0; i < BLOCKS; i++)
		if (owned[i].page)
			__free_pages(owned[i].page, owned[i].order);
	for (unsigned long pfn = 0; pfn < nr_pfns; pfn++)
		nr_bad += bad[pfn];
	assert_int_equal(nr_poisoned(), nr_bad);
	assert_int_equal(all_free_pages(), free_at_first - nr_bad);
	assert_int_equal(page_hooks, hooks);
	assert_int_equal(verify_all(), 0);
	for (unsigned long pfn = 0; pfn < nr_pfns; pfn++)
		if (bad[pfn])
			assert_int_equal(unpoison_memory(pfn), 0);
	assert_int_equal(all_free_pages(), free_at_first);
	assert_int_equal(verify_all(), 0);
	free(bad);
	free(ours);
}

static void random_failures_lose_just_the_bad_pages(void **state)
{
	(void)state;
	fail_at_random();
}

static void so_they_do_when_free_pages_are_poisoned(void **state)
{
	(void)state;
	host_machine_exit();
	bring_up(RAM, "page_poison=1");
	fail_at_random();
	assert_false(host_log_contains("pagealloc: single bit error"));
	assert_false(host_log_contains("pagealloc: memory corruption"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, machine_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_free_block_is_split_around_the_page),
		TEST(a_bad_page_never_reaches_a_caller),
		TEST(a_free_of_a_bad_page_is_refused),
		TEST(an_owned_page_stays_out_when_it_is_freed),
		TEST(the_rest_of_a_block_is_free_whatever_way_it_is_freed),
		TEST(pages_of_a_split_block_stay_bad),
		TEST(a_reference_of_the_callers_is_given_up),
		TEST(what_is_freed_bad_is_not_cleared),
		TEST(a_section_made_for_a_bad_page_does_not_touch_it),
		TEST(a_reserved_page_is_marked_alone),
		TEST(what_is_no_memory_or_known_is_said_so),
		TEST(a_contiguous_range_has_no_bad_page),
		TEST(a_cma_area_goes_on_without_the_page),
		TEST(a_section_that_waits_is_made_without_the_page),
		TEST(any_number_of_sections_can_be_made_early),
		TEST(both_ends_of_an_extent_can_be_taken),
		TEST(a_queued_page_is_taken_before_the_next_allocation),
		TEST(a_queued_page_that_is_freed_first_stays_out),
		TEST(a_queue_that_is_full_says_what_it_loses),
		TEST(verify_finds_bad_pages_that_are_free),
		TEST(random_failures_lose_just_the_bad_pages),
		TEST(so_they_do_when_free_pages_are_poisoned),
	};

	return cmocka_run_group_tests_name("memory_failure", tests, NULL, NULL);
}
