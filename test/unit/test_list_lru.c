/* SPDX-License-Identifier: MIT */
/* Lists for shrinkers, by node; handfuls of pages and folios. */
#include "cache_machine.h"

#include <linux/list_lru.h>
#include <linux/pagevec.h>

struct item {
	struct list_head lru;
	unsigned int value;
};

#define ITEMS 40
static struct item *items[ITEMS];
static struct list_lru lru;

/* Odd ones are node 1's. */
static int make_items(void **state)
{
	cache_machine_two_nodes(state);
	assert_int_equal(list_lru_init(&lru), 0);
	for (unsigned int i = 0; i < ITEMS; i++) {
		items[i] = kmalloc_node(sizeof(*items[i]), GFP_KERNEL | __GFP_THISNODE, i % 2);
		assert_non_null(items[i]);
		INIT_LIST_HEAD(&items[i]->lru);
		items[i]->value = i;
	}
	return 0;
}

static int free_items(void **state)
{
	assert_int_equal(list_lru_verify(&lru), 0);
	for (unsigned int i = 0; i < ITEMS; i++) {
		list_lru_del(&lru, &items[i]->lru);
		kfree(items[i]);
	}
	assert_int_equal(list_lru_count(&lru), 0);
	list_lru_destroy(&lru);
	return cache_machine_end(state);
}

static void an_object_is_on_the_list_of_its_memorys_node(void **state)
{
	(void)state;
	assert_true(list_lru_add(&lru, &items[0]->lru));
	assert_true(list_lru_add(&lru, &items[1]->lru));
	assert_true(list_lru_add(&lru, &items[3]->lru));
	assert_false(list_lru_add(&lru, &items[3]->lru));
	assert_int_equal(list_lru_count_node(&lru, 0), 1);
	assert_int_equal(list_lru_count_node(&lru, 1), 2);
	assert_int_equal(list_lru_count(&lru), 3);
	assert_true(list_lru_del(&lru, &items[1]->lru));
	assert_false(list_lru_del(&lru, &items[1]->lru));
	assert_int_equal(list_lru_count_one(&lru, 1, NULL), 1);
	assert_int_equal(list_lru_shrink_count(&lru, &(struct shrink_control){.nid = 1}), 1);
}

static char seen[ITEMS * 4];

static void note(struct list_head *item)
{
	size_t len = strlen(seen);

	snprintf(seen + len, sizeof(seen) - len, " %u",
		 container_of(item, struct item, lru)->value);
}

static enum lru_status as_value_says(struct list_head *item, struct list_lru_one *list,
				     spinlock_t *lock, void *arg)
{
	unsigned int value = container_of(item, struct item, lru)->value;

	assert_true(spin_is_locked(lock));
	note(item);
	switch (value % 10) {
	case 0:
		list_lru_isolate(list, item);
		return LRU_REMOVED;
	case 2:
		return LRU_ROTATE;
	case 4:
		list_lru_isolate_move(list, item, arg);
		return LRU_REMOVED;
	default:
		return LRU_SKIP;
	}
}

static void a_walk_takes_the_oldest_first_and_does_what_it_is_told(void **state)
{
	unsigned long nr = 100;
	LIST_HEAD(taken);

	(void)state;
	for (unsigned int i = 0; i < 20; i += 2)
		list_lru_add(&lru, &items[i]->lru);
	seen[0] = '\0';
	assert_int_equal(list_lru_walk_node(&lru, 0, as_value_says, &taken, &nr), 4);
	/* Those that were told to go to the end are met once more, and go there again. */
	assert_true(strstr(seen, " 0 2 4 6 8 10 12 14 16 18 2 12") == seen);
	assert_int_equal(nr, 0);
	assert_int_equal(list_lru_count_node(&lru, 0), 6);
	assert_ptr_equal(taken.next, &items[14]->lru);
	assert_ptr_equal(taken.prev, &items[4]->lru);
	list_del_init(&items[4]->lru);
	list_del_init(&items[14]->lru);
	/* Skipped ones are where they were. */
	seen[0] = '\0';
	nr = 4;
	assert_int_equal(list_lru_walk_one_irq(&lru, 0, NULL, as_value_says, &taken, &nr), 0);
	assert_string_equal(seen, " 6 8 16 18");
	/* Less than there is. */
	assert_int_equal(list_lru_walk(&lru, as_value_says, &taken, 2), 0);
}

/* Lets go of the lock, and takes another object off meanwhile. */
static enum lru_status let_go(struct list_head *item, struct list_lru_one *list, spinlock_t *lock,
			      void *arg)
{
	bool *first = arg;
	bool again = *first;

	note(item);
	list_lru_isolate(list, item);
	if (!again)
		return LRU_REMOVED;
	*first = false;
	spin_unlock(lock);
	list_lru_del(&lru, &items[3]->lru);
	spin_lock(lock);
	return LRU_REMOVED_RETRY;
}

