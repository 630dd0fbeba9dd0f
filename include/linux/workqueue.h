/* SPDX-License-Identifier: MIT */
/*
 * Work that is done later, by a CPU that has nothing else to do: each CPU takes what it was given
 * in that order, and does each to its end.
 *
 *   schedule_work_on(2, &w) ──► CPU 2:  w3 ─ w2 ─ w1 ─► w1->func(w1)
 *   queue_work(wq, &w)      ──► a CPU without work, else the next one; one for all of an ordered queue
 *
 * Owns:       a list of work for each CPU; the struct is the owner's, and must stay until the
 *             function is called: that may free it, or give it again.
 * Invariants: work is in a list once at the most, and its function runs on one CPU at a time, but
 *             where an ordered queue is given what runs for another one: it keeps its order.
 * Lifetime:   other CPUs take work from smp_init() on. What is given to the calling CPU is done
 *             where it waits: in flush_work() and its like, in cpu_work_loop(), and where all
 *             would else wait for ever (linux/wait.h).
 * Locking:    any context; flush_*(), cancel_*_sync(), drain_workqueue() and destroy_workqueue()
 *             with no lock held. Work may take locks, allocate and wait for work on other CPUs.
 * Failure:    a CPU that is offline is given no work. A CPU that does not begin with
 *             what it was given for WORK_SECONDS, or that does not get to a poll for
 *             SMP_CALL_SECONDS (linux/smp.h) while somebody waits for its work, is named, and
 *             ends the run: panic().
 * Source:     Linux's include/linux/workqueue.h: these names and their contracts.
 * Weakness:   there are no threads. A CPU that is busy with something else does no work. One
 *             whose work waits does other work only when nobody is left to end that wait, or a
 *             flush waited for WORK_LATE_SECONDS: one within the other then, so max_active bounds
 *             nothing but an ordered queue, and a mutex of the first is not to be had by the second.
 */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/timer_types.h>
#include <linux/types.h>
#include <asm/arch.h>

struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

enum work_state { WORK_IDLE, WORK_CLAIMED, WORK_QUEUED, WORK_CANCELING };

struct workqueue_struct;

struct work_struct {
	work_func_t func;
	struct work_struct *next;    /* in the order in which they were given */
	struct workqueue_struct *wq; /* NULL: of no queue */
	u8 state;	  /* enum work_state: running is none, as the function may free it */
	u8 color;	  /* of the queue's two counts, the one that has it */
	unsigned int cpu; /* it was given to last */
	u64 since;	  /* ns: when it was given */
};

#define WORK_SECONDS	  300
#define WORK_LATE_SECONDS 30

/* clang-format off */
#define __WORK_INITIALIZER(n, f) {.func = (f)}
/* clang-format on */
#define DECLARE_WORK(n, f)	 struct work_struct n = __WORK_INITIALIZER(n, f)
#define INIT_WORK(w, f)		 (*(w) = (struct work_struct){.func = (f)})
#define INIT_WORK_ONSTACK(w, f)	 INIT_WORK(w, f)
#define destroy_work_on_stack(w) ((void)(w))

/* ---- A chosen CPU's ------------------------------------------------------------------------- */

/*
 * False: it was given to a CPU already, and has not begun, or runs on another one; or @cpu
 * is not online. Work that runs may be given to its CPU again: it comes last then.
 */
bool schedule_work_on(int cpu, struct work_struct *work);

/* Does its CPU do it, or will as the next thing? A guess: it may be given other work. */
bool work_is_underway(const struct work_struct *work);

/* Does work wait for the calling CPU? Long work that can be parted ends then. */
bool more_work_waits(void);

/* Returns when @work is done. True: it was not before. */
bool flush_work(struct work_struct *work);

/* Has it been given, and has not begun? */
static inline bool work_pending(const struct work_struct *work)
{
	return __atomic_load_n(&work->state, __ATOMIC_ACQUIRE) != WORK_IDLE;
}

/*
 * Takes it back where it has not begun: true. The second form returns when it does not run, either;
 * meanwhile nobody gives it again, its function neither, and another who cancels it gets false. An
 * rcu_work that waits for its grace period is waited for.
 */
