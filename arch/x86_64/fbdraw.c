/* SPDX-License-Identifier: MIT */
/*
 * Drawing into a linear framebuffer: a row of pixels is made in a buffer as 32-bit
 * values, then stored in the framebuffer's format, as often as the scale says.
 */
#include "fbdraw.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define ROW_MAX (FONT_MAX_SIDE * FB_MAX_SCALE)

/* ---- Formats ---------------------------------------------------------------- */

static struct fb_channel channel_of(u32 mask)
{
	struct fb_channel channel = {0, 0};

	if (!mask)
		return channel;
	for (; !(mask & 1); mask >>= 1)
		channel.shift++;
	for (; mask & 1; mask >>= 1)
		channel.bits++;
	return channel;
}

static bool set_format(struct fb_surface *surface, const struct boot_framebuffer *fb)
{
	surface->pixel_bytes = 4;
	switch (fb->format) {
	case BOOT_FB_RGB:
		surface->red = channel_of(0x0000ff);
		surface->green = channel_of(0x00ff00);
		surface->blue = channel_of(0xff0000);
		return true;
	case BOOT_FB_BGR:
		surface->red = channel_of(0xff0000);
		surface->green = channel_of(0x00ff00);
		surface->blue = channel_of(0x0000ff);
		return true;
	case BOOT_FB_MASK:
		surface->red = channel_of(fb->red_mask);
		surface->green = channel_of(fb->green_mask);
		surface->blue = channel_of(fb->blue_mask);
		surface->pixel_bytes = fb->bytes_per_pixel;
		return surface->pixel_bytes >= 2 && surface->pixel_bytes <= 4;
	case BOOT_FB_NONE:
		break;
	}
	return false;
}

/* Rows whose last pixel still lies in what is backed. */
static u64 backed_rows(const struct fb_surface *surface, u64 size)
{
	u64 row = (u64)surface->width * surface->pixel_bytes;

	return size < row ? 0 : (size - row) / surface->pitch + 1;
}

int __init fb_surface_init(struct fb_surface *surface, const struct boot_framebuffer *fb,
			   void *base)
{
	memset(surface, 0, sizeof(*surface));
	if (!base || !set_format(surface, fb) || !fb->pitch)
		return -EINVAL;
	surface->base = base;
	surface->pitch = fb->pitch;
	surface->width = min(fb->width, fb->pitch / surface->pixel_bytes);
	surface->height = (unsigned int)min((u64)fb->height, backed_rows(surface, fb->size));
	return surface->width && surface->height ? 0 : -EINVAL;
}

void __init fb_surface_spare(struct fb_surface *surface)
{
	surface->height -= surface->height / FB_SPARE_SHARE;
}

void __init fb_surface_turn(struct fb_surface *surface, enum fb_turn turn)
{
	surface->turn = turn;
	if (turn == FB_CLOCKWISE || turn == FB_COUNTERCLOCKWISE)
		swap(surface->width, surface->height);
}

static u32 channel_value(struct fb_channel channel, u32 value)
{
	if (channel.bits < 8)
		value >>= 8 - channel.bits;
	else
		value <<= channel.bits - 8;
	return value << channel.shift;
}

u32 __init fb_pixel(const struct fb_surface *surface, u32 rgb)
{
	return channel_value(surface->red, rgb >> 16 & 255) |
	       channel_value(surface->green, rgb >> 8 & 255) |
	       channel_value(surface->blue, rgb & 255);
}

/* ---- Rows -------------------------------------------------------------------- */

/* Two pixels at a time; the hardware allows any alignment. */
static void store_row32(u8 *to, const u32 *pixels, unsigned int nr)
{
	for (; nr >= 2; nr -= 2, pixels += 2, to += 8)
		__builtin_memcpy(to, pixels, 8);
	if (nr)
		__builtin_memcpy(to, pixels, 4);
}

static void store_pixel(const struct fb_surface *surface, u8 *to, u32 pixel)
{
	for (unsigned int i = 0; i < surface->pixel_bytes; i++)
		*to++ = (u8)(pixel >> 8 * i);
}

