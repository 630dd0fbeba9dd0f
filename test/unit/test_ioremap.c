/* SPDX-License-Identifier: MIT */
/* Mappings of devices: where they may be, as what, and access to them. */
#include "highmem_machine.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/io-mapping.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../../mm/memtype.h"
#include "../../mm/vmap.h"

/* A PC with RAM up to 2 GB and from 4 GB on. Between them lie devices. */
#define DEVICE 0xc0000000ULL

/* One for all tests: each leaves it as it was. */
static int make_pc(void **state)
{
	(void)state;
	boot(3ULL * SZ_1G, "");
	return 0;
}

static int start_test(void **state)
{
	(void)state;
	host_log_clear();
	vmalloc_stats = (struct vmalloc_stats){};
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	vm_unmap_aliases();
	assert_int_equal(vmap_verify(), 0);
	assert_false(memtype_is_used());
	return 0;
}

static int end_pc(void **state)
{
	assert_int_equal(mm_verify_all(), 0);
	return down(state);
}

static struct arch_mapping mapping_of(const volatile void *addr)
{
	struct arch_mapping mapping = {};

	assert_int_equal(arch_query((unsigned long)addr, &mapping), 0);
	return mapping;
}

/* ---- What is mapped ---------------------------------------------------------------------- */

static void each_call_maps_as_its_type(void **state)
{
	static const struct {
		void __iomem *(*map)(phys_addr_t phys, size_t size);
		unsigned int cache;
	} calls[] = {
		{ioremap, ARCH_MAP_UC_MINUS}, {ioremap_uc, ARCH_MAP_UC}, {ioremap_wc, ARCH_MAP_WC},
		{ioremap_wt, ARCH_MAP_WT},    {ioremap_cache, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		char __iomem *p = calls[i].map(DEVICE + 0x123, 0x2000);
		struct vm_struct *vm = find_vm_area(p);

		assert_int_equal((unsigned long)p & ~PAGE_MASK, 0x123);
		assert_int_equal(mapping_of(p).phys, DEVICE + 0x123);
		assert_int_equal(mapping_of(p + 0x1fff).phys, DEVICE + 0x2122);
		assert_int_equal(mapping_of(p).prot, ARCH_MAP_WRITE | calls[i].cache);
		assert_int_equal(vm->flags & VM_IOREMAP, VM_IOREMAP);
		assert_int_equal(get_vm_area_size(vm), 0x3000);
		assert_int_equal(vmap_verify(), 0);
		iounmap(p);
		assert_null(find_vm_area(p));
	}
	assert_null(ioremap_np(DEVICE, SZ_4K));
}

static void a_protection_gives_type_and_access(void **state)
{
	void __iomem *p = ioremap_prot(DEVICE, SZ_4K, ARCH_MAP_WC);

	(void)state;
	assert_int_equal(mapping_of(p).prot, ARCH_MAP_WC);
	iounmap(p);
}

static void page_frames_in_any_order_lie_side_by_side(void **state)
{
	unsigned long pfns[] = {PHYS_PFN(DEVICE) + 5, PHYS_PFN(DEVICE), PHYS_PFN(DEVICE) + 9};
	char *p = vmap_pfn(pfns, 3, PAGE_KERNEL_NOCACHE);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(mapping_of(p + i * PAGE_SIZE).phys, PFN_PHYS(pfns[i]));
	assert_int_equal(mapping_of(p).prot, ARCH_MAP_WRITE | ARCH_MAP_UC);
	vunmap(p);
	pfns[2] = 256;
	assert_null(vmap_pfn(pfns, 3, PAGE_KERNEL));
	assert_null(vmap_pfn(pfns, 0, PAGE_KERNEL));
	assert_null(vmap_pfn(NULL, 1, PAGE_KERNEL));
	assert_int_equal(vmalloc_stats.bad_range, 3);
}

static void ram_is_refused(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)state;
	assert_null(ioremap(page_to_phys(page), SZ_4K));
	assert_true(host_log_contains("ioremap on RAM at 0x"));
	/* From a device into RAM, and memory whose page structs are not made yet. */
	assert_null(ioremap(SZ_4G - SZ_4K, SZ_8K));
	assert_null(ioremap(4ULL * SZ_1G + SZ_512M, SZ_4K));
	assert_null(ioremap_cache(page_to_phys(page), SZ_4K));
	assert_int_equal(vmalloc_stats.bad_range, 4);
	__free_page(page);
}

