/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of the page allocator on the machine's own RAM.
 */
#include "selftest.h"

#include <linux/gfp.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "internal.h"

/* Memory that the tests write when selftest=full does not ask for all. */
#define QUICK_BYTES SZ_1G

/* Unmade sections beyond which `exhaust` stays below 4 GB, unless asked for all. */
#define QUICK_SECTIONS 1024

/* The blocks a test holds. */
struct block {
	unsigned long pfn : 58;
	unsigned long order : 6;
};

struct block_list {
	struct block *blocks;
	size_t nr, max;
};

static struct page *block_page(const struct block *block)
{
	return pfn_to_page((unsigned long)block->pfn);
}

static size_t block_bytes(const struct block *block)
{
	return PAGE_SIZE << block->order;
}

/* Room for as many blocks as @pages come to when they are 16 pages on average. */
static int block_list_init(struct block_list *list, unsigned long pages)
{
	size_t want = clamp(pages / 16, 4096UL, SZ_4M / sizeof(struct block));

	list->nr = 0;
	list->max = want;
	list->blocks = alloc_pages_exact(want * sizeof(struct block), GFP_KERNEL);
	return list->blocks ? 0 : -ENOMEM;
}

static void block_list_destroy(struct block_list *list)
{
	free_pages_exact(list->blocks, list->max * sizeof(struct block));
}

/* Of any kind: movable pages alone get at those of CMA. */
static struct page *take_any(struct zone *zone, unsigned int order)
{
	struct page *page = zone_alloc_pages(zone, order, GFP_KERNEL);

	return page ? page : zone_alloc_pages(zone, order, GFP_KERNEL | __GFP_MOVABLE);
}

/* While there is room for small blocks, any order; then the largest there are. */
static struct page *take_block(struct block_list *list, struct zone *zone, unsigned long most,
			       u64 *random, unsigned int *order)
{
	bool spare = list->nr < list->max / 2;
	int highest = min(ilog2(most), MAX_PAGE_ORDER);
	int first = spare ? min((int)(selftest_random(random) % NR_PAGE_ORDERS), highest) : highest;

	for (int o = first; o >= 0; o--) {
		struct page *page = take_any(zone, (unsigned int)o);

		if (page) {
			*order = (unsigned int)o;
			return page;
		}
	}
	return NULL;
}

/* Takes @pages pages of @zone in mixed orders, or all where it has fewer. */
static unsigned long take_zone(struct block_list *list, struct zone *zone, unsigned long pages,
			       u64 *random)
{
	unsigned long taken = 0;

	while (taken < pages && list->nr < list->max) {
		unsigned int order;
		struct page *page = take_block(list, zone, pages - taken, random, &order);

		if (!page)
			break;
		list->blocks[list->nr].pfn = page_to_pfn(page);
		list->blocks[list->nr].order = order;
		list->nr++;
		taken += 1UL << order;
	}
	return taken;
}

/*
 * Each zone gives the same share of its free pages, highest kinds first: what makes
 * sections of high memory takes low memory.
 */
static unsigned long take_share(struct block_list *list, unsigned long budget, u64 *random)
{
	unsigned long total = nr_free_pages(), taken = 0;
	pg_data_t *pgdat;

	for (int i = MAX_NR_ZONES - 1; i >= 0; i--) {
		for_each_online_pgdat (pgdat) {
			struct zone *zone = &pgdat->node_zones[i];
			unsigned long free = zone_page_state(zone, NR_FREE_PAGES);
			/* A budget that is a bound is far below 2^32 pages: the product fits. */
			unsigned long share = budget >= total ? free : free * budget / total;

			taken += take_zone(list, zone, share, random);
		}
	}
	return taken;
}

static void shuffle(struct block_list *list, u64 *random)
{
	for (size_t i = list->nr; i > 1; i--) {
		size_t j = selftest_random(random) % i;

		swap(list->blocks[i - 1], list->blocks[j]);
	}
}

