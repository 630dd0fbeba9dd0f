/* SPDX-License-Identifier: MIT */
/*
 * Where the image's parts lie, from the linker (arch/x86_64/image.lds).
 *
 * Owns:       nothing.
 * Invariants: every bound is page aligned, and the parts follow each other in
 *             the order they are declared in. Addresses are where the firmware
 *             loaded the image; they are physical, too.
 * Lifetime:   always.
 * Locking:    none; constant.
 * Units:      bytes.
 * Failure:    none.
 */
#ifndef _EFI_IMAGE_H
#define _EFI_IMAGE_H

#include <linux/types.h>
#include <baremm/boot_info.h>

extern const char __image_base__[];
extern const char __text_start[], __text_end[];
extern const char __init_text_start[], __init_text_end[]; /* linux/init.h */
extern const char __rodata_start[], __rodata_end[];
extern const char __data_start[], __data_end[]; /* with bss and stacks */
extern const char __init_data_start[], __init_data_end[];

#define IMAGE_ADDR(symbol) ((phys_addr_t)(uintptr_t)(symbol))

/* The stack that the program runs on after the exit; a guard page is below it. */
struct boot_range image_boot_stack(void);

#endif /* _EFI_IMAGE_H */
