// SPDX-License-Identifier: MIT
/*
 * Slab caches and kmalloc: the input's bytes as calls of a few CPUs, against a list of
 * what was handed out and the mark that each object carries. Calls that are mistakes are
 * among them: they must be counted, and change nothing. In some inputs KFENCE guards objects,
 * and kmemleak watches them: then objects are touched where they may not be, and lost.
 *
 *   input   | what all caches have | operation, what it is given | ...
 */
#define _GNU_SOURCE
#define CPUS	     4
#define ZONES_LATE() (nr_cpu_ids = CPUS)
#include "fuzz_zones.h"

#include <linux/kmemleak.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include "../../mm/kfence.h"
#include "../../mm/kmemleak.h"
#include "../../mm/slab_debug.h"
#include "../unit/kfence_faults.h"

#define MAX_STEPS    600
#define VERIFY_EVERY 64
#define CACHES	     6
#define OBJECTS	     96
#define BULK	     64
#define GUARDED	     40
#define GFP_QUIET    (GFP_KERNEL | __GFP_NOWARN)

static struct object {
	u8 *at;
	size_t size;
	int cache; /* -1: kmalloc()'s */
	u8 mark;
} objects[OBJECTS];

/* The complements of addresses: nothing else leads to these objects, which have no `at`. */
static unsigned long lost[OBJECTS];
static bool scans; /* does this input look for them? */

static struct kmem_cache *caches[CACHES];
static unsigned int in_cache[CACHES];
static u8 next_mark;

static struct object *take_object(void)
{
	return &objects[fuzz_u8() % OBJECTS];
}

static void mark(struct object *o)
{
	o->mark = next_mark++;
	memset(o->at, o->mark, o->size);
}

static bool is_taken(const struct object *o)
{
	return o->at || lost[o - objects];
}

static bool is_whole(const struct object *o, const u8 *at, size_t size)
{
	return fuzz_all_are(at, o->mark, size);
}

/* Mostly small; now and then more than any size class. */
static size_t take_size(void)
{
	u16 raw = fuzz_u16();

	return raw & 0x8000 ? (size_t)(raw & 0x7fff) * 5 : raw & 0xfff;
}

static void forget(struct object *o)
{
	fuzz_check(is_whole(o, o->at, o->size));
	if (o->cache >= 0)
		in_cache[o->cache]--;
	o->at = NULL;
}

/* ---- Right calls ------------------------------------------------------------------------ */

static void op_cache_alloc(struct object *o)
{
	unsigned int i = fuzz_u8() % CACHES;

	if (is_taken(o) || !caches[i])
		return;
	o->at = kmem_cache_alloc(caches[i], GFP_QUIET);
	if (!o->at)
		return;
	o->size = kmem_cache_size(caches[i]);
	o->cache = (int)i;
	in_cache[i]++;
	mark(o);
}

static void op_kmalloc(struct object *o)
{
	static const gfp_t gfps[] = {GFP_QUIET, GFP_QUIET | __GFP_RECLAIMABLE, GFP_QUIET | GFP_DMA,
				     GFP_QUIET | __GFP_ZERO};
	gfp_t gfp = gfps[fuzz_u8() % ARRAY_SIZE(gfps)];
	size_t size = take_size();

	if (is_taken(o))
		return;
	o->at = kmalloc(size, gfp);
	if (ZERO_OR_NULL_PTR(o->at)) {
		fuzz_check(!o->at == !!size);
		o->at = NULL;
		return;
	}
	fuzz_check(ksize(o->at) == (is_kfence_address(o->at) ? size : kmalloc_size_roundup(size)));
	fuzz_check(!(gfp & __GFP_ZERO) || fuzz_all_are(o->at, 0, size));
	o->size = size;
	o->cache = -1;
	mark(o);
}

static void op_krealloc(struct object *o)
{
	size_t size = take_size();
	u8 *moved;

	if (!o->at || o->cache >= 0)
		return;
	moved = krealloc(o->at, size, GFP_QUIET);
	if (!size) {
		fuzz_check(moved == ZERO_SIZE_PTR);
		o->at = NULL;
	} else if (moved) {
		fuzz_check(is_whole(o, moved, min(size, o->size)));
		o->at = moved;
		o->size = size;
		mark(o);
	}
}

static void op_free(struct object *o)
{
	u8 *at = o->at;

	if (!at)
		return;
	forget(o);
	if (o->cache >= 0)
		kmem_cache_free(caches[o->cache], at);
	else
		kfree(at);
}

static void op_create(struct object *o)
{
	unsigned int i = fuzz_u8() % CACHES, size = fuzz_u16() & 0x3fff, align = fuzz_u8();
	slab_flags_t flags = align & 16 ? SLAB_HWCACHE_ALIGN : 0;

	(void)o;
	if (!caches[i])
		caches[i] = kmem_cache_create("fuzzed", size, align & 15 ? 1u << (align & 15) : 0,
					      flags, NULL);
}

