/* SPDX-License-Identifier: MIT */
/*
 * 16550 serial ports at the four addresses that PCs have them at.
 *
 * Source: National Semiconductor PC16550D data sheet.
 */
#include "consoles.h"

#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/arch.h>

#include "cpu.h"

/* Register offsets; the first two are the divisor's halves while LCR_DLAB is set. */
#define UART_DATA 0
#define UART_IER  1
#define UART_FCR  2 /* written */
#define UART_IIR  2 /* read */
#define UART_LCR  3
#define UART_MCR  4
#define UART_LSR  5

#define LCR_8N1	      0x03
#define LCR_DLAB      0x80
#define FCR_ENABLE    0x07 /* on, both queues emptied */
#define IIR_FIFO_MASK 0xc0 /* both bits: a queue that works */
#define MCR_READY     0x0b /* DTR, RTS, OUT2 */
#define MCR_LOOPBACK  0x1e
#define LSR_THR_EMPTY 0x20

#define UART_CLOCK 115200 /* the rate that divisor 1 gives */
#define FIFO_DEPTH 16

/*
 * Reads of the status register until a transmitter counts as stuck: each takes a
 * microsecond on a real bus, and 16 characters at 1200 baud a seventh of a second.
 */
#define MAX_POLLS 400000

struct uart {
	struct console con;
	u16 base;
	unsigned int depth; /* characters that an empty transmitter takes */
	unsigned int room;  /* of them still free since it was last seen empty */
	bool usable;
};

static void serial_write(struct console *con, const char *text, size_t len);

#define UART(name_, base_)                                                   \
	{                                                                    \
		.con = {.name = name_, .write = serial_write}, .base = base_ \
	}
static struct uart uarts[NR_SERIAL_PORTS] = {
	UART("ttyS0", 0x3f8),
	UART("ttyS1", 0x2f8),
	UART("ttyS2", 0x3e8),
	UART("ttyS3", 0x2e8),
};

/* Waits until the transmitter is empty. False: it never will be, the port is dropped. */
static bool wait_empty(struct uart *uart)
{
	for (int i = 0; i < MAX_POLLS; i++) {
		if (inb(uart->base + UART_LSR) & LSR_THR_EMPTY) {
			uart->room = uart->depth;
			return true;
		}
		cpu_relax();
	}
	uart->usable = false;
	return false;
}

static void put_char(struct uart *uart, char c)
{
	if (!uart->usable || (!uart->room && !wait_empty(uart)))
		return;
	uart->room--;
	outb((u8)c, uart->base + UART_DATA);
}

static void uart_write(struct uart *uart, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			put_char(uart, '\r');
		put_char(uart, text[i]);
	}
}

static void serial_write(struct console *con, const char *text, size_t len)
{
	uart_write(container_of(con, struct uart, con), text, len);
}

/* In loopback a UART reads back what it sends; an empty bus reads as ones. */
static bool answers(const struct uart *uart)
{
	static const u8 patterns[] = {0xae, 0x51};
	bool same = true;

	outb(MCR_LOOPBACK, uart->base + UART_MCR);
	for (size_t i = 0; i < ARRAY_SIZE(patterns) && same; i++) {
		outb(patterns[i], uart->base + UART_DATA);
		/* A character takes its time through the shifter, loopback or not. */
		for (int polls = 0; polls < 10000; polls++)
			if (inb(uart->base + UART_LSR) & 1)
				break;
		same = inb(uart->base + UART_DATA) == patterns[i];
	}
	outb(MCR_READY, uart->base + UART_MCR);
	return same;
}

static void set_rate(const struct uart *uart, u32 baud)
{
	u16 divisor = (u16)(UART_CLOCK / baud);

	outb(LCR_8N1 | LCR_DLAB, uart->base + UART_LCR);
	outb((u8)divisor, uart->base + UART_DATA);
	outb((u8)(divisor >> 8), uart->base + UART_IER);
}

static bool uart_init(struct uart *uart, u32 baud)
{
	outb(0, uart->base + UART_IER);
	if (baud)
		set_rate(uart, baud);
	outb(LCR_8N1, uart->base + UART_LCR);
	outb(FCR_ENABLE, uart->base + UART_FCR);
	uart->depth =
		(inb(uart->base + UART_IIR) & IIR_FIFO_MASK) == IIR_FIFO_MASK ? FIFO_DEPTH : 1;
	uart->room = 0;
	uart->usable = answers(uart);
	return uart->usable;
}

struct console *serial_console(unsigned int n, u32 baud)
{
	return uart_init(&uarts[n], baud) ? &uarts[n].con : NULL;
}

u16 serial_base(unsigned int n)
{
	return uarts[n].base;
}

void console_emergency_write(const char *text)
{
	for (unsigned int i = 0; i < NR_SERIAL_PORTS; i++)
		uart_write(&uarts[i], text, strlen(text));
}
