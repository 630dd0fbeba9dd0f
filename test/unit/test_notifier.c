/* SPDX-License-Identifier: MIT */
/* Chains of functions, and those that are asked for memory and addresses when there are none. */
#include "vmalloc_machine.h"

#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/sizes.h>

#include "cpus.h"

/* ---- Functions that note that they were called -------------------------------------------- */

struct listener {
	struct notifier_block nb;
	char name;
	int answer;
};

static char said[64];
static unsigned long last_action;

static int listen(struct notifier_block *nb, unsigned long action, void *data)
{
	struct listener *l = container_of(nb, struct listener, nb);
	size_t at = strlen(said);

	assert_ptr_equal(data, said);
	said[at] = l->name;
	said[at + 1] = '\0';
	last_action = action;
	return l->answer;
}

#define LISTENER(c, prio, ret)                                                                    \
	{                                                                                         \
		.nb = {.notifier_call = listen, .priority = (prio)}, .name = (c), .answer = (ret) \
	}

static const char *what_was_said(void)
{
	static char copy[sizeof(said)];

	memcpy(copy, said, sizeof(said));
	said[0] = '\0';
	return copy;
}

/* ---- Raw chains ------------------------------------------------------------------------------ */

static void the_highest_priority_is_called_first_then_who_came_first(void **state)
{
	struct listener a = LISTENER('a', 0, NOTIFY_OK), b = LISTENER('b', 10, NOTIFY_DONE),
			c = LISTENER('c', 0, NOTIFY_OK), d = LISTENER('d', -5, 0x20);
	RAW_NOTIFIER_HEAD(chain);

	(void)state;
	assert_int_equal(raw_notifier_call_chain(&chain, 7, said), NOTIFY_DONE);
	assert_int_equal(raw_notifier_chain_register(&chain, &a.nb), 0);
	assert_int_equal(raw_notifier_chain_register(&chain, &d.nb), 0);
	assert_int_equal(raw_notifier_chain_register(&chain, &b.nb), 0);
	assert_int_equal(raw_notifier_chain_register(&chain, &c.nb), 0);
	assert_int_equal(raw_notifier_call_chain(&chain, 7, said), 0x20);
	assert_string_equal(what_was_said(), "bacd");
	assert_int_equal(last_action, 7);
	assert_int_equal(raw_notifier_chain_unregister(&chain, &a.nb), 0);
	assert_int_equal(raw_notifier_chain_unregister(&chain, &a.nb), -ENOENT);
	assert_int_equal(raw_notifier_call_chain(&chain, 8, said), 0x20);
	assert_string_equal(what_was_said(), "bcd");
}

static void a_function_may_end_the_call_and_leave_the_chain(void **state)
{
	struct listener a = LISTENER('a', 2, NOTIFY_OK), b = LISTENER('b', 1, NOTIFY_BAD),
			c = LISTENER('c', 0, NOTIFY_OK);
	RAW_NOTIFIER_HEAD(chain);

	(void)state;
	raw_notifier_chain_register(&chain, &a.nb);
	raw_notifier_chain_register(&chain, &b.nb);
	raw_notifier_chain_register(&chain, &c.nb);
	assert_int_equal(raw_notifier_call_chain(&chain, 1, said), NOTIFY_BAD);
	assert_string_equal(what_was_said(), "ab");
	/* Those before the one that refused are told. */
	assert_int_equal(raw_notifier_call_chain_robust(&chain, 1, 2, said), NOTIFY_BAD);
	assert_string_equal(what_was_said(), "aba");
	assert_int_equal(last_action, 2);
	b.answer = NOTIFY_STOP;
	assert_int_equal(raw_notifier_call_chain(&chain, 1, said), NOTIFY_STOP);
	assert_string_equal(what_was_said(), "ab");
	b.answer = NOTIFY_DONE;
	assert_int_equal(raw_notifier_call_chain_robust(&chain, 1, 2, said), NOTIFY_OK);
	assert_string_equal(what_was_said(), "abc");
}

