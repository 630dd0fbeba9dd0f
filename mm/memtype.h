/* SPDX-License-Identifier: MIT */
/*
 * What the caches may do with physical addresses that somebody has mapped. A CPU that
 * reaches the same memory under two types may read stale data, or worse (Intel SDM
 * volume 3A, 12.12.4): so who maps addresses says how first, and those who come later
 * get the same type or none.
 *
 *   0xb0000000 |== uncached-minus ==|        |== write-combining ==| 0xe1000000
 *                  |= the same again =|
 *
 * Owns:       a struct for each range that was reserved, in a tree by address.
 * Invariants: ranges that overlap have one type. What firmware's tables lie in is write-back,
 *             and so is RAM, which the direct map holds, but for pages whose owner said
 *             otherwise (linux/set_memory.h): these are kept apart, by page.
 * Lifetime:   from memtype_init() on, after the slab allocator is up.
 * Locking:    a lock of its own, inside which no other is taken.
 * Units:      bytes; ranges are [start, end), page aligned.
 * Failure:    -errno and nothing changed.
 * Source:     Linux 6.1's arch/x86/mm/pat/memtype.c: names, numbers and messages.
 */
#ifndef _MM_MEMTYPE_H
#define _MM_MEMTYPE_H

#include <linux/types.h>

struct seq_file;

enum page_cache_mode {
	_PAGE_CACHE_MODE_WB = 0,
	_PAGE_CACHE_MODE_WC = 1,
	_PAGE_CACHE_MODE_UC_MINUS = 2, /* uncached, but an MTRR may say write-combining */
	_PAGE_CACHE_MODE_UC = 3,
	_PAGE_CACHE_MODE_WT = 4,
};

/*
 * Reserves [start, end) as @type, or with @got as what those who came before have it
 * as, which *@got is then. Write-back becomes uncached-minus, too, where a range register
 * (MTRR) says other than write-back. -EBUSY: others have it as another type, or as several;
 * -EINVAL: no range; -ENOMEM.
 */
int memtype_reserve(u64 start, u64 end, enum page_cache_mode type, enum page_cache_mode *got);

/* Takes one reservation of just this range back. -EINVAL, with a message: there is none. */
int memtype_free(u64 start, u64 end);

/*
 * The same of RAM that the caller has, page by page: write-back until he reserves it as something
 * else. -EBUSY, with a message: a page is reserved; -ENOMEM. Any context.
 */
int ram_type_reserve(unsigned long pfn, unsigned long nr, enum page_cache_mode type);
void ram_type_free(unsigned long pfn, unsigned long nr);
enum page_cache_mode ram_type(unsigned long pfn);

/* Its owner takes the page out of the direct map, or puts it back: is_direct_map_absent(). -ENOMEM */
int ram_set_absent(unsigned long pfn, bool absent);

/* Is there any of either? And none any more. */
bool ram_types_are_used(void);
void ram_types_reset(void);

/* Is any of it RAM that somebody may have? What was reserved at boot is nobody's. */
bool phys_is_system_ram(u64 start, u64 end);

/* What is mapped already: the framebuffer and firmware's tables. */
void memtype_init(void);
void memtype_reset(void);

/* Checks the tree; reports each fault, returns the number. */
int memtype_verify(void);

/* Is anything reserved? And all that is, in the form of Linux's pat_memtype_list. */
bool memtype_is_used(void);
void memtype_show(struct seq_file *m);

#endif /* _MM_MEMTYPE_H */
