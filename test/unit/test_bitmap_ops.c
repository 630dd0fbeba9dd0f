/* SPDX-License-Identifier: MIT */
/* Whole maps of bits beside arrays of bool; sets of CPUs and of nodes; sets as text. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/nodemask.h>

#define NBITS 200

int mm_snprintf(char *buf, size_t size, const char *fmt, ...);

struct set {
	DECLARE_BITMAP(map, NBITS);
	bool model[NBITS];
};

static unsigned int random_below(unsigned int n)
{
	return (unsigned int)(arch_random() % n);
}

/* About one bit in @sparse; past @nbits the map has what it likes. */
static void make_random(struct set *set, unsigned int nbits, unsigned int sparse)
{
	bitmap_fill(set->map, NBITS);
	for (unsigned int i = 0; i < NBITS; i++) {
		set->model[i] = random_below(sparse) == 0;
		__assign_bit(i, set->map, i < nbits ? set->model[i] : random_below(2));
	}
}

static void check(const unsigned long *map, const bool *model, unsigned int nbits)
{
	for (unsigned int i = 0; i < nbits; i++)
		assert_int_equal(test_bit(i, map), model[i]);
}

/* ---- Word by word ------------------------------------------------------------------------ */

static void operations_agree_with_plain_arrays(void **state)
{
	struct set a, b, c;
	DECLARE_BITMAP(dst, NBITS);
	bool want[6][NBITS];

	(void)state;
	host_test_seed("operations_agree_with_plain_arrays");
	for (int round = 0; round < 5000; round++) {
		unsigned int n = 1 + random_below(NBITS), both = 0, only_a = 0, either = 0;

		make_random(&a, n, 2);
		make_random(&b, n, 2);
		make_random(&c, n, 2);
		for (unsigned int i = 0; i < n; i++) {
			both += want[0][i] = a.model[i] && b.model[i];
			only_a += want[1][i] = a.model[i] && !b.model[i];
			either += want[2][i] = a.model[i] || b.model[i];
			want[3][i] = a.model[i] != b.model[i];
			want[4][i] = !a.model[i];
			want[5][i] = c.model[i] ? b.model[i] : a.model[i];
		}
		assert_int_equal(bitmap_and(dst, a.map, b.map, n), both != 0);
		check(dst, want[0], n);
		assert_int_equal(bitmap_weight_and(a.map, b.map, n), both);
		assert_int_equal(bitmap_intersects(a.map, b.map, n), both != 0);
		assert_int_equal(bitmap_andnot(dst, a.map, b.map, n), only_a != 0);
		check(dst, want[1], n);
		assert_int_equal(bitmap_subset(a.map, b.map, n), only_a == 0);
		bitmap_or(dst, a.map, b.map, n);
		check(dst, want[2], n);
		assert_int_equal(bitmap_weight(dst, n), either);
		assert_true(bitmap_or_equal(a.map, b.map, dst, n));
		__change_bit(n - 1, dst);
		assert_false(bitmap_or_equal(a.map, b.map, dst, n));
		bitmap_xor(dst, a.map, b.map, n);
		check(dst, want[3], n);
		bitmap_complement(dst, a.map, n);
		check(dst, want[4], n);
		bitmap_replace(dst, a.map, b.map, c.map, n);
		check(dst, want[5], n);
		bitmap_copy_clear_tail(dst, a.map, n);
		assert_true(bitmap_equal(dst, a.map, n));
		assert_int_equal(bitmap_weight(dst, BITS_TO_LONGS(n) * 64),
				 bitmap_weight(a.map, n));
	}
}

