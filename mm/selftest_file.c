/* SPDX-License-Identifier: MIT */
/* A file whose contents are a formula. Contract: selftest_file.h. */
#include "selftest_file.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "selftest.h"
#include "vmscan.h"

/* Words of a page that are looked at: one in each cache line. */
#define WORD_STEP 8

/*
 * The file is many mappings, each of which has every so many-th run of pages, as long as a
 * node of its tree: CPUs seldom wait for each other's lock.
 */
#define MAPPINGS 16
#define RUN	 64

struct versions {
	u16 stored; /* as it was written last */
	u16 newest; /* as it was changed last; the page's lock */
};

static struct {
	struct address_space mappings[MAPPINGS];
	struct versions *versions; /* of each page */
	unsigned long nr;	   /* pages */
	atomic_long_t lost;	   /* pages that came to be written with other contents */
} formula;

static struct address_space *mapping_of(pgoff_t index)
{
	return &formula.mappings[index / RUN % MAPPINGS];
}

static u64 formula_word(pgoff_t index, u64 version, size_t i)
{
	return (selftest_seed ^ index) * 0x9e3779b97f4a7c15ULL + (version << 32) + i;
}

/* Word 0 is the version. */
static void formula_fill(struct page *page, pgoff_t index, u16 version)
{
	u64 *words = kmap_local_page(page);

	words[0] = version;
	for (size_t i = WORD_STEP; i < PAGE_SIZE / sizeof(*words); i += WORD_STEP)
		words[i] = formula_word(index, version, i);
	kunmap_local(words);
}

/* True if @page is what the formula says; *@version tells which version. */
static bool formula_check(struct page *page, pgoff_t index, u64 *version)
{
	const u64 *words = kmap_local_page(page);
	bool sound = true;

	*version = words[0];
	for (size_t i = WORD_STEP; sound && i < PAGE_SIZE / sizeof(*words); i += WORD_STEP)
		sound = words[i] == formula_word(index, *version, i);
	kunmap_local(words);
	return sound;
}

static int formula_read_folio(struct file *file, struct folio *folio)
{
	struct page *page = &folio->page;
	pgoff_t index = page_index(page);

	(void)file;
	formula_fill(page, index, formula.versions[index].stored);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static int formula_writepage(struct page *page, struct writeback_control *wbc)
{
	pgoff_t index = page_index(page);
	u64 version;

	(void)wbc;
	set_page_writeback(page);
	unlock_page(page);
	if (formula_check(page, index, &version))
		formula.versions[index].stored = (u16)version;
	else
		atomic_long_inc(&formula.lost);
	end_page_writeback(page);
	return 0;
}

static const struct address_space_operations formula_aops = {.read_folio = formula_read_folio,
							     .writepage = formula_writepage};

static size_t formula_table_size(void)
{
	return formula.nr * sizeof(*formula.versions);
}

bool formula_open(unsigned long nr, gfp_t gfp)
{
	for (int i = 0; i < MAPPINGS; i++) {
		address_space_init_once(&formula.mappings[i]);
		formula.mappings[i].a_ops = &formula_aops;
		formula.mappings[i].gfp_mask = gfp | __GFP_NOWARN;
	}
	formula.nr = nr;
	atomic_long_set(&formula.lost, 0);
	formula.versions = alloc_pages_exact(formula_table_size(), GFP_KERNEL | __GFP_ZERO);
	return formula.versions;
}

unsigned long formula_close(void)
{
	for (int i = 0; i < MAPPINGS; i++)
		truncate_inode_pages(&formula.mappings[i], 0);
	free_pages_exact(formula.versions, formula_table_size());
	return (unsigned long)atomic_long_read(&formula.lost);
}

bool formula_change(pgoff_t index)
{
	struct address_space *mapping = mapping_of(index);
	struct page *page =
		pagecache_get_page(mapping, index, FGP_LOCK | FGP_CREAT, mapping->gfp_mask);

	if (!page)
		return false;
	/* What is being written stays as it is. */
	wait_on_page_writeback(page);
	formula_fill(page, index, ++formula.versions[index].newest);
	SetPageUptodate(page);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
	return true;
}

int formula_compare(pgoff_t index)
{
	struct page *page = read_mapping_page(mapping_of(index), index, NULL);
	u64 version, newest;
	bool sound;

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	lock_page(page);
	newest = formula.versions[index].newest;
	sound = formula_check(page, index, &version) && version == newest;
	unlock_page(page);
	put_page(page);
	if (!sound)
		selftest_note("page %lu of the file is not version %llu", index, newest);
	return !sound;
}

unsigned long formula_pages(void)
{
	return formula.nr;
}

unsigned long formula_cached(void)
{
	unsigned long pages = 0;

	for (int i = 0; i < MAPPINGS; i++)
		pages += READ_ONCE(formula.mappings[i].nrpages);
	return pages;
}

int formula_verify(void)
{
	int faults = 0;

	kswapd_settle();
	for (int i = 0; i < MAPPINGS; i++)
		faults += mapping_verify(&formula.mappings[i]);
	return faults;
}
