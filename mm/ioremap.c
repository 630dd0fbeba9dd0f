// SPDX-License-Identifier: MIT
/* Addresses for devices' registers and memory. Contract: linux/io.h. */
#include <linux/io.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <baremm/arch.h>

#include "internal.h"
#include "memtype.h"
#include "vmap.h"

#define CALLER __builtin_return_address(0)

/* How pages of a type are mapped. */
static unsigned int type_prot(enum page_cache_mode type)
{
	static const unsigned int prots[] = {
		[_PAGE_CACHE_MODE_WB] = 0,
		[_PAGE_CACHE_MODE_WC] = ARCH_MAP_WC,
		[_PAGE_CACHE_MODE_UC_MINUS] = ARCH_MAP_UC_MINUS,
		[_PAGE_CACHE_MODE_UC] = ARCH_MAP_UC,
		[_PAGE_CACHE_MODE_WT] = ARCH_MAP_WT,
	};

	return prots[type];
}

static enum page_cache_mode prot_type(pgprot_t prot)
{
	enum page_cache_mode type = _PAGE_CACHE_MODE_WT;

	while (type != _PAGE_CACHE_MODE_WB &&
	       (pgprot_val(prot) & ARCH_MAP_CACHE) != type_prot(type))
		type--;
	return type;
}

/*
 * May who asked for @type have @got, as others do? Not what reads or writes of his might
 * never reach the device through; and who asked for write-through reads what he wrote,
 * which write-combining does not promise.
 */
static bool type_will_do(enum page_cache_mode type, enum page_cache_mode got)
{
	if (type == got || type == _PAGE_CACHE_MODE_WB)
		return true;
	return got != _PAGE_CACHE_MODE_WB &&
	       !(type == _PAGE_CACHE_MODE_WT && got == _PAGE_CACHE_MODE_WC);
}

/* Reserves the range as *@type, or as what will do instead, which *@type is then. */
static int reserve_type(u64 start, u64 end, enum page_cache_mode *type)
{
	enum page_cache_mode asked = *type;
	int err = memtype_reserve(start, end, asked, type);

	if (err) {
		pr_err("ioremap memtype_reserve failed %d\n", err);
		return err;
	}
	if (type_will_do(asked, *type))
		return 0;
	pr_err("ioremap error for 0x%llx-0x%llx, requested 0x%x, got 0x%x\n", start, end, asked,
	       *type);
	memtype_free(start, end);
	return -EBUSY;
}

/* No RAM, and all of it addresses that there can be. */
static bool range_is_sane(phys_addr_t start, phys_addr_t last)
{
	if (last >> MAX_PHYSMEM_BITS) {
		pr_warn("ioremap: invalid physical address %llx\n", last);
		return false;
	}
	return !WARN(phys_is_system_ram(start, last + 1), "ioremap on RAM at %pa - %pa\n", &start,
		     &last);
}

bool nohugeiomap;

int ioremap_page_range(unsigned long addr, unsigned long end, phys_addr_t phys, pgprot_t prot)
{
	return arch_map(addr, phys, end - addr,
			pgprot_val(prot) | (nohugeiomap ? (unsigned int)ARCH_MAP_BASE_PAGES : 0));
}

int __init nohugeiomap_parse_option(char *value)
{
	if (value)
		return -EINVAL;
	nohugeiomap = true;
	return 0;
}

void __init ioremap_reset(void)
{
	nohugeiomap = false;
}

/* Whole pages, of a type that was reserved. */
static void *map_pages(phys_addr_t start, unsigned long size, pgprot_t prot, const void *caller)
{
	struct vm_struct *vm = get_vm_area_caller(size, VM_IOREMAP, caller);
	unsigned long va;
	int err;

	if (!vm)
		return NULL;
	va = (unsigned long)vm->addr;
	vm->phys_addr = start;
	vm->flags |= VM_MEMTYPE;
	err = ioremap_page_range(va, va + size, start, prot);
	if (!err)
		return vm->addr;
	pr_warn("ioremap: cannot map [mem %#010llx-%#010llx], error %d\n", start, start + size - 1,
		err);
	free_vm_area(vm);
	return NULL;
}

static void __iomem *__ioremap_caller(phys_addr_t phys, size_t size, pgprot_t prot,
				      const void *caller)
{
	unsigned int access = (pgprot_val(prot) & ~(unsigned int)ARCH_MAP_CACHE) | ARCH_MAP_IO;
	phys_addr_t start = phys & PAGE_MASK, last = phys + size - 1;
	enum page_cache_mode type = prot_type(prot);
	unsigned long offset = phys & ~PAGE_MASK, bytes;
	char *addr;

	if (!size || last < phys || !range_is_sane(start, last)) {
		count_event(&vmalloc_stats.bad_range);
		return NULL;
	}
	bytes = PAGE_ALIGN(last + 1) - start;
	if (!vmap_initialized || reserve_type(start, start + bytes, &type))
		return NULL;
	addr = map_pages(start, bytes, __pgprot(access | type_prot(type)), caller);
	if (addr)
		return addr + offset;
	memtype_free(start, start + bytes);
	return NULL;
}

