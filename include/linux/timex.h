/* SPDX-License-Identifier: MIT */
/*
 * A counter that only grows, on each CPU: x86-64's time-stamp counter. What a tick of it is
 * nobody says here; ktime_get() has nanoseconds. Any context, no lock.
 * Source: Linux's timex.h, of which the clock's own parts are not here.
 */
#ifndef _LINUX_TIMEX_H
#define _LINUX_TIMEX_H

#include <asm/arch.h>

typedef unsigned long long cycles_t;

/* Not ordered against the instructions around it. Source: Linux's get_cycles(). */
static inline cycles_t get_cycles(void)
{
	return arch_cycles();
}

#endif /* _LINUX_TIMEX_H */
