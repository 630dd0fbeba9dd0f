/* SPDX-License-Identifier: MIT */
/*
 * Stack traces and the depot that keeps each of them once.
 */
#include "zones_machine.h"

#include <linux/errno.h>
#include <linux/seq_file.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <pthread.h>

static const struct ram ram[] = {{SZ_1M, SZ_256M, 0}, {0, 0, 0}};

static int machine(void **state)
{
	(void)state;
	machine_up(ram);
	stack_depot_reset();
	assert_int_equal(stack_depot_init(), 0);
	return 0;
}

/* A trace that follows from @nr: its length, too. */
static unsigned int make_trace(unsigned long *entries, unsigned long nr)
{
	unsigned int len = 1 + nr % 20;

	for (unsigned int i = 0; i < len; i++)
		entries[i] = nr * 0x10001 + i;
	return len;
}

static depot_stack_handle_t save(unsigned long nr)
{
	unsigned long entries[STACK_DEPOT_MAX_ENTRIES];
	unsigned int len = make_trace(entries, nr);

	return stack_depot_save(entries, len, GFP_KERNEL);
}

static void assert_holds(depot_stack_handle_t handle, unsigned long nr)
{
	unsigned long want[STACK_DEPOT_MAX_ENTRIES];
	unsigned long *entries;
	unsigned int len = make_trace(want, nr);

	assert_int_equal(stack_depot_fetch(handle, &entries), len);
	assert_memory_equal(entries, want, len * sizeof(*want));
}

/* ---- Traces ------------------------------------------------------------------------ */

static noinline unsigned int inner(unsigned long *entries, unsigned int nr, unsigned int skip)
{
	unsigned int stored = stack_trace_save(entries, nr, skip);

	barrier();
	return stored;
}

static noinline unsigned int outer(unsigned long *entries, unsigned int nr, unsigned int skip)
{
	unsigned int stored = inner(entries, nr, skip);

	barrier();
	return stored;
}

static bool lies_in(unsigned long addr, const char *name)
{
	unsigned long offset, size;
	const char *found = arch_symbol(addr - 1, &offset, &size);

	return found && !strcmp(found, name);
}

static void a_trace_names_the_callers_innermost_first(void **state)
{
	unsigned long entries[8];
	unsigned int nr = outer(entries, 8, 0);

	(void)state;
	assert_true(nr >= 3);
	assert_true(lies_in(entries[0], "inner"));
	assert_true(lies_in(entries[1], "outer"));
	assert_true(lies_in(entries[2], "a_trace_names_the_callers_innermost_first"));
}

static void a_trace_skips_and_stops_where_it_is_told(void **state)
{
	unsigned long entries[8] = {};

	(void)state;
	assert_int_equal(outer(entries, 1, 1), 1);
	assert_true(lies_in(entries[0], "outer"));
	assert_int_equal(entries[1], 0);
	assert_int_equal(outer(entries, 0, 0), 0);
	assert_int_equal(outer(entries, 8, 1000), 0);
}

static void a_trace_is_printed_with_names(void **state)
{
	unsigned long entries[2];
	struct seq_file m;
	struct seq_text sb;
	char text[256];

	(void)state;
	assert_int_equal(outer(entries, 2, 0), 2);
	seq_text_init(&m, &sb, text, sizeof(text));
	stack_trace_seq(&m, entries, 2, 2);
	assert_int_equal(strncmp(text, "   inner+0x", 11), 0);
	assert_non_null(strstr(text, "\n   outer+0x"));
	stack_trace_print(entries, 2, 0);
	assert_true(host_log_contains(" inner+0x"));
}

static void code_is_told_from_data_and_from_nothing(void **state)
{
	unsigned long code = (unsigned long)&code_is_told_from_data_and_from_nothing;
	unsigned long entries[2];

	assert_int_equal(outer(entries, 2, 0), 2);
	assert_true(kernel_text_address(entries[0]) && __kernel_text_address(entries[1]));
	assert_true(core_kernel_text(code));
	assert_true(func_ptr_is_kernel_text((void *)code));
	assert_false(func_ptr_is_kernel_text(state));
	assert_false(kernel_text_address((unsigned long)&stack_depot_stats));
	assert_false(core_kernel_text(0) || __kernel_text_address(~0UL));
}

