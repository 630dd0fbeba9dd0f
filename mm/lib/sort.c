/* SPDX-License-Identifier: MIT */
/*
 * Heapsort. The array is a binary heap: the children of element i are 2i + 1 and
 * 2i + 2, and no child is greater than its parent. The greatest is then moved to
 * the end again and again.
 */
#include <linux/sort.h>
#include <linux/kernel.h>

static void swap_bytes(void *a, void *b, int size)
{
	char *x = a;
	char *y = b;

	for (; size > 0; size--, x++, y++)
		swap(*x, *y);
}

struct heap {
	char *base;
	size_t size; /* of an element */
	cmp_func_t cmp;
	swap_func_t exchange;
};

static void *element(const struct heap *heap, size_t i)
{
	return heap->base + i * heap->size;
}

/* Lets element @i sink until no child among the first @num is greater. */
static void sift_down(const struct heap *heap, size_t i, size_t num)
{
	size_t child;

	while ((child = 2 * i + 1) < num) {
		if (child + 1 < num &&
		    heap->cmp(element(heap, child), element(heap, child + 1)) < 0)
			child++;
		if (heap->cmp(element(heap, i), element(heap, child)) >= 0)
			return;
		heap->exchange(element(heap, i), element(heap, child), (int)heap->size);
		i = child;
	}
}

void sort(void *base, size_t num, size_t size, cmp_func_t cmp_func, swap_func_t swap_func)
{
	struct heap heap = {base, size, cmp_func, swap_func ? swap_func : swap_bytes};

	for (size_t i = num / 2; i-- > 0;)
		sift_down(&heap, i, num);
	for (size_t left = num; left > 1;) {
		left--;
		heap.exchange(element(&heap, 0), element(&heap, left), (int)size);
		sift_down(&heap, 0, left);
	}
}
