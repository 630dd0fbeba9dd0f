/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of what bring-up leaves behind: that every page of memory is
 * accounted for, and that pages, pfns and addresses lead to each other, in the
 * direct map and in mappings made now.
 */
#include "selftest.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <baremm/account.h>
#include <baremm/arch.h>

#include "internal.h"

/* present = managed + what was reserved before the hand-over or holds page structs. */
static int test_accounting(void)
{
	unsigned long present = 0, managed = 0, in_memblock = 0;
	unsigned long start, end;
	struct zone *zone;
	int i, nid, faults = 0;

	for_each_mem_pfn_range (i, MAX_NUMNODES, &start, &end, &nid)
		in_memblock += end - start;
	for_each_populated_zone (zone) {
		present += zone->present_pages;
		managed += zone_managed_pages(zone);
		if (zone_page_state(zone, NR_FREE_PAGES) > zone_managed_pages(zone) ||
		    zone_managed_pages(zone) > zone->present_pages ||
		    zone->present_pages > zone->spanned_pages) {
			selftest_note("node %d zone %s: free %lu, managed %lu, present %lu, "
				      "spanned %lu",
				      zone->node, zone->name, zone_page_state(zone, NR_FREE_PAGES),
				      zone_managed_pages(zone), zone->present_pages,
				      zone->spanned_pages);
			faults++;
		}
	}
	if (present != in_memblock) {
		selftest_note("zones hold %lu pages, memblock %lu", present, in_memblock);
		faults++;
	}
	selftest_note("%lu of %lu pages are the allocator's", managed, present);
	return faults + account_verify();
}

static int check_pfn(unsigned long pfn, int nid)
{
	struct page *page;
	struct zone *zone;

	if (!pfn_valid(pfn)) {
		selftest_note("pfn 0x%lx is memory, yet not valid", pfn);
		return 1;
	}
	page = pfn_to_online_page(pfn);
	if (!page) /* its section is not made yet: nothing to read */
		return 0;
	zone = page_zone(page);
	if (page_to_pfn(page) == pfn && page_to_nid(page) == nid && zone_spans_pfn(zone, pfn) &&
	    zone->node == nid &&
	    (!page_is_direct(page) || virt_to_page(page_address(page)) == page))
		return 0;
	selftest_note("pfn 0x%lx: page says pfn 0x%lx, node %d, zone %s", pfn, page_to_pfn(page),
		      page_to_nid(page), zone->name);
	return 1;
}

/* At both ends of every range of memory, and of every section of the smaller ones. */
static int test_memmap(void)
{
	unsigned long start, end;
	int i, nid, faults = 0;

	for_each_mem_pfn_range (i, MAX_NUMNODES, &start, &end, &nid) {
		unsigned long step = max(PAGES_PER_SECTION, (end - start) / 1024);

		for (unsigned long pfn = start; pfn < end; pfn += step)
			faults += check_pfn(pfn, nid);
		faults += check_pfn(end - 1, nid);
	}
	return faults;
}

/* The direct map leads to the physical address it says, not executable; past it is nothing. */
static int test_direct_map(void)
{
	unsigned long start, end;
	int i, faults = 0;

	for_each_mem_pfn_range (i, MAX_NUMNODES, &start, &end, NULL) {
		phys_addr_t ends[] = {PFN_PHYS(start), PFN_PHYS(end - 1)};

		for (size_t n = 0; n < ARRAY_SIZE(ends); n++) {
			struct arch_mapping map;
			int err = arch_query((unsigned long)phys_to_virt(ends[n]), &map);

			if (PHYS_PFN(ends[n]) >= highstart_pfn
				    ? err == -ENOENT
				    : !err && map.phys == ends[n] && !(map.prot & ARCH_MAP_EXEC))
				continue;
			selftest_note("direct map of %pa: error %d", &ends[n], err);
			faults++;
		}
	}
	return faults;
}

/* ---- Mappings of one's own -------------------------------------------------- */

#define MAP_PAGES 4

/* What is mapped at @va must be @page, with @prot, or nothing where @page is NULL. */
static int check_mapping(unsigned long va, const struct page *page, unsigned int prot)
{
	struct arch_mapping map = {};
	int err = arch_query(va, &map);

	if (page ? !err && map.phys == page_to_phys(page) && map.prot == prot : err == -ENOENT)
		return 0;
	selftest_note("0x%lx: error %d, physical %pa, protection %u, expected %u", va, err,
		      &map.phys, map.prot, prot);
	return 1;
}

/* What is written through the direct map is read through another mapping, and back. */
static int check_alias(unsigned long va, struct page *page)
{
	volatile u64 *alias = (volatile u64 *)va, *direct = page_address(page);

	*direct = va;
	if (*alias != va)
		return 1;
	*alias = ~va;
	return *direct != ~va;
}

/* Side by side from @start on. The first error, and then none of them is mapped. */
static int map_pages(unsigned long start, struct page **pages, unsigned int prot)
{
	unsigned long va = start;
	int err = 0;

	for (int i = 0; i < MAP_PAGES && !err; i++, va += PAGE_SIZE)
		err = arch_map(va, page_to_phys(pages[i]), PAGE_SIZE, prot);
	if (err)
		arch_unmap(start, MAP_PAGES * PAGE_SIZE);
	return err;
}

