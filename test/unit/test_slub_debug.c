/* SPDX-License-Identifier: MIT */
/* slub_debug=: what is overwritten on purpose is reported as just that, and restored. */
#include "slub_debug_machine.h"

#include <linux/errno.h>
#include <linux/poison.h>
#include <stdio.h>

static struct kmem_cache *cache;

/* A machine with @options, and a cache of 100-byte objects. */
static void make(const char *options)
{
	slab_machine_make(SZ_64M, 1);
	give(options, 0);
	cache = kmem_cache_create("checked", 100, 0, 0, NULL);
	assert_non_null(cache);
	host_log_clear();
}

static int make_debug(void **state)
{
	(void)state;
	make("FZPU");
	return 0;
}

static int make_plain(void **state)
{
	(void)state;
	slab_machine_make(SZ_64M, 1);
	return 0;
}

/* ---- Layout -------------------------------------------------------------------------- */

static void objects_have_linux_room_around_them(void **state)
{
	static const struct {
		slab_flags_t flags;
		unsigned int object, align, size, inuse, offset, left;
	} rows[] = {
		{0, 100, 0, 104, 104, 48, 0},
		{SLAB_RED_ZONE, 100, 0, 120, 104, 48, 8},
		{SLAB_RED_ZONE, 104, 0, 128, 112, 48, 8},
		{SLAB_POISON, 100, 0, 112, 104, 104, 0},
		{SLAB_STORE_USER, 100, 0, 168, 104, 48, 0},
		{SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER, 100, 0, 192, 104, 104, 8},
		{SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER, 64, 64, 256, 72, 72, 64},
		{SLAB_TYPESAFE_BY_RCU, 64, 0, 72, 64, 64, 0},
		{SLAB_CONSISTENCY_CHECKS, 64, 0, 64, 64, 32, 0},
		{SLAB_STORE_USER | SLAB_KMALLOC, 96, 0, 168, 96, 48, 0},
		{SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_KMALLOC, 64, 64, 256, 72, 72,
		 64},
		{SLAB_RED_ZONE | SLAB_KMALLOC, 104, 0, 128, 112, 48, 8},
	};
	struct slab_geometry g;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(
			slab_geometry(&g, rows[i].object, rows[i].align, rows[i].flags, false, 1),
			0);
		assert_int_equal(g.size, rows[i].size);
		assert_int_equal(g.inuse, rows[i].inuse);
		assert_int_equal(g.offset, rows[i].offset);
		assert_int_equal(g.red_left_pad, rows[i].left);
	}
	assert_int_equal(sizeof(struct slab_track), 32);
}

static void objects_work_as_without(void **state)
{
	void *objects[500];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 500; i++) {
			objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
			assert_true(IS_ALIGNED((unsigned long)objects[i], 8));
			assert_null(memchr_inv(objects[i], POISON_FREE, 99));
			memset(objects[i], i, 100);
		}
		assert_true(validate_slab_cache(cache) > 20);
		for (int i = 0; i < 500; i++) {
			assert_null(memchr_inv(objects[i], i & 0xff, 100));
			kmem_cache_free(cache, objects[i]);
		}
		assert_int_equal(kmem_cache_verify(cache), 0);
	}
	objects[0] = kmem_cache_zalloc(cache, GFP_KERNEL);
	assert_null(memchr_inv(objects[0], 0, 100));
	kmem_cache_free(cache, objects[0]);
	assert_int_equal(slab_stats.overwritten, 0);
	assert_int_equal(host_log_count("BUG"), 0);
}

