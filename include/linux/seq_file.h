/* SPDX-License-Identifier: MIT */
/*
 * Where a dump writes its text: one form for the consoles, for host tests that
 * compare it, and for files. Dumps take a struct seq_file as Linux's /proc
 * files do, and print nothing else.
 *
 * Owns:    of a seq_file what it counts. @private is the dump's own.
 * Locking: the user's: one writes at a time.
 * Failure: text that finds no room is dropped: seq_has_overflowed(). Consoles have room always.
 * Source:  Linux 6.1's seq_file.h. No files are opened: seq_run() does what reading one does.
 */
#ifndef _LINUX_SEQ_FILE_H
#define _LINUX_SEQ_FILE_H

#include <stdarg.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct seq_file {
	/* Takes @len bytes of text. Never NULL. */
	void (*write)(struct seq_file *m, const char *text, size_t len);
	void *writer; /* the writer's */
	void *private;
	const struct seq_operations *op; /* while seq_run() goes over them */
	size_t count;			 /* bytes of text, dropped ones among them */
	size_t pad_until;
	bool overflowed;
};

/* Was text dropped? */
static inline bool seq_has_overflowed(struct seq_file *m)
{
	return m->overflowed;
}

void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_vprintf(struct seq_file *m, const char *fmt, va_list args) __printf(2, 0);
int seq_write(struct seq_file *m, const void *data, size_t len); /* 0 */

/* What follows is to take @size characters: seq_pad() adds blanks up to that, then @c if not 0. */
static inline void seq_setwidth(struct seq_file *m, size_t size)
{
	m->pad_until = m->count + size;
}
void seq_pad(struct seq_file *m, char c);

/* An option of a list of them: a comma, @name and, if not NULL, '=' and @value, with escapes. */
void seq_show_option(struct seq_file *m, const char *name, const char *value);

/* The same for a value of @length bytes. */
#define seq_show_option_n(m, name, value, length)  \
	do {                                       \
		char __value[(length) + 1];        \
		strncpy(__value, value, (length)); \
		__value[length] = '\0';            \
		seq_show_option(m, name, __value); \
	} while (0)

/* What vbin_printf() (linux/string.h) kept. */
void seq_bprintf(struct seq_file *m, const char *f, const u32 *binary) __printf(2, 0);

/*
 * @num after @delimiter, which may be NULL; the second form with blanks before it, to @width
 * characters, the last one in hex with zeroes.
 */
void seq_put_decimal_ull(struct seq_file *m, const char *delimiter, unsigned long long num);
void seq_put_decimal_ull_width(struct seq_file *m, const char *delimiter, unsigned long long num,
			       unsigned int width);
void seq_put_decimal_ll(struct seq_file *m, const char *delimiter, long long num);
void seq_put_hex_ll(struct seq_file *m, const char *delimiter, unsigned long long v,
		    unsigned int width);

/*
 * Text with escapes: @flags and @esc are string_escape_mem()'s (linux/string_helpers.h); the last
 * form writes the bytes of @esc in octal.
 */
void seq_escape_mem(struct seq_file *m, const char *src, size_t len, unsigned int flags,
		    const char *esc);
void seq_escape_str(struct seq_file *m, const char *src, unsigned int flags, const char *esc);
void seq_escape(struct seq_file *m, const char *s, const char *esc);

/*
 * Copies @p to @s, each character of @esc in octal. Behind what was written, without a terminator;
 * NULL: @p was longer than @s is behind @p's start, which lies in the same buffer.
 */
char *mangle_path(char *s, const char *p, const char *esc);

/* Lines as of print_hex_dump() (linux/printk.h). */
void seq_hex_dump(struct seq_file *m, const char *prefix_str, int prefix_type, int rowsize,
		  int groupsize, const void *buf, size_t len, bool ascii);

/* ---- Dumps of many things ----------------------------------------------------------------- */

/*
 * start: the thing at *@pos, or NULL, or SEQ_START_TOKEN for a header; next: the one behind @v,
 * with *@pos moved on; show: writes @v: 0, SEQ_SKIP to leave it out, -errno to end; stop: after the
 * last one.
 */