static int check_blocks(const struct block_list *list, u64 seed)
{
	int faults = 0;

	for (size_t i = 0; i < list->nr; i++) {
		const struct block *block = &list->blocks[i];

		if (!page_pattern_check(block_page(block), block_bytes(block), seed))
			continue;
		if (faults++ < 8)
			selftest_note("order %u block at pfn 0x%lx lost what was written to it",
				      (unsigned int)block->order, (unsigned long)block->pfn);
	}
	return faults;
}

static void free_blocks(struct block_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		__free_pages(block_page(&list->blocks[i]), list->blocks[i].order);
	list->nr = 0;
}

/* One pass: take, write all of it if @write, read all of it back, free in disorder. */
static int pages_pass(struct block_list *list, unsigned long budget, bool write,
		      unsigned long *taken)
{
	u64 random = selftest_seed;
	int faults = 0;

	*taken = take_share(list, budget, &random);
	if (write) {
		for (size_t i = 0; i < list->nr; i++)
			page_pattern_fill(block_page(&list->blocks[i]),
					  block_bytes(&list->blocks[i]), random);
		faults = check_blocks(list, random);
	}
	shuffle(list, &random);
	free_blocks(list);
	return faults;
}

/*
 * The first pass has the zones make the sections they need; the second finds
 * them made, so that what it leaves can equal what it found.
 */
static int pages_measured(struct block_list *list, unsigned long budget,
			  struct free_snapshot *before, struct free_snapshot *after)
{
	unsigned long taken, wanted, zones = 0;
	struct zone *zone;
	int faults;

	for_each_populated_zone (zone)
		zones++;
	pages_pass(list, budget, false, &taken);
	free_snapshot_take(before);
	wanted = min(budget, nr_free_pages());
	faults = pages_pass(list, budget, true, &taken);
	free_snapshot_take(after);

	selftest_note("%lu MB of %lu MB free memory written, read back, freed in random order",
		      taken >> (20 - PAGE_SHIFT), nr_free_pages() >> (20 - PAGE_SHIFT));
	if (free_snapshot_grown(before, after) && !selftest_faults_injected()) {
		selftest_note("zones made sections for memory that had been free in made ones");
		faults++;
	}
	/* Shares are rounded down, by less than a page for each zone. */
	if (taken + zones < wanted && selftest_no_memory("all that is free")) {
		selftest_note("only %lu of %lu pages could be taken", taken, wanted);
		faults++;
	}
	return faults + free_snapshot_came_back(before, after);
}

static int test_pages(void)
{
	unsigned long budget = selftest_full ? ULONG_MAX : PHYS_PFN(QUICK_BYTES);
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	struct block_list list;
	int faults;

	if (before && after && !block_list_init(&list, min(budget, nr_free_pages()))) {
		faults = pages_measured(&list, budget, before, after);
		block_list_destroy(&list);
	} else {
		faults = selftest_no_memory("the test's own tables");
	}
	free_snapshot_free(before);
	free_snapshot_free(after);
	return faults;
}

/* ---- Until there is no more ------------------------------------------------ */

static unsigned long unmade_sections(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_populated_zone (zone)
		pages += zone->nr_extent_pages;
	return pages / PAGES_PER_SECTION;
}

/* Takes blocks until every order fails, largest first. Chained through page->lru. */
static unsigned long take_all(struct list_head *taken, gfp_t gfp)
{
	unsigned long pages = 0;

	for (int order = MAX_PAGE_ORDER; order >= 0; order--) {
		struct page *page;

		while ((page = alloc_pages(gfp, (unsigned int)order))) {
			page->priv32 = (u32)order;
			list_add(&page->lru, taken);
			pages += 1UL << order;
		}
	}
	return pages;
}

static void free_all(struct list_head *taken)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, taken, lru) {
		unsigned int order = page->priv32;

		list_del(&page->lru);
		page->priv32 = 0;
		__free_pages(page, order);
	}
}