static void all_caches_may_be_checked_from_the_start(void **state)
{
	static const size_t sizes[] = {1, 8, 13, 64, 96, 100, 192, 1000, 4096, 8192, 30000};
	char *objects[ARRAY_SIZE(sizes)];

	(void)state;
	assert_true(kmalloc_caches[KMALLOC_NORMAL][6]->flags & SLAB_RED_ZONE);
	assert_true(kmem_cache->flags & SLAB_STORE_USER);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		objects[i] = kmalloc(sizes[i], GFP_KERNEL);
		memset(objects[i], 0x11, ksize(objects[i]));
		if (is_power_of_2(sizes[i]))
			assert_true(IS_ALIGNED((unsigned long)objects[i], sizes[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		kfree(objects[i]);
	assert_int_equal(slab_stats.overwritten, 0);
	assert_int_equal(kmem_cache_verify_all(), 0);
}

/* ---- What is overwritten ------------------------------------------------------------------ */

static void a_write_past_the_end_is_found_when_the_object_is_freed(void **state)
{
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL), *next;

	(void)state;
	memset(hidden(object), 0x33, 102);
	kmem_cache_free(cache, object);
	assert_int_equal(slab_stats.overwritten, 1);
	assert_true(logged("BUG checked (Not tainted): Right Redzone overwritten\n"));
	assert_true(logged("0x%lx-0x%lx @offset=%lu. First byte 0x33 instead of 0xcc\n",
			   (unsigned long)object + 100, (unsigned long)object + 101,
			   (unsigned long)object + 100 -
				   slab_address(virt_to_head_page(object)->slab)));
	assert_true(logged("Allocated in "));
	assert_true(logged(" age="));
	assert_true(logged(" objects=21 used=1 fp=0x"));
	assert_true(logged("Redzone  "));
	assert_true(logged("cc cc cc cc cc cc cc cc"));
	assert_true(logged("Padding  "));
	assert_true(logged("FIX checked: Restoring Right Redzone 0x%lx-0x%lx=0xcc\n",
			   (unsigned long)object + 100, (unsigned long)object + 101));
	assert_true(logged("FIX checked: Object at 0x%lx not freed\n", (unsigned long)object));

	/* It is still out; its neighbours go on. */
	next = kmem_cache_alloc(cache, GFP_KERNEL);
	assert_ptr_not_equal(next, object);
	kmem_cache_free(cache, next);
	kmem_cache_free(cache, object);
	assert_int_equal(slab_stats.overwritten, 1);
}

static void a_write_before_the_start_is_found(void **state)
{
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	(void)state;
	((u8 *)hidden(object))[-1] = 1;
	kmem_cache_free(cache, object);
	assert_true(logged("BUG checked (Not tainted): Left Redzone overwritten\n"));
	assert_true(logged("First byte 0x1 instead of 0xcc\n"));
	kmem_cache_free(cache, object);
	assert_int_equal(slab_stats.overwritten, 1);
}

static void a_write_to_a_free_object_is_found_when_it_is_handed_out(void **state)
{
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL), *next;

	(void)state;
	kmem_cache_free(cache, object);
	((u8 *)hidden(object))[40] = 0x77;
	next = kmem_cache_alloc(cache, GFP_KERNEL);
	assert_ptr_not_equal(next, object);
	assert_true(logged("BUG checked (Not tainted): Poison overwritten\n"));
	assert_true(logged("First byte 0x77 instead of 0x6b\n"));
	assert_true(logged("Allocated in ") && logged("Freed in "));
	assert_true(logged("FIX checked: Restoring Poison 0x%lx-0x%lx=0x6b\n",
			   (unsigned long)object + 40, (unsigned long)object + 40));
	kmem_cache_free(cache, next);
	/* It is kept from everybody, as if it were out. */
	kmem_cache_destroy(cache);
	assert_true(logged("Object 0x%lx @offset=", (unsigned long)object));
}

/* Frees an object, spoils a byte at @at from it, and lets validate look. */
static void spoil_free_object(long at, const char *report)
{
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	kmem_cache_free(cache, object);
	((u8 *)hidden(object))[at] ^= 0x10;
	validate_slab_cache(cache);
	assert_int_equal(slab_stats.overwritten, 1);
	assert_true(logged("BUG checked (Not tainted): %s\n", report));
}

static void validate_finds_a_write_to_the_last_byte(void **state)
{
	(void)state;
	spoil_free_object(99, "End Poison overwritten");
}

static void validate_finds_a_write_to_a_red_zone(void **state)
{
	(void)state;
	spoil_free_object(100, "Right Redzone overwritten");
}

static void validate_finds_a_write_to_the_link(void **state)
{
	(void)state;
	spoil_free_object(104, "Freepointer corrupt");
}

static void validate_finds_a_write_to_the_padding(void **state)
{
	(void)state;
	spoil_free_object(104 + 8 + 64, "Object padding overwritten");
}

static void a_write_behind_the_last_object_of_a_slab_is_found(void **state)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);
	struct slab *slab = virt_to_head_page(object)->slab;
	u8 *rest = (u8 *)slab_address(slab) + slab->objects * cache->size;

	(void)state;
	rest[3] = 0;
	rest[5] = 0;
	kmem_cache_free(cache, object);
	assert_true(logged("BUG checked (Not tainted): Padding overwritten. 0x%lx-0x%lx @offset=",
			   (unsigned long)rest + 3, (unsigned long)rest + 5));
	assert_true(logged("FIX checked: Restoring slab padding"));
	kmem_cache_free(cache, object);
}

