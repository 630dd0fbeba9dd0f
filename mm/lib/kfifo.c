// SPDX-License-Identifier: MIT
/* Queues in a ring. Contract: linux/kfifo.h. */
#include <linux/kfifo.h>

#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "kfifo.h"

/* ---- Places ------------------------------------------------------------------------------- */

/* @data with @places, or none. */
static void set_places(struct __kfifo *fifo, void *data, unsigned int places, size_t esize)
{
	*fifo = (struct __kfifo){.esize = (unsigned int)esize, .data = data};
	if (data)
		fifo->mask = places - 1;
}

int __kfifo_alloc(struct __kfifo *fifo, unsigned int size, size_t esize, gfp_t gfp_mask)
{
	set_places(fifo, NULL, 0, esize);
	/* Indices wrap at a multiple of the places, of which there are 1 << 31 at most. */
	if (size < 2 || size > 1U << 31)
		return -EINVAL;
	size = (unsigned int)roundup_pow_of_two(size);
	set_places(fifo, kmalloc_array(size, esize, gfp_mask), size, esize);
	return fifo->data ? 0 : -ENOMEM;
}

void __kfifo_free(struct __kfifo *fifo)
{
	kfree(fifo->data);
	set_places(fifo, NULL, 0, fifo->esize);
}

int __kfifo_init(struct __kfifo *fifo, void *buffer, unsigned int size, size_t esize)
{
	unsigned int places = size / (unsigned int)esize;

	set_places(fifo, NULL, 0, esize);
	if (places < 2)
		return -EINVAL;
	set_places(fifo, buffer, (unsigned int)rounddown_pow_of_two(places), esize);
	return 0;
}

/* ---- Elements ------------------------------------------------------------------------------ */

/* The place of @index, and how many bytes of @n elements lie before the ring's end. */
static char *place_of(const struct __kfifo *fifo, unsigned int index, unsigned int n, size_t *bytes)
{
	unsigned int at = index & fifo->mask;

	*bytes = (size_t)min(n, fifo->mask + 1 - at) * fifo->esize;
	return (char *)fifo->data + (size_t)at * fifo->esize;
}

void kfifo_copy_in(struct __kfifo *fifo, const void *buf, unsigned int n, unsigned int index)
{
	size_t before;
	char *to = place_of(fifo, index, n, &before);

	memcpy(to, buf, before);
	memcpy(fifo->data, (const char *)buf + before, (size_t)n * fifo->esize - before);
}

void kfifo_copy_out(const struct __kfifo *fifo, void *buf, unsigned int n, unsigned int index)
{
	size_t before;
	const char *from = place_of(fifo, index, n, &before);

	memcpy(buf, from, before);
	memcpy((char *)buf + before, fifo->data, (size_t)n * fifo->esize - before);
}

unsigned int __kfifo_in(struct __kfifo *fifo, const void *buf, unsigned int n)
{
	unsigned int in = fifo->in, left = fifo->mask + 1 - (in - smp_load_acquire(&fifo->out));

	if (!fifo->data)
		return 0;
	n = min(n, left);
	kfifo_copy_in(fifo, buf, n, in);
	/* Who sees the count sees the elements. */
	smp_store_release(&fifo->in, in + n);
	return n;
}

unsigned int __kfifo_out_peek(struct __kfifo *fifo, void *buf, unsigned int n)
{
	unsigned int out = fifo->out, there = smp_load_acquire(&fifo->in) - out;

	n = min(n, there);
	if (n)
		kfifo_copy_out(fifo, buf, n, out);
	return n;
}

unsigned int __kfifo_out(struct __kfifo *fifo, void *buf, unsigned int n)
{
	n = __kfifo_out_peek(fifo, buf, n);
	/* Places are free when nobody reads them any more. */
	smp_store_release(&fifo->out, fifo->out + n);
	return n;
}
