/* SPDX-License-Identifier: MIT */
/* A machine as it was. Contract: host/snapshot.h. */
#define _GNU_SOURCE
#include <host/snapshot.h>
#include <host/machine.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_OF_PAGE (PAGE_SIZE / sizeof(u64))
#define LINE	      8 /* words that are looked at at once */

/* Bytes of memory that are always there, in whole words. */
struct piece {
	u64 *at;
	u64 *copy; /* NULL: all 0 */
	size_t words;
};

struct saved_page {
	unsigned long pfn;
	u64 *copy;
	bool in_use;
};

struct host_snapshot {
	struct piece *pieces;
	size_t nr_pieces;
	struct saved_page *pages;
	size_t nr_pages;
	struct host_map *map;
	bool (*in_use)(unsigned long pfn);
};

/*
 * Redzones lie between variables, so the sanitizer must not watch this, nor may it become
 * memcpy(), which it watches wherever it is called from.
 */
#define UNWATCHED __attribute__((__no_sanitize__("address", "undefined"), __noinline__)) NO_LIBRARY

#ifdef __clang__
#define NO_LIBRARY __attribute__((__no_builtin__))
#else
#define NO_LIBRARY __attribute__((__optimize__("no-tree-loop-distribute-patterns")))
#endif

static UNWATCHED void copy_words(u64 *to, const u64 *from, size_t words)
{
	for (size_t i = 0; i < words; i++)
		to[i] = from[i];
}

static UNWATCHED bool all_zero(const u64 *words, size_t nr)
{
	u64 any = 0;

	for (size_t i = 0; i < nr; i++)
		any |= words[i];
	return !any;
}

/* Writes to what differs alone: other lines stay clean. @words is a multiple of LINE. */
static UNWATCHED void restore_words(u64 *at, const u64 *copy, size_t words)
{
	for (size_t i = 0; i < words; i += LINE) {
		u64 differs = 0;

		for (size_t j = i; j < i + LINE; j++)
			differs |= at[j] ^ copy[j];
		for (size_t j = i; differs && j < i + LINE; j++)
			at[j] = copy[j];
	}
}

static UNWATCHED void clear_words(u64 *at, size_t words)
{
	for (size_t i = 0; i < words; i += LINE) {
		u64 any = 0;

		for (size_t j = i; j < i + LINE; j++)
			any |= at[j];
		for (size_t j = i; any && j < i + LINE; j++)
			at[j] = 0;
	}
}

static void *checked(void *memory, size_t size)
{
	if (!memory)
		host_fail("no memory for %zu bytes of a snapshot", size);
	return memory;
}

static void *get_memory(size_t size)
{
	return checked(malloc(size), size);
}

static void *get_more(void *old, size_t size)
{
	return checked(realloc(old, size), size);
}

/* Of copies, which nobody gives back: a chunk at a time. */
#define CHUNK_WORDS ((size_t)SZ_1M / sizeof(u64))

static u64 *get_words(size_t words)
{
	static u64 *chunk;
	static size_t left;

	if (left < words) {
		left = max(words, CHUNK_WORDS);
		chunk = get_memory(left * sizeof(u64));
	}
	chunk += words;
	left -= words;
	return chunk - words;
}

static u64 *copy_of(const u64 *at, size_t words)
{
	u64 *copy = get_words(words);

	copy_words(copy, at, words);
	return copy;
}

/* ---- Variables ---------------------------------------------------------------------- */

extern char __start_machine_bss[] __attribute__((__weak__));
extern char __stop_machine_bss[] __attribute__((__weak__));
extern char __start_machine_data[] __attribute__((__weak__));
extern char __stop_machine_data[] __attribute__((__weak__));

static void add_piece(struct host_snapshot *s, char *start, size_t words)
{
	struct piece *piece;

	s->pieces = get_more(s->pieces, (s->nr_pieces + 1) * sizeof(*s->pieces));
	piece = &s->pieces[s->nr_pieces++];
	*piece = (struct piece){.at = (u64 *)start, .words = words};
	if (!all_zero(piece->at, words))
		piece->copy = copy_of(piece->at, words);
}

