// SPDX-License-Identifier: MIT
/* The search in a sorted array as a function. Contract: linux/bsearch.h. */
#include <linux/bsearch.h>

void *bsearch(const void *key, const void *base, size_t num, size_t size, cmp_func_t cmp)
{
	return __inline_bsearch(key, base, num, size, cmp);
}
