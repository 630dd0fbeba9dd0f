/* SPDX-License-Identifier: MIT */
/*
 * Console fonts in PSF form (PC screen font, version 1 and 2), as Linux consoles
 * load them.
 *
 * Owns:       nothing: a struct font points into the file's bytes.
 * Invariants: every glyph index below nr_glyphs has `height` rows of `row_bytes`
 *             bytes inside the file; every entry of `map` is such an index.
 * Lifetime:   as long as the file's bytes.
 * Locking:    none; constant after font_parse().
 * Units:      pixels; bit 7 of a row's first byte is its leftmost pixel.
 * Failure:    -EINVAL for a file that is no font or is cut short.
 * Source:     Linux kbd's psf.h and the PSF description by H. P. Anvin.
 */
#ifndef _ARCH_X86_64_FONT_H
#define _ARCH_X86_64_FONT_H

#include <linux/types.h>

/* Characters that have a place in the map: Latin 1, then box drawing and blocks. */
#define FONT_LATIN     256
#define FONT_BOX_FIRST 0x2500
#define FONT_BOX_LAST  0x259f
#define FONT_MAPPED    (FONT_LATIN + FONT_BOX_LAST - FONT_BOX_FIRST + 1)

/* No glyph is wider or higher than this. */
#define FONT_MAX_SIDE 64

struct font {
	unsigned int width, height; /* of a glyph */
	unsigned int row_bytes;
	unsigned int nr_glyphs;
	const u8 *glyphs;
	u16 map[FONT_MAPPED]; /* character to glyph */
};

int font_parse(struct font *font, const u8 *file, size_t size);

/* The glyph for a Unicode character; that of '?' where the font has none. */
unsigned int font_glyph(const struct font *font, u32 character);

static inline const u8 *font_row(const struct font *font, unsigned int glyph, unsigned int row)
{
	return font->glyphs + ((size_t)glyph * font->height + row) * font->row_bytes;
}

#endif /* _ARCH_X86_64_FONT_H */
