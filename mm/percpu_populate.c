// SPDX-License-Identifier: MIT
/*
 * Pages of per-CPU chunks: they come block by block, a page for each unit on its CPU's node,
 * when an area first lies there, and a few that nothing is in are kept for those who may
 * not wait. Contract: percpu.h.
 *
 *   unit 0    |####|####|    |##..|    |        # in use, . there
 *   unit 1    |####|####|    |##..|    |
 *   block       0    1    2    3    4           populated: 0, 1, 3
 *
 * A block's `busy` bit is set while its pages come or go, with no lock held: allocating and
 * mapping may take long. Who needs such a block waits until the bit is clear.
 */
#include "percpu.h"

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/topology.h>
#include <baremm/arch.h>

/* ---- Counts ------------------------------------------------------------------------- */

static bool is_empty(const struct pcpu_chunk *chunk, unsigned int block)
{
	return chunk->md[block].contig_hint == PCPU_BITS_PER_BLOCK;
}

struct pcpu_page_counts pcpu_count_pages(const struct pcpu_chunk *chunk)
{
	struct pcpu_page_counts counts = {0};
	unsigned long b;

	for_each_set_bit (b, chunk->populated, chunk->nr_blocks) {
		counts.populated++;
		counts.empty += !chunk->bad && is_empty(chunk, (unsigned int)b);
	}
	return counts;
}

void pcpu_update_counts(struct pcpu_chunk *chunk, struct pcpu_page_counts now)
{
	pcpu_pages.populated += now.populated - chunk->counts.populated;
	pcpu_pages.empty += now.empty - chunk->counts.empty;
	chunk->counts = now;
}

bool pcpu_bits_populated(const struct pcpu_chunk *chunk, unsigned int bit, unsigned int bits)
{
	unsigned long start = bit / PCPU_BITS_PER_BLOCK;
	unsigned long end = DIV_ROUND_UP(bit + bits, (unsigned int)PCPU_BITS_PER_BLOCK);

	return find_next_zero_bit(chunk->populated, end, start) == end;
}

/* ---- One block ------------------------------------------------------------------------- */

static unsigned long block_addr(const struct pcpu_chunk *chunk, unsigned int unit,
				unsigned int block)
{
	return (unsigned long)pcpu_unit_addr(chunk, unit) + block * PAGE_SIZE;
}

static void free_page_of(struct pcpu_chunk *chunk, unsigned int unit, unsigned int block)
{
	free_page((unsigned long)pcpu_page_addr(chunk, unit, block));
	*pcpu_page(chunk, unit, block) = NULL;
}

/* Unmaps and frees the pages that are there. What cannot be unmapped stays. 0 or -errno. */
static int unmap_block(struct pcpu_chunk *chunk, unsigned int block)
{
	for (unsigned int unit = 0; unit < pcpu_nr_units; unit++) {
		int err;

		if (!pcpu_page_addr(chunk, unit, block))
			continue;
		err = arch_unmap(block_addr(chunk, unit, block), PAGE_SIZE);
		if (err)
			return err;
		free_page_of(chunk, unit, block);
	}
	return 0;
}

static int map_page(struct pcpu_chunk *chunk, unsigned int unit, unsigned int block, gfp_t gfp)
{
	int nid = cpu_to_node((int)pcpu_unit_cpu[unit]), err;
	struct page *page = alloc_pages_node(nid, gfp, 0);

	if (!page)
		return -ENOMEM;
	*pcpu_page(chunk, unit, block) = page_address(page);
	err = arch_map(block_addr(chunk, unit, block), page_to_phys(page), PAGE_SIZE,
		       ARCH_MAP_WRITE);
	if (err)
		free_page_of(chunk, unit, block);
	return err;
}

/* A page for each unit that lacks one. 0, or -errno and none is there that can be unmapped. */
static int map_block(struct pcpu_chunk *chunk, unsigned int block, gfp_t gfp)
{
	for (unsigned int unit = 0; unit < pcpu_nr_units; unit++) {
		int err;

		if (pcpu_page_addr(chunk, unit, block))
			continue;
		err = map_page(chunk, unit, block, gfp);
		if (err) {
			unmap_block(chunk, block);
			return err;
		}
	}
	return 0;
}

/* ---- With others about ------------------------------------------------------------------ */

