/* SPDX-License-Identifier: MIT */
/*
 * What the files that turn lines into facts share: where the reader is, the lists'
 * growth, and the tables of patterns, one for each file.
 *
 * Owns:    nothing.
 * Locking: none.
 * Failure: parse->no_memory is set, and the fact is not added.
 */
#ifndef _REPLAY_FACTS_PARSE_H
#define _REPLAY_FACTS_PARSE_H

#include <stdlib.h>
#include <string.h>

#include "log_facts.h"
#include "log_read.h"

#define PAGE_BYTES 4096ULL

/* Nodes that Linux on this architecture can have. */
#define MAX_NODES 1024

/* Nodes in a pasted table of distances, which would be too wide to paste otherwise. */
#define MAX_COLUMNS 256

/* Under which heading the lines are, for those that say too little by themselves. */
enum section {
	SECTION_NONE,
	SECTION_MTRRS,
	SECTION_ZONES,
	SECTION_MOVABLE,
	SECTION_NODES,
	SECTION_DISTANCES
};

struct parse {
	struct log_facts *facts;
	enum section section;
	bool zoneinfo; /* the last zoneinfo is the one that lines speak of */
	bool done;     /* another boot starts */
	bool no_memory;
	unsigned int columns[MAX_COLUMNS]; /* nodes in the heading of a distance table */
	unsigned int nr_columns;
};

/*
 * A form that lines have, and who takes one: false where it is not that line after
 * all, or not all of it.
 */
struct pattern {
	const char *text;
	bool (*take)(struct parse *parse, const struct log_match *match);
	const char *kernels; /* that print it; NULL: none, it is pasted below the log */
};

/* Each ends with a pattern without text. */
extern const struct pattern map_patterns[];
extern const struct pattern mtrr_patterns[];
extern const struct pattern node_patterns[];
extern const struct pattern zone_patterns[];

/* A zeroed element more at the end of a list, or NULL. */
void *parse_grow(struct parse *parse, void **at, size_t *nr, size_t *max, size_t size);

#define LIST_ADD(parse, list, ...)                                                           \
	({                                                                                   \
		__typeof__((list)->at) new_ =                                                \
			parse_grow((parse), (void **)&(list)->at, &(list)->nr, &(list)->max, \
				   sizeof(*(list)->at));                                     \
		if (new_)                                                                    \
			*new_ = (__typeof__(*new_)){__VA_ARGS__};                            \
		new_ != NULL;                                                                \
	})

/* An end of 0 is 2^64; all of the address space is no range. */
static inline bool valid_range(uint64_t start, uint64_t end)
{
	return end ? end > start : start > 0;
}

static inline bool valid_node(unsigned long long nid)
{
	return nid < MAX_NODES;
}

/* The first place in @text that matches @pattern. */
bool parse_find(const char *text, const char *pattern, struct log_match *match);

/* A zone's place in fact_zone_names, or -1. */
int parse_zone(const char *word, size_t len);

/* A copy with blanks made one, none at the ends; a break may have been a blank. */
char *parse_copy(struct parse *parse, const char *word, size_t len);

#endif /* _REPLAY_FACTS_PARSE_H */
