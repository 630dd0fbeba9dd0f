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

#include <linux/io-64-nonatomic.h>

IO64_READ(lo_hi_readq, readl, 0, 4)
IO64_WRITE(lo_hi_writeq, writel, 0, 4)
IO64_READ(lo_hi_readq_relaxed, readl_relaxed, 0, 4)
IO64_WRITE(lo_hi_writeq_relaxed, writel_relaxed, 0, 4)

#define ioread64_lo_hi	  ioread64_lo_hi
#define iowrite64_lo_hi	  iowrite64_lo_hi
#define ioread64be_lo_hi  ioread64be_lo_hi
#define iowrite64be_lo_hi iowrite64be_lo_hi

IO64_READ(ioread64_lo_hi, ioread32, 0, 4)
IO64_WRITE(iowrite64_lo_hi, iowrite32, 0, 4)
IO64_READ(ioread64be_lo_hi, ioread32be, 4, 0)
IO64_WRITE(iowrite64be_lo_hi, iowrite32be, 4, 0)

#endif /* _LINUX_IO_64_NONATOMIC_LO_HI_H_ */
