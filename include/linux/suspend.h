/* SPDX-License-Identifier: MIT */
/*
 * The lock of who changes what the whole system may do: linux/gfp.h's pm_restrict_gfp_mask().
 *
 * Owns:    system_transition_mutex.
 * Locking: taken with no other lock held; may wait.
 * Failure: none.
 * Source:  Linux 6.1's suspend.h. Nothing here suspends: what is about that is not here.
 */
#ifndef _LINUX_SUSPEND_H
#define _LINUX_SUSPEND_H

#include <linux/mutex.h>

extern struct mutex system_transition_mutex;

/* Takes it; and gives it back, with what the first returned. */
unsigned int lock_system_sleep(void);
void unlock_system_sleep(unsigned int flags);

#endif /* _LINUX_SUSPEND_H */
