/* SPDX-License-Identifier: MIT */
/*
 * Page tables as data: change them.
 *
 * Every change has two passes. The first only reads: it refuses what cannot be
 * done, and counts the tables that the second will need. The second takes them
 * from the pool and cannot fail. So a call either does all or nothing.
 *
 * Recursion goes down one level at a time, five at the most. Where a table is
 * missing, the count is arithmetic and not a walk, and leaves are written in one
 * loop of additions: mapping 16 TB in 1 GB pages costs 16384 stores and little
 * more.
 */
#include "pgtable.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#define TABLE_ENTRY (_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED)
#define PHYS_LIMIT  (1ULL << MAX_PHYSMEM_BITS)
#define PROT_ALL \
	(ARCH_MAP_WRITE | ARCH_MAP_EXEC | ARCH_MAP_CACHE | ARCH_MAP_IO | ARCH_MAP_BASE_PAGES)

/*
 * The part of [va, end) in the entry that @va lies in ends at the returned
 * address. Written so that the last entry of the address space does not wrap.
 */
static unsigned long entry_end(unsigned long va, unsigned long end, int level)
{
	unsigned long next = (va | (level_size(level) - 1)) + 1;

	return next - 1 < end - 1 ? next : end;
}

bool pgtable_canonical(const struct pgtable *pgt, unsigned long va)
{
	unsigned int unused = 64 - (level_shift(pgt->levels) + 9);

	return (unsigned long)((long)(va << unused) >> unused) == va;
}

/* Both ends canonical and in the same half: then all between them is. */
static int check_range(const struct pgtable *pgt, unsigned long va, size_t size)
{
	unsigned long end = va + size;

	if ((va | size) & ~PAGE_MASK || end <= va)
		return -EINVAL;
	if (!pgtable_canonical(pgt, va) || !pgtable_canonical(pgt, end - 1))
		return -EINVAL;
	return (long)(va ^ (end - 1)) < 0 ? -EINVAL : 0;
}

static int check_prot(unsigned int prot)
{
	if (prot & ~(unsigned int)PROT_ALL)
		return -EINVAL;
	if ((prot & ARCH_MAP_WRITE) && (prot & ARCH_MAP_EXEC))
		return -EINVAL;
	prot &= (unsigned int)ARCH_MAP_CACHE;
	return prot & (prot - 1) ? -EINVAL : 0;
}

u64 pgtable_prot_to_entry(unsigned int prot, int level)
{
	u64 entry = _PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_GLOBAL;

	if (prot & ARCH_MAP_WRITE)
		entry |= _PAGE_RW | _PAGE_DIRTY;
	if (!(prot & ARCH_MAP_EXEC))
		entry |= _PAGE_NX;
	if (prot & ARCH_MAP_WC)
		entry |= _PAGE_PWT; /* PAT entry 1, see pat.c */
	if (prot & ARCH_MAP_UC_MINUS)
		entry |= _PAGE_PCD; /* PAT entry 2 */
	if (prot & ARCH_MAP_UC)
		entry |= _PAGE_PCD | _PAGE_PWT; /* PAT entry 3 */
	if (prot & ARCH_MAP_WT)
		entry |= _PAGE_PCD | _PAGE_PWT | (level > 1 ? _PAGE_PAT_LARGE : _PAGE_PAT); /* 7 */
	return level > 1 ? entry | _PAGE_PSE : entry;
}

unsigned int pgtable_entry_to_prot(u64 entry, int level)
{
	unsigned int prot = ARCH_MAP_READ;
	bool pat = entry & (level > 1 ? _PAGE_PAT_LARGE : _PAGE_PAT);
	bool pwt = entry & _PAGE_PWT;

	if (entry & _PAGE_RW)
		prot |= ARCH_MAP_WRITE;
	if (!(entry & _PAGE_NX))
		prot |= ARCH_MAP_EXEC;
	if (entry & _PAGE_PCD)
		prot |= !pwt ? ARCH_MAP_UC_MINUS : pat ? ARCH_MAP_WT : ARCH_MAP_UC;
	else if (pwt && !pat)
		prot |= ARCH_MAP_WC;
	return prot;
}

void pgtable_pool_add(const struct pgtable *pgt, struct pgtable_pool *pool, phys_addr_t page)
{
	*pgtable_at(pgt, page) = pool->head;
	pool->head = page;
	pool->nr++;
}

