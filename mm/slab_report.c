// SPDX-License-Identifier: MIT
/*
 * What callers of the slab allocator did that they must not: one message for
 * each, with the cache, the object, and its slab, and a count of each kind.
 *
 * Form: Linux's "BUG <cache>: <what>", then where it was.
 */
#include "slab_debug.h"

#include <linux/kfence.h>

struct slab_stats slab_stats;

/* Any CPU may report. */
static void count(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

void slab_report_double_free(struct kmem_cache *s, struct slab *slab, unsigned long object)
{
	count(&slab_stats.double_free);
	if (slab_has_debug(s)) {
		slab_bug(s, "Object already free");
		slab_print_trailer(s, slab, object);
		slab_fix(s, "Object at 0x%lx not freed", object);
		return;
	}
	pr_err("BUG %s: Object already free: 0x%lx, not freed again\n", s->name, object);
}

void slab_report_use_of_free(struct kmem_cache *s, const char *caller, unsigned long object)
{
	count(&slab_stats.double_free);
	pr_err("BUG %s: Object already free: 0x%lx, asked for by %s\n", s->name, object, caller);
}

void slab_report_misaligned(struct kmem_cache *s, struct slab *slab, unsigned long object)
{
	unsigned long base = slab_address(slab);

	count(&slab_stats.misaligned_free);
	pr_err("BUG %s: Invalid object pointer 0x%lx: at offset %lu of the slab at 0x%lx, whose "
	       "objects are %u bytes apart; not freed\n",
	       s->name, object, object - base, base, (unsigned int)s->size);
}

void slab_report_inside_block(unsigned long base, size_t size, unsigned long object)
{
	count(&slab_stats.misaligned_free);
	pr_err("BUG kmalloc: 0x%lx lies inside the block of %zu bytes at 0x%lx, not freed\n",
	       object, size, base);
}

void slab_report_wrong_cache(struct kmem_cache *s, struct kmem_cache *owner, unsigned long object)
{
	count(&slab_stats.wrong_cache);
	pr_err("BUG %s: Wrong slab cache: object 0x%lx is from %s, not freed\n", s->name, object,
	       owner ? owner->name : "no known cache");
}

void slab_report_no_cache(const char *caller, const struct kmem_cache *s)
{
	count(&slab_stats.wrong_cache);
	pr_err("BUG %s: 0x%lx is no slab cache, or is one no more\n", caller, (unsigned long)s);
}

void slab_report_no_slab(const char *caller, unsigned long object)
{
	/* A guard page, or an object's that was never handed out. */
	if (kfence_free((void *)object))
		return;
	count(&slab_stats.no_slab);
	pr_err("BUG %s: 0x%lx is no object of any slab cache, nor a block of kmalloc; not freed\n",
	       caller, object);
}

void slab_report_bad_freelist(struct kmem_cache *s, struct slab *slab, unsigned int from,
			      unsigned int link)
{
	char where[32] = "its head";

	count(&slab_stats.bad_freelist);
	if (from != SLAB_END)
		snprintf(where, sizeof(where), "object %u", from);
	pr_err("BUG %s: Freelist corrupt: the slab at 0x%lx was told that %u follows %s, of %u "
	       "objects; that and what came behind it is not used again\n",
	       s->name, slab_address(slab), link, where, slab->objects);
}

void slab_report_bad_flags(const char *name, gfp_t bad)
{
	count(&slab_stats.bad_flags);
	pr_warn("slab: unexpected gfp flags 0x%x for %s, ignored: its pages come from its own "
		"zone\n",
		bad, name);
}
