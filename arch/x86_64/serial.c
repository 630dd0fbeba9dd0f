/* SPDX-License-Identifier: MIT */
/*
 * Serial ports as consoles: the four addresses that PCs have them at, and those
 * that the options or the firmware name.
 */
#include "consoles.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>

#include "acpi_early.h"
#include "cpu.h"
#include "mmu.h"

#define NR_PLACED_PORTS 3

static u32 read_port(const struct uart *uart, unsigned int reg)
{
	return inb((u16)(uart->place.base + reg));
}

static void write_port(const struct uart *uart, unsigned int reg, u32 value)
{
	outb((u8)value, (u16)(uart->place.base + reg));
}

static unsigned long register_address(const struct uart *uart, unsigned int reg)
{
	return uart->place.base + (unsigned long)reg * uart->place.stride;
}

static u32 read_mmio(const struct uart *uart, unsigned int reg)
{
	unsigned long at = register_address(uart, reg);

	switch (uart->place.width) {
	case 1:
		return READ_ONCE(*(const u8 *)at);
	case 2:
		return READ_ONCE(*(const u16 *)at);
	default:
		return READ_ONCE(*(const u32 *)at);
	}
}

static void write_mmio(const struct uart *uart, unsigned int reg, u32 value)
{
	unsigned long at = register_address(uart, reg);

	switch (uart->place.width) {
	case 1:
		WRITE_ONCE(*(u8 *)at, (u8)value);
		break;
	case 2:
		WRITE_ONCE(*(u16 *)at, (u16)value);
		break;
	default:
		WRITE_ONCE(*(u32 *)at, value);
		break;
	}
}

static const struct uart_access port_access = {read_port, write_port};
static const struct uart_access mmio_access = {read_mmio, write_mmio};

static void serial_write(struct console *con, const char *text, size_t len)
{
	uart_write(container_of(con, struct uart, con), text, len);
}

#define UART(name_, base_)                                                                \
	{                                                                                 \
		.con = {.name = name_, .write = serial_write},                            \
		.place = {.width = 1, .stride = 1, .base = base_}, .access = &port_access \
	}
static struct uart legacy[NR_SERIAL_PORTS] = {
	UART("ttyS0", 0x3f8),
	UART("ttyS1", 0x2f8),
	UART("ttyS2", 0x3e8),
	UART("ttyS3", 0x2e8),
};
static struct uart placed[NR_PLACED_PORTS] = {
	UART("uart0", 0),
	UART("uart1", 0),
	UART("uart2", 0),
};
static unsigned int nr_placed;

/* Ports that the firmware's page tables do not map. */
static struct {
	struct uart_place place;
	enum uart_check check;
} waiting[NR_PLACED_PORTS];
static unsigned int nr_waiting;

struct console *serial_console(unsigned int n, u32 baud)
{
	if (legacy[n].usable)
		return NULL;
	legacy[n].place.baud = baud;
	return uart_init(&legacy[n], UART_LOOPBACK) ? &legacy[n].con : NULL;
}

u16 serial_base(unsigned int n)
{
	return (u16)legacy[n].place.base;
}

/* The port at @place if it is one of those that PCs have anyway. */
static struct uart *legacy_at(const struct uart_place *place)
{
	for (unsigned int n = 0; n < NR_SERIAL_PORTS; n++)
		if (!place->mmio && legacy[n].place.base == place->base)
			return &legacy[n];
	return NULL;
}

/* Both ends, as registers may lie across two pages. */
static bool is_mapped(const struct uart_place *place)
{
	u64 last = place->base + (UART_REGISTERS - 1) * place->stride;
	struct arch_mapping map;

	return !arch_query(place->base, &map) && map.phys == place->base &&
	       !arch_query(last, &map) && map.phys == last;
}

static void wait_for_mapping(const struct uart_place *place, enum uart_check check)
{
	if (nr_waiting == NR_PLACED_PORTS)
		return;
	waiting[nr_waiting].place = *place;
	waiting[nr_waiting++].check = check;
}

int serial_place(const struct boot_info *info, const struct uart_place *place,
		 enum uart_check check, struct console **con)
{
	struct uart *uart = legacy_at(place);

	*con = NULL;
	if (place->mmio &&
	    early_is_memory(info, place->base, place->base + UART_REGISTERS * place->stride))
		return -EINVAL;
	if (place->mmio && !is_mapped(place)) {
		wait_for_mapping(place, check);
		return -EAGAIN;
	}
	if (!uart && nr_placed == NR_PLACED_PORTS)
		return -ENOSPC;
	if (!uart)
		uart = &placed[nr_placed];
	if (uart->usable)
		return -EBUSY;
	uart->place = *place;
	uart->access = place->mmio ? &mmio_access : &port_access;
	if (!uart_init(uart, check))
		return -ENODEV;
	nr_placed += uart == &placed[nr_placed];
	*con = &uart->con;
	return 0;
}

struct console *serial_place_waiting(const struct boot_info *info)
{
	struct console *con = NULL;
	unsigned int i;

	/* What is not mapped by now will never be. */
	while (nr_waiting && !con) {
		i = --nr_waiting;
		if (is_mapped(&waiting[i].place))
			serial_place(info, &waiting[i].place, waiting[i].check, &con);
	}
	return con;
}

static void pages_of(const struct uart_place *place, phys_addr_t *start, phys_addr_t *end)
{
	*start = round_down(place->base, PAGE_SIZE);
	*end = round_up(place->base + UART_REGISTERS * place->stride, PAGE_SIZE);
}

bool serial_mmio_pages(unsigned int n, phys_addr_t *start, phys_addr_t *end)
{
	for (unsigned int i = 0; i < nr_placed; i++) {
		if (!placed[i].place.mmio || n--)
			continue;
		pages_of(&placed[i].place, start, end);
		return true;
	}
	if (n >= nr_waiting)
		return false;
	pages_of(&waiting[n].place, start, end);
	return true;
}

void console_emergency_write(const char *text)
{
	for (unsigned int i = 0; i < NR_SERIAL_PORTS; i++)
		uart_write(&legacy[i], text, strlen(text));
	for (unsigned int i = 0; i < nr_placed; i++)
		uart_write(&placed[i], text, strlen(text));
}
