// SPDX-License-Identifier: MIT
/* Random numbers, and those that look so. Contracts: linux/random.h, linux/prandom.h. */
#include <linux/random.h>

#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/siphash.h>
#include <linux/string.h>
#include <baremm/arch.h>

/* ---- Random --------------------------------------------------------------------------- */

static u64 given; /* made of all that add_device_randomness() had */

void add_device_randomness(const void *buf, size_t len)
{
	siphash_key_t key = {{READ_ONCE(given), arch_random()}};

	__atomic_fetch_xor(&given, siphash(buf, len, &key), __ATOMIC_RELAXED);
}

/* What is given decides what the second number becomes; the first keeps the sum random. */
u64 get_random_u64(void)
{
	siphash_key_t key = {{READ_ONCE(given), 0}};

	return arch_random() ^ siphash_1u64(arch_random(), &key);
}

u32 get_random_u32(void)
{
	return (u32)get_random_u64();
}

u16 get_random_u16(void)
{
	return (u16)get_random_u64();
}

u8 get_random_u8(void)
{
	return (u8)get_random_u64();
}

void get_random_bytes(void *buf, size_t len)
{
	for (u8 *p = buf; len;) {
		u64 word = get_random_u64();
		size_t part = min(len, sizeof(word));

		memcpy(p, &word, part);
		p += part;
		len -= part;
	}
}

/*
 * The upper half of @ceil times a random number is below @ceil. Of the 2^32 numbers 2^32 % ceil
 * are one too many for some results: those whose product's lower half is below that.
 */
u32 get_random_u32_below(u32 ceil)
{
	u64 product;

	if (!ceil)
		return get_random_u32();
	do {
		product = (u64)ceil * get_random_u32();
	} while ((u32)product < -ceil % ceil);
	return (u32)(product >> 32);
}

/* ---- Looks random ---------------------------------------------------------------------- */

/* A register's step: its lowest bits are no part of it, and masked out. */
static u32 step(u32 s, int up, int down, u32 mask, int back)
{
	return (s & mask) << back ^ (s << up ^ s) >> down;
}

u32 prandom_u32_state(struct rnd_state *state)
{
	state->s1 = step(state->s1, 6, 13, ~1U, 18);
	state->s2 = step(state->s2, 2, 27, ~7U, 2);
	state->s3 = step(state->s3, 13, 21, ~15U, 7);
	state->s4 = step(state->s4, 3, 12, ~127U, 13);
	return state->s1 ^ state->s2 ^ state->s3 ^ state->s4;
}

void prandom_bytes_state(struct rnd_state *state, void *buf, size_t nbytes)
{
	for (u8 *p = buf; nbytes;) {
		__le32 word = cpu_to_le32(prandom_u32_state(state));
		size_t part = min(nbytes, sizeof(word));

		memcpy(p, &word, part);
		p += part;
		nbytes -= part;
	}
}

void prandom_seed_full_state(struct rnd_state __percpu *pcpu_state)
{
	unsigned int cpu;

	for_each_possible_cpu (cpu) {
		struct rnd_state seeds;

		get_random_bytes(&seeds, sizeof(seeds));
		*per_cpu_ptr(pcpu_state, cpu) =
			(struct rnd_state){__seed(seeds.s1, 2), __seed(seeds.s2, 8),
					   __seed(seeds.s3, 16), __seed(seeds.s4, 128)};
	}
}
