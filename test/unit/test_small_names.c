/* SPDX-License-Identifier: MIT */
/* Helpers of a line: what each gives. */
#include "slab_machine.h"

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/once.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <asm/byteorder.h>

_Static_assert(__const_hweight32(0xf0f0f0f0) == 16, "");
_Static_assert(__const_hweight64(~0ULL) == 64, "");
_Static_assert(HWEIGHT8(0x81) == 2 && HWEIGHT16(0x8101) == 3 && HWEIGHT(1ULL << 63 | 1) == 2, "");

static void bits_in_the_order_of_bytes(void **state)
{
	unsigned long words[2] = {0, 0};
	u8 *bytes = (u8 *)words;

	(void)state;
	__set_bit_le(10, words);
	assert_int_equal(bytes[1], 4);
	set_bit_le(71, words);
	assert_int_equal(bytes[8], 0x80);
	assert_true(test_bit_le(71, words));
	assert_true(test_and_clear_bit_le(71, words));
	assert_false(__test_and_set_bit_le(70, words));
	clear_bit_le(70, words);
	assert_int_equal(words[1], 0);
	assert_true(aligned_byte_mask(3) == 0xffffff);
	/* A byte is negative by its bit 7. */
	words[0] = 0x807f80;
	assert_true(clear_bit_unlock_is_negative_byte(16, words));
	assert_false(clear_bit_unlock_is_negative_byte(8, words));
	assert_true(clear_bit_unlock_is_negative_byte(7, words));
	assert_true(words[0] == 0x807e00);
}

static void pointers_keep_bits(void **state)
{
	static long thing;
	long *p = &thing;

	(void)state;
	__ptr_set_bit(0, &p);
	assert_true(__ptr_test_bit(0, &p));
	assert_true((unsigned long)p == (unsigned long)&thing + 1);
	__ptr_clear_bit(0, &p);
	assert_ptr_equal(p, &thing);
}

static void arrays_change_their_order(void **state)
{
	u32 words[2] = {1, 0x01020304}, back[2];
	__be32 big[2];

	(void)state;
	cpu_to_be32_array(big, words, 2);
	assert_memory_equal(big, "\0\0\0\1\1\2\3\4", 8);
	be32_to_cpu_array(back, big, 2);
	assert_memory_equal(back, words, 8);
	cpu_to_le32_array(words, 2);
	assert_memory_equal(words, "\1\0\0\0\4\3\2\1", 8);
	le32_to_cpu_array(words, 2);
	assert_int_equal(__cpu_to_be16(0x102), 0x201);
	assert_int_equal(__le32_to_cpu(words[0]), 1);
}

static void lines_are_known_by_their_level(void **state)
{
	(void)state;
	assert_int_equal(printk_get_level(KERN_ERR "text"), '3');
	assert_int_equal(printk_get_level(KERN_CONT "text"), 'c');
	assert_int_equal(printk_get_level("text"), 0);
	assert_string_equal(printk_skip_level(KERN_INFO "text"), "text");
	assert_string_equal(printk_skip_headers(KERN_INFO KERN_CONT "text"), "text");
	assert_int_equal(trace_printk("%d\n", 1) + trace_puts("x") + tracing_is_on(), 0);
	assert_int_equal(__roundup_pow_of_two(5), 8);
	assert_int_equal(__rounddown_pow_of_two(5), 4);
	assert_int_equal(__ilog2_u64(1ULL << 40), 40);
}

static void warnings_say_whether(void **state)
{
	int limited = 0;

	(void)state;
	host_log_clear();
	assert_true(WARN_TAINT(true, TAINT_WARN, "first %d\n", 1));
	assert_false(CHECK_DATA_CORRUPTION(false, "never\n"));
	assert_true(CHECK_DATA_CORRUPTION(true, "second\n"));
	for (int i = 0; i < 30; i++)
		limited += WARN_RATELIMIT(i % 2, "third\n");
	assert_int_equal(limited, 15);
	assert_true(host_log_contains("first 1"));
	assert_true(host_log_contains("second"));
	assert_false(host_log_contains("never"));
	assert_int_equal(host_log_count("third"), DEFAULT_RATELIMIT_BURST);
}

static void counters_wrap(void **state)
{
	(void)state;
	assert_true(ULONG_CMP_GE(2UL, -3UL));
	assert_true(ULONG_CMP_LT(-3UL, 2UL));
	assert_true(ULONG_CMP_GE(5UL, 5UL));
	assert_false(USHORT_CMP_LT((unsigned short)2, (unsigned short)-3));
}

static struct {
	int off;
	int target;
} pair;

static void offsets_are_from_where_they_lie(void **state)
{
	(void)state;
	pair.off = (int)((char *)&pair.target - (char *)&pair.off);
	assert_ptr_equal(offset_to_ptr(&pair.off), &pair.target);
	assert_ptr_equal(absolute_pointer(0x1000), (void *)0x1000);
}

static void note_call(void *info)
{
	*(int *)info += 1;
}

static void calls_may_be_kept(void **state)
{
	call_single_data_t csd;
	int calls = 0;

	(void)state;
	INIT_CSD(&csd, note_call, &calls);
	assert_int_equal(smp_call_function_single_async(0, &csd), 0);
	assert_int_equal(calls, 1);
	assert_int_equal(smp_call_function_single_async(5, &csd), -ENXIO);
	kick_all_cpus_sync();
	assert_int_equal(get_boot_cpu_id(), __smp_processor_id());
}

static int thing_show(struct seq_file *m, void *v)
{
	(void)v;
	seq_puts(m, "thing");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(thing);

static int value_get(void *data, u64 *val)
{
	*val = *(u64 *)data;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(value, value_get, NULL, "%llu\n");

static void nothing_is_shown_to_who_debugs(void **state)
{
	struct dentry *dir = debugfs_create_dir("dir", NULL), *file;
	u64 number = 0;

	(void)state;
	assert_int_equal(PTR_ERR(dir), -ENODEV);
	file = debugfs_create_file("file", 0444, dir, &number, &thing_fops);
	assert_int_equal(PTR_ERR(file), -ENODEV);
	file = debugfs_create_file_unsafe("file", 0644, dir, &number, &value);
	assert_int_equal(PTR_ERR(file), -ENODEV);
	debugfs_create_u64("number", 0644, dir, &number);
	debugfs_create_xul("hex", 0644, dir, (unsigned long *)&number);
	assert_false(debugfs_initialized());
	assert_int_equal(thing_fops.open(NULL, NULL), -ENODEV);
	assert_int_equal(value.open(NULL, NULL), -ENODEV);
	debugfs_remove_recursive(dir);
	assert_int_equal(number, 0);
}

static void random_bytes_come_once(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		u64 bytes = 0;

		assert_int_equal(get_random_once(&bytes, sizeof(bytes)), i == 0);
		assert_int_equal(bytes != 0, i == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_in_the_order_of_bytes),
		cmocka_unit_test(pointers_keep_bits),
		cmocka_unit_test(arrays_change_their_order),
		cmocka_unit_test(lines_are_known_by_their_level),
		slab_test(warnings_say_whether),
		cmocka_unit_test(counters_wrap),
		cmocka_unit_test(offsets_are_from_where_they_lie),
		slab_test(calls_may_be_kept),
		cmocka_unit_test(nothing_is_shown_to_who_debugs),
		slab_test(random_bytes_come_once),
	};

	return cmocka_run_group_tests_name("small_names", tests, NULL, NULL);
}
