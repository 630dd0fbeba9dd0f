/* SPDX-License-Identifier: MIT */
/*
 * Accesses to devices (linux/io.h) on x86-64: one mov each, of a form that a hypervisor
 * can take apart. Intel SDM volume 3A, 9.2: uncached accesses are in program order, and
 * a write is not passed by earlier ones; so only the compiler has to be held back.
 */
#ifndef _ASM_IO_H
#define _ASM_IO_H

#include <linux/compiler.h>
#include <linux/types.h>

#define __IO_RAW(suffix, type, reg)                                              \
	static inline type __raw_read##suffix(const volatile void *addr)         \
	{                                                                        \
		type value;                                                      \
                                                                                 \
		__asm__ __volatile__("mov" #suffix " %1, %0"                     \
				     : "=" reg(value)                            \
				     : "m"(*(const volatile type *)addr));       \
		return value;                                                    \
	}                                                                        \
	static inline void __raw_write##suffix(type value, volatile void *addr)  \
	{                                                                        \
		__asm__ __volatile__("mov" #suffix " %0, %1"                     \
				     :                                           \
				     : reg(value), "m"(*(volatile type *)addr)); \
	}

__IO_RAW(b, u8, "q")
__IO_RAW(w, u16, "r")
__IO_RAW(l, u32, "r")
__IO_RAW(q, u64, "r")

/* After a read, and before a write, that is in order with memory. */
#define __io_ar(value) barrier()
#define __io_bw()      barrier()

#endif /* _ASM_IO_H */
