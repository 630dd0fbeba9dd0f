// SPDX-License-Identifier: MIT
/*
 * Heapsort. The array is a binary heap: the children of element i are 2i + 1 and
 * 2i + 2, and no child is greater than its parent. The greatest is then moved to
 * the end again and again.
 */
#include <linux/sort.h>
#include <linux/kernel.h>

static void swap_bytes(void *a, void *b, int size, const void *priv)
{
	char *x = a;
	char *y = b;

	(void)priv;
	for (; size > 0; size--, x++, y++)
		swap(*x, *y);
}

struct heap {
	char *base;
	size_t size; /* of an element */
	cmp_r_func_t cmp;
	swap_r_func_t exchange;
	const void *priv;
};

static void *element(const struct heap *heap, size_t i)
{
	return heap->base + i * heap->size;
}

static int compare(const struct heap *heap, size_t i, size_t j)
{
	return heap->cmp(element(heap, i), element(heap, j), heap->priv);
}

static void exchange(const struct heap *heap, size_t i, size_t j)
{
	heap->exchange(element(heap, i), element(heap, j), (int)heap->size, heap->priv);
}

/* Lets element @i sink until no child among the first @num is greater. */
static void sift_down(const struct heap *heap, size_t i, size_t num)
{
	size_t child;

	while ((child = 2 * i + 1) < num) {
		if (child + 1 < num && compare(heap, child, child + 1) < 0)
			child++;
		if (compare(heap, i, child) >= 0)
			return;
		exchange(heap, i, child);
		i = child;
	}
}

void sort_r(void *base, size_t num, size_t size, cmp_r_func_t cmp_func, swap_r_func_t swap_func,
	    const void *priv)
{
	struct heap heap = {base, size, cmp_func, swap_func ? swap_func : swap_bytes, priv};

	for (size_t i = num / 2; i-- > 0;)
		sift_down(&heap, i, num);
	for (size_t left = num; left > 1;) {
		left--;
		exchange(&heap, 0, left);
		sift_down(&heap, 0, left);
	}
}

/* ---- Functions that are not told who asks ---------------------------------------------- */

struct plain {
	cmp_func_t cmp;
	swap_func_t exchange;
};

static int plain_compare(const void *a, const void *b, const void *priv)
{
	return ((const struct plain *)priv)->cmp(a, b);
}

static void plain_exchange(void *a, void *b, int size, const void *priv)
{
	((const struct plain *)priv)->exchange(a, b, size);
}

void sort(void *base, size_t num, size_t size, cmp_func_t cmp_func, swap_func_t swap_func)
{
	struct plain plain = {cmp_func, swap_func};

	sort_r(base, num, size, plain_compare, swap_func ? plain_exchange : NULL, &plain);
}
