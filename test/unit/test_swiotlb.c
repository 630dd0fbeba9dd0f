/* SPDX-License-Identifier: MIT */
/*
 * The bounce pool: where options put it, what is copied when, which slots mappings get,
 * and what becomes of calls that mean nothing.
 */
#include "dma_machine.h"

#include <linux/highmem.h>
#include <pthread.h>

/* A buffer that the device does not reach, unless its mask is wide. */
static struct page *high_page(unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, order);

	assert_non_null(page);
	assert_true(page_to_phys(page) >= SZ_4G);
	return page;
}

static unsigned char *high_buffer(unsigned int order)
{
	return page_address(high_page(order));
}

static unsigned char *seen(dma_addr_t dma)
{
	return phys_to_virt(dma);
}

static dma_addr_t map(void *buffer, size_t size, enum dma_data_direction dir)
{
	dma_addr_t dma = dma_map_single(&dev, buffer, size, dir);

	assert_int_equal(dma_mapping_error(&dev, dma), 0);
	return dma;
}

static bool is_filled(const unsigned char *at, unsigned char byte, size_t size)
{
	return !memchr_inv(at, byte, size);
}

/* ---- Options and where the pool lies --------------------------------------------------- */

static void who_makes_the_pool_may_want_it_anywhere_and_for_all(void **state)
{
	char value[] = "4096";

	(void)state;
	dma_machine(dma_ram, NULL);
	assert_int_equal(swiotlb_max_segment(), 0);
	swiotlb_print_info();
	assert_non_null(strstr(host_log(), "No low mem"));
	machine_down(state);
	machine_ram(dma_ram);
	swiotlb_reset();
	assert_int_equal(swiotlb_parse_option(value), 0);
	machine_zones();
	/* Devices reach all memory, so none is needed. */
	swiotlb_init(false, SWIOTLB_ANY);
	assert_int_equal(swiotlb_nslabs(), 0);
	swiotlb_init(true, SWIOTLB_ANY | SWIOTLB_FORCE);
	assert_int_equal(swiotlb_max_segment(), 4096 << IO_TLB_SHIFT);
	assert_true(io_tlb_default_mem.start >= SZ_4G);
	assert_true(is_swiotlb_force_bounce(&dev));
	mem_init();
	kmem_cache_init();
}

