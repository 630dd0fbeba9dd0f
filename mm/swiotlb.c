// SPDX-License-Identifier: MIT
/*
 * The bounce pool: swiotlb=, where it lies, and what is known of it. Contract:
 * linux/swiotlb.h.
 *
 *   swiotlb=N[,AREAS][,force|noforce]    N slots of 2 KB
 */
#define pr_fmt(fmt) "software IO TLB: " fmt

#include "swiotlb.h"

#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "highmem.h"
#include "internal.h"

/* A pool of less is of no use. */
#define IO_TLB_MIN_SLABS (SZ_1M >> IO_TLB_SHIFT)

/* All that can lie below 4 GB, and as many areas as that has segments. */
#define IO_TLB_MAX_SLABS (SZ_4G >> IO_TLB_SHIFT)
#define IO_TLB_MAX_AREAS (IO_TLB_MAX_SLABS / IO_TLB_SEGSIZE)

struct io_tlb_mem io_tlb_default_mem;
struct swiotlb_stats swiotlb_stats;

/* What the option says; 0: nothing of this. */
static bool option_given, option_force, option_noforce;
static unsigned long option_nslabs, option_nareas;

/* A number at *@p, if there is one; *@p moves on behind it and a comma. False: too large. */
static bool __init parse_number(char **p, unsigned long max, unsigned long *number)
{
	bool given = isdigit(**p);

	if (given)
		*number = simple_strtoull(*p, p, 0);
	if (**p == ',')
		++*p;
	else if (given && **p)
		return false;
	return !given || *number <= max;
}

int __init swiotlb_parse_option(char *value)
{
	unsigned long nslabs = IO_TLB_DEFAULT_SIZE >> IO_TLB_SHIFT, nareas = 0;
	char *p = value;

	if (!value || !*value || !parse_number(&p, IO_TLB_MAX_SLABS, &nslabs) ||
	    !parse_number(&p, IO_TLB_MAX_AREAS, &nareas) ||
	    (*p && strcmp(p, "force") && strcmp(p, "noforce")))
		return -EINVAL;
	option_given = true;
	option_nslabs = ALIGN(nslabs, IO_TLB_SEGSIZE);
	option_nareas = nareas;
	option_force = !strcmp(p, "force");
	option_noforce = !strcmp(p, "noforce");
	return 0;
}

void __init swiotlb_reset(void)
{
	memset(&io_tlb_default_mem, 0, sizeof(io_tlb_default_mem));
	memset(&swiotlb_stats, 0, sizeof(swiotlb_stats));
	option_given = option_force = option_noforce = false;
	option_nslabs = option_nareas = 0;
}

/* ---- Reserving ------------------------------------------------------------------------ */

/* Below 4 GB unless @anywhere, and where the direct map reaches; *@nslabs may become less. */
static phys_addr_t __init alloc_pool(unsigned long *nslabs, bool anywhere)
{
	phys_addr_t end = direct_map_end(), pa;

	if (!anywhere)
		end = min_t(phys_addr_t, PFN_PHYS(MAX_DMA32_PFN), end);

	for (;; *nslabs >>= 1) {
		pa = early_alloc_range(*nslabs << IO_TLB_SHIFT, 0, end);
		if (pa || *nslabs <= IO_TLB_MIN_SLABS)
			return pa;
	}
}

/* The tables of a pool of mem->nslabs in mem->nareas. False: no memory, and none kept. */
static bool __init alloc_tables(struct io_tlb_mem *mem)
{
	size_t sizes[] = {PAGE_ALIGN(mem->nareas * sizeof(*mem->areas)),
			  PAGE_ALIGN(mem->nslabs * sizeof(*mem->slots)),
			  PAGE_ALIGN(BITS_TO_LONGS(mem->nslabs) * sizeof(long))};
	char *tables = early_alloc(sizes[0] + sizes[1] + sizes[2], NUMA_NO_NODE);

	if (!tables)
		return false;
	mem->areas = (struct io_tlb_area *)tables;
	for (unsigned int i = 0; i < mem->nareas; i++)
		spin_lock_init_rank(&mem->areas[i].lock, LOCK_RANK_LEAF);
	mem->slots = (struct io_tlb_slot *)(tables + sizes[0]);
	mem->bitmap = (unsigned long *)(tables + sizes[0] + sizes[1]);
	return true;
}

