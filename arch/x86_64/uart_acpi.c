/* SPDX-License-Identifier: MIT */
/* Serial ports that ACPI's tables name: SPCR and DBG2. */
#include "uart_find.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/acpi.h>

/* Offsets in the tables. */
enum {
	SPCR_INTERFACE = 36,
	SPCR_GAS = 40,
	SPCR_BAUD = 58,
	SPCR_SIZE = 80,
	SPCR_CLOCK = 76, /* revision 3 */

	DBG2_OFFSET = 36,
	DBG2_COUNT = 40,
	DBG2_SIZE = 44,
	DEVICE_LENGTH = 1,
	DEVICE_NR_GAS = 3,
	DEVICE_TYPE = 12,
	DEVICE_SUBTYPE = 14,
	DEVICE_GAS = 18,
	DEVICE_SIZE = 22,

	GAS_SPACE = 0,
	GAS_BIT_WIDTH = 1,
	GAS_ACCESS = 3,
	GAS_ADDRESS = 4,
	GAS_SIZE = 12,
};

/* SPCR's interface and DBG2's subtype of a serial port. */
#define KIND_16550     0x00
#define KIND_16450     0x01
#define KIND_16550_GAS 0x12
#define DBG2_SERIAL    0x8000

/* ---- Ports ------------------------------------------------------------------- */

static bool kind_is_16550(u64 kind)
{
	return kind == KIND_16550 || kind == KIND_16450 || kind == KIND_16550_GAS;
}

/* An ACPI Generic Address Structure (ACPI 6.5 section 5.2.3.2). */
static int place_from_gas(const u8 *gas, struct uart_place *place)
{
	static const u8 widths[] = {1, 1, 2, 4}; /* access sizes: undefined, byte, word, dword */

	*place = (struct uart_place){.mmio = gas[GAS_SPACE] == 0, .width = 1, .stride = 1};
	if (gas[GAS_SPACE] > 1)
		return -EINVAL;
	place->base = acpi_u64(gas, GAS_ADDRESS);
	if (place->mmio) {
		if (gas[GAS_ACCESS] >= ARRAY_SIZE(widths))
			return -EINVAL;
		place->width = place->stride = widths[gas[GAS_ACCESS]];
		/* Bytes that are 32 bits apart. */
		if (gas[GAS_BIT_WIDTH] == 32)
			place->stride = 4;
	}
	return uart_place_possible(place) ? 0 : -EINVAL;
}

int uart_from_spcr(const void *table, size_t length, struct uart_place *place)
{
	static const u32 rates[] = {[3] = 9600, [4] = 19200, [6] = 57600, [7] = 115200};
	const u8 *spcr = table;
	int err;

	if (length < SPCR_SIZE || !kind_is_16550(spcr[SPCR_INTERFACE]))
		return -EINVAL;
	err = place_from_gas(spcr + SPCR_GAS, place);
	if (err)
		return err;
	/* 0 stands for: as it is. So does a clock that nobody knows. */
	if (spcr[SPCR_BAUD] < ARRAY_SIZE(rates))
		place->baud = rates[spcr[SPCR_BAUD]];
	if (((const struct acpi_table_header *)table)->revision >= 3)
		place->clock = acpi_u32(spcr, SPCR_CLOCK);
	if (place->mmio && !place->clock)
		place->baud = 0;
	return 0;
}

static int place_from_device(const u8 *device, size_t length, struct uart_place *place)
{
	size_t gas = acpi_u16(device, DEVICE_GAS);

	if (acpi_u16(device, DEVICE_TYPE) != DBG2_SERIAL ||
	    !kind_is_16550(acpi_u16(device, DEVICE_SUBTYPE)) || !device[DEVICE_NR_GAS])
		return -ENODEV;
	return gas + GAS_SIZE <= length ? place_from_gas(device + gas, place) : -EINVAL;
}

int uart_from_dbg2(const void *table, size_t length, struct uart_place *place)
{
	const u8 *dbg2 = table;
	u64 at, count;

	if (length < DBG2_SIZE)
		return -EINVAL;
	at = acpi_u32(dbg2, DBG2_OFFSET);
	count = acpi_u32(dbg2, DBG2_COUNT);
	for (; count && at + DEVICE_SIZE <= length; count--) {
		size_t size = acpi_u16(dbg2, at + DEVICE_LENGTH);

		if (size < DEVICE_SIZE || at + size > length)
			return -EINVAL;
		if (!place_from_device(dbg2 + at, size, place))
			return 0;
		at += size;
	}
	return -ENODEV;
}
