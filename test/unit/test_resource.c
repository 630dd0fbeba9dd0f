/* SPDX-License-Identifier: MIT */
/* Trees of resources: who has what, and who uses it. */
#include "slab_machine.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/seq_file.h>
#include <baremm/e820.h>

static struct resource root, a, b, c, d;

/*
 *   root 0x1000 ................................ 0xffff
 *        a 0x1000-0x1fff      b 0x4000-0x7fff
 */
static int make_tree(void **state)
{
	make_machine(state);
	resource_reset();
	root = (struct resource){
		.start = 0x1000, .end = 0xffff, .name = "root", .flags = IORESOURCE_MEM};
	a = (struct resource)DEFINE_RES_MEM_NAMED(0x1000, 0x1000, "a");
	b = (struct resource)DEFINE_RES_MEM_NAMED(0x4000, 0x4000, "b");
	c = d = (struct resource){.name = "c", .flags = IORESOURCE_MEM};
	assert_int_equal(request_resource(&root, &b), 0);
	assert_int_equal(request_resource(&root, &a), 0);
	return 0;
}

static int end_tree(void **state)
{
	assert_int_equal(resource_verify(&root), 0);
	assert_int_equal(resource_verify(&iomem_resource), 0);
	resource_reset();
	return end_machine(state);
}

static struct resource *at(struct resource *res, resource_size_t start, resource_size_t end)
{
	res->start = start;
	res->end = end;
	return res;
}

static void a_request_meets_nobody_and_lies_in_its_root(void **state)
{
	(void)state;
	assert_ptr_equal(root.child, &a);
	assert_ptr_equal(a.sibling, &b);
	assert_ptr_equal(request_resource_conflict(&root, at(&c, 0x1fff, 0x2000)), &a);
	assert_ptr_equal(request_resource_conflict(&root, at(&c, 0x3000, 0x4000)), &b);
	assert_ptr_equal(request_resource_conflict(&root, at(&c, 0xf000, 0x10000)), &root);
	assert_ptr_equal(request_resource_conflict(&root, at(&c, 0x3000, 0x2fff)), &root);
	assert_int_equal(request_resource(&root, at(&c, 0x5000, 0x5fff)), -EBUSY);
	assert_int_equal(request_resource(&root, at(&c, 0x2000, 0x3fff)), 0);
	assert_ptr_equal(a.sibling, &c);
	assert_ptr_equal(lookup_resource(&root, 0x2000), &c);
	assert_null(lookup_resource(&root, 0x2001));
	assert_int_equal(release_resource(&c), 0);
	assert_int_equal(release_resource(&c), -EINVAL);
	assert_ptr_equal(a.sibling, &b);
}

static void an_insertion_goes_into_and_around_others(void **state)
{
	(void)state;
	/* Into b. */
	assert_int_equal(insert_resource(&root, at(&c, 0x5000, 0x5fff)), 0);
	assert_ptr_equal(c.parent, &b);
	/* Around a and b. */
	assert_int_equal(insert_resource(&root, at(&d, 0x1000, 0x8fff)), 0);
	assert_ptr_equal(root.child, &d);
	assert_ptr_equal(d.child, &a);
	assert_ptr_equal(b.parent, &d);
	assert_null(d.sibling);
	assert_int_equal(resource_verify(&root), 0);
	assert_int_equal(remove_resource(&d), 0);
	assert_ptr_equal(root.child, &a);
	assert_ptr_equal(b.parent, &root);
	/* Half of b: not, or with all of it. */
	assert_ptr_equal(insert_resource_conflict(&root, at(&d, 0x6000, 0x8fff)), &b);
	insert_resource_expand_to_fit(&root, &d);
	assert_int_equal(d.start, 0x4000);
	assert_int_equal(d.end, 0x8fff);
	assert_ptr_equal(b.parent, &d);
	assert_int_equal(remove_resource(&d), 0);
	assert_int_equal(remove_resource(&d), -EINVAL);
	release_child_resources(&root);
	assert_null(c.parent);
}

static resource_size_t from_the_end(void *data, const struct resource *found, resource_size_t size,
				    resource_size_t align)
{
	assert_ptr_equal(data, &a);
	return ALIGN_DOWN(found->end + 1 - size, align);
}