static void errors_are_answers_and_back(void **state)
{
	(void)state;
	assert_int_equal(notifier_from_errno(0), NOTIFY_OK);
	assert_int_equal(notifier_from_errno(-EPERM), NOTIFY_BAD);
	assert_true(notifier_from_errno(-ENOMEM) & NOTIFY_STOP_MASK);
	for (int err = 0; err < 200; err++)
		assert_int_equal(notifier_to_errno(notifier_from_errno(-err)), -err);
	assert_int_equal(notifier_to_errno(NOTIFY_DONE), 0);
	assert_int_equal(notifier_to_errno(NOTIFY_STOP), 0);
}

/* ---- Chains with a lock ---------------------------------------------------------------------- */

static void a_block_is_in_a_chain_once(void **state)
{
	struct listener a = LISTENER('a', 0, NOTIFY_OK), b = LISTENER('b', 0, NOTIFY_OK);
	ATOMIC_NOTIFIER_HEAD(atomic);
	BLOCKING_NOTIFIER_HEAD(blocking);

	(void)state;
	assert_true(atomic_notifier_call_chain_is_empty(&atomic));
	assert_int_equal(atomic_notifier_chain_register(&atomic, &a.nb), 0);
	assert_false(atomic_notifier_call_chain_is_empty(&atomic));
	assert_int_equal(atomic_notifier_chain_register(&atomic, &a.nb), -EEXIST);
	assert_non_null(strstr(host_log(), "already registered"));
	host_log_clear();
	assert_int_equal(atomic_notifier_chain_register_unique_prio(&atomic, &b.nb), -EBUSY);
	b.nb.priority = 1;
	assert_int_equal(atomic_notifier_chain_register_unique_prio(&atomic, &b.nb), 0);
	assert_int_equal(atomic_notifier_call_chain(&atomic, 1, said), NOTIFY_OK);
	assert_string_equal(what_was_said(), "ba");
	assert_int_equal(atomic_notifier_chain_unregister(&atomic, &b.nb), 0);
	assert_int_equal(atomic_notifier_chain_unregister(&atomic, &b.nb), -ENOENT);
	assert_int_equal(atomic_notifier_chain_unregister(&atomic, &a.nb), 0);

	assert_int_equal(blocking_notifier_call_chain(&blocking, 1, said), NOTIFY_DONE);
	assert_int_equal(blocking_notifier_call_chain_robust(&blocking, 1, 2, said), NOTIFY_DONE);
	assert_int_equal(blocking_notifier_chain_register(&blocking, &a.nb), 0);
	assert_int_equal(blocking_notifier_chain_register_unique_prio(&blocking, &b.nb), 0);
	assert_int_equal(blocking_notifier_call_chain(&blocking, 1, said), NOTIFY_OK);
	a.answer = NOTIFY_BAD;
	assert_int_equal(blocking_notifier_call_chain_robust(&blocking, 1, 2, said), NOTIFY_BAD);
	assert_string_equal(what_was_said(), "babab");
	assert_int_equal(blocking_notifier_chain_unregister(&blocking, &a.nb), 0);
	assert_int_equal(blocking_notifier_chain_unregister(&blocking, &a.nb), -ENOENT);
}

SRCU_NOTIFIER_HEAD_STATIC(fixed);

static void chains_of_srcu_are_made_and_cleaned_up(void **state)
{
	struct listener a = LISTENER('a', 0, NOTIFY_OK);
	struct srcu_notifier_head made;

	(void)state;
	srcu_init_notifier_head(&made);
	assert_int_equal(srcu_notifier_chain_register(&made, &a.nb), 0);
	assert_int_equal(srcu_notifier_chain_register(&made, &a.nb), -EEXIST);
	host_log_clear();
	assert_int_equal(srcu_notifier_call_chain(&made, 3, said), NOTIFY_OK);
	assert_int_equal(srcu_notifier_chain_unregister(&made, &a.nb), 0);
	assert_int_equal(srcu_notifier_call_chain(&made, 3, said), NOTIFY_DONE);
	assert_string_equal(what_was_said(), "a");
	srcu_cleanup_notifier_head(&made);
	assert_int_equal(srcu_notifier_call_chain(&fixed, 3, said), NOTIFY_DONE);
	assert_string_equal(host_log(), "");
}

/* ---- Who is asked for memory -------------------------------------------------------------------- */

static LIST_HEAD(kept);
static unsigned int asked;

