// SPDX-License-Identifier: MIT
/* Sets of numbers from text and to it. Contract: linux/bitmap.h. */
#include <linux/bitmap.h>

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/page.h>

/* ---- Lists: 0-3,8,16-31:2/4 --------------------------------------------------------------- */

/* first-last:used/group; without the latter two both are the range's length. */
struct span {
	unsigned int first, last, used, group;
};

/* A number below @nbits, or N. Where it ends; NULL with *@err. */
static const char *read_number(const char *s, unsigned int *value, unsigned int nbits, int *err)
{
	u64 sum = 0;

	if (*s == 'N') {
		*value = nbits - 1;
		return s + 1;
	}
	*err = -EINVAL;
	if (!isdigit(*s))
		return NULL;
	*err = -EOVERFLOW;
	for (; isdigit(*s); s++) {
		sum = sum * 10 + (u64)(*s - '0');
		if (sum > U32_MAX)
			return NULL;
	}
	*value = (unsigned int)sum;
	return s;
}

static bool ends_region(char c)
{
	return !c || c == ',' || isspace(c);
}

/* What follows ':'. */
static const char *read_pattern(const char *s, struct span *r, unsigned int nbits, int *err)
{
	s = read_number(s, &r->used, nbits, err);
	if (!s)
		return NULL;
	*err = -EINVAL;
	return *s == '/' ? read_number(s + 1, &r->group, nbits, err) : NULL;
}

static const char *read_span(const char *s, struct span *r, unsigned int nbits, int *err)
{
	const char *after = s + 3;

	if (!strncasecmp(s, "all", 3) && (ends_region(*after) || *after == ':')) {
		r->first = 0;
		r->last = nbits - 1;
		s = after;
	} else {
		r->first = 0;
		s = read_number(s, &r->first, nbits, err);
		r->last = r->first;
		if (s && *s == '-')
			s = read_number(s + 1, &r->last, nbits, err);
		else if (s && !ends_region(*s)) {
			*err = -EINVAL;
			return NULL;
		}
	}
	if (!s)
		return NULL;
	r->used = r->group = r->last + 1;
	if (*s == ':')
		s = read_pattern(s + 1, r, nbits, err);
	*err = -EINVAL;
	return s && ends_region(*s) ? s : NULL;
}

static int set_span(const struct span *r, unsigned long *map, unsigned int nbits)
{
	if (r->first > r->last || !r->group || r->used > r->group)
		return -EINVAL;
	if (r->last >= nbits)
		return -ERANGE;
	for (unsigned int at = r->first; at <= r->last; at += r->group)
		bitmap_set(map, at, min(r->last - at + 1, r->used));
	return 0;
}

int bitmap_parselist(const char *buf, unsigned long *maskp, int nmaskbits)
{
	unsigned int nbits = (unsigned int)nmaskbits;

	bitmap_zero(maskp, nbits);
	for (;;) {
		struct span region;
		int err = 0;

		while (*buf == ',' || (isspace(*buf) && *buf != '\n'))
			buf++;
		if (!*buf || *buf == '\n')
			return 0;
		buf = read_span(buf, &region, nbits, &err);
		if (!buf)
			return err;
		err = set_span(&region, maskp, nbits);
		if (err)
			return err;
	}
}

/* ---- Words of 32 bits: 1,ffffffff,00000000 -------------------------------------------------- */

/* A word of up to 8 digits that ends before @end, from the right. Where it begins; NULL: -errno. */
static const char *read_word(const char *start, const char *end, u32 *word, int *err)
{
	unsigned int digits = 0;

	*word = 0;
	for (; end > start && end[-1] != ',' && !isspace(end[-1]); end--, digits++) {
		int value = hex_to_bin((unsigned char)end[-1]);

		*err = value < 0 ? -EINVAL : -EOVERFLOW;
		if (value < 0 || digits == 8)
			return NULL;
		*word |= (u32)value << 4 * digits;
	}
	*err = -EINVAL;
	return digits ? end : NULL;
}

int bitmap_parse(const char *buf, unsigned int buflen, unsigned long *maskp, int nmaskbits)
{
	unsigned int nbits = (unsigned int)nmaskbits, at = 0;
	const char *end = buf + strnlen(buf, buflen), *newline;

	newline = memchr(buf, '\n', (size_t)(end - buf));
	end = newline ? newline : end;
	bitmap_zero(maskp, nbits);
	while (end > buf && (end[-1] == ',' || isspace(end[-1])))
		end--;
	while (end > buf) {
		u32 word;
		int err;

		end = read_word(buf, end, &word, &err);
		if (!end)
			return err;
		if (at >= round_up(nbits, 32) ? word : at + (unsigned int)fls(word) > nbits)
			return -EOVERFLOW;
		if (word)
			maskp[BIT_WORD(at)] |= (unsigned long)word << at % BITS_PER_LONG;
		at += 32;
		while (end > buf && (end[-1] == ',' || isspace(end[-1])))
			end--;
	}
	return 0;
}

int bitmap_print_to_pagebuf(bool list, char *buf, const unsigned long *maskp, int nmaskbits)
{
	size_t room = PAGE_SIZE - (size_t)((unsigned long)buf & ~PAGE_MASK);

	return list ? scnprintf(buf, room, "%*pbl\n", nmaskbits, maskp)
		    : scnprintf(buf, room, "%*pb\n", nmaskbits, maskp);
}

/* The part of all the text, its terminator included, that is asked for. @text is freed. */
static int read_part(char *buf, char *text, loff_t off, size_t count)
{
	size_t len = text ? strlen(text) + 1 : 0, from = min((size_t)off, len);

	if (!text)
		return -ENOMEM;
	count = min(count, len - from);
	memcpy(buf, text + from, count);
	kfree(text);
	return (int)count;
}

int bitmap_print_bitmask_to_buf(char *buf, const unsigned long *maskp, int nmaskbits, loff_t off,
				size_t count)
{
	return read_part(buf, kasprintf(GFP_KERNEL, "%*pb\n", nmaskbits, maskp), off, count);
}

int bitmap_print_list_to_buf(char *buf, const unsigned long *maskp, int nmaskbits, loff_t off,
			     size_t count)
{
	return read_part(buf, kasprintf(GFP_KERNEL, "%*pbl\n", nmaskbits, maskp), off, count);
}
