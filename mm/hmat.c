/* SPDX-License-Identifier: MIT */
/*
 * HMAT: bytes to entries, and the values' units. ACPI 6.5, 5.2.27.
 *
 *   | header 36 | reserved 4 | structure: type 2, reserved 2, length 4, ... | ...
 *
 * A locality structure is a matrix:
 *
 *   | 32 | initiator domains, 4 each | target domains, 4 each | values, 2 each, by rows |
 */
#include "acpi.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/numa.h>

#define HMAT_STRUCTURES	  40
#define HMAT_HEADER_SIZE  8
#define HMAT_MATRIX	  32
#define HMAT_NO_VALUE	  0xffff
#define HMAT_HIERARCHY	  0x0f /* flags: 0 is the memory itself, 1 to 3 are caches */
#define HMAT_PROC_VALID	  (1 << 0)
#define HMAT_MEMORY_VALID (1 << 1) /* revision 1 */

#define HMAT_MAX_DOMAINS MAX_NUMNODES /* of each kind in a matrix that is believed */
#define HMAT_MAX_SHOWN	 64	      /* whose values are logged */

#define PROXIMITY_SIZE 40
#define CACHE_SIZE     32

static const char *__init type_name(u8 type)
{
	static const char *const names[NR_HMAT_DATA_TYPES] = {
		"Access Latency",   "Read Latency",   "Write Latency",
		"Access Bandwidth", "Read Bandwidth", "Write Bandwidth",
	};

	return type < NR_HMAT_DATA_TYPES ? names[type] : "Reserved";
}

static const char *__init unit_name(u8 type)
{
	if (type >= NR_HMAT_DATA_TYPES)
		return "";
	return hmat_is_latency(type) ? " nsec" : " MB/s";
}

/*
 * Revision 1 counts in tenths of a nanosecond or MB/s, revision 2 in picoseconds
 * or MB/s: 100 with base unit 1000 is 10000 ns / MB/s, or 100 ns / 100000 MB/s.
 */
u32 __init hmat_value(const struct hmat_entry *locality, u32 initiator, u32 target)
{
	size_t at = (size_t)initiator * locality->nr_targets + target;
	u16 entry = acpi_u16(locality->values, 2 * at);
	u32 value;

	if (!entry || entry == HMAT_NO_VALUE || locality->base_unit > UINT_MAX / entry)
		return 0;
	value = entry * (u32)locality->base_unit;
	if (locality->revision == 1)
		return value < 10 ? 0 : DIV_ROUND_UP((u64)value, 10);
	return hmat_is_latency(locality->data_type) ? DIV_ROUND_UP((u64)value, 1000) : value;
}

static void __init print_locality(const struct hmat_entry *l, u8 flags)
{
	pr_info("acpi/hmat: HMAT: Locality: Flags:%02x Type:%s Initiator Domains:%u Target "
		"Domains:%u Base:%lld\n",
		flags, type_name(l->data_type), l->nr_initiators, l->nr_targets, l->base_unit);
	if (l->nr_initiators > HMAT_MAX_SHOWN || l->nr_targets > HMAT_MAX_SHOWN) {
		pr_info("acpi/hmat:   too many domains to show each value\n");
		return;
	}
	for (u32 i = 0; i < l->nr_initiators; i++)
		for (u32 t = 0; t < l->nr_targets; t++)
			pr_info("acpi/hmat:   Initiator-Target[%u-%u]:%u%s\n",
				acpi_u32(l->initiators, 4 * i), acpi_u32(l->targets, 4 * t),
				hmat_value(l, i, t), unit_name(l->data_type));
}

static int __init read_locality(const u8 *s, u32 length, struct hmat_entry *entry)
{
	u64 needed;

	if (length < HMAT_MATRIX) {
		pr_notice("acpi/hmat: HMAT: Unexpected locality header length: %u\n", length);
		return -EINVAL;
	}
	entry->memory_only = (acpi_u8(s, 8) & HMAT_HIERARCHY) == 0;
	entry->data_type = acpi_u8(s, 9);
	entry->nr_initiators = acpi_u32(s, 12);
	entry->nr_targets = acpi_u32(s, 16);
	entry->base_unit = acpi_u64(s, 24);
	if (entry->nr_initiators > HMAT_MAX_DOMAINS || entry->nr_targets > HMAT_MAX_DOMAINS) {
		pr_notice("acpi/hmat: HMAT: locality of %u initiators and %u targets, at most %d "
			  "can be\n",
			  entry->nr_initiators, entry->nr_targets, HMAT_MAX_DOMAINS);
		return -EINVAL;
	}
	needed = HMAT_MATRIX + 4 * ((u64)entry->nr_initiators + entry->nr_targets) +
		 2 * (u64)entry->nr_initiators * entry->nr_targets;
	if (needed > length) {
		pr_notice("acpi/hmat: HMAT: Unexpected locality header length:%u, minimum "
			  "required:%llu\n",
			  length, needed);
		return -EINVAL;
	}
	entry->initiators = s + HMAT_MATRIX;
	entry->targets = s + HMAT_MATRIX + 4 * (size_t)entry->nr_initiators;
	entry->values = (const u8 *)entry->targets + 4 * (size_t)entry->nr_targets;
	print_locality(entry, acpi_u8(s, 8));
	return 0;
}

