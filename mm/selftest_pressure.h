/* SPDX-License-Identifier: MIT */
/*
 * Little memory, on a machine of any size, for the self-test on all CPUs.
 *
 *   up to 2 GB    blocks that nobody uses leave 8 MB of each node
 *   larger        zones' marks are raised until 2 to 8 MB of each are above the lowest:
 *                 what is below is there, but for those alone who may have a reserve. Its
 *                 page structs need not be made for that
 *
 * Owns:    those blocks, and the marks meanwhile.
 * Locking: none; the boot CPU, while no other one has anything to do.
 * Failure: where no block is to be had, more memory is left.
 */
#ifndef _MM_SELFTEST_PRESSURE_H
#define _MM_SELFTEST_PRESSURE_H

/* From now on there is little. Pages that may still be had. */
unsigned long pressure_begin(void);

/* All is as it was. */
void pressure_end(void);

#endif /* _MM_SELFTEST_PRESSURE_H */
