/* SPDX-License-Identifier: MIT */
/* Serial ports on the PCI bus. */
#include "uart_find.h"

#include <linux/errno.h>
#include <linux/kernel.h>

#define PCI_ID	       0x00
#define PCI_COMMAND    0x04
#define PCI_CLASS      0x08 /* class, subclass, interface, revision */
#define PCI_HEADER     0x0c /* the third byte */
#define PCI_BAR0       0x10
#define PCI_BAR1       0x14
#define PCI_BRIDGE_BUS 0x18 /* the second byte: the bus behind it */

#define COMMAND_IO     1U
#define COMMAND_MEMORY 2U

#define CLASS_SERIAL   0x0700
#define SERIAL_KINDS   7 /* 8250, 16450, 16550, 16650, 16750, 16850, 16950 */
#define CLASS_BRIDGE   0x0604
#define MULTI_FUNCTION 0x80

#define NR_BUSES     256
#define NR_DEVICES   32
#define NR_FUNCTIONS 8

/* Buses to be looked at, and how many ports are still to be passed over. */
struct scan {
	const struct pci_access *pci;
	u8 buses[NR_BUSES];
	unsigned int nr_buses;
	u8 known[NR_BUSES];
	unsigned int left;
};

static void add_bus(struct scan *scan, u8 bus)
{
	if (scan->known[bus])
		return;
	scan->known[bus] = 1;
	scan->buses[scan->nr_buses++] = bus;
}

/* The first of its base addresses, and its decoding switched on. */
static int take_port(const struct pci_access *pci, struct pci_function at, struct uart_place *place)
{
	u32 bar = pci->read(at, PCI_BAR0), command = pci->read(at, PCI_COMMAND) & 0xffff;

	*place = (struct uart_place){.mmio = !(bar & 1), .width = 1, .stride = 1};
	place->base = place->mmio ? bar & ~15U : bar & ~3U;
	if (place->mmio && (bar & 6) == 4)
		place->base |= (u64)pci->read(at, PCI_BAR1) << 32;
	if (!uart_place_possible(place))
		return -EINVAL;
	/* The upper half is the status, where ones clear bits. */
	pci->write(at, PCI_COMMAND, command | (place->mmio ? COMMAND_MEMORY : COMMAND_IO));
	return 0;
}

/* 0: it is the port that was looked for. */
static int look_at(struct scan *scan, struct pci_function at, struct uart_place *place)
{
	u32 class = scan->pci->read(at, PCI_CLASS);

	if (class >> 16 == CLASS_BRIDGE)
		add_bus(scan, (u8)(scan->pci->read(at, PCI_BRIDGE_BUS) >> 8));
	if (class >> 16 != CLASS_SERIAL || (class >> 8 & 0xff) >= SERIAL_KINDS ||
	    take_port(scan->pci, at, place))
		return -ENODEV;
	return scan->left-- ? -ENODEV : 0;
}

static int scan_device(struct scan *scan, struct pci_function at, struct uart_place *place)
{
	for (at.function = 0; at.function < NR_FUNCTIONS; at.function++) {
		if ((scan->pci->read(at, PCI_ID) & 0xffff) == 0xffff) {
			if (!at.function)
				return -ENODEV;
			continue;
		}
		if (!look_at(scan, at, place))
			return 0;
		if (!at.function && !(scan->pci->read(at, PCI_HEADER) >> 16 & MULTI_FUNCTION))
			return -ENODEV;
	}
	return -ENODEV;
}

int uart_from_pci(const struct pci_access *pci, unsigned int n, struct uart_place *place)
{
	struct scan scan = {.pci = pci, .left = n};

	add_bus(&scan, 0);
	for (unsigned int i = 0; i < scan.nr_buses; i++) {
		struct pci_function at = {.bus = scan.buses[i]};

		for (at.device = 0; at.device < NR_DEVICES; at.device++)
			if (!scan_device(&scan, at, place))
				return 0;
	}
	return -ENODEV;
}
