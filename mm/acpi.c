/* SPDX-License-Identifier: MIT */
/*
 * From the RSDP to a list of checked tables. Contract: baremm/acpi.h.
 */
#include <baremm/acpi.h>

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/string.h>

#include "acpi.h"

struct acpi_table {
	phys_addr_t address;
	const struct acpi_table_header *header; /* mapped */
	u32 length;
};

/* Entries of the root table that are looked at: each bad one is a line in the log. */
#define MAX_ROOT_ENTRIES (2 * ACPI_MAX_TABLES)

static struct acpi_table tables[ACPI_MAX_TABLES];
static u32 nr_tables;

struct acpi_findings acpi_findings;

/* FADT: where the two tables are that no root table names (5.2.9). */
enum {
	FADT_FACS = 36,
	FADT_DSDT = 40,
	FADT_X_FACS = 132,
	FADT_X_DSDT = 140,
};

/* Longer ones are not believed. */
#define RSDP_MAX_SIZE 4096

/* ---- The log, in ACPICA's form ---------------------------------------------------- */

/* Firmware's text: what cannot be printed is shown as '?'; it ends at a NUL or at @size. */
#define TEXT_MAX 9
static const char *text(char buf[TEXT_MAX], const char *from, size_t size)
{
	size_t i;

	for (i = 0; i < size && i < TEXT_MAX - 1 && from[i]; i++)
		buf[i] = isascii(from[i]) && isprint(from[i]) ? from[i] : '?';
	buf[i] = '\0';
	return buf;
}

static bool has_signature(const struct acpi_table_header *h, const char *signature)
{
	return memcmp(h->signature, signature, sizeof(h->signature)) == 0;
}

static void print_table(phys_addr_t address, const struct acpi_table_header *h)
{
	char sig[TEXT_MAX], oem[TEXT_MAX], id[TEXT_MAX], compiler[TEXT_MAX];

	if (has_signature(h, "FACS")) { /* its header ends with the length */
		pr_info("ACPI: FACS 0x%016llX %06X\n", address, h->length);
		return;
	}
	pr_info("ACPI: %-4s 0x%016llX %06X (v%02d %-6s %-8s %08X %-4s %08X)\n",
		text(sig, h->signature, 4), address, h->length, h->revision,
		text(oem, h->oem_id, 6), text(id, h->oem_table_id, 8), h->oem_revision,
		text(compiler, h->asl_compiler_id, 4), h->asl_compiler_revision);
}

/* ---- Checks ------------------------------------------------------------------------ */

/*
 * Of all bytes, modulo 256, eight at once: pairs of bytes are added up in lanes of 16
 * bits, which 128 words cannot overflow.
 */
u8 acpi_checksum(const void *bytes, size_t size)
{
	const u64 low_bytes = 0x00ff00ff00ff00ffULL;
	size_t at = 0;
	u8 total = 0;

	while (size - at >= 8) {
		u64 lanes = 0;

		for (int words = 0; words < 128 && size - at >= 8; words++, at += 8) {
			u64 word = acpi_u64(bytes, at);

			lanes += (word & low_bytes) + (word >> 8 & low_bytes);
		}
		total = (u8)(total + lanes + (lanes >> 16) + (lanes >> 32) + (lanes >> 48));
	}
	for (; at < size; at++)
		total = (u8)(total + acpi_u8(bytes, at));
	return total;
}

/* The shortest table of that name: FACS has a header of its own (5.2.10). */
static u32 min_length(const struct acpi_table_header *h)
{
	return has_signature(h, "FACS") ? 64 : sizeof(*h);
}

static bool checksum_ok(const struct acpi_table_header *h, u32 length)
{
	char sig[TEXT_MAX];
	u8 wrong = acpi_checksum(h, length);

	if (!wrong || has_signature(h, "FACS"))
		return true;
	pr_warn("ACPI BIOS Warning (bug): Incorrect checksum in table [%s] - 0x%02X, should be "
		"0x%02X, table ignored\n",
		text(sig, h->signature, 4), h->checksum, (u8)(h->checksum - wrong));
	acpi_findings.bad_checksum++;
	return false;
}

static void note_unreachable(const char *what, phys_addr_t address, u64 size)
{
	pr_warn("ACPI: %s [mem %#010llx-%#010llx] lies outside the firmware's memory map, "
		"ignored\n",
		what, address, address + size - 1);
	acpi_findings.unreachable++;
}

