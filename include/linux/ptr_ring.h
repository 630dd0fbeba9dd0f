/* SPDX-License-Identifier: MIT */
/*
 * A queue of pointers in a ring of fixed size, whose producers and consumers do not touch each
 * other's locks and, most of the time, each other's cache lines. An entry is free where it is NULL.
 *
 *              consumer_tail  consumer_head           producer
 *   queue   NULL  │  taken       │  a      b      c      │  NULL
 *
 * Invariants: no entry is NULL. What was taken is set to NULL for the producer a batch at a time,
 *             so that a ring may be full with up to a batch less than its size in it.
 * Locking:    producer_lock and consumer_lock, taken inside in this form of call or that: _irq
 *             with interrupts off, _any with these as they were, _bh as the plain one. __ptr_ring_*()
 *             take none: their caller holds the lock of that end, or is the only one there. Where
 *             both are held, consumer_lock comes first.
 * Units:      entries.
 * Failure:    -ENOSPC where the ring is full or has no entries, NULL where it is empty, -ENOMEM;
 *             nothing changed.
 * Source:     Linux's ptr_ring.h.
 */
#ifndef _LINUX_PTR_RING_H
#define _LINUX_PTR_RING_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct ptr_ring {
	int producer ____cacheline_aligned_in_smp; /* the next entry to fill */
	spinlock_t producer_lock;
	int consumer_head ____cacheline_aligned_in_smp; /* the next one to take */
	int consumer_tail; /* the oldest that was taken and is no NULL yet */
	spinlock_t consumer_lock;
	int size ____cacheline_aligned_in_smp; /* entries */
	int batch;			       /* that become NULL at once */
	void **queue;
};

/* ---- A ring's life ---------------------------------------------------------------------- */

/* @size entries, 0 for one that takes none. 0 or -ENOMEM. */
int ptr_ring_init(struct ptr_ring *r, int size, gfp_t gfp);

/* Frees the ring, and gives what is in it to @destroy unless that is NULL. Nobody uses it. */
void ptr_ring_cleanup(struct ptr_ring *r, void (*destroy)(void *));

/*
 * From now on @size entries; the oldest stay in it, those that do not fit go to @destroy, if any.
 * It is called with both locks held and interrupts off. 0 or -ENOMEM.
 */
int ptr_ring_resize(struct ptr_ring *r, int size, gfp_t gfp, void (*destroy)(void *));

/* The same of @nrings rings: all or none. */
int ptr_ring_resize_multiple(struct ptr_ring **rings, unsigned int nrings, int size, gfp_t gfp,
			     void (*destroy)(void *));

/*
 * Puts @n entries that were taken back before all others, in their order. Where there is no room
 * the first ones go to @destroy, with both locks held and interrupts off.
 */
void ptr_ring_unconsume(struct ptr_ring *r, void **batch, int n, void (*destroy)(void *));

/* ---- Without locks ---------------------------------------------------------------------- */

static inline bool __ptr_ring_full(struct ptr_ring *r)
{
	return READ_ONCE(r->queue[r->producer]);
}

/* What @ptr points to is seen before @ptr is. */
static inline int __ptr_ring_produce(struct ptr_ring *r, void *ptr)
{
	if (unlikely(!r->size) || __ptr_ring_full(r))
		return -ENOSPC;
	smp_store_release(&r->queue[r->producer], ptr);
	if (unlikely(++r->producer >= r->size))
		r->producer = 0;
	return 0;
}

/* The next entry, which stays. */
static inline void *__ptr_ring_peek(struct ptr_ring *r)
{
	return likely(r->size) ? READ_ONCE(r->queue[r->consumer_head]) : NULL;
}

/* May be asked without any lock while the ring is not resized; then it is a guess. */
static inline bool __ptr_ring_empty(struct ptr_ring *r)
{
	return unlikely(!r->size) || !READ_ONCE(r->queue[READ_ONCE(r->consumer_head)]);
}

/* Takes the next entry, which is there. */
void __ptr_ring_discard_one(struct ptr_ring *r);

static inline void *__ptr_ring_consume(struct ptr_ring *r)
{
	void *ptr = __ptr_ring_peek(r);

	if (ptr)
		__ptr_ring_discard_one(r);
	return ptr;
}

