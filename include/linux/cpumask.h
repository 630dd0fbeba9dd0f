/* SPDX-License-Identifier: MIT */
/*
 * Sets of CPUs, and which CPUs there are.
 *
 *   possible   below nr_cpu_ids: tables have room for it
 *   present    the machine has it
 *   online     it runs; each that starts says so before it allocates anything
 *   active     work may be put on it
 *
 * Owns:       the four masks, and the number of CPUs that are online.
 * Invariants: CPU numbers are dense. What a mask has at nr_cpu_ids and above is not looked
 *             at, so all masks fit a machine of any size.
 * Lifetime:   from the start; then CPU 0 alone is online and active.
 * Locking:    masks are read by anybody. set_cpu_*() and cpumask_set_cpu() are atomic, the
 *             forms with two underscores and the operations on whole sets are not.
 * Units:      CPU numbers; nr_cpu_ids says that there is none.
 * Failure:    as linux/bitmap.h.
 * Source:     Linux 6.1's cpumask.h, without CONFIG_CPUMASK_OFFSTACK: NR_CPUS is small.
 */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/gfp_types.h>
#include <linux/smp.h>
#include <linux/types.h>

typedef struct cpumask {
	DECLARE_BITMAP(bits, NR_CPUS);
} cpumask_t;

#define cpumask_bits(maskp)    ((maskp)->bits)
#define cpumask_pr_args(maskp) (int)nr_cpu_ids, cpumask_bits(maskp)
#define nr_cpumask_bits	       nr_cpu_ids

extern struct cpumask __cpu_possible_mask;
extern struct cpumask __cpu_present_mask;
extern struct cpumask __cpu_online_mask;
extern struct cpumask __cpu_active_mask;
#define cpu_possible_mask ((const struct cpumask *)&__cpu_possible_mask)
#define cpu_present_mask  ((const struct cpumask *)&__cpu_present_mask)
#define cpu_online_mask	  ((const struct cpumask *)&__cpu_online_mask)
#define cpu_active_mask	  ((const struct cpumask *)&__cpu_active_mask)

/* Every CPU; none; one alone. */
extern const DECLARE_BITMAP(cpu_all_bits, NR_CPUS);
extern const struct cpumask cpu_none_mask_bits;
#define cpu_all_mask	   to_cpumask(cpu_all_bits)
#define cpu_none_mask	   (&cpu_none_mask_bits)
#define to_cpumask(bitmap) ((struct cpumask *)(uintptr_t)(const void *)(bitmap))

/*
 * A mask with one bit, in word w of it: a window on rows of words that are 0 but for each
 * row's first, which begins w words before the row of that bit.
 */
extern const unsigned long cpu_single_rows[BITS_PER_LONG + 1][BITS_TO_LONGS(NR_CPUS)];
static inline const struct cpumask *cpumask_of(unsigned int cpu)
{
	const unsigned long *row = cpu_single_rows[cpu % BITS_PER_LONG + 1];

	return (const struct cpumask *)(row - cpu / BITS_PER_LONG);
}
#define get_cpu_mask(cpu) cpumask_of(cpu)

/* ---- Which there are -------------------------------------------------------------------- */

extern atomic_t __num_online_cpus;

static inline unsigned int num_online_cpus(void)
{
	return (unsigned int)atomic_read(&__num_online_cpus);
}

void set_cpu_possible(unsigned int cpu, bool possible);
void set_cpu_present(unsigned int cpu, bool present);
void set_cpu_online(unsigned int cpu, bool online);
void set_cpu_active(unsigned int cpu, bool active);

/* As at the start: for hosts that bring up several machines. */
void cpu_masks_reset(void);

/* ---- One CPU ------------------------------------------------------------------------------ */

static inline unsigned int cpumask_check(unsigned int cpu)
{
	return cpu;
}

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *dstp)
{
	set_bit(cpu, cpumask_bits(dstp));
}

static inline void __cpumask_set_cpu(unsigned int cpu, struct cpumask *dstp)
{
	__set_bit(cpu, cpumask_bits(dstp));
}

static inline void cpumask_clear_cpu(int cpu, struct cpumask *dstp)
{
	clear_bit((unsigned int)cpu, cpumask_bits(dstp));
}

static inline void __cpumask_clear_cpu(int cpu, struct cpumask *dstp)
{
	__clear_bit((unsigned int)cpu, cpumask_bits(dstp));
}

