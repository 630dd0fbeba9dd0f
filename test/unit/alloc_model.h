/* SPDX-License-Identifier: MIT */
/*
 * A model of the page allocator in plain arrays: who has which page, for every page of
 * a machine that was brought up as the program does it.
 *
 *   holder[pfn]   0 0 3 3 3 3 0 7 0 0 2 ...     number of a holding + 1; 0: nobody here
 *   holding[]     kind, first page, pages, what is written into them
 *
 * What the allocator hands out must be nobody's, and what it was told to keep must be as
 * it was left: contents, references, marks. An audit compares all pages with the free
 * areas and counters of the zones. Operations are in alloc_ops.h.
 */
#ifndef _TEST_ALLOC_MODEL_H
#define _TEST_ALLOC_MODEL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <host/machine.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/stackdepot.h>
#include <linux/swap.h>
#include <linux/topology.h>
#include <linux/vmstat.h>
#include <baremm/bringup.h>
#include <baremm/options.h>

#include "../../mm/internal.h"

#define MODEL_HOLDINGS 16384
#ifndef MODEL_FILE_PAGES
#define MODEL_FILE_PAGES 4096
#endif
#define MODEL_CPUS    4
#define MODEL_OBJECTS 64

enum holding_kind {
	HELD_BLOCK,	 /* from alloc_pages(), freed with its order */
	HELD_COMPOUND,	 /* the same with __GFP_COMP */
	HELD_PAGES,	 /* single pages side by side: alloc_pages_exact(), split_page() */
	HELD_RANGE,	 /* from alloc_contig_range() or alloc_contig_pages() */
	HELD_CMA,	 /* from cma_alloc() */
	HELD_MOVABLE,	 /* a block that can be moved; page->index is the holding's tag */
	HELD_HUGE,	 /* of a pool of huge pages */
	HELD_SHRINKABLE, /* one page that a shrinker gives up when it is asked to */
};
#define NR_HELD_KINDS (HELD_SHRINKABLE + 1)

/* What a run is to have seen. */
enum model_event {
	SEEN_BULK_ALLOC,
	SEEN_BULK_FREE,
	SEEN_ISOLATED,
	SEEN_RESERVED,	 /* a pageblock for atomic callers */
	SEEN_UNRESERVED, /* and one that went back */
	SEEN_OTHER_NODE, /* a page of another node, as wished */
	SEEN_SHRUNK,	 /* a page given up by a shrinker */
};
#define NR_MODEL_EVENTS (SEEN_SHRUNK + 1)

struct model_object {
	void *at; /* NULL: none now */
	size_t size;
	u8 mark; /* in its first and last byte */
};

struct holding {
	enum holding_kind kind;
	unsigned long pfn;
	unsigned long pages;
	unsigned int order; /* of blocks */
	u64 tag;
	bool compound;
};

static struct {
	u32 *holder;		 /* by pfn */
	bool *bad;		 /* by pfn: said to be bad, and kept out of use since then */
	struct holding *holding; /* MODEL_HOLDINGS of them */
	unsigned int nr;
	unsigned long pages; /* that holdings have */
	unsigned long lost;  /* bad pages that nobody has */
	unsigned long other; /* in use for mm/ itself, when the model began */
	u64 serial;
	unsigned long isolated_start;	     /* pageblocks that nothing may come from */
	unsigned long isolated_end;	     /* now; 0: none */
	unsigned long reserved;		     /* pages for atomic callers, as last seen */
	unsigned long seen[NR_MODEL_EVENTS]; /* so often, since the model began */
	unsigned long taken[NR_HELD_KINDS];  /* so often, since the model began */
	unsigned long held[NR_HELD_KINDS];   /* holdings now */
	struct model_object objects[MODEL_OBJECTS];
	u64 stored[MODEL_FILE_PAGES]; /* what the file's pages say on the disk */
	u64 cached[MODEL_FILE_PAGES]; /* and what they must say when they are read */
	struct address_space file;
	u32 greed;	       /* of so many frees only one is done, about */
	unsigned int refusals; /* the next isolate_page calls that say no */
	unsigned int retries;  /* the next migrate_page calls that say -EAGAIN */
	unsigned int failures; /* and those that say -EBUSY */
} model;

