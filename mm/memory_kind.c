/* SPDX-License-Identifier: MIT */
/* The firmware's word about memory, as marks of memblock. Contract: memory_kind.h. */
#include "memory_kind.h"

#include <baremm/boot_info.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>

static phys_addr_t __init range_size(const struct boot_range *range)
{
	return range->end - range->start;
}

void __init mark_mirrored_memory(const struct boot_info *info)
{
	phys_addr_t mirrored = 0;

	for (u32 i = 0; i < info->nr_mirrored; i++) {
		const struct boot_range *range = &info->mirrored[i];

		if (memblock_mark_mirror(range->start, range_size(range)))
			pr_err("memblock: no room to mark [mem %#018llx-%#018llx] as mirrored\n",
			       range->start, range->end - 1);
		mirrored += range_size(range);
	}
	if (mirrored)
		pr_info("efi: Memory: %lluM/%lluM mirrored memory\n", mirrored >> 20,
			info->efi.bytes >> 20);
}

/* ---- Memory that may be unplugged ------------------------------------------------------- */

/* The first memory in [start, end), of one region; its node, or -1 where nodes are not known. */
struct piece {
	phys_addr_t start, end;
	int nid;
	bool marked;
};

static int __init known_node(int nid)
{
	return nid >= 0 && nid < MAX_NUMNODES ? nid : -1;
}

static bool __init first_piece(phys_addr_t start, phys_addr_t end, struct piece *piece)
{
	const struct memblock_region *r;

	if (start >= end)
		return false;
	for_each_mem_region (r) {
		if (r->base + r->size <= start || r->base >= end)
			continue;
		*piece = (struct piece){max(start, r->base), min(end, r->base + r->size),
					known_node(r->nid), memblock_is_hotpluggable(r)};
		return true;
	}
	return false;
}

static phys_addr_t __init end_of_reserved(int nid)
{
	const struct memblock_region *r;
	phys_addr_t end = 0;

	for_each_reserved_mem_region (r)
		if (r->size && known_node(r->nid) == nid)
			end = max(end, r->base + r->size);
	return end;
}

/* Bytes of memory that the firmware calls so; of those that bear the mark, where @marked. */
static phys_addr_t __init hotpluggable_bytes(const struct boot_info *info, bool marked)
{
	phys_addr_t bytes = 0;
	struct piece piece;

	for (u32 i = 0; i < info->nr_hotplug; i++)
		for (phys_addr_t at = info->hotplug[i].start;
		     first_piece(at, info->hotplug[i].end, &piece); at = piece.end)
			bytes += !marked || piece.marked ? piece.end - piece.start : 0;
	return bytes;
}

static void __init mark_range(const struct boot_range *range)
{
	struct piece piece;

	for (phys_addr_t at = range->start; first_piece(at, range->end, &piece); at = piece.end) {
		phys_addr_t taken = end_of_reserved(piece.nid);

		if (taken <= piece.start &&
		    memblock_mark_hotplug(piece.start, piece.end - piece.start))
			pr_err("memblock: no room to mark [mem %#018llx-%#018llx] as "
			       "hot-pluggable\n",
			       piece.start, piece.end - 1);
	}
}

static bool __init leaves_enough(const struct boot_info *info)
{
	return memblock_phys_mem_size() - hotpluggable_bytes(info, false) >= HOTPLUG_LEAVES;
}

void __init mark_hotpluggable_memory(const struct boot_info *info)
{
	if (!info || !info->nr_hotplug || !movable_node_is_enabled() || !leaves_enough(info))
		return;
	for (u32 i = 0; i < info->nr_hotplug; i++)
		mark_range(&info->hotplug[i]);
}

void __init report_hotpluggable_memory(const struct boot_info *info)
{
	phys_addr_t bytes;

	if (!info || !info->nr_hotplug)
		return;
	bytes = hotpluggable_bytes(info, false);
	pr_info("efi: Memory: %lluM/%lluM hot-pluggable memory\n", bytes >> 20,
		memblock_phys_mem_size() >> 20);
	if (!movable_node_is_enabled())
		return;
	if (!leaves_enough(info))
		pr_warn("efi: less than %luM would be left beside it: it is memory like any\n",
			HOTPLUG_LEAVES >> 20);
	else if (hotpluggable_bytes(info, true) < bytes)
		pr_notice("efi: %lluM of it have reserved memory in or above them and stay "
			  "plugged\n",
			  (bytes - hotpluggable_bytes(info, true)) >> 20);
}
