/* SPDX-License-Identifier: MIT */
/*
 * Sorting of arrays in place.
 *
 * Cost:    O(n log n) comparisons at worst; no memory, no recursion.
 * Order:   equal elements may change places.
 * Failure: none.
 */
#ifndef _LINUX_SORT_H
#define _LINUX_SORT_H

#include <linux/types.h>

/* Sorts @num elements of @size bytes. @swap_func may be NULL: bytes are exchanged. */
void sort(void *base, size_t num, size_t size, cmp_func_t cmp_func, swap_func_t swap_func);

/* The same with functions that are told who asks. */
void sort_r(void *base, size_t num, size_t size, cmp_r_func_t cmp_func, swap_r_func_t swap_func,
	    const void *priv);

#endif /* _LINUX_SORT_H */
