/* SPDX-License-Identifier: MIT */
/* Devices with operations of their own, what these are made of, and areas of a device's own. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/dma-map-ops.h>

#include "dma_machine.h"

#include <linux/highmem.h>
#include <linux/scatterlist.h>
#include <linux/vmalloc.h>

#define BUS   0x7000000000ULL /* what a device sees of memory begins there */
#define ERROR DMA_MAPPING_ERROR

/* Calls of each operation, and what map_sg is to return. */
static struct {
	int alloc, free, map, unmap, map_sg, unmap_sg, sync, resource, get_sgtable;
} calls;
static int sg_result;
static bool is_full;

static dma_addr_t bus_map_page(struct device *d, struct page *page, unsigned long offset,
			       size_t size, enum dma_data_direction dir, unsigned long attrs)
{
	(void)size, (void)dir, (void)attrs;
	assert_ptr_equal(d, &dev);
	assert_true(offset < PAGE_SIZE);
	if (is_full)
		return ERROR;
	calls.map++;
	return BUS + page_to_phys(page) + offset;
}

static void bus_unmap_page(struct device *d, dma_addr_t handle, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	(void)d, (void)size, (void)dir, (void)attrs;
	assert_true(handle >= BUS);
	calls.unmap++;
}

static int bus_map_sg(struct device *d, struct scatterlist *sgl, int nents,
		      enum dma_data_direction dir, unsigned long attrs)
{
	(void)d, (void)dir, (void)attrs;
	calls.map_sg++;
	if (sg_result <= 0)
		return sg_result;
	/* All of them one piece. */
	sg_dma_address(sgl) = BUS;
	sg_dma_len(sgl) = 0;
	for (int i = 0; i < nents; i++)
		sg_dma_len(sgl) += sgl[i].length;
	return 1;
}

static void bus_unmap_sg(struct device *d, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir, unsigned long attrs)
{
	(void)d, (void)sgl, (void)nents, (void)dir, (void)attrs;
	calls.unmap_sg++;
}

static dma_addr_t bus_map_resource(struct device *d, phys_addr_t phys, size_t size,
				   enum dma_data_direction dir, unsigned long attrs)
{
	(void)d, (void)size, (void)dir, (void)attrs;
	calls.resource++;
	return BUS | phys;
}

static void bus_unmap_resource(struct device *d, dma_addr_t handle, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	(void)d, (void)handle, (void)size, (void)dir, (void)attrs;
	calls.resource--;
}

static void bus_sync_single(struct device *d, dma_addr_t handle, size_t size,
			    enum dma_data_direction dir)
{
	(void)d, (void)handle, (void)size, (void)dir;
	calls.sync++;
}

static void bus_sync_sg(struct device *d, struct scatterlist *sgl, int nents,
			enum dma_data_direction dir)
{
	(void)d, (void)sgl, (void)dir;
	calls.sync += nents;
}

static void *bus_alloc(struct device *d, size_t size, dma_addr_t *handle, gfp_t gfp,
		       unsigned long attrs)
{
	struct page *page;

	(void)attrs;
	assert_int_equal(gfp & (__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM), 0);
	page = dma_common_alloc_pages(d, size, handle, DMA_BIDIRECTIONAL, gfp);
	calls.alloc += page != NULL;
	return page ? page_address(page) : NULL;
}

static void bus_free(struct device *d, size_t size, void *vaddr, dma_addr_t handle,
		     unsigned long attrs)
{
	(void)attrs;
	calls.free++;
	dma_common_free_pages(d, size, virt_to_page(vaddr), handle, DMA_BIDIRECTIONAL);
}

static struct sg_table *bus_alloc_noncontiguous(struct device *d, size_t size,
						enum dma_data_direction dir, gfp_t gfp,
						unsigned long attrs)
{
	struct dma_sgt_handle *sh = kzalloc(sizeof(*sh), gfp);
	unsigned int nr = (unsigned int)(PAGE_ALIGN(size) >> PAGE_SHIFT);

	(void)d, (void)dir, (void)attrs;
	sh->pages = kcalloc(nr, sizeof(*sh->pages), gfp);
	for (unsigned int i = 0; i < nr; i++)
		sh->pages[i] = alloc_page(gfp);
	assert_int_equal(sg_alloc_table_from_pages(&sh->sgt, sh->pages, nr, 0, size, gfp), 0);
	return &sh->sgt;
}

static void bus_free_noncontiguous(struct device *d, size_t size, struct sg_table *sgt,
				   enum dma_data_direction dir)
{
	struct dma_sgt_handle *sh = sgt_handle(sgt);

