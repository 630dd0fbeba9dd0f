/* SPDX-License-Identifier: MIT */
/* Work: what CPUs' lists and named queues share. Contract: linux/workqueue.h. */
#ifndef _MM_WORKQUEUE_H
#define _MM_WORKQUEUE_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

/*
 * Work is counted where it was given, until it is done, in one of two counts. A flush has new
 * work counted in the other one from its begin on, and waits for the first to be 0.
 */
struct workqueue_struct {
	char name[24];
	unsigned int flags; /* WQ_*, __WQ_* */
	unsigned int cpu;   /* an ordered queue's, from its first work on */
	bool placed;
	int max_active;
	atomic_t drainers;
	atomic_t nr[2];
	unsigned int color; /* the count for new work */
	struct mutex flush;
};

/*
 * Makes @work its caller's, and nobody can give it: false where somebody has, or it waits. With
 * interrupts off until it is given or released: one that wants it would wait for ever.
 */
bool work_claim(struct work_struct *work);

/*
 * The same, and interrupts are off, where it waits for a CPU or @timer (NULL: it has none), which do
 * not get it then: 1; 0 where it did not wait. -ENOENT, and interrupts are as they were: somebody
 * cancels it, and waits for its function.
 */
int work_grab(struct work_struct *work, struct timer_list *timer, unsigned long *flags);

/* cancel_work() and cancel_work_sync(), also of what waits for @timer. */
bool work_cancel(struct work_struct *work, struct timer_list *timer);
bool work_cancel_sync(struct work_struct *work, struct timer_list *timer);

/* Claimed work can be given again. */
void work_release(struct work_struct *work);

/* Gives claimed work to @cpu, which is online; @wq counts it. Where it runs it is given to its CPU. */
void work_give(unsigned int cpu, struct workqueue_struct *wq, struct work_struct *work);

/* A CPU for work of anybody: one that has none, else the next of those that take work. */
unsigned int work_cpu(void);

/* This CPU has time for no work, or has it again: it is in a timer's function. */
void work_keep_off(bool off);

/* A CPU that has nothing to do looks for work and timers. */
void work_kick_idle(void);

/* Does the calling CPU do work of @wq? */
bool work_is_of(const struct workqueue_struct *wq);

/* Once around a loop that waits for work since @since (ns): this CPU's own is done. */
void work_wait_once(u64 since);

/* Gives claimed work that is for @cpu, or, where it is offline or not one, anybody's. */
void work_give_claimed(int cpu, struct workqueue_struct *wq, struct work_struct *work);

/* May @wq be given work now? Else it is warned of. */
bool work_may_be_given(const struct workqueue_struct *wq);

/* Does what waits for this CPU, which would else wait for ever; false: there is nothing. */
bool work_instead_of_waiting(void);

/* This CPU waits from now on, or no more, and can do work meanwhile if others ask for it. */
void work_park(bool parked);

/* Has one asked? */
bool work_is_asked_for(void);

/* Asks CPUs that wait for work that only they do; false: there is none. */
bool work_ask_parked(void);

#endif /* _MM_WORKQUEUE_H */
