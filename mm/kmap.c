// SPDX-License-Identifier: MIT
/*
 * Addresses for pages of high memory: two windows of slots. Contract: linux/highmem.h.
 *
 * kmap_local_page() uses its CPU's slots as a stack; each mapping costs a change of the
 * page tables, and so does its end:
 *
 *   CPU 0 | A | B | - | - ...    depth 2: B must go before A
 *   CPU 1 | C | - | - | - ...
 *
 * kmap() counts users. A slot that the last of them left keeps its page, which may be
 * asked for again; only when the search comes round to the first slot are those without
 * users unmapped, neighbours at once, so that the cost is shared by many calls:
 *
 *   users |  2  |  0  |  0  |  1  |  -  | ...     -: free
 *   page  |  A  |  B  |  C  |  D  |     |         B and C go with the next round
 */
#include <linux/highmem.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <baremm/arch.h>

#include "highmem.h"

#define PKMAP_SIZE    (LAST_PKMAP * PAGE_SIZE)
#define KMAP_SLOTS    (NR_CPUS * KM_MAX_IDX)
#define FIX_KMAP_SIZE (KMAP_SLOTS * PAGE_SIZE)

/* What baremm/arch.h says the windows have. */
static_assert(PKMAP_SIZE <= 2UL << 20);
static_assert(FIX_KMAP_SIZE <= NR_CPUS * 64UL << 10);

/* A log that somebody's loop fills is of no use: after these, only the count goes on. */
#define MAX_REPORTS 16

unsigned int kmap_refusals;

