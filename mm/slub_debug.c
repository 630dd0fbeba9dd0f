// SPDX-License-Identifier: MIT
/*
 * The option slub_debug: which checks, for which caches.
 *
 *   slub_debug                      F, Z, P and U for all caches
 *   slub_debug=FZ                   these for all
 *   slub_debug=P,kmalloc-*,dentry   for caches of these names, * at the end for any rest
 *   slub_debug=FZ;P,dentry          a list for some, and others for the rest
 *   slub_debug=-                    none
 *
 * Contract: Linux's Documentation/mm/slub.rst.
 */
#include "slab_debug.h"

#include <linux/ctype.h>
#include <linux/errno.h>

#define DEFAULT_FLAGS (SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)
#define TEXT_MAX      512

static char text[TEXT_MAX];	  /* the option's value */
static slab_flags_t global_flags; /* of blocks without a list of names */
static bool disable_higher_order;

void __init slub_debug_reset(void)
{
	text[0] = '\0';
	global_flags = 0;
	disable_higher_order = false;
}

/* ---- Blocks ------------------------------------------------------------------------ */

static const struct {
	char letter;
	slab_flags_t flag;
} letters[] = {
	{'f', SLAB_CONSISTENCY_CHECKS}, {'z', SLAB_RED_ZONE}, {'p', SLAB_POISON},
	{'u', SLAB_STORE_USER},		{'t', SLAB_TRACE},    {'a', SLAB_FAILSLAB},
};

/* What a letter means; 0 for none. */
static slab_flags_t letter_flag(char c)
{
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (letters[i].letter == tolower(c))
			return letters[i].flag;
	return 0;
}

struct block {
	slab_flags_t flags;
	const char *names; /* a list up to `end`; NULL: all caches */
	const char *end;
};

/* Behind blocks with nothing in them. */
static const char *skip_empty(const char *p)
{
	while (*p == ';')
		p++;
	return p;
}

/* Reads the block at @at. Returns what follows it, NULL after the last. */
static const char *read_block(const char *at, struct block *block, bool first)
{
	const char *p = skip_empty(at);

	*block = (struct block){.flags = *p == ',' ? DEFAULT_FLAGS : 0};
	for (; *p && *p != ',' && *p != ';'; p++) {
		if (*p == '-')
			block->flags = 0;
		else if (tolower(*p) == 'o')
			disable_higher_order = true;
		else if (letter_flag(*p))
			block->flags |= letter_flag(*p);
		else if (first)
			pr_err("slub_debug option '%c' unknown. skipped\n", *p);
	}
	if (*p == ',')
		for (block->names = ++p; *p && *p != ';'; p++)
			;
	block->end = p;
	p = skip_empty(p);
	return *p ? p : NULL;
}

int __init slub_debug_parse_option(char *value)
{
	const char *at = text;
	struct block block;

	if (strscpy(text, value ?: "", sizeof(text)) < 0) {
		slub_debug_reset();
		return -EINVAL;
	}
	global_flags = *text ? 0 : DEFAULT_FLAGS;
	while (at && *at) {
		at = read_block(at, &block, true);
		if (!block.names)
			global_flags = block.flags;
	}
	return 0;
}

/* ---- Caches ------------------------------------------------------------------------- */

/* Is @name in the comma-separated list [@p, @end)? */
static bool in_list(const char *name, const char *p, const char *end)
{
	while (p < end) {
		const char *stop = memchr(p, ',', (size_t)(end - p)) ?: end;
		const char *star = memchr(p, '*', (size_t)(stop - p));
		size_t len = (size_t)((star ?: stop) - p);

		if (!strncmp(name, p, len) && (star || !name[len]))
			return true;
		p = stop + 1;
	}
	return false;
}

slab_flags_t slab_debug_flags(const char *name, slab_flags_t flags)
{
	slab_flags_t global = global_flags;
	const char *at = text;
	struct block block;

	if (flags & SLAB_NO_USER_FLAGS)
		return flags;
	/* Caches of debugging tools keep no owners, unless they are named. */
	if (flags & SLAB_NOLEAKTRACE)
		global &= ~SLAB_STORE_USER;
	while (at && *at) {
		at = read_block(at, &block, false);
		if (block.names && in_list(name, block.names, block.end))
			return flags | block.flags;
	}
	return flags | global;
}

bool slab_debug_drops(unsigned int size, unsigned int object_size)
{
	return disable_higher_order && get_order(size) > get_order(object_size);
}