	(void)d, (void)dir;
	for (unsigned int i = 0; i < PAGE_ALIGN(size) >> PAGE_SHIFT; i++)
		__free_page(sh->pages[i]);
	sg_free_table(sgt);
	kfree(sh->pages);
	kfree(sh);
}

static int bus_get_sgtable(struct device *d, struct sg_table *sgt, void *cpu_addr,
			   dma_addr_t handle, size_t size, unsigned long attrs)
{
	calls.get_sgtable++;
	return dma_common_get_sgtable(d, sgt, cpu_addr, handle, size, attrs);
}

static int bus_supported(struct device *d, u64 mask)
{
	(void)d;
	return mask >= DMA_BIT_MASK(39);
}

static u64 bus_required_mask(struct device *d)
{
	(void)d;
	return DMA_BIT_MASK(39);
}

static size_t bus_max(struct device *d)
{
	(void)d;
	return SZ_1M;
}

static size_t bus_opt(void)
{
	return SZ_2M;
}

static unsigned long bus_merge(struct device *d)
{
	(void)d;
	return PAGE_SIZE - 1;
}

static const struct dma_map_ops bus_ops = {
	.alloc = bus_alloc,
	.free = bus_free,
	.alloc_pages = dma_common_alloc_pages,
	.free_pages = dma_common_free_pages,
	.alloc_noncontiguous = bus_alloc_noncontiguous,
	.free_noncontiguous = bus_free_noncontiguous,
	.get_sgtable = bus_get_sgtable,
	.map_page = bus_map_page,
	.unmap_page = bus_unmap_page,
	.map_sg = bus_map_sg,
	.unmap_sg = bus_unmap_sg,
	.map_resource = bus_map_resource,
	.unmap_resource = bus_unmap_resource,
	.sync_single_for_cpu = bus_sync_single,
	.sync_single_for_device = bus_sync_single,
	.sync_sg_for_cpu = bus_sync_sg,
	.sync_sg_for_device = bus_sync_sg,
	.dma_supported = bus_supported,
	.get_required_mask = bus_required_mask,
	.max_mapping_size = bus_max,
	.opt_mapping_size = bus_opt,
	.get_merge_boundary = bus_merge,
};

/* What cannot be left out. */
static const struct dma_map_ops few_ops = {.map_page = bus_map_page, .map_sg = bus_map_sg};

static int machine(void **state)
{
	machine_cma = "8M";
	dma_machine(dma_ram, "1024");
	vmalloc_init();
	memset(&calls, 0, sizeof(calls));
	sg_result = 1;
	is_full = false;
	set_dma_ops(&dev, &bus_ops);
	set_mask(DMA_BIT_MASK(39));
	return state == NULL;
}

static int end(void **state)
{
	set_dma_ops(&dev, NULL);
	dev.cma_area = NULL;
	machine_cma = NULL;
	vmalloc_reset();
	return dma_machine_down(state);
}

static void a_page_is_mapped_by_the_devices_operation(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 1);
	dma_addr_t addr;

	(void)state;
	addr = dma_map_page(&dev, page, PAGE_SIZE + 8, 100, DMA_TO_DEVICE);
	assert_int_equal(addr, BUS + page_to_phys(page) + PAGE_SIZE + 8);
	assert_int_equal(dma_mapping_error(&dev, addr), 0);
	assert_true(dma_need_sync(&dev, addr));
	dma_sync_single_for_cpu(&dev, addr, 100, DMA_TO_DEVICE);
	dma_sync_single_range_for_device(&dev, addr, 10, 20, DMA_TO_DEVICE);
	assert_int_equal(calls.sync, 2);
	dma_unmap_page(&dev, addr, 100, DMA_TO_DEVICE);
	addr = dma_map_single(&dev, page_address(page), 64, DMA_FROM_DEVICE);
	assert_int_equal(addr, BUS + page_to_phys(page));
	dma_unmap_single(&dev, addr, 64, DMA_FROM_DEVICE);
	assert_int_equal(calls.map, 2);
	assert_int_equal(calls.unmap, 2);
	addr = dma_map_resource(&dev, 0xf0000000, 64, DMA_FROM_DEVICE, 0);
	assert_int_equal(addr, BUS | 0xf0000000);
	assert_int_equal(calls.resource, 1);
	dma_unmap_resource(&dev, addr, 64, DMA_FROM_DEVICE, 0);
	assert_int_equal(calls.resource, 0);
	is_full = true;
	assert_int_equal(dma_map_page(&dev, page, 0, 8, DMA_TO_DEVICE), ERROR);
	/* What means nothing never comes to it. */
	assert_int_equal(dma_map_page(&dev, page, 0, 8, DMA_NONE), ERROR);
	assert_int_equal(calls.map, 2);
	__free_pages(page, 1);
}

