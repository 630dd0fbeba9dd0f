/* SPDX-License-Identifier: MIT */
/*
 * Memory that is encrypted page by page: whether this machine's is, which is decided before the
 * program leaves the firmware.
 *
 * In an SEV guest, and where the firmware has SME on and maps the program encrypted, all of our
 * page tables' entries have the C-bit but those of devices (ARCH_MAP_IO): the framebuffer, MMIO
 * and what ioremap() maps. ACPI's memory has it as the firmware's tables have. Where the
 * firmware has SME on and does not use it, it stays unused.
 *
 * Weaknesses. None of QEMU's TCG machines has SEV or SME: what is tested are decisions and
 * tables, by test_encryption and test_pgtable. A CPU out of long mode reaches encrypted memory
 * in an SEV guest, where all it does is private then, but not under SME: there four levels of
 * tables stay four, and one CPU runs. Devices reach no memory of an SEV guest, as no page is
 * shared with the host, the pool of swiotlb= included; the program has no driver that would
 * want any.
 *
 * Owns:       sme_me_mask.
 * Invariants: constant from arch_unsupported() (baremm/arch_boot.h) on, which decides.
 * Lifetime:   for ever.
 * Locking:    none; the boot CPU decides, all read.
 * Units:      bits of page tables' entries.
 * Failure:    arch_unsupported() has a reason.
 */
#ifndef _ARCH_X86_64_MEM_ENCRYPT_H
#define _ARCH_X86_64_MEM_ENCRYPT_H

#include <linux/types.h>

/* The C-bit that our tables carry (Linux's name); 0: memory is not encrypted by them. */
extern u64 sme_me_mask;

/* It is, and by SME: code that runs with paging off does not reach it. */
bool mem_encrypt_is_host(void);

/* How many of @phys_bits choose a place. */
unsigned int mem_encrypt_phys_bits(unsigned int phys_bits);

/* A line for the log where memory is encrypted, in Linux's words. */
void mem_encrypt_print(void);

#endif /* _ARCH_X86_64_MEM_ENCRYPT_H */
