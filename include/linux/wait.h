/* SPDX-License-Identifier: MIT */
/*
 * Wait queues: who waits for an event, and who tells them that it came.
 *
 *   head ──► entry (CPU 1) ──► entry (CPU 3) ──► entry (CPU 2, exclusive)
 *
 * There is no scheduler: a CPU that waits spins on its own entry, which nobody else
 * writes until the event comes, and so keeps off the cache lines of the others.
 *
 * Owns:       nothing; a head lies in what is waited for, an entry on the waiter's
 *             stack.
 * Invariants: entries that are not exclusive come before those that are. An entry
 *             is taken off its queue before its waiter is told, and not touched from
 *             then on.
 * Lifetime:   a head from init_waitqueue_head() on.
 * Locking:    the head's own lock, taken here; with it held only zone->lock and what
 *             lies inside that may be taken.
 * Failure:    when every CPU that runs is waiting, and no timer nor RCU callback is left, nobody
 *             is left to wake one: the last of them does what work waits for it, or has others
 *             do theirs; without any it panics, and says what it waits for.
 * Source:     Linux's include/linux/wait.h, whose names and contracts these keep.
 */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <baremm/arch.h>

struct wait_queue_entry;

/*
 * Wakes the waiter of @entry if it wants to be: 1 if it did, 0 if not, below 0 to
 * end the walk over the queue. With the head's lock held.
 */
typedef int (*wait_queue_func_t)(struct wait_queue_entry *entry, unsigned int mode, int flags,
				 void *key);

struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
};

enum {
	WQ_FLAG_EXCLUSIVE = 0x01, /* one of these is woken at a time */
	WQ_FLAG_WOKEN = 0x02,
	WQ_FLAG_CUSTOM = 0x08,	 /* the queue's user's own */
	WQ_FLAG_DONE = 0x10,	 /* so is this */
	WQ_FLAG_PRIORITY = 0x20, /* it is told before all others */
	WQ_FLAG_WAITING = 0x40,	 /* a CPU spins on this entry */
};

struct wait_queue_entry {
	unsigned int flags;
	void *private; /* the waiter's */
	wait_queue_func_t func;
	struct list_head entry;
};

/* How a task sleeps, on Linux. A CPU that waits does it in one way. */
#define TASK_INTERRUPTIBLE   1
#define TASK_UNINTERRUPTIBLE 2
#define TASK_WAKEKILL	     0x100
#define TASK_NOLOAD	     0x400
#define TASK_KILLABLE	     (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE	     (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_NORMAL	     (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

#define __WAIT_QUEUE_HEAD_INITIALIZER(name)                       \
	{                                                         \
		.lock = __SPIN_LOCK_UNLOCKED_RANK(LOCK_RANK_LRU), \
		.head = LIST_HEAD_INIT((name).head)               \
	}
#define DECLARE_WAIT_QUEUE_HEAD(name) \
	struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)

/* An entry for this CPU, on no queue. */
#define DEFINE_WAIT(name)                              \
	struct wait_queue_entry name = {               \
		.func = autoremove_wake_function,      \
		.entry = LIST_HEAD_INIT((name).entry), \
	}

#define __WAIT_QUEUE_HEAD_INIT_ONSTACK(name) __WAIT_QUEUE_HEAD_INITIALIZER(name)

static inline void init_waitqueue_head(struct wait_queue_head *wq)
{
	spin_lock_init_rank(&wq->lock, LOCK_RANK_LRU);
	INIT_LIST_HEAD(&wq->head);
}

static inline void init_waitqueue_func_entry(struct wait_queue_entry *entry, wait_queue_func_t func)
{
	*entry = (struct wait_queue_entry){.func = func};
	INIT_LIST_HEAD(&entry->entry);
}

typedef struct wait_queue_head wait_queue_head_t;
typedef struct wait_queue_entry wait_queue_entry_t;

#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)
#define DEFINE_WAIT_FUNC(name, function)               \
	struct wait_queue_entry name = {               \
		.func = function,                      \
		.entry = LIST_HEAD_INIT((name).entry), \
	}
#define init_wait(wait) init_waitqueue_func_entry(wait, autoremove_wake_function)

/* Without the lock only a hint. */
static inline int waitqueue_active(const struct wait_queue_head *wq)
{
	return READ_ONCE(wq->head.next) != &wq->head;
}

/* Does anybody wait? Sees who began before the caller changed what he waits for. */
static inline bool wq_has_sleeper(const struct wait_queue_head *wq)
{
	smp_mb();
	return waitqueue_active(wq);
}

