// SPDX-License-Identifier: MIT
/*
 * Memory pools, numbers, pools of special memory, growing arrays, lists for shrinkers and
 * regions: the input's bytes as calls, each beside a plain table that says what must come of
 * it. Allocations fail now and then.
 *
 *   input   | operation, which thing, what it is given | ...
 */
#include "fuzz_zones.h"

#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/genalloc.h>
#include <linux/generic-radix-tree.h>
#include <linux/idr.h>
#include <linux/ioport.h>
#include <linux/list_lru.h>
#include <linux/mempool.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include "../../mm/page_alloc.h"

#define MAX_STEPS    300
#define VERIFY_EVERY 32
#define THINGS	     32
#define IDS	     150
#define UNITS	     256 /* of the pool of special memory, and of regions */
#define QUIET	     (GFP_NOWAIT | __GFP_NOWARN)

/* ---- Memory pools: what is out, each filled with its place --------------------------------- */

static mempool_t pool;
static u8 *elements[THINGS];
#define ELEMENT 40

static void op_mempool(unsigned int i)
{
	int had = pool.curr_nr;

	if (elements[i]) {
		for (unsigned int at = 0; at < ELEMENT; at++)
			fuzz_check(elements[i][at] == i);
		mempool_free(elements[i], &pool);
		elements[i] = NULL;
		fuzz_check(pool.curr_nr == min(had + 1, pool.min_nr));
		return;
	}
	elements[i] = mempool_alloc(&pool, QUIET);
	fuzz_check(elements[i] ? pool.curr_nr <= had : had == 0);
	if (elements[i])
		memset(elements[i], (int)i, ELEMENT);
}

