/* SPDX-License-Identifier: MIT */
/*
 * Checks the live page tables against the rules they were built by, from what
 * CR3 really holds. Cost: one look at each entry, and one comparison for each run
 * of equal pages; nothing for each page of RAM.
 */
#include <baremm/arch.h>

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/memblock.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/set_memory.h>
#include <baremm/boot_info.h>

#include "cpu.h"
#include "mmu.h"
#include "trampoline.h"

/* Faults printed; more are only counted. */
#define MAX_MESSAGES 20

static int nr_faults;
static unsigned long nr_wx_pages;

static void __printf(1, 2) fault(const char *fmt, ...)
{
	char text[160];
	va_list args;

	if (nr_faults++ >= MAX_MESSAGES)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_err("pgtable: %s\n", text);
}

static void verify_registers(void)
{
	u64 pat = rdmsr(MSR_IA32_CR_PAT);

	if (entry_phys(&live_pgtable, read_cr3()) != live_pgtable.root)
		fault("CR3 is %#lx, not %#llx", read_cr3(), live_pgtable.root);
	if (!(read_cr4() & CR4_LA57) != (live_pgtable.levels == 4))
		fault("CR4 is %#lx with %d levels", read_cr4(), live_pgtable.levels);
	if (!(read_cr0() & CR0_WP))
		fault("CR0.WP is off: read-only pages can be written");
	if (!(rdmsr(MSR_EFER) & EFER_NXE))
		fault("EFER.NXE is off");
	if (pat != PAT_VALUE)
		fault("PAT is %#llx, not %#llx", pat, PAT_VALUE);
}

/* ---- Nothing writable and executable, nothing executable but the text ------ */

static bool is_text(enum boot_range_type type)
{
	return type == BOOT_RANGE_TEXT || type == BOOT_RANGE_INIT_TEXT;
}

/* Ranges are in the order of addresses: init text may follow text without a gap. */
static bool in_text(unsigned long start, unsigned long end)
{
	for (u32 i = 0; i < mmu_boot_info->nr_ranges && start < end; i++) {
		const struct boot_range *range = &mmu_boot_info->ranges[i];

		if (is_text(range->type) && range->start <= start && start < range->end)
			start = range->end;
	}
	return start >= end;
}

static int verify_run(unsigned long start, unsigned long end, phys_addr_t phys, size_t page_size,
		      unsigned int prot, void *arg)
{
	(void)page_size;
	(void)arg;
	if ((prot & ARCH_MAP_WRITE) && (prot & ARCH_MAP_EXEC)) {
		fault("%#lx-%#lx (phys %#llx) is writable and executable", start, end - 1, phys);
		nr_wx_pages += (end - start) >> PAGE_SHIFT;
	} else if ((prot & ARCH_MAP_EXEC) && !in_text(start, end)) {
		fault("%#lx-%#lx (phys %#llx) is executable and no text", start, end - 1, phys);
	}
	return 0;
}

/* The direct map is walked by verify_memory(), which calls verify_run() for it. */
static void verify_execution(void)
{
	unsigned long base = mmu_page_offset();

	nr_wx_pages = 0;
	arch_walk(0, base, verify_run, NULL);
	arch_walk(base + mmu_direct_map_size(), ~0UL, verify_run, NULL);
}

/* ---- Ranges ---------------------------------------------------------------- */

/* What a stretch of addresses must be; ANY_PROT where protection is checked elsewhere. */
#define ANY_PROT ~0U

struct expect {
	const char *what;
	unsigned long next; /* mapped up to here so far */
	u64 offset;	    /* phys = va - offset */
	unsigned int prot;
};

/* Pages of the direct map that a machine check found bad, or whose owner took them out. */
static bool all_are_out(unsigned long start, unsigned long end)
{
	unsigned long pfn = PHYS_PFN(start - mmu_page_offset());

	if (start < mmu_page_offset() || end > mmu_page_offset() + mmu_direct_map_size())
		return false;
	for (; start < end; start += PAGE_SIZE, pfn++) {
		const struct page *page = pfn_to_online_page(pfn);

		if (!page || (!PageHWPoison(page) && !is_direct_map_absent(pfn)))
			return false;
	}
	return true;
}