/* The table at @address, all of it mapped and checked. NULL, with a message. */
static const struct acpi_table_header *map_table(phys_addr_t address, u32 *length)
{
	const struct acpi_table_header *h = acpi_map_memory(address, 8);
	char sig[TEXT_MAX];

	if (!h) {
		note_unreachable("table at", address, 8);
		return NULL;
	}
	*length = acpi_u32(h, 4);
	text(sig, h->signature, 4);
	if (*length < min_length(h) || *length > ACPI_TABLE_MAX_SIZE) {
		pr_warn("ACPI: table [%s] at %#llx has a length of %u, not %u to %u, ignored\n",
			sig, address, *length, min_length(h), ACPI_TABLE_MAX_SIZE);
		acpi_findings.bad_length++;
		return NULL;
	}
	h = acpi_map_memory(address, *length);
	if (!h) {
		note_unreachable(sig, address, *length);
		return NULL;
	}
	return h;
}

/* ---- The list ------------------------------------------------------------------------ */

/* Tables of which the first is used and any other one is a mistake. */
static bool must_be_single(const struct acpi_table_header *h)
{
	static const char names[][5] = {"FACP", "DSDT", "FACS", "APIC", "SRAT", "SLIT", "HMAT"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (has_signature(h, names[i]))
			return true;
	return false;
}

static bool is_duplicate(phys_addr_t address, const struct acpi_table_header *h)
{
	char sig[TEXT_MAX];

	for (u32 i = 0; i < nr_tables; i++) {
		if (tables[i].address != address &&
		    !(must_be_single(h) && has_signature(tables[i].header, h->signature)))
			continue;
		pr_warn("ACPI: table [%s] at %#llx is a duplicate of the one at %#llx, ignored\n",
			text(sig, h->signature, 4), address, tables[i].address);
		acpi_findings.duplicates++;
		return true;
	}
	return false;
}

/* Lists the table at @address if it is one; else NULL. */
static const struct acpi_table *add_table(phys_addr_t address)
{
	const struct acpi_table_header *h;
	u32 length;

	if (nr_tables == ACPI_MAX_TABLES) {
		acpi_findings.too_many++;
		return NULL;
	}
	h = map_table(address, &length);
	if (!h || is_duplicate(address, h))
		return NULL;
	print_table(address, h);
	if (!checksum_ok(h, length))
		return NULL;
	tables[nr_tables] = (struct acpi_table){address, h, length};
	return &tables[nr_tables++];
}

/* An address that the FADT has in 64 bits, or in an older one in 32. */
static phys_addr_t fadt_address(const struct acpi_table *fadt, size_t x_offset, size_t offset)
{
	phys_addr_t address = 0;

	if (fadt->length >= x_offset + 8)
		address = acpi_u64(fadt->header, x_offset);
	if (!address && fadt->length >= offset + 4)
		address = acpi_u32(fadt->header, offset);
	return address;
}

static void add_tables_of_fadt(const struct acpi_table *fadt)
{
	phys_addr_t dsdt = fadt_address(fadt, FADT_X_DSDT, FADT_DSDT);
	phys_addr_t facs = fadt_address(fadt, FADT_X_FACS, FADT_FACS);

	if (dsdt)
		add_table(dsdt);
	if (facs)
		add_table(facs);
}

static void add_root_entry(phys_addr_t address)
{
	const struct acpi_table *table;

	if (!address) {
		acpi_findings.null_entries++;
		return;
	}
	table = add_table(address);
	if (table && has_signature(table->header, "FACP"))
		add_tables_of_fadt(table);
}

/* Adds what the root table at @address names. False: it is none. */
static bool add_root_table(phys_addr_t address, const char *signature, size_t entry_size)
{
	const struct acpi_table_header *root;
	char sig[TEXT_MAX];
	u32 length, before = acpi_findings.too_many, nulls = acpi_findings.null_entries;

	root = map_table(address, &length);
	if (!root)
		return false;
	if (!has_signature(root, signature)) {
		pr_warn("ACPI: [%s] at %#llx where %s should be, ignored\n",
			text(sig, root->signature, 4), address, signature);
		acpi_findings.rsdp++;
		return false;
	}
	print_table(address, root);
	if (!checksum_ok(root, length))
		return false;
	for (size_t at = sizeof(*root), nr = 0; at + entry_size <= length; at += entry_size, nr++) {
		if (nr < MAX_ROOT_ENTRIES)
			add_root_entry(entry_size == 8 ? acpi_u64(root, at) : acpi_u32(root, at));
		else
			acpi_findings.too_many++;
	}
	if (acpi_findings.null_entries != nulls)
		pr_warn("ACPI: %u entries of %s are 0, ignored\n",
			acpi_findings.null_entries - nulls, signature);
	if (acpi_findings.too_many != before)
		pr_warn("ACPI: %s names more than %d tables, %u ignored\n", signature,
			ACPI_MAX_TABLES, acpi_findings.too_many - before);
	return true;
}

/* ---- The RSDP ------------------------------------------------------------------------ */

static const void *bad_rsdp(phys_addr_t address, const char *why)
{
	pr_warn("ACPI: RSDP at %#llx %s, ignored\n", address, why);
	acpi_findings.rsdp++;
	return NULL;
}

/* *@length is what may be read of it: RSDP_V1_SIZE for one of version 1. */
static const void *map_rsdp(phys_addr_t address, u32 *length)
{
	const void *rsdp = acpi_map_memory(address, RSDP_V1_SIZE);

	if (!rsdp)
		return bad_rsdp(address, "lies outside the firmware's memory map");
	if (memcmp(rsdp, "RSD PTR ", 8) != 0)
		return bad_rsdp(address, "has no signature");
	if (acpi_checksum(rsdp, RSDP_V1_SIZE))
		return bad_rsdp(address, "has a wrong checksum");
	*length = RSDP_V1_SIZE;
	if (acpi_u8(rsdp, RSDP_REVISION) < 2 || !acpi_map_memory(address, RSDP_V2_SIZE))
		return rsdp;

	*length = acpi_u32(rsdp, RSDP_LENGTH);
	if (*length < RSDP_V2_SIZE || *length > RSDP_MAX_SIZE ||
	    !acpi_map_memory(address, *length) || acpi_checksum(rsdp, *length)) {
		bad_rsdp(address, "has a wrong length or extended checksum: its XSDT is");
		*length = RSDP_V1_SIZE;
	}
	return rsdp;
}

static void __init locate_tables(phys_addr_t rsdp_address)
{
	const void *rsdp;
	char oem[TEXT_MAX];
	u32 length;

	rsdp = map_rsdp(rsdp_address, &length);
	if (!rsdp)
		return;
	pr_info("ACPI: RSDP 0x%016llX %06X (v%02d %-6s)\n", rsdp_address, length,
		acpi_u8(rsdp, RSDP_REVISION), text(oem, (const char *)rsdp + RSDP_OEM_ID, 6));
	if (length >= RSDP_V2_SIZE && acpi_u64(rsdp, RSDP_XSDT) &&
	    add_root_table(acpi_u64(rsdp, RSDP_XSDT), "XSDT", 8))
		return;
	if (acpi_u32(rsdp, RSDP_RSDT))
		add_root_table(acpi_u32(rsdp, RSDP_RSDT), "RSDT", 4);
}

void __init acpi_locate_initial_tables(phys_addr_t rsdp_address)
{
	acpi_reset();
	if (!rsdp_address) {
		pr_info("ACPI: the firmware gave no RSDP\n");
		return;
	}
	locate_tables(rsdp_address);
	if (acpi_nr_findings())
		pr_warn("ACPI: %u tables or entries were left out\n", acpi_nr_findings());
}

/* ---- Users -------------------------------------------------------------------------- */

void __init acpi_reserve_initial_tables(void)
{
	char sig[TEXT_MAX];

	for (u32 i = 0; i < nr_tables; i++) {
		const struct acpi_table *table = &tables[i];

		pr_info("ACPI: Reserving %s table memory at [mem %#llx-%#llx]\n",
			text(sig, table->header->signature, 4), table->address,
			table->address + table->length - 1);
		if (memblock_reserve(table->address, table->length))
			pr_err("ACPI: no room in memblock for %s: its memory may be reused\n", sig);
	}
}

const void *acpi_find_table(const char *signature, size_t *length)
{
	for (u32 i = 0; i < nr_tables; i++) {
		if (!has_signature(tables[i].header, signature))
			continue;
		*length = tables[i].length;
		return tables[i].header;
	}
	return NULL;
}

u32 acpi_nr_findings(void)
{
	const struct acpi_findings *f = &acpi_findings;

	return f->rsdp + f->unreachable + f->bad_length + f->bad_checksum + f->null_entries +
	       f->duplicates + f->too_many;
}

void __init acpi_reset(void)
{
	nr_tables = 0;
	memset(&acpi_findings, 0, sizeof(acpi_findings));
}
