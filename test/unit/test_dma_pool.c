/* SPDX-License-Identifier: MIT */
/*
 * Memory for devices: masks, the zones that follow from them, coherent blocks, pools of
 * small ones, and what becomes of calls that mean nothing.
 */
#include "dma_machine.h"

/* ---- Masks ----------------------------------------------------------------------------- */

static void a_mask_must_reach_zone_dma(void **state)
{
	(void)state;
	dma_machine(dma_ram, NULL);
	assert_int_equal(dma_set_mask(&dev, DMA_BIT_MASK(23)), -EIO);
	assert_int_equal(dma_set_coherent_mask(&dev, DMA_BIT_MASK(23)), -EIO);
	assert_int_equal(dev.coherent_dma_mask, DMA_BIT_MASK(32));
	for (unsigned int bits = 24; bits <= 64; bits++)
		set_mask(DMA_BIT_MASK(bits));
	assert_int_equal(dma_get_mask(&dev), ~0ULL);
	dev.dma_mask = NULL;
	assert_int_equal(dma_set_mask(&dev, DMA_BIT_MASK(32)), -EIO);
	assert_int_equal(dma_get_mask(&dev), DMA_BIT_MASK(32));
}

static void a_mask_is_limited_where_memory_goes_on(void **state)
{
	(void)state;
	dma_machine(dma_ram, NULL);
	assert_int_equal(dma_get_required_mask(&dev), DMA_BIT_MASK(33));
	assert_true(dma_addressing_limited(&dev));
	set_mask(DMA_BIT_MASK(33));
	assert_false(dma_addressing_limited(&dev));
	dev.bus_dma_limit = SZ_4G - 1;
	assert_true(dma_addressing_limited(&dev));
	host_machine_exit();
	dma_machine(low_ram, NULL);
	assert_false(dma_addressing_limited(&dev));
}

/* ---- Coherent memory ------------------------------------------------------------------- */

/* Blocks of 1 MB until there are none: all lie below @mask. Their bytes. */
static u64 take_all(u64 mask)
{
	static void *blocks[1024];
	static dma_addr_t handles[1024];
	u64 bytes = 0;
	int nr = 0;

	set_mask(mask);
	while ((blocks[nr] =
			dma_alloc_coherent(&dev, SZ_1M, &handles[nr], GFP_KERNEL | __GFP_NOWARN))) {
		assert_true(handles[nr] + SZ_1M - 1 <= mask);
		assert_int_equal(handles[nr] % SZ_1M, 0);
		assert_int_equal(handles[nr], virt_to_phys(blocks[nr]));
		bytes += SZ_1M;
		if (++nr == ARRAY_SIZE(blocks))
			break;
	}
	assert_int_equal(dma_stats.coherent_pages, bytes / PAGE_SIZE);
	while (nr--)
		dma_free_coherent(&dev, SZ_1M, blocks[nr], handles[nr]);
	assert_int_equal(dma_stats.coherent_pages, 0);
	return bytes;
}

static void memory_comes_from_the_zones_below_the_mask(void **state)
{
	(void)state;
	dma_machine(dma_ram, NULL);
	memmap_make_all();
	machine_free_pages = all_free_pages();
	assert_in_range(take_all(DMA_BIT_MASK(24)), SZ_8M, SZ_16M);
	/* ZONE_DMA32 hands out what is too high; a lower zone then serves. */
	assert_true(take_all(DMA_BIT_MASK(29)) >= SZ_8M);
	assert_in_range(take_all(DMA_BIT_MASK(32)), SZ_512M, SZ_1G);
	assert_int_equal(take_all(DMA_BIT_MASK(64)), SZ_1G);
	kmem_cache_shrink_all();
	assert_true(all_free_pages() >= machine_free_pages);
}

