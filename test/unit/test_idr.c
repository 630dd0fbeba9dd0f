/* SPDX-License-Identifier: MIT */
/* Numbers for things, and numbers alone: what is given, what is found, what is refused. */
#include "slab_machine.h"

#include <baremm/panic.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/seq_file.h>

static int machine(void **state)
{
	(void)state;
	slab_machine_make(SZ_64M, 1);
	xarray_init();
	return 0;
}

static int things[2000];

static void the_lowest_number_is_given_and_finds_its_thing(void **state)
{
	DEFINE_IDR(idr);
	unsigned int nr = 0;
	int *thing, id;

	(void)state;
	assert_true(idr_is_empty(&idr));
	for (int i = 0; i < 2000; i++)
		assert_int_equal(idr_alloc(&idr, &things[i], 0, 0, GFP_KERNEL), i);
	assert_int_equal(idr_alloc(&idr, things, 5, 2000, GFP_KERNEL), -ENOSPC);
	for (int i = 0; i < 2000; i += 7)
		assert_ptr_equal(idr_remove(&idr, (unsigned long)i), &things[i]);
	assert_null(idr_remove(&idr, 0));
	assert_null(idr_find(&idr, 14));
	assert_int_equal(idr_alloc(&idr, &things[14], 10, 0, GFP_KERNEL), 14);
	assert_int_equal(idr_alloc(&idr, &things[0], 0, 0, GFP_NOWAIT), 0);
	idr_for_each_entry(&idr, thing, id)
	{
		assert_ptr_equal(thing, &things[id]);
		nr++;
	}
	assert_int_equal(nr, 2000 - 286 + 2);
	id = 1995;
	nr = 0;
	idr_for_each_entry_continue(&idr, thing, id) nr++;
	assert_int_equal(nr, 4); /* 1995 is 7 times 285 */
	assert_ptr_equal(idr_replace(&idr, things, 14), &things[14]);
	assert_int_equal(PTR_ERR(idr_replace(&idr, things, 21)), -ENOENT);
	assert_int_equal(xa_verify(&idr.idr_rt, "idr"), 0);
	idr_destroy(&idr);
	assert_true(idr_is_empty(&idr));
}

static void any_pointer_has_a_number(void **state)
{
	static const char name[] = "sessions";
	DEFINE_IDR(idr);

	(void)state;
	for (int i = 0; i < 100; i++) {
		void *ptr = (void *)(unsigned long)(name + i % 8);

		assert_int_equal(idr_alloc(&idr, ptr, 0, 0, GFP_KERNEL), i);
		assert_ptr_equal(idr_find(&idr, (unsigned long)i), ptr);
	}
	assert_ptr_equal(idr_replace(&idr, (void *)(unsigned long)(name + 2), 3), name + 3);
	assert_ptr_equal(idr_remove(&idr, 3), name + 2);
	assert_ptr_equal(idr_find(&idr, 98), name + 2);
	assert_int_equal(xa_verify(&idr.idr_rt, "idr"), 0);
	idr_destroy(&idr);
}

static int stop_at_3(int id, void *p, void *data)
{
	assert_ptr_equal(p, &things[id]);
	(*(int *)data)++;
	return id == 3 ? -EINTR : 0;
}

static void nothing_may_have_a_number_and_walks_pass_it(void **state)
{
	DEFINE_IDR(idr);
	unsigned long id, tmp;
	int calls = 0, nr = 0;
	int *thing;

	(void)state;
	assert_int_equal(idr_alloc(&idr, NULL, 1, 0, GFP_KERNEL), 1);
	assert_int_equal(idr_alloc(&idr, &things[2], 1, 0, GFP_KERNEL), 2);
	assert_null(idr_find(&idr, 1));
	idr_for_each_entry_ul(&idr, thing, tmp, id) nr++;
	assert_int_equal(nr, 1);
	assert_null(idr_replace(&idr, &things[1], 1));
	assert_ptr_equal(idr_find(&idr, 1), &things[1]);
	idr_alloc(&idr, &things[3], 0, 0, GFP_KERNEL);
	assert_ptr_equal(idr_find(&idr, 0), &things[3]);
	idr_remove(&idr, 0);
	idr_alloc(&idr, &things[3], 3, 4, GFP_KERNEL);
	assert_int_equal(idr_for_each(&idr, stop_at_3, &calls), -EINTR);
	assert_int_equal(calls, 3);
	idr_destroy(&idr);
}

