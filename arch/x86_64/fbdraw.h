/* SPDX-License-Identifier: MIT */
/*
 * Drawing into a linear framebuffer of any pixel format.
 *
 * Owns:       nothing: a struct fb_surface describes memory that it points at.
 * Invariants: nothing is written outside [base, base + size), nor past a row's
 *             `width`; the surface's width and height are cut until that holds.
 * Lifetime:   as long as the memory is mapped.
 * Locking:    none; the console's caller holds the log's.
 * Units:      pixels; colours are 0xRRGGBB.
 * Failure:    -EINVAL for a framebuffer that cannot be drawn to.
 * Cost:       stores of whole rows in rising order, no reads: right for
 *             write-combining memory. On a turned panel a row is a column, each
 *             pixel a store of its own.
 */
#ifndef _ARCH_X86_64_FBDRAW_H
#define _ARCH_X86_64_FBDRAW_H

#include <linux/types.h>
#include <baremm/boot_info.h>

#include "font.h"

struct fb_channel {
	unsigned int shift, bits;
};

/* How the picture is turned on the panel, by Linux's numbers (fbcon=rotate:). */
enum fb_turn { FB_UPRIGHT, FB_CLOCKWISE, FB_UPSIDE_DOWN, FB_COUNTERCLOCKWISE, FB_NR_TURNS };

struct fb_surface {
	u8 *base;
	unsigned int width, height; /* of the picture */
	enum fb_turn turn;
	size_t pitch;
	unsigned int pixel_bytes; /* 2, 3, 4 */
	struct fb_channel red, green, blue;
};

/* Glyphs are magnified up to this. */
#define FB_MAX_SCALE 8

int fb_surface_init(struct fb_surface *surface, const struct boot_framebuffer *fb, void *base);

/*
 * Leaves the panel's last rows out of the picture, one in FB_SPARE_SHARE: there are graphics
 * adapters whose last rows have no memory, whatever the firmware says of their size. Before
 * fb_surface_turn().
 */
#define FB_SPARE_SHARE 64
void fb_surface_spare(struct fb_surface *surface);

/* The picture on a panel that is @turn from upright: width and height may change places. */
void fb_surface_turn(struct fb_surface *surface, enum fb_turn turn);

/* The pixel that shows @rgb. */
u32 fb_pixel(const struct fb_surface *surface, u32 rgb);

/* @fg and @bg are pixels. What lies outside the surface is left out. */
void fb_fill(const struct fb_surface *surface, unsigned int x, unsigned int y, unsigned int width,
	     unsigned int height, u32 pixel);
void fb_glyph(const struct fb_surface *surface, unsigned int x, unsigned int y,
	      const struct font *font, unsigned int glyph, unsigned int scale, u32 fg, u32 bg);

#endif /* _ARCH_X86_64_FBDRAW_H */
