// SPDX-License-Identifier: MIT
/*
 * The areas of one chunk of per-CPU memory. Contract: percpu.h.
 *
 * One bit stands for four bytes of every unit. A search looks at the blocks first: a
 * block can hold an area if its longest free run can, or if the free runs that touch
 * its edges join those of its neighbours:
 *
 *   block     |xxx......|.........|..xxxxx|      right_free 6, all of 9, left_free 2
 *                 `--------17-------'
 *
 * What is known of a block is exact. An area taken out of the longest run costs a new
 * look at the block's 16 words; one given back only asks for the ends of its free run.
 */
#include "percpu.h"

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>

/* ---- Shape -------------------------------------------------------------------------- */

/* struct, pages, alloc_map, bound_map (and its last bit), populated, busy, md */
static size_t maps_offset(unsigned int nr_units, unsigned int nr_blocks)
{
	return sizeof(struct pcpu_chunk) + nr_units * nr_blocks * sizeof(void *);
}

size_t pcpu_chunk_struct_size(unsigned int nr_units, unsigned int nr_blocks)
{
	size_t longs = nr_blocks * PCPU_BLOCK_LONGS;

	return maps_offset(nr_units, nr_blocks) +
	       (2 * longs + 1 + 2 * BITS_TO_LONGS(nr_blocks)) * sizeof(long) +
	       nr_blocks * sizeof(struct pcpu_block_md);
}

void pcpu_chunk_set_maps(struct pcpu_chunk *chunk, unsigned int nr_units, unsigned int nr_blocks)
{
	size_t longs = nr_blocks * PCPU_BLOCK_LONGS;

	chunk->alloc_map =
		(unsigned long *)(void *)((char *)chunk + maps_offset(nr_units, nr_blocks));
	chunk->bound_map = chunk->alloc_map + longs;
	chunk->populated = chunk->bound_map + longs + 1;
	chunk->busy = chunk->populated + BITS_TO_LONGS(nr_blocks);
	chunk->md = (struct pcpu_block_md *)(void *)(chunk->busy + BITS_TO_LONGS(nr_blocks));
}

/* ---- Blocks --------------------------------------------------------------------------- */

/* From the bitmap alone. */
static struct pcpu_block_md scan_block(const unsigned long *map)
{
	const unsigned long size = PCPU_BITS_PER_BLOCK;
	struct pcpu_block_md md = {.first_free = (u16)find_first_zero_bit(map, size)};
	unsigned long start = md.first_free, end;

	while (start < size) {
		end = find_next_bit(map, size, start);
		if (end - start > md.contig_hint) {
			md.contig_hint = (u16)(end - start);
			md.contig_start = (u16)start;
		}
		if (!start)
			md.left_free = (u16)end;
		if (end == size)
			md.right_free = (u16)(size - start);
		start = find_next_zero_bit(map, size, end);
	}
	return md;
}

/* Bits [start, end) of the block are in use from now on. */
static void block_taken(struct pcpu_block_md *md, const unsigned long *map, unsigned int start,
			unsigned int end)
{
	const unsigned int size = PCPU_BITS_PER_BLOCK;

	if (start < md->contig_start + md->contig_hint && end > md->contig_start) {
		*md = scan_block(map);
		return;
	}
	if (start == md->first_free)
		md->first_free = (u16)find_next_zero_bit(map, size, end);
	md->left_free = (u16)min_t(unsigned int, md->left_free, start);
	md->right_free = (u16)min_t(unsigned int, md->right_free, size - end);
}

/* The start of the free run that ends at @bit of the block. */
static unsigned int run_start(const unsigned long *map, unsigned int bit)
{
	unsigned long last = find_last_bit(map, bit);

	return last < bit ? (unsigned int)last + 1 : 0;
}

/* Bits [start, end) of the block are free from now on. */
static void block_freed(struct pcpu_block_md *md, const unsigned long *map, unsigned int start,
			unsigned int end)
{
	const unsigned int size = PCPU_BITS_PER_BLOCK;

	start = run_start(map, start);
	end = (unsigned int)find_next_bit(map, size, end);
	if (end - start > md->contig_hint) {
		md->contig_hint = (u16)(end - start);
		md->contig_start = (u16)start;
	}
	if (!start)
		md->left_free = (u16)end;
	if (end == size)
		md->right_free = (u16)(size - start);
	md->first_free = (u16)min_t(unsigned int, md->first_free, start);
}

