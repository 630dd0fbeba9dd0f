// SPDX-License-Identifier: MIT
/*
 * Faults of page allocations: fail_page_alloc= and its attributes, whose defaults are
 * Linux's. Contract: linux/fault-inject.h, mm/page_alloc.h.
 */
#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/gfp.h>
#include <linux/kernel.h>

#include "fault_inject.h"
#include "page_alloc.h"

struct fail_page_alloc {
	struct fault_attr attr;
	bool ignore_gfp_highmem; /* spares who can use high memory */
	bool ignore_gfp_reclaim; /* spares who could wait for reclaim */
	unsigned long min_order; /* spares smaller blocks */
};

#define DEFAULTS                                                                     \
	(struct fail_page_alloc)                                                     \
	{                                                                            \
		.attr = __FAULT_ATTR("fail_page_alloc"), .ignore_gfp_highmem = true, \
		.ignore_gfp_reclaim = true, .min_order = 1,                          \
	}

static struct fail_page_alloc fail_page_alloc = DEFAULTS;

void __init fail_page_alloc_reset(void)
{
	fail_page_alloc = DEFAULTS;
}

static bool is_spared(gfp_t gfp, unsigned int order)
{
	return order < fail_page_alloc.min_order ||
	       (fail_page_alloc.ignore_gfp_highmem && (gfp & __GFP_HIGHMEM)) ||
	       (fail_page_alloc.ignore_gfp_reclaim && (gfp & __GFP_DIRECT_RECLAIM));
}

bool should_fail_alloc_page(gfp_t gfp, unsigned int order)
{
	if (!(data_race(page_hooks) & PAGE_HOOK_FAIL_ALLOC) || (gfp & __GFP_NOFAIL) ||
	    is_spared(gfp, order))
		return false;
	return should_fail(&fail_page_alloc.attr, 1L << order);
}

bool fail_page_alloc_wanted(void)
{
	return fault_attr_wanted(&fail_page_alloc.attr);
}

/* ---- Options ------------------------------------------------------------------------ */

int fail_page_alloc_parse(char *value)
{
	return fault_parse_attr(&fail_page_alloc.attr, value);
}

int fail_page_alloc_parse_min_order(char *value)
{
	return fault_parse_ulong(value, &fail_page_alloc.min_order);
}

int fail_page_alloc_parse_wait(char *value)
{
	return fault_parse_bool(value, &fail_page_alloc.ignore_gfp_reclaim);
}

int fail_page_alloc_parse_highmem(char *value)
{
	return fault_parse_bool(value, &fail_page_alloc.ignore_gfp_highmem);
}

int fail_page_alloc_parse_verbose(char *value)
{
	return fault_parse_ulong(value, &fail_page_alloc.attr.verbose);
}
