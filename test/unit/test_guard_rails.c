/* SPDX-License-Identifier: MIT */
/*
 * All guard rails of the page allocator at once: poisoning, owners, shuffled lists and
 * injected faults, while random calls and mistakes are compared with a model.
 */
#include "page_model.h"

#include <linux/fault-inject.h>
#include <linux/page_ext.h>
#include <linux/page_owner.h>
#include <linux/seq_file.h>
#include <linux/stackdepot.h>
#include <baremm/options.h>

#include "../../mm/fault_inject.h"
#include "../../mm/page_poison.h"

static const struct ram ram[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_128M, 0}, {SZ_4G, SZ_4G + SZ_128M, 0}, {0, 0, 0}};

#define CALLS 100000

static int machine(void **state)
{
	(void)state;
	machine_ram(ram);
	stack_depot_reset();
	fault_inject_reset();
	mm_register_options();
	bad_options = 0;
	parse_options("page_poison=on page_owner=on page_alloc.shuffle=1 fail_page_alloc=1,5,0,-1 "
		      "fail_page_alloc.min-order=0 fail_page_alloc.ignore-gfp-wait=0 "
		      "fail_page_alloc.ignore-gfp-highmem=0 fail_page_alloc.verbose=0");
	assert_int_equal(bad_options, 0);
	machine_zones();
	init_mem_debugging_and_hardening();
	page_ext_prepare();
	mem_init();
	page_ext_init();
	page_owner_init();
	return 0;
}

static int machine_end(void **state)
{
	fault_inject_reset();
	page_hooks_reset();
	return machine_down(state);
}

/* What the owner of a block writes to it, all over its first and last page. */
static void scribble(struct page *page, unsigned int order)
{
	memset(page_address(page), (int)order, PAGE_SIZE);
	memset((char *)page_address(page) + (PAGE_SIZE << order) - PAGE_SIZE, 0x33, PAGE_SIZE);
}

/* A free that nobody may do; the model does not change. */
static void mistake(struct model *m, u64 r)
{
	unsigned int i = (unsigned int)(r % m->nr), order = m->block[i].order;
	struct page *page = m->block[i].page;

	switch (r >> 32 & 3) {
	case 0:
		__free_pages(page, order + 1);
		break;
	case 1:
		__free_pages(page + 1, order ? 0 : MAX_PAGE_ORDER + 1);
		break;
	case 2:
		__free_page(pfn_to_page(0xa0));
		break;
	default:
		model_free(m, i, r >> 40 & 1);
		__free_pages(page, order);
		break;
	}
}

static void one_call(struct model *m, u64 r)
{
	unsigned int before = m->nr;

	if (m->nr && r % 64 == 0) {
		mistake(m, r >> 8);
	} else if (m->nr < MODEL_BLOCKS && (!m->nr || r % 2)) {
		model_alloc(m, (unsigned int)(r >> 8) % 5,
			    model_gfps[(r >> 16) % ARRAY_SIZE(model_gfps)]);
		if (m->nr > before)
			scribble(m->block[before].page, m->block[before].order);
	} else {
		model_free(m, (unsigned int)((r >> 8) % m->nr), r >> 40 & 1);
	}
}

static void random_calls_and_mistakes_agree_with_a_model(void **state)
{
	struct model *m = model_make();
	unsigned long used = totalram_pages() - all_free_pages() - stack_depot_stats.pages;

	(void)state;
	host_test_seed("random_calls_and_mistakes_agree_with_a_model");
	fault_inject_arm();
	for (int i = 0; i < CALLS; i++) {
		one_call(m, arch_random());
		if (i % 4096 == 0)
			assert_int_equal(verify_all(), 0);
	}
	assert_true(fault_inject_count() > CALLS / 100);
	fault_inject_disarm();
	while (m->nr)
		model_free(m, 0, false);
	model_end(m);
	assert_int_equal(page_alloc_stats.poison_overwritten, 0);
	assert_true(page_alloc_stats.free_double && page_alloc_stats.free_reserved &&
		    page_alloc_stats.free_order);
	assert_int_equal(verify_all(), 0);
	/* But for the traces that were kept all is free again. */
	assert_int_equal(totalram_pages() - all_free_pages(), used + stack_depot_stats.pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_calls_and_mistakes_agree_with_a_model,
						machine, machine_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
