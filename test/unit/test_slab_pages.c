/* SPDX-License-Identifier: MIT */
/*
 * What the structs of a slab's pages say: where its first page is, whose it is, and which
 * object begins at an address.
 */
#include "slab_machine.h"

#include "mm/slab_fast.h"

/* ---- Division ------------------------------------------------------------------------- */

/* All bytes of a slab that begins at @base, which stands for any whose lower half it has. */
static void divide_slab(u32 size, u32 bytes, u32 base)
{
	const struct slab_place place = {base, slab_reciprocal(size, bytes)};
	unsigned long index = 0;

	for (u32 at = 0; at < bytes; at++) {
		bool begins = slab_divide(place, 0x7f0100000000UL + (u32)(base + at), &index);

		if (begins != (at % size == 0) || (begins && index != at / size))
			fail_msg("%u of a slab of %u bytes, size %u: %d, object %lu", at, bytes,
				 size, begins, index);
	}
}

static void an_object_is_found_where_one_begins_and_nowhere_else(void **state)
{
	(void)state;
	for (u32 size = 8; size <= 8192; size += size < 512 ? 8 : 344)
		divide_slab(size, SZ_32K, 0xffff8000);
	for (u32 size = 8; size <= SZ_4K; size *= 3)
		divide_slab(size, SZ_256K, 0);
	/* As large as both may be. */
	divide_slab(SZ_64K, SZ_64K, 0x10000);
	divide_slab(4104, SZ_1M - SZ_16K, 0x100000);
}

static void what_is_too_large_to_divide_has_no_objects(void **state)
{
	struct slab_place place = {0, slab_reciprocal(4104, SZ_1M)};
	unsigned long index;

	(void)state;
	assert_int_equal(slab_reciprocal(SZ_64K, SZ_128K), 0);
	assert_int_equal(place.reciprocal, 0);
	for (u32 at = 0; at < SZ_16K; at++)
		assert_false(slab_divide(place, at, &index));
}

/* A free of its objects goes the slow way, and works. */
static void caches_of_huge_slabs_work(void **state)
{
	struct kmem_cache *s;
	void *objects[40];

	(void)state;
	slub_min_order = 9;
	s = kmem_cache_create("huge", 5000, 0, SLAB_NO_MERGE, NULL);
	slub_min_order = 0;
	assert_non_null(s);
	assert_int_equal(s->oo.order, 9);
	assert_int_equal(s->reciprocal, 0);
	fill(s, objects, 40);
	empty(s, objects, 40);
	kmem_cache_free(s, objects[7]);
	assert_true(host_log_contains("Object already free"));
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_destroy(s);
}

/* ---- Heads and tails ------------------------------------------------------------------- */

static void all_pages_of_a_slab_lead_to_its_first(void **state)
{
	struct kmem_cache *s = kmem_cache_create("several", 1024, 0, SLAB_NO_MERGE, NULL);
	char *object = kmem_cache_alloc(s, GFP_KERNEL);
	struct page *head = virt_to_head_page(object);
	unsigned int order = s->oo.order;

	(void)state;
	assert_true(order > 0);
	assert_true(PageHead(head) && !PageTail(head) && PageCompound(head));
	assert_int_equal(compound_order(head), order);
	assert_int_equal(page_to_pfn(head) % (1UL << order), 0);
	for (unsigned int i = 1; i < 1U << order; i++) {
		assert_ptr_equal(compound_head(head + i), head);
		assert_true(PageTail(head + i) && !PageHead(head + i) && PageSlab(head + i));
		assert_ptr_equal(page_folio(head + i), page_folio(head));
	}
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
	for (unsigned int i = 0; i < 1U << order; i++) {
		assert_false(PageCompound(head + i) || PageSlab(head + i));
		assert_true(!i || !page_alloc_order(head + i));
	}
}

static void a_slab_of_one_page_is_no_compound_page(void **state)
{
	void *object = kmalloc(32, GFP_KERNEL);
	struct page *page = virt_to_page(object);

	(void)state;
	assert_ptr_equal(compound_head(page), page);
	assert_false(PageCompound(page));
	assert_int_equal(compound_order(page), 0);
	kfree(object);
}

