// SPDX-License-Identifier: MIT
/*
 * Sparse arrays: the input's bytes as calls for three of them. One has single entries and
 * marks, beside a table of the same; one gives out indices, beside a map of them; one ties
 * ranges together, of which what was stored last must be found. Allocations fail now and then.
 *
 *   input   | operation, which entry, what it is given | ...
 */
#define ZONES_LATE() xarray_late()
static void xarray_late(void);
#include "fuzz_zones.h"

#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include "../../mm/page_alloc.h"

#define MAX_STEPS    300
#define VERIFY_EVERY 64
#define KEYS	     64
#define IDS	     200

static struct xarray singles, ids, ties;
static struct {
	void *entry;
	bool mark[XA_MAX_MARKS];
} model[KEYS];
static bool used[IDS];

/* Neighbours, and indices at which trees become higher. */
static unsigned long index_of(unsigned int key)
{
	return (key & 7) + ((unsigned long)(key >> 3 & 1) * 60) + (key & 16 ? 1UL << 12 : 0) +
	       (key & 32 ? 1UL << 59 : 0);
}

static void *entry_of(unsigned int value)
{
	return value & 1 ? xa_mk_value(value) : (void *)(value * 8UL + 8);
}

/* ---- Single entries ---------------------------------------------------------------------- */

static void set_model(unsigned int key, void *entry)
{
	model[key].entry = entry;
	if (!entry)
		memset(model[key].mark, 0, sizeof(model[key].mark));
}

static void op_store(unsigned int key)
{
	void *entry = entry_of(fuzz_u8()), *old;

	old = xa_store(&singles, index_of(key), entry, GFP_KERNEL | __GFP_NOWARN);
	if (xa_is_err(old)) {
		fuzz_check(xa_err(old) == -ENOMEM && !model[key].entry);
		return;
	}
	fuzz_check(old == model[key].entry);
	set_model(key, entry);
}

static void op_cmpxchg(unsigned int key)
{
	void *old = fuzz_u8() & 1 ? model[key].entry : NULL, *entry = entry_of(fuzz_u8()), *found;

	found = xa_cmpxchg(&singles, index_of(key), old, entry, GFP_KERNEL | __GFP_NOWARN);
	if (xa_is_err(found))
		return;
	fuzz_check(found == model[key].entry);
	if (found == old)
		set_model(key, entry);
}

static void op_erase(unsigned int key)
{
	fuzz_check(xa_erase(&singles, index_of(key)) == model[key].entry);
	set_model(key, NULL);
}

static void op_mark(unsigned int key)
{
	u8 how = fuzz_u8();
	xa_mark_t mark = how % XA_MAX_MARKS;

	if (how & 64)
		xa_set_mark(&singles, index_of(key), mark);
	else
		xa_clear_mark(&singles, index_of(key), mark);
	model[key].mark[mark] = model[key].entry && how & 64;
}

/* What lies at @key or behind it, by the table: keys are in the order of their indices. */
static void op_find(unsigned int key)
{
	u8 how = fuzz_u8();
	xa_mark_t filter = how % 4 == 3 ? XA_PRESENT : how % 4;
	unsigned long index = index_of(key);
	XA_STATE(xas, &singles, index);
	void *entry = xa_find(&singles, &index, ULONG_MAX, filter);

	while (key < KEYS && !(filter == XA_PRESENT ? !!model[key].entry : model[key].mark[filter]))
		key++;
	fuzz_check(!entry == (key == KEYS));
	if (!entry)
		return;
	fuzz_check(entry == model[key].entry && index == index_of(key));
	xas_lock(&xas);
	fuzz_check((filter == XA_PRESENT ? xas_find(&xas, ULONG_MAX)
					 : xas_find_marked(&xas, ULONG_MAX, filter)) == entry);
	fuzz_check(xas.xa_index == index);
	xas_unlock(&xas);
	for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++)
		fuzz_check(xa_get_mark(&singles, index, i) == model[key].mark[i]);
}

/* ---- Indices and ties ------------------------------------------------------------------------ */

