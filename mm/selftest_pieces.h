/* SPDX-License-Identifier: MIT */
/*
 * Pieces of memory of all kinds, for the self-test on all CPUs. Each piece bears its
 * owner's mark, which follows from the CPU and a number, and is looked at before the piece
 * is given back, by whatever CPU.
 *
 * Owns:       caches that pieces are objects of.
 * Locking:    who has a piece, alone looks at it; different pieces any CPUs at once.
 * Failure:    no piece without memory: false.
 */
#ifndef _MM_SELFTEST_PIECES_H
#define _MM_SELFTEST_PIECES_H

#include <linux/types.h>

struct piece {
	const struct piece_kind *kind; /* NULL: none */
	unsigned int cpu;	       /* whose it is */
	unsigned int part;	       /* order, cache, or number of pages */
	size_t size;		       /* bytes at `at` that can be marked */
	u64 number;
	void *at;
	void *whole; /* what `at` is part of, for some kinds */
};

/* Takes a piece of a random kind for this CPU, and marks it. */
bool piece_take(struct piece *piece, u64 *random);

/* Gives it back. False, with a note: the mark was lost. */
bool piece_give(struct piece *piece);

/*
 * Reaches into what all CPUs hold of pages, caches and addresses, moves pages, or takes many
 * for a moment. False: some of these lost their mark.
 */
bool pieces_disturb(u64 *random);

bool pieces_begin(void);
void pieces_end(void);

#endif /* _MM_SELFTEST_PIECES_H */
