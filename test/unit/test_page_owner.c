/* SPDX-License-Identifier: MIT */
/*
 * page_owner and the room that it keeps beside struct page: who had each page is known,
 * block by block and by call chain, and nothing is taken where nobody asks for it.
 */
#include "page_model.h"

#include <linux/errno.h>
#include <linux/migrate.h>
#include <linux/mmdebug.h>
#include <linux/page_ext.h>
#include <linux/page_owner.h>
#include <linux/pagemap.h>
#include <linux/seq_file.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#include "../../mm/page_owner.h"

static const struct ram ram[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_512M, 0}, {SZ_4G, SZ_4G + SZ_256M, 0}, {0, 0, 0}};

static char text[1 << 20];

static void machine_owner(char *option)
{
	machine_ram(ram);
	stack_depot_reset();
	assert_int_equal(page_owner_parse_option(option), 0);
	machine_zones();
	page_ext_prepare();
	mem_init();
	page_ext_init();
	page_owner_init();
	page_owner_mark();
}

static int machine(void **state)
{
	char on[] = "on";

	(void)state;
	machine_owner(on);
	return 0;
}

static int machine_end(void **state)
{
	page_hooks_reset();
	return machine_down(state);
}

static const char *shown(void (*show)(struct seq_file *m))
{
	struct seq_file m;
	struct seq_text sb;

	seq_text_init(&m, &sb, text, sizeof(text));
	show(&m);
	assert_int_equal(sb.dropped, 0);
	return text;
}

static unsigned int count_in(const char *where, const char *what)
{
	unsigned int n = 0;

	for (; (where = strstr(where, what)); where += strlen(what))
		n++;
	return n;
}

static const struct page_owner *owner_of(const struct page *page)
{
	return get_page_owner(lookup_page_ext(page));
}

static bool is_allocated(const struct page *page)
{
	return lookup_page_ext(page)->flags >> PAGE_EXT_OWNER_ALLOCATED & 1;
}

/* Callers with names of their own. */
static noinline struct page *baker(unsigned int order, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, order);

	barrier();
	return page;
}

static noinline struct page *brewer(unsigned int order, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, order);

	barrier();
	return page;
}

static noinline void undertaker(struct page *page, unsigned int order)
{
	__free_pages(page, order);
	barrier();
}

/* ---- Room beside struct page ------------------------------------------------------------ */

static void nobody_asks_and_nothing_is_taken(void **state)
{
	char off[] = "off";
	unsigned long managed;

	(void)state;
	machine_owner(off);
	memmap_make_all();
	managed = totalram_pages();
	assert_int_equal(page_ext_section_pages, 0);
	assert_int_equal(page_ext_bytes(), 0);
	assert_int_equal(page_hooks, 0);
	assert_null(lookup_page_ext(alloc_page(GFP_KERNEL)));
	assert_string_equal(shown(page_owner_show), "");
	assert_string_equal(shown(page_owner_leaks_show), "");
	host_machine_exit();
	machine(NULL);
	memmap_make_all();
	/* The same machine gives up as many pages for each section that is made. */
	assert_in_range(managed - totalram_pages(), page_ext_bytes() / PAGE_SIZE - 8,
			page_ext_bytes() / PAGE_SIZE + 8);
}

static void each_page_of_a_made_section_has_a_place_of_its_own(void **state)
{
	size_t size = PAGES_PER_SECTION;
	struct page_ext *last = NULL;
	unsigned long sections = 0;

	(void)state;
	memmap_make_all();
	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1), sections++) {
		struct page *page = pfn_to_page(section_nr_to_pfn(nr));
		struct page_ext *ext = lookup_page_ext(page);

		for (unsigned long i = 0; i < size; i++, ext = page_ext_next(ext)) {
			assert_ptr_equal(lookup_page_ext(page + i), ext);
			last = ext;
		}
		/* The last one ends within the pages that are reserved for it. */
		assert_true(PageMemmap(virt_to_page((char *)page_ext_next(last) - 1)));
	}
	assert_int_equal(page_ext_bytes(), sections * page_ext_section_pages * PAGE_SIZE);
	assert_int_equal(verify_all(), 0);
}