static inline bool cpumask_test_cpu(int cpu, const struct cpumask *cpumask)
{
	return test_bit((unsigned int)cpu, cpumask_bits(cpumask));
}

static inline bool cpumask_test_and_set_cpu(int cpu, struct cpumask *cpumask)
{
	return test_and_set_bit((unsigned int)cpu, cpumask_bits(cpumask));
}

static inline bool cpumask_test_and_clear_cpu(int cpu, struct cpumask *cpumask)
{
	return test_and_clear_bit((unsigned int)cpu, cpumask_bits(cpumask));
}

/* ---- Whole sets ------------------------------------------------------------------------------ */

#define cpumask_setall(dst)    bitmap_fill(cpumask_bits(dst), nr_cpumask_bits)
#define cpumask_clear(dst)     bitmap_zero(cpumask_bits(dst), NR_CPUS)
#define cpumask_copy(dst, src) bitmap_copy(cpumask_bits(dst), cpumask_bits(src), nr_cpumask_bits)
#define cpumask_complement(dst, src) \
	bitmap_complement(cpumask_bits(dst), cpumask_bits(src), nr_cpumask_bits)
#define cpumask_empty(src)  bitmap_empty(cpumask_bits(src), nr_cpumask_bits)
#define cpumask_full(src)   bitmap_full(cpumask_bits(src), nr_cpumask_bits)
#define cpumask_weight(src) bitmap_weight(cpumask_bits(src), nr_cpumask_bits)
#define __cpumask_op(op, dst, a, b) \
	op(cpumask_bits(dst), cpumask_bits(a), cpumask_bits(b), nr_cpumask_bits)
#define cpumask_and(dst, a, b)	  __cpumask_op(bitmap_and, dst, a, b)
#define cpumask_or(dst, a, b)	  __cpumask_op(bitmap_or, dst, a, b)
#define cpumask_xor(dst, a, b)	  __cpumask_op(bitmap_xor, dst, a, b)
#define cpumask_andnot(dst, a, b) __cpumask_op(bitmap_andnot, dst, a, b)
#define cpumask_or_equal(a, b, c) __cpumask_op(bitmap_or_equal, a, b, c)
#define __cpumask_ask(op, a, b)	  op(cpumask_bits(a), cpumask_bits(b), nr_cpumask_bits)
#define cpumask_equal(a, b)	  __cpumask_ask(bitmap_equal, a, b)
#define cpumask_intersects(a, b)  __cpumask_ask(bitmap_intersects, a, b)
#define cpumask_subset(a, b)	  __cpumask_ask(bitmap_subset, a, b)
#define cpumask_weight_and(a, b)  ((unsigned int)__cpumask_ask(bitmap_weight_and, a, b))
#define cpumask_shift_right(dst, src, n) \
	bitmap_shift_right(cpumask_bits(dst), cpumask_bits(src), (unsigned int)(n), nr_cpumask_bits)
#define cpumask_shift_left(dst, src, n) \
	bitmap_shift_left(cpumask_bits(dst), cpumask_bits(src), (unsigned int)(n), nr_cpumask_bits)

static inline unsigned int cpumask_size(void)
{
	return (unsigned int)(BITS_TO_LONGS(nr_cpumask_bits) * sizeof(long));
}

/* ---- Searches: nr_cpu_ids where there is none ---------------------------------------------------- */

static inline unsigned int cpumask_first(const struct cpumask *srcp)
{
	return (unsigned int)find_first_bit(cpumask_bits(srcp), nr_cpumask_bits);
}

static inline unsigned int cpumask_first_zero(const struct cpumask *srcp)
{
	return (unsigned int)find_first_zero_bit(cpumask_bits(srcp), nr_cpumask_bits);
}

static inline unsigned int cpumask_first_and(const struct cpumask *srcp1,
					     const struct cpumask *srcp2)
{
	return (unsigned int)find_first_and_bit(cpumask_bits(srcp1), cpumask_bits(srcp2),
						nr_cpumask_bits);
}

static inline unsigned int cpumask_last(const struct cpumask *srcp)
{
	return (unsigned int)find_last_bit(cpumask_bits(srcp), nr_cpumask_bits);
}

/* Behind @n, which may be -1. */
static inline unsigned int cpumask_next(int n, const struct cpumask *srcp)
{
	return (unsigned int)find_next_bit(cpumask_bits(srcp), nr_cpumask_bits,
					   (unsigned int)(n + 1));
}

