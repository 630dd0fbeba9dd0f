/* SPDX-License-Identifier: MIT */
/*
 * What is left to try when memory is out: whoever has some at hand is asked. There are no
 * processes that could be ended for it.
 *
 * Locking:    as linux/notifier.h has it of blocking chains. Functions run in an allocation:
 *             they take no lock that may be held around one, and allocate nothing that waits.
 * Failure:    as blocking_notifier_chain_register().
 * Source:     Linux 6.1's oom.h.
 */
#ifndef _LINUX_OOM_H
#define _LINUX_OOM_H

struct notifier_block;

/*
 * @nb (linux/notifier.h) is called before an allocation of a few pages fails whose caller may
 * wait, and did not say __GFP_NORETRY, __GFP_RETRY_MAYFAIL or __GFP_THISNODE, or ask for DMA
 * memory: with an unsigned long, to which it adds the pages that it has given back. If there are
 * any, the allocation begins anew.
 */
int register_oom_notifier(struct notifier_block *nb);
int unregister_oom_notifier(struct notifier_block *nb);

/* What comes with this header on Linux. */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/types.h>

#endif /* _LINUX_OOM_H */
