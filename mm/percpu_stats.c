// SPDX-License-Identifier: MIT
/*
 * Per-CPU memory: the dump of /sys/kernel/debug/percpu_stats, and verify. Contract:
 * percpu.h.
 *
 * Of each chunk, fragments are the free runs that areas follow:
 *
 *   |[static][A]..[B]....[C]...............|     two fragments: 2 and 4
 */
#include "percpu.h"

#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <baremm/arch.h>

#define RULE "----------------------------------------\n"

static void show(struct seq_file *m, const char *name, u64 value)
{
	seq_printf(m, "  %-20s: %12llu\n", name, value);
}

static void show_info(struct seq_file *m)
{
	seq_printf(m, "Percpu Memory Statistics\nAllocation Info:\n" RULE);
	show(m, "unit_size", pcpu_info.unit_size);
	show(m, "static_size", pcpu_info.static_size);
	show(m, "reserved_size", pcpu_info.reserved_size);
	show(m, "dyn_size", pcpu_info.dyn_size);
	show(m, "atom_size", pcpu_info.atom_size);
	show(m, "alloc_size", pcpu_info.alloc_size);
	seq_printf(m, "\n");
}

static void show_global(struct seq_file *m)
{
	seq_printf(m, "Global Stats:\n" RULE);
	show(m, "nr_alloc", pcpu_stats.nr_alloc);
	show(m, "nr_dealloc", pcpu_stats.nr_dealloc);
	show(m, "nr_cur_alloc", pcpu_stats.nr_cur_alloc);
	show(m, "nr_max_alloc", pcpu_stats.nr_max_alloc);
	show(m, "nr_chunks", pcpu_stats.nr_chunks);
	show(m, "nr_max_chunks", pcpu_stats.nr_max_chunks);
	show(m, "min_alloc_size", pcpu_stats.min_alloc_size);
	show(m, "max_alloc_size", pcpu_stats.max_alloc_size);
	show(m, "empty_pop_pages", pcpu_pages.empty);
	seq_printf(m, "\n");
}

/* ---- Chunks ---------------------------------------------------------------------------- */

struct fragments {
	u64 sum_frag, max_frag; /* free, in bytes */
	unsigned long nr;	/* areas in use */
	unsigned long nr_small; /* of them, those of @small bits or less */
};

static struct fragments find_fragments(const struct pcpu_chunk *chunk, unsigned long small)
{
	unsigned long end = pcpu_map_bits(chunk), bit = chunk->fixed_bits, next;
	struct fragments f = {};

	for (; bit < end; bit = next) {
		next = find_next_bit(chunk->bound_map, end, bit + 1);
		if (test_bit(bit, chunk->alloc_map)) {
			f.nr++;
			f.nr_small += next - bit <= small;
		} else if (next < end) {
			f.sum_frag += (next - bit) * PCPU_MIN_ALLOC_SIZE;
			f.max_frag = max(f.max_frag, (u64)(next - bit) * PCPU_MIN_ALLOC_SIZE);
		}
	}
	return f;
}

/*
 * Bytes of the area in use that has @rank smaller ones. Sought by halves, since whoever looks
 * at memory takes none to sort in.
 */
static u64 area_size(const struct pcpu_chunk *chunk, unsigned long rank)
{
	unsigned long low = 0, high = pcpu_map_bits(chunk);

	while (high - low > 1) {
		unsigned long middle = low + (high - low) / 2;

		if (find_fragments(chunk, middle).nr_small > rank)
			high = middle;
		else
			low = middle;
	}
	return high * PCPU_MIN_ALLOC_SIZE;
}

static void show_chunk(struct seq_file *m, const struct pcpu_chunk *chunk)
{
	struct fragments f = find_fragments(chunk, 0);

	seq_printf(m, "Chunk:%s\n", chunk == pcpu_first_chunk ? " <- First Chunk" : "");
	show(m, "nr_alloc", chunk->nr_alloc);
	show(m, "max_alloc_size", chunk->max_alloc_size);
	show(m, "empty_pop_pages", chunk->counts.empty);
	show(m, "first_bit", find_first_zero_bit(chunk->alloc_map, pcpu_map_bits(chunk)));
	show(m, "free_bytes", chunk->free_bits * PCPU_MIN_ALLOC_SIZE);
	show(m, "contig_bytes", chunk->contig_hint * PCPU_MIN_ALLOC_SIZE);
	show(m, "sum_frag", f.sum_frag);
	show(m, "max_frag", f.max_frag);
	show(m, "cur_min_alloc", f.nr ? area_size(chunk, 0) : 0);
	show(m, "cur_med_alloc", f.nr ? area_size(chunk, (f.nr - 1) / 2) : 0);
	show(m, "cur_max_alloc", f.nr ? area_size(chunk, f.nr - 1) : 0);
	seq_printf(m, "\n");
}

