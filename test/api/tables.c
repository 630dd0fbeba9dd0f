// SPDX-License-Identifier: MIT
/*
 * Tables whose keys come from outside: hashed with a key that nobody knows, each bucket a lock of
 * its own, or with its number at the end for readers without one. What is to be done, by urgency;
 * what is done, in a ring.
 */
#include <linux/list_bl.h>
#include <linux/plist.h>
#include <linux/prandom.h>
#include <linux/ptr_ring.h>
#include <linux/random.h>
#include <linux/rculist_bl.h>
#include <linux/rculist_nulls.h>
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

struct session {
	u64 id;
	struct hlist_bl_node hash;
	struct hlist_nulls_node lookup;
	struct plist_node urgency;
};

#define BUCKETS 64
static struct hlist_bl_head locked[BUCKETS];
static struct hlist_nulls_head lockless[BUCKETS];
static PLIST_HEAD(pending);

void sessions_init(void);
void sessions_init(void)
{
	for (unsigned int i = 0; i < BUCKETS; i++) {
		INIT_HLIST_BL_HEAD(&locked[i]);
		INIT_HLIST_NULLS_HEAD(&lockless[i], i);
	}
}

bool session_add(struct session *session, int urgency);
bool session_add(struct session *session, int urgency)
{
	u32 bucket = (u32)siphash_1u64(session->id, &table_key) % BUCKETS;
	struct hlist_bl_head *head = &locked[bucket];
	struct hlist_bl_node *pos;
	struct session *other;

	hlist_bl_lock(head);
	hlist_bl_for_each_entry(other, pos, head, hash)
	{
		if (other->id == session->id) {
			hlist_bl_unlock(head);
			return false;
		}
	}
	hlist_bl_add_head_rcu(&session->hash, head);
	hlist_nulls_add_head_rcu(&session->lookup, &lockless[bucket]);
	hlist_bl_unlock(head);
	plist_node_init(&session->urgency, urgency);
	plist_add(&session->urgency, &pending);
	return true;
}

struct session *session_find(u64 id);
struct session *session_find(u64 id)
{
	u32 bucket = (u32)siphash_1u64(id, &table_key) % BUCKETS;
	const struct hlist_nulls_node *pos;
	struct session *session;

	rcu_read_lock();
begin:
	hlist_nulls_for_each_entry_rcu(session, pos, &lockless[bucket], lookup)
	{
		if (session->id == id)
			goto out;
	}
	if (get_nulls_value(pos) != bucket)
		goto begin;
	session = NULL;
out:
	rcu_read_unlock();
	return session;
}

struct session *session_next(void);
struct session *session_next(void)
{
	struct session *session = NULL;

	if (!plist_head_empty(&pending)) {
		session = plist_first_entry(&pending, struct session, urgency);
		plist_del(&session->urgency, &pending);
		hlist_nulls_del_init_rcu(&session->lookup);
	}
	return session;
}

static struct ptr_ring finished;

int finished_init(int size);
int finished_init(int size)
{
	return ptr_ring_init(&finished, size, GFP_KERNEL);
}

static bool session_is_old(struct session *session)
{
	return session && session->id < 100;
}

static void session_free(void *session)
{
	kfree(session);
}

int finished_take(struct session *done);
int finished_take(struct session *done)
{
	void *batch[8];
	int n;

	if (ptr_ring_full(&finished) && ptr_ring_resize(&finished, 256, GFP_KERNEL, session_free))
		return -ENOMEM;
	if (ptr_ring_produce_any(&finished, done))
		return -ENOSPC;
	while (PTR_RING_PEEK_CALL(&finished, session_is_old))
		kfree(ptr_ring_consume(&finished));
	n = ptr_ring_consume_batched_bh(&finished, batch, ARRAY_SIZE(batch));
	ptr_ring_unconsume(&finished, batch, n, session_free);
	return n;
}

void finished_exit(void);
void finished_exit(void)
{
	ptr_ring_cleanup(&finished, session_free);
}
