/* SPDX-License-Identifier: MIT */
/*
 * Finding ACPI tables: from the RSDP over RSDT or XSDT to the list, and what is
 * done with tables that cannot be believed.
 *
 *   0       640K  1M                      240M   248M     256M
 *   |  RAM   |    |          RAM           | ACPI |  RAM  |
 */
#include "acpi_machine.h"

#define ACPI_START (240ULL << 20)
#define ACPI_END   (248ULL << 20)
#define RAM_END	   (256ULL << 20)

static struct firmware fw;

static int setup(void **state)
{
	static const struct e820_entry map[] = {
		{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
		{.addr = SZ_1M, .size = ACPI_START - SZ_1M, .type = E820_TYPE_RAM},
		{.addr = ACPI_START, .size = ACPI_END - ACPI_START, .type = E820_TYPE_ACPI},
		{.addr = ACPI_END, .size = RAM_END - ACPI_END, .type = E820_TYPE_RAM},
	};
	struct boot_info *info = acpi_machine(map, ARRAY_SIZE(map), NULL);

	(void)state;
	e820__memory_setup(info);
	e820__memblock_setup();
	arch_init_mem_mapping(info);
	fw = (struct firmware){.next = ACPI_START};
	return 0;
}

static phys_addr_t place_empty(const char *signature)
{
	struct bytes b;

	begin_table(&b, signature, 1);
	end_table(&b);
	return place(&fw, &b);
}

static bool listed(const char *signature)
{
	size_t length;

	return acpi_find_table(signature, &length) != NULL;
}

/* ---- Tables in order ------------------------------------------------------------ */

static void tables_of_an_xsdt_are_found_and_logged_as_linux_does(void **state)
{
	phys_addr_t hpet = place_empty("HPET");
	size_t length;
	const char *table;

	(void)state;
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	table = acpi_find_table("HPET", &length);
	assert_non_null(table);
	assert_int_equal(length, 36);
	assert_memory_equal(table, ram_at(hpet), 36);
	assert_in_log("ACPI: RSDP 0x000000000F000060 000024 (v02 BOCHS )\n");
	assert_in_log("ACPI: XSDT 0x000000000F000030 00002C (v01 BOCHS  BXPC     00000001 BXPC "
		      "00000001)\n");
	assert_in_log("ACPI: HPET 0x000000000F000000 000024 (v01 BOCHS  BXPC     00000001 BXPC "
		      "00000001)\n");
	assert_int_equal(acpi_nr_findings(), 0);
}

static void an_rsdp_of_version_1_leads_to_the_rsdt(void **state)
{
	(void)state;
	place_empty("HPET");
	acpi_locate_initial_tables(place_rsdp(&fw, place_root(&fw, 4), 0));
	assert_in_log(" 000014 (v00 BOCHS )\n");
	assert_in_log("ACPI: RSDT ");
	assert_true(listed("HPET"));
}

/* A FADT, and the tables that only it names. */
static void place_fadt(void)
{
	struct bytes b;
	phys_addr_t dsdt, facs;

	begin_table(&b, "DSDT", 1);
	end_table(&b);
	dsdt = place_bytes(&fw, b.at, b.len);
	begin_table(&b, "FACS", 1); /* of 64 bytes only 8 are a header, and it has no checksum */
	while (b.len < 64)
		put(&b, 0xa5, 1);
	set32(&b, 4, 64);
	facs = place_bytes(&fw, b.at, b.len);
	begin_table(&b, "FACP", 3);
	put(&b, 0, 4);
	put(&b, dsdt, 4); /* in 32 bits; FACS in 64 */
	while (b.len < 132)
		put(&b, 0, 1);
	put(&b, facs, 8);
	put(&b, 0, 8);
	end_table(&b);
	place(&fw, &b);
}

static void the_fadt_names_dsdt_and_facs(void **state)
{
	(void)state;
	place_fadt();
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_true(listed("DSDT"));
	assert_true(listed("FACS"));
	assert_in_log("ACPI: FACS 0x000000000F000030 000040\n");
	assert_int_equal(acpi_nr_findings(), 0);
}

static void listed_tables_are_reserved(void **state)
{
	phys_addr_t table = place_empty("SRAT");

	(void)state;
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_false(memblock_is_reserved(table));
	acpi_reserve_initial_tables();
	assert_true(memblock_is_reserved(table));
	assert_true(memblock_is_reserved(table + 35));
	assert_false(memblock_is_reserved(table + 36));
	assert_in_log("ACPI: Reserving SRAT table memory at [mem 0xf000000-0xf000023]\n");
}

static void a_table_at_an_odd_address_across_pages_can_be_read(void **state)
{
	struct bytes b;
	size_t length;

	(void)state;
	begin_table(&b, "SLIT", 1);
	for (int i = 0; i < 9000; i++)
		put(&b, 7, 1);
	end_table(&b);
	fw.next += 0xff7;
	place(&fw, &b);
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_non_null(acpi_find_table("SLIT", &length));
	assert_int_equal(length, 9036);
}

static void a_table_in_ram_is_found(void **state)
{
	(void)state;
	fw.next = ACPI_END + 0x100000;
	place_empty("SRAT");
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_true(listed("SRAT"));
	acpi_reserve_initial_tables();
	assert_true(memblock_is_region_reserved(ACPI_END + 0x100000, 36));
}

/* ---- Root tables that cannot be believed --------------------------------------- */

static void no_rsdp_is_no_error(void **state)
{
	(void)state;
	acpi_locate_initial_tables(0);
	assert_in_log("ACPI: the firmware gave no RSDP\n");
	assert_int_equal(acpi_nr_findings(), 0);
	acpi_reserve_initial_tables();
}

static void an_rsdp_with_a_wrong_checksum_is_ignored(void **state)
{
	phys_addr_t rsdp;

	(void)state;
	place_empty("HPET");
	rsdp = place_xsdt_and_rsdp(&fw);
	ram_at(rsdp)[10]++;
	acpi_locate_initial_tables(rsdp);
	assert_in_log("has a wrong checksum, ignored\n");
	assert_false(listed("HPET"));
	assert_int_equal(acpi_findings.rsdp, 1);
}

static void an_rsdp_without_signature_is_ignored(void **state)
{
	(void)state;
	acpi_locate_initial_tables(ACPI_START + 0x1000);
	assert_in_log("has no signature, ignored\n");
	assert_int_equal(acpi_findings.rsdp, 1);
}

static void an_rsdp_outside_of_the_map_is_ignored(void **state)
{
	static const phys_addr_t places[] = {0xc0000, RAM_END,	  RAM_END - 10,
					     ~0ULL,   ~0ULL - 30, 1ULL << 52};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		acpi_locate_initial_tables(places[i]);
		assert_int_equal(acpi_findings.rsdp, 1);
	}
	assert_int_equal(host_log_count("outside the firmware's memory map, ignored\n"),
			 ARRAY_SIZE(places));
}

