/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of memory pressure on the machine's own RAM: with all of it in a page
 * cache every page can be had all the same, and every page of the cache is read again
 * as it was written; with nothing to reclaim the end is NULL, and nothing is lost.
 *
 * The cache's file is a formula: a page's words follow from its index and a version,
 * and a table of versions is all that is ever written.
 */
#include "selftest.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "vmscan.h"

/* Machines up to this size are tested as a whole, others in ZONE_DMA. */
#define QUICK_PAGES PHYS_PFN(SZ_256M)
#define FULL_PAGES  PHYS_PFN(SZ_1G)

/* Of three pages one is changed. */
#define CHANGED_STEP 3

/* Words of a page that are looked at: one in each cache line. */
#define WORD_STEP 8

/* ---- The file ------------------------------------------------------------------------- */

static struct {
	struct address_space mapping;
	u16 *version;	    /* of each page, as it was written last */
	unsigned long nr;   /* pages */
	unsigned long lost; /* pages that came to be written with other contents */
} formula;

static u64 formula_word(pgoff_t index, u64 version, size_t i)
{
	return (selftest_seed ^ index) * 0x9e3779b97f4a7c15ULL + (version << 32) + i;
}

/* Word 0 is the version. */
static void formula_fill(struct page *page, pgoff_t index, u64 version)
{
	u64 *words = kmap_local_page(page);

	words[0] = version;
	for (size_t i = WORD_STEP; i < PAGE_SIZE / sizeof(*words); i += WORD_STEP)
		words[i] = formula_word(index, version, i);
	kunmap_local(words);
}

/* True if @page is what the formula says; *@version tells which version. */
static bool formula_check(struct page *page, pgoff_t index, u64 *version)
{
	const u64 *words = kmap_local_page(page);
	bool sound = true;

	*version = words[0];
	for (size_t i = WORD_STEP; sound && i < PAGE_SIZE / sizeof(*words); i += WORD_STEP)
		sound = words[i] == formula_word(index, *version, i);
	kunmap_local(words);
	return sound;
}