static void a_pool_is_as_large_as_the_option_says(void **state)
{
	static const struct {
		const struct ram *ram;
		const char *option;
		unsigned long nslabs, nareas;
	} cases[] = {
		{dma_ram, NULL, 0, 0},
		{dma_ram, "0", 0, 0},
		{dma_ram, "noforce", 0, 0},
		{dma_ram, "4096,noforce", 0, 0},
		{dma_ram, "force", 32768, 1},
		{dma_ram, "1", 128, 1},
		{dma_ram, "4096", 4096, 1},
		{dma_ram, "4097", 8192, 1},
		{dma_ram, "0x1000,force", 4096, 1},
		{dma_ram, "4096,4", 4096, 4},
		{dma_ram, "4096,3,force", 4096, 4},
		{dma_ram, "256,8", 1024, 8},
		{dma_ram, "256,,force", 256, 1},
		{dma_ram, ",4", 32768, 4},
		{dma_ram, ",force", 32768, 1},
		{low_ram, ",,force", 32768, 1},
		/* 4 GB do not fit, nor 2, nor 1. */
		{dma_ram, "0x200000", SZ_512M >> IO_TLB_SHIFT, 1},
		{low_ram, "4096", 0, 0},
		{low_ram, "4096,force", 4096, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct io_tlb_mem *mem = &io_tlb_default_mem;

		dma_machine(cases[i].ram, cases[i].option);
		if (swiotlb_nslabs() != cases[i].nslabs || mem->nareas != cases[i].nareas)
			fail_msg("%s: %lu slots, %u areas\n%s", cases[i].option, swiotlb_nslabs(),
				 mem->nareas, host_log());
		assert_true(mem->end <= SZ_4G);
		assert_int_equal(mem->end - mem->start, mem->nslabs << IO_TLB_SHIFT);
		assert_int_equal(dma_verify(), 0);
		assert_int_equal(host_log_contains("software IO TLB: mapped [mem 0x"),
				 cases[i].nslabs != 0);
		host_machine_exit();
	}
	dma_machine(dma_ram, "0x8000");
	assert_true(host_log_contains("software IO TLB: area num 1.\n"));
	assert_true(host_log_contains("-0x0000000040000000] (64MB)\n"));
}

static void words_that_are_no_pool_are_refused(void **state)
{
	static const char *const bad[] = {"",	 "x",	     "64x",	 "64,x",     "64,2,x",
					  "64 ", "force,64", "0x200001", "64,16385", "64,2,3"};

	(void)state;
	dma_machine(dma_ram, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char value[32];

		strcpy(value, bad[i]);
		if (swiotlb_parse_option(value) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
	}
	assert_int_equal(swiotlb_parse_option(NULL), -EINVAL);
}

static void both_early_allocators_give_a_pool(void **state)
{
	phys_addr_t start;

	(void)state;
	dma_machine(dma_ram, "4096");
	start = io_tlb_default_mem.start;
	host_machine_exit();
	machine_bootmem = true;
	dma_machine(dma_ram, "4096");
	machine_bootmem = false;
	assert_true(early_bootmem);
	assert_int_equal(io_tlb_default_mem.start, start);
	assert_int_equal(dma_verify() + verify_all(), 0);
	early_reset();
}

/* ---- Copying ------------------------------------------------------------------------------ */

static void what_the_device_reaches_is_not_bounced(void **state)
{
	unsigned char *buffer;
	dma_addr_t dma;

	(void)state;
	dma_machine(dma_ram, "4096");
	set_mask(DMA_BIT_MASK(64));
	buffer = high_buffer(0);
	dma = map(buffer, 100, DMA_TO_DEVICE);
	assert_int_equal(dma, virt_to_phys(buffer));
	dma_unmap_single(&dev, dma, 100, DMA_TO_DEVICE);
	assert_int_equal(swiotlb_stats.mapped, 0);
	dev.bus_dma_limit = SZ_4G - 1;
	dma = map(buffer, 100, DMA_TO_DEVICE);
	assert_true(is_swiotlb_buffer(&dev, dma));
	dma_unmap_single(&dev, dma, 100, DMA_TO_DEVICE);
	free_page((unsigned long)buffer);
}

static void force_bounces_all(void **state)
{
	unsigned char *buffer;
	dma_addr_t dma;

	(void)state;
	dma_machine(low_ram, "4096,force");
	set_mask(DMA_BIT_MASK(64));
	buffer = (unsigned char *)__get_free_page(GFP_KERNEL);
	dma = map(buffer, 100, DMA_TO_DEVICE);
	assert_true(dma_need_sync(&dev, dma));
	assert_int_equal(dma_max_mapping_size(&dev), 256 * SZ_1K);
	dma_unmap_single(&dev, dma, 100, DMA_TO_DEVICE);
	free_page((unsigned long)buffer);
}

static void data_is_copied_in_the_direction_that_is_asked_for(void **state)
{
	static const enum dma_data_direction dirs[] = {DMA_TO_DEVICE, DMA_FROM_DEVICE,
						       DMA_BIDIRECTIONAL};
	unsigned char *buffer;

	(void)state;
	dma_machine(dma_ram, "4096");
	buffer = high_buffer(1);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		size_t size = SZ_8K - 5;
		bool back = dirs[i] != DMA_TO_DEVICE;
		dma_addr_t dma;

		memset(buffer, 1, SZ_8K);
		dma = map(buffer, size, dirs[i]);
		/* Whatever the direction: nobody else's data may be there. */
		assert_true(is_filled(seen(dma), 1, size));
		memset(seen(dma), 2, size);
		assert_true(is_filled(buffer, 1, SZ_8K));
		dma_sync_single_for_cpu(&dev, dma, size, dirs[i]);
		assert_true(is_filled(buffer, back ? 2 : 1, size));
		memset(buffer, 3, size);
		dma_sync_single_for_device(&dev, dma, size, dirs[i]);
		assert_true(is_filled(seen(dma), dirs[i] == DMA_FROM_DEVICE ? 2 : 3, size));
		memset(seen(dma), 4, size);
		dma_unmap_single(&dev, dma, size, dirs[i]);
		assert_true(is_filled(buffer, back ? 4 : 3, size));
		assert_true(is_filled(buffer + size, 1, 5));
	}
	assert_int_equal(swiotlb_used(), 0);
	free_pages((unsigned long)buffer, 1);
}

static void a_part_is_synced_alone(void **state)
{
	unsigned char *buffer;
	dma_addr_t dma;

	(void)state;
	dma_machine(dma_ram, "4096");
	dev_parms.min_align_mask = 0x7ff;
	buffer = high_buffer(2);
	/* From the last byte but two of a slot, over slots that have no such offset. */
	dma = map(buffer + 2045, 10000, DMA_BIDIRECTIONAL);
	assert_int_equal(dma % IO_TLB_SIZE, 2045);
	memset(seen(dma), 7, 10000);
	dma_sync_single_range_for_cpu(&dev, dma, 3, 4096, DMA_BIDIRECTIONAL);
	assert_true(is_filled(buffer + 2045, 0, 3));
	assert_true(is_filled(buffer + 2048, 7, 4096));
	assert_true(is_filled(buffer + 2048 + 4096, 0, 1000));
	memset(buffer + 2045, 9, 10000);
	dma_sync_single_range_for_device(&dev, dma, 9999, 1, DMA_BIDIRECTIONAL);
	assert_true(is_filled(seen(dma), 7, 9999));
	assert_int_equal(seen(dma)[9999], 9);
	dma_unmap_single_attrs(&dev, dma, 10000, DMA_BIDIRECTIONAL, DMA_ATTR_SKIP_CPU_SYNC);
	assert_true(is_filled(buffer + 2045, 9, 10000));
	free_pages((unsigned long)buffer, 2);
}

static void high_memory_is_bounced_page_by_page(void **state)
{
	struct page *page;
	char byte = 5;
	dma_addr_t dma;

	(void)state;
	machine_direct_map = SZ_4G + SZ_1G;
	dma_machine(dma_ram, "4096");
	machine_direct_map = ~0ULL;
	kmap_init();
	page = alloc_pages(GFP_HIGHUSER | __GFP_COMP, 2);
	assert_true(PageHighMem(page));
	clear_highpages(page, 4);
	memcpy_to_page(nth_page(page, 2), 1, &byte, 1);
	dma = dma_map_page(&dev, page, 100, SZ_8K, DMA_BIDIRECTIONAL);
	assert_int_equal(dma_mapping_error(&dev, dma), 0);
	assert_int_equal(seen(dma)[SZ_8K - 100 + 1], 5);
	seen(dma)[SZ_4K] = 6;
	dma_unmap_page(&dev, dma, SZ_8K, DMA_BIDIRECTIONAL);
	memcpy_from_page(&byte, nth_page(page, 1), 100, 1);
	assert_int_equal(byte, 6);
	__free_pages(page, 2);
}

/* ---- Slots --------------------------------------------------------------------------------- */

static void addresses_keep_the_bits_that_the_device_pairs(void **state)
{
	static const unsigned int masks[] = {0, 0x1ff, 0x7ff, 0xfff, 0x3fff};
	unsigned char *buffer;

	(void)state;
	dma_machine(dma_ram, "4096");
	buffer = high_buffer(4);
	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		assert_int_equal(dma_set_min_align_mask(&dev, masks[i]), 0);
		for (size_t at = 0; at < SZ_16K; at += 777) {
			dma_addr_t a = map(buffer + at, 3000, DMA_TO_DEVICE);
			dma_addr_t b = map(buffer + at, 100, DMA_TO_DEVICE);

			assert_int_equal((a ^ virt_to_phys(buffer + at)) & masks[i], 0);
			assert_int_equal((b ^ virt_to_phys(buffer + at)) & masks[i], 0);
			dma_unmap_single(&dev, a, 3000, DMA_TO_DEVICE);
			dma_unmap_single(&dev, b, 100, DMA_TO_DEVICE);
		}
	}
	dev_parms.min_align_mask = 0;
	assert_int_equal(map(buffer, 1, DMA_TO_DEVICE) % IO_TLB_SIZE, 0);
	/* A page or more begins a page, too. */
	assert_int_equal(map(buffer, SZ_4K, DMA_TO_DEVICE) % SZ_4K, 0);
	assert_int_equal(swiotlb_tbl_map_single(&dev, virt_to_phys(buffer), 10, 10, SZ_16K - 1,
						DMA_TO_DEVICE, 0) %
				 SZ_16K,
			 0);
}

