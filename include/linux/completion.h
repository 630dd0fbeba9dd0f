/* SPDX-License-Identifier: MIT */
/*
 * Completions: one CPU waits until another has done something, that time or earlier.
 *
 * Invariants: done counts the complete() calls that nobody has waited for yet; UINT_MAX
 *             after complete_all(), until reinit_completion().
 * Context:    waits with no spinlock held, and not in an exception; complete() anywhere. A
 *             completion on the waiter's stack is not touched any more once the wait is over.
 * Failure:    when every CPU waits: panic() (linux/wait.h).
 * Source:     Linux's include/linux/completion.h. There are no signals, so the interruptible
 *             and killable forms return 0, or what is left of the time.
 */
#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/types.h>
#include <linux/wait.h>

struct completion {
	unsigned int done; /* under wait.lock */
	struct wait_queue_head wait;
};

#define COMPLETION_INITIALIZER(work)                                          \
	{                                                                     \
		.done = 0, .wait = __WAIT_QUEUE_HEAD_INITIALIZER((work).wait) \
	}
#define COMPLETION_INITIALIZER_ONSTACK(work) COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION(work)	     struct completion work = COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION_ONSTACK(work)     DECLARE_COMPLETION(work)

static inline void init_completion(struct completion *x)
{
	x->done = 0;
	init_waitqueue_head(&x->wait);
}

static inline void reinit_completion(struct completion *x)
{
	x->done = 0;
}

/* One who waits goes on; all who do or ever will. */
void complete(struct completion *x);
void complete_all(struct completion *x);

void wait_for_completion(struct completion *x);

/* 0 where @timeout jiffies were not enough, else what is left of them, at least 1. */
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout);

/* Takes one complete(), if there is one, and does not wait. */
bool try_wait_for_completion(struct completion *x);

/* Would a wait be over at once? */
bool completion_done(struct completion *x);

static inline int wait_for_completion_interruptible(struct completion *x)
{
	wait_for_completion(x);
	return 0;
}

static inline int wait_for_completion_killable(struct completion *x)
{
	wait_for_completion(x);
	return 0;
}

static inline int wait_for_completion_state(struct completion *x, unsigned int state)
{
	(void)state;
	wait_for_completion(x);
	return 0;
}

static inline long wait_for_completion_interruptible_timeout(struct completion *x,
							     unsigned long timeout)
{
	return (long)wait_for_completion_timeout(x, timeout);
}

static inline long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout)
{
	return (long)wait_for_completion_timeout(x, timeout);
}

#define wait_for_completion_io(x)		   wait_for_completion(x)
#define wait_for_completion_io_timeout(x, timeout) wait_for_completion_timeout(x, timeout)

#define init_completion_map(x, map)		      ((void)(map), init_completion(x))
#define COMPLETION_INITIALIZER_ONSTACK_MAP(work, map) COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION_ONSTACK_MAP(work, map)     DECLARE_COMPLETION(work)

#endif /* _LINUX_COMPLETION_H */