/* Is there one alone? */
static inline bool wq_has_single_sleeper(struct wait_queue_head *wq)
{
	return list_is_singular(&wq->head);
}

/* With the head's lock held. */
static inline void __remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	(void)wq;
	list_del(&entry->entry);
}

static inline void __add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	struct list_head *at = &wq->head;
	struct wait_queue_entry *other;

	if (!(entry->flags & WQ_FLAG_PRIORITY))
		list_for_each_entry (other, &wq->head, entry) {
			if (!(other->flags & WQ_FLAG_PRIORITY))
				break;
			at = &other->entry;
		}
	list_add(&entry->entry, at);
}

static inline void __add_wait_queue_entry_tail(struct wait_queue_head *wq,
					       struct wait_queue_entry *entry)
{
	list_add_tail(&entry->entry, &wq->head);
}

static inline void __add_wait_queue_exclusive(struct wait_queue_head *wq,
					      struct wait_queue_entry *entry)
{
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	__add_wait_queue(wq, entry);
}

static inline void __add_wait_queue_entry_tail_exclusive(struct wait_queue_head *wq,
							 struct wait_queue_entry *entry)
{
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	__add_wait_queue_entry_tail(wq, entry);
}

void add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry);
/* Before all others, and an exclusive wake-up that it takes ends there. */
void add_wait_queue_priority(struct wait_queue_head *wq, struct wait_queue_entry *entry);
/* Also where it was taken off already. */
void remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry);

/* Takes @entry off its queue, then tells its waiter. Always 1. */
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags,
			     void *key);

/* An entry of this CPU, @flags being 0 or WQ_FLAG_EXCLUSIVE. */
static inline void init_wait_entry(struct wait_queue_entry *entry, int flags)
{
	init_wait(entry);
	entry->flags = (unsigned int)flags;
}

/* Tells its waiter, and leaves @entry where it is: for wait_woken(). Always 1. */
int woken_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);

/*
 * Calls the entries' functions in their order until @nr_exclusive exclusive ones were
 * woken (0: all); returns how many were. The second form is for those who hold the lock.
 */
int __wake_up(struct wait_queue_head *wq, unsigned int mode, int nr_exclusive, void *key);
int wake_up_entries(struct wait_queue_head *wq, unsigned int mode, int nr_exclusive, void *key);

/* The same for one exclusive entry, and without a key. */
#define __wake_up_locked_key(wq, mode, key) wake_up_entries(wq, mode, 1, key)
#define __wake_up_locked(wq, mode, nr)	    wake_up_entries(wq, mode, nr, NULL)

#define wake_up(wq)				 __wake_up(wq, TASK_NORMAL, 1, NULL)
#define wake_up_nr(wq, nr)			 __wake_up(wq, TASK_NORMAL, nr, NULL)
#define wake_up_all(wq)				 __wake_up(wq, TASK_NORMAL, 0, NULL)
#define wake_up_locked(wq)			 __wake_up_locked(wq, TASK_NORMAL, 1)
#define wake_up_all_locked(wq)			 __wake_up_locked(wq, TASK_NORMAL, 0)
#define wake_up_interruptible(wq)		 wake_up(wq)
#define wake_up_interruptible_nr(wq, nr)	 wake_up_nr(wq, nr)
#define wake_up_interruptible_all(wq)		 wake_up_all(wq)
#define wake_up_interruptible_sync(wq)		 wake_up(wq)
#define wake_up_sync(wq)			 wake_up(wq)
#define __wake_up_sync(wq, mode)		 __wake_up(wq, mode, 1, NULL)
#define __wake_up_sync_key(wq, mode, key)	 __wake_up(wq, mode, 1, key)
#define __wake_up_locked_sync_key(wq, mode, key) __wake_up_locked_key(wq, mode, key)

/* With a set of events as the key, for wake functions that look at it. */
#define poll_to_key(m)				      ((void *)(uintptr_t)(__poll_t)(m))
#define key_to_poll(key)			      ((__poll_t)(uintptr_t)(void *)(key))
#define wake_up_poll(wq, m)			      __wake_up(wq, TASK_NORMAL, 1, poll_to_key(m))
#define wake_up_locked_poll(wq, m)		      __wake_up_locked_key(wq, TASK_NORMAL, poll_to_key(m))
#define wake_up_interruptible_poll(wq, m)	      wake_up_poll(wq, m)
#define wake_up_interruptible_sync_poll(wq, m)	      wake_up_poll(wq, m)
#define wake_up_interruptible_sync_poll_locked(wq, m) wake_up_locked_poll(wq, m)

