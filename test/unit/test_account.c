/* SPDX-License-Identifier: MIT */
/* Every byte accounted for: the table of whole machines, and sums that do not close. */
#include "acpi_machine.h"

#include <baremm/account.h>
#include <linux/highmem.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <stdio.h>

static char text[1 << 14];

/* SMBIOS's structures of one device and of one mapped range each. */
static u8 claim[0x22 + 2 * 0x1f];

static void set(size_t at, u64 value, size_t size)
{
	memcpy(claim + at, &value, size);
}

static void make_claim(u64 installed_mb, u64 first_kb, u64 second_kb)
{
	memset(claim, 0, sizeof(claim));
	set(0, 17 | 0x22 << 8, 2);
	set(0x0c, installed_mb, 2);
	set(0x22, 19 | 0x1f << 8, 2);
	set(0x22 + 8, first_kb - 1, 4);
	set(0x41, 19 | 0x1f << 8, 2);
	set(0x41 + 4, SZ_4G / SZ_1K, 4);
	set(0x41 + 8, SZ_4G / SZ_1K + second_kb - 1, 4);
}

/* 512 MB below 4 GB, of which firmware keeps 2 MB and says nothing of 1 MB; 512 MB above. */
static const struct e820_entry pc[] = {
	{.addr = 0, .size = 0x9fc00, .type = E820_TYPE_RAM},
	{.addr = 0x9fc00, .size = 0x400, .type = E820_TYPE_RESERVED},
	{.addr = SZ_1M, .size = SZ_512M - SZ_4M, .type = E820_TYPE_RAM},
	{.addr = SZ_512M - SZ_2M, .size = SZ_1M, .type = E820_TYPE_ACPI},
	{.addr = SZ_512M - SZ_1M, .size = SZ_1M, .type = E820_TYPE_NVS},
	{.addr = SZ_4G, .size = SZ_512M, .type = E820_TYPE_RAM},
};

static void make(const char *options, bool claimed)
{
	struct boot_info *info;

	mm_reset();
	info = acpi_machine(pc, ARRAY_SIZE(pc), options);
	if (claimed) {
		make_claim(1024, SZ_512M / SZ_1K, SZ_512M / SZ_1K);
		info->smbios_records = claim;
		info->smbios_size = sizeof(claim);
	}
	bring_up(info);
}

static void end(void)
{
	mm_reset();
	host_machine_exit();
}

/* What the table says in the row @name; 0 where there is none. */
static long long row_of(const char *name)
{
	struct seq_text sb;
	struct seq_file m;
	long long value = 0;
	const char *row;

	seq_text_init(&m, &sb, text, sizeof(text));
	account_show(&m);
	assert_int_equal(sb.dropped, 0);
	row = strstr(text, name);
	if (row)
		sscanf(row + strlen(name), "%lld", &value);
	return value;
}

static void what_smbios_claims_is_followed_to_the_map(void **state)
{
	(void)state;
	make(NULL, true);
	assert_int_equal(row_of("SMBIOS: in devices"), SZ_1G);
	assert_int_equal(row_of("SMBIOS: mapped"), SZ_1G);
	assert_int_equal(row_of("  ACPI data"), -SZ_1M);
	assert_int_equal(row_of("  ACPI non-volatile storage"), -SZ_1M);
	assert_int_equal(row_of("  reserved"), -0x400);
	/* From 640 KB to 1 MB, and below the tables. */
	assert_int_equal(row_of("  in no entry of the map"), -(SZ_1M + 384 * SZ_1K));
	assert_non_null(strstr(text, "    [mem 0x00000000000a0000-0x00000000000fffff]\n"));
	assert_non_null(strstr(text, "    [mem 0x000000001fd00000-0x000000001fdfffff]\n"));
	assert_int_equal(row_of("firmware's map: usable"), 0x9fc00 + SZ_512M - SZ_4M + SZ_512M);
	assert_non_null(strstr(text, "all sums close\n"));
	end();
}

