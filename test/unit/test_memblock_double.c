// SPDX-License-Identifier: MIT
/*
 * Growing tables: full arrays move to ones of twice the size in free memory,
 * which never lie in what is reserved or is just being reserved.
 */
#include "memblock_test.h"
#include <string.h>

#define ENTRY sizeof(struct memblock_region)

/* Memory for arrays; what is reserved lies above it, where there is no memory. */
#define ROOM MB(8)

/* Where the array of @type lies, and its bytes, to whole pages. */
static phys_addr_t array_of(const struct memblock_type *type)
{
	return __pa(type->regions);
}

static phys_addr_t array_bytes(const struct memblock_type *type)
{
	return ALIGN(type->max * ENTRY, PAGE_SIZE);
}

static void array_is_sound(const struct memblock_type *type)
{
	assert_true(memblock_is_region_memory(array_of(type), array_bytes(type)));
	for (phys_addr_t at = 0; at < array_bytes(type); at += PAGE_SIZE)
		assert_true(memblock_is_reserved(array_of(type) + at));
	assert_int_equal(memblock_verify(), 0);
}

/* Reserves @nr pieces of 64 bytes, 4 KB apart, from @offset on. */
static void reserve_pieces(phys_addr_t offset, int nr)
{
	for (int i = 0; i < nr; i++)
		reserve(offset + KB(4) * i, 64);
}

/*
 *  reserved  |#|  |#|  |#| ... 128 of them, and one more
 */
static void reserving_one_too_many_doubles_the_table(void **state)
{
	(void)state;
	memblock_allow_resize();
	add(0, ROOM);
	reserve_pieces(MB(16), 128);
	assert_int_equal(memblock.reserved.max, 128);
	reserve_pieces(MB(16), 129);
	assert_int_equal(memblock.reserved.max, 256);
	assert_int_equal(memblock.reserved.cnt, 130);
	assert_int_equal(memblock.reserved.total_size, 129 * 64 + ALIGN(256 * ENTRY, PAGE_SIZE));
	assert_int_equal(array_of(&memblock.reserved) - base,
			 by_direction(ROOM - array_bytes(&memblock.reserved), 0));
	array_is_sound(&memblock.reserved);
	for (int i = 0; i < 129; i++)
		assert_true(memblock_is_region_reserved(base + MB(16) + KB(4) * i, 64));
}

/*
 *  memory    |==|  |==|  |==| ... 128 of them, and one more
 */
static void adding_one_too_many_doubles_the_table(void **state)
{
	(void)state;
	memblock_allow_resize();
	for (int i = 0; i < 129; i++)
		add(KB(128) * i, KB(64));
	assert_int_equal(memblock.memory.max, 256);
	assert_int_equal(memblock.memory.cnt, 129);
	assert_int_equal(memblock.memory.total_size, 129 * KB(64));
	reserved_is({array_of(&memblock.memory) - base, array_bytes(&memblock.memory)});
	/* The 129th region was not there yet when the array was looked for. */
	assert_int_equal(array_of(&memblock.memory) - base,
			 by_direction(KB(128) * 127 + KB(64) - array_bytes(&memblock.memory), 0));
	array_is_sound(&memblock.memory);
}

static void unused_entries_of_a_new_array_are_zero(void **state)
{
	static const struct memblock_region zero;

	(void)state;
	memblock_allow_resize();
	add(0, ROOM);
	memset(phys_to_virt(base), 0x5a, ROOM);
	reserve_pieces(MB(16), 129);
	for (unsigned long i = memblock.reserved.cnt; i < memblock.reserved.max; i++)
		assert_memory_equal(&memblock.reserved.regions[i], &zero, ENTRY);
}

