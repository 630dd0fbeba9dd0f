/* SPDX-License-Identifier: MIT */
/*
 * Every byte accounted for: from what the firmware claims to the last free page, in steps
 * whose sums close.
 *
 *   SMBIOS ─► firmware's map ─► edited map ─► memblock ─► present ─► managed ─► free
 *          └ not in the map  └ taken        └ lost      └ reserved └ in use
 *
 * Owns:       nothing; it reads what others count.
 * Invariants: what a step leaves is what goes into the next. A part that has a name is
 *             counted by who owns it; what is left over of a sum is named as such, and is
 *             never less than nothing.
 * Lifetime:   after bring-up.
 * Locking:    none: no other CPU allocates meanwhile.
 * Units:      bytes.
 * Failure:    a sum that does not close is reported, and counted.
 */
#ifndef _BAREMM_ACCOUNT_H
#define _BAREMM_ACCOUNT_H

struct seq_file;

/* The table. */
void account_show(struct seq_file *m);

/* Recounts, also page by page where there are page structs. Faults, each reported. */
int account_verify(void);

#endif /* _BAREMM_ACCOUNT_H */
