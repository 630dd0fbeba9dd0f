/* SPDX-License-Identifier: MIT */
/*
 * Data that is read without a lock, and read again where somebody wrote meanwhile.
 *
 *   reader   do { seq = read_seqbegin(&sl); copy... } while (read_seqretry(&sl, seq));
 *   writer   write_seqlock(&sl); change...; write_sequnlock(&sl);
 *
 * Invariants: the sequence is odd while somebody writes.
 * Locking:    writers of a seqlock_t: its spinlock, taken here; of a seqcount_t, the user's.
 *             Readers never make a writer wait. What is read may be torn until the sequence says
 *             that it is not, so no pointer of it is followed before.
 * Failure:    none. A reader waits for as long as somebody writes.
 * Source:     Linux's seqlock.h. A seqcount_t that belongs to a lock is one without: nothing looks
 *             whether that is held.
 */
#ifndef _LINUX_SEQLOCK_H
#define _LINUX_SEQLOCK_H

#include <linux/compiler.h>
#include <linux/kcsan-checks.h>
#include <linux/mutex.h>
#include <linux/rwlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <asm/arch.h>
#include <asm/barrier.h>

typedef struct seqcount {
	unsigned int sequence;
} seqcount_t;

typedef seqcount_t seqcount_spinlock_t;
typedef seqcount_t seqcount_raw_spinlock_t;
typedef seqcount_t seqcount_rwlock_t;
typedef seqcount_t seqcount_mutex_t;

/* clang-format off */
#define SEQCNT_ZERO(name)		     {.sequence = 0}
/* clang-format on */
#define SEQCNT_SPINLOCK_ZERO(name, lock)     SEQCNT_ZERO(name)
#define SEQCNT_RAW_SPINLOCK_ZERO(name, lock) SEQCNT_ZERO(name)
#define SEQCNT_RWLOCK_ZERO(name, lock)	     SEQCNT_ZERO(name)
#define SEQCNT_MUTEX_ZERO(name, lock)	     SEQCNT_ZERO(name)

#define seqcount_init(s)		    ((void)((s)->sequence = 0))
#define seqcount_spinlock_init(s, lock)	    ((void)(lock), seqcount_init(s))
#define seqcount_raw_spinlock_init(s, lock) ((void)(lock), seqcount_init(s))
#define seqcount_rwlock_init(s, lock)	    ((void)(lock), seqcount_init(s))
#define seqcount_mutex_init(s, lock)	    ((void)(lock), seqcount_init(s))

/* ---- Counts: readers ------------------------------------------------------------------------- */

/* Waits until nobody writes; the raw_ form does not, and may be odd. */
static inline unsigned int raw_read_seqcount(const seqcount_t *s)
{
	return __atomic_load_n(&s->sequence, __ATOMIC_ACQUIRE);
}

static inline unsigned int read_seqcount_begin(const seqcount_t *s)
{
	unsigned int seq;

	while ((seq = raw_read_seqcount(s)) & 1)
		cpu_relax();
	return seq;
}
#define __read_seqcount_begin(s)   read_seqcount_begin(s)
#define raw_read_seqcount_begin(s) read_seqcount_begin(s)

/* For who has another way than to wait: a reader that began while somebody wrote fails. */
static inline unsigned int raw_seqcount_begin(const seqcount_t *s)
{
	return raw_read_seqcount(s) & ~1U;
}

/* Has somebody written since? */
static inline int read_seqcount_retry(const seqcount_t *s, unsigned int start)
{
	smp_rmb();
	return unlikely(READ_ONCE(s->sequence) != start);
}
#define __read_seqcount_retry(s, start) read_seqcount_retry(s, start)

/* ---- Counts: writers, one at a time ----------------------------------------------------------- */

static inline void write_seqcount_begin(seqcount_t *s)
{
	WRITE_ONCE(s->sequence, s->sequence + 1);
	smp_wmb();
}

static inline void write_seqcount_end(seqcount_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->sequence, s->sequence + 1);
}
#define raw_write_seqcount_begin(s)		 write_seqcount_begin(s)
#define raw_write_seqcount_end(s)		 write_seqcount_end(s)
#define write_seqcount_begin_nested(s, subclass) write_seqcount_begin(s)

/* Readers that have begun read again, though nobody writes. */
static inline void write_seqcount_invalidate(seqcount_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->sequence, s->sequence + 2);
}

/* What was written before is not seen after what is written next by who began between. */
static inline void raw_write_seqcount_barrier(seqcount_t *s)
{
	WRITE_ONCE(s->sequence, s->sequence + 1);
	smp_wmb();
	WRITE_ONCE(s->sequence, s->sequence + 1);
}

/* ---- Two copies, of which readers have the one that nobody writes ------------------------------ */

typedef struct {
	seqcount_t seqcount;
} seqcount_latch_t;

/* clang-format off */
#define SEQCNT_LATCH_ZERO(name) {.seqcount = SEQCNT_ZERO((name).seqcount)}
/* clang-format on */
#define seqcount_latch_init(s) seqcount_init(&(s)->seqcount)