static void the_second_report_says_that_there_was_one(void **state)
{
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	(void)state;
	for (int i = 0; i < 2; i++) {
		((u8 *)hidden(object))[100] = 0;
		validate_slab_cache(cache);
	}
	assert_int_equal(slab_stats.overwritten, 2);
	assert_true(logged("BUG checked (Tainted: G    B "));
	kmem_cache_free(cache, object);
}

/* ---- Mistakes -------------------------------------------------------------------------------- */

static noinline void *allocate_here(void)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	barrier();
	return object;
}

static void a_second_free_names_who_had_the_object(void **state)
{
	void *object = allocate_here();

	(void)state;
	kmem_cache_free(cache, object);
	host_log_clear();
	kmem_cache_free(cache, hidden(object));
	assert_int_equal(slab_stats.double_free, 1);
	assert_true(logged("BUG checked (Not tainted): Object already free\n"));
	assert_true(logged("Allocated in "));
	assert_true(logged("Freed in "));
	assert_true(logged("FIX checked: Object at 0x%lx not freed\n", (unsigned long)object));
}

static void the_red_zone_is_no_object(void **state)
{
	char *object = kmem_cache_alloc(cache, GFP_KERNEL);

	(void)state;
	kmem_cache_free(cache, hidden(object - 8));
	kfree(hidden(object + 100));
	assert_int_equal(slab_stats.misaligned_free, 2);
	kmem_cache_free(cache, object);
}

static void destroy_tells_from_where_an_object_is(void **state)
{
	void *object = allocate_here();

	(void)state;
	kmem_cache_destroy(cache);
	assert_true(logged("checked: Slab cache still has objects when called from"));
	assert_true(logged("Object 0x%lx @offset=", (unsigned long)object));
	assert_true(logged("Allocated in "));
	kmem_cache_free(cache, object);
}

/* ---- The option --------------------------------------------------------------------------------- */

#define F SLAB_CONSISTENCY_CHECKS
#define Z SLAB_RED_ZONE
#define P SLAB_POISON
#define U SLAB_STORE_USER
#define T SLAB_TRACE
#define A SLAB_FAILSLAB

