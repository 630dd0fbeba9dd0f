/* SPDX-License-Identifier: MIT */
/* Sets of the most recently used: who is in, who goes, what is pending, against a model. */
#include "slab_machine.h"

#include <linux/lru_cache.h>
#include <linux/seq_file.h>

struct extent {
	unsigned long writes;
	struct lc_element lce;
	unsigned long more;
};

static struct kmem_cache *extents;

static int machine(void **state)
{
	make_machine(state);
	extents = make_cache("extents", sizeof(struct extent));
	return 0;
}

static int machine_end(void **state)
{
	kmem_cache_destroy(extents);
	return end_machine(state);
}

static struct lru_cache *make_set(unsigned int nr, unsigned int pending)
{
	struct lru_cache *lc = lc_create("act_log", extents, pending, nr, sizeof(struct extent),
					 offsetof(struct extent, lce));

	assert_non_null(lc);
	return lc;
}

/* A reference to @enr, whose change is recorded where it needs one. */
static struct lc_element *take(struct lru_cache *lc, unsigned int enr)
{
	struct lc_element *e = lc_get(lc, enr);

	if (e && e->lc_number != enr) {
		assert_true(lc_try_lock_for_transaction(lc));
		lc_committed(lc);
		lc_unlock(lc);
	}
	return e;
}

static void a_new_set_is_free(void **state)
{
	struct lru_cache *lc = make_set(5, 1);

	(void)state;
	assert_int_equal(lc->nr_elements, 5);
	assert_int_equal(lc->used, 0);
	for (unsigned int i = 0; i < 5; i++) {
		struct lc_element *e = lc_element_by_index(lc, i);

		assert_int_equal(lc_index_of(lc, e), i);
		assert_int_equal(e->lc_number, LC_FREE);
		assert_int_equal(e->refcnt, 0);
		assert_int_equal(lc_entry(e, struct extent, lce)->writes, 0);
		assert_int_equal(lc_entry(e, struct extent, lce)->more, 0);
	}
	assert_null(lc_find(lc, 3));
	assert_false(lc_is_used(lc, 3));
	assert_null(lc_try_get(lc, 3));
	assert_int_equal(lc->misses, 1);
	lc_destroy(lc);
	lc_destroy(NULL);
}

static void a_change_takes_effect_when_it_is_recorded(void **state)
{
	struct lru_cache *lc = make_set(4, 2);
	struct lc_element *e = lc_get(lc, 70), *other;

	(void)state;
	assert_int_equal(e->lc_number, LC_FREE);
	assert_int_equal(e->lc_new_number, 70);
	assert_null(lc_find(lc, 70));
	assert_true(lc_is_used(lc, 70));
	assert_null(lc_try_get(lc, 70));
	assert_null(lc_get(lc, 70));
	assert_ptr_equal(lc_get_cumulative(lc, 70), e);
	assert_int_equal(e->refcnt, 2);
	assert_false(lc_try_lock(lc));
	other = lc_get_cumulative(lc, 74); /* of the same chain */
	assert_int_equal(other->lc_new_number, 74);
	assert_null(lc_get(lc, 71)); /* two are pending */
	assert_int_equal(lc->pending_changes, 2);

	assert_true(lc_try_lock_for_transaction(lc));
	assert_false(lc_try_lock_for_transaction(lc));
	lc_committed(lc);
	lc_unlock(lc);
	assert_int_equal(lc->pending_changes, 0);
	assert_int_equal(lc->changed, 2);
	assert_ptr_equal(lc_find(lc, 70), e);
	assert_ptr_equal(lc_find(lc, 74), other);
	assert_ptr_equal(lc_get(lc, 70), e);
	assert_int_equal(lc->used, 2);
	assert_int_equal(lc_put(lc, e), 2);
	assert_int_equal(lc_put(lc, e), 1);
	assert_int_equal(lc_put(lc, e), 0);
	assert_ptr_equal(lc_find(lc, 70), e);
	assert_false(lc_is_used(lc, 70));
	assert_int_equal(lc->used, 1);
	lc_destroy(lc);
}

static void the_one_not_used_for_longest_goes(void **state)
{
	struct lru_cache *lc = make_set(3, 1);
	struct lc_element *e[3];

	(void)state;
	for (unsigned int i = 0; i < 3; i++)
		e[i] = take(lc, i);
	for (unsigned int i = 0; i < 3; i++)
		lc_put(lc, e[i]);
	lc_put(lc, lc_try_get(lc, 0)); /* so 1 is the oldest */
	assert_ptr_equal(take(lc, 10), e[1]);
	assert_null(lc_find(lc, 1));
	assert_ptr_equal(take(lc, 11), e[2]);
	assert_ptr_equal(take(lc, 12), e[0]);
	assert_int_equal(lc->used, 3);
	lc_destroy(lc);
}

