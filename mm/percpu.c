// SPDX-License-Identifier: MIT
/*
 * Per-CPU memory: the allocator over all chunks. Contract: linux/percpu.h, percpu.h.
 *
 * Chunks are sorted into slots by their longest free run, so that a search begins with
 * those that just about can hold what is asked for:
 *
 *   slot     0     1        2       3         ...  last
 *   bytes    full  4 .. 31  32..63  64..127   ...  nothing in use
 *
 * A new chunk is made when none has room, and a chunk goes when nothing in it is in use
 * and another such one is kept. Chunks are made and taken down without the lock, so any
 * context that may allocate pages may allocate here.
 */
#include "percpu.h"

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/string.h>

/* How often a failure is told. */
#define PCPU_WARN_LIMIT 10

/* What a chunk's own memory may be allocated with. */
#define PCPU_GFP_MASK (GFP_KERNEL | GFP_ATOMIC | __GFP_NORETRY | __GFP_NOWARN)

#define PCPU_SLOT_BASE_SHIFT 5

DEFINE_SPINLOCK_RANK(pcpu_lock, LOCK_RANK_MAPS);
struct pcpu_chunk *pcpu_first_chunk;
struct list_head pcpu_slots[PCPU_MAX_SLOTS];
unsigned int pcpu_nr_slots;
struct pcpu_stats pcpu_stats;
struct pcpu_page_counts pcpu_pages;

static unsigned int nr_warned;

/* ---- Slots -------------------------------------------------------------------------- */

static unsigned int size_to_slot(size_t size)
{
	int slot = fls((unsigned int)size) - PCPU_SLOT_BASE_SHIFT + 1;

	return (unsigned int)max(slot, 1);
}

unsigned int pcpu_chunk_slot(const struct pcpu_chunk *chunk)
{
	if (!chunk->contig_hint || chunk->bad)
		return 0;
	if (!chunk->nr_alloc && !chunk->immutable)
		return pcpu_nr_slots - 1;
	return size_to_slot(chunk->contig_hint * PCPU_MIN_ALLOC_SIZE);
}

/* After a change of what is in use. */
static void update_slot(struct pcpu_chunk *chunk)
{
	unsigned int slot = pcpu_chunk_slot(chunk);

	pcpu_update_counts(chunk, pcpu_count_pages(chunk));
	if (slot == chunk->slot)
		return;
	chunk->slot = slot;
	list_move(&chunk->slot_list, &pcpu_slots[slot]);
}

void pcpu_chunk_add(struct pcpu_chunk *chunk)
{
	if (!pcpu_nr_slots) {
		pcpu_nr_slots = size_to_slot(pcpu_unit_size) + 2;
		for (unsigned int slot = 0; slot < pcpu_nr_slots; slot++)
			INIT_LIST_HEAD(&pcpu_slots[slot]);
	}
	chunk->slot = pcpu_chunk_slot(chunk);
	list_add_tail(&chunk->slot_list, &pcpu_slots[chunk->slot]);
	pcpu_update_counts(chunk, pcpu_count_pages(chunk));
	pcpu_stats.nr_chunks++;
	pcpu_stats.nr_max_chunks = max(pcpu_stats.nr_max_chunks, pcpu_stats.nr_chunks);
}

void pcpu_reset_allocator(void)
{
	pcpu_first_chunk = NULL;
	pcpu_nr_slots = 0;
	pcpu_stats = (struct pcpu_stats){0};
	pcpu_pages = (struct pcpu_page_counts){0};
	nr_warned = 0;
	INIT_LIST_HEAD(&pcpu_chunks);
}

/* ---- From and to addresses ------------------------------------------------------------- */

static void __percpu *addr_to_pcpu_ptr(const struct pcpu_chunk *chunk, size_t offset)
{
	return (void *)((unsigned long)chunk->base + offset -
			(unsigned long)pcpu_first_chunk->base + (unsigned long)__per_cpu_start);
}

/* In unit 0. */
static void *pcpu_ptr_to_addr(void __percpu *ptr)
{
	return (void *)((unsigned long)ptr - (unsigned long)__per_cpu_start +
			(unsigned long)pcpu_first_chunk->base);
}

/* ---- Allocating -------------------------------------------------------------------------- */

static void count_alloc(size_t size)
{
	pcpu_stats.nr_alloc++;
	pcpu_stats.nr_cur_alloc++;
	pcpu_stats.nr_max_alloc = max(pcpu_stats.nr_max_alloc, pcpu_stats.nr_cur_alloc);
	if (!pcpu_stats.min_alloc_size || size < pcpu_stats.min_alloc_size)
		pcpu_stats.min_alloc_size = size;
	pcpu_stats.max_alloc_size = max(pcpu_stats.max_alloc_size, size);
}

