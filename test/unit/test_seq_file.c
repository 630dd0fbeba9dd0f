/* SPDX-License-Identifier: MIT */
/* Dumps: columns, options, lists of things, and text that is kept. */
#include "slab_machine.h"

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/percpu-defs.h>
#include <linux/seq_file.h>

/* ---- Widths, options, dumps of many ------------------------------------------------------- */

static void columns_are_padded_and_overflow_is_known(void **state)
{
	struct seq_text sb;
	struct seq_file m;
	char text[32];

	(void)state;
	seq_text_init(&m, &sb, text, sizeof(text));
	m.private = text;
	seq_setwidth(&m, 6);
	seq_printf(&m, "%d", 42);
	seq_pad(&m, '|');
	seq_setwidth(&m, 3);
	seq_puts(&m, "longer");
	seq_pad(&m, 0);
	assert_string_equal(text, "42    |longer");
	assert_int_equal(m.count, 13);
	assert_false(seq_has_overflowed(&m));
	for (int i = 0; i < 18; i++)
		seq_putc(&m, 'x');
	assert_false(seq_has_overflowed(&m));
	seq_putc(&m, 'x');
	assert_true(seq_has_overflowed(&m));
	assert_int_equal(m.count, 32);
	assert_ptr_equal(m.private, text);
}

static void options_are_escaped_and_so_are_paths(void **state)
{
	char text[64], path[32] = "........a b\nc";
	struct seq_text sb;
	struct seq_file m;

	(void)state;
	seq_text_init(&m, &sb, text, sizeof(text));
	seq_show_option(&m, "ro", NULL);
	seq_show_option(&m, "na=me", "a, b=c");
	seq_show_option_n(&m, "raw", "xyz", 2);
	assert_string_equal(text, ",ro,na\\075me=a\\054\\040b=c,raw=xy");
	memcpy(path, "........", 8);
	*mangle_path(path, path + 8, " \n") = '\0';
	assert_string_equal(path, "a\\040b\\012c");
	strcpy(path, "a b");
	assert_null(mangle_path(path, path, " "));
}

struct thing {
	int number;
	struct list_head list;
	struct hlist_node hash;
};

static LIST_HEAD(things);
static int stopped;

static void *things_start(struct seq_file *m, loff_t *pos)
{
	assert_non_null(m->op);
	return seq_list_start_head(&things, *pos);
}

static void *things_next(struct seq_file *m, void *v, loff_t *pos)
{
	(void)m;
	return seq_list_next(v, &things, pos);
}

static void things_stop(struct seq_file *m, void *v)
{
	(void)m, (void)v;
	stopped++;
}

static int things_show(struct seq_file *m, void *v)
{
	const struct thing *t = list_entry(v, struct thing, list);

	if (v == &things) {
		seq_puts(m, "things:");
		return 0;
	}
	if (t->number < 0)
		return t->number;
	if (t->number == 2)
		return SEQ_SKIP;
	seq_printf(m, " %d", t->number);
	return 0;
}

static const struct seq_operations things_op = {
	.start = things_start, .next = things_next, .stop = things_stop, .show = things_show};

static void a_dump_goes_over_all_things_as_a_file_is_read(void **state)
{
	struct thing t[4] = {{.number = 1}, {.number = 2}, {.number = 3}, {.number = -EIO}};
	struct seq_text sb;
	struct seq_file m;
	char text[64];

	(void)state;
	INIT_LIST_HEAD(&things);
	for (int i = 0; i < 3; i++)
		list_add_tail(&t[i].list, &things);
	seq_text_init(&m, &sb, text, sizeof(text));
	assert_int_equal(seq_run(&m, &things_op), 0);
	assert_string_equal(text, "things: 1 3");
	assert_int_equal(stopped, 1);
	list_add_tail(&t[3].list, &things);
	assert_int_equal(seq_run(&m, &things_op), -EIO);
	assert_int_equal(stopped, 2);
}

