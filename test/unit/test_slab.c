/* SPDX-License-Identifier: MIT */
/* Slab caches: what their users see, from creation to destruction. */
#include "slab_machine.h"
#include "mm/slab.h"

#include <linux/seq_file.h>
#include <stdio.h>

/* ---- Bring-up --------------------------------------------------------------- */

static void bring_up_says_what_linux_says(void **state)
{
	(void)state;
	assert_true(
		host_log_contains("SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=1, Nodes=1\n"));
	assert_true(slab_is_available());
}

static void the_first_caches_move_out_of_static_memory(void **state)
{
	(void)state;
	assert_true(PageSlab(virt_to_head_page(kmem_cache)));
	assert_true(PageSlab(virt_to_head_page(kmem_cache_node)));
	assert_ptr_equal(virt_to_page(kmem_cache)->slab->cache, kmem_cache);
	assert_string_equal(kmem_cache_name(kmem_cache), "kmem_cache");
}

/* ---- Objects ----------------------------------------------------------------- */

static void objects_are_apart_and_aligned(void **state)
{
	void *objects[300];

	(void)state;
	for (unsigned int align = 8; align <= 4096; align *= 4) {
		struct kmem_cache *s = kmem_cache_create("aligned", 40, align, 0, NULL);

		fill(s, objects, 300);
		for (int i = 0; i < 300; i++) {
			assert_true(IS_ALIGNED((unsigned long)objects[i], align));
			memset(objects[i], i, 40);
		}
		for (int i = 0; i < 300; i++)
			assert_null(memchr_inv(objects[i], i & 0xff, 40));
		empty(s, objects, 300);
		kmem_cache_destroy(s);
	}
}

struct sample {
	u64 words[3];
	u8 byte;
} __aligned(32);

static void kmem_cache_macro_takes_name_size_and_alignment(void **state)
{
	struct kmem_cache *s = KMEM_CACHE(sample, SLAB_HWCACHE_ALIGN);

	(void)state;
	assert_string_equal(kmem_cache_name(s), "sample");
	assert_int_equal(kmem_cache_size(s), sizeof(struct sample));
	kmem_cache_destroy(s);
}

static void zalloc_zeroes_an_object_that_was_used(void **state)
{
	struct kmem_cache *s = make_cache("zeroed", 200);

	(void)state;
	for (int i = 0; i < 50; i++) {
		void *object = kmem_cache_zalloc(s, GFP_KERNEL);

		assert_null(memchr_inv(object, 0, 200));
		memset(object, 0xff, 200);
		kmem_cache_free(s, object);
	}
	kmem_cache_destroy(s);
}

static void init_on_alloc_zeroes_for_everybody(void **state)
{
	char on[] = "1";
	struct kmem_cache *s;
	void *object;

	(void)state;
	init_on_alloc_parse_option(on);
	s = make_cache("zeroed", 200);
	for (int i = 0; i < 50; i++) {
		object = kmem_cache_alloc(s, GFP_KERNEL);
		assert_null(memchr_inv(object, 0, 200));
		memset(object, 0xff, 200);
		kmem_cache_free(s, object);
	}
	kmem_cache_destroy(s);
}

static unsigned int constructed;

static void construct(void *object)
{
	constructed++;
	memset(object, 0x77, 96);
}

static void constructor_runs_once_for_each_object_and_its_work_is_kept(void **state)
{
	struct kmem_cache *s = kmem_cache_create("built", 96, 0, 0, construct);
	void *objects[100];

	(void)state;
	constructed = 0;
	for (int round = 0; round < 3; round++) {
		fill(s, objects, 100);
		for (int i = 0; i < 100; i++)
			assert_null(memchr_inv(objects[i], 0x77, 96));
		empty(s, objects, 100);
	}
	assert_int_equal(constructed, DIV_ROUND_UP(100, s->oo.objects) * s->oo.objects);
	kmem_cache_destroy(s);
}

static void what_came_back_is_handed_out_when_the_stash_is_empty(void **state)
{
	struct kmem_cache *s = make_cache("turns", 64);
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	void *objects[64];

	(void)state;
	assert_int_equal(s->oo.objects, 64);
	fill(s, objects, 64);
	empty(s, objects, 40);
	assert_int_equal(slab_nr_back(c), 40);
	for (unsigned int i = 40; i--;)
		assert_ptr_equal(kmem_cache_alloc(s, GFP_KERNEL), objects[i]);
	empty(s, objects, 64);
	kmem_cache_destroy(s);
}