/* Ends what a busy bit was set for. With pcpu_lock held. */
static void end_busy(struct pcpu_chunk *chunk, unsigned int block, bool populated)
{
	__assign_bit(block, chunk->populated, populated);
	__clear_bit(block, chunk->busy);
	pcpu_update_counts(chunk, pcpu_count_pages(chunk));
}

/* Sets the busy bit, once nobody else has it. False: the block is there already. */
static bool claim(struct pcpu_chunk *chunk, unsigned int block)
{
	for (;;) {
		bool there, busy;
		unsigned long flags;

		spin_lock_irqsave(&pcpu_lock, flags);
		busy = test_bit(block, chunk->busy);
		there = !busy && test_bit(block, chunk->populated);
		if (!busy && !there)
			__set_bit(block, chunk->busy);
		spin_unlock_irqrestore(&pcpu_lock, flags);
		if (!busy)
			return !there;
		cond_resched();
		cpu_relax();
	}
}

static int map_claimed(struct pcpu_chunk *chunk, unsigned int block, gfp_t gfp)
{
	int err = map_block(chunk, block, gfp);
	unsigned long flags;

	spin_lock_irqsave(&pcpu_lock, flags);
	end_busy(chunk, block, !err);
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return err;
}

int pcpu_populate(struct pcpu_chunk *chunk, unsigned int start, unsigned int end, gfp_t gfp)
{
	int err = 0;

	for (unsigned int block = start; block < end && !err; block++)
		if (claim(chunk, block))
			err = map_claimed(chunk, block, gfp);
	return err;
}

int pcpu_depopulate_all(struct pcpu_chunk *chunk)
{
	for (unsigned int block = 0; block < chunk->nr_blocks; block++) {
		int err;

		__clear_bit(block, chunk->populated);
		err = unmap_block(chunk, block);
		if (err)
			return err;
	}
	return 0;
}

/* ---- The reserve -------------------------------------------------------------------------- */

/* A block that is not there, of a chunk with something in it; busy from now on. */
static struct pcpu_chunk *claim_any(unsigned int *block)
{
	struct pcpu_chunk *chunk;

	for (unsigned int slot = 1; slot < pcpu_nr_slots; slot++) {
		list_for_each_entry (chunk, &pcpu_slots[slot], slot_list) {
			unsigned long b;

			for_each_clear_bit (b, chunk->populated, chunk->nr_blocks) {
				if (__test_and_set_bit(b, chunk->busy))
					continue;
				*block = (unsigned int)b;
				return chunk;
			}
		}
	}
	return NULL;
}

void pcpu_fill_reserve(gfp_t gfp)
{
	unsigned int want = PCPU_EMPTY_POP_PAGES_LOW, block = 0;

	for (;;) {
		struct pcpu_chunk *chunk = NULL;
		unsigned long flags;

		spin_lock_irqsave(&pcpu_lock, flags);
		if (pcpu_pages.empty < want)
			chunk = claim_any(&block);
		spin_unlock_irqrestore(&pcpu_lock, flags);
		if (!chunk || map_claimed(chunk, block, gfp | __GFP_NORETRY | __GFP_NOWARN))
			return;
		want = PCPU_EMPTY_POP_PAGES_HIGH;
	}
}

bool pcpu_claim_surplus(struct pcpu_chunk *chunk, unsigned int *block)
{
	if (pcpu_nr_units == 1 || chunk->immutable || pcpu_pages.empty <= PCPU_EMPTY_POP_PAGES_HIGH)
		return false;
	for (unsigned int b = chunk->nr_blocks; b-- > 0;) {
		if (!test_bit(b, chunk->populated) || !is_empty(chunk, b))
			continue;
		/* Whoever gets an area here from now on waits, and populates it again. */
		__set_bit(b, chunk->busy);
		__clear_bit(b, chunk->populated);
		pcpu_update_counts(chunk, pcpu_count_pages(chunk));
		*block = b;
		return true;
	}
	return false;
}

/* The chunk has a busy block as long as the lock is let go, so it stays. */
void pcpu_give_back_surplus(struct pcpu_chunk *chunk, unsigned int block)
{
	bool more;

	do {
		int err = unmap_block(chunk, block);
		unsigned long flags;

		spin_lock_irqsave(&pcpu_lock, flags);
		end_busy(chunk, block, false);
		more = !err && pcpu_claim_surplus(chunk, &block);
		spin_unlock_irqrestore(&pcpu_lock, flags);
	} while (more);
}
