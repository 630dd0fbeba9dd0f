// SPDX-License-Identifier: MIT
/* Locks for very many readers. Contract: linux/percpu-rwsem.h. */
#include <linux/percpu-rwsem.h>

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>

int percpu_init_rwsem(struct percpu_rw_semaphore *sem)
{
	sem->read_count = __alloc_percpu(sizeof(int), __alignof__(int));
	if (!sem->read_count)
		return -ENOMEM;
	init_waitqueue_head(&sem->waiters);
	atomic_set(&sem->block, 0);
	return 0;
}

void percpu_free_rwsem(struct percpu_rw_semaphore *sem)
{
	free_percpu(sem->read_count);
	sem->read_count = NULL;
}

/*
 * Who came in had counted himself before the writer's barrier, so a count that he takes back
 * elsewhere is never seen without his own: a sum of 0 is true.
 */
static bool nobody_reads(struct percpu_rw_semaphore *sem)
{
	unsigned int sum = 0;
	int cpu;

	for_each_possible_cpu (cpu)
		sum += READ_ONCE(*per_cpu_ptr(sem->read_count, cpu));
	smp_mb(); /* what readers did, before what the writer does */
	return sum == 0;
}

/* What this CPU did inside is seen before its count goes; then a writer is told, if there is one. */
static void leave(struct percpu_rw_semaphore *sem)
{
	smp_mb();
	this_cpu_dec(*sem->read_count);
	smp_mb();
	if (atomic_read(&sem->block))
		wake_up_all(&sem->waiters);
}

bool percpu_down_read_trylock(struct percpu_rw_semaphore *sem)
{
	if (atomic_read(&sem->block))
		return false;
	this_cpu_inc(*sem->read_count);
	smp_mb();
	if (likely(!atomic_read(&sem->block)))
		return true;
	leave(sem);
	return false;
}

void percpu_down_read(struct percpu_rw_semaphore *sem)
{
	wait_event(sem->waiters, percpu_down_read_trylock(sem));
}

void percpu_up_read(struct percpu_rw_semaphore *sem)
{
	leave(sem);
}

void percpu_down_write(struct percpu_rw_semaphore *sem)
{
	wait_event(sem->waiters, atomic_cmpxchg(&sem->block, 0, 1) == 0);
	smp_mb();
	wait_event(sem->waiters, nobody_reads(sem));
}

void percpu_up_write(struct percpu_rw_semaphore *sem)
{
	if (WARN(!atomic_read(&sem->block),
		 "percpu_rwsem: up_write() of %px, which nobody writes\n", (void *)sem))
		return;
	atomic_set_release(&sem->block, 0);
	if (wq_has_sleeper(&sem->waiters))
		wake_up_all(&sem->waiters);
}

bool percpu_is_read_locked(struct percpu_rw_semaphore *sem)
{
	return !nobody_reads(sem) && !atomic_read(&sem->block);
}
