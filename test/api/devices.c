// SPDX-License-Identifier: MIT
/* A network card's memory: rings, descriptors, buffers of one transfer, pieces of another. */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/ioport.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

struct slot {
	DEFINE_DMA_UNMAP_ADDR(addr);
	DEFINE_DMA_UNMAP_LEN(len);
	void *data;
};

struct card {
	struct device *dev;
	struct dma_pool *pool;
	void *ring;
	dma_addr_t ring_dma;
	struct slot slots[8];
};

int card_probe(struct card *card);
int card_probe(struct card *card)
{
	int err = dma_set_mask_and_coherent(card->dev, DMA_BIT_MASK(64));

	if (err)
		err = dma_set_mask_and_coherent(card->dev, DMA_BIT_MASK(32));
	if (err)
		return err;
	dma_set_max_seg_size(card->dev, 65536);
	dma_set_seg_boundary(card->dev, 0xffffffff);
	card->ring = dmam_alloc_coherent(card->dev, 4096, &card->ring_dma, GFP_KERNEL);
	card->pool = dmam_pool_create("card", card->dev, 64, 64, 0);
	return card->ring && card->pool && !dma_addressing_limited(card->dev) ? 0 : -ENOMEM;
}

int card_send(struct card *card, unsigned int i, void *data, unsigned int len);
int card_send(struct card *card, unsigned int i, void *data, unsigned int len)
{
	struct slot *slot = &card->slots[i];
	dma_addr_t dma = dma_map_single(card->dev, data, len, DMA_TO_DEVICE), desc;
	void *descriptor;

	if (dma_mapping_error(card->dev, dma))
		return -ENOMEM;
	dma_unmap_addr_set(slot, addr, dma);
	dma_unmap_len_set(slot, len, len);
	dma_sync_single_for_device(card->dev, dma, len, DMA_TO_DEVICE);
	descriptor = dma_pool_zalloc(card->pool, GFP_ATOMIC, &desc);
	if (!descriptor)
		goto unmap;
	dma_pool_free(card->pool, descriptor, desc);
	dma_sync_single_for_cpu(card->dev, dma, len, DMA_TO_DEVICE);
unmap:
	dma_unmap_single(card->dev, dma_unmap_addr(slot, addr), dma_unmap_len(slot, len),
			 DMA_TO_DEVICE);
	return descriptor ? 0 : -ENOMEM;
}

int card_read(struct card *card, struct page **pages, unsigned int nr, void *to);
int card_read(struct card *card, struct page **pages, unsigned int nr, void *to)
{
	struct sg_dma_page_iter iter;
	struct sg_table table;
	struct scatterlist *sg;
	unsigned int i;
	u64 sum = 0;
	int err = sg_alloc_table_from_pages(&table, pages, nr, 0, nr * PAGE_SIZE, GFP_KERNEL);

	if (err)
		return err;
	err = dma_map_sgtable(card->dev, &table, DMA_FROM_DEVICE, 0);
	if (err)
		goto free;
	for_each_sgtable_dma_sg (&table, sg, i)
		sum += sg_dma_address(sg) + sg_dma_len(sg);
	for_each_sgtable_dma_page (&table, &iter, 0)
		sum ^= sg_page_iter_dma_address(&iter);
	dma_sync_sgtable_for_cpu(card->dev, &table, DMA_FROM_DEVICE);
	dma_unmap_sgtable(card->dev, &table, DMA_FROM_DEVICE, 0);
	sg_copy_to_buffer(table.sgl, table.orig_nents, to, nr * PAGE_SIZE);
free:
	sg_free_table(&table);
	return err ? err : (int)(sum & 0xff);
}

int card_gather(struct card *card, void *a, void *b, unsigned int len);
int card_gather(struct card *card, void *a, void *b, unsigned int len)
{
	struct scatterlist sgl[2];
	int mapped;

	sg_init_table(sgl, ARRAY_SIZE(sgl));
	sg_set_buf(&sgl[0], a, len);
	sg_set_page(&sgl[1], virt_to_page(b), len, offset_in_page(b));
	mapped = (int)dma_map_sg(card->dev, sgl, sg_nents(sgl), DMA_BIDIRECTIONAL);
	if (!mapped)
		return -EIO;
	dma_sync_sg_for_device(card->dev, sgl, 2, DMA_BIDIRECTIONAL);
	dma_unmap_sg(card->dev, sgl, 2, DMA_BIDIRECTIONAL);
	return mapped;
}