/* Calls @change for the part of [bit, bit + bits) in each block. */
static void change_blocks(struct pcpu_chunk *chunk, unsigned int bit, unsigned int bits,
			  void (*change)(struct pcpu_block_md *md, const unsigned long *map,
					 unsigned int start, unsigned int end))
{
	const unsigned int size = PCPU_BITS_PER_BLOCK;

	for (unsigned int end = bit + bits, stop; bit < end; bit = stop) {
		unsigned int b = bit / size;

		stop = min(end, (b + 1) * size);
		change(&chunk->md[b], chunk->alloc_map + b * PCPU_BLOCK_LONGS, bit - b * size,
		       stop - b * size);
	}
}

/* ---- Runs across blocks ---------------------------------------------------------------- */

/* The longest free run of all. */
static unsigned int longest_run(const struct pcpu_chunk *chunk)
{
	unsigned int longest = 0, run = 0;

	for (unsigned int b = 0; b < chunk->nr_blocks; b++) {
		const struct pcpu_block_md *md = &chunk->md[b];

		run += md->left_free;
		longest = max3(longest, run, (unsigned int)md->contig_hint);
		if (md->left_free < PCPU_BITS_PER_BLOCK)
			run = md->right_free;
	}
	return longest;
}

/* Does an area fit into the run? Then where; else -ENOSPC. */
static long fit_in_run(unsigned int start, unsigned int len, unsigned int bits, unsigned int align)
{
	unsigned int at = ALIGN(start, align);

	return at + bits <= start + len ? (long)at : -ENOSPC;
}

static long fit_in_block(const struct pcpu_chunk *chunk, unsigned int b, unsigned int bits,
			 unsigned int align)
{
	const struct pcpu_block_md *md = &chunk->md[b];
	unsigned long bit;

	if (md->contig_hint < bits)
		return -ENOSPC;
	bit = bitmap_find_next_zero_area(chunk->alloc_map + b * PCPU_BLOCK_LONGS,
					 PCPU_BITS_PER_BLOCK, md->first_free, bits, align - 1);
	return bit < PCPU_BITS_PER_BLOCK ? (long)(b * PCPU_BITS_PER_BLOCK + bit) : -ENOSPC;
}

static bool is_fit(const struct pcpu_chunk *chunk, long bit, unsigned int bits, bool populated)
{
	return bit >= 0 && (!populated || pcpu_bits_populated(chunk, (unsigned int)bit, bits));
}

static long find_fit(const struct pcpu_chunk *chunk, unsigned int bits, unsigned int align,
		     bool populated)
{
	const unsigned int size = PCPU_BITS_PER_BLOCK;
	unsigned int run = 0; /* free bits that end where the block starts */

	for (unsigned int b = 0; b < chunk->nr_blocks; b++) {
		const struct pcpu_block_md *md = &chunk->md[b];
		long bit = fit_in_run(b * size - run, run + md->left_free, bits, align);

		if (!is_fit(chunk, bit, bits, populated))
			bit = fit_in_block(chunk, b, bits, align);
		if (is_fit(chunk, bit, bits, populated))
			return bit;
		run = md->left_free == size ? run + size : md->right_free;
		/* What is not there does not help those behind it. */
		if (populated && !test_bit(b, chunk->populated))
			run = 0;
	}
	return -ENOSPC;
}

/* ---- Areas --------------------------------------------------------------------------------- */

static void take(struct pcpu_chunk *chunk, unsigned int bit, unsigned int bits)
{
	bitmap_set(chunk->alloc_map, bit, bits);
	__set_bit(bit, chunk->bound_map);
	__set_bit(bit + bits, chunk->bound_map);
	change_blocks(chunk, bit, bits, block_taken);
	chunk->free_bits -= bits;
	chunk->contig_hint = longest_run(chunk);
}

void pcpu_chunk_init(struct pcpu_chunk *chunk, unsigned int nr_units, unsigned int nr_blocks,
		     unsigned int fixed_bits)
{
	pcpu_chunk_set_maps(chunk, nr_units, nr_blocks);
	INIT_LIST_HEAD(&chunk->slot_list);
	INIT_LIST_HEAD(&chunk->addr_list);
	chunk->nr_blocks = nr_blocks;
	chunk->fixed_bits = fixed_bits;
	for (unsigned int b = 0; b < nr_blocks; b++)
		chunk->md[b] = (struct pcpu_block_md){.contig_hint = PCPU_BITS_PER_BLOCK,
						      .left_free = PCPU_BITS_PER_BLOCK,
						      .right_free = PCPU_BITS_PER_BLOCK};
	chunk->free_bits = chunk->contig_hint = pcpu_map_bits(chunk);
	__set_bit(0, chunk->bound_map);
	__set_bit(pcpu_map_bits(chunk), chunk->bound_map);
	if (fixed_bits)
		take(chunk, 0, fixed_bits);
}

