/* SPDX-License-Identifier: MIT */
/*
 * A machine as it was at one moment, to come back to as often as one likes: much faster than
 * a machine that is brought up anew.
 *
 *   variables of mm/    | all but .init.data, which nobody writes to after bring-up    |
 *   simulated RAM       | pages in use, or all; no page structs of what is not there   |
 *   mappings            | what arch_map(), arch_unmap() and arch_map_memmap() did      |
 *
 * What is as it was is only read, so that coming back costs what the state is large, not what
 * the RAM is. Several machines may be kept: each has its RAM at addresses of its own, and
 * going over to one means to write its variables.
 *
 * Owns:       the copies.
 * Lifetime:   from host_snapshot_take() to the end of the process, as the machine: there is
 *             no host_machine_exit() for it, and another may be made as if there was none.
 * Locking:    none: one thread, nothing else runs.
 * Failure:    a message and abort(); also where variables were not put side by side (see
 *             host/state.h), as only builds of fuzzers do it.
 */
#ifndef _HOST_SNAPSHOT_H
#define _HOST_SNAPSHOT_H

#include <linux/types.h>

struct host_snapshot;

/*
 * The machine that is up. What lies in a page that @in_use denies, now and when the machine
 * comes back, nobody depends on, or it was left as it was. It is asked for pages that were
 * touched alone.
 */
struct host_snapshot *host_snapshot_take(bool (*in_use)(unsigned long pfn));

/* The machine, which ran since then, as it was. */
void host_snapshot_restore(const struct host_snapshot *snapshot);

/* The machine instead of the one that is up; both are as they were. */
void host_snapshot_go_to(const struct host_snapshot *snapshot);

#endif /* _HOST_SNAPSHOT_H */
