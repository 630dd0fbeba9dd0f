/* SPDX-License-Identifier: MIT */
/* Where all memory is, for the log, when there is no more. */
#ifndef _MM_SHOW_MEM_H
#define _MM_SHOW_MEM_H

#include <linux/gfp.h>

/*
 * All nodes and zones, in the words of Linux's report of that name; the second form
 * only nodes of @nodes (NULL: all) and zones up to @max_zone_idx.
 */
void show_mem(void);
void __show_mem(const nodemask_t *nodes, int max_zone_idx);

/* The report of an allocation that failed, whatever came before; with __show_mem(). */
void report_alloc_failure(gfp_t gfp, unsigned int order, const nodemask_t *nodes);

#endif /* _MM_SHOW_MEM_H */
