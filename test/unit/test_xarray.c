/* SPDX-License-Identifier: MIT */
/*
 * Sparse arrays: every index from 0 to the last, finds, marks, indices for those who
 * need one, and that an array of the host's agrees over thousands of random calls.
 */
#include "slab_machine.h"

#include <linux/seq_file.h>
#include <linux/errno.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>
#include <pthread.h>
#include <string.h>

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
	leaf = xa_to_node(xa.xa_head->slots[1000 / 64]);
	leaf->present ^= 1;
	assert_int_equal(xa_verify(&xa, "broken"), 1);
	leaf->present ^= 1;
	leaf->array = NULL;
	assert_int_equal(xa_verify(&xa, "broken"), 1);
	leaf->array = &xa;
	leaf->offset++;
	assert_int_equal(xa_verify(&xa, "broken"), 1);
	leaf->offset--;
	xa.xa_head->marks[XA_MARK_1] = 1UL << 1000 / 64;
	assert_int_equal(xa_verify(&xa, "broken"), 1);
	xa.xa_head->marks[XA_MARK_1] = 0;
	assert_int_equal(xa_verify(&xa, "broken"), 0);
	xa_destroy(&xa);
}

/* ---- Numbers, reservations, exchanges --------------------------------------------------- */

static void numbers_are_entries_too(void **state)
{
	DEFINE_XARRAY(xa);
	unsigned long index, sum = 0;
	void *entry, *some[4];

	(void)state;
	for (unsigned long i = 0; i < 300; i += 3)
		assert_null(xa_store(&xa, i, xa_mk_value(i), GFP_KERNEL));
	assert_true(xa_is_value(xa_load(&xa, 30)));
	assert_false(xa_is_value(entry_of(30)));
	assert_int_equal(xa_to_value(xa_load(&xa, 30)), 30);
	xa_for_each_range (&xa, index, entry, 10, 20)
		sum += xa_to_value(entry);
	assert_int_equal(sum, 12 + 15 + 18);
	assert_int_equal(xa_extract(&xa, some, 100, ULONG_MAX, 4, XA_PRESENT), 4);
	assert_int_equal(xa_to_value(some[3]), 111);
	entry = xa_tag_pointer(entry_of(1), 3);
	assert_int_equal(xa_pointer_tag(entry), 3);
	assert_ptr_equal(xa_untag_pointer(entry), entry_of(1));
	xa_destroy(&xa);
}

static void a_tree_is_shown_node_by_node(void **state)
{
	char text[512], expected[512];
	struct seq_text sb;
	struct seq_file m;
	DEFINE_XARRAY(shown);

	(void)state;
	xa_store(&shown, 3, xa_mk_value(1), GFP_KERNEL);
	xa_set_mark(&shown, 3, XA_MARK_1);
	seq_text_init(&m, &sb, text, sizeof(text));
	xa_show(&shown, &m);
	snprintf(expected, sizeof(expected),
		 "xarray: head %016lx flags 0 marks 0 1 0\n"
		 "node %016lx parent 0000000000000000 offset 0 shift 0 present 8 marks 0 8 0\n",
		 (unsigned long)shown.xa_head, (unsigned long)shown.xa_head);
	assert_string_equal(text, expected);
	xa_dump(&shown);
	xa_destroy(&shown);
}

static void what_is_reserved_is_busy_and_reads_as_nothing(void **state)
{
	DEFINE_XARRAY(xa);
	unsigned long index = 0;

	(void)state;
	assert_int_equal(xa_reserve(&xa, 70, GFP_KERNEL), 0);
	assert_null(xa_load(&xa, 70));
	assert_null(xa_find(&xa, &index, ULONG_MAX, XA_PRESENT));
	assert_int_equal(xa_insert(&xa, 70, entry_of(1), GFP_KERNEL), -EBUSY);
	assert_null(xa_store(&xa, 70, entry_of(2), 0));
	xa_release(&xa, 70);
	assert_ptr_equal(xa_load(&xa, 70), entry_of(2));
	assert_ptr_equal(xa_cmpxchg(&xa, 70, entry_of(1), entry_of(3), GFP_KERNEL), entry_of(2));
	assert_ptr_equal(xa_cmpxchg(&xa, 70, entry_of(2), entry_of(3), GFP_KERNEL), entry_of(2));
	assert_ptr_equal(xa_cmpxchg_irq(&xa, 70, entry_of(3), NULL, 0), entry_of(3));
	assert_true(xa_empty(&xa));
	assert_int_equal(xa_reserve_bh(&xa, 1, GFP_KERNEL), 0);
	xa_release(&xa, 1);
	assert_true(xa_empty(&xa));
}

