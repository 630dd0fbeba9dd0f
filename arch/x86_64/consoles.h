/* SPDX-License-Identifier: MIT */
/*
 * The console drivers of a PC, and which of them are used.
 *
 * Owns:     ttyS0 to ttyS3, fb, and the choice that console= made.
 * Lifetime: from arch_enter() on.
 * Locking:  the log's, as <baremm/console.h> says.
 * Failure:  a device that is absent, or stops taking output, is left out.
 */
#ifndef _ARCH_X86_64_CONSOLES_H
#define _ARCH_X86_64_CONSOLES_H

#include <linux/types.h>
#include <baremm/console.h>

struct boot_info;
struct boot_framebuffer;

#define NR_SERIAL_PORTS 4
#define SERIAL_BAUD	115200

/* Keeps @info for a console_ensure() that comes before arch_console_init(). */
void console_early_init(struct boot_info *info);

/* Registers the consoles if that was not done: whoever has to say something calls it. */
void console_ensure(void);

/* To the serial port alone, past the log, for trouble inside of it. */
void console_emergency_write(const char *text);

/*
 * Serial port @n (ttyS@n) at @baud, or NULL where no UART answers. @baud 0 leaves
 * the rate as firmware set it.
 */
struct console *serial_console(unsigned int n, u32 baud);

/* A known 16550 address for ttyS@n. */
u16 serial_base(unsigned int n);

/* Text on @fb, or NULL where it cannot be used. */
struct console *fb_console(const struct boot_framebuffer *fb);

/* What was chosen for it: "160x45 characters of 12x24". Empty where there is none. */
const char *fb_console_describe(void);

#endif /* _ARCH_X86_64_CONSOLES_H */