/* ---- The depot --------------------------------------------------------------------- */

static void equal_traces_have_one_handle(void **state)
{
	depot_stack_handle_t first = save(7), second = save(8);

	(void)state;
	assert_int_not_equal(first, 0);
	assert_int_not_equal(first, second);
	assert_int_equal(save(7), first);
	assert_int_equal(save(8), second);
	assert_int_equal(stack_depot_stats.stacks, 2);
	assert_holds(first, 7);
	assert_holds(second, 8);
}

static void thousands_of_traces_are_all_kept_and_told_apart(void **state)
{
	enum { NR = 20000 };
	static depot_stack_handle_t handles[NR];
	unsigned long free = all_free_pages(), at_first = stack_depot_stats.pages;

	(void)state;
	for (unsigned long i = 0; i < NR; i++)
		handles[i] = save(i);
	for (unsigned long i = 0; i < NR; i++) {
		assert_holds(handles[i], i);
		assert_int_equal(save(i), handles[i]);
	}
	assert_int_equal(stack_depot_stats.stacks, NR);
	assert_true(stack_depot_stats.pages > at_first);
	assert_int_equal(free - all_free_pages(), stack_depot_stats.pages - at_first);
}

static void a_trace_that_is_too_long_loses_its_outermost_callers(void **state)
{
	unsigned long entries[STACK_DEPOT_MAX_ENTRIES + 9];
	unsigned long *kept;
	depot_stack_handle_t handle;

	(void)state;
	for (unsigned long i = 0; i < ARRAY_SIZE(entries); i++)
		entries[i] = i + 1;
	handle = stack_depot_save(entries, ARRAY_SIZE(entries), GFP_KERNEL);
	assert_int_equal(stack_depot_fetch(handle, &kept), STACK_DEPOT_MAX_ENTRIES);
	assert_memory_equal(kept, entries, STACK_DEPOT_MAX_ENTRIES * sizeof(*kept));
	assert_int_equal(stack_depot_save(entries, 0, GFP_KERNEL), 0);
}

static void a_depot_that_is_disabled_keeps_nothing(void **state)
{
	unsigned long free;

	(void)state;
	stack_depot_reset();
	assert_int_equal(stack_depot_disable_parse_option((char[]){"maybe"}), -EINVAL);
	assert_int_equal(stack_depot_disable_parse_option((char[]){"1"}), 0);
	assert_true(host_log_contains("stackdepot: disabled\n"));
	free = all_free_pages();
	assert_int_equal(stack_depot_init(), 0);
	assert_int_equal(save(7), 0);
	assert_int_equal(all_free_pages(), free);
	assert_int_equal(stack_depot_stats.stacks + stack_depot_stats.lost, 0);
	assert_int_equal(stack_depot_disable_parse_option((char[]){"off"}), 0);
	assert_int_equal(stack_depot_init(), 0);
	assert_holds(save(7), 7);
}

static void what_is_no_handle_has_no_trace(void **state)
{
	const depot_stack_handle_t bad[] = {0, 1, 2u << 16, 0xffffffff, 1u << 16 | 0xffff};
	unsigned long *entries;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(stack_depot_fetch(bad[i], &entries), 0);
		assert_null(entries);
	}
}

static void take_all_memory(void)
{
	for (unsigned int order = NR_PAGE_ORDERS; order-- > 0;)
		while (alloc_pages(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOWARN, order))
			;
}

static void without_memory_new_traces_are_lost_and_counted_and_old_ones_found(void **state)
{
	depot_stack_handle_t known = save(1);
	unsigned long i = 2;

	(void)state;
	take_all_memory();
	while (save(i))
		i++;
	assert_int_equal(stack_depot_stats.lost, 1);
	assert_int_equal(save(i), 0);
	assert_int_equal(stack_depot_stats.lost, 2);
	assert_int_equal(save(1), known);
	assert_holds(known, 1);
	stack_depot_reset();
	assert_int_equal(save(1), 0);
	assert_int_equal(stack_depot_init(), -ENOMEM);
}

