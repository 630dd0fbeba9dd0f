// SPDX-License-Identifier: MIT
/*
 * A CPU's stash of free objects: how it is filled, emptied and forgotten. What pushes and
 * pops is in slab_fast.h.
 *
 *   stash[0]   [1]      ...    top                        end
 *   | 0, none | object, entry | popped last | ... | room for SLAB_NO_OBJECT |
 *
 *   back_stash[0]  [1]   ...    back
 *   | 0, none | object, entry | ...
 *
 * A slab's list fills the stash to half of its first size; when it is empty and objects came
 * back, these take its place. When there is no room for more the stash grows; one that may not
 * has half of what came back given to the slabs: so a CPU that allocates and frees at random
 * does that only once in the square of that number of calls. The memory is two records, as those
 * of slabs are, near the CPU; it is taken when a cache is first used on the CPU, and without it
 * each call goes the slow way.
 */
#include "slab_fast.h"

#include <linux/gfp.h>
#include <linux/sizes.h>
#include <linux/topology.h>

struct slab_stashed slab_no_stash[2] = {{0, NULL}, {SLAB_NO_OBJECT, NULL}};

/* Entries that no object is ever in: the first and the last. */
#define SLAB_STASH_ENDS 2

/* What a stash may grow to: objects, bytes of them, and the part of RAM for all CPUs' stashes. */
#define SLAB_STASH_MOST	      1006
#define SLAB_STASH_MOST_BYTES SZ_512K
#define SLAB_STASH_RAM_PART   2048

/* As Linux does with partial slabs, a CPU keeps fewer of the large ones. */
static unsigned int first_size(const struct kmem_cache *s)
{
	if (s->size > KMALLOC_MAX_CACHE_SIZE || s->zero_flags)
		return 0;
	if (s->size >= PAGE_SIZE)
		return 18;
	if (s->size >= 1024)
		return 34;
	return s->size >= 256 ? 66 : 124;
}

static size_t stash_bytes(unsigned int objects)
{
	return (objects + SLAB_STASH_ENDS) * sizeof(struct slab_stashed);
}

/* Makes @c's stash an empty one that nothing fits in. */
static void use_none(struct kmem_cache_cpu *c)
{
	c->stash = c->back_stash = slab_no_stash;
	c->stash_memory[0] = c->stash_memory[1] = NULL;
	c->fill = c->capacity = 0;
	c->top = c->back = &slab_no_stash[1];
	c->limit = NULL;
}

void slab_cpu_init(struct kmem_cache *s, unsigned int cpu)
{
	struct kmem_cache_cpu *c = &s->cpu_slab[cpu];

	*c = (struct kmem_cache_cpu){.inverse = s->inverse,
				     .shift = s->shift,
				     .cpu = (u16)cpu,
				     .random_state = (s->random_state ^ (u64)cpu << 32) | 1,
				     .size = s->size,
				     .active = {.head = SLAB_END}};
	spin_lock_init_rank(&c->stash_lock, LOCK_RANK_LEAF);
	use_none(c);
	INIT_LIST_HEAD(&c->partial);
}

/* One with room for @size objects, or NULL. Other CPUs look through it as far as it goes. */
static struct slab_stashed *new_stash(unsigned int size, gfp_t flags)
{
	return slab_stash_alloc(stash_bytes(size), flags | __GFP_NOWARN, numa_mem_id());
}

/* Fills @to with the first @nr objects of @from, and nothing above them. */
static void copy_stash(struct slab_stashed *to, const struct slab_stashed *from, unsigned long nr)
{
	to[0] = (struct slab_stashed){0, NULL};
	for (unsigned long i = 1; i <= nr; i++)
		to[i] = from[i];
	to[nr + 1] = (struct slab_stashed){SLAB_NO_OBJECT, NULL};
}

static void free_stash(struct slab_stashed *stash, unsigned int size)
{
	if (stash)
		slab_record_free(stash, stash_bytes(size));
}

/* Moves @c's stash, where it has one, to memory for @size objects, which are no fewer. */
static bool set_stash(struct kmem_cache_cpu *c, unsigned int size, gfp_t flags)
{
	unsigned long nr = slab_nr_stashed(c), nr_back = slab_nr_back(c);
	struct slab_stashed *old[2] = {c->stash_memory[0], c->stash_memory[1]};
	struct slab_stashed *stash = new_stash(size, flags), *back = new_stash(size, flags);
	unsigned int old_size = c->capacity;

	if (!stash || !back) {
		free_stash(stash, size);
		free_stash(back, size);
		return false;
	}
	copy_stash(stash, c->stash, nr);
	copy_stash(back, c->back_stash, nr_back);
	spin_lock(&c->stash_lock);
	c->capacity = c->room = (u16)size;
	c->top = stash + 1 + nr;
	c->back = back + 1 + nr_back;
	c->stash = c->stash_memory[0] = stash;
	c->back_stash = c->stash_memory[1] = back;
	spin_unlock(&c->stash_lock);
	if (old_size) {
		free_stash(old[0], old_size);
		free_stash(old[1], old_size);
	}
	return true;
}

static bool get_stash(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	unsigned int size;

	if (slab_has_stash(c))
		return true;
	size = first_size(s);
	if (!size || !set_stash(c, size, GFP_NOWAIT))
		return false;
	c->fill = (u16)(size / 2);
	return true;
}

static unsigned int most_objects(const struct kmem_cache *s)
{
	unsigned long share = totalram_pages() * PAGE_SIZE / SLAB_STASH_RAM_PART / nr_cpu_ids;
	u64 fit = min_t(u64, share, SLAB_STASH_MOST_BYTES) / s->size;

	return (unsigned int)min_t(u64, fit, SLAB_STASH_MOST);
}

