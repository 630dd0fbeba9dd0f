/* SPDX-License-Identifier: MIT */
/*
 * The log: text lines with a level and a time, kept in memory and given to the
 * consoles.
 *
 * Owns:       the record of every line since the start, in a ring that keeps the
 *             newest PRINTK_BUF_SIZE bytes, and the list of consoles. A replay of
 *             a ring that lost lines begins with their number.
 * Lifetime:   from the first instruction on. Lines from before the first console
 *             was registered are replayed to it.
 * Locking:    a lock of the log's own, the innermost of all. Text from an
 *             exception that hit the log itself goes straight to the consoles,
 *             less the one that was being written to. While panicking the lock
 *             is broken if its owner does not let go.
 * Levels:     KERN_EMERG 0 to KERN_DEBUG 7, KERN_WARNING where none is given; a
 *             console shows what is below console_loglevel (loglevel=, default 7:
 *             all but debug). The ring keeps everything.
 * Form:       "[    0.000123] text", seconds since start (Linux's printk_time).
 * Failure:    none; a line over LOG_LINE_MAX bytes is cut, and ends in "...".
 */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <stdarg.h>
#include <linux/compiler.h>
#include <linux/kern_levels.h>
#include <linux/types.h>

#define LOG_LINE_MAX	1024
#define PRINTK_BUF_SIZE (64 * 1024) /* several times a boot's log up to the first dump */

/*
 * Returns the number of bytes logged. Text may hold several lines; KERN_CONT goes
 * on with the last one if it had no newline at its end.
 */
int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, va_list args) __printf(1, 0);

/* A format and its arguments, as one argument: %pV takes its address. */
struct va_format {
	const char *fmt;
	va_list *va;
};

/* The highest level that consoles show, plus one (Linux's loglevel=). */
extern int console_loglevel;
#define CONSOLE_LOGLEVEL_DEFAULT 7
#define CONSOLE_LOGLEVEL_QUIET	 4
#define MESSAGE_LOGLEVEL_DEFAULT 4

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define pr_emerg(fmt, ...)  printk(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert(fmt, ...)  printk(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit(fmt, ...)   printk(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...)    printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)   printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...) printk(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)   printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...)  printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...)   printk(KERN_CONT fmt, ##__VA_ARGS__)

/*
 * @len bytes at @buf in rows of 16 or 32 bytes, as numbers of @groupsize bytes (1, 2, 4
 * or 8; 1 where @len is no multiple of it), with @ascii the characters behind them.
 * Each line begins with @level, @prefix_str and what @prefix_type says.
 */
enum { DUMP_PREFIX_NONE, DUMP_PREFIX_ADDRESS, DUMP_PREFIX_OFFSET };
void print_hex_dump(const char *level, const char *prefix_str, int prefix_type, int rowsize,
		    int groupsize, const void *buf, size_t len, bool ascii);

#define print_hex_dump_debug(prefix_str, prefix_type, rowsize, groupsize, buf, len, ascii) \
	print_hex_dump(KERN_DEBUG, prefix_str, prefix_type, rowsize, groupsize, buf, len, ascii)
#define print_hex_dump_bytes(prefix_str, prefix_type, buf, len) \
	print_hex_dump_debug(prefix_str, prefix_type, 16, 1, buf, len, true)

/* One such row as text, cut to @linebuflen with its terminator; the length it would have. */
int hex_dump_to_buffer(const void *buf, size_t len, int rowsize, int groupsize, char *linebuf,
		       size_t linebuflen, bool ascii);

/* The first time it is passed; for checks that run again and again. True: it was said now. */
#define printk_once(fmt, ...)                       \
	({                                          \
		static bool __said;                 \
		bool __now = !__said;               \
		__said = true;                      \
		if (__now)                          \
			printk(fmt, ##__VA_ARGS__); \
		__now;                              \
	})
#define pr_emerg_once(fmt, ...)	 printk_once(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert_once(fmt, ...)	 printk_once(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit_once(fmt, ...)	 printk_once(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_once(fmt, ...)	 printk_once(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn_once(fmt, ...)	 printk_once(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice_once(fmt, ...) printk_once(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info_once(fmt, ...)	 printk_once(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug_once(fmt, ...)	 printk_once(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)

/* Checked by the compiler, and gone. */
#define no_printk(fmt, ...)                         \
	({                                          \
		if (0)                              \
			printk(fmt, ##__VA_ARGS__); \
		0;                                  \
	})
#define pr_devel(fmt, ...) no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#define printk_deferred	   printk
#define pr_warning	   pr_warn

/* What messages about the machine begin with. */
#define FW_BUG	"[Firmware Bug]: "
#define FW_WARN "[Firmware Warn]: "
#define FW_INFO "[Firmware Info]: "
#define HW_ERR	"[Hardware Error]: "

/* A backtrace of the caller to the log. */
void dump_stack(void);

#define dump_stack_lvl(level) ((void)(level), dump_stack())

#define _printk			printk
#define _printk_deferred	printk
#define printk_deferred_once	printk_once
#define printk_deferred_enter() ((void)0)
#define printk_deferred_exit()	((void)0)
#define pr_devel_once(fmt, ...) no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#define print_hex_dump_devel(prefix_str, prefix_type, rowsize, groupsize, buf, len, ascii)         \
	((void)(prefix_str), (void)(prefix_type), (void)(rowsize), (void)(groupsize), (void)(buf), \
	 (void)(len), (void)(ascii))

/* The level that a line begins with: its digit, or c; 0: none. And the line behind such. */
static inline int printk_get_level(const char *buffer)
{
	if (buffer[0] != KERN_SOH_ASCII)
		return 0;
	return (buffer[1] >= '0' && buffer[1] <= '7') || buffer[1] == 'c' ? buffer[1] : 0;
}

static inline const char *printk_skip_level(const char *buffer)
{
	return printk_get_level(buffer) ? buffer + 2 : buffer;
}

static inline const char *printk_skip_headers(const char *buffer)
{
	while (printk_get_level(buffer))
		buffer = printk_skip_level(buffer);
	return buffer;
}

/* Consoles show these, and what is worse; nothing; all. */
#define CONSOLE_LOGLEVEL_SILENT	    0
#define CONSOLE_LOGLEVEL_MIN	    1
#define CONSOLE_LOGLEVEL_DEBUG	    10
#define CONSOLE_LOGLEVEL_MOTORMOUTH 15

static inline void console_verbose(void)
{
	if (console_loglevel)
		console_loglevel = CONSOLE_LOGLEVEL_MOTORMOUTH;
}

/* What comes with this header on Linux. */
#include <linux/init.h>

#endif /* _LINUX_PRINTK_H */