phys_addr_t pgtable_pool_take(const struct pgtable *pgt, struct pgtable_pool *pool)
{
	phys_addr_t page = pool->head;

	if (page) {
		pool->head = *pgtable_at(pgt, page);
		pool->nr--;
	}
	return page;
}

static int pool_check(struct pgtable_pool *pool, unsigned long needed)
{
	if (pool->nr >= needed)
		return 0;
	pool->needed = needed;
	return -ENOMEM;
}

/* ---- Map ------------------------------------------------------------------ */

/* What pgtable_map() carries down. pa = va + offset, modulo 2^64. */
struct map_op {
	struct pgtable *pgt;
	u64 offset;
	unsigned int prot;
	int max_leaf;
	struct pgtable_pool *pool;
	struct page *const *pages; /* not NULL: what is mapped, from @start on, not @offset */
	unsigned long start;
};

/* May a whole entry at @level be a leaf? All of them may, or none. */
static bool can_be_leaf(const struct map_op *op, int level)
{
	return level <= op->max_leaf && !(op->offset & (level_size(level) - 1));
}

/*
 * Tables needed below a table at @level that is empty, to map [va, end) in it:
 *
 *   |  head |  whole  |  whole  | tail |     whole entries are leaves, or each
 *      va                         end        needs the same number of tables
 */
static unsigned long count_empty(const struct map_op *op, int level, unsigned long va,
				 unsigned long end)
{
	unsigned long size = level_size(level), count = 0;
	unsigned long first = (va + size - 1) & ~(size - 1), last = end & ~(size - 1);

	if (level == 1)
		return 0;
	/* A part of one entry, which may be the last, past which @first wraps. */
	if (!((va ^ (end - 1)) & ~(size - 1)) && end - va < size)
		return 1 + count_empty(op, level - 1, va, end);
	if (va < first)
		count += 1 + count_empty(op, level - 1, va, first);
	if (last < end)
		count += 1 + count_empty(op, level - 1, last, end);
	if (first < last && !can_be_leaf(op, level))
		count += ((last - first) >> level_shift(level)) *
			 (1 + count_empty(op, level - 1, first, first + size));
	return count;
}

/* How many of the @max entries from @entry on are not present, up to the first that is. */
static unsigned long empty_run(const u64 *entry, unsigned long max)
{
	const u64 *p = entry, *stop = entry + max;

	while (p < stop && !(*p & _PAGE_PRESENT))
		p++;
	return (unsigned long)(p - entry);
}

/* Tables needed to map [va, end) under @table, or -EEXIST. */
static long count_map(const struct map_op *op, const u64 *table, int level, unsigned long va,
		      unsigned long end)
{
	unsigned long size = level_size(level);
	long count = 0;

	for (unsigned long next; va < end; va = next) {
		const u64 *entry = &table[pgtable_index(va, level)];
		long below;

		next = entry_end(va, end, level);
		if (!(*entry & _PAGE_PRESENT)) {
			if (next - va == size && can_be_leaf(op, level))
				next = va +
				       empty_run(entry, (end - va) >> level_shift(level)) * size;
			else
				count += 1 + (long)count_empty(op, level - 1, va, next);
			continue;
		}
		if (entry_is_leaf(*entry, level))
			return -EEXIST;
		below = count_map(op, pgtable_at(op->pgt, entry_phys(op->pgt, *entry)), level - 1,
				  va, next);
		if (below < 0)
			return below;
		count += below;
	}
	return count;
}

/* What leaves of @op at @level have beside an address. */
static u64 leaf_bits(const struct map_op *op, int level)
{
	return pgtable_prot_to_entry(op->prot, level) | (op->prot & ARCH_MAP_IO ? 0 : op->pgt->enc);
}

/* Leaves for @nr pages that lie anywhere. */
static void write_pages(const struct map_op *op, struct page *const *page, size_t nr, u64 *entry)
{
	u64 *stop = entry + nr, bits = leaf_bits(op, 1);

	for (; entry < stop; entry++, page++)
		WRITE_ONCE(*entry, page_to_phys(*page) | bits);
}

