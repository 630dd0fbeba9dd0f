// SPDX-License-Identifier: MIT
/* Who allocated an object, and who freed it: slub_debug=U. Contract: slab_debug.h. */
#include "slab_debug.h"

#include <baremm/arch.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>

#define STACK_DEPTH 16
#define NS_PER_MS   1000000

struct slab_track *slab_get_track(struct kmem_cache *s, unsigned long object,
				  enum slab_track_kind kind)
{
	return (struct slab_track *)(object + slab_info_end(s)) + kind;
}

unsigned long slab_track_now(void)
{
	return (unsigned long)(arch_clock_ns() / NS_PER_MS);
}

/* The depot takes pages, and those need no object: this may be called under list_lock. */
static noinline u32 save_stack(void)
{
	unsigned long entries[STACK_DEPTH];
	unsigned int nr = stack_trace_save(entries, STACK_DEPTH, 2);

	return stack_depot_save(entries, nr, GFP_NOWAIT | __GFP_NOWARN);
}

void slab_set_track(struct kmem_cache *s, unsigned long object, enum slab_track_kind kind,
		    unsigned long caller)
{
	*slab_get_track(s, object, kind) = (struct slab_track){
		.addr = caller,
		.stack = save_stack(),
		.cpu = smp_processor_id(),
		.when = slab_track_now(),
	};
}

void slab_clear_tracks(struct kmem_cache *s, unsigned long object)
{
	memset(slab_get_track(s, object, TRACK_ALLOC), 0,
	       NR_SLAB_TRACKS * sizeof(struct slab_track));
}

static void print_track(const char *what, const struct slab_track *track)
{
	if (!track->addr)
		return;
	pr_err("%s in %pS age=%lu cpu=%d pid=%d\n", what, (void *)track->addr,
	       slab_track_now() - track->when, track->cpu, track->pid);
	if (track->stack)
		stack_depot_print(track->stack);
}

void slab_print_tracking(struct kmem_cache *s, unsigned long object)
{
	if (!(s->flags & SLAB_STORE_USER))
		return;
	print_track("Allocated", slab_get_track(s, object, TRACK_ALLOC));
	print_track("Freed", slab_get_track(s, object, TRACK_FREE));
}
