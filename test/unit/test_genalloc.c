/* SPDX-License-Identifier: MIT */
/* Pools of special memory, and what goes with a device. */
#include "slab_machine.h"

#include <linux/bitmap.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/seq_file.h>

#define BASE 0x100000UL
#define UNIT 64

static struct gen_pool *pool_of(size_t size)
{
	struct gen_pool *pool = gen_pool_create(6, NUMA_NO_NODE);

	assert_non_null(pool);
	assert_int_equal(gen_pool_add_virt(pool, BASE, 0xfe000000, size, NUMA_NO_NODE), 0);
	return pool;
}

static void areas_come_first_fit_and_go_back(void **state)
{
	struct gen_pool *pool = pool_of(10 * UNIT);
	unsigned long a, b, c;
	void *owner;

	(void)state;
	a = gen_pool_alloc(pool, 1);
	b = gen_pool_alloc(pool, 3 * UNIT);
	c = gen_pool_alloc(pool, UNIT + 1);
	assert_int_equal(a, BASE);
	assert_int_equal(b, BASE + UNIT);
	assert_int_equal(c, BASE + 4 * UNIT);
	assert_int_equal(gen_pool_avail(pool), 4 * UNIT);
	assert_int_equal(gen_pool_alloc(pool, 5 * UNIT), 0);
	assert_int_equal(gen_pool_alloc(pool, 0), 0);
	gen_pool_free(pool, b, 3 * UNIT);
	assert_int_equal(gen_pool_alloc(pool, 2 * UNIT), b);
	assert_int_equal(gen_pool_virt_to_phys(pool, c + 5), 0xfe000000 + 4 * UNIT + 5);
	assert_int_equal(gen_pool_virt_to_phys(pool, BASE - 1), (phys_addr_t)-1);
	assert_true(gen_pool_has_addr(pool, BASE, 10 * UNIT));
	assert_false(gen_pool_has_addr(pool, BASE, 10 * UNIT + 1));
	/* A second chunk, of another owner. */
	assert_int_equal(gen_pool_add_owner(pool, 0x900000, -1, 8 * UNIT, 0, &owner), 0);
	assert_int_equal(gen_pool_alloc_owner(pool, 8 * UNIT, &owner), 0x900000);
	assert_ptr_equal(owner, &owner);
	assert_int_equal(gen_pool_size(pool), 18 * UNIT);
	assert_int_equal(gen_pool_verify(pool), 0);
	gen_pool_free(pool, a, 1);
	gen_pool_free(pool, b, 2 * UNIT);
	gen_pool_free(pool, c, UNIT + 1);
	gen_pool_free_owner(pool, 0x900000, 8 * UNIT, &owner);
	gen_pool_destroy(pool);
}

static void areas_are_chosen_as_the_algorithm_says(void **state)
{
	struct gen_pool *pool = gen_pool_create(6, 0);
	struct genpool_data_fixed fixed = {.offset = 7 * UNIT};
	unsigned long a;
	dma_addr_t dma;

	(void)state;
	/* A chunk that is aligned to no more than a unit. */
	gen_pool_add_virt(pool, BASE + UNIT, 0x1000, 64 * UNIT, 0);
	a = (unsigned long)gen_pool_dma_alloc_align(pool, 10, &dma, 4 * UNIT);
	assert_int_equal(a, BASE + 4 * UNIT);
	assert_int_equal(dma, 0x1000 + 3 * UNIT);
	a = gen_pool_alloc_algo(pool, UNIT, gen_pool_fixed_alloc, &fixed);
	assert_int_equal(a, BASE + 8 * UNIT);
	assert_int_equal(gen_pool_alloc_algo(pool, UNIT, gen_pool_fixed_alloc, &fixed), 0);
	a = gen_pool_alloc_algo(pool, 3 * UNIT, gen_pool_first_fit_order_align, NULL);
	assert_int_equal(a, BASE + UNIT);
	/* Holes are of 3 units, from the fourth on, and of 56. */
	gen_pool_set_algo(pool, gen_pool_best_fit, NULL);
	assert_int_equal(gen_pool_alloc(pool, 4 * UNIT), BASE + UNIT + 8 * UNIT);
	assert_int_equal(gen_pool_alloc(pool, 2 * UNIT), BASE + UNIT + 4 * UNIT);
	gen_pool_set_algo(pool, NULL, NULL);
	assert_int_equal(gen_pool_verify(pool), 0);
}

