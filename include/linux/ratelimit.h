/* SPDX-License-Identifier: MIT */
/*
 * No more than so many in so long: for messages that would come again and again.
 *
 * Invariants: of an interval's first burst all pass; what did not is counted, and said when
 *             the next interval begins.
 * Locking:    any CPU, any context; who finds it in use does not pass.
 * Units:      jiffies.
 * Failure:    none.
 * Source:     Linux's include/linux/ratelimit.h: the same names and meaning.
 */
#ifndef _LINUX_RATELIMIT_H
#define _LINUX_RATELIMIT_H

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/spinlock.h>

#define DEFAULT_RATELIMIT_INTERVAL (5 * HZ)
#define DEFAULT_RATELIMIT_BURST	   10
#define RATELIMIT_MSG_ON_RELEASE   (1UL << 0) /* nothing is said before ratelimit_state_exit() */

struct ratelimit_state {
	raw_spinlock_t lock;
	int interval; /* 0: all pass */
	int burst;
	int printed;
	int missed;
	unsigned long begin; /* 0: no interval has begun */
	unsigned long flags;
};

#define RATELIMIT_STATE_INIT_FLAGS(name, every, most, f)                            \
	{                                                                           \
		.lock = __RAW_SPIN_LOCK_UNLOCKED((name).lock), .interval = (every), \
		.burst = (most), .flags = (f)                                       \
	}
#define RATELIMIT_STATE_INIT(name, every, most) RATELIMIT_STATE_INIT_FLAGS(name, every, most, 0)
#define DEFINE_RATELIMIT_STATE(name, every, most) \
	struct ratelimit_state name = RATELIMIT_STATE_INIT(name, every, most)

static inline void ratelimit_state_init(struct ratelimit_state *rs, int interval, int burst)
{
	*rs = (struct ratelimit_state){.interval = interval, .burst = burst};
}

static inline void ratelimit_default_init(struct ratelimit_state *rs)
{
	ratelimit_state_init(rs, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);
}

static inline void ratelimit_set_flags(struct ratelimit_state *rs, unsigned long flags)
{
	rs->flags = flags;
}

/* Says what was left out. */
void ratelimit_state_exit(struct ratelimit_state *rs);

/* May it pass? @func: who asks. */
int ___ratelimit(struct ratelimit_state *rs, const char *func);
#define __ratelimit(state) ___ratelimit(state, __func__)

#define WARN_ON_RATELIMIT(condition, state)          \
	({                                           \
		bool __bad = !!(condition);          \
		WARN_ON(__bad &&__ratelimit(state)); \
		__bad;                               \
	})

#define printk_ratelimited(fmt, ...)                                            \
	({                                                                      \
		static DEFINE_RATELIMIT_STATE(__rs, DEFAULT_RATELIMIT_INTERVAL, \
					      DEFAULT_RATELIMIT_BURST);         \
		if (__ratelimit(&__rs))                                         \
			printk(fmt, ##__VA_ARGS__);                             \
	})
#define pr_emerg_ratelimited(fmt, ...)	printk_ratelimited(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert_ratelimited(fmt, ...)	printk_ratelimited(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit_ratelimited(fmt, ...)	printk_ratelimited(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_ratelimited(fmt, ...)	printk_ratelimited(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn_ratelimited(fmt, ...)	printk_ratelimited(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice_ratelimited(fmt, ...) printk_ratelimited(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info_ratelimited(fmt, ...)	printk_ratelimited(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug_ratelimited(fmt, ...)	printk_ratelimited(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)

#define RATELIMIT_STATE_INIT_DISABLED \
	RATELIMIT_STATE_INIT(ratelimit_state, 0, DEFAULT_RATELIMIT_BURST)
#define WARN_RATELIMIT(condition, fmt, ...)                                     \
	({                                                                      \
		static DEFINE_RATELIMIT_STATE(__rs, DEFAULT_RATELIMIT_INTERVAL, \
					      DEFAULT_RATELIMIT_BURST);         \
		bool __bad = !!(condition);                                     \
		if (unlikely(__bad) && __ratelimit(&__rs))                      \
			WARN(1, fmt, ##__VA_ARGS__);                            \
		unlikely(__bad);                                                \
	})
#define pr_devel_ratelimited(fmt, ...) no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)

/* One limit for all that ask so, of old: ten lines in five seconds. */
int __printk_ratelimit(const char *func);
#define printk_ratelimit() __printk_ratelimit(__func__)

/* Is it the first time, or more than @interval_msecs since *@caller_jiffies, which then is now? */
bool printk_timed_ratelimit(unsigned long *caller_jiffies, unsigned int interval_msecs);

/* What comes with this header on Linux. */
#include <linux/sched.h>

#endif /* _LINUX_RATELIMIT_H */