/* It is write-back in the direct map, and cannot be anything else beside it. */
static void reserved_ram_can_only_be_cached(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void __iomem *p;

	(void)state;
	SetPageReserved(page);
	assert_null(ioremap_wc(page_to_phys(page), SZ_4K));
	assert_true(host_log_contains(", requested 0x1, got 0x0\n"));
	p = ioremap_cache(page_to_phys(page), SZ_4K);
	assert_int_equal(mapping_of(p).prot, ARCH_MAP_WRITE);
	iounmap(p);
	ClearPageReserved(page);
	__free_page(page);
}

static void what_is_no_range_is_refused(void **state)
{
	(void)state;
	assert_null(ioremap(DEVICE, 0));
	assert_null(ioremap(~0ULL, 2));
	assert_null(ioremap(DEVICE, ~0UL));
	assert_null(ioremap(1ULL << MAX_PHYSMEM_BITS, SZ_4K));
	assert_true(host_log_contains("ioremap: invalid physical address"));
	assert_int_equal(vmalloc_stats.bad_range, 4);
	/* An address that the machine does not have: nothing stays reserved. */
	assert_null(ioremap((1ULL << MAX_PHYSMEM_BITS) - SZ_4K, SZ_4K));
	assert_true(host_log_contains("ioremap: cannot map [mem "));
	assert_false(memtype_is_used());
}

static void large_ranges_lie_as_large_pages_need_it(void **state)
{
	static const struct {
		u64 start, size, align;
	} rows[] = {{0x80000000, SZ_1G, SZ_1G},
		    {DEVICE + SZ_2M, SZ_2M, SZ_2M},
		    {DEVICE, SZ_64K, SZ_64K},
		    {DEVICE, SZ_1M + SZ_4K, SZ_2M}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		void __iomem *p = ioremap(rows[i].start, rows[i].size);

		assert_int_equal((unsigned long)p % rows[i].align, 0);
		iounmap(p);
	}
}

static void a_wrong_iounmap_is_named_and_counted(void **state)
{
	char __iomem *p = ioremap(DEVICE, SZ_8K);
	void *area = vmalloc(SZ_4K);

	(void)state;
	iounmap(NULL);
	assert_int_equal(vmalloc_stats.bad_free, 0);
	iounmap(p + SZ_4K);
	iounmap(area);
	vfree(p);
	assert_true(host_log_contains("Trying to iounmap() nonexistent vm area"));
	assert_int_equal(vmalloc_stats.bad_free, 3);
	iounmap(p + 5);
	iounmap(p);
	assert_int_equal(vmalloc_stats.bad_free, 4);
	vfree(area);
}

static void vmallocinfo_says_what_is_mapped(void **state)
{
	void __iomem *p = ioremap_wc(DEVICE, SZ_16K);

	(void)state;
	vmallocinfo_show(&seq_console);
	assert_true(host_log_contains("   20480 vmallocinfo_says_what_is_mapped+0x"));
	assert_true(host_log_contains(" phys=0x00000000c0000000 ioremap\n"));
	host_log_clear();
	memtype_show(&seq_console);
	assert_true(host_log_contains(
		"PAT: [mem 0x00000000c0000000-0x00000000c0004000] write-combining\n"));
	iounmap(p);
}

/* ---- Types that meet ---------------------------------------------------------------------- */

/*
 *   first  |=====|            what a later one asks for, and what it gets
 *   later     |=====|
 */