/* Each area is the host's own, and full exactly where a search finds no room. */
static void random_areas_agree_with_the_hosts_map(void **state)
{
	struct gen_pool *pool = pool_of(512 * UNIT);
	static bool used[512];
	unsigned long out[64] = {0};
	unsigned int nr[64];

	(void)state;
	host_test_seed("genalloc");
	memset(used, 0, sizeof(used));
	for (int step = 0; step < 20000; step++) {
		unsigned int i = (unsigned int)(arch_random() % 64), first = 0, run = 0;

		if (out[i]) {
			gen_pool_free(pool, out[i], nr[i] * UNIT);
			memset(used + (out[i] - BASE) / UNIT, false, nr[i]);
			out[i] = 0;
			continue;
		}
		nr[i] = 1 + (unsigned int)(arch_random() % 30);
		for (; first + run < 512 && run < nr[i];)
			if (used[first + run]) {
				first += run + 1;
				run = 0;
			} else {
				run++;
			}
		out[i] = gen_pool_alloc(pool, nr[i] * UNIT - arch_random() % UNIT);
		assert_int_equal(out[i], run == nr[i] ? BASE + first * UNIT : 0);
		if (out[i])
			memset(used + first, true, nr[i]);
	}
	assert_int_equal(gen_pool_verify(pool), 0);
	for (int i = 0; i < 64; i++)
		if (out[i])
			gen_pool_free(pool, out[i], nr[i] * UNIT);
	assert_int_equal(gen_pool_avail(pool), 512 * UNIT);
	gen_pool_destroy(pool);
}

static void a_pool_is_shown_by_its_chunks(void **state)
{
	struct gen_pool *pool = pool_of(4 * UNIT);
	struct seq_text sb;
	struct seq_file m;
	char text[256];

	(void)state;
	gen_pool_add(pool, 0x900000, 2 * UNIT, NUMA_NO_NODE);
	gen_pool_alloc(pool, UNIT);
	seq_text_init(&m, &sb, text, sizeof(text));
	gen_pool_show(&m, pool);
	assert_true(strstr(text, "gen_pool: - unit 64 size 384 avail 320\n") == text);
	assert_non_null(strstr(text, "  0x900000-0x90007f avail 128\n"));
	gen_pool_free(pool, BASE, UNIT);
	gen_pool_destroy(pool);
}

static void misuse_is_told_counted_and_harmless(void **state)
{
	struct gen_pool *pool = pool_of(4 * UNIT);
	void *owner = pool;

	(void)state;
	gen_pool_refusals = 0;
	assert_int_equal(gen_pool_alloc(pool, 2 * UNIT), BASE);
	gen_pool_free(pool, BASE + UNIT, 2 * UNIT); /* the second of them is free */
	gen_pool_free(pool, BASE + 3 * UNIT, UNIT);
	gen_pool_free(pool, BASE + UNIT / 2, UNIT);
	gen_pool_free(pool, BASE, 0);
	gen_pool_free(pool, BASE - UNIT, UNIT);
	gen_pool_free_owner(pool, BASE, 5 * UNIT, &owner);
	assert_null(owner);
	gen_pool_destroy(pool);
	assert_int_equal(gen_pool_refusals, 7);
	assert_int_equal(gen_pool_avail(pool), 2 * UNIT);
	gen_pool_free(pool, BASE, 2 * UNIT);
	gen_pool_free(pool, BASE, 2 * UNIT);
	assert_int_equal(gen_pool_refusals, 8);
	assert_int_equal(gen_pool_verify(pool), 0);
	list_first_entry(&pool->chunks, struct gen_pool_chunk, next_chunk)->avail++;
	assert_int_equal(gen_pool_verify(pool), 1);
	list_first_entry(&pool->chunks, struct gen_pool_chunk, next_chunk)->avail--;
	gen_pool_destroy(pool);
	gen_pool_destroy(pool);
	assert_int_equal(gen_pool_refusals, 9);
}

