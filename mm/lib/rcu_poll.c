// SPDX-License-Identifier: MIT
/*
 * Grace periods that are asked after. Contract: linux/rcupdate.h.
 *
 *   begun  4         5               6
 *          ──────────[───── polled ──]───
 *   cookie   5: over when 5 is, or any that began later
 *
 * A cookie is the number of the next grace period to begin. One goes on here at a time,
 * which those who ask move on; synchronize_rcu() on any CPU counts as well.
 */
#include <linux/rcupdate.h>

#include <linux/smp.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK_RANK(poll_lock, LOCK_RANK_LEAF);
static unsigned long polled; /* the number of the one that goes on; 0: none */
static unsigned long sections[NR_CPUS];

static bool is_over(unsigned long cookie)
{
	return (long)(rcu_gp_done() - cookie) >= 0;
}

/* Ends the one that goes on, if all CPUs let it, and begins one for @cookie if it needs one. */
static void advance(unsigned long cookie)
{
	unsigned long flags;

	spin_lock_irqsave(&poll_lock, flags);
	if (polled && rcu_sections_passed(sections)) {
		rcu_gp_end(polled);
		polled = 0;
	}
	if (!polled && !is_over(cookie)) {
		polled = rcu_gp_begin();
		rcu_note_sections(sections);
		if (rcu_sections_passed(sections)) {
			rcu_gp_end(polled);
			polled = 0;
		}
	}
	spin_unlock_irqrestore(&poll_lock, flags);
}

unsigned long get_state_synchronize_rcu(void)
{
	return rcu_gp_begun() + 1;
}

unsigned long get_completed_synchronize_rcu(void)
{
	return rcu_gp_done();
}

unsigned long rcu_start_poll(void)
{
	unsigned long cookie = get_state_synchronize_rcu();

	advance(cookie);
	return cookie;
}

bool poll_state_synchronize_rcu(unsigned long oldstate)
{
	if (!is_over(oldstate))
		advance(oldstate);
	return is_over(oldstate);
}

void cond_synchronize_rcu(unsigned long oldstate)
{
	if (!poll_state_synchronize_rcu(oldstate))
		synchronize_rcu();
}