static void *save_many(void *arg)
{
	depot_stack_handle_t *handles = arg;

	host_set_cpu((int)handles[0]);
	for (unsigned long i = 0; i < 2000; i++)
		handles[i] = save(i);
	return NULL;
}

static void cpus_that_save_the_same_traces_get_the_same_handles(void **state)
{
	static depot_stack_handle_t handles[4][2000];
	pthread_t threads[4];

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		handles[i][0] = i;
		assert_int_equal(pthread_create(&threads[i], NULL, save_many, handles[i]), 0);
	}
	for (unsigned int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (unsigned int i = 1; i < 4; i++)
		assert_memory_equal(handles[i], handles[0], sizeof(handles[0]));
	assert_int_equal(stack_depot_stats.stacks, 2000);
	for (unsigned long i = 0; i < 2000; i++)
		assert_holds(handles[0][i], i);
}

/* Two frames above an instruction, in memory of the stack as a chain of them lies. */
static void a_trace_of_what_was_interrupted_may_be_cut_at_its_start(void **state)
{
	struct frame {
		const struct frame *up;
		unsigned long ret;
	} frames[2] = {{&frames[1], 0x2000}, {NULL, 0x3000}};
	struct pt_regs regs = {.ip = 0x1000, .fp = (unsigned long)&frames[0]};
	unsigned long trace[4] = {0};

	(void)state;
	assert_int_equal(stack_trace_save_regs(&regs, trace, 4, 0), 3);
	assert_int_equal(trace[0], 0x1000);
	assert_int_equal(trace[2], 0x3000);
	assert_int_equal(stack_trace_save_regs(&regs, trace, 1, 1), 1);
	assert_int_equal(trace[0], 0x2000);
	assert_int_equal(trace[1], 0x2000);
	assert_int_equal(stack_trace_save_regs(&regs, trace, 4, 3), 0);
	assert_int_equal(stack_trace_save_regs(&regs, trace, 4, 9), 0);
}

static void a_trace_becomes_text_as_far_as_there_is_room(void **state)
{
	depot_stack_handle_t handle = save(2); /* three entries */
	unsigned int lines = 0;
	char text[200], cut[10];
	int len;

	(void)state;
	len = stack_depot_snprint(handle, text, sizeof(text), 1);
	assert_int_equal(len, strlen(text));
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 3);
	assert_true(strncmp(text, "  ", 2) == 0 && text[2] != ' ');
	/* Of what begins within it: the first line. */
	assert_int_equal(stack_depot_snprint(handle, cut, sizeof(cut), 1),
			 strchr(text, '\n') + 1 - text);
	assert_memory_equal(cut, text, 9);
	assert_int_equal(cut[9], '\0');
	assert_int_equal(stack_depot_snprint(handle, cut, 0, 1), 0);
	assert_int_equal(stack_depot_snprint(0, text, sizeof(text), 1), 0);
	assert_int_equal(stack_depot_early_init(), 0);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, machine, machine_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trace_of_what_was_interrupted_may_be_cut_at_its_start),
		ON_MACHINE(a_trace_names_the_callers_innermost_first),
		ON_MACHINE(a_trace_skips_and_stops_where_it_is_told),
		ON_MACHINE(a_trace_is_printed_with_names),
		ON_MACHINE(code_is_told_from_data_and_from_nothing),
		ON_MACHINE(equal_traces_have_one_handle),
		ON_MACHINE(thousands_of_traces_are_all_kept_and_told_apart),
		ON_MACHINE(a_trace_that_is_too_long_loses_its_outermost_callers),
		ON_MACHINE(what_is_no_handle_has_no_trace),
		ON_MACHINE(a_depot_that_is_disabled_keeps_nothing),
		ON_MACHINE(a_trace_becomes_text_as_far_as_there_is_room),
		ON_MACHINE(without_memory_new_traces_are_lost_and_counted_and_old_ones_found),
		ON_MACHINE(cpus_that_save_the_same_traces_get_the_same_handles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
