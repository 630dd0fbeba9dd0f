/* SPDX-License-Identifier: MIT */
/*
 * Reading PSF files.
 *
 *   version 1: | 36 04 | mode | height | glyphs, 8 wide | table of u16 |
 *   version 2: | 72 b5 4a 86 | 7 words: version, header size, flags, glyphs,
 *              | bytes per glyph, height, width | glyphs | table of UTF-8 |
 *
 * The table names, glyph after glyph, the characters that look like it; then
 * sequences that combine to it, which are skipped. Without one, characters are
 * glyph numbers.
 */
#include "font.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define PSF1_512      0x01 /* 512 glyphs and not 256 */
#define PSF1_TABLE    0x06
#define PSF1_SEQUENCE 0xfffe
#define PSF1_END      0xffff

#define PSF2_TABLE    0x01
#define PSF2_SEQUENCE 0xfe
#define PSF2_END      0xff

#define NO_GLYPH 0xffff

static u32 le16(const u8 *p)
{
	return (u32)p[0] | (u32)p[1] << 8;
}

static u32 le32(const u8 *p)
{
	return le16(p) | le16(p + 2) << 16;
}

/* Where @character has its place in the map, or -1. */
static int map_slot(u32 character)
{
	if (character < FONT_LATIN)
		return (int)character;
	if (character < FONT_BOX_FIRST || character > FONT_BOX_LAST)
		return -1;
	return (int)(FONT_LATIN + character - FONT_BOX_FIRST);
}

/* The first glyph that claims a character gets it. */
static void map_add(struct font *font, u32 character, unsigned int glyph)
{
	int slot = map_slot(character);

	if (slot >= 0 && font->map[slot] == NO_GLYPH)
		font->map[slot] = (u16)glyph;
}

static void read_table1(struct font *font, const u8 *p, const u8 *end)
{
	bool in_sequence = false;

	for (unsigned int glyph = 0; glyph < font->nr_glyphs && p + 2 <= end; p += 2) {
		u32 value = le16(p);

		if (value == PSF1_END) {
			glyph++;
			in_sequence = false;
		} else if (value == PSF1_SEQUENCE) {
			in_sequence = true;
		} else if (!in_sequence) {
			map_add(font, value, glyph);
		}
	}
}

/* One character of UTF-8, of two or three bytes at the most (all that is mapped). */
static const u8 *read_utf8(const u8 *p, const u8 *end, u32 *character)
{
	unsigned int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;

	*character = *p & (0x7fU >> more >> (more ? 1 : 0));
	for (p++; more && p < end && (*p & 0xc0) == 0x80; more--, p++)
		*character = *character << 6 | (*p & 0x3f);
	return p;
}

static void read_table2(struct font *font, const u8 *p, const u8 *end)
{
	bool in_sequence = false;
	unsigned int glyph = 0;
	u32 character;

	while (glyph < font->nr_glyphs && p < end) {
		if (*p == PSF2_END) {
			glyph++;
			in_sequence = false;
			p++;
		} else if (*p == PSF2_SEQUENCE) {
			in_sequence = true;
			p++;
		} else {
			p = read_utf8(p, end, &character);
			if (!in_sequence)
				map_add(font, character, glyph);
		}
	}
}

/* Characters without a glyph of their own look like '?', or like glyph 0. */
static void finish_map(struct font *font, bool has_table)
{
	u16 unknown;

	for (unsigned int i = 0; !has_table && i < FONT_LATIN && i < font->nr_glyphs; i++)
		font->map[i] = (u16)i;
	unknown = font->map['?'] == NO_GLYPH ? 0 : font->map['?'];
	for (unsigned int i = 0; i < FONT_MAPPED; i++)
		if (font->map[i] == NO_GLYPH)
			font->map[i] = unknown;
}

/* Takes the measures; the offset of the glyphs, or 0 for what is no font. */
static size_t read_header(struct font *font, const u8 *file, size_t size, int *version)
{
	if (size >= 4 && le16(file) == 0x0436) {
		*version = file[2] & PSF1_TABLE ? 1 : 0;
		font->width = 8;
		font->height = file[3];
		font->nr_glyphs = file[2] & PSF1_512 ? 512 : 256;
		return 4;
	}
	if (size >= 32 && le32(file) == 0x864ab572) {
		*version = le32(file + 12) & PSF2_TABLE ? 2 : 0;
		font->nr_glyphs = le32(file + 16);
		font->height = le32(file + 24);
		font->width = le32(file + 28);
		if (le32(file + 20) != font->height * DIV_ROUND_UP(font->width, 8U))
			return 0;
		return le32(file + 8);
	}
	return 0;
}

int __init font_parse(struct font *font, const u8 *file, size_t size)
{
	const u8 *table;
	size_t start, bytes;
	int version;

	start = read_header(font, file, size, &version);
	if (start < 4 || start > size)
		return -EINVAL;
	if (!font->width || font->width > FONT_MAX_SIDE || !font->height ||
	    font->height > FONT_MAX_SIDE || !font->nr_glyphs || font->nr_glyphs >= NO_GLYPH)
		return -EINVAL;
	font->row_bytes = DIV_ROUND_UP(font->width, 8U);
	bytes = (size_t)font->nr_glyphs * font->height * font->row_bytes;
	if (bytes > size - start)
		return -EINVAL;

	font->glyphs = file + start;
	table = font->glyphs + bytes;
	memset(font->map, 0xff, sizeof(font->map));
	if (version == 1)
		read_table1(font, table, file + size);
	else if (version == 2)
		read_table2(font, table, file + size);
	finish_map(font, version != 0);
	return 0;
}

unsigned int font_glyph(const struct font *font, u32 character)
{
	int slot = map_slot(character);

	return font->map[slot < 0 ? '?' : slot];
}
