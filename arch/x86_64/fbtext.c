/* SPDX-License-Identifier: MIT */
/* A screen of text: writing, colours, scrolling. Drawing is in fbtext_draw.c. */
#include "fbtext.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define TAB_WIDTH   8
#define BANNER_ROWS 5

/* A screen of fewer rows has none to spare for the stage. */
#define STAGE_MIN_ROWS 4

static const u32 palette_rgb[FB_NR_COLOURS] = {
	[FB_TEXT] = 0xd0d4dc,	     [FB_DIM] = 0x737b8c,	  [FB_GOOD] = 0x7fd962,
	[FB_BAD] = 0xff6b6b,	     [FB_WARN] = 0xffc861,	  [FB_HEADING] = 0x73d0ff,
	[FB_BACKGROUND] = 0x0b0e14,  [FB_BANNER_GOOD] = 0x1a7f37, [FB_BANNER_BAD] = 0xb42318,
	[FB_BANNER_TEXT] = 0xffffff,
};

unsigned int __init fb_choose_font(const struct font *fonts, unsigned int nr, unsigned int width,
				   unsigned int height, unsigned int *scale)
{
	unsigned int best = 0, best_width = 0;

	*scale = 1;
	for (unsigned int i = 0; i < nr; i++) {
		/* Only the finest font bears more than doubling. */
		unsigned int max_scale = i + 1 < nr ? 2 : FB_MAX_SCALE;

		for (unsigned int s = 1; s <= max_scale; s++) {
			unsigned int w = fonts[i].width * s, h = fonts[i].height * s;

			if (width / w < FB_MIN_COLS || height / h < FB_MIN_ROWS)
				break;
			/* Of two ways to the same size, the finer glyphs. */
			if (w > best_width || (w == best_width && s < *scale)) {
				best = i;
				best_width = w;
				*scale = s;
			}
		}
	}
	return best;
}

static struct fb_cell *cell_row(const struct fb_text *text, unsigned int row)
{
	return &text->cells[(size_t)((text->first + row) % text->rows) * text->cols];
}

static void clear_row(struct fb_text *text, unsigned int row)
{
	struct fb_cell blank = {(u16)font_glyph(text->font, ' '), FB_TEXT};
	struct fb_cell *cell = cell_row(text, row);

	for (unsigned int i = 0; i < text->cols; i++)
		cell[i] = blank;
}

int __init fb_text_init(struct fb_text *text, const struct fb_surface *surface,
			const struct font *font, unsigned int scale, struct fb_cell *cells,
			struct fb_cell *drawn, size_t max_cells)
{
	unsigned int cols = surface->width / (font->width * scale);
	unsigned int rows = surface->height / (font->height * scale);

	bool has_stage = rows >= STAGE_MIN_ROWS;

	if (!cols || cols > max_cells)
		return -EINVAL;
	rows = (unsigned int)min((size_t)rows - has_stage, max_cells / cols);
	if (!rows)
		return -EINVAL;
	memset(text, 0, sizeof(*text));
	text->surface = surface;
	text->font = font;
	text->scale = scale;
	text->cols = cols;
	text->has_stage = has_stage;
	text->rows = rows;
	text->left = (surface->width - cols * font->width * scale) / 2;
	text->top = (surface->height - (rows + has_stage) * font->height * scale) / 2;
	for (int i = 0; i < FB_NR_COLOURS; i++)
		text->palette[i] = fb_pixel(surface, palette_rgb[i]);
	text->cells = cells;
	text->drawn = drawn;
	for (unsigned int row = 0; row < rows; row++)
		clear_row(text, row);
	text->redraw = true;
	return 0;
}

void fb_text_stage(struct fb_text *text, const char *stage)
{
	strscpy(text->stage, stage, sizeof(text->stage));
	text->stage_drawn = false;
}

/* ---- Colours ------------------------------------------------------------------- */

/* What a line begins with, after its time stamp, tells what it is. */
static const struct {
	const char *prefix;
	enum fb_colour colour;
} line_colours[] = {
	{"baremm: verdict: PASS", FB_GOOD},
	{"baremm: verdict: FAIL", FB_BAD},
	{"Kernel panic", FB_BAD},
	{"Oops", FB_BAD},
	{"BUG", FB_BAD},
	{"not ok ", FB_BAD},
	{"#PF", FB_BAD},
	{"Bail out!", FB_BAD},
	{"WARNING", FB_WARN},
	{"RIP: ", FB_WARN},
	{"ok ", FB_GOOD},
	{"=== ", FB_HEADING},
	{"KTAP ", FB_HEADING},
	{"# ", FB_DIM},
};

