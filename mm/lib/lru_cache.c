// SPDX-License-Identifier: MIT
/* Sets of the most recently used. Contract: linux/lru_cache.h. */
#include <linux/lru_cache.h>

#include <linux/atomic.h>
#include <linux/bug.h>
#include <asm/arch.h>

/* ---- Who is in ------------------------------------------------------------------------ */

static void enter(struct lru_cache *lc)
{
	BUG_ON(!lc->nr_elements);
	BUG_ON(test_and_set_bit(__LC_PARANOIA, &lc->flags));
}

static void leave(struct lru_cache *lc)
{
	clear_bit_unlock(__LC_PARANOIA, &lc->flags);
}

static void check_element(const struct lru_cache *lc, const struct lc_element *e)
{
	BUG_ON(e->lc_index >= lc->nr_elements);
	BUG_ON(lc->lc_element[e->lc_index] != e);
}

/* ---- Life ----------------------------------------------------------------------------- */

static void *object_of(const struct lru_cache *lc, struct lc_element *e)
{
	return (char *)e - lc->element_off;
}

/* All elements are free again, and their objects zero. */
static void make_free(struct lru_cache *lc)
{
	INIT_LIST_HEAD(&lc->lru);
	INIT_LIST_HEAD(&lc->free);
	INIT_LIST_HEAD(&lc->in_use);
	INIT_LIST_HEAD(&lc->to_be_changed);
	memset(lc->lc_slot, 0, lc->nr_elements * sizeof(*lc->lc_slot));
	for (unsigned int i = 0; i < lc->nr_elements; i++) {
		struct lc_element *e = lc->lc_element[i];

		memset(object_of(lc, e), 0, lc->element_size);
		e->lc_index = i;
		e->lc_number = e->lc_new_number = LC_FREE;
		list_add(&e->list, &lc->free);
	}
}

/* Objects for @nr elements. False: those that there are stay for lc_destroy(). */
static bool alloc_elements(struct lru_cache *lc, unsigned int nr)
{
	lc->lc_slot = kcalloc(nr, sizeof(*lc->lc_slot), GFP_KERNEL);
	lc->lc_element = kcalloc(nr, sizeof(*lc->lc_element), GFP_KERNEL);
	if (!lc->lc_slot || !lc->lc_element)
		return false;
	for (lc->nr_elements = 0; lc->nr_elements < nr; lc->nr_elements++) {
		char *object = kmem_cache_alloc(lc->lc_cache, GFP_KERNEL);

		if (!object)
			return false;
		lc->lc_element[lc->nr_elements] = (struct lc_element *)(object + lc->element_off);
	}
	return true;
}

struct lru_cache *lc_create(const char *name, struct kmem_cache *cache,
			    unsigned int max_pending_changes, unsigned int e_count, size_t e_size,
			    size_t e_off)
{
	struct lru_cache *lc;

	if (WARN_ON(kmem_cache_size(cache) < e_size) || e_count > LC_MAX_ACTIVE)
		return NULL;
	lc = kzalloc(sizeof(*lc), GFP_KERNEL);
	if (!lc)
		return NULL;
	lc->name = name;
	lc->lc_cache = cache;
	lc->max_pending_changes = max_pending_changes;
	lc->element_size = e_size;
	lc->element_off = e_off;
	if (!alloc_elements(lc, e_count)) {
		lc_destroy(lc);
		return NULL;
	}
	make_free(lc);
	return lc;
}

void lc_destroy(struct lru_cache *lc)
{
	if (!lc)
		return;
	for (unsigned int i = 0; i < lc->nr_elements; i++)
		kmem_cache_free(lc->lc_cache, object_of(lc, lc->lc_element[i]));
	kfree(lc->lc_element);
	kfree(lc->lc_slot);
	kfree(lc);
}

void lc_reset(struct lru_cache *lc)
{
	lc->used = lc->pending_changes = 0;
	lc->hits = lc->misses = lc->starving = lc->locked = lc->changed = 0;
	lc->flags = 0;
	make_free(lc);
}

