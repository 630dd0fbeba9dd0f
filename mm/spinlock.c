/* SPDX-License-Identifier: MIT */
/* Waiting for a lock, and watching over locks. Contract: linux/spinlock.h. */
#include <linux/spinlock.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/panic.h>

u16 spin_watch;

/* How deep locks nest; what is held beyond that is not watched. */
#define HELD_MAX 12

/* What a CPU holds, outermost first. Others read it when they report. */
struct held_locks {
	unsigned int nr;
	const spinlock_t *waits_for;
	struct {
		const spinlock_t *lock;
		unsigned long by;
	} held[HELD_MAX];
};
static DEFINE_PER_CPU(struct held_locks, held_locks);

/* Ranks inside of each that were warned of. */
static unsigned long warned[NR_LOCK_RANKS];

static DEFINE_PER_CPU(struct spin_counts, counts); /* while SPIN_WATCH_COUNT is set */

int debug_locks_parse_option(char *value)
{
	if (!value || (strcmp(value, "0") && strcmp(value, "1")))
		return -EINVAL;
	spin_watch_set(SPIN_WATCH_DEBUG, value[0] == '1');
	return 0;
}

void spin_watch_set(u16 bit, bool on)
{
	spin_watch = on ? spin_watch | bit : spin_watch & (u16)~bit;
}

void debug_locks_reset(void)
{
	spin_watch = 0;
	memset(warned, 0, sizeof(warned));
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		per_cpu(held_locks, cpu) = (struct held_locks){};
}

/* ---- Waiting ------------------------------------------------------------------------ */

#define SPINS_A_LOOK   64 /* at the clock */
#define DEADLOCK_LOOKS 16 /* at which all hold and want the same */

/* The place of @lock among what @cpu holds; HELD_MAX where it is not. */
static unsigned int find_held(unsigned int cpu, const spinlock_t *lock)
{
	const struct held_locks *h = &per_cpu(held_locks, cpu);

	for (unsigned int i = 0; i < min(READ_ONCE(h->nr), HELD_MAX + 0U); i++)
		if (READ_ONCE(h->held[i].lock) == lock)
			return i;
	return HELD_MAX;
}

/* The CPU that holds @lock; nr_cpu_ids where none is noted. */
static unsigned int holder_of(const spinlock_t *lock)
{
	unsigned int cpu = 0;

	while (cpu < nr_cpu_ids && find_held(cpu, lock) == HELD_MAX)
		cpu++;
	return cpu;
}

static void __noreturn waited_too_long(const spinlock_t *lock)
{
	unsigned int cpu = spin_watch & SPIN_WATCH_DEBUG ? holder_of(lock) : nr_cpu_ids;

	if (cpu < nr_cpu_ids)
		panic("spinlock: CPU#%d waits for the lock at %px, which CPU#%u holds since %pS",
		      smp_processor_id(), lock, cpu,
		      (void *)per_cpu(held_locks, cpu).held[find_held(cpu, lock)].by);
	panic("spinlock: CPU#%d waits for the lock at %px for %u s (debug_locks=1 tells who has "
	      "it)",
	      smp_processor_id(), lock, SMP_CALL_SECONDS);
}

/*
 * Calls @see for each CPU of a circle: one holds @lock, and waits for what the next one holds,
 * and so on to the calling CPU. False: there is none, or a CPU below this one is in it, and tells.
 */
static bool walk_circle(const spinlock_t *lock,
			void (*see)(unsigned int cpu, const spinlock_t *holds))
{
	unsigned int me = (unsigned int)smp_processor_id();

	for (unsigned int n = 0; lock && n < nr_cpu_ids; n++) {
		unsigned int cpu = holder_of(lock);

		if (cpu < me || cpu >= nr_cpu_ids)
			return false;
		if (see)
			see(cpu, lock);
		if (cpu == me)
			return true;
		lock = READ_ONCE(per_cpu(held_locks, cpu).waits_for);
	}
	return false;
}

static void tell_holder(unsigned int cpu, const spinlock_t *lock)
{
	unsigned int i = find_held(cpu, lock);

	pr_emerg("spinlock: CPU#%u holds the lock at %px since %pS, and waits\n", cpu, lock,
		 i < HELD_MAX ? (void *)per_cpu(held_locks, cpu).held[i].by : NULL);
}

/* What others hold changes while this looks, unless they wait for ever: so it is seen often. */
static void look_for_deadlock(const spinlock_t *lock, unsigned int *seen)
{
	*seen = walk_circle(lock, NULL) ? *seen + 1 : 0;
	if (*seen < DEADLOCK_LOOKS)
		return;
	walk_circle(lock, tell_holder);
	panic("spinlock: deadlock: CPU#%d waits for the lock at %px, whose holder waits for it",
	      smp_processor_id(), lock);
}

