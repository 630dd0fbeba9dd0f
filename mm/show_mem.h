/* SPDX-License-Identifier: MIT */
/* Where all memory is, for the log, when there is no more. */
#ifndef _MM_SHOW_MEM_H
#define _MM_SHOW_MEM_H

#include <linux/gfp.h>

/* The report of an allocation that failed, whatever came before; with __show_mem(). */
void report_alloc_failure(gfp_t gfp, unsigned int order, const nodemask_t *nodes);

#endif /* _MM_SHOW_MEM_H */
