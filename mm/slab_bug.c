// SPDX-License-Identifier: MIT
/*
 * Reports of slub_debug, in the form that Linux's have: what, then whose object, then the
 * bytes of it and around it. Contract: slab_debug.h.
 */
#include "slab_debug.h"

#include <baremm/panic.h>
#include <linux/kernel.h>

static bool tainted; /* a report was made: what follows may be of its making */

void __init slab_bug_reset(void)
{
	tainted = false;
}

static __printf(3, 0) void print_head(const char *name, const char *what, const char *fmt,
				      va_list args)
{
	char line[160];

	vsnprintf(line, sizeof(line), fmt, args);
	pr_err("%s %s%s\n", what, name, line);
}

void slab_bug(struct kmem_cache *s, const char *fmt, ...)
{
	char name[80];
	va_list args;

	snprintf(name, sizeof(name), "%s (%s): ", s->name,
		 tainted ? "Tainted: G    B             " : "Not tainted");
	pr_err("=============================================================================\n");
	va_start(args, fmt);
	print_head(name, "BUG", fmt, args);
	va_end(args);
	pr_err("-----------------------------------------------------------------------------\n");
	pr_err("\n");
	tainted = true;
}

void slab_fix(struct kmem_cache *s, const char *fmt, ...)
{
	char name[80];
	va_list args;

	snprintf(name, sizeof(name), "%s: ", s->name);
	va_start(args, fmt);
	print_head(name, "FIX", fmt, args);
	va_end(args);
}

void slab_print_section(const char *title, unsigned long addr, unsigned long length)
{
	print_hex_dump(KERN_ERR, title, DUMP_PREFIX_ADDRESS, 16, 1, (const void *)addr, length,
		       true);
}

void slab_print_info(struct kmem_cache *s, struct slab *slab)
{
	unsigned long fp =
		slab->freelist < slab->objects ? slab_object(s, slab, slab->freelist) : 0;

	pr_err("Slab 0x%lx objects=%u used=%u fp=0x%lx flags=%pGp\n", slab_address(slab),
	       slab->objects, slab->inuse, fp, &slab->page->flags);
}

/* The object that stands behind @object on a free list, by the list; 0: none. */
static unsigned long next_free(struct kmem_cache *s, struct slab *slab, unsigned long object)
{
	unsigned long index = slab_object_index(s, slab, object), next;

	if (index >= slab->objects || slab->next[index] & SLAB_STATE)
		return 0;
	next = slab_get_link(s, slab->next, (unsigned int)index);
	return next < slab->objects ? slab_object(s, slab, (unsigned int)next) : 0;
}

void slab_print_trailer(struct kmem_cache *s, struct slab *slab, unsigned long object)
{
	unsigned long base = slab_address(slab), slot = object - s->red_left_pad;
	unsigned long used = slab_padding_start(s);

	slab_print_tracking(s, object);
	slab_print_info(s, slab);
	pr_err("Object 0x%lx @offset=%lu fp=0x%lx\n\n", object, object - base,
	       next_free(s, slab, object));

	if (s->flags & SLAB_RED_ZONE)
		slab_print_section("Redzone  ", slot, s->red_left_pad);
	else if (object > base + 16)
		slab_print_section("Bytes b4 ", object - 16, 16);
	slab_print_section("Object   ", object, min_t(unsigned long, s->object_size, PAGE_SIZE));
	if (s->flags & SLAB_RED_ZONE)
		slab_print_section("Redzone  ", object + s->object_size, s->inuse - s->object_size);
	if (object + used < slot + s->size)
		slab_print_section("Padding  ", object + used, slot + s->size - object - used);
	dump_stack();
}
