/* SPDX-License-Identifier: MIT */
/*
 * Areas of gigantic pages: what the option means, what each node gets and what is
 * refused, and the way of pages from the area to the pool and back.
 */
#include "hugetlb_machine.h"

#include <linux/errno.h>
#include <linux/string.h>

#include "../../mm/hugetlb_cma.h"

/* Room for 2 GB on the first of two nodes, and 1 GB on the second. */
static const struct ram wide[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, 3UL * SZ_1G, 0}, {SZ_4G, 2 * SZ_4G, 0}, {0, 0, 0}};

/* What is asked for and what nodes get, in GB: on one node, or on two. */
static const struct area_case {
	const char *options;
	bool two_nodes;
	unsigned long on_node[2];
	const char *says; /* after "hugetlb_cma: " */
} area_cases[] = {
	{"", false, {0, 0}, NULL},
	{"hugetlb_cma=0", false, {0, 0}, NULL},
	{"hugetlb_cma=1G", false, {1, 0}, "reserve 1024 MiB, up to 1024 MiB per node"},
	{"hugetlb_cma=1G", false, {1, 0}, "reserved 1024 MiB on node 0"},
	{"hugetlb_cma=1100M", false, {2, 0}, "reserve 1100 MiB, up to 1100 MiB per node"},
	{"hugetlb_cma=2G", true, {1, 1}, "reserve 2048 MiB, up to 1024 MiB per node"},
	{"hugetlb_cma=3G", true, {2, 1}, "reserve 3072 MiB, up to 1536 MiB per node"},
	{"hugetlb_cma=3G", true, {2, 1}, "reserved 2048 MiB on node 0"},
	{"hugetlb_cma=1G", true, {1, 0}, "reserve 1024 MiB, up to 512 MiB per node"},
	{"hugetlb_cma=1:1G", true, {0, 1}, "reserved 1024 MiB on node 1"},
	{"hugetlb_cma=0:1G,1:1025K",
	 true,
	 {1, 0},
	 "cma area of node 1 should be at least 1024 MiB"},
	{"hugetlb_cma=0:1025M,1:1G", true, {2, 1}, "reserved 2048 MiB on node 0"},
	{"hugetlb_cma=0:2G hugetlb_cma=1:1G,", true, {0, 1}, NULL},
	{"hugetlb_cma=1:1G hugetlb_cma=1G", true, {1, 0}, NULL},
	{"hugetlb_cma=1G hugetlb_cma=1:1G", true, {0, 1}, NULL},
	/* What is wrong, or too much, is said; the other node has its own. */
	{"hugetlb_cma=1023M", false, {0, 0}, "cma area should be at least 1024 MiB"},
	{"hugetlb_cma=1:1G,9:1G", true, {0, 1}, "invalid node 9 specified"},
	{"hugetlb_cma=9:1G", true, {0, 0}, "invalid node 9 specified"},
	{"hugetlb_cma=0:64G,1:1G", true, {0, 1}, "reservation failed: err -22, node 0"},
	{"hugetlb_cma=0xffffffffffffffff", true, {0, 0}, "reservation failed: err -22, node 1"},
	{"hugetlb_cma=0:3G,1:1G", true, {0, 1}, "reservation failed: err -12, node 0"},
};

static void check_area(const struct area_case *c, int nid)
{
	struct cma *area = hugetlb_cma_area(nid);
	unsigned long size = area ? cma_get_size(area) : 0;
	char name[20];

	if (size != c->on_node[nid] * SZ_1G)
		fail_msg("\"%s\": %lu MB on node %d\n%s", c->options, size / SZ_1M, nid,
			 host_log());
	if (!area)
		return;
	snprintf(name, sizeof(name), "hugetlb%d", nid);
	assert_string_equal(cma_get_name(area), name);
	assert_int_equal(cma_get_base(area) % SZ_1G, 0);
	assert_int_equal(pfn_to_nid(PHYS_PFN(cma_get_base(area))), nid);
}

static void nodes_get_what_linux_gives_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(area_cases); i++) {
		const struct area_case *c = &area_cases[i];
		char line[100];

		if (i)
			host_machine_exit();
		machine_begin(wide, c->options, c->two_nodes);
		machine_end();
		assert_int_equal(bad_options, 0);
		for (int nid = 0; nid < 2; nid++)
			check_area(c, nid);
		snprintf(line, sizeof(line), "hugetlb_cma: %s\n", c->says ? c->says : "");
		if (c->says && !host_log_contains(line))
			fail_msg("\"%s\" did not say: %s%s", c->options, line, host_log());
	}
}

static void malformed_options_are_refused_and_change_nothing(void **state)
{
	static const char *const bad[] = {"",	   "x",	      ":1G",	"0:",	   "0:x",
					  "1Gx",   "0:1Gx",   "0:1G,x", "1G,0:1G", "0:1G,,1:1G",
					  "-1:1G", "1024:1G", "0:1G:1G"};

	(void)state;
	machine_begin(plain, "hugetlb_cma=1:1G", true);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char value[32];

		snprintf(value, sizeof(value), "%s", bad[i]);
		if (hugetlb_cma_parse_option(value) != -EINVAL)
			fail_msg("\"%s\" was taken", bad[i]);
	}
	assert_int_equal(hugetlb_cma_parse_option(NULL), -EINVAL);
	machine_end();
	assert_null(hugetlb_cma_area(0));
	assert_int_equal(cma_get_size(hugetlb_cma_area(1)), SZ_1G);
}

