/* SPDX-License-Identifier: MIT */
/*
 * Pools of huge pages: what each order of the options means, pages from memblock and
 * from the page allocator, taking and giving back, and pools that change size.
 */
#include "hugetlb_machine.h"

#include <linux/errno.h>
#include <linux/pagemap.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../mm/meminfo.h"

static const struct ram small[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_64M, 0}, {0, 0, 0}};

/* ---- Options ------------------------------------------------------------------------ */

static const struct option_case {
	const char *options;
	unsigned long small, large; /* pages of 2 MB and 1 GB */
	unsigned long default_size;
	const char *says; /* after "HugeTLB: " */
} option_cases[] = {
	{"", 0, 0, SZ_2M, NULL},
	{"hugepages=7", 7, 0, SZ_2M, NULL},
	{"hugepagesz=1G hugepages=2", 0, 2, SZ_2M, NULL},
	{"hugepages=3 hugepagesz=1G hugepages=2", 3, 2, SZ_2M, NULL},
	{"hugepagesz=2M hugepages=3 hugepagesz=1G hugepages=1", 3, 1, SZ_2M, NULL},
	{"default_hugepagesz=1G hugepages=2", 0, 2, SZ_1G, NULL},
	{"hugepages=2 default_hugepagesz=1G", 0, 2, SZ_1G, NULL},
	{"default_hugepagesz=1G hugepagesz=1G hugepages=2", 0, 2, SZ_1G, NULL},
	{"default_hugepagesz=1G hugepages=1 hugepagesz=2M hugepages=5", 5, 1, SZ_1G, NULL},
	{"hugepages=0:4", 4, 0, SZ_2M, NULL},
	{"hugepagesz=1G hugepages=0:1", 0, 1, SZ_2M, NULL},
	/* What is wrong is said, and left out. */
	{"hugepagesz=4M hugepages=2", 0, 0, SZ_2M, "unsupported hugepagesz=4M"},
	{"hugepagesz=4M hugepages=2", 0, 0, SZ_2M,
	 "hugepages=2 does not follow a valid hugepagesz, ignoring"},
	{"hugepagesz=2Mx hugepages=2", 0, 0, SZ_2M, "unsupported hugepagesz=2Mx"},
	{"default_hugepagesz=3G", 0, 0, SZ_2M, "unsupported default_hugepagesz=3G"},
	{"default_hugepagesz=1G default_hugepagesz=2M", 0, 0, SZ_1G,
	 "default_hugepagesz previously specified, ignoring 2M"},
	{"hugepagesz=1G hugepages=1 hugepagesz=1G hugepages=2", 0, 1, SZ_2M,
	 "hugepagesz=1G specified twice, ignoring"},
	{"default_hugepagesz=1G hugepages=1 hugepagesz=1G hugepages=2", 0, 1, SZ_1G,
	 "hugepagesz=1G specified twice, ignoring"},
	{"hugepages=3 hugepages=4", 3, 0, SZ_2M,
	 "hugepages= specified twice without interleaving hugepagesz=, ignoring "
	 "hugepages=4"},
	{"hugepages=3 hugepagesz=2M hugepages=4", 3, 0, SZ_2M,
	 "Ignoring hugepages=4 associated with 2.00 MiB page size"},
	{"hugepages=3 hugepagesz=2M hugepages=4", 3, 0, SZ_2M,
	 "Using hugepages=3 for number of default huge pages"},
	{"hugepages=x", 0, 0, SZ_2M, "Invalid hugepages parameter x"},
	{"hugepages=2x", 0, 0, SZ_2M, "Invalid hugepages parameter 2x"},
	{"hugepages=0:2,9:1", 0, 0, SZ_2M, "Invalid hugepages parameter 9:1"},
	{"hugepages=0:2,3", 0, 0, SZ_2M, "Invalid hugepages parameter 3"},
	{"hugepages=5000:1", 0, 0, SZ_2M, "Invalid hugepages parameter 5000:1"},
	{"hugepagesz=1G hugepages=9", 0, 3, SZ_2M,
	 "allocating 9 of page size 1.00 GiB failed.  Only allocated 3 hugepages."},
	{"hugepagesz=1G hugepages=0:9", 0, 3, SZ_2M,
	 "allocating 9 of page size 1.00 GiB failed node0.  Only allocated 3 hugepages."},
};