static void indices_are_given_out_in_turn(void **state)
{
	DEFINE_XARRAY_ALLOC1(xa);
	u32 id, next = 0;

	(void)state;
	for (u32 i = 1; i <= 3; i++) {
		assert_int_equal(
			xa_alloc_cyclic(&xa, &id, entry_of(i), XA_LIMIT(0, 4), &next, GFP_KERNEL),
			0);
		assert_int_equal(id, i); /* never 0 */
	}
	xa_erase(&xa, 1);
	assert_int_equal(xa_alloc_cyclic(&xa, &id, NULL, XA_LIMIT(0, 4), &next, GFP_KERNEL), 0);
	assert_int_equal(id, 4);
	assert_null(xa_load(&xa, 4));
	assert_int_equal(xa_alloc_cyclic(&xa, &id, entry_of(1), XA_LIMIT(0, 4), &next, GFP_KERNEL),
			 1);
	assert_int_equal(id, 1);
	assert_int_equal(xa_alloc_cyclic(&xa, &id, entry_of(1), XA_LIMIT(0, 4), &next, GFP_KERNEL),
			 -EBUSY);
	next = UINT_MAX;
	assert_int_equal(xa_alloc_cyclic(&xa, &id, entry_of(5), xa_limit_32b, &next, GFP_KERNEL),
			 0);
	assert_int_equal(next, 0);
	assert_int_equal(xa_alloc_cyclic(&xa, &id, entry_of(6), xa_limit_32b, &next, GFP_KERNEL),
			 1);
	assert_int_equal(id, 5);
	/* An index that is stored NULL stays taken. */
	xa_store(&xa, 3, NULL, GFP_KERNEL);
	assert_int_equal(xa_insert(&xa, 3, entry_of(3), GFP_KERNEL), -EBUSY);
	assert_int_equal(xa_verify(&xa, "in turn"), 0);
	xa_destroy(&xa);
}

/* ---- Places ------------------------------------------------------------------------------- */

static void *store_with(struct xa_state *xas, void *entry)
{
	void *old;

	do {
		xas_lock(xas);
		old = xas_store(xas, entry);
		xas_unlock(xas);
	} while (xas_nomem(xas, GFP_KERNEL));
	assert_int_equal(xas_error(xas), 0);
	return old;
}

static void a_place_walks_on_and_marks_what_it_finds(void **state)
{
	DEFINE_XARRAY(xa);
	XA_STATE(xas, &xa, 0);
	unsigned long nr = 0;
	void *entry;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		xas_set(&xas, edges[i]);
		assert_null(store_with(&xas, entry_of(edges[i])));
	}
	xas_set(&xas, 1);
	xas_lock(&xas);
	xas_for_each (&xas, entry, ULONG_MAX) {
		assert_int_equal(xas.xa_index, edges[++nr]);
		if (nr % 2)
			xas_set_mark(&xas, XA_MARK_2);
		if (nr == 9)
			xas_pause(&xas);
	}
	assert_int_equal(nr, ARRAY_SIZE(edges) - 1);
	assert_true(xas_marked(&xas, XA_MARK_2));
	xas_set(&xas, 0);
	nr = 0;
	xas_for_each_marked(&xas, entry, ULONG_MAX, XA_MARK_2)
	{
		assert_ptr_equal(entry, entry_of(edges[2 * nr++ + 1]));
		assert_true(xas_get_mark(&xas, XA_MARK_2));
		xas_clear_mark(&xas, XA_MARK_2);
	}
	assert_int_equal(nr, ARRAY_SIZE(edges) / 2);
	assert_false(xa_marked(&xa, XA_MARK_2));
	/* By index, there and back, and from end to end. */
	xas_set(&xas, ULONG_MAX);
	assert_ptr_equal(xas_load(&xas), entry_of(ULONG_MAX));
	assert_ptr_equal(xas_next(&xas), entry_of(0));
	assert_ptr_equal(xas_prev(&xas), entry_of(ULONG_MAX));
	assert_ptr_equal(xas_reload(&xas), entry_of(ULONG_MAX));
	assert_ptr_equal(xas_store(&xas, NULL), entry_of(ULONG_MAX));
	xas_unlock(&xas);
	assert_null(xa_load(&xa, ULONG_MAX));
	assert_true(xas_retry(&xas, XA_ZERO_ENTRY));
	assert_false(xas_retry(&xas, entry_of(1)));
	xas_set_err(&xas, -EINTR);
	assert_null(xas_load(&xas));
	assert_int_equal(xas_error(&xas), -EINTR);
	assert_int_equal(xa_verify(&xa, "places"), 0);
	xa_destroy(&xa);
}

