// SPDX-License-Identifier: MIT
/* Reading ahead in the page cache. Contract: linux/pagemap_readahead.h. */
#include <linux/pagemap.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>

/* ---- Pages on their way ------------------------------------------------------------------------ */

/* The next one, with the reference that made it. */
static struct page *next_page(struct readahead_control *rac)
{
	rac->_nr_pages -= rac->_batch_count;
	rac->_index += rac->_batch_count;
	rac->_batch_count = rac->_nr_pages ? 1 : 0;
	return rac->_nr_pages ? xa_load(&rac->mapping->i_pages, rac->_index) : NULL;
}

struct page *readahead_page(struct readahead_control *rac)
{
	return next_page(rac);
}

/* While it is locked the cache's reference is enough. */
struct folio *readahead_folio(struct readahead_control *rac)
{
	struct page *page = next_page(rac);

	if (!page)
		return NULL;
	put_page(page);
	return page_folio(page);
}

unsigned int __readahead_batch(struct readahead_control *rac, struct page **array,
			       unsigned int array_sz)
{
	unsigned int nr;

	rac->_nr_pages -= rac->_batch_count;
	rac->_index += rac->_batch_count;
	nr = min(array_sz, rac->_nr_pages);
	for (unsigned int i = 0; i < nr; i++)
		array[i] = xa_load(&rac->mapping->i_pages, rac->_index + i);
	rac->_batch_count = nr;
	return nr;
}

/* What the mapping's user leaves of them is dropped. */
static void drop_rest(struct readahead_control *rac)
{
	struct file_ra_state *ra = rac->ra;
	unsigned int left = 0;
	struct page *page;

	while ((page = next_page(rac))) {
		delete_from_page_cache(page);
		unlock_page(page);
		put_page(page);
		left++;
	}
	if (!ra || !left)
		return;
	ra->size -= min(left, ra->size);
	ra->async_size -= min(left, ra->async_size);
}

/* Has the pages read; the next ones begin behind them. */
static void read_pages(struct readahead_control *rac)
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

/* A locked page at @index. -EEXIST: there is one; -ENOMEM. */
static int add_page(struct address_space *mapping, pgoff_t index, bool marked)
{
	gfp_t gfp = readahead_gfp_mask(mapping);
	struct page *page;
	int err;

	if (xa_load(&mapping->i_pages, index))
		return -EEXIST;
	page = alloc_page(gfp);
	if (!page)
		return -ENOMEM;
	err = add_to_page_cache_lru(page, mapping, index, gfp);
	if (err)
		put_page(page);
	else if (marked)
		SetPageReadahead(page);
	return err;
}

void page_cache_ra_unbounded(struct readahead_control *ractl, unsigned long nr_to_read,
			     unsigned long lookahead_size)
{
	pgoff_t index = ractl->_index;

	filemap_invalidate_lock_shared(ractl->mapping);
	for (unsigned long i = 0; i < nr_to_read; i++) {
		bool marked = lookahead_size && i == nr_to_read - lookahead_size;
		int err = add_page(ractl->mapping, index + i, marked);

		if (!err) {
			ractl->_nr_pages++;
			continue;
		}
		read_pages(ractl);
		ractl->_index = index + i + 1;
		if (err == -ENOMEM)
			break;
	}
	read_pages(ractl);
	filemap_invalidate_unlock_shared(ractl->mapping);
}

void readahead_expand(struct readahead_control *ractl, loff_t new_start, size_t new_len)
{
	pgoff_t first = (pgoff_t)new_start >> PAGE_SHIFT;
	pgoff_t end = PFN_UP((unsigned long)new_start + new_len);
	struct file_ra_state *ra = ractl->ra;

	while (ractl->_index > first && !add_page(ractl->mapping, ractl->_index - 1, false)) {
		ractl->_index--;
		ractl->_nr_pages++;
	}
	if (ractl->_index > first)
		return;
	while (ractl->_index + ractl->_nr_pages < end &&
	       !add_page(ractl->mapping, ractl->_index + ractl->_nr_pages, false)) {
		ractl->_nr_pages++;
		if (ra) {
			ra->size++;
			ra->async_size++;
		}
	}
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

/* Sets the window for a read at @index; false: there is none to be. */
static bool set_window(struct readahead_control *ractl, bool marked, unsigned long wanted)
{
	struct file_ra_state *ra = ractl->ra;
	pgoff_t index = ractl->_index;

	if (index &&
	    (index == ra->start + ra->size - ra->async_size || index == ra->start + ra->size)) {
		ra->start += ra->size;
		ra->size = next_size(ra, ra->ra_pages);
		ra->async_size = ra->size;
		return true;
	}
	if (index && marked)
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

static void read_on_demand(struct readahead_control *ractl, bool marked, unsigned long wanted)
{
	struct file_ra_state *ra = ractl->ra;
	pgoff_t index = ractl->_index;

	if (!set_window(ractl, marked, wanted)) {
		if (!marked)
			read_window(ractl, wanted, 0);
		return;
	}
	if (index == ra->start && ra->size == ra->async_size)
		join_next(ra);
	ractl->_index = ra->start;
	read_window(ractl, ra->size, ra->async_size);
}

void page_cache_sync_ra(struct readahead_control *ractl, unsigned long req_count)
{
	if (!ractl->ra->ra_pages) {
		if (ractl->file)
			read_window(ractl, 1, 0);
	} else if (ractl->file && ractl->file->f_mode & FMODE_RANDOM) {
		read_window(ractl, min(req_count, (unsigned long)ractl->ra->ra_pages), 0);
	} else {
		read_on_demand(ractl, false, req_count);
	}
}

void page_cache_async_ra(struct readahead_control *ractl, struct folio *folio,
			 unsigned long req_count)
{
	if (!ractl->ra->ra_pages || folio_test_writeback(folio))
		return;
	folio_clear_readahead(folio);
	read_on_demand(ractl, true, req_count);
}
