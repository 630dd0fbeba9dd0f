// SPDX-License-Identifier: MIT
/*
 * memblock_alloc_try_nid() and memblock_alloc_exact_nid_raw(): limits and nodes,
 * and the order in which they are given up. Both forms run each case where they
 * agree; where they differ there is a case for each.
 */
#include "memblock_test.h"

typedef void *(*alloc_fn)(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			  phys_addr_t max_addr, int nid);

static const alloc_fn all_forms[] = {
	memblock_alloc_try_nid,
	memblock_alloc_try_nid_raw,
	memblock_alloc_exact_nid_raw,
};

#define for_each_form(f) \
	for (const alloc_fn *f = all_forms; f < all_forms + 3; f++, memblock_phys_free(0, -1ULL))

#define NONE PHYS_ADDR_MAX

/* Offset of the allocation, or NONE. */
static phys_addr_t place_of(void *ptr)
{
	return ptr ? __pa(ptr) - base : NONE;
}

/* With limits given as offsets. */
static phys_addr_t try(alloc_fn f, phys_addr_t size, phys_addr_t min, phys_addr_t max, int nid)
{
	return place_of(f(size, KB(4), base + min, base + max, nid));
}

/*
 *  memory  |      .          .     |
 *                min        max
 *  taken          |BU|    |TD|
 */
static void allocation_lies_between_the_limits(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(16));
		assert_int_equal(try(*f, MB(1), MB(4), MB(8), NUMA_NO_NODE),
				 by_direction(MB(7), MB(4)));
		reserved_is({by_direction(MB(7), MB(4)), MB(1)});
	}
}

/*
 *               min   max
 *  memory  |     |#####|        |    just as long as the limits allow
 */
static void size_of_the_whole_range_fits_exactly(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(16));
		assert_int_equal(try(*f, MB(4), MB(4), MB(8), NUMA_NO_NODE), MB(4));
		reserved_is({MB(4), MB(4)});
	}
}

/*
 *           min + 4  max + 4      not aligned: inside there is an aligned place
 */
static void limits_off_the_alignment_are_rounded_inwards(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(16));
		assert_int_equal(try(*f, KB(8), MB(4) + 4, MB(8) + 4, NUMA_NO_NODE),
				 by_direction(MB(8) - KB(8), MB(4) + KB(4)));
	}
}

/*
 *               min max
 *  memory  |     |-|              |    too narrow: the lower limit is given up
 *  taken   |BU|
 *            |TD  |
 */
static void range_too_narrow_gives_up_the_lower_limit(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(16));
		assert_int_equal(try(*f, MB(2), MB(4), MB(5), NUMA_NO_NODE),
				 by_direction(MB(3), by_direction(0, 0)));
		reserved_is({by_direction(MB(3), 0), MB(2)});
	}
}

/* Same, but below the upper limit nothing fits either. */
static void upper_limit_is_never_given_up(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(MB(4), MB(16));
		assert_int_equal(try(*f, MB(2), MB(4), MB(5), NUMA_NO_NODE), NONE);
		table_is_empty(&memblock.reserved);
	}
}

/*
 *       min                        max
 *        .   |     memory      |    .       limits outside memory are no limits
 */
static void limits_outside_memory_do_not_matter(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(MB(4), MB(4));
		assert_int_equal(try(*f, MB(1), 0, MB(32), NUMA_NO_NODE),
				 by_direction(MB(7), MB(4)));
	}
}

/*
 *  memory   |       |     min        max
 *                          .          .      nothing there: it goes below min
 */
static void limits_above_memory_fall_back_below(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(4));
		assert_int_equal(try(*f, MB(1), MB(8), MB(16), NUMA_NO_NODE),
				 by_direction(MB(3), 0));
	}
}

/*
 *  memory       |               |
 *  reserved   ####r2####  gap  ####r1####     gap holds it, and all three merge
 */
static void gap_between_reserved_ranges_is_filled(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(16));
		reserve(MB(2), MB(2));
		reserve(MB(5), MB(2));
		assert_int_equal(try(*f, MB(1), MB(2), MB(7), NUMA_NO_NODE), MB(4));
		reserved_is({MB(2), MB(5)});
	}
}