static void pieces_are_mapped_together(void **state)
{
	struct scatterlist sg[2];
	struct sg_table table = {.sgl = sg, .orig_nents = 2};
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	sg_init_table(sg, 2);
	sg_set_page(&sg[0], page, 100, 0);
	sg_set_page(&sg[1], page, 28, 200);
	assert_int_equal(dma_map_sg(&dev, sg, 2, DMA_TO_DEVICE), 1);
	assert_int_equal(sg_dma_address(sg), BUS);
	assert_int_equal(sg_dma_len(sg), 128);
	dma_sync_sg_for_cpu(&dev, sg, 2, DMA_TO_DEVICE);
	dma_sync_sg_for_device(&dev, sg, 2, DMA_TO_DEVICE);
	assert_int_equal(calls.sync, 4);
	dma_unmap_sg(&dev, sg, 2, DMA_TO_DEVICE);
	assert_int_equal(calls.unmap_sg, 1);
	assert_int_equal(dma_map_sgtable(&dev, &table, DMA_TO_DEVICE, 0), 0);
	assert_int_equal(table.nents, 1);
	dma_unmap_sgtable(&dev, &table, DMA_TO_DEVICE, 0);
	sg_result = -ENOMEM;
	assert_int_equal(dma_map_sg(&dev, sg, 2, DMA_TO_DEVICE), 0);
	assert_int_equal(dma_map_sgtable(&dev, &table, DMA_TO_DEVICE, 0), -ENOMEM);
	assert_false(host_log_contains("WARNING"));
	/* Errors that nobody asks about are I/O errors. */
	sg_result = -EBUSY;
	assert_int_equal(dma_map_sgtable(&dev, &table, DMA_TO_DEVICE, 0), -EIO);
	assert_true(host_log_contains("WARNING"));
	__free_page(page);
}

static void memory_is_allocated_by_the_devices_operations(void **state)
{
	struct sg_table table;
	struct page *page;
	dma_addr_t addr;
	u8 *p;

	(void)state;
	p = dma_alloc_coherent(&dev, 3 * PAGE_SIZE, &addr, GFP_KERNEL | GFP_DMA32);
	assert_int_equal(addr, BUS + virt_to_phys(p));
	for (size_t i = 0; i < 3 * PAGE_SIZE; i++)
		assert_int_equal(p[i], 0);
	assert_int_equal(dma_get_sgtable(&dev, &table, p, addr, 3 * PAGE_SIZE), 0);
	assert_int_equal(calls.get_sgtable, 1);
	assert_ptr_equal(sg_page(table.sgl), virt_to_page(p));
	assert_int_equal(table.sgl->length, 3 * PAGE_SIZE);
	sg_free_table(&table);
	dma_free_coherent(&dev, 3 * PAGE_SIZE, p, addr);
	dma_free_coherent(&dev, 3 * PAGE_SIZE, NULL, addr);
	assert_int_equal(calls.alloc, 1);
	assert_int_equal(calls.free, 1);
	assert_int_equal(calls.map, calls.unmap);
	page = dma_alloc_pages(&dev, 100, &addr, DMA_TO_DEVICE, GFP_KERNEL);
	assert_int_equal(addr, BUS + page_to_phys(page));
	dma_free_pages(&dev, 100, page, addr, DMA_TO_DEVICE);
	assert_null(dma_alloc_pages(&dev, 100, &addr, DMA_TO_DEVICE, GFP_KERNEL | GFP_DMA));
	is_full = true;
	assert_null(dma_alloc_coherent(&dev, 3 * PAGE_SIZE, &addr, GFP_KERNEL));
	assert_int_equal(dma_stats.coherent_pages, 0);
}

static void pools_are_of_what_the_device_gives(void **state)
{
	struct dma_pool *pool = dma_pool_create("ops", &dev, 64, 64, 0);
	dma_addr_t addr;
	void *p = dma_pool_alloc(pool, GFP_KERNEL, &addr);

	(void)state;
	assert_non_null(p);
	assert_int_equal(addr, BUS + virt_to_phys(p));
	assert_int_equal(dma_verify(), 0);
	dma_pool_free(pool, p, addr);
	dma_pool_destroy(pool);
	assert_int_equal(calls.alloc, calls.free);
}

