/* SPDX-License-Identifier: MIT */
/* kcompactd: who asks it, for what, and that huge pages are there when they are needed. */
#include "fragment_machine.h"

#include <linux/cpumask.h>

#include "daemon_cpus.h"

#include "../../mm/vmscan.h"

/* ZONE_DMA alone has free pages, all of them in pieces. */
static int fragmented(void **state)
{
	machine(state);
	memmap_make_all();
	fragment_zone(zone_of(0, ZONE_DMA));
	return 0;
}

static int fragmented_two_cpus(void **state)
{
	nr_cpu_ids = 2;
	return fragmented(state);
}

static int two_cpus_end(void **state)
{
	int faults = machine_end(state);

	nr_cpu_ids = 1;
	return faults;
}

static bool is_wanted(void)
{
	return NODE_DATA(0)->kcompactd.wanted;
}

static void it_makes_a_block_of_the_order_it_is_asked_for(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA);

	(void)state;
	assert_int_equal(blocks_of(zone, 9), 0);
	wakeup_kcompactd(NODE_DATA(0), 9, ZONE_DMA);
	assert_true(is_wanted());
	kswapd_poll();
	assert_false(is_wanted());
	assert_true(blocks_of(zone, 9) > 0);
	assert_int_equal(vm_event(KCOMPACTD_WAKE), 1);
	assert_true(vm_event(KCOMPACTD_MIGRATE_SCANNED) > 0);
	assert_true(vm_event(KCOMPACTD_FREE_SCANNED) > 0);
	/* Once there is a block there is nothing to do. */
	wakeup_kcompactd(NODE_DATA(0), 9, ZONE_DMA);
	assert_false(is_wanted());
}

static void nobody_asks_for_single_pages(void **state)
{
	(void)state;
	wakeup_kcompactd(NODE_DATA(0), 0, ZONE_DMA);
	assert_false(is_wanted());
}

static void of_several_requests_it_does_the_largest_in_zones_all_can_use(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA);

	(void)state;
	wakeup_kcompactd(NODE_DATA(0), 8, ZONE_DMA);
	wakeup_kcompactd(NODE_DATA(0), 9, ZONE_NORMAL);
	wakeup_kcompactd(NODE_DATA(0), 7, ZONE_DMA32);
	assert_int_equal(NODE_DATA(0)->kcompactd_max_order, 9);
	assert_int_equal(NODE_DATA(0)->kcompactd_highest_zoneidx, ZONE_DMA);
	kswapd_poll();
	assert_true(blocks_of(zone, 9) > 0);
	assert_int_equal(NODE_DATA(0)->kcompactd_max_order, 0);
}

static void after_a_failure_it_leaves_the_order_out_for_a_while(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA);

	(void)state;
	owner.refuse = true;
	wakeup_kcompactd(NODE_DATA(0), 9, ZONE_DMA);
	kswapd_poll();
	assert_int_equal(blocks_of(zone, 9), 0);
	assert_int_equal(zone->compact_defer_shift, 1);
	owner.refuse = false;
	wakeup_kcompactd(NODE_DATA(0), 9, ZONE_DMA);
	kswapd_poll();
	assert_int_equal(blocks_of(zone, 9), 0);
	__reset_isolation_suitable(zone);
	wakeup_kcompactd(NODE_DATA(0), 9, ZONE_DMA);
	kswapd_poll();
	assert_true(blocks_of(zone, 9) > 0);
}

/* All is free enough, but for large blocks: kswapd has nothing to do, and passes it on. */
static void who_may_not_compact_has_it_done(void **state)
{
	const gfp_t gfp = GFP_DMA | __GFP_MOVABLE | __GFP_NOWARN;

	(void)state;
	assert_null(alloc_pages(gfp | GFP_NOWAIT, 9));
	kswapd_poll();
	kswapd_poll();
	assert_true(vm_event(KCOMPACTD_WAKE) > 0);
	assert_non_null(alloc_pages(gfp | GFP_NOWAIT, 9));
}

/* Only its CPU does it here: nobody polls. */
static void the_nodes_cpu_does_the_work(void **state)
{
	pg_data_t *node = NODE_DATA(0);

	(void)state;
	start_daemon_cpu(1);
	wakeup_kcompactd(node, 9, ZONE_DMA);
	flush_work(&node->kcompactd.work);
	host_cpus_stop();
	assert_true(blocks_of(zone_of(0, ZONE_DMA), 9) > 0);
	assert_int_equal(vm_event(KCOMPACTD_WAKE), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fragmented, machine_end)
	const struct CMUnitTest tests[] = {
		TEST(it_makes_a_block_of_the_order_it_is_asked_for),
		TEST(nobody_asks_for_single_pages),
		TEST(of_several_requests_it_does_the_largest_in_zones_all_can_use),
		TEST(after_a_failure_it_leaves_the_order_out_for_a_while),
		TEST(who_may_not_compact_has_it_done),
		cmocka_unit_test_setup_teardown(the_nodes_cpu_does_the_work, fragmented_two_cpus,
						two_cpus_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
