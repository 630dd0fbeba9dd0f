/* SPDX-License-Identifier: MIT */
/* How a run ends, and how a warning looks. */
#include <baremm/panic.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/console.h>

unsigned int warn_count;
bool panicking;

static int panic_cpu = -1;  /* who ends the run */
static bool panic_printing; /* panic() does, on that CPU */

/* The characters before the first newline. */
static int line_length(const char *text)
{
	const char *end = strchr(text, '\n');

	return (int)(end ? (size_t)(end - text) : strlen(text));
}

/* The last line of every run, without time stamp, so that scripts find it. */
static void __noreturn end_run(bool ok, const char *why)
{
	char line[LOG_LINE_MAX];
	int len = ok ? scnprintf(line, sizeof(line), "baremm: verdict: PASS\n")
		     : scnprintf(line, sizeof(line) - 1, "baremm: verdict: FAIL: %.*s",
				 line_length(why), why);

	if (!ok)
		line[len++] = '\n'; /* also where the reason was cut */
	console_write_raw(line, (size_t)len);
	console_flush_all();
	arch_shutdown(ok);
}

bool panic_claim(void)
{
	int me = smp_processor_id(), owner = -1;
	unsigned int running;

	if (!__atomic_compare_exchange_n(&panic_cpu, &owner, me, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST))
		return owner == me;
	WRITE_ONCE(panicking, true);
	running = arch_stop_other_cpus();
	if (running)
		pr_emerg("smp: %u CPUs did not stop\n", running);
	return true;
}

void panic_reset(void)
{
	panicking = panic_printing = false;
	panic_cpu = -1;
}

void panic(const char *fmt, ...)
{
	char text[LOG_LINE_MAX - 64];
	va_list args;

	arch_local_irq_save();
	if (!panic_claim())
		arch_stop_this_cpu();
	if (__atomic_exchange_n(&panic_printing, true, __ATOMIC_SEQ_CST))
		arch_shutdown(false);
	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text[line_length(text)] = '\0';
	pr_emerg("Kernel panic - not syncing: %s\n", text);
	dump_stack();
	end_run(false, text);
}

void finish(const char *why)
{
	char text[64];

	if (!why && warn_count) {
		scnprintf(text, sizeof(text), "%u warning%s", warn_count,
			  warn_count == 1 ? "" : "s");
		why = text;
	}
	end_run(!why, why);
}

void warn_slowpath(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	__atomic_fetch_add(&warn_count, 1, __ATOMIC_RELAXED);
	pr_warn("------------[ cut here ]------------\n");
	pr_warn("WARNING: CPU: %d at %s:%d %pS\n", smp_processor_id(), file, line,
		__builtin_return_address(0));
	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	dump_stack();
	pr_warn("---[ end trace ]---\n");
}

void dump_stack(void)
{
	arch_backtrace((unsigned long)__builtin_frame_address(0));
}