/* A cache with objects stays; of one that was merged the name would go all the same. */
static void op_destroy(struct object *o)
{
	unsigned int i = fuzz_u8() % CACHES;

	(void)o;
	if (in_cache[i] && caches[i]->refcount > 1)
		return;
	kmem_cache_destroy(caches[i]);
	if (!in_cache[i])
		caches[i] = NULL;
}

/* A few objects in two calls; what is in between are other objects' marks. */
static void op_bulk(struct object *o)
{
	unsigned int i = fuzz_u8() % CACHES;
	void *many[BULK];
	size_t size = fuzz_u8() % (BULK + 1);

	(void)o;
	if (!caches[i] || !kmem_cache_alloc_bulk(caches[i], GFP_QUIET, size, many))
		return;
	for (size_t n = 0; n < size; n++)
		memset(many[n], (int)n, kmem_cache_size(caches[i]));
	for (size_t n = 0; n < size; n++)
		fuzz_check(fuzz_all_are(many[n], (u8)n, kmem_cache_size(caches[i])));
	kmem_cache_free_bulk(caches[i], size, many);
}

static void op_shrink(struct object *o)
{
	unsigned int i = fuzz_u8() % CACHES;

	(void)o;
	if (caches[i])
		kmem_cache_shrink(caches[i]);
	host_set_cpu(fuzz_u8() % CPUS);
}

/* ---- Mistakes ------------------------------------------------------------------------------ */

static unsigned long mistakes(void)
{
	return slab_stats.double_free + slab_stats.misaligned_free + slab_stats.wrong_cache +
	       slab_stats.no_slab + kfence_counter(KFENCE_COUNTER_BUGS);
}

static void op_misuse(struct object *o)
{
	unsigned long before = mistakes();
	u8 how = fuzz_u8(), *at = o->at;
	struct kmem_cache *s;

	if (!at)
		return;
	s = o->cache >= 0 ? caches[o->cache] : NULL;
	if (how % 4 == 0) { /* twice; of a cache with a slab of others the page may be gone */
		op_free(o);
		s ? kmem_cache_free(s, at) : kfree(at);
	} else if (how % 4 == 1 && o->size > 1) { /* its middle */
		s ? kmem_cache_free(s, at + 1) : kfree(at + 1);
	} else if (how % 4 == 2 && s) { /* to another cache */
		kmem_cache_free(kmalloc_caches[KMALLOC_NORMAL][3], at);
	} else if (how % 4 == 3) { /* no object at all */
		kfree(__va(SZ_1M + how));
	} else {
		return;
	}
	fuzz_check(mistakes() == before + 1);
}

/* ---- Guarded objects ----------------------------------------------------------------------- */

static bool is_mapped(const u8 *at)
{
	struct arch_mapping mapping;

	return !arch_query((unsigned long)at, &mapping);
}

/* Where a page is closed, that is seen, once. */
static void touch_wrongly(u8 *at, bool write)
{
	unsigned long before = mistakes();
	bool closed = !is_mapped(at);

	if (write)
		write_byte(hidden(at), 1);
	else
		read_byte(hidden(at));
	fuzz_check(mistakes() == before + closed && is_mapped(at));
	fuzz_check(!closed || host_log_contains("BUG: KFENCE: "));
}

/* A byte of the object's page beside it is seen when it is freed, where there is one. */
static void overwrite_canary(struct object *o)
{
	unsigned long before = mistakes();
	u8 *beside = offset_in_page(o->at) ? o->at - 1 : o->at + ksize(o->at);
	bool is_there = beside == o->at - 1 || offset_in_page(beside);

	if (is_there)
		*beside ^= 0x55;
	op_free(o);
	fuzz_check(mistakes() == before + is_there);
	fuzz_check(!is_there || host_log_contains("BUG: KFENCE: memory corruption in "));
}

static void op_guard(struct object *o)
{
	u8 how = fuzz_u8(), *at = o->at;
	bool write = how & 4;

	if (!at || !is_kfence_address(at))
		return;
	switch (how % 4) {
	case 0:
		touch_wrongly(PTR_ALIGN_DOWN(at, PAGE_SIZE) - 1 - (how >> 3), write);
		break;
	case 1:
		touch_wrongly(PTR_ALIGN_DOWN(at, PAGE_SIZE) + PAGE_SIZE + (how >> 3), write);
		break;
	case 2:
		op_free(o);
		touch_wrongly(at, write);
		break;
	default:
		overwrite_canary(o);
	}
}

/* ---- Lost objects -------------------------------------------------------------------------- */

static void op_lose(struct object *o)
{
	if (!kmemleak_enabled || !o->at)
		return;
	lost[o - objects] = ~(unsigned long)o->at;
	o->at = NULL;
}

static void check_watched(unsigned long at, bool may_be_lost)
{
	const struct kmemleak_object *object = kmemleak_lookup(at, false);

	fuzz_check(object && object->pointer == at && (may_be_lost || !object->reported));
}