/* Guarded objects' pages come and go; who guards them verifies them. */
static bool is_hole(unsigned long start, unsigned long end)
{
	return start != end &&
	       !(is_kfence_address((void *)start) && is_kfence_address((void *)(end - 1))) &&
	       !all_are_out(start, end);
}

static int expect_run(unsigned long start, unsigned long end, phys_addr_t phys, size_t page_size,
		      unsigned int prot, void *arg)
{
	struct expect *e = arg;

	verify_run(start, end, phys, page_size, prot, NULL);
	if (is_hole(e->next, start))
		fault("%s: %#lx-%#lx is not mapped", e->what, e->next, start - 1);
	if (phys != start - e->offset)
		fault("%s: %#lx maps %#llx, not %#llx", e->what, start, phys,
		      (u64)(start - e->offset));
	if (e->prot == ANY_PROT && (prot & ARCH_MAP_IO))
		fault("%s: %#lx-%#lx is not encrypted", e->what, start, end - 1);
	if (e->prot != ANY_PROT && prot != e->prot)
		fault("%s: %#lx-%#lx has protection %#x, not %#x", e->what, start, end - 1, prot,
		      e->prot);
	e->next = end;
	return 0;
}

/* All of [va, end) is mapped to [pa, ...) with @prot. */
static void verify_mapped(const char *what, unsigned long va, unsigned long end, phys_addr_t pa,
			  unsigned int prot)
{
	struct expect e = {.what = what, .next = va, .offset = va - pa, .prot = prot};

	if (va == end)
		return;
	arch_walk(va, end, expect_run, &e);
	if (is_hole(e.next, end))
		fault("%s: %#lx-%#lx is not mapped", what, e.next, end - 1);
}

static int unexpected_run(unsigned long start, unsigned long end, phys_addr_t phys,
			  size_t page_size, unsigned int prot, void *arg)
{
	(void)page_size;
	(void)prot;
	fault("%s: %#lx-%#lx is mapped (phys %#llx)", (const char *)arg, start, end - 1, phys);
	return 0;
}

static void verify_unmapped(const char *what, unsigned long va, unsigned long end)
{
	static char name[40];

	scnprintf(name, sizeof(name), "%s", what);
	arch_walk(va, end, unexpected_run, name);
}

/*
 * The direct map is memblock.memory up to high memory and nothing else; the identity
 * map has it too.
 */
static void verify_memory(void)
{
	unsigned long start, end, base = mmu_page_offset(), last = 0;
	int i;

	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start, &end, NULL) {
		phys_addr_t pa = PFN_PHYS(start);

		end = min(end, highstart_pfn);
		if (start >= end)
			break;
		if (start > last)
			verify_unmapped("direct map", base + PFN_PHYS(last), base + pa);
		verify_mapped("direct map", base + pa, base + PFN_PHYS(end), pa, ANY_PROT);
		last = end;
	}
	verify_unmapped("direct map", base + PFN_PHYS(last), base + mmu_direct_map_size());
}

/* Is the whole of [start, end) memory in the direct map? Its rules then are that map's. */
static bool in_memory(phys_addr_t start, phys_addr_t end)
{
	return PFN_UP(end) <= highstart_pfn && memblock_is_region_memory(start, end - start);
}

static void verify_alias(const char *what, const struct boot_range *range, unsigned int prot)
{
	unsigned long va = mmu_page_offset() + range->start;

	if (in_memory(range->start, range->end))
		verify_mapped(what, va, va + (range->end - range->start), range->start, prot);
}

/* Its alias is free memory from the day on that it is given back. */
static void verify_init_range(const char *what, const struct boot_range *range, unsigned int prot)
{
	unsigned long start = range->start, end = range->end;

	if (initmem_is_free(range)) {
		verify_unmapped(what, start, end);
		prot = ARCH_MAP_WRITE;
	} else {
		verify_mapped(what, start, end, start, prot);
	}
	verify_alias(what, range, prot & ARCH_MAP_WRITE);
}