static void __init init_pool(phys_addr_t pa, unsigned long nslabs, unsigned long nareas, bool force)
{
	struct io_tlb_mem *mem = &io_tlb_default_mem;
	size_t bytes = nslabs << IO_TLB_SHIFT;

	*mem = (struct io_tlb_mem){
		.start = pa,
		.end = pa + bytes,
		.vaddr = __va(pa),
		.nslabs = nslabs,
		.nareas = (unsigned int)nareas,
		/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): one or more. */
		.area_nslabs = nslabs / nareas,
		.force_bounce = force};
	if (!alloc_tables(mem)) {
		pr_warn("no memory for the tables of %lu slots\n", nslabs);
		early_free(pa, bytes);
		memset(mem, 0, sizeof(*mem));
		return;
	}
	memset(mem->vaddr, 0, bytes);
	swiotlb_print_info();
}

/* Slots in a power of two, and at least a segment for each area. */
static unsigned long __init round_up_nslabs(unsigned long nslabs, unsigned long nareas)
{
	unsigned long rounded = roundup_pow_of_two(max(nslabs, nareas * IO_TLB_SEGSIZE));

	if (rounded != nslabs)
		pr_info("SWIOTLB bounce buffer size roundup to %luMB\n",
			(rounded << IO_TLB_SHIFT) >> 20);
	return rounded;
}

void __init swiotlb_init(bool addressing_limited, unsigned int flags)
{
	unsigned long nareas = roundup_pow_of_two(option_nareas ? option_nareas : nr_cpu_ids);
	unsigned long nslabs, wanted;
	phys_addr_t pa;

	if (!option_given || option_noforce || !option_nslabs)
		return;
	if (!addressing_limited && !option_force) {
		pr_info("no memory past 4 GB, so none is reserved (swiotlb=force would)\n");
		return;
	}
	pr_info("area num %lu.\n", nareas);
	nslabs = wanted = round_up_nslabs(option_nslabs, nareas);
	pa = alloc_pool(&nslabs, flags & SWIOTLB_ANY);
	if (!pa) {
		pr_warn("Failed to allocate %lu bytes tlb structure\n", nslabs << IO_TLB_SHIFT);
		return;
	}
	if (nslabs != wanted)
		pr_info("SWIOTLB bounce buffer size adjusted %lu -> %lu slabs\n", wanted, nslabs);
	init_pool(pa, nslabs, min(nareas, nslabs / IO_TLB_SEGSIZE),
		  option_force || (flags & SWIOTLB_FORCE));
}

/* ---- What there is ---------------------------------------------------------------------- */

void swiotlb_print_info(void)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;

	if (mem->nslabs)
		pr_info("mapped [mem %pa-%pa] (%luMB)\n", &mem->start, &mem->end,
			mem->nslabs << IO_TLB_SHIFT >> 20);
	else
		pr_warn("No low mem\n");
}

unsigned int swiotlb_max_segment(void)
{
	return (unsigned int)(io_tlb_default_mem.nslabs << IO_TLB_SHIFT);
}

bool is_swiotlb_active(struct device *dev)
{
	(void)dev;
	return io_tlb_default_mem.nslabs != 0;
}

bool is_swiotlb_force_bounce(struct device *dev)
{
	(void)dev;
	return io_tlb_default_mem.force_bounce;
}

bool is_swiotlb_buffer(struct device *dev, phys_addr_t paddr)
{
	(void)dev;
	return paddr >= io_tlb_default_mem.start && paddr < io_tlb_default_mem.end;
}

unsigned long swiotlb_nslabs(void)
{
	return io_tlb_default_mem.nslabs;
}

unsigned long swiotlb_used(void)
{
	return (unsigned long)atomic_long_read(&io_tlb_default_mem.used);
}

