// SPDX-License-Identifier: MIT
/*
 * Free and taken pages of a section by memblock's tables, and page structs that say the
 * same. Contract: section_free.h.
 */
#include "section_free.h"

#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mmzone.h>

bool reserved_next_used(int nid, unsigned long pos, unsigned long end, struct pfn_run *run)
{
	(void)nid;
	return memblock_next_used(pos, end, run);
}

/* Of [pos, end), all memory of node @nid. */
static bool next_free_of_node(int nid, unsigned long pos, unsigned long end, next_used_fn next_used,
			      struct pfn_run *run)
{
	struct pfn_run used;

	for (; pos < end; pos = used.end) {
		if (!next_used(nid, pos, end, &used))
			used = (struct pfn_run){end, end};
		if (pos < used.start) {
			*run = (struct pfn_run){pos, used.start};
			return true;
		}
	}
	return false;
}

bool next_free_run(unsigned long pos, unsigned long end, next_used_fn next_used,
		   struct pfn_run *run)
{
	struct memory_piece piece;

	memory_piece_first(&piece, memblock_first_above(&memblock.memory, PFN_PHYS(pos)));
	for (; piece.zone && piece.start < end; memory_piece_next(&piece))
		if (!piece.kept && next_free_of_node(piece.zone->node, max(pos, piece.start),
						     min(end, piece.end), next_used, run))
			return true;
	return false;
}

unsigned long count_free_pages(unsigned long pos, unsigned long end)
{
	unsigned long pages = 0;
	struct pfn_run run;

	for (; next_free_run(pos, end, reserved_next_used, &run); pos = run.end)
		pages += run.end - run.start;
	return pages;
}

/* ---- Page structs ------------------------------------------------------------------ */

/* Pages [pos, end), all memory of @zone. */
static void init_memory_pages(unsigned long pos, unsigned long end, const struct zone *zone,
			      next_used_fn next_used)
{
	struct pfn_run used;

	for (; next_used(zone->node, pos, end, &used); pos = used.end) {
		init_unused_pages(pos, used.start, zone);
		init_reserved_pages(used.start, used.end, zone);
	}
	init_unused_pages(pos, end, zone);
}

void init_section_pages(unsigned long nr, next_used_fn next_used)
{
	unsigned long pos = section_nr_to_pfn(nr), end = pos + PAGES_PER_SECTION;
	struct memory_piece piece;

	memory_piece_first(&piece, memblock_first_above(&memblock.memory, PFN_PHYS(pos)));
	while (pos < end) {
		unsigned long stop = end;

		while (piece.zone && piece.end <= pos)
			memory_piece_next(&piece);
		if (!piece.zone) {
			init_reserved_pages(pos, end, last_populated_zone());
		} else if (piece.start > pos || piece.kept) {
			stop = min(end, piece.start > pos ? piece.start : piece.end);
			init_reserved_pages(pos, stop, piece.zone);
		} else {
			stop = min(end, piece.end);
			init_memory_pages(pos, stop, piece.zone, next_used);
		}
		pos = stop;
	}
}
