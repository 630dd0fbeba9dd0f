/* SPDX-License-Identifier: MIT */
/* Machines for the tests of DMA memory: 1 GB below 4 GB, 2 GB above, and a bounce pool. */
#ifndef _TEST_DMA_MACHINE_H
#define _TEST_DMA_MACHINE_H

#include "zones_machine.h"

#include <stdlib.h>
#include <string.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/errno.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swiotlb.h>
#include <linux/xarray.h>

#include "../../mm/cma.h"
#include "../../mm/dma_direct.h"
#include "../../mm/swiotlb.h"

static const struct ram dma_ram[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_1G, 0}, {SZ_4G, SZ_4G + SZ_2G, 0}, {0, 0, 0}};
static const struct ram low_ram[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_256M, 0}, {0, 0, 0}};

/* What a device asks of its pieces; all 0 again on the next machine. */
static struct device_dma_parameters dev_parms __maybe_unused;
static struct device dev __maybe_unused;
static unsigned long machine_free_pages __maybe_unused;
static const char *machine_cma __maybe_unused; /* cma= of the next machine, or NULL */
static bool machine_bootmem __maybe_unused;

static inline void set_mask(u64 mask)
{
	assert_int_equal(dma_coerce_mask_and_coherent(&dev, mask), 0);
}

/* @swiotlb: the option's value, or NULL. The device reaches 32 bits. */
static inline void dma_machine(const struct ram *ram, const char *swiotlb)
{
	char value[64];

	dma_reset();
	machine_ram(ram);
	early_bootmem = machine_bootmem;
	if (machine_cma) {
		strcpy(value, machine_cma);
		assert_int_equal(cma_parse_option(value), 0);
	}
	if (swiotlb) {
		strcpy(value, swiotlb);
		assert_int_equal(swiotlb_parse_option(value), 0);
	}
	machine_zones();
	swiotlb_init(max_pfn > MAX_DMA32_PFN, 0);
	mem_init();
	kmem_cache_init();
	cma_init_reserved_areas();
	xarray_init();
	dev_parms = (struct device_dma_parameters){0};
	dev = (struct device){
		.init_name = "dev", .numa_node = NUMA_NO_NODE, .dma_parms = &dev_parms};
	set_mask(DMA_BIT_MASK(32));
	machine_free_pages = all_free_pages();
}

static inline int dma_machine_down(void **state)
{
	if (verify_all() + dma_verify())
		fail_msg("faults at the end:\n%s", host_log());
	return machine_down(state);
}

#define dma_test(f) cmocka_unit_test_teardown(f, dma_machine_down)

#endif /* _TEST_DMA_MACHINE_H */
