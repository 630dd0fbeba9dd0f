/* SPDX-License-Identifier: MIT */
/*
 * Folios of orders 0 to 9 in a mapping, in random order of what can be done to them, beside a
 * model: an array that says of each index what is cached there, in which folio, and what the disk
 * holds.
 *
 *   index      0   1   2   3   4  ...
 *   first      0  -1   2   2  -1         of the folio's indices; -1: nothing is cached
 *   cached    [eight words of a page]    what the page should hold: a word for each 512 bytes
 *   stored    [eight words of a page]    what is on the disk
 */
#include "pressure_machine.h"

#include <linux/migrate.h>
#include <linux/pagevec.h>
#include <linux/writeback.h>

#define N	  2048
#define PARTS	  8
#define PART	  (PAGE_SIZE / PARTS)
#define STEPS	  6000
#define ORDER_MAX 9

static struct address_space mapping;
static long first[N]; /* -1: none */
static bool dirty[N];
static u64 cached[N][PARTS], stored[N][PARTS];
static u64 random_state, next_word;

static u64 next_random(u64 bound)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % bound;
}

/* ---- The file ---------------------------------------------------------------------------------- */

static u64 *part_of(struct page *page, unsigned int part)
{
	return (u64 *)((u8 *)page_address(page) + part * PART);
}

static void fill_part(struct page *page, unsigned int part, u64 word)
{
	u64 *at = part_of(page, part);

	for (size_t i = 0; i < PART / sizeof(*at); i++)
		at[i] = word;
}

static int model_read_folio(struct file *unused, struct folio *folio)
{
	(void)unused;
	for (long i = 0; i < folio_nr_pages(folio); i++)
		for (unsigned int part = 0; part < PARTS; part++)
			fill_part(folio_page(folio, i), part,
				  stored[folio_index(folio) + (pgoff_t)i][part]);
	folio_mark_uptodate(folio);
	folio_unlock(folio);
	return 0;
}

static int model_writepage(struct page *page, struct writeback_control *wbc)
{
	struct folio *folio = page_folio(page);

	(void)wbc;
	assert_ptr_equal(&folio->page, page);
	folio_start_writeback(folio);
	for (long i = 0; i < folio_nr_pages(folio); i++)
		for (unsigned int part = 0; part < PARTS; part++)
			stored[folio_index(folio) + (pgoff_t)i][part] =
				*part_of(folio_page(folio, i), part);
	folio_unlock(folio);
	folio_end_writeback(folio);
	return 0;
}

static const struct address_space_operations model_aops = {.read_folio = model_read_folio,
							   .writepage = model_writepage};

/* ---- The model ----------------------------------------------------------------------------------- */

static void forget(pgoff_t from, pgoff_t to)
{
	for (pgoff_t i = from; i < to; i++) {
		first[i] = -1;
		dirty[i] = false;
	}
}

static pgoff_t end_of_folio(pgoff_t index)
{
	pgoff_t end = index + 1;

	while (end < N && first[end] == first[index])
		end++;
	return end;
}

static bool is_cached(pgoff_t index)
{
	return first[index] >= 0;
}

/* All of the array against the mapping: places, sizes, flags, contents, counts. */
static void check_page(pgoff_t index)
{
	struct page *page = find_get_page(&mapping, index);
	struct folio *folio;

	assert_int_equal(page != NULL, is_cached(index));
	if (!page)
		return;
	folio = page_folio(page);
	assert_int_equal(folio_index(folio), first[index]);
	assert_int_equal(page_index(page), index);
	assert_int_equal(folio_next_index(folio), end_of_folio(index));
	assert_int_equal(folio_ref_count(folio), 1 + folio_nr_pages(folio));
	assert_int_equal(PageDirty(page), dirty[index]);
	assert_true(PageUptodate(page) && PageLRU(page) && !PageLocked(page));
	for (unsigned int part = 0; part < PARTS; part++) {
		const u64 *at = part_of(page, part);

		assert_int_equal(at[0], cached[index][part]);
		assert_int_equal(at[PART / sizeof(*at) - 1], cached[index][part]);
	}
	put_page(page);
}

static void check_all(void)
{
	unsigned long pages = 0, written_to = 0, huge = 0;

	for (pgoff_t i = 0; i < N; i++) {
		check_page(i);
		pages += is_cached(i);
		written_to += dirty[i];
		huge += is_cached(i) && end_of_folio(i) - (pgoff_t)first[i] == HPAGE_PMD_NR;
	}
	assert_int_equal(mapping.nrpages, pages);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), pages);
	assert_int_equal(global_node_page_state(NR_INACTIVE_FILE) +
				 global_node_page_state(NR_ACTIVE_FILE),
			 pages);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), written_to);
	assert_int_equal(global_node_page_state(NR_FILE_THPS), huge);
	assert_int_equal(global_node_page_state(NR_WRITEBACK), 0);
	assert_int_equal(mapping_verify(&mapping), 0);
	assert_int_equal(pagecache_verify(), 0);
	assert_int_equal(lruvec_verify(NODE_DATA(0)), 0);
}

