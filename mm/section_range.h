/* SPDX-License-Identifier: MIT */
/*
 * Making the sections of a range so that the range stays whole.
 *
 * A zone that grows puts a section's page structs into the section itself, which no
 * contiguous range can then reach across. Who wants one has its sections made here:
 * their page structs lie in pages of other sections, which the page allocator gives.
 *
 * Owns:       nothing for long. Sections on their way are off the zone's extents, and
 *             their pages count as used meanwhile.
 * Lifetime:   from mem_init() on.
 * Locking:    takes zone->lock; calls the page allocator.
 * Units:      pfn.
 * Failure:    -errno; every section is then made or waits, as any other.
 */
#ifndef _MM_SECTION_RANGE_H
#define _MM_SECTION_RANGE_H

#include <linux/mmzone.h>

/*
 * Makes all sections of [start, end) that wait, without a page of the range for it.
 * -ENOMEM: no room for their page structs; sections made by then, or made in the usual
 * way since they could not wait any more, are free memory. -EIO: one is not there.
 */
int section_make_range(unsigned long start_pfn, unsigned long end_pfn);

#endif /* _MM_SECTION_RANGE_H */