static void no_mapping_crosses_the_devices_boundary(void **state)
{
	unsigned char *buffer;

	(void)state;
	dma_machine(dma_ram, "4096");
	buffer = high_buffer(3);
	assert_int_equal(dma_set_seg_boundary(&dev, SZ_16K - 1), 0);
	for (int i = 0; i < 40; i++) {
		dma_addr_t dma = map(buffer, 6000, DMA_TO_DEVICE);

		assert_int_equal(dma / SZ_16K, (dma + 5999) / SZ_16K);
	}
	assert_int_equal(dma_map_single(&dev, buffer, SZ_16K + 1, DMA_TO_DEVICE),
			 DMA_MAPPING_ERROR);
	assert_int_equal(swiotlb_stats.full, 1);
}

static void a_segment_is_the_largest_mapping(void **state)
{
	unsigned char *buffer;
	dma_addr_t dma;

	(void)state;
	dma_machine(dma_ram, "4096");
	buffer = high_buffer(7);
	assert_int_equal(dma_max_mapping_size(&dev), SZ_256K);
	dma = map(buffer, SZ_256K, DMA_TO_DEVICE);
	dma_unmap_single(&dev, dma, SZ_256K, DMA_TO_DEVICE);
	assert_int_equal(dma_map_single(&dev, buffer, SZ_256K + 1, DMA_TO_DEVICE),
			 DMA_MAPPING_ERROR);
	assert_int_equal(swiotlb_stats.too_large, 1);
	dev_parms.min_align_mask = 0xfff;
	assert_int_equal(dma_max_mapping_size(&dev), SZ_256K - SZ_4K);
	dma = map(buffer + 4095, SZ_256K - SZ_4K, DMA_TO_DEVICE);
	dma_unmap_single(&dev, dma, SZ_256K - SZ_4K, DMA_TO_DEVICE);
	dma_set_mask(&dev, DMA_BIT_MASK(64));
	assert_int_equal(dma_max_mapping_size(&dev), SIZE_MAX);
}

