/* SPDX-License-Identifier: MIT */
/*
 * Read-copy-update: readers that take no lock, and writers that wait until those who
 * may still see what was taken out of reach have gone.
 *
 *   reader   rcu_read_lock ── p = rcu_dereference(x) ... ── rcu_read_unlock
 *   writer   rcu_assign_pointer(x, new) ──► call_rcu(&old->head, free_it)
 *                                              └ after each CPU was outside once
 *
 * Owns:       a count for each CPU of the sections it began and ended, and the callbacks
 *             that wait.
 * Invariants: a callback runs only after every section that had begun when it was
 *             queued has ended. A CPU that is in none at the time holds up nothing:
 *             on one CPU a grace period is over as soon as one looks.
 * Lifetime:   always.
 * Locking:    call_rcu() anywhere, also in a section; callbacks run at defined points
 *             only, and with no lock held: in rcu_poll(), which new slabs call and who waits
 *             (linux/wait.h, linux/workqueue.h), synchronize_rcu() and rcu_barrier().
 * Failure:    waiting inside a section, or for all callbacks inside of one, which would wait
 *             for itself, is warned of and not done. A CPU that stays in a section, or in its
 *             callbacks, for SMP_CALL_SECONDS (linux/smp.h) while another waits is named, and
 *             ends the run: panic().
 * Source:     Linux's Documentation/RCU and include/linux/rcupdate.h: the same names
 *             and meaning.
 */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/types.h>

typedef void (*rcu_callback_t)(struct rcu_head *head);

/* Sections nest. */
void rcu_read_lock(void);
void rcu_read_unlock(void);
int rcu_read_lock_held(void);

/*
 * Runs @func(@head) after a grace period. @head lies in what is to be freed. One that waits
 * already is told, counted in rcu_double_calls, and runs once, as it was queued first.
 */
void call_rcu(struct rcu_head *head, rcu_callback_t func);
extern unsigned long rcu_double_calls;

/* Returns when a grace period that began now is over. */
void synchronize_rcu(void);

/* Returns when all that was queued on any CPU before has run. Not from a callback. */
void rcu_barrier(void);

/*
 * Grace periods that are not waited for: a cookie now, and a question later whether a whole
 * grace period has passed since. The _full forms have it in a struct; start_ also begins with
 * one. Asking moves it on, and needs nothing of this CPU but that it is in no section.
 */
struct rcu_gp_oldstate {
	unsigned long rgos_norm;
};
#define NUM_ACTIVE_RCU_POLL_OLDSTATE 2

unsigned long get_state_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long oldstate);

/* A cookie that is over. */
unsigned long get_completed_synchronize_rcu(void);

/* Waits, if it is not over. */
void cond_synchronize_rcu(unsigned long oldstate);

#define start_poll_synchronize_rcu()	       rcu_start_poll()
#define start_poll_synchronize_rcu_expedited() rcu_start_poll()
#define cond_synchronize_rcu_expedited(old)    cond_synchronize_rcu(old)

unsigned long rcu_start_poll(void);

static inline bool same_state_synchronize_rcu(unsigned long a, unsigned long b)
{
	return a == b;
}

static inline void get_state_synchronize_rcu_full(struct rcu_gp_oldstate *state)
{
	state->rgos_norm = get_state_synchronize_rcu();
}

static inline void start_poll_synchronize_rcu_full(struct rcu_gp_oldstate *state)
{
	state->rgos_norm = rcu_start_poll();
}

static inline void get_completed_synchronize_rcu_full(struct rcu_gp_oldstate *state)
{
	state->rgos_norm = get_completed_synchronize_rcu();
}

static inline bool poll_state_synchronize_rcu_full(struct rcu_gp_oldstate *state)
{
	return poll_state_synchronize_rcu(state->rgos_norm);
}

static inline void cond_synchronize_rcu_full(struct rcu_gp_oldstate *state)
{
	cond_synchronize_rcu(state->rgos_norm);
}

static inline bool same_state_synchronize_rcu_full(struct rcu_gp_oldstate *a,
						   struct rcu_gp_oldstate *b)
{
	return a->rgos_norm == b->rgos_norm;
}
#define start_poll_synchronize_rcu_expedited_full(state) start_poll_synchronize_rcu_full(state)
#define cond_synchronize_rcu_expedited_full(state)	 cond_synchronize_rcu_full(state)

/* For rcu_poll.c: grace periods are numbered as they begin; the last one that is over. */
unsigned long rcu_gp_begin(void);
void rcu_gp_end(unsigned long gp);
unsigned long rcu_gp_begun(void);
unsigned long rcu_gp_done(void);

/* Has each CPU left the section that it was in when @counts were noted? */
void rcu_note_sections(unsigned long *counts);
bool rcu_sections_passed(const unsigned long *counts);

/* Ends the grace period if it may end, and runs what waited for it. */
void rcu_poll(void);

/* Do callbacks wait, or run on any CPU? And how many grace periods began for some. */
bool rcu_has_callbacks(void);
unsigned long rcu_lists_begun(void);

/* Nothing waits, nobody reads. */
void rcu_reset(void);