/* What reclaim took: whole folios, and what was dirty of them is stored. */
static void note_reclaimed(void)
{
	for (pgoff_t i = 0; i < N; i++) {
		struct page *page = is_cached(i) ? find_get_page(&mapping, i) : NULL;

		if (page) {
			/* It may have been written, and kept. */
			if (dirty[i] && !PageDirty(page)) {
				assert_memory_equal(stored[i], cached[i], sizeof(stored[i]));
				dirty[i] = false;
			}
			put_page(page);
		} else if (is_cached(i)) {
			assert_memory_equal(stored[i], cached[i], sizeof(stored[i]));
			forget(i, i + 1);
		}
	}
}

/* ---- What is done ---------------------------------------------------------------------------------- */

static void do_add(void)
{
	unsigned int order = (unsigned int)next_random(ORDER_MAX + 1);
	pgoff_t nr = 1UL << order, index = next_random(N) & ~(nr - 1);
	struct folio *folio = filemap_alloc_folio(GFP_KERNEL | __GFP_NOWARN, order);
	bool room = true;
	int err;

	/* The allocation may have reclaimed. */
	note_reclaimed();
	if (!folio)
		return;
	for (pgoff_t i = index; i < index + nr; i++)
		room = room && !is_cached(i);
	err = filemap_add_folio(&mapping, folio, index, GFP_KERNEL);
	note_reclaimed();
	assert_int_equal(err, room ? 0 : -EEXIST);
	if (!err) {
		model_read_folio(NULL, folio);
		for (pgoff_t i = index; i < index + nr; i++) {
			first[i] = (long)index;
			memcpy(cached[i], stored[i], sizeof(cached[i]));
		}
	}
	folio_put(folio);
}

/* A folio that is cached, locked and with a reference; or NULL. */
static struct folio *any_folio(void)
{
	pgoff_t from = next_random(N), index = from;
	struct folio_batch fbatch;

	folio_batch_init(&fbatch);
	while (fbatch.nr < PAGEVEC_SIZE && index < N)
		if (!filemap_get_folios(&mapping, &index, N - 1, &fbatch) || index >= N)
			break;
	if (!folio_batch_count(&fbatch))
		return NULL;
	assert_true(folio_next_index(fbatch.folios[0]) > from);
	folio_get(fbatch.folios[0]);
	folio_lock(fbatch.folios[0]);
	folio_batch_release(&fbatch);
	return fbatch.folios[0];
}

static void do_write(void)
{
	struct folio *folio = any_folio();
	long nr;

	if (!folio)
		return;
	nr = (long)next_random((u64)folio_nr_pages(folio));
	for (unsigned int part = 0; part < PARTS; part++) {
		cached[folio_index(folio) + (pgoff_t)nr][part] = ++next_word;
		fill_part(folio_page(folio, nr), part, next_word);
	}
	set_page_dirty(folio_page(folio, nr));
	for (pgoff_t i = folio_index(folio); i < folio_next_index(folio); i++)
		dirty[i] = true;
	folio_unlock(folio);
	folio_put(folio);
}

static void do_write_back(void)
{
	pgoff_t from = next_random(N), to = from + next_random(N - from);

	assert_int_equal(filemap_write_and_wait_range(&mapping, (loff_t)(from * PAGE_SIZE),
						      (loff_t)(to * PAGE_SIZE)),
			 0);
	/* The folios that have a page of the range. */
	for (pgoff_t i = 0; i < N; i++)
		if (dirty[i] && end_of_folio(i) > from && first[i] <= (long)to) {
			dirty[i] = false;
			assert_memory_equal(stored[i], cached[i], sizeof(stored[i]));
		}
}

/* As who makes a hole in a file does it, on the disk, too. */
static void clear_parts(pgoff_t index, u64 start, u64 end)
{
	for (unsigned int part = 0; part < PARTS; part++) {
		u64 at = index * PAGE_SIZE + part * PART;

		if (at >= start && at < end)
			cached[index][part] = stored[index][part] = 0;
	}
}

