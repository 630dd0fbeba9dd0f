/* SPDX-License-Identifier: MIT */
/* What a CPU is doing, switches, what is done once, and what Linux's tools are told in vain. */
#include "slab_machine.h"

#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/jump_label.h>
#include <linux/kasan.h>
#include <linux/kmsan.h>
#include <linux/lockdep.h>
#include <linux/memcontrol.h>
#include <linux/once.h>
#include <linux/uaccess.h>

#include "cpus.h"

/* ---- Interrupts ------------------------------------------------------------------------------ */

static void interrupts_are_as_they_were_where_sections_nest(void **state)
{
	unsigned long outer, inner, seen;

	(void)state;
	assert_false(irqs_disabled());
	local_irq_save(outer);
	assert_true(irqs_disabled());
	local_irq_save(inner);
	local_save_flags(seen);
	assert_int_equal(seen, inner);
	local_irq_restore(inner);
	assert_true(irqs_disabled());
	assert_true(irqs_disabled_flags(inner));
	assert_false(irqs_disabled_flags(outer));
	assert_true(irqs_disabled());
	local_irq_restore(outer);
	assert_false(irqs_disabled());
	local_irq_disable();
	assert_true(irqs_disabled());
	local_irq_enable();
	assert_false(irqs_disabled());
}

static void a_lock_says_that_they_are_off(void **state)
{
	DEFINE_SPINLOCK(lock);
	unsigned long flags;

	(void)state;
	spin_lock_irqsave(&lock, flags);
	assert_true(irqs_disabled());
	spin_unlock_irqrestore(&lock, flags);
	assert_false(irqs_disabled());
	spin_lock_irq(&lock);
	assert_true(irqs_disabled());
	spin_unlock_irq(&lock);
	assert_false(irqs_disabled());
}

static void a_cpu_knows_what_interrupts_it(void **state)
{
	(void)state;
	assert_true(in_task() && !in_interrupt() && !in_hardirq() && !in_nmi() && !in_atomic());
	irq_enter();
	assert_true(!in_task() && in_interrupt() && in_hardirq() && !in_nmi() && in_atomic());
	nmi_enter();
	assert_true(!in_task() && in_interrupt() && in_hardirq() && in_nmi());
	nmi_exit();
	assert_false(in_nmi());
	assert_int_equal(hardirq_count(), HARDIRQ_OFFSET);
	irq_exit();
	assert_int_equal(preempt_count(), 0);
	local_bh_disable();
	pagefault_disable();
	assert_false(in_softirq() || in_serving_softirq() || local_bh_blocked());
	pagefault_enable();
	local_bh_enable();
}

static unsigned int seen_by[2];

static void look(void *info)
{
	(void)info;
	seen_by[smp_processor_id()] = (unsigned int)in_hardirq() | irqs_disabled();
}

static void *answer_once(void *unused)
{
	(void)unused;
	while (!seen_by[1])
		smp_call_poll();
	return NULL;
}

/* As on Linux: of another CPU in its interrupt, of the own one with interrupts off. */
static void a_function_that_another_cpu_asks_for_runs_in_an_interrupt(void **state)
{
	(void)state;
	set_cpu_online(1, true);
	host_cpu_start(1, answer_once, NULL);
	assert_int_equal(smp_call_function_single(1, look, NULL, 1), 0);
	host_cpu_join(1);
	assert_int_equal(seen_by[1], HARDIRQ_OFFSET | 1);
	assert_int_equal(smp_call_function_single(0, look, NULL, 1), 0);
	assert_int_equal(seen_by[0], 1);
	assert_true(in_task() && !irqs_disabled());
	set_cpu_online(1, false);
}

/* ---- Switches -------------------------------------------------------------------------------- */

static DEFINE_STATIC_KEY_FALSE(off);
static DEFINE_STATIC_KEY_TRUE(on);
static DEFINE_STATIC_KEY_ARRAY_TRUE(many, 3);

static void switches_are_on_or_off_and_may_be_counted(void **state)
{
	(void)state;
	assert_false(static_branch_likely(&off));
	assert_true(static_branch_unlikely(&on));
	assert_true(static_key_enabled(&many[2]) && !static_key_enabled(&off));
	static_branch_enable(&off);
	static_branch_enable(&off);
	assert_int_equal(static_key_count(&off.key), 1);
	static_branch_disable(&off);
	assert_false(static_branch_unlikely(&off));
	assert_false(static_key_fast_inc_not_disabled(&off.key));
	static_branch_inc(&on);
	assert_true(static_key_fast_inc_not_disabled(&on.key));
	static_branch_dec(&on);
	static_branch_dec(&on);
	assert_true(static_key_true(&on.key));
	static_branch_dec(&on);
	assert_false(static_key_false(&on.key));
	assert_true(static_key_slow_inc(&on.key));
	atomic_set(&on.key.enabled, INT_MAX);
	assert_false(static_key_slow_inc(&on.key));
	assert_int_equal(static_key_count(&on.key), INT_MAX);
	atomic_set(&on.key.enabled, 0);
	assert_string_equal(host_log(), "");
	static_branch_dec(&on);
	assert_non_null(strstr(host_log(), "negative count"));
	assert_int_equal(static_key_count(&on.key), 0);
}

