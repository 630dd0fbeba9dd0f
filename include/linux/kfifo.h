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
 * Or of records: bytes of any length, which are put and taken as a whole. In front of each stands
 * how many they are, in one byte or in two. The elements are bytes then.
 *
 *   | 3 a b c | 1 x | 0 | 5 ...       STRUCT_KFIFO_REC_1(1024) log;
 *                                     struct kfifo_rec_ptr_1 log;     by kfifo_alloc()
 *
 * Owns:       what kfifo_alloc() took.
 * Invariants: in - out is the number of elements, at most the size.
 * Lifetime:   from INIT_KFIFO(), kfifo_init() or kfifo_alloc(), to kfifo_free() after the last.
 * Locking:    none where one CPU puts and one takes; else the user's, or the forms with a lock.
 * Units:      elements; bytes of records, and for DMA.
 * Failure:    0 elements, -ENOMEM, -EINVAL. Records that are longer than their length's field
 *             can say are refused.
 * Source:     Linux 6.1's kfifo.h, less what copies from and to users.
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

/* Fields without bytes say what an element is, and how many bytes a record's length has. */
#define __STRUCT_KFIFO(type, places, recsize) \
	{                                     \
		struct __kfifo kfifo;         \
		type *ptr[0];                 \
		char(*rectype[0])[recsize];   \
		type buf[places];             \
	}
#define __KFIFO_PLACES(size)	 ((size) < 2 || ((size) & ((size)-1)) ? -1 : (size))
#define STRUCT_KFIFO(type, size) struct __STRUCT_KFIFO(type, __KFIFO_PLACES(size), 0)
#define STRUCT_KFIFO_PTR(type)	 struct __STRUCT_KFIFO(type, 0, 0)
#define STRUCT_KFIFO_REC_1(size) struct __STRUCT_KFIFO(unsigned char, __KFIFO_PLACES(size), 1)
#define STRUCT_KFIFO_REC_2(size) struct __STRUCT_KFIFO(unsigned char, __KFIFO_PLACES(size), 2)

struct kfifo __STRUCT_KFIFO(unsigned char, 0, 0);
struct kfifo_rec_ptr_1 __STRUCT_KFIFO(unsigned char, 0, 1);
struct kfifo_rec_ptr_2 __STRUCT_KFIFO(unsigned char, 0, 2);

#define DECLARE_KFIFO(fifo, type, size) STRUCT_KFIFO(type, size) fifo
#define DECLARE_KFIFO_PTR(fifo, type)	STRUCT_KFIFO_PTR(type) fifo

#define __kfifo_element(fifo) __typeof__(*(fifo)->ptr[0])
#define __kfifo_places(fifo)  (sizeof((fifo)->buf) / sizeof(__kfifo_element(fifo)))

/* Of one with its places in it; of one without, no places yet. */
/* clang-format off */
#define __KFIFO_INIT(fifo)                                                                     \
	{.mask = (unsigned int)(__kfifo_places(&(fifo)) ? __kfifo_places(&(fifo)) - 1 : 0),    \
	 .esize = sizeof(__kfifo_element(&(fifo))),                                            \
	 .data = __kfifo_places(&(fifo)) ? (void *)(fifo).buf : NULL}
#define INIT_KFIFO(fifo) ((void)((fifo).kfifo = (struct __kfifo)__KFIFO_INIT(fifo)))
#define DEFINE_KFIFO(fifo, type, size) \
	DECLARE_KFIFO(fifo, type, size) = {.kfifo = __KFIFO_INIT(fifo)}
/* clang-format on */

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
#define kfifo_recsize(fifo)	sizeof(**(fifo)->rectype)
#define kfifo_size(fifo)	((fifo)->kfifo.mask + 1)
#define kfifo_len(fifo)		((fifo)->kfifo.in - (fifo)->kfifo.out)
#define kfifo_is_empty(fifo)	((fifo)->kfifo.in == (fifo)->kfifo.out)
#define kfifo_is_full(fifo)	(kfifo_len(fifo) > (fifo)->kfifo.mask)
/* Elements that there is room for; the longest record. */
#define kfifo_avail(fifo)                                                           \
	(kfifo_recsize(fifo) ? __kfifo_avail_r(&(fifo)->kfifo, kfifo_recsize(fifo)) \
			     : kfifo_size(fifo) - kfifo_len(fifo))
unsigned int __kfifo_avail_r(const struct __kfifo *fifo, size_t recsize);

/* Bytes of all elements; of the next record. */
#define kfifo_peek_len(fifo)                                                      \
	(kfifo_recsize(fifo) ? __kfifo_len_r(&(fifo)->kfifo, kfifo_recsize(fifo)) \
			     : kfifo_len(fifo) * (unsigned int)sizeof(__kfifo_element(fifo)))
unsigned int __kfifo_len_r(const struct __kfifo *fifo, size_t recsize);

/* Forgets all elements; the second form, by who takes them. */
#define kfifo_reset(fifo)     ((void)((fifo)->kfifo.in = (fifo)->kfifo.out = 0))
#define kfifo_reset_out(fifo) ((void)((fifo)->kfifo.out = (fifo)->kfifo.in))

/* ---- Putting and taking ------------------------------------------------------------------------ */

/* As many of @n elements as there are places for, or elements. How many. */
unsigned int __kfifo_in(struct __kfifo *fifo, const void *buf, unsigned int n);
unsigned int __kfifo_out(struct __kfifo *fifo, void *buf, unsigned int n);
unsigned int __kfifo_out_peek(struct __kfifo *fifo, void *buf, unsigned int n);