static void scattered_pages_have_one_address(void **state)
{
	struct sg_table *sgt =
		dma_alloc_noncontiguous(&dev, 3 * PAGE_SIZE, DMA_TO_DEVICE, GFP_KERNEL, 0);
	char *p = dma_vmap_noncontiguous(&dev, 3 * PAGE_SIZE, sgt);

	(void)state;
	assert_int_equal(sgt->nents, 1);
	for (unsigned int i = 0; i < 3; i++)
		assert_ptr_equal(vmalloc_to_page(p + i * PAGE_SIZE), sgt_handle(sgt)->pages[i]);
	dma_vunmap_noncontiguous(&dev, p);
	dma_free_noncontiguous(&dev, 3 * PAGE_SIZE, sgt, DMA_TO_DEVICE);
	assert_null(dma_alloc_noncontiguous(&dev, PAGE_SIZE, DMA_TO_DEVICE, GFP_KERNEL,
					    DMA_ATTR_WRITE_COMBINE));
	assert_true(host_log_contains("WARNING"));
}

static void pages_are_mapped_again_and_found_by_their_address(void **state)
{
	struct page *pages[2] = {alloc_page(GFP_KERNEL), alloc_page(GFP_KERNEL)};
	struct page *block = alloc_pages(GFP_KERNEL, 1);
	char *p = dma_common_pages_remap(pages, 2 * PAGE_SIZE, PAGE_KERNEL, NULL);
	char *q = dma_common_contiguous_remap(block, 2 * PAGE_SIZE,
					      dma_pgprot(&dev, PAGE_KERNEL, 0), NULL);
	struct sg_table table;

	(void)state;
	assert_ptr_equal(vmalloc_to_page(p + PAGE_SIZE), pages[1]);
	assert_ptr_equal(vmalloc_to_page(q + PAGE_SIZE), block + 1);
	assert_ptr_equal(dma_common_find_pages(p), pages);
	assert_null(dma_common_find_pages(q));
	assert_null(dma_common_find_pages(page_address(block)));
	assert_int_equal(dma_common_get_sgtable(&dev, &table, q, 0, PAGE_SIZE, 0), 0);
	assert_ptr_equal(sg_page(table.sgl), block);
	sg_free_table(&table);
	dma_common_free_remap(p, 2 * PAGE_SIZE);
	dma_common_free_remap(q, 2 * PAGE_SIZE);
	assert_false(host_log_contains("WARNING"));
	p = vmalloc(PAGE_SIZE);
	dma_common_free_remap(p, PAGE_SIZE);
	assert_true(host_log_contains("trying to free invalid coherent area: "));
	vfree(p);
	vm_unmap_aliases();
	__free_page(pages[0]);
	__free_page(pages[1]);
	__free_pages(block, 1);
}

static void limits_are_what_the_operations_say(void **state)
{
	(void)state;
	assert_int_equal(dma_set_mask(&dev, DMA_BIT_MASK(32)), -EIO);
	assert_int_equal(dma_set_mask(&dev, DMA_BIT_MASK(40)), 0);
	assert_int_equal(dma_get_required_mask(&dev), DMA_BIT_MASK(39));
	assert_int_equal(dma_max_mapping_size(&dev), SZ_1M);
	assert_int_equal(dma_opt_mapping_size(&dev), SZ_1M);
	assert_int_equal(dma_get_merge_boundary(&dev), PAGE_SIZE - 1);
	assert_true(dev_is_dma_coherent(&dev));
	assert_ptr_equal(get_dma_ops(&dev), &bus_ops);
	set_dma_ops(&dev, NULL);
	assert_int_equal(dma_get_merge_boundary(&dev), 0);
	assert_true(dma_get_required_mask(&dev) < DMA_BIT_MASK(39));
}

