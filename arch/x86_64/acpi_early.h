/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables before bring-up: for what must be known while mm/ has no list of them yet, which
 * is where the serial port is, and what the time-stamp counter can be measured by; and whether
 * registers can be where a table says.
 *
 * Owns:       nothing.
 * Invariants: no byte of a table is read that `reach` did not give; lengths are checked.
 * Lifetime:   before bring-up, while the firmware's memory is still its own.
 * Locking:    none; boot CPU.
 * Units:      bytes.
 * Failure:    NULL: there is no such table, or it cannot be read.
 * Source:     ACPI 6.5 section 5.2.
 */
#ifndef _ARCH_X86_64_ACPI_EARLY_H
#define _ARCH_X86_64_ACPI_EARLY_H

#include <linux/types.h>

/* @size bytes at @addr, or NULL where they are not there to be read. */
typedef const void *(*early_reach_fn)(phys_addr_t addr, size_t size);

/* The first table with @signature that is whole and adds up, @length bytes long. */
const void *early_acpi_find(early_reach_fn reach, phys_addr_t rsdp, const char *signature,
			    size_t *length);

struct boot_info;

/*
 * Does the memory map have memory in [start, end) that holds something? Then what a table puts
 * there are no registers.
 */
bool early_is_memory(const struct boot_info *info, u64 start, u64 end);

/* early_acpi_find() on this machine: what its memory map names and its page tables reach. */
const void *early_acpi_table(const struct boot_info *info, const char *signature, size_t *length);

#endif /* _ARCH_X86_64_ACPI_EARLY_H */