/*
 * Puts @entry on @wq, unless it is there: a wake-up from now on is not missed, so
 * the condition is looked at between this and wait_woken(). finish_wait() ends it.
 */
void prepare_to_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry, int state);
bool prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry,
			       int state); /* was there nobody? */
void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry);

/*
 * Spins until the waiter of @entry was told; at once where it was. @report says what
 * the CPU waits for, should nobody be left to wake it. Where that is NULL, work that waits for
 * this CPU (linux/workqueue.h) is done first, or when the last of all asks for it, and this returns
 * for another look, with @entry on no queue. (Linux sleeps in schedule() or wait_woken() here.)
 */
void wait_until_told(struct wait_queue_head *wq, struct wait_queue_entry *entry,
		     void (*report)(const struct wait_queue_entry *entry));

/*
 * For an entry that add_wait_queue() put on a queue, with woken_wake_function(): spins until its
 * waiter was told, for @timeout jiffies at the most, and forgets that. A wake-up since the last
 * call is not missed. What is left of @timeout, at least 0.
 *
 *   add_wait_queue(&wq, &entry);
 *   while (!condition)
 *           timeout = wait_woken(&entry, TASK_UNINTERRUPTIBLE, timeout);
 *   remove_wait_queue(&wq, &entry);
 */
#define MAX_SCHEDULE_TIMEOUT LONG_MAX
long wait_woken(struct wait_queue_entry *entry, unsigned int mode, long timeout);

#define __wait_event(wq, condition, prepare)                           \
	do {                                                           \
		DEFINE_WAIT(__wait);                                   \
		for (;;) {                                             \
			prepare(&(wq), &__wait, TASK_UNINTERRUPTIBLE); \
			if (condition)                                 \
				break;                                 \
			wait_until_told(&(wq), &__wait, NULL);         \
		}                                                      \
		finish_wait(&(wq), &__wait);                           \
	} while (0)

#define wait_event(wq, condition)                                     \
	do {                                                          \
		if (!(condition))                                     \
			__wait_event(wq, condition, prepare_to_wait); \
	} while (0)

/* One that an exclusive wake-up ends with. */
#define wait_event_exclusive_cmd(wq, condition, cmd1, cmd2)                     \
	do {                                                                    \
		cmd1;                                                           \
		if (!(condition))                                               \
			__wait_event(wq, condition, prepare_to_wait_exclusive); \
		cmd2;                                                           \
	} while (0)

/* @cmd1 is done before each wait, @cmd2 behind it. */
#define wait_event_cmd(wq, condition, cmd1, cmd2)                              \
	do {                                                                   \
		DEFINE_WAIT(__wait);                                           \
		if (condition)                                                 \
			break;                                                 \
		for (;;) {                                                     \
			prepare_to_wait(&(wq), &__wait, TASK_UNINTERRUPTIBLE); \
			if (condition)                                         \
				break;                                         \
			cmd1;                                                  \
			wait_until_told(&(wq), &__wait, NULL);                 \
			cmd2;                                                  \
		}                                                              \
		finish_wait(&(wq), &__wait);                                   \
	} while (0)

/* There are no signals: 0 always. */
#define wait_event_interruptible(wq, condition) \
	({                                      \
		wait_event(wq, condition);      \
		0;                              \
	})
#define wait_event_killable(wq, condition)  wait_event_interruptible(wq, condition)
#define wait_event_idle(wq, condition)	    wait_event(wq, condition)
#define wait_event_freezable(wq, condition) wait_event_interruptible(wq, condition)
#define io_wait_event(wq, condition)	    wait_event(wq, condition)
#define wait_event_interruptible_exclusive(wq, c)    \
	({                                           \
		wait_event_exclusive_cmd(wq, c, , ); \
		0;                                   \
	})
#define wait_event_killable_exclusive(wq, c) wait_event_interruptible_exclusive(wq, c)
#define wait_event_idle_exclusive(wq, c)     wait_event_exclusive_cmd(wq, c, , )

#define wait_event_state(wq, condition, state) wait_event_interruptible(wq, condition)
#define wait_event_freezable_exclusive(wq, c)  wait_event_interruptible_exclusive(wq, c)