/* ---- Owners ---------------------------------------------------------------------------- */

static bool is_mine(const struct page *page)
{
	struct kmem_cache_cpu *c;

	return slab_page_is_mine(page, &c);
}

static int make_two_cpus(void **state)
{
	(void)state;
	nr_cpu_ids = 2;
	slab_machine_make(SZ_64M, 1);
	return 0;
}

static void a_slab_is_its_owners_and_nobody_elses(void **state)
{
	struct kmem_cache *s = kmem_cache_create("mine", 1024, 0, SLAB_NO_MERGE, NULL);
	char *object = kmem_cache_alloc(s, GFP_KERNEL);
	struct page *head = virt_to_head_page(object);
	struct kmem_cache_cpu *c;

	(void)state;
	for (unsigned int i = 0; i < 1U << s->oo.order; i++) {
		host_set_cpu(0);
		assert_true(slab_page_is_mine(head + i, &c));
		assert_ptr_equal(c, this_cpu_slab(s));
		host_set_cpu(1);
		assert_false(is_mine(head + i));
	}
	host_set_cpu(0);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
	assert_false(is_mine(head));
}

/* A page of other use has pointers there: its list's, its head's with bit 0, or none. */
static void what_stands_there_in_other_pages_is_no_owner(void **state)
{
	const unsigned long tops[] = {0, 0x1, 0x7f, 0xff00, 0xff11, 0xffd4, 0xffff};
	struct kmem_cache_cpu *c = this_cpu_slab(kmem_cache);
	struct slab_key *key = this_cpu_ptr(&slab_key), saved = *key;

	(void)state;
	for (size_t mine = 0; mine < ARRAY_SIZE(tops); mine++) {
		key->top = tops[mine];
		for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++) {
			key->cpu = slab_cpu_key(cpu);
			for (size_t i = 0; i < ARRAY_SIZE(tops) * 2; i++) {
				struct page page = {.slab_owner = tops[i / 2] << 48 | 0x88812340UL |
								  i % 2};

				assert_false(slab_page_is_mine(&page, &c));
			}
			assert_false(is_mine(&(struct page){.slab_owner = SLAB_NOBODY}));
			assert_false(is_mine(&(struct page){.slab_owner = 0}));
			/* Every other CPU's. */
			for (unsigned int other = 0; other < NR_CPUS; other++) {
				u64 owner = (tops[mine] << 48 | 0x1000) ^ slab_cpu_key(other);

				assert_int_equal(is_mine(&(struct page){.slab_owner = owner}),
						 other == cpu);
			}
		}
	}
	*key = saved;
}

static void verify_finds_a_page_that_says_something_else(void **state)
{
	struct kmem_cache *s = kmem_cache_create("pages", 1024, 0, SLAB_NO_MERGE, NULL);
	char *object = kmem_cache_alloc(s, GFP_KERNEL);
	struct page *second = virt_to_head_page(object) + 1, good = *second;

	(void)state;
	second->slab_owner = SLAB_NOBODY;
	assert_int_equal(kmem_cache_verify(s), 1);
	assert_true(host_log_contains("has another owner or place"));
	*second = good;
	second->slab_place.base += 8;
	assert_int_equal(kmem_cache_verify(s), 1);
	*second = good;
	second->flags &= ~PAGE_ORDER_MASK;
	assert_int_equal(kmem_cache_verify(s), 1);
	*second = good;
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_found_where_one_begins_and_nowhere_else),
		cmocka_unit_test(what_is_too_large_to_divide_has_no_objects),
		slab_test(caches_of_huge_slabs_work),
		slab_test(all_pages_of_a_slab_lead_to_its_first),
		slab_test(a_slab_of_one_page_is_no_compound_page),
		slab_test_on(make_two_cpus, a_slab_is_its_owners_and_nobody_elses),
		slab_test(what_stands_there_in_other_pages_is_no_owner),
		slab_test(verify_finds_a_page_that_says_something_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
