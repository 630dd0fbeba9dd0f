/* SPDX-License-Identifier: MIT */
/*
 * A heap in an array: the least element is the first.
 *
 *            [0]            the element at n is no greater than those at 2n + 1 and 2n + 2
 *        [1]     [2]
 *      [3] [4] [5]
 *
 * Owns:       nothing: the array is its user's, and what is less than what.
 * Lifetime:   its user's.
 * Locking:    the user's.
 * Units:      elements; elem_size is bytes.
 * Failure:    taking from an empty heap, or adding to a full one, warns and changes nothing.
 * Source:     Linux 6.1's min_heap.h.
 */
#ifndef _LINUX_MIN_HEAP_H
#define _LINUX_MIN_HEAP_H

#include <linux/types.h>

struct min_heap {
	void *data;
	int nr;	  /* elements in it */
	int size; /* elements that there is room for */
};

struct min_heap_callbacks {
	int elem_size;
	bool (*less)(const void *lhs, const void *rhs);
	void (*swp)(void *lhs, void *rhs); /* exchanges two elements */
};

/* Puts the element at @pos, which may be too great for its place, to where it belongs. */
void min_heapify(struct min_heap *heap, int pos, const struct min_heap_callbacks *func);

/* Makes a heap of elements in any order. */
void min_heapify_all(struct min_heap *heap, const struct min_heap_callbacks *func);

/* Takes the least out; the second form puts *@element in its place. */
void min_heap_pop(struct min_heap *heap, const struct min_heap_callbacks *func);
void min_heap_pop_push(struct min_heap *heap, const void *element,
		       const struct min_heap_callbacks *func);

/* Adds *@element. */
void min_heap_push(struct min_heap *heap, const void *element,
		   const struct min_heap_callbacks *func);

/* What comes with this header on Linux. */
#include <linux/bug.h>
#include <linux/string.h>

#endif /* _LINUX_MIN_HEAP_H */
