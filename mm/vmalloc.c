// SPDX-License-Identifier: MIT
/*
 * Areas with pages: vmalloc(), vmap(), and giving them back. Contract: linux/vmalloc.h.
 *
 * The pages of an area come one by one, or in blocks of 2 MB that are split into pages:
 * so they go back one by one, and the buddy allocator makes blocks of them again.
 */
#include "vmap.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <baremm/arch.h>

#include "internal.h"
#include "page_alloc.h"

#define PMD_ORDER HUGETLB_PAGE_ORDER
#define PMD_SIZE  (PAGE_SIZE << PMD_ORDER)

struct vmalloc_stats vmalloc_stats;

static atomic_long_t nr_vmalloc_pages;

static bool nohugevmalloc;

void __init vm_area_reset(void)
{
	nohugevmalloc = false;
	vmalloc_stats = (struct vmalloc_stats){};
	atomic_long_set(&nr_vmalloc_pages, 0);
}

unsigned long vmalloc_nr_pages(void)
{
	return (unsigned long)atomic_long_read(&nr_vmalloc_pages);
}

/* Areas up to so many pages have the array of these behind their struct, in one object. */
#define FEW_PAGES (VMAP_POOL_PAGES - 1)

static inline struct page **array_behind(const struct vm_struct *vm)
{
	return (struct page **)(unsigned long)(vm + 1);
}

/* Without a wish for a node there is a shorter way. */
static void *alloc_record(size_t bytes, gfp_t gfp, int node)
{
	return node == NUMA_NO_NODE ? kmalloc(bytes, gfp) : kmalloc_node(bytes, gfp, node);
}

/* ---- Areas ------------------------------------------------------------------------------ */

/* What a device's area is aligned to, so that it can be mapped in large pages. */
static unsigned long io_align(unsigned long size)
{
	unsigned int order = PAGE_SHIFT + get_order(size);

	return 1UL << min_t(unsigned int, order, IOREMAP_MAX_ORDER);
}

/* As __get_vm_area_node(), with room for @nr_pages pointers behind the struct. */
static __always_inline struct vm_struct *new_area(const struct vmap_room *asked,
						  unsigned long flags, unsigned int nr_pages,
						  int node, gfp_t gfp, const void *caller)
{
	struct vmap_room room = *asked;
	struct vm_struct *vm;
	struct vmap_area *va;

	if (unlikely(!vmap_initialized))
		return NULL;
	if (unlikely(READ_ONCE(vmap_waiting)))
		vfree_waiting();
	room.size = PAGE_ALIGN(room.size);
	if (unlikely(!room.size || room.size > VMALLOC_TOTAL))
		return NULL;
	if (flags & VM_IOREMAP)
		room.align = max(room.align, io_align(room.size));
	if (!(flags & VM_NO_GUARD))
		room.size += PAGE_SIZE;
	vm = alloc_record(sizeof(*vm) + nr_pages * sizeof(*vm->pages), gfp & GFP_RECLAIM_MASK,
			  node);
	if (unlikely(!vm))
		return NULL;
	*vm = (struct vm_struct){.size = room.size, .flags = flags, .caller = caller};
	va = alloc_vmap_area(&room, node, gfp, vm);
	if (unlikely(!va)) {
		kfree(vm);
		return NULL;
	}
	vm->addr = (void *)va->va_start;
	return vm;
}

struct vm_struct *__get_vm_area_node(unsigned long size, unsigned long align, unsigned long flags,
				     unsigned long start, unsigned long end, int node, gfp_t gfp,
				     const void *caller)
{
	const struct vmap_room room = {size, align, start, end};

	return new_area(&room, flags, 0, node, gfp, caller);
}

struct vm_struct *__get_vm_area_caller(unsigned long size, unsigned long flags, unsigned long start,
				       unsigned long end, const void *caller)
{
	return __get_vm_area_node(size, PAGE_SIZE, flags, start, end, NUMA_NO_NODE, GFP_KERNEL,
				  caller);
}

struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long flags, const void *caller)
{
	return __get_vm_area_caller(size, flags, VMALLOC_START, VMALLOC_END + 1, caller);
}

struct vm_struct *get_vm_area(unsigned long size, unsigned long flags)
{
	return get_vm_area_caller(size, flags, __builtin_return_address(0));
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct vmap_area *va;
	struct vm_struct *vm;

