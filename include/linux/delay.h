/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a time to pass, at least so long. udelay() and its like just wait, in any context;
 * those that sleep on Linux do meanwhile what other CPUs ask of this one, with no spinlock held.
 * Source: Linux's delay.h.
 */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <asm/arch.h>

static inline void ndelay(unsigned long nsecs)
{
	u64 end = ktime_get_ns() + nsecs;

	while (ktime_get_ns() < end)
		cpu_relax();
}

static inline void udelay(unsigned long usecs)
{
	ndelay(usecs * 1000);
}

static inline void mdelay(unsigned long msecs)
{
	ndelay(msecs * 1000000);
}

static inline void usleep_range(unsigned long min, unsigned long max)
{
	u64 end = ktime_get_ns() + min * 1000;

	(void)max;
	do {
		wait_poll();
	} while (ktime_get_ns() < end);
}
#define usleep_idle_range(min, max) usleep_range(min, max)

static inline void msleep(unsigned int msecs)
{
	usleep_range(msecs * 1000UL, msecs * 1000UL);
}

static inline void ssleep(unsigned int seconds)
{
	msleep(seconds * 1000);
}

static inline void fsleep(unsigned long usecs)
{
	usleep_range(usecs, 2 * usecs);
}

/* Nothing interrupts it: 0. */
static inline unsigned long msleep_interruptible(unsigned int msecs)
{
	msleep(msecs);
	return 0;
}

#endif /* _LINUX_DELAY_H */