static int times;

static void count(int by)
{
	times += by;
}

static bool once(int by)
{
	return DO_ONCE(count, by);
}

static void what_is_done_once_is_done_by_the_first(void **state)
{
	(void)state;
	assert_true(once(5));
	assert_false(once(7));
	assert_int_equal(times, 5);
	assert_true(DO_ONCE_SLEEPABLE(count, 1));
	assert_int_equal(times, 6);
}

/* ---- Tools that are not there ----------------------------------------------------------------- */

static void tools_that_are_not_there_change_nothing(void **state)
{
	struct kmem_cache *s = make_cache("told", 64);
	char *object = kmem_cache_alloc(s, GFP_KERNEL), all[64];

	(void)state;
	memset(object, 0x17, 64);
	memcpy(all, object, 64);
	kasan_poison_object_data(s, object);
	kmsan_poison_memory(object, 64, GFP_KERNEL);
	assert_ptr_equal(kasan_slab_alloc(s, object, GFP_KERNEL, true), object);
	assert_ptr_equal(kasan_kmalloc(s, object, 10, GFP_KERNEL), object);
	assert_ptr_equal(kasan_krealloc(object, 10, GFP_KERNEL), object);
	assert_ptr_equal(kasan_reset_tag(object), object);
	assert_false(kasan_slab_free(s, object, true));
	assert_true(kasan_check_byte(object) && kasan_check_read(object, 64));
	assert_int_equal(kmsan_alloc_page(virt_to_page(object), 0, GFP_KERNEL), 0);
	assert_memory_equal(object, all, 64);
	assert_int_equal(lockdep_is_held(&times), 1);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

static void memory_is_in_no_group_and_its_lists_are_the_nodes(void **state)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 0);
	struct lruvec *lruvec = folio_lruvec(folio), *locked;
	unsigned long min = 1, low = 1, before, flags;

	(void)state;
	assert_true(mem_cgroup_disabled());
	assert_null(folio_memcg(folio));
	assert_int_equal(mem_cgroup_charge(folio, NULL, GFP_KERNEL), 0);
	mem_cgroup_protection(NULL, NULL, &min, &low);
	assert_int_equal(min + low, 0);
	assert_ptr_equal(lruvec, &NODE_DATA(0)->__lruvec);
	assert_ptr_equal(mem_cgroup_lruvec(NULL, NODE_DATA(0)), lruvec);
	locked = folio_lruvec_lock_irqsave(folio, &flags);
	assert_true(spin_is_locked(&lruvec->lru_lock));
	assert_ptr_equal(folio_lruvec_relock_irqsave(folio, locked, &flags), lruvec);
	unlock_page_lruvec_irqrestore(locked, flags);
	assert_false(spin_is_locked(&lruvec->lru_lock));
	before = lruvec_page_state(lruvec, NR_SLAB_RECLAIMABLE);
	mod_lruvec_kmem_state(folio_address(folio), NR_SLAB_RECLAIMABLE_B, 3 * PAGE_SIZE);
	assert_int_equal(lruvec_page_state(lruvec, NR_SLAB_RECLAIMABLE), before + 3);
	mod_node_page_state(folio_pgdat(folio), NR_SLAB_RECLAIMABLE_B, PAGE_SIZE);
	assert_int_equal(global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B), before + 4);
	node_page_state_add(-1, folio_pgdat(folio), NR_SLAB_RECLAIMABLE_B);
	__mod_lruvec_kmem_state(folio_address(folio), NR_SLAB_RECLAIMABLE_B, -3 * (int)PAGE_SIZE);
	assert_true(mem_cgroup_trylock_pages(NULL));
	assert_null(folio_memcg_rcu(folio));
	mem_cgroup_unlock_pages();
	assert_string_equal(host_log(), "");
	folio_put(folio);
}

static int quiet_machine(void **state)
{
	make_machine(state);
	host_log_clear();
	return 0;
}

static int two_cpus(void **state)
{
	nr_cpu_ids = 2;
	return make_machine(state);
}

#define machine_test(f) cmocka_unit_test_setup_teardown(f, quiet_machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupts_are_as_they_were_where_sections_nest),
		cmocka_unit_test(a_lock_says_that_they_are_off),
		machine_test(a_cpu_knows_what_interrupts_it),
		cmocka_unit_test_setup_teardown(
			a_function_that_another_cpu_asks_for_runs_in_an_interrupt, two_cpus,
			end_machine),
		machine_test(switches_are_on_or_off_and_may_be_counted),
		cmocka_unit_test(what_is_done_once_is_done_by_the_first),
		machine_test(tools_that_are_not_there_change_nothing),
		machine_test(memory_is_in_no_group_and_its_lists_are_the_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
