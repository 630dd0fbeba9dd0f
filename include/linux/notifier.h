/* SPDX-License-Identifier: MIT */
/*
 * Chains of functions that are called, one after the other, when something happens.
 *
 *   head ─► priority 10 ─► priority 0 ─► priority 0 (later) ─► NULL
 *
 * Four kinds, which differ in who keeps the chain while it is called: atomic (RCU: functions may
 * not wait), blocking (a rwsem), SRCU (functions may wait, and no lock is taken) and raw (the
 * user).
 *
 * Owns:       a chain's order. A block is its user's, in one chain at a time, from register to
 *             unregister; from the return of unregister on nobody is in its function, but for
 *             raw chains.
 * Locking:    the chain's own, taken here; none for raw ones. Functions of a blocking chain
 *             may not change their chain.
 * Failure:    -EEXIST: the block is in the chain, with a warning; -EBUSY: another one has its
 *             priority, of the _unique_prio forms; -ENOENT: it is in no chain.
 * Source:     Linux 6.1's notifier.h.
 */
#ifndef _LINUX_NOTIFIER_H
#define _LINUX_NOTIFIER_H

#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>

struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *nb, unsigned long action, void *data);

struct notifier_block {
	notifier_fn_t notifier_call;
	struct notifier_block __rcu *next; /* the chain's */
	int priority;			   /* the higher, the earlier */
};

struct atomic_notifier_head {
	spinlock_t lock;
	struct notifier_block __rcu *head;
};

struct blocking_notifier_head {
	struct rw_semaphore rwsem;
	struct notifier_block __rcu *head;
};

struct raw_notifier_head {
	struct notifier_block __rcu *head;
};

struct srcu_notifier_head {
	struct mutex mutex;
	struct srcu_struct srcu;
	struct notifier_block __rcu *head;
};

/* clang-format off */
#define ATOMIC_NOTIFIER_INIT(name)   {.lock = __SPIN_LOCK_UNLOCKED((name).lock)}
#define BLOCKING_NOTIFIER_INIT(name) {.rwsem = __RWSEM_INITIALIZER((name).rwsem)}
#define RAW_NOTIFIER_INIT(name)	     {.head = NULL}
#define SRCU_NOTIFIER_INIT(name, pcpu) \
	{.mutex = __MUTEX_INITIALIZER((name).mutex), .srcu = __SRCU_STRUCT_INIT((name).srcu)}
/* clang-format on */

#define ATOMIC_NOTIFIER_HEAD(name) struct atomic_notifier_head name = ATOMIC_NOTIFIER_INIT(name)
#define BLOCKING_NOTIFIER_HEAD(name) \
	struct blocking_notifier_head name = BLOCKING_NOTIFIER_INIT(name)
#define RAW_NOTIFIER_HEAD(name) struct raw_notifier_head name = RAW_NOTIFIER_INIT(name)

#define SRCU_NOTIFIER_HEAD(name)	struct srcu_notifier_head name = SRCU_NOTIFIER_INIT(name, 0)
#define SRCU_NOTIFIER_HEAD_STATIC(name) static SRCU_NOTIFIER_HEAD(name)

#define ATOMIC_INIT_NOTIFIER_HEAD(name)        \
	do {                                   \
		spin_lock_init(&(name)->lock); \
		(name)->head = NULL;           \
	} while (0)
#define BLOCKING_INIT_NOTIFIER_HEAD(name)   \
	do {                                \
		init_rwsem(&(name)->rwsem); \
		(name)->head = NULL;        \
	} while (0)
#define RAW_INIT_NOTIFIER_HEAD(name) ((void)((name)->head = NULL))

/* Those of the SRCU kind are cleaned up at their end. */
void srcu_init_notifier_head(struct srcu_notifier_head *nh);
#define srcu_cleanup_notifier_head(name) cleanup_srcu_struct(&(name)->srcu)

int atomic_notifier_chain_register(struct atomic_notifier_head *nh, struct notifier_block *nb);
int blocking_notifier_chain_register(struct blocking_notifier_head *nh, struct notifier_block *nb);
int raw_notifier_chain_register(struct raw_notifier_head *nh, struct notifier_block *nb);
int srcu_notifier_chain_register(struct srcu_notifier_head *nh, struct notifier_block *nb);

int atomic_notifier_chain_register_unique_prio(struct atomic_notifier_head *nh,
					       struct notifier_block *nb);
int blocking_notifier_chain_register_unique_prio(struct blocking_notifier_head *nh,
						 struct notifier_block *nb);

int atomic_notifier_chain_unregister(struct atomic_notifier_head *nh, struct notifier_block *nb);
int blocking_notifier_chain_unregister(struct blocking_notifier_head *nh,
				       struct notifier_block *nb);
int raw_notifier_chain_unregister(struct raw_notifier_head *nh, struct notifier_block *nb);
int srcu_notifier_chain_unregister(struct srcu_notifier_head *nh, struct notifier_block *nb);

/* ---- Calling ------------------------------------------------------------------------------- */

/* What a function returns; with NOTIFY_STOP_MASK the rest is not called. */
#define NOTIFY_DONE	 0x0000
#define NOTIFY_OK	 0x0001
#define NOTIFY_STOP_MASK 0x8000
#define NOTIFY_BAD	 (NOTIFY_STOP_MASK | 0x0002)
#define NOTIFY_STOP	 (NOTIFY_OK | NOTIFY_STOP_MASK)

/* What the last function returned; NOTIFY_DONE where there is none. */
int atomic_notifier_call_chain(struct atomic_notifier_head *nh, unsigned long val, void *v);
int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v);
int raw_notifier_call_chain(struct raw_notifier_head *nh, unsigned long val, void *v);
int srcu_notifier_call_chain(struct srcu_notifier_head *nh, unsigned long val, void *v);

/*
 * The same with @val_up; where a function ends it, those before that one are called once more,
 * with @val_down.
 */
int blocking_notifier_call_chain_robust(struct blocking_notifier_head *nh, unsigned long val_up,
					unsigned long val_down, void *v);
int raw_notifier_call_chain_robust(struct raw_notifier_head *nh, unsigned long val_up,
				   unsigned long val_down, void *v);

bool atomic_notifier_call_chain_is_empty(struct atomic_notifier_head *nh);

/* A -errno as a function's result, and back; NOTIFY_BAD is -EPERM. */
static inline int notifier_from_errno(int err)
{
	return err ? NOTIFY_STOP_MASK | (NOTIFY_OK - err) : NOTIFY_OK;
}

static inline int notifier_to_errno(int ret)
{
	ret &= ~NOTIFY_STOP_MASK;
	return ret > NOTIFY_OK ? NOTIFY_OK - ret : 0;
}

#endif /* _LINUX_NOTIFIER_H */
