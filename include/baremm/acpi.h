/* SPDX-License-Identifier: MIT */
/*
 * Firmware's ACPI tables: found, checked, kept, and handed out by signature.
 *
 *   boot_info->rsdp --> RSDP --> XSDT (or RSDT) --> FACP --> DSDT, FACS
 *                                               --> APIC, SRAT, SLIT, HMAT, ...
 *
 * Owns:       the list of tables that passed their checks. The tables themselves
 *             lie where firmware put them; acpi_reserve_initial_tables() keeps
 *             them there.
 * Invariants: a listed table is mapped for reading, lies in ranges that
 *             firmware's memory map names, is as long as it says, and its bytes
 *             add up to 0 (but for FACS, which has no checksum).
 * Lifetime:   acpi_locate_initial_tables() as soon as our page tables are live,
 *             while boot-services memory is still reserved: firmware may have left
 *             a table there. acpi_reserve_initial_tables() once that is given back.
 * Locking:    none; filled by the boot CPU, constant from then on.
 * Units:      bytes.
 * Failure:    a table that breaks a rule is named in the log, counted in
 *             acpi_findings and left out. No tables at all is no error.
 * Source:     ACPI 6.5, section 5.2; Linux 6.1's log lines.
 */
#ifndef _BAREMM_ACPI_H
#define _BAREMM_ACPI_H

#include <linux/string.h>
#include <linux/types.h>

/* Tables that are listed; what the root table names beyond is counted and left out. */
#define ACPI_MAX_TABLES 256

/* Longer ones are not believed. */
#define ACPI_TABLE_MAX_SIZE (16u << 20)

struct acpi_table_header {
	char signature[4];
	u32 length; /* of the whole table, this header included */
	u8 revision;
	u8 checksum; /* all bytes of the table add up to 0 */
	char oem_id[6];
	char oem_table_id[8];
	u32 oem_revision;
	char asl_compiler_id[4];
	u32 asl_compiler_revision;
} __attribute__((__packed__));

/* Offsets in the RSDP (5.2.5.3), and its sizes in ACPI 1.0 and since 2.0. */
enum {
	RSDP_OEM_ID = 9,
	RSDP_REVISION = 15,
	RSDP_RSDT = 16,
	RSDP_V1_SIZE = 20,
	RSDP_LENGTH = 20,
	RSDP_XSDT = 24,
	RSDP_V2_SIZE = 36,
};

/* Fields, which need not be aligned. */
static inline u8 acpi_u8(const void *table, size_t offset)
{
	return ((const u8 *)table)[offset];
}

static inline u16 acpi_u16(const void *table, size_t offset)
{
	u16 value;

	memcpy(&value, (const u8 *)table + offset, sizeof(value));
	return value;
}

static inline u32 acpi_u32(const void *table, size_t offset)
{
	u32 value;

	memcpy(&value, (const u8 *)table + offset, sizeof(value));
	return value;
}

static inline u64 acpi_u64(const void *table, size_t offset)
{
	u64 value;

	memcpy(&value, (const u8 *)table + offset, sizeof(value));
	return value;
}

/* The sum of all bytes, modulo 256: 0 where a table is whole. */
u8 acpi_checksum(const void *bytes, size_t size);

/* What was left out, and why. Zero on a machine whose tables are in order. */
struct acpi_findings {
	u32 rsdp;	 /* RSDP that is none */
	u32 unreachable; /* outside of what firmware's memory map names, or wrapping */
	u32 bad_length;	 /* shorter than its header, or absurdly long */
	u32 bad_checksum;
	u32 null_entries; /* root entries of 0 */
	u32 duplicates;	  /* the same address, or a second table where one is used */
	u32 too_many;	  /* more than ACPI_MAX_TABLES */
};
extern struct acpi_findings acpi_findings;

/* Fills the list from the RSDP at @rsdp, and logs it. @rsdp 0: there is none. */
void acpi_locate_initial_tables(phys_addr_t rsdp);

/* Puts the listed tables into memblock.reserved, in RAM or not, as Linux does. */
void acpi_reserve_initial_tables(void);

/*
 * The first listed table with @signature, *@length bytes long and readable for
 * ever; it may lie at an odd address. NULL where there is none.
 */
const void *acpi_find_table(const char *signature, size_t *length);

/* Sums of all findings. */
u32 acpi_nr_findings(void);

/* Forgets all tables, for hosts that bring up several machines. */
void acpi_reset(void);

#endif /* _BAREMM_ACPI_H */
