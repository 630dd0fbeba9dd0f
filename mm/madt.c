/* SPDX-License-Identifier: MIT */
/*
 * MADT: which CPUs there are. ACPI 6.5, 5.2.12.
 *
 *   | header 36 | local APIC address 4 | flags 4 | entry: type, length, ... | ...
 */
#include "acpi.h"

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>

#include "internal.h"

#define MADT_ENTRIES 44

enum { MADT_LOCAL_APIC = 0, MADT_LOCAL_X2APIC = 9 };
enum { LOCAL_APIC_SIZE = 8, LOCAL_X2APIC_SIZE = 16 };
enum { MADT_ENABLED = 1 << 0, MADT_ONLINE_CAPABLE = 1 << 1 };

/* Ids that stand for no CPU. */
#define NO_APIC	  0xff
#define NO_X2APIC 0xffffffff

/* Reads a CPU's entry; false where it is another one, or names no CPU. */
static bool read_cpu(const u8 *entry, struct madt_cpu *cpu)
{
	u32 flags;

	if (entry[0] == MADT_LOCAL_APIC) {
		*cpu = (struct madt_cpu){.apic_id = entry[3], .uid = entry[2]};
		flags = acpi_u32(entry, 4);
		if (cpu->apic_id == NO_APIC)
			return false;
	} else if (entry[0] == MADT_LOCAL_X2APIC) {
		*cpu = (struct madt_cpu){.apic_id = acpi_u32(entry, 4), .uid = acpi_u32(entry, 12)};
		flags = acpi_u32(entry, 8);
		if (cpu->apic_id == NO_X2APIC)
			return false;
	} else {
		return false;
	}
	cpu->enabled = flags & MADT_ENABLED;
	cpu->online_capable = flags & MADT_ONLINE_CAPABLE;
	return true;
}

static size_t min_length(u8 type)
{
	if (type == MADT_LOCAL_APIC)
		return LOCAL_APIC_SIZE;
	return type == MADT_LOCAL_X2APIC ? LOCAL_X2APIC_SIZE : 2;
}

int madt_for_each_cpu(const void *table, size_t length, madt_cpu_fn fn, void *arg)
{
	const u8 *bytes = table;

	if (length < MADT_ENTRIES) {
		pr_err("ACPI: APIC: table of %zu bytes is too short\n", length);
		return -EINVAL;
	}
	for (size_t at = MADT_ENTRIES, step; at < length; at += step) {
		struct madt_cpu cpu;
		int ret;

		step = length - at > 1 ? bytes[at + 1] : 0;
		if (step < min_length(bytes[at]) || step > length - at) {
			pr_err("ACPI: APIC: entry of type 0x%02x and %zu bytes where %zu are "
			       "left\n",
			       bytes[at], step, length - at);
			return -EINVAL;
		}
		ret = read_cpu(bytes + at, &cpu) ? fn(&cpu, arg) : 0;
		if (ret)
			return ret;
	}
	return 0;
}

/* ---- The CPUs of this machine ----------------------------------------------------- */

static DECLARE_BITMAP(enabled_apics, MAX_LOCAL_APIC);
static bool some_known;

static int __init note_cpu(const struct madt_cpu *cpu, void *arg)
{
	(void)arg;
	if (cpu->enabled && cpu->apic_id < MAX_LOCAL_APIC)
		__set_bit(cpu->apic_id, enabled_apics);
	return 0;
}

void __init madt_init(void)
{
	size_t length;
	const void *madt = acpi_find_table("APIC", &length);

	memset(enabled_apics, 0, sizeof(enabled_apics));
	some_known = madt && !madt_for_each_cpu(madt, length, note_cpu, NULL);
}

bool madt_cpu_enabled(u32 apicid)
{
	return !some_known || (apicid < MAX_LOCAL_APIC && test_bit(apicid, enabled_apics));
}
