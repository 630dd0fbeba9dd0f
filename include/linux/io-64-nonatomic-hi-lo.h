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

#include <linux/io-64-nonatomic.h>

IO64_READ(hi_lo_readq, readl, 4, 4)
IO64_WRITE(hi_lo_writeq, writel, 4, 4)
IO64_READ(hi_lo_readq_relaxed, readl_relaxed, 4, 4)
IO64_WRITE(hi_lo_writeq_relaxed, writel_relaxed, 4, 4)

#define ioread64_hi_lo	  ioread64_hi_lo
#define iowrite64_hi_lo	  iowrite64_hi_lo
#define ioread64be_hi_lo  ioread64be_hi_lo
#define iowrite64be_hi_lo iowrite64be_hi_lo

IO64_READ(ioread64_hi_lo, ioread32, 4, 4)
IO64_WRITE(iowrite64_hi_lo, iowrite32, 4, 4)
IO64_READ(ioread64be_hi_lo, ioread32be, 0, 0)
IO64_WRITE(iowrite64be_hi_lo, iowrite32be, 0, 0)

#endif /* _LINUX_IO_64_NONATOMIC_HI_LO_H_ */
