// SPDX-License-Identifier: MIT
/* Looking at memory pools. Contract: linux/mempool.h. */
#include <linux/mempool.h>

#include <linux/kernel.h>
#include <linux/seq_file.h>

/* Is element @i there, and in no other place? */
static bool element_is_sound(const mempool_t *pool, int i)
{
	for (int other = 0; other < i; other++)
		if (pool->elements[other] == pool->elements[i])
			return false;
	return pool->elements[i] != NULL;
}

static int verify(const mempool_t *pool)
{
	int faults = 0;

	if (pool->curr_nr < 0 || pool->curr_nr > pool->min_nr) {
		pr_err("mempool %px: %d elements in a pool of %d\n", (const void *)pool,
		       pool->curr_nr, pool->min_nr);
		return 1;
	}
	for (int i = 0; i < pool->curr_nr; i++) {
		if (element_is_sound(pool, i))
			continue;
		pr_err("mempool %px: element %d, %px, is nothing, or is there twice\n",
		       (const void *)pool, i, pool->elements[i]);
		faults++;
	}
	return faults;
}

int mempool_verify(mempool_t *pool)
{
	unsigned long flags;
	int faults;

	if (!mempool_initialized(pool))
		return 0;
	spin_lock_irqsave(&pool->lock, flags);
	faults = verify(pool);
	spin_unlock_irqrestore(&pool->lock, flags);
	return faults;
}

void mempool_show(struct seq_file *m, mempool_t *pool)
{
	if (!mempool_initialized(pool)) {
		seq_puts(m, "mempool: not initialised\n");
		return;
	}
	seq_printf(m, "mempool: min_nr %d curr_nr %d alloc %ps pool_data 0x%lx\n", pool->min_nr,
		   pool->curr_nr, (void *)(unsigned long)pool->alloc,
		   (unsigned long)pool->pool_data);
}