/* From the chunks there are; with @populated memory that is there. */
static struct pcpu_chunk *take_area(size_t size, size_t align, bool populated, size_t *offset)
{
	unsigned int bits = (unsigned int)(size >> PCPU_MIN_ALLOC_SHIFT);
	unsigned int bit_align = (unsigned int)(align >> PCPU_MIN_ALLOC_SHIFT);
	struct pcpu_chunk *chunk;

	for (unsigned int slot = size_to_slot(size); slot < pcpu_nr_slots; slot++) {
		list_for_each_entry (chunk, &pcpu_slots[slot], slot_list) {
			long bit = pcpu_area_alloc(chunk, bits, bit_align, populated);

			if (bit < 0)
				continue;
			update_slot(chunk);
			count_alloc(size);
			*offset = (size_t)bit << PCPU_MIN_ALLOC_SHIFT;
			return chunk;
		}
	}
	return NULL;
}

/* From a chunk of its own, whose first area that is. */
static struct pcpu_chunk *grow(size_t size, gfp_t gfp)
{
	struct pcpu_chunk *chunk = pcpu_chunk_create(gfp & PCPU_GFP_MASK);
	unsigned long flags;

	if (!chunk)
		return NULL;
	spin_lock_irqsave(&pcpu_lock, flags);
	pcpu_area_alloc(chunk, (unsigned int)(size >> PCPU_MIN_ALLOC_SHIFT), 1, false);
	pcpu_chunk_add(chunk);
	count_alloc(size);
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return chunk;
}

static void clear_area(const struct pcpu_chunk *chunk, size_t offset, size_t size)
{
	for (unsigned int unit = 0; unit < pcpu_nr_units; unit++)
		memset((char *)pcpu_unit_addr(chunk, unit) + offset, 0, size);
}

static void warn_failed(size_t size, size_t align, gfp_t gfp)
{
	if (gfp & __GFP_NOWARN || nr_warned > PCPU_WARN_LIMIT)
		return;
	if (nr_warned++ == PCPU_WARN_LIMIT)
		pr_info("percpu: limit reached, disable warning\n");
	else
		pr_warn("percpu: allocation failed, size=%zu align=%zu atomic=%d, %s\n", size,
			align, (gfp & GFP_KERNEL) != GFP_KERNEL,
			pcpu_first_chunk ? "failed to allocate new chunk" : "no chunk yet");
}

static bool may_wait(gfp_t gfp)
{
	return (gfp & GFP_KERNEL) == GFP_KERNEL;
}

/* An area whose pages are there; those who may wait see to the pages, others try without. */
static struct pcpu_chunk *find_or_grow(size_t size, size_t align, gfp_t gfp, size_t *offset)
{
	struct pcpu_chunk *chunk = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pcpu_lock, flags);
	if (!may_wait(gfp))
		chunk = take_area(size, align, true, offset);
	if (!chunk)
		chunk = take_area(size, align, false, offset);
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return chunk ? chunk : grow(size, gfp);
}

static int populate_area(struct pcpu_chunk *chunk, size_t offset, size_t size, gfp_t gfp)
{
	unsigned int start = (unsigned int)PFN_DOWN(offset),
		     end = (unsigned int)PFN_UP(offset + size);

	return pcpu_populate(chunk, start, end, gfp & PCPU_GFP_MASK);
}

static void give_up(struct pcpu_chunk *chunk, size_t offset);

void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)
{
	struct pcpu_chunk *chunk = NULL;
	size_t offset = 0;

	align = max(align, (size_t)PCPU_MIN_ALLOC_SIZE);
	if (!size || size > PCPU_MIN_UNIT_SIZE || align > PAGE_SIZE || !is_power_of_2(align)) {
		WARN(!(gfp & __GFP_NOWARN),
		     "illegal size (%zu) or align (%zu) for percpu allocation\n", size, align);
		return NULL;
	}
	size = ALIGN(size, PCPU_MIN_ALLOC_SIZE);
	if (pcpu_first_chunk)
		chunk = find_or_grow(size, align, gfp, &offset);
	if (chunk && populate_area(chunk, offset, size, gfp)) {
		give_up(chunk, offset);
		chunk = NULL;
	}
	if (!chunk) {
		warn_failed(size, align, gfp);
		return NULL;
	}
	clear_area(chunk, offset, size);
	if (may_wait(gfp))
		pcpu_fill_reserve(gfp & PCPU_GFP_MASK);
	return addr_to_pcpu_ptr(chunk, offset);
}