static void the_object_allocated_last_is_handed_out_again(void **state)
{
	struct kmem_cache *s = make_cache("again", 64);
	void *objects[64], *last;

	(void)state;
	fill(s, objects, 64);
	empty(s, objects, 40);
	last = kmem_cache_alloc(s, GFP_KERNEL);
	for (int i = 0; i < 3; i++) {
		kmem_cache_free(s, last);
		assert_ptr_equal(kmem_cache_alloc(s, GFP_KERNEL), last);
	}
	kmem_cache_free(s, last);
	empty(s, objects + 40, 24);
	kmem_cache_destroy(s);
}

static void objects_that_the_stash_has_no_room_for_go_to_their_slab_together(void **state)
{
	struct kmem_cache *s = make_cache("company", 512);
	unsigned int nr = s->oo.objects, slabs = 30;
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	void *objects[30 * 8];

	(void)state;
	assert_int_equal(nr, 8);
	fill(s, objects, slabs * nr);
	empty(s, objects, 20 * nr);
	assert_ptr_equal(c->freed.slab, virt_to_head_page(objects[20 * nr - 1])->slab);
	assert_int_equal(c->freed.nr, nr);
	assert_int_equal(kmem_cache_verify(s), 0);
	fill(s, objects, 20 * nr);
	assert_int_equal(atomic_long_read(&get_node(s, 0)->nr_slabs), slabs);
	assert_null(c->freed.slab);
	empty(s, objects, slabs * nr);
	kmem_cache_destroy(s);
}

static void objects_freed_at_random_go_through_the_stash(void **state)
{
	struct kmem_cache *s = make_cache("scattered", 512);
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	void *objects[30 * 8];

	(void)state;
	fill(s, objects, 240);
	for (unsigned int step = 0; step < 7; step++)
		for (unsigned int i = step; i < 240; i += 7)
			kmem_cache_free(s, objects[i]);
	assert_null(c->freed.slab);
	assert_true(slab_nr_back(c) > 8 && slab_nr_back(c) <= 66);
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_shrink(s);
	assert_int_equal(slab_nr_stashed(c) + slab_nr_back(c), 0);
	assert_int_equal(atomic_long_read(&get_node(s, 0)->nr_slabs), 0);
	kmem_cache_destroy(s);
}

/* Each free is of another slab than the one before. */
static void free_across_slabs(struct kmem_cache *s, void **objects, unsigned int slabs)
{
	for (unsigned int i = 0; i < s->oo.objects; i++)
		for (unsigned int slab = 0; slab < slabs; slab++)
			kmem_cache_free(s, objects[slab * s->oo.objects + i]);
}

static void a_stash_that_overflows_grows_to_a_part_of_ram(void **state)
{
	struct kmem_cache *s = make_cache("grows", 64);
	long pages = atomic_long_read(&slab_record_pages);
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	unsigned int nr = s->oo.objects, slabs = 32, first;
	static void *objects[32 * 64];

	(void)state;
	assert_int_equal(nr, 64);
	fill(s, objects, slabs * nr);
	empty(s, objects, 1);
	first = c->capacity;
	objects[0] = kmem_cache_alloc(s, GFP_KERNEL);
	free_across_slabs(s, objects, slabs);
	assert_true(c->capacity > 2 * first);
	assert_int_equal(c->capacity, totalram_pages() * PAGE_SIZE / 2048 / 64);
	assert_int_equal(kmem_cache_verify(s), 0);
	fill(s, objects, slabs * nr);
	assert_int_equal(kmem_cache_verify(s), 0);
	free_across_slabs(s, objects, slabs);
	kmem_cache_shrink(s);
	assert_int_equal(atomic_long_read(&slab_record_pages), pages);
	kmem_cache_destroy(s);
}

static void new_slabs_hand_out_objects_in_a_random_order(void **state)
{
	struct kmem_cache *s = make_cache("shuffled", 64);
	unsigned int ascending = 0, nr = s->oo.objects;
	void *objects[256];

	(void)state;
	assert_int_equal(nr, 64);
	fill(s, objects, nr);
	for (unsigned int i = 1; i < nr; i++)
		ascending += (char *)objects[i] == (char *)objects[i - 1] + 64;
	assert_true(ascending < nr / 4);
	empty(s, objects, nr);
	kmem_cache_destroy(s);
}