static void tied_indices_are_one_entry(void **state)
{
	DEFINE_XARRAY(xa);

	(void)state;
	/* Orders within a node, of a whole node, and above. */
	for (unsigned int order = 1; order < 20; order += 3) {
		unsigned long first = 3UL << 20, last = first + (1UL << order) - 1, index = 0;
		XA_STATE_ORDER(xas, &xa, first + 1, order);
		void *entry;

		xa_store(&xa, last + 1, entry_of(9), GFP_KERNEL);
		assert_null(store_with(&xas, entry_of(order)));
		assert_int_equal(xa_verify(&xa, "tied"), 0);
		assert_ptr_equal(xa_load(&xa, first), entry_of(order));
		assert_ptr_equal(xa_load(&xa, last), entry_of(order));
		assert_null(xa_load(&xa, first - 1));
		assert_int_equal(xa_get_order(&xa, last), order);
		xa_set_mark(&xa, last, XA_MARK_1);
		assert_true(xa_get_mark(&xa, first, XA_MARK_1));
		entry = xa_find(&xa, &index, ULONG_MAX, XA_PRESENT);
		assert_ptr_equal(entry, entry_of(order));
		assert_int_equal(index, first);
		assert_ptr_equal(xa_find_after(&xa, &index, ULONG_MAX, XA_PRESENT), entry_of(9));
		assert_int_equal(index, last + 1);
		assert_ptr_equal(xa_store(&xa, first + 1, entry_of(7), GFP_KERNEL),
				 entry_of(order));
		assert_ptr_equal(xa_load(&xa, last), entry_of(7));
		assert_int_equal(xa_verify(&xa, "tied"), 0);
		assert_ptr_equal(xa_erase(&xa, last), entry_of(7));
		assert_null(xa_load(&xa, first));
		xa_erase(&xa, last + 1);
		assert_true(xa_empty(&xa));
	}
}

static void ranges_need_not_be_aligned(void **state)
{
	static const unsigned long ranges[][2] = {
		{0, 0},	       {5, 9}, {60, 200}, {1, 100000}, {ULONG_MAX - 70, ULONG_MAX},
		{0, ULONG_MAX}};
	DEFINE_XARRAY(xa);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		unsigned long first = ranges[i][0], last = ranges[i][1];

		assert_null(xa_store_range(&xa, first, last, entry_of(i), GFP_KERNEL));
		assert_int_equal(xa_verify(&xa, "ranges"), 0);
		assert_ptr_equal(xa_load(&xa, first), entry_of(i));
		assert_ptr_equal(xa_load(&xa, first + (last - first) / 2), entry_of(i));
		assert_ptr_equal(xa_load(&xa, last), entry_of(i));
		if (first)
			assert_ptr_not_equal(xa_load(&xa, first - 1), entry_of(i));
		if (last + 1)
			assert_ptr_not_equal(xa_load(&xa, last + 1), entry_of(i));
	}
	/* Three slots of a node above the leaves. */
	assert_null(xa_store_range(&xa, 0x1080, 0x113f, NULL, GFP_KERNEL));
	assert_null(xa_load(&xa, 0x1100));
	assert_null(xa_store_range(&xa, 1, 2, NULL, GFP_KERNEL));
	for (unsigned long i = 0x1080; i < 0x1160; i++)
		xa_store(&xa, i, entry_of(i), GFP_KERNEL);
	assert_null(xa_store_range(&xa, 0x107c, 0x1160, NULL, GFP_KERNEL));
	assert_true(xa_empty(&xa));
	assert_int_equal(xa_err(xa_store_range(&xa, 2, 1, NULL, GFP_KERNEL)), -EINVAL);
	xa_destroy(&xa);
	assert_true(xa_empty(&xa));
}

static void a_tied_entry_is_split_and_keeps_its_marks(void **state)
{
	static const unsigned int orders[][2] = {{4, 0}, {4, 2}, {9, 3}, {8, 0}, {12, 6}};
	DEFINE_XARRAY(xa);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		unsigned int from = orders[i][0], to = orders[i][1];
		unsigned long first = 1UL << 16, index;
		XA_STATE_ORDER(large, &xa, first, from);
		XA_STATE_ORDER(xas, &xa, first, to);
		unsigned int nr = 0;
		void *entry;

		store_with(&large, entry_of(1));
		xa_set_mark(&xa, first, XA_MARK_0);
		xas_split_alloc(&xas, entry_of(1), from, GFP_KERNEL);
		xas_lock(&xas);
		xas_split(&xas, entry_of(1), from);
		xas_unlock(&xas);
		assert_int_equal(xas_error(&xas), 0);
		assert_int_equal(xa_verify(&xa, "split"), 0);
		xa_for_each_marked(&xa, index, entry, XA_MARK_0)
		{
			assert_int_equal(index, first + ((unsigned long)nr++ << to));
			assert_int_equal(xa_get_order(&xa, index), to);
		}
		assert_int_equal(nr, 1u << (from - to));
		xa_destroy(&xa);
	}
}

