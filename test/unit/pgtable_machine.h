/* SPDX-License-Identifier: MIT */
/*
 * Page tables in simulated memory: table pages are numbered from physical 4 KB on, and lie
 * in one buffer.
 */
#ifndef _TEST_PGTABLE_MACHINE_H
#define _TEST_PGTABLE_MACHINE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include "../../arch/x86_64/pgtable.h"

#define TABLE_PAGES 8192

static u8 *ram; /* physical 0 */
static unsigned long pages_given;
static u64 c_bit; /* that tables are made with */
static struct pgtable pgt;
static struct pgtable_pool pool;

static inline phys_addr_t new_page(void)
{
	pages_given++;
	assert_true(pages_given < TABLE_PAGES);
	/* Old contents must not matter. */
	memset(ram + pages_given * PAGE_SIZE, 0xa5, PAGE_SIZE);
	return pages_given * PAGE_SIZE;
}

static inline void fill_pool(unsigned long nr)
{
	while (pool.nr < nr)
		pgtable_pool_add(&pgt, &pool, new_page());
}

static inline void make_tables(int levels, int max_leaf)
{
	pages_given = 0;
	memset(&pool, 0, sizeof(pool));
	pgt.virt_base = (unsigned long)ram;
	pgt.levels = levels;
	pgt.max_leaf = max_leaf;
	pgt.enc = c_bit;
	pgt.root = new_page();
	memset(ram + pgt.root, 0, PAGE_SIZE);
}

static inline int setup(void **state)
{
	(void)state;
	ram = aligned_alloc(PAGE_SIZE, TABLE_PAGES * PAGE_SIZE);
	make_tables(4, 3);
	return ram ? 0 : -1;
}

/* Entries at @table and below without the bit: all of a device's pages, and nothing else. */
static inline unsigned long plain_entries(const u64 *table, int level)
{
	unsigned long nr = 0;

	for (int i = 0; i < PTRS_PER_TABLE; i++) {
		if (!(table[i] & _PAGE_PRESENT))
			continue;
		nr += !(table[i] & c_bit);
		if (!entry_is_leaf(table[i], level))
			nr += plain_entries(pgtable_at(&pgt, table[i] & PTE_PFN_MASK & ~c_bit),
					    level - 1);
	}
	return nr;
}

static inline int teardown(void **state)
{
	(void)state;
	free(ram);
	return 0;
}

/* The calls with as many table pages as they ask for. */
static inline int map(unsigned long va, phys_addr_t pa, size_t size, unsigned int prot)
{
	int err = pgtable_map(&pgt, va, pa, size, prot, &pool);

	if (err == -ENOMEM) {
		fill_pool(pool.needed);
		err = pgtable_map(&pgt, va, pa, size, prot, &pool);
	}
	return err;
}

static inline int unmap(unsigned long va, size_t size)
{
	int err = pgtable_unmap(&pgt, va, size, &pool);

	if (err == -ENOMEM) {
		fill_pool(pool.needed);
		err = pgtable_unmap(&pgt, va, size, &pool);
	}
	return err;
}

static inline int protect(unsigned long va, size_t size, unsigned int prot)
{
	int err = pgtable_protect(&pgt, va, size, prot, &pool);

	if (err == -ENOMEM) {
		fill_pool(pool.needed);
		err = pgtable_protect(&pgt, va, size, prot, &pool);
	}
	return err;
}

static inline void assert_maps(unsigned long va, phys_addr_t pa, size_t page_size,
			       unsigned int prot)
{
	struct arch_mapping m;

	assert_int_equal(pgtable_query(&pgt, va, &m), 0);
	assert_int_equal(m.phys, pa);
	assert_int_equal(m.page_size, page_size);
	assert_int_equal(m.prot, prot);
}

static inline void assert_unmapped(unsigned long va)
{
	struct arch_mapping m;

	assert_int_equal(pgtable_query(&pgt, va, &m), -ENOENT);
}

#endif /* _TEST_PGTABLE_MACHINE_H */
