/* SPDX-License-Identifier: MIT */
/*
 * Choosing the mode of a graphics adapter.
 *
 * Owns:       nothing.
 * Invariants: a mode without a linear framebuffer is never chosen.
 * Lifetime:   while boot services exist.
 * Locking:    none; boot CPU.
 * Units:      pixels.
 * Failure:    a warning, and the mode stays as it is.
 */
#ifndef _EFI_GRAPHICS_H
#define _EFI_GRAPHICS_H

#include "firmware.h"

struct graphics_wish {
	enum { WISH_NONE, WISH_SIZE, WISH_NUMBER, WISH_LARGEST } kind;
	u32 width, height; /* WISH_SIZE */
	u32 number;	   /* WISH_NUMBER */
};

/* What the text after video=efifb: asks for; false where it is none of its forms. */
bool graphics_parse_wish(const char *text, struct graphics_wish *wish);

/* Sets the mode that @text asks for. */
void graphics_set_mode(const struct firmware *fw, EFI_GRAPHICS_OUTPUT_PROTOCOL *gop,
		       const char *text);

#endif /* _EFI_GRAPHICS_H */
