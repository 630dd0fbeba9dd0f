/* SPDX-License-Identifier: MIT */
/* From the bytes that firmware or a file gave to one line of options. */
#include "options_text.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

/* A text of 8-bit or 16-bit characters, read one by one. */
struct text {
	const u8 *data;
	size_t chars;
	size_t width; /* 1 or 2 bytes a character */
};

static u16 text_char(const struct text *text, size_t i)
{
	const u8 *p = text->data + i * text->width;

	return text->width == 2 ? p[0] | p[1] << 8 : p[0];
}

static bool is_blank(u16 c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_printable(u16 c)
{
	return c > ' ' && c < 0x7f;
}

/* Ends the text at its first NUL. */
static void text_cut_at_nul(struct text *text)
{
	size_t i;

	for (i = 0; i < text->chars; i++)
		if (!text_char(text, i))
			break;
	text->chars = i;
}

/* Text has no control characters but white space, and is ASCII for the most part. */
static bool text_is_text(const struct text *text)
{
	size_t i, foreign = 0, ascii = 0;

	for (i = 0; i < text->chars; i++) {
		u16 c = text_char(text, i);

		if ((c < ' ' && !is_blank(c)) || c == 0x7f)
			return false;
		foreign += c > 0x7f;
		ascii += is_printable(c);
	}
	return foreign <= ascii;
}

/* All of it printable ASCII and white space? Then 16-bit reading is wrong. */
static bool text_is_ascii(const struct text *text)
{
	size_t i;

	for (i = 0; i < text->chars; i++)
		if (!is_printable(text_char(text, i)) && !is_blank(text_char(text, i)))
			return false;
	return text->chars > 0;
}

/*
 * Where the word or the run of blanks at @i ends. Blanks between double quotes
 * belong to the word.
 */
static size_t word_end(const struct text *text, size_t i)
{
	bool quoted = false;

	for (; i < text->chars; i++) {
		u16 c = text_char(text, i);

		if (c == '"')
			quoted = !quoted;
		if (c == '\n' || c == '\r' || (is_blank(c) && !quoted))
			break;
	}
	return i;
}

static size_t skip_blanks(const struct text *text, size_t i)
{
	while (i < text->chars && is_blank(text_char(text, i)))
		i++;
	return i;
}

static size_t skip_line(const struct text *text, size_t i)
{
	while (i < text->chars && text_char(text, i) != '\n' && text_char(text, i) != '\r')
		i++;
	return i;
}

/* Appends a blank where words stand before it, then the word. False: no room. */
static bool append_word(char *out, size_t size, size_t *len, const struct text *text, size_t start,
			size_t end)
{
	size_t i, blank = *len > 0;

	if (*len + blank + (end - start) >= size)
		return false;
	if (blank)
		out[(*len)++] = ' ';
	for (i = start; i < end; i++) {
		u16 c = text_char(text, i);

		out[(*len)++] = is_printable(c) ? c : is_blank(c) ? ' ' : '?';
	}
	out[*len] = '\0';
	return true;
}

/* A shell's script passes the arguments that it was not given as "". */
static bool is_empty_word(const struct text *text, size_t start, size_t end)
{
	return end - start == 2 && text_char(text, start) == '"' &&
	       text_char(text, start + 1) == '"';
}

static int append_words(char *out, size_t size, const struct text *text, size_t i, bool comments)
{
	size_t len = 0;

	for (i = skip_blanks(text, i); i < text->chars; i = skip_blanks(text, i)) {
		size_t end = word_end(text, i);

		if (comments && text_char(text, i) == '#')
			end = skip_line(text, i);
		else if (!is_empty_word(text, i, end) &&
			 !append_word(out, size, &len, text, i, end))
			return -E2BIG;
		i = end;
	}
	return len;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* Are the @n characters at @a those of @b, but for their case? */
static bool same_name(const char *a, const char *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!b[i] || lower(a[i]) != lower(b[i]))
			return false;
	return b[n] == '\0';
}

/* The length of the name without ".efi". */
static size_t stem_length(const char *name, size_t len)
{
	if (len > 4 && same_name(name + len - 4, ".efi", 4))
		return len - 4;
	return len;
}

/* Is [start, end) the name that a shell puts before the options? */
static bool is_program_name(const struct text *text, size_t start, size_t end,
			    const char *image_name)
{
	char word[64];
	size_t i, len = 0;

	for (i = start; i < end; i++) {
		u16 c = text_char(text, i);

		if (c == '\\' || c == '/' || c == ':')
			len = 0;
		else if (c != '"' && len < sizeof(word) - 1)
			word[len++] = is_printable(c) ? c : '?';
	}
	word[len] = '\0';
	if (stem_length(word, len) < len)
		return true;
	if (!image_name || !len)
		return false;
	i = stem_length(image_name, strlen(image_name));
	return len == i && same_name(image_name, word, i);
}

/* UTF-16 as the specification says, or the ASCII that some loaders pass. */
static struct text load_options_text(const void *data, size_t bytes)
{
	struct text ascii = {.data = data, .chars = bytes, .width = 1};
	struct text utf16 = {.data = data, .chars = bytes / 2, .width = 2};

	text_cut_at_nul(&ascii);
	text_cut_at_nul(&utf16);
	/* One 16-bit character looks like a single 8-bit one and a NUL. */
	return ascii.chars > 1 && text_is_ascii(&ascii) ? ascii : utf16;
}

int options_from_load_options(char *out, size_t size, const void *data, size_t bytes,
			      const char *image_name)
{
	struct text text = load_options_text(data, bytes);
	size_t start = skip_blanks(&text, 0), end;

	out[0] = '\0';
	if (!text_is_text(&text))
		return -EINVAL;
	end = word_end(&text, start);
	if (is_program_name(&text, start, end, image_name))
		start = end;
	return append_words(out, size, &text, start, false);
}

int options_from_cfg(char *out, size_t size, const void *data, size_t bytes)
{
	struct text text = {.data = data, .chars = bytes, .width = 1};

	out[0] = '\0';
	if (bytes >= 2 && text.data[0] == 0xff && text.data[1] == 0xfe)
		text = (struct text){text.data + 2, (bytes - 2) / 2, 2};
	else if (bytes >= 3 && !memcmp(data, "\xef\xbb\xbf", 3))
		text = (struct text){text.data + 3, bytes - 3, 1};
	if (!text_is_text(&text))
		return -EINVAL;
	return append_words(out, size, &text, 0, true);
}

size_t options_split_path(const u16 *path, size_t chars, char *name, size_t size)
{
	size_t i, dir = 0, len = 0;

	for (i = 0; i < chars && path[i]; i++)
		if (path[i] == '\\' || path[i] == '/')
			dir = i + 1;
	for (i = dir; i < chars && path[i] && len + 1 < size; i++)
		name[len++] = is_printable(path[i]) ? path[i] : '?';
	if (size)
		name[len] = '\0';
	return dir;
}

bool options_find(const char *options, const char *prefix, char *value, size_t size)
{
	const char *word = options, *found = NULL;
	size_t len = strlen(prefix), n = 0;

	for (; *word; word += *word == ' ') {
		if (!strncmp(word, prefix, len))
			found = word + len;
		while (*word && *word != ' ')
			word++;
	}
	if (!found)
		return false;
	while (found[n] && found[n] != ' ')
		n++;
	if (n >= size)
		return false;
	memcpy(value, found, n);
	value[n] = '\0';
	return true;
}

bool options_efi_has(const char *options, const char *word)
{
	char list[64];
	size_t len;

	for (; *options; options += len + (options[len] == ' ')) {
		len = strcspn(options, " ");
		if (strncmp(options, "efi=", 4) || len >= sizeof(list))
			continue;
		memcpy(list, options, len);
		list[len] = '\0';
		if (parse_option_str(list + 4, word))
			return true;
	}
	return false;
}
