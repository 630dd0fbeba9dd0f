// SPDX-License-Identifier: MIT
/* Reading ahead in the page cache. Contract: linux/pagemap_readahead.h. */
#include <linux/pagemap.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>

/* ---- Pages on their way ------------------------------------------------------------------------ */

/* The next one, with the reference that made it. */
static struct folio *next_folio(struct readahead_control *rac)
{
	struct folio *folio;

	rac->_nr_pages -= rac->_batch_count;
	rac->_index += rac->_batch_count;
	folio = rac->_nr_pages ? xa_load(&rac->mapping->i_pages, rac->_index) : NULL;
	rac->_batch_count = folio ? (unsigned int)folio_nr_pages(folio) : 0;
	return folio;
}

struct page *readahead_page(struct readahead_control *rac)
{
	return (struct page *)next_folio(rac);
}

/* While it is locked the cache's references are enough. */
struct folio *readahead_folio(struct readahead_control *rac)
{
	struct folio *folio = next_folio(rac);

	if (folio)
		folio_put(folio);
	return folio;
}

unsigned int __readahead_batch(struct readahead_control *rac, struct page **array,
			       unsigned int array_sz)
{
	unsigned int nr = 0;

	rac->_nr_pages -= rac->_batch_count;
	rac->_index += rac->_batch_count;
	rac->_batch_count = 0;
	while (nr < array_sz && rac->_batch_count < rac->_nr_pages) {
		array[nr] = xa_load(&rac->mapping->i_pages, rac->_index + rac->_batch_count);
		rac->_batch_count += (unsigned int)compound_nr(array[nr++]);
	}
	return nr;
}

/* What the mapping's user leaves of them is dropped. */
static void drop_rest(struct readahead_control *rac)
{
	struct file_ra_state *ra = rac->ra;
	unsigned int left = 0;
	struct folio *folio;

	while ((folio = next_folio(rac))) {
		left += rac->_batch_count;
		filemap_remove_folio(folio);
		folio_unlock(folio);
		folio_put(folio);
	}
	if (!ra || !left)
		return;
	ra->size -= min(left, ra->size);
	ra->async_size -= min(left, ra->async_size);
}

/* Has the folios read; the next ones begin behind them. */
static void read_folios(struct readahead_control *rac)
{
	const struct address_space_operations *a_ops = rac->mapping->a_ops;
	struct folio *folio;

	if (!rac->_nr_pages)
		return;
	if (a_ops->readahead) {
		a_ops->readahead(rac);
		drop_rest(rac);
	} else {
		while ((folio = readahead_folio(rac)))
			a_ops->read_folio(rac->file, folio);
	}
}

/* A locked folio at @index. -EEXIST: there is one; -ENOMEM. */
static int add_folio(struct readahead_control *ractl, pgoff_t index, unsigned int order,
		     bool marked)
{
	struct address_space *mapping = ractl->mapping;
	gfp_t gfp = readahead_gfp_mask(mapping);
	struct folio *folio;
	int err;

	if (xa_load(&mapping->i_pages, index))
		return -EEXIST;
	folio = filemap_alloc_folio(gfp, order);
	if (!folio)
		return -ENOMEM;
	err = filemap_add_folio(mapping, folio, index, gfp);
	if (err) {
		folio_put(folio);
		return err;
	}
	if (marked)
		folio_set_readahead(folio);
	ractl->_nr_pages += 1U << order;
	return 0;
}

void page_cache_ra_unbounded(struct readahead_control *ractl, unsigned long nr_to_read,
			     unsigned long lookahead_size)
{
	pgoff_t index = ractl->_index;

	filemap_invalidate_lock_shared(ractl->mapping);
	for (unsigned long i = 0; i < nr_to_read; i++) {
		bool marked = lookahead_size && i == nr_to_read - lookahead_size;
		int err = add_folio(ractl, index + i, 0, marked);

		if (!err)
			continue;
		read_folios(ractl);
		ractl->_index = index + i + 1;
		if (err == -ENOMEM)
			break;
	}
	read_folios(ractl);
	filemap_invalidate_unlock_shared(ractl->mapping);
}