static void an_allocation_finds_the_first_place_that_will_do(void **state)
{
	(void)state;
	assert_int_equal(allocate_resource(&root, &c, 0x800, 0, ~0ULL, 0x1000, NULL, NULL), 0);
	assert_int_equal(c.start, 0x2000);
	assert_int_equal(c.end, 0x27ff);
	assert_int_equal(allocate_resource(&root, &d, 0x2000, 0, 0x9000, 0, NULL, NULL), -EBUSY);
	assert_int_equal(d.end, 0);
	assert_int_equal(
		allocate_resource(&root, &d, 0x2000, 0x8100, ~0ULL, 0x1000, from_the_end, &a), 0);
	assert_int_equal(d.start, 0xe000);
	assert_int_equal(
		allocate_resource(&root, &(struct resource){}, 0x7000, 0, ~0ULL, 0, NULL, NULL),
		-EBUSY);
}

static void a_resource_moves_between_its_neighbours(void **state)
{
	(void)state;
	assert_int_equal(insert_resource(&root, at(&c, 0x5000, 0x5fff)), 0);
	assert_int_equal(adjust_resource(&b, 0x5000, 0x4000), 0);
	assert_int_equal(b.end, 0x8fff);
	assert_int_equal(adjust_resource(&b, 0x5001, 0x4000), -EBUSY);
	assert_int_equal(adjust_resource(&b, 0x1fff, 0x8000), -EBUSY);
	assert_int_equal(adjust_resource(&b, 0x5000, 0x10000), -EBUSY);
	assert_int_equal(b.start, 0x5000);
	b.flags |= IORESOURCE_STARTALIGN;
	assert_int_equal(resource_alignment(&b), 0x5000);
	b.flags = IORESOURCE_MEM | IORESOURCE_SIZEALIGN;
	assert_int_equal(resource_alignment(&b), 0x4000);
}

static void a_region_is_used_by_one(void **state)
{
	struct resource *region;

	(void)state;
	insert_resource(&iomem_resource, at(&c, 0xfe000000, 0xfe00ffff));
	/* Below the window, which is not busy; and nobody else gets it then. */
	region = request_mem_region(0xfe000000, 0x1000, "card");
	assert_ptr_equal(region->parent, &c);
	assert_null(request_mem_region(0xfe000800, 0x1000, "other"));
	assert_non_null(request_mem_region_exclusive(0xfe001000, 0x1000, "other"));
	assert_non_null(request_region(0x3f8, 8, "serial"));
	assert_null(request_muxed_region(0x3ff, 1, "serial"));
	host_log_clear();
	release_mem_region(0xfe000000, 0x800);
	assert_true(host_log_contains("Trying to free nonexistent resource "
				      "<00000000fe000000-00000000fe0007ff>"));
	release_mem_region(0xfe000000, 0x1000);
	release_mem_region(0xfe001000, 0x1000);
	release_region(0x3f8, 8);
	assert_null(c.child);
	assert_null(ioport_resource.child);
}

static void a_devices_regions_go_with_it(void **state)
{
	struct device dev = {.init_name = "dev"};

	(void)state;
	assert_non_null(devm_request_mem_region(&dev, 0xfe000000, 0x1000, "bar"));
	assert_non_null(devm_request_region(&dev, 0x3f8, 8, "port"));
	assert_null(devm_request_mem_region(&dev, 0xfe000000, 0x1000, "bar"));
	devm_release_region(&dev, 0x3f8, 8);
	assert_null(ioport_resource.child);
	assert_non_null(devm_request_region(&dev, 0x3f8, 8, "port"));
	assert_int_equal(devres_release_all(&dev), 2);
	assert_null(ioport_resource.child);
	assert_null(iomem_resource.child);
}