static void a_section_made_later_knows_nothing_of_its_pages(void **state)
{
	struct zone *zone = zone_of(0, ZONE_NORMAL);
	unsigned long nr = zone->extents[zone->nr_extents - 1].end - 1;
	struct page *page = pfn_to_page(section_nr_to_pfn(nr));

	(void)state;
	assert_null(lookup_page_ext(page));
	memset(__va(page_to_phys(page)), 0xff, SZ_16M);
	memmap_make_all();
	for (unsigned long i = 0; i < PAGES_PER_SECTION; i++)
		assert_int_equal(lookup_page_ext(page + i)->flags, 0);
}

static void memory_that_it_takes_is_accounted_for(void **state)
{
	unsigned long before, sections;
	struct zone *zone = zone_of(0, ZONE_NORMAL);

	(void)state;
	before = zone_managed_pages(zone);
	sections = zone->nr_extent_pages / PAGES_PER_SECTION;
	assert_true(sections != 0);
	memmap_make_all();
	assert_in_range(before - zone_managed_pages(zone),
			sections * (SECTION_MEMMAP_PAGES + page_ext_section_pages),
			sections * (SECTION_MEMMAP_PAGES + page_ext_section_pages +
				    SECTION_TABLE_PAGES + 1));
	assert_true(host_log_contains("bytes of page_ext"));
	assert_int_equal(verify_all(), 0);
}

/* ---- Owners ----------------------------------------------------------------------------- */

static void every_page_of_a_block_knows_its_owner(void **state)
{
	(void)state;
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		u64 before = arch_clock_ns();
		struct page *page = baker(order, GFP_KERNEL | __GFP_COMP);

		for (unsigned long i = 0; i < 1UL << order; i++) {
			const struct page_owner *owner = owner_of(page + i);

			assert_true(is_allocated(page + i));
			assert_int_equal(owner->order, order);
			assert_int_equal(owner->gfp, GFP_KERNEL | __GFP_COMP);
			assert_int_equal(owner->handle, owner_of(page)->handle);
			assert_true(owner->ts >= before && owner->ts <= arch_clock_ns());
		}
		__free_pages(page, order);
	}
	assert_int_equal(verify_all(), 0);
}

static void who_freed_a_page_is_known_until_it_is_handed_out_and_after(void **state)
{
	struct page *page = baker(1, GFP_KERNEL);
	depot_stack_handle_t handle = owner_of(page)->handle;

	(void)state;
	assert_int_equal(owner_of(page)->free_ts, 0);
	undertaker(page, 1);
	assert_false(is_allocated(page) || is_allocated(page + 1));
	assert_int_equal(owner_of(page + 1)->handle, handle);
	assert_int_not_equal(owner_of(page + 1)->free_handle, handle);
	dump_page(page, NULL);
	assert_true(host_log_contains("page_owner tracks the page as freed"));
	assert_true(host_log_contains("page last allocated via order 1, migratetype Unmovable"));
	assert_true(host_log_contains(" baker+0x"));
	assert_true(host_log_contains("page last free stack trace:"));
	assert_true(host_log_contains(" undertaker+0x"));
	assert_ptr_equal(brewer(1, GFP_KERNEL), page);
	assert_int_not_equal(owner_of(page)->free_ts, 0);
	assert_true(is_allocated(page));
}

static void a_page_that_was_never_handed_out_has_no_owner(void **state)
{
	struct page *page = baker(0, GFP_KERNEL);

	(void)state;
	dump_page_owner(page + MAX_ORDER_NR_PAGES);
	assert_true(host_log_contains("page_owner info is not present (never set?)"));
}

static void a_second_free_names_both_who_took_and_who_freed_the_page(void **state)
{
	struct page *page = baker(0, GFP_KERNEL);

	(void)state;
	undertaker(page, 0);
	__free_page(page);
	assert_int_equal(page_alloc_stats.free_double, 1);
	assert_true(host_log_contains("double free"));
	assert_true(host_log_contains(" baker+0x"));
	assert_true(host_log_contains(" undertaker+0x"));
	assert_int_equal(verify_all(), 0);
}