static void the_option_has_linux_syntax(void **state)
{
	static const struct {
		const char *option, *name;
		slab_flags_t flags;
	} rows[] = {
		{"", "any", F | Z | P | U},
		{"-", "any", 0},
		{"FZ", "any", F | Z},
		{"fzputa", "any", F | Z | P | U | T | A},
		{",dentry", "dentry", F | Z | P | U},
		{",dentry", "any", 0},
		{"P,dentry,kmalloc-*", "kmalloc-8k", P},
		{"P,dentry,kmalloc-*", "dma-kmalloc-8k", 0},
		{"P,dentry", "dentry2", 0},
		{"P,den*", "dentry2", P},
		{"FZ,dentry,kmalloc-*;P,other", "kmalloc-64", F | Z},
		{"FZ,dentry,kmalloc-*;P,other", "other", P},
		{"FZ,dentry,kmalloc-*;P,other", "any", 0},
		{"FZ;-,quiet", "quiet", 0},
		{"FZ;-,quiet", "any", F | Z},
		{"U,one;Z", "one", U},
		{"U,one;Z", "any", Z},
		{"P,one;", "one", P},
		{"P,one;", "any", 0},
		{";;FZ;;;P,one;;", "one", P},
		{";;FZ;;;P,one;;", "any", F | Z},
		{"Z;,one", "one", F | Z | P | U},
		{"Z;,one", "any", Z},
		{";", "any", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		give(rows[i].option, 0);
		if (slab_debug_flags(rows[i].name, 0) != rows[i].flags)
			fail_msg("slub_debug=%s: %s has 0x%x", rows[i].option, rows[i].name,
				 slab_debug_flags(rows[i].name, 0));
	}
	assert_int_equal(slub_debug_parse_option(NULL), 0);
	assert_int_equal(slab_debug_flags("any", SLAB_PANIC), SLAB_PANIC | F | Z | P | U);
}

static void an_unknown_letter_is_named_and_skipped(void **state)
{
	(void)state;
	give("FxZ", 0);
	assert_int_equal(slab_debug_flags("any", 0), F | Z);
	assert_int_equal(host_log_count("slub_debug option 'x' unknown. skipped\n"), 1);
}

static void o_keeps_slabs_from_growing(void **state)
{
	struct kmem_cache *small, *page;

	(void)state;
	give("FZO", 0);
	small = kmem_cache_create("small", 100, 0, 0, NULL);
	page = kmem_cache_create("page", 4096, 0, 0, NULL);
	assert_int_equal(small->flags & (F | Z), F | Z);
	assert_int_equal(page->flags & (F | Z), F);
	assert_int_equal(page->size, 4096);
	kmem_cache_destroy(small);
	kmem_cache_destroy(page);
}

static void caches_of_tools_have_what_they_ask_for(void **state)
{
	(void)state;
	give("FZU;P,named", 0);
	assert_int_equal(slab_debug_flags("own", SLAB_NO_USER_FLAGS | Z), SLAB_NO_USER_FLAGS | Z);
	assert_int_equal(slab_debug_flags("named", SLAB_NO_USER_FLAGS), SLAB_NO_USER_FLAGS);
	assert_int_equal(slab_debug_flags("any", SLAB_NOLEAKTRACE), SLAB_NOLEAKTRACE | F | Z);
	give("U,named", 0);
	assert_int_equal(slab_debug_flags("named", SLAB_NOLEAKTRACE), SLAB_NOLEAKTRACE | U);
}

static void checked_caches_merge_with_none(void **state)
{
	struct kmem_cache *first, *second;

	(void)state;
	give("Z,second", 0);
	first = kmem_cache_create("first", 100, 0, 0, NULL);
	second = kmem_cache_create("second", 100, 0, 0, NULL);
	assert_ptr_not_equal(first, second);
	kmem_cache_destroy(second);
	kmem_cache_destroy(first);
}

static void poison_goes_before_zeroes(void **state)
{
	char on[] = "1";
	struct kmem_cache *s;
	u8 *object;

	(void)state;
	init_on_alloc_parse_option(on);
	init_on_free_parse_option(on);
	give("FZ;P,poisoned", 0);
	init_mem_debugging_and_hardening();
	assert_false(logged("SLAB_POISON will take precedence"));
	give("FP", 0);
	init_mem_debugging_and_hardening();
	assert_int_equal(host_log_count("mem auto-init: SLAB_POISON will take precedence over "
					"init_on_alloc/init_on_free\n"),
			 1);

	s = kmem_cache_create("poisoned", 64, 0, 0, NULL);
	object = kmem_cache_alloc(s, GFP_KERNEL);
	assert_null(memchr_inv(object, POISON_FREE, 63));
	kmem_cache_free(s, object);
	assert_null(memchr_inv(object, POISON_FREE, 63));
	object = kmem_cache_zalloc(s, GFP_KERNEL);
	assert_null(memchr_inv(object, 0, 64));
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

static void a_trace_names_each_call(void **state)
{
	struct kmem_cache *s;
	void *object;

	(void)state;
	give("T,traced", 0);
	s = kmem_cache_create("traced", 40, 0, 0, NULL);
	object = kmem_cache_alloc(s, GFP_KERNEL);
	assert_true(logged("TRACE traced alloc 0x%lx inuse=", (unsigned long)object));
	assert_true(logged("a_trace_names_each_call+0x"));
	host_log_clear();
	memset(object, 'x', 40);
	kmem_cache_free(s, object);
	assert_true(logged("TRACE traced free 0x%lx inuse=", (unsigned long)object));
	assert_true(logged("Object   %016lx: 78 78 78 78 78", (unsigned long)object + 16));
	assert_true(logged("Object   %016lx: 78 78 78 78 78 78 78 78     ",
			   (unsigned long)object + 32));
	assert_true(logged("a_trace_names_each_call+0x"));
	kmem_cache_destroy(s);
}

/* Each flag alone and all together, over sizes, with a constructor and without. */
static void construct(void *object)
{
	memset(object, 0x29, 8);
}

static void every_combination_of_flags_works(void **state)
{
	static const unsigned int sizes[] = {1, 8, 24, 100, 1000, 5000};
	static const slab_flags_t sets[] = {F, Z, P, U, F | Z, F | P, F | U, F | Z | P | U};
	void *objects[40];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(sizes) * ARRAY_SIZE(sets) * 3; n++) {
		slab_flags_t flags =
			sets[n % ARRAY_SIZE(sets)] | (n % 3 == 2 ? SLAB_TYPESAFE_BY_RCU : 0);
		unsigned int size = sizes[n / ARRAY_SIZE(sets) % ARRAY_SIZE(sizes)];
		struct kmem_cache *s = kmem_cache_create(
			"combined", size, 0, flags, n % 3 == 1 && size >= 8 ? construct : NULL);

		for (int round = 0; round < 2; round++) {
			for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
				objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
				if (s->ctor)
					assert_null(memchr_inv(objects[i], 0x29, 8));
				else
					memset(objects[i], (int)i, size);
			}
			validate_slab_cache(s);
			assert_int_equal(kmem_cache_verify(s), 0);
			for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
				kmem_cache_free(s, objects[i]);
			validate_slab_cache(s);
		}
		kmem_cache_destroy(s);
	}
	assert_int_equal(slab_stats.overwritten, 0);
	assert_int_equal(host_log_count("BUG"), 0);
	assert_int_equal(host_log_count("still has objects"), 0);
}

