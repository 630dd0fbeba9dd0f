/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of memory for devices, on the machine's own RAM: the CPU plays the device,
 * and reads and writes at the addresses that the device would be given.
 */
#include "selftest.h"

#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dma_direct.h"
#include "swiotlb.h"

static const unsigned int mask_bits[] = {24, 30, 32, 36, 64};

static struct device test_device = {.init_name = "selftest", .numa_node = NUMA_NO_NODE};

static struct device *device_with_mask(unsigned int bits)
{
	struct device *dev = &test_device;

	dev->dma_mask = &dev->coherent_dma_mask;
	return dma_set_mask_and_coherent(dev, DMA_BIT_MASK(bits)) ? NULL : dev;
}

/* ---- Coherent memory ------------------------------------------------------------------- */

/* Nothing came: was there a block that the page allocator would have given? */
static int check_there_was_none(unsigned int bits, unsigned int order)
{
	gfp_t zone = bits <= 24 ? GFP_DMA : bits <= 32 ? GFP_DMA32 : 0;
	struct page *page;
	int missed;

	if (selftest_faults_injected())
		return selftest_no_memory("coherent blocks");
	page = alloc_pages(GFP_KERNEL | __GFP_NOWARN | zone, order);
	if (!page)
		return 0;
	missed = dma_capable(&test_device, page_to_phys(page), PAGE_SIZE << order);
	__free_pages(page, order);
	if (missed)
		selftest_note("no block of order %u with a mask of %u bits, but there was one",
			      order, bits);
	return missed;
}

static int check_coherent(struct device *dev, unsigned int bits, unsigned int order)
{
	size_t size = PAGE_SIZE << order;
	dma_addr_t dma = DMA_MAPPING_ERROR;
	char *block = dma_alloc_coherent(dev, size, &dma, GFP_KERNEL | __GFP_NOWARN);
	int faults;

	if (!block)
		return check_there_was_none(bits, order);
	faults = dma % size || !dma_capable(dev, dma, size) || dma != virt_to_phys(block) ||
		 memchr_inv(block, 0, size);
	if (faults)
		selftest_note("order %u, mask of %u bits: %#llx is too high, or not zero", order,
			      bits, dma);
	pattern_fill(block, size, dma);
	faults += pattern_check(block, size, dma);
	dma_free_coherent(dev, size, block, dma);
	return faults;
}

static int test_dma_coherent(void)
{
	unsigned long pages = dma_stats.coherent_pages;
	int faults = 0;

	for (size_t i = 0; i < ARRAY_SIZE(mask_bits); i++) {
		struct device *dev = device_with_mask(mask_bits[i]);

		for (unsigned int order = 0; dev && order <= 6; order++)
			faults += check_coherent(dev, mask_bits[i], order);
		faults += !dev;
	}
	return faults + (dma_stats.coherent_pages != pages);
}

/* ---- Pools ------------------------------------------------------------------------------ */

#define POOL_BLOCKS 100

static const struct pool_case {
	size_t size, align, boundary;
} pool_cases[] = {{4, 0, 0},	   {64, 64, 0},	    {100, 16, 512},  {1024, 1024, 0},
		  {1000, 8, 2048}, {3000, 0, 4096}, {4096, 4096, 0}, {5000, 4096, 65536}};

static struct {
	void *at;
	dma_addr_t dma;
} blocks[POOL_BLOCKS];

static int check_block(const struct pool_case *c, const void *at, dma_addr_t dma)
{
	bool crosses = c->boundary && dma / c->boundary != (dma + c->size - 1) / c->boundary;

	if (dma == virt_to_phys(at) && !(dma & (max_t(size_t, c->align, 1) - 1)) && !crosses &&
	    dma_capable(&test_device, dma, c->size) && !memchr_inv(at, 0, c->size))
		return 0;
	selftest_note("block of %zu bytes at %px, bus address %#llx, is not as asked for", c->size,
		      at, dma);
	return 1;
}

static int fill_and_empty(struct dma_pool *pool, const struct pool_case *c)
{
	size_t words = round_down(c->size, sizeof(u64));
	u64 random = selftest_seed;
	unsigned int held;
	int faults = 0;

	for (held = 0; held < POOL_BLOCKS; held++) {
		void *at = dma_pool_zalloc(pool, GFP_KERNEL | __GFP_NOWARN, &blocks[held].dma);

		if (!at)
			break;
		blocks[held].at = at;
		faults += check_block(c, at, blocks[held].dma);
		pattern_fill(at, words, blocks[held].dma);
	}
	if (held < POOL_BLOCKS)
		faults += selftest_no_memory("blocks of a DMA pool");
	faults += dma_pool_verify(pool);
	while (held) {
		u64 i = selftest_random(&random) % held;

		faults += pattern_check(blocks[i].at, words, blocks[i].dma);
		dma_pool_free(pool, blocks[i].at, blocks[i].dma);
		blocks[i] = blocks[--held];
	}
	return faults + dma_pool_verify(pool);
}

