/* SPDX-License-Identifier: MIT */
/*
 * Page tables as data: read them. What is read need not be ours: firmware's
 * tables may restrict protection above the leaves, so it is gathered on the way
 * down.
 */
#include "pgtable.h"

#include <linux/errno.h>
#include <linux/kernel.h>

/* Where a page is mapped to, of a leaf at @level. */
static phys_addr_t leaf_phys(const struct pgtable *pgt, u64 entry, int level)
{
	return entry_phys(pgt, entry) & ~(u64)(level_size(level) - 1);
}

static unsigned int leaf_prot(const struct pgtable *pgt, u64 entry, int level)
{
	unsigned int io = pgt->enc && !(entry & pgt->enc) ? ARCH_MAP_IO : 0;

	return pgtable_entry_to_prot(entry, level) | io;
}

/* A leaf's entry with the restrictions of the entries above it. */
static u64 restrict_entry(u64 entry, u64 above)
{
	return (entry & (~_PAGE_RW | (above & _PAGE_RW))) | (above & _PAGE_NX);
}

int pgtable_entries(const struct pgtable *pgt, unsigned long va, u64 entries[5])
{
	phys_addr_t table = pgt->root;
	int nr = 0;

	for (int level = pgt->levels; level > 0; level--) {
		u64 entry = pgtable_at(pgt, table)[pgtable_index(va, level)];

		entries[nr++] = entry;
		if (!(entry & _PAGE_PRESENT) || entry_is_leaf(entry, level))
			break;
		table = entry_phys(pgt, entry);
	}
	return nr;
}

int pgtable_query(const struct pgtable *pgt, unsigned long va, struct arch_mapping *mapping)
{
	u64 entries[5], entry, above = _PAGE_RW;
	int nr, level;

	if (!pgtable_canonical(pgt, va))
		return -ENOENT;
	nr = pgtable_entries(pgt, va, entries);
	entry = entries[nr - 1];
	if (!(entry & _PAGE_PRESENT))
		return -ENOENT;
	for (int i = 0; i < nr - 1; i++)
		above = restrict_entry(entries[i], above);
	level = pgt->levels - nr + 1;
	mapping->page_size = level_size(level);
	mapping->phys = leaf_phys(pgt, entry, level) + (va & (mapping->page_size - 1));
	mapping->prot = leaf_prot(pgt, restrict_entry(entry, above), level);
	return 0;
}

/* ---- Walk ------------------------------------------------------------------ */

/* The run being gathered: [start, end) at phys; nothing where start == end. */
struct walk {
	const struct pgtable *pgt;
	arch_walk_fn fn;
	void *arg;
	unsigned long start, end;
	phys_addr_t phys;
	size_t page_size;
	unsigned int prot;
};

static int walk_emit(struct walk *w)
{
	if (w->start == w->end)
		return 0;
	return w->fn(w->start, w->end, w->phys, w->page_size, w->prot, w->arg);
}

static bool walk_continues(const struct walk *w, unsigned long va, phys_addr_t phys, size_t size,
			   unsigned int prot)
{
	return w->start != w->end && w->end == va && w->page_size == size && w->prot == prot &&
	       w->phys + (va - w->start) == phys;
}

/* Adds [va, va + bytes), which starts in the leaf @entry and goes on alike. */
static int walk_add(struct walk *w, u64 entry, int level, unsigned long va, size_t bytes)
{
	size_t size = level_size(level);
	phys_addr_t phys = leaf_phys(w->pgt, entry, level) + (va & (size - 1));
	unsigned int prot = leaf_prot(w->pgt, entry, level);
	int ret;

	if (!walk_continues(w, va, phys, size, prot)) {
		ret = walk_emit(w);
		w->start = va;
		w->phys = phys;
		w->page_size = size;
		w->prot = prot;
		if (ret) {
			w->end = va;
			return ret;
		}
	}
	w->end = va + bytes;
	return 0;
}

/*
 * How many entries from @entry on, @max at the most, are each the one before it
 * plus one page. Fewer is no error: runs that go on are joined.
 */
static unsigned long equal_leaves(const u64 *entry, unsigned long max, u64 step)
{
	const u64 *p = entry + 1, *stop = entry + max;
	u64 expected = *entry + step;

	/* Eight at a time: this loop is the cost of checking terabytes. */
	for (; stop - p >= 8; p += 8)
#pragma GCC unroll 8
		for (int i = 0; i < 8; i++, expected += step)
			if (p[i] != expected)
				return (unsigned long)(p + i - entry);
	while (p < stop && *p == expected) {
		p++;
		expected += step;
	}
	return (unsigned long)(p - entry);
}

/* How many entries from @entry on, @max at the most, are empty for sure. */
static unsigned long empty_entries(const u64 *entry, unsigned long max)
{
	const u64 *p = entry + 1, *stop = entry + max;

	while (stop - p >= 4 && !((p[0] | p[1] | p[2] | p[3]) & _PAGE_PRESENT))
		p += 4;
	return (unsigned long)(p - entry);
}

/* What of [start, last] lies in the table at @page, which maps from @base on. */
static int walk_table(struct walk *w, phys_addr_t page, int level, u64 above, unsigned long base,
		      unsigned long start, unsigned long last)
{
	const u64 *table = pgtable_at(w->pgt, page);
	unsigned long size = level_size(level);
	unsigned long i = (max(start, base) - base) >> level_shift(level);
	unsigned long end =
		min(((last - base) >> level_shift(level)) + 1, (unsigned long)PTRS_PER_TABLE);
	int ret = 0;

	while (i < end && !ret) {
		unsigned long va = base + i * size, nr = 1;
		u64 entry = table[i], merged;

		if (!(entry & _PAGE_PRESENT)) {
			i += empty_entries(&table[i], end - i);
			continue;
		}
		merged = restrict_entry(entry, above);
		if (entry_is_leaf(entry, level)) {
			unsigned long from = max(va, start), to;

			nr = equal_leaves(&table[i], end - i, size);
			to = min(va + nr * size - 1, last);
			ret = walk_add(w, merged, level, from, to - from + 1);
		} else {
			ret = walk_table(w, entry_phys(w->pgt, entry), level - 1, merged, va, start,
					 last);
		}
		i += nr;
	}
	return ret;
}

/*
 * The part of [start, last] in the canonical half [low, high]; @base is where the
 * root's first entry would map.
 */
static int walk_half(struct walk *w, unsigned long base, unsigned long low, unsigned long high,
		     unsigned long start, unsigned long last)
{
	start = max(start, low);
	last = min(last, high);
	if (start > last)
		return 0;
	return walk_table(w, w->pgt->root, w->pgt->levels, _PAGE_RW, base, start, last);
}

int pgtable_walk(const struct pgtable *pgt, unsigned long start, unsigned long end, arch_walk_fn fn,
		 void *arg)
{
	struct walk w = {.pgt = pgt, .fn = fn, .arg = arg};
	unsigned long half = 1UL << (level_shift(pgt->levels) + 8);
	int ret;

	if (start >= end)
		return 0;
	ret = walk_half(&w, 0, 0, half - 1, start, end - 1);
	if (!ret)
		ret = walk_half(&w, 0 - 2 * half, 0 - half, ~0UL, start, end - 1);
	return ret ? ret : walk_emit(&w);
}
