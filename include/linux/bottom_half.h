/* SPDX-License-Identifier: MIT */
/*
 * Softirqs: there are none, so what keeps them off only keeps the compiler from moving accesses
 * across, and in_softirq() is 0 in between, too. Locking: none; any context.
 * Source: Linux 6.1's bottom_half.h.
 */
#ifndef _LINUX_BOTTOM_HALF_H
#define _LINUX_BOTTOM_HALF_H

#include <linux/compiler.h>

/* They nest. */
#define local_bh_disable() barrier()
#define local_bh_enable()  barrier()

#define __local_bh_disable_ip(ip, cnt) \
	({                             \
		(void)(ip);            \
		(void)(cnt);           \
		barrier();             \
	})
#define __local_bh_enable_ip(ip, cnt) \
	({                            \
		(void)(ip);           \
		(void)(cnt);          \
		barrier();            \
	})
#define local_bh_enable_ip(ip) \
	({                     \
		(void)(ip);    \
		barrier();     \
	})

/* As on Linux but for PREEMPT_RT. */
#define local_bh_blocked() false

/* What comes with this header on Linux. */
#include <linux/preempt.h>

#endif /* _LINUX_BOTTOM_HALF_H */
