/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU memory: what its files share.
 *
 *   percpu_map.c    areas of one chunk: its bitmaps and what is known of its blocks
 *   percpu_chunk.c  addresses of chunks
 *   percpu_populate.c  their pages
 *   percpu.c        the allocator over all chunks, and questions about addresses
 *   percpu_setup.c  the first chunk, at boot
 *   percpu_stats.c  dump and verify
 *
 * Locking: pcpu_lock for all chunks but one that is being made or taken down, and for
 *          the counters. Nothing is allocated with it held; dump and verify take the
 *          log's lock and mmu_lock inside it. Whose bit in `busy` is set, that page of all
 *          units is its CPU's that set it, which holds no lock then.
 * Units:   bit and bits count PCPU_MIN_ALLOC_SIZE bytes of a unit, size and offset bytes.
 */
#ifndef _MM_PERCPU_H
#define _MM_PERCPU_H

#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct seq_file;

/* A block is a page of a unit. */
#define PCPU_BITS_PER_BLOCK (PAGE_SIZE >> PCPU_MIN_ALLOC_SHIFT)
#define PCPU_BLOCK_LONGS    (PCPU_BITS_PER_BLOCK / 64)

/*
 * The free runs of a block that matter, exactly:
 *
 *   |..left_free..[used][used]....contig_hint....[used]..right_free..|
 *                             ^contig_start
 *
 * contig_hint is the longest, wherever it is. first_free is the block's length where
 * nothing is free.
 */
struct pcpu_block_md {
	u16 first_free;
	u16 contig_hint;
	u16 contig_start;
	u16 left_free;
	u16 right_free;
};

/* Blocks whose pages are there, in all units; of them, those with nothing in them. */
struct pcpu_page_counts {
	unsigned int populated;
	unsigned int empty;
};

struct pcpu_chunk {
	struct list_head slot_list; /* among those with about as long a free run */
	struct list_head addr_list; /* all chunks, in the order of addresses */
	unsigned int slot;
	void *base;	/* unit 0's address */
	bool immutable; /* the first chunk */
	bool bad;	/* a page of it is: nothing more is taken from it */

	unsigned int nr_blocks;
	unsigned int fixed_bits; /* at the start: static variables */
	unsigned int free_bits;
	unsigned int contig_hint;
	unsigned int nr_alloc;		/* areas in use */
	unsigned int max_alloc_size;	/* the largest there ever was */
	struct pcpu_page_counts counts; /* what of it pcpu_pages has */

	/* A bit is set where memory is in use; where an area in use, or free space, starts. */
	unsigned long *alloc_map;
	unsigned long *bound_map; /* has one more bit, which is set */
	unsigned long *populated; /* blocks whose pages are there, in all units */
	unsigned long *busy;	  /* those that are getting or losing them */
	struct pcpu_block_md *md;
	void *pages[]; /* where each unit's blocks lie in the direct map, unit by unit */
};

static inline void **pcpu_page(struct pcpu_chunk *chunk, unsigned int unit, unsigned int block)
{
	return &chunk->pages[unit * chunk->nr_blocks + block];
}

static inline void *pcpu_page_addr(const struct pcpu_chunk *chunk, unsigned int unit,
				   unsigned int block)
{
	return chunk->pages[unit * chunk->nr_blocks + block];
}

static inline unsigned int pcpu_map_bits(const struct pcpu_chunk *chunk)
{
	return chunk->nr_blocks * (unsigned int)PCPU_BITS_PER_BLOCK;
}

/* ---- Areas of a chunk (percpu_map.c): these touch nothing but the chunk ---------------- */

/* Bytes that a chunk of this shape needs for all that it points to, and itself. */
size_t pcpu_chunk_struct_size(unsigned int nr_units, unsigned int nr_blocks);

/* Makes a chunk of zeroed memory: all is free but @fixed_bits. */
void pcpu_chunk_init(struct pcpu_chunk *chunk, unsigned int nr_units, unsigned int nr_blocks,
		     unsigned int fixed_bits);

/* Points a copy of a chunk's memory to its own maps. */
void pcpu_chunk_set_maps(struct pcpu_chunk *chunk, unsigned int nr_units, unsigned int nr_blocks);

/*
 * Takes the first area that fits, with @populated one whose pages are there; -ENOSPC where
 * none does. @align is a power of two.
 */
long pcpu_area_alloc(struct pcpu_chunk *chunk, unsigned int bits, unsigned int align,
		     bool populated);

/* Gives back what starts at @bit. Its length in bits, or 0 where nothing starts there. */
unsigned int pcpu_area_free(struct pcpu_chunk *chunk, unsigned int bit);

/* Length in bits of what starts at @bit; 0 where nothing does. */
unsigned int pcpu_area_bits(const struct pcpu_chunk *chunk, unsigned int bit);

/* Recounts. Reports each fault, returns how many. */
int pcpu_chunk_verify(const struct pcpu_chunk *chunk);

/* ---- Chunks (percpu_chunk.c) ------------------------------------------------------------ */

extern unsigned int pcpu_nr_units;
extern size_t pcpu_unit_size;
extern unsigned int pcpu_unit_cpu[NR_CPUS]; /* the CPU of each unit */
extern struct list_head pcpu_chunks;	    /* by address */

static inline void *pcpu_unit_addr(const struct pcpu_chunk *chunk, unsigned int unit)
{
	return (char *)chunk->base + unit * pcpu_unit_size;
}

