/* SPDX-License-Identifier: MIT */
/*
 * Points in time and spans of it, in nanoseconds since the start. The clock never goes back;
 * there is no other one, so all of Linux's clocks are this. Any context.
 * Source: Linux's ktime.h.
 */
#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H

#include <linux/jiffies.h>
#include <linux/types.h>
#include <baremm/arch.h>

typedef s64 ktime_t;

#define KTIME_MAX ((s64) ~((u64)1 << 63))
#define KTIME_MIN (-KTIME_MAX - 1)

static inline u64 ktime_get_ns(void)
{
	return arch_clock_ns();
}

static inline ktime_t ktime_get(void)
{
	return (ktime_t)arch_clock_ns();
}
#define ktime_get_boottime()	 ktime_get()
#define ktime_get_raw()		 ktime_get()
#define ktime_get_boottime_ns()	 ktime_get_ns()
#define ktime_get_raw_ns()	 ktime_get_ns()
#define ktime_get_mono_fast_ns() ktime_get_ns()
#define local_clock()		 ktime_get_ns()

#define ktime_add(lhs, rhs)	((ktime_t)(lhs) + (rhs))
#define ktime_sub(lhs, rhs)	((ktime_t)(lhs) - (rhs))
#define ktime_add_ns(kt, nsval) ((ktime_t)(kt) + (s64)(nsval))
#define ktime_sub_ns(kt, nsval) ((ktime_t)(kt) - (s64)(nsval))
#define ktime_to_ns(kt)		((s64)(kt))
#define ns_to_ktime(ns)		((ktime_t)(ns))
#define ms_to_ktime(ms)		((ktime_t)(ms)*NSEC_PER_MSEC)

static inline ktime_t ktime_set(const s64 secs, const unsigned long nsecs)
{
	return secs >= KTIME_MAX / NSEC_PER_SEC ? KTIME_MAX : secs * NSEC_PER_SEC + (s64)nsecs;
}

/* No further than KTIME_MAX. */
static inline ktime_t ktime_add_safe(const ktime_t lhs, const ktime_t rhs)
{
	ktime_t sum;

	if (__builtin_add_overflow(lhs, rhs, &sum) || sum < 0 || sum < lhs || sum < rhs)
		return KTIME_MAX;
	return sum;
}

static inline s64 ktime_divns(const ktime_t kt, s64 div)
{
	return kt / div;
}

static inline s64 ktime_to_us(const ktime_t kt)
{
	return kt / NSEC_PER_USEC;
}

static inline s64 ktime_to_ms(const ktime_t kt)
{
	return kt / NSEC_PER_MSEC;
}

static inline ktime_t ktime_add_us(const ktime_t kt, const u64 usec)
{
	return kt + (s64)usec * NSEC_PER_USEC;
}

static inline ktime_t ktime_sub_us(const ktime_t kt, const u64 usec)
{
	return kt - (s64)usec * NSEC_PER_USEC;
}

static inline ktime_t ktime_add_ms(const ktime_t kt, const u64 msec)
{
	return kt + (s64)msec * NSEC_PER_MSEC;
}

static inline ktime_t ktime_sub_ms(const ktime_t kt, const u64 msec)
{
	return kt - (s64)msec * NSEC_PER_MSEC;
}

static inline s64 ktime_us_delta(const ktime_t later, const ktime_t earlier)
{
	return ktime_to_us(later - earlier);
}

static inline s64 ktime_ms_delta(const ktime_t later, const ktime_t earlier)
{
	return ktime_to_ms(later - earlier);
}

/* Less than 0, 0, or more: @cmp1 is earlier, the same, or later. */
static inline int ktime_compare(const ktime_t cmp1, const ktime_t cmp2)
{
	return cmp1 < cmp2 ? -1 : cmp1 > cmp2;
}

static inline bool ktime_after(const ktime_t cmp1, const ktime_t cmp2)
{
	return cmp1 > cmp2;
}

static inline bool ktime_before(const ktime_t cmp1, const ktime_t cmp2)
{
	return cmp1 < cmp2;
}

#endif /* _LINUX_KTIME_H */
