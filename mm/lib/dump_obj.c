// SPDX-License-Identifier: MIT
/* What a pointer points to. Contract: linux/slab.h, linux/mm.h. */
#include <linux/mm.h>
#include <linux/slab.h>

#include <linux/kernel.h>
#include <linux/vmalloc.h>

#include "../slab.h"
#include "../slab_debug.h"
#include "../kfence.h"

/* The slab page of @addr; NULL where it is in none. */
static struct page *slab_page_of(unsigned long addr)
{
	struct page *page = slab_page_at(addr);

	return page && PageSlab(page) ? page : NULL;
}

bool kmem_valid_obj(void *object)
{
	struct page *page = slab_page_at((unsigned long)object);

	return page && (PageSlab(page) || PageKmallocLarge(compound_head(page)));
}

static void dump_large(unsigned long addr)
{
	struct page *page = compound_head(slab_page_at(addr));
	unsigned long start = (unsigned long)page_address(page);

	pr_cont(" kmalloc block start %px pointer offset %lu size %zu\n", (void *)start,
		addr - start, page_size(page));
}

static void dump_in_slab(struct slab *slab, unsigned long addr)
{
	struct kmem_cache *s = slab->cache;
	unsigned long base = slab_address(slab), slot = base + (addr - base) / s->size * s->size;
	unsigned long start = slot + s->red_left_pad;

	if (slab_is_kfence(slab)) {
		start = (unsigned long)kfence_object_start((void *)addr);
		pr_cont(" kfence");
	}
	pr_cont(" slab %s start %px pointer offset %ld size %u\n", s->name, (void *)start,
		(long)(addr - start), s->object_size);
	if (!slab_is_kfence(slab))
		slab_print_tracking(s, start);
}

bool kmem_dump_obj(void *object)
{
	unsigned long addr = (unsigned long)object;
	struct page *page = slab_page_of(addr);

	if (!kmem_valid_obj(object))
		return false;
	if (page)
		dump_in_slab(page->slab, addr);
	else
		dump_large(addr);
	return true;
}

void mem_dump_obj(void *object)
{
	if (kmem_dump_obj(object) || vmalloc_dump_obj(object))
		return;
	if (!object)
		pr_cont(" NULL pointer.\n");
	else if (object == ZERO_SIZE_PTR)
		pr_cont(" zero-size pointer.\n");
	else if (virt_addr_valid(object))
		pr_cont(" non-slab/vmalloc memory.\n");
	else
		pr_cont(" non-paged memory.\n");
}
