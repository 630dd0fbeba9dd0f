/* SPDX-License-Identifier: MIT */
/* A search in a sorted array, by halves. */
#ifndef _LINUX_BSEARCH_H
#define _LINUX_BSEARCH_H

#include <linux/compiler.h>
#include <linux/types.h>

/* An element that @cmp(@key, it) calls equal; NULL: there is none. */
static __always_inline void *__inline_bsearch(const void *key, const void *base, size_t num,
					      size_t size, cmp_func_t cmp)
{
	const char *low = base;

	while (num) {
		const char *middle = low + (num / 2) * size;
		int order = cmp(key, middle);

		if (!order)
			return (void *)(uintptr_t)middle;
		if (order > 0) {
			low = middle + size;
			num--;
		}
		num /= 2;
	}
	return NULL;
}

void *bsearch(const void *key, const void *base, size_t num, size_t size, cmp_func_t cmp);

#endif /* _LINUX_BSEARCH_H */
