/* SPDX-License-Identifier: MIT */
/* Wait queues: what those share that have wake functions of their own. */
#ifndef _MM_WAIT_H
#define _MM_WAIT_H

#include <linux/wait.h>

/*
 * Tells the waiter of @entry, with @flags set beside WQ_FLAG_WOKEN. With the queue's
 * lock held; @entry is off the queue, and may be gone on return.
 */
void wake_waiter(struct wait_queue_entry *entry, unsigned int flags);

/* A CPU has nothing to do: it wakes nobody until it is given work. With its queue's lock held. */
void wait_count_idle(void);
void wait_count_busy(void);

/*
 * Calls the timers that are due (linux/timer.h). What is there then? NULL until there is one: those
 * who wait call timers_run().
 */
enum { TIMERS_WAIT = 1, TIMERS_RUN = 2 };
extern unsigned int (*timers_due)(void);
static inline unsigned int timers_run(void)
{
	unsigned int (*due)(void) = READ_ONCE(timers_due);

	return due ? due() : 0;
}

/* Back to the state at program start, for hosts that bring up several machines. */
void wait_reset(void);

#endif /* _MM_WAIT_H */
