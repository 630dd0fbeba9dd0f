/* SPDX-License-Identifier: MIT */
/*
 * The part of the model's operations (alloc_ops.h) on memory that comes back when it is
 * short: pages of a file, empty slabs under objects, and pages that a shrinker gives up.
 */
#ifndef _TEST_RECLAIM_OPS_H
#define _TEST_RECLAIM_OPS_H

#include "alloc_ops.h"

/* ---- The page cache ------------------------------------------------------------------------------ */

static void op_read(void)
{
	for (u32 nr = 1 + model_random(64); nr; nr--) {
		pgoff_t index = model_random(MODEL_FILE_PAGES);
		struct page *page = read_mapping_page(&model.file, index, NULL);

		if (IS_ERR(page))
			return;
		assert_int_equal(model_words(page_to_pfn(page))[LAST_WORD], model.cached[index]);
		put_page(page);
	}
}

static void op_write(void)
{
	pgoff_t index = model_random(MODEL_FILE_PAGES);
	struct page *page = pagecache_get_page(&model.file, index, FGP_LOCK | FGP_CREAT,
					       GFP_HIGHUSER_MOVABLE | __GFP_NOWARN);

	if (!page)
		return;
	model.cached[index] = ++model.serial;
	model_words(page_to_pfn(page))[LAST_WORD] = model.cached[index];
	SetPageUptodate(page);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
}

static void op_sync(void)
{
	assert_int_equal(filemap_write_and_wait(&model.file), 0);
	for (pgoff_t i = 0; i < MODEL_FILE_PAGES; i++)
		assert_int_equal(model.stored[i], model.cached[i]);
}

/* All of the file, or its end. What is dropped was written before, or never will be. */
static void op_truncate(void)
{
	pgoff_t start = model_random(4) ? model_random(MODEL_FILE_PAGES) : 0;

	truncate_inode_pages(&model.file, (s64)start << PAGE_SHIFT);
	for (pgoff_t i = start; i < MODEL_FILE_PAGES; i++)
		model.cached[i] = model.stored[i];
}

/* ---- Objects ----------------------------------------------------------------------------- */

static void check_object(const struct model_object *o)
{
	const u8 *bytes = (const u8 *)o->at;

	assert_int_equal(bytes[0], o->mark);
	assert_int_equal(bytes[o->size - 1], o->mark);
}

static void free_object(struct model_object *o)
{
	check_object(o);
	kfree(o->at);
	o->at = NULL;
}

/* One object of a few is freed, or allocated: its page is nobody's. */
static void op_object(void)
{
	struct model_object *o = &model.objects[model_random(MODEL_OBJECTS)];

	if (o->at) {
		free_object(o);
		return;
	}
	o->size = 1 + model_random(KMALLOC_MAX_CACHE_SIZE);
	o->at = kmalloc(o->size, some_gfp() & ~GFP_ZONEMASK);
	if (!o->at)
		return;
	o->mark = (u8)++model.serial;
	assert_int_equal(model.holder[PHYS_PFN(__pa(o->at))], 0);
	((u8 *)o->at)[0] = ((u8 *)o->at)[o->size - 1] = o->mark;
}

static void op_shrink_slabs(void)
{
	for (int i = 0; i < MODEL_OBJECTS; i++)
		if (model.objects[i].at)
			check_object(&model.objects[i]);
	kmem_cache_shrink_all();
}

static void model_free_objects(void)
{
	for (int i = 0; i < MODEL_OBJECTS; i++)
		if (model.objects[i].at)
			free_object(&model.objects[i]);
}

/* ---- A shrinker ---------------------------------------------------------------------------- */

/* Pages that are given up when memory is short. */
static void op_shrinkable(void)
{
	for (u32 nr = 1 + model_random(32); nr && model_has_room(1); nr--) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_NOWARN);

		if (!page)
			return;
		model_take(HELD_SHRINKABLE, page, 1, 0);
	}
}

static unsigned long count_shrinkable(struct shrinker *shrinker, struct shrink_control *sc)
{
	(void)shrinker;
	(void)sc;
	return model.held[HELD_SHRINKABLE];
}

static unsigned long scan_shrinkable(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long freed = 0;

	(void)shrinker;
	for (unsigned int i = model.nr; i-- && freed < sc->nr_to_scan;)
		if (model.holding[i].kind == HELD_SHRINKABLE) {
			struct holding h = model_forget(i);

			__free_page(pfn_to_page(h.pfn));
			freed++;
		}
	model.seen[SEEN_SHRUNK] += freed;
	return freed;
}

static struct shrinker model_shrinker;

/* The machine's: that of another is forgotten. */
static void model_add_shrinker(void)
{
	int err;

	model_shrinker = (struct shrinker){.count_objects = count_shrinkable,
					   .scan_objects = scan_shrinkable,
					   .seeks = DEFAULT_SEEKS};
	do
		err = register_shrinker(&model_shrinker, "model");
	while (err == -ENOMEM);
	assert_int_equal(err, 0);
}

#endif /* _TEST_RECLAIM_OPS_H */
