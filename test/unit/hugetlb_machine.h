/* SPDX-License-Identifier: MIT */
/* Machines for the tests of huge pages: RAM, options, and one or two nodes. */
#ifndef _TEST_HUGETLB_MACHINE_H
#define _TEST_HUGETLB_MACHINE_H

#include "zones_machine.h"

#include <linux/cma.h>
#include <linux/hugetlb.h>
#include <linux/slab.h>
#include <baremm/options.h>

#include "../../mm/cma.h"
#include "../../mm/hugetlb.h"

/* 1 GB, a hole to 4 GB, and 4 GB. */
static const struct ram plain[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_1G, 0}, {SZ_4G, 2 * SZ_4G, 0}, {0, 0, 0}};

static int second_node __maybe_unused = 1;

static inline int say_two_nodes(void)
{
	numa_add_memblk(0, 0, SZ_4G + SZ_2G);
	return numa_add_memblk(second_node, SZ_4G + SZ_2G, 2 * SZ_4G);
}

static inline void machine_begin(const struct ram *ram, const char *options, bool two_nodes)
{
	static struct numa_source source = {.name = "two", .init = say_two_nodes};

	machine_ram(ram);
	bad_options = 0;
	mm_register_options();
	parse_options(options);
	if (two_nodes)
		numa_register_source(&source);
}

static inline void machine_end(void)
{
	machine_zones();
	mem_init();
	kmem_cache_init();
	cma_init_reserved_areas();
	hugetlb_add_sizes();
	hugetlb_init();
	assert_int_equal(verify_all() + cma_verify() + hugetlb_verify(), 0);
}

static inline void machine_huge(const struct ram *ram, const char *options)
{
	machine_begin(ram, options, false);
	machine_end();
}

static inline struct hstate *pool(unsigned long size)
{
	struct hstate *h = size_to_hstate(size);

	assert_non_null(h);
	return h;
}

/* With those on per-CPU lists. */
static inline unsigned long free_now(void)
{
	drain_all_pages(NULL);
	return nr_free_pages();
}

static inline struct page *take(struct hstate *h)
{
	return alloc_huge_page_nodemask(h, NUMA_NO_NODE, NULL, GFP_HIGHUSER);
}

#endif /* _TEST_HUGETLB_MACHINE_H */
