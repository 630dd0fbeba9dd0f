// SPDX-License-Identifier: MIT
/*
 * Faults of slab objects: failslab= and its attributes, whose defaults are Linux's.
 * Contract: linux/fault-inject.h.
 */
#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/gfp.h>
#include <linux/kernel.h>

#include "fault_inject.h"
#include "slab.h"

struct failslab {
	struct fault_attr attr;
	bool ignore_gfp_reclaim; /* spares who could wait for reclaim */
	bool cache_filter;	 /* spares caches without SLAB_FAILSLAB */
};

#define DEFAULTS                                                              \
	(struct failslab)                                                     \
	{                                                                     \
		.attr = __FAULT_ATTR("failslab"), .ignore_gfp_reclaim = true, \
		.cache_filter = false,                                        \
	}

static struct failslab failslab = DEFAULTS;

void __init failslab_reset(void)
{
	failslab = DEFAULTS;
}

static bool is_spared(const struct kmem_cache *s, gfp_t gfp)
{
	return (failslab.ignore_gfp_reclaim && (gfp & __GFP_DIRECT_RECLAIM)) ||
	       (failslab.cache_filter && !(s->flags & SLAB_FAILSLAB));
}

bool __should_failslab(struct kmem_cache *s, gfp_t gfp)
{
	if ((gfp & __GFP_NOFAIL) || is_spared(s, gfp))
		return false;
	return should_fail(&failslab.attr, (long)s->object_size);
}

bool failslab_wanted(void)
{
	return fault_attr_wanted(&failslab.attr);
}

/* ---- Options ------------------------------------------------------------------------ */

int failslab_parse(char *value)
{
	return fault_parse_attr(&failslab.attr, value);
}

int failslab_parse_wait(char *value)
{
	return fault_parse_bool(value, &failslab.ignore_gfp_reclaim);
}

int failslab_parse_filter(char *value)
{
	return fault_parse_bool(value, &failslab.cache_filter);
}

int failslab_parse_verbose(char *value)
{
	return fault_parse_ulong(value, &failslab.attr.verbose);
}