/* With @lock held, which is given back while the CPU waits, and while it does @cmd before. */
#define wait_event_lock_irq_cmd(wq, condition, lock, cmd) \
	do {                                              \
		(void)&(wq);                              \
		while (!(condition)) {                    \
			spin_unlock_irq(&(lock));         \
			cmd;                              \
			wait_poll();                      \
			spin_lock_irq(&(lock));           \
		}                                         \
	} while (0)
#define wait_event_lock_irq(wq, condition, lock) wait_event_lock_irq_cmd(wq, condition, lock, )
#define wait_event_interruptible_lock_irq_cmd(wq, condition, lock, cmd) \
	({                                                              \
		wait_event_lock_irq_cmd(wq, condition, lock, cmd);      \
		0;                                                      \
	})
#define wait_event_interruptible_lock_irq(wq, condition, lock) \
	wait_event_interruptible_lock_irq_cmd(wq, condition, lock, )

/* The same with the queue's own lock held; _irq: with interrupts off, too. */
#define __wait_event_locked(wq, condition, unlock, relock) \
	({                                                 \
		while (!(condition)) {                     \
			unlock(&(wq).lock);                \
			wait_poll();                       \
			relock(&(wq).lock);                \
		}                                          \
		0;                                         \
	})
#define wait_event_interruptible_locked(wq, condition) \
	__wait_event_locked(wq, condition, spin_unlock, spin_lock)
#define wait_event_interruptible_locked_irq(wq, condition) \
	__wait_event_locked(wq, condition, spin_unlock_irq, spin_lock_irq)
#define wait_event_interruptible_exclusive_locked(wq, condition) \
	wait_event_interruptible_locked(wq, condition)
#define wait_event_interruptible_exclusive_locked_irq(wq, condition) \
	wait_event_interruptible_locked_irq(wq, condition)

/*
 * For @timeout jiffies at the most: 0 where that was not enough, else what is left of
 * it, at least 1. The CPU looks at the condition itself, so that nobody need wake it.
 */
#define wait_event_timeout(wq, condition, timeout)                        \
	({                                                                \
		unsigned long __end = jiffies + (unsigned long)(timeout); \
		long __left = (long)(timeout);                            \
		(void)&(wq);                                              \
		while (!(condition)) {                                    \
			__left = (long)(__end - jiffies);                 \
			if (__left <= 0) {                                \
				__left = !!(condition);                   \
				break;                                    \
			}                                                 \
			wait_poll();                                      \
		}                                                         \
		__left > 0 ? __left : (long)!!(condition);                \
	})
#define wait_event_interruptible_timeout(wq, c, t)  wait_event_timeout(wq, c, t)
#define wait_event_killable_timeout(wq, c, t)	    wait_event_timeout(wq, c, t)
#define wait_event_idle_timeout(wq, c, t)	    wait_event_timeout(wq, c, t)
#define wait_event_freezable_timeout(wq, c, t)	    wait_event_timeout(wq, c, t)
#define wait_event_idle_exclusive_timeout(wq, c, t) wait_event_timeout(wq, c, t)

/* The same with @lock held, which is given back while the CPU waits. */
#define wait_event_lock_irq_timeout(wq, condition, lock, timeout)         \
	({                                                                \
		unsigned long __end = jiffies + (unsigned long)(timeout); \
		(void)&(wq);                                              \
		while (!(condition) && time_before(jiffies, __end)) {     \
			spin_unlock_irq(&(lock));                         \
			wait_poll();                                      \
			spin_lock_irq(&(lock));                           \
		}                                                         \
		!(condition) ? 0L : max((long)(__end - jiffies), 1L);     \
	})
#define wait_event_interruptible_lock_irq_timeout(wq, c, lock, t) \
	wait_event_lock_irq_timeout(wq, c, lock, t)

/* For @timeout nanoseconds, a ktime_t, at the most: 0, or -ETIME where that was not enough. */
#define wait_event_hrtimeout(wq, condition, timeout)                     \
	({                                                               \
		u64 __begin = arch_clock_ns();                           \
		u64 __ns = (u64)(timeout);                               \
		(void)&(wq);                                             \
		while (!(condition) && arch_clock_ns() - __begin < __ns) \
			wait_poll();                                     \
		(condition) ? 0 : -ETIME;                                \
	})
#define wait_event_interruptible_hrtimeout(wq, c, t) wait_event_hrtimeout(wq, c, t)

/* Once around a loop that waits: does what others ask of this CPU. */
void wait_poll(void);

#endif /* _LINUX_WAIT_H */
