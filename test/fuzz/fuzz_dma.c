// SPDX-License-Identifier: MIT
/*
 * Memory for devices: the input's bytes as a driver's calls for a device that does not reach
 * all memory, beside a model of two views. The CPU's view of a buffer and the device's are
 * one where the device reaches it, and two where it is bounced: what each side wrote must
 * show on the other when Linux's rules say so, and not before.
 *
 *   input   | operation, what it is given | ...
 */
#define ZONES_EARLY() reserve_pool()
#define ZONES_LATE()  dma_late()
static void reserve_pool(void);
static void dma_late(void);
#include "fuzz_zones.h"

#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swiotlb.h>
#include <linux/xarray.h>
#include "../../mm/dma_direct.h"
#include "../../mm/swiotlb.h"

#define MAX_STEPS   300
#define BUFFERS	    10
#define BUFFER_SIZE 8192UL
#define BLOCKS	    12
#define POOLS	    3
#define POOL_BLOCKS 24
#define GFP_QUIET   (GFP_KERNEL | __GFP_NOWARN)

static struct device_dma_parameters parms;
static struct device dev = {.init_name = "fuzz", .numa_node = NUMA_NO_NODE};

/* Of a buffer that is not mapped only `at` and `cpu` count. */
static struct buffer {
	u8 *at;
	u8 cpu[BUFFER_SIZE]; /* what the CPU must see */
	u8 dev[BUFFER_SIZE]; /* what the device must see of [offset, offset + size) */
	dma_addr_t dma;
	size_t offset, size;
	enum dma_data_direction dir;
	bool mapped, bounced;
} buffers[BUFFERS];

static struct block {
	void *at;
	dma_addr_t dma;
	size_t size;
	struct dma_pool *pool; /* NULL: coherent memory */
	u8 mark;
} blocks[BLOCKS + POOL_BLOCKS];

static struct dma_pool *pools[POOLS];
static size_t pool_size[POOLS], pool_align[POOLS], pool_boundary[POOLS];
static u8 next_mark;

static void reserve_pool(void)
{
	char option[] = "256,2";

	fuzz_check(swiotlb_parse_option(option) == 0);
	swiotlb_init(max_pfn > MAX_DMA32_PFN, 0);
}

static unsigned long mistakes(void)
{
	return dma_stats.misused + swiotlb_stats.misused + dma_pool_refusals;
}

/* ---- Two views of a buffer --------------------------------------------------------------- */

static void check_views(const struct buffer *b)
{
	fuzz_check(!memcmp(b->at, b->cpu, BUFFER_SIZE));
	if (b->mapped)
		fuzz_check(!memcmp(__va(b->dma), b->dev, b->size));
}

/* [from, from + len) of the mapping goes from one view to the other, if there are two. */
static void to_device(struct buffer *b, size_t from, size_t len)
{
	memcpy(b->dev + from, b->cpu + b->offset + from, len);
}

static void to_cpu(struct buffer *b, size_t from, size_t len)
{
	memcpy(b->cpu + b->offset + from, b->dev + from, len);
}

static void op_map(struct buffer *b)
{
	enum dma_data_direction dir = fuzz_u8() % 3;
	size_t offset = fuzz_u16() % BUFFER_SIZE, size = 1 + fuzz_u16() % (BUFFER_SIZE - offset);
	bool reached = dma_capable(&dev, virt_to_phys(b->at + offset), size);
	dma_addr_t dma;

	if (b->mapped)
		return;
	dma = dma_map_single_attrs(&dev, b->at + offset, size, dir, DMA_ATTR_NO_WARN);
	if (dma_mapping_error(&dev, dma)) {
		fuzz_check(!reached || is_swiotlb_force_bounce(&dev));
		check_views(b);
		return;
	}
	fuzz_check(dma_capable(&dev, dma, size));
	b->bounced = is_swiotlb_buffer(&dev, dma);
	fuzz_check(b->bounced == (!reached || is_swiotlb_force_bounce(&dev)));
	fuzz_check(!((dma ^ virt_to_phys(b->at + offset)) & parms.min_align_mask));
	b->mapped = true;
	b->dma = dma;
	b->offset = offset;
	b->size = size;
	b->dir = dir;
	to_device(b, 0, size);
	check_views(b);
}

