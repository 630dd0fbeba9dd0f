// SPDX-License-Identifier: MIT
/* Lists of ranges in arrays. Contract: linux/range.h. */
#include <linux/range.h>

#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sort.h>

static bool is_used(const struct range *range)
{
	return range->end != 0;
}

static void empty(struct range *range)
{
	*range = (struct range){0, 0};
}

int add_range(struct range *range, int az, int nr_range, u64 start, u64 end)
{
	if (start >= end || nr_range >= az)
		return nr_range;
	range[nr_range] = (struct range){start, end};
	return nr_range + 1;
}

int add_range_with_merge(struct range *range, int az, int nr_range, u64 start, u64 end)
{
	int kept = 0;

	if (start >= end)
		return nr_range;
	for (int i = 0; i < nr_range; i++) {
		struct range old = range[i];

		if (is_used(&old) && max(old.start, start) <= min(old.end, end)) {
			start = min(old.start, start);
			end = max(old.end, end);
		} else {
			range[kept++] = old;
		}
	}
	for (int i = kept; i < nr_range; i++)
		empty(&range[i]);
	return add_range(range, az, kept, start, end);
}

/* [start, end) lies within @range, with something of it on both sides. */
static void split(struct range *range, int az, struct range *old, u64 start, u64 end)
{
	struct range rest = {end, old->end};
	int i = 0;

	while (i < az && is_used(&range[i]))
		i++;
	if (i < az)
		range[i] = rest;
	else
		pr_err("%s: run out of slot in ranges\n", "subtract_range");
	old->end = start;
}

void subtract_range(struct range *range, int az, u64 start, u64 end)
{
	if (start >= end)
		return;
	for (int i = 0; i < az; i++) {
		struct range *old = &range[i];

		if (!is_used(old) || end <= old->start || start >= old->end)
			continue;
		if (start <= old->start && end >= old->end)
			empty(old);
		else if (start <= old->start)
			old->start = end;
		else if (end >= old->end)
			old->end = start;
		else
			split(range, az, old, start, end);
	}
}

static int compare(const void *a, const void *b)
{
	u64 x = ((const struct range *)a)->start, y = ((const struct range *)b)->start;

	return x < y ? -1 : x > y;
}

int clean_sort_range(struct range *range, int az)
{
	int nr = 0;

	for (int i = 0; i < az; i++) {
		struct range old = range[i];

		if (!is_used(&old))
			continue;
		empty(&range[i]);
		range[nr++] = old;
	}
	sort_range(range, nr);
	return nr;
}

void sort_range(struct range *range, int nr_range)
{
	sort(range, (size_t)nr_range, sizeof(*range), compare, NULL);
}
