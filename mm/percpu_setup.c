// SPDX-License-Identifier: MIT
/*
 * The first chunk of per-CPU memory, at boot. Contract: percpu.h.
 *
 *   unit   | static variables |            dynamic            |
 *          static_size          28 KB, and what fills the page
 *
 * CPUs of a node are a group; their units lie side by side on that node. The chunk's own
 * maps are on early pages until slab can hold them.
 */
#include "percpu.h"

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <baremm/arch.h>
#include <baremm/panic.h>

#include "internal.h"

unsigned long __per_cpu_offset[NR_CPUS];
struct pcpu_alloc_info pcpu_info;

static bool maps_are_early; /* the first chunk's are on early pages */
static bool by_pages;	    /* percpu_alloc=page */

/* ---- Options ------------------------------------------------------------------------ */

int __init percpu_alloc_parse_option(char *value)
{
	bool page = value && !strcmp(value, "page");

	if (!value || (!page && strcmp(value, "embed")))
		return -EINVAL;
	by_pages = page;
	return 0;
}

void __init percpu_forget_options(void)
{
	by_pages = false;
}

/* One unit alone is seen where it lies, so that it lies in one piece. */
static bool units_are_in_pages(void)
{
	return by_pages && pcpu_nr_units > 1;
}

/* ---- Sizes and groups --------------------------------------------------------------- */

static size_t static_size(void)
{
	return (size_t)((unsigned long)__per_cpu_end - (unsigned long)__per_cpu_start);
}

static void __init find_sizes(struct pcpu_alloc_info *ai)
{
	ai->static_size = ALIGN(static_size(), PCPU_MIN_ALLOC_SIZE);
	ai->unit_size = PAGE_ALIGN(
		max(ai->static_size + PERCPU_DYNAMIC_RESERVE, (size_t)PCPU_MIN_UNIT_SIZE));
	ai->dyn_size = ai->unit_size - ai->static_size;
	ai->atom_size = PAGE_SIZE;
	ai->alloc_size = ai->unit_size;
}

static bool __init first_of_its_node(unsigned int cpu)
{
	for (unsigned int other = 0; other < cpu; other++)
		if (cpu_to_node((int)other) == cpu_to_node((int)cpu))
			return false;
	return true;
}

/* Numbers the units group by group, groups in the order of their first CPUs. */
static void __init find_groups(struct pcpu_alloc_info *ai)
{
	unsigned int unit = 0;

	for (unsigned int first = 0; first < nr_cpu_ids; first++) {
		unsigned int units = 0;

		if (!first_of_its_node(first))
			continue;
		for (unsigned int cpu = first; cpu < nr_cpu_ids; cpu++) {
			if (cpu_to_node((int)cpu) != cpu_to_node((int)first))
				continue;
			pcpu_unit_cpu[unit++] = cpu;
			units++;
		}
		ai->group_units[ai->nr_groups++] = units;
	}
	pcpu_nr_units = unit;
	pcpu_unit_size = ai->unit_size;
}

/* ---- The log ------------------------------------------------------------------------------ */

static int __init digits(unsigned int n)
{
	return n < 10 ? 1 : 1 + digits(n / 10);
}

/* Which CPUs are in which group: as many as fit on a line. */
static void __init log_groups(const struct pcpu_alloc_info *ai)
{
	int cpu_width = digits(nr_cpu_ids), group_width = digits(ai->nr_groups);
	unsigned int width = (unsigned int)(cpu_width + 1 + group_width + 3);
	unsigned int per_line = (unsigned int)rounddown_pow_of_two(max(60 / width, 1U));
	unsigned int unit = 0;

	for (unsigned int group = 0; group < ai->nr_groups; group++)
		for (unsigned int i = 0; i < ai->group_units[group]; i++, unit++) {
			if (unit && unit % per_line == 0)
				pr_cont("\n");
			if (unit % per_line == 0)
				printk(KERN_DEBUG "pcpu-alloc: ");
			pr_cont("[%0*u] %0*u ", group_width, group, cpu_width, pcpu_unit_cpu[unit]);
		}
	pr_cont("\n");
}

static void __init log_setup(const struct pcpu_alloc_info *ai)
{
	pr_info("setup_percpu: NR_CPUS:%d nr_cpumask_bits:%u nr_cpu_ids:%u nr_node_ids:%u\n",
		NR_CPUS, nr_cpu_ids, nr_cpu_ids, nr_node_ids);
	if (units_are_in_pages())
		pr_info("percpu: %zu 4K pages/cpu s%zu r%zu d%zu\n", ai->unit_size / PAGE_SIZE,
			ai->static_size, ai->reserved_size, ai->dyn_size);
	else
		pr_info("percpu: Embedded %zu pages/cpu s%zu r%zu d%zu u%zu\n",
			ai->unit_size / PAGE_SIZE, ai->static_size, ai->reserved_size, ai->dyn_size,
			ai->unit_size);
	pr_debug("pcpu-alloc: s%zu r%zu d%zu u%zu alloc=%zu*%zu\n", ai->static_size,
		 ai->reserved_size, ai->dyn_size, ai->unit_size, ai->alloc_size / ai->atom_size,
		 ai->atom_size);
	log_groups(ai);
}

/* ---- The chunk ------------------------------------------------------------------------------- */

static void *__init alloc_or_panic(size_t size, int nid)
{
	void *mem = early_alloc(size, nid);

	if (!mem)
		panic("percpu: no memory for %zu bytes of the first chunk on node %d", size, nid);
	return mem;
}

