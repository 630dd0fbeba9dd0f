// SPDX-License-Identifier: MIT
/* Calls about pages that the program itself has no use for. Contract: linux/mm.h, linux/mmzone.h. */
#include <linux/mm.h>

#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "../internal.h"
#include "../vmscan.h"

enum migratetype get_pageblock_migratetype(const struct page *page)
{
	return get_pfnblock_migratetype(page_to_pfn(page));
}

bool gfp_pfmemalloc_allowed(gfp_t gfp_mask)
{
	if (gfp_mask & __GFP_NOMEMALLOC)
		return false;
	return (gfp_mask & __GFP_MEMALLOC) || current_is_reclaiming();
}

unsigned long free_reserved_area(void *start, void *end, int poison, const char *s)
{
	unsigned long pages = 0, past = (unsigned long)end & PAGE_MASK;

	for (unsigned long at = PAGE_ALIGN((unsigned long)start); at < past; at += PAGE_SIZE) {
		if ((unsigned int)poison <= 0xff)
			memset((void *)at, poison, PAGE_SIZE);
		free_reserved_page(virt_to_page((void *)at));
		pages++;
	}
	if (pages && s)
		pr_info("Freeing %s memory: %luK\n", s, pages_to_kb(pages));
	return pages;
}

int memcmp_pages(struct page *page1, struct page *page2)
{
	void *a = kmap_local_page(page1), *b = kmap_local_page(page2);
	int order = memcmp(a, b, PAGE_SIZE);

	kunmap_local(b);
	kunmap_local(a);
	return order;
}

const struct cpumask *cpumask_of_node(int node)
{
	static struct cpumask masks[MAX_NUMNODES];
	unsigned int cpu;

	for_each_possible_cpu (cpu)
		if (cpu_to_node((int)cpu) == node)
			cpumask_set_cpu(cpu, &masks[node]);
		else
			cpumask_clear_cpu(cpu, &masks[node]);
	return &masks[node];
}
