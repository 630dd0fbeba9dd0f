/* SPDX-License-Identifier: MIT */
/* slub_debug= in kmalloc()'s caches: where what was asked for ends, the red zone begins. */
#include "slub_debug_machine.h"

#include <linux/seq_file.h>

/* kmalloc(13) has 16 bytes; the last three are nobody's. */
static void a_write_past_what_was_asked_for_is_found(void **state)
{
	u8 *object = kmalloc(13, GFP_KERNEL), *whole, *zeroed;
	const u8 *rest = (const u8 *)hidden(object) + 13;

	(void)state;
	assert_null(memchr_inv(rest, 0xcc, 3));
	memset(object, 1, 13);
	validate_slab_cache(kmalloc_caches[KMALLOC_NORMAL][4]);
	assert_int_equal(slab_stats.overwritten, 0);
	((u8 *)hidden(object))[13] = 0;
	kfree(object);
	assert_int_equal(slab_stats.overwritten, 1);
	assert_true(logged("BUG kmalloc-16 (Not tainted): kmalloc Redzone overwritten\n"));
	assert_true(logged("0x%lx-0x%lx @offset=", (unsigned long)object + 13,
			   (unsigned long)object + 13));
	assert_true(logged("First byte 0x0 instead of 0xcc\n"));
	kfree(object);

	/* All of it may be used where it was asked for, also by a question. */
	whole = kmalloc(16, GFP_KERNEL);
	memset(whole, 2, 16);
	kfree(whole);
	whole = kmalloc(13, GFP_KERNEL);
	memset(whole, 2, ksize(whole));
	kfree(whole);
	zeroed = kzalloc(9, GFP_KERNEL);
	assert_null(memchr_inv(zeroed, 0, 9));
	assert_int_equal(((u8 *)hidden(zeroed))[9], 0xcc);
	kfree_sensitive(zeroed);
	assert_int_equal(slab_stats.overwritten, 1);
}

static void krealloc_moves_the_end_of_what_was_asked_for(void **state)
{
	u8 *object = kmalloc(9, GFP_KERNEL), *moved;

	(void)state;
	memset(object, 3, 9);
	assert_ptr_equal(krealloc(object, 15, GFP_KERNEL), object);
	assert_null(memchr_inv(object, 3, 9));
	memset(hidden(object), 4, 15);
	assert_ptr_equal(krealloc(object, 5, GFP_KERNEL), object);
	validate_slab_cache(kmalloc_caches[KMALLOC_NORMAL][4]);
	assert_int_equal(slab_stats.overwritten, 0);
	((u8 *)hidden(object))[5] = 4;
	validate_slab_cache(kmalloc_caches[KMALLOC_NORMAL][4]);
	assert_int_equal(slab_stats.overwritten, 1);
	moved = krealloc(object, 20, GFP_KERNEL);
	assert_ptr_not_equal(moved, object);
	assert_null(memchr_inv(moved, 4, 5));
	assert_int_equal(((u8 *)hidden(moved))[20], 0xcc);
	kfree(moved);
	assert_int_equal(slab_stats.overwritten, 1);
}

static void what_was_asked_for_may_be_overwritten_too(void **state)
{
	struct kmem_cache *s = kmalloc_caches[KMALLOC_NORMAL][4];
	u8 *object = kmalloc(13, GFP_KERNEL);
	unsigned int *asked = hidden(object + slab_padding_start(s) - sizeof(unsigned int));

	(void)state;
	assert_int_equal(*asked, 13);
	*asked = ~0U;
	kfree(object);
	assert_int_equal(slab_stats.overwritten, 0);
}

/* ---- Owners ------------------------------------------------------------------------ */

static char traces[SZ_64K];

static void show(void (*traces_show)(struct seq_file *, struct kmem_cache *), struct kmem_cache *s)
{
	struct seq_text text;
	struct seq_file m;

	seq_text_init(&m, &text, traces, sizeof(traces));
	traces_show(&m, s);
}

static noinline void *ask_for(size_t size)
{
	return kmalloc(size, GFP_KERNEL);
}

static void objects_are_told_by_who_asked_for_how_much(void **state)
{
	struct kmem_cache *s = kmalloc_caches[KMALLOC_NORMAL][10];
	const char *line, *end;
	void *objects[100];

	(void)state;
	for (int i = 0; i < 100; i++)
		objects[i] = ask_for(i % 10 ? 700 : 1024);
	show(slab_alloc_traces_show, s);
	line = strstr(traces, "     90 ");
	assert_non_null(line);
	assert_int_equal(line - traces, 0);
	end = strchr(line, '\n');
	assert_non_null(strnstr(line, " waste=29160/324 age=", (size_t)(end - line)));
	assert_non_null(strnstr(line, " pid=0", (size_t)(end - line)));
	assert_memory_equal(end + 1, "        ", 8);
	line = strstr(traces, "\n     10 ");
	assert_non_null(line);
	assert_null(strnstr(line + 1, "waste", (size_t)(strchr(line + 1, '\n') - line)));
	show(slab_free_traces_show, s);
	assert_non_null(strstr(traces, "    100 <not-available> age=0 pid=0\n"));
	for (int i = 0; i < 100; i++)
		kfree(objects[i]);
	show(slab_alloc_traces_show, s);
	assert_null(strstr(traces, " 90 "));
	ask_for(1000);
}

int main(void)
{
#define debug_test(f) cmocka_unit_test_setup_teardown(f, make_debug_from_the_start, end_restored)
	const struct CMUnitTest tests[] = {
		debug_test(a_write_past_what_was_asked_for_is_found),
		debug_test(krealloc_moves_the_end_of_what_was_asked_for),
		debug_test(what_was_asked_for_may_be_overwritten_too),
		debug_test(objects_are_told_by_who_asked_for_how_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