	spin_lock(&vmap_lock);
	va = find_vmap_area((unsigned long)addr);
	vm = va ? va->vm : NULL;
	spin_unlock(&vmap_lock);
	return vm;
}

/*
 * Takes @va, which is nobody's any more, back from the page tables. Not a function
 * of its own in vfree(), which is nine instructions longer with the calls.
 */
static __always_inline void unmap_area(struct vmap_area *va, bool guard)
{
	unsigned long size = va_size(va) - (guard ? PAGE_SIZE : 0);
	int err = arch_unmap_noflush(va->va_start, size);

	WARN(err, "vmalloc: unmapping 0x%lx-0x%lx: error %d\n", va->va_start, va->va_end - 1, err);
	free_vmap_area_lazy(va);
}

static __always_inline struct vm_struct *unmap_vm_area(struct vmap_area *va)
{
	struct vm_struct *vm = va->vm;

	unmap_area(va, !(vm->flags & VM_NO_GUARD));
	if (unlikely(vm->flags & VM_FLUSH_RESET_PERMS))
		purge_vmap_areas(false);
	return vm;
}

noinline void refuse_vm_area(const void *addr, const char *call)
{
	count_event(&vmalloc_stats.bad_free);
	WARN(1, "Trying to %s() nonexistent vm area (%px)\n", call, addr);
}

struct vm_struct *take_vm_area(const void *addr, unsigned long flags, const char *call)
{
	struct vmap_area *va = unlink_vm_area((unsigned long)addr, flags);

	if (likely(va))
		return unmap_vm_area(va);
	refuse_vm_area(addr, call);
	return NULL;
}

struct vm_struct *remove_vm_area(const void *addr)
{
	return take_vm_area(addr, ~0UL, "remove_vm_area");
}

/* What has pages of its own goes back with them, by vfree(). */
void free_vm_area(struct vm_struct *area)
{
	if (unlikely(area->flags & VM_ALLOC))
		refuse_vm_area(area->addr, "free_vm_area");
	else
		kfree(remove_vm_area(area->addr));
}

void vm_unmap_aliases(void)
{
	if (READ_ONCE(vmap_waiting))
		vfree_waiting();
	purge_vmap_areas(true);
}

/* ---- Giving back -------------------------------------------------------------------------- */

static void free_page_array(const struct vm_struct *vm)
{
	if (vm->pages != array_behind(vm))
		kvfree(vm->pages);
}

static __always_inline void free_area_pages(struct vm_struct *vm)
{
	for (unsigned int i = 0; i < vm->nr_pages; i++)
		__free_page(vm->pages[i]);
	if (!(vm->flags & VM_MAP_PUT_PAGES))
		atomic_long_sub(vm->nr_pages, &nr_vmalloc_pages);
	free_page_array(vm);
}

void vfree(const void *addr)
{
	struct vm_struct *vm;

	if (!addr)
		return;
	kmemleak_free(addr);
	vm = take_vm_area(addr, VM_ALLOC | VM_MAP_PUT_PAGES, "vfree");
	if (!vm)
		return;
	free_area_pages(vm);
	kfree(vm);
}

void free_unlinked_vm_area(struct vmap_area *va)
{
	struct vm_struct *vm = unmap_vm_area(va);

	free_area_pages(vm);
	kfree(vm);
}

void vunmap(const void *addr)
{
	if (addr)
		kfree(take_vm_area(addr, VM_MAP, "vunmap"));
}

/* ---- Pages for an area ---------------------------------------------------------------------- */

static struct page *alloc_block(gfp_t gfp, int node, unsigned int order)
{
	return node == NUMA_NO_NODE ? alloc_pages(gfp, order) : alloc_pages_node(node, gfp, order);
}

/* As many of @nr base pages as can be had at once, into @pages, an array of NULL. */
static unsigned int alloc_many(gfp_t gfp, int node, unsigned int nr, struct page **pages)
{
	return (unsigned int)(node == NUMA_NO_NODE
				      ? alloc_pages_bulk_array(gfp, nr, pages)
				      : alloc_pages_bulk_array_node(gfp, node, nr, pages));
}

