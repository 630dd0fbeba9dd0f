/* SPDX-License-Identifier: MIT */
/* Slab caches: what their users see, and that all memory comes back. */
#include "slab_machine.h"
#include "mm/slab.h"

#include <linux/seq_file.h>
#include <linux/topology.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int make_four_cpus(void **state)
{
	(void)state;
	nr_cpu_ids = 4;
	slab_machine_make(SZ_64M, 1);
	return 0;
}

static struct kmem_cache *make_cache(const char *name, unsigned int size)
{
	struct kmem_cache *s = kmem_cache_create(name, size, 0, 0, NULL);

	assert_non_null(s);
	return s;
}

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
	assert_ptr_equal(slab_page_cache(virt_to_head_page(kmem_cache)), kmem_cache);
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

static void an_object_freed_last_is_handed_out_first(void **state)
{
	struct kmem_cache *s = make_cache("lifo", 64);
	void *a = kmem_cache_alloc(s, GFP_KERNEL);
	void *b = kmem_cache_alloc(s, GFP_KERNEL);

	(void)state;
	kmem_cache_free(s, a);
	kmem_cache_free(s, b);
	assert_ptr_equal(kmem_cache_alloc(s, GFP_KERNEL), b);
	assert_ptr_equal(kmem_cache_alloc(s, GFP_KERNEL), a);
	kmem_cache_free(s, a);
	kmem_cache_free(s, b);
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
	assert_true(slab_nr_stashed(c) > 8 && slab_nr_stashed(c) <= 66);
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_shrink(s);
	assert_int_equal(slab_nr_stashed(c), 0);
	assert_int_equal(atomic_long_read(&get_node(s, 0)->nr_slabs), 0);
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

	/* What a constructor wrote is kept. */
	built = kmem_cache_create("built", 96, 0, 0, construct);
	fill(built, objects, 3);
	empty(built, objects, 3);
	fill(built, objects, 3);
	assert_null(memchr_inv(objects[0], 0x77, 96));
	empty(built, objects, 3);
	kmem_cache_destroy(built);
}

/* ---- Where memory comes from and goes to ---------------------------------------- */

static void destroy_gives_all_pages_back(void **state)
{
	unsigned long before = all_free_pages();
	struct kmem_cache *s = make_cache("short-lived", 500);
	void *objects[1000];

	(void)state;
	fill(s, objects, 1000);
	assert_true(all_free_pages() < before - 100);
	empty(s, objects, 1000);
	kmem_cache_destroy(s);
	kmem_cache_shrink_all();
	assert_true(all_free_pages() + 2 >= before);
	assert_int_equal(host_log_count("BUG"), 0);
}

static void slab_pages_are_counted_by_kind(void **state)
{
	atomic_long_t *stat = NODE_DATA(0)->vm_stat;
	long reclaimable = atomic_long_read(&stat[NR_SLAB_RECLAIMABLE]);
	struct kmem_cache *s = kmem_cache_create("inodes", 1024, 0, SLAB_RECLAIM_ACCOUNT, NULL);
	void *objects[80];

	(void)state;
	fill(s, objects, 80);
	assert_int_equal(atomic_long_read(&stat[NR_SLAB_RECLAIMABLE]), reclaimable + 20);
	assert_true(atomic_long_read(&stat[NR_SLAB_UNRECLAIMABLE]) > 0);
	empty(s, objects, 80);
	kmem_cache_destroy(s);
	assert_int_equal(atomic_long_read(&stat[NR_SLAB_RECLAIMABLE]), reclaimable);
}

/* Allocates objects until there are no more, linked through their first word. */
static unsigned long allocate_all(struct kmem_cache *s, void **chain)
{
	unsigned long count = 0;
	void **object;

	while ((object = kmem_cache_alloc(s, GFP_QUIET))) {
		*object = *chain;
		*chain = object;
		count++;
	}
	return count;
}

static void free_all(struct kmem_cache *s, void *chain)
{
	while (chain) {
		void *next = *(void **)chain;

		kmem_cache_free(s, chain);
		chain = next;
	}
}

static void exhaustion_gives_null_and_all_comes_back(void **state)
{
	unsigned long before = 0, count[2];
	struct kmem_cache *s = make_cache("greedy", 1000);

	(void)state;
	/* The first round makes what the page allocator makes on demand. */
	for (int round = 0; round < 2; round++) {
		void *chain = NULL;

		before = all_free_pages();
		count[round] = allocate_all(s, &chain);
		assert_true(count[round] > 10000);
		assert_null(kmem_cache_alloc(s, GFP_QUIET));
		assert_int_equal(kmem_cache_verify(s), 0);
		free_all(s, chain);
		kmem_cache_shrink(s);
	}
	assert_int_equal(all_free_pages(), before);
	assert_int_equal(count[0], count[1]);
	kmem_cache_destroy(s);
}

