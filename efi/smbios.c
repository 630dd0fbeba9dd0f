/* SPDX-License-Identifier: MIT */
/* SMBIOS's structures about memory. Contract: smbios.h. */
#include "smbios.h"

#include <linux/string.h>

/* A structure: type, length, handle, more; behind it strings, and an empty one. */
#define HEADER_SIZE 4

enum { MEMORY_DEVICE = 17, MEMORY_ARRAY_MAPPED = 19, END_OF_TABLE = 127 };

static bool sums_to_zero(const u8 *bytes, size_t size)
{
	u8 sum = 0;

	while (size--)
		sum = (u8)(sum + bytes[size]);
	return !sum;
}

static u64 read_bytes(const u8 *bytes, size_t size)
{
	u64 value = 0;

	memcpy(&value, bytes, size);
	return value;
}

bool smbios_entry(const u8 entry[SMBIOS_ENTRY_SIZE], u64 *table, u32 *size)
{
	if (!memcmp(entry, "_SM3_", 5)) {
		*size = (u32)read_bytes(entry + 0x0c, 4);
		*table = read_bytes(entry + 0x10, 8);
		return entry[6] >= 0x18 && entry[6] <= SMBIOS_ENTRY_SIZE &&
		       sums_to_zero(entry, entry[6]);
	}
	if (memcmp(entry, "_SM_", 4) || memcmp(entry + 0x10, "_DMI_", 5))
		return false;
	*size = (u32)read_bytes(entry + 0x16, 2);
	*table = read_bytes(entry + 0x18, 4);
	return sums_to_zero(entry + 0x10, 0x0f);
}

/* Where the structure behind that of @length bytes at @s begins: past its strings. */
static size_t next_structure(const u8 *table, size_t size, size_t s, size_t length)
{
	size_t at = s + length;

	while (at + 2 <= size && (table[at] || table[at + 1]))
		at++;
	return at + 2;
}

size_t smbios_collect(const u8 *table, size_t size, u8 *out, size_t room)
{
	size_t used = 0, length;

	for (size_t s = 0; s + HEADER_SIZE <= size; s = next_structure(table, size, s, length)) {
		u8 type = table[s];

		length = table[s + 1];
		if (length < HEADER_SIZE || length > size - s || type == END_OF_TABLE)
			break;
		if (type != MEMORY_DEVICE && type != MEMORY_ARRAY_MAPPED)
			continue;
		if (out && used + length <= room)
			memcpy(out + used, table + s, length);
		used += length;
	}
	return used;
}
