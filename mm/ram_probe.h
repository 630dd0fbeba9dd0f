/* SPDX-License-Identifier: MIT */
/*
 * Is the memory there that the firmware's map promises? Firmware is known whose map names RAM
 * that the machine does not have, or whose use ends in a machine check. A word here and there is
 * written, flushed from the caches and read back before anybody owns it:
 *
 *   at bring-up   free memory   |x-------x-------x-------xx|   all over, and each range's ends
 *   when it is    section       |x---x---x---x-------------|   a word for each 32 MB
 *   made
 *
 * A word more costs this program nothing, but the host of a virtual machine the page that it
 * lies in, which may be one of 2 MB: so they are few, and only around one that is missing every
 * 2 MB is looked at.
 *
 * Owns:       nothing; what a word held it holds again.
 * Invariants: bring-up probes at most RAM_PROBES_MAX words and the ranges' ends, whatever the
 *             RAM, as long as all of it is there.
 * Lifetime:   ram_probe() once the direct map is there, while memblock hands out memory.
 * Locking:    none: the memory is the caller's.
 * Units:      physical addresses.
 * Failure:    what is not there is no memory any more, with a line in the log: in blocks of
 *             2 MB, or the section. High memory, which has no address, and memory in use
 *             are not probed.
 */
#ifndef _MM_RAM_PROBE_H
#define _MM_RAM_PROBE_H

#include <linux/types.h>

#define RAM_PROBES_MAX	128
#define RAM_PROBE_BLOCK (32UL << 20)
#define RAM_PROBE_FINE	(2UL << 20)

/* Probes what is free, and takes out of e820 and memblock what is not there. */
void ram_probe(void);

/* Are pages [start, end) of a section that is to be made there? High ones are believed to be. */
bool ram_is_there(unsigned long start, unsigned long end);

#endif /* _MM_RAM_PROBE_H */
