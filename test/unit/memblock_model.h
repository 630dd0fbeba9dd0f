/* SPDX-License-Identifier: MIT */
/*
 * Operations on memblock, and a model that keeps what is known of each cell of 256
 * bytes of a small window, and searches it cell by cell. What each operation is given
 * comes from random_below(), which a user of this header has: a random number, or a
 * fuzzer's input.
 *
 *   window   |c|c|c|c| ... 1024 cells      near 0, across 4 GiB, at the very top
 *   room     16 MB to 32 MB: what lies there in a table is not compared
 */
#ifndef _TEST_MEMBLOCK_MODEL_H
#define _TEST_MEMBLOCK_MODEL_H

#include "memblock_test.h"
#include <stdlib.h>
#include <string.h>

#define CELL  256
#define CELLS 1024
#define ROOM  MB(16)
#define NODES 3

/* Below @limit, which is not 0. */
static u64 random_below(u64 limit);

static const phys_addr_t window_places[] = {0, SZ_4G - CELLS *CELL / 2,
					    PHYS_ADDR_MAX - CELLS *CELL + 1 - SZ_4K};

struct cell {
	bool memory, reserved;
	int nid;
	enum memblock_flags flags;
};

static struct cell model[CELLS];
static bool mirror_marked;

static phys_addr_t address(unsigned long cell)
{
	return base + (phys_addr_t)cell * CELL;
}

/* ---- The model ---- */

static bool same_region(const struct cell *a, const struct cell *b)
{
	return a->nid == b->nid && a->flags == b->flags;
}

static void compare_table(const struct memblock_type *type, bool memory)
{
	unsigned long i = 0, cell = 0;

	while (true) {
		const struct memblock_region *rgn = &type->regions[i];
		unsigned long first;

		while (cell < CELLS && !(memory ? model[cell].memory : model[cell].reserved))
			cell++;
		/* The tables' own arrays. */
		while (i < type->cnt && (!rgn->size || (rgn->base >= ROOM && rgn->base < 2 * ROOM)))
			rgn = &type->regions[++i];
		if (cell == CELLS)
			break;
		assert_true(i < type->cnt);
		for (first = cell++; cell < CELLS; cell++)
			if (memory ? !model[cell].memory ||
					     !same_region(&model[first], &model[cell])
				   : !model[cell].reserved)
				break;
		assert_int_equal(rgn->base, address(first));
		assert_int_equal(rgn->size, (cell - first) * CELL);
		assert_int_equal(rgn->nid, memory ? model[first].nid : MAX_NUMNODES);
		assert_int_equal(rgn->flags, memory ? model[first].flags : MEMBLOCK_NONE);
		i++;
	}
	assert_int_equal(i, type->cnt);
}

static bool cell_usable(const struct cell *c, int nid, bool mirror)
{
	return c->memory && !c->reserved && (nid == NUMA_NO_NODE || nid == c->nid) &&
	       !(c->flags & (MEMBLOCK_NOMAP | MEMBLOCK_DRIVER_MANAGED)) &&
	       (!mirror || (c->flags & MEMBLOCK_MIRROR)) &&
	       (!movable_node_enabled || !(c->flags & MEMBLOCK_HOTPLUG));
}

/* The cell where @nr cells fit first in the direction, between the limits; or -1. */
static long model_find(unsigned long nr, unsigned long align, unsigned long low, unsigned long high,
		       int nid, bool mirror)
{
	unsigned long run = 0;
	long best = -1;

	/* run: usable cells of one region from this one on, below the limit */
	for (long i = CELLS - 1; i >= 0; i--) {
		if ((unsigned long)i >= high || !cell_usable(&model[i], nid, mirror))
			run = 0;
		else if (run && same_region(&model[i], &model[i + 1]))
			run++;
		else
			run = 1;
		if (run < nr || (unsigned long)i < low || address(i) < PAGE_SIZE ||
		    address(i) % (align * CELL))
			continue;
		if (!memblock_bottom_up())
			return i;
		best = i;
	}
	return best;
}