static void wait_for_turn(const spinlock_t *lock, u16 ticket)
{
	unsigned int seen = 0;
	u64 end = 0;

	for (unsigned int spins = 1; __atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket;
	     spins++) {
		if (spin_watch & SPIN_WATCH_COUNT)
			__this_cpu_inc(counts.spins);
		cpu_relax();
		smp_call_poll();
		if (spins % SPINS_A_LOOK)
			continue;
		if (spin_watch & SPIN_WATCH_DEBUG)
			look_for_deadlock(lock, &seen);
		if (!end)
			end = arch_clock_ns() + SMP_CALL_SECONDS * 1000000000ULL;
		else if (arch_clock_ns() > end)
			waited_too_long(lock);
	}
}

/* ---- Watching --------------------------------------------------------------------------- */

/* What is wrong once is wrong often, and each time would bury all else. */
static bool is_first_warning(u16 held, u16 taken)
{
	return !(__atomic_fetch_or(&warned[held], 1UL << taken, __ATOMIC_RELAXED) & 1UL << taken);
}

static void debug_before(const spinlock_t *lock)
{
	const struct held_locks *h = this_cpu_ptr(&held_locks);
	unsigned int i = find_held((unsigned int)smp_processor_id(), lock);

	if (i < HELD_MAX)
		panic("spinlock: CPU#%d takes the lock at %px, which it holds since %pS",
		      smp_processor_id(), lock, (void *)h->held[i].by);
	for (i = 0; lock->rank && i < min(h->nr, HELD_MAX + 0U); i++)
		WARN(h->held[i].lock->rank >= lock->rank &&
			     is_first_warning(h->held[i].lock->rank, lock->rank),
		     "spinlock: the lock at %px, of rank %u, is taken inside of that at %px, of "
		     "rank %u, held since %pS\n",
		     lock, lock->rank, h->held[i].lock, h->held[i].lock->rank,
		     (void *)h->held[i].by);
}

static void debug_taken(const spinlock_t *lock, unsigned long by)
{
	struct held_locks *h = this_cpu_ptr(&held_locks);

	if (h->nr < HELD_MAX) {
		h->held[h->nr].lock = lock;
		h->held[h->nr].by = by;
	}
	WRITE_ONCE(h->nr, h->nr + 1);
}

/* Locks may go in another order than they came. */
static void debug_unlock(const spinlock_t *lock, u16 ticket, unsigned long ip)
{
	struct held_locks *h = this_cpu_ptr(&held_locks);
	unsigned int i = find_held((unsigned int)smp_processor_id(), lock);

	if (i == HELD_MAX && h->nr <= HELD_MAX)
		panic("spinlock: CPU#%d gives back the lock at %px, which it does not hold, at "
		      "%pS: ticket %u, next is %u",
		      smp_processor_id(), lock, (void *)ip, ticket, lock->next);
	for (; i + 1 < min(h->nr, HELD_MAX + 0U); i++)
		h->held[i] = h->held[i + 1];
	WRITE_ONCE(h->nr, h->nr - 1);
}

/* ---- The slow ways ---------------------------------------------------------------------- */

static void watch_taken(const spinlock_t *lock, unsigned long by)
{
	if (spin_watch & SPIN_WATCH_DEBUG)
		debug_taken(lock, by);
	if (spin_watch & SPIN_WATCH_COUNT)
		__this_cpu_inc(counts.taken);
}

/* A function that is called while this waits may wait for the log's lock. */
static void wait_watched(const spinlock_t *lock, u16 ticket)
{
	struct held_locks *h = this_cpu_ptr(&held_locks);
	const spinlock_t *outer = h->waits_for;

	WRITE_ONCE(h->waits_for, lock);
	wait_for_turn(lock, ticket);
	WRITE_ONCE(h->waits_for, outer);
}

void spin_lock_wait(spinlock_t *lock, u16 ticket, unsigned long ip)
{
	if (unlikely(spin_watch & SPIN_WATCH_DEBUG)) {
		debug_before(lock);
		wait_watched(lock, ticket);
	} else {
		wait_for_turn(lock, ticket);
	}
	if (unlikely(spin_watch))
		watch_taken(lock, ip);
}

bool spin_trylock_watched(spinlock_t *lock)
{
	u16 free = __atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE);

	if (!__atomic_compare_exchange_n(&lock->next, &free, (u16)(free + 1), false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	watch_taken(lock, _RET_IP_);
	return true;
}

void spin_unlock_watched(spinlock_t *lock, u16 ticket, unsigned long ip)
{
	if (spin_watch & SPIN_WATCH_DEBUG)
		debug_unlock(lock, ticket, ip);
}

const struct spin_counts *spin_counts(void)
{
	return this_cpu_ptr(&counts);
}