static void a_devices_resource_goes_with_it(void **state)
{
	struct device dev = {.init_name = "dev"};
	struct resource bar = DEFINE_RES_MEM_NAMED(0xfe000000, 0x1000, "bar"),
			port = DEFINE_RES_IO(0x3f8, 8);

	(void)state;
	assert_int_equal(devm_request_resource(&dev, &root, at(&c, 0x2000, 0x3fff)), 0);
	host_log_clear();
	assert_int_equal(devm_request_resource(&dev, &root, at(&d, 0x3000, 0x3fff)), -EBUSY);
	assert_true(host_log_contains("dev: resource collision: [mem 0x00003000-0x00003fff] "
				      "conflicts with c [mem 0x00002000-0x00003fff]\n"));
	devm_release_resource(&dev, &c);
	assert_int_equal(devm_request_resource(&dev, &root, &d), 0);
	/* What is no memory, and what another has, is not mapped. */
	assert_int_equal(PTR_ERR(devm_ioremap_resource(&dev, NULL)), -EINVAL);
	assert_int_equal(PTR_ERR(devm_ioremap_resource(&dev, &port)), -EINVAL);
	assert_non_null(request_mem_region(0xfe000800, 0x100, "other"));
	assert_int_equal(PTR_ERR(devm_ioremap_resource(&dev, &bar)), -EBUSY);
	release_mem_region(0xfe000800, 0x100);
	/* Where there are no addresses to map it at, the region goes back. */
	assert_int_equal(PTR_ERR(devm_ioremap_resource(&dev, &bar)), -ENOMEM);
	assert_null(iomem_resource.child);
	assert_true(devres_release_all(&dev) >= 1);
	assert_null(d.parent);
}

static int add_up(struct resource *res, void *arg)
{
	*(u64 *)arg += resource_size(res);
	return 0;
}

static int add_pages(unsigned long start_pfn, unsigned long nr_pages, void *arg)
{
	(void)start_pfn;
	*(u64 *)arg += nr_pages;
	return 0;
}

static void the_firmwares_map_tells_what_lies_where(void **state)
{
	struct seq_text sb;
	struct seq_file m;
	struct e820_entry entries[] = {{0, 0x9f800, E820_TYPE_RAM, 0},
				       {0xf0000, 0x10000, E820_TYPE_RESERVED, 0},
				       {SZ_1M, SZ_1M, E820_TYPE_RAM, 0}};
	struct e820_table map = {.entries = entries, .nr_entries = ARRAY_SIZE(entries)};
	struct e820_table *was = e820_table;
	char text[512];
	u64 sum = 0;

	(void)state;
	e820_table = &map;
	assert_int_equal(e820__reserve_resources(), 0);
	assert_null(request_mem_region(SZ_1M, 0x1000, "card"));
	assert_int_equal(region_intersects(SZ_1M, SZ_1M, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE),
			 REGION_INTERSECTS);
	assert_int_equal(region_intersects(0xf8000, SZ_1M, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE),
			 REGION_MIXED);
	assert_int_equal(region_intersects(0xa0000, 0x1000, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE),
			 REGION_DISJOINT);
	assert_int_equal(region_intersects(0xf0000, 0x1000, IORESOURCE_MEM, IORES_DESC_RESERVED),
			 REGION_INTERSECTS);
	assert_int_equal(walk_system_ram_res(0x1000, SZ_2M - 1, &sum, add_up), 0);
	assert_int_equal(sum, 0x9f800 - 0x1000 + SZ_1M);
	sum = 0;
	/* The last page of the first range is no whole one. */
	assert_int_equal(walk_system_ram_range(0, SZ_2M / PAGE_SIZE, &sum, add_pages), 0);
	assert_int_equal(sum, 0x9f + 0x100);
	assert_int_equal(walk_system_ram_res(0xa0000, 0xaffff, &sum, add_up), -EINVAL);
	assert_int_equal(page_is_ram(0x9e), 1);
	assert_int_equal(page_is_ram(0x9f), 0);
	assert_int_equal(page_is_ram(0xa0), 0);
	assert_non_null(request_mem_region(0xf0000, 0x100, "ROM"));
	e820_table = was;
	seq_text_init(&m, &sb, text, sizeof(text));
	resource_show(&m, &iomem_resource);
	assert_string_equal(text, "00000000-0009f7ff : System RAM\n"
				  "000f0000-000fffff : Reserved\n"
				  "  000f0000-000f00ff : ROM\n"
				  "00100000-001fffff : System RAM\n");
}

static void verify_finds_children_that_meet_or_stick_out(void **state)
{
	(void)state;
	a.end = 0x4000;
	assert_int_equal(resource_verify(&root), 1);
	b.end = 0x10000;
	assert_int_equal(resource_verify(&root), 2);
	a.end = 0x1fff;
	b.end = 0x7fff;
}

