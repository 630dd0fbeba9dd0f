// SPDX-License-Identifier: MIT
/* Chains of functions. Contract: linux/notifier.h. */
#include <linux/notifier.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/rcupdate.h>

/* ---- A chain ------------------------------------------------------------------------------ */

static int chain_register(struct notifier_block **link, struct notifier_block *nb, bool unique)
{
	for (; *link; link = &(*link)->next) {
		if (WARN(*link == nb, "notifier callback %ps already registered",
			 (void *)nb->notifier_call))
			return -EEXIST;
		if (nb->priority > (*link)->priority)
			break;
		if (unique && nb->priority == (*link)->priority)
			return -EBUSY;
	}
	nb->next = *link;
	rcu_assign_pointer(*link, nb);
	return 0;
}

static int chain_unregister(struct notifier_block **link, const struct notifier_block *nb)
{
	for (; *link; link = &(*link)->next)
		if (*link == nb) {
			rcu_assign_pointer(*link, nb->next);
			return 0;
		}
	return -ENOENT;
}

/* Calls @most of them at the most; how many were called is added to *@called. */
static int chain_call(struct notifier_block *const *link, unsigned long val, void *v, int most,
		      int *called)
{
	struct notifier_block *nb = rcu_dereference_raw(*link);
	int ret = NOTIFY_DONE;

	while (nb && most--) {
		/* It may leave the chain. */
		struct notifier_block *next = rcu_dereference_raw(nb->next);

		ret = nb->notifier_call(nb, val, v);
		++*called;
		if (ret & NOTIFY_STOP_MASK)
			break;
		nb = next;
	}
	return ret;
}

static int chain_call_all(struct notifier_block *const *link, unsigned long val, void *v)
{
	int called = 0;

	return chain_call(link, val, v, -1, &called);
}

static int chain_call_robust(struct notifier_block *const *link, unsigned long val_up,
			     unsigned long val_down, void *v)
{
	int called = 0, undone = 0, ret = chain_call(link, val_up, v, -1, &called);

	if (ret & NOTIFY_STOP_MASK)
		chain_call(link, val_down, v, called - 1, &undone);
	return ret;
}

/* ---- Raw ------------------------------------------------------------------------------------ */

int raw_notifier_chain_register(struct raw_notifier_head *nh, struct notifier_block *nb)
{
	return chain_register(&nh->head, nb, false);
}

int raw_notifier_chain_unregister(struct raw_notifier_head *nh, struct notifier_block *nb)
{
	return chain_unregister(&nh->head, nb);
}

int raw_notifier_call_chain(struct raw_notifier_head *nh, unsigned long val, void *v)
{
	return chain_call_all(&nh->head, val, v);
}

int raw_notifier_call_chain_robust(struct raw_notifier_head *nh, unsigned long val_up,
				   unsigned long val_down, void *v)
{
	return chain_call_robust(&nh->head, val_up, val_down, v);
}

/* ---- Atomic --------------------------------------------------------------------------------- */

static int atomic_register(struct atomic_notifier_head *nh, struct notifier_block *nb, bool unique)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&nh->lock, flags);
	err = chain_register(&nh->head, nb, unique);
	spin_unlock_irqrestore(&nh->lock, flags);
	return err;
}

int atomic_notifier_chain_register(struct atomic_notifier_head *nh, struct notifier_block *nb)
{
	return atomic_register(nh, nb, false);
}

int atomic_notifier_chain_register_unique_prio(struct atomic_notifier_head *nh,
					       struct notifier_block *nb)
{
	return atomic_register(nh, nb, true);
}

int atomic_notifier_chain_unregister(struct atomic_notifier_head *nh, struct notifier_block *nb)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&nh->lock, flags);
	err = chain_unregister(&nh->head, nb);
	spin_unlock_irqrestore(&nh->lock, flags);
	synchronize_rcu();
	return err;
}

int atomic_notifier_call_chain(struct atomic_notifier_head *nh, unsigned long val, void *v)
{
	int ret;

	rcu_read_lock();
	ret = chain_call_all(&nh->head, val, v);
	rcu_read_unlock();
	return ret;
}

bool atomic_notifier_call_chain_is_empty(struct atomic_notifier_head *nh)
{
	return !rcu_access_pointer(nh->head);
}

/* ---- Blocking --------------------------------------------------------------------------------- */

static int blocking_register(struct blocking_notifier_head *nh, struct notifier_block *nb,
			     bool unique)
{
	int err;

	down_write(&nh->rwsem);
	err = chain_register(&nh->head, nb, unique);
	up_write(&nh->rwsem);
	return err;
}

int blocking_notifier_chain_register(struct blocking_notifier_head *nh, struct notifier_block *nb)
{
	return blocking_register(nh, nb, false);
}

int blocking_notifier_chain_register_unique_prio(struct blocking_notifier_head *nh,
						 struct notifier_block *nb)
{
	return blocking_register(nh, nb, true);
}

int blocking_notifier_chain_unregister(struct blocking_notifier_head *nh, struct notifier_block *nb)
{
	int err;

	down_write(&nh->rwsem);
	err = chain_unregister(&nh->head, nb);
	up_write(&nh->rwsem);
	return err;
}

int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v)
{
	int ret;

	if (!rcu_access_pointer(nh->head))
		return NOTIFY_DONE;
	down_read(&nh->rwsem);
	ret = chain_call_all(&nh->head, val, v);
	up_read(&nh->rwsem);
	return ret;
}

int blocking_notifier_call_chain_robust(struct blocking_notifier_head *nh, unsigned long val_up,
					unsigned long val_down, void *v)
{
	int ret;

	if (!rcu_access_pointer(nh->head))
		return NOTIFY_DONE;
	down_read(&nh->rwsem);
	ret = chain_call_robust(&nh->head, val_up, val_down, v);
	up_read(&nh->rwsem);
	return ret;
}

/* ---- SRCU ---------------------------------------------------------------------------------------- */

void srcu_init_notifier_head(struct srcu_notifier_head *nh)
{
	mutex_init(&nh->mutex);
	if (init_srcu_struct(&nh->srcu))
		BUG();
	nh->head = NULL;
}

int srcu_notifier_chain_register(struct srcu_notifier_head *nh, struct notifier_block *nb)
{
	int err;

	mutex_lock(&nh->mutex);
	err = chain_register(&nh->head, nb, false);
	mutex_unlock(&nh->mutex);
	return err;
}

int srcu_notifier_chain_unregister(struct srcu_notifier_head *nh, struct notifier_block *nb)
{
	int err;

	mutex_lock(&nh->mutex);
	err = chain_unregister(&nh->head, nb);
	mutex_unlock(&nh->mutex);
	synchronize_srcu(&nh->srcu);
	return err;
}

int srcu_notifier_call_chain(struct srcu_notifier_head *nh, unsigned long val, void *v)
{
	int ret, idx = srcu_read_lock(&nh->srcu);

	ret = chain_call_all(&nh->head, val, v);
	srcu_read_unlock(&nh->srcu, idx);
	return ret;
}