static void op_unmap(struct buffer *b)
{
	bool skip = fuzz_u8() % 4 == 0;

	if (!b->mapped)
		return;
	dma_unmap_single_attrs(&dev, b->dma, b->size, b->dir, skip ? DMA_ATTR_SKIP_CPU_SYNC : 0);
	b->mapped = false;
	if (b->dir != DMA_TO_DEVICE && !skip)
		to_cpu(b, 0, b->size);
	check_views(b);
}

/* A part of the mapping; of no bytes where there is none. */
static size_t take_part(const struct buffer *b, size_t *from)
{
	*from = b->mapped ? fuzz_u16() % b->size : 0;
	return b->mapped ? 1 + fuzz_u16() % (b->size - *from) : 0;
}

static void op_sync(struct buffer *b)
{
	bool cpu = fuzz_u8() & 1;
	size_t from, len = take_part(b, &from);

	if (!len)
		return;
	if (cpu) {
		dma_sync_single_for_cpu(&dev, b->dma + from, len, b->dir);
		if (b->dir != DMA_TO_DEVICE)
			to_cpu(b, from, len);
	} else {
		dma_sync_single_range_for_device(&dev, b->dma, from, len, b->dir);
		if (b->dir != DMA_FROM_DEVICE)
			to_device(b, from, len);
	}
	check_views(b);
}

static void op_device_writes(struct buffer *b)
{
	size_t from, len = take_part(b, &from);
	u8 byte = fuzz_u8();

	if (!len)
		return;
	memset((u8 *)__va(b->dma) + from, byte, len);
	memset(b->dev + from, byte, len);
	if (!b->bounced)
		to_cpu(b, from, len);
	check_views(b);
}

static void op_cpu_writes(struct buffer *b)
{
	size_t from = fuzz_u16() % BUFFER_SIZE, len = 1 + fuzz_u16() % (BUFFER_SIZE - from);
	u8 byte = fuzz_u8();

	memset(b->at + from, byte, len);
	memset(b->cpu + from, byte, len);
	if (b->mapped && !b->bounced)
		to_device(b, 0, b->size);
	check_views(b);
}

/* ---- Pieces: mapped, written, and taken back at once ----------------------------------------- */

static void op_scatterlist(struct buffer *first)
{
	struct scatterlist sgl[BUFFERS], *sg;
	struct buffer *of[BUFFERS];
	int nents = 0, mapped, i;
	u8 byte = fuzz_u8();

	for (struct buffer *b = first; b < buffers + BUFFERS; b++)
		if (!b->mapped)
			of[nents++] = b;
	if (!nents)
		return;
	sg_init_table(sgl, (unsigned int)nents);
	for_each_sg (sgl, sg, nents, i)
		sg_set_buf(sg, of[i]->at + i, (unsigned int)(1 + fuzz_u8() * 16 % 4000));
	mapped = (int)dma_map_sg_attrs(&dev, sgl, nents, DMA_FROM_DEVICE, DMA_ATTR_NO_WARN);
	fuzz_check(mapped == nents || mapped == 0);
	for_each_sg (sgl, sg, mapped, i) {
		fuzz_check(dma_capable(&dev, sg_dma_address(sg), sg_dma_len(sg)));
		memset(__va(sg_dma_address(sg)), byte + i, sg_dma_len(sg));
		memset(of[i]->cpu + i, byte + i, sg->length);
	}
	if (mapped)
		dma_unmap_sg(&dev, sgl, nents, DMA_FROM_DEVICE);
	for (i = 0; i < nents; i++)
		check_views(of[i]);
}

/* ---- Coherent memory and pools ------------------------------------------------------------------ */

static void mark_block(struct block *k, size_t align)
{
	fuzz_check(k->dma == virt_to_phys(k->at) && k->dma % align == 0);
	fuzz_check(k->dma + k->size - 1 <= dev.coherent_dma_mask);
	fuzz_check(fuzz_all_are(k->at, 0, k->size));
	k->mark = next_mark++ | 1;
	memset(k->at, k->mark, k->size);
}