/* The first array is part of the program, which is reserved and stays so. */
static void the_first_array_is_not_given_back(void **state)
{
	phys_addr_t first = array_of(&memblock.reserved);

	(void)state;
	memblock_allow_resize();
	add(0, ROOM);
	assert_int_equal(memblock_reserve(first, 128 * ENTRY), 0);
	reserve_pieces(MB(16), 128);
	assert_int_equal(memblock.reserved.max, 256);
	assert_true(memblock_is_reserved(first));
	assert_true(memblock_is_reserved(first + 128 * ENTRY - 1));
}

/* As Linux does: a split may need two entries, so that a removal makes room for them. */
static void taking_out_of_a_nearly_full_table_grows_it(void **state)
{
	(void)state;
	memblock_allow_resize();
	add(0, ROOM);
	reserve_pieces(MB(16), 126);
	assert_int_equal(memblock_phys_free(base + MB(16), 64), 0);
	assert_int_equal(memblock.reserved.max, 128);
	reserve_pieces(MB(16), 127);
	assert_int_equal(memblock_phys_free(base + MB(16), 64), 0);
	assert_int_equal(memblock.reserved.max, 256);
	assert_int_equal(memblock.reserved.cnt, 126 + 1);
}

static void tables_do_not_grow_before_they_may(void **state)
{
	(void)state;
	add(0, WINDOW);
	reserve_pieces(0, 128);
	assert_int_equal(memblock_reserve(base + MB(32), 64), -ENOMEM);
	assert_int_equal(memblock.reserved.max, 128);
	memblock_allow_resize();
	reserve(MB(32), 64);
	assert_int_equal(memblock.reserved.max, 256);
}

static void tables_do_not_grow_after_close(void **state)
{
	(void)state;
	memblock_allow_resize();
	add(0, WINDOW);
	reserve_pieces(0, 127);
	memblock_close();
	reserve(MB(32), 64);
	assert_int_equal(memblock_reserve(base + MB(33), 64), -ENOMEM);
	assert_true(host_log_contains("reserved table full (128) adding [mem 0x"));
	assert_false(host_log_contains("Failed to double"));
	assert_int_equal(memblock_verify(), 0);
}

/*
 *  memory    |                                      |
 *  new       |~~~~~~~~~~~~~~~~~~~~~~|   . hole .      being reserved: not used,
 *  reserved                       pieces              though it is free still
 */
static void new_array_keeps_out_of_the_range_being_reserved(void **state)
{
	phys_addr_t want_size = MB(8), want = by_direction(WINDOW - MB(8), 0);

	(void)state;
	memblock_allow_resize();
	add(0, WINDOW);
	reserve_pieces(MB(16), 128);
	reserve(want, want_size);
	assert_int_equal(memblock.reserved.max, 256);
	assert_false(memblock_overlaps_region(
		&(struct memblock_type){.cnt = 1,
					.regions = &(struct memblock_region){.base = base + want,
									     .size = want_size}},
		array_of(&memblock.reserved), array_bytes(&memblock.reserved)));
	array_is_sound(&memblock.reserved);
}

/*
 *  memory    |#|.|#|.|#|....           |~~~ being reserved ~~~|
 *                             ^ the only place: below the range
 */
static void new_array_goes_below_the_range_where_there_is_no_room_above(void **state)
{
	(void)state;
	memblock_allow_resize();
	add(0, WINDOW);
	reserve_pieces(MB(1), 128);
	reserve(MB(16), WINDOW - MB(16));
	assert_int_equal(memblock.reserved.max, 256);
	assert_true(array_of(&memblock.reserved) < base + MB(16));
	array_is_sound(&memblock.reserved);
}

/*
 * Free memory is in pieces of one page, and one of two: the new array of 6 KB
 * has just that one place, wherever it is.
 *
 *  reserved  |##|.|##|.|##|..|##|.|##|.|
 */