static long model_alloc_range(unsigned long nr, unsigned long align, unsigned long low,
			      unsigned long high, int nid, bool exact)
{
	long found = -1;

	for (int mirror = mirror_marked; mirror >= 0 && found < 0; mirror--) {
		found = model_find(nr, align, low, high, nid, mirror);
		if (found < 0 && nid != NUMA_NO_NODE && !exact)
			found = model_find(nr, align, low, high, NUMA_NO_NODE, mirror);
	}
	return found;
}

/* ---- Operations: each does the same to memblock and to the model ---- */

struct range {
	unsigned long start, nr;
};

/* Mostly short, now and then any length; some of length 0. */
static struct range random_range(void)
{
	struct range r = {.start = random_below(CELLS)};
	unsigned long most = random_below(8) ? 24 : CELLS;

	r.nr = random_below(min(most, CELLS - r.start) + 1);
	return r;
}

#define for_cells(i, r) for (unsigned long i = (r).start; i < (r).start + (r).nr; i++)

static void op_add(void)
{
	static const enum memblock_flags flags[] = {MEMBLOCK_NONE, MEMBLOCK_HOTPLUG,
						    MEMBLOCK_DRIVER_MANAGED};
	struct cell new = {.memory = true, .nid = MAX_NUMNODES};
	struct range r = random_range();

	if (random_below(2)) {
		assert_int_equal(memblock_add(address(r.start), r.nr * CELL), 0);
	} else {
		new.nid = (int)random_below(NODES);
		new.flags = flags[random_below(8) % 3];
		assert_int_equal(
			memblock_add_node(address(r.start), r.nr * CELL, new.nid, new.flags), 0);
	}
	for_cells(i, r)
	{
		new.reserved = model[i].reserved;
		if (!model[i].memory)
			model[i] = new;
	}
}

static void op_remove(void)
{
	struct range r = random_range();

	assert_int_equal(memblock_remove(address(r.start), r.nr * CELL), 0);
	for_cells(i, r) model[i].memory = false;
}

static void op_reserve(void)
{
	struct range r = random_range();

	assert_int_equal(memblock_reserve(address(r.start), r.nr * CELL), 0);
	for_cells(i, r) model[i].reserved = true;
}

static void op_free(void)
{
	struct range r = random_range();

	assert_int_equal(memblock_phys_free(address(r.start), r.nr * CELL), 0);
	for_cells(i, r) model[i].reserved = false;
}

static void op_mark(void)
{
	static const struct {
		int (*change)(phys_addr_t addr, phys_addr_t size);
		enum memblock_flags set, clear;
	} marks[] = {
		{memblock_mark_hotplug, MEMBLOCK_HOTPLUG, 0},
		{memblock_clear_hotplug, 0, MEMBLOCK_HOTPLUG},
		{memblock_mark_nomap, MEMBLOCK_NOMAP, 0},
		{memblock_clear_nomap, 0, MEMBLOCK_NOMAP},
		{memblock_mark_mirror, MEMBLOCK_MIRROR, 0},
	};
	unsigned int which = (unsigned int)random_below(ARRAY_SIZE(marks));
	struct range r = random_range();

	assert_int_equal(marks[which].change(address(r.start), r.nr * CELL), 0);
	if (marks[which].change == memblock_mark_mirror && !mirrored_kernelcore)
		return;
	mirror_marked |= marks[which].set == MEMBLOCK_MIRROR;
	for_cells(i, r)
	{
		model[i].flags &= ~marks[which].clear;
		model[i].flags |= marks[which].set;
	}
}

static void op_set_node(void)
{
	int nid = random_below(4) ? (int)random_below(NODES) : MAX_NUMNODES;
	struct range r = random_range();

	assert_int_equal(memblock_set_node(address(r.start), r.nr * CELL, &memblock.memory, nid),
			 0);
	for_cells(i, r) model[i].nid = nid;
}