/*
 * What is reported is lost, and nothing else is; a stale word may hide what is. Not in all
 * inputs: a scan looks at what a sanitizer keeps, too, which is much.
 */
static void look_for_leaks(void)
{
	unsigned int nr_lost = 0, found;

	if (!kmemleak_enabled || !scans)
		return;
	found = kmemleak_scan_now();
	for (int i = 0; i < OBJECTS; i++) {
		if (is_taken(&objects[i]))
			check_watched(objects[i].at ? (unsigned long)objects[i].at : ~lost[i],
				      lost[i]);
		nr_lost += lost[i] != 0;
	}
	fuzz_check(found <= nr_lost && kmemleak_verify() == 0);
}

static void find_lost_ones(void)
{
	for (int i = 0; i < OBJECTS; i++) {
		if (lost[i])
			objects[i].at = (u8 *)~lost[i];
		lost[i] = 0;
	}
}

/* ---- The run ------------------------------------------------------------------------------- */

static void step(void)
{
	static void (*const ops[])(struct object * o) = {
		op_cache_alloc, op_cache_alloc, op_cache_alloc, op_kmalloc, op_kmalloc,
		op_free,	op_free,	op_krealloc,	op_create,  op_destroy,
		op_shrink,	op_misuse,	op_bulk,	op_guard,   op_lose,
	};
	u8 op = fuzz_u8();

	ops[op % ARRAY_SIZE(ops)](take_object());
}

static void end_all(void)
{
	for (int i = 0; i < OBJECTS; i++)
		op_free(&objects[i]);
	for (int i = 0; i < CACHES; i++) {
		kmem_cache_destroy(caches[i]);
		fuzz_check(in_cache[i] == 0);
	}
}

/* Of eight inputs five are plain ones. */
static void choose_watchers(u8 how)
{
	char on[] = "on";

	if (how >= 6) {
		fuzz_check(kmemleak_parse_option(on) == 0);
		kmemleak_init();
	}
	if (how == 5 || how == 7) {
		kfence_sample_interval = 2;
		kfence_num_objects = GUARDED;
	}
}

/* Plain caches mostly; some inputs' have checks, or objects that are cleared. */
static void choose_options(void)
{
	static const char *const debug[] = {"-", "-", "FZPU", "F", "Z", "P", "FZU,fuzzed", "-"};
	u8 all = fuzz_u8(), how = all & 7;
	char flags[16], on[] = "1", off[] = "0";

	strscpy(flags, debug[how], sizeof(flags));
	slub_debug_parse_option(flags);
	init_on_free_parse_option(how == 7 ? on : off);
	choose_watchers(all >> 3 & 7);
	scans = all < 64;
}

static void run(void *arg)
{
	unsigned long blocks;

	(void)arg;
	choose_options();
	kmem_cache_init();
	kfence_init();
	blocks = kmemleak_stats.blocks;
	for (int i = 0; fuzz_in.left && i < MAX_STEPS; i++) {
		step();
		if (i % VERIFY_EVERY == VERIFY_EVERY - 1)
			fuzz_check(kmem_cache_verify_all() + kfence_verify() == 0);
	}
	fuzz_check(kmem_cache_verify_all() + kfence_verify() == 0);
	look_for_leaks();
	find_lost_ones();
	end_all();
	fuzz_check(kmem_cache_verify_all() + kfence_verify() == 0);
	fuzz_check(kmemleak_stats.blocks == blocks);
	fuzz_check(kfence_counter(KFENCE_COUNTER_ALLOCATED) == 0);
	fuzz_check(verify_all() == 0);
	fuzz_check(slab_stats.bad_freelist == 0);
	fuzz_check(slab_stats.overwritten == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_start(data, size);
	zones_begin();
	memset(objects, 0, sizeof(objects));
	memset(lost, 0, sizeof(lost));
	memset(caches, 0, sizeof(caches));
	memset(in_cache, 0, sizeof(in_cache));
	next_mark = 1;
	fuzz_run(run, NULL);
	zones_end();
	return 0;
}

/* Caches first, then objects of these and of kmalloc(), then frees; plain, and watched over. */
static size_t fuzz_seed(unsigned int nr, u8 *data)
{
	unsigned int i = nr % 6;
	size_t len = 0;

	data[len++] = (u8)(i + (nr < 6 ? 0 : nr / 6 + 4) * 8);
	for (unsigned int c = 0; c < CACHES; c++) {
		const u8 create[] = {
			8, 0, (u8)c, (u8)(40 * (c + i)), (u8)(c * i), (u8)(c + 16 * i)};

		memcpy(data + len, create, sizeof(create));
		len += sizeof(create);
	}
	for (unsigned int n = 0; n < 50; n++) {
		data[len++] = (u8)((n * (i + 1)) % 15);
		data[len++] = (u8)(n / 2);
		data[len++] = (u8)(n * 7);
		data[len++] = (u8)(n * i);
	}
	return nr < 24 ? len : 0;
}
