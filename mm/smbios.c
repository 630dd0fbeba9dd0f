// SPDX-License-Identifier: MIT
/* SMBIOS's memory devices and mapped addresses. Contract: baremm/smbios.h. */
#include <baremm/smbios.h>

#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>

#define HEADER_SIZE 4

enum { MEMORY_DEVICE = 17, MEMORY_ARRAY_MAPPED = 19 };

static u64 field(const u8 *structure, size_t offset, size_t size)
{
	u64 value = 0;

	memcpy(&value, structure + offset, size);
	return value;
}

/* Size: 0 for an empty socket, 0xffff where it is not known, 0x7fff where another field has it. */
static void read_device(const u8 *s, u8 length, struct smbios_memory *memory)
{
	u64 size;

	if (length < 0x0e) {
		memory->broken++;
		return;
	}
	size = field(s, 0x0c, 2);
	if (!size)
		return;
	memory->nr_devices++;
	if (size == 0xffff || (size == 0x7fff && length < 0x20))
		memory->nr_unknown++;
	else if (size == 0x7fff)
		memory->installed += (field(s, 0x1c, 4) & 0x7fffffff) * SZ_1M;
	else
		memory->installed += (size & 0x7fff) * (size & 0x8000 ? SZ_1K : SZ_1M);
}

/* In kilobytes, both ends inclusive; from 4 TB on in bytes, in fields of their own. */
static void read_mapped(const u8 *s, u8 length, struct smbios_memory *memory)
{
	struct smbios_range range;

	if (length < 0x0f || (field(s, 4, 4) == 0xffffffff && length < 0x1f)) {
		memory->broken++;
		return;
	}
	if (field(s, 4, 4) == 0xffffffff) {
		range.start = field(s, 0x0f, 8);
		range.end = field(s, 0x17, 8) + 1;
	} else {
		range.start = field(s, 4, 4) * SZ_1K;
		range.end = (field(s, 8, 4) + 1) * SZ_1K;
	}
	if (memory->nr_mapped == SMBIOS_MAX_MAPPED)
		memory->dropped++;
	else
		memory->mapped[memory->nr_mapped++] = range;
}

void smbios_read_memory(const u8 *records, size_t size, struct smbios_memory *memory)
{
	memset(memory, 0, sizeof(*memory));
	while (size >= HEADER_SIZE) {
		u8 length = records[1];

		if (length < HEADER_SIZE || length > size) {
			memory->broken++;
			return;
		}
		if (records[0] == MEMORY_DEVICE)
			read_device(records, length, memory);
		if (records[0] == MEMORY_ARRAY_MAPPED)
			read_mapped(records, length, memory);
		records += length;
		size -= length;
	}
}
