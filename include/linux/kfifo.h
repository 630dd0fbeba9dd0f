/* SPDX-License-Identifier: MIT */
/*
 * Queues of elements in a ring, the number of its places a power of two.
 *
 *   data  | e3 | e4 |    |    | e0 | e1 | e2 |...      places: in and out modulo the size
 *                   in ─►       out ─►
 *
 *   DECLARE_KFIFO(fifo, struct event, 16);        with its places in it
 *   DECLARE_KFIFO_PTR(fifo, struct event);        with places by kfifo_alloc()
 *
 * Owns:       what kfifo_alloc() took.
 * Invariants: in - out is the number of elements, at most the size.
 * Lifetime:   from INIT_KFIFO(), kfifo_init() or kfifo_alloc(), to kfifo_free() after the last.
 * Locking:    none where one CPU puts and one takes; else the user's, or the forms with a lock.
 * Units:      elements; bytes where they are bytes.
 * Failure:    0 elements, -ENOMEM, -EINVAL.
 * Source:     Linux 6.1's kfifo.h, less records (struct kfifo_rec_ptr_1), users, and DMA.
 */
#ifndef _LINUX_KFIFO_H
#define _LINUX_KFIFO_H

#include <linux/array_size.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct __kfifo {
	unsigned int in, out; /* elements, ever */
	unsigned int mask;    /* places less one */
	unsigned int esize;   /* bytes */
	void *data;
};

/* The last field has no bytes: it says what an element is, and where its places are. */
#define __STRUCT_KFIFO(type, places)  \
	{                             \
		struct __kfifo kfifo; \
		type *ptr[0];         \
		type buf[places];     \
	}
#define STRUCT_KFIFO(type, size) struct __STRUCT_KFIFO(type, size)
#define STRUCT_KFIFO_PTR(type)	 struct __STRUCT_KFIFO(type, 0)

struct kfifo __STRUCT_KFIFO(unsigned char, 0);

#define DECLARE_KFIFO(fifo, type, size) STRUCT_KFIFO(type, size) fifo
#define DECLARE_KFIFO_PTR(fifo, type)	STRUCT_KFIFO_PTR(type) fifo

#define __kfifo_element(fifo) __typeof__(*(fifo)->ptr[0])
#define __kfifo_places(fifo)  (sizeof((fifo)->buf) / sizeof(__kfifo_element(fifo)))

/* Of one with its places in it; of one without, no places yet. */
#define INIT_KFIFO(fifo)                                                             \
	((void)((fifo).kfifo = (struct __kfifo){                                     \
			.mask = (unsigned int)(__kfifo_places(&(fifo))               \
						       ? __kfifo_places(&(fifo)) - 1 \
						       : 0),                         \
			.esize = sizeof(__kfifo_element(&(fifo))),                   \
			.data = __kfifo_places(&(fifo)) ? (void *)(fifo).buf : NULL}))

/* ---- Places ------------------------------------------------------------------------------- */

int __kfifo_alloc(struct __kfifo *fifo, unsigned int size, size_t esize, gfp_t gfp_mask);
void __kfifo_free(struct __kfifo *fifo);
int __kfifo_init(struct __kfifo *fifo, void *buffer, unsigned int size, size_t esize);

/* At least @size places, a power of two. 0; -EINVAL: fewer than 2; -ENOMEM. */
#define kfifo_alloc(fifo, size, gfp_mask) \
	__kfifo_alloc(&(fifo)->kfifo, size, sizeof(__kfifo_element(fifo)), gfp_mask)
#define kfifo_free(fifo) __kfifo_free(&(fifo)->kfifo)

/* The same in @size bytes of the caller's: as many as are a power of two. 0 or -EINVAL. */
#define kfifo_init(fifo, buffer, size) \
	__kfifo_init(&(fifo)->kfifo, buffer, size, sizeof(__kfifo_element(fifo)))

/* ---- Asking -------------------------------------------------------------------------------- */