static int formula_readpage(struct file *file, struct page *page)
{
	pgoff_t index = page_index(page);

	(void)file;
	formula_fill(page, index, formula.version[index]);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static int formula_writepage(struct page *page, struct writeback_control *wbc)
{
	pgoff_t index = page_index(page);
	u64 version;

	(void)wbc;
	set_page_writeback(page);
	unlock_page(page);
	if (formula_check(page, index, &version))
		formula.version[index] = (u16)version;
	else
		formula.lost++;
	end_page_writeback(page);
	return 0;
}

static const struct address_space_operations formula_aops = {formula_readpage, formula_writepage};

static size_t formula_table_size(void)
{
	return formula.nr * sizeof(*formula.version);
}

static bool formula_open(unsigned long nr, gfp_t gfp)
{
	address_space_init_once(&formula.mapping);
	formula.mapping.a_ops = &formula_aops;
	formula.mapping.gfp_mask = gfp | __GFP_NOWARN;
	formula.nr = nr;
	formula.lost = 0;
	formula.version = alloc_pages_exact(formula_table_size(), GFP_KERNEL | __GFP_ZERO);
	return formula.version;
}

static void formula_close(void)
{
	free_pages_exact(formula.version, formula_table_size());
}

/* Version 1 in the cache alone. False without memory. */
static bool formula_change(pgoff_t index)
{
	struct page *page = find_or_create_page(&formula.mapping, index, formula.mapping.gfp_mask);

	if (!page)
		return false;
	formula_fill(page, index, 1);
	SetPageUptodate(page);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
	return true;
}

/* Reads the page, and compares. -ENOMEM, or the number of faults. */
static int formula_compare(pgoff_t index, u64 want)
{
	struct page *page = read_mapping_page(&formula.mapping, index, NULL);
	u64 version;
	bool sound;

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	sound = formula_check(page, index, &version) && version == want;
	put_page(page);
	if (!sound)
		selftest_note("page %lu of the file is not version %llu", index, want);
	return !sound;
}

/* ---- All memory --------------------------------------------------------------------------- */

/* Where the pressure is: everywhere, or where it takes no time. */
static gfp_t pressure_gfp(void)
{
	unsigned long most = selftest_full ? FULL_PAGES : QUICK_PAGES;

	return get_num_physpages() <= most ? GFP_HIGHUSER_MOVABLE : GFP_KERNEL | GFP_DMA;
}

static unsigned long take_pages(struct list_head *taken, gfp_t gfp)
{
	unsigned long pages = 0;
	struct page *page;

	for (; (page = alloc_page(gfp | __GFP_NOWARN)); pages++)
		list_add(&page->lru, taken);
	return pages;
}

static void give_back(struct list_head *taken)
{
	while (!list_empty(taken)) {
		struct page *page = list_first_entry(taken, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
	}
}

/* What can be had when nothing is cached; zones make their sections on the way. */
static unsigned long measure(gfp_t gfp)
{
	unsigned long pages;
	LIST_HEAD(taken);

	pages = take_pages(&taken, gfp);
	give_back(&taken);
	kmem_cache_shrink_all();
	return pages;
}

/* ---- A cache that holds it ------------------------------------------------------------------ */

/* Reads or changes all of the file: more than there is memory. Faults, or -ENOMEM. */
static int fill_cache(void)
{
	int faults = 0;

	for (pgoff_t i = 0; i < formula.nr && faults >= 0; i++) {
		if (i % CHANGED_STEP)
			faults = formula_compare(i, 0);
		else if (!formula_change(i))
			faults = -ENOMEM;
	}
	return faults;
}

static int check_contents(void)
{
	int faults = 0, err = 0;

	for (pgoff_t i = 0; i < formula.nr && err >= 0; i++) {
		err = formula_compare(i, !(i % CHANGED_STEP));
		faults += err > 0;
	}
	return err < 0 ? err : faults;
}

/* All that could be had without the cache can be had with it. */
static int take_from_cache(unsigned long measured, gfp_t gfp)
{
	unsigned long cached = formula.mapping.nrpages, taken;
	unsigned long by_kswapd = vm_event(PGSTEAL_KSWAPD), directly = vm_event(PGSTEAL_DIRECT);
	LIST_HEAD(list);
	int faults;

	taken = take_pages(&list, gfp);
	selftest_note("%lu pages cached; %lu of %lu pages taken, %lu stay cached", cached, taken,
		      measured, formula.mapping.nrpages);
	selftest_note("%lu pages reclaimed by kswapd, %lu by who waited for them",
		      vm_event(PGSTEAL_KSWAPD) - by_kswapd, vm_event(PGSTEAL_DIRECT) - directly);
	/* Reclaim may end with less than its cluster of 32 on each side. */
	faults = taken + measured / 64 + 64 < measured || formula.mapping.nrpages > 64;
	give_back(&list);
	return selftest_faults_injected() ? 0 : faults;
}

static int press_cache(unsigned long measured, gfp_t gfp)
{
	int faults = fill_cache(), wrong;

	if (faults >= 0)
		faults += take_from_cache(measured, gfp);
	wrong = faults < 0 ? 0 : check_contents();
	if (faults < 0 || wrong < 0)
		faults = selftest_no_memory("a page cache");
	else
		faults += wrong;
	kswapd_settle();
	if (mapping_verify(&formula.mapping))
		faults++;
	truncate_inode_pages(&formula.mapping, 0);
	if (formula.lost)
		selftest_note("%lu pages were written with other contents", formula.lost);
	return faults + (formula.lost != 0);
}

static int test_reclaim_cache(void)
{
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	gfp_t gfp = pressure_gfp();
	unsigned long measured = measure(gfp);
	int faults;

	if (before && after && formula_open(measured + measured / 16 + 1, gfp)) {
		free_snapshot_take(before);
		faults = press_cache(measured, gfp);
		kmem_cache_shrink_all();
		free_snapshot_take(after);
		faults += free_snapshot_came_back(before, after);
		formula_close();
	} else {
		faults = selftest_no_memory("the test's own tables");
	}
	free_snapshot_free(before);
	free_snapshot_free(after);
	return faults;
}

/* ---- Nothing to reclaim ------------------------------------------------------------------------ */

/* One allocation more than there is memory, whose report is in the log. */
static int fail_once(gfp_t gfp)
{
	unsigned long failed = page_alloc_stats.failed;
	struct page *page = alloc_page(gfp);

	if (page) {
		selftest_note("a page came after the last one");
		__free_page(page);
	} else if (page_alloc_stats.failed == failed + 1) {
		return 0;
	}
	return !selftest_faults_injected();
}

static int test_reclaim_nothing(void)
{
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	gfp_t gfp = pressure_gfp();
	int faults = 0;
	LIST_HEAD(taken);

	if (before && after) {
		measure(gfp);
		free_snapshot_take(before);
		take_pages(&taken, gfp);
		faults += fail_once(gfp);
		give_back(&taken);
		free_snapshot_take(after);
		faults += free_snapshot_came_back(before, after);
	} else {
		faults = selftest_no_memory("the test's own tables");
	}
	free_snapshot_free(before);
	free_snapshot_free(after);
	return faults;
}

const struct selftest reclaim_selftests[] = {
	{"reclaim_cache", test_reclaim_cache},
	{"reclaim_nothing", test_reclaim_nothing},
	{NULL, NULL},
};
