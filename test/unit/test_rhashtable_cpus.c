/* SPDX-License-Identifier: MIT */
/*
 * Hash tables on several CPUs: two insert and remove, one has time for the resize, and the first
 * looks. What stays is found by each lookup and each walk; a key that two insert has one winner.
 */
#include "percpu_machine.h"

#include <linux/errno.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>

#include "../../mm/wait.h"

#ifdef __SANITIZE_THREAD__
#include "tsan.h"
#define ROUNDS 12
#else
#define ROUNDS 60
#endif

#define CPUS	  4
#define CHANGERS  2	  /* CPUs 1 and 2 */
#define STAY	  50	  /* keys from 0 on that stay */
#define EACH	  700	  /* keys of each changer: the table grows and shrinks */
#define SHARED	  1000000 /* the first of the keys that both insert */
#define NR_SHARED 40
#define GONE	  0xdeadU /* the key of an object that was freed */

struct object {
	u32 key;
	struct rhlist_head list;
	struct rcu_head rcu;
};

static const struct rhashtable_params params = {
	.key_len = sizeof(u32),
	.key_offset = offsetof(struct object, key),
	.head_offset = offsetof(struct object, list),
	.nelem_hint = 12,
	.automatic_shrinking = true,
};

static struct rhashtable ht;
static struct rhltable hlt;
static struct object stay[STAY];
static const char *fault;
static atomic_t working, won;

static int machine(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, CPUS);
	wait_reset();
	smp_init();
	host_log_clear();
	fault = NULL;
	atomic_set(&won, 0);
	for (u32 i = 0; i < STAY; i++)
		stay[i] = (struct object){.key = i};
	return 0;
}

static int machine_end(void **state)
{
	rcu_barrier();
	host_cpus_stop();
	return percpu_machine_end(state);
}

static void complain(const char *what)
{
	__atomic_store_n(&fault, what, __ATOMIC_RELAXED);
}

static bool fine(void)
{
	return !__atomic_load_n(&fault, __ATOMIC_RELAXED);
}

static struct object *make_object(u32 key)
{
	struct object *obj = kmalloc(sizeof(*obj), GFP_KERNEL);

	if (obj)
		*obj = (struct object){.key = key};
	else
		complain("no memory");
	return obj;
}

/* Readers may have it until then. */
static void free_object(struct rcu_head *head)
{
	struct object *obj = container_of(head, struct object, rcu);

	WRITE_ONCE(obj->key, GONE);
	kfree(obj);
}

/* ---- Those who change ------------------------------------------------------------------------- */

static struct changer {
	struct work_struct work;
	u32 first; /* of its keys */
} changers[CHANGERS];

static void insert_own(const struct changer *by)
{
	for (u32 key = by->first; key < by->first + EACH && fine(); key++) {
		struct object *obj = make_object(key);
		int err;

		if (!obj)
			return;
		do {
			err = rhashtable_insert_fast(&ht, &obj->list.rhead, params);
		} while (err == -EBUSY);
		if (err)
			complain("an object was not inserted");
		cond_resched();
	}
}

static void replace_own(const struct changer *by)
{
	for (u32 key = by->first; key < by->first + EACH && fine(); key += 7) {
		struct object *old = rhashtable_lookup_fast(&ht, &key, params);
		struct object *obj = make_object(key);

		if (!old || !obj ||
		    rhashtable_replace_fast(&ht, &old->list.rhead, &obj->list.rhead, params)) {
			complain("an object was not replaced");
			return;
		}
		call_rcu(&old->rcu, free_object);
	}
}

static void remove_own(const struct changer *by)
{
	for (u32 key = by->first; key < by->first + EACH && fine(); key++) {
		struct object *obj = rhashtable_lookup_fast(&ht, &key, params);

		if (!obj || rhashtable_remove_fast(&ht, &obj->list.rhead, params)) {
			complain("an object was not there to be removed");
			return;
		}
		call_rcu(&obj->rcu, free_object);
		cond_resched();
	}
}

static void insert_shared(void)
{
	for (u32 key = SHARED; key < SHARED + NR_SHARED && fine(); key++) {
		struct object *obj = make_object(key);
		const struct object *found;

		if (!obj)
			return;
		found = rhashtable_lookup_get_insert_fast(&ht, &obj->list.rhead, params);
		if (!found)
			atomic_inc(&won);
		else
			kfree(obj);
	}
}

static void change(struct work_struct *work)
{
	const struct changer *by = container_of(work, struct changer, work);

	insert_shared();
	for (unsigned int i = 0; i < ROUNDS && fine(); i++) {
		insert_own(by);
		replace_own(by);
		remove_own(by);
	}
	atomic_dec(&working);
}

static void start_changers(work_func_t func)
{
	atomic_set(&working, CHANGERS);
	for (u32 i = 0; i < CHANGERS; i++) {
		changers[i].first = 1000 * (i + 1);
		INIT_WORK(&changers[i].work, func);
		assert_true(schedule_work_on((int)i + 1, &changers[i].work));
	}
}

static void wait_for_changers(void)
{
	for (u32 i = 0; i < CHANGERS; i++)
		flush_work(&changers[i].work);
	if (!fine())
		fail_msg("%s", fault);
}