/* Regions of a page each way, against an array of who has which page. */
static void random_regions_agree_with_a_map(void **state)
{
	bool used[64] = {false};
	u8 len[64] = {0};

	(void)state;
	host_test_seed("regions");
	for (int step = 0; step < 5000; step++) {
		unsigned int i = (unsigned int)(arch_random() % 64), n, end;

		if (len[i]) {
			release_mem_region(i * 0x1000UL, len[i] * 0x1000UL);
			memset(used + i, false, len[i]);
			len[i] = 0;
			continue;
		}
		n = 1 + (unsigned int)(arch_random() % 4);
		end = min(i + n, 64U);
		if (memchr_inv(used + i, false, end - i)) {
			assert_null(request_mem_region(i * 0x1000UL, n * 0x1000UL, "r"));
			continue;
		}
		n = end - i;
		assert_non_null(request_mem_region(i * 0x1000UL, n * 0x1000UL, "r"));
		memset(used + i, true, n);
		len[i] = (u8)n;
	}
	for (unsigned int i = 0; i < 64; i++)
		if (len[i])
			release_mem_region(i * 0x1000UL, len[i] * 0x1000UL);
	assert_null(iomem_resource.child);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, make_tree, end_tree)

/* ---- Parts of regions ------------------------------------------------------------------------ */

static struct resource *busy(resource_size_t start, resource_size_t size)
{
	return request_mem_region(start, size, "busy");
}

static void what_lies_between_is_reserved_in_pieces(void **state)
{
	struct resource *res;

	(void)state;
	reserve_region_with_split(&root, 0x1800, 0x9fff, "rest");
	/* a, then up to b, then behind it. */
	res = a.sibling;
	assert_int_equal(res->start, 0x2000);
	assert_int_equal(res->end, 0x3fff);
	assert_true(res->flags & IORESOURCE_BUSY);
	assert_ptr_equal(res->sibling, &b);
	res = b.sibling;
	assert_int_equal(res->start, 0x8000);
	assert_int_equal(res->end, 0x9fff);
	assert_null(res->sibling);
	/* Nothing is left of it, and nothing outside is had. */
	reserve_region_with_split(&root, 0x1000, 0x9fff, "again");
	assert_null(b.sibling->sibling);
	host_log_clear();
	reserve_region_with_split(&root, 0xf000, 0x1ffff, "over");
	assert_non_null(strstr(host_log(), "not in root"));
	assert_int_equal(b.sibling->sibling->end, 0xffff);
	__release_region(&root, 0x2000, 0x2000);
	__release_region(&root, 0x8000, 0x2000);
	__release_region(&root, 0xf000, 0x1000);
	assert_null(b.sibling);
}

static void a_part_of_a_busy_region_is_given_back(void **state)
{
	struct resource *res = busy(0x10000, 0x10000);

	(void)state;
	release_mem_region_adjustable(0x10000, 0x1000);
	assert_int_equal(res->start, 0x11000);
	release_mem_region_adjustable(0x1f000, 0x1000);
	assert_int_equal(res->end, 0x1efff);
	release_mem_region_adjustable(0x14000, 0x1000);
	assert_int_equal(res->end, 0x13fff);
	assert_int_equal(res->sibling->start, 0x15000);
	assert_int_equal(res->sibling->end, 0x1efff);
	assert_string_equal(res->sibling->name, "busy");
	assert_int_equal(resource_verify(&iomem_resource), 0);
	/* In nobody's, and over an end: nothing. */
	release_mem_region_adjustable(0x14000, 0x1000);
	release_mem_region_adjustable(0x13000, 0x3000);
	assert_int_equal(res->end, 0x13fff);
	release_mem_region_adjustable(0x11000, 0x3000);
	release_mem_region_adjustable(0x15000, 0xa000);
	assert_null(iomem_resource.child);
}

static void ram_is_put_together_with_its_neighbours(void **state)
{
	static const char name[] = "System RAM";
	struct resource *res[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		res[i] = request_mem_region(0x10000 + 0x1000U * (unsigned int)i, 0x1000, name);
		res[i]->flags |= IORESOURCE_SYSTEM_RAM;
	}
	merge_system_ram_resource(res[0]);
	assert_ptr_equal(res[0]->sibling, res[1]);
	merge_system_ram_resource(res[2]);
	assert_ptr_equal(res[1]->sibling, res[2]);
	/* The last that has not said that it may. */
	merge_system_ram_resource(res[1]);
	assert_ptr_equal(iomem_resource.child, res[0]);
	assert_int_equal(res[0]->end, 0x12fff);
	assert_null(res[0]->sibling);
	release_mem_region(0x10000, 0x3000);
	assert_null(iomem_resource.child);
}

