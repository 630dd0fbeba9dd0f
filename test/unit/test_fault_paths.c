/* SPDX-License-Identifier: MIT */
/*
 * What asks the allocators for memory, with each of its allocations failing in turn, on a
 * machine that was just brought up: it succeeds or says -ENOMEM, and gives back all it had.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <host/machine.h>
#include <linux/btree.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/lru_cache.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include <baremm/arch.h>
#include <baremm/bringup.h>
#include <baremm/options.h>
#include <baremm/panic.h>

#include "faults.h"

#include "../../mm/fault_inject.h"
#include "../../mm/internal.h"
#include "../../mm/slab.h"

/* ---- Uses: 0 or -ENOMEM, and nothing is kept ---------------------------------------------- */

/* Sections are made for it, and their page structs lie elsewhere. */
static int use_contig(void)
{
	const unsigned long nr = PHYS_PFN(SZ_256M);
	struct page *page = alloc_contig_pages(nr, GFP_KERNEL, NUMA_NO_NODE, NULL);

	if (!page)
		return -ENOMEM;
	free_contig_range(page_to_pfn(page), nr);
	return 0;
}

/* More than the sections that the boot made. */
static int use_blocks(void)
{
	struct page *page, *next;
	LIST_HEAD(blocks);
	int nr = 0;

	for (; nr < 100 && (page = alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER)); nr++)
		list_add(&page->lru, &blocks);
	list_for_each_entry_safe (page, next, &blocks, lru) {
		page->lru.next = page->lru.prev = NULL;
		__free_pages(page, MAX_PAGE_ORDER);
	}
	return nr == 100 ? 0 : -ENOMEM;
}

static int use_exact(void)
{
	void *p = alloc_pages_exact(11 * PAGE_SIZE, GFP_KERNEL);

	free_pages_exact(p, 11 * PAGE_SIZE);
	return p ? 0 : -ENOMEM;
}

static int use_kmalloc(void)
{
	int err = 0;

	for (size_t size = 1; 2 * size <= KMALLOC_MAX_SIZE && !err; size = size * 3 / 2 + 1) {
		char *p = kmalloc(size, GFP_KERNEL), *larger = NULL;

		if (p)
			larger = krealloc(p, size * 2, GFP_KERNEL);
		err = larger ? 0 : -ENOMEM;
		kfree(larger ? larger : p);
	}
	return err;
}

static int use_cache(void)
{
	struct kmem_cache *s = kmem_cache_create("fault", 200, 64, SLAB_HWCACHE_ALIGN, NULL);
	void *objects[200];
	int nr = 0;

	if (!s)
		return -ENOMEM;
	while (nr < 200 && (objects[nr] = kmem_cache_alloc(s, GFP_KERNEL)))
		nr++;
	for (int i = 0; i < nr; i++)
		kmem_cache_free(s, objects[i]);
	kmem_cache_destroy(s);
	return nr == 200 ? 0 : -ENOMEM;
}

static int use_bulk(void)
{
	struct kmem_cache *s = kmem_cache_create("bulk", 500, 0, 0, NULL);
	void *objects[300];
	size_t nr;

	if (!s)
		return -ENOMEM;
	nr = (size_t)kmem_cache_alloc_bulk(s, GFP_KERNEL, ARRAY_SIZE(objects), objects);
	kmem_cache_free_bulk(s, nr, objects);
	kmem_cache_destroy(s);
	return nr == ARRAY_SIZE(objects) ? 0 : -ENOMEM;
}

/* An element that is there needs no memory. */
static int use_mempool(void)
{
	mempool_t *pool = mempool_create_kmalloc_pool(16, 300);
	void *element;

	if (!pool)
		return -ENOMEM;
	element = mempool_alloc(pool, GFP_NOWAIT);
	assert_non_null(element);
	mempool_free(element, pool);
	mempool_destroy(pool);
	return 0;
}

static int use_xarray(void)
{
	static struct xarray xa;
	int err = 0;

	xa_init(&xa);
	for (unsigned long i = 0; i < 60 && !err; i++)
		err = xa_err(xa_store(&xa, i * i * i * 977, &xa, GFP_KERNEL));
	xa_destroy(&xa);
	return err;
}

/* What was inserted is there, whatever came after it. */
static int use_btree(void)
{
	struct btree_headl tree;
	unsigned long nr = 0;
	int err = btree_initl(&tree);

	if (err)
		return err;
	while (nr < 500 && !err)
		err = btree_insertl(&tree, nr++ * 77 % 500, &tree, GFP_KERNEL);
	assert_int_equal(btree_grim_visitorl(&tree, 0, NULL), err ? nr - 1 : nr);
	btree_destroyl(&tree);
	return err;
}

