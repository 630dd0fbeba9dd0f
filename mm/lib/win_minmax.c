// SPDX-License-Identifier: MIT
/* The best value of the last while. Contract: linux/win_minmax.h. */
#include <linux/win_minmax.h>

/* The best goes, and those behind it move up. */
static void drop_first(struct minmax *m, struct minmax_sample now)
{
	m->s[0] = m->s[1];
	m->s[1] = m->s[2];
	m->s[2] = now;
}

/*
 * What is too old goes. One that stands for all three gets company from the window's second
 * quarter, and its second half, so that there is one when it goes.
 */
static u32 age(struct minmax *m, u32 win, struct minmax_sample now)
{
	u32 old = now.t - m->s[0].t;

	if (old > win) {
		drop_first(m, now);
		if (now.t - m->s[0].t > win)
			drop_first(m, now);
	} else if (m->s[1].t == m->s[0].t && old > win / 4) {
		m->s[1] = m->s[2] = now;
	} else if (m->s[2].t == m->s[1].t && old > win / 2) {
		m->s[2] = now;
	}
	return m->s[0].v;
}

static u32 add(struct minmax *m, u32 win, struct minmax_sample now,
	       bool (*as_good)(u32 v, u32 other))
{
	if (as_good(now.v, m->s[0].v) || now.t - m->s[2].t > win)
		return minmax_reset(m, now.t, now.v);
	if (as_good(now.v, m->s[1].v))
		m->s[1] = m->s[2] = now;
	else if (as_good(now.v, m->s[2].v))
		m->s[2] = now;
	return age(m, win, now);
}

static bool as_great(u32 v, u32 other)
{
	return v >= other;
}

static bool as_small(u32 v, u32 other)
{
	return v <= other;
}

u32 minmax_running_max(struct minmax *m, u32 win, u32 t, u32 meas)
{
	return add(m, win, (struct minmax_sample){.t = t, .v = meas}, as_great);
}

u32 minmax_running_min(struct minmax *m, u32 win, u32 t, u32 meas)
{
	return add(m, win, (struct minmax_sample){.t = t, .v = meas}, as_small);
}
