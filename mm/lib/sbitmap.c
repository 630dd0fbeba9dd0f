// SPDX-License-Identifier: MIT
/* Sets of numbers for many CPUs. Contract: linux/sbitmap.h. */
#include <linux/sbitmap.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/prandom.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

/* ---- Memory ------------------------------------------------------------------------------- */

/* CPUs begin in different places. */
static int make_hints(struct sbitmap *sb, gfp_t flags)
{
	unsigned int cpu;

	sb->alloc_hint =
		__alloc_percpu_gfp(sizeof(*sb->alloc_hint), sizeof(*sb->alloc_hint), flags);
	if (!sb->alloc_hint)
		return -ENOMEM;
	if (!sb->round_robin)
		for_each_possible_cpu (cpu)
			*per_cpu_ptr(sb->alloc_hint, cpu) = prandom_u32_max(sb->depth);
	return 0;
}

int sbitmap_init_node(struct sbitmap *sb, unsigned int depth, int shift, gfp_t flags, int node,
		      bool round_robin, bool alloc_hint)
{
	if (shift < 0)
		shift = sbitmap_calculate_shift(depth);
	if (shift > (int)ilog2(BITS_PER_LONG))
		return -EINVAL;
	*sb = (struct sbitmap){
		.depth = depth,
		.shift = (unsigned int)shift,
		.map_nr = (unsigned int)DIV_ROUND_UP((unsigned long)depth, 1UL << shift),
		.round_robin = round_robin,
	};
	if (!depth)
		return 0;
	if (alloc_hint && make_hints(sb, flags))
		return -ENOMEM;
	sb->map = kvzalloc_node(array_size(sb->map_nr, sizeof(*sb->map)), flags, node);
	if (!sb->map) {
		free_percpu(sb->alloc_hint);
		sb->alloc_hint = NULL;
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < sb->map_nr; i++)
		raw_spin_lock_init(&sb->map[i].swap_lock);
	return 0;
}

void sbitmap_free(struct sbitmap *sb)
{
	free_percpu(sb->alloc_hint);
	kvfree(sb->map);
	sb->alloc_hint = NULL;
	sb->map = NULL;
}

/* What was given back becomes free. Was there anything? */
static bool free_cleared(struct sbitmap_word *map)
{
	unsigned long flags, cleared;

	raw_spin_lock_irqsave(&map->swap_lock, flags);
	cleared = __atomic_exchange_n(&map->cleared, 0, __ATOMIC_ACQ_REL);
	__atomic_fetch_and(&map->word, ~cleared, __ATOMIC_RELEASE);
	raw_spin_unlock_irqrestore(&map->swap_lock, flags);
	return cleared;
}

void sbitmap_resize(struct sbitmap *sb, unsigned int depth)
{
	for (unsigned int i = 0; i < sb->map_nr; i++)
		free_cleared(&sb->map[i]);
	sb->depth = depth;
	sb->map_nr = (unsigned int)DIV_ROUND_UP((unsigned long)depth, 1UL << sb->shift);
}

/* ---- Taking ---------------------------------------------------------------------------------- */

/* A zero of [@from, @depth) becomes a one: which, or -1. */
static int take_zero(unsigned long *word, unsigned long depth, unsigned long from)
{
	for (;; from++) {
		from = find_next_zero_bit(word, depth, from);
		if (from >= depth)
			return -1;
		if (!test_and_set_bit_lock(from, word))
			return (int)from;
	}
}

/* Somebody else may just have freed what was given back: he had the lock then. */
static int take_in_word(struct sbitmap_word *map, unsigned long depth, unsigned long from)
{
	int nr = take_zero(&map->word, depth, from);

	while (nr < 0) {
		bool more = free_cleared(map);

		nr = take_zero(&map->word, depth, from);
		if (!more)
			break;
	}
	return nr;
}

/* From @hint on, around, to what lies before it in its word. */
static int take_from(struct sbitmap *sb, unsigned long most, unsigned int hint)
{
	unsigned int index = SB_NR_TO_INDEX(sb, hint);
	unsigned long from = SB_NR_TO_BIT(sb, hint);

	for (unsigned int i = 0; i <= sb->map_nr; i++) {
		unsigned long depth = min((unsigned long)__map_depth(sb, (int)index), most);
		int nr = take_in_word(&sb->map[index], depth, from);

		if (nr >= 0)
			return (int)(index << sb->shift) + nr;
		from = 0;
		if (++index >= sb->map_nr)
			index = 0;
	}
	return -1;
}

