// SPDX-License-Identifier: MIT
/* A driver's pages: allocated by order, node, address and list, as folios and fragments of these. */
#include <linux/compaction.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/mmdebug.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/page-isolation.h>
#include <linux/page_ref.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

struct ring {
	struct page *pages[16];
	struct list_head spare;
	void *window;
};

static const gfp_t modes[] = {
	GFP_KERNEL,
	GFP_ATOMIC,
	GFP_NOWAIT,
	GFP_NOIO,
	GFP_NOFS,
	GFP_USER,
	GFP_DMA,
	GFP_DMA32,
	GFP_HIGHUSER,
	GFP_HIGHUSER_MOVABLE,
	GFP_TRANSHUGE,
	GFP_TRANSHUGE_LIGHT,
	GFP_KERNEL_ACCOUNT,
	__GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_NOFAIL,
	__GFP_COMP | __GFP_THISNODE | __GFP_HARDWALL | __GFP_WRITE | __GFP_RECLAIMABLE,
	__GFP_MEMALLOC | __GFP_NOMEMALLOC | __GFP_HIGH | __GFP_ATOMIC | __GFP_RECLAIM,
	__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM | __GFP_IO | __GFP_FS | __GFP_ACCOUNT,
	__GFP_NOLOCKDEP,
	__GFP_ZEROTAGS,
	__GFP_SKIP_ZERO,
	(__GFP_BITS_MASK & GFP_MOVABLE_MASK),
};

int ring_fill(struct ring *ring, int nid);
int ring_fill(struct ring *ring, int nid)
{
	unsigned long got =
		alloc_pages_bulk_array(GFP_KERNEL, ARRAY_SIZE(ring->pages), ring->pages);
	struct page *page;
	unsigned int i;

	INIT_LIST_HEAD(&ring->spare);
	for (i = (unsigned int)got; i < ARRAY_SIZE(ring->pages); i++) {
		page = i % 2 ? alloc_page(modes[i]) : alloc_pages_node(nid, GFP_KERNEL, 0);
		if (!page)
			goto fail;
		ring->pages[i] = page;
	}
	ring->window = vmap(ring->pages, ARRAY_SIZE(ring->pages), VM_MAP, PAGE_KERNEL);
	if (!ring->window)
		goto fail;
	return gfpflags_allow_blocking(GFP_KERNEL) && gfp_zone(GFP_DMA32) == ZONE_DMA32 ? 0 : -1;
fail:
	while (i--)
		__free_page(ring->pages[i]);
	return -1;
}

unsigned long addresses(void);
unsigned long addresses(void)
{
	unsigned long order2 = __get_free_pages(GFP_KERNEL | __GFP_COMP, get_order(3 * PAGE_SIZE));
	unsigned long zeroed = get_zeroed_page(GFP_KERNEL), one = __get_free_page(GFP_ATOMIC);
	void *exact = alloc_pages_exact(5 * PAGE_SIZE, GFP_KERNEL);
	struct page *page = virt_to_page(order2), *head = virt_to_head_page((void *)order2);

	if (PageCompound(page) && PageHead(head) && !PageTail(head) && compound_order(head) == 2)
		VM_WARN_ON_ONCE_PAGE(page_size(head) != PAGE_SIZE << 2 || compound_nr(head) != 4,
				     head);
	get_page(page);
	WARN_ON(page_count(page) != 2 || page_ref_count(page) != 2);
	put_page(page);
	if (try_get_page(page) && put_page_testzero(page))
		init_page_count(page);
	SetPageReserved(page);
	ClearPageReserved(page);
	set_page_private(page, 5);
	free_pages_exact(exact, 5 * PAGE_SIZE);
	free_page(zeroed);
	free_page(one);
	free_pages(order2, 2);
	return page_private(page) + PAGE_ALIGN(order2) + PAGE_ALIGN_DOWN(order2) +
	       offset_in_page(order2) + page_to_pfn(pfn_to_page(PHYS_PFN(page_to_phys(page)))) +
	       (unsigned long)page_address(page) + PFN_UP(order2) + PFN_DOWN(order2);
}