/* Page structs of sections made for it, and what is beside them, lie elsewhere. */
static void every_page_of_a_contiguous_range_knows_its_owner(void **state)
{
	const unsigned long nr = PHYS_PFN(SZ_128M);
	struct page *page = alloc_contig_pages(nr, GFP_KERNEL, NUMA_NO_NODE, NULL);

	(void)state;
	assert_non_null(page);
	for (unsigned long i = 0; i < nr; i++) {
		assert_true(is_allocated(page + i));
		assert_int_equal(owner_of(page + i)->order, 0);
		assert_int_equal(owner_of(page + i)->handle, owner_of(page)->handle);
	}
	assert_non_null(strstr(shown(page_owner_leaks_show),
			       " every_page_of_a_contiguous_range_knows_its_owner+0x"));
	free_contig_range(page_to_pfn(page), nr);
	for (unsigned long i = 0; i < nr; i++)
		assert_false(is_allocated(page + i));
	assert_int_equal(verify_all(), 0);
}

static void parts_of_a_block_are_owned_one_by_one(void **state)
{
	char *p = alloc_pages_exact(5 * PAGE_SIZE, GFP_KERNEL);
	struct page *page = virt_to_page(p), *held = baker(2, GFP_KERNEL);

	(void)state;
	for (int i = 0; i < 8; i++) {
		assert_int_equal(is_allocated(page + i), i < 5);
		assert_true(i >= 5 || owner_of(page + i)->order == 0);
	}
	free_pages_exact(p, 5 * PAGE_SIZE);
	for (int i = 0; i < 8; i++)
		assert_false(is_allocated(page + i));
	/* Somebody still looks at the first page of a block. */
	get_page(held);
	__free_pages(held, 2);
	assert_true(is_allocated(held));
	assert_int_equal(owner_of(held)->order, 0);
	assert_false(is_allocated(held + 1) || is_allocated(held + 3));
	put_page(held);
	assert_false(is_allocated(held));
	assert_int_equal(verify_all(), 0);
}

static void a_page_that_takes_over_anothers_contents_takes_its_owner(void **state)
{
	struct page *old = baker(0, GFP_HIGHUSER_MOVABLE), *page = brewer(0, GFP_KERNEL);

	(void)state;
	copy_page_owner(page, old);
	assert_int_equal(owner_of(page)->handle, owner_of(old)->handle);
	assert_int_equal(owner_of(page)->gfp, GFP_HIGHUSER_MOVABLE);
	__free_page(old);
	assert_int_equal(count_in(shown(page_owner_show), "Page has been migrated"), 1);
}

static bool may_isolate(struct page *page, isolate_mode_t mode)
{
	(void)page;
	(void)mode;
	return true;
}

static void put_back(struct page *page)
{
	(void)page;
}

static int move(struct page *dst, struct page *src, enum migrate_mode mode);

static const struct movable_operations ops = {may_isolate, move, put_back};

static struct page *moved_to;

static int move(struct page *dst, struct page *src, enum migrate_mode mode)
{
	(void)mode;
	get_page(dst);
	__SetPageMovable(dst, &ops);
	__ClearPageMovable(src);
	put_page(src);
	moved_to = dst;
	return MIGRATEPAGE_SUCCESS;
}

static void drop_movable(struct page *page)
{
	assert_true(trylock_page(page));
	__ClearPageMovable(page);
	unlock_page(page);
	put_page(page);
}

/* Who moved it is not who allocated it. */
static void a_block_that_is_moved_stays_its_owners(void **state)
{
	const struct migration_target_control mtc = {.nid = NUMA_NO_NODE, .gfp_mask = GFP_KERNEL};

	(void)state;
	for (unsigned int order = 0; order <= 3; order += 3) {
		struct page *page = baker(order, GFP_HIGHUSER_MOVABLE);
		depot_stack_handle_t handle = owner_of(page)->handle;
		LIST_HEAD(pages);

		assert_true(trylock_page(page));
		__SetPageMovable(page, &ops);
		unlock_page(page);
		assert_int_equal(isolate_movable_page(page, 0), 0);
		list_add(&page->lru, &pages);
		assert_int_equal(migrate_pages(&pages, alloc_migration_target, NULL,
					       (unsigned long)&mtc, MIGRATE_SYNC, MR_COMPACTION,
					       NULL),
				 0);
		assert_int_equal(owner_of(moved_to)->handle, handle);
		assert_int_equal(owner_of(moved_to)->gfp, GFP_HIGHUSER_MOVABLE);
		assert_int_equal(owner_of(moved_to)->order, order);
		assert_true(is_allocated(moved_to));
		assert_int_equal(count_in(shown(page_owner_show), "Page has been migrated"), 1);
		drop_movable(moved_to);
		assert_false(is_allocated(moved_to));
	}
	assert_int_equal(verify_all(), 0);
}

