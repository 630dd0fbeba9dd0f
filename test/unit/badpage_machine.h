/* SPDX-License-Identifier: MIT */
/* Whole machines for the tests of bad memory: bring-up, and who gets which page. */
#ifndef _TEST_BADPAGE_MACHINE_H
#define _TEST_BADPAGE_MACHINE_H

#include "badpage_pages.h"
#include "zones_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <baremm/bringup.h>
#include <baremm/options.h>
#include <linux/errno.h>

/* Prepares a PC with @ram bytes and @options, up to just before bring-up. */
static inline struct boot_info *machine_options(u64 ram, const char *options)
{
	struct boot_info *info = host_machine_pc(ram, options);

	mm_reset();
	host_log_clear();
	mm_register_options();
	parse_options(info->options);
	return info;
}

static inline void bring_up(u64 ram, const char *options)
{
	mm_bring_up(machine_options(ram, options));
}

static inline bool is_out(unsigned long pfn)
{
	const struct page *page = pfn_to_page(pfn);

	return PageHWPoison(page) && PageReserved(page) && !PageBuddy(page);
}

/* The pfn of a block of @order that is free: it was taken, and given back. */
static inline unsigned long free_block_pfn(unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL, order);

	assert_non_null(page);
	__free_pages(page, order);
	return page_to_pfn(page);
}

#endif /* _TEST_BADPAGE_MACHINE_H */
