/* SPDX-License-Identifier: MIT */
/*
 * Fonts and text on a framebuffer in memory. The font is made here: two glyphs
 * that cannot be confused, in both PSF versions; a framebuffer lies between two
 * canaries, and rows have padding that nobody may touch.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/errno.h>
#include "../../arch/x86_64/fbtext.h"

/* ---- A font ---------------------------------------------------------------------- */

/*
 * Glyph n's every row is n in binary, its first row n turned round: 8 x 4 pixels.
 * A blank is blank.
 */
#define GLYPH_HEIGHT 4
#define NR_GLYPHS    256

static u8 psf1[4 + NR_GLYPHS * GLYPH_HEIGHT + NR_GLYPHS * 4 + 2];
static u8 psf2[32 + NR_GLYPHS * GLYPH_HEIGHT + NR_GLYPHS * 3];
static size_t psf1_size, psf2_size;

static void put32(u8 *p, u32 value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (u8)(value >> 8 * i);
}

static void make_glyphs(u8 *p)
{
	for (int glyph = 0; glyph < NR_GLYPHS; glyph++) {
		for (int row = 0; row < GLYPH_HEIGHT; row++)
			*p++ = (u8)(glyph == 255 - ' ' ? 0 : row ? glyph : ~glyph);
	}
}

/* Glyph n stands for character 255 - n; glyph 1 also for U+2500. */
static void make_fonts(void)
{
	u8 *p = psf1 + 4 + NR_GLYPHS * GLYPH_HEIGHT;

	psf1[0] = 0x36;
	psf1[1] = 0x04;
	psf1[2] = 0x02;
	psf1[3] = GLYPH_HEIGHT;
	make_glyphs(psf1 + 4);
	for (int glyph = 0; glyph < NR_GLYPHS; glyph++) {
		*p++ = (u8)(255 - glyph);
		*p++ = 0;
		if (glyph == 1) {
			*p++ = 0x00;
			*p++ = 0x25;
		}
		*p++ = 0xff;
		*p++ = 0xff;
	}
	psf1_size = (size_t)(p - psf1);

	put32(psf2, 0x864ab572);
	put32(psf2 + 8, 32);
	put32(psf2 + 12, 1);
	put32(psf2 + 16, NR_GLYPHS);
	put32(psf2 + 20, GLYPH_HEIGHT);
	put32(psf2 + 24, GLYPH_HEIGHT);
	put32(psf2 + 28, 8);
	make_glyphs(psf2 + 32);
	p = psf2 + 32 + NR_GLYPHS * GLYPH_HEIGHT;
	for (int glyph = 0; glyph < NR_GLYPHS; glyph++) {
		int c = 255 - glyph;

		if (c >= 0x80) {
			*p++ = (u8)(0xc0 | c >> 6);
			*p++ = (u8)(0x80 | (c & 0x3f));
		} else {
			*p++ = (u8)c;
		}
		*p++ = 0xff;
	}
	psf2_size = (size_t)(p - psf2);
}

static void psf1_table_maps_characters_to_glyphs(void **state)
{
	struct font font;

	(void)state;
	assert_int_equal(font_parse(&font, psf1, psf1_size), 0);
	assert_int_equal(font.width, 8);
	assert_int_equal(font.height, GLYPH_HEIGHT);
	assert_int_equal(font.nr_glyphs, NR_GLYPHS);
	assert_int_equal(font_glyph(&font, 'A'), 255 - 'A');
	assert_int_equal(font_glyph(&font, 0xe9), 255 - 0xe9);
	assert_int_equal(font_glyph(&font, 0x2500), 1);
	assert_int_equal(*font_row(&font, 7, 0), (u8)~7);
	assert_int_equal(*font_row(&font, 7, 3), 7);
}

static void psf2_table_maps_characters_to_glyphs(void **state)
{
	struct font font;

	(void)state;
	assert_int_equal(font_parse(&font, psf2, psf2_size), 0);
	assert_int_equal(font.width, 8);
	assert_int_equal(font_glyph(&font, 'A'), 255 - 'A');
	assert_int_equal(font_glyph(&font, 0xe9), 255 - 0xe9);
}

