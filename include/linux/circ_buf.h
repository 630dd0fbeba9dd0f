/* SPDX-License-Identifier: MIT */
/*
 * Bytes in a ring of @size places, a power of two: they go in at head, and come out at tail. One
 * place stays free, so that a full ring is not an empty one.
 *
 *   | x | x |   |   |   | x | x | x |
 *             head        tail          CIRC_CNT 5, CIRC_SPACE 2, CIRC_CNT_TO_END 3
 *
 * Owns:    nothing: places, head and tail are the user's.
 * Locking: none for one who puts and one who takes; each moves his end by smp_store_release()
 *          and looks at the other's by smp_load_acquire() or READ_ONCE()
 *          (Documentation/core-api/circular-buffers.rst).
 * Source:  Linux's circ_buf.h.
 */
#ifndef _LINUX_CIRC_BUF_H
#define _LINUX_CIRC_BUF_H

struct circ_buf {
	char *buf;
	int head;
	int tail;
};

/* Bytes there are; bytes there is room for. */
#define CIRC_CNT(head, tail, size)   (((head) - (tail)) & ((size)-1))
#define CIRC_SPACE(head, tail, size) CIRC_CNT((tail), ((head) + 1), (size))

/* Those of them up to the end of the ring. The end that the other one moves is read once. */
#define CIRC_CNT_TO_END(head, tail, size)                       \
	({                                                      \
		int __to_end = (size) - (tail);                 \
		int __there = ((head) + __to_end) & ((size)-1); \
		__there < __to_end ? __there : __to_end;        \
	})
#define CIRC_SPACE_TO_END(head, tail, size)                    \
	({                                                     \
		int __to_end = (size)-1 - (head);              \
		int __room = (__to_end + (tail)) & ((size)-1); \
		__room <= __to_end ? __room : __to_end + 1;    \
	})

#endif /* _LINUX_CIRC_BUF_H */
