/* SPDX-License-Identifier: MIT */
/*
 * What is kept of each pageblock: four bits.
 *
 *   | skip | migratetype |
 *      3    2           0
 *
 * Owns:       nothing: the bits are their section's (linux/mmzone.h).
 * Invariants: a block that is free lies on the list of its pageblock's migratetype.
 * Lifetime:   from when the section is made.
 * Locking:    the zone's lock for changes of migratetype; none for the hint to skip.
 * Units:      pages, pageblocks.
 * Failure:    none.
 * Source:     Linux 6.1's pageblock-flags.h.
 */
#ifndef _LINUX_PAGEBLOCK_FLAGS_H
#define _LINUX_PAGEBLOCK_FLAGS_H

#include <linux/align.h>
#include <linux/mm_types.h>
#include <linux/mmzone_types.h>
#include <linux/types.h>

#define PB_migratetype_bits 3

enum pageblock_bits {
	PB_migrate,
	PB_migrate_end = PB_migrate + PB_migratetype_bits - 1,
	PB_migrate_skip,
	NR_PAGEBLOCK_BITS
};

#define MIGRATETYPE_MASK ((1UL << PB_migratetype_bits) - 1)

#define pageblock_align(pfn)	 ALIGN((pfn), pageblock_nr_pages)
#define pageblock_aligned(pfn)	 IS_ALIGNED((pfn), pageblock_nr_pages)
#define pageblock_start_pfn(pfn) ALIGN_DOWN((pfn), pageblock_nr_pages)
#define pageblock_end_pfn(pfn)	 ALIGN((pfn) + 1, pageblock_nr_pages)

/* The bits of @mask that the pageblock at @pfn, that of @page, has; and sets these to @flags. */
unsigned long get_pfnblock_flags_mask(const struct page *page, unsigned long pfn,
				      unsigned long mask);
void set_pfnblock_flags_mask(struct page *page, unsigned long flags, unsigned long pfn,
			     unsigned long mask);

/* Compaction's hint that there is nothing to be found. */
#define get_pageblock_skip(page) \
	get_pfnblock_flags_mask(page, page_to_pfn(page), 1 << PB_migrate_skip)
#define clear_pageblock_skip(page) \
	set_pfnblock_flags_mask(page, 0, page_to_pfn(page), 1 << PB_migrate_skip)
#define set_pageblock_skip(page) \
	set_pfnblock_flags_mask(page, 1 << PB_migrate_skip, page_to_pfn(page), 1 << PB_migrate_skip)

#endif /* _LINUX_PAGEBLOCK_FLAGS_H */
