/* SPDX-License-Identifier: MIT */
/* A screen of text: drawing the cells that changed, and the verdict's banner. */
#include "fbtext.h"

#include <linux/kernel.h>
#include <linux/string.h>

static unsigned int cell_width(const struct fb_text *text)
{
	return text->font->width * text->scale;
}

static unsigned int cell_height(const struct fb_text *text)
{
	return text->font->height * text->scale;
}

static void draw_cell(const struct fb_text *text, unsigned int col, unsigned int row,
		      struct fb_cell cell)
{
	fb_glyph(text->surface, text->left + col * cell_width(text),
		 text->top + row * cell_height(text), text->font, cell.glyph, text->scale,
		 text->palette[cell.colour], text->palette[FB_BACKGROUND]);
}

static void draw_row(struct fb_text *text, unsigned int row)
{
	const struct fb_cell *cell =
		&text->cells[(size_t)((text->first + row) % text->rows) * text->cols];
	struct fb_cell *drawn = &text->drawn[(size_t)row * text->cols];

	for (unsigned int col = 0; col < text->cols; col++) {
		if (cell[col].glyph == drawn[col].glyph && cell[col].colour == drawn[col].colour)
			continue;
		drawn[col] = cell[col];
		draw_cell(text, col, row, cell[col]);
	}
}

static void draw_stage(struct fb_text *text)
{
	unsigned int len = (unsigned int)strlen(text->stage);

	for (unsigned int col = 0; col < min(text->cols, (unsigned int)FB_STAGE_MAX); col++) {
		u8 character = col < len ? (u8)text->stage[col] : ' ';

		draw_cell(text, col, text->rows,
			  (struct fb_cell){(u16)font_glyph(text->font, character), FB_HEADING});
	}
	text->stage_drawn = true;
}

/*
 * From the last row of text to the screen's edge, where that is no whole row, too.
 * Centred in it, in letters a few times the text's size.
 */
static void draw_banner(const struct fb_text *text)
{
	const char *word = text->banner_good ? "PASS" : "FAIL";
	unsigned int scale = min(text->scale * 3, (unsigned int)FB_MAX_SCALE);
	unsigned int width = text->font->width * scale, height = text->font->height * scale;
	unsigned int top = text->top + (text->rows - text->banner_rows) * cell_height(text);
	unsigned int band = text->surface->height - top;
	unsigned int x = (text->surface->width - (unsigned int)strlen(word) * width) / 2;
	u32 bg = text->palette[text->banner_good ? FB_BANNER_GOOD : FB_BANNER_BAD];

	fb_fill(text->surface, 0, top, text->surface->width, band, bg);
	for (; *word; word++, x += width)
		fb_glyph(text->surface, x, top + (band - height) / 2, text->font,
			 font_glyph(text->font, (u8)*word), scale, text->palette[FB_BANNER_TEXT],
			 bg);
}

/* Clears the surface; all cells are then drawn that are not blank. */
static void clear_surface(struct fb_text *text)
{
	struct fb_cell blank = {(u16)font_glyph(text->font, ' '), FB_TEXT};

	fb_fill(text->surface, 0, 0, text->surface->width, text->surface->height,
		text->palette[FB_BACKGROUND]);
	for (size_t i = 0; i < (size_t)text->rows * text->cols; i++)
		text->drawn[i] = blank;
	text->redraw = false;
	text->stage_drawn = false;
}

void fb_text_draw(struct fb_text *text)
{
	unsigned int rows = text->rows - text->banner_rows;

	if (text->redraw)
		clear_surface(text);
	for (unsigned int row = 0; row < rows; row++)
		draw_row(text, row);
	if (text->banner_rows)
		draw_banner(text);
	else if (text->has_stage && !text->stage_drawn)
		draw_stage(text);
}