/*
 *            min              max
 *  reserved   ###|  gap  |###|        too small a gap: below min, which is free
 */
static void gap_too_small_falls_back_below_the_lower_limit(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(16));
		reserve(MB(4), MB(1));
		reserve(MB(6), MB(2));
		assert_int_equal(try(*f, MB(2), MB(4), MB(8), NUMA_NO_NODE),
				 by_direction(MB(2), 0));
	}
}

static void everything_reserved_between_the_limits_and_below_gives_null(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(16));
		reserve(0, MB(8));
		assert_int_equal(try(*f, MB(1), MB(4), MB(8), NUMA_NO_NODE), NONE);
		reserved_is({0, MB(8)});
	}
}

static void current_limit_caps_the_upper_limit(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(16));
		memblock_set_current_limit(base + MB(6));
		assert_int_equal(try(*f, MB(1), MB(4), MB(8), NUMA_NO_NODE),
				 by_direction(MB(5), MB(4)));
		assert_int_equal(
			place_of((*f)(MB(1), KB(4), base, MEMBLOCK_ALLOC_ANYWHERE, NUMA_NO_NODE)),
			by_direction(MB(4), 0));
		memblock_set_current_limit(MEMBLOCK_ALLOC_ANYWHERE);
	}
}

static void allocations_to_the_same_range_stack_up(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add(0, MB(16));
		for (int i = 0; i < 4; i++)
			assert_int_equal(try(*f, MB(1), MB(4), MB(8), NUMA_NO_NODE),
					 by_direction(MB(7 - i), MB(4 + i)));
		/* The fifth has no room there. */
		assert_int_equal(try(*f, MB(1), MB(4), MB(8), NUMA_NO_NODE),
				 by_direction(MB(3), 0));
	}
}

/*
 *  Eight nodes of different sizes, in MB:
 *
 *  | 0: 4 | 1: 2 | 2: 4 |3: 1|4: 1| 5: 2 |   6: 16   | 7: 2 |
 *  0      4      6      10   11   12     14          30     32
 */
static const struct span nodes[] = {
	{MB(0), MB(4)},	 {MB(4), MB(2)},  {MB(6), MB(4)},   {MB(10), MB(1)},
	{MB(11), MB(1)}, {MB(12), MB(2)}, {MB(14), MB(16)}, {MB(30), MB(2)},
};

static void make_nodes(void)
{
	for (int nid = 0; nid < 8; nid++)
		add_node(nodes[nid].offset, nodes[nid].size, nid);
}

/* The place at the end of node @nid where @size comes to lie. */
static phys_addr_t in_node(int nid, phys_addr_t size)
{
	return by_direction(nodes[nid].offset + nodes[nid].size - size, nodes[nid].offset);
}

static phys_addr_t try_node(alloc_fn f, phys_addr_t size, int nid)
{
	return try(f, size, 0, MB(32), nid);
}

static void node_that_was_asked_for_is_used(void **state)
{
	(void)state;
	for_each_form(f)
	{
		make_nodes();
		for (int nid = 0; nid < 8; nid++)
			assert_int_equal(try_node(*f, MB(1), nid), in_node(nid, MB(1)));
	}
}

/* node 2  |###reserved###|      |    the rest of the node holds it */
static void partly_reserved_node_is_used(void **state)
{
	(void)state;
	for_each_form(f)
	{
		make_nodes();
		reserve(in_node(2, MB(1)), MB(1));
		assert_int_equal(try_node(*f, MB(2), 2), MB(7));
		reserved_is({by_direction(MB(7), MB(6)), MB(3)});
	}
}

/* Node 5 has no range of 3 MB; the outermost that has one is node 6, or node 0. */
static void try_nid_falls_back_to_any_node_with_room(void **state)
{
	(void)state;
	make_nodes();
	assert_int_equal(try_node(memblock_alloc_try_nid, MB(3), 5),
			 by_direction(in_node(6, MB(3)), in_node(0, MB(3))));
}