static void a_starving_set_gives_none_until_one_is_put(void **state)
{
	struct lru_cache *lc = make_set(2, 1);
	struct lc_element *a = take(lc, 1), *b = take(lc, 2);

	(void)state;
	assert_null(lc_get(lc, 3));
	assert_true(lc->flags & LC_STARVING);
	assert_int_equal(lc->starving, 0);
	assert_null(lc_get(lc, 1)); /* not even what is there */
	assert_null(lc_try_get(lc, 2));
	assert_int_equal(lc->starving, 2);
	assert_int_equal(lc_put(lc, b), 0);
	assert_false(lc->flags & LC_STARVING);
	assert_ptr_equal(take(lc, 3), b);
	assert_ptr_equal(lc_try_get(lc, 1), a);
	lc_destroy(lc);
}

static void a_locked_set_is_not_changed(void **state)
{
	struct lru_cache *lc = make_set(2, 1);
	struct lc_element *e = take(lc, 1);

	(void)state;
	assert_true(lc_try_lock(lc));
	assert_false(lc_try_lock(lc));
	assert_null(lc_get(lc, 2));
	assert_int_equal(lc->locked, 1);
	assert_ptr_equal(lc_get(lc, 1), e);
	lc_unlock(lc);
	assert_int_equal(lc->flags, 0);
	assert_non_null(take(lc, 2));
	lc_destroy(lc);
}

static void a_record_can_be_set_and_elements_be_freed(void **state)
{
	struct lru_cache *lc = make_set(3, 1);

	(void)state;
	lc_set(lc, 100, 1);
	lc_set(lc, 103, 2);
	lc_set(lc, 5, -1);
	lc_set(lc, 5, 3);
	assert_null(lc_find(lc, 5));
	assert_int_equal(lc_index_of(lc, lc_find(lc, 100)), 1);
	assert_int_equal(lc_index_of(lc, lc_find(lc, 103)), 2);
	lc_set(lc, LC_FREE, 1);
	assert_null(lc_find(lc, 100));
	assert_null(lc_find(lc, LC_FREE));
	lc_del(lc, lc_find(lc, 103));
	assert_null(lc_find(lc, 103));
	assert_int_equal(lc_element_by_index(lc, 2)->lc_number, LC_FREE);
	/* 2 was freed last. */
	assert_int_equal(lc_index_of(lc, take(lc, 103)), 2);
	lc_destroy(lc);
}

static void a_reset_set_is_a_new_one(void **state)
{
	struct lru_cache *lc = make_set(3, 3);
	struct lc_element *e = take(lc, 9);

	(void)state;
	lc_entry(e, struct extent, lce)->writes = 7;
	assert_non_null(lc_get(lc, 10));
	lc_try_get(lc, 9);
	lc_reset(lc);
	assert_int_equal(lc->flags, 0);
	assert_int_equal(lc->used + lc->hits + lc->misses + lc->changed + lc->pending_changes, 0);
	assert_null(lc_find(lc, 9));
	assert_false(lc_is_used(lc, 10));
	assert_int_equal(lc_entry(e, struct extent, lce)->writes, 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_non_null(take(lc, i));
	lc_destroy(lc);
}

/* ---- Refusals ------------------------------------------------------------------------------- */

static void sets_that_cannot_be_are_refused(void **state)
{
	int warnings = warn_count;
	struct lru_cache *lc;

	(void)state;
	assert_null(lc_create("big", extents, 1, LC_MAX_ACTIVE + 1, sizeof(struct extent), 0));
	assert_int_equal(warn_count, warnings);
	assert_null(lc_create("small", extents, 1, 1, sizeof(struct extent) + 1, 0));
	assert_int_equal(warn_count, warnings + 1);
	warn_count = warnings;
	lc = lc_create("none", extents, 1, 0, sizeof(struct extent), 0);
	assert_non_null(lc);
	lc_destroy(lc);
}

static void put_again(void *lc)
{
	lc_put(lc, lc_element_by_index(lc, 0));
}

static void delete_first(void *lc)
{
	lc_del(lc, lc_element_by_index(lc, 0));
}

static void ask_past_the_end(void *lc)
{
	lc_element_by_index(lc, 3);
}

static void ask_for_a_foreign_one(void *lc)
{
	struct lc_element foreign = {.lc_index = 1};

	lc_index_of(lc, &foreign);
}

static void misuse_is_a_bug(void **state)
{
	struct lru_cache *lc = make_set(3, 1);

	(void)state;
	assert_non_null(host_expect_panic(ask_past_the_end, lc));
	assert_non_null(host_expect_panic(ask_for_a_foreign_one, lc));
	assert_non_null(host_expect_panic(put_again, lc));
	lc_destroy(lc);

	lc = make_set(1, 1);
	take(lc, 5);
	assert_non_null(host_expect_panic(delete_first, lc));
	lc_destroy(lc);
}

static void call_within_a_call(void *lc)
{
	set_bit(__LC_PARANOIA, &((struct lru_cache *)lc)->flags);
	lc_get(lc, 1);
}

static void two_at_once_are_a_bug(void **state)
{
	struct lru_cache *lc = make_set(3, 1);

	(void)state;
	assert_non_null(host_expect_panic(call_within_a_call, lc));
	lc_destroy(lc);
}

/* ---- Dumps ---------------------------------------------------------------------------------- */

static void show_writes(struct seq_file *m, struct lc_element *e)
{
	seq_printf(m, "w%lu", lc_entry(e, struct extent, lce)->writes);
}

static void a_set_is_shown_as_on_linux(void **state)
{
	struct lru_cache *lc = make_set(3, 2);
	struct seq_text sb;
	struct seq_file m;
	char text[512], heading[] = "writes";

	(void)state;
	lc_set(lc, 12, 0);
	lc_put(lc, lc_try_get(lc, 12));
	lc_get(lc, 40);
	seq_text_init(&m, &sb, text, sizeof(text));
	lc_seq_printf_stats(&m, lc);
	assert_string_equal(text,
			    "\tact_log: used:1/3 hits:1 misses:1 starving:0 locked:0 changed:0\n");
	seq_text_init(&m, &sb, text, sizeof(text));
	lc_seq_dump_details(&m, lc, heading, show_writes);
	assert_string_equal(text, "\tnn: lc_number (new nr) refcnt writes\n "
				  "\t    0:     12 -\"-           0 w0\n"
				  "\t    1:     -1 -\"-           0 w0\n"
				  "\t    2:     -1       40      1 w0\n");
	seq_text_init(&m, &sb, text, sizeof(text));
	lc_seq_dump_details(&m, lc, heading, NULL);
	assert_null(strstr(text, "w0"));
	lc_destroy(lc);
}

/* ---- Against a model: who is in, since when not used ----------------------------------------- */

#define SLOTS	8
#define NUMBERS 24

static struct slot {
	unsigned int number, refs;
	unsigned long unused_since;
} slots[SLOTS];

static int slot_of(unsigned int number)
{
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].number == number)
			return i;
	return -1;
}