static int give_back(struct notifier_block *nb, unsigned long action, void *data)
{
	unsigned long *freed = data;

	(void)nb;
	assert_int_equal(action, 0);
	asked++;
	for (int i = 0; i < 64 && !list_empty(&kept); i++) {
		struct page *page = list_first_entry(&kept, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
		++*freed;
	}
	return NOTIFY_OK;
}

static struct notifier_block giver = {.notifier_call = give_back};

static unsigned long keep_all(gfp_t gfp)
{
	unsigned long nr = 0;
	struct page *page;

	while ((page = alloc_page(gfp | GFP_QUIET | __GFP_NORETRY)) != NULL) {
		list_add(&page->lru, &kept);
		nr++;
	}
	return nr;
}

static void who_has_memory_is_asked_before_an_allocation_fails(void **state)
{
	unsigned long nr;
	LIST_HEAD(got);
	struct page *page;

	(void)state;
	nr = keep_all(0) + keep_all(__GFP_DMA);
	assert_int_equal(register_oom_notifier(&giver), 0);
	assert_null(alloc_page(GFP_QUIET | __GFP_NORETRY));
	assert_null(alloc_page(GFP_QUIET | __GFP_RETRY_MAYFAIL));
	assert_null(alloc_pages_node(0, GFP_QUIET | __GFP_THISNODE, 0));
	assert_null(alloc_page(GFP_NOWAIT | __GFP_NOWARN));
	assert_null(alloc_pages(GFP_QUIET, PAGE_ALLOC_COSTLY_ORDER + 1));
	assert_null(alloc_page(GFP_QUIET | __GFP_DMA));
	assert_int_equal(asked, 0);
	/* All that was kept comes back, a few pages at a time, and then there is no more. */
	while ((page = alloc_page(GFP_QUIET)) != NULL) {
		list_add(&page->lru, &got);
		nr--;
	}
	assert_true(list_empty(&kept));
	assert_true(asked > 100);
	assert_true(nr < 64);
	assert_int_equal(unregister_oom_notifier(&giver), 0);
	asked = 0;
	assert_null(alloc_page(GFP_QUIET));
	assert_int_equal(asked, 0);
	put_pages_list(&got);
}

/* ---- And for addresses ---------------------------------------------------------------------- */

static void *large[64];
static unsigned int nr_large;

static int give_area_back(struct notifier_block *nb, unsigned long action, void *data)
{
	(void)nb, (void)action;
	asked++;
	if (!nr_large)
		return NOTIFY_DONE;
	free_vm_area(find_vm_area(large[--nr_large]));
	*(unsigned long *)data += 1;
	return NOTIFY_OK;
}

static void who_has_addresses_is_asked_before_none_are_found(void **state)
{
	struct notifier_block nb = {.notifier_call = give_area_back};
	struct vm_struct *area;

	(void)state;
	asked = 0;
	for (nr_large = 0; nr_large < ARRAY_SIZE(large); nr_large++) {
		area = get_vm_area(vmalloc_largest_free() / 2, VM_MAP);
		if (!area)
			break;
		large[nr_large] = area->addr;
	}
	assert_int_equal(register_vmap_purge_notifier(&nb), 0);
	/* Half of all is there when all but the first, which has the other half, are back. */
	area = get_vm_area(VMALLOC_TOTAL / 2 - SZ_1G, VM_MAP);
	assert_non_null(area);
	assert_int_equal(nr_large, 1);
	assert_null(get_vm_area(VMALLOC_TOTAL - SZ_1G, VM_MAP));
	assert_int_equal(nr_large, 0);
	assert_int_equal(unregister_vmap_purge_notifier(&nb), 0);
	free_vm_area(area);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_highest_priority_is_called_first_then_who_came_first),
		cmocka_unit_test(a_function_may_end_the_call_and_leave_the_chain),
		cmocka_unit_test(errors_are_answers_and_back),
		vmalloc_test(a_block_is_in_a_chain_once),
		vmalloc_test(chains_of_srcu_are_made_and_cleaned_up),
		cmocka_unit_test_setup_teardown(who_has_memory_is_asked_before_an_allocation_fails,
						make_machine, end_machine),
		vmalloc_test(who_has_addresses_is_asked_before_none_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
