/* SPDX-License-Identifier: MIT */
/* High memory's part in bring-up: linux/highmem.h says what it is. */
#ifndef _MM_HIGHMEM_H
#define _MM_HIGHMEM_H

#include <linux/kernel.h>
#include <linux/mmzone.h>

/* Handler of directmap=. 0 or -EINVAL. */
int directmap_parse_option(char *value);

/* In the words of 32-bit Linux, how much there is of each kind. Nothing where none is high. */
void log_highmem(void);

/* Where the direct map ends; PHYS_ADDR_MAX where all memory is in it. */
static inline phys_addr_t direct_map_end(void)
{
	return have_highmem() ? PFN_PHYS(highstart_pfn) : PHYS_ADDR_MAX;
}

/* Is the whole section past the direct map? */
static inline bool section_is_high(unsigned long nr)
{
	return section_nr_to_pfn(nr) >= highstart_pfn;
}

/*
 * Gives the free pages of the sections made at boot to the allocator, one by one:
 * Linux's function of that name. After memblock_free_all() or free_all_bootmem().
 */
void set_highmem_pages_init(void);

/* Calls @fn for each piece of memory of section @nr that may be handed out. */
void section_memory(unsigned long nr,
		    void (*fn)(struct zone *zone, unsigned long start, unsigned long end));

/* @pages more, or fewer, are @zone's to hand out. */
void adjust_zone_managed(struct zone *zone, long pages);

/* Back to the state at program start, for hosts that bring up several machines. */
void highmem_reset(void);
void kmap_reset(void);

#endif /* _MM_HIGHMEM_H */
