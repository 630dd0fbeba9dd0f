/* SPDX-License-Identifier: MIT */
/*
 * The image's own symbol table, for backtraces.
 *
 * Owns:       constants that the build makes from the linked image.
 * Invariants: ksym_offsets[] is sorted and has ksym_count + 1 entries: entry i is
 *             where function i starts, relative to the image's base, and the last
 *             one is the end of .init. ksym_names[i] is where the name of
 *             function i starts in ksym_text.
 * Lifetime:   always; ksym_count is 0 only in an image whose link was cut short.
 * Locking:    none; constant.
 * Units:      bytes.
 * Failure:    none.
 */
#ifndef _ARCH_X86_64_KSYMS_H
#define _ARCH_X86_64_KSYMS_H

#include <linux/types.h>

extern const u32 ksym_count;
extern const u32 ksym_offsets[];
extern const u32 ksym_names[];
extern const char ksym_text[];

/* Where the image starts; from the linker. */
extern const char __image_base__[];

#endif /* _ARCH_X86_64_KSYMS_H */
