/* SPDX-License-Identifier: MIT */
/*
 * Random calls to the page allocator, with all that can be on, beside a model in plain
 * arrays. Built twice: with sanitizers for a short run, without for MODEL_STEPS of a
 * million and more. The seed is printed; BAREMM_SEED repeats a run.
 */
#include "alloc_ops.h"
#include "faults.h"

#ifndef MODEL_STEPS
#define MODEL_STEPS 40000
#endif
#define AUDIT_EVERY 5000

static u64 random_state;

static u32 next_random(u32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)((random_state >> 32) * below >> 32);
}

/* Three zones, of which DMA32 and Normal end within a section. */
static const struct e820_entry ram[] = {
	{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
	{.addr = SZ_1M, .size = SZ_64M - SZ_1M, .type = E820_TYPE_RAM},
	{.addr = SZ_4G, .size = SZ_128M + SZ_32M, .type = E820_TYPE_RAM},
};

/* Poison excludes pages that are cleared, as on Linux. */
#define ALL_AT_ONCE                                                                          \
	"numa=fake=2 kernelcore=100M cma=16M hugepages=4 page_alloc.shuffle=1 page_owner=on" \
	" fail_page_alloc=20,1,0,-1 failslab=20,1,0,-1" ALL_PAGES ALL_OBJECTS

/* What is on beside what is always: each another machine. */
static const char *const machines[] = {
	NULL,
	"memmap_init=eager init_on_alloc=1 hugepages=8",
	"numa=fake=2 page_alloc.shuffle=1",
	"kernelcore=60M page_poison=1 cma=16M hugepages=4",
	"page_owner=on init_on_free=1 min_free_kbytes=8192",
	"cma=32M fail_page_alloc=10,10,0,-1 failslab=10,10,0,-1" ALL_PAGES ALL_OBJECTS,
	ALL_AT_ONCE " init_on_alloc=1 init_on_free=1",
	ALL_AT_ONCE " page_poison=1 slub_debug=FZPU",
};

/* Over all machines: what never happened was not tested. */
static unsigned long taken[NR_HELD_KINDS], seen[NR_MODEL_EVENTS], moved, refused;

static void count_events(void)
{
	for (int kind = 0; kind < NR_HELD_KINDS; kind++)
		taken[kind] += model.taken[kind];
	for (int event = 0; event < NR_MODEL_EVENTS; event++)
		seen[event] += model.seen[event];
	moved += (unsigned long)atomic_long_read(&vm_events[PGMIGRATE_SUCCESS]);
	refused += page_alloc_stats.failed;
}

static void run_machine(const char *options, u64 seed)
{
	print_message("seed 0x%llx, options: %s\n", seed, options ? options : "none");
	model_begin(ram, ARRAY_SIZE(ram), options);
	random_state = seed * 0x9e3779b97f4a7c15ULL | 1;
	model_random = next_random;
	for (unsigned long i = 1; i <= MODEL_STEPS; i++) {
		model_step();
		if (i % AUDIT_EVERY == 0)
			model_audit();
	}
	model_give_all_back();
	count_events();
	model_end();
}

static void the_allocator_agrees_with_the_model(void **state)
{
	u64 seed = host_test_seed("the_allocator_agrees_with_the_model");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		run_machine(machines[i], seed + i);
	for (int kind = 0; kind < NR_HELD_KINDS; kind++)
		assert_int_not_equal(taken[kind], 0);
	for (int event = 0; event < NR_MODEL_EVENTS; event++)
		assert_int_not_equal(seen[event], 0);
	assert_int_not_equal(moved, 0);
	assert_int_not_equal(refused, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_allocator_agrees_with_the_model)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