static void verify_own_range(const struct boot_range *range)
{
	unsigned long start = range->start, end = range->end;

	switch (range->type) {
	case BOOT_RANGE_TEXT:
		verify_mapped("text", start, end, start, ARCH_MAP_EXEC);
		verify_alias("text alias", range, ARCH_MAP_READ);
		break;
	case BOOT_RANGE_RODATA:
		verify_mapped("rodata", start, end, start, ARCH_MAP_READ);
		verify_alias("rodata alias", range, ARCH_MAP_READ);
		break;
	case BOOT_RANGE_STACK:
		verify_mapped("stack", start, end, start, ARCH_MAP_WRITE);
		break;
	case BOOT_RANGE_GUARD:
		verify_unmapped("guard page", start, end);
		break;
	case BOOT_RANGE_INIT_TEXT:
		verify_init_range("init text", range, ARCH_MAP_EXEC);
		break;
	case BOOT_RANGE_INIT_DATA:
		verify_init_range("init data", range, ARCH_MAP_WRITE);
		break;
	case BOOT_RANGE_DATA: /* may have guard pages inside */
	case BOOT_RANGE_BOOT_SERVICES:
	case BOOT_RANGE_MIRRORED:
	case BOOT_RANGE_HOTPLUG:
		break;
	}
}

/* Encrypted or not, as the firmware had it: its tables are gone. */
static unsigned int io_of(unsigned long va)
{
	struct arch_mapping map;

	return arch_query(va, &map) ? 0 : map.prot & ARCH_MAP_IO;
}

static void verify_acpi(void)
{
	for (u32 i = 0; i < mmu_boot_info->nr_e820; i++) {
		const struct e820_entry *entry = &mmu_boot_info->e820[i];
		u64 start = round_up(entry->addr, PAGE_SIZE);
		u64 end = round_down(entry->addr + entry->size, PAGE_SIZE);

		if (entry->type != E820_TYPE_ACPI && entry->type != E820_TYPE_NVS)
			continue;
		if (start < end && end <= IDENTITY_END && !in_memory(start, end))
			verify_mapped("ACPI", start, end, start, ARCH_MAP_READ | io_of(start));
	}
}

static void verify_framebuffer(void)
{
	const struct boot_framebuffer *fb = &mmu_boot_info->fb;
	unsigned int io = live_pgtable.enc ? ARCH_MAP_IO : 0;

	if (fb_mapping)
		verify_mapped("framebuffer", fb_mapping & PAGE_MASK,
			      round_up(fb_mapping + fb->size, PAGE_SIZE),
			      round_down(fb->base, PAGE_SIZE), ARCH_MAP_WRITE | ARCH_MAP_WC | io);
}

static void verify_trampoline(void)
{
	phys_addr_t page = trampoline_page(mmu_boot_info);

	if (page)
		verify_mapped("trampoline", page, page + PAGE_SIZE, page, ARCH_MAP_WRITE);
}

int pgtable_verify(void)
{
	if (!mmu_boot_info)
		return 0;
	nr_faults = 0;
	verify_registers();
	verify_execution();
	verify_memory();
	for (u32 i = 0; i < mmu_boot_info->nr_ranges; i++)
		verify_own_range(&mmu_boot_info->ranges[i]);
	verify_acpi();
	verify_framebuffer();
	verify_trampoline();
	verify_unmapped("page 0", 0, PAGE_SIZE);

	if (nr_wx_pages)
		pr_err("x86/mm: Checked W+X mappings: FAILED, %lu W+X pages found.\n", nr_wx_pages);
	else
		pr_info_once("x86/mm: Checked W+X mappings: passed, no W+X pages found.\n");
	if (nr_faults > MAX_MESSAGES)
		pr_err("pgtable: %d more faults\n", nr_faults - MAX_MESSAGES);
	return nr_faults;
}
