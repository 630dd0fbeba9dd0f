/* SPDX-License-Identifier: MIT */
/* Copies from and to where nothing may be. Contract: baremm/arch.h. */
#include <baremm/arch.h>

#include "exceptions.h"
#include "mmu.h"

/* copy_nofault.S */
bool copy_nofault(void *dst, const void *src, size_t size);

/* All of it can be read; written, with ARCH_MAP_WRITE. */
static bool is_mapped(unsigned long start, size_t size, unsigned int prot)
{
	struct arch_mapping map;

	if (start + size < start)
		return false;
	for (unsigned long at = start & PAGE_MASK; at < start + size; at += PAGE_SIZE)
		if (arch_query(at, &map) || (map.prot & prot) != prot)
			return false;
	return true;
}

bool arch_copy_nofault(void *dst, const void *src, size_t size)
{
	/* A fault inside of a handler would take the stack that this runs on. */
	if (in_exception() && !(is_mapped((unsigned long)src, size, ARCH_MAP_READ) &&
				is_mapped((unsigned long)dst, size, ARCH_MAP_WRITE)))
		return false;
	return copy_nofault(dst, src, size);
}

bool arch_canonical(unsigned long va)
{
	return pgtable_canonical(&live_pgtable, va);
}