/* Whose element a new number takes: any free one, or the one that is unused for longest. */
static bool is_to_go(int slot)
{
	if (slots[slot].number == LC_FREE)
		return true;
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].number == LC_FREE ||
		    (!slots[i].refs && slots[i].unused_since < slots[slot].unused_since))
			return false;
	return !slots[slot].refs;
}

static void get_one(struct lru_cache *lc, unsigned int number)
{
	bool starving = lc->flags & LC_STARVING;
	const struct lc_element *e = take(lc, number);
	int slot = slot_of(number);

	if (!e) {
		/* Then, or before, all were used, and none was put since. */
		for (int i = 0; i < SLOTS; i++)
			assert_int_not_equal(slots[i].refs, 0);
		assert_true(starving || slot < 0);
		return;
	}
	assert_int_equal(e->lc_number, number);
	if (slot < 0) {
		slot = (int)e->lc_index;
		assert_true(is_to_go(slot));
		slots[slot].number = number;
	}
	assert_int_equal(e->lc_index, slot);
	assert_int_equal(e->refcnt, ++slots[slot].refs);
}

static void put_or_delete(struct lru_cache *lc, int slot, unsigned long step)
{
	struct lc_element *e = lc_element_by_index(lc, (unsigned int)slot);

	if (slots[slot].refs) {
		assert_int_equal(lc_put(lc, e), --slots[slot].refs);
		slots[slot].unused_since = step;
	} else if (step % 16 == 0) {
		lc_del(lc, e);
		slots[slot].number = LC_FREE;
	}
}

static void random_uses_agree_with_a_model(void **state)
{
	struct lru_cache *lc = make_set(SLOTS, 1);
	unsigned int used;

	(void)state;
	host_test_seed("lru_cache");
	for (int i = 0; i < SLOTS; i++)
		slots[i] = (struct slot){.number = LC_FREE};
	for (unsigned long step = 1; step <= 50000; step++) {
		unsigned int number = (unsigned int)(arch_random() % NUMBERS);

		/* Long times of little use, and of much. */
		if (arch_random() % 8 < 3 + step / 1000 % 3)
			get_one(lc, number);
		else
			put_or_delete(lc, (int)(arch_random() % SLOTS), step);
		assert_int_equal(lc_find(lc, number) != NULL, slot_of(number) >= 0);
		used = 0;
		for (int i = 0; i < SLOTS; i++)
			used += slots[i].refs != 0;
		assert_int_equal(lc->used, used);
	}
	assert_true(lc->starving > 0 && lc->hits > 0 && lc->changed > 0);
	lc_destroy(lc);
}

#define set_test(f) cmocka_unit_test_setup_teardown(f, machine, machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		set_test(a_new_set_is_free),
		set_test(a_change_takes_effect_when_it_is_recorded),
		set_test(the_one_not_used_for_longest_goes),
		set_test(a_starving_set_gives_none_until_one_is_put),
		set_test(a_locked_set_is_not_changed),
		set_test(a_record_can_be_set_and_elements_be_freed),
		set_test(a_reset_set_is_a_new_one),
		set_test(sets_that_cannot_be_are_refused),
		set_test(misuse_is_a_bug),
		set_test(two_at_once_are_a_bug),
		set_test(a_set_is_shown_as_on_linux),
		set_test(random_uses_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
