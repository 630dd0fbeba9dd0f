/* SPDX-License-Identifier: MIT */
/*
 * 16550 serial ports, wherever their registers lie. Pure but for `access`, by which
 * host tests put a port of their own behind the registers.
 *
 * Owns:       nothing; the caller owns each struct uart.
 * Invariants: the rate is never touched where place.baud is 0: firmware set it. No
 *             wait is without a bound: a transmitter that never drains makes the
 *             port unusable, and what is written to it is dropped from then on.
 * Lifetime:   from uart_init() on, while the registers can be reached.
 * Locking:    none; the console's caller holds the log's.
 * Units:      bytes, baud, Hz.
 * Failure:    false or -EINVAL; the port is left alone.
 * Source:     National Semiconductor PC16550D data sheet.
 */
#ifndef _ARCH_X86_64_UART_H
#define _ARCH_X86_64_UART_H

#include <linux/types.h>
#include <baremm/console.h>

#define UART_REGISTERS 8
#define UART_CLOCK     1843200 /* Hz, of a PC's */

/* Where a port lies, and what is known of it. */
struct uart_place {
	bool mmio; /* else I/O ports */
	u8 width;  /* bytes of an access: 1, 2, 4 */
	u8 stride; /* bytes from one register to the next */
	u64 base;
	u32 baud;  /* to be set; 0: stays as it is */
	u32 clock; /* the rate's base; 0: UART_CLOCK */
};

struct uart;

struct uart_access {
	u32 (*read)(const struct uart *uart, unsigned int reg);
	void (*write)(const struct uart *uart, unsigned int reg, u32 value);
};

struct uart {
	struct console con; /* the caller's */
	struct uart_place place;
	const struct uart_access *access;
	unsigned int depth; /* characters that an empty transmitter takes */
	unsigned int room;  /* of them still free since it was last seen empty */
	bool usable;
};

enum uart_check {
	UART_PRESENT,  /* it can take a character: firmware or the user said that it is one */
	UART_LOOPBACK, /* it reads back what it sends: it may be anything else */
};

/* Sets the port up for output: 8 bits, no parity. False: none answers. */
bool uart_init(struct uart *uart, enum uart_check check);

/* Sends @len bytes, a carriage return before each newline. */
void uart_write(struct uart *uart, const char *text, size_t len);

/*
 * Linux's text after `uart` or `uart8250` in console= and earlycon=:
 * `,io|mmio|mmio16|mmio32|mmio32native,ADDRESS[,BAUD[n8]]`; without a kind, mmio.
 */
int uart_parse(const char *text, struct uart_place *place);

/* `115200`, `115200n8`: no parity but none, and a rate that divides 115200. */
int uart_parse_baud(const char *text, u32 *baud);

/* "uart,io,0x3f8,115200": what uart_parse() takes, with `uart` before. */
int uart_describe(const struct uart_place *place, char *text, size_t size);

/* Neither wraps nor lies where a PC has other things: false for what cannot be. */
bool uart_place_possible(const struct uart_place *place);

#endif /* _ARCH_X86_64_UART_H */