static void a_later_mapping_gets_the_same_type_or_none(void **state)
{
	enum { NONE = -1 };
	static const struct {
		void __iomem *(*first)(phys_addr_t phys, size_t size);
		void __iomem *(*later)(phys_addr_t phys, size_t size);
		int got;
	} rows[] = {
		{ioremap, ioremap, ARCH_MAP_UC_MINUS},
		{ioremap, ioremap_wc, ARCH_MAP_UC_MINUS},
		{ioremap, ioremap_cache, ARCH_MAP_UC_MINUS},
		{ioremap_wc, ioremap, ARCH_MAP_WC},
		{ioremap_wc, ioremap_uc, ARCH_MAP_WC},
		{ioremap_wc, ioremap_wt, NONE},
		{ioremap_wc, ioremap_cache, ARCH_MAP_WC},
		{ioremap_cache, ioremap, NONE},
		{ioremap_cache, ioremap_uc, NONE},
		{ioremap_cache, ioremap_wc, NONE},
		{ioremap_cache, ioremap_wt, NONE},
		{ioremap_wt, ioremap, ARCH_MAP_WT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		void __iomem *first = rows[i].first(DEVICE, SZ_8K);
		void __iomem *later = rows[i].later(DEVICE + SZ_4K, SZ_8K);

		if (rows[i].got == NONE)
			assert_null(later);
		else
			assert_int_equal(mapping_of(later).prot & ARCH_MAP_CACHE, rows[i].got);
		iounmap(first);
		iounmap(later);
	}
	assert_true(host_log_contains(
		"ioremap error for 0xc0001000-0xc0003000, requested 0x2, got 0x0\n"));
}

static void a_range_between_two_types_is_refused(void **state)
{
	void __iomem *low = ioremap_wc(DEVICE, SZ_8K), *high = ioremap(DEVICE + SZ_16K, SZ_8K);

	(void)state;
	assert_null(ioremap_cache(DEVICE, SZ_32K));
	assert_true(host_log_contains("PAT: conflicting memory types"));
	assert_true(host_log_contains("ioremap memtype_reserve failed -16\n"));
	iounmap(low);
	iounmap(high);
}

static void a_type_is_free_again_when_all_have_let_it_go(void **state)
{
	void __iomem *first = ioremap_wc(DEVICE, SZ_8K), *same = ioremap_wc(DEVICE, SZ_8K);

	(void)state;
	iounmap(first);
	assert_null(ioremap_wt(DEVICE, SZ_4K));
	iounmap(same);
	first = ioremap_uc(DEVICE, SZ_4K);
	assert_int_equal(mapping_of(first).prot & ARCH_MAP_CACHE, ARCH_MAP_UC);
	iounmap(first);
}

static void a_range_can_be_reserved_without_a_mapping(void **state)
{
	(void)state;
	assert_int_equal(arch_io_reserve_memtype_wc(DEVICE, SZ_2M), 0);
	assert_null(ioremap_wt(DEVICE + SZ_1M, SZ_4K));
	arch_io_free_memtype_wc(DEVICE, SZ_2M);
	assert_int_equal(memtype_free(DEVICE, DEVICE + SZ_2M), -EINVAL);
	assert_true(host_log_contains("PAT: freeing invalid memtype [mem 0xc0000000-0xc01fffff]"));
}

static void what_firmware_uses_is_reserved_from_the_start(void **state)
{
	static const struct e820_entry map[] = {
		{0, 0x9f000, E820_TYPE_RAM, 0},
		{SZ_1M, SZ_128M - SZ_1M, E820_TYPE_RAM, 0},
		{SZ_128M, SZ_64K, E820_TYPE_ACPI, 0},
		{SZ_256M, SZ_128M, E820_TYPE_RAM, 0},
	};
	struct boot_info *info;
	void __iomem *p;

	down(state);
	mm_reset();
	info = host_machine_init(map, ARRAY_SIZE(map), "");
	info->fb = (struct boot_framebuffer){
		.format = BOOT_FB_RGB, .base = SZ_128M + SZ_1M, .size = SZ_1M};
	highmem_is_up = true;
	start(info);
	assert_null(ioremap(SZ_128M + SZ_4K, SZ_4K));
	p = ioremap_cache(SZ_128M + SZ_4K, SZ_4K);
	assert_int_equal(mapping_of(p).prot, ARCH_MAP_WRITE);
	iounmap(p);
	p = ioremap_cache(SZ_128M + SZ_1M + SZ_8K, SZ_4K);
	assert_int_equal(mapping_of(p).prot, ARCH_MAP_WRITE | ARCH_MAP_WC);
	iounmap(p);
	memtype_reset();
	down(state);
	make_pc(state);
}

/* ---- Against a model --------------------------------------------------------------------------- */

#define MODEL_PAGES  64
#define MODEL_RANGES 24

/* Each page's type and how many have it, against what reservations say. */
static void random_reservations_match_the_model(void **state)
{
	static struct {
		unsigned int start, end;
		enum page_cache_mode type;
	} held[MODEL_RANGES];

	(void)state;
	host_test_seed("memtype");
	for (unsigned int round = 0; round < 20000; round++) {
		unsigned int i = arch_random() % MODEL_RANGES, start = arch_random() % MODEL_PAGES;
		unsigned int end = start + 1 + arch_random() % 8, types = 0;
		enum page_cache_mode type = arch_random() % 5, got = type;
		u64 base = DEVICE + start * PAGE_SIZE;
		bool may_change = arch_random() % 2;
		int err;

		if (held[i].end) {
			err = memtype_free(DEVICE + held[i].start * PAGE_SIZE,
					   DEVICE + held[i].end * PAGE_SIZE);
			assert_int_equal(err, 0);
			held[i].end = 0;
			continue;
		}
		for (unsigned int j = 0; j < MODEL_RANGES; j++)
			if (held[j].start < end && held[j].end > start)
				types |= 1u << held[j].type;
		err = memtype_reserve(base, base + (end - start) * PAGE_SIZE, type,
				      may_change ? &got : NULL);
		/* One type, or none, and not another than asked for unless that will do. */
		if (types & (types - 1) || (types && !may_change && types != 1u << type)) {
			assert_int_equal(err, -EBUSY);
			continue;
		}
		assert_int_equal(err, 0);
		assert_int_equal(1u << got, types ? types : 1u << type);
		held[i].start = start;
		held[i].end = end;
		held[i].type = got;
		if (round % 256 == 0)
			assert_int_equal(memtype_verify(), 0);
	}
	for (unsigned int i = 0; i < MODEL_RANGES; i++)
		if (held[i].end)
			memtype_free(DEVICE + held[i].start * PAGE_SIZE,
				     DEVICE + held[i].end * PAGE_SIZE);
	memset(held, 0, sizeof(held));
}

/* ---- memremap() ------------------------------------------------------------------------------ */

static void ram_is_remapped_where_it_lies(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	phys_addr_t phys = page_to_phys(page);

	(void)state;
	assert_ptr_equal(memremap(phys + 8, 16, MEMREMAP_WB), __va(phys + 8));
	assert_ptr_equal(memremap(phys, SZ_4K, MEMREMAP_WB | MEMREMAP_WC), __va(phys));
	assert_null(memremap(phys, SZ_4K, MEMREMAP_WC));
	assert_true(host_log_contains("memremap attempted on ram 0x"));
	assert_null(memremap(SZ_4G - SZ_4K, SZ_8K, MEMREMAP_WB));
	assert_true(host_log_contains("memremap attempted on mixed range 0x"));
	assert_null(memremap(phys, SZ_4K, 0));
	assert_null(memremap(phys, 0, MEMREMAP_WB));
	memunmap(__va(phys));
	__free_page(page);
}

static void memory_of_a_device_is_remapped_as_the_first_type_that_goes(void **state)
{
	static const struct {
		unsigned long flags;
		unsigned int cache;
	} rows[] = {{MEMREMAP_WB, 0},
		    {MEMREMAP_WT, ARCH_MAP_WT},
		    {MEMREMAP_WC, ARCH_MAP_WC},
		    {MEMREMAP_WT | MEMREMAP_WC, ARCH_MAP_WT}};
	void *p, __iomem *other;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		p = memremap(DEVICE + 4, SZ_4K, rows[i].flags);
		assert_int_equal(mapping_of(p).prot & ARCH_MAP_CACHE, rows[i].cache);
		memunmap(p);
	}
	other = ioremap_wc(DEVICE, SZ_4K);
	p = memremap(DEVICE, SZ_4K, MEMREMAP_WT | MEMREMAP_WC);
	assert_int_equal(mapping_of(p).prot & ARCH_MAP_CACHE, ARCH_MAP_WC);
	memunmap(p);
	iounmap(other);
}