/* Writes leaves for the whole entries in [va, end) of @table. */
static void write_leaves(const struct map_op *op, u64 *table, int level, unsigned long va,
			 unsigned long end)
{
	u64 *entry = &table[pgtable_index(va, level)];
	u64 *stop = entry + ((end - va) >> level_shift(level));
	u64 step = level_size(level);
	u64 value = (va + op->offset) | leaf_bits(op, level);

	if (op->pages) {
		write_pages(op, &op->pages[(va - op->start) >> PAGE_SHIFT],
			    (end - va) >> PAGE_SHIFT, entry);
		return;
	}
	/* Eight at a time: this loop is the cost of mapping terabytes. */
	for (; stop - entry >= 8; entry += 8)
#pragma GCC unroll 8
		for (int i = 0; i < 8; i++, value += step)
			WRITE_ONCE(entry[i], value);
	for (; entry < stop; entry++, value += step)
		WRITE_ONCE(*entry, value);
}

/* The table below @entry, made where it is missing. */
static u64 *table_below(const struct map_op *op, u64 *entry)
{
	phys_addr_t page = entry_phys(op->pgt, *entry);

	if (!(*entry & _PAGE_PRESENT)) {
		page = pgtable_pool_take(op->pgt, op->pool);
		memset(pgtable_at(op->pgt, page), 0, PAGE_SIZE);
		WRITE_ONCE(*entry, page | TABLE_ENTRY | op->pgt->enc);
	}
	return pgtable_at(op->pgt, page);
}

/* A new table that is nothing but leaves: not cleared first. */
static void new_table_of_leaves(const struct map_op *op, u64 *entry, int level, unsigned long va)
{
	phys_addr_t page = pgtable_pool_take(op->pgt, op->pool);

	write_leaves(op, pgtable_at(op->pgt, page), level - 1, va, va + level_size(level));
	WRITE_ONCE(*entry, page | TABLE_ENTRY | op->pgt->enc);
}

static void fill(const struct map_op *op, u64 *table, int level, unsigned long va,
		 unsigned long end)
{
	unsigned long size = level_size(level);

	for (unsigned long next; va < end; va = next) {
		u64 *entry = &table[pgtable_index(va, level)];
		bool fresh;

		next = entry_end(va, end, level);
		fresh = next - va == size && !(*entry & _PAGE_PRESENT);
		if (fresh && can_be_leaf(op, level)) {
			next = va + empty_run(entry, (end - va) >> level_shift(level)) * size;
			write_leaves(op, table, level, va, next);
		} else if (fresh && can_be_leaf(op, level - 1)) {
			new_table_of_leaves(op, entry, level, va);
		} else {
			fill(op, table_below(op, entry), level - 1, va, next);
		}
	}
}

static int map_range(const struct map_op *op, unsigned long va, size_t size)
{
	struct pgtable *pgt = op->pgt;
	int err = check_range(pgt, va, size);
	u64 *root = pgtable_at(pgt, pgt->root);
	long count;

	if (!err)
		err = check_prot(op->prot);
	if (err)
		return err;
	count = count_map(op, root, pgt->levels, va, va + size);
	if (count < 0)
		return (int)count;
	err = pool_check(op->pool, (unsigned long)count);
	if (!err)
		fill(op, root, pgt->levels, va, va + size);
	return err;
}

int pgtable_map(struct pgtable *pgt, unsigned long va, phys_addr_t pa, size_t size,
		unsigned int prot, struct pgtable_pool *pool)
{
	struct map_op op = {.pgt = pgt,
			    .offset = pa - va,
			    .prot = prot,
			    .max_leaf = prot & ARCH_MAP_BASE_PAGES ? 1 : pgt->max_leaf,
			    .pool = pool};

	if ((pa & ~PAGE_MASK) || pa >= PHYS_LIMIT || size > PHYS_LIMIT - pa)
		return -EINVAL;
	return map_range(&op, va, size);
}

/*
 * The entries of base pages from @va on, where [va, va + size) is a range of whole pages
 * that needs one table of them, and that is there: most calls for a few pages, and they
 * need no more than this. Else NULL.
 */
