/* SPDX-License-Identifier: MIT */
/*
 * Registers of 64 bits in two accesses of 32, the low half first: for devices that have no wider bus,
 * or whose registers have an effect when one half is accessed. readq() and its like, which take
 * one access, stay as linux/io.h has them.
 *
 * Locking:    the caller's: a device may change between the halves.
 * Units:      the low half at @addr, the high half 4 bytes on; the other way for those of
 *             *be().
 * Failure:    none.
 * Source:     Linux's Documentation/driver-api/device-io.rst.
 */
#ifndef _LINUX_IO_64_NONATOMIC_LO_HI_H_
#define _LINUX_IO_64_NONATOMIC_LO_HI_H_

#include <linux/io.h>

static inline u64 lo_hi_readq(const volatile void __iomem *addr)
{
	u32 low, high;

	low = readl(addr);
	high = readl((const volatile char __iomem *)addr + 4);
	return low + ((u64)high << 32);
}

static inline void lo_hi_writeq(u64 val, volatile void __iomem *addr)
{
	writel((u32)val, addr);
	writel((u32)(val >> 32), (volatile char __iomem *)addr + 4);
}

static inline u64 lo_hi_readq_relaxed(const volatile void __iomem *addr)
{
	u32 low, high;

	low = readl_relaxed(addr);
	high = readl_relaxed((const volatile char __iomem *)addr + 4);
	return low + ((u64)high << 32);
}

static inline void lo_hi_writeq_relaxed(u64 val, volatile void __iomem *addr)
{
	writel_relaxed((u32)val, addr);
	writel_relaxed((u32)(val >> 32), (volatile char __iomem *)addr + 4);
}

#define ioread64_lo_hi	  ioread64_lo_hi
#define iowrite64_lo_hi	  iowrite64_lo_hi
#define ioread64be_lo_hi  ioread64be_lo_hi
#define iowrite64be_lo_hi iowrite64be_lo_hi

static inline u64 ioread64_lo_hi(const volatile void __iomem *addr)
{
	u32 low, high;

	low = ioread32(addr);
	high = ioread32((const volatile char __iomem *)addr + 4);
	return low + ((u64)high << 32);
}

static inline void iowrite64_lo_hi(u64 val, volatile void __iomem *addr)
{
	iowrite32((u32)val, addr);
	iowrite32((u32)(val >> 32), (volatile char __iomem *)addr + 4);
}

static inline u64 ioread64be_lo_hi(const volatile void __iomem *addr)
{
	u32 low, high;

	low = ioread32be((const volatile char __iomem *)addr + 4);
	high = ioread32be(addr);
	return low + ((u64)high << 32);
}

static inline void iowrite64be_lo_hi(u64 val, volatile void __iomem *addr)
{
	iowrite32be((u32)val, (volatile char __iomem *)addr + 4);
	iowrite32be((u32)(val >> 32), addr);
}

#endif /* _LINUX_IO_64_NONATOMIC_LO_HI_H_ */
