// SPDX-License-Identifier: MIT
/*
 * Chunks of per-CPU memory: where their pages are seen. Contract: percpu.h.
 *
 * What alloc_percpu() returns becomes a CPU's address by adding one number, whichever
 * chunk it is in. So the units of every chunk are equally far apart, while their pages
 * lie on each CPU's node:
 *
 *   addresses    | unit 0 | unit 1 | unit 2 | unit 3 |      from PERCPU_BASE on
 *                     |        |        \______  |__
 *   memory       node 0: [0][1]        node 1: [2][3]
 *
 * Pages come when an area first needs them (percpu_populate.c). With one CPU there is no distance to keep, and a chunk lies where its pages do, in the
 * direct map. Weakness: the list by address is walked, so a free costs more the more
 * chunks there are.
 */
#include "percpu.h"

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <baremm/arch.h>

unsigned int pcpu_nr_units;
size_t pcpu_unit_size;
unsigned int pcpu_unit_cpu[NR_CPUS];
LIST_HEAD(pcpu_chunks);

/* ---- Addresses --------------------------------------------------------------------- */

static size_t chunk_size(void)
{
	return pcpu_nr_units * pcpu_unit_size;
}

/* Puts @chunk before the first one that lies higher. With pcpu_lock held. */
static void insert_by_address(struct pcpu_chunk *chunk)
{
	struct pcpu_chunk *next;

	list_for_each_entry (next, &pcpu_chunks, addr_list)
		if ((unsigned long)next->base > (unsigned long)chunk->base)
			break;
	list_add_tail(&chunk->addr_list, &next->addr_list);
}

/* The lowest gap between mapped chunks becomes @chunk's. With pcpu_lock held. */
static int claim_gap(struct pcpu_chunk *chunk)
{
	unsigned long at = PERCPU_BASE;
	struct pcpu_chunk *next;

	list_for_each_entry (next, &pcpu_chunks, addr_list) {
		if ((unsigned long)next->base != at)
			break;
		at += chunk_size();
	}
	if (at + chunk_size() > PERCPU_BASE + PERCPU_SIZE)
		return -ENOSPC;
	chunk->base = (void *)at;
	list_add_tail(&chunk->addr_list, &next->addr_list);
	return 0;
}

int pcpu_chunk_place(struct pcpu_chunk *chunk)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&pcpu_lock, flags);
	if (pcpu_nr_units == 1) {
		chunk->base = pcpu_page_addr(chunk, 0, 0);
		insert_by_address(chunk);
	} else {
		err = claim_gap(chunk);
	}
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return err;
}

void pcpu_chunk_unplace(struct pcpu_chunk *chunk)
{
	unsigned long flags;

	spin_lock_irqsave(&pcpu_lock, flags);
	list_del_init(&chunk->addr_list);
	spin_unlock_irqrestore(&pcpu_lock, flags);
}

struct pcpu_chunk *pcpu_chunk_at(const void *addr, unsigned int *unit)
{
	struct pcpu_chunk *chunk;

	list_for_each_entry (chunk, &pcpu_chunks, addr_list) {
		unsigned long offset = (unsigned long)addr - (unsigned long)chunk->base;

		if (offset < chunk_size()) {
			*unit = (unsigned int)(offset / pcpu_unit_size);
			return chunk;
		}
	}
	return NULL;
}

/* ---- All of a chunk ------------------------------------------------------------------ */

/* The one unit of a chunk that is not mapped: all its pages, side by side. */
static int alloc_unit(struct pcpu_chunk *chunk, gfp_t gfp)
{
	char *unit = alloc_pages_exact_nid(cpu_to_node((int)pcpu_unit_cpu[0]), pcpu_unit_size, gfp);

	if (!unit)
		return -ENOMEM;
	for (unsigned int b = 0; b < chunk->nr_blocks; b++)
		*pcpu_page(chunk, 0, b) = unit + b * PAGE_SIZE;
	bitmap_set(chunk->populated, 0, chunk->nr_blocks);
	return 0;
}

struct pcpu_chunk *pcpu_chunk_create(gfp_t gfp)
{
	unsigned int nr_blocks = (unsigned int)(pcpu_unit_size / PAGE_SIZE);
	struct pcpu_chunk *chunk;

	if (!slab_is_available())
		return NULL;
	chunk = kzalloc(pcpu_chunk_struct_size(pcpu_nr_units, nr_blocks), gfp);
	if (!chunk)
		return NULL;
	pcpu_chunk_init(chunk, pcpu_nr_units, nr_blocks, 0);
	if (pcpu_nr_units == 1 && alloc_unit(chunk, gfp)) {
		kfree(chunk);
		return NULL;
	}
	if (pcpu_chunk_place(chunk)) {
		kfree(chunk);
		return NULL;
	}
	return chunk;
}

int pcpu_chunk_destroy(struct pcpu_chunk *chunk)
{
	int err = pcpu_nr_units > 1 ? pcpu_depopulate_all(chunk) : 0;

	if (err)
		return err;
	pcpu_chunk_unplace(chunk);
	if (pcpu_nr_units == 1)
		free_pages_exact(pcpu_page_addr(chunk, 0, 0), pcpu_unit_size);
	kfree(chunk);
	return 0;
}
