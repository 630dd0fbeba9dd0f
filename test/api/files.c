// SPDX-License-Identifier: MIT
/* A file system's use of the page cache by folios, and a driver's of the reserves. */
#include <linux/gfp.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>
#include <linux/pagevec.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>
#include <linux/swap.h>
#include <linux/topology.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

int write_begin(struct address_space *mapping, loff_t pos, unsigned int len, struct page **pagep);
int write_begin(struct address_space *mapping, loff_t pos, unsigned int len, struct page **pagep)
{
	pgoff_t index = (pgoff_t)pos >> PAGE_SHIFT;
	struct page *page = grab_cache_page_write_begin(mapping, index);

	if (!page)
		return -1;
	if (!PageUptodate(page) && len < PAGE_SIZE && PageMappedToDisk(page))
		SetPageChecked(page);
	wait_for_stable_page(page);
	*pagep = page;
	return page_offset(page) > pos;
}

int write_end(struct page *page);
int write_end(struct page *page)
{
	struct folio *folio = page_folio(page);

	folio_mark_uptodate(folio);
	folio_mark_dirty(folio);
	folio_unlock(folio);
	folio_put(folio);
	return folio_has_private(folio) + folio_test_error(folio) + PageReadahead(page);
}

int sync_range(struct address_space *mapping, loff_t start, loff_t end);
int sync_range(struct address_space *mapping, loff_t start, loff_t end)
{
	struct folio_batch fbatch;
	pgoff_t index = (pgoff_t)start >> PAGE_SHIFT;
	unsigned int i, nr = 0;

	folio_batch_init(&fbatch);
	while (filemap_get_folios_tag(mapping, &index, (pgoff_t)end >> PAGE_SHIFT,
				      PAGECACHE_TAG_DIRTY, &fbatch)) {
		for (i = 0; i < folio_batch_count(&fbatch); i++)
			if (folio_lock_killable(fbatch.folios[i]) == 0) {
				nr += folio_contains(fbatch.folios[i], index);
				folio_unlock(fbatch.folios[i]);
			}
		folio_batch_release(&fbatch);
	}
	if (filemap_range_has_page(mapping, start, end))
		return filemap_write_and_wait_range(mapping, start, end);
	return invalidate_inode_pages2(mapping) + (int)nr;
}

struct folio *peek(struct address_space *mapping, pgoff_t index);
struct folio *peek(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio = __filemap_get_folio(mapping, index, FGP_ACCESSED | FGP_CREAT,
						  mapping_gfp_constraint(mapping, ~__GFP_FS));

	if (folio && folio_pos(folio) != (loff_t)index << PAGE_SHIFT)
		return NULL;
	return folio;
}

unsigned long receive(struct page *page, int nid);
unsigned long receive(struct page *page, int nid)
{
	unsigned int order, type;
	unsigned long nr = 0;

	if (page_is_pfmemalloc(page) && !gfp_pfmemalloc_allowed(GFP_ATOMIC))
		return 0;
	for_each_migratetype_order(order, type) nr += !is_migrate_movable((int)type) << order;
	for_each_node_with_cpus(nid) nr += nr_cpus_node(nid) + node_present_pages(nid);
	inc_zone_page_state(page, NR_BOUNCE);
	mod_lruvec_page_state(page, NR_DIRTIED, -1);
	lru_add_drain_all();
	return nr + sum_zone_node_page_state(page_to_nid(page), NR_FREE_PAGES) +
	       is_longterm_pinnable_page(page) + page_mapped(page) +
	       (unsigned long)is_migrate_cma_page(page);
}

int write_out_all(struct address_space *mapping, filler_t *filler, pgoff_t from);
int write_out_all(struct address_space *mapping, filler_t *filler, pgoff_t from)
{
	pgoff_t gap = page_cache_next_miss(mapping, from, 16);
	struct folio *folio =
		read_cache_folio(mapping, page_cache_prev_miss(mapping, gap, 1), filler, NULL);
	int err;

	if (IS_ERR(folio))
		return (int)PTR_ERR(folio);
	if (!PageAnon(&folio->page))
		set_page_dirty_lock(&folio->page);
	inc_zone_state(folio_zone(folio), NR_BOUNCE);
	dec_zone_state(folio_zone(folio), NR_BOUNCE);
	folio_put(folio);
	err = filemap_write_and_wait(mapping);
	err = filemap_fdatawait_keep_errors(mapping) ?: err;
	truncate_inode_pages_final(mapping);
	return err;
}

struct watch {
	struct wait_page_queue bit;
	struct list_head *done;
};

static int bit_cleared(struct wait_queue_entry *wait, unsigned int mode, int sync, void *arg)
{
	struct wait_page_key *key = arg;
	struct wait_page_queue *bit = container_of(wait, struct wait_page_queue, wait);

	if (!wake_page_match(bit, key))
		return 0;
	list_move(&wait->entry, container_of(bit, struct watch, bit)->done);
	return mode == TASK_NORMAL && sync == 0;
}

