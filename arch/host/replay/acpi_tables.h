/* SPDX-License-Identifier: MIT */
/*
 * The firmware's ACPI tables made again from what Linux printed of them: RSDP, XSDT,
 * SRAT, and SLIT where the log has a table of distances. mm/ then reads the same
 * bytes that it would read on that machine.
 *
 * Owns:    nothing.
 * Locking: none.
 * Failure: 0 where there is nothing to say, or too little room.
 */
#ifndef _REPLAY_ACPI_TABLES_H
#define _REPLAY_ACPI_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "log_facts.h"

/* Bytes that acpi_tables_write() takes, at the most; 0: there are none to write. */
size_t acpi_tables_size(const struct log_facts *facts);

/*
 * Writes them to @to, which is physical address @base and has @size bytes of zeros.
 * Returns the address of the RSDP, or 0.
 */
uint64_t acpi_tables_write(const struct log_facts *facts, uint8_t *to, uint64_t base, size_t size);

#endif /* _REPLAY_ACPI_TABLES_H */