static inline unsigned int cpumask_next_zero(int n, const struct cpumask *srcp)
{
	return (unsigned int)find_next_zero_bit(cpumask_bits(srcp), nr_cpumask_bits,
						(unsigned int)(n + 1));
}

static inline unsigned int cpumask_next_and(int n, const struct cpumask *src1p,
					    const struct cpumask *src2p)
{
	return (unsigned int)find_next_and_bit(cpumask_bits(src1p), cpumask_bits(src2p),
					       nr_cpumask_bits, (unsigned int)(n + 1));
}

/* The step behind @n of a round from @start on; with @wrap it has passed the end once. */
static inline unsigned int cpumask_next_wrap(int n, const struct cpumask *mask, int start,
					     bool wrap)
{
	unsigned int cpu = cpumask_next(n, mask);

	if (wrap && n < start && cpu >= (unsigned int)start)
		return nr_cpumask_bits;
	if (cpu >= nr_cpumask_bits) {
		cpu = wrap ? nr_cpumask_bits : cpumask_first(mask);
		if (cpu >= (unsigned int)start)
			return nr_cpumask_bits;
	}
	return cpu;
}

static inline unsigned int cpumask_nth(unsigned int cpu, const struct cpumask *srcp)
{
	return (unsigned int)find_nth_bit(cpumask_bits(srcp), nr_cpumask_bits, cpu);
}

static inline unsigned int cpumask_nth_and(unsigned int cpu, const struct cpumask *srcp1,
					   const struct cpumask *srcp2)
{
	return (unsigned int)find_nth_and_bit(cpumask_bits(srcp1), cpumask_bits(srcp2),
					      nr_cpumask_bits, cpu);
}

static inline unsigned int cpumask_nth_andnot(unsigned int cpu, const struct cpumask *srcp1,
					      const struct cpumask *srcp2)
{
	return (unsigned int)find_nth_andnot_bit(cpumask_bits(srcp1), cpumask_bits(srcp2),
						 nr_cpumask_bits, cpu);
}

#define cpumask_any(srcp)	      cpumask_first(srcp)
#define cpumask_any_and(mask1, mask2) cpumask_first_and((mask1), (mask2))

/* Another one than @cpu. */
unsigned int cpumask_any_but(const struct cpumask *mask, unsigned int cpu);

/* One after the other, by a cursor that each CPU has. */
unsigned int cpumask_any_distribute(const struct cpumask *srcp);
unsigned int cpumask_any_and_distribute(const struct cpumask *src1p, const struct cpumask *src2p);

/* The @i-th online CPU, those of @node first; in a circle. */
unsigned int cpumask_local_spread(unsigned int i, int node);

/* ---- Walks ------------------------------------------------------------------------------------- */

#define for_each_cpu(cpu, mask)	    for_each_set_bit (cpu, cpumask_bits(mask), nr_cpumask_bits)
#define for_each_cpu_not(cpu, mask) for_each_clear_bit (cpu, cpumask_bits(mask), nr_cpumask_bits)
#define for_each_cpu_wrap(cpu, mask, start) \
	for_each_set_bit_wrap (cpu, cpumask_bits(mask), nr_cpumask_bits, start)
#define for_each_cpu_and(cpu, mask1, mask2) \
	for_each_and_bit (cpu, cpumask_bits(mask1), cpumask_bits(mask2), nr_cpumask_bits)
#define for_each_cpu_andnot(cpu, mask1, mask2) \
	for_each_andnot_bit (cpu, cpumask_bits(mask1), cpumask_bits(mask2), nr_cpumask_bits)
#define for_each_possible_cpu(cpu) for_each_cpu ((cpu), cpu_possible_mask)
#define for_each_online_cpu(cpu)   for_each_cpu ((cpu), cpu_online_mask)
#define for_each_present_cpu(cpu)  for_each_cpu ((cpu), cpu_present_mask)

#define num_possible_cpus() cpumask_weight(cpu_possible_mask)
#define num_present_cpus()  cpumask_weight(cpu_present_mask)
#define num_active_cpus()   cpumask_weight(cpu_active_mask)
#define __cpu_is(cpu, mask) ((unsigned int)(cpu) < nr_cpu_ids && cpumask_test_cpu((int)(cpu), mask))
#define cpu_possible(cpu)   __cpu_is(cpu, cpu_possible_mask)
#define cpu_present(cpu)    __cpu_is(cpu, cpu_present_mask)
#define cpu_online(cpu)	    __cpu_is(cpu, cpu_online_mask)
#define cpu_active(cpu)	    __cpu_is(cpu, cpu_active_mask)
#define cpu_is_offline(cpu) unlikely(!cpu_online(cpu))