static void characters_that_a_font_lacks_show_as_question_mark(void **state)
{
	struct font font;

	(void)state;
	assert_int_equal(font_parse(&font, psf2, psf2_size), 0);
	assert_int_equal(font_glyph(&font, 0x2500), font_glyph(&font, '?'));
	assert_int_equal(font_glyph(&font, 0x10ffff), font_glyph(&font, '?'));
}

/* Every length of a font file, and every header byte changed, on the heap's edge. */
static void damaged_fonts_are_refused_or_harmless(void **state)
{
	const struct {
		const u8 *file;
		size_t size, header;
	} fonts[] = {{psf1, psf1_size, 4}, {psf2, psf2_size, 32}};

	(void)state;
	for (int f = 0; f < 2; f++) {
		size_t glyphs_end = fonts[f].header + NR_GLYPHS * GLYPH_HEIGHT;

		for (size_t size = 0; size <= fonts[f].size; size += size < 40 ? 1 : 7) {
			u8 *copy = malloc(size + !size);
			struct font font;

			memcpy(copy, fonts[f].file, size);
			assert_int_equal(font_parse(&font, copy, size),
					 size < glyphs_end ? -EINVAL : 0);
			free(copy);
		}
		for (size_t at = 0; at < fonts[f].header; at++) {
			u8 *copy = malloc(fonts[f].size);
			struct font font;

			memcpy(copy, fonts[f].file, fonts[f].size);
			copy[at] ^= 0xff;
			if (!font_parse(&font, copy, fonts[f].size))
				for (unsigned int c = 0; c < 0x2600; c++)
					(void)*font_row(&font, font_glyph(&font, c),
							font.height - 1);
			free(copy);
		}
	}
}

/* ---- A framebuffer --------------------------------------------------------------- */

#define CANARY 64

static struct boot_framebuffer info;
static struct fb_surface surface;
static struct font font;
static u8 *memory;

static void make_framebuffer(enum boot_fb_format format, u32 width, u32 height, u32 pixel_bytes,
			     u32 padding)
{
	free(memory);
	memset(&info, 0, sizeof(info));
	info.format = format;
	info.width = width;
	info.height = height;
	info.bytes_per_pixel = pixel_bytes;
	info.pitch = width * pixel_bytes + padding;
	info.size = (u64)info.pitch * height;
	memory = malloc(info.size + 2 * CANARY);
	assert_non_null(memory);
	memset(memory, 0xa5, info.size + 2 * CANARY);
}

static void make_surface(void)
{
	assert_int_equal(fb_surface_init(&surface, &info, memory + CANARY), 0);
	assert_int_equal(font_parse(&font, psf1, psf1_size), 0);
}

static void assert_canaries(void)
{
	size_t row = (size_t)surface.width * surface.pixel_bytes;

	for (size_t i = 0; i < CANARY; i++) {
		assert_int_equal(memory[i], 0xa5);
		assert_int_equal(memory[CANARY + info.size + i], 0xa5);
	}
	for (u32 y = 0; y < surface.height; y++)
		for (size_t x = row; x < info.pitch; x++)
			assert_int_equal(memory[CANARY + y * info.pitch + x], 0xa5);
}

static u32 pixel_at(unsigned int x, unsigned int y)
{
	const u8 *p = memory + CANARY + y * surface.pitch + (size_t)x * surface.pixel_bytes;
	u32 value = 0;

	for (unsigned int i = 0; i < surface.pixel_bytes; i++)
		value |= (u32)p[i] << 8 * i;
	return value;
}

static int setup(void **state)
{
	(void)state;
	make_fonts();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(memory);
	memory = NULL;
	return 0;
}

static void pixels_follow_the_format(void **state)
{
	(void)state;
	make_framebuffer(BOOT_FB_RGB, 16, 8, 4, 0);
	make_surface();
	assert_int_equal(fb_pixel(&surface, 0x112233), 0x332211);
	make_framebuffer(BOOT_FB_BGR, 16, 8, 4, 0);
	make_surface();
	assert_int_equal(fb_pixel(&surface, 0x112233), 0x112233);
	make_framebuffer(BOOT_FB_MASK, 16, 8, 2, 0);
	info.red_mask = 0xf800;
	info.green_mask = 0x07e0;
	info.blue_mask = 0x001f;
	make_surface();
	assert_int_equal(fb_pixel(&surface, 0xff0000), 0xf800);
	assert_int_equal(fb_pixel(&surface, 0x00ff00), 0x07e0);
	assert_int_equal(fb_pixel(&surface, 0x0000ff), 0x001f);
	make_framebuffer(BOOT_FB_MASK, 16, 8, 4, 0);
	info.red_mask = 0x3ff00000;
	info.green_mask = 0x000ffc00;
	info.blue_mask = 0x000003ff;
	make_surface();
	assert_int_equal(fb_pixel(&surface, 0x800000), 0x20000000);
}