static void tight_memory_gives_its_one_place(void **state)
{
	(void)state;
	for (int place = 0; place < 127; place += 9) {
		memblock_reset();
		memblock_allow_resize();
		for (int i = 0; i < 127; i++) {
			phys_addr_t at = KB(12) * i;

			add(at, KB(12));
			reserve(at, i == place ? KB(4) : KB(8));
		}
		reserve(MB(4), KB(4));
		assert_int_equal(memblock.reserved.max, 128);
		reserve(MB(5), KB(4));
		assert_int_equal(memblock.reserved.max, 256);
		assert_int_equal(array_of(&memblock.reserved) - base, KB(12) * place + KB(4));
		array_is_sound(&memblock.reserved);
	}
}

/* The one place is what is being reserved: there is none then. */
static void the_last_free_place_is_not_used_while_it_is_being_reserved(void **state)
{
	struct memblock_region before[128];

	(void)state;
	memblock_allow_resize();
	add(0, MB(8));
	for (int i = 0; i < 127; i++)
		reserve(KB(12) * i, KB(8));
	reserve(KB(12) * 127, MB(8) - KB(12) * 127 - KB(12));
	assert_int_equal(memblock.reserved.cnt, 128);
	memcpy(before, memblock.reserved.regions, sizeof(before));
	/* 12 KB are left at the end; all but its first and last page is asked for. */
	assert_int_equal(memblock_reserve(base + MB(8) - KB(8), KB(4)), -ENOMEM);
	assert_true(host_log_contains("Failed to double reserved array from 128 to 256 entries !"));
	assert_int_equal(memblock.reserved.cnt, 128);
	assert_memory_equal(before, memblock.reserved.regions, sizeof(before));
	assert_int_equal(memblock_verify(), 0);
}

static void no_room_for_the_memory_table_changes_nothing(void **state)
{
	(void)state;
	memblock_allow_resize();
	for (int i = 0; i < 128; i++)
		add(KB(16) * i, KB(4));
	assert_int_equal(memblock_add(base + MB(8), MB(8)), -ENOMEM);
	assert_int_equal(memblock.memory.cnt, 128);
	assert_int_equal(memblock.memory.max, 128);
	assert_int_equal(memblock.memory.total_size, 128 * KB(4));
	table_is_empty(&memblock.reserved);
}

/*
 * There is one place for a new array, and reserved is full: memory's array cannot
 * be written down there, so that memory does not grow either.
 */
static void memory_does_not_grow_where_reserved_cannot_note_it(void **state)
{
	struct memblock_region *regions = memblock.memory.regions;

	(void)state;
	memblock_allow_resize();
	add(0, KB(8));
	for (int i = 1; i < 128; i++)
		add(KB(16) * i, KB(4));
	reserve_pieces(MB(16), 128);
	assert_int_equal(memblock_add(base + MB(8), MB(1)), -ENOMEM);
	assert_ptr_equal(memblock.memory.regions, regions);
	assert_int_equal(memblock.memory.cnt, 128);
	assert_int_equal(memblock.memory.max, 128);
	assert_int_equal(memblock.reserved.cnt, 128);
	assert_int_equal(memblock.reserved.max, 128);
	assert_int_equal(memblock_verify(), 0);
}

/* reserved is full, so that the new array of memory cannot be written down there. */
static void growing_memory_grows_a_full_reserved_table_too(void **state)
{
	(void)state;
	memblock_allow_resize();
	for (int i = 0; i < 128; i++)
		add(KB(128) * i, KB(64));
	for (int i = 0; i < 128; i++)
		reserve(MB(32) + KB(8) * i, KB(4));
	add(MB(48), KB(64));
	assert_int_equal(memblock.memory.max, 256);
	assert_int_equal(memblock.reserved.max, 256);
	array_is_sound(&memblock.memory);
	array_is_sound(&memblock.reserved);
	assert_true(array_of(&memblock.memory) + array_bytes(&memblock.memory) <=
			    array_of(&memblock.reserved) ||
		    array_of(&memblock.reserved) + array_bytes(&memblock.reserved) <=
			    array_of(&memblock.memory));
}

