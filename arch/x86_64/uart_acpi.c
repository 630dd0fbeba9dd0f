/* SPDX-License-Identifier: MIT */
/* Serial ports that ACPI's tables name: SPCR and DBG2. */
#include "uart_find.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/acpi.h>

/* Offsets in the tables. */
enum {
	RSDP_REVISION = 15,
	RSDP_RSDT = 16,
	RSDP_V1_SIZE = 20,
	RSDP_XSDT = 24,
	RSDP_V2_SIZE = 36,

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

/* Root entries beyond this are not looked at. */
#define ROOT_ENTRIES_MAX 1024

static u64 number(const u8 *at, unsigned int bytes)
{
	u64 value = 0;

	while (bytes)
		value = value << 8 | at[--bytes];
	return value;
}

static bool adds_up(const u8 *bytes, size_t length)
{
	u8 sum = 0;

	for (size_t i = 0; i < length; i++)
		sum = (u8)(sum + bytes[i]);
	return !sum;
}

/* ---- Tables ------------------------------------------------------------------ */

/* A whole table at @addr, or NULL. */
static const u8 *reach_table(early_reach_fn reach, phys_addr_t addr, size_t *length)
{
	const u8 *header = addr ? reach(addr, sizeof(struct acpi_table_header)) : NULL;
	const u8 *table;

	if (!header)
		return NULL;
	*length = number(header + 4, 4);
	if (*length < sizeof(struct acpi_table_header) || *length > ACPI_TABLE_MAX_SIZE)
		return NULL;
	table = reach(addr, *length);
	return table && adds_up(table, *length) ? table : NULL;
}

/* XSDT or RSDT, and the size of its entries. */
static const u8 *reach_root(early_reach_fn reach, phys_addr_t rsdp, size_t *length,
			    unsigned int *entry)
{
	const u8 *root = rsdp ? reach(rsdp, RSDP_V1_SIZE) : NULL;

	if (!root || memcmp(root, "RSD PTR ", 8) || !adds_up(root, RSDP_V1_SIZE))
		return NULL;
	*entry = 4;
	if (root[RSDP_REVISION] < 2)
		return reach_table(reach, number(root + RSDP_RSDT, 4), length);
	root = reach(rsdp, RSDP_V2_SIZE);
	if (!root)
		return NULL;
	if (!number(root + RSDP_XSDT, 8))
		return reach_table(reach, number(root + RSDP_RSDT, 4), length);
	*entry = 8;
	return reach_table(reach, number(root + RSDP_XSDT, 8), length);
}

const void *early_acpi_find(early_reach_fn reach, phys_addr_t rsdp, const char *signature,
			    size_t *length)
{
	size_t root_length, at = sizeof(struct acpi_table_header);
	unsigned int entry;
	const u8 *root = reach_root(reach, rsdp, &root_length, &entry);

	for (int i = 0; root && i < ROOT_ENTRIES_MAX && at + entry <= root_length; i++) {
		const u8 *table = reach_table(reach, number(root + at, entry), length);

		if (table && !memcmp(table, signature, 4))
			return table;
		at += entry;
	}
	return NULL;
}

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
	place->base = number(gas + GAS_ADDRESS, 8);
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
		place->clock = (u32)number(spcr + SPCR_CLOCK, 4);
	if (place->mmio && !place->clock)
		place->baud = 0;
	return 0;
}

static int place_from_device(const u8 *device, size_t length, struct uart_place *place)
{
	size_t gas = number(device + DEVICE_GAS, 2);

	if (number(device + DEVICE_TYPE, 2) != DBG2_SERIAL ||
	    !kind_is_16550(number(device + DEVICE_SUBTYPE, 2)) || !device[DEVICE_NR_GAS])
		return -ENODEV;
	return gas + GAS_SIZE <= length ? place_from_gas(device + gas, place) : -EINVAL;
}

int uart_from_dbg2(const void *table, size_t length, struct uart_place *place)
{
	const u8 *dbg2 = table;
	u64 at, count;

	if (length < DBG2_SIZE)
		return -EINVAL;
	at = number(dbg2 + DBG2_OFFSET, 4);
	count = number(dbg2 + DBG2_COUNT, 4);
	for (; count && at + DEVICE_SIZE <= length; count--) {
		size_t size = number(dbg2 + at + DEVICE_LENGTH, 2);

		if (size < DEVICE_SIZE || at + size > length)
			return -EINVAL;
		if (!place_from_device(dbg2 + at, size, place))
			return 0;
		at += size;
	}
	return -ENODEV;
}