static void assert_registered(const char *size, unsigned long pages)
{
	char line[100];

	snprintf(line, sizeof(line), "HugeTLB: registered %s page size, pre-allocated %lu pages\n",
		 size, pages);
	assert_true(host_log_contains(line));
}

static void check_options(const struct option_case *c)
{
	machine_huge(plain, c->options);
	if (pool(SZ_2M)->nr_huge_pages != c->small || pool(SZ_1G)->nr_huge_pages != c->large ||
	    huge_page_size(&default_hstate) != c->default_size)
		fail_msg("\"%s\": %lu of 2 MB, %lu of 1 GB", c->options, pool(SZ_2M)->nr_huge_pages,
			 pool(SZ_1G)->nr_huge_pages);
	if (c->says && !host_log_contains(c->says))
		fail_msg("\"%s\" did not say: %s", c->options, c->says);
	if (!c->says)
		assert_int_equal(host_log_count("HugeTLB: "), 2);
	assert_registered("1.00 GiB", c->large);
	assert_registered("2.00 MiB", c->small);
	assert_int_equal(bad_options, 0);
	host_machine_exit();
}

static void options_mean_what_they_mean_to_linux(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(option_cases); i++)
		check_options(&option_cases[i]);
	machine_huge(small, "");
}

static void words_that_cannot_be_kept_are_refused(void **state)
{
	static char longest[300];

	(void)state;
	machine_begin(small, "hugepages hugepages= hugepagesz default_hugepagesz=", false);
	assert_int_equal(bad_options, 4);
	memset(longest, '1', sizeof(longest) - 1);
	assert_int_equal(hugepages_parse_option(longest), -ENOSPC);
	for (int i = 0; i < 16; i++)
		assert_int_equal(hugepagesz_parse_option((char[]){"4M"}), 0);
	assert_int_equal(hugepagesz_parse_option((char[]){"4M"}), -ENOSPC);
	machine_end();
}

/* ---- Where pages come from ------------------------------------------------------------- */