/* ---- What goes with a device ------------------------------------------------------------------ */

static char order[8];

static void note(void *what)
{
	strlcat(order, what, sizeof(order));
}

static void what_goes_with_a_device_goes_last_first(void **state)
{
	struct device dev = {.init_name = "dev"};
	struct gen_pool *pool;
	unsigned long pages;
	char *text, *copy;
	u32 *numbers;

	(void)state;
	order[0] = '\0';
	assert_int_equal(devm_add_action(&dev, note, "a"), 0);
	text = devm_kasprintf(&dev, GFP_KERNEL, "%s-%d", "line", 7);
	copy = devm_kstrdup(&dev, text, GFP_KERNEL);
	assert_string_equal(copy, "line-7");
	numbers = devm_kcalloc(&dev, 100, sizeof(*numbers), GFP_KERNEL);
	assert_null(memchr_inv(numbers, 0, 100 * sizeof(*numbers)));
	assert_null(devm_kmalloc_array(&dev, SIZE_MAX, 2, GFP_KERNEL));
	pages = devm_get_free_pages(&dev, GFP_KERNEL, 2);
	assert_true(pages);
	assert_int_equal(devm_add_action_or_reset(&dev, note, "b"), 0);
	devm_add_action(&dev, note, "c");
	devm_add_action(&dev, note, "d");
	devm_remove_action(&dev, note, "c");
	devm_release_action(&dev, note, "d");
	assert_string_equal(order, "d");
	pool = devm_gen_pool_create(&dev, 3, NUMA_NO_NODE, "pool");
	assert_ptr_equal(gen_pool_get(&dev, "pool"), pool);
	assert_null(gen_pool_get(&dev, NULL));
	assert_null(gen_pool_get(&dev, "pond"));
	assert_int_equal(PTR_ERR(devm_gen_pool_create(&dev, 3, NUMA_NO_NODE, "pool")), -EINVAL);
	devm_kfree(&dev, copy);
	devm_free_pages(&dev, pages);
	devm_kfree(&dev, NULL);
	host_log_clear();
	devm_kfree(&dev, copy + 1);
	assert_true(host_log_contains("is nothing that goes with the device"));
	assert_int_equal(devres_release_all(&dev), 5);
	assert_string_equal(order, "dba");
	assert_null(dev.devres);
}

