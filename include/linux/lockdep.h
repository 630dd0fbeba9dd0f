/* SPDX-License-Identifier: MIT */
/*
 * What programs tell lockdep of their locks. There is none: nothing is done, and assertions of
 * who holds what are not checked, as on Linux without CONFIG_LOCKDEP. What looks at locks here is
 * the option debug_locks=1 (linux/spinlock.h), which needs to be told nothing.
 *
 * Source: Linux 6.1's lockdep.h.
 */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/compiler.h>
#include <linux/lockdep_types.h>
#include <linux/types.h>

#define lockdep_off()			    ((void)0)
#define lockdep_on()			    ((void)0)
#define lockdep_init()			    ((void)0)
#define lockdep_reset()			    ((void)0)
#define lockdep_sys_exit()		    ((void)0)
#define lockdep_free_key_range(start, size) ((void)(start), (void)(size))
#define lockdep_register_key(key)	    ((void)(key))
#define lockdep_unregister_key(key)	    ((void)(key))
#define lockdep_init_task(task)		    ((void)(task))
#define lockdep_free_task(task)		    ((void)(task))
#define lockdep_set_selftest_task(task)	    ((void)(task))
#define lockdep_invariant_state(force)	    ((void)(force))
#define print_irqtrace_events(curr)	    ((void)(curr))

/* Locks of a user's own kind: nothing of them is kept. */
#define STATIC_LOCKDEP_MAP_INIT(name, key) \
	{                                  \
	}
#define lockdep_init_map(lock, name, key, sub) \
	((void)(lock), (void)(name), (void)(key), (void)(sub))
#define lockdep_init_map_wait(lock, name, key, sub, inner) \
	((void)(lock), (void)(name), (void)(key), (void)(sub), (void)(inner))
#define lockdep_init_map_waits(lock, name, key, sub, inner, outer) \
	((void)(lock), (void)(name), (void)(key), (void)(sub), (void)(inner), (void)(outer))
#define lockdep_init_map_type(lock, name, key, sub, inner, outer, type)                      \
	((void)(lock), (void)(name), (void)(key), (void)(sub), (void)(inner), (void)(outer), \
	 (void)(type))
#define lockdep_set_class(lock, key)		       ((void)(lock), (void)(key))
#define lockdep_set_class_and_name(lock, key, name)    ((void)(lock), (void)(key), (void)(name))
#define lockdep_set_class_and_subclass(lock, key, sub) ((void)(lock), (void)(key), (void)(sub))
#define lockdep_set_subclass(lock, sub)		       ((void)(lock), (void)(sub))
#define lockdep_set_novalidate_class(lock)	       ((void)(lock))
#define lock_acquire(l, s, t, r, c, n, i) \
	((void)(l), (void)(s), (void)(t), (void)(r), (void)(c), (void)(n), (void)(i))
#define lock_release(l, i)		  ((void)(l), (void)(i))
#define lock_downgrade(l, i)		  ((void)(l), (void)(i))
#define lock_contended(l, i)		  ((void)(l), (void)(i))
#define lock_acquired(l, i)		  ((void)(l), (void)(i))
#define lock_map_acquire(l)		  ((void)(l))
#define lock_map_acquire_try(l)		  ((void)(l))
#define lock_map_acquire_read(l)	  ((void)(l))
#define lock_map_acquire_tryread(l)	  ((void)(l))
#define lock_map_release(l)		  ((void)(l))
#define lock_map_sync(l)		  ((void)(l))
#define might_lock(lock)		  ((void)(lock))
#define might_lock_read(lock)		  ((void)(lock))
#define might_lock_nested(lock, subclass) ((void)(lock), (void)(subclass))

#define LOCK_CONTENDED(_lock, try, lock)	lock(_lock)
#define LOCK_CONTENDED_RETURN(_lock, try, lock) lock(_lock)

