/* SPDX-License-Identifier: MIT */
/*
 * Run-time checks of our own state. BUG_ON() ends in panic(); WARN_ON() logs
 * file, line, expression and a backtrace, counts in warn_count (a boot with
 * warnings has no PASS verdict), and returns the condition.
 *
 * Bad input never comes here: it is refused with a message.
 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <baremm/panic.h>

#define BUG() panic("BUG at %s:%d", __FILE__, __LINE__)
#define BUG_ON(cond)                                                          \
	do {                                                                  \
		if (unlikely(cond))                                           \
			panic("BUG at %s:%d: %s", __FILE__, __LINE__, #cond); \
	} while (0)

#define WARN(cond, fmt, ...)                                                   \
	({                                                                     \
		bool __warned = !!(cond);                                      \
		if (unlikely(__warned))                                        \
			warn_slowpath(__FILE__, __LINE__, fmt, ##__VA_ARGS__); \
		unlikely(__warned);                                            \
	})
#define WARN_ON(cond) WARN(cond, "%s", #cond)
#define WARN_ONCE(cond, fmt, ...)                                              \
	({                                                                     \
		static bool __said;                                            \
		bool __warn = !!(cond);                                        \
		if (unlikely(__warn && !__said)) {                             \
			__said = true;                                         \
			warn_slowpath(__FILE__, __LINE__, fmt, ##__VA_ARGS__); \
		}                                                              \
		unlikely(__warn);                                              \
	})
#define WARN_ON_ONCE(cond) WARN_ONCE(cond, "%s", #cond)
#define VM_BUG_ON(cond)	   BUG_ON(cond)

/* As WARN() and WARN_ONCE(): there is nothing that a taint would be noted in. */
#define TAINT_WARN			       9
#define WARN_TAINT(condition, taint, fmt, ...) ((void)(taint), WARN(condition, fmt, ##__VA_ARGS__))
#define WARN_TAINT_ONCE(condition, taint, fmt, ...) \
	((void)(taint), WARN_ONCE(condition, fmt, ##__VA_ARGS__))
#define WARN_ON_SMP(condition) WARN_ON(condition)

/* Something that must hold does not: warned of; true. */
#define CHECK_DATA_CORRUPTION(condition, fmt, ...) WARN(condition, fmt, ##__VA_ARGS__)

#endif /* _LINUX_BUG_H */