static void a_small_slab_serves_where_no_large_block_is_free(void **state)
{
	struct kmem_cache *s = make_cache("two pages", 1024);
	struct page *page, *kept = NULL;
	LIST_HEAD(pages);
	void *object;

	(void)state;
	assert_int_equal(s->oo.order, 1);
	assert_int_equal(s->min.order, 0);
	while ((page = alloc_pages_node(NUMA_NO_NODE, GFP_QUIET, 0)))
		list_add(&page->lru, &pages);
	kept = list_first_entry(&pages, struct page, lru);
	list_del(&kept->lru);
	__free_pages(kept, 0);

	object = kmem_cache_alloc(s, GFP_QUIET);
	assert_non_null(object);
	assert_ptr_equal(virt_to_head_page(object), kept);
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_free(s, object);
	assert_int_equal(kmem_cache_shrink(s), 0);
	while (!list_empty(&pages)) {
		page = list_first_entry(&pages, struct page, lru);
		list_del(&page->lru);
		__free_pages(page, 0);
	}
	kmem_cache_destroy(s);
}

static void shrink_gives_back_empty_slabs_and_sorts_the_others(void **state)
{
	struct kmem_cache *s = make_cache("sorted", 512);
	unsigned int per_slab = s->oo.objects, i, last = 0;
	void *objects[40 * 8];
	struct page *page;

	(void)state;
	fill(s, objects, 40 * per_slab);
	/* Slab i keeps i % 8 objects, and the empty ones go. */
	for (i = 0; i < 40 * per_slab; i++)
		if (i % per_slab >= i / per_slab % 8)
			kmem_cache_free(s, objects[i]);
	assert_int_equal(kmem_cache_shrink(s), 1);
	assert_int_equal(atomic_long_read(&get_node(s, 0)->nr_slabs), 35);

	last = per_slab;
	list_for_each_entry (page, &get_node(s, 0)->partial, slab_list) {
		assert_true(page->slab->inuse <= last && page->slab->inuse > 0);
		last = page->slab->inuse;
	}
	for (i = 0; i < 40 * per_slab; i++)
		if (i % per_slab < i / per_slab % 8)
			kmem_cache_free(s, objects[i]);
	assert_int_equal(kmem_cache_shrink(s), 0);
	kmem_cache_destroy(s);
}

/* ---- Nodes and CPUs -------------------------------------------------------------- */

static void an_object_comes_from_the_node_asked_for(void **state)
{
	struct kmem_cache *s = make_cache("near", 256);
	void *objects[100];

	(void)state;
	for (int i = 0; i < 100; i++) {
		objects[i] = kmem_cache_alloc_node(s, GFP_KERNEL, i % 2);
		assert_int_equal(page_to_nid(virt_to_head_page(objects[i])), i % 2);
	}
	assert_int_equal(kmem_cache_verify(s), 0);
	empty(s, objects, 100);
	/* No such node: any other. */
	objects[0] = kmem_cache_alloc_node(s, GFP_KERNEL, 77);
	assert_non_null(objects[0]);
	kmem_cache_free(s, objects[0]);
	kmem_cache_destroy(s);
}

static void a_full_node_is_helped_by_another_unless_thisnode(void **state)
{
	struct kmem_cache *s = make_cache("far", 4096);
	void *chain = NULL, **object;

	(void)state;
	while ((object = kmem_cache_alloc_node(s, GFP_QUIET | __GFP_THISNODE, 1))) {
		assert_int_equal(page_to_nid(virt_to_head_page(object)), 1);
		*object = chain;
		chain = object;
	}
	object = kmem_cache_alloc_node(s, GFP_QUIET, 1);
	assert_non_null(object);
	assert_int_equal(page_to_nid(virt_to_head_page(object)), 0);
	kmem_cache_free(s, object);
	free_all(s, chain);
	kmem_cache_destroy(s);
}

static void other_cpus_free_into_the_slab_that_a_cpu_uses(void **state)
{
	struct kmem_cache *s = make_cache("remote", 64);
	void *objects[64];

	(void)state;
	fill(s, objects, 40);
	host_set_cpu(1);
	empty(s, objects, 30);
	assert_int_equal(kmem_cache_verify(s), 0);
	host_set_cpu(0);
	empty(s, objects + 30, 10);

	/* CPU 0 finds again what CPU 1 freed, before it takes another slab. */
	fill(s, objects, 64);
	assert_int_equal(atomic_long_read(&get_node(s, 0)->nr_slabs), 1);
	empty(s, objects, 64);
	assert_int_equal(kmem_cache_verify(s), 0);
	kmem_cache_destroy(s);
}