/* Each page where there is room for one. */
static void __init alloc_first_pages(struct pcpu_chunk *chunk)
{
	for (unsigned int unit = 0; unit < pcpu_nr_units; unit++)
		for (unsigned int b = 0; b < chunk->nr_blocks; b++)
			*pcpu_page(chunk, unit, b) =
				alloc_or_panic(PAGE_SIZE, cpu_to_node((int)pcpu_unit_cpu[unit]));
}

static void __init alloc_first_units(struct pcpu_chunk *chunk, const struct pcpu_alloc_info *ai)
{
	unsigned int unit = 0;

	for (unsigned int group = 0; group < ai->nr_groups; group++) {
		unsigned int units = ai->group_units[group];
		char *mem = alloc_or_panic(units * ai->unit_size,
					   cpu_to_node((int)pcpu_unit_cpu[unit]));

		for (unsigned int i = 0; i < units; i++, unit++, mem += ai->unit_size)
			for (unsigned int b = 0; b < chunk->nr_blocks; b++)
				*pcpu_page(chunk, unit, b) = mem + b * PAGE_SIZE;
	}
}

/* Blocks from @b on, side by side. */
static int __init map_blocks(const struct pcpu_chunk *chunk, unsigned int unit, unsigned int b,
			     unsigned int nr)
{
	return arch_map((unsigned long)pcpu_unit_addr(chunk, unit) + b * PAGE_SIZE,
			__pa(pcpu_page_addr(chunk, unit, b)), nr * PAGE_SIZE, ARCH_MAP_WRITE);
}

/* Where its units are not seen where they lie: of each as much at once as lies together. */
static int __init map_first_units(const struct pcpu_chunk *chunk)
{
	unsigned int at_once = units_are_in_pages() ? 1 : chunk->nr_blocks;
	int err = 0;

	for (unsigned int unit = 0; unit < pcpu_nr_units && pcpu_nr_units > 1; unit++)
		for (unsigned int b = 0; b < chunk->nr_blocks && !err; b += at_once)
			err = map_blocks(chunk, unit, b, at_once);
	return err;
}

/* Each CPU's variables start as the image's are now, and are its own from then on. */
static void __init copy_static(const struct pcpu_chunk *chunk)
{
	for (unsigned int unit = 0; unit < pcpu_nr_units; unit++) {
		unsigned int cpu = pcpu_unit_cpu[unit];
		char *to = pcpu_unit_addr(chunk, unit);

		if (static_size())
			memcpy(to, __per_cpu_start, static_size());
		__per_cpu_offset[cpu] = (unsigned long)to - (unsigned long)__per_cpu_start;
		arch_percpu_init(cpu);
	}
	arch_percpu_enter(0);
}

static void __init pcpu_setup_first_chunk(const struct pcpu_alloc_info *ai)
{
	unsigned int nr_blocks = (unsigned int)(ai->unit_size / PAGE_SIZE);
	struct pcpu_chunk *chunk =
		alloc_or_panic(pcpu_chunk_struct_size(pcpu_nr_units, nr_blocks), cpu_to_node(0));
	int err;

	maps_are_early = true;
	pcpu_chunk_init(chunk, pcpu_nr_units, nr_blocks,
			(unsigned int)(ai->static_size >> PCPU_MIN_ALLOC_SHIFT));
	chunk->immutable = true;
	if (units_are_in_pages())
		alloc_first_pages(chunk);
	else
		alloc_first_units(chunk, ai);
	bitmap_set(chunk->populated, 0, nr_blocks);
	err = pcpu_chunk_place(chunk);
	if (!err)
		err = map_first_units(chunk);
	if (err)
		panic("percpu: cannot map %u units of %zu bytes: error %d", pcpu_nr_units,
		      ai->unit_size, err);
	copy_static(chunk);
	pcpu_first_chunk = chunk;
	pcpu_chunk_add(chunk);
}

void __init setup_per_cpu_areas(void)
{
	percpu_reset();
	find_sizes(&pcpu_info);
	find_groups(&pcpu_info);
	log_setup(&pcpu_info);
	pcpu_setup_first_chunk(&pcpu_info);
}

void __init percpu_init_late(void)
{
	struct pcpu_chunk *early = pcpu_first_chunk, *late;
	size_t size;

	if (!early || !maps_are_early)
		return;
	size = pcpu_chunk_struct_size(pcpu_nr_units, early->nr_blocks);
	late = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);
	if (!late) {
		pr_warn("percpu: no memory to move %zu bytes of maps to slab\n", size);
		return;
	}
	memcpy(late, early, size);
	pcpu_chunk_set_maps(late, pcpu_nr_units, early->nr_blocks);
	list_replace(&early->slot_list, &late->slot_list);
	list_replace(&early->addr_list, &late->addr_list);
	pcpu_first_chunk = late;
	maps_are_early = false;
	release_reserved_pages(PHYS_PFN(__pa(early)), PFN_UP(__pa(early) + size));
}

void __init percpu_reset(void)
{
	pcpu_reset_allocator();
	pcpu_info = (struct pcpu_alloc_info){0};
	pcpu_nr_units = 0;
	pcpu_unit_size = 0;
	maps_are_early = false;
	memset(__per_cpu_offset, 0, sizeof(__per_cpu_offset));
	arch_percpu_enter(0);
}
