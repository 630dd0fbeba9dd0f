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

DEFINE_SPINLOCK(pcpu_lock);
struct pcpu_chunk *pcpu_first_chunk;
struct list_head pcpu_slots[PCPU_MAX_SLOTS];
unsigned int pcpu_nr_slots;
struct pcpu_stats pcpu_stats;

static unsigned int nr_warned;

/* ---- Slots -------------------------------------------------------------------------- */

static unsigned int size_to_slot(size_t size)
{
	int slot = fls((unsigned int)size) - PCPU_SLOT_BASE_SHIFT + 1;

	return (unsigned int)max(slot, 1);
}

unsigned int pcpu_chunk_slot(const struct pcpu_chunk *chunk)
{
	if (!chunk->contig_hint)
		return 0;
	if (!chunk->nr_alloc && !chunk->immutable)
		return pcpu_nr_slots - 1;
	return size_to_slot(chunk->contig_hint * PCPU_MIN_ALLOC_SIZE);
}

static void update_slot(struct pcpu_chunk *chunk)
{
	unsigned int slot = pcpu_chunk_slot(chunk);

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
	pcpu_stats.nr_chunks++;
	pcpu_stats.nr_max_chunks = max(pcpu_stats.nr_max_chunks, pcpu_stats.nr_chunks);
}

void pcpu_reset_allocator(void)
{
	pcpu_first_chunk = NULL;
	pcpu_nr_slots = 0;
	pcpu_stats = (struct pcpu_stats){0};
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

/* From the chunks there are. */
static struct pcpu_chunk *take_area(size_t size, size_t align, size_t *offset)
{
	unsigned int bits = (unsigned int)(size >> PCPU_MIN_ALLOC_SHIFT);
	unsigned int bit_align = (unsigned int)(align >> PCPU_MIN_ALLOC_SHIFT);
	struct pcpu_chunk *chunk;

	for (unsigned int slot = size_to_slot(size); slot < pcpu_nr_slots; slot++) {
		list_for_each_entry (chunk, &pcpu_slots[slot], slot_list) {
			long bit = pcpu_area_alloc(chunk, bits, bit_align);

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

/* From a chunk of its own: nobody else knows it yet, so nobody takes what it has. */
static struct pcpu_chunk *grow(size_t size, gfp_t gfp)
{
	struct pcpu_chunk *chunk = pcpu_chunk_create(gfp & PCPU_GFP_MASK);
	unsigned long flags;

	if (!chunk)
		return NULL;
	spin_lock_irqsave(&pcpu_lock, flags);
	pcpu_area_alloc(chunk, (unsigned int)(size >> PCPU_MIN_ALLOC_SHIFT), 1);
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

void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)
{
	struct pcpu_chunk *chunk = NULL;
	unsigned long flags;
	size_t offset = 0;

	align = max(align, (size_t)PCPU_MIN_ALLOC_SIZE);
	if (!size || size > PCPU_MIN_UNIT_SIZE || align > PAGE_SIZE || !is_power_of_2(align)) {
		WARN(!(gfp & __GFP_NOWARN),
		     "illegal size (%zu) or align (%zu) for percpu allocation\n", size, align);
		return NULL;
	}
	size = ALIGN(size, PCPU_MIN_ALLOC_SIZE);
	if (pcpu_first_chunk) {
		spin_lock_irqsave(&pcpu_lock, flags);
		chunk = take_area(size, align, &offset);
		spin_unlock_irqrestore(&pcpu_lock, flags);
		if (!chunk)
			chunk = grow(size, gfp);
	}
	if (!chunk) {
		warn_failed(size, align, gfp);
		return NULL;
	}
	clear_area(chunk, offset, size);
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

static bool free_area(void __percpu *ptr)
{
	unsigned int bit = 0;
	struct pcpu_chunk *chunk = find_area(ptr, &bit);
	bool was_area = chunk && pcpu_area_free(chunk, bit);

	if (was_area) {
		update_slot(chunk);
		pcpu_stats.nr_dealloc++;
		pcpu_stats.nr_cur_alloc--;
	} else {
		pcpu_stats.bad_free++;
	}
	return was_area;
}

/* Takes an unused chunk out; @keep: unless it is the only one. NULL: there is none. */
static struct pcpu_chunk *retire(bool keep)
{
	struct list_head *unused = &pcpu_slots[pcpu_nr_slots - 1];
	struct pcpu_chunk *chunk;

	if (list_empty(unused) || (keep && list_is_singular(unused)))
		return NULL;
	chunk = list_first_entry(unused, struct pcpu_chunk, slot_list);
	list_del_init(&chunk->slot_list);
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

void free_percpu(void __percpu *ptr)
{
	struct pcpu_chunk *unused = NULL;
	unsigned long flags;
	bool was_area = false;

	if (!ptr)
		return;
	if (pcpu_first_chunk) {
		spin_lock_irqsave(&pcpu_lock, flags);
		was_area = free_area(ptr);
		unused = retire(true);
		spin_unlock_irqrestore(&pcpu_lock, flags);
	}
	WARN(!was_area, "percpu: free of %px, which is no allocation\n", (void *)ptr);
	if (unused)
		destroy_or_keep(unused);
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
		pa = __pa(chunk->units[unit]) +
		     ((unsigned long)addr - (unsigned long)pcpu_unit_addr(chunk, unit));
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
	return pcpu_stats.nr_chunks * pcpu_nr_units * (pcpu_unit_size / PAGE_SIZE);
}