/* The page in the direct map: uncached, read-only, not there, and as it was again. */
static int change_direct_map(struct page *page)
{
	volatile u64 *word = page_address(page);
	unsigned long addr = (unsigned long)word;
	int faults, err;

	*word = addr;
	err = set_memory_uc(addr, 1);
	if (err == -ENOMEM)
		return selftest_no_memory("page tables");
	faults = err != 0 || check_mapping(addr, page, ARCH_MAP_WRITE | ARCH_MAP_UC_MINUS);
	faults += *word != addr;
	*word = ~addr;
	faults += set_memory_wb(addr, 1) != 0 || *word != ~addr;
	faults += set_memory_ro(addr, 1) != 0 || check_mapping(addr, page, ARCH_MAP_READ);
	faults += set_memory_rw(addr, 1) != 0 || check_mapping(addr, page, ARCH_MAP_WRITE);
	err = set_memory_np(addr, 1);
	if (err == -ENOMEM)
		return faults + selftest_no_memory("a note of absent pages");
	faults += err != 0 || kernel_page_present(page) || pgtable_verify() != 0;
	faults += set_direct_map_default_noflush(page) != 0;
	return faults + (check_mapping(addr, page, ARCH_MAP_WRITE) || *word != ~addr);
}

static int map_and_unmap(unsigned long start, struct page **pages)
{
	const unsigned int writable = ARCH_MAP_READ | ARCH_MAP_WRITE;
	int err = map_pages(start, pages, writable), faults = err != 0;
	unsigned long va = start;

	if (err == -ENOMEM)
		return selftest_no_memory("page tables");
	for (int i = 0; i < MAP_PAGES; i++, va += PAGE_SIZE)
		faults += check_mapping(va, pages[i], writable) || check_alias(va, pages[i]);
	va = start;
	faults += arch_map(va, page_to_phys(pages[0]), PAGE_SIZE, writable) != -EEXIST;
	faults += arch_protect(va, PAGE_SIZE, ARCH_MAP_READ) != 0;
	faults += check_mapping(va, pages[0], ARCH_MAP_READ);
	faults += pgtable_verify();
	faults += change_direct_map(pages[1]);
	faults += arch_unmap(va, MAP_PAGES * PAGE_SIZE) != 0;
	for (int i = 0; i < MAP_PAGES; i++, va += PAGE_SIZE)
		faults += check_mapping(va, NULL, 0);
	return faults;
}

/* Pages from the allocator, mapped side by side where nothing was. */
static int test_mappings(void)
{
	struct vm_struct *area = get_vm_area(MAP_PAGES * PAGE_SIZE, VM_MAP);
	struct page *pages[MAP_PAGES] = {};
	int faults = 0, nr = 0;

	if (!area)
		return selftest_no_memory("an area of addresses");
	while (nr < MAP_PAGES && (pages[nr] = alloc_page(GFP_KERNEL)))
		nr++;
	faults = nr < MAP_PAGES ? selftest_no_memory("pages to map")
				: map_and_unmap((unsigned long)area->addr, pages);
	while (nr)
		__free_page(pages[--nr]);
	free_vm_area(area);
	vm_unmap_aliases();
	return faults;
}

/* ---- Accesses that fail ------------------------------------------------------------- */

#define NOT_CANONICAL ((void *)(1UL << 63))

static atomic_t unexpected;

/* On each CPU, in whatever it does then. */
static void read_nothing(void *nothing)
{
	u8 byte;

	if (get_kernel_nofault(byte, (const u8 *)nothing) != -EFAULT)
		atomic_inc(&unexpected);
}

/* From and to where nothing is, at once and on the way. @end is that of a page of ones. */
static int access_nothing(char *end)
{
	u64 words[2] = {};
	char text[16];
	int faults;

	faults = copy_from_kernel_nofault(words, end - 8, 8) != 0 || words[0] != ~0ULL;
	faults += copy_from_kernel_nofault(words, end - 8, 16) != -EFAULT;
	faults += copy_from_kernel_nofault(words, end, 1) != -EFAULT;
	faults += copy_from_kernel_nofault(words, NULL, 1) != -ERANGE;
	faults += copy_from_kernel_nofault(words, NOT_CANONICAL, 1) != -ERANGE;
	faults += strncpy_from_kernel_nofault(text, end - 3, sizeof(text)) != -EFAULT;
	faults += strlen(text) != 3;
	words[0] = words[1] = 0;
	faults += copy_to_kernel_nofault(end - 8, words, 16) != -EFAULT;
	faults += copy_to_kernel_nofault(end - 16, words, 8) != 0 || *(u64 *)(end - 16) != 0;
	faults += copy_to_kernel_nofault(NOT_CANONICAL, words, 1) != -EFAULT;
	faults += copy_to_kernel_nofault(NULL, words, 1) != -EFAULT;
	atomic_set(&unexpected, 0);
	on_each_cpu(read_nothing, end, true);
	faults += atomic_read(&unexpected);
	if (faults)
		selftest_note("%d accesses past %px ended wrongly", faults, end);
	return faults;
}

/* What may only be read is not written. */
static int access_read_only(char *page)
{
	unsigned long addr = (unsigned long)page;
	u64 word = 0;
	int err = arch_protect(addr, PAGE_SIZE, ARCH_MAP_READ);

	if (err == -ENOMEM)
		return selftest_no_memory("page tables");
	return err || copy_to_kernel_nofault(page, &word, sizeof(word)) != -EFAULT ||
	       get_kernel_nofault(word, (const u64 *)page) || word != ~0ULL;
}

/* A page that an area has behind it is mapped nowhere. */
static int test_nofault(void)
{
	char *page = vmalloc(PAGE_SIZE);
	int faults;

	if (!page)
		return selftest_no_memory("an area");
	memset(page, 0xff, PAGE_SIZE);
	faults = access_nothing(page + PAGE_SIZE) + access_read_only(page);
	vfree(page);
	vm_unmap_aliases();
	return faults;
}

const struct selftest memmap_selftests[] = {
	{"accounting", test_accounting}, {"memmap", test_memmap},   {"direct_map", test_direct_map},
	{"mappings", test_mappings},	 {"nofault", test_nofault}, {NULL, NULL},
};
