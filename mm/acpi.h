/* SPDX-License-Identifier: MIT */
/*
 * What the readers of ACPI tables share. A table is bytes: fields are little-endian
 * and need not be aligned, and every length in it is a claim.
 *
 * The parsers of SRAT, SLIT and HMAT (bytes -> entries) know nothing of nodes, and
 * touch nothing but their arguments and the log: acpi_numa.c and hmat_nodes.c make
 * nodes of what they find.
 */
#ifndef _MM_ACPI_H
#define _MM_ACPI_H

#include <linux/types.h>
#include <baremm/acpi.h>

/*
 * Makes [pa, pa + size) readable, wherever it lies. NULL: it wraps, firmware's map
 * does not name all of it, or it cannot be mapped.
 */
const void *acpi_map_memory(phys_addr_t pa, size_t size);

/* Entries of types that nobody knows, before a table is not believed any more. */
#define ACPI_MAX_UNKNOWN 64

/* ---- SRAT (ACPI 6.5, 5.2.16) ---------------------------------------------------- */

enum srat_type {
	SRAT_CPU, /* by 8-bit APIC id */
	SRAT_MEMORY,
	SRAT_X2APIC_CPU, /* by 32-bit APIC id */
	SRAT_GICC,	 /* an Arm CPU */
	SRAT_ITS,	 /* an Arm interrupt unit */
	SRAT_GENERIC_INITIATOR,
	SRAT_GENERIC_PORT,
	NR_SRAT_TYPES
};

struct srat_entry {
	enum srat_type type;
	bool enabled;
	u32 pxm;
	u32 apic_id; /* CPUs */
	u64 base;    /* memory */
	u64 size;
	bool hotplug;
	bool nonvolatile;
};

/*
 * Calls @fn for each entry in the order of the table, until it returns non-zero,
 * and returns that. -EINVAL, with a message: too short, an entry that is shorter
 * than its type, of length 0, or reaches past the end; entries before were seen.
 * Entries of unknown type are named and skipped, ACPI_MAX_UNKNOWN of them.
 */
typedef int (*srat_fn)(const struct srat_entry *entry, void *arg);
int srat_for_each(const void *table, size_t length, srat_fn fn, void *arg);

/* ---- MADT (5.2.12) --------------------------------------------------------------- */

struct madt_cpu {
	u32 apic_id;
	u32 uid;	     /* the ACPI processor's */
	bool enabled;	     /* can be started */
	bool online_capable; /* not now, but it may come */
};

/* As srat_for_each(), for the CPUs; other entries are passed over. */
typedef int (*madt_cpu_fn)(const struct madt_cpu *cpu, void *arg);
int madt_for_each_cpu(const void *table, size_t length, madt_cpu_fn fn, void *arg);

/* ---- SLIT (5.2.17) --------------------------------------------------------------- */

/*
 * The number of localities, and *@distances its square, by rows. -EINVAL, with a
 * message: too short for that, or a table that breaks the rules: 10 on the
 * diagonal, and more than that elsewhere.
 */
int slit_parse(const void *table, size_t length, const u8 **distances);

/* ---- HMAT (5.2.27) --------------------------------------------------------------- */

enum hmat_type { HMAT_PROXIMITY, HMAT_LOCALITY, HMAT_CACHE };

enum hmat_data_type {
	HMAT_ACCESS_LATENCY,
	HMAT_READ_LATENCY,
	HMAT_WRITE_LATENCY,
	HMAT_ACCESS_BANDWIDTH,
	HMAT_READ_BANDWIDTH,
	HMAT_WRITE_BANDWIDTH,
	NR_HMAT_DATA_TYPES
};

struct hmat_entry {
	enum hmat_type type;
	/* HMAT_PROXIMITY: memory, and the processors it is attached to, where valid */
	bool initiator_valid;
	bool target_valid;
	u32 initiator_pxm;
	u32 target_pxm; /* HMAT_CACHE, too */
	/* HMAT_LOCALITY */
	u8 revision;	  /* the table's: says what the values' units are */
	u8 data_type;	  /* enum hmat_data_type */
	bool memory_only; /* the memory itself, not a cache in front of it */
	u64 base_unit;
	u32 nr_initiators;
	u32 nr_targets;
	const void *initiators; /* u32 each */
	const void *targets;	/* u32 each */
	const void *values;	/* u16 each, a row for each initiator */
};

/* As srat_for_each(). -EINVAL, too, where the revision is neither 1 nor 2. */
typedef int (*hmat_fn)(const struct hmat_entry *entry, void *arg);
int hmat_for_each(const void *table, size_t length, hmat_fn fn, void *arg);

/* In ns or MB/s; 0 where the table has no value, or none that fits. */
u32 hmat_value(const struct hmat_entry *locality, u32 initiator, u32 target);

static inline bool hmat_is_latency(u8 data_type)
{
	return data_type <= HMAT_WRITE_LATENCY;
}

#endif /* _MM_ACPI_H */