/* A number below @below: from a generator, or from a fuzzer's input. */
static u32 (*model_random)(u32 below);

/* ---- Contents -------------------------------------------------------------------- */

static u64 *model_words(unsigned long pfn)
{
	return __va(PFN_PHYS(pfn));
}

static u64 model_word(const struct holding *h, unsigned long page)
{
	return h->tag + page * 0x9e3779b97f4a7c15ULL;
}

/* Of large holdings the first and the last pages: at its ends a block is cut and merged. */
static bool model_page_is_tagged(const struct holding *h, unsigned long page)
{
	return page < 4 || page + 4 >= h->pages;
}

#define LAST_WORD (PAGE_SIZE / sizeof(u64) - 1)

static void model_write_tags(const struct holding *h)
{
	for (unsigned long i = 0; i < h->pages; i++) {
		u64 *words = model_words(h->pfn + i);

		if (!model_page_is_tagged(h, i))
			continue;
		words[0] = model_word(h, i);
		words[LAST_WORD] = ~model_word(h, i);
	}
}

static void model_check_tags(const struct holding *h)
{
	for (unsigned long i = 0; i < h->pages; i++) {
		const u64 *words = model_words(h->pfn + i);

		if (!model_page_is_tagged(h, i))
			continue;
		assert_int_equal(words[0], model_word(h, i));
		assert_int_equal(words[LAST_WORD], ~model_word(h, i));
	}
}

/* ---- Taking and giving back -------------------------------------------------------- */

static bool model_has_room(unsigned int nr)
{
	return model.nr + nr <= MODEL_HOLDINGS;
}

/* Pages [pfn, pfn + pages) were nobody's, and are holding @number's now. */
static void model_set_holder(unsigned long pfn, unsigned long pages, u32 number)
{
	bool from_pool = model.holding[number].kind == HELD_HUGE; /* isolation is not for it */

	for (unsigned long i = pfn; i < pfn + pages; i++) {
		assert_int_equal(model.holder[i], 0);
		assert_false(model.bad[i]);
		assert_false(!from_pool && i >= model.isolated_start && i < model.isolated_end);
		model.holder[i] = number + 1;
	}
	model.pages += pages;
}

/* Bad pages are of no use any more. */
static void model_clear_holder(unsigned long pfn, unsigned long pages)
{
	for (unsigned long i = 0; i < pages; i++)
		model.lost += model.bad[pfn + i];
	memset(model.holder + pfn, 0, pages * sizeof(*model.holder));
	model.pages -= pages;
}

/* What the allocator just handed out. */
static struct holding *model_take(enum holding_kind kind, struct page *page, unsigned long pages,
				  unsigned int order)
{
	struct holding *h = &model.holding[model.nr];

	*h = (struct holding){.kind = kind,
			      .pfn = page_to_pfn(page),
			      .pages = pages,
			      .order = order,
			      .tag = ++model.serial * 0xd1342543de82ef95ULL,
			      .compound = PageHead(page)};
	model_set_holder(h->pfn, pages, model.nr++);
	model_write_tags(h);
	model.taken[kind]++;
	model.held[kind]++;
	return h;
}

static void model_renumber(unsigned int from, unsigned int to)
{
	struct holding *h = &model.holding[to];

	*h = model.holding[from];
	for (unsigned long i = 0; i < h->pages; i++)
		model.holder[h->pfn + i] = to + 1;
}

/* The holding is nobody's from now on: returns what it was. */
static struct holding model_forget(unsigned int number)
{
	struct holding h = model.holding[number];

	model_check_tags(&h);
	model_clear_holder(h.pfn, h.pages);
	model.held[h.kind]--;
	if (number != --model.nr)
		model_renumber(model.nr, number);
	return h;
}

