/* SPDX-License-Identifier: MIT */
/*
 * slub_debug=: objects with something around them that tells when it is overwritten, and
 * who had them.
 *
 *   | left red zone | object ... | right red zone | link | alloc, free track | asked | padding |
 *   ^ slot          ^ handed out ^ object_size    ^ offset (where it is outside)               ^ size
 *                                                 ^ inuse
 *
 * Owns:       everything in a slot of such a cache but the object while it is out.
 * Invariants: red zones hold 0xcc while the object is out and 0xbb while it is free; a
 *             free object holds 0x6b, its last byte 0xa5 (poison); padding, and what is
 *             left at the slab's end, 0x5a. A free object's link is the address of the
 *             next on its list, encoded, and no allocation relies on it. What kmalloc() was
 *             asked for is kept where tracks are; there the red zone of an object that is
 *             out begins with the first byte that nobody asked for.
 * Lifetime:   a cache has these flags from its creation on. Its CPUs hold no slabs, so
 *             that every call passes slub_single.c, which calls these.
 * Locking:    the node's list_lock, but for slab_debug_init(), whose slab is nobody's yet.
 * Failure:    what was overwritten is reported in Linux's form, counted in
 *             slab_stats.overwritten, and restored. An object that is found bad when it is
 *             to be handed out is not; one that is found bad when it is freed stays out.
 * Source:     Linux 6.1's Documentation/mm/slub.rst and mm/slub.c: layout, words, values; the
 *             red zone behind what was asked for is 6.2's.
 */
#ifndef _MM_SLAB_DEBUG_H
#define _MM_SLAB_DEBUG_H

#include "slab.h"

#define SLAB_DEBUG_FLAGS \
	(SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_TRACE)
/* Those that make an object's slot larger. */
#define SLAB_DEBUG_METADATA (SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

/* Who allocated an object last, and who freed it. */
struct slab_track {
	unsigned long addr;
	u32 stack; /* handle of the stack depot, or 0 */
	int cpu;
	int pid;
	unsigned long when; /* jiffies: milliseconds since start */
};

enum slab_track_kind { TRACK_ALLOC, TRACK_FREE, NR_SLAB_TRACKS };

static inline bool slab_has_debug(const struct kmem_cache *s)
{
	return s->flags & SLAB_DEBUG_FLAGS;
}

/* With slub_debug=U, what kmalloc() was asked for is kept behind an object's tracks. */
static inline bool slab_flags_keep_size(slab_flags_t flags)
{
	return (flags & (SLAB_STORE_USER | SLAB_KMALLOC)) == (SLAB_STORE_USER | SLAB_KMALLOC);
}

static inline bool slab_keeps_size(const struct kmem_cache *s)
{
	return slab_flags_keep_size(s->flags);
}

/* ---- slub_debug.c: which caches ------------------------------------------------------ */

/* Option slub_debug. 0, or -EINVAL. */
int slub_debug_parse_option(char *value);
void slub_debug_reset(void);

/* @flags with those that slub_debug= asks for in a cache of this name. */
slab_flags_t slab_debug_flags(const char *name, slab_flags_t flags);

/* Option slub_debug=O: not where an object's slot would need a larger order. */
bool slab_debug_drops(unsigned int size, unsigned int object_size);

/* ---- slab_check.c: what is written and looked at --------------------------------------- */

/* A new slab: all in it as it is in free objects. */
void slab_debug_init(struct kmem_cache *s, struct slab *slab);

/* Object @index is about to be handed out, or was freed. False: it must not be. */
bool slab_debug_alloc(struct kmem_cache *s, struct slab *slab, unsigned int index,
		      unsigned long caller);
bool slab_debug_free(struct kmem_cache *s, struct slab *slab, unsigned int index,
		     unsigned long caller);

/* Notes the list's next behind object @index, which joined it. */
void slab_debug_link(struct kmem_cache *s, struct slab *slab, unsigned int index);

/* Where information behind the object begins: behind inuse and the link. */
unsigned int slab_info_end(const struct kmem_cache *s);

/* Where it ends, and padding begins. */
unsigned int slab_padding_start(const struct kmem_cache *s);

/* An object of a cache that keeps sizes, which is out, is @size bytes large to its owner. */
void slab_set_asked(struct kmem_cache *s, unsigned long object, unsigned int size);

/* What slab_set_asked() said; object_size where that was overwritten. */
unsigned int slab_asked(const struct kmem_cache *s, unsigned long object);

/* ---- slab_track.c: owners ---------------------------------------------------------------- */

struct slab_track *slab_get_track(struct kmem_cache *s, unsigned long object,
				  enum slab_track_kind kind);
unsigned long slab_track_now(void);
void slab_set_track(struct kmem_cache *s, unsigned long object, enum slab_track_kind kind,
		    unsigned long caller);
void slab_clear_tracks(struct kmem_cache *s, unsigned long object);
void slab_print_tracking(struct kmem_cache *s, unsigned long object);

/* ---- slab_bug.c: reports --------------------------------------------------------------------- */

/* The report's first lines. */
void slab_bug(struct kmem_cache *s, const char *fmt, ...) __printf(2, 3);
void slab_bug_reset(void);
/* What was done about it. */
void slab_fix(struct kmem_cache *s, const char *fmt, ...) __printf(2, 3);
void slab_print_section(const char *title, unsigned long addr, unsigned long length);
/* The slab, the object at @object, and what surrounds it. */
void slab_print_trailer(struct kmem_cache *s, struct slab *slab, unsigned long object);
void slab_print_info(struct kmem_cache *s, struct slab *slab);

#endif /* _MM_SLAB_DEBUG_H */