/* ---- Dumps ------------------------------------------------------------------------------ */

static void the_dump_has_linuxs_lines_for_every_block(void **state)
{
	struct page *page = baker(3, GFP_KERNEL | __GFP_ZERO);
	const char *dump = shown(page_owner_show);
	char line[160];

	(void)state;
	scnprintf(line, sizeof(line),
		  "Page allocated via order 3, mask %#x(GFP_KERNEL|__GFP_ZERO), pid 0, tgid 0 "
		  "(cpu0), ts %llu ns, free_ts 0 ns\nPFN %lu type Unmovable Block %lu type ",
		  GFP_KERNEL | __GFP_ZERO, owner_of(page)->ts, page_to_pfn(page),
		  page_to_pfn(page) >> pageblock_order);
	assert_non_null(strstr(dump, line));
	assert_non_null(strstr(strstr(dump, line), "\n baker+0x"));
	assert_int_equal(count_in(dump, "Page allocated via"), 1);
	__free_pages(page, 3);
	assert_string_equal(shown(page_owner_show), "");
}

static void leaks_are_shown_by_caller_and_size(void **state)
{
	const char *report, *bread, *beer;

	(void)state;
	baker(0, GFP_KERNEL);
	page_owner_mark();
	for (int i = 0; i < 3; i++)
		baker(2, GFP_KERNEL);
	for (int i = 0; i < 5; i++)
		brewer(1, GFP_KERNEL);
	undertaker(brewer(1, GFP_KERNEL), 1);
	report = shown(page_owner_leaks_show);
	assert_int_equal(strncmp(report,
				 "=== page_owner_sort\n8 blocks, 22 pages allocated since "
				 "bring-up are held:\n\n3 times, 12 pages:\n",
				 80),
			 0);
	bread = strstr(report, "3 times, 12 pages:\n");
	beer = strstr(report, "5 times, 10 pages:\n");
	assert_true(bread && beer && bread < beer);
	assert_true(strstr(bread, " baker+0x") < beer);
	assert_non_null(strstr(beer, " brewer+0x"));
	assert_non_null(strstr(beer, "allocated during bring-up:\n\n1 times, 1 pages:\n"));
	/* The report's own memory is in none of it. */
	assert_int_equal(count_in(report, " times, "), 3);
	assert_int_equal(verify_all(), 0);
}

static void without_memory_the_report_says_so(void **state)
{
	unsigned int order = NR_PAGE_ORDERS;

	(void)state;
	while (order-- > 0)
		while (alloc_pages(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOWARN, order))
			;
	assert_non_null(strstr(shown(page_owner_leaks_show), "no memory to sort"));
}

static void the_walk_agrees_with_a_model_under_random_calls(void **state)
{
	u64 seed = host_test_seed("the_walk_agrees_with_a_model_under_random_calls");
	struct model *m = model_make();
	unsigned long pages = 0;

	(void)state;
	(void)seed;
	for (int i = 0; i < 20000; i++) {
		u64 r = arch_random();

		if (m->nr < MODEL_BLOCKS && (!m->nr || r % 2))
			model_alloc(m, (unsigned int)(r >> 8) % 6,
				    model_gfps[(r >> 16) % ARRAY_SIZE(model_gfps)]);
		else
			model_free(m, (unsigned int)((r >> 8) % m->nr), r >> 40 & 1);
	}
	for (unsigned long pfn = 1; pfn < max_pfn; pfn++) {
		struct page *page = pfn_to_online_page(pfn);
		bool owned = page && is_allocated(page);

		/* The depot's pools are nobody's of the model. */
		if (owned && !m->owned[pfn])
			assert_int_equal(owner_of(page)->handle, 0);
		if (m->owned[pfn])
			assert_true(owned);
		pages += owned && m->owned[pfn];
	}
	assert_int_equal(pages, m->pages);
	while (m->nr)
		model_free(m, 0, false);
	model_end(m);
	assert_int_equal(count_in(shown(page_owner_show), "Page allocated via"),
			 count_in(text, " stack trace missing"));
	assert_int_equal(verify_all(), 0);
}

