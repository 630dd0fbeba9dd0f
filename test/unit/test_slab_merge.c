/* SPDX-License-Identifier: MIT */
/* When one cache serves for several names, and what is common to all ways of asking. */
#include "slab_machine.h"
#include "mm/slab.h"

#include <linux/errno.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>

static struct kmem_cache *create(unsigned int size, unsigned int align, slab_flags_t flags)
{
	struct kmem_cache *s = kmem_cache_create("asked", size, align, flags, NULL);

	assert_non_null(s);
	return s;
}

static void keep_contents(void *object)
{
	memset(object, 0, 8);
}

/* ---- Which caches merge ------------------------------------------------------------- */

/* Beside a cache of 200-byte objects: is one of these the same cache? */
static const struct {
	const char *why;
	unsigned int size, align;
	slab_flags_t flags;
	bool merges;
} pairs[] = {
	{"the same", 200, 0, 0, true},
	{"a little smaller", 193, 0, 0, true},
	{"a word smaller", 192, 0, 0, false},
	{"larger", 208, 0, 0, false},
	{"a weaker alignment", 200, 4, 0, true},
	{"an alignment that it does not have", 200, 16, 0, false},
	{"reclaimable", 200, 0, SLAB_RECLAIM_ACCOUNT, false},
	{"of the DMA zone", 200, 0, SLAB_CACHE_DMA, false},
	{"below 4 GB", 200, 0, SLAB_CACHE_DMA32, false},
	{"accounted", 200, 0, SLAB_ACCOUNT, false},
	{"one that panics", 200, 0, SLAB_PANIC, true},
	{"type-safe", 200, 0, SLAB_TYPESAFE_BY_RCU, false},
	{"not to be merged", 200, 0, SLAB_NO_MERGE, false},
};

static void caches_merge_by_linux_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct kmem_cache *first = create(200, 0, 0);
		struct kmem_cache *second = create(pairs[i].size, pairs[i].align, pairs[i].flags);

		if ((first == second) != pairs[i].merges)
			fail_msg("%s: %smerged", pairs[i].why, first == second ? "" : "not ");
		kmem_cache_destroy(second);
		kmem_cache_destroy(first);
	}
}

static void constructors_and_parts_for_users_keep_caches_apart(void **state)
{
	struct kmem_cache *plain = create(200, 0, 0);
	struct kmem_cache *built = kmem_cache_create("built", 200, 0, 0, keep_contents);
	struct kmem_cache *user = kmem_cache_create_usercopy("user", 200, 0, 0, 8, 16, NULL);
	struct kmem_cache *later = kmem_cache_create("later", 200, 0, 0, keep_contents);

	(void)state;
	assert_ptr_not_equal(built, plain);
	assert_ptr_not_equal(user, plain);
	assert_ptr_not_equal(later, built);
	kmem_cache_destroy(later);
	kmem_cache_destroy(user);
	kmem_cache_destroy(built);
	kmem_cache_destroy(plain);
}

static void kmalloc_caches_are_not_merged_with(void **state)
{
	struct kmem_cache *s = create(64, 64, 0);

	(void)state;
	assert_ptr_not_equal(s, kmalloc_caches[KMALLOC_NORMAL][6]);
	kmem_cache_destroy(s);
}

static void nomerge_keeps_all_apart(void **state)
{
	struct kmem_cache *first, *second;

	(void)state;
	assert_int_equal(slab_nomerge_parse_option(NULL), 0);
	first = create(200, 0, 0);
	second = create(200, 0, 0);
	assert_ptr_not_equal(first, second);
	kmem_cache_destroy(second);
	assert_int_equal(slab_merge_parse_option(NULL), 0);
	second = create(200, 0, 0);
	assert_ptr_equal(first, second);
	kmem_cache_destroy(second);
	kmem_cache_destroy(first);
}

/* ---- A merged cache ------------------------------------------------------------------- */

static void a_merged_cache_lives_until_each_name_is_destroyed(void **state)
{
	struct kmem_cache *first = kmem_cache_create("first", 196, 0, 0, NULL);
	struct kmem_cache *second = kmem_cache_create("second", 200, 0, 0, NULL);
	void *object;

	(void)state;
	assert_ptr_equal(first, second);
	assert_string_equal(kmem_cache_name(second), "first");
	assert_int_equal(second->refcount, 2);
	kmem_cache_destroy(first);
	object = kmem_cache_alloc(second, GFP_KERNEL);
	assert_non_null(object);
	kmem_cache_free(second, object);
	kmem_cache_destroy(second);
	assert_int_equal(host_log_count("still has objects"), 0);
	first = kmem_cache_create("anew", 200, 0, 0, NULL);
	assert_string_equal(kmem_cache_name(first), "anew");
	kmem_cache_destroy(first);
}