static void free_block_of(struct block *k)
{
	if (!k->at)
		return;
	fuzz_check(fuzz_all_are(k->at, k->mark, k->size));
	if (k->pool)
		dma_pool_free(k->pool, k->at, k->dma);
	else
		dma_free_coherent(&dev, k->size, k->at, k->dma);
	k->at = NULL;
}

static void op_coherent(struct buffer *b)
{
	struct block *k = &blocks[fuzz_u8() % BLOCKS];

	(void)b;
	if (k->at) {
		free_block_of(k);
		return;
	}
	k->size = 1 + fuzz_u16();
	k->pool = NULL;
	k->at = dma_alloc_coherent(&dev, k->size, &k->dma, GFP_QUIET);
	if (k->at)
		mark_block(k, PAGE_SIZE << get_order(k->size));
}

static void destroy_pool(unsigned int i)
{
	for (size_t n = BLOCKS; n < ARRAY_SIZE(blocks); n++)
		if (blocks[n].at && blocks[n].pool == pools[i])
			free_block_of(&blocks[n]);
	dma_pool_destroy(pools[i]);
	pools[i] = NULL;
}

static void op_pool(struct buffer *b)
{
	unsigned int i = fuzz_u8() % POOLS;
	size_t size = fuzz_u16() % 6000, align = 1UL << fuzz_u8() % 10;
	size_t boundary = fuzz_u8() & 1 ? 1UL << (6 + fuzz_u8() % 8) : 0;
	bool good = size && !(boundary && boundary < max(ALIGN(max(size, 4UL), align), align));

	(void)b;
	if (pools[i]) {
		destroy_pool(i);
		return;
	}
	pools[i] = dma_pool_create("fuzzed", &dev, size, align, boundary);
	fuzz_check(good || !pools[i]);
	pool_size[i] = size;
	pool_align[i] = align;
	pool_boundary[i] = boundary;
}

static void op_pool_block(struct buffer *b)
{
	struct block *k = &blocks[BLOCKS + fuzz_u8() % POOL_BLOCKS];
	unsigned int i = fuzz_u8() % POOLS;

	(void)b;
	if (k->at) {
		free_block_of(k);
		return;
	}
	if (!pools[i])
		return;
	k->pool = pools[i];
	k->size = pool_size[i];
	k->at = dma_pool_zalloc(k->pool, GFP_QUIET, &k->dma);
	if (!k->at)
		return;
	mark_block(k, pool_align[i]);
	if (pool_boundary[i])
		fuzz_check(k->dma / pool_boundary[i] == (k->dma + k->size - 1) / pool_boundary[i]);
}

/* ---- The device, and mistakes ------------------------------------------------------------------------ */

static void op_mask(struct buffer *b)
{
	static const unsigned int bits[] = {24, 25, 31, 32, 33, 36, 64, 32};
	static const unsigned int align[] = {0, 0, 0, 511, 4095, 8191, 0, 2047};
	u8 how = fuzz_u8();

	for (b = buffers; b < buffers + BUFFERS; b++)
		if (b->mapped)
			return;
	for (size_t n = 0; n < ARRAY_SIZE(blocks); n++)
		if (blocks[n].at)
			return;
	for (unsigned int i = 0; i < POOLS; i++)
		if (pools[i])
			destroy_pool(i);
	fuzz_check(!dma_coerce_mask_and_coherent(&dev, DMA_BIT_MASK(bits[how & 7])));
	parms.min_align_mask = align[how >> 3 & 7];
	io_tlb_default_mem.force_bounce = how >> 6 == 3;
}

