/* SPDX-License-Identifier: MIT */
/*
 * A function that is called by whoever comes first, and by nobody else. Who comes second does not
 * wait for the first one's end. Any context but an exception that comes into @func.
 * Source: Linux's once.h.
 */
#ifndef _LINUX_ONCE_H
#define _LINUX_ONCE_H

#include <linux/types.h>

/* Was it called here and now? */
#define DO_ONCE(func, ...)                                                           \
	({                                                                           \
		static bool __done;                                                  \
		bool __mine = !__atomic_load_n(&__done, __ATOMIC_RELAXED) &&         \
			      !__atomic_exchange_n(&__done, true, __ATOMIC_SEQ_CST); \
		if (__mine)                                                          \
			func(__VA_ARGS__);                                           \
		__mine;                                                              \
	})
#define DO_ONCE_SLEEPABLE(func, ...) DO_ONCE(func, __VA_ARGS__)

/* Random bytes, the first time. */
#define get_random_once(buf, nbytes)	       DO_ONCE(get_random_bytes, (buf), (nbytes))
#define get_random_sleepable_once(buf, nbytes) get_random_once(buf, nbytes)

/* What comes with this header on Linux. */
#include <linux/jump_label.h>

#endif /* _LINUX_ONCE_H */
