/* SPDX-License-Identifier: MIT */
/* e820 tables as text: the words that Linux has for the types. */
#include <baremm/e820.h>
#include <linux/kernel.h>

const char *__init e820_type_name(u32 type, char buf[E820_TYPE_NAME_MAX])
{
	switch (type) {
	case E820_TYPE_RAM:
		return "usable";
	case E820_TYPE_RESERVED:
		return "reserved";
	case E820_TYPE_ACPI:
		return "ACPI data";
	case E820_TYPE_NVS:
		return "ACPI NVS";
	case E820_TYPE_UNUSABLE:
		return "unusable";
	case E820_TYPE_PMEM:
	case E820_TYPE_PRAM:
		scnprintf(buf, E820_TYPE_NAME_MAX, "persistent (type %u)", type);
		return buf;
	case E820_TYPE_SOFT_RESERVED:
		return "soft reserved";
	default:
		scnprintf(buf, E820_TYPE_NAME_MAX, "type %u", type);
		return buf;
	}
}

const char *e820_type_to_string(u32 type)
{
	switch (type) {
	case E820_TYPE_RAM:
		return "System RAM";
	case E820_TYPE_RESERVED:
		return "Reserved";
	case E820_TYPE_ACPI:
		return "ACPI Tables";
	case E820_TYPE_NVS:
		return "ACPI Non-volatile Storage";
	case E820_TYPE_UNUSABLE:
		return "Unusable memory";
	case E820_TYPE_PMEM:
		return "Persistent Memory";
	case E820_TYPE_PRAM:
		return "Persistent Memory (legacy)";
	case E820_TYPE_SOFT_RESERVED:
		return "Soft Reserved";
	default:
		return "Unknown E820 type";
	}
}

void __init e820_print_table(const struct e820_table *table, const char *who)
{
	char buf[E820_TYPE_NAME_MAX];

	for (u32 i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *entry = &table->entries[i];

		pr_info("%s: [mem 0x%016llx-0x%016llx] %s\n", who, entry->addr,
			entry->addr + entry->size - 1, e820_type_name(entry->type, buf));
	}
}
