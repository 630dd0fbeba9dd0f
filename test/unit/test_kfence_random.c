/* SPDX-License-Identifier: MIT */
/*
 * Guarded objects at random, used as they may be and as they may not, beside a model: which
 * pages of the pool are open, whose objects lie in them, and so what is reported of an access.
 */
#define _GNU_SOURCE
#include "kfence_machine.h"

#include <stdio.h>

#define STEPS	   6000
#define HELD	   24
#define POOL_PAGES (2 * (NR_OBJECTS + 1))
#define CPUS	   2

static struct held {
	u8 *at; /* NULL: none */
	size_t size;
	struct kmem_cache *cache; /* NULL: kmalloc()'s */
	u8 mark;
} held[HELD];

/* A page of the pool. Objects lie in every second one, from 2 on. */
static struct {
	bool open;
	bool used;		   /* it had an object before */
	bool guards_hit;	   /* a guard page beside the object was opened */
	const struct held *object; /* that is out */
} pages[POOL_PAGES];

static struct kmem_cache *caches[2];
static unsigned long nr_bugs;

static unsigned long page_of(const void *at)
{
	return (unsigned long)((const char *)at - __kfence_pool) / PAGE_SIZE;
}

static bool has_object(unsigned long page)
{
	return page >= 2 && page < POOL_PAGES && page % 2 == 0 && pages[page].object;
}

/* ---- Right use ---------------------------------------------------------------------------- */

static void take(struct held *h)
{
	unsigned long page;

	h->cache = arch_random() % 3 ? NULL : caches[arch_random() % 2];
	h->size = h->cache ? kmem_cache_size(h->cache) : 1 + arch_random() % (PAGE_SIZE + 100);
	h->at = h->cache ? kmem_cache_alloc(h->cache, GFP_KERNEL) : kmalloc(h->size, GFP_KERNEL);
	assert_non_null(h->at);
	h->mark = (u8)arch_random();
	memset(h->at, h->mark, h->size);
	if (!is_kfence_address(h->at)) {
		assert_true(h->size > PAGE_SIZE ||
			    kfence_counter(KFENCE_COUNTER_ALLOCATED) == NR_OBJECTS);
		return;
	}
	page = page_of(h->at);
	assert_true(page >= 2 && page % 2 == 0 && !pages[page].object);
	assert_int_equal(page_of(h->at + h->size - 1), page);
	pages[page].open = pages[page].used = true;
	pages[page].object = h;
}

/* With it go the guard pages that accesses past it have opened. */
static void model_free(struct held *h)
{
	unsigned long page;

	if (is_kfence_address(h->at)) {
		page = page_of(h->at);
		pages[page].open = false;
		if (pages[page].guards_hit)
			pages[page - 1].open = pages[page + 1].open = false;
		pages[page].guards_hit = false;
		pages[page].object = NULL;
	}
	h->at = NULL;
}

static void give(struct held *h)
{
	u8 *at = h->at;

	assert_null(memchr_inv(at, h->mark, h->size));
	model_free(h);
	if (h->cache)
		kmem_cache_free(h->cache, at);
	else
		kfree(at);
}

/* ---- Wrong use ---------------------------------------------------------------------------- */

/* The object that an access to guard page @page at @at was meant for. */
static const struct held *nearest(unsigned long page, const u8 *at)
{
	const struct held *left = has_object(page - 1) ? pages[page - 1].object : NULL;
	const struct held *right = has_object(page + 1) ? pages[page + 1].object : NULL;

	if (!left || !right)
		return left ?: right;
	return at - (left->at + left->size) <= right->at - at ? left : right;
}

static void expect_out_of_bounds(const u8 *at, const struct held *h, const char *access)
{
	bool left = at < h->at;

	pages[page_of(h->at)].guards_hit = true;
	assert_true(logged("BUG: KFENCE: out-of-bounds %s in %s_byte+0x", access, access));
	assert_true(logged("Out-of-bounds %s at 0x%016lx (%ldB %s of kfence-#%ld):", access,
			   (unsigned long)at, (long)(left ? h->at - at : at - h->at),
			   left ? "left" : "right", number_of(h->at)));
}

