/* SPDX-License-Identifier: MIT */
/* Cache line sizes under Linux's names. */
#ifndef _LINUX_CACHE_H
#define _LINUX_CACHE_H

#include <linux/align.h>
#include <linux/compiler.h>
#include <asm/arch.h>

#ifndef SMP_CACHE_BYTES
#define SMP_CACHE_BYTES L1_CACHE_BYTES
#endif

#define L1_CACHE_ALIGN(x) ALIGN(x, L1_CACHE_BYTES)
#define cache_line_size() L1_CACHE_BYTES

/* For variables and members that are to begin a cache line. */
#define ____cacheline_aligned		      __aligned(SMP_CACHE_BYTES)
#define ____cacheline_aligned_in_smp	      ____cacheline_aligned
#define __cacheline_aligned		      ____cacheline_aligned
#define __cacheline_aligned_in_smp	      ____cacheline_aligned
#define ____cacheline_internodealigned_in_smp ____cacheline_aligned

/* What of a struct lies behind it begins a line. */
struct cacheline_padding {
	char x[0];
} ____cacheline_aligned;
#define CACHELINE_PADDING(name) struct cacheline_padding name

#endif /* _LINUX_CACHE_H */
