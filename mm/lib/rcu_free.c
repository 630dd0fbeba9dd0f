// SPDX-License-Identifier: MIT
/* Freeing what readers may see still, and has no room for a callback. Contract: linux/rcupdate.h. */
#include <linux/rcupdate.h>

#include <linux/slab.h>

void kvfree_after_rcu(const void *ptr)
{
	if (!ptr)
		return;
	synchronize_rcu();
	kvfree(ptr);
}