long pcpu_area_alloc(struct pcpu_chunk *chunk, unsigned int bits, unsigned int align,
		     bool populated)
{
	long bit = bits <= chunk->contig_hint ? find_fit(chunk, bits, align, populated) : -ENOSPC;

	if (bit < 0)
		return bit;
	take(chunk, (unsigned int)bit, bits);
	chunk->nr_alloc++;
	chunk->max_alloc_size =
		max(chunk->max_alloc_size, bits * (unsigned int)PCPU_MIN_ALLOC_SIZE);
	return bit;
}

unsigned int pcpu_area_bits(const struct pcpu_chunk *chunk, unsigned int bit)
{
	unsigned int end = pcpu_map_bits(chunk);

	if (bit < chunk->fixed_bits || bit >= end || !test_bit(bit, chunk->alloc_map) ||
	    !test_bit(bit, chunk->bound_map))
		return 0;
	return (unsigned int)find_next_bit(chunk->bound_map, end, bit + 1) - bit;
}

unsigned int pcpu_area_free(struct pcpu_chunk *chunk, unsigned int bit)
{
	unsigned int bits = pcpu_area_bits(chunk, bit), end = bit + bits;

	if (!bits)
		return 0;
	bitmap_clear(chunk->alloc_map, bit, bits);
	/* Free space goes on: it does not start here. */
	if (bit && !test_bit(bit - 1, chunk->alloc_map))
		__clear_bit(bit, chunk->bound_map);
	if (end < pcpu_map_bits(chunk) && !test_bit(end, chunk->alloc_map))
		__clear_bit(end, chunk->bound_map);
	change_blocks(chunk, bit, bits, block_freed);
	chunk->free_bits += bits;
	chunk->contig_hint = longest_run(chunk);
	chunk->nr_alloc--;
	return bits;
}

/* ---- Verify ---------------------------------------------------------------------------------- */

#define fault(chunk, fmt, ...) \
	(pr_err("percpu: chunk at %px: " fmt "\n", (chunk)->base, ##__VA_ARGS__), 1)

static int verify_block(const struct pcpu_chunk *chunk, unsigned int b)
{
	const struct pcpu_block_md *md = &chunk->md[b];
	const unsigned long *map = chunk->alloc_map + b * PCPU_BLOCK_LONGS;
	struct pcpu_block_md real = scan_block(map);
	unsigned long hint_end = md->contig_start + md->contig_hint;

	if (md->first_free != real.first_free || md->contig_hint != real.contig_hint ||
	    md->left_free != real.left_free || md->right_free != real.right_free)
		return fault(chunk,
			     "block %u: first free %u, longest %u, left %u, right %u, should be "
			     "%u, %u, %u, %u",
			     b, md->first_free, md->contig_hint, md->left_free, md->right_free,
			     real.first_free, real.contig_hint, real.left_free, real.right_free);
	if (md->contig_hint && find_next_bit(map, PCPU_BITS_PER_BLOCK, md->contig_start) < hint_end)
		return fault(chunk, "block %u: the longest run is not at %u", b, md->contig_start);
	return 0;
}

/* Bounds are where use changes, and between areas that touch: there are nr_alloc starts. */
static int verify_bounds(const struct pcpu_chunk *chunk)
{
	unsigned int end = pcpu_map_bits(chunk), areas = 0;
	int faults = 0;

	for (unsigned int bit = 0; bit < end; bit++) {
		bool used = test_bit(bit, chunk->alloc_map);
		bool was = bit ? test_bit(bit - 1, chunk->alloc_map) : !used;
		bool bound = test_bit(bit, chunk->bound_map);

		if (bound ? !used && !was : used != was)
			faults += fault(chunk, "bound map wrong at bit %u", bit);
		areas += used && bound;
	}
	if (!test_bit(end, chunk->bound_map))
		faults += fault(chunk, "bound map has no end at bit %u", end);
	if (areas != chunk->nr_alloc + !!chunk->fixed_bits)
		faults += fault(chunk, "counts %u areas, has %u", chunk->nr_alloc,
				areas - !!chunk->fixed_bits);
	return faults;
}

int pcpu_chunk_verify(const struct pcpu_chunk *chunk)
{
	unsigned int free =
		pcpu_map_bits(chunk) - bitmap_weight(chunk->alloc_map, pcpu_map_bits(chunk));
	int faults = 0;

	for (unsigned int b = 0; b < chunk->nr_blocks; b++)
		faults += verify_block(chunk, b);
	if (chunk->free_bits != free)
		faults += fault(chunk, "counts %u free bits, has %u", chunk->free_bits, free);
	if (chunk->contig_hint != longest_run(chunk))
		faults += fault(chunk, "longest run %u, should be %u", chunk->contig_hint,
				longest_run(chunk));
	return faults + verify_bounds(chunk);
}
