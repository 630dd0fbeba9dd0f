/* SPDX-License-Identifier: MIT */
/*
 * Waits for a bit of any word to be clear, and for any variable: queues that everybody shares, by a
 * hash of the address, so that what is waited for needs none of its own.
 *
 *   waiter    wait_on_bit(&word, bit, mode)
 *   other     clear_and_wake_up_bit(bit, &word)
 *
 * Owns:       WAIT_TABLE_SIZE queues.
 * Invariants: who waits is told only where his word and bit are meant; he looks again then.
 * Lifetime:   any, from the first wait on. Nothing of the word is touched once a wait is over.
 * Locking:    waits with no spinlock held, and not in an exception; waking anywhere where a wait
 *             queue's lock may be taken (linux/wait.h).
 * Units:      jiffies.
 * Failure:    there are no signals: 0 but for timeouts (-EAGAIN) and what an action returns. When
 *             every CPU waits: panic() (linux/wait.h).
 * Source:     Linux 6.1's wait_bit.h. @mode says how a task sleeps there.
 */
#ifndef _LINUX_WAIT_BIT_H
#define _LINUX_WAIT_BIT_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/wait.h>

#define WAIT_TABLE_BITS 8
#define WAIT_TABLE_SIZE (1 << WAIT_TABLE_BITS)

struct wait_bit_key {
	void *flags;	       /* the word, or a variable */
	int bit_nr;	       /* -1: a variable */
	unsigned long timeout; /* for the actions that have one: in jiffies, when it is over */
};

struct wait_bit_queue_entry {
	struct wait_bit_key key;
	struct wait_queue_entry wq_entry;
};

#define __WAIT_BIT_KEY_INITIALIZER(word, bit)    \
	{                                        \
		.flags = (word), .bit_nr = (bit) \
	}
#define DEFINE_WAIT_BIT(name, word, bit)                                      \
	struct wait_bit_queue_entry name = {                                  \
		.key = __WAIT_BIT_KEY_INITIALIZER(word, bit),                 \
		.wq_entry = {.func = wake_bit_function,                       \
			     .entry = LIST_HEAD_INIT((name).wq_entry.entry)}, \
	}

/*
 * What a waiter does each time that the bit is set, with its entry on the queue: it returns when it
 * may be clear. Not 0: the wait ends with that. The _io forms are the same here; the others
 * return -EAGAIN once it is key->timeout.
 */
typedef int wait_bit_action_f(struct wait_bit_key *key, int mode);
int bit_wait(struct wait_bit_key *key, int mode);
int bit_wait_timeout(struct wait_bit_key *key, int mode);
#define bit_wait_io	    bit_wait
#define bit_wait_io_timeout bit_wait_timeout

/* The queue of a bit, of a variable. */
struct wait_queue_head *bit_waitqueue(void *word, int bit);
struct wait_queue_head *__var_waitqueue(void *p);

/* The function of a waiter's entry; @key is a struct wait_bit_key. */
int wake_bit_function(struct wait_queue_entry *wq_entry, unsigned int mode, int sync, void *key);

/* The waits, on a queue that the caller found. The second form takes the bit. */
int __wait_on_bit(struct wait_queue_head *wq, struct wait_bit_queue_entry *entry,
		  wait_bit_action_f *action, unsigned int mode);
int __wait_on_bit_lock(struct wait_queue_head *wq, struct wait_bit_queue_entry *entry,
		       wait_bit_action_f *action, unsigned int mode);

/* On the word's own queue. */
int out_of_line_wait_on_bit(void *word, int bit, wait_bit_action_f *action, unsigned int mode);
int out_of_line_wait_on_bit_timeout(void *word, int bit, wait_bit_action_f *action,
				    unsigned int mode, unsigned long timeout);
int out_of_line_wait_on_bit_lock(void *word, int bit, wait_bit_action_f *action, unsigned int mode);

/*
 * Tells those who wait for the bit, of whom one that takes it is the last. The bit was cleared
 * before, and a full barrier lies between.
 */
void wake_up_bit(void *word, int bit);
void __wake_up_bit(struct wait_queue_head *wq, void *word, int bit);

