// SPDX-License-Identifier: MIT
/*
 * What operations of devices with addresses of their own are made of. Contract:
 * linux/dma-map-ops.h. Rules: Linux 6.1's kernel/dma/ops_helpers.c, remap.c and dummy.c.
 */
#include <linux/dma-map-ops.h>

#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

/* ---- Allocations ----------------------------------------------------------------------------- */

static struct page *page_of(void *cpu_addr)
{
	return is_vmalloc_addr(cpu_addr) ? vmalloc_to_page(cpu_addr) : virt_to_page(cpu_addr);
}

int dma_common_get_sgtable(struct device *dev, struct sg_table *sgt, void *cpu_addr,
			   dma_addr_t dma_addr, size_t size, unsigned long attrs)
{
	int err = sg_alloc_table(sgt, 1, GFP_KERNEL);

	(void)dev, (void)dma_addr, (void)attrs;
	if (!err)
		sg_set_page(sgt->sgl, page_of(cpu_addr), (unsigned int)PAGE_ALIGN(size), 0);
	return err;
}

struct page *dma_common_alloc_pages(struct device *dev, size_t size, dma_addr_t *dma_handle,
				    enum dma_data_direction dir, gfp_t gfp)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);
	struct page *page = dma_alloc_contiguous(dev, size, gfp);

	if (!page)
		page = alloc_pages_node(dev_to_node(dev), gfp, (unsigned int)get_order(size));
	if (!page)
		return NULL;
	*dma_handle = ops->map_page(dev, page, 0, size, dir, DMA_ATTR_SKIP_CPU_SYNC);
	if (*dma_handle == DMA_MAPPING_ERROR) {
		dma_free_contiguous(dev, page, size);
		return NULL;
	}
	memset(page_address(page), 0, size);
	return page;
}

void dma_common_free_pages(struct device *dev, size_t size, struct page *page,
			   dma_addr_t dma_handle, enum dma_data_direction dir)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (ops->unmap_page)
		ops->unmap_page(dev, dma_handle, size, dir, DMA_ATTR_SKIP_CPU_SYNC);
	dma_free_contiguous(dev, page, size);
}

/* ---- Pages under other addresses ------------------------------------------------------------- */

struct page **dma_common_find_pages(void *cpu_addr)
{
	struct vm_struct *area = find_vm_area(cpu_addr);

	return area && (area->flags & VM_DMA_COHERENT) ? area->pages : NULL;
}

void *dma_common_pages_remap(struct page **pages, size_t size, pgprot_t prot, const void *caller)
{
	void *vaddr =
		vmap(pages, (unsigned int)(PAGE_ALIGN(size) >> PAGE_SHIFT), VM_DMA_COHERENT, prot);

	(void)caller;
	if (vaddr)
		find_vm_area(vaddr)->pages = pages;
	return vaddr;
}

void *dma_common_contiguous_remap(struct page *page, size_t size, pgprot_t prot, const void *caller)
{
	unsigned int count = (unsigned int)(PAGE_ALIGN(size) >> PAGE_SHIFT);
	struct page **pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	void *vaddr;

	(void)caller;
	if (!pages)
		return NULL;
	for (unsigned int i = 0; i < count; i++)
		pages[i] = nth_page(page, i);
	vaddr = vmap(pages, count, VM_DMA_COHERENT, prot);
	kvfree(pages);
	return vaddr;
}

void dma_common_free_remap(void *cpu_addr, size_t size)
{
	struct vm_struct *area = find_vm_area(cpu_addr);

	(void)size;
	if (!area || !(area->flags & VM_DMA_COHERENT)) {
		WARN(1, "trying to free invalid coherent area: %px\n", cpu_addr);
		return;
	}
	vunmap(cpu_addr);
}

/* ---- Devices without DMA --------------------------------------------------------------------- */

static dma_addr_t dummy_map_page(struct device *dev, struct page *page, unsigned long offset,
				 size_t size, enum dma_data_direction dir, unsigned long attrs)
{
	(void)dev, (void)page, (void)offset, (void)size, (void)dir, (void)attrs;
	return DMA_MAPPING_ERROR;
}

static int dummy_map_sg(struct device *dev, struct scatterlist *sg, int nents,
			enum dma_data_direction dir, unsigned long attrs)
{
	(void)dev, (void)sg, (void)nents, (void)dir, (void)attrs;
	return -EINVAL;
}

static int dummy_supported(struct device *dev, u64 mask)
{
	(void)dev, (void)mask;
	return 0;
}

const struct dma_map_ops dma_dummy_ops = {
	.map_page = dummy_map_page,
	.map_sg = dummy_map_sg,
	.dma_supported = dummy_supported,
};
