/* SPDX-License-Identifier: MIT */
/*
 * Random operations on page tables against a model: a list of pages, each with where it
 * maps to and how.
 */
#include "pgtable_machine.h"

#include <time.h>

/*
 * Four windows of 3 GB in different parts of the address space; the model holds
 * for each page its physical page number and protection. Ranges start and end at
 * the edges of pages of all three sizes, a little before or after.
 */
#define WINDOWS	     4
#define WINDOW_PAGES (3UL << 18)

struct model_page {
	u32 pfn;
	u8 mapped;
	u8 prot;
};

static struct model_page *model;
static unsigned long window_base[WINDOWS];
static u64 seed;

static u32 rnd(u32 below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (u32)((seed >> 33) % below);
}

/* A page number in the window, near an edge of a 4 KB, 2 MB or 1 GB page. */
static unsigned long rnd_page(void)
{
	static const unsigned int shifts[] = {0, 9, 18};
	unsigned int shift = shifts[rnd(3)];
	unsigned long page = (unsigned long)rnd((u32)(WINDOW_PAGES >> shift) + 1) << shift;

	page += rnd(3) ? 0 : rnd(5);
	return page > WINDOW_PAGES ? WINDOW_PAGES : page;
}

static unsigned int rnd_prot(void)
{
	static const unsigned int prots[] = {ARCH_MAP_READ, ARCH_MAP_WRITE, ARCH_MAP_EXEC,
					     ARCH_MAP_WRITE | ARCH_MAP_WC};

	return prots[rnd(4)];
}

static void model_map(unsigned long window, unsigned long from, unsigned long to)
{
	static const u32 offsets[] = {0, 1, 512, 1 << 18};
	struct model_page *pages = model + window * WINDOW_PAGES;
	u32 pfn = (u32)from + offsets[rnd(4)];
	unsigned int prot = rnd_prot() | (c_bit && rnd(4) == 0 ? ARCH_MAP_IO : 0);
	int expected = 0;
	int err = map(window_base[window] + from * PAGE_SIZE, (phys_addr_t)pfn * PAGE_SIZE,
		      (to - from) * PAGE_SIZE, prot);

	for (unsigned long i = from; i < to; i++)
		if (pages[i].mapped)
			expected = -EEXIST;
	assert_int_equal(err, expected);
	for (unsigned long i = from; !err && i < to; i++)
		pages[i] = (struct model_page){pfn + (u32)(i - from), 1, (u8)prot};
}

static void model_change(unsigned long window, unsigned long from, unsigned long to, bool remove)
{
	struct model_page *pages = model + window * WINDOW_PAGES;
	unsigned long va = window_base[window] + from * PAGE_SIZE;
	unsigned int prot = rnd_prot();

	assert_int_equal(remove ? unmap(va, (to - from) * PAGE_SIZE)
				: protect(va, (to - from) * PAGE_SIZE, prot),
			 0);
	for (unsigned long i = from; i < to; i++) {
		if (remove)
			pages[i].mapped = 0;
		else if (pages[i].mapped)
			pages[i].prot = (u8)(prot | (pages[i].prot & ARCH_MAP_IO));
	}
}

struct compare {
	const struct model_page *pages;
	unsigned long base, next;
};

static int compare_run(unsigned long start, unsigned long end, phys_addr_t phys, size_t page_size,
		       unsigned int prot, void *arg)
{
	struct compare *c = arg;

	(void)page_size;
	for (; c->next < (start - c->base) / PAGE_SIZE; c->next++)
		assert_false(c->pages[c->next].mapped);
	for (; c->next < (end - c->base) / PAGE_SIZE; c->next++, phys += PAGE_SIZE) {
		const struct model_page *page = &c->pages[c->next];

		if (!page->mapped || page->pfn != phys / PAGE_SIZE || page->prot != prot)
			fail_msg("page %#lx of the window differs", c->next);
	}
	return 0;
}

/* The whole window by a walk, some pages of it by queries. */
static void model_compare(unsigned long window)
{
	struct compare c = {model + window * WINDOW_PAGES, window_base[window], 0};
	struct arch_mapping m;

	assert_int_equal(
		pgtable_walk(&pgt, c.base, c.base + WINDOW_PAGES * PAGE_SIZE, compare_run, &c), 0);
	for (; c.next < WINDOW_PAGES; c.next++)
		assert_false(c.pages[c.next].mapped);
	for (int i = 0; i < 32; i++) {
		unsigned long page = rnd((u32)WINDOW_PAGES);
		int err = pgtable_query(&pgt, c.base + page * PAGE_SIZE, &m);

		assert_int_equal(err, c.pages[page].mapped ? 0 : -ENOENT);
		if (!err)
			assert_int_equal(m.phys, (phys_addr_t)c.pages[page].pfn * PAGE_SIZE);
	}
}

static void run_random(int levels, int max_leaf, int operations)
{
	unsigned long half = 1UL << (levels == 5 ? 56 : 47);

	make_tables(levels, max_leaf);
	window_base[0] = 0;
	window_base[1] = half - WINDOW_PAGES * PAGE_SIZE;
	window_base[2] = 0 - half;
	window_base[3] = 0 - (WINDOW_PAGES + (1UL << 18)) * PAGE_SIZE;
	memset(model, 0, WINDOWS * WINDOW_PAGES * sizeof(*model));
	for (int i = 0; i < operations; i++) {
		unsigned long window = rnd(WINDOWS), from = rnd_page(), to = rnd_page();
		u32 what = rnd(3);

		if (from == to)
			continue;
		if (from > to) {
			unsigned long t = from;

			from = to;
			to = t;
		}
		if (what == 0)
			model_map(window, from, to);
		else
			model_change(window, from, to, what == 1);
		assert_int_equal(pool.nr, 0);
		if (i % 8 == 7)
			model_compare(window);
	}
	for (unsigned long w = 0; w < WINDOWS; w++)
		model_compare(w);
}

static void random_operations_match_the_model(void **state)
{
	const char *given = getenv("BAREMM_SEED");

	(void)state;
	seed = given ? strtoull(given, NULL, 0) : (u64)time(NULL);
	print_message("BAREMM_SEED=%llu\n", seed);
	model = malloc(WINDOWS * WINDOW_PAGES * sizeof(*model));
	assert_non_null(model);
	run_random(4, 3, 150);
	run_random(4, 2, 150);
	run_random(5, 3, 150);
	run_random(5, 2, 150);
	c_bit = 1ULL << 51;
	run_random(4, 3, 100);
	run_random(5, 3, 100);
	free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_operations_match_the_model, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