bool cancel_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);

/* What of these it does. A guess. */
#define WORK_BUSY_PENDING 1
#define WORK_BUSY_RUNNING 2
unsigned int work_busy(struct work_struct *work);

/* What the calling CPU does; NULL: no work. It may be freed. */
struct work_struct *current_work(void);

/* Runs @fn(@arg) on @cpu and returns what that does; -ENXIO where @cpu is not online. */
long work_on_cpu(int cpu, long (*fn)(void *arg), void *arg);
#define work_on_cpu_safe(cpu, fn, arg) work_on_cpu(cpu, fn, arg)

/* Runs @func on all CPUs that are online, and returns when all have; 0 or -ENOMEM. */
int schedule_on_each_cpu(work_func_t func);

/* What a CPU that was started does: takes work until *@stop, for ever where that is NULL. */
void cpu_work_loop(const bool *stop);

/* ---- Queues ----------------------------------------------------------------------------------- */

enum {
	WQ_UNBOUND = 1 << 1, /* these say on Linux which threads do it */
	WQ_FREEZABLE = 1 << 2,
	WQ_MEM_RECLAIM = 1 << 3,
	WQ_HIGHPRI = 1 << 4,
	WQ_CPU_INTENSIVE = 1 << 5,
	WQ_SYSFS = 1 << 6,
	WQ_POWER_EFFICIENT = 1 << 7,
	__WQ_ORDERED = 1 << 17, /* one at a time, in the order in which they were given */
	__WQ_LEGACY = 1 << 18,
	__WQ_ORDERED_EXPLICIT = 1 << 19,
	WQ_MAX_ACTIVE = 512,
	WQ_MAX_UNBOUND_PER_CPU = 4,
	WQ_DFL_ACTIVE = WQ_MAX_ACTIVE / 2,
};
#define WQ_UNBOUND_MAX_ACTIVE WQ_MAX_ACTIVE
#define WORK_CPU_UNBOUND      NR_CPUS /* any CPU */

/*
 * A queue: work that is waited for together. NULL without memory. Ordered where @max_active is 1
 * and @flags has WQ_UNBOUND. Sleeps.
 */
__printf(1, 4) struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags,
							int max_active, ...);
#define alloc_ordered_workqueue(fmt, flags, args...) \
	alloc_workqueue(fmt, WQ_UNBOUND | __WQ_ORDERED | __WQ_ORDERED_EXPLICIT | (flags), 1, ##args)
#define create_workqueue(name)		 alloc_workqueue("%s", __WQ_LEGACY | WQ_MEM_RECLAIM, 1, (name))
#define create_freezable_workqueue(name) create_singlethread_workqueue(name)
#define create_singlethread_workqueue(name) \
	alloc_ordered_workqueue("%s", __WQ_LEGACY | WQ_MEM_RECLAIM, name)

/* Does all its work first. */
void destroy_workqueue(struct workqueue_struct *wq);

/* False: it was given already, and has not begun. @cpu: where it can be, WORK_CPU_UNBOUND: anywhere. */
bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work);

static inline bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return queue_work_on(WORK_CPU_UNBOUND, wq, work);
}

/* Return when all is done that was given before; drain: and what that gave meanwhile, alone. */
void flush_workqueue(struct workqueue_struct *wq);
#define __flush_workqueue(wq) flush_workqueue(wq)
void drain_workqueue(struct workqueue_struct *wq);

/* Has it more than it may do at once? And how much that is, from now on. */
bool workqueue_congested(int cpu, struct workqueue_struct *wq);
void workqueue_set_max_active(struct workqueue_struct *wq, int max_active);

/* Everybody's. */
extern struct workqueue_struct *system_wq;
extern struct workqueue_struct *system_highpri_wq;
extern struct workqueue_struct *system_long_wq;
extern struct workqueue_struct *system_unbound_wq;
extern struct workqueue_struct *system_freezable_wq;
extern struct workqueue_struct *system_power_efficient_wq;
extern struct workqueue_struct *system_freezable_power_efficient_wq;

static inline bool schedule_work(struct work_struct *work)
{
	return queue_work(system_wq, work);
}

