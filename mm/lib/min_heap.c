// SPDX-License-Identifier: MIT
/* A heap in an array. Contract: linux/min_heap.h. */
#include <linux/min_heap.h>

#include <linux/bug.h>
#include <linux/string.h>

static void *element_at(const struct min_heap *heap, int pos, const struct min_heap_callbacks *func)
{
	return (char *)heap->data + (size_t)pos * (size_t)func->elem_size;
}

void min_heapify(struct min_heap *heap, int pos, const struct min_heap_callbacks *func)
{
	for (;;) {
		int child = 2 * pos + 1, least = pos;

		for (int i = child; i < child + 2 && i < heap->nr; i++)
			if (func->less(element_at(heap, i, func), element_at(heap, least, func)))
				least = i;
		if (least == pos)
			return;
		func->swp(element_at(heap, pos, func), element_at(heap, least, func));
		pos = least;
	}
}

void min_heapify_all(struct min_heap *heap, const struct min_heap_callbacks *func)
{
	for (int i = heap->nr / 2 - 1; i >= 0; i--)
		min_heapify(heap, i, func);
}

void min_heap_pop(struct min_heap *heap, const struct min_heap_callbacks *func)
{
	if (WARN_ON_ONCE(heap->nr <= 0))
		return;
	heap->nr--;
	if (heap->nr)
		memcpy(heap->data, element_at(heap, heap->nr, func), (size_t)func->elem_size);
	min_heapify(heap, 0, func);
}

void min_heap_pop_push(struct min_heap *heap, const void *element,
		       const struct min_heap_callbacks *func)
{
	if (WARN_ON_ONCE(heap->nr <= 0))
		return;
	memcpy(heap->data, element, (size_t)func->elem_size);
	min_heapify(heap, 0, func);
}

void min_heap_push(struct min_heap *heap, const void *element,
		   const struct min_heap_callbacks *func)
{
	int pos = heap->nr;

	if (WARN_ON_ONCE(heap->nr >= heap->size))
		return;
	memcpy(element_at(heap, pos, func), element, (size_t)func->elem_size);
	heap->nr++;
	while (pos) {
		int parent = (pos - 1) / 2;

		if (!func->less(element_at(heap, pos, func), element_at(heap, parent, func)))
			return;
		func->swp(element_at(heap, parent, func), element_at(heap, pos, func));
		pos = parent;
	}
}