static unsigned long exhaust_pass(gfp_t gfp, int *faults)
{
	unsigned long pages;
	LIST_HEAD(taken);

	pages = take_all(&taken, gfp | __GFP_NOWARN);
	pages += take_all(&taken, gfp | __GFP_NOWARN | __GFP_MEMALLOC);
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		struct page *page = alloc_pages(gfp | __GFP_NOWARN | __GFP_MEMALLOC, order);

		if (!page)
			continue;
		__free_pages(page, order);
		if (selftest_faults_injected())
			continue;
		selftest_note("an order %u block came after the last one", order);
		(*faults)++;
	}
	free_all(&taken);
	return pages;
}

static int exhaust_measured(struct free_snapshot *before, struct free_snapshot *after)
{
	gfp_t gfp = GFP_HIGHUSER;
	unsigned long pages;
	int faults = 0;

	if (!selftest_full && unmade_sections() > QUICK_SECTIONS) {
		gfp = GFP_KERNEL | GFP_DMA32;
		selftest_note("memory above 4 GB left out: selftest=full takes it, too");
	}
	exhaust_pass(gfp, &faults);
	free_snapshot_take(before);
	pages = exhaust_pass(gfp, &faults);
	free_snapshot_take(after);
	selftest_note("%lu MB taken until NULL", pages >> (20 - PAGE_SHIFT));
	return faults + free_snapshot_came_back(before, after);
}

static int test_exhaust(void)
{
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	int faults;

	if (before && after)
		faults = exhaust_measured(before, after);
	else
		faults = selftest_no_memory("the test's own tables");
	free_snapshot_free(before);
	free_snapshot_free(after);
	return faults;
}

/* ---- What was asked for ---------------------------------------------------- */

struct placement {
	const char *what;
	gfp_t gfp;
	unsigned long limit; /* the first pfn too high */
};

static int check_placement(const struct placement *want, unsigned int order)
{
	struct page *page = alloc_pages(want->gfp | __GFP_NOWARN, order);
	unsigned long pfn;
	int faults = 0;

	if (!page)
		return 0;
	pfn = page_to_pfn(page);
	if (pfn & ((1UL << order) - 1) || pfn + (1UL << order) > want->limit || !pfn) {
		selftest_note("%s, order %u: pfn 0x%lx", want->what, order, pfn);
		faults++;
	}
	__free_pages(page, order);
	return faults;
}

/* DMA memory lies below 16 MB, DMA32 memory below 4 GB, blocks on their alignment. */
static int test_placement(void)
{
	static const struct placement wanted[] = {
		{"GFP_DMA", GFP_KERNEL | GFP_DMA, MAX_DMA_PFN},
		{"GFP_DMA32", GFP_KERNEL | GFP_DMA32, MAX_DMA32_PFN},
		{"GFP_KERNEL", GFP_KERNEL, ULONG_MAX},
		{"GFP_HIGHUSER_MOVABLE", GFP_HIGHUSER_MOVABLE, ULONG_MAX},
	};
	int faults = 0;

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
			faults += check_placement(&wanted[i], order);
	return faults;
}

/* Pages asked for as zeroed are, whatever their last owner left in them. */
static int test_zeroed(void)
{
	int faults = 0;

	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order++) {
		size_t size = PAGE_SIZE << order;
		void *dirty = (void *)__get_free_pages(GFP_KERNEL, order), *clean;

		if (dirty)
			memset(dirty, 0xff, size);
		free_pages((unsigned long)dirty, order);
		clean = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, order);
		if (clean && memchr_inv(clean, 0, size)) {
			selftest_note("order %u: not zero", order);
			faults++;
		}
		free_pages((unsigned long)clean, order);
	}
	return faults;
}

const struct selftest page_selftests[] = {
	{"page_placement", test_placement},
	{"page_zeroed", test_zeroed},
	{"pages", test_pages},
	{"page_exhaust", test_exhaust},
	{NULL, NULL},
};