static int use_lru_cache(void)
{
	struct kmem_cache *s = kmem_cache_create("lc", sizeof(struct lc_element), 0, 0, NULL);
	struct lru_cache *lc;

	if (!s)
		return -ENOMEM;
	lc = lc_create("lc", s, 1, 100, sizeof(struct lc_element), 0);
	lc_destroy(lc);
	kmem_cache_destroy(s);
	return lc ? 0 : -ENOMEM;
}

static int read_page(struct file *file, struct folio *folio)
{
	struct page *page = &folio->page;

	(void)file;
	memset(page_address(page), 0x11, PAGE_SIZE);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static int use_page_cache(void)
{
	static const struct address_space_operations ops = {.read_folio = read_page};
	static struct address_space mapping;
	int err = 0;

	address_space_init_once(&mapping);
	mapping.a_ops = &ops;
	for (pgoff_t i = 0; i < 50 && !err; i++) {
		struct page *page = read_mapping_page(&mapping, i * i * 67, NULL);

		err = IS_ERR(page) ? (int)PTR_ERR(page) : 0;
		if (!err)
			put_page(page);
	}
	truncate_inode_pages(&mapping, 0);
	return err;
}

static const struct use {
	const char *name;
	int (*use)(void);
} uses[] = {
	{"a_contiguous_range", use_contig},
	{"blocks_of_the_largest_order", use_blocks},
	{"an_exact_number_of_pages", use_exact},
	{"kmalloc_of_all_sizes", use_kmalloc},
	{"a_cache_and_its_objects", use_cache},
	{"objects_in_bulk", use_bulk},
	{"a_mempool", use_mempool},
	{"an_xarray", use_xarray},
	{"a_btree", use_btree},
	{"an_lru_cache", use_lru_cache},
	{"the_page_cache", use_page_cache},
};

/* ---- Each allocation in turn ---------------------------------------------------------------- */

static void bring_up(void)
{
	struct boot_info *info = host_machine_pc(SZ_1G, "");

	mm_reset();
	host_log_clear();
	mm_register_options();
	mm_bring_up(info);
}

static unsigned long used_pages(void)
{
	unsigned long used = 0;
	struct kmem_cache *s;
	struct zone *zone;

	list_for_each_entry (s, &slab_caches, list)
		kmem_cache_shrink(s);
	drain_all_pages(NULL);
	for_each_populated_zone (zone)
		used += zone_managed_pages(zone) - zone_page_state(zone, NR_FREE_PAGES);
	return used;
}

static int machine_end(void **state)
{
	(void)state;
	mm_reset();
	host_machine_exit();
	return 0;
}

/* Pages in use after it worked: what the machine keeps of it, it keeps once. */
static unsigned long used_after(const struct use *use)
{
	unsigned long used;

	bring_up();
	assert_int_equal(use->use(), 0);
	used = used_pages();
	assert_int_equal(use->use(), 0);
	assert_int_equal(used_pages(), used);
	machine_end(NULL);
	return used;
}

/* True if there was an @nth allocation. */
static bool nth_fails(const struct use *use, unsigned long nth, unsigned long used)
{
	char options[256];
	bool failed;
	int err;

	bring_up();
	scnprintf(options, sizeof(options), "fail-nth=%lu" ALL_PAGES ALL_OBJECTS, nth);
	parse_options(options);
	fault_inject_arm();
	err = use->use();
	failed = fault_inject_count() != 0;
	fault_inject_disarm();
	if ((err && (err != -ENOMEM || !failed)) || used_pages() > used)
		print_error("%s, allocation %lu: error %d, %lu pages in use, not %lu\n", use->name,
			    nth, err, used_pages(), used);
	assert_true(!err || (err == -ENOMEM && failed));
	assert_true(used_pages() <= used);
	assert_int_equal(mm_verify_all(), 0);
	/* Nothing that failed stays in the way. */
	assert_int_equal(use->use(), 0);
	assert_int_equal(used_pages(), used);
	assert_int_equal(warn_count, 0);
	machine_end(NULL);
	return failed;
}

static void every_allocation_may_fail(void **state)
{
	unsigned long n = 1, used = used_after(*state);

	while (nth_fails(*state, n, used))
		n++;
	print_message("%lu allocations\n", n - 1);
	assert_true(n > 1);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(uses)];

	for (size_t i = 0; i < ARRAY_SIZE(uses); i++)
		tests[i] = (struct CMUnitTest){.name = uses[i].name,
					       .test_func = every_allocation_may_fail,
					       .teardown_func = machine_end,
					       .initial_state = (void *)(uintptr_t)&uses[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
