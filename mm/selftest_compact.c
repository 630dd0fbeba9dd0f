/* SPDX-License-Identifier: MIT */
/*
 * Self-test of compaction: fragments zones of the machine's own RAM, with half of the
 * pages in a table of handles, compacts them, and looks at every byte that was moved.
 */
#include "selftest.h"

#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "compaction.h"
#include "internal.h"

/* Zones up to this size are tested; with selftest=full up to what a table can be for. */
#define QUICK_PAGES PHYS_PFN(SZ_256M)
#define MOST_PAGES  ((PAGE_SIZE << MAX_PAGE_ORDER) / sizeof(u32))

/* The owner: page->index is a handle, and the table says where its page is now. */
static struct {
	struct zone *zone;
	u32 *table; /* pages from the one below the zone's start; 0: none */
	unsigned long nr;
	unsigned long moved;
} owner;

static struct page *handle_page(unsigned long handle)
{
	return pfn_to_page(owner.zone->zone_start_pfn - 1 + owner.table[handle]);
}

static void set_handle_page(unsigned long handle, struct page *page)
{
	owner.table[handle] = (u32)(page_to_pfn(page) - owner.zone->zone_start_pfn + 1);
	page->index = handle;
}

static u64 handle_word(unsigned long handle, size_t i)
{
	return (selftest_seed + handle) * 0x9e3779b97f4a7c15ULL + i;
}

