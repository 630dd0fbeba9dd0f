/* SPDX-License-Identifier: MIT */
/*
 * The one way to stop: panic() for what cannot go on, finish() for a run that
 * came to its end. Both print the verdict line last.
 *
 * Locking:  none needed; the log's lock is broken if it must be.
 * Context:  any, exceptions among them. A second panic while the first prints
 *           halts at once.
 */
#ifndef _BAREMM_PANIC_H
#define _BAREMM_PANIC_H

#include <linux/compiler.h>
#include <linux/printk.h>
#include <linux/types.h>

/*
 * Prints "Kernel panic - not syncing: ...", a backtrace, and
 * "baremm: verdict: FAIL: ...", then arch_shutdown(false).
 */
void panic(const char *fmt, ...) __noreturn __cold __printf(1, 2);
extern bool panicking; /* from the first panic() on */

/*
 * Prints the verdict: PASS where @why is NULL and nothing warned, else FAIL with
 * the reason. Then arch_shutdown().
 */
void finish(const char *why) __noreturn;

/* Prints a warning with its place and a backtrace, and counts it. */
void warn_slowpath(const char *file, int line, const char *fmt, ...) __cold __printf(3, 4);
extern unsigned int warn_count;

#endif /* _BAREMM_PANIC_H */
