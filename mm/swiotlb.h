/* SPDX-License-Identifier: MIT */
/* What the files of the bounce pool share: the pool (swiotlb.c), its slots (swiotlb_slots.c). */
#ifndef _MM_SWIOTLB_H
#define _MM_SWIOTLB_H

#include <linux/swiotlb.h>

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/spinlock.h>

/*
 * One for each slot; all 0 in a free one. The first slot of a mapping knows it, the
 * others how far back that is.
 */
struct io_tlb_slot {
	phys_addr_t orig_addr; /* of the buffer's first byte */
	u32 size;	       /* bytes that are copied; at most a segment's. 0: being unmapped */
	u16 offset;	       /* of the first byte in the slot */
	u8 nr;		       /* slots of the mapping; 0: this is not its first */
	u8 back;	       /* the first slot is so many before this one */
};

static_assert(IO_TLB_SEGSIZE <= UINT8_MAX);

struct io_tlb_area {
	spinlock_t lock;
	unsigned long used;  /* slots */
	unsigned long index; /* where the search goes on, from the area's first slot */
};

struct io_tlb_mem {
	phys_addr_t start; /* [start, end) */
	phys_addr_t end;
	void *vaddr;
	unsigned long nslabs; /* slots; 0: there is no pool */
	unsigned int nareas;
	unsigned long area_nslabs; /* slots of an area: whole segments */
	struct io_tlb_area *areas;
	struct io_tlb_slot *slots;
	unsigned long *bitmap; /* of slots in use */
	atomic_long_t used;
	atomic_long_t used_hiwater;
	bool force_bounce;
};

extern struct io_tlb_mem io_tlb_default_mem;

static inline phys_addr_t slot_addr(unsigned long slot)
{
	return io_tlb_default_mem.start + ((phys_addr_t)slot << IO_TLB_SHIFT);
}

static inline unsigned long nr_slots(size_t size)
{
	return (size + IO_TLB_SIZE - 1) >> IO_TLB_SHIFT;
}

/* What a search looks for: `nr` slots at an address whose bits under `mask` are `bits`. */
struct slot_request {
	unsigned long nr;
	phys_addr_t mask;
	phys_addr_t bits;
	unsigned long boundary_mask; /* all slots within one multiple of this + 1 */
	struct io_tlb_slot mapping;  /* what the first slot is to know */
};

/* Takes them. The first one's number, or -1. */
long swiotlb_take_slots(const struct slot_request *request);

/* What is known of a mapping, at one moment. */
struct io_tlb_mapping {
	struct io_tlb_slot slot; /* its first */
	unsigned long first;	 /* that one's number */
	size_t offset;		 /* of the address that was asked for, in the mapping */
};

/*
 * The mapping that @tlb_addr lies in. With @end it is none from then on if it begins there,
 * but for its slots, which are the caller's to give back. False: there is none.
 */
bool swiotlb_find_mapping(phys_addr_t tlb_addr, bool end, struct io_tlb_mapping *mapping);

/* Gives back the slots of a mapping that has ended. */
void swiotlb_release_slots(const struct io_tlb_mapping *mapping);

/* Handler of swiotlb=. 0 or -EINVAL. */
int swiotlb_parse_option(char *value);

/* Back to the state at program start, for hosts that bring up several machines. */
void swiotlb_reset(void);

#endif /* _MM_SWIOTLB_H */
