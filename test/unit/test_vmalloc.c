/* SPDX-License-Identifier: MIT */
/* Areas of pages: vmalloc(), vmap() and their like, given back in any order. */
#include "vmalloc_machine.h"

#include <baremm/arch.h>

#include <linux/seq_file.h>

#include "../../mm/meminfo.h"

/* The compiler knows these calls' results; tests want what the program returns. */
static size_t opaque(size_t size)
{
	__asm__ volatile("" : "+r"(size));
	return size;
}

/* ---- Memory ------------------------------------------------------------------------- */

static void an_area_holds_what_is_written_to_it(void **state)
{
	u8 *p = vmalloc(opaque(100000));

	(void)state;
	assert_true(is_vmalloc_addr(p));
	assert_true(PAGE_ALIGNED(p));
	memset(p, 0x5a, 100000);
	assert_null(memchr_inv(p, 0x5a, 100000));
	assert_int_equal(vmalloc_nr_pages(), 25);
	for (unsigned int i = 0; i < 25; i++)
		assert_int_equal(*(u8 *)page_address(vmalloc_to_page(p + i * PAGE_SIZE)), 0x5a);
	assert_int_equal(vmalloc_to_pfn(p), page_to_pfn(vmalloc_to_page(p)));
	assert_int_equal(vmap_verify(), 0);
	vfree(p);
}

static void the_page_behind_an_area_is_mapped_by_nobody(void **state)
{
	char *first = vmalloc(opaque(PAGE_SIZE)), *second = vmalloc(opaque(PAGE_SIZE));
	struct arch_mapping mapping;

	(void)state;
	assert_ptr_equal(second, first + 2 * PAGE_SIZE);
	assert_int_equal(arch_query((unsigned long)first + PAGE_SIZE, &mapping), -ENOENT);
	assert_null(vmalloc_to_page(first + PAGE_SIZE));
	vfree(first);
	vfree(second);
}

static void zeroed_areas_are_zero_and_come_from_their_node(void **state)
{
	static const struct {
		void *(*make)(unsigned long size);
		int node;
	} kinds[] = {{vzalloc, 0}, {vmalloc_user, 0}, {vmalloc_32_user, 0}};
	u8 *p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		p = kinds[i].make(opaque(SZ_64K));
		assert_null(memchr_inv(p, 0, SZ_64K));
		memset(p, 0xff, SZ_64K);
		vfree(p);
	}
	p = vzalloc_node(opaque(SZ_64K), 1);
	assert_null(memchr_inv(p, 0, SZ_64K));
	for (unsigned int i = 0; i < SZ_64K; i += PAGE_SIZE)
		assert_int_equal(page_to_nid(vmalloc_to_page(p + i)), 1);
	vfree(p);
	p = vmalloc_node(opaque(SZ_64K), 1);
	assert_int_equal(page_to_nid(vmalloc_to_page(p)), 1);
	vfree(p);
	assert_true(find_vm_area(p) == NULL);
}

static void huge_areas_lie_in_2_mb_pages(void **state)
{
	u8 *p = vmalloc_huge(opaque(SZ_2M + SZ_1M), GFP_KERNEL | __GFP_ZERO);
	struct vm_struct *vm = find_vm_area(p);

	(void)state;
	assert_int_equal((unsigned long)p % SZ_2M, 0);
	assert_int_equal(vm->page_order, HUGETLB_PAGE_ORDER);
	assert_int_equal(vm->nr_pages, 1024);
	for (unsigned int i = 0; i < 1024; i++)
		assert_int_equal(page_to_pfn(vm->pages[i]) % 512, i % 512);
	assert_null(memchr_inv(p, 0, SZ_4M));
	memset(p, 1, SZ_4M);
	assert_int_equal(vmap_verify(), 0);
	vfree(p);
}

static void huge_areas_lie_in_base_pages_with_nohugevmalloc(void **state)
{
	u8 *p;

	(void)state;
	assert_int_equal(nohugevmalloc_parse_option(NULL), 0);
	p = vmalloc_huge(opaque(SZ_2M), GFP_KERNEL);
	assert_int_equal(find_vm_area(p)->page_order, 0);
	vfree(p);
	vm_area_reset();
	p = vmalloc_huge(opaque(SZ_2M), GFP_KERNEL);
	assert_int_equal(find_vm_area(p)->page_order, HUGETLB_PAGE_ORDER);
	vfree(p);
}