/* Any byte of the pool; objects that are out are only read. */
static void touch(u8 *at)
{
	unsigned long page = page_of(at);
	bool write = arch_random() % 2 && !has_object(page);
	const char *access = write ? "write" : "read";
	const struct held *h = page % 2 || page < 2 ? nearest(page, at) : NULL;

	host_log_clear();
	if (write)
		write_byte(at, 0x11);
	else
		read_byte(at);
	nr_bugs += !pages[page].open;
	assert_int_equal(bugs(), nr_bugs);
	if (pages[page].open) {
		assert_string_equal(host_log(), "");
	} else if (h) {
		expect_out_of_bounds(at, h, access);
	} else if (pages[page].used) {
		assert_true(logged("BUG: KFENCE: use-after-free %s in %s_byte+0x", access, access));
		assert_true(logged("Use-after-free %s at 0x%016lx (in kfence-#%ld):", access,
				   (unsigned long)at, number_of(at)));
	} else {
		assert_true(logged("BUG: KFENCE: invalid %s in %s_byte+0x", access, access));
		assert_true(logged("Invalid %s at 0x%016lx:", access, (unsigned long)at));
	}
	pages[page].open = true;
}

/* A byte of the object's page that is not the object's, seen when that is freed. */
static void overwrite(struct held *h)
{
	u8 *page = PTR_ALIGN_DOWN(h->at, PAGE_SIZE), *at;

	if (h->size == PAGE_SIZE)
		return;
	do {
		at = page + arch_random() % PAGE_SIZE;
	} while (at >= h->at && at < h->at + h->size);
	*at ^= (u8)(1 + arch_random() % 255);
	host_log_clear();
	give(h);
	assert_int_equal(bugs(), ++nr_bugs);
	assert_true(host_log_contains("BUG: KFENCE: memory corruption in "));
	assert_true(logged("Corrupted memory at 0x%016lx [ 0x", (unsigned long)at));
}

/* Twice, or by another address in its page: nothing but a report comes of it. */
static void free_wrongly(struct held *h)
{
	u8 *at = h->at;

	if (arch_random() % 2)
		give(h);
	else
		at = PTR_ALIGN_DOWN(at, PAGE_SIZE) +
		     (offset_in_page(at) + 1 + arch_random() % (PAGE_SIZE - 1)) % PAGE_SIZE;
	host_log_clear();
	kfree(hidden(at));
	assert_int_equal(bugs(), ++nr_bugs);
	assert_true(host_log_contains("BUG: KFENCE: invalid free in "));
	assert_true(logged("Invalid free of 0x%016lx (in kfence-#%ld):", (unsigned long)at,
			   number_of(at)));
}

/* ---- The run ------------------------------------------------------------------------------ */

static void step(void)
{
	struct held *h = &held[arch_random() % HELD];
	bool guarded = h->at && is_kfence_address(h->at);
	u64 what = arch_random() % 16;

	host_set_cpu((unsigned int)(arch_random() % CPUS));
	if (!h->at)
		take(h);
	else if (what < 10 || !guarded)
		give(h);
	else if (what < 12)
		overwrite(h);
	else
		free_wrongly(h);
	if (what % 2)
		touch((u8 *)__kfence_pool + arch_random() % KFENCE_POOL_SIZE);
}

static void audit(void)
{
	struct arch_mapping mapping;

	for (unsigned long page = 0; page < POOL_PAGES; page++)
		assert_int_equal(
			!arch_query((unsigned long)__kfence_pool + page * PAGE_SIZE, &mapping),
			pages[page].open);
	for (int i = 0; i < HELD; i++)
		assert_true(!held[i].at || !memchr_inv(held[i].at, held[i].mark, held[i].size));
	assert_int_equal(kfence_verify() + kmem_cache_verify_all(), 0);
}

static void random_use_and_misuse_are_as_the_model_has_them(void **state)
{
	(void)state;
	host_test_seed("kfence");
	memset(held, 0, sizeof(held));
	memset(pages, 0, sizeof(pages));
	nr_bugs = 0;
	/* What the caches themselves have lies elsewhere. */
	kfence_sample_interval = ULONG_MAX;
	caches[0] = kmem_cache_create("random", 200, 64, SLAB_NO_MERGE, NULL);
	caches[1] = make_cache("random_too", 3000);
	kfence_sample_interval = 1;
	for (int i = 0; i < STEPS; i++) {
		step();
		if (i % 16 == 0)
			audit();
	}
	assert_true(nr_bugs > STEPS / 10);
	for (int i = 0; i < HELD; i++)
		if (held[i].at)
			give(&held[i]);
	audit();
	assert_int_equal(kfence_counter(KFENCE_COUNTER_ALLOCATED), 0);
	kmem_cache_destroy(caches[0]);
	kmem_cache_destroy(caches[1]);
}

static int make_guarded_cpus(void **state)
{
	(void)state;
	kfence_machine_make(1, CPUS, 1);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_use_and_misuse_are_as_the_model_has_them,
						make_guarded_cpus, kfence_machine_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