/* A reader's sections are all of one kind, and waiting is as quick as it can be. */
#define rcu_read_lock_bh()		rcu_read_lock()
#define rcu_read_unlock_bh()		rcu_read_unlock()
#define rcu_read_lock_bh_held()		rcu_read_lock_held()
#define rcu_read_lock_sched()		rcu_read_lock()
#define rcu_read_unlock_sched()		rcu_read_unlock()
#define rcu_read_lock_sched_held()	rcu_read_lock_held()
#define synchronize_rcu_expedited()	synchronize_rcu()
#define rcu_barrier_tasks()		rcu_barrier()
#define rcu_read_lock_sched_notrace()	rcu_read_lock()
#define rcu_read_unlock_sched_notrace() rcu_read_unlock()
#define rcu_read_lock_any_held()	rcu_read_lock_held()
#define call_rcu_hurry(head, func)	call_rcu(head, func)
#define rcu_sleep_check()		((void)0)
#define cond_resched_tasks_rcu_qs()	((void)cond_resched())
#define rcu_trace_implies_rcu_gp()	true
#define rcu_is_watching()		true
#define rcu_expedite_gp()		((void)0)
#define rcu_unexpedite_gp()		((void)0)
#define RCU_LOCKDEP_WARN(c, s)		((void)(0 && (c)))
#define RCU_NONIDLE(a) \
	do {           \
		a;     \
	} while (0)
#define init_rcu_head(head)		((void)(head))
#define destroy_rcu_head(head)		((void)(head))
#define init_rcu_head_on_stack(head)	((void)(head))
#define destroy_rcu_head_on_stack(head) ((void)(head))

/* ---- Pointers that readers follow -------------------------------------------------------- */

#define rcu_dereference(p)		  __atomic_load_n(&(p), __ATOMIC_CONSUME)
#define rcu_dereference_raw(p)		  rcu_dereference(p)
#define rcu_dereference_check(p, c)	  rcu_dereference(p)
#define rcu_dereference_bh(p)		  rcu_dereference(p)
#define rcu_dereference_sched(p)	  rcu_dereference(p)
#define rcu_access_pointer(p)		  READ_ONCE(p)
#define rcu_assign_pointer(p, v)	  __atomic_store_n(&(p), (v), __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v)		  WRITE_ONCE(p, v)
#define RCU_INITIALIZER(v)		  (v)
#define RCU_POINTER_INITIALIZER(p, v)	  .p = RCU_INITIALIZER(v)
#define rcu_dereference_protected(p, c)	  (p)
#define rcu_dereference_raw_check(p)	  rcu_dereference(p)
#define rcu_dereference_bh_check(p, c)	  rcu_dereference(p)
#define rcu_dereference_sched_check(p, c) rcu_dereference(p)
#define rcu_pointer_handoff(p)		  (p)
#define unrcu_pointer(p)		  (p)

/* @rcu_ptr becomes @ptr; what it was. @c: why nobody else writes it now. */
#define rcu_replace_pointer(rcu_ptr, ptr, c)                                       \
	({                                                                         \
		__typeof__(rcu_ptr) __was = rcu_dereference_protected(rcu_ptr, c); \
		rcu_assign_pointer(rcu_ptr, ptr);                                  \
		__was;                                                             \
	})

/* ---- Freeing ------------------------------------------------------------------------------- */

/*
 * kvfree()s @ptr after a grace period: @field is its struct rcu_head, or it has none, and
 * the caller waits. NULL is fine.
 */
#define KFREE_RCU_OFFSET_MAX	  4096
#define __is_kvfree_rcu_offset(o) ((o) < KFREE_RCU_OFFSET_MAX)
#define kfree_rcu(ptr, ...) \
	__KFREE_RCU(ptr, ##__VA_ARGS__, __kfree_rcu_later, __kfree_rcu_now)(ptr, ##__VA_ARGS__)
#define kvfree_rcu(ptr, ...)	   kfree_rcu(ptr, ##__VA_ARGS__)
#define kfree_rcu_mightsleep(ptr)  __kfree_rcu_now(ptr)
#define kvfree_rcu_mightsleep(ptr) __kfree_rcu_now(ptr)

void kvfree_after_rcu(const void *ptr);

#define __KFREE_RCU(ptr, a, name, ...) name
#define __kfree_rcu_now(ptr)	       kvfree_after_rcu(ptr)
#define __kfree_rcu_later(ptr, field)                                                             \
	do {                                                                                      \
		__typeof__(ptr) __gone = (ptr);                                                   \
		static_assert(__builtin_offsetof(__typeof__(*(ptr)), field) <                     \
			      KFREE_RCU_OFFSET_MAX);                                              \
		if (__gone)                                                                       \
			call_rcu(&__gone->field,                                                  \
				 (rcu_callback_t) __builtin_offsetof(__typeof__(*(ptr)), field)); \
	} while (0)

/* Until the end of a block: linux/cleanup.h. */
DEFINE_LOCK_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())

/* Comparisons of counters that wrap. */
#define ULONG_CMP_GE(a, b)  ((unsigned long)-1 / 2 >= (unsigned long)((a) - (b)))
#define ULONG_CMP_LT(a, b)  ((unsigned long)-1 / 2 < (unsigned long)((a) - (b)))
#define USHORT_CMP_GE(a, b) ((unsigned short)-1 / 2 >= (unsigned short)((a) - (b)))
#define USHORT_CMP_LT(a, b) ((unsigned short)-1 / 2 < (unsigned short)((a) - (b)))

/* Behind a lock that another CPU let go of: a full barrier. */
#define smp_mb__after_unlock_lock() smp_mb()

/* What comes with this header on Linux. */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>

#endif /* _LINUX_RCUPDATE_H */
