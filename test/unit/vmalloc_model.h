/* SPDX-License-Identifier: MIT */
/*
 * A model of the addresses that vmalloc and its like hand out: a list of areas, each with
 * what must be seen through it. Operations choose by model_random() alone; mistakes are
 * among them, which must be counted and change nothing.
 *
 *   areas[]   kind, addresses with the guard page, and their pages, device or contents
 *   freed[]   addresses that were given back, and how many flushes there had been then
 *
 * Areas must not overlap, an address must not come again before a flush, and translations
 * and contents must be what they were made as.
 */
#ifndef _TEST_VMALLOC_MODEL_H
#define _TEST_VMALLOC_MODEL_H

#include "vmalloc_machine.h"

#include <linux/io.h>

#define MODEL_AREAS	 48
#define MODEL_FREED	 64
#define MODEL_POOL	 96	    /* pages that are mapped, all at once or again and again */
#define MODEL_DEVICE	 0xa0000ULL /* a hole in RAM */
#define MODEL_EDGE_BYTES 32	    /* of each page's start and end, that carry the area's mark */

enum model_kind { AREA_NONE, AREA_VMALLOC, AREA_VMAP, AREA_RAM, AREA_DEVICE, AREA_EMPTY };
#define NR_MODEL_KINDS (AREA_EMPTY + 1)

struct model_area {
	enum model_kind kind;
	char *addr;
	unsigned int nr_pages; /* without the guard page */
	unsigned int first;    /* of the pool, or of the device */
	u8 mark;
};

struct model_freed {
	unsigned long start, end, flushes;
};

static struct {
	struct model_area areas[MODEL_AREAS];
	struct model_freed freed[MODEL_FREED];
	unsigned int nr_freed;
	u8 next_mark;
	struct page *pool[MODEL_POOL];
	unsigned long made[NR_MODEL_KINDS], reused, huge, mistakes;
} vmodel;

/* A number below @below, from whoever drives the model. */
static u32 (*model_random)(u32 below);

/* ---- What must hold --------------------------------------------------------------------- */

static unsigned long model_end(const struct model_area *a)
{
	return (unsigned long)a->addr + (a->nr_pages + 1UL) * PAGE_SIZE;
}

/* Nobody else has its addresses, and all CPUs have forgotten them. */
static void check_addresses(const struct model_area *new)
{
	unsigned long start = (unsigned long)new->addr, end = model_end(new);

	assert_true(is_vmalloc_addr(new->addr) && is_vmalloc_addr((void *)(end - 1)));
	for (const struct model_area *a = vmodel.areas; a < vmodel.areas + MODEL_AREAS; a++)
		if (a != new && a->kind)
			assert_true(model_end(a) <= start || end <= (unsigned long)a->addr);
	for (unsigned int i = 0; i < MODEL_FREED; i++) {
		const struct model_freed *f = &vmodel.freed[i];

		if (f->start >= end || f->end <= start)
			continue;
		assert_true(f->flushes < host_tlb_flushes);
		vmodel.reused++;
	}
}

static void fill_edges(const struct model_area *a)
{
	for (unsigned int i = 0; i < a->nr_pages; i++) {
		char *page = a->addr + i * PAGE_SIZE;

		memset(page, a->mark + (int)i, MODEL_EDGE_BYTES);
		memset(page + PAGE_SIZE - MODEL_EDGE_BYTES, a->mark + (int)i, MODEL_EDGE_BYTES);
	}
}

static void check_page(const struct model_area *a, unsigned int i)
{
	const char *at = a->addr + i * PAGE_SIZE;

	switch (a->kind) {
	case AREA_VMALLOC:
		assert_null(memchr_inv(at, (u8)(a->mark + i), MODEL_EDGE_BYTES));
		assert_null(memchr_inv(at + PAGE_SIZE - MODEL_EDGE_BYTES, (u8)(a->mark + i),
				       MODEL_EDGE_BYTES));
		assert_int_equal(*(u8 *)page_address(vmalloc_to_page(at)), (u8)(a->mark + i));
		break;
	case AREA_VMAP:
	case AREA_RAM:
		assert_ptr_equal(vmalloc_to_page(at), vmodel.pool[(a->first + i) % MODEL_POOL]);
		break;
	case AREA_DEVICE:
		assert_int_equal(vmalloc_to_pfn(at), PHYS_PFN(MODEL_DEVICE) + a->first + i);
		break;
	default:
		assert_int_equal(vmalloc_to_pfn(at), 0);
	}
}

