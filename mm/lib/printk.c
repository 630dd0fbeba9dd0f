/* SPDX-License-Identifier: MIT */
/*
 * The log: a ring of records and the consoles that show them.
 *
 *   ring:   ...| header | text | header | text | header | text
 *              ^ tail            records          ^ last       ^ head
 *
 * Positions only grow; a byte lies at its position modulo the ring's size. The
 * last record can still grow: a line whose newline has not come, or raw text.
 */
#include <linux/printk.h>
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/console.h>
#include <baremm/panic.h>

struct record {
	u64 ns;	   /* when it was logged */
	u16 len;   /* bytes of text */
	u8 level;  /* 0 to 7 */
	bool raw;  /* shown as it is, at any level */
	bool open; /* a line without its newline */
};

#define NO_CPU	   (-1)
#define SPINS_MAX  (4 * 1000 * 1000UL) /* a panic waits this long for the lock, */
#define SPIN_NS	   1000000000UL	       /* or this, whichever ends first */
#define TEXT_MAX   (4 * LOG_LINE_MAX)  /* of one printk(), several lines */
#define PREFIX_MAX 32

static char ring[PRINTK_BUF_SIZE];
static u64 ring_tail, ring_head, ring_last;
static u64 ring_dropped; /* records that were overwritten */

static struct console *consoles;
static struct console *busy_console; /* its write() runs now */
static int lock_cpu = NO_CPU;	     /* who holds the log's lock */
static bool in_nested;		     /* an exception in the log is being printed */

u64 log_cycles;

int console_loglevel = CONSOLE_LOGLEVEL_DEFAULT;

/* ---- The lock ---------------------------------------------------------------- */

/* Who panics does not wait for ever: whoever has the lock may be stuck. */
static bool waited_enough(unsigned long spins, u64 start)
{
	return spins > SPINS_MAX || arch_clock_ns() - start > SPIN_NS;
}

/* False: this CPU holds it already, so this is an exception inside the log. */
static bool log_lock(unsigned long *flags)
{
	int cpu, expected = NO_CPU;
	unsigned long spins = 0;
	u64 start = 0;

	*flags = arch_local_irq_save();
	cpu = smp_processor_id();
	if (READ_ONCE(lock_cpu) == cpu)
		return false;
	while (!__atomic_compare_exchange_n(&lock_cpu, &expected, cpu, false, __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED)) {
		expected = NO_CPU;
		cpu_relax();
		if (!READ_ONCE(panicking))
			continue;
		if (!spins++)
			start = arch_clock_ns();
		if (waited_enough(spins, start)) {
			WRITE_ONCE(lock_cpu, cpu);
			break;
		}
	}
	return true;
}

/* @locked is what log_lock() said. */
static void log_unlock(bool locked, unsigned long flags)
{
	if (locked)
		__atomic_store_n(&lock_cpu, NO_CPU, __ATOMIC_RELEASE);
	arch_local_irq_restore(flags);
}

/* ---- The ring ---------------------------------------------------------------- */

static void ring_write(u64 pos, const void *data, size_t len)
{
	size_t at = pos % PRINTK_BUF_SIZE;
	size_t first = min(len, PRINTK_BUF_SIZE - at);

	memcpy(ring + at, data, first);
	memcpy(ring, (const char *)data + first, len - first);
}

static void ring_read(u64 pos, void *data, size_t len)
{
	size_t at = pos % PRINTK_BUF_SIZE;
	size_t first = min(len, PRINTK_BUF_SIZE - at);

	memcpy(data, ring + at, first);
	memcpy((char *)data + first, ring, len - first);
}

/* Gives up the oldest records until @len more bytes fit. */
static void ring_make_room(size_t len)
{
	struct record rec;

	while (ring_head + len - ring_tail > PRINTK_BUF_SIZE) {
		ring_read(ring_tail, &rec, sizeof(rec));
		ring_tail += sizeof(rec) + rec.len;
		ring_dropped++;
	}
}

static void ring_add(const struct record *rec, const char *text)
{
	ring_make_room(sizeof(*rec) + rec->len);
	ring_last = ring_head;
	ring_write(ring_head, rec, sizeof(*rec));
	ring_write(ring_head + sizeof(*rec), text, rec->len);
	ring_head += sizeof(*rec) + rec->len;
}

/* The newest record; false where there is none. */
static bool ring_get_last(struct record *rec)
{
	if (ring_head == ring_tail)
		return false;
	ring_read(ring_last, rec, sizeof(*rec));
	return true;
}

