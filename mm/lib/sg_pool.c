// SPDX-License-Identifier: MIT
/*
 * Scatterlists whose first entries the caller has. Contract: linux/scatterlist.h.
 *
 *   |piece|piece|chain|──►|piece * 127|chain|──►|piece ... END|
 *    the caller's          SG_CHUNK_SIZE each
 */
#include <linux/scatterlist.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

/* The entries of a chunk of @max for @left pieces: the last is a chain if they are more. */
static unsigned int chunk_pieces(unsigned int left, unsigned int max)
{
	return left > max ? max - 1 : left;
}

void sg_free_table_chained(struct sg_table *table, unsigned int nents_first_chunk)
{
	unsigned int left = table->orig_nents, max = nents_first_chunk ?: SG_CHUNK_SIZE;
	struct scatterlist *sgl = table->sgl, *next;
	bool own = !nents_first_chunk;

	for (; sgl && left; sgl = next) {
		unsigned int pieces = chunk_pieces(left, max);

		next = left > pieces ? sg_chain_ptr(&sgl[pieces]) : NULL;
		left -= pieces;
		if (own)
			kfree(sgl);
		own = true;
		max = SG_CHUNK_SIZE;
	}
	table->sgl = NULL;
	table->nents = table->orig_nents = 0;
}

/* Chunks behind @last, the chain that waits for the first of them, for @left pieces. */
static int add_chunks(struct sg_table *table, struct scatterlist *last, unsigned int left)
{
	while (left) {
		unsigned int pieces = chunk_pieces(left, SG_CHUNK_SIZE);
		unsigned int entries = pieces + (left > pieces);
		struct scatterlist *sgl = kmalloc_array(entries, sizeof(*sgl), GFP_ATOMIC);

		if (!sgl)
			return -ENOMEM;
		sg_init_table(sgl, entries);
		if (last)
			__sg_chain(last, sgl);
		else
			table->sgl = sgl;
		last = &sgl[entries - 1];
		left -= pieces;
		/* A chain to nowhere, until the next chunk is there. */
		if (left)
			__sg_chain(last, NULL);
	}
	return 0;
}

int sg_alloc_table_chained(struct sg_table *table, int nents, struct scatterlist *first_chunk,
			   unsigned int nents_first_chunk)
{
	unsigned int left = (unsigned int)nents, max = first_chunk ? nents_first_chunk : 0;
	struct scatterlist *last = NULL;

	BUG_ON(nents <= 0 || (max == 1 && left > 1));
	*table = (struct sg_table){.nents = left, .orig_nents = left};
	if (max) {
		unsigned int pieces = chunk_pieces(left, max);

		table->sgl = first_chunk;
		sg_init_table(first_chunk, min(left, max));
		left -= pieces;
		if (left) {
			last = &first_chunk[pieces];
			__sg_chain(last, NULL);
		}
	}
	if (!add_chunks(table, last, left))
		return 0;
	sg_free_table_chained(table, max);
	return -ENOMEM;
}