static void addresses_that_nobody_has_are_found(void **state)
{
	const resource_size_t top = 1ULL << MAX_PHYSMEM_BITS, section = 1ULL << SECTION_SIZE_BITS;
	struct device dev = {.init_name = "dev"};
	struct resource *first, *second;

	(void)state;
	first = request_free_mem_region(&iomem_resource, SZ_1M, "private");
	assert_int_equal(first->start, top - section);
	assert_int_equal(resource_size(first), section);
	assert_int_equal(first->desc, IORES_DESC_DEVICE_PRIVATE_MEMORY);
	second = devm_request_free_mem_region(&dev, &iomem_resource, 2 * section);
	assert_int_equal(second->end, first->start - 1);
	assert_string_equal(second->name, "dev");
	devres_release_all(&dev);
	release_mem_region(first->start, section);
	assert_null(iomem_resource.child);
	first = alloc_free_mem_region(&root, 0x1000, 0x1000, "low");
	assert_int_equal(first->start, 0x2000);
	second = alloc_free_mem_region(&root, 0x3000, 0x1000, "next");
	assert_int_equal(second->start, 0x8000);
	assert_int_equal(PTR_ERR(alloc_free_mem_region(&root, 0x8000, 0x1000, "none")), -ERANGE);
	assert_int_equal(PTR_ERR(request_free_mem_region(&root, 0x1000, "none")), -ERANGE);
	__release_region(&root, 0x2000, 0x1000);
	__release_region(&root, 0x8000, 0x3000);
}

static void what_is_exclusive_is_known_by_page(void **state)
{
	(void)state;
	assert_non_null(request_mem_region_exclusive(0x10800, 0x100, "mine"));
	assert_non_null(busy(0x20000, 0x1000));
	assert_true(iomem_is_exclusive(0x10000));
	assert_true(iomem_is_exclusive(0x10fff));
	assert_false(iomem_is_exclusive(0x11000));
	assert_false(iomem_is_exclusive(0x20000));
	assert_true(resource_is_exclusive(&iomem_resource, 0, 0x100000));
	assert_false(resource_is_exclusive(&iomem_resource, 0x10900, 0x100000));
	release_mem_region(0x10800, 0x100);
	release_mem_region(0x20000, 0x1000);
}

static void a_mapping_of_part_of_a_resource_is_named(void **state)
{
	struct resource bar = DEFINE_RES_MEM_NAMED(0x10000, 0x2000, "bar");
	struct resource irq = {0};

	(void)state;
	assert_int_equal(request_resource(&iomem_resource, &bar), 0);
	host_log_clear();
	assert_int_equal(iomem_map_sanity_check(0x10000, 0x2000), 0);
	assert_int_equal(iomem_map_sanity_check(0x10100, 0x10), 0);
	assert_int_equal(iomem_map_sanity_check(0x20000, 0x1000), 0);
	assert_string_equal(host_log(), "");
	assert_int_equal(iomem_map_sanity_check(0x11000, 0x2000), -1);
	assert_non_null(strstr(host_log(), "which spans more than bar"));
	bar.flags |= IORESOURCE_BUSY;
	assert_int_equal(iomem_map_sanity_check(0x11000, 0x2000), 0);
	release_resource(&bar);
	irqresource_disabled(&irq, 7);
	assert_true(irq.flags & IORESOURCE_DISABLED);
	assert_int_equal(irq.end, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(a_request_meets_nobody_and_lies_in_its_root),
		tree_test(what_lies_between_is_reserved_in_pieces),
		tree_test(a_part_of_a_busy_region_is_given_back),
		tree_test(ram_is_put_together_with_its_neighbours),
		tree_test(addresses_that_nobody_has_are_found),
		tree_test(what_is_exclusive_is_known_by_page),
		tree_test(a_mapping_of_part_of_a_resource_is_named),
		tree_test(an_insertion_goes_into_and_around_others),
		tree_test(an_allocation_finds_the_first_place_that_will_do),
		tree_test(a_resource_moves_between_its_neighbours),
		tree_test(a_region_is_used_by_one),
		tree_test(a_devices_regions_go_with_it),
		tree_test(a_devices_resource_goes_with_it),
		tree_test(the_firmwares_map_tells_what_lies_where),
		tree_test(verify_finds_children_that_meet_or_stick_out),
		tree_test(random_regions_agree_with_a_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
