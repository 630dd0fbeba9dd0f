/* SPDX-License-Identifier: MIT */
/*
 * Waits until a register, or whatever else is read, says what is wanted.
 *
 * Context: the forms without _atomic do what others ask of the CPU between two reads, so no spinlock
 *          is held; the others anywhere.
 * Units:   microseconds; a timeout of 0 is none.
 * Failure: -ETIMEDOUT, with @val as it was read last; it is read once more when the time is over.
 * Source:  Linux 6.1's iopoll.h.
 */
#ifndef _LINUX_IOPOLL_H
#define _LINUX_IOPOLL_H

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/ktime.h>

/* Reads @val = @op(@args) until @cond holds, @pause between two reads, and before the first if @first. */
#define __poll_until(op, val, cond, pause, timeout_us, first, args...)   \
	({                                                               \
		u64 __limit_us = (timeout_us);                           \
		u64 __end = ktime_get_ns() + __limit_us * NSEC_PER_USEC; \
		if (first)                                               \
			pause;                                           \
		for (;;) {                                               \
			(val) = op(args);                                \
			if (cond)                                        \
				break;                                   \
			if (__limit_us && ktime_get_ns() > __end) {      \
				(val) = op(args);                        \
				break;                                   \
			}                                                \
			pause;                                           \
			cpu_relax();                                     \
		}                                                        \
		(cond) ? 0 : -ETIMEDOUT;                                 \
	})

/* Between two reads it waits for @sleep_us at the most, a quarter of that at least. */
#define read_poll_timeout(op, val, cond, sleep_us, timeout_us, sleep_before_read, args...) \
	({                                                                                 \
		unsigned long __sleep_us = (sleep_us);                                     \
		might_sleep_if(__sleep_us);                                                \
		__poll_until(op, val, cond,                                                \
			     __sleep_us ? usleep_range((__sleep_us >> 2) + 1, __sleep_us)  \
					: (void)0,                                         \
			     timeout_us, (sleep_before_read) && __sleep_us, args);         \
	})
#define read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, delay_before_read, args...)  \
	({                                                                                         \
		unsigned long __delay_us = (delay_us);                                             \
		__poll_until(op, val, cond, __delay_us ? udelay(__delay_us) : (void)0, timeout_us, \
			     (delay_before_read) && __delay_us, args);                             \
	})

/* Of what is at @addr. */
#define readx_poll_timeout(op, addr, val, cond, sleep_us, timeout_us) \
	read_poll_timeout(op, val, cond, sleep_us, timeout_us, false, addr)
#define readx_poll_timeout_atomic(op, addr, val, cond, delay_us, timeout_us) \
	read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, false, addr)

#define readb_poll_timeout(addr, val, cond, s, t) readx_poll_timeout(readb, addr, val, cond, s, t)
#define readw_poll_timeout(addr, val, cond, s, t) readx_poll_timeout(readw, addr, val, cond, s, t)
#define readl_poll_timeout(addr, val, cond, s, t) readx_poll_timeout(readl, addr, val, cond, s, t)
#define readq_poll_timeout(addr, val, cond, s, t) readx_poll_timeout(readq, addr, val, cond, s, t)
#define readb_poll_timeout_atomic(addr, val, cond, d, t) \
	readx_poll_timeout_atomic(readb, addr, val, cond, d, t)
#define readw_poll_timeout_atomic(addr, val, cond, d, t) \
	readx_poll_timeout_atomic(readw, addr, val, cond, d, t)
#define readl_poll_timeout_atomic(addr, val, cond, d, t) \
	readx_poll_timeout_atomic(readl, addr, val, cond, d, t)
#define readq_poll_timeout_atomic(addr, val, cond, d, t) \
	readx_poll_timeout_atomic(readq, addr, val, cond, d, t)
#define readb_relaxed_poll_timeout(addr, val, cond, s, t) \
	readx_poll_timeout(readb_relaxed, addr, val, cond, s, t)
#define readw_relaxed_poll_timeout(addr, val, cond, s, t) \
	readx_poll_timeout(readw_relaxed, addr, val, cond, s, t)
#define readl_relaxed_poll_timeout(addr, val, cond, s, t) \
	readx_poll_timeout(readl_relaxed, addr, val, cond, s, t)
#define readq_relaxed_poll_timeout(addr, val, cond, s, t) \
	readx_poll_timeout(readq_relaxed, addr, val, cond, s, t)
#define readb_relaxed_poll_timeout_atomic(addr, val, cond, d, t) \
	readx_poll_timeout_atomic(readb_relaxed, addr, val, cond, d, t)
#define readw_relaxed_poll_timeout_atomic(addr, val, cond, d, t) \
	readx_poll_timeout_atomic(readw_relaxed, addr, val, cond, d, t)
#define readl_relaxed_poll_timeout_atomic(addr, val, cond, d, t) \
	readx_poll_timeout_atomic(readl_relaxed, addr, val, cond, d, t)
#define readq_relaxed_poll_timeout_atomic(addr, val, cond, d, t) \
	readx_poll_timeout_atomic(readq_relaxed, addr, val, cond, d, t)

#endif /* _LINUX_IOPOLL_H */