void readahead_expand(struct readahead_control *ractl, loff_t new_start, size_t new_len)
{
	pgoff_t first = (pgoff_t)new_start >> PAGE_SHIFT;
	pgoff_t end = PFN_UP((unsigned long)new_start + new_len);
	struct file_ra_state *ra = ractl->ra;

	while (ractl->_index > first && !add_folio(ractl, ractl->_index - 1, 0, false))
		ractl->_index--;
	if (ractl->_index > first)
		return;
	while (ractl->_index + ractl->_nr_pages < end &&
	       !add_folio(ractl, ractl->_index + ractl->_nr_pages, 0, false)) {
		if (ra) {
			ra->size++;
			ra->async_size++;
		}
	}
}

/* ---- Large folios ------------------------------------------------------------------------------------ */

/*
 * The order for @index, @order at the most: aligned, and not past @end. Two pages are no more than
 * single ones.
 */
static unsigned int order_at(pgoff_t index, pgoff_t end, unsigned int order)
{
	if (index & ((1UL << order) - 1))
		order = (unsigned int)__ffs(index);
	while (order && 1UL << order > end - index)
		order--;
	return order == 1 ? 0 : order;
}

/* That of a window's folios: four times as large as the one whose mark was met. */
static unsigned int next_order(const struct file_ra_state *ra, unsigned int order)
{
	order = min(order + 2, 0U + MAX_PAGECACHE_ORDER);
	while (1U << order > ra->size)
		order--;
	return order;
}

/*
 * The window up to @end, in folios of @order or what fits. 0, or the error of the one that could
 * not be had, before which all are read.
 */
static int read_large(struct readahead_control *ractl, pgoff_t end, unsigned int order)
{
	pgoff_t index = ractl->_index;
	struct file_ra_state *ra = ractl->ra;
	pgoff_t mark = index + ra->size - ra->async_size;
	int err = 0;

	filemap_invalidate_lock_shared(ractl->mapping);
	while (index < end && !err) {
		unsigned int fits = order_at(index, end, order);
		bool marked = index == (mark & ~((1UL << fits) - 1));

		err = add_folio(ractl, index, fits, marked);
		if (!err)
			index += 1UL << fits;
	}
	read_folios(ractl);
	filemap_invalidate_unlock_shared(ractl->mapping);
	return err;
}

/* ---- How much --------------------------------------------------------------------------------------- */

/* Not past the end of the file. */
static void read_window(struct readahead_control *ractl, unsigned long nr, unsigned long lookahead)
{
	const struct inode *inode = ractl->mapping->host;

	if (inode) {
		pgoff_t pages = PFN_UP((unsigned long)i_size_read(inode));

		if (ractl->_index >= pages)
			return;
		nr = min(nr, pages - ractl->_index);
	}
	page_cache_ra_unbounded(ractl, nr, lookahead <= nr ? lookahead : 0);
}

/* The first window: some times what is wanted, the less of that the larger it is. */
static unsigned int first_size(unsigned long wanted, unsigned int max)
{
	unsigned long size = roundup_pow_of_two(wanted);

	if (size <= max / 32)
		return (unsigned int)size * 4;
	return size <= max / 4 ? (unsigned int)size * 2 : max;
}

static unsigned int next_size(const struct file_ra_state *ra, unsigned int max)
{
	if (ra->size < max / 16)
		return 4 * ra->size;
	return ra->size <= max / 2 ? 2 * ra->size : max;
}

static void begin_window(struct file_ra_state *ra, pgoff_t index, unsigned long wanted)
{
	ra->start = index;
	ra->size = first_size(wanted, ra->ra_pages);
	ra->async_size = ra->size > wanted ? ra->size - (unsigned int)wanted : ra->size;
}

/* The cache has what was read before, by whoever: as much again. */
static bool window_by_history(struct address_space *mapping, struct file_ra_state *ra,
			      pgoff_t index, unsigned long wanted)
{
	unsigned long before = index - 1 - page_cache_prev_miss(mapping, index - 1, ra->ra_pages);

	if (before <= wanted)
		return false;
	if (before >= index)
		before *= 2;
	ra->start = index;
	ra->size = (unsigned int)min(before + wanted, (unsigned long)ra->ra_pages);
	ra->async_size = 1;
	return true;
}

