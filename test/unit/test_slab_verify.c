/* SPDX-License-Identifier: MIT */
/*
 * Free lists and counters that were broken on purpose: a broken list is noticed before
 * it is followed, and verify reports each fault as just that.
 */
#include "slab_machine.h"

#include <stdio.h>

static struct kmem_cache *cache;
static void *objects[39 * 30];

static int make_machine_and_cache(void **state)
{
	(void)state;
	nr_cpu_ids = 2;
	slab_machine_make(SZ_64M, 1);
	cache = kmem_cache_create("broken", 104, 0, 0, NULL);
	return cache ? 0 : -1;
}

/* For tests that leave something broken. */
static int end_broken(void **state)
{
	(void)state;
	slab_machine_end();
	return 0;
}

static struct slab *slab_of(const void *object)
{
	return virt_to_head_page(object)->slab;
}

static unsigned int index_of(const void *object)
{
	return (unsigned int)slab_object_index(cache, slab_of(object), (unsigned long)object);
}

static void set_link(const void *object, unsigned int link)
{
	slab_set_link(cache, slab_of(object)->next, index_of(object), link);
}

/* ---- Lists that lead astray --------------------------------------------------------- */

/*
 * Another CPU freed objects[0] to objects[@nr - 1] of a slab of which all was out: they are now
 * the list that this one allocates from.
 */
static void free_to_list(unsigned int nr)
{
	struct kmem_cache_cpu *c = this_cpu_slab(cache);

	fill(cache, objects, 39);
	host_set_cpu(1);
	empty(cache, objects, nr);
	host_set_cpu(0);
	assert_true(slab_refill(cache, c, GFP_KERNEL, NUMA_NO_NODE));
	assert_int_equal(c->active.head, index_of(objects[nr - 1]));
}

static void free_three(void)
{
	free_to_list(3);
}

static bool among(const void *what, unsigned int from, unsigned int to)
{
	while (from < to)
		if (objects[from++] == what)
			return true;
	return false;
}

/* What a list led to by way of objects[2] is lost, and nothing else. */
static void expect_rest_lost(void)
{
	void *first = objects[2], *second = objects[1], *third = objects[0];

	fill(cache, objects, 300);
	assert_ptr_equal(objects[0], first);
	assert_false(among(first, 1, 300) || among(second, 0, 300) || among(third, 0, 300));
	assert_int_equal(slab_stats.bad_freelist, 1);
	assert_true(host_log_contains("BUG broken: Freelist corrupt: the slab at 0x"));
	assert_int_equal(kmem_cache_verify(cache), 0);
	empty(cache, objects, 300);
	assert_int_equal(kmem_cache_verify(cache), 0);
	/* Nor can they be freed: they were free. */
	kmem_cache_free(cache, second);
	assert_int_equal(slab_stats.double_free, 1);
	assert_int_equal(slab_stats.bad_freelist, 1);
}

static void a_link_past_the_slab_is_noticed(void **state)
{
	(void)state;
	free_three();
	set_link(objects[2], 39);
	assert_int_equal(kmem_cache_verify(cache), 1);
	expect_rest_lost();
}

static void a_link_to_an_object_that_is_out_is_noticed(void **state)
{
	(void)state;
	free_three();
	set_link(objects[2], index_of(objects[3]));
	assert_int_equal(kmem_cache_verify(cache), 1);
	expect_rest_lost();
}

static void no_object_of_a_circle_is_handed_out_twice(void **state)
{
	void *first;

	(void)state;
	free_three();
	first = objects[2];
	set_link(objects[0], index_of(objects[2]));
	assert_int_equal(kmem_cache_verify(cache), 1);
	fill(cache, objects, 300);
	assert_ptr_equal(objects[0], first);
	assert_false(among(first, 1, 300));
	assert_int_equal(slab_stats.bad_freelist, 1);
	empty(cache, objects, 300);
	assert_int_equal(kmem_cache_verify(cache), 0);
}

static void an_overwritten_link_is_noticed(void **state)
{
	u16 *entry, good;

	(void)state;
	free_three();
	entry = &slab_of(objects[2])->next[index_of(objects[2])];
	good = *entry;
	for (unsigned int bit = 0; bit < 16; bit++) {
		*entry = (u16)(good ^ 1u << bit);
		/* Another free object of the slab cuts the list, or makes a circle. */
		assert_true(kmem_cache_verify(cache) >= 1);
	}
	*entry = good;
	assert_int_equal(kmem_cache_verify(cache), 0);
}