/* Up to @n entries; their number. */
static inline int __ptr_ring_consume_batched(struct ptr_ring *r, void **array, int n)
{
	int i = 0;

	while (i < n && (array[i] = __ptr_ring_consume(r)))
		i++;
	return i;
}

/* ---- With them: ptr_ring_X(), ptr_ring_X_irq(), ptr_ring_X_any(), ptr_ring_X_bh() -------- */

#define __PTR_RING_LOCKED(type, name, end, take, drop, what, ...)  \
	static inline type name(struct ptr_ring *r, ##__VA_ARGS__) \
	{                                                          \
		unsigned long flags __maybe_unused;                \
		type result;                                       \
		take(&r->end##_lock, flags);                       \
		result = what;                                     \
		drop(&r->end##_lock, flags);                       \
		return result;                                     \
	}
#define __ptr_ring_lock(lock, flags)	   spin_lock(lock)
#define __ptr_ring_unlock(lock, flags)	   spin_unlock(lock)
#define __ptr_ring_lock_irq(lock, flags)   spin_lock_irq(lock)
#define __ptr_ring_unlock_irq(lock, flags) spin_unlock_irq(lock)
#define __ptr_ring_lock_bh(lock, flags)	   spin_lock_bh(lock)
#define __ptr_ring_unlock_bh(lock, flags)  spin_unlock_bh(lock)

#define __PTR_RING_FORMS(type, name, end, what, ...)                                               \
	__PTR_RING_LOCKED(type, name, end, __ptr_ring_lock, __ptr_ring_unlock, what,               \
			  ##__VA_ARGS__)                                                           \
	__PTR_RING_LOCKED(type, name##_irq, end, __ptr_ring_lock_irq, __ptr_ring_unlock_irq, what, \
			  ##__VA_ARGS__)                                                           \
	__PTR_RING_LOCKED(type, name##_any, end, spin_lock_irqsave, spin_unlock_irqrestore, what,  \
			  ##__VA_ARGS__)                                                           \
	__PTR_RING_LOCKED(type, name##_bh, end, __ptr_ring_lock_bh, __ptr_ring_unlock_bh, what,    \
			  ##__VA_ARGS__)

__PTR_RING_FORMS(bool, ptr_ring_full, producer, __ptr_ring_full(r))
__PTR_RING_FORMS(int, ptr_ring_produce, producer, __ptr_ring_produce(r, ptr), void *ptr)
__PTR_RING_FORMS(bool, ptr_ring_empty, consumer, __ptr_ring_empty(r))
__PTR_RING_FORMS(void *, ptr_ring_consume, consumer, __ptr_ring_consume(r))
__PTR_RING_FORMS(int, ptr_ring_consume_batched, consumer, __ptr_ring_consume_batched(r, array, n),
		 void **array, int n)

/* What @f says of the next entry, or of NULL; under the consumers' lock. */
#define __PTR_RING_PEEK_CALL(r, f) ((f)(__ptr_ring_peek(r)))
#define __PTR_RING_PEEK(r, f, take, drop)             \
	({                                            \
		unsigned long __flags __maybe_unused; \
		__typeof__((f)(NULL)) __said;         \
		take(&(r)->consumer_lock, __flags);   \
		__said = __PTR_RING_PEEK_CALL(r, f);  \
		drop(&(r)->consumer_lock, __flags);   \
		__said;                               \
	})
#define PTR_RING_PEEK_CALL(r, f) __PTR_RING_PEEK(r, f, __ptr_ring_lock, __ptr_ring_unlock)
#define PTR_RING_PEEK_CALL_IRQ(r, f) \
	__PTR_RING_PEEK(r, f, __ptr_ring_lock_irq, __ptr_ring_unlock_irq)
#define PTR_RING_PEEK_CALL_BH(r, f) __PTR_RING_PEEK(r, f, __ptr_ring_lock_bh, __ptr_ring_unlock_bh)
#define PTR_RING_PEEK_CALL_ANY(r, f) \
	__PTR_RING_PEEK(r, f, spin_lock_irqsave, spin_unlock_irqrestore)

#endif /* _LINUX_PTR_RING_H */
