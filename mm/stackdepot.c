// SPDX-License-Identifier: MIT
/*
 * Stack depot: traces in pools, found by hash. Contract: linux/stackdepot.h.
 *
 *   buckets[]   | * | 0 | * | ...        each a list of traces with that hash
 *                 |       |
 *   pools[]     | trace | trace | ... |  64 KB each; a trace lies in one pool
 *
 * A handle is the trace's place: pool number + 1 above, 16-byte unit within it below.
 * A trace is complete before its bucket leads to it, and is never changed but for the
 * link to the next, so that finding needs no lock.
 */
#include <linux/stackdepot.h>

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <baremm/arch.h>

#define BUCKETS_ORDER 3
#define NR_BUCKETS    ((PAGE_SIZE << BUCKETS_ORDER) / sizeof(struct stack_record *))
#define POOL_ORDER    4
#define POOL_SIZE     (PAGE_SIZE << POOL_ORDER)
#define MAX_POOLS     512
#define UNIT	      16UL /* traces start at multiples of it */
#define UNIT_BITS     16
static_assert(POOL_SIZE / UNIT <= 1UL << UNIT_BITS);
static_assert(MAX_POOLS < 1UL << (32 - UNIT_BITS));

struct stack_record {
	struct stack_record *next; /* in the bucket */
	u32 hash;
	depot_stack_handle_t handle;
	u32 nr; /* of entries */
	unsigned long entries[];
};

struct stack_depot_stats stack_depot_stats;

static bool stack_depot_disabled;
static struct stack_record **buckets; /* NULL until stack_depot_init(), or disabled */
static char *pools[MAX_POOLS];
static unsigned int nr_pools; /* the last one is being filled */
static size_t pool_used;      /* bytes of it */
static DEFINE_SPINLOCK_RANK(depot_lock, LOCK_RANK_LEAF);

/* This CPU is taking pages for the depot: what they are for is not traced. */
static bool allocating[NR_CPUS];

static size_t record_size(unsigned int nr)
{
	return ALIGN(sizeof(struct stack_record) + nr * sizeof(unsigned long), UNIT);
}

/* FNV-1a over words, and its upper half folded in: the low bits choose the bucket. */
static u32 hash_trace(const unsigned long *entries, unsigned int nr)
{
	u64 hash = 0xcbf29ce484222325ULL;

	for (unsigned int i = 0; i < nr; i++)
		hash = (hash ^ entries[i]) * 0x100000001b3ULL;
	return (u32)(hash ^ hash >> 32);
}

static struct stack_record **bucket_of(u32 hash)
{
	return &buckets[hash % NR_BUCKETS];
}

static struct stack_record *find(const unsigned long *entries, unsigned int nr, u32 hash)
{
	struct stack_record *r = __atomic_load_n(bucket_of(hash), __ATOMIC_ACQUIRE);

	while (r && (r->hash != hash || r->nr != nr ||
		     memcmp(r->entries, entries, nr * sizeof(*entries))))
		r = r->next;
	return r;
}

/* ---- Memory -------------------------------------------------------------------------- */

static void *take_pages(gfp_t gfp, unsigned int order)
{
	const gfp_t how = __GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HIGH | __GFP_ATOMIC;
	int cpu = smp_processor_id();
	unsigned long addr;

	allocating[cpu] = true;
	addr = __get_free_pages((gfp & how) | __GFP_NOWARN, order);
	allocating[cpu] = false;
	if (addr)
		stack_depot_stats.pages += 1UL << order;
	return (void *)addr;
}

static void give_pages(void *addr, unsigned int order)
{
	if (!addr)
		return;
	stack_depot_stats.pages -= 1UL << order;
	free_pages((unsigned long)addr, order);
}

/* Is there no room for a trace of @size bytes in the last pool? */
static bool pool_full(size_t size)
{
	return !nr_pools || pool_used + size > POOL_SIZE;
}

/* With the lock held. @pool is used up where it is needed: *@pool is NULL then. */
static struct stack_record *take_record(size_t size, char **pool)
{
	struct stack_record *r;