#define refuse(fmt, ...)                                                                   \
	do {                                                                               \
		if (__atomic_fetch_add(&kmap_refusals, 1, __ATOMIC_RELAXED) < MAX_REPORTS) \
			pr_err("kmap: " fmt "\n", ##__VA_ARGS__);                          \
	} while (0)

/* ---- Windows ---------------------------------------------------------------------- */

static bool in_window(unsigned long addr, unsigned long base, unsigned long size)
{
	return addr >= base && addr - base < size;
}

static bool is_local_addr(unsigned long addr)
{
	return have_highmem() && in_window(addr, FIX_KMAP_BASE, FIX_KMAP_SIZE);
}

bool is_kmap_addr(const void *addr)
{
	unsigned long va = (unsigned long)addr;

	return is_local_addr(va) || (have_highmem() && in_window(va, PKMAP_BASE, PKMAP_SIZE));
}

struct page *kmap_to_page(void *addr)
{
	struct arch_mapping map;

	if (arch_query((unsigned long)addr, &map))
		return NULL;
	return pfn_to_online_page(PHYS_PFN(map.phys));
}

static int map_slot(unsigned long va, const struct page *page)
{
	return arch_map(va, page_to_phys(page), PAGE_SIZE, ARCH_MAP_WRITE);
}

/* Tables stay when they are empty, so one page in each 2 MB makes them for ever. */
static void __init make_tables(unsigned long va, unsigned long size)
{
	phys_addr_t pa = memblock_start_of_DRAM();
	int err = 0;

	for (unsigned long end = va + size; va < end && !err; va += 1UL << 21) {
		err = arch_map(va, pa, PAGE_SIZE, ARCH_MAP_READ);
		if (!err)
			err = arch_unmap(va, PAGE_SIZE);
	}
	if (err)
		panic("kmap: no page tables for the window at %#lx: error %d", va, err);
}

void __init kmap_init(void)
{
	if (!have_highmem())
		return;
	make_tables(PKMAP_BASE, PKMAP_SIZE);
	make_tables(FIX_KMAP_BASE, nr_cpu_ids * KM_MAX_IDX * PAGE_SIZE);
}

/* ---- A CPU's own ------------------------------------------------------------------- */

static unsigned int local_depth[NR_CPUS];

static unsigned long local_slot(int cpu, unsigned int idx)
{
	return FIX_KMAP_BASE + ((unsigned long)cpu * KM_MAX_IDX + idx) * PAGE_SIZE;
}

/* An interrupt that maps too leaves the stack as it found it. */
static void *map_local(const struct page *page)
{
	unsigned long flags = arch_local_irq_save(), va = 0;
	int cpu = smp_processor_id(), err = -EBUSY;

	if (local_depth[cpu] < KM_MAX_IDX) {
		va = local_slot(cpu, local_depth[cpu]);
		err = map_slot(va, page);
		local_depth[cpu] += !err;
	}
	arch_local_irq_restore(flags);
	if (!err)
		return (void *)va;
	refuse("CPU %d maps pfn 0x%lx with %u of %d local mappings in use: error %d", cpu,
	       page_to_pfn(page), local_depth[cpu], KM_MAX_IDX, err);
	return NULL;
}

void *kmap_local_page(struct page *page)
{
	return page_is_direct(page) ? lowmem_page_address(page) : map_local(page);
}

/* Addresses of the direct map were lent by nobody. */
void __kunmap_local(const void *addr)
{
	unsigned long va = (unsigned long)addr & PAGE_MASK, flags;
	unsigned int depth;
	bool newest;
	int cpu;

	if (!is_local_addr(va))
		return;
	flags = arch_local_irq_save();
	cpu = smp_processor_id();
	depth = local_depth[cpu];
	newest = depth && va == local_slot(cpu, depth - 1);
	if (newest) {
		arch_unmap(va, PAGE_SIZE);
		local_depth[cpu]--;
	}
	arch_local_irq_restore(flags);
	if (!newest)
		refuse("%px is not the newest of CPU %d's %u local mappings", addr, cpu, depth);
}

/* ---- For all CPUs ------------------------------------------------------------------- */

#define PKMAP_HASH 512

static struct pkmap {
	const struct page *page; /* NULL: free */
	unsigned int users;
	unsigned short next; /* in the hash chain: index + 1, 0 at the end */
} pkmap[LAST_PKMAP];

static unsigned short pkmap_hash[PKMAP_HASH]; /* index + 1 of the first */
static unsigned int last_pkmap;		      /* the slot that was filled last */
static DEFINE_SPINLOCK_RANK(pkmap_lock, LOCK_RANK_MAPS);

static unsigned long pkmap_va(size_t i)
{
	return PKMAP_BASE + i * PAGE_SIZE;
}

static unsigned short *hash_head(const struct page *page)
{
	return &pkmap_hash[page_to_pfn(page) % PKMAP_HASH];
}

/* The slot that maps @page, or NULL. */
static struct pkmap *find_slot(const struct page *page)
{
	for (unsigned int i = *hash_head(page); i; i = pkmap[i - 1].next)
		if (pkmap[i - 1].page == page)
			return &pkmap[i - 1];
	return NULL;
}

static void hash_add(struct pkmap *slot)
{
	unsigned short *head = hash_head(slot->page);

	slot->next = *head;
	*head = (unsigned short)(slot - pkmap + 1);
}

static void hash_remove(const struct pkmap *slot)
{
	unsigned short *link = hash_head(slot->page);

	while (*link != slot - pkmap + 1)
		link = &pkmap[*link - 1].next;
	*link = slot->next;
}

static bool slot_is_idle(size_t i)
{
	return pkmap[i].page && !pkmap[i].users;
}

/* Runs of slots without users are unmapped at once. */
static void flush_idle_slots(void)
{
	for (size_t i = 0, first; i < LAST_PKMAP; i++) {
		for (first = i; i < LAST_PKMAP && slot_is_idle(i); i++) {
			hash_remove(&pkmap[i]);
			pkmap[i].page = NULL;
		}
		if (first < i)
			arch_unmap(pkmap_va(first), (i - first) * PAGE_SIZE);
	}
}

/* The next free slot, with a whole round after the flush; NULL where all have users. */
static struct pkmap *free_slot(void)
{
	for (unsigned int tries = 0; tries < 2 * LAST_PKMAP; tries++) {
		last_pkmap = (last_pkmap + 1) % LAST_PKMAP;
		if (!last_pkmap)
			flush_idle_slots();
		if (!pkmap[last_pkmap].page)
			return &pkmap[last_pkmap];
	}
	return NULL;
}

static struct pkmap *fill_slot(const struct page *page)
{
	struct pkmap *slot = free_slot();

	if (!slot || map_slot(pkmap_va((size_t)(slot - pkmap)), page))
		return NULL;
	slot->page = page;
	slot->users = 0;
	hash_add(slot);
	return slot;
}

void *kmap(struct page *page)
{
	unsigned long flags;
	struct pkmap *slot;

	if (page_is_direct(page))
		return lowmem_page_address(page);
	spin_lock_irqsave(&pkmap_lock, flags);
	slot = find_slot(page);
	if (!slot)
		slot = fill_slot(page);
	if (slot)
		slot->users++;
	spin_unlock_irqrestore(&pkmap_lock, flags);
	if (slot)
		return (void *)pkmap_va((size_t)(slot - pkmap));
	refuse("no mapping for pfn 0x%lx: all %d are in use", page_to_pfn(page), LAST_PKMAP);
	return NULL;
}

void kunmap(struct page *page)
{
	struct pkmap *slot;
	unsigned long flags;
	bool mapped;

	if (page_is_direct(page))
		return;
	spin_lock_irqsave(&pkmap_lock, flags);
	slot = find_slot(page);
	mapped = slot && slot->users;
	if (mapped)
		slot->users--;
	spin_unlock_irqrestore(&pkmap_lock, flags);
	if (!mapped)
		refuse("pfn 0x%lx is not mapped by anybody", page_to_pfn(page));
}

void kmap_flush_unused(void)
{
	unsigned long flags;

	spin_lock_irqsave(&pkmap_lock, flags);
	flush_idle_slots();
	spin_unlock_irqrestore(&pkmap_lock, flags);
}

/* As on Linux a page that is mapped without users still has its address. */
void *high_page_address(const struct page *page)
{
	const struct pkmap *slot;
	unsigned long flags;

	spin_lock_irqsave(&pkmap_lock, flags);
	slot = find_slot(page);
	spin_unlock_irqrestore(&pkmap_lock, flags);
	return slot ? (void *)pkmap_va((size_t)(slot - pkmap)) : NULL;
}

void __init kmap_reset(void)
{
	memset(local_depth, 0, sizeof(local_depth));
	memset(pkmap, 0, sizeof(pkmap));
	memset(pkmap_hash, 0, sizeof(pkmap_hash));
	last_pkmap = 0;
	kmap_refusals = 0;
}

/* ---- Checking ------------------------------------------------------------------------ */

/* Is @va mapped to @page, or where that is NULL to nothing? */
static int verify_slot(unsigned long va, const struct page *page)
{
	struct arch_mapping map = {};
	int err = arch_query(va, &map);

	if (page ? !err && map.phys == page_to_phys(page) : err == -ENOENT)
		return 0;
	pr_err("kmap: %#lx maps %#llx (error %d), not %s\n", va, map.phys, err,
	       page ? "its slot's page" : "nothing");
	return 1;
}

static int verify_pool(void)
{
	unsigned int pages = 0, hashed = 0;
	int faults = 0;

	for (size_t i = 0; i < LAST_PKMAP; i++) {
		faults += verify_slot(pkmap_va(i), pkmap[i].page);
		pages += pkmap[i].page != NULL;
		if (pkmap[i].page && find_slot(pkmap[i].page) != &pkmap[i]) {
			pr_err("kmap: pfn 0x%lx of slot %zu is not found by its page\n",
			       page_to_pfn(pkmap[i].page), i);
			faults++;
		}
	}
	for (size_t h = 0; h < PKMAP_HASH; h++)
		for (unsigned int i = pkmap_hash[h]; i && hashed <= LAST_PKMAP;
		     i = pkmap[i - 1].next)
			hashed++;
	if (hashed != pages) {
		pr_err("kmap: %u slots have pages, %u are listed\n", pages, hashed);
		faults++;
	}
	return faults;
}

/* A CPU's slots are mapped up to its depth and no further. */
static int verify_local(int cpu)
{
	int faults = 0;

	for (unsigned int i = 0; i < KM_MAX_IDX; i++) {
		struct arch_mapping map;
		bool mapped = !arch_query(local_slot(cpu, i), &map);

		if (mapped == (i < local_depth[cpu]))
			continue;
		pr_err("kmap: CPU %d has %u local mappings, but the one at %#lx is %s\n", cpu,
		       local_depth[cpu], local_slot(cpu, i), mapped ? "there" : "missing");
		faults++;
	}
	return faults;
}

int kmap_verify(void)
{
	unsigned long flags;
	int faults;

	if (!have_highmem())
		return 0;
	spin_lock_irqsave(&pkmap_lock, flags);
	faults = verify_pool();
	spin_unlock_irqrestore(&pkmap_lock, flags);
	for (int cpu = 0; cpu < (int)nr_cpu_ids; cpu++)
		faults += verify_local(cpu);
	return faults;
}
