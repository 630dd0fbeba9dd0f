/* SPDX-License-Identifier: MIT */
/* 16550 serial ports: setting up, probing, sending. */
#include "uart.h"

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <baremm/arch.h>

/* Registers; the first two are the divisor's halves while LCR_DLAB is set. */
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
#define LSR_DATA      0x01
#define LSR_THR_EMPTY 0x20
#define LSR_ABSENT    0xff /* an empty bus reads as ones, or as zeros: see wait_empty() */

#define FIFO_DEPTH 16

/* Identity-mapped addresses end here at the latest. */
#define MMIO_END (1ULL << 46)

/*
 * Reads of the status register until a transmitter counts as stuck: each takes a
 * microsecond on a real bus, and 16 characters at 1200 baud a seventh of a second.
 */
#define MAX_POLLS 400000

/* The same for one character in loopback: at 1200 baud, 8 milliseconds. */
#define LOOPBACK_POLLS 10000

static u32 get(const struct uart *uart, unsigned int reg)
{
	return uart->access->read(uart, reg) & 0xff;
}

static void put(const struct uart *uart, unsigned int reg, u32 value)
{
	uart->access->write(uart, reg, value);
}

/* Waits until the transmitter is empty. False: it never will be, the port is dropped. */
static bool wait_empty(struct uart *uart)
{
	for (int i = 0; i < MAX_POLLS; i++) {
		if (get(uart, UART_LSR) & LSR_THR_EMPTY) {
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
	put(uart, UART_DATA, (u8)c);
}

void uart_write(struct uart *uart, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			put_char(uart, '\r');
		put_char(uart, text[i]);
	}
}

/* In loopback a UART reads back what it sends. */
static bool loops_back(const struct uart *uart)
{
	static const u8 patterns[] = {0xae, 0x51};
	bool same = true;

	put(uart, UART_MCR, MCR_LOOPBACK);
	for (size_t i = 0; i < ARRAY_SIZE(patterns) && same; i++) {
		put(uart, UART_DATA, patterns[i]);
		/* A character takes its time through the shifter, loopback or not. */
		for (int polls = 0; polls < LOOPBACK_POLLS; polls++)
			if (get(uart, UART_LSR) & LSR_DATA)
				break;
		same = get(uart, UART_DATA) == patterns[i];
	}
	return same;
}

static void set_rate(const struct uart *uart)
{
	u32 clock = uart->place.clock ? uart->place.clock : UART_CLOCK;
	u64 divisor = ((u64)clock + 8 * uart->place.baud) / (16 * (u64)uart->place.baud);

	divisor = min_t(u64, max_t(u64, divisor, 1), 0xffff);

	put(uart, UART_LCR, LCR_8N1 | LCR_DLAB);
	put(uart, UART_DATA, (u8)divisor);
	put(uart, UART_IER, (u8)(divisor >> 8));
}

bool uart_init(struct uart *uart, enum uart_check check)
{
	uart->usable = false;
	uart->room = 0;
	if (get(uart, UART_LSR) == LSR_ABSENT)
		return false;
	put(uart, UART_IER, 0);
	if (uart->place.baud)
		set_rate(uart);
	put(uart, UART_LCR, LCR_8N1);
	put(uart, UART_FCR, FCR_ENABLE);
	uart->depth = (get(uart, UART_IIR) & IIR_FIFO_MASK) == IIR_FIFO_MASK ? FIFO_DEPTH : 1;
	uart->usable = check == UART_PRESENT ? wait_empty(uart) : loops_back(uart);
	put(uart, UART_MCR, MCR_READY);
	return uart->usable;
}

bool uart_place_possible(const struct uart_place *place)
{
	u64 last = (u64)place->stride * (UART_REGISTERS - 1) + place->width - 1;

	/* Ports below 0x100 are those of the mainboard's own devices. */
	if (!place->mmio)
		return place->base >= 0x100 && place->base <= 0xffff - last;
	return place->base >= SZ_1M && place->base < MMIO_END - last &&
	       place->base % place->width == 0;
}