static void other_names_of_a_cache_are_listed_with_it(void **state)
{
	struct kmem_cache *s = kmem_cache_create("one", 200, 0, 0, NULL);
	char text[200];
	struct seq_file m;
	struct seq_text sb;

	(void)state;
	seq_text_init(&m, &sb, text, sizeof(text));
	assert_false(slab_has_aliases());
	assert_ptr_equal(kmem_cache_create("two", 200, 0, 0, NULL), s);
	assert_ptr_equal(kmem_cache_create("three", 196, 0, 0, NULL), s);
	assert_ptr_equal(kmem_cache_create("two", 200, 0, 0, NULL), s);
	assert_true(slab_has_aliases());
	slab_aliases_show(&m);
	assert_string_equal(text, "# name            <users> <- <aliases>\n"
				  "one                    4 <- two three\n");
	for (int i = 0; i < 4; i++)
		kmem_cache_destroy(s);
	assert_false(slab_has_aliases());
}

static void a_name_that_there_is_no_memory_for_gets_no_share(void **state)
{
	static char name[KMALLOC_MAX_SIZE + 1];
	struct kmem_cache *s = kmem_cache_create("one", 200, 0, 0, NULL);

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	assert_null(kmem_cache_create(name, 200, 0, 0, NULL));
	assert_int_equal(s->refcount, 1);
	assert_false(slab_has_aliases());
	kmem_cache_destroy(s);
}

static void zeroing_reaches_to_the_end_of_the_larger_object(void **state)
{
	struct kmem_cache *small = create(193, 0, 0), *large = create(200, 0, 0);
	void *object = kmem_cache_alloc(large, GFP_KERNEL);

	(void)state;
	assert_ptr_equal(small, large);
	memset(object, 0xff, 200);
	kmem_cache_free(large, object);
	object = kmem_cache_zalloc(large, GFP_KERNEL);
	assert_null(memchr_inv(object, 0, 200));
	kmem_cache_free(large, object);
	kmem_cache_destroy(small);
	kmem_cache_destroy(large);
}

/* ---- Objects whose memory stays ---------------------------------------------------------- */

static void type_safe_slabs_stay_while_somebody_reads(void **state)
{
	struct kmem_cache *s = create(512, 0, SLAB_TYPESAFE_BY_RCU);
	u64 *object = kmem_cache_alloc(s, GFP_KERNEL);
	struct page *page = virt_to_head_page(object);

	(void)state;
	rcu_read_lock();
	*object = 77;
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_shrink(s), 1);
	assert_true(PageSlab(page));
	assert_ptr_equal(page->slab->cache, s);
	assert_int_equal(*object, 77);
	rcu_read_unlock();
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_false(PageSlab(page));
	kmem_cache_destroy(s);
}

static void a_type_safe_cache_is_destroyed_with_what_waits(void **state)
{
	struct kmem_cache *s = create(512, 0, SLAB_TYPESAFE_BY_RCU);
	unsigned long before = all_free_pages();

	(void)state;
	kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
	assert_true(all_free_pages() < before);
	kmem_cache_destroy(s);
	assert_int_equal(host_log_count("still has objects"), 0);
	assert_true(all_free_pages() >= before);
}

/* ---- Where pages come from ------------------------------------------------------------------ */

static void dma_caches_take_pages_of_their_zone(void **state)
{
	struct kmem_cache *dma = create(256, 0, SLAB_CACHE_DMA);
	struct kmem_cache *dma32 = create(256, 0, SLAB_CACHE_DMA32);
	void *low = kmem_cache_alloc(dma, GFP_KERNEL), *mid = kmem_cache_alloc(dma32, GFP_KERNEL);

	(void)state;
	assert_true(virt_to_phys(low) < SZ_16M);
	assert_true(virt_to_phys(mid) < SZ_4G);
	kmem_cache_free(dma, low);
	kmem_cache_free(dma32, mid);
	kmem_cache_destroy(dma);
	kmem_cache_destroy(dma32);
}

#define merge_test(f) cmocka_unit_test_setup_teardown(f, make_machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		merge_test(caches_merge_by_linux_rules),
		merge_test(constructors_and_parts_for_users_keep_caches_apart),
		merge_test(kmalloc_caches_are_not_merged_with),
		merge_test(nomerge_keeps_all_apart),
		merge_test(a_merged_cache_lives_until_each_name_is_destroyed),
		merge_test(other_names_of_a_cache_are_listed_with_it),
		merge_test(a_name_that_there_is_no_memory_for_gets_no_share),
		merge_test(zeroing_reaches_to_the_end_of_the_larger_object),
		merge_test(type_safe_slabs_stay_while_somebody_reads),
		merge_test(a_type_safe_cache_is_destroyed_with_what_waits),
		merge_test(dma_caches_take_pages_of_their_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
