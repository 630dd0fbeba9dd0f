/* SPDX-License-Identifier: MIT */
/*
 * How functions and data are linked: words that declarations carry. Those of assembly are
 * arch/'s alone.
 *
 * Owns:    nothing.
 * Locking: none.
 * Source:  Linux 6.1's linkage.h, as it is on x86-64.
 */
#ifndef _LINUX_LINKAGE_H
#define _LINUX_LINKAGE_H

#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/stringify.h>
#include <asm/page.h>

/* Called from assembly: arguments are where they always are. */
#define CPP_ASMLINKAGE
#define asmlinkage CPP_ASMLINKAGE
#define asmlinkage_protect(n, ret, args...) \
	do {                                \
	} while (0)

/* Data with pages of its own at its start. */
#define __page_aligned_data __aligned(PAGE_SIZE)
#define __page_aligned_bss  __aligned(PAGE_SIZE)

#endif /* _LINUX_LINKAGE_H */