static void conflicts_are_all_that_lies_in_the_way(void **state)
{
	DEFINE_XARRAY(xa);
	XA_STATE_ORDER(xas, &xa, 64, 6);
	unsigned int nr = 0;
	void *entry;

	(void)state;
	xa_store(&xa, 63, entry_of(0), GFP_KERNEL);
	xa_store(&xa, 64, entry_of(1), GFP_KERNEL);
	xa_store(&xa, 100, entry_of(2), GFP_KERNEL);
	xa_store(&xa, 128, entry_of(3), GFP_KERNEL);
	xas_lock(&xas);
	xas_for_each_conflict(&xas, entry) assert_ptr_equal(entry, entry_of(++nr));
	xas_unlock(&xas);
	assert_int_equal(nr, 2);
	store_with(&xas, entry_of(9));
	assert_int_equal(xa_get_order(&xa, 100), 6);
	assert_ptr_equal(xa_load(&xa, 63), entry_of(0));
	assert_ptr_equal(xa_load(&xa, 128), entry_of(3));
	xa_destroy(&xa);
}

static void a_range_that_is_created_needs_no_memory(void **state)
{
	DEFINE_XARRAY(xa);
	XA_STATE_ORDER(xas, &xa, 4096, 9);

	(void)state;
	do {
		xas_lock(&xas);
		xas_create_range(&xas);
		if (!xas_error(&xas))
			for (unsigned long i = 0; i < 512; i++) {
				xas_store(&xas, entry_of(i));
				assert_int_equal(xas_nodes_missing(&xas), 0);
				xas_next(&xas);
			}
		xas_unlock(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL));
	assert_int_equal(xas_error(&xas), 0);
	assert_ptr_equal(xa_load(&xa, 4096 + 511), entry_of(511));
	assert_int_equal(xa_verify(&xa, "created"), 0);
	xa_destroy(&xa);
}

/* ---- Readers without locks ------------------------------------------------------------------ */

#define READERS 3
static struct xarray shared;
static bool writer_done;

/* What is found at an index is its own entry, or none, whatever nodes come and go. */
static void *look(void *arg)
{
	unsigned long index = 0, found = 0;
	void *entry;

	host_set_cpu((int)(uintptr_t)arg);
	while (!READ_ONCE(writer_done)) {
		index = (index * 5 + 77) % 100000;
		entry = xa_load(&shared, index);
		found += !entry || entry == entry_of(index);
		xa_for_each_range (&shared, index, entry, index, index + 500)
			if (entry != entry_of(index))
				return arg;
	}
	return NULL;
}

static void readers_see_each_entry_whole_while_nodes_are_freed(void **state)
{
	pthread_t readers[READERS];
	void *wrong;

	(void)state;
	xa_init(&shared);
	nr_cpu_ids = READERS + 1;
	WRITE_ONCE(writer_done, false);
	for (int i = 0; i < READERS; i++)
		assert_int_equal(
			pthread_create(&readers[i], NULL, look, (void *)(uintptr_t)(i + 1)), 0);
	for (unsigned long i = 0; i < 40000; i++) {
		unsigned long index = i * 7919 % 100000;

		xa_store(&shared, index, entry_of(index), GFP_NOWAIT);
		xa_erase(&shared, (i - 20) * 7919 % 100000);
	}
	WRITE_ONCE(writer_done, true);
	for (int i = 0; i < READERS; i++) {
		pthread_join(readers[i], &wrong);
		assert_null(wrong);
	}
	assert_int_equal(xa_verify(&shared, "shared"), 0);
	xa_destroy(&shared);
	nr_cpu_ids = 1;
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
		test(numbers_are_entries_too),
		test(a_tree_is_shown_node_by_node),
		test(what_is_reserved_is_busy_and_reads_as_nothing),
		test(indices_are_given_out_in_turn),
		test(a_place_walks_on_and_marks_what_it_finds),
		test(tied_indices_are_one_entry),
		test(ranges_need_not_be_aligned),
		test(a_tied_entry_is_split_and_keeps_its_marks),
		test(conflicts_are_all_that_lies_in_the_way),
		test(a_range_that_is_created_needs_no_memory),
		test(readers_see_each_entry_whole_while_nodes_are_freed),
		test(an_array_of_the_hosts_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