#define RING_SLOTS 256
static void *ring[RING_SLOTS];
static struct kmem_cache *shared;

/* Puts new objects into slots that all share, and frees what was there. */
static void *exchange_objects(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg * 7919 + 1;
	u64 *object;

	host_set_cpu((int)(uintptr_t)arg);
	for (int i = 0; i < 20000; i++) {
		object = kmem_cache_alloc(shared, GFP_KERNEL);
		if (!object)
			return arg;
		object[0] = object[7] = (unsigned long)object;
		seed = seed * 1103515245 + 12345;
		object = __atomic_exchange_n(&ring[seed >> 16 & (RING_SLOTS - 1)], object,
					     __ATOMIC_ACQ_REL);
		if (object && (object[0] != (unsigned long)object || object[7] != object[0]))
			return arg;
		kmem_cache_free(shared, object);
	}
	return NULL;
}

static void four_cpus_allocate_and_free_each_others_objects(void **state)
{
	pthread_t thread[4];
	void *failed;

	(void)state;
	shared = make_cache("shared", 64);
	memset(ring, 0, sizeof(ring));
	for (uintptr_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, exchange_objects, (void *)i), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(kmem_cache_verify(shared), 0);
	empty(shared, ring, RING_SLOTS);
	kmem_cache_destroy(shared);
	assert_int_equal(host_log_count("BUG"), 0);
	assert_int_equal(host_log_count("still has objects"), 0);
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

/* Creation without memory leaves nothing behind. */
static void create_without_memory_gives_null(void **state)
{
	struct kmem_cache *greedy = make_cache("greedy", 8192);
	struct kmem_cache *made[2000];
	unsigned int nr = 0;
	void *chain = NULL;

	(void)state;
	allocate_all(greedy, &chain);
	while (nr < 2000 && (made[nr] = kmem_cache_create("late", 64, 0, SLAB_NO_MERGE, NULL)))
		nr++;
	assert_true(nr < 2000);
	assert_int_equal(host_log_count("kmem_cache_create(late) failed with error -12"), 1);
	assert_int_equal(kmem_cache_verify_all(), 0);
	free_all(greedy, chain);
	while (nr)
		kmem_cache_destroy(made[--nr]);
	kmem_cache_destroy(greedy);
}

/* ---- Dump ----------------------------------------------------------------------------- */

static void slabinfo_has_the_format_of_proc(void **state)
{
	static char text[16384];
	struct kmem_cache *s = make_cache("shown", 256);
	void *objects[17];
	struct seq_file m;
	struct seq_buf sb;

	(void)state;
	fill(s, objects, 17);
	seq_buf_init(&m, &sb, text, sizeof(text));
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

#define slab_test(f)		 cmocka_unit_test_setup_teardown(f, make_machine, end_machine)
#define slab_test_on(machine, f) cmocka_unit_test_setup_teardown(f, machine, end_machine)

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
		slab_test(an_object_freed_last_is_handed_out_first),
		slab_test(objects_that_the_stash_has_no_room_for_go_to_their_slab_together),
		slab_test(objects_freed_at_random_go_through_the_stash),
		slab_test(new_slabs_hand_out_objects_in_a_random_order),
		slab_test(free_objects_are_left_as_they_were),
		slab_test(init_on_free_leaves_nothing_to_read),
		slab_test(destroy_gives_all_pages_back),
		slab_test(slab_pages_are_counted_by_kind),
		slab_test(exhaustion_gives_null_and_all_comes_back),
		slab_test(a_small_slab_serves_where_no_large_block_is_free),
		slab_test(shrink_gives_back_empty_slabs_and_sorts_the_others),
		slab_test_on(make_two_nodes, an_object_comes_from_the_node_asked_for),
		slab_test_on(make_two_nodes, a_full_node_is_helped_by_another_unless_thisnode),
		slab_test_on(make_four_cpus, other_cpus_free_into_the_slab_that_a_cpu_uses),
		slab_test_on(make_four_cpus, four_cpus_allocate_and_free_each_others_objects),
		slab_test(bad_arguments_make_no_cache),
		slab_test(slab_panic_panics_where_creation_fails),
		slab_test(names_are_copied),
		slab_test(destroy_names_the_objects_that_are_left_and_keeps_the_cache),
		slab_test(the_caches_of_all_others_cannot_be_destroyed),
		slab_test(hundreds_of_caches_may_live_at_once),
		slab_test(destroy_names_objects_of_full_slabs_too),
		slab_test(create_without_memory_gives_null),
		slab_test(slabinfo_has_the_format_of_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
