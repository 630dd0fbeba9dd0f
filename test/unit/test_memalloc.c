/* SPDX-License-Identifier: MIT */
/* Scopes in which a CPU's allocations may do less, or take more, than their flags say. */
#include "slab_machine.h"

#include <linux/sched/mm.h>
#include <linux/shrinker.h>
#include <linux/suspend.h>

static gfp_t asked; /* what reclaim was for, last */
static unsigned int times;

static unsigned long one_object(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker;
	asked = sc->gfp_mask;
	times++;
	return SHRINK_EMPTY;
}

static unsigned long none_freed(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker, (void)sc;
	return SHRINK_STOP;
}

static struct shrinker shrinker = {
	.count_objects = one_object,
	.scan_objects = none_freed,
	.seeks = DEFAULT_SEEKS,
};

static int make_full(void **state)
{
	nr_cpu_ids = 2;
	make_machine(state);
	assert_int_equal(register_shrinker(&shrinker, "watch"), 0);
	asked = 0;
	times = 0;
	return 0;
}

static LIST_HEAD(taken);

static unsigned long take_all(gfp_t gfp)
{
	struct page *page;
	unsigned long nr = 0;

	for (; (page = alloc_page(gfp | __GFP_NOWARN)); nr++)
		list_add(&page->lru, &taken);
	return nr;
}

static int end_full(void **state)
{
	while (!list_empty(&taken)) {
		struct page *page = list_first_entry(&taken, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
	}
	unregister_shrinker(&shrinker);
	return end_machine(state);
}

static void reclaim_in_a_scope_is_told_what_it_may_not_do(void **state)
{
	unsigned int noio, nofs;

	(void)state;
	take_all(GFP_KERNEL);
	assert_true(asked & __GFP_FS && asked & __GFP_IO);
	nofs = memalloc_nofs_save();
	assert_null(alloc_page(GFP_KERNEL | __GFP_NOWARN));
	assert_true(!(asked & __GFP_FS) && asked & __GFP_IO);
	noio = memalloc_noio_save();
	assert_null(kmalloc(SZ_64K, GFP_KERNEL | __GFP_NOWARN));
	assert_true(!(asked & __GFP_FS) && !(asked & __GFP_IO));
	memalloc_noio_restore(noio);
	assert_int_equal(current_gfp_context(GFP_KERNEL), GFP_NOFS);
	memalloc_nofs_restore(nofs);
	assert_null(alloc_page(GFP_KERNEL | __GFP_NOWARN));
	assert_true(asked & __GFP_FS && asked & __GFP_IO);
}

static void all_allocations_are_restricted_while_devices_rest(void **state)
{
	unsigned int flags;

	(void)state;
	take_all(GFP_KERNEL);
	flags = lock_system_sleep();
	assert_false(pm_suspended_storage());
	pm_restrict_gfp_mask();
	assert_true(pm_suspended_storage());
	assert_null(alloc_page(GFP_KERNEL | __GFP_NOWARN));
	assert_true(!(asked & __GFP_FS) && !(asked & __GFP_IO));
	assert_null(kmalloc(SZ_64K, GFP_KERNEL | __GFP_NOWARN));
	assert_true(!(asked & __GFP_FS) && !(asked & __GFP_IO));
	pm_restore_gfp_mask();
	pm_restore_gfp_mask();
	assert_false(pm_suspended_storage());
	assert_null(alloc_page(GFP_KERNEL | __GFP_NOWARN));
	assert_true(asked & __GFP_FS && asked & __GFP_IO);
	assert_false(host_log_contains("WARNING"));
	unlock_system_sleep(flags);
	/* Not without the lock. */
	pm_restore_gfp_mask();
	assert_true(host_log_contains("WARNING"));
}

static void scopes_nest_and_are_a_cpus_own(void **state)
{
	unsigned int outer, inner;

	(void)state;
	outer = memalloc_noio_save();
	inner = memalloc_noio_save();
	memalloc_noio_restore(inner);
	assert_int_equal(current_gfp_context(GFP_KERNEL), GFP_NOIO);
	host_set_cpu(1);
	assert_int_equal(current_gfp_context(GFP_KERNEL), GFP_KERNEL);
	host_set_cpu(0);
	memalloc_noio_restore(outer);
	assert_int_equal(current_gfp_context(GFP_KERNEL), GFP_KERNEL);
}

static void without_reclaim_the_reserves_are_there(void **state)
{
	unsigned int flags;

	(void)state;
	take_all(GFP_KERNEL);
	times = 0;
	flags = memalloc_noreclaim_save();
	assert_true(take_all(GFP_KERNEL) > 50);
	assert_int_equal(times, 0);
	memalloc_noreclaim_restore(flags);
	assert_int_equal(take_all(GFP_KERNEL), 0);
	assert_true(times > 0);
}

static enum migratetype type_of(struct page *page)
{
	unsigned long bits = page->flags & PAGE_PCPTYPE_MASK;

	__free_page(page);
	return (enum migratetype)(bits >> PAGE_PCPTYPE_PGSHIFT);
}

static void what_is_pinned_is_not_grouped_with_movable_pages(void **state)
{
	unsigned int outer, inner;

	(void)state;
	page_group_by_mobility_disabled = false;
	assert_int_equal(type_of(alloc_page(GFP_HIGHUSER_MOVABLE)), MIGRATE_MOVABLE);
	outer = memalloc_pin_save();
	assert_int_equal(type_of(alloc_page(GFP_HIGHUSER_MOVABLE)), MIGRATE_UNMOVABLE);
	inner = memalloc_pin_save();
	memalloc_pin_restore(inner);
	assert_int_equal(type_of(alloc_pages(GFP_HIGHUSER_MOVABLE, 0)), MIGRATE_UNMOVABLE);
	memalloc_pin_restore(outer);
	assert_int_equal(type_of(alloc_page(GFP_HIGHUSER_MOVABLE)), MIGRATE_MOVABLE);
}

#define full_test(f) cmocka_unit_test_setup_teardown(f, make_full, end_full)

int main(void)
{
	const struct CMUnitTest tests[] = {
		full_test(reclaim_in_a_scope_is_told_what_it_may_not_do),
		full_test(all_allocations_are_restricted_while_devices_rest),
		full_test(scopes_nest_and_are_a_cpus_own),
		full_test(without_reclaim_the_reserves_are_there),
		full_test(what_is_pinned_is_not_grouped_with_movable_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