static void a_broken_list_given_back_by_a_cpu_is_cut(void **state)
{
	(void)state;
	free_to_list(10);
	set_link(objects[5], 77);
	kmem_cache_shrink(cache);
	assert_int_equal(slab_stats.bad_freelist, 1);
	assert_int_equal(kmem_cache_verify(cache), 0);
	/* Those freed after it are still found, each once. */
	fill(cache, objects, 5);
	empty(cache, objects, 5);
	assert_int_equal(kmem_cache_verify(cache), 0);
}

static void a_circle_given_back_by_a_cpu_is_cut(void **state)
{
	(void)state;
	free_three();
	set_link(objects[0], index_of(objects[2]));
	kmem_cache_shrink(cache);
	assert_int_equal(slab_stats.bad_freelist, 1);
	/* The one that is out still has its slab. */
	assert_true(PageSlab(virt_to_head_page(objects[3])));
	kmem_cache_free(cache, objects[3]);
}

/* ---- Verify finds what was broken on purpose ---------------------------------------------- */

/* A slab with 20 free objects on the node's list. */
static struct slab *make_partial_slab(void)
{
	fill(cache, objects, 39);
	for (int i = 0; i < 20; i++)
		kmem_cache_free(cache, objects[i]);
	kmem_cache_shrink(cache);
	assert_int_equal(get_node(cache, 0)->nr_partial, 1);
	assert_int_equal(kmem_cache_verify(cache), 0);
	return slab_of(objects[30]);
}

static void verify_finds_a_wrong_inuse(void **state)
{
	struct slab *slab = make_partial_slab();

	(void)state;
	slab->inuse++;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("is longer than its 19 free objects"));
	slab->inuse = (u16)(slab->inuse - 2);
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("has 18 objects in use of 39, but 20 free"));
	slab->inuse = 40;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("has 40 of 39 objects in use"));
}

static void verify_finds_an_object_behind_the_last(void **state)
{
	(void)state;
	fill(cache, objects, 1);
	slab_of(objects[0])->next[39] = SLAB_OUT << 8;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains(" has an object behind its last"));
}

static void verify_finds_a_circle(void **state)
{
	struct slab *slab = make_partial_slab();

	(void)state;
	slab_set_link(cache, slab->next, slab->freelist, slab->freelist);
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("is longer than its 20 free objects"));
}

static void verify_finds_a_wrong_first_object(void **state)
{
	(void)state;
	make_partial_slab()->freelist = 39;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("leads to 39 of 39 objects"));
}

static void verify_finds_an_object_that_is_free_but_on_no_list(void **state)
{
	struct slab *slab = make_partial_slab();

	(void)state;
	slab->next[index_of(objects[30])] = 0;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("has 21 free objects, 20 of them on its list"));
}

static void verify_finds_a_frozen_slab_on_a_nodes_list(void **state)
{
	(void)state;
	make_partial_slab()->frozen = 1;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains(" is frozen"));
}

static void verify_finds_a_slab_of_another_cache(void **state)
{
	(void)state;
	make_partial_slab()->cache = kmem_cache;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("is another cache's"));
}

static void verify_finds_a_slab_among_the_full_that_is_not(void **state)
{
	struct kmem_cache_node *n = get_node(cache, 0);
	struct slab *slab = make_partial_slab();

	(void)state;
	slab_remove_partial(n, slab);
	list_add(&slab->list, &n->full);
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("with free objects is among the full"));
}

static void verify_finds_wrong_counts_of_slabs(void **state)
{
	(void)state;
	make_partial_slab();
	get_node(cache, 0)->nr_partial++;
	assert_int_equal(kmem_cache_verify(cache), 1);
	get_node(cache, 0)->nr_partial -= 2;
	assert_int_equal(kmem_cache_verify(cache), 1);
	get_node(cache, 0)->nr_partial++;
	atomic_long_dec(&get_node(cache, 0)->nr_slabs);
	assert_int_equal(kmem_cache_verify(cache), 1);
	atomic_long_inc(&get_node(cache, 0)->nr_slabs);
	atomic_long_inc(&get_node(cache, 0)->nr_small);
	assert_int_equal(kmem_cache_verify(cache), 1);
	atomic_long_dec(&get_node(cache, 0)->nr_small);
	assert_int_equal(kmem_cache_verify(cache), 0);
}

/* Three objects that came back to the stash, of four. */
static struct kmem_cache_cpu *make_stash(void)
{
	fill(cache, objects, 4);
	empty(cache, objects, 3);
	assert_int_equal(slab_nr_back(this_cpu_slab(cache)), 3);
	assert_int_equal(kmem_cache_verify(cache), 0);
	return this_cpu_slab(cache);
}

static void verify_finds_a_wrong_object_in_the_stash(void **state)
{
	struct kmem_cache_cpu *c = make_stash();

	(void)state;
	c->back[-2].object += 8;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("in the stash of a CPU has another's entry, or none"));
	c->back[-2].object = (unsigned long)kmalloc(104, GFP_KERNEL);
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("in the stash of a CPU is no object of it"));
}

