/* SPDX-License-Identifier: MIT */
/*
 * Registers of 64 bits in two accesses of 32: what io-64-nonatomic-hi-lo.h and -lo-hi.h are made of.
 *
 * Locking, units, failure and source: theirs.
 */
#ifndef _LINUX_IO_64_NONATOMIC_H
#define _LINUX_IO_64_NONATOMIC_H

#include <linux/io.h>

/*
 * @name(), by @read of the half at @first, 0 or 4 bytes from the register, and then of the other;
 * the upper half is that at @high.
 */
#define IO64_READ(name, read, first, high)                                             \
	static inline u64 name(const volatile void __iomem *addr)                      \
	{                                                                              \
		const volatile char __iomem *at = (const volatile char __iomem *)addr; \
		u64 one = read(at + (first)), two = read(at + 4 - (first));            \
                                                                                       \
		return (first) == (high) ? one << 32 | two : two << 32 | one;          \
	}

#define IO64_WRITE(name, write, first, high)                                         \
	static inline void name(u64 val, volatile void __iomem *addr)                \
	{                                                                            \
		volatile char __iomem *at = (volatile char __iomem *)addr;           \
                                                                                     \
		write((u32)(val >> ((first) == (high) ? 32 : 0)), at + (first));     \
		write((u32)(val >> ((first) == (high) ? 0 : 32)), at + 4 - (first)); \
	}

#endif /* _LINUX_IO_64_NONATOMIC_H */