void watch_folio(struct watch *watch, struct folio *folio);
void watch_folio(struct watch *watch, struct folio *folio)
{
	watch->bit.folio = folio;
	watch->bit.bit_nr = PG_locked;
	init_waitqueue_func_entry(&watch->bit.wait, bit_cleared);
	folio_add_wait_queue(folio, &watch->bit.wait);
}

long exchange(struct address_space *mapping, struct page *page, struct page *other);
long exchange(struct address_space *mapping, struct page *page, struct page *other)
{
	struct folio_batch fbatch;
	struct pagevec pvec;

	folio_batch_init(&fbatch);
	pagevec_init(&pvec);
	mapping_set_unevictable(mapping);
	replace_page_cache_page(page, other);
	replace_page_cache_folio(page_folio(other), page_folio(page));
	if (mapping_unevictable(mapping))
		mapping_clear_unevictable(mapping);
	check_move_unevictable_folios(&fbatch);
	check_move_unevictable_pages(&pvec);
	if (pagevec_count(&pvec))
		__pagevec_release(&pvec);
	return mapping_shrinkable(mapping) ? 0 : invalidate_inode_page(page);
}

/* ---- A file system with a record for each of its pages ----------------------------------- */

struct record {
	struct folio *folio;
	size_t valid;
};

static bool record_release(struct folio *folio, gfp_t gfp)
{
	struct record *record = folio_get_private(folio);

	if (!gfpflags_allow_blocking(gfp) && record->valid)
		return false;
	kfree(folio_detach_private(folio));
	return true;
}

static void record_invalidate(struct folio *folio, size_t offset, size_t length)
{
	struct record *record = folio_get_private(folio);

	if (offset == 0 && length == folio_size(folio))
		kfree(folio_detach_private(folio));
	else
		record->valid = min(record->valid, offset);
}

static void record_forget(struct folio *folio)
{
	folio_clear_checked(folio);
}

static int record_migrate(struct address_space *mapping, struct folio *dst, struct folio *src,
			  enum migrate_mode mode)
{
	struct record *record = folio_get_private(src);
	int ret;

	if (!folio_test_private(src))
		return migrate_folio(mapping, dst, src, mode);
	ret = folio_migrate_mapping(mapping, dst, src, 0);
	if (ret != MIGRATEPAGE_SUCCESS)
		return ret;
	record->folio = dst;
	folio_attach_private(dst, folio_detach_private(src));
	if (mode != MIGRATE_SYNC_NO_COPY)
		folio_migrate_copy(dst, src);
	else
		folio_migrate_flags(dst, src);
	return MIGRATEPAGE_SUCCESS;
}

extern const struct address_space_operations record_aops, memory_aops;
const struct address_space_operations record_aops = {
	.dirty_folio = filemap_dirty_folio,
	.invalidate_folio = record_invalidate,
	.release_folio = record_release,
	.free_folio = record_forget,
	.migrate_folio = record_migrate,
};
const struct address_space_operations memory_aops = {
	.dirty_folio = noop_dirty_folio,
	.migrate_folio = filemap_migrate_folio,
};

int record_attach(struct page *page, size_t valid);
int record_attach(struct page *page, size_t valid)
{
	struct record *record = kzalloc(sizeof(*record), GFP_NOFS);

	if (!record)
		return -ENOMEM;
	if (PagePrivate(page))
		kfree(detach_page_private(page));
	record->folio = page_folio(page);
	record->valid = valid;
	attach_page_private(page, record);
	return page_has_private(page) && page_private(page) == (unsigned long)record ? 0 : -EIO;
}

struct record *record_exchange(struct folio *folio, struct record *record);
struct record *record_exchange(struct folio *folio, struct record *record)
{
	if (folio_ref_count(folio) != folio_expected_ref_count(folio) + 1)
		return NULL;
	mapping_set_release_always(folio_mapping(folio));
	if (!try_to_release_page(&folio->page, GFP_KERNEL) || !filemap_release_folio(folio, 0))
		folio_invalidate(folio, 0, folio_size(folio));
	return folio_change_private(folio, record);
}

int volume_show(struct seq_file *m, const char *name, struct address_space *mapping);
int volume_show(struct seq_file *m, const char *name, struct address_space *mapping)
{
	seq_puts(m, "volume ");
	seq_escape(m, name, " \t\n\\");
	seq_escape_str(m, name, ESCAPE_HEX, "\"");
	seq_escape_mem(m, name, 4, ESCAPE_ANY_NP, NULL);
	seq_put_decimal_ull(m, " ", mapping->nrpages);
	seq_put_decimal_ull_width(m, " ", mapping->nrpages << (PAGE_SHIFT - 10), 8);
	seq_put_decimal_ll(m, " kB ", -1);
	seq_put_hex_ll(m, " ", mapping->flags, 8);
	seq_putc(m, '\n');
	seq_hex_dump(m, "  ", DUMP_PREFIX_OFFSET, 16, 1, name, strlen(name), true);
	return 0;
}
