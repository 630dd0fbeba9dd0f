/* SPDX-License-Identifier: MIT */
/*
 * Thousands of random calls of the page allocator: a model in plain arrays agrees with
 * one CPU's, and those of several CPUs get no page twice.
 */
#include "page_model.h"

#include "cpus.h"
#include "tsan.h"

/* ---- A model ---------------------------------------------------------------------------- */

static u64 next_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void random_alloc(struct model *m, u64 *random)
{
	u64 r = next_random(random);
	/* Small orders are the usual ones. */
	unsigned int order = min((unsigned int)__builtin_ctzll(r | 1UL << 10), 10U);

	if (r >> 60 == 0)
		order = (unsigned int)(r >> 20) % NR_PAGE_ORDERS;
	model_alloc(m, order, model_gfps[(r >> 32) % ARRAY_SIZE(model_gfps)]);
}

static void random_free(struct model *m, u64 *random)
{
	unsigned int i = (unsigned int)(next_random(random) % m->nr);

	model_free(m, i, next_random(random) % 4 == 0);
}

static void model_run(u64 seed)
{
	struct model *m = model_make();
	struct picture before = take_picture();
	u64 random = seed | 1;

	for (int step = 0; step < 20000; step++) {
		/* It fills up, and empties, in long waves. */
		bool fill = next_random(&random) % 100 < (step / 2500 % 2 ? 35 : 65);

		if (m->nr < MODEL_BLOCKS && (fill || !m->nr))
			random_alloc(m, &random);
		else
			random_free(m, &random);
		if (step % 2000 == 0)
			assert_int_equal(verify_all(), 0);
		assert_int_equal(all_free_pages(), before.free - m->pages);
	}
	while (m->nr)
		random_free(m, &random);
	assert_int_equal(verify_all(), 0);
	assert_same_picture(before);
	model_end(m);
}

static void random_calls_agree_with_a_model(void **state)
{
	u64 seed = host_test_seed("random_calls_agree_with_a_model");

	(void)state;
	for (u64 i = 0; i < 5; i++)
		model_run(seed + i);
}

/* ---- Several CPUs ------------------------------------------------------------------- */

#define CPUS  4
#define HOLDS 200

/* Takes and frees blocks until all rounds are done; its sections are made meanwhile. */
static const char *take_and_free(int cpu)
{
	struct page *held[HOLDS] = {};
	unsigned int orders[HOLDS];
	u64 random = (u64)cpu * 0x9e3779b97f4a7c15ULL + 1;

	for (int round = 0; round < 20000; round++) {
		unsigned int i = (unsigned int)(next_random(&random) % HOLDS);

		if (held[i]) {
			/* Nobody else has written here. */
			if (*(u64 *)page_address(held[i]) != (u64)(uintptr_t)held[i])
				return "a block was handed out twice";
			__free_pages(held[i], orders[i]);
			held[i] = NULL;
			continue;
		}
		orders[i] = (unsigned int)(next_random(&random) % NR_PAGE_ORDERS);
		held[i] = alloc_pages(
			(round & 1 ? GFP_KERNEL : GFP_HIGHUSER_MOVABLE) | __GFP_NOWARN, orders[i]);
		if (held[i])
			*(u64 *)page_address(held[i]) = (u64)(uintptr_t)held[i];
	}
	for (int i = 0; i < HOLDS; i++)
		if (held[i])
			__free_pages(held[i], orders[i]);
	return NULL;
}

static void cpus_share_a_zone_that_grows(void **state)
{
	struct picture before;
	static const struct ram large[] = {
		{0x1000, 0xa0000, 0}, {SZ_1M, SZ_1G, 0}, {SZ_4G, SZ_4G + SZ_4G, 0}, {0, 0, 0}};
	unsigned long managed = 0, waiting;
	struct zone *zone;

	(void)state;
	host_machine_exit();
	nr_cpu_ids = CPUS;
	machine_up(large);
	waiting = zone_of(0, ZONE_NORMAL)->nr_extent_pages;
	run_on_cpus(0, CPUS, take_and_free);
	for_each_zone (zone) {
		assert_int_equal(zone->nr_growing_pages, 0);
		managed += zone_managed_pages(zone);
	}
	assert_int_equal(all_free_pages(), managed);
	assert_true(zone_of(0, ZONE_NORMAL)->nr_extent_pages < waiting);
	assert_int_equal(verify_all(), 0);
	/* All blocks have merged to what a fresh start would show. */
	memmap_make_all();
	before = take_picture();
	assert_int_equal(before.free, totalram_pages());
	free(before.order);
	nr_cpu_ids = 1;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pc_machine, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(random_calls_agree_with_a_model),
		TEST(cpus_share_a_zone_that_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