void percpu_stats_show(struct seq_file *m)
{
	const struct pcpu_chunk *chunk;
	unsigned long flags;

	spin_lock_irqsave(&pcpu_lock, flags);
	show_info(m);
	show_global(m);
	seq_printf(m, "Per Chunk Stats:\n" RULE);
	for (unsigned int slot = 0; slot < pcpu_nr_slots; slot++)
		list_for_each_entry (chunk, &pcpu_slots[slot], slot_list)
			show_chunk(m, chunk);
	spin_unlock_irqrestore(&pcpu_lock, flags);
}

/* ---- Verify ---------------------------------------------------------------------------- */

#define fault(fmt, ...) (pr_err("percpu: " fmt "\n", ##__VA_ARGS__), 1)

/* Is every unit where it is said to be? */
static int verify_page(const struct pcpu_chunk *chunk, unsigned int unit, unsigned int block)
{
	char *addr = (char *)pcpu_unit_addr(chunk, unit) + block * PAGE_SIZE;
	const void *page = pcpu_page_addr(chunk, unit, block);
	struct arch_mapping mapping;
	int err = arch_query((unsigned long)addr, &mapping);

	if (page ? err || mapping.phys != __pa(page) : !err)
		return fault("chunk at %px: page %u of unit %u is not at %px", chunk->base, block,
			     unit, page);
	if (!page && test_bit(block, chunk->populated))
		return fault("chunk at %px: page %u of unit %u is missing", chunk->base, block,
			     unit);
	return 0;
}

static int verify_addresses(const struct pcpu_chunk *chunk)
{
	int faults = 0;

	for (unsigned int unit = 0; unit < pcpu_nr_units; unit++) {
		void *addr = pcpu_unit_addr(chunk, unit);

		for (unsigned int block = 0; block < chunk->nr_blocks; block++)
			if (!test_bit(block, chunk->busy))
				faults += verify_page(chunk, unit, block);
		if (chunk == pcpu_first_chunk &&
		    per_cpu_offset(pcpu_unit_cpu[unit]) !=
			    (unsigned long)addr - (unsigned long)__per_cpu_start)
			faults += fault("offset 0x%lx of CPU %u does not lead to %px",
					per_cpu_offset(pcpu_unit_cpu[unit]), pcpu_unit_cpu[unit],
					addr);
	}
	return faults;
}

/* Areas lie in pages that are there, and these are counted right. */
static int verify_pages(const struct pcpu_chunk *chunk)
{
	struct pcpu_page_counts counts = pcpu_count_pages(chunk);
	int faults = 0;

	for (unsigned int block = 0; block < chunk->nr_blocks; block++)
		if (!test_bit(block, chunk->populated) && !test_bit(block, chunk->busy) &&
		    chunk->md[block].contig_hint != PCPU_BITS_PER_BLOCK)
			faults += fault("chunk at %px: an area lies in page %u, which is not there",
					chunk->base, block);
	if (counts.populated != chunk->counts.populated || counts.empty != chunk->counts.empty)
		faults += fault("chunk at %px counts %u pages, %u of them empty, has %u and %u",
				chunk->base, chunk->counts.populated, chunk->counts.empty,
				counts.populated, counts.empty);
	return faults;
}

static int verify_slot(unsigned int slot, u64 *nr_alloc, unsigned int *nr_chunks,
		       struct pcpu_page_counts *pages)
{
	const struct pcpu_chunk *chunk;
	int faults = 0;

	list_for_each_entry (chunk, &pcpu_slots[slot], slot_list) {
		faults += pcpu_chunk_verify(chunk) + verify_addresses(chunk) + verify_pages(chunk);
		pages->populated += chunk->counts.populated;
		pages->empty += chunk->counts.empty;
		if (chunk->slot != slot || pcpu_chunk_slot(chunk) != slot)
			faults += fault("chunk at %px is in slot %u, says %u, belongs to %u",
					chunk->base, slot, chunk->slot, pcpu_chunk_slot(chunk));
		*nr_alloc += chunk->nr_alloc;
		++*nr_chunks;
	}
	return faults;
}

int percpu_verify(void)
{
	struct pcpu_page_counts pages = {0};
	unsigned int nr_chunks = 0;
	unsigned long flags;
	u64 nr_alloc = 0;
	int faults = 0;

	if (!pcpu_first_chunk)
		return 0;
	spin_lock_irqsave(&pcpu_lock, flags);
	for (unsigned int slot = 0; slot < pcpu_nr_slots; slot++)
		faults += verify_slot(slot, &nr_alloc, &nr_chunks, &pages);
	if (nr_alloc != pcpu_stats.nr_cur_alloc || nr_chunks != pcpu_stats.nr_chunks ||
	    pcpu_stats.nr_alloc - pcpu_stats.nr_dealloc != nr_alloc)
		faults += fault("counts %llu areas in %u chunks, has %llu in %u",
				pcpu_stats.nr_cur_alloc, pcpu_stats.nr_chunks, nr_alloc, nr_chunks);
	if (pages.populated != pcpu_pages.populated || pages.empty != pcpu_pages.empty)
		faults +=
			fault("counts %u pages, %u of them empty, has %u and %u",
			      pcpu_pages.populated, pcpu_pages.empty, pages.populated, pages.empty);
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return faults;
}