	if (pool_full(size)) {
		if (!*pool || nr_pools == MAX_POOLS)
			return NULL;
		pools[nr_pools++] = *pool;
		*pool = NULL;
		pool_used = 0;
	}
	r = (struct stack_record *)(pools[nr_pools - 1] + pool_used);
	r->handle = nr_pools << UNIT_BITS | (u32)(pool_used / UNIT);
	pool_used += size;
	return r;
}

/* ---- Saving and finding -------------------------------------------------------------- */

/* With the lock held: another CPU may have added the same trace meanwhile. */
static struct stack_record *find_or_add(const unsigned long *entries, unsigned int nr, u32 hash,
					char **pool)
{
	struct stack_record *r = find(entries, nr, hash), **bucket = bucket_of(hash);

	if (r)
		return r;
	r = take_record(record_size(nr), pool);
	if (!r) {
		stack_depot_stats.lost++;
		return NULL;
	}
	r->next = *bucket;
	r->hash = hash;
	r->nr = nr;
	memcpy(r->entries, entries, nr * sizeof(*entries));
	__atomic_store_n(bucket, r, __ATOMIC_RELEASE);
	stack_depot_stats.stacks++;
	return r;
}

depot_stack_handle_t stack_depot_save(const unsigned long *entries, unsigned int nr_entries,
				      gfp_t gfp_flags)
{
	unsigned int nr = min(nr_entries, STACK_DEPOT_MAX_ENTRIES + 0U);
	struct stack_record *r;
	unsigned long flags;
	char *pool = NULL;
	u32 hash;

	if (!nr || !buckets || allocating[smp_processor_id()])
		return 0;
	hash = hash_trace(entries, nr);
	r = find(entries, nr, hash);
	if (r)
		return r->handle;
	if (pool_full(record_size(nr)))
		pool = take_pages(gfp_flags, POOL_ORDER);
	spin_lock_irqsave(&depot_lock, flags);
	r = find_or_add(entries, nr, hash, &pool);
	spin_unlock_irqrestore(&depot_lock, flags);
	give_pages(pool, POOL_ORDER);
	return r ? r->handle : 0;
}

unsigned int stack_depot_fetch(depot_stack_handle_t handle, unsigned long **entries)
{
	unsigned int pool = handle >> UNIT_BITS;
	size_t offset = (handle & ((1U << UNIT_BITS) - 1)) * UNIT;
	struct stack_record *r;

	*entries = NULL;
	if (!pool || pool > nr_pools || offset >= POOL_SIZE)
		return 0;
	r = (struct stack_record *)(pools[pool - 1] + offset);
	if (r->handle != handle)
		return 0;
	*entries = r->entries;
	return r->nr;
}

void stack_depot_print(depot_stack_handle_t handle)
{
	unsigned long *entries;
	unsigned int nr = stack_depot_fetch(handle, &entries);

	stack_trace_print(entries, nr, 0);
}

int stack_depot_snprint(depot_stack_handle_t handle, char *buf, size_t size, int spaces)
{
	unsigned long *entries;
	unsigned int nr = stack_depot_fetch(handle, &entries);

	return nr ? stack_trace_snprint(buf, size, entries, nr, spaces) : 0;
}

/* ---- Beginning and end ---------------------------------------------------------------- */

int stack_depot_init(void)
{
	char *pool;

	if (buckets || stack_depot_disabled)
		return 0;
	pool = take_pages(GFP_KERNEL, POOL_ORDER);
	if (!pool)
		return -ENOMEM;
	buckets = take_pages(GFP_KERNEL, BUCKETS_ORDER);
	if (!buckets) {
		give_pages(pool, POOL_ORDER);
		return -ENOMEM;
	}
	memset(buckets, 0, PAGE_SIZE << BUCKETS_ORDER);
	pools[0] = pool;
	nr_pools = 1;
	pool_used = 0;
	return 0;
}

int __init stack_depot_disable_parse_option(char *value)
{
	int err = value ? kstrtobool(value, &stack_depot_disabled) : -EINVAL;

	if (!err && stack_depot_disabled)
		pr_info("stackdepot: disabled\n");
	return err;
}

void __init stack_depot_reset(void)
{
	stack_depot_disabled = false;
	buckets = NULL;
	nr_pools = 0;
	pool_used = 0;
	memset(&stack_depot_stats, 0, sizeof(stack_depot_stats));
}