/* Keeps some memory, so that it is not all gone in the first few operations. */
static void op_limit(void)
{
	unsigned long all = 0, keep, cell = 0;

	for (unsigned long i = 0; i < CELLS; i++)
		all += model[i].memory;
	if (!all)
		return;
	keep = all - random_below(all / 8 + 1);
	memblock_enforce_memory_limit(keep * CELL);
	for (unsigned long left = keep; left; cell++)
		left -= model[cell].memory;
	/* Where all of it is kept, what is reserved above the last byte goes, too. */
	for (unsigned long i = cell; i < CELLS; i++)
		model[i].memory = model[i].reserved = false;
}

static void op_alloc_range(void)
{
	unsigned long nr = 1 + random_below(random_below(4) ? 16 : 200);
	unsigned long align = 1UL << random_below(6);
	struct range r = random_range();
	int nid = (int)random_below(NODES + 1) - 1;
	bool exact = random_below(2);
	phys_addr_t found = memblock_alloc_range_nid(nr * CELL, align * CELL, address(r.start),
						     address(r.start + r.nr), nid, exact);
	/* An end of 0 and 1 stand for no limit. */
	long want =
		model_alloc_range(nr, align, r.start,
				  address(r.start + r.nr) > 1 ? r.start + r.nr : CELLS, nid, exact);

	assert_int_equal(found, want < 0 ? 0 : address((unsigned long)want));
	for (unsigned long i = 0; want >= 0 && i < nr; i++)
		model[(unsigned long)want + i].reserved = true;
}

static void op_alloc_virtual(void)
{
	unsigned long nr = 1 + random_below(32), align = 1UL << random_below(5);
	unsigned long low = random_below(CELLS), high = CELLS - random_below(CELLS / 2);
	int nid = (int)random_below(NODES + 1) - 1;
	bool exact = random_below(2);
	void *ptr = (exact ? memblock_alloc_exact_nid_raw : memblock_alloc_try_nid_raw)(
		nr * CELL, align * CELL, address(low), address(high), nid);
	long want = model_alloc_range(nr, align, low, high, nid, exact);

	if (want < 0 && address(low))
		want = model_alloc_range(nr, align, 0, high, nid, exact);
	if (want < 0) {
		assert_null(ptr);
		return;
	}
	assert_int_equal(__pa(ptr), address((unsigned long)want));
	for (unsigned long i = 0; i < nr; i++)
		model[(unsigned long)want + i].reserved = true;
}

static void ask(void)
{
	unsigned long cell = random_below(CELLS);
	phys_addr_t at = address(cell) + random_below(CELL);
	struct range r = random_range();
	bool any = false;

	assert_int_equal(memblock_is_memory(at), model[cell].memory);
	assert_int_equal(memblock_is_reserved(at), model[cell].reserved);
	assert_int_equal(memblock_is_map_memory(at),
			 model[cell].memory && !(model[cell].flags & MEMBLOCK_NOMAP));
	if (!r.nr)
		return;
	for_cells(i, r) any |= model[i].reserved;
	assert_int_equal(memblock_is_region_reserved(address(r.start), r.nr * CELL), any);
}

static void (*const operations[])(void) = {
	op_add,	 op_add,      op_remove,      op_reserve,     op_free,		op_free,
	op_mark, op_set_node, op_alloc_range, op_alloc_range, op_alloc_virtual,
};

/* An empty model and a window at @where; memblock was reset and is empty, too. */
static inline void model_start(phys_addr_t where, bool bottom_up, bool mirror, bool movable)
{
	memset(model, 0, sizeof(model));
	for (int i = 0; i < CELLS; i++)
		model[i].nid = MAX_NUMNODES;
	base = where;
	memblock_set_bottom_up(bottom_up);
	mirror_marked = false;
	mirrored_kernelcore = mirror;
	movable_node_enabled = movable;
}

static inline void model_compare(void)
{
	compare_table(&memblock.memory, true);
	compare_table(&memblock.reserved, false);
	assert_int_equal(memblock_verify(), 0);
}

#endif /* _TEST_MEMBLOCK_MODEL_H */