void __percpu *__alloc_percpu(size_t size, size_t align)
{
	return __alloc_percpu_gfp(size, align, GFP_KERNEL);
}

void __percpu *__alloc_reserved_percpu(size_t size, size_t align)
{
	return __alloc_percpu_gfp(size, align, GFP_KERNEL);
}

/* ---- Freeing ---------------------------------------------------------------------------- */

/* Where @ptr is in unit 0 of a chunk; NULL: nowhere. */
static struct pcpu_chunk *find_area(void __percpu *ptr, unsigned int *bit)
{
	void *addr = pcpu_ptr_to_addr(ptr);
	unsigned int unit = 0;
	struct pcpu_chunk *chunk = pcpu_chunk_at(addr, &unit);
	size_t offset;

	if (!chunk || unit)
		return NULL;
	offset = (unsigned long)addr - (unsigned long)chunk->base;
	*bit = (unsigned int)(offset >> PCPU_MIN_ALLOC_SHIFT);
	return offset % PCPU_MIN_ALLOC_SIZE ? NULL : chunk;
}

/* What starts at @bit is free again. False: nothing does. */
static bool free_bits(struct pcpu_chunk *chunk, unsigned int bit)
{
	if (!pcpu_area_free(chunk, bit))
		return false;
	update_slot(chunk);
	pcpu_stats.nr_dealloc++;
	pcpu_stats.nr_cur_alloc--;
	return true;
}

/* A bad one that nothing is in, and that nobody is about; NULL: there is none. */
static struct pcpu_chunk *unused_bad_chunk(void)
{
	struct pcpu_chunk *chunk;

	list_for_each_entry (chunk, &pcpu_slots[0], slot_list)
		if (chunk->bad && !chunk->nr_alloc && !chunk->immutable &&
		    bitmap_empty(chunk->busy, chunk->nr_blocks))
			return chunk;
	return NULL;
}

/* One of those that are unused; @keep: unless it is the only one. */
static struct pcpu_chunk *unused_chunk(bool keep)
{
	struct list_head *unused = &pcpu_slots[pcpu_nr_slots - 1];
	struct pcpu_chunk *chunk;

	if (list_empty(unused) || (keep && list_is_singular(unused)))
		return NULL;
	chunk = list_first_entry(unused, struct pcpu_chunk, slot_list);
	return bitmap_empty(chunk->busy, chunk->nr_blocks) ? chunk : NULL;
}

/* Takes an unused chunk out: a bad one, or one of many. NULL: there is none. */
static struct pcpu_chunk *retire(bool keep)
{
	struct pcpu_chunk *chunk = unused_bad_chunk() ?: unused_chunk(keep);

	if (!chunk)
		return NULL;
	list_del_init(&chunk->slot_list);
	pcpu_update_counts(chunk, (struct pcpu_page_counts){0});
	pcpu_stats.nr_chunks--;
	return chunk;
}

/* What cannot be unmapped is used again. */
static int destroy_or_keep(struct pcpu_chunk *chunk)
{
	int err = pcpu_chunk_destroy(chunk);
	unsigned long flags;

	if (!err)
		return 0;
	spin_lock_irqsave(&pcpu_lock, flags);
	pcpu_chunk_add(chunk);
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return err;
}

/* What is too much once an area has gone: a chunk, or a block's pages. */
struct surplus {
	struct pcpu_chunk *unused; /* NULL: none */
	struct pcpu_chunk *chunk;  /* that the block is of; NULL: none */
	unsigned int block;
};

/* With pcpu_lock held. False: there is no area. */
static bool free_area(struct pcpu_chunk *chunk, unsigned int bit, struct surplus *surplus)
{
	if (!free_bits(chunk, bit))
		return false;
	surplus->unused = retire(true);
	if (surplus->unused != chunk && pcpu_claim_surplus(chunk, &surplus->block))
		surplus->chunk = chunk;
	return true;
}

/* Without the lock. */
static void give_back(const struct surplus *surplus)
{
	if (surplus->unused)
		destroy_or_keep(surplus->unused);
	if (surplus->chunk)
		pcpu_give_back_surplus(surplus->chunk, surplus->block);
}

static void give_up(struct pcpu_chunk *chunk, size_t offset)
{
	struct surplus surplus = {.block = 0};
	unsigned long flags;

	spin_lock_irqsave(&pcpu_lock, flags);
	free_area(chunk, (unsigned int)(offset >> PCPU_MIN_ALLOC_SHIFT), &surplus);
	spin_unlock_irqrestore(&pcpu_lock, flags);
	give_back(&surplus);
}

