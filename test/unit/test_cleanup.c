/* SPDX-License-Identifier: MIT */
/* What is undone at the end of a block; locks with counts; a CPU's own locks; latched trees. */
#include "percpu_machine.h"

#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/local_lock.h>
#include <linux/lockref.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rbtree_latch.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/string.h>

#include "cpus.h"

/* ---- Blocks ------------------------------------------------------------------------------ */

static int freed[8], nr_freed;

static void note(int *number)
{
	freed[nr_freed++] = *number;
}
DEFINE_FREE(note, int *, if (_T) note(_T))

static int *keep(int *kept, int *lost)
{
	int *first __free(note) = kept;
	int *second __free(note) = lost;

	if (!second)
		return NULL;
	return_ptr(first);
}

static void variables_are_freed_in_the_reverse_order(void **state)
{
	int one = 1, two = 2;

	(void)state;
	nr_freed = 0;
	{
		int *a __free(note) = &one;
		int *b __free(note) = &two;
		int *none __free(note) = NULL;

		assert_ptr_not_equal(a, b);
		assert_null(none);
	}
	assert_int_equal(nr_freed, 2);
	assert_true(freed[0] == 2 && freed[1] == 1);
	assert_ptr_equal(keep(&one, &two), &one);
	assert_int_equal(nr_freed, 3);
	assert_int_equal(freed[2], 2);
	assert_null(keep(&one, NULL));
	assert_int_equal(nr_freed, 4);
	assert_int_equal(freed[3], 1);
}

static void memory_goes_at_the_end_of_its_block(void **state)
{
	unsigned long pages = SZ_1M / PAGE_SIZE, before = nr_free_pages();
	char *kept;

	(void)state;
	{
		char *text __free(kfree) = kmalloc(SZ_1M, GFP_KERNEL);
		char *given __free(kfree) = kmalloc(SZ_1M, GFP_KERNEL);
		char *error __free(kfree) = ERR_PTR(-EINVAL);
		/* cppcheck-suppress AssignmentIntegerToAddress */
		int __percpu *counts __free(free_percpu) = alloc_percpu(int);

		assert_true(text && given && counts);
		assert_true(IS_ERR(error));
		assert_int_equal(nr_free_pages(), before - 2 * pages);
		kept = no_free_ptr(given);
		assert_null(given);
	}
	assert_int_equal(nr_free_pages(), before - pages);
	kfree(kept);
	assert_int_equal(nr_free_pages(), before);
}

static int opened, closed;

DEFINE_CLASS(door, int, closed += _T, opened += number, int number)
EXTEND_CLASS(door, _of_two, opened += a + b, int a, int b)

static void classes_are_made_and_undone(void **state)
{
	(void)state;
	opened = closed = 0;
	{
		CLASS(door, first)(3);
		CLASS(door_of_two, second)(1, 1);

		assert_int_equal(first, 3);
		assert_int_equal(second, 5);
		assert_int_equal(closed, 0);
	}
	assert_int_equal(closed, 8);
}

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(sem);
DEFINE_STATIC_SRCU(srcu);

static int guarded(bool early)
{
	guard(mutex)(&mutex);
	guard(spinlock)(&spin);
	assert_true(mutex_is_locked(&mutex));
	assert_true(spin_is_locked(&spin));
	if (early)
		return -EBUSY;
	scoped_guard(irq) assert_true(irqs_disabled());
	assert_false(irqs_disabled());
	return 0;
}

static void guards_let_go_on_every_way_out(void **state)
{
	int rounds = 0;

	(void)state;
	for (int early = 0; early < 2; early++) {
		assert_int_equal(guarded(early), early ? -EBUSY : 0);
		assert_false(mutex_is_locked(&mutex));
		assert_false(spin_is_locked(&spin));
	}
	scoped_guard(rwsem_read, &sem)
	{
		assert_int_equal(down_read_trylock(&sem), 1);
		up_read(&sem);
		assert_int_equal(down_write_trylock(&sem), 0);
		rounds++;
	}
	scoped_guard(rwsem_write, &sem)
	{
		assert_int_equal(down_read_trylock(&sem), 0);
		rounds++;
	}
	assert_false(rwsem_is_locked(&sem));
	assert_int_equal(rounds, 2);
	scoped_guard(spinlock_irqsave, &spin)
	{
		assert_true(irqs_disabled());
		{
			guard(irqsave)();
			assert_true(irqs_disabled());
		}
		assert_true(irqs_disabled());
		break;
	}
	assert_false(irqs_disabled());
	assert_false(spin_is_locked(&spin));
	{
		guard(raw_spinlock_irq)(&spin);
		guard(rcu)();
		guard(srcu)(&srcu);
		guard(preempt)();
		assert_true(rcu_read_lock_held());
		assert_true(irqs_disabled());
	}
	assert_false(irqs_disabled());
	synchronize_srcu(&srcu);
}

/* ---- Locks with counts --------------------------------------------------------------------- */