static void op_id(unsigned int key)
{
	u32 min = fuzz_u8() % IDS, id = IDS, low = min;
	int err;

	if (key & 1) {
		fuzz_check(!xa_erase(&ids, min) == !used[min]);
		used[min] = false;
		return;
	}
	while (low < IDS && used[low])
		low++;
	err = xa_alloc(&ids, &id, entry_of(key), XA_LIMIT(min, IDS - 1), GFP_KERNEL | __GFP_NOWARN);
	fuzz_check(err == -ENOMEM || err == (low < IDS ? 0 : -EBUSY));
	if (err)
		return;
	fuzz_check(id == low);
	used[id] = true;
}

static void op_tie(unsigned int key)
{
	unsigned long first = index_of(key) + fuzz_u8(), last = first + fuzz_u16() % 5000;
	void *entry = key & 8 ? entry_of(key) : NULL, *err;

	if (last < first)
		return;
	err = xa_store_range(&ties, first, last, entry, GFP_KERNEL | __GFP_NOWARN);
	if (xa_is_err(err))
		return;
	fuzz_check(xa_load(&ties, first) == entry && xa_load(&ties, last) == entry);
	fuzz_check(xa_load(&ties, first + (last - first) / 2) == entry);
	xa_set_mark(&ties, last, XA_MARK_1);
	fuzz_check(xa_get_mark(&ties, last, XA_MARK_1) == !!entry);
}

static void op_order(unsigned int key)
{
	unsigned int order = fuzz_u8() % 14;
	XA_STATE_ORDER(xas, &ties, index_of(key), order);
	void *entry = entry_of(key);

	do {
		xas_lock(&xas);
		xas_store(&xas, entry);
		xas_unlock(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL | __GFP_NOWARN));
	xas_destroy(&xas);
	if (xas_error(&xas))
		return;
	fuzz_check(xa_load(&ties, xas.xa_index) == entry);
	fuzz_check(xa_load(&ties, xas.xa_index + (1UL << order) - 1) == entry);
}

static void op_no_memory(unsigned int key)
{
	fault_inject_set_nth(1 + key);
}

/* ---- The run ------------------------------------------------------------------------------------ */

static void step(void)
{
	static void (*const ops[])(unsigned int key) = {
		op_store, op_store, op_store, op_erase, op_mark,    op_mark,	  op_find,
		op_id,	  op_id,    op_tie,   op_order, op_cmpxchg, op_no_memory,
	};
	u8 op = fuzz_u8();

	ops[op % ARRAY_SIZE(ops)](fuzz_u8() % KEYS);
}

static void verify(void)
{
	fuzz_check(xa_verify(&singles, "singles") == 0);
	fuzz_check(xa_verify(&ids, "ids") == 0);
	fuzz_check(xa_verify(&ties, "ties") == 0);
}

static void xarray_late(void)
{
	kmem_cache_init();
	xarray_init();
	page_hooks |= PAGE_HOOK_FAIL_ALLOC;
	fault_inject_armed = true;
}

static void run(void *arg)
{
	(void)arg;
	for (int i = 0; fuzz_in.left && i < MAX_STEPS; i++) {
		step();
		if (i % VERIFY_EVERY == VERIFY_EVERY - 1)
			verify();
	}
	verify();
	fault_inject_set_nth(0);
	for (unsigned int key = 0; key < KEYS; key++)
		op_erase(key);
	fuzz_check(xa_empty(&singles));
	xa_destroy(&ids);
	xa_destroy(&ties);
	fuzz_check(kmem_cache_verify_all() == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_start(data, size);
	zones_begin();
	memset(model, 0, sizeof(model));
	memset(used, 0, sizeof(used));
	xa_init(&singles);
	xa_init_flags(&ids, XA_FLAGS_ALLOC);
	xa_init(&ties);
	fuzz_run(run, NULL);
	zones_end();
	return 0;
}

/* Each operation in turn, over growing keys. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	return i < 6 ? fuzz_seed_steps(i, data, 120) : 0;
}
