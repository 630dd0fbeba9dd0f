/* SPDX-License-Identifier: MIT */
/*
 * Five-level paging, which the CPU may have (57 bits of linear address) and
 * firmware seldom uses. As on Linux it is on wherever the CPU has it, unless
 * no5lvl says otherwise.
 *
 * Owns:     what no5lvl chose.
 * Lifetime: no5lvl is parsed with all options; the rest is for arch_init_mem_mapping().
 * Locking:  none; boot CPU only.
 * Failure:  -EIO, and the tables and the mode are the firmware's as before.
 */
#ifndef _ARCH_X86_64_LA57_H
#define _ARCH_X86_64_LA57_H

#include <linux/types.h>

struct boot_info;
struct pgtable;

int la57_parse_no5lvl(char *value);

/* How many levels our tables shall have; logs why not five where the CPU could. */
int la57_choose_levels(const struct boot_info *info);

/*
 * From the firmware's four levels to @pgt, which has five, lies below 4 GB, and maps
 * the trampoline's page at @page executable and all else that runs now to itself.
 * Interrupts are off. -EIO: CR4.LA57 did not stay set.
 */
int la57_enter(const struct pgtable *pgt, phys_addr_t page);

#endif /* _ARCH_X86_64_LA57_H */