static void check_area(const struct model_area *a)
{
	for (unsigned int i = 0; i < a->nr_pages; i++)
		check_page(a, i);
	assert_int_equal(vmalloc_to_pfn(a->addr + (unsigned long)a->nr_pages * PAGE_SIZE), 0);
}

static void model_audit(void)
{
	for (const struct model_area *a = vmodel.areas; a < vmodel.areas + MODEL_AREAS; a++)
		if (a->kind)
			check_area(a);
	assert_int_equal(vmap_verify(), 0);
}

/* ---- Making areas ------------------------------------------------------------------------- */

/* Few pages mostly, and now and then a lot. */
static unsigned int some_pages(void)
{
	static const u16 most[] = {4, 4, 4, 17, 17, 65, 80, 600};

	return 1 + model_random(most[model_random(ARRAY_SIZE(most))]);
}

static void *made(struct model_area *a, enum model_kind kind, void *addr)
{
	if (!addr)
		return NULL;
	a->kind = kind;
	a->addr = addr;
	vmodel.made[kind]++;
	check_addresses(a);
	return addr;
}

static void op_vmalloc(struct model_area *a)
{
	unsigned int how = model_random(8);
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN | (how & 1 ? __GFP_ZERO : 0);
	unsigned long bytes;
	void *p;

	a->nr_pages = some_pages();
	bytes = a->nr_pages * PAGE_SIZE - model_random(PAGE_SIZE);
	p = how < 6 ? __vmalloc(bytes, gfp) : vmalloc_huge(bytes, gfp);
	if (!p)
		return;
	/* In 2 MB pages it is as large as they are. */
	vmodel.huge += find_vm_area(p)->page_order > 0;
	a->nr_pages = find_vm_area(p)->nr_pages;
	made(a, AREA_VMALLOC, p);
	assert_null(gfp & __GFP_ZERO ? memchr_inv(p, 0, bytes) : NULL);
	a->mark = vmodel.next_mark++;
	fill_edges(a);
}

/* A run of the pool, which goes on at its start. */
static struct page **some_of_pool(struct model_area *a)
{
	static struct page *pages[MODEL_POOL];

	a->nr_pages = min(some_pages(), MODEL_POOL + 0U);
	a->first = model_random(MODEL_POOL);
	for (unsigned int i = 0; i < a->nr_pages; i++)
		pages[i] = vmodel.pool[(a->first + i) % MODEL_POOL];
	return pages;
}

static void op_vmap(struct model_area *a)
{
	struct page **pages = some_of_pool(a);

	made(a, AREA_VMAP, vmap(pages, a->nr_pages, VM_MAP, PAGE_KERNEL));
}

static void op_map_ram(struct model_area *a)
{
	struct page **pages = some_of_pool(a);

	made(a, AREA_RAM, vm_map_ram(pages, a->nr_pages, NUMA_NO_NODE));
}

static unsigned int cache_of(const struct model_area *a)
{
	struct arch_mapping mapping = {};

	assert_int_equal(arch_query((unsigned long)a->addr, &mapping), 0);
	return mapping.prot & ARCH_MAP_CACHE;
}

/* It may be refused for its type; if not, it has that of all who have the same pages. */
static void op_ioremap(struct model_area *a)
{
	static void __iomem *(*const calls[])(phys_addr_t phys, size_t size) = {
		ioremap, ioremap_wc, ioremap_wt, ioremap_cache};
	void __iomem *(*map)(phys_addr_t phys, size_t size) = calls[model_random(4)];

	a->nr_pages = 1 + model_random(8);
	a->first = model_random(32);
	if (!made(a, AREA_DEVICE,
		  map(MODEL_DEVICE + a->first * PAGE_SIZE, a->nr_pages * PAGE_SIZE)))
		return;
	for (const struct model_area *b = vmodel.areas; b < vmodel.areas + MODEL_AREAS; b++)
		if (b->kind == AREA_DEVICE && b->first < a->first + a->nr_pages &&
		    a->first < b->first + b->nr_pages)
			assert_int_equal(cache_of(a), cache_of(b));
}