static void exact_nid_does_not_fall_back_to_another_node(void **state)
{
	(void)state;
	make_nodes();
	assert_int_equal(try_node(memblock_alloc_exact_nid_raw, MB(3), 5), NONE);
	table_is_empty(&memblock.reserved);
	reserve(nodes[3].offset, nodes[3].size);
	assert_int_equal(try_node(memblock_alloc_exact_nid_raw, KB(4), 3), NONE);
	assert_int_equal(try_node(memblock_alloc_exact_nid_raw, KB(4), 9), NONE);
}

/*
 *            min       max
 *  | node 2    .   | 3 |.                  the part of node 2 inside the limits
 */
static void limits_cut_the_node(void **state)
{
	(void)state;
	for_each_form(f)
	{
		make_nodes();
		assert_int_equal(try(*f, MB(1), MB(8), MB(11), 2), by_direction(MB(9), MB(8)));
	}
}

/*
 *          min    max
 *  | node 2 . | 3 .|       too little of node 2 is inside: not lower in the node
 *                           while another node has room inside the limits
 */
static void try_nid_prefers_another_node_to_giving_up_the_lower_limit(void **state)
{
	(void)state;
	make_nodes();
	assert_int_equal(try(memblock_alloc_try_nid, MB(2), MB(9), MB(14), 2),
			 by_direction(MB(12), MB(12)));
}

static void exact_nid_gives_up_the_lower_limit_before_it_fails(void **state)
{
	(void)state;
	make_nodes();
	assert_int_equal(try(memblock_alloc_exact_nid_raw, MB(2), MB(9), MB(14), 2),
			 by_direction(MB(8), MB(6)));
}

/* All of [min, max) belongs to others and is reserved: node first, without min. */
static void without_the_lower_limit_the_node_comes_first_again(void **state)
{
	(void)state;
	for_each_form(f)
	{
		make_nodes();
		reserve(MB(10), MB(4));
		assert_int_equal(try(*f, MB(1), MB(10), MB(14), 2), in_node(2, MB(1)));
	}
}

/*
 *         min            max
 *  |   6   . |   7    |   .      node 7 is asked for, limits begin in node 6
 */
static void node_wholly_inside_the_limits_is_used(void **state)
{
	(void)state;
	for_each_form(f)
	{
		make_nodes();
		assert_int_equal(try(*f, MB(1), MB(28), MB(40), 7), in_node(7, MB(1)));
	}
}

static void node_outside_the_limits_is_not_used_by_try_nid(void **state)
{
	(void)state;
	make_nodes();
	assert_int_equal(try(memblock_alloc_try_nid, MB(1), MB(4), MB(6), 6),
			 by_direction(MB(5), MB(4)));
	assert_int_equal(try(memblock_alloc_exact_nid_raw, MB(1), MB(4), MB(6), 6), NONE);
}

/* Two parts of a node touch after a merge; a split one does not come together. */
static void node_in_two_pieces_offers_the_larger_one(void **state)
{
	(void)state;
	for_each_form(f)
	{
		add_node(0, MB(2), 0);
		add_node(MB(2), MB(1), 1);
		add_node(MB(3), MB(4), 0);
		assert_int_equal(try(*f, MB(3), 0, MB(16), 0), by_direction(MB(4), MB(3)));
		assert_int_equal(try(*f, MB(1) + KB(4), 0, MB(16), 0),
				 by_direction(MB(1) - KB(4), 0));
	}
}

static void max_numnodes_stands_for_any_node(void **state)
{
	(void)state;
	for_each_form(f)
	{
		make_nodes();
		assert_int_equal(try_node(*f, MB(1), MAX_NUMNODES),
				 by_direction(in_node(7, MB(1)), in_node(0, MB(1))));
	}
}