static void blocks_are_zeroed_and_rounded_to_pages(void **state)
{
	unsigned char *block;
	dma_addr_t dma;

	(void)state;
	dma_machine(dma_ram, NULL);
	for (int i = 0; i < 4; i++) {
		block = dma_alloc_coherent(&dev, 5000, &dma, GFP_KERNEL | __GFP_HIGHMEM);
		assert_non_null(block);
		assert_null(memchr_inv(block, 0, SZ_8K));
		memset(block, 0xff, SZ_8K);
		dma_free_coherent(&dev, 5000, block, dma);
	}
	block = dma_alloc_attrs(&dev, 1, &dma, GFP_KERNEL, DMA_ATTR_NO_KERNEL_MAPPING);
	assert_ptr_equal(block, pfn_to_page(PHYS_PFN(dma)));
	dma_free_attrs(&dev, 1, block, dma, DMA_ATTR_NO_KERNEL_MAPPING);
	block = (void *)dma_alloc_pages(&dev, SZ_16K, &dma, DMA_TO_DEVICE, GFP_KERNEL);
	assert_ptr_equal(block, pfn_to_page(PHYS_PFN(dma)));
	assert_int_equal(dma_map_page(&dev, (struct page *)block, 0, SZ_16K, DMA_TO_DEVICE), dma);
	dma_free_pages(&dev, SZ_16K, (struct page *)block, dma, DMA_TO_DEVICE);
	assert_int_equal(all_free_pages(), machine_free_pages);
}

static void large_blocks_come_from_the_cma_area(void **state)
{
	dma_addr_t dma;
	void *block;

	(void)state;
	machine_cma = "64M@256M";
	dma_machine(dma_ram, NULL);
	machine_cma = NULL;
	block = dma_alloc_coherent(&dev, SZ_16M, &dma, GFP_KERNEL);
	assert_non_null(block);
	assert_in_range(dma, SZ_256M, SZ_256M + SZ_32M + SZ_16M);
	dma_free_coherent(&dev, SZ_16M, block, dma);
	/* Not without leave to wait, nor for one page, nor past the mask. */
	block = dma_alloc_coherent(&dev, SZ_8K, &dma, GFP_ATOMIC);
	assert_true(dma < SZ_256M || dma >= SZ_256M + SZ_64M);
	dma_free_coherent(&dev, SZ_8K, block, dma);
	set_mask(DMA_BIT_MASK(24));
	block = dma_alloc_coherent(&dev, SZ_8K, &dma, GFP_KERNEL);
	assert_true(dma < SZ_16M);
	dma_free_coherent(&dev, SZ_8K, block, dma);
	assert_int_equal(cma_verify(), 0);
}

static void what_is_not_there_is_refused(void **state)
{
	dma_addr_t dma = 5;
	void *block;

	(void)state;
	dma_machine(dma_ram, NULL);
	assert_null(dma_alloc_coherent(&dev, SZ_8M, &dma, GFP_KERNEL));
	assert_true(host_log_contains("dev: dma: no 8388608 bytes below 0xffffffff in one piece"));
	assert_int_equal(dma_stats.failed, 1);
	assert_null(dma_alloc_coherent(&dev, 0, &dma, GFP_KERNEL));
	assert_null(dma_alloc_coherent(&dev, SIZE_MAX, &dma, GFP_KERNEL));
	dev.coherent_dma_mask = 0;
	assert_null(dma_alloc_coherent(&dev, 1, &dma, GFP_KERNEL));
	assert_int_equal(dma_stats.misused, 3);
	assert_int_equal(dma, 5);
	set_mask(DMA_BIT_MASK(32));
	block = dma_alloc_coherent(&dev, 1, &dma, GFP_KERNEL);
	dma_free_coherent(&dev, 1, block, dma + PAGE_SIZE);
	dma_free_coherent(&dev, 1, (char *)block + 8, dma + 8);
	assert_int_equal(dma_stats.misused, 5);
	assert_int_equal(dma_stats.coherent_pages, 1);
	dma_free_coherent(&dev, 1, NULL, dma);
	dma_free_coherent(&dev, 1, block, dma);
	assert_int_equal(all_free_pages(), machine_free_pages);
}

