/* SPDX-License-Identifier: MIT */
/*
 * Switches that are looked at often, and thrown seldom. Linux writes them into the code; here
 * they are counters that the code looks at, as on Linux without CONFIG_JUMP_LABEL.
 *
 *   DEFINE_STATIC_KEY_FALSE(tracing);
 *   if (static_branch_unlikely(&tracing))      static_branch_enable(&tracing);
 *
 * Invariants: enabled is at least 0; a key is on while it is above.
 * Locking:    any context. enable and disable of one key, and inc and dec of it, are their
 *             users' to keep apart.
 * Failure:    dec below 0 warns, and changes nothing; enable and disable of what is counted
 *             otherwise warn.
 * Source:     Linux 6.1's jump_label.h.
 */
#ifndef _LINUX_JUMP_LABEL_H
#define _LINUX_JUMP_LABEL_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/types.h>

struct static_key {
	atomic_t enabled;
};
struct static_key_true {
	struct static_key key;
};
struct static_key_false {
	struct static_key key;
};

/* clang-format off */
#define STATIC_KEY_INIT_TRUE  {.enabled = ATOMIC_INIT(1)}
#define STATIC_KEY_INIT_FALSE {.enabled = ATOMIC_INIT(0)}
#define STATIC_KEY_INIT	      STATIC_KEY_INIT_FALSE
#define STATIC_KEY_TRUE_INIT  ((struct static_key_true){.key = STATIC_KEY_INIT_TRUE})
#define STATIC_KEY_FALSE_INIT ((struct static_key_false){.key = STATIC_KEY_INIT_FALSE})
#define DEFINE_STATIC_KEY_TRUE(name)	 struct static_key_true name = {.key = STATIC_KEY_INIT_TRUE}
#define DEFINE_STATIC_KEY_FALSE(name)	 struct static_key_false name = {.key = STATIC_KEY_INIT_FALSE}
#define DEFINE_STATIC_KEY_TRUE_RO(name)	 DEFINE_STATIC_KEY_TRUE(name)
#define DEFINE_STATIC_KEY_FALSE_RO(name) DEFINE_STATIC_KEY_FALSE(name)
#define DECLARE_STATIC_KEY_TRUE(name)	 extern struct static_key_true name
#define DECLARE_STATIC_KEY_FALSE(name)	 extern struct static_key_false name
#define DEFINE_STATIC_KEY_ARRAY_TRUE(name, count) \
	struct static_key_true name[count] = {[0 ...(count) - 1] = {.key = STATIC_KEY_INIT_TRUE}}
#define DEFINE_STATIC_KEY_ARRAY_FALSE(name, count) \
	struct static_key_false name[count] = {[0 ...(count) - 1] = {.key = STATIC_KEY_INIT_FALSE}}
/* clang-format on */

static inline int static_key_count(struct static_key *key)
{
	return atomic_read(&key->enabled);
}

#define static_key_false(key)	  ((bool)unlikely(static_key_count(key) > 0))
#define static_key_true(key)	  ((bool)likely(static_key_count(key) > 0))
#define static_key_enabled(x)	  (static_key_count((struct static_key *)(x)) > 0)
#define static_branch_likely(x)	  likely(static_key_enabled(&(x)->key))
#define static_branch_unlikely(x) unlikely(static_key_enabled(&(x)->key))
#define jump_label_init()	  ((void)0)
#define jump_label_lock()	  ((void)0)
#define jump_label_unlock()	  ((void)0)

/* One user more, who wants it on, and one less. False: there are INT_MAX, and none more. */
static inline bool static_key_slow_inc(struct static_key *key)
{
	return atomic_add_unless(&key->enabled, 1, INT_MAX);
}

static inline void static_key_slow_dec(struct static_key *key)
{
	WARN(atomic_dec_if_positive(&key->enabled) < 0, "jump label: negative count!");
}

/* One user more, if there is one; false: there is none. */
static inline bool static_key_fast_inc_not_disabled(struct static_key *key)
{
	return atomic_inc_not_zero(&key->enabled);
}

/* On and off, for keys that nobody counts. */
static inline void static_key_enable(struct static_key *key)
{
	WARN_ON_ONCE((unsigned int)atomic_cmpxchg(&key->enabled, 0, 1) > 1);
}

static inline void static_key_disable(struct static_key *key)
{
	WARN_ON_ONCE((unsigned int)atomic_cmpxchg(&key->enabled, 1, 0) > 1);
}

#define static_branch_inc(x)		    static_key_slow_inc(&(x)->key)
#define static_branch_dec(x)		    static_key_slow_dec(&(x)->key)
#define static_branch_enable(x)		    static_key_enable(&(x)->key)
#define static_branch_disable(x)	    static_key_disable(&(x)->key)
#define static_key_slow_inc_cpuslocked(key) static_key_slow_inc(key)
#define static_key_slow_dec_cpuslocked(key) static_key_slow_dec(key)
#define static_key_enable_cpuslocked(key)   static_key_enable(key)
#define static_key_disable_cpuslocked(key)  static_key_disable(key)
#define static_branch_inc_cpuslocked(x)	    static_branch_inc(x)
#define static_branch_dec_cpuslocked(x)	    static_branch_dec(x)
#define static_branch_enable_cpuslocked(x)  static_branch_enable(x)
#define static_branch_disable_cpuslocked(x) static_branch_disable(x)

#endif /* _LINUX_JUMP_LABEL_H */