struct seq_operations {
	void *(*start)(struct seq_file *m, loff_t *pos);
	void (*stop)(struct seq_file *m, void *v);
	void *(*next)(struct seq_file *m, void *v, loff_t *pos);
	int (*show)(struct seq_file *m, void *v);
};

#define SEQ_SKIP	1
#define SEQ_START_TOKEN ((void *)1)

/* All of them, from the first on: 0 or what start or show failed with. */
int seq_run(struct seq_file *m, const struct seq_operations *op);

/* For start and next over lists: _head forms begin with the head itself; with RCU's loads. */
struct list_head *seq_list_start(struct list_head *head, loff_t pos);
struct list_head *seq_list_start_head(struct list_head *head, loff_t pos);
struct list_head *seq_list_next(void *v, struct list_head *head, loff_t *ppos);
struct list_head *seq_list_start_rcu(struct list_head *head, loff_t pos);
struct list_head *seq_list_start_head_rcu(struct list_head *head, loff_t pos);
struct list_head *seq_list_next_rcu(void *v, struct list_head *head, loff_t *ppos);

/* A header is SEQ_START_TOKEN here. */
struct hlist_node *seq_hlist_start(struct hlist_head *head, loff_t pos);
struct hlist_node *seq_hlist_start_head(struct hlist_head *head, loff_t pos);
struct hlist_node *seq_hlist_next(void *v, struct hlist_head *head, loff_t *ppos);
struct hlist_node *seq_hlist_start_rcu(struct hlist_head *head, loff_t pos);
struct hlist_node *seq_hlist_start_head_rcu(struct hlist_head *head, loff_t pos);
struct hlist_node *seq_hlist_next_rcu(void *v, struct hlist_head *head, loff_t *ppos);

/* Over each CPU's list, with the CPU in *@cpu. */
struct hlist_node *seq_hlist_start_percpu(struct hlist_head __percpu *head, int *cpu, loff_t pos);
struct hlist_node *seq_hlist_next_percpu(void *v, struct hlist_head __percpu *head, int *cpu,
					 loff_t *pos);

/* For reports that are dumps, too: to @m, or to the log at @level where @m is NULL. */
void seq_or_log_printf(struct seq_file *m, const char *level, const char *fmt, ...) __printf(3, 4);

/* Writes to all consoles and the log ring, without times or levels. */
extern struct seq_file seq_console;

/*
 * A seq_file that fills a buffer: @m->writer points at struct seq_text. Text
 * past the end is dropped and counted; the buffer is always terminated. (Linux's
 * linux/seq_buf.h is for who puts a text together himself.)
 */
struct seq_text {
	char *buf;
	size_t size;
	size_t len;	/* bytes written, without the terminator */
	size_t dropped; /* bytes that found no room */
};

void seq_text_init(struct seq_file *m, struct seq_text *sb, char *buf, size_t size);

/*
 * A file that shows by NAME_show(), or by what NAME_sops goes over: there is nothing to put it in
 * (linux/debugfs.h), and to open it is refused. With linux/fs.h.
 */
#define DEFINE_SHOW_ATTRIBUTE(name) \
	__DEFINE_SEQ_FOPS(name, int (*show)(struct seq_file *, void *) = name##_show)
#define DEFINE_SEQ_ATTRIBUTE(name) \
	__DEFINE_SEQ_FOPS(name, const struct seq_operations *show = &name##_sops)
#define __DEFINE_SEQ_FOPS(name, shown)                                 \
	static int name##_open(struct inode *inode, struct file *file) \
	{                                                              \
		shown;                                                 \
                                                                       \
		(void)inode, (void)file, (void)show;                   \
		return -ENODEV;                                        \
	}                                                              \
	static const struct file_operations __maybe_unused name##_fops = {.open = name##_open}

/* What comes with this header on Linux. */
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#endif /* _LINUX_SEQ_FILE_H */
