/* SPDX-License-Identifier: MIT */
/*
 * Who looks into an array without its lock finds what stays, whatever comes and goes beside it;
 * also where changes are kept apart by a lock of the user's (IDR, radix trees).
 */
#include "slab_machine.h"

#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/radix-tree.h>
#include <linux/rcupdate.h>

#include "cpus.h"

#define ROUNDS 200000
#define STAYS  7
#define FAR    100000 /* what comes and goes: the tree grows and shrinks */

static int machine(void **state)
{
	(void)state;
	nr_cpu_ids = 2;
	slab_machine_make(SZ_64M, 1);
	xarray_init();
	return 0;
}

/* Where nodes that are given back turn up again, full of other things. */
static DEFINE_XARRAY(elsewhere);

static int something, other;
static bool done;

static void reuse_nodes(unsigned int round)
{
	for (unsigned long i = 0; i < 64; i++)
		xa_store(&elsewhere, i, round & 1 ? &other : xa_mk_value(i), GFP_KERNEL);
	xa_destroy(&elsewhere);
}

/* ---- Arrays --------------------------------------------------------------------------------- */

#define NR_LOW 100 /* entries that come and go below the one that stays */

static DEFINE_XARRAY(marked);

static const char *change_marked(void)
{
	for (unsigned int i = 0; i < ROUNDS / NR_LOW; i++) {
		for (unsigned long low = 0; low < NR_LOW; low++) {
			xa_store(&marked, low, &other, GFP_KERNEL);
			xa_set_mark(&marked, low, XA_MARK_0);
		}
		for (unsigned long low = 0; low < NR_LOW; low++)
			xa_erase(&marked, low);
	}
	WRITE_ONCE(done, true);
	return NULL;
}

static const char *walk_marked(void)
{
	const char *fault = NULL;

	while (!READ_ONCE(done) && !fault) {
		XA_STATE(xas, &marked, 0);
		const void *entry, *last = NULL;

		rcu_read_lock();
		xas_for_each_marked(&xas, entry, ULONG_MAX, XA_MARK_0) last = entry;
		if (last != &something)
			fault = "a walk over marks ended early";
		xas_set(&xas, 0);
		last = NULL;
		xas_for_each (&xas, entry, ULONG_MAX)
			last = entry;
		if (last != &something)
			fault = "a walk ended early";
		rcu_read_unlock();
	}
	return fault;
}

static const char *use_marked(int cpu)
{
	return cpu ? change_marked() : walk_marked();
}

static void a_walk_does_not_end_where_an_entry_goes_away(void **state)
{
	(void)state;
	done = false;
	xa_store(&marked, NR_LOW, &something, GFP_KERNEL);
	xa_set_mark(&marked, NR_LOW, XA_MARK_0);
	run_on_cpus(0, 2, use_marked);
	assert_int_equal(xa_verify(&marked, "marked"), 0);
	xa_destroy(&marked);
}

/* ---- IDR ------------------------------------------------------------------------------------ */

static DEFINE_IDR(ids);

static const char *change_ids(void)
{
	static DEFINE_SPINLOCK(lock);
	const char *fault = NULL;

	for (unsigned int i = 0; i < ROUNDS && !fault; i++) {
		spin_lock(&lock);
		if (idr_alloc(&ids, &something, FAR, FAR + 1, GFP_KERNEL) != FAR)
			fault = "the number was not given";
		if (idr_remove(&ids, FAR) != &something)
			fault = "another thing was removed";
		spin_unlock(&lock);
		if (i % 16 == 0)
			reuse_nodes(i);
	}
	WRITE_ONCE(done, true);
	return fault;
}

static const char *find_ids(void)
{
	const char *fault = NULL;

	while (!READ_ONCE(done) && !fault) {
		int id = STAYS + 1;
		const void *next;

		rcu_read_lock();
		if (idr_find(&ids, STAYS) != &something)
			fault = "what stays was not found";
		next = idr_get_next(&ids, &id);
		if (next && (next != &something || id != FAR))
			fault = "a walk found what never was there";
		rcu_read_unlock();
	}
	return fault;
}

static const char *use_ids(int cpu)
{
	return cpu ? change_ids() : find_ids();
}

static void an_idr_is_read_while_another_changes_it(void **state)
{
	(void)state;
	done = false;
	assert_int_equal(idr_alloc(&ids, &something, STAYS, STAYS + 1, GFP_KERNEL), STAYS);
	run_on_cpus(0, 2, use_ids);
	assert_int_equal(xa_verify(&ids.idr_rt, "ids"), 0);
	idr_destroy(&ids);
}

/* ---- Splits ----------------------------------------------------------------------------------- */

#define LARGE 8 /* 4 slots of a node, tied */

/* No lock is taken by who reads, as an interrupt may have it. */
static struct xarray split = XARRAY_INIT(split, XA_FLAGS_LOCK_IRQ);
static unsigned int part_order;
static unsigned int phase; /* odd: all is marked */