static void blocks_of_another_size_or_that_are_free_are_not_freed(void **state)
{
	static const size_t sizes[] = {PAGE_SIZE, SZ_16K};

	(void)state;
	dma_machine(dma_ram, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (gfp_t gfp = GFP_KERNEL; gfp; gfp = gfp & __GFP_COMP ? 0 : gfp | __GFP_COMP) {
			dma_addr_t dma;
			void *block = dma_alloc_coherent(&dev, sizes[i], &dma, gfp);

			dma_stats.misused = 0;
			dma_free_coherent(&dev, 2 * sizes[i], block, dma);
			dma_free_coherent(&dev, sizes[i] / 4, block, dma + 8);
			dma_free_coherent(&dev, SZ_8K, block, dma);
			assert_int_equal(dma_stats.misused, 3);
			assert_int_equal(dma_stats.coherent_pages, sizes[i] / PAGE_SIZE);
			dma_free_coherent(&dev, sizes[i], block, dma);
			dma_free_coherent(&dev, sizes[i], block, dma);
			assert_int_equal(dma_stats.misused, 4);
			assert_int_equal(dma_stats.coherent_pages, 0);
		}
	}
	assert_false(host_log_contains("BUG:"));
	assert_int_equal(all_free_pages(), machine_free_pages);
}

/* Three pages of a block of four cannot be told from four: then all of it goes back. */
static void blocks_are_counted_by_what_they_take(void **state)
{
	dma_addr_t dma;
	void *block;

	(void)state;
	dma_machine(dma_ram, NULL);
	block = dma_alloc_coherent(&dev, 3 * PAGE_SIZE, &dma, GFP_KERNEL);
	assert_int_equal(dma_stats.coherent_pages, 4);
	dma_free_coherent(&dev, 4 * PAGE_SIZE, block, dma);
	assert_int_equal(dma_stats.coherent_pages, 0);
	assert_int_equal(all_free_pages(), machine_free_pages);
}

static void pages_that_no_device_was_given_are_not_freed(void **state)
{
	struct page *page;

	(void)state;
	dma_machine(dma_ram, NULL);
	page = alloc_pages(GFP_DMA32, 2);
	dma_free_coherent(&dev, SZ_16K, page_address(page), page_to_phys(page));
	assert_int_equal(dma_stats.misused, 1);
	assert_int_equal(page_ref_count(page), 1);
	__free_pages(page, 2);
	assert_int_equal(all_free_pages(), machine_free_pages);
}

static void of_a_cma_area_a_block_goes_back_whole_or_not_at_all(void **state)
{
	dma_addr_t dma, next_dma;
	char *block, *next;

	(void)state;
	machine_cma = "64M@256M";
	dma_machine(dma_ram, NULL);
	machine_cma = NULL;
	block = dma_alloc_coherent(&dev, SZ_16K, &dma, GFP_KERNEL);
	next = dma_alloc_coherent(&dev, SZ_16K, &next_dma, GFP_KERNEL);
	assert_ptr_equal(next, block + SZ_16K);
	dma_free_coherent(&dev, SZ_32K, block, dma);
	dma_free_coherent(&dev, SZ_8K, block, dma);
	dma_free_coherent(&dev, SZ_8K, block + SZ_8K, dma + SZ_8K);
	dma_free_coherent(&dev, PAGE_SIZE, block, dma);
	assert_int_equal(dma_stats.misused, 4);
	assert_int_equal(dma_stats.coherent_pages, 8);
	dma_free_coherent(&dev, SZ_16K, block, dma);
	dma_free_coherent(&dev, SZ_16K, block, dma);
	dma_free_coherent(&dev, SZ_16K, next, next_dma);
	assert_int_equal(dma_stats.misused, 5);
	assert_int_equal(dma_stats.coherent_pages, 0);
	assert_int_equal(cma_verify(), 0);
}

static void resources_are_no_memory(void **state)
{
	(void)state;
	dma_machine(dma_ram, NULL);
	assert_int_equal(dma_map_resource(&dev, 0xfee00000, 4096, DMA_TO_DEVICE, 0), 0xfee00000);
	assert_int_equal(dma_map_resource(&dev, SZ_1M, 4096, DMA_TO_DEVICE, 0), DMA_MAPPING_ERROR);
	assert_int_equal(dma_map_resource(&dev, 1ULL << 40, 4096, DMA_TO_DEVICE, 0),
			 DMA_MAPPING_ERROR);
	assert_int_equal(dma_stats.misused, 1);
	assert_int_equal(dma_stats.overflow, 1);
}