/* ---- Looking -------------------------------------------------------------------------- */

static struct hlist_head *chain_of(struct lru_cache *lc, unsigned int enr)
{
	BUG_ON(!lc->nr_elements);
	return &lc->lc_slot[enr % lc->nr_elements];
}

static bool is_pending(const struct lc_element *e)
{
	return e->lc_number != e->lc_new_number;
}

/* The element that stands, or will stand, for @enr. */
static struct lc_element *find(struct lru_cache *lc, unsigned int enr)
{
	struct lc_element *e;

	hlist_for_each_entry (e, chain_of(lc, enr), colision)
		if (e->lc_new_number == enr)
			return e;
	return NULL;
}

struct lc_element *lc_find(struct lru_cache *lc, unsigned int enr)
{
	struct lc_element *e = find(lc, enr);

	return e && !is_pending(e) ? e : NULL;
}

bool lc_is_used(struct lru_cache *lc, unsigned int enr)
{
	const struct lc_element *e = find(lc, enr);

	return e && e->refcnt;
}

struct lc_element *lc_element_by_index(struct lru_cache *lc, unsigned int i)
{
	BUG_ON(i >= lc->nr_elements);
	check_element(lc, lc->lc_element[i]);
	return lc->lc_element[i];
}

unsigned int lc_index_of(struct lru_cache *lc, struct lc_element *e)
{
	check_element(lc, e);
	return e->lc_index;
}

/* ---- Changing the set ----------------------------------------------------------------- */

/* Of what it is taken from it keeps nothing but its number, where it is to be changed. */
static void rehash(struct lru_cache *lc, struct lc_element *e, unsigned int enr)
{
	hlist_del_init(&e->colision);
	e->lc_new_number = enr;
	if (enr != LC_FREE)
		hlist_add_head(&e->colision, chain_of(lc, enr));
}

void lc_set(struct lru_cache *lc, unsigned int enr, int index)
{
	struct lc_element *e;

	if (index < 0 || (unsigned int)index >= lc->nr_elements)
		return;
	e = lc_element_by_index(lc, (unsigned int)index);
	BUG_ON(is_pending(e));
	BUG_ON(e->refcnt);
	rehash(lc, e, enr);
	e->lc_number = enr;
	list_move(&e->list, enr == LC_FREE ? &lc->free : &lc->lru);
}

void lc_del(struct lru_cache *lc, struct lc_element *element)
{
	enter(lc);
	check_element(lc, element);
	BUG_ON(element->refcnt);
	rehash(lc, element, LC_FREE);
	element->lc_number = LC_FREE;
	list_move(&element->list, &lc->free);
	leave(lc);
}

/* A free one, or the one that was not used for longest. */
static struct lc_element *to_replace(struct lru_cache *lc)
{
	struct lc_element *e = list_first_entry_or_null(&lc->free, struct lc_element, list);

	if (e || list_empty(&lc->lru))
		return e;
	return list_last_entry(&lc->lru, struct lc_element, list);
}

/*
 * An element that will stand for @enr. Dirty is set before locked is read, and lc_try_lock() looks
 * at both at once: of the two only one comes through.
 */
static struct lc_element *get_new(struct lru_cache *lc, unsigned int enr)
{
	struct lc_element *e;

	test_and_set_bit(__LC_DIRTY, &lc->flags);
	if (test_bit(__LC_LOCKED, &lc->flags)) {
		lc->locked++;
		return NULL;
	}
	e = to_replace(lc);
	if (!e) {
		set_bit(__LC_STARVING, &lc->flags);
		return NULL;
	}
	if (lc->pending_changes >= lc->max_pending_changes)
		return NULL;
	check_element(lc, e);
	rehash(lc, e, enr);
	list_move(&e->list, &lc->to_be_changed);
	lc->pending_changes++;
	lc->used++;
	e->refcnt = 1;
	return e;
}

