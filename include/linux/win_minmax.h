/* SPDX-License-Identifier: MIT */
/*
 * The greatest, or the least, value of the last while, in three samples: the best, the best behind
 * it, and the best behind that.
 *
 * Invariants: s[0] is not older than the window, and as good as s[1]; so is that, and s[2].
 * Locking:    the caller's.
 * Units:      any clock that wraps, and any values.
 * Failure:    none. It is a guess where a better one than the second was followed by less.
 * Source:     Linux 6.1's win_minmax.h.
 */
#ifndef MINMAX_H
#define MINMAX_H

#include <linux/types.h>

struct minmax_sample {
	u32 t; /* when */
	u32 v; /* what */
};

struct minmax {
	struct minmax_sample s[3];
};

static inline u32 minmax_get(const struct minmax *m)
{
	return m->s[0].v;
}

static inline u32 minmax_reset(struct minmax *m, u32 t, u32 meas)
{
	struct minmax_sample only = {.t = t, .v = meas};

	m->s[0] = only;
	m->s[1] = only;
	m->s[2] = only;
	return meas;
}

/* @meas was measured at @t; the best of what is not older than @win. */
u32 minmax_running_max(struct minmax *m, u32 win, u32 t, u32 meas);
u32 minmax_running_min(struct minmax *m, u32 win, u32 t, u32 meas);

#endif /* MINMAX_H */
