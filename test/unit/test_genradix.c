/* SPDX-License-Identifier: MIT */
/* Arrays that grow where they are used; hashes of byte strings and words. */
#include "cache_machine.h"

#include <linux/errno.h>
#include <linux/generic-radix-tree.h>
#include <linux/jhash.h>
#include <linux/mm.h>

struct entry {
	u64 words[5]; /* 40 bytes: 102 in a page, with 16 bytes left */
};

static GENRADIX(struct entry) entries;

static void elements_are_made_where_they_are_asked_for(void **state)
{
	DEFINE_GENRADIX(array, struct entry);
	struct entry *e;

	(void)state;
	assert_null(genradix_ptr(&array, 1000));
	e = genradix_ptr_alloc(&array, 1000, GFP_KERNEL);
	assert_non_null(e);
	assert_null(memchr_inv(e, 0, sizeof(*e)));
	assert_ptr_equal(genradix_ptr(&array, 1000), e);
	assert_ptr_equal(genradix_ptr_alloc(&array, 1000, GFP_KERNEL), e);
	/* Its page has 918 to 1019, and no element lies in two. */
	assert_int_equal((unsigned long)genradix_ptr(&array, 918) % PAGE_SIZE, 0);
	assert_null(genradix_ptr(&array, 917));
	assert_null(genradix_ptr(&array, 1020));
	assert_non_null(genradix_ptr_alloc(&array, 1UL << 50, GFP_KERNEL));
	genradix_free(&array);
	assert_null(genradix_ptr(&array, 1000));
}

static void a_walk_leaves_out_what_was_never_asked_for(void **state)
{
	static const size_t asked[] = {5, 2000, 1 << 20};
	struct genradix_iter iter;
	size_t pages = 0, nr = 0;
	struct entry *e;

	(void)state;
	genradix_init(&entries);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		*genradix_ptr_alloc(&entries, asked[i], GFP_KERNEL) =
			(struct entry){.words = {asked[i]}};
	genradix_for_each(&entries, iter, e)
	{
		assert_ptr_equal(e, genradix_ptr(&entries, iter.pos));
		pages += iter.pos % 102 == 0;
		if (e->words[0])
			assert_int_equal(e->words[0], asked[nr++]);
	}
	assert_int_equal(pages, 3);
	assert_int_equal(nr, 3);
	iter = genradix_iter_init(&entries, 2001);
	e = genradix_iter_peek(&iter, &entries);
	assert_int_equal(iter.pos, 2001);
	genradix_free(&entries);
}

static void what_is_made_before_needs_no_memory_later(void **state)
{
	DEFINE_GENRADIX(array, struct entry);

	(void)state;
	assert_int_equal(genradix_prealloc(&array, 500, GFP_KERNEL), 0);
	for (size_t i = 0; i < 500; i++)
		assert_non_null(genradix_ptr(&array, i));
	genradix_free(&array);
}

static void without_memory_nothing_is_made(void **state)
{
	DEFINE_GENRADIX(array, struct entry);
	size_t nr = 0;

	(void)state;
	while (genradix_ptr_alloc(&array, nr * 102, GFP_QUIET))
		nr++;
	assert_null(genradix_ptr(&array, nr * 102));
	assert_int_equal(genradix_prealloc(&array, (nr + 1) * 102, GFP_QUIET), -ENOMEM);
	assert_non_null(genradix_ptr(&array, (nr - 1) * 102));
	genradix_free(&array);
}

static void random_elements_agree_with_a_plain_array(void **state)
{
	static u64 model[4096];
	struct genradix_iter iter;
	struct entry *e;

	(void)state;
	host_test_seed("genradix");
	memset(model, 0, sizeof(model));
	genradix_init(&entries);
	for (int step = 0; step < 20000; step++) {
		size_t i = arch_random() % ARRAY_SIZE(model);

		if (arch_random() % 2) {
			e = genradix_ptr(&entries, i);
			assert_int_equal(e ? e->words[4] : 0, model[i]);
		} else {
			model[i] = arch_random();
			genradix_ptr_alloc(&entries, i, GFP_KERNEL)->words[4] = model[i];
		}
	}
	genradix_for_each(&entries, iter, e)
		assert_int_equal(e->words[4], iter.pos < ARRAY_SIZE(model) ? model[iter.pos] : 0);
	genradix_free(&entries);
}

/* ---- Hashes ----------------------------------------------------------------------------- */

/* The values that lookup3.c's author gives for his function. */
static void hashes_of_bytes_are_lookup3s(void **state)
{
	static const char text[] = "Four score and seven years ago";

	(void)state;
	assert_int_equal(jhash("", 0, 0), 0xdeadbeef);
	assert_int_equal(jhash("", 0, 0xdeadbeef), 0xbd5b7dde);
	assert_int_equal(jhash(text, 30, 0), 0x17770551);
	assert_int_equal(jhash(text, 30, 1), 0xcd628161);
}

static void hashes_of_words_are_those_of_their_bytes(void **state)
{
	const u32 words[] = {0x12345678, 0x9abcdef0, 0xdeadbeef, 5, 6, 7, 8};

	(void)state;
	for (u32 n = 0; n <= ARRAY_SIZE(words); n++)
		assert_int_equal(jhash2(words, n, 17), jhash(words, n * 4, 17));
	assert_int_equal(jhash_1word(words[0], 3), jhash2(words, 1, 3));
	assert_int_equal(jhash_2words(words[0], words[1], 3), jhash2(words, 2, 3));
	assert_int_equal(jhash_3words(words[0], words[1], words[2], 3), jhash2(words, 3, 3));
	assert_int_equal(jhash_size(4), 16);
	assert_int_equal(jhash_mask(4), 15);
}

#define pages_test(f) cmocka_unit_test_setup_teardown(f, cache_machine, cache_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		pages_test(elements_are_made_where_they_are_asked_for),
		pages_test(a_walk_leaves_out_what_was_never_asked_for),
		pages_test(what_is_made_before_needs_no_memory_later),
		pages_test(without_memory_nothing_is_made),
		pages_test(random_elements_agree_with_a_plain_array),
		cmocka_unit_test(hashes_of_bytes_are_lookup3s),
		cmocka_unit_test(hashes_of_words_are_those_of_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