/* ---- References ----------------------------------------------------------------------- */

static struct lc_element *get_again(struct lru_cache *lc, struct lc_element *e, bool pending_too)
{
	if (is_pending(e)) {
		if (!pending_too)
			return NULL;
	} else {
		list_move(&e->list, &lc->in_use);
	}
	lc->hits++;
	if (!e->refcnt++)
		lc->used++;
	return e;
}

static struct lc_element *get(struct lru_cache *lc, unsigned int enr, bool may_change,
			      bool pending_too)
{
	struct lc_element *e;

	if (test_bit(__LC_STARVING, &lc->flags)) {
		lc->starving++;
		return NULL;
	}
	e = find(lc, enr);
	if (e)
		return get_again(lc, e, pending_too);
	lc->misses++;
	return may_change ? get_new(lc, enr) : NULL;
}

static struct lc_element *enter_get(struct lru_cache *lc, unsigned int enr, bool may_change,
				    bool pending_too)
{
	struct lc_element *e;

	enter(lc);
	e = get(lc, enr, may_change, pending_too);
	leave(lc);
	return e;
}

struct lc_element *lc_get(struct lru_cache *lc, unsigned int enr)
{
	return enter_get(lc, enr, true, false);
}

struct lc_element *lc_get_cumulative(struct lru_cache *lc, unsigned int enr)
{
	return enter_get(lc, enr, true, true);
}

struct lc_element *lc_try_get(struct lru_cache *lc, unsigned int enr)
{
	return enter_get(lc, enr, false, false);
}

unsigned int lc_put(struct lru_cache *lc, struct lc_element *e)
{
	unsigned int left;

	enter(lc);
	check_element(lc, e);
	BUG_ON(!e->refcnt);
	BUG_ON(is_pending(e));
	left = --e->refcnt;
	if (!left) {
		list_move(&e->list, &lc->lru);
		lc->used--;
		clear_bit_unlock(__LC_STARVING, &lc->flags);
	}
	leave(lc);
	return left;
}

void lc_committed(struct lru_cache *lc)
{
	struct lc_element *e;

	enter(lc);
	list_for_each_entry (e, &lc->to_be_changed, list) {
		e->lc_number = e->lc_new_number;
		lc->changed++;
	}
	list_splice_init(&lc->to_be_changed, &lc->in_use);
	lc->pending_changes = 0;
	leave(lc);
}

/* ---- Keeping the set as it is --------------------------------------------------------- */

int lc_try_lock(struct lru_cache *lc)
{
	unsigned long was;

	while ((was = cmpxchg(&lc->flags, 0, LC_LOCKED)) == LC_PARANOIA)
		cpu_relax();
	return !was;
}

/* ---- Dumps ---------------------------------------------------------------------------- */

void lc_seq_printf_stats(struct seq_file *seq, struct lru_cache *lc)
{
	seq_printf(seq, "\t%s: used:%u/%u hits:%lu misses:%lu ", lc->name, lc->used,
		   lc->nr_elements, lc->hits, lc->misses);
	seq_printf(seq, "starving:%lu locked:%lu changed:%lu\n", lc->starving, lc->locked,
		   lc->changed);
}

void lc_seq_dump_details(struct seq_file *seq, struct lru_cache *lc, char *utext,
			 void (*detail)(struct seq_file *, struct lc_element *))
{
	seq_printf(seq, "\tnn: lc_number (new nr) refcnt %s\n ", utext);
	for (unsigned int i = 0; i < lc->nr_elements; i++) {
		struct lc_element *e = lc_element_by_index(lc, i);

		seq_printf(seq, "\t%5u: %6d ", i, (int)e->lc_number);
		if (is_pending(e))
			seq_printf(seq, "%8d", (int)e->lc_new_number);
		else
			seq_printf(seq, "%-8s", "-\"-");
		seq_printf(seq, " %6d ", (int)e->refcnt);
		if (detail)
			detail(seq, e);
		seq_putc(seq, '\n');
	}
}