static void free_objects_are_left_as_they_were(void **state)
{
	struct kmem_cache *s = make_cache("untouched", 64);
	void *objects[200];

	(void)state;
	fill(s, objects, 200);
	for (int i = 0; i < 200; i++)
		memset(objects[i], i, 64);
	for (int i = 0; i < 200; i += 2)
		kmem_cache_free(s, objects[i]);
	for (int i = 0; i < 200; i += 2)
		assert_null(memchr_inv(objects[i], i, 64));
	for (int i = 1; i < 200; i += 2)
		kmem_cache_free(s, objects[i]);
	kmem_cache_destroy(s);
}

static void init_on_free_leaves_nothing_to_read(void **state)
{
	char on[] = "1";
	struct kmem_cache *s, *built;
	void *objects[200];

	(void)state;
	init_on_free_parse_option(on);
	s = make_cache("cleared", 64);
	fill(s, objects, 200);
	for (int i = 0; i < 200; i++) {
		memset(objects[i], 0x5c, 64);
		kmem_cache_free(s, objects[i]);
		assert_null(memchr_inv(objects[i], 0, 64));
	}
	kmem_cache_free(s, objects[7]);
	assert_int_equal(slab_stats.double_free, 1);
	assert_int_equal(kmem_cache_verify(s), 0);
	fill(s, objects, 200);
	empty(s, objects, 200);
	kmem_cache_destroy(s);

	/* Nor of what ksize() permits to use. */
	s = make_cache("odd", 57);
	objects[0] = kmem_cache_alloc(s, GFP_KERNEL);
	assert_int_equal(ksize(objects[0]), 64);
	memset(objects[0], 0x5c, 64);
	kmem_cache_free(s, objects[0]);
	assert_null(memchr_inv(objects[0], 0, 64));
	kmem_cache_destroy(s);

	/* What a constructor wrote is kept. */
	built = kmem_cache_create("built", 96, 0, 0, construct);
	fill(built, objects, 3);
	empty(built, objects, 3);
	fill(built, objects, 3);
	assert_null(memchr_inv(objects[0], 0x77, 96));
	empty(built, objects, 3);
	kmem_cache_destroy(built);
}

/* ---- Creation and destruction ------------------------------------------------------ */

static void bad_arguments_make_no_cache(void **state)
{
	unsigned long before = all_free_pages();

	(void)state;
	assert_null(kmem_cache_create(NULL, 8, 0, 0, NULL));
	assert_null(kmem_cache_create("", 8, 0, 0, NULL));
	assert_null(kmem_cache_create("nothing", 0, 0, 0, NULL));
	assert_null(kmem_cache_create("huge", KMALLOC_MAX_SIZE + 1, 0, 0, NULL));
	assert_null(kmem_cache_create("odd", 8, 24, 0, NULL));
	assert_null(kmem_cache_create("flags", 8, 0, 0x80000000u, NULL));
	assert_null(kmem_cache_create("both", 8, 0, SLAB_CACHE_DMA | SLAB_CACHE_DMA32, NULL));
	assert_int_equal(host_log_count("failed with error -22"), 7);
	assert_int_equal(all_free_pages(), before);
}

static void create_or_panic(void *arg)
{
	(void)arg;
	kmem_cache_create("vital", 0, 0, SLAB_PANIC, NULL);
}

static void slab_panic_panics_where_creation_fails(void **state)
{
	const char *why = host_expect_panic(create_or_panic, NULL);

	(void)state;
	assert_non_null(why);
	assert_non_null(strstr(why, "Failed to create slab 'vital'. Error -22"));
}

static void names_are_copied(void **state)
{
	char name[] = "mortal";
	struct kmem_cache *s = make_cache(name, 8);

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	assert_string_equal(kmem_cache_name(s), "mortal");
	kmem_cache_destroy(s);
}

static void destroy_names_the_objects_that_are_left_and_keeps_the_cache(void **state)
{
	struct kmem_cache *s = make_cache("leaky", 128);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);
	char line[64];

	(void)state;
	kmem_cache_destroy(s);
	assert_int_equal(host_log_count("leaky: Slab cache still has objects when called from"), 1);
	snprintf(line, sizeof(line), "Object 0x%lx @offset=", (unsigned long)object);
	assert_true(host_log_contains(line));
	assert_int_equal(host_log_count("@offset="), 1);

	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
	assert_int_equal(host_log_count("still has objects"), 1);
}

