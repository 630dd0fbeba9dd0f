/* SPDX-License-Identifier: MIT */
/*
 * The one way to stop: panic() for what cannot go on, finish() for a run that
 * came to its end. Both print the verdict line last.
 *
 * Locking:  none needed; the log's lock is broken if it must be.
 * Context:  any, exceptions among them. A second panic while the first prints
 *           halts at once; one on another CPU just stops that CPU, for all but the first
 *           are stopped before anything is printed.
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
 * The calling CPU ends the run, and all others are stopped; for who prints before it calls
 * panic(). False: another CPU does, and this one has to call arch_stop_this_cpu().
 */
bool panic_claim(void);

/* Nothing happened: for hosts that expected a panic. */
void panic_reset(void);

/*
 * Prints the verdict: PASS where @why is NULL and nothing warned, else FAIL with
 * the reason. Then arch_shutdown().
 */
void finish(const char *why) __noreturn;

/* Prints a warning with its place and a backtrace, and counts it. */
void warn_slowpath(const char *file, int line, const char *fmt, ...) __cold __printf(3, 4);
extern unsigned int warn_count;

#endif /* _BAREMM_PANIC_H */