static void try_nid_zeroes_and_the_raw_forms_do_not(void **state)
{
	unsigned char *ptr;

	(void)state;
	add_node(0, MB(1), 0);
	ptr = memblock_alloc_try_nid(64, 64, 0, MEMBLOCK_ALLOC_ACCESSIBLE, 0);
	memory_is_zeroed(ptr, 64);
	memblock_free(ptr, 64);
	assert_ptr_equal(memblock_alloc_exact_nid_raw(64, 64, 0, MEMBLOCK_ALLOC_ACCESSIBLE, 0),
			 ptr);
	assert_int_equal(ptr[0], 0x5a);
	memblock_free(ptr, 64);
	assert_ptr_equal(memblock_alloc_try_nid_raw(64, 64, 0, MEMBLOCK_ALLOC_ACCESSIBLE, 0), ptr);
	assert_int_equal(ptr[63], 0x5a);
	memblock_free(ptr, 64);
	assert_ptr_equal(memblock_alloc_try_nid(64, 64, 0, MEMBLOCK_ALLOC_ACCESSIBLE, 0), ptr);
	memory_is_zeroed(ptr, 64);
}

/* The physical forms keep to their lower limit, and fall back to other nodes alike. */
static void phys_forms_keep_the_lower_limit(void **state)
{
	(void)state;
	make_nodes();
	assert_int_equal(memblock_phys_alloc_try_nid(MB(1), KB(4), 3), base + MB(10));
	assert_int_equal(memblock_phys_alloc_try_nid(MB(1), KB(4), 3) - base,
			 by_direction(MB(31), 0));
	assert_int_equal(
		memblock_alloc_range_nid(MB(2), KB(4), base + MB(10), base + MB(12), 3, false), 0);
	assert_int_equal(
		memblock_alloc_range_nid(MB(1), KB(4), base + MB(10), base + MB(12), 3, true), 0);
	assert_int_equal(
		memblock_alloc_range_nid(MB(1), KB(4), base + MB(10), base + MB(12), 3, false),
		base + MB(11));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_BACKED_PLACES(allocation_lies_between_the_limits),
		AT_BACKED_PLACES(size_of_the_whole_range_fits_exactly),
		AT_BACKED_PLACES(limits_off_the_alignment_are_rounded_inwards),
		AT_BACKED_PLACES(range_too_narrow_gives_up_the_lower_limit),
		AT_BACKED_PLACES(upper_limit_is_never_given_up),
		AT_BACKED_PLACES(limits_outside_memory_do_not_matter),
		AT_BACKED_PLACES(limits_above_memory_fall_back_below),
		AT_BACKED_PLACES(gap_between_reserved_ranges_is_filled),
		AT_BACKED_PLACES(gap_too_small_falls_back_below_the_lower_limit),
		AT_BACKED_PLACES(everything_reserved_between_the_limits_and_below_gives_null),
		AT_BACKED_PLACES(current_limit_caps_the_upper_limit),
		AT_BACKED_PLACES(allocations_to_the_same_range_stack_up),
		AT_BACKED_PLACES(node_that_was_asked_for_is_used),
		AT_BACKED_PLACES(partly_reserved_node_is_used),
		AT_BACKED_PLACES(try_nid_falls_back_to_any_node_with_room),
		AT_BACKED_PLACES(exact_nid_does_not_fall_back_to_another_node),
		AT_BACKED_PLACES(limits_cut_the_node),
		AT_BACKED_PLACES(try_nid_prefers_another_node_to_giving_up_the_lower_limit),
		AT_BACKED_PLACES(exact_nid_gives_up_the_lower_limit_before_it_fails),
		AT_BACKED_PLACES(without_the_lower_limit_the_node_comes_first_again),
		AT_BACKED_PLACES(node_wholly_inside_the_limits_is_used),
		AT_BACKED_PLACES(node_outside_the_limits_is_not_used_by_try_nid),
		AT_BACKED_PLACES(node_in_two_pieces_offers_the_larger_one),
		AT_BACKED_PLACES(max_numnodes_stands_for_any_node),
		AT_BACKED_PLACES(try_nid_zeroes_and_the_raw_forms_do_not),
		AT_ALL_PLACES(phys_forms_keep_the_lower_limit),
	};

	return cmocka_run_group_tests_name("memblock: alloc on nodes", tests, NULL, NULL);
}
