// SPDX-License-Identifier: MIT
/* Not too often. Contract: linux/ratelimit.h. */
#include <linux/ratelimit.h>

#include <linux/printk.h>

static void say_missed(struct ratelimit_state *rs, const char *func)
{
	if (!rs->missed)
		return;
	pr_warn("%s: %d callbacks suppressed\n", func, rs->missed);
	rs->missed = 0;
}

static int pass(struct ratelimit_state *rs, const char *func, unsigned long now)
{
	if (!rs->begin)
		rs->begin = now ?: 1;
	if (time_after(now, rs->begin + (unsigned long)rs->interval)) {
		if (!(rs->flags & RATELIMIT_MSG_ON_RELEASE))
			say_missed(rs, func);
		rs->begin = now;
		rs->printed = 0;
	}
	if (rs->burst > rs->printed) {
		rs->printed++;
		return 1;
	}
	rs->missed++;
	return 0;
}

int ___ratelimit(struct ratelimit_state *rs, const char *func)
{
	unsigned long flags;
	int passes;

	if (!rs->interval)
		return 1;
	if (!raw_spin_trylock_irqsave(&rs->lock, flags))
		return 0;
	passes = pass(rs, func, jiffies);
	raw_spin_unlock_irqrestore(&rs->lock, flags);
	return passes;
}

void ratelimit_state_exit(struct ratelimit_state *rs)
{
	if (rs->flags & RATELIMIT_MSG_ON_RELEASE)
		say_missed(rs, __func__);
}

int __printk_ratelimit(const char *func)
{
	static DEFINE_RATELIMIT_STATE(all, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);

	return ___ratelimit(&all, func);
}

bool printk_timed_ratelimit(unsigned long *caller_jiffies, unsigned int interval_msecs)
{
	unsigned long now = jiffies;

	if (*caller_jiffies && now - *caller_jiffies <= msecs_to_jiffies(interval_msecs))
		return false;
	*caller_jiffies = now;
	return true;
}