static void numbers_go_round_from_a_base(void **state)
{
	struct idr idr;
	u32 id = UINT_MAX - 1;

	(void)state;
	idr_init_base(&idr, 1);
	idr_lock(&idr); /* the caller's lock */
	for (int i = 1; i < 4; i++)
		assert_int_equal(idr_alloc_cyclic(&idr, &things[i], 1, 5, GFP_NOWAIT), i);
	idr_unlock(&idr);
	idr_remove(&idr, 2);
	assert_int_equal(idr_get_cursor(&idr), 4);
	assert_int_equal(idr_alloc_cyclic(&idr, things, 1, 5, GFP_KERNEL), 4);
	assert_int_equal(idr_alloc_cyclic(&idr, things, 1, 5, GFP_KERNEL), 2);
	assert_int_equal(idr_alloc_cyclic(&idr, things, 1, 5, GFP_KERNEL), -ENOSPC);
	assert_int_equal(idr_alloc_u32(&idr, things, &id, UINT_MAX, GFP_KERNEL), 0);
	assert_int_equal(id, UINT_MAX - 1);
	assert_ptr_equal(idr_find(&idr, UINT_MAX - 1), things);
	idr_destroy(&idr);
}

static void numbers_alone_are_given_lowest_first(void **state)
{
	static bool used[5000];
	DEFINE_IDA(ida);

	(void)state;
	host_test_seed("ida");
	memset(used, 0, sizeof(used));
	for (int step = 0; step < 20000; step++) {
		unsigned int at = (unsigned int)(arch_random() % 5000), low = at;

		if (arch_random() % 5 < 3) {
			while (low < 5000 && used[low])
				low++;
			assert_int_equal(ida_alloc_range(&ida, at, 4999, GFP_KERNEL),
					 low < 5000 ? (int)low : -ENOSPC);
			if (low < 5000)
				used[low] = true;
		} else if (used[at]) {
			ida_free(&ida, at);
			used[at] = false;
		}
	}
	for (unsigned int i = 0; i < 5000; i++)
		if (used[i])
			ida_free(&ida, i);
	assert_true(ida_is_empty(&ida));
	assert_int_equal(warn_count, 0);
	ida_free(&ida, 3);
	assert_int_equal(warn_count, 1);
	warn_count = 0;
}

static void numbers_alone_have_their_limits(void **state)
{
	DEFINE_IDA(ida);

	(void)state;
	assert_int_equal(ida_alloc_min(&ida, INT_MAX, GFP_KERNEL), INT_MAX);
	assert_int_equal(ida_alloc_min(&ida, INT_MAX, GFP_KERNEL), -ENOSPC);
	assert_int_equal(ida_alloc_min(&ida, 1u << 31, GFP_KERNEL), -ENOSPC);
	assert_int_equal(ida_alloc_max(&ida, 0, GFP_KERNEL), 0);
	assert_int_equal(ida_alloc_max(&ida, 0, GFP_KERNEL), -ENOSPC);
	assert_int_equal(ida_simple_get(&ida, 7, 8, GFP_KERNEL), 7);
	assert_int_equal(ida_simple_get(&ida, 7, 0, GFP_KERNEL), 8);
	ida_simple_remove(&ida, 7);
	assert_int_equal(ida_alloc(&ida, GFP_KERNEL), 1);
	ida_destroy(&ida);
	assert_true(ida_is_empty(&ida));
}

static void without_memory_no_number_is_given(void **state)
{
	DEFINE_IDR(idr);
	DEFINE_IDA(ida);
	LIST_HEAD(taken);
	int *objects[600], nr = 0, err;

	(void)state;
	take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	/* What slabs have left, too. */
	while (nr < 600 && (objects[nr] = kmalloc(sizeof(struct ida_bitmap), GFP_QUIET)))
		nr++;
	assert_int_equal(ida_alloc(&ida, GFP_QUIET), -ENOMEM);
	assert_true(ida_is_empty(&ida));
	for (int i = 0;; i++) {
		err = idr_alloc(&idr, things, i * 64, 0, GFP_QUIET);
		assert_int_equal(xa_verify(&idr.idr_rt, "idr"), 0);
		if (err < 0)
			break;
	}
	assert_int_equal(err, -ENOMEM);
	while (nr)
		kfree(objects[--nr]);
	give_back_pages(&taken);
	idr_destroy(&idr);
}