static void huge_areas_take_base_pages_where_no_large_block_is_left(void **state)
{
	static struct page *taken[200];
	struct vm_struct *vm;
	unsigned int nr = 0;
	u8 *p;

	(void)state;
	/* One page of each 2 MB block stays out. */
	while (nr < ARRAY_SIZE(taken) &&
	       (taken[nr] = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY, 9)))
		split_page(taken[nr++], 9);
	for (unsigned int i = 0; i < nr; i++)
		for (unsigned int j = 1; j < 512; j++)
			__free_page(taken[i] + j);
	p = vmalloc_huge(opaque(SZ_4M), GFP_KERNEL);
	vm = find_vm_area(p);
	assert_int_equal(vm->page_order, 0);
	assert_int_equal(vm->nr_pages, 1024);
	vfree(p);
	for (unsigned int i = 0; i < nr; i++)
		__free_page(taken[i]);
}

static void what_cannot_be_is_refused_with_a_message(void **state)
{
	unsigned long free = all_free_pages();
	void *most;

	(void)state;
	assert_null(vmalloc(opaque(0)));
	assert_null(vmalloc(opaque(SZ_4G)));
	assert_int_equal(host_log_count("exceeds total pages"), 2);
	most = vmalloc(opaque(SZ_128M));
	assert_null(vmalloc(opaque(SZ_128M)));
	assert_true(host_log_contains("vmalloc error: size 134217728, failed to allocate pages"));
	vfree(most);
	assert_null(vmalloc_array(opaque((size_t)1 << 63), 2));
	assert_null(vcalloc(opaque((size_t)1 << 63), 2));
	host_log_clear();
	assert_null(__vmalloc(opaque(SZ_4G), GFP_KERNEL | __GFP_NOWARN));
	assert_string_equal(host_log(), "");
	assert_int_equal(vmalloc_nr_pages(), 0);
	/* Caches of records may have grown. */
	assert_true(all_free_pages() + 32 > free);
}

static void a_range_that_is_full_gives_no_area(void **state)
{
	unsigned long start = VMALLOC_START + SZ_1G, end = start + 4 * PAGE_SIZE;
	void *p = __vmalloc_node_range(opaque(PAGE_SIZE), 1, start, end, GFP_KERNEL, PAGE_KERNEL, 0,
				       NUMA_NO_NODE, NULL);
	struct vm_struct *area = __get_vm_area_caller(PAGE_SIZE, VM_MAP, start, end, NULL);

	(void)state;
	assert_ptr_equal(p, (void *)start);
	assert_ptr_equal(area->addr, (void *)(start + 2 * PAGE_SIZE));
	assert_null(__get_vm_area_caller(PAGE_SIZE, VM_MAP, start, end, NULL));
	assert_true(host_log_contains("vmap allocation for size 8192 failed"));
	assert_int_equal(vmap_verify(), 0);
	free_vm_area(area);
	/* What is lazy is made free where it is needed. */
	area = __get_vm_area_caller(PAGE_SIZE, VM_MAP, start, end, NULL);
	assert_ptr_equal(area->addr, (void *)(start + 2 * PAGE_SIZE));
	free_vm_area(area);
	vfree(p);
}

/* ---- Giving back ---------------------------------------------------------------------- */

static void mistakes_are_named_counted_and_harmless(void **state)
{
	char *p = vmalloc(opaque(SZ_16K));
	struct page *page = alloc_page(GFP_KERNEL);
	void *mapped = vmap(&page, 1, VM_MAP, PAGE_KERNEL), *ram = vm_map_ram(&page, 1, 0);

	(void)state;
	vfree(p + PAGE_SIZE);
	vfree((void *)(VMALLOC_START + SZ_1G));
	vfree(mapped);
	vunmap(p);
	vunmap(ram);
	vm_unmap_ram(ram, 2);
	vm_unmap_ram(mapped, 1);
	free_vm_area(find_vm_area(p));
	assert_int_equal(vmalloc_stats.bad_free, 8);
	assert_true(host_log_contains("Trying to vfree() nonexistent vm area"));
	assert_int_equal(vmap_verify(), 0);
	vfree(NULL);
	vunmap(NULL);
	assert_int_equal(vmalloc_stats.bad_free, 8);
	vm_unmap_ram(ram, 1);
	vunmap(mapped);
	vfree(p);
	vfree(p);
	assert_int_equal(vmalloc_stats.bad_free, 9);
	__free_page(page);
}