/*
 * The picture's row y on a turned panel, and the way from a pixel to the next:
 *
 *	clockwise    +---y-+   upside down  +-----+   counterclockwise  +-y---+
 *	             |   | |                |  <--y                     | ^   |
 *	             |   v |                |     |                     | |   |
 *	             +-----+                +-----+                     +-----+
 */
static void store_turned(const struct fb_surface *surface, unsigned int x, unsigned int y,
			 const u32 *pixels, unsigned int nr)
{
	unsigned int column, row;
	ptrdiff_t step;
	u8 *to;

	switch (surface->turn) {
	case FB_CLOCKWISE:
		column = surface->height - 1 - y;
		row = x;
		step = (ptrdiff_t)surface->pitch;
		break;
	case FB_UPSIDE_DOWN:
		column = surface->width - 1 - x;
		row = surface->height - 1 - y;
		step = -(ptrdiff_t)surface->pixel_bytes;
		break;
	default:
		column = y;
		row = surface->width - 1 - x;
		step = -(ptrdiff_t)surface->pitch;
		break;
	}
	to = surface->base + row * surface->pitch + (size_t)column * surface->pixel_bytes;
	for (; nr; nr--, to += step) {
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): @nr of them are filled. */
		store_pixel(surface, to, *pixels++);
	}
}

static void store_row(const struct fb_surface *surface, unsigned int x, unsigned int y,
		      const u32 *pixels, unsigned int nr)
{
	u8 *to = surface->base + y * surface->pitch + (size_t)x * surface->pixel_bytes;

	if (surface->turn != FB_UPRIGHT) {
		store_turned(surface, x, y, pixels, nr);
		return;
	}
	if (surface->pixel_bytes == 4) {
		store_row32(to, pixels, nr);
		return;
	}
	for (; nr; nr--, to += surface->pixel_bytes) {
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): as above. */
		store_pixel(surface, to, *pixels++);
	}
}

/* How much of [start, start + length) lies below @limit. */
static unsigned int clip(unsigned int start, unsigned int length, unsigned int limit)
{
	return start >= limit ? 0 : min(length, limit - start);
}

void fb_fill(const struct fb_surface *surface, unsigned int x, unsigned int y, unsigned int width,
	     unsigned int height, u32 pixel)
{
	u32 row[ROW_MAX];

	width = clip(x, width, surface->width);
	height = clip(y, height, surface->height);
	for (unsigned int i = 0; i < ROW_MAX && i < width; i++)
		row[i] = pixel;
	for (; height; height--, y++)
		for (unsigned int done = 0; done < width; done += ROW_MAX)
			store_row(surface, x + done, y, row,
				  min_t(unsigned int, width - done, ROW_MAX));
}

/* A glyph's row as pixels, each bit @scale times. Returns how many. */
static void expand_row(u32 *row, const u8 *bits, unsigned int width, unsigned int scale, u32 fg,
		       u32 bg)
{
	for (unsigned int i = 0; i < width; i++) {
		u32 pixel = bits[i / 8] & 0x80 >> i % 8 ? fg : bg;

		for (unsigned int s = 0; s < scale; s++)
			*row++ = pixel;
	}
}

void fb_glyph(const struct fb_surface *surface, unsigned int x, unsigned int y,
	      const struct font *font, unsigned int glyph, unsigned int scale, u32 fg, u32 bg)
{
	unsigned int width = clip(x, font->width * scale, surface->width);
	unsigned int height = clip(y, font->height * scale, surface->height);
	const u8 *last = NULL;
	u32 row[ROW_MAX];

	for (unsigned int i = 0; i < height; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): without a scale no height. */
		const u8 *bits = font_row(font, glyph, i / scale);

		/* Rows repeat: by the scale, and above and below most letters. */
		if (!last || (bits != last && memcmp(bits, last, font->row_bytes)))
			expand_row(row, bits, font->width, scale, fg, bg);
		last = bits;
		store_row(surface, x, y + i, row, width);
	}
}