/* ---- Movable pages -------------------------------------------------------------------- */

/* The number of the holding that @page is. An owner may not write to its index while others have it. */
static u32 model_number(const struct page *page)
{
	u32 number = model.holder[page_to_pfn(page)] - 1;

	assert_true(number < model.nr);
	assert_int_equal(page->index, model.holding[number].tag);
	return number;
}

static bool model_isolate_page(struct page *page, isolate_mode_t mode)
{
	(void)mode;
	model_number(page);
	if (!model.refusals)
		return true;
	model.refusals--;
	return false;
}

static void model_putback_page(struct page *page)
{
	model_number(page);
}

static int model_migrate_page(struct page *dst, struct page *src, enum migrate_mode mode);

static const struct movable_operations model_movable_ops = {model_isolate_page, model_migrate_page,
							    model_putback_page};

/* The allocator chose where to: that must be nobody's. */
static int model_migrate_page(struct page *dst, struct page *src, enum migrate_mode mode)
{
	u32 number = model_number(src);
	struct holding *h = &model.holding[number];

	(void)mode;
	if (model.retries) {
		model.retries--;
		return -EAGAIN;
	}
	if (model.failures) {
		model.failures--;
		return -EBUSY;
	}
	assert_int_equal(h->pfn, page_to_pfn(src));
	assert_int_equal(page_alloc_order(dst), h->order);
	assert_int_equal(PageHead(dst), h->compound);
	model_check_tags(h);
	memcpy(page_address(dst), page_address(src), PAGE_SIZE << h->order);
	memset(page_address(src), 0x6b, PAGE_SIZE << h->order);
	model_clear_holder(h->pfn, h->pages);
	h->pfn = page_to_pfn(dst);
	model_set_holder(h->pfn, h->pages, number);
	get_page(dst);
	__SetPageMovable(dst, &model_movable_ops);
	dst->index = h->tag;
	__ClearPageMovable(src);
	put_page(src);
	return MIGRATEPAGE_SUCCESS;
}

/* ---- The page cache's file --------------------------------------------------------------- */

static int model_read_folio(struct file *file, struct folio *folio)
{
	struct page *page = &folio->page;
	(void)file;
	assert_int_equal(model.holder[page_to_pfn(page)], 0);
	model_words(page_to_pfn(page))[LAST_WORD] = model.stored[page_index(page)];
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static int model_writepage(struct page *page, struct writeback_control *wbc)
{
	(void)wbc;
	model.stored[page_index(page)] = model_words(page_to_pfn(page))[LAST_WORD];
	set_page_writeback(page);
	unlock_page(page);
	end_page_writeback(page);
	return 0;
}

static const struct address_space_operations model_aops = {.read_folio = model_read_folio,
							   .writepage = model_writepage};

/* ---- Audit --------------------------------------------------------------------------------- */

/* Pages on the free areas, and in sections not made. */
static unsigned long model_free_pages(void)
{
	drain_all_pages(NULL);
	return nr_free_pages();
}

static unsigned long model_managed_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone_managed_pages(zone);
	return pages;
}

/* In use, and not by what the model knows of or others count. */
static unsigned long model_other_pages(void)
{
	unsigned long known = model_free_pages() + model.pages + model.lost;
	const struct hstate *h;

	for_each_hstate (h)
		known += h->free_huge_pages * pages_per_huge_page(h);
	known += stack_depot_stats.pages + global_node_page_state(NR_FILE_PAGES);
	known += global_node_page_state(NR_SLAB_RECLAIMABLE);
	known += global_node_page_state(NR_SLAB_UNRECLAIMABLE);
	return model_managed_pages() - known;
}

static void audit_free_areas(void)
{
	struct zone *zone;

	for_each_populated_zone (zone)
		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
			for (int type = 0; type < MIGRATE_TYPES; type++) {
				struct page *page;

				list_for_each_entry (page, &zone->free_area[order].free_list[type],
						     buddy_list) {
					unsigned long pfn = page_to_pfn(page);

					for (unsigned long i = 0; i < 1UL << order; i++) {
						assert_int_equal(model.holder[pfn + i], 0);
						assert_false(model.bad[pfn + i]);
					}
				}
			}
}

