// SPDX-License-Identifier: MIT
/* A pageblock's bits, by page. Contract: linux/pageblock-flags.h. */
#include <linux/pageblock-flags.h>

#include <linux/mmzone.h>

#include "../internal.h"

#define PB_SKIP (1UL << PB_migrate_skip)
static_assert(MIGRATETYPE_MASK == PAGEBLOCK_TYPE_MASK && PB_SKIP == PAGEBLOCK_SKIP);

unsigned long get_pfnblock_flags_mask(const struct page *page, unsigned long pfn,
				      unsigned long mask)
{
	unsigned long flags = get_pfnblock_migratetype(pfn);

	(void)page;
	if (get_pfnblock_skip(pfn))
		flags |= PB_SKIP;
	return flags & mask;
}

void set_pfnblock_flags_mask(struct page *page, unsigned long flags, unsigned long pfn,
			     unsigned long mask)
{
	unsigned long kept = get_pfnblock_flags_mask(page, pfn, ~mask);

	if (mask & MIGRATETYPE_MASK)
		set_pfnblock_migratetype(
			pfn, (enum migratetype)((kept | (flags & mask)) & MIGRATETYPE_MASK));
	if (mask & PB_SKIP)
		set_pfnblock_bits(pfn, PB_SKIP, flags & PB_SKIP);
}
