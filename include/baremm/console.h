/* SPDX-License-Identifier: MIT */
/*
 * Consoles: where the log is shown. A serial port, a framebuffer, a host file.
 *
 * Owns:     the list of registered consoles. Drivers own their struct console.
 * Locking:  write() and flush() are called with the log's lock held, interrupts
 *           off, from any context, exceptions among them: they may not allocate,
 *           log or wait without a bound.
 * Failure:  a console that stops working drops its output; nothing waits for it.
 */
#ifndef _BAREMM_CONSOLE_H
#define _BAREMM_CONSOLE_H

#include <linux/types.h>

struct console {
	const char *name; /* "ttyS0", "fb": as console= names it */
	void (*write)(struct console *con, const char *text, size_t len);
	/* Shows what was written, now; NULL where write() does. */
	void (*flush)(struct console *con);
	/* Keeps @stage in sight, from now on; NULL where nothing stays in sight. */
	void (*stage)(struct console *con, const char *stage);
	void *private;
	struct console *next; /* the list's */
};

/* Registers and replays the log so far to it. */
void register_console(struct console *con);
void unregister_console(struct console *con);

/*
 * Names what the machine does from now on. It stays on the screen, so that a photo of
 * one that hangs tells where.
 */
void console_stage(const char *name);

/* Makes every console show all it was given. */
void console_flush_all(void);

/* Writes to all consoles and the ring without level and time, as dumps do. */
void console_write_raw(const char *text, size_t len);

/* Cycles (arch_cycles()) spent in printk() so far: what a measurement leaves out. */
extern u64 log_cycles;

#endif /* _BAREMM_CONSOLE_H */
