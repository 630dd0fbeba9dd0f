/* SPDX-License-Identifier: MIT */
/*
 * Every mistake in every kind of cache: caches of their own and kmalloc's, of one CPU and of
 * four, plain, checked, cleared, watched and guarded. Each is counted as one, and what others
 * hold keeps its marks.
 */
#include "percpu_machine.h"
#include "mm/kfence.h"
#include "mm/slab_debug.h"

#include <linux/kmemleak.h>

#define HELD  150
#define TURNS 10000

struct held {
	u8 *at;
	struct kmem_cache *cache; /* NULL: kmalloc's */
	size_t size;
	u8 mark;
};

static struct held held[HELD];
static struct kmem_cache *caches[4], *stranger;

static u32 below(u32 n)
{
	return (u32)(arch_random() >> 16) % n;
}

/* The compiler would see through the misuse. */
static void *hidden(const void *p)
{
	unsigned long addr = (unsigned long)p;

	__asm__ volatile("" : "+r"(addr));
	return (void *)addr;
}

static unsigned long mistakes(void)
{
	return slab_stats.double_free + slab_stats.misaligned_free + slab_stats.wrong_cache +
	       slab_stats.no_slab + kfence_counter(KFENCE_COUNTER_BUGS);
}

/* ---- Objects ------------------------------------------------------------------------- */

static void make_caches(void)
{
	caches[0] = kmem_cache_create("small", 24, 0, SLAB_NO_MERGE, NULL);
	caches[1] = kmem_cache_create("odd", 104, 0, SLAB_NO_MERGE, NULL);
	caches[2] = kmem_cache_create("lines", 192, 0, SLAB_NO_MERGE | SLAB_HWCACHE_ALIGN, NULL);
	caches[3] = kmem_cache_create("typesafe", 72, 0, SLAB_TYPESAFE_BY_RCU, NULL);
	stranger = kmem_cache_create("stranger", 104, 0, SLAB_NO_MERGE, NULL);
	assert_non_null(stranger);
}

static void take(struct held *h)
{
	static const gfp_t zones[] = {0, __GFP_DMA, __GFP_RECLAIMABLE, __GFP_ZERO};
	u32 kind = below(2 * ARRAY_SIZE(caches));

	h->cache = kind < ARRAY_SIZE(caches) ? caches[kind] : NULL;
	h->size = h->cache ? kmem_cache_size(h->cache) : 2 + below(below(4) ? 500 : SZ_32K);
	h->at = h->cache ? kmem_cache_alloc(h->cache, GFP_KERNEL)
			 : kmalloc(h->size, GFP_KERNEL | zones[below(ARRAY_SIZE(zones))]);
	h->mark = (u8)arch_random();
	assert_non_null(h->at);
	memset(h->at, h->mark, h->size);
}

static void give(const struct held *h, u8 *at)
{
	if (h->cache)
		kmem_cache_free(h->cache, hidden(at));
	else
		kfree(hidden(at));
}

static void check_and_give(struct held *h)
{
	assert_null(memchr_inv(h->at, h->mark, h->size));
	give(h, h->at);
	h->at = NULL;
}

/* ---- Mistakes ----------------------------------------------------------------------------- */

/* Returns how many there were. */
static unsigned long make_mistake(struct held *h)
{
	u8 *at = h->at, *middle = at + 1 + below((u32)h->size - 1);
	void *twice[] = {at, at, NULL, middle};

	switch (below(8)) {
	case 0:
		check_and_give(h);
		host_set_cpu((int)below(nr_cpu_ids));
		give(h, at);
		return 1;
	case 1:
		give(h, middle);
		return 1;
	case 2:
		kmem_cache_free(stranger, hidden(at));
		return 1;
	case 3:
		kfree(hidden(held));
		kmem_cache_free(stranger, hidden(&held[1]));
		return 2;
	case 4:
		kmem_cache_free_bulk(h->cache, ARRAY_SIZE(twice), twice);
		h->at = NULL;
		return 2;
	case 5:
		kfree_sensitive(hidden(middle));
		return 2; /* ksize() tells it, too */
	case 6:
		assert_null(krealloc(hidden(middle), 2 * h->size, GFP_KERNEL));
		return 1;
	default:
		twice[0] = middle;
		kfree_bulk(1, twice);
		return 1;
	}
}

