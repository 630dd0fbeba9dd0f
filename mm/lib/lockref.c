// SPDX-License-Identifier: MIT
/* Locks with a count of references. Contract: linux/lockref.h. */
#include <linux/lockref.h>

/* So far below 0 that no gets and puts of who still has a pointer come near it. */
#define LOCKREF_DEAD (-128)

/* Adds @change where the count is at least @least; did it? */
static int change_from(struct lockref *lockref, int change, int least)
{
	int done = 0;

	spin_lock(&lockref->lock);
	if (lockref->count >= least) {
		lockref->count += change;
		done = 1;
	}
	spin_unlock(&lockref->lock);
	return done;
}

void lockref_get(struct lockref *lockref)
{
	spin_lock(&lockref->lock);
	lockref->count++;
	spin_unlock(&lockref->lock);
}

int lockref_get_not_zero(struct lockref *lockref)
{
	return change_from(lockref, 1, 1);
}

int lockref_put_not_zero(struct lockref *lockref)
{
	return change_from(lockref, -1, 2);
}

int lockref_get_not_dead(struct lockref *lockref)
{
	return change_from(lockref, 1, 0);
}

int lockref_put_return(struct lockref *lockref)
{
	int left = -1;

	if (!spin_trylock(&lockref->lock))
		return left;
	if (lockref->count > 0)
		left = --lockref->count;
	spin_unlock(&lockref->lock);
	return left;
}

int lockref_put_or_lock(struct lockref *lockref)
{
	spin_lock(&lockref->lock);
	if (lockref->count <= 1)
		return 0;
	lockref->count--;
	spin_unlock(&lockref->lock);
	return 1;
}

void lockref_mark_dead(struct lockref *lockref)
{
	lockref->count = LOCKREF_DEAD;
}
