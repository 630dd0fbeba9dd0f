// SPDX-License-Identifier: MIT
/*
 * Reclaim of pages from an LRU list: 32 at a time are isolated from its end, then each
 * is dropped, written first if it is dirty, or put back. Contract: vmscan.h.
 *
 *   inactive list  front ... |p32 ... p2 p1| end      under lru_lock
 *                                  │ isolated, with a reference
 *                  clean, only the cache has it ─► out of its mapping, freed
 *                  dirty ─► writepage ─► clean now? as above
 *                  locked, used, under writeback ─► back to the front, or active
 *                  private data that are not released ─► active
 */
#include "vmscan.h"

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

/* Pages off their lists. */
struct page_batch {
	struct page *pages[SWAP_CLUSTER_MAX];
	unsigned int nr;
};

static void count_isolated(pg_data_t *pgdat, enum lru_list lru, long delta)
{
	mod_node_page_state(pgdat, is_file_lru(lru) ? NR_ISOLATED_FILE : NR_ISOLATED_ANON, delta);
}

/* ---- Off the list and back ---------------------------------------------------------- */

/*
 * Takes up to @nr pages from the end of the list, passing over those of zones that are
 * too high, and those being freed, which go to the front. Returns the pages looked at.
 */
static unsigned long isolate_lru_pages(pg_data_t *pgdat, enum lru_list lru, unsigned long nr,
				       const struct scan_control *sc, struct page_batch *batch)
{
	struct lruvec *lruvec = &pgdat->__lruvec;
	struct list_head *src = &lruvec->lists[lru];
	unsigned long scanned = 0, flags;
	LIST_HEAD(skipped);

	batch->nr = 0;
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	while (scanned < nr && !list_empty(src)) {
		struct page *page = list_last_entry(src, struct page, lru);

		if (page_zonenum(page) > sc->reclaim_idx) {
			list_move(&page->lru, &skipped);
			continue;
		}
		scanned++;
		if (!get_page_unless_zero(page)) {
			list_move(&page->lru, src);
			continue;
		}
		lruvec_isolate_page(lruvec, page);
		batch->pages[batch->nr++] = page;
	}
	list_splice(&skipped, src);
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
	count_isolated(pgdat, lru, batch->nr);
	return scanned;
}

/* All pages of the batch, which go to the list that their flags say. */
static void putback_batch(pg_data_t *pgdat, enum lru_list lru, struct page_batch *batch)
{
	count_isolated(pgdat, lru, -(long)batch->nr);
	for (unsigned int i = 0; i < batch->nr; i++)
		putback_lru_page(batch->pages[i]);
	batch->nr = 0;
}

/* ---- The active list ----------------------------------------------------------------------- */

/* Pages at its end become inactive: that they were used once more does not count. */
static void shrink_active_list(pg_data_t *pgdat, enum lru_list lru, unsigned long nr,
			       struct scan_control *sc)
{
	struct page_batch batch;

	count_vm_events(PGREFILL, (long)isolate_lru_pages(pgdat, lru, nr, sc, &batch));
	count_vm_events(PGDEACTIVATE, batch.nr);
	for (unsigned int i = 0; i < batch.nr; i++)
		ClearPageActive(batch.pages[i]);
	putback_batch(pgdat, lru, &batch);
}

/* ---- The inactive list ---------------------------------------------------------------------- */

/* May the allocation that reclaims wait for what writing needs? */
static bool may_write(const struct scan_control *sc)
{
	return sc->may_writepage && (sc->gfp_mask & __GFP_FS) && (sc->gfp_mask & __GFP_IO);
}

/* The page is unlocked: its mapping may be gone. */
static void note_write_error(struct address_space *mapping, struct page *page, int err)
{
	lock_page(page);
	if (page_mapping(page) == mapping)
		mapping_set_error(mapping, err);
	unlock_page(page);
}

