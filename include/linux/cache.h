/* SPDX-License-Identifier: MIT */
/* Cache line sizes under Linux's names. */
#ifndef _LINUX_CACHE_H
#define _LINUX_CACHE_H

#include <asm/arch.h>

#ifndef SMP_CACHE_BYTES
#define SMP_CACHE_BYTES L1_CACHE_BYTES
#endif

#endif /* _LINUX_CACHE_H */
