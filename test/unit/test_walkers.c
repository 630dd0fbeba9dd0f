/* SPDX-License-Identifier: MIT */
/*
 * Whoever looks at all memory looks at what was made, and makes nothing: verify functions,
 * dumps and reports, one by one, on machines that are brought up as the program is.
 */
#include "whole_machine.h"

#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/kmemleak.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page_owner.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/nodemask.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <baremm/arch.h>

#include "../../mm/compaction.h"
#include "../../mm/dma_direct.h"
#include "../../mm/internal.h"
#include "../../mm/pcp.h"
#include "../../mm/show_mem.h"

/* ---- Walkers ------------------------------------------------------------------------ */

static void verify_everything(void)
{
	assert_int_equal(mm_verify_all(), 0);
}

static void verify_zones(void)
{
	struct zone *zone;

	for_each_zone (zone) {
		assert_int_equal(zone_verify(zone), 0);
		assert_int_equal(pcp_verify(zone), 0);
	}
}

static void verify_tables(void)
{
	assert_int_equal(memblock_verify() + pgtable_verify() + kmem_cache_verify_all(), 0);
}

static void dump_everything(void)
{
	mm_dump_all(&seq_console);
}

static void dump_page_owners(void)
{
	page_owner_show(&seq_console);
	page_owner_leaks_show(&seq_console);
}

static void dump_devices_and_guards(void)
{
	dma_show(&seq_console);
	kfence_stats_show(&seq_console);
	kfence_objects_show(&seq_console);
	vm_events_show(&seq_console);
}

static void dump_page_tables(void)
{
	pgtable_dump(&seq_console);
}

static void show_memory(void)
{
	show_mem(0, NULL);
	__show_mem(0, NULL, ZONE_DMA32);
}

static void look_for_leaks(void)
{
	kmemleak_scan();
	kmemleak_scan_now();
	kmemleak_show(&seq_console);
}

static void show_huge_pages(void)
{
	int nid;

	for_each_online_node (nid)
		hugetlb_show_meminfo_node(nid);
}

static void report_fragmentation(void)
{
	fragmentation_report();
	bad_frees_report();
}

static void ask_for_the_free_share(void)
{
	assert_in_range(mm_free_share(), 1, 10000);
}

static const struct {
	const char *name;
	void (*walk)(void);
} walkers[] = {
	{"verify", verify_everything},
	{"zones' verify", verify_zones},
	{"tables' verify", verify_tables},
	{"dumps", dump_everything},
	{"page owners", dump_page_owners},
	{"devices and guards", dump_devices_and_guards},
	{"page tables", dump_page_tables},
	{"memblock", __memblock_dump_all},
	{"show_mem", show_memory},
	{"leaks", look_for_leaks},
	{"huge pages", show_huge_pages},
	{"fragmentation", report_fragmentation},
	{"free share", ask_for_the_free_share},
	{"report", mm_report},
};

/* ---- Machines ------------------------------------------------------------------------ */

/* What a section more would change. */
struct sections {
	unsigned long made, roots, waiting_pages;
};

static struct sections count_sections(void)
{
	struct sections now = {};
	struct zone *zone;

	for (unsigned long root = 0; root < nr_section_roots; root++)
		now.roots += !!mem_section[root];
	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1))
		now.made++;
	for_each_zone (zone)
		now.waiting_pages += zone->nr_extent_pages;
	return now;
}

static const struct {
	u64 ram;
	const char *options;
} machines[] = {
	{SZ_4G + SZ_512M, ""},
	{16ULL << 40, ""},
	{SZ_4G + SZ_512M, "page_owner=on page_poison=on"},
	{SZ_4G + SZ_512M, "slub_debug=FZPU init_on_free=1"},
	{SZ_4G + SZ_512M, "kmemleak=on"},
	{SZ_4G + SZ_512M, "directmap=2G"},
	{SZ_4G + SZ_512M, "kernelcore=1G"},
	{SZ_4G + SZ_512M, "numa=fake=4"},
	{SZ_4G + SZ_512M, "early=bootmem badpage=0x50000000"},
	{SZ_4G + SZ_512M, "hugepages=4 cma=64M swiotlb=force"},
};

static void bring_up(u64 ram, const char *options)
{
	whole_machine(host_machine_pc(ram, options));
}

static void no_walker_makes_a_section(void **state)
{
	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(machines); m++) {
		struct sections before, after;

		bring_up(machines[m].ram, machines[m].options);
		assert_int_equal(bad_options, 0);
		before = count_sections();
		assert_true(before.waiting_pages >= PHYS_PFN(SZ_1G));
		for (size_t w = 0; w < ARRAY_SIZE(walkers); w++) {
			walkers[w].walk();
			after = count_sections();
			if (memcmp(&before, &after, sizeof(before)) != 0)
				fail_msg("%s made something with '%s': %lu sections, then %lu",
					 walkers[w].name, machines[m].options, before.made,
					 after.made);
		}
		host_machine_exit();
	}
}

/* The same with everything made: the walkers see all of it, and find no fault. */
static void walkers_see_all_that_is_made(void **state)
{
	struct sections all;

	(void)state;
	bring_up(SZ_4G + SZ_512M, "memmap_init=eager page_owner=on");
	all = count_sections();
	assert_int_equal(all.waiting_pages, 0);
	assert_true(all.made >= (SZ_4G + SZ_512M) >> SECTION_SIZE_BITS);
	for (size_t w = 0; w < ARRAY_SIZE(walkers); w++)
		walkers[w].walk();
	host_machine_exit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_walker_makes_a_section),
		cmocka_unit_test(walkers_see_all_that_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