/* ---- Pools ------------------------------------------------------------------------------ */

static void blocks_have_the_size_alignment_and_boundary_asked_for(void **state)
{
	static const struct {
		size_t size, align, boundary;
		unsigned int per_page; /* blocks of one allocation */
	} cases[] = {
		{1, 0, 0, 1024},	{4, 1, 0, 1024},      {64, 64, 0, 64},
		{100, 16, 512, 32},	{100, 16, 0, 36},     {1024, 0, 0, 4},
		{1000, 8, 2048, 4},	{2048, 0, 2048, 2},   {3000, 0, 4096, 1},
		{4096, 4096, 65536, 1}, {5000, 0, 0, 1},      {5000, 8192, 8192, 1},
		{8, 2048, 0, 2},	{SZ_1M, 0, SZ_4M, 1},
	};

	(void)state;
	dma_machine(dma_ram, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dma_pool *pool = dma_pool_create("p", &dev, cases[i].size, cases[i].align,
							cases[i].boundary);
		size_t align = max_t(size_t, cases[i].align, 1);
		size_t boundary = cases[i].boundary ? cases[i].boundary : SIZE_MAX;
		unsigned long pages = 0;
		dma_addr_t dma[1024];
		void *at[1024];

		assert_non_null(pool);
		for (unsigned int n = 0; n < cases[i].per_page; n++) {
			at[n] = dma_pool_alloc(pool, GFP_KERNEL, &dma[n]);
			assert_int_equal(dma[n] % align, 0);
			assert_int_equal(dma[n] / boundary,
					 (dma[n] + cases[i].size - 1) / boundary);
			assert_int_equal(virt_to_phys(at[n]), dma[n]);
			if (!n)
				pages = dma_pools_pages();
			assert_int_equal(dma_pools_pages(), pages);
		}
		for (unsigned int n = 0; n < cases[i].per_page; n++)
			dma_pool_free(pool, at[n], dma[n]);
		at[0] = dma_pool_alloc(pool, GFP_KERNEL, &dma[0]);
		dma_pool_free(pool, at[0], dma[0]);
		assert_int_equal(dma_pools_pages(), pages);
		dma_pool_destroy(pool);
	}
	assert_int_equal(dma_pool_refusals, 0);
	assert_int_equal(dma_stats.coherent_pages, 0);
}