static void use_with_mistakes(const char *test)
{
	memset(held, 0, sizeof(held));
	make_caches();
	host_test_seed(test);
	for (unsigned int turn = 0; turn < TURNS; turn++) {
		struct held *h = &held[below(HELD)];
		unsigned long before = mistakes(), nr;

		host_set_cpu((int)below(nr_cpu_ids));
		if (!h->at) {
			take(h);
		} else if (below(2)) {
			check_and_give(h);
		} else {
			nr = make_mistake(h);
			if (mistakes() != before + nr)
				fail_msg("turn %u: %lu mistakes, not %lu\n%s", turn,
					 mistakes() - before, nr, host_log());
			host_log_clear();
		}
		if (turn % 500 == 0)
			assert_int_equal(kmem_cache_verify_all(), 0);
	}
	for (unsigned int i = 0; i < HELD; i++)
		if (held[i].at)
			check_and_give(&held[i]);
	host_set_cpu(0);
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++)
		kmem_cache_destroy(caches[i]);
	kmem_cache_destroy(stranger);
	assert_int_equal(host_log_count("still has objects"), 0);
	assert_int_equal(slab_stats.overwritten, 0);
}

/* ---- Kinds ---------------------------------------------------------------------------------- */

static int end(void **state)
{
	int faults = kfence_verify() + kmemleak_verify();

	kfence_reset();
	kmemleak_reset();
	init_on_free_parse_option((char[]){"0"});
	return faults + percpu_machine_end(state);
}

static void in_plain_caches_of_one_cpu(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 1);
	use_with_mistakes(__func__);
}

static void in_plain_caches_of_four_cpus(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 2, 4);
	use_with_mistakes(__func__);
}

static void in_caches_whose_objects_are_cleared(void **state)
{
	(void)state;
	init_on_free_parse_option((char[]){"1"});
	percpu_machine_make(SZ_64M, 2, 4);
	use_with_mistakes(__func__);
}

static void in_checked_caches(void **state)
{
	(void)state;
	slub_debug_parse_option((char[]){"FZPU"});
	percpu_machine_make(SZ_64M, 2, 4);
	use_with_mistakes(__func__);
}

static void in_caches_with_red_zones_alone(void **state)
{
	(void)state;
	slub_debug_parse_option((char[]){"Z"});
	percpu_machine_make(SZ_64M, 1, 2);
	use_with_mistakes(__func__);
}

static void where_each_second_object_is_guarded(void **state)
{
	(void)state;
	kfence_sample_interval = 2;
	kfence_num_objects = 2 * HELD;
	percpu_machine_make(SZ_64M, 1, 2);
	kfence_init();
	use_with_mistakes(__func__);
	assert_true(kfence_counter(KFENCE_COUNTER_ALLOCS) > TURNS / 8);
}

static void where_each_object_is_watched(void **state)
{
	(void)state;
	kmemleak_reset();
	assert_int_equal(kmemleak_parse_option((char[]){"on"}), 0);
	kmemleak_init();
	percpu_machine_make(SZ_64M, 2, 4);
	use_with_mistakes(__func__);
}

#define KIND(f) cmocka_unit_test_teardown(f, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KIND(in_plain_caches_of_one_cpu),
		KIND(in_plain_caches_of_four_cpus),
		KIND(in_caches_whose_objects_are_cleared),
		KIND(in_checked_caches),
		KIND(in_caches_with_red_zones_alone),
		KIND(where_each_second_object_is_guarded),
		KIND(where_each_object_is_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
