// SPDX-License-Identifier: MIT
/* Lists that are walked while they change. Contract: linux/klist.h. */
#include <linux/klist.h>

#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/wait.h>

#define DELETED 1UL

/* Who waits in klist_remove(), each for a node of his own. The queue's lock is the list's. */
struct remover {
	struct list_head list;
	struct klist_node *node;
	bool gone;
};
static LIST_HEAD(removers);
static DECLARE_WAIT_QUEUE_HEAD(removed);

void klist_init(struct klist *k, void (*get)(struct klist_node *node),
		void (*put)(struct klist_node *node))
{
	*k = (struct klist)KLIST_INIT((*k), get, put);
}

static struct klist *klist_of(const struct klist_node *n)
{
	return (struct klist *)((unsigned long)n->n_klist & ~DELETED);
}

static bool is_deleted(const struct klist_node *n)
{
	return (unsigned long)n->n_klist & DELETED;
}

/* ---- Adding ---------------------------------------------------------------------------- */

static void add_between(struct klist *k, struct klist_node *n, struct list_head *pos, bool behind)
{
	kref_init(&n->n_ref);
	n->n_klist = k;
	if (k->get)
		k->get(n);
	spin_lock(&k->k_lock);
	if (behind)
		list_add(&n->n_node, pos);
	else
		list_add_tail(&n->n_node, pos);
	spin_unlock(&k->k_lock);
}

void klist_add_head(struct klist_node *n, struct klist *k)
{
	add_between(k, n, &k->k_list, true);
}

void klist_add_tail(struct klist_node *n, struct klist *k)
{
	add_between(k, n, &k->k_list, false);
}

void klist_add_behind(struct klist_node *n, struct klist_node *pos)
{
	add_between(klist_of(pos), n, &pos->n_node, true);
}

void klist_add_before(struct klist_node *n, struct klist_node *pos)
{
	add_between(klist_of(pos), n, &pos->n_node, false);
}

int klist_node_attached(struct klist_node *n)
{
	return READ_ONCE(n->n_klist) != NULL;
}

/* ---- Giving references back ------------------------------------------------------------ */

/* From here on the remover of @n may free it: he is off the list before he is told. */
static void tell_remover(struct klist_node *n)
{
	struct remover *each, *next;
	unsigned long flags;

	spin_lock_irqsave(&removed.lock, flags);
	list_for_each_entry_safe (each, next, &removers, list) {
		if (each->node != n)
			continue;
		list_del(&each->list);
		smp_store_release(&each->gone, true);
	}
	wake_up_all_locked(&removed);
	spin_unlock_irqrestore(&removed.lock, flags);
}

static void unlink_node(struct kref *ref)
{
	struct klist_node *n = container_of(ref, struct klist_node, n_ref);

	WARN_ON(!is_deleted(n));
	list_del(&n->n_node);
	WRITE_ONCE(n->n_klist, NULL);
	tell_remover(n);
}

static void put_node(struct klist_node *n, bool delete)
{
	struct klist *k = klist_of(n);
	void (*put)(struct klist_node * node) = k->put;
	bool last;

	spin_lock(&k->k_lock);
	if (delete) {
		WARN_ON(is_deleted(n));
		WRITE_ONCE(n->n_klist, (void *)((unsigned long)k | DELETED));
	}
	last = kref_put(&n->n_ref, unlink_node);
	spin_unlock(&k->k_lock);
	if (last && put)
		put(n);
}

void klist_del(struct klist_node *n)
{
	put_node(n, true);
}

void klist_remove(struct klist_node *n)
{
	struct remover me = {.node = n};
	unsigned long flags;

	spin_lock_irqsave(&removed.lock, flags);
	list_add(&me.list, &removers);
	spin_unlock_irqrestore(&removed.lock, flags);
	put_node(n, true);
	wait_event(removed, smp_load_acquire(&me.gone));
}

/* ---- Walks ----------------------------------------------------------------------------- */

void klist_iter_init_node(struct klist *k, struct klist_iter *i, struct klist_node *n)
{
	i->i_klist = k;
	i->i_cur = n && kref_get_unless_zero(&n->n_ref) ? n : NULL;
}

void klist_iter_init(struct klist *k, struct klist_iter *i)
{
	klist_iter_init_node(k, i, NULL);
}

void klist_iter_exit(struct klist_iter *i)
{
	if (i->i_cur)
		put_node(i->i_cur, false);
	i->i_cur = NULL;
}

/* What is deleted is still linked, so that the step from it leads on. */
static struct klist_node *live_from(struct klist *k, struct list_head *at, bool back)
{
	for (; at != &k->k_list; at = back ? at->prev : at->next) {
		struct klist_node *n = list_entry(at, struct klist_node, n_node);

		if (!is_deleted(n)) {
			kref_get(&n->n_ref);
			return n;
		}
	}
	return NULL;
}

static struct klist_node *step(struct klist_iter *i, bool back)
{
	struct klist *k = i->i_klist;
	struct klist_node *was = i->i_cur;
	struct list_head *at = was ? &was->n_node : &k->k_list;
	unsigned long flags;
	bool last;

	spin_lock_irqsave(&k->k_lock, flags);
	i->i_cur = live_from(k, back ? at->prev : at->next, back);
	last = was && kref_put(&was->n_ref, unlink_node);
	spin_unlock_irqrestore(&k->k_lock, flags);
	if (last && k->put)
		k->put(was);
	return i->i_cur;
}

struct klist_node *klist_prev(struct klist_iter *i)
{
	return step(i, true);
}

struct klist_node *klist_next(struct klist_iter *i)
{
	return step(i, false);
}