static void operations_that_are_not_there_do_nothing(void **state)
{
	struct scatterlist sg[1];
	struct sg_table table;
	struct page *page = alloc_page(GFP_KERNEL);
	dma_addr_t addr;

	(void)state;
	set_dma_ops(&dev, &few_ops);
	sg_init_one(sg, page_address(page), 8);
	addr = dma_map_page(&dev, page, 0, 8, DMA_TO_DEVICE);
	assert_int_equal(addr, BUS + page_to_phys(page));
	assert_false(dma_need_sync(&dev, addr));
	dma_sync_single_for_cpu(&dev, addr, 8, DMA_TO_DEVICE);
	dma_sync_single_for_device(&dev, addr, 8, DMA_TO_DEVICE);
	dma_sync_sg_for_cpu(&dev, sg, 1, DMA_TO_DEVICE);
	dma_sync_sg_for_device(&dev, sg, 1, DMA_TO_DEVICE);
	dma_unmap_page(&dev, addr, 8, DMA_TO_DEVICE);
	dma_unmap_sg(&dev, sg, 1, DMA_TO_DEVICE);
	assert_int_equal(dma_map_resource(&dev, 0xf0000000, 8, DMA_TO_DEVICE, 0), ERROR);
	dma_unmap_resource(&dev, addr, 8, DMA_TO_DEVICE, 0);
	assert_null(dma_alloc_coherent(&dev, 8, &addr, GFP_KERNEL));
	dma_free_coherent(&dev, 8, page_address(page), addr);
	assert_null(dma_alloc_pages(&dev, 8, &addr, DMA_TO_DEVICE, GFP_KERNEL));
	dma_free_pages(&dev, 8, page, addr, DMA_TO_DEVICE);
	assert_null(dma_alloc_noncontiguous(&dev, 8, DMA_TO_DEVICE, GFP_KERNEL, 0));
	assert_int_equal(dma_get_sgtable(&dev, &table, page_address(page), addr, 8), -ENXIO);
	assert_int_equal(dma_set_mask(&dev, 1), 0);
	assert_int_equal(dma_get_required_mask(&dev), DMA_BIT_MASK(32));
	assert_true(dma_max_mapping_size(&dev) == SIZE_MAX && dma_get_merge_boundary(&dev) == 0);
	/* A device that cannot do DMA. */
	set_dma_ops(&dev, &dma_dummy_ops);
	assert_int_equal(dma_set_mask(&dev, DMA_BIT_MASK(64)), -EIO);
	assert_int_equal(dma_map_page(&dev, page, 0, 8, DMA_TO_DEVICE), ERROR);
	assert_int_equal(dma_map_sg(&dev, sg, 1, DMA_TO_DEVICE), 0);
	__free_page(page);
}

static void contiguous_memory_comes_from_areas_first(void **state)
{
	unsigned long taken;
	struct page *page;
	dma_addr_t addr;
	void *p;

	(void)state;
	set_dma_ops(&dev, NULL);
	assert_ptr_equal(dev_get_cma_area(&dev), dma_contiguous_default_area);
	taken = zone_page_state(
		page_zone(pfn_to_page(PHYS_PFN(cma_get_base(dma_contiguous_default_area)))),
		NR_FREE_CMA_PAGES);
	page = dma_alloc_from_contiguous(&dev, 4, 2, false);
	assert_true(is_migrate_cma_page(page));
	assert_int_equal(taken - zone_page_state(page_zone(page), NR_FREE_CMA_PAGES), 4);
	assert_true(dma_release_from_contiguous(&dev, page, 4));
	assert_null(dma_alloc_contiguous(&dev, 2 * PAGE_SIZE, GFP_ATOMIC));
	assert_null(dma_alloc_contiguous(&dev, PAGE_SIZE, GFP_KERNEL));
	page = dma_alloc_contiguous(&dev, 2 * PAGE_SIZE, GFP_KERNEL);
	assert_true(is_migrate_cma_page(page));
	dma_free_contiguous(&dev, page, 2 * PAGE_SIZE);
	/* An area of its own is good for single pages. */
	dev.cma_area = dma_contiguous_default_area;
	page = dma_alloc_contiguous(&dev, PAGE_SIZE, GFP_KERNEL);
	assert_true(is_migrate_cma_page(page));
	dma_free_contiguous(&dev, page, PAGE_SIZE);
	p = dma_alloc_coherent(&dev, PAGE_SIZE, &addr, GFP_KERNEL);
	assert_true(is_migrate_cma_page(virt_to_page(p)));
	dma_free_coherent(&dev, PAGE_SIZE, p, addr);
	page = alloc_page(GFP_KERNEL);
	assert_false(dma_release_from_contiguous(&dev, page, 1));
	dma_free_contiguous(&dev, page, PAGE_SIZE);
	assert_int_equal(page_ref_count(page), 0);
	assert_int_equal(cma_verify(), 0);
	assert_int_equal(dma_declare_coherent_memory(&dev, 0, 0, 4096), -ENOSYS);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, machine, end)
	const struct CMUnitTest tests[] = {
		test(a_page_is_mapped_by_the_devices_operation),
		test(pieces_are_mapped_together),
		test(memory_is_allocated_by_the_devices_operations),
		test(pools_are_of_what_the_device_gives),
		test(scattered_pages_have_one_address),
		test(pages_are_mapped_again_and_found_by_their_address),
		test(limits_are_what_the_operations_say),
		test(operations_that_are_not_there_do_nothing),
		test(contiguous_memory_comes_from_areas_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