/* Writes the locked page. True: it is clean, and locked again. False: it is unlocked. */
static bool pageout(struct address_space *mapping, struct page *page)
{
	struct writeback_control wbc = {.nr_to_write = SWAP_CLUSTER_MAX,
					.range_end = LLONG_MAX,
					.sync_mode = WB_SYNC_NONE,
					.for_reclaim = true};
	int err;

	if (!mapping->a_ops->writepage || !clear_page_dirty_for_io(page)) {
		unlock_page(page);
		return false;
	}
	SetPageReclaim(page);
	err = mapping->a_ops->writepage(page, &wbc);
	if (err < 0)
		note_write_error(mapping, page, err);
	if (err == AOP_WRITEPAGE_ACTIVATE) {
		set_page_dirty(page);
		ClearPageReclaim(page);
		SetPageActive(page);
		unlock_page(page);
		return false;
	}
	mod_node_page_state(page_zone(page)->zone_pgdat, NR_VMSCAN_WRITE, 1);
	if (PageWriteback(page))
		return false;
	ClearPageReclaim(page);
	return trylock_page(page);
}

/*
 * Drops the locked page from its mapping, if there is nothing to write any more and no
 * other reference; from then on it is the caller's alone. Pages in no mapping are the
 * caller's already if their owner has let go of them.
 */
static bool drop_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (mapping)
		return remove_mapping(mapping, page_folio(page));
	return page_ref_count(page) == 1;
}

/* Frees the isolated page if that can be; else it is unlocked, and to be put back. */
static bool reclaim_page(struct page *page, const struct scan_control *sc)
{
	struct address_space *mapping;
	bool dropped;

	if (!trylock_page(page))
		return false;
	mapping = page_mapping(page);
	if (mapping_unevictable(mapping)) {
		SetPageUnevictable(page);
		unlock_page(page);
		return false;
	}
	if (PageWriteback(page)) {
		SetPageReclaim(page);
		unlock_page(page);
		return false;
	}
	if (mapping && PageDirty(page)) {
		/* Used since it came here: it gets another round before it is written. */
		if (TestClearPageReferenced(page) || !may_write(sc)) {
			unlock_page(page);
			return false;
		}
		if (!pageout(mapping, page))
			return false;
	}
	/* Its owner keeps what he has with it, and with that the page. */
	if (!filemap_release_folio(page_folio(page), sc->gfp_mask)) {
		SetPageActive(page);
		count_vm_event(PGACTIVATE);
		unlock_page(page);
		return false;
	}
	dropped = drop_page(page);
	unlock_page(page);
	return dropped;
}

/* Frees what can be freed; the others are left in the batch. */
static unsigned long reclaim_batch(struct page_batch *batch, const struct scan_control *sc)
{
	unsigned int kept = 0;
	unsigned long reclaimed;

	for (unsigned int i = 0; i < batch->nr; i++) {
		struct page *page = batch->pages[i];

		if (reclaim_page(page, sc)) {
			ClearPageActive(page);
			put_page(page);
			continue;
		}
		batch->pages[kept++] = page;
	}
	reclaimed = batch->nr - kept;
	batch->nr = kept;
	return reclaimed;
}

static unsigned long shrink_inactive_list(pg_data_t *pgdat, enum lru_list lru, unsigned long nr,
					  struct scan_control *sc)
{
	struct page_batch batch;
	unsigned long scanned = isolate_lru_pages(pgdat, lru, nr, sc, &batch), reclaimed;

	sc->nr_scanned += scanned;
	count_vm_events(sc->is_kswapd ? PGSCAN_KSWAPD : PGSCAN_DIRECT, (long)scanned);
	count_vm_events(is_file_lru(lru) ? PGSCAN_FILE : PGSCAN_ANON, (long)scanned);
	reclaimed = reclaim_batch(&batch, sc);
	count_vm_events(sc->is_kswapd ? PGSTEAL_KSWAPD : PGSTEAL_DIRECT, (long)reclaimed);
	count_vm_events(is_file_lru(lru) ? PGSTEAL_FILE : PGSTEAL_ANON, (long)reclaimed);
	count_isolated(pgdat, lru, -(long)reclaimed);
	putback_batch(pgdat, lru, &batch);
	return reclaimed;
}

unsigned long shrink_list(pg_data_t *pgdat, enum lru_list lru, unsigned long nr_to_scan,
			  struct scan_control *sc)
{
	unsigned long nr = min(nr_to_scan, SWAP_CLUSTER_MAX);

	if (!is_active_lru(lru))
		return shrink_inactive_list(pgdat, lru, nr, sc);
	if (sc->may_deactivate)
		shrink_active_list(pgdat, lru, nr, sc);
	return 0;
}
