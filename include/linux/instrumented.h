/* SPDX-License-Identifier: MIT */
/*
 * Accesses of code that compilers do not instrument, told to all three tools: see
 * linux/kasan-checks.h, linux/kcsan-checks.h, linux/kmsan-checks.h.
 */
#ifndef _LINUX_INSTRUMENTED_H
#define _LINUX_INSTRUMENTED_H

#include <linux/kasan-checks.h>
#include <linux/kcsan-checks.h>
#include <linux/kmsan-checks.h>
#include <linux/types.h>

#define instrument_read(v, size)		      ((void)(v), (void)(size))
#define instrument_write(v, size)		      ((void)(v), (void)(size))
#define instrument_read_write(v, size)		      ((void)(v), (void)(size))
#define instrument_atomic_read(v, size)		      ((void)(v), (void)(size))
#define instrument_atomic_write(v, size)	      ((void)(v), (void)(size))
#define instrument_atomic_read_write(v, size)	      ((void)(v), (void)(size))
#define instrument_copy_to_user(to, from, n)	      ((void)(to), (void)(from), (void)(n))
#define instrument_copy_from_user_before(to, from, n) ((void)(to), (void)(from), (void)(n))
#define instrument_copy_from_user_after(to, from, n, left) \
	((void)(to), (void)(from), (void)(n), (void)(left))

/* What comes with this header on Linux. */
#include <linux/compiler.h>

#endif /* _LINUX_INSTRUMENTED_H */