/* Sections end where a variable does: what is less than a line is a piece of its own. */
static void add_section(struct host_snapshot *s, char *start, char *end)
{
	size_t line = LINE * sizeof(u64), size;

	for (; start < end; start += size) {
		size = min_t(size_t, (size_t)(end - start), PAGE_SIZE);
		if (size > line)
			size = ALIGN_DOWN(size, line);
		add_piece(s, start, size / sizeof(u64));
		if (size < sizeof(u64))
			host_fail("a section of variables ends at %p, inside a word", (void *)end);
	}
}

static void restore_variables(const struct host_snapshot *s)
{
	for (size_t i = 0; i < s->nr_pieces; i++) {
		const struct piece *p = &s->pieces[i];

		if (p->words % LINE)
			copy_words(p->at, p->copy ?: p->at, p->copy ? p->words : 0);
		else if (p->copy)
			restore_words(p->at, p->copy, p->words);
		else
			clear_words(p->at, p->words);
	}
}

/* CPU 0's copies of per-CPU variables, and those that others have before areas are set up. */
static void add_per_cpu_copies(struct host_snapshot *s)
{
	add_section(s, __start_percpu_data, __stop_percpu_data);
	for (unsigned int cpu = 1; cpu < NR_CPUS; cpu++) {
		unsigned long offset = host_early_per_cpu_offset(cpu);

		add_section(s, __start_percpu_data + offset, __stop_percpu_data + offset);
	}
}

/* ---- Pages -------------------------------------------------------------------------- */

static u64 *ram_at(unsigned long pfn)
{
	return (u64 *)(host_ram_base + PFN_PHYS(pfn));
}

static void add_page(struct host_snapshot *s, unsigned long pfn)
{
	if (host_is_memmap_of_nothing(PFN_PHYS(pfn)))
		return;
	if (!(s->nr_pages & (s->nr_pages - 1)))
		s->pages = get_more(s->pages, (2 * s->nr_pages + 1) * sizeof(*s->pages));
	s->pages[s->nr_pages++] =
		(struct saved_page){pfn, copy_of(ram_at(pfn), WORDS_OF_PAGE), s->in_use(pfn)};
}

/* Those of the RAM's file that have a place in memory. */
static void add_touched_pages(struct host_snapshot *s)
{
	off_t start = 0, end;

	while ((start = lseek(host_ram_fd, start, SEEK_DATA)) >= 0) {
		end = lseek(host_ram_fd, start, SEEK_HOLE);
		if (end < 0)
			host_fail("cannot find out which RAM is in use: %s", strerror(errno));
		for (; start < end; start += (off_t)PAGE_SIZE)
			add_page(s, PHYS_PFN((phys_addr_t)start));
	}
}

static void restore_pages(const struct host_snapshot *s)
{
	for (size_t i = 0; i < s->nr_pages; i++) {
		const struct saved_page *page = &s->pages[i];

		if (page->in_use || s->in_use(page->pfn))
			restore_words(ram_at(page->pfn), page->copy, WORDS_OF_PAGE);
	}
}

/* ---- All of it ---------------------------------------------------------------------- */

struct host_snapshot *host_snapshot_take(bool (*in_use)(unsigned long pfn))
{
	struct host_snapshot *s = get_memory(sizeof(*s));

	if (&__start_machine_bss[0] == &__stop_machine_bss[0])
		host_fail("variables do not lie side by side: no snapshot");
	*s = (struct host_snapshot){.pieces = get_memory(sizeof(*s->pieces)),
				    .pages = get_memory(sizeof(*s->pages)),
				    .map = host_map_save(),
				    .in_use = in_use};
	add_section(s, __start_machine_bss, __stop_machine_bss);
	add_section(s, __start_machine_data, __stop_machine_data);
	add_per_cpu_copies(s);
	add_touched_pages(s);
	return s;
}

void host_snapshot_go_to(const struct host_snapshot *s)
{
	restore_variables(s);
	host_map_load(s->map);
	host_set_cpu(0);
}

void host_snapshot_restore(const struct host_snapshot *s)
{
	/* First, as pages of the direct map may be unmapped. */
	host_map_undo(s->map);
	restore_pages(s);
	host_snapshot_go_to(s);
}
