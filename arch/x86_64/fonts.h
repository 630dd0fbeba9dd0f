/* SPDX-License-Identifier: MIT */
/*
 * The font files that the build embeds (font_data.S), smallest first.
 *
 * Owns:     the files' bytes.
 * Lifetime: until free_initmem() (linux/init.h). Locking: none; constant.
 * Units:    bytes.
 * Failure:  none; font_parse() checks them.
 */
#ifndef _ARCH_X86_64_FONTS_H
#define _ARCH_X86_64_FONTS_H

#include <linux/types.h>

extern const u8 font_8x16[], font_8x16_end[];
extern const u8 font_12x24[], font_12x24_end[];
extern const u8 font_16x32[], font_16x32_end[];

#endif /* _ARCH_X86_64_FONTS_H */