static void framebuffers_that_cannot_be_drawn_to_are_refused(void **state)
{
	(void)state;
	make_framebuffer(BOOT_FB_NONE, 16, 8, 4, 0);
	assert_int_equal(fb_surface_init(&surface, &info, memory), -EINVAL);
	make_framebuffer(BOOT_FB_BGR, 16, 8, 4, 0);
	assert_int_equal(fb_surface_init(&surface, &info, NULL), -EINVAL);
	info.size = 63;
	assert_int_equal(fb_surface_init(&surface, &info, memory), -EINVAL);
	info.pitch = 0;
	assert_int_equal(fb_surface_init(&surface, &info, memory), -EINVAL);
	make_framebuffer(BOOT_FB_MASK, 16, 8, 4, 0);
	info.bytes_per_pixel = 5;
	assert_int_equal(fb_surface_init(&surface, &info, memory), -EINVAL);
}

static void height_is_cut_to_what_is_backed(void **state)
{
	(void)state;
	make_framebuffer(BOOT_FB_BGR, 16, 8, 4, 64);
	/* Seven rows with their padding, and the eighth less one byte. */
	info.size -= 65;
	assert_int_equal(fb_surface_init(&surface, &info, memory + CANARY), 0);
	assert_int_equal(surface.height, 7);
	info.size++;
	assert_int_equal(fb_surface_init(&surface, &info, memory + CANARY), 0);
	assert_int_equal(surface.height, 8);
	info.pitch = 32;
	assert_int_equal(fb_surface_init(&surface, &info, memory + CANARY), 0);
	assert_int_equal(surface.width, 8);
}

/* Every pixel of a glyph at scale 2, in all pixel sizes. */
static void glyphs_are_drawn_pixel_for_pixel(void **state)
{
	const u32 fg = 0x1f, bg = 0x3e0;

	(void)state;
	for (u32 bytes = 2; bytes <= 4; bytes++) {
		make_framebuffer(BOOT_FB_MASK, 40, 20, bytes, 12);
		info.red_mask = 0xf800;
		info.green_mask = 0x07e0;
		info.blue_mask = 0x001f;
		make_surface();
		fb_glyph(&surface, 3, 5, &font, 0x96, 2, fg, bg);
		for (unsigned int y = 0; y < 2 * GLYPH_HEIGHT; y++) {
			for (unsigned int x = 0; x < 16; x++) {
				u8 bits = y / 2 ? 0x96 : (u8)~0x96;

				assert_int_equal(pixel_at(3 + x, 5 + y),
						 bits & 0x80 >> x / 2 ? fg : bg);
			}
		}
		assert_canaries();
	}
}

static void drawing_past_the_edges_is_cut(void **state)
{
	(void)state;
	make_framebuffer(BOOT_FB_BGR, 19, 9, 4, 4);
	make_surface();
	for (unsigned int y = 0; y < 20; y++)
		for (unsigned int x = 0; x < 40; x++)
			fb_glyph(&surface, x, y, &font, 0xff, 3, 1, 2);
	fb_fill(&surface, 5, 5, 1000, 1000, 3);
	fb_fill(&surface, 1000, 1000, 1000, 1000, 3);
	fb_fill(&surface, 0, 0, 0xffffffff, 0xffffffff, 4);
	assert_canaries();
	assert_int_equal(pixel_at(18, 8), 4);
}

/* Where a turned picture's pixel lies on the panel. */
static void panel_place(enum fb_turn turn, unsigned int *x, unsigned int *y)
{
	unsigned int px = *x, py = *y;

	if (turn == FB_CLOCKWISE) {
		*x = info.width - 1 - py;
		*y = px;
	} else if (turn == FB_UPSIDE_DOWN) {
		*x = info.width - 1 - px;
		*y = info.height - 1 - py;
	} else if (turn == FB_COUNTERCLOCKWISE) {
		*x = py;
		*y = info.height - 1 - px;
	}
}