/* ---- Masks of one's own -------------------------------------------------------------------------- */

/* A mask that Linux may put on the heap; here it is an array of one, as on its small machines. */
typedef struct cpumask cpumask_var_t[1];
#define this_cpu_cpumask_var_ptr(x) this_cpu_ptr(x)
#define __cpumask_var_read_mostly   __read_mostly

static inline bool alloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	(void)mask, (void)flags;
	return true;
}

static inline bool alloc_cpumask_var_node(cpumask_var_t *mask, gfp_t flags, int node)
{
	(void)mask, (void)flags, (void)node;
	return true;
}

static inline bool zalloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	(void)flags;
	cpumask_clear(*mask);
	return true;
}

static inline bool zalloc_cpumask_var_node(cpumask_var_t *mask, gfp_t flags, int node)
{
	(void)flags, (void)node;
	cpumask_clear(*mask);
	return true;
}

static inline void free_cpumask_var(cpumask_var_t mask)
{
	(void)mask;
}

static inline bool cpumask_available(cpumask_var_t mask)
{
	(void)mask;
	return true;
}

/* clang-format off */
#define CPU_BITS_ALL   { [0 ... BITS_TO_LONGS(NR_CPUS) - 1] = ~0UL }
#define CPU_BITS_NONE  { [0 ... BITS_TO_LONGS(NR_CPUS) - 1] = 0UL }
#define CPU_BITS_CPU0  { [0] = 1UL }
#define CPU_MASK_ALL   (cpumask_t){CPU_BITS_ALL}
#define CPU_MASK_NONE  (cpumask_t){CPU_BITS_NONE}
#define CPU_MASK_CPU0  (cpumask_t){CPU_BITS_CPU0}
/* clang-format on */

/* ---- Text: see linux/bitmap.h ----------------------------------------------------------------------- */

static inline int cpumask_parse(const char *buf, struct cpumask *dstp)
{
	return bitmap_parse(buf, ~0U, cpumask_bits(dstp), (int)nr_cpumask_bits);
}

static inline int cpulist_parse(const char *buf, struct cpumask *dstp)
{
	return bitmap_parselist(buf, cpumask_bits(dstp), (int)nr_cpumask_bits);
}

static inline ssize_t cpumap_print_to_pagebuf(bool list, char *buf, const struct cpumask *mask)
{
	return bitmap_print_to_pagebuf(list, buf, cpumask_bits(mask), (int)nr_cpu_ids);
}

/* A mask is never on the heap here: nothing to get, nothing to give back. */
#define alloc_bootmem_cpumask_var(mask) ((void)(mask))
#define free_bootmem_cpumask_var(mask)	((void)(mask))

/* No CPU ever leaves. */
#define cpu_dying(cpu) ((void)(cpu), false)

/* At most as long as the texts are, in bytes. */
#define CPUMAP_FILE_MAX_BYTES  (NR_CPUS * 9UL / 32 > PAGE_SIZE ? NR_CPUS * 9UL / 32 : PAGE_SIZE)
#define CPULIST_FILE_MAX_BYTES (NR_CPUS * 7UL / 2 > PAGE_SIZE ? NR_CPUS * 7UL / 2 : PAGE_SIZE)

/* @count bytes of the mask's text, as hex or as a list, from @off on; how many that were. */
static inline ssize_t cpumap_print_bitmask_to_buf(char *buf, const struct cpumask *mask, loff_t off,
						  size_t count)
{
	return bitmap_print_bitmask_to_buf(buf, cpumask_bits(mask), (int)nr_cpu_ids, off, count) -
	       1;
}

static inline ssize_t cpumap_print_list_to_buf(char *buf, const struct cpumask *mask, loff_t off,
					       size_t count)
{
	return bitmap_print_list_to_buf(buf, cpumask_bits(mask), (int)nr_cpu_ids, off, count) - 1;
}

/* What comes with this header on Linux. */
#include <linux/bug.h>
#include <linux/numa.h>

#endif /* _LINUX_CPUMASK_H */