static void an_atomic_free_waits_for_the_next_call(void **state)
{
	void *first = vmalloc(opaque(SZ_16K)), *second = vmalloc(opaque(SZ_16K));

	(void)state;
	vfree_atomic(first);
	vfree_atomic(second);
	vfree_atomic(NULL);
	assert_int_equal(vmalloc_nr_pages(), 8);
	vfree(vmalloc(opaque(PAGE_SIZE)));
	assert_int_equal(vmalloc_nr_pages(), 0);
}

static void a_second_atomic_free_is_refused(void **state)
{
	void *first = vmalloc(opaque(SZ_16K)), *second = vmalloc(opaque(SZ_16K));

	(void)state;
	vfree_atomic(first);
	vfree_atomic(first);
	vm_unmap_aliases();
	assert_int_equal(vmalloc_stats.bad_free, 1);
	vfree_atomic(second);
	vfree(second);
	vm_unmap_aliases();
	assert_int_equal(vmalloc_stats.bad_free, 2);
	assert_int_equal(vmalloc_nr_pages(), 0);
}

/* Whatever else is given back twice, in whichever order. */
static void what_waits_is_not_lost(void **state)
{
	void *areas[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		areas[i] = vmalloc(opaque(SZ_16K));
	vfree_atomic(areas[0]);
	vfree_atomic(areas[1]);
	vfree_atomic(areas[2]);
	vfree_atomic(areas[1]);
	vfree(areas[2]);
	vfree_atomic((char *)areas[3] + PAGE_SIZE);
	assert_int_equal(vmalloc_stats.bad_free, 3);
	assert_true(host_log_contains("Trying to vfree_atomic() nonexistent vm area"));
	assert_int_equal(vmap_verify(), 0);
	vm_unmap_aliases();
	assert_int_equal(vmalloc_nr_pages(), 4);
	vfree(areas[3]);
	assert_int_equal(vmalloc_stats.bad_free, 3);
}

/* As when an exception handler frees, whose CPU was changing areas. */
static void an_atomic_free_does_not_wait_for_the_lock(void **state)
{
	void *areas[3];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		areas[i] = vmalloc(opaque(SZ_16K));
	spin_lock(&vmap_lock);
	vfree_atomic(areas[0]);
	vfree_atomic(areas[1]);
	vfree_atomic(areas[0]);
	spin_unlock(&vmap_lock);
	vfree_atomic(areas[2]);
	assert_int_equal(vmap_verify(), 0);
	vm_unmap_aliases();
	assert_int_equal(vmalloc_nr_pages(), 0);
	assert_int_equal(vmalloc_stats.bad_free, 1);
}

static void one_flush_is_for_many_areas(void **state)
{
	unsigned long before = host_tlb_flushes;
	void *areas[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		areas[i] = vmalloc(opaque(SZ_16K));
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		vfree(areas[i]);
	assert_int_equal(host_tlb_flushes, before);
	assert_int_equal(vmap_lazy_pages, 500);
	vm_unmap_aliases();
	assert_int_equal(host_tlb_flushes, before + 1);
	assert_int_equal(vmap_lazy_pages, 0);
}

static void an_address_comes_again_only_after_a_flush(void **state)
{
	unsigned long before = host_tlb_flushes;
	char *first = vmalloc(opaque(SZ_1M)), *next = first;

	(void)state;
	for (unsigned int i = 0; i < 100 && host_tlb_flushes == before; i++) {
		vfree(next);
		next = vmalloc(opaque(SZ_1M));
		assert_true(next != first || host_tlb_flushes > before);
	}
	assert_int_equal(host_tlb_flushes, before + 1);
	assert_true(vmap_lazy_pages < 8192 + 257);
	vfree(next);
}

/* ---- Mappings of pages -------------------------------------------------------------------- */

static void a_mapping_shows_its_pages(void **state)
{
	struct page *pages[5];
	char *p, *ram;

	(void)state;
	for (int i = 0; i < 5; i++)
		pages[4 - i] = alloc_page(GFP_KERNEL);
	p = vmap(pages, 5, VM_MAP, PAGE_KERNEL);
	ram = vm_map_ram(pages, 5, NUMA_NO_NODE);
	for (int i = 0; i < 5; i++) {
		p[i * PAGE_SIZE] = (char)i;
		assert_int_equal(ram[i * PAGE_SIZE], i);
		assert_int_equal(*(char *)page_address(pages[i]), i);
		assert_ptr_equal(vmalloc_to_page(p + i * PAGE_SIZE), pages[i]);
	}
	assert_int_equal(vmap_verify(), 0);
	vm_unmap_ram(ram, 5);
	vunmap(p);
	for (int i = 0; i < 5; i++)
		__free_page(pages[i]);
	assert_null(vmap(pages, 0, VM_MAP, PAGE_KERNEL));
	assert_null(vm_map_ram(pages, 1u << 31, 0));
	assert_int_equal(vmalloc_stats.bad_range, 2);
}

static void what_is_no_page_is_not_mapped(void **state)
{
	struct page *nowhere = pfn_to_page(1UL << 40), *wrong[] = {NULL, nowhere, nowhere - 1};
	struct page *pages[VMAP_POOL_PAGES * 4];
	unsigned long free = all_free_pages();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = alloc_page(GFP_KERNEL);
	for (size_t at = 0; at < ARRAY_SIZE(pages); at += 7) {
		struct page *good = pages[at];

		pages[at] = wrong[at % ARRAY_SIZE(wrong)];
		assert_null(vmap(pages, ARRAY_SIZE(pages), VM_MAP, PAGE_KERNEL));
		assert_null(vm_map_ram(pages, ARRAY_SIZE(pages), NUMA_NO_NODE));
		assert_null(vm_map_ram(pages, (unsigned int)at + 1, NUMA_NO_NODE));
		pages[at] = good;
	}
	assert_int_equal(vmalloc_stats.bad_range, 3 * DIV_ROUND_UP(ARRAY_SIZE(pages), 7));
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		__free_page(pages[i]);
	assert_int_equal(all_free_pages(), free);
	assert_int_equal(vmap_verify(), 0);
}

static void a_mapping_has_a_guard_page_whatever_its_flags(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *p = vmap(&page, 1, VM_MAP | VM_NO_GUARD | VM_FLUSH_RESET_PERMS, PAGE_KERNEL);

	(void)state;
	assert_int_equal(find_vm_area(p)->size, 2 * PAGE_SIZE);
	assert_int_equal(find_vm_area(p)->flags, VM_MAP);
	assert_true(host_log_contains("vmap: flags 0x144"));
	vunmap(p);
	__free_page(page);
}

static void a_mapping_that_owns_its_pages_is_freed_with_them(void **state)
{
	struct page **pages = kmalloc_array(opaque(4), sizeof(*pages), GFP_KERNEL);
	unsigned long free;
	void *p;

	(void)state;
	for (int i = 0; i < 4; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	p = vmap(pages, 4, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	free = all_free_pages();
	vfree(p);
	assert_true(all_free_pages() >= free + 4);
}

static void protections_are_those_asked_for(void **state)
{
	const struct {
		pgprot_t asked;
		unsigned int prot;
	} prots[] = {
		{PAGE_KERNEL, ARCH_MAP_WRITE},
		{PAGE_KERNEL_RO, ARCH_MAP_READ},
		{pgprot_noncached(PAGE_KERNEL), ARCH_MAP_WRITE | ARCH_MAP_UC},
		{pgprot_writecombine(PAGE_KERNEL_NOCACHE), ARCH_MAP_WRITE | ARCH_MAP_WC},
		{pgprot_writethrough(PAGE_KERNEL_RO), ARCH_MAP_WT},
	};
	struct page *page = alloc_page(GFP_KERNEL);
	struct arch_mapping mapping;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prots); i++) {
		void *p = vmap(&page, 1, VM_MAP, prots[i].asked);

		assert_int_equal(arch_query((unsigned long)p, &mapping), 0);
		assert_int_equal(mapping.prot, prots[i].prot);
		vunmap(p);
	}
	__free_page(page);
}

/* ---- kvmalloc() ------------------------------------------------------------------------------ */

static void kvmalloc_goes_on_past_the_largest_block(void **state)
{
	size_t size = opaque(3 * KMALLOC_MAX_SIZE);
	u8 *small = kvmalloc(opaque(100), GFP_KERNEL), *p = kvzalloc(size, GFP_KERNEL), *larger;

	(void)state;
	assert_false(is_vmalloc_addr(small));
	assert_true(is_vmalloc_addr(p));
	assert_null(memchr_inv(p, 0, size));
	p[size - 1] = 7;
	larger = kvrealloc(p, size, size + SZ_1M, GFP_KERNEL);
	assert_int_equal(larger[size - 1], 7);
	assert_null(kvmalloc(size, GFP_NOWAIT));
	kvfree_sensitive(larger, size + SZ_1M);
	kvfree(small);
	assert_null(kvmalloc(opaque(SZ_4G), GFP_KERNEL | __GFP_NOWARN));
}

/* The node is a wish, for what one block holds and for what takes many. */
static void kvmalloc_node_takes_from_its_node(void **state)
{
	static const size_t sizes[] = {100, PAGE_SIZE, SZ_64K, 3 * KMALLOC_MAX_SIZE};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (int nid = 0; nid < 2; nid++) {
			u8 *p = kvmalloc_node(opaque(sizes[i]), GFP_KERNEL, nid);
			u8 *zeroed = kvzalloc_node(opaque(sizes[i]), GFP_KERNEL, nid);

			assert_int_equal(is_vmalloc_addr(p), sizes[i] > KMALLOC_MAX_SIZE);
			for (size_t at = 0; at < sizes[i]; at += PAGE_SIZE) {
				struct page *page = is_vmalloc_addr(p) ? vmalloc_to_page(p + at)
								       : virt_to_page(p + at);

				assert_int_equal(page_to_nid(page), nid);
			}
			assert_null(memchr_inv(zeroed, 0, sizes[i]));
			kvfree(p);
			kvfree(zeroed);
		}
	}
	/* Who insists on a node that has not enough gets nothing. */
	assert_null(kvmalloc_node(opaque(SZ_128M + SZ_64M),
				  GFP_KERNEL | __GFP_NOWARN | __GFP_THISNODE, 1));
}

/* ---- The dump ---------------------------------------------------------------------------------- */

static void vmallocinfo_names_kind_pages_and_nodes(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *p = vmalloc_node(opaque(SZ_16K), 1), *ram = vm_map_ram(&page, 1, 0);
	char line[160];

	(void)state;
	host_log_clear();
	vmallocinfo_show(&seq_console);
	snprintf(line, sizeof(line), "0x%016lx-0x%016lx   20480 ", (unsigned long)p,
		 (unsigned long)p + SZ_16K + PAGE_SIZE);
	assert_true(host_log_contains(line));
	assert_true(host_log_contains("vmallocinfo_names_kind_pages_and_nodes+0x"));
	assert_true(host_log_contains(" pages=4 vmalloc N1=4\n"));
	snprintf(line, sizeof(line), "0x%016lx-0x%016lx 4194304 vm_map_ram\n", (unsigned long)ram,
		 (unsigned long)ram + SZ_4M);
	assert_true(host_log_contains(line));
	vfree(p);
	host_log_clear();
	vmallocinfo_show(&seq_console);
	assert_true(host_log_contains("   20480 unpurged vm_area\n"));
	vm_unmap_ram(ram, 1);
	__free_page(page);
}

static void an_address_is_explained(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *p = vmalloc(opaque(SZ_16K)), *ram = vm_map_ram(&page, 1, 0);
	char line[160];

	(void)state;
	host_log_clear();
	assert_true(vmalloc_dump_obj(p + SZ_8K));
	snprintf(line, sizeof(line),
		 " 4-page vmalloc region starting at %#lx allocated at an_address_is_explained+0x",
		 (unsigned long)p);
	assert_true(host_log_contains(line));
	assert_false(host_log_contains("guard"));
	pr_info("it is a");
	assert_true(vmalloc_dump_obj(p + SZ_16K));
	assert_true(host_log_contains("it is a guard page of 4-page vmalloc region"));
	assert_true(vmalloc_dump_obj(ram));
	assert_true(host_log_contains(" vm_map_ram region starting at "));
	assert_false(vmalloc_dump_obj(page));
	assert_false(vmalloc_dump_obj((void *)(VMALLOC_START + SZ_1G)));
	/* As in an exception while the lock is held: no answer, and no wait. */
	spin_lock(&vmap_lock);
	assert_false(vmalloc_dump_obj(p));
	spin_unlock(&vmap_lock);
	vfree(p);
	assert_true(vmalloc_dump_obj(p));
	assert_true(host_log_contains(" vmalloc region that was given back\n"));
	vm_unmap_ram(ram, 1);
	__free_page(page);
}

static void meminfo_counts_pages_and_the_largest_gap(void **state)
{
	void *p = vmalloc(opaque(SZ_1M));
	char line[64];

	(void)state;
	host_log_clear();
	meminfo_show(&seq_console);
	assert_true(host_log_contains("VmallocUsed:        1024 kB\n"));
	snprintf(line, sizeof(line), "VmallocTotal:   %8lu kB\n", VMALLOC_TOTAL >> 10);
	assert_true(host_log_contains(line));
	snprintf(line, sizeof(line), "VmallocChunk:   %8lu kB\n",
		 ((VMALLOC_TOTAL + 1) >> 10) - 1024 - 4);
	assert_true(host_log_contains(line));
	vfree(p);
}

static void areas_are_read_with_zeroes_for_what_is_nobodys(void **state)
{
	char *area = vmalloc(2 * PAGE_SIZE), *all, *expect;
	struct page *page = alloc_page(GFP_KERNEL);
	char *mapped = vm_map_ram(&page, 1, NUMA_NO_NODE);
	unsigned long size = 4 * PAGE_SIZE;

	(void)state;
	all = kmalloc(size, GFP_KERNEL);
	expect = kzalloc(size, GFP_KERNEL);
	memset(area, 0x31, 2 * PAGE_SIZE);
	memset(expect + 100, 0x31, 2 * PAGE_SIZE - 200);
	/* What is before it is nobody's, as is its guard page. */
	memset(all, 0x55, size);
	assert_int_equal(vread(all, area - 100, 50), 0);
	assert_int_equal(vread(all, area + 2 * PAGE_SIZE, PAGE_SIZE), 0);
	assert_int_equal(all[0], 0x55);
	memset(expect + 100, 0x31, 2 * PAGE_SIZE);
	assert_int_equal(vread(all, area - 100, size), size);
	assert_memory_equal(all, expect, 2 * PAGE_SIZE + 100);
	memset(mapped, 0x32, PAGE_SIZE);
	assert_int_equal(vread(all, mapped + 10, 20), 20);
	assert_null(memchr_inv(all, 0x32, 20));
	vm_unmap_ram(mapped, 1);
	vfree(area);
	assert_int_equal(vread(all, area, 100), 0);
	/* Up to the end of all addresses. */
	assert_int_equal(vread(all, (char *)-10L, 100), 0);
	kfree(all);
	kfree(expect);
	__free_page(page);
}

static void devices_are_not_read(void **state)
{
	struct vm_struct *area = get_vm_area(PAGE_SIZE, VM_IOREMAP);
	struct page *page = alloc_page(GFP_KERNEL);
	char some[8];

	(void)state;
	assert_int_equal(arch_map_pages((unsigned long)area->addr, &page, 1, ARCH_MAP_WRITE), 0);
	memset(area->addr, 2, 8);
	memset(some, 1, 8);
	assert_int_equal(vread(some, area->addr, 8), 8);
	assert_null(memchr_inv(some, 0, 8));
	free_vm_area(area);
	__free_page(page);
}

static void a_part_of_an_area_is_taken_off_its_tables(void **state)
{
	char *area = vmalloc(3 * PAGE_SIZE);
	struct page *page = vmalloc_to_page(area + PAGE_SIZE);

	(void)state;
	vunmap_range((unsigned long)area + PAGE_SIZE, (unsigned long)area + 2 * PAGE_SIZE);
	assert_non_null(vmalloc_to_page(area));
	assert_null(vmalloc_to_page(area + PAGE_SIZE));
	assert_non_null(vmalloc_to_page(area + 2 * PAGE_SIZE));
	assert_int_equal(arch_map_pages((unsigned long)area + PAGE_SIZE, &page, 1, ARCH_MAP_WRITE),
			 0);
	vfree(area);
}

/* ---- Copies to users ------------------------------------------------------------------- */

struct copy {
	void *from;
	size_t bytes;
	const char *message;
};

static void do_copy(void *arg)
{
	const struct copy *copy = arg;

	check_object_size(copy->from, copy->bytes, true);
}

static void copies_of_no_memory_at_all_end_in_panic(void **state)
{
	char *area = vmalloc(opaque(3 * PAGE_SIZE));
	struct copy copies[] = {
		{NULL, 8, "from null address (offset 0, size 8)!"},
		{ZERO_SIZE_PTR, 1, "from null address (offset 16, size 1)!"},
		{(char *)-16L, 17, "from wrapped address (offset 0, size 1)!"},
		{area, 3 * PAGE_SIZE + 1, "from vmalloc (offset 0, size 12289)!"},
		{area + 3 * PAGE_SIZE - 4, 5, "from vmalloc (offset 12284, size 5)!"},
		{area + 3 * PAGE_SIZE, 1, "from vmalloc (offset 12288, size 1)!"},
		{(char *)VMALLOC_END - 100, 1, "from vmalloc 'no area' (offset 0, size 1)!"},
	};

	(void)state;
	check_object_size(area, 3 * PAGE_SIZE, true);
	check_object_size(NULL, 0, true);
	for (size_t i = 0; i < ARRAY_SIZE(copies); i++) {
		host_log_clear();
		assert_non_null(host_expect_panic(do_copy, &copies[i]));
		assert_true(host_log_contains(copies[i].message));
	}
	assert_int_equal(slab_stats.bad_usercopy, ARRAY_SIZE(copies));
	/* Nobody looks. */
	assert_int_equal(hardened_usercopy_parse_option((char[]){"off"}), 0);
	for (size_t i = 0; i < ARRAY_SIZE(copies); i++)
		do_copy(&copies[i]);
	assert_int_equal(slab_stats.bad_usercopy, ARRAY_SIZE(copies));
	assert_int_equal(hardened_usercopy_parse_option((char[]){"on"}), 0);
	assert_non_null(host_expect_panic(do_copy, &copies[0]));
	vfree(area);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		vmalloc_test(an_area_holds_what_is_written_to_it),
		vmalloc_test(the_page_behind_an_area_is_mapped_by_nobody),
		vmalloc_test(zeroed_areas_are_zero_and_come_from_their_node),
		vmalloc_test(huge_areas_lie_in_2_mb_pages),
		vmalloc_test(huge_areas_lie_in_base_pages_with_nohugevmalloc),
		vmalloc_test(huge_areas_take_base_pages_where_no_large_block_is_left),
		vmalloc_test(what_cannot_be_is_refused_with_a_message),
		vmalloc_test(a_range_that_is_full_gives_no_area),
		vmalloc_test(mistakes_are_named_counted_and_harmless),
		vmalloc_test(an_atomic_free_waits_for_the_next_call),
		vmalloc_test(a_second_atomic_free_is_refused),
		vmalloc_test(what_waits_is_not_lost),
		vmalloc_test(an_atomic_free_does_not_wait_for_the_lock),
		vmalloc_test(one_flush_is_for_many_areas),
		vmalloc_test(an_address_comes_again_only_after_a_flush),
		vmalloc_test(a_mapping_shows_its_pages),
		vmalloc_test(what_is_no_page_is_not_mapped),
		vmalloc_test(a_mapping_has_a_guard_page_whatever_its_flags),
		vmalloc_test(a_mapping_that_owns_its_pages_is_freed_with_them),
		vmalloc_test(protections_are_those_asked_for),
		vmalloc_test(kvmalloc_goes_on_past_the_largest_block),
		vmalloc_test(kvmalloc_node_takes_from_its_node),
		vmalloc_test(vmallocinfo_names_kind_pages_and_nodes),
		vmalloc_test(an_address_is_explained),
		vmalloc_test(meminfo_counts_pages_and_the_largest_gap),
		vmalloc_test(areas_are_read_with_zeroes_for_what_is_nobodys),
		vmalloc_test(devices_are_not_read),
		vmalloc_test(a_part_of_an_area_is_taken_off_its_tables),
		vmalloc_test(copies_of_no_memory_at_all_end_in_panic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
