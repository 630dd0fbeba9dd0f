/* SPDX-License-Identifier: MIT */
/*
 * Self-test of compaction: fragments zones of the machine's own RAM, with half of the
 * pages in a table of handles, in blocks of orders 0 to 3, compacts them, and looks at every
 * byte that was moved.
 */
#include "selftest.h"

#include <linux/errno.h>
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

/* The largest block of a handle. */
#define MAX_HANDLE_ORDER 3

/* The owner: page->index is a handle, and the table says where its block is now. */
static struct {
	struct zone *zone;
	u32 *table; /* pages from the one below the zone's start; 0: none */
	unsigned long nr;
	unsigned long pages; /* of all handles together */
	unsigned long moved; /* pages, too */
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

static unsigned long block_pages(const struct page *page)
{
	return 1UL << page_alloc_order(page);
}

#define PAGE_WORDS (PAGE_SIZE / sizeof(u64))

/* The first word of page @page of the handle's block; the others count up from it. */
static u64 handle_word(unsigned long handle, unsigned long page)
{
	return (selftest_seed + handle) * 0x9e3779b97f4a7c15ULL + page * PAGE_WORDS;
}

static void fill_handle(unsigned long handle)
{
	struct page *page = handle_page(handle);

	for (unsigned long n = 0; n < block_pages(page); n++) {
		u64 *words = kmap_local_page(page + n), first = handle_word(handle, n);

		for (size_t i = 0; i < PAGE_WORDS; i++)
			words[i] = first + i;
		kunmap_local(words);
	}
}

static bool page_is_sound(struct page *page, u64 first)
{
	const u64 *words = kmap_local_page(page);
	bool sound = true;

	for (size_t i = 0; sound && i < PAGE_WORDS; i++)
		sound = words[i] == first + i;
	kunmap_local(words);
	return sound;
}

static bool handle_is_sound(unsigned long handle)
{
	struct page *page = handle_page(handle);
	bool sound = page->index == handle && PageMovable(page) && !PageIsolated(page) &&
		     !PageLocked(page) && page_ref_count(page) == 1;

	for (unsigned long n = 0; sound && n < block_pages(page); n++)
		sound = page_is_sound(page + n, handle_word(handle, n));
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
	if (page_alloc_order(dst) != page_alloc_order(src) || PageHead(dst) != PageHead(src))
		return -EINVAL;
	for (unsigned long n = 0; n < block_pages(src); n++)
		copy_highpage(dst + n, src + n);
	get_page(dst);
	__SetPageMovable(dst, &owner_ops);
	set_handle_page(src->index, dst);
	__ClearPageMovable(src);
	put_page(src);
	owner.moved += block_pages(dst);
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

/* Of any order, compound or not; of order 0 where there is no other. */
static struct page *take_block(u64 *random)
{
	u64 choice = selftest_random(random) >> 32;
	unsigned int order = choice % (MAX_HANDLE_ORDER + 1);
	gfp_t compound = order && choice & 64 ? __GFP_COMP : 0;
	struct page *page = zone_alloc_pages(owner.zone, order, GFP_HIGHUSER_MOVABLE | compound);

	return page ?: zone_alloc_pages(owner.zone, 0, GFP_HIGHUSER_MOVABLE);
}

/* All free pages of the zone come to handles. */
static void take_zone(void)
{
	u64 random = ~selftest_seed;
	struct page *page;

	owner.nr = owner.pages = owner.moved = 0;
	while ((page = take_block(&random))) {
		lock(page);
		__SetPageMovable(page, &owner_ops);
		unlock_page(page);
		set_handle_page(owner.nr++, page);
		owner.pages += block_pages(page);
	}
}

/*
 * About half of them are given back, here and there; the others get contents. Returns how many
 * pages these have.
 */
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
		kept += block_pages(handle_page(i));
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
			pfn += (1UL << page->priv32) - 1;
		else if (PageMovable(page))
			pfn += block_pages(page) - 1;
		else
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
		      owner.zone->name, kept, owner.pages, owner.moved, pageblock_order, before,
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