static void verify_finds_a_stashed_object_that_is_out(void **state)
{
	struct kmem_cache_cpu *c = make_stash();

	(void)state;
	*c->back[-1].state = SLAB_OUT;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("is in the stash of a CPU, but has the state 0xff"));
}

static void verify_finds_an_object_that_the_stash_lost_or_has_twice(void **state)
{
	struct kmem_cache_cpu *c = make_stash();

	(void)state;
	c->back--;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("objects are free and on no list, CPUs hold"));
	c->back++;
	c->back[0] = c->back[-1];
	c->back++;
	assert_int_equal(kmem_cache_verify(cache), 1);
	c->back = c->back_stash;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("a CPU's stash of 124 objects begins with"));
}

static void verify_finds_a_fresh_slab_with_an_object_out(void **state)
{
	struct slab *slab;

	(void)state;
	fill(cache, objects, 39 * 30);
	kmem_cache_free_bulk(cache, 39 * 30, objects);
	slab = slab_of(objects[0]);
	assert_int_equal(slab->freelist, SLAB_FRESH);
	assert_int_equal(kmem_cache_verify(cache), 0);
	slab_set_state(slab, 5, SLAB_OUT);
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("has 0 objects in use, and 1 that are out"));
}

static void verify_finds_a_wrong_count_of_freed_objects(void **state)
{
	struct kmem_cache_cpu *c = this_cpu_slab(cache);

	(void)state;
	fill(cache, objects, 39 * 30);
	empty(cache, objects, 39 * 10 - 9);
	assert_ptr_equal(c->freed.slab, slab_of(objects[39 * 10 - 10]));
	assert_int_equal(kmem_cache_verify(cache), 0);
	c->freed.nr++;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("were freed by a CPU, "));
	c->freed.nr--;
	c->freed.objects++;
	assert_int_equal(kmem_cache_verify(cache), 1);
	assert_true(host_log_contains("is held as of 40"));
}

static void verify_finds_a_wrong_count_of_slab_pages(void **state)
{
	(void)state;
	assert_int_equal(kmem_cache_verify_all(), 0);
	atomic_long_inc(&NODE_DATA(0)->vm_stat[NR_SLAB_UNRECLAIMABLE]);
	assert_int_equal(kmem_cache_verify_all(), 1);
	assert_true(host_log_contains("slab pages, caches and large blocks hold"));
}

static void verify_finds_a_wrong_count_of_records(void **state)
{
	u16 *used;

	(void)state;
	fill(cache, objects, 1);
	/* The records' page begins with a link and the list of free ones. */
	used = (u16 *)(((unsigned long)slab_of(objects[0]) & PAGE_MASK) + 24);
	++*used;
	assert_int_equal(kmem_cache_verify_all(), 1);
	assert_true(host_log_contains("of records has class"));
}

#define breaking_test(f) cmocka_unit_test_setup_teardown(f, make_machine_and_cache, end_broken)

int main(void)
{
	const struct CMUnitTest tests[] = {
		breaking_test(a_link_past_the_slab_is_noticed),
		breaking_test(a_link_to_an_object_that_is_out_is_noticed),
		breaking_test(no_object_of_a_circle_is_handed_out_twice),
		breaking_test(an_overwritten_link_is_noticed),
		breaking_test(a_broken_list_given_back_by_a_cpu_is_cut),
		breaking_test(a_circle_given_back_by_a_cpu_is_cut),
		breaking_test(verify_finds_a_wrong_inuse),
		breaking_test(verify_finds_an_object_behind_the_last),
		breaking_test(verify_finds_a_circle),
		breaking_test(verify_finds_a_wrong_first_object),
		breaking_test(verify_finds_an_object_that_is_free_but_on_no_list),
		breaking_test(verify_finds_a_frozen_slab_on_a_nodes_list),
		breaking_test(verify_finds_a_slab_of_another_cache),
		breaking_test(verify_finds_a_slab_among_the_full_that_is_not),
		breaking_test(verify_finds_wrong_counts_of_slabs),
		breaking_test(verify_finds_a_wrong_object_in_the_stash),
		breaking_test(verify_finds_a_stashed_object_that_is_out),
		breaking_test(verify_finds_an_object_that_the_stash_lost_or_has_twice),
		breaking_test(verify_finds_a_fresh_slab_with_an_object_out),
		breaking_test(verify_finds_a_wrong_count_of_freed_objects),
		breaking_test(verify_finds_a_wrong_count_of_slab_pages),
		breaking_test(verify_finds_a_wrong_count_of_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
