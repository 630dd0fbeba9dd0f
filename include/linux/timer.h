/* SPDX-License-Identifier: MIT */
/*
 * Functions that are called when a time has come.
 *
 *   timer_setup(&t, fn, 0);  mod_timer(&t, jiffies + HZ);  ...  fn(&t)  ...  del_timer_sync(&t);
 *
 * There is no clock interrupt: who waits for anything, or has nothing to do, looks at the clock
 * (linux/wait.h, linux/delay.h, linux/workqueue.h) and calls what is due. A CPU that is busy with
 * something else calls nothing: where all are, timers are late.
 *
 * Owns:       a tree of the timers that wait, by their time; the structs are their users'.
 * Invariants: a timer waits once at the most. It does not while its function runs, which may
 *             free it or set it again. One function runs at a time.
 * Lifetime:   any, from the first timer on.
 * Locking:    any context but del_timer_sync(), which returns when the function does not run, and so
 *             is not called in it, nor with a lock held that it takes. Functions do not sleep:
 *             in_interrupt() is true in them.
 * Units:      jiffies.
 * Failure:    none; 0 and 1 say whether the timer waited.
 * Source:     Linux 6.1's timer.h. Without add_timer_on(): which CPU calls is not said.
 */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/timer_types.h>

#define DEFINE_TIMER(name, fn) struct timer_list name = __TIMER_INITIALIZER(fn, 0)

#define timer_setup(timer, fn, how)	     (*(timer) = (struct timer_list)__TIMER_INITIALIZER(fn, how))
#define timer_setup_on_stack(timer, fn, how) timer_setup(timer, fn, how)
#define destroy_timer_on_stack(timer)	     ((void)(timer))

/* In a function: what has the timer as @field, of the type of @var. */
#define from_timer(var, timer, field) container_of(timer, __typeof__(*(var)), field)

static inline int timer_pending(const struct timer_list *timer)
{
	return READ_ONCE(timer->waits);
}

/* Its time is @expires from now on. _pending: only if it waits. reduce: only if that is sooner. */
int mod_timer(struct timer_list *timer, unsigned long expires);
int mod_timer_pending(struct timer_list *timer, unsigned long expires);
int timer_reduce(struct timer_list *timer, unsigned long expires);

/* At its `expires`. It does not wait yet. */
void add_timer(struct timer_list *timer);

/* It waits no more. try: -1, and nothing done, where its function runs. */
int timer_delete(struct timer_list *timer);
int timer_delete_sync(struct timer_list *timer);
int try_to_del_timer_sync(struct timer_list *timer);
#define del_timer(timer)      timer_delete(timer)
#define del_timer_sync(timer) timer_delete_sync(timer)

/* The same, and it is never set again: that does nothing. */
int timer_shutdown(struct timer_list *timer);
int timer_shutdown_sync(struct timer_list *timer);

/* Calls what is due. Does any timer wait? */
bool run_timers(void);

/* At whole seconds, so that many come together; _up: never sooner. */
unsigned long round_jiffies(unsigned long j);
unsigned long round_jiffies_relative(unsigned long j);
unsigned long round_jiffies_up(unsigned long j);
unsigned long round_jiffies_up_relative(unsigned long j);

#endif /* _LINUX_TIMER_H */