static void places_in_lists_are_counted(void **state)
{
	struct thing t[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
	HLIST_HEAD(hash);
	loff_t pos = 0;
	void *v;

	(void)state;
	INIT_LIST_HEAD(&things);
	for (int i = 2; i >= 0; i--) {
		list_add(&t[i].list, &things);
		hlist_add_head(&t[i].hash, &hash);
	}
	for (int i = 0; i < 3; i++) {
		assert_ptr_equal(seq_list_start(&things, i), &t[i].list);
		assert_ptr_equal(seq_list_start_rcu(&things, i), &t[i].list);
		assert_ptr_equal(seq_list_start_head_rcu(&things, i + 1), &t[i].list);
		assert_ptr_equal(seq_hlist_start(&hash, i), &t[i].hash);
		assert_ptr_equal(seq_hlist_start_head(&hash, i + 1), &t[i].hash);
	}
	assert_null(seq_list_start(&things, 3));
	assert_null(seq_hlist_start(&hash, 3));
	assert_ptr_equal(seq_list_next_rcu(&t[0].list, &things, &pos), &t[1].list);
	assert_null(seq_list_next(&t[2].list, &things, &pos));
	assert_int_equal(pos, 2);
	v = seq_hlist_start_head_rcu(&hash, 0);
	assert_ptr_equal(v, SEQ_START_TOKEN);
	for (int i = 0; i < 3; i++) {
		v = seq_hlist_next(v, &hash, &pos);
		assert_ptr_equal(v, &t[i].hash);
	}
	assert_null(seq_hlist_next_rcu(v, &hash, &pos));
	assert_int_equal(pos, 6);
}

static DEFINE_PER_CPU(struct hlist_head, queue);

static void each_cpus_list_is_gone_over(void **state)
{
	struct thing t[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
	loff_t pos = 0;
	void *v;
	int cpu;

	(void)state;
	nr_cpu_ids = 4;
	for (unsigned int i = 0; i < 4; i++)
		set_cpu_possible(i, true);
	hlist_add_head(&t[1].hash, per_cpu_ptr(&queue, 1));
	hlist_add_head(&t[0].hash, per_cpu_ptr(&queue, 1));
	hlist_add_head(&t[2].hash, per_cpu_ptr(&queue, 3));
	v = seq_hlist_start_percpu(&queue, &cpu, 0);
	for (int i = 0; i < 3; i++) {
		assert_ptr_equal(v, &t[i].hash);
		assert_int_equal(cpu, i < 2 ? 1 : 3);
		assert_ptr_equal(seq_hlist_start_percpu(&queue, &cpu, i), v);
		v = seq_hlist_next_percpu(v, &queue, &cpu, &pos);
	}
	assert_null(v);
	assert_null(seq_hlist_start_percpu(&queue, &cpu, 3));
	INIT_HLIST_HEAD(per_cpu_ptr(&queue, 1));
	INIT_HLIST_HEAD(per_cpu_ptr(&queue, 3));
	nr_cpu_ids = 1;
}

static void text_is_kept_for_later(void **state)
{
	struct seq_text sb;
	struct seq_file m;
	u32 words[8];
	char text[32], dump[32];

	(void)state;
	assert_int_equal(bprintf(words, 8, "%s %d", "kept", 12), 2);
	assert_int_equal(bstr_printf(text, sizeof(text), "%s %d", words), 7);
	assert_string_equal(text, "kept 12");
	assert_int_equal(bstr_printf(text, 3, "%s %d", words), 7);
	assert_string_equal(text, "ke");
	seq_text_init(&m, &sb, dump, sizeof(dump));
	seq_bprintf(&m, "%s %d", words);
	assert_string_equal(dump, "kept 12");
	/* What does not fit is counted, and cut off. */
	assert_int_equal(bprintf(words, 1, "%d", 123456), 2);
	bstr_printf(text, sizeof(text), "%d", words);
	assert_string_equal(text, "123");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_padded_and_overflow_is_known),
		cmocka_unit_test(options_are_escaped_and_so_are_paths),
		cmocka_unit_test(a_dump_goes_over_all_things_as_a_file_is_read),
		cmocka_unit_test(places_in_lists_are_counted),
		cmocka_unit_test(each_cpus_list_is_gone_over),
		cmocka_unit_test(text_is_kept_for_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
