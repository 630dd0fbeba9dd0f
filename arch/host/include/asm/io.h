/* SPDX-License-Identifier: MIT */
/* Accesses to devices (linux/io.h) on the host, whose devices are memory. */
#ifndef _ASM_IO_H
#define _ASM_IO_H

#include <linux/types.h>

#define __IO_RAW(suffix, type)                                                  \
	static inline type __raw_read##suffix(const volatile void *addr)        \
	{                                                                       \
		return *(const volatile type *)addr;                            \
	}                                                                       \
	static inline void __raw_write##suffix(type value, volatile void *addr) \
	{                                                                       \
		*(volatile type *)addr = value;                                 \
	}

__IO_RAW(b, u8)
__IO_RAW(w, u16)
__IO_RAW(l, u32)
__IO_RAW(q, u64)

/* After a read, and before a write, that is in order with memory. */
#define __io_ar(value) __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define __io_bw()      __atomic_thread_fence(__ATOMIC_RELEASE)

#endif /* _ASM_IO_H */
