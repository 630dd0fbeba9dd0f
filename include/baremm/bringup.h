/* SPDX-License-Identifier: MIT */
/*
 * From the boot record to working allocators: the same function in the program,
 * in the host tests and wherever mm/ is embedded.
 *
 * Owns:     the order of the steps.
 * Lifetime: called once, after parse_options(), on the boot CPU; again only after
 *           mm_reset().
 * Failure:  panic(): a machine without memory cannot go on. Everything less is
 *           logged, counted, and worked around.
 */
#ifndef _BAREMM_BRINGUP_H
#define _BAREMM_BRINGUP_H

#include <linux/types.h>

struct boot_info;
struct seq_file;

/*
 * e820 to slab: see mm/bringup.c, which reads like a table of contents. What is __init
 * (linux/init.h) is gone at its end, but on a host.
 */
void mm_bring_up(struct boot_info *info);

/*
 * Until kmem_cache_init(): whole pages for tables that live as long as the machine, on @nid
 * where there is room: in a section in which something is reserved, so that no other one is
 * broken into for a few bytes. 0 where no node has room. They have no page structs until
 * their section is made, which is when the zone needs it.
 */
phys_addr_t early_alloc_phys(phys_addr_t size, int nid);

/* What is reserved there is such a table, too, or the program: nobody asks for page structs. */
void early_note_table(phys_addr_t pa, phys_addr_t size);

/* Gives back whole pages of what that, and early allocators of mm/ itself, gave. */
void early_free(phys_addr_t pa, phys_addr_t size);

/*
 * Back to the state at program start, so that a host can bring up another machine:
 * before parse_options(). Caches are forgotten by the next mm_bring_up().
 */
void mm_reset(void);

/* How much of the RAM is free now, by node, and what holds the rest. */
void mm_report(void);

/*
 * Every verify function of mm/ and the page tables'; returns the faults found. What nodes do
 * in the background is waited for: with nothing else under way, all stands still then.
 */
int mm_verify_all(void);

/* The dumps in the formats of /proc, each under its `=== name` line. */
void mm_dump_all(struct seq_file *m);

/* KTAP self-tests chosen by selftest=; returns the number that failed. */
int mm_selftest(void);

#endif /* _BAREMM_BRINGUP_H */
