// SPDX-License-Identifier: MIT
/* Protection and cache type of pages that are mapped. Contract: linux/set_memory.h. */
#include <linux/set_memory.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/vmalloc.h>
#include <baremm/arch.h>

#include "memtype.h"

static DEFINE_MUTEX(set_memory_mutex);

/* What becomes of a page: bits of ARCH_MAP_*, or no page at all. */
struct change {
	unsigned int set, clear;
	enum { CHANGE_PROT, CHANGE_ABSENT, CHANGE_BASE_PAGES } what;
	bool alias; /* the direct map's address of the same memory, too */
};

/* ---- Addresses ------------------------------------------------------------------------------- */

static unsigned long direct_map_end(void)
{
	return PAGE_OFFSET + PFN_PHYS(min(max_pfn, highstart_pfn));
}

static bool in_direct_map(unsigned long addr)
{
	return addr >= PAGE_OFFSET && addr < direct_map_end();
}

static unsigned long direct_pfn(unsigned long addr)
{
	return PHYS_PFN(__pa(addr));
}

/* Where the direct map has what @addr, which is not in it, leads to; 0: nowhere. */
static unsigned long alias_of(unsigned long addr, phys_addr_t phys)
{
	struct arch_mapping map;
	unsigned long alias;

	if (in_direct_map(addr) || PHYS_PFN(phys) >= min(max_pfn, highstart_pfn))
		return 0;
	alias = (unsigned long)__va(phys);
	return arch_query(alias, &map) ? 0 : alias;
}

/*
 * The end of the run of pages from @addr on, at most @end, that @map is the first of: the same
 * protection, and one behind the other in memory.
 */
static unsigned long run_end(unsigned long addr, unsigned long end, const struct arch_mapping *map)
{
	struct arch_mapping next = *map;
	unsigned long at = addr;

	do
		at = (at | (next.page_size - 1)) + 1;
	while (at < end && !arch_query(at, &next) && next.prot == map->prot &&
	       next.phys == map->phys + (at - addr));
	return min(at, end);
}

/* ---- Changes --------------------------------------------------------------------------------- */

static unsigned int new_prot(const struct change *c, unsigned int prot)
{
	return (prot & ~c->clear) | c->set;
}

/* Can all of it be changed? */
static int check(unsigned long addr, unsigned long end, const struct change *c)
{
	struct arch_mapping map;

	for (unsigned long next; addr < end; addr = next) {
		unsigned int prot;

		next = addr + PAGE_SIZE;
		if (arch_query(addr, &map)) {
			if (in_direct_map(addr))
				continue;
			WARN(1, "CPA: called for zero pte. vaddr = %lx\n", addr);
			return -EFAULT;
		}
		next = run_end(addr, end, &map);
		prot = new_prot(c, map.prot);
		if (c->what == CHANGE_PROT && (prot & ARCH_MAP_WRITE) && (prot & ARCH_MAP_EXEC))
			return -EINVAL;
	}
	return 0;
}

/* Notes which pages of the direct map are there. */
static int note_absent(unsigned long addr, unsigned long end, bool absent)
{
	int err = 0;

	for (; addr < end && !err && in_direct_map(addr); addr += PAGE_SIZE)
		err = ram_set_absent(direct_pfn(addr), absent);
	return err;
}

static int take_out(unsigned long addr, size_t size)
{
	int err = note_absent(addr, addr + size, true);

	if (!err)
		err = arch_unmap_noflush(addr, size);
	if (err)
		note_absent(addr, addr + size, false);
	else
		flush_tlb_kernel_range(addr, addr + size);
	return err;
}

/* No page of it is part of a larger one: to protect one as it is splits what it lies in. */
static int split(unsigned long addr, size_t size)
{
	unsigned long end = addr + size;
	int err = 0;

	for (; addr < end && !err; addr += PAGE_SIZE) {
		struct arch_mapping map;

		if (!arch_query(addr, &map) && map.page_size > PAGE_SIZE)
			err = arch_protect(addr, PAGE_SIZE, map.prot);
	}
	return err;
}

/* A run of pages, of which @map is the first. */
static int change_run(unsigned long addr, size_t size, const struct arch_mapping *map,
		      const struct change *c)
{
	unsigned int prot = new_prot(c, map->prot);
	int err = 0;

	if (c->what == CHANGE_ABSENT)
		return take_out(addr, size);
	if (c->what == CHANGE_BASE_PAGES)
		return split(addr, size);
	if (prot != map->prot)
		err = arch_protect(addr, size, prot);
	if (!err && ((prot ^ map->prot) & ARCH_MAP_CACHE))
		arch_flush_cache(addr, size);
	return err;
}