#define debug_test(f) cmocka_unit_test_setup_teardown(f, make_debug, end_restored)
#define plain_test(f) cmocka_unit_test_setup_teardown(f, make_plain, end_restored)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_have_linux_room_around_them),
		debug_test(objects_work_as_without),
		cmocka_unit_test_setup_teardown(all_caches_may_be_checked_from_the_start,
						make_debug_from_the_start, end_restored),
		debug_test(a_write_past_the_end_is_found_when_the_object_is_freed),
		debug_test(a_write_before_the_start_is_found),
		debug_test(a_write_to_a_free_object_is_found_when_it_is_handed_out),
		debug_test(validate_finds_a_write_to_the_last_byte),
		debug_test(validate_finds_a_write_to_a_red_zone),
		debug_test(validate_finds_a_write_to_the_link),
		debug_test(validate_finds_a_write_to_the_padding),
		debug_test(a_write_behind_the_last_object_of_a_slab_is_found),
		debug_test(the_second_report_says_that_there_was_one),
		debug_test(a_second_free_names_who_had_the_object),
		debug_test(the_red_zone_is_no_object),
		debug_test(destroy_tells_from_where_an_object_is),
		plain_test(the_option_has_linux_syntax),
		plain_test(an_unknown_letter_is_named_and_skipped),
		plain_test(o_keeps_slabs_from_growing),
		plain_test(caches_of_tools_have_what_they_ask_for),
		plain_test(checked_caches_merge_with_none),
		plain_test(poison_goes_before_zeroes),
		plain_test(a_trace_names_each_call),
		plain_test(every_combination_of_flags_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
