// SPDX-License-Identifier: MIT
/*
 * Merge sort from the bottom up. Sorted runs wait in places by their size, at most one of
 * each power of two: an entry is a run of one, and meets its equals like a carry does in
 * binary addition.
 *
 *   after 6 entries    place 0: none   place 1: 2 entries   place 2: 4 entries
 *
 * Runs are linked by next alone and end with NULL; prev is made at the end. Contract:
 * linux/list_sort.h.
 */
#include <linux/list_sort.h>

#include <linux/list.h>

#define PLACES 64 /* for 2^64 entries */

/* @a, whose entries came first, and @b as one run. */
static struct list_head *merge(void *priv, list_cmp_func_t cmp, struct list_head *a,
			       struct list_head *b)
{
	struct list_head *run, **tail = &run;

	while (a && b) {
		struct list_head **from = cmp(priv, a, b) <= 0 ? &a : &b;

		*tail = *from;
		tail = &(*from)->next;
		*from = (*from)->next;
	}
	*tail = a ? a : b;
	return run;
}

static void link_back(struct list_head *head, struct list_head *run)
{
	struct list_head *prev = head;

	head->next = run;
	for (; run; prev = run, run = run->next)
		run->prev = prev;
	prev->next = head;
	head->prev = prev;
}

void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp)
{
	struct list_head *runs[PLACES] = {NULL}, *run, *rest;
	unsigned int used = 0, i;

	if (list_empty(head) || list_is_singular(head))
		return;
	head->prev->next = NULL;
	for (run = head->next; run; run = rest) {
		rest = run->next;
		run->next = NULL;
		for (i = 0; runs[i]; i++) {
			run = merge(priv, cmp, runs[i], run);
			runs[i] = NULL;
		}
		runs[i] = run;
		used = used > i ? used : i + 1;
	}
	for (run = NULL, i = 0; i < used; i++)
		run = runs[i] ? merge(priv, cmp, runs[i], run) : run;
	link_back(head, run);
}