/* Adds text to the newest record, of which @rec is a copy. */
static void ring_extend(struct record *rec, const char *text, size_t len)
{
	ring_make_room(len);
	ring_write(ring_head, text, len);
	ring_head += len;
	rec->len = (u16)(rec->len + len);
	ring_write(ring_last, rec, sizeof(*rec));
}

/* ---- Consoles ------------------------------------------------------------------ */

/* All consoles or one, and whether the last thing shown there ended a line. */
struct sink {
	struct console *only;
	bool mid_line;
};

static struct sink everywhere;

static void sink_write(struct sink *sink, const char *text, size_t len)
{
	struct console *outer = busy_console;

	if (!len)
		return;
	for (struct console *con = consoles; con; con = con->next) {
		if ((sink->only && con != sink->only) || con == outer)
			continue;
		busy_console = con;
		con->write(con, text, len);
	}
	busy_console = outer;
	sink->mid_line = text[len - 1] != '\n';
}

static void sink_begin_line(struct sink *sink, u64 ns)
{
	char prefix[PREFIX_MAX];
	int len = scnprintf(prefix, sizeof(prefix), "[%5llu.%06llu] ", ns / 1000000000,
			    ns / 1000 % 1000000);

	if (sink->mid_line)
		sink_write(sink, "\n", 1);
	sink_write(sink, prefix, (size_t)len);
}

static void sink_record(struct sink *sink, const struct record *rec, const char *text)
{
	if (rec->raw) {
		sink_write(sink, text, rec->len);
		return;
	}
	if (rec->level >= console_loglevel)
		return;
	sink_begin_line(sink, rec->ns);
	sink_write(sink, text, rec->len);
	if (!rec->open)
		sink_write(sink, "\n", 1);
}

/* Shows the whole ring on one console. */
static void replay(struct console *con)
{
	struct sink sink = {.only = con};
	struct record rec;
	char text[LOG_LINE_MAX];
	int len;

	if (ring_dropped) {
		len = scnprintf(text, sizeof(text), "** %llu printk messages dropped **\n",
				ring_dropped);
		sink_write(&sink, text, (size_t)len);
	}
	for (u64 pos = ring_tail; pos < ring_head; pos += sizeof(rec) + rec.len) {
		ring_read(pos, &rec, sizeof(rec));
		ring_read(pos + sizeof(rec), text, rec.len);
		sink_record(&sink, &rec, text);
	}
}

void register_console(struct console *con)
{
	unsigned long flags;
	bool locked = log_lock(&flags);
	struct console **link = &consoles;

	while (*link)
		link = &(*link)->next;
	con->next = NULL;
	*link = con;
	replay(con);
	log_unlock(locked, flags);
}

void unregister_console(struct console *con)
{
	unsigned long flags;
	bool locked = log_lock(&flags);

	for (struct console **link = &consoles; *link; link = &(*link)->next) {
		if (*link == con) {
			*link = con->next;
			break;
		}
	}
	log_unlock(locked, flags);
}

void console_flush_all(void)
{
	unsigned long flags;
	bool locked = log_lock(&flags);

	for (struct console *con = consoles; con; con = con->next)
		if (con->flush && con != busy_console)
			con->flush(con);
	log_unlock(locked, flags);
}

void console_stage(const char *name)
{
	u64 start = arch_cycles();
	unsigned long flags;
	bool locked = log_lock(&flags);
	u64 ns = arch_clock_ns();
	char text[LOG_LINE_MAX];

	scnprintf(text, sizeof(text), "since %llu.%03llu s: %s", ns / 1000000000,
		  ns / 1000000 % 1000, name);
	for (struct console *con = consoles; con; con = con->next)
		if (con->stage && con != busy_console)
			con->stage(con, text);
	log_cycles += arch_cycles() - start;
	log_unlock(locked, flags);
}

/* ---- Raw text -------------------------------------------------------------------- */

static void store_raw(const char *text, size_t len)
{
	struct record rec;

	if (ring_get_last(&rec) && rec.raw && rec.len + len <= LOG_LINE_MAX) {
		ring_extend(&rec, text, len);
		return;
	}
	rec = (struct record){.ns = arch_clock_ns(), .len = (u16)len, .raw = true};
	ring_add(&rec, text);
}

