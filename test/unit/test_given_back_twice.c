/* SPDX-License-Identifier: MIT */
/*
 * The same thing given back by two CPUs at once: one of them does it, and the other is told that
 * it is nothing of its own, each time. Built twice: the second time ThreadSanitizer says
 * where two CPUs reach the same word without an order between them.
 */
#include "whole_machine.h"

#include <linux/cma.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/swiotlb.h>
#include <linux/vmalloc.h>

#include "cpus.h"
#include "tsan.h"

#include "../../mm/cma.h"
#include "../../mm/dma_direct.h"
#include "../../mm/slab.h"
#include "../../mm/swiotlb.h"

#define CPUS   2
#define ROUNDS 3000

static u64 mask = DMA_BIT_MASK(32);
static struct device dev = {
	.init_name = "dev", .numa_node = NUMA_NO_NODE, .dma_mask = &mask, .coherent_dma_mask = ~0U};
static struct dma_pool *pool;
static dma_addr_t handle;
static void *buffer;
static struct page *pages[40];

/* ---- Things ---------------------------------------------------------------------------- */

static void *make_large(void)
{
	return kmalloc(SZ_64K, GFP_KERNEL);
}

static void free_large(void *p)
{
	kfree(p);
}

static void *make_mapping(void)
{
	handle = swiotlb_map(&dev, virt_to_phys(buffer), 5000, DMA_FROM_DEVICE, 0);
	return (void *)handle;
}

static void free_mapping(void *p)
{
	swiotlb_tbl_unmap_single(&dev, (phys_addr_t)p, 5000, DMA_FROM_DEVICE, 0);
}

static void *make_cma(void)
{
	return cma_alloc(dma_contiguous_default_area, 20, 0, false);
}

static void free_cma(void *p)
{
	assert_true(cma_release(dma_contiguous_default_area, p, 20));
}

static void *make_coherent(void)
{
	return dma_alloc_coherent(&dev, SZ_16K, &handle, GFP_ATOMIC);
}

static void *make_coherent_cma(void)
{
	return dma_alloc_coherent(&dev, SZ_16K, &handle, GFP_KERNEL);
}

static void free_coherent(void *p)
{
	dma_free_coherent(&dev, SZ_16K, p, handle);
}

static void *make_area(void)
{
	return vmalloc(SZ_16K);
}

static void free_area(void *p)
{
	vfree(p);
}

static void free_area_later(void *p)
{
	vfree_atomic(p);
}

static void *make_ram_mapping(void)
{
	return vm_map_ram(pages, 3, NUMA_NO_NODE);
}

static void free_ram_mapping(void *p)
{
	vm_unmap_ram(p, 3);
}

static void *make_large_ram_mapping(void)
{
	return vm_map_ram(pages, ARRAY_SIZE(pages), NUMA_NO_NODE);
}

static void free_large_ram_mapping(void *p)
{
	vm_unmap_ram(p, ARRAY_SIZE(pages));
}

static void *make_vmap(void)
{
	return vmap(pages, 5, VM_MAP, PAGE_KERNEL);
}

static void free_vmap(void *p)
{
	vunmap(p);
}

static void *make_block(void)
{
	return dma_pool_alloc(pool, GFP_KERNEL, &handle);
}

static void free_block(void *p)
{
	dma_pool_free(pool, p, handle);
}

static const struct kind {
	const char *name;
	void *(*make)(void);
	void (*give_back)(void *p);
	unsigned long *refused;
} kinds[] = {
	{"kfree", make_large, free_large, &slab_stats.no_slab},
	{"swiotlb", make_mapping, free_mapping, &swiotlb_stats.misused},
	{"cma_release", make_cma, free_cma, &cma_misused},
	{"dma_free_coherent", make_coherent, free_coherent, &dma_stats.misused},
	{"dma_free_coherent, CMA", make_coherent_cma, free_coherent, &dma_stats.misused},
	{"vfree", make_area, free_area, &vmalloc_stats.bad_free},
	{"vfree_atomic", make_area, free_area_later, &vmalloc_stats.bad_free},
	{"vm_unmap_ram", make_ram_mapping, free_ram_mapping, &vmalloc_stats.bad_free},
	{"vm_unmap_ram, large", make_large_ram_mapping, free_large_ram_mapping,
	 &vmalloc_stats.bad_free},
	{"vunmap", make_vmap, free_vmap, &vmalloc_stats.bad_free},
	{"dma_pool_free", make_block, free_block, &dma_pool_refusals},
};

/* ---- At once --------------------------------------------------------------------------- */

static const struct kind *kind;
static void *thing;
static unsigned int arrived;

/* Spinning, so that they go on at the same moment: the @nr-th time. */
static void meet(unsigned int nr)
{
	__atomic_fetch_add(&arrived, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < nr * CPUS)
		cpu_relax();
}

static const char *give_back(int cpu)
{
	const char *fault = NULL;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (!cpu)
			thing = kind->make();
		meet(2 * i + 1);
		if (thing)
			kind->give_back(thing);
		else
			fault = "no memory";
		meet(2 * i + 2);
	}
	return fault;
}

static void make_machine(void)
{
	nr_cpu_ids = CPUS;
	whole_machine(host_machine_pc(SZ_256M, "swiotlb=512,force cma=16M loglevel=1"));
	assert_int_equal(bad_options, 0);
	pool = dma_pool_create("pool", &dev, 100, 4, 0);
	buffer = kmalloc(SZ_16K, GFP_KERNEL);
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		assert_non_null(pages[i] = alloc_page(GFP_KERNEL));
	assert_true(pool && buffer);
	/* Its page stays. */
	free_block(make_block());
}

static int machine_end(void **state)
{
	(void)state;
	mm_reset();
	host_machine_exit();
	nr_cpu_ids = 1;
	return 0;
}

static void one_cpu_gives_back_and_the_others_are_refused(void **state)
{
	(void)state;
	make_machine();
	for (kind = kinds; kind < kinds + ARRAY_SIZE(kinds); kind++) {
		unsigned long before = *kind->refused;
		long large = atomic_long_read(&kmalloc_large_pages);
		unsigned long coherent = dma_stats.coherent_pages, areas = vmalloc_nr_pages();

		arrived = 0;
		run_on_cpus(0, CPUS, give_back);
		vm_unmap_aliases();
		if (*kind->refused - before != ROUNDS * (CPUS - 1))
			fail_msg("%s: %lu refused\n%s", kind->name, *kind->refused - before,
				 host_log());
		assert_int_equal(atomic_long_read(&kmalloc_large_pages), large);
		assert_int_equal(dma_stats.coherent_pages, coherent);
		assert_int_equal(swiotlb_used(), 0);
		assert_int_equal(vmalloc_nr_pages(), areas);
		host_log_clear();
		if (mm_verify_all())
			fail_msg("%s:\n%s", kind->name, host_log());
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(
		one_cpu_gives_back_and_the_others_are_refused, machine_end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
