/* SPDX-License-Identifier: MIT */
/* Where all memory is, for the log, when there is no more. */
#ifndef _MM_SHOW_MEM_H
#define _MM_SHOW_MEM_H

#include <linux/gfp.h>

/* As warn_alloc() (linux/mm.h), whatever came before and whatever @gfp says. */
void report_alloc_failure(gfp_t gfp, const nodemask_t *nodes, const char *fmt, ...) __printf(3, 4);

#endif /* _MM_SHOW_MEM_H */