/* Base pages one by one, from page @i on; a few are had sooner so. Returns how far it came. */
static unsigned int alloc_singly(gfp_t gfp, int node, unsigned int i, unsigned int nr,
				 struct page **pages)
{
	for (; i < nr; i++) {
		pages[i] = alloc_block(gfp, node, 0);
		if (unlikely(!pages[i]))
			break;
	}
	return i;
}

/* Blocks of @order, all of whose pages go into @pages. */
static unsigned int alloc_blocks(gfp_t gfp, int node, unsigned int nr, struct page **pages,
				 unsigned int order)
{
	unsigned int done = 0;

	while (done < nr) {
		struct page *page = alloc_block(gfp | __GFP_NOWARN | __GFP_NORETRY, node, order);

		if (!page)
			break;
		split_new_page(page, order);
		for (unsigned int i = 0; i < 1u << order; i++)
			pages[done++] = page + i;
	}
	return done;
}

/* Fills vm->pages with blocks of vm->page_order; vm->nr_pages says how far it came. */
static bool alloc_area_pages(struct vm_struct *vm, unsigned int nr, gfp_t gfp, int node)
{
	unsigned int done = 0;

	if (unlikely(vm->page_order)) {
		done = alloc_blocks(gfp, node, nr, vm->pages, vm->page_order);
	} else {
		if (nr > FEW_PAGES)
			done = alloc_many(gfp, node, nr, vm->pages);
		done = alloc_singly(gfp, node, done, nr, vm->pages);
	}
	vm->nr_pages = done;
	return done == nr;
}

/* The array for them; a large one is an area itself. */
static struct page **alloc_page_array(const struct vm_struct *vm, unsigned int nr, gfp_t gfp,
				      int node)
{
	size_t bytes = nr * sizeof(struct page *);

	if (nr <= FEW_PAGES)
		return array_behind(vm);
	gfp = (gfp & GFP_RECLAIM_MASK) | __GFP_ZERO;
	if (bytes > PAGE_SIZE)
		return __vmalloc_node(bytes, 1, gfp, node, vm->caller);
	return alloc_record(bytes, gfp, node);
}

static int map_area(const struct vm_struct *vm, pgprot_t prot)
{
	unsigned long va = (unsigned long)vm->addr;
	int err = 0;

	if (!vm->page_order)
		return arch_map_pages(va, vm->pages, vm->nr_pages, pgprot_val(prot));
	for (unsigned int i = 0; i < vm->nr_pages && !err; i += 1u << vm->page_order)
		err = arch_map(va + i * PAGE_SIZE, page_to_phys(vm->pages[i]),
			       PAGE_SIZE << vm->page_order, pgprot_val(prot));
	return err;
}

static bool fill_area(struct vm_struct *vm, gfp_t gfp, pgprot_t prot, int node)
{
	unsigned int nr = (unsigned int)(get_vm_area_size(vm) >> PAGE_SHIFT);

	/* A page may lie anywhere unless the caller said where. */
	if (!(gfp & (GFP_DMA | GFP_DMA32)))
		gfp |= __GFP_HIGHMEM;
	vm->pages = alloc_page_array(vm, nr, gfp, node);
	if (!vm->pages)
		return false;
	if (!alloc_area_pages(vm, nr, gfp, node) || map_area(vm, prot))
		return false;
	atomic_long_add(nr, &nr_vmalloc_pages);
	return true;
}

/* An area that did not come to be: what it has got so far is given back. */
static void drop_area(struct vm_struct *vm)
{
	take_vm_area(vm->addr, ~0UL, "vmalloc");
	for (unsigned int i = 0; i < vm->nr_pages; i++)
		__free_page(vm->pages[i]);
	free_page_array(vm);
	kfree(vm);
}

static void *make_area(const struct vmap_room *asked, unsigned int order, unsigned long flags,
		       gfp_t gfp, pgprot_t prot, int node, const void *caller)
{
	unsigned long block = PAGE_SIZE << order, size = asked->size;
	const struct vmap_room room = {ALIGN(size, block), max(asked->align, block), asked->start,
				       asked->end};
	unsigned long nr = room.size >> PAGE_SHIFT;
	struct vm_struct *vm;

	vm = new_area(&room, flags | VM_ALLOC, nr <= FEW_PAGES ? (unsigned int)nr : 0, node, gfp,
		      caller);
	if (unlikely(!vm))
		return NULL;
	vm->page_order = order;
	if (likely(fill_area(vm, gfp, prot, node))) {
		kmemleak_vmalloc(vm, size, gfp);
		return vm->addr;
	}
	drop_area(vm);
	return NULL;
}

