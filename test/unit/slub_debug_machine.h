/* SPDX-License-Identifier: MIT */
/* Machines whose slab caches are checked, and what is asked of their reports. */
#ifndef _TEST_SLUB_DEBUG_MACHINE_H
#define _TEST_SLUB_DEBUG_MACHINE_H

#include "logged.h"
#include "slab_machine.h"
#include "mm/slab_debug.h"

static inline void give(const char *value, int result)
{
	char copy[80];

	strscpy(copy, value, sizeof(copy));
	assert_int_equal(slub_debug_parse_option(copy), result);
}

static inline int make_debug_from_the_start(void **state)
{
	(void)state;
	give("", 0);
	slab_machine_make(SZ_64M, 1);
	return 0;
}

/* What a report says has been restored by then. */
static inline int end_restored(void **state)
{
	unsigned long before = slab_stats.overwritten;
	struct kmem_cache *s;

	(void)state;
	list_for_each_entry (s, &slab_caches, list)
		validate_slab_cache(s);
	assert_int_equal(slab_stats.overwritten, before);
	assert_int_equal(kmem_cache_verify_all(), 0);
	slab_machine_end();
	return 0;
}

/* The compiler would see through the misuse. */
static inline void *hidden(const void *p)
{
	unsigned long addr = (unsigned long)p;

	__asm__ volatile("" : "+r"(addr));
	return (void *)addr;
}

#endif /* _TEST_SLUB_DEBUG_MACHINE_H */