/* Folios at the edges become single pages; of those within, nothing is left. */
static void do_truncate(void)
{
	u64 start = next_random(N * PARTS) * PART;
	u64 end = min_t(u64, start + (1 + next_random(64 * PARTS)) * PART, N * PAGE_SIZE);
	bool split[N] = {};

	/* There is so much memory that all can be split. */
	truncate_inode_pages_range(&mapping, (loff_t)start, (loff_t)end - 1);
	for (pgoff_t i = 0; i < N; i++) {
		u64 from = (u64)first[i] * PAGE_SIZE, to = end_of_folio(i) * PAGE_SIZE;

		split[i] =
			is_cached(i) && ((from < start && to > start) || (from < end && to > end));
	}
	for (pgoff_t i = 0; i < N; i++) {
		if (split[i])
			first[i] = (long)i;
		clear_parts(i, start, end);
		if (i * PAGE_SIZE >= start && (i + 1) * PAGE_SIZE <= end)
			forget(i, i + 1);
	}
}

static void do_invalidate(void)
{
	pgoff_t from = next_random(N), to = from + next_random(N - from);
	unsigned long expected = 0;

	for (pgoff_t i = 0; i < N; i++)
		if (is_cached(i) && !dirty[i] && first[i] >= (long)from &&
		    end_of_folio(i) - 1 <= to)
			expected++;
	assert_int_equal(invalidate_mapping_pages(&mapping, from, to), expected);
	note_reclaimed();
}

static void do_migrate(void)
{
	struct folio *folio = any_folio(), *dst;

	if (!folio)
		return;
	dst = filemap_alloc_folio(GFP_NOWAIT | __GFP_NOWARN, folio_order(folio));
	if (dst) {
		folio_lock(dst);
		assert_int_equal(migrate_folio(&mapping, dst, folio, MIGRATE_SYNC), 0);
		folio_add_lru(dst);
		folio_unlock(dst);
		folio_put(dst);
	}
	folio_unlock(folio);
	folio_put(folio);
}

static void do_replace(void)
{
	struct folio *folio = any_folio(), *dst = NULL;

	if (folio && !folio_test_dirty(folio))
		dst = filemap_alloc_folio(GFP_NOWAIT | __GFP_NOWARN, folio_order(folio));
	if (dst) {
		folio_lock(dst);
		folio_copy(dst, folio);
		folio_mark_uptodate(dst);
		replace_page_cache_folio(folio, dst);
		folio_add_lru(dst);
		folio_unlock(dst);
		folio_put(dst);
	}
	if (!folio)
		return;
	folio_unlock(folio);
	folio_put(folio);
}

static void do_split(void)
{
	struct folio *folio = any_folio();
	pgoff_t index, end;
	struct page *page;
	int err;

	if (!folio)
		return;
	index = folio_index(folio);
	end = folio_next_index(folio);
	page = folio_page(folio, (long)next_random(end - index));
	err = folio_test_large(folio) ? split_huge_page(page) : 0;
	unlock_page(page);
	put_page(page);
	assert_int_equal(err, 0);
	for (pgoff_t i = index; i < end; i++)
		first[i] = (long)i;
}

static void do_reclaim(void)
{
	reclaim(GFP_KERNEL, 0);
	note_reclaimed();
}

/* ---- All of it ------------------------------------------------------------------------------------- */

static void the_mapping_is_as_the_model(void **state)
{
	static void (*const actions[])(void) = {
		do_add,	    do_add,   do_add,	   do_add,	  do_write,
		do_write,   do_write, do_truncate, do_invalidate, do_migrate,
		do_replace, do_split, do_reclaim,  do_write_back,
	};

	(void)state;
	random_state = host_test_seed("large_folio_random") | 1;
	forget(0, N);
	for (pgoff_t i = 0; i < N; i++)
		for (unsigned int part = 0; part < PARTS; part++)
			stored[i][part] = ++next_word;
	address_space_init_once(&mapping);
	mapping.a_ops = &model_aops;
	mapping_set_large_folios(&mapping);
	for (int step = 0; step < STEPS; step++) {
		u64 action = next_random(ARRAY_SIZE(actions));

		/* Seldom, or little would stay. */
		if ((actions[action] == do_invalidate || actions[action] == do_reclaim) &&
		    next_random(8))
			continue;
		actions[action]();
		if (step % 16 == 0)
			check_all();
	}
	check_all();
	assert_int_equal(filemap_write_and_wait(&mapping), 0);
	for (pgoff_t i = 0; i < N; i++)
		if (is_cached(i))
			assert_memory_equal(stored[i], cached[i], sizeof(stored[i]));
	truncate_inode_pages_final(&mapping);
	assert_int_equal(mapping.nrpages, 0);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_mapping_is_as_the_model, open_file, close_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