static void sizes_that_mean_nothing_are_refused(void **state)
{
	static const size_t bad[][3] = {{0, 0, 0},	   {1UL << 31, 0, 0}, {64, 3, 0},
					{64, 0, 32},	   {64, 0, 96},	      {64, 256, 128},
					{64, 1UL << 40, 0}};

	(void)state;
	dma_machine(dma_ram, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_null(dma_pool_create("p", &dev, bad[i][0], bad[i][1], bad[i][2]));
	assert_null(dma_pool_create("p", NULL, 64, 0, 0));
	assert_int_equal(host_log_count("dma_pool_create p: no blocks of "), ARRAY_SIZE(bad) + 1);
	dma_pool_destroy(NULL);
}

static void zalloc_clears_and_the_mask_holds(void **state)
{
	struct dma_pool *pool;
	dma_addr_t dma;
	void *at;

	(void)state;
	dma_machine(dma_ram, NULL);
	set_mask(DMA_BIT_MASK(24));
	pool = dma_pool_create("p", &dev, 64, 64, 0);
	at = dma_pool_alloc(pool, GFP_KERNEL, &dma);
	assert_true(dma < SZ_16M);
	memset(at, 1, 64);
	dma_pool_free(pool, at, dma);
	assert_ptr_equal(dma_pool_zalloc(pool, GFP_KERNEL, &dma), at);
	assert_null(memchr_inv(at, 0, 64));
	memset(at, 1, 64);
	init_on_free = true;
	dma_pool_free(pool, at, dma);
	init_on_free = false;
	assert_null(memchr_inv(at, 0, 64));
	dma_pool_destroy(pool);
}

static void frees_of_what_is_not_out_are_refused(void **state)
{
	struct dma_pool *pool, *other;
	dma_addr_t dma, dma2;
	char *at, *at2;

	(void)state;
	dma_machine(dma_ram, NULL);
	pool = dma_pool_create("p", &dev, 100, 4, 256);
	other = dma_pool_create("other", &dev, 100, 4, 256);
	at = dma_pool_alloc(pool, GFP_KERNEL, &dma);
	at2 = dma_pool_alloc(other, GFP_KERNEL, &dma2);
	dma_pool_free(pool, at2, dma2);
	dma_pool_free(pool, at, dma2);
	dma_pool_free(pool, at + 4, dma + 4);
	dma_pool_free(pool, at + 200, dma + 200);
	dma_pool_free(pool, at + 4, dma);
	dma_pool_free(pool, at + 256, dma + 256);
	assert_int_equal(dma_pool_refusals, 6);
	assert_true(host_log_contains("(bad vaddr)") && host_log_contains("(bad dma)"));
	dma_pool_free(pool, at, dma);
	dma_pool_free(pool, at, dma);
	assert_int_equal(dma_pool_refusals, 7);
	assert_int_equal(host_log_count("(already free)"), 2);
	dma_pool_free(other, at2, dma2);
	dma_pool_destroy(pool);
	dma_pool_destroy(other);
}

static void a_pool_destroyed_with_blocks_out_leaves_their_pages(void **state)
{
	struct dma_pool *pool;
	dma_addr_t dma[5];
	void *at[5];

	(void)state;
	dma_machine(dma_ram, NULL);
	pool = dma_pool_create("p", &dev, 1024, 0, 0);
	for (int i = 0; i < 5; i++)
		at[i] = dma_pool_alloc(pool, GFP_KERNEL, &dma[i]);
	dma_pool_free(pool, at[4], dma[4]);
	dma_pool_destroy(pool);
	assert_int_equal(dma_pool_refusals, 1);
	assert_true(host_log_contains("busy: 4 blocks are out, its 4096 bytes are lost"));
	assert_int_equal(dma_stats.coherent_pages, 1);
	memset(at[0], 1, 1024);
}

static void a_pool_is_destroyed_once(void **state)
{
	struct dma_pool *pool;

	(void)state;
	dma_machine(dma_ram, NULL);
	pool = dma_pool_create("once", &dev, 64, 64, 0);
	dma_pool_destroy(pool);
	dma_pool_destroy(pool);
	assert_int_equal(dma_pool_refusals, 1);
	assert_true(host_log_contains("is no pool, or is one no more"));
}

static void pools_are_shown_as_linux_shows_them(void **state)
{
	struct dma_pool *pool;
	static char text[1000];
	struct seq_file m;
	struct seq_text sb;
	dma_addr_t dma;
	void *at;

	(void)state;
	dma_machine(dma_ram, NULL);
	pool = dma_pool_create("buffer-2048", &dev, 2048, 32, 0);
	at = dma_pool_alloc(pool, GFP_KERNEL, &dma);
	seq_text_init(&m, &sb, text, sizeof(text));
	dma_pools_show(&m);
	assert_string_equal(text, "poolinfo - 0.1\nbuffer-2048         1    2 2048  1\n");
	dma_pool_free(pool, at, dma);
	dma_pool_destroy(pool);
}

static void without_memory_a_pool_serves_what_it_has(void **state)
{
	static dma_addr_t dma[5000];
	struct dma_pool *pool;
	static void *at[5000];
	int nr = 0;

	(void)state;
	dma_machine(dma_ram, NULL);
	set_mask(DMA_BIT_MASK(24));
	pool = dma_pool_create("p", &dev, 4096, 0, 0);
	while ((at[nr] = dma_pool_alloc(pool, GFP_KERNEL | __GFP_NOWARN, &dma[nr])))
		nr++;
	assert_in_range(nr, 2000, 4096);
	assert_int_equal(dma_pool_verify(pool), 0);
	dma_pool_free(pool, at[7], dma[7]);
	assert_ptr_equal(dma_pool_alloc(pool, GFP_ATOMIC, &dma[7]), at[7]);
	while (nr--)
		dma_pool_free(pool, at[nr], dma[nr]);
	dma_pool_destroy(pool);
	assert_int_equal(dma_stats.coherent_pages, 0);
}

/* ---- At random -------------------------------------------------------------------------- */

#define POOLS  6
#define BLOCKS 400
#define STEPS  30000

static void random_blocks_are_as_the_model_has_them(void **state)
{
	static struct {
		unsigned char *at, mark;
		dma_addr_t dma;
		int pool;
	} blocks[BLOCKS], *b;
	static const size_t sizes[POOLS] = {4, 24, 100, 1000, 2048, 6000};
	static const size_t boundaries[POOLS] = {0, 256, 128, 0, 4096, 8192};
	struct dma_pool *pools[POOLS];
	unsigned long refused = 0;

	(void)state;
	host_test_seed(__func__);
	dma_machine(dma_ram, NULL);
	for (int i = 0; i < POOLS; i++)
		pools[i] = dma_pool_create("p", &dev, sizes[i], 4, boundaries[i]);
	for (int step = 0; step < STEPS; step++) {
		b = &blocks[arch_random() % BLOCKS];
		if (!b->at) {
			b->pool = (int)(arch_random() % POOLS);
			b->at = dma_pool_alloc(pools[b->pool], GFP_KERNEL, &b->dma);
			assert_non_null(b->at);
			b->mark = (unsigned char)arch_random();
			memset(b->at, b->mark, sizes[b->pool]);
			continue;
		}
		assert_null(memchr_inv(b->at, b->mark, sizes[b->pool]));
		if (!(arch_random() % 8)) {
			/* Another pool's, or not a block's start. */
			dma_pool_free(pools[(b->pool + 1) % POOLS], b->at, b->dma);
			dma_pool_free(pools[b->pool], b->at + 1, b->dma + 1);
			refused += 2;
			continue;
		}
		dma_pool_free(pools[b->pool], b->at, b->dma);
		b->at = NULL;
		if (!(step % 256))
			assert_int_equal(dma_verify(), 0);
	}
	assert_int_equal(dma_pool_refusals, refused);
	for (b = blocks; b < blocks + BLOCKS; b++)
		if (b->at)
			dma_pool_free(pools[b->pool], b->at, b->dma);
	for (int i = 0; i < POOLS; i++)
		dma_pool_destroy(pools[i]);
	assert_int_equal(dma_pool_refusals, refused);
	assert_int_equal(dma_stats.coherent_pages, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		dma_test(a_mask_must_reach_zone_dma),
		dma_test(a_mask_is_limited_where_memory_goes_on),
		dma_test(memory_comes_from_the_zones_below_the_mask),
		dma_test(blocks_are_zeroed_and_rounded_to_pages),
		dma_test(large_blocks_come_from_the_cma_area),
		dma_test(what_is_not_there_is_refused),
		dma_test(blocks_of_another_size_or_that_are_free_are_not_freed),
		dma_test(blocks_are_counted_by_what_they_take),
		dma_test(pages_that_no_device_was_given_are_not_freed),
		dma_test(of_a_cma_area_a_block_goes_back_whole_or_not_at_all),
		dma_test(resources_are_no_memory),
		dma_test(blocks_have_the_size_alignment_and_boundary_asked_for),
		dma_test(sizes_that_mean_nothing_are_refused),
		dma_test(zalloc_clears_and_the_mask_holds),
		dma_test(frees_of_what_is_not_out_are_refused),
		dma_test(a_pool_destroyed_with_blocks_out_leaves_their_pages),
		dma_test(a_pool_is_destroyed_once),
		dma_test(pools_are_shown_as_linux_shows_them),
		dma_test(without_memory_a_pool_serves_what_it_has),
		dma_test(random_blocks_are_as_the_model_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
