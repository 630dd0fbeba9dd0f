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
 * Calls the timers that are due (linux/timer.h); does any wait? NULL until there is one: those who
 * wait call timers_run().
 */
extern bool (*timers_due)(void);
static inline bool timers_run(void)
{
	bool (*due)(void) = READ_ONCE(timers_due);

	return due && due();
}

/* Back to the state at program start, for hosts that bring up several machines. */
void wait_reset(void);

#endif /* _MM_WAIT_H */