static int change(unsigned long addr, unsigned long end, const struct change *c)
{
	struct arch_mapping map;
	int err = 0;

	for (unsigned long next; addr < end && !err; addr = next) {
		unsigned long alias;

		next = addr + PAGE_SIZE;
		if (arch_query(addr, &map))
			continue;
		next = run_end(addr, end, &map);
		alias = c->alias ? alias_of(addr, map.phys) : 0;
		err = change_run(addr, next - addr, &map, c);
		if (!err && alias)
			err = change(alias, alias + (next - addr), c);
	}
	return err;
}

static int change_locked(unsigned long addr, int numpages, const struct change *c)
{
	unsigned long end;
	int err;

	if (WARN_ON_ONCE(addr & ~PAGE_MASK))
		addr &= PAGE_MASK;
	if (numpages <= 0)
		return 0;
	end = addr + ((unsigned long)numpages << PAGE_SHIFT);
	err = check(addr, end, c);
	return err ? err : change(addr, end, c);
}

/* No mapping that nobody uses any more may be left: it would be another address of the memory. */
static int change_pages(unsigned long addr, int numpages, const struct change *c)
{
	int err;

	kmap_flush_unused();
	vm_unmap_aliases();
	mutex_lock(&set_memory_mutex);
	err = change_locked(addr, numpages, c);
	mutex_unlock(&set_memory_mutex);
	return err;
}

/* ---- Protection ------------------------------------------------------------------------------ */

int set_memory_ro(unsigned long addr, int numpages)
{
	return change_pages(addr, numpages,
			    &(struct change){.clear = ARCH_MAP_WRITE, .alias = true});
}

int set_memory_rw(unsigned long addr, int numpages)
{
	return change_pages(addr, numpages, &(struct change){.set = ARCH_MAP_WRITE, .alias = true});
}

int set_memory_x(unsigned long addr, int numpages)
{
	return change_pages(addr, numpages, &(struct change){.set = ARCH_MAP_EXEC});
}

int set_memory_nx(unsigned long addr, int numpages)
{
	return change_pages(addr, numpages, &(struct change){.clear = ARCH_MAP_EXEC});
}

int set_memory_np(unsigned long addr, int numpages)
{
	return change_pages(addr, numpages, &(struct change){.what = CHANGE_ABSENT, .alias = true});
}

int set_memory_np_noalias(unsigned long addr, int numpages)
{
	return change_pages(addr, numpages, &(struct change){.what = CHANGE_ABSENT});
}

int set_memory_4k(unsigned long addr, int numpages)
{
	return change_pages(addr, numpages,
			    &(struct change){.what = CHANGE_BASE_PAGES, .alias = true});
}

int __set_memory_prot(unsigned long addr, int numpages, pgprot_t prot)
{
	return change_pages(
		addr, numpages,
		&(struct change){.set = pgprot_val(prot), .clear = ~ARCH_MAP_IO, .alias = true});
}

/* ---- Cache types ----------------------------------------------------------------------------- */

static unsigned int cache_bits(enum page_cache_mode type)
{
	switch (type) {
	case _PAGE_CACHE_MODE_WC:
		return ARCH_MAP_WC;
	case _PAGE_CACHE_MODE_UC_MINUS:
		return ARCH_MAP_UC_MINUS;
	case _PAGE_CACHE_MODE_UC:
		return ARCH_MAP_UC;
	case _PAGE_CACHE_MODE_WT:
		return ARCH_MAP_WT;
	case _PAGE_CACHE_MODE_WB:
		break;
	}
	return 0;
}

static int set_cache(unsigned long addr, int numpages, enum page_cache_mode type)
{
	return change_pages(
		addr, numpages,
		&(struct change){.set = cache_bits(type), .clear = ARCH_MAP_CACHE, .alias = true});
}

int _set_memory_uc(unsigned long addr, int numpages)
{
	return set_cache(addr, numpages, _PAGE_CACHE_MODE_UC_MINUS);
}

/* By way of uncached, so that no CPU has a line of it when writes begin to be combined. */
int _set_memory_wc(unsigned long addr, int numpages)
{
	int err = _set_memory_uc(addr, numpages);

	return err ? err : set_cache(addr, numpages, _PAGE_CACHE_MODE_WC);
}

int _set_memory_wt(unsigned long addr, int numpages)
{
	return set_cache(addr, numpages, _PAGE_CACHE_MODE_WT);
}

int _set_memory_wb(unsigned long addr, int numpages)
{
	return set_cache(addr, numpages, _PAGE_CACHE_MODE_WB);
}

/* Are these pages of the direct map's RAM? */
static bool is_direct_ram(unsigned long addr, int numpages)
{
	unsigned long last = addr + ((unsigned long)numpages << PAGE_SHIFT) - 1;

	return in_direct_map(addr) && in_direct_map(last) && pfn_valid(direct_pfn(addr)) &&
	       pfn_valid(direct_pfn(last));
}

