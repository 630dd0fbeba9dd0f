/* SPDX-License-Identifier: MIT */
/* Free memory in shares and pieces. Contract: memtest_plan.h. */
#include "memtest_plan.h"

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/sizes.h>

#include "highmem.h"

#define PIECES_PER_TESTER 8 /* so that none waits long for the others */
#define LEAST_PIECE	  ((phys_addr_t)SZ_1M)
#define LARGEST_PIECE	  ((phys_addr_t)SZ_1G)

/* What of a free range is to be tested by a share; false: nothing. */
static bool __init clip(const struct memtest_plan *plan, const struct memtest_share *share,
			phys_addr_t *start, phys_addr_t *end)
{
	phys_addr_t edge = direct_map_end();

	*start = max3(*start, plan->start, share->high ? edge : 0);
	*end = min3(*end, plan->end, share->high ? PHYS_ADDR_MAX : edge);
	return *start < *end;
}

/* All free memory of a share, as far as it is to be tested: clip() cuts the range first. */
#define for_each_free_range(i, plan, share, start, end)                                     \
	for_each_free_mem_range (i, (share)->nid, MEMBLOCK_HOTPLUG, &(start), &(end), NULL) \
		if (clip(plan, share, &(start), &(end)))

/* ---- Shares --------------------------------------------------------------------------- */

static bool __init has_share(const struct memtest_plan *plan, int nid)
{
	for (unsigned int i = 0; i < plan->nr_shares; i++)
		if (plan->shares[i].nid == nid)
			return true;
	return false;
}

static void __init add_share(struct memtest_plan *plan, int nid, bool high)
{
	struct memtest_share *share = &plan->shares[plan->nr_shares];
	phys_addr_t start, end, size = 0;
	u64 i;

	*share = (struct memtest_share){.nid = nid, .high = high};
	for_each_free_range(i, plan, share, start, end) size += end - start;
	plan->size += size;
	plan->nr_shares += size != 0;
}

void __init memtest_plan_make(struct memtest_plan *plan, phys_addr_t start, phys_addr_t end,
			      unsigned int nr_testers)
{
	const struct memblock_region *region;

	plan->start = start;
	plan->end = end;
	plan->size = 0;
	plan->nr_shares = 0;
	for_each_mem_region (region) {
		int nid = region->nid < MAX_NUMNODES ? region->nid : NUMA_NO_NODE;

		if (!has_share(plan, nid))
			add_share(plan, nid, false);
	}
	if (have_highmem())
		add_share(plan, NUMA_NO_NODE, true);
	plan->piece_size = ALIGN(plan->size / (PIECES_PER_TESTER * nr_testers), SZ_1M);
	plan->piece_size = clamp(plan->piece_size, LEAST_PIECE, LARGEST_PIECE);
}

void __init memtest_plan_rewind(struct memtest_plan *plan)
{
	for (unsigned int i = 0; i < plan->nr_shares; i++)
		plan->shares[i].cursor = 0;
}

/* ---- Windows ---------------------------------------------------------------------------- */

/* Cuts whole words of [start, end) into pieces, up to @limit of them. Returns where it ended. */
static phys_addr_t __init cut(struct memtest_plan *plan, struct memtest_share *share,
			      phys_addr_t start, phys_addr_t end, unsigned int limit)
{
	phys_addr_t pos = ALIGN(start, MEMTEST_WORD), last = ALIGN_DOWN(end, MEMTEST_WORD);

	for (; pos < last && share->end < limit; pos = plan->pieces[share->end++].end)
		plan->pieces[share->end] = (struct memtest_piece){
			.start = pos, .end = min(last, pos + plan->piece_size)};
	return pos < last ? pos : end;
}

static void __init fill_share(struct memtest_plan *plan, struct memtest_share *share,
			      unsigned int limit, void (*say)(phys_addr_t, phys_addr_t))
{
	phys_addr_t start, end, stop;
	u64 i;

	for_each_free_range(i, plan, share, start, end)
	{
		start = max(start, share->cursor);
		if (start >= end)
			continue;
		if (share->end == limit) {
			share->next_cursor = start;
			return;
		}
		stop = cut(plan, share, start, end, limit);
		say(start, stop);
		if (stop < end) {
			share->next_cursor = stop;
			return;
		}
	}
	share->next_cursor = PHYS_ADDR_MAX;
}

/* Each share has as much room as the others, and those after it what it left. */
bool __init memtest_plan_window(struct memtest_plan *plan, void (*say)(phys_addr_t, phys_addr_t))
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < plan->nr_shares; i++) {
		struct memtest_share *share = &plan->shares[i];
		unsigned int room = (MEMTEST_PIECES - used) / (plan->nr_shares - i);

		share->first = share->next = share->end = used;
		fill_share(plan, share, used + room, say);
		used = share->end;
	}
	return used != 0;
}

/* Where the share goes on: behind the window, or at what was not read of it. */
static phys_addr_t __init unread(const struct memtest_plan *plan, const struct memtest_share *share,
				 unsigned int round)
{
	for (unsigned int i = share->first; i < share->end; i++) {
		const struct memtest_piece *piece = &plan->pieces[i];

		if (piece->round != round)
			return piece->stop ?: piece->start;
	}
	return share->next_cursor;
}

phys_addr_t __init memtest_plan_advance(struct memtest_plan *plan, unsigned int round)
{
	phys_addr_t done = 0;

	for (unsigned int i = 0; i < plan->nr_shares; i++) {
		struct memtest_share *share = &plan->shares[i];

		share->cursor = unread(plan, share, round);
		for (unsigned int n = share->first; n < share->end; n++) {
			const struct memtest_piece *piece = &plan->pieces[n];

			if (piece->start < share->cursor)
				done += min(piece->end, share->cursor) - piece->start;
		}
	}
	return done;
}