void console_write_raw(const char *text, size_t len)
{
	unsigned long flags;
	bool locked = log_lock(&flags);
	struct record last;

	if (locked && len && everywhere.mid_line && ring_get_last(&last) && !last.raw)
		sink_write(&everywhere, "\n", 1);
	for (size_t piece; len; text += piece, len -= piece) {
		piece = min_t(size_t, len, LOG_LINE_MAX);
		if (locked)
			store_raw(text, piece);
		sink_write(&everywhere, text, piece);
	}
	log_unlock(locked, flags);
}

/* ---- Lines ------------------------------------------------------------------------ */

static void extend_and_show(struct record *rec, const char *text, size_t len)
{
	ring_extend(rec, text, len);
	if (rec->level < console_loglevel)
		sink_write(&everywhere, text, len);
}

/* Goes on with the line that the newest record holds. */
static void continue_line(struct record *rec, const char *text, size_t len, bool newline)
{
	size_t room = LOG_LINE_MAX - rec->len;

	rec->open = !newline;
	if (len <= room) {
		extend_and_show(rec, text, len);
	} else if (room >= 3) {
		extend_and_show(rec, text, room - 3);
		extend_and_show(rec, "...", 3);
	}
	if (newline) {
		ring_write(ring_last, rec, sizeof(*rec));
		if (rec->level < console_loglevel)
			sink_write(&everywhere, "\n", 1);
	}
}

static void log_line(u8 level, bool cont, const char *text, size_t len, bool newline)
{
	static char cut[LOG_LINE_MAX]; /* the lock guards it, and stacks are small */
	struct record rec;

	if (cont && ring_get_last(&rec) && !rec.raw && rec.open) {
		continue_line(&rec, text, len, newline);
		return;
	}
	if (len > LOG_LINE_MAX) {
		memcpy(cut, text, LOG_LINE_MAX - 3);
		memcpy(cut + LOG_LINE_MAX - 3, "...", 3);
		text = cut;
		len = LOG_LINE_MAX;
	}
	rec = (struct record){
		.ns = arch_clock_ns(), .len = (u16)len, .level = level, .open = !newline};
	ring_add(&rec, text);
	sink_record(&everywhere, &rec, text);
}

/* Reads the level in front of @text; returns what follows it. */
static const char *read_level(const char *text, u8 *level, bool *cont)
{
	*level = MESSAGE_LOGLEVEL_DEFAULT;
	*cont = false;
	while (text[0] == KERN_SOH[0] && text[1]) {
		if (isdigit(text[1]))
			*level = (u8)(text[1] - '0');
		*cont = text[1] == KERN_CONT[1];
		text += 2;
	}
	return text;
}

static void log_text(const char *text)
{
	bool cont;
	u8 level;

	text = read_level(text, &level, &cont);
	while (*text) {
		const char *end = strchr(text, '\n');
		size_t len = end ? (size_t)(end - text) : strlen(text);

		log_line(level, cont, text, len, end != NULL);
		cont = false;
		text += len + (end ? 1 : 0);
	}
}

/* Formats into a buffer; text that does not fit ends in dots. The bytes of it. */
static int __printf(3, 0) format(char *text, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(text, size, fmt, args);

	if ((size_t)len < size)
		return len;
	memcpy(text + size - 5, "...\n", 5);
	return (int)size - 1;
}

/*
 * The log is in an unknown state, halfway through a change: the ring is left
 * alone, and so is the console whose write() failed.
 */
static noinline int __printf(1, 0) print_nested(const char *fmt, va_list args)
{
	char buf[LOG_LINE_MAX];
	const char *text;
	bool cont;
	u8 level;
	int len;

	if (in_nested)
		return 0;
	in_nested = true;
	len = format(buf, sizeof(buf), fmt, args);
	text = read_level(buf, &level, &cont);
	everywhere.mid_line = true;
	sink_begin_line(&everywhere, arch_clock_ns());
	sink_write(&everywhere, text, strlen(text));
	in_nested = false;
	return len;
}

int vprintk(const char *fmt, va_list args)
{
	static char text[TEXT_MAX];
	u64 start = arch_cycles();
	unsigned long flags;
	bool locked = log_lock(&flags);
	int len;

	if (locked) {
		len = format(text, sizeof(text), fmt, args);
		log_text(text);
		log_cycles += arch_cycles() - start;
	} else {
		len = print_nested(fmt, args);
	}
	log_unlock(locked, flags);
	return len;
}

int printk(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprintk(fmt, args);
	va_end(args);
	return len;
}
