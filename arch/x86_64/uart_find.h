/* SPDX-License-Identifier: MIT */
/*
 * Where a PC's serial ports are, as its firmware's tables and its PCI bus tell.
 * Pure: the tables' bytes and the bus come from the caller.
 *
 * Owns:       nothing.
 * Invariants: counts and lengths in tables are checked against the table's own length.
 * Lifetime:   before bring-up, while the firmware's memory is still its own.
 * Locking:    none; boot CPU.
 * Units:      bytes.
 * Failure:    NULL or -errno: there is none, or what is said of it cannot be. It is
 *             the caller that logs.
 * Source:     ACPI 6.5 section 5.2; Microsoft's SPCR (revision 4) and DBG2 tables;
 *             PCI Local Bus Specification 3.0, class 07h.
 */
#ifndef _ARCH_X86_64_UART_FIND_H
#define _ARCH_X86_64_UART_FIND_H

#include "uart.h"

/* The port that the table SPCR, of @length bytes, names. */
int uart_from_spcr(const void *table, size_t length, struct uart_place *place);

/* The first 16550 among the devices of the table DBG2. */
int uart_from_dbg2(const void *table, size_t length, struct uart_place *place);

/* Configuration space: dwords at offset @reg of a function. */
struct pci_function {
	u8 bus, device, function;
};
struct pci_access {
	u32 (*read)(struct pci_function at, unsigned int reg);
	void (*write)(struct pci_function at, unsigned int reg, u32 value);
};

/*
 * Number @n, from 0, of the serial ports on the PCI bus: class 0700, of the kinds that
 * are 16550 or like it. Switches its decoding on. -ENODEV: there are not so many.
 */
int uart_from_pci(const struct pci_access *pci, unsigned int n, struct uart_place *place);

#endif /* _ARCH_X86_64_UART_FIND_H */