/*
 * One record of @n bytes, if there is room for all of it; up to @n bytes of the next one, of
 * which the rest is lost. Bytes.
 */
unsigned int __kfifo_in_r(struct __kfifo *fifo, const void *buf, unsigned int n, size_t recsize);
unsigned int __kfifo_out_r(struct __kfifo *fifo, void *buf, unsigned int n, size_t recsize);
unsigned int __kfifo_out_peek_r(struct __kfifo *fifo, void *buf, unsigned int n, size_t recsize);
void __kfifo_skip_r(struct __kfifo *fifo, size_t recsize);

#define __kfifo_call(call, fifo, buf, n)                                             \
	(kfifo_recsize(fifo) ? call##_r(&(fifo)->kfifo, buf, n, kfifo_recsize(fifo)) \
			     : call(&(fifo)->kfifo, buf, n))
#define kfifo_in(fifo, buf, n)	     __kfifo_call(__kfifo_in, fifo, buf, n)
#define kfifo_out(fifo, buf, n)	     __kfifo_call(__kfifo_out, fifo, buf, n)
#define kfifo_out_peek(fifo, buf, n) __kfifo_call(__kfifo_out_peek, fifo, buf, n)

/* One element, or a record of its bytes: how many were put, or taken; peek leaves it there. */
#define kfifo_put(fifo, val)                                                                   \
	({                                                                                     \
		const __kfifo_element(fifo) __val = (val);                                     \
		kfifo_in(fifo, &__val, kfifo_recsize(fifo) ? (unsigned int)sizeof(__val) : 1); \
	})
#define __kfifo_one(call, fifo, val)                                                     \
	({                                                                               \
		__typeof__((fifo)->ptr[0]) __to = (val);                                 \
		call(fifo, __to, kfifo_recsize(fifo) ? (unsigned int)sizeof(*__to) : 1); \
	})
#define kfifo_get(fifo, val)  __kfifo_one(kfifo_out, fifo, val)
#define kfifo_peek(fifo, val) __kfifo_one(kfifo_out_peek, fifo, val)

/* The next element, or record, is lost. */
#define kfifo_skip(fifo)                                                                           \
	((void)(kfifo_recsize(fifo)    ? (__kfifo_skip_r(&(fifo)->kfifo, kfifo_recsize(fifo)), 0u) \
		: kfifo_is_empty(fifo) ? 0u                                                        \
				       : (fifo)->kfifo.out++))

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
#define kfifo_is_empty_spinlocked_noirqsave(fifo, lock) \
	({                                              \
		bool __empty;                           \
		spin_lock(lock);                        \
		__empty = kfifo_is_empty(fifo);         \
		spin_unlock(lock);                      \
		__empty;                                \
	})
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

/* ---- Devices that put and take themselves ------------------------------------------------------- */

struct scatterlist;

/*
 * Where up to @len elements, or a record of @len bytes, have room; where there are that many, or
 * the next record lies: as pieces of memory in at most @nents entries of @sgl, none of which is
 * marked as the last. How many entries; 0: there is nothing. The places are in the direct map.
 */
unsigned int __kfifo_dma_in_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents,
				    unsigned int len);
unsigned int __kfifo_dma_out_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents,
				     unsigned int len);
unsigned int __kfifo_dma_in_prepare_r(struct __kfifo *fifo, struct scatterlist *sgl, int nents,
				      unsigned int len, size_t recsize);
unsigned int __kfifo_dma_out_prepare_r(struct __kfifo *fifo, struct scatterlist *sgl, int nents,
				       unsigned int len, size_t recsize);
void __kfifo_dma_in_finish_r(struct __kfifo *fifo, unsigned int len, size_t recsize);

#define kfifo_dma_in_prepare(fifo, sgl, nents, len)                                               \
	(kfifo_recsize(fifo)                                                                      \
		 ? __kfifo_dma_in_prepare_r(&(fifo)->kfifo, sgl, nents, len, kfifo_recsize(fifo)) \
		 : __kfifo_dma_in_prepare(&(fifo)->kfifo, sgl, nents, len))
#define kfifo_dma_out_prepare(fifo, sgl, nents, len)                                               \
	(kfifo_recsize(fifo)                                                                       \
		 ? __kfifo_dma_out_prepare_r(&(fifo)->kfifo, sgl, nents, len, kfifo_recsize(fifo)) \
		 : __kfifo_dma_out_prepare(&(fifo)->kfifo, sgl, nents, len))

/* The device has put @len bytes there, or has taken them: of records, one of that length. */
#define kfifo_dma_in_finish(fifo, len)                                                            \
	((void)(kfifo_recsize(fifo)                                                               \
			? (__kfifo_dma_in_finish_r(&(fifo)->kfifo, len, kfifo_recsize(fifo)), 0u) \
			: ((fifo)->kfifo.in +=                                                    \
			   (len) / (unsigned int)sizeof(__kfifo_element(fifo)))))
#define kfifo_dma_out_finish(fifo, len)                                                         \
	((void)(kfifo_recsize(fifo) ? (__kfifo_skip_r(&(fifo)->kfifo, kfifo_recsize(fifo)), 0u) \
				    : ((fifo)->kfifo.out +=                                     \
				       (len) / (unsigned int)sizeof(__kfifo_element(fifo)))))

/* What comes with this header on Linux. */
#include <linux/scatterlist.h>

#endif /* _LINUX_KFIFO_H */