static void audit_holding(unsigned int number)
{
	const struct holding *h = &model.holding[number];
	const struct page *page = pfn_to_page(h->pfn);

	model_check_tags(h);
	assert_int_equal(page_ref_count(page), 1);
	assert_false(PageBuddy(page) || PageLRU(page) || PageLocked(page) || PageIsolated(page));
	assert_int_equal(PageMovable(page), h->kind == HELD_MOVABLE);
	assert_int_equal(PageHead(page), h->compound);
	assert_int_equal(PageHuge(page), h->kind == HELD_HUGE);
	if (h->kind == HELD_BLOCK || h->kind == HELD_COMPOUND || h->kind == HELD_MOVABLE)
		assert_int_equal(page_alloc_order(page), h->order);
	for (unsigned long i = 0; i < h->pages; i++)
		assert_int_equal(model.holder[h->pfn + i], number + 1);
}

static void audit_file(void)
{
	for (pgoff_t i = 0; i < MODEL_FILE_PAGES; i++) {
		struct page *page = find_get_page(&model.file, i);

		if (!page)
			continue;
		assert_int_equal(model.holder[page_to_pfn(page)], 0);
		assert_false(model.bad[page_to_pfn(page)]);
		assert_int_equal(model_words(page_to_pfn(page))[LAST_WORD], model.cached[i]);
		put_page(page);
	}
}

/* All that is known of all pages. */
static void model_audit(void)
{
	for (unsigned int i = 0; i < model.nr; i++)
		audit_holding(i);
	audit_file();
	assert_int_equal(model_other_pages(), model.other);
	audit_free_areas();
	assert_int_equal(mm_verify_all(), 0);
}

/* reclaim_ops.h */
static void model_add_shrinker(void);

/* ---- The machine ------------------------------------------------------------------------------- */

/* For machines whose pages are below @end_pfn. */
static inline void model_make(unsigned long end_pfn)
{
	model.holder = calloc(end_pfn, sizeof(*model.holder));
	model.bad = calloc(end_pfn, sizeof(*model.bad));
	model.holding = calloc(MODEL_HOLDINGS, sizeof(*model.holding));
}

/*
 * Nobody but mm/ itself has a page of the machine that is up. The model was just made, or has
 * given all back.
 */
static void model_start(void)
{
	struct holding *holding = model.holding;
	u32 *holder = model.holder;
	bool *bad = model.bad;
	struct zone *zone;

	for_each_populated_zone (zone)
		memset(bad + zone->zone_start_pfn, 0, zone->spanned_pages * sizeof(*bad));
	memset(&model, 0, sizeof(model));
	model.holder = holder;
	model.bad = bad;
	model.holding = holding;
	address_space_init_once(&model.file);
	model.file.a_ops = &model_aops;
	for (pgoff_t i = 0; i < MODEL_FILE_PAGES; i++)
		model.stored[i] = model.cached[i] = i;
	model_add_shrinker();
	model.other = model_other_pages();
}

/* The machine with that map, brought up as the program does it. */
static inline void model_bring_up(const struct e820_entry *map, u32 nr, const char *options)
{
	struct boot_info *info = host_machine_init(map, nr, options);

	mm_reset();
	nr_cpu_ids = MODEL_CPUS;
	host_log_clear();
	mm_register_options();
	parse_options(info->options);
	mm_bring_up(info);
}

static inline void model_begin(const struct e820_entry *map, u32 nr, const char *options)
{
	model_bring_up(map, nr, options);
	model_make(max_pfn);
	model_start();
}

static inline void model_end(void)
{
	free(model.holder);
	free(model.bad);
	free(model.holding);
	host_set_cpu(0);
	nr_cpu_ids = 1;
	host_machine_exit();
}

#endif /* _TEST_ALLOC_MODEL_H */
