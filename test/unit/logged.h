/* SPDX-License-Identifier: MIT */
/* What the log must say, with numbers that a test knows only as it runs. */
#ifndef _TEST_LOGGED_H
#define _TEST_LOGGED_H

#include <linux/compiler.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include <host/machine.h>

/* Is that in the log? */
static inline bool __printf(1, 2) logged(const char *fmt, ...)
{
	char line[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	return host_log_contains(line);
}

#endif /* _TEST_LOGGED_H */