int sbitmap_get_shallow(struct sbitmap *sb, unsigned long shallow_depth)
{
	unsigned int hint = 0;
	int nr;

	if (!sb->depth)
		return -1;
	if (sb->alloc_hint) {
		hint = this_cpu_read(*sb->alloc_hint);
		if (hint >= sb->depth)
			hint = prandom_u32_max(sb->depth);
	}
	nr = take_from(sb, shallow_depth, hint);
	if (!sb->alloc_hint)
		return nr;
	if (nr < 0)
		this_cpu_write(*sb->alloc_hint, 0);
	else if ((unsigned int)nr == hint || sb->round_robin)
		this_cpu_write(*sb->alloc_hint,
			       (unsigned int)nr + 1 < sb->depth ? (unsigned int)nr + 1 : 0);
	return nr;
}

int sbitmap_get(struct sbitmap *sb)
{
	return sbitmap_get_shallow(sb, ULONG_MAX);
}

/* ---- Looking ------------------------------------------------------------------------------------ */

static unsigned long taken_in(const struct sbitmap_word *map)
{
	return READ_ONCE(map->word) & ~READ_ONCE(map->cleared);
}

bool sbitmap_any_bit_set(const struct sbitmap *sb)
{
	for (unsigned int i = 0; i < sb->map_nr; i++)
		if (taken_in(&sb->map[i]))
			return true;
	return false;
}

/* How many bits of the words are set, or of what was given back. */
static unsigned int sum_of(const struct sbitmap *sb, bool cleared)
{
	unsigned int weight = 0;

	for (unsigned int i = 0; i < sb->map_nr; i++) {
		unsigned long word = READ_ONCE(sb->map[i].word);

		if (cleared)
			word = READ_ONCE(sb->map[i].cleared);
		weight += bitmap_weight(&word, __map_depth(sb, (int)i));
	}
	return weight;
}

unsigned int sbitmap_weight(const struct sbitmap *sb)
{
	return sum_of(sb, false) - sum_of(sb, true);
}

/* Numbers [@first, @end) of a word; false: @fn wants no more. */
static bool each_in(struct sbitmap *sb, unsigned int index, unsigned int first, unsigned int end,
		    sb_for_each_fn fn, void *data)
{
	unsigned long taken = taken_in(&sb->map[index]), bit = first;

	for_each_set_bit_from (bit, &taken, end)
		if (!fn(sb, (index << sb->shift) + (unsigned int)bit, data))
			return false;
	return true;
}

void __sbitmap_for_each_set(struct sbitmap *sb, unsigned int start, sb_for_each_fn fn, void *data)
{
	unsigned int index, first;

	if (!sb->map_nr)
		return;
	if (start >= sb->depth)
		start = 0;
	index = SB_NR_TO_INDEX(sb, start);
	first = SB_NR_TO_BIT(sb, start);
	if (!each_in(sb, index, first, __map_depth(sb, (int)index), fn, data))
		return;
	for (unsigned int i = 1; i < sb->map_nr; i++) {
		unsigned int at = (index + i) % sb->map_nr;

		if (!each_in(sb, at, 0, __map_depth(sb, (int)at), fn, data))
			return;
	}
	each_in(sb, index, 0, first, fn, data);
}

/* ---- Text ----------------------------------------------------------------------------------------- */

void sbitmap_show(struct sbitmap *sb, struct seq_file *m)
{
	seq_printf(m, "depth=%u\n", sb->depth);
	seq_printf(m, "busy=%u\n", sbitmap_weight(sb));
	seq_printf(m, "cleared=%u\n", sum_of(sb, true));
	seq_printf(m, "bits_per_word=%u\n", 1U << sb->shift);
	seq_printf(m, "map_nr=%u\n", sb->map_nr);
}

static bool is_taken(const struct sbitmap *sb, unsigned int nr)
{
	return nr < sb->depth &&
	       taken_in(&sb->map[SB_NR_TO_INDEX(sb, nr)]) >> SB_NR_TO_BIT(sb, nr) & 1;
}

/* Sixteen bytes in a row, two side by side. */
void sbitmap_bitmap_show(struct sbitmap *sb, struct seq_file *m)
{
	unsigned int bytes = DIV_ROUND_UP(sb->depth, 8);

	for (unsigned int i = 0; i < bytes; i++) {
		unsigned int byte = 0;

		for (unsigned int bit = 0; bit < 8; bit++)
			byte |= (unsigned int)is_taken(sb, i * 8 + bit) << bit;
		if (i % 16 == 0) {
			if (i)
				seq_putc(m, '\n');
			seq_printf(m, "%08x:", i);
		}
		if (i % 2 == 0)
			seq_putc(m, ' ');
		seq_printf(m, "%02x", byte);
	}
	if (bytes)
		seq_putc(m, '\n');
}