/* ---- Accesses ------------------------------------------------------------------------------------ */

static void accessors_read_what_they_wrote(void **state)
{
	char __iomem *p = ioremap(DEVICE, SZ_4K);

	(void)state;
	writeq(0x0123456789abcdefULL, p);
	assert_int_equal(readb(p), 0xef);
	assert_int_equal(readw(p + 2), 0x89ab);
	assert_int_equal(readl(p + 4), 0x01234567);
	assert_int_equal(readq_relaxed(p), 0x0123456789abcdefULL);
	assert_int_equal(ioread16be(p), 0xefcd);
	assert_int_equal(ioread32be(p + 4), 0x67452301);
	writeb(1, p);
	writew_relaxed(0x203, p + 2);
	iowrite32be(0x04050607, p + 4);
	assert_int_equal(ioread64(p), 0x070605040203cd01ULL);
	assert_int_equal(ioread64be(p), 0x01cd030204050607ULL);
	assert_true(check_signature(p, (const unsigned char *)"\1\xcd\3", 3));
	assert_false(check_signature(p, (const unsigned char *)"\1\xcd\4", 3));
	iounmap(p);
}

static void a_register_is_read_and_written_many_times(void **state)
{
	u32 from[4] = {1, 2, 3, 4}, to[4] = {};
	u8 __iomem *p = ioremap(DEVICE, SZ_4K);

	(void)state;
	memset_io(p, 0, 64);
	writesl(p, from, 4);
	assert_int_equal(readl(p), 4);
	assert_int_equal(readl(p + 4), 0);
	ioread32_rep(p, to, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(to[i], 4);
	__iowrite32_copy(p, from, 4);
	__ioread32_copy(to, p, 3);
	assert_memory_equal(to, from, 3 * sizeof(u32));
	__iowrite64_copy(p + 8, from, 2);
	assert_int_equal(readq(p + 8), 0x200000001ULL);
	iounmap(p);
}

/* Every start, end and length around the words that are copied whole. */
static void copies_touch_just_their_bytes(void **state)
{
	u8 pattern[40], back[40], __iomem *p = ioremap(DEVICE, SZ_4K);

	(void)state;
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (u8)(i + 1);
	for (size_t at = 0; at < 17; at++) {
		for (size_t size = 0; size < 20; size++) {
			memset_io(p, 0xee, sizeof(back));
			memcpy_toio(p + at, pattern + at % 3, size);
			memcpy_fromio(back, p, sizeof(back));
			assert_null(memchr_inv(back, 0xee, at));
			assert_memory_equal(back + at, pattern + at % 3, size);
			assert_null(memchr_inv(back + at + size, 0xee, sizeof(back) - at - size));
			memset_io(p + at, 0x11, size);
			memcpy_fromio(back + 1, p + at, size);
			assert_null(memchr_inv(back + 1, 0x11, size));
			assert_int_equal(readb(p + at + size), 0xee);
		}
	}
	iounmap(p);
}

/*
 *   1 MB ...... 2 GB      write-back
 *   0xc0000000 + 256 MB   uncached, its first 16 MB write-back alone
 *   all else              uncached
 */
static const struct arch_mtrrs some_mtrrs = {
	.enabled = true,
	.default_type = ARCH_MTRR_UC,
	.nr = 3,
	.var = {{0, ~(SZ_2G - 1ULL), ARCH_MTRR_WB},
		{DEVICE, ~(SZ_16M - 1ULL), ARCH_MTRR_WB},
		{DEVICE + SZ_32M, ~(SZ_16M - 1ULL), ARCH_MTRR_WC}},
};

static unsigned int cache_of_mapping(void __iomem *(*map)(phys_addr_t phys, size_t size), u64 at,
				     size_t size)
{
	void __iomem *p = map(at, size);
	unsigned int prot;

	assert_non_null(p);
	prot = mapping_of(p).prot & ARCH_MAP_CACHE;
	iounmap(p);
	return prot;
}

static void write_back_is_what_the_range_registers_permit(void **state)
{
	struct arch_mtrrs off = some_mtrrs;

	(void)state;
	host_mtrrs = &some_mtrrs;
	memtype_init();
	assert_int_equal(cache_of_mapping(ioremap_cache, DEVICE, SZ_16M), 0);
	assert_int_equal(cache_of_mapping(ioremap_cache, DEVICE + SZ_16M - SZ_4K, SZ_8K),
			 ARCH_MAP_UC_MINUS);
	assert_int_equal(cache_of_mapping(ioremap_cache, DEVICE + SZ_32M, SZ_4K),
			 ARCH_MAP_UC_MINUS);
	/* Other types do not come from the registers. */
	assert_int_equal(cache_of_mapping(ioremap_wc, DEVICE + SZ_16M, SZ_4K), ARCH_MAP_WC);
	assert_int_equal(cache_of_mapping(ioremap_wt, DEVICE + SZ_16M, SZ_4K), ARCH_MAP_WT);
	/* Below 1 MB they do not rule; turned off, all is uncached. */
	assert_int_equal(cache_of_mapping(ioremap_cache, 0xa0000, SZ_4K), 0);
	off.enabled = false;
	host_mtrrs = &off;
	memtype_init();
	assert_int_equal(cache_of_mapping(ioremap_cache, DEVICE, SZ_4K), ARCH_MAP_UC_MINUS);
	host_mtrrs = NULL;
	memtype_init();
	assert_int_equal(cache_of_mapping(ioremap_cache, DEVICE + SZ_16M, SZ_4K), 0);
}

static void a_devices_mappings_go_with_it(void **state)
{
	struct device dev = {.init_name = "dev"};
	struct resource res = DEFINE_RES_MEM_NAMED(DEVICE, 0x2000, "bar");
	void __iomem *bar;

	(void)state;
	resource_reset();
	bar = devm_ioremap_resource(&dev, &res);
	assert_false(IS_ERR(bar));
	assert_string_equal(iomem_resource.child->name, "dev bar");
	assert_int_equal(PTR_ERR(devm_ioremap_resource_wc(&dev, &res)), -EBUSY);
	/* The region, its mapping, and two times its name. */
	assert_int_equal(devres_release_all(&dev), 4);
	assert_null(iomem_resource.child);
	assert_int_equal(devm_arch_io_reserve_memtype_wc(&dev, DEVICE, 0x1000), 0);
	assert_int_equal(arch_io_reserve_memtype_wc(DEVICE, 0x1000), 0);
	arch_io_free_memtype_wc(DEVICE, 0x1000);
	assert_true(memtype_is_used());
	assert_int_equal(devm_arch_phys_wc_add(&dev, DEVICE, 0x1000), 0);
	assert_int_equal(devres_release_all(&dev), 1);
	assert_false(memtype_is_used());
	assert_int_equal(devm_arch_io_reserve_memtype_wc(&dev, 0, 0), -EINVAL);
	res.name = NULL;
	assert_false(IS_ERR(devm_ioremap_resource_wc(&dev, &res)));
	assert_int_equal(devres_release_all(&dev), 2);
	bar = devm_ioremap(&dev, DEVICE, 0x2000);
	assert_non_null(bar);
	assert_int_equal(mapping_of(bar).phys, DEVICE);
	assert_non_null(devm_ioremap_wc(&dev, DEVICE + 0x10000, 0x1000));
	assert_non_null(devm_ioremap_uc(&dev, DEVICE + 0x20000, 0x1000));
	devm_iounmap(&dev, bar);
	assert_null(find_vm_area(bar));
	assert_false(IS_ERR(devm_memremap(&dev, DEVICE + 0x30000, 0x1000, MEMREMAP_WB)));
	assert_int_equal(PTR_ERR(devm_memremap(&dev, DEVICE, 0, MEMREMAP_WB)), -ENXIO);
	assert_int_equal(devres_release_all(&dev), 3);
}

/*
 *  DEVICE  |####|####|####|####|   4 pages, mapped once
 *               ▲ a part points into it
 */
static void parts_of_an_io_mapping_lie_in_the_whole(void **state)
{
	struct io_mapping *mapping = io_mapping_create_wc(DEVICE, SZ_16K);
	char __iomem *part;

	(void)state;
	assert_non_null(mapping);
	assert_int_equal(mapping->base, DEVICE);
	assert_int_equal(mapping->size, SZ_16K);
	assert_int_equal(pgprot_val(mapping->prot), ARCH_MAP_WRITE | ARCH_MAP_WC);
	part = io_mapping_map_wc(mapping, SZ_4K + 8, SZ_8K);
	assert_int_equal(mapping_of(part).phys, DEVICE + SZ_4K + 8);
	assert_int_equal(mapping_of(part).prot, ARCH_MAP_WRITE | ARCH_MAP_WC);
	io_mapping_unmap(part);
	part = io_mapping_map_local_wc(mapping, SZ_16K - 1);
	assert_int_equal(mapping_of(part).phys, DEVICE + SZ_16K - 1);
	io_mapping_unmap_local(part);
	part = io_mapping_map_atomic_wc(mapping, 0);
	assert_int_equal(mapping_of(part).phys, DEVICE);
	io_mapping_unmap_atomic(part);
	/* The whole is there until the end, then nothing is. */
	assert_int_equal(mapping_of(part).phys, DEVICE);
	io_mapping_free(mapping);
	assert_null(find_vm_area(part));
}

static void map_past_the_end(void *mapping)
{
	(void)io_mapping_map_local_wc(mapping, SZ_4K);
}

static void an_io_mapping_has_an_end_and_can_fail(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct io_mapping mapping;

	(void)state;
	assert_ptr_equal(io_mapping_init_wc(&mapping, DEVICE, SZ_4K), &mapping);
	assert_non_null(host_expect_panic(map_past_the_end, &mapping));
	io_mapping_fini(&mapping);
	/* RAM, by either call; the structure is given back. */
	assert_null(io_mapping_init_wc(&mapping, page_to_phys(page), SZ_4K));
	assert_null(io_mapping_create_wc(page_to_phys(page), SZ_4K));
	assert_false(is_device_private_page(page) || is_device_coherent_page(page) ||
		     is_pci_p2pdma_page(page) || folio_is_device_private(page_folio(page)));
	assert_int_equal(memremap_compat_align(), PAGE_SIZE);
	__free_page(page);
}

static void a_device_gets_no_page_structs(void **state)
{
	static const struct dev_pagemap_ops ops = {.memory_failure = NULL};
	static struct dev_pagemap map = {.type = MEMORY_DEVICE_GENERIC,
					 .nr_range = 1,
					 .range = {DEVICE, DEVICE + SZ_2M - 1},
					 .vmemmap_shift = 9,
					 .ops = &ops};
	struct device dev = {};

	(void)state;
	assert_int_equal(PTR_ERR(devm_memremap_pages(&dev, &map)), -ENXIO);
	assert_true(host_log_contains("WARNING"));
	assert_null(get_dev_pagemap(PHYS_PFN(DEVICE), NULL));
	put_dev_pagemap(NULL);
	devm_memunmap_pages(&dev, &map);
	assert_false(pgmap_pfn_valid(&map, PHYS_PFN(DEVICE)) || pgmap_has_memory_failure(&map));
	assert_int_equal(range_len(&map.ranges[0]), SZ_2M);
	assert_int_equal(pgmap_vmemmap_nr(&map), 512);
	assert_null(pgmap_altmap(&map));
	map.flags = PGMAP_ALTMAP_VALID;
	assert_ptr_equal(pgmap_altmap(&map), &map.altmap);
	assert_int_equal(vmem_altmap_offset(&map.altmap), 0);
	vmem_altmap_free(&map.altmap, 1);
	assert_false(put_devmap_managed_page(NULL));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(each_call_maps_as_its_type),
		TEST(a_devices_mappings_go_with_it),
		TEST(parts_of_an_io_mapping_lie_in_the_whole),
		TEST(an_io_mapping_has_an_end_and_can_fail),
		TEST(a_protection_gives_type_and_access),
		TEST(page_frames_in_any_order_lie_side_by_side),
		TEST(ram_is_refused),
		TEST(reserved_ram_can_only_be_cached),
		TEST(what_is_no_range_is_refused),
		TEST(large_ranges_lie_as_large_pages_need_it),
		TEST(a_wrong_iounmap_is_named_and_counted),
		TEST(vmallocinfo_says_what_is_mapped),
		TEST(a_later_mapping_gets_the_same_type_or_none),
		TEST(a_range_between_two_types_is_refused),
		TEST(a_type_is_free_again_when_all_have_let_it_go),
		TEST(a_range_can_be_reserved_without_a_mapping),
		TEST(what_firmware_uses_is_reserved_from_the_start),
		TEST(random_reservations_match_the_model),
		TEST(ram_is_remapped_where_it_lies),
		TEST(memory_of_a_device_is_remapped_as_the_first_type_that_goes),
		TEST(a_device_gets_no_page_structs),
		TEST(accessors_read_what_they_wrote),
		TEST(a_register_is_read_and_written_many_times),
		TEST(copies_touch_just_their_bytes),
		TEST(write_back_is_what_the_range_registers_permit),
	};

	return cmocka_run_group_tests(tests, make_pc, end_pc);
}