static void a_walk_begins_anew_where_the_lock_was_let_go_of(void **state)
{
	struct shrink_control sc = {.nid = 1, .nr_to_scan = 10};
	bool first = true;

	(void)state;
	for (unsigned int i = 1; i < 8; i += 2)
		list_lru_add(&lru, &items[i]->lru);
	seen[0] = '\0';
	assert_int_equal(list_lru_shrink_walk(&lru, &sc, let_go, &first), 3);
	assert_string_equal(seen, " 1 5 7");
	assert_int_equal(sc.nr_to_scan, 7);
}

static void random_lists_agree_with_a_model(void **state)
{
	unsigned long want[2] = {0, 0};
	bool on[ITEMS] = {false};

	(void)state;
	host_test_seed("list_lru");
	for (int step = 0; step < 10000; step++) {
		unsigned int i = (unsigned int)(arch_random() % ITEMS);

		if (arch_random() % 2) {
			assert_int_equal(list_lru_add(&lru, &items[i]->lru), !on[i]);
			want[i % 2] += !on[i];
			on[i] = true;
		} else {
			assert_int_equal(list_lru_del(&lru, &items[i]->lru), on[i]);
			want[i % 2] -= on[i];
			on[i] = false;
		}
		assert_int_equal(list_lru_count_node(&lru, 0), want[0]);
		assert_int_equal(list_lru_count_node(&lru, 1), want[1]);
	}
}

static void verify_finds_a_wrong_count_and_a_wrong_node(void **state)
{
	(void)state;
	list_lru_add(&lru, &items[2]->lru);
	lru.node[0].lru.nr_items++;
	assert_int_equal(list_lru_verify(&lru), 1);
	lru.node[0].lru.nr_items--;
	list_move(&items[2]->lru, &lru.node[1].lru.list);
	host_log_clear();
	assert_int_equal(list_lru_verify(&lru), 3);
	assert_true(host_log_contains("is on node 1's list, but not of its memory"));
	list_move(&items[2]->lru, &lru.node[0].lru.list);
}

/* ---- Handfuls ----------------------------------------------------------------------------- */

static void a_handful_counts_its_space_and_gives_references_back(void **state)
{
	struct folio_batch batch;
	struct pagevec pvec;
	unsigned long free;

	(void)state;
	drain_all_pages(NULL);
	free = nr_free_pages();
	pagevec_init(&pvec);
	for (unsigned int i = 0; i < PAGEVEC_SIZE; i++) {
		assert_int_equal(pagevec_space(&pvec), PAGEVEC_SIZE - i);
		assert_int_equal(pagevec_add(&pvec, alloc_page(GFP_KERNEL)), PAGEVEC_SIZE - i - 1);
	}
	pagevec_release(&pvec);
	assert_int_equal(pagevec_count(&pvec), 0);
	folio_batch_init(&batch);
	folio_batch_add(&batch, folio_alloc(GFP_KERNEL, 2));
	folio_batch_add(&batch, xa_mk_value(5));
	assert_int_equal(folio_batch_add(&batch, folio_alloc(GFP_KERNEL, 0)), PAGEVEC_SIZE - 3);
	folio_batch_remove_exceptionals(&batch);
	assert_int_equal(folio_batch_count(&batch), 2);
	folio_batch_release(&batch);
	drain_all_pages(NULL);
	assert_int_equal(nr_free_pages(), free);
}

static void marked_pages_of_a_mapping_come_in_handfuls(void **state)
{
	struct test_file file;
	struct pagevec pvec;
	pgoff_t index = 0;

	(void)state;
	test_file_open(&file);
	for (pgoff_t i = 0; i < 40; i++)
		test_file_read(&file, i);
	for (pgoff_t i = 0; i < 40; i += 2)
		test_file_write(&file, i, i);
	pagevec_init(&pvec);
	assert_int_equal(pagevec_lookup_tag(&pvec, &file.mapping, &index, PAGECACHE_TAG_DIRTY),
			 PAGEVEC_SIZE);
	assert_int_equal(page_index(pvec.pages[14]), 28);
	assert_int_equal(index, 29);
	__pagevec_release(&pvec);
	assert_int_equal(pagevec_count(&pvec), 0);
	assert_int_equal(
		pagevec_lookup_range_tag(&pvec, &file.mapping, &index, 33, PAGECACHE_TAG_DIRTY), 2);
	assert_int_equal(index, 34);
	pagevec_release(&pvec);
	assert_int_equal(
		pagevec_lookup_range_tag(&pvec, &file.mapping, &index, 33, PAGECACHE_TAG_DIRTY), 0);
	test_file_close(&file);
}

#define items_test(f) cmocka_unit_test_setup_teardown(f, make_items, free_items)
#define pages_test(f) cmocka_unit_test_setup_teardown(f, cache_machine, cache_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		items_test(an_object_is_on_the_list_of_its_memorys_node),
		items_test(a_walk_takes_the_oldest_first_and_does_what_it_is_told),
		items_test(a_walk_begins_anew_where_the_lock_was_let_go_of),
		items_test(random_lists_agree_with_a_model),
		items_test(verify_finds_a_wrong_count_and_a_wrong_node),
		pages_test(a_handful_counts_its_space_and_gives_references_back),
		pages_test(marked_pages_of_a_mapping_come_in_handfuls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
