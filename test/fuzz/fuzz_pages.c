// SPDX-License-Identifier: MIT
/*
 * The page allocator: the input's bytes as calls, each done to the
 * model of the unit tests, too. Calls that are mistakes are among them:
 * they must be refused, and change nothing.
 *
 *   input   | operation, what it is given | ...
 */
#include "fuzz_zones.h"

#include "../unit/page_model.h"

#define MAX_STEPS    600
#define VERIFY_EVERY 64

static struct model *m;
static unsigned long all_free;

static unsigned int take_block(void)
{
	return fuzz_u16() % m->nr;
}

static void op_alloc(u8 how)
{
	if (m->nr < MODEL_BLOCKS)
		model_alloc(m, fuzz_u8() % NR_PAGE_ORDERS,
			    model_gfps[how % ARRAY_SIZE(model_gfps)]);
}

static void op_free(u8 how)
{
	if (m->nr)
		model_free(m, take_block(), how & 1);
}

/* A reference more, the block freed by its owner, then that reference let go. */
static void op_free_referenced(u8 how)
{
	unsigned int i;
	struct page *page;

	if (!m->nr)
		return;
	i = take_block();
	page = m->block[i].page;
	get_page(page);
	model_free(m, i, how & 1);
	put_page(page);
}

static void op_exact(u8 how)
{
	size_t size = (size_t)fuzz_u16() * 7;
	void *p = alloc_pages_exact(size, model_gfps[how % 6] | __GFP_NOWARN);

	if (!p)
		return;
	fuzz_check(all_free - all_free_pages() == m->pages + PFN_UP(size));
	free_pages_exact(p, size);
}

/* What nobody may do with a block that they have, or do not have. */
static void op_misuse(u8 how)
{
	unsigned int i, order;
	struct page *page;

	if (!m->nr)
		return;
	i = take_block();
	page = m->block[i].page;
	order = m->block[i].order;
	switch (how % 5) {
	case 0:
		__free_pages(page, (order + 1 + fuzz_u8() % MAX_PAGE_ORDER) % NR_PAGE_ORDERS);
		break;
	case 1:
		if (order)
			__free_pages(page + 1, 0);
		break;
	case 2:
		model_free(m, i, false);
		__free_pages(page, order);
		break;
	case 3:
		model_free(m, i, false);
		put_page(page);
		break;
	case 4:
		free_pages((unsigned long)__va(SZ_1M + 0xa000), fuzz_u8());
		alloc_pages(GFP_KERNEL | __GFP_NOWARN, NR_PAGE_ORDERS + fuzz_u8());
		break;
	}
}

static void step(void)
{
	static void (*const ops[])(u8 how) = {op_alloc, op_alloc,	    op_alloc, op_free,
					      op_free,	op_free_referenced, op_exact, op_misuse};
	u8 op = fuzz_u8();

	ops[op % ARRAY_SIZE(ops)](op / ARRAY_SIZE(ops));
	fuzz_check(all_free_pages() == all_free - m->pages);
}

static void run(void *arg)
{
	(void)arg;
	for (int i = 0; fuzz_in.left && i < MAX_STEPS; i++) {
		step();
		if (i % VERIFY_EVERY == VERIFY_EVERY - 1)
			fuzz_check(verify_all() == 0);
	}
	while (m->nr)
		model_free(m, m->nr - 1, false);
	fuzz_check(all_free_pages() == all_free);
	fuzz_check(verify_all() == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_start(data, size);
	zones_restore();
	/* Each input gives all blocks back. */
	if (!m)
		m = model_make();
	all_free = all_free_pages();
	fuzz_run(run, NULL);
	return 0;
}

/* First more and more blocks of all kinds, then fewer, in different orders. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	for (unsigned int j = 0; j < 160; j += 2) {
		data[j] = (u8)(8 * (j * (i + 3) % 32) + (j < 100 ? j % 3 : 3 + j % 5));
		data[j + 1] = (u8)((j * j + i) * 37 >> 4);
	}
	return i < 6 ? 160 : 0;
}
