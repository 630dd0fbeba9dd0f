/* SPDX-License-Identifier: MIT */
/*
 * Registers of 64 bits in two accesses of 32, the high half first: for devices that have no wider bus,
 * or whose registers have an effect when one half is accessed. readq() and its like, which take
 * one access, stay as linux/io.h has them.
 *
 * Locking:    the caller's: a device may change between the halves.
 * Units:      the low half at @addr, the high half 4 bytes on; the other way for those of
 *             *be().
 * Failure:    none.
 * Source:     Linux's Documentation/driver-api/device-io.rst.
 */
#ifndef _LINUX_IO_64_NONATOMIC_HI_LO_H_
#define _LINUX_IO_64_NONATOMIC_HI_LO_H_

#include <linux/io.h>

static inline u64 hi_lo_readq(const volatile void __iomem *addr)
{
	u32 low, high;

	high = readl((const volatile char __iomem *)addr + 4);
	low = readl(addr);
	return low + ((u64)high << 32);
}

static inline void hi_lo_writeq(u64 val, volatile void __iomem *addr)
{
	writel((u32)(val >> 32), (volatile char __iomem *)addr + 4);
	writel((u32)val, addr);
}

static inline u64 hi_lo_readq_relaxed(const volatile void __iomem *addr)
{
	u32 low, high;

	high = readl_relaxed((const volatile char __iomem *)addr + 4);
	low = readl_relaxed(addr);
	return low + ((u64)high << 32);
}

static inline void hi_lo_writeq_relaxed(u64 val, volatile void __iomem *addr)
{
	writel_relaxed((u32)(val >> 32), (volatile char __iomem *)addr + 4);
	writel_relaxed((u32)val, addr);
}

#define ioread64_hi_lo	  ioread64_hi_lo
#define iowrite64_hi_lo	  iowrite64_hi_lo
#define ioread64be_hi_lo  ioread64be_hi_lo
#define iowrite64be_hi_lo iowrite64be_hi_lo

static inline u64 ioread64_hi_lo(const volatile void __iomem *addr)
{
	u32 low, high;

	high = ioread32((const volatile char __iomem *)addr + 4);
	low = ioread32(addr);
	return low + ((u64)high << 32);
}

static inline void iowrite64_hi_lo(u64 val, volatile void __iomem *addr)
{
	iowrite32((u32)(val >> 32), (volatile char __iomem *)addr + 4);
	iowrite32((u32)val, addr);
}

static inline u64 ioread64be_hi_lo(const volatile void __iomem *addr)
{
	u32 low, high;

	high = ioread32be(addr);
	low = ioread32be((const volatile char __iomem *)addr + 4);
	return low + ((u64)high << 32);
}

static inline void iowrite64be_hi_lo(u64 val, volatile void __iomem *addr)
{
	iowrite32be((u32)(val >> 32), addr);
	iowrite32be((u32)val, (volatile char __iomem *)addr + 4);
}

#endif /* _LINUX_IO_64_NONATOMIC_HI_LO_H_ */