static void shifts_and_cuts_agree_with_plain_arrays(void **state)
{
	bool want[NBITS];
	struct set a;

	(void)state;
	host_test_seed("shifts_and_cuts_agree_with_plain_arrays");
	for (int round = 0; round < 5000; round++) {
		unsigned int n = 1 + random_below(NBITS), by = random_below(n + 70);
		unsigned int first = random_below(n), cut = random_below(n - first) + 1;
		unsigned long *dst, other[BITS_TO_LONGS(NBITS)];

		dst = round % 2 ? a.map : other;
		make_random(&a, n, 2);
		for (unsigned int i = 0; i < n; i++)
			want[i] = i + by < n && a.model[i + by];
		bitmap_shift_right(dst, a.map, by, n);
		check(dst, want, n);
		make_random(&a, n, 2);
		for (unsigned int i = 0; i < n; i++)
			want[i] = i >= by && a.model[i - by];
		bitmap_shift_left(dst, a.map, by, n);
		check(dst, want, n);
		make_random(&a, n, 2);
		for (unsigned int i = 0; i < n; i++) {
			unsigned long end = BITS_TO_LONGS(n) * BITS_PER_LONG;

			want[i] =
				i < first ? a.model[i] : i + cut < end && test_bit(i + cut, a.map);
		}
		bitmap_cut(dst, a.map, first, cut, n);
		check(dst, want, n);
	}
}

static void searches_in_two_maps_agree_with_plain_arrays(void **state)
{
	struct set a, b;

	(void)state;
	host_test_seed("searches_in_two_maps_agree_with_plain_arrays");
	for (int round = 0; round < 5000; round++) {
		unsigned int n = random_below(NBITS) + 1, from = random_below(n),
			     nth = random_below(40);
		unsigned int and_bit = n, only = n, wrap = n, found[3] = {n, n, n}, seen[3] = {0};

		make_random(&a, n, 8);
		make_random(&b, n, 2);
		for (unsigned int i = 0; i < n; i++) {
			bool hit[3] = {a.model[i], a.model[i] && b.model[i],
				       a.model[i] && !b.model[i]};

			for (int k = 0; k < 3; k++)
				if (hit[k] && seen[k]++ == nth)
					found[k] = i;
			if (i >= from && hit[1] && and_bit == n)
				and_bit = i;
			if (i >= from && hit[2] && only == n)
				only = i;
		}
		for (unsigned int i = 0; i < n && wrap == n; i++)
			if (a.model[(from + i) % n])
				wrap = (from + i) % n;
		assert_int_equal(find_next_and_bit(a.map, b.map, n, from), and_bit);
		assert_int_equal(find_next_andnot_bit(a.map, b.map, n, from), only);
		assert_int_equal(find_next_bit_wrap(a.map, n, from), wrap);
		assert_int_equal(find_nth_bit(a.map, n, nth), found[0]);
		assert_int_equal(find_nth_and_bit(a.map, b.map, n, nth), found[1]);
		assert_int_equal(find_nth_andnot_bit(a.map, b.map, n, nth), found[2]);
	}
}

static void walks_visit_each_bit_and_run_once(void **state)
{
	unsigned long bit, start, end, clump, map[3] = {0};
	char text[100] = "";

	(void)state;
	bitmap_set(map, 3, 2);
	bitmap_set(map, 62, 4);
	for_each_set_bit_wrap (bit, map, 130, 63)
		mm_snprintf(text + strlen(text), 8, "%lu ", bit);
	assert_string_equal(text, "63 64 65 3 4 62 ");
	text[0] = '\0';
	for_each_set_bitrange (start, end, map, 130)
		mm_snprintf(text + strlen(text), 16, "%lu-%lu ", start, end);
	for_each_clear_bitrange (start, end, map, 130)
		mm_snprintf(text + strlen(text), 16, "!%lu-%lu ", start, end);
	assert_string_equal(text, "3-5 62-66 !0-3 !5-62 !66-130 ");
	text[0] = '\0';
	for_each_set_clump8 (bit, clump, map, 130)
		mm_snprintf(text + strlen(text), 16, "%lu:%lx ", bit, clump);
	assert_string_equal(text, "0:18 56:c0 64:3 ");
	bit = 0;
	for_each_clear_bit_from (bit, map, 5)
		if (bit >= 2)
			break;
	assert_int_equal(bit, 2);
	bitmap_set_value8(map, 0xa5, 8);
	assert_int_equal(bitmap_get_value8(map, 8), 0xa5);
}

