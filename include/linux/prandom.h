/* SPDX-License-Identifier: MIT */
/*
 * Numbers that look random and follow from a seed: L'Ecuyer's combined Tausworthe generator with a
 * period of about 2^113 (lfsr113, GSL's taus113). Who sees some can tell the next.
 *
 *   s1 ─┐
 *   s2 ─┤ each a shift register of its own, moved on at every call
 *   s3 ─┼─► xor ──► 32 bits
 *   s4 ─┘
 *
 * Invariants: s1 > 1, s2 > 7, s3 > 15, s4 > 127 in a state that was seeded: below that a register
 *             stands still.
 * Locking:    none: a state has one user at a time.
 * Failure:    none.
 * Source:     Linux's prandom.h, whose numbers these are; P. L'Ecuyer, Tables of Maximally
 *             Equidistributed Combined LFSR Generators (1999).
 */
#ifndef _LINUX_PRANDOM_H
#define _LINUX_PRANDOM_H

#include <linux/once.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/types.h>

struct rnd_state {
	u32 s1, s2, s3, s4;
};

u32 prandom_u32_state(struct rnd_state *state);

/* @nbytes bytes; each call of prandom_u32_state() gives four, lowest first, the last up to four. */
void prandom_bytes_state(struct rnd_state *state, void *buf, size_t nbytes);

/* Seeds the state of each possible CPU with random numbers (linux/random.h). */
void prandom_seed_full_state(struct rnd_state __percpu *pcpu_state);

#define prandom_init_once(pcpu_state) DO_ONCE(prandom_seed_full_state, (pcpu_state))

/* @x, or what is not below @m instead: @m is a register's least value. */
static inline u32 __seed(u32 x, u32 m)
{
	return x < m ? x + m : x;
}

/* The same numbers from the same @seed. */
static inline void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	u32 x = (u32)(seed >> 32 ^ seed << 10 ^ seed);

	*state = (struct rnd_state){__seed(x, 2), __seed(x, 8), __seed(x, 16), __seed(x, 128)};
}

/* Random, below @ep_ro; not of any state. */
static inline u32 prandom_u32_max(u32 ep_ro)
{
	return get_random_u32_below(ep_ro);
}

/* A linear congruential step: the number is the next one's seed (Numerical Recipes, ranqd1). */
static inline u32 next_pseudo_random32(u32 seed)
{
	return seed * 1664525 + 1013904223;
}

#endif /* _LINUX_PRANDOM_H */
