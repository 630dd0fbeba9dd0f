// SPDX-License-Identifier: MIT
/* What allocations may do while devices rest. Contracts: linux/suspend.h, linux/gfp.h. */
#include <linux/suspend.h>

#include <linux/bug.h>
#include <linux/gfp.h>

DEFINE_MUTEX(system_transition_mutex);

static gfp_t saved_gfp_mask; /* under it; 0: nothing is restricted */

unsigned int lock_system_sleep(void)
{
	mutex_lock(&system_transition_mutex);
	return 0;
}

void unlock_system_sleep(unsigned int flags)
{
	(void)flags;
	mutex_unlock(&system_transition_mutex);
}

void pm_restrict_gfp_mask(void)
{
	WARN_ON(!mutex_is_locked(&system_transition_mutex));
	WARN_ON(saved_gfp_mask);
	saved_gfp_mask = gfp_allowed_mask;
	gfp_allowed_mask &= ~(__GFP_IO | __GFP_FS);
}

void pm_restore_gfp_mask(void)
{
	WARN_ON(!mutex_is_locked(&system_transition_mutex));
	if (!saved_gfp_mask)
		return;
	gfp_allowed_mask = saved_gfp_mask;
	saved_gfp_mask = 0;
}
