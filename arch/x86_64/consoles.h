/* SPDX-License-Identifier: MIT */
/*
 * The console drivers of a PC, and which of them are used.
 *
 * Owns:     ttyS0 to ttyS3, ports elsewhere, fb, and the choice that console= made.
 * Lifetime: from arch_enter() on.
 * Locking:  the log's, as <baremm/console.h> says.
 * Failure:  a device that is absent, or stops taking output, is left out.
 */
#ifndef _ARCH_X86_64_CONSOLES_H
#define _ARCH_X86_64_CONSOLES_H

#include <linux/types.h>
#include <baremm/console.h>

#include "uart.h"

struct boot_info;

#define NR_SERIAL_PORTS 4
#define SERIAL_BAUD	115200

/* Keeps @info for a console_ensure() that comes before arch_console_init(). */
void console_early_init(struct boot_info *info);

/* Registers the consoles if that was not done: whoever has to say something calls it. */
void console_ensure(void);

/* To the serial port alone, past the log, for trouble inside of it. */
void console_emergency_write(const char *text);

/*
 * Serial port @n (ttyS@n) at @baud, or NULL where no UART answers in loopback, or it is a
 * console already. @baud 0 leaves the rate as firmware set it.
 */
struct console *serial_console(unsigned int n, u32 baud);

/* A known 16550 address for ttyS@n. */
u16 serial_base(unsigned int n);

/*
 * The port at @place as a console: ttyS0 to ttyS3 if it is one of theirs, else uart0 and
 * so on. -ENODEV: none answers. -EINVAL: the firmware's map has memory there. -EBUSY: it is a
 * console already. -EAGAIN: it cannot be reached before our own page tables, which
 * then map it; serial_place_waiting() is for that time.
 */
int serial_place(const struct boot_info *info, const struct uart_place *place,
		 enum uart_check check, struct console **con);

/* A port that waited and answers, NULL when there is no more. */
struct console *serial_place_waiting(const struct boot_info *info);

/* The pages of memory-mapped port @n, in use or waiting; false: there are not so many. */
bool serial_mmio_pages(unsigned int n, phys_addr_t *start, phys_addr_t *end);

/*
 * The ports that a PC has without being told, as consoles, each given to @found with
 * what it is: the one that SPCR names; else that of DBG2; else the first on the PCI bus
 * and the first of ttyS0 to ttyS3 that answers.
 */
void serial_find(const struct boot_info *info, void (*found)(struct console *con));

/* Once our own page tables are live: ports that only these can reach. */
void console_late_init(void);

/* rotate=: quarter turns clockwise by which the picture is turned on the panel. */
int fb_parse_turn(const char *value);

/*
 * Text on @info's framebuffer, or NULL where it cannot be used. What the screen needs is
 * taken from the record's arena.
 */
struct console *fb_console(struct boot_info *info);

/* What was chosen for it: "160x45 characters of 12x24". Empty where there is none. */
const char *fb_console_describe(void);

#endif /* _ARCH_X86_64_CONSOLES_H */