void __iomem *ioremap(phys_addr_t phys, size_t size)
{
	return __ioremap_caller(phys, size, __pgprot(ARCH_MAP_WRITE | ARCH_MAP_UC_MINUS), CALLER);
}

void __iomem *ioremap_uc(phys_addr_t phys, size_t size)
{
	return __ioremap_caller(phys, size, __pgprot(ARCH_MAP_WRITE | ARCH_MAP_UC), CALLER);
}

void __iomem *ioremap_wc(phys_addr_t phys, size_t size)
{
	return __ioremap_caller(phys, size, __pgprot(ARCH_MAP_WRITE | ARCH_MAP_WC), CALLER);
}

void __iomem *ioremap_wt(phys_addr_t phys, size_t size)
{
	return __ioremap_caller(phys, size, __pgprot(ARCH_MAP_WRITE | ARCH_MAP_WT), CALLER);
}

void __iomem *ioremap_cache(phys_addr_t phys, size_t size)
{
	return __ioremap_caller(phys, size, __pgprot(ARCH_MAP_WRITE), CALLER);
}

void __iomem *ioremap_prot(phys_addr_t phys, size_t size, unsigned long prot)
{
	return __ioremap_caller(phys, size, __pgprot((unsigned int)prot), CALLER);
}

/* Takes the area back, and its reservation. */
void iounmap(volatile void __iomem *addr)
{
	const void *start = (const void *)((unsigned long)addr & PAGE_MASK);
	struct vm_struct *vm;

	if (!addr)
		return;
	vm = take_vm_area(start, VM_IOREMAP, "iounmap");
	if (!vm)
		return;
	if (vm->flags & VM_MEMTYPE)
		memtype_free(vm->phys_addr, vm->phys_addr + get_vm_area_size(vm));
	kfree(vm);
}

/* ---- Memory ------------------------------------------------------------------------------ */

enum { RAM_NONE, RAM_ALL, RAM_SOME };

/* How much of a range, which does not wrap, is memory? */
static int region_intersects_ram(phys_addr_t start, size_t size)
{
	u64 found = 0;

	for (unsigned long i = 0; i < memblock.memory.cnt; i++) {
		const struct memblock_region *r = &memblock.memory.regions[i];
		u64 low = max(start, r->base), high = min(start + size, r->base + r->size);

		found += low < high ? high - low : 0;
	}
	if (!found)
		return RAM_NONE;
	return found == size ? RAM_ALL : RAM_SOME;
}

/* In the direct map, if that has all of it. */
static void *remap_ram(phys_addr_t start, size_t size)
{
	return PFN_UP(start + size) <= highstart_pfn ? __va(start) : NULL;
}

void *memremap(resource_size_t offset, size_t size, unsigned long flags)
{
	void *addr = NULL;
	int ram;

	if (!flags || !size || offset + size < offset)
		return NULL;
	ram = region_intersects_ram(offset, size);
	if (WARN(ram == RAM_SOME, "memremap attempted on mixed range %pa size: %#zx\n", &offset,
		 size))
		return NULL;
	if (flags & MEMREMAP_WB) {
		if (ram == RAM_ALL)
			addr = remap_ram(offset, size);
		if (!addr)
			addr = ioremap_cache(offset, size);
	}
	if (!addr && WARN(ram == RAM_ALL && flags != MEMREMAP_WB,
			  "memremap attempted on ram %pa size: %#zx\n", &offset, size))
		return NULL;
	if (!addr && (flags & MEMREMAP_WT))
		addr = ioremap_wt(offset, size);
	if (!addr && (flags & MEMREMAP_WC))
		addr = ioremap_wc(offset, size);
	return addr;
}

void memunmap(void *addr)
{
	if (is_vmalloc_addr(addr))
		iounmap(addr);
}

/* ---- Types without a mapping ----------------------------------------------------------------- */

int arch_io_reserve_memtype_wc(resource_size_t start, resource_size_t size)
{
	return memtype_reserve(start, start + size, _PAGE_CACHE_MODE_WC, NULL);
}

void arch_io_free_memtype_wc(resource_size_t start, resource_size_t size)
{
	memtype_free(start, start + size);
}