static int set_ram_type(unsigned long addr, int numpages, enum page_cache_mode type)
{
	int err;

	if (numpages <= 0)
		return 0;
	if (!is_direct_ram(addr, numpages))
		return -EINVAL;
	err = ram_type_reserve(direct_pfn(addr), (unsigned long)numpages, type);
	if (err)
		return err;
	err = type == _PAGE_CACHE_MODE_WC ? _set_memory_wc(addr, numpages)
					  : _set_memory_uc(addr, numpages);
	if (err) {
		_set_memory_wb(addr, numpages);
		ram_type_free(direct_pfn(addr), (unsigned long)numpages);
	}
	return err;
}

int set_memory_uc(unsigned long addr, int numpages)
{
	return set_ram_type(addr, numpages, _PAGE_CACHE_MODE_UC_MINUS);
}

int set_memory_wc(unsigned long addr, int numpages)
{
	return set_ram_type(addr, numpages, _PAGE_CACHE_MODE_WC);
}

int set_memory_wb(unsigned long addr, int numpages)
{
	int err;

	if (numpages <= 0)
		return 0;
	if (!is_direct_ram(addr, numpages))
		return -EINVAL;
	err = _set_memory_wb(addr, numpages);
	if (!err)
		ram_type_free(direct_pfn(addr), (unsigned long)numpages);
	return err;
}

/* ---- By page structs ------------------------------------------------------------------------- */

static unsigned long address_of(struct page *page)
{
	return (unsigned long)page_address(page);
}

int set_pages_uc(struct page *page, int numpages)
{
	return set_memory_uc(address_of(page), numpages);
}

int set_pages_wb(struct page *page, int numpages)
{
	return set_memory_wb(address_of(page), numpages);
}

int set_pages_ro(struct page *page, int numpages)
{
	return set_memory_ro(address_of(page), numpages);
}

int set_pages_rw(struct page *page, int numpages)
{
	return set_memory_rw(address_of(page), numpages);
}

static int set_array_type(struct page **pages, int numpages, enum page_cache_mode type)
{
	for (int i = 0; i < numpages; i++) {
		if (PageHighMem(pages[i]) || !set_ram_type(address_of(pages[i]), 1, type))
			continue;
		set_pages_array_wb(pages, i);
		return -EINVAL;
	}
	return 0;
}

int set_pages_array_uc(struct page **pages, int numpages)
{
	return set_array_type(pages, numpages, _PAGE_CACHE_MODE_UC_MINUS);
}

int set_pages_array_wc(struct page **pages, int numpages)
{
	return set_array_type(pages, numpages, _PAGE_CACHE_MODE_WC);
}

int set_pages_array_wb(struct page **pages, int numpages)
{
	int err = 0;

	for (int i = 0; i < numpages && !err; i++)
		if (!PageHighMem(pages[i]))
			err = set_memory_wb(address_of(pages[i]), 1);
	return err;
}

/* ---- Pages of the direct map that come and go ------------------------------------------------ */

int set_direct_map_invalid_noflush(struct page *page)
{
	unsigned long addr = address_of(page);
	int err;

	if (PageHighMem(page))
		return 0;
	err = ram_set_absent(page_to_pfn(page), true);
	if (!err)
		err = arch_unmap_noflush(addr, PAGE_SIZE);
	if (err)
		ram_set_absent(page_to_pfn(page), false);
	return err;
}

int set_direct_map_default_noflush(struct page *page)
{
	unsigned int cache = cache_bits(ram_type(page_to_pfn(page)));
	unsigned long addr = address_of(page);
	struct arch_mapping map;
	int err;

	if (PageHighMem(page))
		return 0;
	if (arch_query(addr, &map))
		err = arch_map(addr, page_to_phys(page), PAGE_SIZE, ARCH_MAP_WRITE | cache);
	else
		err = arch_protect(addr, PAGE_SIZE, map.prot | ARCH_MAP_WRITE);
	if (!err)
		ram_set_absent(page_to_pfn(page), false);
	return err;
}

bool kernel_page_present(struct page *page)
{
	struct arch_mapping map;

	return !PageHighMem(page) && !arch_query(address_of(page), &map);
}

int set_mce_nospec(unsigned long pfn)
{
	int err = 0;

	if (pfn < highstart_pfn)
		err = set_memory_np((unsigned long)__va(PFN_PHYS(pfn)), 1);
	if (err)
		pr_warn("Could not invalidate pfn=0x%lx from 1:1 map\n", pfn);
	return err;
}

int clear_mce_nospec(unsigned long pfn)
{
	return set_direct_map_default_noflush(pfn_to_page(pfn));
}
