// SPDX-License-Identifier: MIT
/*
 * Random operations on memblock, against the model of memblock_model.h. The tables grow
 * in its room before a run; the room is no memory during it, so that nobody gets it.
 */
#include "memblock_model.h"

#define OPERATIONS 4000
#define SEEDS	   4

static u64 random_state;

static u64 random_below(u64 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 11) % limit;
}

/* Both tables grow to hold the worst case, in ROOM, which then is no memory. */
static void grow_tables(void)
{
	assert_int_equal(memblock_add(ROOM, ROOM), 0);
	memblock_allow_resize();
	for (int i = 0; i < 2000; i++) {
		assert_int_equal(memblock_reserve(MB(64) + KB(8) * i, KB(4)), 0);
		assert_int_equal(memblock_add(MB(64) + KB(8) * i, KB(4)), 0);
	}
	assert_int_equal(memblock_phys_free(MB(64), MB(64)), 0);
	assert_int_equal(memblock_remove(0, PHYS_ADDR_MAX), 0);
	assert_true(memblock.memory.max >= 2 * CELLS);
	assert_true(memblock.reserved.max >= 2 * CELLS);
}

static void run(u64 seed, phys_addr_t where, bool bottom_up)
{
	memblock_reset();
	grow_tables();
	random_state = seed * 0x9e3779b97f4a7c15 + 1;
	model_start(where, bottom_up, seed & 1, random_below(2));
	for (int i = 0; i < OPERATIONS; i++) {
		operations[random_below(ARRAY_SIZE(operations))]();
		if (!random_below(100))
			op_limit();
		ask();
		model_compare();
		host_log_clear();
	}
}

static int setup(void **state)
{
	struct e820_entry room = {.addr = ROOM, .size = ROOM, .type = E820_TYPE_RAM};

	(void)state;
	host_machine_init(&room, 1, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	memblock_reset();
	host_machine_exit();
	return 0;
}

static void random_operations_agree_with_the_model(void **state)
{
	u64 seed = host_test_seed("random_operations_agree_with_the_model");

	(void)state;
	for (u64 n = 0; n < SEEDS; n++)
		for (int place = 0; place < 3; place++)
			for (int up = 0; up < 2; up++)
				run(seed + n, window_places[place], up);
}

/* ---- Growing under load: no model of places, but nothing may be written over. ---- */

#define MAX_PIECES 3000

static struct piece {
	unsigned char *ptr;
	unsigned int size;
} pieces[MAX_PIECES];

static void piece_is_whole(const struct piece *p)
{
	unsigned char want = (unsigned char)((uintptr_t)p->ptr >> 4);

	for (unsigned int i = 0; i < p->size; i++)
		assert_int_equal(p->ptr[i], want);
	assert_true(memblock_is_region_reserved(__pa(p->ptr), p->size));
}

static void allocate_piece(struct piece *p)
{
	p->size = 1 + (unsigned int)random_below(200);
	p->ptr = memblock_alloc(p->size, 1UL << random_below(13));
	memory_is_zeroed(p->ptr, p->size);
	memset(p->ptr, (int)((uintptr_t)p->ptr >> 4) & 0xff, p->size);
}

static void free_piece(struct piece *p)
{
	piece_is_whole(p);
	memblock_free(p->ptr, p->size);
	p->ptr = NULL;
}

static void allocations_stay_whole_while_the_tables_grow(void **state)
{
	u64 seed = host_test_seed("allocations_stay_whole_while_the_tables_grow");

	(void)state;
	for (int up = 0; up < 2; up++) {
		memblock_reset();
		memblock_set_bottom_up(up);
		memblock_allow_resize();
		assert_int_equal(memblock_add(ROOM, ROOM), 0);
		memset(pieces, 0, sizeof(pieces));
		random_state = seed * 0x9e3779b97f4a7c15 + 1;
		for (int i = 0; i < 4 * MAX_PIECES; i++) {
			struct piece *p = &pieces[random_below(MAX_PIECES)];

			if (p->ptr)
				free_piece(p);
			else
				allocate_piece(p);
			if (i % 64 == 0)
				assert_int_equal(memblock_verify(), 0);
		}
		assert_true(memblock.reserved.max > 512);
		for (int i = 0; i < MAX_PIECES; i++)
			if (pieces[i].ptr)
				free_piece(&pieces[i]);
		/* What is left is the table's own array. */
		assert_int_equal(memblock.reserved.cnt, 1);
		assert_int_equal(memblock.reserved.regions[0].base,
				 __pa(memblock.reserved.regions));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_operations_agree_with_the_model, setup,
						teardown),
		cmocka_unit_test_setup_teardown(allocations_stay_whole_while_the_tables_grow, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("memblock: random operations", tests, NULL, NULL);
}
