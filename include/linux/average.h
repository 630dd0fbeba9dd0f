/* SPDX-License-Identifier: MIT */
/*
 * Averages in which what is old counts less and less: each new value has the weight 1 / @weight_rcp,
 * and all before it the rest.
 *
 *   DECLARE_EWMA(latency, 10, 8)  struct ewma_latency l;  ewma_latency_init(&l);
 *   ewma_latency_add(&l, 70);     ewma_latency_read(&l)
 *
 * Units:   the values' own; kept with @precision bits behind the point. The first is taken whole.
 * Locking: the caller's.
 * Failure: weights that are no power of two do not compile.
 * Source:  Linux 6.1's average.h.
 */
#ifndef _LINUX_AVERAGE_H
#define _LINUX_AVERAGE_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/log2.h>

#define DECLARE_EWMA(name, precision, weight_rcp)                                                \
	_Static_assert((precision) <= 30, "an average has 30 bits at the most");                 \
	_Static_assert((weight_rcp) > 0 && !((weight_rcp) & ((weight_rcp)-1)),                   \
		       "a weight is a power of two");                                            \
	struct ewma_##name {                                                                     \
		unsigned long internal;                                                          \
	};                                                                                       \
	static inline void ewma_##name##_init(struct ewma_##name *e)                             \
	{                                                                                        \
		e->internal = 0;                                                                 \
	}                                                                                        \
	static inline unsigned long ewma_##name##_read(struct ewma_##name *e)                    \
	{                                                                                        \
		return e->internal >> (precision);                                               \
	}                                                                                        \
	static inline void ewma_##name##_add(struct ewma_##name *e, unsigned long val)           \
	{                                                                                        \
		unsigned long old = READ_ONCE(e->internal), added = val << (precision);          \
                                                                                                 \
		if (old)                                                                         \
			added = ((old << ilog2(weight_rcp)) - old + added) >> ilog2(weight_rcp); \
		WRITE_ONCE(e->internal, added);                                                  \
	}

#endif /* _LINUX_AVERAGE_H */
