// SPDX-License-Identifier: MIT
/* Blocks of addresses for mappings that live shortly. Contract: vmap_block.h. */
#include "vmap_block.h"

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <baremm/arch.h>

#include "internal.h"
#include "vmap.h"

struct block_queue;

struct vmap_block {
	struct vmap_area *va;
	struct block_queue *queue; /* of the CPU that made it */
	unsigned int next;	   /* the first page that was never taken */
	unsigned int used;	   /* pages of mappings that live, with their guard pages */
	DECLARE_BITMAP(starts, VMAP_BLOCK_PAGES); /* first pages of mappings that live */
	DECLARE_BITMAP(ends, VMAP_BLOCK_PAGES);	  /* their guard pages */
};

static struct block_queue {
	spinlock_t lock;
	struct vmap_block *current; /* to take from; NULL: none */
	unsigned long dirty_start, dirty_end;
} queues[NR_CPUS];

void vmap_block_reset(void)
{
	memset(queues, 0, sizeof(queues));
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		spin_lock_init_rank(&queues[cpu].lock, LOCK_RANK_LEAF);
}

/* ---- Blocks ------------------------------------------------------------------------------ */

static struct vmap_block *new_block(struct block_queue *queue, int node)
{
	const struct vmap_room room = {VMAP_BLOCK_BYTES, VMAP_BLOCK_BYTES, VMALLOC_START,
				       VMALLOC_END + 1};
	struct vmap_block *vb = kzalloc_node(sizeof(*vb), GFP_KERNEL, node);
	struct vmap_area *va;

	if (!vb)
		return NULL;
	va = alloc_vmap_area(&room, node, GFP_KERNEL, NULL);
	if (!va) {
		kfree(vb);
		return NULL;
	}
	vb->queue = queue;
	vb->va = va;
	WRITE_ONCE(va->block, vb);
	return vb;
}

static bool has_block(const struct vmap_area *va, unsigned long block)
{
	return !va->vm && va->block == (struct vmap_block *)block;
}

/* Nobody has @vb any more, but who looks an address up wrongly: not after this. */
static void release_block(struct vmap_block *vb)
{
	struct vmap_area *va = unlink_vmap_area(vb->va->va_start, has_block, (unsigned long)vb);

	if (!WARN(!va, "vmap: block %px has lost its addresses\n", vb))
		free_vmap_area_lazy(va);
	kfree(vb);
}

/* ---- Taking ------------------------------------------------------------------------------ */

/* From @vb, with the queue's lock held; 0: there is not so much. */
static unsigned long take_pages(struct vmap_block *vb, unsigned int count)
{
	unsigned int first = vb->next;

	if (first + count + 1 > VMAP_BLOCK_PAGES)
		return 0;
	vb->next += count + 1;
	vb->used += count + 1;
	__set_bit(first, vb->starts);
	__set_bit(first + count, vb->ends);
	return vb->va->va_start + first * PAGE_SIZE;
}

/* From this CPU's block. One that is too full is nobody's from then on. */
static unsigned long take_current(struct block_queue *queue, unsigned int count)
{
	struct vmap_block *unused = NULL;
	unsigned long addr = 0;

	spin_lock(&queue->lock);
	if (queue->current)
		addr = take_pages(queue->current, count);
	if (!addr && queue->current) {
		unused = queue->current->used ? NULL : queue->current;
		queue->current = NULL;
	}
	spin_unlock(&queue->lock);
	if (unused)
		release_block(unused);
	return addr;
}

unsigned long vmap_block_alloc(unsigned int count, int node)
{
	struct block_queue *queue = &queues[smp_processor_id()];
	unsigned long addr;

	while (!(addr = take_current(queue, count))) {
		struct vmap_block *vb = new_block(queue, node), *there;

		if (!vb)
			return 0;
		/* Reclaim for its struct may have mapped pages, too. */
		spin_lock(&queue->lock);
		there = queue->current;
		if (!there)
			queue->current = vb;
		spin_unlock(&queue->lock);
		if (there)
			release_block(vb);
	}
	return addr;
}

/* ---- Giving back ------------------------------------------------------------------------- */

/* Is it a mapping of just @count pages? It is none from then on. */
static bool end_mapping(struct vmap_block *vb, unsigned long addr, unsigned int count)
{
	unsigned int first = (unsigned int)((addr - vb->va->va_start) >> PAGE_SHIFT);

	if ((addr & ~PAGE_MASK) || !test_bit(first, vb->starts) ||
	    find_next_bit(vb->ends, VMAP_BLOCK_PAGES, first) != first + (unsigned long)count)
		return false;
	__clear_bit(first, vb->starts);
	__clear_bit(first + count, vb->ends);
	return true;
}

