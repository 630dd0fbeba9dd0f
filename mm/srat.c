/* SPDX-License-Identifier: MIT */
/*
 * SRAT: bytes to entries. ACPI 6.5, 5.2.16.
 *
 *   | header 36 | reserved 12 | entry: type, length, ... | entry | ...
 */
#include "acpi.h"

#include <linux/errno.h>
#include <linux/kernel.h>

#define SRAT_ENTRIES 48

/* Bit 0 is "enabled" in the flags of every type; memory has two more. */
enum { SRAT_ENABLED = 1 << 0, SRAT_HOT_PLUGGABLE = 1 << 1, SRAT_NON_VOLATILE = 1 << 2 };

/* Where a type keeps what all have, and how long it is at least. */
static const struct {
	u8 length;
	u8 pxm;
	u8 flags;
	u8 apic_id; /* 0: it has none of 32 bits */
} layouts[NR_SRAT_TYPES] = {
	[SRAT_CPU] = {16, 2, 4, 0},	      [SRAT_MEMORY] = {40, 2, 28, 0},
	[SRAT_X2APIC_CPU] = {24, 4, 12, 8},   [SRAT_GICC] = {18, 2, 10, 0},
	[SRAT_ITS] = {12, 2, 0, 0},	      [SRAT_GENERIC_INITIATOR] = {32, 4, 24, 0},
	[SRAT_GENERIC_PORT] = {32, 4, 24, 0},
};

/*
 * A CPU's domain had 8 bits, and its other 24, which lie apart, count from
 * revision 2 on. So do the upper 24 of a memory range's.
 */
static u32 __init entry_pxm(const u8 *bytes, enum srat_type type, u8 revision)
{
	if (type == SRAT_CPU)
		return acpi_u8(bytes, 2) | (revision >= 2 ? acpi_u32(bytes, 8) & ~0xffu : 0);
	if (type == SRAT_MEMORY && revision <= 1)
		return acpi_u8(bytes, 2);
	return acpi_u32(bytes, layouts[type].pxm);
}

static struct srat_entry __init read_entry(const u8 *bytes, enum srat_type type, u8 revision)
{
	u32 flags = type == SRAT_ITS ? SRAT_ENABLED : acpi_u32(bytes, layouts[type].flags);
	struct srat_entry entry = {
		.type = type,
		.enabled = flags & SRAT_ENABLED,
		.pxm = entry_pxm(bytes, type, revision),
	};

	if (type == SRAT_CPU)
		entry.apic_id = acpi_u8(bytes, 3);
	if (type == SRAT_X2APIC_CPU)
		entry.apic_id = acpi_u32(bytes, layouts[type].apic_id);
	if (type == SRAT_MEMORY) {
		entry.base = acpi_u64(bytes, 8);
		entry.size = acpi_u64(bytes, 16);
		entry.hotplug = flags & SRAT_HOT_PLUGGABLE;
		entry.nonvolatile = flags & SRAT_NON_VOLATILE;
	}
	return entry;
}

/* The length of the entry at @bytes, of which @left are the table's; 0 with a message. */
static size_t __init entry_length(const u8 *bytes, size_t left)
{
	u8 type = bytes[0], length = left > 1 ? bytes[1] : 0;

	if (left > 1 && !length) {
		pr_err("ACPI: [SRAT:0x%02x] Invalid zero length\n", type);
		return 0;
	}
	if (length < 2 || length > left) {
		pr_err("ACPI: SRAT: entry of type 0x%02x and %u bytes reaches past the end, %zu "
		       "bytes are left\n",
		       type, length, left);
		return 0;
	}
	if (type < NR_SRAT_TYPES && length < layouts[type].length) {
		pr_err("ACPI: SRAT: Unexpected header length: %u, type 0x%02x has %u\n", length,
		       type, layouts[type].length);
		return 0;
	}
	return length;
}

int __init srat_for_each(const void *table, size_t length, srat_fn fn, void *arg)
{
	const u8 *bytes = table;
	int ret, nr_unknown = 0;
	u8 revision;

	if (length < SRAT_ENTRIES) {
		pr_err("ACPI: SRAT: table of %zu bytes is too short\n", length);
		return -EINVAL;
	}
	revision = ((const struct acpi_table_header *)table)->revision;
	for (size_t at = SRAT_ENTRIES, step; at < length; at += step) {
		struct srat_entry entry;

		step = entry_length(bytes + at, length - at);
		if (!step)
			return -EINVAL;
		if (bytes[at] >= NR_SRAT_TYPES) {
			pr_warn("ACPI: Found unsupported SRAT entry (type = 0x%x)\n", bytes[at]);
			if (++nr_unknown > ACPI_MAX_UNKNOWN)
				return -EINVAL;
			continue;
		}
		entry = read_entry(bytes + at, (enum srat_type)bytes[at], revision);
		ret = fn(&entry, arg);
		if (ret)
			return ret;
	}
	return 0;
}