static void fill_handle(unsigned long handle)
{
	u64 *words = kmap_local_page(handle_page(handle));

	for (size_t i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		words[i] = handle_word(handle, i);
	kunmap_local(words);
}

static bool handle_is_sound(unsigned long handle)
{
	struct page *page = handle_page(handle);
	bool sound = page->index == handle && PageMovable(page) && !PageIsolated(page) &&
		     !PageLocked(page) && page_ref_count(page) == 1;
	const u64 *words = kmap_local_page(page);

	for (size_t i = 0; sound && i < PAGE_SIZE / sizeof(*words); i++)
		sound = words[i] == handle_word(handle, i);
	kunmap_local(words);
	return sound;
}

/* ---- What the owner is asked ------------------------------------------------------- */

static bool owner_isolate(struct page *page, isolate_mode_t mode)
{
	(void)mode;
	return handle_page(page->index) == page;
}

static int owner_migrate(struct page *dst, struct page *src, enum migrate_mode mode);

static void owner_putback(struct page *page)
{
	(void)page;
}

static const struct movable_operations owner_ops = {owner_isolate, owner_migrate, owner_putback};

static int owner_migrate(struct page *dst, struct page *src, enum migrate_mode mode)
{
	(void)mode;
	copy_highpage(dst, src);
	get_page(dst);
	__SetPageMovable(dst, &owner_ops);
	set_handle_page(src->index, dst);
	__ClearPageMovable(src);
	put_page(src);
	owner.moved++;
	return MIGRATEPAGE_SUCCESS;
}

static void lock(struct page *page)
{
	while (!trylock_page(page))
		cpu_relax();
}

static void drop_handle(unsigned long handle)
{
	struct page *page = handle_page(handle);

	lock(page);
	__ClearPageMovable(page);
	unlock_page(page);
	owner.table[handle] = 0;
	put_page(page);
}

/* ---- The test ------------------------------------------------------------------------ */

/* All free pages of the zone get a handle each. */
static void take_zone(void)
{
	struct page *page;

	owner.nr = owner.moved = 0;
	while ((page = zone_alloc_pages(owner.zone, 0, GFP_HIGHUSER_MOVABLE))) {
		lock(page);
		__SetPageMovable(page, &owner_ops);
		unlock_page(page);
		set_handle_page(owner.nr++, page);
	}
}

/* About half of them are given back, here and there; the others get contents. */
static unsigned long drop_half(void)
{
	u64 random = selftest_seed;
	unsigned long kept = 0;

	for (unsigned long i = 0; i < owner.nr; i++) {
		if (selftest_random(&random) >> 32 & 1) {
			drop_handle(i);
			continue;
		}
		fill_handle(i);
		kept++;
	}
	return kept;
}

static int check_handles(void)
{
	int faults = 0;

	for (unsigned long i = 0; i < owner.nr; i++) {
		if (!owner.table[i] || handle_is_sound(i))
			continue;
		if (faults++ < 8)
			selftest_note(
				"handle %lu: the page at pfn 0x%lx lost its contents or state", i,
				page_to_pfn(handle_page(i)));
	}
	return faults;
}

static void drop_all(void)
{
	for (unsigned long i = 0; i < owner.nr; i++)
		if (owner.table[i])
			drop_handle(i);
}

/* Nothing in it but free pages and those of handles. */
static bool pageblock_is_clean(unsigned long pfn)
{
	for (unsigned long end = pfn + pageblock_nr_pages; pfn < end; pfn++) {
		const struct page *page = pfn_to_page(pfn);

		if (page_zone(page) != owner.zone)
			return false;
		if (PageBuddy(page))
			pfn += (1UL << page->private) - 1;
		else if (!PageMovable(page))
			return false;
	}
	return true;
}

static unsigned long clean_pageblocks(void)
{
	unsigned long nr = 0, pfn = ALIGN(owner.zone->zone_start_pfn, pageblock_nr_pages);

	for (; pfn + pageblock_nr_pages <= zone_end_pfn(owner.zone); pfn += pageblock_nr_pages)
		nr += section_made(pfn_to_section_nr(pfn)) && pageblock_is_clean(pfn);
	return nr;
}

/* Blocks of a huge page's size. */
static unsigned long huge_blocks(void)
{
	unsigned long nr = 0;

	for (unsigned int order = pageblock_order; order < NR_PAGE_ORDERS; order++)
		nr += owner.zone->free_area[order].nr_free << (order - pageblock_order);
	return nr;
}

static enum compact_result compact_owner_zone(void)
{
	struct compact_control cc = {
		.zone = owner.zone,
		.order = -1,
		.gfp_mask = GFP_KERNEL,
		.mode = MIGRATE_SYNC,
		.whole_zone = true,
		.ignore_skip_hint = true,
	};

	return compact_zone(&cc);
}

/*
 * All handles' pages fit into the clean pageblocks at the zone's end, but for those in
 * pageblocks that others have pages in, and the pageblock where the scanners met.
 */
static int compact_and_check(void)
{
	unsigned long kept = drop_half(), before = huge_blocks(), clean = clean_pageblocks();
	unsigned long filled = kept / pageblock_nr_pages + 2, after;
	enum compact_result result = compact_owner_zone();
	int faults = check_handles();

	after = huge_blocks();
	selftest_note("zone %s: %lu of %lu pages movable, %lu of them moved; order-%d blocks: %lu, "
		      "then %lu",
		      owner.zone->name, kept, owner.nr, owner.moved, pageblock_order, before,
		      after);
	if (result != COMPACT_COMPLETE) {
		selftest_note("compaction ended early (%d)", (int)result);
		faults++;
	}
	/* A zone of which little could be taken was never in pieces. */
	if (clean > filled && after < before + clean - filled && !selftest_faults_injected()) {
		selftest_note("of %lu pageblocks that could be free only %lu are", clean - filled,
			      after);
		faults++;
	}
	return faults;
}

static int compact_one_zone(void)
{
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	int faults;

	if (before && after) {
		take_zone();
		drop_all();
		free_snapshot_take(before);
		take_zone();
		faults = compact_and_check();
		drop_all();
		free_snapshot_take(after);
		faults += free_snapshot_came_back(before, after);
	} else {
		faults = selftest_no_memory("the test's own tables");
	}
	free_snapshot_free(before);
	free_snapshot_free(after);
	return faults;
}

static bool zone_is_tested(const struct zone *zone, unsigned long most)
{
	return populated_zone(zone) && zone->spanned_pages <= most && !is_highmem(zone);
}

static int test_compaction(void)
{
	unsigned long most = selftest_full ? MOST_PAGES : QUICK_PAGES, pages = 0;
	int faults = 0;

	for_each_populated_zone (owner.zone)
		if (zone_is_tested(owner.zone, most))
			pages = max(pages, owner.zone->spanned_pages);
	if (!pages) {
		selftest_note("no zone of at most %lu pages", most);
		return 0;
	}
	owner.table = alloc_pages_exact(pages * sizeof(u32), GFP_KERNEL);
	if (!owner.table)
		return selftest_no_memory("the table of handles");
	for_each_populated_zone (owner.zone)
		if (zone_is_tested(owner.zone, most))
			faults += compact_one_zone();
	free_pages_exact(owner.table, pages * sizeof(u32));
	return faults;
}

const struct selftest compact_selftests[] = {
	{"compaction", test_compaction},
	{NULL, NULL},
};