static void *part_of(unsigned long index)
{
	return xa_mk_value(index >> part_order);
}

/* One large entry, its parts, and each of these another entry. */
static const char *split_round(void)
{
	XA_STATE_ORDER(large, &split, 0, LARGE);
	XA_STATE_ORDER(xas, &split, 0, part_order);

	WRITE_ONCE(phase, phase + 1);
	smp_wmb();
	do {
		xas_lock_irq(&large);
		xas_store(&large, &something);
		xas_set_mark(&large, XA_MARK_1);
		xas_unlock_irq(&large);
	} while (xas_nomem(&large, GFP_KERNEL));
	smp_wmb();
	WRITE_ONCE(phase, phase + 1);
	xas_split_alloc(&xas, &something, LARGE, GFP_KERNEL);
	xas_lock_irq(&xas);
	xas_split(&xas, &something, LARGE);
	for (unsigned long i = 0; i < 1UL << LARGE; i += 1UL << part_order) {
		XA_STATE_ORDER(part, &split, i, part_order);

		xas_store(&part, part_of(i));
	}
	xas_unlock_irq(&xas);
	return xas_error(&large) || xas_error(&xas) ? "a split failed" : NULL;
}

static const char *split_again_and_again(void)
{
	const char *fault = NULL;

	for (unsigned int i = 0; i < ROUNDS / 20 && !fault; i++) {
		fault = split_round();
		if (i % 16 == 0)
			reuse_nodes(i);
	}
	WRITE_ONCE(done, true);
	return fault;
}

static bool is_marked(unsigned long index)
{
	unsigned int at = READ_ONCE(phase);
	unsigned long found = index;

	smp_rmb();
	if (xa_find(&split, &found, ULONG_MAX, XA_MARK_1) && found == index)
		return true;
	smp_rmb();
	return !(at & 1) || READ_ONCE(phase) != at;
}

static const char *look_at(unsigned long index)
{
	const void *entry = xa_load(&split, index);
	unsigned long found = index;

	if (entry != &something && entry != part_of(index))
		return entry ? "an index had another's entry" : "an index had none";
	if (!xa_find(&split, &found, ULONG_MAX, XA_PRESENT) || found != index)
		return "a walk left it out";
	return is_marked(index) ? NULL : "it had no mark";
}

static const char *look_into_split(void)
{
	const char *fault = NULL;

	for (unsigned long index = 0; !fault && !READ_ONCE(done);
	     index = (index + 37) % (1UL << LARGE)) {
		rcu_read_lock();
		fault = look_at(index);
		rcu_read_unlock();
	}
	return fault;
}

static const char *use_split(int cpu)
{
	return cpu ? split_again_and_again() : look_into_split();
}

static void an_entry_is_there_while_it_is_split(void **state)
{
	(void)state;
	for (part_order = 0; part_order < LARGE; part_order++) {
		done = false;
		phase = 1;
		assert_null(split_round());
		run_on_cpus(0, 2, use_split);
		assert_int_equal(xa_verify(&split, "split"), 0);
		xa_destroy(&split);
	}
}

/* ---- What replaces many ------------------------------------------------------------------------- */

#define TOP (2 * XA_CHUNK_SHIFT)

static const char *split_to(unsigned int from, unsigned int to)
{
	XA_STATE_ORDER(xas, &split, 0, to);

	xas_split_alloc(&xas, &something, from, GFP_KERNEL);
	xas_lock_irq(&xas);
	xas_split(&xas, &something, from);
	xas_unlock_irq(&xas);
	return xas_error(&xas) ? "a split failed" : NULL;
}

/* One entry over two levels of nodes, and back. */
static const char *replace_round(void)
{
	XA_STATE_ORDER(large, &split, 0, TOP);
	const char *fault;

	do {
		xas_lock_irq(&large);
		xas_store(&large, &something);
		xas_unlock_irq(&large);
	} while (xas_nomem(&large, GFP_KERNEL));
	fault = split_to(TOP, XA_CHUNK_SHIFT);
	return fault ? fault : split_to(XA_CHUNK_SHIFT, 0);
}

static const char *replace_again_and_again(void)
{
	const char *fault = NULL;

	for (unsigned int i = 0; i < ROUNDS && !fault; i++)
		fault = replace_round();
	WRITE_ONCE(done, true);
	return fault;
}

static const char *look_into_replaced(void)
{
	while (!READ_ONCE(done))
		if (xa_load(&split, 5) != &something)
			return "an index had none";
	return NULL;
}

static const char *use_replaced(int cpu)
{
	return cpu ? replace_again_and_again() : look_into_replaced();
}

static void an_entry_is_there_while_a_larger_one_replaces_it(void **state)
{
	(void)state;
	done = false;
	assert_null(replace_round());
	run_on_cpus(0, 2, use_replaced);
	assert_int_equal(xa_verify(&split, "split"), 0);
	xa_destroy(&split);
}