static void a_wrong_extended_checksum_leaves_the_rsdt(void **state)
{
	phys_addr_t rsdt, rsdp;

	(void)state;
	place_empty("HPET");
	rsdt = place_root(&fw, 4);
	rsdp = place_rsdp(&fw, rsdt, place_root(&fw, 8));
	ram_at(rsdp)[33]++;
	acpi_locate_initial_tables(rsdp);
	assert_in_log("extended checksum: its XSDT is, ignored\n");
	assert_in_log("ACPI: RSDT ");
	assert_true(listed("HPET"));
	ram_at(rsdp)[33]--;
	ram_at(rsdp)[20] = 0xff; /* a length of 255, and a checksum that no longer is */
	acpi_locate_initial_tables(rsdp);
	assert_true(listed("HPET"));
	assert_int_equal(acpi_findings.rsdp, 1);
}

static void a_broken_xsdt_leaves_the_rsdt(void **state)
{
	phys_addr_t rsdt, xsdt, rsdp;

	(void)state;
	place_empty("HPET");
	rsdt = place_root(&fw, 4);
	xsdt = place_root(&fw, 8);
	rsdp = place_rsdp(&fw, rsdt, xsdt);
	ram_at(xsdt)[40] ^= 1;
	acpi_locate_initial_tables(rsdp);
	assert_in_log("Incorrect checksum in table [XSDT]");
	assert_in_log("ACPI: RSDT ");
	assert_true(listed("HPET"));
	ram_at(xsdt)[0] = 'Y';
	acpi_locate_initial_tables(rsdp);
	assert_in_log("ACPI: [YSDT] at 0xf000060 where XSDT should be, ignored\n");
	assert_true(listed("HPET"));
}