/* Its lowest bit is the copy to read. */
static inline unsigned int raw_read_seqcount_latch(const seqcount_latch_t *s)
{
	return raw_read_seqcount(&s->seqcount);
}
#define read_seqcount_latch(s) raw_read_seqcount_latch(s)

static inline int read_seqcount_latch_retry(const seqcount_latch_t *s, unsigned int start)
{
	return read_seqcount_retry(&s->seqcount, start);
}
#define raw_read_seqcount_latch_retry(s, start) read_seqcount_latch_retry(s, start)

/* Readers go to the other copy: before the first, and again before the second is written. */
static inline void raw_write_seqcount_latch(seqcount_latch_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->seqcount.sequence, s->seqcount.sequence + 1);
	smp_wmb();
}
#define write_seqcount_latch_begin(s) raw_write_seqcount_latch(s)
#define write_seqcount_latch(s)	      raw_write_seqcount_latch(s)
#define write_seqcount_latch_end(s)   ((void)(s))

/* ---- Counts with a lock for writers -------------------------------------------------------------- */

typedef struct {
	seqcount_t seqcount;
	spinlock_t lock;
} seqlock_t;

/* clang-format off */
#define __SEQLOCK_UNLOCKED(name) \
	{.seqcount = SEQCNT_ZERO((name).seqcount), .lock = __SPIN_LOCK_UNLOCKED((name).lock)}
/* clang-format on */
#define DEFINE_SEQLOCK(name) seqlock_t name = __SEQLOCK_UNLOCKED(name)
#define seqlock_init(sl)     (seqcount_init(&(sl)->seqcount), spin_lock_init(&(sl)->lock))

static inline unsigned int read_seqbegin(const seqlock_t *sl)
{
	return read_seqcount_begin(&sl->seqcount);
}

static inline unsigned int read_seqretry(const seqlock_t *sl, unsigned int start)
{
	return (unsigned int)read_seqcount_retry(&sl->seqcount, start);
}

static inline void write_seqlock(seqlock_t *sl)
{
	spin_lock(&sl->lock);
	write_seqcount_begin(&sl->seqcount);
}

static inline void write_sequnlock(seqlock_t *sl)
{
	write_seqcount_end(&sl->seqcount);
	spin_unlock(&sl->lock);
}
#define write_seqlock_bh(sl)		      write_seqlock(sl)
#define write_sequnlock_bh(sl)		      write_sequnlock(sl)
#define write_seqlock_irq(sl)		      (local_irq_disable(), write_seqlock(sl))
#define write_sequnlock_irq(sl)		      (write_sequnlock(sl), local_irq_enable())
#define write_seqlock_irqsave(sl, flags)      (local_irq_save(flags), write_seqlock(sl))
#define write_sequnlock_irqrestore(sl, flags) (write_sequnlock(sl), local_irq_restore(flags))

/* A reader who keeps writers out: nobody reads again for it. */
#define read_seqlock_excl(sl)			  spin_lock(&(sl)->lock)
#define read_sequnlock_excl(sl)			  spin_unlock(&(sl)->lock)
#define read_seqlock_excl_bh(sl)		  spin_lock_bh(&(sl)->lock)
#define read_sequnlock_excl_bh(sl)		  spin_unlock_bh(&(sl)->lock)
#define read_seqlock_excl_irq(sl)		  spin_lock_irq(&(sl)->lock)
#define read_sequnlock_excl_irq(sl)		  spin_unlock_irq(&(sl)->lock)
#define read_seqlock_excl_irqsave(sl, flags)	  spin_lock_irqsave(&(sl)->lock, flags)
#define read_sequnlock_excl_irqrestore(sl, flags) spin_unlock_irqrestore(&(sl)->lock, flags)

/* Without the lock where *@seq is even, and then *@seq is what to compare with; else with it. */
static inline void read_seqbegin_or_lock(seqlock_t *sl, int *seq)
{
	if (*seq & 1)
		read_seqlock_excl(sl);
	else
		*seq = (int)read_seqbegin(sl);
}

static inline int need_seqretry(seqlock_t *sl, int seq)
{
	return !(seq & 1) && read_seqretry(sl, (unsigned int)seq);
}

static inline void done_seqretry(seqlock_t *sl, int seq)
{
	if (seq & 1)
		read_sequnlock_excl(sl);
}

/* The same with interrupts off while the lock is held; @flags is what the first form gave. */
static inline unsigned long read_seqbegin_or_lock_irqsave(seqlock_t *sl, int *seq)
{
	unsigned long flags = 0;

	if (*seq & 1)
		read_seqlock_excl_irqsave(sl, flags);
	else
		*seq = (int)read_seqbegin(sl);
	return flags;
}

static inline void done_seqretry_irqrestore(seqlock_t *sl, int seq, unsigned long flags)
{
	if (seq & 1)
		read_sequnlock_excl_irqrestore(sl, flags);
}

#endif /* _LINUX_SEQLOCK_H */