static inline void flush_scheduled_work(void)
{
	flush_workqueue(system_wq);
}

/* ---- Later ------------------------------------------------------------------------------------ */

/*
 * Work that is given when @delay jiffies have passed, by a timer (linux/timer.h). Until it begins
 * it is pending, as any that was given.
 */
struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	struct workqueue_struct *wq;
	int cpu;
};

#define __DELAYED_WORK_INITIALIZER(n, f, tflags)                                               \
	{                                                                                      \
		.work = __WORK_INITIALIZER((n).work, (f)),                                     \
		.timer = __TIMER_INITIALIZER(delayed_work_timer_fn, (tflags) | TIMER_IRQSAFE), \
	}
#define DECLARE_DELAYED_WORK(n, f)	   struct delayed_work n = __DELAYED_WORK_INITIALIZER(n, f, 0)
#define DECLARE_DEFERRABLE_WORK(n, f)	   DECLARE_DELAYED_WORK(n, f)
#define INIT_DELAYED_WORK(w, f)		   (*(w) = (struct delayed_work)__DELAYED_WORK_INITIALIZER(*(w), f, 0))
#define INIT_DELAYED_WORK_ONSTACK(w, f)	   INIT_DELAYED_WORK(w, f)
#define INIT_DEFERRABLE_WORK(w, f)	   INIT_DELAYED_WORK(w, f)
#define INIT_DEFERRABLE_WORK_ONSTACK(w, f) INIT_DELAYED_WORK(w, f)
#define destroy_delayed_work_on_stack(w)   ((void)(w))
#define delayed_work_pending(w)		   work_pending(&(w)->work)
void delayed_work_timer_fn(struct timer_list *timer);

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}

/* False: it is pending. @delay 0: given now. */
bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay);

/*
 * Also where it is pending: its delay begins anew. Was it? Anywhere, also in interrupts. True, and
 * nothing is done, while somebody cancels it and waits for its function.
 */
bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			 unsigned long delay);

/* As cancel_work(), cancel_work_sync(); flush: it is given now, and done on return. */
bool cancel_delayed_work(struct delayed_work *dwork);
bool cancel_delayed_work_sync(struct delayed_work *dwork);
bool flush_delayed_work(struct delayed_work *dwork);

static inline bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
				      unsigned long delay)
{
	return queue_delayed_work_on(WORK_CPU_UNBOUND, wq, dwork, delay);
}

static inline bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
				    unsigned long delay)
{
	return mod_delayed_work_on(WORK_CPU_UNBOUND, wq, dwork, delay);
}

static inline bool schedule_delayed_work_on(int cpu, struct delayed_work *dwork,
					    unsigned long delay)
{
	return queue_delayed_work_on(cpu, system_wq, dwork, delay);
}

static inline bool schedule_delayed_work(struct delayed_work *dwork, unsigned long delay)
{
	return queue_delayed_work(system_wq, dwork, delay);
}

/* ---- Other kinds ------------------------------------------------------------------------------- */

/* Calls @fn now, where the caller may sleep: 0; else gives it to system_wq: 1. */
struct execute_work {
	struct work_struct work;
};
int execute_in_process_context(work_func_t fn, struct execute_work *ew);

/* Given after a grace period (linux/rcupdate.h); flush: returns when it is done. */
struct rcu_work {
	struct work_struct work;
	struct rcu_head rcu;
	struct workqueue_struct *wq;
};
#define INIT_RCU_WORK(w, f)	    INIT_WORK(&(w)->work, f)
#define INIT_RCU_WORK_ONSTACK(w, f) INIT_RCU_WORK(w, f)
#define to_rcu_work(w)		    container_of(w, struct rcu_work, work)
bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork);
bool flush_rcu_work(struct rcu_work *rwork);

/* The structure that has the work @w as @field, of the type of @var. */
#define from_work(var, w, field) container_of(w, __typeof__(*(var)), field)

/* Nobody has work: for hosts that bring up several machines. */
void workqueue_reset(void);

/* What comes with this header on Linux. */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>

#endif /* _LINUX_WORKQUEUE_H */