static void boot_reserves_no_gigantic_pages_beside_an_area(void **state)
{
	static const char skip[] = "HugeTLB: hugetlb_cma is enabled, skip boot time allocation\n";
	const char *said;

	(void)state;
	machine_huge(plain, "hugetlb_cma=1G default_hugepagesz=1G hugepages=2 "
			    "hugepagesz=2M hugepages=3 hugepagesz=1G hugepages=1");
	assert_int_equal(pool(SZ_1G)->nr_huge_pages, 0);
	assert_int_equal(pool(SZ_2M)->nr_huge_pages, 3);
	said = strstr(host_log(), skip);
	assert_non_null(said);
	assert_null(strstr(said + 1, skip));
	host_machine_exit();

	/* An area that was refused is none. */
	machine_huge(plain, "hugetlb_cma=1M hugepagesz=1G hugepages=1");
	assert_int_equal(pool(SZ_1G)->nr_huge_pages, 1);
	assert_false(host_log_contains(skip));
}

static bool is_of_area(const struct page *page, int nid)
{
	return cma_pages_valid(hugetlb_cma_area(nid), page, PHYS_PFN(SZ_1G));
}

/* Nobody has any of it: it can be had whole. */
static void assert_area_is_unused(int nid)
{
	struct cma *area = hugetlb_cma_area(nid);
	unsigned long pages = PHYS_PFN(cma_get_size(area));
	struct page *page = cma_alloc(area, pages, 0, false);

	assert_non_null(page);
	assert_true(cma_release(area, page, pages));
}

static void pages_come_from_the_area_first_and_go_back_to_it(void **state)
{
	struct page *page[2];
	unsigned long free;
	struct hstate *h;

	(void)state;
	machine_huge(plain, "hugetlb_cma=1G");
	h = pool(SZ_1G);
	/* Page structs that this takes are there from then on. */
	assert_int_equal(set_max_huge_pages(h, 2, NUMA_NO_NODE, NULL), 2);
	assert_int_equal(set_max_huge_pages(h, 0, NUMA_NO_NODE, NULL), 0);
	free = free_now();
	assert_int_equal(set_max_huge_pages(h, 1, NUMA_NO_NODE, NULL), 1);
	page[0] = take(h);
	assert_true(is_of_area(page[0], 0));
	assert_int_equal(page_size(page[0]), SZ_1G);
	assert_int_equal(page_to_phys(page[0]) % SZ_1G, 0);
	assert_null(cma_alloc(hugetlb_cma_area(0), 1, 0, true));

	/* The area is full: the next one is of other memory. */
	assert_int_equal(set_max_huge_pages(h, 2, NUMA_NO_NODE, NULL), 2);
	page[1] = take(h);
	assert_false(is_of_area(page[1], 0));
	assert_int_equal(verify_all() + cma_verify() + hugetlb_verify(), 0);

	/* In use they stay; the last reference gives each back to where it is from. */
	assert_int_equal(set_max_huge_pages(h, 0, NUMA_NO_NODE, NULL), 0);
	assert_null(cma_alloc(hugetlb_cma_area(0), 1, 0, true));
	free_huge_page(page[0]);
	assert_area_is_unused(0);
	free_huge_page(page[1]);
	assert_int_equal(free_now(), free);
	assert_int_equal(verify_all() + cma_verify() + hugetlb_verify(), 0);
}

static void each_nodes_pages_are_of_its_own_area(void **state)
{
	struct hstate *h;

	(void)state;
	machine_begin(plain, "hugetlb_cma=2G", true);
	machine_end();
	h = pool(SZ_1G);
	assert_int_equal(set_max_huge_pages(h, 2, NUMA_NO_NODE, NULL), 2);
	for (int nid = 0; nid < 2; nid++) {
		struct page *page =
			alloc_huge_page_nodemask(h, nid, NULL, GFP_HIGHUSER | __GFP_THISNODE);

		assert_non_null(page);
		assert_true(is_of_area(page, nid));
		free_huge_page(page);
	}
	assert_int_equal(set_max_huge_pages(h, 0, NUMA_NO_NODE, NULL), 0);
	assert_area_is_unused(0);
	assert_area_is_unused(1);
	assert_int_equal(verify_all() + cma_verify() + hugetlb_verify(), 0);
}

static void an_area_that_others_use_gives_no_page(void **state)
{
	LIST_HEAD(taken);
	struct hstate *h;
	unsigned long free;

	(void)state;
	machine_huge(plain, "hugetlb_cma=1G");
	h = pool(SZ_1G);
	take_all_pages(&taken, GFP_HIGHUSER_MOVABLE);
	free = free_now();
	assert_in_range(free, 0, PHYS_PFN(SZ_64M));
	assert_int_equal(set_max_huge_pages(h, 1, NUMA_NO_NODE, NULL), 0);
	assert_int_equal(free_now(), free);
	assert_int_equal(verify_all() + cma_verify() + hugetlb_verify(), 0);
	give_back_pages(&taken);
	assert_int_equal(set_max_huge_pages(h, 1, NUMA_NO_NODE, NULL), 1);
	assert_int_equal(verify_all() + cma_verify() + hugetlb_verify(), 0);
}

static void sizes_that_the_machine_does_not_have_get_no_area(void **state)
{
	(void)state;
	machine_begin(plain, "hugetlb_cma=1G", false);
	hugetlb_cma_reserve(30 - PAGE_SHIFT + 1);
	assert_true(host_log_contains("hugetlb_cma: the option isn't supported by current arch\n"));
	assert_int_equal(cma_area_count, 0);
	machine_end();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(nodes_get_what_linux_gives_them),
		TEST(malformed_options_are_refused_and_change_nothing),
		TEST(boot_reserves_no_gigantic_pages_beside_an_area),
		TEST(pages_come_from_the_area_first_and_go_back_to_it),
		TEST(each_nodes_pages_are_of_its_own_area),
		TEST(an_area_that_others_use_gives_no_page),
		TEST(sizes_that_the_machine_does_not_have_get_no_area),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