void *card_area(struct card *card, size_t size, dma_addr_t *dma);
void *card_area(struct card *card, size_t size, dma_addr_t *dma)
{
	void *wc = dma_alloc_wc(card->dev, size, dma, GFP_KERNEL), *plain;

	dma_free_wc(card->dev, size, wc, *dma);
	plain = dma_alloc_noncoherent(card->dev, size, dma, DMA_TO_DEVICE, GFP_KERNEL);
	dma_free_noncoherent(card->dev, size, plain, *dma, DMA_TO_DEVICE);
	return dma_alloc_attrs(card->dev, min(size, dma_max_mapping_size(card->dev)), dma,
			       GFP_KERNEL, DMA_ATTR_NO_WARN | DMA_ATTR_FORCE_CONTIGUOUS);
}

int card_split(struct card *card, struct scatterlist *in, struct page **pages, unsigned int nr);
int card_split(struct card *card, struct scatterlist *in, struct page **pages, unsigned int nr)
{
	static const size_t sizes[] = {512, 4096};
	struct sg_append_table append = {};
	struct scatterlist *parts[2];
	int mapped[2], err;

	err = sg_split(in, 0, 0, ARRAY_SIZE(sizes), sizes, parts, mapped, GFP_KERNEL);
	if (err)
		return err;
	kfree(parts[0]);
	kfree(parts[1]);
	err = sg_alloc_append_table_from_pages(&append, pages, nr, 0, nr * PAGE_SIZE,
					       dma_get_max_seg_size(card->dev), 0, GFP_KERNEL);
	sg_free_append_table(&append);
	return err;
}

static void card_quiet(void *data)
{
	memset(data, 0, 8);
}

void *card_sram(struct card *card, unsigned long sram, dma_addr_t *dma);
void *card_sram(struct card *card, unsigned long sram, dma_addr_t *dma)
{
	struct gen_pool *pool = devm_gen_pool_create(card->dev, 8, dev_to_node(card->dev), "sram");
	char *name = devm_kasprintf(card->dev, GFP_KERNEL, "%s-sram", dev_name(card->dev));
	u32 *numbers = devm_kcalloc(card->dev, 4, sizeof(*numbers), GFP_KERNEL);
	struct page_frag_cache frags = {};
	void *frag = page_frag_alloc(&frags, 256, GFP_ATOMIC), *area;

	if (!pool || gen_pool_add_virt(pool, sram, 0xfe000000, 4096, -1) ||
	    devm_add_action_or_reset(card->dev, card_quiet, numbers))
		return NULL;
	gen_pool_set_algo(pool, gen_pool_best_fit, NULL);
	gen_pool_free(pool, gen_pool_alloc(pool, 512), 512);
	area = gen_pool_dma_zalloc_align(pool, 256, dma, 128);
	devm_kfree(card->dev, name);
	page_frag_free(frag);
	__page_frag_cache_drain(virt_to_page(frags.va), frags.pagecnt_bias);
	return gen_pool_avail(pool) < gen_pool_size(pool) ? area : NULL;
}

/* Memory of a device that CPUs do not reach: addresses for it, and what is around them. */
int private_memory(struct device *dev, unsigned long size, resource_size_t hole);
int private_memory(struct device *dev, unsigned long size, resource_size_t hole)
{
	struct resource *res = devm_request_free_mem_region(dev, &iomem_resource, size);

	if (IS_ERR(res))
		return (int)PTR_ERR(res);
	if (iomem_is_exclusive(hole) || iomem_map_sanity_check(hole, PAGE_SIZE))
		return -1;
	reserve_region_with_split(&iomem_resource, hole, hole + size - 1, "hole");
	release_mem_region_adjustable(hole, PAGE_SIZE);
	return resource_is_exclusive(&iomem_resource, res->start, resource_size(res));
}
