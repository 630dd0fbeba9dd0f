/* SPDX-License-Identifier: MIT */
/*
 * Several CPUs that read pages of one file, while one puts folios of several pages into its cache
 * and splits them, and others drop, reclaim and move them.
 */
#include "pressure_machine.h"

#include <linux/compaction.h>
#include <linux/pagevec.h>

#include "cpus.h"

#define READERS 2
#define ROUNDS	1500
#define PAGES	2048

static u64 base_seed;
static int at_work;
static unsigned long made, split, busy;

static u64 next_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int make_cpus(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, READERS + 3);
	memmap_make_all();
	test_file_open(&file);
	at_work = READERS + 1;
	made = split = busy = 0;
	return 0;
}

/* Each page says where it is, whatever folio it is of. */
static const char *read_page_at(pgoff_t index)
{
	struct page *page = read_mapping_page(&file.mapping, index, NULL);
	const u64 *data;
	bool sound;

	if (IS_ERR(page))
		return "a page could not be read";
	data = page_address(page);
	sound = data[0] == index && data[PAGE_SIZE / sizeof(*data) - 1] == index;
	put_page(page);
	return sound ? NULL : "a page is another one's";
}

static const char *walk_folios(pgoff_t index)
{
	struct folio_batch fbatch;
	const char *fault = NULL;

	folio_batch_init(&fbatch);
	filemap_get_folios(&file.mapping, &index, PAGES, &fbatch);
	for (unsigned int i = 0; i < folio_batch_count(&fbatch); i++) {
		struct folio *folio = fbatch.folios[i];

		folio_lock(folio);
		if (folio_mapping(folio) == &file.mapping &&
		    folio_file_page(folio, folio_index(folio)) != &folio->page)
			fault = "a folio is not aligned";
		folio_unlock(folio);
	}
	folio_batch_release(&fbatch);
	return fault;
}

static void make_folio(u64 *random)
{
	unsigned int order = (unsigned int)(next_random(random) % 7);
	pgoff_t index = next_random(random) % PAGES & ~((1UL << order) - 1);
	struct folio *folio = filemap_alloc_folio(GFP_KERNEL | __GFP_NOWARN, order);

	if (!folio)
		return;
	if (!filemap_add_folio(&file.mapping, folio, index, GFP_KERNEL)) {
		test_read_folio(NULL, folio);
		made += order > 0;
	}
	folio_put(folio);
}

static void split_folio_at(pgoff_t index)
{
	struct folio *folio = filemap_lock_folio(&file.mapping, index);
	struct page *page;

	if (!folio)
		return;
	page = folio_file_page(folio, index);
	if (folio_test_large(folio))
		*(split_huge_page(page) ? &busy : &split) += 1;
	unlock_page(page);
	put_page(page);
}

static const char *change(u64 *random)
{
	for (int i = 0; i < ROUNDS; i++) {
		make_folio(random);
		if (i % 2)
			split_folio_at(next_random(random) % PAGES);
	}
	return NULL;
}

static const char *drop(void)
{
	while (__atomic_load_n(&at_work, __ATOMIC_ACQUIRE)) {
		invalidate_mapping_pages(&file.mapping, 0, ULONG_MAX);
		reclaim(GFP_KERNEL, 0);
	}
	return NULL;
}

static const char *move(void)
{
	while (__atomic_load_n(&at_work, __ATOMIC_ACQUIRE))
		compact_node(0);
	return NULL;
}

static const char *work(int cpu)
{
	u64 random = base_seed + (u64)cpu * 0x9e3779b97f4a7c15ULL;
	const char *fault = NULL;

	if (cpu == READERS + 2)
		return move();
	if (cpu == READERS + 1)
		return drop();
	if (cpu == 0)
		fault = change(&random);
	for (int i = 0; cpu && i < ROUNDS && !fault; i++)
		fault = i % 8 ? read_page_at(next_random(&random) % PAGES)
			      : walk_folios(next_random(&random) % PAGES);
	__atomic_fetch_sub(&at_work, 1, __ATOMIC_ACQ_REL);
	return fault;
}

static void pages_are_what_they_are_whatever_folio_they_are_of(void **state)
{
	(void)state;
	base_seed = host_test_seed("folio_cpus") | 1;
	run_on_cpus(0, READERS + 3, work);
	assert_true(made > 50 && split > 10);
	for (pgoff_t i = 0; i < PAGES; i++)
		assert_null(read_page_at(i));
	assert_int_equal(verify_caches(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pages_are_what_they_are_whatever_folio_they_are_of,
						make_cpus, close_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
