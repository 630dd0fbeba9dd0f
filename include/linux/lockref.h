/* SPDX-License-Identifier: MIT */
/*
 * A lock and a count of references beside it: for objects that their table and their users hold,
 * and that go when nobody does.
 *
 *   count > 0   somebody has it     count == 0   only its table knows it     count < 0   dead
 *
 * Owns:       nothing; both are in the object. init with spin_lock_init() and count.
 * Invariants: count changes under the lock alone. Who holds the lock may look at it and write it.
 * Locking:    any context that may take the lock; the functions take it, but where said.
 * Units:      references.
 * Failure:    as said at each: nothing has changed then.
 * Source:     Linux 6.1's lockref.h. There lock and count are one word that is swapped at once where
 *             nobody has the lock; here the lock is taken, for a few instructions.
 */
#ifndef __LINUX_LOCKREF_H
#define __LINUX_LOCKREF_H

#include <linux/spinlock.h>

#define USE_CMPXCHG_LOCKREF 0

struct lockref {
	spinlock_t lock;
	int count;
};

/* One more. It must not be dead. */
void lockref_get(struct lockref *lockref);

/* One more, or one less, unless it has none or is dead: 1 where it was done, else 0. */
int lockref_get_not_zero(struct lockref *lockref);
int lockref_put_not_zero(struct lockref *lockref);

/* One more unless it is dead: 1 or 0. */
int lockref_get_not_dead(struct lockref *lockref);

/* One less, and how many are left; -1, and nothing done, where there are none or somebody has the lock. */
int lockref_put_return(struct lockref *lockref);

/* One less: 1. Where that would be the last, 0, nothing done, and the caller holds the lock. */
int lockref_put_or_lock(struct lockref *lockref);

/* With the lock held: nobody gets it from now on, though somebody may find it. */
void lockref_mark_dead(struct lockref *lockref);

/* With the lock held. */
static inline bool __lockref_is_dead(const struct lockref *lockref)
{
	return lockref->count < 0;
}

#endif /* __LINUX_LOCKREF_H */
