// SPDX-License-Identifier: MIT
/* Locks for readers or a writer. Contract: linux/rwsem.h. */
#include <linux/rwsem.h>

#include <linux/bug.h>

/* Of those who find it free again the first to look gets it. */
static void wake_all(struct rw_semaphore *sem)
{
	if (wq_has_sleeper(&sem->wait))
		wake_up_all(&sem->wait);
}

int down_read_trylock(struct rw_semaphore *sem)
{
	int count = atomic_read(&sem->count);

	while (count >= 0 && !atomic_read(&sem->writers_waiting)) {
		int seen = atomic_cmpxchg(&sem->count, count, count + 1);

		if (seen == count)
			return 1;
		count = seen;
	}
	return 0;
}

int down_write_trylock(struct rw_semaphore *sem)
{
	return atomic_cmpxchg(&sem->count, 0, RWSEM_WRITER) == 0;
}

void down_read(struct rw_semaphore *sem)
{
	wait_event(sem->wait, down_read_trylock(sem));
}

void down_write(struct rw_semaphore *sem)
{
	if (down_write_trylock(sem))
		return;
	atomic_inc(&sem->writers_waiting);
	wait_event(sem->wait, down_write_trylock(sem));
	atomic_dec(&sem->writers_waiting);
}

void up_read(struct rw_semaphore *sem)
{
	if (WARN(atomic_read(&sem->count) <= 0, "rwsem: up_read() of %px, which nobody reads\n",
		 (void *)sem))
		return;
	if (atomic_dec_return(&sem->count) == 0)
		wake_all(sem);
}

void up_write(struct rw_semaphore *sem)
{
	if (WARN(atomic_read(&sem->count) != RWSEM_WRITER,
		 "rwsem: up_write() of %px, which nobody writes\n", (void *)sem))
		return;
	atomic_set_release(&sem->count, 0);
	wake_all(sem);
}

void downgrade_write(struct rw_semaphore *sem)
{
	if (WARN(atomic_read(&sem->count) != RWSEM_WRITER,
		 "rwsem: downgrade_write() of %px, which nobody writes\n", (void *)sem))
		return;
	atomic_set_release(&sem->count, 1);
	wake_all(sem);
}
