/* SPDX-License-Identifier: MIT */
/*
 * SMBIOS's structures about memory, copied out of the firmware's table. Pure functions of
 * bytes: they run in the host tests too.
 *
 * Invariants: nothing is read past the size that a caller gives, or a table that it leads
 *             to says.
 * Lifetime:   while the firmware's tables are where it said, after the exit as well.
 * Failure:    what is no entry point, or cut short, gives nothing.
 * Source:     SMBIOS 3.6, sections 5.2 (entry points) and 6.1 (structures).
 */
#ifndef _EFI_SMBIOS_H
#define _EFI_SMBIOS_H

#include <linux/types.h>

/* The longest entry point. */
#define SMBIOS_ENTRY_SIZE 0x20

/* The table that the entry point at @entry leads to. False: it is none. */
bool smbios_entry(const u8 entry[SMBIOS_ENTRY_SIZE], u64 *table, u32 *size);

/*
 * Copies the structures of the kinds that are about memory, without their strings, one
 * behind the other to @out (NULL: nowhere). Returns the bytes that all of them take; no
 * more than @room are written, whole structures.
 */
size_t smbios_collect(const u8 *table, size_t size, u8 *out, size_t room);

#endif /* _EFI_SMBIOS_H */