static int __init read_proximity(const u8 *s, u32 length, struct hmat_entry *entry)
{
	u16 flags;

	if (length != PROXIMITY_SIZE) {
		pr_notice("acpi/hmat: HMAT: Unexpected address range header length: %u\n", length);
		return -EINVAL;
	}
	flags = acpi_u16(s, 8);
	entry->initiator_pxm = acpi_u32(s, 12);
	entry->target_pxm = acpi_u32(s, 16);
	entry->initiator_valid = flags & HMAT_PROC_VALID;
	entry->target_valid = entry->revision > 1 || flags & HMAT_MEMORY_VALID;
	if (entry->revision == 1)
		pr_info("acpi/hmat: HMAT: Memory (%#llx length %#llx) Flags:%04x Processor "
			"Domain:%u Memory Domain:%u\n",
			acpi_u64(s, 24), acpi_u64(s, 32), flags, entry->initiator_pxm,
			entry->target_pxm);
	else
		pr_info("acpi/hmat: HMAT: Memory Flags:%04x Processor Domain:%u Memory "
			"Domain:%u\n",
			flags, entry->initiator_pxm, entry->target_pxm);
	return 0;
}

static int __init read_cache(const u8 *s, u32 length, struct hmat_entry *entry)
{
	if (length < CACHE_SIZE) {
		pr_notice("acpi/hmat: HMAT: Unexpected cache header length: %u\n", length);
		return -EINVAL;
	}
	entry->target_pxm = acpi_u32(s, 8);
	pr_info("acpi/hmat: HMAT: Cache: Domain:%u Size:%llu Attrs:%08x SMBIOS Handles:%d\n",
		entry->target_pxm, acpi_u64(s, 16), acpi_u32(s, 24), acpi_u16(s, 30));
	return 0;
}

static int __init read_structure(const u8 *s, u32 length, struct hmat_entry *entry)
{
	switch (acpi_u16(s, 0)) {
	case HMAT_PROXIMITY:
		entry->type = HMAT_PROXIMITY;
		return read_proximity(s, length, entry);
	case HMAT_LOCALITY:
		entry->type = HMAT_LOCALITY;
		return read_locality(s, length, entry);
	case HMAT_CACHE:
		entry->type = HMAT_CACHE;
		return read_cache(s, length, entry);
	default:
		pr_notice("acpi/hmat: HMAT: structure of unknown type %u, skipped\n",
			  acpi_u16(s, 0));
		return -ENOENT;
	}
}

int __init hmat_for_each(const void *table, size_t length, hmat_fn fn, void *arg)
{
	const struct acpi_table_header *header = table;
	int nr_unknown = 0;
	u32 step;

	if (length < HMAT_STRUCTURES) {
		pr_notice("acpi/hmat: HMAT: table of %zu bytes is too short\n", length);
		return -EINVAL;
	}
	if (header->revision != 1 && header->revision != 2) {
		pr_notice("acpi/hmat: HMAT: Ignoring: Unknown revision:%d\n", header->revision);
		return -EINVAL;
	}
	for (size_t at = HMAT_STRUCTURES; at < length; at += step) {
		const u8 *s = (const u8 *)table + at;
		struct hmat_entry entry = {.revision = header->revision};
		int ret;

		step = length - at < HMAT_HEADER_SIZE ? 0 : acpi_u32(s, 4);
		if (step < HMAT_HEADER_SIZE || step > length - at) {
			pr_notice("acpi/hmat: HMAT: structure of %u bytes where %zu are left\n",
				  step, length - at);
			return -EINVAL;
		}
		ret = read_structure(s, step, &entry);
		if (ret == -ENOENT && ++nr_unknown <= ACPI_MAX_UNKNOWN)
			continue;
		if (ret == -ENOENT)
			return -EINVAL;
		ret = ret ?: fn(&entry, arg);
		if (ret)
			return ret;
	}
	return 0;
}
