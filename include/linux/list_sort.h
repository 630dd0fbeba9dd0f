/* SPDX-License-Identifier: MIT */
/*
 * Sorting of linked lists.
 *
 * Cost:    O(n log n) comparisons, no memory, no recursion.
 * Order:   entries that compare alike stay as they are to each other.
 * Failure: none.
 */
#ifndef _LINUX_LIST_SORT_H
#define _LINUX_LIST_SORT_H

#include <linux/types.h>

/* Above 0 where @a belongs behind @b. @priv is its user's. */
typedef int (*list_cmp_func_t)(void *priv, const struct list_head *a, const struct list_head *b);

void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp);

#endif /* _LINUX_LIST_SORT_H */