static int test_dma_pool(void)
{
	unsigned long pages = dma_stats.coherent_pages, refusals = dma_pool_refusals;
	struct device *dev = device_with_mask(32);
	int faults = 0;

	for (size_t i = 0; dev && i < ARRAY_SIZE(pool_cases); i++) {
		const struct pool_case *c = &pool_cases[i];
		struct dma_pool *pool =
			dma_pool_create("selftest", dev, c->size, c->align, c->boundary);

		if (!pool) {
			faults += selftest_no_memory("a DMA pool");
			continue;
		}
		faults += fill_and_empty(pool, c);
		dma_pool_destroy(pool);
	}
	return faults + (dma_stats.coherent_pages != pages) + (dma_pool_refusals != refusals);
}

/* ---- Mappings -------------------------------------------------------------------------- */

#define BUFFER_ORDER 2
#define BUFFER_SIZE  (PAGE_SIZE << BUFFER_ORDER)
#define BUFFERS	     8

/* Each page is full of a byte of its own, wherever the buffer's copy lies. */
static void fill(struct page *page, size_t size, u8 byte)
{
	for (size_t i = 0; i < size / PAGE_SIZE; i++)
		memset_page(nth_page(page, i), 0, byte + (int)i, PAGE_SIZE);
}

static int expect(const char *who, struct page *page, size_t size, u8 byte)
{
	int faults = 0;

	for (size_t i = 0; i < size / PAGE_SIZE; i++) {
		const void *at = kmap_local_page(nth_page(page, i));

		faults += memchr_inv(at, byte + (int)i, PAGE_SIZE) != NULL;
		kunmap_local(at);
	}
	if (faults)
		selftest_note("%s does not see at %#llx what was written", who, page_to_phys(page));
	return faults != 0;
}

/* The device reads, writes, and hands a part over and back. */
static int check_transfers(struct device *dev, struct page *page, dma_addr_t dma)
{
	struct page *seen = pfn_to_page(PHYS_PFN(dma));
	int faults = expect("the device", seen, BUFFER_SIZE, 0x10);

	fill(nth_page(page, 1), PAGE_SIZE, 0x20);
	dma_sync_single_range_for_device(dev, dma, PAGE_SIZE, PAGE_SIZE, DMA_BIDIRECTIONAL);
	faults += expect("the device", nth_page(seen, 1), PAGE_SIZE, 0x20);
	fill(seen, PAGE_SIZE, 0x30);
	dma_sync_single_for_cpu(dev, dma, PAGE_SIZE, DMA_BIDIRECTIONAL);
	faults += expect("the CPU", page, PAGE_SIZE, 0x30);
	faults += expect("the CPU", nth_page(page, 1), PAGE_SIZE, 0x20);
	faults += expect("the CPU", nth_page(page, 2), BUFFER_SIZE - 2 * PAGE_SIZE, 0x12);
	fill(seen, BUFFER_SIZE, 0x40);
	dma_unmap_page(dev, dma, BUFFER_SIZE, DMA_BIDIRECTIONAL);
	return faults + expect("the CPU", page, BUFFER_SIZE, 0x40);
}

/* Is there a pool, and does the device reach it? */
static bool pool_helps(struct device *dev)
{
	const struct io_tlb_mem *pool = &io_tlb_default_mem;

	return pool->nslabs && dma_capable(dev, pool->start, pool->end - pool->start);
}

static int check_buffer(struct device *dev, struct page *page, bool helps, unsigned int *bounced)
{
	phys_addr_t phys = page_to_phys(page);
	bool reached = dma_capable(dev, phys, BUFFER_SIZE) && !is_swiotlb_force_bounce(dev);
	dma_addr_t dma;

	fill(page, BUFFER_SIZE, 0x10);
	dma = dma_map_page_attrs(dev, page, 0, BUFFER_SIZE, DMA_BIDIRECTIONAL, DMA_ATTR_NO_WARN);
	if (dma_mapping_error(dev, dma)) {
		if (!reached && !helps)
			return 0;
		selftest_note("%#llx could not be mapped", phys);
		return 1;
	}
	*bounced += dma != phys;
	if ((dma == phys) == reached && dma_capable(dev, dma, BUFFER_SIZE))
		return check_transfers(dev, page, dma);
	selftest_note("%#llx is mapped at %#llx", phys, dma);
	return 1;
}

/* Buffers from as high up as there are any. */
static int test_dma_map(void)
{
	unsigned long used = swiotlb_used();
	int faults = 0;

	for (size_t i = 0; i < ARRAY_SIZE(mask_bits); i++) {
		struct device *dev = device_with_mask(mask_bits[i]);
		bool helps = dev && pool_helps(dev);
		unsigned int bounced = 0;

		for (int nr = 0; dev && nr < BUFFERS; nr++) {
			struct page *page = alloc_pages(
				GFP_HIGHUSER_MOVABLE | __GFP_COMP | __GFP_NOWARN, BUFFER_ORDER);

			if (!page) {
				faults += selftest_no_memory("buffers");
				break;
			}
			faults += check_buffer(dev, page, helps, &bounced);
			__free_pages(page, BUFFER_ORDER);
		}
		if (bounced)
			selftest_note("%u of %d buffers bounced with a mask of %u bits", bounced,
				      BUFFERS, mask_bits[i]);
	}
	return faults + (swiotlb_used() != used);
}

const struct selftest dma_selftests[] = {
	{"dma_coherent", test_dma_coherent},
	{"dma_pool", test_dma_pool},
	{"dma_map", test_dma_map},
	{NULL, NULL},
};