static void references_are_counted_under_the_lock(void **state)
{
	struct lockref ref = {.count = 1};

	(void)state;
	spin_lock_init(&ref.lock);
	lockref_get(&ref);
	assert_int_equal(lockref_get_not_zero(&ref), 1);
	assert_int_equal(ref.count, 3);
	assert_int_equal(lockref_put_return(&ref), 2);
	assert_int_equal(lockref_put_or_lock(&ref), 1);
	assert_int_equal(lockref_put_not_zero(&ref), 0);
	assert_int_equal(ref.count, 1);
	assert_int_equal(lockref_put_or_lock(&ref), 0);
	assert_true(spin_is_locked(&ref.lock));
	assert_int_equal(ref.count, 1);
	assert_int_equal(lockref_put_return(&ref), -1);
	ref.count = 0;
	spin_unlock(&ref.lock);
	assert_int_equal(lockref_put_return(&ref), -1);
	assert_int_equal(lockref_get_not_zero(&ref), 0);
	assert_int_equal(lockref_get_not_dead(&ref), 1);
	assert_int_equal(ref.count, 1);
	spin_lock(&ref.lock);
	assert_false(__lockref_is_dead(&ref));
	lockref_mark_dead(&ref);
	assert_true(__lockref_is_dead(&ref));
	spin_unlock(&ref.lock);
	assert_int_equal(lockref_get_not_dead(&ref), 0);
	assert_int_equal(lockref_put_not_zero(&ref), 0);
	assert_false(spin_is_locked(&ref.lock));
}

/* ---- A CPU's own locks ----------------------------------------------------------------------- */

struct own {
	local_lock_t lock;
	int count;
};
static DEFINE_PER_CPU(struct own, own) = {.lock = INIT_LOCAL_LOCK(lock), .count = 7};

static void local_locks_keep_interrupts_off(void **state)
{
	unsigned long flags, outer;

	(void)state;
	local_lock_init(this_cpu_ptr(&own.lock));
	local_lock(&own.lock);
	assert_int_equal(this_cpu_ptr(&own)->count, 7);
	local_unlock(&own.lock);
	local_lock_irq(&own.lock);
	assert_true(irqs_disabled());
	local_unlock_irq(&own.lock);
	local_irq_save(outer);
	local_lock_irqsave(&own.lock, flags);
	local_unlock_irqrestore(&own.lock, flags);
	assert_true(irqs_disabled());
	local_irq_restore(outer);
	assert_false(irqs_disabled());
}

/* ---- Latched trees ----------------------------------------------------------------------------- */

#define ITEMS 64
static struct item {
	unsigned long key;
	struct latch_tree_node node;
} items[ITEMS];
static struct latch_tree_root latched;
static bool writer_ends;

static struct item *item_of(struct latch_tree_node *node)
{
	return container_of(node, struct item, node);
}

static bool item_less(struct latch_tree_node *x, struct latch_tree_node *y)
{
	return item_of(x)->key < item_of(y)->key;
}

static int item_cmp(void *key, struct latch_tree_node *node)
{
	unsigned long k = *(unsigned long *)key, at = item_of(node)->key;

	return k < at ? -1 : k > at;
}

static const struct latch_tree_ops item_ops = {.less = item_less, .comp = item_cmp};

static struct item *find_item(unsigned long key)
{
	struct latch_tree_node *node = latch_tree_find(&key, &latched, &item_ops);

	return node ? item_of(node) : NULL;
}

static void make_items(void)
{
	latched = (struct latch_tree_root){};
	for (unsigned long i = 0; i < ITEMS; i++) {
		items[i] = (struct item){.key = i * 37 % ITEMS};
		latch_tree_insert(&items[i].node, &latched, &item_ops);
	}
}

static void what_is_in_a_latched_tree_is_found(void **state)
{
	(void)state;
	make_items();
	for (unsigned long i = 0; i < ITEMS; i++)
		assert_ptr_equal(find_item(items[i].key), &items[i]);
	assert_null(find_item(ITEMS));
	for (unsigned long i = 0; i < ITEMS; i += 2)
		latch_tree_erase(&items[i].node, &latched, &item_ops);
	for (unsigned long i = 0; i < ITEMS; i++)
		assert_ptr_equal(find_item(items[i].key), i % 2 ? &items[i] : NULL);
}

/* CPU 0 takes every second one out and in; the others find the rest at any time. */
static const char *change_or_find(int cpu)
{
	for (int round = 0; cpu == 0 && round < 300; round++) {
		for (int i = 0; i < ITEMS; i += 2)
			latch_tree_erase(&items[i].node, &latched, &item_ops);
		for (int i = 0; i < ITEMS; i += 2)
			latch_tree_insert(&items[i].node, &latched, &item_ops);
	}
	if (cpu == 0)
		__atomic_store_n(&writer_ends, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&writer_ends, __ATOMIC_ACQUIRE))
		for (int i = 1; i < ITEMS; i += 2)
			if (find_item(items[i].key) != &items[i])
				return "what nobody takes out is not found";
	return NULL;
}

static void readers_find_while_a_writer_writes(void **state)
{
	(void)state;
	make_items();
	writer_ends = false;
	run_on_cpus(0, 3, change_or_find);
}

static int make_cpus(void **state)
{
	nr_cpu_ids = 3;
	make_machine(state);
	atomic_set(&__num_online_cpus, 3);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_are_freed_in_the_reverse_order),
		cmocka_unit_test_setup_teardown(memory_goes_at_the_end_of_its_block, four_cpus,
						percpu_machine_end),
		cmocka_unit_test(classes_are_made_and_undone),
		cmocka_unit_test_setup_teardown(guards_let_go_on_every_way_out, four_cpus,
						percpu_machine_end),
		cmocka_unit_test(references_are_counted_under_the_lock),
		cmocka_unit_test_setup_teardown(local_locks_keep_interrupts_off, four_cpus,
						percpu_machine_end),
		cmocka_unit_test(what_is_in_a_latched_tree_is_found),
		slab_test_on(make_cpus, readers_find_while_a_writer_writes),
	};

	return cmocka_run_group_tests_name("cleanup", tests, NULL, NULL);
}
