/* SPDX-License-Identifier: MIT */
/*
 * A screen of text: character cells in memory, drawn when asked to.
 *
 * Owns:       the cells, in arrays that the caller gave, and what of them is drawn.
 * Invariants: the cursor lies on the grid; `drawn` holds what the surface shows,
 *             so that a cell that looks the same is not drawn again.
 * Lifetime:   from fb_text_init() on. The surface may be replaced by one that
 *             shows the same pixels.
 * Locking:    none; the console's caller holds the log's.
 * Units:      columns and rows of cells.
 * Failure:    -EINVAL where not even one cell fits.
 * Cost:       text costs one store for a character, scrolling one row of cells;
 *             drawing costs one comparison for a cell, and pixels for those that
 *             changed.
 */
#ifndef _ARCH_X86_64_FBTEXT_H
#define _ARCH_X86_64_FBTEXT_H

#include <linux/types.h>

#include "fbdraw.h"

/* Colours of text and of the verdict's banner, numbers in a palette. */
enum fb_colour {
	FB_TEXT,
	FB_DIM, /* time stamps */
	FB_GOOD,
	FB_BAD,
	FB_WARN,
	FB_HEADING,
	FB_BACKGROUND,
	FB_BANNER_GOOD,
	FB_BANNER_BAD,
	FB_BANNER_TEXT,
	FB_NR_COLOURS
};

struct fb_cell {
	u16 glyph;
	u16 colour; /* enum fb_colour */
};

/* The start of the line being written, by which its colour is chosen. */
#define FB_HEAD_MAX 160

/* The stage mark's characters and terminator. */
#define FB_STAGE_MAX 64

struct fb_text {
	const struct fb_surface *surface;
	const struct font *font;
	unsigned int scale;
	unsigned int cols, rows; /* of the log */
	unsigned int left, top;	 /* of the grid on the surface, in pixels */
	u32 palette[FB_NR_COLOURS];

	struct fb_cell *cells; /* rows * cols; screen row r is at (first + r) % rows */
	struct fb_cell *drawn; /* by screen row */
	unsigned int first;

	unsigned int col, row;	/* cursor */
	unsigned int line_rows; /* rows above the cursor's that the line began in */
	char head[FB_HEAD_MAX];
	unsigned int head_len;
	u32 partial; /* of a UTF-8 sequence, and the bytes still to come */
	unsigned int partial_bytes;

	bool has_stage; /* the row below the others is for the stage */
	bool stage_drawn;
	char stage[FB_STAGE_MAX];

	unsigned int banner_rows; /* of the screen's last rows; 0: no banner */
	bool banner_good;
	bool redraw; /* the surface shows something else than `drawn` */
};

/*
 * Chooses how large the text is: the largest of @fonts, magnified by a whole
 * number, that gives at least FB_MIN_COLS columns and FB_MIN_ROWS rows; else the
 * first font as it is. Returns the font's index.
 */
#define FB_MIN_COLS 132
#define FB_MIN_ROWS 30
unsigned int fb_choose_font(const struct font *fonts, unsigned int nr, unsigned int width,
			    unsigned int height, unsigned int *scale);

/*
 * A blank screen on @surface, cleared. @cells and @drawn have room for @max_cells
 * each; a screen that needs more uses fewer rows. The last row is kept for the stage
 * mark, unless there are too few.
 */
int fb_text_init(struct fb_text *text, const struct fb_surface *surface, const struct font *font,
		 unsigned int scale, struct fb_cell *cells, struct fb_cell *drawn,
		 size_t max_cells);

/* Adds text at the cursor. Draws nothing. */
void fb_text_write(struct fb_text *text, const char *s, size_t len);

/* What stands in the row below the log from now on. Draws nothing. */
void fb_text_stage(struct fb_text *text, const char *stage);

/* Brings the surface up to date. */
void fb_text_draw(struct fb_text *text);

#endif /* _ARCH_X86_64_FBTEXT_H */