/* ---- Bits ------------------------------------------------------------------------------- */

/* Returns 0 when @bit of *@word is clear. What was written before that is seen then. */
static inline int wait_on_bit_action(unsigned long *word, int bit, wait_bit_action_f *action,
				     unsigned int mode)
{
	might_sleep();
	if (!test_bit_acquire((unsigned long)bit, word))
		return 0;
	return out_of_line_wait_on_bit(word, bit, action, mode);
}

static inline int wait_on_bit(unsigned long *word, int bit, unsigned int mode)
{
	return wait_on_bit_action(word, bit, bit_wait, mode);
}
#define wait_on_bit_io(word, bit, mode) wait_on_bit(word, bit, mode)

/* For @timeout jiffies at the most: -EAGAIN where it was set for so long. */
static inline int wait_on_bit_timeout(unsigned long *word, int bit, unsigned int mode,
				      unsigned long timeout)
{
	might_sleep();
	if (!test_bit_acquire((unsigned long)bit, word))
		return 0;
	return out_of_line_wait_on_bit_timeout(word, bit, bit_wait_timeout, mode, timeout);
}

/* Returns 0 when the caller has set @bit, which was clear: a lock. */
static inline int wait_on_bit_lock_action(unsigned long *word, int bit, wait_bit_action_f *action,
					  unsigned int mode)
{
	might_sleep();
	if (!test_and_set_bit((unsigned long)bit, word))
		return 0;
	return out_of_line_wait_on_bit_lock(word, bit, action, mode);
}

static inline int wait_on_bit_lock(unsigned long *word, int bit, unsigned int mode)
{
	return wait_on_bit_lock_action(word, bit, bit_wait, mode);
}
#define wait_on_bit_lock_io(word, bit, mode) wait_on_bit_lock(word, bit, mode)

static inline void clear_and_wake_up_bit(int bit, void *word)
{
	clear_bit_unlock((unsigned long)bit, word);
	smp_mb__after_atomic();
	wake_up_bit(word, bit);
}

/* Tells only where it was set; was it? */
static inline bool test_and_clear_wake_up_bit(int bit, unsigned long *word)
{
	if (!test_and_clear_bit((unsigned long)bit, word))
		return false;
	wake_up_bit(word, bit);
	return true;
}

/* ---- Variables --------------------------------------------------------------------------- */

/* Tells those who wait for @var. It was changed before, and a full barrier lies between. */
void wake_up_var(void *var);

void init_wait_var_entry(struct wait_bit_queue_entry *entry, void *var, int flags);

/* Returns when @condition, which is about *@var, holds. */
#define wait_var_event(var, condition)                                                     \
	do {                                                                               \
		struct wait_bit_queue_entry __entry;                                       \
		struct wait_queue_head *__queue = __var_waitqueue(var);                    \
		might_sleep();                                                             \
		init_wait_var_entry(&__entry, var, 0);                                     \
		for (;;) {                                                                 \
			prepare_to_wait(__queue, &__entry.wq_entry, TASK_UNINTERRUPTIBLE); \
			if (condition)                                                     \
				break;                                                     \
			wait_until_told(__queue, &__entry.wq_entry, NULL);                 \
		}                                                                          \
		finish_wait(__queue, &__entry.wq_entry);                                   \
	} while (0)
#define wait_var_event_killable(var, condition) \
	({                                      \
		wait_var_event(var, condition); \
		0;                              \
	})
#define wait_var_event_interruptible(var, condition) wait_var_event_killable(var, condition)

/* As wait_event_timeout(). */
#define wait_var_event_timeout(var, condition, timeout) \
	wait_event_timeout(*__var_waitqueue(var), condition, timeout)

/* One less, and *@var's waiters are told where that is 0; is it? */
static inline bool atomic_dec_and_wake_up(atomic_t *var)
{
	if (!atomic_dec_and_test(var))
		return false;
	wake_up_var(var);
	return true;
}

#define store_release_wake_up(var, val)      \
	do {                                 \
		smp_store_release(var, val); \
		smp_mb();                    \
		wake_up_var(var);            \
	} while (0)

#endif /* _LINUX_WAIT_BIT_H */
