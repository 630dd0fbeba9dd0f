// SPDX-License-Identifier: MIT
/* Mutexes. Contract: linux/mutex.h. */
#include <linux/mutex.h>

#include <linux/bug.h>
#include <linux/refcount.h>
#include <linux/smp.h>
#include <baremm/panic.h>

int mutex_trylock(struct mutex *lock)
{
	return atomic_cmpxchg(&lock->owner, 0, smp_processor_id() + 1) == 0;
}

void mutex_lock(struct mutex *lock)
{
	if (atomic_read(&lock->owner) == smp_processor_id() + 1)
		panic("mutex: CPU#%d takes the mutex at %px, which it holds", smp_processor_id(),
		      (void *)lock);
	wait_event_exclusive_cmd(lock->wait, mutex_trylock(lock), , );
}

void mutex_unlock(struct mutex *lock)
{
	int owner = atomic_read(&lock->owner);

	if (WARN(owner != smp_processor_id() + 1,
		 "mutex: CPU#%d gives back the mutex at %px, which CPU#%d holds\n",
		 smp_processor_id(), (void *)lock, owner - 1))
		return;
	atomic_set_release(&lock->owner, 0);
	if (wq_has_sleeper(&lock->wait))
		wake_up(&lock->wait);
}

int atomic_dec_and_mutex_lock(atomic_t *cnt, struct mutex *lock)
{
	if (atomic_add_unless(cnt, -1, 1))
		return 0;
	mutex_lock(lock);
	if (atomic_dec_and_test(cnt))
		return 1;
	mutex_unlock(lock);
	return 0;
}

bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	mutex_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	mutex_unlock(lock);
	return false;
}