static __always_inline u64 *base_entries(const struct pgtable *pgt, unsigned long va, size_t size)
{
	unsigned long in_table = (va & (level_size(2) - 1)) + size;
	u64 *table = pgtable_at(pgt, pgt->root);

	if (((va | size) & ~PAGE_MASK) || !size || in_table > level_size(2) || in_table < size ||
	    !pgtable_canonical(pgt, va))
		return NULL;
	for (unsigned int shift = level_shift(pgt->levels); shift > PAGE_SHIFT; shift -= 9) {
		u64 entry = table[va >> shift & (PTRS_PER_TABLE - 1)];

		if ((entry & (_PAGE_PRESENT | _PAGE_PSE)) != _PAGE_PRESENT)
			return NULL;
		table = pgtable_at(pgt, entry_phys(pgt, entry));
	}
	return &table[pgtable_index(va, 1)];
}

bool pgtable_map_few(struct pgtable *pgt, unsigned long va, struct page *const *pages, size_t nr,
		     unsigned int prot)
{
	u64 *entry = nr > PTRS_PER_TABLE ? NULL : base_entries(pgt, va, nr << PAGE_SHIFT);
	u64 bits = _PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_GLOBAL | _PAGE_NX | pgt->enc, there = 0;

	if (!entry || (prot & ~(unsigned int)ARCH_MAP_WRITE))
		return false;
	if (prot & ARCH_MAP_WRITE)
		bits |= _PAGE_RW | _PAGE_DIRTY;
	for (size_t i = 0; i < nr; i++)
		there |= entry[i];
	if (there & _PAGE_PRESENT)
		return false;
	for (size_t i = 0; i < nr; i++)
		WRITE_ONCE(entry[i], page_to_phys(pages[i]) | bits);
	return true;
}

int pgtable_map_pages(struct pgtable *pgt, unsigned long va, struct page *const *pages, size_t nr,
		      unsigned int prot, struct pgtable_pool *pool)
{
	struct map_op op = {
		.pgt = pgt, .prot = prot, .max_leaf = 1, .pool = pool, .pages = pages, .start = va};

	return nr > ~0UL >> PAGE_SHIFT ? -EINVAL : map_range(&op, va, nr << PAGE_SHIFT);
}

/* ---- Unmap and protect ----------------------------------------------------- */

#define MAX_LEAF_LEVEL 3 /* 1 GB */

/*
 * What a change carries down: leaves become 0, or keep their address, and whether that is
 * encrypted, with other bits.
 */
struct change_op {
	struct pgtable *pgt;
	bool unmap;
	u64 bits[MAX_LEAF_LEVEL + 1]; /* by level */
	struct pgtable_pool *pool;
};

/* The level of the leaf that @va lies in, or 0. */
static int leaf_level(const struct pgtable *pgt, unsigned long va)
{
	u64 entries[5];
	int nr = pgtable_entries(pgt, va, entries);

	return entries[nr - 1] & _PAGE_PRESENT ? pgt->levels - nr + 1 : 0;
}

/*
 * Tables needed so that no leaf crosses @va or @end. An edge that is not aligned
 * to a leaf's size costs one table for each level below the leaf, until it is
 * aligned; both edges in one leaf share those that lie above both:
 *
 *   1 GB leaf  |-----va-------------end---|   1 pmd, and 1 pte or 2
 */
static unsigned long count_splits(const struct pgtable *pgt, unsigned long va, unsigned long end)
{
	int first = leaf_level(pgt, va), last = leaf_level(pgt, end - 1);
	unsigned long count = 0;

	for (int level = 2; level <= pgt->max_leaf; level++) {
		unsigned long mask = level_size(level) - 1;
		bool at_start = level <= first && (va & mask);
		bool at_end = level <= last && (end & mask);

		count += at_start;
		count += at_end && !(at_start && (va & ~mask) == (end & ~mask));
	}
	return count;
}

/* Replaces a leaf by a table of leaves one level down that map the same. */
static void split_leaf(const struct change_op *op, u64 *entry, int level)
{
	phys_addr_t page = pgtable_pool_take(op->pgt, op->pool);
	u64 *table = pgtable_at(op->pgt, page);
	u64 pat = *entry & _PAGE_PAT_LARGE;
	u64 value = *entry & ~_PAGE_PAT_LARGE, step = level_size(level - 1);

	if (level == 2)
		value = (value & ~_PAGE_PSE) | (pat ? _PAGE_PAT : 0);
	else
		value |= pat;
#pragma GCC unroll 8
	for (int i = 0; i < PTRS_PER_TABLE; i++, value += step)
		WRITE_ONCE(table[i], value);
	WRITE_ONCE(*entry, page | TABLE_ENTRY | op->pgt->enc);
}