/* Every pixel of an upright picture is on the turned panel, and nothing beside it. */
static void a_turned_panel_shows_the_same_picture(void **state)
{
	static u32 upright[48][48];

	(void)state;
	for (u32 bytes = 2; bytes <= 4; bytes++) {
		for (enum fb_turn turn = FB_UPRIGHT; turn < FB_NR_TURNS; turn++) {
			bool side = turn == FB_CLOCKWISE || turn == FB_COUNTERCLOCKWISE;

			make_framebuffer(BOOT_FB_MASK, side ? 21 : 40, side ? 40 : 21, bytes, 12);
			info.red_mask = 0xf800;
			info.green_mask = 0x07e0;
			info.blue_mask = 0x001f;
			make_surface();
			fb_surface_turn(&surface, turn);
			assert_int_equal(surface.width, 40);
			assert_int_equal(surface.height, 21);
			fb_fill(&surface, 0, 0, 40, 21, 7);
			fb_glyph(&surface, 3, 5, &font, 0x96, 2, 0x1f, 0x3e0);
			fb_glyph(&surface, 35, 18, &font, 0x35, 2, 0x1f, 0x3e0);
			for (unsigned int y = 0; y < 21; y++) {
				for (unsigned int x = 0; x < 40; x++) {
					unsigned int px = x, py = y;

					panel_place(turn, &px, &py);
					if (turn == FB_UPRIGHT)
						upright[y][x] = pixel_at(px, py);
					assert_int_equal(pixel_at(px, py), upright[y][x]);
				}
			}
			/* The canaries are the panel's. */
			fb_surface_turn(&surface, side ? turn : FB_UPRIGHT);
			assert_canaries();
		}
	}
}

/* However the picture is turned, the rows that are spared are the panel's last. */
static void the_panels_last_rows_are_left_alone(void **state)
{
	(void)state;
	for (enum fb_turn turn = FB_UPRIGHT; turn < FB_NR_TURNS; turn++) {
		make_framebuffer(BOOT_FB_RGB, 100, 128 + 63, 4, 8);
		make_surface();
		fb_surface_spare(&surface);
		fb_surface_turn(&surface, turn);
		fb_fill(&surface, 0, 0, surface.width, surface.height, 7);
		for (unsigned int x = 0; x < 100; x++) {
			assert_int_equal(pixel_at(x, 188), 7);
			assert_int_equal(pixel_at(x, 189), 0xa5a5a5a5);
			assert_int_equal(pixel_at(x, 190), 0xa5a5a5a5);
		}
	}
}

/* ---- Text -------------------------------------------------------------------------- */

#define MAX_CELLS 4096

static struct fb_text text;
static struct fb_cell cells[MAX_CELLS], drawn[MAX_CELLS];

/* 20 columns, 24 rows and that of the stage, less than a cell to spare on each side. */
static void make_text(void)
{
	make_framebuffer(BOOT_FB_BGR, 20 * 8 + 6, 25 * GLYPH_HEIGHT + 2, 4, 8);
	make_surface();
	assert_int_equal(fb_text_init(&text, &surface, &font, 1, cells, drawn, MAX_CELLS), 0);
	assert_int_equal(text.cols, 20);
	assert_int_equal(text.rows, 24);
}

static void say(const char *s)
{
	fb_text_write(&text, s, strlen(s));
}

/* The character that the pixels at a cell show, and its colour. */
static int shown(unsigned int col, unsigned int row, enum fb_colour *colour)
{
	unsigned int x = text.left + col * 8, y = text.top + row * GLYPH_HEIGHT + 1;
	u32 bg = text.palette[FB_BACKGROUND], ink = bg;
	u8 bits = 0;

	for (unsigned int i = 0; i < 8; i++) {
		u32 pixel = pixel_at(x + i, y);

		if (pixel != bg) {
			bits |= (u8)(0x80 >> i);
			ink = pixel;
		}
	}
	*colour = FB_BACKGROUND;
	for (int c = 0; c < FB_NR_COLOURS; c++)
		if (ink == text.palette[c] && ink != bg)
			*colour = (enum fb_colour)c;
	return bits ? 255 - bits : ' ';
}

