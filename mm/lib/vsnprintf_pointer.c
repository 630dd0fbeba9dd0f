// SPDX-License-Identifier: MIT
/*
 * Linux's extensions of %p: what follows the letter says what the pointer points at.
 * Contract: vsnprintf.h, linux/kernel.h. Source: Linux's Documentation/core-api/printk-formats.
 */
#include "vsnprintf.h"

#include <linux/bitmap.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/errname.h>
#include <linux/ioport.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <asm/page.h>
#include <baremm/arch.h>

#include "flag_names.h"

#define HEX_BYTES_MAX 64 /* of %ph */

const char *bad_pointer(const void *ptr)
{
	if (!ptr)
		return "(null)";
	return (unsigned long)ptr < PAGE_SIZE || IS_ERR(ptr) ? "(efault)" : NULL;
}

static void out_str(struct out *out, const char *text)
{
	out_text(out, text, strlen(text));
}

/* The address itself, as 16 digits. */
static void out_address(struct out *out, const void *ptr, struct spec *spec)
{
	spec->precision = 2 * sizeof(ptr);
	spec->flags &= LEFT;
	out_number(out, (unsigned long)ptr, false, spec);
}

/* name, name+0xoffset/0xsize, or the bare number where no function is known. */
static void out_symbol(struct out *out, unsigned long addr, char form)
{
	unsigned long offset, size;
	/* A call that ends a function returns past it: look up the call. */
	unsigned long back = form == 'B' && addr ? 1 : 0;
	const char *name = arch_symbol(addr - back, &offset, &size);

	if (!name) {
		out_str(out, "0x");
		out_hex(out, addr, 1);
		return;
	}
	out_str(out, name);
	if (form == 's')
		return;
	out_str(out, "+0x");
	out_hex(out, offset + back, 1);
	out_str(out, "/0x");
	out_hex(out, size, 1);
}

static void out_flags(struct out *out, char form, const void *flags)
{
	char text[320];

	if (form == 'g')
		out_text(out, text, gfp_flags_text(text, sizeof(text), *(const gfp_t *)flags));
	else if (form == 'p')
		out_text(out, text,
			 page_flags_text(text, sizeof(text), *(const unsigned long *)flags));
	else if (form == 'v')
		out_text(out, text,
			 vma_flags_text(text, sizeof(text), *(const unsigned long *)flags));
	else
		out_char(out, '?');
}

/* ---- Bytes and bits ------------------------------------------------------------------------ */

/* %*ph: the width is the number of bytes. */
static void out_bytes(struct out *out, char form, const u8 *bytes, const struct spec *spec)
{
	int len = spec->width ? min(spec->width, HEX_BYTES_MAX) : 1;
	char between = form == 'C' ? ':' : form == 'D' ? '-' : ' ';

	for (int i = 0; i < len; i++) {
		if (i && form != 'N')
			out_char(out, between);
		out_hex(out, bytes[i], 2);
	}
}

/* %*pb: words of 32 bits, the highest first and as long as its bits are. */
static void out_bitmap(struct out *out, const unsigned long *map, const struct spec *spec)
{
	int nbits = spec->width, chunk = (nbits + 31) / 32;

	while (chunk-- > 0) {
		int first = 32 * chunk, bits = min(nbits - first, 32);
		u64 word = map[first / BITS_PER_LONG] >> first % BITS_PER_LONG;

		out_hex(out, word & GENMASK(bits - 1, 0), (bits + 3) / 4);
		if (chunk)
			out_char(out, ',');
	}
}

/* %*pbl: 0-3,8 */
static void out_list(struct out *out, const unsigned long *map, const struct spec *spec)
{
	unsigned long start, end, nbits = (unsigned long)spec->width;
	struct spec number = {.precision = -1, .conversion = 'u'};
	bool first = true;

	for_each_set_bitrange (start, end, map, nbits) {
		if (!first)
			out_char(out, ',');
		first = false;
		out_number(out, start, false, &number);
		if (end == start + 1)
			continue;
		out_char(out, '-');
		out_number(out, end - 1, false, &number);
	}
}