static void change_leaf(const struct change_op *op, u64 *entry, int level)
{
	u64 address = PTE_PFN_MASK & ~(u64)(level_size(level) - 1);

	if (op->unmap)
		WRITE_ONCE(*entry, 0);
	else
		WRITE_ONCE(*entry, (*entry & address) | op->bits[level]);
}

static void change_base_pages(const struct change_op *op, u64 *entry, unsigned long nr)
{
	for (u64 *stop = entry + nr; entry < stop; entry++)
		if (*entry & _PAGE_PRESENT)
			change_leaf(op, entry, 1);
}

static void change(const struct change_op *op, u64 *table, int level, unsigned long va,
		   unsigned long end)
{
	if (level == 1) {
		change_base_pages(op, &table[pgtable_index(va, 1)], (end - va) >> PAGE_SHIFT);
		return;
	}
	for (unsigned long next; va < end; va = next) {
		u64 *entry = &table[pgtable_index(va, level)];

		next = entry_end(va, end, level);
		if (!(*entry & _PAGE_PRESENT))
			continue;
		if (entry_is_leaf(*entry, level)) {
			if (next - va == level_size(level)) {
				change_leaf(op, entry, level);
				continue;
			}
			split_leaf(op, entry, level);
		}
		change(op, pgtable_at(op->pgt, entry_phys(op->pgt, *entry)), level - 1, va, next);
	}
}

static int change_range(const struct change_op *op, unsigned long va, size_t size)
{
	struct pgtable *pgt = op->pgt;
	int err = check_range(pgt, va, size);

	if (!err)
		err = pool_check(op->pool, count_splits(pgt, va, va + size));
	if (!err)
		change(op, pgtable_at(pgt, pgt->root), pgt->levels, va, va + size);
	return err;
}

bool pgtable_unmap_few(struct pgtable *pgt, unsigned long va, size_t size)
{
	u64 *entry = base_entries(pgt, va, size);

	if (!entry)
		return false;
	for (u64 *stop = entry + (size >> PAGE_SHIFT); entry < stop; entry++)
		WRITE_ONCE(*entry, 0);
	return true;
}

int pgtable_unmap(struct pgtable *pgt, unsigned long va, size_t size, struct pgtable_pool *pool)
{
	const struct change_op op = {.pgt = pgt, .unmap = true, .pool = pool};

	return change_range(&op, va, size);
}

int pgtable_protect(struct pgtable *pgt, unsigned long va, size_t size, unsigned int prot,
		    struct pgtable_pool *pool)
{
	struct change_op op = {.pgt = pgt, .pool = pool};
	int err = check_prot(prot);

	if (err)
		return err;
	for (int level = 1; level <= MAX_LEAF_LEVEL; level++)
		op.bits[level] = pgtable_prot_to_entry(prot, level);
	return change_range(&op, va, size);
}

/* ---- Tables that are empty --------------------------------------------------- */

static void prune_table(struct pgtable *pgt, u64 *table, int level, unsigned long va,
			unsigned long end, struct pgtable_pool *pool)
{
	for (unsigned long next; va < end; va = next) {
		u64 *entry = &table[pgtable_index(va, level)], *below;

		next = entry_end(va, end, level);
		if (!(*entry & _PAGE_PRESENT) || entry_is_leaf(*entry, level))
			continue;
		below = pgtable_at(pgt, entry_phys(pgt, *entry));
		if (level > 2)
			prune_table(pgt, below, level - 1, va, next, pool);
		if (empty_run(below, PTRS_PER_TABLE) == PTRS_PER_TABLE) {
			phys_addr_t page = entry_phys(pgt, *entry);

			WRITE_ONCE(*entry, 0);
			pgtable_pool_add(pgt, pool, page);
		}
	}
}

void pgtable_prune(struct pgtable *pgt, unsigned long start, unsigned long end,
		   struct pgtable_pool *pool)
{
	if (start < end)
		prune_table(pgt, pgtable_at(pgt, pgt->root), pgt->levels, start, end, pool);
}
