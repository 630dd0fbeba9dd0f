// SPDX-License-Identifier: MIT
/*
 * Chunks of per-CPU memory: their pages, and where these are seen. Contract: percpu.h.
 *
 * What alloc_percpu() returns becomes a CPU's address by adding one number, whichever
 * chunk it is in. So the units of every chunk are equally far apart, while their pages
 * lie on each CPU's node:
 *
 *   addresses    | unit 0 | unit 1 | unit 2 | unit 3 |      from PERCPU_BASE on
 *                     |        |        \______  |__
 *   memory       node 0: [0][1]        node 1: [2][3]
 *
 * With one CPU there is no distance to keep, and a chunk lies where its pages do, in the
 * direct map. Weakness: the list by address is walked, so a free costs more the more
 * chunks there are.
 */
#include "percpu.h"

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

/* ---- Pages ------------------------------------------------------------------------- */

static void free_units(struct pcpu_chunk *chunk)
{
	for (unsigned int unit = 0; unit < pcpu_nr_units; unit++)
		free_pages_exact(chunk->units[unit], pcpu_unit_size);
}

static int alloc_units(struct pcpu_chunk *chunk, gfp_t gfp)
{
	for (unsigned int unit = 0; unit < pcpu_nr_units; unit++) {
		int nid = cpu_to_node((int)pcpu_unit_cpu[unit]);

		chunk->units[unit] = alloc_pages_exact_nid(nid, pcpu_unit_size, gfp);
		if (!chunk->units[unit]) {
			free_units(chunk);
			return -ENOMEM;
		}
	}
	return 0;
}

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

static int unmap_units(struct pcpu_chunk *chunk, unsigned int nr)
{
	return nr ? arch_unmap((unsigned long)chunk->base, nr * pcpu_unit_size) : 0;
}

static int map_units(struct pcpu_chunk *chunk)
{
	for (unsigned int unit = 0; unit < pcpu_nr_units; unit++) {
		int err = arch_map((unsigned long)pcpu_unit_addr(chunk, unit),
				   __pa(chunk->units[unit]), pcpu_unit_size, ARCH_MAP_WRITE);

		if (err) {
			unmap_units(chunk, unit);
			return err;
		}
	}
	return 0;
}

static void forget_address(struct pcpu_chunk *chunk)
{
	unsigned long flags;

	spin_lock_irqsave(&pcpu_lock, flags);
	list_del_init(&chunk->addr_list);
	spin_unlock_irqrestore(&pcpu_lock, flags);
}

int pcpu_chunk_place(struct pcpu_chunk *chunk)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&pcpu_lock, flags);
	if (pcpu_nr_units == 1) {
		chunk->base = chunk->units[0];
		insert_by_address(chunk);
	} else {
		err = claim_gap(chunk);
	}
	spin_unlock_irqrestore(&pcpu_lock, flags);
	if (!err && pcpu_nr_units > 1) {
		err = map_units(chunk);
		if (err)
			forget_address(chunk);
	}
	return err;
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
	if (alloc_units(chunk, gfp)) {
		kfree(chunk);
		return NULL;
	}
	if (pcpu_chunk_place(chunk)) {
		free_units(chunk);
		kfree(chunk);
		return NULL;
	}
	return chunk;
}

int pcpu_chunk_destroy(struct pcpu_chunk *chunk)
{
	int err = pcpu_nr_units > 1 ? unmap_units(chunk, pcpu_nr_units) : 0;

	if (err)
		return err;
	forget_address(chunk);
	free_units(chunk);
	kfree(chunk);
	return 0;
}
