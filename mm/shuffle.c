// SPDX-License-Identifier: MIT
/*
 * Shuffled free lists. Contract: shuffle.h.
 *
 * Fisher and Yates's shuffle goes through an array and exchanges each entry with another
 * one. The array is the zone's addresses here: a block is found by its address, and what
 * is exchanged are two blocks' places in their list.
 */
#include "shuffle.h"

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <baremm/arch.h>

#include "internal.h"

#define BLOCK_PAGES (1UL << SHUFFLE_ORDER)
#define TRIES	    10 /* to find another block where much is in use */

/* The free block of @zone at @pfn, whose section is made; NULL where it is none. */
static struct page *free_block_at(const struct zone *zone, unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);

	if (page_zone(page) != zone || !PageBuddy(page) || page->priv32 != SHUFFLE_ORDER)
		return NULL;
	return page;
}

/* @pfn, or the first one above it whose section is made. */
static unsigned long next_made_pfn(unsigned long pfn)
{
	unsigned long nr = pfn_to_section_nr(pfn), made = next_made_section(nr);

	if (made == nr || made == ULONG_MAX)
		return made == nr ? pfn : ULONG_MAX;
	return section_nr_to_pfn(made);
}

/* Where chance hits no made section, it hits the next one above. NULL after all tries. */
static struct page *random_block(const struct zone *zone, unsigned long start, unsigned long end)
{
	for (int i = 0; i < TRIES; i++) {
		unsigned long at = ALIGN_DOWN(start + arch_random() % (end - start), BLOCK_PAGES);
		unsigned long pfn = next_made_pfn(at);
		struct page *page;

		if (pfn != at && pfn != ULONG_MAX)
			pfn += ALIGN_DOWN(arch_random() % PAGES_PER_SECTION, BLOCK_PAGES);
		if (pfn < start || pfn >= end)
			continue;
		page = free_block_at(zone, pfn);
		if (page)
			return page;
	}
	return NULL;
}

void shuffle_range(struct zone *zone, unsigned long start, unsigned long end)
{
	unsigned long pfn = next_made_pfn(ALIGN(start, BLOCK_PAGES));

	for (; pfn < end; pfn = next_made_pfn(pfn + BLOCK_PAGES)) {
		struct page *page = free_block_at(zone, pfn), *other;

		if (!page)
			continue;
		other = random_block(zone, start, end);
		if (other && other != page &&
		    get_pfnblock_migratetype(pfn) == get_pfnblock_migratetype(page_to_pfn(other)))
			list_swap(&page->buddy_list, &other->buddy_list);
	}
}

void shuffle_free_memory(void)
{
	unsigned long flags;
	struct zone *zone;

	if (!(data_race(page_hooks) & PAGE_HOOK_SHUFFLE))
		return;
	for_each_populated_zone (zone) {
		spin_lock_irqsave(&zone->lock, flags);
		shuffle_range(zone, zone->zone_start_pfn, zone_end_pfn(zone));
		spin_unlock_irqrestore(&zone->lock, flags);
	}
}

/* 63 bits of chance at a time; the highest bit, which is set, tells when they are used up. */
bool shuffle_pick_tail(void)
{
	static u64 bits;
	u64 now = READ_ONCE(bits);

	if (now <= 1)
		now = arch_random() | 1ULL << 63;
	WRITE_ONCE(bits, now >> 1);
	return now & 1;
}

int __init shuffle_parse_option(char *value)
{
	bool on;

	return page_hook_parse(value, &on, PAGE_HOOK_SHUFFLE);
}
