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

#endif /* _HOST_HOST_H */