static void a_bad_value_is_refused(void **state)
{
	char bad[] = "maybe";

	(void)state;
	machine_ram(ram);
	assert_int_equal(page_owner_parse_option(bad), -EINVAL);
	assert_int_equal(page_owner_parse_option(NULL), -EINVAL);
	page_ext_prepare();
	assert_int_equal(page_ext_section_pages, 0);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, machine, machine_end)
#define ON_NONE(test)	 cmocka_unit_test_teardown(test, machine_end)

/* Only pages that somebody has count, and each pageblock once. */
static void mixed_pageblocks_are_in_pagetypeinfo(void **state)
{
	unsigned long count[MIGRATE_TYPES] = {};
	struct page *first, *second;
	struct zone *zone;

	(void)state;
	first = alloc_pages(GFP_HIGHUSER_MOVABLE, 1);
	zone = page_zone(first);
	page_owner_count_mixed(zone, count);
	assert_int_equal(count[MIGRATE_MOVABLE], 0);
	second = alloc_pages(GFP_HIGHUSER_MOVABLE, MAX_PAGE_ORDER);
	set_pfnblock_migratetype(page_to_pfn(first), MIGRATE_UNMOVABLE);
	set_pfnblock_migratetype(page_to_pfn(second) + pageblock_nr_pages, MIGRATE_RECLAIMABLE);
	page_owner_count_mixed(zone, count);
	assert_int_equal(count[MIGRATE_MOVABLE], 0);
	assert_int_equal(count[MIGRATE_UNMOVABLE], 1);
	assert_int_equal(count[MIGRATE_RECLAIMABLE], 1);
	assert_non_null(strstr(shown(pagetypeinfo_show),
			       "\nNumber of mixed blocks    Unmovable      Movable  "
			       "Reclaimable   HighAtomic      Isolate \n"
			       "Node 0, zone      DMA            0            0            0 "));
	assert_non_null(strstr(text, "zone   Normal            1            0            1 "
				     "           0            0 \n"));
	set_pfnblock_migratetype(page_to_pfn(first), MIGRATE_MOVABLE);
	set_pfnblock_migratetype(page_to_pfn(second) + pageblock_nr_pages, MIGRATE_MOVABLE);
	__free_pages(first, 1);
	__free_pages(second, MAX_PAGE_ORDER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_NONE(nobody_asks_and_nothing_is_taken),
		ON_MACHINE(each_page_of_a_made_section_has_a_place_of_its_own),
		ON_MACHINE(a_section_made_later_knows_nothing_of_its_pages),
		ON_MACHINE(memory_that_it_takes_is_accounted_for),
		ON_MACHINE(every_page_of_a_block_knows_its_owner),
		ON_MACHINE(who_freed_a_page_is_known_until_it_is_handed_out_and_after),
		ON_MACHINE(a_page_that_was_never_handed_out_has_no_owner),
		ON_MACHINE(a_second_free_names_both_who_took_and_who_freed_the_page),
		ON_MACHINE(every_page_of_a_contiguous_range_knows_its_owner),
		ON_MACHINE(parts_of_a_block_are_owned_one_by_one),
		ON_MACHINE(a_page_that_takes_over_anothers_contents_takes_its_owner),
		ON_MACHINE(a_block_that_is_moved_stays_its_owners),
		ON_MACHINE(the_dump_has_linuxs_lines_for_every_block),
		ON_MACHINE(mixed_pageblocks_are_in_pagetypeinfo),
		ON_MACHINE(leaks_are_shown_by_caller_and_size),
		ON_MACHINE(without_memory_the_report_says_so),
		ON_MACHINE(the_walk_agrees_with_a_model_under_random_calls),
		ON_NONE(a_bad_value_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