unsigned long swiotlb_used_hiwater(void)
{
	return (unsigned long)atomic_long_read(&io_tlb_default_mem.used_hiwater);
}

void swiotlb_show(struct seq_file *m)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;

	seq_printf(m, "io_tlb_nslabs %lu\nio_tlb_used %lu\nio_tlb_used_hiwater %lu\n",
		   swiotlb_nslabs(), swiotlb_used(), swiotlb_used_hiwater());
	seq_printf(m, "mapped %lu, full %lu, too_large %lu, misused %lu\n", swiotlb_stats.mapped,
		   swiotlb_stats.full, swiotlb_stats.too_large, swiotlb_stats.misused);
	for (unsigned int i = 0; i < mem->nareas; i++)
		seq_printf(m, "area %u [mem %#018llx-%#018llx] used %lu of %lu\n", i,
			   slot_addr(i * mem->area_nslabs),
			   slot_addr((i + 1) * mem->area_nslabs) - 1, mem->areas[i].used,
			   mem->area_nslabs);
	for (unsigned long i = 0; i < mem->nslabs; i++)
		if (mem->slots[i].nr)
			seq_printf(m, "mapping %#018llx -> %#018llx size %u slots %u\n",
				   mem->slots[i].orig_addr, slot_addr(i) + mem->slots[i].offset,
				   mem->slots[i].size, mem->slots[i].nr);
}

/* ---- Verify ------------------------------------------------------------------------------ */

/* The mapping whose first slot is @first: its slots are its own, and of one segment. */
static int verify_mapping(unsigned long first)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;
	const struct io_tlb_slot *slot = &mem->slots[first];
	int faults = 0;

	if (first % IO_TLB_SEGSIZE + slot->nr > IO_TLB_SEGSIZE ||
	    nr_slots((size_t)slot->size + slot->offset) > slot->nr) {
		pr_err("slot %lu: %u bytes at offset %u in %u slots\n", first, slot->size,
		       slot->offset, slot->nr);
		return 1;
	}
	for (unsigned long i = first; i < first + slot->nr; i++)
		if (!test_bit(i, mem->bitmap) || mem->slots[i].back != i - first)
			faults++;
	if (faults)
		pr_err("slot %lu: %d of its mapping's %u slots are not its own\n", first, faults,
		       slot->nr);
	return faults != 0;
}

static int verify_area(unsigned int nr, unsigned long *used)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;
	unsigned long first = nr * mem->area_nslabs, mapped = 0, marked = 0;
	int faults = 0;

	for (unsigned long i = first; i < first + mem->area_nslabs; i++) {
		marked += test_bit(i, mem->bitmap);
		if (!mem->slots[i].nr)
			continue;
		faults += verify_mapping(i);
		mapped += mem->slots[i].nr;
	}
	*used += mem->areas[nr].used;
	if (marked == mem->areas[nr].used && mapped == marked)
		return faults;
	pr_err("area %u: %lu slots used, %lu marked, %lu in mappings\n", nr, mem->areas[nr].used,
	       marked, mapped);
	return faults + 1;
}

/* The pool's pages are nobody else's. */
static int verify_pages(void)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;
	int faults = 0;

	for (phys_addr_t pa = mem->start; pa < mem->end; pa += PAGE_SIZE)
		faults += !pfn_valid(PHYS_PFN(pa)) || !PageReserved(pfn_to_page(PHYS_PFN(pa)));
	if (faults)
		pr_err("%d pages of [mem %pa-%pa] are not reserved\n", faults, &mem->start,
		       &mem->end);
	return faults != 0;
}

int swiotlb_verify(void)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;
	unsigned long used = 0;
	int faults;

	if (!mem->nslabs)
		return 0;
	faults = verify_pages();
	for (unsigned int i = 0; i < mem->nareas; i++)
		faults += verify_area(i, &used);
	if (used != swiotlb_used()) {
		pr_err("%lu slots used, %lu in the areas\n", swiotlb_used(), used);
		faults++;
	}
	return faults;
}