/* A mark was met that is not this reader's: behind all that is cached from there on. */
static bool window_by_mark(struct address_space *mapping, struct file_ra_state *ra, pgoff_t index,
			   unsigned long wanted)
{
	pgoff_t start = page_cache_next_miss(mapping, index + 1, ra->ra_pages);

	if (!start || start - index > ra->ra_pages)
		return false;
	ra->start = start;
	ra->size = (unsigned int)(start - index + wanted);
	ra->size = next_size(ra, ra->ra_pages);
	ra->async_size = ra->size;
	return true;
}

/*
 * Sets the window for a read at @index, or for one of @folio, which is marked; false: there is none
 * to be.
 */
static bool set_window(struct readahead_control *ractl, struct folio *folio, unsigned long wanted)
{
	pgoff_t in_folio = folio ? (pgoff_t)folio_nr_pages(folio) - 1 : 0;
	struct file_ra_state *ra = ractl->ra;
	pgoff_t index = ractl->_index;

	if (index && (index == ((ra->start + ra->size - ra->async_size) & ~in_folio) ||
		      index == ra->start + ra->size)) {
		ra->start += ra->size;
		/* It may be longer than is wanted now: it gets no shorter. */
		ra->size = max(ra->size, next_size(ra, ra->ra_pages));
		ra->async_size = ra->size;
		return true;
	}
	if (index && folio)
		return window_by_mark(ractl->mapping, ra, index, wanted);
	if (index && wanted <= ra->ra_pages &&
	    index - (pgoff_t)((u64)ra->prev_pos >> PAGE_SHIFT) > 1)
		return window_by_history(ractl->mapping, ra, index, wanted);
	begin_window(ra, index, wanted);
	return true;
}

/* The whole window is ahead of the reader, who is at its start: the next one with it. */
static void join_next(struct file_ra_state *ra)
{
	unsigned int more = next_size(ra, ra->ra_pages);

	if (ra->size + more <= ra->ra_pages) {
		ra->async_size = more;
		ra->size += more;
	} else {
		ra->size = ra->ra_pages;
		ra->async_size = ra->ra_pages / 2;
	}
}

/* Has the window read: in large folios where the mapping's user can do with them. */
static void read_by_window(struct readahead_control *ractl, unsigned int order)
{
	const struct inode *inode = ractl->mapping->host;
	struct file_ra_state *ra = ractl->ra;
	pgoff_t end = ra->start + ra->size;

	ractl->_index = ra->start;
	if (mapping_large_folio_support(ractl->mapping) && ra->size >= 4) {
		if (inode)
			end = min(end, PFN_UP((unsigned long)i_size_read(inode)));
		if (!read_large(ractl, end, next_order(ra, order)))
			return;
		/* What is there already, or no memory: the gaps one by one. */
		ractl->_index = ra->start;
	}
	read_window(ractl, ra->size, ra->async_size);
}

static void read_on_demand(struct readahead_control *ractl, struct folio *folio,
			   unsigned long wanted)
{
	struct file_ra_state *ra = ractl->ra;
	pgoff_t index = ractl->_index;

	if (!set_window(ractl, folio, wanted)) {
		if (!folio)
			read_window(ractl, wanted, 0);
		return;
	}
	if (index == ra->start && ra->size == ra->async_size)
		join_next(ra);
	read_by_window(ractl, folio ? folio_order(folio) : 0);
}

void page_cache_sync_ra(struct readahead_control *ractl, unsigned long req_count)
{
	if (!ractl->ra->ra_pages) {
		if (ractl->file)
			read_window(ractl, 1, 0);
	} else if (ractl->file && ractl->file->f_mode & FMODE_RANDOM) {
		read_window(ractl, min(req_count, (unsigned long)ractl->ra->ra_pages), 0);
	} else {
		read_on_demand(ractl, NULL, req_count);
	}
}

void page_cache_async_ra(struct readahead_control *ractl, struct folio *folio,
			 unsigned long req_count)
{
	if (!ractl->ra->ra_pages || folio_test_writeback(folio))
		return;
	folio_clear_readahead(folio);
	read_on_demand(ractl, folio, req_count);
}
