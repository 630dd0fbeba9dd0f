/* SPDX-License-Identifier: MIT */
/*
 * mem= and memmap=: what the user says about the map. The words come before the
 * map does, so that they are checked and kept as text, and applied later in the
 * order in which they came:
 *
 *   mem=SIZE, memmap=SIZE   no RAM from SIZE on
 *   memmap=SIZE@START       RAM
 *   memmap=SIZE#START       ACPI data
 *   memmap=SIZE$START       reserved
 *   memmap=SIZE!START       persistent memory
 *   memmap=SIZE%START-FROM+TO  type FROM becomes TO there; without FROM whatever
 *                           was there, without TO it is taken out
 *   memmap=exactmap         forget the firmware's map
 *   memmap=A,B              A, then B
 *
 * Source: Linux's parse_memopt() and parse_memmap_one().
 */
#include <baremm/e820.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "internal.h"

/* As long as the longest text of options. */
#define KEPT_MAX 8192

enum edit_kind { EDIT_EXACT, EDIT_LIMIT, EDIT_ADD, EDIT_RETYPE };

struct edit {
	enum edit_kind kind;
	u64 start;
	u64 size;
	u32 from; /* 0: any type */
	u32 to;	  /* 0: taken out */
};

/* Items that were understood, with a comma after each. */
static char kept[KEPT_MAX];
static size_t kept_len;

/* START-FROM+TO, the text being past the '%'. */
static const char *parse_retype(const char *p, struct edit *edit)
{
	char *end;

	edit->kind = EDIT_RETYPE;
	edit->start = memparse(p, &end);
	if (end == p)
		return NULL;
	if (*end == '-')
		edit->from = (u32)simple_strtoull(end + 1, &end, 0);
	if (*end == '+')
		edit->to = (u32)simple_strtoull(end + 1, &end, 0);
	return end;
}

/* One of @#$! and START. */
static const char *parse_add(const char *p, struct edit *edit)
{
	char *end;

	edit->kind = EDIT_ADD;
	switch (*p) {
	case '@':
		edit->to = E820_TYPE_RAM;
		break;
	case '#':
		edit->to = E820_TYPE_ACPI;
		break;
	case '$':
		edit->to = E820_TYPE_RESERVED;
		break;
	case '!':
		edit->to = E820_TYPE_PRAM;
		break;
	default:
		return NULL;
	}
	edit->start = memparse(p + 1, &end);
	return end == p + 1 ? NULL : end;
}

/* Reads the @len characters at @item. 0 or -EINVAL. */
static int __init parse_item(const char *item, size_t len, struct edit *edit)
{
	const char *end;
	char *after_size;

	*edit = (struct edit){.kind = EDIT_EXACT};
	if (len == strlen("exactmap") && strncmp(item, "exactmap", len) == 0)
		return 0;
	edit->size = memparse(item, &after_size);
	end = after_size;
	if (end == item || edit->size == 0)
		return -EINVAL;
	if (end == item + len)
		edit->kind = EDIT_LIMIT;
	else if (*end == '%')
		end = parse_retype(end + 1, edit);
	else
		end = parse_add(end, edit);
	return end == item + len ? 0 : -EINVAL;
}

/* Length of the item at @p: up to a comma or the end. */
static size_t item_length(const char *p)
{
	const char *comma = strchr(p, ',');

	return comma ? (size_t)(comma - p) : strlen(p);
}

static int __init keep_item(const char *item, size_t len)
{
	struct edit edit;

	if (parse_item(item, len, &edit)) {
		pr_warn("e820: '%.*s' describes no memory\n", (int)len, item);
		return -EINVAL;
	}
	if (len + 2 > sizeof(kept) - kept_len) {
		pr_warn("e820: no room to keep '%.*s'\n", (int)len, item);
		return -ENOSPC;
	}
	memcpy(kept + kept_len, item, len);
	kept_len += len;
	kept[kept_len++] = ',';
	kept[kept_len] = '\0';
	return 0;
}

int __init e820_parse_mem(char *value)
{
	if (!value || strchr(value, ',') || item_length(value) == 0)
		return -EINVAL;
	for (const char *p = value; *p; p++)
		if (strchr("@#$!%", *p))
			return -EINVAL;
	if (strcmp(value, "exactmap") == 0)
		return -EINVAL;
	return keep_item(value, strlen(value));
}

int __init e820_parse_memmap(char *value)
{
	int err = 0;

	if (!value || !*value)
		return -EINVAL;
	for (char *p = value; p; p = strchr(p, ',')) {
		int item_err;

		if (*p == ',')
			p++;
		item_err = keep_item(p, item_length(p));
		err = err ? err : item_err;
	}
	return err;
}

static void apply(const struct edit *edit)
{
	switch (edit->kind) {
	case EDIT_EXACT:
		e820_table->nr_entries = 0;
		break;
	case EDIT_LIMIT:
		e820__range_remove(edit->size, ULLONG_MAX - edit->size, E820_TYPE_RAM, true);
		break;
	case EDIT_ADD:
		e820__range_add(edit->start, edit->size, edit->to);
		break;
	case EDIT_RETYPE:
		if (edit->from && edit->to)
			e820__range_update(edit->start, edit->size, edit->from, edit->to);
		else if (edit->to)
			e820__range_add(edit->start, edit->size, edit->to);
		else
			e820__range_remove(edit->start, edit->size, edit->from, edit->from != 0);
		break;
	}
}

bool __init e820_apply_options(void)
{
	struct edit edit;

	for (const char *p = kept; *p; p += item_length(p) + 1)
		if (parse_item(p, item_length(p), &edit) == 0)
			apply(&edit);
	return kept_len != 0;
}

void __init e820_forget_options(void)
{
	kept_len = 0;
	kept[0] = '\0';
}