void free_percpu(void __percpu *ptr)
{
	struct surplus surplus = {.block = 0};
	struct pcpu_chunk *chunk;
	bool was_area = false;
	unsigned int bit = 0;
	unsigned long flags;

	if (!ptr)
		return;
	if (pcpu_first_chunk) {
		spin_lock_irqsave(&pcpu_lock, flags);
		chunk = find_area(ptr, &bit);
		was_area = chunk && free_area(chunk, bit, &surplus);
		pcpu_stats.bad_free += !was_area;
		spin_unlock_irqrestore(&pcpu_lock, flags);
		give_back(&surplus);
	}
	WARN(!was_area, "percpu: free of %px, which is no allocation\n", (void *)ptr);
}

void pcpu_free_unused(void)
{
	struct pcpu_chunk *chunk;
	unsigned long flags;

	do {
		spin_lock_irqsave(&pcpu_lock, flags);
		chunk = pcpu_first_chunk ? retire(false) : NULL;
		spin_unlock_irqrestore(&pcpu_lock, flags);
	} while (chunk && !destroy_or_keep(chunk));
}

/* ---- Bad memory ---------------------------------------------------------------------------- */

static bool chunk_has_page(const struct pcpu_chunk *chunk, const struct page *page)
{
	for (unsigned int i = 0; i < pcpu_nr_units * chunk->nr_blocks; i++)
		if (chunk->pages[i] && virt_to_page(chunk->pages[i]) == page)
			return true;
	return false;
}

void pcpu_retire(const struct page *page)
{
	struct pcpu_chunk *chunk, *unused = NULL;
	unsigned long flags;

	if (!pcpu_first_chunk)
		return;
	spin_lock_irqsave(&pcpu_lock, flags);
	list_for_each_entry (chunk, &pcpu_chunks, addr_list) {
		if (!chunk_has_page(chunk, page))
			continue;
		chunk->bad = true;
		update_slot(chunk);
		unused = retire(true);
		break;
	}
	spin_unlock_irqrestore(&pcpu_lock, flags);
	if (unused)
		destroy_or_keep(unused);
}

/* ---- Questions ------------------------------------------------------------------------------ */

size_t pcpu_alloc_size(void __percpu *ptr)
{
	struct pcpu_chunk *chunk;
	unsigned long flags;
	unsigned int bit = 0;
	size_t size = 0;

	if (!ptr || !pcpu_first_chunk)
		return 0;
	spin_lock_irqsave(&pcpu_lock, flags);
	chunk = find_area(ptr, &bit);
	if (chunk)
		size = pcpu_area_bits(chunk, bit) * PCPU_MIN_ALLOC_SIZE;
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return size;
}

/* 0 where nothing is there. */
static phys_addr_t unit_phys(const struct pcpu_chunk *chunk, unsigned int unit, size_t offset)
{
	const void *page = pcpu_page_addr(chunk, unit, (unsigned int)PFN_DOWN(offset));

	return page ? __pa(page) + offset_in_page(offset) : 0;
}

phys_addr_t per_cpu_ptr_to_phys(void *addr)
{
	struct pcpu_chunk *chunk;
	unsigned long flags;
	phys_addr_t pa = 0;
	unsigned int unit;

	if (!pcpu_first_chunk)
		return 0;
	spin_lock_irqsave(&pcpu_lock, flags);
	chunk = pcpu_chunk_at(addr, &unit);
	if (chunk)
		pa = unit_phys(chunk, unit,
			       (unsigned long)addr - (unsigned long)pcpu_unit_addr(chunk, unit));
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return pa;
}

bool __is_kernel_percpu_address(unsigned long addr, unsigned long *can_addr)
{
	size_t static_size =
		(size_t)((unsigned long)__per_cpu_end - (unsigned long)__per_cpu_start);

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		unsigned long start = (unsigned long)__per_cpu_start + per_cpu_offset(cpu);

		if (addr - start >= static_size)
			continue;
		if (can_addr)
			*can_addr =
				addr - start + (unsigned long)__per_cpu_start + per_cpu_offset(0);
		return true;
	}
	return false;
}

bool is_kernel_percpu_address(unsigned long addr)
{
	return __is_kernel_percpu_address(addr, NULL);
}

unsigned long pcpu_nr_pages(void)
{
	return (unsigned long)pcpu_pages.populated * pcpu_nr_units;
}