static void what_is_taken_of_the_map_is_named(void **state)
{
	(void)state;
	make("mem=256M", false);
	assert_non_null((row_of(""), strstr(text, "SMBIOS does not say where memory is\n")));
	assert_int_equal(row_of("  taken by rules and options"),
			 -(long long)(SZ_512M + SZ_256M - SZ_4M + SZ_1M) - SZ_4K);
	assert_int_equal(row_of("  parts of pages"), -0xc00);
	assert_int_equal(row_of("memblock, and present pages"), SZ_256M - SZ_1M + 0x9e000);
	assert_non_null(strstr(text, "all sums close\n"));
	end();
}

static void each_row_is_what_is_left_for_the_next(void **state)
{
	long long present, managed, parts = 0;

	(void)state;
	make("kfence.sample_interval=1 hugepages=8 cma=32M", true);
	vmalloc(SZ_1M);
	present = row_of("memblock, and present pages");
	managed = row_of("managed by zones");
	parts = row_of("  page structs");
	parts += row_of("  the program and its boot record");
	parts += row_of("  the first megabyte");
	parts += row_of("  early page tables and allocations");
	assert_int_equal(present + parts, managed);
	assert_int_equal(row_of("  vmalloc"), -SZ_1M);
	assert_int_equal(row_of("  KFENCE's pool"), -2 * 256 * SZ_4K);
	parts = row_of("  slab") + row_of("  vmalloc") + row_of("  KFENCE's pool") +
		row_of("  other pages in use");
	assert_int_equal(managed + parts, row_of("free"));
	assert_non_null(strstr(text, "all sums close\n"));
	end();
}

static void sums_close_on_machines_of_all_kinds(void **state)
{
	static const char *const options[] = {
		NULL,
		"memmap_init=eager",
		"early=bootmem",
		"numa=fake=3",
		"directmap=300M",
		"page_owner=on slub_debug",
		"mem=300M early=bootmem",
		"badpage=0x8000000",
		"kernelcore=200M",
		"memmap=64M$128M",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		make(options[i], i & 1);
		if (account_verify())
			fail_msg("%s", options[i]);
		row_of("");
		assert_non_null(strstr(text, "all sums close\n"));
		end();
	}
}

static void a_counter_that_is_wrong_is_found(void **state)
{
	struct zone *zone;

	(void)state;
	make(NULL, true);
	zone = &NODE_DATA(0)->node_zones[ZONE_DMA32];
	drain_all_pages(NULL);
	host_log_clear();
	atomic_long_inc(&zone->vm_stat[NR_FREE_PAGES]);
	assert_int_equal(account_verify(), 1);
	assert_true(host_log_contains("account: managed less free, and pages in use: "));
	atomic_long_dec(&zone->vm_stat[NR_FREE_PAGES]);
	zone->present_pages++;
	assert_int_equal(account_verify(), 2);
	assert_true(host_log_contains("account: memblock's memory and present pages: "));
	zone->present_pages--;
	atomic_long_add(1 << 20, &NODE_DATA(0)->vm_stat[NR_SLAB_UNRECLAIMABLE]);
	assert_int_equal(account_verify(), 1);
	assert_true(host_log_contains("account: the parts named are "));
	row_of("");
	assert_non_null(strstr(text, "sums do not close\n"));
	atomic_long_sub(1 << 20, &NODE_DATA(0)->vm_stat[NR_SLAB_UNRECLAIMABLE]);
	assert_int_equal(account_verify(), 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_smbios_claims_is_followed_to_the_map),
		cmocka_unit_test(what_is_taken_of_the_map_is_named),
		cmocka_unit_test(each_row_is_what_is_left_for_the_next),
		cmocka_unit_test(sums_close_on_machines_of_all_kinds),
		cmocka_unit_test(a_counter_that_is_wrong_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
