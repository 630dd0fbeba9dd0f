/* SPDX-License-Identifier: MIT */
/*
 * What memblock's tests share: places to run each case at, and a short form to
 * say what a table should hold.
 *
 * A case works in a window of WINDOW bytes that starts at `base`, and names
 * addresses by their offset in it. RAM behind the window is real, if memory is
 * to be written to; a window at the very top of the address space has none.
 */
#ifndef _TEST_MEMBLOCK_TEST_H
#define _TEST_MEMBLOCK_TEST_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <baremm/e820.h>
#include <host/machine.h>
#include <linux/errno.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/sizes.h>
#include <asm/page.h>
#include "mm/internal.h"

#define WINDOW SZ_64M
#define KB(n)  ((phys_addr_t)(n) << 10)
#define MB(n)  ((phys_addr_t)(n) << 20)

struct place {
	phys_addr_t base;
	bool bottom_up;
	bool backed;
};

#define NEAR_0	    SZ_64K
#define ACROSS_4G   (SZ_4G - SZ_32M)
#define TOP_OF_RAM  (((phys_addr_t)MAX_ARCH_PFN << PAGE_SHIFT) - WINDOW)
#define TOP_OF_ADDR (PHYS_ADDR_MAX - WINDOW - SZ_4K + 1) /* ends a page below the last */

static const struct place places[] = {
	{NEAR_0, false, true},	     {NEAR_0, true, true},	 {ACROSS_4G, false, true},
	{ACROSS_4G, true, true},     {TOP_OF_RAM, false, true},	 {TOP_OF_RAM, true, true},
	{TOP_OF_ADDR, false, false}, {TOP_OF_ADDR, true, false},
};

#define PLACED(f, where, i)                                                                  \
	{                                                                                    \
#f ", " where, f, place_setup, place_teardown, (void *)(uintptr_t)&places[i] \
	}

/* The case in windows that are backed: for tests that write to memory. */
#define AT_BACKED_PLACES(f)                                                                      \
	PLACED(f, "near 0, top-down", 0), PLACED(f, "near 0, bottom-up", 1),                     \
		PLACED(f, "across 4 GiB, top-down", 2), PLACED(f, "across 4 GiB, bottom-up", 3), \
		PLACED(f, "at the top of RAM, top-down", 4),                                     \
		PLACED(f, "at the top of RAM, bottom-up", 5)

/* And at the top of the address space: for tests of addresses alone. */
#define AT_ALL_PLACES(f)                                                  \
	AT_BACKED_PLACES(f), PLACED(f, "at the top of all, top-down", 6), \
		PLACED(f, "at the top of all, bottom-up", 7)

/* A case of one place, for tests that say themselves where they run. */
#define ANYWHERE(f)                                                               \
	{                                                                         \
#f, f, place_setup, place_teardown, (void *)(uintptr_t)&places[2] \
	}

static phys_addr_t base;

static inline int place_setup(void **state)
{
	const struct place *at = *state;
	struct e820_entry ram = {.addr = at->base, .size = WINDOW, .type = E820_TYPE_RAM};

	if (at->backed)
		host_machine_init(&ram, 1, NULL);
	memblock_reset();
	host_log_clear();
	memblock_set_bottom_up(at->bottom_up);
	base = at->base;
	return 0;
}

static inline int place_teardown(void **state)
{
	(void)state;
	memblock_reset();
	host_machine_exit();
	return 0;
}

/* Top-down or bottom-up: what is right for the direction of this run. */
static inline phys_addr_t by_direction(phys_addr_t top_down, phys_addr_t bottom_up)
{
	return memblock_bottom_up() ? bottom_up : top_down;
}

static inline void add(phys_addr_t offset, phys_addr_t size)
{
	assert_int_equal(memblock_add(base + offset, size), 0);
}

static inline void add_node(phys_addr_t offset, phys_addr_t size, int nid)
{
	assert_int_equal(memblock_add_node(base + offset, size, nid, MEMBLOCK_NONE), 0);
}

static inline void reserve(phys_addr_t offset, phys_addr_t size)
{
	assert_int_equal(memblock_reserve(base + offset, size), 0);
}

struct span {
	phys_addr_t offset;
	phys_addr_t size;
};

static inline void spans_are(const struct memblock_type *type, const struct span *spans, size_t nr)
{
	phys_addr_t total = 0;

	assert_int_equal(type->cnt, nr);
	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(type->regions[i].base - base, spans[i].offset);
		assert_int_equal(type->regions[i].size, spans[i].size);
		total += spans[i].size;
	}
	assert_int_equal(type->total_size, total);
	assert_int_equal(memblock_verify(), 0);
}

static inline void table_is_empty(const struct memblock_type *type)
{
	assert_int_equal(type->cnt, 1);
	assert_int_equal(type->regions[0].base, 0);
	assert_int_equal(type->regions[0].size, 0);
	assert_int_equal(type->total_size, 0);
	assert_int_equal(memblock_verify(), 0);
}

/* memory_is({ offset, size }, ...): the table holds just these regions. */
#define table_is(type, ...)                                 \
	spans_are(type, (const struct span[]){__VA_ARGS__}, \
		  sizeof((const struct span[]){__VA_ARGS__}) / sizeof(struct span))
#define memory_is(...)	 table_is(&memblock.memory, __VA_ARGS__)
#define reserved_is(...) table_is(&memblock.reserved, __VA_ARGS__)

/* Is [ptr, ptr + size) zero? Fills it with 0x5a for the next to find. */
static inline void memory_is_zeroed(void *ptr, size_t size)
{
	unsigned char *p = ptr;

	assert_non_null(ptr);
	for (size_t i = 0; i < size; i++) {
		assert_int_equal(p[i], 0);
		p[i] = 0x5a;
	}
}

#endif /* _TEST_MEMBLOCK_TEST_H */
