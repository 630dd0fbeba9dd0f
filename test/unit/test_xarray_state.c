/* SPDX-License-Identifier: MIT */
/* Sparse arrays: what states do at ends and with errors, what a part of a tied entry is. */
#include "slab_machine.h"

#include <linux/errno.h>
#include <linux/xarray.h>

#include "../../mm/xarray.h"

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

static void store_with(struct xa_state *xas, void *entry)
{
	do {
		xas_lock(xas);
		xas_store(xas, entry);
		xas_unlock(xas);
	} while (xas_nomem(xas, GFP_KERNEL));
	assert_int_equal(xas_error(xas), 0);
}

static void pointers_need_no_alignment_at_one_index(void **state)
{
	static const char text[400] = "text";
	DEFINE_XARRAY(xa);
	unsigned long index, nr = 0;
	void *entry;

	(void)state;
	for (unsigned long i = 0; i < sizeof(text); i++)
		assert_null(xa_store(&xa, i * 3, (void *)(unsigned long)(text + i), GFP_KERNEL));
	assert_int_equal(xa_verify(&xa, "unaligned"), 0);
	xa_for_each(&xa, index, entry)
	{
		assert_ptr_equal(entry, text + index / 3);
		nr++;
	}
	assert_int_equal(nr, sizeof(text));
	for (unsigned long i = 0; i < sizeof(text) / 2; i++) {
		void *next = (void *)(unsigned long)(text + i + 1);

		assert_ptr_equal(xa_store(&xa, i * 3, next, GFP_KERNEL), text + i);
		assert_ptr_equal(xa_erase(&xa, i * 3), next);
	}
	assert_int_equal(xa_verify(&xa, "half of them"), 0);
	/* One for all takes their place. */
	assert_int_equal(xa_err(xa_store_range(&xa, 0, 4095, &xa, GFP_KERNEL)), 0);
	assert_ptr_equal(xa_load(&xa, 1197), &xa);
	assert_int_equal(xa_verify(&xa, "one for all"), 0);
	xa_destroy(&xa);
	for (unsigned long i = 0; i < 4; i++)
		xa_store(&xa, i, (void *)(unsigned long)(text + i), GFP_KERNEL);
	xa_destroy(&xa);
	assert_true(xa_empty(&xa));
}

/*
 *  tied:    [16 ........................ 31]      stored: [20 .. 23]
 */
static void what_is_stored_in_a_tied_entry_changes_all_of_it(void **state)
{
	DEFINE_XARRAY(xa);
	XA_STATE_ORDER(whole, &xa, 16, 4);
	XA_STATE_ORDER(part, &xa, 20, 2);

	(void)state;
	store_with(&whole, entry_of(1));
	xa_set_mark(&xa, 30, XA_MARK_1);
	store_with(&part, entry_of(2));
	for (unsigned long i = 16; i < 32; i++)
		assert_ptr_equal(xa_load(&xa, i), entry_of(2));
	assert_int_equal(xa_get_order(&xa, 20), 4);
	assert_true(xa_get_mark(&xa, 16, XA_MARK_1));
	xas_lock(&part);
	xas_set_order(&part, 28, 2);
	assert_ptr_equal(xas_store(&part, NULL), entry_of(2));
	xas_unlock(&part);
	assert_true(xa_empty(&xa));

	/* What goes past it leaves it the rest. */
	store_with(&whole, entry_of(3));
	assert_int_equal(xa_err(xa_store_range(&xa, 24, 39, entry_of(4), GFP_KERNEL)), 0);
	assert_ptr_equal(xa_load(&xa, 23), xa_load(&xa, 16));
	assert_ptr_equal(xa_load(&xa, 32), entry_of(4));
	assert_int_equal(xa_verify(&xa, "part"), 0);
	xa_destroy(&xa);
}

static void searches_end_where_the_next_goes_on(void **state)
{
	DEFINE_XARRAY(xa);
	XA_STATE(xas, &xa, 3);

	(void)state;
	xa_store(&xa, 5, entry_of(5), GFP_KERNEL);
	xa_store(&xa, 20, entry_of(20), GFP_KERNEL);
	xa_set_mark(&xa, 20, XA_MARK_0);
	assert_null(xas_find(&xas, 4));
	assert_int_equal(xas.xa_index, 5);
	assert_ptr_equal(xas_find(&xas, 10), entry_of(5));
	assert_null(xas_find(&xas, 10));
	assert_ptr_equal(xas_find(&xas, 20), entry_of(20));
	xas_set(&xas, 0);
	assert_null(xas_find_marked(&xas, 19, XA_MARK_0));
	assert_null(xas_find_marked(&xas, 7, XA_MARK_0));
	assert_ptr_equal(xas_find_marked(&xas, 20, XA_MARK_0), entry_of(20));
	/* One node has 64 entries: the next store goes behind them. */
	assert_null(xas_find(&xas, 1000));
	assert_null(xas_find(&xas, 2000));
	assert_int_equal(xas.xa_index, 64);
	store_with(&xas, entry_of(64));
	assert_ptr_equal(xa_load(&xa, 64), entry_of(64));
	xa_destroy(&xa);
}

/* The array is not even looked at. */
static void a_state_with_an_error_does_nothing(void **state)
{
	XA_STATE_ORDER(xas, NULL, 4096, 9);

	(void)state;
	xas_set_err(&xas, -EEXIST);
	xas_create_range(&xas);
	assert_null(xas_load(&xas));
	assert_null(xas_store(&xas, entry_of(1)));
	assert_null(xas_find(&xas, ULONG_MAX));
	assert_null(xas_find_marked(&xas, ULONG_MAX, XA_MARK_0));
	assert_null(xas_find_conflict(&xas));
	assert_null(xas_next(&xas));
	assert_null(xas_prev(&xas));
	xas_pause(&xas);
	xas_set_mark(&xas, XA_MARK_0);
	xas_clear_mark(&xas, XA_MARK_0);
	assert_false(xas_get_mark(&xas, XA_MARK_0));
	assert_false(xas_nomem(&xas, GFP_KERNEL));
	assert_int_equal(xas_error(&xas), -EEXIST);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, machine, end_machine)
	const struct CMUnitTest tests[] = {
		test(pointers_need_no_alignment_at_one_index),
		test(what_is_stored_in_a_tied_entry_changes_all_of_it),
		test(searches_end_where_the_next_goes_on),
		test(a_state_with_an_error_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