static void an_entry_that_is_cut_short_does_not_count(void **state)
{
	struct bytes root;
	phys_addr_t table = place_empty("HPET");

	(void)state;
	begin_table(&root, "XSDT", 1);
	put(&root, table, 8);
	put(&root, table, 5);
	end_table(&root);
	acpi_locate_initial_tables(place_rsdp(&fw, 0, place_bytes(&fw, root.at, root.len)));
	assert_true(listed("HPET"));
	assert_int_equal(acpi_nr_findings(), 0);
}

static void more_tables_than_can_be_listed_are_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++)
		place_empty("SSDT");
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_int_equal(acpi_findings.too_many, 300 - ACPI_MAX_TABLES);
	assert_in_log("ACPI: XSDT names more than 256 tables, 44 ignored\n");
}

/* ---- Tables that cannot be believed ------------------------------------------------ */

static void a_table_with_a_wrong_checksum_is_ignored(void **state)
{
	phys_addr_t bad = place_empty("SRAT");

	(void)state;
	place_empty("HPET");
	ram_at(bad)[9] = (u8)(ram_at(bad)[9] + 3);
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_in_log("ACPI BIOS Warning (bug): Incorrect checksum in table [SRAT] - 0x");
	assert_false(listed("SRAT"));
	assert_true(listed("HPET"));
	assert_int_equal(acpi_findings.bad_checksum, 1);
}

static void lengths_that_cannot_be_are_ignored(void **state)
{
	static const u32 lengths[] = {0, 8, 35, ACPI_TABLE_MAX_SIZE + 1, 0xffffffff};
	phys_addr_t table = place_empty("SRAT"), rsdp;

	(void)state;
	place_empty("HPET");
	rsdp = place_xsdt_and_rsdp(&fw);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		memcpy(ram_at(table + 4), &lengths[i], 4);
		acpi_locate_initial_tables(rsdp);
		assert_int_equal(acpi_findings.bad_length, 1);
		assert_false(listed("SRAT"));
		assert_true(listed("HPET"));
	}
	assert_in_log("ACPI: table [SRAT] at 0xf000000 has a length of 35, not 36 to 16777216");
}

/* RAM ends at 256 MB, and nothing is behind it. */
static void a_table_that_reaches_past_the_map_is_ignored(void **state)
{
	struct bytes b;

	(void)state;
	begin_table(&b, "SRAT", 1);
	set32(&b, 4, 100);
	fw.next = RAM_END - 48;
	place(&fw, &b);
	fw.next = ACPI_START;
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_in_log("ACPI: SRAT [mem 0x0fffffd0-0x10000033] lies outside the firmware's memory "
		      "map, ignored\n");
	assert_int_equal(acpi_findings.unreachable, 1);
	assert_false(listed("SRAT"));
}

static void entries_that_point_nowhere_are_ignored(void **state)
{
	static const phys_addr_t nowhere[] = {RAM_END, RAM_END - 4, 0xa0000,	1,
					      0xfff,   ~0ULL,	    ~0ULL - 35, 1ULL << 60};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nowhere); i++)
		fw.list[fw.nr++] = nowhere[i];
	fw.list[fw.nr++] = 0;
	fw.list[fw.nr++] = 0;
	place_empty("HPET");
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_int_equal(acpi_findings.unreachable, ARRAY_SIZE(nowhere));
	assert_int_equal(acpi_findings.null_entries, 2);
	assert_in_log("ACPI: 2 entries of XSDT are 0, ignored\n");
	assert_true(listed("HPET"));
}