static void the_old_array_is_given_back(void **state)
{
	phys_addr_t old, old_size;

	(void)state;
	memblock_allow_resize();
	add(0, ROOM);
	reserve_pieces(MB(16), 129);
	old = array_of(&memblock.reserved);
	old_size = array_bytes(&memblock.reserved);
	reserve_pieces(MB(16), 256);
	assert_int_equal(memblock.reserved.max, 512);
	assert_false(memblock_is_region_reserved(old, old_size));
	assert_int_equal(memblock.reserved.total_size, 256 * 64 + array_bytes(&memblock.reserved));
	array_is_sound(&memblock.reserved);
}

static void taking_out_of_a_full_table_grows_it_for_the_split(void **state)
{
	(void)state;
	memblock_allow_resize();
	add(0, ROOM);
	reserve_pieces(MB(16), 127);
	reserve(MB(32), MB(1));
	assert_int_equal(memblock_phys_free(base + MB(32) + KB(4), KB(4)), 0);
	assert_int_equal(memblock.reserved.max, 256);
	assert_int_equal(memblock.reserved.cnt, 127 + 2 + 1);
	assert_false(memblock_is_reserved(base + MB(32) + KB(4)));
	array_is_sound(&memblock.reserved);
}

/* In the order of addresses, against it, and from both ends to the middle. */
static void thousands_of_reserved_ranges_fit_in_any_order(void **state)
{
	const int nr = 5000;

	(void)state;
	for (int order = 0; order < 3; order++) {
		bool up = memblock_bottom_up();

		memblock_reset();
		memblock_set_bottom_up(up);
		memblock_allow_resize();
		add(0, ROOM);
		for (int i = 0; i < nr; i++) {
			int n = order == 0   ? i
				: order == 1 ? nr - 1 - i
				: i & 1	     ? nr - 1 - i / 2
					     : i / 2;

			reserve(MB(16) + KB(4) * n, KB(2));
		}
		assert_int_equal(memblock.reserved.max, 8192);
		assert_int_equal(memblock.reserved.cnt, nr + 1);
		array_is_sound(&memblock.reserved);
		for (int i = 0; i < nr; i++)
			assert_true(memblock_is_region_reserved(base + MB(16) + KB(4) * i, 1));
	}
}

static void thousands_of_memory_ranges_fit(void **state)
{
	const int nr = 4000;

	(void)state;
	memblock_allow_resize();
	add(0, ROOM);
	for (int i = 0; i < nr; i++)
		add_node(MB(16) + KB(8) * i, KB(4), i & 3);
	assert_int_equal(memblock.memory.cnt, nr + 1);
	assert_int_equal(memblock.memory.total_size, ROOM + nr * KB(4));
	array_is_sound(&memblock.memory);
}

/* Allocations find their way past the arrays, and the arrays past allocations. */
static void allocations_and_arrays_do_not_collide(void **state)
{
	unsigned char *ptrs[400];

	(void)state;
	memblock_allow_resize();
	add(0, WINDOW);
	for (unsigned int i = 0; i < 400; i++) {
		/* Apart from each other, so that each takes an entry. */
		ptrs[i] = memblock_alloc(64, KB(8));
		memory_is_zeroed(ptrs[i], 64);
		memset(ptrs[i], (int)i & 0xff, 64);
	}
	assert_int_equal(memblock.reserved.max, 512);
	for (unsigned int i = 0; i < 400; i++)
		for (int byte = 0; byte < 64; byte++)
			assert_int_equal(ptrs[i][byte], i & 0xff);
	array_is_sound(&memblock.reserved);
}

static void current_limit_bounds_new_arrays(void **state)
{
	(void)state;
	memblock_allow_resize();
	add(0, WINDOW);
	memblock_set_current_limit(base + MB(4));
	reserve_pieces(MB(16), 129);
	assert_int_equal(array_of(&memblock.reserved) - base,
			 by_direction(MB(4) - array_bytes(&memblock.reserved), 0));
	array_is_sound(&memblock.reserved);
}

