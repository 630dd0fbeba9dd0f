/* SPDX-License-Identifier: MIT */
/*
 * The framebuffer as a console: when to draw, and through which mapping.
 *
 * Drawing is slow, text is not: what was written is drawn FLUSHES_PER_SECOND
 * times a second at the most, and never for more than a fifth of the time; then
 * when someone asks for it (console_flush_all(): a panic, the end).
 */
#include "consoles.h"

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>

#include "fbtext.h"
#include "fonts.h"
#include "mmu.h"

#define FLUSH_INTERVAL_NS (1000000000ULL / 20)
#define FLUSH_SHARE	  5

/* 8K in 12x24, four times magnified, needs 160 x 45. */
#define MAX_CELLS ((size_t)24576)

static struct font fonts[3] __initbss;
static struct font font; /* the chosen one, with a copy of its glyphs */
static struct fb_surface surface;
static struct fb_text text;
static phys_addr_t fb_base;
static u64 next_flush;
static char description[64];

static bool __init parse_fonts(void)
{
	return !font_parse(&fonts[0], font_8x16, (size_t)(font_8x16_end - font_8x16)) &&
	       !font_parse(&fonts[1], font_12x24, (size_t)(font_12x24_end - font_12x24)) &&
	       !font_parse(&fonts[2], font_16x32, (size_t)(font_16x32_end - font_16x32));
}

/*
 * Where the framebuffer can be reached now: through the firmware's tables at its
 * own address, through ours where they map it; NULL where neither does.
 */
static void *reachable(void)
{
	struct arch_mapping mapping;

	if (fb_mapping)
		return (void *)fb_mapping;
	return arch_query(fb_base, &mapping) || mapping.phys != fb_base
		       ? NULL
		       : (void *)(unsigned long)fb_base;
}

static void fb_flush(struct console *con)
{
	u64 start = arch_clock_ns(), end;

	(void)con;
	surface.base = reachable();
	if (surface.base)
		fb_text_draw(&text);
	end = arch_clock_ns();
	next_flush = end + max(FLUSH_INTERVAL_NS, (end - start) * (FLUSH_SHARE - 1));
}

static void fb_write(struct console *con, const char *s, size_t len)
{
	fb_text_write(&text, s, len);
	if (arch_clock_ns() >= next_flush)
		fb_flush(con);
}

/* Drawn at once: the machine may hang in the stage. */
static void fb_stage(struct console *con, const char *stage)
{
	fb_text_stage(&text, stage);
	fb_flush(con);
}

static struct console fb = {.name = "fb", .write = fb_write, .flush = fb_flush, .stage = fb_stage};

/* FB_NR_TURNS: not said. Panels that are higher than wide are mounted on their side. */
static enum fb_turn turn = FB_NR_TURNS;

int fb_parse_turn(const char *value)
{
	if (!value || value[0] < '0' || value[0] >= '0' + FB_NR_TURNS || value[1])
		return -EINVAL;
	turn = (enum fb_turn)(value[0] - '0');
	return 0;
}

static enum fb_turn turn_of(const struct fb_surface *panel)
{
	if (turn != FB_NR_TURNS)
		return turn;
	return panel->height > panel->width ? FB_CLOCKWISE : FB_UPRIGHT;
}

/* The files go with the rest of the start's memory. */
static bool __init keep_font(struct boot_info *info, const struct font *chosen)
{
	size_t bytes = (size_t)chosen->nr_glyphs * chosen->height * chosen->row_bytes;
	u8 *glyphs = boot_arena_alloc(info, bytes);

	if (!glyphs)
		return false;
	memcpy(glyphs, chosen->glyphs, bytes);
	font = *chosen;
	font.glyphs = glyphs;
	return true;
}

/* A screen of cells, as large as it is; less rows where there is no room for it. */
static int __init make_text(struct boot_info *info, unsigned int scale)
{
	size_t nr = (surface.width / (font.width * scale)) *
		    (size_t)(surface.height / (font.height * scale));
	struct fb_cell *cells;

	nr = min(nr, MAX_CELLS);
	cells = boot_arena_alloc(info, 2 * nr * sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	return fb_text_init(&text, &surface, &font, scale, cells, cells + nr, nr);
}

/* The picture's part of the panel; what is left of that is dark. */
static void __init place_picture(void)
{
	struct fb_surface panel = surface;

	fb_surface_spare(&surface);
	fb_fill(&panel, 0, surface.height, panel.width, panel.height, 0);
	fb_surface_turn(&surface, turn_of(&panel));
}

struct console *__init fb_console(struct boot_info *info)
{
	const struct boot_framebuffer *screen = &info->fb;
	unsigned int scale, chosen;

	fb_base = screen->base;
	if (screen->format == BOOT_FB_NONE || !screen->base || !parse_fonts())
		return NULL;
	if (fb_surface_init(&surface, screen, reachable()))
		return NULL;
	place_picture();
	chosen = fb_choose_font(fonts, ARRAY_SIZE(fonts), surface.width, surface.height, &scale);
	if (!keep_font(info, &fonts[chosen]) || make_text(info, scale))
		return NULL;
	scnprintf(description, sizeof(description), "%ux%u characters of %ux%u%s", text.cols,
		  text.rows, font.width * scale, font.height * scale,
		  surface.turn == FB_UPRIGHT ? "" : ", turned");
	return &fb;
}

const char *fb_console_describe(void)
{
	return description;
}
