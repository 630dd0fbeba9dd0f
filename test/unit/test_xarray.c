/* SPDX-License-Identifier: MIT */
/*
 * Sparse arrays: every index from 0 to the last, finds, marks, indices for those who
 * need one, and that an array of the host's agrees over thousands of random calls.
 */
#include "slab_machine.h"

#include <linux/errno.h>
#include <linux/xarray.h>
#include <string.h>

static int machine(void **state)
{
	(void)state;
	slab_machine_make(SZ_64M, 1);
	xarray_init();
	return 0;
}

/* Entries that tell their index. */
static void *entry_of(unsigned long index)
{
	return (void *)(index * 16 + 8);
}

/* Where trees become higher, and where numbers end. */
static const unsigned long edges[] = {0,
				      1,
				      62,
				      63,
				      64,
				      65,
				      4095,
				      4096,
				      4097,
				      262143,
				      262144,
				      1UL << 24,
				      1UL << 30,
				      (1UL << 36) - 1,
				      1UL << 36,
				      1UL << 51,
				      1UL << 59,
				      1UL << 60,
				      (1UL << 60) + 1,
				      ULONG_MAX - 1,
				      ULONG_MAX};

static void entries_are_found_wherever_a_tree_becomes_higher(void **state)
{
	DEFINE_XARRAY(xa);

	(void)state;
	/* Upwards, then downwards, so that roots are raised and leaves made below them. */
	for (int down = 0; down < 2; down++) {
		for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
			size_t at = down ? ARRAY_SIZE(edges) - 1 - i : i;

			assert_null(xa_load(&xa, edges[at]));
			assert_null(xa_store(&xa, edges[at], entry_of(edges[at]), GFP_KERNEL));
			assert_int_equal(xa_verify(&xa, "edges"), 0);
		}
		for (size_t i = 0; i < ARRAY_SIZE(edges); i++)
			assert_ptr_equal(xa_load(&xa, edges[i]), entry_of(edges[i]));
		assert_null(xa_load(&xa, 1UL << 40));
		for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
			assert_ptr_equal(xa_erase(&xa, edges[i]), entry_of(edges[i]));
			assert_null(xa_erase(&xa, edges[i]));
		}
		assert_true(xa_empty(&xa));
	}
}

static void walks_meet_each_entry_once_in_order(void **state)
{
	DEFINE_XARRAY(xa);
	unsigned long index, nr = 0;
	void *entry;

	(void)state;
	for (size_t i = ARRAY_SIZE(edges); i-- > 0;)
		xa_store(&xa, edges[i], entry_of(edges[i]), GFP_KERNEL);
	xa_for_each(&xa, index, entry)
	{
		assert_int_equal(index, edges[nr++]);
		assert_ptr_equal(entry, entry_of(index));
	}
	assert_int_equal(nr, ARRAY_SIZE(edges));
	index = 66;
	assert_null(xa_find(&xa, &index, 4094, XA_PRESENT));
	assert_int_equal(index, 66);
	assert_ptr_equal(xa_find(&xa, &index, 4095, XA_PRESENT), entry_of(4095));
	assert_int_equal(index, 4095);
	xa_destroy(&xa);
	assert_true(xa_empty(&xa));
}

static void a_used_index_is_replaced_by_store_and_refused_by_insert(void **state)
{
	DEFINE_XARRAY(xa);

	(void)state;
	assert_int_equal(xa_insert(&xa, 100, entry_of(1), GFP_KERNEL), 0);
	assert_int_equal(xa_insert(&xa, 100, entry_of(2), GFP_KERNEL), -EBUSY);
	assert_ptr_equal(xa_store(&xa, 100, entry_of(3), GFP_KERNEL), entry_of(1));
	assert_ptr_equal(xa_store(&xa, 100, NULL, GFP_KERNEL), entry_of(3));
	assert_true(xa_empty(&xa));
}

static void without_memory_nothing_changes(void **state)
{
	struct page *page;
	LIST_HEAD(taken);
	DEFINE_XARRAY(xa);
	void *error = NULL;
	u32 id = 77;

	(void)state;
	xa_store(&xa, 3, entry_of(3), GFP_KERNEL);
	while ((page = alloc_page(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOWARN)))
		list_add(&page->lru, &taken);
	/* What the cache of nodes has in its slab, too: paths of many nodes, then of one. */
	for (int shift = 48; shift >= 6; shift -= 42)
		for (unsigned long i = 1;; i++) {
			error = xa_store(&xa, i << shift, entry_of(i), GFP_KERNEL | __GFP_NOWARN);
			assert_int_equal(xa_verify(&xa, "short"), 0);
			if (xa_is_err(error))
				break;
		}
	assert_int_equal(xa_err(error), -ENOMEM);
	assert_ptr_equal(xa_load(&xa, 3), entry_of(3));
	{
		DEFINE_XARRAY_ALLOC(ids);

		assert_int_equal(xa_alloc(&ids, &id, entry_of(0), XA_LIMIT(1UL << 20, UINT_MAX),
					  GFP_KERNEL | __GFP_NOWARN),
				 -ENOMEM);
		assert_int_equal(id, 77);
		assert_true(xa_empty(&ids));
	}
	while (!list_empty(&taken)) {
		page = list_first_entry(&taken, struct page, lru);
		list_del(&page->lru);
		__free_page(page);
	}
	xa_destroy(&xa);
}