/*
 * A new chunk at an address of its own, in the list by address, its pages still to come
 * where units are mapped; NULL without memory.
 */
struct pcpu_chunk *pcpu_chunk_create(gfp_t gfp);

/* Gives it back, less where it cannot be unmapped: then it is as before. 0 or -errno. */
int pcpu_chunk_destroy(struct pcpu_chunk *chunk);

/*
 * Gives @chunk its address and its place in the list: with one unit that of its pages, else
 * one to map them at. 0 or -ENOSPC. And takes it out of the list.
 */
int pcpu_chunk_place(struct pcpu_chunk *chunk);
void pcpu_chunk_unplace(struct pcpu_chunk *chunk);

/* The chunk with @addr in one of its units, and in which; NULL: no chunk. */
struct pcpu_chunk *pcpu_chunk_at(const void *addr, unsigned int *unit);

/* ---- Pages of chunks (percpu_populate.c) ------------------------------------------------- */

/*
 * Pages that nothing is in, but that are there: below LOW more are populated when somebody
 * may wait for them, up to HIGH; above, what a chunk has is given back.
 */
#define PCPU_EMPTY_POP_PAGES_LOW  2
#define PCPU_EMPTY_POP_PAGES_HIGH 4

extern struct pcpu_page_counts pcpu_pages; /* of all chunks that areas come from */

/* Recounts. With pcpu_lock held. */
struct pcpu_page_counts pcpu_count_pages(const struct pcpu_chunk *chunk);

/* @chunk counts as @now from here on, and all chunks with it. With pcpu_lock held. */
void pcpu_update_counts(struct pcpu_chunk *chunk, struct pcpu_page_counts now);

/* Is all of [bit, bit + bits) there? */
bool pcpu_bits_populated(const struct pcpu_chunk *chunk, unsigned int bit, unsigned int bits);

/*
 * Sees to it that blocks [start, end) are there, in which the caller has an area, or in a
 * chunk that nobody else knows. 0 or -errno: some of them may be there then.
 */
int pcpu_populate(struct pcpu_chunk *chunk, unsigned int start, unsigned int end, gfp_t gfp);

/* Gives back all pages of a chunk that nobody else knows. 0 or -errno: some are left then. */
int pcpu_depopulate_all(struct pcpu_chunk *chunk);

/* Populates up to the reserve. */
void pcpu_fill_reserve(gfp_t gfp);

/*
 * Has @chunk an empty page above the reserve? Then it is the caller's, who gives it and
 * those like it back once pcpu_lock, which is held here, is let go.
 */
bool pcpu_claim_surplus(struct pcpu_chunk *chunk, unsigned int *block);
void pcpu_give_back_surplus(struct pcpu_chunk *chunk, unsigned int block);

/* ---- All chunks (percpu.c) ---------------------------------------------------------------- */

extern spinlock_t pcpu_lock;
extern struct pcpu_chunk *pcpu_first_chunk; /* NULL before setup_per_cpu_areas() */

/* Slot 0 is for chunks with nothing free, the last for those with nothing in use. */
#define PCPU_MAX_SLOTS 32
extern struct list_head pcpu_slots[PCPU_MAX_SLOTS];
extern unsigned int pcpu_nr_slots;
unsigned int pcpu_chunk_slot(const struct pcpu_chunk *chunk);

/* Makes a placed chunk one to allocate from. With pcpu_lock held. */
void pcpu_chunk_add(struct pcpu_chunk *chunk);

/* Gives back the chunk without areas that is kept for the next allocation. */
void pcpu_free_unused(void);

struct pcpu_stats {
	u64 nr_alloc, nr_dealloc, nr_cur_alloc, nr_max_alloc;
	u32 nr_chunks, nr_max_chunks;
	size_t min_alloc_size, max_alloc_size;
	u64 bad_free; /* frees of what is no allocation */
};
extern struct pcpu_stats pcpu_stats;

void pcpu_reset_allocator(void);

/* ---- Boot (percpu_setup.c) -------------------------------------------------------------- */

struct pcpu_alloc_info {
	size_t static_size;
	size_t reserved_size;
	size_t dyn_size;
	size_t unit_size;
	size_t atom_size;
	size_t alloc_size;
	unsigned int nr_groups;
	unsigned int group_units[NR_CPUS]; /* units of each group, in the order of units */
};
extern struct pcpu_alloc_info pcpu_info;

/*
 * Gives each CPU below nr_cpu_ids its copy of the static variables, on its node, and
 * makes the first chunk of it. Once nodes are known; panics where there is no memory.
 */
void setup_per_cpu_areas(void);

/* With slab at hand: moves the first chunk's maps there, and frees the pages they were on. */
void percpu_init_late(void);

/* Option percpu_alloc=: embed, page. 0 or -EINVAL. */
int percpu_alloc_parse_option(char *value);

/* Back to the state at program start, for hosts that bring up several machines. */
void percpu_reset(void);
void percpu_forget_options(void);

/* ---- Dump and verify (percpu_stats.c) -------------------------------------------------- */

/* In the form of Linux's /sys/kernel/debug/percpu_stats. */
void percpu_stats_show(struct seq_file *m);
int percpu_verify(void);

/* ---- Bad memory (percpu.c) ---------------------------------------------------------------- */

/*
 * If @page, which is bad, is a chunk's: no more areas of that are handed out, and it goes
 * with the last one.
 */
void pcpu_retire(const struct page *page);

#endif /* _MM_PERCPU_H */
