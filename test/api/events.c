// SPDX-License-Identifier: MIT
/* A driver that tells others what happens, and gives memory back when it is asked for. */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

enum { EVENT_UP, EVENT_DOWN };

static BLOCKING_NOTIFIER_HEAD(users);
static ATOMIC_NOTIFIER_HEAD(errors);
static struct srcu_notifier_head watchers;

struct spare {
	struct list_head list;
	char data[2000];
};

static LIST_HEAD(spares);
static DEFINE_SPINLOCK(spares_lock);

int user_register(struct notifier_block *nb);
int user_register(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&users, nb);
}

static int drop_spares(struct notifier_block *nb, unsigned long action, void *data)
{
	struct spare *spare, *next;
	unsigned long *freed = data;
	LIST_HEAD(dropped);

	(void)nb, (void)action;
	spin_lock(&spares_lock);
	list_splice_init(&spares, &dropped);
	spin_unlock(&spares_lock);
	list_for_each_entry_safe (spare, next, &dropped, list) {
		kfree(spare);
		*freed += 1;
	}
	return NOTIFY_OK;
}

static int drop_areas(struct notifier_block *nb, unsigned long action, void *data)
{
	(void)nb, (void)action, (void)data;
	vm_unmap_aliases();
	return NOTIFY_DONE;
}

static struct notifier_block oom_nb = {.notifier_call = drop_spares, .priority = 1};
static struct notifier_block vmap_nb = {.notifier_call = drop_areas};

int device_up(void *device);
int device_up(void *device)
{
	int err = notifier_to_errno(
		blocking_notifier_call_chain_robust(&users, EVENT_UP, EVENT_DOWN, device));

	if (err)
		return err;
	srcu_init_notifier_head(&watchers);
	err = register_oom_notifier(&oom_nb);
	if (!err)
		err = register_vmap_purge_notifier(&vmap_nb);
	return err;
}

void device_down(void *device);
void device_down(void *device)
{
	blocking_notifier_call_chain(&users, EVENT_DOWN, device);
	atomic_notifier_call_chain(&errors, 0, device);
	srcu_notifier_call_chain(&watchers, EVENT_DOWN, device);
	srcu_cleanup_notifier_head(&watchers);
	unregister_vmap_purge_notifier(&vmap_nb);
	unregister_oom_notifier(&oom_nb);
}
