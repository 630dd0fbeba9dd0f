/* SPDX-License-Identifier: MIT */
/* The report of an allocation that failed, line by line. */
#include "cache_machine.h"

#include "../../mm/pcp.h"
#include "../../mm/show_mem.h"

static int machine(void **state)
{
	cache_machine_two_nodes(state);
	host_log_clear();
	return 0;
}

static void gfp_flags_are_said_in_linuxs_words(void **state)
{
	static const struct {
		gfp_t gfp;
		const char *words;
	} want[] = {
		{GFP_KERNEL, "GFP_KERNEL"},
		{GFP_KERNEL | __GFP_COMP | __GFP_ZERO, "GFP_KERNEL|__GFP_COMP|__GFP_ZERO"},
		{GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE"},
		{GFP_ATOMIC | __GFP_NOWARN, "GFP_ATOMIC|__GFP_NOWARN"},
		{GFP_KERNEL_ACCOUNT | GFP_DMA32, "GFP_KERNEL_ACCOUNT|GFP_DMA32"},
		{__GFP_DIRECT_RECLAIM | __GFP_THISNODE, "__GFP_THISNODE|__GFP_DIRECT_RECLAIM"},
		{0, "none"},
		{GFP_DMA | 1u << 30, "GFP_DMA|0x40000000"},
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		scnprintf(text, sizeof(text), "%pGg", &want[i].gfp);
		assert_string_equal(text, want[i].words);
	}
}

static void a_failure_names_what_was_asked_for_and_all_memory(void **state)
{
	struct zone *dma = zone_of(0, ZONE_DMA);
	nodemask_t nodes = {};
	char line[200];

	(void)state;
	page_alloc_stats.failed = 0;
	assert_null(alloc_pages(GFP_KERNEL | __GFP_THISNODE | GFP_DMA, MAX_PAGE_ORDER + 1));
	host_log_clear();
	node_set(1, nodes);
	report_alloc_failure(GFP_KERNEL | __GFP_ZERO, &nodes, "page allocation failure: order:%u",
			     3);
	assert_true(host_log_contains("baremm: page allocation failure: order:3, "
				      "mode:0xdc0(GFP_KERNEL|__GFP_ZERO), nodemask=1\n"));
	assert_true(host_log_contains("Call Trace:\n"));
	assert_true(host_log_contains("Mem-Info:\n"));
	assert_true(host_log_contains("active_anon:0 inactive_anon:0 isolated_anon:0\n"));
	assert_true(host_log_contains("Node 1 active_anon:0kB inactive_anon:0kB "));
	assert_false(host_log_contains("Node 0 active_anon"));
	assert_true(host_log_contains(" total pagecache pages\n"));
	assert_true(host_log_contains(" 0 pages cma reserved\n"));
	assert_true(host_log_contains(" 0 pages hwpoisoned\n"));

	host_log_clear();
	__show_mem(0, NULL, ZONE_DMA);
	assert_false(host_log_contains("DMA32 free:"));
	snprintf(line, sizeof(line),
		 "Node 0 DMA free:%lukB boost:0kB min:%lukB low:%lukB high:%lukB",
		 pages_to_kb(zone_page_state(dma, NR_FREE_PAGES)),
		 pages_to_kb(min_wmark_pages(dma)), pages_to_kb(low_wmark_pages(dma)),
		 pages_to_kb(high_wmark_pages(dma)));
	assert_true(host_log_contains(line));
	snprintf(line, sizeof(line), "lowmem_reserve[]: 0 %ld", dma->lowmem_reserve[1]);
	assert_true(host_log_contains(line));
}

/* One block of 64 KB less, whose rest lies on the smaller orders. */
static void free_blocks_are_listed_by_size_and_type(void **state)
{
	struct zone *dma = zone_of(0, ZONE_DMA);
	unsigned long kb = pages_to_kb(zone_page_state(dma, NR_FREE_PAGES));
	nodemask_t first = nodemask_of_node(0);
	struct page *page;
	char end[64];

	(void)state;
	page = zone_alloc_pages(dma, 4, GFP_KERNEL);
	host_log_clear();
	show_mem(0, NULL);
	snprintf(end, sizeof(end), "= %lukB\n", kb - 64);
	assert_true(host_log_contains("Node 0 DMA: "));
	assert_true(host_log_contains("*4096kB (M) "));
	assert_true(host_log_contains("64kB (U"));
	assert_true(host_log_contains(end));
	__free_pages(page, 4);
	/* Nodes are left out where the flag says so. */
	assert_true(host_log_contains("Node 1 Normal: ") || host_log_contains("Node 1 DMA32: "));
	host_log_clear();
	show_mem(SHOW_MEM_FILTER_NODES, &first);
	assert_true(host_log_contains("Node 0 DMA: "));
	assert_false(host_log_contains("Node 1 "));
	show_mem(0, &first);
	assert_true(host_log_contains("Node 1 "));
	assert_int_equal(host_log_count("Mem-Info"), 2);
	assert_int_equal(host_log_count(" pages RAM\n"), 2);
	show_free_areas(0, NULL);
	assert_int_equal(host_log_count(" total pagecache pages\n"), 3);
	assert_int_equal(host_log_count("Mem-Info"), 2);
	assert_int_equal(host_log_count(" pages RAM\n"), 2);
}

static void pages_on_per_cpu_lists_are_shown_beside_the_free_ones(void **state)
{
	struct zone *dma = zone_of(0, ZONE_DMA);
	unsigned long held;
	char text[64];

	(void)state;
	__free_page(alloc_page(GFP_KERNEL | GFP_DMA));
	held = pcp_count(dma, 0);
	assert_true(held > 0);
	host_log_clear();
	__show_mem(0, NULL, ZONE_DMA);
	snprintf(text, sizeof(text), "free_pcp:%lukB local_pcp:%lukB free_cma:0kB",
		 pages_to_kb(held), pages_to_kb(held));
	assert_true(host_log_contains(text));
}

static void a_caller_says_what_failed(void **state)
{
	nodemask_t nodes = nodemask_of_node(1);

	(void)state;
	warn_alloc(GFP_KERNEL, &nodes, "vmalloc error: size %lu, %s", 8192UL, "no pages");
	assert_true(host_log_contains("baremm: vmalloc error: size 8192, no pages, "
				      "mode:0xcc0(GFP_KERNEL), nodemask=1\n"));
	assert_false(host_log_contains("Node 0 active_anon"));
	host_log_clear();
	/* Who could not wait may have had to leave its nodes. */
	warn_alloc(GFP_ATOMIC | GFP_DMA, &nodes, "once more");
	assert_true(host_log_contains("baremm: once more, mode:0xa21(GFP_ATOMIC|GFP_DMA), "
				      "nodemask=1\n"));
	assert_true(host_log_contains("Node 0 active_anon"));
	host_log_clear();
	warn_alloc(GFP_KERNEL, NULL, "anywhere");
	assert_true(host_log_contains("nodemask=(null)\n"));
	assert_true(host_log_contains("Node 0 active_anon"));
}

/* Nobody can have what the machine has not. */
static void the_lack_of_dma_memory_is_not_said_where_there_is_none(void **state)
{
	long pages = atomic_long_read(&zone_of(0, ZONE_DMA)->managed_pages);

	(void)state;
	atomic_long_set(&zone_of(0, ZONE_DMA)->managed_pages, 0);
	warn_alloc(GFP_KERNEL | GFP_DMA, NULL, "no");
	atomic_long_set(&zone_of(0, ZONE_DMA)->managed_pages, pages);
	assert_string_equal(host_log(), "");
}

static void reports_beyond_ten_in_five_seconds_are_left_out(void **state)
{
	(void)state;
	for (int i = 0; i < 25; i++)
		warn_alloc(GFP_KERNEL, NULL, "page allocation failure: order:%u", 0);
	assert_in_range(host_log_count("page allocation failure"), 1, 20);
	assert_int_equal(host_log_count("page allocation failure"), host_log_count("Mem-Info"));
	host_log_clear();
	warn_alloc(GFP_KERNEL | __GFP_NOWARN, NULL, "nothing");
	assert_string_equal(host_log(), "");
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, machine, cache_machine_end)
	const struct CMUnitTest tests[] = {
		test(gfp_flags_are_said_in_linuxs_words),
		test(a_failure_names_what_was_asked_for_and_all_memory),
		test(free_blocks_are_listed_by_size_and_type),
		test(pages_on_per_cpu_lists_are_shown_beside_the_free_ones),
		test(a_caller_says_what_failed),
		test(the_lack_of_dma_memory_is_not_said_where_there_is_none),
		test(reports_beyond_ten_in_five_seconds_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