/* An array from outside is used as it is, left when it is full, and never given back. */
static void array_from_outside_stays_its_owners(void **state)
{
	static struct memblock_region outside[200];

	(void)state;
	memset(outside, 0, sizeof(outside));
	memblock_set_regions(&memblock.reserved, NULL, 10);
	assert_int_equal(memblock.reserved.max, 128);
	memblock_set_regions(&memblock.reserved, outside, 200);
	table_is_empty(&memblock.reserved);
	add(0, ROOM);
	reserve_pieces(MB(16), 200);
	assert_ptr_equal(memblock.reserved.regions, outside);
	assert_int_equal(memblock_reserve(base + MB(32), 64), -ENOMEM);
	memblock_allow_resize();
	reserve_pieces(MB(32), 1);
	assert_ptr_not_equal(memblock.reserved.regions, outside);
	assert_int_equal(memblock.reserved.max, 400);
	assert_int_equal(memblock.reserved.cnt, 202);
	array_is_sound(&memblock.reserved);
}

/* Linux's own tests put the first array back after they made a table grow. */
static void first_array_put_back_by_hand_works_again(void **state)
{
	struct memblock_region *first = memblock.reserved.regions;

	(void)state;
	memblock_allow_resize();
	add(0, WINDOW);
	for (int round = 0; round < 3; round++) {
		reserve_pieces(MB(16), 129);
		assert_ptr_not_equal(memblock.reserved.regions, first);
		assert_int_equal(memblock.reserved.max, 256);
		memblock.reserved.regions = first;
		memset(first, 0, 128 * ENTRY);
		memblock.reserved.cnt = 1;
		memblock.reserved.max = INIT_MEMBLOCK_RESERVED_REGIONS;
		memblock.reserved.total_size = 0;
		assert_int_equal(memblock_verify(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_BACKED_PLACES(reserving_one_too_many_doubles_the_table),
		AT_BACKED_PLACES(adding_one_too_many_doubles_the_table),
		AT_BACKED_PLACES(unused_entries_of_a_new_array_are_zero),
		AT_BACKED_PLACES(the_first_array_is_not_given_back),
		AT_BACKED_PLACES(taking_out_of_a_nearly_full_table_grows_it),
		AT_BACKED_PLACES(tables_do_not_grow_before_they_may),
		AT_BACKED_PLACES(tables_do_not_grow_after_close),
		AT_BACKED_PLACES(new_array_keeps_out_of_the_range_being_reserved),
		AT_BACKED_PLACES(new_array_goes_below_the_range_where_there_is_no_room_above),
		AT_BACKED_PLACES(tight_memory_gives_its_one_place),
		AT_BACKED_PLACES(the_last_free_place_is_not_used_while_it_is_being_reserved),
		AT_BACKED_PLACES(no_room_for_the_memory_table_changes_nothing),
		AT_BACKED_PLACES(memory_does_not_grow_where_reserved_cannot_note_it),
		AT_BACKED_PLACES(growing_memory_grows_a_full_reserved_table_too),
		AT_BACKED_PLACES(the_old_array_is_given_back),
		AT_BACKED_PLACES(taking_out_of_a_full_table_grows_it_for_the_split),
		AT_BACKED_PLACES(thousands_of_reserved_ranges_fit_in_any_order),
		AT_BACKED_PLACES(thousands_of_memory_ranges_fit),
		AT_BACKED_PLACES(allocations_and_arrays_do_not_collide),
		AT_BACKED_PLACES(current_limit_bounds_new_arrays),
		AT_BACKED_PLACES(array_from_outside_stays_its_owners),
		AT_BACKED_PLACES(first_array_put_back_by_hand_works_again),
	};

	return cmocka_run_group_tests_name("memblock: growing tables", tests, NULL, NULL);
}
