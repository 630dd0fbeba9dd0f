// SPDX-License-Identifier: MIT
/* Records in a ring, and rings that devices put into and take from. Contract: linux/kfifo.h. */
#include <linux/kfifo.h>

#include <linux/minmax.h>
#include <linux/scatterlist.h>
#include <asm/barrier.h>

#include "kfifo.h"

/* ---- Records ------------------------------------------------------------------------------ */

static unsigned int bytes_free(const struct __kfifo *fifo)
{
	return fifo->data ? fifo->mask + 1 - (fifo->in - smp_load_acquire(&fifo->out)) : 0;
}

/* The most that a length's field can say. */
static unsigned int longest(size_t recsize)
{
	return (1U << 8 * recsize) - 1;
}

static bool has_room(const struct __kfifo *fifo, unsigned int n, size_t recsize)
{
	return n <= longest(recsize) && n + recsize <= bytes_free(fifo);
}

/* The length of the next record, of which there is one; the lowest byte of it comes first. */
static unsigned int length_of_next(const struct __kfifo *fifo, size_t recsize)
{
	unsigned char length[2] = {0, 0};

	kfifo_copy_out(fifo, length, (unsigned int)recsize, fifo->out);
	return length[0] | (unsigned int)length[1] << 8;
}

static bool there_is_one(const struct __kfifo *fifo)
{
	return smp_load_acquire(&fifo->in) != fifo->out;
}

unsigned int __kfifo_avail_r(const struct __kfifo *fifo, size_t recsize)
{
	unsigned int room = bytes_free(fifo), length = (unsigned int)recsize;

	return room <= length ? 0 : min(room - length, longest(recsize));
}

unsigned int __kfifo_len_r(const struct __kfifo *fifo, size_t recsize)
{
	return there_is_one(fifo) ? length_of_next(fifo, recsize) : 0;
}

void __kfifo_dma_in_finish_r(struct __kfifo *fifo, unsigned int len, size_t recsize)
{
	const unsigned char length[2] = {(unsigned char)len, (unsigned char)(len >> 8)};

	kfifo_copy_in(fifo, length, (unsigned int)recsize, fifo->in);
	smp_store_release(&fifo->in, fifo->in + (unsigned int)recsize + len);
}

unsigned int __kfifo_in_r(struct __kfifo *fifo, const void *buf, unsigned int n, size_t recsize)
{
	if (!has_room(fifo, n, recsize))
		return 0;
	kfifo_copy_in(fifo, buf, n, fifo->in + (unsigned int)recsize);
	__kfifo_dma_in_finish_r(fifo, n, recsize);
	return n;
}

unsigned int __kfifo_out_peek_r(struct __kfifo *fifo, void *buf, unsigned int n, size_t recsize)
{
	n = min(n, __kfifo_len_r(fifo, recsize));
	if (n)
		kfifo_copy_out(fifo, buf, n, fifo->out + (unsigned int)recsize);
	return n;
}

void __kfifo_skip_r(struct __kfifo *fifo, size_t recsize)
{
	unsigned int length;

	if (!there_is_one(fifo))
		return;
	length = length_of_next(fifo, recsize);
	smp_store_release(&fifo->out, fifo->out + (unsigned int)recsize + length);
}

unsigned int __kfifo_out_r(struct __kfifo *fifo, void *buf, unsigned int n, size_t recsize)
{
	n = __kfifo_out_peek_r(fifo, buf, n, recsize);
	__kfifo_skip_r(fifo, recsize);
	return n;
}

/* ---- Devices -------------------------------------------------------------------------------- */

/* The @n places from @index on in at most @nents entries: one, or two where they go round. */
static unsigned int places_in_list(const struct __kfifo *fifo, struct scatterlist *sgl, int nents,
				   unsigned int n, unsigned int index)
{
	unsigned int at = index & fifo->mask, before = min(n, fifo->mask + 1 - at);
	struct scatterlist *second;

	if (!n || nents < 1)
		return 0;
	sg_set_buf(sgl, (char *)fifo->data + (size_t)at * fifo->esize, before * fifo->esize);
	second = n > before && nents > 1 ? sg_next(sgl) : NULL;
	if (!second)
		return 1;
	sg_set_buf(second, fifo->data, (n - before) * fifo->esize);
	return 2;
}

unsigned int __kfifo_dma_in_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents,
				    unsigned int len)
{
	return places_in_list(fifo, sgl, nents, min(len, bytes_free(fifo)), fifo->in);
}

unsigned int __kfifo_dma_out_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents,
				     unsigned int len)
{
	unsigned int there = smp_load_acquire(&fifo->in) - fifo->out;

	return places_in_list(fifo, sgl, nents, min(len, there), fifo->out);
}

unsigned int __kfifo_dma_in_prepare_r(struct __kfifo *fifo, struct scatterlist *sgl, int nents,
				      unsigned int len, size_t recsize)
{
	if (!has_room(fifo, len, recsize))
		return 0;
	return places_in_list(fifo, sgl, nents, len, fifo->in + (unsigned int)recsize);
}

unsigned int __kfifo_dma_out_prepare_r(struct __kfifo *fifo, struct scatterlist *sgl, int nents,
				       unsigned int len, size_t recsize)
{
	len = min(len, __kfifo_len_r(fifo, recsize));
	return places_in_list(fifo, sgl, nents, len, fifo->out + (unsigned int)recsize);
}