/* Characters of "[    0.000123] " at the start of a line; 0 where there is none. */
static unsigned int stamp_length(const char *head)
{
	unsigned int i = 1;

	if (head[0] != '[')
		return 0;
	while (head[i] == ' ' || head[i] == '.' || (head[i] >= '0' && head[i] <= '9'))
		i++;
	return head[i] == ']' && head[i + 1] == ' ' ? i + 2 : 0;
}

static enum fb_colour line_colour(const char *message)
{
	while (*message == ' ')
		message++;
	for (size_t i = 0; i < ARRAY_SIZE(line_colours); i++)
		if (!strncmp(message, line_colours[i].prefix, strlen(line_colours[i].prefix)))
			return line_colours[i].colour;
	return FB_TEXT;
}

/* Gives @nr cells from the line's column @from on their colour. */
static void colour_line(struct fb_text *text, unsigned int from, unsigned int nr,
			enum fb_colour colour)
{
	unsigned int start_row = text->row - text->line_rows;

	for (unsigned int i = from; i < from + nr; i++) {
		unsigned int row = start_row + i / text->cols;

		if (row >= text->rows)
			break;
		cell_row(text, row)[i % text->cols].colour = (u16)colour;
	}
}

static void finish_line(struct fb_text *text)
{
	unsigned int length = text->line_rows * text->cols + text->col, stamp;
	enum fb_colour colour;

	text->head[text->head_len] = '\0';
	stamp = min(stamp_length(text->head), length);
	colour = line_colour(text->head + stamp);
	colour_line(text, 0, stamp, FB_DIM);
	if (colour != FB_TEXT)
		colour_line(text, stamp, length - stamp, colour);
	text->head_len = 0;
	text->line_rows = 0;
}

/* ---- Writing --------------------------------------------------------------------- */

/* The cursor to the start of the next row; the screen's top row may go. */
static void next_row(struct fb_text *text)
{
	text->col = 0;
	if (text->row + 1 < text->rows) {
		text->row++;
		return;
	}
	text->first = (text->first + 1) % text->rows;
	clear_row(text, text->row);
}

static void put_char(struct fb_text *text, u32 character)
{
	if (text->banner_rows) {
		text->banner_rows = 0;
		text->redraw = true;
	}
	if (text->col == text->cols) {
		next_row(text);
		text->line_rows = min(text->line_rows + 1, text->row);
	}
	if (text->head_len < FB_HEAD_MAX - 1)
		text->head[text->head_len++] = character < 128 ? (char)character : '?';
	cell_row(text, text->row)[text->col++] =
		(struct fb_cell){(u16)font_glyph(text->font, character), FB_TEXT};
}

static bool starts_verdict(const struct fb_text *text, const char *verdict)
{
	return text->head_len >= strlen(verdict) && !strncmp(text->head, verdict, strlen(verdict));
}

/* The verdict's line is complete: room for the banner, below all text. */
static void begin_banner(struct fb_text *text, bool good)
{
	if (text->rows < 3 * BANNER_ROWS)
		return;
	for (unsigned int i = 0; i < BANNER_ROWS; i++)
		next_row(text);
	text->row =
		text->rows - 1 - BANNER_ROWS < text->row ? text->rows - 1 - BANNER_ROWS : text->row;
	text->banner_rows = BANNER_ROWS;
	text->banner_good = good;
}

static void end_line(struct fb_text *text)
{
	bool pass = starts_verdict(text, "baremm: verdict: PASS");
	bool fail = starts_verdict(text, "baremm: verdict: FAIL");

	finish_line(text);
	next_row(text);
	if (pass || fail)
		begin_banner(text, pass);
}

/* Control characters that a log may hold; others are shown as '?'. */
static void put(struct fb_text *text, u32 character)
{
	switch (character) {
	case '\n':
		end_line(text);
		break;
	case '\r':
		text->col = 0;
		break;
	case '\t':
		do
			put_char(text, ' ');
		while (text->col % TAB_WIDTH && text->col < text->cols);
		break;
	default:
		put_char(text, character < ' ' ? '?' : character);
	}
}

/* One byte of UTF-8. A sequence that breaks off shows as '?'. */
static void put_byte(struct fb_text *text, u8 byte)
{
	if (text->partial_bytes && (byte & 0xc0) == 0x80) {
		text->partial = text->partial << 6 | (byte & 0x3f);
		if (!--text->partial_bytes)
			put(text, text->partial);
		return;
	}
	if (text->partial_bytes)
		put(text, '?');
	text->partial_bytes = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc0 ? 1 : 0;
	text->partial = byte & (0x3fU >> text->partial_bytes);
	if (!text->partial_bytes)
		put(text, byte < 0x80 ? byte : '?');
}

void fb_text_write(struct fb_text *text, const char *s, size_t len)
{
	for (; len; len--)
		put_byte(text, (u8)*s++);
}
