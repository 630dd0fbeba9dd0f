/* SPDX-License-Identifier: MIT */
/* Which serial ports a PC has, where no option says it. */
#include "consoles.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>

#include "acpi_early.h"
#include "cpu.h"
#include "uart_find.h"

#define PCI_CONFIG_ADDRESS 0xcf8
#define PCI_CONFIG_DATA	   0xcfc
#define PCI_CONFIG_ENABLE  0x80000000U

/* Ports that are tried of those on the PCI bus. */
#define PCI_TRIES 8

/* ---- Tables ---------------------------------------------------------------------- */

static bool find_in_table(const struct boot_info *info, const char *signature,
			  int (*parse)(const void *, size_t, struct uart_place *),
			  void (*found)(struct console *con))
{
	struct uart_place place;
	struct console *con;
	size_t length;
	const void *table;
	char text[48];
	int err;

	table = early_acpi_table(info, signature, &length);
	if (!table || parse(table, length, &place))
		return false;
	uart_describe(&place, text, sizeof(text));
	err = serial_place(info, &place, UART_PRESENT, &con);
	/* Linux's words. */
	pr_info("ACPI: %s: console: %s%s\n", signature, text,
		err == -ENODEV	 ? ", where no UART answers"
		: err == -EINVAL ? ", where the memory map has memory"
		: err == -EAGAIN ? ", not mapped yet"
				 : "");
	if (con)
		found(con);
	return con || err == -EAGAIN;
}

/* ---- The PCI bus ------------------------------------------------------------------- */

static void select_register(struct pci_function at, unsigned int reg)
{
	outl(PCI_CONFIG_ENABLE | (u32)at.bus << 16 | (u32)at.device << 11 | (u32)at.function << 8 |
		     (reg & 0xfc),
	     PCI_CONFIG_ADDRESS);
}

static u32 pci_read(struct pci_function at, unsigned int reg)
{
	select_register(at, reg);
	return inl(PCI_CONFIG_DATA);
}

static void pci_write(struct pci_function at, unsigned int reg, u32 value)
{
	select_register(at, reg);
	outl(value, PCI_CONFIG_DATA);
}

static const struct pci_access pci = {pci_read, pci_write};

/* In memory, registers may be dwords: the loopback tells. */
static int place_pci(const struct boot_info *info, struct uart_place *place, struct console **con)
{
	int err = serial_place(info, place, UART_LOOPBACK, con);

	if (err != -ENODEV || !place->mmio)
		return err;
	place->width = place->stride = 4;
	return serial_place(info, place, UART_LOOPBACK, con);
}

static void find_on_pci(const struct boot_info *info, void (*found)(struct console *con))
{
	struct uart_place place;
	struct console *con;
	char text[48];

	for (unsigned int n = 0; n < PCI_TRIES && !uart_from_pci(&pci, n, &place); n++) {
		if (place_pci(info, &place, &con) && !con)
			continue;
		uart_describe(&place, text, sizeof(text));
		pr_info("serial: PCI: %s\n", text);
		found(con);
		return;
	}
}

static void find_legacy(void (*found)(struct console *con))
{
	for (unsigned int n = 0; n < NR_SERIAL_PORTS; n++) {
		struct console *con = serial_console(n, SERIAL_BAUD);

		if (con) {
			found(con);
			return;
		}
	}
}

void serial_find(const struct boot_info *info, void (*found)(struct console *con))
{
	if (find_in_table(info, "SPCR", uart_from_spcr, found) ||
	    find_in_table(info, "DBG2", uart_from_dbg2, found))
		return;
	find_on_pci(info, found);
	find_legacy(found);
}