static void regions_are_aligned_and_taken_whole(void **state)
{
	unsigned long map[2] = {0};

	(void)state;
	assert_int_equal(bitmap_allocate_region(map, 8, 2), 0);
	assert_int_equal(bitmap_allocate_region(map, 8, 3), -EBUSY);
	assert_int_equal(bitmap_find_free_region(map, 128, 3), 0);
	assert_int_equal(bitmap_find_free_region(map, 128, 3), 16);
	assert_int_equal(bitmap_find_free_region(map, 128, 6), 64);
	assert_int_equal(bitmap_find_free_region(map, 128, 6), -ENOMEM);
	bitmap_release_region(map, 64, 6);
	assert_int_equal(bitmap_weight(map, 128), 20);
}

static void sets_are_carried_onto_others(void **state)
{
	unsigned long old[1] = {0xf0}, new[1] = {0xf000}, src[1] = {0x31}, dst[1];

	(void)state;
	bitmap_remap(dst, src, old, new, 64);
	assert_int_equal(dst[0], 0x3001);
	assert_int_equal(bitmap_bitremap(5, old, new, 64), 13);
	assert_int_equal(bitmap_bitremap(3, old, new, 64), 3);
	src[0] = 0x5;
	bitmap_onto(dst, src, old, 64);
	assert_int_equal(dst[0], 0x50);
	bitmap_fold(dst, old, 3, 64);
	assert_int_equal(dst[0], 0x7);
}

static void words_of_32_bits_are_taken_and_given(void **state)
{
	u32 words[3] = {0x11111111, 0x22222222, 0xffffffff}, back[3];
	unsigned long map[2];

	(void)state;
	bitmap_from_arr32(map, words, 70);
	assert_true(map[0] == 0x2222222211111111UL && map[1] == 0x3f);
	bitmap_to_arr32(back, map, 70);
	assert_true(back[0] == words[0] && back[1] == words[1] && back[2] == 0x3f);
}

/* ---- Text ---------------------------------------------------------------------------------- */

