// SPDX-License-Identifier: MIT
/*
 * Reclaim of folios from an LRU list: those with some 32 pages at a time are isolated from its
 * end, then each is dropped, written first if it is dirty, or put back. Contract: vmscan.h.
 *
 *   inactive list  front ... |f32 ... f2 f1| end      under lru_lock
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
#include <linux/sched/mm.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

/* Folios off their lists. */
struct reclaim_batch {
	struct folio *folios[SWAP_CLUSTER_MAX];
	unsigned int nr;
	unsigned long nr_pages; /* of these */
};

static void count_isolated(pg_data_t *pgdat, enum lru_list lru, long delta)
{
	mod_node_page_state(pgdat, is_file_lru(lru) ? NR_ISOLATED_FILE : NR_ISOLATED_ANON, delta);
}

/* ---- Off the list and back ---------------------------------------------------------- */

/*
 * Takes folios with @nr pages, the last of them may have more, from the end of the list, passing
 * over those of zones that are too high, and those being freed, which go to the front. Returns the
 * pages looked at.
 */
static unsigned long isolate_lru_pages(pg_data_t *pgdat, enum lru_list lru, unsigned long nr,
				       const struct scan_control *sc, struct reclaim_batch *batch)
{
	struct lruvec *lruvec = &pgdat->__lruvec;
	struct list_head *src = &lruvec->lists[lru];
	unsigned long scanned = 0, flags;
	LIST_HEAD(skipped);

	batch->nr = 0;
	batch->nr_pages = 0;
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	while (scanned < nr && !list_empty(src)) {
		struct page *page = list_last_entry(src, struct page, lru);
		unsigned long pages = compound_nr(page);

		if (page_zonenum(page) > sc->reclaim_idx) {
			list_move(&page->lru, &skipped);
			continue;
		}
		scanned += pages;
		if (!get_page_unless_zero(page)) {
			list_move(&page->lru, src);
			continue;
		}
		lruvec_isolate_page(lruvec, page);
		batch->folios[batch->nr++] = page_folio(page);
		batch->nr_pages += pages;
	}
	list_splice(&skipped, src);
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
	count_isolated(pgdat, lru, (long)batch->nr_pages);
	return scanned;
}

/* All folios of the batch, which go to the list that their flags say. */
static void putback_batch(pg_data_t *pgdat, enum lru_list lru, struct reclaim_batch *batch)
{
	count_isolated(pgdat, lru, -(long)batch->nr_pages);
	for (unsigned int i = 0; i < batch->nr; i++)
		putback_lru_page(&batch->folios[i]->page);
	batch->nr = 0;
}

/* ---- The active list ----------------------------------------------------------------------- */

/* Pages at its end become inactive: that they were used once more does not count. */
static void shrink_active_list(pg_data_t *pgdat, enum lru_list lru, unsigned long nr,
			       struct scan_control *sc)
{
	struct reclaim_batch batch;

	count_vm_events(PGREFILL, (long)isolate_lru_pages(pgdat, lru, nr, sc, &batch));
	count_vm_events(PGDEACTIVATE, (long)batch.nr_pages);
	for (unsigned int i = 0; i < batch.nr; i++)
		folio_clear_active(batch.folios[i]);
	putback_batch(pgdat, lru, &batch);
}

/* ---- The inactive list ---------------------------------------------------------------------- */

/* May the allocation that reclaims wait for what writing needs? */
static bool may_write(const struct scan_control *sc)
{
	return sc->may_writepage && (sc->gfp_mask & __GFP_FS) && (sc->gfp_mask & __GFP_IO);
}

/* The folio is unlocked: its mapping may be gone. */
static void note_write_error(struct address_space *mapping, struct folio *folio, int err)
{
	folio_lock(folio);
	if (folio_mapping(folio) == mapping)
		mapping_set_error(mapping, err);
	folio_unlock(folio);
}

