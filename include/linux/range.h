/* SPDX-License-Identifier: MIT */
/*
 * Lists of ranges in arrays that the caller has: ranges are added, cut out and sorted.
 *
 * Owns:       nothing; an array's slots are used where their end is not 0.
 * Locking:    the caller's.
 * Units:      whatever the caller counts in. For add and subtract [start, end) is half-open;
 *             range_len() is for those who store the last one as the end.
 * Failure:    a range for which there is no slot is left out: the count that is returned
 *             does not grow; subtract_range() logs it.
 * Source:     Linux 6.1's range.h: names, arguments, results.
 */
#ifndef _LINUX_RANGE_H
#define _LINUX_RANGE_H

#include <linux/types.h>

struct range {
	u64 start;
	u64 end;
};

/* Where @range ends with its last one. */
static inline u64 range_len(const struct range *range)
{
	return range->end - range->start + 1;
}

/*
 * Puts [@start, @end) behind the @nr_range that are used of @az slots; how many are used then.
 * The second form joins it with those that it overlaps or touches.
 */
int add_range(struct range *range, int az, int nr_range, u64 start, u64 end);
int add_range_with_merge(struct range *range, int az, int nr_range, u64 start, u64 end);

/* Cuts [@start, @end) out of all @az slots: may empty some, and take an empty one for a rest. */
void subtract_range(struct range *range, int az, u64 start, u64 end);

/* Moves used slots before empty ones, and sorts them by their start; how many are used. */
int clean_sort_range(struct range *range, int az);

/* Sorts the first @nr_range by their start. */
void sort_range(struct range *range, int nr_range);

#define MAX_RESOURCE ((resource_size_t)~0)

/* @val, or the highest address that a resource can have. */
static inline resource_size_t cap_resource(u64 val)
{
	return val > MAX_RESOURCE ? MAX_RESOURCE : val;
}

#endif /* _LINUX_RANGE_H */
