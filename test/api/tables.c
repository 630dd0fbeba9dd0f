// SPDX-License-Identifier: MIT
/* A table whose keys come from outside: hashed with a key that nobody knows. */
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/siphash.h>

struct flow {
	u32 from, to;
};

static siphash_aligned_key_t table_key __read_mostly;
static hsiphash_key_t quick_key;
static DEFINE_PER_CPU(struct rnd_state, jitter);

void table_init(const void *serial, size_t len);
void table_init(const void *serial, size_t len)
{
	add_device_randomness(serial, len);
	if (siphash_key_is_zero(&table_key))
		get_random_bytes(&table_key, sizeof(table_key));
	get_random_bytes_wait(&quick_key, sizeof(quick_key));
	prandom_init_once(&jitter);
}

u32 table_bucket(const struct flow *flow, u32 buckets);
u32 table_bucket(const struct flow *flow, u32 buckets)
{
	u64 hash = siphash(flow, sizeof(*flow), &table_key);

	hash ^= siphash_2u32(flow->from, flow->to, &table_key);
	hash ^= siphash_2u64(flow->from, flow->to, &table_key);
	hash ^= hsiphash(flow, sizeof(*flow), &quick_key);
	return (u32)hash % buckets + hsiphash_2u32(flow->to, flow->from, &quick_key) % buckets;
}

/* When to try again: not all at once, and the same in each run of a test. */
u32 table_backoff(u32 seed, u32 most);
u32 table_backoff(u32 seed, u32 most)
{
	struct rnd_state *mine, known;
	u32 wait;
	u8 noise[6];

	prandom_seed_state(&known, seed);
	prandom_bytes_state(&known, noise, sizeof(noise));
	mine = &get_cpu_var(jitter);
	wait = prandom_u32_state(mine) % most;
	put_cpu_var(jitter);
	if (!rng_is_initialized() || wait_for_random_bytes())
		return wait + noise[0];
	return wait + get_random_u32_below(most) + get_random_u32_inclusive(1, 6) +
	       prandom_u32_max(10) + next_pseudo_random32(seed) % most;
}
