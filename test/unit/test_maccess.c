/* SPDX-License-Identifier: MIT */
/* Accesses that may fail: linux/uaccess.h, at the edges of what is mapped and of addresses. */
#include "vmalloc_machine.h"

#include <linux/errno.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <baremm/arch.h>

#define NOT_CANONICAL ((void *)(1UL << 63))
#define LAST_BYTE     ((void *)~0UL)

/*
 *   | page, mapped | nothing is
 *                  end
 */
static struct {
	char *page, *end;
} area;

static int make_area(void **state)
{
	int err = make_vmalloc_machine(state);

	area.page = vmalloc(PAGE_SIZE);
	assert_non_null(area.page);
	area.end = area.page + PAGE_SIZE;
	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		area.page[i] = (char)('a' + i % 26);
	return err;
}

static int end_area(void **state)
{
	vfree(area.page);
	return end_vmalloc_machine(state);
}

static void reads_are_as_long_as_what_is_mapped(void **state)
{
	char bytes[32];

	(void)state;
	for (long size = 0; size <= 24; size++) {
		memset(bytes, 0, sizeof(bytes));
		assert_int_equal(copy_from_kernel_nofault(bytes, area.end - size, (size_t)size), 0);
		assert_memory_equal(bytes, area.end - size, (size_t)size);
		assert_int_equal(bytes[size], 0);
		assert_int_equal(copy_from_kernel_nofault(bytes, area.end - size, (size_t)size + 1),
				 -EFAULT);
	}
}

static void writes_are_as_long_as_what_is_mapped(void **state)
{
	static const char bytes[32] = "0123456789abcdef0123456789abcde";

	(void)state;
	for (long size = 0; size <= 24; size++) {
		assert_int_equal(copy_to_kernel_nofault(area.end - size, bytes, (size_t)size), 0);
		assert_memory_equal(bytes, area.end - size, (size_t)size);
		assert_int_equal(copy_to_kernel_nofault(area.end - size, bytes, (size_t)size + 1),
				 -EFAULT);
	}
}

static void a_page_that_may_be_read_is_not_written(void **state)
{
	char byte = 'Z', found;

	(void)state;
	assert_int_equal(arch_protect((unsigned long)area.page, PAGE_SIZE, ARCH_MAP_READ), 0);
	assert_int_equal(copy_to_kernel_nofault(area.page, &byte, 1), -EFAULT);
	assert_int_equal(get_kernel_nofault(found, area.page), 0);
	assert_int_equal(found, 'a');
}

static void addresses_that_no_memory_has_are_refused(void **state)
{
	u64 word = 1, *null = NULL;

	(void)state;
	assert_false(copy_from_kernel_nofault_allowed(NULL, 8));
	assert_false(copy_from_kernel_nofault_allowed((void *)(PAGE_SIZE - 1), 8));
	assert_false(copy_from_kernel_nofault_allowed(NOT_CANONICAL, 8));
	assert_true(copy_from_kernel_nofault_allowed(&word, sizeof(word)));
	assert_true(copy_from_kernel_nofault_allowed(area.end, 1));
	assert_int_equal(get_kernel_nofault(word, null), -ERANGE);
	assert_int_equal(copy_from_kernel_nofault(&word, NOT_CANONICAL, 8), -ERANGE);
	assert_int_equal(copy_from_kernel_nofault(&word, NULL, 0), -ERANGE);
	assert_int_equal(word, 1);
	assert_int_equal(copy_from_kernel_nofault(&word, LAST_BYTE, 8), -EFAULT);
	assert_int_equal(copy_from_kernel_nofault(&word, (void *)PAGE_SIZE, 8), -EFAULT);
	assert_int_equal(copy_to_kernel_nofault(NULL, &word, 8), -EFAULT);
	assert_int_equal(copy_to_kernel_nofault(NOT_CANONICAL, &word, 8), -EFAULT);
	assert_int_equal(copy_to_kernel_nofault(LAST_BYTE, &word, 8), -EFAULT);
	assert_int_equal(copy_to_kernel_nofault(NULL, &word, 0), 0);
}

static void a_size_past_all_memory_fails(void **state)
{
	(void)state;
	assert_int_equal(copy_from_kernel_nofault(area.page, area.end, ~0UL), -EFAULT);
	assert_int_equal(copy_to_kernel_nofault(area.end, area.page, ~0UL), -EFAULT);
}

static void strings_end_where_they_end_or_have_to(void **state)
{
	char text[200];

	(void)state;
	for (long len = 0; len < 150; len++) {
		char *string = area.page + 64 - len % 7;

		string[len] = '\0';
		memset(text, 'Z', sizeof(text));
		assert_int_equal(strncpy_from_kernel_nofault(text, string, sizeof(text)), len + 1);
		assert_memory_equal(text, string, (size_t)len + 1);
		assert_int_equal(text[len + 1], 'Z');
		assert_int_equal(strncpy_from_kernel_nofault(text, string, len + 1), len + 1);
		assert_string_equal(text, string);
		assert_int_equal(strncpy_from_kernel_nofault(text, string, len), len);
		assert_int_equal(strlen(text), len ? len - 1 : len);
		string[len] = 'x';
	}
}

static void strings_that_do_not_end_are_cut_where_memory_does(void **state)
{
	char text[200] = "old";

	(void)state;
	for (long len = 0; len < 150; len++) {
		assert_int_equal(strncpy_from_kernel_nofault(text, area.end - len, sizeof(text)),
				 -EFAULT);
		assert_int_equal(strlen(text), len);
		assert_memory_equal(text, area.end - len, (size_t)len);
	}
	assert_int_equal(strncpy_from_kernel_nofault(text, area.end - 4, 4), 4);
	assert_int_equal(strlen(text), 3);
}

static void strings_of_nowhere_leave_the_buffer(void **state)
{
	char text[] = "old";

	(void)state;
	assert_int_equal(strncpy_from_kernel_nofault(text, NULL, sizeof(text)), -ERANGE);
	assert_int_equal(strncpy_from_kernel_nofault(text, NOT_CANONICAL, sizeof(text)), -ERANGE);
	assert_int_equal(strncpy_from_kernel_nofault(text, area.end, 0), 0);
	assert_int_equal(strncpy_from_kernel_nofault(text, area.end, -1), 0);
	assert_string_equal(text, "old");
}

#define area_test(f) cmocka_unit_test_setup_teardown(f, make_area, end_area)

int main(void)
{
	const struct CMUnitTest tests[] = {
		area_test(reads_are_as_long_as_what_is_mapped),
		area_test(writes_are_as_long_as_what_is_mapped),
		area_test(a_page_that_may_be_read_is_not_written),
		area_test(addresses_that_no_memory_has_are_refused),
		area_test(a_size_past_all_memory_fails),
		area_test(strings_end_where_they_end_or_have_to),
		area_test(strings_that_do_not_end_are_cut_where_memory_does),
		area_test(strings_of_nowhere_leave_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
