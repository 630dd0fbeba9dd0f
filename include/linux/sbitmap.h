/* SPDX-License-Identifier: MIT */
/*
 * Sets of numbers that many CPUs take and give back at once: a map whose words lie in cache lines of
 * their own, and of which each CPU remembers where it found a free number.
 *
 *   word       1 1 0 1     taken, or given back since
 *   cleared    0 1 0 0     given back: free once the word has no zero left
 *
 * Owns:       the words and the hints, from sbitmap_init_node() to sbitmap_free().
 * Invariants: a number is taken where it is in word and not in cleared; cleared is within word.
 * Locking:    none for taking, giving back and asking; a word's swap_lock, taken here, where its
 *             cleared bits become free. Resizing is the owner's alone.
 * Units:      numbers, from 0 to depth - 1; 2^shift of them in a word.
 * Failure:    -1 where nothing is free; -EINVAL, -ENOMEM from sbitmap_init_node().
 * Source:     Linux 6.1's sbitmap.h. struct sbitmap_queue, for the tags of block devices, is not here.
 */
#ifndef __LINUX_SCALE_BITMAP_H
#define __LINUX_SCALE_BITMAP_H

#include <linux/bitmap.h>
#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

struct seq_file;

struct sbitmap_word {
	unsigned long word;
	unsigned long cleared ____cacheline_aligned_in_smp;
	raw_spinlock_t swap_lock; /* while cleared goes to word */
} ____cacheline_aligned_in_smp;

struct sbitmap {
	unsigned int depth;  /* numbers */
	unsigned int shift;  /* log2 of a word's */
	unsigned int map_nr; /* words */
	bool round_robin;    /* the next number after the last, and not the one given back last */
	struct sbitmap_word *map;
	unsigned int __percpu *alloc_hint; /* NULL: without */
};

/*
 * @depth numbers, all free. @shift: below 0, as many in a word as make some words of a few. Memory
 * of @node, as @flags permit. @alloc_hint: CPUs remember where they were.
 */
int sbitmap_init_node(struct sbitmap *sb, unsigned int depth, int shift, gfp_t flags, int node,
		      bool round_robin, bool alloc_hint);
void sbitmap_free(struct sbitmap *sb);

/* Fewer numbers, or as many as there were at first, with no number taken past @depth. */
void sbitmap_resize(struct sbitmap *sb, unsigned int depth);

/* Takes one: what its last owner did is seen. shallow: one of the first @shallow_depth of a word. */
int sbitmap_get(struct sbitmap *sb);
int sbitmap_get_shallow(struct sbitmap *sb, unsigned long shallow_depth);

/* Is one taken? How many are? */
bool sbitmap_any_bit_set(const struct sbitmap *sb);
unsigned int sbitmap_weight(const struct sbitmap *sb);

/* depth, how many are taken, given back and not free yet, and the rest of the structure; the bytes of the words. */
void sbitmap_show(struct sbitmap *sb, struct seq_file *m);
void sbitmap_bitmap_show(struct sbitmap *sb, struct seq_file *m);

#define SB_NR_TO_INDEX(sb, bitnr) ((bitnr) >> (sb)->shift)
#define SB_NR_TO_BIT(sb, bitnr)	  ((bitnr) & ((1U << (sb)->shift) - 1U))

/* The numbers that word @index has. */
static inline unsigned int __map_depth(const struct sbitmap *sb, int index)
{
	unsigned int first = (unsigned int)index << sb->shift;

	return (unsigned int)index == sb->map_nr - 1 ? sb->depth - first : 1U << sb->shift;
}

static inline unsigned long *__sbitmap_word(struct sbitmap *sb, unsigned int bitnr)
{
	return &sb->map[SB_NR_TO_INDEX(sb, bitnr)].word;
}

/* A number of the caller's choice. */
static inline void sbitmap_set_bit(struct sbitmap *sb, unsigned int bitnr)
{
	set_bit(SB_NR_TO_BIT(sb, bitnr), __sbitmap_word(sb, bitnr));
}

static inline void sbitmap_clear_bit(struct sbitmap *sb, unsigned int bitnr)
{
	clear_bit(SB_NR_TO_BIT(sb, bitnr), __sbitmap_word(sb, bitnr));
}

/* Also of one that was given back, and is not free yet. */
static inline int sbitmap_test_bit(struct sbitmap *sb, unsigned int bitnr)
{
	return test_bit(SB_NR_TO_BIT(sb, bitnr), __sbitmap_word(sb, bitnr));
}

/* Gives a number back; the second form is remembered as a good place to look. */
static inline void sbitmap_deferred_clear_bit(struct sbitmap *sb, unsigned int bitnr)
{
	set_bit(SB_NR_TO_BIT(sb, bitnr), &sb->map[SB_NR_TO_INDEX(sb, bitnr)].cleared);
}

static inline void sbitmap_put(struct sbitmap *sb, unsigned int bitnr)
{
	sbitmap_deferred_clear_bit(sb, bitnr);
	if (sb->alloc_hint && !sb->round_robin && bitnr < sb->depth)
		*raw_cpu_ptr(sb->alloc_hint) = bitnr;
}

/* What a @shift below 0 means: up to 64 numbers in a word, and four words at least, of four numbers. */
static inline int sbitmap_calculate_shift(unsigned int depth)
{
	int shift = ilog2(BITS_PER_LONG);

	while (depth >= 4 && 4U << shift > depth)
		shift--;
	return shift;
}

/* Calls @fn for each taken number, from @start on and around, until it returns false. */
typedef bool (*sb_for_each_fn)(struct sbitmap *sb, unsigned int bitnr, void *data);
void __sbitmap_for_each_set(struct sbitmap *sb, unsigned int start, sb_for_each_fn fn, void *data);

static inline void sbitmap_for_each_set(struct sbitmap *sb, sb_for_each_fn fn, void *data)
{
	__sbitmap_for_each_set(sb, 0, fn, data);
}

#endif /* __LINUX_SCALE_BITMAP_H */