/* A free may come from anywhere: what is asked for here makes nobody reclaim. */
bool slab_grow_stash(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	unsigned int size = min(2u * c->capacity + SLAB_STASH_ENDS, most_objects(s));

	return size > c->capacity && set_stash(c, size, __GFP_NOMEMALLOC);
}

void slab_turn_stash(struct kmem_cache_cpu *c)
{
	swap(c->stash, c->back_stash);
	c->top = c->back;
	WRITE_ONCE(c->top->object, SLAB_NO_OBJECT);
	c->back = c->back_stash + 1;
	slab_open_stash(c, c->limit);
}

/* ---- Fill ----------------------------------------------------------------------- */

/* Those of the active slab's list go to it; a link that leads nowhere ends that. */
void slab_fill_stash(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_active *a = &c->active;
	struct slab_stashed *top, *end;
	unsigned long head = a->head, base = a->base, size = s->size, link;
	unsigned int objects, key = s->key;
	u8 *states;
	u16 *next;

	if (!get_stash(s, c) || slab_nr_stashed(c) > c->fill)
		return;
	objects = a->slab->objects;
	next = a->slab->next;
	states = slab_states(a->slab);
	for (top = c->top, end = top + c->fill; top < end && head < objects; top++) {
		link = next[head] ^ key;
		if (unlikely(link & SLAB_STATE))
			break;
		data_race_write(states[2 * head], SLAB_BACK);
		top->state = &states[2 * head];
		WRITE_ONCE(top->object, base + head * size);
		head = link;
	}
	a->head = (u16)head;
	WRITE_ONCE(top->object, SLAB_NO_OBJECT);
	c->top = top;
	slab_open_stash(c, !c->freed.slab);
}

/* ---- Back to the slabs -------------------------------------------------------------- */

static struct slab *slab_of_stashed(const struct slab_stashed *stashed)
{
	return virt_to_page((void *)stashed->object)->slab;
}

/* Gives @nr objects from @stashed on to their slabs; mostly all are one node's. */
static void flush(struct kmem_cache *s, const struct slab_stashed *stashed, unsigned long nr)
{
	struct kmem_cache_node *n = NULL;
	struct slab *slab, *next;
	LIST_HEAD(empty);

	for (; nr; nr--, stashed++) {
		unsigned int index;

		slab = slab_of_stashed(stashed);
		index = (unsigned int)(stashed->state - slab_states(slab)) / 2;
		if (slab->node != n) {
			if (n)
				spin_unlock(&n->list_lock);
			n = slab->node;
			spin_lock(&n->list_lock);
		}
		if (slab_put_chain(s, slab, index, index, 1))
			list_add(&slab->list, &empty);
	}
	if (n)
		spin_unlock(&n->list_lock);
	list_for_each_entry_safe (slab, next, &empty, list)
		slab_discard(s, slab);
}

void slab_flush_oldest(struct kmem_cache *s, struct kmem_cache_cpu *c, unsigned long nr)
{
	struct slab_stashed *to = c->back_stash + 1, *from = to + nr;

	flush(s, to, nr);
	for (; from < c->back; from++, to++) {
		WRITE_ONCE(to->object, from->object);
		to->state = from->state;
	}
	c->back = to;
}

void slab_drop_stash(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_stashed *stash = c->stash, *back = c->back_stash;
	unsigned long nr = slab_nr_stashed(c), nr_back = slab_nr_back(c);
	unsigned int size = c->capacity;

	if (!slab_has_stash(c))
		return;
	c->top = stash + 1;
	c->back = back + 1;
	c->limit = NULL;
	flush(s, c->top, nr);
	flush(s, c->back, nr_back);
	spin_lock(&c->stash_lock);
	use_none(c);
	spin_unlock(&c->stash_lock);
	free_stash(stash, size);
	free_stash(back, size);
}

/* ---- Popped objects of slabs that go --------------------------------------------------- */

/*
 * What is from @start to @end cannot be below the top, wherever that is now; and behind the
 * first SLAB_NO_OBJECT nothing can be pushed back.
 */
static void wipe_out(struct slab_stashed *stash, unsigned int size, unsigned long start,
		     unsigned long end)
{
	struct slab_stashed *each;

	for (each = stash; each && each < stash + size + SLAB_STASH_ENDS; each++) {
		unsigned long object = READ_ONCE(each->object);

		if (object == SLAB_NO_OBJECT)
			break;
		if (object >= start && object < end)
			__atomic_compare_exchange_n(&each->object, &object, SLAB_NO_OBJECT, false,
						    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
}

/* Of another CPU. */
static void wipe_out_cpu(struct kmem_cache_cpu *c, unsigned long start, unsigned long end)
{
	spin_lock(&c->stash_lock);
	for (int i = 0; i < 2; i++)
		wipe_out(c->stash_memory[i], c->capacity, start, end);
	spin_unlock(&c->stash_lock);
}

void slab_forget_popped(struct kmem_cache *s, const struct slab *slab)
{
	struct kmem_cache_cpu *mine = this_cpu_slab(s), *c;
	unsigned long start = slab_address(slab), end = start + (PAGE_SIZE << slab_order(slab));

	WRITE_ONCE(mine->top->object, SLAB_NO_OBJECT);
	if (likely(!slab->shared && slab_owner(slab) == slab_owner_of(mine)))
		return;
	for (c = s->cpu_slab; c < s->cpu_slab + nr_cpu_ids; c++)
		if (c != mine && (slab->shared || slab_owner(slab) == slab_owner_of(c)))
			wipe_out_cpu(c, start, end);
}
