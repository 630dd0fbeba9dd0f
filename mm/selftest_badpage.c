/* SPDX-License-Identifier: MIT */
/*
 * Self-test of bad pages: pages of the machine's own RAM are said to be bad while they are
 * free, owned, or held for others. Nobody gets them any more, their owners keep them, and once
 * these are said to be good again all memory is as it was.
 */
#include "selftest.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "internal.h"
#include "memory_failure.h"

#define BLOCK_ORDER 3U
#define AREA_BYTES  (4 * PAGE_SIZE)
#define OBJECT	    192U

/* As many are looked at, of what is handed out next. */
#define NR_TRIED 256U

/* What is taken, and the page of it that is bad. */
struct bad_case {
	void *held;
	unsigned long pfn;
};

struct bad_kind {
	const char *what;
	bool (*take)(struct bad_case *c);
	void (*give)(struct bad_case *c);
};

static struct kmem_cache *cache;

/* ---- Kinds --------------------------------------------------------------------------- */

static bool take_block(struct bad_case *c)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, BLOCK_ORDER);

	c->held = page;
	if (page)
		c->pfn = page_to_pfn(page) + 5;
	return page;
}

static void give_block(struct bad_case *c)
{
	__free_pages(c->held, BLOCK_ORDER);
}

/* It is on a list of this CPU, or in a free area. */
static bool take_free(struct bad_case *c)
{
	if (!take_block(c))
		return false;
	give_block(c);
	return true;
}

static void give_nothing(struct bad_case *c)
{
	(void)c;
}

static bool take_area(struct bad_case *c)
{
	c->held = vmalloc(AREA_BYTES);
	if (c->held)
		c->pfn = vmalloc_to_pfn((char *)c->held + PAGE_SIZE);
	return c->held;
}

static void give_area(struct bad_case *c)
{
	vfree(c->held);
}

static bool take_object(struct bad_case *c)
{
	c->held = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN);
	if (c->held)
		c->pfn = page_to_pfn(virt_to_page(c->held));
	return c->held;
}

static void give_object(struct bad_case *c)
{
	kmem_cache_free(cache, c->held);
}

static const struct bad_kind kinds[] = {
	{"free page", take_free, give_nothing},
	{"page of a block", take_block, give_block},
	{"page of vmalloc()", take_area, give_area},
	{"page of a slab", take_object, give_object},
};

/* ---- What is handed out next ------------------------------------------------------------- */

static unsigned int pages_that_are(unsigned long pfn)
{
	struct page *taken = NULL, *page;
	unsigned int found = 0;

	for (unsigned int i = 0; i < NR_TRIED; i++) {
		page = alloc_page(GFP_KERNEL | __GFP_NOWARN);
		if (!page)
			break;
		found += page_to_pfn(page) == pfn;
		page->mapping = taken;
		taken = page;
	}
	for (; taken; taken = page) {
		page = taken->mapping;
		taken->mapping = NULL;
		__free_page(taken);
	}
	return found;
}

/* Each object leads to the one before it. */
static unsigned int objects_on(unsigned long pfn)
{
	void **taken = NULL, **object;
	unsigned int found = 0;

	for (unsigned int i = 0; i < NR_TRIED; i++) {
		object = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN);
		if (!object)
			break;
		found += page_to_pfn(virt_to_page(object)) == pfn;
		*object = taken;
		taken = object;
	}
	for (; taken; taken = object) {
		object = *taken;
		kmem_cache_free(cache, taken);
	}
	return found;
}

/* ---- The test ------------------------------------------------------------------------------ */

static int check_out(const struct bad_kind *kind, unsigned long pfn)
{
	const struct page *page = pfn_to_page(pfn);

	if (!pages_that_are(pfn) && PageHWPoison(page) && PageReserved(page))
		return 0;
	selftest_note("%s at pfn 0x%lx: is not out of use (flags %#lx)", kind->what, pfn,
		      page->flags);
	return 1;
}

static int say_good_again(const struct bad_kind *kind, unsigned long pfn)
{
	int err = unpoison_memory(pfn);

	if (!err)
		return 0;
	selftest_note("%s at pfn 0x%lx: is not good again (error %d)", kind->what, pfn, err);
	return 1;
}

static int test_kind(const struct bad_kind *kind)
{
	struct bad_case c;
	int faults = 0;

	if (!kind->take(&c))
		return selftest_no_memory(kind->what);
	/* Its page is KFENCE's for ever, bad or not. */
	if (is_kfence_address(c.held)) {
		kind->give(&c);
		return 0;
	}
	if (memory_failure(c.pfn, MF_SW_SIMULATED)) {
		selftest_note("%s at pfn 0x%lx: cannot be taken out of use", kind->what, c.pfn);
		faults++;
	}
	if (objects_on(c.pfn) || pages_that_are(c.pfn)) {
		selftest_note("%s at pfn 0x%lx: is bad, and handed out", kind->what, c.pfn);
		faults++;
	}
	kind->give(&c);
	return faults + check_out(kind, c.pfn) + say_good_again(kind, c.pfn);
}

static int test_all_kinds(void)
{
	int faults = 0;

	cache = kmem_cache_create("selftest_bad", OBJECT, 0, SLAB_NO_MERGE, NULL);
	if (!cache)
		return selftest_no_memory("a cache");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		faults += test_kind(&kinds[i]);
	kmem_cache_destroy(cache);
	return faults;
}

static void take_all_kinds(void)
{
	struct bad_case c;

	cache = kmem_cache_create("selftest_bad", OBJECT, 0, SLAB_NO_MERGE, NULL);
	for (size_t i = 0; cache && i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].take(&c))
			kinds[i].give(&c);
	kmem_cache_destroy(cache);
}

/* Empty slabs and areas that wait to be unmapped come and go. */
static void take_snapshot(struct free_snapshot *snap)
{
	vm_unmap_aliases();
	kmem_cache_shrink_all();
	free_snapshot_take(snap);
}

static int test_bad_pages(void)
{
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	long poisoned = atomic_long_read(&num_poisoned_pages);
	int faults;

	if (memory_failure_was_real()) {
		selftest_note("there was a real error: pages that are said to be bad stay so");
		faults = 0;
	} else if (before && after) {
		take_all_kinds(); /* makes what stays */
		take_snapshot(before);
		faults = test_all_kinds();
		take_snapshot(after);
		faults += free_snapshot_left(before, after, true);
		if (atomic_long_read(&num_poisoned_pages) != poisoned) {
			selftest_note("%ld pages are bad, %ld were",
				      atomic_long_read(&num_poisoned_pages), poisoned);
			faults++;
		}
	} else {
		faults = selftest_no_memory("the test's own tables");
	}
	free_snapshot_free(before);
	free_snapshot_free(after);
	return faults;
}

const struct selftest badpage_selftests[] = {
	{"bad_pages", test_bad_pages},
	{NULL, NULL},
};