/* Who holds what is not known, so nothing can be asserted of it. */
#define LOCK_STATE_UNKNOWN		     (-1)
#define LOCK_STATE_NOT_HELD		     0
#define LOCK_STATE_HELD			     1
#define SINGLE_DEPTH_NESTING		     1
#define lockdep_depth(tsk)		     0
#define lockdep_recursing(tsk)		     0
#define lockdep_is_held(lock)		     ((void)(lock), 1)
#define lockdep_is_held_type(lock, r)	     ((void)(lock), 1)
#define lockdep_assert(c)		     ((void)0)
#define lockdep_assert_once(c)		     ((void)0)
#define lockdep_assert_held(l)		     ((void)(l))
#define lockdep_assert_not_held(l)	     ((void)(l))
#define lockdep_assert_held_write(l)	     ((void)(l))
#define lockdep_assert_held_read(l)	     ((void)(l))
#define lockdep_assert_held_once(l)	     ((void)(l))
#define lockdep_assert_none_held_once()	     ((void)0)
#define lockdep_assert_irqs_enabled()	     ((void)0)
#define lockdep_assert_irqs_disabled()	     ((void)0)
#define lockdep_assert_in_irq()		     ((void)0)
#define lockdep_assert_in_softirq()	     ((void)0)
#define lockdep_assert_preemption_enabled()  ((void)0)
#define lockdep_assert_preemption_disabled() ((void)0)
#define lockdep_assert_RT_in_threaded_ctx()  ((void)0)

#define NIL_COOKIE          \
	(struct pin_cookie) \
	{                   \
	}
#define lockdep_pin_lock(l)	 ((void)(l), (struct pin_cookie){})
#define lockdep_repin_lock(l, c) ((void)(l), (void)(c))
#define lockdep_unpin_lock(l, c) ((void)(l), (void)(c))

#define DEFINE_WAIT_OVERRIDE_MAP(name, wait_type) struct lockdep_map __maybe_unused name = {}

/* What locks of a user's own tell it. */
#define lock_acquire_exclusive(l, s, t, n, i)	     lock_acquire(l, s, t, 0, 1, n, i)
#define lock_acquire_shared(l, s, t, n, i)	     lock_acquire(l, s, t, 1, 1, n, i)
#define lock_acquire_shared_recursive(l, s, t, n, i) lock_acquire(l, s, t, 2, 1, n, i)
#define spin_acquire(l, s, t, i)		     lock_acquire_exclusive(l, s, t, NULL, i)
#define spin_acquire_nest(l, s, t, n, i)	     lock_acquire_exclusive(l, s, t, n, i)
#define spin_release(l, i)			     lock_release(l, i)
#define rwlock_acquire(l, s, t, i)		     lock_acquire_exclusive(l, s, t, NULL, i)
#define rwlock_acquire_read(l, s, t, i)		     lock_acquire_shared(l, s, t, NULL, i)
#define rwlock_release(l, i)			     lock_release(l, i)
#define seqcount_acquire(l, s, t, i)		     lock_acquire_exclusive(l, s, t, NULL, i)
#define seqcount_acquire_read(l, s, t, i)	     lock_acquire_shared_recursive(l, s, t, NULL, i)
#define seqcount_release(l, i)			     lock_release(l, i)
#define mutex_acquire(l, s, t, i)		     lock_acquire_exclusive(l, s, t, NULL, i)
#define mutex_acquire_nest(l, s, t, n, i)	     lock_acquire_exclusive(l, s, t, n, i)
#define mutex_release(l, i)			     lock_release(l, i)
#define rwsem_acquire(l, s, t, i)		     lock_acquire_exclusive(l, s, t, NULL, i)
#define rwsem_acquire_nest(l, s, t, n, i)	     lock_acquire_exclusive(l, s, t, n, i)
#define rwsem_acquire_read(l, s, t, i)		     lock_acquire_shared(l, s, t, NULL, i)
#define rwsem_release(l, i)			     lock_release(l, i)
#define lockdep_match_class(lock, key)		     ((void)(lock), (void)(key), 0)
#define lockdep_copy_map(to, from)		     ((void)(to), (void)(from))
#define lock_is_held(lock)			     lockdep_is_held(lock)
#define lock_is_held_type(lock, r)		     lockdep_is_held_type(lock, r)
#define lock_set_class(l, n, k, s, i)		     ((void)(l), (void)(n), (void)(k), (void)(s), (void)(i))
#define lock_set_subclass(l, s, i)		     ((void)(l), (void)(s), (void)(i))

/* What comes with this header on Linux. */
#include <linux/list.h>
#include <linux/smp.h>
#include <linux/stacktrace.h>

#endif /* _LINUX_LOCKDEP_H */
