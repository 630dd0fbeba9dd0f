/* SPDX-License-Identifier: MIT */
/*
 * What the firmware says of memory beside its type: that the hardware keeps it twice, or that
 * it may be unplugged. Both become memblock's marks.
 *
 * Owns:       nothing; the ranges are the boot record's.
 * Invariants: a node keeps memory that may not be unplugged below what may, and all that is
 *             reserved lies there: what is reserved stays for ever.
 * Lifetime:   from e820__memblock_setup() until memblock is closed.
 * Locking:    none; the boot CPU.
 * Units:      bytes, [start, end).
 * Failure:    a mark for which memblock has no room is left out, with a message.
 */
#ifndef _MM_MEMORY_KIND_H
#define _MM_MEMORY_KIND_H

struct boot_info;

/* For kernelcore=mirror. */
void mark_mirrored_memory(const struct boot_info *info);

/*
 * With movable_node: marks the memory that the firmware's map calls hot-pluggable (UEFI 2.11,
 * section 7.2.3, EFI_MEMORY_HOT_PLUGGABLE), as SRAT's flag does for whole domains. Nothing that
 * is to stay is allocated there then, and it is ZONE_MOVABLE. Without movable_node such memory
 * is like any other, as it is on Linux.
 *
 * Not marked is what has reserved memory in it or above it on its node, since a node's
 * ZONE_MOVABLE reaches from its lowest such memory to its end; and nothing is where less than
 * HOTPLUG_LEAVES would be left for the rest. SRAT knows which nodes there are, so all marks are
 * made anew then. (Linux 6.1 does not know the attribute.)
 */
void mark_hotpluggable_memory(const struct boot_info *info);
#define HOTPLUG_LEAVES (128UL << 20)

/* Says how much of it the firmware names, and with movable_node how much of that is marked. */
void report_hotpluggable_memory(const struct boot_info *info);

#endif /* _MM_MEMORY_KIND_H */