static void assert_row(unsigned int row, const char *expected)
{
	enum fb_colour colour;

	fb_text_draw(&text);
	for (unsigned int col = 0; col < text.cols; col++) {
		int c = col < strlen(expected) ? expected[col] : ' ';

		assert_int_equal(shown(col, row, &colour), c);
	}
}

static enum fb_colour colour_at(unsigned int col, unsigned int row)
{
	enum fb_colour colour;

	fb_text_draw(&text);
	shown(col, row, &colour);
	return colour;
}

static void text_appears_where_it_was_written(void **state)
{
	(void)state;
	make_text();
	say("hello\nworld");
	assert_row(0, "hello");
	assert_row(1, "world");
	assert_row(2, "");
	assert_canaries();
}

static void long_lines_wrap_at_the_last_column(void **state)
{
	(void)state;
	make_text();
	say("abcdefghijklmnopqrst\n");
	say("abcdefghijklmnopqrstuvw\nx");
	assert_row(0, "abcdefghijklmnopqrst");
	assert_row(1, "abcdefghijklmnopqrst");
	assert_row(2, "uvw");
	assert_row(3, "x");
}

static void a_full_screen_scrolls(void **state)
{
	char line[32];

	(void)state;
	make_text();
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof(line), "line %d\n", i);
		say(line);
		if (i % 7 == 0)
			fb_text_draw(&text);
	}
	for (unsigned int row = 0; row < 23; row++) {
		snprintf(line, sizeof(line), "line %u", 77 + row);
		assert_row(row, line);
	}
	assert_row(23, "");
	assert_canaries();
}

static void the_stage_stays_below_the_log(void **state)
{
	(void)state;
	make_text();
	fb_text_stage(&text, "page tables");
	assert_row(24, "page tables");
	for (int i = 0; i < 50; i++)
		say("line\n");
	assert_row(22, "line");
	assert_row(24, "page tables");
	fb_text_stage(&text, "zones");
	assert_row(24, "zones");
	fb_text_stage(&text,
		      "a stage whose name is longer than the screen is wide and than there is "
		      "room for");
	assert_row(24, "a stage whose name i");
	assert_canaries();
}

static void nothing_is_drawn_before_it_is_asked_for(void **state)
{
	(void)state;
	make_text();
	fb_text_draw(&text);
	say("A");
	assert_int_equal(pixel_at(text.left, text.top + 1), text.palette[FB_BACKGROUND]);
	fb_text_draw(&text);
	assert_row(0, "A");
}

/* What is drawn stays untouched: a mark in a cell that did not change survives. */
static void only_changed_cells_are_drawn(void **state)
{
	unsigned int x, y;

	(void)state;
	make_text();
	say("AB");
	fb_text_draw(&text);
	x = text.left + 8;
	y = text.top;
	fb_fill(&surface, x, y, 1, 1, 0x123456);
	say("C");
	fb_text_draw(&text);
	assert_int_equal(pixel_at(x, y), 0x123456);
	assert_row(0, "ABC");
}

static void tabs_returns_and_utf8_are_understood(void **state)
{
	(void)state;
	make_text();
	say("a\tb\n");
	say("xy\rz\n");
	say("\xc2\xa9 \xe2\x94\x80 \xf0\x9f\x98\x80 \xff \x01\n");
	assert_row(0, "a       b");
	assert_row(1, "zy");
	fb_text_draw(&text);
	assert_int_equal(cells[2 * 20].glyph, 255 - 0xa9);
	assert_int_equal(cells[2 * 20 + 2].glyph, 1);
	assert_int_equal(cells[2 * 20 + 4].glyph, 255 - '?');
	assert_int_equal(cells[2 * 20 + 6].glyph, 255 - '?');
	assert_int_equal(cells[2 * 20 + 8].glyph, 255 - '?');
}

static void time_stamps_are_dim_and_faults_are_red(void **state)
{
	(void)state;
	make_text();
	say("[ 0.01] ");
	say("fine\n");
	say("[ 0.02] BUG: bad thing happened\n");
	say("ok 1 - x\n");
	assert_int_equal(colour_at(0, 0), FB_DIM);
	assert_int_equal(colour_at(8, 0), FB_TEXT);
	assert_int_equal(colour_at(0, 1), FB_DIM);
	assert_int_equal(colour_at(8, 1), FB_BAD);
	assert_int_equal(colour_at(3, 2), FB_BAD); /* the line's second row */
	assert_int_equal(colour_at(0, 3), FB_GOOD);
}

