/* SPDX-License-Identifier: MIT */
/*
 * Segment selectors, as on Linux, and the flat segments behind them; for C and
 * for assembly.
 *
 * Owns, Lifetime, Locking, Failure: none; constants.
 * Units:  selectors are bytes from the start of a GDT.
 * Source: Intel SDM volume 3A, section 3.4.5. "Accessed" is set in all, so that
 *         the CPU never writes to a GDT, which may be read-only.
 */
#ifndef _ARCH_X86_64_SEGMENTS_H
#define _ARCH_X86_64_SEGMENTS_H

#define KERNEL32_CS 0x08
#define KERNEL_CS   0x10
#define KERNEL_DS   0x18
#define TSS_SEL	    0x40

#define SEGMENT_CODE32 0x00cf9b000000ffff
#define SEGMENT_CODE64 0x00af9b000000ffff
#define SEGMENT_DATA   0x00cf93000000ffff

#endif /* _ARCH_X86_64_SEGMENTS_H */