static void random_numbers_agree_with_tables(void **state)
{
	static bool named[600], taken[3000];
	static u64 own[600];
	DEFINE_IDR(idr);
	DEFINE_IDA(ida);

	(void)state;
	host_test_seed("idr");
	memset(named, 0, sizeof(named));
	memset(taken, 0, sizeof(taken));
	for (int step = 0; step < 6000; step++) {
		unsigned int i = (unsigned int)(arch_random() % ARRAY_SIZE(named)), want = i;
		unsigned int k = (unsigned int)(arch_random() % ARRAY_SIZE(taken)), low = k;

		if (arch_random() % 3 == 0) {
			assert_ptr_equal(idr_remove(&idr, i), named[i] ? &own[i] : NULL);
			named[i] = false;
			if (taken[k])
				ida_free(&ida, k);
			taken[k] = false;
			continue;
		}
		while (want < ARRAY_SIZE(named) && named[want])
			want++;
		if (want < ARRAY_SIZE(named)) {
			assert_int_equal(idr_alloc(&idr, &own[want], (int)i, 600, GFP_KERNEL),
					 want);
			named[want] = true;
		}
		while (low < ARRAY_SIZE(taken) && taken[low])
			low++;
		if (low < ARRAY_SIZE(taken)) {
			assert_int_equal(ida_alloc_range(&ida, k, 2999, GFP_KERNEL), low);
			taken[low] = true;
		}
		if (step % 100 == 0)
			assert_int_equal(idr_verify(&idr) + ida_verify(&ida), 0);
	}
	idr_destroy(&idr);
	ida_destroy(&ida);
}

static void verify_finds_a_block_without_numbers(void **state)
{
	DEFINE_IDA(ida);
	struct ida_bitmap *b;

	(void)state;
	assert_int_equal(ida_alloc_range(&ida, 5000, 6000, GFP_KERNEL), 5000);
	assert_int_equal(ida_verify(&ida), 0);
	b = xa_load(&ida.xa, 5000 / IDA_BITMAP_BITS);
	__clear_bit(5000 % IDA_BITMAP_BITS, b->bitmap);
	host_log_clear();
	assert_int_equal(ida_verify(&ida), 1);
	assert_true(host_log_contains("has no number in use"));
	ida_destroy(&ida);
}

static void dumps_show_the_nodes_of_the_array(void **state)
{
	DEFINE_IDR(idr);
	struct seq_text sb;
	struct seq_file m;
	char text[1024];

	(void)state;
	seq_text_init(&m, &sb, text, sizeof(text));
	xa_show(&idr.idr_rt, &m);
	assert_non_null(strstr(text, "xarray: head 0000000000000000 flags "));
	assert_null(strstr(text, "node "));
	/* 0 and 64 lie in two nodes below a third. */
	assert_int_equal(idr_alloc(&idr, &things[0], 0, 0, GFP_KERNEL), 0);
	assert_int_equal(idr_alloc(&idr, &things[1], 64, 0, GFP_KERNEL), 64);
	seq_text_init(&m, &sb, text, sizeof(text));
	xa_show(&idr.idr_rt, &m);
	assert_non_null(strstr(text, " parent 0000000000000000 offset 0 shift 6 present 3 "));
	assert_non_null(strstr(text, " offset 0 shift 0 present 1 "));
	assert_non_null(strstr(text, " offset 1 shift 0 present 1 "));
	idr_destroy(&idr);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, machine, end_machine)
	const struct CMUnitTest tests[] = {
		test(the_lowest_number_is_given_and_finds_its_thing),
		test(any_pointer_has_a_number),
		test(nothing_may_have_a_number_and_walks_pass_it),
		test(numbers_go_round_from_a_base),
		test(numbers_alone_are_given_lowest_first),
		test(numbers_alone_have_their_limits),
		test(without_memory_no_number_is_given),
		test(random_numbers_agree_with_tables),
		test(verify_finds_a_block_without_numbers),
		test(dumps_show_the_nodes_of_the_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
