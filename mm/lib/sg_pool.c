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

static struct scatterlist *take_chunk(unsigned int nents, gfp_t gfp_mask)
{
	return kmalloc_array(nents, sizeof(struct scatterlist), gfp_mask);
}

static void give_chunk(struct scatterlist *sgl, unsigned int nents)
{
	(void)nents;
	kfree(sgl);
}

/* A first chunk of one entry has no room for a piece and a chain: it is of use for one piece. */
static bool uses_first(unsigned int nents, unsigned int nents_first_chunk)
{
	return nents_first_chunk > 1 || nents <= nents_first_chunk;
}

void sg_free_table_chained(struct sg_table *table, unsigned int nents_first_chunk)
{
	unsigned int first =
		uses_first(table->orig_nents, nents_first_chunk) ? nents_first_chunk : 0;

	__sg_free_table(table, SG_CHUNK_SIZE, first, give_chunk, table->orig_nents);
	table->nents = table->orig_nents = 0;
}

int sg_alloc_table_chained(struct sg_table *table, int nents, struct scatterlist *first_chunk,
			   unsigned int nents_first_chunk)
{
	unsigned int pieces = (unsigned int)nents;
	int err;

	BUG_ON(nents <= 0);
	if (!first_chunk || !uses_first(pieces, nents_first_chunk)) {
		first_chunk = NULL;
		nents_first_chunk = 0;
	}
	err = __sg_alloc_table(table, pieces, SG_CHUNK_SIZE, first_chunk, nents_first_chunk,
			       GFP_ATOMIC, take_chunk);
	if (err)
		sg_free_table_chained(table, nents_first_chunk);
	return err;
}