static void duplicates_are_ignored(void **state)
{
	phys_addr_t first = place_empty("SRAT"), second;
	size_t length;

	(void)state;
	fw.list[fw.nr++] = first;
	second = place_empty("SRAT");
	place_empty("SSDT");
	place_empty("SSDT");
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_int_equal(acpi_findings.duplicates, 2);
	assert_memory_not_equal(&first, &second, sizeof(first));
	assert_ptr_equal(acpi_find_table("SRAT", &length), ram_at(first));
	assert_int_equal(host_log_count("ACPI: SSDT"), 2);
}

static void unprintable_names_do_not_reach_the_log(void **state)
{
	struct bytes b;

	(void)state;
	begin_table(&b, "\x1b[2J", 1);
	memset(b.at + 10, '\n', 6);
	end_table(&b);
	place(&fw, &b);
	acpi_locate_initial_tables(place_xsdt_and_rsdp(&fw));
	assert_in_log("ACPI: ?[2J 0x000000000F000000 000024 (v01 ?????? BXPC");
}

/* ---- Any bytes ------------------------------------------------------------------------ */

/* Random damage to all bytes of the tables; reading past the machine's RAM would fault. */
static void damaged_tables_never_crash(void **state)
{
	u64 seed = host_test_seed("damaged_tables_never_crash");
	static u8 good[8192];
	phys_addr_t rsdp;
	size_t size;

	(void)state;
	(void)seed;
	place_empty("HPET");
	place_empty("SRAT");
	place_fadt();
	place_empty("SLIT");
	rsdp = place_rsdp(&fw, place_root(&fw, 4), place_root(&fw, 8));
	size = fw.next - ACPI_START;
	memcpy(good, ram_at(ACPI_START), size);
	for (int run = 0; run < 3000; run++) {
		int damages = 1 + (int)(arch_random() % 4);

		memcpy(ram_at(ACPI_START), good, size);
		while (damages--)
			ram_at(ACPI_START)[arch_random() % size] = (u8)arch_random();
		if (arch_random() % 2) /* the RSDP's own checksum shall not always stop it */
			ram_at(rsdp)[8] = (u8)(ram_at(rsdp)[8] - sum_of(ram_at(rsdp), 20));
		acpi_locate_initial_tables(rsdp);
		host_log_clear();
	}
	acpi_reserve_initial_tables();
	assert_int_equal(memblock_verify(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(tables_of_an_xsdt_are_found_and_logged_as_linux_does),
		TEST(an_rsdp_of_version_1_leads_to_the_rsdt),
		TEST(the_fadt_names_dsdt_and_facs),
		TEST(listed_tables_are_reserved),
		TEST(a_table_at_an_odd_address_across_pages_can_be_read),
		TEST(a_table_in_ram_is_found),
		TEST(no_rsdp_is_no_error),
		TEST(an_rsdp_with_a_wrong_checksum_is_ignored),
		TEST(an_rsdp_without_signature_is_ignored),
		TEST(an_rsdp_outside_of_the_map_is_ignored),
		TEST(a_wrong_extended_checksum_leaves_the_rsdt),
		TEST(a_broken_xsdt_leaves_the_rsdt),
		TEST(an_entry_that_is_cut_short_does_not_count),
		TEST(more_tables_than_can_be_listed_are_counted),
		TEST(a_table_with_a_wrong_checksum_is_ignored),
		TEST(lengths_that_cannot_be_are_ignored),
		TEST(a_table_that_reaches_past_the_map_is_ignored),
		TEST(entries_that_point_nowhere_are_ignored),
		TEST(duplicates_are_ignored),
		TEST(unprintable_names_do_not_reach_the_log),
		TEST(damaged_tables_never_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