#define kfifo_initialized(fifo) ((fifo)->kfifo.mask != 0)
#define kfifo_esize(fifo)	((fifo)->kfifo.esize)
#define kfifo_recsize(fifo)	0u
#define kfifo_size(fifo)	((fifo)->kfifo.mask + 1)
#define kfifo_len(fifo)		((fifo)->kfifo.in - (fifo)->kfifo.out)
#define kfifo_is_empty(fifo)	((fifo)->kfifo.in == (fifo)->kfifo.out)
#define kfifo_is_full(fifo)	(kfifo_len(fifo) > (fifo)->kfifo.mask)
#define kfifo_avail(fifo)	(kfifo_size(fifo) - kfifo_len(fifo))

/* Forgets all elements; the second form, by who takes them. */
#define kfifo_reset(fifo)     ((void)((fifo)->kfifo.in = (fifo)->kfifo.out = 0))
#define kfifo_reset_out(fifo) ((void)((fifo)->kfifo.out = (fifo)->kfifo.in))

/* ---- Putting and taking ------------------------------------------------------------------------ */

/* As many of @n elements as there are places for, or elements. How many. */
unsigned int __kfifo_in(struct __kfifo *fifo, const void *buf, unsigned int n);
unsigned int __kfifo_out(struct __kfifo *fifo, void *buf, unsigned int n);
unsigned int __kfifo_out_peek(struct __kfifo *fifo, void *buf, unsigned int n);

#define kfifo_in(fifo, buf, n)	     __kfifo_in(&(fifo)->kfifo, buf, n)
#define kfifo_out(fifo, buf, n)	     __kfifo_out(&(fifo)->kfifo, buf, n)
#define kfifo_out_peek(fifo, buf, n) __kfifo_out_peek(&(fifo)->kfifo, buf, n)

/* One element: how many were put, or taken; peek leaves it there, skip loses it. */
#define kfifo_put(fifo, val)                               \
	({                                                 \
		const __kfifo_element(fifo) __val = (val); \
		__kfifo_in(&(fifo)->kfifo, &__val, 1);     \
	})
#define __kfifo_one(call, fifo, val)                     \
	({                                               \
		__typeof__((fifo)->ptr[0]) __to = (val); \
		call(&(fifo)->kfifo, __to, 1);           \
	})
#define kfifo_get(fifo, val)  __kfifo_one(__kfifo_out, fifo, val)
#define kfifo_peek(fifo, val) __kfifo_one(__kfifo_out_peek, fifo, val)
#define kfifo_skip(fifo)      ((void)(kfifo_is_empty(fifo) ? 0u : (fifo)->kfifo.out++))
#define kfifo_peek_len(fifo)  (kfifo_is_empty(fifo) ? 0u : kfifo_esize(fifo))

/* ---- The same under a lock ----------------------------------------------------------------------- */

#define __kfifo_locked(lock, call)                     \
	({                                             \
		unsigned long __flags;                 \
		unsigned int __n;                      \
		spin_lock_irqsave(lock, __flags);      \
		__n = call;                            \
		spin_unlock_irqrestore(lock, __flags); \
		__n;                                   \
	})
#define kfifo_in_spinlocked(fifo, buf, n, lock)	 __kfifo_locked(lock, kfifo_in(fifo, buf, n))
#define kfifo_out_spinlocked(fifo, buf, n, lock) __kfifo_locked(lock, kfifo_out(fifo, buf, n))
#define kfifo_in_locked(fifo, buf, n, lock)	 kfifo_in_spinlocked(fifo, buf, n, lock)
#define kfifo_out_locked(fifo, buf, n, lock)	 kfifo_out_spinlocked(fifo, buf, n, lock)
#define kfifo_is_empty_spinlocked(fifo, lock)	 __kfifo_locked(lock, kfifo_is_empty(fifo))
#define kfifo_in_spinlocked_noirqsave(fifo, buf, n, lock) \
	({                                                \
		unsigned int __n;                         \
		spin_lock(lock);                          \
		__n = kfifo_in(fifo, buf, n);             \
		spin_unlock(lock);                        \
		__n;                                      \
	})
#define kfifo_out_spinlocked_noirqsave(fifo, buf, n, lock) \
	({                                                 \
		unsigned int __n;                          \
		spin_lock(lock);                           \
		__n = kfifo_out(fifo, buf, n);             \
		spin_unlock(lock);                         \
		__n;                                       \
	})

#endif /* _LINUX_KFIFO_H */