static void the_lowest_free_index_is_given_out(void **state)
{
	DEFINE_XARRAY_ALLOC(xa);
	u32 id;

	(void)state;
	for (u32 i = 1; i <= 5000; i++) {
		assert_int_equal(xa_alloc(&xa, &id, entry_of(i), XA_LIMIT(1, 5000), GFP_KERNEL), 0);
		assert_int_equal(id, i);
	}
	assert_int_equal(xa_alloc(&xa, &id, entry_of(0), XA_LIMIT(1, 5000), GFP_KERNEL), -EBUSY);
	assert_int_equal(xa_verify(&xa, "full"), 0);
	xa_erase(&xa, 4711);
	xa_erase(&xa, 64);
	xa_erase(&xa, 63);
	for (size_t i = 0; i < 3; i++) {
		static const u32 want[] = {63, 64, 4711};

		assert_int_equal(xa_alloc(&xa, &id, entry_of(0), XA_LIMIT(1, 5000), GFP_KERNEL), 0);
		assert_int_equal(id, want[i]);
	}
	assert_int_equal(xa_alloc(&xa, &id, entry_of(0), xa_limit_32b, GFP_KERNEL), 0);
	assert_int_equal(id, 0);
	assert_int_equal(xa_alloc(&xa, &id, entry_of(0), XA_LIMIT(1 << 20, UINT_MAX), GFP_KERNEL),
			 0);
	assert_int_equal(id, 1 << 20);
	assert_int_equal(xa_alloc(&xa, &id, entry_of(0), xa_limit_32b, GFP_KERNEL), 0);
	assert_int_equal(id, 5001);
	assert_int_equal(xa_verify(&xa, "ids"), 0);
	xa_destroy(&xa);
}

static void verify_names_bits_and_links_that_are_wrong(void **state)
{
	DEFINE_XARRAY(xa);
	struct xa_node *leaf;

	(void)state;
	xa_store(&xa, 1000, entry_of(1000), GFP_KERNEL);
	leaf = xa.xa_head->slots[1000 / 64];
	leaf->bits[XA_PRESENT] ^= 1;
	assert_int_equal(xa_verify(&xa, "broken"), 1);
	leaf->bits[XA_PRESENT] ^= 1;
	leaf->offset++;
	assert_int_equal(xa_verify(&xa, "broken"), 1);
	leaf->offset--;
	xa.xa_head->bits[XA_MARK_1] = 1UL << 1000 / 64;
	assert_int_equal(xa_verify(&xa, "broken"), 1);
	xa.xa_head->bits[XA_MARK_1] = 0;
	assert_int_equal(xa_verify(&xa, "broken"), 0);
	xa_destroy(&xa);
}

/* ---- The model: a byte for each index ------------------------------------------------- */

#define MODEL 20000

struct model {
	u8 used[MODEL];
	u8 marked[MODEL];
};

static void check_find(struct xarray *xa, const struct model *m, unsigned long from,
		       xa_mark_t filter)
{
	const u8 *set = filter == XA_PRESENT ? m->used : m->marked;
	const u8 *next = memchr(set + from, 1, MODEL - from);
	unsigned long index = from;
	void *entry = xa_find(xa, &index, ULONG_MAX, filter);

	assert_int_equal(!entry, !next);
	if (next)
		assert_int_equal(index, next - set);
}

static void an_array_of_the_hosts_agrees(void **state)
{
	static struct model m;
	DEFINE_XARRAY(xa);
	u64 seed = host_test_seed("xarray");

	(void)state;
	(void)seed;
	memset(&m, 0, sizeof(m));
	for (int i = 0; i < 100000; i++) {
		/* Most go to one end, so that nodes fill up and empty. */
		unsigned long index = arch_random() % (i % 3 ? 200 : MODEL);

		switch (arch_random() % 6) {
		case 0:
		case 1:
			assert_int_equal(xa_insert(&xa, index, entry_of(index), GFP_KERNEL),
					 m.used[index] ? -EBUSY : 0);
			m.used[index] = 1;
			break;
		case 2:
			assert_ptr_equal(xa_erase(&xa, index),
					 m.used[index] ? entry_of(index) : NULL);
			m.used[index] = m.marked[index] = 0;
			break;
		case 3:
			xa_set_mark(&xa, index, XA_MARK_0);
			m.marked[index] = m.used[index];
			break;
		case 4:
			xa_clear_mark(&xa, index, XA_MARK_0);
			m.marked[index] = 0;
			break;
		default:
			assert_int_equal(xa_get_mark(&xa, index, XA_MARK_0), m.marked[index]);
			check_find(&xa, &m, index, XA_PRESENT);
			check_find(&xa, &m, index, XA_MARK_0);
		}
		if (i % 1000 == 0)
			assert_int_equal(xa_verify(&xa, "model"), 0);
	}
	xa_destroy(&xa);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, machine, end_machine)
	const struct CMUnitTest tests[] = {
		test(entries_are_found_wherever_a_tree_becomes_higher),
		test(walks_meet_each_entry_once_in_order),
		test(a_used_index_is_replaced_by_store_and_refused_by_insert),
		test(without_memory_nothing_changes),
		test(the_lowest_free_index_is_given_out),
		test(verify_names_bits_and_links_that_are_wrong),
		test(an_array_of_the_hosts_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