/* Writes the locked folio. True: it is clean, and locked again. False: it is unlocked. */
static bool pageout(struct address_space *mapping, struct folio *folio)
{
	struct writeback_control wbc = {.nr_to_write = SWAP_CLUSTER_MAX,
					.range_end = LLONG_MAX,
					.sync_mode = WB_SYNC_NONE,
					.for_reclaim = true};
	int err;

	if (!mapping->a_ops->writepage || !folio_clear_dirty_for_io(folio)) {
		folio_unlock(folio);
		return false;
	}
	folio_set_reclaim(folio);
	err = mapping->a_ops->writepage(&folio->page, &wbc);
	if (err < 0)
		note_write_error(mapping, folio, err);
	if (err == AOP_WRITEPAGE_ACTIVATE) {
		folio_mark_dirty(folio);
		folio_clear_reclaim(folio);
		folio_set_active(folio);
		folio_unlock(folio);
		return false;
	}
	mod_node_page_state(folio_pgdat(folio), NR_VMSCAN_WRITE, folio_nr_pages(folio));
	if (folio_test_writeback(folio))
		return false;
	folio_clear_reclaim(folio);
	return folio_trylock(folio);
}

/*
 * Drops the locked folio from its mapping, if there is nothing to write any more and no
 * other reference; from then on it is the caller's alone. Those in no mapping are the
 * caller's already if their owner has let go of them.
 */
static bool drop_folio(struct folio *folio)
{
	struct address_space *mapping = folio_mapping(folio);

	if (mapping)
		return remove_mapping(mapping, folio);
	return folio_ref_count(folio) == 1;
}

/* Frees the isolated folio if that can be; else it is unlocked, and to be put back. */
static bool reclaim_folio(struct folio *folio, const struct scan_control *sc)
{
	struct address_space *mapping;
	bool dropped;

	if (!folio_trylock(folio))
		return false;
	mapping = folio_mapping(folio);
	if (mapping_unevictable(mapping)) {
		folio_set_unevictable(folio);
		folio_unlock(folio);
		return false;
	}
	if (folio_test_writeback(folio)) {
		folio_set_reclaim(folio);
		folio_unlock(folio);
		return false;
	}
	if (mapping && folio_test_dirty(folio)) {
		/* Used since it came here: it gets another round before it is written. */
		if (folio_test_clear_referenced(folio) || !may_write(sc)) {
			folio_unlock(folio);
			return false;
		}
		if (!pageout(mapping, folio))
			return false;
	}
	/* Its owner keeps what he has with it, and with that the folio. */
	if (!filemap_release_folio(folio, sc->gfp_mask)) {
		folio_set_active(folio);
		count_vm_events(PGACTIVATE, folio_nr_pages(folio));
		folio_unlock(folio);
		return false;
	}
	dropped = drop_folio(folio);
	folio_unlock(folio);
	return dropped;
}

unsigned long reclaim_pages(struct list_head *page_list)
{
	const struct scan_control sc = {.gfp_mask = GFP_KERNEL, .may_writepage = true};
	unsigned int was = memalloc_noreclaim_save();
	unsigned long reclaimed = 0;
	struct page *page, *next;

	list_for_each_entry_safe (page, next, page_list, lru) {
		struct folio *folio = page_folio(page);

		list_del(&page->lru);
		folio_clear_active(folio);
		folio_clear_referenced(folio);
		if (reclaim_folio(folio, &sc)) {
			reclaimed += (unsigned long)folio_nr_pages(folio);
			folio_put(folio);
		} else {
			putback_lru_page(page);
		}
	}
	memalloc_noreclaim_restore(was);
	return reclaimed;
}

/* Frees what can be freed; the others are left in the batch. How many pages. */
static unsigned long reclaim_batch(struct reclaim_batch *batch, const struct scan_control *sc)
{
	unsigned int kept = 0;
	unsigned long reclaimed = 0;

	for (unsigned int i = 0; i < batch->nr; i++) {
		struct folio *folio = batch->folios[i];

		if (reclaim_folio(folio, sc)) {
			reclaimed += (unsigned long)folio_nr_pages(folio);
			folio_clear_active(folio);
			folio_put(folio);
			continue;
		}
		batch->folios[kept++] = folio;
	}
	batch->nr = kept;
	batch->nr_pages -= reclaimed;
	return reclaimed;
}

static unsigned long shrink_inactive_list(pg_data_t *pgdat, enum lru_list lru, unsigned long nr,
					  struct scan_control *sc)
{
	struct reclaim_batch batch;
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