/* ---- Who looks ---------------------------------------------------------------------------------- */

static void look_for_what_stays(void)
{
	u32 never = SHARED - 1;

	for (u32 key = 0; key < STAY; key++)
		if (rhashtable_lookup_fast(&ht, &key, params) != &stay[key])
			complain("what stays was not found");
	if (rhashtable_lookup_fast(&ht, &never, params))
		complain("what never was there was found");
}

/* What comes and goes is found or not, but never freed. */
static void look_for_what_comes_and_goes(void)
{
	for (u32 key = 1000; key < 1000 + EACH; key += 3) {
		const struct object *obj;

		rcu_read_lock();
		obj = rhashtable_lookup(&ht, &key, params);
		if (obj && READ_ONCE(obj->key) != key)
			complain("another object was found");
		rcu_read_unlock();
	}
}

/* In sections of @some objects. */
static void walk(unsigned int some)
{
	bool seen[STAY] = {};
	struct rhashtable_iter iter;
	const struct object *obj;
	unsigned int nr = 0;

	rhashtable_walk_enter(&ht, &iter);
	rhashtable_walk_start(&iter);
	while ((obj = rhashtable_walk_next(&iter))) {
		if (!IS_ERR(obj) && obj->key < STAY)
			seen[obj->key] = true;
		if (++nr % some == 0) {
			rhashtable_walk_stop(&iter);
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	for (u32 i = 0; i < STAY && some == UINT_MAX; i++)
		if (!seen[i])
			complain("a walk missed what stays");
}

static void free_all(void *ptr, void *nr)
{
	const struct object *obj = ptr;

	if (obj >= stay && obj < stay + STAY)
		return;
	kfree(obj);
	(*(unsigned int *)nr)++;
}

static void what_stays_is_found_while_all_else_changes(void **state)
{
	unsigned int freed = 0;

	(void)state;
	assert_int_equal(rhashtable_init(&ht, &params), 0);
	for (u32 i = 0; i < STAY; i++)
		assert_int_equal(rhashtable_insert_fast(&ht, &stay[i].list.rhead, params), 0);
	start_changers(change);
	while (atomic_read(&working) && fine()) {
		look_for_what_stays();
		look_for_what_comes_and_goes();
		walk(UINT_MAX);
		walk(10);
		cond_resched();
	}
	wait_for_changers();
	assert_int_equal(atomic_read(&won), NR_SHARED);
	assert_int_equal(atomic_read(&ht.nelems), STAY + NR_SHARED);
	flush_work(&ht.run_work);
	assert_true(rht_dereference(ht.tbl, &ht)->nr > 2); /* it was resized, more than once */
	rhashtable_free_and_destroy(&ht, free_all, &freed);
	assert_int_equal(freed, NR_SHARED);
}

/* ---- Duplicates ----------------------------------------------------------------------------------- */

#define COPIES 3

/* Copies of keys that both have, and of enough others that the table is resized. */
static void change_lists(struct work_struct *work)
{
	static struct object lists[CHANGERS][EACH];
	struct object *own = lists[container_of(work, struct changer, work) - changers];

	for (unsigned int round = 0; round < ROUNDS && fine(); round++) {
		for (u32 i = 0; i < EACH; i++) {
			int err;

			own[i].key = i / COPIES;
			do {
				err = rhltable_insert(&hlt, &own[i].list, params);
			} while (err == -EBUSY);
			if (err)
				complain("a copy was not inserted");
		}
		for (u32 i = 0; i < EACH; i++)
			if (rhltable_remove(&hlt, &own[i].list, params))
				complain("a copy was not there to be removed");
		synchronize_rcu();
	}
	atomic_dec(&working);
}

/* Copies of a key that stays are all there: this one is among them. */
static void look_for_copies(void)
{
	for (u32 key = 0; key < STAY; key++) {
		struct rhlist_head *pos;
		bool found = false;

		rcu_read_lock();
		rhl_for_each_rcu(pos, rhltable_lookup(&hlt, &key, params)) found |=
			pos == &stay[key].list;
		rcu_read_unlock();
		if (!found)
			complain("a copy that stays was not found");
	}
}

static void copies_that_stay_are_found_among_others(void **state)
{
	(void)state;
	assert_int_equal(rhltable_init(&hlt, &params), 0);
	for (u32 i = 0; i < STAY; i++)
		assert_int_equal(rhltable_insert(&hlt, &stay[i].list, params), 0);
	start_changers(change_lists);
	while (atomic_read(&working) && fine()) {
		look_for_copies();
		cond_resched();
	}
	wait_for_changers();
	assert_int_equal(atomic_read(&hlt.ht.nelems), STAY);
	for (u32 i = 0; i < STAY; i++)
		assert_int_equal(rhltable_remove(&hlt, &stay[i].list, params), 0);
	assert_int_equal(atomic_read(&hlt.ht.nelems), 0);
	rhltable_destroy(&hlt);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, machine, machine_end)
	const struct CMUnitTest tests[] = {
		test(what_stays_is_found_while_all_else_changes),
		test(copies_that_stay_are_found_among_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