long folios(void);
long folios(void)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 3), *same;
	const struct page *page;
	char *at;

	if (!folio)
		return -1;
	page = folio_page(folio, 5);
	same = page_folio(folio_page(folio, 7));
	VM_BUG_ON_FOLIO(page_folio(page) != same || same != folio, folio);
	VM_BUG_ON_PAGE(folio_page_idx(folio, page) != 5, &folio->page);
	folio_get(folio);
	folio_lock(folio);
	folio_set_dirty(folio);
	if (folio_test_clear_dirty(folio) && folio_test_large(folio) && !folio_test_uptodate(folio))
		folio_zero_segment(folio, 100, folio_size(folio));
	folio_unlock(folio);
	at = kmap_local_folio(folio, PAGE_SIZE + 8);
	*at = (char)offset_in_folio(folio, at);
	kunmap_local(at);
	if (folio_try_get(folio))
		folio_put_refs(folio, 2);
	folio_put(folio);
	folio = __folio_alloc_node(GFP_KERNEL, 0, numa_node_id());
	folio_add_lru(folio);
	folio_mark_accessed(folio);
	return folio_nr_pages(folio) + (long)folio_order(folio) + folio_shift(folio) +
	       folio_nid(folio) + (long)folio_pfn(folio) + folio_ref_count(folio) +
	       (folio_zone(folio) == page_zone(&folio->page)) +
	       (folio_next(folio) == virt_to_folio(folio_address(folio)));
}

void mapped(struct page *from, struct page *to);
void mapped(struct page *from, struct page *to)
{
	void *a = kmap(from), *b = kmap_local_page(to), *c = kmap_atomic(to);

	pagefault_disable();
	memcpy(b, a, 16);
	pagefault_enable();
	kunmap_atomic(c);
	kunmap_local(b);
	kunmap(from);
	clear_highpage(to);
	copy_highpage(to, from);
	memcpy_page(to, 0, from, 8, 8);
	memcpy_to_page(to, 0, "x", 1);
	memcpy_from_page(a, to, 0, 1);
	memset_page(to, 0, 1, 8);
	memzero_page(to, 0, 8);
	zero_user(to, 0, 8);
	zero_user_segments(to, 0, 4, 8, 12);
}

unsigned long zones(void);
unsigned long zones(void)
{
	unsigned long sum = totalram_pages() + nr_free_pages();
	struct pglist_data *pgdat;
	struct zoneref *z;
	struct zone *zone;
	int nid;

	for_each_online_pgdat (pgdat)
		sum += pgdat->node_spanned_pages + pgdat_end_pfn(pgdat);
	for_each_zone (zone)
		if (managed_zone(zone) && zone_spans_pfn(zone, zone->zone_start_pfn))
			sum += zone_managed_pages(zone) + zone_end_pfn(zone) +
			       low_wmark_pages(zone);
	for_each_populated_zone (zone)
		sum += zone_page_state(zone, NR_FREE_PAGES) + zone_idx(zone) + is_highmem(zone);
	for_each_online_node (nid)
		for_each_zone_zonelist (zone, z, node_zonelist(nid, GFP_KERNEL),
					gfp_zone(GFP_KERNEL))
			sum += (unsigned long)node_distance(nid, zone_to_nid(zone));
	return sum + pfn_valid(sum) + (pfn_to_online_page(sum) != NULL);
}

int lists(struct folio *folio, struct page *page);
int lists(struct folio *folio, struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);

	if (is_migrate_isolate_page(page) || !migratetype_is_mergeable(MIGRATE_CMA))
		return -1;
	if (lru_gen_enabled() || debug_pagealloc_enabled() || page_is_guard(page))
		return arch_make_page_accessible(page);
	lruvec_add_folio(lruvec, folio);
	add_page_to_lru_list(page, lruvec);
	del_page_from_lru_list(page, lruvec);
	return folio_is_file_lru(folio) + folio_test_movable(folio) + PageHeadHuge(page) +
	       compaction_withdrawn(COMPACT_DEFERRED) + (int)huge_page_shift(folio_hstate(folio)) +
	       hugepages_supported() + local_memory_node(0) + is_ioremap_addr(page);
}

/* What a crash dump, or a driver of a device that reads all of memory, asks of it. */
unsigned long reach(struct folio **folio, struct page **pages, char *buf, char *from);
unsigned long reach(struct folio **folio, struct page **pages, char *buf, char *from)
{
	unsigned long reached = max_low_pfn - min_low_pfn;

	if (system_state < SYSTEM_RUNNING || (void *)from >= high_memory)
		return 0;
	*folio = vma_alloc_folio(GFP_HIGHUSER_MOVABLE, 0, NULL, 0, false);
	if (alloc_pages_bulk_array_mempolicy(GFP_KERNEL, 4, pages) < 4)
		drop_slab();
	if (page_poisoning_enabled() || max_possible_pfn > max_mapnr)
		reached += (unsigned long)early_pfn_to_nid(0);
	if (pm_suspended_storage() || page_cpupid_last(pages[0]) < 0)
		return 0;
	return reached + (unsigned long)vread(buf, from, PAGE_SIZE);
}
