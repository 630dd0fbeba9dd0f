// SPDX-License-Identifier: MIT
/* Mappings of others' pages, and what is mapped where. Contract: linux/vmalloc.h. */
#include "vmap.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <baremm/arch.h>

#include "internal.h"
#include "vmap_block.h"

/* Are these pages, and no more than there can be? */
static bool pages_are_sane(struct page *const *pages, unsigned int count)
{
	unsigned int i = 0;

	if (count && pages && count <= totalram_pages()) {
		while (i < count && pages[i] && pfn_valid(page_to_pfn(pages[i])))
			i++;
		if (i == count)
			return true;
		WARN(1, "vmap: number %u of %u pages is none (%px)\n", i, count, pages[i]);
	} else {
		pr_warn("vmap: %u pages of %lu cannot be mapped\n", count, totalram_pages());
	}
	count_event(&vmalloc_stats.bad_range);
	return false;
}

void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct vm_struct *vm;

	if (!pages_are_sane(pages, count))
		return NULL;
	/* The one is for pages which go back with the area; without a guard others' have none. */
	if (WARN(flags & (VM_FLUSH_RESET_PERMS | VM_NO_GUARD), "vmap: flags 0x%lx\n", flags))
		flags &= ~(VM_FLUSH_RESET_PERMS | VM_NO_GUARD);
	vm = get_vm_area_caller((unsigned long)count << PAGE_SHIFT, flags | VM_MAP,
				__builtin_return_address(0));
	if (!vm)
		return NULL;
	if (arch_map_pages((unsigned long)vm->addr, pages, count, pgprot_val(prot))) {
		free_vm_area(vm);
		return NULL;
	}
	if (flags & VM_MAP_PUT_PAGES)
		vm->pages = pages;
	vm->nr_pages = flags & VM_MAP_PUT_PAGES ? count : 0;
	return vm->addr;
}

/* None of them, or all. */
static int map_pfns(unsigned long va, const unsigned long *pfns, unsigned int count, pgprot_t prot)
{
	int err = 0;

	for (unsigned int i = 0; i < count && !err; i++)
		err = pfn_valid(pfns[i]) ? -EINVAL
					 : arch_map(va + i * PAGE_SIZE, PFN_PHYS(pfns[i]),
						    PAGE_SIZE, pgprot_val(prot));
	return err;
}

void *vmap_pfn(unsigned long *pfns, unsigned int count, pgprot_t prot)
{
	struct vm_struct *vm;

	if (!pfns || !count) {
		count_event(&vmalloc_stats.bad_range);
		return NULL;
	}
	vm = get_vm_area_caller((unsigned long)count << PAGE_SHIFT, VM_MAP | VM_IOREMAP,
				__builtin_return_address(0));
	if (!vm)
		return NULL;
	if (!map_pfns((unsigned long)vm->addr, pfns, count, prot))
		return vm->addr;
	pr_warn("vmap: %u page frames, some of RAM or past what there is, cannot be mapped\n",
		count);
	count_event(&vmalloc_stats.bad_range);
	free_vm_area(vm);
	return NULL;
}

/* ---- Mappings that live shortly ---------------------------------------------------------- */

static bool is_ram_mapping(const struct vmap_area *va, unsigned long size)
{
	return !va->vm && !va->block && va_size(va) == size;
}

static bool give_back(unsigned long addr, unsigned int count)
{
	unsigned long size = ((unsigned long)count + 1) << PAGE_SHIFT;
	struct vmap_area *va;

	if (count <= VMAP_MAX_ALLOC)
		return vmap_block_free(addr, count);
	va = unlink_vmap_area(addr, is_ram_mapping, size);
	if (!va)
		return false;
	arch_unmap_noflush(addr, size - PAGE_SIZE);
	free_vmap_area_lazy(va);
	return true;
}

/* An area of its own for a mapping that is too large for a block. */
static unsigned long alloc_large(unsigned int count, int node)
{
	const struct vmap_room room = {((unsigned long)count + 1) << PAGE_SHIFT, PAGE_SIZE,
				       VMALLOC_START, VMALLOC_END + 1};
	struct vmap_area *va = alloc_vmap_area(&room, node, GFP_KERNEL, NULL);

	return va ? va->va_start : 0;
}

void *vm_map_ram(struct page **pages, unsigned int count, int node)
{
	unsigned long addr;

	if (!vmap_initialized || !pages_are_sane(pages, count))
		return NULL;
	addr = count <= VMAP_MAX_ALLOC ? vmap_block_alloc(count, node) : alloc_large(count, node);
	if (!addr)
		return NULL;
	if (arch_map_pages(addr, pages, count, ARCH_MAP_WRITE)) {
		give_back(addr, count);
		return NULL;
	}
	return (void *)addr;
}

void vm_unmap_ram(const void *mem, unsigned int count)
{
	if (count && give_back((unsigned long)mem, count))
		return;
	count_event(&vmalloc_stats.bad_free);
	WARN(1, "Trying to vm_unmap_ram() nonexistent vm area (%px), %u pages\n", mem, count);
}

/* ---- What is mapped ------------------------------------------------------------------------ */

unsigned long vmalloc_to_pfn(const void *addr)
{
	struct arch_mapping mapping;

	if (!is_vmalloc_addr(addr) || arch_query((unsigned long)addr, &mapping))
		return 0;
	return PHYS_PFN(mapping.phys);
}

struct page *vmalloc_to_page(const void *addr)
{
	unsigned long pfn = vmalloc_to_pfn(addr);

	return pfn && pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
}