/* ---- Radix trees ------------------------------------------------------------------------------ */

static RADIX_TREE(tree, GFP_KERNEL);

static const char *change_tree(void)
{
	static DEFINE_SPINLOCK(lock);
	const char *fault = NULL;

	for (unsigned int i = 0; i < ROUNDS && !fault; i++) {
		spin_lock(&lock);
		if (radix_tree_insert(&tree, FAR, &something))
			fault = "nothing could be inserted";
		radix_tree_tag_set(&tree, FAR, 1);
		if (radix_tree_delete(&tree, FAR) != &something)
			fault = "another thing was deleted";
		spin_unlock(&lock);
		if (i % 16 == 0)
			reuse_nodes(i);
	}
	WRITE_ONCE(done, true);
	return fault;
}

static const char *look_into_tree(void)
{
	const char *fault = NULL;
	void *found[2];

	while (!READ_ONCE(done) && !fault) {
		rcu_read_lock();
		if (radix_tree_lookup(&tree, STAYS) != &something)
			fault = "what stays was not found";
		if (radix_tree_gang_lookup(&tree, found, STAYS + 1, 2) && found[0] != &something)
			fault = "a walk found what never was there";
		rcu_read_unlock();
	}
	return fault;
}

static const char *use_tree(int cpu)
{
	return cpu ? change_tree() : look_into_tree();
}

static void a_radix_tree_is_read_while_another_changes_it(void **state)
{
	(void)state;
	done = false;
	assert_int_equal(radix_tree_insert(&tree, STAYS, &something), 0);
	run_on_cpus(0, 2, use_tree);
	assert_int_equal(xa_verify(&tree, "tree"), 0);
	assert_ptr_equal(radix_tree_delete(&tree, STAYS), &something);
}

static void a_radix_trees_own_lock_may_be_the_users(void **state)
{
	struct radix_tree_root *root = &tree;
	void __rcu **slot;

	(void)state;
	INIT_RADIX_TREE(root, GFP_ATOMIC | __GFP_DMA32);
	xa_lock(root);
	assert_int_equal(radix_tree_insert(root, STAYS, &something), 0);
	assert_int_equal(radix_tree_insert(root, STAYS, &other), -EEXIST);
	assert_ptr_equal(radix_tree_tag_set(root, STAYS, 2), &something);
	assert_null(radix_tree_tag_set(root, STAYS + 1, 2));
	slot = radix_tree_lookup_slot(root, STAYS);
	radix_tree_replace_slot(root, slot, &other);
	assert_ptr_equal(radix_tree_tag_clear(root, STAYS, 2), &other);
	assert_null(radix_tree_delete_item(root, STAYS, &something));
	assert_ptr_equal(radix_tree_delete_item(root, STAYS, &other), &other);
	xa_unlock(root);
	assert_true(radix_tree_empty(root));
}

static void a_radix_tree_is_an_xarray(void **state)
{
	(void)state;
	INIT_RADIX_TREE(&tree, GFP_KERNEL);
	assert_int_equal(radix_tree_insert(&tree, FAR, &something), 0);
	assert_ptr_equal(xa_load(&tree, FAR), &something);
	assert_null(xa_store(&tree, STAYS, &other, GFP_KERNEL));
	assert_ptr_equal(radix_tree_lookup(&tree, STAYS), &other);
	xa_set_mark(&tree, STAYS, XA_MARK_1);
	assert_true(radix_tree_tagged(&tree, 1));
	xa_destroy(&tree);
	assert_true(radix_tree_empty(&tree));
}

/* ---- Without memory ------------------------------------------------------------------------------ */

static void a_store_that_fails_keeps_no_nodes(void **state)
{
	DEFINE_XARRAY(xa);
	LIST_HEAD(taken);
	bool failed = false;

	(void)state;
	take_all_pages(&taken, GFP_KERNEL | __GFP_MEMALLOC);
	for (unsigned long i = 1; !failed; i++) {
		XA_STATE(xas, &xa, i << 48);

		do {
			xas_lock(&xas);
			xas_store(&xas, &something);
			xas_unlock(&xas);
		} while (xas_nomem(&xas, GFP_QUIET));
		failed = xas_error(&xas) == -ENOMEM;
		assert_null(xas.xa_alloc);
	}
	give_back_pages(&taken);
	xa_destroy(&xa);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, machine, end_machine)
	const struct CMUnitTest tests[] = {
		test(a_walk_does_not_end_where_an_entry_goes_away),
		test(an_idr_is_read_while_another_changes_it),
		test(an_entry_is_there_while_it_is_split),
		test(an_entry_is_there_while_a_larger_one_replaces_it),
		test(a_radix_tree_is_read_while_another_changes_it),
		test(a_radix_trees_own_lock_may_be_the_users),
		test(a_radix_tree_is_an_xarray),
		test(a_store_that_fails_keeps_no_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