/* The block of a mapping that has ended, but is mapped still; NULL: there is none. */
static struct vmap_block *find_and_end(unsigned long addr, unsigned int count)
{
	struct vmap_block *vb = NULL;
	struct vmap_area *va;

	spin_lock(&vmap_lock);
	va = find_vmap_area(addr);
	if (va && !va->vm)
		vb = READ_ONCE(va->block);
	if (vb) {
		spin_lock(&vb->queue->lock);
		if (!end_mapping(vb, addr, count))
			va = NULL;
		spin_unlock(&vb->queue->lock);
	}
	spin_unlock(&vmap_lock);
	return va ? vb : NULL;
}

bool vmap_block_free(unsigned long addr, unsigned int count)
{
	struct vmap_block *vb = find_and_end(addr, count);
	unsigned long size = (unsigned long)count << PAGE_SHIFT;
	struct block_queue *queue;
	bool last;
	int err;

	if (!vb)
		return false;
	err = arch_unmap_noflush(addr, size);
	WARN(err, "vmap: unmapping 0x%lx-0x%lx: error %d\n", addr, addr + size - 1, err);
	queue = vb->queue;
	spin_lock(&queue->lock);
	if (!queue->dirty_end || addr < queue->dirty_start)
		queue->dirty_start = addr;
	queue->dirty_end = max(queue->dirty_end, addr + size);
	vb->used -= count + 1;
	last = !vb->used && queue->current != vb;
	spin_unlock(&queue->lock);
	if (last)
		release_block(vb);
	return true;
}

void vmap_blocks_release_empty(void)
{
	for (struct block_queue *queue = queues; queue < queues + nr_cpu_ids; queue++) {
		struct vmap_block *vb;

		spin_lock(&queue->lock);
		vb = queue->current;
		if (vb && vb->used)
			vb = NULL;
		if (vb)
			queue->current = NULL;
		spin_unlock(&queue->lock);
		if (vb)
			release_block(vb);
	}
}

bool vmap_blocks_take_dirty(unsigned long *start, unsigned long *end)
{
	bool dirty = false;

	for (struct block_queue *queue = queues; queue < queues + nr_cpu_ids; queue++) {
		spin_lock(&queue->lock);
		if (queue->dirty_end) {
			*start = min(*start, queue->dirty_start);
			*end = max(*end, queue->dirty_end);
			queue->dirty_start = queue->dirty_end = 0;
			dirty = true;
		}
		spin_unlock(&queue->lock);
	}
	return dirty;
}

/* ---- Checks ------------------------------------------------------------------------------ */

static int count_run(unsigned long start, unsigned long end, phys_addr_t phys, size_t page_size,
		     unsigned int prot, void *arg)
{
	(void)phys;
	(void)page_size;
	(void)prot;
	*(unsigned long *)arg += (end - start) >> PAGE_SHIFT;
	return 0;
}

static unsigned long nr_mapped(const struct vmap_block *vb, unsigned long first, unsigned long end)
{
	unsigned long base = vb->va->va_start, mapped = 0;

	arch_walk(base + first * PAGE_SIZE, base + end * PAGE_SIZE, count_run, &mapped);
	return mapped;
}

/* Mappings have all their pages, and nothing else has any. */
int vmap_block_verify(const struct vmap_block *vb)
{
	unsigned long used = 0, first, behind = 0, end;
	int faults = 0;

	for_each_set_bit (first, vb->starts, VMAP_BLOCK_PAGES) {
		end = find_next_bit(vb->ends, VMAP_BLOCK_PAGES, first);
		if (first < behind || end >= vb->next || nr_mapped(vb, behind, first) ||
		    nr_mapped(vb, first, end) != end - first) {
			pr_err("vmalloc: block 0x%lx: pages %lu to %lu are not mapped as they "
			       "should\n",
			       vb->va->va_start, first, end);
			faults++;
		}
		behind = end;
		used += end + 1 - first;
	}
	if (used == vb->used && !nr_mapped(vb, behind, VMAP_BLOCK_PAGES))
		return faults;
	pr_err("vmalloc: block 0x%lx has %lu pages, not %u, and %lu are mapped behind them\n",
	       vb->va->va_start, used, vb->used, nr_mapped(vb, behind, VMAP_BLOCK_PAGES));
	return faults + 1;
}