/* %pUb: 00112233-4455-6677-8899-aabbccddeeff; with l and L the first three little-endian. */
static void out_uuid(struct out *out, char form, const u8 *uuid)
{
	static const u8 little_endian[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
	struct spec hex = {
		.precision = 2, .conversion = 'x', .flags = form == 'B' || form == 'L' ? UPPER : 0};

	for (unsigned int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out_char(out, '-');
		out_number(out, uuid[tolower(form) == 'l' ? little_endian[i] : i], false, &hex);
	}
}

/* %*pE: the width is the number of bytes; the letters say what is escaped. How many these are. */
static size_t out_escaped(struct out *out, const char *letters, const void *bytes,
			  const struct spec *spec)
{
	static const struct {
		char letter;
		unsigned int flags;
	} kinds[] = {
		{'a', ESCAPE_ANY},   {'c', ESCAPE_SPECIAL}, {'h', ESCAPE_HEX},	 {'n', ESCAPE_NULL},
		{'o', ESCAPE_OCTAL}, {'p', ESCAPE_NP},	    {'s', ESCAPE_SPACE},
	};
	size_t room = out->len < out->size ? out->size - out->len : 0, nr = 0, i;
	unsigned int flags = 0;

	for (;; nr++) {
		for (i = 0; i < ARRAY_SIZE(kinds) && kinds[i].letter != letters[nr]; i++)
			;
		if (i == ARRAY_SIZE(kinds))
			break;
		flags |= kinds[i].flags;
	}
	out->len += (size_t)string_escape_mem(bytes, (size_t)max(spec->width, 1),
					      room ? out->buf + out->len : NULL, room,
					      flags ?: ESCAPE_ANY_NP, NULL);
	return nr;
}

/* %pM: 00:01:02:03:04:05; with F hyphens, with R from the end; %pm: nothing between. */
static void out_mac(struct out *out, const char *ext, const u8 *mac, const struct spec *spec)
{
	char text[3 * 6 + 1];
	int len = 0;

	for (int i = 0; i < 6; i++) {
		if (i && ext[0] == 'M')
			text[len++] = ext[1] == 'F' ? '-' : ':';
		len += snprintf(text + len, 3, "%02x", mac[ext[1] == 'R' ? 5 - i : i]);
	}
	out_field(out, text, (size_t)len, spec);
}

/* ---- Structures ----------------------------------------------------------------------------- */

struct resource_form {
	unsigned long type;
	const char *name;
	int digits;
	bool hex;
};

static const struct resource_form *resource_form(unsigned long flags)
{
	static const struct resource_form forms[] = {
		{IORESOURCE_IO, "io  ", 4, true},   {IORESOURCE_MEM, "mem ", 8, true},
		{IORESOURCE_IRQ, "irq ", 1, false}, {IORESOURCE_DMA, "dma ", 1, false},
		{IORESOURCE_BUS, "bus ", 2, true},  {0, "??? ", 8, true},
	};
	const struct resource_form *form = forms;

	while (form->type && !(flags & form->type))
		form++;
	return form;
}

static void out_resource_number(struct out *out, resource_size_t value,
				const struct resource_form *form)
{
	struct spec decimal = {.precision = form->digits, .conversion = 'u'};

	if (!form->hex) {
		out_number(out, value, false, &decimal);
		return;
	}
	if (form->type != IORESOURCE_BUS)
		out_str(out, "0x");
	out_hex(out, value, form->digits);
}

/* [mem 0x60000000-0x6fffffff 64bit pref]; with 'r' the flags as a number. */
static void out_resource(struct out *out, char form, const struct resource *res)
{
	const struct resource_form *kind = resource_form(res->flags);
	bool words = form == 'R' && kind->type;

	out_char(out, '[');
	out_str(out, kind->name);
	if (words && res->flags & IORESOURCE_UNSET) {
		out_str(out, "size ");
		out_resource_number(out, resource_size(res), kind);
	} else {
		out_resource_number(out, res->start, kind);
		if (res->start != res->end) {
			out_char(out, '-');
			out_resource_number(out, res->end, kind);
		}
	}
	if (words) {
		out_str(out, res->flags & IORESOURCE_MEM_64 ? " 64bit" : "");
		out_str(out, res->flags & IORESOURCE_PREFETCH ? " pref" : "");
		out_str(out, res->flags & IORESOURCE_WINDOW ? " window" : "");
		out_str(out, res->flags & IORESOURCE_DISABLED ? " disabled" : "");
	} else {
		out_str(out, " flags 0x");
		out_hex(out, res->flags, 1);
	}
	out_char(out, ']');
}

/* %pV: a format and its arguments, as if they stood here. */
static void out_format(struct out *out, const struct va_format *format)
{
	/* Whoever made @format had it checked: the compiler is not to ask for a literal here. */
	int (*const print)(char *, size_t, const char *, va_list) = vsnprintf;
	size_t room = out->len < out->size ? out->size - out->len : 0;
	va_list args;

	va_copy(args, *format->va);
	out->len += (size_t)print(room ? out->buf + out->len : NULL, room, format->fmt, args);
	va_end(args);
}

/* ---- All of them ------------------------------------------------------------------------------ */

/* Of those that read what @ptr points at, how many characters are theirs; 0: none of them. */
static size_t out_pointed(struct out *out, const char *ext, const void *ptr, struct spec *spec)
{
	switch (ext[0]) {
	case 'a':
		out_str(out, "0x");
		out_hex(out, *(const phys_addr_t *)ptr, 2 * sizeof(phys_addr_t));
		return ext[1] == 'p' || ext[1] == 'd' ? 2 : 1;
	case 'b':
		(ext[1] == 'l' ? out_list : out_bitmap)(out, ptr, spec);
		return ext[1] == 'l' ? 2 : 1;
	case 'E':
		return 1 + out_escaped(out, ext + 1, ptr, spec);
	case 'G':
		out_flags(out, ext[1], ptr);
		return ext[1] ? 2 : 1;
	case 'h':
		out_bytes(out, ext[1], ptr, spec);
		return ext[1] == 'C' || ext[1] == 'D' || ext[1] == 'N' ? 2 : 1;
	case 'M':
	case 'm':
		out_mac(out, ext, ptr, spec);
		return ext[1] == 'R' || (ext[0] == 'M' && ext[1] == 'F') ? 2 : 1;
	case 'R':
	case 'r':
		out_resource(out, ext[0], ptr);
		return 1;
	case 'U':
		out_uuid(out, ext[1], ptr);
		return ext[1] && strchr("bBlL", ext[1]) ? 2 : 1;
	case 'V':
		out_format(out, ptr);
		return 1;
	default:
		return 0;
	}
}

/* As out_pointed() counts them, where it may not read. */
static size_t pointed_length(const char *ext)
{
	static const char *const second[] = {"apd", "bl", "G", "hCDN",	"MRF",
					     "mR",  "R",  "r", "UbBlL", "V"};

	if (ext[0] == 'E')
		return 1 + strspn(ext + 1, "achnops");
	for (size_t i = 0; i < ARRAY_SIZE(second); i++) {
		if (!ext[0] || second[i][0] != ext[0])
			continue;
		if (!ext[1])
			return 1;
		return ext[0] == 'G' || strchr(second[i] + 1, ext[1]) ? 2 : 1;
	}
	return 0;
}

static void out_error(struct out *out, const void *ptr, struct spec *spec)
{
	const char *name = IS_ERR(ptr) ? errname((int)PTR_ERR(ptr)) : NULL;

	if (name) {
		out_string(out, name, spec);
	} else if (IS_ERR(ptr)) {
		spec->conversion = 'd';
		out_number(out, 0 - (unsigned long)ptr, true, spec);
	} else {
		out_address(out, ptr, spec);
	}
}

bool no_hash_pointers = true;

int no_hash_pointers_enable(char *str)
{
	(void)str;
	return 0;
}

size_t out_pointer(struct out *out, const char *ext, const void *ptr, struct spec *spec)
{
	const char *bad = bad_pointer(ptr);
	size_t len = pointed_length(ext);

	if (len && bad) {
		out_string(out, bad, &(struct spec){.precision = -1});
		return len;
	}
	if (len)
		return out_pointed(out, ext, ptr, spec);
	switch (ext[0]) {
	case 'S':
	case 's':
	case 'B':
		out_symbol(out, (unsigned long)ptr, ext[0]);
		return ext[0] != 's' && (ext[1] == 'R' || ext[1] == 'b') ? 2 : 1;
	case 'e':
		out_error(out, ptr, spec);
		return 1;
	case 'x':
	case 'K':
		out_address(out, ptr, spec);
		return 1;
	default:
		out_address(out, ptr, spec);
		return 0;
	}
}
