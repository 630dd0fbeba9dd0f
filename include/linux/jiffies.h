/* SPDX-License-Identifier: MIT */
/*
 * Time in ticks of a thousandth of a second, since the clock began. There is no timer
 * interrupt: a tick is over when somebody looks.
 *
 * Units:  jiffies; HZ of them are a second.
 * Source: Linux's include/linux/jiffies.h. Comparisons are right over the wrap-around.
 */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/limits.h>
#include <linux/typecheck.h>
#include <linux/types.h>
#include <baremm/arch.h>

#define HZ		 1000
#define MSEC_PER_SEC	 1000L
#define USEC_PER_MSEC	 1000L
#define NSEC_PER_USEC	 1000L
#define NSEC_PER_MSEC	 1000000L
#define USEC_PER_SEC	 1000000L
#define NSEC_PER_SEC	 1000000000L
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)

/* A wait that ends with what it waits for alone. */
#define MAX_SCHEDULE_TIMEOUT LONG_MAX

static inline u64 get_jiffies_64(void)
{
	return arch_clock_ns() / (NSEC_PER_SEC / HZ);
}
#define jiffies_64 get_jiffies_64()
#define jiffies	   ((unsigned long)get_jiffies_64())

/* clang-format off */
#define time_after(a, b) \
	(typecheck(unsigned long, a) && typecheck(unsigned long, b) && (long)((b) - (a)) < 0)
#define time_after_eq(a, b) \
	(typecheck(unsigned long, a) && typecheck(unsigned long, b) && (long)((a) - (b)) >= 0)
#define time_after64(a, b) \
	(typecheck(u64, a) && typecheck(u64, b) && (s64)((b) - (a)) < 0)
#define time_after_eq64(a, b) \
	(typecheck(u64, a) && typecheck(u64, b) && (s64)((a) - (b)) >= 0)
/* clang-format on */
#define time_before64(a, b)	       time_after64(b, a)
#define time_before_eq64(a, b)	       time_after_eq64(b, a)
#define time_in_range64(a, b, c)       (time_after_eq64(a, b) && time_before_eq64(a, c))
#define time_is_before_jiffies64(a)    time_after64(get_jiffies_64(), a)
#define time_is_after_jiffies64(a)     time_before64(get_jiffies_64(), a)
#define time_is_before_eq_jiffies64(a) time_after_eq64(get_jiffies_64(), a)
#define time_is_after_eq_jiffies64(a)  time_before_eq64(get_jiffies_64(), a)
#define time_before(a, b)	       time_after(b, a)
#define time_before_eq(a, b)	       time_after_eq(b, a)
#define time_in_range(a, b, c)	       (time_after_eq(a, b) && time_before_eq(a, c))
#define time_in_range_open(a, b, c)    (time_after_eq(a, b) && time_before(a, c))
#define time_is_before_jiffies(a)      time_after(jiffies, a)
#define time_is_after_jiffies(a)       time_before(jiffies, a)
#define time_is_before_eq_jiffies(a)   time_after_eq(jiffies, a)
#define time_is_after_eq_jiffies(a)    time_before_eq(jiffies, a)

/* Rounded up, and MAX_JIFFY_OFFSET for what is negative as an int. */
static inline unsigned long msecs_to_jiffies(unsigned int m)
{
	return (int)m < 0 ? MAX_JIFFY_OFFSET : m;
}

static inline unsigned long usecs_to_jiffies(unsigned int u)
{
	return ((unsigned long)u + USEC_PER_MSEC - 1) / USEC_PER_MSEC;
}

/* Rounded down. */
static inline unsigned long nsecs_to_jiffies(u64 n)
{
	return n / (NSEC_PER_SEC / HZ);
}

static inline unsigned int jiffies_to_msecs(unsigned long j)
{
	return (unsigned int)j;
}

static inline unsigned int jiffies_to_usecs(unsigned long j)
{
	return (unsigned int)(j * USEC_PER_MSEC);
}

static inline u64 jiffies_to_nsecs(unsigned long j)
{
	return (u64)j * (NSEC_PER_SEC / HZ);
}

static inline u64 jiffies64_to_nsecs(u64 j)
{
	return j * (NSEC_PER_SEC / HZ);
}

static inline u64 jiffies64_to_msecs(u64 j)
{
	return j;
}

static inline u64 nsecs_to_jiffies64(u64 n)
{
	return n / (NSEC_PER_SEC / HZ);
}

/* 0 for what is past. */
static inline unsigned int jiffies_delta_to_msecs(long delta)
{
	return jiffies_to_msecs((unsigned long)(delta < 0 ? 0 : delta));
}

/* What comes with this header on Linux. */
#include <linux/cache.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/timex.h>

#endif /* _LINUX_JIFFIES_H */