static void op_misuse(struct buffer *b)
{
	unsigned long before = mistakes();
	struct block *k = &blocks[fuzz_u8() % ARRAY_SIZE(blocks)];
	u8 how = fuzz_u8();

	if (how % 5 == 0 && k->at && k->pool) { /* twice, then it is had again by its owner */
		dma_pool_free(k->pool, (u8 *)k->at + 1, k->dma + 1);
	} else if (how % 5 == 1 && k->at && !k->pool) { /* not where it is */
		dma_free_coherent(&dev, k->size, k->at, k->dma + PAGE_SIZE);
	} else if (how % 5 == 2 && !b->mapped && swiotlb_nslabs()) { /* the pool, but no mapping */
		if (swiotlb_used())
			return;
		dma_unmap_single(&dev, io_tlb_default_mem.start + how, 1, DMA_FROM_DEVICE);
	} else if (how % 5 == 3) { /* no direction */
		fuzz_check(dma_map_single(&dev, b->at, 1, DMA_NONE) == DMA_MAPPING_ERROR);
	} else if (how % 5 == 4) { /* nothing */
		fuzz_check(dma_map_single(&dev, b->at, 0, DMA_TO_DEVICE) == DMA_MAPPING_ERROR);
	} else {
		return;
	}
	fuzz_check(mistakes() == before + 1);
	check_views(b);
}

/* ---- The run ------------------------------------------------------------------------------------------- */

static void step(void)
{
	static void (*const ops[])(struct buffer * b) = {
		op_map,	     op_map,	    op_map,	   op_unmap,
		op_unmap,    op_sync,	    op_sync,	   op_mask,
		op_pool,     op_pool_block, op_misuse,	   op_device_writes,
		op_coherent, op_pool_block, op_cpu_writes, op_scatterlist,
	};
	u8 op = fuzz_u8();

	ops[op % ARRAY_SIZE(ops)](&buffers[(op >> 4) % BUFFERS]);
}

/* From all zones, side by side in none. */
static void take_buffers(void)
{
	static const gfp_t zones[] = {0, 0, 0, 0, GFP_DMA32, GFP_DMA32, GFP_DMA};

	for (int i = 0; i < BUFFERS; i++) {
		struct buffer *b = &buffers[i];

		b->mapped = false;
		b->at = (u8 *)__get_free_pages(GFP_QUIET | zones[i % 7], get_order(BUFFER_SIZE));
		fuzz_check(b->at);
		memset(b->at, i, BUFFER_SIZE);
		memset(b->cpu, i, BUFFER_SIZE);
	}
}

static void end_all(void)
{
	for (struct buffer *b = buffers; b < buffers + BUFFERS; b++) {
		op_unmap(b);
		free_pages((unsigned long)b->at, get_order(BUFFER_SIZE));
	}
	for (size_t n = 0; n < ARRAY_SIZE(blocks); n++)
		free_block_of(&blocks[n]);
	for (unsigned int i = 0; i < POOLS; i++)
		if (pools[i])
			destroy_pool(i);
}

static void dma_late(void)
{
	kmem_cache_init();
	xarray_init();
}

static void run(void *arg)
{
	(void)arg;
	take_buffers();
	for (int i = 0; fuzz_in.left && i < MAX_STEPS; i++)
		step();
	fuzz_check(dma_verify() == 0);
	end_all();
	fuzz_check(dma_verify() == 0);
	fuzz_check(swiotlb_used() == 0);
	fuzz_check(dma_stats.coherent_pages == 0);
	fuzz_check(verify_all() == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_start(data, size);
	zones_begin();
	memset(blocks, 0, sizeof(blocks));
	memset(pools, 0, sizeof(pools));
	parms = (struct device_dma_parameters){0};
	dev.dma_parms = &parms;
	fuzz_check(!dma_coerce_mask_and_coherent(&dev, DMA_BIT_MASK(32)));
	next_mark = 1;
	fuzz_run(run, NULL);
	zones_end();
	return 0;
}

/* A mask, then mappings of all buffers with writes, syncs and ends. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	size_t len = 0;

	data[len++] = 7;
	data[len++] = (u8)(i * 37);
	for (unsigned int n = 0; n < 60; n++) {
		data[len++] = (u8)(n * 16 + (n * (i + 3)) % 16);
		for (unsigned int k = 0; k < 5; k++)
			data[len++] = (u8)(n * (k + 7) * (i + 1));
	}
	return i < 8 ? len : 0;
}