static void op_resize(unsigned int i)
{
	int was = pool.min_nr, err = mempool_resize(&pool, (int)i / 4 + 1);

	fuzz_check(err == 0 || err == -ENOMEM);
	fuzz_check(pool.min_nr == (err ? was : (int)i / 4 + 1));
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static struct idr idr;
static struct ida ida;
static void *named[IDS];
static bool taken[IDS];

/* The lowest number of @from to @end - 1 that is free; @end where none is. */
static int lowest(bool (*is_used)(int id), int from, int end)
{
	while (from < end && is_used(from))
		from++;
	return from;
}

static bool is_named(int id)
{
	return named[id] != NULL;
}

static bool is_taken(int id)
{
	return taken[id];
}

static void op_idr(unsigned int i)
{
	int from = fuzz_u8() % IDS, end = from + 1 + (int)i * 4, want, id;
	void *thing = &elements[i];

	end = min(end, IDS);
	want = lowest(is_named, from, end);
	id = idr_alloc(&idr, thing, from, end, QUIET);
	fuzz_check(id == want || id == -ENOMEM || (id == -ENOSPC && want == end));
	fuzz_check(id != want || want != end);
	if (id >= 0)
		named[id] = thing;
}

static void op_idr_remove(unsigned int i)
{
	int id = (int)((i * 5 + fuzz_u8()) % IDS);

	fuzz_check(idr_find(&idr, (unsigned long)id) == named[id]);
	fuzz_check(idr_remove(&idr, (unsigned long)id) == named[id]);
	named[id] = NULL;
}

static void op_ida(unsigned int i)
{
	int from = fuzz_u8() % IDS, end = min(from + 1 + (int)i * 4, IDS);
	int want = lowest(is_taken, from, end);
	int id = ida_alloc_range(&ida, (unsigned int)from, (unsigned int)end - 1, QUIET);

	fuzz_check(id == want || id == -ENOMEM || (id == -ENOSPC && want == end));
	fuzz_check(id != want || want != end);
	if (id >= 0)
		taken[id] = true;
}

static void op_ida_free(unsigned int i)
{
	int id = (int)((i * 5 + fuzz_u8()) % IDS);

	if (!taken[id])
		return;
	ida_free(&ida, (unsigned int)id);
	taken[id] = false;
}

/* ---- Special memory: first fit, on a map -------------------------------------------------------- */

static struct gen_pool *special;
static struct {
	unsigned long at;
	unsigned int nr;
} areas[THINGS];
static bool unit_used[UNITS];
#define SPECIAL_BASE 0x10000UL
#define UNIT	     16

static unsigned long first_fit(const bool *used, unsigned int nr)
{
	unsigned int run = 0;

	for (unsigned int i = 0; i < UNITS; i++) {
		run = used[i] ? 0 : run + 1;
		if (run == nr)
			return SPECIAL_BASE + (i + 1 - nr) * UNIT;
	}
	return 0;
}

static void op_special(unsigned int i)
{
	unsigned long want;

	if (areas[i].nr) {
		gen_pool_free(special, areas[i].at, areas[i].nr * UNIT);
		memset(unit_used + (areas[i].at - SPECIAL_BASE) / UNIT, false, areas[i].nr);
		areas[i].nr = 0;
		return;
	}
	areas[i].nr = 1 + fuzz_u8() % 64;
	want = first_fit(unit_used, areas[i].nr);
	areas[i].at = gen_pool_alloc(special, areas[i].nr * UNIT - i % UNIT);
	fuzz_check(areas[i].at == want);
	if (want)
		memset(unit_used + (want - SPECIAL_BASE) / UNIT, true, areas[i].nr);
	else
		areas[i].nr = 0;
}

/* ---- A growing array ------------------------------------------------------------------------------ */

static GENRADIX(u64) array;
static u64 array_model[THINGS];

static void op_array(unsigned int i)
{
	u64 *at = fuzz_u8() & 1 ? genradix_ptr_alloc(&array, (size_t)i * 300, QUIET)
				: genradix_ptr(&array, (size_t)i * 300);

	if (!at) {
		fuzz_check(!array_model[i]);
		return;
	}
	fuzz_check(*at == array_model[i]);
	*at = array_model[i] = fuzz_u16();
}

/* ---- A list for shrinkers --------------------------------------------------------------------------- */

static struct list_lru lru;
static struct list_head *items;
static bool listed[THINGS];

static void op_list(unsigned int i)
{
	if (fuzz_u8() & 1) {
		fuzz_check(list_lru_add(&lru, &items[i]) == !listed[i]);
		listed[i] = true;
	} else {
		fuzz_check(list_lru_del(&lru, &items[i]) == listed[i]);
		listed[i] = false;
	}
}

static enum lru_status take_odd(struct list_head *item, struct list_lru_one *list, spinlock_t *lock,
				void *arg)
{
	unsigned int i = (unsigned int)(item - items);

	(void)lock;
	fuzz_check(listed[i]);
	if (i % 2 == 0)
		return *(u8 *)arg & 1 ? LRU_ROTATE : LRU_SKIP;
	list_lru_isolate(list, item);
	listed[i] = false;
	return LRU_REMOVED;
}

static void op_walk(unsigned int i)
{
	u8 how = fuzz_u8();
	unsigned long nr = 0, odd = 0;

	for (unsigned int k = 0; k < THINGS; k++) {
		nr += listed[k];
		odd += listed[k] && k % 2;
	}
	fuzz_check(list_lru_count(&lru) == nr);
	fuzz_check(list_lru_walk(&lru, take_odd, &how, i) <= odd);
}

/* ---- Regions ------------------------------------------------------------------------------------------- */

static u8 region_len[UNITS];
static bool region_used[UNITS];

static void op_region(unsigned int i)
{
	unsigned int at = (i * 8 + fuzz_u8() % 8) % UNITS, nr = 1 + i % 9;
	bool free = at + nr <= UNITS && !memchr_inv(region_used + at, false, nr);

	if (region_len[at]) {
		release_mem_region(at, region_len[at]);
		memset(region_used + at, false, region_len[at]);
		region_len[at] = 0;
		return;
	}
	if (at + nr > UNITS || !request_mem_region(at, nr, "fuzz"))
		return;
	fuzz_check(free);
	memset(region_used + at, true, nr);
	region_len[at] = (u8)nr;
}

/* ---- The run --------------------------------------------------------------------------------------------- */

static void op_no_memory(unsigned int i)
{
	fault_inject_set_nth(1 + i);
}

static void step(void)
{
	static void (*const ops[])(unsigned int i) = {
		op_mempool, op_mempool,	 op_mempool, op_resize,	   op_idr,   op_idr_remove,
		op_ida,	    op_ida_free, op_special, op_special,   op_array, op_list,
		op_list,    op_walk,	 op_region,  op_no_memory,
	};
	u8 op = fuzz_u8();

	ops[op % ARRAY_SIZE(ops)](fuzz_u8() % THINGS);
}

static void verify(void)
{
	fuzz_check(mempool_verify(&pool) == 0);
	fuzz_check(idr_verify(&idr) == 0);
	fuzz_check(ida_verify(&ida) == 0);
	fuzz_check(gen_pool_verify(special) == 0);
	fuzz_check(list_lru_verify(&lru) == 0);
	fuzz_check(resource_verify(&iomem_resource) == 0);
}

static void make_all(void)
{
	kmem_cache_init();
	xarray_init();
	resource_reset();
	fuzz_check(mempool_init_kmalloc_pool(&pool, 4, ELEMENT) == 0);
	idr_init(&idr);
	ida_init(&ida);
	special = gen_pool_create(4, NUMA_NO_NODE);
	fuzz_check(special && gen_pool_add(special, SPECIAL_BASE, UNITS * UNIT, NUMA_NO_NODE) == 0);
	genradix_init(&array);
	items = kcalloc(THINGS, sizeof(*items), GFP_KERNEL);
	fuzz_check(items && list_lru_init(&lru) == 0);
	for (unsigned int i = 0; i < THINGS; i++)
		INIT_LIST_HEAD(&items[i]);
}

static void free_all(void)
{
	for (unsigned int i = 0; i < THINGS; i++) {
		if (elements[i])
			op_mempool(i);
		if (areas[i].nr)
			op_special(i);
		list_lru_del(&lru, &items[i]);
	}
	for (unsigned int at = 0; at < UNITS; at++)
		if (region_len[at])
			release_mem_region(at, region_len[at]);
	fuzz_check(!iomem_resource.child && gen_pool_avail(special) == UNITS * UNIT);
	mempool_exit(&pool);
	idr_destroy(&idr);
	ida_destroy(&ida);
	gen_pool_destroy(special);
	genradix_free(&array);
	fuzz_check(list_lru_count(&lru) == 0);
	list_lru_destroy(&lru);
	kfree(items);
}

static void run(void *arg)
{
	(void)arg;
	make_all();
	page_hooks |= PAGE_HOOK_FAIL_ALLOC;
	fault_inject_armed = true;
	for (int i = 0; fuzz_in.left && i < MAX_STEPS; i++) {
		step();
		if (i % VERIFY_EVERY == VERIFY_EVERY - 1)
			verify();
	}
	verify();
	fault_inject_set_nth(0);
	page_hooks &= ~(unsigned int)PAGE_HOOK_FAIL_ALLOC;
	fault_inject_armed = false;
	free_all();
	fuzz_check(kmem_cache_verify_all() == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_start(data, size);
	zones_begin();
	memset(elements, 0, sizeof(elements));
	memset(named, 0, sizeof(named));
	memset(taken, 0, sizeof(taken));
	memset(areas, 0, sizeof(areas));
	memset(unit_used, 0, sizeof(unit_used));
	memset(array_model, 0, sizeof(array_model));
	memset(listed, 0, sizeof(listed));
	memset(region_len, 0, sizeof(region_len));
	memset(region_used, 0, sizeof(region_used));
	fuzz_run(run, NULL);
	zones_end();
	return 0;
}

/* Each operation in turn, over growing things. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	return i < 6 ? fuzz_seed_steps(i, data, 160) : 0;
}
