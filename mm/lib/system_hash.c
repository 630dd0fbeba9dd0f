// SPDX-License-Identifier: MIT
/* Hash tables whose size goes by the machine's memory. Contract: linux/memblock.h. */
#include <linux/memblock.h>

#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

/* Above this the table grows half as fast with each four times the memory. */
#define ADAPT_SCALE_PAGES (SZ_64G >> PAGE_SHIFT)
#define ADAPT_SCALE_SHIFT 2

static unsigned long __init pages_there(int flags)
{
	if (flags & HASH_EARLY)
		return PFN_DOWN(memblock_phys_mem_size() - memblock_reserved_size());
	return totalram_pages();
}

/* Entries for memory: one for 2^@scale bytes. */
static unsigned long __init entries_for(unsigned long pages, int scale, bool adapt)
{
	pages = ALIGN(pages, SZ_1M >> PAGE_SHIFT);
	for (unsigned long at = ADAPT_SCALE_PAGES; adapt && at < pages; at <<= ADAPT_SCALE_SHIFT)
		scale++;
	return scale > PAGE_SHIFT ? pages >> (scale - PAGE_SHIFT) : pages << (PAGE_SHIFT - scale);
}

static void *__init alloc_table(unsigned long size, int flags, bool *virt)
{
	gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN | (flags & HASH_ZERO ? __GFP_ZERO : 0);

	*virt = false;
	if (flags & HASH_EARLY)
		return flags & HASH_ZERO ? memblock_alloc(size, SMP_CACHE_BYTES)
					 : memblock_alloc_raw(size, SMP_CACHE_BYTES);
	if (get_order(size) <= MAX_PAGE_ORDER && num_node_state(N_MEMORY) < 2)
		return alloc_pages_exact(size, gfp);
	*virt = true;
	return vmalloc_huge(size, gfp);
}

void *__init alloc_large_system_hash(const char *tablename, unsigned long bucketsize,
				     unsigned long numentries, int scale, int flags,
				     unsigned int *_hash_shift, unsigned int *_hash_mask,
				     unsigned long low_limit, unsigned long high_limit)
{
	unsigned long pages = pages_there(flags), most = high_limit, size;
	unsigned int shift;
	void *table;
	bool virt;

	if (!numentries) {
		numentries = entries_for(pages, scale, !high_limit);
		if (flags & HASH_SMALL)
			numentries = max(numentries, 1UL << *_hash_shift);
		else
			numentries = max(numentries, PAGE_SIZE / bucketsize);
	}
	if (!most)
		most = (pages << PAGE_SHIFT >> 4) / bucketsize;
	most = clamp(most, 1UL, 0x80000000UL);
	numentries = max(roundup_pow_of_two(numentries ?: 1), low_limit);
	numentries = min(numentries, most);
	shift = (unsigned int)ilog2(numentries);
	for (;;) {
		size = bucketsize << shift;
		table = alloc_table(size, flags, &virt);
		if (table || size <= PAGE_SIZE || !shift)
			break;
		shift--;
	}
	if (!table)
		panic("Failed to allocate %s hash table\n", tablename);
	pr_info("%s hash table entries: %ld (order: %d, %lu bytes, %s)\n", tablename, 1L << shift,
		(int)ilog2(size) - PAGE_SHIFT, size, virt ? "vmalloc" : "linear");
	if (_hash_shift)
		*_hash_shift = shift;
	if (_hash_mask)
		*_hash_mask = (1U << shift) - 1;
	return table;
}
