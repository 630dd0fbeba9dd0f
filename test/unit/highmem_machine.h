/* SPDX-License-Identifier: MIT */
/*
 * PCs whose direct map ends below their RAM's end, brought up whole: what lies past it
 * is high memory, and can be touched through kmap() alone.
 */
#ifndef _TEST_HIGHMEM_MACHINE_H
#define _TEST_HIGHMEM_MACHINE_H

#include "zones_machine.h"

#include <linux/highmem.h>
#include <baremm/bringup.h>
#include <baremm/options.h>

#define MB_PAGES(n) ((unsigned long)(n) << (20 - PAGE_SHIFT))

static bool highmem_is_up;

static inline int down(void **state)
{
	(void)state;
	if (highmem_is_up)
		host_machine_exit();
	highmem_is_up = false;
	return 0;
}

/* A PC with @ram bytes whose architecture's direct map has room for @room; ended by down(). */
static inline struct boot_info *new_machine(u64 ram, u64 room, const char *options)
{
	struct boot_info *info;

	down(NULL);
	mm_reset();
	bad_options = 0;
	host_log_clear();
	info = host_machine_pc(ram, options);
	host_direct_map_size = room;
	highmem_is_up = true;
	return info;
}

static inline void start(struct boot_info *info)
{
	mm_register_options();
	parse_options(info->options);
	mm_bring_up(info);
	assert_int_equal(mm_verify_all(), 0);
}

static inline void boot_with_room(u64 ram, u64 room, const char *options)
{
	start(new_machine(ram, room, options));
}

static inline void boot(u64 ram, const char *options)
{
	boot_with_room(ram, ~0ULL, options);
}

/* 1 GB low, 3 GB high: 1 GB below the hole, 2 GB above 4 GB. */
static inline int up(void **state)
{
	(void)state;
	boot(SZ_4G, "directmap=1G");
	return 0;
}

/* @nr pages from the zone of high memory. */
static inline void take_pages(struct page **pages, int nr)
{
	for (int i = 0; i < nr; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER);
		assert_true(pages[i] && !page_is_direct(pages[i]));
	}
}

#endif /* _TEST_HIGHMEM_MACHINE_H */
