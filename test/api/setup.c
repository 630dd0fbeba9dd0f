// SPDX-License-Identifier: MIT
/* Set-up code: free ranges of a zone, tables by the machine's size, what may be taken of a zone. */
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/overflow.h>
#include <linux/rculist.h>
#include <linux/sizes.h>
#include <linux/slab.h>

static struct hlist_head *names;
static unsigned int names_shift, names_mask;

unsigned long setup_names(struct zone *zone);
unsigned long setup_names(struct zone *zone)
{
	unsigned long start, end, pages = 0;
	u64 i;

	for_each_free_mem_pfn_range_in_zone (i, zone, &start, &end)
		pages += end - start;
	i = 0;
	for_each_free_mem_pfn_range_in_zone_from(i, zone, &start, &end) pages += end - start;
	names = alloc_large_system_hash("Names", sizeof(*names), 0, 14, HASH_EARLY | HASH_ZERO,
					&names_shift, &names_mask, 0, 0);
	get_pfn_range_for_nid(0, &start, &end);
	return pages - absent_pages_in_range(start, min(end, max_pfn)) + node_map_pfn_alignment();
}

struct run {
	unsigned int nr;
	unsigned long pfns[];
};

bool setup_take(struct zone *zone, struct list_head *from, struct list_head *to);
bool setup_take(struct zone *zone, struct list_head *from, struct list_head *to)
{
	DEFINE_FLEX(struct run, run, pfns, nr, 4);
	char *block;

	list_splice_rcu(from, to);
	if (!zone_watermark_ok(zone, 2, low_wmark_pages(zone), zone_idx(zone), 0) ||
	    !zone_watermark_ok_safe(zone, 0, high_wmark_pages(zone), zone_idx(zone))) {
		wakeup_kswapd(zone, GFP_KERNEL, 2, ZONE_NORMAL);
		show_mem(SHOW_MEM_FILTER_NODES, &node_states[N_MEMORY]);
		return false;
	}
	block = kmalloc_large(SZ_16K, GFP_KERNEL);
	for (unsigned int i = 0; block && i < run->nr; i++)
		run->pfns[i] = virt_to_pfn(block) + i;
	kfree(block);
	return block && !is_vmalloc_addr(block) && thp_nr_pages(virt_to_page(block)) == 1;
}
