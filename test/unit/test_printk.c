/* SPDX-License-Identifier: MIT */
/* The log: lines, levels, continuations, the ring, consoles, and who may hold the lock. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <baremm/arch.h>
#include <baremm/console.h>
#include <baremm/panic.h>
#include <host/machine.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>

/* A console that keeps what it was given. */
struct capture {
	struct console con;
	char text[2 * PRINTK_BUF_SIZE];
	size_t len;
	int flushes;
};

static void capture_write(struct console *con, const char *text, size_t len)
{
	struct capture *capture = con->private;

	assert_true(capture->len + len < sizeof(capture->text));
	memcpy(capture->text + capture->len, text, len);
	capture->len += len;
	capture->text[capture->len] = '\0';
}

static void capture_flush(struct console *con)
{
	((struct capture *)con->private)->flushes++;
}

static struct capture *open_capture(void)
{
	struct capture *capture = calloc(1, sizeof(*capture));

	capture->con = (struct console){.name = "capture",
					.write = capture_write,
					.flush = capture_flush,
					.private = capture};
	register_console(&capture->con);
	return capture;
}

static void close_capture(struct capture *capture)
{
	unregister_console(&capture->con);
	free(capture);
}

/* The log without its times: "[    0.000123] " becomes ">". */
static const char *lines(void)
{
	static char out[65536];
	char *to = out;

	for (const char *p = host_log(); *p; p++) {
		if (*p == '[' && p[1] == ' ' && p[13] == ']') {
			*to++ = '>';
			p += 14;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
	return out;
}

static int clear_log(void **state)
{
	(void)state;
	console_loglevel = 8;
	host_log_clear();
	return 0;
}

static void a_line_has_its_time_in_seconds(void **state)
{
	unsigned long seconds, micros;

	(void)state;
	pr_info("hello %d\n", 5);
	assert_int_equal(sscanf(host_log(), "[%lu.%6lu] hello 5", &seconds, &micros), 2);
	assert_int_equal(strlen(host_log()), strlen("[    0.000123] hello 5\n"));
	assert_string_equal(lines(), ">hello 5\n");
}

static void printk_returns_the_bytes_logged(void **state)
{
	(void)state;
	assert_int_equal(printk("1234\n"), 5);
}

static void each_line_of_a_text_is_a_line_of_the_log(void **state)
{
	(void)state;
	pr_info("one\ntwo\n\nfour\n");
	assert_string_equal(lines(), ">one\n>two\n>\n>four\n");
}

static void continuations_go_on_with_the_line(void **state)
{
	(void)state;
	pr_info("a");
	pr_cont(" b");
	pr_cont(" c\n");
	pr_info("d\n");
	assert_string_equal(lines(), ">a b c\n>d\n");
}

static void a_new_line_ends_one_that_was_left_open(void **state)
{
	(void)state;
	pr_info("open");
	pr_info("next\n");
	pr_cont("alone\n");
	assert_string_equal(lines(), ">open\n>next\n>alone\n");
}

static void consoles_show_what_is_below_the_level(void **state)
{
	(void)state;
	console_loglevel = 5;
	pr_info("info\n");
	pr_notice("notice\n");
	pr_warn("warning\n");
	printk("no level\n");
	pr_debug("debug");
	pr_cont(" goes on\n");
	assert_string_equal(lines(), ">warning\n>no level\n");
}

static void replay_shows_all_from_before_at_todays_level(void **state)
{
	struct capture *capture;

	(void)state;
	console_loglevel = 4;
	pr_info("hidden until replay\n");
	pr_info("part one,");
	pr_cont(" part two\n");
	console_write_raw("raw text\n", 9);
	pr_debug("hidden for ever\n");
	console_loglevel = 7;
	capture = open_capture();
	assert_non_null(strstr(capture->text, "] hidden until replay\n["));
	assert_non_null(strstr(capture->text, "] part one, part two\nraw text\n"));
	assert_null(strstr(capture->text, "hidden for ever"));
	assert_null(strstr(capture->text, "dropped"));
	close_capture(capture);
}

static void raw_text_has_neither_time_nor_level(void **state)
{
	(void)state;
	console_loglevel = 0;
	seq_printf(&seq_console, "=== %s\n", "slabinfo");
	seq_puts(&seq_console, "half ");
	seq_puts(&seq_console, "a line\n");
	assert_string_equal(host_log(), "=== slabinfo\nhalf a line\n");
}

static void raw_text_does_not_run_into_an_open_line(void **state)
{
	(void)state;
	pr_info("open");
	console_write_raw("raw\n", 4);
	console_write_raw("raw open", 8);
	pr_info("line\n");
	assert_string_equal(lines(), ">open\nraw\nraw open\n>line\n");
}

static void long_lines_are_cut_and_say_so(void **state)
{
	char text[LOG_LINE_MAX + 100];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	pr_info("%s\n", text);
	assert_int_equal(strlen(lines()), 1 + LOG_LINE_MAX + 1);
	assert_string_equal(lines() + 1 + LOG_LINE_MAX - 3, "...\n");
	pr_info("next\n");
	assert_true(host_log_contains("] next\n"));
}

static void a_line_that_grows_too_long_is_cut_once(void **state)
{
	(void)state;
	pr_info("start");
	for (int i = 0; i < 300; i++)
		pr_cont("0123456789");
	pr_cont("\n");
	assert_int_equal(strlen(lines()), 1 + LOG_LINE_MAX + 1);
	assert_int_equal(host_log_count("..."), 1);
}

static void a_text_longer_than_the_buffer_ends_in_dots(void **state)
{
	char text[8 * LOG_LINE_MAX];
	struct capture *capture = open_capture();

	(void)state;
	memset(text, 'y', sizeof(text));
	for (size_t i = 80; i < sizeof(text); i += 80)
		text[i] = '\n';
	text[sizeof(text) - 1] = '\0';
	host_log_clear();
	pr_info("%s\n", text);
	assert_true(strlen(lines()) > 2 * LOG_LINE_MAX);
	assert_string_equal(lines() + strlen(lines()) - 4, "...\n");
	close_capture(capture);
}

/* The oldest lines go; a replay counts them, and misses no other. */
static void a_full_ring_drops_the_oldest_lines(void **state)
{
	const unsigned int total = 20000;
	struct capture *capture;
	unsigned long long dropped, first;
	const char *p;

	(void)state;
	console_loglevel = 0;
	for (unsigned int i = 0; i < total; i++)
		pr_info("line number %u\n", i);
	console_loglevel = 8;
	capture = open_capture();
	assert_int_equal(sscanf(capture->text, "** %llu printk messages dropped **\n", &dropped),
			 1);
	p = strstr(capture->text, "line number ");
	assert_non_null(p);
	assert_int_equal(sscanf(p, "line number %llu", &first), 1);
	assert_true(first > 0 && dropped >= first);
	for (unsigned long long i = first; i < total; i++) {
		char want[32];

		p = strstr(p, "line number ");
		assert_non_null(p);
		snprintf(want, sizeof(want), "line number %llu\n", i);
		assert_int_equal(strncmp(p, want, strlen(want)), 0);
		p++;
	}
	close_capture(capture);
}

static void random_texts_survive_in_the_ring(void **state)
{
	enum { LINES = 3000, MAX_LINE = 400 };
	char *want = malloc(LINES * MAX_LINE);
	struct capture *capture;
	size_t len = 0, kept;
	const char *rest;

	(void)state;
	host_test_seed("random_texts_survive_in_the_ring");
	console_loglevel = 0;
	for (int i = 0; i < LINES; i++) {
		char line[MAX_LINE];
		int n = (int)(arch_random() % (MAX_LINE - 10));

		memset(line, 'a' + i % 26, sizeof(line));
		line[n++] = '\n';
		console_write_raw(line, n);
		memcpy(want + len, line, n);
		len += n;
	}
	console_loglevel = 8;
	capture = open_capture();
	/* Raw text fills the whole ring by now, but for headers. */
	assert_true(capture->len > PRINTK_BUF_SIZE * 8 / 10);
	rest = strchr(capture->text, '\n') + 1; /* past the count of lost messages */
	kept = capture->len - (size_t)(rest - capture->text);
	assert_memory_equal(rest, want + len - kept, kept);
	close_capture(capture);
	free(want);
}

static void consoles_come_and_go(void **state)
{
	struct capture *capture = open_capture();

	(void)state;
	pr_info("seen\n");
	console_flush_all();
	assert_int_equal(capture->flushes, 1);
	unregister_console(&capture->con);
	pr_info("not seen\n");
	assert_non_null(strstr(capture->text, "] seen\n"));
	assert_null(strstr(capture->text, "not seen"));
	free(capture);
}

/* As a console does whose driver runs into an exception, whose handler logs. */
static void faulty_write(struct console *con, const char *text, size_t len)
{
	(void)con;
	if (memmem(text, len, "trigger", 7))
		pr_err("exception in the console\n");
}

static void an_exception_in_a_console_shows_on_the_others(void **state)
{
	struct console faulty = {.name = "faulty", .write = faulty_write};

	(void)state;
	register_console(&faulty);
	host_log_clear();
	pr_info("trigger\n");
	pr_info("after\n");
	unregister_console(&faulty);
	assert_true(host_log_contains("] exception in the console\n"));
	assert_true(host_log_contains("] after\n"));
	assert_int_equal(host_log_count("trigger"), 1);
}

static void panicking_write(struct console *con, const char *text, size_t len)
{
	(void)con;
	if (memmem(text, len, "die now", 7))
		panic("inside a console");
}

static void print_text(void *text)
{
	pr_info("%s\n", (char *)text);
}

static void a_panic_inside_the_log_still_tells_why(void **state)
{
	struct console faulty = {.name = "faulty", .write = panicking_write};
	char die[] = "die now";

	(void)state;
	register_console(&faulty);
	assert_string_equal(host_expect_panic(print_text, die), "inside a console");
	assert_true(host_log_contains("Kernel panic - not syncing: inside a console\n"));
	/* The lock is still held by this CPU: what follows is nested, and goes out. */
	pr_info("still here\n");
	assert_true(host_log_contains("still here\n"));
}

#define WRITERS 3
#define LINES	2000

static void *write_lines(void *arg)
{
	int cpu = (int)(uintptr_t)arg;

	host_set_cpu(cpu);
	for (int i = 0; i < LINES; i++)
		pr_info("cpu %d line %d of some length, end\n", cpu, i);
	return NULL;
}

static void lines_of_several_cpus_stay_whole(void **state)
{
	pthread_t threads[WRITERS];
	int next[WRITERS + 1] = {0};
	int cpu, line, chars;

	(void)state;
	for (uintptr_t i = 0; i < WRITERS; i++)
		pthread_create(&threads[i], NULL, write_lines, (void *)(i + 1));
	for (int i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	for (const char *p = host_log(); *p; p = strchr(p, '\n') + 1) {
		assert_int_equal(sscanf(strchr(p, ']'), "] cpu %d line %d of some length, end%n",
					&cpu, &line, &chars),
				 2);
		assert_in_range(cpu, 1, WRITERS);
		assert_int_equal(line, next[cpu]++);
	}
	for (cpu = 1; cpu <= WRITERS; cpu++)
		assert_int_equal(next[cpu], LINES);
}

/* A CPU that stopped while it held the lock must not silence the panic of another. */
static pthread_barrier_t stuck;

static void stuck_write(struct console *con, const char *text, size_t len)
{
	(void)con;
	if (memmem(text, len, "stick", 5) && smp_processor_id() == 1) {
		pthread_barrier_wait(&stuck);
		pthread_barrier_wait(&stuck);
	}
}

static void *get_stuck(void *arg)
{
	host_set_cpu(1);
	pr_info("stick\n");
	return arg;
}

static void do_panic(void *arg)
{
	(void)arg;
	panic("the other one is stuck");
}

static void a_panic_breaks_the_lock_of_a_stuck_cpu(void **state)
{
	struct console con = {.name = "stuck", .write = stuck_write};
	pthread_t thread;

	(void)state;
	pthread_barrier_init(&stuck, NULL, 2);
	register_console(&con);
	pthread_create(&thread, NULL, get_stuck, NULL);
	pthread_barrier_wait(&stuck);
	assert_string_equal(host_expect_panic(do_panic, NULL), "the other one is stuck");
	assert_true(host_log_contains("not syncing: the other one is stuck\n"));
	pthread_barrier_wait(&stuck);
	pthread_join(thread, NULL);
	unregister_console(&con);
}

static char last_stage[64];

static void keep_stage(struct console *con, const char *stage)
{
	(void)con;
	snprintf(last_stage, sizeof(last_stage), "%s", stage);
}

static void drop_text(struct console *con, const char *text, size_t len)
{
	(void)con, (void)text, (void)len;
}

static void a_stage_is_shown_by_the_consoles_that_can_keep_it(void **state)
{
	struct console keeps = {.name = "keeps", .write = drop_text, .stage = keep_stage};
	struct console shows = {.name = "shows", .write = drop_text};
	unsigned int seconds, thousandths;

	(void)state;
	register_console(&shows);
	register_console(&keeps);
	console_stage("zones");
	assert_int_equal(sscanf(last_stage, "since %u.%3u s:", &seconds, &thousandths), 2);
	assert_string_equal(strchr(last_stage, ':'), ": zones");
	assert_false(host_log_contains("zones"));
	unregister_console(&keeps);
	unregister_console(&shows);
}

static void end_twice(void *arg)
{
	(void)arg;
	host_set_cpu(1);
	assert_true(panic_claim());
	host_set_cpu(0);
	panic("second");
}

static void a_panic_while_another_cpu_ends_the_run_says_nothing(void **state)
{
	(void)state;
	host_expect_panic(end_twice, NULL);
	assert_false(host_log_contains("second"));
}

static void do_finish(void *why)
{
	finish(why);
}

static void the_verdict_is_one_raw_line_at_the_end(void **state)
{
	char why[] = "2 of 9 self-tests failed\nand more";

	(void)state;
	pr_info("open line");
	assert_string_equal(host_expect_panic(do_finish, why), "2 of 9 self-tests failed");
	assert_string_equal(lines(),
			    ">open line\nbaremm: verdict: FAIL: 2 of 9 self-tests failed\n");
}

#define test(f) cmocka_unit_test_setup(f, clear_log)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_line_has_its_time_in_seconds),
		test(printk_returns_the_bytes_logged),
		test(each_line_of_a_text_is_a_line_of_the_log),
		test(continuations_go_on_with_the_line),
		test(a_new_line_ends_one_that_was_left_open),
		test(consoles_show_what_is_below_the_level),
		test(replay_shows_all_from_before_at_todays_level),
		test(raw_text_has_neither_time_nor_level),
		test(raw_text_does_not_run_into_an_open_line),
		test(long_lines_are_cut_and_say_so),
		test(a_line_that_grows_too_long_is_cut_once),
		test(a_text_longer_than_the_buffer_ends_in_dots),
		test(a_full_ring_drops_the_oldest_lines),
		test(random_texts_survive_in_the_ring),
		test(consoles_come_and_go),
		test(an_exception_in_a_console_shows_on_the_others),
		test(lines_of_several_cpus_stay_whole),
		test(a_panic_breaks_the_lock_of_a_stuck_cpu),
		test(a_stage_is_shown_by_the_consoles_that_can_keep_it),
		test(a_panic_while_another_cpu_ends_the_run_says_nothing),
		test(the_verdict_is_one_raw_line_at_the_end),
		test(a_panic_inside_the_log_still_tells_why),
	};

	return cmocka_run_group_tests_name("printk", tests, NULL, NULL);
}