static void the_verdict_gets_a_banner_below_all_text(void **state)
{
	char line[32];

	(void)state;
	make_text();
	for (int i = 0; i < 60; i++) {
		snprintf(line, sizeof(line), "line %d\n", i);
		say(line);
	}
	say("baremm: verdict: FAIL: reason\n");
	fb_text_draw(&text);
	assert_int_equal(pixel_at(0, surface.height - 1), text.palette[FB_BANNER_BAD]);
	/* No strip of an old row is left between the text and the banner. */
	assert_int_equal(pixel_at(0, text.top + 19 * font.height), text.palette[FB_BANNER_BAD]);
	assert_int_not_equal(pixel_at(0, text.top + 19 * font.height - 1),
			     text.palette[FB_BANNER_BAD]);
	assert_row(23 - 5, "");
	assert_row(22 - 5, "L: reason");
	assert_row(21 - 5, "baremm: verdict: FAI");
	assert_canaries();
	/* Whatever comes after it has the whole screen again. */
	say("more\n");
	assert_row(18, "more");
	assert_int_equal(pixel_at(0, surface.height - 1), text.palette[FB_BACKGROUND]);
}

static void a_screen_larger_than_the_cells_uses_fewer_rows(void **state)
{
	(void)state;
	make_text();
	assert_int_equal(fb_text_init(&text, &surface, &font, 1, cells, drawn, 100), 0);
	assert_int_equal(text.rows, 5);
	for (int i = 0; i < 1000; i++)
		say("text text text text text text\n");
	fb_text_draw(&text);
	assert_canaries();
	assert_int_equal(fb_text_init(&text, &surface, &font, 1, cells, drawn, 19), -EINVAL);
	assert_int_equal(fb_text_init(&text, &surface, &font, 8, cells, drawn, 100), 0);
	assert_int_equal(text.cols, 2);
	say("baremm: verdict: PASS\nmore\tand more\n");
	fb_text_draw(&text);
	assert_canaries();
}

/* ---- Size ---------------------------------------------------------------------------- */

static void text_size_follows_the_screen(void **state)
{
	static const struct {
		unsigned int width, height, font, scale;
	} screens[] = {
		{640, 480, 0, 1},   {800, 600, 0, 1},	  {1024, 768, 0, 1},  {1280, 800, 0, 1},
		{1920, 1080, 1, 1}, {2560, 1440, 2, 1},	  {3840, 2160, 1, 2}, {7680, 4320, 2, 3},
		{1080, 1920, 0, 1}, {20000, 20000, 2, 8},
	};
	const struct font fonts[] = {
		{.width = 8, .height = 16},
		{.width = 12, .height = 24},
		{.width = 16, .height = 32},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		unsigned int scale;
		unsigned int chosen =
			fb_choose_font(fonts, 3, screens[i].width, screens[i].height, &scale);

		assert_int_equal(chosen, screens[i].font);
		assert_int_equal(scale, screens[i].scale);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(psf1_table_maps_characters_to_glyphs),
		TEST(psf2_table_maps_characters_to_glyphs),
		TEST(characters_that_a_font_lacks_show_as_question_mark),
		TEST(damaged_fonts_are_refused_or_harmless),
		TEST(pixels_follow_the_format),
		TEST(framebuffers_that_cannot_be_drawn_to_are_refused),
		TEST(height_is_cut_to_what_is_backed),
		TEST(glyphs_are_drawn_pixel_for_pixel),
		TEST(a_turned_panel_shows_the_same_picture),
		TEST(the_panels_last_rows_are_left_alone),
		TEST(drawing_past_the_edges_is_cut),
		TEST(text_appears_where_it_was_written),
		TEST(long_lines_wrap_at_the_last_column),
		TEST(a_full_screen_scrolls),
		TEST(the_stage_stays_below_the_log),
		TEST(nothing_is_drawn_before_it_is_asked_for),
		TEST(only_changed_cells_are_drawn),
		TEST(tabs_returns_and_utf8_are_understood),
		TEST(time_stamps_are_dim_and_faults_are_red),
		TEST(the_verdict_gets_a_banner_below_all_text),
		TEST(a_screen_larger_than_the_cells_uses_fewer_rows),
		TEST(text_size_follows_the_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