int __init nohugevmalloc_parse_option(char *value)
{
	if (value)
		return -EINVAL;
	nohugevmalloc = true;
	return 0;
}

void *__vmalloc_node_range(unsigned long size, unsigned long align, unsigned long start,
			   unsigned long end, gfp_t gfp, pgprot_t prot, unsigned long vm_flags,
			   int node, const void *caller)
{
	const struct vmap_room room = {size, max(align, PAGE_SIZE), start, end};
	void *addr = NULL;

	if (unlikely(!size || size >> PAGE_SHIFT > totalram_pages())) {
		if (!(gfp & __GFP_NOWARN))
			pr_warn("vmalloc error: size %lu, exceeds total pages\n", size);
		return NULL;
	}
	if ((vm_flags & VM_ALLOW_HUGE_VMAP) && size >= PMD_SIZE && !nohugevmalloc)
		addr = make_area(&room, PMD_ORDER, vm_flags, gfp, prot, node, caller);
	if (!addr)
		addr = make_area(&room, 0, vm_flags, gfp, prot, node, caller);
	if (unlikely(!addr) && !(gfp & __GFP_NOWARN))
		pr_warn("vmalloc error: size %lu, failed to allocate pages, mode:%#x\n", size, gfp);
	return addr;
}

/* ---- Its shapes ------------------------------------------------------------------------------ */

static void *make(unsigned long size, unsigned long align, gfp_t gfp, unsigned long vm_flags,
		  int node, const void *caller)
{
	return __vmalloc_node_range(size, align, VMALLOC_START, VMALLOC_END + 1, gfp, PAGE_KERNEL,
				    vm_flags, node, caller);
}

#define CALLER __builtin_return_address(0)

void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t gfp, int node,
		     const void *caller)
{
	return make(size, align, gfp, 0, node, caller);
}

void *__vmalloc(unsigned long size, gfp_t gfp)
{
	return make(size, 1, gfp, 0, NUMA_NO_NODE, CALLER);
}

void *vmalloc(unsigned long size)
{
	return make(size, 1, GFP_KERNEL, 0, NUMA_NO_NODE, CALLER);
}

void *vzalloc(unsigned long size)
{
	return make(size, 1, GFP_KERNEL | __GFP_ZERO, 0, NUMA_NO_NODE, CALLER);
}

void *vmalloc_user(unsigned long size)
{
	return make(size, 1, GFP_KERNEL | __GFP_ZERO, VM_USERMAP, NUMA_NO_NODE, CALLER);
}

void *vmalloc_node(unsigned long size, int node)
{
	return make(size, 1, GFP_KERNEL, 0, node, CALLER);
}

void *vzalloc_node(unsigned long size, int node)
{
	return make(size, 1, GFP_KERNEL | __GFP_ZERO, 0, node, CALLER);
}

void *vmalloc_32(unsigned long size)
{
	return make(size, 1, GFP_DMA32 | GFP_KERNEL, 0, NUMA_NO_NODE, CALLER);
}

void *vmalloc_32_user(unsigned long size)
{
	return make(size, 1, GFP_DMA32 | GFP_KERNEL | __GFP_ZERO, VM_USERMAP, NUMA_NO_NODE, CALLER);
}

void *vmalloc_huge(unsigned long size, gfp_t gfp)
{
	return make(size, 1, gfp, VM_ALLOW_HUGE_VMAP, NUMA_NO_NODE, CALLER);
}

void *__vmalloc_array(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes)
		       ? NULL
		       : make(bytes, 1, flags, 0, NUMA_NO_NODE, CALLER);
}

void *vmalloc_array(size_t n, size_t size)
{
	return __vmalloc_array(n, size, GFP_KERNEL);
}

void *__vcalloc(size_t n, size_t size, gfp_t flags)
{
	return __vmalloc_array(n, size, flags | __GFP_ZERO);
}

void *vcalloc(size_t n, size_t size)
{
	return __vcalloc(n, size, GFP_KERNEL);
}
