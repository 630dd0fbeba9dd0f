/* SPDX-License-Identifier: MIT */
/*
 * How long moving a page may take, and what for.
 */
#ifndef _LINUX_MIGRATE_MODE_H
#define _LINUX_MIGRATE_MODE_H

enum migrate_mode {
	MIGRATE_ASYNC,	    /* whatever is not to be had at once is left */
	MIGRATE_SYNC_LIGHT, /* worth more tries */
	MIGRATE_SYNC,
	MIGRATE_SYNC_NO_COPY, /* the same; somebody else copies the contents */
};

enum migrate_reason {
	MR_COMPACTION,
	MR_MEMORY_FAILURE,
	MR_MEMORY_HOTPLUG,
	MR_SYSCALL,
	MR_MEMPOLICY_MBIND,
	MR_NUMA_MISPLACED,
	MR_CONTIG_RANGE,
	MR_LONGTERM_PIN,
	MR_DEMOTION,
	MR_TYPES
};

#endif /* _LINUX_MIGRATE_MODE_H */