static void memory_of_a_device_grows_where_it_is(void **state)
{
	struct device dev = {.init_name = "dev"};
	char *p = devm_krealloc(&dev, NULL, 10, GFP_KERNEL);

	(void)state;
	assert_non_null(devm_kmalloc(&dev, 10, GFP_KERNEL));
	memset(p, 'x', 10);
	p = devm_krealloc(&dev, p, 1000, GFP_KERNEL);
	assert_null(memchr_inv(p, 'x', 10));
	host_log_clear();
	assert_null(devm_krealloc(&dev, p + 1, 20, GFP_KERNEL));
	assert_true(host_log_contains("is no memory that goes with the device"));
	assert_ptr_equal(devm_krealloc(&dev, p, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	devm_kfree(&dev, ZERO_SIZE_PTR);
	assert_string_equal(devm_kstrdup_const(&dev, "text", GFP_KERNEL), "text");
	assert_int_equal(devres_release_all(&dev), 2);
}

static void release_letter(struct device *dev, void *res)
{
	(void)dev;
	note(res);
}

static void release_other(struct device *dev, void *res)
{
	(void)dev, (void)res;
}

static int is_letter(struct device *dev, void *res, void *data)
{
	(void)dev;
	return *(char *)res == *(char *)data;
}

static void drop(struct device *dev, void *res, void *data)
{
	(*(int *)data)++;
	assert_int_equal(devres_destroy(dev, release_letter, is_letter, res), 0);
}

static void add_letters(struct device *dev, const char *letters)
{
	for (; *letters; letters++) {
		char *res = devres_alloc(release_letter, 2, GFP_KERNEL);

		assert_int_equal(res[0] | res[1], 0);
		res[0] = *letters;
		devres_add(dev, res);
	}
}

static void a_driver_has_kinds_of_its_own(void **state)
{
	struct device dev = {.init_name = "dev"};
	char *res, *spare;
	int dropped = 0;

	(void)state;
	order[0] = '\0';
	add_letters(&dev, "abc");
	assert_null(devres_find(&dev, release_other, NULL, NULL));
	assert_string_equal(devres_find(&dev, release_letter, NULL, NULL), "c");
	res = devres_find(&dev, release_letter, is_letter, "a");
	assert_string_equal(res, "a");
	spare = devres_alloc_node(release_letter, 2, GFP_KERNEL, 0);
	assert_ptr_equal(devres_get(&dev, spare, is_letter, "a"), res);
	spare = devres_alloc(release_other, 1, GFP_KERNEL);
	assert_ptr_equal(devres_get(&dev, spare, NULL, NULL), spare);
	assert_ptr_equal(devres_remove(&dev, release_letter, is_letter, "a"), res);
	devres_free(res);
	devres_free(NULL);
	assert_int_equal(devres_release(&dev, release_letter, is_letter, "b"), 0);
	assert_int_equal(devres_release(&dev, release_letter, is_letter, "b"), -ENOENT);
	assert_int_equal(devres_destroy(&dev, release_letter, is_letter, "b"), -ENOENT);
	assert_string_equal(order, "b");
	add_letters(&dev, "def");
	devres_for_each_res(&dev, release_letter, is_letter, "e", drop, &dropped);
	assert_int_equal(dropped, 1);
	assert_int_equal(devres_release_all(&dev), 4);
	assert_string_equal(order, "bfdc");
}

/*
 *  a  [1  b  [2  c  2]  d  1]  e  [3  f
 */
static void a_group_is_given_back_at_once(void **state)
{
	struct device dev = {.init_name = "dev"};
	void *second;
	int one, three;

	(void)state;
	order[0] = '\0';
	add_letters(&dev, "a");
	assert_ptr_equal(devres_open_group(&dev, &one, GFP_KERNEL), &one);
	add_letters(&dev, "b");
	second = devres_open_group(&dev, NULL, GFP_KERNEL);
	add_letters(&dev, "c");
	devres_close_group(&dev, NULL);
	add_letters(&dev, "d");
	devres_close_group(&dev, &one);
	add_letters(&dev, "e");
	assert_non_null(devres_open_group(&dev, &three, GFP_KERNEL));
	add_letters(&dev, "f");
	assert_int_equal(devres_release_group(&dev, second), 1);
	assert_string_equal(order, "c");
	assert_int_equal(devres_release_group(&dev, &one), 2);
	assert_int_equal(devres_release_group(&dev, NULL), 1);
	assert_string_equal(order, "cdbf");
	host_log_clear();
	assert_int_equal(devres_release_group(&dev, &three), 0);
	assert_true(host_log_contains("no such group"));
	/* Forgotten, closed or not, its contents stay; so do they with one that is never closed. */
	assert_non_null(devres_open_group(&dev, &one, GFP_KERNEL));
	add_letters(&dev, "g");
	devres_close_group(&dev, &one);
	devres_remove_group(&dev, &one);
	assert_non_null(devres_open_group(&dev, &three, GFP_KERNEL));
	devres_remove_group(&dev, NULL);
	assert_non_null(devres_open_group(&dev, &three, GFP_KERNEL));
	assert_int_equal(devres_release_all(&dev), 3);
	assert_string_equal(order, "cdbfgea");
	assert_int_equal(kmem_cache_verify_all(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		slab_test(areas_come_first_fit_and_go_back),
		slab_test(areas_are_chosen_as_the_algorithm_says),
		slab_test(random_areas_agree_with_the_hosts_map),
		slab_test(a_pool_is_shown_by_its_chunks),
		slab_test(misuse_is_told_counted_and_harmless),
		slab_test(what_goes_with_a_device_goes_last_first),
		slab_test(memory_of_a_device_grows_where_it_is),
		slab_test(a_driver_has_kinds_of_its_own),
		slab_test(a_group_is_given_back_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
