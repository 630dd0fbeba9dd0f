// SPDX-License-Identifier: MIT
/*
 * Slots of the bounce pool: finding some side by side, taking them, giving them back.
 *
 * A CPU begins in the area of its own number, so that CPUs seldom meet at a lock, and goes
 * on in the others where that is full. Within an area the search goes on behind the last
 * mapping made, segment by segment; a mapping lies in one segment.
 *
 * Cost: in proportion to the segments that are looked at; of a segment two words of the
 * bitmap are.
 */
#include "swiotlb.h"

#include <linux/bitmap.h>
#include <linux/string.h>
#include <asm/arch.h>

/* ---- Finding ------------------------------------------------------------------------- */

static bool slots_fit(unsigned long slot, const struct slot_request *request)
{
	phys_addr_t first = slot_addr(slot), last = slot_addr(slot + request->nr) - 1;

	return (first & request->mask) == request->bits &&
	       !((first ^ last) & ~(phys_addr_t)request->boundary_mask);
}

/* In the segment that begins with slot @base, from its slot @from on; -1: nowhere. */
static long find_in_segment(unsigned long base, unsigned long from,
			    const struct slot_request *request)
{
	const unsigned long *map = &io_tlb_default_mem.bitmap[BIT_WORD(base)];

	for (;; from++) {
		from = bitmap_find_next_zero_area(map, IO_TLB_SEGSIZE, from,
						  (unsigned int)request->nr, 0);
		if (from + request->nr > IO_TLB_SEGSIZE)
			return -1;
		if (slots_fit(base + from, request))
			return (long)(base + from);
	}
}

/* All segments of the area from where the last search ended, and that one's start at last. */
static long find_in_area(unsigned int nr, const struct slot_request *request)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;
	const struct io_tlb_area *area = &mem->areas[nr];
	unsigned long segments = mem->area_nslabs / IO_TLB_SEGSIZE;
	unsigned long from = area->index % IO_TLB_SEGSIZE;

	if (request->nr > mem->area_nslabs - area->used)
		return -1;
	for (unsigned long i = 0; i <= segments; i++, from = 0) {
		unsigned long segment = (area->index / IO_TLB_SEGSIZE + i) % segments;
		long slot = find_in_segment(nr * mem->area_nslabs + segment * IO_TLB_SEGSIZE, from,
					    request);

		if (slot >= 0)
			return slot;
	}
	return -1;
}

/* ---- Taking and giving back ------------------------------------------------------------- */

static void count_used(long nr)
{
	struct io_tlb_mem *mem = &io_tlb_default_mem;
	long used = atomic_long_add_return(nr, &mem->used);
	long most = atomic_long_read(&mem->used_hiwater);

	while (used > most) {
		long seen = atomic_long_cmpxchg(&mem->used_hiwater, most, used);

		if (seen == most)
			break;
		most = seen;
	}
}

static void take_slots(struct io_tlb_area *area, unsigned long base, unsigned long first,
		       const struct slot_request *request)
{
	struct io_tlb_mem *mem = &io_tlb_default_mem;

	bitmap_set(mem->bitmap, (unsigned int)first, (unsigned int)request->nr);
	mem->slots[first] = request->mapping;
	mem->slots[first].nr = (u8)request->nr;
	for (unsigned long i = 1; i < request->nr; i++)
		mem->slots[first + i].back = (u8)i;
	area->used += request->nr;
	area->index = (first + request->nr - base) % mem->area_nslabs;
}

long swiotlb_take_slots(const struct slot_request *request)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;
	unsigned int start = (unsigned int)smp_processor_id() % mem->nareas;

	for (unsigned int i = 0; i < mem->nareas; i++) {
		unsigned int nr = (start + i) % mem->nareas;
		struct io_tlb_area *area = &mem->areas[nr];
		unsigned long flags;
		long first;

		spin_lock_irqsave(&area->lock, flags);
		first = find_in_area(nr, request);
		if (first >= 0)
			take_slots(area, nr * mem->area_nslabs, (unsigned long)first, request);
		spin_unlock_irqrestore(&area->lock, flags);
		if (first >= 0) {
			count_used((long)request->nr);
			return first;
		}
	}
	return -1;
}

static struct io_tlb_area *area_of(unsigned long slot)
{
	struct io_tlb_mem *mem = &io_tlb_default_mem;

	return &mem->areas[slot / mem->area_nslabs];
}

void swiotlb_release_slots(const struct io_tlb_mapping *mapping)
{
	struct io_tlb_mem *mem = &io_tlb_default_mem;
	struct io_tlb_area *area = area_of(mapping->first);
	unsigned int nr = mapping->slot.nr;
	unsigned long flags;

	spin_lock_irqsave(&area->lock, flags);
	bitmap_clear(mem->bitmap, (unsigned int)mapping->first, nr);
	memset(&mem->slots[mapping->first], 0, nr * sizeof(mapping->slot));
	area->used -= nr;
	spin_unlock_irqrestore(&area->lock, flags);
	count_used(-(long)nr);
}

/* Under the lock of the slot's area. */
static bool mapping_at(phys_addr_t tlb_addr, unsigned long slot, struct io_tlb_mapping *mapping)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;
	phys_addr_t start;

	slot -= mem->slots[slot].back;
	start = slot_addr(slot) + mem->slots[slot].offset;
	if (!mem->slots[slot].nr || tlb_addr < start || tlb_addr - start >= mem->slots[slot].size)
		return false;
	*mapping = (struct io_tlb_mapping){mem->slots[slot], slot, tlb_addr - start};
	return true;
}

bool swiotlb_find_mapping(phys_addr_t tlb_addr, bool end, struct io_tlb_mapping *mapping)
{
	struct io_tlb_mem *mem = &io_tlb_default_mem;
	struct io_tlb_area *area;
	unsigned long slot, flags;
	bool found;

	if (!is_swiotlb_buffer(NULL, tlb_addr))
		return false;
	slot = (tlb_addr - mem->start) >> IO_TLB_SHIFT;
	area = area_of(slot);
	spin_lock_irqsave(&area->lock, flags);
	found = mapping_at(tlb_addr, slot, mapping);
	if (found && end && !mapping->offset)
		mem->slots[mapping->first].size = 0;
	spin_unlock_irqrestore(&area->lock, flags);
	return found;
}
