/* SPDX-License-Identifier: MIT */
/* What the files over rings (linux/kfifo.h) share: copies that go round the ring's end. */
#ifndef _MM_LIB_KFIFO_H
#define _MM_LIB_KFIFO_H

#include <linux/kfifo.h>

/* @n elements to the places from @index on, or from there; @index grows without end. */
void kfifo_copy_in(struct __kfifo *fifo, const void *buf, unsigned int n, unsigned int index);
void kfifo_copy_out(const struct __kfifo *fifo, void *buf, unsigned int n, unsigned int index);

#endif /* _MM_LIB_KFIFO_H */
