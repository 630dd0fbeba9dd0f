// SPDX-License-Identifier: MIT
/* Probing RAM. Contract: mm/ram_probe.h. */
#include "ram_probe.h"

#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/e820.h>
#include <baremm/panic.h>

#include "highmem.h"

#define WORD sizeof(u64)

static phys_addr_t next_block(phys_addr_t pos, phys_addr_t block)
{
	return round_down(pos, block) + block;
}

/* The first word of a block of [start, end) that keeps nothing; @end where all do. */
static phys_addr_t first_missing(phys_addr_t start, phys_addr_t end, phys_addr_t block)
{
	for (phys_addr_t pos = start; pos < end; pos = next_block(pos, block))
		if (!arch_probe_word(phys_to_virt(pos)))
			return pos;
	return end;
}

bool ram_is_there(unsigned long start, unsigned long end)
{
	return start >= highstart_pfn ||
	       first_missing(PFN_PHYS(start), PFN_PHYS(end), RAM_PROBE_BLOCK) == PFN_PHYS(end);
}

/* ---- At bring-up ------------------------------------------------------------------------ */

/* So that blocks of it are as many as may be probed. */
static phys_addr_t __init block_size(void)
{
	phys_addr_t block = memblock.memory.total_size / RAM_PROBES_MAX;

	return block > RAM_PROBE_BLOCK ? roundup_pow_of_two(block) : RAM_PROBE_BLOCK;
}

static void __init take_out(phys_addr_t start, phys_addr_t end)
{
	pr_err("[mem %#018llx-%#018llx] does not keep what is written to it: not used\n", start,
	       end - 1);
	e820__range_update(start, end - start, E820_TYPE_RAM, E820_TYPE_UNUSABLE);
	e820__update_table(e820_table);
	if (memblock_remove(start, end - start) ||
	    arch_unmap((unsigned long)phys_to_virt(start), end - start))
		panic("[mem %#018llx-%#018llx] cannot be taken out: no room in memblock or page "
		      "tables",
		      start, end - 1);
}

/* Where what is missing from @bad on ends: first by large steps, then before the last by small. */
static phys_addr_t __init missing_end(phys_addr_t bad, phys_addr_t end, phys_addr_t block)
{
	phys_addr_t last = bad, pos = bad;

	for (; pos < end && !arch_probe_word(phys_to_virt(pos)); pos = next_block(pos, block))
		last = pos;
	end = min(pos > bad ? pos : end, end);
	do
		last = next_block(last, RAM_PROBE_FINE);
	while (last < end && !arch_probe_word(phys_to_virt(last)));
	return min(last, end);
}

/* What is not there of a free range, from @start on: *@bad and its end; @end: nothing. */
static phys_addr_t __init find_missing(phys_addr_t start, phys_addr_t end, phys_addr_t block,
				       phys_addr_t *bad)
{
	phys_addr_t pos = first_missing(start, end, block);

	/* The last word tells of a range that ends too late. */
	if (pos == end && !arch_probe_word(phys_to_virt(end - WORD)))
		pos = max(round_down(end - WORD, RAM_PROBE_FINE), start);
	*bad = pos;
	if (pos == end)
		return end;
	/* It may begin anywhere behind the last word that is there. */
	*bad = first_missing(pos - min(pos - start, block), pos, RAM_PROBE_FINE);
	return missing_end(*bad, end, block);
}

/* The first free range at @pos or above; false where there is none. */
static bool __init next_free(phys_addr_t pos, phys_addr_t *start, phys_addr_t *end)
{
	u64 i;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, start, end, NULL) {
		*start = ALIGN(max(*start, pos), WORD);
		*end = ALIGN_DOWN(min(*end, direct_map_end()), WORD);
		if (*start < *end)
			return true;
	}
	return false;
}

void __init ram_probe(void)
{
	phys_addr_t block = block_size(), start, end, bad, pos = 0;

	while (next_free(pos, &start, &end)) {
		pos = find_missing(start, end, block, &bad);
		if (bad < end)
			take_out(round_down(bad, PAGE_SIZE), round_up(pos, PAGE_SIZE));
	}
}