static void nodes_take_turns_or_give_what_they_are_asked_for(void **state)
{
	static const struct {
		const char *options;
		unsigned long size;
		unsigned int on_node[2];
	} cases[] = {
		{"hugepages=6", SZ_2M, {3, 3}},
		{"hugepages=0:1,1:3", SZ_2M, {1, 3}},
		{"hugepages=1:4", SZ_2M, {0, 4}},
		{"hugepagesz=1G hugepages=2", SZ_1G, {1, 1}},
		{"hugepagesz=1G hugepages=0:1", SZ_1G, {1, 0}},
		{"hugepagesz=1G hugepages=0:1,1:1", SZ_1G, {1, 1}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_begin(plain, cases[i].options, true);
		machine_end();
		for (int nid = 0; nid < 2; nid++) {
			struct hstate *h = pool(cases[i].size);

			assert_int_equal(h->nr_huge_pages_node[nid], cases[i].on_node[nid]);
			assert_int_equal(h->free_huge_pages_node[nid], cases[i].on_node[nid]);
		}
		if (i + 1 < ARRAY_SIZE(cases))
			host_machine_exit();
	}
}

/* Both early allocators keep them, and count them as the allocator's own. */
static void gigantic_pages_are_reserved_before_the_hand_over(void **state)
{
	unsigned long managed[2], free[2];

	(void)state;
	for (int bootmem = 0; bootmem < 2; bootmem++) {
		struct page *page;

		machine_huge(plain, bootmem ? "early=bootmem hugepagesz=1G hugepages=2"
					    : "hugepagesz=1G hugepages=2");
		managed[bootmem] = totalram_pages();
		free[bootmem] = free_now();
		assert_in_range(managed[bootmem] - free[bootmem], 2 * PHYS_PFN(SZ_1G),
				2 * PHYS_PFN(SZ_1G) + 64);
		page = take(pool(SZ_1G));
		assert_int_equal(page_to_phys(page) % SZ_1G, 0);
		assert_int_equal(page_size(page), SZ_1G);
		assert_ptr_equal(compound_head(page + PHYS_PFN(SZ_1G) - 1), page);
		assert_true(PageHuge(page + 12345));
		assert_int_equal(verify_all() + hugetlb_verify(), 0);
		if (!bootmem)
			host_machine_exit();
	}
	assert_int_equal(managed[0], managed[1]);
	assert_int_equal(free[0], free[1]);
}

static void more_than_there_is_gives_what_there_is(void **state)
{
	(void)state;
	machine_huge(small, "hugepages=1000");
	assert_true(host_log_contains("HugeTLB: allocating 1000 of page size 2.00 MiB failed.  "
				      "Only allocated "));
	assert_in_range(pool(SZ_2M)->nr_huge_pages, 20, 31);
	assert_int_equal(pool(SZ_2M)->max_huge_pages, pool(SZ_2M)->nr_huge_pages);
}

/* kernelcore= may cut a zone anywhere, so through a page that was reserved by then. */
static void a_page_in_two_zones_is_ordinary_memory(void **state)
{
	(void)state;
	machine_begin(plain, "hugepagesz=1G hugepages=3 kernelcore=2560M", false);
	machine_end();
	assert_true(host_log_contains("lies in two zones, its memory is freed"));
	assert_int_equal(pool(SZ_1G)->nr_huge_pages, 2);
	assert_int_equal(pool(SZ_1G)->max_huge_pages, 2);
}

/* ---- Taking and giving back -------------------------------------------------------------- */

static void pages_are_taken_and_come_back(void **state)
{
	struct page *page[4];
	struct hstate *h;

	(void)state;
	machine_huge(small, "hugepages=3");
	h = pool(SZ_2M);
	for (int i = 0; i < 3; i++) {
		page[i] = take(h);
		assert_int_equal(page_to_phys(page[i]) % SZ_2M, 0);
		assert_int_equal(page_count(page[i]), 1);
		assert_int_equal(compound_order(page[i]), 9);
		memset(page_address(page[i]), i, SZ_2M);
	}
	assert_null(take(h));
	assert_int_equal(h->free_huge_pages, 0);
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
	for (int i = 0; i < 3; i++)
		free_huge_page(page[i]);
	assert_int_equal(h->free_huge_pages, 3);
	assert_int_equal(h->nr_huge_pages, 3);
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
}

static void private_values_go_when_a_page_comes_back(void **state)
{
	struct page *page;

	(void)state;
	machine_huge(small, "hugepages=1");
	pagecache_init();
	for (unsigned long head = 5; head >> 40 == 0; head <<= 20) {
		page = take(pool(SZ_2M));
		assert_int_equal(page_private(page), 0);
		set_page_private(page, head);
		set_page_private(page + 511, ~head);
		assert_int_equal(page_private(page), head);
		assert_int_equal(page_private(page + 511), ~head);
		free_huge_page(page);
		assert_false(PageEntry(page) || PageEntry(page + 511));
		assert_int_equal(pagecache_verify(), 0);
	}
}

static void the_nearest_node_that_is_allowed_gives_the_page(void **state)
{
	nodemask_t second = {};
	struct hstate *h;

	(void)state;
	machine_begin(plain, "hugepages=0:1,1:2", true);
	machine_end();
	h = pool(SZ_2M);
	node_set(1, second);
	assert_int_equal(page_to_nid(alloc_huge_page_nodemask(h, 0, &second, GFP_HIGHUSER)), 1);
	assert_int_equal(page_to_nid(alloc_huge_page_nodemask(h, 0, NULL, GFP_HIGHUSER)), 0);
	assert_null(alloc_huge_page_nodemask(h, 0, NULL, GFP_HIGHUSER | __GFP_THISNODE));
	assert_int_equal(page_to_nid(alloc_huge_page_nodemask(h, 0, NULL, GFP_HIGHUSER)), 1);
	assert_null(alloc_huge_page_nodemask(h, 99, NULL, GFP_HIGHUSER));
	assert_int_equal(hugetlb_verify(), 0);
}

static void misuse_is_named_counted_and_harmless(void **state)
{
	struct page *page, *other;

	(void)state;
	machine_huge(small, "hugepages=2");
	page = take(pool(SZ_2M));
	other = alloc_page(GFP_KERNEL);
	free_huge_page(page + 1);
	free_huge_page(other);
	assert_int_equal(page_alloc_stats.free_tail, 2);
	assert_int_equal(host_log_count("is no huge page's first"), 2);
	/* The page allocator refuses what is the pool's. */
	__free_pages(page, 9);
	put_page(page);
	assert_int_equal(page_alloc_stats.free_flags, 2);
	free_huge_page(page);
	free_huge_page(page);
	assert_int_equal(page_alloc_stats.free_double, 1);
	assert_true(host_log_contains("is freed with 0 references"));
	assert_int_equal(pool(SZ_2M)->free_huge_pages, 2);
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
}

/* ---- Sizes that change --------------------------------------------------------------------- */

static void a_pool_grows_and_shrinks(void **state)
{
	unsigned long before;
	struct hstate *h;

	(void)state;
	machine_huge(small, "hugepages=2");
	h = pool(SZ_2M);
	before = free_now();
	assert_int_equal(set_max_huge_pages(h, 6, NUMA_NO_NODE, NULL), 6);
	assert_int_equal(free_now(), before - 4 * PHYS_PFN(SZ_2M));
	assert_int_equal(hugetlb_verify(), 0);
	assert_int_equal(set_max_huge_pages(h, 0, NUMA_NO_NODE, NULL), 0);
	assert_int_equal(free_now(), before + 2 * PHYS_PFN(SZ_2M));
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
	assert_true(set_max_huge_pages(h, 1000, NUMA_NO_NODE, NULL) < 32);
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
}

static void node_numbers_may_have_holes(void **state)
{
	struct hstate *h;

	(void)state;
	second_node = 3;
	machine_begin(plain, "hugepages=4", true);
	machine_end();
	second_node = 1;
	h = pool(SZ_2M);
	assert_int_equal(h->free_huge_pages_node[0], 2);
	assert_int_equal(h->free_huge_pages_node[3], 2);

	assert_null(alloc_huge_page_nodemask(h, 2, NULL, GFP_HIGHUSER));
	assert_int_equal(set_max_huge_pages(h, 1, 2, NULL), 4);
	assert_int_equal(hugetlb_verify(), 0);
}

static void gigantic_pages_come_and_go_at_run_time(void **state)
{
	struct hstate *h;
	struct page *page;
	unsigned long free;

	(void)state;
	machine_huge(plain, "");
	h = pool(SZ_1G);
	assert_int_equal(set_max_huge_pages(h, 2, NUMA_NO_NODE, NULL), 2);
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
	page = take(h);
	assert_int_equal(page_to_phys(page) % SZ_1G, 0);
	free_huge_page(page);
	free = free_now();
	assert_int_equal(set_max_huge_pages(h, 0, NUMA_NO_NODE, NULL), 0);
	assert_int_equal(free_now(), free + 2 * PHYS_PFN(SZ_1G));
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
}

static void pages_in_use_are_surplus_until_they_come_back(void **state)
{
	struct page *page[3];
	struct hstate *h;
	unsigned long before;

	(void)state;
	machine_huge(small, "hugepages=4");
	h = pool(SZ_2M);
	for (int i = 0; i < 3; i++)
		page[i] = take(h);
	before = free_now();
	assert_int_equal(set_max_huge_pages(h, 1, NUMA_NO_NODE, NULL), 1);
	assert_int_equal(h->nr_huge_pages, 3);
	assert_int_equal(h->surplus_huge_pages, 2);
	assert_int_equal(h->surplus_huge_pages_node[0], 2);
	assert_int_equal(free_now(), before + PHYS_PFN(SZ_2M));
	assert_int_equal(hugetlb_verify(), 0);
	for (int i = 0; i < 3; i++)
		free_huge_page(page[i]);
	assert_int_equal(h->nr_huge_pages, 1);
	assert_int_equal(h->free_huge_pages, 1);
	assert_int_equal(free_now(), before + 3 * PHYS_PFN(SZ_2M));
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
}

static void one_nodes_share_changes_alone(void **state)
{
	struct hstate *h;

	(void)state;
	machine_begin(plain, "hugepages=4", true);
	machine_end();
	h = pool(SZ_2M);
	assert_int_equal(set_max_huge_pages(h, 5, 1, NULL), 7);
	assert_int_equal(h->nr_huge_pages_node[0], 2);
	assert_int_equal(h->nr_huge_pages_node[1], 5);
	assert_int_equal(set_max_huge_pages(h, 0, 0, NULL), 5);
	assert_int_equal(h->nr_huge_pages_node[0], 0);
	assert_int_equal(set_max_huge_pages(h, 1, 77, NULL), 5);
	assert_int_equal(hugetlb_verify(), 0);
}

/* ---- Reports ---------------------------------------------------------------------------------- */

static void meminfo_has_linuxs_lines(void **state)
{
	static char text[4096];
	struct seq_text sb;
	struct seq_file m;

	(void)state;
	machine_huge(plain, "hugepages=5 hugepagesz=1G hugepages=1");
	take(pool(SZ_2M));
	seq_text_init(&m, &sb, text, sizeof(text));
	meminfo_show(&m);
	assert_non_null(strstr(text, "HugePages_Total:       5\n"
				     "HugePages_Free:        4\n"
				     "HugePages_Rsvd:        0\n"
				     "HugePages_Surp:        0\n"
				     "Hugepagesize:       2048 kB\n"
				     "Hugetlb:         1058816 kB\n"));
	host_log_clear();
	hugetlb_show_meminfo_node(0);
	assert_true(host_log_contains("Node 0 hugepages_total=5 hugepages_free=4 hugepages_surp=0 "
				      "hugepages_size=2048kB\n"));
}

static void verify_finds_pages_and_counts_that_are_wrong(void **state)
{
	struct hstate *h;
	struct page *page;

	(void)state;
	machine_huge(small, "hugepages=2");
	h = pool(SZ_2M);
	page = take(h);
	get_page(page);
	assert_int_equal(hugetlb_verify(), 1);
	assert_true(host_log_contains("is not what its list says: order 9, 2 references"));
	set_page_count(page, 1);
	h->free_huge_pages++;
	assert_int_equal(hugetlb_verify(), 1);
	assert_true(host_log_contains("hugepages-2048kB: 1 pages are free, counted are 2"));
	h->free_huge_pages--;
	assert_int_equal(hugetlb_verify(), 0);
}

/* ---- In the way of a range ------------------------------------------------------------------ */

/* A page of the pool, which is free again. */
static struct page *take_and_free(struct hstate *h)
{
	struct page *page = take(h);

	free_huge_page(page);
	return page;
}

static void a_range_can_be_had_where_a_free_huge_page_lies(void **state)
{
	unsigned long pfn, free;
	struct hstate *h;

	(void)state;
	machine_huge(plain, "hugepages=4");
	h = pool(SZ_2M);
	pfn = page_to_pfn(take_and_free(h));
	free = free_now();
	/* From within it to past its end. */
	assert_int_equal(alloc_contig_range(pfn + 8, pfn + 600, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	assert_int_equal(h->nr_huge_pages, 4);
	assert_int_equal(h->free_huge_pages, 4);
	assert_int_equal(hugetlb_verify(), 0);
	assert_int_equal(free_now(), free - 592);
	free_contig_range(pfn + 8, 592);
	assert_int_equal(free_now(), free);
	for (int i = 0; i < 4; i++)
		assert_ptr_not_equal(take(h), pfn_to_page(pfn));
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
}

static void a_huge_page_in_use_stays(void **state)
{
	struct hstate *h;
	unsigned long pfn;
	struct page *page;

	(void)state;
	machine_huge(plain, "hugepages=4");
	h = pool(SZ_2M);
	page = take(h);
	pfn = page_to_pfn(page);
	assert_int_equal(isolate_or_dissolve_huge_page(page), -EBUSY);
	assert_int_equal(isolate_or_dissolve_huge_page(page + 1), -EBUSY);
	assert_int_equal(alloc_contig_range(pfn, pfn + 512, MIGRATE_MOVABLE, GFP_KERNEL), -EBUSY);
	assert_int_equal(h->free_huge_pages, 3);
	free_huge_page(page);
	assert_int_equal(verify_all() + hugetlb_verify(), 0);
}

static void a_gigantic_page_stays(void **state)
{
	struct hstate *h;
	struct page *page;
	unsigned long pfn;

	(void)state;
	machine_huge(plain, "hugepagesz=1G hugepages=1");
	h = pool(SZ_1G);
	page = take_and_free(h);
	pfn = page_to_pfn(page);
	assert_int_equal(isolate_or_dissolve_huge_page(page), -ENOMEM);
	assert_int_equal(alloc_contig_range(pfn, pfn + 512, MIGRATE_MOVABLE, GFP_KERNEL), -EBUSY);
	assert_int_equal(h->free_huge_pages, 1);
	assert_int_equal(hugetlb_verify(), 0);
}

static void a_huge_page_stays_where_there_is_no_other_one(void **state)
{
	unsigned long pfn;
	struct hstate *h;
	struct page *page;

	(void)state;
	machine_huge(small, "hugepages=1");
	h = pool(SZ_2M);
	page = take_and_free(h);
	pfn = page_to_pfn(page);
	while (alloc_pages(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOWARN, 0))
		;
	assert_int_equal(isolate_or_dissolve_huge_page(page), -ENOMEM);
	assert_int_equal(alloc_contig_range(pfn, pfn + 512, MIGRATE_MOVABLE, GFP_KERNEL), -EBUSY);
	assert_int_equal(h->free_huge_pages, 1);
	assert_int_equal(hugetlb_verify(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(options_mean_what_they_mean_to_linux),
		TEST(words_that_cannot_be_kept_are_refused),
		TEST(nodes_take_turns_or_give_what_they_are_asked_for),
		TEST(gigantic_pages_are_reserved_before_the_hand_over),
		TEST(more_than_there_is_gives_what_there_is),
		TEST(a_page_in_two_zones_is_ordinary_memory),
		TEST(pages_are_taken_and_come_back),
		TEST(private_values_go_when_a_page_comes_back),
		TEST(the_nearest_node_that_is_allowed_gives_the_page),
		TEST(misuse_is_named_counted_and_harmless),
		TEST(a_pool_grows_and_shrinks),
		TEST(node_numbers_may_have_holes),
		TEST(gigantic_pages_come_and_go_at_run_time),
		TEST(pages_in_use_are_surplus_until_they_come_back),
		TEST(one_nodes_share_changes_alone),
		TEST(meminfo_has_linuxs_lines),
		TEST(verify_finds_pages_and_counts_that_are_wrong),
		TEST(a_range_can_be_had_where_a_free_huge_page_lies),
		TEST(a_huge_page_in_use_stays),
		TEST(a_gigantic_page_stays),
		TEST(a_huge_page_stays_where_there_is_no_other_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