/* Addresses alone, some in a window and aligned. */
static void op_get_area(struct model_area *a)
{
	const unsigned long start = VMALLOC_START + model_random(64) * PAGE_SIZE;
	bool window = model_random(2);
	unsigned long align = PAGE_SIZE << model_random(6), end = start + 256 * PAGE_SIZE;
	struct vm_struct *vm;

	a->nr_pages = some_pages();
	if (!window)
		vm = get_vm_area(a->nr_pages * PAGE_SIZE, VM_MAP);
	else
		vm = __get_vm_area_node(a->nr_pages * PAGE_SIZE, align, VM_MAP, start, end,
					NUMA_NO_NODE, GFP_KERNEL | __GFP_NOWARN, NULL);
	if (!vm)
		return;
	made(a, AREA_EMPTY, vm->addr);
	if (window)
		assert_true((unsigned long)a->addr % align == 0 &&
			    (unsigned long)a->addr >= start && model_end(a) <= end);
}

/* ---- Giving back ------------------------------------------------------------------------------ */

static void forget(struct model_area *a)
{
	vmodel.freed[vmodel.nr_freed++ % MODEL_FREED] =
		(struct model_freed){(unsigned long)a->addr, model_end(a), host_tlb_flushes};
	a->kind = AREA_NONE;
}

static void give_back(struct model_area *a)
{
	enum model_kind kind = a->kind;

	check_area(a);
	forget(a);
	switch (kind) {
	case AREA_VMALLOC:
		vfree(a->addr);
		break;
	case AREA_VMAP:
		vunmap(a->addr);
		break;
	case AREA_RAM:
		vm_unmap_ram(a->addr, a->nr_pages);
		break;
	case AREA_DEVICE:
		iounmap(a->addr);
		break;
	default:
		kfree(remove_vm_area(a->addr));
	}
}

static void op_later(struct model_area *a)
{
	if (a->kind != AREA_VMALLOC) {
		give_back(a);
		return;
	}
	check_area(a);
	forget(a);
	vfree_atomic(a->addr);
}

/* ---- Mistakes and the rest ------------------------------------------------------------------------ */

static void op_mistake(struct model_area *a)
{
	unsigned long before = vmalloc_stats.bad_free;

	switch (model_random(5)) {
	case 0:
		vfree(a->addr + PAGE_SIZE);
		break;
	case 1:
		vm_unmap_ram(a->addr, a->nr_pages + 1);
		break;
	case 2:
		a->kind == AREA_VMALLOC ? vunmap(a->addr) : vfree(a->addr);
		break;
	case 3:
		a->kind == AREA_DEVICE ? vunmap(a->addr) : iounmap(a->addr);
		break;
	default:
		vm_unmap_ram(a->addr + a->nr_pages * PAGE_SIZE, 1);
	}
	assert_int_equal(vmalloc_stats.bad_free, before + 1);
	vmodel.mistakes++;
}

static void model_other_step(void)
{
	switch (model_random(6)) {
	case 0:
		vm_unmap_aliases();
		break;
	case 1:
	case 2:
		purge_vmap_areas(false);
		break;
	default:
		host_set_cpu(model_random(nr_cpu_ids));
	}
}

static void model_step(void)
{
	static void (*const make[])(struct model_area * a) = {
		op_vmalloc, op_vmalloc, op_vmap, op_map_ram, op_map_ram, op_ioremap, op_get_area};
	struct model_area *a = &vmodel.areas[model_random(MODEL_AREAS)];
	u32 op = model_random(16);

	if (op == 0)
		model_other_step();
	else if (!a->kind)
		make[model_random(ARRAY_SIZE(make))](a);
	else if (op == 1)
		op_mistake(a);
	else if (op == 2)
		op_later(a);
	else
		give_back(a);
}

/* On a machine that is up to vmalloc_init(). */
static void model_begin(void)
{
	memset(&vmodel, 0, sizeof(vmodel));
	vmodel.next_mark = 1;
	for (unsigned int i = 0; i < MODEL_POOL; i++) {
		vmodel.pool[i] = alloc_page(GFP_KERNEL);
		assert_non_null(vmodel.pool[i]);
	}
}

static void model_give_all_back(void)
{
	model_audit();
	for (unsigned int i = 0; i < MODEL_AREAS; i++)
		if (vmodel.areas[i].kind)
			give_back(&vmodel.areas[i]);
	vm_unmap_aliases();
	assert_int_equal(vmap_verify(), 0);
	assert_true(RB_EMPTY_ROOT(&vmap_busy_root));
	assert_int_equal(vmalloc_nr_pages(), 0);
	assert_int_equal(vmalloc_largest_free(), VMALLOC_TOTAL + 1);
	for (unsigned int i = 0; i < MODEL_POOL; i++)
		__free_page(vmodel.pool[i]);
}

#endif /* _TEST_VMALLOC_MODEL_H */
