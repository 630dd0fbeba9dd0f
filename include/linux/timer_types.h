/* SPDX-License-Identifier: MIT */
/*
 * What a timer is: linux/timer.h. Apart from its functions, of which C libraries have some, too.
 */
#ifndef _LINUX_TIMER_TYPES_H
#define _LINUX_TIMER_TYPES_H

#include <linux/rbtree.h>
#include <linux/types.h>

struct timer_list {
	struct rb_node entry; /* empty: it does not wait */
	unsigned long expires;
	void (*function)(struct timer_list *timer);
	u32 flags; /* TIMER_* */
	bool waits;
};

/* Which of Linux's CPUs may call it, and when: ignored. */
#define TIMER_DEFERRABLE 0x00080000
#define TIMER_PINNED	 0x00100000

/* It is called with interrupts off, so that one of them may wait for its function. */
#define TIMER_IRQSAFE 0x00200000

#define __TIMER_INITIALIZER(fn, how)             \
	{                                        \
		.function = (fn), .flags = (how) \
	}

#endif /* _LINUX_TIMER_TYPES_H */