static void a_full_pool_refuses_and_serves_again(void **state)
{
	dma_addr_t dma[512];
	unsigned char *buffer;

	(void)state;
	dma_machine(dma_ram, "512,4");
	buffer = high_buffer(0);
	for (int i = 0; i < 512; i++)
		dma[i] = map(buffer, 1 + i, DMA_TO_DEVICE);
	assert_int_equal(swiotlb_used(), 512);
	assert_int_equal(dma_map_single(&dev, buffer, 1, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	assert_true(host_log_contains("dev: swiotlb buffer is full (sz: 1 bytes), total 512 "
				      "(slots), used 512 (slots)\n"));
	assert_int_equal(dma_verify(), 0);
	for (int i = 0; i < 512; i += 2)
		dma_unmap_single(&dev, dma[i], (size_t)(1 + i), DMA_TO_DEVICE);
	/* No two side by side. */
	assert_int_equal(dma_map_single(&dev, buffer, SZ_2K + 1, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	dma_unmap_single(&dev, dma[1], 2, DMA_TO_DEVICE);
	dma[1] = map(buffer, SZ_2K + 1, DMA_TO_DEVICE);
	assert_int_equal(swiotlb_used(), 257);
	assert_int_equal(swiotlb_used_hiwater(), 512);
	assert_int_equal(swiotlb_stats.full, 2);
}

static void each_cpu_begins_in_its_own_area(void **state)
{
	unsigned char *buffer;

	(void)state;
	dma_machine(dma_ram, "1024,4");
	buffer = high_buffer(0);
	for (int cpu = 0; cpu < 4; cpu++) {
		host_set_cpu(cpu);
		map(buffer, 1, DMA_TO_DEVICE);
	}
	host_set_cpu(0);
	for (int cpu = 0; cpu < 4; cpu++)
		assert_int_equal(io_tlb_default_mem.areas[cpu].used, 1);
}

/* ---- Misuse --------------------------------------------------------------------------------- */

static void calls_that_mean_nothing_change_nothing(void **state)
{
	unsigned char *buffer;
	dma_addr_t dma, other;

	(void)state;
	dma_machine(dma_ram, "512");
	buffer = high_buffer(1);
	memset(buffer, 1, SZ_8K);
	dma = map(buffer, 5000, DMA_FROM_DEVICE);
	other = map(buffer, 10, DMA_FROM_DEVICE);
	memset(seen(dma), 2, 5000);

	dma_unmap_single(&dev, dma + 2048, 100, DMA_FROM_DEVICE);
	dma_unmap_single(&dev, dma + 5000, 100, DMA_FROM_DEVICE);
	dma_unmap_single(&dev, other + 2048, 100, DMA_FROM_DEVICE);
	dma_sync_single_for_cpu(&dev, other + 10, 1, DMA_FROM_DEVICE);
	assert_int_equal(swiotlb_stats.misused, 4);
	dma_unmap_single(&dev, DMA_MAPPING_ERROR, 1, DMA_FROM_DEVICE);
	dma_sync_single_for_cpu(&dev, dma, 1, DMA_NONE);
	dma_sync_single_for_device(&dev, dma, 1, DMA_NONE);
	assert_int_equal(dma_map_single(&dev, buffer, 1, DMA_NONE), DMA_MAPPING_ERROR);
	assert_int_equal(dma_map_single(&dev, buffer, 0, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	assert_int_equal(dma_map_single(&dev, NULL, 1, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	assert_int_equal(dma_stats.misused, 6);
	assert_true(is_filled(buffer, 1, SZ_8K));
	assert_int_equal(swiotlb_used(), 4);

	/* Past the end of the mapping nothing is copied, whatever the size says. */
	dma_sync_single_for_cpu(&dev, dma + 4000, 2000, DMA_FROM_DEVICE);
	assert_true(host_log_contains("Buffer overflow detected. Allocation size: 5000. Mapping "
				      "size: 2000+4000.\n"));
	assert_true(is_filled(buffer, 1, 4000) && is_filled(buffer + 4000, 2, 1000));
	assert_true(is_filled(buffer + 5000, 1, SZ_8K - 5000));
	dma_unmap_single(&dev, dma, 8000, DMA_FROM_DEVICE);
	assert_true(is_filled(buffer + 5000, 1, SZ_8K - 5000));
	dma_unmap_single(&dev, dma, 5000, DMA_FROM_DEVICE);
	assert_int_equal(swiotlb_stats.misused, 7);
	assert_int_equal(swiotlb_used(), 1);
}

static void without_a_pool_that_helps_there_is_no_mapping(void **state)
{
	unsigned char *buffer;

	(void)state;
	dma_machine(dma_ram, NULL);
	buffer = high_buffer(0);
	assert_int_equal(dma_map_single(&dev, buffer, 100, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	assert_int_equal(dma_mapping_error(&dev, DMA_MAPPING_ERROR), -ENOMEM);
	assert_true(host_log_contains("+100 overflow (mask ffffffff, bus limit 0).\n"));
	assert_int_equal(dma_stats.overflow, 1);
	assert_int_equal(swiotlb_map(&dev, SZ_4G, 1, DMA_TO_DEVICE, 0), DMA_MAPPING_ERROR);
	host_machine_exit();

	/* The pool is the highest memory below 4 GB: 24 address bits do not reach that. */
	dma_machine(dma_ram, "512");
	set_mask(DMA_BIT_MASK(24));
	buffer = high_buffer(0);
	assert_int_equal(dma_map_single(&dev, buffer, 100, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	assert_true(host_log_contains("dev: swiotlb addr 0x"));
	assert_int_equal(swiotlb_used(), 0);
}

static void what_is_broken_is_reported(void **state)
{
	struct io_tlb_mem *mem = &io_tlb_default_mem;
	unsigned long slot;
	dma_addr_t dma;

	(void)state;
	dma_machine(dma_ram, "512");
	dma = map(high_buffer(1), 5000, DMA_TO_DEVICE);
	slot = (dma - mem->start) >> IO_TLB_SHIFT;
	mem->areas[0].used++;
	assert_int_equal(swiotlb_verify(), 2);
	mem->areas[0].used--;
	mem->slots[slot + 1].back = 2;
	assert_int_equal(swiotlb_verify(), 1);
	mem->slots[slot + 1].back = 1;
	mem->slots[slot].size = 7000;
	assert_int_equal(swiotlb_verify(), 1);
	mem->slots[slot].size = 5000;
	__clear_bit(slot + 2, mem->bitmap);
	assert_int_equal(swiotlb_verify(), 2);
	__set_bit(slot + 2, mem->bitmap);
	__ClearPageReserved(pfn_to_page(PHYS_PFN(mem->start)));
	assert_int_equal(swiotlb_verify(), 1);
	__SetPageReserved(pfn_to_page(PHYS_PFN(mem->start)));
}

static void the_dump_has_counts_and_mappings(void **state)
{
	static char text[4096];
	struct seq_file m;
	struct seq_text sb;
	char line[100];
	dma_addr_t dma;

	(void)state;
	dma_machine(dma_ram, "512,2");
	dma = map(high_buffer(1), 5000, DMA_TO_DEVICE);
	assert_true(dma_is_used());
	seq_text_init(&m, &sb, text, sizeof(text));
	dma_show(&m);
	assert_non_null(strstr(text, "io_tlb_nslabs 512\nio_tlb_used 3\nio_tlb_used_hiwater 3\n"));
	assert_non_null(strstr(text, "used 3 of 256\narea 1 "));
	snprintf(line, sizeof(line), "-> %#018llx size 5000 slots 3\n", dma);
	assert_non_null(strstr(text, line));
}

/* ---- At random -------------------------------------------------------------------------------- */

#define MAPPINGS 64
#define STEPS	 20000

static struct mapping {
	unsigned char *buffer; /* NULL: none */
	size_t size;
	dma_addr_t dma;
	enum dma_data_direction dir;
	unsigned char cpu[SZ_16K], device[SZ_16K]; /* what each should see */
} mappings[MAPPINGS];

static void model_map(struct mapping *m)
{
	m->size = 1 + arch_random() % (arch_random() % 8 ? 3000 : SZ_16K - 1);
	m->dir = (enum dma_data_direction)(arch_random() % 3);
	m->buffer = high_buffer(2);
	for (size_t i = 0; i < m->size; i++)
		m->cpu[i] = m->buffer[i] = (unsigned char)arch_random();
	memcpy(m->device, m->cpu, m->size);
	m->dma = dma_map_single_attrs(&dev, m->buffer, m->size, m->dir, DMA_ATTR_NO_WARN);
	if (!dma_mapping_error(&dev, m->dma))
		return;
	assert_true(swiotlb_used() + nr_slots(m->size) > swiotlb_nslabs() / 3);
	free_pages((unsigned long)m->buffer, 2);
	m->buffer = NULL;
}

static void model_unmap(struct mapping *m)
{
	if (m->dir != DMA_TO_DEVICE)
		memcpy(m->cpu, m->device, m->size);
	dma_unmap_single(&dev, m->dma, m->size, m->dir);
	assert_memory_equal(m->buffer, m->cpu, m->size);
	free_pages((unsigned long)m->buffer, 2);
	m->buffer = NULL;
}

static void model_use(struct mapping *m)
{
	size_t at = arch_random() % m->size, len = 1 + arch_random() % (m->size - at);
	unsigned char byte = (unsigned char)arch_random();

	switch (arch_random() % 4) {
	case 0:
		memset(m->buffer + at, byte, len);
		memset(m->cpu + at, byte, len);
		break;
	case 1:
		memset(seen(m->dma) + at, byte, len);
		memset(m->device + at, byte, len);
		break;
	case 2:
		dma_sync_single_range_for_cpu(&dev, m->dma, at, len, m->dir);
		if (m->dir != DMA_TO_DEVICE)
			memcpy(m->cpu + at, m->device + at, len);
		break;
	default:
		dma_sync_single_range_for_device(&dev, m->dma, at, len, m->dir);
		if (m->dir != DMA_FROM_DEVICE)
			memcpy(m->device + at, m->cpu + at, len);
	}
	assert_memory_equal(m->buffer, m->cpu, m->size);
	assert_memory_equal(seen(m->dma), m->device, m->size);
}

static void random_mappings_are_as_the_model_has_them(void **state)
{
	(void)state;
	host_test_seed(__func__);
	dma_machine(dma_ram, "512,2");
	for (int step = 0; step < STEPS; step++) {
		struct mapping *m = &mappings[arch_random() % MAPPINGS];

		host_set_cpu((int)(arch_random() % 2));
		if (!(step % 1000))
			dev_parms.min_align_mask = arch_random() % 2 ? 0xfff : 0;
		if (!m->buffer)
			model_map(m);
		else if (arch_random() % 3)
			model_use(m);
		else
			model_unmap(m);
		if (!(step % 256))
			assert_int_equal(dma_verify(), 0);
	}
	for (int i = 0; i < MAPPINGS; i++)
		if (mappings[i].buffer)
			model_unmap(&mappings[i]);
	host_set_cpu(0);
	assert_int_equal(swiotlb_used(), 0);
	assert_int_equal(swiotlb_stats.misused, 0);
	assert_int_equal(all_free_pages(), machine_free_pages);
}

static void *map_and_unmap(void *arg)
{
	unsigned char *buffer = arg;

	host_set_cpu(buffer[0]);
	for (int i = 0; i < 3000; i++) {
		size_t size = 1 + (size_t)i * 7 % SZ_8K;
		dma_addr_t dma = map(buffer, size, DMA_BIDIRECTIONAL);

		memset(seen(dma), buffer[0], size);
		dma_unmap_single(&dev, dma, size, DMA_BIDIRECTIONAL);
	}
	return NULL;
}

static void cpus_share_the_pool(void **state)
{
	unsigned char *buffers[4];
	pthread_t threads[4];

	(void)state;
	dma_machine(dma_ram, "256,2");
	for (int i = 0; i < 4; i++) {
		buffers[i] = high_buffer(1);
		memset(buffers[i], i, SZ_8K);
	}
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, map_and_unmap, buffers[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_true(is_filled(buffers[i], (unsigned char)i, SZ_8K));
	}
	assert_int_equal(swiotlb_used(), 0);
	assert_int_equal(swiotlb_stats.mapped, 12000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		dma_test(a_pool_is_as_large_as_the_option_says),
		dma_test(who_makes_the_pool_may_want_it_anywhere_and_for_all),
		dma_test(words_that_are_no_pool_are_refused),
		dma_test(both_early_allocators_give_a_pool),
		dma_test(what_the_device_reaches_is_not_bounced),
		dma_test(force_bounces_all),
		dma_test(data_is_copied_in_the_direction_that_is_asked_for),
		dma_test(a_part_is_synced_alone),
		dma_test(high_memory_is_bounced_page_by_page),
		dma_test(addresses_keep_the_bits_that_the_device_pairs),
		dma_test(no_mapping_crosses_the_devices_boundary),
		dma_test(a_segment_is_the_largest_mapping),
		dma_test(a_full_pool_refuses_and_serves_again),
		dma_test(each_cpu_begins_in_its_own_area),
		dma_test(calls_that_mean_nothing_change_nothing),
		dma_test(without_a_pool_that_helps_there_is_no_mapping),
		dma_test(what_is_broken_is_reported),
		dma_test(the_dump_has_counts_and_mappings),
		dma_test(random_mappings_are_as_the_model_has_them),
		dma_test(cpus_share_the_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