static void the_caches_of_all_others_cannot_be_destroyed(void **state)
{
	(void)state;
	kmem_cache_destroy(NULL);
	kmem_cache_destroy(kmem_cache);
	kmem_cache_destroy(kmalloc_caches[KMALLOC_NORMAL][7]);
	assert_int_equal(host_log_count("is needed by all others, kept"), 2);
}

static void hundreds_of_caches_may_live_at_once(void **state)
{
	struct kmem_cache *caches[200];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 200; i++)
			caches[i] = make_cache("one of many", 8 + 8 * (unsigned int)i);
		assert_int_equal(kmem_cache_verify_all(), 0);
		for (int i = 0; i < 200; i++)
			kmem_cache_destroy(caches[i]);
	}
}

static void destroy_names_objects_of_full_slabs_too(void **state)
{
	struct kmem_cache *s = make_cache("leaky", 1024);
	void *objects[40];

	(void)state;
	fill(s, objects, 40);
	kmem_cache_destroy(s);
	assert_int_equal(host_log_count("@offset="), 40);
	empty(s, objects, 40);
	kmem_cache_destroy(s);
	assert_int_equal(host_log_count("still has objects"), 1);
}

/* ---- Dump ----------------------------------------------------------------------------- */

static void slabinfo_has_the_format_of_proc(void **state)
{
	static char text[16384];
	struct kmem_cache *s = make_cache("shown", 256);
	void *objects[17];
	struct seq_file m;
	struct seq_text sb;

	(void)state;
	fill(s, objects, 17);
	seq_text_init(&m, &sb, text, sizeof(text));
	slabinfo_show(&m);
	assert_int_equal(sb.dropped, 0);
	assert_ptr_equal(strstr(text, "slabinfo - version: 2.1\n# name            <active_objs> "
				      "<num_objs> <objsize> <objperslab> <pagesperslab> : tunables "
				      "<limit> <batchcount> <sharedfactor> : slabdata "
				      "<active_slabs> <num_slabs> <sharedavail>\nshown  "),
			 text);
	assert_non_null(strstr(text,
			       "\nshown                 32     32    256   16    1 : tunables "
			       "   0    0    0 : slabdata      2      2      0\n"));
	assert_non_null(strstr(text, "\ndma-kmalloc-8k "));
	assert_non_null(strstr(text, "\nkmalloc-rcl-96 "));
	assert_non_null(strstr(text, "\nkmem_cache_node "));
	empty(s, objects, 17);
	kmem_cache_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		slab_test(bring_up_says_what_linux_says),
		slab_test(the_first_caches_move_out_of_static_memory),
		slab_test(objects_are_apart_and_aligned),
		slab_test(kmem_cache_macro_takes_name_size_and_alignment),
		slab_test(zalloc_zeroes_an_object_that_was_used),
		slab_test(init_on_alloc_zeroes_for_everybody),
		slab_test(constructor_runs_once_for_each_object_and_its_work_is_kept),
		slab_test(what_came_back_is_handed_out_when_the_stash_is_empty),
		slab_test(the_object_allocated_last_is_handed_out_again),
		slab_test(objects_that_the_stash_has_no_room_for_go_to_their_slab_together),
		slab_test(objects_freed_at_random_go_through_the_stash),
		slab_test(a_stash_that_overflows_grows_to_a_part_of_ram),
		slab_test(new_slabs_hand_out_objects_in_a_random_order),
		slab_test(free_objects_are_left_as_they_were),
		slab_test(init_on_free_leaves_nothing_to_read),
		slab_test(bad_arguments_make_no_cache),
		slab_test(slab_panic_panics_where_creation_fails),
		slab_test(names_are_copied),
		slab_test(destroy_names_the_objects_that_are_left_and_keeps_the_cache),
		slab_test(the_caches_of_all_others_cannot_be_destroyed),
		slab_test(hundreds_of_caches_may_live_at_once),
		slab_test(destroy_names_objects_of_full_slabs_too),
		slab_test(slabinfo_has_the_format_of_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
