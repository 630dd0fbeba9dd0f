/* SPDX-License-Identifier: MIT */
/* What the files of arch/host share. */
#ifndef _HOST_HOST_H
#define _HOST_HOST_H

#include <linux/types.h>

/* The file behind simulated RAM, -1 where there is no machine, and its length. */
extern int host_ram_fd;
extern u64 host_ram_size;

/* Prints why and aborts the process. */
void host_fail(const char *fmt, ...) __attribute__((__noreturn__, __format__(__printf__, 1, 2)));

/* The end of the calling thread's stack. */
unsigned long host_stack_end(void);

/* Forgets all mappings, and reserves the arena of arch_map() anew. */
void host_map_reset(void);

/* Is @pa's page, part of the memmap, about pages alone that nothing backs? */
bool host_is_memmap_of_nothing(phys_addr_t pa);

/* Is there RAM, or what looks like it, in pages [start, end)? */
bool host_is_backed(unsigned long start, unsigned long end);

/* Where per-CPU variables of CPU @cpu, not 0, lie before it has an area. */
unsigned long host_early_per_cpu_offset(unsigned int cpu);

/*
 * What is mapped now; what is mapped becomes that again; and what is mapped, of another
 * machine, is that.
 */
struct host_map;
struct host_map *host_map_save(void);
void host_map_undo(const struct host_map *map);
void host_map_load(const struct host_map *map);

#endif /* _HOST_HOST_H */