static void lists_are_read_as_linux_reads_them(void **state)
{
	static const struct {
		const char *text;
		int err;
		const char *set;
	} cases[] = {
		{"0-3,8", 0, "0-3,8"},
		{"", 0, ""},
		{" 1 , 2\n", 0, "1-2"},
		{"3,\n4", 0, "3"},
		{"\n4", 0, ""},
		{"0-15:2/4", 0, "0-1,4-5,8-9,12-13"},
		{"all", 0, "0-63"},
		{"ALL:1/16", 0, "0,16,32,48"},
		{"N", 0, "63"},
		{"60-N", 0, "60-63"},
		{"1,1,1", 0, "1"},
		{"64", -ERANGE, NULL},
		{"5-3", -EINVAL, NULL},
		{"x", -EINVAL, NULL},
		{"1-", -EINVAL, NULL},
		{"0-5:3/2", -EINVAL, NULL},
		{"0-5:1/0", -EINVAL, NULL},
		{"0-5:", -EINVAL, NULL},
		{"4294967296", -EOVERFLOW, NULL},
		{"1a", -EINVAL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned long map[1];
		char text[100];

		assert_int_equal(bitmap_parselist(cases[i].text, map, 64), cases[i].err);
		if (cases[i].err)
			continue;
		mm_snprintf(text, sizeof(text), "%*pbl", 64, map);
		assert_string_equal(text, cases[i].set);
	}
}

static void hexadecimal_words_are_read_from_the_last(void **state)
{
	static const struct {
		const char *text;
		int err;
		unsigned long low, high;
	} cases[] = {
		{"ff", 0, 0xff, 0},
		{"1,00000002", 0, 0x100000002, 0},
		{"3,1,2,\n", 0, 0x100000002, 3},
		{"", 0, 0, 0},
		{"0,0,ff", 0, 0xff, 0},
		{"40,0,0", -EOVERFLOW, 0, 0},
		{"123456789", -EOVERFLOW, 0, 0},
		{"1,0,0,0", -EOVERFLOW, 0, 0},
		{"g", -EINVAL, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned long map[2] = {~0UL, ~0UL};

		assert_int_equal(bitmap_parse(cases[i].text, ~0U, map, 70), cases[i].err);
		if (cases[i].err)
			continue;
		assert_true(map[0] == cases[i].low && map[1] == cases[i].high);
	}
}

static void random_sets_survive_being_text(void **state)
{
	static char page[4096] __attribute__((__aligned__(4096)));
	struct set a;
	DECLARE_BITMAP(back, NBITS);

	(void)state;
	host_test_seed("random_sets_survive_being_text");
	for (int round = 0; round < 2000; round++) {
		unsigned int n = 1 + random_below(NBITS);
		int len;

		make_random(&a, n, 1 + random_below(4));
		len = bitmap_print_to_pagebuf(true, page, a.map, (int)n);
		assert_int_equal(len, strlen(page));
		assert_int_equal(bitmap_parselist(page, back, (int)n), 0);
		assert_true(bitmap_equal(a.map, back, n));
		bitmap_print_to_pagebuf(false, page, a.map, (int)n);
		assert_int_equal(bitmap_parse(page, sizeof(page), back, (int)n), 0);
		assert_true(bitmap_equal(a.map, back, n));
	}
}

/* ---- CPUs and nodes -------------------------------------------------------------------------- */

static int eight_cpus(void **state)
{
	(void)state;
	nr_cpu_ids = 8;
	return 0;
}

static int one_cpu(void **state)
{
	(void)state;
	nr_cpu_ids = 1;
	cpu_masks_reset();
	host_set_cpu(0);
	return 0;
}

static void cpus_past_the_last_are_in_no_set(void **state)
{
	cpumask_var_t mask;

	(void)state;
	assert_int_equal(num_possible_cpus(), 8);
	assert_true(cpu_possible(7) && !cpu_possible(8) && cpu_online(0) && cpu_is_offline(1));
	assert_true(zalloc_cpumask_var(&mask, GFP_KERNEL));
	assert_true(cpumask_empty(mask));
	cpumask_setall(mask);
	assert_true(cpumask_full(mask));
	assert_int_equal(cpumask_weight(mask), 8);
	assert_int_equal(cpumask_next(7, mask), nr_cpu_ids);
	assert_int_equal(cpumask_last(mask), 7);
	assert_true(cpumask_equal(mask, cpu_all_mask));
	assert_true(cpumask_empty(cpu_none_mask));
	assert_int_equal(cpumask_first(cpumask_of(5)), 5);
	free_cpumask_var(mask);
}

static void cpus_that_start_are_counted_once(void **state)
{
	(void)state;
	set_cpu_online(3, true);
	set_cpu_online(3, true);
	assert_int_equal(num_online_cpus(), 2);
	assert_int_equal(cpumask_weight(cpu_online_mask), 2);
	assert_int_equal(cpumask_any_but(cpu_online_mask, 0), 3);
	assert_int_equal(cpumask_any_but(cpumask_of(0), 0), nr_cpu_ids);
	assert_int_equal(cpumask_local_spread(3, NUMA_NO_NODE), 3);
	set_cpu_online(3, false);
	set_cpu_online(3, false);
	assert_int_equal(num_online_cpus(), 1);
	set_cpu_active(2, true);
	assert_int_equal(num_active_cpus(), 2);
	set_cpu_present(7, false);
	set_cpu_possible(7, false);
	assert_true(num_present_cpus() == 7 && num_possible_cpus() == 7);
}

static void cpus_are_walked_from_any_start(void **state)
{
	struct cpumask mask, odd;
	unsigned int cpu, sum = 0;
	char text[50] = "";

	(void)state;
	assert_int_equal(cpulist_parse("1-3,6", &mask), 0);
	assert_int_equal(cpumask_parse("aa", &odd), 0);
	for_each_cpu_wrap (cpu, &mask, 3)
		mm_snprintf(text + strlen(text), 4, "%u", cpu);
	assert_string_equal(text, "3612");
	for_each_cpu_and (cpu, &mask, &odd)
		sum += cpu;
	for_each_cpu_andnot (cpu, &mask, &odd)
		sum += 10 * cpu;
	for_each_cpu_not (cpu, &mask)
		sum += 100 * cpu;
	assert_int_equal(sum, 4 + 80 + 100 * (0 + 4 + 5 + 7));
	assert_int_equal(cpumask_any_distribute(&mask), 1);
	assert_int_equal(cpumask_any_distribute(&mask), 2);
	assert_int_equal(cpumask_any_and_distribute(&mask, &odd), 3);
	assert_int_equal(cpumask_any_and_distribute(&mask, &odd), 1);
	assert_int_equal(cpumask_nth(3, &mask), 6);
	mm_snprintf(text, sizeof(text), "%*pbl %*pb", cpumask_pr_args(&mask),
		    cpumask_pr_args(&odd));
	assert_string_equal(text, "1-3,6 aa");
}

static void nodes_are_sets_of_a_thousand(void **state)
{
	static nodemask_t a, b, c;
	char text[60];
	int node, sum = 0;

	(void)state;
	nodes_setall(a);
	assert_true(nodes_full(a) && nodes_weight(a) == MAX_NUMNODES);
	assert_int_equal(nodelist_parse("3,700-702", a), 0);
	init_nodemask_of_node(&b, 701);
	nodes_andnot(c, a, b);
	mm_snprintf(text, sizeof(text), "%*pbl", nodemask_pr_args(&c));
	assert_string_equal(text, "3,700,702");
	assert_true(nodes_subset(c, a) && !nodes_intersects(c, b));
	for_each_node_mask (node, c)
		sum += node;
	assert_int_equal(sum, 1405);
	assert_int_equal(next_node_in(702, c), 3);
	assert_int_equal(first_unset_node(c), 0);
	assert_false(node_test_and_set(5, c));
	assert_true(node_test_and_set(5, c));
	assert_true(node_isset(node_random(&c), c));
	assert_int_equal(node_random(&NODE_MASK_NONE), NUMA_NO_NODE);
	nodes_complement(c, NODE_MASK_NONE);
	assert_true(nodes_equal(c, NODE_MASK_ALL));
	assert_true(nodes_equal(nodemask_of_node(701), b));
}

#define cpu_test(f) cmocka_unit_test_setup_teardown(f, eight_cpus, one_cpu)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operations_agree_with_plain_arrays),
		cmocka_unit_test(shifts_and_cuts_agree_with_plain_arrays),
		cmocka_unit_test(searches_in_two_maps_agree_with_plain_arrays),
		cmocka_unit_test(walks_visit_each_bit_and_run_once),
		cmocka_unit_test(regions_are_aligned_and_taken_whole),
		cmocka_unit_test(sets_are_carried_onto_others),
		cmocka_unit_test(words_of_32_bits_are_taken_and_given),
		cmocka_unit_test(lists_are_read_as_linux_reads_them),
		cmocka_unit_test(hexadecimal_words_are_read_from_the_last),
		cmocka_unit_test(random_sets_survive_being_text),
		cpu_test(cpus_past_the_last_are_in_no_set),
		cpu_test(cpus_that_start_are_counted_once),
		cpu_test(cpus_are_walked_from_any_start),
		cmocka_unit_test(nodes_are_sets_of_a_thousand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
